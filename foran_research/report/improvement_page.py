"""The improvement report of one municipality: one page for a workshop, in the frame that all such pages share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ..settings import Milestone, Settings
from . import frame
from .improvement_figures import gap_rows
from .improvement_words import improvement_words, kind_names, stage_names
from .maturity_words import elsewhere_notes, with_notes
from .page import short_date
from .words import number

Model = Mapping[str, Any]

#: Names in one line of "In short"; the others are counted.
MOST_NAMES = 3
#: Passages quoted with a measure.
QUOTES = 2


def report_page(
    model: Model,
    settings: Settings,
    milestone: Milestone,
    figures: Mapping[str, bytes],
    segments: pd.DataFrame,
    units: pd.DataFrame,
    documents: pd.DataFrame,
    hidden: frozenset[str],
    language: str,
) -> str:
    """The report as HTML.

    Parameters
    ----------
    model
        The model's dict form.
    figures
        SVG bytes by name: gaps, order, timeline.
    segments, units, documents, hidden
        Those of the model's inputs: where words come from, and what keeps them out.

    Returns
    -------
    str
        The page; the same arguments give the same text.
    """
    said = improvement_words(language)
    told = _Told(model, settings, language)
    quoted = [segment for one in model["measures"] for segment in one["passages"][:QUOTES]]
    wanted = [
        *quoted,
        *(segment for one in model["measures"] for segment in one["passages"]),
        *(segment for one in told.unaddressed for segment in one["inhibiting"]),
        *(segment for tie in model["ties"] for segment in tie["passages"]),
        *(segment for row in gap_rows(model) for segment in row["inhibiting"]),
    ]
    found = frame.passages_of(
        wanted,
        segments,
        units,
        hidden=hidden,
        documents=documents,
        about=_about(model, segments, language),
        first=quoted,
        language=language,
    )
    acceptance = model["acceptance"]
    contents = [
        ("gaps", said["gaps"]),
        ("unaddressed", said["unaddressed"]),
        ("measures", said["measures_title"]),
        ("order", said["order"]),
        ("trajectories", said["trajectories"]),
        ("ties", said["ties"]),
        *([("acceptance", said["acceptance"])] if acceptance else []),
    ]
    return frame.render(
        "improvement_page.html.j2",
        settings=settings,
        language=language,
        words=said,
        title=said["title"].format(case=told.case),
        lead=said["lead"].format(day=short_date(model["cut_off"], language)),
        made=frame.Made.at(
            milestone,
            model=said["made_model"].format(n=model["model_version"]),
            coding=model["coding"]["basis"],
            coders=tuple(model["coding"]["coders"]) if model["coding"]["basis"] == "human" else (),
            is_empty=not model["coding"]["segments"],
            more=(
                (said["registers_read"], short_date(model["cut_off"], language)),
                (said["level_from"], model["assessed_at"]),
            ),
        ),
        short=in_short(model, settings, language),
        contents=contents,
        passages=found,
        m=model,
        told=told,
        figures=figures,
        gap_table=_gap_table(model, told, said, language),
        tie_table=_tie_table(model, told, said, language),
        quotes=lambda ids: [found[one] for one in ids if one in found and found[one].words][:QUOTES],
        acceptance=acceptance_rows(acceptance, told, said, language) if acceptance else [],
    )


class _Told:
    """What the page's parts say of the model's ids, in one language."""

    def __init__(self, model: Model, settings: Settings, language: str) -> None:
        self.model, self.settings, self.language = model, settings, language
        self.said = improvement_words(language)
        self.elements = {one["id"]: one for one in model["elements"]}
        self.measures = {one["id"]: one for one in model["measures"]}
        self.names = frame.names_of(settings, language)
        self.kinds, self.stages = kind_names(language), stage_names(language)
        self.level_names = {one.level: one.label[language] for one in settings.maturity.levels}
        self.case = self.names.get(model["case"], model["case"])

    @property
    def unaddressed(self) -> list[Mapping[str, Any]]:
        """Elements that inhibit much and have no measure, those with most inhibiting passages first."""
        own = [one for one in self.model["elements"] if "inhibits_unaddressed" in one["notes"]]
        return sorted(own, key=lambda one: -len(one["inhibiting"]))

    @property
    def all_addressed(self) -> str:
        """What stands where no element inhibits much without a measure: none does, or those that do have one."""
        rules = self.model["rules"]
        much = [
            self.element(one["id"])
            for one in self.model["elements"]
            if one["measures"]
            and len(one["inhibiting"]) >= rules["much_segments"]
            and one["inhibiting_documents"] >= rules["much_documents"]
            and (one["inhibiting_share"] or 0) >= rules["much_share"]
        ]
        if not much:
            return self.said["unaddressed_nothing"]
        return self.said["unaddressed_none"].format(names=frame.series(much, self.language))

    @property
    def rows(self) -> int:
        """How many elements the figure of gaps has."""
        return len(gap_rows(self.model))

    @property
    def targets_set(self) -> str:
        """Who set the targets, and when; "" where nobody told."""
        found: dict[tuple[str, str], int] = {}
        for one in gap_rows(self.model):
            if one.get("target_set_by"):
                key = one["target_set_on"], one["target_set_by"]
                found[key] = found.get(key, 0) + 1
        told = [
            self.said["target_set"].format(
                who=self.names.get(who, who),
                day=short_date(day, self.language),
                elements=frame.counted(count, "element", self.said, self.language),
            )
            for (day, who), count in sorted(found.items())
        ]
        return self.said["targets_set"].format(told=frame.series(told, self.language)) if told else ""

    @property
    def timeline_alt(self) -> str:
        """The timeline in a sentence, for those who do not see it."""
        stages = [stage for path in self.model["trajectories"] for stage in path["stages"] if stage["begins"]]
        if not stages:
            return self.said["timeline_none"]
        return self.said["timeline_alt"].format(
            n=len(stages),
            begins=short_date(min(stage["begins"] for stage in stages), self.language),
            ends=short_date(max(stage["ends"] or stage["begins"] for stage in stages), self.language),
        )

    @property
    def by_priority(self) -> list[tuple[str, list[Mapping[str, Any]]]]:
        """The measures under their priority, those without one last; within it by wave, first day and id."""
        found: dict[int, list[Mapping[str, Any]]] = {}
        for one in self.model["measures"]:
            found.setdefault(one["priority"] or 9, []).append(one)
        return [
            (
                self.said["priority"].format(n=priority) if priority != 9 else self.said["priority_none"],
                sorted(own, key=lambda one: (one["wave"], one["begins"] or "9999", one["id"])),
            )
            for priority, own in sorted(found.items())
        ]

    def element(self, name: str) -> str:
        """An element with its display code, as "P2 Behovskartlegging"."""
        one = self.elements[name]
        return f"{one['display']} {one['label'][self.language]}"

    def title(self, name: str) -> str:
        """A measure's title in the page's language; in the other where it has none in this one."""
        title = self.measures[name]["title"]
        return str(title[self.language] or title["nb"] or title["en"] or name)

    def quoted(self, names: Sequence[str]) -> str:
        """Measures' titles in a row, each in quotation marks."""
        marks = ("«", "»") if self.language == "nb" else ("“", "”")
        return frame.series([f"{marks[0]}{self.title(name)}{marks[1]}" for name in names], self.language)

    def text(self, both: Mapping[str, str]) -> str:
        """A text in the page's language, or in the other where it has none in this one."""
        return both[self.language] or both["nb"] or both["en"]

    def when(self, begins: str, ends: str) -> str:
        """From when to when, as a sentence has it."""
        day = {key: short_date(iso, self.language) if iso else "" for key, iso in (("b", begins), ("e", ends))}
        if not begins and not ends:
            return self.said["no_date"]
        if not begins:
            return self.said["until"].format(day=day["e"])
        if not ends:
            return self.said["since"].format(day=day["b"])
        return self.said["from_to"].format(begins=day["b"], ends=day["e"]) if begins != ends else day["b"]

    def gap(self, one: Mapping[str, Any] | None) -> str:
        """The gap of an element with level and target, or what is lacking."""
        if one is None:
            return ""
        if one["level"] is None:
            return self.said["not_assessed"]
        if one["target"] is None:
            return self.said["no_target"]
        return self.said["gap_told"].format(gap=signed(one["gap"]), level=one["level"], target=one["target"])

    def note(self, name: str, measure: Mapping[str, Any]) -> str:
        """A note of a measure in words."""
        return self.said[f"note_{name}"].format(n=measure["withheld"], version=self.model["codebook_version"])

    def path(self, path: Mapping[str, Any]) -> str:
        """A trajectory's first sentence: from which level to which."""
        level, target = path["level"], path["target"]
        key = (
            "path_nothing" if level is None and target is None
            else "path_no_level" if level is None
            else "path_no_target" if target is None
            else "path_stay" if target <= level
            else "path_whole"
        )  # fmt: skip
        by = self.said["path_by"].format(day=short_date(path["by"], self.language)) if path["by"] else ""
        return self.said[key].format(
            name=self.element(path["element"]),
            level=level,
            level_name=self.level_names.get(level, "–").lower(),
            target=target,
            target_name=self.level_names.get(target, "–").lower(),
            assessed=path["assessed_at"],
            by=by,
        )

    def stage(self, stage: Mapping[str, Any]) -> str:
        """A step of a trajectory as a sentence."""
        step = next(one for one in self.measures[stage["measure"]]["steps"] if one["step"] == stage["step"])
        when = self.when(stage["begins"], stage["ends"])
        return self.said["path_step"].format(
            when=when[:1].upper() + when[1:],
            text=self.text(step["text"]).rstrip("."),
            owner=self.names.get(stage["owner"], stage["owner"]) or self.said["not_told"],
            measure=stage["measure"],
            step=stage["step"],
        )


def signed(gap: int) -> str:
    """A gap as people read it.

    >>> signed(2), signed(0), signed(-1)
    ('+2', '0', '−1')
    """
    return f"+{gap}" if gap > 0 else f"−{-gap}" if gap else "0"


def in_short(model: Model, settings: Settings, language: str) -> list[tuple[str, str]]:
    """What a practitioner needs first: (sentence, anchor to read more at)."""
    told = _Told(model, settings, language)
    said, measures = told.said, model["measures"]
    lines: list[tuple[str, str]] = []

    def names(ids: Sequence[str], *, is_measure: bool) -> str:
        shown = [told.title(i) if is_measure else told.element(i) for i in ids[:MOST_NAMES]]
        if is_measure:
            marks = ("«", "»") if language == "nb" else ("“", "”")
            shown = [f"{marks[0]}{one}{marks[1]}" for one in shown]
        if len(ids) > MOST_NAMES:
            return said["and_more"].format(names=", ".join(shown), n=len(ids) - MOST_NAMES)
        return frame.series(shown, language)

    def tell(key: str, ids: Sequence[str], anchor: str, *, is_measure: bool = True) -> None:
        if ids:
            lines.append((said[key].format(names=names(ids, is_measure=is_measure)), anchor))

    if measures:
        elements = {one["element"] for one in measures if one["element"]}
        lines.append(
            (
                said["short_count"].format(
                    case=told.case,
                    measures=frame.counted(len(measures), "measure", said, language),
                    elements=frame.counted(len(elements), "element", said, language),
                    first=sum(one["priority"] == 1 for one in measures),
                )
                + _when(model, told),
                "measures",
            )
        )
    else:
        lines.append((said["short_none" if gap_rows(model) else "short_nothing"], "gaps"))
    now = [one["id"] for _, own in told.by_priority for one in own if one["priority"] == 1 and one["wave"] == 1]
    tell("short_begin", now, "measures")
    tell("short_wait", [one["id"] for one in measures if one["wave"] > 1], "order")
    tell("short_unaddressed", [one["id"] for one in told.unaddressed], "unaddressed", is_measure=False)
    told_of = {one["id"] for one in told.unaddressed}
    far = [one["id"] for one in model["elements"] if "gap_unaddressed" in one["notes"] and one["id"] not in told_of]
    tell("short_gap_unaddressed", far, "gaps", is_measure=False)
    tell("short_no_evidence", [one["id"] for one in measures if "no_evidence" in one["notes"]], "measures")
    lacking = [one["id"] for one in measures if {"not_assessed", "no_target"} & set(one["notes"])]
    tell("short_unfounded", lacking, "measures")
    tell("short_early", [one["id"] for one in measures if "begins_before" in one["notes"]], "order")
    if model["trajectories"]:
        whole = sum(path["is_whole"] for path in model["trajectories"])
        lines.append((said["short_whole"].format(k=whole, n=len(model["trajectories"])), "trajectories"))
    return lines


def _when(model: Model, told: _Told) -> str:
    begins = min((one["begins"] for one in model["measures"] if one["begins"]), default="")
    ends = max((one["ends"] for one in model["measures"] if one["ends"]), default="")
    if not begins or not ends:
        return ""
    day = {key: short_date(iso, told.language) for key, iso in (("begins", begins), ("ends", ends))}
    return " " + told.said["short_when"].format(**day)


def _about(model: Model, segments: pd.DataFrame, language: str) -> dict[str, str]:
    """By segment, what it is shown as evidence of: a measure's element, or the element that is inhibited."""
    elements = {one["id"]: f"{one['display']} {one['label'][language]}" for one in model["elements"]}
    found: dict[str, str] = {}
    for one in model["elements"]:
        for segment in (*one["inhibiting"], *one["promoting"]):
            found.setdefault(segment, elements[one["id"]])
    return found


def _gap_table(
    model: Model, told: _Told, said: Mapping[str, str], language: str
) -> tuple[list[tuple[str, str]], list[Any]]:
    """Heads (name and kind) and rows of the table of gaps; a row that is a text is the name of a level."""
    has_joint = any(one["levels"]["joint"] is not None for one in gap_rows(model))
    heads = [
        (said["element"].capitalize(), ""),
        (said["level"], "n"),
        (said["self_level"], "n"),
        *([(said["joint_level"], "n")] if has_joint else []),
        (said["target"], "n"),
        (said["gap"], "n"),
        (said["inhibiting"], ""),
        (said["measures"], ""),
    ]
    rows: list[Any] = []
    for level in told.settings.levels:
        own = [one for one in gap_rows(model) if one["level_of"] == level.id]
        rows += [level.label[language]] if own else []
        for one in own:
            numbers = [
                _level(one, said),
                _plain(one["levels"]["self"]),
                *([_plain(one["levels"]["joint"])] if has_joint else []),
                said["no_target"] if one["target"] is None else str(one["target"]),
                "–" if one["gap"] is None else signed(one["gap"]),
            ]
            rows.append(
                {
                    "name": with_notes(told.element(one["id"]), elsewhere_notes(one, told.settings, language)),
                    "numbers": [(head, cell) for (head, _), cell in zip(heads[1:], numbers, strict=False)],
                    "share": _share(one, said, language),
                    "inhibiting": one["inhibiting"],
                    "measures": one["measures"],
                }
            )
    return heads, rows


def _plain(level: int | None) -> str:
    return "–" if level is None else str(level)


def _level(one: Mapping[str, Any], said: Mapping[str, str]) -> str:
    if one["level"] is None:
        return said["not_assessed"]
    spread = f" ({one['low']}–{one['high']})" if one["low"] != one["high"] else ""
    return f"{one['level']}{spread}"


def _share(one: Mapping[str, Any], said: Mapping[str, str], language: str) -> str:
    if one["inhibiting_share"] is None:
        return said["nothing_said"]
    percent = number(100 * one["inhibiting_share"], language) + ("\u00a0%" if language == "nb" else "%")
    return said["share_of"].format(k=percent, n=one["segments"])


def _tie_table(model: Model, told: _Told, said: Mapping[str, str], language: str) -> list[dict[str, Any]]:
    """The ties of each element with a measure, under its name."""
    found: list[dict[str, Any]] = []
    for tie in model["ties"]:
        if not found or found[-1]["id"] != tie["element"]:
            found.append({"id": tie["element"], "name": told.element(tie["element"]), "ties": []})
        found[-1]["ties"].append(
            {
                "other": told.element(tie["other"]),
                "shared": said["shared_told"].format(
                    turns=frame.counted(tie["turns"], "turns", said, language),
                    documents=frame.counted(tie["documents"], "docs", said, language),
                ),
                "each": f"{tie['turns_one']} / {tie['turns_other']}",
                "firmness": said[tie["firmness"]],
                "measures": tie["measures"],
                "passages": tie["passages"],
            }
        )
    return found


def acceptance_rows(
    acceptance: Mapping[str, Any], told: _Told, said: Mapping[str, str], language: str
) -> list[dict[str, Any]]:
    """The project's own four indicators: what is asked, the verdict, what was counted, and what is missing."""
    names = {one["id"]: one["display"] for one in told.model["elements"]}
    return [
        {
            "id": one["id"],
            "state": one["state"],
            "verdict": said[f"state_{one['state']}"],
            "question": one["question"][language],
            "threshold": one["threshold"][language],
            "counts": [condition["told"][language] for condition in one["conditions"] if condition["n"]],
            "missing": [
                lack["told"][language] + (f": {', '.join(names.get(i, i) for i in lack['ids'])}" if lack["ids"] else "")
                for lack in one["missing"]
            ],
        }
        for one in acceptance["indicators"]
    ]
