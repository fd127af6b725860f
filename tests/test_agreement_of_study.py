"""The agreement of a whole study: each kind of figure by hand, three and more coders, one coder twice, and what is told
where there is nothing to tell."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from hand_made import units as unit_rows
from hypothesis import given, settings
from hypothesis import strategies as st
from lineages import plain_book, plain_code, segment_row, table
from small_study import SmallStudy, draft
from test_double_coding import apply, assign, mark

from foran_research import agreeing
from foran_research.analysis.agreement import MISSING, krippendorff_alpha
from foran_research.analysis.disagreements import by_figure, disagreements, opened
from foran_research.analysis.intra_coder import kept_share, rereading_table
from foran_research.analysis.study_agreement import Coded, Comparison, StudyAgreement, Told, cells, told_of
from foran_research.analysis.unitizing import unitized_alpha_of
from foran_research.cli import main
from foran_research.coding.assignment import Assignment
from foran_research.coding.assignment_store import append_assignments
from foran_research.coding.events import segment_at
from foran_research.coding.rechecking import TASK_COLUMNS
from foran_research.coding.resolving import Named, Resolution
from foran_research.corpus.transcript import Transcript, parse_turns
from foran_research.double_coding import StillBlind, gathered
from foran_research.errors import Faults, ForanError, UnknownName
from foran_research.report.agreement_page import sections
from foran_research.report.figures import picture_html
from foran_research.settings import read_settings
from foran_research.study import Study, load_study, read_study

REPLICATES = 20


def found_in(small: SmallStudy, *coders: str, **how: object) -> StudyAgreement:
    return agreeing.study_agreement(load_study(small.path), coders, replicates=REPLICATES, **how)


def told(comparison: Comparison, of: str, id_: str = "", answer: str = "") -> Told:
    return next(one for one in comparison.told if (one.of, one.id, one.answer) == (of, id_, answer))


def value(comparison: Comparison, coefficient: str, of: str, id_: str = "", answer: str = "") -> float | None:
    return told(comparison, of, id_, answer).figures.coefficients[coefficient].value


def foran(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, StudyAgreement]:
    """The small study as it is, and its agreement."""
    from small_study import write_small_study

    small = write_small_study(tmp_path_factory.mktemp("whole") / "study")
    study = load_study(small.path)
    return study, agreeing.study_agreement(study, replicates=REPLICATES)


# Each kind of figure


def test_every_kind_of_figure_of_the_small_study_is_worked_by_hand(whole: tuple[Study, StudyAgreement]) -> None:
    (one,) = whole[1].comparisons
    assert (one.kind, one.coders, one.read_under, one.documents) == (
        "pair",
        ("K1", "K2"),
        ("1.0",),
        ("FJO-I01", "STR-N01"),
    )
    # Six units × six codes, 2 both, 7 + 1 alone: n = 72, yes 12, so 1 − 71·16 ÷ (2·12·60).
    assert value(one, "alpha", "codes") == pytest.approx(1 - 71 * 16 / (2 * 12 * 60))
    assert (told(one, "codes").figures.units, told(one, "codes").figures.positive) == (36, 12)
    # C0001: both in one unit, K1 alone in another; n = 12, yes 3.
    assert value(one, "alpha", "code", "C0001") == pytest.approx(1 - 11 * 2 / (2 * 3 * 9))
    assert value(one, "percent", "code", "C0001") == pytest.approx(5 / 6)
    # The same sets in two of six units, both of them empty.
    assert value(one, "percent", "set") == pytest.approx(2 / 6)
    # P: both in two units, nobody elsewhere. K: K1 alone in four of six.
    assert value(one, "alpha", "level", "P") == 1
    assert value(one, "alpha", "level", "K") == pytest.approx(1 - 11 * 8 / (2 * 4 * 8))
    # Both have C0001 in one turn (promoting) and C0009 in another (inhibiting).
    assert (told(one, "polarity").figures.units, value(one, "alpha", "polarity")) == (2, 1)
    assert [one.answer for one in one.told if one.of == "polarity"] == ["", "fremmer", "hemmer"]


def test_codes_stand_in_the_order_of_the_codebook_and_unused_ones_are_left_out(
    whole: tuple[Study, StudyAgreement],
) -> None:
    (one,) = whole[1].comparisons
    assert [told.id for told in one.told if told.of == "code"] == ["C0001", "C0002", "C0003", "C0004", "C0005", "C0009"]
    assert [told.id for told in one.told if told.of == "level"] == ["P", "K", "X"]


def test_the_continuum_is_the_text_of_informants_turns(whole: tuple[Study, StudyAgreement]) -> None:
    study, found = whole
    (one,) = found.comparisons
    spans = {
        document: [
            turn.span
            for turn in study.transcripts[document].turns
            if f"{document}:{turn.number}" in set(study.units(study.documents)["unit"])
        ]
        for document in one.documents
    }
    figures = told(one, "marked").figures
    assert figures.units == sum(len(span) for own in spans.values() for span in own)
    marked = 0
    for coder, document in itertools.product(one.coders, one.documents):
        own = one.segments[(one.segments["coder"] == coder) & (one.segments["document"] == document)]
        places = {at for start, end in zip(own["start"], own["end"], strict=True) for at in range(start, end)}
        marked += len(places & {at for span in spans[document] for at in range(span.start, span.end)})
    assert figures.positive == marked


def test_polarities_that_one_coder_mixes_in_a_turn_are_both() -> None:
    rows = [segment_row(n, "C0001", polarity=p) for n, p in enumerate(("fremmer", "hemmer"))]
    rows += [segment_row(n + 2, "C0002", polarity=p) for n, p in enumerate(("", "nøytral", "fremmer"))]
    said = cells(coded(rows, ("K", "L")))
    assert {key[2]: one.polarity for key, one in said.items()} == {"C0001": "begge", "C0002": "fremmer+nøytral"}
    assert said["K", 0, "C0001"].segments == ("D.K.s000", "D.K.s001")


def test_facets_are_judged_only_where_both_answered() -> None:
    def row(number: int, coder: str, turn: int, answer: str) -> dict[str, object]:
        facets = (("phase", answer),) if answer else ()
        return segment_row(number, "C0001", segment=f"{coder}{number}", coder=coder, turns=(turn,), start=turn * 10,
                           end=turn * 10 + 5, facets=facets)  # fmt: skip

    rows = [row(1, "K", 1, "før"), row(2, "L", 1, "før"), row(3, "K", 2, "før"), row(4, "L", 2, "etter"),
            row(5, "K", 3, ""), row(6, "L", 3, "etter")]  # fmt: skip
    given_ = coded(rows, ("K", "L"))
    made = told_of(given_, TEXTS, facets={"phase": ("før", "etter"), "other": ()}, replicates=0, seed=1)
    by = {(one.of, one.id, one.answer): one.figures for one in made}
    assert (by["facet", "phase", ""].units, by["facet", "phase", ""].coefficients["percent"].value) == (2, 0.5)
    assert by["facet", "phase", "etter"].positive == 1
    # A facet nobody answered is told with its reason.
    assert by["facet", "other", ""].coefficients["alpha"].reason == "not-answered-twice"
    table_ = differences(given_, facets=("phase",))
    (row_,) = table_[table_["of"] == "facet"].to_dict("records")
    assert (row_["turn"], row_["first_says"], row_["second_says"]) == (2, "før", "etter")


# Against a naive count

BOOK = plain_book("1.0.0", [plain_code("C0001", "P1"), plain_code("C0002", "P2"), plain_code("C0003", "K1")])
TEXT = "**A:** " + "\n\n**A:** ".join("blåbærgrøt 😀 a\u030a " + "x" * 30 for _ in range(4)) + "\n"
TEXTS = {"D": Transcript("D", TEXT, parse_turns(TEXT, has_turns=True), "nb")}
UNITS = unit_rows(*(("D", turn, "FJO", "A", "") for turn in range(1, 5)))


def coded(rows: list[dict[str, object]], coders: tuple[str, ...], judged: np.ndarray | None = None) -> Coded:
    everywhere = np.ones((len(coders), 4), bool)
    return Coded(coders, UNITS, everywhere if judged is None else judged, table(rows), BOOK)


def differences(given_: Coded, *, facets: tuple[str, ...] = (), **how: object) -> pd.DataFrame:
    return disagreements(given_, facets=facets, **({"resolutions": (), "standing": {}} | how))


@st.composite
def codings(draw: st.DrawFn) -> list[dict[str, object]]:
    spans = [turn.span for turn in TEXTS["D"].turns]
    marks = st.tuples(st.sampled_from("KLM"), st.integers(0, 3), st.sampled_from(("C0001", "C0002", "C0003")),
                      st.sampled_from(("fremmer", "hemmer", "")), st.integers(0, 20), st.integers(1, 15))  # fmt: skip
    return [
        segment_row(0, code, segment=f"{coder}{number}", coder=coder, turns=(turn + 1,), start=spans[turn].start + at,
                    end=spans[turn].start + at + length, polarity=polarity)
        for number, (coder, turn, code, polarity, at, length) in enumerate(draw(st.lists(marks, max_size=14)))
    ]  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(codings(), st.lists(st.booleans(), min_size=12, max_size=12))
def test_every_code_has_the_alpha_and_the_differences_of_a_naive_count(
    rows: list[dict[str, object]], seen: list[bool]
) -> None:
    judged = np.array(seen).reshape(3, 4)
    given_ = coded(rows, ("K", "L", "M"), judged)
    values = {
        code: np.array(
            [
                [
                    int(any(r["coder"] == coder and r["code"] == code and turn in r["turns"] for r in rows))
                    if judged[seat, turn - 1]
                    else MISSING
                    for turn in range(1, 5)
                ]
                for seat, coder in enumerate("KLM")
            ]
        )
        for code in BOOK.by_id
    }
    made = told_of(given_, TEXTS, facets={}, replicates=0, seed=1)
    rows_of = by_figure(differences(given_))
    used = [code for code, found in values.items() if (found == 1).any()]
    assert [one.id for one in made if one.of == "code"] == used
    for one in made:
        if one.of == "code":
            expected = krippendorff_alpha(values[one.id]).value
            assert one.figures.coefficients["alpha"].value == (None if expected is None else pytest.approx(expected))
            apart = sum(
                1
                for unit in range(4)
                for a, b in itertools.combinations(values[one.id][:, unit], 2)
                if MISSING not in (a, b) and a != b
            )
            assert len(opened(rows_of, one, {})) == apart


@settings(max_examples=20, deadline=None)
@given(codings())
def test_exchanging_coders_mirrors_the_differences(rows: list[dict[str, object]]) -> None:
    forth, back = (differences(coded(rows, coders)) for coders in (("K", "L"), ("L", "K")))
    mirrored = {"only_first": "only_second", "only_second": "only_first"}

    def told_as(frame: pd.DataFrame, one: str, other: str, *, is_mirrored: bool) -> list[tuple[object, ...]]:
        return sorted(
            (r["of"], r["id"], r["turn"], mirrored.get(r["kind"], r["kind"]) if is_mirrored else r["kind"],
             r[f"{one}_segments"], r[f"{other}_segments"], r[f"{one}_says"], r[f"{other}_says"])
            for r in frame.to_dict("records")
        )  # fmt: skip

    assert told_as(forth, "first", "second", is_mirrored=False) == told_as(back, "second", "first", is_mirrored=True)


# Disagreements


def test_a_difference_names_its_place_and_the_segments_of_both(whole: tuple[Study, StudyAgreement]) -> None:
    study, found = whole
    rows = agreeing.differences_of(found, "P1")
    (row,) = rows.to_dict("records")
    # K1 has C0001 where K2 has C0002 (P2), and C0005 (K3) besides.
    assert (row["document"], row["turn"], row["kind"], row["state"]) == ("STR-N01", 3, "only_first", "open")
    assert (row["first_says"], row["second_says"], row["second_segments"]) == ("P1 K3", "P2", ())
    standing = study.segments().set_index("segment")
    assert standing.loc[list(row["first_segments"]), ["coder", "code"]].to_numpy().tolist() == [["K1", "C0001"]]
    assert len(agreeing.differences_of(found)) == 8
    with pytest.raises(UnknownName, match="unknown code 'P99'"):
        agreeing.differences_of(found, "P99")


def test_a_difference_is_settled_while_a_resolution_of_all_its_segments_holds() -> None:
    rows = [segment_row(1, "C0001", segment="k", coder="K"), segment_row(1, "C0001", segment="l", coder="L", polarity="x"),
            segment_row(3, "C0002", segment="m", coder="K")]  # fmt: skip
    given_ = coded(rows, ("K", "L"))
    standing = {
        r["segment"]: Named(r["segment"], r["coder"], r["code"], r["start"], r["end"], r["polarity"]) for r in rows
    }

    def states(*, stands: dict[str, Named], named: tuple[str, ...] = ("k", "l")) -> dict[str, str]:
        one = Resolution("R1", "K", "D", "2020-01-01", 10, 15, tuple(standing[name] for name in named), (), (), "enige")
        frame = differences(given_, resolutions=[one], standing=stands)
        return dict(zip(frame["of"], frame["state"], strict=True))

    assert states(stands=standing) == {"code": "open", "polarity": "settled", "stretch_code": "open"}
    moved = standing | {"l": dataclasses.replace(standing["l"], end=99)}
    assert states(stands=moved)["polarity"] == "stale"
    assert states(stands=standing, named=("k",))["polarity"] == "open"


def test_documents_that_may_not_be_shown_count_and_are_listed_nowhere(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    documents = study.documents.assign(
        disclosure=["trade_secret" if d == "STR-N01" else "open" for d in study.documents.index]
    )
    hidden = dataclasses.replace(study, documents=documents)
    found = agreeing.study_agreement(hidden, replicates=0)
    assert found.comparisons[0].headline.figures.units == 36
    for name, frame in agreeing.tables(found).items():
        assert "STR-N01" not in frame.to_csv(), name
    page = agreeing.page_of(found, hidden, "en", {}, words=True)
    assert "STR-N01" not in page
    assert "1 document that may not be shown counts in the figures" in page
    assert "behovet må beskrives" not in page


def test_who_codes_blind_is_not_told_what_the_others_have(small_study: SmallStudy) -> None:
    append_assignments(small_study.path, [Assignment("A01", "K3", ("K1",), "FJO-I01", (), 7, "2020-03-10")])
    apply(small_study, "K3", "FJO-I01", "2020-04-01", "det hang på personen", "C0009", 1)
    found = found_in(small_study, viewer="K3")
    assert found.waiting == (("FJO-I01", ("K1", "K3")),)
    # K1 and K2 are compared in the other document only; from K2 nothing keeps her.
    assert {(one.coders, one.documents) for one in found.comparisons} == {
        (("K1", "K2"), ("STR-N01",)), (("K2", "K3"), ("FJO-I01",))}  # fmt: skip
    with pytest.raises(StillBlind, match=r"FJO-I01 \(K1 and K3\)"):
        found_in(small_study, "K1", "K3")


def restricted(study: Study, *names: str) -> Study:
    disclosure = ["trade_secret" if name in names else "open" for name in study.documents.index]
    return dataclasses.replace(study, documents=study.documents.assign(disclosure=disclosure))


def blind_beside_k1(small: SmallStudy) -> None:
    """K3 is set beside K1 on FJO-I01 and not done; K2 coded it too."""
    append_assignments(small.path, [Assignment("A01", "K3", ("K1",), "FJO-I01", (), 7, "2020-03-10")])
    apply(small, "K3", "FJO-I01", "2020-04-01", "det hang på personen", "C0009", 1)


def test_of_what_is_withheld_from_the_reader_there_are_no_figures(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    blind_beside_k1(small_study)

    def documents(found: StudyAgreement) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
        return {(one.coders, one.documents) for one in found.comparisons}

    # To nobody named the second coder's work is not told; to her the first one's is not.
    assert documents(found_in(small_study)) == {(("K1", "K2"), ("FJO-I01", "STR-N01"))}
    assert documents(found_in(small_study, "K1", "K2", viewer="K3")) == {(("K1", "K2"), ("STR-N01",))}
    assert documents(found_in(small_study, viewer="K2")) == {
        (("K1", "K2"), ("FJO-I01", "STR-N01")), (("K2", "K3"), ("FJO-I01",))}  # fmt: skip
    found = found_in(small_study, only=["FJO-I01"], viewer="K3")
    assert documents(found) == {(("K2", "K3"), ("FJO-I01",))}
    with pytest.raises(StillBlind, match="still coded blind"):
        found_in(small_study, "K1", "K2", only=["FJO-I01"], viewer="K3")
    # She who sits at the screen is the reader.
    monkeypatch.setenv("FORAN_CODER", "K3")
    found = found_in(small_study, "K1", "K2")
    assert documents(found) == {(("K1", "K2"), ("STR-N01",))}
    assert found.waiting == (("FJO-I01", ("K1", "K3")),)


def test_the_command_tells_the_blind_coder_nothing_on_the_screen_either(small_study: SmallStudy) -> None:
    blind_beside_k1(small_study)
    where = ("--study", str(small_study.path))
    seen = foran("agreement", "K1", "K2", "--viewer", "K3", *where).output
    assert "\nFJO-I01\t" not in seen
    assert "\nSTR-N01\t" in seen
    assert "FJO-I01: still coded blind, so nothing is told; not done: K1, K3" in seen
    by_environment = CliRunner().invoke(main, ["agreement", "K1", "K2", *where], env={"FORAN_CODER": "K3"})
    assert by_environment.output == seen
    assert "\nFJO-I01\t" in foran("agreement", "K1", "K2", *where).output
    short = foran("agreement", "--viewer", "K3", *where).output
    assert [line.split("\t")[:3] for line in short.splitlines() if line.startswith("K1 K2\t")] == [
        ["K1 K2", "1.0", "1"]
    ]


def test_rereading_of_what_is_withheld_is_not_told(small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [("CH-1", "2.0.0", "C0001", "K1", "S1", "FJO-I01", "confirmed"),
            ("CH-1", "2.0.0", "C0001", "K1", "S2", "FJO-I02", "recoded")]  # fmt: skip
    monkeypatch.setattr(
        agreeing,
        "tasks_in",
        lambda events, *_, **__: pd.DataFrame(rows if events[0].coder == "K1" else [], columns=TASK_COLUMNS),
    )
    study = load_study(small_study.path)
    assert agreeing.rereading_of(study)["read"].iloc[0] == 2
    left = agreeing.rereading_of(study, {("K1", "FJO-I01"), ("K2", "FJO-I02")})
    assert (left["read"].iloc[0], left["recoded"].iloc[0]) == (1, 1)
    assert len(agreeing.rereading_of(study, {("K1", "FJO-I01"), ("K1", "FJO-I02")})) == 0


def test_a_row_with_differences_never_says_that_there_are_none(small_study: SmallStudy) -> None:
    study = restricted(load_study(small_study.path), "STR-N01")
    found = agreeing.study_agreement(study, replicates=0)
    (one,) = found.comparisons
    # P1 and K2 differ in STR-N01 alone, K3 in both documents.
    page = {
        line.label.split()[0]: (line.count, len(line.differences))
        for block in sections(found, study.settings, "en", None)[0].blocks
        for line in block.lines
        if block.title == "Code by code"
    }
    assert page["P1"] == ("1 disagreement (1 open; 1 not listed)", 0)
    assert page["K3"] == ("2 disagreements (2 open; 1 not listed)", 1)
    assert page["X1"] == ("no disagreements", 0)
    assert set(one.unlisted["document"]) == {""}
    assert not any(map(len, [*one.unlisted["first_segments"], *one.unlisted["second_segments"]]))
    everything = agreeing.study_agreement(load_study(small_study.path), replicates=0).comparisons[0]
    assert len(one.disagreements) + len(one.unlisted) == len(everything.disagreements)


def test_a_document_that_may_not_be_shown_has_no_figures_of_its_own(small_study: SmallStudy, tmp_path: Path) -> None:
    register = small_study.path / "corpus/documents.csv"
    lines = register.read_text("utf-8").splitlines()
    at = lines[0].split(",").index("disclosure")
    rows = [line.split(",") for line in lines]
    rows = [[*row[:at], "trade_secret", *row[at + 1 :]] if row[0] == "STR-N01" else row for row in rows]
    register.write_text("\n".join(",".join(row) for row in rows) + "\n", "utf-8")
    where = ("--study", str(small_study.path))
    for words in (("K1", "K2"), ("K1", "K2", "--output", str(tmp_path / "ut")), ()):
        said = foran("agreement", *words, "--document", "STR-N01", *where)
        assert (said.exit_code, "STR-N01 may not be shown" in said.stderr) == (1, True), words
    assert not (tmp_path / "ut").exists()
    assert foran("agreement", "K1", "K2", *where).output.count("STR-N01") == 0
    assert "1 document that may not be shown: in the figures" in foran("agreement", "K1", "K2", *where).output


def test_a_version_with_hidden_documents_alone_has_no_figures(small_study: SmallStudy) -> None:
    assign(small_study, "STR-I01")
    for coder in ("K1", "K2"):
        mark(small_study, coder, "STR-I01", "2021-06-10")
    study = restricted(load_study(small_study.path), "STR-I01")
    assert {one.read_under for one in agreeing.study_agreement(load_study(small_study.path), replicates=0).comparisons} == {
        ("1.0",), ("2.0",)}  # fmt: skip
    found = agreeing.study_agreement(study, replicates=0)
    assert [one.read_under for one in found.comparisons] == [("1.0",)]
    assert found.unshown == (("pair", ("K1", "K2"), ("2.0",)),)
    absent = agreeing.tables(found, "en")["agreement_absent"].set_index("what")["reason"]
    assert "would tell how they are coded" in absent["K1 K2, read under 2.0"]
    assert "would tell how they are coded" in agreeing.page_of(found, study, "en", {})
    alone = restricted(load_study(small_study.path), "STR-I01", "STR-N01", "FJO-I01")
    found = agreeing.study_agreement(alone, replicates=0)
    assert (found.comparisons, found.absent["between"]) == ((), "all-hidden")


def test_stretches_outside_the_turns_that_both_judged_are_no_differences() -> None:
    spans = {turn.number: turn.span for turn in TEXTS["D"].turns}

    def row(name: str, coder: str, turns: tuple[int, ...]) -> dict[str, object]:
        start = spans[turns[0]].start
        return segment_row(
            0, "C0001", segment=name, coder=coder, turns=turns, start=start, end=spans[turns[-1]].start + 5
        )

    # K judged the turns 1 and 2, L 2 and 3; 4 is nobody's.
    judged = np.array([[True, True, False, False], [False, True, True, False]])
    rows = [row("k1", "K", (1,)), row("k12", "K", (1, 2)), row("l3", "L", (3,)), row("l4", "L", (4,))]
    found = differences(coded(rows, ("K", "L"), judged))
    assert found[["of", "turn", "first_segments", "second_segments"]].to_numpy().tolist() == [
        ["code", 2, ("k12",), ()], ["level", 2, ("k12",), ()], ["stretch_code", 2, ("k12",), ()]]  # fmt: skip


def test_words_across_a_turn_that_nobody_cleared_are_not_shown(whole: tuple[Study, StudyAgreement]) -> None:
    study, found = whole
    (one,) = found.comparisons
    shown = agreeing.passages_of(study, found)
    name = next(
        s for s, turns in zip(one.segments["segment"], one.segments["turns"], strict=True)
        if s in shown and turns == (2,)
    )  # fmt: skip
    # Turn 3 is the interviewer's.
    wider = one.segments.assign(
        turns=[(2, 3) if s == name else t for s, t in zip(one.segments["segment"], one.segments["turns"], strict=True)]
    )
    again = dataclasses.replace(found, comparisons=(dataclasses.replace(one, segments=wider),))
    assert set(shown) - set(agreeing.passages_of(study, again)) == {name}


# Three and more


def test_coders_of_different_halves_are_each_compared_with_who_coded_both() -> None:
    spans = [turn.span for turn in TEXTS["D"].turns]

    def row(name: str, coder: str, turn: int, length: int) -> dict[str, object]:
        start = spans[turn - 1].start
        return segment_row(0, "C0001", segment=name, coder=coder, turns=(turn,), start=start, end=start + length)

    # K judged four turns, L the first two, M the last two.
    judged = np.array([[True] * 4, [True, True, False, False], [False, False, True, True]])
    rows = [row("k1", "K", 1, 10), row("l1", "L", 1, 10), row("k3", "K", 3, 10), row("m3", "M", 3, 5)]
    made = told_of(coded(rows, ("K", "L", "M"), judged), TEXTS, facets={}, replicates=10, seed=1)
    by = {(one.of, one.id): one.figures for one in made}
    assert by["marked", ""].units == sum(map(len, spans))
    assert by["marked", ""].documents == 1
    # One document, however many pieces it has.
    assert by["marked", ""].intervals["bar"].reason == "one-document"
    lengths = [len(spans[0]) + len(spans[1]), len(spans[2]) + len(spans[3])]
    expected = unitized_alpha_of(
        [([[(0, 10, "C0001")], [(0, 10, "C0001")], None], lengths[0]),
         ([[(0, 10, "C0001")], None, [(0, 5, "C0001")]], lengths[1])])  # fmt: skip
    assert by["stretch_code", "C0001"].coefficients["u"] == expected.u
    assert by["marked", ""].positive == 35


def test_each_counts_as_she_coded_when_the_first_of_two_others_could_be_seen(small_study: SmallStudy) -> None:
    rows = [Assignment("A01", "K2", ("K1",), "FJO-I02", (), 7, "2020-03-10"),
            Assignment("A02", "K3", ("K2",), "FJO-I02", (), 7, "2020-03-10")]  # fmt: skip
    append_assignments(small_study.path, rows)
    apply(small_study, "K2", "FJO-I02", "2020-07-01", "behovsbeskrivelsen var tynn", "C0001", 1)
    for coder, day in (("K1", "2020-07-02"), ("K2", "2020-07-03")):
        mark(small_study, coder, "FJO-I02", day)
    # K2 has seen K1 from 3 July on, K3 is done on the 9th.
    mark(small_study, "K2", "FJO-I02", "2020-07-04", is_complete=False)
    apply(small_study, "K2", "FJO-I02", "2020-07-05", "læringspunktene ble liggende", "C0003", 2)
    mark(small_study, "K2", "FJO-I02", "2020-07-06")
    mark(small_study, "K3", "FJO-I02", "2020-07-09")
    (group,) = gathered(load_study(small_study.path), ("K1", "K2", "K3"), least=3)
    own = group.segments[group.segments["coder"] == "K2"]
    assert own["segment"].tolist() == ["FJO-I02.K2.t01"]


def test_three_coders_are_compared_two_by_two_and_all_together(small_study: SmallStudy) -> None:
    apply(small_study, "K3", "FJO-I01", "2020-04-01", "Vi spurte nattevaktene", "C0001", 1)
    apply(small_study, "K3", "FJO-I01", "2020-04-01", "ringte vi leverandørene", "C0002", 2)
    found = found_in(small_study)
    assert [(one.kind, one.coders) for one in found.comparisons] == [
        ("pair", ("K1", "K2")), ("pair", ("K1", "K3")), ("pair", ("K2", "K3")), ("all", ("K1", "K2", "K3"))]  # fmt: skip
    (together,) = found.of_kind("all")
    assert together.documents == ("FJO-I01",)
    # C0001: all three in one unit, nobody in the other. C0009: two of three in the one unit, so n = 6, yes 2.
    assert value(together, "alpha", "code", "C0001") == 1
    assert value(together, "alpha", "code", "C0009") == pytest.approx(1 - 5 * 2 / (2 * 2 * 4))
    assert told(together, "codes").figures.coefficients["kappa"].reason == "not-two"
    # Whether two or three have it: rows name the two who differ.
    rows = opened(by_figure(together.disagreements), told(together, "code", "C0009"), {})
    assert [(row["first"], row["second"], row["kind"]) for row in rows] == [
        ("K1", "K3", "only_first"), ("K2", "K3", "only_first")]  # fmt: skip


def test_a_coder_of_single_turns_is_no_judge_of_the_others(small_study: SmallStudy) -> None:
    append_assignments(small_study.path, [Assignment("A01", "K3", ("K1",), "FJO-I01", (4,), 7, "2020-03-10")])
    apply(small_study, "K3", "FJO-I01", "2020-04-01", "det hang på personen", "C0009", 1)
    for coder in ("K1", "K3"):
        mark(small_study, coder, "FJO-I01", "2020-05-01")
    (group,) = gathered(load_study(small_study.path), ("K1", "K2", "K3"), least=3)
    assert group.units["turn"].tolist() == [2, 4]
    # K1 is held to the turn that was drawn for the two; K2 coded the whole.
    assert group.judged.tolist() == [[False, True], [True, True], [False, True]]
    assert not group.documents[0].is_blind
    found = found_in(small_study)
    (together,) = found.of_kind("all")
    assert told(together, "code", "C0009").figures.units == 1
    assert together.by_turns == 1
    spans = {turn.number: turn.span for turn in load_study(small_study.path).transcripts["FJO-I01"].turns}
    assert told(together, "marked").figures.units == len(spans[4])


def test_each_of_three_counts_as_she_coded_before_she_could_see_another(small_study: SmallStudy) -> None:
    append_assignments(small_study.path, [Assignment("A01", "K3", ("K1",), "FJO-I02", (), 7, "2020-03-10")])
    apply(small_study, "K3", "FJO-I02", "2020-07-01", "behovsbeskrivelsen var tynn", "C0001", 1)
    apply(small_study, "K2", "FJO-I02", "2020-07-01", "behovsbeskrivelsen var tynn", "C0001", 1)
    mark(small_study, "K1", "FJO-I02", "2020-07-02")
    mark(small_study, "K3", "FJO-I02", "2020-07-03")
    (before,) = gathered(load_study(small_study.path), ("K1", "K2", "K3"), least=3)
    apply(small_study, "K3", "FJO-I02", "2020-07-04", "læringspunktene ble liggende", "C0003", 2)
    apply(small_study, "K2", "FJO-I02", "2020-07-04", "læringspunktene ble liggende", "C0003", 2)
    (after,) = gathered(load_study(small_study.path), ("K1", "K2", "K3"), least=3)
    new = set(after.segments["segment"]) - set(before.segments["segment"])
    assert new == {"FJO-I02.K2.t02"}


# One coder over time


def second_pass(small: SmallStudy) -> None:
    path = small.path / "foran.toml"
    path.write_text(path.read_text("utf-8") + '\n[[second_passes]]\ncoder = "K2"\nof = "K1"\n', "utf-8")


def test_a_second_pass_is_told_as_one_person_with_the_days_between(small_study: SmallStudy) -> None:
    second_pass(small_study)
    found = found_in(small_study)
    (one,) = found.comparisons
    assert (one.kind, one.coders) == ("second_pass", ("K1", "K2"))
    # The last coding of the first pass on 7 March and 20 September, the second on 20 March and 28 September.
    assert one.days == {"FJO-I01": 13, "STR-N01": 8}
    assert value(one, "alpha", "code", "C0001") == pytest.approx(1 - 11 * 2 / (2 * 3 * 9))
    assert found.coders == ("K1",)
    assert found.absent["between"] == "one-coder"
    assert "second_passes" not in found.absent
    page = agreeing.page_of(found, load_study(small_study.path), "en", {})
    assert "Less than 14 days between the two passes (FJO-I01, STR-N01)" in page
    assert agreeing.pairs_table(found)["days"].tolist() == [8]


def test_two_second_passes_of_one_person_are_that_person(small_study: SmallStudy) -> None:
    second_pass(small_study)
    path = small_study.path / "foran.toml"
    path.write_text(path.read_text("utf-8") + '\n[[second_passes]]\ncoder = "K3"\nof = "K1"\n', "utf-8")
    apply(small_study, "K3", "FJO-I01", "2020-04-22", "Vi spurte nattevaktene", "C0001", 1)
    found = found_in(small_study, "K1", "K2", "K3")
    assert {(one.kind, one.coders) for one in found.comparisons} == {
        ("second_pass", ("K1", "K2")), ("second_pass", ("K1", "K3")), ("second_pass", ("K2", "K3"))}  # fmt: skip
    # From K2's last coding on 20 March to K3's on 22 April.
    (last,) = [one for one in found.comparisons if one.coders == ("K2", "K3")]
    assert last.days == {"FJO-I01": 33}
    assert found.absent["all_together"] == "one-person-twice"
    assert "to av koderne er samme person" in agreeing.page_of(found, load_study(small_study.path), "nb", {})


def test_a_second_pass_under_initials_without_a_log_is_warned_of(small_study: SmallStudy) -> None:
    path = small_study.path / "foran.toml"
    path.write_text(path.read_text("utf-8") + '\n[[second_passes]]\ncoder = "K1b"\nof = "K1"\n', "utf-8")
    _, faults = read_study(small_study.path)
    (warning,) = faults.warnings
    assert (warning.kind, "K1b" in str(warning)) == ("unknown-coder", True)
    assert faults.errors == []
    assert path.read_text("utf-8").splitlines()[(warning.line or 0) - 1] == 'coder = "K1b"'


@pytest.mark.parametrize(
    ("text", "fault", "line"),
    [
        ('[[second_passes]]\ncoder = "K2"\n', "missing-key", 2),
        ('[[second_passes]]\ncoder = "K1"\nof = "K1"\n', "duplicate-id", 2),
        ('[[second_passes]]\ncoder = "K2"\nof = "K1"\n[[second_passes]]\ncoder = "K2"\nof = "K3"\n', "duplicate-id", 5),
        ('[[second_passes]]\ncoder = "K2"\nof = "K1"\n[[second_passes]]\ncoder = "K3"\nof = "K2"\n', "duplicate-id", 5),
        ('[[second_passes]]\ncoder = "K2"\nof = "K1"\ndays = 3\n', "unknown-key", 4),
        ('[second_passes]\ncoder = "K2"\nof = "K1"\n', "wrong-type", 1),
    ],
)
def test_a_second_pass_that_cannot_be_is_a_fault_with_its_line(
    small_study: SmallStudy, text: str, fault: str, line: int
) -> None:
    path = small_study.path / "foran.toml"
    above = path.read_text("utf-8").count("\n")
    path.write_text(path.read_text("utf-8") + text, "utf-8")
    faults = Faults()
    assert read_settings(small_study.path, faults) is not None
    (one,) = faults.errors
    assert (one.kind, one.line) == (fault, above + line)


def test_passages_read_again_are_told_by_coder_and_by_change() -> None:
    outcomes = ["confirmed"] * 9 + ["recoded"] + ["", "removed"]
    rows = [("CH-1", "2.0.0", "C0001", "K1", f"s{n}", "D", outcome) for n, outcome in enumerate(outcomes)]
    rows.append(("CH-2", "3.0.0", "C0002", "K1", "t", "D", ""))
    made = rereading_table(pd.DataFrame(rows, columns=list(TASK_COLUMNS))).to_dict("records")
    assert [(r["change"], r["drawn"], r["open"], r["removed"], r["read"], r["kept"]) for r in made[:2]] == [
        ("", 13, 2, 1, 10, 0.9), ("CH-1", 12, 1, 1, 10, 0.9)]  # fmt: skip
    assert (made[2]["change"], made[2]["reason"]) == ("CH-2", "nothing-reread")
    # Wilson's interval of 9 in 10, as in his formula: (.9 + 1.92/10 ± 1.96·√(.009 + .0096)) ÷ 1.384.
    assert [round(made[0][key], 4) for key in ("low", "high")] == [0.5958, 0.9821]
    assert kept_share(0, 5)[1] == 0
    with pytest.raises(ValueError, match="3 of 2"):
        kept_share(3, 2)


# What there is nothing to tell of


def test_agreement_is_switched_off_for_a_stated_reason(small_study: SmallStudy, tmp_path: Path) -> None:
    reason = 'agreement = "off"\nagreement_reason = { nb = "Refleksiv analyse.", en = "Reflexive analysis." }'
    small_study.replace("foran.toml", "min_edge_turns = 1", f"min_edge_turns = 1\n{reason}")
    found = found_in(small_study)
    assert (found.comparisons, found.off) == ((), {"nb": "Refleksiv analyse.", "en": "Reflexive analysis."})
    (row,) = agreeing.tables(found, "nb")["agreement_absent"].to_numpy().tolist()
    assert row == ["Samsvar mellom kodere", "Refleksiv analyse."]
    where = ("--study", str(small_study.path))
    said = foran("agreement", "K1", "K2", "--language", "en", *where)
    assert (said.exit_code, said.output) == (
        0, "this study gives no figures of agreement, for a stated reason: Reflexive analysis.\n")  # fmt: skip
    assert foran("agreement", "--output", str(tmp_path / "ut"), *where).exit_code == 0
    assert "Refleksiv analyse." in (tmp_path / "ut/agreement.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('agreement = "off"', "missing-key"),
        ('agreement = "off"\nagreement_reason = ""', "missing-key"),
        ('agreement = "no"', "wrong-type"),
    ],
)
def test_switching_off_needs_a_reason(small_study: SmallStudy, line: str, fault: str) -> None:
    small_study.replace("foran.toml", "min_edge_turns = 1", f"min_edge_turns = 1\n{line}")
    faults = Faults()
    read_settings(small_study.path, faults)
    assert [one.kind for one in faults.errors] == [fault]


@pytest.mark.parametrize(("gone", "why"), [(("K2",), "one-coder"), (("K1", "K2"), "one-coder")])
def test_one_coder_or_none_is_told_and_no_error(
    small_study: SmallStudy, tmp_path: Path, gone: tuple[str, ...], why: str
) -> None:
    for coder in gone:
        for log in (small_study.path / f"corpus/coding/{coder}").glob("*.jsonl"):
            log.unlink()
    if "K1" in gone:
        small_study.replace("foran.toml", 'model_coders = ["K1"]', "model_coders = []")
    found = found_in(small_study)
    assert found.absent["between"] == why
    study = load_study(small_study.path)
    written = agreeing.save(found, study, tmp_path / "ut", language="nb")
    assert [path.name for path in written if path.suffix in (".svg", ".png")] == []
    assert "ikke aktuelt fordi bare én har kodet" in (tmp_path / "ut/agreement.html").read_text("utf-8")
    assert "no figures between coders: only one person has coded" in foran(
        "agreement", "--study", str(small_study.path)).output  # fmt: skip


def test_coders_without_a_document_in_common_are_told(small_study: SmallStudy) -> None:
    for log in (small_study.path / "corpus/coding/K2").glob("*.jsonl"):
        log.unlink()
    apply(small_study, "K2", "HEI-I02", "2021-09-01", "kvar veke", "C0001", 1)
    for log in (small_study.path / "corpus/coding/K1").glob("HEI-I02.jsonl"):
        log.unlink()
    assert found_in(small_study).absent["between"] == "nothing-shared"
    with pytest.raises(ForanError, match="share no document"):
        found_in(small_study, "K1", "K2")
    with pytest.raises(ForanError, match="name two coders or more"):
        found_in(small_study, "K1")


def test_a_document_where_nobody_coded_anything_has_figures_with_reasons(small_study: SmallStudy) -> None:
    assign(small_study, "STR-I01")
    for coder in ("K1", "K2"):
        for log in (small_study.path / f"corpus/coding/{coder}").glob("STR-I01.jsonl"):
            log.unlink()
        mark(small_study, coder, "STR-I01", "2021-06-10")
    found = found_in(small_study, only=["STR-I01"])
    (one,) = found.comparisons
    reasons = {(t.of, name): s.reason for t in one.told for name, s in t.figures.coefficients.items()}
    assert reasons["codes", "alpha"] == "no-positive"
    assert reasons["marked", "bar"] == "nothing-marked"
    assert reasons["polarity", "alpha"] == "not-answered-twice"
    assert all(t.figures.coefficients for t in one.told)
    figures = agreeing.tables(found)["agreement_figures"]
    assert figures.loc[figures["value"].isna(), "reason"].ne("").all()


def test_one_document_has_no_interval_by_documents_and_says_so(small_study: SmallStudy) -> None:
    (one,) = found_in(small_study, only=["FJO-I01"]).comparisons
    figures = told(one, "codes").figures
    assert (figures.intervals["alpha"].low, figures.intervals["alpha"].reason) == (None, "one-document")
    assert figures.unit_intervals["alpha"].by == "unit"
    assert agreeing.pairs_table(StudyAgreement((), (one,), pd.DataFrame()))["reason"].tolist() == ["one-document"]


def test_a_document_that_nobody_has_is_named(small_study: SmallStudy) -> None:
    with pytest.raises(UnknownName, match="unknown document 'FJO-I99'"):
        found_in(small_study, only=["FJO-I99"])
    with pytest.raises(UnknownName, match="unknown kind of figures"):
        agreeing.table_of(found_in(small_study, only=["HEI-I01"]), "gamma")


# Saved


def test_the_same_study_is_saved_as_the_same_bytes_and_holds_no_words(
    whole: tuple[Study, StudyAgreement], tmp_path: Path
) -> None:
    study, found = whole
    again = agreeing.study_agreement(study, replicates=REPLICATES)
    one, other = (agreeing.save(made, study, tmp_path / name) for made, name in ((found, "a"), (again, "b")))
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in other]
    names = {path.relative_to(tmp_path / "a").as_posix() for path in one}
    assert {"agreement.html", "tables/agreement_figures.csv", "figures/agreement_pairs.svg",
            "figures/agreement_codes_K1_K2_1.0.png"} <= names  # fmt: skip
    quotes = study.segments()["quote"]
    texts = [path.read_text("utf-8") for path in one if path.suffix != ".png"]
    assert not [quote for quote in quotes if any(quote in text for text in texts)]
    figures = pd.read_csv(tmp_path / "a/tables/agreement_figures.csv", keep_default_na=False)
    assert not figures[(figures["value"] == "") & (figures["reason"] == "")].shape[0]
    assert set(figures["of"]) == {
        "codes",
        "set",
        "level",
        "code",
        "polarity",
        "marked",
        "stretch_level",
        "stretch_code",
    }


def test_nothing_is_saved_where_the_study_is_read(whole: tuple[Study, StudyAgreement]) -> None:
    study, found = whole
    with pytest.raises(ForanError, match="not below corpus/"):
        agreeing.save(found, study, study.path / "corpus/ut")
    with pytest.raises(UnknownName, match="unknown language 'nn'"):
        agreeing.save(found, study, study.path / "ut", language="nn")


def test_what_cannot_be_written_leaves_the_folder_as_it_was(
    whole: tuple[Study, StudyAgreement], tmp_path: Path
) -> None:
    study, found = whole
    (tmp_path / "ut/agreement.html").mkdir(parents=True)
    with pytest.raises(ForanError, match="a folder; expected a file"):
        agreeing.save(found, study, tmp_path / "ut")
    assert [path.name for path in (tmp_path / "ut").iterdir()] == ["agreement.html"]
    (tmp_path / "fil").write_text("x", "utf-8")
    with pytest.raises(ForanError, match="a file; expected a folder"):
        agreeing.save(found, study, tmp_path / "fil/ut")
    with pytest.raises(ForanError, match="the study's own folder"):
        agreeing.save(found, study, study.path)


def test_no_figure_of_an_earlier_report_is_left_beside_a_new_one(
    whole: tuple[Study, StudyAgreement], tmp_path: Path
) -> None:
    study, found = whole
    agreeing.save(found, study, tmp_path / "ut")
    kept = [
        tmp_path / "ut/figures/agreement_mine.png",
        tmp_path / "ut/tables/agreement_notes.csv",
        tmp_path / "ut/a.txt",
    ]
    for path in kept:
        path.write_text("mitt", "utf-8")
    off = StudyAgreement((), (), found.rereading.iloc[:0], off={"nb": "Refleksiv.", "en": "Reflexive."})
    written = agreeing.save(off, study, tmp_path / "ut")
    there = {path for path in (tmp_path / "ut").rglob("*") if path.is_file()}
    assert there == {*written, *kept}
    assert not any(path.suffix == ".svg" for path in there)


def test_progress_ends_with_everything_done(small_study: SmallStudy) -> None:
    seen: list[tuple[int, int]] = []
    found_in(small_study, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(n, seen[0][1]) for n in range(1, seen[0][1] + 1)]


def test_a_table_to_read_has_every_row_with_names_and_three_decimals(whole: tuple[Study, StudyAgreement]) -> None:
    found = whole[1]
    table_ = agreeing.table_of(found, "code")
    shown = agreeing.table_html(found, table_, "nb")
    assert shown.count("<tr>") == 1 + len(table_)
    assert '<th style="text-align:left">comparison</th>' not in shown
    assert "comparison = pair, coders = K1 K2, read_under = 1.0" in shown
    # P1: five of six units alike; X1 is 1, told as a coefficient and not as a count.
    assert "<td>0,833</td>" in shown
    assert "<td>1,000</td>" in shown
    label = next(code.label["nb"] for code in found.comparisons[0].codebook.codes if code.id == "C0001")
    assert label in shown
    listed = agreeing.table_html(found, agreeing.differences_of(found), "en", has_numbers=True)
    assert "<tr><td>0</td>" in listed
    assert "<tr><td>7</td>" in listed
    assert "('" not in listed
    assert "()" not in listed
    codes = agreeing.tables(found, "en")["agreement_codes"]
    assert codes["label"].ne("").all()
    assert "max-width:100%" in picture_html(b"<svg/>")


# The command


def test_the_command_tells_every_comparison_in_a_line_and_writes_the_rest(
    small_study: SmallStudy, tmp_path: Path
) -> None:
    where = ("--study", str(small_study.path))
    short = foran("agreement", *where)
    assert short.exit_code == 0, short.output
    (row,) = [line for line in short.output.splitlines() if line.startswith("K1 K2\t")]
    assert row == "K1 K2\t1.0\t2\t36\t12\t0.778\t0.333\t0.211\t-\t" + row.rsplit("\t", 1)[1]
    written = foran("agreement", "--output", str(tmp_path / "ut"), "--replicates", "20", "--language", "en", *where)
    assert written.exit_code == 0, written.output
    assert (tmp_path / "ut/agreement.html").read_text("utf-8").startswith('<!DOCTYPE html>\n<html lang="en">')
    apply(small_study, "K3", "FJO-I01", "2020-04-01", "Vi spurte nattevaktene", "C0001", 1)
    three = foran("agreement", "K1", "K2", "K3", *where)
    assert [line.split("\t")[0] for line in three.output.splitlines() if line.startswith("K1 K2 K3")] == ["K1 K2 K3"]
    assert "--output" in foran("agreement", "K1", "K2", "--words", *where).stderr


def test_words_come_only_when_asked_for_and_only_of_those_who_may_be_quoted(
    small_study: SmallStudy, tmp_path: Path
) -> None:
    # STR-BRU-01 has not agreed to be quoted.
    text = small_study.text("STR-I01")
    at = text.index("andre gangen")
    segment = segment_at(text, at, at + 12, "C0012", "fremmer", "2.0.0")
    small_study.code("K2", "STR-I01", [
        draft(small_study, "K2", "STR-I01", "2021-06-10", "apply", "STR-I01.K2.s01", None, segment, "2.0.0")])  # fmt: skip
    where = ("--study", str(small_study.path), "--replicates", "0", "--language", "nb")
    quoted = foran("agreement", "--output", str(tmp_path / "ut"), "--words", *where)
    assert quoted.exit_code == 0, quoted.output
    assert "keep it as you keep the study" in quoted.output
    with_words = (tmp_path / "ut/agreement.html").read_text("utf-8")
    assert "behovet må beskrives før noen ringer" in with_words
    assert "andre gangen hadde de lyttet" not in with_words
    assert "(kan ikke siteres)" in with_words
