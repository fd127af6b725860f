"""What a milestone depends on, proved: one thing is changed at a time, and what is made is held against the fingerprint."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_study import SmallStudy, draft, write_small_study, write_yaml

from foran_research import milestone as deliverable
from foran_research import runs
from foran_research.coding import journal
from foran_research.coding.events import segment_at
from foran_research.corpus.store import DOCUMENT_COLUMNS
from foran_research.corpus.transcript import text_sha256
from foran_research.errors import Faults
from foran_research.reanchoring import keep_texts, reanchor
from foran_research.report.page import choose_quotes, report_page
from foran_research.report.tables import csv_text
from foran_research.run_inputs import READS, REGISTERS, changed, inputs_of, kind_of, prefixes, sha256
from foran_research.starting import shipped
from foran_research.study import load_study
from foran_research.withdrawal import withdraw

TEMPLATE = 'notebooks = ["01_corpus.ipynb", "08_model.ipynb"]'
EVERY = 'notebooks = ["01_corpus.ipynb", "06_network.ipynb", "08_model.ipynb", "09_suggestions.ipynb"]'


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> SmallStudy:
    """A small study whose milestones have every notebook of a capability model, all texts of which are kept."""
    study = write_small_study(tmp_path_factory.mktemp("innsats") / "studie")
    study.replace("foran.toml", TEMPLATE, EVERY)
    keep_texts(study.path)
    return study


@pytest.fixture
def study(base: SmallStudy, tmp_path: Path) -> SmallStudy:
    shutil.copytree(base.path, tmp_path / "study")
    return SmallStudy(tmp_path / "study")


def fingerprints(study: SmallStudy) -> dict[str, str]:
    return {job.milestone.id: job.fingerprint for job in runs.plan(study.path, ["M1", "M2"])}


PICTURE = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


def outputs(study: SmallStudy, names: Collection[str] = ("M1", "M2")) -> dict[str, dict[str, str]]:
    """By milestone, what its four notebooks save and show, short of the pictures, which are drawn of the same values."""
    loaded = load_study(study.path)
    found = {}
    for name in sorted(names):
        milestone = loaded.milestone(name)
        inputs = loaded.model_inputs(milestone)
        text = deliverable.model_text(deliverable.capability_model(loaded, milestone))
        model = json.loads(text)
        quotes = choose_quotes(model, inputs.segments, inputs.units, per_element=2, hidden=inputs.hidden)
        made = {
            "model.json": text,
            "report.html": report_page(
                model,
                loaded.settings,
                milestone,
                dict.fromkeys(("model", "polarity", "networks", "layers"), PICTURE),
                quotes,
                "nb",
                deliverable.lemma_source(loaded, "nb"),
                deliverable.codebook_section(loaded, milestone, "nb"),
            ),
        }
        overview = deliverable.corpus_overview(loaded, milestone)
        tables = {
            **overview.tables,
            **deliverable.corpus_tables(loaded, milestone),
            **deliverable.suggestion_tables(loaded, milestone),
            **deliverable.network_tables(loaded, milestone),
        }
        found[name] = made | {name: csv_text(table) for name, table in tables.items()}
    return found


@pytest.fixture(scope="module")
def before(base: SmallStudy) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    return fingerprints(base), outputs(base)


def coded(
    study: SmallStudy, coder: str, document: str, day: str, words: str, code: str = "C0001", version: str = "1.0.0"
) -> None:
    """One more coded segment."""
    text = study.text(document)
    start = text.index(words)
    segment = segment_at(text, start, start + len(words), code, "fremmer", version)
    name = f"{document}.{coder}.s90{day[2:4]}"
    study.code(coder, document, [draft(study, coder, document, day, "apply", name, None, segment, version)])


def with_document(study: SmallStudy, name: str, date: str, person: str = "STR-BRU-01") -> None:
    """One more document of this date."""
    text = f"**Intervjuer:** Hva så?\n\n**{person}:** Det gikk bra på Ålgård 😀, og a\u030aret etter likesa\u030a.\n"
    text = text.replace("a\u030a", "å")
    (study.path / f"corpus/texts/{name}.md").write_text(text, "utf-8")
    row = dict.fromkeys(DOCUMENT_COLUMNS, "") | {
        "id": name, "title": "Oppdiktet intervju", "kind": "interview", "case": "STR", "process": "STR-1", "date": date,
        "written_form": "nb", "participants": person, "disclosure": "open", "text_sha256": text_sha256(text),
    }  # fmt: skip
    study.add("corpus/documents.csv", ",".join(row[column] for column in DOCUMENT_COLUMNS) + "\n")


def with_person(study: SmallStudy, date: str) -> None:
    study.add("corpus/participants.csv", "STR-LEV-09,leverandor,STR,nb,analysis quote\n")
    with_document(study, "STR-I09", date, "STR-LEV-09")


READER = "LESER-ABCDEFGHIJ"


def with_reader(study: SmallStudy, date: str) -> None:
    """Somebody who answered a review pack, and of whom the register knows neither role nor municipality."""
    study.add("corpus/participants.csv", f"{READER},,,nb,analysis\n")
    with_document(study, "STR-SVAR", date, READER)


def with_codebook(study: SmallStudy) -> None:
    """A codebook 2.0.1 that came later."""

    def next_version(book: dict[str, Any]) -> None:
        book |= {"codebook_version": "2.0.1", "released": "2023-03-01", "changes": []}
        write_yaml(study.path / "codebooks/2.0.1.yaml", book)
        book |= {"codebook_version": "2.0.0"}

    kept = (study.path / "codebooks/2.0.0.yaml").read_bytes()
    study.edit_codebook("2.0.0", next_version)
    (study.path / "codebooks/2.0.0.yaml").write_bytes(kept)


def with_label(version: str) -> Callable[[SmallStudy], None]:
    def edit(book: dict[str, Any]) -> None:
        for code in book["codes"]:
            if code["id"] == "C0005":
                code["label"]["nb"] = "strategi og plan på Å"

    return lambda study: study.edit_codebook(version, edit)


def edited_text(study: SmallStudy, at: str) -> None:
    text = study.text("FJO-I02").replace("på en minnepinne", "på to minnepinner")
    reanchor(study.path, "FJO-I02", text, at=at)


MORE = """[[milestones]]
id = "M3"
title = "Tredje"
cut_off = 2023-09-30
template = "model_version"
model_version = 3
codebook_version = "2.0.0"
"""
PLAN = "case,process,actor_type,kind,planned,from,to,note\nFJO,FJO-1,bruker,interview,1,2020-01-01,2020-02-01,\n"
HEARD = "prosjektleder,FJO,nb,analysis"
NOTE = "id,on,action,date,kind,milestone,case,what_nb,what_en,by,arena,evidence\n"
NOTE += "E001,2020-05-01,,2020-05-01,talk,,,Foredrag,Talk,forskergruppa,,\n"

#: What is changed, and for which milestones it is an input: "" none, "2" only the later one, "12" both.
CHANGES: dict[str, tuple[Callable[[SmallStudy], object], str]] = {
    "nothing": (lambda s: None, ""),
    "a coding after both days": (lambda s: coded(s, "K1", "FJO-I02", "2022-02-02", "behovsbeskrivelsen"), ""),
    "a coding between the days": (lambda s: coded(s, "K1", "FJO-I02", "2021-02-02", "behovsbeskrivelsen"), "2"),
    "a coding of another coder by the first day": (lambda s: coded(s, "K2", "FJO-I02", "2020-09-30", "Hemmelighold"), "12"),
    "a later document": (lambda s: with_document(s, "STR-I09", "2021-10-01"), ""),
    "a later document of a new person": (lambda s: with_person(s, "2021-10-01"), ""),
    "a later document of a reader without a role": (lambda s: with_reader(s, "2021-10-01"), ""),
    "a reader without a role whom no document names": (lambda s: s.add("corpus/participants.csv", f"{READER},,,nb,\n"), ""),
    "a document between the days": (lambda s: with_document(s, "STR-I09", "2021-09-30"), "2"),
    "a document of a new person between the days": (lambda s: with_person(s, "2021-09-30"), "2"),
    "the title of the later milestone": (lambda s: s.replace("foran.toml", "Andre modell", "Annen modell"), "2"),
    "the title of the earlier milestone": (lambda s: s.replace("foran.toml", "Første modell", "1. modell"), "12"),
    "a third milestone": (lambda s: s.add("foran.toml", MORE), "12"),
    "a relabelled case": (lambda s: s.replace("foran.toml", 'label = "Strandby"', 'label = "Strandbø"'), "12"),
    "the seed": (lambda s: s.replace("foran.toml", "seed = 7", "seed = 8"), "12"),
    "how many passages are quoted": (lambda s: s.replace("foran.toml", "element = 2", "element = 1"), "12"),
    "what may be shown": (lambda s: s.replace("foran.toml", '["open"]', '["open", "restricted"]'), "12"),
    "a codebook that came later": (with_codebook, ""),
    "a label of the later codebook": (with_label("2.0.0"), "2"),
    "a label of the first codebook": (with_label("1.0.0"), "12"),
    "a consent": (lambda s: s.replace("corpus/participants.csv", f"{HEARD} quote", HEARD), "12"),
    "somebody nobody has heard": (lambda s: s.add("corpus/participants.csv", "STR-LEV-09,leverandor,STR,nb,analysis\n"), "12"),
    "a disclosure class of a later document": (
        lambda s: (s.path / "corpus/documents.csv").write_bytes(
            b"".join(
                line.replace(b",open,", b",restricted,") if line.startswith(b"HEI-I02") else line
                for line in (s.path / "corpus/documents.csv").read_bytes().splitlines(keepends=True)
            )
        ),
        "2",
    ),
    "a process": (lambda s: s.replace("corpus/processes.csv", "Tørre kjellere", "Tørre loft"), "12"),
    "a plan": (
        lambda s: s.add("corpus/plan.csv", PLAN),
        "12",
    ),
    "who codes a second time": (lambda s: s.add("corpus/pseudonymisation.csv", "x\n"), ""),
    "an event on the register": (lambda s: s.add("corpus/events.csv", NOTE), ""),
    "a text edited after both days": (lambda s: edited_text(s, "2022-05-05T10:00:00Z"), "waiting"),
    "a text edited between the days": (lambda s: edited_text(s, "2021-05-05T10:00:00Z"), "waiting"),
    "the front matter of a text": (lambda s: s.replace("corpus/texts/FJO-I02.md", "notice: ", "notis: "), ""),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_outputs_never_differ_under_the_same_fingerprint(
    study: SmallStudy, before: tuple[dict[str, str], dict[str, dict[str, str]]], change: str
) -> None:
    touch, expected = CHANGES[change]
    touch(study)
    prints = fingerprints(study)
    stale = {name for name in ("M1", "M2") if prints[name] != before[0][name]}
    # What is told stale is made anew whatever comes of it.
    for name, made in outputs(study, {"M1", "M2"} - stale).items():
        differing = sorted(file for file in made if made[file] != before[1][name].get(file))
        assert not differing, f"{name} is told fresh, and these differ: {differing}"
    if expected != "waiting":
        assert stale == {f"M{number}" for number in expected}


@pytest.mark.parametrize(
    ("change", "name"),
    [("a coding between the days", "M2"), ("somebody nobody has heard", "M1"), ("a label of the first codebook", "M1")],
)
def test_some_of_the_changes_are_seen_in_what_is_made(
    study: SmallStudy, before: tuple[dict[str, str], dict[str, dict[str, str]]], change: str, name: str
) -> None:
    """Else the test above would hold of outputs that never change."""
    CHANGES[change][0](study)
    assert outputs(study, {name})[name] != before[1][name]


def test_a_notebook_of_one_s_own_may_read_anything(study: SmallStudy) -> None:
    shutil.copytree(shipped("notebooks"), study.path / "notebooks")
    first = fingerprints(study)
    study.replace("notebooks/08_model.ipynb", "# Modellen", "# Min modell")
    coded(study, "K1", "FJO-I02", "2022-02-02", "behovsbeskrivelsen")
    (job, _) = runs.plan(study.path, ["M1", "M2"])
    assert job.own_notebooks == ("08_model.ipynb",)
    own = fingerprints(study)
    assert own["M1"] != first["M1"]
    coded(study, "K1", "FJO-I02", "2023-02-02", "Hemmelighold")
    assert fingerprints(study)["M1"] != own["M1"]


@pytest.mark.parametrize("name", [
    "corpus/assignments.csv", "corpus/withdrawals.csv", "corpus/pseudonymisation.csv", "corpus/øving.txt", "notebooks/hjelp.py",
    "notebooks/data/tall.csv",
])  # fmt: skip
def test_every_file_is_an_input_of_a_notebook_of_one_s_own(study: SmallStudy, name: str) -> None:
    """A change of one letter must not take an input away, such as who codes what a second time."""
    shutil.copytree(shipped("notebooks"), study.path / "notebooks")
    study.replace("notebooks/08_model.ipynb", "# Modellen", "# Min modell")
    was = fingerprints(study)
    (study.path / name).parent.mkdir(parents=True, exist_ok=True)
    study.add(name, "A\u030ase sa ja 😀\n")
    now = fingerprints(study)
    assert now["M1"] != was["M1"]


def test_what_changed_is_named(study: SmallStudy) -> None:
    (was,) = runs.plan(study.path, ["M1"])
    coded(study, "K2", "FJO-I02", "2020-09-30", "Hemmelighold")
    study.replace("foran.toml", "seed = 7", "seed = 8")
    (now,) = runs.plan(study.path, ["M1"])
    assert changed(was.depends_on, now.depends_on) == ["corpus/coding/K2/FJO-I02.jsonl", "foran.toml [analysis]"]
    assert [kind_of(name) for name in ("notebooks/08_model.ipynb", "pipeline:nb", "parameter language", "corpus/plan.csv")] == [
        "notebooks", "environment", "parameters", "registers"]  # fmt: skip


def test_every_notebook_that_is_known_comes_with_the_package() -> None:
    there = {path.name for path in shipped("notebooks").glob("*.ipynb")}
    assert [name for name in READS if name not in there] == []


# Logs cut at a day

DAYS = st.sampled_from(["2020-01-01", "2020-01-02", "2020-02-01", "2020-02-02", "2021-01-01"])


@given(days=st.lists(DAYS, max_size=8), asked=st.sets(DAYS, min_size=1), torn=st.booleans())
def test_a_log_up_to_a_day_is_what_the_journal_reads_up_to_that_day(
    tmp_path: Path, days: list[str], asked: set[str], torn: bool
) -> None:
    path = tmp_path / "D.jsonl"
    path.unlink(missing_ok=True)
    path.touch()
    record = {"kind": "memo", "text": "Ågot sa a\u030a 😀"}
    drafts = [
        {"at": f"{day}T23:59:59Z", "coder": "K1", "document": "D", "text_sha256": "0" * 64, "action": "note",
         "segment": f"D.K1.m{number}", "codebook_version": "1.0.0", "before": None, "after": record}
        for number, day in enumerate(days)
    ]  # fmt: skip
    journal.append(path, journal.chained(0, journal.NO_PREVIOUS, drafts))
    whole = path.read_bytes()
    if torn:
        path.write_bytes(whole + b'{"seq":99,"id":"D.K1.0099","at":"2019-')
    log = journal.read_log(path, "D.jsonl", Faults())
    found = prefixes(path.read_bytes(), asked)
    assert found.keys() == asked
    for day in asked:
        count = len(log.until(day).events)
        lines = whole.splitlines(keepends=True)[:count]
        assert found[day] == (sha256(b"".join(lines)) if count else "")


def test_a_line_that_cannot_be_understood_counts_for_every_day() -> None:
    data = b'{"seq":1,"id":"D.1","at":"2020-01-02T10:00:00Z"}\n{"broken\n'
    found = prefixes(data, ["2020-01-01", "2020-06-01"])
    assert found == {"2020-01-01": "", "2020-06-01": sha256(data)}
    # Keys in another order are read as JSON.
    assert prefixes(b'{"at":"2020-01-02T10:00:00Z","seq":1}\n', ["2020-01-01"]) == {"2020-01-01": ""}


# Registers of dated rows


def test_a_register_counts_up_to_the_cut_off_for_those_who_read_it(
    study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("foran_research.run_inputs.READS", dict(READS) | {"08_model.ipynb": frozenset({REGISTERS})})
    (study.path / "corpus/events.csv").write_text(NOTE, "utf-8")

    def inputs() -> dict[str, str]:
        planned = runs.planner(study.path)
        return inputs_of(planned.files, planned.milestone("M1"), [shipped("notebooks") / "08_model.ipynb"])

    first = inputs()
    assert "corpus/events.csv" in first
    study.add("corpus/events.csv", "E002,2020-10-01,,2020-05-01,talk,,,Foredrag,Talk,forskergruppa,,\n")
    assert inputs() == first
    study.add("corpus/events.csv", "E003,2020-09-30,,2020-05-01,talk,,,Foredrag,Talk,forskergruppa,,\n")
    assert changed(first, inputs()) == ["corpus/events.csv"]


# The other models: what they are made of, and that nothing later is

MODELS_MORE = """
[templates.practice_model]
model = "practice"
notebooks = ["11_practice.ipynb"]
[templates.improvement_model]
model = "improvement"
notebooks = ["13_improvement.ipynb"]
[templates.status]
model = "status"
notebooks = ["16_status.ipynb"]
[[milestones]]
id = "M4"
title = "Praksis"
cut_off = 2020-10-31
template = "practice_model"
case = "FJO"
model_version = 1
codebook_version = "1.0.0"
[[milestones]]
id = "M5"
title = "Forbedring"
cut_off = 2020-11-30
template = "improvement_model"
case = "FJO"
model_version = 1
codebook_version = "1.0.0"
after = ["M4"]
[[milestones]]
id = "M6"
title = "Status"
cut_off = 2020-12-31
template = "status"
model_version = 1
codebook_version = "1.0.0"
"""
ASSESSMENTS = (
    "id,on,action,milestone,case,element,codebook_version,assessor,side,arena,level,confidence,evidence,rationale,override\n"
    "A1,2020-10-20,,M4,FJO,C0001,1.0.0,K1,researcher,,2,low,FJO-I01.K1.s01,Sett i ett forløp,\n"
)
MODELS = ("M4", "M5", "M6")


def drawn(study: SmallStudy, coder: str) -> None:
    """A draw of today, that a coder codes a second time what K1 has coded."""
    (study.path / "corpus/assignments.csv").write_text(
        f"id,coder,with,document,turns,seed,drawn\nA01,{coder},K1,FJO-I01,,7,2023-01-01\n", "utf-8"
    )


def made_of_registers(study: SmallStudy, names: Collection[str]) -> dict[str, str]:
    """The model that each of the three other kinds of milestones makes, as it is saved."""
    from foran_research.delivering import improvement, practice, status

    loaded = load_study(study.path)
    makers = {"M4": practice.deliver, "M5": improvement.deliver, "M6": status.deliver}
    with_report = {}
    for name in sorted(names):
        output = study.path / ".made" / name
        makers[name](loaded, loaded.milestone(name), output)
        kept = [path for path in sorted(output.rglob("*")) if path.suffix in (".json", ".csv", ".html")]
        with_report[name] = "".join(path.read_text("utf-8") for path in kept)
        shutil.rmtree(output)
    return with_report


@pytest.fixture(scope="module")
def assessed(base: SmallStudy, tmp_path_factory: pytest.TempPathFactory) -> SmallStudy:
    """A small study with a practice model, an improvement model and a status, and one assessment."""
    study = SmallStudy(tmp_path_factory.mktemp("modell") / "studie")
    shutil.copytree(base.path, study.path)
    study.add("foran.toml", MODELS_MORE)
    (study.path / "corpus/assessments.csv").write_text(ASSESSMENTS, "utf-8")
    return study


@pytest.fixture(scope="module")
def assessed_before(assessed: SmallStudy) -> tuple[dict[str, str], dict[str, str]]:
    prints = {job.milestone.id: job.fingerprint for job in runs.plan(assessed.path, MODELS)}
    return prints, made_of_registers(assessed, MODELS)


def assess(study: SmallStudy, on: str, level: int, milestone: str = "M4", name: str = "A1") -> None:
    row = f"{name},{on},,{milestone},FJO,C0001,1.0.0,K1,researcher,,{level},low,FJO-I01.K1.s01,Sett igjen,breitt nok\n"
    study.add("corpus/assessments.csv", row)


def assess_as_reader(study: SmallStudy, on: str) -> None:
    """A reader's own level, and the note with her words, of a day."""
    with_reader(study, on)
    row = f"SV-1,{on},,M2,FJO,C0001,1.0.0,{READER},self,,3,,,Å ja 😀,\n"
    study.add("corpus/assessments.csv", row)


def assess_and_withdraw(study: SmallStudy, on: str) -> None:
    """The same reader, who has withdrawn since."""
    assess_as_reader(study, on)
    withdraw(study.path, READER, at="2021-01-02T10:00:00Z", reason="ba om det")


REGISTER_CHANGES: dict[str, tuple[Callable[[SmallStudy], object], str]] = {
    "a reader's level after all days": (lambda s: assess_as_reader(s, "2021-01-01"), ""),
    "a reader's level between": (lambda s: assess_as_reader(s, "2020-12-01"), "6"),
    "a reader of after all days who withdrew": (lambda s: assess_and_withdraw(s, "2021-01-01"), ""),
    "a draw of somebody who has coded nothing by then": (lambda s: drawn(s, "K9"), ""),
    "a draw of somebody who has coded by then": (lambda s: drawn(s, "K2"), "456"),
    "an assessment after all days": (lambda s: assess(s, "2021-01-01", 3, "M2", "A2"), ""),
    "an assessment of the first day": (lambda s: assess(s, "2020-10-31", 3), "456"),
    "an assessment between": (lambda s: assess(s, "2020-11-30", 3, "M5", "A2"), "56"),
    "a coding after all days": (lambda s: coded(s, "K1", "FJO-I02", "2022-02-02", "behovsbeskrivelsen"), ""),
    "a coding between": (lambda s: coded(s, "K1", "FJO-I02", "2020-11-15", "Hemmelighold", "C0005"), "56"),
    "a later document of a new person": (lambda s: with_person(s, "2021-10-01"), ""),
    "a later document": (lambda s: with_document(s, "STR-I09", "2021-10-01"), ""),
    "a later codebook's label": (with_label("2.0.0"), ""),
    "an event between": (lambda s: s.add("corpus/events.csv", NOTE.replace("2020-05-01", "2020-12-01")), "6"),
    "the title of the last": (lambda s: s.replace("foran.toml", 'title = "Status"', 'title = "Tilstand"'), "6"),
    "a relabelled case": (lambda s: s.replace("foran.toml", 'label = "Fjordvik"', 'label = "Fjordvåg"'), "456"),
    "a text edited after all days": (lambda s: edited_text(s, "2022-05-05T10:00:00Z"), ""),
}


def spreadsheet(
    level: int, on: str, *, separator: str = ",", above: str = "", milestone: str = "M4"
) -> Callable[[SmallStudy], None]:
    """The register of assessments as a spreadsheet saved it: its columns in another order, its days with full stops."""
    header, row = (next(csv.reader([line])) for line in ASSESSMENTS.splitlines())
    row[1], row[3], row[10], row[13], row[14] = (
        on,
        milestone,
        str(level),
        "Sett i ett, a\u030aret etter 😀",
        "breitt, nok",
    )
    order = (2, 0, 1, *range(3, 15))

    def save(study: SmallStudy) -> None:
        out = io.StringIO()
        rows = [[line[place] for place in order] for line in (header, row)]
        csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(rows)
        (study.path / "corpus/assessments.csv").write_bytes((above + out.getvalue()).encode("utf-8-sig"))

    return save


#: Two ways to save a register, which say different things of the first day, and later.
SAVED: dict[str, tuple[Callable[[SmallStudy], None], Callable[[SmallStudy], None]]] = {
    "columns in another order": (spreadsheet(2, "30.10.2020"), spreadsheet(3, "30.10.2020")),
    "semicolons": (spreadsheet(2, "30.10.2020", separator=";"), spreadsheet(3, "30.10.2020", separator=";")),
    "a separator above the header": (
        spreadsheet(2, "30.10.2020", above="sep=,\r\n"),
        spreadsheet(3, "30.10.2020", above="sep=,\r\n"),
    ),
    "another separator above the header": (
        spreadsheet(2, "30.10.2020", separator=";", above="sep=;\r\n"),
        spreadsheet(3, "30.10.2020", separator=";", above="sep=;\r\n"),
    ),
    "another day": (spreadsheet(2, "30.10.2020", milestone="M6"), spreadsheet(2, "30.11.2020", milestone="M6")),
}


@pytest.mark.parametrize("saved", SAVED)
def test_a_register_that_a_spreadsheet_saved_counts_as_it_is_read(
    assessed: SmallStudy, saved: str, tmp_path: Path
) -> None:
    shutil.copytree(assessed.path, tmp_path / "study")
    study = SmallStudy(tmp_path / "study")
    found = []
    for save in SAVED[saved]:
        save(study)
        loaded = load_study(study.path)
        levels = [row.level for row in loaded.registers.until("2020-10-31").assessments]
        found.append(({job.milestone.id: job.fingerprint for job in runs.plan(study.path, ["M4"])}["M4"], levels))
    (first, level), (second, other) = found
    assert level == [2]
    assert other in ([3], [])
    assert first != second


@pytest.mark.parametrize("name", ["documents", "participants", "processes"])
def test_registers_with_a_mark_or_blanks_count_as_they_are_read(
    study: SmallStudy, before: tuple[dict[str, str], dict[str, dict[str, str]]], name: str
) -> None:
    """Else a document's id would be none, and its codings no input."""
    path = study.path / f"corpus/{name}.csv"
    header, *rows = path.read_text("utf-8").splitlines(keepends=True)
    path.write_bytes("\ufeff".encode() + "".join([header, *(row.replace(",", " ,", 1) for row in rows)]).encode())
    assert fingerprints(study) == before[0]
    coded(study, "K2", "FJO-I02", "2020-09-30", "Hemmelighold")
    assert fingerprints(study)["M1"] != before[0]["M1"]


def test_the_codebook_that_a_row_was_written_under_counts(assessed: SmallStudy, tmp_path: Path) -> None:
    shutil.copytree(assessed.path, tmp_path / "study")
    study = SmallStudy(tmp_path / "study")
    (was,) = runs.plan(study.path, ["M4"])
    row = "A2,2020-10-30,,M4,FJO,C0005,2.0.0,K1,researcher,,2,low,FJO-I01.K1.s01,Sett igjen,nok\n"
    study.add("corpus/assessments.csv", row.replace("2020-10-30", "2020-11-01"))
    (later,) = runs.plan(study.path, ["M4"])
    assert later.depends_on == was.depends_on
    study.add("corpus/assessments.csv", row)
    (now,) = runs.plan(study.path, ["M4"])
    assert changed(was.depends_on, now.depends_on) == ["codebooks/2.0.0.yaml", "corpus/assessments.csv"]


def test_a_memo_between_the_last_coding_and_the_cut_off_counts(assessed: SmallStudy, tmp_path: Path) -> None:
    """Improvement models show memos up to the cut-off, whichever document lay on the desk."""
    shutil.copytree(assessed.path, tmp_path / "study")
    study = SmallStudy(tmp_path / "study")
    study.replace("foran.toml", "cut_off = 2020-11-30", "cut_off = 2020-11-30\ncoded_until = 2020-11-01")
    (was,) = runs.plan(study.path, ["M5"])
    old = made_of_registers(study, ["M5"])
    memo = {
        "kind": "memo", "type": "reflexive", "about": {"code": "C0001"}, "links": [{"milestone": "M5"}, {"milestone": "M4"}],
        "text": "Ågot så på nytt 😀",
    }  # fmt: skip
    document = "FJO-I02"
    study.code(
        "K1", document, [draft(study, "K1", document, "2020-11-20", "note", f"{document}.K1.m99", None, memo, "1.0.0")]
    )
    (now,) = runs.plan(study.path, ["M5"])
    assert made_of_registers(study, ["M5"]) != old
    assert changed(was.depends_on, now.depends_on) == ["corpus/coding/K1/FJO-I02.jsonl up to the cut-off"]
    assert kind_of("corpus/coding/K1/FJO-I02.jsonl up to the cut-off") == "logs"


@pytest.mark.usefixtures("no_pngs")
@pytest.mark.parametrize("change", REGISTER_CHANGES)
def test_what_stands_on_registers_never_differs_under_the_same_fingerprint(
    assessed: SmallStudy, assessed_before: tuple[dict[str, str], dict[str, str]], change: str, tmp_path: Path
) -> None:
    shutil.copytree(assessed.path, tmp_path / "study")
    study = SmallStudy(tmp_path / "study")
    touch, expected = REGISTER_CHANGES[change]
    touch(study)
    prints = {job.milestone.id: job.fingerprint for job in runs.plan(study.path, MODELS)}
    stale = {name for name in MODELS if prints[name] != assessed_before[0][name]}
    made = made_of_registers(study, set(MODELS) - stale)
    assert [name for name, text in made.items() if text != assessed_before[1][name]] == []
    assert stale == {f"M{number}" for number in expected}
