"""Whatever is recorded after a milestone's days, in any register or log, it depends on the same as before."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_study import SmallStudy, draft, write_small_study

from foran_research import runs
from foran_research.corpus.store import DOCUMENT_COLUMNS
from foran_research.registers.records import COLUMNS, KINDS
from foran_research.run_inputs import READS, inputs_of
from foran_research.starting import shipped

#: The early milestone's days, the day of the workshop, and the milestone that comes after it.
EARLY, LATER = "2020-09-30", "2021-02-15"
#: Every notebook whose reading is known: together they read all that is cut at a day.
NOTEBOOKS = [shipped("notebooks") / name for name in READS]
READERS = ("LESER-ABCDEFGHIJ", "LESER-2345672345")


def add_row(study: SmallStudy, name: str, columns: tuple[str, ...], cells: dict[str, str]) -> None:
    """One more row of a register, which is made when it is not there; columns nobody names hold a reader, a version, words."""
    path = study.path / name
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if not path.exists():
        writer.writerow(columns)
    else:
        with path.open(encoding="utf-8", newline="") as file:
            columns = tuple(next(csv.reader(file)))
    # Who is heard already is named on the day, a reader afterwards.
    who = "STR-BRU-01" if cells.get("on") == EARLY else f"{READERS[0]} 2.0.0"
    writer.writerow([cells.get(column, f"{who} a\u030a 😀 {column}") for column in columns])
    study.add(name, out.getvalue())


def registered(study: SmallStudy, kind: str, on: str = LATER) -> None:
    add_row(study, KINDS[kind].FILE, COLUMNS[KINDS[kind]], {"id": f"ny-{kind}", "on": on})


def with_readers(study: SmallStudy, *, has_facts: bool) -> None:
    """The readers of a pack come into the register, and the note of the workshop into the material."""
    facts = "innkjop,FJO" if has_facts else ","
    for reader in READERS:
        study.add("corpus/participants.csv", f"{reader},{facts},nb,analysis\n")
    text = "".join(f"**{reader}:** Ja, a\u030apent 😀.\n\n" for reader in READERS)
    (study.path / "corpus/texts/FJO-SVAR.md").write_text(text, "utf-8")
    add_row(
        study, "corpus/documents.csv", DOCUMENT_COLUMNS,
        {"id": "FJO-SVAR", "kind": "workshop_note", "date": LATER, "participants": " ".join(READERS), "case": "FJO"},
    )  # fmt: skip


def with_person(study: SmallStudy) -> None:
    study.add("corpus/participants.csv", "STR-LEV-09,,,,\n")
    cells = {"id": "STR-I09", "kind": "interview", "date": LATER, "participants": "STR-LEV-09", "case": "STR"}
    add_row(study, "corpus/documents.csv", DOCUMENT_COLUMNS, cells)


def coded(study: SmallStudy) -> None:
    memo = {"kind": "memo", "type": "", "about": {"code": "C0001"}, "links": [], "text": "Ågot så på nytt 😀"}
    study.code("K1", "FJO-I02", [draft(study, "K1", "FJO-I02", LATER, "note", "FJO-I02.K1.m90", None, memo, "1.0.0")])


def with_memo(study: SmallStudy) -> None:
    folder = study.path / "corpus/memos"
    folder.mkdir(exist_ok=True)
    (folder / "K9.jsonl").write_text(f'{{"seq":1,"id":"memo.K9.0001","at":"{LATER}T10:00:00Z"}}\n', "utf-8")


def with_proposal(study: SmallStudy) -> None:
    study.add("codebooks/log.jsonl", f'{{"seq":1,"id":"LOG-0001","at":"{LATER}T10:00:00Z"}}\n')


def drawn(study: SmallStudy) -> None:
    columns = ("id", "coder", "with", "document", "turns", "seed", "drawn")
    cells = {"id": "A01", "coder": "K9", "with": "K1", "document": "FJO-I01", "turns": "", "seed": "7", "drawn": LATER}
    add_row(study, "corpus/assignments.csv", columns, cells)


def changed_text(study: SmallStudy) -> None:
    columns = ("document", "from_sha256", "to_sha256", "at", "reason")
    add_row(study, "corpus/text_changes.csv", columns, {"document": "FJO-SVAR", "at": f"{LATER}T10:00:00Z"})


def withdrew(study: SmallStudy) -> None:
    columns = ("participant", "documents", "redacted", "at", "reason", "events", "segments", "sources", "recalled")
    add_row(study, "corpus/withdrawals.csv", columns, {"participant": READERS[1], "at": f"{LATER}T10:00:00Z"})
    register = study.path / "corpus/participants.csv"
    head, *rows = register.read_text("utf-8").splitlines()
    if not head.endswith("withdrawn_at"):
        rows = [f"{row}," for row in rows]
    out = [f"{head.removesuffix(',withdrawn_at')},withdrawn_at", *rows, f"LESER-BORTEBORTE,,,,,{LATER}"]
    register.write_text("\n".join(out) + "\n", "utf-8")


def received(study: SmallStudy) -> None:
    folder = study.path / "corpus/reviews/received"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "0.json").write_text("{}", "utf-8")


LATER_ROWS: dict[str, Callable[[SmallStudy], None]] = {
    **{kind: (lambda study, kind=kind: registered(study, kind)) for kind in KINDS},
    "a reader without a role": lambda study: with_readers(study, has_facts=False),
    "a reader with a role": lambda study: with_readers(study, has_facts=True),
    "a person of whom nothing is known": with_person,
    "a memo in a document's log": coded,
    "a memo": with_memo,
    "a proposal": with_proposal,
    "a draw": drawn,
    "a text": changed_text,
    "an answer": received,
    "a withdrawal": withdrew,
}
#: What comes in by itself does so once.
ONCE = (
    "a reader without a role",
    "a reader with a role",
    "a person of whom nothing is known",
    "a memo in a document's log",
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> SmallStudy:
    """A small study in which every register has a row of the early milestone's day."""
    study = write_small_study(tmp_path_factory.mktemp("siden") / "studie")
    for kind in KINDS:
        registered(study, kind, EARLY)
    return study


def inputs(study: SmallStudy) -> dict[str, str]:
    planned = runs.planner(study.path)
    return inputs_of(planned.files, planned.milestone("M1"), NOTEBOOKS)


@pytest.fixture(scope="module")
def before(base: SmallStudy) -> dict[str, str]:
    found = inputs(base)
    # Every dated register that models are made of is among it.
    assert len([name for name in found if name.startswith("corpus/") and name.endswith(".csv")]) > 10
    return found


def test_every_register_there_is_is_tried() -> None:
    assert set(KINDS) < set(LATER_ROWS)
    assert {kind.FILE for kind in KINDS.values()} >= {"corpus/packs.csv", "corpus/assessments.csv"}


@pytest.mark.parametrize("what", LATER_ROWS)
def test_one_thing_that_is_recorded_later_changes_no_input(
    base: SmallStudy, before: dict[str, str], what: str, tmp_path: Path
) -> None:
    shutil.copytree(base.path, tmp_path / "study")
    study = SmallStudy(tmp_path / "study")
    LATER_ROWS[what](study)
    assert inputs(study) == before


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(what=st.lists(st.sampled_from(sorted(LATER_ROWS)), min_size=2, max_size=8))
def test_whatever_is_recorded_later_in_whatever_order_changes_no_input(
    base: SmallStudy, before: dict[str, str], what: list[str], tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "study", ignore_errors=True)
    shutil.copytree(base.path, tmp_path / "study")
    study = SmallStudy(tmp_path / "study")
    done: set[str] = set()
    for name in what:
        # The same people come in once, and not after a withdrawal has given the register its new column.
        if name in done & set(ONCE) or (name in ONCE and "a withdrawal" in done):
            continue
        if {"a reader without a role", "a reader with a role"} <= {*done, name}:
            continue
        LATER_ROWS[name](study)
        done.add(name)
    assert inputs(study) == before


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("clearances", "questions", "packs")])
def test_a_row_of_the_day_is_an_input(base: SmallStudy, before: dict[str, str], kind: str, tmp_path: Path) -> None:
    """Else the tests above would hold of registers that nobody reads."""
    shutil.copytree(base.path, tmp_path / "study")
    study = SmallStudy(tmp_path / "study")
    registered(study, kind, EARLY)
    assert inputs(study) != before
