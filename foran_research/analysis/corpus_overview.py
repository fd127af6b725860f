"""What has been gathered and coded, where the gaps are, and what the plan still lacks. Tables in, tables out.

Everything here counts what it is given: who calls leaves out the documents that may not be shown. The tables are for
those who do the study. Cells can rest on one or two persons; before a table leaves the project, cells of fewer than
five persons are to be hidden.

A document has its case and process from the register: a guest at another municipality's workshop counts where she
spoke. In the models (``incidence.informant_units``) she counts for her own municipality.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..corpus.transcript import Transcript
from ..vocabulary import READER_CODE

SIZE_COLUMNS = ("unit", "document", "turn", "words", "coded_words", "is_coded")
_COUNTS = ("turns", "words", "coded_turns", "coded_words")
COVERAGE_COLUMNS = (
    "case",
    "process",
    "actor_type",
    "documents",
    "participants",
    *_COUNTS,
    "coded_turn_share",
    "coded_word_share",
)
CODER_COLUMNS = ("coder", "documents", "segments", *_COUNTS, "coded_turn_share", "coded_word_share")
TIMELINE_COLUMNS = ("month", "period", "case", "documents", "turns", "words")
ARENA_COLUMNS = ("arena", "responsible", "participants", "documents", "cases", "first", "last")
#: What a row of a plan gets: `done` + `lacking` = `planned`, `overdue` is the part of `lacking` whose last day is past.
PLAN_RESULTS = ("done", "lacking", "overdue", "state", "documents")
PLAN_STATES = ("done", "overdue", "open", "later")
#: What a document or a participant can lack, in the order of the table.
GAPS = (
    "not_coded",
    "waiting_segments",
    "no_quote_consent",
    "no_analysis_consent",
    "no_participants",
    "no_guide",
    "no_arena",
    "no_process",
    "participant_without_actor_type",
    "participant_without_case",
    "participant_without_written_form",
    "participant_not_heard",
)
GAP_COLUMNS = ("gap", "id", "count")

_WORD = re.compile(r"\S+")


def unit_sizes(
    transcripts: Mapping[str, Transcript], units: pd.DataFrame, segments: pd.DataFrame, coders: Collection[str] = ()
) -> pd.DataFrame:
    """How long each informant unit is and how much of it is coded.

    Parameters
    ----------
    transcripts
        The texts, by document.
    units
        The units (``incidence.UNIT_COLUMNS``).
    segments
        A segments table placed in these texts.
    coders
        Whose segments count; none stands for everybody's.

    Returns
    -------
    DataFrame
        One row per unit, in the order of `units`, columns `SIZE_COLUMNS`. A word is what stands between spaces (as in
        ``Transcript.word_count``); one that a segment covers in part is coded. `is_coded` says whether a segment
        touches the unit at all.
    """
    spans = _spans_by_turn(segments, coders)
    places = {
        document: {turn.number: turn.span for turn in transcripts[document].turns}
        for document in set(units["document"])
    }
    rows = []
    for unit, document, turn in zip(units["unit"], units["document"], units["turn"], strict=True):
        text, span = transcripts[document].text, places[document][turn]
        own = spans.get((document, turn), ())
        coded = sum(
            any(start < word.end() and word.start() < end for start, end in own)
            for word in (_WORD.finditer(text, span.start, span.end) if own else ())
        )
        rows.append((unit, document, turn, len(span.of(text).split()), coded, bool(own)))
    return pd.DataFrame(rows, columns=list(SIZE_COLUMNS)).astype(
        {"turn": "int64", "words": "int64", "coded_words": "int64", "is_coded": "bool"}
    )


def _spans_by_turn(segments: pd.DataFrame, coders: Collection[str]) -> dict[tuple[str, int], list[tuple[int, int]]]:
    if coders:
        segments = segments[segments["coder"].isin(list(coders))]
    found: dict[tuple[str, int], list[tuple[int, int]]] = {}
    columns = (segments[name] for name in ("document", "turns", "start", "end"))
    for document, turns, start, end in zip(*columns, strict=True):
        for turn in turns:
            found.setdefault((document, turn), []).append((start, end))
    return found


def coverage_table(
    documents: pd.DataFrame,
    units: pd.DataFrame,
    sizes: pd.DataFrame,
    *,
    cases: Sequence[str] = (),
    actor_types: Sequence[str] = (),
) -> pd.DataFrame:
    """One row per case × process × actor type that was heard: how much was said there, and how much of it is coded.

    Turns, words and what is coded of them add up over the rows to the totals of the material. Documents and participants
    do not: a talk with two kinds of people is in two rows. An empty actor type is text without a speaker.

    Parameters
    ----------
    documents
        The register, indexed by id; `units` and `sizes` are of these documents (see :func:`unit_sizes`).
    cases, actor_types
        The order of the rows; others follow by name, the empty one last. Processes go by name.

    Returns
    -------
    DataFrame
        Columns `COVERAGE_COLUMNS`; shares run from 0 to 1 and are of informants' turns and words.
    """
    table = _merged(units, sizes).assign(
        case=units["document"].map(documents["case"]).to_numpy(),
        process=units["document"].map(documents["process"]).to_numpy(),
    )
    keys = ["case", "process", "actor_type"]
    spoken = table.assign(participant=table["informant"].where(table["informant"] != table["document"]))
    grouped = spoken.groupby(keys, sort=False)
    found = _counted(grouped)
    found.insert(0, "participants", grouped["participant"].nunique())
    found.insert(0, "documents", grouped["document"].nunique())
    found = _with_shares(found.reset_index())
    order = [_ranked(found["case"], cases), _ranked(found["process"], ()), _ranked(found["actor_type"], actor_types)]
    return found.iloc[np.lexsort(order[::-1])].reset_index(drop=True)[list(COVERAGE_COLUMNS)]


def _merged(units: pd.DataFrame, sizes: pd.DataFrame) -> pd.DataFrame:
    if list(units["unit"]) != list(sizes["unit"]):
        raise ValueError("units and their sizes must be of the same units in the same order")
    return units.reset_index(drop=True).join(sizes[["words", "coded_words", "is_coded"]].reset_index(drop=True))


def _counted(grouped: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "turns": grouped.size(),
            "words": grouped["words"].sum(),
            "coded_turns": grouped["is_coded"].sum(),
            "coded_words": grouped["coded_words"].sum(),
        }
    ).astype("int64")


def _with_shares(frame: pd.DataFrame) -> pd.DataFrame:
    """With `coded_turn_share` and `coded_word_share`; 0 of nothing is 0."""
    return frame.assign(
        coded_turn_share=(frame["coded_turns"] / frame["turns"].clip(lower=1)).astype("float64"),
        coded_word_share=(frame["coded_words"] / frame["words"].clip(lower=1)).astype("float64"),
    )


def _ranked(values: pd.Series, order: Sequence[str]) -> list[int]:
    """The place of each value in `order`; others follow by name, the empty one last."""
    rest = sorted(set(values) - set(order) - {""})
    places = {name: place for place, name in enumerate([*order, *rest, ""])}
    return [places[value] for value in values]


def coverage_by_coder(
    transcripts: Mapping[str, Transcript], units: pd.DataFrame, segments: pd.DataFrame
) -> pd.DataFrame:
    """One row per coder, by name: documents and segments coded, and the share of all informants' turns and words.

    `turns` and `words` are those of all `units`, the same in every row; columns `CODER_COLUMNS`.
    """
    rows = []
    for coder in sorted(set(segments["coder"])):
        own = segments[segments["coder"] == coder]
        sizes = unit_sizes(transcripts, units, own)
        counts = (len(sizes), sizes["words"].sum(), sizes["is_coded"].sum(), sizes["coded_words"].sum())
        rows.append((coder, own["document"].nunique(), len(own), *(int(count) for count in counts)))
    counted = list(CODER_COLUMNS[:-2])
    frame = pd.DataFrame(rows, columns=counted).astype(dict.fromkeys(counted[1:], "int64"))
    return _with_shares(frame)


def timeline(
    documents: pd.DataFrame, sizes: pd.DataFrame, milestones: Iterable[tuple[str, str]], *, cases: Sequence[str] = ()
) -> pd.DataFrame:
    """One row per month × case with documents, in order of time: documents, informants' turns and words.

    `milestones` are (id, cut-off as an ISO day); `period` is the first milestone that a month's documents are part of,
    "" after the last. A month that a cut-off divides has a row for each side. Columns `TIMELINE_COLUMNS`.

    >>> documents = pd.DataFrame({"date": ["2020-09-30", "2020-09-29"], "case": "A"}, index=["D1", "D2"])
    >>> sizes = pd.DataFrame({"document": ["D1"], "words": [7]})
    >>> timeline(documents, sizes, [("M1", "2020-09-29")]).to_numpy().tolist()
    [['2020-09', 'M1', 'A', 1, 0, 0], ['2020-09', '', 'A', 1, 1, 7]]
    """
    ends = sorted((day, place, name) for place, (name, day) in enumerate(milestones))
    turns, words = sizes.groupby("document").size(), sizes.groupby("document")["words"].sum()
    dated = documents[documents["date"] != ""]
    table = pd.DataFrame(
        {
            "month": [date[:7] for date in dated["date"]],
            "period": [next((name for day, _, name in ends if date <= day), "") for date in dated["date"]],
            "case": list(dated["case"]),
            "documents": 1,
            "turns": [int(turns.get(document, 0)) for document in dated.index],
            "words": [int(words.get(document, 0)) for document in dated.index],
        },
        columns=list(TIMELINE_COLUMNS),
    )
    keys = ["month", "period", "case"]
    found = table.groupby(keys, sort=False)[["documents", "turns", "words"]].sum().astype("int64").reset_index()
    order = [_ranked(found["case"], cases), _ranked(found["period"], [name for _, _, name in ends])]
    return found.iloc[np.lexsort([*order, _ranked(found["month"], ())])].reset_index(drop=True)[list(TIMELINE_COLUMNS)]


def arena_table(documents: pd.DataFrame, arenas: Iterable[tuple[str, str, str]]) -> pd.DataFrame:
    """One row per arena, those without documents too: documents, cases they are of, first and last day.

    `arenas` are (id, who is responsible, who takes part); columns `ARENA_COLUMNS`.
    """
    rows = []
    for arena, responsible, participants in arenas:
        own = documents[documents["arena"] == arena]
        days = sorted(day for day in own["date"] if day)
        first, last = (days[0], days[-1]) if days else ("", "")
        rows.append(
            (arena, responsible, participants, len(own), " ".join(sorted(set(own["case"]) - {""})), first, last)
        )
    return pd.DataFrame(rows, columns=list(ARENA_COLUMNS)).astype({"documents": "int64"})


def actor_types_of(documents: pd.DataFrame, participants: pd.DataFrame) -> dict[str, frozenset[str]]:
    """By document, the actor types of its registered participants who have consented to analysis."""
    types = {
        name: actor
        for name, actor, consent in zip(
            participants.index, participants["actor_type"], participants["consent"], strict=True
        )
        if actor and "analysis" in consent
    }
    return {
        str(document): frozenset(types[name] for name in names if name in types)
        for document, names in documents["participants"].items()
    }


def allotted(
    plan: pd.DataFrame, documents: pd.DataFrame, actor_types: Mapping[str, Collection[str]]
) -> dict[int, tuple[str, ...]]:
    """Which documents fill which row of a plan, by the row's line.

    A document fills at most one row for each actor type that speaks in it, and a row that names none only when it fills
    no other. Narrow rows come before wide ones: those that name an actor type first, then those that name a process,
    then a case. Among equally narrow rows a document goes to one whose days it falls within, the earliest to end first;
    only what is left fills rows outside their days (a talk that was held late is held). No row gets more than planned.
    """
    by_date: Mapping[Any, Mapping[Any, Any]] = (
        documents.sort_index(kind="stable").sort_values("date", kind="stable").to_dict("index")
    )
    rows: dict[int, Mapping[Any, Any]] = {int(str(line)): row for line, row in plan.to_dict("index").items()}
    room = {line: int(row["planned"]) for line, row in rows.items()}
    filled: dict[int, list[str]] = {line: [] for line in rows}
    taken: set[tuple[str, str]] = set()
    order = sorted(rows, key=lambda line: (rows[line]["to"] or "9999", rows[line]["from"], line))
    breadths = {
        line: tuple(not row[column] for column in ("actor_type", "process", "case")) for line, row in rows.items()
    }
    for breadth in sorted(set(breadths.values())):
        of_breadth = [line for line in order if breadths[line] == breadth]
        for is_within in (True, False):
            for document, register in by_date.items():
                name = str(document)
                actors = actor_types.get(name, ())
                for line in of_breadth:
                    row = rows[line]
                    actor = row["actor_type"]
                    is_taken = (name, actor) in taken if actor else any(one == name for one, _ in taken)
                    if room[line] and not is_taken and _fits(row, register, actors, is_within=is_within):
                        filled[line].append(name)
                        room[line] -= 1
                        taken.add((name, actor))
    return {line: tuple(found) for line, found in filled.items()}


def _fits(row: Mapping[Any, Any], register: Mapping[Any, Any], actors: Collection[str], *, is_within: bool) -> bool:
    """Whether a document is of those that a row of a plan is about, and, if asked, dated within its days."""
    if any(row[column] and row[column] != register[column] for column in ("kind", "case", "process")):
        return False
    if row["actor_type"] and row["actor_type"] not in actors:
        return False
    return not is_within or row["from"] <= str(register["date"]) <= (row["to"] or "9999")


def plan_table(plan: pd.DataFrame, filled: Mapping[int, Collection[str]], *, today: str) -> pd.DataFrame:
    """The plan with what has become of it, judged by a day.

    Parameters
    ----------
    plan
        A plan, indexed by line (``corpus.plan.read_plan``).
    filled
        The documents of each row (:func:`allotted`).
    today
        The ISO day to judge by: a row whose last day is before it and that lacks something is overdue.

    Returns
    -------
    DataFrame
        One row per row of the plan: `line`, the plan's columns, then `PLAN_RESULTS`. `state` is "done" when nothing
        lacks, "overdue", "later" when its first day is after `today`, else "open"; `documents` are ids between blanks.
    """
    lines = [int(line) for line in plan.index]
    done = [len(filled.get(line, ())) for line in lines]
    lacking = [int(planned) - count for planned, count in zip(plan["planned"], done, strict=True)]
    is_past = [bool(to) and to < today for to in plan["to"]]
    states = [
        "done" if not lack else "overdue" if past else "later" if first > today else "open"
        for lack, past, first in zip(lacking, is_past, plan["from"], strict=True)
    ]
    found = plan.assign(
        done=done,
        lacking=lacking,
        overdue=[lack if past else 0 for lack, past in zip(lacking, is_past, strict=True)],
        state=states,
        documents=[" ".join(filled.get(line, ())) for line in lines],
    )
    found = found.astype({"done": "int64", "lacking": "int64", "overdue": "int64"})
    return found.rename_axis("line").reset_index()


def outside_plan(documents: pd.DataFrame, filled: Mapping[int, Collection[str]]) -> pd.DataFrame:
    """The documents that fill no row of the plan, in the order given: document, kind, case, process, date."""
    used = {document for found in filled.values() for document in found}
    rest = documents[~documents.index.isin(used)][["kind", "case", "process", "date"]]
    return rest.rename_axis("document").reset_index()


def gaps(
    documents: pd.DataFrame,
    participants: pd.DataFrame,
    units: pd.DataFrame,
    segments: pd.DataFrame,
    *,
    coders: Collection[str] = (),
    waiting: Mapping[str, Collection[str]] | None = None,
    elsewhere: Collection[str] = (),
) -> pd.DataFrame:
    """What documents and participants lack, one row per gap and id, in the order of `GAPS`; columns `GAP_COLUMNS`.

    `count` says how many units or coded segments the gap is about, or 1 where it is about the register alone.

    Parameters
    ----------
    documents, participants
        The registers; of the participants, those who have withdrawn are not asked.
    units, segments
        Of these documents.
    coders
        Whose coding counts; none stands for everybody's.
    waiting
        By document, coded segments that have lost their place in an edited text.
    elsewhere
        Participants whom documents name that are not among `documents`: nothing is said of whether they were heard.
    """
    coded = set(segments["document"] if not coders else segments.loc[segments["coder"].isin(list(coders)), "document"])
    per_document = units.groupby("document").size()
    unquotable = units[~units["may_quote"].astype(bool)].groupby("document").size()
    consents = dict(zip(participants.index, participants["consent"], strict=True))
    found: list[tuple[str, str, int]] = []
    for document, row in documents.iterrows():
        name, people = str(document), row["participants"]
        silent = sum("analysis" not in consents[person] for person in people if person in consents)
        lacks = {
            "not_coded": int(per_document.get(name, 0)) if name not in coded else 0,
            "waiting_segments": len((waiting or {}).get(name, ())),
            "no_quote_consent": int(unquotable.get(name, 0)),
            "no_analysis_consent": silent if row["kind"] != "public_document" else 0,
            "no_participants": int(row["kind"] != "public_document" and not people),
            "no_guide": int(row["kind"] == "interview" and not row["guide"]),
            "no_arena": int(row["kind"] == "workshop_note" and not row["arena"]),
            "no_process": int(not row["process"]),
        }
        found += [(gap, name, count) for gap, count in lacks.items() if count]
    heard = {person for people in documents["participants"] for person in people} | set(elsewhere)
    for participant, row in participants[participants["withdrawn_at"] == ""].iterrows():
        lacks = {
            f"participant_without_{column}": int(not row[column]) for column in ("actor_type", "case", "written_form")
        } | {"participant_not_heard": int(participant not in heard)}
        found += [(gap, str(participant), count) for gap, count in lacks.items() if count]
    found.sort(key=lambda gap: GAPS.index(gap[0]))
    return pd.DataFrame(found, columns=list(GAP_COLUMNS)).astype({"count": "int64"})


def told_of(participants: pd.DataFrame, documents: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """The participants of whom an overview tells: not those whom only documents after its day name.

    Parameters
    ----------
    participants
        The register, as it is today: its rows have no days of their own.
    documents
        The documents up to the day.
    known
        All documents of the study. Readers of review packs come into the register with what they write, and nobody waits
        to hear them: of those whom none of `documents` names nothing is told.

    Returns
    -------
    pandas.DataFrame
        Some of the rows of `participants`, in their order.
    """
    named = {person for people in documents["participants"] for person in people}
    later = {person for people in known["participants"] for person in people} - named
    names = participants.index.astype(str)
    silent = [name in later or (name not in named and READER_CODE.fullmatch(name) is not None) for name in names]
    return participants[~np.array(silent, dtype=bool)]


def totals(
    documents: pd.DataFrame, processes: pd.DataFrame, units: pd.DataFrame, sizes: pd.DataFrame, *, withheld: int = 0
) -> pd.DataFrame:
    """The material in numbers, as two columns, `what` and `count`.

    `withheld` is how many documents were left out because they may not be shown.
    """
    kinds = documents["kind"].value_counts()
    counts = {
        "processes": len(processes),
        "processes_with_documents": len(set(documents["process"]) & set(processes.index)),
        "documents": len(documents),
        "interviews": int(kinds.get("interview", 0)),
        "workshop_notes": int(kinds.get("workshop_note", 0)),
        "public_documents": int(kinds.get("public_document", 0)),
        "withheld": withheld,
        "participants_heard": units.loc[units["informant"] != units["document"], "informant"].nunique(),
        "turns": len(sizes),
        "words": int(sizes["words"].sum()),
        "coded_turns": int(sizes["is_coded"].sum()),
        "coded_words": int(sizes["coded_words"].sum()),
    }
    return pd.DataFrame({"what": list(counts), "count": list(counts.values())})
