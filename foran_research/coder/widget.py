"""The coder's widget for notebooks: takes the screen's wishes to a session and tells the screen what was saved.

Nothing of a transcript is a synchronised trait, so nothing of it can be stored in a notebook with the widget's state:
the text crosses the wire as a message, whenever a screen says hello.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ..around_screens import screen_script
from ..codebook.code import suggestions_coder, version_key
from ..codebook.store import FOLDER as CODEBOOKS
from ..coding.acts import Refused
from ..coding.coders import is_coder_name
from ..coding.events import Event, facets_of, is_segment
from ..errors import ForanError, StudyError, UnknownName
from ..reanchoring import reanchor
from ..retention import gate
from ..study import Study, load_study
from .compare import assigned_turns, coders_now, coders_of, comparison, snapshots, unseen
from .recode_queue import RecodeQueue, changes_for_screen
from .session import Changes, Session, new_codebooks, utc_now
from .snapshot import codes_for_screen, documents_for_screen, fact_rows, memos_elsewhere, own_logs, turns_for_screen
from .words import KEYS, LANGUAGES, WORDS

_HERE = Path(__file__).parent
#: Reasons after which a wish may be tried again as it is: the disk, not the wish, stood in the way.
PASSING = ("disk-full", "disk", "folder-gone", "folder-busy", "log-gone", "text-gone")
_REMEMBERED = 4096
#: Of how many acts that can be undone the screen is told when they were done: more than a hand takes back at a time.
_TOLD_ACTS = 50


class Coder(anywidget.AnyWidget):
    """The screen on which a coder reads and codes a study's documents.

    Parameters
    ----------
    study
        A study from :func:`foran_research.load_study`.
    document
        The document to open first; the first of the study when left out.
    coder
        The id of the person at the screen, for example initials; the screen asks when it is left out.
    at
        A place to go to: a coded segment's id, a turn's number, or a span ``(start, end)`` in code points.
    codebook
        The codebook version in force; the newest when left out.
    compare
        Two coders whose work on the document to lay side by side, once both are done with it; `coder` settles.
    language
        nb, nn or en; the study's own when left out.
    """

    _esm = screen_script(_HERE / "coder.mjs")
    _css = (_HERE / "coder.css").read_text(encoding="utf-8")
    language = traitlets.Unicode("nb").tag(sync=True)
    study = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        study: Study,
        document: str | None = None,
        coder: str = "",
        *,
        at: str | int | tuple[int, int] | None = None,
        codebook: str | None = None,
        compare: tuple[str, str] | None = None,
        language: str | None = None,
    ) -> None:
        # `foran lab --coder K1 --document …` reaches a notebook whose parameters are left empty.
        coder = coder or os.environ.get("FORAN_CODER", "")
        document = document or os.environ.get("FORAN_DOCUMENT") or None
        if document is not None and document not in study.transcripts:
            raise UnknownName("document", document, study.transcripts)
        if codebook is not None and codebook not in study.lineage.versions:
            raise UnknownName("codebook version", codebook, study.lineage.versions)
        chosen = language or study.settings.language
        if chosen not in LANGUAGES:
            raise UnknownName("language", chosen, LANGUAGES)
        if coder and not is_coder_name(coder):
            raise Refused("bad-coder")
        gate(study.settings, dt.datetime.now(dt.UTC).date(), "lab")
        self._study = study
        self._codebook = codebook
        self._compared = compare
        self._coder = coder
        #: Without a document named, a screen may lead back to the one it had open last.
        self._is_document_open = document is None
        self._document = document or next(iter(study.documents.index), None)
        self._at = at
        self._session: Session | None = None
        self._offers: Offers | None = None
        self._queue: RecodeQueue | None = None
        #: The newest codebook on the disk that the study does not know, and the state of the folder that says so.
        self._new_codebook: tuple[int, str] = (-1, "")
        #: Sessions that hold what they had saved and the disk no longer has, by document and coder.
        self._kept: dict[tuple[str, str], Session] = {}
        #: Replies by the id of the wish, so that a wish sent twice is done once.
        self._replies: OrderedDict[str, dict[str, Any]] = OrderedDict()
        #: Ids of records by the name that the screen gave them before they were saved.
        self._names: OrderedDict[str, str] = OrderedDict()
        # JupyterLab sends a screen's first messages to the kernel's main thread and the later ones to another.
        self._one_at_a_time = threading.RLock()
        super().__init__(language=chosen, study=study.settings.study_id)
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        return f"Coder(document={self._document!r}, coder={self._coder!r})"

    @property
    def coder(self) -> str:
        """The id of the person at the screen; "" until it is known."""
        return self._coder

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """As anywidget shows it; the text beside it names the document and quotes nothing."""
        return super()._repr_mimebundle_(**kwargs)

    def _receive(self, _: Any, content: Any, __: Any) -> None:
        """Answer one message of a screen. An error of ours is told on the screen too, not in a log nobody reads."""
        if not isinstance(content, dict):
            return
        wish = str(content.get("id", ""))
        with self._one_at_a_time:
            try:
                self._answer(content, wish)
            except Refused as refused:
                self._reply(wish, self._refusal(refused))
            except Exception as error:
                self._reply(wish, {"kind": "refused", "reason": "failed", "facts": {"error": type(error).__name__}})
                raise

    def _answer(self, content: Mapping[str, Any], wish: str) -> None:
        do, client = content.get("do"), content.get("client")
        if wish and wish in self._replies:
            self.send(self._replies[wish])
        elif do == "ping":
            self._pulse(client)
        elif do == "hello":
            self._hello(client, content.get("coder"), content.get("last"))
        elif do == "open":
            self._open(str(content.get("document")), client)
        elif self._session is None:
            raise Refused("gone", record="")
        elif do == "act":
            self._act(self._session, content, wish)
        elif do == "suggest":
            self._suggest(self._session)
        elif do == "history":
            name = str(content.get("record"))
            events = [_told(event) for event in self._session.history(name)]
            self.send({"kind": "history", "to": client, "record": name, "events": events})
        elif do == "documents":
            rows = documents_for_screen(self._study, self._coder)
            self.send({"kind": "documents", "to": client, "documents": rows})
        elif do == "queue":
            self._tell("queue", to=client, queue=self._queue_of(self._session).whole())
        elif do == "compare":
            self._compare(self._session, client)
        elif do == "side by side":
            self._put_side_by_side(self._session, content.get("coders"))
        elif do == "take text":
            self._take_text(client)
        elif do == "rescue":
            name = f"{self._session.desk.document}.{self._coder}.jsonl"
            self.send({"kind": "rescue", "to": client, "name": name, "text": self._session.rescue().decode("utf-8")})
        else:
            raise Refused("bad-wish")

    def _reply(self, wish: str, message: dict[str, Any], *, queue: Mapping[str, Any] | None = None) -> None:
        message = {"re": wish, "document": self._session.desk.document if self._session else None, **message}
        if message["kind"] == "saved" and wish:
            self._replies[wish] = message
            while len(self._replies) > _REMEMBERED:
                self._replies.popitem(last=False)
        # News of the queue are news once: a screen that missed them hears of it with the next beat.
        self.send(message if queue is None else {**message, "queue": queue})

    def _refusal(self, refused: Refused) -> dict[str, Any]:
        stopped = self._session.stopped if self._session else None
        return {
            "kind": "refused",
            "reason": refused.reason,
            "facts": refused.facts,
            "keeps": refused.reason in PASSING,
            "stopped": stopped and {"reason": stopped.reason, "facts": stopped.facts},
        }

    # ---- opening

    def _hello(self, client: Any, coder: Any, last: Any) -> None:
        if self._is_document_open and self._session is None and last in self._study.transcripts:
            self._document = str(last)
        if isinstance(coder, str) and coder:
            if not is_coder_name(coder):
                self._ask(client, Refused("bad-coder"))
                return
            self._coder = coder
        if not self._coder:
            self._ask(client, None)
            return
        if self._document is None:
            self._ask(client, Refused("no-documents"))
            return
        self._open(self._document, client)

    def _ask(self, client: Any, why: Refused | None) -> None:
        coders = coders_now(self._study)
        self.send(
            {
                "kind": "ask",
                "to": client,
                "coders": coders,
                "words": WORDS,
                "reason": why and why.reason,
                "facts": why and why.facts,
            }
        )

    def _open(self, document: str, client: Any) -> None:
        session = self._session
        opened = (session.desk.document, session.desk.coder) if session else None
        if session is None or opened != (document, self._coder) or session.stopped:
            try:
                session = self._session_for(document)
            except Refused as refused:
                if refused.reason == "coder-case":
                    self._coder = ""
                    self._ask(client, refused)
                    return
                raise
            self._session, self._offers = session, None
        else:
            # What is wrong with the disk is told by the heartbeat; the screen opens all the same.
            with contextlib.suppress(Refused):
                if changes := session.poll():
                    self._tell_changes(session, changes)
        has_moved = self._document != document or opened not in (None, (document, self._coder))
        self._document = document
        # A screen of another tab follows when the document or coder is changed; a mere hello concerns its sender.
        self.send({**self._snapshot(session), "to": None if has_moved else client})

    def _take_text(self, client: Any) -> None:
        """Bring every coder's codings into the edited text, and go on with it."""
        document = self._document
        if document is None:
            raise Refused("no-documents")
        try:
            reanchor(self._study.path, document, at=utc_now(), reason="edited")
            self._study = load_study(self._study.path)
            self._new_codebook = -1, ""
        except StudyError as error:
            raise Refused(
                "text-faults", document=document, faults=len(error.faults), kind=error.faults[0].kind
            ) from error
        except OSError as error:
            raise Refused("disk", what=error.strerror or type(error).__name__) from error
        except ForanError as error:
            raise Refused("folder-busy") from error
        self._session = self._queue = None
        self._open(document, None)

    def _session_for(self, document: str) -> Session:
        """A new session, or the one from before that holds codings which the disk no longer has: its copy is the last."""
        made = Session(self._study, document, self._coder, codebook_version=self._codebook)
        if self._session and _is_in_trouble(self._session):
            self._kept[self._session.desk.document, self._session.desk.coder] = self._session
        kept = self._kept.pop((document, self._coder), None)
        return made if kept is None or made.is_continuing(kept) else kept

    def _snapshot(self, session: Session) -> dict[str, Any]:
        study = self._study
        desk, document = session.desk, session.desk.document
        stopped = session.stopped
        turns = assigned_turns(study, self._coder, document)
        return {
            "kind": "snapshot",
            "study": study.settings.study_id,
            "document": document,
            "coder": self._coder,
            "codebook": session.codebook.codebook_version,
            "title": str(study.documents.at[document, "title"]) or document,
            "facts": fact_rows(study, document),
            "text": desk.text,
            "turns": turns_for_screen(study, document),
            "levels": [{"id": level.id, "label": level.label} for level in study.settings.levels],
            "codes": codes_for_screen(study, session.codebook),
            "facets": [
                {"id": f.id, "label": f.label, "values": [{"id": v.id, "label": v.label} for v in f.values]}
                for f in study.settings.facets
            ],
            "records": list(desk.state.items()),
            "times": {event.segment: event.at for event in session.events},
            "memos": memos_elsewhere(study, self._coder, document),
            "proposals": sorted(_proposals(study, self._coder)),
            "done": session.is_done,
            "assigned": sorted(turns) or None,
            "blind": self._is_blind(session),
            "others": sorted(coders_of(study, document) - {self._coder} - unseen(study, self._coder, document)),
            "compare": list(self._compared) if self._compared else None,
            "queue": self._queue_of(session).whole(),
            "changes": changes_for_screen(study, session.codebook),
            "stopped": stopped and {"reason": stopped.reason, "facts": stopped.facts},
            "at": self._place(session),
            "now": session.now(),
            "words": WORDS,
            "keys": KEYS,
            **self._undoable(session),
        }

    def _place(self, session: Session) -> dict[str, Any] | None:
        """Where to go, told once: a second hello stays where the coder is."""
        at, self._at = self._at, None
        if isinstance(at, str):
            # A comparison knows the segments of both.
            is_here = self._compared is not None or at in session.desk.state
            return {"record": at} if is_here else {"record": at, "missing": True}
        if isinstance(at, int):
            return {"turn": at}
        return {"start": at[0], "end": at[1]} if at else None

    @staticmethod
    def _undoable(session: Session) -> dict[str, Any]:
        stacks = session.desk.stacks
        return {
            "undo": stacks.undoable[-1][0].action if stacks.undoable else None,
            "redo": stacks.redoable[-1][0].action if stacks.redoable else None,
            # When each act was done, the newest first: what is not of this sitting is not undone without asking.
            "undo_acts": [[act[0].at, act[0].action] for act in reversed(stacks.undoable[-_TOLD_ACTS:])],
            "done": session.is_done,
        }

    # ---- acting

    def _act(self, session: Session, content: Mapping[str, Any], wish: str) -> None:
        key = content.get("key")
        arguments = content.get("arguments")
        here = (session.desk.document, session.desk.coder)
        is_meant_here = (content.get("document", here[0]), content.get("coder", here[1])) == here
        if not is_meant_here:
            raise Refused("other-document")
        if not isinstance(arguments, dict):
            raise Refused("bad-wish")
        named = {name: self._named(name, value) for name, value in arguments.items()}
        if content.get("verb") == "resolve":
            if unseen(self._study, session.desk.coder, session.desk.document) & set(self._compared or ()):
                raise Refused("still-blind")
            named |= snapshots(self._study, session.desk.document, named)
        saved = session.act(str(content.get("verb")), named, wish=wish)
        made = next((event.segment for event in saved.events if event.before is None and event.after), None)
        changes = list(saved.changes)
        if made is None and not saved.events and key and "code" in named:
            # Nothing was to be done: the passage has the code already, and the screen is told which segment that is.
            start, end = session.desk.span(named["start"], named["end"])
            made = session.desk.same(start, end, named["code"])
            changes += [(made, session.desk.state[made])] if made else []
        if isinstance(key, str) and made:
            self._names[key] = made
            while len(self._names) > _REMEMBERED:
                self._names.popitem(last=False)
        at = saved.events[-1].at if saved.events else None
        told = {"kind": "saved", "changes": changes, "made": made, "at": at, **self._undoable(session)}
        news = self._queue_of(session).news(saved.events, others=len(saved.changes) > len(saved.events))
        self._reply(wish, told, queue=news)

    def _named(self, name: str, value: Any) -> Any:
        """Names that the screen gave to records before they were saved, as ids."""
        if name == "record" and isinstance(value, str):
            return self._names.get(value, value)
        if name == "records" and isinstance(value, list):
            return [self._names.get(item, item) if isinstance(item, str) else item for item in value]
        return value

    def _pulse(self, client: Any) -> None:
        """Answer a heartbeat; news from other windows, trouble with the disk and ready suggestions travel with it."""
        session, trouble = self._session, None
        if session is not None:
            try:
                changes = session.look()
            except Refused as refused:
                trouble = {"reason": refused.reason, "facts": refused.facts, "is_final": session.stopped is not None}
                changes = []
            if changes:
                self._tell_changes(session, changes)
            elif trouble is None and (news := self._queue_of(session).news(())):
                self._tell("queue", queue=news)
            if self._offers and self._offers.is_ready and not self._offers.is_told:
                self._send_offers(session, self._offers)
        number = self._queue and self._queue.number
        book = self._codebook_out()
        self.send({"kind": "pong", "to": client, "trouble": trouble, "queue": number, "codebook": book})

    def _codebook_out(self) -> str:
        """The newest codebook that has been released since the study was read; "" for none, or when a version was asked for."""
        if self._codebook is not None or self._study.moment:
            return ""
        try:
            stamp = (self._study.path / CODEBOOKS).stat().st_mtime_ns
        except OSError:
            return ""
        if stamp != self._new_codebook[0]:
            known = self._study.lineage.versions
            found = [one for one in new_codebooks(self._study) if version_key(one) > version_key(known[-1])]
            self._new_codebook = stamp, found[-1] if found else ""
        return self._new_codebook[1]

    def _tell_changes(self, session: Session, changes: Changes) -> None:
        """What another window has done to the open document's log."""
        news = self._queue_of(session).news((), others=True)
        self._tell("changed", changes=list(changes), queue=news, **self._undoable(session))

    def _queue_of(self, session: Session) -> RecodeQueue:
        if self._queue is None or not self._queue.is_of(session):
            self._queue = RecodeQueue(self._study, session, self._queue)
        return self._queue

    def _tell(self, kind: str, **content: Any) -> None:
        document = self._session.desk.document if self._session else None
        self.send({"kind": kind, "document": document, **content})

    # ---- suggestions

    def _suggest(self, session: Session) -> None:
        if self._is_blind(session):
            return  # in blind double coding the cues would speak to both coders
        if self._offers is None:
            self._offers = Offers(self._study, session)
            self._offers.start()
        elif self._offers.is_ready:
            self._send_offers(session, self._offers)

    def _send_offers(self, session: Session, offers: Offers) -> None:
        offers.is_told = True
        self._tell("suggestions", suggestions=offers.standing(session), failed=offers.error)

    # ---- double coding

    def _is_blind(self, session: Session) -> bool:
        return bool(unseen(self._study, self._coder, session.desk.document))

    def _put_side_by_side(self, session: Session, coders: Any) -> None:
        """Change to the comparison of two coders, or back to coding for None."""
        is_pair = isinstance(coders, list) and len(coders) == 2 and all(is_coder_name(name) for name in coders)
        if coders is not None and not is_pair:
            raise Refused("bad-wish")
        if coders is not None:
            # Refused before the screen changes, where it is refused.
            comparison(
                self._study,
                session.desk.document,
                session.codebook,
                coders[0],
                coders[1],
                viewer=session.desk.coder,
            )
        self._compared = (coders[0], coders[1]) if coders else None
        self.send({**self._snapshot(session), "to": None})

    def _compare(self, session: Session, client: Any) -> None:
        if self._compared is None:
            raise Refused("bad-wish")
        first, second = self._compared
        found = comparison(
            self._study, session.desk.document, session.codebook, first, second, viewer=session.desk.coder
        )
        self._tell("comparison", to=client, **found)


class Offers:
    """The cues' suggestions for a document, found in a thread of their own so that coding need not wait for spaCy."""

    def __init__(self, study: Study, session: Session) -> None:
        self.is_ready = False
        self.is_told = False
        self.error = ""
        self._found: list[dict[str, Any]] = []
        self._study, self._document, self._book = study, session.desk.document, session.codebook

    def start(self) -> None:
        """Begin to look; `is_ready` says when it is done."""
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        try:
            self._found = self._suggested()
        except Exception as error:  # told on the screen: a thread's traceback is seen by nobody
            self.error = type(error).__name__
        self.is_ready = True

    def _suggested(self) -> list[dict[str, Any]]:
        documents = self._study.documents.loc[[self._document]]
        coder = suggestions_coder(self._book.codebook_version)
        frame = self._study.suggested_segments(documents, self._book)
        return [
            {
                "start": int(row["start"]),
                "end": int(row["end"]),
                "code": row["code"],
                "polarity": row["polarity"],
                "suggested_by": coder,
            }
            for row in frame.to_dict("records")
        ]

    def standing(self, session: Session) -> list[dict[str, Any]]:
        """The suggestions that the coder has neither coded nor dismissed."""
        answered = [
            (record["code"], record["start"], record["end"])
            for record in session.desk.state.values()
            if is_segment(record) or record["kind"] == "dismissal"
        ]
        # A suggestion that was taken over under another code has been answered too.
        answered += [
            (record["source"]["code"], record["source"]["start"], record["source"]["end"])
            for record in session.desk.state.values()
            if is_segment(record) and "suggested_by" in record.get("source", {})
        ]
        return [
            offer
            for offer in self._found
            if not any(
                code == offer["code"] and start < offer["end"] and offer["start"] < end for code, start, end in answered
            )
        ]


def _is_in_trouble(session: Session) -> bool:
    """Whether the log no longer stands as the session has it; looked at anew, for a heartbeat may be seconds old."""
    try:
        session.poll()
    except Refused:
        return True
    return session.stopped is not None


def _told(event: Event) -> dict[str, Any]:
    """An event as the inspector's history shows it: what was done, never the words it was done to."""
    what: dict[str, list[str]] = {}
    before, after = event.before or {}, event.after or {}
    if event.before and event.after:
        for key in ("code", "polarity"):
            if before.get(key) != after.get(key):
                what[key] = [before.get(key, ""), after.get(key, "")]
        if (before.get("start"), before.get("end")) != (after.get("start"), after.get("end")):
            what["place"] = ["", ""]
        old, new = (facets_of(record) if is_segment(record) else {} for record in (before, after))
        for facet in sorted({*old, *new}):
            if old.get(facet) != new.get(facet):
                what[facet] = [old.get(facet, ""), new.get(facet, "")]
    return {"at": event.at, "coder": event.coder, "action": event.action, "what": what}


def _proposals(study: Study, coder: str) -> set[str]:
    """The names this coder has proposed for codes, in any document."""
    return {
        event.after["label"]
        for log in own_logs(study, coder)
        for event in log.events
        if event.action == "propose" and event.after is not None and "label" in event.after
    }
