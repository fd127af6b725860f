"""Who codes what a second time, unseen: seeded draws of documents or turns, and the rule of who may see whose work.

Everything here is a pure function of its arguments. Chance is a *lot*: the SHA-256 of the seed and the name of what is
drawn; the smallest lots win. Lots depend on no library's generator, so that the same draw comes out on every machine
and under every version, whatever the order of the rows; a document added later changes no other document's lot.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ..errors import ForanError
from .coders import is_coder_name, other_case
from .events import Event, Log, Record, cut

#: One row per assignment: a second coder and a document. `with` and `turns` are tuples; no turns stands for all.
COLUMNS = ("id", "coder", "with", "document", "turns", "seed", "drawn")
#: The shape of a coder's id, which is also the name of a folder.
CODER = re.compile(r"\w[\w.-]*")
_RANGES = re.compile(r"[1-9][0-9]{0,4}(-[1-9][0-9]{0,4})?( [1-9][0-9]{0,4}(-[1-9][0-9]{0,4})?)*")


class DrawError(ForanError, ValueError):
    """A draw that cannot be made: more asked for than there is, or a coder set beside herself."""


@dataclass(frozen=True)
class Assignment:
    """One document for a second coder, to be coded without seeing the coders in `first` (nor they the second).

    `turns` holds the numbers of the turns to code; empty stands for the whole document. `drawn` is an ISO date or "".
    """

    id: str
    coder: str
    first: tuple[str, ...]
    document: str
    turns: tuple[int, ...] = ()
    seed: int = 0
    drawn: str = ""

    @property
    def pairs(self) -> tuple[frozenset[str], ...]:
        """The pairs of coders that the assignment keeps apart: the second and each of the first."""
        return tuple(frozenset((self.coder, one)) for one in self.first)

    def is_binding(self, one: str, other: str) -> bool:
        """Whether it keeps these two coders apart.

        >>> Assignment("A01", "K2", ("K1",), "FJO-I01").is_binding("K1", "K2")
        True
        """
        return frozenset((one, other)) in self.pairs


@dataclass(frozen=True)
class Stratum:
    """One kind of document in one case: how much could be drawn and how much was. `turns` counts informant units."""

    case: str
    kind: str
    documents: int
    turns: int
    drawn_documents: int
    drawn_turns: int


@dataclass(frozen=True)
class Draw:
    """What was drawn, in order of document id, and from what."""

    assignments: tuple[Assignment, ...]
    strata: tuple[Stratum, ...]


def turns_text(turns: Iterable[int]) -> str:
    """Turn numbers in short form.

    >>> turns_text((3, 4, 5, 14, 20, 21))
    '3-5 14 20-21'
    """
    runs: list[list[int]] = []
    for number in sorted(set(turns)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return " ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def parsed_turns(text: str) -> tuple[int, ...]:
    """The turn numbers that a short form stands for; none for "".

    Raises
    ------
    ValueError
        Unless it is numbers and ranges in ascending order, as :func:`turns_text` writes them.

    >>> parsed_turns("3-5 14")
    (3, 4, 5, 14)
    """
    if not text:
        return ()
    if not _RANGES.fullmatch(text):
        raise ValueError("no turn numbers")
    numbers: list[int] = []
    for part in text.split(" "):
        first, _, last = part.partition("-")
        run = range(int(first), int(last or first) + 1)
        if not run or (numbers and run[0] <= numbers[-1]):
            raise ValueError("turn numbers out of order")
        numbers += run
    return tuple(numbers)


def lot(seed: int, *names: object) -> str:
    """The lot of whatever `names` names under a seed: a hash in hexadecimal. The smallest lots are drawn.

    >>> lot(7, "FJO-I01")[:8]
    '36873fa3'
    """
    return hashlib.sha256("/".join(map(str, (seed, *names))).encode()).hexdigest()


def draw(
    documents: pd.DataFrame,
    units: pd.DataFrame,
    coder: str,
    first: Sequence[str],
    *,
    seed: int,
    count: int | None = None,
    turns: int | None = None,
    number: int = 1,
    drawn: str = "",
) -> Draw:
    """A seeded draw from `documents` for a second coder.

    Parameters
    ----------
    documents
        The population: a register of documents indexed by id, with `case` and `kind`. Its order does not matter.
    units
        The informant units (see ``analysis.incidence``), coded or not: with `document` and `turn`. Documents without
        any are no part of the population.
    coder, first
        The second coder, and those whose work she is to code beside.
    count
        How many documents; None for all. Cases get as equal numbers as they have documents for, within a case the
        kinds likewise; what is left over goes to the kind that has been drawn least, then by lot.
    turns
        How many turns in the documents drawn; None for whole documents. Every document gets one turn and the rest is
        shared out in proportion to its units (highest averages, size ÷ (2·turns + 1)). With fewer turns than
        documents, that many documents are drawn first, as under `count`.
    number
        The number of the first assignment's id.

    Raises
    ------
    DrawError
        When a coder's id is none, somebody is to code beside herself, or more is asked for than there is.
    """
    _check_coders(coder, first)
    turns_in = {str(name): sorted({int(n) for n in group}) for name, group in units.groupby("document")["turn"]}
    strata = {
        str(name): (str(case), str(kind))
        for name, case, kind in zip(documents.index, documents["case"], documents["kind"], strict=True)
        if turns_in.get(str(name))
    }
    sizes = {name: len(turns_in[name]) for name in strata}
    _check_size("document", count, len(strata))
    chosen = _documents(strata, len(strata) if count is None else count, seed)
    _check_size("turn", turns, sum(sizes[name] for name in chosen))
    shares = {name: sizes[name] for name in chosen}
    if turns is not None:
        if turns < len(chosen):
            chosen = _documents({name: strata[name] for name in chosen}, turns, seed)
        shares = _shares({name: sizes[name] for name in chosen}, turns, seed)
    made = [
        Assignment(
            id=f"A{place:02d}",
            coder=coder,
            first=tuple(first),
            document=name,
            turns=() if turns is None else _turns(name, turns_in[name], shares[name], seed),
            seed=seed,
            drawn=drawn,
        )
        for place, name in enumerate(sorted(chosen), number)
    ]
    return Draw(tuple(made), _strata(strata, sizes, {name: shares[name] for name in chosen}))


def _check_coders(coder: str, first: Sequence[str]) -> None:
    if not first:
        raise DrawError("a second coder needs a first one beside her")
    if bad := [name for name in (coder, *first) if not CODER.fullmatch(name)]:
        raise DrawError(f"{', '.join(map(repr, bad))}: a coder's id is letters, digits, full stops and hyphens")
    if not is_coder_name(coder):
        raise DrawError(f"{coder!r} is no id to code under: 1-20 letters, digits, hyphens and underscores")
    if other := other_case(coder, first):
        raise DrawError(f"{coder!r} and {other!r} differ in case only: Windows and Macs would give both one folder")
    if len({coder, *first}) < 1 + len(first):
        raise DrawError("the coders of an assignment must differ")


def _check_size(what: str, wanted: int | None, there: int) -> None:
    if there == 0:
        raise DrawError("there is nothing to draw from: no document with a turn of an informant is left")
    if wanted is not None and not 1 <= wanted <= there:
        raise DrawError(f"{wanted} {what}s asked for, and there are {there} to draw from")


def _documents(strata: Mapping[str, tuple[str, str]], count: int, seed: int) -> list[str]:
    """`count` documents, as evenly over cases, and within them over kinds, as the strata allow."""
    waiting: dict[tuple[str, str], list[str]] = {}
    for name in sorted(strata, key=lambda name: lot(seed, "document", name), reverse=True):
        waiting.setdefault(strata[name], []).append(name)
    of_case = dict.fromkeys((case for case, _ in waiting), 0)
    of_kind = dict.fromkeys((kind for _, kind in waiting), 0)
    of_both = dict.fromkeys(waiting, 0)

    def rank(stratum: tuple[str, str]) -> tuple[int, int, int, str, str]:
        case, kind = stratum
        return of_case[case], of_both[stratum], of_kind[kind], lot(seed, "case", case), lot(seed, "kind", case, kind)

    chosen = []
    for _ in range(count):
        stratum = min((one for one, names in waiting.items() if names), key=rank)
        chosen.append(waiting[stratum].pop())
        of_case[stratum[0]] += 1
        of_kind[stratum[1]] += 1
        of_both[stratum] += 1
    return chosen


def _shares(sizes: Mapping[str, int], count: int, seed: int) -> dict[str, int]:
    """How many of `count` turns each document gets: one, then in proportion to its size, never more than it has."""
    shares = dict.fromkeys(sizes, 1)
    lots = {name: lot(seed, "share", name) for name in sizes}
    for _ in range(count - len(sizes)):
        open_ = [name for name in sizes if shares[name] < sizes[name]]
        shares[max(open_, key=lambda name: (sizes[name] / (2 * shares[name] + 1), lots[name]))] += 1
    return shares


def _turns(document: str, numbers: Sequence[int], count: int, seed: int) -> tuple[int, ...]:
    return tuple(sorted(sorted(numbers, key=lambda number: lot(seed, "turn", document, number))[:count]))


def _strata(
    strata: Mapping[str, tuple[str, str]], sizes: Mapping[str, int], shares: Mapping[str, int]
) -> tuple[Stratum, ...]:
    names: dict[tuple[str, str], list[str]] = {}
    for name, stratum in strata.items():
        names.setdefault(stratum, []).append(name)
    return tuple(
        Stratum(
            case=stratum[0],
            kind=stratum[1],
            documents=len(inside),
            turns=sum(sizes[name] for name in inside),
            drawn_documents=sum(name in shares for name in inside),
            drawn_turns=sum(shares.get(name, 0) for name in inside),
        )
        for stratum, inside in sorted(names.items())
    )


def assignments_table(assignments: Iterable[Assignment]) -> pd.DataFrame:
    """One row per assignment, indexed by id; the columns of `COLUMNS` without id, `with` and `turns` as tuples."""
    rows = [(a.id, a.coder, a.first, a.document, a.turns, a.seed, a.drawn) for a in assignments]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object).set_index("id")


def assignments_in(frame: pd.DataFrame) -> tuple[Assignment, ...]:
    """The rows of an assignments table as values."""
    return tuple(
        Assignment(str(name), row["coder"], row["with"], row["document"], row["turns"], int(row["seed"]), row["drawn"])
        for name, row in frame.iterrows()
    )


def drawn_before(assignments: Iterable[Assignment], coder: str, first: Collection[str]) -> frozenset[str]:
    """The documents that were drawn for one of these pairs already, whichever of the two came second."""
    pairs = {frozenset((coder, one)) for one in first}
    return frozenset(one.document for one in assignments if pairs & set(one.pairs))


def next_number(assignments: Iterable[Assignment]) -> int:
    """The number after the highest in the ids A01, A02, …; other ids do not count."""
    numbers = [int(one.id[1:]) for one in assignments if re.fullmatch("A[0-9]{1,9}", one.id)]
    return max(numbers, default=0) + 1


def done_mark(document: str, coder: str) -> str:
    """The id of the record that says whether a coder is done with a document.

    >>> done_mark("FJO-I01", "K2")
    'FJO-I01.K2.done'
    """
    return f"{document}.{coder}.done"


def is_done(state: Mapping[str, Record], document: str, coder: str) -> bool:
    """Whether a folded state (see ``events.fold``) says that the coder is done with the document.

    >>> is_done({"FJO-I01.K2.done": {"kind": "status", "is_complete": True}}, "FJO-I01", "K2")
    True
    """
    return _is_complete(state.get(done_mark(document, coder)))


def _is_complete(record: Record | None) -> bool:
    return record is not None and record.get("kind") == "status" and record.get("is_complete") is True


def done_in(logs: Iterable[Log]) -> frozenset[tuple[str, str]]:
    """The (coder, document) pairs whose logs end with the coder done."""
    found = set()
    for log in logs:
        # The newest event on a record holds what stands: the rest of the log need not be folded for it.
        for event in reversed(log.events):
            if event.segment == done_mark(event.document, event.coder):
                if _is_complete(event.after):
                    found.add((event.coder, event.document))
                break
    return frozenset(found)


def done_under(logs: Iterable[Log], *, until: str | None = None) -> frozenset[tuple[str, str, str]]:
    """(coder, document, codebook version) for every time (up to a day) that a coder was done with a document.

    That she opened it again later leaves what she had done; a mark that she took back at once is none.
    """
    found = set()
    for log in logs:
        marks = [event for event in cut(log.events, until) if event.segment == done_mark(event.document, event.coder)]
        for event, later in zip(marks, [*marks[1:], None], strict=False):
            if _is_complete(event.after) and not (later is not None and later.action == "undo"):
                found.add((event.coder, event.document, event.codebook_version))
    return frozenset(found)


def opened_at(first: Iterable[Event], second: Iterable[Event]) -> str | None:
    """When two coders of one document were first both done, and might see each other's work; None if never yet.

    What either did later was no longer blind: agreement is told of the coding as it stood then. Times are compared as
    text, which holds for the UTC times that logs are written with.
    """
    marks = sorted(
        (event.at, who, place, _is_complete(event.after))
        for who, events in enumerate((first, second))
        for place, event in enumerate(events)
        if event.segment == done_mark(event.document, event.coder)
    )
    is_complete = [False, False]
    for at, who, _, complete in marks:
        is_complete[who] = complete
        if all(is_complete):
            return at
    return None


def withheld(
    assignments: Iterable[Assignment], done: Collection[tuple[str, str]], viewer: str | None
) -> frozenset[tuple[str, str]]:
    """The (coder, document) pairs whose segments, memos and proposals `viewer` may not see.

    While an assignment sets B beside A on a document, and not both are done with it:

    - A does not see B's work on that document, and B does not see A's. Only the pair is bound: of two first coders,
      each is kept from the second, not from one another.
    - A named third person sees both: she codes neither side, and somebody must be able to look after the work.
    - Nobody named (None: a search or an export that does not ask who reads it) is taken for a first coder: the
      *second* coder's work is left out. It is no finding yet, and would count the same passages twice; the first
      coder's work is what models stand on, and leaving it out would change figures because somebody else is at work.
      So B's blindness rests on B's own tools naming B as the viewer, and on B not reading the reports meanwhile; a
      folder of plain text cannot keep a secret from a person who looks into its files. Whoever leaves work out says
      how many pairs it was.

    Models and their runs do not ask this function: a run is the same whether or not a second coder is at work.
    """
    found = set()
    for one in assignments:
        for other in one.first:
            if (one.coder, one.document) in done and (other, one.document) in done:
                continue
            if viewer == one.coder:
                found.add((other, one.document))
            elif viewer in (other, None):
                found.add((one.coder, one.document))
    return frozenset(found)
