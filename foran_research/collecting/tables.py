"""What has come in, as tables: what was said, who agrees, proposals, levels, and what to do next. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..analysis.disclosure import PERSONS, Layer, suppress
from ..exchange.sheets import csv_bytes
from ..review.answers import KINDS, STANCES, family, title_of
from ..revising import states as proposal_states
from ..study import Study
from .known_packs import is_of
from .proposals import answers_behind
from .stored import stored, taken, whys
from .turns import notes_of


def told_of_answers(study: Study, pack: str = "", *, language: str = "nb") -> str:
    """How much has come in, in a line or two for a notebook; of a study without answers, that there are none."""
    table = answers_table(study, pack, language=language)
    if table.empty:
        return {
            "nb": f"Ingen svar på en gjennomgangspakke for {pack or 'studien'} ennå. De samles inn med: foran review collect",
            "en": f"No answers to a review pack of {pack or 'the study'} yet. They are taken in with: foran review collect",
        }[language]
    readers, left = table["reader"].nunique(), int((table["left_out"] != "").sum())
    return {
        "nb": f"{len(table)} svar fra {readers} {'leser' if readers == 1 else 'lesere'}; {left} av dem er ikke tatt med videre.",
        "en": f"{len(table)} answer{'s' * (len(table) != 1)} from {readers} reader{'s' * (readers != 1)}; {left} of them "
        f"{'goes' if left == 1 else 'go'} no further.",
    }[language]


def files_of_tables(study: Study, pack: str = "", *, language: str = "nb") -> dict[str, bytes]:
    """The tables as CSV files, without what readers wrote, roles in words; no files without answers."""
    if answers_table(study, pack, language=language).empty:
        return {}
    tables = {
        "agreement.csv": roles_in_words(study, agreement_table(study, pack, language=language), language=language),
        "levels.csv": levels_table(study, pack, language=language),
    }
    return {name: csv_bytes(table, notice=study.settings.notice.get(language, "")) for name, table in tables.items()}


#: One row per answer that stands; `text` are a reader's words, and not to be shared.
ANSWER_COLUMNS = (
    "pack", "reader", "role", "arena", "kind", "about", "case", "title", "act", "value", "text", "left_out", "key",
)  # fmt: skip
#: One row per thing and role; counts of persons, missing where fewer than five could be told from it. Of everybody
#: together the role is "", of those who told none "–"; see :func:`roles_in_words`.
AGREEMENT_COLUMNS = ("kind", "about", "title", "role", "agree", "doubt", "comments")
#: One row per thing to do, the most pressing first.
STEP_COLUMNS = ("step", "kind", "about", "title", "why")
_COUNTED = ("agree", "doubt", "comments")


def answers_table(study: Study, pack: str = "", *, language: str = "nb") -> pd.DataFrame:
    """Every answer that has come in and stands.

    Parameters
    ----------
    pack
        A pack's id, or what all its versions have in common (``M5-workshop``), or a milestone; "" for all.

    Returns
    -------
    pandas.DataFrame
        With ``ANSWER_COLUMNS``. `left_out` says why an answer is not taken further (see :class:`LeftOut`), "" where it is;
        `text` are the reader's own words, as they came.
    """
    store = stored(study)
    rows = [
        (
            one.reader.pack,
            one.reader.code,
            one.reader.role,
            one.reader.arena,
            one.answer.about.kind,
            family(one.answer.about.id) if one.answer.about.kind == "pack" else one.answer.about.id,
            one.answer.about.case,
            title_of(one.answer.about, store.pack_of(one.reader.pack), language),
            one.answer.act,
            one.answer.value,
            one.answer.text,
            why,
            one.key,
        )
        for one, why in zip(store.merged.said, whys(store), strict=True)
        if is_of(study, one.reader.pack, pack)
    ]
    frame = pd.DataFrame(rows, columns=list(ANSWER_COLUMNS))
    return frame.astype({"value": "Int64"})


def agreement_table(study: Study, pack: str = "", *, language: str = "nb", k: int = PERSONS) -> pd.DataFrame:
    """How many readers agree with each thing, doubt it and comment on it, all together and by role.

    Parameters
    ----------
    pack
        As :func:`answers_table` takes it.
    k
        Counts of fewer persons are hidden, and with them what would give them away.

    Returns
    -------
    pandas.DataFrame
        With ``AGREEMENT_COLUMNS``, things in the order of a note, everybody before the roles; hidden counts are missing.
    """
    table = answers_table(study, pack, language=language)
    table = table[(table["left_out"] == "") & table["act"].isin([*STANCES, "comment", "answer"])]
    table = table.assign(counted=table["act"].map({"answer": "comments", "comment": "comments"}).fillna(table["act"]))
    roles = sorted(set(table["role"]))
    rows: list[tuple[Any, ...]] = []
    groups = sorted(table.groupby(["kind", "about"]), key=lambda one: (KINDS.index(str(one[0][0])), str(one[0][1])))
    for (kind, about), group in groups:
        title = str(group["title"].iloc[0])
        shown = {}
        for act in _COUNTED:
            readers = group[group["counted"] == act].drop_duplicates("reader")["role"].value_counts()
            shown[act] = _shown_counts(tuple(int(readers.get(role, 0)) for role in roles), k)
        rows.append((kind, about, title, "", *(shown[act][-1] for act in _COUNTED)))
        present = set(group["role"])
        rows += [
            (kind, about, title, role or "–", *(shown[act][at] for act in _COUNTED))
            for at, role in enumerate(roles)
            if role in present
        ]
    frame = pd.DataFrame(rows, columns=list(AGREEMENT_COLUMNS))
    return frame.astype(dict.fromkeys(_COUNTED, "Int64"))


@lru_cache(maxsize=4096)
def _shown_counts(counts: tuple[int, ...], k: int) -> tuple[int | None, ...]:
    """Counts by role and their sum, None where few persons stand behind them or another count could be worked out.

    >>> _shown_counts((6, 2, 7), 5)
    (None, None, 7, 15)
    """
    hidden = suppress([Layer("persons", np.array([counts], dtype=np.int64), k=k)], columns_add=False)
    cells = [None if is_hidden else count for count, is_hidden in zip(counts, hidden.cells[0], strict=True)]
    return (*cells, None if hidden.row_totals[0] else sum(counts))


def roles_in_words(study: Study, agreement: pd.DataFrame, *, language: str = "nb") -> pd.DataFrame:
    """An agreement table with its roles as people read them: names of types of actors, everybody, and no role told."""
    words = _role_words(study, language) | {"": ("alle", "everybody")[0 if language == "nb" else 1]}
    return agreement.assign(role=agreement["role"].map(lambda role: words.get(role, role)))


def _role_words(study: Study, language: str) -> dict[str, str]:
    not_told = "ikke oppgitt" if language == "nb" else "not told"
    return {one.id: one.label[language] for one in study.settings.actor_types} | {"": not_told, "–": not_told}


def in_words(study: Study, table: pd.DataFrame, *, language: str = "nb") -> pd.DataFrame:
    """A table of this module as people read it: columns, acts, kinds, roles and arenas in words, hidden counts as such.

    Examples
    --------
    >>> from foran_research import load_study
    >>> study = load_study()
    >>> list(in_words(study, agreement_table(study)).columns)
    ['slag', 'om', 'tittel', 'rolle', 'enige', 'i tvil', 'kommentarer']
    """
    say = 0 if language == "nb" else 1
    shown = table.copy()
    if "agree" in table:
        shown = roles_in_words(study, table, language=language)
    elif "role" in table:
        words = _role_words(study, language)
        shown = table.assign(role=table["role"].map(lambda role: words.get(role, role)))
    labels = {one.id: one.label[language] for one in study.settings.arenas}
    for name in ("kind", "act", "arena", "left_out", "type", "state"):
        if name in shown:
            shown[name] = [
                labels.get(one, one) if name == "arena" else _WORDS.get(one, (one, one))[say] for one in shown[name]
            ]
    for name in shown.columns[shown.isna().any()]:
        is_hidden = name in ("agree", "doubt", "comments", "self", "lowest", "highest", "readers")
        shown[name] = (
            shown[name].astype(object).where(shown[name].notna(), ("skjult", "hidden")[say] if is_hidden else "")
        )
    return shown.rename(columns={name: words[say] for name, words in _COLUMNS.items()})


_WORDS = {
    "element": ("element", "element"),
    "quote": ("sitat", "quote"),
    "edge": ("forbindelse", "edge"),
    "claim": ("påstand", "claim"),
    "measure": ("tiltak", "measure"),
    "change": ("endring", "change"),
    "question": ("spørsmål", "question"),
    "pack": ("pakke", "pack"),
    "document": ("notat", "note"),
    "proposal": ("forslag", "proposal"),
    "agree": ("enig", "agrees"),
    "doubt": ("tviler", "doubts"),
    "comment": ("kommentar", "comment"),
    "rename": ("annet navn", "another name"),
    "maturity": ("modenhet", "maturity"),
    "answer": ("svar", "answer"),
    "new_element": ("nytt element", "new element"),
    "new": ("nytt", "new"),
    "open": ("åpent", "open"),
    "accepted": ("godtatt", "accepted"),
    "rejected": ("avvist", "rejected"),
    "withdrawn": ("trukket", "withdrawn"),
    "released": ("utgitt", "released"),
    "changed": ("endret siden", "changed since"),
    "gone": ("borte", "gone"),
    "unknown": ("ukjent", "unknown"),
    "no_milestone": ("ingen milepæl å føre det på", "no milestone to record it for"),
    "no_element": ("ikke et element", "no element"),
    "day": ("umulig dag", "an impossible day"),
}
_COLUMNS = {
    "pack": ("pakke", "pack"),
    "reader": ("leser", "reader"),
    "role": ("rolle", "role"),
    "arena": ("arena", "arena"),
    "kind": ("slag", "kind"),
    "about": ("om", "about"),
    "case": ("kommune", "municipality"),
    "title": ("tittel", "title"),
    "act": ("svar", "act"),
    "value": ("nivå", "level"),
    "text": ("ord", "words"),
    "left_out": ("hvorfor ikke tatt med", "why left out"),
    "key": ("id", "id"),
    "agree": ("enige", "agree"),
    "doubt": ("i tvil", "doubt"),
    "comments": ("kommentarer", "comments"),
    "proposal": ("forslag", "proposal"),
    "type": ("type", "type"),
    "elements": ("elementer", "elements"),
    "state": ("tilstand", "state"),
    "summary": ("innhold", "summary"),
    "milestone": ("milepæl", "milestone"),
    "element": ("element", "element"),
    "self": ("leserne", "readers' median"),
    "lowest": ("laveste", "lowest"),
    "highest": ("høyeste", "highest"),
    "readers": ("antall lesere", "readers"),
    "researcher": ("forskerne", "researchers"),
    "joint": ("samlingen", "joint"),
    "step": ("hva", "step"),
    "why": ("hvorfor", "why"),
}


def proposals_table(study: Study, pack: str = "", *, language: str = "nb", shows_words: bool = False) -> pd.DataFrame:
    """The proposals for the codebook that came of answers: id, type, state, what it says; one row each.

    Parameters
    ----------
    shows_words
        Tell what readers wrote; else only whether it is a new name or element, and of which.
    """
    say = 0 if language == "nb" else 1
    displays = {code.id: code.display for book in study.lineage.codebooks for code in book.codes}
    keys = set(answers_table(study, pack, language=language)["key"])
    rows = []
    for name, state in proposal_states(study.path).items():
        if keys.isdisjoint(key for key, _ in answers_behind(state)):
            continue
        change = state.proposal.change
        of = ", ".join(displays.get(code, code) for code in change.source)
        plain = f"{('Nytt navn på', 'A new name for')[say]} {of}" if of else ("Nytt element", "A new element")[say]
        rows.append(
            (
                name,
                change.type,
                " ".join(change.source),
                state.state,
                change.summary[language] if shows_words else plain,
            )
        )
    return pd.DataFrame(rows, columns=["proposal", "type", "elements", "state", "summary"])


def levels_table(study: Study, pack: str = "", *, language: str = "nb") -> pd.DataFrame:
    """Readers' own levels beside those of researchers and workshops, for the same milestone, municipality and element.

    Returns
    -------
    pandas.DataFrame
        One row per milestone, municipality and element that readers have assessed: median, lowest, highest and number of
        readers, missing where fewer than five; the medians of researchers and of joint assessments (of two middle levels
        the lower).
    """
    codes = set(answers_table(study, pack, language=language)["reader"])
    day = max((row.on for row in study.registers.assessments), default="9999-12-31")
    standing = study.registers.until(day).assessments
    boxes = sorted({(r.milestone, r.case, r.element) for r in standing if r.side == "self" and r.assessor in codes})
    labels = {
        (book.codebook_version, code.id): f"{code.display} {code.label[language]}"
        for book in study.lineage.codebooks
        for code in book.codes
    }
    rows = []
    for box in boxes:
        by_side: dict[str, list[int]] = {"self": [], "researcher": [], "joint": []}
        version = ""
        for row in standing:
            if (row.milestone, row.case, row.element) != box:
                continue
            # An element is called what the pack called it, whatever it is called now.
            version = row.codebook_version if row.assessor in codes else version
            # Groups and workshops assess themselves too: theirs are no reader's, and never counted among them.
            if row.level and (row.side != "self" or row.assessor in codes):
                by_side[row.side].append(row.level)
        own = sorted(by_side["self"])
        is_shown = len(own) >= PERSONS
        rows.append(
            (
                *box,
                labels.get((version, box[2]), box[2]),
                *((_median(own), own[0], own[-1], len(own)) if is_shown else (None,) * 4),
                _median(sorted(by_side["researcher"])),
                _median(sorted(by_side["joint"])),
            )
        )
    columns = ["milestone", "case", "element", "title", "self", "lowest", "highest", "readers", "researcher", "joint"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype(dict.fromkeys(columns[4:], "Int64"))


def _median(levels: Sequence[int]) -> int | None:
    return levels[(len(levels) - 1) // 2] if levels else None


def next_steps(
    study: Study, pack: str = "", *, language: str = "nb", k: int = PERSONS, shows_words: bool = False
) -> pd.DataFrame:
    """What to do next with what was said, the most pressing first; no row without answers.

    Parameters
    ----------
    pack, k
        As :func:`agreement_table` takes them.
    shows_words
        As :func:`proposals_table` takes it.

    Returns
    -------
    pandas.DataFrame
        With ``STEP_COLUMNS``; counts are hidden as :func:`agreement_table` hides them.
    """
    say = 0 if language == "nb" else 1
    table = answers_table(study, pack, language=language)
    rows: list[tuple[str, str, str, str, str]] = []
    if table.empty:
        return pd.DataFrame(rows, columns=list(STEP_COLUMNS))
    for one in _own_notes(study, pack):
        coded = sum(1 for log in study.logs if Path(log.name).stem == one and log.events)
        if not coded:
            rows.append((_STEPS["code"][say], "document", one, one, _WHYS["code"][say]))
    for row in proposals_table(study, pack, language=language, shows_words=shows_words).to_dict("records"):
        if row["state"] == "open":
            rows.append((_STEPS["decide"][say], "proposal", row["proposal"], row["summary"], _WHYS["decide"][say]))
    agreement = agreement_table(study, pack, language=language, k=k)
    for row in agreement[agreement["role"] == ""].to_dict("records"):
        agree, doubt = (0 if pd.isna(row[name]) else int(row[name]) for name in STANCES)
        if doubt and doubt >= agree:
            rows.append(
                (_STEPS["doubt"][say], row["kind"], row["about"], row["title"], _WHYS["doubt"][say].format(doubt))
            )
    for kind, group in table[table["left_out"] != ""].groupby("left_out"):
        rows.append((_STEPS["left"][say], str(kind), "", "", _WHYS["left"][say].format(len(group))))
    rows.append((_STEPS["tell"][say], "pack", pack, "", _WHYS["tell"][say]))
    return pd.DataFrame(rows, columns=list(STEP_COLUMNS))


_STEPS = {
    "code": ("Kod notatet", "Code the note"),
    "decide": ("Behandle forslaget", "Decide on the proposal"),
    "doubt": ("Drøft det mange tviler på", "Discuss what many doubt"),
    "left": ("Les svar som ikke ble tatt med", "Read answers that were left out"),
    "tell": ("Fortell leserne hva svarene førte til", "Tell the readers what came of it"),
}
_WHYS = {
    "code": ("Ingen har kodet notatet med svarene ennå.", "Nobody has coded the note with the answers yet."),
    "decide": ("Foreslått av en leser; åpent.", "Proposed by a reader; open."),
    "doubt": ("{} tviler, og ikke flere er enige.", "{} doubt it, and no more agree."),
    "left": ("{} svar gjelder en eldre pakke der det sto noe annet.", "{} answers are about an older pack."),
    "tell": ("De som svarte, får vite hva som ble endret og hvorfor.", "Those who answered hear what changed and why."),
}


def _own_notes(study: Study, pack: str) -> list[str]:
    kept, _ = taken(store := stored(study))
    return [
        one.document
        for one in notes_of(study, store, kept)
        if one.document in study.documents.index and any(is_of(study, t.said.reader.pack, pack) for t in one.turns)
    ]
