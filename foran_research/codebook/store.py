"""Codebooks on disk: ``codebooks/MAJOR.MINOR.PATCH.yaml``, read with the line of every fault."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from ..errors import Faults
from ..settings import LANGUAGES, POLARITIES, WRITTEN_FORMS
from .changes import BUMP, Lineage, migration_rows, required_bump
from .code import CHANGE_TYPES, RULES, Change, Code, Codebook, Cue, Migration, version_key
from .cues import CueSyntaxError, parse_phrase

FOLDER = "codebooks"
SCHEMA_VERSION = 1
VERSION = re.compile(r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$")
CODE_ID = re.compile(r"^C\d{4,}$")
_TEXTS = ("label", "brief", "definition", "when_to_use", "when_not_to_use", "example")


class _Lines(dict[str, Any]):
    """A mapping that remembers the line it began on."""

    line = 0


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # chosen at import time
    """Safe YAML that keeps line numbers and refuses a key written twice."""


def _mapping(loader: Any, node: yaml.MappingNode) -> _Lines:
    value = _Lines()
    value.line = node.start_mark.line + 1
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in value:
            raise yaml.MarkedYAMLError(problem=f"key {key!r} twice", problem_mark=key_node.start_mark)
        value[str(key)] = loader.construct_object(value_node, deep=True)
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
    paths = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    if not paths:
        faults.note("missing-file", FOLDER, None, "no codebook", "codebooks/1.0.0.yaml", "Add a first codebook.")
    books = [book for path in paths if (book := read_codebook(path, levels, faults)) is not None]
    books.sort(key=lambda book: version_key(book.codebook_version))
    for earlier, later in zip(books, books[1:], strict=False):
        _check_step(earlier, later, faults)
    return Lineage(tuple(books))


def read_codebook(path: Path, levels: Sequence[str], faults: Faults) -> Codebook | None:
    """One codebook, or None when it cannot be used."""
    name = f"{FOLDER}/{path.name}"
    data = path.read_bytes()
    try:
        raw = yaml.load(data.decode("utf-8"), Loader=_Loader)  # noqa: S506 - _Loader is a SafeLoader
    except UnicodeDecodeError as error:
        faults.note("not-utf8", name, data[: error.start].count(b"\n") + 1, "bytes that are not UTF-8", "UTF-8 text",
                    "Save the file as UTF-8.")  # fmt: skip
        return None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        faults.note("broken-yaml", name, line, error.problem or "YAML that cannot be read", "YAML",
                    "Check indentation, quotes and colons here.")  # fmt: skip
        return None
    if not isinstance(raw, _Lines):
        faults.note("broken-yaml", name, 1, "no keys", "schema_version, codebook_version, codes, changes", "Add them.")
        return None
    return _Reader(name, path.stem, tuple(levels), faults).codebook(raw)


class _Reader:
    def __init__(self, name: str, stem: str, levels: tuple[str, ...], faults: Faults) -> None:
        self.name, self.stem, self.levels, self.faults = name, stem, levels, faults
        self.start = len(faults)

    def note(self, kind: str, line: int | None, found: str, expected: str, remedy: str) -> None:
        self.faults.note(kind, self.name, line, found, expected, remedy)

    def codebook(self, raw: _Lines) -> Codebook | None:
        shape = raw.get("schema_version")
        if not isinstance(shape, int):
            self.note("missing-key", 1, "no schema_version", f"schema_version: {SCHEMA_VERSION}", "Add it.")
            return None
        if shape > SCHEMA_VERSION:
            self.note("future-file", 1, f"schema_version {shape}", f"at most {SCHEMA_VERSION}",
                      "The codebook was made with a newer version of the package: upgrade it.")  # fmt: skip
            return None
        version = str(raw.get("codebook_version"))
        if not VERSION.match(version) or version != self.stem:
            self.note("wrong-version", 1, f"codebook_version {version}", f"{self.stem}, as the file is named",
                      "Make the two agree, as MAJOR.MINOR.PATCH.")  # fmt: skip
            return None
        released = str(raw.get("released", ""))
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", released):
            self.note("bad-date", 1, f"released {released!r}", "YYYY-MM-DD", "Write the day of release.")
        codes = self.codes(self.listed(raw, "codes"))
        known = {code.id for code in codes}
        for code in codes:
            for other in (*((code.parent,) if code.parent else ()), *code.successors):
                if other not in known:
                    self.note("unknown-code", self.lines[code.id], f"{code.id} names {other}", "a code of this file",
                              "Correct the id.")  # fmt: skip
        changes = tuple(self.change(entry, known) for entry in self.listed(raw, "changes"))
        book = Codebook(version, released, self.bilingual(raw, "title", raw.line),
                        self.bilingual(raw, "notice", raw.line), codes, changes)  # fmt: skip
        return book if len(self.faults) == self.start else None

    def listed(self, raw: _Lines, key: str) -> list[_Lines]:
        value = raw.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, _Lines) for entry in value):
            self.note("wrong-type", raw.line, f"{key} is not a list of records", f"{key}: with a dash per record",
                      "Check the indentation.")  # fmt: skip
            return []
        return value

    def bilingual(self, raw: _Lines, key: str, line: int) -> Mapping[str, str]:
        value = raw.get(key)
        if isinstance(value, _Lines) and all(isinstance(value.get(lang), str) and value[lang] for lang in LANGUAGES):
            return {lang: value[lang] for lang in LANGUAGES}
        self.note("missing-key", line, f"{raw.get('id', 'the codebook')} has no {key} in both languages",
                  f"{key}: {{nb: …, en: …}}", "Add it.")  # fmt: skip
        return dict.fromkeys(LANGUAGES, "")

    def codes(self, entries: list[_Lines]) -> tuple[Code, ...]:
        self.lines: dict[str, int] = {}
        displays: dict[str, str] = {}
        codes = []
        for raw in entries:
            name = str(raw.get("id", ""))
            if not CODE_ID.match(name):
                self.note("bad-id", raw.line, f"code id {name!r}", "C and at least four digits", "Correct the id.")
                continue
            if name in self.lines:
                self.note("duplicate-id", raw.line, f"{name} again (first on line {self.lines[name]})",
                          "ids that differ", "Give one of the two a new id.")  # fmt: skip
                continue
            self.lines[name] = raw.line
            code = self.code(raw, name)
            if code.is_active and code.display in displays:
                self.note("duplicate-display", raw.line, f"display {code.display} of {name} and "
                          f"{displays[code.display]}", "labels that differ", "Change one of the two.")  # fmt: skip
            elif code.is_active:
                displays[code.display] = name
            codes.append(code)
        return tuple(codes)

    def code(self, raw: _Lines, name: str) -> Code:
        level, status = str(raw.get("level")), str(raw.get("status", "active"))
        if level not in self.levels:
            self.note("unknown-level", raw.line, f"level {level!r} of {name}", f"one of: {', '.join(self.levels)}",
                      "Correct the level.")  # fmt: skip
        if status not in ("active", "deprecated"):
            self.note("unknown-status", raw.line, f"status {status!r} of {name}", "active or deprecated",
                      "Correct the status.")  # fmt: skip
        texts = {key: self.bilingual(raw, key, raw.line) for key in _TEXTS}
        introduced, deprecated = str(raw.get("introduced_in", "")), raw.get("deprecated_in")
        for version in (introduced, deprecated):
            if version is not None and not VERSION.match(str(version)):
                self.note("wrong-version", raw.line, f"version {version!r} of {name}", "MAJOR.MINOR.PATCH", "Correct it.")
        cues = raw.get("cues") or {}
        if not isinstance(cues, dict):
            self.note("wrong-type", raw.line, f"cues of {name}", "cues: with nb: and nn:", "Correct it.")
            cues = {}
        return Code(
            id=name,
            display=str(raw.get("display", name)),
            level=level,
            parent=raw.get("parent"),
            source=tuple(map(str, raw.get("source") or ())),
            polarity_in_source=tuple(raw.get("polarity_in_source") or ()),
            maturity=str(raw.get("maturity", "")),
            status="deprecated" if status == "deprecated" else "active",
            introduced_in=introduced,
            deprecated_in=None if deprecated is None else str(deprecated),
            successors=tuple(raw.get("successors") or ()),
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
            elif not isinstance(pattern, list) or not all(isinstance(token, dict) for token in pattern):
                raise CueSyntaxError("a pattern that is not a list of token descriptions")
        except CueSyntaxError as error:
            self.note("bad-cue", line, f"a cue of {owner} with {error}", "the cue language of docs/cues.md",
                      "Correct the cue.")  # fmt: skip
            return None
        tokens = tuple(dict(token) for token in pattern) if pattern is not None else None
        return Cue(None if phrase is None else str(phrase), tokens, polarity, negated)

    def change(self, raw: _Lines, known: set[str]) -> Change:
        name = str(raw.get("id", "a change"))
        kind, decision = str(raw.get("type")), str(raw.get("decision"))
        if kind not in CHANGE_TYPES:
            self.note("unknown-change", raw.line, f"type {kind!r} of {name}", f"one of: {', '.join(CHANGE_TYPES)}",
                      "Correct the type.")  # fmt: skip
        if decision not in ("accepted", "rejected"):
            self.note("unknown-decision", raw.line, f"decision {decision!r} of {name}", "accepted or rejected",
                      "Correct the decision.")  # fmt: skip
        rows = tuple(self.migration(entry, name, raw.line) for entry in raw.get("migration") or ())
        mentioned = [*(raw.get("from") or ()), *(raw.get("to") or ()),
                     *(code for row in rows for code in (row.source, *row.to))]  # fmt: skip
        for code in dict.fromkeys(mentioned):
            if code not in known:
                self.note("unknown-code", raw.line, f"{name} names {code}", "a code of this file", "Correct the id.")
        return Change(
            name, kind, tuple(raw.get("from") or ()), tuple(raw.get("to") or ()),
            self.bilingual(raw, "summary", raw.line), self.bilingual(raw, "reason_empirical", raw.line),
            self.bilingual(raw, "reason_theoretical", raw.line), tuple(map(str, raw.get("evidence") or ())),
            str(raw.get("proposed_by_role", "")), str(raw.get("decided_at", "")), str(raw.get("arena", "")),
            decision == "accepted", rows,
        )  # fmt: skip

    def migration(self, raw: Any, owner: str, line: int) -> Migration:
        entry = raw if isinstance(raw, dict) else {}
        line = getattr(raw, "line", line)
        rule = entry.get("rule")
        to = entry.get("to") or ()
        targets = (to,) if isinstance(to, str) else tuple(to)
        needs = {"map": 1, "facet": 1, "review": 2}.get(str(rule), 0)
        polarity = entry.get("polarity")
        if rule not in RULES or (needs == 1) != (len(targets) == 1) or (needs == 2 and len(targets) < 2):
            self.note("bad-migration", line, f"a migration row of {owner}", f"rule one of {', '.join(RULES)}, with one "
                      "`to` for map and facet, two or more for review", "Correct the row.")  # fmt: skip
            rule = "keep"
        if (rule == "facet") != (polarity in POLARITIES):
            self.note("bad-migration", line, f"a facet row of {owner} with polarity {polarity!r}",
                      f"one of: {', '.join(POLARITIES)}", "Correct the row.")  # fmt: skip
        return Migration(str(entry.get("from")), rule or "keep", targets, polarity,
                         entry.get("relation") or entry.get("tag"))  # fmt: skip


def _check_step(earlier: Codebook, later: Codebook, faults: Faults) -> None:
    """What must hold between two versions: no id vanishes or is revived, every deprecation has a migration row."""
    name = f"{FOLDER}/{later.codebook_version}.yaml"
    rows = migration_rows(later.changes)
    for code in earlier.codes:
        now = later.by_id.get(code.id)
        if now is None:
            faults.note("vanished-code", name, None, f"{code.id} of {earlier.codebook_version} is gone",
                        "the record, with status deprecated", "Put it back and say what became of it.")  # fmt: skip
        elif code.is_active and not now.is_active and rows.get(code.id, Migration("", "keep")).rule == "keep":
            faults.note("no-migration", name, None, f"{code.id} is deprecated without a migration row",
                        "a row that says where its segments go", "Add the row to a change record.")  # fmt: skip
        elif not code.is_active and now.is_active:
            faults.note("revived-code", name, None, f"{code.id} was deprecated and is active again", "a new id",
                        "Ids are never reused: give the new code a new id.")  # fmt: skip
    for source, row in rows.items():
        for target in row.to:
            if target in later.by_id and not later.by_id[target].is_active:
                faults.note("bad-migration", name, None, f"{source} goes to {target}, which is deprecated",
                            "an active code", "Correct the row.")  # fmt: skip
    fresh = {code.id for code in later.codes} - {code.id for code in earlier.codes}
    announced = {code for change in later.changes if change.is_accepted for code in change.to}
    for code_id in sorted(fresh - announced):
        faults.note("unannounced-code", name, None, f"{code_id} is new", "a change record that names it",
                    "Add the change with its reasons.")  # fmt: skip
    old, new = version_key(earlier.codebook_version), version_key(later.codebook_version)
    raised = next((part for part in range(3) if new[part] != old[part]), 2)
    if raised > required_bump(later.changes):
        faults.note("wrong-version", name, None, f"{later.codebook_version} after {earlier.codebook_version}",
                    "a higher MAJOR or MINOR, as its changes ask for",
                    f"A change of type {_heaviest(later)} raises more than this.")  # fmt: skip


def _heaviest(book: Codebook) -> str:
    return min((change.type for change in book.changes if change.is_accepted), key=lambda kind: BUMP[kind])
