"""The review table: one row per surface, outside of the study, and back again through what spreadsheets do to it."""

from __future__ import annotations

import csv
import io
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from foran_research.corpus.hits import Hit
from foran_research.corpus.pseudonyms import Decision
from foran_research.corpus.review import (
    HEADINGS,
    ReviewRow,
    Undecided,
    decisions_from_rows,
    read_review,
    review_rows,
    rows_for_widget,
    write_review,
)
from foran_research.errors import Faults, ForanError

#: Document, turn: its words, and in what follows each hit with its kind.
TURNS = {
    ("D1", 1): "Åse Øvergård ringte Fjordvik 😀 om Karis sak.",
    ("D1", 3): "Kari kom. KARI gikk.",
    ("D2", 7): "Øvergård har +47 912 34 567, hun er syk",
    ("D2", 9): "Saken het =SUM(A1) for a\u030alreit",
}
HITS = {
    ("D1", 1): {"Åse Øvergård": "person", "Fjordvik": "place", "Karis": "person"},
    ("D1", 3): {"Kari": "person", "KARI": "person"},
    ("D2", 7): {"Øvergård": "capitalised", "+47 912 34 567": "phone", "syk": "sensitive"},
    ("D2", 9): {"Saken": "capitalised", "=SUM(A1)": "person"},
}


def found() -> list[Undecided]:
    return [
        Undecided(document, turn, text, Hit(text.index(words), text.index(words) + len(words), kind, "test"))
        for (document, turn), text in TURNS.items()
        for words, kind in HITS[document, turn].items()
    ]


@pytest.fixture
def rows() -> tuple[ReviewRow, ...]:
    return review_rows(found(), taken=["[Person 3]"])


@pytest.fixture
def study(tmp_path: Path) -> Path:
    (tmp_path / "study").mkdir()
    return tmp_path / "study"


def decided_by(cells: dict[int, tuple[str, str, str]], rows: tuple[ReviewRow, ...]) -> list[dict[str, Any]]:
    filled = rows_for_widget(rows)
    for row in filled:
        if row["number"] in cells:
            row["decision"], row["replacement"], row["scope"] = cells[row["number"]]
    return filled


def kinds(faults: Faults) -> list[tuple[str, int | None]]:
    return [(fault.kind, fault.line) for fault in faults]


# Rows


def test_a_surface_has_one_row_however_often_and_in_whatever_form_it_stands(rows: tuple[ReviewRow, ...]) -> None:
    assert [(row.number, row.kind, row.surface, row.count, row.places) for row in rows] == [
        (1, "person", "Åse Øvergård", 1, "D1: 1"),
        (2, "place", "Fjordvik", 1, "D1: 1"),
        (3, "person", "Kari", 3, "D1: 1, 3"),
        (4, "capitalised", "Øvergård", 1, "D2: 7"),
        (5, "phone", "+47 912 34 567", 1, "D2: 7"),
        (6, "sensitive", "syk", 1, "D2: 7"),
        (7, "capitalised", "Saken", 1, "D2: 9"),
        (8, "person", "=SUM(A1)", 1, "D2: 9"),
    ]
    assert rows[2].context == "Åse Øvergård ringte Fjordvik 😀 om [Karis] sak."


def test_suggestions_hide_names_and_leave_what_only_a_capital_tells_to_the_person(rows: tuple[ReviewRow, ...]) -> None:
    assert [(row.suggestion, row.suggested) for row in rows] == [
        ("replace", "[Person 4]"),
        ("generalise", "[sted]"),
        ("replace", "[Person 5]"),
        ("", ""),
        ("generalise", "[telefonnummer]"),
        ("keep", ""),
        ("", ""),
        ("replace", "[Person 6]"),
    ]


def test_a_part_of_a_known_name_is_suggested_as_that_person() -> None:
    text = "Nordmann og Kari Nordmann og Ola"
    waiting = [Undecided("D1", 1, text, Hit(0, 8, "person", "t")), Undecided("D1", 1, text, Hit(29, 32, "person", "t"))]
    rows = review_rows(waiting, known={"Kari Nordmann": "FJO-PL-01"}, taken=[])
    assert [row.suggested for row in rows] == ["FJO-PL-01", "[Person 2]"]
    whole = [Undecided("D1", 1, text, Hit(12, 25, "person", "t")), Undecided("D1", 1, text, Hit(0, 8, "person", "t"))]
    assert [row.suggested for row in review_rows(whole)] == ["[Person 1]", "[Person 1]"]


def test_a_misspelt_name_is_suggested_as_whom_the_detector_took_it_for() -> None:
    waiting = [Undecided("D1", 1, "Eirk kom", Hit(0, 4, "person", "key-near", "likely", "FJO-PL-01"))]
    rows = review_rows(waiting, known={"Eirik": "[leder]"}, by_pseudonym={"FJO-PL-01": "[leder]"})
    assert [row.suggested for row in rows] == ["[leder]"]


def test_spellings_of_one_full_name_are_suggested_one_number() -> None:
    def suggested(*names: str, known: dict[str, str] | None = None) -> list[str]:
        waiting = [Undecided("D1", 1, f"{name} 😀", Hit(0, len(name), "person", "test")) for name in names]
        return [row.suggested for row in review_rows(waiting, known=known)]

    assert suggested("Gunnbjørg Rabbestad", "G. Rabbestad", "Gunbjørg Rabestad", "Åse Rabbestad") == [
        "[Person 1]", "[Person 1]", "[Person 1]", "[Person 4]"
    ]  # fmt: skip
    # An initial may be either's; and whoever it was taken for does not draw in the other.
    assert suggested("Gunn Åsmo", "Guri Åsmo", "G. Åsmo") == ["[Person 1]", "[Person 2]", "[Person 3]"]
    assert suggested("G. Åsmo", "Gunn Åsmo", "Guri Åsmo") == ["[Person 1]", "[Person 1]", "[Person 3]"]
    assert suggested("Gunbjørg Rabestad", known={"Gunnbjørg Rabbestad": "PL-1"}) == ["PL-1"]
    assert suggested("Kari Wexmo", "Karin Wexmo") == ["[Person 1]", "[Person 2]"]


def test_a_longer_name_is_not_taken_for_whoever_has_its_first_word() -> None:
    text = "Kari Hansen og KARIS BIL"
    waiting = [
        Undecided("D1", 1, text, Hit(0, 11, "person", "t")),
        Undecided("D1", 1, text, Hit(15, 24, "person", "t")),
    ]
    rows = review_rows(waiting, known={"Kari": "FJO-PL-01"})
    assert [(row.suggestion, row.suggested) for row in rows] == [("replace", "[Person 1]"), ("", "")]


def test_rows_are_the_same_each_time_and_print_no_words(rows: tuple[ReviewRow, ...]) -> None:
    assert review_rows(found(), taken=["[Person 3]"]) == rows
    assert "Kari" not in repr(rows) + repr(found())


# On disk


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_same_rows_give_the_same_bytes_that_only_the_owner_may_read(
    rows: tuple[ReviewRow, ...], study: Path, tmp_path: Path, ending: str
) -> None:
    one = write_review(rows, tmp_path / "a" / f"one.{ending}", study).read_bytes()
    assert write_review(rows, tmp_path / "a" / f"two.{ending}", study).read_bytes() == one
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "a" / f"one.{ending}").stat().st_mode) == 0o600
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [f"one.{ending}", f"two.{ending}"]


def test_the_table_is_refused_in_the_study_and_with_another_ending(
    rows: tuple[ReviewRow, ...], study: Path, tmp_path: Path
) -> None:
    with pytest.raises(ForanError, match="the review table may not lie"):
        write_review(rows, study / "review.csv", study)
    with pytest.raises(ForanError, match=r"\.csv or an \.xlsx"):
        write_review(rows, tmp_path / "review.ods", study)
    assert list(study.iterdir()) == []


def test_excel_reads_the_letters_and_no_cell_is_a_formula(
    rows: tuple[ReviewRow, ...], study: Path, tmp_path: Path
) -> None:
    data = write_review(rows, tmp_path / "r.csv", study).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    cells = [cell for line in csv.reader(io.StringIO(data.decode("utf-8-sig"))) for cell in line]
    assert "'=SUM(A1)" in cells
    assert "'+47 912 34 567" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    sheet = load_workbook(write_review(rows, tmp_path / "r.xlsx", study)).active
    assert {cell.data_type for line in sheet.iter_rows() for cell in line if cell.value is not None} == {"s"}


FILLED = {
    1: ("erstatt", "", ""),
    2: ("Generaliser", "[en kommune]", "overalt"),
    3: ("ja", "", "dokument"),
    4: ("erstatt", "[Person 4]", ""),
    5: ("GENERALISE", "", "everywhere"),
    6: ("behold", "", ""),
    8: ("yes", "", "document"),
}
EXPECTED = (
    Decision("person", "Åse Øvergård", "replace", "[Person 4]"),
    Decision("place", "Fjordvik", "generalise", "[en kommune]"),
    Decision("person", "Kari", "replace", "[Person 5]", "D1"),
    Decision("capitalised", "Øvergård", "replace", "[Person 4]"),
    Decision("phone", "+47 912 34 567", "generalise", "[telefonnummer]"),
    Decision("sensitive", "syk", "keep"),
    Decision("person", "=SUM(A1)", "replace", "[Person 6]", "D2"),
)


def as_csv(rows: tuple[ReviewRow, ...], *, delimiter: str = ",", order: list[int] | None = None) -> list[list[str]]:
    plain = decided_by(FILLED, rows)
    return [
        [headings[0] for headings in HEADINGS.values()],
        *([str(row[name]) for name in HEADINGS] for row in (plain[n] for n in order or range(len(plain)))),
    ]


def encoded(lines: list[list[str]], delimiter: str, encoding: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(lines)
    return out.getvalue().encode(encoding, "replace")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1252", "utf-16"])
def test_the_table_comes_back_from_every_spreadsheet(
    rows: tuple[ReviewRow, ...], tmp_path: Path, delimiter: str, encoding: str
) -> None:
    path, faults = tmp_path / "r.csv", Faults()
    path.write_bytes(encoded(as_csv(rows), delimiter, encoding))
    assert (read_review(path, rows, faults), faults) == (EXPECTED, [])


def test_letters_that_windows_has_not_do_not_lose_the_row(tmp_path: Path) -> None:
    rows = review_rows([Undecided("D1", 1, "Řehoř Łukić", Hit(0, 11, "person", "t"))])
    lines = [[headings[0] for headings in HEADINGS.values()]]
    lines += [[str(row[name]) for name in HEADINGS] for row in decided_by({1: ("ja", "", "")}, rows)]
    path, faults = tmp_path / "r.csv", Faults()
    path.write_bytes(encoded(lines, ";", "cp1252"))
    assert (read_review(path, rows, faults), faults) == (
        (Decision("person", "Řehoř Łukić", "replace", "[Person 1]"),),
        [],
    )


def test_a_first_line_that_names_the_delimiter_is_understood(rows: tuple[ReviewRow, ...], tmp_path: Path) -> None:
    path, faults = tmp_path / "r.csv", Faults()
    path.write_bytes(b"sep=;\r\n" + encoded(as_csv(rows), ";", "cp1252"))
    assert (read_review(path, rows, faults), faults) == (EXPECTED, [])


def test_rows_may_be_sorted_and_columns_moved(rows: tuple[ReviewRow, ...], tmp_path: Path) -> None:
    lines = [line[::-1] for line in as_csv(rows, order=[7, 3, 1, 0, 2, 5, 6, 4])]
    path, faults = tmp_path / "r.csv", Faults()
    path.write_bytes(encoded(lines, ",", "utf-8"))
    assert set(read_review(path, rows, faults)) == set(EXPECTED)
    assert faults == []


def test_a_workbook_comes_back_also_when_excel_made_numbers_of_it(
    rows: tuple[ReviewRow, ...], study: Path, tmp_path: Path
) -> None:
    path, faults = write_review(rows, tmp_path / "r.xlsx", study, language="en"), Faults()
    book = load_workbook(path)
    sheet = book.active
    head = [cell.value for cell in sheet[1]]
    assert head == [headings[1] for headings in HEADINGS.values()]
    for line in range(2, sheet.max_row + 1):
        number = int(sheet.cell(line, 1).value)
        sheet.cell(line, 1).value = float(number)
        if number == 5:
            sheet.cell(line, 3).value = 4.791234567e10
        for name, value in zip(("decision", "replacement", "scope"), FILLED.get(number, ("", "", "")), strict=True):
            sheet.cell(line, list(HEADINGS).index(name) + 1).value = value
    book.save(path)
    assert (read_review(path, rows, faults, by="K1", at="2020-01-01"), faults) == (
        tuple(Decision(d.kind, d.surface, d.action, d.replacement, d.document, "K1", "2020-01-01") for d in EXPECTED),
        [],
    )


# Faults


def test_all_faults_are_told_at_once_by_row_and_without_words(rows: tuple[ReviewRow, ...]) -> None:
    given = decided_by(
        {
            1: ("kanskje Åse", "", ""),
            2: ("generaliser", "byen til Kari", ""),
            3: ("erstatt", "hun Kari", ""),
            4: ("ja", "", ""),
            5: ("behold", "noe", ""),
            6: ("", "noe", ""),
            7: ("behold", "", "alltid"),
            8: ("erstatt", "", ""),
        },
        rows,
    )
    given.append({**given[0], "line": 9})
    given.append({**given[0], "mark": "mabc"})
    faults = Faults()
    assert decisions_from_rows(given, rows, faults) == ()
    assert kinds(faults) == [
        ("unknown-decision", 1),
        ("no-suggestion", 4),
        ("needless-replacement", 5),
        ("missing-decision", 6),
        ("unknown-scope", 7),
        ("duplicate-row", 9),
        ("unknown-row", 10),
        ("name-in-replacement", 2),
        ("name-in-replacement", 3),
    ]
    told = "\n".join(map(str, faults))
    assert not any(word in told for word in ("Åse", "Kari", "Øvergård", "Fjordvik", "912", "alltid", "kanskje"))


def test_rows_that_were_decided_since_are_passed_over_and_the_rest_has_new_numbers() -> None:
    every = found()
    first = review_rows(every)
    done = Decision(first[0].kind, first[0].surface, "keep")
    left = review_rows([one for one in every if one.text[one.hit.start : one.hit.end] != first[0].surface])
    assert [row.surface for row in left] == [row.surface for row in first[1:]]
    given = decided_by({1: ("behold", "", ""), 2: ("generaliser", "", "")}, first)
    faults = Faults()
    decisions = decisions_from_rows(given, left, faults, remembered=[done])
    assert (kinds(faults), [one.surface for one in decisions]) == ([], [first[1].surface])
    # A row of ours that nothing remembers, as when the sources have changed, is no stranger either.
    assert decisions_from_rows(given, left, faults) == decisions
    assert kinds(faults) == []
    given[0]["decision"] = "erstatt"
    assert decisions_from_rows(given, left, faults, remembered=[done]) == ()
    assert kinds(faults) == [("decided-before", 1)]


def test_a_replacement_may_hold_no_name_of_the_key(rows: tuple[ReviewRow, ...]) -> None:
    faults = Faults()
    given = decided_by({2: ("erstatt", "Nordmanns by", "")}, rows)
    assert decisions_from_rows(given, rows, faults, names=["Ola Nordmann"]) == ()
    assert kinds(faults) == [("name-in-replacement", 2)]


def test_rows_that_are_gone_are_told_by_number(rows: tuple[ReviewRow, ...], tmp_path: Path) -> None:
    path, faults = tmp_path / "r.csv", Faults()
    path.write_bytes(encoded(as_csv(rows, order=[0, 3, 5]), ";", "cp1252"))
    assert read_review(path, rows, faults) == ()
    assert kinds(faults) == [("missing-row", None)]
    assert "2, 3, 5, 7, 8" in faults[0].found


def test_a_column_that_was_sorted_alone_is_noticed(rows: tuple[ReviewRow, ...]) -> None:
    given = decided_by(FILLED, rows)
    given[0]["surface"], given[1]["surface"] = given[1]["surface"], given[0]["surface"]
    faults = Faults()
    assert decisions_from_rows(given, rows, faults) == ()
    assert kinds(faults) == [("moved-cells", 1), ("moved-cells", 2)]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "broken-file"),
        (b"PK\x03\x04 no workbook", "broken-file"),
        (b"navn;Kari\n1;2\n", "missing-column"),
        ("nr;ord;avgjørelse;decision;erstatning;gjelder;merke\n".encode(), "duplicate-column"),
    ],
)
def test_a_file_that_is_no_table_is_told(rows: tuple[ReviewRow, ...], tmp_path: Path, data: bytes, kind: str) -> None:
    path, faults = tmp_path / "r.csv", Faults()
    path.write_bytes(data)
    assert read_review(path, rows, faults) == ()
    assert {fault.kind for fault in faults} == {kind}
    assert "Kari" not in str(faults)
    assert read_review(tmp_path / "none.csv", rows, faults) == ()


@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xfe", b"PK\x03\x04", b"nr;ord\n", b'a,"b']))
@settings(max_examples=150, deadline=None)
def test_no_bytes_whatever_raise(rows_once: tuple[ReviewRow, ...], folder: Path, data: bytes, start: bytes) -> None:
    path, faults = folder / "r.csv", Faults()
    path.write_bytes(start + data)
    assert read_review(path, rows_once, faults) == ()
    assert faults


@pytest.fixture(scope="module")
def rows_once() -> tuple[ReviewRow, ...]:
    return review_rows(found())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


def test_a_table_nobody_has_filled_in_decides_nothing_and_is_no_fault(
    rows: tuple[ReviewRow, ...], study: Path, tmp_path: Path
) -> None:
    faults = Faults()
    assert read_review(write_review(rows, tmp_path / "r.csv", study), rows, faults) == ()
    assert faults == []


def test_an_ordinary_word_that_may_be_a_name_gets_no_suggestion() -> None:
    text = "Noe ble gjort, Gunnbjørg."
    waiting = [
        Undecided("D1", 1, text, Hit(0, 3, "person", "first-name", "possible")),
        Undecided("D1", 1, text, Hit(15, 24, "person", "first-name", "possible")),
    ]
    assert [(row.surface, row.suggestion) for row in review_rows(waiting)] == [("Noe", ""), ("Gunnbjørg", "replace")]
