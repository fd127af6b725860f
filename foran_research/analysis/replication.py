"""Replication across cases: what was expected of each case, what was found, and what may be said of both.

Cases are not a sample (Yin 1989): each is an experiment of its own. A proposition says beforehand what is to be found in
each case. Found everywhere, as expected, it is replicated literally; found here and its contrary there, for a reason
stated beforehand, theoretically. An expectation written down after its case was coded is post hoc. People give the
verdicts; here they are held against the expectations, and nothing is judged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from ..errors import ForanError, UnknownName, shown
from ..vocabulary import is_iso_date

Kind = Literal["literal", "theoretical", "not_replicated", "post_hoc", "incomplete"]
KINDS: tuple[Kind, ...] = ("literal", "theoretical", "not_replicated", "post_hoc", "incomplete")
VERDICTS = ("supports", "supports_with_conditions", "contradicts", "no_evidence")
SUPPORTING = ("supports", "supports_with_conditions")

#: Why an outcome is what it is, and what is to be noted of it, in both languages.
WHY: Mapping[str, Mapping[str, str]] = {
    "all-same": {"nb": "funnet i alle casene, som forventet", "en": "found in every case, as expected"},
    "contrast": {
        "nb": "funnet der det var forventet, og det motsatte der det var begrunnet på forhånd",
        "en": "found where expected, and the contrary where a reason had been given beforehand",
    },
    "one-case": {"nb": "forventet i færre enn to caser", "en": "expected of fewer than two cases"},
    "no-verdict": {"nb": "en case mangler vurdering", "en": "a case has no verdict"},
    "not-coded": {
        "nb": "en case er vurdert uten å være kodet",
        "en": "a case has a verdict and has not been coded",
    },
    "no-evidence": {"nb": "en case har ingen belegg", "en": "a case has no evidence"},
    "stale-evidence": {
        "nb": "en vurdering viser til passasjer som ikke lenger finnes",
        "en": "a verdict names passages that are no longer there",
    },
    "foreign-evidence": {
        "nb": "en vurdering av en case bygger på passasjer fra en annen case",
        "en": "a verdict on one case stands on passages of another case",
    },
    "disputed": {
        "nb": "to vurderinger av samme case sier ulikt, og begge står",
        "en": "two verdicts on one case differ, and both stand",
    },
    "unexpected": {"nb": "en case er ikke som forventet", "en": "a case is not as expected"},
    "no-reason": {
        "nb": "det er ventet et annet resultat uten begrunnelse",
        "en": "another result is expected without a reason",
    },
    "no-contrast": {
        "nb": "det motsatte er ventet og funnet overalt: ingen case viser funnet",
        "en": "the contrary is expected and found everywhere: no case shows the finding",
    },
    "stated-after": {
        "nb": "forventningen er skrevet etter at en senere case var kodet",
        "en": "the expectation was written after a later case had been coded",
    },
    "no-date": {"nb": "det er ukjent når forventningen ble skrevet", "en": "when it was expected is not known"},
    # Notes: they change no outcome.
    "with-conditions": {
        "nb": "støttet på vilkår i minst én case",
        "en": "supported with conditions in at least one case",
    },
    "no-rival": {"nb": "ingen konkurrerende forklaring er skrevet ned", "en": "no rival explanation is written down"},
    "no-passages": {
        "nb": "en vurdering viser ikke til noen passasje",
        "en": "a verdict names no passage",
    },
    "some-cases": {"nb": "gjelder ikke alle casene", "en": "is not about every case"},
    # The limit that every report of replication in this study prints.
    "mostly-literal": {
        "nb": "Casene er valgt fordi de har mest erfaring. De ligner derfor hverandre, og det er mest bokstavelig "
        "replikasjon å vente; at et funn gjelder kommuner med lite erfaring, kan ikke sluttes.",
        "en": "The cases were chosen as the most experienced. They are alike for that reason, and mostly literal "
        "replication is to be expected; nothing follows for municipalities with little experience.",
    },
}
#: The key in `WHY` of the limit of a study whose cases were chosen as the most experienced.
MOSTLY_LITERAL = "mostly-literal"

REPLICATION_COLUMNS = (
    "proposition",
    "kind",
    "why",
    "notes",
    "memo_required",
    "case",
    "expectation",
    "reason",
    "verdict",
    "is_as_expected",
    "was_stated_before",
    "evidence",
    "dangling",
    "verdicts",
)


@dataclass(frozen=True)
class Expectation:
    """What is expected of one case: the finding (`is_same`), or its contrary, and then for what reason."""

    is_same: bool
    reason: str = ""


@dataclass(frozen=True)
class Proposition:
    """A claim about the cases, with what was expected of each.

    `expectations` are by case; `stated_at` is the day (or time) it was written down, ISO 8601, "" if not known; `rival` is
    what else could explain the finding.
    """

    id: str
    text: str
    elements: tuple[str, ...]
    expectations: Mapping[str, Expectation]
    stated_at: str
    rival: str = ""


@dataclass(frozen=True)
class Verdict:
    """What a person found of a proposition in one case (one of `VERDICTS`), on which segments, and why.

    `at` is when it was written: a day or a time in ISO 8601, one without an offset being universal time; "" is the oldest.
    A later verdict of the same `coder` takes the place of an earlier one; those of different coders stand side by side.
    """

    case: str
    verdict: str
    evidence: tuple[str, ...] = ()
    text: str = ""
    at: str = ""
    rival: str = ""
    coder: str = ""


@dataclass(frozen=True)
class CaseOutcome:
    """One case of a proposition: expected, found, and whether the one was written before the other could be known.

    `verdict` is "" where there is none; `is_as_expected` is None where that cannot be said. `was_stated_before` is None
    for the first case, from which the proposition may come. `verdicts` counts all that were given; each coder's newest
    counts, and none where those differ: then `verdict` is the newest of them (of one time: the first in the order of
    `VERDICTS`). `foreign` is evidence that is of other cases.
    """

    case: str
    expectation: Literal["same", "different"]
    reason: str
    verdict: str
    is_as_expected: bool | None
    was_stated_before: bool | None
    evidence: tuple[str, ...]
    dangling: tuple[str, ...]
    verdicts: int
    foreign: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What may be said of a proposition: its kind, why (keys of `WHY`), what to note, and each case.

    `memo_required`: a person owes an explanation in writing. `cases` are in the order in which they were coded.
    `supporting` of `of_cases` cases support it, by a verdict that can be held against the expectation: "k of n".
    """

    proposition: str
    kind: Kind
    why: tuple[str, ...]
    notes: tuple[str, ...]
    memo_required: bool
    cases: tuple[CaseOutcome, ...]
    supporting: int
    of_cases: int


def replication(
    proposition: Proposition,
    verdicts: Iterable[Verdict],
    first_coded: Mapping[str, str],
    cases: Sequence[str],
    *,
    segments: Collection[str] | None = None,
    cases_of: Mapping[str, Collection[str]] | None = None,
) -> Outcome:
    """What may be said of a proposition across cases.

    Parameters
    ----------
    first_coded
        By case, the day or time when its first document was coded; a case that is not in it has not been coded.
    cases
        All cases of the study, in the study's order.
    segments
        The ids that resolve; verdicts on others are stale. None: not checked.
    cases_of
        By segment, the cases whose informants speak there; one that is not in it is of any. None: not checked.

    Notes
    -----
    In this order: incomplete, when a case has no (usable) verdict: none, of a case that has not been coded, one that names
    no passage or says that there is none, one whose passages are gone or of another case, or two that differ, of two coders
    or of the same time; not replicated, when one is not as expected; post hoc, when the expectation is not of an earlier
    day (of universal time) than the first coding of every case after the first (of the same day is not earlier); else
    theoretical or literal.
    Support with conditions is support, and is noted; where the contrary was expected it is not the contrary.

    Raises
    ------
    ForanError
        For cases, verdicts or days that are none, all told at once.

    Examples
    --------
    >>> same = Expectation(True)
    >>> claim = Proposition("m1", "…", ("P4",), {"TRD": same, "BGO": same}, "2020-01-01", "…")
    >>> found = [Verdict("TRD", "supports", ("s1",)), Verdict("BGO", "supports", ("s2",))]
    >>> coded = {"TRD": "2020-02-12", "BGO": "2020-03-10"}
    >>> replication(claim, found, coded, ("TRD", "BGO")).kind
    'literal'
    """
    given = tuple(verdicts)
    _check(proposition, given, first_coded, cases)
    stated = _day(proposition.stated_at)
    place = {case: number for number, case in enumerate(cases)}
    # Not coded yet comes last: nothing there could be known.
    coded = {case: _day(first_coded.get(case, "")) or "9999-12-31" for case in proposition.expectations}
    in_order = sorted(proposition.expectations, key=lambda case: (coded[case], place[case]))
    outcomes, why = [], []
    for nth, case in enumerate(in_order):
        expectation = proposition.expectations[case]
        own = [v for v in given if v.case == case]
        newest = _newest(own) or Verdict(case, "")
        dangling = () if segments is None else tuple(s for s in newest.evidence if s not in segments)
        foreign = tuple(s for s in newest.evidence if cases_of and s in cases_of and case not in cases_of[s])
        hindered = _hindered(newest, own, bool(first_coded.get(case)))
        hindered = hindered or ("stale-evidence" if dangling else "foreign-evidence" if foreign else "")
        why += [hindered] if hindered else []
        as_expected = newest.verdict in SUPPORTING if expectation.is_same else newest.verdict == "contradicts"
        outcomes.append(
            CaseOutcome(
                case,
                "same" if expectation.is_same else "different",
                expectation.reason,
                newest.verdict,
                None if hindered else as_expected,
                None if nth == 0 else bool(stated) and stated < coded[case],
                newest.evidence,
                dangling,
                len(own),
                foreign,
            )
        )
    kind, reasons = _kind(proposition, outcomes, why)
    notes = _notes(proposition, given, outcomes, cases)
    return Outcome(
        proposition.id,
        kind,
        tuple(dict.fromkeys(reasons)),
        notes,
        kind in ("not_replicated", "post_hoc") or _lacks_conditions(given, outcomes),
        tuple(outcomes),
        sum(one.verdict in SUPPORTING and one.is_as_expected is not None for one in outcomes),
        len(cases),
    )


def _moment(at: str) -> dt.datetime:
    """A day or a time as a moment, one without an offset as universal time; "" comes before all."""
    if not at:
        return dt.datetime.min.replace(tzinfo=dt.UTC)
    moment = dt.datetime.fromisoformat(at)
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _day(at: str) -> str:
    """The day of a moment, in universal time; "" of none."""
    return _moment(at).date().isoformat() if at else ""


def _is_moment(at: str) -> bool:
    try:
        return not at or (is_iso_date(at[:10]) and bool(_moment(at)))
    except (ValueError, OverflowError):
        return False


def _newest(own: Sequence[Verdict]) -> Verdict | None:
    """The verdict that counts, whatever order they come in: the latest, and of several of one time always the same."""
    return min(
        (v for v in own if _moment(v.at) == max(_moment(one.at) for one in own)),
        key=lambda v: (VERDICTS.index(v.verdict), v.evidence, v.text, v.rival),
        default=None,
    )


def _standing(own: Sequence[Verdict]) -> list[Verdict]:
    """Of each coder the newest verdicts: one, or several of the same time."""
    latest = {coder: max(_moment(v.at) for v in own if v.coder == coder) for coder in {v.coder for v in own}}
    return [v for v in own if _moment(v.at) == latest[v.coder]]


def _hindered(newest: Verdict, own: Sequence[Verdict], is_coded: bool) -> str:
    if not newest.verdict:
        return "no-verdict"
    if not is_coded:
        return "not-coded"
    if len({v.verdict for v in _standing(own)}) > 1:
        return "disputed"
    if newest.verdict == "no_evidence" or not newest.evidence:
        return "no-evidence"
    return ""


def _kind(proposition: Proposition, outcomes: Sequence[CaseOutcome], hindered: Sequence[str]) -> tuple[Kind, list[str]]:
    if len(outcomes) < 2:
        return "incomplete", ["one-case", *hindered]
    if hindered:
        return "incomplete", list(hindered)
    different = [one for one in outcomes if one.expectation == "different"]
    against = ["unexpected"] if any(one.is_as_expected is False for one in outcomes) else []
    against += ["no-reason"] if any(not one.reason.strip() for one in different) else []
    against += ["no-contrast"] if len(different) == len(outcomes) else []
    if against:
        return "not_replicated", against
    if not proposition.stated_at:
        return "post_hoc", ["no-date"]
    if any(one.was_stated_before is False for one in outcomes):
        return "post_hoc", ["stated-after"]
    return ("theoretical", ["contrast"]) if different else ("literal", ["all-same"])


def _notes(
    proposition: Proposition, given: Sequence[Verdict], outcomes: Sequence[CaseOutcome], cases: Sequence[str]
) -> tuple[str, ...]:
    notes = {
        "with-conditions": any(one.verdict == "supports_with_conditions" for one in outcomes),
        "no-passages": any(one.verdict in ("contradicts", *SUPPORTING) and not one.evidence for one in outcomes),
        "no-rival": not proposition.rival.strip() and not any(v.rival.strip() for v in given),
        "some-cases": len(outcomes) < len(cases),
    }
    return tuple(key for key, is_so in notes.items() if is_so)


def _lacks_conditions(given: Sequence[Verdict], outcomes: Sequence[CaseOutcome]) -> bool:
    """Whether a case is supported with conditions that nobody has written down."""
    conditional = {one.case for one in outcomes if one.verdict == "supports_with_conditions"}
    newest = (_newest([v for v in given if v.case == case]) for case in conditional)
    return any(v is not None and not v.text.strip() for v in newest)


def _check(
    proposition: Proposition, given: Sequence[Verdict], first_coded: Mapping[str, str], cases: Sequence[str]
) -> None:
    wrong = []
    unknown = {*proposition.expectations, *(v.case for v in given)} - set(cases)
    if unknown:
        raise UnknownName("case", min(unknown), cases)
    if strangers := sorted({v.case for v in given} - set(proposition.expectations)):
        wrong.append(f"verdicts on {', '.join(strangers)}, of which nothing is expected")
    wrong += [f"verdict {shown(v.verdict)} on {v.case}" for v in given if v.verdict not in VERDICTS]
    days = {"stated_at": proposition.stated_at, **{f"first coding of {c}": day for c, day in first_coded.items()}}
    wrong += [f"{what}: {shown(day)} is no day" for what, day in days.items() if not _is_moment(day)]
    wrong += [f"verdict on {v.case}: {shown(v.at)} is no time" for v in given if not _is_moment(v.at)]
    if wrong:
        raise ForanError(
            f"proposition {proposition.id}: {'; '.join(wrong)}; expected verdicts in {', '.join(VERDICTS)} on cases "
            "with an expectation, and days as 2021-09-30"
        )


def replication_table(outcomes: Iterable[Outcome]) -> pd.DataFrame:
    """One row per proposition × case, with `REPLICATION_COLUMNS`; `why`, `notes`, `evidence` and `dangling` are tuples."""
    rows = [
        (
            one.proposition,
            one.kind,
            one.why,
            one.notes,
            one.memo_required,
            case.case,
            case.expectation,
            case.reason,
            case.verdict,
            case.is_as_expected,
            case.was_stated_before,
            case.evidence,
            case.dangling,
            case.verdicts,
        )
        for one in outcomes
        for case in one.cases
    ]
    return pd.DataFrame(rows, columns=list(REPLICATION_COLUMNS)).astype(
        {"is_as_expected": object, "was_stated_before": object}
    )
