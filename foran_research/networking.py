"""Networks of a milestone: every table, graph, figure and export of what is spoken of together, from the whole study.

One call, :func:`networks`, gives the edges of each municipality and of all together with their measures, what chance alone
would give, how stable they are, how municipalities differ, and for each edge the passages behind it. Documents that may
not be shown are left out of everything; tables hold ids and counts. p-values speak of turns or documents of this study,
never of municipalities.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import Any, Literal, cast

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from .analysis.backbone import disparity
from .analysis.centralities import centralities
from .analysis.communities import Communities, communities
from .analysis.comparison import DIFFERENCE_COLUMNS, edge_differences, network_likeness, shared_edges, smallest_p
from .analysis.ena import EnaProjection, ena_projection
from .analysis.incidence import LAYERS, Incidence, entries, grouped, incidence
from .analysis.network import (
    DISTORTION,
    EDGE_COLUMNS,
    MEASURES,
    MIXING_COLUMNS,
    cooccurrence,
    edge_kind,
    frequencies,
    mixing_matrix,
    nullable,
    sign_mix,
)
from .analysis.network import level_mixing as levels_mixed
from .analysis.null_models import curveball, label_permutation
from .analysis.overlap import overlap_pairs, overlap_table
from .analysis.stability import edge_stability
from .analysis.stanza import WINDOW, stanza_counts, stanza_table
from .codebook.code import Codebook
from .corpus.transcript import Transcript
from .errors import ForanError, UnknownName
from .exchange.graphs import graph_files
from .milestone import figure_stamp
from .models import capability
from .models.capability import ModelInputs
from .report.figures import stamped
from .report.network_figures import pooled_layout
from .report.network_panels import NetworkFigure, drawn
from .report.network_words import network_words
from .settings import Milestone
from .study import Study

#: What two codes must share to be joined (see ``docs/networks.md``).
UNITS = ("turn", "overlap", "stanza", "document", "process")
#: The units that hold or lack a code: the others have no null model of trades, no intervals and no exchanged documents.
HOLDING = ("turn", "document", "process")
#: The network of all cases together, beside those of the cases, in the tables' column `network`.
POOLED = "pooled"
#: What edges are drawn and compared by.
WEIGHTS = ("jaccard", "rate")
#: What may thin a drawing.
BACKBONES = ("curveball", "disparity", "count")
#: An edge is in the backbone of the null model at this q, and in that of the filter below this alpha.
LEVEL = 0.05
#: A find of the null model is drawn and named when its codes meet in so many units, of so many documents. What is tested,
#: and q, know nothing of this.
NAMED_MEETINGS, NAMED_DOCUMENTS = 3, 2
#: How often communities are sought anew, to tell how firm they are.
RUNS = 10
#: Where a frame of edges keeps how many pairs the null model tested.
TESTED = "tested_pairs"

#: One row per network × pair of codes that meet in it. The measures are those of `network.EDGE_COLUMNS`; `weight` is the
#: one that is drawn, compared and resampled. In the unit "overlap" `jaccard` is of characters.
EDGE_TABLE = (
    "network", "source", "target", "source_id", "target_id", "kind", "weight", *EDGE_COLUMNS[2:],
    "both_promoting", "both_inhibiting", "opposed", "unsigned",
    "expected", "p_more", "p_less", "q_more", "q_less", "is_tested", "smallest_p", "p_reason",
    "low", "high", "kept_share", "failures", "interval_reason", "disparity_alpha", "is_backbone",
)  # fmt: skip
#: One row per network × element of the codebook. `state` is that of the model's cell (see models.capability.CELL_STATES):
#: why an element without units is missing. `x` and `y` are its place in the drawings, the same in every network.
NODE_TABLE = (
    "network", "code", "id", "level", "label_nb", "label_en", "state", "units", "documents", "degree", "strength",
    "betweenness", "betweenness_reason", "eigenvector", "eigenvector_reason", "community", "x", "y",
)  # fmt: skip
#: One row per network × edge × unit in which both codes are: the ids of the coded segments of either.
PASSAGE_TABLE = (
    "network", "source", "target", "source_id", "target_id", "unit", "document", "turn", "may_quote", "source_segments",
    "target_segments",
)  # fmt: skip
#: What :meth:`Networks.passages` gives: one row per coded segment behind an edge.
PASSAGE_COLUMNS = (
    "network",
    "unit",
    "document",
    "turn",
    "segment",
    "code",
    "code_id",
    "polarity",
    "may_quote",
    "words",
)

#: What an edge of a graph bears; the tables have all.
EDGE_ATTRIBUTES = (
    "weight", "n_ij", "documents", "n_i", "n_j", "jaccard", "lift", "npmi", "kind", "both_promoting", "both_inhibiting",
    "opposed", "is_distorted", "is_backbone", "p_more", "q_more", "low", "high", "kept_share",
)  # fmt: skip

Unit = Literal["turn", "overlap", "stanza", "document", "process"]


@dataclass(frozen=True)
class Options:
    """What the numbers were made with."""

    unit: Unit
    window: int
    coding: str
    weight: str
    replicates: int
    permutations: int
    seed: int
    backbone: str
    least: int

    @property
    def drawn_weight(self) -> str:
        """What `weight` holds: the one asked for where the unit has it."""
        return {"overlap": "jaccard", "stanza": "rate"}.get(self.unit, self.weight)

    def told(self) -> dict[str, Any]:
        """All of it by name, for tables and captions."""
        named = {"named_meetings": NAMED_MEETINGS, "named_documents": NAMED_DOCUMENTS}
        return {**asdict(self), "drawn_weight": self.drawn_weight, "within": self.within, **named}

    @property
    def within(self) -> Literal["document", "case"]:
        """Within what codes are traded in the null model: a document with one row has nothing to trade."""
        return "document" if self.unit in ("turn", "overlap") else "case"


@dataclass(frozen=True)
class _Material:
    """Segments × units that may be shown, and the codes; cut to one case or one layer it is of the same kind."""

    long: pd.DataFrame
    units: pd.DataFrame
    codes: tuple[str, ...]
    unit: Unit
    window: int

    def of_case(self, case: str) -> _Material:
        own = self.units[self.units["case"] == case].reset_index(drop=True)
        return replace(self, long=self.long[self.long["case"] == case], units=own)

    def of_layer(self, layer: str) -> _Material:
        return replace(self, long=self.long[self.long["polarity"].isin(LAYERS[layer])])

    @cached_property
    def turns(self) -> Incidence:
        return incidence(self.long, self.units, self.codes)

    @cached_property
    def table(self) -> Incidence:
        """The rows that hold or lack a code; turns for the units that have no such rows of their own."""
        return grouped(self.turns, cast(Any, self.unit)) if self.unit in ("document", "process") else self.turns

    @cached_property
    def segments(self) -> pd.DataFrame:
        """One row per segment: element, document, start, end, and the first unit it touches."""
        return self.long.drop_duplicates("segment").reset_index(drop=True)

    def edges(self) -> pd.DataFrame:
        """The pairs of codes that meet, with `EDGE_COLUMNS` of analysis.network."""
        if self.unit == "overlap":
            return self._overlaps()
        return self._stanzas() if self.unit == "stanza" else cooccurrence(self.table)

    @cached_property
    def pieces(self) -> pd.DataFrame:
        """One row per segment and unit it touches, cut to the unit: what lies outside joins nothing."""
        own = self.long[self.long["element"].isin(self.codes)]
        start, end = own[["start", "unit_start"]].max(axis=1), own[["end", "unit_end"]].min(axis=1)
        cut = own.assign(start=start, end=end)[end > start]
        return cut.sort_values(["document", "segment", "start"], kind="stable", ignore_index=True)

    def _overlaps(self) -> pd.DataFrame:
        found = overlap_table(self.pieces, self.codes, column="element")
        held = self.pieces.drop_duplicates("segment")["element"].value_counts()
        met = self._overlap_passages().groupby(["first", "second"]).size()
        at = [pd.Index(list(self.codes)).get_indexer(pd.Index(found[end])) for end in ("source", "target")]
        many = np.maximum(found["chars_i"], found["chars_j"]) > DISTORTION * np.minimum(
            found["chars_i"], found["chars_j"]
        )
        told = {
            # A segment of several turns lies in as many pieces, and is one.
            "n_ij": np.array([met[pair] for pair in zip(*at, strict=True)], np.int64),
            "n_i": found["source"].map(held).astype("int64"),
            "n_j": found["target"].map(held).astype("int64"),
            "n_units": len(self.segments),
            "n_coded": len(self.segments),
            "jaccard": found["c_chars"],
            "inclusion": found[["share_i", "share_j"]].max(axis=1),
            "is_distorted": many,
        }
        return _edge_frame(found, told)

    def _stanzas(self) -> pd.DataFrame:
        found = stanza_table(self.turns, window=self.window)
        units, coded = self.turns.denominator
        many = np.maximum(found["n_i"], found["n_j"]) > DISTORTION * np.minimum(found["n_i"], found["n_j"])
        return _edge_frame(found, {"n_ij": found["stanzas"], "n_units": units, "n_coded": coded, "is_distorted": many})

    def passages(self) -> pd.DataFrame:
        """Per pair of codes (`first` and `second`, places in `codes`) and unit that joins them: the segments of either."""
        return self._overlap_passages() if self.unit == "overlap" else self._held_passages()

    def _held_passages(self) -> pd.DataFrame:
        held = self._held()
        rows = []
        for unit, (document, turn, pairs) in held.items():
            rows += [(first, second, unit, document, turn, a, b) for first, second, a, b in pairs]
        return pd.DataFrame(rows, columns=_RAW).sort_values(["first", "second"], kind="stable", ignore_index=True)

    def _held(self) -> dict[str, tuple[str, Any, list[tuple[int, int, str, str]]]]:
        place = {code: number_ for number_, code in enumerate(self.codes)}
        own: dict[str, dict[int, list[str]]] = {}
        for unit, element, segment in zip(self.long["unit"], self.long["element"], self.long["segment"], strict=True):
            if element in place:
                own.setdefault(unit, {}).setdefault(place[element], []).append(segment)
        found: dict[str, tuple[str, Any, list[tuple[int, int, str, str]]]] = {}
        for name, document, turn, here, near in self._stretches(own):
            codes = sorted(near)
            pairs = [
                (a, b, " ".join(dict.fromkeys(near[a])), " ".join(dict.fromkeys(near[b])))
                for a, b in combinations(codes, 2)
                if a in here or b in here
            ]
            if pairs:
                found[name] = (document, turn, pairs)
        return found

    def _stretches(self, own: Mapping[str, Mapping[int, list[str]]]) -> list[tuple[Any, ...]]:
        """(unit, document, turn, codes of its last row, segments by code) of everything that can join two codes."""
        units = self.units
        if self.unit in ("document", "process"):
            column = self.unit
            found: list[tuple[Any, ...]] = []
            for name, rows in units[units[column] != ""].groupby(column, sort=False):
                near = _gathered(own, list(rows["unit"]))
                home = str(name) if column == "document" else ""
                found.append((str(name), home, pd.NA, near, near))
            return found
        width = self.window if self.unit == "stanza" else 1
        found = []
        for document, rows in units.groupby("document", sort=False):
            names = list(rows["unit"])
            for at, (unit, turn) in enumerate(zip(names, rows["turn"], strict=True)):
                first = max(0, at - width + 1)
                around = _gathered(own, names[first : at + 1])
                found.append((unit, document, int(turn), own.get(unit, {}), around))
        return found

    def _overlap_passages(self) -> pd.DataFrame:
        pieces, first, second = self._overlapping()
        place = pd.Index(list(self.codes)).get_indexer(pd.Index(pieces["element"]))
        rows = []
        for pair in zip(first.tolist(), second.tolist(), strict=True):
            a, b = sorted(pair, key=lambda at: int(place[at]))
            if place[a] == place[b]:
                continue
            one, other = pieces.iloc[a], pieces.iloc[b]
            rows.append(
                (place[a], place[b], one["unit"], one["document"], int(one["turn"]),
                 one["segment"], other["segment"])
            )  # fmt: skip
        return pd.DataFrame(rows, columns=_RAW).sort_values(["first", "second"], kind="stable", ignore_index=True)

    def _overlapping(self) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
        """The pieces, and the pairs of them that overlap: each pair of segments once, where it first does."""
        pieces = self.pieces
        documents = pd.factorize(pieces["document"])[0]
        first, second, _ = overlap_pairs(documents, pieces["start"].to_numpy(), pieces["end"].to_numpy())
        number = pd.factorize(pieces["segment"])[0]
        ends = np.sort(np.column_stack([number[first], number[second]]), axis=1)
        order = np.lexsort((pieces["start"].to_numpy()[first], ends[:, 1], ends[:, 0]))
        is_new = np.ones(len(order), np.bool_)
        is_new[1:] = (np.diff(ends[order], axis=0) != 0).any(axis=1)
        kept = order[is_new]
        return pieces, first[kept], second[kept]


_RAW = ["first", "second", "unit", "document", "turn", "source_segments", "target_segments"]


def _gathered(own: Mapping[str, Mapping[int, list[str]]], units: Sequence[str]) -> dict[int, list[str]]:
    near: dict[int, list[str]] = {}
    for unit in units:
        for code, segments in own.get(unit, {}).items():
            near.setdefault(code, []).extend(segments)
    return near


def _edge_frame(found: pd.DataFrame, told: Mapping[str, Any]) -> pd.DataFrame:
    """A frame of `EDGE_COLUMNS` from another kind of edge table; measures it does not have are empty."""
    frame = found.assign(reason="other-unit").assign(**told)
    for name in MEASURES:
        frame[name] = frame[name].astype("Float64") if name in told else nullable(np.full(len(frame), np.nan))
    return frame[list(EDGE_COLUMNS)]


@dataclass(frozen=True)
class Networks:
    """All networks of a milestone. `tables` are by the name to save them under; see ``docs/networks.md``."""

    study: Study = field(repr=False)
    milestone: Milestone
    options: Options
    codebook: Codebook = field(repr=False)
    #: The elements in codebook order: id, display, level, label.
    codes: tuple[Mapping[str, Any], ...] = field(repr=False)
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    segments: pd.DataFrame = field(repr=False)
    texts: Mapping[str, str] = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The networks: every case, and `POOLED`."""
        return (*(case.id for case in self.study.settings.cases), POOLED)

    def title(self, network: str, language: str) -> str:
        """What a network is called."""
        labels = {case.id: case.label[language] for case in self.study.settings.cases}
        return labels.get(network, network_words(language)["all_cases"])

    def edges(self, network: str = POOLED) -> pd.DataFrame:
        """The edges of one network: the rows of ``networks_edges``.

        Raises
        ------
        UnknownName
            For a network that is not there.
        """
        return self._of(self.tables["networks_edges"], network)

    def nodes(self, network: str = POOLED) -> pd.DataFrame:
        """The elements in one network: the rows of ``networks_nodes``."""
        return self._of(self.tables["networks_nodes"], network)

    def _of(self, table: pd.DataFrame, network: str) -> pd.DataFrame:
        if network not in self.names:
            raise UnknownName("network", network, self.names)
        return table[table["network"] == network].reset_index(drop=True)

    def graph(self, network: str = POOLED) -> nx.Graph:
        """One network as a graph: nodes are the ids of the elements that occur, with all that the tables say of them."""
        graph = nx.Graph(network=network, milestone=self.milestone.id, unit=self.options.unit,
                         weight=self.options.drawn_weight, codebook_version=self.codebook.codebook_version)  # fmt: skip
        for node in self.nodes(network).to_dict("records"):
            if node["units"]:
                told = {str(key): value for key, value in node.items() if key not in ("network", "id", "code")}
                graph.add_node(node["id"], label=node["code"], **told)
        for edge in self.edges(network)[["source_id", "target_id", *EDGE_ATTRIBUTES]].to_dict("records"):
            told = {str(key): value for key, value in edge.items() if key not in ("source_id", "target_id")}
            graph.add_edge(edge["source_id"], edge["target_id"], **told)
        return graph

    def places(self) -> dict[str, tuple[float, float]]:
        """Where each element stands in every drawing, within the unit circle."""
        nodes = self.nodes(POOLED)
        return {i: (float(x), float(y)) for i, x, y in zip(nodes["id"], nodes["x"], nodes["y"], strict=True)}

    def passages(
        self, source: str = "", target: str = "", *, network: str = POOLED, words: bool = False
    ) -> pd.DataFrame:
        """The coded segments behind an edge: a frame with `PASSAGE_COLUMNS`, by document and turn.

        Parameters
        ----------
        source, target
            Display codes or ids of two elements, in any order; of the strongest edge when both are "".
        words
            Whether to show the words as well: of segments of which every turn may be quoted; elsewhere, and otherwise, the
            column is empty.

        Raises
        ------
        UnknownName
            For an element or network that is not there.
        """
        edges = self.edges(network)
        if not source and not target:
            if edges.empty:
                return pd.DataFrame(columns=list(PASSAGE_COLUMNS))
            strongest = edges.sort_values("weight", ascending=False, kind="stable").iloc[0]
            source, target = strongest["source_id"], strongest["target_id"]
        ids = {name: code["id"] for code in self.codes for name in (code["id"], code["display"])}
        for name in (source, target):
            if name not in ids:
                raise UnknownName("element", name, (code["display"] for code in self.codes))
        wanted = {ids[source], ids[target]}
        table = self.tables["networks_edge_passages"]
        keep = (table["network"] == network) & table["source_id"].isin(wanted) & table["target_id"].isin(wanted)
        return self._spelt_out(table[keep], words=words)

    def _spelt_out(self, rows: pd.DataFrame, *, words: bool) -> pd.DataFrame:
        by_id = {row["segment"]: row for row in self.segments.to_dict("records")}
        display = {code.id: code.display for code in self.codebook.codes}
        found = []
        for row in rows.to_dict("records"):
            for segment in dict.fromkeys(f"{row['source_segments']} {row['target_segments']}".split()):
                own = by_id[segment]
                shown = ""
                if words and row["may_quote"] and own["is_quotable"]:
                    shown = self.texts[own["document"]][int(own["start"]) : int(own["end"])]
                turn = own["turn"] if pd.isna(row["turn"]) else row["turn"]
                found.append(
                    (row["network"], row["unit"], own["document"], int(turn), segment, display[own["code"]],
                     own["code"], own["polarity"], row["may_quote"], shown)
                )  # fmt: skip
        return pd.DataFrame(found, columns=list(PASSAGE_COLUMNS))

    def exports(self, language: str = "nb") -> dict[str, bytes]:
        """GraphML, GEXF and CSV of every network, by file name."""
        stamp = figure_stamp(self.study, self.options.coding, language)
        made: dict[str, bytes] = {}
        for network in self.names:
            made |= graph_files(self.graph(network), f"network_{network}", notice=stamp)
        return made

    def figures(self, language: str = "nb") -> dict[str, NetworkFigure]:
        """Every figure by the name to save it under, stamped when the study is invented or the coding is by machine."""
        stamp = figure_stamp(self.study, self.options.coding, language)
        made = drawn(self.tables, self.codes, self.study.settings, self.options.told(), language)
        return {name: replace(one, figure=stamped(one.figure, stamp)) for name, one in made.items()}


def networks(
    study: Study,
    milestone: Milestone,
    *,
    unit: Unit = "turn",
    window: int = WINDOW,
    coding: str = "human",
    weight: str = "jaccard",
    replicates: int = 2000,
    permutations: int = 5000,
    seed: int | None = None,
    backbone: Literal["curveball", "disparity", "count"] = "curveball",
    show: Callable[[str], object] | None = None,
) -> Networks:
    """The networks of a milestone: what is spoken of together, per municipality and in all.

    Parameters
    ----------
    unit
        What two elements must share: "turn" (in notes: paragraph), "overlap" (characters of coded segments), "stanza" (a
        moving window of turns), "document" or "process".
    window
        How many turns the stanza, and the ENA plane, look over.
    coding
        "human", or "suggestions" for what the cues suggest.
    weight
        The measure to draw and compare by, neither of which grows with the amount of text: "jaccard", or "rate", meetings
        per 100 units with any code. Overlaps have the first only (of characters), stanzas the second.
    replicates, permutations
        Tables dealt and documents resampled; exchanges of documents between municipalities.
    seed
        The study's own for None.
    backbone
        What picks the edges that are drawn strongly: the null model's ("curveball"), the disparity filter's, or a count.
    show
        Told of each step of the work as a line of text, for example ``print``.

    Returns
    -------
    Networks
        With every table, graph and figure; the same for the same study, milestone and options.

    Raises
    ------
    UnknownName
        For a unit, coding, weight or backbone that is not there.
    ForanError
        For a window below 1 or negative replicates.

    Examples
    --------
    >>> found = networks(load_study(), load_study().milestone("M1"))  # doctest: +SKIP
    >>> found.passages("P1", "K2")  # doctest: +SKIP
    """
    for kind, value, known in (
        ("unit", unit, UNITS),
        ("weight", weight, WEIGHTS),
        ("backbone", backbone, BACKBONES),
    ):
        if value not in known:
            raise UnknownName(kind, value, known)
    if window < 1 or replicates < 1 or permutations < 1:
        raise ForanError(
            f"window is {window}, replicates {replicates} and permutations {permutations}; expected 1 or more of each"
        )
    options = Options(
        unit, window, coding, weight, replicates, permutations,
        study.settings.seed if seed is None else seed, backbone, study.settings.min_edge_turns,
    )  # fmt: skip
    inputs = study.model_inputs(milestone, coding=coding)
    tell = _Steps(show, len(study.settings.cases) + 4)
    tell("kodingen · the coding")
    then = study.as_of(milestone.coded_until)
    whole = _material(inputs, then.transcripts, options)
    parts = {case: whole.of_case(case) for case in inputs.cases} | {POOLED: whole}
    edges: dict[str, pd.DataFrame] = {}
    for name, material in parts.items():
        tell(f"{name}: kanter, nullmodell, stabilitet · edges, null model, stability")
        # While one case alone has anything, it is the pooled network too.
        same = [case for case in edges if name == POOLED and len(parts[case].units) == len(material.units)]
        edges[name] = edges[same[0]] if same else _edges(material, inputs, options)
    tell("noder og passasjer · nodes and passages")
    codes = tuple(
        {"id": code.id, "display": code.display, "level": code.level, "label": dict(code.label)}
        for code in inputs.codebook.elements
    )
    groups = {
        name: communities(_plain_graph(frequencies(material.table), edges[name]), seed=options.seed, runs=RUNS)
        for name, material in parts.items()
    }
    tables = {
        "networks_edges": _stacked(edges, EDGE_TABLE),
        "networks_nodes": _nodes(parts, edges, groups, inputs, codes, options),
        "networks_layers": _layers(parts, inputs),
        "networks_mixing": _mixing(parts, edges, inputs, options),
        "networks_edge_passages": _passages(parts, inputs),
        "networks_communities": _communities(groups),
    }
    tell("kommune mot kommune · municipality against municipality")
    tables |= _comparisons(parts, edges, tables["networks_nodes"], inputs, options)
    tables["networks_about"] = _about(parts, edges, inputs, milestone, options)
    return Networks(
        study,
        milestone,
        options,
        inputs.codebook,
        codes,
        tables,
        whole.segments[["segment", "document", "start", "end", "turn", "code", "polarity", "is_quotable"]],
        {document: then.transcripts[document].text for document in set(whole.segments["document"])},
    )


class _Steps:
    """Tells of each step before it is taken: how many there are, and what this one does."""

    def __init__(self, show: Callable[[str], object] | None, steps: int) -> None:
        self.show, self.steps, self.done = show, steps, 0

    def __call__(self, text: str) -> None:
        self.done += 1
        if self.show is not None:
            self.show(f"[{self.done}/{self.steps}] {text}")


def _material(inputs: ModelInputs, transcripts: Mapping[str, Transcript], options: Options) -> _Material:
    long = capability.resolved(inputs)
    long = long[~long["document"].isin(inputs.hidden)].reset_index(drop=True)
    units = inputs.units[~inputs.units["document"].isin(inputs.hidden)].reset_index(drop=True)
    codes = tuple(code.id for code in inputs.codebook.elements)
    return _Material(_placed(long, units, transcripts), units, codes, options.unit, options.window)


def _placed(long: pd.DataFrame, units: pd.DataFrame, transcripts: Mapping[str, Transcript]) -> pd.DataFrame:
    """Segments × units with where the unit stands in its text, and whether all that the segment covers may be quoted.

    A segment may run through turns of others: of interviewers, and of people who have consented to less.
    """
    turns = {document: transcripts[document].turns for document in set(long["document"])}
    span = {(document, turn.number): turn.span for document, own in turns.items() for turn in own}
    quoted = set(units.loc[units["may_quote"].astype(bool), "unit"])
    spans = [span[key] for key in zip(long["document"], long["turn"].tolist(), strict=True)]
    covered = {
        segment: all(
            f"{document}:{turn.number}" in quoted
            for turn in turns[document]
            if turn.span.start < end and start < turn.span.end
        )
        for segment, document, start, end in dict.fromkeys(
            zip(long["segment"], long["document"], long["start"].tolist(), long["end"].tolist(), strict=True)
        )
    }
    return long.assign(
        unit_start=np.array([one.start for one in spans], np.int64),
        unit_end=np.array([one.end for one in spans], np.int64),
        is_quotable=np.array([covered[segment] for segment in long["segment"]], np.bool_),
    )


def _display(inputs: ModelInputs) -> dict[str, str]:
    return {code.id: code.display for code in inputs.codebook.codes}


def _named(frame: pd.DataFrame, inputs: ModelInputs) -> pd.DataFrame:
    """An edge table with display codes, ids kept beside them."""
    display = _display(inputs)
    return frame.assign(
        source_id=frame["source"],
        target_id=frame["target"],
        source=frame["source"].map(display).astype(object),
        target=frame["target"].map(display).astype(object),
    )


def _stacked(frames: Mapping[str, pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    rows = [frame.assign(network=name) for name, frame in frames.items() if len(frame)]
    if not rows:
        return pd.DataFrame(columns=list(columns))
    return pd.concat(rows, ignore_index=True)[list(columns)]


def _keyed(edges: pd.DataFrame, more: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """Columns of another edge table beside those of this one, by source and target; empty where that has no row."""
    # A table without rows has columns of no kind in particular.
    keys = {"source": object, "target": object}
    right = more[["source", "target", *columns]].rename(columns=dict(columns)).astype(keys)
    return edges.astype(keys).merge(right, on=["source", "target"], how="left", sort=False, validate="one_to_one")


_NULL = {"expected": "expected", "p_more": "p_more", "p_less": "p_less", "q_more": "q_more", "q_less": "q_less",
         "is_tested": "is_tested", "smallest_p": "smallest_p", "reason": "p_reason"}  # fmt: skip
_SIGNS = ("both_promoting", "both_inhibiting", "opposed", "unsigned")


def _edges(material: _Material, inputs: ModelInputs, options: Options) -> pd.DataFrame:
    """The edges of one network with all that is known of them, except which network it is."""
    edges = material.edges()
    edges["weight"] = _weight(edges, options)
    edges["kind"] = [edge_kind(inputs.codebook, a, b) for a, b in zip(edges["source"], edges["target"], strict=True)]
    edges = _keyed(edges, _signs(material), {name: name for name in _SIGNS})
    null = _null(material, options)
    edges = _keyed(edges, null, _NULL)
    edges = _keyed(edges, _intervals(material, options), {name: name for name in _INTERVAL})
    edges["disparity_alpha"] = disparity(edges, weight="n_ij")["alpha"].to_numpy() if len(edges) else []
    edges["is_backbone"] = _backbone(edges, options)
    told = _named(edges, inputs)
    # Pairs that were tested and never met are in the family, and no edges.
    told.attrs[TESTED] = int(null["is_tested"].fillna(False).astype(bool).sum()) if "is_tested" in null else 0
    return told


def _weight(edges: pd.DataFrame, options: Options) -> pd.Series[Any]:
    """What is drawn and compared: jaccard, or meetings per 100 units with any code."""
    if options.drawn_weight == "rate":
        return (100 * edges["n_ij"] / edges["n_coded"].clip(lower=1)).astype("Float64")
    return edges["jaccard"].astype("Float64")


def _signs(material: _Material) -> pd.DataFrame:
    """How often a pair meets under which signs, in the unit; empty for units that hold no code themselves."""
    if material.unit not in HOLDING:
        return _without(material, _SIGNS, "sign_reason")
    long, units = material.long, material.table.units
    if material.unit in ("document", "process"):
        long = long.assign(unit=long[material.unit])
    return sign_mix(long, units, material.codes)


def _null(material: _Material, options: Options) -> pd.DataFrame:
    draws: dict[str, Any] = {"replicates": options.replicates, "seed": options.seed}
    if material.unit == "overlap":
        pieces, first, second = material._overlapping()
        number, _ = pd.factorize(pieces["segment"])
        own = pieces.drop_duplicates("segment")
        labels = pd.Index(list(material.codes)).get_indexer(pd.Index(own["element"]))
        return label_permutation(labels, own["document"], number[first], number[second], material.codes, **draws)
    if material.unit == "stanza":
        return _without(material, list(_NULL), "reason")
    return curveball(material.table, within=options.within, **draws)


_INTERVAL = ("low", "high", "kept_share", "failures", "interval_reason")


def _intervals(material: _Material, options: Options) -> pd.DataFrame:
    if material.unit not in HOLDING:
        return _without(material, list(_INTERVAL), "interval_reason")
    # Kept is what would be drawn: the edge with as many units as the drawing asks for.
    found = edge_stability(
        material.table, replicates=options.replicates, seed=options.seed, weight=options.weight, least=options.least
    )
    return found.rename(columns={"reason": "interval_reason"})


def _without(material: _Material, columns: Sequence[str], reason: str) -> pd.DataFrame:
    """Empty columns for every pair of a unit that the method is not for, and why."""
    pairs = list(combinations(material.codes, 2))
    frame = pd.DataFrame(pairs, columns=["source", "target"])
    empty: dict[str, Any] = {**dict.fromkeys(columns, pd.NA), reason: "other-unit"}
    return frame.assign(**empty)


def _backbone(edges: pd.DataFrame, options: Options) -> list[bool]:
    """Which edges the drawing picks out; by a count where the null model is not for the unit."""
    if options.backbone == "disparity":
        return (edges["disparity_alpha"].astype(float) < LEVEL).tolist()
    if options.backbone == "curveball" and options.unit != "stanza":
        is_find = (edges["q_more"].astype("Float64") <= LEVEL).fillna(False).astype(bool)
        is_named = (edges["n_ij"] >= NAMED_MEETINGS) & (edges["documents"] >= NAMED_DOCUMENTS)
        return (is_find & is_named).tolist()
    return (edges["n_ij"] >= options.least).tolist()


def _nodes(
    parts: Mapping[str, _Material],
    edges: Mapping[str, pd.DataFrame],
    groups: Mapping[str, Communities],
    inputs: ModelInputs,
    codes: Sequence[Mapping[str, Any]],
    options: Options,
) -> pd.DataFrame:
    states = capability.cell_states(inputs)
    places = _places(edges[POOLED], codes, options)
    frames = {}
    for name, material in parts.items():
        held = frequencies(material.table)
        held_units = dict(zip((code["id"] for code in codes), held["units"].tolist(), strict=True))
        found = centralities(_plain_graph(held, edges[name]))
        found["community"] = [groups[name].of[node] for node in found.index]
        frame = pd.DataFrame(
            {
                "code": [code["display"] for code in codes],
                "id": [code["id"] for code in codes],
                "level": [code["level"] for code in codes],
                "label_nb": [code["label"]["nb"] for code in codes],
                "label_en": [code["label"]["en"] for code in codes],
                "state": [_state(states[code["id"]], name, held_units[code["id"]]) for code in codes],
                "units": held["units"].to_numpy(),
                "documents": held["documents"].to_numpy(),
                "x": [places[code["id"]][0] for code in codes],
                "y": [places[code["id"]][1] for code in codes],
            }
        )
        frames[name] = frame.merge(found, left_on="id", right_index=True, how="left", sort=False)
    return _stacked(frames, NODE_TABLE)


def _state(states: Mapping[str, str], network: str, units: int) -> str:
    """Why an element is missing; of all cases together, the reason that comes nearest to having it."""
    if units:
        return "evidence"
    if network != POOLED:
        # Evidence outside the unit (a turn without a process, say) is told as the model tells it.
        return states[network]
    nearest = ("evidence", "suppressed", "nothing_said", "not_codable", "not_asked")
    return next((state for state in nearest if state in states.values()), "not_asked")


def _places(
    edges: pd.DataFrame, codes: Sequence[Mapping[str, Any]], options: Options
) -> dict[str, tuple[float, float]]:
    """The layout of the pooled network, from its backbone and frequent edges; rounded, so that files tell it in full."""
    occurring = {*edges["source_id"], *edges["target_id"]}
    chosen = edges
    # The fewest edges that still hold most of the network together give the clearest drawing.
    for least in (2 * options.least, options.least):
        some = edges[edges["is_backbone"] | (edges["n_ij"] >= least)]
        if 3 * len({*some["source_id"], *some["target_id"]}) >= 2 * len(occurring):
            chosen = some
            break
    shown = chosen.assign(weight=chosen["weight"].fillna(0).astype(float))
    found = pooled_layout([(code["id"], code["level"]) for code in codes], shown)
    return {node: (round(x, 4), round(y, 4)) for node, (x, y) in found.items()}


def _plain_graph(held: pd.DataFrame, edges: pd.DataFrame) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(str(code) for code in held.index[held["units"] > 0])
    graph.add_weighted_edges_from(
        zip(edges["source_id"], edges["target_id"], edges["n_ij"], strict=True), weight="n_ij"
    )
    return graph


def _communities(groups: Mapping[str, Communities]) -> pd.DataFrame:
    """How the communities of each network were found, and how firm they are."""
    rows = [
        (name, found.method, len(found.groups), found.modularity.value, found.modularity.reason, found.resolution,
         found.seed, found.runs, found.runs_alike)
        for name, found in groups.items()
    ]  # fmt: skip
    columns = [
        "network",
        "method",
        "communities",
        "modularity",
        "modularity_reason",
        "resolution",
        "seed",
        "runs",
        "runs_alike",
    ]
    return pd.DataFrame(rows, columns=columns).astype({"modularity": "Float64"})


def _layers(parts: Mapping[str, _Material], inputs: ModelInputs) -> pd.DataFrame:
    """The edges of each network among promoting, and among inhibiting, segments alone."""
    columns = ["network", "layer", "source", "target", "source_id", "target_id", *EDGE_COLUMNS[2:]]
    frames = [
        _named(material.of_layer(layer).edges(), inputs).assign(network=name, layer=layer)[columns]
        for layer in LAYERS
        for name, material in parts.items()
    ]
    frames = [frame for frame in frames if len(frame)]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def _mixing(
    parts: Mapping[str, _Material], edges: Mapping[str, pd.DataFrame], inputs: ModelInputs, options: Options
) -> pd.DataFrame:
    """Co-occurrences within and between levels, against chance where the unit holds codes."""
    frames = {}
    for name, material in parts.items():
        if options.unit in HOLDING:
            frames[name] = levels_mixed(material.table, inputs.codebook, inputs.levels)
            continue
        ids = edges[name].assign(source=edges[name]["source_id"], target=edges[name]["target_id"])
        counts = mixing_matrix(ids, inputs.codebook, inputs.levels).to_numpy()
        rows = [
            (a, inputs.levels[col], "within" if row == col else "between", int(counts[row, col]))
            for row, a in enumerate(inputs.levels)
            for col in range(row, len(inputs.levels))
        ]
        frame = pd.DataFrame(rows, columns=list(MIXING_COLUMNS[:4]))
        empty: dict[str, Any] = dict.fromkeys(MIXING_COLUMNS[4:8], pd.NA)
        frames[name] = frame.assign(**empty, reason="other-unit")
    return _stacked(frames, ("network", *MIXING_COLUMNS))


def _passages(parts: Mapping[str, _Material], inputs: ModelInputs) -> pd.DataFrame:
    """From every edge of every network to the segments behind it; `may_quote` when all their words may be shown."""
    segments = parts[POOLED].segments
    quotable = set(segments.loc[segments["is_quotable"], "segment"])
    frames = {}
    for name, material in parts.items():
        raw = material.passages()
        ends = zip(raw["source_segments"], raw["target_segments"], strict=True)
        raw["may_quote"] = np.array([quotable.issuperset(f"{one} {other}".split()) for one, other in ends], np.bool_)
        codes = np.asarray(material.codes, object)
        told = raw.assign(
            source=codes[raw["first"].to_numpy(np.int64)] if len(raw) else [],
            target=codes[raw["second"].to_numpy(np.int64)] if len(raw) else [],
        )
        frames[name] = _named(told, inputs)
    return _stacked(frames, PASSAGE_TABLE)


#: What a missing element is called where edges are shared out, by the state of the model's cell.
_MISSING = {
    "nothing_said": "not-mentioned",
    "not_asked": "not-asked",
    "not_codable": "not-in-codebook",
    "suppressed": "suppressed",
}
#: One row per two cases: how many documents either has, and the least p that exchanging them can give.
CONTRAST_TABLE = ("case_a", "case_b", "documents_a", "documents_b", "permutations", "is_exact", "smallest_p", "reason")


def _comparisons(
    parts: Mapping[str, _Material],
    edges: Mapping[str, pd.DataFrame],
    nodes: pd.DataFrame,
    inputs: ModelInputs,
    options: Options,
) -> dict[str, pd.DataFrame]:
    cases = inputs.cases
    states = {
        case: dict(zip(own["id"], own["state"], strict=True))
        for case, own in ((case, nodes[nodes["network"] == case]) for case in cases)
    }
    missing = {
        case: {code: _MISSING[state] for code, state in own.items() if state in _MISSING}
        for case, own in states.items()
    }
    differences, contrasts = [], []
    stacked = _stacked_incidence({case: parts[case].table for case in cases}, parts[POOLED].codes)
    for pair in combinations(cases, 2):
        found, contrast = _difference(stacked, pair, missing, options)
        differences.append(
            _named(found, inputs)[["source", "target", "source_id", "target_id", *DIFFERENCE_COLUMNS[2:]]]
        )
        contrasts.append(contrast)
    columns = ["source", "target", "source_id", "target_id", *DIFFERENCE_COLUMNS[2:]]
    kept = [frame for frame in differences if len(frame)]
    return {
        "networks_differences": pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=columns),
        "networks_contrasts": pd.DataFrame(contrasts, columns=list(CONTRAST_TABLE)).astype({"smallest_p": "Float64"}),
        "networks_likeness": _likeness(edges, states, inputs, options),
        "networks_shared": _shared(edges, missing, inputs),
        **_ena(parts, inputs, options),
    }


def _stacked_incidence(tables: Mapping[str, Incidence], codes: tuple[str, ...]) -> Incidence:
    """The rows of every case one after the other; a document in which a guest speaks stands in two."""
    units = [table.units.assign(case=case) for case, table in tables.items()]
    matrix = sparse.vstack([entries(table) for table in tables.values()], format="csr")
    return Incidence(pd.concat(units, ignore_index=True), codes, sparse.csr_array(matrix))


def _difference(
    table: Incidence, pair: tuple[str, str], missing: Mapping[str, Mapping[str, str]], options: Options
) -> tuple[pd.DataFrame, tuple[Any, ...]]:
    documents = [table.units.loc[table.units["case"] == case, "document"].nunique() for case in pair]
    empty = pd.DataFrame(columns=list(DIFFERENCE_COLUMNS))
    if options.unit not in HOLDING or not all(documents):
        why = "other-unit" if options.unit not in HOLDING else "no-document"
        return empty, (*pair, *documents, 0, False, None, why)
    found = edge_differences(
        table, *pair, weight=options.weight, replicates=options.permutations, seed=options.seed, missing=missing
    )
    ways = math.comb(sum(documents), documents[0])
    is_exact = ways <= options.permutations
    many = ways if is_exact else options.permutations
    why = "lone-document" if min(documents) < 2 else ""
    least = None if why else smallest_p(documents[0], documents[1], many, is_exact=is_exact)
    return found, (*pair, *documents, many, is_exact, least, why)


def _likeness(
    edges: Mapping[str, pd.DataFrame],
    states: Mapping[str, Mapping[str, str]],
    inputs: ModelInputs,
    options: Options,
) -> pd.DataFrame:
    """How alike each two cases' networks are, over the elements that could have been spoken of in both."""
    rows = []
    plain = {
        case: edges[case].assign(source=edges[case]["source_id"], target=edges[case]["target_id"])
        for case in inputs.cases
    }
    for a, b in combinations(inputs.cases, 2):
        # In another state a case's count of the element is unknown and not 0.
        could = {"evidence", "nothing_said"}
        codes = [code.id for code in inputs.codebook.elements if {states[a][code.id], states[b][code.id]} <= could]
        one, other = (
            plain[case][plain[case]["source"].isin(codes) & plain[case]["target"].isin(codes)] for case in (a, b)
        )
        found = network_likeness(one, other, codes, weight="weight", replicates=options.permutations, seed=options.seed)
        rows += [(a, b, len(codes), name, told.value, told.reason) for name, told in found.items()]
    columns = ["case_a", "case_b", "elements", "measure", "value", "reason"]
    return pd.DataFrame(rows, columns=columns).astype({"value": "Float64"})


def _shared(
    edges: Mapping[str, pd.DataFrame], missing: Mapping[str, Mapping[str, str]], inputs: ModelInputs
) -> pd.DataFrame:
    """Which cases have each edge, and why the others do not: a missing element's reason, or "never-together"."""
    display = _display(inputs)
    by_case = {
        case: edges[case][["source_id", "target_id", "n_ij"]].rename(
            columns={"source_id": "source", "target_id": "target"}
        )
        for case in inputs.cases
    }
    order = [code.id for code in inputs.codebook.elements]
    found = shared_edges(by_case, missing=missing, order=order)
    why: dict[str, list[str]] = {f"why_not_{case}": [] for case in inputs.cases}
    for row in found.to_dict("records"):
        told = {(case, code): reason for case, code, reason in row["missing"]}
        for case in inputs.cases:
            reasons = [
                f"{display[code]}: {told[case, code]}"
                for code in (row["source"], row["target"])
                if (case, code) in told
            ]
            has = not pd.isna(row[case]) and row[case] > 0
            why[f"why_not_{case}"].append("" if has else "; ".join(reasons) or "never-together")
    return _named(found, inputs).assign(**why)[
        ["source", "target", "source_id", "target_id", *inputs.cases, "cases", "unknown", "pattern", *why]
    ]


def _about(
    parts: Mapping[str, _Material], edges: Mapping[str, pd.DataFrame], inputs: ModelInputs, milestone: Milestone,
    options: Options,
) -> pd.DataFrame:  # fmt: skip
    """One row per network: how much it rests on, and what it was made with."""
    rows = []
    for name, material in parts.items():
        size, coded = material.table.denominator
        rows.append(
            {
                "network": name,
                "documents": material.units["document"].nunique(),
                "units": size,
                "coded_units": coded,
                "segments": len(material.segments),
                "elements": int((frequencies(material.table)["units"] > 0).sum()),
                "edges": len(edges[name]),
                "tested_pairs": edges[name].attrs[TESTED],
                "backbone_edges": int(edges[name]["is_backbone"].sum()),
                "hidden_documents": int((inputs.documents.loc[sorted(inputs.hidden), "case"] == name).sum())
                if name != POOLED
                else len(inputs.hidden),
                "milestone": milestone.id,
                "codebook_version": inputs.codebook.codebook_version,
                **options.told(),
            }
        )
    return pd.DataFrame(rows)


def _ena(parts: Mapping[str, _Material], inputs: ModelInputs, options: Options) -> dict[str, pd.DataFrame]:
    """The documents in the plane in which what they tie together differs most; in turns, whatever the unit is."""
    counted = stanza_counts(parts[POOLED].turns, window=options.window, by=("case", "document"))
    units = counted.units
    of_cases = units["case"].isin(inputs.cases).to_numpy(bool)
    sums = np.asarray(counted.counts.sum(axis=1)).ravel()
    rows = np.flatnonzero(of_cases & (sums > 0))
    columns = np.flatnonzero(np.asarray(counted.counts[rows].sum(axis=0)).ravel())
    # A guest's turns are a row of her own municipality: document and case together name a row.
    names = [f"{d} {c}" for d, c in zip(units["document"], units["case"], strict=True)]
    adjacency = pd.DataFrame(
        counted.counts[rows][:, columns].toarray(),
        index=[names[row] for row in rows],
        columns=pd.MultiIndex.from_tuples([counted.pairs[c] for c in columns], names=["source", "target"])
        if len(columns)
        else None,
    )
    found = ena_projection(adjacency, [str(case) for case in units["case"].iloc[rows]])
    places = {name: place for place, name in enumerate(found.points.index)}
    xy = _plane(found.points)
    points = [
        (case, document, int(turns), *(xy[places[name]] if name in places else (pd.NA, pd.NA)),
         "" if name in places else found.reason if total else "no-meeting")
        for case, document, turns, name, total, is_in in zip(
            units["case"], units["document"], units["rows"], names, sums, of_cases, strict=True
        )
        if is_in
    ]  # fmt: skip
    middles = dict(zip(found.group_means.index, _plane(found.group_means), strict=True))
    sizes = units.iloc[rows]["case"].value_counts().to_dict()
    means = [
        (case, int(sizes[case]), *middles[case], "")
        if case in middles
        else (case, 0, pd.NA, pd.NA, found.reason or "no-meeting")
        for case in inputs.cases
    ]
    labels = list(found.points.columns)
    axes: list[tuple[Any, ...]] = [
        (axis, name, found.variance[name], found.fit[name].value, found.fit[name].reason, "")
        for axis, name in zip(("x", "y"), labels, strict=False)
    ] or [("x", "", pd.NA, pd.NA, "", found.reason)]
    return {
        "networks_ena_points": _numbers(points, ["case", "document", "turns", "x", "y", "reason"]),
        "networks_ena_means": _numbers(means, ["case", "documents", "x", "y", "reason"]),
        "networks_ena_axes": _numbers(axes, ["axis", "name", "share", "fit", "fit_reason", "reason"]),
        "networks_ena_loadings": _ena_loadings(found, inputs),
        "networks_ena_nodes": _ena_nodes(found, inputs),
    }


def _numbers(rows: Sequence[tuple[Any, ...]], columns: Sequence[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(columns))
    wanted = {name: "Float64" for name in ("x", "y", "share", "fit") if name in columns}
    return frame.astype(wanted)


def _plane(frame: pd.DataFrame) -> list[tuple[float, float]]:
    """The first two axes of a projection's frame; 0 along an axis that the data do not have."""
    labels = [str(name) for name in frame.columns if name != "units"]
    columns = [frame[name].to_numpy(float) for name in labels[:2]] + [np.zeros(len(frame))] * (2 - len(labels[:2]))
    return [(float(x), float(y)) for x, y in zip(*columns, strict=True)]


def _ena_loadings(found: EnaProjection, inputs: ModelInputs) -> pd.DataFrame:
    pairs = [(str(a), str(b)) for a, b in found.loadings.index]
    rows = [(a, b, *xy) for (a, b), xy in zip(pairs, _plane(found.loadings) if pairs else [], strict=True)]
    frame = _named(pd.DataFrame(rows, columns=["source", "target", "x", "y"]), inputs)
    return frame[["source", "target", "source_id", "target_id", "x", "y"]].astype({"x": "Float64", "y": "Float64"})


def _ena_nodes(found: EnaProjection, inputs: ModelInputs) -> pd.DataFrame:
    display = _display(inputs)
    places = _plane(found.nodes) if len(found.nodes) else []
    rows = [(display[str(code)], str(code), *xy) for code, xy in zip(found.nodes.index, places, strict=True)]
    return _numbers(rows, ["code", "id", "x", "y"])
