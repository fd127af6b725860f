"""The network's screen: its conversation, its layout, its words and its pure functions, without a browser.

Everybody and everything here is invented (oppdiktet).
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import SmallStudy

import foran_research
from foran_research import NetworkBrowser, load_study
from foran_research.analysis.network import MEASURES
from foran_research.coder.session import Session
from foran_research.coding.assignment import Assignment
from foran_research.coding.assignment_store import append_assignments
from foran_research.errors import ForanError, UnknownName
from foran_research.network_screen.layout import HEIGHT, WIDTH, Layout, layout
from foran_research.network_screen.shown import COMPARABLE, LAYERS_SHOWN, STEPS, WEIGHTS, scale
from foran_research.network_screen.words import LANGUAGES, WORDS
from foran_research.vocabulary import POLARITIES

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))
from node import run_module

NUMBERS = itertools.count(1)


class Screen:
    """What a screen hears and says."""

    def __init__(self, network: NetworkBrowser, monkeypatch: pytest.MonkeyPatch, client: str = "a") -> None:
        self.network, self.client = network, client
        self.heard: list[dict[str, Any]] = []
        monkeypatch.setattr(network, "send", self.hear)

    def hear(self, message: dict[str, Any]) -> None:
        # What crosses the wire is JSON, and NaN is none.
        self.heard.append(json.loads(json.dumps(message, allow_nan=False)))

    def say(self, do: str, **content: Any) -> dict[str, Any]:
        """Send a message; the answer to it."""
        wish = f"{self.client}.{next(NUMBERS)}"
        self.network._receive(None, {"id": wish, "client": self.client, "do": do, **content}, [])
        last = self.heard[-1]
        assert (last["re"], last["to"]) == (wish, self.client)
        return last

    def edges(self, case: str = "", layer: str = "all") -> dict[tuple[str, str], int]:
        """Turns by pair of codes."""
        codes = [code["id"] for code in self.say("hello")["codes"]]
        told = self.say("view", case=case, layer=layer)["edges"]
        pairs = zip(told["source"], told["target"], told["turns"], strict=True)
        return {(codes[a], codes[b]): turns for a, b, turns in pairs}

    def places(self, source: str, target: str = "", case: str = "", layer: str = "all") -> list[dict[str, Any]]:
        return list(self.say("passages", source=source, target=target, case=case, layer=layer)["places"])


@pytest.fixture
def screen(small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> Screen:
    return Screen(NetworkBrowser(load_study(small_study.path), "M1"), monkeypatch)


# Networks


def test_a_screen_is_told_codes_levels_cases_and_weights_when_it_says_hello(screen: Screen) -> None:
    told = screen.say("hello")
    assert [code["id"] for code in told["codes"]] == ["C0001", "C0002", "C0003", "C0004", "C0005", "C0007", "C0009"]
    assert [region["level"] for region in told["regions"]] == ["P", "K", "E", "X"]
    assert [case["id"] for case in told["cases"]] == ["FJO", "HEI", "STR"]
    assert told["weights"] == ["turns", *MEASURES]
    assert set(COMPARABLE) < set(WEIGHTS)
    assert told["first"] == {"case": "", "layer": "all", "weight": "jaccard", "least": 1}
    assert (told["codebook"], told["coders"], told["withheld"], told["hidden"]) == ("1.0.0", ["K1"], [], 0)
    assert told["words"]["nb"]["layer.inhibiting"] == "− Hemmer"


def test_edges_are_counted_by_case_and_by_polarity(screen: Screen) -> None:
    # Worked out by hand from small_study.CODINGS: what K1 coded in the same turn, sub-elements with their element.
    fjord = {("C0001", "C0002"): 1, ("C0001", "C0003"): 1, ("C0001", "C0004"): 1, ("C0001", "C0005"): 1,
             ("C0002", "C0003"): 1, ("C0002", "C0004"): 1, ("C0003", "C0004"): 1, ("C0005", "C0009"): 1}  # fmt: skip
    assert screen.edges("FJO") == fjord
    assert screen.edges("STR") == {("C0001", "C0005"): 1}
    assert screen.edges("HEI") == {}
    assert screen.edges() == {**fjord, ("C0001", "C0005"): 2}
    assert screen.edges(layer="inhibiting") == {("C0001", "C0005"): 2, ("C0005", "C0009"): 1}
    assert screen.edges("STR", "promoting") == {}


def test_a_view_tells_turns_documents_measures_and_signs(screen: Screen) -> None:
    view = screen.say("view", case="", layer="all")
    assert (view["units"], view["documents"]) == (10, 4)
    assert view["turns"] == [3, 1, 2, 2, 3, 2, 1]
    assert view["inDocuments"] == [3, 1, 2, 2, 3, 1, 1]
    at = 3  # P1 and K3: 3 turns each, 2 of them with both, in two documents
    edges = view["edges"]
    assert (edges["turns"][at], edges["documents"][at], edges["distorted"][at]) == (2, 2, 0)
    assert [edges[name][at] for name in ("jaccard", "dice", "inclusion", "lift")] == [0.5, 0.666667, 0.666667, 2.22222]
    assert [view["signs"][name][at] for name in ("promoting", "inhibiting", "opposed")] == [0, 2, 1]
    assert screen.say("view", case="", layer="promoting")["signs"] == {}


def test_documents_that_may_not_be_shown_are_in_no_count_and_no_list(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered = (small_study.path / "corpus/documents.csv").read_text("utf-8")
    (row,) = [line for line in registered.splitlines() if line.startswith("STR-N01,")]
    small_study.replace("corpus/documents.csv", row, row.replace(",open,", ",restricted,"))
    screen = Screen(NetworkBrowser(load_study(small_study.path), "M1"), monkeypatch)
    assert screen.say("hello")["hidden"] == 1
    assert screen.edges("STR") == {}
    assert screen.edges()["C0001", "C0005"] == 1
    assert [place["document"] for place in screen.places("C0001", "C0005")] == ["FJO-I02"]
    assert screen.say("open", document="STR-N01", segment="STR-N01.K1.s01")["kind"] == "refused"


def test_the_cues_make_a_network_of_their_own_that_says_so(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Screen(NetworkBrowser(load_study(small_study.path), "M1", coding="suggestions"), monkeypatch)
    told = screen.say("hello")
    assert (told["coding"], told["coders"]) == ("suggestions", ["cues@1.0.0"])
    # The cue behov* meets one informant's turn in STR-N01, and dialog* one of HEI-I01.
    place = screen.places("C0001", case="STR")[0]
    segment = place["marks"][0]["codes"][0]["segment"]
    assert (place["document"], segment.split(".")[1]) == ("STR-N01", "cues@1")
    told = screen.say("open", document="STR-N01", segment=segment)
    assert re.fullmatch(r"Coder\(the_study, 'STR-N01', at=\(\d+, \d+\)\)", told["line"])


# Passages


def test_passages_are_told_as_places_with_the_words_that_may_be_quoted(screen: Screen) -> None:
    told = screen.say("passages", source="C0001", target="C0005", case="", layer="all")
    assert told["byCase"] == [{"case": "FJO", "turns": 1, "documents": 1}, {"case": "STR", "turns": 1, "documents": 1}]
    first, second = told["places"]
    assert {name: first[name] for name in ("document", "turn", "date", "case", "actor", "mayQuote")} == {
        "document": "FJO-I02", "turn": 2, "date": "2020-06-11", "case": "FJO", "actor": "innkjop", "mayQuote": True,
    }  # fmt: skip
    assert [
        (mark["words"], [(code["code"], code["polarity"]) for code in mark["codes"]]) for mark in first["marks"]
    ] == [
        ("Forretningshemmelighetene kunne vi lite om", [("K3.1", "hemmer")]),
        ("behovsbeskrivelsen var tynn", [("P1", "hemmer")]),
    ]
    assert (second["document"], second["turn"]) == ("STR-N01", 3)
    assert [place["document"] for place in screen.places("C0001", "C0005", case="STR")] == ["STR-N01"]


def test_two_codes_on_one_stretch_are_told_once(screen: Screen) -> None:
    (place,) = screen.places("C0003", "C0004")
    (mark,) = place["marks"]
    assert mark["words"] == "skrev vi erfaringsnotatet sammen, og forbedret malen"
    assert [code["code"] for code in mark["codes"]] == ["K1", "K2"]


def test_words_without_consent_to_quote_stay_where_they_are(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Screen(NetworkBrowser(load_study(small_study.path), "M2"), monkeypatch)
    (place,) = [place for place in screen.places("C0001", "C0012") if place["document"] == "STR-I01"]
    assert place["mayQuote"] is False
    assert [mark["words"] for mark in place["marks"]] == [None, None]
    assert "lyktestolpene" not in json.dumps(screen.heard, ensure_ascii=False)


def test_a_passage_over_two_turns_shows_each_turn_its_own_words_and_none_of_the_interviewers(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = load_study(small_study.path)
    text = study.transcripts["FJO-I02"].text
    start, end = text.index("behovsbeskrivelsen"), text.index("læringspunktene") + len("læringspunktene")
    session = Session(study, "FJO-I02", "K1", codebook_version="1.0.0", now=lambda: "2020-09-01T10:00:00Z")
    session.act("apply", {"start": start, "end": end, "code": "C0009"})
    screen = Screen(NetworkBrowser(load_study(small_study.path), "M1"), monkeypatch)
    words = [place["marks"][0]["words"] for place in screen.places("C0009") if place["document"] == "FJO-I02"]
    assert words == ["behovsbeskrivelsen var tynn.", "Nei, læringspunktene"]


def test_only_the_answer_about_passages_holds_what_an_informant_said(screen: Screen, small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    quotes = list(study.segments()["quote"])
    codes = [code["id"] for code in screen.say("hello")["codes"]]
    for case in ("", "FJO", "HEI", "STR"):
        for layer in LAYERS_SHOWN:
            screen.say("view", case=case, layer=layer)
    screen.say("open", document="FJO-I01", segment="FJO-I01.K1.s05")
    told = json.dumps(screen.heard, ensure_ascii=False)
    assert [quote for quote in quotes if quote in told] == []
    assert "nattevaktene" in json.dumps(screen.places(codes[0]), ensure_ascii=False)
    state = {name: value for name, value in screen.network.get_state().items() if name not in ("_esm", "_css")}
    kept = json.dumps(state, ensure_ascii=False, default=str)
    assert [word for word in ("nattevaktene", "markedskontakt", "C0001") if word in kept] == []


# Who is at the screen


def test_what_blind_double_coding_withholds_is_in_no_count_and_no_list_and_told_of(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    append_assignments(small_study.path, [Assignment("A01", "K2", ("K1",), "FJO-I02", seed=7)])
    study = load_study(small_study.path)
    counted = {}
    for coder in ("K1", "K2", "K3"):
        screen = Screen(NetworkBrowser(study, "M1", coder=coder), monkeypatch)
        counted[coder] = (screen.edges()["C0001", "C0005"], screen.say("hello")["withheld"])
    assert counted == {"K1": (2, ["K2 · FJO-I02"]), "K2": (1, ["K1 · FJO-I02"]), "K3": (2, [])}
    blind = Screen(NetworkBrowser(study, "M1", coder="K2"), monkeypatch)
    assert [place["document"] for place in blind.places("C0001", "C0005")] == ["STR-N01"]
    assert blind.say("open", document="FJO-I02", segment="FJO-I02.K1.s01")["kind"] == "refused"
    # The cues would speak to both coders.
    cued = Screen(NetworkBrowser(study, "M1", coder="K2", coding="suggestions"), monkeypatch)
    assert "FJO-I02" not in {place["document"] for place in cued.places("C0001")}
    open_to_all = Screen(NetworkBrowser(study, "M1", coding="suggestions"), monkeypatch)
    assert "FJO-I02" in {place["document"] for place in open_to_all.places("C0001")}


def test_a_passage_opens_in_the_coder_by_its_id_or_where_it_is_anothers_by_its_place(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = load_study(small_study.path)
    start = study.transcripts["FJO-I01"].text.index("Strategien lå i skuffen.")
    line = {}
    for coder in ("K1", "K2"):
        screen = Screen(NetworkBrowser(study, "M1", coder=coder), monkeypatch)
        told = screen.say("open", document="FJO-I01", segment="FJO-I01.K1.s05")
        line[coder] = (told["line"], told["coder"])
        (shown,) = screen.network.passage.children
        assert repr(shown) == f"Coder(document='FJO-I01', coder={coder!r})"
    assert line == {
        "K1": ("Coder(the_study, 'FJO-I01', 'K1', at='FJO-I01.K1.s05')", ""),
        "K2": (f"Coder(the_study, 'FJO-I01', 'K2', at=({start}, {start + 24}))", "K1"),
    }
    for wrong in ({"document": "FJO-I02", "segment": "FJO-I01.K1.s05"}, {"document": "FJO-I01", "segment": "x"}, {}):
        assert screen.say("open", **wrong)["kind"] == "refused"


def test_a_passage_that_has_lost_its_coding_since_opens_where_it_stood(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = load_study(small_study.path)
    start = study.transcripts["FJO-I01"].text.index("Strategien lå i skuffen.")
    Session(study, "FJO-I01", "K1").act("remove", {"records": ["FJO-I01.K1.s05"]})
    screen = Screen(NetworkBrowser(load_study(small_study.path), "M1", coder="K1"), monkeypatch)
    assert len(screen.places("C0005", case="FJO")) == 2
    told = screen.say("open", document="FJO-I01", segment="FJO-I01.K1.s05")
    assert told["line"] == f"Coder(the_study, 'FJO-I01', 'K1', at=({start}, {start + 24}))"


def test_the_study_is_read_again_when_asked_for(small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(NetworkBrowser(load_study(small_study.path), "M1"), monkeypatch)
    assert screen.edges("STR") == {("C0001", "C0005"): 1}
    small_study.log_path("K1", "STR-N01").unlink()
    assert screen.edges("STR") == {("C0001", "C0005"): 1}
    assert screen.say("refresh")["kind"] == "setup"
    assert screen.edges("STR") == {}
    small_study.edit_codebook("2.0.0", lambda book: book.pop("released"))
    refused = screen.say("refresh")
    assert (refused["kind"], bool(refused["faults"])) == ("refused", True)
    assert screen.edges("FJO") != {}  # what was read before still stands


def test_a_study_in_which_nobody_has_coded_has_a_screen_too(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for log in small_study.path.glob("corpus/coding/*/*.jsonl"):
        log.unlink()
    screen = Screen(NetworkBrowser(load_study(small_study.path), "M1"), monkeypatch)
    told = screen.say("hello")
    assert (told["kind"], told["scales"]["jaccard"], len(told["codes"])) == ("setup", [], 7)
    assert screen.say("view", case="FJO", layer="all")["turns"] == [0] * 7
    assert screen.places("C0001") == []


def test_what_cannot_be_is_refused_in_a_sentence(screen: Screen, small_study: SmallStudy) -> None:
    for wrong in (
        {"do": "dans"},
        {"do": "view", "case": "BGO", "layer": "all"},
        {"do": "view", "case": "", "layer": ""},
        {"do": "passages", "source": "C9999", "case": "", "layer": "all"},
        {"do": "passages", "source": "C0001", "case": 7, "layer": "sideways"},
    ):
        assert screen.say(**wrong)["kind"] == "refused"
    screen.network._receive(None, "tull", [])
    study = load_study(small_study.path)
    for unknown in ({"language": "sv"}, {"case": "BGO"}, {"coder": "../x"}, {"layer": "begge"}, {"weight": "kilo"},
                    {"coding": "tegn"}):  # fmt: skip
        with pytest.raises(UnknownName):
            NetworkBrowser(study, "M1", **unknown)
    with pytest.raises(UnknownName):
        NetworkBrowser(study, "M9")
    for least in (0, True, 1.5):
        with pytest.raises(ForanError, match="whole number"):
            NetworkBrowser(study, "M1", least=least)
    assert repr(NetworkBrowser(study, "M2", language="nn", least=3)) == "NetworkBrowser(study='small', milestone='M2')"


# Layout

LEVELS = ("P", "K", "E", "X")
codes_and_edges = st.integers(0, 24).flatmap(
    lambda count: st.tuples(
        st.lists(st.sampled_from(LEVELS), min_size=count, max_size=count),
        st.lists(
            st.tuples(st.integers(0, max(0, count - 1)), st.integers(0, max(0, count - 1)), st.floats(0, 1)),
            max_size=40,
        ),
    )
)


def laid_out(levels: list[str], edges: list[tuple[int, int, float]], seed: int = 7) -> Layout:
    codes = [(f"C{number}", level) for number, level in enumerate(levels)]
    return layout(codes, [(f"C{a}", f"C{b}", weight) for a, b, weight in edges if a != b], LEVELS, seed=seed)


@settings(max_examples=25)
@given(codes_and_edges, st.integers(0, 99))
def test_every_code_stands_in_its_levels_region_apart_from_all_others(
    given_: tuple[list[str], list[tuple[int, int, float]]], seed: int
) -> None:
    levels, edges = given_
    found = laid_out(levels, edges, seed)
    assert found == laid_out(levels, edges, seed)
    regions = {region.level: region for region in found.regions}
    assert list(regions) == [level for level in LEVELS if level in levels]
    for number, level in enumerate(levels):
        (x, y), region = found.places[f"C{number}"], regions[level]
        assert region.x < x < region.x + region.width
        assert region.y < y < region.y + region.height
    places = list(found.places.values())
    apart = [math.dist(a, b) for a, b in itertools.combinations(places, 2)]
    assert all(distance >= found.room - 0.2 for distance in apart)
    assert found.room > 20
    corners = [(region.x + region.width, region.y + region.height) for region in found.regions]
    assert all(x <= WIDTH + 0.2 and y <= HEIGHT + 0.2 for x, y in corners)


@settings(max_examples=20)
@given(codes_and_edges)
def test_no_exchange_of_two_codes_of_a_level_would_bring_what_belongs_together_closer(
    given_: tuple[list[str], list[tuple[int, int, float]]],
) -> None:
    levels, edges = given_
    weights = {(a, b): weight for a, b, weight in edges if a < b} | {(b, a): weight for a, b, weight in edges if a > b}
    found = laid_out(levels, [(a, b, weight) for (a, b), weight in weights.items()])
    places = [found.places[f"C{number}"] for number in range(len(levels))]

    def length(at: list[tuple[float, float]]) -> float:
        return sum(weight * math.dist(at[a], at[b]) for (a, b), weight in weights.items())

    now = length(places)
    for a, b in itertools.combinations(range(len(levels)), 2):
        if levels[a] == levels[b]:
            other = list(places)
            other[a], other[b] = places[b], places[a]
            assert length(other) >= now - 0.5  # places are rounded to a tenth


def test_codes_that_meet_often_stand_beside_one_another() -> None:
    # Six codes of one level in two rows of three: 0 and 5 are heavily tied, so nobody stands nearer to 0 than 5 does by much.
    found = laid_out(["P"] * 6, [(0, 5, 1.0)])
    distances = sorted(math.dist(found.places["C0"], found.places[f"C{number}"]) for number in range(1, 6))
    assert math.dist(found.places["C0"], found.places["C5"]) <= distances[1]


@given(st.lists(st.one_of(st.none(), st.floats(-1, 1000).map(lambda value: float(f"{value:.6g}"))), max_size=200))
def test_a_scales_stops_rise_from_the_least_value_and_leave_out_no_heaviest_edge(values: list[float | None]) -> None:
    stops = scale(values)
    known = [value for value in values if value is not None]
    assert bool(stops) == bool(known)
    assert len(stops) <= STEPS + 1
    assert stops == sorted(set(stops))
    if known:
        assert stops[0] <= min(known)
        assert stops[-1] <= max(known)
        assert stops[-1] >= max(known) - abs(max(known)) * 0.0101
    assert all(float(f"{stop:.3g}") == pytest.approx(stop) for stop in stops)


# Words

MODULE = Path(foran_research.__file__).parent / "network_screen/network.mjs"
SCREEN = MODULE.read_text("utf-8")
#: What the screen builds keys from, by the beginning that they share.
FAMILIES = {
    "mode.": ("one", "difference"),
    "layer.": LAYERS_SHOWN,
    "weight.": WEIGHTS,
    "kind.": ("all", "within", "between"),
    "signs.": ("promoting", "inhibiting", "opposed"),
    "polarity.": ("", *POLARITIES),
}


def asked_for() -> set[str]:
    """The keys that stand in the screen's program as they are."""
    return {key for key in re.findall(r'"([a-z_.]+)"', SCREEN) if key in WORDS["nb"] and "." in key} | set(
        re.findall(r'\bw\(\s*"([\w.-]+)"', SCREEN)
    )


def built() -> set[str]:
    return {beginning + value for beginning, values in FAMILIES.items() for value in values}


def test_the_reader_of_the_screens_program_finds_something() -> None:
    assert len(asked_for()) > 60
    beginnings = set(re.findall(r"\bw\(`([a-z_.]+\.)\$\{", SCREEN))
    assert beginnings <= set(FAMILIES), "a family of keys that this test does not know"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_the_screen_asks_for_is_there(language: str) -> None:
    assert sorted((asked_for() | built()) - set(WORDS[language])) == []
    assert all(text.strip() for text in WORDS[language].values())


def test_no_word_is_there_for_nothing() -> None:
    assert sorted(set(WORDS["nb"]) - asked_for() - built()) == []


def test_the_three_languages_set_the_same_facts_into_a_sentence() -> None:
    def braces(text: str) -> tuple[str, ...]:
        return tuple(sorted(re.findall(r"\{(\w+)\}", text)))

    assert [key for key in WORDS["nb"] if len({braces(WORDS[one][key]) for one in LANGUAGES}) > 1] == []


# Pure functions, by node


def a_code(id_: str, x: float, y: float, **label: str) -> dict[str, Any]:
    return {"id": id_, "display": id_, "level": id_[0], "label": label or {"nb": f"kode {id_}"}, "x": x, "y": y}


CODES = [a_code("P1", 100, 100, nb="bla\u030aba\u0308r 😀", en="=berry"), a_code("P2", 300, 100), a_code("K1", 100, 400),
         a_code("K2", 320, 420)]  # fmt: skip
VIEW = {"edges": {"source": [0, 0, 1], "target": [1, 2, 3], "turns": [4, 1, 2], "documents": [3, 1, 1],
                  "distorted": [0, 1, 0], "reason": ["", "", "code-everywhere"],
                  "jaccard": [0.5, 0.05, 0.25], "phi": [0.4, -0.1, None]},
        "signs": {"promoting": [1, 0, 0], "inhibiting": [2, 1, 0], "opposed": [0, 0, 1]}}  # fmt: skip
EVERYTHING = {
    "weight": "jaccard",
    "leastTurns": 1,
    "leastWeight": None,
    "levels": ["P", "K"],
    "kind": "all",
    "isInTwo": False,
}


def kept(**more: Any) -> list[str]:
    found = run_module(
        MODULE,
        """const {filter} = given; filter.levels = new Set(filter.levels);
        filter.only = filter.only ? new Set(filter.only) : null;
        return module.filtered(module.edgesOf(given.view), given.codes, filter).map((edge) => edge.key);""",
        {"view": VIEW, "codes": CODES, "filter": EVERYTHING | more},
    )
    return list(found)


def test_a_filter_keeps_what_passes_every_part_of_it() -> None:
    assert kept() == ["0-1", "0-2", "1-3"]
    assert kept(leastTurns=2) == ["0-1", "1-3"]
    assert kept(leastWeight=0.25) == ["0-1", "1-3"]
    assert kept(weight="phi", leastWeight=-0.1) == ["0-1", "0-2"]  # undefined passes no threshold
    assert kept(weight="phi") == ["0-1", "0-2", "1-3"]
    assert kept(kind="within") == ["0-1"]
    assert kept(kind="between") == ["0-2", "1-3"]
    assert kept(levels=["P"]) == ["0-1"]
    assert kept(isInTwo=True) == ["0-1"]
    assert kept(only=[2]) == ["0-2"]
    assert kept(leastTurns=9) == []


def test_in_a_difference_codes_that_never_meet_weigh_nothing_and_an_absent_code_leaves_it_undefined() -> None:
    other = {"edges": {"source": [0, 1], "target": [1, 2], "turns": [1, 3], "documents": [1, 2], "distorted": [0, 0],
                       "reason": ["", ""], "jaccard": [0.2, 0.3], "phi": [0.4, 0.1]}, "signs": {}}  # fmt: skip
    found = run_module(
        MODULE,
        """const [a, b] = given.map(module.edgesOf);
        const counts = [[9, 9, 9, 9], [9, 9, 9, 0]]; // K2 does not occur in the second
        const told = (weight) => module.differences(a, b, weight, counts)
          .map((edge) => [edge.key, edge.left, edge.right, edge.difference, edge.only, module.side(edge)]);
        const order = module.ordered(module.differences(a, b, "jaccard", counts), "weight", true, "jaccard");
        return {jaccard: told("jaccard"), phi: told("phi"), turns: told("turns"),
                order: order.map((edge) => [edge.key, module.strength(edge, "jaccard")])};""",
        [VIEW, other],
    )
    assert found["jaccard"] == [
        ["0-1", 0.5, 0.2, 0.3, None, "more"], ["0-2", 0.05, 0, 0.05, None, "more"], ["1-3", 0.25, None, None, "a", "more"],
        ["1-2", 0, 0.3, -0.3, None, "less"],
    ]  # fmt: skip
    # Turns are counted where a code does not occur, too: none.
    assert found["turns"][2] == ["1-3", 2, 0, 2, None, "more"]
    assert found["phi"][0] == ["0-1", 0.4, 0.4, 0, None, "same"]
    # By size of the difference, ties as the codebook has them; an edge of one network only by its weight there.
    assert found["order"] == [["0-1", 0.3], ["1-2", 0.3], ["1-3", 0.25], ["0-2", 0.05]]


def test_an_edge_is_found_under_the_pointer_and_beside_it_nothing() -> None:
    points = [[200, 118], [200, 100], [60, 60], [82, 250], [270, 60]]
    found = run_module(
        MODULE,
        """const edges = module.edgesOf(given.view);
        return given.points.map(([x, y]) => module.nearestEdge(edges, given.codes, {x, y}, 10)?.key ?? null);""",
        {"view": VIEW, "codes": CODES, "points": points},
    )
    # The line bends down by 0.09 of its length at its control point, so by 9 in the middle.
    assert found == ["0-1", "0-1", None, "0-2", None]


def test_arrow_keys_go_to_the_nearest_code_in_their_direction() -> None:
    cases = [
        [0, "ArrowRight"],
        [0, "ArrowDown"],
        [0, "ArrowLeft"],
        [3, "ArrowUp"],
        [3, "ArrowLeft"],
        [1, "Home"],
        [1, "End"],
        [1, "x"],
    ]
    found = run_module(
        MODULE, "return given[1].map(([at, key]) => module.nextCode(given[0], at, key));", [CODES, cases]
    )
    assert found == [1, 2, None, 1, 2, 0, 3, None]


def test_a_search_looks_through_ids_and_labels_in_any_form() -> None:
    queries = ["  ", "BLÅBÄR", "kode K1", "berry", "finnes ikke"]
    found = run_module(
        MODULE, "return given[1].map((query) => { const hits = module.found(given[0], query); return hits && [...hits]; });",
        [CODES, queries],
    )  # fmt: skip
    assert found == [None, [0], [2], [0], []]


def test_figures_are_told_as_people_read_them() -> None:
    found = run_module(
        MODULE, "return given.map((value) => [module.figure(value, 'nb'), module.figure(value, 'en')]);",
        [7, 0.2083333, -0.5, 12.3456, 1234.56, 0.00012, None],
    )  # fmt: skip
    assert found == [["7", "7"], ["0,208", "0.208"], ["−0,500", "−0.500"], ["12,35", "12.35"], ["1234,6", "1234.6"],
                     ["0,00012", "0.00012"], ["–", "–"]]  # fmt: skip


def test_heavier_edges_are_never_drawn_thinner_and_sizes_leave_room() -> None:
    stops = [0.01, 0.1, 0.2, 0.3, 0.5]
    found = run_module(
        MODULE,
        """return {widths: given.weights.map((weight) => module.widthClass(weight, given.stops)),
                   sizes: [0, 1, 30, 60].map((turns) => module.radius(turns, 60, given.room))};""",
        {"weights": [None, -1, 0.01, 0.1, 0.3, 0.5, 9], "stops": stops, "room": 50},
    )
    assert found["widths"] == sorted(found["widths"])
    assert (found["widths"][0], found["widths"][-1]) == (0, 5)
    assert found["sizes"] == sorted(found["sizes"])
    assert found["sizes"][-1] * 2 < 50


def test_csv_is_read_back_as_it_was_and_holds_no_formula() -> None:
    rows = [["P1", '=SUM("x")', -0.5, None, "a, b\nc"], ["Å 😀", "-", 2, 0.25, "True"]]
    text = run_module(MODULE, "return module.csvText(given[0], given[1]);", [["a", "b", "c", "d", "e"], rows])
    assert text.startswith("\ufeff")
    read = list(csv.reader(io.StringIO(text[1:])))
    assert read == [
        ["a", "b", "c", "d", "e"],
        ["P1", '\'=SUM("x")', "-0.5", "", "a, b\nc"],
        ["Å 😀", "'-", "2", "0.25", "True"],
    ]


def test_a_picture_as_a_file_is_whole_and_asks_for_nothing() -> None:
    text = run_module(
        MODULE,
        """const edges = module.edgesOf(given.view);
        const paths = module.lines(edges, given.codes, "jaccard", [0.05, 0.25, 0.5]);
        const nodes = given.codes.map((code, place) => (
          {x: code.x, y: code.y, r: 20, display: code.display, title: `${code.id} <&"`, place, isHollow: place === 3}));
        const legend = [{text: "x"}, {look: "less", text: "y"}];
        const regions = [{x: 0, y: 0, width: 10, height: 10, label: "P", place: 0}];
        return module.svgText({lang: "nb", title: "Å < 😀", layer: "inhibiting", notes: ["to & to"], legend,
                               stamp: "Oppdiktet", regions, paths, nodes});""",
        {"view": VIEW, "codes": CODES},
    )
    tree = ET.fromstring(text)  # noqa: S314 - our own text
    names = [one.tag.rsplit("}", 1)[1] for one in tree.iter()]
    assert names.count("g") == 1 + len(CODES)
    assert {"script", "image", "style", "use", "a", "foreignObject"}.isdisjoint(names)
    assert re.findall(r"\w+://[^\"]+", text) == ["http://www.w3.org/2000/svg"]
    strokes = [one for one in tree.iter() if one.get("stroke") == "#b35900"]
    assert len(strokes) == 4  # three edges that look apart, and the key of the legend
    assert sum(one.get("stroke-dasharray") is not None for one in strokes) == 2
