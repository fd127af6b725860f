"""The detector of names: the key first, then labels, titles, lists and capitals. All persons are invented."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foran_research.corpus.hits import KINDS
from foran_research.corpus.name_lists import first_names, folded, gazetteer, is_everyday, last_names, spacy_entities
from foran_research.corpus.names import KnownNames, find_names, is_one_apart, is_variant, known_names, sound

DECOMPOSED = "a\u030a"
KEY = known_names(
    {
        "P-1": ["Kari-Anne Nordmann", "Kaia"],
        "P-2": ["Eirik Torvaldsrud"],
        "P-3": ["Dag Solbakk"],
        "P-4": ["Silje Sæther"],
        "P-5": ["Lille-per", "Fjell skule 3"],
        "P-6": ["Kristoffer Åsmo"],
        "P-7": ["Per Nordmann"],
        "P-8": ["Håkon von Ravn"],
        "P-9": ["André Vannvik"],
    }
)
NOBODY = known_names({})


def of_key(text: str) -> list[tuple[str, str, str]]:
    return [
        (text[h.start : h.end], h.pseudonym, h.certainty) for h in find_names(text, KEY) if h.rule.startswith("key")
    ]


def found(text: str, labels: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    return [(text[h.start : h.end], h.kind, h.certainty) for h in find_names(text, NOBODY, labels=labels)]


@pytest.mark.parametrize(
    ("text", "surface", "pseudonym"),
    [
        ("Så sa Kari-Anne Nordmann nei", "Kari-Anne Nordmann", "P-1"),
        ("Så sa Kari Anne Nordmann nei", "Kari Anne Nordmann", "P-1"),
        ("Så sa KariAnne nei", "KariAnne", "P-1"),
        ("Så sa Kari nei", "Kari", "P-1"),
        ("Karis bil", "Kari", "P-1"),
        ("Dette er Kari's bil", "Kari", "P-1"),
        ("Nordmann, Kari", "Nordmann, Kari", "P-1"),
        ("K. Nordmann, altså", "K. Nordmann", "P-1"),
        ("Det var K.A. Nordmann", "K.A. Nordmann", "P-1"),
        ("Kari N. sa det", "Kari N.", "P-1"),
        ("KARI-ANNE NORDMANN", "KARI-ANNE NORDMANN", "P-1"),
        ("spør Kaia 😀", "Kaia", "P-1"),
        ("kari anne nordmanns bil", "kari anne nordmann", "P-1"),
        ("spør eirik om det", "eirik", "P-2"),
        ("Torvaldsruds idé", "Torvaldsrud", "P-2"),
        ("i dag er dag solbakk her", "dag solbakk", "P-3"),
        ("Møt Saether", "Saether", "P-4"),
        ("H" + DECOMPOSED + "kon von Ravn", "H" + DECOMPOSED + "kon von Ravn", "P-8"),
        ("ring Haakon Ravn", "Haakon Ravn", "P-8"),
        ("ring Andre Vannvik", "Andre Vannvik", "P-9"),
        ("på fjell skule 3 da", "fjell skule 3", "P-5"),
        ("lille per kom", "lille per", "P-5"),
    ],
)
def test_names_of_the_key_are_certain_in_every_form(text: str, surface: str, pseudonym: str) -> None:
    assert of_key(text) == [(surface, pseudonym, "certain")]


@pytest.mark.parametrize(
    ("text", "surface", "pseudonym"),
    [
        ("Da kom Erik.", "Erik", "P-2"),
        ("Da kom Cilje.", "Cilje", "P-4"),
        ("Da kom Christopher.", "Christopher", "P-6"),
        ("Da kom Kristofer.", "Kristofer", "P-6"),
        ("Da kom Torvaldsruud.", "Torvaldsruud", "P-2"),
        ("Da kom Torvalsrud.", "Torvalsrud", "P-2"),
        ("Da kom Sather.", "Sather", "P-4"),
    ],
)
def test_near_spellings_are_likely(text: str, surface: str, pseudonym: str) -> None:
    assert of_key(text) == [(surface, pseudonym, "likely")]


@pytest.mark.parametrize("text", ["det var en fin dag", "per i dag", "vi så på vann og vik", "solen skinner"])
def test_ordinary_words_in_lower_case_are_not_the_names_they_could_be(text: str) -> None:
    assert of_key(text) == []


def test_a_name_that_is_a_word_is_only_possible_where_a_sentence_begins() -> None:
    assert of_key("Dag og natt. Per i dag.") == [("Dag", "P-3", "possible"), ("Per", "P-7", "possible")]
    assert of_key("Da kom Dag og Per.") == [("Dag", "P-3", "certain"), ("Per", "P-7", "certain")]
    assert found("Hans bil.") == [("Hans", "person", "possible")]
    assert found("Det var Hans.") == [("Hans", "person", "likely")]


@pytest.mark.parametrize(("short", "long"), [("Andrea", "Andreas"), ("Johanne", "Johannes"), ("Elia", "Elias"), ("Jona", "Jonas"),
                                             ("Tobia", "Tobias"), ("Thoma", "Thomas"), ("Mathia", "Mathias"), ("Klau", "Klaus"),
                                             ("Jen", "Jens"), ("Lar", "Lars"), ("Han", "Hans")])  # fmt: skip
def test_a_name_with_an_s_of_its_own_is_not_the_known_one_without(short: str, long: str) -> None:
    known = known_names({"P-1": [f"{short} Åsmo"]})
    text = f"Da sa {long} 😀 nei, og {long.upper()} gikk."
    hits = [(text[h.start : h.end], h.pseudonym) for h in find_names(text, known) if h.kind == "person"]
    assert (long, "") in hits
    assert {pseudonym for _, pseudonym in hits} == {""}


@pytest.mark.parametrize(
    "text", ["Han sluttet.", "Hun sa nei. Han gikk.", "«Vi vet det», sa de. Min bil.", "Dem? Den!"]
)
def test_a_pronoun_at_the_head_of_a_sentence_is_nobody(text: str) -> None:
    assert found(text) == []
    assert found("Han Åsmodal sluttet.") != []


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ("G. Rabbestad", "Gunnbjørg Rabbestad", True),
        ("Gunbjørg Rabestad", "Gunnbjørg Rabbestad", True),
        ("Gunnbjørg Rabbestadd", "Gunnbjørg Rabbestad", True),
        ("Ha\u030akon Wexmo", "Haakon Weksmo", True),
        ("Kari Wexmo", "Karin Wexmo", False),
        ("Per Wexmo", "Pål Wexmo", False),
        ("Gunn Wexmo", "Gunn Åsmo", False),
        ("Gunn W.", "Gunn Wexmo", False),
        ("Gunnbjørg", "Gunbjørg", False),
        ("", "", False),
    ],
)
def test_spellings_of_one_full_name_are_told_from_two_names(one: str, other: str, is_one: bool) -> None:
    assert is_variant(one, other) is is_variant(other, one) is is_one


def test_a_name_that_two_bear_has_no_pseudonym_but_is_certain() -> None:
    assert of_key("Så Nordmann kom, og Per Nordmann.") == [
        ("Nordmann", "", "certain"),
        ("Per Nordmann", "P-7", "certain"),
    ]


def test_somebody_else_of_the_same_name_gets_no_pseudonym() -> None:
    assert of_key("Det var Kari Bakkemo og T. Nordmann.") == [
        ("Kari Bakkemo", "", "likely"),
        ("T. Nordmann", "", "likely"),
    ]


def test_who_asks_the_key_for_a_surface() -> None:
    assert KEY.who("P. Nordmann") == {"P-7"}
    assert KEY.who("Nordmann") == {"P-1", "P-7"}
    assert KEY.who("Ukjent") == set()
    assert KnownNames().who("Kari") == set()


def test_speaker_labels_that_are_names_are_found_and_roles_are_not() -> None:
    text = "Takk, Wexmo. Intervjuer spurte Leder om R1."
    assert ("Wexmo", "person", "likely") in found(text, ("Gunn Wexmo", "Intervjuer", "Leder", "R1", "BGO-PL-01"))
    assert [h for h in found(text, ("Intervjuer", "Leder", "R1")) if h[1] == "person" and h[2] != "possible"] == []


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("Så kom ordfører Wexmo inn", ("Wexmo", "person", "likely")),
        ("Da sa Wexmo at", ("Wexmo", "person", "likely")),
        ("ho heiter Gunnvei Wexmo no", ("Gunnvei Wexmo", "person", "likely")),
        ("møtte vi Øystein Wexmo der", ("Øystein Wexmo", "person", "likely")),
        ("etter at T. Wexmo kom", ("T. Wexmo", "person", "likely")),
        ("for Ludvig van Wexmo der", ("Ludvig van Wexmo", "person", "likely")),
        ("hos Wexmo igjen", ("Wexmo", "capitalised", "possible")),
        ("Wexmo sier nei", ("Wexmo", "person", "possible")),
        ("Wexmosæter ligger der", ("Wexmosæter", "capitalised", "possible")),
        ("dro til Bjørnviksen igjen", ("Bjørnviksen", "person", "likely")),
        ("her i Bergen nå", ("Bergen", "place", "likely")),
        ("Oslos gater", ("Oslo", "place", "likely")),
        ("i Wexmo kommune nå", ("Wexmo kommune", "organisation", "likely")),
        ("hos Wexmo Sensor AS nå", ("Wexmo Sensor AS", "organisation", "likely")),
        ("hos Statens vegvesen nå", ("Statens vegvesen", "organisation", "likely")),
        ("hos NAV nå", ("NAV", "organisation", "likely")),
        ("hos QXZ nå", ("QXZ", "organisation", "possible")),
    ],
)
def test_rules_and_lists_find_names_that_no_key_holds(text: str, hit: tuple[str, str, str]) -> None:
    assert found(text) == [hit]


def test_a_surname_alone_is_likely_once_the_text_has_the_full_name() -> None:
    assert found("Her er Øystein Wexmo. Ja, takk, Wexmo.")[-1] == ("Wexmo", "person", "likely")


@pytest.mark.parametrize(
    "text",
    [
        "Leverandøren sa nei. Kommunen òg. Hvorfor det?",
        "I dag. Å ja. Ø!",
        "REFERAT FRA MØTE",
        "ja, vil De ha kaffe?",
        "Da kom de.",
        "",
    ],
)
def test_everyday_words_with_a_capital_are_no_names(text: str) -> None:
    assert found(text) == []


def test_a_recogniser_adds_and_never_takes_away() -> None:
    text = "hos Wexmo og Fjeldtun i Wexby med Øysteins bil"

    def recognise(words: str) -> list[tuple[int, int, str]]:
        places = {"Wexmo": "PER", "Wexby": "GPE_LOC", "Øysteins": "PER", "hos": "MISC"}
        return [(words.index(w), words.index(w) + len(w), label) for w, label in places.items()]

    assert [(text[h.start : h.end], h.kind, h.certainty) for h in find_names(text, NOBODY, ner=recognise)] == [
        ("Wexmo", "person", "likely"), ("Fjeldtun", "capitalised", "possible"), ("Wexby", "place", "likely"),
        ("Øystein", "person", "likely"),
    ]  # fmt: skip


@pytest.mark.shared
def test_a_real_pipeline_can_be_the_recogniser(shared: Path) -> None:
    text = "😀 Vi snakket lenge med Kari Nordmann i Bergen.\nDa kom Åse Wexmo."
    entities = spacy_entities(str(shared / "data/norwegian/spacy-pipeline"))(text)
    assert "Kari Nordmann" in [text[start:end] for start, end, _ in entities]
    assert "Åse Wexmo" in [text[start:end] for start, end, _ in entities]


def test_folding_and_sound_make_spellings_meet() -> None:
    assert folded("Bjørn") == folded("BJOERN")
    assert folded("Åse") == folded("A\u030ase") == folded("aase")
    assert sound(folded("Stein")) == sound(folded("Sten"))
    assert sound(folded("Håkon")) == sound(folded("Hakon"))
    assert sound(folded("Marit")) != sound(folded("Marie"))


@given(st.text(alphabet="abc", max_size=5), st.text(alphabet="abc", max_size=5))
def test_one_apart_agrees_with_a_plain_table_of_distances(one: str, other: str) -> None:
    """Against the usual recursion, with an exchange of neighbours counted as one step."""

    def distance(a: str, b: str) -> int:
        if not a or not b:
            return len(a) + len(b)
        best = min(distance(a[1:], b) + 1, distance(a, b[1:]) + 1, distance(a[1:], b[1:]) + (a[0] != b[0]))
        if len(a) > 1 and len(b) > 1 and a[0] == b[1] and a[1] == b[0]:
            best = min(best, distance(a[2:], b[2:]) + 1)
        return best

    assert is_one_apart(one, other) == (distance(one, other) == 1)


@given(st.text(alphabet="KariNordmæ .,-'’\nåPeD" + DECOMPOSED + "😀", max_size=60))
@settings(max_examples=300, deadline=None)
def test_hits_are_inside_the_text_ordered_apart_and_the_same_twice(text: str) -> None:
    hits = find_names(text, KEY, labels=["Per Bakkemo"])
    assert hits == find_names(text, KEY, labels=["Per Bakkemo"])
    assert all(0 <= h.start < h.end <= len(text) and h.kind in KINDS for h in hits)
    assert all(a.end <= b.start for a, b in pairwise(hits))


@given(
    st.sampled_from(["Torvaldsrud", "Eirik", "Eirik Torvaldsrud", "E. Torvaldsrud", "Kaia", "K. Åsmo"]),
    st.text(alphabet="abcæøå ,?!😀\n", max_size=20),
    st.text(alphabet=" ,.?!😀\næøå", max_size=20),
)
@settings(max_examples=200, deadline=None)
def test_a_name_of_the_key_is_covered_whatever_stands_around_it(name: str, before: str, after: str) -> None:
    text = f"{before} {name} {after}"
    at = len(before) + 1
    covered = {c for h in find_names(text, KEY) if h.kind == "person" for c in range(h.start, h.end)}
    assert set(range(at, at + len(name))) <= covered


def test_the_lists_hold_norwegian_and_foreign_names_and_ordinary_words_are_known() -> None:
    assert {folded(n) for n in ("Åse", "Bjørg", "Mehmet", "Katarzyna")} <= first_names()
    assert {folded(n) for n in ("Ødegård", "Kowalski")} <= last_names()
    assert gazetteer()[(folded("Trondheim"),)] == "place"
    assert is_everyday("Anskaffelsen")
    assert not is_everyday("Wexmo")


@pytest.mark.parametrize("piece", ["A", "a", "A ", "Kari ", "Per-", "K. ", "Kari, ", "\n", "Å.", "Nordmann, Kari "])
def test_time_grows_with_the_length_and_no_faster(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    began = time.process_time()
    find_names(text, KEY)
    assert time.process_time() - began < 5


def test_importing_the_detector_loads_no_lists() -> None:
    code = "import sys, foran_research.corpus.names; print([m for m in ('faker', 'simplemma', 'spacy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.shared
def test_the_tables_in_the_documentation_are_what_the_tool_measures(shared: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    sys.path.insert(0, str(root / "tools"))
    try:
        from measure_detectors import tables
    finally:
        sys.path.pop(0)
    page = (root / "docs/privacy.md").read_text("utf-8")
    measured = [line for line in tables(shared).splitlines() if line.startswith("| ")]
    assert [line for line in measured if line not in page] == []
