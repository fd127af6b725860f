"""Tables and the notebook of answers: names of the pack's own time, roles in words, and no reader's words unasked."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from answer_files import PACK, a_pack, an_answer, everything, pack_file, put, run, saved
from small_study import SmallStudy

from foran_research.collecting import (
    agreement_table,
    answers_table,
    collect,
    files_of_tables,
    in_words,
    levels_table,
    next_steps,
    proposals_table,
    roles_in_words,
    told_of_answers,
)
from foran_research.study import load_study

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks/17_review.ipynb"
SECRET = ("øving", "Tillit mellom folk", "fordi", "henger", "nattevakt")


def shown_by_notebook(**given: Any) -> str:
    """All that a reader of the notebook sees: what it prints, and the last value of each cell as a table."""
    names: dict[str, Any] = {}
    seen: list[str] = []
    for cell in json.loads(NOTEBOOK.read_text("utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        *lines, last = "".join(cell["source"]).rstrip().split("\n")
        exec("\n".join(lines), names)  # noqa: S102 - the repository's own notebook
        try:
            shown = eval(last, names)  # noqa: S307
        except SyntaxError:
            exec(last, names)  # noqa: S102
            shown = None
        names |= given if "parameters" in cell["metadata"].get("tags", ()) else {}
        if isinstance(shown, pd.DataFrame):
            seen.append(shown.to_html(max_rows=None))
    return "\n".join(seen)


@pytest.mark.parametrize("language", ["nb", "en"])
def test_the_notebook_shows_no_readers_words_unless_asked(
    small_study: SmallStudy, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    run(small_study, *(saved(everything(n), n) for n in range(6)))
    given = {"study": str(small_study.path), "milestone": "M1", "language": language}
    seen = shown_by_notebook(**given) + capsys.readouterr().out
    assert [word for word in SECRET if word in seen] == []
    assert {"nb": "Nytt navn på", "en": "A new name for"}[language] in seen
    asked = shown_by_notebook(**given, shows_words=True)
    assert [word for word in SECRET[:3] if word not in asked] == []


def test_proposals_and_steps_tell_no_words_unless_asked(small_study: SmallStudy) -> None:
    run(small_study, saved(everything()))
    study = load_study(small_study.path)
    displays = {code.id: code.display for code in study.lineage.codebooks[-1].codes}
    plain = proposals_table(study, "M1")
    assert sorted(plain["summary"]) == ["Nytt element", f"Nytt navn på {displays['C0005']}"]
    assert not any("Tillit" in title or "øving" in title for title in next_steps(study, "M1")["title"])
    assert any("Tillit" in text for text in proposals_table(study, "M1", shows_words=True)["summary"])
    assert any("øving" in text for text in next_steps(study, "M1", shows_words=True)["title"])


def test_roles_are_told_in_words_on_screen_and_in_files(small_study: SmallStudy) -> None:
    roles = ["innkjop"] * 6 + [""] * 6
    run(small_study, *(saved([an_answer(n, "element:C0001", "agree")], n, role=role) for n, role in enumerate(roles)))
    study = load_study(small_study.path)
    table = agreement_table(study, "M1")
    assert list(table["role"]) == ["", "–", "innkjop"]
    assert list(roles_in_words(study, table)["role"]) == ["alle", "ikke oppgitt", "Innkjøp"]
    assert list(roles_in_words(study, table, language="en")["role"]) == ["everybody", "not told", "Procurement"]
    data = files_of_tables(study, "M1")["agreement.csv"].decode("utf-8-sig")
    rows = pd.read_csv(io.StringIO(data[data.index("kind,") :]), keep_default_na=False)
    assert list(rows["role"]) == ["alle", "ikke oppgitt", "Innkjøp"]


def test_levels_are_told_by_the_names_that_the_pack_had(small_study: SmallStudy) -> None:
    level = [an_answer(1, "element:C0001", "maturity", "fordi", value=2, case="FJO")]
    run(small_study, *(saved(level, n) for n in range(5)))
    study = load_study(small_study.path)
    old, new = (book.by_id["C0001"].label["nb"] for book in study.lineage.codebooks)
    assert (old, new) == ("behov", "behov og funksjon")
    assert list(levels_table(study, "M1")["title"]) == ["P1 behov"]


def test_what_a_group_said_of_itself_is_no_readers_level(small_study: SmallStudy) -> None:
    level = [an_answer(1, "element:C0001", "maturity", "fordi", value=4, case="FJO")]
    run(small_study, *(saved(level, n) for n in range(4)))
    path = small_study.path / "corpus" / "assessments.csv"
    head, *rows = path.read_text("utf-8").splitlines()
    own = next(row for row in csv.DictReader([head, *rows]) if row["side"] == "self" and row["level"] == "4")
    group = own | {"id": own["id"].replace(own["assessor"], "FJO-GRUPPE-1"), "assessor": "FJO-GRUPPE-1", "level": "1"}
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, head.split(","), lineterminator="\n").writerow(group)
    table = levels_table(load_study(small_study.path), "M1")
    assert table["readers"].isna().all()
    assert table["lowest"].isna().all()


def test_a_reader_who_told_no_role_is_not_everybody(small_study: SmallStudy) -> None:
    run(small_study, saved([an_answer(1, "element:C0001", "agree")], role=""))
    study = load_study(small_study.path)
    assert list(in_words(study, answers_table(study, "M1"))["rolle"]) == ["ikke oppgitt"]
    assert list(in_words(study, answers_table(study, "M1"), language="en")["role"]) == ["not told"]
    assert list(in_words(study, agreement_table(study, "M1"))["rolle"]) == ["alle", "ikke oppgitt"]


@pytest.mark.parametrize(
    ("count", "language", "line"),
    [
        (1, "nb", "1 svar fra 1 leser; 0 av dem er ikke tatt med videre."),
        (1, "en", "1 answer from 1 reader; 0 of them go no further."),
        (2, "nb", "2 svar fra 2 lesere; 0 av dem er ikke tatt med videre."),
        (2, "en", "2 answers from 2 readers; 0 of them go no further."),
    ],
)
def test_one_is_one_and_two_are_two(small_study: SmallStudy, count: int, language: str, line: str) -> None:
    run(small_study, *(saved([an_answer(n, "element:C0001", "agree")], n) for n in range(count)))
    assert told_of_answers(load_study(small_study.path), "M1", language=language) == line


def test_a_dry_run_tells_what_a_run_would_do(small_study: SmallStudy) -> None:
    work = small_study.path.parent / "innboks"
    how: dict[str, Any] = {"by": "K1", "case": "FJO", "packs": [pack_file(work)], "date": "2020-09-30"}
    paths = put(work, saved(everything()), saved(everything(2), 2, a_pack(claims=[]) | {"id": PACK["id"]}))
    before = small_study.fingerprint()
    dry = collect(small_study.path, paths, at="2020-10-01T10:00:00Z", is_dry_run=True, **how)
    assert small_study.fingerprint() == before
    done = collect(small_study.path, paths, at="2020-10-01T10:00:00Z", **how)
    for name in ("received", "known", "readers", "answers", "left_out", "notes", "assessments", "refused", "warnings"):
        assert getattr(dry, name) == getattr(done, name), name


def test_the_notebook_speaks_norwegian_and_says_what_is_hidden(small_study: SmallStudy) -> None:
    run(small_study, *(saved(everything(n), n) for n in range(2)))
    given = {"study": str(small_study.path), "milestone": "M1", "language": "nb"}
    seen = shown_by_notebook(**given)
    for word in ("&lt;NA&gt;", "left_out", ">agree<", ">doubt<", ">reader<", ">innkjop<", ">None<", ">nan<"):
        assert word not in seen, word
    for word in (">enige<", ">skjult<", ">tviler<", ">leser<"):
        assert word in seen, word


def test_the_notebook_is_for_internal_use_and_handed_out_without_its_tables() -> None:
    first = "".join(json.loads(NOTEBOOK.read_text("utf-8"))["cells"][0]["source"])
    assert "Til internt bruk" in first
    assert "For internal use" in first


def test_hidden_counts_are_told_as_hidden_and_missing_levels_as_blank(small_study: SmallStudy) -> None:
    run(small_study, saved(everything()))
    study = load_study(small_study.path)
    agreement = in_words(study, agreement_table(study, "M1"), language="en")
    assert set(agreement["agree"]) <= {0, "hidden"}
    levels = in_words(study, levels_table(study, "M1"))
    assert set(levels["antall lesere"]) == {"skjult"}
    assert set(levels["samlingen"]) == {""}
