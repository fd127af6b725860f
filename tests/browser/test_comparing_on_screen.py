"""Two coders side by side on the screen: unseen while blind, compared once both are done, settled with a reason."""

from __future__ import annotations

from coding_helpers import DOCUMENT, actions, coding_study, open_coder, sound
from lab import Lab

from foran_research.coder.session import Session
from foran_research.coding.assignment import Assignment
from foran_research.coding.assignment_store import append_assignments


def test_a_disagreement_is_seen_once_both_are_done_and_settled_with_a_reason(lab: Lab) -> None:
    study = coding_study(lab.folder / "study")
    loaded = sound(study)
    append_assignments(study.path, [Assignment("A01", "K2", ("K1",), DOCUMENT, seed=7)])
    text = loaded.transcripts[DOCUMENT].text
    needs = text.index("Vi begynte med behovet.")
    place = {"start": needs, "end": needs + 23}
    for coder, code in (("K1", "C0001"), ("K2", "C0010")):
        session = Session(loaded, DOCUMENT, coder)
        session.act("apply", {**place, "code": code})
        session.act("apply", {"start": needs + 24, "end": needs + 40, "code": "C0013"})

    screen = open_coder(lab, study)
    page = screen.page
    assert "Blind dobbeltkoding" in page.locator(".foran-side").inner_text()
    assert page.get_by_role("button", name="Sammenlign med K2").count() == 0
    Session(loaded, DOCUMENT, "K2").act("complete", {})
    page.get_by_role("button", name="Merk som ferdig kodet").click()
    screen.settle()

    page.get_by_role("button", name="Sammenlign med K2").click()
    page.locator('.foran[data-differences="1"]').wait_for()
    shown = page.locator(".foran-compare").inner_text()
    assert "1 av 1 uenigheter står igjen; 1 segmenter er like" in shown
    assert "Ulike koder på samme sted" in shown
    assert "Vi begynte med behovet." in shown
    page.get_by_role("button", name="K2 gjelder").click()
    assert actions(study)[-1] == "complete"  # without a reason nothing is settled
    page.get_by_role("textbox", name="Begrunnelse").fill("Strategien er ikke nevnt 😀 å.")
    page.get_by_role("button", name="K2 gjelder").click()
    page.get_by_text("Avgjort av K1:").wait_for()
    screen.settle()
    assert "0 av 1 uenigheter står igjen" in page.locator(".foran-compare").inner_text()

    (resolution,) = sound(study).resolutions()
    assert (resolution.coder, resolution.reason) == ("K1", "Strategien er ikke nevnt 😀 å.")
    assert [(one.coder, one.code) for one in resolution.accepted] == [("K2", "C0010")]
    assert [(one.coder, one.code) for one in resolution.rejected] == [("K1", "C0001")]
    page.get_by_role("button", name="Angre").click()
    page.get_by_text("1 av 1 uenigheter står igjen").wait_for()
    assert sound(study).resolutions() == ()
    page.get_by_role("button", name="Tilbake til kodingen").click()
    page.locator(".foran-words mark").first.wait_for()

    # Opened from a list of disagreements, at a turn or at a segment of either coder, the comparison stands there.
    turn = next(one.number for one in loaded.transcripts[DOCUMENT].turns if one.span.start <= needs < one.span.end)
    segments = sound(study).segments()
    (theirs,) = segments[(segments["coder"] == "K2") & (segments["code"] == "C0010")]["segment"]
    for number, at in enumerate((turn, theirs)):
        how = f"'{DOCUMENT}', 'K1', compare=('K1', 'K2'), at={at!r}"
        page = open_coder(lab, study, how, name=f"sted{number}.ipynb").page
        row = page.locator('.foran[data-differences="1"] .foran-differences > li[aria-current="true"]')
        row.wait_for()
        assert "Vi begynte med behovet." in row.inner_text()
