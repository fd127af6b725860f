"""A reader of a pack who wants the numbers that are kept back: she has the pack, the rules, and a solver. And a naive check
for repeated words. Neither uses anything of what makes packs."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import linprog

Pack = Mapping[str, Any]


def texts_of(value: Any) -> Iterator[str]:
    """Every text in a pack, those of keys as well."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (str(key) for key in value)
        for one in value.values():
            yield from texts_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one)


def normal(text: str) -> str:
    """Words with single blanks, without letter case and signs."""
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFC", text).casefold()))


def repeated(pack: Pack, transcripts: Iterable[str], allowed: Iterable[str], run: int = 6) -> list[str]:
    """Runs of words of a transcript that stand somewhere in the pack, and in none of the `allowed` passages."""

    def runs(texts: Iterable[str]) -> set[str]:
        split = [normal(text).split() for text in texts]
        return {" ".join(words[at : at + run]) for words in split for at in range(len(words) - run + 1)}

    return sorted(runs(texts_of(pack)) & runs(transcripts) - runs(allowed))


def intervals(rest: int, bounds: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The least and the most that each of some numbers can be, which are `rest` together; by linear programming."""
    found = []
    for at in range(len(bounds)):
        aim = np.zeros(len(bounds))
        aim[at] = 1
        ends = []
        for sign in (1, -1):
            solved = linprog(
                sign * aim,
                A_eq=np.ones((1, len(bounds))),
                b_eq=[rest],
                bounds=[(low, None if math.isinf(high) else high) for low, high in bounds],
                method="highs",
            )
            assert solved.status in (0, 3), "what she knows does not hold together"
            ends.append(sign * solved.fun if solved.status == 0 else sign * -math.inf)
        found.append((ends[0], ends[1]))
    return found


def worked_out(pack: Pack) -> list[str]:
    """The numbers kept back that she can work out: documents of elements, and turns of edges.

    She knows that an element's documents by municipality add up, that a node stands for one at least, that quotes stand in
    documents (their ids say which), from how many turns an edge is drawn, and that the network of all is the sum.
    """
    networks = {one["id"]: one for one in pack["networks"]}
    cases = [one["id"] for one in pack["cases"]]
    found = []
    for element in pack["elements"]:
        if element["parent"] or element["documents"] is None or "all" not in networks:
            continue
        hidden = [case for case in cases if element["by_case"][case]["documents"] is None]
        there = {case: {node["id"] for node in networks[case]["nodes"]} for case in cases}
        homes = {
            case: {
                quote["id"].split(".")[0]
                for quote in pack["quotes"]
                if quote["case"] == case and element["id"] in quote["elements"]
            }
            for case in hidden
        }
        least = {case: max(int(element["id"] in there[case]), len(homes[case])) for case in hidden}
        rest = element["documents"] - sum(element["by_case"][case]["documents"] for case in cases if case not in hidden)
        if hidden and rest >= sum(least.values()):
            bounds = [(least[case], 0 if element["id"] not in there[case] else math.inf) for case in hidden]
            for case, (low, high) in zip(hidden, intervals(rest, bounds), strict=True):
                if high - low < 0.5 and high > 0:
                    found.append(f"documents of {element['id']} in {case}")
    if "all" not in networks:
        return found
    drawn = int(re.search(r"\d+", networks["all"]["note"]["nb"])[0])
    edges = {name: {edge["id"]: edge["count"] for edge in network["edges"]} for name, network in networks.items()}
    for name, whole in edges["all"].items():
        if whole is None:
            own = [edges[case].get(name, "below") for case in cases]
            if all(isinstance(one, int) for one in own):
                found.append(f"turns of {name} in all")
            continue
        known = {case: edges[case].get(name, "below") for case in cases}
        open_ = [case for case in cases if known[case] == "below" or known[case] is None]
        bounds = [(0, drawn - 1) if known[case] == "below" else (drawn, math.inf) for case in open_]
        rest = whole - sum(one for one in known.values() if isinstance(one, int))
        if open_:
            for case, (low, high) in zip(open_, intervals(rest, bounds), strict=True):
                if high - low < 0.5 and high > 0:
                    found.append(f"turns of {name} in {case}")
    return found


def small_ones(pack: Pack, persons: int, documents: int) -> list[str]:
    """The numbers in a pack that are told though they are small."""
    found = []
    for element in pack["elements"]:
        told = [("documents", element["documents"], documents)]
        for cell in element["by_case"].values():
            told += [("documents", cell["documents"], documents)]
            told += [(side, cell[side], persons) for side in ("promoting", "inhibiting")]
        told += [("assessors", one["count"], persons) for one in element["maturity"]]
        told += [(why, n, persons) for why, n in element["left_out"].items() if why != "small_cell"]
        found += [
            f"{name} of {element['id']}" for name, count, least in told if count is not None and 0 < count < least
        ]
    for network in pack["networks"]:
        found += [
            f"turns of {network['id']}/{edge['id']}"
            for edge in network["edges"] if edge["count"] is not None and 0 < edge["count"] < persons
        ]  # fmt: skip
    return found


def unresolved(pack: Pack) -> list[str]:
    """Every id that a pack names and does not hold."""
    known = {
        kind: {one["id"] for one in pack[kind]}
        for kind in ("cases", "levels", "roles", "arenas", "elements", "quotes", "changes", "measures", "claims")
    }
    named: list[tuple[str, str]] = []
    for one in pack["elements"]:
        named += [("levels", one["level"]), *(("elements", name) for name in [one["parent"]] if name)]
        named += [("cases", name) for name in one["by_case"]]
        named += [("quotes", name) for side in ("promoting", "inhibiting") for name in one[side]]
        named += [("cases", row["case"]) for row in one["maturity"]]
        named += [("changes", name) for name in one["changed"]] + [("measures", name) for name in one["measures"]]
    for one in pack["quotes"]:
        named += [("cases", one["case"])] + [("roles", one["role"])] * bool(one["role"])
        named += [("elements", name) for name in one["elements"]]
    for one in pack["networks"]:
        named += [("cases", one["id"])] * (one["id"] != "all")
        nodes = {node["id"] for node in one["nodes"]}
        named += [("elements", name) for name in nodes]
        for edge in one["edges"]:
            assert edge["id"] == f"{edge['a']}~{edge['b']}"
            assert {edge["a"], edge["b"]} <= nodes
            assert edge["a"] < edge["b"]
    for one in pack["changes"]:
        named += [("elements", name) for name in one["elements"]]
    for one in pack["measures"]:
        named += [("cases", one["case"])] + [("elements", one["element"])] * bool(one["element"])
        named += [("roles", one["owner"])] * bool(one["owner"])
    for one in pack["claims"]:
        named += [("elements", name) for name in one["elements"]] + [("quotes", name) for name in one["quotes"]]
    for one in pack["questions"]:
        about = one["about"]
        if about and about["kind"] != "edge":
            named.append((f"{about['kind']}s", about["id"]))
    for one in ([("arenas", pack["arena"])] if pack["arena"] else []) + (
        [("cases", pack["milestone"]["case"])] if pack["milestone"]["case"] else []
    ):
        named.append(one)
    for kind, own in known.items():
        assert len(own) == len(pack[kind]), f"an id of {kind} stands twice"
    return [f"{kind} {name}" for kind, name in named if name not in known[kind]]


def as_bytes(pack: Pack) -> bytes:
    return json.dumps(pack, ensure_ascii=False).encode()
