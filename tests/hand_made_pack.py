# ruff: noqa: E501
"""A small review pack made by hand: everybody and everything in it is invented (oppdiktet).

It holds what breaks pages: tags, line separators, right-to-left marks, a decomposed letter made whole, an emoji, hidden
counts, elements without evidence for every reason there is, text that lacks nynorsk or English.
"""

from __future__ import annotations

import copy
from typing import Any

CASES = ("TRD", "BGO", "KRS")
#: Words that would run if they were taken for HTML; and what else is hard to show.
HOSTILE = (
    "</script><script>window.broken = 1</script><!-- <img src=x onerror=window.broken=2> \u2028 \u202eabc\u202c 😀 å"
)


def _t(nb: str, en: str, nn: str = "") -> dict[str, str]:
    return {"nb": nb, "en": en} | ({"nn": nn} if nn else {})


def _cell(
    promoting: int | None, inhibiting: int | None, documents: int | None, state: str = "evidence"
) -> dict[str, Any]:
    return {"state": state, "promoting": promoting, "inhibiting": inhibiting, "documents": documents}


def _element(number: int, display: str, label: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "id": f"C{number:04}",
        "display": display,
        "level": display[0],
        "label": label,
        "brief": _t(f"Hva {label['nb'].lower()} er.", f"What {label['en'].lower()} is."),
        "definition": _t(
            f"Kodes når noen sier hva {label['nb'].lower()} er.", f"Coded when {label['en'].lower()} is told of."
        ),
        "parent": "",
        "children": [],
        "note": None,
        "documents": 9,
        "by_case": {case: _cell(4, 3, 3) for case in CASES},
        "promoting": [],
        "inhibiting": [],
        "maturity": [],
        "changed": [],
        "measures": [],
        "left_out": {},
    } | more


def _quote(
    number: int, words: str, case: str, role: str, polarity: str, elements: list[str], edited: bool
) -> dict[str, Any]:
    return {
        "id": f"{number:012x}",
        "words": words,
        "edited": edited,
        "case": case,
        "kind": "interview",
        "month": f"2020-{number:02}",
        "role": role,
        "polarity": polarity,
        "elements": elements,
    }


def _maturity(case: str, side: str, median: int | None, count: int | None, *warnings: dict[str, str]) -> dict[str, Any]:
    low = None if median is None else max(1, median - 1)
    return {
        "case": case,
        "side": side,
        "median": median,
        "low": low,
        "high": median,
        "count": count,
        "warnings": [*warnings],
    }


_ELEMENTS = [
    _element(1, "P1", _t("Behovsavklaring", "Needs analysis", "Behovsavklaring"), promoting=["000000000001"],
             inhibiting=["000000000002", "000000000003"], changed=["K1"], measures=["T001"], left_out={"not_cleared": 4, "too_long": 1},
             maturity=[_maturity("TRD", "joint", 3, 2), _maturity("BGO", "self", 2, None, _t("Lite belegg.", "Little evidence.")),
                       _maturity("KRS", "researcher", None, 0)]),
    _element(2, "P2", _t("Dialog med markedet", "Dialogue with the market", "Dialog med marknaden"), promoting=["000000000004"],
             documents=None, by_case={"TRD": _cell(None, None, None), "BGO": _cell(5, 0, 4), "KRS": _cell(None, None, None)}),
    _element(3, "K1", _t("Kompetanse i innkjøp (IOA)", "Competence in buying (IOA)", "Kompetanse i innkjøp (IOA)"), changed=["K2"],
             children=["C0004"], note=_t("Det som er sagt om delene, er regnet med her.", "What is said of the parts is counted here.")),
    _element(4, "K2", _t("Lederforankring 🧭", "Anchoring with leaders"), inhibiting=["000000000005"], parent="C0003",
             note=_t("Tall og sitater for denne delen er samlet under K1.", "Numbers and quotes for this part are gathered under K1.")),
    _element(5, "E1", _t("Innovasjonsvennlig kontrakt", "A contract that welcomes innovation"), promoting=["000000000005"],
             documents=None, by_case={"TRD": _cell(4, 0, 3), "BGO": _cell(None, None, None, "suppressed"), "KRS": _cell(None, None, None, "not_asked")}),
    _element(6, "E2", _t(HOSTILE, HOSTILE), documents=0, by_case={case: _cell(0, 0, 0, "nothing_said") for case in CASES}),
    _element(7, "E3", _t("Foregangskommuner", "Municipalities that go first"), documents=None,
             by_case={"TRD": _cell(None, None, None, "not_asked"), "BGO": _cell(None, None, None, "not_codable"), "KRS": _cell(None, None, None, "not_codable")}),
    _element(8, "E4", _t("Smitte mellom kommuner", "Catching on between municipalities"), documents=0,
             by_case={"TRD": _cell(None, None, None, "not_asked"), "BGO": _cell(0, 0, 0, "nothing_said"), "KRS": _cell(None, None, None, "not_codable")}),
]  # fmt: skip

_QUOTES = [
    _quote(1, "Vi satte oss ned med hjemmetjenesten før vi skrev noe som helst.\nDet gjorde vi to ganger.", "TRD", "needs", "promoting", ["C0001"], False),
    _quote(2, "Behovet kom som en ferdig løsning […] og da var det for sent å spørre.", "BGO", "procurement", "inhibiting", ["C0001"], True),
    _quote(3, HOSTILE, "KRS", "", "inhibiting", ["C0001"], False),
    _quote(4, "Leverandørene fikk si hva de ikke trodde på.", "BGO", "supplier", "promoting", ["C0002"], False),
    _quote(5, "Lederen sa ja på møtet og nei på mailen 😅.", "TRD", "leadership", "inhibiting", ["C0004", "C0005"], False),
]  # fmt: skip


def _network(case: str, label: dict[str, str], edges: list[tuple[int, int, int | None, float]]) -> dict[str, Any]:
    places = [(0.1, 0.2), (0.4, 0.1), (0.5, 0.6), (0.8, 0.4), (0.7, 0.9), (0.15, 0.85)]
    return {
        "id": case,
        "label": label,
        "nodes": [{"id": f"C{at:04}", "size": 0.2 + at / 10, "x": x, "y": y} for at, (x, y) in enumerate(places, 1)],
        "edges": [
            {"id": f"C{a:04}~C{b:04}", "a": f"C{a:04}", "b": f"C{b:04}", "count": count, "strength": strength}
            for a, b, count, strength in edges
        ],
        "note": _t("Bygget av oppdiktet materiale.", "Built from invented material."),
    }


_PACK: dict[str, Any] = {
    "format": "foran-review-pack",
    "schema_version": 1,
    "id": "M5-workshop-0123456789ab",
    "study": {
        "title": _t("FORAN: evne til innovative anskaffelser", "FORAN: capability for innovative procurement", "FORAN: evne til innovative anskaffingar"),
        "is_synthetic": True,
        "notice": _t("Alt her er oppdiktet.", "Everything here is invented.", "Alt her er oppdikta."),
    },
    "milestone": {
        "id": "M5",
        "title": _t("Kapabilitetsmodell, andre versjon", "Capability model, second version", "Kapabilitetsmodell, andre versjon"),
        "model": "capability",
        "case": "",
        "model_version": 2,
        "cut_off": "2022-06-30",
        "codebook_version": "1.1.0",
    },
    "before": "M3",
    "before_kind": "same",
    "before_title": _t("Kapabilitetsmodell, første versjon", "Capability model, first version"),
    "audience": "workshop",
    "arena": "",
    "language": "nb",
    "cases": [{"id": "TRD", "label": "Trondheim"}, {"id": "BGO", "label": "Bergen"}, {"id": "KRS", "label": "Kristiansand"}],
    "levels": [
        {"id": "P", "label": _t("Prosess", "Process", "Prosess")},
        {"id": "K", "label": _t("Kommune", "Municipality", "Kommune")},
        {"id": "E", "label": _t("Økosystem", "Ecosystem", "Økosystem")},
    ],
    "roles": [
        {"id": "needs", "label": _t("Behovseier", "Owner of the need", "Behovseigar")},
        {"id": "procurement", "label": _t("Innkjøper", "Buyer", "Innkjøpar")},
        {"id": "leadership", "label": _t("Ledelse", "Leadership", "Leiing")},
        {"id": "supplier", "label": _t("Leverandør", "Supplier", "Leverandør")},
    ],
    "arenas": [
        {"id": "A1", "label": _t("Arbeidsverksted", "Workshop"), "responsible": "practice", "participants": "practice"},
        {"id": "A2", "label": _t("Ledermøte", "Meeting of leaders"), "responsible": "research", "participants": "practice"},
    ],
    "scale": [
        {"level": level, "label": _t(nb, en), "anchor": _t(f"Slik er det på nivå {level}.", f"What level {level} is like.")}
        for level, (nb, en) in enumerate([("Fraværende", "Absent"), ("Begynnende", "Beginning"), ("Etablert", "Established"), ("Systematisk", "Systematic"), ("Lærende", "Learning")], 1)
    ],
    "short": [
        _t("Dialog før konkurransen fremmer i to av tre kommuner.", "Dialogue before the competition promotes in two of three municipalities."),
        _t("Sen involvering hemmer overalt.", "Being involved late inhibits everywhere.", "Sein involvering hemmar overalt."),
    ],
    "rests_on": [
        {"case": "TRD", "text": _t("Trondheim: 12 intervjuer og 4 notater", "Trondheim: 12 interviews and 4 notes", "Trondheim: 12 intervju og 4 notat")},
        {"case": "BGO", "text": _t("Bergen: 9 intervjuer", "Bergen: 9 interviews", "Bergen: 9 intervju")},
        {"case": "KRS", "text": _t("Kristiansand: færre enn 3 notater", "Kristiansand: fewer than 3 notes", "Kristiansand: færre enn 3 notat")},
    ],
    "elements": _ELEMENTS,
    "quotes": _QUOTES,
    "networks": [
        _network("all", _t("Alle tre", "All three"), [(1, 2, 6, 1.0), (1, 3, 4, 0.6), (3, 4, None, 0.3), (4, 5, 3, 0.5)]),
        _network("TRD", _t("Trondheim", "Trondheim"), [(1, 2, 3, 0.7), (3, 4, None, 0.2)]),
        _network("BGO", _t("Bergen", "Bergen"), [(1, 2, 3, 0.9), (1, 3, 4, 1.0)]),
        _network("KRS", _t("Kristiansand", "Kristiansand"), [(4, 5, 3, 1.0)]),
    ],
    "changes": [
        {"id": "K1", "kind": "narrowed", "elements": ["C0001"], "what": _t("Definisjonen av P1 er strammet inn.", "The definition of P1 is narrower."), "why": _t("To kodere leste den ulikt.", "Two coders read it differently.")},
        {"id": "K2", "kind": "new", "elements": ["C0003", "C0004"], "what": _t("K1 og K2 er nye.", "K1 and K2 are new."), "why": _t("De kom fram i verkstedet.", "They came up in the workshop.")},
    ],
    "measures": [
        {
            "id": "T001",
            "case": "TRD",
            "element": "C0001",
            "elements": ["C0001"],
            "was": "",
            "title": _t("Fast møte med tjenesten før kravene skrives", "A fixed meeting with the service before demands are written"),
            "addresses": "inhibiting",
            "owner": "needs",
            "priority": 1,
            "grounds": {"nb": "To av tre kommuner sa det samme, og det koster lite å prøve."},
            "status": "planned",
            "effect": "",
            "trouble": None,
            "steps": [
                {"text": _t("Finne datoer", "Find dates"), "from": "2022-08", "to": "2022-09", "status": "done", "why": None},
                {"text": _t("Prøve i ett kjøp", "Try in one purchase"), "from": "2022-10", "to": "2023-01", "status": "planned", "why": None},
            ],
        }
    ],
    "targets": [],
    "next_steps": [],
    "claims": [
        {"id": "S1", "text": _t("Dialog med tjenesten før kravene skrives, fremmer.", "Dialogue with the service before demands are written promotes."), "elements": ["C0001"], "quotes": ["000000000001"]},
        {"id": "S2", "text": _t("Uten forankring hos lederne stopper det.", "Without the leaders it stops.", "Utan forankring hos leiarane stoppar det."), "elements": ["C0004"], "quotes": ["000000000005"]},
    ],
    "questions": [
        {"id": "Q001", "text": _t("Kjenner dere igjen P1?", "Do you recognise P1?", "Kjenner de att P1?"), "about": {"kind": "element", "id": "C0001"}},
        {"id": "Q002", "text": _t("Hva mangler?", "What is missing?", "Kva manglar?"), "about": None},
    ],
    "left_out": [
        {"reason": "not_cleared", "count": 41, "what": _t("sitater som ikke er klarert", "quotes that are not cleared", "sitat som ikkje er klarerte")},
        {"reason": "small_cell", "count": None, "what": _t("tall som kunne pekt på enkeltpersoner", "numbers that could point to persons")},
    ],
    "made": [
        [_t("Dokumenter fram til", "Documents up to", "Dokument fram til"), _t("30. juni 2022", "30 June 2022", "30. juni 2022")],
        [_t("Modell", "Model", "Modell"), _t("kapabilitetsmodell, versjon 2", "capability model, version 2", "kapabilitetsmodell, versjon 2")],
        [_t("Kodebok", "Codebook"), _t("versjon 1.1.0", "version 1.1.0", "versjon 1.1.0")],
    ],
    "abbreviations": [
        {
            "short": "IOA",
            "long": _t("innovativ offentlig anskaffelse", "innovative public procurement", "innovativ offentleg anskaffing"),
            "text": _t("Et innkjøp som gir plass til noe nytt.", "A purchase that leaves room for something new.", "Eit innkjøp som gir plass til noko nytt."),
        }
    ],
}  # fmt: skip


def hand_made_pack(**changed: Any) -> dict[str, Any]:
    """The pack, as a copy of its own, with these keys changed.

    Example
    -------
    >>> hand_made_pack(language="nn")["language"]
    'nn'
    """
    return copy.deepcopy(_PACK) | changed
