"""The capability model against numbers worked out by hand."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import jsonschema
import pandas as pd
import pytest
from hand_made import CASES, FIRST, LINEAGE, SECOND, documents, inputs, model_of, segments, units
from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import SmallStudy

from foran_research.codebook.code import Codebook
from foran_research.milestone import capability_model, validate_model
from foran_research.models.capability import ModelInputs, coded_under, to_dict
from foran_research.study import load_study

# Three interviews in two cases and a note in one of them; D3 is in BBB.
DOCUMENTS = documents(
    ("D1", "interview", "AAA", "kommune"), ("D2", "interview", "AAA", ""), ("D3", "interview", "BBB", "kommune"),
    ("N1", "workshop_note", "BBB", ""),
)  # fmt: skip
UNITS = units(
    ("D1", 2, "AAA", "A-01", "leder"), ("D1", 4, "AAA", "A-01", "leder"), ("D1", 6, "AAA", "A-01", "leder"),
    ("D2", 2, "AAA", "A-02", "bruker"), ("D2", 4, "AAA", "A-02", "bruker"),
    ("D3", 2, "BBB", "B-01", "leder"), ("D3", 4, "BBB", "B-01", "leder"),
    ("N1", 1, "BBB", "N1", ""), ("N1", 2, "BBB", "N1", ""),
)  # fmt: skip
# s1 and s2 are two sub-codings of P2 in one turn; s3 spans two turns; s5 stands in the note.
CODED = segments(
    ("s1", "D1", (2,), "C0002", "fremmer"), ("s2", "D1", (2,), "C0003", "hemmer"), ("s3", "D1", (4, 6), "C0003", "begge"),
    ("s4", "D2", (2,), "C0002", "nøytral"), ("s5", "N1", (1,), "C0002", ""), ("s6", "D1", (2,), "C0001", "fremmer"),
    ("s7", "D3", (4,), "C0001", "hemmer"), ("s8", "D3", (2,), "C0005", "fremmer"),
)  # fmt: skip


def whole(**more: Any) -> ModelInputs:
    return inputs(CODED, UNITS, DOCUMENTS, **more)


def element(given_: ModelInputs, name: str) -> Any:
    found = model_of(given_).element(name)
    assert found is not None
    return found


def ids_in(value: Any, known: frozenset[str]) -> Iterator[str]:
    """Every string of `known` anywhere in a nested value, as key or as value."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from ids_in(key, known)
            yield from ids_in(item, known)
    elif isinstance(value, list):
        for item in value:
            yield from ids_in(item, known)
    elif isinstance(value, str) and value in known:
        yield value


# Support


def test_support_counts_distinct_segments_turns_documents_informants_actor_types_and_cases() -> None:
    support = element(whole(), "P2").support
    assert (support.segments, support.turns, support.documents) == (5, 5, 3)
    # s1 s2 s3 s4 s5 · turns D1:2 D1:4 D1:6 D2:2 N1:1 · D1 D2 N1
    assert support.actor_types == ("bruker", "leder")
    assert support.cases == ("AAA", "BBB")
    assert support.of_cases == 3


def test_unlabelled_text_is_no_informant() -> None:
    assert element(whole(), "P2").support.informants == 2  # the note's paragraph is nobody's
    assert element(whole(), "P2").cells["BBB"].informants == 0
    assert element(whole(), "P2").cells["BBB"].documents == 1


def test_no_element_has_more_informants_than_the_corpus() -> None:
    model = model_of(whole())
    assert model.corpus["informants"] == 3
    assert all(e.support.informants <= 3 for e in model.elements)


def test_sub_elements_roll_up_and_a_turn_counts_once() -> None:
    found = element(whole(), "P2")
    assert found.support.turns == 5  # D1:2 holds both P2 and P2.1 and counts once
    assert found.sources == ("s1", "s2", "s3", "s4", "s5")
    (part,) = found.parts
    assert (part["display"], part["segments"], part["documents"], part["sources"]) == ("P2.1", 2, 1, ["s2", "s3"])
    assert model_of(whole()).element("P2.1") is None


def test_polarity_is_counted_in_segments_and_begge_counts_on_both_sides() -> None:
    found = element(whole(), "P2")
    assert (found.promoting.segments, found.promoting.turns, found.promoting.documents) == (("s1", "s3"), 3, 1)
    assert (found.inhibiting.segments, found.inhibiting.turns) == (("s2", "s3"), 3)
    assert (found.both, found.neutral, found.unset) == (1, 1, 1)


def test_a_cell_counts_only_its_own_case() -> None:
    cell = element(whole(), "P2").cells["AAA"]
    assert (cell.state, cell.turns, cell.documents, cell.informants, cell.promoting, cell.inhibiting) == (
        "evidence", 4, 2, 2, 2, 2,
    )  # fmt: skip


def test_elements_stand_in_display_order_without_sub_elements_and_deprecated_codes() -> None:
    assert [e.display for e in model_of(whole()).elements] == ["P1", "P2", "K1", "E1"]


@pytest.mark.parametrize("status", ["review", "duplicate", "retired", "relation", "tag"])
def test_only_segments_that_stand_count(status: str) -> None:
    one = segments(
        ("s1", "D1", (2,), "C0002", "fremmer"), ("s2", "D1", (4,), "C0003", "fremmer"), status={"s2": status}
    )
    found = element(inputs(one, UNITS, DOCUMENTS), "P2")
    assert found.sources == ("s1",)
    assert (found.support.segments, found.support.turns, len(found.promoting.segments)) == (1, 1, 1)
    assert found.cells["AAA"].promoting == 1
    assert found.parts[0]["segments"] == 0
    assert found.relations == ()


def test_a_segment_of_a_deprecated_code_counts_nowhere() -> None:
    one = segments(("s1", "D1", (2,), "C0006", "fremmer"))
    assert all(e.sources == () for e in model_of(inputs(one, UNITS, DOCUMENTS)).elements)


def test_what_waits_and_what_was_retired_is_told_apart_from_what_counts() -> None:
    rows = segments(
        ("s1", "D1", (2,), "C0002", "fremmer"), ("s2", "D1", (4,), "C0006", ""), ("s3", "D2", (2,), "C0002", ""),
        ("s4", "D2", (4,), "C0001", "begge"), ("s5", "D1", (2,), "C0001", ""), ("s6", "D1", (2,), "C0005", ""),
        status={"s2": "retired", "s3": "review", "s4": "relation", "s6": "tag"}, candidates={"s3": ("C0001", "C0005")},
        first_code={"s4": "C0009", "s6": "C0008"},
    )  # fmt: skip
    model = model_of(inputs(rows, UNITS, DOCUMENTS))
    assert model.retired == ("s2",)
    assert model.unresolved == ({"segment": "s3", "document": "D2", "code": "C0002", "candidates": ["C0001", "C0005"]},)
    assert model.stated_interplay == (
        {"segment": "s4", "document": "D2", "first_code": "C0009", "polarity": "begge", "elements": []},
    )
    assert model.tags == {"C0008": ("C0001", "C0002")}
    assert model.coding["by_status"] == {"ok": 2, "review": 1, "duplicate": 0, "retired": 1, "relation": 1, "tag": 1}
    assert model.coding["segments"] == 6


# Cells

ASKED = {"kommune": frozenset({"C0002"}), "ny": frozenset({"C0004"}), "del": frozenset({"C0003"})}
CELLS = [
    # why, element, document's guide, read under, segments, hidden, state
    ("evidence", "P2", "", {"D1": "2.0.0"}, [("s1", "D1", (2,), "C0003", "")], False, "evidence"),
    ("asked, coded, nothing found", "P2", "kommune", {"D1": "1.0.0"}, [], False, "nothing_said"),
    ("nobody asked", "P2", "", {"D1": "1.0.0"}, [], False, "not_asked"),
    ("asked about another element", "P1", "kommune", {"D1": "1.0.0"}, [], False, "not_asked"),
    ("read before the element was", "K1", "", {"D1": "1.0.0"}, [], False, "not_codable"),
    ("asked, but read before the element was", "K1", "ny", {"D1": "1.0.0"}, [], False, "not_codable"),
    ("asked, and read with the element", "K1", "ny", {"D1": "2.0.0"}, [], False, "nothing_said"),
    ("asked, and not read yet", "P2", "kommune", {}, [], False, "not_codable"),
    ("not asked, and not read yet", "P2", "", {}, [], False, "not_codable"),
    ("evidence that may not be shown", "P2", "", {"D1": "2.0.0"}, [("s1", "D1", (2,), "C0002", "")], True, "suppressed"),
    ("asked about a part of it", "P2", "del", {"D1": "1.0.0"}, [], False, "nothing_said"),
    ("hidden, of another element", "P1", "", {"D1": "2.0.0"}, [("s1", "D1", (2,), "C0002", "")], True, "not_asked"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "guide", "read", "rows", "is_hidden", "state"), [c[1:] for c in CELLS],
                         ids=[c[0] for c in CELLS])  # fmt: skip
def test_every_cell_has_one_of_five_states(
    name: str, guide: str, read: dict[str, str], rows: list[Any], is_hidden: bool, state: str
) -> None:
    given_ = inputs(
        segments(*rows), units(("D1", 2, "AAA", "A-01", "leder")), documents(("D1", "interview", "AAA", guide)),
        hidden=frozenset({"D1"} if is_hidden else ()), asked=ASKED, read_under=read,
    )  # fmt: skip
    assert element(given_, name).cells["AAA"].state == state
    assert element(given_, name).cells["CCC"].state == "not_asked"  # no document at all


def test_evidence_that_may_be_shown_comes_before_evidence_that_may_not() -> None:
    rows = segments(("s1", "D1", (2,), "C0002", "fremmer"), ("s4", "D2", (2,), "C0002", "fremmer"))
    cell = element(inputs(rows, UNITS, DOCUMENTS, hidden=frozenset({"D2"})), "P2").cells["AAA"]
    assert (cell.state, cell.documents, cell.promoting) == ("evidence", 1, 1)


def test_a_case_with_one_reading_that_could_have_told_is_not_called_not_codable() -> None:
    texts = documents(("D1", "interview", "AAA", "ny"), ("D2", "interview", "AAA", "ny"))
    given_ = inputs(segments(), UNITS, texts, asked=ASKED, read_under={"D1": "1.0.0", "D2": "2.0.0"})
    assert element(given_, "K1").cells["AAA"].state == "nothing_said"


def test_a_passage_added_under_a_later_version_does_not_make_its_document_read_under_it() -> None:
    rows = segments(("s1", "D1", (2,), "C0001", ""), ("s2", "D1", (2,), "C0002", ""), ("s3", "D1", (2,), "C0005", ""),
                    applied_under={"s1": "1.0.0", "s2": "2.0.0", "s3": "1.0.0"})  # fmt: skip
    assert coded_under(rows) == {"D1": "1.0.0"}
    assert coded_under(rows.assign(applied_under="2.0.0")) == {"D1": "2.0.0"}
    # Whoever is done with a document under a version has read it through; somebody else's being done is not hers.
    assert coded_under(rows, [("K1", "D1", "1.0.0"), ("K1", "D1", "2.0.0")]) == {"D1": "2.0.0"}
    assert coded_under(rows, [("K2", "D1", "2.0.0"), ("K1", "D2", "2.0.0")]) == {"D1": "1.0.0"}
    assert coded_under(rows.assign(applied_under="10.0.0"), [("K1", "D1", "9.0.0")]) == {"D1": "9.0.0"}
    # A second coder's passage is one passage all the same.
    assert coded_under(rows.assign(coder=["K1", "K2", "K1"])) == {"D1": "1.0.0"}
    assert coded_under(rows.iloc[:0], [("K1", "D1", "1.0.0")]) == {}


def test_a_document_in_which_no_informant_speaks_has_not_kept_silent() -> None:
    rows = segments(("s1", "D1", (2,), "C0005", ""))
    texts = documents(*((name, "interview", case, "kommune") for name, case in (("D1", "AAA"), ("D2", "BBB"))))
    under = {"D1": "2.0.0", "D2": "2.0.0"}
    spoken = (("D1", 2, "AAA", "A-01", "leder"), ("D2", 2, "BBB", "B-01", "leder"))
    both_ = element(inputs(rows, units(*spoken), texts, asked=ASKED, read_under=under), "P2")
    one = element(inputs(rows, units(*spoken[:1]), texts, asked=ASKED, read_under=under), "P2")
    assert [both_.cells[case].state for case in ("AAA", "BBB")] == ["nothing_said", "nothing_said"]
    assert [one.cells[case].state for case in ("AAA", "BBB")] == ["nothing_said", "not_codable"]
    assert (both_.assessed_in, one.assessed_in) == (("D1", "D2"), ("D1",))


def test_a_segment_that_waits_for_a_person_is_told_in_the_cells_it_may_belong_to() -> None:
    rows = segments(("s1", "D1", (2,), "C0001", ""), status={"s1": "review"}, candidates={"s1": ("C0003", "C0005")})
    texts = documents(("D1", "interview", "AAA", "kommune"), ("D2", "interview", "BBB", "kommune"))
    heard = units(("D1", 2, "AAA", "A-01", "leder"), ("D2", 2, "BBB", "B-01", "leder"))
    given_ = inputs(rows, heard, texts, asked=ASKED, read_under={"D1": "2.0.0", "D2": "2.0.0"})
    # C0003 is a part of P2, so P2 may be what is waiting; it is not P1, and it is nowhere but in AAA.
    assert {name: element(given_, name).cells["AAA"].pending for name in ("P1", "P2", "E1")} == {
        "P1": 0,
        "P2": 1,
        "E1": 1,
    }
    assert element(given_, "P2").cells["BBB"].pending == 0
    assert element(given_, "P2").cells["AAA"].state == "nothing_said"


# What may not be shown


def hidden_world() -> ModelInputs:
    rows = segments(
        ("s1", "D1", (2,), "C0002", "fremmer"), ("s2", "D1", (2,), "C0001", ""), ("h1", "D2", (2,), "C0002", "fremmer"),
        ("h2", "D2", (2,), "C0001", "hemmer"), ("h3", "D2", (4,), "C0002", ""), ("h4", "D2", (4,), "C0006", ""),
        ("h5", "D2", (2,), "C0005", ""), ("h6", "D2", (4,), "C0003", ""), ("h7", "D2", (4,), "C0005", ""),
        status={"h3": "review", "h4": "retired", "h5": "relation", "h6": "duplicate", "h7": "tag"},
        candidates={"h3": ("C0001",)}, first_code={"h5": "C0009", "h7": "C0010"},
    )  # fmt: skip
    return inputs(rows, UNITS, DOCUMENTS, hidden=frozenset({"D2"}))


def test_no_id_of_a_hidden_document_is_anywhere_in_the_model() -> None:
    data = to_dict(model_of(hidden_world()))
    text = json.dumps(data)
    secrets = {"D2", "A-02", "h1", "h2", "h3", "h4", "h5", "h6", "h7"}
    assert not [secret for secret in secrets if f'"{secret}' in text]
    assert str(DOCUMENTS.at["D2", "text_sha256"]) not in text
    assert data["corpus"]["withheld"] == 1


def test_no_count_of_a_hidden_document_is_anywhere_in_the_model() -> None:
    given_ = hidden_world()
    without = replace(given_, segments=given_.segments[given_.segments["document"] != "D2"])
    with_it, bare = to_dict(model_of(given_)), to_dict(model_of(without))
    # Only one thing may tell of it: that a cell's evidence is withheld.
    assert with_it["elements"][0]["cells"]["AAA"]["state"] == "evidence"
    for data in (with_it, bare):
        for found in data["elements"]:
            for cell in found["cells"].values():
                cell["state"] = {"suppressed": "not_asked"}.get(cell["state"], cell["state"])
    assert with_it == bare
    assert with_it["corpus"]["documents"] == 3
    assert with_it["corpus"]["interviews"] == 2


def test_a_speaker_without_consent_to_analysis_leaves_no_trace(small_study: SmallStudy) -> None:
    small_study.replace(
        "corpus/participants.csv", "HEI-LEV-01,leverandor,HEI,nn,analysis quote", "HEI-LEV-01,leverandor,HEI,nn,"
    )
    study = load_study(small_study.path)
    for name in ("M1", "M2"):
        data = to_dict(capability_model(study, study.milestone(name)))
        known = frozenset(event["segment"] for event in small_study.events("K1", "HEI-I01"))
        assert list(ids_in(data, known)) == []
        assert data["corpus"]["units"] == sum(
            len(study.units(study.documents_until(study.milestone(name).cut_off)).query("document == @d"))
            for d in data["corpus"]["texts"]
        )
    assert not (study.units(study.documents)["informant"] == "HEI-LEV-01").any()


# Relations


def test_relations_are_counted_in_turns_with_their_measures() -> None:
    (found,) = element(whole(), "P1").relations
    # P1 in D1:2 and D3:4; P2 in five turns; both in D1:2; nine units.
    assert (found.to, found.kind, found.turns, found.documents, found.cases) == ("C0002", "within", 1, 1, ("AAA",))
    assert found.jaccard == pytest.approx(1 / 6)
    assert found.lift == pytest.approx(9 * 1 / (2 * 5))
    assert found.is_distorted is False


def test_relations_are_the_same_seen_from_both_ends() -> None:
    model = model_of(whole())
    seen = {(e.id, r.to): replace(r, to="") for e in model.elements for r in e.relations}
    assert seen
    assert all(seen[two, one] == relation for (one, two), relation in seen.items())


def test_pairs_below_the_threshold_are_no_relations() -> None:
    assert element(whole(min_edge_turns=2), "P1").relations == ()


def test_levels_mix_symmetrically() -> None:
    mixing = model_of(whole()).mixing
    assert mixing["P"]["P"] == 1
    assert all(mixing[a][b] == mixing[b][a] for a in mixing for b in mixing)


# Indicators


def indicator_world(codes: Codebook, *rows: Any, asked: dict[str, frozenset[str]] | None = None) -> Any:
    return model_of(inputs(segments(*rows), UNITS, DOCUMENTS, asked=asked, codebook=codes)).indicators


def test_indicator_1i_names_what_is_clear_explained_and_unclear() -> None:
    texts = documents(*[(f"D{n}", "interview", case, "kommune") for n, case in enumerate(CASES, 1)])
    rows = segments(("s1", "D1", (2,), "C0001", "fremmer"), ("s2", "D1", (2,), "C0005", "nøytral"))
    model = model_of(inputs(rows, UNITS, texts, asked=ASKED, read_under=dict.fromkeys(texts.index, "2.0.0")))
    first = model.indicators["1i"]
    # P1 has a promoting segment; P2 was asked about everywhere and nobody spoke of it; K1 and E1 nobody asked about.
    assert first == {
        "is_met": False,
        "elements": 4,
        "with_evidence": ["P1"],
        "none_found": ["P2"],
        "unclear": ["K1", "E1"],
    }


def test_indicator_1i_is_met_when_nothing_is_unclear() -> None:
    rows = [(f"s{n}", "D1", (2,), f"C000{n}", "hemmer") for n in (1, 2, 4, 5)]
    assert indicator_world(SECOND, *rows)["1i"]["is_met"] is True


def test_indicator_1i_is_not_met_by_silence_alone() -> None:
    texts = documents(*[(f"D{n}", "interview", case, "alt") for n, case in enumerate(CASES, 1)])
    everything = {"alt": frozenset(code.id for code in SECOND.codes)}
    found = model_of(inputs(segments(), UNITS, texts, asked=everything)).indicators["1i"]
    assert found["unclear"] == []
    assert found["is_met"] is False


def test_indicator_1ii_asks_for_two_documents_two_actor_types_and_every_case() -> None:
    found = model_of(whole()).indicators["1ii"]
    assert found["assessable"] == {"AAA": ["P1", "P2"], "BBB": ["P1", "P2", "E1"], "CCC": []}
    assert found["in_every_case"] == []
    assert found["can_carry_level_3"] == ["P2"]  # P1: two documents, one actor type; E1: one document
    assert found["is_met"] is False


def test_one_document_of_two_actor_types_does_not_carry_level_3() -> None:
    heard = units(("D1", 2, "AAA", "a", "leder"), ("D1", 4, "AAA", "b", "bruker"), ("D3", 2, "BBB", "c", "bruker"))
    one = [("s1", "D1", (2, 4), "C0001", ""), ("s2", "D1", (2,), "C0005", ""), ("s3", "D3", (2,), "C0005", "")]
    found = model_of(inputs(segments(*one), heard, DOCUMENTS)).indicators["1ii"]
    assert found["can_carry_level_3"] == ["E1"]


def test_indicator_1ii_is_met_when_every_element_is_broad_everywhere() -> None:
    texts = documents(("D1", "interview", "AAA", ""), ("D3", "interview", "BBB", ""), ("D4", "interview", "CCC", ""))
    heard = units(("D1", 2, "AAA", "a", "leder"), ("D3", 2, "BBB", "b", "bruker"), ("D4", 2, "CCC", "c", "leder"))
    everywhere = [(f"{c}{d}", d, (2,), c, "") for c in ("C0001", "C0002", "C0004", "C0005") for d in texts.index]
    assert model_of(inputs(segments(*everywhere), heard, texts)).indicators["1ii"]["is_met"] is True
    assert model_of(inputs(segments(*everywhere[1:]), heard, texts)).indicators["1ii"]["is_met"] is False


# The dict form and its schema


def test_the_model_of_hand_made_inputs_fits_the_schema() -> None:
    validate_model(to_dict(model_of(whole(), words=12)))


@pytest.mark.parametrize("name", ["M1", "M2"])
def test_the_small_studys_models_fit_the_schema(small_study: SmallStudy, name: str) -> None:
    study = load_study(small_study.path)
    validate_model(json.loads(json.dumps(to_dict(capability_model(study, study.milestone(name))))))


def _set(*path: str | int, to: Any) -> Callable[[Any], None]:
    def spoil(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = to

    return spoil


def _drop(*path: str | int) -> Callable[[Any], None]:
    def spoil(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        del data[path[-1]]

    return spoil


SPOILED = {
    "another shape": _set("schema_version", to=2),
    "another model": _set("model", to="maturity"),
    "no elements": _drop("elements"),
    "an unknown key": _set("quotes", to=[]),
    "an unknown key in an element": _set("elements", 0, "quote", to="ord"),
    "a quote in the recode queue": _set(
        "unresolved", to=[{"segment": "s", "document": "D", "code": "C", "candidates": [], "quote": "x"}]
    ),
    "a sixth state": _set("elements", 0, "cells", "AAA", "state", to="unknown"),
    "a blank cell": _set("elements", 0, "cells", "AAA", to=None),
    "a negative count": _set("elements", 0, "support", "turns", to=-1),
    "a count that is no whole number": _set("elements", 0, "support", "turns", to=1.5),
    "a Jaccard above one": _set("elements", 0, "relations", 0, "jaccard", to=1.2),
    "a relation of a third kind": _set("elements", 0, "relations", 0, "kind", to="causes"),
    "a code id that is a display code": _set("elements", 0, "id", to="P1"),
    "a label in one language": _drop("elements", 0, "label", "en"),
    "a segment twice": _set("elements", 0, "sources", to=["s1", "s1"]),
    "a text without a hash": _set("corpus", "texts", "D1", to="abc"),
    "an unknown kind of change": _set("changes", to=[{"kind": "deleted"}]),
    "a codebook version of two parts": _set("codebook_version", to="2.0"),
    "an indicator left out": _drop("indicators", "1ii"),
    "a basis nobody knows": _set("coding", "basis", to="both"),
}  # fmt: skip


@pytest.fixture(scope="module")
def written() -> Any:
    return json.loads(json.dumps(to_dict(model_of(whole()))))


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED.keys())
def test_the_schema_refuses_what_is_no_model(spoil: Callable[[Any], None], written: Any) -> None:
    validate_model(written)
    wrong = copy.deepcopy(written)
    spoil(wrong)
    with pytest.raises(jsonschema.ValidationError):
        validate_model(wrong)


def test_numbers_carry_at_most_six_decimals() -> None:
    (found,) = next(e for e in to_dict(model_of(whole()))["elements"] if e["display"] == "P1")["relations"]
    assert found["jaccard"] == 0.166667


# Properties

PLACES = [(d, t) for d, t in zip(UNITS["document"], UNITS["turn"], strict=True)]
DRAWN = st.lists(
    st.tuples(
        st.sampled_from([*PLACES, ("D1", 1), ("D3", 3)]),  # the last two are an interviewer's turns
        st.sampled_from(["C0001", "C0002", "C0003", "C0004", "C0005", "C0006"]),
        st.sampled_from(["fremmer", "hemmer", "begge", "nøytral", ""]),
        st.sampled_from(["ok", "ok", "ok", "review", "duplicate", "retired", "relation", "tag"]),
    ),
    max_size=25,
)


@settings(max_examples=25)
@given(DRAWN, st.frozensets(st.sampled_from(["D1", "D2", "N1"])))
def test_every_segment_and_document_in_a_model_is_among_its_inputs_and_none_is_hidden(
    drawn: list[Any], hidden: frozenset[str]
) -> None:
    rows = [
        (f"s{n}", place[0], (place[1],), code_id, polarity) for n, (place, code_id, polarity, _) in enumerate(drawn)
    ]
    frame = segments(*rows, status={f"s{n}": row[3] for n, row in enumerate(drawn)})
    data = to_dict(model_of(inputs(frame, UNITS, DOCUMENTS, hidden=hidden)))
    validate_model(json.loads(json.dumps(data)))
    may_show = set(frame.loc[~frame["document"].isin(hidden), "segment"])
    named = {
        s for e in data["elements"] for s in (*e["sources"], *e["promoting"]["segments"], *e["inhibiting"]["segments"])
    }
    named |= {s for e in data["elements"] for part in e["parts"] for s in part["sources"]}
    named |= {row["segment"] for key in ("unresolved", "stated_interplay") for row in data[key]} | set(data["retired"])
    assert named <= may_show
    assert not set(ids_in(data, hidden))
    # Every claim is inside the one above it.
    for e in data["elements"]:
        assert {*e["promoting"]["segments"], *e["inhibiting"]["segments"]} <= set(e["sources"])
        assert e["support"]["segments"] == len(e["sources"])
        assert e["support"]["documents"] == sum(cell["documents"] for cell in e["cells"].values())
        assert e["support"]["turns"] >= e["support"]["documents"]
        assert [c for c, cell in e["cells"].items() if cell["state"] == "evidence"] == e["support"]["cases"]


def test_the_model_does_not_depend_on_the_order_of_segments() -> None:
    given_ = whole()
    shuffled = replace(given_, segments=given_.segments.sample(frac=1, random_state=3))
    one, two = to_dict(model_of(given_)), to_dict(model_of(shuffled))
    assert [e["support"] for e in one["elements"]] == [e["support"] for e in two["elements"]]


def test_an_empty_study_gives_a_model_that_says_so() -> None:
    nothing = documents()
    model = model_of(inputs(segments(), units(), nothing.assign(text_sha256=pd.Series(dtype=object))))
    data = json.loads(json.dumps(to_dict(model)))
    validate_model(data)
    assert data["corpus"]["documents"] == 0
    assert {cell["state"] for e in data["elements"] for cell in e["cells"].values()} == {"not_asked"}
    assert data["indicators"]["1i"]["is_met"] is False


def test_a_model_can_stand_on_the_first_codebook() -> None:
    assert [e.display for e in model_of(whole(codebook=FIRST, lineage=LINEAGE)).elements] == ["P1", "P2", "E1", "X1"]
