"""The study's own words and choices, read from ``foran.toml``: cases, vocabularies, milestones, thresholds."""

from __future__ import annotations

import datetime as dt
import difflib
import importlib.util
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import Faults
from .vocabulary import DISCLOSURES, DOCUMENT_KINDS, LANGUAGES, WRITTEN_FORMS, is_iso_date

SETTINGS_FILE = "foran.toml"
SCHEMA_VERSION = 1

_TERM = ("id", "label")
#: Every key that ``foran.toml`` can have, by table; "" is the top of the file, and `templates` holds tables of its own.
KNOWN_KEYS: Mapping[str, tuple[str, ...]] = {
    "study": ("id", "title", "notice", "synthetic", "language"),
    "corpus": ("interviewers", "spacy_pipeline"),
    "analysis": ("seed", "model_coders", "min_edge_turns", "recheck_sample", "agreement", "agreement_reason"),
    "privacy": (
        "shown_disclosures",
        "quotes_per_element",
        "sikt_ref",
        "end_date",
        "legal_basis",
        "consent_template_version",
        "retention_action",
    ),
    "cases": _TERM,
    "levels": _TERM,
    "actor_types": _TERM,
    "procedures": _TERM,
    "focus_areas": _TERM,
    "arenas": (*_TERM, "responsible", "participants", "from", "to"),
    "facets": (*_TERM, "values"),
    "guides": (*_TERM, "asks"),
    "milestones": (
        "id",
        "title",
        "date_printed",
        "cut_off",
        "coded_until",
        "template",
        "model_version",
        "codebook_version",
        "case",
        "date_assumed",
        "date_note",
        "work_package",
        "after",
    ),
    "second_passes": ("coder", "of"),
    "maturity": ("shows_total",),
    "maturity_levels": ("level", "label", "anchor"),
    "maturity_rules": ("from_level", "documents", "actor_types", "processes"),
    "templates": ("notebooks", "model"),
}
TOP_KEYS = ("schema_version", *KNOWN_KEYS)
#: Who answers for an arena, and who takes part in it: the two sides of the matrix of arenas.
ARENA_SIDES = ("practice", "research")
#: What a project can have promised to do with its data on the day it ends.
RETENTION_ACTIONS = ("delete", "anonymise", "archive")

#: What a template can make: a kind of model. "practice", "improvement" and "followup" are of one municipality each.
MODELS = ("capability", "practice", "improvement", "followup", "status")
CASE_MODELS = ("practice", "improvement", "followup")

_HEADER = re.compile(r"\s*\[\[?\s*([\w.-]+)\s*\]\]?\s*(?:#.*)?$")

#: A text in both languages of the reports, by language code.
Bilingual = Mapping[str, str]


@dataclass(frozen=True)
class Term:
    """An entry of a vocabulary: an id that files use and a label per language that people read."""

    id: str
    label: Bilingual


@dataclass(frozen=True)
class Arena(Term):
    """Where people met: who answered for it and who took part (`ARENA_SIDES` or ""), and its first and last day if told."""

    responsible: str = ""
    participants: str = ""
    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True)
class Facet:
    """A question a coder can answer about any coded segment, beside its code and polarity, with the answers allowed."""

    id: str
    label: Bilingual
    values: tuple[Term, ...]


@dataclass(frozen=True)
class Guide:
    """An interview guide: which capability elements its questions ask about, by code id."""

    id: str
    label: Bilingual
    asks: tuple[str, ...]


@dataclass(frozen=True)
class Milestone:
    """A dated delivery: which corpus, which codebook version and which notebooks make it.

    `cut_off` bounds the documents by their date; `coded_until` bounds the coding log (inclusive days). `model_version`
    counts the versions of one `model` of one `case` ("" for all cases together). `date_printed` is the month of the
    project's plan; where that cannot be meant, `date_assumed` is the one worked by and `date_note` says why. `after` are
    milestones this one builds on.
    """

    id: str
    title: Bilingual
    cut_off: dt.date
    coded_until: dt.date
    date_printed: str
    codebook_version: str
    model_version: int
    notebooks: tuple[str, ...]
    model: str = "capability"
    case: str = ""
    date_assumed: str = ""
    date_note: Bilingual | None = None
    work_package: str = ""
    template: str = ""
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class MaturityLevel:
    """A step of the maturity scale: its number, its name, and the anchor that says when it is reached."""

    level: int
    label: Bilingual
    anchor: Bilingual


@dataclass(frozen=True)
class EvidenceRule:
    """How broad the evidence of a maturity level is to be, from that level on."""

    from_level: int
    documents: int
    actor_types: int
    processes: int


@dataclass(frozen=True)
class Maturity:
    """The maturity scale of the study, 1 to 5; 0 is "not assessed" and needs no anchor.

    `shows_total`: whether reports may give one figure per municipality. Nobody should want that; somebody may have to.
    """

    levels: tuple[MaturityLevel, ...]
    rules: tuple[EvidenceRule, ...]
    shows_total: bool = False


#: The scale of a study that has none of its own.
DEFAULT_LEVELS = (
    MaturityLevel(
        1,
        {"nb": "Fremspirende", "en": "Emerging"},
        {
            "nb": "Avhenger av enkeltpersoner og enkelteksempler.",
            "en": "Depends on single persons and single examples.",
        },
    ),
    MaturityLevel(
        2,
        {"nb": "Gjentatt praksis", "en": "Repeated practice"},
        {
            "nb": "Gjøres i flere anskaffelser, men ikke likt hver gang og ikke av alle.",
            "en": "Done in several procurements, though not alike each time and not by everybody.",
        },
    ),
    MaturityLevel(
        3,
        {"nb": "Systematisert og reflektert over sammen", "en": "Systematised and reflected on together"},
        {
            "nb": "Beskrevet måte å gjøre det på; erfaringene samles og drøftes på tvers av enheter.",
            "en": "A described way of doing it; experience is gathered and discussed across units.",
        },
    ),
    MaturityLevel(
        4,
        {"nb": "Generell praksis", "en": "General practice"},
        {
            "nb": "Virker stabilt og godt nok i hele kommunen, også når folk slutter.",
            "en": "Works steadily and well enough in the whole municipality, also when people leave.",
        },
    ),
    MaturityLevel(
        5,
        {"nb": "Forbedres kontinuerlig og deles videre", "en": "Continuously improved and shared"},
        {
            "nb": "Måles og forbedres jevnlig, og andre lærer av det.",
            "en": "Measured and improved regularly, and others learn from it.",
        },
    ),
)
DEFAULT_RULES = (EvidenceRule(1, 1, 0, 0), EvidenceRule(3, 2, 2, 0), EvidenceRule(4, 2, 2, 2))


@dataclass(frozen=True)
class SecondPass:
    """A coder who coded documents a second time, under initials of their own: `coder` is `of`, at a later time."""

    coder: str
    of: str


@dataclass(frozen=True)
class Notification:
    """What the project has notified: its reference, when it ends, on what basis it works, and what happens to the data.

    Empty texts and no date stand for what ``[privacy]`` does not say.
    """

    sikt_ref: str = ""
    end_date: dt.date | None = None
    legal_basis: str = ""
    consent_template_version: str = ""
    retention_action: str = ""


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
    arenas: tuple[Arena, ...]
    facets: tuple[Facet, ...]
    guides: tuple[Guide, ...]
    milestones: tuple[Milestone, ...]
    interviewers: frozenset[str]
    pipeline: str | None
    seed: int
    model_coders: tuple[str, ...]
    min_edge_turns: int
    #: How many passages of a code, by each coder, are read again when its definition has changed.
    recheck_sample: int
    shown_disclosures: tuple[str, ...]
    quotes_per_element: int
    raw: Mapping[str, Any] = field(repr=False)
    #: Where ``foran.toml`` says what only the whole study can judge, e.g. ``milestones.M1.codebook_version``.
    lines: Mapping[str, int | None] = field(default_factory=dict, repr=False, compare=False)
    notification: Notification = Notification()
    second_passes: tuple[SecondPass, ...] = ()
    #: Why the study tells no agreement between coders; None where it does.
    agreement_off: Bilingual | None = None
    maturity: Maturity = Maturity(DEFAULT_LEVELS, DEFAULT_RULES)

    def vocabulary(self) -> dict[str, tuple[str, ...]]:
        """Allowed ids by register column."""
        return {
            "case": tuple(t.id for t in self.cases),
            "actor_type": tuple(t.id for t in self.actor_types),
            "procedure": tuple(t.id for t in self.procedures),
            "focus_area": tuple(t.id for t in self.focus_areas),
            "arena": tuple(t.id for t in self.arenas),
            "guide": tuple(g.id for g in self.guides),
            "phase": tuple(value.id for facet in self.facets if facet.id == "phase" for value in facet.values),
            "level": tuple(t.id for t in self.levels),
            "kind": DOCUMENT_KINDS,
            "written_form": WRITTEN_FORMS,
        }


def read_settings(study: Path, faults: Faults) -> Settings | None:
    """The settings of the study in `study`, or None when ``foran.toml`` cannot be read at all; faults say why.

    Entries with faults are left out or hold defaults, so that the rest of the study can be checked in the same breath.
    """
    path = study / SETTINGS_FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        faults.note(
            "missing-file",
            SETTINGS_FILE,
            None,
            "no such file",
            "the study's settings",
            "Run `foran init DIR` to make an empty study, or name the study with --study.",
        )
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
        line = int(at[1]) if at else text.rstrip("\n").count("\n") + 1
        faults.note("broken-toml", SETTINGS_FILE, line, _first_clause(error), "TOML", "Mend the line.")
        return None
    return _Reader(study, text, raw, faults).settings()


def resolved_pipeline(study: Path, name: str) -> str | None:
    """What spaCy can load for `spacy_pipeline`: a folder (relative ones lie in the study) or an installed package's name."""
    folder = study / name
    if (folder / "meta.json").is_file():
        return str(folder)
    try:
        return name if name.isidentifier() and importlib.util.find_spec(name) is not None else None
    except (ImportError, ValueError):
        return None


def _first_clause(error: Exception) -> str:
    return re.sub(r"\s*\(at .*\)$", "", str(error))


def _texts(value: object) -> tuple[str, ...]:
    """The texts of a list whose faults are told elsewhere."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _before(name: str, milestones: Mapping[str, Milestone]) -> set[str]:
    """A milestone and all that it builds on, by id."""
    found, waiting = set(), [name]
    while waiting:
        one = waiting.pop()
        if one in milestones and one not in found:
            found.add(one)
            waiting += milestones[one].after
    return found


class _Reader:
    """Walks the parsed TOML once, noting every fault with the line of the key it concerns."""

    def __init__(self, study: Path, text: str, raw: dict[str, Any], faults: Faults) -> None:
        self.study = study
        self.lines = text.split("\n")
        self.raw = raw
        self.faults = faults
        self.noted_lines: dict[str, int | None] = {}
        #: First and last line of each table, and of each entry of a list of tables, by name and place in the list.
        self.places: dict[tuple[str, int], tuple[int, int]] = {}
        headers = [(n, found[1]) for n, line in enumerate(self.lines, 1) if (found := _HEADER.match(line))]
        ends = [*(n - 1 for n, _ in headers), len(self.lines)][1:]
        for (start, name), end in zip(headers, ends, strict=True):
            number = sum(1 for known, _ in self.places if known == name)
            self.places[name, number] = (start, end)

    def settings(self) -> Settings | None:
        version = self.raw.get("schema_version")
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            self.note(
                "missing-key",
                "schema_version",
                "schema_version is not a whole number",
                "schema_version = 1",
                "Add it as the first line.",
            )
            return None
        if version > SCHEMA_VERSION:
            self.note(
                "future-file",
                "schema_version",
                f"schema_version {version}",
                f"at most {SCHEMA_VERSION}",
                "The study was made with a newer version of the package: upgrade it.",
            )
            return None
        self.check_keys()
        study = self.table("study")
        analysis = self.table("analysis")
        privacy = self.table("privacy")
        corpus = self.table("corpus")
        self.noted_lines["analysis.model_coders"] = self.line_of("model_coders", "analysis")
        guides = self.guides()
        terms = {key: self.terms(key) for key in ("cases", "levels", "actor_types", "procedures", "focus_areas")}
        milestones = self.milestones(self.templates(), tuple(case.id for case in terms["cases"]))
        language = str(study.get("language", "nb"))
        if language not in LANGUAGES:
            self.note("unknown-language", "language", f"language {language!r}", " or ".join(LANGUAGES), "Choose one.")
        return Settings(
            study_id=str(study.get("id", "study")),
            title=self.bilingual(study, "title", "study", "study"),
            notice=self.bilingual(study, "notice", "study", "study"),
            is_synthetic=self.truth(study, "synthetic"),
            language=language,
            arenas=self.arenas(),
            facets=self.facets(),
            guides=guides,
            milestones=milestones,
            interviewers=frozenset(self.strings(corpus, "interviewers")),
            pipeline=self.pipeline(corpus),
            seed=self.number(analysis, "seed", 20200901),
            model_coders=tuple(self.strings(analysis, "model_coders")),
            min_edge_turns=self.number(analysis, "min_edge_turns", 2),
            recheck_sample=self.number(analysis, "recheck_sample", 10),
            shown_disclosures=self.disclosures(privacy),
            quotes_per_element=self.number(privacy, "quotes_per_element", 2),
            raw=self.raw,
            lines=self.noted_lines,
            notification=self.notification(privacy),
            second_passes=self.second_passes(),
            agreement_off=self.agreement_off(analysis),
            maturity=self.maturity(),
            **terms,
        )

    def note(
        self, kind: str, key: str, found: str, expected: str, remedy: str, *, table: str = "", number: int = 0
    ) -> None:
        self.faults.note(kind, SETTINGS_FILE, self.line_of(key, table, number), found, expected, remedy)

    def line_of(self, key: str, table: str = "", number: int = 0) -> int | None:
        """The line of `key` in a table (the whole file for ""), else the table's first line."""
        first, last = self.places.get((table, number), (1, len(self.lines)))
        pattern = re.compile(rf"\s*{re.escape(key)}\s*=")
        found = next((n for n in range(first, last + 1) if pattern.match(self.lines[n - 1])), None)
        if found is None and (table, number) in self.places:
            return first
        return self.places.get((key, 0), (found, 0))[0] if found is None else found

    def table(self, key: str) -> dict[str, Any]:
        value = self.raw.get(key, {})
        if not isinstance(value, dict):
            self.note("wrong-type", key, f"{key} is not a table", f"[{key}]", "Write it as a table.")
            return {}
        return value

    def text(self, table: dict[str, Any], key: str, default: str) -> str:
        value = table.get(key, default)
        if not isinstance(value, str):
            self.note("wrong-type", key, f"{key} is not a text", f'{key} = "…"', "Correct the value.")
            return default
        return value

    def check_keys(self) -> None:
        """Note every key that means nothing: a misspelt one would otherwise leave a default in its place."""
        self.check_known(self.raw, TOP_KEYS, "")
        for table, known in KNOWN_KEYS.items():
            value = self.raw.get(table)
            if table == "templates" and isinstance(value, dict):
                for name, template in value.items():
                    self.check_known(template, known, f"templates.{name}")
                continue
            for number, entry in enumerate(value if isinstance(value, list) else [value]):
                self.check_known(entry, known, table, number)

    def check_known(self, entry: object, known: Iterable[str], table: str, number: int = 0) -> None:
        for key in entry if isinstance(entry, dict) else ():
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
                self.faults.note(
                    "unknown-key",
                    SETTINGS_FILE,
                    self.line_of_unknown(key, table, number),
                    f"key {key!r} in [{table}]" if table else f"key {key!r} at the top",
                    f"one of: {', '.join(known)}",
                    f"Did you mean {near[0]}?" if near else "Correct the key, or remove it.",
                )

    def line_of_unknown(self, key: str, table: str, number: int) -> int | None:
        """The line of a key of a table, or of what begins that table; at the top, of the first table of that name."""
        if table and (table, number) in self.places:
            return self.line_of(key, table, number)
        outer = table.split(".", maxsplit=1)[0] or key
        headers = (first for (name, _), (first, _) in self.places.items() if name.split(".")[0] == outer)
        return next(headers, None) or self.line_of(outer)

    def templates(self) -> dict[str, Any]:
        templates = self.table("templates")
        for name, template in templates.items():
            notebooks = template.get("notebooks", []) if isinstance(template, dict) else None
            if not isinstance(notebooks, list) or not all(isinstance(notebook, str) for notebook in notebooks):
                self.note_template("wrong-type", name, "no table with a list of notebooks")
            elif not any(notebook.strip() for notebook in notebooks):
                self.note_template("missing-key", name, "no notebook")
            elif template.get("model", MODELS[0]) not in MODELS:
                found, expected = f"template {name} makes {template['model']!r}", f"one of: {', '.join(MODELS)}"
                self.note("unknown-model", "model", found, expected, "Correct the word.", table=f"templates.{name}")
        return templates

    def note_template(self, kind: str, name: str, found: str) -> None:
        own = f"templates.{name}"
        key, table = ("notebooks", own) if (own, 0) in self.places else (name, "templates")
        remedy = "Name the notebooks that make the milestone."
        self.note(kind, key, f"template {name}: {found}", 'notebooks = ["….ipynb"]', remedy, table=table)

    def truth(self, table: dict[str, Any], key: str) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            self.note("wrong-type", key, f"{key} is neither true nor false", f"{key} = true or false", "Correct it.")
            return False
        return value

    def disclosures(self, privacy: dict[str, Any]) -> tuple[str, ...]:
        key = "shown_disclosures"
        if key not in privacy:
            return ("open",)
        given = self.strings(privacy, key)
        if unknown := [word for word in given if word not in DISCLOSURES]:
            found = f"{key} with {', '.join(map(repr, unknown))}"
            self.note("unknown-disclosure", key, found, f"some of: {', '.join(DISCLOSURES)}", "Correct the word.")
        elif privacy[key] == []:
            remedy = "Name one class, or leave the key out."
            self.note("unknown-disclosure", key, f"{key} is empty", f"some of: {', '.join(DISCLOSURES)}", remedy)
        return tuple(word for word in given if word in DISCLOSURES) or ("open",)

    def notification(self, privacy: dict[str, Any]) -> Notification:
        texts = {}
        for key in ("sikt_ref", "legal_basis", "consent_template_version", "retention_action"):
            self.noted_lines[f"privacy.{key}"] = self.line_of(key, "privacy")
            texts[key] = self.text(privacy, key, "").strip()
        if texts["retention_action"] not in (*RETENTION_ACTIONS, ""):
            found = f"retention_action {texts['retention_action']!r}"
            expected = f"one of: {', '.join(RETENTION_ACTIONS)}"
            self.note(
                "unknown-retention-action", "retention_action", found, expected, "Correct the word.", table="privacy"
            )
            texts["retention_action"] = ""
        return Notification(end_date=self.end_date(privacy), **texts)

    def end_date(self, privacy: dict[str, Any]) -> dt.date | None:
        """The day the project ends: a date, or, since the starter has empty quotes there, a text that is one."""
        self.noted_lines["privacy.end_date"] = self.line_of("end_date", "privacy")
        value = privacy.get("end_date", "")
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value
        if isinstance(value, str) and is_iso_date(value.strip()):
            return dt.date.fromisoformat(value.strip())
        if value != "":
            self.note(
                "bad-date",
                "end_date",
                f"privacy has end_date = {value!r}",
                "end_date = 2026-12-31",
                "Write the day on which the project ends, as notified.",
                table="privacy",
            )
        return None

    def pipeline(self, corpus: dict[str, Any]) -> str | None:
        name = self.text(corpus, "spacy_pipeline", "") or None
        if name is not None and resolved_pipeline(self.study, name) is None:
            self.note(
                "unknown-pipeline",
                "spacy_pipeline",
                f"spacy_pipeline {name!r}",
                "an installed pipeline, or a folder with meta.json",
                "Install it, correct the name, or leave it empty.",
            )
        return name

    def number(self, table: dict[str, Any], key: str, default: int) -> int:
        value = table.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self.note("wrong-type", key, f"{key} = {value!r}", "a whole number from 0", "Correct the value.")
            return default
        return value

    def strings(self, table: dict[str, Any], key: str, owner: str = "", number: int = 0) -> list[str]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.note(
                "wrong-type",
                key,
                f"{key} is not a list of texts",
                f'{key} = ["…"]',
                "Correct the value.",
                table=owner,
                number=number,
            )
            return []
        return value

    def bilingual(self, table: dict[str, Any], key: str, owner: str, place: str, number: int = 0) -> Bilingual:
        value = table.get(key)
        if isinstance(value, str):
            return dict.fromkeys(LANGUAGES, value)
        if isinstance(value, dict) and all(isinstance(value.get(lang), str) for lang in LANGUAGES):
            return {lang: value[lang] for lang in LANGUAGES}
        self.note(
            "missing-key",
            key,
            f"{owner} has no {key} in both languages",
            f'{key} = {{ nb = "…", en = "…" }}',
            "Add it.",
            table=place,
            number=number,
        )
        return dict.fromkeys(LANGUAGES, "")

    def entries(self, key: str) -> list[tuple[int, dict[str, Any]]]:
        """The entries of a list of tables that have an id of their own, each with its place in the list."""
        value = self.raw.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.note("wrong-type", key, f"{key} is not a list of tables", f"[[{key}]]", "Write each as a table.")
            return []
        seen: set[str] = set()
        kept = []
        for number, entry in enumerate(value):
            name = entry.get("id")
            if not isinstance(name, str) or not name:
                self.note(
                    "missing-id",
                    "id",
                    f"an entry of {key} without id",
                    'id = "…"',
                    "Give it an id.",
                    table=key,
                    number=number,
                )
            elif name in seen:
                self.note(
                    "duplicate-id",
                    "id",
                    f"id {name!r} twice in {key}",
                    "ids that differ",
                    "Rename one.",
                    table=key,
                    number=number,
                )
            else:
                seen.add(name)
                kept.append((number, entry))
        return kept

    def terms(self, key: str) -> tuple[Term, ...]:
        return tuple(Term(e["id"], self.bilingual(e, "label", e["id"], key, n)) for n, e in self.entries(key))

    def arenas(self) -> tuple[Arena, ...]:
        found = []
        for n, entry in self.entries("arenas"):
            label = self.bilingual(entry, "label", entry["id"], "arenas", n)
            responsible, participants = (self.side(entry, key, n) for key in ("responsible", "participants"))
            first, last = self.arena_days(entry, n)
            found.append(Arena(entry["id"], label, responsible, participants, first, last))
        return tuple(found)

    def side(self, arena: dict[str, Any], key: str, number: int) -> str:
        value = arena.get(key, "")
        if value in (*ARENA_SIDES, ""):
            return str(value)
        found = f"arena {arena['id']} has {key} = {value!r}"
        expected = f"one of: {', '.join(ARENA_SIDES)}"
        self.note("unknown-side", key, found, expected, "Correct the word.", table="arenas", number=number)
        return ""

    def arena_days(self, arena: dict[str, Any], number: int) -> tuple[dt.date | None, dt.date | None]:
        first, last = (
            self.date(arena, key, arena["id"], number, table="arenas") if key in arena else None
            for key in ("from", "to")
        )
        if first is not None and last is not None and last < first:
            self.note(
                "dates-reversed",
                "to",
                f"arena {arena['id']} from {first} to {last}",
                "a first day that is not after the last",
                "Swap the two days, or correct one.",
                table="arenas",
                number=number,
            )
            return None, None
        return first, last

    def facets(self) -> tuple[Facet, ...]:
        return tuple(
            Facet(entry["id"], self.bilingual(entry, "label", entry["id"], "facets", n), self.facet_values(entry, n))
            for n, entry in self.entries("facets")
        )

    def facet_values(self, facet: dict[str, Any], number: int) -> tuple[Term, ...]:
        """The answers of a facet: a list of inline tables with an id and a label, ids that differ."""
        values = facet.get("values")
        values = values if isinstance(values, list) else []
        names = [v.get("id") for v in values if isinstance(v, dict)]
        is_whole = all(isinstance(name, str) and name for name in names) and len(set(names)) == len(values)
        if not values or not is_whole:
            self.note(
                "wrong-type",
                "values",
                f"facet {facet['id']} without a list of values with ids that differ",
                'values = [{ id = "…", label = { nb = "…", en = "…" } }, …]',
                "Add the values, or remove the facet.",
                table="facets",
                number=number,
            )
            return ()
        return tuple(Term(v["id"], self.bilingual(v, "label", v["id"], "facets", number)) for v in values)

    def second_passes(self) -> tuple[SecondPass, ...]:
        """Who coded a second time under which initials: nobody twice, and nobody's second pass is of a second pass."""
        value = self.raw.get("second_passes", [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            found, remedy = "second_passes is not a list of tables", "Write each as a table."
            self.note("wrong-type", "second_passes", found, "[[second_passes]]", remedy)
            return ()
        kept: list[SecondPass] = []
        for number, entry in enumerate(value):
            names = [entry.get(key) for key in ("coder", "of")]
            if not all(isinstance(name, str) and name for name in names):
                fault, found = "missing-key", "a second pass without coder or of"
            elif names[0] == names[1]:
                fault, found = "duplicate-id", f"a second pass of {names[0]} under the same initials"
            elif names[0] in {name for one in kept for name in (one.coder, one.of)}:
                fault, found = "duplicate-id", f"{names[0]} is in another second pass already"
            elif names[1] in {one.coder for one in kept}:
                fault, found = "duplicate-id", f"{names[1]} is a second pass itself"
            else:
                kept.append(SecondPass(str(names[0]), str(names[1])))
                self.noted_lines[f"second_passes.{names[0]}"] = self.line_of("coder", "second_passes", number)
                continue
            expected = 'coder = "K1B" and of = "K1": initials of their own for the second pass'
            self.note(fault, "coder", found, expected, "Correct the initials.", table="second_passes", number=number)
        return tuple(kept)

    def agreement_off(self, analysis: dict[str, Any]) -> Bilingual | None:
        """Why no agreement is told, where the study says so: whoever switches it off gives the reason."""
        value = analysis.get("agreement", "on")
        if value not in ("on", "off"):
            found = f"agreement = {value!r}"
            self.note("wrong-type", "agreement", found, '"on" or "off"', "Correct the word.", table="analysis")
        if value != "off":
            return None
        reason = self.bilingual(analysis, "agreement_reason", 'analysis with agreement = "off"', "analysis")
        if any(not text.strip() for text in reason.values()) and "agreement_reason" in analysis:
            found = "agreement_reason is empty"
            expected = 'agreement_reason = { nb = "…", en = "…" }'
            self.note("missing-key", "agreement_reason", found, expected, "Say why.", table="analysis")
        return reason

    def guides(self) -> tuple[Guide, ...]:
        found = []
        for number, entry in self.entries("guides"):
            name = entry["id"]
            self.noted_lines[f"guides.{name}.asks"] = self.line_of("asks", "guides", number)
            label = self.bilingual(entry, "label", name, "guides", number)
            found.append(Guide(name, label, tuple(self.strings(entry, "asks", "guides", number))))
        return tuple(found)

    def maturity(self) -> Maturity:
        """The scale and what evidence its levels ask for; the defaults where the study says nothing."""
        levels = tuple(
            MaturityLevel(
                number,
                self.bilingual(entry, "label", f"maturity level {number}", "maturity_levels", at),
                self.bilingual(entry, "anchor", f"maturity level {number}", "maturity_levels", at),
            )
            for at, (number, entry) in enumerate(self.numbered("maturity_levels", "level"))
        )
        if levels and [one.level for one in levels] != [one.level for one in DEFAULT_LEVELS]:
            found = f"maturity levels {', '.join(str(one.level) for one in levels)}"
            self.note("wrong-scale", "maturity_levels", found, "1, 2, 3, 4 and 5, in that order", "Write five levels.")
            levels = ()
        rules = []
        for at, (number, entry) in enumerate(self.numbered("maturity_rules", "from_level")):
            needs = [entry.get(key, 0) for key in ("documents", "actor_types", "processes")]
            if not 1 <= number <= len(DEFAULT_LEVELS) or not all(type(need) is int and need >= 0 for need in needs):
                found, expected = f"maturity rule number {at + 1}", "from_level 1 to 5, and whole numbers from 0"
                self.note("wrong-type", "from_level", found, expected, "Correct it.", table="maturity_rules", number=at)
            else:
                rules.append(EvidenceRule(number, *needs))
        shows_total = self.truth(self.table("maturity"), "shows_total")
        return Maturity(levels or DEFAULT_LEVELS, tuple(rules) or DEFAULT_RULES, shows_total)

    def numbered(self, key: str, name: str) -> list[tuple[int, dict[str, Any]]]:
        """The entries of a list of tables that bear a whole number under `name`."""
        value = self.raw.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self.note("wrong-type", key, f"{key} is not a list of tables", f"[[{key}]]", "Write each as a table.")
            return []
        kept = []
        for at, entry in enumerate(value):
            if type(entry.get(name)) is int:
                kept.append((entry[name], entry))
            else:
                found, remedy = f"an entry of {key} without {name}", "Give it a whole number."
                self.note("missing-key", name, found, f"{name} = 1", remedy, table=key, number=at)
        return kept

    def milestones(self, templates: dict[str, Any], cases: tuple[str, ...]) -> tuple[Milestone, ...]:
        found = []
        for number, entry in self.entries("milestones"):
            name = entry["id"]
            self.noted_lines[f"milestones.{name}.codebook_version"] = self.line_of(
                "codebook_version", "milestones", number
            )
            for key in ("cut_off", "coded_until", "model_version"):
                self.noted_lines[f"milestones.{name}.{key}"] = self.line_of(key, "milestones", number)
            cut_off = self.date(entry, "cut_off", name, number)
            coded_until = self.date(entry, "coded_until", name, number) if "coded_until" in entry else cut_off
            template = templates.get(str(entry.get("template")))
            if not isinstance(template, dict):
                self.note(
                    "unknown-template",
                    "template",
                    f"milestone {name} names template {entry.get('template')!r}",
                    f"one of: {', '.join(templates) or 'none defined'}",
                    "Correct the name.",
                    table="milestones",
                    number=number,
                )
                continue
            version = entry.get("codebook_version")
            model = entry.get("model_version")
            if not isinstance(version, str) or not isinstance(model, int) or isinstance(model, bool):
                key = "model_version" if isinstance(version, str) else "codebook_version"
                self.note(
                    "missing-key",
                    key,
                    f"milestone {name} without codebook_version or model_version",
                    'codebook_version = "1.0.0" and model_version = 1',
                    "Add what is missing.",
                    table="milestones",
                    number=number,
                )
                continue
            makes = str(template.get("model", MODELS[0]))
            case = self.text(entry, "case", "")
            allowed = cases if makes in CASE_MODELS else ("",)
            if case not in allowed:
                of = f"one of: {', '.join(cases)}" if makes in CASE_MODELS else "no case: the model is of all"
                self.note(
                    "wrong-case",
                    "case",
                    f"milestone {name} ({makes}) with case {case!r}",
                    of,
                    "Correct it.",
                    table="milestones",
                    number=number,
                )
                continue
            if cut_off is None or coded_until is None:
                continue
            has_note = "date_note" in entry
            found.append(
                Milestone(
                    name,
                    self.bilingual(entry, "title", name, "milestones", number),
                    cut_off,
                    coded_until,
                    str(entry.get("date_printed", cut_off.isoformat()[:7])),
                    version,
                    model,
                    _texts(template.get("notebooks")),
                    makes,
                    case,
                    self.text(entry, "date_assumed", ""),
                    self.bilingual(entry, "date_note", name, "milestones", number) if has_note else None,
                    self.text(entry, "work_package", ""),
                    str(entry.get("template")),
                    tuple(self.strings(entry, "after", "milestones", number)),
                )
            )
        return self.in_order(found)

    def in_order(self, milestones: list[Milestone]) -> tuple[Milestone, ...]:
        """The milestones, with a fault for each that builds on one not there, on a later one, or on itself in the end."""
        by_id = {one.id: one for one in milestones}
        numbers = {entry["id"]: number for number, entry in self.entries_of("milestones")}
        for one in milestones:
            for name in one.after:
                other = by_id.get(name)
                if other is not None and other.cut_off <= one.cut_off and one.id not in _before(name, by_id):
                    continue
                found = f"milestone {one.id} after {name!r}" + ("" if other is None else f", cut off {other.cut_off}")
                expected = "milestones of this study with no later cut-off, and no circle"
                self.note(
                    "wrong-order",
                    "after",
                    found,
                    expected,
                    "Correct the name or the dates.",
                    table="milestones",
                    number=numbers[one.id],
                )
        return tuple(milestones)

    def entries_of(self, key: str) -> list[tuple[int, dict[str, Any]]]:
        """As :meth:`entries`, of a list whose faults were noted before."""
        value = self.raw.get(key)
        entries = value if isinstance(value, list) else []
        return [(n, e) for n, e in enumerate(entries) if isinstance(e, dict) and isinstance(e.get("id"), str)]

    def date(
        self, entry: dict[str, Any], key: str, owner: str, number: int, *, table: str = "milestones"
    ) -> dt.date | None:
        value = entry.get(key)
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value
        self.note(
            "bad-date",
            key,
            f"{owner} has {key} = {value!r}",
            f"{key} = 2020-09-30 (no quotes)",
            "Write a date.",
            table=table,
            number=number,
        )
        return None
