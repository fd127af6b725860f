"""The codebook's widget for notebooks: tells the screen what the codebook says and what the codings are under it.

Nothing of the study is a synchronised trait: codes, counts and places cross the wire as messages, which neither a
notebook nor the state of its widgets keeps. The screen writes nothing; coding is done in the coder.
"""

from __future__ import annotations

import os
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets  # type: ignore[import-untyped]  # it brings no types
import pandas as pd
import traitlets
from IPython.display import HTML

from ..around_screens import screen_script
from ..codebook.diff import diff
from ..coding.coders import is_coder_name
from ..corpus.store import write_atomically
from ..errors import ForanError, StudyError, UnknownName
from ..report.codebook_diff import diff_html, diff_page
from ..study import Study, load_study
from .desk import Desk
from .shown import book_shown, version_shown
from .tables import counts_table, history_table, queue_table
from .words import LANGUAGES, WORDS

_HERE = Path(__file__).parent
#: What is called with a document, and the place in it: a coded segment's id, or start and end in code points.
OnOpen = Callable[[str, str | tuple[int, int]], object]


class CodebookBrowser(anywidget.AnyWidget):
    """The screen on which a codebook is browsed, its versions are compared, and what waits for recoding is found.

    Parameters
    ----------
    study
        A study from :func:`foran_research.load_study`.
    language
        nb, nn or en; the study's own when left out.
    codebook
        The version to show first; the newest when left out.
    coder
        Who is at the screen: what blind double coding keeps from them is not counted, and passages open as theirs.
    on_open
        Called with a document and a place when a passage is to be opened; when left out, the coder opens it in
        :attr:`passage`.

    Raises
    ------
    UnknownName
        For a language or a codebook version that is not there, and for a name that cannot be a coder's.
    """

    _esm = screen_script(_HERE / "codebook.mjs")
    _css = (_HERE / "codebook.css").read_text(encoding="utf-8")
    language = traitlets.Unicode("nb").tag(sync=True)

    def __init__(
        self,
        study: Study,
        *,
        language: str | None = None,
        codebook: str | None = None,
        coder: str | None = None,
        on_open: OnOpen | None = None,
    ) -> None:
        coder = coder or os.environ.get("FORAN_CODER", "") or None
        chosen = language or study.settings.language
        if chosen not in LANGUAGES:
            raise UnknownName("language", chosen, LANGUAGES)
        if codebook is not None and codebook not in study.lineage.versions:
            raise UnknownName("codebook version", codebook, study.lineage.versions)
        if coder is not None and not is_coder_name(coder):
            raise UnknownName("coder", coder, study.coders)
        self._desk = Desk(study, coder)
        self._codebook = codebook
        self._on_open = on_open
        #: Where passages open: show it in a cell of its own.
        self.passage = ipywidgets.VBox([])
        self._one_at_a_time = threading.RLock()
        super().__init__(language=chosen)
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        return f"CodebookBrowser(study={self._desk.study.settings.study_id!r})"

    @property
    def study(self) -> Study:
        """The study as the screen shows it; read again when the person there asks for it."""
        return self._desk.study

    def _receive(self, _: Any, content: Any, __: Any) -> None:
        """Answer one message of a screen; what went wrong is told there, since a log is read by nobody."""
        if not isinstance(content, dict):
            return
        with self._one_at_a_time:
            try:
                message = self._answer(content)
            except StudyError as error:
                message = {"kind": "refused", "text": "", "faults": [str(fault) for fault in error.faults]}
            except ForanError as error:
                message = {"kind": "refused", "text": str(error), "faults": []}
            except Exception as error:
                message = {"kind": "failed", "error": type(error).__name__, "where": _where(error)}
            self.send({**message, "re": content.get("id"), "to": content.get("client")})

    def _answer(self, content: Mapping[str, Any]) -> dict[str, Any]:
        do, desk = content.get("do"), self._desk
        if do == "hello":
            return self._set_up()
        if do == "refresh":
            self._desk = Desk(load_study(desk.study.path).at(desk.study.moment or None), desk.viewer)
            return self._set_up()
        if do == "book":
            book = desk.lineage[_text(content, "version")]
            version = book.codebook_version
            return {
                "kind": "book",
                "version": version,
                "codes": book_shown(book, desk.lineage),
                "counts": desk.counts(version),
            }
        if do == "life":
            code, version = _text(content, "code"), desk.lineage[_text(content, "version")].codebook_version
            return {
                "kind": "life",
                "code": code,
                "versions": desk.life(code),
                "passages": desk.passages(code, version),
            }
        if do == "compare":
            before, after = (desk.lineage[_text(content, name)].codebook_version for name in ("before", "after"))
            return {"kind": "compared", "before": before, "after": after, **desk.compared(before, after)}
        if do == "queue":
            version = desk.lineage[_text(content, "version")].codebook_version
            return {
                "kind": "queue",
                "version": version,
                "waiting": desk.queue(version),
                "rechecks": desk.rechecks(version),
            }
        if do == "proposals":
            return {"kind": "proposals", "open": desk.proposals(), "inVivo": desk.in_vivo()}
        if do == "open":
            return self._open(_text(content, "document"), _text(content, "segment"))
        raise ForanError("this wish is not understood; run the cell again")

    def _set_up(self) -> dict[str, Any]:
        study, lineage = self._desk.study, self._desk.lineage
        if not lineage.versions:
            raise ForanError("the study has no codebook yet")
        return {
            "kind": "setup",
            "words": WORDS,
            "languages": LANGUAGES,
            "title": dict(study.settings.title),
            "levels": [{"id": level.id, "label": dict(level.label)} for level in study.settings.levels],
            "arenas": {arena.id: dict(arena.label) for arena in study.settings.arenas},
            "versions": [version_shown(book) for book in lineage.codebooks],
            "version": self._codebook or lineage.versions[-1],
            "moment": study.moment,
            "withheld": [f"{coder} · {document}" for coder, document in sorted(self._desk.withheld)],
        }

    # ---- the same as tables, for notebooks

    def counts(self) -> pd.DataFrame:
        """One row per code, and what each codebook version counts of it (see :func:`.tables.counts_table`)."""
        lineage = self._desk.lineage
        return counts_table(lineage, {one: self._desk.counts(one) for one in lineage.versions}, self._said)

    def queue(self, codebook: str = "") -> pd.DataFrame:
        """What waits for recoding under a version, the newest when left out (see :func:`.tables.queue_table`)."""
        return queue_table(self._desk.queue(codebook or self._desk.lineage.versions[-1]))

    def history(self, code: str = "") -> pd.DataFrame:
        """The life of a code, by its id or display code; of the newest version's first one when left out.

        Raises
        ------
        UnknownName
            When no version has the code.
        """
        books = self._desk.lineage.codebooks
        found = [one for book in reversed(books) if (one := book.find(code) if code else book.active[0])]
        if not found:
            raise UnknownName("code", code, (one.display for one in books[-1].active))
        return history_table(self._desk.chapters(found[0].id), self._said)

    def differences(self, before: str = "", after: str = "", output: str | Path = "") -> HTML:
        """What differs between two versions, with the decisions behind it; also as a page in the folder `output`, if any.

        Left out, `after` is the newest version and `before` the one before it.
        """
        lineage = self._desk.lineage
        after = after or lineage.versions[-1]
        place = lineage.versions.index(lineage[after].codebook_version)
        found = diff(lineage, before or lineage.versions[max(0, place - 1)], after)
        arenas = {arena.id: arena.label for arena in self._desk.study.settings.arenas}
        if output:
            page = Path(output) / f"codebook_{found.before}_{found.after}.html"
            write_atomically(page, diff_page(found, lineage, self._said, arenas))
        return HTML(diff_html(found, lineage, self._said, arenas))  # type: ignore[no-untyped-call]  # IPython has no types

    @property
    def _said(self) -> str:
        """The language of the codebook's own words: it has no nynorsk."""
        return "en" if self.language == "en" else "nb"

    # ---- opening a passage

    def _open(self, document: str, segment: str) -> dict[str, Any]:
        """Open a passage where it was said: by its id where it is the viewer's own, else by its place."""
        desk = self._desk
        found = desk.place(segment)
        if found is None or found["document"] != document:
            raise UnknownName("segment", segment, ())
        # Who has said their name in the coder once is not asked again at the next passage.
        viewer = desk.viewer or next((one.coder for one in self.passage.children), "")
        at: str | tuple[int, int] = segment if found["coder"] == viewer else (found["start"], found["end"])
        if self._on_open is not None:
            self._on_open(document, at)
        else:
            self._show(document, viewer, at)
        coder = f", {viewer!r}" if viewer else ""
        return {
            "kind": "opened",
            "document": document,
            "line": f"Coder(the_study, {document!r}{coder}, at={at!r})",
            # Of another's passage the coder shows the place alone: whose it is has to be told here.
            "coder": "" if found["coder"] == viewer else found["coder"],
        }

    def _show(self, document: str, viewer: str, at: str | tuple[int, int]) -> None:
        from ..coder.widget import Coder

        former, study = self.passage.children, self._desk.study
        self.passage.children = (Coder(study.today or study, document, viewer, at=at, language=self.language),)
        for old in former:
            old.close()


def _text(content: Mapping[str, Any], name: str) -> str:
    given = content.get(name)
    return given if isinstance(given, str) else ""


def _where(error: Exception) -> str:
    """Module and line of an unforeseen error."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
