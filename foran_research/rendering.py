"""Executed notebooks of a milestone as one page and as slides, for readers without Python: code folded, nothing fetched.

What a notebook put out is taken apart and put together anew of tags that are known, so that nothing in it can run or ask
the network. Every part is held against what its readers may see; one that holds more is left out, and the page says so.
"""

from __future__ import annotations

import ast
import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import ForanError, UnknownName
from .report.site_pages import Chapter, Part, notebooks_page, own_texts, slides_page
from .report.site_tables import Cell, Table, cells_to_mask, small_numbers, small_numbers_in_text
from .report.site_words import LANGUAGES, site_words
from .settings import Milestone

if TYPE_CHECKING:
    from .registers.records import PackMade
    from .review.content_counts import Limits
    from .review.leak_check import Leak
    from .study import Study

#: Why a part is left out; each is a word of the pages, "left_out_" before it.
REASONS = ("text", "number", "machine", "form", "error")
#: Why a table stands with nothing but the names of its rows and columns.
MASKED = "masked"
_REASON_OF: Mapping[str, str] = {
    "small_number": "number",
    "path": "machine",
    "link": "machine",
    "machine": "machine",
    "metadata": "machine",
    "unreadable": "machine",
}
#: What a notebook says of itself when it is not to be handed on as it is.
_INTERNAL = re.compile(r"(?i)til internt bruk|for internal use")
_TAGS = frozenset(
    "p div span b i em strong small sub sup code kbd pre br hr ul ol li dl dt dd blockquote table caption thead tbody tfoot "
    "tr th td h2 h3 h4 h5 h6 figure figcaption".split()
)
_EMPTY = frozenset(["br", "hr"])
#: Left out with all that stands in them.
_DROPPED = frozenset(
    "script style template iframe object embed svg math form select textarea button noscript head".split()
)
_LANGUAGE = re.compile(r"^language(?:\s*:\s*str)?\s*=\s*[\"'](\w+)[\"']", re.MULTILINE)
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/svg+xml")
#: More of a table or a text than anybody reads on a page.
_MOST_TEXT = 200_000


@dataclass(frozen=True)
class LeftOut:
    """A part that the page leaves out: which cell of which notebook, and why (one of ``REASONS``).

    ``MASKED`` is said of a part whose tables stand there with nothing but the names of their rows and columns.
    """

    notebook: str
    cell: int
    reason: str
    leaks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rendered:
    """The page and the slides of a milestone's notebooks, and what is not in them."""

    page: str
    slides: str
    left_out: tuple[LeftOut, ...]
    language: str


@dataclass(frozen=True)
class _Piece:
    """A part before it is judged: what would be shown, and all that a program could read in what it was made of."""

    kind: str
    html: str
    raw: str
    cell: int
    reason: str = ""
    is_masked: bool = False


def render_notebooks(
    study: Study,
    milestone: Milestone,
    notebooks: Mapping[str, Any],
    *,
    audience: str = "co_researchers",
    language: str = "",
    names: Mapping[str, Sequence[str]] | None = None,
    machine: Sequence[str] | None = None,
    limits: Limits | None = None,
) -> Rendered:
    """Executed notebooks as one page and as slides.

    Parameters
    ----------
    notebooks
        By file name, in the order in which they are read, as ``nbformat.read`` gives them.
    audience
        Who reads it, one of ``clearing.AUDIENCES``: words that are not cleared for them are left out.
    language
        Of the page's own words; without one that of the first notebook's parameters, else the study's.
    names, machine
        As for ``packs.build_pack``.
    limits
        The fewest persons and documents that a number of a table may stand for; with one of each, nothing is held back
        for being small, nor for being in a notebook that says it is for internal use.

    Raises
    ------
    LeakError
        When the page as a whole holds what its readers may not see though no part of it does; this is to be looked at by
        a person.
    UnknownName
        For a language or an audience that there is not.
    """
    from .packs import this_machine
    from .review.leak_check import Guard, LeakError

    if language and language not in LANGUAGES:
        raise UnknownName("language", language, LANGUAGES)
    language = language or language_of(notebooks.values()) or study.settings.language
    guard = Guard.of(
        study,
        audience,
        names=names,
        machine=this_machine() if machine is None else machine,
        own=own_texts(),
        limits=limits,
    )
    words = site_words(language)
    chapters: list[Chapter] = []
    left_out: list[LeftOut] = []
    for place, (name, notebook) in enumerate(notebooks.items(), 1):
        pieces = _pieces(notebook, words, persons=guard.limits.persons, documents=guard.limits.documents)
        held_back = _held_back(pieces, lambda text: guard.check(text.encode("utf-8", "replace")))
        parts = []
        for number, piece in enumerate(pieces):
            leaks = held_back.get(number, ())
            reason = piece.reason or (_reason(leaks) if leaks else "")
            if reason:
                left_out.append(LeftOut(name, piece.cell, reason, tuple(sorted({leak.kind for leak in leaks}))))
                parts.append(Part("left-out", _told_left_out(reason, words)))
            else:
                if piece.is_masked:
                    left_out.append(LeftOut(name, piece.cell, MASKED))
                parts.append(Part(piece.kind, piece.html + (f"<p>{words['masked']}</p>" if piece.is_masked else "")))
        title = _title_of(parts) or Path(name).stem
        chapters.append(Chapter(title, f"n{place}", tuple(parts)))
    made = [
        draw(study.settings, milestone, chapters, language, len(left_out)) for draw in (notebooks_page, slides_page)
    ]
    in_whole = [
        leak
        for page, what in zip(made, ("page", "slides"), strict=True)
        for leak in guard.check(page.encode(), name=what)
    ]
    if in_whole:
        raise LeakError(f"notebooks of {milestone.id}", in_whole)
    return Rendered(made[0], made[1], tuple(left_out), language)


def render_milestone(
    study: Study,
    milestone: Milestone,
    *,
    on: str,
    today: str = "",
    by: str = "",
    folder: Path | None = None,
    audience: str = "co_researchers",
    language: str = "",
    names: Mapping[str, Sequence[str]] | None = None,
    machine: Sequence[str] | None = None,
    limits: Limits | None = None,
    is_dry: bool = False,
) -> tuple[tuple[Path, Path], Rendered]:
    """The notebooks that a run of a milestone left in outputs/, written as page and slides; see :func:`render_notebooks`.

    Both are recorded in corpus/packs.csv with the cleared passages that stand in them, so that a revoked one tells of them.

    Parameters
    ----------
    on, today, by
        The day they are made, the last day there can be ("" judges none as too late), and the coder who makes them.
    folder
        Where the two files go; without it ``outputs/review``.
    is_dry
        Check everything and write nothing.

    Raises
    ------
    ForanError
        When there is no run of the milestone, a notebook of it cannot be read, the day cannot be, or somebody has revoked
        meanwhile what stands in them; nothing is written then.
    """
    import nbformat

    from .handing_out import Staged, check_rows, handing_out

    home = study.path / "outputs" / milestone.id / "notebooks"
    order = {name: place for place, name in enumerate(milestone.notebooks)}
    paths = sorted(
        (path for path in home.glob("*.ipynb") if not path.name.startswith(".")),
        key=lambda path: (order.get(path.name, len(order)), path.name),
    )
    if not paths:
        raise ForanError(f"outputs/{milestone.id} has no executed notebooks; make them with `foran run {milestone.id}`")
    notebooks = {}
    for path in paths:
        try:
            notebooks[path.name] = nbformat.read(path, as_version=4)
        except (OSError, ValueError, nbformat.ValidationError) as error:
            raise ForanError(f"outputs/{milestone.id}/notebooks/{path.name} cannot be read as a notebook") from error
    made = render_notebooks(
        study, milestone, notebooks, audience=audience, language=language, names=names, machine=machine, limits=limits
    )
    target = folder or study.path / "outputs" / "review"
    files = (target / f"{milestone.id}-notebooks.html", target / f"{milestone.id}-slides.html")
    texts = (made.page, made.slides)
    rows = [
        _row(study, milestone, kind, text, audience=audience, language=made.language, on=on, today=today, by=by)
        for kind, text in zip(("notebooks", "slides"), texts, strict=True)
    ]
    if is_dry:
        check_rows(study, rows)
        return files, made
    data = [(path, text.encode()) for path, text in zip(files, texts, strict=True)]
    with handing_out(study, rows, files) as record, Staged(data) as staged:
        staged.put_in_place(is_recorded=record())
    return files, made


def _row(
    study: Study,
    milestone: Milestone,
    kind: str,
    text: str,
    *,
    audience: str,
    language: str,
    on: str,
    today: str,
    by: str,
) -> PackMade:
    """What the register of packs has of a page or of slides."""
    from .clearing import cleared_for
    from .handing_out import day_for
    from .recalling import standing_in, told_now
    from .registers.records import PackMade

    segments = standing_in(text, cleared_for(study, audience))
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return PackMade(
        id=f"{milestone.id}-{kind}-{sha256[:12]}",
        on=day_for(study, [milestone], segments, on=on, today=today),
        milestone=milestone.id,
        audience=audience,
        language=language,
        file_sha256=sha256,
        content_sha256=sha256,
        segments=segments,
        by=by,
        kind=kind,
        told=told_now(study, audience, segments),
    )


def language_of(notebooks: Iterable[Any]) -> str:
    """The language that the parameters of the first notebook name, the last cell that names one; "" for none."""
    for notebook in notebooks:
        found = ""
        for cell in notebook.cells:
            tags = cell.get("metadata", {}).get("tags", ())
            if {"parameters", "injected-parameters"} & set(tags) and (named := _LANGUAGE.search(cell.source)):
                found = named[1]
        if found:
            return found if found in LANGUAGES else ""
    return ""


# What is judged


def _pieces(notebook: Any, words: Mapping[str, str], *, persons: int, documents: int) -> list[_Piece]:
    found: list[_Piece] = []
    # With no number too small to be told, what is for internal use is shown as well.
    is_internal = persons > 1 and _is_internal(notebook)
    heading = ""
    seen: dict[str, int] = {}
    for number, cell in enumerate(notebook.cells, 1):
        source = str(cell.source)
        if not source.strip():
            continue
        if cell.cell_type == "markdown":
            html, tables = _markdown(source)
            heading = _last_heading(html) or heading
            found.append(_judged_tables(_Piece("text", html, source, number), tables, persons, documents))
        elif cell.cell_type == "code":
            code = f"<details><summary>{words['show_code']}</summary><pre><code>{escape(source)}</code></pre></details>"
            found.append(_Piece("code", code, source, number))
            for output in cell.get("outputs", ()):
                piece = _output(output, number, heading, words, seen, persons=persons, documents=documents)
                if piece is not None:
                    is_held = is_internal and not piece.reason
                    found.append(_Piece(piece.kind, piece.html, piece.raw, number, "number") if is_held else piece)
    return found


def _output(
    output: Mapping[str, Any],
    cell: int,
    heading: str,
    words: Mapping[str, str],
    seen: dict[str, int],
    *,
    persons: int,
    documents: int,
) -> _Piece | None:
    """One output as it would be shown; None for one that shows nothing."""

    def named(what: str) -> str:
        # Several tables below one heading are told apart by a number.
        name = f"{words[what]}: {heading}" if heading else words[what]
        seen[name] = seen.get(name, 0) + 1
        return f"{name} ({seen[name]})" if seen[name] > 1 else name

    if output["output_type"] == "error":
        return _Piece("output", "", "", cell, "error")
    if output["output_type"] == "stream":
        text = _text(output.get("text"))
        # What programs warn of is of no use to readers, and tells of the machine.
        return _plain(text, cell, persons, documents) if text.strip() and output.get("name") != "stderr" else None
    data = output.get("data", {})
    if any(kind.startswith("application/vnd.jupyter.widget") for kind in data):
        return _Piece("output", "", "", cell, "form")
    for kind in _PICTURES:
        if kind in data:
            return _picture(kind, _text(data[kind]), cell, named("figure"))
    if "text/html" in data:
        raw = _text(data["text/html"])
        html, tables = clean_html(raw, lambda: named("table"))
        if not html.strip():
            return None
        piece = _Piece("output", html, html + " " + _without_style(raw), cell)
        return _judged_tables(piece, tables, persons, documents)
    if "text/markdown" in data:
        text = _text(data["text/markdown"])
        html, tables = _markdown(text)
        return _judged_tables(_Piece("output", html, text, cell), tables, persons, documents)
    if "text/plain" in data:
        raw = _text(data["text/plain"])
        facts = _facts(raw)
        if not facts:
            return _plain(raw, cell, persons, documents)
        html, tables = clean_html(facts, lambda: named("table"))
        return _judged_tables(_Piece("output", html, html + " " + raw, cell), tables, persons, documents)
    return _Piece("output", "", "", cell, "form") if data else None


def _is_small(tables: Iterable[Table], persons: int, documents: int) -> bool:
    return any(small_numbers(table, persons=persons, documents=documents) for table in tables)


def _judged_tables(piece: _Piece, tables: Sequence[Table], persons: int, documents: int) -> _Piece:
    """The part as it is, with tables that hold a small number emptied, or left out where these are not understood."""
    if not _is_small(tables, persons, documents):
        return piece
    places = [
        cells_to_mask(table) if _is_small([table], persons, documents) else frozenset[tuple[int, int]]()
        for table in tables
    ]
    masker = _Masker(places)
    masker.feed(piece.html)
    masker.close()
    html = "".join(masker.out)
    # What is not put together as it was understood is not shown.
    wanted = [_texts_without(table, held) for table, held in zip(tables, places, strict=True)]
    if (
        not any(table.is_odd for table in tables)
        and [_texts_without(table, frozenset()) for table in clean_html(html, lambda: "")[1]] == wanted
    ):
        return replace(piece, html=html, is_masked=True)
    return replace(piece, reason="number")


def _texts_without(table: Table, places: Collection[tuple[int, int]]) -> list[list[str]]:
    return [
        ["–" if (at, number) in places else cell.text for number, cell in enumerate(row)]
        for at, row in enumerate(table.rows)
    ]


def _facts(text: str) -> str:
    """A dictionary of single values that a cell has put out, as rows of a table; "" for any other text."""
    try:
        found = ast.literal_eval(text.strip()) if text.strip().startswith("{") else None
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return ""
    if not isinstance(found, dict) or not found:
        return ""
    if not all(isinstance(one, str | int | float | bool | None) for pair in found.items() for one in pair):
        return ""
    rows = "".join(
        f'<tr><th scope="row">{escape(str(name))}</th><td>{escape("–" if value is None else str(value))}</td></tr>'
        for name, value in found.items()
    )
    return f"<table><tbody>{rows}</tbody></table>"


def _plain(text: str, cell: int, persons: int, documents: int) -> _Piece:
    text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text).strip("\n")[:_MOST_TEXT]
    is_small = small_numbers_in_text(text, persons=persons, documents=documents)
    return _Piece("output", f"<pre>{escape(text)}</pre>", text, cell, "number" if is_small else "")


def _picture(kind: str, text: str, cell: int, name: str) -> _Piece:
    if kind == "image/svg+xml":
        svg = clean_svg(text)
        if svg is None:
            return _Piece("output", "", "", cell, "machine")
        data = base64.b64encode(svg.encode()).decode("ascii")
        # A picture's own texts are read as text: they are not told from numbers once they are packed.
        raw = "\n".join(_svg_texts(text))
    else:
        data = "".join(text.split())
        try:
            base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError):
            return _Piece("output", "", "", cell, "machine")
        raw = data
    return _Piece(
        "output",
        f'<figure><img class="picture" alt="{escape(name)}" src="data:{kind};base64,{data}"></figure>',
        raw,
        cell,
    )


def _svg_texts(text: str) -> list[str]:
    """What stands in a picture to be read, in comments as well: drawn letters are named there."""
    kept = re.sub(r"<metadata\b.*?</metadata>|<style\b.*?</style>|<!DOCTYPE.*?>", " ", text, flags=re.DOTALL)
    attributes = re.findall(r"(?:aria-label|title|desc|alt|id)=\"([^\"]*)\"", kept)
    comments = re.findall(r"<!--(.*?)-->", kept, flags=re.DOTALL)
    bare = re.sub(r"<[^<>]*>", " ", re.sub(r"<!--.*?-->", " ", kept, flags=re.DOTALL))
    return [*attributes, *comments, bare]


def _held_back(pieces: Sequence[_Piece], leaks_of: Callable[[str], Sequence[Leak]]) -> dict[int, tuple[Leak, ...]]:
    """By place, the leaks of pieces that hold any. Many are looked at together, since most hold none."""
    found: dict[int, tuple[Leak, ...]] = {}

    def look(places: Sequence[int]) -> None:
        text = "\n".join(_judged(pieces[place]) for place in places)
        leaks = leaks_of(text) if text.strip() else ()
        if not leaks:
            return
        if len(places) == 1:
            found[places[0]] = tuple(leaks)
            return
        half = len(places) // 2
        look(places[:half])
        look(places[half:])

    wanted = [place for place, piece in enumerate(pieces) if not piece.reason]
    if wanted:
        look(wanted)
    return found


def _judged(piece: _Piece) -> str:
    # Both as it would be shown and as it was: letters that a browser joins, and words in what is taken away.
    return f"<div>{piece.html}</div>\n<pre>{escape(piece.raw)}</pre>"


def _reason(leaks: Iterable[Leak]) -> str:
    reasons = {_REASON_OF.get(leak.kind, "text") for leak in leaks}
    return next(reason for reason in REASONS if reason in reasons)


def _told_left_out(reason: str, words: Mapping[str, str]) -> str:
    return f"<p><strong>{words['left_out']}:</strong> {words[f'left_out_{reason}']}</p>"


def _is_internal(notebook: Any) -> bool:
    return any(cell.cell_type == "markdown" and _INTERNAL.search(cell.source) for cell in notebook.cells)


# HTML that is safe


def markdown_html(text: str) -> str:
    """CommonMark with tables as HTML, headings one level lower; HTML in it is shown as text, links and pictures as words.

    Examples
    --------
    >>> markdown_html("# Å se <b>etter</b>")
    '<h2>Å se &lt;b&gt;etter&lt;/b&gt;</h2>'
    """
    return _markdown(text)[0]


def _markdown(text: str) -> tuple[str, list[Table]]:
    from markdown_it import MarkdownIt

    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    html = re.sub(r"<(/?)h([1-6])>", lambda found: f"<{found[1]}h{min(int(found[2]) + 1, 6)}>", html)
    cleaned, tables = clean_html(html, lambda: "")
    return cleaned.strip(), tables


def clean_html(html: str, name_of_table: Callable[[], str]) -> tuple[str, list[Table]]:
    """HTML put together anew of known tags without links, styles, scripts or anything that could fetch.

    Parameters
    ----------
    name_of_table
        Called for each table: what it is called for those who cannot see it.

    Returns
    -------
    tuple
        The HTML, every tag closed, and what its tables hold.
    """
    cleaner = _Cleaner(name_of_table)
    cleaner.feed(html)
    cleaner.close()
    return cleaner.finished(), cleaner.tables


class _Cleaner(HTMLParser):
    def __init__(self, name_of_table: Callable[[], str]) -> None:
        super().__init__(convert_charrefs=True)
        self.name_of_table = name_of_table
        self.out: list[str] = []
        self.open: list[str] = []
        self.dropped = 0
        self.tables: list[Table] = []
        self.row: list[Cell] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            self.dropped += 1
        if self.dropped:
            return
        tag = {"h1": "h2"}.get(tag, tag)
        given = {name: value or "" for name, value in attrs}
        if tag == "img" and given.get("alt"):
            self.handle_data(given["alt"])
        if tag not in _TAGS:
            return
        if tag in _EMPTY:
            self.out.append(f"<{tag}>")
            return
        if tag == "table":
            name = self.name_of_table()
            label = f' role="region" aria-label="{escape(name)}"' if name else ""
            self.out.append(f'<div class="scroll" tabindex="0"{label}>')
            self.tables.append(Table(is_odd="table" in self.open))
        if tag == "tr":
            self.row = []
        if tag in ("td", "th") and self.row is not None:
            over, down = (
                int(given.get(name) or 1) if given.get(name, "1").isdecimal() else 1 for name in ("colspan", "rowspan")
            )
            self.row.append(Cell("", tag == "th", over, down))
        self.open.append(tag)
        self.out.append(f"<{tag}{self._attributes(tag, given)}>")

    def _attributes(self, tag: str, given: Mapping[str, str]) -> str:
        kept = [
            f' {name}="{int(given[name])}"'
            for name in ("colspan", "rowspan")
            if tag in ("td", "th") and re.fullmatch(r"[0-9]{1,4}", given.get(name, ""))
        ]
        if tag == "th":
            kept.append(' scope="col"' if "thead" in self.open else ' scope="row"')
        if re.fullmatch(r"[a-z]{2}", given.get("lang", "")):
            kept.append(f' lang="{given["lang"]}"')
        return "".join(kept)

    def handle_endtag(self, tag: str) -> None:
        if tag in _DROPPED:
            self.dropped = max(0, self.dropped - 1)
            return
        tag = {"h1": "h2"}.get(tag, tag)
        if self.dropped or tag not in self.open:
            return
        while self.open:
            closed = self.open.pop()
            self._close(closed)
            if closed == tag:
                return

    def _close(self, tag: str) -> None:
        self.out.append(f"</{tag}>")
        if tag == "table":
            self.out.append("</div>")
        if tag == "tr" and self.row is not None and self.tables:
            table = self.tables[-1]
            table.rows.append(self.row)
            if "thead" in self.open:
                table.heads = len(table.rows)
            self.row = None

    def handle_data(self, data: str) -> None:
        if self.dropped:
            return
        if self.row is not None and self.row and self.open and self.open[-1] not in ("tr", "table"):
            self.row[-1].text += data
        self.out.append(escape(data, quote=False))

    def finished(self) -> str:
        while self.open:
            self._close(self.open.pop())
        # An empty head of a column is no head: it names nothing.
        return re.sub(r'<th(?: scope="\w+")?>(\s*)</th>', r"<td>\1</td>", "".join(self.out))


class _Masker(HTMLParser):
    """HTML of `clean_html` as it is, with a dash for all that stands in some cells of its tables."""

    def __init__(self, places: Sequence[frozenset[tuple[int, int]]]) -> None:
        super().__init__(convert_charrefs=True)
        self.places = places
        self.out: list[str] = []
        self.table = self.row = self.cell = -1
        self.is_emptied = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.table, self.row, self.cell = self.table + 1, -1, -1
        if tag == "tr":
            self.row, self.cell = self.row + 1, -1
        if not self.is_emptied:
            self.out.append(self.get_starttag_text() or "")
        if tag in ("td", "th"):
            self.cell += 1
            self.is_emptied = self.table < len(self.places) and (self.row, self.cell) in self.places[self.table]
            if self.is_emptied:
                self.out.append("–")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self.is_emptied = False
        if not self.is_emptied:
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self.is_emptied:
            self.out.append(escape(data, quote=False))


_SVG_TAGS = frozenset(
    "svg g defs path rect circle ellipse line polyline polygon text tspan use clippath lineargradient radialgradient stop "
    "title desc marker pattern mask symbol style".split()
)


def clean_svg(text: str) -> str | None:
    """A drawing without what tells of the program, runs, or asks for anything outside of it; None when it is none.

    Examples
    --------
    >>> clean_svg('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script><a href="x"><text onclick="1">å</text></a></svg>')
    '<svg xmlns="http://www.w3.org/2000/svg"><g><text>å</text></g></svg>'
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if etree.QName(root).localname != "svg":
        return None
    for node in list(root.iter()):
        if not isinstance(node.tag, str):
            _take_out(node)
            continue
        name = etree.QName(node).localname.lower()
        if name == "a":
            node.tag = "{http://www.w3.org/2000/svg}g"
            node.attrib.clear()
        elif name not in _SVG_TAGS or (name == "style" and re.search(r"(?i)url\(|@import|\\", node.text or "")):
            _take_out(node)
            continue
        for key, value in list(node.attrib.items()):
            local = etree.QName(key).localname.lower()
            is_outside = re.search(r"(?i)url\(\s*['\"]?(?!#)|@import|javascript:", value)
            if local.startswith("on") or (local == "href" and not value.startswith("#")) or is_outside:
                del node.attrib[key]
    etree.cleanup_namespaces(root)
    return str(etree.tostring(root, encoding="unicode"))


def _take_out(node: Any) -> None:
    """Take a node out of its tree and leave the text behind it."""
    parent = node.getparent()
    if parent is None:
        return
    if node.tail:
        before = node.getprevious()
        if before is None:
            parent.text = (parent.text or "") + node.tail
        else:
            before.tail = (before.tail or "") + node.tail
    parent.remove(node)


# Small things


def _text(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value or "")


def _without_style(html: str) -> str:
    return re.sub(r"(?is)<(style|script)\b.*?</\1\s*>", " ", html)


def _last_heading(html: str) -> str:
    found = re.findall(r"<h[2-6]>(.*?)</h[2-6]>", html, re.DOTALL)
    return _bare(found[-1]) if found else ""


def _title_of(parts: Iterable[Part]) -> str:
    for part in parts:
        if part.kind == "text" and (found := re.search(r"<h[2-6]>(.*?)</h[2-6]>", part.html, re.DOTALL)):
            return _bare(found[1])
    return ""


def _bare(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^<>]*>", "", html)).split())


def told(left_out: Sequence[LeftOut]) -> list[str]:
    """What was left out, a line each, without any of its words: for the one who makes the page.

    Examples
    --------
    >>> told([LeftOut("08_model.ipynb", 7, "text", ("transcript",))])
    ['08_model.ipynb, cell 7: left out (transcript)']
    >>> told([LeftOut("08_model.ipynb", 9, "masked")])
    ['08_model.ipynb, cell 9: a table has only the names of its rows and columns']
    """
    return [
        f"{one.notebook}, cell {one.cell}: "
        + (
            "a table has only the names of its rows and columns"
            if one.reason == MASKED
            else f"left out ({', '.join(one.leaks) or one.reason})"
        )
        for one in left_out
    ]
