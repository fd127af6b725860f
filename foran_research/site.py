"""The public site: plain files that a municipality can put on any web server, or on a memory stick.

A front page in three languages and a page for each milestone, made as review packs are, without a place to answer in and
with only what is cleared for the public. Every file is held against what may not leave the study before any is written, and
the folder is swapped in whole: nothing of an earlier site is left behind.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import ForanError, UnknownName
from .report.site_pages import front_page, own_texts
from .report.site_words import LANGUAGES, site_words
from .settings import Milestone

if TYPE_CHECKING:
    from .review.content_counts import Limits
    from .study import Study

#: What lies in the folder of a site and says that it is one: only such a folder is ever replaced.
MARK, FORMAT, SCHEMA_VERSION = "foran-site.json", "foran-site", 1
HEADERS = "headers.txt"
#: Models that give pages; status milestones stand on the timeline alone.
MODELS = ("capability", "practice", "improvement", "followup")
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')


@dataclass(frozen=True)
class MadePage:
    """The page of a milestone: its file, the pack's id and fingerprint, the passages in it, and what it tells of each."""

    milestone: str
    file: str
    pack: str
    content_sha256: str
    segments: tuple[str, ...]
    told: tuple[str, ...]
    left_out: Mapping[str, int | None]
    #: What it tells in numbers, as `review.told_before` keeps it.
    numbers: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, repr=False)
class Site:
    """A site as a value: its files by name, and what its pages hold."""

    audience: str
    language: str
    files: Mapping[str, bytes]
    pages: tuple[MadePage, ...]

    def __repr__(self) -> str:
        return f"<Site for {self.audience}: {len(self.files)} files, {len(self.pages)} milestones>"


def build_site(
    study: Study,
    milestones: Sequence[str] = (),
    *,
    audience: str = "public",
    language: str = "nb",
    names: Mapping[str, Sequence[str]] | None = None,
    machine: Sequence[str] | None = None,
    limits: Limits | None = None,
) -> Site:
    """A site of a study: the same study gives the same bytes.

    Parameters
    ----------
    milestones
        Ids of those that get a page; without any, all that have a model. The others stand on the timeline without one.
    audience
        Whom it is for, one of ``clearing.AUDIENCES``.
    language
        In which pages of milestones open, and the front page is read first: "nb", "nn" or "en".
    names, machine
        As for ``packs.build_pack``.

    Raises
    ------
    UnknownName
        For a milestone, an audience or a language that there is not.
    ForanError
        For a milestone without a model.
    LeakError
        With everything that the readers may not see, of all files at once.
    """
    from .packs import for_public, this_machine
    from .recalling import told_in
    from .review.content import content_sha256, pack_content, segments_in
    from .review.leak_check import Guard, LeakError
    from .review.page import page_html
    from .review.told_before import ToldBefore, in_order_of_time, told_file

    if language not in LANGUAGES:
        raise UnknownName("language", language, LANGUAGES)
    settings = study.settings
    chosen = _chosen(settings.milestones, milestones)
    guard = Guard.of(
        study,
        audience,
        names=names,
        machine=this_machine() if machine is None else machine,
        own=own_texts(),
        limits=limits,
    )
    hrefs = {each: "index.html" if each == language else f"index.{each}.html" for each in LANGUAGES}
    pages = {one.id: f"{one.id}.html" for one in chosen}
    texts: dict[str, str] = {}
    shown: dict[str, tuple[str, ...]] = {}
    made: dict[str, MadePage] = {}
    before = ToldBefore(study)
    for one in in_order_of_time(chosen):
        # Who reads one page reads the others: numbers of a later one are held against those of the earlier ones.
        pack = pack_content(study, one, audience=audience, language=language, limits=limits)
        pack = before.without_differences(pack, limits=limits)
        before.add(pack)
        shown[pages[one.id]], told = segments_in(pack), told_in(pack["quotes"])
        if audience == "public":
            # Ids of segments name the document and the one who coded it.
            pack = for_public(pack)
        texts[pages[one.id]] = with_way_back(page_html(pack, answers=False), hrefs)
        reasons = {str(row["reason"]): row["count"] for row in pack["left_out"]}
        made[one.id] = MadePage(
            one.id,
            pages[one.id],
            str(pack["id"]),
            content_sha256(pack),
            shown[pages[one.id]],
            told,
            reasons,
            told_file(pack)[1],
        )
    for each in LANGUAGES:
        # A page has all languages in it, and opens in that of the front page it is reached from.
        linked = {name: f"{file}?lang={each}" for name, file in pages.items()}
        texts[hrefs[each]] = front_page(settings, settings.milestones, linked, each, hrefs)
    leaks = [
        leak
        for name, text in sorted(texts.items())
        for leak in guard.check(text.encode(), name=name, shown=shown.get(name, ()))
    ]
    if leaks:
        raise LeakError("site", leaks)
    texts[HEADERS] = headers_text(texts)
    files = {name: text.encode() for name, text in sorted(texts.items())}
    files[MARK] = _mark(files)
    return Site(audience, language, files, tuple(made[one.id] for one in chosen))


def with_way_back(page: str, hrefs: Mapping[str, str]) -> str:
    """The page of a milestone with links to the front page at its top, of which that of the page's language is seen.

    Parameters
    ----------
    hrefs
        Where the front page is, by language.

    Raises
    ------
    ValueError
        When it is no page of ``review.page``.
    """
    begin = '<header id="top">'
    if page.count(begin) != 1:
        raise ValueError("not the page of a pack")
    links = " ".join(
        f'<a href="{escape(href)}" lang="{language}" hreflang="{language}">← {escape(site_words(language)["front"])}</a>'
        for language, href in hrefs.items()
    )
    return page.replace(begin, f'<nav class="way-back" aria-label="FORAN">{links}</nav>\n{begin}')


def headers_text(pages: Mapping[str, str]) -> str:
    """Headers that a web server should send with the files, as a text for whoever keeps the server.

    The pages hold the first of them themselves; only a server can say that no other site may show them in a frame.
    """
    styles: set[str] = set()
    scripts: set[str] = set()
    for page in pages.values():
        if found := _POLICY.search(page):
            for part in unescape(found[1]).split(";"):
                name, *values = part.split()
                {"style-src": styles, "script-src": scripts}.get(name, set()).update(values)
    policy = "; ".join(
        [
            "default-src 'none'",
            "img-src data:",
            f"style-src {' '.join(sorted(styles)) or chr(39) + 'none' + chr(39)}",
            f"script-src {' '.join(sorted(scripts)) or chr(39) + 'none' + chr(39)}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )
    return f"""\
# nb: Send disse hodene med alle filer i mappa. Bytt ut hele mappa når den er laget på nytt.
# en: Send these headers with every file of the folder. Replace the whole folder when it is made anew.

Content-Security-Policy: {policy}
X-Content-Type-Options: nosniff
Referrer-Policy: no-referrer
Permissions-Policy: camera=(), geolocation=(), microphone=()
Cross-Origin-Opener-Policy: same-origin
Cross-Origin-Resource-Policy: same-origin
Cache-Control: no-cache
"""


def write_site(site: Site, target: Path, *, study: Path) -> None:
    """Put a site in place of what stands in a folder, whole or not at all.

    Parameters
    ----------
    target
        A folder that is not there, is empty, or holds an earlier site and nothing else.
    study
        The study's folder: a site does not take the place of anything in it but below ``outputs/``.

    Raises
    ------
    ForanError
        For any other folder; nothing is touched then.
    """
    target = target.resolve()
    _restore(target)
    _check_target(target, study.resolve())
    target.parent.mkdir(parents=True, exist_ok=True)
    staging, old = _beside(target, "new"), _beside(target, "old")
    shutil.rmtree(staging, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)
    try:
        staging.mkdir()
        for name, data in site.files.items():
            (staging / name).write_bytes(data)
        if target.exists():
            target.rename(old)
        try:
            staging.rename(target)
        except BaseException:
            _restore(target)
            raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


def ledger_rows(study: Study, site: Site, *, by: str, on: str, today: str = "") -> list[Any]:
    """Rows of corpus/packs.csv for the pages, those that are in it already as well: a revoked quote tells of them.

    Parameters
    ----------
    by, on, today
        The coder who makes the site, the day, and the last day there can be ("" judges none as too late).

    Raises
    ------
    ForanError
        For a day before what the pages rest on, and one that has not come.
    """
    from .handing_out import day_for
    from .registers.records import PackMade

    told_of = [study.milestone(page.milestone) for page in site.pages]
    day = day_for(study, told_of, (name for page in site.pages for name in page.segments), on=on, today=today)
    return [
        PackMade(
            id=page.pack,
            on=day,
            milestone=page.milestone,
            audience=site.audience,
            language=site.language,
            file_sha256=hashlib.sha256(site.files[page.file]).hexdigest(),
            content_sha256=page.content_sha256,
            segments=page.segments,
            by=by,
            kind="site",
            told=page.told,
        )
        for page in site.pages
    ]


def publish(study: Study, site: Site, target: Path, rows: Sequence[Any], *, is_dry: bool = False) -> int:
    """Record the pages of a site and put it in its folder, in this order: no page is about that the register has not.

    Parameters
    ----------
    rows
        As :func:`ledger_rows` gives them.

    Returns
    -------
    int
        How many of the pages are new in the register, or would be.

    Raises
    ------
    ForanError
        As :func:`write_site`, before anything is recorded; and when somebody has revoked or changed meanwhile what a page
        tells.
    StudyError
        When the register has faults, or would have; nothing is written then.
    """
    from .handing_out import check_rows, handing_out
    from .review.told_before import keep_numbers

    _check_target(target.resolve(), study.path.resolve())
    new = check_rows(study, rows)
    if not is_dry:
        with handing_out(study, rows) as record:
            for page in site.pages:
                keep_numbers(study.path, page.pack, page.numbers)
            record()
            write_site(site, target, study=study.path)
    return len(new)


# Pieces


def _chosen(known: Sequence[Milestone], wanted: Sequence[str]) -> list[Milestone]:
    by_id = {one.id: one for one in known}
    for name in wanted:
        if name not in by_id:
            raise UnknownName("milestone", name, tuple(by_id))
        if by_id[name].model not in MODELS:
            raise ForanError(f"{name} has no model, and so no page of its own; it stands on the timeline")
    return [one for one in known if (one.id in wanted if wanted else one.model in MODELS)]


def _mark(files: Mapping[str, bytes]) -> bytes:
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    value = {"format": FORMAT, "schema_version": SCHEMA_VERSION, "files": hashes}
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _beside(target: Path, what: str) -> Path:
    return target.with_name(f".{target.name}.{what}")


def _restore(target: Path) -> None:
    """Put the earlier site back where a swap was stopped between its two steps."""
    old = _beside(target, "old")
    if old.exists() and not target.exists():
        old.rename(target)


def _check_target(target: Path, study: Path) -> None:
    outputs = study / "outputs"
    if target in (study, outputs, *study.parents) or (study in target.parents and outputs not in target.parents):
        raise ForanError("a site cannot take the place of the study or of a part of it; choose a folder of its own")
    if not target.exists():
        return
    if not target.is_dir():
        raise ForanError(f"{target.name} is a file; a site needs a folder of its own")
    there = {path.relative_to(target).as_posix() for path in target.rglob("*")}
    if not there:
        return
    if MARK not in there:
        raise ForanError(f"{target.name} holds files and no earlier site; choose an empty or a new folder")
    try:
        listed = set(json.loads((target / MARK).read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ForanError(f"{target.name}/{MARK} cannot be read; choose an empty or a new folder") from error
    if others := sorted(there - listed - {MARK}):
        raise ForanError(
            f"{target.name} holds {len(others)} file{'' if len(others) == 1 else 's'} beside the earlier site "
            f"({', '.join(others[:4])}); move them away, or choose another folder"
        )
