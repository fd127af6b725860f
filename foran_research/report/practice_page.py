"""The report of a practice model: one HTML page that a municipality opens at a workshop, offline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import pandas as pd

from ..settings import Milestone, Settings
from . import frame
from .frame import Passage
from .maturity_words import elsewhere_notes, with_notes
from .page import choose_quotes, short_date
from .practice_figures import state_told
from .practice_words import practice_words
from .words import number

Model = Mapping[str, Any]
#: How many elements, edges and parts stand open on the page; the rest is folded away.
SHOWN_FACTORS, SHOWN_EDGES, NAMED = 6, 8, 3
_POLARITY = {"promoting": "fremmer", "inhibiting": "hemmer"}


@dataclass(frozen=True)
class Material:
    """What the page may quote from: the tables the model was made of, cut to its milestone."""

    segments: pd.DataFrame
    units: pd.DataFrame
    documents: pd.DataFrame
    hidden: frozenset[str]
    coders: tuple[str, ...]


@dataclass(frozen=True)
class _Told:
    """What the parts of the page are told with."""

    model: Model
    settings: Settings
    language: str
    said: Mapping[str, str]
    names: Mapping[str, str]
    elements: Mapping[str, Mapping[str, Any]]

    def element(self, code: str) -> str:
        """An element as a sentence names it: its code and its label."""
        one = self.elements[code]
        return f"{one['display']} {one['label'][self.language]}"

    def counted(self, count: int, name: str) -> str:
        """A number with its noun."""
        return frame.counted(count, name, self.said, self.language)

    def series(self, items: Iterable[str]) -> str:
        """Things in a row."""
        return frame.series(list(items), self.language)

    def date(self, iso: str) -> str:
        """A day for reading."""
        return short_date(iso, self.language) if iso else ""


def evidence_ids(model: Model) -> list[str]:
    """Every segment id that the page claims something by, in the order of the page."""
    found: list[str] = []
    for change in (model["changes"] or {}).get("elements", ()):
        if change["is_direction_changed"]:
            found += change["added_new"]
    for difference in model["particular"]:
        found += difference["segments"]
        found += [one for there in difference["elsewhere"] for one in there["segments"]]
    for layer in ("promoting", "inhibiting"):
        found += [one for factor in model[layer] for one in factor["segments"]]
    for process in model["processes"]:
        found += [one for actor in process["actors"] for one in actor["evidence"]]
    for element in model["profile"]:
        found += [one for key in ("promoting", "inhibiting", "other") for one in element["segments"][key]]
    found += [one for said in (model["maturity"] or {}).get("elements", ()) for one in said["evidence"]]
    return list(dict.fromkeys(found))


def quotes_of(model: Model, material: Material, per_element: int) -> dict[str, list[str]]:
    """By element, the segment ids that are quoted for it (see :func:`page.choose_quotes`): the factors that stand open."""
    ranked = zip_longest(*(model[layer][:SHOWN_FACTORS] for layer in ("inhibiting", "promoting")))
    order = list(dict.fromkeys(factor["element"] for pair in ranked for factor in pair if factor))
    by_id = {one["id"]: one for one in model["profile"]}
    elements = [
        {
            "id": code,
            "promoting": {"segments": by_id[code]["segments"]["promoting"]},
            "inhibiting": {"segments": by_id[code]["segments"]["inhibiting"]},
            "sources": [],
        }
        for code in order
    ]
    chosen = choose_quotes(
        {"elements": elements}, material.segments, material.units, per_element=per_element, hidden=material.hidden
    )
    return {code: [quote.segment for quote in quotes] for code, quotes in chosen.items()}


def _against(model: Model, material: Material) -> list[str]:
    """For each difference in direction, one passage of this municipality and one of another that point where they differ."""
    found: list[str] = []
    rows = material.segments.drop_duplicates("segment").set_index("segment")["polarity"].to_dict()
    for one in model["particular"]:
        if one["kind"] == "opposite":
            other = next(there for there in one["elsewhere"] if there["direction"] in _POLARITY)
            for side in (one, other):
                pointing = [s for s in side["segments"] if rows.get(s) == _POLARITY[side["direction"]]]
                cleared = frame.passages_of(
                    pointing, material.segments, material.units, hidden=material.hidden, documents=material.documents
                )
                found += [segment for segment, passage in cleared.items() if passage.words][:1]
    return found


def practice_page(
    model: Model,
    settings: Settings,
    milestone: Milestone,
    figures: Mapping[str, bytes],
    material: Material,
    language: str,
) -> str:
    """The report as HTML. `figures` are SVG bytes by name: profile, and course, network, particular where there is any."""
    said = practice_words(language)
    told = _Told(
        model,
        settings,
        language,
        said,
        frame.names_of(settings, language),
        {one["id"]: one for one in model["profile"]},
    )
    chosen = quotes_of(model, material, settings.quotes_per_element)
    about = {part: told.element(one["id"]) for one in model["profile"]
             for part in (one["id"], *(p["id"] for p in one["parts"]))}  # fmt: skip
    passages = frame.passages_of(
        evidence_ids(model),
        material.segments,
        material.units,
        hidden=material.hidden,
        documents=material.documents,
        about=about,
        first=[*_against(model, material), *(segment for segments in chosen.values() for segment in segments)],
        language=language,
    )
    case = told.names[model["case"]]
    sections = ["reading", "profile", "course", "actors", "factors", "network", "particular", "changes", "mixing"]
    sections += ["maturity"] if model["maturity"] else []
    titles = {key: said[key].replace("{case}", case) for key in (*sections, "limits")}
    return frame.render(
        "practice_page.html.j2",
        settings=settings,
        language=language,
        words=said,
        title=said["title"].format(version=model["model_version"], case=case),
        lead=said["lead"].format(
            milestone=milestone.id, cut_off=told.date(model["cut_off"]), codebook=model["codebook_version"]
        ),
        made=frame.Made.at(
            milestone,
            model=said["model_name"].format(version=model["model_version"], case=case),
            coding=model["coding"]["basis"],
            coders=material.coders,
            is_empty=model["coding"]["basis"] == "human" and not model["coding"]["segments"],
        ),
        short=_short(told),
        contents=[(key, titles[key]) for key in (*sections, "limits")],
        passages=passages,
        m=model,
        figures={name: figures.get(name) for name in ("profile", "course", "network", "particular")},
        titles=titles,
        case=case,
        told=told,
        states=_states(told),
        profile=_profile(told),
        processes=[_process(process, told) for process in model["processes"]],
        without_phase=sum(p["segments"] - p["with_phase"] for p in model["processes"]),
        factors={layer: _factors(layer, told, chosen, passages) for layer in ("promoting", "inhibiting")},
        shown_factors=SHOWN_FACTORS,
        edges=[_edge(edge, told) for edge in model["network"]["edges"]],
        shown_edges=SHOWN_EDGES,
        particular=[_particular(one, told, passages) for one in model["particular"]],
        changes=_changes(told) if model["changes"] else None,
        mixing=_mixing(told),
        maturity=_maturity(told) if model["maturity"] else None,
        limits=_limits(told),
    )


# ---- in short


def _short(told: _Told) -> list[tuple[str, str]]:
    """What a reader needs in ten lines."""
    model, said = told.model, told.said
    corpus, edges = model["corpus"], model["network"]["edges"]
    documents = told.counted(len(corpus["documents"]), "document")
    lines = [
        (
            said["short_material"].format(
                documents=documents,
                informants=told.counted(corpus["informants"], "informant"),
                case=told.names[model["case"]],
                segments=told.counted(model["coding"]["segments"], "passage"),
            ),
            "made",
        )
    ]
    with_evidence = [one for one in model["profile"] if one["state"] == "evidence"]
    counts: dict[str, int] = {}
    for one in model["profile"]:
        if one["state"] != "evidence":
            key = "waiting" if one["pending"] and one["state"] != "suppressed" else one["state"]
            counts[key] = counts.get(key, 0) + 1
    missing = ", ".join(f"{said[f'state_{state}']} ({n})" for state, n in counts.items())
    lines.append(
        (
            said["short_profile"].format(
                n=len(with_evidence),
                m=len(model["profile"]),
                missing=said["short_missing"].format(states=missing) if missing else "",
            ),
            "profile",
        )
    )
    for layer, key in (("promoting", "short_promotes"), ("inhibiting", "short_inhibits")):
        names = [told.element(factor["element"]) for factor in model[layer][:NAMED]]
        if names:
            lines.append((said[key].format(names=told.series(names)), "factors"))
    processes = [process for process in model["processes"] if process["segments"]]
    with_phase, of = (sum(p[key] for p in processes) for key in ("with_phase", "segments"))
    if with_phase:
        names = [p["id"] for p in processes if p["with_phase"]]
        lines.append((said["short_course"].format(names=told.series(names), k=with_phase, n=of), "course"))
    elif processes:
        lines.append((said["short_no_course"], "course"))
    if edges:
        firm = sum(edge["firmness"] == "firm" for edge in edges)
        lines.append(
            (
                said["short_network"].format(
                    n=told.counted(len(edges), "pair_count"),
                    least=model["network"]["least"],
                    firm=firm,
                    documents=documents,
                ),
                "network",
            )
        )
    lines += _short_particular(told)
    lines += _short_changes(told)
    if model["maturity"]:
        # A row in which nobody has set a level says that the element was not assessed.
        assessed = [one for one in model["maturity"]["elements"] if any(s["level"] for s in one["sides"].values())]
        lines.append(
            (
                said["short_maturity"].format(n=told.counted(len(assessed), "element_count")),
                "maturity",
            )
        )
    return lines


def _short_particular(told: _Told) -> list[tuple[str, str]]:
    """The elements that differ by name, and how many pairs: these stand on few turns."""
    said = told.said
    elements = [one for one in told.model["particular"] if len(one["elements"]) == 1]
    pairs = len(told.model["particular"]) - len(elements)
    names = [f"{told.element(one['elements'][0])} ({said[_kind(one)]})" for one in elements[:NAMED]]
    if len(elements) > NAMED:
        names.append(said["and_more"].format(n=len(elements) - NAMED))
    key = "short_nothing_particular" if not elements else f"short_particular{'_1' if len(elements) == 1 else ''}"
    text = said[key].format(n=told.counted(len(elements), "element_count"), examples=told.series(names))
    more = [said["short_pairs"].format(n=told.counted(pairs, "pair_count"))] if pairs else []
    return [(" ".join((text, *more)), "particular")]


def _short_changes(told: _Told) -> list[tuple[str, str]]:
    changes, said = told.model["changes"], told.said
    if not changes:
        return [(said["short_first"], "changes")]
    comparable = [one for one in changes["elements"] if one["is_comparable"]]
    first = said["short_changes"].format(
        version=changes["model_version"],
        documents=told.counted(len(changes["documents_added"]), "document"),
        comparable=len(comparable),
        n=len(changes["elements"]),
        turned=sum(one["is_direction_changed"] for one in comparable),
    )
    others = len(changes["elements"]) - len(comparable)
    return [
        (first, "changes"),
        *([(said["short_reshaped"].format(n=told.counted(others, "element_count")), "changes")] if others else []),
    ]


# ---- the sections


def _states(told: _Told) -> list[tuple[str, str]]:
    return [
        (told.said[f"state_{state}"], told.said[f"explain_{state}"])
        for state in ("nothing_said", "not_asked", "not_codable", "suppressed")
        if any(one["state"] == state for one in told.model["profile"])
    ]


def _profile(told: _Told) -> list[tuple[str, str, str, list[dict[str, Any]]]]:
    """By level: its id, label, how many elements have evidence, and the elements."""
    labels = {level.id: level.label[told.language] for level in told.settings.levels}
    return [
        (
            level["level"],
            labels.get(level["level"], level["level"]),
            told.said["with_evidence"].format(k=level["with_evidence"], n=level["elements"]),
            [_profile_row(one, told) for one in told.model["profile"] if one["level"] == level["level"]],
        )
        for level in told.model["levels"]
    ]


def _profile_row(one: Mapping[str, Any], told: _Told) -> dict[str, Any]:
    own = one["segments"]
    of = told.said["k_of_n"]
    return {
        **one,
        "name": one["label"][told.language],
        "told_state": state_told(one, told.said) if one["state"] != "evidence" else "",
        "told_direction": told.said[f"direction_{one['direction']}"],
        "all": [*dict.fromkeys((*own["promoting"], *own["inhibiting"], *own["other"]))],
        "breadth": [
            of.format(k=len(one["documents"]), n=one["of_documents"]),
            of.format(k=one["informants"], n=one["of_informants"]),
            of.format(k=len(one["actor_types"]), n=one["of_actor_types"]),
        ],
        "actors": [told.names.get(actor, actor) for actor in one["actor_types"]],
        "parts_told": [
            f"{part['display']} {part['label'][told.language]} ({len(part['segments'])})" for part in one["parts"]
        ],
    }


def _process(process: Mapping[str, Any], told: _Told) -> dict[str, Any]:
    said = told.said
    period = " – ".join(part for part in (told.date(process["from"]), told.date(process["to"])) if part)
    if process["is_ongoing"]:
        period = f"{period} – {said['ongoing']}" if period else said["ongoing"]
    facts = [
        (said["procedure"], told.names.get(process["procedure"], process["procedure"])),
        (said["focus_area"], told.names.get(process["focus_area"], process["focus_area"])),
        (said["period"], period),
        (said["intended"], said[f"intended_{process['intended']}"] if process["intended"] else ""),
        (said["new_to"], said[f"new_to_{process['new_to']}"] if process["new_to"] else ""),
        (
            said["innovation_height"],
            said["of_five"].format(n=process["innovation_height"]) if process["innovation_height"] else "",
        ),
        (
            said["material"],
            f"{told.counted(len(process['documents']), 'document')}, {told.counted(process['informants'], 'informant')}, "
            f"{told.counted(process['segments'], 'passage')}",
        ),
    ]
    return {
        **process,
        "name": process["title"][told.language],
        "facts": [(name, value or said["not_told"]) for name, value in facts],
        "rows": [_course_row(one, told) for one in process["course"]],
        "few": said["few_phases"].format(k=process["with_phase"], n=process["segments"], name=process["id"])
        if process["segments"] and process["with_phase"] * 2 < process["segments"]
        else "",
        "parts": _parts(process, told),
        "outside": [told.element(code) for code in process["ecosystem"]],
    }


def _course_row(one: Mapping[str, Any], told: _Told) -> dict[str, Any]:
    return {
        "code": one["element"],
        "name": told.element(one["element"]),
        "phases": [
            (len(own["promoting"]), len(own["inhibiting"]), len(own["other"])) for own in one["phases"].values()
        ],
        "without": len(one["without_phase"]),
    }


def _parts(process: Mapping[str, Any], told: _Told) -> list[dict[str, Any]]:
    """Who had a part, then who was heard without a part in the register."""
    heard = {one["actor_type"]: one for one in process["heard"]}
    order = [actor.id for actor in told.settings.actor_types]
    rows = [
        {
            "name": told.names.get(actor["actor_type"], actor["actor_type"]),
            "part": actor["part"][told.language],
            "is_withheld": actor["is_withheld"],
            "evidence": actor["evidence"],
            "heard": heard.get(actor["actor_type"], {}).get("informants", 0),
            "place": order.index(actor["actor_type"]) if actor["actor_type"] in order else len(order),
        }
        for actor in process["actors"]
    ]
    named = {actor["actor_type"] for actor in process["actors"]}
    rows += [
        {
            "name": told.names.get(one, one),
            "part": "",
            "is_withheld": False,
            "evidence": [],
            "heard": heard[one]["informants"],
            "place": order.index(one) if one in order else len(order),
        }
        for one in heard
        if one not in named
    ]
    return sorted(rows, key=lambda row: row["place"])


def _factors(
    layer: str, told: _Told, chosen: Mapping[str, Sequence[str]], passages: Mapping[str, Passage]
) -> list[dict[str, Any]]:
    return [
        {
            **factor,
            "id": f"{layer}-{factor['element']}",
            "name": told.element(factor["element"]),
            "breadth": told.said["breadth"].format(
                documents=told.counted(factor["documents"], "document"),
                informants=told.counted(factor["informants"], "informant"),
                actors=told.counted(factor["actor_types"], "actor_kind"),
            ),
            "quotes": [
                passages[segment]
                for segment in chosen.get(factor["element"], ())
                if segment in factor["segments"] and segment in passages and passages[segment].words
            ],
        }
        for factor in told.model[layer]
    ]


def _edge(edge: Mapping[str, Any], told: _Told) -> dict[str, Any]:
    said = told.said
    ways = [
        said[key].format(n=edge[name])
        for name, key in (("both_promoting", "both_up"), ("both_inhibiting", "both_down"), ("opposed", "opposed"))
        if edge[name]
    ]
    return {
        **edge,
        "name": f"{told.element(edge['source'])} – {told.element(edge['target'])}",
        "firm": said[f"firm_{edge['firmness']}"],
        "ways": ", ".join(ways) or said["direction_none"],
    }


def _particular(one: Mapping[str, Any], told: _Told, passages: Mapping[str, Passage]) -> dict[str, Any]:
    said = told.said
    compared = [there for there in one["elsewhere"] if there["is_compared"]]
    against = [
        there for there in compared
        if one["kind"] != "opposite" or there["direction"] in ("promoting", "inhibiting")
    ]  # fmt: skip
    others = told.series(told.names[there["case"]] for there in against)
    names = " – ".join(told.element(code) for code in one["elements"])
    text = said[f"claim_{one['kind']}"].format(
        element=names,
        others=others,
        here=said[f"direction_{one['direction']}"],
        there=said[f"direction_{against[0]['direction']}"],
        turns=told.counted(one["turns"], "turn_count"),
    )
    lacking = [
        f"{told.names[there['case']]} ({said[f'state_{_state_key(there)}']})"
        for there in one["elsewhere"]
        if not there["is_compared"]
    ]
    shown = (one, *against[:1]) if one["kind"] in ("opposite", "missing_here") else (one,)
    quotes = [
        passage
        for side in shown
        for passage in [passages[s] for s in side["segments"] if s in passages and passages[s].words
                        and passages[s].polarity == _POLARITY.get(side["direction"], passages[s].polarity)][:1]
    ]  # fmt: skip
    return {
        **one,
        "id": f"particular-{'-'.join(one['elements'])}",
        "text": text,
        "told_kind": said[_kind(one)],
        "others": others,
        "name": names,
        "lacking": said["not_compared"].format(list=told.series(lacking)) if lacking else "",
        "quotes": quotes,
        "there": [
            (said["evidence_there"].format(case=told.names[there["case"]]), there["segments"])
            for there in one["elsewhere"]
            if there["segments"]
        ],
    }


def _kind(one: Mapping[str, Any]) -> str:
    return f"kind_{one['kind']}"


def _state_key(there: Mapping[str, Any]) -> str:
    return {"pending": "waiting"}.get(there["state"], str(there["state"]))


def _changes(told: _Told) -> dict[str, Any]:
    changes, said = told.model["changes"], told.said
    rows = [_change(one, told) for one in changes["elements"]]
    gone = [
        {
            "text": said["gone_to" if one["to"] else "gone"].format(
                element=f"{one['display']} {one['label'][told.language]}",
                list=told.series(told.element(code) for code in one["to"] if code in told.elements),
            ),
        }
        for one in changes["gone"]
    ]
    return {
        "lead": said["changes_lead"].format(
            version=changes["model_version"],
            cut_off=told.date(changes["cut_off"]),
            codebook=changes["codebook_version"],
        ),
        "facts": [
            (said["documents_added"], ", ".join(changes["documents_added"]) or said["none"]),
            *([(said["documents_removed"], ", ".join(changes["documents_removed"]))]
              if changes["documents_removed"] else []),
        ],
        "turned": [row for row in rows if row["is_direction_changed"]],
        "appeared": [
            row
            for row in rows
            if row["is_comparable"] and row["state_after"] == "evidence" and row["state_before"] != "evidence"
        ],
        "rows": [row for row in rows if row["is_comparable"]],
        "reshaped": [row for row in rows if not row["is_comparable"]],
        "gone": gone,
        "by_codebook": [
            said["by_codebook"].format(
                element=told.element(one["element"]), n=told.counted(len(one["by_codebook"]), "passage")
            )
            for one in changes["elements"]
            if one["by_codebook"]
        ],
        "codebook": [
            {
                "what": said[f"change_{one['kind']}"],
                "codes": " → ".join(part for part in (" + ".join(one["from"]), ", ".join(one["to"])) if part)
                if one["from"] != one["to"]
                else ", ".join(one["to"]),
                "summary": one["summary"][told.language],
                "reason": one["reasons"]["empirical"][told.language],
            }
            for one in changes["codebook"]
            if one["is_accepted"]
        ],
    }  # fmt: skip


def _change(one: Mapping[str, Any], told: _Told) -> dict[str, Any]:
    said, changes = told.said, told.model["changes"]
    labels = {gone["element"]: gone for gone in changes["gone"]}

    def named(code: str) -> str:
        found = told.elements.get(code) or labels.get(code)
        return f"{found['display']} {found['label'][told.language]}" if found else code

    before = said.get(f"state_{one['state_before']}", "")
    return {
        **one,
        "name": told.element(one["element"]),
        "kin": said[
            "kin_reduced"
            if one["from_elements"] == [one["element"]] and not one["is_comparable"]
            else f"kin_{one['kinship']}"
        ].format(list=told.series(named(code) for code in one["from_elements"])),
        "turned": said["claim_turned"].format(
            element=told.element(one["element"]),
            before=said[f"direction_{one['direction_before']}"],
            after=said[f"direction_{one['direction_after']}"],
        ),
        "appeared": said["claim_appeared"].format(
            element=told.element(one["element"]), before=before, version=changes["model_version"]
        ),
        "numbers": said["turned_numbers"].format(
            p0=one["before"]["promoting"],
            p1=one["after"]["promoting"],
            i0=one["before"]["inhibiting"],
            i1=one["after"]["inhibiting"],
        ),
    }


def _mixing(told: _Told) -> list[list[str]]:
    labels = {level.id: level.label[told.language] for level in told.settings.levels}
    rows = []
    for row in told.model["mixing"]:
        one, other = labels.get(row["level_a"], row["level_a"]), labels.get(row["level_b"], row["level_b"])
        has_ratio = row["ratio"] is not None
        rows.append(
            [
                one if row["level_a"] == row["level_b"] else f"{one} – {other}",
                number(row["turns"], told.language),
                number(row["expected"], told.language, 1) if row["expected"] is not None else "",
                number(row["ratio"], told.language, 2) if has_ratio else told.said["no_pair"],
            ]
        )
    return rows


def _maturity(told: _Told) -> dict[str, Any]:
    """The levels of each side beside what the evidence says, element by element; no sum and no rank."""
    said, found = told.said, told.model["maturity"]
    sides = [
        s for s in ("researcher", "self", "joint") if any(one["sides"][s]["assessors"] for one in found["elements"])
    ]
    rows = []
    for one in found["elements"]:
        values = [one["sides"][side]["level"] for side in sides]
        given = [value for value in values if value is not None]
        own = told.elements.get(one["element"])
        name = told.element(one["element"]) if own else f"{one['display']} {one['label'][told.language]}"
        rows.append(
            {
                "name": with_notes(name, elsewhere_notes(one, told.settings, told.language)),
                "levels": [said["not_assessed"] if value is None else f"{value}" for value in values],
                "apart": said["apart_told"].format(steps=told.counted(max(given) - min(given), "step"))
                if len(given) > 1 and max(given) != min(given)
                else "",
                "direction": (
                    said[f"direction_{own['direction']}"] if own["state"] == "evidence" else state_told(own, said)
                )
                if own
                else "",
                "breadth": said["k_of_n"].format(k=len(own["documents"]), n=own["of_documents"])
                if own and own["state"] == "evidence"
                else "",
                "evidence": one["evidence"],
            }
        )
    scale = [
        (f"{step.level} {step.label[told.language]}", step.anchor[told.language])
        for step in told.settings.maturity.levels
    ]
    return {"sides": [said[f"side_{side}"] for side in sides], "rows": rows, "scale": scale}


def _limits(told: _Told) -> list[str]:
    said, corpus = told.said, told.model["corpus"]
    documents = told.counted(len(corpus["documents"]), "document")
    lines = [
        said["limits_1"].format(documents=documents[0].upper() + documents[1:]),
        said["limits_2"],
        said["limits_3"],
    ]
    if corpus["withheld"]:
        lines.append(said["limits_withheld"].format(n=corpus["withheld"]))
    if corpus["not_coded"]:
        lines.append(said["limits_not_coded"].format(n=len(corpus["not_coded"])))
    return [*lines, said["file_told"]]
