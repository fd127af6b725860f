"""How every milestone stands: done, stale and why, failed, never run; judged by files and hashes, without a kernel."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .corpus.transcript import text_sha256
from .errors import ForanError, UnknownName
from .report.status_words import status_words
from .run_inputs import by_kind, changed
from .run_record import OUTPUTS, RECORD_SCHEMA, read_record
from .runs import FAILURE, Job, Planner, edited_outputs, in_order, packages, planner
from .settings import Milestone
from .vocabulary import is_iso_date

#: The states of a milestone. "impossible" cannot be run as the study is; "never" has not been.
STATES = ("done", "stale", "failed", "never", "impossible")
#: The dashboard, below the study.
PAGE = f"{OUTPUTS}/status.html"
#: The kinds of model that hold the project's four criteria, their ids, and a sign for each verdict.
JUDGING = ("improvement", "followup", "status")
CRITERIA = ("1i", "1ii", "2i", "2ii")
MARKS: Mapping[str, str] = {"met": "●", "partly": "◐", "not_shown": "○"}
#: How many names a reason gives before it only counts the rest.
NAMED = 3


@dataclass(frozen=True)
class Reason:
    """Why outputs are not what a run would make now: a kind (as ``run_inputs.KINDS``, or one below) and what it is about.

    Kinds beside those of inputs: "edited" outputs, "missing" ones, an "old_record", "failed" notebooks, those that
    "failed_before" something they were made of changed, an "obstacle".
    """

    kind: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class MilestoneStatus:
    """How a milestone stands. `made_at` is when its outputs were made, and `report` where they are read, or ""."""

    milestone: Milestone
    state: str
    reasons: tuple[Reason, ...]
    #: The day has come, and there are no outputs that a run would make now.
    is_due: bool
    made_at: str = ""
    report: str = ""
    parameters: Mapping[str, Any] | None = None


def milestone_statuses(study: Path, today: dt.date | str) -> list[MilestoneStatus]:
    """How every milestone of the study in `study` stands, each after those it builds on, else by its cut-off.

    Outputs are judged by the parameters they were made with.

    Parameters
    ----------
    today
        The day to judge by what is due.

    Raises
    ------
    StudyError
        When foran.toml cannot be used.
    ForanError
        When `today` is no day.
    """
    if isinstance(today, str):
        if not is_iso_date(today):
            raise ForanError(f"today is {today!r}; write a day as YYYY-MM-DD")
        today = dt.date.fromisoformat(today)
    planned = planner(study)
    return [_status(planned, one, today) for one in in_order(planned.settings, planned.settings.milestones)]


def _status(planned: Planner, milestone: Milestone, today: dt.date) -> MilestoneStatus:
    folder = planned.study / OUTPUTS / milestone.id
    record = read_record(folder)
    is_past = milestone.cut_off <= today
    report = f"{OUTPUTS}/{milestone.id}/report.html" if (folder / "report.html").is_file() else ""
    made_at = str((record or {}).get("started_at", ""))

    def said(state: str, reasons: Sequence[Reason], parameters: Mapping[str, Any] | None = None) -> MilestoneStatus:
        is_due = is_past and state != "done"
        return MilestoneStatus(milestone, state, tuple(reasons), is_due, made_at, report, parameters)

    if obstacles := planned.obstacles(milestone):
        return said("impossible", [Reason("obstacle", tuple(obstacles))])
    default = {"language": planned.settings.language, "coding": "human"}
    parameters = dict(record["parameters"]) if record is not None else default
    try:
        job = planned.job(milestone, parameters)
    except UnknownName as error:
        return said("impossible", [Reason("obstacle", (f"no {error.what} {error.name}",))])
    except ForanError as error:
        return said("impossible", [Reason("obstacle", (str(error),))])
    if (failed := _failure(folder)) is not None:
        problems = tuple(failed.get("problems", ()))
        if failed.get("fingerprint", job.fingerprint) != job.fingerprint:
            # What failed was another run: whether this one would, nobody knows before it is tried.
            since = reasons_for(folder, record, job) if record is not None else ()
            if record is not None and not since:
                return said("done", [], parameters)
            return said("never" if record is None else "stale", [Reason("failed_before", problems), *since], parameters)
        reasons = [Reason("failed", problems)]
        # Outputs of an earlier run may stand beside it: what has changed since tells what may have made it fail.
        return said("failed", [*reasons, *(reasons_for(folder, record, job) if record is not None else ())], parameters)
    if record is None:
        return said("never", [Reason("old_record", ())] if folder.is_dir() else [])
    reasons = reasons_for(folder, record, job)
    return said("stale" if reasons else "done", reasons, parameters)


def _failure(folder: Path) -> dict[str, Any] | None:
    failed = folder.with_name(f"{folder.name}.failed")
    if not failed.is_dir():
        return None
    try:
        told = json.loads((failed / FAILURE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def reasons_for(folder: Path, record: Mapping[str, Any], job: Job) -> list[Reason]:
    """Why the outputs in a folder are not those that `job` would make; none when they are."""
    if record["schema_version"] != RECORD_SCHEMA:
        return [Reason("old_record", ())]
    before = {**record["depends_on"], **_told(record["parameters"])}
    names = changed(before, {**job.depends_on, **_told(job.parameters)})
    found = []
    for kind, of_kind in by_kind(names):
        shown = of_kind
        if kind == "environment":
            now, then = packages(), record.get("packages", {})
            differing = [f"{name} {then.get(name, '–')} → {now.get(name, '–')}" for name in changed(then, now)]
            shown = differing or of_kind
        found.append(Reason(kind, tuple(shown)))
    if not found and record.get("fingerprint") != job.fingerprint:
        found.append(Reason("old_record", ()))
    edited = edited_outputs(folder, record)
    gone = tuple(name for name in edited if not (folder / name).is_file())
    kept = tuple(name for name in edited if name not in gone)
    return [*found, *([Reason("edited", kept)] if kept else []), *([Reason("missing", gone)] if gone else [])]


def _told(parameters: Mapping[str, Any]) -> dict[str, str]:
    return {f"parameter {name}": str(value) for name, value in parameters.items()}


def reason_text(reason: Reason, language: str, named: int = NAMED) -> str:
    """A reason in words: what kind of thing, how many of them, and the first of their names."""
    said = status_words(language)
    count = len(reason.names)
    head = said[f"why_{reason.kind}"] if count == 1 or not count else said[f"why_{reason.kind}_n"]
    head = head.replace("{n}", str(count))
    shown = [_short(name) for name in reason.names]
    # What cannot be run, and what failed, is told whole.
    most = count if reason.kind in ("obstacle", "failed", "failed_before") else named
    rest = [said["and_more"].replace("{n}", str(count - most))] if count > most else []
    return f"{head}: {', '.join([*shown[:most], *rest])}" if shown else head


def _short(name: str) -> str:
    return name.removeprefix("package:").removeprefix("parameter ").removeprefix("corpus/")


def state_text(status: MilestoneStatus, language: str) -> str:
    """The state of a milestone in a word or two."""
    said = status_words(language)
    if status.state == "never":
        return said["state_due"] if status.is_due else said["state_ahead"]
    return said[f"state_{status.state}"]


def dates_text(milestone: Milestone, language: str) -> str:
    """The date that the project's plan has, and the one worked by where it is another."""
    said = status_words(language)
    if not milestone.date_assumed:
        return milestone.date_printed
    return f"{milestone.date_printed} → {milestone.date_assumed} ({said['assumed']})"


def as_text(statuses: Sequence[MilestoneStatus], language: str) -> str:
    """The table for a terminal, ordered as given: one line a milestone, and below it why it is not done."""
    said = status_words(language)
    head = [said[name] for name in ("milestone", "date", "cut_off", "made_of", "state")]
    rows = [
        [
            one.milestone.id,
            dates_text(one.milestone, language),
            one.milestone.cut_off.isoformat(),
            made_of(one.milestone, language),
            state_text(one, language),
        ]
        for one in statuses
    ]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(head, widths, strict=True)).rstrip()]
    for row, one in zip(rows, statuses, strict=True):
        lines.append("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
        lines += [f"    {reason_text(reason, language)}" for reason in one.reasons]
        if one.milestone.date_assumed and one.milestone.date_note:
            lines.append(f"    {said['assumed_because']}: {one.milestone.date_note[language]}")
    return "\n".join([*lines, counts_text(statuses, language)])


@dataclass(frozen=True)
class Accepted:
    """The project's four criteria for one municipality, as outputs that are up to date have them.

    `milestone` is the newest that has them, "" when there are none; `indicators` are as ``models.acceptance.to_dict`` gives
    them, and `report` is where they are told, from ``outputs/``.
    """

    case: str
    milestone: str = ""
    indicators: tuple[Mapping[str, Any], ...] = ()
    report: str = ""


def accepted_of(study: Path, statuses: Sequence[MilestoneStatus]) -> tuple[Accepted, ...]:
    """The four criteria of each municipality, in the study's order, from its newest outputs that are up to date.

    Nothing is built: what no run has made, or what has changed since, is told as missing.
    """
    done = sorted(
        (one for one in statuses if one.state == "done" and one.milestone.model in JUDGING),
        key=lambda one: (one.milestone.cut_off, one.milestone.coded_until, one.milestone.model == "followup"),
        reverse=True,
    )
    read: dict[str, tuple[Mapping[str, Any], ...]] = {}
    found = []
    for case in planner(study).settings.cases:
        told = Accepted(case.id)
        for one in done:
            name = one.milestone.id
            if one.milestone.case not in ("", case.id):
                continue
            if name not in read:
                read[name] = _judged(study / OUTPUTS / name)
            own = next((row for row in read[name] if row.get("case") == case.id), None)
            if own is not None:
                told = Accepted(case.id, name, tuple(own["indicators"]), one.report.removeprefix(f"{OUTPUTS}/"))
                break
        found.append(told)
    return tuple(found)


def _judged(folder: Path) -> tuple[Mapping[str, Any], ...]:
    """What the model in a folder says of the four criteria, by municipality; none where it cannot be read."""
    try:
        told = json.loads((folder / "model.json").read_text(encoding="utf-8"))["acceptance"]
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    rows = told if isinstance(told, list) else [told]
    return tuple(row for row in rows if isinstance(row, dict) and isinstance(row.get("indicators"), list))


def held(indicator: Mapping[str, Any]) -> str:
    """How many of the conditions of a criterion hold.

    >>> held({"conditions": [{"holds": True}, {"holds": False}]})
    '1/2'
    """
    return f"{sum(one['holds'] for one in indicator['conditions'])}/{len(indicator['conditions'])}"


def accepted_text(accepted: Sequence[Accepted], cases: Mapping[str, str], language: str) -> str:
    """The four criteria as a table for a terminal: a line for each municipality; "" for a study without any."""
    said = status_words(language)
    rows = [
        [
            cases.get(one.case, one.case),
            *(f"{MARKS[i['state']]} {said['judged_' + i['state']]} {held(i)}" for i in one.indicators),
            one.milestone,
        ]
        for one in accepted
        if one.milestone
    ]
    lines = []
    if rows:
        table = [[said["case"], *CRITERIA, said["milestone"]], *rows]
        widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
        lines = [
            "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in table
        ]
    missing = [cases.get(one.case, one.case) for one in accepted if not one.milestone]
    if missing:
        lines.append(said["not_judged"].replace("{cases}", ", ".join(missing)))
    return "\n".join([said["criteria"], *lines]) if lines else ""


def made_of(milestone: Milestone, language: str, cases: Mapping[str, str] | None = None) -> str:
    """What a milestone delivers: which model, of whom (by the names of `cases`, else by id), in which version."""
    said = status_words(language)
    parts = [said[f"model_{milestone.model}"], (cases or {}).get(milestone.case, milestone.case)]
    parts += [] if milestone.model == "status" else [str(milestone.model_version)]
    return " ".join(part for part in parts if part)


def counts_text(statuses: Sequence[MilestoneStatus], language: str) -> str:
    """How many milestones are in which state, and how many of those that are due are not done."""
    said = status_words(language)
    counted = [(state, sum(one.state == state for one in statuses)) for state in STATES]
    many = {state: said.get(f"count_{state}_n", said[f"count_{state}"]) for state in STATES}
    parts = [f"{count} {said[f'count_{state}'] if count == 1 else many[state]}" for state, count in counted if count]
    due = sum(one.is_due for one in statuses)
    return f"{', '.join(parts)}; {said['due_n'].replace('{n}', str(due))}"


def as_dicts(statuses: Sequence[MilestoneStatus]) -> list[dict[str, Any]]:
    """The statuses as values of JSON's kinds."""
    return [
        {
            "milestone": one.milestone.id,
            "model": one.milestone.model,
            "case": one.milestone.case,
            "model_version": one.milestone.model_version,
            "date_printed": one.milestone.date_printed,
            "date_assumed": one.milestone.date_assumed,
            "cut_off": one.milestone.cut_off.isoformat(),
            "coded_until": one.milestone.coded_until.isoformat(),
            "state": one.state,
            "is_due": one.is_due,
            "made_at": one.made_at,
            "report": one.report,
            "reasons": [{"kind": reason.kind, "names": list(reason.names)} for reason in one.reasons],
        }
        for one in statuses
    ]


def _anchor(model: str, case: str) -> str:
    """Where the report of a kind of model tells a criterion; its id follows, but in an improvement model."""
    return {"followup": "criterion-", "status": f"{case}-criterion-"}.get(model, "acceptance")


def save_page(study: Path, statuses: Sequence[MilestoneStatus], today: dt.date | str, language: str) -> Path:
    """Write the dashboard to ``outputs/status.html``; returns where it is."""
    # Here and not at the top: drawing a page takes longer than judging every milestone.
    from .corpus.store import write_atomically
    from .report.status_page import Row, status_page

    settings = planner(study).settings
    rows = [
        Row(
            milestone=one.milestone,
            state=one.state,
            is_due=one.is_due,
            told=state_text(one, language),
            made_of=made_of(one.milestone, language, {case.id: case.label[language] for case in settings.cases}),
            dates=dates_text(one.milestone, language),
            reasons=tuple((reason_text(reason, language), tuple(map(_short, reason.names))) for reason in one.reasons),
            made_at=one.made_at,
            report=one.report.removeprefix(f"{OUTPUTS}/"),
        )
        for one in statuses
    ]
    path = study / PAGE
    accepted = [
        {
            "case": next(term.label[language] for term in settings.cases if term.id == one.case),
            "milestone": one.milestone,
            "report": one.report,
            "anchor": _anchor(
                next((s.milestone.model for s in statuses if s.milestone.id == one.milestone), ""), one.case
            ),
            "indicators": [{**i, "mark": MARKS[i["state"]], "held": held(i)} for i in one.indicators],
        }
        for one in accepted_of(study, statuses)
        if any(row.milestone.model in JUDGING for row in statuses)
    ]
    text = status_page(rows, settings, str(today), counts_text(statuses, language), language, accepted)
    if not path.is_file() or text_sha256(path.read_text(encoding="utf-8")) != text_sha256(text):
        write_atomically(path, text)
    return path
