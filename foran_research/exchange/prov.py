"""W3C PROV as PROV-JSON: what came of what, by which activity, and in whose role. The same value gives the same bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import ForanError

PREFIXES = {"foran": "urn:foran:", "prov": "http://www.w3.org/ns/prov#", "xsd": "http://www.w3.org/2001/XMLSchema#"}
_LOCAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./@+-]*")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")

Attributes = Mapping[str, str | int]


@dataclass(frozen=True)
class Thing:
    """An entity: a local id (``document/TRD-I01``), what kind it is, its label, and facts such as its hash."""

    id: str
    kind: str
    label: str
    facts: Attributes = field(default_factory=dict)
    is_collection: bool = False
    is_plan: bool = False


@dataclass(frozen=True)
class Activity:
    """Something done between two UTC seconds ("" where not known): what it used and made, and the agents it was done by."""

    id: str
    kind: str
    label: str
    started: str = ""
    ended: str = ""
    used: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    facts: Attributes = field(default_factory=dict)


@dataclass(frozen=True)
class Agent:
    """A role or a program, never a person by name."""

    id: str
    label: str
    is_software: bool = False


@dataclass(frozen=True)
class Provenance:
    """Things, activities and agents, with what was derived from what, and what is a member of which collection.

    `derived` are triples of ids: the later thing, the earlier one, and whether it is a revision of it.
    """

    things: tuple[Thing, ...]
    activities: tuple[Activity, ...]
    agents: tuple[Agent, ...]
    derived: tuple[tuple[str, str, bool], ...] = ()
    members: tuple[tuple[str, str], ...] = ()


def prov_json(told: Provenance) -> str:
    """The provenance as PROV-JSON text (W3C member submission of 2013), keys in a fixed order.

    Raises
    ------
    ForanError
        For an id with characters that no qualified name has, one that is used twice, a relation to something that is not
        told of, a thing made by two activities, or a time that is no UTC second.

    Examples
    --------
    >>> told = Provenance((Thing("model/M1", "model", "M1"),), (), ())
    >>> json.loads(prov_json(told))["entity"]
    {'foran:model/M1': {'prov:type': 'foran:model', 'prov:label': 'M1'}}
    """
    _check(told)
    document: dict[str, dict[str, Any]] = {"prefix": {k: v for k, v in PREFIXES.items() if k not in ("prov", "xsd")}}
    document["entity"] = {_name(one.id): _thing(one) for one in _by_id(told.things)}
    document["activity"] = {_name(one.id): _activity(one) for one in _by_id(told.activities)}
    document["agent"] = {
        _name(one.id): {
            "prov:type": {
                "$": f"prov:{'SoftwareAgent' if one.is_software else 'Person'}",
                "type": "prov:QUALIFIED_NAME",
            },
            "prov:label": one.label,
        }
        for one in _by_id(told.agents)
    }
    relations: dict[str, list[dict[str, Any]]] = {
        "used": [
            {"prov:activity": _name(one.id), "prov:entity": _name(thing)}
            for one in _by_id(told.activities)
            for thing in sorted(one.used)
        ],
        "wasGeneratedBy": [
            {"prov:entity": _name(thing), "prov:activity": _name(one.id)}
            for one in _by_id(told.activities)
            for thing in sorted(one.made)
        ],
        "wasAssociatedWith": [
            {"prov:activity": _name(one.id), "prov:agent": _name(agent)}
            for one in _by_id(told.activities)
            for agent in sorted(one.agents)
        ],
        "wasDerivedFrom": [
            {
                "prov:generatedEntity": _name(later),
                "prov:usedEntity": _name(earlier),
                **({"prov:type": {"$": "prov:Revision", "type": "prov:QUALIFIED_NAME"}} if is_revision else {}),
            }
            for later, earlier, is_revision in sorted(told.derived)
        ],
        "hadMember": [
            {"prov:collection": _name(whole), "prov:entity": _name(part)} for whole, part in sorted(told.members)
        ],
    }
    for kind, found in relations.items():
        if found:
            document[kind] = {f"_:{kind}{number}": one for number, one in enumerate(found, 1)}
    return json.dumps({key: value for key, value in document.items() if value}, ensure_ascii=False, indent=1) + "\n"


def _name(local: str) -> str:
    return f"foran:{local}"


def _by_id(found: tuple[Any, ...]) -> list[Any]:
    return sorted(found, key=lambda one: str(one.id))


def _kind(kind: str, more: str) -> Any:
    return [f"foran:{kind}", {"$": more, "type": "prov:QUALIFIED_NAME"}] if more else f"foran:{kind}"


def _facts(facts: Attributes) -> dict[str, str | int]:
    return {f"foran:{key}": value for key, value in sorted(facts.items())}


def _thing(one: Thing) -> dict[str, Any]:
    more = "prov:Collection" if one.is_collection else "prov:Plan" if one.is_plan else ""
    return {"prov:type": _kind(one.kind, more), "prov:label": one.label, **_facts(one.facts)}


def _activity(one: Activity) -> dict[str, Any]:
    return {
        **({"prov:startTime": one.started} if one.started else {}),
        **({"prov:endTime": one.ended} if one.ended else {}),
        "prov:type": f"foran:{one.kind}",
        "prov:label": one.label,
        **_facts(one.facts),
    }


def _check(told: Provenance) -> None:
    things = [one.id for one in told.things]
    activities = [one.id for one in told.activities]
    agents = [one.id for one in told.agents]
    ids = [*things, *activities, *agents]
    if bad := next((one for one in ids if not _LOCAL.fullmatch(one)), None):
        raise ForanError(f"an id of provenance has a letter that no qualified name has (its length: {len(bad)})")
    if len(set(ids)) != len(ids):
        raise ForanError("two things of the provenance have the same id")
    known = set(things)
    made = [thing for one in told.activities for thing in one.made]
    if len(set(made)) != len(made):
        raise ForanError("something in the provenance is made by two activities")
    related = {
        *made, *(thing for one in told.activities for thing in one.used),
        *(thing for later, earlier, _ in told.derived for thing in (later, earlier)),
        *(thing for pair in told.members for thing in pair),
    }  # fmt: skip
    if not related <= known or not {agent for one in told.activities for agent in one.agents} <= set(agents):
        raise ForanError("a relation of the provenance names something that is not told of")
    for one in told.activities:
        if any(moment and not _TIME.fullmatch(moment) for moment in (one.started, one.ended)):
            raise ForanError(f"{one.id}: times of the provenance are UTC seconds")
