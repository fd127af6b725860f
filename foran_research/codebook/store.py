"""Codebooks on disk: ``codebooks/MAJOR.MINOR.PATCH.yaml``, read with the line of every fault."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from ..errors import Faults
from ..vocabulary import LANGUAGES, POLARITIES, WRITTEN_FORMS, is_iso_date
from .changes import BUMP, Lineage, migration_rows, required_bump
from .code import CHANGE_TYPES, RULES, Change, Code, Codebook, Cue, Migration, Rule, version_key
from .cue_language import CueSyntaxError, parse_phrase, token_pattern

FOLDER = "codebooks"
SCHEMA_VERSION = 1
VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")
CODE_ID = re.compile(r"C[0-9]{4,}")
_TEXTS = ("label", "brief", "definition", "when_to_use", "when_not_to_use", "example")


class _Lines(dict[str, Any]):
    """A mapping that remembers the line it began on, and the line of each key."""

    line = 0

    def __init__(self) -> None:
        super().__init__()
        self.key_lines: dict[str, int] = {}

    def at(self, key: str) -> int:
        """The line of a key, or of the whole record when it lacks the key."""
        return self.key_lines.get(key, self.line)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # chosen at import time
    """Safe YAML that keeps line numbers and refuses a key written twice."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            # PyYAML lets a value that its tag does not fit ("!!int x") escape as whatever Python raises.
            raise yaml.MarkedYAMLError(
                problem="a value that its tag does not fit", problem_mark=node.start_mark
            ) from error


def _mapping(loader: Any, node: yaml.MappingNode) -> _Lines:
    value = _Lines()
    value.line = node.start_mark.line + 1
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        if key in value:
            raise yaml.MarkedYAMLError(problem=f"key {key!r} twice", problem_mark=key_node.start_mark)
        value[key] = loader.construct_object(value_node, deep=True)
        value.key_lines[key] = key_node.start_mark.line + 1
    return value


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
# Dates and on/off words stay text: a codebook holds words, and Norwegian "nei" or "no" must not turn into a truth value.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag.rsplit(":", 1)[1] in ("null", "int", "float")]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_lineage(study: Path, levels: Sequence[str], faults: Faults) -> Lineage:
    """Every codebook of the study, oldest first."""
    folder = study / FOLDER
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    paths = [path for path in files if path.parent == folder and path.suffix == ".yaml"]
    for path in files:
        if path not in paths:
            _check_no_codebook(path, path.relative_to(folder), faults)
    if not paths:
        faults.note("missing-file", FOLDER, None, "no codebook", "codebooks/1.0.0.yaml", "Add a first codebook.")
    read = {path.stem: _read(path, levels, faults) for path in paths}
    unreadable = tuple(stem for stem, found in read.items() if found is None and VERSION.fullmatch(stem))
    books = sorted(
        (found for found in read.values() if found), key=lambda found: version_key(found[0].codebook_version)
    )
    for (earlier, _), (later, lines) in pairwise(books):
        low, high = version_key(earlier.codebook_version), version_key(later.codebook_version)
        if not any(low < version_key(version) < high for version in unreadable):
            _check_step(earlier, later, lines, faults)
    return Lineage(tuple(book for book, _ in books), unreadable)


def _check_no_codebook(path: Path, name: Path, faults: Faults) -> None:
    """Note a file among the codebooks that nobody reads; what a name hides with a full stop is no part of the study."""
    if any(part.startswith(".") for part in name.parts):
        return
    is_misnamed = path.suffix.lower() in (".yml", ".yaml") and len(name.parts) == 1
    faults.note(
        "unknown-file",
        f"{FOLDER}/{name.as_posix()}",
        None,
        "a file that is not read as a codebook",
        f"{FOLDER}/MAJOR.MINOR.PATCH.yaml",
        f"Rename it to {path.stem}.yaml." if is_misnamed else "Move it away.",
    )


def read_codebook(path: Path, levels: Sequence[str], faults: Faults) -> Codebook | None:
    """One codebook, or None when it cannot be read at all; what is wrong in it is in `faults`."""
    found = _read(path, levels, faults)
    return None if found is None else found[0]


def _read(path: Path, levels: Sequence[str], faults: Faults) -> tuple[Codebook, Mapping[str, int]] | None:
    """A codebook, with the lines of its codes, its `codebook_version` and its `released`."""
    name = f"{FOLDER}/{path.name}"
    data = path.read_bytes()
    try:
        raw = yaml.load(data.decode("utf-8"), Loader=_Loader)  # noqa: S506 - _Loader is a SafeLoader
    except UnicodeDecodeError as error:
        faults.note(
            "not-utf8",
            name,
            data[: error.start].count(b"\n") + 1,
            "bytes that are not UTF-8",
            "UTF-8 text",
            "Save the file as UTF-8.",
        )
        return None
    except (yaml.YAMLError, RecursionError) as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        faults.note(
            "broken-yaml",
            name,
            mark.line + 1 if mark else None,
            problem or "YAML that cannot be read",
            "YAML",
            "Check indentation, quotes and colons here.",
        )
        return None
    if not isinstance(raw, _Lines):
        faults.note("broken-yaml", name, 1, "no keys", "schema_version, codebook_version, codes, changes", "Add them.")
        return None
    reader = _Reader(name, path.stem, tuple(levels), faults)
    book = reader.codebook(raw)
    return None if book is None else (book, reader.lines)


class _Reader:
    def __init__(self, name: str, stem: str, levels: tuple[str, ...], faults: Faults) -> None:
        self.name, self.stem, self.levels, self.faults = name, stem, levels, faults
        self.lines: dict[str, int] = {}
        self.change_lines: dict[str, int] = {}
        self.migrated: dict[str, int] = {}

    def note(self, kind: str, line: int | None, found: str, expected: str, remedy: str) -> None:
        self.faults.note(kind, self.name, line, found, expected, remedy)

    def codebook(self, raw: _Lines) -> Codebook | None:
        shape = raw.get("schema_version")
        if not isinstance(shape, int) or shape < 1:
            self.note(
                "missing-key",
                raw.at("schema_version"),
                "no schema_version",
                f"schema_version: {SCHEMA_VERSION}",
                "Add it.",
            )
            return None
        if shape > SCHEMA_VERSION:
            self.note(
                "future-file",
                raw.at("schema_version"),
                f"schema_version {shape}",
                f"at most {SCHEMA_VERSION}",
                "The codebook was made with a newer version of the package: upgrade it.",
            )
            return None
        version = str(raw.get("codebook_version"))
        if not VERSION.fullmatch(version) or version != self.stem:
            self.note(
                "wrong-version",
                raw.at("codebook_version"),
                f"codebook_version {version}",
                f"{self.stem}, as the file is named",
                "Make the two agree, as MAJOR.MINOR.PATCH.",
            )
            return None
        released = str(raw.get("released", ""))
        if not is_iso_date(released):
            self.note(
                "bad-date", raw.at("released"), f"released {released!r}", "YYYY-MM-DD", "Write the day of release."
            )
        self.lines |= {key: raw.at(key) for key in ("codebook_version", "released")}
        codes = self.codes(self.listed(raw, "codes"))
        known = {code.id: code for code in codes}
        for code in codes:
            self.check_family(code, known)
        changes = tuple(self.change(entry, set(known)) for entry in self.listed(raw, "changes"))
        return Codebook(version, released, self.bilingual(raw, "title"), self.bilingual(raw, "notice"), codes, changes)

    def check_family(self, code: Code, known: Mapping[str, Code]) -> None:
        """Note parents and successors that are not there, parents in a ring, and active codes below a deprecated one."""
        line = self.lines[code.id]
        for other in (*((code.parent,) if code.parent else ()), *code.successors):
            if other not in known:
                self.note("unknown-code", line, f"{code.id} names {other}", "a code of this file", "Correct the id.")
        above, parent = {code.id}, known.get(code.parent or "")
        if code.is_active and parent is not None and not parent.is_active:
            self.note(
                "deprecated-parent",
                line,
                f"{code.id} below {parent.id}, which is deprecated",
                "an active parent",
                "Give it another parent, or deprecate it too.",
            )
        while parent is not None and parent.id not in above:
            above.add(parent.id)
            parent = known.get(parent.parent or "")
        if parent is not None:
            self.note(
                "parent-ring",
                line,
                f"{code.id} is below {parent.id}, which is below itself",
                "a tree of codes",
                "Correct the parent.",
            )

    def listed(self, raw: _Lines, key: str) -> list[_Lines]:
        value = raw.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, _Lines) for entry in value):
            self.note(
                "wrong-type",
                raw.at(key),
                f"{key} is not a list of records",
                f"{key}: with a dash per record",
                "Check the indentation.",
            )
            return []
        return value

    def texts(self, raw: _Lines, key: str) -> tuple[str, ...]:
        """A list of texts, numbers and the like; nothing at all is an empty list."""
        value = raw.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or any(isinstance(entry, (list, dict)) or entry is None for entry in value):
            self.note(
                "wrong-type",
                raw.at(key),
                f"{key} is not a list of texts",
                f"{key}: with a dash per text",
                "Check the indentation and the dashes.",
            )
            return ()
        return tuple(map(str, value))

    def bilingual(self, raw: _Lines, key: str) -> Mapping[str, str]:
        value = raw.get(key)
        if isinstance(value, _Lines) and all(isinstance(value.get(lang), str) and value[lang] for lang in LANGUAGES):
            return {lang: value[lang] for lang in LANGUAGES}
        self.note(
            "missing-key",
            raw.at(key),
            f"{raw.get('id', 'the codebook')} has no {key} in both languages",
            f"{key}: {{nb: …, en: …}}",
            "Add it.",
        )
        return dict.fromkeys(LANGUAGES, "")

    def codes(self, entries: list[_Lines]) -> tuple[Code, ...]:
        displays: dict[str, str] = {}
        codes = []
        for raw in entries:
            name = str(raw.get("id", ""))
            if not CODE_ID.fullmatch(name):
                self.note("bad-id", raw.at("id"), f"code id {name!r}", "C and at least four digits", "Correct the id.")
                continue
            if name in self.lines:
                self.note(
                    "duplicate-id",
                    raw.at("id"),
                    f"{name} again (first on line {self.lines[name]})",
                    "ids that differ",
                    "Give one of the two a new id.",
                )
                continue
            self.lines[name] = raw.line
            code = self.code(raw, name)
            if code.is_active and code.display in displays:
                self.note(
                    "duplicate-display",
                    raw.at("display"),
                    f"display {code.display} of {name} and {displays[code.display]}",
                    "labels that differ",
                    "Change one of the two.",
                )
            elif code.is_active:
                displays[code.display] = name
            codes.append(code)
        return tuple(codes)

    def code(self, raw: _Lines, name: str) -> Code:
        level, status = str(raw.get("level")), str(raw.get("status", "active"))
        if level not in self.levels:
            self.note(
                "unknown-level",
                raw.at("level"),
                f"level {level!r} of {name}",
                f"one of: {', '.join(self.levels)}",
                "Correct the level.",
            )
        if status not in ("active", "deprecated"):
            self.note(
                "unknown-status",
                raw.at("status"),
                f"status {status!r} of {name}",
                "active or deprecated",
                "Correct the status.",
            )
        texts = {key: self.bilingual(raw, key) for key in _TEXTS}
        introduced, deprecated = str(raw.get("introduced_in", "")), raw.get("deprecated_in")
        for key, version in (("introduced_in", introduced), ("deprecated_in", deprecated)):
            if version is not None and not VERSION.fullmatch(str(version)):
                self.note(
                    "wrong-version", raw.at(key), f"{key} {version!r} of {name}", "MAJOR.MINOR.PATCH", "Correct it."
                )
        cues = raw.get("cues") or {}
        if not (
            isinstance(cues, dict)
            and set(cues) <= set(WRITTEN_FORMS)
            and all(isinstance(entries, list) for entries in cues.values() if entries is not None)
        ):
            self.note(
                "wrong-type",
                raw.at("cues"),
                f"cues of {name}",
                "cues: with nb: and nn:, and a dash per cue",
                "Correct it.",
            )
            cues = {}
        parent = raw.get("parent")
        if parent is not None and not isinstance(parent, str):
            self.note(
                "wrong-type", raw.at("parent"), f"parent of {name} is no code id", "a code id or null", "Correct it."
            )
            parent = None
        return Code(
            id=name,
            display=str(raw.get("display", name)),
            level=level,
            parent=parent,
            source=self.texts(raw, "source"),
            polarity_in_source=tuple(self.listed(raw, "polarity_in_source")),
            maturity=str(raw.get("maturity", "")),
            status="deprecated" if status == "deprecated" else "active",
            introduced_in=introduced,
            deprecated_in=None if deprecated is None else str(deprecated),
            successors=self.texts(raw, "successors"),
            cues={
                form: tuple(c for entry in cues.get(form) or () if (c := self.cue(entry, name, raw.line)) is not None)
                for form in WRITTEN_FORMS
            },
            **texts,
        )

    def cue(self, raw: Any, owner: str, line: int) -> Cue | None:
        if isinstance(raw, _Lines):
            line, entry = raw.line, dict(raw)
        else:
            entry = {"cue": str(raw)}
        unknown = set(entry) - {"cue", "pattern", "polarity", "negated"}
        polarity, negated = entry.get("polarity"), entry.get("negated", "keep")
        pattern, phrase = entry.get("pattern"), entry.get("cue")
        try:
            if unknown or (phrase is None) == (pattern is None):
                raise CueSyntaxError("keys other than cue or pattern, polarity, negated")
            if polarity not in (None, *POLARITIES[:2]) or negated not in ("keep", "flip", "drop"):
                raise CueSyntaxError("polarity other than fremmer, hemmer or negated other than keep, flip, drop")
            if phrase is not None:
                parse_phrase(str(phrase))
            else:
                pattern = token_pattern(pattern)
        except CueSyntaxError as error:
            self.note(
                "bad-cue",
                line,
                f"a cue of {owner} with {error}",
                "the cue language of docs/cues.md",
                "Correct the cue.",
            )
            return None
        tokens = tuple(pattern) if pattern is not None else None
        return Cue(None if phrase is None else str(phrase), tokens, polarity, negated)

    def change(self, raw: _Lines, known: set[str]) -> Change:
        name = str(raw.get("id") or "")
        if not name:
            self.note("missing-id", raw.line, "a change without id", "id: CH-…", "Give it an id.")
        elif name in self.change_lines:
            self.note(
                "duplicate-id",
                raw.at("id"),
                f"{name} again (first on line {self.change_lines[name]})",
                "ids that differ",
                "Give one of the two a new id.",
            )
        self.change_lines.setdefault(name, raw.at("id"))
        kind, decision = str(raw.get("type")), str(raw.get("decision"))
        if kind not in CHANGE_TYPES:
            self.note(
                "unknown-change",
                raw.at("type"),
                f"type {kind!r} of {name}",
                f"one of: {', '.join(CHANGE_TYPES)}",
                "Correct the type.",
            )
        if decision not in ("accepted", "rejected"):
            self.note(
                "unknown-decision",
                raw.at("decision"),
                f"decision {decision!r} of {name}",
                "accepted or rejected",
                "Correct the decision.",
            )
        is_accepted = decision == "accepted"
        rows = tuple(self.migration(entry, name, is_accepted=is_accepted) for entry in self.listed(raw, "migration"))
        source, to = self.texts(raw, "from"), self.texts(raw, "to")
        for code in dict.fromkeys((*source, *to, *(code for row in rows for code in (row.source, *row.to)))):
            if code not in known:
                self.note("unknown-code", raw.line, f"{name} names {code}", "a code of this file", "Correct the id.")
        return Change(
            name,
            kind,
            source,
            to,
            self.bilingual(raw, "summary"),
            self.bilingual(raw, "reason_empirical"),
            self.bilingual(raw, "reason_theoretical"),
            self.texts(raw, "evidence"),
            str(raw.get("proposed_by_role", "")),
            str(raw.get("decided_at", "")),
            str(raw.get("arena", "")),
            is_accepted,
            rows,
        )

    def migration(self, raw: _Lines, owner: str, *, is_accepted: bool) -> Migration:
        source, given = str(raw.get("from")), raw.get("rule")
        targets = (raw["to"],) if isinstance(raw.get("to"), str) else self.texts(raw, "to")
        rule: Rule = next((known for known in RULES if known == given), "keep")
        is_fitting = {"map": len(targets) == 1, "facet": len(targets) == 1, "review": len(targets) > 1}
        if given not in RULES or not is_fitting.get(rule, not targets):
            self.note(
                "bad-migration",
                raw.at("rule"),
                f"a migration row of {owner}",
                f"rule one of {', '.join(RULES)}, "
                "with one `to` for map and facet, two or more for review, none for others",
                "Correct the row.",
            )
            rule = "keep"
        polarity = raw.get("polarity")
        if (rule == "facet") != (polarity in POLARITIES):
            self.note(
                "bad-migration",
                raw.at("polarity"),
                f"a row of {owner} with rule {rule} and polarity {polarity!r}",
                f"for facet one of: {', '.join(POLARITIES)}; for other rules none",
                "Correct the row.",
            )
        if is_accepted and source in self.migrated:
            self.note(
                "bad-migration",
                raw.line,
                f"{source} again (first on line {self.migrated[source]})",
                "one row per code: its segments go one way",
                "Remove one of the two.",
            )
        if is_accepted:
            self.migrated.setdefault(source, raw.line)
        name = raw.get("relation") or raw.get("tag")
        return Migration(source, rule, targets, str(polarity) if polarity else None, str(name) if name else None)


def _check_step(earlier: Codebook, later: Codebook, lines: Mapping[str, int], faults: Faults) -> None:
    """What must hold between two versions: no id vanishes or is revived, every deprecation has a migration row."""
    name = f"{FOLDER}/{later.codebook_version}.yaml"
    rows = migration_rows(later.changes)
    if later.released < earlier.released:
        faults.note(
            "bad-date",
            name,
            lines["released"],
            f"released {later.released}, before {earlier.codebook_version}",
            f"{earlier.released} or later",
            "Correct the day of release.",
        )
    for code in earlier.codes:
        now = later.by_id.get(code.id)
        if now is None:
            faults.note(
                "vanished-code",
                name,
                None,
                f"{code.id} of {earlier.codebook_version} is gone",
                "the record, with status deprecated",
                "Put it back and say what became of it.",
            )
        elif code.is_active and not now.is_active and rows.get(code.id, Migration("", "keep")).rule == "keep":
            faults.note(
                "no-migration",
                name,
                lines.get(code.id),
                f"{code.id} is deprecated without a migration row",
                "a row that says where its segments go",
                "Add the row to a change record.",
            )
        elif not code.is_active and now.is_active:
            faults.note(
                "revived-code",
                name,
                lines.get(code.id),
                f"{code.id} was deprecated and is active again",
                "a new id",
                "Ids are never reused: give the new code a new id.",
            )
    for source, row in rows.items():
        for target in row.to:
            if target in later.by_id and not later.by_id[target].is_active:
                faults.note(
                    "bad-migration",
                    name,
                    lines.get(target),
                    f"{source} goes to {target}, which is deprecated",
                    "an active code",
                    "Correct the row.",
                )
    fresh = {code.id for code in later.codes} - {code.id for code in earlier.codes}
    announced = {code for change in later.changes if change.is_accepted for code in change.to}
    for code_id in sorted(fresh - announced):
        faults.note(
            "unannounced-code",
            name,
            lines.get(code_id),
            f"{code_id} is new",
            "a change record that names it",
            "Add the change with its reasons.",
        )
    old, new = version_key(earlier.codebook_version), version_key(later.codebook_version)
    raised = next((part for part in range(3) if new[part] != old[part]), 2)
    if raised > required_bump(later.changes):
        faults.note(
            "wrong-version",
            name,
            lines["codebook_version"],
            f"{later.codebook_version} after {earlier.codebook_version}",
            "a higher MAJOR or MINOR, as its changes ask for",
            f"A change of type {_heaviest(later)} raises more than this.",
        )


def _heaviest(book: Codebook) -> str:
    return min((change.type for change in book.changes if change.is_accepted), key=lambda kind: BUMP.get(kind, 2))
