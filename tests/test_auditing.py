"""The audit report as written from a study: its files, its bytes, its day, and what must never be in it."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from small_study import SmallStudy, draft

from foran_research import memoing
from foran_research.auditing import PAGE, TABLES, WORD, gather, write_report
from foran_research.errors import ForanError
from foran_research.study import Study, load_study
from foran_research.withdrawal import withdraw

CANARY = "Kanariblåbær 😀 a\u030a sang i styrerommet"


def text_of(path: Path) -> str:
    """All that a file says, for a reader and for somebody who looks inside it."""
    data = path.read_bytes()
    if path.suffix != ".docx":
        # The figures' glyphs are drawn; their names are the tool's own.
        return re.sub(r"data:image/svg\+xml;base64,[A-Za-z0-9+/=]+", "", data.decode("utf-8-sig"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [archive.read(name).decode("utf-8") for name in archive.namelist() if name.endswith((".xml", ".rels"))]
    return "\n".join(re.sub(r"<[^>]+>", "", part) for part in parts)


def whole(study: Study, folder: Path, language: str = "nb") -> str:
    """All that the page and the tables say; the Word file is written from the same sections as the page."""
    written = [
        path for name in ("spor.html", "spor.csv") for path in write_report(study, folder / name, language=language)
    ]
    return "\n".join(text_of(path) for path in written)


def sentences(study: Study) -> set[str]:
    texts = [transcript.text for transcript in study.transcripts.values()]
    found = {part.strip() for text in texts for part in re.split(r"(?<=[.!?…:])\s+|\n+", text)}
    return {part for part in found if len(part) > 20}


def test_the_ending_decides_none_gives_all_three_and_the_same_study_gives_the_same_bytes(
    small_study: SmallStudy, tmp_path: Path
) -> None:
    everything = write_report(load_study(small_study.path), tmp_path / "alt")
    study = load_study(small_study.path)
    one_by_one = [
        path for name in ("spor.html", "spor.DOCX", "spor.csv") for path in write_report(study, tmp_path / name)
    ]
    assert everything[:2] == [tmp_path / "alt" / PAGE, tmp_path / "alt" / WORD]
    assert one_by_one[:2] == [tmp_path / "spor.html", tmp_path / "spor.DOCX"]
    assert {path.parent for path in everything[2:]} == {tmp_path / "alt" / TABLES}
    assert {path.parent for path in one_by_one[2:]} == {tmp_path / "spor"}
    assert sorted(path.name for path in (tmp_path / "spor").iterdir()) == [path.name for path in everything[2:]]
    assert [path.read_bytes() for path in everything] == [path.read_bytes() for path in one_by_one]
    assert one_by_one[0].read_text("utf-8").startswith("<!DOCTYPE html>")
    assert one_by_one[1].read_bytes().startswith(b"PK")


def test_tables_are_read_back_with_their_notice_above_and_columns_alike_in_both_languages(
    small_study: SmallStudy, tmp_path: Path
) -> None:
    study = load_study(small_study.path)
    for language in ("nb", "en"):
        write_report(study, tmp_path / f"{language}.csv", language=language)
    heads = []
    for path in sorted((tmp_path / "nb").iterdir()):
        lines = path.read_text("utf-8-sig").splitlines()
        assert lines[0].strip('"') == study.settings.notice["nb"]
        heads.append(lines[1])
        assert (tmp_path / "en" / path.name).read_text("utf-8-sig").splitlines()[1] == lines[1]
    frame = pd.read_csv(tmp_path / "nb/effects.csv", skiprows=1)
    assert frame.set_index("change").loc["CH-2-01", ["before", "recoded", "waits", "after"]].tolist() == [2, 1, 1, 3]
    coreq = pd.read_csv(tmp_path / "en/coreq.csv", skiprows=1)
    assert list(coreq["number"]) == list(range(1, 33))


def test_the_report_is_made_for_the_day_asked_or_the_last_day_of_anything(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    assert gather(study).day == "2021-06-03"
    kinds = gather(study).tables["timeline"].set_index("kind")["about"]
    assert kinds["planned_milestone"] == ("M2",)
    later = gather(study, day="2021-09-30")
    assert later.day == "2021-09-30"
    assert "planned_milestone" not in set(later.tables["timeline"]["kind"])


def test_a_study_of_an_earlier_day_tells_only_of_what_was(small_study: SmallStudy) -> None:
    audit = gather(load_study(small_study.path).at("2020-12-31"))
    assert audit.day == "2020-12-31"
    assert [one.codebook_version for one in audit.versions] == ["1.0.0"]
    assert audit.tables["changes"].empty
    assert audit.facts["documents"] == 4
    assert audit.tables["timeline"]["day"].max() <= "2021-09-30"
    assert set(audit.tables["coders"]["last_day"]) <= {"2020-09-20", "2020-09-28"}


def test_no_word_of_an_informants_and_no_name_is_in_any_file(demo_path: Path, tmp_path: Path) -> None:
    study = load_study(demo_path)
    said = "\n".join(text_of(path) for path in write_report(study, tmp_path / "spor"))
    words = " ".join(said.split())
    told = sentences(study)
    assert len(told) > 1000
    assert [one[:8] + "…" for one in told if " ".join(one.split()) in words] == []
    assert [name for name in study.participants.index if re.search(rf"\b{re.escape(str(name))}\b", said)] == []
    assert [title for title in study.documents["title"] if str(title) in said] == []


def test_memos_reasons_and_titles_stay_out(small_study: SmallStudy, tmp_path: Path) -> None:
    segment = small_study.events("K1", "FJO-I02")[1]["after"]
    memo = {"kind": "memo", "about": {"code": "C0001"}, "text": CANARY}
    removed = {**segment, "memo": CANARY}
    small_study.code("K1", "FJO-I02", [
        draft(small_study, "K1", "FJO-I02", "2021-07-01", "memo", "FJO-I02.K1.s02", segment, removed),
        draft(small_study, "K1", "FJO-I02", "2021-07-02", "note", "FJO-I02.K1.m01", None, memo),
        draft(small_study, "K1", "FJO-I02", "2021-07-03", "set_aside", "FJO-I02.K1.s02", removed,
              removed | {"set_aside": {"codebook_version": "2.0.0", "reason": CANARY}}, "2.0.0"),
    ])  # fmt: skip
    small_study.replace("corpus/documents.csv", "FJO-I02,Oppdiktet intervju", f"FJO-I02,{CANARY}")
    study = load_study(small_study.path)
    said = "\n".join(text_of(path) for path in write_report(study, tmp_path / "spor"))
    assert CANARY not in said
    assert gather(study).facts["memos"] == 2
    (page,) = write_report(study, tmp_path / "med.html", is_memo_text=True)
    assert text_of(page).count(CANARY) == 2


def test_a_withdrawal_is_a_month_and_a_number(small_study: SmallStudy, tmp_path: Path) -> None:
    withdraw(small_study.path, "STR-BRU-01", at="2021-08-09T10:00:00Z", reason=CANARY)
    study = load_study(small_study.path)
    audit = gather(study, day="2021-09-01")
    row = audit.tables["timeline"].set_index("kind").loc["withdrawal"]
    assert row[["day", "count", "about"]].tolist() == ["2021-08", 1, ()]
    said = whole(study, tmp_path / "spor", "en")
    assert CANARY not in said
    assert "STR-BRU-01" not in said
    assert "2021-08-09" not in said
    before = gather(study, day="2021-08-08")
    assert "withdrawal" not in set(before.tables["timeline"]["kind"])


def test_documents_that_may_not_be_shown_are_counted_without_their_ids(small_study: SmallStudy, tmp_path: Path) -> None:
    line = next(line for line in (small_study.path / "corpus/documents.csv").read_text("utf-8").splitlines()
                if line.startswith("FJO-I02,"))  # fmt: skip
    small_study.replace("corpus/documents.csv", line, line.replace(",open,", ",restricted,"))
    study, faults = small_study.read()
    assert study is not None
    assert not faults.errors, faults
    assert study.hidden(study.documents) == {"FJO-I02"}
    audit = gather(study)
    assert audit.facts["withheld"] == 1
    said = whole(study, tmp_path / "spor")
    assert "FJO-I02" not in said
    assert "1 som ikke kan vises" in said


@pytest.mark.parametrize(
    ("asked", "expected"), [({"language": "nn"}, "language is 'nn'"), ({"day": "i fjor"}, "day is 'i fjor'")]
)
def test_a_language_or_a_day_that_is_none_is_refused(
    small_study: SmallStudy, tmp_path: Path, asked: dict[str, str], expected: str
) -> None:
    with pytest.raises(ForanError, match=expected):
        write_report(load_study(small_study.path), tmp_path / "spor", **asked)


def test_a_folder_that_cannot_be_written_is_told_of_without_a_traceback(
    small_study: SmallStudy, tmp_path: Path
) -> None:
    (tmp_path / "fil").write_text("her står noe", "utf-8")
    with pytest.raises(ForanError, match="cannot be written"):
        write_report(load_study(small_study.path), tmp_path / "fil" / "spor.html")


def test_records_of_all_six_classes_are_told_with_where_and_how_many(small_study: SmallStudy) -> None:
    records = gather(load_study(small_study.path)).tables["records"]
    assert list(dict.fromkeys(records["class"])) == [
        "raw",
        "reduction",
        "synthesis",
        "process",
        "intentions",
        "instruments",
    ]
    told = records.set_index("record")
    assert told.loc["interviews", ["count", "from", "to"]].tolist() == [5, "2020-03-04", "2021-06-02"]
    assert told.loc["segments", "count"] == 23
    assert told.loc["decisions", ["count", "from"]].tolist() == [8, "2021-01-15"]
    assert told.loc["models", ["count", "to"]].tolist() == [1, "2020-09-30"]
    assert told.loc["public_documents", ["count", "from", "to"]].tolist() == [0, "", ""]


def test_memos_with_their_texts_keep_to_what_may_be_shown(small_study: SmallStudy, tmp_path: Path) -> None:
    """Asked for with their texts, abductive memos come with their fields, and those on withheld documents do not come."""
    study = load_study(small_study.path)
    memoing.add(study, coder="K1", about="study", at="2021-03-01T10:00:00Z", memo_type="abductive",
                fields={"observation": "KANARIFELT å😀"})  # fmt: skip
    memoing.add(
        load_study(small_study.path), coder="K1", about="document:FJO-I01", at="2021-03-02T10:00:00Z", text="SKJULT"
    )
    register = small_study.path / "corpus/documents.csv"
    lines = register.read_text("utf-8").splitlines(keepends=True)
    register.write_text(
        "".join(line.replace(",open,", ",restricted,") if line.startswith("FJO-I01") else line for line in lines),
        "utf-8",
    )
    write_report(load_study(small_study.path), tmp_path / "r.html", is_memo_text=True)
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "KANARIFELT" in page
    assert "SKJULT" not in page


def test_the_size_of_re_check_samples_is_that_of_the_settings(small_study: SmallStudy) -> None:
    small_study.replace("foran.toml", "min_edge_turns = 1", "min_edge_turns = 1\nrecheck_sample = 3")
    found = gather(load_study(small_study.path), verification=None, day="", is_memo_text=False)
    assert found.facts["sample"] == 3
