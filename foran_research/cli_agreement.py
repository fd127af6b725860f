"""The command `foran agreement`: how far coders agree, in short on the screen, or whole as tables, figures and a page."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .cli_study import as_of_option, open_folder, study_option
from .vocabulary import LANGUAGES

if TYPE_CHECKING:
    from .analysis.study_agreement import StudyAgreement
    from .study import Study

#: Below so many replicates the bounds of an interval are told to be rough.
FEWEST_REPLICATES = 1000
_HEADING = "units\tboth\tfirst\tsecond\tpercent\talpha\tkappa\tpositive\tprevalence"
_KINDS_HEADING = "same\tpolarity\tends\tcode\tonly first\tonly second"


@click.command()
@click.argument("coders", nargs=-1, metavar="[CODER CODER …]")
@click.option(
    "--document", "--documents", "only", multiple=True, metavar="ID", help="Only this document; can be repeated."
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder for agreement.html, tables (CSV) and figures, with every coefficient and its interval.",
)
@click.option("--words", is_flag=True, help="In the page also the passages of those who may be quoted.")
@click.option(
    "--replicates", type=click.IntRange(0, 100_000), default=2000, show_default=True, help="Of the intervals."
)
@click.option("--seed", type=int, default=None, help="Of the intervals; that of the settings when left out.")
@click.option(
    "--language", type=click.Choice(LANGUAGES), default=None, help="Of the page; the study's own when left out."
)
@click.option(
    "--viewer",
    default=None,
    envvar="FORAN_CODER",
    help="Who reads: what blind double coding keeps from her is left out. FORAN_CODER when left out.",
)
@as_of_option
@study_option
def agreement(
    coders: tuple[str, ...],
    only: tuple[str, ...],
    output: Path | None,
    words: bool,
    replicates: int,
    seed: int | None,
    language: str | None,
    viewer: str | None,
    as_of: str | None,
    study: Path | None,
) -> None:
    """Print how far coders agree on what they coded of the same documents, and how many differences they have.

    Two coders or more; without any, all who share documents. With --output everything is written: each coefficient with
    its interval per code, level, polarity and facet, and each place where the coders differ.
    """
    from .errors import ForanError
    from .study import load_study

    loaded = load_study(open_folder(study, "agreement")).at(as_of)
    if loaded.settings.agreement_off is not None:
        reason = loaded.settings.agreement_off[language or loaded.settings.language]
        click.echo(f"this study gives no figures of agreement, for a stated reason: {reason}")
        if output is None:
            return
    else:
        _check_begun(loaded, coders)
        if words and output is None:
            raise ForanError("--words is for the page: name a folder with --output")
    if output is not None:
        _write(loaded, coders, only, output, words, replicates, seed, language, viewer)
    elif len(coders) == 2:
        _print_two(loaded, coders[0], coders[1], only, viewer)
    else:
        _print_all(loaded, coders, only, viewer)


def _check_begun(study: Study, coders: Sequence[str]) -> None:
    """Whoever is drawn for and has not begun is told so: an unknown name would be no help."""
    from .coding.assignment import assignments_in
    from .errors import ForanError

    begun = {name for name, _ in (*study.coded_by(), *study.done())}
    drawn = {name for one in assignments_in(study.assignments) for name in (one.coder, *one.first)}
    if waiting := [name for name in dict.fromkeys(coders) if name in drawn - begun]:
        raise ForanError(
            f"{' and '.join(waiting)} {'has' if len(waiting) == 1 else 'have'} coded nothing yet: agreement is printed when "
            "both coders have marked the documents assigned to them done"
        )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _print_two(study: Study, first: str, second: str, only: Sequence[str], viewer: str | None) -> None:
    from .agreeing import check_documents, kept_from
    from .analysis.stated import REASONS
    from .double_coding import agreement as agreement_of
    from .double_coding import redefined_since

    check_documents(study, only)
    found = agreement_of(study, first, second, only=only, withheld=kept_from(study, viewer))
    hidden = study.hidden(study.documents)
    click.echo(f"unit: an informant's turn × a code that {first} or {second} used; - stands for undefined")
    click.echo(f"document\t{_HEADING}\t{_KINDS_HEADING}")
    for one in found.documents:
        if one.document in hidden:
            continue
        click.echo(f"{one.document}\t{_figures(one.pooled)}\t" + "\t".join(str(n) for n in one.kinds.values()))
    click.echo(
        "same to only second: in the codes they were read under; on the coder's screen in those in force, without what waits"
    )
    for version in found.versions:
        read = " and ".join(version.read_under) or "no code"
        book = study.lineage[version.codebook_version]
        if hidden.issuperset(version.documents):
            click.echo(f"\nno figures of what was read under {read}: {REASONS['all-hidden']['en']}")
            continue
        click.echo(
            f"\n{_counted(len(version.documents), 'document')} read under {read}, in the codes of {book.codebook_version}"
        )
        click.echo(f"code\t{_HEADING}")
        for code in version.by_code:
            if code.units > code.neither:
                click.echo(f"{book.by_id[code.code].display}\t{_figures(code)}")
        click.echo(f"pooled\t{_figures(version.pooled)}")
        unused = sum(code.units == code.neither for code in version.by_code)
        click.echo(f"{_counted(unused, 'code')} that nobody used: undefined, and not in the pool")
        click.echo(f"valid for each code under codebook {book.codebook_version.rpartition('.')[0]} only")
        since = [f"{book.by_id[code].display} in {later}" for code, later in redefined_since(study, version)]
        if since:
            click.echo(f"redefined since, so that these figures say nothing of them there: {', '.join(since)}")
    if unlisted := len({one.document for one in found.documents} & hidden):
        click.echo(f"\n{_counted(unlisted, 'document')} that may not be shown: in the figures, and listed nowhere")
    for document, who in found.waiting.items():
        if document not in hidden:
            click.echo(f"\n{document}: {_still_blind(who)}")
    if not_blind := [one.document for one in found.documents if not one.is_blind and one.document not in hidden]:
        click.echo(f"\nnot assigned, so nothing vouches that they were coded blind: {', '.join(not_blind)}")
    if unsettled := sum(one.unsettled for one in found.documents):
        click.echo(f"{_counted(unsettled, 'segment')} wait for a person since their code was split: in no figure")


def _figures(one: Any) -> str:
    """One row of figures, in the order of the heading; what is undefined as a hyphen."""
    values = [*(one.coefficients[name].value for name in ("percent", "alpha", "kappa", "positive")), one.prevalence]
    shown = ("-" if value is None else f"{value:z.3f}" for value in values)
    return "\t".join((*map(str, (one.units, one.both, one.only_first, one.only_second)), *shown))


def _still_blind(who: Sequence[str]) -> str:
    return f"still coded blind, so nothing is told; not done: {', '.join(who)}"


def _print_all(study: Study, coders: Sequence[str], only: Sequence[str], viewer: str | None) -> None:
    """One row per comparison; codes and intervals are for --output and for two named coders."""
    from .agreeing import study_agreement

    found = study_agreement(study, coders, only=only, replicates=0, viewer=viewer)
    _print_comparisons(found)
    names = {name for one in found.comparisons for name in one.coders}
    for first, second in combinations(sorted(names), 2):
        click.echo(f"by code: foran agreement {first} {second}")
    if found.comparisons:
        click.echo("with intervals, and every place where they differ: foran agreement --output FOLDER")


def _print_comparisons(found: StudyAgreement) -> None:
    from .analysis.stated import REASONS

    if found.comparisons:
        click.echo("unit: an informant's turn × a code that one of the coders used; - stands for undefined")
        click.echo(
            "coders\tread under\tdocuments\tunits\twith the code\tpercent\tpositive\talpha\tinterval\talpha of sets (MASI)"
        )
    for one in found.comparisons:
        figures, sets = one.headline.figures, one.told[1].figures
        interval = figures.intervals.get("alpha")
        around = (
            f"{interval.low:z.3f} to {interval.high:z.3f}"
            if interval is not None and interval.low is not None and interval.high is not None
            else "-"
        )
        click.echo(
            "\t".join(
                (
                    " ".join(one.coders) + (" (one person twice)" if one.kind == "second_pass" else ""),
                    " and ".join(one.read_under) or "-",
                    *map(str, (len(one.documents), figures.units, figures.positive)),
                    *(_told(figures.coefficients.get(name)) for name in ("percent", "positive", "alpha")),
                    around,
                    _told(sets.coefficients.get("alpha_masi")),
                )
            )
        )
    if reason := found.absent.get("between"):
        click.echo(f"no figures between coders: {REASONS[reason]['en']}")
    for document, who in found.waiting:
        if document in found.hidden:
            continue
        click.echo(f"{document}: {_still_blind(who)}")
    for _, who, read_under in found.unshown:
        click.echo(f"{' '.join(who)}, read under {' and '.join(read_under) or '-'}: {REASONS['all-hidden']['en']}")
    pairs = [one for one in found.comparisons if one.kind != "second_pass"]
    if not_blind := {name for one in pairs for name in one.not_blind if name not in found.hidden}:
        click.echo(f"not assigned, so nothing vouches that they were coded blind: {', '.join(sorted(not_blind))}")


def _told(stated: Any) -> str:
    return "-" if stated is None or stated.value is None else f"{stated.value:z.3f}"


def _write(
    study: Study,
    coders: Sequence[str],
    only: Sequence[str],
    output: Path,
    words: bool,
    replicates: int,
    seed: int | None,
    language: str | None,
    viewer: str | None,
) -> None:
    from .agreeing import save, study_agreement

    # Nothing but the result where nobody looks on.
    is_hidden = not sys.stderr.isatty()
    with click.progressbar(length=1, label="agreement", file=sys.stderr, hidden=is_hidden) as bar:
        found = study_agreement(
            study, coders, only=only, replicates=replicates, seed=seed, viewer=viewer, progress=_progress(bar)
        )
    _print_comparisons(found)
    if 0 < replicates < FEWEST_REPLICATES:
        click.echo(
            f"{_counted(replicates, 'replicate')}: the bounds are rough; use {FEWEST_REPLICATES} or more to cite them"
        )
    written = save(found, study, output, language=language or "", words=words)
    if words:
        click.echo("the page holds what informants said: keep it as you keep the study")
    click.echo(f"{_counted(len(written), 'file')} written: {output / 'agreement.html'}, tables/ and figures/ beside it")


def _progress(bar: Any) -> Callable[[int, int], None]:
    def told(done: int, total: int) -> None:
        bar.length = total
        bar.update(done - bar.pos)

    return told
