"""The cross-case synthesis as one HTML page that needs nothing beside it: every number leads to its passages.

Without a script: a number is a link to a list, the list's turns are links to the passages. Words of informants stand on
it only where the synthesis was made with them.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import jinja2
import pandas as pd

from ..analysis.cells import attribute
from ..analysis.patterns import claims
from ..analysis.replication import KINDS, MOSTLY_LITERAL, WHY, CaseOutcome
from ..analysis.stated import REASONS, Stated
from ..codebook.code import Code
from ..fixed_zip import xml_safe
from ..models.synthesis import Claim, Judged, Place, Saturated, Synthesis
from ..settings import Settings
from .page import short_date
from .synthesis_words import synthesis_words

#: How a cell without evidence is told where there is room for one sign only.
SIGNS: Mapping[str, str] = {"nothing_said": "·", "not_asked": "–", "not_codable": "×", "suppressed": "▒"}
#: Crosstabs that the page shows, beside those by facets; the others are in the tables.
SHOWN_CROSSTABS = ("case", "procedure", "polarity")
#: Patterns of each kind that the page shows, broadest first; the others are in the tables.
MOST_PATTERNS = 15
#: Elements of each direction that the part of a case names, those with most turns first.
MOST_ELEMENTS = 8
PATTERN_KINDS = ("promoting", "inhibiting", "pair")
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
    to: str = ""


@dataclass(frozen=True)
class Grid:
    """A table of numbers: its heads, and lines of a level, a code and its cells."""

    heads: tuple[tuple[str, str], ...]
    lines: tuple[tuple[Code, tuple[Number, ...]], ...]
    summaries: tuple[Written, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Heard:
    """Passages of the same turns: the anchor of the first, which turns, how many, their ids, and words if there are any."""

    to: str
    turns: str
    count: int
    segments: tuple[str, ...]
    words: tuple[str, ...]


def heard(places: Iterable[Place]) -> list[Heard]:
    """Passages as a list tells them: those of the same turns are one entry, in the order of the turns."""
    by_turns: dict[tuple[int, ...], list[Place]] = {}
    for place in sorted(places, key=lambda place: (place.turns, place.segment)):
        by_turns.setdefault(place.turns, []).append(place)
    return [
        Heard(
            place_anchor(own[0].segment),
            turns_of(own[0]),
            len(own),
            tuple(place.segment for place in own),
            tuple(dict.fromkeys(place.words for place in own if place.words)),
        )
        for own in by_turns.values()
    ]


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

    def told(self) -> list[tuple[str, str, int, list[tuple[str, list[Heard]]]]]:
        """By list, its anchor, its names, how many passages it has, and these by document."""
        found = []
        for ids, anchor in self.known.items():
            by_document: dict[str, list[Place]] = {}
            for one in ids:
                by_document.setdefault(self.places[one].document, []).append(self.places[one])
            documents = [(document, heard(own)) for document, own in by_document.items()]
            found.append((anchor, " = ".join(self.titles[anchor]), len(ids), documents))
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
    up, down = int(cell["promoting_turns"]), int(cell["inhibiting_turns"])
    return "promoting" if up > down else "inhibiting" if down > up else "even"


def names_of(settings: Settings, language: str) -> dict[str, str]:
    """Ids of the settings' vocabularies with their labels."""
    groups = (
        settings.cases, settings.levels, settings.actor_types, settings.procedures, settings.focus_areas,
        *(facet.values for facet in settings.facets),
    )  # fmt: skip
    return {term.id: term.label[language] for group in groups for term in group}


def reason(key: str, said: Mapping[str, str], language: str) -> str:
    """Why a figure is undefined, in words."""
    return said.get(f"reason_{key}") or (REASONS[key][language] if key in REASONS else key)


def why_told(keys: Iterable[str], said: Mapping[str, str], language: str) -> str:
    """Why an outcome is what it is, in words: those of the page, or else those of the analysis."""
    return "; ".join(said.get(f"outcome_{key}") or WHY[key][language] for key in keys if key in WHY)


def counted(n: int, name: str, said: Mapping[str, str]) -> str:
    """How many of something, in the singular where there is one: "1 turn", "2 turns"."""
    return said[f"{name}_one"] if n == 1 else said[f"{name}_many"].format(n=n)


def expected_told(claim: Claim, one: CaseOutcome, said: Mapping[str, str]) -> str:
    """What a proposition expects of a case."""
    if claim.is_withheld:
        return said["text_withheld"]
    if one.expectation == "same":
        return said["expected_same"]
    return said["expected_different"].format(reason=one.reason) if one.reason else said["expected_different_bare"]


def stated_told(one: CaseOutcome, said: Mapping[str, str]) -> str:
    """Whether an expectation was written before its case was coded."""
    before = one.was_stated_before
    return said["first_case" if before is None else "stated_before" if before else "stated_after"]


def verdict_told(one: CaseOutcome, own: Sequence[Judged], said: Mapping[str, str]) -> str:
    """The verdict on a case; where coders' newest verdicts differ, each with its coder."""
    newest: dict[str, Judged] = {}
    for judged in sorted(own, key=lambda judged: judged.verdict.at):
        newest[judged.coder] = judged
    if len({judged.verdict.verdict for judged in newest.values()}) > 1:
        both = "; ".join(f"{said['verdict_' + newest[c].verdict.verdict]} ({c})" for c in sorted(newest))
        return f"{said['disputed']}: {both}"
    return said[f"verdict_{one.verdict}"] if one.verdict else said["no_verdict"]


def text_told(text: str, is_withheld: bool, said: Mapping[str, str]) -> str:
    """What somebody wrote, or that it is kept back, or that there is no text."""
    return said["text_withheld"] if is_withheld else text.strip() or said["no_text"]


def problems_told(made: Synthesis, language: str) -> list[str]:
    """What does not hold together, a line each."""
    said = synthesis_words(language)
    rows = made.problems.to_dict("records")
    return [f"{said['problem_' + str(row['problem'])]}: {row['memo']} ({row['about'] or '–'})" for row in rows]


def amiss(made: Synthesis, said: Mapping[str, str], language: str) -> list[str]:
    """What does not hold together, for a reader: summaries that are out of date are one line, for each says so itself."""
    is_stale = made.problems["problem"] == "stale_summary"
    memos = list(dict.fromkeys(str(one) for one in made.problems.loc[is_stale, "memo"]))
    stale = [said["stale_summaries"].format(n=len(memos), memos=", ".join(memos))] if memos else []
    return [*stale, *problems_told(replace(made, problems=made.problems[~is_stale]), language)]


def problems_of(made: Synthesis, memo: str, said: Mapping[str, str]) -> list[str]:
    """What does not hold of one memo, a line for each kind: "… (3 segments)" where there are several."""
    own = made.problems[made.problems["memo"] == memo]
    return [
        f"{said['problem_' + str(kind)]} ({', '.join(about)})"
        if (about := [str(one) for one in rows if one])
        else said["problem_" + str(kind)]
        for kind, rows in own.groupby("problem", sort=False)["about"]
    ]


def notices(made: Synthesis, settings: Settings, language: str) -> list[str]:
    """What must be known before anything is read of a synthesis."""
    said = synthesis_words(language)
    told = [settings.notice[language]] if settings.is_synthetic else []
    told += [said["words_shown"]] if made.has_words else []
    told += [said["summaries_may_quote"]] if made.memos_until else []
    told += [said["hidden"].format(n=made.hidden)] if made.hidden else []
    rows = [
        said[f"left_out_{kind}"].format(n=made.rows_left_out[kind])
        for kind in ("role", "process")
        if made.rows_left_out.get(kind)
    ]
    told += [said["left_out_rows"].format(told=", ".join(rows))] if rows else []
    told += [said["withheld"].format(n=made.withheld)] if made.withheld else []
    return [*told, said["three_cases"], why_told([MOSTLY_LITERAL], said, language)]


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
        n=lambda number, name: counted(number, name, said),
        short=in_short(made, said),
        own=_own_parts(made, lists, said, names, language),
        claims=[_claim(claim, made, lists, said, names, language) for claim in made.claims],
        levels=[(level.id, level.label[language]) for level in settings.levels],
        framework=_framework(made, lists, said, names, language),
        order=[(names.get(row, row), int(made.case_order.values[row])) for row in made.case_order.rows],
        documents=_compact(made, "document", lists, said, {}, language),
        processes=_compact(made, "process", lists, said, {}, language),
        roles=_roles(made, lists, said, names),
        patterns=_patterns(made, lists, said, names),
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
        problems=amiss(made, said, language),
        lists=lists.told(),
        register=_register(made),
        place_anchor=place_anchor,
        turns_of=turns_of,
    )  # fmt: skip
    # What people wrote may hold control characters, which HTML cannot.
    return xml_safe(page) + "\n"


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
    display = {code.id: f"{code.display} {code.label[language]}" for code in made.codebook.codes}
    stated = claim.proposition.stated_at
    told = said["told"].format(day=short_date(claim.written_at[:10], language)) if claim.is_told else ""
    cases = [_claim_case(claim, one, made, lists, said, names, language) for one in claim.outcome.cases]
    return {
        "id": claim.proposition.id,
        "text": text_told(claim.proposition.text, claim.is_withheld, said),
        "kind": claim.outcome.kind,
        "outcome": said[f"kind_{claim.outcome.kind}"],
        "is_told": claim.is_told,
        "why": why_told((*claim.outcome.why, *claim.outcome.notes), said, language),
        "memo_required": claim.outcome.memo_required,
        "supporting": said["supporting"].format(k=claim.outcome.supporting, n=claim.outcome.of_cases),
        "elements": [display.get(name, name) for name in claim.proposition.elements],
        "rival": "" if claim.is_withheld else claim.proposition.rival,
        "by": claim.coder,
        "stated": short_date(stated[:10], language) if stated else "–",
        "told": told,
        "versions": said["versions"].format(n=claim.versions) if claim.versions > 1 else "",
        "cases": cases,
    }


def _claim_case(
    claim: Claim,
    one: CaseOutcome,
    made: Synthesis,
    lists: Lists,
    said: Mapping[str, str],
    names: Mapping[str, str],
    language: str,
) -> dict[str, Any]:
    name = names.get(one.case, one.case)
    own = [judged for judged in claim.verdicts if judged.verdict.case == one.case]
    return {
        "name": name,
        "to": lists.link(f"{claim.proposition.id} · {name}", one.evidence),
        "expected": expected_told(claim, one, said),
        "when": stated_told(one, said),
        "verdict": verdict_told(one, own, said),
        "key": one.verdict or "none",
        "as_expected": ""
        if one.is_as_expected is None
        else said["as_expected" if one.is_as_expected else "not_as_expected"],
        "written": [
            {
                "text": text_told(judged.verdict.text, judged.is_withheld, said),
                "rival": "" if judged.is_withheld else judged.verdict.rival,
                "by": f"{judged.coder} · {short_date(judged.verdict.at[:10], language)} · {judged.memo}",
                "noted": problems_of(made, judged.memo, said),
            }
            for judged in own
        ],
        "evidence": [_evidence(segment, made, said) for segment in one.evidence],
    }


def _evidence(segment: str, made: Synthesis, said: Mapping[str, str]) -> dict[str, str]:
    place = made.places.get(segment)
    if place is None:
        gone = made.chain[(made.chain["segment"] == segment) & (made.chain["why"] != "")]["why"]
        why = "gone" if "gone" in set(gone) else "not_shown"
        return {"to": "", "text": segment if why == "gone" else "", "about": said[why], "words": "", "segment": ""}
    about = f"{said['turn']} {turns_of(place)} · {place.code} {said.get(place.polarity, place.polarity)}"
    where = {"to": place_anchor(segment), "text": place.document, "segment": segment}
    return {**where, "about": about, "words": place.words}


def cell_counts(cell: Mapping[Any, Any], said: Mapping[str, str]) -> str:
    """What a cell with evidence holds, on one line."""
    return said["counts"].format(
        turns=counted(int(cell["turns"]), "turn_short", said),
        documents=said["documents_hidden"]
        if pd.isna(cell["documents"])
        else counted(int(cell["documents"]), "document_short", said),
        promoting=cell["promoting_turns"],
        inhibiting=cell["inhibiting_turns"],
    )


def freshness_told(cell: Mapping[Any, Any], said: Mapping[str, str]) -> str:
    """Whether a cell's summary still speaks of what the cell holds, and what has changed."""
    told = said[str(cell["freshness"])]
    if cell["freshness"] == "fresh":
        return told
    changed = [
        said[f"since_{name}"].format(n=len(cell[name]))
        for name in ("added", "removed", "gone", "recoded")
        if len(cell[name])
    ]
    return f"{told}: {', '.join(changed)}" if changed else told


def _written(
    cell: Mapping[Any, Any], anchor: str, heading: str, lists: Lists, said: Mapping[str, str], language: str
) -> Written | None:
    if not cell["summary"]:
        return None
    others = [one for one in cell["summaries"] if one != cell["summary"]]
    return Written(
        anchor,
        heading,
        text_told(str(cell["text"]), bool(cell["is_withheld"]), said),
        f"{cell['author']} · {short_date(str(cell['at'])[:10], language)} · {cell['summary']}",
        str(cell["freshness"]),
        freshness_told(cell, said),
        said["also_by"].format(ids=", ".join(others)) if others else "",
        lists.link(f"{heading}: {said['since_new']}", cell["added"]) if cell["freshness"] == "stale" else "",
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
                    "summary": _written(cell, "", title, lists, said, language),
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
            told = _written(cell, f"w-{_UNSAFE.sub('_', row)}-{code.id}", title, lists, said, language)
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


def negative_told(
    made: Synthesis, pattern: str, said: Mapping[str, str], case: str = ""
) -> list[tuple[str, str, tuple[str, ...]]]:
    """What goes against a pattern, in all cases or in one: in words and as a number, with the passages behind it."""
    own = made.negative[made.negative["pattern"] == pattern]
    own = own[own["case"] == case] if case else own
    found = []
    for (grain, why), rows in own.groupby(["grain", "why"], sort=False):
        segments = tuple(dict.fromkeys(one for ids in rows["segment_ids"] for one in ids))
        ids = ", ".join(sorted(set(rows["id"]))) if grain != "turn" else ""
        words = f"{said[f'grain_{grain}']}, {said[f'why_{why}']}: {len(rows)}" + (f" ({ids})" if ids else "")
        found.append((words, str(why), segments))
    return found


def cases_told(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The cases that show a pattern, each with its turns: "Trondheim 9, Bergen 1"."""
    turns = dict(zip(row["cases"], row["turns_by_case"], strict=False))
    return ", ".join(f"{names.get(case, case)} {turns[case]}" if case in turns else names.get(case, case)
                     for case in row["cases"])  # fmt: skip


def patterns_by_kind(made: Synthesis) -> list[tuple[str, list[dict[str, Any]], int]]:
    """By kind of pattern: its name, the broadest patterns, and how many more there are."""
    rows = [{str(key): value for key, value in row.items()} for row in claims(made.patterns).to_dict("records")]
    found = []
    for kind in PATTERN_KINDS:
        own = [row for row in rows if row["kind"] == kind]
        found.append((kind, own[:MOST_PATTERNS], max(len(own) - MOST_PATTERNS, 0)))
    return found


def _patterns(
    made: Synthesis, lists: Lists, said: Mapping[str, str], names: Mapping[str, str]
) -> list[tuple[str, list[dict[str, Any]], int]]:
    display = {code.id: code.display for code in made.codebook.codes}

    def told(row: Mapping[str, Any]) -> dict[str, Any]:
        name = pattern_name(row["columns"], row["kind"], display, said)
        return {
            "name": name,
            "cases": said["cases_k"].format(k=len(row["cases"]), n=row["of_cases"]),
            "named": cases_told(row, names),
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

    return [
        (said[f"patterns_{kind}"], [told(row) for row in rows], more) for kind, rows, more in patterns_by_kind(made)
    ]


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
    empty = [value for value in values if not pd.isna(totals[value]) and int(totals[value]) == 0]
    values = [value for value in values if value not in empty]
    note = said["without_turns"].format(names=", ".join(label[value] for value in empty)) if empty else ""
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
    return Grid(tuple((label[value], f"n = {totals[value]}") for value in values), tuple(lines), note=note)


def percent(share: float, language: str) -> str:
    """A share as it is written: "12 %" or "12%".

    >>> percent(0.118, "nb"), percent(0.118, "en")
    ('12\u00a0%', '12%')
    """
    return f"{share:.0%}".replace("%", "\u00a0%") if language == "nb" else f"{share:.0%}"


def _nearly(share: float, language: str) -> str:
    """A share that is told as all only when it is all."""
    told = percent(share, language)
    if share == 1 or not told.startswith("100"):
        return told
    return percent(0.99, language).replace("99", decimal(int(share * 1000) / 10, 1, language))


def decimal(value: float, digits: int, language: str) -> str:
    """A number as it is written, with a comma in Norwegian."""
    told = f"{value:.{digits}f}"
    return told.replace(".", ",") if language == "nb" else told


def unseen_told(name: str, one: Saturated, said: Mapping[str, str], language: str) -> str:
    """What codes found once or twice say of codes not found, in words."""
    u, items = one.unseen, said[f"items_{name}"]
    told = [said["unseen_counts"].format(items=items[:1].upper() + items[1:], seen=u.seen, once=u.once, twice=u.twice)]
    shown: tuple[tuple[str, Stated, str], ...] = (
        ("chao1", u.chao1, decimal(u.chao1.value or 0, 1, language)),
        ("coverage", u.coverage, _nearly(u.coverage.value or 0, language)),
    )
    for key, stated, value in shown:
        if stated.value is None:
            why = said["not_applicable"].format(reason=reason(stated.reason, said, language))
            told.append(said[f"unseen_{key}_not"].format(reason=why))
        else:
            told.append(said[f"unseen_{key}"].format(value=value))
    return " ".join([*told, said["rough"]])


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
    told = [reason(key, said, language) for key in keys if key in REASONS and key != "not-saturated"]
    return "".join(f"{said['na'].capitalize()}: {why}. " for why in told)


def folded(rows: Sequence[Sequence[str]], said: Mapping[str, str]) -> tuple[list[list[str]], str]:
    """Rows of saturation that say something, and one sentence for those that are not applicable throughout."""
    kept = [list(row) for row in rows if any(text != said["na"] for text in row[3:])]
    gone = [f"{row[0]}+{row[1]}, {row[2]}" for row in rows if all(text == said["na"] for text in row[3:])]
    return kept, said["pairs_na"].format(pairs="; ".join(gone)) if gone else ""


def _why_not(key: str, said: Mapping[str, str], language: str) -> str:
    if key == "not-saturated":
        return said["not_reached"]
    return said["na"] if key in REASONS else key


def _saturated(
    one: Saturated, made: Synthesis, said: Mapping[str, str], names: Mapping[str, str], language: str
) -> tuple[list[str], list[list[str]], str]:
    name = next(name for name, other in made.saturation.items() if other is one)
    heads, rows = saturation_rows(one, made, said, names, language)
    kept, gone = folded(rows, said)
    said_of = f"{gone} {not_applicable(one, said, language)}{unseen_told(name, one, said, language)}"
    return heads, kept, said_of.strip()


def _fingerprints(made: Synthesis) -> list[tuple[str, str, str]]:
    shown = made.given.documents[~made.given.documents.index.isin(made.given.hidden)]
    return [(str(document), str(row["text_sha256"]), str(row["guide"])) for document, row in shown.iterrows()]


def _register(made: Synthesis) -> list[tuple[str, str, list[Place]]]:
    """By document, its anchor and its passages."""
    found: dict[str, list[Place]] = {}
    for place in made.places.values():
        found.setdefault(place.document, []).append(place)
    return [(document, f"d-{_UNSAFE.sub('_', document)}", places) for document, places in found.items()]


def in_short(made: Synthesis, said: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """What the synthesis is and what it came to, for somebody who reads nothing else: lines, each with its points."""
    counts = [place for place in made.places.values() if place.note == ""]
    what = said["short_what"].format(
        cases=len(made.cases), documents=len({place.document for place in counts}), segments=len(counts)
    )
    kinds = Counter(claim.outcome.kind for claim in made.claims)
    claimed = said["short_claims"].format(claims=counted(len(made.claims), "proposition", said))
    points = [f"{kinds[kind]} {said[f'plain_{kind}']}" for kind in KINDS if kinds[kind]]
    return [(what, []), (claimed, points)] if points else [(what, [])]


def _own_parts(
    made: Synthesis, lists: Lists, said: Mapping[str, str], names: Mapping[str, str], language: str
) -> list[dict[str, Any]]:
    """A part for each case: its summaries, verdicts, directions, negative cases, and where there is nothing."""
    return [_own_part(case, made, lists, said, names, language) for case in made.cases]


def _own_part(
    case: str, made: Synthesis, lists: Lists, said: Mapping[str, str], names: Mapping[str, str], language: str
) -> dict[str, Any]:
    name = names.get(case, case)
    table = made.matrices["case"].cells
    cells = {row["column"]: row for row in table[table["row"] == case].to_dict("records")}
    counts = [place for place in made.places.values() if place.case == case and place.note == ""]
    evidence = [code for code in made.elements if cells[code.id]["state"] == "evidence"]
    directions = []
    for key, label in (("promoting", "case_promotes"), ("inhibiting", "case_inhibits"), ("even", "case_even")):
        own = [code for code in evidence if state_of(cells[code.id]) == key]
        most = sorted(own, key=lambda code: -int(cells[code.id]["turns"]))
        linked = [
            (
                f"{code.display} {code.label[language]}",
                counted(int(cells[code.id]["turns"]), "turn", said),
                lists.link(f"{code.display} × {name}", cells[code.id]["segment_ids"]),
            )
            for code in most[:MOST_ELEMENTS]
        ]
        directions += [(said[label], linked, len(own) - len(linked))] if linked else []
    silence = []
    for state in ("not_asked", "nothing_said", "not_codable", "suppressed"):
        gone = [f"{code.display} {code.label[language]}" for code in made.elements if cells[code.id]["state"] == state]
        silence += [(said[f"silence_{state}"], gone)] if gone else []
    return {
        "id": f"case-{_UNSAFE.sub('_', case)}",
        "name": name,
        "facts": said["case_facts"].format(
            documents=counted(len({place.document for place in counts}), "document", said),
            turns=counted(len({(place.document, turn) for place in counts for turn in place.turns}), "turn", said),
            evidence=len(evidence),
            of=len(made.elements),
        ),
        "summaries": _own_summaries(case, made, lists, said, names, language),
        "verdicts": [
            {
                "id": claim.proposition.id,
                "text": text_told(claim.proposition.text, claim.is_withheld, said),
                **_claim_case(claim, one, made, lists, said, names, language),
            }
            for claim in made.claims
            for one in claim.outcome.cases
            if one.case == case
        ],
        "directions": directions,
        "negative": _own_negative(case, made, lists, said, names, language),
        "silence": silence,
    }


def _own_summaries(
    case: str, made: Synthesis, lists: Lists, said: Mapping[str, str], names: Mapping[str, str], language: str
) -> list[Written]:
    """What was written of the cells of a case, and of its documents and processes."""
    documents = {place.document for place in made.places.values() if place.case == case}
    processes = made.given.documents
    own_processes = set(processes.loc[processes["case"] == case, "process"].astype(str)) if len(processes) else set()
    display = {code.id: f"{code.display} {code.label[language]}" for code in made.elements}
    found = []
    for kind, rows in (("case", {case}), ("document", documents), ("process", own_processes)):
        cells = made.matrices[kind].cells
        for cell in cells[cells["row"].isin(rows) & (cells["summary"] != "")].to_dict("records"):
            where = "" if kind == "case" else f" × {names.get(cell['row'], cell['row'])}"
            told = _written(cell, "", f"{display[cell['column']]}{where}", lists, said, language)
            found += [told] if told else []
    return found


def _own_negative(
    case: str, made: Synthesis, lists: Lists, said: Mapping[str, str], names: Mapping[str, str], language: str
) -> list[tuple[str, list[tuple[str, str]]]]:
    """What goes against the patterns that the page shows, in one case."""
    display = {code.id: f"{code.display} {code.label[language]}" for code in made.codebook.codes}
    found = []
    for kind, rows, _ in patterns_by_kind(made):
        for row in rows if kind != "pair" else ():
            name = pattern_name(row["columns"], row["kind"], display, said)
            against = [
                (words, lists.link(f"{said['negative']}: {name}, {names.get(case, case)}, {words}", segments))
                for words, _, segments in negative_told(made, row["pattern"], said, case)
            ]
            found += [(name, against)] if against else []
    return found
