"""The sheets of the workbook: a synthesis as matrices that can be filtered, each cell leading to its passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ..analysis.patterns import claims
from ..codebook.code import Code
from ..exchange.synthesis_sheets import Sheet, SheetCell, workbook_bytes
from ..models.synthesis import Synthesis
from ..report.page import short_date
from ..report.synthesis_page import (
    amiss,
    cases_told,
    cell_counts,
    expected_told,
    facts,
    freshness_told,
    names_of,
    negative_told,
    notices,
    pattern_name,
    saturation_rows,
    state_of,
    stated_told,
    text_told,
    turns_of,
    unseen_told,
    verdict_told,
    why_told,
)
from ..report.synthesis_words import synthesis_words
from ..settings import Settings

#: What no name of a sheet may hold, and how long it may be.
_NOT_IN_NAMES, _LONGEST_NAME = str.maketrans("", "", "[]:*?/\\"), 31
_WIDE, _NARROW = 46.0, 22.0
_SHADES = ("promoting", "inhibiting", "even", "stale", "suppressed")


def synthesis_xlsx(made: Synthesis, settings: Settings, language: str) -> bytes:
    """The workbook: what it is, a sheet per matrix, propositions, patterns, crosstabs, saturation, the chain, passages."""
    return _Book(made, settings, language).bytes()


class _Book:
    def __init__(self, made: Synthesis, settings: Settings, language: str) -> None:
        self.made, self.settings, self.language = made, settings, language
        self.said: Mapping[str, str] = synthesis_words(language)
        self.names = names_of(settings, language)
        self.passages: list[list[SheetCell]] = []
        self.first_line: dict[tuple[str, ...], int] = {}
        self.passages_name = _name(self.said["lists"])
        self.display = {code.id: code.display for code in made.codebook.codes}
        self.pattern_names = {
            one.id: pattern_name(one.columns, one.kind, self.display, self.said) for one in made.patterns
        }

    def bytes(self) -> bytes:
        said = self.said
        sheets = [
            self._matrix("case"),
            self._matrix("document"),
            self._matrix("process"),
            self._roles(),
            self._propositions(),
            self._patterns(),
            self._negative(),
            self._together(),
            *(self._crosstab(by, table) for by, table in self.made.crosstabs.items()),
            self._saturation(),
            self._chain(),
        ]
        heads = [said[key] for key in ("of_what", "document", "turns", "segment", "code", "polarity", "words")]
        passages = Sheet(self.passages_name, said["lists"], heads, self.passages, (30, 12, 8, 22, 8, 12, 70), 2)
        return workbook_bytes(
            [*sheets, passages],
            notices=notices(self.made, self.settings, self.language),
            facts=[
                *facts(self.made, self.settings, self.language),
                *((said["problems"], line) for line in amiss(self.made, self.said, self.language)),
            ],
            about=said["about"],
            colours=(said["colours"], [(shade, said[f"key_{shade}"]) for shade in _SHADES]),
        )

    def _link(self, title: str, segments: Sequence[str]) -> tuple[str, int] | None:
        """Where the passages of a cell begin among all; they are written there when they are first asked for."""
        ids = tuple(one for one in segments if one in self.made.places)
        if not ids:
            return None
        if ids not in self.first_line:
            self.first_line[ids] = len(self.passages) + 3
            for segment in ids:
                place = self.made.places[segment]
                told = (
                    place.document,
                    turns_of(place),
                    segment,
                    place.code,
                    self.said.get(place.polarity, ""),
                    place.words,
                )
                self.passages.append([SheetCell(title), *(SheetCell(text) for text in told)])
        return self.passages_name, self.first_line[ids]

    def _cell(self, cell: Mapping[Any, Any], title: str) -> SheetCell:
        said = self.said
        if cell["state"] != "evidence":
            return SheetCell(self._state(cell), cell["state"])
        lines = [cell_counts(cell, said)]
        if cell["summary"]:
            lines.append(text_told(str(cell["text"]), bool(cell["is_withheld"]), said))
            by = f"{cell['author']}, {short_date(str(cell['at'])[:10], self.language)}"
            lines.append(f"[{by}: {freshness_told(cell, said)}]")
        shade = "stale" if cell["freshness"] == "stale" else state_of(cell)
        return SheetCell("\n".join(lines), shade, self._link(title, cell["segment_ids"]))

    def _state(self, cell: Mapping[Any, Any]) -> str:
        return self.said.get(f"short_{cell['state']}") or self.said[f"state_{cell['state']}"]

    def _label(self, code: Code) -> tuple[SheetCell, SheetCell, SheetCell]:
        level = self.names.get(code.level, code.level)
        return SheetCell(level), SheetCell(code.display, is_bold=True), SheetCell(code.label[self.language])

    def _matrix(self, kind: str) -> Sheet:
        """Cases beside each other, elements below: few columns to read. Documents and processes are rows, as in a register."""
        table = self.made.matrices[kind].cells
        cells = {(row["row"], row["column"]): row for row in table.to_dict("records")}
        rows = list(dict.fromkeys(table["row"]))
        said = self.said
        name, about = said[f"sheet_{kind}"], said["framework_lead"]

        def told(row: str, code: Code) -> SheetCell:
            return self._cell(cells[row, code.id], f"{code.display} × {self.names.get(row, row)}")

        if kind == "case":
            heads = [said["level"], said["element"], said["label"], *(self.names.get(row, row) for row in rows)]
            lines = [[*self._label(code), *(told(row, code) for row in rows)] for code in self.made.elements]
            return Sheet(_name(name), about, heads, lines, (14, 8, 28, *(_WIDE for _ in rows)), 3)
        heads = [said[kind], *(f"{code.display} {code.label[self.language]}" for code in self.made.elements)]
        lines = [[SheetCell(row, is_bold=True), *(told(row, code) for code in self.made.elements)] for row in rows]
        return Sheet(_name(name), about, heads, lines, (14, *(_NARROW for _ in self.made.elements)), 1)

    def _roles(self) -> Sheet:
        said, table = self.said, self.made.roles
        cells = {(row["row"], row["column"]): row for row in table.to_dict("records")}
        rows = list(dict.fromkeys(zip(table["row"], table["actor_type"], table["case"], strict=True)))
        heads = [
            said["level"],
            said["element"],
            said["label"],
            *(f"{self.names.get(r, r) or said['not_known']}, {self.names.get(c, c)}" for _, r, c in rows),
        ]
        lines = []
        for code in self.made.elements:
            told = []
            for row, role, case in rows:
                cell = cells[row, code.id]
                title = f"{code.display} × {self.names.get(role, role)}, {case}"
                words = cell_counts(cell, said) if cell["state"] == "evidence" else self._state(cell)
                told.append(SheetCell(words, state_of(cell), self._link(title, cell["segment_ids"])))
            lines.append([*self._label(code), *told])
        return Sheet(
            _name(said["sheet_roles"]), said["roles_lead"], heads, lines, (14, 8, 28, *(_NARROW for _ in rows)), 3
        )

    def _propositions(self) -> Sheet:
        said = self.said
        lines = []
        for claim in self.made.claims:
            for one in claim.outcome.cases:
                own = [judged for judged in claim.verdicts if judged.verdict.case == one.case]
                texts = [text_told(j.verdict.text, j.is_withheld, said) for j in own]
                stated = claim.proposition.stated_at
                day = short_date(stated[:10], self.language) if stated else "–"
                told = f" {said['is_told']}" if claim.is_told else ""
                why = why_told((*claim.outcome.why, *claim.outcome.notes), said, self.language)
                lines.append(
                    [
                        SheetCell(claim.proposition.id),
                        SheetCell(text_told(claim.proposition.text, claim.is_withheld, said), is_bold=True),
                        SheetCell(said[f"kind_{claim.outcome.kind}"] + told),
                        SheetCell(why),
                        SheetCell(day + told),
                        SheetCell(self.names.get(one.case, one.case)),
                        SheetCell(expected_told(claim, one, said)),
                        SheetCell(stated_told(one, said)),
                        SheetCell(verdict_told(one, own, said)),
                        SheetCell("\n".join(texts)),
                        SheetCell(
                            "\n".join(self._evidence(s) for s in one.evidence) or said["none"],
                            "",
                            self._link(f"{claim.proposition.id} × {one.case}", one.evidence),
                        ),
                    ]
                )
        heads = [
            "id", *(said[key] for key in ("proposition", "outcome", "why_outcome", "stated", "municipality", "expectation",
                    "when_stated", "verdict", "why", "evidence")),
        ]  # fmt: skip
        about = said["propositions_lead"] if lines else said["no_propositions"]
        return Sheet(_name(said["propositions"]), about, heads, lines, (16, 40, 18, 34, 20, 14, 30, 22, 16, 50, 26), 2)

    def _evidence(self, segment: str) -> str:
        """The id of a passage; not that of one which may not be shown."""
        if segment in self.made.places:
            return segment
        why = set(self.made.chain.loc[self.made.chain["segment"] == segment, "why"])
        return f"{segment}: {self.said['gone']}" if "gone" in why else self.said["not_shown"]

    def _patterns(self) -> Sheet:
        said = self.said
        lines = []
        for row in claims(self.made.patterns).to_dict("records"):
            name = pattern_name(row["columns"], row["kind"], self.display, said)
            against = "\n".join(words for words, _, _ in negative_told(self.made, row["pattern"], said))
            lines.append(
                [
                    SheetCell(name, row["kind"], is_bold=True),
                    SheetCell(len(row["cases"])),
                    SheetCell(cases_told({str(key): value for key, value in row.items()}, self.names)),
                    SheetCell(row["documents"]),
                    SheetCell(row["turns"]),
                    SheetCell(", ".join(self.names.get(one, one) for one in row["actor_types"])),
                    SheetCell(len(row["segments"]), "", self._link(name, row["segments"])),
                    SheetCell(against or said["none"]),
                ]
            )
        rest = ("municipality", "documents", "turns", "actor_types", "passages", "negative")
        of_cases = said["number_of_cases"].format(n=len(self.made.cases))
        heads = [said["pattern"], of_cases, *(said[key] for key in rest)]
        return Sheet(_name(said["patterns"]), said["patterns_lead"], heads, lines, (26, 12, 30, 13, 11, 46, 12, 60), 1)

    def _negative(self) -> Sheet:
        said = self.said
        lines = [
            [
                SheetCell(self.pattern_names[row["pattern"]]),
                SheetCell(said[f"grain_{row['grain']}"]),
                SheetCell(row["id"]),
                SheetCell(self.names.get(row["case"], row["case"])),
                SheetCell(said[f"why_{row['why']}"]),
                SheetCell(", ".join(one for one in row["segment_ids"] if one in self.made.places)),
            ]
            for row in self.made.negative.to_dict("records")
        ]
        heads = [said[key] for key in ("pattern", "unit_kind", "of_what", "municipality", "negative", "passages")]
        return Sheet(_name(said["negative"]), said["negative_lead"], heads, lines, (34, 14, 16, 16, 30, 60), 1)

    def _together(self) -> Sheet:
        said = self.said
        keys = ("both", "only_first", "only_second", "neither", "cannot_say")
        named = ("found_both", "only_first_head", "only_second_head", "found_neither", "found_cannot_say")
        heads = [said[key] for key in ("first_element", "second_element", *named)]
        lines = [
            [SheetCell(self.display[row["first"]]), SheetCell(self.display[row["second"]]),
             *(SheetCell(int(row[key])) for key in keys)]
            for row in self.made.pair_counts.to_dict("records")
        ]  # fmt: skip
        return Sheet(_name(said["together"]), said["together_lead"], heads, lines, (10, 10, 12, 12, 12, 12, 14), 2)

    def _crosstab(self, by: str, table: pd.DataFrame) -> Sheet:
        said = self.said
        facets = {facet.id: facet.label[self.language].lower() for facet in self.settings.facets}
        name = said.get(f"by_{by}") or said["by_other"].format(name=facets.get(by, by))
        values = list(dict.fromkeys(table["value"]))
        cells = {(row["column"], row["value"]): row for row in table.to_dict("records")}
        labels = [(self.names.get(v) or said.get(v, v)) if v else said["not_known"] for v in values]
        totals = {row["value"]: row["turns_of_value"] for row in table.to_dict("records")}
        heads = [
            said["level"],
            said["element"],
            said["label"],
            *(f"{label} (n = {totals[v]})" for label, v in zip(labels, values, strict=True)),
        ]
        lines = [
            [*self._label(code), *(SheetCell(None if pd.isna(cells[code.id, v]["turns"]) else int(cells[code.id, v]["turns"]))
                                   for v in values)]
            for code in self.made.elements
        ]  # fmt: skip
        return Sheet(
            _name(name),
            said["crosstabs_lead"].split(". ")[0] + ".",
            heads,
            lines,
            (14, 8, 40, *(16 for _ in values)),
            3,
        )

    def _saturation(self) -> Sheet:
        said = self.said
        lines: list[list[SheetCell]] = []
        heads: list[str] = []
        for name, one in self.made.saturation.items():
            heads, rows = saturation_rows(one, self.made, said, self.names, self.language)
            lines += [[SheetCell(said[f"items_{name}"]), *(SheetCell(text) for text in row)] for row in rows]
            lines.append([SheetCell(unseen_told(name, one, said, self.language)), *(SheetCell(None) for _ in heads)])
        widths = (34, 6, 6, 8, *(20 for _ in heads[3:]))
        return Sheet(
            _name(said["saturation"]),
            said["saturation_lead"],
            [said["codes_of"], *heads],
            lines,
            widths,
            1,
            has_filter=False,
        )

    def _chain(self) -> Sheet:
        said = self.said
        answers = {"yes": said["yes"], "no": said["no"], "True": said["yes"], "False": said["no"]}
        heads = [said.get(f"column_{name}", str(name)) for name in self.made.chain.columns]
        chain = self.made.chain[self.made.chain["claim_kind"].isin(("verdict", "pattern"))]

        def told(name: str, value: Any) -> str:
            text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            if name == "claim":
                return self.pattern_names.get(text, text)
            if name == "column":
                return self.display.get(text, text)
            if name in ("claim_kind", "why") and text:
                return said.get(f"{'claim' if name == 'claim_kind' else 'why'}_{text}", text)
            return answers.get(text, text) if name in ("asks", "resolves") else text

        lines = [
            [SheetCell(told(str(name), row[name])) for name in self.made.chain.columns]
            for row in chain.to_dict("records")
        ]
        return Sheet(
            _name(self.said["chain"]),
            self.said["chain"],
            heads,
            lines,
            (12, 24, 8, 10, 22, 12, 8, 30, 12, 8, 10, 10),
            2,
        )


def _name(text: str) -> str:
    """A name that a sheet can have."""
    made = text.translate(_NOT_IN_NAMES)
    return made if len(made) <= _LONGEST_NAME else made[: _LONGEST_NAME - 1].rstrip() + "…"
