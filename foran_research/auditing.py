"""The audit report of a study: everything gathered from its files, and written as a page, a Word file or tables.

The same study and the same day give the same bytes: no clock is read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd

from . import __version__
from .analysis import audit as tables
from .analysis.audit import Audit, Verified, Version
from .analysis.drift import drift
from .coding.memos import memos_table
from .coding.migrate import migrate
from .coding.rechecking import TASK_COLUMNS, tasks_in
from .coding.recoding import recode_queue
from .coding.segments import segments_table
from .corpus.store import write_atomically
from .corpus.text_versions import CHANGES_FILE, VERSIONS_FOLDER
from .double_coding import StillBlind, agreement
from .errors import Faults, ForanError, StudyError
from .exchange.sheets import csv_bytes
from .memoing import memos as all_memos
from .report.audit_figures import month_figure, timeline_figure
from .report.audit_page import coreq_answers, docx_report, html_page, sections
from .report.audit_words import audit_words
from .report.coreq import ITEMS
from .report.figures import figure_bytes, stamped
from .report.words import words
from .study import Study
from .vocabulary import LANGUAGES, is_iso_date
from .withdrawal import WITHDRAWALS_FILE, read_withdrawals

#: Names of what is written into a folder: the page, the Word file, and the folder of tables.
PAGE, WORD, TABLES = "audit.html", "audit.docx", "tables"
#: Columns that hold several ids, which a table as a file shows with blanks between them.
_LISTS = ("about", "from", "to", "evidence", "contributions")


def write_report(
    study: Study,
    output: Path,
    *,
    language: str = "",
    verification: Verified | None = None,
    day: str = "",
    is_memo_text: bool = False,
) -> list[Path]:
    """Write the audit report of `study` and return the paths of what was written, in order.

    Parameters
    ----------
    output
        The ending decides: ``.html`` a page, ``.docx`` a Word file, ``.csv`` a folder of tables (named without the
        ending). Without one of these endings a folder with all three.
    language
        "nb" or "en"; the study's own for "".
    verification
        What a check of the logs found (``verifying.verify``); without it the report says that none was made.
    day
        The ISO day that the report is made for: milestones after it are planned, withdrawals after it left out. For "" the
        moment of the study (see ``Study.at``), or else the day of the last thing that happened in it.
    is_memo_text
        Whether memos stand in it with their texts. They may repeat what informants said.

    Raises
    ------
    ForanError
        For a language or a day that is none, and when the disk refuses.
    StudyError
        When the list of withdrawals cannot be read.
    """
    language = language or study.settings.language
    if language not in LANGUAGES:
        raise ForanError(f"language is {language!r}; write {' or '.join(LANGUAGES)}")
    audit = gather(study, verification=verification, day=day, is_memo_text=is_memo_text)
    kind = output.suffix.lower() if output.suffix.lower() in (".html", ".docx", ".csv") else ""
    places = {"html": output / PAGE, "docx": output / WORD, "csv": output / TABLES}
    if kind:
        places = {kind[1:]: output.with_suffix("") if kind == ".csv" else output}
    told = sections(audit, study.settings, language)
    figures = _figures(audit, study, language) if {"html", "docx"} & places.keys() else {}
    written = []
    for name, place in places.items():
        if name == "csv":
            files = csv_files(audit, study, language)
        else:
            drawn = {key: figure_bytes(one, "svg" if name == "html" else "png") for key, one in figures.items()}
            write = html_page if name == "html" else docx_report
            files = {"": write(told, study.settings, drawn, language, day=audit.day)}
        for file, data in files.items():
            target = place / file if file else place
            try:
                write_atomically(target, data)
            except OSError as error:
                raise ForanError(f"{target} cannot be written: {error.strerror or 'the disk refuses'}") from error
            written.append(target)
    return written


def _figures(audit: Audit, study: Study, language: str) -> dict[str, Any]:
    stamp = words(language)["stamp_invented"] if study.settings.is_synthetic else ""
    figures = {
        "timeline": timeline_figure(audit.tables["timeline"], language),
        "months": month_figure(audit.tables["segments_by_month"], language),
    }
    return {name: stamped(figure, stamp) for name, figure in figures.items()}


def csv_files(audit: Audit, study: Study, language: str) -> dict[str, str | bytes]:
    """Every table of the audit as CSV, by file name; columns have the same names in both languages."""
    said = audit_words(language)
    answers = coreq_answers(audit, study.settings, language)
    place = LANGUAGES.index(language)
    coreq = [
        (item.number, item.domain[place], item.topic[place], item.asks[place], item.number in answers,
         answers.get(item.number, said["to_complete"]))
        for item in ITEMS
    ]  # fmt: skip
    frames = {
        **audit.tables,
        "codebook_versions": pd.DataFrame([dataclasses.asdict(one) for one in audit.versions]),
        "coreq": pd.DataFrame(coreq, columns=["number", "domain", "topic", "asks", "is_filled", "answer"]),
        "verification": _verification_table(audit.verification),
    }
    notice = study.settings.notice[language] if study.settings.is_synthetic else ""
    return {f"{name}.csv": csv_bytes(_flat(frame, language), notice=notice) for name, frame in sorted(frames.items())}


def _verification_table(told: Verified | None) -> pd.DataFrame:
    rows = [("is_checked", "0")] if told is None else [
        ("is_checked", "1"), ("logs", str(told.logs)), ("lines", str(told.lines)), ("head_sha256", told.head_sha256),
        *(("broken", place) for place in told.broken),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["what", "value"])


def _flat(frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """A frame whose cells are texts and numbers: lists of ids with blanks, texts in one language."""

    def cell(value: object) -> object:
        if isinstance(value, dict):
            return str(value.get(language, ""))
        if isinstance(value, tuple):
            return " ".join(":".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in value)
        return value

    return pd.DataFrame({name: [cell(value) for value in frame[name]] for name in frame.columns}, columns=frame.columns)


# Gathering


def gather(study: Study, *, verification: Verified | None = None, day: str = "", is_memo_text: bool = False) -> Audit:
    """All that the audit report tells of a study, as facts and tables (see :func:`write_report`)."""
    if day and not is_iso_date(day[:10]):
        raise ForanError(f"day is {day!r}; write YYYY-MM-DD")
    lineage, documents = study.lineage, study.documents
    hidden = study.hidden(documents)
    day = day or study.moment
    entries = [vars(entry) for entry in study.codebook_log().entries]
    withdrawn = [at for at in _withdrawals(study) if not day or at[: len(day)] <= day]
    logs = (*study.logs, *study.memo_logs)
    events = tables.coding_events(logs)
    segments = study.segments()
    under = {version: study.segments(under=version) for version in lineage.versions}
    changes = tables.changes_table(lineage, entries, hidden=hidden)
    memos = memos_table(logs)
    last = max(
        [*events["at"], *(e["at"] for e in entries), *(b.released for b in lineage.codebooks), *documents["date"]]
        or [""]
    )
    day = (day or last)[:10]
    first = tables.first_codings(segments, study.logs)
    newest = lineage.versions[-1] if lineage.versions else ""
    moved = migrate(segments, lineage, newest) if newest else None
    told, blind = _agreement(study)
    coders = tables.coders_table(events, segments)
    versions = tuple(_version(study, place) for place in range(len(lineage.codebooks)))
    rechecks = _rechecks(study, newest)
    work = tables.coding_by_month(events)
    of_kind = documents["kind"].value_counts().to_dict() if len(documents) else {}
    milestones = [(one.id, one.cut_off.isoformat()) for one in study.settings.milestones]
    found = {
        "timeline": tables.timeline(
            documents=[(str(name), str(date)) for name, date in documents["date"].items() if name not in hidden],
            withheld=[str(date) for name, date in documents["date"].items() if name in hidden],
            months=work,
            memos=memos,
            changes=changes,
            versions=versions,
            text_changes=[("" if one.document in hidden else one.document, one.at) for one in study.text_changes],
            withdrawals=withdrawn,
            milestones=milestones,
            day=day,
        ),
        "work": work,
        "actions": tables.actions_by_month(events),
        "segments_by_month": tables.segments_by_month(first),
        "memos": tables.memo_counts(memos),
        "changes": changes,
        "effects": tables.change_effects(under, segments, lineage, removed=tables.removed_segments(study.logs)),
        "coders": coders,
        "agreement": told,
        "drift": drift(_as_read(study, under), lineage),
        "queue": _displayed(tables.queue_counts(recode_queue(moved) if moved is not None else pd.DataFrame()), study),
        "rechecks": _displayed(tables.recheck_counts(rechecks), study),
    }
    if is_memo_text:
        # Blind double coding holds for the report as well, and what may not be shown is not named by memos either.
        shown = _shown_memos(study, hidden)
        # An abductive memo says most of what it says in its fields.
        texts = [
            "\n".join([text, *(f"{name}: {said}" for name, said in fields if said)]).strip()
            for text, fields in zip(shown["text"], shown["fields"], strict=True)
        ]
        found["memo_texts"] = shown[["memo", "coder", "type", "about_kind", "about", "at"]].assign(text=texts)
    standing = set(segments["document"])
    coders_of = segments.groupby("document")["coder"].nunique() if len(segments) else pd.Series(dtype=int)
    counted = moved[moved["status"] == "ok"] if moved is not None else segments
    used = tables.newly_used(tables.first_codings(counted, study.logs)) or (0, 0, 0)
    facts = {
        "documents": len(documents),
        "interviews": int(of_kind.get("interview", 0)),
        "workshop_notes": int(of_kind.get("workshop_note", 0)),
        "public": int(of_kind.get("public_document", 0)),
        "withheld": len(hidden),
        "informants": len({person for people in documents["participants"] for person in people}),
        "arena_notes": int(((documents["kind"] == "workshop_note") & (documents["arena"] != "")).sum()),
        "segments": len(segments),
        "events": len(events),
        "coded_documents": len(standing),
        "double_coded": int((coders_of > 1).sum()),
        "inhibits": int(segments["polarity"].isin(["hemmer", "begge"]).sum()),
        "resolutions": len(study.resolutions()),
        "codes_used": used[1],
        "codes_late": used[2],
        "codes_new": sum(len(_fresh(study, place)) for place in range(1, len(versions))),
        "codes_gone": sum(1 for code in lineage.codebooks[-1].codes if not code.is_active) if versions else 0,
        "accepted": int((changes["decision"] == "accepted").sum()),
        "evidenced": sum(1 for evidence in changes["evidence"] if evidence),
        "memos": len(memos),
        "memos_reflexive": int((memos["type"] == "reflexive").sum()),
        "memos_abductive": int((memos["type"] == "abductive").sum()),
        "cases": len(study.settings.cases),
        "processes": len(study.processes),
        "actors": len(study.settings.actor_types),
        "sample": study.settings.recheck_sample,
        "seed": study.settings.seed,
    }
    found["records"] = _records(study, found, memos, events, entries, withdrawn, day)
    levels = {code.level: 0 for code in lineage.codebooks[-1].elements} if versions else {}
    for code in lineage.codebooks[-1].elements if versions else ():
        levels[code.level] += 1
    return Audit(
        day=day,
        package_version=__version__,
        versions=versions,
        facts=facts,
        tables=found,
        verification=verification,
        still_blind=blind,
        levels=levels,
    )


def _shown_memos(study: Study, hidden: Collection[str]) -> pd.DataFrame:
    """The memos that may be told of: no coder's who codes blind, and none on a document that may not be shown."""
    found = all_memos(study)
    segments = study.segments()
    homes = dict(zip(segments["segment"], segments["document"], strict=True))

    def names_hidden(row: Mapping[Any, Any]) -> bool:
        named = [(row["about_kind"], row["about"]), *row["links"]]
        documents = {
            row["document"],
            *(homes.get(str(name), "") for _, name in named),
            *(str(name) for _, name in named),
        }
        return bool(documents & set(hidden))

    keep = [not names_hidden(row) for row in found.to_dict("records")]
    return found[pd.Series(keep, index=found.index, dtype=bool)].reset_index(drop=True)


def _withdrawals(study: Study) -> list[str]:
    faults = Faults()
    found = read_withdrawals(study.path, faults)
    if faults.errors:
        raise StudyError(faults.errors)
    return [one.at for one in found]


def _version(study: Study, place: int) -> Version:
    book = study.lineage.codebooks[place]
    accepted = sum(1 for change in book.changes if change.is_accepted)
    return Version(
        book.codebook_version,
        book.released,
        len(book.active),
        len(book.elements),
        accepted,
        len(book.changes) - accepted,
    )


def _fresh(study: Study, place: int) -> set[str]:
    """The codes that a version has and the one before it had not."""
    before, book = study.lineage.codebooks[place - 1 : place + 1]
    return {code.id for code in book.codes} - {code.id for code in before.codes}


def _as_read(study: Study, under: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Every standing segment as its coder left it under the version she read the passage under, at the time she first did."""
    frames = [frame[frame["applied_under"] == version] for version, frame in under.items()]
    frames = [frame for frame in frames if len(frame)]
    if not frames:
        return segments_table([])
    whole = pd.concat(frames, ignore_index=True)
    # That no code fits any more was said later.
    whole["set_aside"] = pd.Series([""] * len(whole), index=whole.index, dtype=frames[0]["set_aside"].dtype)
    return tables.first_codings(whole, study.logs)


def _agreement(study: Study) -> tuple[pd.DataFrame, tuple[tuple[str, str], ...]]:
    """The agreement of every two coders who share documents, and the pairs of whom nothing may be told yet."""
    frames, blind = [], []
    touched = study.coded_by() | study.done()
    # Anybody may read the report: what a blind coder must not know of others stays out.
    withheld = study.withheld_from(None)
    for first, second in combinations(sorted({coder for coder, _ in touched}), 2):
        try:
            told = agreement(study, first, second, withheld=withheld)
        except StillBlind:
            blind.append((first, second))
            continue
        except ForanError:
            # They share no document.
            continue
        for one in told.versions:
            version = ", ".join(one.read_under)
            book = study.lineage[one.codebook_version]
            both = (one.pooled, *one.by_code)
            frames.append(tables.agreement_table(first, second, version, len(one.documents), both, book))
    whole = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame([], columns=list(tables.AGREEMENT_COLUMNS))
    return whole, tuple(blind)


def _rechecks(study: Study, newest: str) -> pd.DataFrame:
    if not newest:
        return pd.DataFrame([], columns=list(TASK_COLUMNS))
    by_coder: dict[str, list[Any]] = {}
    for log in study.logs:
        for event in log.events:
            by_coder.setdefault(event.coder, []).append(event)
    frames = [
        tasks_in(by_coder[coder], study.lineage, newest, seed=study.settings.seed, size=study.settings.recheck_sample)
        for coder in sorted(by_coder.keys() & study.coders)
    ]
    frames = [frame for frame in frames if len(frame)]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame([], columns=list(TASK_COLUMNS))


def _displayed(counts: pd.DataFrame, study: Study) -> pd.DataFrame:
    """With the display code that each code has in the newest codebook."""
    by_id = study.lineage.codebooks[-1].by_id if study.lineage.codebooks else {}
    return counts.assign(display=[by_id[code].display if code in by_id else code for code in counts["code"]])


def _records(
    study: Study,
    found: Mapping[str, pd.DataFrame],
    memos: pd.DataFrame,
    events: pd.DataFrame,
    entries: Iterable[Mapping[str, Any]],
    withdrawn: Iterable[str],
    day: str,
) -> pd.DataFrame:
    """Halpern's six classes: which files of the study hold what, how much, and from when to when."""
    documents, changes = study.documents, found["changes"]
    segments = study.segments()
    texts, coding, remarks = "corpus/texts/", "corpus/coding/", "corpus/coding/, corpus/memos/"
    decided = changes[changes["decision"].isin(["accepted", "rejected"])]
    reached = [one.cut_off.isoformat() for one in study.settings.milestones if one.cut_off.isoformat() <= day]
    released = [book.released for book in study.lineage.codebooks]
    lines = [str(entry["at"]) for entry in entries]
    gone = list(withdrawn)
    drawn = study.assignments["drawn"] if "drawn" in study.assignments.columns else pd.Series(dtype=str)

    def dated(kind: str) -> list[str]:
        return [str(date) for date in documents.loc[documents["kind"] == kind, "date"]]

    def written(*types: str) -> list[str]:
        return [str(at) for at in memos.loc[memos["type"].isin(types), "at"]]

    rows: list[tuple[str, str, str, list[str], int | None]] = [
        ("raw", "interviews", texts, dated("interview"), None),
        ("raw", "workshop_notes", texts, dated("workshop_note"), None),
        ("raw", "public_documents", texts, dated("public_document"), None),
        ("raw", "former_texts", f"{VERSIONS_FOLDER}/", [one.at for one in study.text_changes], len(study.former_texts)),
        ("reduction", "segments", coding, list(segments["at"]), None),
        ("reduction", "events", coding, list(events["at"]), None),
        ("reduction", "remarks", remarks, written(""), None),
        ("reduction", "code_memos", remarks, written("code"), None),
        ("synthesis", "models", "foran.toml, outputs/", reached, None),
        ("synthesis", "theoretical_memos", remarks, written("theoretical"), None),
        ("synthesis", "abductive_memos", remarks, written("abductive"), None),
        ("synthesis", "summaries", "corpus/memos/", written("summary"), None),
        ("synthesis", "propositions", "corpus/memos/", written("proposition", "verdict"), None),
        ("process", "method_memos", remarks, written("method"), None),
        ("process", "decisions", "codebooks/", [str(at) for at in decided["decided_at"]], None),
        ("process", "resolutions", coding, [one.at for one in study.resolutions()], None),
        ("process", "assignments", "corpus/assignments.csv", [str(at) for at in drawn], len(study.assignments)),
        ("process", "text_changes", CHANGES_FILE, [one.at for one in study.text_changes], None),
        ("process", "withdrawals", WITHDRAWALS_FILE, [at[:7] for at in gone], None),
        ("intentions", "plan", "corpus/plan.csv", [], len(study.plan)),
        (
            "intentions",
            "milestones",
            "foran.toml",
            [one.cut_off.isoformat() for one in study.settings.milestones],
            None,
        ),
        ("intentions", "reflexive_memos", remarks, written("reflexive"), None),
        ("instruments", "guides", "foran.toml", [], len(study.settings.guides)),
        ("instruments", "codebooks", "codebooks/", released, None),
        ("instruments", "proposals", "codebooks/log.jsonl", lines, None),
    ]
    told = [
        (name, record, where, len(days) if count is None else count, *_ends(days))
        for name, record, where, days, count in rows
    ]
    return pd.DataFrame(told, columns=list(tables.RECORD_COLUMNS))


def _ends(days: Iterable[str]) -> tuple[str, str]:
    """The first and the last of some days, as ISO days; two empty texts without any."""
    known = sorted(day[:10] for day in days if day)
    return (known[0], known[-1]) if known else ("", "")
