"""The agreement of a whole study: every pair of coders, three and more together, and coders with themselves over time.

What counts as coded, and when it may be looked at, is for :mod:`foran_research.double_coding`; the figures themselves are
made in ``analysis``. Nothing is gated on any of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from html import escape
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from .analysis.disagreements import DISAGREEMENT_COLUMNS, listed_and_not
from .analysis.disagreements import disagreements as differences_in
from .analysis.intra_coder import rereading_table
from .analysis.stated import REASONS
from .analysis.study_agreement import (
    OF,
    Coded,
    Comparison,
    StudyAgreement,
    figures_table,
    told_of,
    wide_columns,
    wide_table,
)
from .coding.events import Event
from .coding.rechecking import TASK_COLUMNS, tasks_in
from .coding.resolving import named_segments
from .corpus.store import write_atomically
from .double_coding import (
    Group,
    StillBlind,
    check_coders,
    gathered,
    listed,
    not_done,
    redefined_after,
    shared_documents,
    still_blind,
    touched,
    withheld_documents,
)
from .errors import ForanError, UnknownName
from .finding import withheld as withheld_from
from .report.agreement_figures import forest_figures, pair_figure
from .report.agreement_page import agreement_page
from .report.agreement_words import agreement_words
from .report.figures import figure_bytes, stamped
from .report.tables import csv_text
from .report.words import number as number_of
from .report.words import words as report_words
from .study import Study
from .vocabulary import LANGUAGES

#: Coefficients of the tables to read, by kind of figure, and the one whose interval stands beside them.
SHOWN: Mapping[str, tuple[tuple[str, ...], str]] = {
    "codes": (("percent", "positive", "alpha", "kappa", "fleiss", "ac1", "holsti"), "alpha"),
    "set": (("percent", "holsti", "alpha_jaccard", "alpha_masi"), "alpha_masi"),
    "level": (
        ("percent", "positive", "alpha", "kappa", "fleiss", "ac1", "holsti", "alpha_jaccard", "alpha_masi"),
        "alpha",
    ),
    "code": (("percent", "positive", "alpha", "kappa", "fleiss", "ac1", "holsti"), "alpha"),
    "polarity": (("percent", "alpha", "kappa", "fleiss", "ac1", "holsti"), "alpha"),
    "facet": (("percent", "alpha", "kappa", "fleiss", "ac1", "holsti"), "alpha"),
    "marked": (("bar",), "bar"),
    "stretch_level": (("u", "bar", "cu", "coverage"), "cu"),
    "stretch_code": (("u", "ku", "ku_coverage"), "u"),
}

#: Columns that hold shares and coefficients, also where all of them are whole.
_FIGURES = frozenset({"prevalence", "low", "high", "kept", *(name for names, _ in SHOWN.values() for name in names)})
#: The tables of a report, by the name they are saved under.
TABLE_NAMES = ("agreement_pairs", "agreement_codes", "agreement_figures", "agreement_disagreements", "agreement_rereading",
               "agreement_absent")  # fmt: skip

Progress = Callable[[int, int], None]


def study_agreement(
    study: Study,
    coders: Sequence[str] = (),
    *,
    only: Sequence[str] = (),
    replicates: int = 2000,
    seed: int | None = None,
    viewer: str | None = None,
    progress: Progress | None = None,
) -> StudyAgreement:
    """Every figure of agreement that the study can give, and what the coders differ in.

    Parameters
    ----------
    coders
        Two or more; by default all who share a document with another. Named coders who still code blind are an error;
        of others the documents that are still coded blind are left out and told.
    only
        Only these documents.
    replicates, seed
        Of the intervals; the seed is by default that of the settings, and 0 replicates give none.
    viewer
        Who looks: what blind double coding keeps from her is left out and told as still blind (see
        ``Study.withheld_from``). FORAN_CODER when left out; without that, a first coder.
    progress
        Called with the parts that are done and the number of parts.

    Raises
    ------
    StillBlind, UnknownName, ForanError
        When coders are named: as :func:`foran_research.double_coding.agreement`. Also for documents in `only` that may not
        be shown: the figures of one alone would be its coding.
    """
    settings = study.settings
    seed = settings.seed if seed is None else seed
    withheld = kept_from(study, viewer)
    rereading = rereading_of(study, withheld)
    hidden = study.hidden(study.documents)
    if settings.agreement_off is not None:
        return StudyAgreement((), (), rereading.iloc[:0], hidden=hidden, off=dict(settings.agreement_off))
    known = touched(study)
    second = {one.coder: one.of for one in settings.second_passes}
    if len(coders) == 1:
        raise ForanError(f"{coders[0]} alone: name two coders or more, or none for all who share documents")
    if len(set(coders)) < len(coders):
        raise ForanError("a coder cannot be compared with herself")
    check_coders(study, coders, known=known)
    check_documents(study, only)
    names = list(coders) or sorted({coder for coder, _ in known} - set(second))
    persons = [second.get(name, name) for name in names]
    asked: list[tuple[str, tuple[str, ...], int]] = [
        ("second_pass" if second.get(a, a) == second.get(b, b) else "pair", (a, b), 2)
        for a, b in combinations(names, 2)
    ]
    # One person twice is no third judge.
    is_person_twice = len(names) > 2 and len(set(persons)) < len(names)
    if len(names) > 2 and not is_person_twice:
        asked.append(("all", tuple(names), 3))
    if not coders:
        asked += [("second_pass", (one.of, one.coder), 2) for one in settings.second_passes]
    waiting: dict[str, set[str]] = {}
    parts = [
        (kind, group)
        for kind, who, least in asked
        for group in _groups(study, who, only, least, bool(coders) and least == 2, known, withheld, waiting)
    ]
    if coders and not parts and waiting:
        raise StillBlind(f"{listed(coders)}: all that they share is still coded blind, so nothing is told")
    if coders and not parts:
        raise ForanError(f"{', '.join(coders)} share no document yet: draw one with `foran assign`")
    unshown = tuple(
        (kind, group.coders, group.read_under) for kind, group in parts if hidden.issuperset(_documents_of(group))
    )
    parts = [(kind, group) for kind, group in parts if not hidden.issuperset(_documents_of(group))]
    done = 0
    total = len(parts) * (len(OF) - 3 + len(settings.facets))

    def step(_: str) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(min(done, total), total)

    made = tuple(
        _comparison(study, kind, group, hidden, replicates=replicates, seed=seed, step=step) for kind, group in parts
    )
    return StudyAgreement(
        coders=tuple(names),
        comparisons=made,
        rereading=rereading,
        waiting=tuple(
            (document, tuple(sorted(waiting[document]))) for document in study.documents.index if document in waiting
        ),
        hidden=hidden,
        unshown=unshown,
        absent=_absent(made, rereading, names, bool(waiting), [kind for kind, _, _ in unshown])
        | ({"all_together": "one-person-twice"} if is_person_twice else {}),
        replicates=replicates,
        seed=seed,
    )


def kept_from(study: Study, viewer: str | None) -> frozenset[tuple[str, str]]:
    """The (coder, document) pairs that who looks may not know of; see `viewer` of :func:`study_agreement`."""
    return withheld_from(study, viewer or "")


def check_documents(study: Study, only: Iterable[str]) -> None:
    """Nothing, if there are such documents and all may be shown.

    Raises
    ------
    UnknownName, ForanError
        For the first that there is not, or that may not be shown: its figures would be its coding.
    """
    hidden = study.hidden(study.documents)
    for name in only:
        if name not in study.documents.index:
            raise UnknownName("document", name, study.documents.index)
        if name in hidden:
            raise ForanError(f"{name} may not be shown (its disclosure class): there are no figures of it alone")


def _documents_of(group: Group) -> list[str]:
    return [one.document for one in group.documents]


def _groups(
    study: Study,
    coders: Sequence[str],
    only: Sequence[str],
    least: int,
    is_named: bool,
    known: frozenset[tuple[str, str]],
    withheld: frozenset[tuple[str, str]],
    waiting: dict[str, set[str]],
) -> list[Group]:
    """The groups of documents of some coders; none where they share none. What is still blind is noted in `waiting`."""
    shared = shared_documents(study, coders, least=least, known=known)
    chosen = [name for name in (only or shared) if name in shared]
    if not chosen:
        return []
    blind = still_blind(study, (shared[name] for name in chosen))
    # What is blind between two who were named is an error, and told there.
    for name, who in {} if is_named else blind.items():
        waiting.setdefault(name, set()).update(who)
    kept_back = withheld_documents((shared[name] for name in chosen), withheld)
    for name in kept_back:
        waiting.setdefault(name, set()).update(not_done(study, name))
    if not set(chosen) - set(kept_back) and not (is_named and blind):
        return []
    return list(
        gathered(study, coders, only=chosen, least=least, leaves_out_blind=not is_named, withheld=withheld, known=known)
    )


def _absent(
    made: Sequence[Comparison], rereading: pd.DataFrame, names: Sequence[str], is_waiting: bool, unshown: Sequence[str]
) -> dict[str, str]:
    """Why a part of the report has nothing to tell, by part."""
    nobody = (
        "all-hidden"
        if {*unshown} & {"pair", "all"}
        else "all-blind"
        if is_waiting
        else "one-coder"
        if len(names) < 2
        else "nothing-shared"
    )
    told = {
        "between": (any(one.kind in ("pair", "all") for one in made), nobody),
        "rereading": (len(rereading) > 0, "no-redefinition"),
        "second_passes": (
            any(one.kind == "second_pass" for one in made),
            "all-hidden" if "second_pass" in unshown else "no-second-pass",
        ),
    }
    return {part: why for part, (is_there, why) in told.items() if not is_there}


def coded_of(study: Study, group: Group) -> Coded:
    """A group of double-coded documents as the analysis takes it."""
    book = study.lineage[group.codebook_version]
    return Coded(group.coders, group.units, group.judged, group.segments, book)


def _comparison(
    study: Study,
    kind: str,
    group: Group,
    hidden: frozenset[str],
    *,
    replicates: int,
    seed: int,
    step: Callable[[str], None],
) -> Comparison:
    coded = coded_of(study, group)
    facets = {facet.id: tuple(value.id for value in facet.values) for facet in study.settings.facets}
    told = told_of(coded, study.transcripts, facets=facets, replicates=replicates, seed=seed, progress=step)
    found = differences_in(
        coded, facets=facets, resolutions=study.resolutions(), standing=named_segments(study.segments())
    )
    shown, unlisted = listed_and_not(found, hidden)
    used = {one.id for one in told if one.of == "code"}
    return Comparison(
        kind=kind,
        coders=group.coders,
        read_under=group.read_under,
        codebook=coded.codebook,
        documents=tuple(one.document for one in group.documents),
        not_blind=tuple(one.document for one in group.documents if not one.is_blind),
        unsettled=sum(group.unsettled.values()),
        told=told,
        disagreements=shown,
        unlisted=unlisted,
        redefined=redefined_after(study, used, group.codebook_version),
        by_turns=sum(any(one.turns.values()) for one in group.documents),
        days=_days_between(study, group) if kind == "second_pass" else {},
        segments=group.segments,
    )


def _days_between(study: Study, group: Group) -> dict[str, int]:
    """By document, the days from the last coding of the first pass to the first one of the second; below 0: mixed up."""
    seconds = {one.coder: place for place, one in enumerate(study.settings.second_passes)}
    coded: dict[tuple[str, str], list[str]] = {}
    for log in study.logs:
        for event in log.events:
            if event.coder in group.coders and _is_reading(event):
                coded.setdefault((event.coder, event.document), []).append(event.at[:10])
    # Of two second passes of one person, the one that the settings name first.
    first, again = sorted(group.coders, key=lambda coder: seconds.get(coder, -1))
    days = {}
    for one in group.documents:
        before, after = (coded.get((coder, one.document)) for coder in (first, again))
        if before and after:
            days[one.document] = (dt.date.fromisoformat(min(after)) - dt.date.fromisoformat(max(before))).days
    return days


def _is_reading(event: Event) -> bool:
    """Whether somebody put a code on a passage: later moves, memos and marks are no reading."""
    return event.action == "apply" and event.after is not None and "kind" not in event.after


def rereading_of(study: Study, withheld: Collection[tuple[str, str]] = frozenset()) -> pd.DataFrame:
    """What came of the passages that every coder was to read again (``analysis.intra_coder.REREADING_COLUMNS``).

    `withheld` are (coder, document) pairs that are left out.
    """
    by_coder: dict[str, list[Event]] = {}
    for log in study.logs:
        for event in log.events:
            by_coder.setdefault(event.coder, []).append(event)
    newest = study.lineage.versions[-1] if study.lineage.versions else ""
    settings = study.settings
    frames = [
        tasks_in(by_coder[coder], study.lineage, newest, seed=settings.seed, size=settings.recheck_sample)
        for coder in sorted(by_coder.keys() & study.coders)
        if newest
    ]
    frames = [
        frame[[pair not in withheld for pair in zip(frame["coder"], frame["document"], strict=True)]]
        for frame in frames
        if len(frame)
    ]
    frames = [frame for frame in frames if len(frame)]
    return rereading_table(pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(TASK_COLUMNS)))


# To read and to keep


def tables(found: StudyAgreement, language: str = "en") -> dict[str, pd.DataFrame]:
    """Every table by the name to save it under; ids and counts only, in the order of the codebook.

    ``agreement_figures`` has every coefficient with its interval, one row each; ``agreement_pairs`` one row per
    comparison and ``agreement_codes`` one per code, to read; ``agreement_disagreements`` every difference;
    ``agreement_rereading`` what came of passages read again; ``agreement_absent`` what does not apply, and why.
    """
    frames = [one.disagreements.assign(**_who(one)) for one in found.comparisons if len(one.disagreements)]
    columns = [*_WHO, *DISAGREEMENT_COLUMNS]
    lists = pd.concat(frames, ignore_index=True)[columns] if frames else pd.DataFrame(columns=columns)
    return {
        "agreement_pairs": pairs_table(found),
        "agreement_codes": with_labels(found, table_of(found, "code"), language),
        "agreement_figures": with_labels(found, figures_table(found.comparisons), language),
        "agreement_disagreements": lists.assign(
            first_segments=lists["first_segments"].map(" ".join), second_segments=lists["second_segments"].map(" ".join)
        ),
        "agreement_rereading": found.rereading,
        "agreement_absent": absent_table(found, language),
    }


def with_labels(found: StudyAgreement, frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """A table that has `id` and `display`, with `label` beside them: what a code is called; "" for what is no code.

    As the newest of the compared codebook versions calls it.
    """
    labels = {code.id: code.label[language] for one in found.comparisons for code in one.codebook.codes}
    named = frame.copy()
    named.insert(list(named.columns).index("display") + 1, "label", [labels.get(name, "") for name in frame["id"]])
    return named


def table_html(found: StudyAgreement, frame: pd.DataFrame, language: str, *, has_numbers: bool = False) -> str:
    """A table as HTML to read in a notebook: every row, figures with three decimals, codes with their names.

    Columns that say the same in every row, and ids where a display code stands, are left out.

    Parameters
    ----------
    has_numbers
        Also the number of each row, from 0.
    """
    shown = with_labels(found, frame, language) if {"id", "display"} <= set(frame) else frame
    constant = [name for name in ("comparison", "coders", "read_under", "answer") if name in shown and len(shown) > 1
                and shown[name].nunique() == 1]  # fmt: skip
    shown = shown.drop(columns=[*constant, *(["id"] if "label" in shown else [])])
    head = "".join(
        f'<th style="text-align:left">{escape(name)}</th>' for name in (*(["#"] if has_numbers else []), *shown)
    )
    places = [_digits(shown[name]) for name in shown]
    body = "".join(
        "<tr>"
        + (f"<td>{number}</td>" if has_numbers else "")
        + "".join(_cell(value, digits, language) for value, digits in zip(row, places, strict=True))
        + "</tr>"
        for number, row in enumerate(shown.itertuples(index=False, name=None))
    )
    told = ", ".join(f"{name} = {frame[name].iloc[0]}" for name in constant if frame[name].iloc[0] != "")
    return (
        (f"<p>{escape(told)}</p>" if told else "")
        + f'<div style="max-height:36rem;overflow:auto"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _digits(column: pd.Series) -> int:
    """Three decimals for shares and coefficients, none for counts, also where some are missing."""
    given = [value for value in column if isinstance(value, float) and not pd.isna(value)]
    return 0 if all(value.is_integer() for value in given) and column.name not in _FIGURES else 3


def _cell(value: Any, digits: int, language: str) -> str:
    if isinstance(value, (str, tuple)):
        return f'<td style="text-align:left">{escape(value if isinstance(value, str) else " ".join(value))}</td>'
    return f"<td>{'' if value is None or pd.isna(value) else number_of(float(value) + 0.0, language, digits)}</td>"


def pairs_table(found: StudyAgreement) -> pd.DataFrame:
    """One row per comparison: who, under which versions, how much was judged and how blind, and the figures of all codes."""
    rows = [
        {
            **_who(one),
            "codebook_version": one.codebook.codebook_version,
            "documents": len(one.documents),
            "not_blind": len(one.not_blind),
            "by_turns": one.by_turns,
            "unsettled": one.unsettled,
            "days": min(one.days.values()) if one.days else None,
            **wide_table(one, "codes", *SHOWN["codes"]).drop(columns=["id", "answer", "display"]).iloc[0].to_dict(),
        }
        for one in found.comparisons
    ]
    columns = [*_WHO, "codebook_version", "documents", "not_blind", "by_turns", "unsettled", "days",
               *wide_columns(SHOWN["codes"][0])[3:]]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def table_of(found: StudyAgreement, of: str) -> pd.DataFrame:
    """The figures of one kind (``analysis.study_agreement.OF``), to read: one row per comparison and what was asked.

    Raises
    ------
    UnknownName
        For a kind of figures that there is not.
    """
    if of not in SHOWN:
        raise UnknownName("kind of figures", of, SHOWN)
    frames = [wide_table(one, of, *SHOWN[of]).assign(**_who(one)) for one in found.comparisons]
    columns = [*_WHO, *wide_columns(SHOWN[of][0])]
    frames = [frame for frame in frames if len(frame)]
    return pd.concat(frames, ignore_index=True)[columns] if frames else pd.DataFrame(columns=columns)


def absent_table(found: StudyAgreement, language: str) -> pd.DataFrame:
    """What of the agreement does not apply: a row per part and the reason, and the documents that are still coded blind."""
    said = agreement_words(language)
    rows = [(said[part], said["no_figure"].format(reason=REASONS[why][language])) for part, why in found.absent.items()]
    rows += [
        (document, said["waiting"].format(who=" ".join(who)))
        for document, who in found.waiting
        if document not in found.hidden
    ]
    rows += [
        (said[kind].format(who=" ".join(who), version=", ".join(read_under) or said["no_version"]),
         said["no_figure"].format(reason=REASONS["all-hidden"][language]))
        for kind, who, read_under in found.unshown
    ]  # fmt: skip
    if found.off is not None:
        rows = [(said["title"], found.off[language])]
    return pd.DataFrame(rows, columns=["what", "reason"])


def differences_of(found: StudyAgreement, code: str = "") -> pd.DataFrame:
    """The differences in turns, those of one code or of all, as a list to work through: where, who has what, settled or not.

    A row opens in the coder's comparison: ``Coder(study, row["document"], who, compare=(row["first"], row["second"]),
    at=int(row["turn"]))``.

    Parameters
    ----------
    code
        A display code or an id; "" for all.

    Raises
    ------
    UnknownName
        For a code that none of the codebook versions compared under has.
    """
    known = {one.codebook.codebook_version: one.codebook for one in found.comparisons}
    ids = {one.id for book in known.values() for one in book.codes if code in (one.id, one.display)}
    if code and not ids:
        raise UnknownName("code", code, sorted({one.display for book in known.values() for one in book.active}))
    columns = [*_WHO, *DISAGREEMENT_COLUMNS]
    frames = [one.disagreements.assign(**_who(one)) for one in found.comparisons if len(one.disagreements)]
    whole = pd.concat(frames, ignore_index=True)[columns] if frames else pd.DataFrame(columns=columns)
    # What three and more differ in stands with each two of them.
    keep = (whole["of"] == "code") & (whole["comparison"] != "all")
    if code:
        keep &= whole["code"].isin(ids)
    return whole[keep].drop(columns=["of", "id", "start", "end"]).reset_index(drop=True)


def passages_of(study: Study, found: StudyAgreement) -> dict[str, str]:
    """The words of the segments that the coders differ in, of those who may be quoted, by segment.

    As the coder marked them when she was first done. Documents that may not be shown are not among them.
    """
    units = study.units(study.documents)
    may = dict(zip(zip(units["document"], units["turn"], strict=True), units["may_quote"], strict=True))
    words = {}
    for one in found.comparisons:
        named = {
            name for side in ("first", "second") for names in one.disagreements[f"{side}_segments"] for name in names
        }
        rows = one.segments[one.segments["segment"].isin(named) & ~one.segments["document"].isin(found.hidden)]
        for segment, document, turns, quote in zip(
            *(rows[key] for key in ("segment", "document", "turns", "quote")), strict=True
        ):
            # A passage across an interviewer's or a non-consenting speaker's turn would show words nobody cleared.
            if turns and all(may.get((document, turn), False) for turn in turns):
                words[segment] = quote
    return words


def drawn(found: StudyAgreement, study: Study, language: str) -> dict[str, Figure]:
    """The figures by the name to save them under: ``agreement_pairs``, and the codes of each comparison."""
    settings = study.settings
    whole = pair_figure(found, settings, language)
    figures = {**({"agreement_pairs": whole} if whole is not None else {}), **forest_figures(found, settings, language)}
    stamp = report_words(language)["stamp_invented"] if settings.is_synthetic else ""
    return {name: stamped(figure, stamp) for name, figure in figures.items()}


def page_of(
    found: StudyAgreement, study: Study, language: str, figures: Mapping[str, bytes], *, words: bool = False
) -> str:
    """The report as one offline HTML page; with `words` also what those who may be quoted said.

    `figures` are SVG bytes of :func:`drawn`.
    """
    book = study.lineage.codebooks[-1].by_id if study.lineage.codebooks else {}
    return agreement_page(
        found,
        study.settings,
        figures,
        language,
        passages=passages_of(study, found) if words else None,
        display={name: code.display for name, code in book.items()},
    )


def save(
    found: StudyAgreement, study: Study, output: str | Path, *, language: str = "", words: bool = False
) -> tuple[Path, ...]:
    """Write ``agreement.html``, ``tables/`` (CSV) and ``figures/`` (SVG and PNG) into `output`; returns what was written.

    Everything is made before the first file is written. Tables and figures of a report that stood there before, and that
    this one has not, are removed.

    Raises
    ------
    UnknownName
        For a language that there is not.
    ForanError
        When `output` is a folder that the study reads, or its own folder, or cannot be written to.
    """
    language = language or study.settings.language
    if language not in LANGUAGES:
        raise UnknownName("language", language, LANGUAGES)
    folder = Path(output)
    for name in ("corpus", "codebooks"):
        if folder.resolve().is_relative_to((study.path / name).resolve()):
            raise ForanError(f"{folder}: not below {name}/, where every file is read as part of the study")
    if folder.resolve() == study.path.resolve():
        raise ForanError(f"{folder}: the study's own folder; name one for the report, as {folder / 'agreement'}")
    figures = drawn(found, study, language)
    files: dict[str, str | bytes] = {}
    for name, table in tables(found, language).items():
        files[f"tables/{name}.csv"] = csv_text(table)
    pictures = {name: figure_bytes(figure, "svg") for name, figure in figures.items()}
    for name, figure in figures.items():
        files[f"figures/{name}.svg"] = pictures[name]
        files[f"figures/{name}.png"] = figure_bytes(figure, "png")
    files["agreement.html"] = page_of(found, study, language, pictures, words=words)
    _check_writable(folder, files)
    for file, text in files.items():
        try:
            write_atomically(folder / file, text)
        except OSError as error:
            raise _unwritable(folder / file, error) from None
    for path in _former(folder):
        if path.relative_to(folder).as_posix() not in files:
            path.unlink(missing_ok=True)
    return tuple(folder / name for name in files)


def _check_writable(folder: Path, files: Iterable[str]) -> None:
    """Nothing, if folders stand only where folders go, and files where files go."""
    for file in files:
        path = folder / file
        if path.is_dir():
            raise ForanError(f"{path}: a folder; expected a file, or nothing, to write the report to")
        for parent in path.parents:
            if parent.exists():
                if not parent.is_dir():
                    raise ForanError(f"{parent}: a file; expected a folder to write the report into")
                break


def _unwritable(path: Path, error: OSError) -> ForanError:
    return ForanError(f"{path}: cannot be written ({error.strerror}); is it open in another program?")


def _former(folder: Path) -> list[Path]:
    """Files that a report of agreement has in a folder, by the names that this module gives."""
    patterns = [
        *(f"tables/{name}.*" for name in TABLE_NAMES),
        "figures/agreement_pairs.*",
        "figures/agreement_codes_*.*",
    ]
    kinds = (".csv", ".svg", ".png", ".xlsx")
    return sorted(
        path for pattern in patterns for path in folder.glob(pattern) if path.suffix in kinds and path.is_file()
    )


_WHO = ("comparison", "coders", "read_under")


def _who(one: Comparison) -> dict[str, str]:
    return {"comparison": one.kind, "coders": " ".join(one.coders), "read_under": " ".join(one.read_under)}
