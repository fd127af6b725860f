"""Answer files of review packs: read, checked and put together, in whatever order they come; opens nothing.

What readers write is theirs: no fault repeats it. Faults tell of files, places in them, and counts.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pkgutil import get_data
from typing import Any

from ..errors import Faults
from ..quick_imports import without_iri_grammar

FORMAT = "foran-review-answers"
SCHEMA_VERSION = 1
#: Bytes of a file of answers: thousands of long comments have room in it.
LARGEST = 5 * 1024 * 1024
#: What a reader can do with each kind of thing.
ACTS: Mapping[str, tuple[str, ...]] = {
    "element": ("agree", "doubt", "comment", "rename", "maturity"),
    "quote": ("agree", "doubt", "comment"),
    "edge": ("agree", "doubt", "comment"),
    "claim": ("agree", "doubt", "comment"),
    "measure": ("agree", "doubt", "comment"),
    "change": ("agree", "doubt", "comment"),
    "question": ("answer",),
    "pack": ("comment", "new_element"),
}
#: Kinds of things in the order in which a note tells of them.
KINDS = ("question", "claim", "element", "quote", "edge", "measure", "change", "pack")
REMOVED = "removed"
STANCES = ("agree", "doubt")
#: Acts whose text is an answer; of a maturity level the text is the reason.
WORDED = ("comment", "answer", "rename", "new_element")
#: Characters of a new name.
LONGEST_NAME = 200
#: Faults of one file that are told one by one.
_MOST_FAULTS = 12
#: What may be left of a word of JSON's where a file ends in the middle of it.
_BEGINNINGS = frozenset(word[:end] for word in ("null", "true", "false", "-") for end in range(len(word)))
_CUT_ESCAPE = re.compile(r"\\?u?[0-9a-fA-F]{0,3}")
#: Unassigned for ever, or set aside for signs that leave no trace.
_NEVER_SEEN = re.compile("[\u2065\ufdd0-\ufdef\ufff0-\ufff8\U000e0000-\U000e0fff]")
#: Fillers that Unicode calls letters or signs, and that no font draws.
_UNSEEN_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_VERSION_OF = re.compile(r"-[0-9a-f]{12}$")


@dataclass(frozen=True)
class About:
    """What an answer is about: a kind of thing and its id, and of a maturity level the municipality."""

    kind: str
    id: str
    case: str = ""

    @property
    def thing(self) -> str:
        """The thing, whatever the municipality.

        >>> About("element", "C0004", "TRD").thing
        'element:C0004'
        """
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True)
class Answer:
    """One answer as it stood when its reader saved; `value` is a maturity level, `act` "removed" where it was taken back."""

    id: str
    about: About
    act: str
    text: str = field(default="", repr=False)
    value: int | None = None
    revision: int = 1

    @property
    def is_removed(self) -> bool:
        """Whether the reader has taken it back."""
        return self.act == REMOVED

    @property
    def content(self) -> tuple[str, str, str, str, int]:
        """All that an answer says, for comparing and ordering."""
        return (self.about.thing, self.about.case, self.act, self.text, -1 if self.value is None else self.value)


@dataclass(frozen=True)
class AnswerFile:
    """A file of answers, understood. `sha256` is that of its bytes; `is_edited` says that they are not as the pack saved."""

    sha256: str
    pack: str
    milestone: str
    codebook_version: str
    reader: str
    role: str
    arena: str
    language: str
    saved: int
    answers: tuple[Answer, ...]
    is_edited: bool = False


@dataclass(frozen=True)
class Reader:
    """A reader of one pack, as her newest file tells: never a name."""

    pack: str
    id: str
    role: str
    arena: str
    language: str

    @property
    def code(self) -> str:
        """What the study calls the reader.

        >>> Reader("M5-workshop-0123456789ab", "r-abcdefghij234567klmn", "innkjop", "", "nb").code
        'LESER-ABCDEFGHIJ'
        """
        return f"LESER-{self.id[2:12].upper()}"


@dataclass(frozen=True)
class Said:
    """One answer of one reader, as it stands after all files.

    `key` is the answer's id; where files of the same revision say different things, or two readers' files have the same
    id, each has a key of its own.
    """

    reader: Reader
    answer: Answer
    key: str


@dataclass(frozen=True)
class Merged:
    """All files put together: readers and their answers, and the ids of answers that two files tell differently."""

    readers: tuple[Reader, ...] = ()
    said: tuple[Said, ...] = ()
    both: tuple[str, ...] = ()


def family(pack: str) -> str:
    """What all versions of a pack have in common: its milestone and audience.

    >>> family("M5-workshop-0123456789ab")
    'M5-workshop'
    """
    return _VERSION_OF.sub("", pack)


def canonical_json(value: object) -> str:
    r"""JSON as fingerprints are taken of: sorted keys, no blanks, letters as they are.

    >>> canonical_json({"b": "å", "a": [1, None]})
    '{"a":[1,null],"b":"å"}'
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def fingerprint(body: Mapping[str, Any]) -> str:
    """The `sha256` that a file of answers has: that of everything else in it.

    Raises
    ------
    ValueError
        For text that is half of a letter, and numbers that are none.
    """
    whole = {key: value for key, value in body.items() if key != "sha256"}
    return hashlib.sha256(canonical_json(whole).encode("utf-8")).hexdigest()


def tidied(text: str) -> str:
    r"""A text as answers hold it: NFC, line feeds, no control characters, no blanks around it; none if nothing is seen.

    >>> tidied(" A\u030a\r\nja\x00 "), tidied("\u200b\u00ad")
    ('Å\nja', '')
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = unicodedata.normalize("NFC", _CONTROL.sub("", text)).strip()
    return text if any(_is_seen(letter) for letter in text) else ""


def _is_seen(letter: str) -> bool:
    """Whether a letter leaves a trace on a page: a text of none that does is no text."""
    kind = unicodedata.category(letter)
    # What this Python does not know yet may be an emoji of a newer browser; what nobody will ever see is not.
    if kind == "Cn":
        return not _NEVER_SEEN.match(letter) and ord(letter) & 0xFFFE != 0xFFFE
    return kind[0] in "LNPS" and letter not in _UNSEEN_LETTERS


# Reading


@cache
def _schema() -> Any:
    with without_iri_grammar():
        from jsonschema import Draft202012Validator
    # The package's own file, the same wherever it runs.
    return Draft202012Validator(json.loads(get_data(__package__, "answers.schema.json") or b"{}"))


def read_answers(data: bytes, name: str, faults: Faults, *, accepts_edited: bool = False) -> AnswerFile | None:
    """A file of answers; None, with every fault, when it is none or is not whole.

    Parameters
    ----------
    data
        The bytes of the file.
    name
        What faults call the file.
    accepts_edited
        Take a file that was changed after the pack saved it, if it still has the shape of one.

    Returns
    -------
    AnswerFile
        With `is_edited` where its fingerprint does not fit.
    """
    if len(data) > LARGEST:
        faults.note("too-large", name, None, f"{len(data):,} bytes", f"no more than {LARGEST:,}",
                    "Check that it is a file that the pack has saved.")  # fmt: skip
        return None
    raw = _parsed(data, name, faults)
    if raw is None:
        return None
    if raw.get("format") != FORMAT:
        faults.note("not-answers", name, None, "JSON of another kind", f"format {FORMAT}",
                    "Give the file that “Lagre svarene som fil” in the pack has saved.")  # fmt: skip
        return None
    version = raw.get("schema_version")
    if isinstance(version, int) and version > SCHEMA_VERSION:
        faults.note("newer-schema", name, None, f"schema version {version}", f"{SCHEMA_VERSION} or lower",
                    "Install the newer foran_research that the pack was made with.")  # fmt: skip
        return None
    is_edited = raw.get("sha256") != _fingerprint_or_none(raw)
    if is_edited and not accepts_edited:
        faults.note("edited-answers", name, None, "a fingerprint that does not fit what the file holds",
                    "a file as the pack has saved it",
                    "Ask the reader for it again; --accept-edited takes it and writes down that it was edited.")  # fmt: skip
        return None
    before = len(faults)
    _check_shape(raw, name, faults)
    if len(faults) > before:
        return None
    # Words of signs that nobody sees are none, and no reason to leave the reader's other answers out.
    answers = tuple(
        _answer(one)
        for one in raw["answers"]
        if not (one["act"] in WORDED and one["text"].strip() and not tidied(one["text"]))
    )
    _check_acts(answers, name, faults)
    if len(faults) > before:
        return None
    return AnswerFile(
        hashlib.sha256(data).hexdigest(),
        raw["pack"],
        raw["milestone"],
        raw["codebook_version"],
        raw["reader"],
        raw["role"],
        raw["arena"],
        raw["language"],
        int(raw["saved"]),
        answers,
        is_edited,
    )


class _Twice(ValueError):
    """A key that stands twice in one object: nobody can know which was meant."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _Twice
    return made


def _no_number(_: str) -> Any:
    raise ValueError("no number of JSON's")


def _parsed(data: bytes, name: str, faults: Faults) -> dict[str, Any] | None:
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        is_cut = error.end >= len(data) and error.reason == "unexpected end of data"
        _note_cut(name, error.start, faults) if is_cut else faults.note(
            "not-utf8", name, None, f"bytes that are not UTF-8, from byte {error.start + 1}", "UTF-8",
            "Do not save the file in another program; ask the reader for it again.")  # fmt: skip
        return None
    try:
        raw = json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        # Where only the end is missing, nothing is wrong before the last character, or a text was never closed.
        rest = text[error.pos :].rstrip()
        is_cut = rest in _BEGINNINGS or error.msg.startswith("Unterminated string") or bool(_CUT_ESCAPE.fullmatch(rest))
        if is_cut and text.lstrip().startswith("{"):
            _note_cut(name, len(text.encode("utf-8")), faults)
        else:
            faults.note("not-json", name, error.lineno, f"no JSON from character {error.colno} on", "a file of answers",
                        "Give the file that “Lagre svarene som fil” in the pack has saved.")  # fmt: skip
        return None
    except (ValueError, RecursionError) as error:
        what = "a key that stands twice" if isinstance(error, _Twice) else "JSON that no pack writes"
        faults.note("not-json", name, None, what, "a file of answers",
                    "Give the file that “Lagre svarene som fil” in the pack has saved.")  # fmt: skip
        return None
    if not isinstance(raw, dict):
        faults.note("not-answers", name, None, "JSON of another kind", f"format {FORMAT}",
                    "Give the file that “Lagre svarene som fil” in the pack has saved.")  # fmt: skip
        return None
    return raw


def _note_cut(name: str, end: int, faults: Faults) -> None:
    faults.note("truncated", name, None, f"a file that ends in the middle, after byte {end:,}", "a whole file of answers",
                "It was cut on its way: ask the reader to save and send it again.")  # fmt: skip


def _fingerprint_or_none(raw: Mapping[str, Any]) -> str | None:
    try:
        return fingerprint(raw)
    except (ValueError, RecursionError):
        return None


def _longest() -> int:
    return int(_schema().schema["properties"]["answers"]["items"]["properties"]["text"]["maxLength"])


def _check_shape(raw: Mapping[str, Any], name: str, faults: Faults) -> None:
    answers = raw.get("answers")
    for number, one in enumerate(answers if isinstance(answers, list) else (), 1):
        text = one.get("text") if isinstance(one, dict) else None
        if isinstance(text, str) and len(text) > _longest():
            faults.note("answer-too-long", name, None, f"answer {number} has {len(text):,} letters",
                        f"no more than {_longest():,} in an answer",
                        "The pack saves no longer ones, so the file was written otherwise: ask the reader to put the text into "
                        "the pack in shorter pieces, or take it in as a document of its own (foran add).")  # fmt: skip
            if len(faults) >= _MOST_FAULTS:
                break
    errors = sorted(
        {
            ("/".join(map(str, error.absolute_path)) or "the file", str(error.validator))
            for error in _schema().iter_errors(raw)
            # Told above, with the remedy.
            if not (error.validator == "maxLength" and error.absolute_path[-1] == "text")
        }
    )  # fmt: skip
    for place, rule in errors[:_MOST_FAULTS]:
        # Keys that no file has may be anybody's words; places that the schema knows are not.
        faults.note("bad-answers", name, None, f"{place} against the rule “{rule}”", "as answers.schema.json says",
                    "Ask the reader for the file again.")  # fmt: skip
    if len(errors) > _MOST_FAULTS:
        faults.note("bad-answers", name, None, f"{len(errors) - _MOST_FAULTS} more places", "as answers.schema.json says",
                    "Ask the reader for the file again.")  # fmt: skip
    if not errors and any(_is_broken(text) for text in _texts(raw)):
        faults.note(
            "bad-answers", name, None, "halves of letters", "whole letters", "Ask the reader for the file again."
        )


def _texts(raw: Mapping[str, Any]) -> Iterable[str]:
    yield from (raw["role"], raw["arena"])
    for one in raw["answers"]:
        yield from (one["text"], one["about"]["id"], one["about"].get("case", ""))


def _is_broken(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def _answer(raw: Mapping[str, Any]) -> Answer:
    about = About(raw["about"]["kind"], raw["about"]["id"], raw["about"].get("case", ""))
    return Answer(raw["id"], about, raw["act"], tidied(raw["text"]), raw["value"], int(raw["revision"]))


def _check_acts(answers: Sequence[Answer], name: str, faults: Faults) -> None:
    ids: set[str] = set()
    for number, one in enumerate(answers, 1):
        wrong = _wrong_in(one) or ("an id that stands twice" if one.id in ids else "")
        ids.add(one.id)
        if wrong:
            faults.note("bad-answers", name, None, f"answer {number}: {wrong}", "an answer that the pack can save",
                        "Ask the reader for the file again.")  # fmt: skip


def _wrong_in(one: Answer) -> str:
    """What no pack would save, or ""."""
    if one.is_removed:
        return "words or a level in an answer that was taken back" if one.text or one.value is not None else ""
    if one.act not in ACTS[one.about.kind]:
        return f"“{one.act}” on a thing of kind {one.about.kind}"
    if (one.act == "maturity") != (one.value is not None):
        return "a level is missing" if one.act == "maturity" else "a level where there is none"
    if (one.act == "maturity") != bool(one.about.case):
        return "a municipality is missing" if one.act == "maturity" else "a municipality where there is none"
    if one.act in STANCES and one.text:
        return "words where there are none"
    if one.act in WORDED and not one.text:
        return "no words"
    return "a name that is too long" if one.act == "rename" and len(one.text) > LONGEST_NAME else ""


# Putting together


def merge(received: Iterable[AnswerFile]) -> Merged:
    """All files as one: by reader and answer the highest revision; what two files tell differently is kept twice.

    The order of the files, and whether one is there twice, makes no difference.

    Parameters
    ----------
    received
        Files of any packs and readers.

    Returns
    -------
    Merged
        Readers by pack and id; answers by reader, thing, act and key, those taken back left out.
    """
    by_bytes = {one.sha256: one for one in received}
    newest: dict[tuple[str, str], AnswerFile] = {}
    found: dict[tuple[str, str, str], dict[tuple[Any, ...], Answer]] = {}
    for file in sorted(by_bytes.values(), key=lambda one: (one.saved, one.sha256)):
        newest[file.pack, file.reader] = file
        for one in file.answers:
            found.setdefault((file.pack, file.reader, one.id), {})[one.revision, one.content] = one
    readers = {
        key: Reader(file.pack, file.reader, file.role, file.arena, file.language)
        for key, file in sorted(newest.items())
    }
    said: list[Said] = []
    both: list[str] = []
    # Ids are drawn at random: only a file that somebody has made of another's bears the same, and both are kept.
    times = Counter(id_ for _, _, id_ in found)
    for (pack, reader, id_), versions in sorted(found.items()):
        highest = max(revision for revision, _ in versions)
        standing = [one for (revision, _), one in sorted(versions.items()) if revision == highest]
        # A thing taken back in one file and kept in another of the same revision is kept.
        kept = [one for one in standing if not one.is_removed]
        own = id_ if times[id_] == 1 else f"{id_}.{_short((pack, reader))}"
        if len(kept) > 1 or own != id_:
            both.append(id_)
        for one in kept:
            key = own if len(kept) == 1 else f"{own}.{_short(one.content)}"
            said.append(Said(readers[pack, reader], one, key))
    said.sort(key=lambda one: (one.reader.pack, one.reader.id, one.answer.content, one.key))
    return Merged(tuple(readers.values()), tuple(said), tuple(dict.fromkeys(both)))


def _short(value: object) -> str:
    return hashlib.sha256(canonical_json(value).encode("utf-8")).hexdigest()[:8]


# What a pack holds


def things_in(pack: Mapping[str, Any]) -> dict[str, str]:
    """Every thing of a pack that can be answered about, with a fingerprint of what is said of it.

    Counts are left out: a thing is the same one while it says the same. An edge is the same while both packs have it.

    Parameters
    ----------
    pack
        As ``pack.schema.json`` says.

    Returns
    -------
    dict
        ``kind:id`` → 64 hexadecimal digits.
    """
    found: dict[str, object] = {f"pack:{pack['id']}": ""}
    for one in pack["elements"]:
        found[f"element:{one['id']}"] = [one["label"], one["definition"], one["parent"]]
    for one in pack["quotes"]:
        found[f"quote:{one['id']}"] = [one["words"], one["elements"]]
    for network in pack["networks"]:
        for edge in network["edges"]:
            found[f"edge:{network['id']}/{edge['id']}"] = ""
    for one in pack["claims"]:
        found[f"claim:{one['id']}"] = [one["text"], one["elements"]]
    for one in pack["measures"]:
        found[f"measure:{one['id']}"] = [one["title"], one["element"], [step["text"] for step in one["steps"]]]
    for one in pack["changes"]:
        found[f"change:{one['id']}"] = [one["what"], one["why"]]
    for one in pack["questions"]:
        found[f"question:{one['id']}"] = one["text"]
    return {key: hashlib.sha256(canonical_json(value).encode("utf-8")).hexdigest() for key, value in found.items()}


def codes_of(about: About, pack: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The codes that a thing is about, as its pack tells.

    >>> codes_of(About("edge", "TRD/C0001~C0004"), None)
    ('C0001', 'C0004')
    """
    if about.kind == "element":
        return (about.id,)
    if about.kind == "edge":
        return tuple(about.id.rpartition("/")[2].split("~"))
    if pack is None or about.kind not in ("quote", "claim", "measure", "change", "question"):
        return ()
    one = next((thing for thing in pack[f"{about.kind}s"] if thing["id"] == about.id), None)
    if one is None:
        return ()
    if about.kind == "measure":
        return (one["element"],)
    if about.kind == "question":
        asked = one["about"]
        return codes_of(About(asked["kind"], asked["id"]), pack) if asked else ()
    return tuple(one["elements"])


#: Kinds of things in bokmål and English, where nothing else tells what a thing is.
_KINDS = {
    "element": ("element", "element"),
    "quote": ("sitat", "quote"),
    "edge": ("forbindelse", "edge"),
    "claim": ("påstand", "claim"),
    "measure": ("tiltak", "measure"),
    "change": ("endring", "change"),
    "question": ("spørsmål", "question"),
    "pack": ("pakke", "pack"),
}
#: Kinds of things that a question can be about and that its heading names.
_ASKED = ("element", "quote", "edge", "claim", "measure", "change")


def title_of(about: About, pack: Mapping[str, Any] | None, language: str) -> str:
    """What people call a thing; of a passage its elements and id, since its words are another's.

    A question is told with what it is about. Without a pack, kind and id.

    >>> title_of(About("claim", "promoting.TRD.C0001"), None, "nb")
    'påstand promoting.TRD.C0001'
    """
    say = 0 if language == "nb" else 1
    plain = f"{_KINDS[about.kind][say]} {about.id}"
    if pack is None:
        return plain
    if about.kind == "pack":
        return _told(pack["milestone"]["title"], language)
    labels = {one["id"]: f"{one['display']} {_told(one['label'], language)}" for one in pack["elements"]}
    if about.kind == "element":
        return labels.get(about.id, plain)
    if about.kind == "quote":
        quoted = next((thing for thing in pack["quotes"] if thing["id"] == about.id), None)
        elements = ", ".join(labels.get(code, code) for code in quoted["elements"]) if quoted is not None else ""
        return f"{('Sitat om', 'Quote about')[say]} {elements} ({about.id})" if elements else plain
    if about.kind == "edge":
        case, _, edge = about.id.rpartition("/")
        return f"{case}: {' – '.join(labels.get(code, code) for code in edge.split('~'))}"
    field = {"claim": "text", "measure": "title", "change": "what", "question": "text"}[about.kind]
    one = next((thing for thing in pack[f"{about.kind}s"] if thing["id"] == about.id), None)
    if one is None:
        return plain
    asked = one["about"] if about.kind == "question" else None
    # A question about the whole is about nothing in particular.
    target = title_of(About(asked["kind"], asked["id"]), pack, language) if asked and asked["kind"] in _ASKED else ""
    return f"{_told(one[field], language)} ({target})" if target else _told(one[field], language)


def _told(text: Mapping[str, str], language: str) -> str:
    return " ".join((text.get(language) or text["nb"]).split())


def without_readers(merged: Merged, gone: Iterable[str]) -> Merged:
    """What is left when readers (by their codes) have withdrawn."""
    out = frozenset(gone)
    return replace(
        merged,
        readers=tuple(one for one in merged.readers if one.code not in out),
        said=tuple(one for one in merged.said if one.reader.code not in out),
    )
