"""The maturity profile of a municipality: hand-worked levels, evidence, agreement, and steps across codebook versions.

The registers here are invented (oppdiktet): Fjordvik, Heidal and Strandby do not exist.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from statistics import median_low

import hand_made as hand
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_study import SmallStudy

from foran_research.codebook.changes import Lineage
from foran_research.errors import UnknownName
from foran_research.models.maturity import (
    SIDES,
    Change,
    MaturityProfile,
    heard_in,
    profile,
    standing,
    to_dict,
    warnings_of,
    with_elsewhere,
)
from foran_research.registers.known import Breadth, Passage
from foran_research.registers.records import Assessment, Registers, Target
from foran_research.settings import DEFAULT_LEVELS, DEFAULT_RULES, Maturity

SCALE = Maturity(DEFAULT_LEVELS, DEFAULT_RULES)
#: Two documents, two types of actors, two processes; s4 is of no process, s5 was removed by its coder.
PASSAGES = {
    "s1": Passage("A", ("innkjop",), "T-1"),
    "s2": Passage("A", ("ledelse",), "T-1"),
    "s3": Passage("B", ("innkjop", "bruker"), "T-2"),
    "s4": Passage("C", (), ""),
    "s5": Passage("D", ("ledelse",), "T-2", "removed"),
}
WHY = "Øvd sammen 😀, a\u030apent"


@pytest.fixture(scope="module")
def lineage(written_once: object) -> Lineage:
    study, faults = SmallStudy(written_once).read()
    assert study is not None
    assert faults.errors == []
    return study.lineage


def said(
    element: str,
    level: int,
    assessor: str = "K1",
    side: str = "researcher",
    *,
    milestone: str = "M1",
    version: str = "1.0.0",
    case: str = "FJO",
    evidence: Sequence[str] = ("s1", "s3"),
    **other: str,
) -> Assessment:
    on = {"M1": "2020-09-01", "M2": "2021-09-01"}[milestone]
    row = Assessment(
        f"{milestone}-{case}-{element}-{assessor}", on, "", milestone, case, element, version, assessor, side
    )
    return replace(row, level=level, evidence=tuple(evidence) if side != "self" else (), rationale=WHY, **other)


def made(
    lineage: Lineage, *rows: Assessment, version: str = "1.0.0", milestone: str = "M1", **other: object
) -> MaturityProfile:
    targets = other.pop("targets", ())
    return profile(
        Registers(assessments=rows, targets=targets),
        case="FJO",
        milestone=milestone,
        codebook=lineage[version],
        lineage=lineage,
        scale=other.pop("scale", SCALE),
        passages=PASSAGES,
        **other,
    )


@pytest.mark.parametrize(
    ("levels", "told"),
    [([2, 3, 3], "3 (2–3)"), ([2, 3], "2* (2–3)"), ([0, 4], "4 (4–4)"), ([1, 1, 5, 5], "1* (1–5)")],
)
def test_the_known_medians_come_through_the_whole_path(lineage: Lineage, levels: list[int], told: str) -> None:
    found = made(lineage, *(said("C0001", level, f"K{number}") for number, level in enumerate(levels, 1)))
    one = found.element("P1")
    assert one is not None
    assert one.sides["researcher"].told("en") == told
    assert one.sides["researcher"].n == sum(level > 0 for level in levels)


def test_nobody_and_zero_are_no_level_and_in_no_figure(lineage: Lineage) -> None:
    found = made(lineage, said("C0001", 0), said("C0003", 3))
    assert found.values() == {"C0001": None, "C0003": 3}
    (project,) = [one.summary for one in found.levels if one.level == "P" and one.side == "researcher"]
    assert (project.n, project.distribution[0], project.median.value, project.dfo_mean.value) == (0, 1, None, None)
    empty = made(lineage)
    assert (empty.is_empty, empty.elements, empty.levels, empty.agreement) == (True, (), (), ())


def test_levels_1_4_4_have_median_4_weakest_link_1_and_a_mean_of_3(lineage: Lineage) -> None:
    rows = [said(element, level) for element, level in zip(("C0003", "C0004", "C0005"), (1, 4, 4), strict=True)]
    found = made(lineage, *rows)
    (municipal,) = [one.summary for one in found.levels if one.level == "K"]
    assert (municipal.median.value, municipal.weakest.value, municipal.dfo_mean.value) == (4.0, 1.0, 3.0)
    assert municipal.weakest_elements == ("C0003",)
    # Never one score for the municipality, unless the study's settings ask for it.
    assert found.total is None
    assert "total" not in to_dict(found)
    total = made(lineage, *rows, scale=replace(SCALE, shows_total=True)).total
    assert total is not None
    assert total.value == 4.0


@pytest.mark.parametrize(
    ("level", "evidence", "other", "warnings"),
    [
        (4, ("s1", "s2"), {}, ("insufficient_evidence",)),  # one document
        (3, ("s1", "s2"), {}, ("insufficient_evidence",)),
        (2, ("s1",), {}, ()),
        (4, ("s1", "s3"), {}, ()),
        (3, ("s1", "s4"), {}, ("insufficient_evidence",)),  # two documents, one type of actor
        (1, (), {}, ("level_without_evidence",)),
        (3, ("s1",), {"override": "Sett i et notat som ikke kan deles"}, ()),
        (3, ("s1",), {"override": "   "}, ("insufficient_evidence",)),
        (2, ("s1", "s9"), {}, ("evidence_gone",)),
        (2, ("s1", "s5"), {}, ("evidence_gone",)),
        (0, (), {}, ()),
    ],
)
def test_evidence_is_judged_by_its_breadth_and_warned_of(
    lineage: Lineage, level: int, evidence: tuple[str, ...], other: dict[str, str], warnings: tuple[str, ...]
) -> None:
    found = made(lineage, said("C0001", level, evidence=evidence, **other))
    assert found.elements[0].said[0].warnings == warnings
    assert found.elements[0].warnings == warnings
    # Warned of and not refused: the level stands.
    assert found.values()["C0001"] == (level or None)


def test_breadth_is_counted_over_what_stands() -> None:
    assert warnings_of(4, "joint", ["x"], Breadth(2, 2, 1), DEFAULT_RULES) == ("insufficient_evidence",)
    assert warnings_of(4, "joint", ["x"], Breadth(2, 2, 2), DEFAULT_RULES) == ()
    assert warnings_of(5, "self", [], Breadth(), DEFAULT_RULES, rationale=" ") == ("no_rationale",)


def test_the_three_sides_stand_side_by_side_and_are_never_mixed(lineage: Lineage) -> None:
    found = made(
        lineage,
        said("C0001", 2), said("C0001", 4, "FJO-GRUPPE-1", "self"), said("C0001", 5, "FJO-PL-01", "self"),
        said("C0001", 3, "FJO-SAMLING", "joint", arena="praksis"),
    )  # fmt: skip
    one = found.elements[0]
    assert [one.value(side) for side in SIDES] == [2, 4, 3]
    assert [(row.side, row.assessor) for row in one.said] == [
        ("researcher", "K1"), ("self", "FJO-GRUPPE-1"), ("self", "FJO-PL-01"), ("joint", "FJO-SAMLING"),
    ]  # fmt: skip
    assert one.evidence == ("s1", "s3")


def test_agreement_is_ordinal_and_says_why_it_is_undefined(lineage: Lineage) -> None:
    # One step apart once, six elements: the docstring of analysis.agreement has the same six with α = 0.94.
    first, second = (1, 2, 3, 4, 4, 5), (1, 2, 3, 3, 4, 5)
    elements = ("C0001", "C0002", "C0003", "C0004", "C0005", "C0007")
    rows = [said(e, level, "K1") for e, level in zip(elements, first, strict=True)]
    rows += [said(e, level, "K2") for e, level in zip(elements, second, strict=True)]
    (both,) = made(lineage, *rows).agreement
    assert (both.of, both.assessors, both.elements) == ("researcher", ("K1", "K2"), 6)
    # o: pairs (4,3) once each way; n = 12; n_c = 2, 2, 3, 3, 2; the numerator is 2 · ((3 + 3) − 3)² = 18.
    totals = {1: 2, 2: 2, 3: 3, 4: 3, 5: 2}
    expected = sum(
        totals[c]
        * totals[k]
        * (sum(totals[g] for g in range(min(c, k), max(c, k) + 1)) - (totals[c] + totals[k]) / 2) ** 2
        for c in totals
        for k in totals
    )
    assert both.alpha.value == pytest.approx(1 - 11 * 18 / expected)
    (alone,) = made(lineage, said("C0001", 2)).agreement
    assert (alone.alpha.value, alone.alpha.reason, alone.elements) == (None, "no-unit", 0)
    same = made(lineage, said("C0001", 2, "K1"), said("C0001", 2, "K2"))
    assert same.agreement[0].alpha.reason == "no-variation"
    zero = made(lineage, said("C0001", 0, "K1"), said("C0001", 2, "K2"))
    assert (zero.agreement[0].elements, zero.agreement[0].alpha.reason) == (0, "no-unit")


def steps(found: MaturityProfile, side: str = "researcher") -> dict[str, Change]:
    return {one.element: one.changes[side] for one in found.elements if side in one.changes}


def test_levels_are_followed_across_codebook_versions_or_it_is_told_why_not(lineage: Lineage) -> None:
    # C0001 renamed, C0002 split into C0010 and C0011, C0003 and C0004 merged into C0012, C0009 retired, C0013 new.
    before = [said(one, 2) for one in ("C0001", "C0002", "C0003", "C0004", "C0005", "C0009")]
    now = [
        said(one, 3, milestone="M2", version="2.0.0") for one in ("C0001", "C0010", "C0012", "C0005", "C0013")
    ]  # fmt: skip
    found = made(lineage, *before, *now, version="2.0.0", milestone="M2", earlier=("M1",))
    told = {
        name: (one.before, one.after, one.step, one.status, one.why, one.from_elements)
        for name, one in steps(found).items()
    }
    assert told == {
        "C0001": (2, 3, 1, "up", "", ()),
        "C0010": (None, 3, None, "not_comparable", "split", ("C0002",)),
        "C0005": (2, 3, 1, "up", "", ()),
        "C0012": (None, 3, None, "not_comparable", "merged", ("C0003", "C0004")),
        "C0013": (None, 3, None, "not_comparable", "new", ()),
    }
    assert steps(found)["C0010"].codebook_version == "2.0.0"
    assert found.ended == (("C0009", "retired", "2.0.0"),)
    assert found.before == "M1"
    assert [name for name, _ in found.elements[0].history] == ["M1", "M2"]
    assert found.improvement["researcher"].value == 1.0
    assert found.improvement["self"].reason == "not-assessed"


def test_a_step_down_needs_a_memo_to_be_a_stepwise_improvement(lineage: Lineage) -> None:
    before = [said("C0001", 3, evidence=("s1",)), said("C0005", 1)]
    now = [
        said("C0001", 2, milestone="M2", version="2.0.0", evidence=("s3",)),
        said("C0005", 2, milestone="M2", version="2.0.0"),
    ]
    rows = [*before, *now]
    bare = made(lineage, *rows, version="2.0.0", milestone="M2", earlier=("M1",))
    one = steps(bare)["C0001"]
    assert (one.status, one.step, one.evidence_before, one.evidence_after, one.memos) == (
        "down",
        -1,
        ("s1",),
        ("s3",),
        (),
    )
    assert bare.improvement["researcher"].value == 0.0
    explained = made(
        lineage, *rows, version="2.0.0", milestone="M2", earlier=("M1",), memos={"C0001": ("K1.m0003",)}
    )  # fmt: skip
    assert explained.improvement["researcher"].value == 1.0
    assert steps(explained)["C0001"].memos == ("K1.m0003",)


def test_what_was_assessed_only_once_is_not_compared(lineage: Lineage) -> None:
    rows = [said("C0001", 2), said("C0001", 0, milestone="M2"), said("C0005", 0), said("C0005", 4, milestone="M2")]
    found = made(lineage, *rows, milestone="M2", earlier=("M1",))
    assert {name: one.why for name, one in steps(found).items()} == {
        "C0001": "not_assessed_now", "C0005": "not_assessed_before",
    }  # fmt: skip
    assert found.improvement["researcher"].value is None
    assert made(lineage, *rows, milestone="M2", earlier=("M1",), before="").before == ""
    with pytest.raises(UnknownName, match="M9"):
        made(lineage, *rows, milestone="M2", earlier=("M1",), before="M9")


def test_gap_is_target_less_the_researchers_level_and_stays_apart_from_the_inhibiting_share(lineage: Lineage) -> None:
    targets = (
        Target("T1", "2020-09-01", "", "FJO", "C0001", "1.0.0", 4),
        Target("T2", "2020-09-01", "", "FJO", "C0002", "1.0.0", 3),
        Target("T3", "2020-09-01", "", "HEI", "C0005", "1.0.0", 5),
    )
    rows = [said("C0001", 2, milestone="M2", version="2.0.0"), said("C0010", 2, milestone="M2", version="2.0.0")]
    found = made(
        lineage, *rows, version="2.0.0", milestone="M2", targets=targets, inhibiting={"C0001": (1, 4)}
    )  # fmt: skip
    one, split = found.element("C0001"), found.element("C0010")
    assert one is not None
    assert split is not None
    assert (one.gap, one.inhibiting) == (2, (1, 4))
    # The target was set for a code that was split since: it is told, and no gap is made up.
    assert (split.target, split.gap, split.inhibiting, split.warnings) == (
        None,
        None,
        (0, 0),
        ("target_not_comparable",),
    )
    assert found.element("C0005") is None


def test_a_round_is_that_of_a_milestone_or_the_newest_by_a_day() -> None:
    rows = (said("C0001", 2), said("C0001", 3, milestone="M2"), said("C0001", 5, case="HEI"))
    registers = Registers(assessments=rows)
    assert [row.level for row in standing(registers, "FJO", "M1")] == [2]
    assert [row.level for row in standing(registers, "FJO", "2021-08-31")] == [2]
    assert [row.level for row in standing(registers, "FJO", "2021-09-01")] == [3]
    assert standing(registers, "FJO", "2020-08-31") == ()


def test_the_dict_is_plain_ordered_and_holds_no_reasons(lineage: Lineage) -> None:
    found = made(lineage, said("C0005", 3), said("C0001", 2, override="Fordi 😀"))
    text = json.dumps(to_dict(found), ensure_ascii=False)
    assert [one["display"] for one in json.loads(text)["elements"]] == ["P1", "K3"]
    assert WHY not in text
    assert "Fordi" not in text
    assert text == json.dumps(
        to_dict(made(lineage, said("C0001", 2, override="Fordi 😀"), said("C0005", 3))), ensure_ascii=False
    )


LEVEL = st.integers(0, 5)


@given(st.dictionaries(st.sampled_from(["C0001", "C0002", "C0003", "C0005"]), st.lists(LEVEL, max_size=5)))
def test_medians_and_distributions_are_those_of_a_naive_count(lineage: Lineage, levels: dict[str, list[int]]) -> None:
    rows = [said(e, level, f"K{n}") for e, given_ in levels.items() for n, level in enumerate(given_)]
    found = made(lineage, *rows)
    for element, given_ in levels.items():
        counted = [level for level in given_ if level]
        assert found.values().get(element) == (median_low(counted) if counted else None)
    for one in found.levels:
        medians = [m for e in found.elements if e.level == one.level and (m := e.value(one.side))]
        assert {step: n for step, n in one.summary.distribution.items() if step and n} == {
            step: medians.count(step) for step in set(medians)
        }


def test_reasons_that_rest_on_what_may_not_be_shown_are_kept_back(lineage: Lineage) -> None:
    rows = (
        said("C0001", 2, evidence=("s1", "s3"), override=WHY), said("C0002", 2, evidence=("s3",), override=WHY),
        said("C0003", 2, evidence=("s3", "s5"), override=WHY), said("C0004", 2, evidence=("s3", "gone"), override=WHY),
    )  # fmt: skip

    def told(*hidden: str) -> dict[str, tuple[str, str]]:
        found = profile(
            Registers(assessments=rows), case="FJO", milestone="M1", codebook=lineage["1.0.0"], lineage=lineage,
            scale=SCALE, passages=PASSAGES, hidden=hidden,
        )  # fmt: skip
        return {one.element: (one.said[0].rationale, one.said[0].override) for one in found.elements}

    # A passage that nobody knows any more may be of a document that was withdrawn; one its coder took away is no secret.
    shown, kept = (WHY, WHY), ("", "")
    assert told() == {"C0001": shown, "C0002": shown, "C0003": shown, "C0004": kept}
    assert told("A", "D") == {"C0001": kept, "C0002": shown, "C0003": kept, "C0004": kept}


def test_evidence_that_only_other_municipalities_said_is_warned_of_unless_a_reason_lets_it_stand(
    lineage: Lineage,
) -> None:
    heard = {"s1": {"HEI"}, "s2": {"HEI", "FJO"}, "s3": {"FJO"}}
    rows = (
        said("C0001", 2, evidence=("s1", "s3")), said("C0001", 3, "K2", evidence=("s2", "s3")),
        said("C0001", 2, "FJO-SAMLING-1", "joint", evidence=("s1",)),
        said("C0003", 2, evidence=("s1",), override=WHY), said("C0004", 0, evidence=("s1",)),
        said("C0005", 2, evidence=("s2", "s3")),
    )  # fmt: skip
    found = with_elsewhere(made(lineage, *rows), heard)
    told = {one.element: [(e.side, e.segments, e.of, e.cases) for e in one.elsewhere] for one in found.elements}
    # Of the researchers' three passages one is Heidal's alone; s2 was said by people of both.
    both = [("researcher", 1, 3, ("HEI",)), ("joint", 1, 1, ("HEI",))]
    assert told == {"C0001": both, "C0003": [], "C0004": [], "C0005": []}
    warned = {one.id: "evidence_elsewhere" in one.warnings for part in found.elements for one in part.said}
    assert [name for name, is_warned in warned.items() if is_warned] == [
        "M1-FJO-C0001-K1",
        "M1-FJO-C0001-FJO-SAMLING-1",
    ]
    assert "evidence_elsewhere" in found.elements[0].warnings
    one = to_dict(found)["elements"][0]
    assert one["elsewhere"][0] == {"side": "researcher", "segments": 1, "of": 3, "cases": ["HEI"]}
    # A reason that may not be shown is a reason all the same.
    kept = profile(
        Registers(assessments=(said("C0003", 2, evidence=("s1", "s3"), override=WHY),)), case="FJO", milestone="M1",
        codebook=lineage["1.0.0"], lineage=lineage, scale=SCALE, passages=PASSAGES, hidden={"B"},
    )  # fmt: skip
    assert (kept.elements[0].said[0].override, with_elsewhere(kept, heard).elements[0].elsewhere) == ("", ())


def test_a_guest_speaks_for_their_own_municipality_and_a_passage_of_two_for_both() -> None:
    units = hand.units(
        ("D1", 1, "AAA", "AAA-1", "ledelse"), ("D1", 2, "BBB", "BBB-1", "bruker"), ("D2", 1, "BBB", "BBB-1", "bruker")
    )
    segments = hand.segments(
        ("s1", "D1", (1,), "C0001", "hemmer"), ("s2", "D1", (1, 2), "C0001", "hemmer"),
        ("s3", "D1", (2,), "C0001", "begge"), ("s4", "D2", (7,), "C0001", "begge"),
    )  # fmt: skip
    assert heard_in(segments, units) == {"s1": {"AAA"}, "s2": {"AAA", "BBB"}, "s3": {"BBB"}}
