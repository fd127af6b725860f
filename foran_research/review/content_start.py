"""How a review pack begins: what it says in short, how it was made, and the abbreviations it uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .content_parts import Part, day_told
from .content_words import Text, in_row, listed, number_of, of_study, said

#: Lines of "in short" at most, and names in one of them.
MOST_LINES, NAMED = 10, 3
#: By municipality and kind of document, how many a pack rests on.
Basis = Mapping[str, Mapping[str, int]]
#: The kinds of document, in the order in which they are told.
KINDS = ("interview", "workshop_note", "public_document")


def short_of(
    part: Part,
    claims: Sequence[Mapping[str, Any]],
    maturity: Mapping[str, Sequence[Any]],
    targets: Sequence[Mapping[str, Any]],
    measures: Sequence[Any],
    changes: Sequence[Mapping[str, Any]],
    *,
    coding: str,
    parts: int,
    quotes: Sequence[str],
    basis: Basis,
) -> list[Text]:
    """What a reader needs in ten lines.

    Parameters
    ----------
    claims, maturity, targets, measures, changes
        As the pack has them.
    coding
        "human" or "suggestions".
    parts
        How many sub-elements the pack has besides its elements.
    quotes
        The municipalities of the passages it shows, one for each.
    basis
        What it rests on.
    """
    day = day_told(part.milestone.cut_off.isoformat())
    lines = [said("short_material", what=_material(part, basis), where=part.where, day=day)]
    if coding != "human":
        lines.append(said("short_machine"))
    lines.append(_elements(part, parts))
    lines += _directions(part, claims)
    own = [
        in_row([_quoted(part, code) for code in one["elements"]], " – ")
        for one in claims
        if one["id"].startswith(("only_here.", "opposite."))
    ]
    if own:
        lines.append(said("short_particular", where=part.where, names=listed(own[:NAMED])))
    assessed = sum(bool(rows) for rows in maturity.values())
    told = (
        [number_of("short_maturity" if part.milestone.case else "short_maturity_cases", assessed)] if assessed else []
    )
    # In an improvement model they have just been set.
    if targets and part.milestone.model != "improvement":
        told.append(said("short_targets", reached=sum(one["reached"] is True for one in targets), n=len(targets)))
    told += [number_of("short_measures", len(measures))] if measures else []
    if told:
        lines.append(in_row(told, " "))
    lines.append(_changes(part, changes))
    lines.append(_quotes(part, quotes))
    return lines[:MOST_LINES]


def _quotes(part: Part, quotes: Sequence[str]) -> Text:
    """How many passages are shown, and of a pack of one municipality how many of them are its own."""
    n, case = len(quotes), part.milestone.case
    if not n:
        return said("short_no_quotes")
    own = quotes.count(case)
    whose = {0: "none", n: "all"}.get(own, "some")
    told = [number_of("short_quotes", n)]
    told += [number_of(f"short_own_{whose}", own if whose == "some" else n, where=part.where)] if case else []
    return in_row([*told, said("short_quotes_rest")], " ")


# ---- what it rests on


def rests_on(part: Part, basis: Basis) -> list[dict[str, Any]]:
    """How many documents of each municipality a pack rests on, that of the milestone first.

    A number lower than the fewest documents that one may stand for is told as that and no more.
    """
    own = part.milestone.case
    cases = sorted(basis, key=lambda case: case != own)
    return [
        {
            "case": case,
            "text": said(
                "rests_on", where=part.names[case], what=listed(_documents(basis[case], part.limits.documents))
            ),
        }
        for case in cases
    ]


def _documents(counts: Mapping[str, int], least: int) -> list[Text]:
    found = []
    for kind in (kind for kind in KINDS if counts.get(kind)):
        n = counts[kind]
        many = said(f"kind_{kind}")
        found.append(said("fewer_than", n=least, what=many) if n < least else _number(kind, n))
    return found or [said("no_documents")]


def _number(kind: str, n: int) -> Text:
    return said(f"kind_{kind}_one") if n == 1 else in_row([of_study({"nb": str(n)}), said(f"kind_{kind}")], " ")


def _material(part: Part, basis: Basis) -> Text:
    """The documents of the municipality, or of all: a kind that one of them has few of is named without a number."""
    least = part.limits.documents
    if part.milestone.case:
        return listed(_documents(basis[part.milestone.case], least))
    told = []
    for kind in KINDS:
        counts = [own[kind] for own in basis.values() if own.get(kind)]
        if counts:
            some = said("some_of_kind", what=said(f"kind_{kind}"))
            told.append(some if min(counts) < least else _number(kind, sum(counts)))
    return listed(told or [said("no_documents")])


def _quoted(part: Part, code: str) -> Text:
    return said("named", element=part.name(code))


def _elements(part: Part, parts: int) -> Text:
    case = part.milestone.case
    seen = sum(bool(one.cells[case].documents if case else one.support.documents) for one in part.elements)
    n = len(part.elements)
    key = "short_elements_parts" if parts else "short_elements"
    return said(key, all=n + parts, n=n, parts=parts, seen=seen, where=part.where)


def _directions(part: Part, claims: Sequence[Mapping[str, Any]]) -> list[Text]:
    """What is most broadly said to do both, to promote and to inhibit.

    Those that do both are all named, so that what is said of the rest is true of the rest.
    """
    named = {
        kind: [_quoted(part, one["elements"][0]) for one in claims if one["id"].startswith(f"{kind}.")]
        for kind in ("both", "promoting", "inhibiting")
    }
    lines = [said("short_both", names=listed(named["both"]))] if named["both"] else []
    rest = "_else" if named["both"] else ""
    # As many documents may show one that is not named: those that are named are only among them.
    return lines + [
        said(f"short_{kind}{rest}", names=listed(named[kind][:NAMED]))
        for kind in ("promoting", "inhibiting")
        if named[kind]
    ]


def _changes(part: Part, changes: Sequence[Mapping[str, Any]]) -> Text:
    """How much changed since which model; what was proposed and not taken in is no change."""
    if part.before is None:
        return said("short_first_here", where=part.where) if part.milestone.case else said("short_first")
    before = said("named_model", title=of_study(part.before.title), id=part.before.id)
    is_other = part.before_kind == "other"
    has_measures = any(one["kind"].startswith("measure_") for one in changes)
    things = said("things_other" if is_other else "things_all" if has_measures else "things_model")
    rejected = sum(one["kind"] == "rejected" for one in changes)
    made = len(changes) - rejected
    told = [
        number_of("short_changes", made, before=before, things=things)
        if made
        else said("short_unchanged", before=before, things=things)
    ]
    told += [number_of("short_rejected", rejected)] if rejected else []
    told += [said("short_other")] if is_other else []
    return in_row(told, " ")


def made_of(part: Part, *, coding: str, audience: str) -> list[list[Text]]:
    """How the pack was made: no person, no machine, no clock."""
    milestone, limits = part.milestone, part.limits
    model = said("model_and_version", model=said(f"model_{milestone.model}"), version=milestone.model_version)
    rows = {
        "study": of_study(part.study.settings.title),
        "milestone": in_row([of_study({"nb": milestone.id}), of_study(milestone.title)]),
        "model": model,
        "cut_off": day_told(milestone.cut_off.isoformat()),
        "coded_until": day_told(milestone.coded_until.isoformat()),
        "codebook": said("book_version", version=milestone.codebook_version),
        "basis": said(f"basis_{coding}"),
        "audience": said(f"audience_{audience}"),
        "limits": said("limits", persons=limits.persons, documents=limits.documents),
    }
    return [[said(f"made_{key}"), value] for key, value in rows.items()]
