"""Notices as they are exported: known answers by hand, a naive recount, and files that nobody would send on purpose."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foran_research.errors import Faults
from foran_research.exchange.doffin import MEANINGS, WORDS, read_doffin
from foran_research.exchange.received import LONGEST_CELL, Reading, read_mapping

CASES = {"FJO": "Fjordvik", "HEI": "Heidal", "STR": "Strandby"}
HEAD = (
    "Doffin-referanse",
    "Oppdragsgiver",
    "Kunngjøringstype",
    "Prosedyre",
    "Kunngjort dato",
    "Tidlig dialog",
    "Tittel",
)
KONK, OPEN = "Kunngjøring av konkurranse", "Åpen anbudskonkurranse"


def row(number: str, case: str = "FJO", day: str = "3.5.2021", dialogue: str = "Nei", procedure: str = OPEN,
        kind: str = KONK) -> list[str]:  # fmt: skip
    return [number, f"{CASES[case]} kommune", kind, procedure, day, dialogue, "Oppdiktet: bru på Øya 🙂"]


def table(rows: Sequence[Sequence[str]], head: Sequence[str] = HEAD, *, delimiter: str = ";", end: str = "\r\n") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
    writer.writerows([head, *rows])
    return out.getvalue()


def read(data: str | bytes, added: Sequence[tuple[str, str, str]] = ()) -> tuple[Reading | None, Faults]:
    faults = Faults()
    content = data.encode("utf-8") if isinstance(data, str) else data
    return read_doffin(content, "uttrekk.csv", CASES, faults, added=added), faults


def values(reading: Reading | None) -> dict[tuple[str, str, str], float]:
    assert reading is not None
    return {(one.indicator, one.case, one.period): one.value for one in reading.values}


def test_shares_are_of_all_competitions_and_the_uncertain_stand_beside() -> None:
    rows = [
        row("1", dialogue="Ja"), row("2"), row("3"), row("4", dialogue=""),
        row("5", procedure="Innovasjonspartnerskap"), row("6", "HEI", "2022-01-07", "Ja, dialogmøte i mai"),
    ]  # fmt: skip
    reading, faults = read(table(rows))
    assert not faults
    found = values(reading)
    assert found["DOF-01", "FJO", "2021"] == 5
    assert found["LUP-04", "FJO", "2021"] == 1
    assert found["LUP-03", "FJO", "2021"] == 20
    assert found["DOF-02", "FJO", "2021"] == 1
    assert found["LUP-06", "FJO", "2021"] == 1
    assert found["LUP-05", "FJO", "2021"] == 20
    assert found["LUP-03", "HEI", "2022"] == 100
    assert ("LUP-03", "STR", "2021") not in found
    note = next(one.note for one in reading.values if one.indicator == "LUP-03" and one.case == "FJO")
    assert note == "1 av 5; 1 uvisse, altså høyst 40,0 %"


def test_a_word_that_nobody_has_explained_is_uncertain_and_told_until_somebody_does() -> None:
    rows = [row("1", dialogue="Kaffe med markedet", procedure="Konkurransepreget dialog"), row("2", dialogue="Ja")]
    reading, _ = read(table(rows))
    assert values(reading)["DOF-02", "FJO", "2021"] == 1
    assert values(reading)["LUP-03", "FJO", "2021"] == 50
    assert reading is not None
    assert ("dialogue", "Kaffe med markedet", "", 1) in reading.words
    # The source does not say whether competitive dialogue is among the selected procedures.
    assert values(reading)["DOF-03", "FJO", "2021"] == 1
    added = [("dialogue", "kaffe med MARKEDET", "yes"), ("procedure", "Konkurransepreget dialog", "innovation")]
    later, _ = read(table(rows), added)
    assert values(later)["LUP-03", "FJO", "2021"] == 100
    assert values(later)["LUP-05", "FJO", "2021"] == 50


def test_an_authority_that_is_no_municipality_of_the_study_is_left_out_and_told() -> None:
    rows = [row("1"), ["2", "Fjordvik havn KF", KONK, OPEN, "3.5.2021", "Ja", ""]]
    reading, _ = read(table(rows))
    assert values(reading)["DOF-01", "FJO", "2021"] == 1
    assert reading is not None
    assert dict(reading.left_out) == {"authority": 1}
    assert ("authority", "Fjordvik havn KF", "", 1) in reading.words
    later, _ = read(table(rows), [("authority", "Fjordvik havn KF", "FJO")])
    assert values(later)["DOF-01", "FJO", "2021"] == 2


def test_a_correction_counts_once_in_the_year_of_the_notice_it_corrects() -> None:
    head = (*HEAD, "Retter")
    rows = [
        [*row("1", day="30.12.2020", dialogue=""), ""],
        [*row("9", day="4.1.2021", dialogue="Ja", kind="Rettelse"), "1"],
        [*row("10", day="4.1.2021", dialogue="Ja", kind="Rettelse"), "77"],
    ]
    reading, _ = read(table(rows, head))
    assert values(reading)["LUP-03", "FJO", "2020"] == 100
    assert ("DOF-01", "FJO", "2021") not in values(reading)
    assert reading is not None
    assert dict(reading.left_out) == {"correction": 1, "lone_correction": 1}


def test_the_same_notice_again_is_one_and_two_versions_of_one_day_are_a_fault_with_its_line() -> None:
    reading, _ = read(table([row("1"), row("1"), row("2")]))
    assert values(reading)["DOF-01", "FJO", "2021"] == 2
    reading, faults = read(table([row("1"), row("2"), row("1", dialogue="Ja")]))
    assert reading is None
    assert [(fault.kind, fault.line) for fault in faults] == [("two-versions", 4)]
    versions = [row("1", day="30.12.2020"), row("1", day="1.3.2021", dialogue="Ja")]
    for rows in (versions, versions[::-1]):
        assert values(read(table(rows))[0])["LUP-03", "FJO", "2020"] == 100


def test_a_notice_of_dialogue_tells_of_the_competition_with_its_case_number_and_of_no_earlier_one() -> None:
    head = (*HEAD, "Saksnummer")
    rows = [
        [*row("1", day="2021-02-01", dialogue="", kind="Kunngjøring av markedsdialog"), "21/7"],
        [*row("2", day="2021-05-01", dialogue=""), "21/7"],
        [*row("3", day="2021-01-01", dialogue=""), "21/7"],
        [*row("4", day="2021-05-01", dialogue="Nei"), "21/7"],
        [*row("5", "HEI", day="2021-05-01", dialogue=""), "21/7"],
    ]
    reading, _ = read(table(rows, head))
    assert values(reading)["LUP-04", "FJO", "2021"] == 1
    assert values(reading)["DOF-02", "FJO", "2021"] == 1
    assert values(reading)["LUP-04", "HEI", "2021"] == 0


def test_without_a_column_for_dialogue_nothing_is_said_of_it() -> None:
    head = tuple(name for name in HEAD if name != "Tidlig dialog")
    reading, _ = read(table([[*row("1")[:5], ""]], head))
    assert {one.indicator for one in reading.values} == {"DOF-01", "LUP-06", "LUP-05", "DOF-03"}


def test_research_is_counted_above_the_threshold_only() -> None:
    head = (*HEAD, "CPV", "Terskel")
    rows = [
        [*row("1"), "73100000", "Over EØS-terskel"], [*row("2"), "45000000", "Over EØS-terskel"],
        [*row("3"), "73100000", "Under EØS-terskel"], [*row("4"), "73100000", ""],
    ]  # fmt: skip
    assert values(read(table(rows, head))[0])["DFO-36", "FJO", "2021"] == 50


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 (BOM)"), ("cp1252", "Windows-1252 (Latin-1)"), ("utf-16", "UTF-16")],
)
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_letters_and_signs_between_cells_are_found_out_and_told(encoding: str, told: str, delimiter: str) -> None:
    text = table([row("1", procedure="Før-kommersiell anskaffelse", dialogue="Ja")], delimiter=delimiter)
    reading, faults = read(text.replace("🙂", "").encode(encoding))
    assert not faults
    assert values(reading)["LUP-05", "FJO", "2021"] == 100
    assert reading is not None
    assert reading.how.startswith(told)


def test_a_decomposed_letter_is_the_same_word() -> None:
    text = table([row("1", procedure="A\u030apen anbudskonkurranse")])
    assert values(read(text)[0])["DOF-03", "FJO", "2021"] == 0


def test_titles_above_the_header_and_cells_of_several_lines_do_not_disturb() -> None:
    text = "OPPDIKTET UTTREKK;;\r\n\r\n" + table([[*row("1")[:6], "to\nlinjer"], row("2")])
    assert values(read(text)[0])["DOF-01", "FJO", "2021"] == 2


def test_letters_decoded_wrongly_before_the_file_was_saved_are_warned_of() -> None:
    spoilt = table([row("1", procedure="Før-kommersiell anskaffelse")]).encode("utf-8").decode("cp1252", "replace")
    reading, faults = read(spoilt)
    assert [fault.kind for fault in faults.warnings] == ["wrong-encoding"]
    # «Kunngjøringstype» is no longer a column that anybody knows.
    assert reading is None
    assert "missing-column" in [fault.kind for fault in faults.errors]


def test_all_faults_come_at_once_with_their_lines() -> None:
    rows = [row("1", day="31.2.2021"), row("2"), row("3", day="i går"), row("4", day="12/31/2021")]
    reading, faults = read(table(rows))
    assert reading is None
    assert [(fault.kind, fault.line) for fault in faults.errors] == [("bad-date", 2), ("bad-date", 4), ("bad-date", 5)]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty-file"),
        (b"\x00\x01\x02", "not-text"),
        (b"PK\x03\x04 no archive", "broken-file"),
        (b"a;b\r\n1;2\r\n", "missing-column"),
        (table([row("1")]).replace("bru", "b" * (LONGEST_CELL + 1)).encode(), "broken-csv"),
        (table([row("1")]).encode() + b'2;"Fjordvik kommune;a\r\n', "broken-csv"),
        (table([row("1")]).encode() + b"2;Fjordvik kommune;x\r\n", "broken-csv"),
        (table([row("1")], (*HEAD[:6], "Dato")).encode(), "duplicate-column"),
        (table([row("1")], (*HEAD[:6], "Tidlig  dialog")).encode(), "duplicate-column"),
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_refused_with_a_fault_and_never_with_a_crash(data: bytes, kind: str) -> None:
    reading, faults = read(data)
    assert reading is None
    assert kind in {fault.kind for fault in faults.errors} or (kind == "empty-file" and faults.errors)


def test_a_cell_that_looks_like_a_formula_is_a_text_and_means_nothing() -> None:
    hostile = '=HYPERLINK("http://x","Ja")'
    reading, faults = read(table([row("1", dialogue=hostile), row("2", dialogue="Ja")]))
    assert not faults
    assert values(reading)["LUP-04", "FJO", "2021"] == 1
    assert reading is not None
    assert not any("=" in one.note for one in reading.values)


def test_a_mapping_file_is_checked_whole() -> None:
    faults = Faults()
    text = "role,word,means\nprocedure,Designkonkurranse,innovasjon\nfarge,blå,x\ndialogue,,yes\nprocedure,Annet,ordinary\n"
    assert read_mapping(text, "m.csv", MEANINGS, faults) == (("procedure", "Annet", "ordinary"),)
    assert [(fault.kind, fault.line) for fault in faults] == [
        ("unknown-meaning", 2), ("unknown-role", 3), ("broken-csv", 4),
    ]  # fmt: skip


def test_every_meaning_of_the_words_that_are_understood_is_one_that_exists() -> None:
    for role, _, means in WORDS.told:
        assert means in MEANINGS[role]
    counts = Counter((role, word) for role, word, _ in WORDS.told)
    assert [key for key, count in counts.items() if count > 1] == []


_WORDS = st.sampled_from(["Ja", "Nei", "", "Vet ikke", "Kanskje", "markedsdialog"])
_PROCEDURES = st.sampled_from([OPEN, "Innovasjonspartnerskap", "Konkurransepreget dialog", "", "Noe nytt"])
_ROWS = st.lists(
    st.tuples(st.sampled_from(list(CASES)), st.integers(2019, 2023), _WORDS, _PROCEDURES), min_size=1, max_size=30
)


@settings(max_examples=60, deadline=None)
@given(rows=_ROWS, order=st.randoms(use_true_random=False))
def test_counts_are_those_of_a_naive_recount_in_any_order_of_the_rows(
    rows: list[tuple[str, int, str, str]], order: object
) -> None:
    text_rows = [row(str(n), case, f"{year}-06-01", word, proc) for n, (case, year, word, proc) in enumerate(rows)]
    order.shuffle(text_rows)
    found = values(read(table(text_rows))[0])
    for case in CASES:
        for year in range(2019, 2024):
            own = [(word, proc) for c, y, word, proc in rows if (c, y) == (case, year)]
            key = (case, str(year))
            if not own:
                assert ("DOF-01", *key) not in found
                continue
            yes = [word for word, _ in own if word in ("Ja", "markedsdialog")]
            no = [word for word, _ in own if word == "Nei"]
            new = [proc for _, proc in own if proc == "Innovasjonspartnerskap"]
            assert found["DOF-01", *key] == len(own)
            assert found["LUP-04", *key] == len(yes)
            assert found["LUP-03", *key] == pytest.approx(100 * len(yes) / len(own))
            assert found["DOF-02", *key] == len(own) - len(yes) - len(no)
            assert found["LUP-06", *key] == len(new)
            assert found["DOF-03", *key] == len(own) - len(new) - sum(proc == OPEN for _, proc in own)


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=300))
def test_no_bytes_whatsoever_make_it_fall(data: bytes) -> None:
    reading, faults = read(data)
    assert (reading is None) == bool(faults.errors)
