"""RO-Crate metadata of a run (RO-Crate 1.2 or 1.1, Process Run Crate 0.5), and crates as zip files.

Only this module speaks the words of these formats. The same value gives the same bytes; no clock is read, and agents are
roles, never persons.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..errors import ForanError, UnknownName
from ..fixed_zip import ZIP_TIME

#: The file that makes a folder a crate.
CRATE_FILE = "ro-crate-metadata.json"
#: Of each version that can be written: what the metadata file conforms to, and its context.
SPECIFICATIONS = {
    "1.2": ("https://w3id.org/ro/crate/1.2", "https://w3id.org/ro/crate/1.2/context"),
    "1.1": ("https://w3id.org/ro/crate/1.1", "https://w3id.org/ro/crate/1.1/context"),
}
PROCESS_RUN = "https://w3id.org/ro/wfrun/process/0.5"
#: What the context of 1.1 does not know yet.
_MORE_TERMS = {"1.1": {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}}
_MEDIA = {
    "csv": "text/csv", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "gexf": "application/xml", "graphml": "application/xml", "html": "text/html", "ipynb": "application/x-ipynb+json",
    "json": "application/json", "jsonl": "application/jsonl", "md": "text/markdown", "png": "image/png",
    "svg": "image/svg+xml", "toml": "application/toml", "txt": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "yaml": "application/yaml",
}  # fmt: skip
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?")
_HASH = re.compile(r"[0-9a-f]{64}")

Entity = dict[str, Any]


@dataclass(frozen=True)
class CrateFile:
    """A file of the crate: its path from the crate's folder (with /), its SHA-256, its size in bytes, and what it is."""

    path: str
    sha256: str
    size: int
    description: str
    access: str = ""

    @property
    def id(self) -> str:
        """Its address in the crate."""
        return quote(self.path)


@dataclass(frozen=True)
class Known:
    """Something outside the crate that is known by its hash: an input that stays in the study's folder."""

    name: str
    sha256: str
    description: str = ""

    @property
    def id(self) -> str:
        """Its address in the crate's metadata."""
        return "#input/" + quote(self.name)


@dataclass(frozen=True)
class Fact:
    """A parameter or another fact of a run: its name and its value as text."""

    name: str
    value: str

    @property
    def id(self) -> str:
        """Its address in the crate's metadata."""
        return "#fact/" + quote(self.name)


@dataclass(frozen=True)
class Software:
    """A program: its name, its version, and an address that says which program is meant."""

    name: str
    version: str
    url: str

    @property
    def id(self) -> str:
        """Its address in the crate's metadata."""
        return "#software/" + quote(self.name)


@dataclass(frozen=True)
class Action:
    """Something that was run: its instrument (the name of a software), what went in and what came out, by id.

    `started` and `ended` are UTC seconds, or "" where they are not known.
    """

    id: str
    name: str
    description: str
    instrument: str
    objects: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    started: str = ""
    ended: str = ""


@dataclass(frozen=True)
class Crate:
    """All that the metadata of a crate tells.

    Parameters
    ----------
    name, description
        For people.
    date_published
        An ISO day, or second with its zone.
    licence
        The address of a licence; "" where none has been given.
    access
        Who may have it, and on what condition: another question than the licence.
    publisher
        What stands behind it: the study's title.
    agent
        The role of who ran it, no name.
    files
        Every file of the crate but the metadata itself.
    """

    name: str
    description: str
    date_published: str
    licence: str
    access: str
    publisher: str
    agent: str
    files: tuple[CrateFile, ...]
    actions: tuple[Action, ...] = ()
    software: tuple[Software, ...] = ()
    inputs: tuple[Known, ...] = ()
    facts: tuple[Fact, ...] = ()
    keywords: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("nb", "en")


@dataclass(frozen=True)
class Packed:
    """Files by their path (with /), and what was left out of them, each with why."""

    files: Mapping[str, bytes]
    left_out: tuple[tuple[str, str], ...] = ()


def metadata(crate: Crate, version: str = "1.2") -> str:
    """The text of ``ro-crate-metadata.json``.

    Raises
    ------
    UnknownName
        For a version of the specification that cannot be written.
    ForanError
        When something in the crate breaks a rule of the format: a date that is none, a path that leads out of it, a hash
        that is none, an action whose parts are not in the crate.

    Examples
    --------
    >>> made = Crate("Navn", "Om", "2024-05-31", "", "begrenset", "Studie", "forsker", ())
    >>> json.loads(metadata(made))["@graph"][0]["conformsTo"]
    {'@id': 'https://w3id.org/ro/crate/1.2'}
    """
    if version not in SPECIFICATIONS:
        raise UnknownName("version of RO-Crate", version, SPECIFICATIONS)
    _check(crate)
    conforms, context = SPECIFICATIONS[version]
    licence = crate.licence or "#no-licence"
    descriptor: Entity = {
        "@id": CRATE_FILE,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": conforms},
    }
    root: Entity = {
        "@id": "./",
        "@type": "Dataset",
        "name": crate.name,
        "description": crate.description,
        "datePublished": crate.date_published,
        "license": {"@id": licence},
        "conditionsOfAccess": crate.access,
        "publisher": {"@id": "#publisher"},
        "author": {"@id": "#agent"},
        "conformsTo": {"@id": PROCESS_RUN},
        "inLanguage": list(crate.languages),
        **({"keywords": list(crate.keywords)} if crate.keywords else {}),
        "hasPart": _ids(file.id for file in crate.files),
        **_refs("mentions", (action.id for action in crate.actions)),
    }
    entities: list[Entity] = [
        # A profile is also a work with a name; RO-Crate 1.2 demands both types.
        {
            "@id": PROCESS_RUN,
            "@type": ["CreativeWork", "Profile"] if version != "1.1" else "CreativeWork",
            "name": "Process Run Crate",
            "version": "0.5",
        },
        {
            "@id": licence,
            "@type": "CreativeWork",
            "name": "Licence" if crate.licence else "No licence has been given",
            "description": (
                f"The licence at {crate.licence}"
                if crate.licence
                else "Nobody may use this further without asking the project."
            ),
        },
        {"@id": "#publisher", "@type": "Organization", "name": crate.publisher},
        {"@id": "#agent", "@type": "Person", "name": crate.agent, "description": "A role, not a name."},
        *(_file(file) for file in crate.files),
        *(_known(one) for one in crate.inputs),
        *({"@id": fact.id, "@type": "PropertyValue", "name": fact.name, "value": fact.value} for fact in crate.facts),
        *(_software(one) for one in crate.software),
        *(_action(action, crate) for action in crate.actions),
    ]
    graph = [descriptor, root, *sorted(entities, key=lambda entity: str(entity["@id"]))]
    whole: Any = [context, _MORE_TERMS[version]] if version in _MORE_TERMS else context
    return json.dumps({"@context": whole, "@graph": graph}, ensure_ascii=False, indent=1) + "\n"


def _ids(ids: Iterable[str]) -> list[Entity]:
    return [{"@id": one} for one in ids]


def _refs(name: str, ids: Iterable[str]) -> Entity:
    """A property with what it refers to: a list of several, one alone, nothing for none."""
    found = _ids(ids)
    return {name: found if len(found) > 1 else found[0]} if found else {}


def _check(crate: Crate) -> None:
    if not _DATE.fullmatch(crate.date_published):
        raise ForanError("a crate's date is written YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ")
    for file in crate.files:
        parts = file.path.split("/")
        if file.path.startswith("/") or "\\" in file.path or not all(parts) or {".", ".."} & set(parts):
            raise ForanError("a file of a crate lies inside it: a path from its folder, with / between folders")
        if file.path == CRATE_FILE:
            raise ForanError(f"{CRATE_FILE} describes the crate and is no part of it")
    hashed: list[CrateFile | Known] = [*crate.files, *crate.inputs]
    for one in hashed:
        if not _HASH.fullmatch(one.sha256):
            raise ForanError(f"{one.id}: its SHA-256 is written as 64 hexadecimal digits")
    known = [
        *(file.id for file in crate.files), *(one.id for one in crate.inputs), *(fact.id for fact in crate.facts),
        *(one.id for one in crate.software), *(action.id for action in crate.actions),
    ]  # fmt: skip
    if len(set(known)) != len(known):
        raise ForanError("two things of a crate have the same id")
    software = {one.name for one in crate.software}
    for action in crate.actions:
        if action.instrument not in software or not {*action.objects, *action.results} <= set(known):
            raise ForanError(f"{action.id}: its instrument, what went in and what came out are described in the crate")


def _file(file: CrateFile) -> Entity:
    return {
        "@id": file.id,
        "@type": "File",
        "name": file.path.rsplit("/", 1)[-1],
        "description": file.description,
        "encodingFormat": _MEDIA.get(file.path.rsplit(".", 1)[-1].lower(), "application/octet-stream"),
        "contentSize": str(file.size),
        "sha256": file.sha256,
        **({"conditionsOfAccess": file.access} if file.access else {}),
    }


def _known(one: Known) -> Entity:
    return {
        "@id": one.id,
        "@type": "CreativeWork",
        "name": one.name,
        "identifier": f"sha256:{one.sha256}",
        **({"description": one.description} if one.description else {}),
    }


def _software(one: Software) -> Entity:
    return {
        "@id": one.id,
        "@type": "SoftwareApplication",
        "name": one.name,
        # Not `softwareVersion`: RO-Crate 1.2 asks for this one, and Process Run Crate for one of the two.
        "version": one.version,
        "url": one.url,
    }


def _action(action: Action, crate: Crate) -> Entity:
    instrument = next(one.id for one in crate.software if one.name == action.instrument)
    return {
        "@id": action.id,
        "@type": "CreateAction",
        "name": action.name,
        "description": action.description,
        "instrument": {"@id": instrument},
        "agent": {"@id": "#agent"},
        **({"startTime": action.started} if action.started else {}),
        **({"endTime": action.ended} if action.ended else {}),
        "actionStatus": "http://schema.org/CompletedActionStatus",
        **_refs("object", action.objects),
        **_refs("result", action.results),
    }


def described(path: str, words: Sequence[tuple[str, str]]) -> str:
    """What the first pattern that fits a path says of it; the file's kind where none does.

    >>> described("figures/model.svg", [("figures/*", "A figure")])
    'A figure'
    """
    for pattern, text in words:
        if re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), path):
            return text
    return f"A file of the kind {path.rsplit('.', 1)[-1]}"


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """Files as a zip archive whose bytes follow from their names and contents alone.

    >>> zip_bytes({"b": b"2", "a": b"1"}) == zip_bytes({"a": b"1", "b": b"2"})
    True
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


#: Folders of a study that nothing is packed into.
_OWN_FOLDERS = ("corpus", "codebooks", "notebooks", "outputs")


def check_place(output: Path, study: Path) -> None:
    """Refuse a place for files to hand on that is taken, or among the study's own files.

    Raises
    ------
    ForanError
        When there is something there already, or the place is the study's folder or in one of those it keeps.
    """
    # On some disks names that differ in case are one file.
    place, home = (Path(str(path.resolve()).casefold()) for path in (output, study))
    if place == home or any(place.is_relative_to(home / own) for own in _OWN_FOLDERS):
        raise ForanError(f"{output} lies among the study's own files: give a path elsewhere; nothing was written")
    if output.is_symlink() or (output.exists() and (not output.is_dir() or any(output.iterdir()))):
        raise ForanError(f"{output} is there already: give another name; nothing was written")


def save(packed: Packed, output: Path, study: Path) -> Path:
    """Write files to a folder, or into one archive where the name of `output` ends with ``.zip``; returns the path.

    Raises
    ------
    ForanError
        When there is something there already, the place is among the study's own files, or the disk refuses.
    """
    # Here and not at the top: the store brings pandas, and a run that finds nothing changed must answer at once.
    from ..corpus.store import write_atomically

    check_place(output, study)
    try:
        if output.suffix.lower() == ".zip":
            write_atomically(output, zip_bytes(packed.files))
        else:
            for name, data in packed.files.items():
                write_atomically(output.joinpath(*name.split("/")), data)
    except OSError as error:
        raise ForanError(f"{output} cannot be written: {error.strerror or 'the disk refuses'}") from error
    return output
