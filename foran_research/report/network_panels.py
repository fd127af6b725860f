"""From the tables of a milestone's networks to its figures, each with its caption: what is drawn, and what it rests on."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..analysis.incidence import LAYERS
from ..analysis.network import DISTORTION
from ..analysis.stated import REASONS, Stated
from ..settings import Settings
from . import network_figures as figures
from .network_words import network_words
from .words import number, words

POOLED = "pooled"
#: A p or q at or under this is told of in captions.
LEVEL = 0.05
#: How many differences are drawn for each pair of cases, and how many edges have their intervals drawn.
MOST_DIFFERENCES, STRONGEST = 25, 25


@dataclass(frozen=True)
class NetworkFigure:
    """A figure, and the caption that stands in it, for a page that shows it."""

    figure: Any
    caption: str


@dataclass(frozen=True)
class _Drawing:
    """What every figure needs."""

    tables: Mapping[str, pd.DataFrame]
    codes: Sequence[Mapping[str, Any]]
    settings: Settings
    options: Mapping[str, Any]
    language: str

    @property
    def said(self) -> Mapping[str, str]:
        return network_words(self.language)

    @property
    def names(self) -> tuple[str, ...]:
        return (*(case.id for case in self.settings.cases), POOLED)

    @property
    def unit(self) -> str:
        return str(self.options["unit"])

    @property
    def weight(self) -> str:
        return self.said[f"weight_{self.options['drawn_weight']}"]

    @property
    def units(self) -> str:
        return self.said[f"unit_{self.unit}"]

    @property
    def together(self) -> str:
        return self.said[f"together_{self.unit}"].format(window=self.options["window"])

    @property
    def count(self) -> str:
        return self.said[f"count_{self.unit}"]

    @property
    def is_null_known(self) -> bool:
        return self.unit != "stanza"

    @property
    def is_stability_known(self) -> bool:
        return self.unit in ("turn", "document", "process")

    def title(self, network: str) -> str:
        labels = {case.id: case.label[self.language] for case in self.settings.cases}
        return labels.get(network, self.said["all_cases"])

    def number(self, value: float, digits: int = 0) -> str:
        return number(value, self.language, digits)

    def counted(self, count: int) -> str:
        """The number of units, with their name."""
        return f"{self.number(count)} {self.said[f'unit_{self.unit}_1'] if count == 1 else self.units}"

    def edges(self, network: str) -> pd.DataFrame:
        return _plain(self.tables["networks_edges"], network)

    def nodes(self, network: str) -> pd.DataFrame:
        table = self.tables["networks_nodes"]
        return table[table["network"] == network].reset_index(drop=True)

    def about(self, network: str) -> Mapping[str, Any]:
        table = self.tables["networks_about"]
        return dict(table[table["network"] == network].iloc[0])

    def places(self) -> dict[str, tuple[float, float]]:
        nodes = self.nodes(POOLED)
        return {i: (float(x), float(y)) for i, x, y in zip(nodes["id"], nodes["x"], nodes["y"], strict=True)}

    def reason(self, key: str) -> str:
        return Stated(None, key).told(self.language)


#: Columns that a drawing reads as plain numbers: empty cells become NaN.
_NUMBERS = ("weight", "low", "high", "kept_share", "q_more", "difference", "p", "p_max")


def _plain(table: pd.DataFrame, network: str) -> pd.DataFrame:
    rows = table[table["network"] == network].reset_index(drop=True)
    numbers = {name: rows[name].astype("Float64").astype(float) for name in _NUMBERS if name in rows.columns}
    flags = {name: rows[name].astype(bool) for name in ("is_distorted", "is_backbone") if name in rows.columns}
    return rows.assign(**numbers, **flags)


def drawn(
    tables: Mapping[str, pd.DataFrame],
    codes: Sequence[Mapping[str, Any]],
    settings: Settings,
    options: Mapping[str, Any],
    language: str,
) -> dict[str, NetworkFigure]:
    """Every figure of the networks by the name to save it under.

    Parameters
    ----------
    tables
        Those of ``networking.networks``.
    codes
        The elements in codebook order: id, display, level, label.
    options
        What the numbers were made with, and `drawn_weight`, what `weight` holds.
    language
        "nb" or "en".
    """
    drawing = _Drawing(tables, codes, settings, options, language)
    return dict(_all(drawing))


def _all(drawing: _Drawing) -> Iterator[tuple[str, NetworkFigure]]:
    yield "networks_by_municipality", _multiples(drawing)
    yield "networks_by_polarity", _polarities(drawing)
    yield "networks_differences", _differences(drawing)
    yield "networks_matrix", _matrix(drawing, POOLED)
    yield "networks_mixing", _mixing(drawing)
    yield "networks_ena", _ena(drawing)
    yield "networks_stability", _stability(drawing)


def _least(drawing: _Drawing, network: str) -> int:
    """The count from which an edge is drawn: twice as many in the pooled network, whose thin edges drown the rest."""
    return int(drawing.options["least"]) * (2 if network == POOLED else 1)


def _drawn_edges(drawing: _Drawing, network: str) -> pd.DataFrame:
    """The edges to draw: the backbone strongly, and those that are frequent enough faintly."""
    edges = drawing.edges(network)
    if drawing.options["backbone"] == "count" or not drawing.is_null_known:
        return edges.assign(is_backbone=True)[edges["n_ij"] >= _least(drawing, network)]
    return edges[edges["is_backbone"] | (edges["n_ij"] >= _least(drawing, network))]


def _backbone_text(drawing: _Drawing) -> str:
    said, kind = drawing.said, str(drawing.options["backbone"])
    if kind == "curveball" and not drawing.is_null_known:
        kind = "count"
    if kind == "curveball" and drawing.unit == "overlap":
        kind = "permutation"
    counts = {"count": drawing.count, "least": drawing.options["least"], "pooled": 2 * int(drawing.options["least"]),
              "named": drawing.options["named_meetings"], "documents": drawing.options["named_documents"]}  # fmt: skip
    return said[f"backbone_{kind}"].format(
        within=said[f"within_{drawing.options['within']}"],
        n=drawing.number(drawing.options["replicates"]),
        level=drawing.number(LEVEL, 2),
        units=drawing.units,
        unit=said[f"unit_{drawing.unit}_1"],
        **counts,
    )


def _styles_text(drawing: _Drawing) -> str:
    said = drawing.said
    distortion = drawing.number(DISTORTION)
    if not drawing.is_stability_known:
        return said["styles_plain"].format(reason=drawing.reason("other-unit"), distortion=distortion)
    share = drawing.number(100 * figures.STABLE)
    return said["styles_stability"].format(
        share=share,
        n=drawing.number(drawing.options["replicates"]),
        distortion=distortion,
        count=drawing.count,
        least=drawing.options["least"],
    )


def _multiples(drawing: _Drawing) -> NetworkFigure:
    said = drawing.said
    panels = []
    for network in drawing.names:
        about, edges = drawing.about(network), _drawn_edges(drawing, network)
        note = said["panel_counts"].format(
            documents=about["documents"], units=drawing.counted(about["units"]), drawn=len(edges), edges=about["edges"]
        )
        if drawing.options["backbone"] != "count" and drawing.is_null_known:
            note = said["panel_backbone"].format(note=note, n=int(edges["is_backbone"].sum()))
        panels.append(figures.Panel(drawing.title(network), note, edges, drawing.nodes(network)))
    caption = _networks_caption(drawing)
    figure = figures.multiples_figure(
        panels,
        drawing.places(),
        drawing.codes,
        drawing.settings,
        drawing.language,
        title=said["networks_title"],
        caption=caption,
        is_stability_known=drawing.is_stability_known,
    )
    return NetworkFigure(figure, caption)


def _networks_caption(drawing: _Drawing) -> str:
    return drawing.said["networks_caption"].format(
        together=drawing.together,
        weight=drawing.weight,
        units=drawing.units,
        backbone=_backbone_text(drawing),
        styles=_styles_text(drawing),
    )


def _polarities(drawing: _Drawing) -> NetworkFigure:
    """The pooled network of promoting, and of inhibiting, segments alone."""
    said = drawing.said
    table = drawing.tables["networks_layers"]
    names = words(drawing.language)
    titles = {"promoting": names["promotes"], "inhibiting": names["inhibits"]}
    pooled, about = drawing.nodes(POOLED), drawing.about(POOLED)
    panels = []
    for layer in LAYERS:
        edges = _plain(table[table["layer"] == layer], POOLED)
        weight = edges["jaccard"].astype("Float64").astype(float)
        if drawing.options["drawn_weight"] == "rate":
            weight = 100 * edges["n_ij"].astype(float) / edges["n_coded"].astype(float).clip(lower=1)
        shown = edges.assign(weight=weight, kept_share=float("nan"), is_backbone=True)[
            edges["n_ij"] >= drawing.options["least"]
        ]
        ends = pd.concat([edges[["source_id", "n_i"]].set_axis(["id", "units"], axis=1),
                          edges[["target_id", "n_j"]].set_axis(["id", "units"], axis=1)])  # fmt: skip
        units = dict(zip(ends["id"], ends["units"], strict=True))
        # An element without an edge of this polarity has no size here; the tables tell whether it has the polarity at all.
        states = ["evidence" if i in units else "no_such_polarity" if n else state
                  for i, n, state in zip(pooled["id"], pooled["units"], pooled["state"], strict=True)]  # fmt: skip
        nodes = pooled.assign(units=[int(units.get(i, 0)) for i in pooled["id"]], state=states)
        note = said["panel_counts"].format(
            documents=about["documents"], units=drawing.counted(about["units"]), drawn=len(shown), edges=len(edges)
        )
        panels.append(figures.Panel(titles[layer], note, shown, nodes))
    caption = said["layers_caption"].format(
        together=drawing.together, weight=drawing.weight, least=drawing.options["least"], count=drawing.count,
        distortion=drawing.number(DISTORTION),
    )  # fmt: skip
    figure = figures.multiples_figure(
        panels,
        drawing.places(),
        drawing.codes,
        drawing.settings,
        drawing.language,
        title=said["layers_title"],
        caption=caption,
        is_stability_known=False,
    )
    return NetworkFigure(figure, caption)


def _differences(drawing: _Drawing) -> NetworkFigure:
    said, table = drawing.said, drawing.tables["networks_differences"]
    contrasts, marked = [], 0
    for contrast in drawing.tables["networks_contrasts"].to_dict("records"):
        own = table[(table["case_a"] == contrast["case_a"]) & (table["case_b"] == contrast["case_b"])]
        numbers = {name: own[name].astype("Float64").astype(float) for name in ("difference", "p_max")}
        # An edge that is unknown in one of the two has no difference, and is not drawn as one.
        rows = own.assign(difference=numbers["difference"], is_marked=numbers["p_max"] <= LEVEL)
        rows = rows[rows["difference"].notna() & (rows["difference"] != 0)]
        rows = rows[(rows["n_ij_a"] + rows["n_ij_b"] >= drawing.options["least"]).astype(bool)]
        order = rows["difference"].abs().sort_values(ascending=False, kind="stable").index
        chosen = rows.loc[order].head(MOST_DIFFERENCES).reset_index(drop=True)
        marked += int(chosen["is_marked"].sum())
        first, second = (drawing.title(contrast[key]) for key in ("case_a", "case_b"))
        counts = {"na": contrast["documents_a"], "nb": contrast["documents_b"]}
        if contrast["reason"]:
            note = said["difference_counts_without"].format(**counts, why=drawing.reason(contrast["reason"]))
        else:
            p = drawing.number(contrast["smallest_p"], 4 if contrast["smallest_p"] < 0.01 else 3)
            note = said["difference_counts"].format(**counts, p=p, drawn=len(chosen), edges=len(own))
        title = said["difference_panel"].format(a=first, b=second)
        contrasts.append(figures.Contrast((first, second), title, note, chosen))
    caption = said["differences_caption"].format(
        weight=drawing.weight,
        n=MOST_DIFFERENCES,
        lines=said["difference_lines"],
        replicates=said["replicates_drawn"].format(n=drawing.number(drawing.options["permutations"])),
        marked=said[
            "difference_none_marked" if not marked else "difference_marked_1" if marked == 1 else "difference_marked"
        ].format(n=marked, level=drawing.number(LEVEL, 2)),
    )
    figure = figures.difference_figure(
        contrasts, drawing.places(), drawing.codes, drawing.settings, drawing.language, caption=caption
    )
    return NetworkFigure(figure, caption)


def _matrix(drawing: _Drawing, network: str) -> NetworkFigure:
    said, about = drawing.said, drawing.about(network)
    shared = drawing.tables["networks_shared"]
    ids = [case.id for case in drawing.settings.cases]
    cases_with = {
        (row["source_id"], row["target_id"]): [case for case in ids if not pd.isna(row[case]) and row[case] > 0]
        for row in shared.to_dict("records")
    }
    is_pooled = network == POOLED
    caption = said["matrix_caption" if is_pooled else "matrix_caption_case"].format(
        count=drawing.count,
        weight=drawing.weight,
        units=drawing.units,
        cases=", ".join(case.label[drawing.language] for case in drawing.settings.cases),
        n=drawing.number(about["units"]),
        documents=drawing.number(about["documents"]),
    )
    figure = figures.matrix_figure(
        drawing.edges(network),
        drawing.nodes(network),
        drawing.codes,
        drawing.settings,
        drawing.language,
        title=said["matrix_title"].format(name=drawing.title(network)),
        caption=caption,
        cases_with=cases_with if is_pooled else None,
    )
    return NetworkFigure(figure, caption)


def _mixing(drawing: _Drawing) -> NetworkFigure:
    levels = [level.id for level in drawing.settings.levels]
    used = [level for level in levels if level in {code["level"] for code in drawing.codes}]
    table = drawing.tables["networks_mixing"]
    panels = []
    for network in drawing.names:
        counts = pd.DataFrame(0, index=used, columns=used)
        for row in table[table["network"] == network].to_dict("records"):
            a, b = row["level_a"], row["level_b"]
            if a in used and b in used:
                counts.loc[a, b] = counts.loc[b, a] = int(row["n_ij"])
        panels.append((drawing.title(network), counts))
    caption = drawing.said["mixing_caption"].format(count=drawing.count)
    return NetworkFigure(figures.mixing_figure(panels, drawing.settings, drawing.language, caption=caption), caption)


def _ena(drawing: _Drawing) -> NetworkFigure:
    said = drawing.said
    points, means = drawing.tables["networks_ena_points"], drawing.tables["networks_ena_means"]
    placed = points[points["reason"] == ""]
    axes = drawing.tables["networks_ena_axes"]
    caption = said["ena_caption"].format(
        together=said["together_stanza"].format(window=drawing.options["window"]),
        empty=drawing.number(int((points["reason"] != "").sum())),
    )
    problem = str(axes["reason"].iloc[0]) if len(axes) else "no-spread"
    if problem or placed.empty:
        text = said["no_ena"].format(why=REASONS[problem or "no-meeting"][drawing.language])
        return NetworkFigure(figures.message_figure(said["ena_title"], text), text)
    figure = figures.ena_figure(
        placed,
        means[means["reason"] == ""],
        drawing.tables["networks_ena_loadings"],
        [float(share) for share in axes["share"]],
        drawing.settings,
        drawing.language,
        caption=caption,
    )
    return NetworkFigure(figure, caption)


def _stability(drawing: _Drawing) -> NetworkFigure:
    said = drawing.said
    if not drawing.is_stability_known:
        text = f"{drawing.reason('other-unit')[:1].upper()}{drawing.reason('other-unit')[1:]}."
        return NetworkFigure(figures.message_figure(said["stability_title"], text), text)
    pooled = drawing.edges(POOLED)
    enough = pooled[pooled["n_ij"] >= _least(drawing, POOLED)]
    strongest = (
        (enough if len(enough) else pooled).sort_values("weight", ascending=False, kind="stable").head(STRONGEST)
    )
    pairs = [
        (row["source_id"], row["target_id"], f"{row['source']} – {row['target']}")
        for row in strongest.to_dict("records")
    ]
    caption = said["stability_caption"].format(
        n=len(pairs),
        weight=drawing.weight,
        replicates=drawing.number(drawing.options["replicates"]),
        least=drawing.options["least"],
        count=drawing.count,
    )
    panels = [
        (drawing.title(network), _interval_note(drawing, network), drawing.edges(network)) for network in drawing.names
    ]
    figure = figures.stability_figure(panels, pairs, drawing.settings, drawing.language, caption=caption)
    return NetworkFigure(figure, caption)


def _interval_note(drawing: _Drawing, network: str) -> str:
    """How many documents a network has, and why it has no intervals when it has none."""
    edges = drawing.edges(network)
    told = drawing.said["documents_short"].format(n=drawing.about(network)["documents"])
    reasons = set(edges["interval_reason"]) if len(edges) else set()
    if len(reasons) == 1 and (reason := reasons.pop()):
        return "\n".join([told, *textwrap.wrap(drawing.reason(reason), 44)])
    return told
