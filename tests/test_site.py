"""The public site: what stands in it, what does not, and that a folder is swapped in whole or not at all.

Everybody and everything here is invented (oppdiktet); texts hold æøå, 🧭 and å in two parts.
"""

from __future__ import annotations

import re
import sys
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from small_study import SmallStudy

from foran_research import site as module
from foran_research.errors import ForanError, UnknownName
from foran_research.review.leak_check import LeakError
from foran_research.site import (
    HEADERS,
    MARK,
    Site,
    build_site,
    headers_text,
    ledger_rows,
    publish,
    with_way_back,
    write_site,
)
from foran_research.study import Study, load_study

sys.path.insert(0, str(Path(__file__).resolve().parent / "browser"))


@pytest.fixture(scope="module")
def demo(demo_path: Path) -> Study:
    return load_study(demo_path)


@pytest.fixture(scope="module")
def made(demo: Study) -> Site:
    return build_site(demo, ["M5"], machine=())


def hand_made(**files: str) -> Site:
    texts = {name.replace("_", "."): text.encode() for name, text in files.items()}
    return Site("public", "nb", {**texts, MARK: module._mark(texts)}, ())


def test_a_site_is_its_pages_front_pages_in_three_languages_headers_and_a_mark(made: Site) -> None:
    assert sorted(made.files) == ["M5.html", MARK, HEADERS, "index.en.html", "index.html", "index.nn.html"]


def test_every_link_is_relative_and_leads_to_a_file_of_the_site(made: Site) -> None:
    for name, data in made.files.items():
        if name.endswith(".html"):
            markup = re.sub(r"<script.*?</script>", "", data.decode(), flags=re.DOTALL)
            links = re.findall(r'<a[^>]* href="([^"]*)"', markup)
            assert links
            assert {link.partition("?")[0] for link in links if not link.startswith("#")} <= set(made.files)
            assert not re.search(r"(?:src|href|action)=\"(?:\w+:|/)", re.sub(r'src="data:', "", markup))


def test_only_quotes_cleared_for_the_public_stand_in_it_and_no_coder(demo: Study, made: Site) -> None:
    from foran_research.clearing import cleared_for

    cleared = cleared_for(demo, "public")
    assert made.pages[0].segments
    assert set(made.pages[0].segments) <= set(cleared)
    text = made.files["M5.html"].decode()
    assert not any(segment in text for segment in cleared)
    assert 'data-answers="no"' in text


def test_milestones_without_a_page_stand_on_the_timeline_without_a_link(made: Site) -> None:
    front = made.files["index.html"].decode()
    assert 'href="M5.html?lang=nb"' in front
    assert 'href="M5.html?lang=nn"' in made.files["index.nn.html"].decode()
    assert 'href="M4.html' not in front
    assert "M18 · " in front
    assert front.count('class="full"') == 1
    assert front.count('class="hollow"') == 17
    assert '<html lang="nn">' in made.files["index.nn.html"].decode()


def test_a_quote_that_is_not_cleared_stops_the_whole_site(demo: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    turn = max(next(iter(demo.transcripts.values())).text.splitlines(), key=len)
    words = " ".join(turn.split()[1:12])
    monkeypatch.setattr(module, "front_page", lambda *_: f"<!DOCTYPE html><p>{words}</p>")
    with pytest.raises(LeakError) as told:
        build_site(demo, ["M5"], machine=())
    assert {"index.html", "index.nn.html", "index.en.html"} <= set(re.findall(r"index[.\w]*html", str(told.value)))
    assert words not in str(told.value)


def test_what_is_no_milestone_with_a_model_is_refused(demo: Study) -> None:
    with pytest.raises(UnknownName):
        build_site(demo, ["M99"], machine=())
    with pytest.raises(ForanError, match="M18 has no model"):
        build_site(demo, ["M18"], machine=())
    with pytest.raises(UnknownName):
        build_site(demo, ["M5"], language="xx", machine=())


def test_the_headers_allow_every_style_and_script_of_the_pages_and_no_more(made: Site) -> None:
    headers = made.files[HEADERS].decode()
    named = set(re.findall(r"'(sha256-[^']+)'", headers))
    in_pages = {
        one
        for name, data in made.files.items()
        if name.endswith(".html")
        for one in re.findall(r"'(sha256-[^']+)'", unescape(data.decode().split("<title>")[0]))
    }
    assert named == in_pages
    assert "frame-ancestors 'none'" in headers
    assert "script-src 'none'" in headers_text({})


def test_a_site_takes_the_place_of_an_earlier_one_whole(tmp_path: Path) -> None:
    target = tmp_path / "nettsted å"
    write_site(hand_made(M1_html="æ", M2_html="ø"), target, study=tmp_path / "study")
    write_site(hand_made(M1_html="🧭"), target, study=tmp_path / "study")
    assert sorted(path.name for path in target.iterdir()) == ["M1.html", MARK]
    assert (target / "M1.html").read_text("utf-8") == "🧭"
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_a_folder_with_anything_else_in_it_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "site"
    target.mkdir()
    (target / "brev.txt").write_text("mitt", "utf-8")
    with pytest.raises(ForanError, match="no earlier site"):
        write_site(hand_made(M1_html="æ"), target, study=tmp_path / "study")
    (target / "brev.txt").unlink()
    write_site(hand_made(M1_html="æ"), target, study=tmp_path / "study")
    (target / "brev.txt").write_text("mitt", "utf-8")
    with pytest.raises(ForanError, match="1 file beside the earlier site"):
        write_site(hand_made(M1_html="ø"), target, study=tmp_path / "study")
    assert (target / "brev.txt").read_text("utf-8") == "mitt"
    assert (target / "M1.html").read_text("utf-8") == "æ"


@pytest.mark.parametrize("place", ["", "corpus", "outputs", "notebooks/site", ".."])
def test_a_site_never_takes_the_place_of_the_study(small_study: SmallStudy, place: str) -> None:
    with pytest.raises(ForanError, match="folder of its own"):
        write_site(hand_made(M1_html="æ"), small_study.path / place, study=small_study.path)
    assert (small_study.path / "foran.toml").is_file()


@pytest.mark.parametrize("stopped_at", [1, 2])
def test_a_swap_that_is_stopped_leaves_the_earlier_site_or_finds_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stopped_at: int
) -> None:
    target = tmp_path / "site"
    write_site(hand_made(M1_html="æ"), target, study=tmp_path / "study")
    rename, calls = Path.rename, []

    def failing(self: Path, to: Any) -> Path:
        calls.append(to)
        if len(calls) == stopped_at:
            raise OSError("full")
        return rename(self, to)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", failing)
        with pytest.raises(OSError, match="full"):
            write_site(hand_made(M1_html="ø"), target, study=tmp_path / "study")
    assert (target / "M1.html").read_text("utf-8") == "æ"
    target.rename(tmp_path / ".site.old")  # as after a kill between the two renames
    write_site(hand_made(M1_html="ø"), target, study=tmp_path / "study")
    assert (target / "M1.html").read_text("utf-8") == "ø"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_page_is_recorded_once_and_before_it_is_written(demo: Study, made: Site, tmp_path: Path) -> None:
    rows = ledger_rows(demo, made, by="K1", on="2024-06-12")
    assert [(row.milestone, row.audience, row.segments) for row in rows] == [("M5", "public", made.pages[0].segments)]
    taken = tmp_path / "taken"
    taken.write_text("", "utf-8")
    with pytest.raises(ForanError, match="is a file"):
        publish(demo, made, taken, rows)
    publish(demo, made, tmp_path / "ny", rows, is_dry=True)
    assert not (tmp_path / "ny").exists()


def test_the_way_back_stands_once_and_only_in_pages_of_packs() -> None:
    page = with_way_back('<body>\n<header id="top"></header>', {"nb": "index.html", "nn": "index.nn.html"})
    assert page.count('<a href="index.nn.html" lang="nn" hreflang="nn">← Alle milepælar</a>') == 1
    assert page.count("<a ") == 2
    with pytest.raises(ValueError, match="pack"):
        with_way_back("<body>", {"nb": "index.html"})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_site_is_read_from_files_without_a_network_by_everybody(
    browser: Any, made: Site, tmp_path: Path, scheme: str
) -> None:
    from axe import violations

    write_site(made, tmp_path / "site", study=tmp_path / "study")
    told: list[str] = []
    context = browser.new_context(color_scheme=scheme, bypass_csp=True, viewport={"width": 1280, "height": 900})
    context.set_offline(True)
    page = context.new_page()
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("request", lambda request: told.append(request.url) if not request.url.startswith("file:") else None)
    try:
        for name in ("index.html", "index.nn.html", "index.en.html"):
            page.set_viewport_size({"width": 1280, "height": 900})
            page.goto((tmp_path / "site" / name).as_uri())
            assert violations(page, "html") == []
            page.set_viewport_size({"width": 320, "height": 640})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("link", name="Bokmål").click()
        page.get_by_role("link", name=re.compile("^M5 · ")).first.click()
        page.wait_for_selector("html.ready")
        assert violations(page, "html") == []
        page.get_by_role("link", name="← Alle milepæler").click()
        assert page.url.endswith("/index.html")
        # Whoever reads nynorsk goes on in it, there and back, whatever was read here before.
        page.goto((tmp_path / "site" / "index.nn.html").as_uri())
        page.get_by_role("link", name=re.compile("^M5 · ")).first.click()
        page.wait_for_selector("html.ready[lang=nn]")
        assert page.locator(".way-back a:visible").all_inner_texts() == ["← Alle milepælar"]
        page.get_by_role("link", name="← Alle milepælar").click()
        assert page.url.endswith("/index.nn.html")
    finally:
        context.close()
    assert told == []
