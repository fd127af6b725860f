"""What the network's screen asks for, worked out from a study at a milestone: networks, places of passages."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

import pandas as pd

from ..analysis.incidence import LAYERS, Incidence
from ..analysis.network import sign_mix
from ..analysis.stated import REASONS
from ..errors import UnknownName
from ..milestone import element_incidence
from ..models.capability import ModelInputs, resolved
from ..settings import Milestone
from ..study import Study
from .layout import Layout, layout
from .shown import (
    COMPARABLE,
    LAYERS_SHOWN,
    WEIGHTS,
    codes_shown,
    places_shown,
    regions_shown,
    scale,
    view_shown,
)


class Desk:
    """A study's network at a milestone, as one person may see it.

    Work that blind double coding keeps from `viewer` is in no count and in no list. Documents that may not be shown are
    left out, as everywhere.

    Parameters
    ----------
    study
        A study; what is worked out of it is kept until another desk takes this one's place.
    milestone
        Which documents, which codebook and which coding.
    viewer
        The coder at the screen, or None for nobody in particular.
    coding
        "human", or "suggestions" for what the codebook's cues suggest.
    """

    def __init__(self, study: Study, milestone: Milestone, viewer: str | None = None, coding: str = "human") -> None:
        self.study = study
        self.milestone = milestone
        self.viewer = viewer
        self.coding = coding
        self._tables: dict[str, Incidence] = {}
        self._views: dict[tuple[str, str], dict[str, Any]] = {}
        self._longs: dict[str, pd.DataFrame] = {}

    @cached_property
    def withheld(self) -> frozenset[tuple[str, str]]:
        """The (coder, document) pairs that the viewer may not look into yet."""
        return self.study.withheld_from(self.viewer)

    @cached_property
    def inputs(self) -> ModelInputs:
        """What the milestone's model is made of, without what is withheld."""
        inputs = self.study.model_inputs(self.milestone, coding=self.coding)
        segments = inputs.segments
        if self.coding == "human":
            pairs = zip(segments["coder"], segments["document"], strict=True)
            keep = [pair not in self.withheld for pair in pairs]
        else:
            # In blind double coding the cues would speak to both coders, as in the coder.
            blind = {document for _, document in self.withheld} if self.viewer else set()
            keep = [document not in blind for document in segments["document"]]
        return replace(inputs, segments=segments[pd.Series(keep, index=segments.index, dtype=bool)])

    # ---- networks

    def _table(self, layer: str) -> Incidence:
        if layer not in self._tables:
            self._tables[layer] = element_incidence(self.inputs, layer=None if layer == "all" else layer)
        return self._tables[layer]

    def view(self, case: str, layer: str) -> dict[str, Any]:
        """The network of a case ("" for all) and a layer, see :func:`.shown.view_shown`.

        Raises
        ------
        UnknownName
            For a case or layer that is not there.
        """
        if case and case not in self.inputs.cases:
            raise UnknownName("case", case, self.inputs.cases)
        if layer not in LAYERS_SHOWN:
            raise UnknownName("layer", layer, LAYERS_SHOWN)
        if (case, layer) not in self._views:
            table = self._table(layer).of_case(case or None)
            # In one layer all signs are alike.
            signs = sign_mix(self._long("all"), table.units, table.codes) if layer == "all" else None
            self._views[case, layer] = view_shown(table, signs)
        return self._views[case, layer]

    def scales(self) -> dict[str, list[float]]:
        """The stops for the least weight, by weight: the same for all cases, so that a threshold means the same in each."""
        views = [self.view(case, "all")["edges"] for case in ("", *self.inputs.cases)]
        return {name: scale([value for view in views for value in view[name]]) for name in WEIGHTS}

    @cached_property
    def layout(self) -> Layout:
        """Where the codes stand: worked out from the network of all cases and all segments, with the study's seed."""
        table = self._table("all")
        edges = self.view("", "all")["edges"]
        codes = [(code, self.inputs.codebook.by_id[code].level) for code in table.codes]
        weighed = [
            (table.codes[a], table.codes[b], weight)
            for a, b, weight in zip(edges["source"], edges["target"], edges["jaccard"], strict=True)
        ]
        return layout(codes, weighed, self.inputs.levels, seed=self.study.settings.seed)

    def told(self) -> dict[str, Any]:
        """All that the screen is told once: codes and their places, cases, levels, what edges can be weighed by."""
        settings, table = self.study.settings, self._table("all")
        return {
            "study": settings.study_id,
            "title": dict(settings.title),
            "isSynthetic": settings.is_synthetic,
            "milestone": self.milestone.id,
            "milestoneTitle": dict(self.milestone.title),
            "codebook": self.inputs.codebook.codebook_version,
            "coding": self.coding,
            "coders": list(self.inputs.coders),
            "seed": settings.seed,
            "cases": [{"id": case.id, "label": dict(case.label)} for case in settings.cases],
            "levels": [{"id": level.id, "label": dict(level.label)} for level in settings.levels],
            "actors": {term.id: dict(term.label) for term in settings.actor_types},
            "codes": codes_shown(self.inputs.codebook, table.codes, self.layout),
            "regions": regions_shown(self.layout),
            "room": self.layout.room,
            "weights": list(WEIGHTS),
            "comparable": list(COMPARABLE),
            "reasons": {key: dict(texts) for key, texts in REASONS.items()},
            "scales": self.scales(),
            "moment": self.study.moment,
            "withheld": [f"{coder} · {document}" for coder, document in sorted(self.withheld)],
            "hidden": len(self.inputs.hidden),
        }

    # ---- passages

    def _long(self, layer: str) -> pd.DataFrame:
        """Segments × units of a layer, of what may be shown, in the order of the units."""
        if layer not in self._longs:
            long = resolved(self.inputs)
            long = long[~long["document"].isin(self.inputs.hidden)]
            if layer != "all":
                long = long[long["polarity"].isin(LAYERS[layer])]
            order = {unit: number for number, unit in enumerate(self.inputs.units["unit"])}
            self._longs[layer] = long.assign(_order=long["unit"].map(order)).sort_values("_order", kind="stable")
        return self._longs[layer]

    def passages(self, codes: tuple[str, ...], case: str, layer: str) -> dict[str, Any]:
        """Where a code stands or two codes meet, see :func:`.shown.places_shown`.

        Raises
        ------
        UnknownName
            For a code, case or layer that is not there.
        """
        self.view(case, layer)
        for code in codes:
            if code not in self._table("all").codes:
                raise UnknownName("code", code, self._table("all").codes)
        texts = self.study.as_of(self.milestone.coded_until).transcripts
        return places_shown(self._long(layer), codes, case, self.inputs.codebook, texts)

    def place(self, document: str, segment: str, viewer: str) -> tuple[str | int | tuple[int, int], str]:
        """Where the coder is to go for a segment of this network, and whose it is where it is another's.

        A segment stands in today's texts where it stands today. One that today has no more (removed since, or never coded
        by a person) is found by its place if the text is still the same, and else by its turn's number.

        Raises
        ------
        UnknownName
            For a segment that the network does not show.
        """
        rows = self._long("all")
        rows = rows[(rows["segment"] == segment) & (rows["document"] == document)]
        if rows.empty:
            raise UnknownName("segment", segment, ())
        coder = str(rows["coder"].iloc[0])
        others = "" if coder == viewer else coder
        today = self._today.get(segment)
        if today is not None:
            return (today if others else segment), others
        then = self.study.as_of(self.milestone.coded_until).transcripts[document]
        now = (self.study.today or self.study).transcripts[document]
        if then.text_sha256 == now.text_sha256:
            return (int(rows["start"].iloc[0]), int(rows["end"].iloc[0])), others
        return min(int(rows["turn"].min()), len(now.turns)), others

    @cached_property
    def _today(self) -> dict[str, tuple[int, int]]:
        frame = (self.study.today or self.study).segments()
        columns = (frame[name].tolist() for name in ("segment", "start", "end"))
        return {name: (start, end) for name, start, end in zip(*columns, strict=True)}


def check(study: Study, case: str | None, layer: str | None, weight: str) -> None:
    """Refuse a case, layer or weight that no network has, before anything is worked out.

    Raises
    ------
    UnknownName
        With what there is.
    """
    cases = [one.id for one in study.settings.cases]
    if case is not None and case not in cases:
        raise UnknownName("case", case, cases)
    if layer is not None and layer not in LAYERS_SHOWN:
        raise UnknownName("layer", layer, LAYERS_SHOWN)
    if weight not in WEIGHTS:
        raise UnknownName("weight", weight, WEIGHTS)
