"""The importer's widget for notebooks: takes the screen's wishes to a desk and tells the screen what the library says.

No name is a synchronised trait, and none is printed: names of files and people, words of texts and the passphrase cross
the wire as messages, which neither a notebook nor the state of its widgets keeps.
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

from ..adding import Added, How
from ..around_screens import screen_script
from ..corpus.conventions import PATTERNS
from ..corpus.intake import Description
from ..corpus.store import CONSENTS
from ..errors import ForanError, StudyError, UnknownName
from ..study import study_path
from ..vocabulary import DISCLOSURES, DOCUMENT_KINDS, WRITTEN_FORMS
from .desk import Desk, Wanted
from .shown import added_shown, preview_shown, row_shown, vocabularies
from .words import LANGUAGES, WORDS

_HERE = Path(__file__).parent
_FIELDS = (
    "kind", "case", "date", "process", "arena", "guide", "written_form", "actor_type", "consent", "disclosure", "id",
)  # fmt: skip


class Importer(anywidget.AnyWidget):
    """The screen on which documents are brought into a study: choose, look, decide on names, import.

    Parameters
    ----------
    study
        The study's folder; found as ``load_study`` finds it when left out.
    files
        Source files that are chosen from the beginning.
    folder
        The folder whose files are listed first; the first file's, or your own, when left out. Best outside of the study.
    key
        The key between names and pseudonyms; FORAN_KEY, or the usual place in your own data folder, when left out.
    language
        nb, nn or en; the study's own when left out.

    Raises
    ------
    StudyError
        When the study's settings cannot be read.
    """

    _esm = screen_script(_HERE / "importer.mjs")
    _css = (_HERE / "importer.css").read_text(encoding="utf-8")
    language = traitlets.Unicode("nb").tag(sync=True)

    def __init__(
        self,
        study: Path | str | None = None,
        files: Sequence[Path | str] = (),
        *,
        folder: Path | str = "",
        key: Path | str | None = None,
        language: str | None = None,
    ) -> None:
        self._desk = Desk(study_path(study), key_file=Path(key) if key else None, now=_utc_now)
        self._files = tuple(Path(file).expanduser().absolute() for file in files)
        self._folder = Path(folder) if folder else self._files[0].parent if self._files else Path.home()
        chosen = language or self._desk.settings.language
        if chosen not in LANGUAGES:
            raise UnknownName("language", chosen, LANGUAGES)
        self._documents: tuple[str, ...] = ()
        self._one_at_a_time = threading.RLock()
        super().__init__(language=chosen)
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        return f"Importer(study={self._desk.settings.study_id!r})"

    @property
    def documents(self) -> tuple[str, ...]:
        """Ids of the documents that this screen has brought in."""
        return self._documents

    def close(self) -> None:
        """Close the screen, and the key with it."""
        # A widget whose making failed is closed as well.
        if desk := getattr(self, "_desk", None):
            desk.close_key()
        super().close()

    def _receive(self, _: Any, content: Any, __: Any) -> None:
        """Answer one message of a screen; no error leaves here, since a traceback might hold a name."""
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
        do = content.get("do")
        if do == "hello":
            return self._set_up()
        if do == "list":
            return {"kind": "listing", **self._desk.listing(Path(str(content.get("folder") or "~")))}
        if do == "preview":
            return {"kind": "preview", "texts": [preview_shown(one) for one in self._desk.preview(_wanted(content))]}
        if do == "open key":
            self._desk.open_key(str(content.get("path") or ""), str(content.get("passphrase") or ""))
            return {"kind": "key", "isOpen": True}
        if do == "close key":
            self._desk.close_key()
            return {"kind": "key", "isOpen": False}
        if do == "review":
            return self._rows(self._desk.rows(_wanted(content)))
        if do == "decide":
            given = content.get("rows")
            answers = self._desk.decide(
                [row for row in given if isinstance(row, dict)] if isinstance(given, list) else []
            )
            return {"kind": "decided", "answers": [vars(answer) for answer in answers]}
        if do == "import":
            return self._bring_in(content)
        raise ForanError("this wish is not understood; run the cell again")

    def _set_up(self) -> dict[str, Any]:
        desk = self._desk
        faults = desk.standing()
        settings = desk.settings
        try:
            listing, problem = desk.listing(self._folder), ""
        except ForanError as error:
            listing, problem = desk.listing(Path.home()), str(error)
        return {
            "kind": "setup",
            "words": WORDS,
            "languages": LANGUAGES,
            "title": dict(settings.title),
            "isSynthetic": settings.is_synthetic,
            "errors": [str(fault) for fault in faults.errors],
            "warnings": [str(fault) for fault in faults.warnings],
            "fields": {
                **vocabularies(settings, desk.processes()),
                "kind": DOCUMENT_KINDS,
                "consent": CONSENTS,
                "disclosure": DISCLOSURES,
                "written_form": WRITTEN_FORMS,
                "pattern": PATTERNS,
            },
            "interviewers": sorted(settings.interviewers),
            "files": [{"name": file.name, "path": str(file), "size": 0} for file in self._files],
            "listing": listing,
            "problem": problem,
            "key": {"place": desk.key_place(), "isOpen": desk.is_open},
        }

    def _rows(self, rows: Sequence[Any], *, is_again: bool = False) -> dict[str, Any]:
        language = self._desk.settings.language
        return {"kind": "review", "rows": [row_shown(row, language) for row in rows], "isAgain": is_again}

    def _bring_in(self, content: Mapping[str, Any]) -> dict[str, Any]:
        to = content.get("client")
        done = self._desk.bring_in(
            _wanted(content), lambda text: self.send({"kind": "progress", "to": to, "text": text})
        )
        added = [one for one in done if isinstance(one, Added)]
        if len(added) < len(done):
            return self._rows(done, is_again=True)
        self._documents += tuple(one.document for one in added if one.document not in self._documents)
        return {"kind": "added", "texts": [added_shown(one) for one in added]}


def _wanted(content: Mapping[str, Any]) -> Wanted:
    """What a screen's message asks for; words of another type than text are left out."""
    given = content.get("about")
    about = given if isinstance(given, dict) else {}
    fields = {name: str(about[name]) for name in _FIELDS if isinstance(about.get(name), str)}
    description = Description(
        **{"kind": "interview", "case": "", "date": "", **fields}, interviewers=_texts(about.get("interviewers"))
    )
    how = How(
        pattern=str(content.get("pattern") or ""),
        only=_texts(content.get("only")),
        is_again=content.get("isAgain") is True,
        reason=str(content.get("reason") or "").strip(),
    )
    return Wanted(tuple(Path(file) for file in _texts(content.get("files"))), description, how)


def _texts(given: Any) -> tuple[str, ...]:
    return tuple(one for one in given if isinstance(one, str) and one) if isinstance(given, list) else ()


def _where(error: Exception) -> str:
    """Module and line of an unforeseen error, which name nobody."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
