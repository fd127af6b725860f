"""Every figure of agreement of one group of double-coded documents, from its segments to tables.

What is judged, by kind of figure (`OF`):

- ``codes``, ``code``, ``level``: does this coder's coding touch this turn with this code (with any code of this level)?
- ``set``, and the set figures of a level: the set of codes on a turn, so that turns with several codes count as they are.
- ``polarity``, ``facet``: of a code that two coders have in the same turn, whether they say the same of it; and, for each
  polarity and each answer, whether both or neither said that one. An answer that a coder has not given is no judgement.
- ``marked``, ``stretch_level``, ``stretch_code``: stretches of text, in characters, by the u-alpha family. The continuum of
  a document is the text of the turns that were judged, laid end to end, so that a coder's segment that reaches into an
  interviewer's turn is taken without it. Where not all judged the same turns, the turns that the same coders judged are a
  piece of the document each; pieces of one document are drawn together.

A figure holds for these coders, these documents and one codebook MAJOR.MINOR; nothing is gated on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..codebook.code import Codebook
from ..corpus.transcript import Transcript
from ..vocabulary import POLARITIES
from .agreement import MISSING, ratings
from .agreement_intervals import Figures, code_figures, set_figures, value_figures
from .incidence import segment_units
from .set_agreement import Distance
from .stated import Stated, undefined
from .unitizing import JOINED, Marked, UnitizedFigures, cut_at_boundaries, merged, unitized_figures

#: The kinds of figures, in the order in which they are told.
OF = ("codes", "set", "level", "code", "polarity", "facet", "marked", "stretch_level", "stretch_code")
#: The coefficients in the order in which tables have them; a figure has those that suit it.
COEFFICIENT_ORDER = (
    "percent", "positive", "alpha", "kappa", "fleiss", "ac1", "holsti", "alpha_jaccard", "alpha_masi", "u", "bar", "cu",
    "coverage", "ku", "ku_coverage",
)  # fmt: skip
#: One row per figure and coefficient. `value` is empty where `reason` says why; `low` and `high` are empty where
#: `interval_reason` does. `by` is what was drawn anew: whole documents, or units (too narrow, for few documents).
FIGURE_COLUMNS = (
    "comparison", "coders", "read_under", "codebook_version", "documents", "of", "id", "answer", "display", "level", "n_units",
    "judgements", "n_positive", "prevalence", "coefficient", "value", "reason", "low", "high", "by", "replicates", "failures",
    "below_667", "interval_reason", "unit_low", "unit_high",
)  # fmt: skip
#: The answer where a coder has set no polarity.
UNSET = "-"
#: Two or more polarities, or answers, that one coder gives one code in one turn.
_BOTH = frozenset({"fremmer", "hemmer"})

Bools = npt.NDArray[np.bool_]
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Coded:
    """What several coders coded of the same documents, under the codes of one codebook version.

    `judged` is of shape (coders, units): who was to judge which of `units`. `segments` are those that count.
    """

    coders: tuple[str, ...]
    units: pd.DataFrame
    judged: Bools
    segments: pd.DataFrame
    codebook: Codebook


@dataclass(frozen=True)
class Told:
    """One thing that was asked, and every coefficient of it.

    `of` is one of `OF`; `id` the code, level or facet it is of, "" for all; `answer` a polarity or an answer to a facet,
    where the question is whether that one was given. `several` counts the characters that one coder gave two codes of a
    level that are no exclusive choice there: they stand as sets.
    """

    of: str
    id: str
    answer: str
    figures: Figures
    several: int = 0


@dataclass(frozen=True)
class Comparison:
    """The figures of some coders on the documents they read under the same versions, and what they differ in.

    `kind` is ``pair``, ``all`` (three or more coders) or ``second_pass`` (one coder twice). `not_blind` are the documents
    that no assignment vouches for. `days` is, for a second pass, the days between by document.
    """

    kind: str
    coders: tuple[str, ...]
    read_under: tuple[str, ...]
    codebook: Codebook
    documents: tuple[str, ...]
    not_blind: tuple[str, ...]
    unsettled: int
    told: tuple[Told, ...]
    disagreements: pd.DataFrame
    redefined: tuple[tuple[str, str], ...] = ()
    #: How many of the documents drew single turns.
    by_turns: int = 0
    days: Mapping[str, int] = field(default_factory=dict)
    #: The differences in documents that may not be shown, to be counted (see ``disagreements.listed_and_not``).
    unlisted: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    #: The segments that were compared, as they counted.
    segments: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    @property
    def version(self) -> str:
        """The MAJOR.MINOR versions it holds for, as one text."""
        return ", ".join(self.read_under)

    @property
    def headline(self) -> Told:
        """The figure over all codes."""
        return self.told[0]


@dataclass(frozen=True)
class StudyAgreement:
    """All that is told of agreement in a study.

    `off` is the stated reason why nothing is told. `waiting` are pairs of a document and coders who are not done: nothing
    is told of those yet. `hidden` are documents that may not be shown: they count in the figures and are listed nowhere.
    `unshown` are the kind, coders and versions of comparisons on such documents alone: of those there are no figures.
    `absent` are reasons, by what there is no table of (keys of ``REASONS``).
    """

    coders: tuple[str, ...]
    comparisons: tuple[Comparison, ...]
    rereading: pd.DataFrame
    waiting: tuple[tuple[str, tuple[str, ...]], ...] = ()
    hidden: frozenset[str] = frozenset()
    unshown: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = ()
    absent: Mapping[str, str] = field(default_factory=dict)
    off: Mapping[str, str] | None = None
    replicates: int = 0
    seed: int = 0

    def of_kind(self, kind: str) -> tuple[Comparison, ...]:
        """The comparisons of one kind."""
        return tuple(one for one in self.comparisons if one.kind == kind)


class _Draws(NamedTuple):
    """How intervals are drawn."""

    replicates: int
    seed: int


#: What one coder says of one code in one unit: the ids of her segments, their polarity and their answers, as one each.
@dataclass(frozen=True)
class Said:
    """One coder's coding of one unit with one code."""

    segments: tuple[str, ...]
    polarity: str
    facets: Mapping[str, str]


#: By coder, unit (its place) and code.
Cells = Mapping[tuple[str, int, str], Said]


def cells(coded: Coded) -> Cells:
    """What every coder says of every unit that she judged, by coder, unit and code.

    Two segments of one code in one unit are one judgement: promoting and inhibiting is "begge", other unlike answers stand
    side by side as an answer of their own.
    """
    place = {unit: number for number, unit in enumerate(coded.units["unit"])}
    seat = {coder: number for number, coder in enumerate(coded.coders)}
    long = segment_units(coded.segments, coded.units)
    rows: dict[tuple[str, int, str], list[tuple[str, str, Mapping[str, str]]]] = {}
    for coder, unit, code, segment, polarity, facets in zip(
        *(long[name] for name in ("coder", "unit", "code", "segment", "polarity", "facets")), strict=True
    ):
        if coder in seat and coded.judged[seat[coder], place[unit]]:
            rows.setdefault((coder, place[unit], code), []).append((segment, polarity, dict(facets)))
    return {key: _said(found) for key, found in sorted(rows.items())}


def _said(rows: Sequence[tuple[str, str, Mapping[str, str]]]) -> Said:
    asked = sorted({facet for _, _, facets in rows for facet in facets})
    return Said(
        segments=tuple(sorted(segment for segment, _, _ in rows)),
        polarity=_as_one(polarity for _, polarity, _ in rows),
        facets={facet: _as_one(facets.get(facet, "") for _, _, facets in rows) for facet in asked},
    )


def _as_one(answers: Iterable[str]) -> str:
    given = {answer for answer in answers if answer}
    if given >= _BOTH or ("begge" in given and given <= {*_BOTH, "begge"}):
        given = given - _BOTH | {"begge"}
    return JOINED.join(sorted(given))


def told_of(
    coded: Coded,
    transcripts: Mapping[str, Transcript],
    *,
    facets: Mapping[str, Sequence[str]],
    replicates: int,
    seed: int,
    progress: Callable[[str], None] = lambda what: None,
) -> tuple[Told, ...]:
    """Every figure of a group, in the order of `OF` and of the codebook; codes that nobody used are left out.

    Parameters
    ----------
    transcripts
        The texts that the segments are placed in, by document.
    facets
        The answers that each facet allows, by facet.
    replicates, seed
        Of the intervals (see ``analysis.agreement``); no replicates, no intervals.
    progress
        Called with the kind of figure that is begun.
    """
    how = _Draws(replicates, seed)
    book, judged = coded.codebook, coded.judged
    names = {document: number for number, document in enumerate(dict.fromkeys(coded.units["document"]))}
    documents = np.array([names[document] for document in coded.units["document"]], np.int64)
    active = tuple(code.id for code in book.active)
    present = ratings(coded.segments, coded.units, coded.coders, active).present & judged[:, :, None]
    used = np.flatnonzero(present.any(axis=(0, 1)))
    codes = [active[place] for place in used]
    present = present[:, :, used]
    found: list[Told] = []

    progress("codes")
    width = max(1, len(codes))
    # Without a code in use one question is left: did anybody use any.
    flat = present.reshape(len(judged), -1, 1) if codes else np.zeros((*judged.shape, 1), bool)
    (pooled,) = code_figures(
        flat, np.repeat(judged, width, axis=1), np.repeat(documents, width), replicates=how.replicates, seed=how.seed
    )
    found.append(Told("codes", "", "", pooled))
    progress("set")
    found.append(Told("set", "", "", _sets(present, judged, documents, how)))
    progress("level")
    levels = list(dict.fromkeys(book.by_id[code].level for code in codes))
    members = {level: [at for at, code in enumerate(codes) if book.by_id[code].level == level] for level in levels}
    if levels:
        any_of = np.stack([present[:, :, members[level]].any(axis=2) for level in levels], axis=2)
        for level, figures in zip(
            levels, code_figures(any_of, judged, documents, replicates=how.replicates, seed=how.seed), strict=True
        ):
            sets = _sets(present[:, :, members[level]], judged, documents, how)
            found.append(Told("level", level, "", _together(figures, sets)))
    progress("code")
    if codes:
        by_code = code_figures(present, judged, documents, replicates=how.replicates, seed=how.seed)
        found += [Told("code", code, "", figures) for code, figures in zip(codes, by_code, strict=True)]
    progress("polarity")
    said = cells(coded)
    polarity = {key: one.polarity or "" for key, one in said.items()}
    found += _answers("polarity", "", polarity, POLARITIES, coded, documents, how)
    for facet, allowed in facets.items():
        progress("facet")
        answered = {key: one.facets[facet] for key, one in said.items() if one.facets.get(facet)}
        found += _answers("facet", facet, answered, allowed, coded, documents, how)
    progress("marked")
    found += _stretches(coded, transcripts, levels, codes, how)
    return tuple(found)


def _sets(present: Bools, judged: Bools, documents: npt.NDArray[np.int64], how: _Draws) -> Figures:
    """The set-valued α by both distances, in one set of figures."""
    distances: tuple[Distance, ...] = ("jaccard", "masi")
    made = {
        name: set_figures(present, judged, documents, distance=name, replicates=how.replicates, seed=how.seed)
        for name in distances
    }
    first = made["jaccard"]
    named = {f"alpha_{name}": one for name, one in made.items()}
    # Whether the whole sets are equal, and Holsti over codes, do not depend on the distance; α does, and is named by it.
    first = replace(
        first,
        coefficients={name: one for name, one in first.coefficients.items() if name != "alpha"},
        intervals={name: one for name, one in first.intervals.items() if name != "alpha"},
        unit_intervals={name: one for name, one in first.unit_intervals.items() if name != "alpha"},
    )
    return replace(
        first,
        coefficients={**first.coefficients, **{key: one.coefficients["alpha"] for key, one in named.items()}},
        intervals={**first.intervals, **{key: one.intervals["alpha"] for key, one in named.items()}},
        unit_intervals={
            **first.unit_intervals,
            **{key: one.unit_intervals["alpha"] for key, one in named.items() if one.unit_intervals},
        },
    )


def _together(one: Figures, other: Figures) -> Figures:
    """The figures of one question with those of another beside them; where both have a coefficient, that of the first."""
    return replace(
        one,
        coefficients={**other.coefficients, **one.coefficients},
        intervals={**other.intervals, **one.intervals},
        unit_intervals={**other.unit_intervals, **one.unit_intervals},
    )


def _answers(
    of: str,
    id_: str,
    answers: Mapping[tuple[str, int, str], str],
    order: Sequence[str],
    coded: Coded,
    documents: npt.NDArray[np.int64],
    how: _Draws,
) -> list[Told]:
    """Whether coders say the same of a code that two of them have in one unit; then of each answer, whether it was given."""
    seat = {coder: number for number, coder in enumerate(coded.coders)}
    asked: dict[tuple[int, str], dict[int, str]] = {}
    for (coder, unit, code), answer in answers.items():
        asked.setdefault((unit, code), {})[seat[coder]] = answer
    shared = sorted(key for key, given in asked.items() if len(given) >= 2)
    seen = {answer for key in shared for answer in asked[key].values()}
    kinds = [*(answer for answer in order if answer in seen), *sorted(seen - set(order))]
    number = {answer: place for place, answer in enumerate(kinds)}
    values = np.full((len(coded.coders), len(shared)), MISSING, np.int64)
    for column, key in enumerate(shared):
        for row, answer in asked[key].items():
            values[row, column] = number[answer]
    where = documents[[unit for unit, _ in shared]] if shared else np.zeros(0, np.int64)
    whole = value_figures(values, where, metric="nominal", replicates=how.replicates, seed=how.seed)
    found = [Told(of, id_, "", whole if shared else _without(whole, "not-answered-twice"))]
    if kinds:
        given = np.stack([values == place for place in range(len(kinds))], axis=2)
        each = code_figures(given, values != MISSING, where, replicates=how.replicates, seed=how.seed)
        found += [Told(of, id_, answer or UNSET, figures) for answer, figures in zip(kinds, each, strict=True)]
    return found


def _without(figures: Figures, reason: str) -> Figures:
    """Figures of which none is defined, for a reason that says more than that no unit was judged."""
    return replace(
        figures,
        coefficients=dict.fromkeys(figures.coefficients, undefined(reason)),
        intervals={name: replace(one, reason=reason) for name, one in figures.intervals.items()},
        unit_intervals={name: replace(one, reason=reason) for name, one in figures.unit_intervals.items()},
    )


def _stretches(
    coded: Coded,
    transcripts: Mapping[str, Transcript],
    levels: Sequence[str],
    codes: Sequence[str],
    how: _Draws,
) -> list[Told]:
    whose: list[str] = []
    continua: list[_Continuum] = []
    for document in dict.fromkeys(coded.units["document"]):
        pieces = _continua(coded, transcripts[document], document)
        continua += pieces
        whose += [document] * len(pieces)
    level_of = {code.id: code.level for code in coded.codebook.codes}
    found = [Told("marked", "", "", _unitized(_marked(continua), whose, ("bar",), how))]
    in_level: dict[str, UnitizedFigures] = {}
    for level in levels:
        runs, several = _level_runs(continua, {code for code in codes if level_of[code] == level})
        in_level[level] = unitized_figures(runs, replicates=how.replicates, seed=how.seed, pieces_of=whose)
        names = ("u", "bar", "cu", "coverage")
        figures = _figures_of(in_level[level], runs, {name: name for name in names})
        found.append(Told("stretch_level", level, "", figures, several))
    for code in codes:
        runs = [
            ([None if run is None else merged(run.get(code, ()), code) for run in coders], length)
            for coders, length in continua
        ]
        figures = _unitized(runs, whose, ("u",), how)
        whole = in_level[level_of[code]]
        value, coverage = whole.alpha.by_value.get(code, (undefined("never-alone"),) * 2)
        intervals = {**figures.intervals}
        if code in whole.intervals:
            intervals["ku"] = whole.intervals[code]
        found.append(
            Told(
                "stretch_code",
                code,
                "",
                replace(
                    figures,
                    coefficients={**figures.coefficients, "ku": value, "ku_coverage": coverage},
                    intervals=intervals,
                ),
            )
        )
    return found


#: Each coder's stretches by code, None for a coder who did not judge it; and the length in characters.
_Continuum = tuple[list[dict[str, list[tuple[int, int]]] | None], int]
_Runs = Sequence[tuple[Sequence[Sequence[Marked] | None], int]]


def _continua(coded: Coded, transcript: Transcript, document: str) -> list[_Continuum]:
    """The turns of a document that two or more judged, cut by who judged them; at least one, if only an empty one."""
    rows = np.flatnonzero((coded.units["document"] == document).to_numpy())
    own = coded.segments[coded.segments["document"] == document]
    by_judges: dict[tuple[bool, ...], list[int]] = {}
    for row in rows.tolist():
        judges = tuple(coded.judged[:, row].tolist())
        if sum(judges) >= 2:
            by_judges.setdefault(judges, []).append(row)
    if not by_judges:
        return [([None] * len(coded.coders), 0)]
    turn_of = coded.units["turn"].to_numpy()
    return [
        _continuum(coded.coders, judges, [int(turn_of[row]) for row in of], transcript, own)
        for judges, of in by_judges.items()
    ]


def _continuum(
    coders: Sequence[str], judges: Sequence[bool], turns: Sequence[int], transcript: Transcript, own: pd.DataFrame
) -> _Continuum:
    """Turns that the same coders judged, laid end to end, and what each of them marked there."""
    spans = {turn.number: turn.span for turn in transcript.turns}
    offsets = np.concatenate([[0], np.cumsum([len(spans[turn]) for turn in turns])]).astype(int).tolist()
    offset_of = dict(zip(turns, offsets, strict=False))
    pieces: list[dict[str, list[tuple[int, int]]] | None] = []
    for coder, is_judge in zip(coders, judges, strict=True):
        if not is_judge:
            pieces.append(None)
            continue
        found: dict[str, list[tuple[int, int]]] = {}
        mine = own[own["coder"] == coder]
        for start, end, code, touched in zip(*(mine[key] for key in ("start", "end", "code", "turns")), strict=True):
            last = -1
            for turn in touched:
                if turn not in offset_of:
                    continue
                span, offset = spans[turn], offset_of[turn]
                low, high = max(start, span.start), min(end, span.end)
                if low >= high:
                    continue
                at = (offset + low - span.start, offset + high - span.start)
                run = found.setdefault(code, [])
                # A passage that goes on in the next turn is one stretch.
                if last == at[0]:
                    run[-1] = (run[-1][0], at[1])
                else:
                    run.append(at)
                last = at[1]
        pieces.append(found)
    return pieces, offsets[-1]


def _marked(continua: Sequence[_Continuum]) -> _Runs:
    return [
        (
            [
                None if run is None else merged([piece for of_code in run.values() for piece in of_code], "marked")
                for run in coders
            ],
            length,
        )
        for coders, length in continua
    ]


def _level_runs(continua: Sequence[_Continuum], codes: set[str]) -> tuple[_Runs, int]:
    """Runs of the codes of one level, cut where they overlap; and how many characters that was, over all coders."""
    total, runs = 0, []
    for coders, length in continua:
        made: list[Sequence[Marked] | None] = []
        for run in coders:
            if run is None:
                made.append(None)
                continue
            whole = [piece for code in sorted(codes & run.keys()) for piece in merged(run[code], code)]
            cut, several = cut_at_boundaries(whole)
            total += several
            made.append(cut)
        runs.append((made, length))
    return runs, total


def _unitized(runs: _Runs, whose: Sequence[str], names: Sequence[str], how: _Draws) -> Figures:
    found = unitized_figures(runs, replicates=how.replicates, seed=how.seed, pieces_of=whose)
    return _figures_of(found, runs, {name: name for name in names})


def _figures_of(found: UnitizedFigures, runs: _Runs, names: Mapping[str, str]) -> Figures:
    """The figures of stretches in the form of the others: a unit is a character."""
    judges = [sum(run is not None for run in coders) for coders, _ in runs]
    judgements = sum(count * length for count, (_, length) in zip(judges, runs, strict=True) if count >= 2)
    positive = sum(
        end - start
        for count, (coders, _) in zip(judges, runs, strict=True)
        if count >= 2
        for run in coders
        for start, end, _ in run or ()
    )
    return Figures(
        units=found.characters,
        judgements=judgements,
        positive=positive,
        prevalence=positive / judgements if judgements else None,
        coefficients={name: getattr(found.alpha, key) for name, key in names.items()},
        intervals={name: found.intervals[key] for name, key in names.items() if key in found.intervals},
        unit_intervals={},
        documents=found.documents,
    )


# Tables


def figures_table(comparisons: Iterable[Comparison]) -> pd.DataFrame:
    """Every coefficient of every figure: a frame with `FIGURE_COLUMNS`, one row per figure and coefficient."""
    rows = []
    for comparison in comparisons:
        for one in comparison.told:
            for name in ordered(one.figures.coefficients):
                rows.append(_row(comparison, one, name))
    return pd.DataFrame(rows, columns=list(FIGURE_COLUMNS))


def ordered(names: Iterable[str]) -> list[str]:
    """Coefficients in the order of tables; what the order does not name comes last, by name.

    >>> ordered(["zeta", "alpha", "percent"])
    ['percent', 'alpha', 'zeta']
    """
    there = set(names)
    return [*(name for name in COEFFICIENT_ORDER if name in there), *sorted(there - set(COEFFICIENT_ORDER))]


def _row(comparison: Comparison, one: Told, name: str) -> dict[str, object]:
    figures, stated = one.figures, one.figures.coefficients[name]
    interval, units = figures.intervals.get(name), figures.unit_intervals.get(name)
    code = comparison.codebook.by_id.get(one.id)
    return {
        "comparison": comparison.kind,
        "coders": " ".join(comparison.coders),
        "read_under": " ".join(comparison.read_under),
        "codebook_version": comparison.codebook.codebook_version,
        "documents": figures.documents,
        "of": one.of,
        "id": one.id,
        "answer": one.answer,
        "display": code.display if code else one.id,
        "level": code.level if code else one.id if "level" in one.of else "",
        "n_units": figures.units,
        "judgements": figures.judgements,
        "n_positive": figures.positive,
        "prevalence": figures.prevalence,
        "coefficient": name,
        "value": stated.value,
        "reason": stated.reason,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "by": interval.by if interval else "",
        "replicates": interval.replicates if interval else None,
        "failures": interval.failures if interval else None,
        "below_667": interval.below_667 if interval else None,
        "interval_reason": interval.reason if interval else "",
        "unit_low": units.low if units else None,
        "unit_high": units.high if units else None,
    }


def wide_table(comparison: Comparison, of: str, coefficients: Sequence[str], interval: str) -> pd.DataFrame:
    """The figures of one kind as a table to read: counts, coefficients side by side, and the interval of one of them.

    Columns: id, answer, display, n_units, n_positive, prevalence, the coefficients, low, high, failures, reason.
    """
    rows = []
    for one in comparison.told:
        if one.of != of:
            continue
        figures = one.figures
        code = comparison.codebook.by_id.get(one.id)
        stated = figures.coefficients.get(interval, Stated(None))
        around = figures.intervals.get(interval)
        rows.append(
            {
                **{"id": one.id, "answer": one.answer, "display": code.display if code else one.id},
                **{"n_units": figures.units, "n_positive": figures.positive, "prevalence": figures.prevalence},
                **{name: figures.coefficients.get(name, Stated(None)).value for name in coefficients},
                "low": around.low if around else None,
                "high": around.high if around else None,
                "failures": around.failures if around else None,
                "reason": stated.reason or (around.reason if around else ""),
            }
        )
    return pd.DataFrame(rows, columns=wide_columns(coefficients))


def wide_columns(coefficients: Iterable[str]) -> list[str]:
    """The columns of :func:`wide_table`."""
    counts = ("id", "answer", "display", "n_units", "n_positive", "prevalence")
    return [*counts, *coefficients, "low", "high", "failures", "reason"]
