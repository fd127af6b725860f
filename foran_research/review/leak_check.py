"""Whether a file that leaves the study holds what its readers may not see: the last look at a pack, at its very bytes.

What made the file is not asked, and nothing in it is taken on trust: the words that may stand in it come from the
register of clearances, and everything else that somebody has said in the study may not, wherever in the file it stands.
Faults are told by document and turn or by place in the file, never by what stands there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..corpus.identifiers import find_identifiers
from ..corpus.repeats import RUN, Said
from ..corpus.spellings import levelled, words_in
from .content_counts import Limits
from .leak_forms import forms, unpacked
from .leak_names import Names
from .leak_pieces import PACK, Piece, decoded, pieces_of, pieces_of_pdf
from .leaks import REMEDIES, Leak, LeakError

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["REMEDIES", "RUN", "Guard", "Leak", "LeakError", "leak_check", "small_numbers", "words_in"]

#: Hits of the detectors that stop a file: kinds, and how sure they must be.
_SURE, _ANY = frozenset({"certain", "likely"}), frozenset({"certain", "likely", "possible"})
_STOPPING: Mapping[str, frozenset[str]] = {
    "national_id": _ANY,
    "national_id_like": _ANY,
    "account": _SURE,
    "phone": _SURE,
    "email": _SURE,
    "address": _SURE,
    "plate": _SURE,
    "birth_date": _SURE,
    "ip": _SURE,
}
#: On paper numbers stand side by side in columns, so that only what nothing else can be is told of there.
_STOPPING_ON_PAPER = frozenset({"national_id", "email"})
#: Names of XML, never fetched.
_NAMESPACES = re.compile(
    r"http://www\.w3\.org/(?:2000/svg|1999/xhtml|1999/xlink|1998/Math/MathML|XML/1998/namespace)(?![\w/#?.])"
)
_LINK = re.compile(
    r"(?i)(?<![a-z0-9])(?:(?:https?|ftp|wss?|file|smb|blob):/|(?:mailto|tel|javascript|vbscript):[^\s'\"])|(?<![\w.])www\.\w"
)
_ROOTS = "home|Users|root|tmp|var|opt|work|mnt|media|private|srv|usr|etc|Volumes|data|Documents and Settings"
_PATH = re.compile(
    rf"(?<![\w/.<])/(?:{_ROOTS})/\w|(?<![A-Za-z])[A-Za-z]:[\\/](?![/\s])[\w ]|(?<![\w\\])\\\\[\w.$-]+\\\w|(?<![\w/])~/\w"
)
#: Where somebody is told of as a coder, where the id alone could be a code's.
_AS_CODER = (
    r"(?:cod(?:ers?|ed[ _]by)|kod(?:ar|er)(?:en|ne|ane|e|s)?|kod(?:et|a) av|checked[ _]by|kontrollert av|pseudonymised[ _]by"
    r"|pseudonymisert av)[\s\"':=(–-]{1,6}(?:[\w-]{1,12}(?:, ?| og | and ))*"
)
_HAS_CODED = r"\s(?:har |has |have )?(?:kodet|koda|coded|kontrollert|checked)(?![^\W_])"
#: Fields of data that name a coder.
_OF_CODERS = frozenset(["by", "coder", "coders", "coded_by", "checked_by", "pseudonymised_by"])
_PACKED = "what is packed in the file"
#: What is shorter is no fingerprint, and could be anything.
_LEAST_MADE = 12


@dataclass(frozen=True, repr=False)
class Guard:
    """What may not leave a study for an audience, made ready for checking one file after the other; see :meth:`of`."""

    audience: str
    said: Said
    #: By passage the words to show, and those that they were taken from.
    cleared: Mapping[str, tuple[str, str]]
    pseudonyms: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    coders: tuple[str, ...] = ()
    displays: frozenset[str] = frozenset()
    names: Names | None = None
    machine: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    own_words: tuple[str, ...] = ()
    #: Ids of packs, and fingerprints of files: what the package has made, of digits that may look like somebody's number.
    made: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=Limits)

    def __repr__(self) -> str:
        return f"<Guard for {self.audience}: {self.said!r}, {len(self.cleared)} cleared passages>"

    @classmethod
    def of(
        cls,
        study: Study,
        audience: str,
        *,
        names: Mapping[str, Sequence[str]] | None = None,
        machine: Iterable[str] = (),
        own: Iterable[str] = (),
        limits: Limits | None = None,
    ) -> Guard:
        """What may not leave `study` for `audience`.

        Parameters
        ----------
        names
            The key's names by pseudonym (``Key.searched``), when the key is open.
        machine
            Names of users and machines that may not stand anywhere; very short and everyday ones are left out.
        own
            Scripts and style sheets that are the package's own, the same for every study: they are passed over where they
            stand in a file whole. Those of the packs are known.
        limits
            The fewest persons and documents that a number may stand for.

        Raises
        ------
        UnknownName
            For an audience that there is not.
        """
        from ..clearing import cleared_for, shown_words
        from .content_words import WORDS as SAID
        from .pack_words import WORDS
        from .page import data_text, script_text, style_text

        today = study.today or study
        cleared = cleared_for(today, audience)
        people = today.participants
        may_be_told = {
            str(name)
            for name, consent in people["consent"].items()
            if audience != "public" and {"analysis", "quote"} <= set(consent)
        }
        documents = today.documents
        withdrawn = {str(name) for name, day in documents["withdrawn_at"].items() if day}
        former = sorted(today.former_texts.items(), key=lambda pair: pair[0])
        table = today.segments()
        said = {
            str(name): shown_words(str(words))
            for name, words in zip(table["segment"], table["quote"], strict=True)
            if str(name) in cleared
        }
        return cls(
            audience=audience,
            said=Said([*today.transcripts.values(), *(one for _, one in former)]),
            cleared={name: (words, said.get(name, "")) for name, words in cleared.items()},
            pseudonyms=tuple(sorted({str(name) for name in people.index} - may_be_told)),
            hidden=tuple(sorted({*today.hidden(documents), *withdrawn})),
            coders=tuple(sorted({*today.coders, *today.settings.model_coders})) if audience == "public" else (),
            displays=frozenset(code.display for book in today.lineage.codebooks for code in book.codes),
            names=Names(names) if names else None,
            machine=tuple(sorted({one for one in machine if len(one) > 2 and one.casefold() not in _EVERYBODY})),
            paths=(today.path.as_posix(), str(today.path)),
            own=tuple(
                sorted(
                    {script_text(True), script_text(False), style_text(), data_text(WORDS), *own},
                    key=lambda text: (-len(text), text),
                )
            ),
            own_words=tuple(text for some in (*WORDS.values(), *SAID.values()) for text in some),
            made=_made_of(today),
            limits=limits or Limits(),
        )

    def check(
        self, data: bytes, *, name: str = "", shown: Collection[str] | None = None, made: Collection[str] = ()
    ) -> tuple[Leak, ...]:
        """Everything in a file that its readers may not see.

        Parameters
        ----------
        data
            The file: HTML, JSON or other text in UTF-8, or a PDF.
        name
            What the file is called where a leak is told of.
        shown
            The passages whose words may stand in it, of those that are cleared; all of these without.
        made
            Ids that the package has made and that stand in it: none of their digits is anybody's number. The id of a pack in
            a page is known by what it is made of.

        Returns
        -------
        tuple
            Ordered, and the same for the same file and study; empty for one that may go out.
        """
        leaks: list[Leak] = []
        is_paper = data.startswith(b"%PDF")
        if is_paper:
            pieces = pieces_of_pdf(data, leaks)
            rest = "\n".join(piece.text for piece in pieces)
        else:
            rest = decoded(data, leaks)
            for own in self.own:
                rest = rest.replace(own, " ")
            # A place in the pack says more than one in the page that was made of it.
            pieces = sorted(pieces_of(rest, leaks), key=lambda piece: not piece.where.startswith(PACK))
        packed = list(dict.fromkeys(unpacked(rest)))
        pieces += [Piece(_PACKED, text, is_free=False) for text in packed]
        every = [forms(text) for text in (rest, *packed)]
        whole = list(dict.fromkeys(form for made in every for form in made))
        # Between tags there is a blank, and within a word that is marked there is none.
        pairs = dict.fromkeys(
            pair for made in every for pair in ((made[0], made[0]), (made[-1], made[min(1, len(made) - 1)]))
        )
        leaks += self._repeated(pieces, list(pairs), shown)
        leaks += self._identifiers(pieces, {*self.made, *made, *_ids_of_packs(pieces)}, is_paper=is_paper)
        leaks += self._told(pieces, whole)
        leaks += _addresses(pieces, whole, self.paths)
        leaks += self._named(data if is_paper else b"", pieces, whole)
        leaks += [leak for piece in pieces if piece.where == PACK for leak in small_numbers(piece.text, self.limits)]
        return tuple(
            sorted({leak if not name else Leak(leak.kind, leak.what, f"{name}: {leak.where}") for leak in leaks})
        )

    # ---- words

    @cached_property
    def _own(self) -> NDArray[np.int64]:
        """The package's own words, which informants use as well."""
        return self.said.allowing((text, text) for text in self.own_words)

    def _repeated(
        self, pieces: Sequence[Piece], whole: Sequence[tuple[str, str]], shown: Collection[str] | None
    ) -> Iterator[Leak]:
        """Runs of words of any transcript, but those that a passage to be shown shows of its own."""
        places = [(piece.where, piece.text, piece.text) for piece in pieces if piece.where != PACK]
        places += [("the file as a whole", *both) for both in whole]
        allowed = self.said.allowing(own for one, own in self.cleared.items() if shown is None or one in shown)
        where, by_words, by_letters = zip(*places, strict=True) if places else ((), (), ())
        for found in self.said.repeated(by_words, np.concatenate([self._own, allowed]), by_letters):
            yield Leak("transcript", str(found), _listed(where[place] for place in found.places))

    # ---- people

    def _identifiers(self, pieces: Iterable[Piece], made: Collection[str], *, is_paper: bool) -> Iterator[Leak]:
        done: set[str] = set()
        ours = _pattern_of(made, is_paper=is_paper)
        for piece in pieces:
            is_packed = piece.where == _PACKED
            if not (piece.is_free or is_packed) or piece.text in done:
                continue
            done.add(piece.text)
            is_bare = is_paper or is_packed
            # Addresses of files and of the network are looked for in every piece, free or not.
            for hit in find_identifiers(ours.sub(_letters, piece.text) if ours else piece.text):
                is_stopping = hit.certainty in _STOPPING.get(hit.kind, ())
                if is_stopping and (not is_bare or (hit.kind in _STOPPING_ON_PAPER and hit.certainty == "certain")):
                    yield Leak("identifier", f"{_IDENTIFIERS[hit.kind]} ({hit.certainty})", piece.where)

    def _told(self, pieces: Sequence[Piece], whole: Sequence[str]) -> Iterator[Leak]:
        """Ids of people and documents, and names of machines."""
        wanted = [
            ("pseudonym", "the pseudonym {}", self.pseudonyms),
            ("hidden_document", "the document {}", self.hidden),
            ("coder", "the coder {}", tuple(one for one in self.coders if one not in self.displays)),
            # The name itself is not told: it may be somebody's.
            ("machine", "the name of a user or a machine", self.machine),
        ]
        places = [(piece.where, levelled(piece.text)) for piece in pieces if piece.is_free and piece.where != PACK]
        places += [("the file as a whole", levelled(text)) for text in whole]
        for kind, what, names in wanted:
            if not names:
                continue
            longest = sorted(names, key=lambda name: (-len(name), name))
            pattern = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, longest))})(?![^\W_])", re.IGNORECASE)
            known = {name.casefold(): name for name in names}
            found: dict[str, list[str]] = {}
            for where, text in places:
                for name in {known.get(hit[0].casefold(), "") for hit in pattern.finditer(text)}:
                    found.setdefault(what.format(name), []).append(where)
            for told, seen in found.items():
                yield Leak(kind, told, _listed(_specific(seen)))
        yield from self._told_as_coders(places)

    def _told_as_coders(self, places: Sequence[tuple[str, str]]) -> Iterator[Leak]:
        """Coders whose id is a code's as well: in the id of a segment, and beside a word for coders, it is theirs."""
        if not self.coders:
            return
        one = "|".join(map(re.escape, sorted(self.coders, key=lambda name: (-len(name), name))))
        in_id = re.compile(rf"(?<=\.)({one})(?=\.s[0-9])")
        beside = re.compile(
            rf"(?i:(?<![^\W_]){_AS_CODER})({one})(?![^\W_])|(?<![^\W_])({one})(?=(?i:{_HAS_CODED}))(?![^\W_])"
        )
        fields = re.compile(rf"(?:^|[.\]])(?:{'|'.join(sorted(_OF_CODERS))})(?:\[[0-9]+\])?$")
        found: dict[str, list[str]] = {}
        for where, text in places:
            for name in set(in_id.findall(text)):
                found.setdefault(f"ids of segments that name the coder {name}", []).append(where)
            named = {name for both in beside.findall(text) for name in both if name} | (
                {text.strip()} & {*self.coders} if fields.search(where) else set()
            )
            for name in named:
                found.setdefault(f"the coder {name}", []).append(where)
        for told, seen in found.items():
            yield Leak("coder", told, _listed(_specific(seen)))

    def _named(self, data: bytes, pieces: Sequence[Piece], whole: Sequence[str]) -> Iterator[Leak]:
        """Names of the key."""
        if self.names is None:
            return
        # Pieces as well: without tags, the last word of one and the first of the next are one word.
        every = "\n".join(piece.text for piece in pieces if piece.where != PACK)
        names = {*self.names.found_in([every, *whole]), *(self.names.found_in_file(data) if data else ())}
        found = dict.fromkeys(sorted(names), "the file as a whole")
        for piece in pieces if found else ():
            if piece.where != PACK:
                found.update(dict.fromkeys(self.names.found_in([piece.text]), piece.where))
        for name, where in sorted(found.items()):
            yield Leak("name", f"a name that the key has for {name}", where)


def leak_check(
    data: bytes,
    study: Study,
    *,
    audience: str,
    shown: Collection[str] | None = None,
    names: Mapping[str, Sequence[str]] | None = None,
    machine: Iterable[str] = (),
    own: Iterable[str] = (),
    limits: Limits | None = None,
    name: str = "",
) -> tuple[Leak, ...]:
    """Everything in one file that an audience may not see: :meth:`Guard.of` and :meth:`Guard.check` in one.

    For several files make one ``Guard``: reading the study's texts is most of the work.

    Examples
    --------
    >>> leak_check(page, study, audience="workshop", shown=segments_in(pack))  # doctest: +SKIP
    ()
    """
    guard = Guard.of(study, audience, names=names, machine=machine, own=own, limits=limits)
    return guard.check(data, name=name, shown=shown)


# Numbers


def small_numbers(text: str, limits: Limits) -> list[Leak]:
    """Numbers of a pack that stand for fewer persons or documents than `limits` allow and are told all the same.

    Examples
    --------
    >>> pack = {"format": "foran-review-pack", "networks": [{"id": "all", "edges": [{"id": "C1~C2", "count": 2}]}]}
    >>> [leak.where for leak in small_numbers(json.dumps(pack), Limits())]
    ['pack.networks[all].edges[C1~C2].count']
    """
    pack = json.loads(text)
    found: list[Leak] = []

    def look(count: Any, least: int, where: str) -> None:
        if (
            isinstance(count, bool)
            or (count is not None and not isinstance(count, int))
            or (count and 0 < count < least)
        ):
            found.append(Leak("small_number", f"a number that stands for fewer than {least}", f"{PACK}.{where}"))

    persons, documents = limits.persons, limits.documents
    for element in pack.get("elements", ()):
        at = f"elements[{element['id']}]"
        look(element.get("documents"), documents, f"{at}.documents")
        for case, cell in element.get("by_case", {}).items():
            look(cell.get("promoting"), persons, f"{at}.by_case.{case}.promoting")
            look(cell.get("inhibiting"), persons, f"{at}.by_case.{case}.inhibiting")
            look(cell.get("documents"), documents, f"{at}.by_case.{case}.documents")
        for row in element.get("maturity", ()):
            # Of joint assessments and researchers' own the count is of sessions, which everybody knows of.
            if row.get("side") == "self":
                look(row.get("count"), persons, f"{at}.maturity.{row.get('case')}.count")
        for reason, count in element.get("left_out", {}).items():
            if reason not in ("small_cell", "small_difference"):
                look(count, persons, f"{at}.left_out.{reason}")
    for network in pack.get("networks", ()):
        for edge in network.get("edges", ()):
            look(edge.get("count"), persons, f"networks[{network['id']}].edges[{edge['id']}].count")
    for number, row in enumerate(pack.get("left_out", ())):
        if row.get("reason") not in ("small_cell", "small_difference"):
            look(row.get("count"), persons, f"left_out[{number}].count")
    return found


_IDENTIFIERS: Mapping[str, str] = {
    "national_id": "a national identity number",
    "national_id_like": "what looks like a national identity number",
    "account": "an account number",
    "phone": "a telephone number",
    "email": "an e-mail address",
    "address": "a street and number",
    "plate": "the number of a car",
    "birth_date": "a date of birth",
    "ip": "an address of a machine",
}
#: Names that machines give everybody.
_EVERYBODY = frozenset(
    "root user users admin administrator guest home runner ubuntu debian localhost local default owner server linux windows "
    "macos docker container jovyan vscode".split()
)


def _addresses(pieces: Sequence[Piece], whole: Sequence[str], paths: Sequence[str]) -> Iterator[Leak]:
    for where, text in [
        *((one.where, one.text) for one in pieces if one.where != PACK),
        *(("the file as a whole", one) for one in whole[:1]),
    ]:
        plain = _NAMESPACES.sub(" ", text)
        if _LINK.search(plain):
            yield Leak("link", "an address", where)
        if _PATH.search(plain) or any(path in plain for path in paths if len(path) > 3):
            yield Leak("path", "the path of a file", where)


# What the package has made


def _made_of(study: Study) -> frozenset[str]:
    """Ids of packs, and fingerprints of files and texts, as they stand in a study's registers."""
    documents = study.documents
    found = {str(one) for name in documents.columns if name.endswith("_sha256") for one in documents[name]}
    for row in study.registers.packs:
        found |= {row.id, row.file_sha256, row.content_sha256}
    return frozenset(one for one in found if len(one) >= _LEAST_MADE)


def _ids_of_packs(pieces: Iterable[Piece]) -> Iterator[str]:
    """The ids of packs in a page that are what they must be: made of the milestone, the audience and the pack's own content."""
    from .content import content_sha256

    for piece in pieces:
        if piece.where == PACK:
            pack = json.loads(piece.text)
            about = pack.get("milestone")
            start = about.get("id") if isinstance(about, Mapping) else ""
            if pack.get("id") == f"{start}-{pack.get('audience')}-{content_sha256(pack)[:12]}":
                yield str(pack["id"])


def _pattern_of(made: Collection[str], *, is_paper: bool) -> re.Pattern[str] | None:
    """Finds these strings where they stand whole; on paper lines may be broken within them."""
    gap = r"[\r\n]*" if is_paper else ""
    longest = sorted(made, key=lambda one: (-len(one), one))
    one = "|".join(gap.join(map(re.escape, text)) for text in longest)
    return re.compile(rf"(?<![\w-])(?:{one})(?![\w-])") if longest else None


def _letters(found: re.Match[str]) -> str:
    # As long, and nothing that a number before or behind it could go on with.
    return "x" * len(found[0])


# Small things


def _specific(places: Iterable[str]) -> list[str]:
    """Places without "the file as a whole", where there is a better one."""
    found = list(dict.fromkeys(places))
    return [place for place in found if place != "the file as a whole"] or found


def _listed(places: Iterable[str], most: int = 4) -> str:
    found = _specific(places)
    return ", ".join(found[:most]) + (f" and {len(found) - most} more" if len(found) > most else "")
