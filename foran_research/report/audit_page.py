"""The audit report as a thesis has it in an appendix: one offline HTML page, or a Word file with real headings and tables.

Both are written from the same sections, so that they say the same. What is said comes from ``analysis.audit``: ids,
counts and the researchers' own reasons; no word of an informant's, no memo unless it is asked for, no title.
"""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import docx
import jinja2
import pandas as pd
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell as Cell
from markupsafe import Markup, escape

from ..analysis.audit import EFFECT_COUNTS, GROUPS, RECORD_CLASSES, Audit
from ..analysis.drift import FEWEST, WINDOW
from ..analysis.stated import REASONS
from ..fixed_zip import fixed_bytes, xml_safe
from ..settings import Settings
from .audit_words import audit_words
from .codebook_diff import arena_shown
from .coreq import ITEMS
from .page import short_date
from .words import number

Words = Mapping[str, str]
Rows = Sequence[Mapping[Any, Any]]
_NONE = "–"
_FEW_ROWS, _SHORT_CELL = 5, 100


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, whether it holds numbers, and how wide it is beside the others."""

    title: str
    is_number: bool = False
    width: float = 1.0


@dataclass(frozen=True)
class Table:
    """A table to read. A cell's lines are divided by line feeds; a row of one cell is a heading over those below it."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    @property
    def is_short(self) -> bool:
        """Whether it is so small that a page may be left early for it: few rows of a line or two."""
        return len(self.rows) <= _FEW_ROWS and all(len(cell) <= _SHORT_CELL for row in self.rows for cell in row)


@dataclass(frozen=True)
class Picture:
    """A figure by name, with its caption."""

    name: str
    caption: str


@dataclass(frozen=True)
class Heading:
    """A heading within a section."""

    title: str


Part = str | Heading | Table | Picture


@dataclass(frozen=True)
class Section:
    """One part of the report: an id for links, a title, and paragraphs (texts), headings, tables and pictures in order."""

    id: str
    title: str
    parts: tuple[Part, ...]


#: So many codes of one change are named in a narrow cell.
MOST_CODES = 6


def _cells(row: Mapping[Any, Any], *keys: str) -> tuple[str, ...]:
    """What a row holds under some keys, as cells; nothing, and none of something, is a dash."""
    return tuple(str(row[key]) if row[key] else _NONE for key in keys)


def _used(rows: Rows, keys: Sequence[str], *, always: Sequence[str] = ()) -> tuple[str, ...]:
    """Those keys under which some row counts something: columns of dashes tell nobody anything."""
    return tuple(key for key in keys if key in always or any(row[key] for row in rows))


def _n(title: str) -> Column:
    return Column(title, is_number=True, width=0.6)


def sections(audit: Audit, settings: Settings, language: str) -> tuple[Section, ...]:
    """The whole report in one language ("nb" or "en"), ready to be written in any form."""
    w = audit_words(language)
    parts = {
        "about": _about(audit, settings, language, w),
        "timeline": _timeline(audit, settings, language, w),
        "changes": _changes(audit, settings, language, w),
        "effects": _effects(audit, w),
        "coders": _coders(audit, language, w),
        "drift": _drift(audit, language, w),
        "queue": _queue(audit, w),
        "records": _records(audit, w),
        "coreq": _coreq(audit, settings, language, w),
        "criteria": _criteria(audit, w),
    }
    return tuple(Section(name, w[name], tuple(made)) for name, made in parts.items())


# What each section says


def _about(audit: Audit, settings: Settings, language: str, w: Words) -> Iterator[Part]:
    facts = audit.facts
    yield w["about_1"]
    yield w["about_2_memos" if "memo_texts" in audit.tables else "about_2"]
    told = w["documents_told"].format(
        n=facts["documents"], interviews=facts["interviews"], notes=facts["workshop_notes"], public=facts["public"]
    )
    rows = [
        (w["study"], f"{settings.title[language]} ({settings.study_id})"),
        (w["made_for"], short_date(audit.day, language) if audit.day else w["not_stated"]),
        (w["package"], f"foran_research {audit.package_version}"),
        (w["documents_fact"], told),
        *([(w["withheld_fact"], w["withheld_note"].format(n=facts["withheld"]))] if facts["withheld"] else []),
        (w["coders_fact"], _series([str(name) for name in audit.tables["coders"]["coder"]], w) or w["none"]),
        (w["segments_fact"], number(facts["segments"], language)),
        *_verification(audit, w),
    ]
    yield Table("", (Column(w["fact"]), Column(w["value"], width=3)), tuple(rows))
    columns = (Column(w["version"]), Column(w["released"], width=1.4), *(_n(w[key]) for key in ("active", "elements")))
    yield Table(
        w["versions_table"],
        (*columns, _n(w["accepted_changes"]), _n(w["rejected_changes"])),
        tuple(
            (
                one.codebook_version,
                short_date(one.released, language),
                *(str(n) for n in (one.active, one.elements, one.accepted, one.rejected)),
            )
            for one in audit.versions
        ),
    )


def _verification(audit: Audit, w: Words) -> list[tuple[str, str]]:
    told = audit.verification
    if told is None:
        return [(w["verification"], w["not_verified"])]
    if told.broken:
        first = w["broken"].format(n=len(told.broken), logs=told.logs, lines=told.lines)
        return [(w["verification"], first), (w["broken_at"], "\n".join(told.broken)), (w["head"], told.head_sha256)]
    return [(w["verification"], w["verified"].format(logs=told.logs, lines=told.lines)), (w["head"], told.head_sha256)]


def _timeline(audit: Audit, settings: Settings, language: str, w: Words) -> Iterator[Part]:
    yield w["timeline_1"]
    yield Picture("timeline", w["timeline_figure"])
    rows: list[tuple[str, ...]] = []
    year = ""
    events = audit.tables["timeline"].to_dict("records")
    typed = {row["day"] for row in events if row["kind"] == "memo" and row["who"]}
    for row in events:
        if row["kind"] == "memo" and row["day"] not in typed:
            # Notes on segments alone, which come with coding: the months below count them.
            continue
        if row["day"][:4] != year:
            year = row["day"][:4]
            rows.append((year,))
        rows.append((str(row["day"]), *_event(row, settings, language, w)))
    yield Table(w["timeline_table"], (Column(w["day"], width=0.7), Column(w["event"], width=1.9), Column(w["which"], width=2.6)),
                tuple(rows))  # fmt: skip
    yield Picture("months", w["month_figure"])
    yield w["work_1"]
    columns = (
        Column(w["month"], width=0.8),
        Column(w["coder"], width=0.7),
        _n(w["days"]),
        _n(w["documents"]),
        _n(w["events"]),
    )
    months = audit.tables["work"].to_dict("records")
    groups = _used(months, GROUPS)
    table = Table(
        w["work_table"],
        (*columns, *(_n(w[group]) for group in groups)),
        tuple(_cells(row, "month", "coder", "days", "documents", "events", *groups) for row in months),
    )
    yield table if months else w["no_coding"]
    memos = audit.tables["memos"].to_dict("records")
    if not memos:
        yield w["no_memos"]
        return
    yield Table(
        w["memos_table"],
        (Column(w["memo_type"]), Column(w["memo_about"]), _n(w["memos"]), Column(w["first"]), Column(w["last"])),
        tuple(
            (
                _word(w, f"memo_{row['type']}"),
                _word(w, f"kind_{row['about_kind']}"),
                *_cells(row, "memos", "first_day", "last_day"),
            )
            for row in memos
        ),
    )
    texts = audit.tables.get("memo_texts")
    if texts is None:
        yield w["memos_1"]
        return
    yield w["memo_texts_1"]
    yield Table(
        w["memo_texts"],
        (Column(w["day"], width=0.7), Column(w["memo_about"], width=1.2), Column(w["text"], width=4)),
        tuple(
            (
                str(row["at"])[:10],
                f"{_word(w, 'memo_' + row['type'])}\n{row['about'] or row['about_kind']}",
                str(row["text"]),
            )
            for row in texts.to_dict("records")
        ),
    )


def _event(row: Mapping[Any, Any], settings: Settings, language: str, w: Words) -> tuple[str, str]:
    """What happened, and what it was about."""
    kind, who, count, about = str(row["kind"]), str(row["who"]), int(row["count"]), list(row["about"])
    said = w[f"event_{kind}"].format(who=who)
    if kind == "coding":
        documents = _counted(w, "n_documents", int(about[0]))
        return said, w["in_documents"].format(events=_counted(w, "n_events", count), documents=documents)
    if kind == "memo":
        return said, f"{count} {_word(w, f'memo_{who}')}"
    if kind == "release":
        return said, f"{about[0]} ({_counted(w, 'n_codes', count)})"
    if kind == "withdrawal":
        return said, _counted(w, "n_persons", count)
    if kind in ("milestone", "planned_milestone"):
        titles = {one.id: one.title[language] for one in settings.milestones}
        return said, ", ".join(f"{name}: {titles[name]}" if name in titles else name for name in about)
    if kind in ("document", "text_change"):
        hidden = count - len(about) if kind == "document" else int(not about)
        return said, ", ".join([*about, *([w["not_shown"].format(n=hidden)] if hidden else [])])
    by = w["proposed_by" if kind == "proposed" else "decided_by"].format(who=who) if who else ""
    return said, " · ".join(
        part for part in (", ".join(about), by, _arena(str(row["arena"]), settings, language)) if part
    )


def _counted(w: Words, key: str, count: int) -> str:
    """A number of something, in the singular for one."""
    return w[f"{key}_1"] if count == 1 else w[key].format(n=count)


def _arena(arena: str, settings: Settings, language: str) -> str:
    """An arena's label where it is named by its id; what else a record says of it, as it stands there."""
    return arena_shown(arena, {one.id: one.label for one in settings.arenas}, language)


def _changes(audit: Audit, settings: Settings, language: str, w: Words) -> Iterator[Part]:
    changes = audit.tables["changes"]
    if not len(changes):
        yield w["no_changes"]
        return
    yield w["changes_1"]
    columns = (Column(w["proposal"], width=1.1), Column(w["what_and_why"], width=2.9), Column(w["decision"], width=2.3))
    for version, own in changes.groupby("codebook_version", sort=False):
        caption = w["changes_of"].format(version=version) if version else w["changes_open"]
        rows = tuple(_change(row, settings, language, w) for row in own.to_dict("records"))
        yield Table(caption, columns, rows)


def _change(row: Mapping[Any, Any], settings: Settings, language: str, w: Words) -> tuple[str, str, str]:
    names = f"{row['change']}\n{_word(w, 'type_' + row['type'])}\n{_moved(row)}".rstrip()
    reasons = [row["summary"].get(language, "")]
    for key in ("empirical", "theoretical"):
        if text := row[f"reason_{key}"].get(language, ""):
            reasons.append(f"{w[key]}: {text}")
    decided = [w[row["decision"]] + (f" {row['decided_at']}" if row["decided_at"] else "")]
    if text := row["decision_reason"].get(language, ""):
        decided.append(text)
    if row["proposed_by_role"]:
        decided.append(w["proposed_by"].format(who=row["proposed_by_role"]) + _bracketed(row["proposed_at"]))
    if row["decided_by_role"]:
        decided.append(w["decided_by"].format(who=row["decided_by_role"]))
    if row["arena"]:
        decided.append(w["decided_in"].format(arena=_arena(str(row["arena"]), settings, language)))
    decided.append(f"{w['evidence']}: {', '.join(row['evidence']) or w['none']}")
    return names, "\n".join(reasons), "\n".join(decided)


def _bracketed(text: str) -> str:
    return f" ({text})" if text else ""


def _moved(row: Mapping[Any, Any], *, most: int | None = None) -> str:
    """P4 → P13, P14; only one side where the other is the same or empty, and `most` codes a side with their number."""
    source, target = (
        f"{', '.join(codes[:most])} … ({len(codes)})" if most and len(codes) > most else ", ".join(codes)
        for codes in (row["from"], row["to"])
    )
    return " → ".join(part for part in dict.fromkeys((source, target)) if part)


def _effects(audit: Audit, w: Words) -> Iterator[Part]:
    effects = audit.tables["effects"]
    if not len(effects):
        yield w["no_effects"]
        return
    yield w["effects_1"]
    keys = _used(
        effects.to_dict("records"),
        EFFECT_COUNTS[:-1],
        always=("before", "waited", "waits"),
    )
    titles = [w["gone" if key == "removed" else key] for key in keys] + [w["after"]]
    rows: list[tuple[str, ...]] = []
    version = ""
    for row in effects.to_dict("records"):
        if row["codebook_version"] != version:
            version = row["codebook_version"]
            rows.append((w["changes_of"].format(version=version),))
        what = f"{row['change']}\n{_word(w, 'type_' + row['type'])}: {_moved(row, most=MOST_CODES)}"
        if row["why"]:
            codes: dict[str, list[str]] = {}
            for code, why in row["why"]:
                codes.setdefault(why, []).append(code)
            told = (f"{', '.join(its)} ({_word(w, 'why_' + why)})" for why, its in codes.items())
            what += f"\n{w['waited']}: {'; '.join(told)}"
        rows.append((what, *_cells(row, *keys), str(row["after"]) if row["to"] else _NONE))
    yield Table(w["effects_table"], (Column(w["change"], width=2.3), *(_n(title) for title in titles)), tuple(rows))


def _coders(audit: Audit, language: str, w: Words) -> Iterator[Part]:
    coders = audit.tables["coders"].to_dict("records")
    if not coders:
        yield w["no_coding"]
        return
    work = audit.tables["work"]
    groups = _used(work.to_dict("records"), GROUPS)
    keys = ("days", "documents", "double_coded", "events", *groups, "standing")
    titles = [w["days"], w["documents"], w["double"], w["events"], *(w[group] for group in groups), w["standing"]]
    sums = work.groupby("coder")[list(GROUPS)].sum().to_dict("index") if len(work) else {}
    yield Table(
        w["coders_table"],
        (
            Column(w["coder"]),
            Column(w["first"], width=1.2),
            Column(w["last"], width=1.2),
            *(_n(title) for title in titles),
        ),
        tuple(_cells({**row, **sums.get(row["coder"], {})}, "coder", "first_day", "last_day", *keys) for row in coders),
    )
    yield from _agreement(audit, language, w)
    count = audit.facts["resolutions"]
    yield w["resolutions_1"].format(n=count) if count else w["no_resolutions"]


def _agreement(audit: Audit, language: str, w: Words) -> Iterator[Part]:
    yield Heading(w["agreement"])
    agreement = audit.tables["agreement"]
    for first, second in audit.still_blind:
        yield w["still_blind"].format(first=first, second=second)
    if not len(agreement):
        if not audit.still_blind:
            yield w["no_agreement"]
        return
    yield w["agreement_1"]
    keys = ["first", "second", "codebook_version"]
    for key, own in agreement.groupby(keys, sort=False):
        first, second, version = map(str, key)
        columns = (
            Column(w["code"], width=2.6),
            *(_n(w[key]) for key in ("units", "both")),
            *(_n(w["only"].format(who=who)) for who in (first, second)),
            *(_n(w[key]) for key in ("percent", "positive", "alpha")),
        )
        documents = _counted(w, "n_documents", int(own["documents"].iloc[0]))
        yield Table(
            w["agreement_table"].format(first=first, second=second, version=version, documents=documents),
            columns,
            tuple(
                (
                    f"{row['display']} {row['label'].get(language, '')}" if row["code"] else w["all_codes"],
                    *_cells(row, "units", "both", "only_first", "only_second"),
                    *(_figure(row[key], language) for key in ("percent", "positive", "alpha")),
                )
                for row in own.to_dict("records")
            ),
            w["figures_note"] + _undefined(own, language),
        )


def _undefined(own: pd.DataFrame, language: str) -> str:
    reasons = sorted({str(reason) for reason in own["alpha_reason"] if reason})
    return "".join(f" {REASONS[reason][language]}." for reason in reasons if reason in REASONS)


def _figure(value: object, language: str) -> str:
    # A figure that is undefined is None, or NaN once it has been in a column of numbers.
    if not isinstance(value, (int, float)) or math.isnan(value):
        return _NONE
    # Adding nothing makes 0 of a −0.
    return number(round(value, 2) + 0.0, language, 2)


def _drift(audit: Audit, language: str, w: Words) -> Iterator[Part]:
    rows = audit.tables["drift"].to_dict("records")
    if not rows:
        yield w["no_drift"]
        return
    newest = audit.versions[-1].codebook_version if audit.versions else ""
    yield w["drift_1"].format(window=WINDOW, fewest=FEWEST, version=newest)
    yield w["drift_2"]
    columns = (
        Column(w["coder"], width=0.7),
        _n(w["window"]),
        Column(w["first"], width=1.1),
        Column(w["last"], width=1.1),
    )
    numbers = (_n(w["distance"]), _n(w["by_chance"]))
    yield Table(
        w["drift_table"],
        (*columns, _n(w["codings"]), Column(w["codebook"], width=0.9), *numbers, Column(w["most"], width=2.6)),
        tuple(
            (
                *_cells(row, "coder", "window", "first_day", "last_day", "codings"),
                ", ".join(str(row["codebook_versions"]).split()),
                *(_figure(row[key], language) for key in ("distance", "by_chance")),
                _why_moved(row, language, w),
            )
            for row in rows
        ),
    )


def _why_moved(row: Mapping[Any, Any], language: str, w: Words) -> str:
    if row["status"]:
        return {"first": w["first_window"], "few": w["few"]}[row["status"]]
    moved = ", ".join(
        f"{name} {'+' if by > 0 else '−'}{number(abs(by), language, 2)}" for name, by in row["contributions"]
    )
    return "\n".join((moved, *([w["codebook_changed"]] if row["codebook_changed"] else ())))


def _queue(audit: Audit, w: Words) -> Iterator[Part]:
    version = audit.versions[-1].codebook_version if audit.versions else ""
    queue = audit.tables["queue"].to_dict("records")
    waiting = sum(int(row["segments"]) for row in queue)
    yield w["queue_1" if queue else "queue_empty"].format(version=version, n=waiting)
    if queue:
        columns = (Column(w["change"], width=1.6), Column(w["why"], width=2.4), Column(w["coder"]))
        yield Table(
            w["queue_table"],
            (*columns, _n(w["segments"]), _n(w["documents"])),
            tuple(
                (
                    f"{row['change']} ({row['version']})",
                    f"{row['display']}: {_word(w, 'why_' + row['why'])}",
                    *_cells(row, "coder", "segments", "documents"),
                )
                for row in queue
            ),
        )
    rechecks = audit.tables["rechecks"].to_dict("records")
    if not rechecks:
        yield w["no_rechecks"]
        return
    yield w["rechecks_1"].format(size=audit.facts["sample"], seed=audit.facts["seed"])
    keys = ("drawn", "confirmed", "recoded", "set_aside", "removed", "open")
    titles = [w[key] for key in keys[:-1]] + [w["still_open"]]
    yield Table(
        w["rechecks_table"],
        (Column(w["change"], width=1.6), Column(w["code"]), *(_n(title) for title in titles)),
        tuple((f"{row['change']} ({row['version']})", str(row["display"]), *_cells(row, *keys)) for row in rechecks),
    )


def _records(audit: Audit, w: Words) -> Iterator[Part]:
    yield w["records_1"]
    records = audit.tables["records"]
    rows: list[tuple[str, ...]] = []
    for name in RECORD_CLASSES:
        rows.append((w[f"class_{name}"],))
        rows += [
            (w[f"rec_{row['record']}"], str(row["where"]), str(row["count"]), str(row["from"]), str(row["to"]))
            for row in records[records["class"] == name].to_dict("records")
        ]
    columns = (Column(w["record"], width=2.2), Column(w["where"], width=2.2), _n(w["count"]))
    yield Table(
        w["records_table"], (*columns, Column(w["first"], width=1.1), Column(w["last"], width=1.1)), tuple(rows)
    )


def coreq_answers(audit: Audit, settings: Settings, language: str) -> dict[int, str]:
    """What the study's files can say to COREQ, by number of the item; all others are for the author."""
    w, facts = audit_words(language), audit.facts
    found = {
        12: w["coreq_12"].format(
            documents=facts["documents"], interviews=facts["interviews"], notes=facts["workshop_notes"],
            public=facts["public"], informants=facts["informants"],
        ),
        24: w["coreq_24"].format(coders=int((audit.tables["coders"]["standing"] > 0).sum()), double=facts["double_coded"]),
        27: w["coreq_27"].format(version=audit.package_version),
        29: w["coreq_29"],
    }  # fmt: skip
    if audit.versions:
        first, newest = audit.versions[0], audit.versions[-1]
        levels = _series([level.label[language] for level in settings.levels if level.id in audit.levels], w)
        found[25] = w["coreq_25"].format(
            version=newest.codebook_version, active=newest.active, elements=newest.elements, levels=levels
        )
        found[26] = w["coreq_26" if len(audit.versions) > 1 else "coreq_26_one"].format(
            first=first.codebook_version, at_first=first.active, version=newest.codebook_version,
            new=facts["codes_new"], gone=facts["codes_gone"], changes=facts["accepted"],
        )  # fmt: skip
        if facts["codes_used"]:
            found[22] = w["coreq_22"].format(
                used=facts["codes_used"], coded=facts["coded_documents"], late=facts["codes_late"],
                version=newest.codebook_version,
            )  # fmt: skip
    if facts["arena_notes"]:
        found[28] = w["coreq_28"].format(n=facts["arena_notes"])
    return found


def _coreq(audit: Audit, settings: Settings, language: str, w: Words) -> Iterator[Part]:
    yield w["coreq_1"]
    place = {"nb": 0, "en": 1}[language]
    answers = coreq_answers(audit, settings, language)
    rows: list[tuple[str, ...]] = []
    for item in ITEMS:
        if not rows or item.domain != ITEMS[item.number - 2].domain:
            rows.append((item.domain[place],))
        topic = f"{item.topic[place]}: {item.asks[place]}"
        rows.append((str(item.number), topic, answers.get(item.number, w["to_complete"])))
    columns = (
        Column(w["number"], width=0.4),
        Column(w["topic"], width=2.2),
        Column(w["answer"], width=3),
    )
    yield Table(w["coreq_table"], columns, tuple(rows))


def _criteria(audit: Audit, w: Words) -> Iterator[Part]:
    yield w["criteria_1"]
    facts = audit.facts
    told = audit.verification
    chain = w["chain_unknown"] if told is None else w["chain_broken"] if told.broken else w["chain_holds"]
    see = {key: w["see"].format(section=w[key]) for key in ("agreement", "changes", "timeline")}
    given: dict[str, dict[str, object]] = {
        "credibility": {"agreement": see["agreement"], "coded": facts["coded_documents"], "double": facts["double_coded"],
                        "resolutions": facts["resolutions"], "inhibits": facts["inhibits"], "segments": facts["segments"],
                        "arena": facts["arena_notes"]},
        "transferability": {key: facts[key] for key in ("cases", "processes", "actors")},
        "dependability": {"versions": len(audit.versions), "changes": len(audit.tables["changes"]), "events": facts["events"],
                          "changes_at": see["changes"], "work_at": see["timeline"]},
        "confirmability": {"evidenced": facts["evidenced"], "changes": len(audit.tables["changes"]), "memos": facts["memos"],
                           "reflexive": facts["memos_reflexive"], "abductive": facts["memos_abductive"], "verified": chain},
    }  # fmt: skip
    yield Table(
        w["criteria_table"],
        (Column(w["criterion"]), Column(w["in_files"], width=3), Column(w["not_in_files"], width=1.8)),
        tuple((w[name], w[f"{name}_in"].format(**values), w[f"{name}_out"]) for name, values in given.items()),
    )


def _word(w: Words, key: str) -> str:
    """A word of the report's own, or what stands in the files where it has none."""
    return w.get(key) or key.partition("_")[2] or w["not_stated"]


def _series(items: Sequence[str], w: Words) -> str:
    return f" {w['and']} ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


# HTML


def html_page(
    told: Sequence[Section],
    settings: Settings,
    figures: Mapping[str, bytes],
    language: str,
    *,
    day: str,
    title: str = "",
) -> str:
    """The report as one HTML page that needs nothing beside it. `figures` are SVG bytes by name; "" is the usual title."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("foran_research.report", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["svg"] = lambda data: "data:image/svg+xml;base64," + base64.b64encode(data).decode("ascii")
    environment.filters["rich"] = _rich
    environment.tests["heading"] = lambda part: isinstance(part, Heading)
    environment.tests["table"] = lambda part: isinstance(part, Table)
    environment.tests["picture"] = lambda part: isinstance(part, Picture)
    numbers = _numbers(told)
    page = environment.get_template("audit_page.html.j2").render(
        sections=told,
        w={**audit_words(language), **({"title": title} if title else {})},
        lang=language,
        settings=settings,
        figures=figures,
        numbered=lambda part: numbers.get(id(part), 0),
        day=short_date(day, language) if day else "",
    )
    return page + "\n"


_ID = re.compile(r"(?:CH-)?[A-Z][\w.]*(?:-[\w.]+)+")
_COMMAND = re.compile(r"`([^`]+)`")


def _rich(text: str) -> Markup:
    """A text as HTML: its lines, commands in a type of their own, and ids that no line breaks in two."""
    safe = str(escape(text))
    safe = _COMMAND.sub(r"<code>\1</code>", _ID.sub(r'<span class="id">\g<0></span>', safe))
    return Markup(safe.replace("\n", "<br>"))  # noqa: S704 - escaped above


def _numbers(told: Iterable[Section]) -> dict[int, int]:
    """The number of each captioned table and each figure, by the part's identity: tables and figures count apart."""
    found: dict[int, int] = {}
    counts = {Table: 0, Picture: 0}
    for part in (part for section in told for part in section.parts):
        if isinstance(part, (Table, Picture)) and part.caption:
            counts[type(part)] += 1
            found[id(part)] = counts[type(part)]
    return found


# Word

_GREY = RGBColor(0x55, 0x55, 0x55)
_FONT = "Calibri"


def docx_report(
    told: Sequence[Section],
    settings: Settings,
    figures: Mapping[str, bytes],
    language: str,
    *,
    day: str,
    title: str = "",
) -> bytes:
    """The report as a Word file: headings and captions are Word's own, tables repeat their heads. `figures` are PNG bytes.

    The pages lie on their side, since half of the tables are wide.
    """
    w = {**audit_words(language), **({"title": title} if title else {})}
    page = docx.Document()
    core = page.core_properties
    core.title, core.author, core.comments, core.revision = xml_safe(w["title"]), "", "", 1
    core.language = {"nb": "nb-NO", "en": "en-GB"}[language]
    wide = _on_its_side(page, core.language)
    page.add_heading(xml_safe(w["title"]), level=0)
    page.add_paragraph(xml_safe(settings.title[language]))
    if day:
        page.add_paragraph(xml_safe(f"{w['made_for']}: {short_date(day, language)}"))
    if settings.is_synthetic:
        page.add_paragraph().add_run(xml_safe(settings.notice[language])).bold = True
        foot = page.sections[0].footer.paragraphs[0].add_run(xml_safe(settings.notice[language]))
        foot.font.size = Pt(7.5)
    numbers = _numbers(told)
    for place, section in enumerate(told, 1):
        page.add_heading(xml_safe(f"{place} {section.title}"), level=1)
        for part in section.parts:
            if isinstance(part, str):
                page.add_paragraph(xml_safe(part.replace("`", "")))
            elif isinstance(part, Heading):
                page.add_heading(xml_safe(part.title), level=2)
            elif isinstance(part, Picture):
                page.add_picture(io.BytesIO(figures[part.name]), width=Cm(wide))
                page.paragraphs[-1].paragraph_format.keep_with_next = True
                page.add_paragraph(xml_safe(f"{w['figure']} {numbers[id(part)]}. {part.caption}"), style="Caption")
            else:
                if part.caption:
                    caption = page.add_paragraph(
                        xml_safe(f"{w['table']} {numbers[id(part)]}. {part.caption}"), style="Caption"
                    )
                    caption.paragraph_format.keep_with_next = True
                _word_table(page, part, wide)
                note = page.add_paragraph(xml_safe(part.note))
                note.paragraph_format.space_after = Pt(8)
                for run in note.runs:
                    run.font.size, run.font.color.rgb = Pt(8), _GREY
    return fixed_bytes(page)


def _on_its_side(page: Any, language: str) -> float:
    """A4 on its side with narrow margins, a plain font, the document's language; returns the width of the text in cm."""
    section = page.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(1.8)
    for name in ("Normal", "Title", "Heading 1", "Heading 2", "Caption"):
        style = page.styles[name]
        style.font.name = _FONT
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in list(fonts.attrib):
            if key.endswith("Theme"):
                del fonts.attrib[key]
        for key in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(key), _FONT)
        style.font.color.rgb = RGBColor(0x22, 0x22, 0x22)
    page.styles["Normal"].font.size = Pt(10)
    page.styles["Caption"].font.size = Pt(9.5)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), language)
    page.styles["Normal"].element.get_or_add_rPr().append(spoken)
    return 25.7


def _word_table(page: Any, table: Table, wide: float) -> None:
    """A table whose head comes again on every page, whose rows stay whole, and whose columns are as wide as planned."""
    made = page.add_table(rows=1 + len(table.rows), cols=len(table.columns), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.LEFT
    made.autofit = False
    total = sum(column.width for column in table.columns)
    widths = [Cm(wide * column.width / total) for column in table.columns]
    for grid, width in zip(made.columns, widths, strict=True):
        grid.width = width
    lines = [tuple(column.title for column in table.columns), *table.rows]
    # Asking the table for its rows and cells one by one takes the square of their number.
    for place, (row, values) in enumerate(zip(made.rows, lines, strict=True)):
        _flag(row, "w:cantSplit")
        cells = [Cell(found, made) for found in row._tr.tc_lst]
        if len(values) == 1:
            over = cells[0].merge(cells[-1])
            _write(over, values[0], is_bold=True)
            for paragraph in over.paragraphs:
                paragraph.paragraph_format.keep_with_next = True
            continue
        if place == 0:
            _flag(row, "w:tblHeader")
        for cell, value, column, width in zip(cells, values, table.columns, widths, strict=True):
            cell.width = width
            _write(cell, value, is_bold=place == 0, is_number=column.is_number)


def _flag(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _write(cell: Any, text: str, *, is_bold: bool = False, is_number: bool = False) -> None:
    for place, line in enumerate(text.split("\n")):
        paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(1)
        if is_number:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        run = paragraph.add_run(xml_safe(line.replace("`", "")))
        run.font.size, run.bold = Pt(8), is_bold or None
