"""From a claim in ``model.json`` back to the passages it rests on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ForanError, FutureFile, UnknownName
from .models.capability import SCHEMA_VERSION
from .settings import MODELS
from .study import Study

#: Under which keys a model names what a claim is about: an element, a measure, a process, a criterion, an event.
_NAMES = ("id", "display", "element", "process", "measure")


@dataclass(frozen=True)
class Passage:
    """One passage behind a claim; `words` are checked against the text as it stands."""

    segment: str
    document: str
    turn: int
    speaker: str
    polarity: str
    coder: str
    codebook_version: str
    words: str


def read_model(path: Path) -> dict[str, Any]:
    """A model.json as a dict.

    Raises
    ------
    ForanError
        When the file is not there, is no model, or is from a newer version of the package.
    """
    try:
        model = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ForanError(f"{path}: no such file; make it with `foran run`") from None
    except OSError as error:
        raise ForanError(
            f"{path}: cannot be read ({error.strerror}); expected a model.json made by `foran run`"
        ) from None
    except ValueError:
        raise ForanError(f"{path}: not a model.json; make it anew with `foran run`") from None
    if not isinstance(model, dict) or model.get("model") not in MODELS:
        raise ForanError(f"{path}: not a model; expected a model.json made by `foran run`")
    if not isinstance(model.get("schema_version"), int):
        raise ForanError(f"{path}: a model without schema_version; make it anew with `foran run`")
    if model["schema_version"] > SCHEMA_VERSION:
        raise FutureFile(f"{path}: schema_version {model['schema_version']}; this package reads up to {SCHEMA_VERSION}")
    return model


def trace(study: Study, model: dict[str, Any], name: str) -> tuple[dict[str, Any], list[Passage]]:
    """What is called `name` and every passage behind it, in order of document and place.

    In a capability model an element, by display code or id. In the other models also a measure, a process, a criterion
    (``2i``) or an event: everything that the model says of it counts.

    Raises
    ------
    UnknownName
        For what the model does not name.
    ForanError
        When a segment no longer resolves: the study has changed since the model was made.
    """
    if model["model"] != "capability":
        return _trace_any(study, model, name)
    element = next((e for e in model["elements"] if name in (e["id"], e["display"])), None)
    if element is None:
        raise UnknownName("element", name, (e["display"] for e in model["elements"]))
    study = study.as_of(study.milestone(model["milestone"]).coded_until)
    changed = [
        d
        for d, digest in model["corpus"]["texts"].items()
        if d not in study.transcripts or study.transcripts[d].text_sha256 != digest
    ]
    if changed:
        raise ForanError(
            f"the texts of {', '.join(changed)} are not those the model was made from; run the milestone again"
        )
    return element, list(_passages(study, model, element))


def _trace_any(study: Study, model: dict[str, Any], name: str) -> tuple[dict[str, Any], list[Passage]]:
    """As :func:`trace`, in a model of any kind: what it says of `name`, wherever it says so."""
    milestone = study.milestone(model["milestone"])
    study = study.as_of(milestone.coded_until)
    code = study.codebook(milestone).find(name)
    wanted = {name} if code is None else {code.id, code.display}
    known = set(study.segments()["segment"])
    said = [one for one in _dicts(model) if any(one.get(key) in wanted for key in _NAMES if _is_text(one.get(key)))]
    if not said:
        resting = (one for one in _dicts(model) if known.intersection(_texts(one)))
        named = {str(one.get("display", one.get("id"))) for one in resting if _is_text(one.get("id"))}
        raise UnknownName("claim", name, sorted(named))
    found = tuple(dict.fromkeys(text for one in said for text in _texts(one) if text in known))
    label = code.label if code is not None else next((one[key] for one in said for key in ("title", "label", "what")
                                                      if isinstance(one.get(key), Mapping)), {})  # fmt: skip
    display = name if code is None else code.display
    claim = {"display": display, "label": {"nb": "", "en": "", **label}, "sources": found}
    passages = sorted(_passages(study, model, claim), key=lambda one: (one.document, one.turn, one.segment))
    return claim, passages


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _dicts(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _dicts(part)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(part)


def _passages(study: Study, model: dict[str, Any], element: dict[str, Any]) -> Iterator[Passage]:
    milestone = study.milestone(model["milestone"])
    rows = study.model_inputs(milestone, coding=model["coding"]["basis"]).segments.set_index("segment")
    missing = [segment for segment in element["sources"] if segment not in rows.index]
    if missing:
        raise ForanError(
            f"{len(missing)} segments of {element['display']} are no longer in the study (first: {missing[0]}); "
            "run the milestone again"
        )
    for segment in element["sources"]:
        row = rows.loc[segment]
        transcript = study.transcripts[row["document"]]
        first = next(t for t in transcript.turns if t.number == row["turns"][0])
        yield Passage(
            segment,
            row["document"],
            first.number,
            first.speaker or "",
            row["polarity"],
            row["coder"],
            row["applied_under"],
            transcript.text[row["start"] : row["end"]],
        )
