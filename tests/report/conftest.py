"""The demo study's three models, built once for all tests of the report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from foran_research import milestone as ms
from foran_research.models.capability import ModelInputs, to_dict
from foran_research.report.page import choose_quotes, report_page
from foran_research.settings import Milestone
from foran_research.study import Study, load_study


@dataclass(frozen=True)
class Delivery:
    study: Study
    milestone: Milestone
    inputs: ModelInputs
    model: dict[str, Any]

    def networks(self, language: str) -> dict[str, Any]:
        return ms.networks_by_case(self.study, self.inputs, language)

    def layers(self, language: str) -> dict[str, Any]:
        return ms.networks_by_polarity(self.inputs, language)

    def page(self, language: str, **model: Any) -> str:
        """The report with one tiny picture for every figure."""
        shown = {**self.model, **model}
        quotes = choose_quotes(shown, self.inputs.segments, self.inputs.units, per_element=2, hidden=self.inputs.hidden)
        picture = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
        figures = dict.fromkeys(("model", "polarity", "networks", "layers"), picture)
        codebook = ms.codebook_section(self.study, self.milestone, language)
        return report_page(shown, self.study.settings, self.milestone, figures, quotes, language, "simplemma", codebook)


@pytest.fixture(scope="session")
def demo_study(demo_path: Path) -> Study:
    return load_study(demo_path)


@pytest.fixture(scope="session")
def delivered(demo_study: Study) -> Callable[[str], Delivery]:
    """A demo milestone's model, by name."""
    made: dict[str, Delivery] = {}

    def of(name: str) -> Delivery:
        if name not in made:
            milestone = demo_study.milestone(name)
            model = to_dict(ms.capability_model(demo_study, milestone))
            made[name] = Delivery(demo_study, milestone, demo_study.model_inputs(milestone), model)
        return made[name]

    return of
