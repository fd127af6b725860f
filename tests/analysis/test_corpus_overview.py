"""Coverage, the timeline, the plan and the gaps: worked out by hand, and held against slow and simple ways to count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import permutations
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foran_research.analysis import corpus_overview as co
from foran_research.analysis.incidence import UNIT_COLUMNS, informant_units
from foran_research.coding.segments import segments_table
from foran_research.corpus.plan import PLAN_COLUMNS, empty_plan
from foran_research.corpus.transcript import Transcript, canonical, parse_turns

WITHDRAWN = "withdrawn_at"
#: Two talks and a note; the decomposed å is made whole as the store does, so offsets are those of the canonical text.
TEXTS = {
    "A-I1": (
        "interview",
        "**Spør:** Hvorfor?\n\n**A1:** Vi gikk a\u030a spurte 😀 dem.\n\n**A2:** Ja, to ord.\n\n**A1:** Nei.\n",
    ),
    "A-N1": ("workshop_note", "# Runde 1\n\nFlere mente mye.\n\n**B1:** Gjest fra B.\n"),
    "B-I1": ("interview", "**B1:** Én to tre fire.\n\n**Spør:** Takk.\n"),
}  # fmt: skip
TRANSCRIPTS = {
    name: Transcript(name, canonical(text), parse_turns(canonical(text), has_turns=kind == "interview"))
    for name, (kind, text) in TEXTS.items()
}


def register(*rows: tuple[str, str, str, str, str, str], **more: Mapping[str, str]) -> pd.DataFrame:
    """Documents of (id, kind, case, process, date, participants); other columns from `more`, by document."""
    frame = pd.DataFrame(rows, columns=["id", "kind", "case", "process", "date", "participants"], dtype=object)
    frame = frame.set_index("id")
    frame["participants"] = [tuple(people.split()) for people in frame["participants"]]
    for column in ("guide", "arena"):
        frame[column] = [more.get(column, {}).get(name, "") for name in frame.index]
    return frame


def people(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """Participants of (id, actor type, case, consent)."""
    frame = pd.DataFrame(rows, columns=["id", "actor_type", "case", "consent"], dtype=object).set_index("id")
    frame["consent"] = [tuple(consent.split()) for consent in frame["consent"]]
    return frame.assign(written_form="nb", **{WITHDRAWN: ""})


DOCUMENTS = register(
    ("A-I1", "interview", "A", "A-1", "2020-03-04", "A1 A2"),
    ("A-N1", "workshop_note", "A", "A-1", "2020-03-20", "A1 B1"),
    ("B-I1", "interview", "B", "", "2020-10-01", "B1"),
)
PEOPLE = people(("A1", "leder", "A", "analysis quote"), ("A2", "kjøper", "A", "analysis quote"),
                ("B1", "leder", "B", "analysis quote"))  # fmt: skip
UNITS = informant_units(TRANSCRIPTS, DOCUMENTS, PEOPLE, frozenset({"Spør"}))


def segment(document: str, words: str, coder: str = "K1", code: str = "C1") -> dict[str, object]:
    text = TRANSCRIPTS[document].text
    start = text.index(words)
    end = start + len(words)
    turns = tuple(t.number for t in TRANSCRIPTS[document].turns if t.span.start < end and start < t.span.end)
    return {"segment": f"{document}.{coder}.{start}.{code}", "coder": coder, "document": document, "start": start,
            "end": end, "turns": turns, "quote": words, "code": code, "polarity": "", "codebook_version": "1.0.0",
            "at": "", "memo": "", "applied_under": "1.0.0"}  # fmt: skip


SEGMENTS = segments_table(
    [
        segment("A-I1", "gikk å"),
        segment("A-I1", "å spurte 😀"),  # overlaps the first: å counts once
        segment("A-I1", "ja, to or".capitalize()),  # a word that is half covered is coded
        segment("B-I1", "to", "K2"),
    ]
)


def test_words_and_coded_words_of_every_unit_by_hand() -> None:
    sizes = co.unit_sizes(TRANSCRIPTS, UNITS, SEGMENTS, ("K1",))
    found = {unit: tuple(row) for unit, *row in sizes[["unit", "words", "coded_words", "is_coded"]].to_numpy().tolist()}
    assert found == {
        "A-I1:2": (6, 4, True),  # Vi gikk å spurte 😀 dem.
        "A-I1:3": (3, 3, True),
        "A-I1:4": (1, 0, False),
        "A-N1:2": (3, 0, False),
        "A-N1:3": (3, 0, False),
        "B-I1:1": (4, 0, False),
    }
    everybody = co.unit_sizes(TRANSCRIPTS, UNITS, SEGMENTS)
    assert everybody.set_index("unit").loc["B-I1:1", ["words", "coded_words", "is_coded"]].tolist() == [4, 1, True]


def test_the_words_of_units_are_those_that_the_transcript_counts() -> None:
    sizes = co.unit_sizes(TRANSCRIPTS, UNITS, SEGMENTS)
    spoken = {"A-I1": "Hvorfor?", "B-I1": "Takk."}
    for document, transcript in TRANSCRIPTS.items():
        own = int(sizes.loc[sizes["document"] == document, "words"].sum())
        assert own + len(spoken.get(document, "").split()) == transcript.word_count()


def test_coverage_by_hand() -> None:
    table = co.coverage_table(
        DOCUMENTS, UNITS, co.unit_sizes(TRANSCRIPTS, UNITS, SEGMENTS, ("K1",)), cases=("B", "A"), actor_types=("leder", "kjøper")
    )  # fmt: skip
    # The guest from B counts in A, where the workshop was; B comes first since it is named first.
    assert table.to_dict("split")["data"] == [
        ["B", "", "leder", 1, 1, 1, 4, 0, 0, 0.0, 0.0],
        # The note's paragraph has no speaker and counts for no participant; all who took part are leaders, so it is theirs.
        ["A", "A-1", "leder", 2, 2, 4, 13, 1, 4, 0.25, pytest.approx(4 / 13)],
        ["A", "A-1", "kjøper", 1, 1, 1, 3, 1, 3, 1.0, 1.0],
    ]


def test_text_without_a_speaker_stands_last_and_has_no_participant() -> None:
    register_of_three = DOCUMENTS.copy()
    register_of_three.at["A-N1", "participants"] = ("A1", "A2")
    units = informant_units(TRANSCRIPTS, register_of_three, PEOPLE, frozenset({"Spør"}))
    table = co.coverage_table(register_of_three, units, co.unit_sizes(TRANSCRIPTS, units, SEGMENTS))
    row = table[(table["case"] == "A") & (table["actor_type"] == "")]
    assert row[["documents", "participants", "turns", "words"]].to_numpy().tolist() == [[1, 0, 1, 3]]
    assert table["actor_type"].tolist() == ["kjøper", "leder", "", "leder"]


def test_sizes_of_other_units_are_refused() -> None:
    sizes = co.unit_sizes(TRANSCRIPTS, UNITS, SEGMENTS)
    with pytest.raises(ValueError, match="same units in the same order"):
        co.coverage_table(DOCUMENTS, UNITS, sizes[::-1])


def test_coders_are_counted_one_by_one() -> None:
    table = co.coverage_by_coder(TRANSCRIPTS, UNITS, SEGMENTS).set_index("coder")
    assert table.loc["K1"].to_dict() == {
        "documents": 1, "segments": 3, "turns": 6, "words": 20, "coded_turns": 2, "coded_words": 7,
        "coded_turn_share": pytest.approx(2 / 6), "coded_word_share": 0.35,
    }  # fmt: skip
    assert table.loc["K2", ["documents", "segments", "coded_turns", "coded_words"]].tolist() == [1, 1, 1, 1]


@given(st.data())
def test_cells_add_up_to_the_totals_and_coding_never_exceeds_what_was_said(data: st.DataObject) -> None:
    cuts = st.tuples(
        st.sampled_from(sorted(TRANSCRIPTS)), st.integers(0, 200), st.integers(1, 40), st.sampled_from("KLM")
    )
    rows = []
    for document, start, length, coder in data.draw(st.lists(cuts, max_size=12)):
        words = TRANSCRIPTS[document].text[start : start + length]
        if words and TRANSCRIPTS[document].text.index(words) == start:
            rows.append(segment(document, words, coder))
    segments = segments_table(rows)
    sizes = co.unit_sizes(TRANSCRIPTS, UNITS, segments)
    # The oracle: every character on its own, and every word that holds a coded one.
    coded = {(row["document"], place) for row in rows for place in range(row["start"], row["end"])}
    for unit in sizes.itertuples():
        text = TRANSCRIPTS[str(unit.document)].text
        span = next(t.span for t in TRANSCRIPTS[str(unit.document)].turns if t.number == unit.turn)
        words, inside = 0, False
        hits: set[int] = set()
        for place in range(span.start, span.end):
            if text[place].isspace():
                inside = False
                continue
            words += not inside
            inside = True
            if (unit.document, place) in coded:
                hits.add(words)
        assert (unit.words, unit.coded_words) == (words, len(hits))
    table = co.coverage_table(DOCUMENTS, UNITS, sizes)
    totals = co.totals(DOCUMENTS, pd.DataFrame(index=pd.Index([])), UNITS, sizes).set_index("what")["count"]
    for column in ("turns", "words", "coded_turns", "coded_words"):
        assert table[column].sum() == totals[column]
    assert (table["coded_words"] <= table["words"]).all()
    assert table["coded_turn_share"].between(0, 1).all()
    line = co.timeline(DOCUMENTS, sizes, [("M1", "2020-09-30")])
    assert (line["words"].sum(), line["turns"].sum(), line["documents"].sum()) == (totals["words"], totals["turns"], 3)


def test_a_month_is_of_the_first_milestone_that_takes_it() -> None:
    sizes = co.unit_sizes(TRANSCRIPTS, UNITS, SEGMENTS)
    # Milestones need not be in order of time, nor their ids.
    table = co.timeline(DOCUMENTS, sizes, [("M2", "2020-09-30"), ("M9", "2020-03-19")], cases=("A", "B"))
    assert table.to_numpy().tolist() == [
        ["2020-03", "M9", "A", 1, 3, 10],
        ["2020-03", "M2", "A", 1, 2, 6],
        ["2020-10", "", "B", 1, 1, 4],
    ]


def test_an_arena_without_documents_is_shown() -> None:
    documents = register(
        ("N1", "workshop_note", "B", "", "2021-05-01", ""), ("N2", "workshop_note", "A", "", "2020-05-01", ""),
        ("N3", "workshop_note", "", "", "2020-06-01", ""), arena={"N1": "x", "N2": "x", "N3": "x"},
    )  # fmt: skip
    table = co.arena_table(documents, [("x", "practice", "research"), ("y", "", "")])
    assert table.to_numpy().tolist() == [
        ["x", "practice", "research", 3, "A B", "2020-05-01", "2021-05-01"],
        ["y", "", "", 0, "", "", ""],
    ]


# The plan


def plan(*rows: str) -> pd.DataFrame:
    """A plan of rows "case,process,actor_type,kind,planned,from,to", on lines from 2."""
    cells = [(*row.split(","), "") for row in rows]
    frame = pd.DataFrame(cells, columns=list(PLAN_COLUMNS), index=pd.RangeIndex(2, 2 + len(rows), name="line"))
    return frame.astype(object).assign(planned=frame["planned"].astype("int64"))


TALKS = register(
    ("T1", "interview", "A", "A-1", "2020-02-01", "A1"),
    ("T2", "interview", "A", "A-1", "2020-08-01", "A1"),
    ("T3", "interview", "A", "A-2", "2020-05-01", "A1 A2"),
    ("N1", "workshop_note", "A", "A-1", "2020-06-01", "A1 A2"),
    ("T4", "interview", "B", "", "2020-04-01", "B1"),
)
ACTORS = co.actor_types_of(TALKS, PEOPLE)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["A,A-1,leder,interview,1,,"], {2: ("T1",)}),
        (["A,A-1,leder,interview,3,,"], {2: ("T1", "T2")}),
        (["A,,leder,interview,9,,"], {2: ("T1", "T3", "T2")}),
        # A talk with two kinds of people fills a row of each.
        (["A,A-2,leder,interview,1,,", "A,A-2,kjøper,interview,1,,"], {2: ("T3",), 3: ("T3",)}),
        # Not twice for the same kind; the narrow row first, wherever it stands.
        (["A,,leder,interview,1,,", "A,A-1,leder,interview,2,,"], {2: ("T3",), 3: ("T1", "T2")}),
        # A row for anybody gets what fills no row of somebody.
        (["A,,,interview,5,,", "A,A-1,leder,interview,1,,"], {2: ("T3", "T2"), 3: ("T1",)}),
        # A talk goes to the row whose days it falls within, and a late one fills what is left.
        (["A,A-1,leder,interview,1,2020-07-01,2020-12-31", "A,A-1,leder,interview,1,2020-01-01,2020-06-30"],
         {2: ("T2",), 3: ("T1",)}),
        (["A,A-1,leder,interview,2,2020-01-01,2020-03-01"], {2: ("T1", "T2")}),
        # Of two rows open at once the one that closes first.
        (["A,A-1,leder,interview,1,2020-01-01,", "A,A-1,leder,interview,1,2020-01-01,2020-03-01"], {2: ("T2",), 3: ("T1",)}),
        (["A,,,workshop_note,2,,", ",,,public_document,1,,"], {2: ("N1",), 3: ()}),
        ([",,leder,interview,9,,"], {2: ("T1", "T4", "T3", "T2")}),
        (["B,,kjøper,interview,1,,", "B,,leder,interview,0,,"], {2: (), 3: ()}),
        ([], {}),
    ],
)  # fmt: skip
def test_which_document_fills_which_row(rows: list[str], expected: dict[int, tuple[str, ...]]) -> None:
    found = co.allotted(plan(*rows) if rows else empty_plan(), TALKS, ACTORS)
    assert found == expected


def test_who_has_not_consented_to_analysis_fills_no_row() -> None:
    silent = PEOPLE.copy()
    silent.at["A1", "consent"] = ("quote",)
    assert co.actor_types_of(TALKS, silent)["T3"] == {"kjøper"}
    assert co.allotted(plan("A,A-1,leder,interview,1,,"), TALKS, co.actor_types_of(TALKS, silent)) == {2: ()}


def test_the_plan_by_hand() -> None:
    rows = plan("A,A-1,leder,interview,2,2020-01-01,2020-09-30", "A,A-1,kjøper,interview,2,,2020-09-30",
                "A,A-2,kjøper,interview,2,,2020-10-01", "B,,leder,interview,2,2020-10-02,")  # fmt: skip
    found = co.plan_table(rows, co.allotted(rows, TALKS, ACTORS), today="2020-10-01")
    assert found[["line", "planned", *co.PLAN_RESULTS]].to_numpy().tolist() == [
        [2, 2, 2, 0, 0, "done", "T1 T2"],
        [3, 2, 0, 2, 2, "overdue", ""],
        [4, 2, 1, 1, 0, "open", "T3"],  # the last day itself is not past
        [5, 2, 1, 1, 0, "later", "T4"],  # held before the row begins
    ]
    outside = co.outside_plan(TALKS, co.allotted(rows, TALKS, ACTORS))
    assert outside["document"].tolist() == ["N1"]


def test_an_empty_plan_has_the_same_columns() -> None:
    found = co.plan_table(empty_plan(), {}, today="2020-10-01")
    assert list(found.columns) == ["line", *PLAN_COLUMNS, *co.PLAN_RESULTS]
    assert co.outside_plan(TALKS, {})["document"].tolist() == list(TALKS.index)


@st.composite
def plans(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["A", "B", ""]), st.sampled_from(["A-1", "A-2", ""]), st.sampled_from(["leder", "kjøper", ""]),
                st.sampled_from(["interview", "workshop_note"]), st.integers(0, 3).map(str),
                st.sampled_from(["", "2020-03-01", "2020-05-01"]), st.sampled_from(["", "2020-05-01", "2020-07-01"]),
            ),
            max_size=7,
        )
    )  # fmt: skip
    return plan(*(",".join(row) for row in rows)) if rows else empty_plan()


@given(plans())
def test_no_row_gets_too_many_and_no_document_counts_twice(given_plan: pd.DataFrame) -> None:
    filled = co.allotted(given_plan, TALKS, ACTORS)
    found = co.plan_table(given_plan, filled, today="2020-06-15")
    assert (found["done"] + found["lacking"] == found["planned"]).all()
    assert (found["lacking"] >= 0).all()
    assert (found["overdue"] <= found["lacking"]).all()
    for row in found.itertuples():
        for document in filled[int(str(row.line))]:
            register_row = TALKS.loc[document]
            assert row.kind == register_row["kind"]
            assert row.case in ("", register_row["case"])
            assert row.process in ("", register_row["process"])
            assert row.actor_type == "" or row.actor_type in ACTORS[document]
    used = Counter(
        (document, str(given_plan.at[line, "actor_type"])) for line, names in filled.items() for document in names
    )
    assert all(count == 1 for count in used.values())
    anybody = {document for document, actor in used if not actor}
    assert not anybody & {document for document, actor in used if actor}
    # Nothing is left out that a row has room for.
    for row in found[found["lacking"] > 0].itertuples():
        for document, register_row in TALKS.iterrows():
            name, actor = str(document), str(row.actor_type)
            fits = all(
                v in ("", register_row[c])
                for c, v in (("kind", row.kind), ("case", row.case), ("process", row.process))
            )
            free = used[name, actor] == 0 if actor else not any(d == name for d, _ in used)
            assert not (fits and free and (not actor or actor in ACTORS[name])), (row, name)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=4),
       st.lists(st.integers(0, 9), min_size=1, max_size=4))  # fmt: skip
def test_as_many_talks_as_can_be_are_placed_within_their_days(windows: list[tuple[int, int]], days: list[int]) -> None:
    """Against every way to place them: rows of one talk each, all alike but for their days."""
    windows = [(min(w), max(w)) for w in windows]
    rows = plan(*(f"A,,leder,interview,1,2020-01-1{a},2020-01-1{b}" for a, b in windows))
    talks = register(*((f"T{n}", "interview", "A", "", f"2020-01-1{day}", "A1") for n, day in enumerate(days)))
    filled = co.allotted(rows, talks, co.actor_types_of(talks, PEOPLE))
    placed = sum(
        rows.at[line, "from"] <= talks.at[name, "date"] <= rows.at[line, "to"]
        for line, names in filled.items() for name in names
    )  # fmt: skip
    padded = [*days, *[-1] * max(0, len(windows) - len(days))]
    best = max(
        sum(a <= day <= b for (a, b), day in zip(windows, order, strict=False))
        for order in permutations(padded, min(len(windows), len(padded)))
    )
    assert placed == best
    assert sum(len(names) for names in filled.values()) == min(len(windows), len(days))


# Gaps


def test_gaps_by_hand() -> None:
    documents = register(
        ("A-I1", "interview", "A", "A-1", "2020-03-04", "A1 A2"),
        ("A-N1", "workshop_note", "A", "", "2020-03-20", ""),
        ("B-I1", "interview", "B", "B-1", "2020-10-01", "B1"),
        guide={"B-I1": "kommune"},
    )
    participants = people(("A1", "leder", "A", "analysis"), ("A2", "", "A", ""), ("B1", "leder", "", "analysis quote"),
                          ("C1", "leder", "A", "analysis"), ("D1", "leder", "A", "analysis"), ("E1", "", "", ""))  # fmt: skip
    participants.at["B1", "written_form"] = ""
    participants.at["E1", WITHDRAWN] = "2021-01-01"
    units = informant_units(TRANSCRIPTS, documents, participants, frozenset({"Spør"}))
    found = co.gaps(documents, participants, units, SEGMENTS, coders=("K1",), waiting={"A-I1": ["s1", "s2"], "X": ["s"]},
                    elsewhere=["D1"])  # fmt: skip
    assert found.to_numpy().tolist() == [
        ["not_coded", "A-N1", 2],
        ["not_coded", "B-I1", 1],
        ["waiting_segments", "A-I1", 2],
        ["no_quote_consent", "A-I1", 2],
        ["no_analysis_consent", "A-I1", 1],
        ["no_participants", "A-N1", 1],
        ["no_guide", "A-I1", 1],
        ["no_arena", "A-N1", 1],
        ["no_process", "A-N1", 1],
        ["participant_without_actor_type", "A2", 1],
        ["participant_without_case", "B1", 1],
        ["participant_without_written_form", "B1", 1],
        ["participant_not_heard", "C1", 1],
    ]


def test_a_public_document_needs_neither_participants_nor_a_guide() -> None:
    documents = register(("P1", "public_document", "A", "A-1", "2020-03-04", ""))
    units = pd.DataFrame(columns=list(UNIT_COLUMNS))
    assert co.gaps(documents, PEOPLE, units, segments_table([]), elsewhere=PEOPLE.index).empty


def test_nothing_at_all_gives_empty_tables() -> None:
    documents, units = register(), pd.DataFrame(columns=list(UNIT_COLUMNS))
    sizes = co.unit_sizes({}, units, segments_table([]))
    tables: dict[str, tuple[pd.DataFrame, Any]] = {
        "coverage": (co.coverage_table(documents, units, sizes), co.COVERAGE_COLUMNS),
        "coders": (co.coverage_by_coder({}, units, segments_table([])), co.CODER_COLUMNS),
        "timeline": (co.timeline(documents, sizes, []), co.TIMELINE_COLUMNS),
        "arenas": (co.arena_table(documents, []), co.ARENA_COLUMNS),
        "gaps": (co.gaps(documents, people(), units, segments_table([])), co.GAP_COLUMNS),
    }
    for name, (table, columns) in tables.items():
        assert table.empty, name
        assert tuple(table.columns) == columns, name
    assert set(co.totals(documents, pd.DataFrame(index=pd.Index([])), units, sizes)["count"]) == {0}
