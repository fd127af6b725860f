"""Codebooks as text: YAML read into values, with the line of every fault. Opens no file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import yaml

from ..errors import Fault, Faults
from ..vocabulary import LANGUAGES, POLARITIES, WRITTEN_FORMS, is_iso_date
from .code import CHANGE_TYPES, RULES, Change, Code, Codebook, Cue, Migration, Rule
from .cue_language import CueSyntaxError, parse_phrase, token_pattern

SCHEMA_VERSION = 1
VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")
CODE_ID = re.compile(r"C[0-9]{4,}")
_CONFLICT = re.compile(rb"^(?:<<<<<<<|>>>>>>>)(?: |\r?$)", re.MULTILINE)
_TEXTS = ("label", "brief", "definition", "when_to_use", "when_not_to_use", "example")


class Lines(dict[str, Any]):
    """A mapping that remembers the line it began on, and the line of each key."""

    line = 0

    def __init__(self) -> None:
        super().__init__()
        self.key_lines: dict[str, int] = {}

    def at(self, key: str) -> int:
        """The line of a key, or of the whole record when it lacks the key."""
        return self.key_lines.get(key, self.line)


def as_lines(value: Any, line: int) -> Any:
    """Plain mappings and lists as if they had been read from one line.

    >>> as_lines({"a": [{"b": 1}]}, 7)["a"][0].at("b")
    7
    """
    if isinstance(value, list):
        return [as_lines(item, line) for item in value]
    if not isinstance(value, Mapping):
        return value
    made = Lines()
    made.line = line
    made.update({key: as_lines(item, line) for key, item in value.items()})
    return made


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # chosen at import time
    """Safe YAML that keeps line numbers and refuses a key written twice."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """The value of a node; one that its tag does not fit is an error of YAML."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            # PyYAML lets a value that its tag does not fit ("!!int x") escape as whatever Python raises.
            raise yaml.MarkedYAMLError(
                problem="a value that its tag does not fit", problem_mark=node.start_mark
            ) from error


def _mapping(loader: Any, node: yaml.MappingNode) -> Lines:
    value = Lines()
    value.line = node.start_mark.line + 1
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        if key in value:
            raise yaml.MarkedYAMLError(problem=f"key {key!r} twice", problem_mark=key_node.start_mark)
        value[key] = loader.construct_object(value_node, deep=True)
        value.key_lines[key] = key_node.start_mark.line + 1
    return value


Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
# Dates and on/off words stay text: a codebook holds words, and Norwegian "nei" or "no" must not turn into a truth value.
RESOLVERS = {
    first: [(tag, pattern) for tag, pattern in pairs if tag.rsplit(":", 1)[1] in ("null", "int", "float")]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.yaml_implicit_resolvers = RESOLVERS


def conflict_line(data: bytes) -> int | None:
    r"""The line of the first mark that git left where two versions of a file could not be brought together, if any.

    >>> conflict_line(b"codes: []\n<<<<<<< HEAD\nchanges: []\n")
    2
    """
    mark = _CONFLICT.search(data)
    return None if mark is None else data[: mark.start()].count(b"\n") + 1


def parsed(data: bytes, name: str, faults: Faults) -> Lines | None:
    """The mapping that a YAML file holds, with its lines; None, and a fault, when it holds none."""
    if (line := conflict_line(data)) is not None:
        faults.note(
            "merge-conflict",
            name,
            line,
            "a mark of git where two versions of the file were not brought together",
            "one whole version of the file",
            "Take one side: `git checkout --ours` or `--theirs` and the file's name; release the other's changes anew.",
        )
        return None
    try:
        raw = yaml.load(data.decode("utf-8"), Loader=Loader)  # noqa: S506 - Loader is a SafeLoader
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
    if not isinstance(raw, Lines):
        faults.note("broken-yaml", name, 1, "no keys", "keys with a colon and a value", "Fill in the file.")
        return None
    return raw


def codebook_in(
    data: bytes, name: str, stem: str, levels: Sequence[str], faults: Faults
) -> tuple[Codebook, Mapping[str, int]] | None:
    """The codebook in the bytes of a file `stem`.yaml, and the lines of its codes, changes, version and release.

    None when it cannot be read at all; what is wrong in it is in `faults`, under `name`.
    """
    found, noted = _codebook_in(data, name, stem, tuple(levels))
    faults.extend(noted)
    return found


# Parsing takes most of the time that a study is read in, and a study is read again and again. Values are frozen.
@lru_cache(maxsize=16)
def _codebook_in(
    data: bytes, name: str, stem: str, levels: tuple[str, ...]
) -> tuple[tuple[Codebook, Mapping[str, int]] | None, tuple[Fault, ...]]:
    faults = Faults()
    raw = parsed(data, name, faults)
    if raw is None:
        return None, tuple(faults)
    reader = Reader(name, stem, levels, faults)
    book = reader.codebook(raw)
    return None if book is None else (book, {**reader.change_lines, **reader.lines}), tuple(faults)


class Reader:
    """Turns raw records into values, and notes every fault on the way."""

    def __init__(self, name: str, stem: str, levels: tuple[str, ...], faults: Faults) -> None:
        self.name, self.stem, self.levels, self.faults = name, stem, levels, faults
        #: What a record without an id is called.
        self.whole = "the codebook"
        self.lines: dict[str, int] = {}
        self.change_lines: dict[str, int] = {}
        self.migrated: dict[str, int] = {}

    def note(self, kind: str, line: int | None, found: str, expected: str, remedy: str) -> None:
        """Add a fault of this file."""
        self.faults.note(kind, self.name, line, found, expected, remedy)

    def codebook(self, raw: Lines) -> Codebook | None:
        """The whole codebook, or None when its shape or version cannot be known."""
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

    def listed(self, raw: Lines, key: str) -> list[Lines]:
        """A list of records; nothing at all is an empty list."""
        value = raw.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, Lines) for entry in value):
            self.note(
                "wrong-type",
                raw.at(key),
                f"{key} is not a list of records",
                f"{key}: with a dash per record",
                "Check the indentation.",
            )
            return []
        return value

    def texts(self, raw: Lines, key: str) -> tuple[str, ...]:
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

    def bilingual(self, raw: Lines, key: str) -> Mapping[str, str]:
        """A text in both languages; empty texts where one is missing."""
        value = raw.get(key)
        if isinstance(value, Lines) and all(isinstance(value.get(lang), str) and value[lang] for lang in LANGUAGES):
            return {lang: value[lang] for lang in LANGUAGES}
        self.note(
            "missing-key",
            raw.at(key),
            f"{raw.get('id') or self.whole} has no {key} in both languages",
            f"{key}: {{nb: …, en: …}}",
            "Add it.",
        )
        return dict.fromkeys(LANGUAGES, "")

    def codes(self, entries: list[Lines]) -> tuple[Code, ...]:
        """All codes whose ids can be told apart."""
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

    def code(self, raw: Lines, name: str) -> Code:
        """One code, from its whole record."""
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
        """One cue, or None when it is not in the cue language."""
        if isinstance(raw, Lines):
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

    def change(self, raw: Lines, known: set[str]) -> Change:
        """One change that was decided; `known` are the ids of the codes it may name."""
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
        decision = str(raw.get("decision"))
        if decision not in ("accepted", "rejected"):
            self.note(
                "unknown-decision",
                raw.at("decision"),
                f"decision {decision!r} of {name}",
                "accepted or rejected",
                "Correct the decision.",
            )
        made = self.asked_for(raw, name, is_accepted=decision == "accepted")
        named = (*made.source, *made.to, *(code for row in made.migration for code in (row.source, *row.to)))
        for code in dict.fromkeys(named):
            if code not in known:
                self.note("unknown-code", raw.line, f"{name} names {code}", "a code of this file", "Correct the id.")
        return replace(
            made,
            decided_at=str(raw.get("decided_at", "")),
            arena=str(raw.get("arena", "")),
            decided_by_role=str(raw.get("decided_by_role", "")),
            decision_reason=self.bilingual(raw, "decision_reason") if raw.get("decision_reason") else {},
        )

    def asked_for(self, raw: Lines, name: str, *, is_accepted: bool) -> Change:
        """A change without what was decided about it, as a proposal has it."""
        kind = str(raw.get("type"))
        if kind not in CHANGE_TYPES:
            self.note(
                "unknown-change",
                raw.at("type"),
                f"type {kind!r} of {name}",
                f"one of: {', '.join(CHANGE_TYPES)}",
                "Correct the type.",
            )
        return Change(
            name,
            kind,
            self.texts(raw, "from"),
            self.texts(raw, "to"),
            self.bilingual(raw, "summary"),
            self.bilingual(raw, "reason_empirical"),
            self.bilingual(raw, "reason_theoretical"),
            self.texts(raw, "evidence"),
            str(raw.get("proposed_by_role", "")),
            "",
            "",
            is_accepted,
            tuple(self.migration(entry, name, is_accepted=is_accepted) for entry in self.listed(raw, "migration")),
            str(raw.get("proposed_at", "")),
        )

    def migration(self, raw: Lines, owner: str, *, is_accepted: bool) -> Migration:
        """One migration row of the change `owner`."""
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
        polarity, facets = raw.get("polarity"), raw.get("facets") or {}
        is_whole = isinstance(facets, dict) and all(isinstance(answer, str) and answer for answer in facets.values())
        is_known = polarity in (None, *POLARITIES)
        if not (is_whole and is_known and (rule == "facet") == bool(polarity or facets)):
            self.note(
                "bad-migration",
                raw.at("polarity"),
                f"a row of {owner} with rule {rule} and polarity {polarity!r}",
                f"for facet a polarity ({', '.join(POLARITIES)}) or `facets: {{facet: answer}}`; for other rules neither",
                "Correct the row.",
            )
            polarity, facets = None, {}
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
        return Migration(source, rule, targets, polarity, str(name) if name else None, dict(facets))
