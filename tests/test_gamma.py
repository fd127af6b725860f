"""γ: the example of the paper, the same number again for the same seed, and what is told without the extra."""

import sys

import numpy as np
import pytest

from foran_research.errors import ForanError
from foran_research.gamma import Marked, gamma_agreement

#: Three annotators of the paper's example, invented names apart.
THREE: dict[str, list[Marked]] = {
    "Å": [(2, 9, "1"), (11, 17, "2"), (24, 30, "5"), (32, 36, "6"), (36, 44, "6"), (44, 60, "7")],
    "B": [(2, 9, "1"), (11, 17, "3"), (19, 25, "5"), (32, 44, "6")],
    "C": [(2, 9, "1"), (11, 17, "4"), (21, 27, "5"), (32, 36, "6"), (36, 40, "6"), (40, 44, "6")],
}


def test_the_papers_example_is_met_and_repeats_to_the_bit() -> None:
    pytest.importorskip("pygamma_agreement", reason="the extra [gamma] is not installed")
    before = np.random.get_state()[1].tolist()
    found = gamma_agreement(THREE, seed=20200901)
    assert found == gamma_agreement(THREE, seed=20200901)
    assert np.random.get_state()[1].tolist() == before
    assert found.disorder == pytest.approx(0.9606, abs=5e-5)
    assert found.alignments == 6
    assert found.gamma.value == pytest.approx(0.455, abs=0.015)
    assert found.gamma_cat.value == pytest.approx(0.40, abs=0.02)
    assert [found.by_value[k].value for k in "15"] == [1, 1]
    assert found.by_value["6"].value == pytest.approx(0.37, abs=0.03)


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygamma_agreement", None)
    monkeypatch.setitem(sys.modules, "pyannote.core", None)
    with pytest.raises(ForanError, match=r"foran-research\[gamma\]"):
        gamma_agreement(THREE, seed=1)


def test_one_coder_who_marked_is_no_agreement() -> None:
    assert gamma_agreement({"Å": [(0, 3, "1")], "B": []}, seed=1).gamma.reason == "fewer-than-two-marked"
    assert gamma_agreement({}, seed=1).gamma.value is None
