"""Retrieval: the coded passages of a study that a query finds, shown, and saved as CSV, Excel or Word."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from .codebook.code import Codebook, suggestions_coder
from .coding.migrate import migrate
from .coding.query import TURN_COLUMNS, Matches, Material, evaluate, passages
from .coding.query_language import parse
from .coding.query_tree import Expression
from .corpus.store import write_atomically
from .errors import ForanError, UnknownName
from .study import Study
from .vocabulary import is_iso_date

#: Words of each part of a result's heading, Norwegian and English.
HEADINGS: Mapping[str, str] = {
    "document": "dokument · document",
    "turns": "ytring · turn",
    "start": "fra tegn · from character",
    "end": "til tegn · to character",
    "speaker": "taler · speaker",
    "actor_type": "aktørtype · actor type",
    "case": "kommune · case",
    "process": "prosess · process",
    "date": "dato · date",
    "codes": "koder · codes",
    "polarities": "polaritet · polarity",
    "coders": "koder (person) · coder",
    "segments": "segmenter · segments",
    "left": "foran · before",
    "words": "ordene · the words",
    "right": "etter · after",
    "may_quote": "kan siteres · may be quoted",
}
WORD_COLUMNS = ("left", "words", "right")
#: Stands for a polarity that the coder has not set.
NOT_SET = "–"
WORDS_NOTICE = (
    "Inneholder det informanter har sagt; oppbevares som intervjuene. · "
    "Holds what informants said; keep it as the interviews are kept."
)
#: Why segments are not searched, in Norwegian and English.
LEFT_OUT: Mapping[str, tuple[str, str]] = {
    "review": ("venter på at noen velger ny kode", "waiting for a person to choose the new code"),
    "retired": ("med koder som er tatt ut siden", "with codes retired since"),
    "relation": ("er blitt relasjoner", "become relations"),
    "tag": ("er blitt merkelapper", "become tags"),
    "duplicate": ("like et annet etter sammenslåing", "doubling another after a merge"),
    "later": ("kodet under en senere kodebok", "coded under a later codebook"),
    "withheld": ("holdt tilbake mens dobbeltkoding er blind", "withheld while double coding is blind"),
    "no_consent": ("av talere uten samtykke til analyse", "of speakers who did not consent to analysis"),
}
#: Seconds that a regular expression may take: some take for ever on a harmless text.
PATTERN_SECONDS = 10.0
_SEARCH = """
import json, re, sys
pattern, texts = json.load(sys.stdin)
compiled = re.compile(pattern, re.IGNORECASE)
json.dump([(n, m.start(), m.end()) for n, t in enumerate(texts) for m in compiled.finditer(t) if m.end() > m.start()],
          sys.stdout)
"""


def find(
    study: Study,
    query: str | Expression,
    *,
    codebook: str | None = None,
    coders: Collection[str] | None = None,
    until: dt.date | str | None = None,
    context: int = 60,
    viewer: str = "",
) -> pd.DataFrame:
    """The passages that `query` finds: one row per passage, by document and place.

    The language of queries is told in ``docs/finding.md``. Columns are those of
    :data:`foran_research.coding.query.RESULT_COLUMNS`; `words` are what informants said.

    Parameters
    ----------
    codebook
        The version whose codes the query names; the newest when left out. Codings of earlier versions are carried over,
        and those that wait for a person or have no code any more are counted in ``attrs["left_out"]``.
    coders
        Whose codings are searched; everybody's when left out. ``"cues"`` adds what the codebook's cues suggest, which is
        never searched unasked.
    until
        The last day of coding that counts.
    context
        Characters shown on both sides of a passage, at most.
    viewer
        The coder who reads: what blind double coding keeps from her is left out and counted. FORAN_CODER, which
        ``foran lab --coder`` sets, when left out.

    Returns
    -------
    pandas.DataFrame
        Its `attrs` hold `query` (the tree), `codebook`, `coders`, `counts` (passages, segments, documents, cases) and
        `left_out` (reason and number of segments).

    Raises
    ------
    QueryError, UnknownName
        For a query that cannot be read, or that names what the study does not have; with the column.

    Examples
    --------
    >>> from foran_research import load_study
    >>> found = find(load_study(), "P2[hemmer] SAME case P13[fremmer]")  # doctest: +SKIP
    >>> found.attrs["counts"]["cases"]  # doctest: +SKIP
    3
    """
    # Read first: a query that cannot be read is told at once.
    tree = parse(query) if isinstance(query, str) else query
    return searchable(study, codebook=codebook, coders=coders, until=until, viewer=viewer)._find(tree, query, context)


@dataclass(frozen=True)
class Searchable:
    """The material of a study, made ready once for many queries; make one with :func:`searchable`."""

    material: Material
    codebook_version: str
    coders: tuple[str, ...]
    left_out: Mapping[str, int]
    #: Documents whose words may not be shown to others.
    hidden: frozenset[str]

    def find(self, query: str | Expression, *, context: int = 60) -> pd.DataFrame:
        """The passages that `query` finds, as :func:`find` returns them."""
        return self._find(parse(query) if isinstance(query, str) else query, query, context)

    def _find(self, tree: Expression, query: str | Expression, context: int) -> pd.DataFrame:
        source = unicodedata.normalize("NFC", query) if isinstance(query, str) else ""
        found = passages(evaluate(tree, self.material, source=source), self.material, context=max(context, 0))
        found["may_quote"] &= ~found["document"].isin(self.hidden)
        found.attrs = {
            "query": tree,
            "codebook": self.codebook_version,
            "coders": self.coders,
            "counts": _counts(found),
            "left_out": dict(self.left_out),
        }
        return found


def searchable(
    study: Study,
    *,
    codebook: str | None = None,
    coders: Collection[str] | None = None,
    until: dt.date | str | None = None,
    viewer: str = "",
) -> Searchable:
    """A study made ready for many queries: its logs are folded and its codings carried over once. See :func:`find`."""
    if not study.lineage.codebooks:
        raise UnknownName("codebook version", codebook or "", ())
    book = study.lineage[codebook] if codebook else study.lineage.codebooks[-1]
    material, searched, left_out = _material(study, book, coders, _day(until), viewer)
    return Searchable(material, book.codebook_version, searched, left_out, study.hidden(study.documents))


def withheld(study: Study, viewer: str = "") -> frozenset[tuple[str, str]]:
    """The (coder, document) pairs that the reader may not look into yet, since double coding of them is blind.

    Without a viewer it is the coder named by FORAN_CODER; without that, a first coder.
    """
    return study.withheld_from(viewer or os.environ.get("FORAN_CODER") or None)


def _day(until: dt.date | str | None) -> dt.date | None:
    if not until:
        return None
    if isinstance(until, str):
        if not is_iso_date(until):
            raise ForanError(f"{until!r} is no day; expected YYYY-MM-DD")
        return dt.date.fromisoformat(until)
    return until


def _counts(found: pd.DataFrame) -> dict[str, int]:
    return {
        "passages": len(found),
        "segments": len({segment for row in found["segments"] for segment in row}),
        "documents": int(found["document"].nunique()),
        "cases": len({case for row in found["case"] for case in row.split(", ") if case}),
    }


def _material(
    study: Study, book: Codebook, coders: Collection[str] | None, until: dt.date | None, viewer: str
) -> tuple[Material, tuple[str, ...], dict[str, int]]:
    """What is searched, whose codings those are, and how many segments were left out for which reason."""
    segments = study.segments(until=until)
    people = sorted({log.name.split("/")[-2] for log in study.logs})
    searched, machine = _coders(study, book, coders, people)
    hidden = withheld(study, viewer)
    is_hidden = [pair in hidden for pair in zip(segments["coder"], segments["document"], strict=True)]
    is_wanted = segments["coder"].isin(searched)
    number_withheld = int((is_wanted & pd.Series(is_hidden, index=segments.index, dtype=bool)).sum())
    segments = segments[is_wanted & ~pd.Series(is_hidden, index=segments.index, dtype=bool)]
    suggested = [study.suggested_segments(study.documents, study.lineage[version]) for version in machine]
    segments = pd.concat([segments, *suggested], ignore_index=True) if suggested else segments
    migrated = migrate(segments, study.lineage, book.codebook_version)
    turns = turns_table(study)
    ok = migrated[migrated["status"] == "ok"]
    closed = {(d, t) for d, t, is_open in zip(turns["document"], turns["turn"], turns["is_searched"], strict=True)
              if not is_open}  # fmt: skip
    is_closed = pd.Series(
        [any((d, t) in closed for t in ts) for d, ts in zip(ok["document"], ok["turns"], strict=True)],
        index=ok.index,
        dtype=bool,
    )
    statuses = migrated["status"].value_counts()
    left_out = {name: int(statuses.get(name, 0)) for name in ("review", "retired", "relation", "tag", "duplicate")}
    left_out |= {
        "later": len(segments) - len(migrated),
        "withheld": number_withheld,
        "no_consent": int(is_closed.sum()),
    }
    material = Material(
        segments=ok[~is_closed].reset_index(drop=True),
        documents=study.documents,
        turns=turns,
        texts={document: transcript.text for document, transcript in study.transcripts.items()},
        codebook=book,
        names=_names(study, turns, (*searched, *map(suggestions_coder, machine))),
        search=search_guarded,
    )
    return material, (*searched, *map(suggestions_coder, machine)), left_out


def _coders(
    study: Study, book: Codebook, coders: Collection[str] | None, people: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The people whose codings are searched, and the codebook versions whose cues are."""
    if not coders:
        return tuple(people), ()
    machines = {"cues": book.codebook_version} | {suggestions_coder(v): v for v in study.lineage.versions}
    for coder in coders:
        if coder not in (*people, *machines):
            raise UnknownName("coder", coder, (*people, "cues"))
    return (
        tuple(person for person in people if person in coders),
        tuple(dict.fromkeys(machines[coder] for coder in coders if coder in machines)),
    )


def turns_table(study: Study) -> pd.DataFrame:
    """One row per turn, paragraph and heading of the study, by document and number, with `TURN_COLUMNS`.

    Case, actor type and consent are those by which models count (see :func:`~foran_research.study.Study.units`).
    Interviewers' turns and headings have their document's case, and are not to be quoted.
    """
    units = study.units(study.documents).set_index(["document", "turn"])
    known = units[["case", "actor_type", "may_quote"]].to_dict("index")
    rows = []
    for document, transcript in sorted(study.transcripts.items()):
        home = study.documents.at[document, "case"]
        for turn in transcript.turns:
            unit = known.get((document, turn.number))
            is_informant = turn.kind != "heading" and turn.speaker not in study.settings.interviewers
            rows.append(
                (
                    document,
                    turn.number,
                    turn.span.start,
                    turn.span.end,
                    turn.speaker or "",
                    unit["case"] if unit else home,
                    unit["actor_type"] if unit else "",
                    bool(unit and unit["may_quote"]),
                    is_informant,
                    unit is not None or not is_informant,
                )
            )
    return pd.DataFrame(rows, columns=list(TURN_COLUMNS))


def _names(study: Study, turns: pd.DataFrame, coders: Sequence[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """What can be asked for, by field: ids with their labels."""
    settings, processes = study.settings, study.processes
    terms = {"case": settings.cases, "arena": settings.arenas, "actor": settings.actor_types}
    return {
        **{name: {term.id: tuple(term.label.values()) for term in group} for name, group in terms.items()},
        "process": {str(p): (row["title_nb"], row["title_en"]) for p, row in processes.iterrows()},
        "kind": {
            "interview": ("intervju",),
            "workshop_note": ("notat", "arbeidsnotat", "workshop note"),
            "public_document": ("offentlig dokument", "public document"),
        },
        "document": {str(document): () for document in study.documents.index},
        "speaker": {str(speaker): () for speaker in sorted(set(turns["speaker"]) - {""})},
        "coder": dict.fromkeys(coders, ()),
    }


def search_guarded(pattern: str, texts: Sequence[str]) -> Matches:
    """The matches of a regular expression, found by a process of its own that ends after `PATTERN_SECONDS`.

    Raises
    ------
    ForanError
        When it takes longer: nothing in Python can stop a regular expression from within.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _SEARCH],
            input=json.dumps([pattern, list(texts)]).encode("ascii"),
            capture_output=True,
            timeout=PATTERN_SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise ForanError(
            f"the regular expression took more than {PATTERN_SECONDS:g} seconds; expected a simpler one: a repeat inside "
            "a repeat, such as (a+)+, tries all its ways"
        ) from None
    except (subprocess.CalledProcessError, OSError) as error:
        raise ForanError(f"the regular expression could not be searched for ({type(error).__name__})") from None
    return [(number, start, end) for number, start, end in json.loads(done.stdout)]


# Showing and saving


def table(found: pd.DataFrame, *, shows_words: bool = True) -> pd.DataFrame:
    """`found` with texts for tuples, for people and spreadsheets; without `shows_words` places and codes only.

    `codes`, `polarities`, `coders` and `segments` have one part per coded segment, in the same order, with "; " between:
    the second polarity is that of the second code, :data:`NOT_SET` where the coder has set none.
    """
    flat = found.drop(columns=[] if shows_words else list(WORD_COLUMNS)).copy()
    flat["turns"] = [_turns(turns) for turns in found["turns"]]
    # Equal values are not merged and unset ones not dropped: the columns would tell whose polarity it is no longer.
    for name in ("codes", "polarities", "coders", "segments"):
        flat[name] = ["; ".join(value or NOT_SET for value in values) for values in found[name]]
    flat["may_quote"] = ["ja · yes" if may else "nei · no" for may in found["may_quote"]]
    for name in WORD_COLUMNS if shows_words else ():
        flat[name] = [re.sub(r"\s+", " ", words) for words in found[name]]
    return flat


def _turns(turns: tuple[int, ...]) -> str:
    return "" if not turns else str(turns[0]) if len(turns) == 1 else f"{turns[0]}–{turns[-1]}"


def summary(found: pd.DataFrame) -> str:
    """How much was found, and how many segments were not searched and why, in one line without informants' words."""
    counts, left_out = found.attrs["counts"], found.attrs["left_out"]
    nouns = {"passages": "passage", "segments": "segment", "documents": "document", "cases": "case"}
    parts = [f"{counts[name]} {noun}{'' if counts[name] == 1 else 's'}" for name, noun in nouns.items()]
    reasons = [f"{left_out[name]} {reason}" for name, (_, reason) in LEFT_OUT.items() if left_out.get(name)]
    coders = found.attrs["coders"]
    line = (
        f"{', '.join(parts)}; codebook {found.attrs['codebook']}, "
        f"{'coder' if len(coders) == 1 else 'coders'} {', '.join(coders) or 'none'}"
    )
    # They are no hits missing from this result: nobody asked whether the query would have found them.
    return line + (f"; of all their codings, whatever the code, left out: {', '.join(reasons)}" if reasons else "")


def save(study: Study, found: pd.DataFrame, path: str | Path, *, shows_words: bool = False) -> Path:
    """`found` as a file: ``.csv``, ``.xlsx`` or ``.docx``, written whole or not at all.

    With `shows_words` the file says at its top that it holds what informants said.

    Raises
    ------
    ForanError
        For another ending, a folder that is not there, or a file that cannot be written.
    """
    path = Path(path)
    formats: dict[str, Callable[[Study, pd.DataFrame, bool], bytes]] = {".csv": _csv, ".xlsx": _xlsx, ".docx": _docx}
    make = formats.get(path.suffix.lower())
    if make is None:
        raise ForanError(
            f"{path}: no format for {path.suffix or 'a name without an ending'}; expected {', '.join(formats)}"
        )
    if not path.parent.is_dir():
        raise ForanError(f"{path.parent}: no such folder; make it first")
    if path.is_dir():
        raise ForanError(f"{path}: a folder; expected the name of a file")
    content = make(study, found, shows_words)
    try:
        write_atomically(path, content)
    except OSError as error:
        raise ForanError(f"{path}: cannot be written ({error.strerror}); is it open in another program?") from None
    return path


def _notices(study: Study, *, shows_words: bool) -> list[str]:
    own = study.settings.notice
    return [*([WORDS_NOTICE] if shows_words else []), *dict.fromkeys(own[key] for key in ("nb", "en") if own.get(key))]


def _about(study: Study, found: pd.DataFrame) -> list[tuple[str, str]]:
    counts = found.attrs["counts"]
    return [
        ("Søk · Query", str(found.attrs["query"])),
        ("Kodebok · Codebook", found.attrs["codebook"]),
        ("Kodere · Coders", ", ".join(found.attrs["coders"])),
        ("Passasjer · Passages", str(counts["passages"])),
        ("Segmenter · Segments", str(counts["segments"])),
        ("Dokumenter · Documents", str(counts["documents"])),
        ("Kommuner · Cases", str(counts["cases"])),
        *(
            (f"Utelatt av alle kodinger · Left out of all codings: {' · '.join(LEFT_OUT[name])}", str(n))
            for name, n in found.attrs["left_out"].items()
            if n
        ),
        ("Studie · Study", study.settings.study_id),
    ]


def _csv(study: Study, found: pd.DataFrame, shows_words: bool) -> bytes:
    from .exchange.sheets import csv_bytes

    del study
    return csv_bytes(table(found, shows_words=shows_words), notice=WORDS_NOTICE if shows_words else "")


def _xlsx(study: Study, found: pd.DataFrame, shows_words: bool) -> bytes:
    from .exchange.sheets import xlsx_bytes

    notices = _notices(study, shows_words=shows_words)
    about = [*(("Merk · Note", notice) for notice in notices), *_about(study, found)]
    return xlsx_bytes(
        table(found, shows_words=shows_words).rename(columns=dict(HEADINGS)),
        title="Treff · Hits",
        notice=WORDS_NOTICE if shows_words else "",
        about=about,
        about_title="Om · About",
    )


def _docx(study: Study, found: pd.DataFrame, shows_words: bool) -> bytes:
    from .exchange.word import Block, docx_bytes

    book = study.lineage[found.attrs["codebook"]]
    blocks = []
    for number, row in enumerate(found.to_dict("records"), 1):
        speaker = " · ".join(part for part in (row["speaker"], row["actor_type"]) if part)
        turns = f", ytring · turn {_turns(row['turns'])}" if row["turns"] else ""
        codes = zip(row["codes"], row["polarities"], row["coders"], row["segments"], strict=True)
        words = table(pd.DataFrame([row]), shows_words=shows_words).iloc[0]
        blocks.append(
            Block(
                heading=f"{number}. {row['document']}{turns}",
                lines=(
                    " · ".join(part for part in (row["date"], row["case"], row["process"], speaker) if part),
                    *(
                        f"{code} {_label(book, code)} · {polarity or 'polaritet ikke satt · polarity not set'} · {coder} · {id_}"
                        for code, polarity, coder, id_ in codes
                    ),
                    f"Kan siteres · may be quoted: {words['may_quote']}",
                ),
                **({name: str(words[name]) for name in WORD_COLUMNS} if shows_words else {}),
            )
        )
    return docx_bytes(
        f"Treff · Hits: {study.settings.title.get('nb', study.settings.study_id)}",
        notices=_notices(study, shows_words=shows_words),
        about=_about(study, found),
        blocks=blocks,
    )


def _label(book: Codebook, display: str) -> str:
    code = book.find(display)
    return " · ".join(dict.fromkeys(code.label.values())) if code else ""
