"""The widget for assessing maturity in a notebook: answers the screen, and writes what it wishes to the register.

Nothing of the study is a synchronised trait: elements, passages and what is chosen cross the wire as messages, which
neither a notebook nor the state of its widgets keeps.
"""

from __future__ import annotations

import datetime as dt
import threading
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ..around_screens import screen_script
from ..errors import ForanError, StudyError, UnknownName
from ..study import Study, load_study
from .desk import Desk
from .words import LANGUAGES, WORDS

_HERE = Path(__file__).parent


class MaturityScreen(anywidget.AnyWidget):
    """The screen on which a workshop assesses the maturity of a municipality, element by element.

    Parameters
    ----------
    study
        A study from :func:`foran_research.load_study`.
    milestone_id
        The milestone that is assessed.
    case
        The municipality; the milestone's own when left out.
    elements
        What to assess, by id or display code; what was assessed the last time when left out, the first time all.
    assessor, side, arena, on
        Who assesses (a code, never a name), on which side ("joint", "self", "researcher"), where, and on which day (ISO;
        today when left out). All can be changed on the screen.
    language
        nb or en; the study's own when left out.

    Raises
    ------
    UnknownName
        For a milestone, case, element or language that is not there.

    Examples
    --------
    >>> MaturityScreen(load_study(), "M13", assessor="TRD-SAMLING-4", arena="konseptbasert")  # doctest: +SKIP
    """

    _esm = screen_script(_HERE / "maturity.mjs")
    _css = (_HERE / "maturity.css").read_text(encoding="utf-8")
    language = traitlets.Unicode("nb").tag(sync=True)

    def __init__(
        self,
        study: Study,
        milestone_id: str,
        *,
        case: str = "",
        elements: Sequence[str] = (),
        assessor: str = "",
        side: str = "joint",
        arena: str = "",
        on: str = "",
        language: str | None = None,
    ) -> None:
        chosen = language or study.settings.language
        if chosen not in LANGUAGES:
            raise UnknownName("language", chosen, LANGUAGES)
        milestone = study.milestone(milestone_id)
        self._asked = tuple(elements)
        self._desk = Desk(study, milestone, case, elements)
        day = on or min(dt.datetime.now(dt.UTC).date(), milestone.cut_off).isoformat()
        self._first = {"assessor": assessor, "side": side, "arena": arena, "on": day}
        if assessor:
            self._desk.who(self._first)
        self._one_at_a_time = threading.RLock()
        super().__init__(language=chosen)
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        desk = self._desk
        return f"MaturityScreen(study={desk.study.settings.study_id!r}, milestone={desk.milestone.id!r}, case={desk.case!r})"

    @property
    def study(self) -> Study:
        """The study with what has been saved from here."""
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
            study = load_study(desk.study.path)
            self._desk = Desk(study, study.milestone(desk.milestone.id), desk.case, self._asked or desk.elements)
            return self._set_up()
        if do == "who":
            who = desk.who(content)
            return {"kind": "who", "states": desk.states(who)}
        if do == "passages":
            language = "en" if content.get("language") == "en" else "nb"
            return {"kind": "passages", **desk.passages(_text(content, "element"), language)}
        if do == "earlier":
            return {"kind": "earlier", **desk.earlier(_text(content, "element"))}
        if do == "save":
            return desk.save(_text(content, "wish") or _text(content, "id"), content)
        raise ForanError("this wish is not understood; run the cell again")

    def _set_up(self) -> dict[str, Any]:
        return {
            "kind": "setup",
            "words": WORDS,
            "languages": list(LANGUAGES),
            **self._desk.told(),
            "first": self._first,
        }


def _text(content: Mapping[str, Any], name: str) -> str:
    given = content.get(name)
    return given if isinstance(given, str) else ""


def _where(error: Exception) -> str:
    """Module and line of an unforeseen error."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
