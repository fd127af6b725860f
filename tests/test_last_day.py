"""After the last day that was notified, words of informants are closed, whichever way one comes."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from foran_research.cli import main
from foran_research.coder.widget import Coder
from foran_research.errors import ForanError
from foran_research.study import load_study
from tests.small_study import SmallStudy

NOTIFIED = """[privacy]
sikt_ref = "000001"
end_date = "{end}"
legal_basis = "samtykke"
consent_template_version = "2"
retention_action = "delete"
"""


def ends(study: SmallStudy, day: str) -> SmallStudy:
    study.replace("foran.toml", "synthetic = true", "synthetic = false")
    study.replace("foran.toml", "[privacy]\n", NOTIFIED.format(end=day))
    return study


@pytest.mark.parametrize(
    "words",
    [
        ["find", "P1"], ["suggest", "M1"], ["run", "M1"], ["trace", "m.json", "P1"], ["assign", "K2"], ["agreement", "K1", "K2"],
        ["lab", "--no-browser"], ["edit", "FJO-I01"], ["reanchor"], ["add", "x.txt", "--dry-run"],
    ],
    ids=lambda words: words[0],
)  # fmt: skip
def test_every_way_to_the_words_is_closed_after_the_last_day(small_study: SmallStudy, words: list[str]) -> None:
    study = ends(small_study, "2021-12-31")
    told = CliRunner().invoke(main, [*words, "--study", str(study.path)])
    assert told.exit_code == 1
    assert "the project ended on 2021-12-31" in told.output
    assert "delete the study's folder" in told.output


def test_the_coder_is_closed_after_the_last_day_in_a_notebook_too(small_study: SmallStudy) -> None:
    study, _ = ends(small_study, "2021-12-31").read()
    assert study is not None
    with pytest.raises(ForanError, match="the project ended on 2021-12-31"):
        Coder(study, "FJO-I01", "K1")
    with pytest.raises(ForanError, match="the project ended on 2021-12-31"):
        load_study(study.path)


def test_checking_and_saving_stay_open(small_study: SmallStudy) -> None:
    study = ends(small_study, "2021-12-31")
    told = CliRunner().invoke(main, ["check", "--study", str(study.path)])
    assert told.exit_code == 0
    assert "the project ended on 2021-12-31" in told.output
    to = study.path.parent / "kopi.zip"
    assert CliRunner().invoke(main, ["backup", "--study", str(study.path), "--to", str(to)]).exit_code == 0


def test_before_the_last_day_everything_is_open(small_study: SmallStudy) -> None:
    study = ends(small_study, "2999-12-31")
    told = CliRunner().invoke(main, ["find", "P1", "--study", str(study.path)])
    assert told.exit_code == 0
    assert "ended" not in told.output
