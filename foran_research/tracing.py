"""From a claim in ``model.json`` back to the passages it rests on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ForanError, FutureFile, UnknownName
from .models.capability import SCHEMA_VERSION
from .study import Study


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
    if not isinstance(model, dict) or model.get("model") != "capability":
        raise ForanError(f"{path}: not a capability model; expected a model.json made by `foran run`")
    if not isinstance(model.get("schema_version"), int):
        raise ForanError(f"{path}: a model without schema_version; make it anew with `foran run`")
    if model["schema_version"] > SCHEMA_VERSION:
        raise FutureFile(f"{path}: schema_version {model['schema_version']}; this package reads up to {SCHEMA_VERSION}")
    return model


def trace(study: Study, model: dict[str, Any], name: str) -> tuple[dict[str, Any], list[Passage]]:
    """The element called `name` (display code or id) and every passage behind it, in order of document and place.

    Raises
    ------
    UnknownName
        For an element that the model does not have.
    ForanError
        When a segment no longer resolves: the study has changed since the model was made.
    """
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
