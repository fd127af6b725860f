"""Published answers, written out: each coefficient gives the figures of the literature and of other programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from foran_research.analysis.agreement import (
    MISSING,
    Values,
    cohen_kappa,
    fleiss_kappa,
    greatest_kappa,
    gwet_ac1,
    krippendorff_alpha,
    percent_agreement,
)
from foran_research.analysis.set_agreement import Distance, holsti_codes, set_alpha
from foran_research.analysis.stated import Stated

#: What the collected answers call our coefficients. Scott's pi of two coders is Fleiss' kappa of two.
COEFFICIENTS: dict[str, Callable[[Values], Stated]] = {
    "percent": percent_agreement,
    "percent_irrcac": percent_agreement,
    "alpha_nominal": krippendorff_alpha,
    "alpha_ordinal": partial(krippendorff_alpha, metric="ordinal"),
    "alpha_interval": partial(krippendorff_alpha, metric="interval"),
    "alpha_ratio": partial(krippendorff_alpha, metric="ratio"),
    "cohen_kappa": cohen_kappa,
    "greatest_kappa": greatest_kappa,
    "scott_pi": fleiss_kappa,
    "fleiss_kappa": fleiss_kappa,
    "fleiss_generalised": fleiss_kappa,
    "gwet_ac1": gwet_ac1,
}


def coders(*rows: str) -> Values:
    """One row per coder, a sign per unit; · where the coder did not judge."""
    signs = sorted({sign for row in rows for sign in row if sign != "·"})
    is_score = all(sign.isdigit() for sign in signs)
    return np.array(
        [[MISSING if s == "·" else int(s) if is_score else signs.index(s) for s in row] for row in rows], np.int64
    )


def crossed(counts: Sequence[Sequence[int]]) -> Values:
    """Two coders from a table of how often one said the row and the other the column."""
    pairs = [(a, b) for a, row in enumerate(counts) for b, times in enumerate(row) for _ in range(times)]
    return np.array(pairs, np.int64).T


def distributed(counts: Sequence[Sequence[int]]) -> Values:
    """Coders from how many of them gave each unit each value; who gave what does not matter."""
    return np.array([[value for value, times in enumerate(row) for _ in range(times)] for row in counts], np.int64).T


HAYES = coders(
    "112·001122·01311211000201001111223222221",
    "1130000·21102311121000302102111122222221",
    "203000222100221123001·30·1012202·2232·21",
    "·13····0·10022···31·103021122··122···12·",
    "2··0001·2····3112··0·0··2·0··20·2·2222·1",
)
FLEISS = coders(
    "422521311512211311215221121215",
    "423521311542242311235421421235",
    "423523334544244311435444421435",
    "453543334544344341455454421435",
    "453543534544344351455454425435",
    "455543544544345552455454545435",
)
GWET_SIX = (
    (0, 0, 0, 6, 0), (0, 3, 0, 0, 3), (0, 1, 4, 0, 1), (0, 0, 0, 0, 6), (0, 3, 0, 3, 0), (2, 0, 4, 0, 0), (0, 0, 4, 0, 2),
    (2, 0, 3, 1, 0), (2, 0, 0, 4, 0), (0, 0, 0, 0, 6), (1, 0, 0, 5, 0), (1, 1, 0, 4, 0), (0, 3, 3, 0, 0), (1, 0, 0, 5, 0),
    (0, 2, 0, 3, 1),
)  # fmt: skip
FLEISS_FOURTEEN = (
    (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1), (7, 7, 0, 0, 0),
    (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
)  # fmt: skip

KNOWN: dict[str, tuple[Values, dict[str, float]]] = {
    "T1 Krippendorff 2011, four coders": (
        coders("123321412···", "1233224125·3", "·3332342251·", "12332441251·"),
        {"alpha_nominal": 0.743421, "alpha_ordinal": 0.815388, "alpha_interval": 0.849107, "alpha_ratio": 0.797403},
    ),
    "the same with the third coder's last two units apart, as in Gwet's irrCAC": (
        coders("123321412···", "1233224125··", "·33323422513", "12332441251·"),
        {
            "alpha_nominal": 0.743421, "alpha_ordinal": 0.815388, "alpha_interval": 0.849107, "alpha_ratio": 0.797403,
            "gwet_ac1": 0.775444, "fleiss_generalised": 0.761169, "percent": 0.818182,
        },
    ),
    "T2 Krippendorff 2011 and 1980, yes or no": (
        coders("0100000010", "1110010000"), {"percent": 0.6, "alpha_nominal": 0.095238}
    ),
    "T3 Krippendorff 2011": (coders("aabbdcccedda", "babbbccceddd"), {"alpha_nominal": 0.691964}),
    "T4 Krippendorff 2004": (coders("aabbbbbccccc", "abbbbbcccccc"), {"percent": 0.833333, "alpha_nominal": 0.734104}),
    "T5 three coders, fifteen units": (
        coders("·····34121133·3", "1·213343·······", "··21344·21133·4"),
        {"alpha_nominal": 0.691358, "alpha_interval": 0.810845, "alpha_ordinal": 0.806721},
    ),
    "T6 Hayes & Krippendorff 2007, p. 84": (
        HAYES, {"alpha_ordinal": 0.759829, "alpha_nominal": 0.476510, "alpha_interval": 0.757378}
    ),
    "T7 Cohen 1960, p. 45": (
        crossed([[88, 14, 18], [10, 40, 10], [2, 6, 12]]), {"percent": 0.7, "cohen_kappa": 0.491525}
    ),
    "Cohen 1960, negative": (
        crossed([[25, 12, 3], [13, 2, 15], [12, 16, 2]]), {"percent": 0.29, "cohen_kappa": -0.092308}
    ),
    "T8 a": (crossed([[20, 5], [10, 15]]), {"cohen_kappa": 0.4}),
    "T8 b": (crossed([[45, 15], [25, 15]]), {"cohen_kappa": 0.130435}),
    "T8 c": (crossed([[25, 35], [5, 35]]), {"cohen_kappa": 0.259259}),
    "T9 rare, one both": (
        crossed([[97, 1], [1, 1]]), {"percent": 0.98, "cohen_kappa": 0.489796, "alpha_nominal": 0.492347}
    ),
    "T10 rare, none both": (
        crossed([[98, 1], [1, 0]]), {"percent": 0.98, "cohen_kappa": -0.010101, "alpha_nominal": -0.005051}
    ),
    "T11 fourteen coders, ten units": (distributed(FLEISS_FOURTEEN), {"fleiss_kappa": 0.209931}),
    "Fleiss 1971": (FLEISS, {"percent": 0.555556, "fleiss_kappa": 0.430245, "alpha_nominal": 0.433410}),
    "Krippendorff 1980, three coders": (
        coders("112412132", "122442232", "122442332"), {"percent": 0.740741, "alpha_nominal": 0.641732}
    ),
    "three coders, high and low": (
        coders("hhhlllllll", "hhlhlllhll", "hlhhhlllhh"), {"percent": 0.533333, "fleiss_kappa": 0.049774}
    ),
    "T14 Krippendorff 1995 A": (
        coders("001111111100001111110000", "000011110000000110000000"),
        {"cohen_kappa": 0.384615, "scott_pi": 0.314286, "alpha_nominal": 0.328571},
    ),
    "Krippendorff 1995 B": (
        coders("111111111111111111000000", "111111111100000000000000"),
        {"cohen_kappa": 0.384615, "scott_pi": 0.314286, "alpha_nominal": 0.328571},
    ),
    "Krippendorff 1995 C": (
        coders("001111110011001111001100", "110011110011110011001100"),
        {"cohen_kappa": 0.314286, "scott_pi": 0.314286, "alpha_nominal": 0.328571},
    ),
    "Gwet, two abstractors": (
        crossed([[13, 0, 0], [0, 20, 7], [0, 4, 56]]),
        {
            "percent": 0.89, "cohen_kappa": 0.796409, "scott_pi": 0.796240, "alpha_nominal": 0.797258,
            "gwet_ac1": 0.849331,
        },
    ),
    "Gwet, six coders": (
        distributed(GWET_SIX), {"gwet_ac1": 0.444801, "fleiss_kappa": 0.413926, "alpha_nominal": 0.420438}
    ),
    "NLTK, a unit of one coder": (coders("YY·", "NN·", "N·N"), {"alpha_nominal": -0.333333}),
}  # fmt: skip


@pytest.mark.parametrize(
    ("data", "name", "known"),
    [
        pytest.param(data, name, known, id=f"{case}: {name}")
        for case, (data, answers) in KNOWN.items()
        for name, known in answers.items()
    ],
)
def test_a_coefficient_gives_the_published_answer(data: Values, name: str, known: float) -> None:
    assert COEFFICIENTS[name](data).value == pytest.approx(known, abs=5.1e-7)


def test_the_greatest_kappa_gives_the_published_answer() -> None:
    told = greatest_kappa(crossed([[88, 14, 18], [10, 40, 10], [2, 6, 12]])).value
    assert told == pytest.approx(0.831, abs=5e-4)


def test_coders_who_all_say_the_same_have_no_coefficient() -> None:
    same = coders("1" * 24, "1" * 24)  # Krippendorff 1995 D
    for of in (cohen_kappa, fleiss_kappa, krippendorff_alpha, gwet_ac1):
        assert (of(same).value, of(same).reason) == (None, "no-variation")


NINE_SETS = (
    ("", ""),
    ("A", ""),
    ("A", "A"),
    ("A", "B"),
    ("AB", "A"),
    ("AB", "AC"),
    ("ABC", "ABC"),
    ("C", "AC"),
    ("C", "AC"),
)


@pytest.mark.parametrize(
    ("distance", "known"),
    [("nominal", 0.238806), ("passonneau2004", 0.186170), ("jaccard", 0.315620), ("masi", 0.273081)],
)
def test_sets_give_the_known_answers(distance: Distance, known: float) -> None:
    """T12: nine units of two coders, empty sets among them."""
    present = np.array([[[code in unit[coder] for code in "ABC"] for unit in NINE_SETS] for coder in range(2)])
    assert set_alpha(present, np.ones((2, 9), bool), distance=distance).value == pytest.approx(known, abs=5.1e-7)
    # By hand: A, A, A, then A, B and C, C, C are put by both: 8 of 12 by the one and 12 by the other.
    assert holsti_codes(present, np.ones((2, 9), bool)).value == 2 * 8 / (12 + 12)


def whole(rows: Sequence[Sequence[Hashable | None]]) -> Values:
    """Coders × units from rows of units; words become numbers, and None MISSING."""
    given = sorted({value for row in rows for value in row if value is not None}, key=str)
    is_score = all(isinstance(value, int) for value in given)
    names = {value: value if is_score else at for at, value in enumerate(given)}
    return np.array([[MISSING if v is None else names[v] for v in row] for row in rows], np.int64).T


@pytest.mark.shared
def test_all_collected_answers_come_out(shared: Path) -> None:
    """Published figures beside the project, from several sources; `recomputed` where several programs agree."""
    readers = {"coding": whole, "contingency": crossed, "distribution": distributed}
    compared = 0
    for case in json.loads((shared / "data/agreement/known_answers.json").read_text("utf-8")):
        if case["kind"] not in readers:
            continue
        data = readers[case["kind"]](case["data"])
        for name, of in COEFFICIENTS.items():
            exact, printed = (case[key].get(name) for key in ("recomputed", "expected"))
            if exact is not None:
                assert of(data).value == pytest.approx(exact, abs=6e-7), (case["id"], name)
            if printed is not None:
                # The sources print three digits, and some of them cut the last one off.
                assert of(data).value == pytest.approx(printed, abs=1e-3), (case["id"], name)
            compared += (exact is not None) + (printed is not None)
    assert compared >= 60
