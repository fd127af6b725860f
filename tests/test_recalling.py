"""What has gone out is known by what it told: pages, notebooks and slides as well as packs.

Everybody and everything here is invented (oppdiktet).
"""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from small_study import SmallStudy

from foran_research.clearing import Wish, cleared_for, record
from foran_research.cli import main
from foran_research.days import checked_day
from foran_research.errors import ForanError
from foran_research.recalling import (
    IN_A_ROW,
    fingerprint,
    gone_of,
    packs_to_recall,
    standing_in,
    told_in,
    told_now,
)
from foran_research.registers.records import PackMade
from foran_research.rendering import render_milestone
from foran_research.review.content_counts import Limits
from foran_research.site import build_site, ledger_rows, publish
from foran_research.study import Study, load_study

NEED, DIALOGUE = "FJO-I01.K1.s01", "FJO-I01.K1.s02"
NEED_WORDS = "Vi spurte nattevaktene hva de trengte 😀"
DAY = "2024-06-05"


def cleared(small: SmallStudy, audience: str, *segments: str) -> Study:
    for state, by, to in (("pseudonymised", "K1", ""), ("checked", "K2", ""), ("cleared", "K1", audience)):
        record(load_study(small.path), [Wish(one, state, to) for one in segments], by=by, on=DAY)
    return load_study(small.path)


def revoke(small: SmallStudy, *segments: str) -> list[tuple[str, str]]:
    """Kind and milestone of what is told to be called back."""
    made = record(load_study(small.path), [Wish(one, "revoked") for one in segments], by="K2", on=DAY)
    return [(row.kind, row.milestone) for row in made.packs]


# Fingerprints


def test_what_is_shown_is_known_by_passage_words_and_role() -> None:
    shown = ("S1", "Vi spurte a\u030a 😀", "innkjop")
    other = [
        ("S2", *shown[1:]),
        ("S1", "Vi spurte a 😀", "innkjop"),
        (*shown[:2], ""),
        ("S1", "Vi spurte a\u030a", "😀innkjop"),
    ]
    found = {fingerprint(*one) for one in (shown, *other)}
    assert len(found) == 5
    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in found)
    assert fingerprint("S1", " Vi  spurte å\n😀", "innkjop") == fingerprint(*shown)


def test_a_packs_quotes_have_a_fingerprint_each() -> None:
    quotes = [{"id": name, "words": "å 😀", "role": ""} for name in ("S1", "S2", "S1")]
    assert told_in(quotes) == (fingerprint("S1", "å 😀"), fingerprint("S2", "å 😀"))


WORDS = st.lists(st.sampled_from(["å", "vi", "spurte", "x", "ja"]), max_size=14)


@given(page=WORDS, own=WORDS)
@settings(max_examples=150)
def test_a_passage_stands_where_six_of_its_words_stand_in_a_row(page: list[str], own: list[str]) -> None:
    length = min(IN_A_ROW, len(own))
    runs = [own[at : at + length] for at in range(len(own) - length + 1)] if own else []
    places = [page[at : at + length] for at in range(len(page) - length + 1)]
    expected = ("S1",) if any(run in places for run in runs) else ()
    assert standing_in("<p>" + " ".join(page) + "</p>", {"S1": ", ".join(own)}) == expected


@pytest.mark.parametrize(
    "page",
    [
        "<p>Vi spurte <mark>natte</mark>vaktene <b>hva</b> de trengte</p>",
        "<td>Vi</td><td>spurte</td><td>nattevaktene</td><td>hva</td><td>de</td><td>trengte</td>",
        '<img alt="Vi spurte nattevaktene, hva de trengte">',
        "VI SPURTE NATTEVAKTENE HVA&nbsp;DE TRENGTE",
        '<img src="data:image/svg+xml;base64,'
        + base64.b64encode(
            "<svg><text>Vi spurte nattevaktene</text><text>hva de trengte å</text></svg>".encode()
        ).decode()
        + '">',
    ],
)
def test_a_passage_is_found_however_a_page_shows_it(page: str) -> None:
    assert standing_in(page, {NEED: NEED_WORDS, DIALOGUE: "Noe helt annet som ingen har sagt å"}) == (NEED,)


# Days


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"on": "2024-06-05"}, ""),
        ({"on": "2024-06-05", "today": "2024-06-05", "earliest": "2024-06-05"}, ""),
        ({"on": "2024-06-06", "today": "2024-06-05"}, "later than today"),
        ({"on": "2024-06-04", "earliest": "2024-06-05", "because": "M1 goes up to"}, "M1 goes up to 2024-06-05"),
        # Somebody gave a day that has not come: what follows has that day, no earlier and no later one.
        ({"on": "2099-07-01", "today": "2024-06-05", "earliest": "2099-07-01"}, ""),
        ({"on": "2099-07-02", "today": "2024-06-05", "earliest": "2099-07-01"}, "later than today"),
        ({"on": "2024-06-05", "today": "2024-06-05", "earliest": "2099-07-01"}, "too early"),
        ({"on": "2024-6-5"}, "is no day"),
        ({"on": ""}, "is no day"),
    ],
)
def test_a_day_is_between_what_it_rests_on_and_today(given: dict[str, str], expected: str) -> None:
    if not expected:
        assert checked_day(**given) == given["on"]
    else:
        with pytest.raises(ForanError, match=expected):
            checked_day(**given)


# Notebooks and slides


def put_notebook(small: SmallStudy, *texts: str) -> None:
    home = small.path / "outputs/M1/notebooks"
    home.mkdir(parents=True, exist_ok=True)
    outputs = [new_output("execute_result", data={"text/plain": one}, execution_count=1) for one in texts]
    cells: list[Any] = [new_markdown_cell("# Sitater å 😀"), new_code_cell("vis()", outputs=outputs)]
    nbformat.write(new_notebook(cells=cells), home / "08_model.ipynb")


def test_notebooks_and_slides_with_a_quote_are_recorded_and_called_back(
    small_study: SmallStudy, tmp_path: Path
) -> None:
    study = cleared(small_study, "workshop", NEED, DIALOGUE)
    put_notebook(small_study, f"«{NEED_WORDS}»")
    options: dict[str, Any] = {"audience": "workshop", "machine": (), "folder": tmp_path}
    render_milestone(study, study.milestone("M1"), on="2024-06-06", by="K2", is_dry=True, **options)
    assert load_study(small_study.path).registers.packs == ()
    files, _ = render_milestone(study, study.milestone("M1"), on="2024-06-06", by="K2", **options)
    page, slides = load_study(small_study.path).registers.packs
    assert [(row.kind, row.segments, row.by, row.audience, row.on) for row in (page, slides)] == [
        (kind, (NEED,), "K2", "workshop", "2024-06-06") for kind in ("notebooks", "slides")
    ]
    assert page.told == told_now(study, "workshop", [NEED])
    assert files[0].read_text("utf-8").count("nattevaktene") == 1
    # The same again is no new row.
    now = load_study(small_study.path)
    render_milestone(now, now.milestone("M1"), on="2024-06-07", by="K2", **options)
    assert load_study(small_study.path).registers.packs == (page, slides)
    assert packs_to_recall(now) == {}
    record(load_study(small_study.path), [Wish(DIALOGUE, "revoked")], by="K2", on="2024-06-07")
    assert packs_to_recall(load_study(small_study.path)) == {}
    made = record(load_study(small_study.path), [Wish(NEED, "revoked")], by="K2", on="2024-06-07")
    assert [row.kind for row in made.packs] == ["notebooks", "slides"]
    told = CliRunner().invoke(main, ["review", "packs", "--recall", "--study", str(small_study.path)])
    assert told.exit_code == 1
    assert "notebooks" in told.output
    assert "slides" in told.output


def test_what_stays_cleared_for_a_workshop_is_called_back_from_the_public(small_study: SmallStudy) -> None:
    study = cleared(small_study, "workshop", NEED, DIALOGUE)
    rows = [
        PackMade(f"M1-{audience}-0", DAY, milestone="M1", audience=audience, segments=(NEED,),
                 told=told_now(study, "workshop", [NEED]), file_sha256="0" * 64)
        for audience in ("public", "workshop")
    ]  # fmt: skip
    assert [*gone_of(study, rows).values()] == [(NEED,), ()]


def test_all_numbers_are_for_nobody_outside(small_study: SmallStudy) -> None:
    command = ["review", "notebooks", "M1", "--all-numbers", "--audience", "public", "--study", str(small_study.path)]
    told = CliRunner().invoke(main, command)
    assert (told.exit_code, "not for the public" in told.output) == (1, True)


def test_notebooks_are_not_put_in_place_with_what_was_revoked_while_they_were_made(
    small_study: SmallStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = cleared(small_study, "workshop", NEED)
    put_notebook(small_study, NEED_WORDS)
    revoke(small_study, NEED)
    with pytest.raises(ForanError, match="1 quote of it"):
        render_milestone(study, study.milestone("M1"), on=DAY, audience="workshop", machine=(), folder=tmp_path)
    assert [*tmp_path.glob("*.html")] == []
    for on in ("2024-06-04", "2099-01-01"):
        with pytest.raises(ForanError, match=r"too early|later than today"):
            render_milestone(
                study,
                study.milestone("M1"),
                on=on,
                today="2026-11-22",
                audience="workshop",
                machine=(),
                folder=tmp_path,
            )


# The site


def test_the_pages_of_a_site_are_recorded_as_such_and_called_back(small_study: SmallStudy, tmp_path: Path) -> None:
    study = cleared(small_study, "public", DIALOGUE)
    made = build_site(study, ["M1"], machine=(), limits=Limits(1, 1))
    rows = ledger_rows(study, made, by="K1", on="2024-06-06")
    ((kind, segments, told),) = [(row.kind, row.segments, row.told) for row in rows]
    assert (kind, segments, told) == ("site", (DIALOGUE,), told_now(study, "public", [DIALOGUE]))
    assert cleared_for(study, "public")[DIALOGUE] in made.files["M1.html"].decode()
    assert publish(study, made, tmp_path / "nettsted", rows, is_dry=True) == 1
    assert publish(study, made, tmp_path / "nettsted", rows) == 1
    assert publish(load_study(small_study.path), made, tmp_path / "nettsted", rows) == 0
    assert load_study(small_study.path).registers.packs == tuple(rows)
    stale = load_study(small_study.path)
    assert revoke(small_study, DIALOGUE) == [("site", "M1")]
    # One that was made before is put out no more, though it is recorded.
    with pytest.raises(ForanError, match="1 quote of it"):
        publish(stale, made, tmp_path / "annet", rows)
    assert not (tmp_path / "annet").exists()
    with pytest.raises(ForanError, match="too early"):
        ledger_rows(study, made, by="K1", on="2024-06-04")
