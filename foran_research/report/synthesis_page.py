"""The cross-case synthesis as one HTML page that needs nothing beside it: every number leads to its passages.

Without a script: a number is a link to a list, the list's turns are links to the passages. Words of informants stand on
it only where the synthesis was made with them.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jinja2
import pandas as pd

from ..analysis.cells import attribute
from ..analysis.patterns import claims
from ..analysis.replication import MOSTLY_LITERAL, WHY
from ..analysis.stated import REASONS, Stated
from ..codebook.code import Code
from ..models.synthesis import Claim, Place, Saturated, Synthesis
from ..settings import Settings
from .page import short_date
from .synthesis_words import synthesis_words

#: How a cell without evidence is told where there is room for one sign only.
SIGNS: Mapping[str, str] = {"nothing_said": "·", "not_asked": "–", "not_codable": "×", "suppressed": "▒"}
#: Crosstabs that the page shows, beside those by facets; the others are in the tables.
SHOWN_CROSSTABS = ("actor_type", "procedure", "polarity")
#: Patterns that the page shows, broadest first; the others are in the tables.
MOST_PATTERNS = 25
_UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class Number:
    """What is shown of a cell: a text, the list of passages it leads to ("" for none), and how it is shaded."""

    text: str
    to: str = ""
    shade: str = ""
    title: str = ""
    summary: str = ""


@dataclass(frozen=True)
class Written:
    """A summary as it is shown."""

    anchor: str
    heading: str
    text: str
    by: str
    state: str
    told: str
    also: str


@dataclass(frozen=True)
class Grid:
    """A table of numbers: its heads, and lines of a level, a code and its cells."""

    heads: tuple[tuple[str, str], ...]
    lines: tuple[tuple[Code, tuple[Number, ...]], ...]
    summaries: tuple[Written, ...] = ()
    note: str = ""


@dataclass
class Lists:
    """The lists of passages that numbers lead to; equal lists are one, under all its names."""

    places: Mapping[str, Place]
    known: dict[tuple[str, ...], str] = field(default_factory=dict)
    titles: dict[str, list[str]] = field(default_factory=dict)

    def link(self, title: str, segments: Iterable[str]) -> str:
        """The anchor of the list of these passages; "" when none of them may be shown."""
        ids = tuple(dict.fromkeys(one for one in segments if one in self.places))
        if not ids:
            return ""
        anchor = self.known.setdefault(ids, f"l{len(self.known) + 1}")
        named = self.titles.setdefault(anchor, [])
        if title not in named:
            named.append(title)
        return anchor

    def told(self) -> list[tuple[str, str, list[tuple[str, list[tuple[str, str]]]]]]:
        """By list, its anchor, its names, and by document the passages: an anchor and what it is called."""
        found = []
        for ids, anchor in self.known.items():
            by_document: dict[str, list[tuple[str, str]]] = {}
            for one in ids:
                place = self.places[one]
                by_document.setdefault(place.document, []).append((place_anchor(one), turns_of(place)))
            found.append((anchor, " = ".join(self.titles[anchor]), list(by_document.items())))
        return found


def place_anchor(segment: str) -> str:
    """The anchor of a passage.

    >>> place_anchor("FJO-I01.K1.s0004")
    's-FJO-I01.K1.s0004'
    """
    return f"s-{_UNSAFE.sub('_', segment)}"


def turns_of(place: Place) -> str:
    """The turns of a passage as they are told: "14", or "14–16"."""
    first, last = (place.turns[0], place.turns[-1]) if place.turns else (0, 0)
    return f"{first}" if first == last else f"{first}–{last}"


def state_of(cell: Mapping[Any, Any]) -> str:
    """Which way a cell points: a state without evidence, or "promoting", "inhibiting", "even"."""
    if cell["state"] != "evidence":
        return str(cell["state"])
    up, down = int(cell["promoting"]), int(cell["inhibiting"])
    return "promoting" if up > down else "inhibiting" if down > up else "even"


def names_of(settings: Settings, language: str) -> dict[str, str]:
    """Ids of the settings' vocabularies with their labels."""
    groups = (
        settings.cases, settings.levels, settings.actor_types, settings.procedures, settings.focus_areas,
        *(facet.values for facet in settings.facets),
    )  # fmt: skip
    return {term.id: term.label[language] for group in groups for term in group}


def reason(stated: Stated, language: str) -> str:
    """Why a figure is undefined, in words."""
    return REASONS[stated.reason][language] if stated.reason in REASONS else stated.reason


def problems_told(made: Synthesis, language: str) -> list[str]:
    """What does not hold together, a line each."""
    said = synthesis_words(language)
    rows = made.problems.to_dict("records")
    return [f"{said['problem_' + str(row['problem'])]}: {row['memo']} ({row['about'] or '–'})" for row in rows]


def notices(made: Synthesis, settings: Settings, language: str) -> list[str]:
    """What must be known before anything is read of a synthesis."""
    said = synthesis_words(language)
    told = [settings.notice[language]] if settings.is_synthetic else []
    told += [said["words_shown"]] if made.has_words else []
    told += [said["summaries_may_quote"]] if made.memos_until else []
    told += [said["hidden"].format(n=made.hidden)] if made.hidden else []
    told += [said["withheld"].format(n=made.withheld)] if made.withheld else []
    return [*told, said["three_cases"], WHY[MOSTLY_LITERAL][language]]


def facts(made: Synthesis, settings: Settings, language: str) -> list[tuple[str, str]]:
    """What the synthesis is of: names and values."""
    said = synthesis_words(language)
    return [
        (said["milestone"], f"{made.milestone} · {made.title[language]}"),
        (said["material"], short_date(made.cut_off, language)),
        (said["coded"], short_date(made.coded_until, language)),
        (said["codebook"], made.codebook.codebook_version),
        (
            said["written_until"],
            short_date(made.memos_until[:10], language) if made.memos_until else said["nothing_written"],
        ),
    ]


def synthesis_page(made: Synthesis, settings: Settings, figures: Mapping[str, bytes], language: str) -> str:
    """The page. `figures` are SVG bytes: "matrix" and "saturation"."""
    said = synthesis_words(language)
    lists = Lists(made.places)
    names = names_of(settings, language)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("foran_research.report", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["svg"] = lambda data: "data:image/svg+xml;base64," + base64.b64encode(data).decode("ascii")
    crosstabs = [by for by in made.crosstabs if by in SHOWN_CROSSTABS or by in {one.id for one in settings.facets}]
    facet_names = {facet.id: facet.label[language].lower() for facet in settings.facets}
    others = [_by(by, said, facet_names) for by in made.crosstabs if by not in crosstabs]
    page = environment.get_template("synthesis_page.html.j2").render(
        w=said,
        lang=language,
        settings=settings,
        made=made,
        figures=figures,
        facts=facts(made, settings, language),
        notices=notices(made, settings, language),
        names=names,
        claims=[_claim(claim, made, lists, said, names, language) for claim in made.claims],
        levels=[(level.id, level.label[language]) for level in settings.levels],
        framework=_framework(made, lists, said, names, language),
        order=[(names.get(row, row), int(made.case_order.values[row])) for row in made.case_order.rows],
        documents=_compact(made, "document", lists, said, {}, language),
        processes=_compact(made, "process", lists, said, {}, language),
        roles=_roles(made, lists, said, names),
        patterns=_patterns(made, lists, said, names),
        more_patterns=max(len(made.patterns) - MOST_PATTERNS, 0),
        together=_together(made, lists, said, names),
        crosstabs=[
            (_by(by, said, facet_names), _crosstab(made, by, made.crosstabs[by], lists, said, names, language))
            for by in crosstabs
        ],
        more_crosstabs=said["more_crosstabs"].format(names=", ".join(others)) if others else "",
        saturation=[(said[f"items_{name}"], *_saturated(one, made, said, names, language))
                    for name, one in made.saturation.items()],
        trees=trees(made, said),
        chain=chain_told(made, said),
        fingerprints=_fingerprints(made),
        problems=problems_told(made, language),
        lists=lists.told(),
        register=_register(made),
        place_anchor=place_anchor,
        turns_of=turns_of,
    )  # fmt: skip
    return page + "\n"


def _by(by: str, said: Mapping[str, str], facets: Mapping[str, str]) -> str:
    return said[f"by_{by}"] if f"by_{by}" in said else said["by_other"].format(name=facets.get(by, by))


def trees(made: Synthesis, said: Mapping[str, str]) -> str:
    """Whether one code tree was used throughout."""
    key = "many_trees" if len(made.codebooks_used) > 1 else "one_tree"
    return said[key].format(versions=", ".join(made.codebooks_used) or made.codebook.codebook_version)


def chain_told(made: Synthesis, said: Mapping[str, str]) -> list[str]:
    """What following every reference came to."""
    broken = int((~made.chain["resolves"].astype(bool)).sum())
    told = made.chain[made.chain["resolves"].astype(bool)]
    counts = {
        "claims": len(told[["claim_kind", "claim"]].drop_duplicates()),
        "segments": told["segment"].nunique(),
        "documents": told.loc[told["document"] != "", "document"].nunique(),
    }
    whole = said["chain_holds"].format(**counts)
    return [whole.rsplit(". ", 1)[0] + ".", said["chain_broken"].format(broken=broken)] if broken else [whole]


def _claim(
    claim: Claim, made: Synthesis, lists: Lists, said: Mapping[str, str], names: Mapping[str, str], language: str
) -> dict[str, Any]:
    display = {code.id: code for book in (made.codebook,) for code in book.codes}
    stated = claim.proposition.stated_at
    told = said["told"].format(day=short_date(claim.written_at[:10], language)) if claim.is_told else ""
    cases = []
    for one in claim.outcome.cases:
        name = names.get(one.case, one.case)
        expected = (
            said["expected_same"]
            if one.expectation == "same"
            else said["expected_different"].format(reason=one.reason)
            if one.reason
            else said["expected_different_bare"]
        )
        own = [judged for judged in claim.verdicts if judged.verdict.case == one.case]
        when = (
            "first_case"
            if one.was_stated_before is None
            else "stated_before"
            if one.was_stated_before
            else "stated_after"
        )
        cases.append(
            {
                "name": name,
                "expected": said["text_withheld"] if claim.is_withheld else expected,
                "when": said[when],
                "verdict": said[f"verdict_{one.verdict}"] if one.verdict else said["no_verdict"],
                "key": one.verdict or "none",
                "as_expected": ""
                if one.is_as_expected is None
                else said["as_expected" if one.is_as_expected else "not_as_expected"],
                "written": [
                    {
                        "text": said["text_withheld"] if judged.is_withheld else judged.verdict.text,
                        "rival": "" if judged.is_withheld else judged.verdict.rival,
                        "by": f"{judged.coder} · {short_date(judged.verdict.at[:10], language)} · {judged.memo}",
                    }
                    for judged in own
                ],
                "evidence": [_evidence(segment, made, said) for segment in one.evidence],
            }
        )
        lists.link(f"{claim.proposition.id} · {name}", one.evidence)
    return {
        "id": claim.proposition.id,
        "text": said["text_withheld"] if claim.is_withheld else claim.proposition.text,
        "kind": claim.outcome.kind,
        "outcome": said[f"kind_{claim.outcome.kind}"],
        "why": [WHY[key][language] for key in (*claim.outcome.why, *claim.outcome.notes) if key in WHY],
        "memo_required": claim.outcome.memo_required,
        "supporting": said["supporting"].format(k=claim.outcome.supporting, n=claim.outcome.of_cases),
        "elements": [display[name].display + " " + display[name].label[language] if name in display else name
                     for name in claim.proposition.elements],
        "rival": "" if claim.is_withheld else claim.proposition.rival,
        "by": claim.coder,
        "stated": short_date(stated[:10], language) if stated else "–",
        "told": told,
        "versions": said["versions"].format(n=claim.versions) if claim.versions > 1 else "",
        "cases": cases,
    }  # fmt: skip


def _evidence(segment: str, made: Synthesis, said: Mapping[str, str]) -> dict[str, str]:
    place = made.places.get(segment)
    if place is None:
        gone = made.chain[(made.chain["segment"] == segment) & (made.chain["why"] != "")]["why"]
        why = "gone" if "gone" in set(gone) else "not_shown"
        return {"to": "", "text": segment if why == "gone" else "", "about": said[why], "words": ""}
    about = f"{said['turn']} {turns_of(place)} · {place.code} {said.get(place.polarity, place.polarity)}"
    return {"to": place_anchor(segment), "text": place.document, "about": about, "words": place.words}


def cell_counts(cell: Mapping[Any, Any], said: Mapping[str, str]) -> str:
    """What a cell with evidence holds, on one line."""
    return said["counts"].format(**{name: cell[name] for name in ("turns", "documents", "promoting", "inhibiting")})


def freshness_told(cell: Mapping[Any, Any], said: Mapping[str, str]) -> str:
    """Whether a cell's summary still speaks of what the cell holds, and what has changed."""
    told = said[str(cell["freshness"])]
    if cell["freshness"] == "fresh":
        return told
    changed = said["changes_since"].format(
        added=len(cell["added"]), moved=len(cell["removed"]), gone=len(cell["gone"]), recoded=len(cell["recoded"])
    )
    return f"{told}: {changed}"


def _written(
    cell: Mapping[Any, Any], anchor: str, heading: str, said: Mapping[str, str], language: str
) -> Written | None:
    if not cell["summary"]:
        return None
    others = [one for one in cell["summaries"] if one != cell["summary"]]
    return Written(
        anchor,
        heading,
        said["text_withheld"] if cell["is_withheld"] else str(cell["text"]),
        f"{cell['author']} · {short_date(str(cell['at'])[:10], language)} · {cell['summary']}",
        str(cell["freshness"]),
        freshness_told(cell, said),
        said["also_by"].format(ids=", ".join(others)) if others else "",
    )


def _framework(
    made: Synthesis, lists: Lists, said: Mapping[str, str], names: Mapping[str, str], language: str
) -> list[tuple[str, str, list[tuple[Code, list[dict[str, Any]]]]]]:
    """By level, its name and for each element the cells of the cases, in the study's order."""
    cells = {(row["row"], row["column"]): row for row in made.matrices["case"].cells.to_dict("records")}
    found: dict[str, list[tuple[Code, list[dict[str, Any]]]]] = {}
    for code in made.elements:
        line = []
        for case in made.cases:
            cell = cells[case, code.id]
            title = f"{code.display} × {names.get(case, case)}"
            line.append(
                {
                    "case": names.get(case, case),
                    "state": said[f"state_{cell['state']}"],
                    "shade": state_of(cell),
                    "counts": cell_counts(cell, said) if cell["state"] == "evidence" else "",
                    "to": lists.link(title, cell["segment_ids"]),
                    "summary": _written(cell, "", title, said, language),
                }
            )
        found.setdefault(code.level, []).append((code, line))
    return [(level, names.get(level, level), lines) for level, lines in found.items()]


def _number(cell: Mapping[Any, Any], to: str, title: str, said: Mapping[str, str], summary: str = "") -> Number:
    if cell["state"] != "evidence":
        return Number(SIGNS[cell["state"]], "", state_of(cell), f"{title}: {said['state_' + cell['state']]}", summary)
    return Number(str(cell["turns"]), to, state_of(cell), f"{title}: {cell_counts(cell, said)}", summary)


def _compact(
    made: Synthesis, kind: str, lists: Lists, said: Mapping[str, str], names: Mapping[str, str], language: str
) -> Grid:
    table = made.matrices[kind].cells
    rows = list(dict.fromkeys(table["row"]))
    cells = {(row["row"], row["column"]): row for row in table.to_dict("records")}
    written = []
    lines = []
    for code in made.elements:
        line = []
        for row in rows:
            cell, title = cells[row, code.id], f"{code.display} × {names.get(row, row)}"
            told = _written(cell, f"w-{_UNSAFE.sub('_', row)}-{code.id}", title, said, language)
            written += [told] if told else []
            to = lists.link(title, cell["segment_ids"])
            line.append(_number(cell, to, title, said, told.anchor if told else ""))
        lines.append((code, tuple(line)))
    return Grid(tuple((names.get(row, row), "") for row in rows), tuple(lines), tuple(written))


def _roles(made: Synthesis, lists: Lists, said: Mapping[str, str], names: Mapping[str, str]) -> Grid:
    table = made.roles
    rows = list(dict.fromkeys(zip(table["row"], table["actor_type"], table["case"], strict=True)))
    cells = {(row["row"], row["column"]): row for row in table.to_dict("records")}
    lines = []
    for code in made.elements:
        line = []
        for row, role, case in rows:
            title = f"{code.display} × {names.get(role, role)}, {names.get(case, case)}"
            line.append(
                _number(cells[row, code.id], lists.link(title, cells[row, code.id]["segment_ids"]), title, said)
            )
        lines.append((code, tuple(line)))
    heads = tuple((names.get(role, role) or said["not_known"], case) for _, role, case in rows)
    return Grid(heads, tuple(lines))


def pattern_name(columns: Sequence[str], kind: str, display: Mapping[str, str], said: Mapping[str, str]) -> str:
    """A pattern in words: "K7 hemmer", "K2 og K7 i samme ytring"."""
    return f"{' + '.join(display.get(one, one) for one in columns)} {said[f'pattern_{kind}']}"


def negative_told(made: Synthesis, pattern: str, said: Mapping[str, str]) -> list[tuple[str, str, tuple[str, ...]]]:
    """What goes against a pattern: in words and as a number, with the passages behind it."""
    own = made.negative[made.negative["pattern"] == pattern]
    found = []
    for (grain, why), rows in own.groupby(["grain", "why"], sort=False):
        segments = tuple(dict.fromkeys(one for ids in rows["segment_ids"] for one in ids))
        ids = ", ".join(sorted(set(rows["id"]))) if grain != "turn" else ""
        words = f"{said[f'grain_{grain}']}, {said[f'why_{why}']}: {len(rows)}" + (f" ({ids})" if ids else "")
        found.append((words, str(why), segments))
    return found


def _patterns(made: Synthesis, lists: Lists, said: Mapping[str, str], names: Mapping[str, str]) -> list[dict[str, Any]]:
    display = {code.id: code.display for code in made.codebook.codes}
    found = []
    for row in claims(made.patterns).head(MOST_PATTERNS).to_dict("records"):
        name = pattern_name(row["columns"], row["kind"], display, said)
        found.append(
            {
                "name": name,
                "kind": row["kind"],
                "cases": said["cases_k"].format(k=len(row["cases"]), n=row["of_cases"]),
                "named": ", ".join(names.get(case, case) for case in row["cases"]),
                "documents": row["documents"],
                "turns": row["turns"],
                "roles": ", ".join(names.get(one, one) for one in row["actor_types"]),
                "count": len(row["segments"]),
                "to": lists.link(name, row["segments"]),
                "negative": [
                    (words, lists.link(f"{said['negative']}: {name}, {words}", segments))
                    for words, _, segments in negative_told(made, row["pattern"], said)
                ],
            }
        )
    return found


def _together(made: Synthesis, lists: Lists, said: Mapping[str, str], names: Mapping[str, str]) -> list[dict[str, Any]]:
    display = {code.id: code.display for code in made.codebook.codes}
    found = []
    for row in made.pairs.to_dict("records"):
        first, second = display.get(row["first"], row["first"]), display.get(row["second"], row["second"])
        case = names.get(row["row"], row["row"])
        found.append(
            {
                "pair": f"{first} + {second}",
                "case": case,
                "found": said[f"found_{row['found']}"].format(first=first, second=second),
                "count": len(row["segment_ids"]),
                "to": lists.link(f"{first} + {second} × {case}", row["segment_ids"]),
            }
        )
    return found


def _crosstab(
    made: Synthesis,
    by: str,
    table: pd.DataFrame,
    lists: Lists,
    said: Mapping[str, str],
    names: Mapping[str, str],
    language: str,
) -> Grid:
    values = list(dict.fromkeys(table["value"]))
    cells = {(row["column"], row["value"]): row for row in table.to_dict("records")}
    shown = made.given.shown
    of_rows = attribute(made.given, shown, by)
    segments = {
        key: tuple(dict.fromkeys(own)) for key, own in shown["segment"].groupby([shown["column"], of_rows], sort=False)
    }
    totals = {row["value"]: row["turns_of_value"] for row in table.to_dict("records")}
    label = {value: names.get(value) or said.get(value, value) if value else said["not_known"] for value in values}
    lines = []
    for code in made.elements:
        line = []
        for value in values:
            cell, title = cells[code.id, value], f"{code.display} × {label[value]}"
            if pd.isna(cell["turns"]):
                line.append(Number(SIGNS["suppressed"], "", "suppressed", f"{title}: {said['state_suppressed']}"))
                continue
            share = cell["share_of_value"]
            told = f"{cell['turns']}" + (
                f" ({percent(share, language)})" if cell["turns"] and not pd.isna(share) else ""
            )
            mark = "*" if cell["is_small"] and cell["turns"] else ""
            line.append(Number(told + mark, lists.link(title, segments.get((code.id, value), ())), "", title))
        lines.append((code, tuple(line)))
    return Grid(tuple((label[value], f"n = {totals[value]}") for value in values), tuple(lines))


def percent(share: float, language: str) -> str:
    """A share as it is written: "12 %" or "12%".

    >>> percent(0.118, "nb"), percent(0.118, "en")
    ('12\u00a0%', '12%')
    """
    return f"{share:.0%}".replace("%", "\u00a0%") if language == "nb" else f"{share:.0%}"


def decimal(value: float, digits: int, language: str) -> str:
    """A number as it is written, with a comma in Norwegian."""
    told = f"{value:.{digits}f}"
    return told.replace(".", ",") if language == "nb" else told


def unseen_told(name: str, one: Saturated, said: Mapping[str, str], language: str) -> str:
    """What codes found once or twice say of codes not found, in words."""
    u = one.unseen

    def told(stated: Stated, shown: str) -> str:
        return shown if stated.value is not None else said["not_applicable"].format(reason=reason(stated, language))

    return said["chao1"].format(
        items=said[f"items_{name}"][:1].upper() + said[f"items_{name}"][1:],
        seen=u.seen,
        once=u.once,
        twice=u.twice,
        chao1=told(u.chao1, decimal(u.chao1.value or 0, 1, language)),
        coverage=told(u.coverage, percent(u.coverage.value or 0, language)),
    )


def saturation_rows(
    one: Saturated, made: Synthesis, said: Mapping[str, str], names: Mapping[str, str], language: str
) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of all twelve pairs: what they came to pooled, by case, and in other orders of the documents."""
    groups = list(dict.fromkeys(one.pairs["group"]))
    heads = ["b", "r", "t", *(names.get(group, group) if group else said["pooled"] for group in groups), said["orders"]]
    rows = []
    for order in one.orders.to_dict("records"):
        own = one.pairs
        for key in ("base", "run", "threshold"):
            own = own[own[key] == order[key]]
        by_group = {row["group"]: row for row in own.to_dict("records")}
        told = [
            row["label"] or _why_not(row["reason"], said, language) for row in (by_group[group] for group in groups)
        ]
        ends = [said["not_reached"] if pd.isna(order[key]) else str(order[key]) for key in ("median", "low", "high")]
        in_orders = (
            _why_not(order["reason"], said, language)
            if pd.isna(order["median"])
            else f"{ends[0]} ({ends[1]}–{ends[2]})"
        )
        rows.append([str(order["base"]), str(order["run"]), decimal(order["threshold"], 2, language), *told, in_orders])
    return heads, rows


def not_applicable(one: Saturated, said: Mapping[str, str], language: str) -> str:
    """Why pairs of parameters are not applicable, each reason once; "" when all are."""
    keys = dict.fromkeys((*one.pairs["reason"], *one.orders["reason"]))
    told = [REASONS[key][language] for key in keys if key in REASONS and key != "not-saturated"]
    return "".join(f"{said['na'].capitalize()}: {why}. " for why in told)


def _why_not(key: str, said: Mapping[str, str], language: str) -> str:
    if key == "not-saturated":
        return said["not_reached"]
    return said["na"] if key in REASONS else key


def _saturated(
    one: Saturated, made: Synthesis, said: Mapping[str, str], names: Mapping[str, str], language: str
) -> tuple[list[str], list[list[str]], str]:
    name = next(name for name, other in made.saturation.items() if other is one)
    heads, rows = saturation_rows(one, made, said, names, language)
    return heads, rows, f"{not_applicable(one, said, language)}{unseen_told(name, one, said, language)}"


def _fingerprints(made: Synthesis) -> list[tuple[str, str, str]]:
    shown = made.given.documents[~made.given.documents.index.isin(made.given.hidden)]
    return [(str(document), str(row["text_sha256"]), str(row["guide"])) for document, row in shown.iterrows()]


def _register(made: Synthesis) -> list[tuple[str, list[Place]]]:
    """By document, its passages."""
    found: dict[str, list[Place]] = {}
    for place in made.places.values():
        found.setdefault(place.document, []).append(place)
    return list(found.items())
