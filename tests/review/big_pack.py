"""A large invented pack, the same bytes every time: 60 elements, 300 quotes, three municipalities and all together.

``python tests/review/big_pack.py FILE`` writes it, to look at a page with.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import sys
from pathlib import Path
from typing import Any

#: Something to hold a view against: building a thousand paragraphs, and the milliseconds it takes on a processor so many
#: times slower than the one that limits were set on, with nothing else running.
YARDSTICK = """const box = document.createElement('div');
    for (let n = 0; n < 1000; n += 1) {
        const line = document.createElement('p');
        line.append('Blåbær og tyttebær ', document.createElement('b'), String(n));
        box.append(line);
    }
    document.body.append(box); box.getBoundingClientRect(); box.remove();"""
YARDSTICK_TAKES, YARDSTICK_SLOWED = 94, 4

CASES = ("TRD", "BGO", "KRS")
LEVELS = ("P", "K", "E", "X")
#: Of each level: elements, of which some are parts of others.
SIZES = {"P": 22, "K": 20, "E": 14, "X": 4}
ROLES = ("prosjektleder", "behovseier", "innkjop", "ledelse", "leverandor_oppstart", "bruker")
_WORDS = (
    "behovet dialogen markedet kontrakten gevinsten brukerne ledelsen innkjøperen leverandøren piloten kravene risikoen "
    "læringen økonomien forankringen beslutningen tida støtten erfaringen målingen nettverket regelverket"
).split()
_ACTS = ("kom for seint", "ble tatt på alvor", "måtte vente", "ga resultater", "ble borte i linja", "virket godt for oss",
         "sto og falt på enkeltpersoner", "fikk ligge åpent så lenge vi trengte det")  # fmt: skip
_JOINTS = ("og", "men", "fordi", "så", "mens", "enda")


def text(nb: str, en: str, nn: str = "") -> dict[str, str]:
    return {"nb": nb, "en": en, **({"nn": nn} if nn else {})}


def big_pack(*, elements: int = 60, quotes: int = 300, seed: int = 7) -> dict[str, Any]:
    """The pack in the shape of ``pack.schema.json``; `elements` of at most 60."""
    chance = random.Random(seed)  # noqa: S311 - invented data, the same every time
    codes = _codes(elements)
    pack: dict[str, Any] = {
        "format": "foran-review-pack",
        "schema_version": 1,
        "study": {
            "title": text("Oppdiktet studie av innkjøp", "Invented study of procurement", "Oppdikta studie av innkjøp"),
            "is_synthetic": True,
            "notice": text("Alt her er oppdiktet. 🙂", "All of this is invented. 🙂"),
        },
        "milestone": {
            "id": "M8",
            "title": text("Praksismodell 2: Bergen", "Practice model 2: Bergen"),
            "model": "practice",
            "case": "BGO",
            "model_version": 2,
            "cut_off": "2022-05-31",
            "codebook_version": "2.0.0",
        },
        "before": "M5",
        "before_kind": "same",
        "before_title": text("Praksismodell 1: Bergen", "Practice model 1: Bergen"),
        "audience": "workshop",
        "arena": "konseptbasert",
        "language": "nb",
        "cases": [{"id": "TRD", "label": "Trondheim"}, {"id": "BGO", "label": "Bergen"}, {"id": "KRS", "label": "Kristiansand"}],
        "levels": [
            {"id": "P", "label": text("Prosjekt", "Project")},
            {"id": "K", "label": text("Kommunen som system", "Municipal system")},
            {"id": "E", "label": text("Økosystem", "Ecosystem")},
            {"id": "X", "label": text("På tvers", "Across levels")},
        ],
        "roles": [{"id": role, "label": text(role.replace("_", " ").capitalize(), role.replace("_", " "))} for role in ROLES],
        "arenas": [
            {"id": f"{one}{other}", "label": text(*2 * (f"Arena {one} {other}",)), "responsible": one, "participants": other}
            for one in ("practice", "research") for other in ("practice", "research")
        ],
        "scale": [
            {"level": at, "label": text(f"Trinn {at}", f"Level {at}"), "anchor": text(_said(chance, 12), f"Anchor {at}.")}
            for at in range(1, 6)
        ],
        "short": [text(_said(chance, 14), "In short, with nothing behind it.", "Kort sagt, utan noko bak.") for _ in range(8)],
        "rests_on": [
            {"case": case, "text": text(f"{label}: {n} intervjuer", f"{label}: {n} interviews", f"{label}: {n} intervju")}
            for case, label, n in (("BGO", "Bergen", 21), ("TRD", "Trondheim", 24), ("KRS", "Kristiansand", 18))
        ],
        "elements": [_element(code, chance) for code in codes],
        "quotes": [],
        "networks": [],
        "changes": [],
        "measures": [],
        "targets": [],
        "next_steps": [],
        "claims": [],
        "questions": [],
        "left_out": [
            {"reason": "not_cleared", "count": 412, "what": text("Ikke klarerte utsagn.", "Passages not cleared.")},
            {"reason": "small_cell", "count": 57, "what": text("Små tall.", "Small counts.")},
            {"reason": "lapsed", "count": None, "what": text("Klareringer som er falt bort.", "Clearings that lapsed.")},
        ],
        "made": [
            [text("Milepæl", "Milestone"), text("M8", "M8")],
            [text("Dokumenter fram til", "Documents up to"), text("31. mai 2022", "31 May 2022")],
        ],
        "abbreviations": [
            {"short": "IOA", "long": text("innovativ offentlig anskaffelse", "innovative public procurement"),
             "text": text("Et innkjøp som gir plass til noe nytt.", "A purchase that leaves room for something new.")},
        ],
    }  # fmt: skip
    for one in pack["elements"]:
        one["children"] = [other["id"] for other in pack["elements"] if other["parent"] == one["id"]]
        if one["children"]:
            one["note"] = text(
                "Det som er sagt om delene, er regnet med her.", "What is said of the parts is counted here."
            )
    pack["arena"] = pack["arenas"][2]["id"]
    top = [one for one in pack["elements"] if not one["parent"]]
    _quotes(pack, top, quotes, chance)
    _networks(pack, top, chance)
    for number in range(12):
        ends = chance.sample(top, 2)
        change = {
            "id": f"CH-2-{number + 1:02d}",
            "kind": ("split", "merged", "renamed", "new", "redefined", "moved")[number % 6],
            "elements": [one["id"] for one in ends],
            "what": text(_said(chance, 10), "What changed."),
            "why": text(_said(chance, 25), "Why it changed."),
        }
        pack["changes"].append(change)
        for one in ends:
            one["changed"].append(change["id"])
    for number in range(18):
        one = chance.choice(top)
        measure = {
            "id": f"BGO-T{number + 1:02d}", "case": CASES[number % 3], "element": one["id"],
            "elements": [one["id"]], "was": "",
            "title": text(_said(chance, 8), "A measure."), "addresses": chance.choice(("promoting", "inhibiting")),
            "owner": chance.choice(ROLES), "priority": chance.choice((1, 2, 3, None)), "grounds": {"nb": _said(chance, 14)},
            "status": chance.choice(("planned", "begun", "done", "postponed")), "effect": "", "trouble": None,
            "steps": [
                {"text": text(_said(chance, 7), "A step."), "from": f"2023-0{step}-01", "to": f"2023-0{step + 1}-15",
                 "status": chance.choice(("", "begun", "done")), "why": None}
                for step in range(1, chance.randint(2, 5))
            ],
        }  # fmt: skip
        pack["measures"].append(measure)
        one["measures"].append(measure["id"])
    for number, one in enumerate(chance.sample(top, 14)):
        side = ("promoting", "inhibiting")[number % 2]
        word = {"promoting": ("fremmer", "fremjar", "promotes"), "inhibiting": ("hemmer", "hemmar", "inhibits")}[side]
        label = one["label"]["nb"]
        pack["claims"].append({
            "id": f"{side}.BGO.{one['id']}",
            "text": text(f"I Bergen {word[0]} «{label}».", f"In Bergen “{label}” {word[2]}.", f"I Bergen {word[1]} «{label}»."),
            "elements": [one["id"]], "quotes": one[side][:3],
        })  # fmt: skip
    for number in range(5):
        about = {"kind": "element", "id": top[number]["id"]} if number % 2 else None
        pack["questions"].append({
            "id": f"Q{number + 1:04d}", "about": about,
            "text": text(f"{_said(chance, 9)[:-1]}?", "What do you think?", "Kva tenkjer de om dette?"),
        })  # fmt: skip
    content = json.dumps(pack, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    pack["id"] = f"M8-workshop-{hashlib.sha256(content.encode()).hexdigest()[:12]}"
    return {"format": pack.pop("format"), "schema_version": pack.pop("schema_version"), "id": pack.pop("id"), **pack}


def _said(chance: random.Random, words: int) -> str:
    """An invented sentence of about so many words."""
    parts: list[str] = []
    while sum(len(part.split()) for part in parts) < words:
        parts += [chance.choice(_JOINTS)] if parts else []
        parts.append(f"{chance.choice(_WORDS)} {chance.choice(_ACTS)}")
    said = " ".join(parts)
    return f"{said[0].upper()}{said[1:]}."


def _codes(count: int) -> list[tuple[str, str, str, str]]:
    """Id, display, level and parent of each element; every sixth of a level is a part of the one before it."""
    found: list[tuple[str, str, str, str]] = []
    for level, size in SIZES.items():
        number, parent = 0, ""
        for at in range(size):
            code = f"C{len(found) + 1:04d}"
            if at % 6 == 5:
                found.append((code, f"{level}{number}.1", level, parent))
            else:
                number, parent = number + 1, code
                found.append((code, f"{level}{number}", level, ""))
    return found[:count]


def _element(code: tuple[str, str, str, str], chance: random.Random) -> dict[str, Any]:
    id_, display, level, parent = code
    words = chance.sample(_WORDS, 2)
    label = f"{words[0].capitalize()} og {words[1]} hos oss" if chance.random() < 0.8 else (
        "Forankring av gevinstrealiseringsansvaret i ledergruppa og ute i tjenesteområdene")  # fmt: skip
    counted: dict[str, dict[str, Any]] = {}
    for case in CASES:
        is_shown = chance.random() < 0.7 and not parent
        counted[case] = {
            "state": "evidence",
            "promoting": chance.randint(5, 60) if is_shown else None,
            "inhibiting": chance.randint(5, 60) if is_shown else None,
            "documents": chance.randint(3, 14) if is_shown else None,
        }
    known = [cell["documents"] for cell in counted.values()]
    whole = sum(n for n in known if n is not None) if None not in known else None
    return {
        "id": id_, "display": display, "level": level, "label": text(label, f"Element {display}"),
        "definition": text(definition := _said(chance, 30), f"What {display} is about."),
        "brief": text(f"{' '.join(definition.split()[:9])}.", f"What {display} is."), "parent": parent, "children": [],
        "note": text("Tall og sitater er samlet ett sted.", "Numbers are gathered elsewhere.") if parent else None,
        "documents": whole,
        "by_case": {} if parent else counted, "promoting": [], "inhibiting": [],
        "maturity": [] if parent else [
            {"case": case, "side": side, "median": (level := chance.randint(1, 5)), "low": max(1, level - 1), "high": level,
             "count": None, "warnings": [text("Bygger på smalt belegg.", "Rests on narrow evidence.")] if level > 3 else []}
            for case in CASES for side in ("researcher", "self")
        ],
        "changed": [], "measures": [], "left_out": {"not_cleared": chance.randint(5, 30)},
    }  # fmt: skip


def _quotes(pack: dict[str, Any], top: list[dict[str, Any]], count: int, chance: random.Random) -> None:
    for number in range(count):
        one, polarity, case = (
            top[number % len(top)],
            chance.choice(("promoting", "inhibiting", "both")),
            CASES[number % 3],
        )
        words = _said(chance, chance.randint(10, 70))
        if number % 50 == 0:
            words = f"Vi gikk i gang pa\u030a nytt 🙂 og {words}"
        is_edited = number % 9 == 0
        quote = {
            "id": f"{case}-I{number % 9 + 1:02d}.K1.s{number:04d}", "words": f"[…] {words}" if is_edited else words,
            "edited": is_edited, "case": case, "kind": "interview" if number % 5 else "workshop_note",
            "month": f"20{20 + number % 3}-{number % 12 + 1:02d}", "role": ROLES[number % len(ROLES)] if number % 2 else "",
            "polarity": polarity, "elements": [one["id"]],
        }  # fmt: skip
        # As in every pack: composed letters.
        quote["words"] = quote["words"].replace("a\u030a", "å")
        pack["quotes"].append(quote)
        for side in ("promoting", "inhibiting"):
            if polarity in (side, "both"):
                one[side].append(quote["id"])


def _networks(pack: dict[str, Any], top: list[dict[str, Any]], chance: random.Random) -> None:
    places = {}
    for level_at, level in enumerate(LEVELS):
        own = [one for one in top if one["level"] == level]
        for at, one in enumerate(own):
            turn = 2 * math.pi * at / max(1, len(own))
            middle = (0.27 + 0.46 * (level_at % 2), 0.27 + 0.46 * (level_at // 2))
            places[one["id"]] = (round(middle[0] + 0.2 * math.cos(turn), 4), round(middle[1] + 0.2 * math.sin(turn), 4))
    pairs = sorted({tuple(sorted(chance.sample([one["id"] for one in top], 2))) for _ in range(420)})
    for name in ("all", *CASES):
        chosen = pairs if name == "all" else [pair for pair in pairs if chance.random() < 0.55]
        counts = [chance.randint(5, 40) if chance.random() < 0.7 else None for _ in chosen]
        most = max((n for n in counts if n is not None), default=1)
        pack["networks"].append({
            "id": name,
            "label": text("Alle kommunene", "All municipalities") if name == "all" else text(name, name),
            "nodes": [
                {"id": one["id"], "size": round(chance.random(), 2), "x": places[one["id"]][0], "y": places[one["id"]][1]}
                for one in top if name == "all" or chance.random() < 0.9
            ],
            "edges": [],
            "note": text("Strek: omtalt i samme innlegg.", "A line: spoken of in the same turn."),
        })  # fmt: skip
        nodes = {node["id"] for node in pack["networks"][-1]["nodes"]}
        pack["networks"][-1]["edges"] = [
            {"id": f"{a}~{b}", "a": a, "b": b, "count": n, "strength": 0.05 if n is None else round(n / most, 2)}
            for (a, b), n in zip(chosen, counts, strict=True)
            if a in nodes and b in nodes
        ]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(big_pack(), ensure_ascii=False, indent=1) + "\n", "utf-8")
