"""The study's own words and choices, read from ``foran.toml``: cases, vocabularies, milestones, thresholds."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import Faults

SETTINGS_FILE = "foran.toml"
SCHEMA_VERSION = 1
LANGUAGES = ("nb", "en")
POLARITIES = ("fremmer", "hemmer", "begge", "nøytral")
WRITTEN_FORMS = ("nb", "nn")
DOCUMENT_KINDS = ("interview", "workshop_note", "public_document")

#: A text in both languages of the reports, by language code.
Bilingual = Mapping[str, str]


@dataclass(frozen=True)
class Term:
    """An entry of a vocabulary: an id that files use and a label per language that people read."""

    id: str
    label: Bilingual


@dataclass(frozen=True)
class Guide:
    """An interview guide: which capability elements its questions ask about, by code id."""

    id: str
    label: Bilingual
    asks: tuple[str, ...]


@dataclass(frozen=True)
class Milestone:
    """A dated delivery: which corpus, which codebook version and which notebooks make it.

    `cut_off` bounds the documents by their date; `coded_until` bounds the coding log (inclusive days).
    """

    id: str
    title: Bilingual
    cut_off: dt.date
    coded_until: dt.date
    date_printed: str
    codebook_version: str
    model_version: int
    notebooks: tuple[str, ...]


@dataclass(frozen=True)
class Settings:
    """Everything ``foran.toml`` says; vocabularies keep the file's order."""

    study_id: str
    title: Bilingual
    notice: Bilingual
    is_synthetic: bool
    language: str
    cases: tuple[Term, ...]
    levels: tuple[Term, ...]
    actor_types: tuple[Term, ...]
    procedures: tuple[Term, ...]
    focus_areas: tuple[Term, ...]
    arenas: tuple[Term, ...]
    guides: tuple[Guide, ...]
    milestones: tuple[Milestone, ...]
    interviewers: frozenset[str]
    pipeline: str | None
    seed: int
    model_coders: tuple[str, ...]
    min_edge_turns: int
    shown_disclosures: tuple[str, ...]
    quotes_per_element: int
    raw: Mapping[str, Any] = field(repr=False)

    def vocabulary(self) -> dict[str, tuple[str, ...]]:
        """Allowed ids by register column."""
        return {
            "case": tuple(t.id for t in self.cases),
            "actor_type": tuple(t.id for t in self.actor_types),
            "procedure": tuple(t.id for t in self.procedures),
            "focus_area": tuple(t.id for t in self.focus_areas),
            "arena": tuple(t.id for t in self.arenas),
            "guide": tuple(g.id for g in self.guides),
            "level": tuple(t.id for t in self.levels),
            "kind": DOCUMENT_KINDS,
            "written_form": WRITTEN_FORMS,
        }


def read_settings(study: Path, faults: Faults) -> Settings | None:
    """The settings of the study in `study`, or None when ``foran.toml`` cannot be used; faults say why."""
    path = study / SETTINGS_FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        faults.note(
            "missing-file", SETTINGS_FILE, None, "no such file", "the study's settings",
            "Run `foran init DIR` to make an empty study, or name the study with --study.",
        )  # fmt: skip
        return None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        faults.note(
            "not-utf8", SETTINGS_FILE, line, "bytes that are not UTF-8", "UTF-8 text", "Save the file as UTF-8."
        )
        return None
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        line = int(at[1]) if at else len(text.splitlines())
        faults.note("broken-toml", SETTINGS_FILE, line, _first_clause(error), "TOML", "Mend the line.")
        return None
    return _Reader(text, raw, faults).settings()


def _first_clause(error: Exception) -> str:
    return re.sub(r"\s*\(at .*\)$", "", str(error))


class _Reader:
    """Walks the parsed TOML once, noting every fault with the line of the key it concerns."""

    def __init__(self, text: str, raw: dict[str, Any], faults: Faults) -> None:
        self.lines = text.splitlines()
        self.raw = raw
        self.faults = faults
        self.before = len(faults)

    def settings(self) -> Settings | None:
        version = self.raw.get("schema_version")
        if not isinstance(version, int) or isinstance(version, bool):
            self.note("missing-key", "schema_version", "schema_version is not a whole number", "schema_version = 1",
                      "Add it as the first line.")  # fmt: skip
            return None
        if version > SCHEMA_VERSION:
            self.note("future-file", "schema_version", f"schema_version {version}", f"at most {SCHEMA_VERSION}",
                      "The study was made with a newer version of the package: upgrade it.")  # fmt: skip
            return None
        study = self.table("study")
        analysis = self.table("analysis")
        privacy = self.table("privacy")
        corpus = self.table("corpus")
        guides = self.guides()
        terms = {
            key: self.terms(key)
            for key in ("cases", "levels", "actor_types", "procedures", "focus_areas", "arenas")
        }
        templates = self.raw.get("templates", {})
        milestones = self.milestones(templates if isinstance(templates, dict) else {})
        language = str(study.get("language", "nb"))
        if language not in LANGUAGES:
            self.note("unknown-language", "language", f"language {language!r}", " or ".join(LANGUAGES), "Choose one.")
        result = Settings(
            study_id=str(study.get("id", "study")),
            title=self.bilingual(study, "title", "study"),
            notice=self.bilingual(study, "notice", "study"),
            is_synthetic=bool(study.get("synthetic", False)),
            language=language,
            guides=guides,
            milestones=milestones,
            interviewers=frozenset(self.strings(corpus, "interviewers")),
            pipeline=corpus.get("spacy_pipeline") or None,
            seed=self.number(analysis, "seed", 20200901),
            model_coders=tuple(self.strings(analysis, "model_coders")),
            min_edge_turns=self.number(analysis, "min_edge_turns", 2),
            shown_disclosures=tuple(self.strings(privacy, "shown_disclosures")) or ("open",),
            quotes_per_element=self.number(privacy, "quotes_per_element", 2),
            raw=self.raw,
            **terms,
        )
        return result if len(self.faults) == self.before else None

    def note(self, kind: str, key: str, found: str, expected: str, remedy: str) -> None:
        self.faults.note(kind, SETTINGS_FILE, self.line_of(key), found, expected, remedy)

    def line_of(self, word: str) -> int | None:
        """The first line that mentions `word` as a key or a quoted value."""
        pattern = re.compile(rf'(^|\W){re.escape(word)}(\W|$)')
        return next((n for n, line in enumerate(self.lines, 1) if pattern.search(line.split("#")[0])), None)

    def table(self, key: str) -> dict[str, Any]:
        value = self.raw.get(key, {})
        if not isinstance(value, dict):
            self.note("wrong-type", key, f"{key} is not a table", f"[{key}]", "Write it as a table.")
            return {}
        return value

    def number(self, table: dict[str, Any], key: str, default: int) -> int:
        value = table.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self.note("wrong-type", key, f"{key} = {value!r}", "a whole number from 0", "Correct the value.")
            return default
        return value

    def strings(self, table: dict[str, Any], key: str) -> list[str]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.note("wrong-type", key, f"{key} is not a list of texts", f'{key} = ["…"]', "Correct the value.")
            return []
        return value

    def bilingual(self, table: dict[str, Any], key: str, owner: str) -> Bilingual:
        value = table.get(key)
        if isinstance(value, str):
            return dict.fromkeys(LANGUAGES, value)
        if isinstance(value, dict) and all(isinstance(value.get(lang), str) for lang in LANGUAGES):
            return {lang: value[lang] for lang in LANGUAGES}
        self.note("missing-key", key if value is not None else owner, f"{owner} has no {key} in both languages",
                  f'{key} = {{ nb = "…", en = "…" }}', "Add it.")  # fmt: skip
        return dict.fromkeys(LANGUAGES, "")

    def entries(self, key: str) -> list[dict[str, Any]]:
        value = self.raw.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.note("wrong-type", key, f"{key} is not a list of tables", f"[[{key}]]", "Write each as a table.")
            return []
        seen: set[str] = set()
        kept = []
        for entry in value:
            name = entry.get("id")
            if not isinstance(name, str) or not name:
                self.note("missing-id", key, f"an entry of {key} without id", 'id = "…"', "Give it an id.")
            elif name in seen:
                self.note("duplicate-id", name, f"id {name!r} twice in {key}", "ids that differ", "Rename one.")
            else:
                seen.add(name)
                kept.append(entry)
        return kept

    def terms(self, key: str) -> tuple[Term, ...]:
        return tuple(Term(e["id"], self.bilingual(e, "label", e["id"])) for e in self.entries(key))

    def guides(self) -> tuple[Guide, ...]:
        return tuple(
            Guide(e["id"], self.bilingual(e, "label", e["id"]), tuple(self.strings(e, "asks")))
            for e in self.entries("guides")
        )

    def milestones(self, templates: dict[str, Any]) -> tuple[Milestone, ...]:
        found = []
        for entry in self.entries("milestones"):
            name = entry["id"]
            cut_off = self.date(entry, "cut_off", name)
            coded_until = self.date(entry, "coded_until", name) if "coded_until" in entry else cut_off
            template = templates.get(entry.get("template"))
            if not isinstance(template, dict):
                self.note("unknown-template", name, f"milestone {name} names template {entry.get('template')!r}",
                          f"one of: {', '.join(templates) or 'none defined'}", "Correct the name.")  # fmt: skip
                continue
            version = entry.get("codebook_version")
            model = entry.get("model_version")
            if not isinstance(version, str) or not isinstance(model, int) or isinstance(model, bool):
                self.note("missing-key", name, f"milestone {name} without codebook_version or model_version",
                          'codebook_version = "1.0.0" and model_version = 1', "Add what is missing.")  # fmt: skip
                continue
            if cut_off is None or coded_until is None:
                continue
            found.append(
                Milestone(
                    name, self.bilingual(entry, "title", name), cut_off, coded_until,
                    str(entry.get("date_printed", cut_off.isoformat()[:7])), version, model,
                    tuple(self.strings(template, "notebooks")),
                )
            )  # fmt: skip
        return tuple(found)

    def date(self, entry: dict[str, Any], key: str, owner: str) -> dt.date | None:
        value = entry.get(key)
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value
        self.note("bad-date", owner, f"{owner} has {key} = {value!r}", f"{key} = 2020-09-30 (no quotes)",
                  "Write a date.")  # fmt: skip
        return None
