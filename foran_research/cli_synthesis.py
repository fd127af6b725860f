"""`foran synthesis`: summaries of cells, propositions and verdicts written down, and the cross-case report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .cli_study import as_of_option, open_folder, study_option
from .errors import ForanError

if TYPE_CHECKING:
    from .study import Study

_coder_option = click.option("--coder", default="", envvar="FORAN_CODER", help="Who writes; FORAN_CODER when left out.")
_text_option = click.option("--text", default=None, help="The text; without it, your editor.")
_rival_option = click.option("--rival", default="", help="What else could explain it.")
_VERDICTS = ("supports", "supports_with_conditions", "contradicts", "no_evidence")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def synthesis() -> None:
    """Across cases: what each cell says, what is claimed of all, what each case says to it, and the report."""


@synthesis.command()
@click.argument("element")
@click.option("--case", default="", help="The row is a municipality …")
@click.option("--document", default="", help="… or a document …")
@click.option("--process", default="", help="… or a procurement process.")
@click.option("--milestone", default="", help="Whose codebook and coding count; the last one when left out.")
@_text_option
@_coder_option
@study_option
def summarise(
    element: str,
    case: str,
    document: str,
    process: str,
    milestone: str,
    text: str | None,
    coder: str,
    study: Path | None,
) -> None:
    """Write what the cell of ELEMENT and one row says, in your own words."""
    from .synthesising import summarise as written

    loaded = _study(study)
    made = written(
        loaded,
        _coder(coder),
        element,
        text=_said(text),
        case=case,
        document=document,
        process=process,
        milestone=milestone,
    )
    click.echo(f"{made}: written")


@synthesis.command()
@click.option("--expect", "expected", multiple=True, required=True, metavar="CASE:EXPECTATION",
              help='"TRD:same", "BGO:different because …"; once for each municipality.')  # fmt: skip
@click.option("--element", "elements", multiple=True, help="A code that it is about; can be repeated.")
@click.option("--stated-on", default="", metavar="DAY", help="When you wrote it down elsewhere, if that was earlier.")
@_rival_option
@_text_option
@_coder_option
@study_option
def propose(
    expected: Sequence[str],
    elements: Sequence[str],
    stated_on: str,
    rival: str,
    text: str | None,
    coder: str,
    study: Path | None,
) -> None:
    """Write down a proposition, and what you expect of each municipality, before you look for it."""
    from .synthesising import propose as written

    loaded = _study(study)
    told: dict[str, str] = {}
    for one in expected:
        case, colon, words = one.partition(":")
        if not colon or case.strip() in told:
            raise ForanError(f"--expect {one!r}: expected CASE:same or CASE:different because …, once for each case")
        told[case.strip()] = words
    made = written(loaded, _coder(coder), _said(text), told, elements=elements, rival=rival, stated_on=stated_on)
    click.echo(f"{made}: written")


@synthesis.command()
@click.argument("proposition")
@click.argument("case")
@click.argument("verdict", type=click.Choice(_VERDICTS))
@click.option("--evidence", multiple=True, metavar="SEGMENT", help="A coded segment; can be repeated.")
@_rival_option
@_text_option
@_coder_option
@study_option
def verdict(
    proposition: str,
    case: str,
    verdict: str,
    evidence: Sequence[str],
    rival: str,
    text: str | None,
    coder: str,
    study: Path | None,
) -> None:
    """Write down what CASE says to PROPOSITION, why, and on which coded segments that stands."""
    from .synthesising import judge

    loaded = _study(study)
    made = judge(loaded, _coder(coder), proposition, case, verdict, text=_said(text), evidence=evidence, rival=rival)
    click.echo(f"{made}: written")


@synthesis.command()
@click.argument("memo")
@_coder_option
@study_option
def withdraw(memo: str, coder: str, study: Path | None) -> None:
    """Take a summary, proposition or verdict of yours back; it stays in the log."""
    from .synthesising import withdraw as taken_back

    click.echo(f"{taken_back(_study(study), _coder(coder), memo)}: withdrawn; its earlier wording stays in the log")


@synthesis.command("list")
@click.argument("milestone", required=False, default="")
@as_of_option
@study_option
def list_propositions(milestone: str, as_of: str | None, study: Path | None) -> None:
    """List propositions with what they came to at MILESTONE, and what does not hold together."""
    from .analysis.replication import WHY
    from .report.synthesis_page import problems_told
    from .report.synthesis_words import synthesis_words
    from .synthesising import synthesis as worked_out

    made = worked_out(_study(study).at(as_of), milestone, replicates=1)
    said = synthesis_words("en")
    click.echo("proposition\toutcome\tstated\tsupporting\twhy\ttext")
    for claim in made.claims:
        outcome = claim.outcome
        facts = (
            claim.proposition.id,
            said[f"kind_{outcome.kind}"],
            (claim.proposition.stated_at[:10] or "-") + (" (told)" if claim.is_told else ""),
            f"{outcome.supporting} of {outcome.of_cases}",
            "; ".join(WHY[key]["en"] for key in outcome.why),
            "withheld" if claim.is_withheld else " ".join(claim.proposition.text.split())[:60],
        )
        click.echo("\t".join(facts))
    for line in problems_told(made, "en"):
        click.echo(line)
    click.echo(f"{len(made.claims)} proposition{'' if len(made.claims) == 1 else 's'}")


@synthesis.command()
@click.argument("milestone")
@click.option("--output", "-o", required=True, type=click.Path(path_type=Path), help="Folder to write into.")
@click.option("--words", "has_words", is_flag=True, help="With informants' words, where they may be quoted.")
@click.option("--pair", "pairs", multiple=True, nargs=2, metavar="ELEMENT ELEMENT", help="Looked for in each case.")
@click.option("--language", type=click.Choice(["nb", "en"]), default=None, help="The study's own when left out.")
@as_of_option
@study_option
def report(
    milestone: str,
    output: Path,
    has_words: bool,
    pairs: Sequence[tuple[str, str]],
    language: str | None,
    as_of: str | None,
    study: Path | None,
) -> None:
    """Write the cross-case report of MILESTONE: a page, a workbook, a Word document, figures and tables."""
    from .synthesising import save_report
    from .synthesising import synthesis as worked_out

    loaded = _study(study)
    made = worked_out(loaded.at(as_of), milestone, pairs=pairs, words=has_words)
    written = save_report(made, loaded.settings, output, language=language or "")
    for path in written:
        if path.parent == output:
            click.echo(path)
    click.echo(f"{len(written)} files; summaries may repeat informants' words: review them before you share them")


def _study(study: Path | None) -> Study:
    from .study import load_study

    return load_study(open_folder(study, "synthesis"))


def _coder(coder: str) -> str:
    if not coder:
        raise ForanError("who writes? Name the coder with --coder, or set FORAN_CODER")
    return coder


def _said(text: str | None) -> str:
    if text is not None:
        return text
    said = click.edit("", extension=".md", require_save=True)
    if said is None:
        raise ForanError("nothing was saved in the editor; nothing was written")
    return said.strip()
