"""What a model claims, as sentences that one can agree with or doubt, with the passages shown that stand behind each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ..analysis.incidence import LAYERS
from ..models.practice import FIRM_DOCUMENTS
from .content_counts import Row
from .content_parts import Part, month_told
from .content_quotes import POLARITIES, Passage
from .content_words import Text, in_row, listed, said

#: How many elements are claimed to promote, how many to inhibit, and how many other things are claimed.
MOST_CLAIMED = 6
#: Passages that stand behind a claim, at most.
MOST_BEHIND = 3
#: The changes of the codebook after which an element is the same one, and means something else.
REDEFINED = ("redefined", "narrowed")


def claims_of(part: Part, quotes: Sequence[Passage], changes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the model claims; `changes` are those of the pack.

    An element is claimed to promote, or to inhibit, when that is said in two documents at least; those of which it is said
    most broadly are named. One that is among both is named once, as doing both.
    """
    milestone = part.milestone
    place, where = milestone.case or "all", "_in" if milestone.case else ""
    broadest = {layer: _broadest(part, layer)[:MOST_CLAIMED] for layer in LAYERS}
    both = [code for code in broadest["promoting"] if code in broadest["inhibiting"]]
    found: list[dict[str, Any]] = []
    for kind, codes in (("both", both), *broadest.items()):
        for code in codes:
            if kind == "both" or code not in both:
                text = said(f"{kind}{where}", element=part.name(code), where=part.where)
                layers = tuple(LAYERS) if kind == "both" else (kind,)
                found.append(_claim(f"{kind}.{place}.{code}", text, [code], _behind(part, quotes, code, layers)))
    if milestone.model == "practice":
        found += _particular(part, quotes)
    elif milestone.model == "improvement":
        found += _gaps(part, quotes)
    elif milestone.model == "followup":
        found += _moved(part, quotes, {code for one in changes if one["kind"] in REDEFINED for code in one["elements"]})
    return found


def _claim(name: str, text: Text, elements: Sequence[str], quotes: Sequence[str]) -> dict[str, Any]:
    return {"id": name, "text": text, "elements": list(elements), "quotes": list(quotes)}


# ---- what promotes and what inhibits


def _broadest(part: Part, layer: str) -> list[str]:
    """The elements most broadly said to promote (or to inhibit), broadest first, in two documents at least."""
    # A practice model has its own order, which its report is in as well; it goes by the same documents.
    if part.milestone.model == "practice":
        return [one.element for one in getattr(part.model, layer) if one.documents >= FIRM_DOCUMENTS]
    return ranked(part.rows, layer, [one.id for one in part.elements], case=part.milestone.case)


def ranked(
    rows: Iterable[Row], layer: str, elements: Sequence[str], *, case: str = "", least: int = FIRM_DOCUMENTS
) -> list[str]:
    """The elements that a direction is told of in `least` documents or more, those of most documents first.

    Of elements with as many documents those with more segments go first, then those earlier among `elements`. What is said
    of an element in the other direction, or in none, counts nowhere.

    Parameters
    ----------
    layer
        "promoting" or "inhibiting"; segments of both polarities are of both.
    case
        Only what is said in this municipality; "" for all.

    Examples
    --------
    >>> def row(element, document, polarity):
    ...     return Row(element, f"{document}.{element}.{polarity}", "", document, "", "BGO", polarity)
    >>> rows = [row("C2", "D1", "fremmer"), row("C2", "D2", "hemmer"), row("C1", "D1", "hemmer"), row("C1", "D2", "begge")]
    >>> ranked(rows, "promoting", ["C1", "C2"], least=1), ranked(rows, "inhibiting", ["C1", "C2"])
    (['C1', 'C2'], ['C1'])
    """
    documents: dict[str, set[str]] = {}
    segments: dict[str, set[str]] = {}
    for row in rows:
        if row.polarity in LAYERS[layer] and case in ("", row.case):
            documents.setdefault(row.element, set()).add(row.document)
            segments.setdefault(row.element, set()).add(row.segment)
    broad = [one for one in elements if len(documents.get(one, ())) >= least]
    return sorted(broad, key=lambda one: (-len(documents[one]), -len(segments[one])))


def _behind(
    part: Part, quotes: Sequence[Passage], code: str, layers: Sequence[str], *, since: str = "", case: str = ""
) -> list[str]:
    """The quotes of an element that say what is claimed, of the municipality, from documents later than the day `since`.

    Where several directions are claimed, each has its turn.
    """
    case = case or part.milestone.case
    until = part.milestone.cut_off.isoformat()
    turns: list[list[str]] = [
        [
            one.segment
            for one in quotes
            if one.element == code
            and POLARITIES[one.polarity] in (layer, "both")
            and case in ("", one.case)
            and since < one.date <= until
        ]
        for layer in layers
    ]
    in_turn = [own[at] for at in range(max(map(len, turns))) for own in turns if at < len(own)]
    return list(dict.fromkeys(in_turn))[:MOST_BEHIND]


# ---- levels


def _gaps(part: Part, quotes: Sequence[Passage]) -> list[dict[str, Any]]:
    """Elements that researchers assess below the municipality's own target, furthest below first.

    What stands behind is said since the model before: a level of today is not shown by what was said years ago.
    """
    case = part.milestone.case
    since = part.before.cut_off.isoformat() if part.before else ""
    below = sorted((one for one in part.model.elements if (one.gap or 0) > 0), key=lambda one: -one.gap)
    return [
        _claim(
            f"gap.{case}.{one.id}",
            said(
                "gap",
                by=said("by_researcher"),
                element=part.name(one.id),
                where=part.where,
                level=one.level,
                target=one.target,
            ),
            [one.id],
            _behind(part, quotes, one.id, ["inhibiting"], since=since),
        )
        for one in below[:MOST_CLAIMED]
    ]


def _moved(part: Part, quotes: Sequence[Passage], redefined: Collection[str]) -> list[dict[str, Any]]:
    """Elements that the same side assesses higher, or lower, than at the baseline, and what was said since then.

    Of those that mean something else than they did (`redefined`), that is said too.
    """
    case, baseline = part.milestone.case, part.model.baseline
    people = frozenset(part.study.participants.index.astype(str))
    assessors = {row.id: row.assessor for row in part.study.registers.assessments}
    found: list[dict[str, Any]] = []
    for one in part.model.elements:
        if one.status not in ("up", "down") or len(found) == 2 * MOST_CLAIMED:
            continue
        # What a few persons said of their own municipality is told nowhere: not that it moved either.
        if any(
            0 < len({assessors.get(name, "") for name in level.assessments} & people) < part.limits.persons
            for level in (one.baseline, one.now)
        ):
            continue
        month = month_told(one.baseline.on)
        is_at_model = bool(baseline["milestone"]) and one.baseline.milestone == baseline["milestone"]
        then = (
            said("then_at_model", model=said("the_improvement"), month=month)
            if is_at_model
            else said("then_in_month", month=month)
        )
        text = said(
            one.status,
            by=said(f"by_{one.side}"),
            element=part.name(one.id),
            where=part.where,
            then=then,
            level=one.now.level,
            before=one.baseline.level,
        )
        if one.id in redefined:
            text = in_row([text, said("redefined_since")], " ")
        layer = {"up": "promoting", "down": "inhibiting"}[one.status]
        since = max(baseline["day"], one.baseline.on)
        found.append(
            _claim(f"{one.status}.{case}.{one.id}", text, [one.id], _behind(part, quotes, one.id, [layer], since=since))
        )
    return found


# ---- what is particular


def _particular(part: Part, quotes: Sequence[Passage]) -> list[dict[str, Any]]:
    """What is particular to the municipality of a practice model, with quotes of the passages that say it."""
    case = part.milestone.case
    found = []
    for one in part.model.particular:
        if one.kind in ("only_here", "opposite") and one.documents < FIRM_DOCUMENTS:
            continue
        against = [
            there
            for there in one.elsewhere
            if there.is_compared and (one.kind != "opposite" or there.direction in ("promoting", "inhibiting"))
        ]
        if not against:
            continue
        filled: dict[str, Any] = {
            "element": listed([said("named", element=part.name(code)) for code in one.elements]),
            "where": part.where,
            "others": listed([part.names[there.case] for there in against]),
        }
        if one.kind == "opposite":
            filled |= {"here": said(f"verb_{one.direction}"), "there": said(f"verb_{against[0].direction}")}
        # By municipality, the passages that say it and which way they are to point, "" for any.
        telling = {case: (frozenset(one.segments), one.direction if one.kind == "opposite" else "")}
        if one.kind in ("opposite", "missing_here"):
            telling |= {
                there.case: (frozenset(there.segments), there.direction if one.kind == "opposite" else "")
                for there in against
            }
        name = f"{one.kind}.{case}.{'~'.join(one.elements)}"
        found.append(_claim(name, said(one.kind, **filled), one.elements, _telling(quotes, one.elements, telling)))
    return found


def _telling(
    quotes: Sequence[Passage], elements: Collection[str], telling: Mapping[str, tuple[frozenset[str], str]]
) -> list[str]:
    """The quotes among the passages that say something, the municipalities each in turn."""
    turns = [
        [
            quote.segment
            for quote in quotes
            if quote.element in elements
            and quote.case == case
            and quote.segment in segments
            and (not layer or POLARITIES[quote.polarity] in (layer, "both"))
        ]
        for case, (segments, layer) in telling.items()
    ]
    in_turn = [own[at] for at in range(max(map(len, turns))) for own in turns if at < len(own)]
    return list(dict.fromkeys(in_turn))[:MOST_BEHIND]
