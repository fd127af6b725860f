"""Agreement as one offline HTML page: every figure with its interval, and under each figure what the coders differ in.

Nothing is fetched and no script is needed: rows open and close as the browser does it, with mouse or keyboard. Without
`passages` the page holds ids, places and counts only.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import jinja2

from ..analysis.agreement_intervals import Interval
from ..analysis.disagreements import ByFigure, Row, by_figure, opened
from ..analysis.intra_coder import FEWEST_DAYS
from ..analysis.stated import REASONS, Stated
from ..analysis.study_agreement import UNSET, Comparison, StudyAgreement, Told
from ..analysis.unitizing import JOINED
from ..settings import Settings
from .agreement_figures import name_of, told_who
from .agreement_words import agreement_words
from .words import number

Words = Mapping[str, str]
#: The words of a coded segment, by its id: only of those who may be quoted.
Passages = Mapping[str, str]
_NONE = "–"
#: Below so many replicates the bounds of an interval are told to be rough.
FEWEST_REPLICATES = 1000
#: The blocks of a comparison, and which coefficients they show; the interval is of the last entry.
BLOCKS: tuple[tuple[str, tuple[str, ...], tuple[str, ...], str], ...] = (
    ("overall", ("codes",), ("percent", "positive", "alpha", "kappa", "fleiss", "ac1", "holsti"), "alpha"),
    ("set", ("set",), ("percent", "holsti", "alpha_jaccard", "alpha_masi"), "alpha_masi"),
    ("level", ("level",), ("percent", "positive", "alpha", "kappa", "ac1", "alpha_jaccard", "alpha_masi"), "alpha"),
    ("code", ("code",), ("percent", "positive", "alpha", "kappa", "fleiss", "ac1", "holsti"), "alpha"),
    ("polarity", ("polarity",), ("percent", "alpha", "kappa", "ac1"), "alpha"),
    ("facet", ("facet",), ("percent", "alpha", "kappa", "ac1"), "alpha"),
    ("marked", ("marked",), ("bar",), "bar"),
    ("stretch_level", ("stretch_level",), ("u", "bar", "cu", "coverage"), "cu"),
    ("stretch_code", ("stretch_code",), ("u", "ku", "ku_coverage"), "u"),
)  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """A disagreement as it is read: where, what each has, and what was decided."""

    place: str
    what: str
    sides: tuple[tuple[str, str, str], ...]
    state: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """A row of a table: its label, its cells, what is said under it, and the differences that it opens."""

    label: str
    cells: tuple[str, ...]
    notes: tuple[str, ...]
    count: str
    differences: tuple[Difference, ...]
    anchor: str = ""


@dataclass(frozen=True)
class Block:
    """One table of a comparison."""

    title: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """One comparison: its facts, its tables, and the names of its figures."""

    id: str
    title: str
    facts: tuple[str, ...]
    blocks: tuple[Block, ...]
    figures: tuple[str, ...]
    caption: str
    is_second_pass: bool


def sections(
    found: StudyAgreement, settings: Settings, language: str, passages: Passages | None, figures: Iterable[str] = ()
) -> tuple[Section, ...]:
    """Every comparison as it is shown; `figures` are the names of all figures that were drawn."""
    w = agreement_words(language)
    drawn = list(figures)
    made = []
    for place, one in enumerate(found.comparisons):
        level_of = {code.id: code.level for code in one.codebook.codes}
        who, version = told_who(one, w), one.version or w["no_version"]
        start = f"agreement_codes_{name_of(one)}"
        made.append(
            Section(
                id=f"c{place + 1}",
                title=w[one.kind].format(who=who, version=version),
                facts=tuple(_facts(one, found, language, w)),
                blocks=tuple(_blocks(one, f"c{place + 1}", settings, language, w, passages, level_of)),
                figures=tuple(name for name in drawn if name == start or name.startswith(f"{start}_")),
                caption=w["forest_caption"].format(who=who, version=version),
                is_second_pass=one.kind == "second_pass",
            )
        )
    return tuple(made)


def _facts(one: Comparison, found: StudyAgreement, language: str, w: Words) -> list[str]:
    units = one.told[1].figures.units
    facts = [
        w["facts"].format(
            documents=_counted(w, "n_documents", len(one.documents), language),
            book=one.codebook.codebook_version,
            units=_counted(w, "n_units", units, language),
        )
    ]
    if one.by_turns:
        facts.append(w["by_turns"].format(n=one.by_turns))
    seen = [document for document in one.not_blind if document not in found.hidden]
    if one.kind == "second_pass":
        facts.append(w["not_blind_second"])
        days = {document: n for document, n in one.days.items() if document not in found.hidden}
        if days:
            facts.append(w["days"].format(days=", ".join(f"{document} {n}" for document, n in days.items())))
        if soon := [document for document, n in days.items() if n < FEWEST_DAYS]:
            facts.append(w["too_soon"].format(n=FEWEST_DAYS, documents=", ".join(soon)))
    elif one.not_blind:
        facts.append(w["not_blind"].format(documents=", ".join(seen) or len(one.not_blind)))
    else:
        facts.append(w["all_blind"])
    if one.unsettled:
        facts.append(w["unsettled"].format(n=one.unsettled))
    if one.redefined:
        known = one.codebook.by_id
        codes = ", ".join(f"{known[code].display} ({version})" for code, version in one.redefined)
        facts.append(w["redefined"].format(codes=codes))
    return facts


def _blocks(
    one: Comparison,
    anchor: str,
    settings: Settings,
    language: str,
    w: Words,
    passages: Passages | None,
    level_of: Mapping[str, str],
) -> list[Block]:
    blocks = []
    rows = by_figure(one.disagreements)
    unlisted = by_figure(one.unlisted) if len(one.unlisted) else {}
    for key, kinds, coefficients, around in BLOCKS:
        own = [told for told in one.told if told.of in kinds]
        shown = [name for name in coefficients if any(name in told.figures.coefficients for told in own)]
        # What is for two coders only is told once, under the table, not in every row.
        shown = [
            name
            for name in shown
            if not all(told.figures.coefficients.get(name, Stated(0.0)).reason == "not-two" for told in own)
        ]
        if not own:
            continue
        if key == "code" and all(_is_like(told, "holsti", "percent") for told in own):
            shown = [name for name in shown if name != "holsti"]
        of_stretches = key in ("marked", "stretch_level", "stretch_code")
        notes = [w["stretches_1"]] if key == "marked" else []
        notes += [
            w["several"].format(level=_label(told, one, settings, language, w), n=number(told.several, language))
            for told in own
            if told.several
        ]
        notes.append(w["interval_of"].format(name=w.get(f"c_{around}", around)))
        blocks.append(
            Block(
                title=w[key],
                columns=(
                    w["characters" if of_stretches else "units"],
                    w["positive"],
                    w["prevalence"],
                    *(w.get(f"c_{name}", name) for name in shown),
                    w["interval"],
                    w["failures"],
                ),
                lines=tuple(
                    _line(told, one, shown, around, anchor, settings, language, w, passages, level_of, rows, unlisted)
                    for told in own
                ),
                notes=tuple(notes),
            )
        )
    return blocks


def _is_like(told: Told, one: str, other: str) -> bool:
    """Whether two coefficients are the same number: then a column of its own tells nothing more."""
    values = [told.figures.coefficients.get(name, Stated(None)).value for name in (one, other)]
    return values[0] == values[1] or (None not in values and abs(float(values[0] or 0) - float(values[1] or 0)) < 1e-9)


def _label(told: Told, one: Comparison, settings: Settings, language: str, w: Words) -> str:
    code = one.codebook.by_id.get(told.id)
    if code is not None:
        return f"{code.display} {code.label[language]}"
    names = {level.id: level.label[language] for level in settings.levels}
    names |= {facet.id: facet.label[language] for facet in settings.facets}
    if told.of == "facet":
        values = {value.id: value.label[language] for f in settings.facets if f.id == told.id for value in f.values}
        whole = names.get(told.id, told.id)
        return f"{whole}: {values.get(told.answer, told.answer)}" if told.answer else whole
    if told.of == "polarity" and told.answer:
        return w["unset"] if told.answer == UNSET else _polarity(told.answer, w)
    if told.id:
        return names.get(told.id, told.id)
    return {"codes": w["codes"], "set": w["set"]}.get(told.of, w["every"])


def _line(
    told: Told,
    one: Comparison,
    shown: Sequence[str],
    around: str,
    anchor: str,
    settings: Settings,
    language: str,
    w: Words,
    passages: Passages | None,
    level_of: Mapping[str, str],
    rows: ByFigure,
    unlisted_rows: ByFigure,
) -> Line:
    figures = told.figures
    interval = figures.intervals.get(around)
    differences = opened(rows, told, level_of)
    unlisted = opened(unlisted_rows, told, level_of)
    is_whole = told.of in ("codes", "set", "marked", "stretch_level")
    cells = (
        number(figures.units, language),
        _NONE if figures.positive is None else number(figures.positive, language),
        _NONE if figures.prevalence is None else number(figures.prevalence, language, 3),
        *(_value(figures.coefficients.get(name), language) for name in shown),
        _interval(interval, language),
        number(interval.failures, language) if interval is not None and interval.replicates else _NONE,
    )
    # What may not be listed is counted: a row with differences never says that there are none.
    total = len(differences) + len(unlisted)
    is_open = sum(row["state"] != "settled" for row in (*differences, *unlisted))
    told_of = [w["n_open"].format(n=is_open), *([w["n_unlisted"].format(n=len(unlisted))] if unlisted else [])]
    count = f"{_counted(w, 'disagreements', total, language)} ({'; '.join(told_of)})" if total else w["disagreements_0"]
    return Line(
        label=_label(told, one, settings, language, w),
        cells=cells,
        notes=tuple(_notes(told, shown, around, language, w)),
        count=count,
        differences=tuple(_by_document(differences, one, w) if is_whole else _listed(differences, w, passages)),
        anchor=f"{anchor}-{told.of}-{told.id}-{told.answer}" if told.id or told.answer else "",
    )


def _notes(told: Told, shown: Sequence[str], around: str, language: str, w: Words) -> list[str]:
    """Why figures of the row are undefined, each reason once; why it has no interval; and the interval by units."""
    figures = told.figures
    reasons: dict[str, list[str]] = {}
    for name in shown:
        if reason := figures.coefficients.get(name, Stated(0.0)).reason:
            reasons.setdefault(reason, []).append(w.get(f"c_{name}", name))
    notes = [
        f"{', '.join(names)}: {w['no_figure'].format(reason=REASONS[why][language])}" for why, names in reasons.items()
    ]
    interval, units = figures.intervals.get(around), figures.unit_intervals.get(around)
    if interval is not None and interval.low is None and interval.reason and interval.reason not in reasons:
        notes.append(w["no_interval"].format(reason=REASONS[interval.reason][language]))
    if interval is not None and interval.below_667 is not None:
        notes.append(w["below"].format(share=number(interval.below_667, language, 2)))
    if interval is not None and interval.low is not None and interval.low == interval.high:
        notes.append(w["zero_width"])
    if units is not None and units.low is not None:
        notes.append(w["units_interval"].format(interval=_interval(units, language)))
    return notes


def _value(stated: Stated | None, language: str) -> str:
    if stated is None or stated.value is None:
        return _NONE
    return number(stated.value + 0.0, language, 3)


def _interval(interval: Interval | None, language: str) -> str:
    if interval is None or interval.low is None or interval.high is None:
        return _NONE
    low, high = (number(value + 0.0, language, 2) for value in (interval.low, interval.high))
    return f"{low} – {high}"


def _counted(w: Words, key: str, count: int, language: str) -> str:
    return w[f"{key}_1"] if count == 1 else w[key].format(n=number(count, language))


def _kind(row: Row, w: Words) -> str:
    kind = str(row["kind"])
    named = {"code": "other_code", "polarity": "polarity_differs", "facet": "facet_differs"}.get(kind, kind)
    return w[named].format(first=row["first"], second=row["second"])


def _listed(rows: Sequence[Row], w: Words, passages: Passages | None) -> list[Difference]:
    made = []
    for row in rows:
        what = _kind(row, w)
        if row["of"] in ("polarity", "facet"):
            what = f"{row['display']}: {what}"
        sides = tuple(
            (row[side], _says(row, side, w) or (w["unset"] if row["of"] == "polarity" else _NONE),
             " ".join(row[f"{side}_segments"]))
            for side in ("first", "second")
        )  # fmt: skip
        quoted: tuple[str, ...] = ()
        if passages is not None:
            names = dict.fromkeys((*row["first_segments"], *row["second_segments"]))
            quoted = tuple(dict.fromkeys(passages.get(name, w["may_not_quote"]) for name in names))
        made.append(
            Difference(_place(row, w), what, sides, w[f"state_{row['state']}"] + _by(row), quoted)
        )  # fmt: skip
    return made


def _polarity(answer: str, w: Words) -> str:
    return JOINED.join(w.get(f"polarity_{one}", one) for one in answer.split(JOINED))


def _says(row: Row, side: str, w: Words) -> str:
    """Display codes with commas between; polarities in the reader's language; answers as they are."""
    says = str(row[f"{side}_says"])
    if row["of"] == "polarity":
        return _polarity(says, w)
    return says.replace(" ", ", ") if row["of"] in ("code", "level") else says


def _place(row: Row, w: Words) -> str:
    place = f"{row['document']} · {w['turn'].lower()} {row['turn']}"
    return f"{place} · {row['start']}–{row['end']}" if row["start"] >= 0 else place


def _by(row: Row) -> str:
    return f" ({row['resolution']})" if row["resolution"] and row["state"] != "open" else ""


def _by_document(rows: Sequence[Row], one: Comparison, w: Words) -> list[Difference]:
    """The differences of a figure over many codes, told short: each place with its codes, who has what."""
    there: dict[tuple[str, str, str], dict[int, dict[str, dict[str, None]]]] = {}
    for row in rows:
        turns = there.setdefault((row["document"], row["first"], row["second"]), {})
        turns.setdefault(row["turn"], {}).setdefault(_kind(row, w), {})[row["display"]] = None
    made = []
    for (document, first, second), turns in sorted(there.items()):
        places = []
        for turn, kinds in sorted(turns.items()):
            has = "; ".join(f"{kind}: {', '.join(codes)}" for kind, codes in kinds.items())
            places.append(f"{w['turn'].lower()} {turn} ({has})")
        who = f"{document} ({first} {w['and']} {second})" if len(one.coders) > 2 else document
        made.append(Difference(who, " · ".join(places), (), ""))
    return made


def _is_same_pair(differences: Sequence[Difference]) -> bool:
    """Whether all are between the same two: then the headings name them."""
    return len({tuple(who for who, _, _ in one.sides) for one in differences}) == 1


# Over time


def rereading_lines(found: StudyAgreement, language: str, display: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """What came of passages read again, as rows to show."""
    w = agreement_words(language)
    rows = []
    for row in found.rereading.to_dict("records"):
        counts = (str(row[key]) for key in ("drawn", "open", "removed", "read", "confirmed", "recoded", "set_aside"))
        is_told = row["reason"] == ""
        kept = number(float(row["kept"]), language, 2) if is_told else _NONE
        around = (
            f"{number(float(row['low']), language, 2)} – {number(float(row['high']), language, 2)}" if is_told else ""
        )
        rows.append(
            (
                str(row["coder"]),
                str(row["change"]) or w["all_changes"],
                display.get(row["code"], str(row["code"])) or w["all_changes"],
                *counts,
                kept,
                around or w["no_figure"].format(reason=REASONS[row["reason"]][language]),
            )
        )
    return tuple(rows)


def rereading_columns(language: str) -> tuple[str, ...]:
    """The headings of :func:`rereading_lines`."""
    w = agreement_words(language)
    keys = ("coder", "change", "code_column", "drawn", "open", "removed", "read", "confirmed", "recoded", "set_aside",
            "kept", "interval")  # fmt: skip
    return tuple(w[key] for key in keys)


def agreement_page(
    found: StudyAgreement,
    settings: Settings,
    figures: Mapping[str, bytes],
    language: str,
    *,
    passages: Passages | None = None,
    display: Mapping[str, str] | None = None,
) -> str:
    """The page as HTML.

    Parameters
    ----------
    figures
        SVG bytes by name, as ``agreement_figures`` names them; ``agreement_pairs`` stands on top.
    passages
        The words of segments that may be quoted; None for a page without words.
    display
        Display codes by id, for passages read again.
    """
    w = agreement_words(language)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("foran_research.report", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["svg"] = lambda data: "data:image/svg+xml;base64," + base64.b64encode(data).decode("ascii")
    hidden = len(found.hidden & {document for one in found.comparisons for document in one.documents})
    about = [
        w["about_1"],
        w["about_2"].format(replicates=number(found.replicates, language), seed=found.seed),
        w["about_3"],
    ]
    if 0 < found.replicates < FEWEST_REPLICATES:
        about.append(w["few_replicates"].format(n=number(found.replicates, language)))
    if hidden:
        about.append(_counted(w, "hidden", hidden, language))
    about.append(w["no_words_note" if passages is None else "words_note"])
    page = environment.get_template("agreement_page.html.j2").render(
        w=w,
        lang=language,
        settings=settings,
        off=None if found.off is None else found.off[language],
        about=about,
        absent={part: w["no_figure"].format(reason=REASONS[why][language]) for part, why in found.absent.items()},
        waiting=[(document, w["waiting"].format(who=", ".join(who))) for document, who in found.waiting
                 if document not in found.hidden],
        unshown=[(w[kind].format(who=" ".join(who), version=", ".join(read_under) or w["no_version"]),
                  w["no_figure"].format(reason=REASONS["all-hidden"][language]))
                 for kind, who, read_under in found.unshown],
        sections=sections(found, settings, language, passages, figures),
        figures=figures,
        rereading=rereading_lines(found, language, display or {}),
        rereading_columns=rereading_columns(language),
        same_who=_is_same_pair,
    )  # fmt: skip
    return page + "\n"
