"""Whether a file that leaves the study holds what its readers may not see: the last look at a pack, at its very bytes.

What made the file is not asked, and nothing in it is taken on trust: the words that may stand in it come from the
register of clearances, and everything else that somebody has said in the study may not, wherever in the file it stands.
Faults are told by document and turn or by place in the file, never by what stands there.
"""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
import unicodedata
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from ..corpus.identifiers import find_identifiers
from ..corpus.scan import Needles, compiled, scan_data
from ..errors import ForanError
from .content_counts import Limits

if TYPE_CHECKING:
    from ..corpus.transcript import Transcript
    from ..study import Study

#: So many words in a row are told of as repeated: fewer are how people speak.
RUN = 6
#: What is found, and what to do about it.
REMEDIES: Mapping[str, str] = {
    "transcript": "take the words out of that text, or clear the passage for these readers (foran quote)",
    "identifier": "take the number or address out of that text",
    "name": "put the pseudonym in its place",
    "pseudonym": "take it out: this participant has not consented to be told of by pseudonym before these readers",
    "hidden_document": "take it out: the document may not be shown",
    "coder": "take it out: coders are not told of in public",
    "small_number": "hold the number back (null): it stands for too few",
    "link": "take the address out: a pack opens without a network, and fetches nothing",
    "path": "take the path out: it tells of a machine",
    "machine": "take it out: it is the name of a user or a machine",
    "metadata": "leave it empty",
    "unreadable": "make the file anew: what cannot be read cannot be checked",
}
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
#: What a page may say of itself; the rest tells of whoever made it.
_META = frozenset(
    {"", "viewport", "referrer", "robots", "description", "color-scheme", "theme-color", "format-detection"}
)
_PDF_META = frozenset({"Title", "Creator", "Producer", "CreationDate", "ModDate", "Trapped"})
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
_OUTSIDE = re.compile(r"^\s*(?://|/|\\)")
_STYLE_URL = re.compile(r"(?i)url\(\s*['\"]?(?!data:|#|\s*\))|@import\b")
_FETCHING = frozenset(
    {"href", "src", "srcset", "action", "formaction", "data", "poster", "cite", "background", "ping", "xlink:href"}
)
_MARKUP = re.compile(r"<[^<>]{0,20000}>")
_BLOB = re.compile(r"[A-Za-z0-9+/_-]{40,}={0,2}")
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\"'\\/bfnrt0]))")
_STYLE_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_WORD = re.compile(r"[^\W_]+")
_PRODUCER = re.compile(r"[\w .,()/;:+-]{0,120}")


@dataclass(frozen=True, order=True)
class Leak:
    """One thing that may not leave the study.

    `kind` is one of ``REMEDIES``, `what` says what it is without repeating it, `where` the place in the file.
    """

    kind: str
    what: str
    where: str

    def __str__(self) -> str:
        return f"{self.what} – {self.where}; {REMEDIES[self.kind]}"


class LeakError(ForanError):
    """A file was not written since it holds what its readers may not see.

    Attributes
    ----------
    leaks
        Everything that was found, in order.
    """

    def __init__(self, name: str, leaks: Sequence[Leak]) -> None:
        self.leaks = tuple(leaks)
        head = f"{name}: {len(self.leaks)} thing{'' if len(self.leaks) == 1 else 's'} that these readers may not see"
        super().__init__("\n".join([f"{head}; nothing was written", *(f"- {leak}" for leak in self.leaks)]))


def words_in(text: str) -> list[str]:
    r"""The words of a text as they are compared: without case, marks, invisible characters and forms of writing.

    Examples
    --------
    >>> words_in("A\u030apent, «SAM\u00adARBEID»  _nå_ 😀")
    ['åpent', 'samarbeid', 'nå']
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = "".join(c for c in text if c.isalnum() or unicodedata.category(c) not in ("Cf", "Mn"))
    return _WORD.findall(text.casefold())


@dataclass(frozen=True)
class Piece:
    """A stretch of a file as a reader or a program would take it: `where` it stands, and whether people are meant to read it."""

    where: str
    text: str
    is_free: bool = True


@dataclass(frozen=True, repr=False)
class _Source:
    document: str
    transcript: Transcript
    words: tuple[str, ...]

    def turn_at(self, place: int) -> str:
        """The turn in which the word stands that comes after so many others."""
        number = ""
        for turn in self.transcript.turns:
            if len(words_in(self.transcript.text[: turn.span.start])) > place:
                break
            number = str(turn.number)
        return f"turn {number}" if number else "before the first turn"


@dataclass(frozen=True, repr=False)
class Guard:
    """What may not leave a study for an audience, made ready for checking one file after the other; see :meth:`of`."""

    audience: str
    sources: tuple[_Source, ...]
    cleared: Mapping[str, str]
    pseudonyms: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    coders: tuple[str, ...] = ()
    displays: frozenset[str] = frozenset()
    needles: Needles | None = None
    machine: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    own_words: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)

    def __repr__(self) -> str:
        return f"<Guard for {self.audience}: {len(self.sources)} texts, {len(self.cleared)} cleared passages>"

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
        from ..clearing import cleared_for
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
        texts = [(name, one) for name, one in today.transcripts.items()]
        texts += [(name, one) for (name, _), one in sorted(today.former_texts.items(), key=lambda pair: pair[0])]
        return cls(
            audience=audience,
            sources=tuple(_Source(str(name), one, tuple(words_in(one.text))) for name, one in texts),
            cleared=cleared,
            pseudonyms=tuple(sorted({str(name) for name in people.index} - may_be_told)),
            hidden=tuple(sorted({*today.hidden(documents), *withdrawn})),
            coders=tuple(sorted({*today.coders, *today.settings.model_coders})) if audience == "public" else (),
            displays=frozenset(code.display for book in today.lineage.codebooks for code in book.codes),
            needles=compiled(names) if names else None,
            machine=tuple(sorted({one for one in machine if len(one) > 2 and one.casefold() not in _EVERYBODY})),
            paths=(today.path.as_posix(), str(today.path)),
            own=tuple(
                sorted(
                    {script_text(True), script_text(False), style_text(), data_text(WORDS), *own},
                    key=lambda text: (-len(text), text),
                )
            ),
            own_words=tuple(text for some in (*WORDS.values(), *SAID.values()) for text in some),
            limits=limits or Limits(),
        )

    def check(self, data: bytes, *, name: str = "", shown: Collection[str] | None = None) -> tuple[Leak, ...]:
        """Everything in a file that its readers may not see.

        Parameters
        ----------
        data
            The file: HTML, JSON or other text in UTF-8, or a PDF.
        name
            What the file is called where a leak is told of.
        shown
            The passages whose words may stand in it, of those that are cleared; all of these without.

        Returns
        -------
        tuple
            Ordered, and the same for the same file and study; empty for one that may go out.
        """
        leaks: list[Leak] = []
        is_paper = data.startswith(b"%PDF")
        if is_paper:
            pieces = _pieces_of_pdf(data, leaks)
            rest = "\n".join(piece.text for piece in pieces)
        else:
            rest = _decoded(data, leaks)
            for own in self.own:
                rest = rest.replace(own, " ")
            # A place in the pack says more than one in the page that was made of it.
            pieces = sorted(_pieces(rest, leaks), key=lambda piece: not piece.where.startswith(PACK))
        whole = _forms(rest)
        leaks += self._repeated(pieces, whole, shown)
        leaks += self._identifiers(pieces, is_paper=is_paper)
        leaks += self._told(pieces, whole)
        leaks += _addresses(pieces, whole, self.paths)
        leaks += self._names(data if is_paper else rest.encode("utf-8", "replace"))
        leaks += [leak for piece in pieces if piece.where == PACK for leak in small_numbers(piece.text, self.limits)]
        return tuple(
            sorted({leak if not name else Leak(leak.kind, leak.what, f"{name}: {leak.where}") for leak in leaks})
        )

    # ---- words

    def _repeated(self, pieces: Sequence[Piece], whole: Sequence[str], shown: Collection[str] | None) -> list[Leak]:
        """Runs of words of any transcript, but those of passages that may be shown."""
        places = [(piece.where, piece.text) for piece in pieces if piece.where != PACK]
        places += [("the file as a whole", text) for text in whole]
        ids: dict[str, int] = {}
        runs: dict[tuple[int, ...], int] = {}
        for place, (_, text) in enumerate(places):
            for run in _runs([ids.setdefault(word, len(ids)) for word in words_in(text)]):
                runs.setdefault(run, place)
        allowed = [words for one, words in self.cleared.items() if shown is None or one in shown]
        for text in (*allowed, *self.own_words):
            for run in _runs([ids.get(word, -1) for word in words_in(text)]):
                runs.pop(run, None)
        if not runs:
            return []
        found: dict[tuple[str, str], tuple[int, list[str]]] = {}
        for source in self.sources:
            codes = [ids.get(word, -1) for word in source.words]
            hits = [at for at, run in enumerate(_runs(codes)) if run in runs]
            for first, last in _stretches(hits):
                key = (source.document, source.turn_at(first))
                where = [places[runs[tuple(codes[at : at + RUN])]][0] for at in range(first, last + 1)]
                most, known = found.get(key, (0, []))
                found[key] = max(most, last - first + RUN), list(dict.fromkeys([*known, *where]))
        return [
            Leak("transcript", f"{most} words in a row of {document}, {turn}", _listed(where))
            for (document, turn), (most, where) in found.items()
        ]

    # ---- people

    def _identifiers(self, pieces: Iterable[Piece], *, is_paper: bool) -> Iterator[Leak]:
        done: set[str] = set()
        for piece in pieces:
            if not piece.is_free or piece.text in done:
                continue
            done.add(piece.text)
            # Addresses of files and of the network are looked for in every piece, free or not.
            for hit in find_identifiers(piece.text):
                is_stopping = hit.certainty in _STOPPING.get(hit.kind, ())
                if is_stopping and (not is_paper or (hit.kind in _STOPPING_ON_PAPER and hit.certainty == "certain")):
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
        places = [(piece.where, piece.text) for piece in pieces if piece.is_free and piece.where != PACK]
        places += [("the file as a whole", text) for text in whole]
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
        if self.coders:
            # Also a coder whose id is a code's: as part of a segment's id it cannot be that.
            pattern = re.compile(rf"(?<=\.)({'|'.join(map(re.escape, self.coders))})(?=\.s[0-9])")
            by_coder: dict[str, list[str]] = {}
            for where, text in places:
                for name in set(pattern.findall(text)):
                    by_coder.setdefault(name, []).append(where)
            for name, seen in by_coder.items():
                yield Leak("coder", f"ids of segments that name the coder {name}", _listed(_specific(seen)))

    def _names(self, data: bytes) -> Iterator[Leak]:
        if self.needles is None:
            return
        for leak in scan_data("the file", data, self.needles):
            yield Leak("name", f"a name that the key has for {leak.pseudonym}", "the file as a whole")


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

#: Where the pack itself is told of, as a whole.
PACK = "pack"


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
            if reason != "small_cell":
                look(count, persons, f"{at}.left_out.{reason}")
    for network in pack.get("networks", ()):
        for edge in network.get("edges", ()):
            look(edge.get("count"), persons, f"networks[{network['id']}].edges[{edge['id']}].count")
    for number, row in enumerate(pack.get("left_out", ())):
        if row.get("reason") != "small_cell":
            look(row.get("count"), persons, f"left_out[{number}].count")
    return found


# What a file is made of

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


class _Page(HTMLParser):
    """The pieces of a page: texts between tags, attributes, comments, scripts and style sheets."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Piece] = []
        self.leaks: list[Leak] = []
        self.open: list[tuple[str, str]] = []
        self.texts: list[str] = []

    def flush(self) -> None:
        """Put the texts read so far together as one piece: tags within a sentence do not part it."""
        if text := "".join(self.texts).strip():
            self.pieces.append(Piece("the text outside scripts", text))
        self.texts = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in _INLINE:
            self.flush()
        if tag in ("script", "style", "title"):
            self.open.append((tag, given.get("id", "") if given.get("type") == "application/json" else ""))
        if tag == "meta":
            name = given.get("name", "").lower()
            if name not in _META or (not name and {*given} - {"charset", "http-equiv", "content"}):
                self.leaks.append(Leak("metadata", "a field that tells how the file was made", "<meta>"))
            if given.get("http-equiv", "").lower() == "content-security-policy":
                return
        for name, value in given.items():
            if value:
                self.pieces.append(
                    Piece(f"the attribute {name} of <{tag}>", value, is_free=name not in ("id", "class", "d"))
                )
            if name in _FETCHING and _OUTSIDE.match(value):
                self.leaks.append(Leak("path", "an address outside the file", f"the attribute {name} of <{tag}>"))
            if name == "style" and _STYLE_URL.search(value):
                self.leaks.append(Leak("link", "a picture that would be fetched", f"the attribute style of <{tag}>"))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INLINE:
            self.flush()
        if self.open and self.open[-1][0] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        tag, name = self.open[-1] if self.open else ("", "")
        if tag == "script" and name:
            self.pieces += _pieces_of_json(name, data, self.leaks)
        elif tag == "script":
            self.pieces.append(Piece("a script", data, is_free=False))
        elif tag == "style":
            if _STYLE_URL.search(data):
                self.leaks.append(Leak("link", "something that would be fetched", "a style sheet"))
            plain = _STYLE_ESCAPE.sub(lambda found: _letter(found[1]), data)
            self.pieces.append(Piece("a style sheet", plain, is_free=False))
        elif tag == "title":
            self.pieces.append(Piece("the title", data))
        else:
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.pieces.append(Piece("a comment", data))

    def handle_decl(self, decl: str) -> None:
        if decl.strip().lower() != "doctype html":
            self.pieces.append(Piece("the declaration", decl))

    def handle_pi(self, data: str) -> None:
        self.pieces.append(Piece("an instruction", data))

    def unknown_decl(self, data: str) -> None:
        self.pieces.append(Piece("a declaration", data))


_INLINE = frozenset("a abbr b bdi bdo cite code em i kbd mark q s small span strong sub sup u var wbr".split())


def _decoded(data: bytes, leaks: list[Leak]) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        leaks.append(Leak("unreadable", "bytes that are not UTF-8", "the file as a whole"))
        return data.decode("utf-8", "replace")


def _pieces(text: str, leaks: list[Leak]) -> list[Piece]:
    begin = text.lstrip()
    if begin[:1] in "{[":
        return _pieces_of_json("json", text, leaks)
    if not begin.startswith("<"):
        return [Piece("the text", text)]
    page = _Page()
    page.feed(text)
    page.close()
    page.flush()
    leaks += page.leaks
    return page.pieces


def _pieces_of_json(name: str, text: str, leaks: list[Leak]) -> list[Piece]:
    if not text.strip():
        return []
    try:
        value = json.loads(text)
    except ValueError:
        leaks.append(Leak("unreadable", "data that is not JSON", f"the script {name}"))
        return [Piece(f"the script {name}", text)]
    is_pack = isinstance(value, dict) and value.get("format") == "foran-review-pack"
    return [*([Piece(PACK, text, is_free=False)] if is_pack else []), *_strings(value, PACK if is_pack else name)]


def _strings(value: Any, where: str) -> Iterator[Piece]:
    """Every text of a JSON value, names of its fields as well."""
    if isinstance(value, str):
        if value:
            yield Piece(where, value)
    elif isinstance(value, Mapping):
        for key, own in value.items():
            yield Piece(f"{where}, a name of a field", str(key))
            yield from _strings(own, f"{where}.{key}" if key.isidentifier() and len(key) < 25 else f"{where}.…")
    elif isinstance(value, list):
        for place, own in enumerate(value):
            yield from _strings(own, f"{where}[{place}]")
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) >= 1_000_000:
        # A number of many digits may be a telephone's.
        yield Piece(where, str(value))


def _pieces_of_pdf(data: bytes, leaks: list[Leak]) -> list[Piece]:
    import pypdfium2

    pieces: list[Piece] = []
    try:
        document = pypdfium2.PdfDocument(data)
        try:
            for key, value in document.get_metadata_dict().items():
                if value and key not in _PDF_META:
                    leaks.append(Leak("metadata", "a field that tells how the file was made", f"{key} of the PDF"))
                if key in ("Creator", "Producer") and not _PRODUCER.fullmatch(value):
                    leaks.append(Leak("metadata", "a program's name of an unknown form", f"{key} of the PDF"))
                if value:
                    pieces.append(Piece(f"{key} of the PDF", value))
            if document.count_attachments():
                leaks.append(Leak("metadata", "a file within the file", "the PDF"))
            for number in range(len(document)):
                page = document[number]
                pieces.append(Piece(f"page {number + 1}", page.get_textpage().get_text_range()))
            # What a table of contents says is no page's text.
            pieces += [Piece("the contents of the PDF", one.get_title()) for one in document.get_toc()]
        finally:
            document.close()
    except Exception:  # the library raises its own kinds for damaged and encrypted files
        leaks.append(Leak("unreadable", "a PDF that cannot be read", "the file as a whole"))
    # Addresses, and texts that are read aloud, stand beside the pages.
    pieces.append(Piece("the PDF beside its pages", "\n".join(_pdf_texts(data)), is_free=False))
    return pieces


def _pdf_texts(data: bytes) -> Iterator[str]:
    """The strings of a PDF's objects, those in packed streams as well, but what is drawn on pages."""
    bodies = [re.sub(rb"(?s)stream\r?\n.*?endstream", b" ", data)]
    for found in re.finditer(
        rb"(?s)<<((?:[^<>]|<(?!<)|>(?!>)|<<(?:[^<>]|<(?!<)|>(?!>))*>>)*)>>\s*stream\r?\n(.*?)endstream", data
    ):
        if b"/ObjStm" in found[1] or b"/Metadata" in found[1]:
            bodies.append(_inflated(found[2]) or found[2])
    for body in bodies:
        for string in re.finditer(rb"\(((?:[^()\\]|\\.)*)\)|<([0-9A-Fa-f\s]{4,})>", body, re.DOTALL):
            if string[1] is not None:
                raw = re.sub(
                    rb"\\([0-7]{3}|.)",
                    lambda one: bytes([int(one[1], 8) & 255]) if len(one[1]) == 3 else one[1],
                    string[1],
                    flags=re.DOTALL,
                )
            else:
                digits = re.sub(rb"\s", b"", string[2])
                raw = bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))
            yield raw[2:].decode("utf-16-be", "replace") if raw.startswith(b"\xfe\xff") else raw.decode("latin-1")
        yield from (
            part.decode("utf-8", "replace") for part in re.findall(rb"<x:xmpmeta.*?</x:xmpmeta>", body, re.DOTALL)
        )


# Forms of a text


def _forms(text: str) -> list[str]:
    """The whole text as a person or a program might read it: unescaped, without markup, and what is packed in it."""
    loose = text
    if "\\" in loose:
        loose = _ESCAPE.sub(_unescaped, loose)
    if "&" in loose:
        # Twice: HTML within HTML is escaped twice.
        loose = html.unescape(html.unescape(loose))
    if "%" in loose:
        loose = _PERCENT.sub(lambda run: binascii.unhexlify(run[0].replace("%", "")).decode("utf-8", "replace"), loose)
    # Tags can stand within a word and between two.
    bare = [_MARKUP.sub(gap, loose) for gap in ("", " ")] if "<" in loose else []
    return list(dict.fromkeys([loose, *bare, *_unpacked(text)]))


def _unescaped(found: re.Match[str]) -> str:
    if found[4]:
        return found[4] if found[4] in "\"'\\/" else " "
    return _letter(found[1] or found[2] or found[3])


def _letter(digits: str) -> str:
    code = int(digits, 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else " "


def _unpacked(text: str) -> Iterator[str]:
    """Texts that stand in a text as base64, packed or not: in data addresses and elsewhere."""
    for run in _BLOB.findall(text):
        letters = run.rstrip("=").replace("-", "+").replace("_", "/")
        try:
            data = base64.b64decode(letters + "=" * (-len(letters) % 4))
        except binascii.Error:
            continue
        yield from _texts_of(data)


def _texts_of(data: bytes) -> Iterator[str]:
    from ..corpus.scan import png_texts

    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        yield from png_texts(data)
        return
    for one in (data, _inflated(data)):
        for coding in ("utf-8", "utf-16"):
            try:
                text = one.decode(coding)
            except UnicodeDecodeError:
                continue
            if text and sum(c.isalpha() or c.isspace() for c in text) > 0.6 * len(text):
                yield text
                break


def _inflated(data: bytes) -> bytes:
    for form in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        try:
            return zlib.decompressobj(form).decompress(data.strip(b"\r\n"), 64 * 1024 * 1024)
        except zlib.error:
            continue
    return b""


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


# Small things


def _runs(codes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    return zip(*(codes[start:] for start in range(RUN)), strict=False)


def _stretches(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Runs of places one after the other, as the first and the last of each."""
    first = 0
    for place in range(1, len(places) + 1):
        if place == len(places) or places[place] != places[place - 1] + 1:
            yield places[first], places[place - 1]
            first = place


def _specific(places: Iterable[str]) -> list[str]:
    """Places without "the file as a whole", where there is a better one."""
    found = list(dict.fromkeys(places))
    return [place for place in found if place != "the file as a whole"] or found


def _listed(places: Iterable[str], most: int = 4) -> str:
    found = _specific(places)
    return ", ".join(found[:most]) + (f" and {len(found) - most} more" if len(found) > most else "")
