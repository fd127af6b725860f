"""The frame of a page for practitioners: one self-contained HTML file, no script, nothing fetched from anywhere.

A page's template extends ``frame.html.j2`` and puts itself together from the parts in ``frame_parts.html.j2``, which it
finds as ``f``. Every page begins with what a reader needs in ten lines and ends with how it was made.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup, escape

from ..settings import Milestone, Settings
from .frame_words import frame_words
from .page import MOST_PER_SPEAKER, cleared_quote, short_date
from .words import number
from .words import words as common_words

_UNSAFE = re.compile(r"[^\w.\-]")


@dataclass(frozen=True)
class Made:
    """What a page was made of. `coding` is "human", "suggestions" or "" where no coding stands behind the page.

    `is_empty` says that nothing was coded; `more` are further rows (name, value) for the foot of the page.
    """

    milestone: str = ""
    model: str = ""
    cut_off: str = ""
    coded_until: str = ""
    codebook_version: str = ""
    coding: str = ""
    coders: tuple[str, ...] = ()
    is_empty: bool = False
    more: tuple[tuple[str, str], ...] = ()

    @classmethod
    def at(cls, milestone: Milestone, *, model: str = "", coding: str = "human", **other: Any) -> Made:
        """What a page of a milestone was made of."""
        return cls(
            milestone=milestone.id,
            model=model,
            cut_off=milestone.cut_off.isoformat(),
            coded_until=milestone.coded_until.isoformat(),
            codebook_version=milestone.codebook_version,
            coding=coding,
            **other,
        )


@dataclass(frozen=True)
class Passage:
    """A coded segment as a page tells of it; `words` is "" where they may not be shown, and `why` says which reason.

    `why` is "not_cleared" or "enough"; `about` says what it is evidence of, `place` orders the passages of a document.
    `speaker_told` is the pseudonym of a speaker who may be quoted under it, or what kind of text it is; else it is "" and
    a page tells of the type of actor in `role`.
    """

    segment: str
    anchor: str
    words: str
    why: str
    speaker: str
    speaker_told: str
    role: str
    is_spoken: bool
    document: str
    title: str
    date: str
    case: str
    turn: int
    place: int
    polarity: str
    about: str

    @property
    def home(self) -> str:
        """The anchor of the list of its document."""
        return f"d-{_UNSAFE.sub('_', self.document)}"


def anchor_of(segment: str) -> str:
    """The anchor of a passage on a page.

    >>> anchor_of("FJO-I01.K1.s0004")
    's-FJO-I01.K1.s0004'
    """
    return f"s-{_UNSAFE.sub('_', segment)}"


def passages_of(
    wanted: Iterable[str],
    segments: pd.DataFrame,
    units: pd.DataFrame,
    *,
    hidden: frozenset[str],
    documents: pd.DataFrame,
    about: Mapping[str, str] | None = None,
    first: Iterable[str] = (),
    most: int = MOST_PER_SPEAKER,
    language: str = "nb",
) -> dict[str, Passage]:
    """By segment id, the passages that a page may tell of, with their words where those may be shown.

    Parameters
    ----------
    wanted
        Segment ids, the most important first; ids that `segments` lacks and those of hidden documents are left out.
    segments, units, documents
        A segments table, its informant units (see analysis.incidence), and the register of documents.
    about
        By segment id or by code id, what the passage is evidence of.
    first
        Those whose words come first when a speaker has said more than may be quoted.
    most
        How often one speaker's words may stand on the page.
    """
    rows = segments.drop_duplicates("segment").set_index("segment").to_dict("index")
    unit_rows = units.set_index("unit")[["informant", "case", "actor_type", "may_quote"]].to_dict("index")
    ids = [one for one in dict.fromkeys(wanted) if one in rows and rows[one]["document"] not in hidden]
    chosen = set(ids)
    used: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for one in (*(one for one in dict.fromkeys(first) if one in chosen), *ids):
        if one in shown:
            continue
        quote = cleared_quote(one, rows, unit_rows, hidden)
        if quote is None:
            shown[one] = ""
        elif used[quote.speaker] < most:
            used[quote.speaker] += 1
            shown[one] = quote.words
    told = about or {}
    return {
        one: _passage(one, rows[one], unit_rows, documents, shown.get(one), told, language)
        for one in ids
    }  # fmt: skip


def _passage(
    segment: str,
    row: Mapping[Any, Any],
    units: Mapping[Any, Mapping[Any, Any]],
    documents: pd.DataFrame,
    words: str | None,
    about: Mapping[str, str],
    language: str,
) -> Passage:
    document = str(row["document"])
    touched = [f"{document}:{turn}" for turn in row["turns"]]
    known = [units[unit] for unit in touched if unit in units]
    speaker = str(known[0]["informant"]) if known else document
    is_spoken = speaker != document
    # A pseudonym beside a place tells who was there: it stands only where its owner may be quoted under it.
    pseudonym = speaker if known and known[0]["may_quote"] else ""
    entry: Mapping[Any, Any] = documents.loc[document].to_dict() if document in documents.index else {}
    said = common_words(language)
    kind = str(entry.get("kind", ""))
    text = "workshop_note" if kind == "workshop_note" else "public_document" if kind == "public_document" else ""
    return Passage(
        segment=segment,
        anchor=anchor_of(segment),
        words=words or "",
        why="" if words else "enough" if words is None else "not_cleared",
        speaker=speaker,
        speaker_told=pseudonym if is_spoken else said[text or "text_document"],
        role=str(known[0]["actor_type"]) if is_spoken else "",
        is_spoken=is_spoken,
        document=document,
        title=str(entry.get("title", "")),
        date=str(entry.get("date", "")),
        case=str(known[0]["case"]) if known else str(entry.get("case", "")),
        turn=int(row["turns"][0]) if row["turns"] else 0,
        place=int(row["start"]),
        polarity=str(row["polarity"]),
        about=about.get(segment) or about.get(str(row["code"]), ""),
    )


def render(
    template: str,
    *,
    settings: Settings,
    language: str,
    words: Mapping[str, str],
    title: str,
    made: Made,
    lead: str = "",
    short: Sequence[tuple[str, str]] = (),
    contents: Sequence[tuple[str, str]] = (),
    notices: Sequence[tuple[str, str]] = (),
    passages: Mapping[str, Passage] | None = None,
    **values: Any,
) -> str:
    """A page as HTML.

    Parameters
    ----------
    template
        The page's own template in ``report/``, which begins with ``{% extends "frame.html.j2" %}``.
    words
        The page's own words in one language; they stand in for the frame's of the same key.
    short
        What a reader needs first: (text, anchor to read more at or "").
    contents
        (anchor, name) of the page's sections; passages are added when there are any.
    notices
        (kind, text) beside those that every page gives: that the study is invented, machine suggestions, nothing coded.
        Kind is "" or "machine".
    passages
        See :func:`passages_of`.
    values
        What else the template asks for.

    Raises
    ------
    jinja2.UndefinedError
        When the template names what it was not given.
    """
    said = {**frame_words(language), **words}
    said["passages_lead"] = said["passages_lead"].replace("{most}", str(MOST_PER_SPEAKER))
    given = [("", settings.notice[language])] if settings.is_synthetic else []
    given += [("machine", said["notice_machine"])] if made.coding == "suggestions" else []
    given += [("empty", said["notice_empty"])] if made.is_empty else []
    found = dict(passages or {})
    shared: dict[str, Any] = {
        "w": said,
        "lang": language,
        "settings": settings,
        "passages": found,
        "n": lambda count, name: counted(count, name, said, language),
        "short_date": lambda iso: short_date(iso, language),
        "names": names_of(settings, language),
    }
    environment = _environment(language)
    parts = environment.get_template("frame_parts.html.j2").make_module(shared)
    named = [*contents, *([("passages", said["passages"])] if found else []), ("made", said["how_made"])]
    page = environment.get_template(template).render(
        **shared,
        f=parts,
        title=title,
        lead=lead,
        made=made,
        made_rows=_made_rows(made, said, language),
        notices=[*given, *notices],
        foot=[text for _, text in given],
        short=list(short),
        contents=named if contents else [],
        **values,
    )
    return page.rstrip("\n") + "\n"


@cache
def _environment(language: str) -> jinja2.Environment:
    # Kept, for it keeps the templates it has translated.
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("foran_research.report", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["num"] = lambda value, digits=0: number(value, language, digits)
    environment.filters["named"] = lambda ids, names: [names.get(item, item) for item in ids]
    # Made by our own templates, which escaped what they were given.
    environment.filters["made"] = Markup
    environment.filters["svg"] = lambda data: "data:image/svg+xml;base64," + base64.b64encode(data).decode("ascii")
    return environment


def counted(count: int, name: str, said: Mapping[str, str], language: str) -> str:
    """A number with its noun: words `name` for one and `name_n` for several (`name` where there is no such word).

    >>> counted(1, "passage", frame_words("nb"), "nb"), counted(2, "passage", frame_words("nb"), "nb")
    ('1 tekstdel', '2 tekstdeler')
    """
    noun = said[name] if count == 1 else said.get(f"{name}_n", said[name])
    return f"{number(count, language)} {noun}"


def series(items: Sequence[str], language: str) -> str:
    """Things in a row as a sentence has them.

    >>> series(["a", "b", "c"], "nb"), series(["a"], "en"), series([], "nb")
    ('a, b og c', 'a', '')
    """
    joint = {"nb": " og ", "en": " and "}[language]
    return joint.join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def in_norwegian(text: str, language: str) -> str:
    """What was written in Norwegian, marked as such on a page in another language.

    >>> str(in_norwegian("Kilde <1>", "en")), str(in_norwegian("Kilde <1>", "nb"))
    ('<span lang="nb">Kilde &lt;1&gt;</span>', 'Kilde &lt;1&gt;')
    """
    return escape(text) if language == "nb" or not text else Markup('<span lang="nb">{0}</span>').format(text)


def names_of(settings: Settings, language: str) -> dict[str, str]:
    """Ids of the settings' vocabularies with their labels."""
    groups = (
        settings.cases, settings.levels, settings.actor_types, settings.procedures, settings.focus_areas,
        settings.arenas, *(facet.values for facet in settings.facets),
    )  # fmt: skip
    return {term.id: term.label[language] for group in groups for term in group}


def _made_rows(made: Made, said: Mapping[str, str], language: str) -> list[tuple[str, str]]:
    day = {"cut_off": made.cut_off, "coded_until": made.coded_until}
    basis = (
        said[f"coding_{made.coding}"] + (f" ({', '.join(made.coders)})" if made.coders else "") if made.coding else ""
    )
    rows = [
        (said["milestone"], made.milestone),
        (said["model"], made.model),
        *((said[key], short_date(iso, language) if iso else "") for key, iso in day.items()),
        (said["codebook"], made.codebook_version),
        (said["coding"], basis),
    ]
    return [*((name, value) for name, value in rows if value), *made.more]
