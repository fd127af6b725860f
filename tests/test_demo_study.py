"""The repository's own demo study: whole, invented, large enough to show the tool, and coded as people code."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import combinations, pairwise
from pathlib import Path

import pandas as pd
import pytest

from foran_research.codebook.changes import Lineage
from foran_research.corpus.transcript import split_front_matter
from foran_research.study import Study, read_study

#: The starter codebook of version 1.0.0 (seeds-inventory.md §27): 34 elements and their 23 sub-elements.
STARTER = {
    "P1": ["P1.1", "P1.2"], "P2": [], "P3": [], "P4": [], "P5": [], "P6": [], "P7": [], "P8": [], "P9": [], "P10": [],
    "P11": [],
    "K1": ["K1.1", "K1.2", "K1.3", "K1.4"], "K2": ["K2.1", "K2.3"], "K3": [], "K4": [], "K5": [],
    "K6": ["K6.1", "K6.2", "K6.3", "K6.4"], "K7": [], "K8": ["K8.1", "K8.2", "K8.3"], "K9": [], "K10": [], "K11": [],
    "E1": ["E1.1", "E1.2", "E1.3"], "E2": ["E2.1", "E2.2", "E2.3"], "E3": [], "E4": ["E4.1", "E4.2"], "E5": [], "E6": [],
    "E7": [], "E8": [], "E9": [],
    "X1": [], "X2": [], "X3": [],
}  # fmt: skip


@pytest.fixture(scope="module")
def study(demo_path: Path) -> Study:
    found, faults = read_study(demo_path)
    assert [str(fault) for fault in faults] == []
    assert found is not None
    return found


@pytest.fixture(scope="module")
def segments(study: Study) -> pd.DataFrame:
    return study.segments()


def test_the_demo_study_has_no_fault_and_no_warning(study: Study) -> None:
    assert study.warnings == ()


def test_there_are_interviews_and_notes_enough(study: Study) -> None:
    kinds = study.documents["kind"].value_counts()
    assert kinds["interview"] >= 18
    assert kinds["workshop_note"] >= 6
    assert sum(transcript.word_count() for transcript in study.transcripts.values()) >= 36_000
    assert min(transcript.word_count() for transcript in study.transcripts.values()) >= 500


def test_each_case_has_interviews_and_notes(study: Study) -> None:
    per_case = study.documents.groupby(["case", "kind"]).size().unstack(fill_value=0)
    assert set(per_case.index) == {case.id for case in study.settings.cases}
    assert (per_case["interview"] >= 5).all()
    assert (per_case["workshop_note"] >= 2).all()


def test_many_kinds_of_actors_speak(study: Study) -> None:
    units = study.units(study.documents)
    speaking = set(units["actor_type"]) - {""}
    assert len(speaking) >= 6
    assert speaking <= {term.id for term in study.settings.actor_types}


def test_all_procedures_and_focus_areas_are_there(study: Study) -> None:
    used = study.processes.loc[sorted(set(study.documents["process"]) - {""})]
    # Three more procedures are in the vocabulary: a process of two municipalities, a prototype, research and development.
    assert set(used["procedure"]) == {term.id for term in study.settings.procedures[:5]}
    assert set(used["focus_area"]) == {term.id for term in study.settings.focus_areas}


def test_the_talks_took_place_in_the_years_of_the_project(study: Study) -> None:
    assert study.documents["date"].between("2020-02-01", "2024-03-31").all()
    assert study.documents["date"].nunique() >= 20


def test_both_written_forms_are_spoken(study: Study) -> None:
    assert set(study.documents["written_form"]) == {"nb", "nn"}


def test_every_document_is_coded_by_k1_under_the_codebook_of_its_day(study: Study, segments: pd.DataFrame) -> None:
    mine = segments[segments["coder"] == "K1"].groupby("document")["applied_under"].agg(set)
    assert set(mine.index) == set(study.documents.index)
    expected = {
        document: {study.lineage.in_force(date).codebook_version} for document, date in study.documents["date"].items()
    }
    assert mine.to_dict() == expected


def test_a_third_is_coded_by_k2_as_well(study: Study, segments: pd.DataFrame) -> None:
    twice = set(segments[segments["coder"] == "K2"]["document"])
    assert len(twice) >= len(study.documents) / 3
    assert set(study.documents.loc[sorted(twice), "case"]) == {case.id for case in study.settings.cases}
    assert set(segments["coder"]) == {"K1", "K2"}


def test_codings_say_what_promotes_and_what_inhibits(segments: pd.DataFrame) -> None:
    assert (segments["polarity"] != "").sum() >= 1_200
    shares = segments["polarity"].value_counts(normalize=True)
    assert min(shares["fremmer"], shares["hemmer"]) > 0.15


def test_no_coding_was_made_before_the_talk_or_before_its_codebook(study: Study, segments: pd.DataFrame) -> None:
    released = {book.codebook_version: book.released for book in study.lineage.codebooks}
    for row in segments.itertuples():
        assert row.at[:10] >= study.documents.at[row.document, "date"], row.segment
        assert row.at[:10] >= released[row.codebook_version], row.segment


def test_all_active_elements_of_each_version_are_met_somewhere_or_almost(study: Study, segments: pd.DataFrame) -> None:
    for book in study.lineage.codebooks:
        used = {
            book.element_of(code).id for code in segments[segments["codebook_version"] == book.codebook_version]["code"]
        }
        assert len(used & {code.id for code in book.elements}) >= 0.8 * len(book.elements), book.codebook_version


def test_no_sentence_of_eight_words_stands_in_two_documents(study: Study) -> None:
    homes: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for name, transcript in study.transcripts.items():
        for turn in transcript.turns:
            for sentence in re.split(r"[.!?…:\n]+", turn.span.of(transcript.text)):
                words = tuple(re.findall(r"\w+", sentence.lower()))
                if len(words) >= 8:
                    homes[words].add(name)
    assert len(homes) > 1_000
    assert {" ".join(words): documents for words, documents in homes.items() if len(documents) > 1} == {}


def test_everything_says_that_it_is_invented(study: Study, demo_path: Path) -> None:
    for path in sorted((demo_path / "corpus/texts").glob("*.md")):
        front, _ = split_front_matter(path.read_text("utf-8"))
        assert "oppdiktet" in front.lower(), path.name
        assert "invented" in front.lower(), path.name
    for path in sorted((demo_path / "codebooks").glob("*.yaml")):
        assert "oppdiktet" in path.read_text("utf-8").split("\n")[0].lower(), path.name
    for book in study.lineage.codebooks:
        assert "oppdiktet" in book.notice["nb"].lower()
        assert "invented" in book.notice["en"].lower()
    assert "oppdiktet" in study.settings.notice["nb"].lower()
    assert "invented" in study.settings.notice["en"].lower()
    assert study.settings.is_synthetic
    assert study.documents["title"].str.lower().str.contains("oppdikt").all()
    assert study.processes["title_nb"].str.lower().str.contains("oppdikt").all()


def test_the_first_codebook_is_the_starter_codebook(study: Study) -> None:
    book = study.lineage["1.0.0"]
    tree = {code.display: [child.display for child in book.children(code.id)] for code in book.elements}
    assert tree == STARTER
    assert (len(tree), sum(map(len, tree.values()))) == (34, 23)
    assert all(code.level == code.display[0] for code in book.codes)


def test_later_codebooks_keep_every_code_that_ever_was(study: Study) -> None:
    assert study.lineage.versions == ("1.0.0", "2.0.0", "3.0.0")
    for earlier, later in combinations(study.lineage.codebooks, 2):
        assert set(earlier.by_id) < set(later.by_id)


def test_every_record_is_full_in_both_languages(study: Study) -> None:
    texts: dict[tuple[str, str], str] = {}
    for book in study.lineage.codebooks:
        for code in book.codes:
            for name in ("label", "brief", "definition", "when_to_use", "when_not_to_use", "example"):
                value = getattr(code, name)
                assert set(value) == {"nb", "en"}
                assert all(len(value[lang].strip()) > 1 for lang in value), (code.id, name)
                # A text copied from one language to the other is no translation; some labels are the same word.
                assert name == "label" or value["nb"] != value["en"], (code.id, name)
                texts[code.id, name] = value["nb"]
            assert code.source, code.id
            assert code.maturity in set("FKQRSV"), code.id
            assert set(code.cues) == {"nb", "nn"}
    definitions = [text for (_, name), text in texts.items() if name == "definition"]
    assert len(set(definitions)) == len(definitions)


def test_active_codes_have_cues_in_both_written_forms(study: Study) -> None:
    for book in study.lineage.codebooks:
        without = [code.display for code in book.active if not (code.cues["nb"] and code.cues["nn"])]
        assert without == [], book.codebook_version


@pytest.mark.parametrize(("version", "least"), [("2.0.0", 14), ("3.0.0", 9)])
def test_changes_are_recorded_with_reasons_rejected_proposals_too(study: Study, version: str, least: int) -> None:
    changes = study.lineage[version].changes
    assert len(changes) >= least
    assert any(not change.is_accepted for change in changes)
    assert len({change.id for change in changes}) == len(changes)
    before = study.lineage.versions[study.lineage.versions.index(version) - 1]
    for change in changes:
        for reason in (change.summary, change.reason_empirical, change.reason_theoretical):
            assert all(reason[lang].strip() for lang in ("nb", "en")), change.id
        assert change.evidence, change.id
        assert change.proposed_by_role, change.id
        assert study.lineage[before].released <= change.decided_at <= study.lineage[version].released, change.id


def test_every_kind_of_change_but_none_too_many_is_shown(study: Study) -> None:
    kinds = {change.type for book in study.lineage.codebooks for change in book.changes if change.is_accepted}
    assert kinds == {"split", "merge", "rename", "redefine", "new", "retire", "move", "to_facet", "narrow", "promote",
                     "to_relation", "to_tag", "reword"}  # fmt: skip


def test_every_milestone_sees_a_corpus_of_its_own(study: Study, segments: pd.DataFrame) -> None:
    milestones = study.settings.milestones
    assert [milestone.id for milestone in milestones] == [f"M{number}" for number in range(1, 19)]
    corpora = {m.cut_off: frozenset(study.documents_until(m.cut_off).index) for m in milestones}
    days = sorted(corpora)
    assert len(days) == 8
    for earlier, later in pairwise(days):
        assert corpora[earlier] < corpora[later], (earlier, later)
    for milestone in milestones:
        coded = study.segments(until=milestone.coded_until)
        assert corpora[milestone.cut_off] <= set(coded["document"]), (
            "a document of the milestone is not coded by its day"
        )
    assert corpora[days[-1]] == set(study.documents.index)


def test_every_milestone_has_codings_of_every_case(study: Study) -> None:
    for milestone in study.settings.milestones:
        inputs = study.model_inputs(milestone)
        cases = set(study.documents.loc[sorted(set(inputs.segments["document"])), "case"])
        assert cases == {case.id for case in study.settings.cases}, milestone.id


def coded_turns(segments: pd.DataFrame, coder: str, lineage: Lineage) -> dict[tuple[str, int], set[str]]:
    """The elements that a coder sees in each turn, under the codebook they were given in."""
    seen: dict[tuple[str, int], set[str]] = defaultdict(set)
    for row in segments[segments["coder"] == coder].itertuples():
        for turn in row.turns:
            seen[row.document, turn].add(lineage[row.codebook_version].element_of(row.code).id)
    return dict(seen)


def test_two_coders_agree_often_and_not_always(study: Study, segments: pd.DataFrame) -> None:
    one, other = (coded_turns(segments, coder, study.lineage) for coder in ("K1", "K2"))
    twice = {document for document, _ in other}
    alike = differing = 0
    for document in sorted(twice):
        turns = {turn for doc, turn in (*one, *other) if doc == document}
        pairs = [(one.get((document, t), set()), other.get((document, t), set())) for t in turns]
        both = sum(len(a & b) for a, b in pairs)
        either = sum(len(a | b) for a, b in pairs)
        assert 0 < both < either, document
        alike, differing = alike + both, differing + either - both
    assert 0.2 < alike / (alike + differing) < 0.95
    shared_turns = set(one) & set(other)
    assert {turn for turn in shared_turns if one[turn] == other[turn]}
    assert {turn for turn in shared_turns if one[turn] != other[turn]}
    # Each also leaves turns alone that the other codes.
    assert {turn for turn in one if turn[0] in twice} - set(other)
    assert set(other) - set(one)


def test_coders_set_boundaries_of_their_own(segments: pd.DataFrame) -> None:
    spans = {
        coder: set(zip(mine["document"], mine["start"], mine["end"], strict=True))
        for coder, mine in segments.groupby("coder")
    }
    assert spans["K2"] & spans["K1"]
    assert len(spans["K2"] - spans["K1"]) > 0.1 * len(spans["K2"])


@pytest.mark.shared
def test_the_starter_codes_are_those_of_the_seeds(shared: Path) -> None:
    text = (shared / "design/seeds-inventory.md").read_text("utf-8")
    section = text.split("## 27.")[1].split("## 28.")[0]
    rows = re.findall(r"^\| \**([PKEX]\d+(?:\.\d+)?)\** \| ([PKEX]\d*) \|", section, flags=re.MULTILINE)
    tree: dict[str, list[str]] = {display: [] for display, parent in rows if len(parent) == 1}
    for display, parent in rows:
        if len(parent) > 1:
            tree[parent].append(display)
    assert tree == STARTER
