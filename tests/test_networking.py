"""Networks of a milestone: every number leads to its passages, nothing is undefined without a reason, nothing hidden shows."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd
import pytest
import small_study as small_study_parts
from small_study import SmallStudy, draft

from foran_research import milestone as ms
from foran_research.analysis.stated import REASONS
from foran_research.coding.events import segment_at
from foran_research.errors import ForanError, UnknownName
from foran_research.exchange.graphs import ENDINGS
from foran_research.models.capability import build_elements
from foran_research.networking import (
    EDGE_TABLE,
    NODE_TABLE,
    PASSAGE_COLUMNS,
    PASSAGE_TABLE,
    POOLED,
    UNITS,
    Networks,
    networks,
)
from foran_research.report.figures import figure_bytes
from foran_research.report.tables import csv_text
from foran_research.study import load_study


def made(study: SmallStudy, milestone: str = "M1", **options: Any) -> Networks:
    loaded = load_study(study.path)
    return networks(loaded, loaded.milestone(milestone), **{"replicates": 40, "permutations": 40, **options})


def pairs(table: pd.DataFrame, column: str = "n_ij") -> dict[tuple[str, str, str], int]:
    keys = zip(table["network"], table["source"], table["target"], strict=True)
    return {key: int(count) for key, count in zip(keys, table[column], strict=True)}


# By hand: K1's codings in the informants' turns until M1, under 1.0.0. FJO-I01 turn 2 holds P1, P2, K1 and K2 (its third
# paragraph belongs to the turn); turn 4 K3 and X1. FJO-I02 turn 2 holds K3 (as part K3.1) and P1; turn 4 K1. HEI-I01 turn
# 2 holds E1 alone (as part E1.1), turn 4 E1. STR-N01 has a paragraph with K3 and P1, and one with K2.
BY_HAND = {
    ("FJO", "P1", "P2"): 1, ("FJO", "P1", "K1"): 1, ("FJO", "P1", "K2"): 1, ("FJO", "P2", "K1"): 1,
    ("FJO", "P2", "K2"): 1, ("FJO", "K1", "K2"): 1, ("FJO", "K3", "X1"): 1, ("FJO", "P1", "K3"): 1,
    ("STR", "P1", "K3"): 1, ("pooled", "P1", "K3"): 2,
}  # fmt: skip


def test_the_edges_of_the_small_study_are_those_counted_by_hand(small_study: SmallStudy) -> None:
    table = made(small_study).tables["networks_edges"]
    assert list(table.columns) == list(EDGE_TABLE)
    found = pairs(table)
    own = {key: count for key, count in found.items() if key[0] != POOLED or key[1:] == ("P1", "K3")}
    assert own == BY_HAND
    # All together: the same pairs, with the two of P1 and K3 added up.
    assert {key[1:] for key in found} == {key[1:] for key in BY_HAND}
    row = table[(table["network"] == POOLED) & (table["source"] == "P1") & (table["target"] == "K3")].iloc[0]
    # P1 stands in three turns, K3 in three (one of them with X1): 2 / (3 + 3 - 2).
    assert (row["n_i"], row["n_j"], row["documents"], row["jaccard"], row["weight"]) == (3, 3, 2, 0.5, 0.5)
    assert row["kind"] == "between"


@pytest.mark.parametrize("unit", UNITS)
def test_every_edge_of_every_unit_has_as_many_passages_as_it_counts(small_study: SmallStudy, unit: Any) -> None:
    found = made(small_study, unit=unit)
    edges, passages = found.tables["networks_edges"], found.tables["networks_edge_passages"]
    assert list(passages.columns) == list(PASSAGE_TABLE)
    counted = passages.assign(n=1).groupby(["network", "source", "target"], as_index=False)["n"].sum()
    assert len(edges)
    assert pairs(counted, "n") == pairs(edges)
    segments = load_study(small_study.path).segments()
    known = set(segments["segment"])
    for ends in ("source_segments", "target_segments"):
        assert {name for text in passages[ends] for name in text.split()} <= known
        assert (passages[ends] != "").all()


def test_the_passages_of_an_edge_are_its_segments_with_words_only_when_asked_and_allowed(
    small_study: SmallStudy,
) -> None:
    found = made(small_study)
    silent = found.passages("K3", "P1")
    assert list(silent.columns) == list(PASSAGE_COLUMNS)
    assert silent["segment"].tolist() == [
        "FJO-I02.K1.s02", "FJO-I02.K1.s01", "STR-N01.K1.s02", "STR-N01.K1.s01",
    ]  # fmt: skip
    assert set(silent["words"]) == {""}
    assert silent["turn"].tolist()[:2] == [2, 2]
    spoken = found.passages("C0001", "C0005", network="FJO", words=True)
    assert spoken["words"].tolist() == ["behovsbeskrivelsen var tynn", "Forretningshemmelighetene kunne vi lite om"]
    later = made(small_study, "M2").passages("P1", "K4", network="STR", words=True)
    # STR-BRU-01 has consented to analysis and not to being quoted.
    assert len(later) == 2
    assert set(later["words"]) == {""}
    assert found.passages().equals(found.passages(*found.edges().sort_values("weight", ascending=False, kind="stable")
                                                  .iloc[0][["source_id", "target_id"]]))  # fmt: skip


@pytest.mark.parametrize("unit", ["turn", "overlap", "document"])
def test_what_may_not_be_shown_is_in_no_table_no_export_and_no_passage(small_study: SmallStudy, unit: Any) -> None:
    path = small_study.path / "corpus/documents.csv"
    lines = path.read_text("utf-8").splitlines()
    hidden = [line.replace(",open,", ",trade_secret,") if line.startswith("FJO-I02") else line for line in lines]
    path.write_text("\n".join(hidden) + "\n", "utf-8")
    found = made(small_study, unit=unit)
    assert set(found.segments["document"]).isdisjoint({"FJO-I02"})
    assert [name for name, table in found.tables.items() if "FJO-I02" in csv_text(table)] == []
    assert [name for name, content in found.exports().items() if b"FJO-I02" in content] == []
    if unit == "turn":
        assert pairs(found.tables["networks_edges"])["pooled", "P1", "K3"] == 1
    about = found.tables["networks_about"].set_index("network")["hidden_documents"]
    assert about.to_dict() == {"FJO": 1, "HEI": 0, "STR": 0, POOLED: 1}


def test_tables_and_exports_hold_no_words_of_informants(small_study: SmallStudy) -> None:
    found = made(small_study)
    quotes = [str(quote) for quote in load_study(small_study.path).segments()["quote"]]
    files = [csv_text(table) for table in found.tables.values()] + [f.decode("utf-8") for f in found.exports().values()]
    assert not [quote for quote in quotes for text in files if quote in text]


def test_the_state_of_a_missing_element_is_that_of_the_model(small_study: SmallStudy) -> None:
    found = made(small_study)
    nodes = found.tables["networks_nodes"]
    assert list(nodes.columns) == list(NODE_TABLE)
    inputs = found.study.model_inputs(found.milestone)
    model = {(e.id, case): cell.state for e in build_elements(inputs) for case, cell in e.cells.items()}
    told = {
        (i, network): state
        for i, network, state in zip(nodes["id"], nodes["network"], nodes["state"], strict=True)
        if network != POOLED
    }
    assert told == model
    assert set(model.values()) >= {"evidence", "not_asked"}
    shared = found.tables["networks_shared"].set_index(["source", "target"])
    row = shared.loc[("P1", "K3")]
    assert (row["FJO"], row["STR"], row["cases"]) == (1, 1, 2)
    assert row["why_not_FJO"] == row["why_not_STR"] == ""
    assert "P1: not-asked" in row["why_not_HEI"]
    assert pd.isna(row["HEI"])


def test_what_is_undefined_is_an_empty_cell_with_a_reason_that_both_languages_have(small_study: SmallStudy) -> None:
    for unit in ("turn", "stanza"):
        tables = made(small_study, unit=unit).tables
        edges = tables["networks_edges"]
        for column, reason in (("q_more", "p_reason"), ("low", "interval_reason")):
            undefined = edges[column].isna()
            assert (edges.loc[undefined, reason].fillna("") != "").all(), (unit, column)
        reasons = {
            str(value)
            for table in tables.values()
            for column in table.columns
            if column == "reason" or column.endswith("_reason")
            for value in table[column].dropna()
        } - {""}
        assert reasons
        assert reasons <= set(REASONS)
    assert set(edges["interval_reason"]) == {"other-unit"}


def test_a_case_with_one_document_is_told_of(small_study: SmallStudy) -> None:
    tables = made(small_study).tables
    edges = tables["networks_edges"]
    assert set(edges.loc[edges["network"] == "STR", "interval_reason"]) == {"lone-document"}
    contrasts = tables["networks_contrasts"].set_index(["case_a", "case_b"])
    # FJO-PL-01 is a guest at STR's workshop and speaks for her own; she says nothing there.
    assert contrasts.loc[("HEI", "STR"), ["documents_a", "documents_b"]].tolist() == [1, 1]
    assert contrasts.loc[("HEI", "STR"), "reason"] == "lone-document"
    assert pd.isna(contrasts.loc[("HEI", "STR"), "smallest_p"])


@pytest.mark.parametrize("unit", UNITS)
def test_a_study_that_nobody_has_coded_gives_empty_networks(small_study: SmallStudy, unit: Any) -> None:
    for path in (small_study.path / "corpus/coding").rglob("*.jsonl"):
        path.unlink()
    found = made(small_study, "M2", unit=unit)
    assert found.tables["networks_edges"].empty
    assert found.tables["networks_edge_passages"].empty
    assert found.passages().empty
    assert list(found.tables["networks_edges"].columns) == list(EDGE_TABLE)
    assert set(found.tables["networks_nodes"]["units"]) == {0}
    assert set(found.tables["networks_likeness"]["reason"]) <= {"both-empty", "no-node"}
    assert set(found.tables["networks_ena_points"]["reason"]) == {"no-meeting"}
    assert len(found.exports()) == 4 * len(ENDINGS)


def test_a_code_in_every_turn_meets_all_and_no_p_is_made_of_it(small_study: SmallStudy) -> None:
    loaded = load_study(small_study.path)
    milestone = loaded.milestone("M1")
    units = loaded.units(loaded.documents_until(milestone.cut_off))
    for document, rows in units.groupby("document"):
        text, numbers = small_study.text(str(document)), set(rows["turn"])
        drafts = [
            draft(small_study, "K1", str(document), "2020-09-29", "apply", f"{document}.K1.e{turn.number}", None,
                  segment_at(text, turn.span.start, turn.span.end, "C0004", "", "1.0.0"))
            for turn in loaded.transcripts[str(document)].turns if turn.number in numbers
        ]  # fmt: skip
        small_study.code("K1", str(document), drafts)
    edges = made(small_study).tables["networks_edges"]
    # The log of FJO-I01 ends with events of 2021, behind which nothing counts for M1.
    is_there = ((edges["source"] == "K2") | (edges["target"] == "K2")) & (edges["network"] == "STR")
    everywhere = edges[is_there]
    assert len(everywhere) == 2
    assert set(everywhere["reason"]) == {"code-everywhere"}
    assert everywhere["phi"].isna().all()
    assert set(everywhere["p_reason"]) <= {"no-trade", "few-meetings"}
    assert everywhere["q_more"].isna().all()


def test_the_same_study_gives_the_same_tables_and_another_seed_other_chances(small_study: SmallStudy) -> None:
    one, two, other = made(small_study), made(small_study), made(small_study, seed=99)
    texts = [{name: csv_text(table) for name, table in found.tables.items()} for found in (one, two, other)]
    assert texts[0] == texts[1]
    assert one.exports() == two.exports()
    assert one.options.seed == 7
    changed = {name for name in texts[0] if texts[0][name] != texts[2][name]}
    assert "networks_edges" in changed
    assert not changed & {"networks_edge_passages", "networks_mixing", "networks_shared", "networks_ena_points"}


def test_the_graphs_are_what_the_tables_say_and_open_elsewhere(small_study: SmallStudy) -> None:
    found = made(small_study)
    graph = found.graph("FJO")
    edges = found.edges("FJO")
    assert {frozenset(edge) for edge in graph.edges} == {
        frozenset(pair) for pair in zip(edges["source_id"], edges["target_id"], strict=True)
    }
    assert graph.nodes["C0001"]["label"] == "P1"
    assert set(graph) == set(found.nodes("FJO").query("units > 0")["id"])
    files = found.exports("en")
    assert set(files) == {f"network_{name}{ending}" for name in ("FJO", "HEI", "STR", "pooled") for ending in ENDINGS}
    again = nx.read_graphml(io.BytesIO(files["network_FJO.graphml"]))
    assert again.edges["C0001", "C0002"]["n_ij"] == 1
    assert again.graph["notice"] == "Invented demo study"


def test_steps_are_told_one_by_one_and_counted(small_study: SmallStudy) -> None:
    told: list[str] = []
    made(small_study, show=told.append)
    assert [text.split("]")[0] for text in told] == [f"[{n}/{len(told)}" for n in range(1, len(told) + 1)]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"unit": "sentence"}, UnknownName),
        ({"weight": "lift"}, UnknownName),
        ({"backbone": "none"}, UnknownName),
        ({"coding": "machine"}, UnknownName),
        ({"window": 0}, ForanError),
        ({"replicates": 0}, ForanError),
    ],
)
def test_an_option_that_is_not_there_is_refused(
    small_study: SmallStudy, options: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        made(small_study, **options)


def test_an_edge_or_network_that_is_not_there_is_refused(small_study: SmallStudy) -> None:
    found = made(small_study)
    for ask in (
        lambda: found.passages("P1", "P99"),
        lambda: found.passages("P1", "K3", network="OSL"),
        lambda: found.edges("OSL"),
    ):
        call: Callable[[], Any] = ask
        with pytest.raises(UnknownName):
            call()


def test_files_are_saved_where_a_notebook_asks_and_nowhere_for_nothing(tmp_path: Path) -> None:
    files = {"a.csv": b"a\n", "b.gexf": b"<b/>"}
    assert ms.save_files(files, "", "networks") == ["a.csv", "b.gexf"]
    assert list(tmp_path.iterdir()) == []
    ms.save_files(files, tmp_path, "networks")
    assert (tmp_path / "networks/b.gexf").read_bytes() == b"<b/>"


# --- a workshop where several speak ------------------------------------------------------------------------------------

#: FJO-PL-01 may be quoted and STR-BRU-01, a guest of STR, may not.
WORKSHOP = (
    ("Oppdiktet", "workshop_note", "FJO", "FJO-1", "praksis", "2020-07-01", "nb", "FJO-PL-01 STR-BRU-01", ""),
    "**Intervjuer:** Hei?\n\n**FJO-PL-01:** Behovet var klart x\u0302 å 😀 for oss.\n\n**STR-BRU-01:** HEMMELIG setning fra "
    "bruker.\n\n**Intervjuer:** INTERVJUERORD her?\n\n**FJO-PL-01:** Strategi og behov hører sammen.\n",
)
ACROSS = (
    "Behovet var klart x\u0302 å 😀 for oss.\n\n**STR-BRU-01:** HEMMELIG setning fra bruker.\n\n**Intervjuer:** "
    "INTERVJUERORD her?\n\n**FJO-PL-01:** Strategi og behov"
)


def workshop(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    codings: list[tuple[str, str, str]],
    *,
    silent: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
) -> Callable[..., Networks]:
    """The small study with the workshop, coded by K1 with (words, code, polarity); some may not be analysed at all."""
    documents = {name: told for name, told in small_study_parts.DOCUMENTS.items() if name not in without}
    monkeypatch.setattr(small_study_parts, "DOCUMENTS", documents | {"FJO-N02": WORKSHOP})
    own = [("K1", "FJO-N02", "2020-07-05", "1.0.0", *coding) for coding in codings]
    kept = [coding for coding in small_study_parts.CODINGS if coding[1] in documents]
    monkeypatch.setattr(small_study_parts, "CODINGS", [*kept, *own])
    people = [(*p[:4], "") if p[0] in silent else p for p in small_study_parts.PARTICIPANTS]
    monkeypatch.setattr(small_study_parts, "PARTICIPANTS", people)
    small_study_parts.write_small_study(path)
    loaded = load_study(path)
    return lambda **options: networks(
        loaded, loaded.milestone("M1"), **{"replicates": 5, "permutations": 5, "unit": "turn", **options}
    )


@pytest.mark.parametrize("unit", UNITS)
def test_words_are_shown_only_of_segments_of_which_every_turn_may_be_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unit: Any
) -> None:
    make = workshop(tmp_path / "ø", monkeypatch, [
        (ACROSS, "C0001", "fremmer"), (ACROSS, "C0005", "hemmer"), ("Strategi og", "C0003", "hemmer"),
        ("behov hører", "C0004", "hemmer"), ("og behov", "C0003", "hemmer"),
    ])  # fmt: skip
    found = make(unit=unit)
    shown = found.passages("C0001", "C0005", words=True)
    mine = shown[shown["document"] == "FJO-N02"]
    assert len(mine)
    assert set(mine["words"]) == {""}
    # In the file for readers without Python too, the row says that its words may not be shown.
    rows = found.tables["networks_edge_passages"].query("document == 'FJO-N02' and source == 'P1' and target == 'K3'")
    assert not rows["may_quote"].any()
    if unit in ("turn", "overlap"):
        own = found.passages("C0003", "C0004", network="FJO", words=True).query("document == 'FJO-N02'")
        assert set(own["words"]) <= {"Strategi og", "og behov", "behov hører"}
        assert len(own) >= 2
        # The turn is the one in which the two meet, also for a segment that began in another.
        assert set(found.passages("C0001", "C0003", network="FJO").query("document == 'FJO-N02'")["turn"]) == {5}


def test_overlaps_are_those_within_the_turns_that_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = "Behovet var klart x\u0302 å 😀 for oss.\n\n**STR-BRU-01:** HEMMELIG setning"
    second = (
        "HEMMELIG setning fra bruker.\n\n**Intervjuer:** INTERVJUERORD her?\n\n**FJO-PL-01:** Strategi og behov hører"
    )
    codings = [(first, "C0001", "fremmer"), (second, "C0005", "hemmer"), (ACROSS, "C0009", "hemmer")]
    met = {}
    for name, silent in (("guest", ()), ("silent", ("STR-BRU-01",))):
        with monkeypatch.context() as patched:
            found = workshop(tmp_path / name, patched, codings, silent=silent)(unit="overlap")
        edges = found.tables["networks_edges"]
        met[name] = {
            (network, *sorted((a, b))): (n, n_i, n_j)
            for network, a, b, n, n_i, n_j in zip(
                *(edges[c] for c in ("network", "source_id", "target_id", "n_ij", "n_i", "n_j")), strict=True
            )
            if "C0009" in (a, b) or {a, b} == {"C0001", "C0005"}
        }
        counted = found.tables["networks_edge_passages"].groupby(["network", "source_id", "target_id"]).size()
        assert counted.to_dict() == {
            (n, a, b): k for n, a, b, k in edges[["network", "source_id", "target_id", "n_ij"]].values.tolist()
        }
    # The first two overlap in the guest's words alone: that is her own municipality's, and nobody's if she is silent.
    assert ("FJO", "C0001", "C0005") not in met["guest"]
    assert met["guest"][("STR", "C0001", "C0005")][0] == 1
    assert ("pooled", "C0001", "C0005") not in met["silent"]
    # The third overlaps the others in two turns each: one pair of segments nonetheless.
    assert met["guest"][("pooled", "C0001", "C0009")][0] == met["guest"][("pooled", "C0005", "C0009")][0] == 1


def test_what_stability_speaks_of_is_the_edge_that_is_drawn(small_study: SmallStudy) -> None:
    """An edge of one turn is drawn only where one is enough, and no resample has it where two are asked for."""
    kept = []
    for least in (1, 2):
        settings = small_study.path / "foran.toml"
        settings.write_text(
            re.sub(r"min_edge_turns = \d+", f"min_edge_turns = {least}", settings.read_text("utf-8")), "utf-8"
        )
        found = made(small_study)
        assert found.options.least == least
        edges = found.edges("FJO").set_index(["source", "target"])
        kept.append(edges.loc[("P1", "P2"), "kept_share"])
    # Of the two documents drawn, one or both hold the edge's only turn in 3/4 of the draws, and both in 1/4.
    assert kept[0] == pytest.approx(3 / 4, abs=0.25)
    assert kept[1] == pytest.approx(1 / 4, abs=0.25)
    assert kept[0] > 2 * kept[1]


def test_networks_are_held_together_over_what_could_be_said_in_both(small_study: SmallStudy) -> None:
    found = made(small_study)
    nodes, likeness = found.tables["networks_nodes"], found.tables["networks_likeness"]
    could = {
        name: set(own.loc[own["state"].isin(["evidence", "nothing_said"]), "id"])
        for name, own in nodes.groupby("network")
    }
    for row in likeness.to_dict("records"):
        assert row["elements"] == len(could[row["case_a"]] & could[row["case_b"]])
    assert likeness["elements"].nunique() > 1
    differences = found.tables["networks_differences"]
    unknown = differences[differences["reason"] == "not-known"]
    assert len(unknown)
    for row in unknown.to_dict("records"):
        for side in "ab":
            lacks = {row["source_id"], row["target_id"]} - could[row[f"case_{side}"]]
            assert pd.isna(row[f"n_ij_{side}"]) == bool(lacks)
        assert pd.isna(row["difference"])
    drawn_as = found.tables["networks_contrasts"]
    assert len(drawn_as) == 3
    assert set(found.figures("en")) >= {"networks_differences"}


def test_the_pooled_network_of_one_filled_case_is_that_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from foran_research import networking

    names = tuple(name for name in small_study_parts.DOCUMENTS if not name.startswith("FJO"))
    called: list[int] = []
    real = networking._edges
    monkeypatch.setattr(networking, "_edges", lambda *a: called.append(1) or real(*a))
    found = workshop(tmp_path / "one", monkeypatch, [], silent=("STR-BRU-01",), without=names)()
    assert len(called) == 3
    drop = ["network"]
    pd.testing.assert_frame_equal(found.edges("FJO").drop(columns=drop), found.edges(POOLED).drop(columns=drop))


def test_an_ena_plane_with_one_axis_or_none_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two documents differ along one line; where nobody of a case may be analysed, there are as few."""
    gone = ("STR-I01", "STR-N01")
    with monkeypatch.context() as patched:
        two = workshop(tmp_path / "two", patched, [], without=gone)()
    with monkeypatch.context() as patched:
        withdrawn = workshop(tmp_path / "withdrawn", patched, [], silent=("FJO-PL-01",))()
    assert len(two.tables["networks_ena_axes"]) == 1
    for found in (two, withdrawn):
        for language in ("nb", "en"):
            drawn = found.figures(language)["networks_ena"]
            assert figure_bytes(drawn.figure, "svg")


def test_a_label_with_dollar_signs_is_drawn_as_it_is_and_a_formula_is_a_text(small_study: SmallStudy) -> None:
    settings = small_study.path / "foran.toml"
    settings.write_text(settings.read_text("utf-8").replace('"Fjordvik', '"=Fjord$_^$vik'), "utf-8")
    found = made(small_study, unit="document")
    for drawn in found.figures("nb").values():
        assert figure_bytes(drawn.figure, "png")
    assert csv_text(
        pd.DataFrame({"a": ["=HYPERLINK(1)", "@x", "ok", None], "b": [-2.5, 1, 2, 3], "c": ["-2", "", "", ""]})
    ) == ("a,b,c\n'=HYPERLINK(1),-2.5,-2\n'@x,1,\nok,2,\n,3,\n")
    assert csv_text(pd.DataFrame({"a": pd.Series([1, None], dtype=object)})) == 'a\n1\n""\n'
