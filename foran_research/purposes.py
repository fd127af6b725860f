"""Exports by purpose: for an article, a thesis, a web page, teaching; and what of a milestone may be shared at all.

Each names what was left out and why. The same study gives the same bytes; no clock is read.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import permutations
from typing import Any

import pandas as pd

from .auditing import gather
from .codebook.code import Change, Code, Codebook
from .codebook.writing import change_record, code_record, yaml_text
from .errors import ForanError, UnknownName
from .exchange.crate import Packed
from .exchange.sheets import csv_bytes, xlsx_bytes
from .milestone import capability_model, figure_stamp
from .models import capability
from .models.capability import ModelInputs
from .report.audit_figures import month_figure, timeline_figure
from .report.audit_page import Column, Part, Section, Table, docx_report, html_page, sections
from .report.figures import figure_bytes, stamped
from .report.frame import Made, render, series
from .report.frame_words import frame_words
from .report.page import short_date
from .report.purpose_figures import breadth_figure, evidence_figure, figure_files, level_figure, polarity_figure
from .report.purpose_tables import (
    KEPT_BACK,
    Limits,
    cells_table,
    changes_table,
    counts_by_case,
    elements_table,
    hidden_cells,
    level_balance,
    relations_table,
)
from .report.purpose_words import exercises, purpose_words
from .report.words import number
from .settings import Milestone
from .study import Study
from .vocabulary import DOCUMENT_KINDS, LANGUAGES

README = "README.md"
PURPOSES = ("article", "thesis", "web", "teaching")
#: How many elements a sentence of the short page names.
_NAMED = 3


@dataclass(frozen=True)
class Material:
    """What exports of a milestone are made of: the elements of a model, and counts of who and what it stands on.

    `persons` and `documents` are pairs (actor type or kind, case), one for each; `persons_of_pairs` is how many informants
    spoke of two elements in one turn, by their ids; `texts` are fingerprints by document.
    """

    study: Study
    milestone: Milestone
    coding: str
    coders: tuple[str, ...]
    elements: tuple[Mapping[str, Any], ...]
    changes: tuple[Mapping[str, Any], ...]
    cases: tuple[str, ...]
    persons: tuple[tuple[str, str], ...]
    persons_of_pairs: Mapping[tuple[str, str], int]
    documents: tuple[tuple[str, str], ...]
    texts: Mapping[str, str]
    withheld: int
    limits: Limits

    @property
    def kept_back(self) -> int:
        """How many places of elements × municipalities are kept back, totals included."""
        return hidden_cells(self.elements, self.cases, self.limits).count

    def tables(self, language: str) -> dict[str, pd.DataFrame]:
        """The tables that may leave the project, by name, those that are empty left out."""
        said = purpose_words(language)
        settings, cases = self.study.settings, [case.id for case in self.study.settings.cases if case.id in self.cases]
        found = {
            "elements": elements_table(self.elements, self.cases, language, self.limits),
            "elements_by_municipality": cells_table(self.elements, self.cases, language, self.limits),
            "relations": relations_table(self.elements, self.cases, self.persons_of_pairs, self.limits),
            "persons": counts_by_case(
                self.persons,
                [(term.id, term.label[language]) for term in settings.actor_types],
                cases, self.limits.persons, said["total"], said["other"],
            ),
            "documents": counts_by_case(
                self.documents, [(kind, said[kind]) for kind in DOCUMENT_KINDS], cases, self.limits.documents,
                said["total"], said["other"], total_is_told=True,
            ),
            "changes": changes_table(self.changes, language),
        }  # fmt: skip
        return {name: frame for name, frame in found.items() if len(frame)}


def material(study: Study, milestone: Milestone, *, coding: str = "human", limits: Limits | None = None) -> Material:
    """What exports of a milestone are made of.

    Of a milestone of one municipality only that municipality. Documents that may not be shown are counted, no more.

    Raises
    ------
    UnknownName
        For another coding than "human" or "suggestions".
    """
    inputs = study.model_inputs(milestone, coding=coding)
    if milestone.case:
        inputs = _of_case(inputs, milestone.case)
    changes: tuple[Mapping[str, Any], ...] = ()
    if milestone.model == "capability":
        # What notebooks write: figures rounded as in model.json.
        whole = json.loads(json.dumps(capability.to_dict(capability_model(study, milestone, coding=coding))))
        elements, changes = tuple(whole["elements"]), tuple(whole["changes"])
    else:
        elements = tuple(json.loads(json.dumps([asdict(one) for one in capability.build_elements(inputs)])))
    documents = inputs.documents[~inputs.documents.index.isin(inputs.hidden)]
    units = inputs.units[inputs.units["document"].isin(documents.index)]
    spoken = units[units["informant"] != units["document"]].drop_duplicates("informant")
    homes = study.participants["case"].to_dict()
    # Who speaks in the documents of one municipality is an informant of it, wherever at home.
    persons = tuple(
        (str(row["actor_type"]), milestone.case or str(homes.get(row["informant"]) or row["case"]))
        for row in spoken.to_dict("records")
    )
    return Material(
        study=study,
        milestone=milestone,
        coding=coding,
        coders=inputs.coders,
        elements=elements,
        changes=changes,
        cases=inputs.cases,
        persons=persons,
        persons_of_pairs=_persons_of_pairs(inputs),
        documents=tuple((str(row["kind"]), str(row["case"])) for row in documents.to_dict("records")),
        texts={str(name): str(digest) for name, digest in documents["text_sha256"].items()},
        withheld=len(inputs.hidden),
        limits=limits or Limits(),
    )


def _persons_of_pairs(inputs: ModelInputs) -> dict[tuple[str, str], int]:
    """How many informants spoke of both elements in one turn, by ids, each pair both ways."""
    long = capability.resolved(inputs)
    spoken = long[~long["document"].isin(inputs.hidden) & (long["informant"] != long["document"])]
    found: dict[tuple[str, str], set[str]] = {}
    for (informant, _), elements in spoken.groupby(["informant", "unit"])["element"]:
        for pair in permutations(elements.unique(), 2):
            found.setdefault(pair, set()).add(str(informant))
    return {pair: len(informants) for pair, informants in found.items()}


def _of_case(inputs: ModelInputs, case: str) -> ModelInputs:
    documents = inputs.documents[inputs.documents["case"] == case]
    return replace(
        inputs,
        documents=documents,
        units=inputs.units[inputs.units["document"].isin(documents.index)].reset_index(drop=True),
        segments=inputs.segments[inputs.segments["document"].isin(documents.index)].reset_index(drop=True),
        hidden=inputs.hidden & frozenset(documents.index),
        cases=(case,),
    )


# What may be shared


def shared_files(found: Material) -> tuple[dict[str, bytes], tuple[tuple[str, str], ...]]:
    """The files of a milestone that hold nobody's words and no small counts; and what was left out, in both languages."""
    notice = found.study.settings.notice["en"] if found.study.settings.is_synthetic else ""
    files = {f"tables/{name}.csv": csv_bytes(frame, notice=notice) for name, frame in found.tables("nb").items()}
    files["codebook.yaml"] = shared_codebook(found.study.codebook(found.milestone)).encode()
    for language in LANGUAGES:
        files[f"summary.{language}.html"] = short_page(found, language).encode()
    keys = ("texts", "quotes", "memos", "key", "notebooks", "model", "figures", "registers", "examples", "small",
            "withheld", "names")  # fmt: skip
    return files, left_out(found, keys, has_hashes=True)


def shared_codebook(book: Codebook) -> str:
    """A codebook as YAML without what may repeat an informant: examples, reasons, evidence, who proposed.

    It is a table to read and to cite; a study's own version of it is what `foran` reads.
    """

    def of_code(code: Code) -> dict[str, Any]:
        record = code_record(code)
        keys = ("id", "display", "level", "parent", "label", "brief", "definition", "when_to_use", "when_not_to_use",
                "status", "introduced_in", "deprecated_in", "successors")  # fmt: skip
        return {key: record[key] for key in keys if key in record}

    def of_change(change: Change) -> dict[str, Any]:
        record = change_record(change)
        return {
            key: record[key]
            for key in ("id", "type", "from", "to", "summary", "decided_at", "decision")
            if key in record
        }

    return yaml_text(
        {
            "codebook_version": book.codebook_version,
            "released": book.released,
            "title": dict(book.title),
            "notice": dict(book.notice),
            "codes": [of_code(code) for code in book.codes],
            "changes": [of_change(change) for change in book.changes],
        }
    )


def left_out(
    found: Material, keys: Sequence[str], language: str = "", *, has_hashes: bool = False
) -> tuple[tuple[str, str], ...]:
    """What was left out of an export and why; in both languages for "". `has_hashes`: fingerprints go along."""
    filled = {
        "n": found.withheld, "persons": found.limits.persons, "documents": found.limits.documents,
    }  # fmt: skip

    def told(key: str, name: str) -> str:
        values = {**filled, "n": found.kept_back} if key == "small" else filled
        texts = []
        for one in (language,) if language else LANGUAGES:
            said = purpose_words(one)
            text = said.get(f"{name}_{key}_hash") if has_hashes else None
            texts.append((text or said[f"{name}_{key}"]).format(**values))
        return " · ".join(texts)

    counts = {"small": found.kept_back, "withheld": found.withheld}
    return tuple((told(key, "no"), told(key, "why")) for key in keys if counts.get(key, 1))


def facts(found: Material, language: str) -> list[tuple[str, str]]:
    """What an export stands on: milestone, model, days, codebook, coders, size, limits."""
    said, milestone = purpose_words(language), found.milestone
    names = {case.id: case.label[language] for case in found.study.settings.cases}
    sums = found.limits
    informants = len(found.persons)
    rows = [
        (said["milestone"], f"{milestone.id}: {milestone.title[language]}"),
        (said["model"], f"{said[f'model_{milestone.model}']} {milestone.model_version}"),
        (said["municipality"], names.get(milestone.case, "")),
        (said["cut_off"], short_date(milestone.cut_off.isoformat(), language)),
        (said["coded_until"], short_date(milestone.coded_until.isoformat(), language)),
        (said["codebook"], milestone.codebook_version),
        (said["coders"], ", ".join(found.coders)),
        (
            said["n"],
            said["n_text_one" if milestone.case else "n_text"].format(
                # However few: fingerprints of the texts go along, and can be counted.
                documents=len(found.documents),
                informants=informants if not 0 < informants < sums.persons else KEPT_BACK,
                municipalities=len(found.cases),
                municipality=names.get(milestone.case, ""),
            ),
        ),
        (said["limits"], said["limits_text"].format(persons=sums.persons, documents=sums.documents)),
        (said["kept_back"], str(found.kept_back)),
    ]
    return [(name, value) for name, value in rows if value]


def told_left_out(
    found: Material,
    left: Sequence[tuple[str, str]],
    purpose: str = "crate",
    *,
    files: Sequence[tuple[str, str]] = (),
    language: str = "",
) -> str:
    """The README of an export: what it is, what it stands on, its files, and what was left out; in both languages for ""."""
    settings = found.study.settings
    blocks = []
    for one in (language,) if language else LANGUAGES:
        said = purpose_words(one)
        lines = [f"# {said[purpose]}: {settings.title[one]}", ""]
        lines += [f"**{settings.notice[one]}**", ""] if settings.is_synthetic else []
        lines += [f"**{frame_words(one)['notice_machine']}**", ""] if found.coding == "suggestions" else []
        lines += [f"- {name}: {value}" for name, value in facts(found, one)]
        if files:
            lines += ["", f"## {said['files']}", "", *(f"- `{name}`: {text}" for name, text in files)]
        lines += ["", f"## {said['left_out']}", "", *(f"- {what}: {why}" for what, why in in_language(left, one))]
        lines += ["", said["differences"]] if purpose != "teaching" else []
        blocks.append("\n".join(lines))
    return "\n\n---\n\n".join(blocks) + "\n"


def in_language(left: Sequence[tuple[str, str]], language: str) -> list[tuple[str, str]]:
    """What was left out in one language, of pairs that stand in both with a dot between.

    >>> in_language([("Memoer · Memos", "de gjengir · they repeat")], "en")
    [('Memos', 'they repeat')]
    """
    place = LANGUAGES.index(language)

    def part(text: str) -> str:
        halves = text.split(" · ")
        return halves[place] if len(halves) == len(LANGUAGES) else text

    return [(part(what), part(why)) for what, why in left]


# The purposes


def export(
    purpose: str,
    study: Study,
    milestone: Milestone,
    *,
    coding: str = "human",
    language: str = "",
    limits: Limits | None = None,
) -> Packed:
    """The files of an export, and what was left out of it.

    Parameters
    ----------
    purpose
        "article", "thesis", "web" or "teaching".
    language
        "nb" or "en", for figures, tables and the appendix; the study's own for "".

    Raises
    ------
    UnknownName
        For a purpose or a language that there is not.
    ForanError
        For teaching, when the study is not invented.
    """
    language = language or study.settings.language
    if language not in LANGUAGES:
        raise UnknownName("language", language, LANGUAGES)
    if purpose not in PURPOSES:
        raise UnknownName("purpose", purpose, PURPOSES)
    if purpose == "teaching":
        return teaching(study, milestone)
    found = material(study, milestone, coding=coding, limits=limits)
    return {"article": article, "thesis": thesis, "web": web}[purpose](found, language)


def article(found: Material, language: str) -> Packed:
    """Figures at the widths of a journal's page, tables as CSV, Excel and Word, a CSV behind each figure, captions."""
    settings = found.study.settings
    said = purpose_words(language)
    stamp = figure_stamp(found.study, found.coding, language)
    names = {term.id: term.label[language] for term in (*settings.cases, *settings.levels)}
    tables = found.tables(language)
    elements = tables.get("elements", pd.DataFrame(columns=["code", "level", "label", "promoting", "inhibiting"]))
    cells = tables.get(
        "elements_by_municipality", pd.DataFrame(columns=["code", "label", "municipality", "state", "documents"])
    )
    balance = level_balance(found.elements, found.cases, found.limits)
    breadth = _breadth(found)
    level_of = dict(zip(elements["code"], elements["level"], strict=True))
    drawn = {
        "evidence": (evidence_figure(cells, level_of, names, stamp), cells, 174),
        "polarity": (
            polarity_figure(elements, language, stamp),
            elements[["code", "level", "label", "promoting", "inhibiting"]],
            174,
        ),
        "levels": (level_figure(balance, names, language, stamp), balance, 85),
        "breadth": (breadth_figure(breadth, language, stamp), breadth, 85),
    }
    notice = settings.notice[language] if settings.is_synthetic else ""
    files: dict[str, bytes] = {}
    listed: list[tuple[str, str]] = []
    captions = {one: [f"# {purpose_words(one)['article']}: {settings.title[one]}", ""] for one in LANGUAGES}
    for place, (name, (figure, behind, width)) in enumerate(drawn.items(), 1):
        files |= {f"figures/{file}": data for file, data in figure_files(figure, f"figure{place}_{name}").items()}
        files[f"figures/figure{place}_{name}.csv"] = csv_bytes(behind, notice=notice)
        listed.append((f"figures/figure{place}_{name}.*", f"{said[f'f_{name}']} ({said['width'].format(mm=width)})"))
        for one in LANGUAGES:
            own = purpose_words(one)
            captions[one] += [f"{own['figure']} {place}. {own[f'f_{name}']} {_basis(found, one)}", ""]
    if (told := _agreement(found)) is not None:
        tables["agreement"] = told
    about = facts(found, language)
    shown: list[Part] = []
    for place, (name, frame) in enumerate(tables.items(), 1):
        caption = said[f"t_{name}"]
        files[f"tables/table{place}_{name}.csv"] = csv_bytes(frame, notice=notice)
        files[f"tables/table{place}_{name}.xlsx"] = xlsx_bytes(
            frame,
            title=caption[:28],
            notice=notice,
            about=[(said["table"], caption), *about],
            about_title=said["about_sheet"],
        )
        shown.append(_shown(frame, caption, language, names))
        listed.append((f"tables/table{place}_{name}.*", caption))
        for one in LANGUAGES:
            own = purpose_words(one)
            captions[one] += [f"{own['table']} {place}. {own[f't_{name}']}. {_basis(found, one)}", ""]
    files["tables/tables.docx"] = docx_report(
        [Section("tables", said["tables"], tuple(shown))], settings, {}, language, day=found.milestone.cut_off.isoformat(),
        title=said["article"],
    )  # fmt: skip
    listed.append(("tables/tables.docx", said["tables"]))
    files |= {f"captions.{one}.md": "\n".join(lines).encode() for one, lines in captions.items()}
    left = left_out(found, ("texts", "quotes", "memos", "model", "registers", "small", "withheld", "names"), language)
    files[README] = told_left_out(found, left, "article", files=listed, language=language).encode()
    return Packed(files, left)


def _basis(found: Material, language: str) -> str:
    """What a caption ends with: size, cut-off, codebook; and that the study is invented."""
    told = dict(facts(found, language))
    said = purpose_words(language)
    parts = [f"{said[key]}: {told[said[key]]}" for key in ("n", "cut_off", "codebook", "limits")]
    settings = found.study.settings
    notices = [settings.notice[language]] if settings.is_synthetic else []
    notices += [frame_words(language)["notice_machine"]] if found.coding == "suggestions" else []
    return " ".join(["; ".join(parts) + ".", *notices])


def _breadth(found: Material) -> pd.DataFrame:
    reached = [len(element["support"]["cases"]) for element in found.elements]
    return pd.DataFrame(
        [(count, reached.count(count)) for count in range(len(found.cases) + 1)], columns=["municipalities", "elements"]
    )


def _agreement(found: Material) -> pd.DataFrame | None:
    """The figures of all codes together, a row for each pair of coders; None where the study tells none."""
    told = gather(_on_the_day(found), day=found.milestone.coded_until.isoformat()).tables["agreement"]
    whole = told[told["code"] == ""] if len(told) and "code" in told.columns else told.iloc[:0]
    names = [name for name in ("first", "second", "codebook_version", "documents", "units", "percent", "alpha", "kappa")
             if name in whole.columns]  # fmt: skip
    if not len(whole):
        return None
    table = whole[names].round(6).reset_index(drop=True).astype(object)
    # Of fewer documents than may be counted, figures would tell how two persons read one informant's words.
    few = [count < found.limits.documents for count in table["documents"]]
    table.loc[few, [name for name in names if name not in ("first", "second", "codebook_version")]] = KEPT_BACK
    return table


def _on_the_day(found: Material) -> Study:
    return found.study.at(found.milestone.coded_until.isoformat())


def _shown(frame: pd.DataFrame, caption: str, language: str, names: Mapping[str, str]) -> Table:
    """A table as a person reads it: headings in words, numbers as the language writes them."""
    said = purpose_words(language)

    def cell(name: str, value: object) -> str:
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return ""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            text = str(value)
            if name in ("state", "level", "municipality"):
                return said.get(text, names.get(text, text))
            return text
        return number(value, language, 0 if isinstance(value, int) or float(value).is_integer() else 2)

    columns = tuple(
        Column(
            said.get(name, names.get(name, name)),
            is_number=all(not isinstance(value, str) or value == KEPT_BACK for value in frame[name]),
            width=3.2 if name in ("label", "summary") else 1.4 if name in ("kind", "state", "municipality") else 0.9,
        )
        for name in frame.columns
    )
    rows = tuple(
        tuple(cell(name, value) for name, value in zip(frame.columns, row, strict=True))
        for row in frame.itertuples(index=False, name=None)
    )
    return Table(caption, columns, rows)


def thesis(found: Material, language: str) -> Packed:
    """One appendix, as a page and as a Word file: the trail, the checklist, agreement, changes, the codebook, milestones."""
    settings, said = found.study.settings, purpose_words(language)
    day = found.milestone.coded_until.isoformat()
    then = _on_the_day(found)
    audit = gather(then, day=day)
    told = (*sections(audit, settings, language), _codes_section(found, language), _milestones_section(found, language))
    stamp = figure_stamp(found.study, found.coding, language)
    figures = {
        "timeline": stamped(timeline_figure(audit.tables["timeline"], language), stamp),
        "months": stamped(month_figure(audit.tables["segments_by_month"], language), stamp),
    }
    svg, png = ({name: figure_bytes(one, kind) for name, one in figures.items()} for kind in ("svg", "png"))
    title = f"{said['thesis']}: {found.milestone.id}"
    left = left_out(found, ("texts", "quotes", "memos", "registers", "code_examples", "withheld", "names"), language)
    files = {
        "appendix.html": html_page(told, settings, svg, language, day=audit.day, title=title).encode(),
        "appendix.docx": docx_report(told, settings, png, language, day=audit.day, title=title),
    }
    listed = [(name, said["thesis"]) for name in files]
    files[README] = told_left_out(found, left, "thesis", files=listed, language=language).encode()
    return Packed(files, left)


def _codes_section(found: Material, language: str) -> Section:
    said, book = purpose_words(language), found.study.codebook(found.milestone)
    levels = {level.id: level.label[language] for level in found.study.settings.levels}
    rows: list[tuple[str, ...]] = []
    order = {level: place for place, level in enumerate(levels)}
    shown = sorted(book.active, key=lambda code: order.get(code.level, len(order)))
    for place, code in enumerate(shown):
        if place == 0 or code.level != shown[place - 1].level:
            rows.append((levels.get(code.level, code.level),))
        texts = (code.label, code.definition, code.when_to_use, code.when_not_to_use)
        rows.append((code.display, *(str(text.get(language, "")) for text in texts)))
    columns = (
        Column(said["code"], width=0.6),
        Column(said["label"], width=1.4),
        *(Column(said[key], width=2.4) for key in ("definition", "when_to_use", "when_not_to_use")),
    )
    intro = f"{said['codebook']} {book.codebook_version}. {said['codes_1']}"
    return Section("codes", said["codes"], (intro, Table(said["codes_table"], columns, tuple(rows))))


def _milestones_section(found: Material, language: str) -> Section:
    said, settings = purpose_words(language), found.study.settings
    names = {case.id: case.label[language] for case in settings.cases}
    last = found.milestone.coded_until
    reached = sorted((m for m in settings.milestones if m.cut_off <= last), key=lambda m: (m.cut_off, m.id))
    rows = tuple(
        (
            one.id, one.title[language], said[f"model_{one.model}"], names.get(one.case, "–"), str(one.model_version),
            one.date_printed or "–", one.cut_off.isoformat(), one.codebook_version,
        )
        for one in reached
    )  # fmt: skip
    columns = (
        Column(said["milestone"], width=0.7), Column(said["title"], width=2.4), Column(said["model"], width=2),
        Column(said["municipality"], width=1.2), Column(said["model_version"], width=0.8, is_number=True),
        Column(said["planned"], width=0.9), Column(said["cut_off"], width=1.1), Column(said["codebook"], width=0.8),
    )  # fmt: skip
    return Section(
        "milestones", said["milestones"], (said["milestones_1"], Table(said["milestones_table"], columns, rows))
    )


def web(found: Material, language: str) -> Packed:
    """A short page in each language, without quotes and small counts."""
    del language
    left = left_out(found, ("texts", "quotes", "memos", "model", "registers", "small", "withheld", "names"))
    files = {f"summary.{one}.html": short_page(found, one).encode() for one in LANGUAGES}
    files[README] = told_left_out(found, left, "web", files=[(name, "HTML") for name in files]).encode()
    return Packed(files, left)


def short_page(found: Material, language: str) -> str:
    """The findings of a milestone on one page: elements, how many municipalities, what promotes and inhibits."""
    settings, said, milestone = found.study.settings, purpose_words(language), found.milestone
    table = elements_table(found.elements, found.cases, language, found.limits)
    levels = {level.id: level.label[language] for level in settings.levels}
    names = {case.id: case.label[language] for case in settings.cases}
    rows: list[Any] = []
    brief = {element["display"]: element["brief"].get(language, "") for element in found.elements}
    for at, row in enumerate(table.to_dict("records")):
        if at == 0 or row["level"] != table["level"].iloc[at - 1]:
            rows.append(levels.get(row["level"], row["level"]))
        reach = f"{row['municipalities']} {said['of_municipalities']} {row['of_municipalities']}"
        if milestone.case:
            reach = said["yes" if row["municipalities"] else "no"]
        rows.append((row["label"], brief[row["code"]], _direction(row, said), reach))
    shown = [row for row in table.to_dict("records") if row["promoting"] != KEPT_BACK and row["municipalities"]]
    hidden = sum(1 for row in table.to_dict("records") if row["promoting"] == KEPT_BACK)
    # Of a handful of elements nothing can be called the most.
    has_figure = len(shown) >= 2 * _NAMED
    with_evidence = sum(1 for count in table["municipalities"] if count)
    everywhere = sum(1 for count in table["municipalities"] if count == len(found.cases))
    told = dict(facts(found, language))
    first = said["web_short_1_one" if milestone.case else "web_short_1"].format(
        with_evidence=with_evidence, elements=len(table), everywhere=everywhere, municipalities=len(found.cases),
        municipality=names.get(milestone.case, ""),
    )  # fmt: skip
    short = [(first, "elements"), (said["web_short_2"].format(n=told[said["n"]]), "made")]
    for key in ("promoting", "inhibiting"):
        best = sorted((row for row in shown if row[key]), key=lambda row: -row[key])[:_NAMED]
        if best and has_figure:
            text = said["web_short_promotes" if key == "promoting" else "web_short_inhibits"]
            short.append(
                (text.format(names=series([str(row["label"]).lower() for row in best], language)), "directions")
            )
    if hidden:
        short.append((said["web_short_hidden"].format(hidden=hidden, with_evidence=with_evidence), "left-out"))
    short += [(said["web_short_cases"], ""), (said["web_short_few"], "left-out")]
    stamp = figure_stamp(found.study, found.coding, language)
    figure = figure_bytes(polarity_figure(table, language, stamp), "svg") if has_figure else b""
    model = said[f"model_{milestone.model}"]
    place = f", {names[milestone.case]}" if milestone.case in names else ""
    keys = ("texts", "quotes", "memos", "small", "withheld", "names")
    left = left_out(found, keys, language)
    return render(
        "purpose_page.html.j2",
        settings=settings,
        language=language,
        words=said,
        title=said["web"],
        made=Made.at(
            milestone,
            model=f"{model} {milestone.model_version}",
            coding=found.coding,
            coders=found.coders,
            more=((said["n"], told[said["n"]]), (said["limits"], told[said["limits"]])),
        ),
        lead=said["web_lead"].format(model=f"{model}{place}", day=short_date(milestone.cut_off.isoformat(), language)),
        short=short,
        contents=[
            ("elements", said["web_elements"]),
            *([("directions", said["web_figure"])] if has_figure else []),
            ("left-out", said["left_out"]),
        ],
        heads=[
            (said["label"], ""),
            (said["web_means"], ""),
            (said["spoken_of_as"], ""),
            (said["state"], "") if milestone.case else (said["municipalities"], "n"),
        ],
        rows=rows,
        figure=figure,
        intro=said["web_elements_1_one" if milestone.case else "web_elements_1"],
        caption=said["f_polarity"],
        left_out=left,
    )


def _direction(row: Mapping[Any, Any], said: Mapping[str, str]) -> str:
    promoting, inhibiting = row["promoting"], row["inhibiting"]
    if promoting == KEPT_BACK:
        return said["too_few"]
    if not promoting + inhibiting:
        return said["no_direction"]
    share = promoting / (promoting + inhibiting)
    return said["mostly_promoting" if share > 2 / 3 else "mostly_inhibiting" if share < 1 / 3 else "balanced"]


def teaching(study: Study, milestone: Milestone) -> Packed:
    """The whole study with its codings, to learn the method on, with exercises; of an invented study only.

    Raises
    ------
    ForanError
        When the study is not invented: real informants have not consented to be taught on.
    """
    if not study.settings.is_synthetic:
        raise ForanError(
            "a teaching package holds transcripts: it is made of an invented study only (`synthetic = true` in foran.toml); "
            "nothing was written"
        )
    patterns = ("foran.toml", "corpus/*.csv", "corpus/texts/**/*.md", "corpus/coding/*/*.jsonl", "corpus/memos/*.jsonl",
                "codebooks/*.yaml", "codebooks/log.jsonl", "notebooks/*.ipynb")  # fmt: skip
    files = {
        f"study/{path.relative_to(study.path).as_posix()}": path.read_bytes()
        for pattern in patterns
        for path in sorted(study.path.glob(pattern))
        if path.is_file() and not path.is_symlink()
    }
    for language in LANGUAGES:
        files[f"exercises.{language}.md"] = _exercises(study, milestone, language).encode()
    found = material(study, milestone)
    left = left_out(found, ("key", "outputs"))
    listed = [("study/", study.settings.title["nb"]), *((f"exercises.{one}.md", one) for one in LANGUAGES)]
    files[README] = told_left_out(found, left, "teaching", files=listed).encode()
    return Packed(files, left)


def _exercises(study: Study, milestone: Milestone, language: str) -> str:
    """Six exercises, each with the command or the notebook it is done with."""
    first = str(study.documents.index[0]) if len(study.documents) else "ID"
    book = study.codebook(milestone)
    code = book.elements[0].display if book.elements else "P1"
    return exercises(
        language,
        notice=study.settings.notice[language],
        document=first,
        codebook=book.codebook_version,
        milestone=milestone.id,
        code=code,
    )
