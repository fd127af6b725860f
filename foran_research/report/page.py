"""The report of a model version: one self-contained HTML page, no script, nothing fetched from anywhere."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from ..settings import Milestone, Settings
from .codebook_diff import CodebookSection
from .words import number, words

Model = Mapping[str, Any]

#: How often one speaker's words may stand in one report.
MOST_PER_SPEAKER = 4


@dataclass(frozen=True)
class Quote:
    """A passage to show: who said it (pseudonym or document), where it stands, and what it is evidence of."""

    words: str
    speaker: str
    document: str
    case: str
    turn: int
    polarity: str
    segment: str


def choose_quotes(
    model: Model, segments: pd.DataFrame, units: pd.DataFrame, *, per_element: int, hidden: frozenset[str]
) -> dict[str, list[Quote]]:
    """Up to `per_element` passages for each element: promoting and inhibiting in turn.

    Only passages whose speakers consented to be quoted and whose document may be shown. Passages of 12 to 60 words come
    first, since shorter ones say little and longer ones are not read. Among those the case, then the document, quoted
    least so far in the whole report goes first, so that no municipality and no person carries it; ties go by segment
    id, so the choice repeats. Nobody is quoted more than `MOST_PER_SPEAKER` times.
    """
    unit_rows = units.set_index("unit")[["informant", "case", "may_quote"]].to_dict("index")
    rows = segments.set_index("segment").to_dict("index")
    used: Counter[tuple[str, str]] = Counter()
    chosen: dict[str, list[Quote]] = {}
    for element in model["elements"]:
        layers = [element[layer]["segments"] for layer in ("promoting", "inhibiting")]
        pools = [
            [quote for segment in layer if (quote := cleared_quote(segment, rows, unit_rows, hidden)) is not None]
            for layer in ([layer for layer in layers if layer] or [element["sources"]])
        ]
        picked: list[Quote] = []
        for turn in range(per_element):
            pool = [
                quote
                for quote in pools[turn % len(pools)]
                if quote.segment not in {p.segment for p in picked}
                and used["speaker", quote.speaker] < MOST_PER_SPEAKER
            ]
            if pool:
                best = min(pool, key=lambda quote: _rank(quote, used, {p.document for p in picked}))
                picked.append(best)
                used.update((("case", best.case), ("document", best.document), ("speaker", best.speaker)))
        chosen[element["id"]] = picked
    return chosen


def cleared_quote(
    segment: str, rows: Mapping[Any, Mapping[Any, Any]], units: Mapping[Any, Mapping[Any, Any]], hidden: frozenset[str]
) -> Quote | None:
    """The passage with its words; None where they may not be shown: the document is hidden, a speaker did not consent."""
    row = rows[segment]
    touched = [f"{row['document']}:{turn}" for turn in row["turns"]]
    known = [units[unit] for unit in touched if unit in units]
    if not touched:
        return None
    # A passage across an interviewer's or a non-consenting speaker's turn would show words nobody cleared.
    if row["document"] in hidden or len(known) != len(touched) or not all(u["may_quote"] for u in known):
        return None
    return Quote(
        row["quote"],
        str(known[0]["informant"]),
        row["document"],
        known[0]["case"],
        row["turns"][0],
        row["polarity"],
        segment,
    )


def _rank(quote: Quote, used: Counter[tuple[str, str]], beside: set[str]) -> tuple[int, bool, int, int, str]:
    length = len(quote.words.split())
    fitness = 0 if 12 <= length <= 60 else 1 if length < 100 else 2
    return (
        fitness,
        quote.document in beside,
        used["case", quote.case],
        used["document", quote.document],
        quote.segment,
    )


def by_breadth(elements: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Elements ordered by breadth of evidence: cases, documents, actor types, informants; never by segments first."""
    return sorted(
        elements,
        key=lambda e: (
            -len(e["support"]["cases"]),
            -e["support"]["documents"],
            -len(e["support"]["actor_types"]),
            -e["support"]["informants"],
            e["id"],
        ),
    )


@cache
def _environment(language: str) -> jinja2.Environment:
    # Kept, for it keeps the template it has translated.
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("foran_research.report", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["num"] = lambda value, digits=0: number(value, language, digits)
    environment.filters["named"] = lambda ids, names: [names[item] for item in ids]
    # Made by our own template, which escaped what it was given.
    environment.filters["made"] = Markup
    environment.filters["svg"] = lambda data: "data:image/svg+xml;base64," + base64.b64encode(data).decode("ascii")
    return environment


def report_page(
    model: Model,
    settings: Settings,
    milestone: Milestone,
    figures: Mapping[str, bytes],
    quotes: Mapping[str, Sequence[Quote]],
    language: str,
    lemma_source: str,
    codebook: CodebookSection | None = None,
) -> str:
    """The report as HTML. `figures` are SVG bytes by name: model, polarity, networks, layers.

    `codebook` is what differs from the codebook of the model version before, or None where that is the same.
    """
    template = _environment(language).get_template("report.html.j2")
    page = template.render(
        m=model,
        w=words(language),
        lang=language,
        settings=settings,
        milestone=milestone,
        figures=figures,
        quotes=quotes,
        levels=[level for level in settings.levels if any(e["level"] == level.id for e in model["elements"])],
        case_names={case.id: case.label[language] for case in settings.cases},
        actor_names={actor.id: actor.label[language] for actor in settings.actor_types},
        # Of those who said anything that is coded; a vocabulary may hold types that nobody has talked to.
        heard_types=len({kind for element in model["elements"] for kind in element["support"]["actor_types"]}),
        display={e["id"]: e["display"] for e in model["elements"]},
        labels={e["id"]: e["label"][language] for e in model["elements"]},
        has_unset=any(e["unset"] for e in model["elements"]),
        by_breadth=by_breadth,
        relations=_pairs(model),
        lemma_source=lemma_source,
        codebook=codebook,
        polarity_word={"fremmer": "promotes", "hemmer": "inhibits", "begge": "both", "nøytral": "neutral", "": "unset"},
        short_date=short_date,
    )
    return page + "\n"


def short_date(iso: str, language: str) -> str:
    """A date for reading, without the machine's locale.

    >>> short_date("2020-09-30", "nb")
    '30. september 2020'
    """
    year, month, day = iso.split("-")
    names = {
        "nb": "januar februar mars april mai juni juli august september oktober november desember",
        "en": "January February March April May June July August September October November December",
    }[language].split()
    dot = "." if language == "nb" else ""
    return f"{int(day)}{dot} {names[int(month) - 1]} {year}"


def _pairs(model: Model) -> list[dict[str, Any]]:
    order = {e["id"]: place for place, e in enumerate(model["elements"])}
    pairs = [
        {**relation, "from": element["id"]}
        for element in model["elements"]
        for relation in element["relations"]
        if order[element["id"]] < order[relation["to"]]
    ]
    return sorted(pairs, key=lambda r: (-len(r["cases"]), -r["documents"], -r["turns"], order[r["from"]]))
