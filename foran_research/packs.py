"""Review packs of a study: made, looked through for what may not leave, printed, written and recorded.

A pack is one HTML file for those who take part in a study. Before anything is written, the file is searched as a whole
(``review.leak_check``); what is written is in ``corpus/packs.csv`` by its fingerprints, its passages and what it told of
them, so that it can be called back when that may be told no more.
"""

from __future__ import annotations

import copy
import getpass
import hashlib
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .errors import ForanError
from .handing_out import Staged, check_rows, day_for, handing_out
from .recalling import packs_to_recall, told_in
from .registers.records import PackMade
from .review import printing
from .review.content import content_sha256, pack_content, segments_in
from .review.content_counts import Limits
from .review.leak_check import Guard, LeakError
from .review.page import page_html
from .review.told_before import ToldBefore, keep_told
from .settings import Milestone
from .study import Study
from .unfinished import FOLDER

__all__ = ["Built", "Listed", "build_pack", "for_public", "listed", "pack_path", "this_machine"]

#: What a study keeps for itself: a pack goes nowhere below.
_OWN_FOLDERS = ("corpus", "codebooks", "notebooks", ".git")
_MARK = b'"foran-review-pack"'


@dataclass(frozen=True)
class Built:
    """A pack that was made, or would be.

    Attributes
    ----------
    pack
        What it says, as ``review/pack.schema.json`` has it.
    page, pdf
        The bytes of the HTML file, and of the PDF (empty when none was asked for).
    path, pdf_path
        Where they lie; `pdf_path` is None without a PDF.
    row
        What the register of packs has of it.
    is_recorded
        Whether `row` was added now; a pack that is in the register already is not added again.
    is_written
        Whether files were written.
    removed
        The print of an earlier pack that lay beside and is gone: it may quote what this one does not.
    beside
        A PDF beside it that no pack was printed to; it was left as it is.
    """

    pack: Mapping[str, Any] = field(repr=False)
    page: bytes = field(repr=False)
    pdf: bytes = field(repr=False)
    path: Path
    pdf_path: Path | None
    row: PackMade
    is_recorded: bool = False
    is_written: bool = False
    removed: Path | None = None
    beside: Path | None = None


def build_pack(
    study: Study,
    milestone: Milestone,
    *,
    on: str,
    today: str = "",
    audience: str = "workshop",
    arena: str = "",
    language: str = "",
    coding: str = "human",
    limits: Limits | None = None,
    by: str = "",
    output: Path | None = None,
    with_pdf: bool = False,
    is_dry: bool = False,
    names: Mapping[str, Sequence[str]] | None = None,
    machine: Sequence[str] | None = None,
    browser: str = "",
) -> Built:
    """Make the review pack of a milestone, search it, write it, and record it.

    Parameters
    ----------
    study
        The study, loaded now: clearances and consents count as they are in it.
    milestone
        One with a model; see ``review.content.pack_content``, also for `audience`, `arena`, `language` (the study's own
        when empty), `coding` and `limits`.
    on
        The day, YYYY-MM-DD; the register has it, and a PDF says it. Not before what the pack rests on: the milestone's
        cut-off, and the last step of every passage it quotes.
    today
        The last day there can be; "" judges none as too late.
    by
        Who makes it, a coder's id, or "".
    output
        The HTML file; :func:`pack_path`'s without. A PDF lies beside it.
    with_pdf
        Whether to print it as well, by a browser that is installed here (`browser`, or the first that is found).
    is_dry
        Whether to do everything but write.
    names
        The key's names by pseudonym, when the key is open: they may not stand in the pack.
    machine
        Names of the user and the machine, which may not stand in it either; :func:`this_machine`'s without.

    Returns
    -------
    Built
        The same study, day and options give the same bytes; of a PDF as far as ``review.printing`` says.

    Raises
    ------
    LeakError
        With everything that these readers may not see; nothing is written then.
    ForanError
        When there is nothing to review, the day cannot be, a place is taken or among the study's own files, no browser is
        found, somebody has revoked or changed meanwhile what the pack tells, or the disk refuses; nothing is written then.
    StudyError
        When the register has faults, or would have with this pack.
    """
    path = (output or pack_path(study, milestone, audience, arena, language)).absolute()
    _check_place(path, study.path)
    pack = pack_content(
        study,
        milestone,
        audience=audience,
        arena=arena,
        language=language or study.settings.language,
        coding=coding,
        limits=limits,
    )
    pack = ToldBefore(study).without_differences(pack, limits=limits, coding=coding)
    segments, told = segments_in(pack), told_in(pack["quotes"])
    day = day_for(study, [milestone], segments, on=on, today=today)
    if audience == "public":
        pack = for_public(pack)
    page = page_html(pack).encode("utf-8")
    guard = Guard.of(
        study, audience, names=names, machine=this_machine() if machine is None else machine, limits=limits
    )
    if leaks := guard.check(page, shown=segments):
        raise LeakError(path.name, leaks)
    pdf = b""
    if with_pdf:
        pdf = printing.to_pdf(page, day=day, browser=browser)
        if leaks := guard.check(pdf, shown=segments, made=[str(pack["id"])]):
            raise LeakError(path.with_suffix(".pdf").name, leaks)
    row = PackMade(
        id=str(pack["id"]),
        on=day,
        milestone=milestone.id,
        audience=audience,
        arena=arena,
        language=str(pack["language"]),
        file_sha256=hashlib.sha256(page).hexdigest(),
        content_sha256=content_sha256(pack),
        segments=segments,
        by=by,
        kind="pack",
        told=told,
    )
    pdf_path = path.with_suffix(".pdf") if with_pdf else None
    removed, beside = _beside(path.with_suffix(".pdf"), row.id, is_printed=with_pdf)
    built = Built(pack, page, pdf, path, pdf_path, row, removed=removed, beside=beside)
    check_rows(study, [row])
    if is_dry:
        return built
    return replace(built, is_recorded=_write(study, built), is_written=True)


def pack_path(study: Study, milestone: Milestone, audience: str, arena: str = "", language: str = "") -> Path:
    """Where a pack lies when nobody says otherwise: ``outputs/review/M5-workshop.html``.

    Beside the milestones and not in their folders, which a new run replaces whole. An arena, and a language that is not
    the study's own, are in the name: one pack does not take the place of another.
    """
    own = "" if language in ("", study.settings.language) else language
    name = "-".join(part for part in (milestone.id, audience, arena, own) if part)
    return study.path / FOLDER / f"{name}.html"


def for_public(pack: Mapping[str, Any]) -> dict[str, Any]:
    """A pack in which quotes are numbered as they come (q0001 …): the id of a segment names its document and its coder.

    Which passage a number stands for is in ``PackMade.segments``, in the same order.

    Parameters
    ----------
    pack
        As ``pack.schema.json`` says.

    Returns
    -------
    dict
        A new value with an id of its own.

    Examples
    --------
    >>> pack = {"id": "M5-public-0", "milestone": {"id": "M5"}, "audience": "public", "elements": [], "claims": [],
    ...         "questions": [{"about": {"kind": "quote", "id": "BGO-I01.K1.s0018"}}], "quotes": [{"id": "BGO-I01.K1.s0018"}]}
    >>> made = for_public(pack)
    >>> made["quotes"], made["questions"][0]["about"]["id"], pack["quotes"][0]["id"]
    ([{'id': 'q0001'}], 'q0001', 'BGO-I01.K1.s0018')
    """
    made: dict[str, Any] = copy.deepcopy(dict(pack))
    numbers = {str(quote["id"]): f"q{place:04}" for place, quote in enumerate(made["quotes"], 1)}
    for quote in made["quotes"]:
        quote["id"] = numbers[quote["id"]]
    for element in made["elements"]:
        for layer in ("promoting", "inhibiting"):
            element[layer] = [numbers[one] for one in element[layer]]
    for claim in made["claims"]:
        claim["quotes"] = [numbers[one] for one in claim["quotes"]]
    for question in made["questions"]:
        about = question["about"]
        if about and about["kind"] == "quote":
            about["id"] = numbers[about["id"]]
    made["id"] = f"{made['milestone']['id']}-{made['audience']}-{content_sha256(made)[:12]}"
    return made


def this_machine() -> tuple[str, ...]:
    """The names of the user and the machine, which may stand in nothing that leaves a study."""
    names = {platform.node(), platform.node().split(".")[0], Path.home().name}
    try:
        names.add(getpass.getuser())
    except (KeyError, OSError, ImportError):
        # A user without a name, as in containers.
        names.add(os.environ.get("USER", ""))
    return tuple(sorted(name for name in names if name))


# What was made


@dataclass(frozen=True)
class Listed:
    """A row of the register, the passages in it that may not be shown so any more, and where its file lies in outputs.

    `recalled` are all of which nobody can know, in a row from before fingerprints were kept.
    """

    row: PackMade
    recalled: tuple[str, ...] = ()
    places: tuple[Path, ...] = ()

    @property
    def is_recalled(self) -> bool:
        """Whether it is to be called back."""
        return bool(self.recalled)


def listed(study: Study) -> tuple[Listed, ...]:
    """Everything that was made, oldest first, with what must be called back of it as things stand now.

    What was taken out of the register is listed as well: copies may be about.
    """
    gone = packs_to_recall(study)
    rows = {(row.id, row.file_sha256): row for row in study.registers.packs if row.file_sha256}
    ordered = sorted(rows.values(), key=lambda row: row.on)
    lying: dict[str, list[Path]] = {}
    for path in sorted((study.path / "outputs").glob("*/*.html")) if rows else ():
        lying.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), []).append(path)
    return tuple(
        Listed(row, gone.get((row.id, row.file_sha256), ()), tuple(lying.get(row.file_sha256, ()))) for row in ordered
    )


# Places


def _check_place(path: Path, study: Path) -> None:
    """Refuse a file among the study's own, and one that is there and is no pack."""
    # On some disks names that differ in case are one file.
    place, home = (Path(str(one.resolve()).casefold()) for one in (path, study))
    if any(place.is_relative_to(home / own) for own in _OWN_FOLDERS):
        raise ForanError(f"{path} lies among the study's own files: give a path elsewhere; nothing was written")
    if path.suffix.lower() not in (".html", ".htm"):
        raise ForanError(f"{path.name} is no name of a page: let it end with .html; nothing was written")
    if path.is_dir() or path.is_symlink() or (path.exists() and _MARK not in path.read_bytes()):
        raise ForanError(f"{path} is there already and is no review pack: give another name; nothing was written")
    paper = path.with_suffix(".pdf")
    if paper.is_dir() or paper.is_symlink():
        raise ForanError(f"{paper} is there already and is no file; nothing was written")


def _beside(paper: Path, name: str, *, is_printed: bool) -> tuple[Path | None, Path | None]:
    """The PDF beside a pack, as what is to be removed and as what is nobody's: it may be the print of an earlier one."""
    if not paper.exists():
        return None, None
    packs = printing.packs_in(paper.read_bytes())
    if is_printed:
        if not packs:
            raise ForanError(f"{paper} is there already and is no print of a pack; nothing was written")
        return None, None
    is_current = any(name.endswith(end) for end in packs)
    return (None if is_current else paper, None) if packs else (None, paper)


def _write(study: Study, built: Built) -> bool:
    """Write the files, and before they get their names the row: no pack is about that the register has not.

    Cut off in between, the register has a pack that nobody got: it is told of when a pack is called back, no more.
    """
    files = [(built.path, built.page), *([(built.pdf_path, built.pdf)] if built.pdf_path else [])]
    with handing_out(study, [built.row], [path for path, _ in files]) as record, Staged(files) as staged:
        # Without its row nobody asks for it; with its row and without it, it would count as having told everything.
        keep_told(study.path, built.pack)
        is_new = record()
        if built.removed is not None:
            built.removed.unlink(missing_ok=True)
        staged.put_in_place(is_recorded=is_new)
    return is_new


def told_left_out(pack: Mapping[str, Any], language: str = "en") -> Iterator[str]:
    """What a pack leaves out and why, a line each; a number that may not be told is told as that."""
    for row in pack["left_out"]:
        count = "not told how many" if row["count"] is None else str(row["count"])
        yield f"{count}: {row['what'].get(language) or row['what']['nb']}"
