"""Memos of a whole study: found, written, linked and saved as CSV, Excel, Word or a page to read."""

from __future__ import annotations

import html
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from .codebook.code import Codebook
from .coding.acts import Desk, Refused, note
from .coding.events import Log, Step, end_of
from .coding.memo_store import write_memo
from .coding.memos import (
    ALL_FIELDS,
    ALL_TYPES,
    REFERENCES,
    Reference,
    State,
    history_of,
    homes,
    matching,
    memos_table,
    missing_fields,
    newest_of,
    row_of,
    standing_in,
    told_before,
    told_of,
)
from .coding.synthesis_memos import SYNTHESIS_TYPES, same_in, wrong_in_synthesis
from .corpus.store import write_atomically
from .errors import ForanError, UnknownName
from .finding import withheld
from .study import Study, change_ids
from .vocabulary import is_iso_date

NOTICE = (
    "Notater (memoer) kan gjengi det informanter har sagt, og skal ikke deles uten gjennomgang. · "
    "Memos may hold informants' words and are not to be shared without review."
)
#: Words of each column of an export, Norwegian and English.
HEADINGS: Mapping[str, str] = {
    "memo": "notat · memo",
    "coder": "koder (person) · coder",
    "type": "type",
    "about": "om · about",
    "links": "lenket til · linked to",
    "text": "tekst · text",
    "observation": "observasjon · observation",
    "expectation": "forventning · expectation",
    "surprise": "overraskelse · surprise",
    "explanation": "forklaring · explanation",
    "next_step": "neste steg · next step",
    "rival": "rivaliserende forklaring · rival explanation",
    "stated_on": "uttalt før, den · stated before, on",
    "verdict": "dom · verdict",
    "basis": "grunnlag (fingeravtrykk) · basis (fingerprint)",
    "missing": "mangler · missing",
    "at": "skrevet · written",
    "changed_at": "endret · changed",
    "document": "dokument · document",
    "versions": "versjoner · versions",
}
TYPE_WORDS: Mapping[str, str] = {
    "": "uten type · no type",
    "code": "kodenotat · code memo",
    "theoretical": "teoretisk notat · theoretical memo",
    "method": "metodenotat · methodological memo",
    "reflexive": "refleksivt notat · reflexive memo",
    "abductive": "abduktivt notat · abductive memo",
    "summary": "sammendrag av celle · summary of a cell",
    "proposition": "påstand på tvers · cross-case proposition",
    "verdict": "dom over påstand · verdict on a proposition",
}
KIND_WORDS: Mapping[str, str] = {
    "segment": "segment",
    "proposal": "kodeforslag · proposal",
    "code": "kode · code",
    "change": "kodebokadring · codebook change",
    "milestone": "milepæl · milestone",
    "document": "dokument · document",
    "case": "kommune · case",
    "process": "prosess · process",
    "memo": "notat · memo",
    "study": "studien · the study",
}


@dataclass(frozen=True)
class Asked:
    """What memos are asked for; what is left out asks nothing. See :func:`foran_research.coding.memos.matching`.

    `links` are references as people write them (:func:`reference`); with `has_ancestors` a code stands for every earlier
    code that became it as well. `as_of` is a day or a UTC second: memos as they stood then. Without `has_notes` what is
    written on segments and proposals themselves is left out.
    """

    words: Sequence[str] = ()
    types: Collection[str] = ()
    coders: Collection[str] = ()
    links: Sequence[str] = ()
    has_ancestors: bool = False
    since: str = ""
    to: str = ""
    as_of: str = ""
    has_notes: bool = True


def memos(study: Study, *, as_of: str = "", viewer: str | None = "") -> pd.DataFrame:
    """Every memo that stands, oldest first, with :data:`foran_research.coding.memos.COLUMNS`.

    What blind double coding keeps from `viewer` (see :func:`foran_research.finding.withheld`) is left out; None is
    nobody in particular, whatever the environment says: what is made for all is the same whoever makes it.
    ``attrs["withheld"]`` says how many memos that is. A memo that took the place of one that is kept back is kept back too.

    Raises
    ------
    ForanError
        For an `as_of` that is neither a day nor a UTC second.
    """
    logs = _logs(study)
    frame = memos_table(logs, until=_moment(as_of))
    hidden = study.withheld_from(None) if viewer is None else withheld(study, viewer)
    if hidden:
        home_of, before = homes(logs), told_before(logs)
        is_open = [
            not ((told_of(row, home_of) | before.get(row["memo"], frozenset())) & hidden)
            for row in frame.to_dict("records")
        ]
        kept = frame[pd.Series(is_open, index=frame.index, dtype=bool)].reset_index(drop=True)
    else:
        kept = frame
    kept.attrs["withheld"] = len(frame) - len(kept)
    return kept


def search(study: Study, asked: Asked, *, viewer: str = "") -> pd.DataFrame:
    """The memos that fulfil all that is asked, as :func:`memos` gives them.

    Raises
    ------
    UnknownName
        For a type, coder or link that the study does not have.
    ForanError
        For a day that is none.

    Examples
    --------
    >>> from foran_research import load_study
    >>> search(load_study(), Asked(words=["tillit"], types=["theoretical"]))  # doctest: +SKIP
    """
    frame = memos(study, as_of=asked.as_of, viewer=viewer)
    for name in asked.types:
        _check_type(name)
    people = {event.coder for log in _logs(study) for event in log.events[:1]}
    for name in asked.coders:
        if name not in people:
            raise UnknownName("coder", name, sorted(people))
    for day in (asked.since, asked.to):
        if day and not is_iso_date(day):
            raise ForanError(f"{day!r} is no day; expected YYYY-MM-DD")
    linked = {one for text in asked.links for one in _family(study, reference(study, text), asked.has_ancestors)}
    found = matching(
        frame,
        words=asked.words,
        types=asked.types,
        coders=asked.coders,
        linked=linked,
        since=asked.since,
        to=asked.to,
        has_notes=asked.has_notes,
    )
    found.attrs["withheld"] = frame.attrs["withheld"]
    return found


def reference(study: Study, text: str) -> Reference:
    """What somebody means by ``code:P4``, ``segment:ID``, ``change:CH-0001``, ``milestone:M2``, ``document:ID`` or ``study``.

    A code is named by its id or by its display code in the newest codebook, or else in the latest one that has it.

    Raises
    ------
    ForanError
        For text that names no such thing.
    UnknownName
        For a code, change, milestone, document or segment that the study does not have.
    """
    kind, _, name = text.partition(":")
    if kind not in REFERENCES or (not name and kind != "study"):
        raise ForanError(f"{text!r} is no link; expected one of: {', '.join(f'{kind}:ID' for kind in REFERENCES)}")
    if kind == "study":
        return "study", study.settings.study_id
    books = study.lineage.codebooks
    if kind == "code":
        found = next((code for book in reversed(books) if (code := book.find(name))), None)
        if found is None:
            raise UnknownName("code", name, (code.display for code in books[-1].active) if books else ())
        return "code", found.id
    known: Mapping[str, Callable[[], Iterable[str]]] = {
        "segment": lambda: standing_in(study.logs),
        "change": lambda: sorted(change_ids(study.path, study.lineage)),
        "milestone": lambda: (milestone.id for milestone in study.settings.milestones),
        "document": lambda: study.documents.index,
        "case": lambda: (case.id for case in study.settings.cases),
        "process": lambda: study.processes.index,
        "memo": lambda: standing_in(study.memo_logs),
    }
    if name not in set(known[kind]()):
        # There are thousands of segments: their ids are no help.
        raise UnknownName(kind, name, () if kind in ("segment", "memo") else known[kind]())
    return kind, name


def shown_reference(study: Study, one: Reference) -> str:
    """A reference as people write it: codes by their display code in the newest codebook that has them."""
    kind, name = one
    if kind == "study":
        return "study"
    if kind == "code":
        found = next((book.by_id[name] for book in reversed(study.lineage.codebooks) if name in book.by_id), None)
        return f"code:{found.display if found else name}"
    return f"{kind}:{name}"


def history(study: Study, memo: str, *, viewer: str = "") -> list[State]:
    """Every state that a memo has had, oldest first; an old id gives the memo that took its place.

    Raises
    ------
    UnknownName
        When there is no such memo, or blind double coding keeps it from the viewer.
    """
    logs = _logs(study)
    newest = newest_of(memo, logs)
    told = history_of(newest, logs)
    if not told:
        raise UnknownName("memo", memo, ())
    hidden, home_of = withheld(study, viewer), homes(logs)
    rows = (row_of(state.event, state.wording) for state in told if state.wording is not None)
    is_hidden = any(told_of(row, home_of) & hidden for row in rows)
    if is_hidden or (hidden and told_before(logs).get(newest, frozenset()) & hidden):
        raise ForanError(f"{memo} is withheld while double coding is blind")
    return told


def add(
    study: Study,
    *,
    coder: str,
    about: str,
    at: str,
    text: str = "",
    memo_type: str = "",
    links: Sequence[str] = (),
    fields: Mapping[str, str] | None = None,
) -> str:
    """Write a memo into ``corpus/memos/CODER.jsonl``; its id when it is on the disk.

    Parameters
    ----------
    coder
        Who thinks.
    about, links
        References as :func:`reference` reads them.
    at
        The time, as YYYY-MM-DDTHH:MM:SSZ.
    memo_type, fields
        One of ALL_TYPES, or ""; for an abductive one its FIELDS, which may be written one after the other.

    Raises
    ------
    ForanError
        For a memo without words, or a name that can be no coder's.
    UnknownName
        For a type or reference that the study does not have.
    """
    _check_type(memo_type)
    fields = {key: said for key, said in (fields or {}).items() if said.strip()}
    if not (text.strip() or fields):
        raise ForanError("a memo without words; nothing was written")
    kind, name = reference(study, about)
    pairs = _pairs(reference(study, link) for link in links)
    if memo_type in SYNTHESIS_TYPES:
        made = {"type": memo_type, "about": {kind: name}, "links": pairs, "fields": fields}
        _check_synthesis(made, at)
    stands: list[str] = []

    def act(desk: Desk) -> list[Step]:
        # Looked for in the log as it is now: another window may have written of the same cell since the study was read.
        stands[:] = same_in(desk.state, memo_type, {kind: name}, pairs)
        for memo in stands:
            gone = dict.fromkeys(desk.state[memo].get("fields", {}), "")
            return note(desk, about={}, text=text, record=memo, type=memo_type, links=pairs, fields={**gone, **fields})
        return note(desk, about={kind: name}, text=text, type=memo_type, links=pairs, fields=fields)

    return _written(study, coder, act, at) or next(iter(stands), "")


def change(
    study: Study,
    memo: str,
    *,
    coder: str,
    at: str,
    text: str | None = None,
    memo_type: str | None = None,
    links: Sequence[Reference] | None = None,
    fields: Mapping[str, str] | None = None,
) -> str:
    """Give a memo another text, type, links or fields; what is None stays. Its id, or that of the memo in its place.

    A memo in a document's log stays there as it was: a new one outside documents takes its place, as when it is changed
    on the screen while another document is open.

    Raises
    ------
    UnknownName
        When there is no such memo.
    ForanError
        For another coder's memo, for a text of blanks only ("" takes the text away), and for what is written on a segment
        itself: that is changed on the coder's screen.
    """
    if text and not text.strip():
        raise ForanError("a memo without words; nothing was written")
    if fields is not None:
        fields = {key: said if said.strip() else "" for key, said in fields.items()}
    logs = _logs(study)
    memo = newest_of(memo, logs)
    told = history_of(memo, logs)
    now = told[-1].wording if told else None
    if now is None or now.is_empty:
        raise UnknownName("memo", memo, ())
    if memo_type is not None:
        _check_type(memo_type)
    event = told[-1].event
    if event.coder != coder:
        raise ForanError(
            f"{memo} is {event.coder}'s; a memo is changed by its own coder, others write one of their own"
        )
    if (event.after or {}).get("kind") != "memo":
        raise ForanError(f"{memo} is written on the segment itself: change it on the coder's screen")
    whole = dict(now.fields) | dict(fields or {})
    about = dict([now.about])
    pairs = None if links is None else _pairs(links)
    kind = now.type if memo_type is None else memo_type
    if kind in SYNTHESIS_TYPES:
        made = {"type": kind, "about": about, "links": _pairs(now.links) if pairs is None else pairs, "fields": whole}
        _check_synthesis(made, at)

    def act(desk: Desk) -> list[Step]:
        said = now.text if text is None else text
        if not event.document:
            return note(
                desk, about=about, text=said, record=memo, was=now.text, type=memo_type, links=pairs, fields=fields
            )
        return note(
            desk,
            about=about,
            text=said,
            replaces=memo,
            type=now.type if memo_type is None else memo_type,
            links=_pairs(now.links) if pairs is None else pairs,
            fields=whole,
        )

    is_same = (
        text in (None, now.text)
        and memo_type in (None, now.type)
        and links in (None, now.links)
        and whole == dict(now.fields)
    )
    return memo if is_same else _written(study, coder, act, at) or memo


def link(
    study: Study, memo: str, links: Sequence[str], *, coder: str, at: str, is_removed: bool = False
) -> tuple[Reference, ...]:
    """Link a memo to more, or with `is_removed` to less; the links it has then. Raises as :func:`change` does."""
    told = history_of(newest_of(memo, _logs(study)), _logs(study))
    if not told or told[-1].wording is None:
        raise UnknownName("memo", memo, ())
    now = told[-1].wording.links
    if is_removed:
        # What is no longer there can be unlinked too.
        named = {_reference_or_pair(study, text) for text in links}
        whole = tuple(one for one in now if one not in named)
    else:
        whole = tuple(dict.fromkeys((*now, *(reference(study, text) for text in links))))
    change(study, memo, coder=coder, at=at, links=whole)
    return whole


def _reference_or_pair(study: Study, text: str) -> Reference:
    try:
        return reference(study, text)
    except UnknownName:
        kind, _, name = text.partition(":")
        return kind, name


def _logs(study: Study) -> tuple[Log, ...]:
    return (*study.logs, *study.memo_logs)


def _moment(as_of: str) -> str | None:
    if as_of:
        end_of(as_of)
    return as_of or None


def _family(study: Study, one: Reference, has_ancestors: bool) -> set[Reference]:
    kind, name = one
    if kind != "code" or not has_ancestors:
        return {one}
    return {("code", code) for code in study.lineage.ancestors(name, study.lineage.versions[-1])}


def _check_type(memo_type: str) -> None:
    if memo_type not in (*ALL_TYPES, ""):
        raise UnknownName("memo type", memo_type, ALL_TYPES)


def _check_synthesis(made: Mapping[str, Any], at: str) -> None:
    if wrong := wrong_in_synthesis(made, at[:10]):
        raise ForanError(f"{wrong[0]}; expected {wrong[1]}. Nothing was written")


def _pairs(links: Iterable[Reference]) -> list[dict[str, str]]:
    return [{kind: name} for kind, name in links]


def _written(study: Study, coder: str, act: Callable[[Desk], list[Step]], at: str) -> str:
    try:
        events = write_memo(study.path, coder, _book(study), act, at=at)
    except Refused as refused:
        if refused.reason == "memo-changed":
            raise ForanError("the memo was changed by another window meanwhile: look at it again") from None
        raise
    return events[0].segment if events else ""


def _book(study: Study) -> Codebook:
    if not study.lineage.codebooks:
        raise UnknownName("codebook version", "", ())
    return study.lineage.codebooks[-1]


# Showing and saving


def table(study: Study, found: pd.DataFrame) -> pd.DataFrame:
    """A memos table for people and spreadsheets: texts for tuples, a column for each field, and what is missing."""
    rows = []
    for row in found.to_dict("records"):
        fields = dict(row["fields"])
        rows.append(
            {
                "memo": row["memo"],
                "coder": row["coder"],
                "type": TYPE_WORDS[row["type"]],
                "about": shown_reference(study, (row["about_kind"], row["about"])),
                "links": "; ".join(shown_reference(study, one) for one in row["links"]),
                "text": row["text"],
                **{name: fields.get(name, "") for name in ALL_FIELDS},
                "missing": "; ".join(HEADINGS[name] for name in missing_fields(row["type"], row["fields"])),
                **{name: row[name] for name in ("at", "changed_at", "document", "versions")},
            }
        )
    return pd.DataFrame(rows, columns=list(HEADINGS))


def save(study: Study, found: pd.DataFrame, path: str | Path) -> Path:
    """`found` as a file: ``.csv``, ``.xlsx``, ``.docx`` or ``.html``, written whole or not at all.

    At its top stands that memos may hold informants' words.

    Raises
    ------
    ForanError
        For another ending, a folder that is not there, or a file that cannot be written.
    """
    path = Path(path)
    formats: dict[str, Callable[[Study, pd.DataFrame], bytes]] = {
        ".csv": _csv, ".xlsx": _xlsx, ".docx": _docx, ".html": _html,
    }  # fmt: skip
    make = formats.get(path.suffix.lower())
    if make is None:
        raise ForanError(
            f"{path}: no format for {path.suffix or 'a name without an ending'}; expected {', '.join(formats)}"
        )
    if not path.parent.is_dir():
        raise ForanError(f"{path.parent}: no such folder; make it first")
    if path.is_dir():
        raise ForanError(f"{path}: a folder; expected the name of a file")
    content = make(study, found)
    try:
        write_atomically(path, content)
    except OSError as error:
        raise ForanError(f"{path}: cannot be written ({error.strerror}); is it open in another program?") from None
    return path


def _title(study: Study) -> str:
    return f"Notater · Memos: {study.settings.title.get('nb', study.settings.study_id)}"


def _notices(study: Study) -> list[str]:
    own = study.settings.notice
    return [NOTICE, *dict.fromkeys(own[key] for key in ("nb", "en") if own.get(key))]


def _about(study: Study, found: pd.DataFrame) -> list[tuple[str, str]]:
    left_out = found.attrs.get("withheld", 0)
    return [
        ("Notater · Memos", str(len(found))),
        *(
            [("Holdt tilbake mens dobbeltkoding er blind · Withheld while double coding is blind", str(left_out))]
            if left_out
            else []
        ),
        ("Studie · Study", study.settings.study_id),
    ]


def _csv(study: Study, found: pd.DataFrame) -> bytes:
    from .exchange.sheets import csv_bytes

    return csv_bytes(table(study, found), notice=NOTICE)


def _xlsx(study: Study, found: pd.DataFrame) -> bytes:
    from .exchange.sheets import xlsx_bytes

    return xlsx_bytes(
        table(study, found).rename(columns=dict(HEADINGS)),
        title="Notater · Memos",
        notice=NOTICE,
        about=[*(("Merk · Note", notice) for notice in _notices(study)), *_about(study, found)],
        about_title="Om · About",
    )


def _parts(row: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is written of a memo, with its headings: the text, and the fields that have one."""
    said = [("", row["text"]), *((HEADINGS[name], row[name]) for name in ALL_FIELDS)]
    return [(name, text) for name, text in said if text]


def _facts(row: Mapping[str, str]) -> list[tuple[str, str]]:
    names = ("about", "links", "coder", "document", "at", "changed_at", "versions", "missing")
    return [(HEADINGS[name], str(row[name])) for name in names if row[name]]


def _docx(study: Study, found: pd.DataFrame) -> bytes:
    from .exchange.word import Block, docx_bytes

    blocks = [
        Block(
            heading=f"{row['memo']} · {row['type']}",
            lines=tuple(f"{name}: {value}" for name, value in _facts(row)),
            words="\n\n".join(f"{name}: {text}" if name else text for name, text in _parts(row)),
        )
        for row in _records(study, found)
    ]
    return docx_bytes(_title(study), notices=_notices(study), about=_about(study, found), blocks=blocks)


def _html(study: Study, found: pd.DataFrame) -> bytes:
    def facts(pairs: Iterable[tuple[str, str]]) -> str:
        listed = (f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>" for name, value in pairs)
        return f"<dl>{''.join(listed)}</dl>"

    def article(row: Mapping[str, str]) -> str:
        said = "".join(
            (f"<h3>{html.escape(name)}</h3>" if name else "") + f"<p>{html.escape(text)}</p>"
            for name, text in _parts(row)
        )
        heading = f"{row['memo']} · {row['type']}"
        return f"<article><h2>{html.escape(heading)}</h2>{facts(_facts(row))}{said}</article>"

    title = html.escape(_title(study))
    notices = "".join(f'<p class="notice">{html.escape(notice)}</p>' for notice in _notices(study))
    body = "\n".join(article(row) for row in _records(study, found))
    page = (
        f'<!doctype html>\n<html lang="nb">\n<head><meta charset="utf-8"><title>{title}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{_STYLE}</style></head>\n'
        f"<body><main><h1>{title}</h1>\n{notices}\n{facts(_about(study, found))}\n{body}\n</main></body>\n</html>\n"
    )
    return page.encode("utf-8")


_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff}main{max-width:46rem;margin:2rem auto;"
    "padding:0 1rem}article{border-top:1px solid #767676;margin-top:2rem}h2{font-size:1.15rem}h3{font-size:1rem}"
    "p{white-space:pre-wrap;overflow-wrap:anywhere}dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;"
    "color:#444}dd{margin:0;overflow-wrap:anywhere}.notice{border-left:4px solid #8a5a00;padding-left:.8rem}"
    "@media print{article{break-inside:avoid}}"
)


def _records(study: Study, found: pd.DataFrame) -> list[Mapping[str, str]]:
    return [{str(key): value for key, value in row.items()} for row in table(study, found).to_dict("records")]
