"""The network's widget for notebooks: tells the screen which codes meet where, and leads back to the passages.

Nothing of the study is a synchronised trait: codes, counts and places cross the wire as messages, and what informants said
only when its passages are asked for; neither a notebook nor the state of its widgets keeps any of it.

It is an anywidget with a picture of our own: of the network widgets for Jupyter that are free, none was still kept when
this was made (ipycytoscape's and ipysigma's last releases are of 2022), and none leads to a list that a keyboard can walk.
"""

from __future__ import annotations

import os
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets  # type: ignore[import-untyped]  # it brings no types
import traitlets

from ..around_screens import screen_script
from ..coding.coders import is_coder_name
from ..errors import ForanError, StudyError, UnknownName
from ..study import Study, load_study
from ..vocabulary import CODINGS
from .desk import Desk, check
from .words import LANGUAGES, WORDS

_HERE = Path(__file__).parent


class NetworkBrowser(anywidget.AnyWidget):
    """The screen on which the network of codes is looked at: filtered, compared between cases, led back to its passages.

    Parameters
    ----------
    study
        A study from :func:`foran_research.load_study`.
    milestone_id
        The milestone whose documents, codebook and coding are shown.
    case
        The case to show first; all of them when left out.
    layer
        "promoting" or "inhibiting" to count only segments of that polarity at first; all when left out.
    weight
        What the edges are weighed by at first: turns, or a measure (see ``docs/network-browser.md``).
    least
        Turns that two codes must share for an edge to be drawn at first; the study's own `min_edge_turns` when left out.
    coder
        Who is at the screen: what blind double coding keeps from them is not counted, and passages open as theirs.
    language
        nb, nn or en; the study's own when left out.
    coding
        "human", or "suggestions" for what the codebook's cues suggest.

    Raises
    ------
    UnknownName
        For a milestone, case, layer, weight, language or coding that is not there, and a name that cannot be a coder's.
    ForanError
        When `least` is no whole number from 1.

    Examples
    --------
    >>> network = NetworkBrowser(load_study(), "M3", case="TRD")  # doctest: +SKIP
    >>> network.passage  # in the next cell: where passages open  # doctest: +SKIP
    """

    _esm = screen_script(_HERE / "network.mjs")
    _css = (_HERE / "network.css").read_text(encoding="utf-8")
    language = traitlets.Unicode("nb").tag(sync=True)

    def __init__(
        self,
        study: Study,
        milestone_id: str,
        *,
        case: str | None = None,
        layer: str | None = None,
        weight: str = "jaccard",
        least: int | None = None,
        coder: str | None = None,
        language: str | None = None,
        coding: str = "human",
    ) -> None:
        coder = coder or os.environ.get("FORAN_CODER", "") or None
        chosen = language or study.settings.language
        if chosen not in LANGUAGES:
            raise UnknownName("language", chosen, LANGUAGES)
        if coder is not None and not is_coder_name(coder):
            raise UnknownName("coder", coder, study.coders)
        if coding not in CODINGS:
            raise UnknownName("coding", coding, CODINGS)
        if least is not None and (isinstance(least, bool) or not isinstance(least, int) or least < 1):
            raise ForanError("least is the number of turns that two codes must share; expected a whole number from 1")
        check(study, case, layer, weight)
        self._desk = Desk(study, study.milestone(milestone_id), coder, coding)
        self._first = {
            "case": case or "",
            "layer": layer or "all",
            "weight": weight,
            "least": study.settings.min_edge_turns if least is None else least,
        }
        #: Where passages open: show it in a cell of its own.
        self.passage = ipywidgets.VBox([])
        self._one_at_a_time = threading.RLock()
        super().__init__(language=chosen)
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        desk = self._desk
        return f"NetworkBrowser(study={desk.study.settings.study_id!r}, milestone={desk.milestone.id!r})"

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
        case, layer = _text(content, "case"), _text(content, "layer")
        if do == "hello":
            return self._set_up()
        if do == "refresh":
            study = load_study(desk.study.path).at(desk.study.moment or None)
            # Only when all of it can be shown does it take the place of what was read before.
            self._desk = _tried(Desk(study, study.milestone(desk.milestone.id), desk.viewer, desk.coding))
            return self._set_up()
        if do == "view":
            return {"kind": "view", "case": case, "layer": layer, **desk.view(case, layer)}
        if do == "passages":
            codes = tuple(dict.fromkeys(code for code in (_text(content, "source"), _text(content, "target")) if code))
            return {"kind": "passages", "codes": list(codes), "case": case, **desk.passages(codes, case, layer)}
        if do == "open":
            return self._open(_text(content, "document"), _text(content, "segment"))
        raise ForanError("this wish is not understood; run the cell again")

    def _set_up(self) -> dict[str, Any]:
        return {"kind": "setup", "words": WORDS, "languages": LANGUAGES, **self._desk.told(), "first": self._first}

    # ---- opening a passage

    def _open(self, document: str, segment: str) -> dict[str, Any]:
        """Open a passage where it was said, as the codebook's screen does: by its id where it is the viewer's own."""
        from ..coder.widget import Coder

        # Who has said their name in the coder once is not asked again at the next passage.
        viewer = self._desk.viewer or next((one.coder for one in self.passage.children), "")
        at, others = self._desk.place(document, segment, viewer)
        former, study = self.passage.children, self._desk.study
        self.passage.children = (Coder(study.today or study, document, viewer, at=at, language=self.language),)
        for old in former:
            old.close()
        coder = f", {viewer!r}" if viewer else ""
        # Of another's passage the coder shows the place alone: whose it is has to be told here.
        return {
            "kind": "opened",
            "document": document,
            "line": f"Coder(the_study, {document!r}{coder}, at={at!r})",
            "coder": others,
        }


def _tried(desk: Desk) -> Desk:
    desk.told()
    return desk


def _text(content: Mapping[str, Any], name: str) -> str:
    given = content.get(name)
    return given if isinstance(given, str) else ""


def _where(error: Exception) -> str:
    """Module and line of an unforeseen error."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
