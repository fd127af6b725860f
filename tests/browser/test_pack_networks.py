"""Networks and the model figure of a review pack, opened from a disk: what is drawn, by pointer and by keyboard.

Everybody and everything in these packs is invented (oppdiktet): Åse Bø, å in two parts, 🧭.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe import ONLY_COLOURS, violations
from hand_made_pack import hand_made_pack
from thread_time import ThreadTime

from foran_research.review.pack_words import LANGUAGES, WORDS
from foran_research.review.page import page_html

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "review"))

from big_pack import big_pack

Json = dict[str, Any]
Open = Callable[..., Any]
PACKS: dict[str, Json] = {"hand": hand_made_pack(), **{f"big{n}": big_pack(elements=n) for n in (20, 35, 60)}}

#: Milliseconds until an act is seen, on a processor four times slower.
SEEN = 100

#: The boxes of all signs and names of a figure, in its own units, each with what it is.
BOXES = """() => [...document.querySelectorAll('#net-figures .net')].map((net) => ({
  width: net.viewBox.baseVal.width, height: net.viewBox.baseVal.height,
  boxes: [...net.querySelectorAll('.net-node rect, .name')].map((node) => {
    const {x, y, width, height} = node.getBBox();
    return {what: node.closest('[data-at]')?.dataset.at ?? node.textContent, x, y, width, height};
  })}))"""


_FIGURE_WIDTH = "document.querySelector('#net-figures .net').getAttribute('width')"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("pakker æøå")
    for name, pack in PACKS.items():
        (home / f"{name}.html").write_text(page_html(pack), encoding="utf-8", newline="")
    return home


def _watched(page: Any, wrong: list[str]) -> Any:
    page.on("console", lambda told: wrong.append(told.text) if told.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith("file:") else wrong.append(asked.url))
    return page


@pytest.fixture(scope="module")
def window(browser: Any) -> Iterator[tuple[Any, list[str]]]:
    """One window for all tests that want nothing special, and what was wrong in it."""
    context = browser.new_context(offline=True)
    wrong: list[str] = []
    yield _watched(context.new_page(), wrong), wrong
    context.close()


@pytest.fixture
def opened(browser: Any, folder: Path, window: tuple[Any, list[str]]) -> Iterator[Open]:
    """Opens a place of a pack, offline; at the end nothing complained and nothing was fetched."""
    contexts: list[Any] = []
    shared, wrong = window

    def _opened(name: str, place: str = "networks", width: int = 1280, height: int = 900, **more: Any) -> Any:
        if more:
            context = browser.new_context(viewport={"width": width, "height": height}, offline=True, **more)
            contexts.append(context)
            page = _watched(context.new_page(), wrong)
        else:
            page = shared
            page.goto("about:blank")
            page.emulate_media(media="null")
            page.set_viewport_size({"width": width, "height": height})
            wrong.clear()
        page.goto(f"{(folder / f'{name}.html').as_uri()}#/{place}")
        page.wait_for_selector("html.ready", state="attached")
        return page

    yield _opened
    if shared.url.startswith("file:"):
        shared.evaluate("localStorage.clear()")
    for context in contexts:
        context.close()
    found, wrong[:] = list(wrong), []
    assert found == []


def _word(key: str, language: str = "nb", **values: object) -> str:
    text: str = WORDS[key][LANGUAGES.index(language)]
    return re.sub(r"\{(\w+)\}", lambda found: str(values.get(found[1], found[0])), text)


def _network(name: str, network: str) -> Json:
    return next(each for each in PACKS[name]["networks"] if each["id"] == network)


def _drawn(page: Any, at: int = 0, what: str = "edge") -> set[str]:
    return set(page.locator(".net").nth(at).locator(f".net-{what}").evaluate_all("all => all.map(n => n.dataset.at)"))


def _whole(page: Any, name: str) -> None:
    # The first boxes of the model are drawn at once, the others after the first picture.
    page.wait_for_function(
        "n => document.querySelectorAll('#model-figure .model-link').length === n", arg=len(PACKS[name]["elements"])
    )


def _at_focus(page: Any) -> str:
    return str(page.evaluate("document.activeElement.dataset.at ?? document.activeElement.id"))


@pytest.mark.parametrize("name", ["big20", "big35", "big60"])
def test_no_sign_and_no_name_runs_into_another_or_over_the_edge(opened: Open, name: str) -> None:
    page = opened(name, "networks/all", width=400)
    page.locator("#net-other").select_option("KRS")
    figures = page.evaluate(BOXES)
    for width in (1280, 1920):
        before = page.evaluate(_FIGURE_WIDTH)
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(f"before => {_FIGURE_WIDTH} !== before", arg=before)
        figures += page.evaluate(BOXES)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert len(figures) == 6
    for figure in figures:
        boxes = figure["boxes"]
        assert len(boxes) > len(PACKS[name]["elements"]) / 2
        for at, a in enumerate(boxes):
            assert a["x"] > -1, a
            assert a["y"] > -1, a
            assert a["x"] + a["width"] < figure["width"] + 1, a
            assert a["y"] + a["height"] < figure["height"] + 1, a
            for b in boxes[at + 1 :]:
                wide = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
                high = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
                assert min(wide, high) < 2, (a, b)


def test_names_are_written_whole_and_said_where_they_find_no_room(opened: Open) -> None:
    page = opened("big60", "networks/all", width=1280)
    labels = {element["label"]["nb"] for element in PACKS["big60"]["elements"]}
    names = page.locator(".net .name").evaluate_all(
        "all => all.map(n => [...n.querySelectorAll('tspan')].map(t => t.textContent).join(' '))"
    )
    assert set(names) <= labels
    missing = len(_drawn(page, what="node")) - len(names)
    assert (page.locator("#net-unnamed").inner_text() != "") == (missing > 0)
    spoken = page.locator(".net-node").evaluate_all("all => all.map(n => n.getAttribute('aria-label'))")
    assert all(any(label in words for label in labels) for words in spoken)


def test_an_element_stands_at_the_same_place_in_every_network(opened: Open) -> None:
    page = opened("big35", "networks/TRD")
    page.locator("#net-other").select_option("BGO")
    places = page.evaluate("""() => [...document.querySelectorAll('.net')].map((net) => Object.fromEntries(
      [...net.querySelectorAll('.net-node')].map((node) => [node.dataset.at.split('/')[1],
        [node.querySelector('text').getAttribute('x'), node.querySelector('text').getAttribute('y')]])))""")
    both = places[0].keys() & places[1].keys()
    assert len(both) > 15
    assert {one: places[0][one] for one in both} == {one: places[1][one] for one in both}


def test_what_is_only_in_one_of_two_is_marked_by_shape_and_by_word(opened: Open) -> None:
    page = opened("hand", "networks/all")
    page.locator("#net-other").select_option("BGO")
    mine, other = ({edge["id"] for edge in _network("hand", each)["edges"]} for each in ("all", "BGO"))
    for at, only in enumerate((mine - other, other - mine)):
        marked = page.locator(".net").nth(at).locator(".net-edge:has(.sign)")
        found = set(marked.evaluate_all("all => all.map(n => n.dataset.at.split('/')[1])"))
        assert found == only
        words = marked.evaluate_all("all => all.map(n => n.getAttribute('aria-label'))")
        assert all(_word("net.only", where=["Alle tre", "Bergen"][at]) in each for each in words)
    page.locator("#net-as-table-open").click()
    rows = page.locator("#net-table tbody tr")
    rows.first.wait_for()
    assert rows.count() == len(mine | other)
    assert rows.filter(has_text=_word("net.in.both")).count() == len(mine & other)


def test_the_strength_is_asked_for_with_a_slider_and_lines_without_a_number_are_left_to_a_box(opened: Open) -> None:
    page = opened("big60", "networks/TRD")
    edges = _network("big60", "TRD")["edges"]
    assert 20 < len(_drawn(page)) <= 90
    for least in (0.0, 0.5, 0.9):
        page.locator("#net-least").fill(str(least))
        told = {f"TRD/{edge['id']}" for edge in edges if edge["count"] is not None and edge["strength"] >= least}
        assert _drawn(page) == told
    page.locator("#net-least").focus()
    page.keyboard.press("Home")
    page.locator("#net-small").check()
    assert _drawn(page) == {f"TRD/{edge['id']}" for edge in edges}
    assert f"{len(edges)} av {len(edges)}" in page.locator("#net-status").text_content()


def test_a_level_or_an_element_with_its_neighbours_can_be_looked_at_alone(opened: Open) -> None:
    page = opened("big35", "networks/BGO")
    page.locator("#net-small").check()
    if page.locator("#net-least").count():
        page.locator("#net-least").fill("0")
    edges = _network("big35", "BGO")["edges"]
    level = {element["id"]: element["level"] for element in PACKS["big35"]["elements"]}
    page.locator("#net-level").select_option("K")
    expected = {f"BGO/{edge['id']}" for edge in edges if level[edge["a"]] == level[edge["b"]] == "K"}
    assert expected
    assert _drawn(page) == expected
    assert {level[at.split("/")[1]] for at in _drawn(page, what="node")} == {"K"}
    page.locator("#net-level").select_option("")
    one = edges[0]["a"]
    page.locator("#net-only").select_option(one)
    around = [edge for edge in edges if one in (edge["a"], edge["b"])]
    assert _drawn(page) == {f"BGO/{edge['id']}" for edge in around}
    assert _drawn(page, what="node") == {f"BGO/{end}" for edge in around for end in (edge["a"], edge["b"])}


def test_the_figure_is_one_stop_and_arrow_keys_go_to_what_lies_in_their_direction(opened: Open) -> None:
    # P1 stands left and high, P2 right of it and higher, K1 in the middle, E2 far down on the left (see the pack).
    page = opened("hand", "networks/all")
    assert page.locator(".net [tabindex='0']").count() == 1
    page.locator("[data-at='all/C0001']").focus()
    for key, expected in [
        ("ArrowRight", "all/C0002"),
        ("ArrowLeft", "all/C0001"), ("ArrowDown", "all/C0006"), ("ArrowUp", "all/C0001"),
        ("ArrowUp", "all/C0002"), ("ArrowDown", "all/C0003"), ("ArrowRight", "all/C0004"),
        ("End", "all/C0006"), ("Home", "all/C0001"),
        ("Shift+ArrowDown", "all/C0001~C0003"), ("PageDown", "all/C0001~C0002"),
        ("PageDown", "all/C0001~C0003"), ("ArrowDown", "all/C0003"),
    ]:  # fmt: skip
        page.keyboard.press(key)
        assert _at_focus(page) == expected, key
        assert page.locator(".net [tabindex='0']").count() == 1
    assert page.evaluate("location.hash") == "#/networks/all"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.net')") is None


def test_the_tab_key_leads_into_the_picture_and_out_of_it(opened: Open) -> None:
    page = opened("hand", "networks/all")
    before = page.locator(".net-filters select, .net-filters input").last
    before.focus()
    page.keyboard.press("Tab")
    entered = _at_focus(page)
    assert entered == page.locator(".net [tabindex='0']").get_attribute("data-at")
    page.keyboard.press("End")
    assert _at_focus(page) == "all/C0006"
    page.keyboard.press("Shift+Tab")
    assert before.evaluate("node => node === document.activeElement")
    page.keyboard.press("Tab")
    assert _at_focus(page) == "all/C0006"


@pytest.mark.parametrize("way", ["keyboard", "pointer"])
def test_a_line_opens_what_it_stands_on_and_takes_an_answer(opened: Open, way: str) -> None:
    page = opened("hand", "networks/TRD")
    line = page.locator("[data-at='TRD/C0001~C0002']")
    if way == "keyboard":
        page.locator("[data-at='TRD/C0001']").focus()
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("Enter")
    else:
        middle = line.locator(".line").evaluate("""path => { const p = path.getPointAtLength(path.getTotalLength() / 2);
          const m = path.getScreenCTM(); return [p.x * m.a + m.e, p.y * m.d + m.f]; }""")
        page.mouse.click(*middle)
    assert line.get_attribute("aria-pressed") == "true"
    assert _at_focus(page) == "TRD/C0001~C0002"
    detail = page.locator("#net-detail")
    assert detail.get_by_text(_word("net.count", n=3)).count() == 2  # Trondheim and Bergen
    assert detail.get_by_text(_word("net.count", n=6)).count() == 1  # all three
    assert detail.get_by_text(_word("net.count.none")).count() == 1  # Kristiansand
    assert detail.get_by_text(_word("net.grounds.none")).count() == 1
    detail.get_by_role("button", name=_word("act.agree")).click()
    kept = page.evaluate("Object.values(localStorage).filter((text) => text.includes('TRD/C0001~C0002')).length")
    assert kept == 1
    page.keyboard.press("Escape")
    assert page.evaluate("location.hash") == "#/networks/TRD/C0001~C0002".replace("TRD/", "TRD%2F")


def test_a_line_of_two_networks_is_marked_in_both_and_asked_about_for_each(opened: Open) -> None:
    page = opened("hand", "networks/TRD")
    page.locator("#net-other").select_option("BGO")
    page.locator("[data-at='BGO/C0001~C0002']").focus()
    page.keyboard.press("Enter")
    assert page.locator(".net-edge[aria-pressed='true']").count() == 2
    groups = page.locator("#net-detail .answer-bar").evaluate_all(
        "all => all.map(bar => bar.getAttribute('aria-label'))"
    )
    assert len(groups) == 2
    assert "Trondheim" in groups[0]
    assert "Bergen" in groups[1]


def test_what_is_chosen_is_looked_for_in_the_network_that_is_looked_at_instead(opened: Open) -> None:
    page = opened("hand", "networks/all%2FC0001~C0002")
    page.locator("#net-shown").select_option("TRD")
    assert page.locator("#net-shown").input_value() == "TRD"
    assert page.locator("[data-at='TRD/C0001~C0002'][aria-pressed='true']").count() == 1
    page.locator("#net-shown").select_option("KRS")  # which has no such line
    assert page.locator("#net-shown").input_value() == "KRS"
    assert page.locator("[aria-pressed='true']").count() == 0
    assert page.evaluate("location.hash") == "#/networks"


def test_a_line_that_filters_hide_is_shown_when_one_comes_to_it_and_language_and_back_keep_it(opened: Open) -> None:
    edge = min(
        (one for one in _network("big60", "all")["edges"] if one["count"] is not None), key=lambda one: one["strength"]
    )
    place = f"all/{edge['id']}"
    page = opened("big60", f"networks/{place.replace('/', '%2F')}")
    assert page.locator(f"[data-at='{place}'][aria-pressed='true']").count() == 1
    page.locator("#language").select_option("en")
    assert page.locator(f"[data-at='{place}'][aria-pressed='true']").count() == 1
    page.locator("#net-detail h2 a").first.click()
    assert "#/element/" in page.url
    page.go_back()
    assert page.locator(f"[data-at='{place}'][aria-pressed='true']").count() == 1


def test_a_line_chosen_from_the_list_of_an_element_is_drawn_though_the_filters_hide_it(opened: Open) -> None:
    page = opened("big60", "networks/all%2FC0002")
    page.locator("#net-least").fill("1")
    hidden = min(
        (one for one in _network("big60", "all")["edges"] if "C0002" in one["id"] and one["count"] is not None),
        key=lambda one: one["strength"],
    )
    place = f"all/{hidden['id']}"
    assert place not in _drawn(page)
    page.locator(f"[data-key='net-to-{place}']").click()
    assert page.locator(f"[data-at='{place}'][aria-pressed='true']").count() == 1
    assert page.evaluate("document.activeElement.id") == "net-detail"


def test_the_table_says_what_the_figure_draws_and_opens_the_same_lines(opened: Open) -> None:
    page = opened("big35", "networks/KRS")
    page.locator("#net-as-table-open").click()
    page.locator("#net-least").fill("0.6")
    edges = {edge["id"]: edge for edge in _network("big35", "KRS")["edges"]}
    # The rows come after the first picture of the figure.
    page.wait_for_function(
        "n => document.querySelectorAll('#net-table tbody a').length === n", arg=len(_drawn(page)), timeout=10_000
    )
    linked = page.locator("#net-table tbody a").evaluate_all(
        "all => all.map(a => decodeURIComponent(a.hash).split('/').at(-1))"
    )
    assert {f"KRS/{one}" for one in linked} == _drawn(page)
    counts = page.locator("#net-table tbody td:first-of-type").all_inner_texts()
    assert counts == [str(edges[one]["count"]) for one in linked]
    assert counts == sorted(counts, key=int, reverse=True)
    page.locator("#net-table tbody a").nth(1).click()
    page.wait_for_function("() => document.activeElement.id === 'net-detail'")
    assert page.locator(f"[data-at='KRS/{linked[1]}'][aria-pressed='true']").count() == 1


def test_a_network_whose_numbers_are_all_held_back_is_drawn_and_its_key_says_what_a_line_means(
    opened: Open, folder: Path
) -> None:
    pack = big_pack(elements=60)
    held = next(each for each in pack["networks"] if each["id"] == "KRS")
    for edge in held["edges"]:
        edge |= {"count": None, "strength": 0.5}
    (folder / "held.html").write_text(page_html(pack), encoding="utf-8", newline="")
    page = opened("held", "networks/KRS")
    assert len(_drawn(page)) == len(held["edges"])
    key = page.locator(".net-key").inner_text()
    assert _word("net.key.all.untold") in key
    assert _word("net.key.line") not in key
    # Beside one with numbers, both show their lines without a number, or neither does.
    page.locator("#net-other").select_option("all")
    assert _word("net.key.line") in page.locator(".net-key").inner_text()
    untold = {f"all/{edge['id']}" for edge in pack["networks"][0]["edges"] if edge["count"] is None}
    assert pack["networks"][0]["id"] == "all"
    assert untold
    assert page.locator("#net-small").is_checked()
    assert len(_drawn(page)) == len(held["edges"])
    assert untold <= _drawn(page, at=1)
    page.locator("#net-small").uncheck()
    assert _drawn(page) == set()
    assert _drawn(page, at=1).isdisjoint(untold)
    assert _drawn(page, at=1)
    page.locator("#present").click()
    assert (
        page.locator("#slide h2")
        .inner_text()
        .endswith(_word("net.seen", n=len(held["edges"]), all=len(held["edges"])) + ".")
    )


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (0, ("net.seen", {"n": 90, "all": 90})),
        (1, ("net.told.one", {"all": 90})),
        (5, ("net.told", {"n": 5, "all": 90})),
        (50, ("net.strongest", {"n": 40, "told": 50, "all": 90})),
        (90, ("net.strongest", {"n": 40, "told": 90, "all": 90})),
    ],
)
def test_on_a_screen_it_is_said_which_lines_are_drawn(
    opened: Open, folder: Path, told: int, words: tuple[str, Json]
) -> None:
    pack = big_pack(elements=35)
    ids = [f"C{at:04}" for at in range(1, 15)]
    network = pack["networks"][0]
    network["nodes"] = [{"id": one, "size": 0.5, "x": at % 4 / 4, "y": at / 15} for at, one in enumerate(ids)]
    pairs = [(a, b) for at, a in enumerate(ids) for b in ids[at + 1 :]][:90]
    network["edges"] = [{"id": f"{a}~{b}", "a": a, "b": b, "count": None, "strength": 0.1} for a, b in pairs]
    for at, edge in enumerate(network["edges"][:told]):
        edge |= {"count": 200 - at, "strength": (200 - at) / 200}
    pack["networks"] = [network]
    (folder / "lines.html").write_text(page_html(pack), encoding="utf-8", newline="")
    page = opened("lines", "networks")
    page.locator("#present").click()
    assert _word(words[0], **words[1]) in page.locator("#slide h2").inner_text()
    drawn = page.locator("#slide .net-edge")
    assert drawn.count() == (min(told, 40) or 90)
    assert page.locator("#slide .net-edge.untold").count() == (0 if told else 90)


def test_a_ring_whose_size_is_not_known_is_dashed_of_no_telling_size_and_explained(opened: Open, folder: Path) -> None:
    pack = hand_made_pack()
    network = pack["networks"][0]
    sizes = [None, 1.0, 0.0, 0.9, None, 0.2]
    for node, size in zip(network["nodes"], sizes, strict=True):
        node["size"] = size
    network["nodes"][3]["at_least"] = True
    (folder / "sizes.html").write_text(page_html(pack), encoding="utf-8", newline="")
    page = opened("sizes", "networks/all")
    ring = ".net-node[data-at='all/C000{}'] rect"
    height = [float(page.locator(ring.format(at)).get_attribute("height")) for at in range(1, 7)]
    assert height[0] == height[3] == height[4]
    assert height[2] < height[0] < height[1]
    dashed = [page.locator(ring.format(at)).evaluate("n => getComputedStyle(n).strokeDasharray") for at in range(1, 7)]
    assert [each != "none" for each in dashed] == [True, False, False, True, True, False]
    key = page.locator(".net-key").inner_text()
    assert _word("net.key.size") in key
    assert _word("net.key.unsized") in key
    page.emulate_media(media="print")
    page.locator("#print .net-key").wait_for()
    assert _word("net.key.unsized") in page.locator("#print .net-key").inner_text()


def test_the_two_ends_of_a_line_are_told_in_the_order_of_the_elements(opened: Open, folder: Path) -> None:
    pack = hand_made_pack()
    pack["elements"] = pack["elements"][::-1]
    (folder / "order.html").write_text(page_html(pack), encoding="utf-8", newline="")
    page = opened("order", "networks/all")
    assert page.locator("[data-at='all/C0001~C0002']").get_attribute("aria-label").startswith("P2 ")
    page.locator("#net-as-table-open").click()
    page.locator("#net-table tbody tr").first.wait_for()
    ends = page.locator("#net-table tbody tr").evaluate_all(
        "all => all.map(row => [...row.querySelectorAll('th')].map(th => th.textContent.split(' ')[0]))"
    )
    assert sorted(ends) == sorted([["P2", "P1"], ["K1", "P1"], ["K2", "K1"], ["E1", "K2"]])


def test_a_level_without_elements_is_neither_offered_nor_explained(opened: Open, folder: Path) -> None:
    pack = hand_made_pack()
    pack["levels"].append({"id": "X", "label": {"nb": "På tvers 🧭", "en": "Across"}})
    (folder / "across.html").write_text(page_html(pack), encoding="utf-8", newline="")
    page = opened("across", "networks/all")
    assert "På tvers" not in page.locator("#content").inner_text()
    page.evaluate("location.hash = '#/elements'")
    page.locator("#sought-level").wait_for()
    assert page.locator("#sought-level option").count() == 4


def test_a_number_that_may_not_be_shown_is_in_no_word_and_no_width(opened: Open) -> None:
    page = opened("hand", "networks/all")
    line = page.locator("[data-at='all/C0003~C0004']")
    assert _word("net.count.small") in line.get_attribute("aria-label")
    assert line.locator(".line").get_attribute("stroke-width") == "1.40"
    assert line.locator(".line").evaluate("path => getComputedStyle(path).strokeDasharray") != "none"


def test_the_model_holds_every_element_once_under_its_level_and_tells_no_hidden_number(opened: Open) -> None:
    page = opened("hand", "model")
    _whole(page, "hand")
    assert page.locator(".model-link").evaluate_all("all => all.map(a => a.id)") == [
        f"model-{one['id']}" for one in PACKS["hand"]["elements"]
    ]
    # A band that was just made has no text before its first picture.
    page.wait_for_function("() => document.getElementById('model-C0001').innerText.includes('12')")
    first = page.locator("#model-C0001").inner_text()
    assert "12" in first  # 4 in each of three municipalities promote
    assert "9" in first
    # Numbers of two municipalities may not be shown: neither may the sum.
    hidden = page.locator("#model-C0002")
    page.wait_for_function("() => document.getElementById('model-C0002').innerText.includes('sitat')")
    assert not re.search(r"\b(5|0)\b", hidden.inner_text())
    assert hidden.inner_text().split()[-4:] == ["▲", "fremmer:", "ett", "sitat"]
    page.locator("#model-case").select_option("BGO")
    page.wait_for_function("() => document.getElementById('model-C0002').innerText.includes('5')")
    page.locator("#model-side").select_option("joint")
    page.locator("#model-case").select_option("TRD")
    assert page.locator("#model-C0001 .model-maturity").text_content().split()[::3] == ["Trondheim", "3"]


def test_the_model_is_one_stop_and_arrow_keys_go_from_box_to_box_and_enter_opens(opened: Open) -> None:
    page = opened("hand", "model")
    _whole(page, "hand")
    assert page.locator(".model-link[tabindex='0']").count() == 1
    page.locator("#model-C0001").focus()
    for key, expected in [
        ("ArrowRight", 2), ("ArrowLeft", 1), ("ArrowDown", 3), ("ArrowDown", 4), ("ArrowDown", 5),
        ("ArrowRight", 6), ("Home", 1), ("End", 8),
        ("ArrowLeft", 7),
    ]:  # fmt: skip
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.id") == f"model-C{expected:04}", key
    page.keyboard.press("Enter")
    assert page.url.endswith("#/element/C0007")
    page.go_back()
    page.wait_for_function("() => document.activeElement.id === 'model-C0007'")


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("name", ["hand", "big60"])
def test_nothing_in_a_box_of_the_model_is_cut(opened: Open, name: str, width: int) -> None:
    page = opened(name, "model", width=width)
    _whole(page, name)
    cut = page.locator(".model-box, .model-band").evaluate_all(
        "all => all.filter(n => n.scrollWidth > n.clientWidth + 1).map(n => n.textContent)"
    )
    assert cut == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_finds_nothing_in_two_networks_with_a_line_chosen_and_their_table(opened: Open) -> None:
    # Both views as they are first seen are looked at in every language by the tests of reading.
    page = opened("hand", "networks/TRD%2FC0001~C0002", color_scheme="light", bypass_csp=True)
    page.locator("#net-other").select_option("all")
    page.locator("#net-as-table-open").click()
    page.locator("#net-table tbody tr").first.wait_for()
    assert violations(page, "#content") == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, "#content", options=ONLY_COLOURS) == []


def test_slides_fit_the_screen_and_hold_nothing_to_choose(opened: Open) -> None:
    page = opened("big60", "networks", width=1280, height=720)
    page.locator("#present").click()
    for _ in PACKS["big60"]["networks"]:
        assert page.locator("#slide .net.still").count() == 1
        assert page.locator("#slide :is([tabindex='0'], button, a[href])").count() == 0
        assert page.evaluate("(s => s.scrollHeight - s.clientHeight)(document.getElementById('slide'))") <= 2
        assert page.locator("#slide .name").first.evaluate("n => parseFloat(getComputedStyle(n).fontSize)") >= 14
        page.keyboard.press("PageDown")
    page.locator("#stage-part").select_option(label=_word("model"))
    page.locator("#slide .model-box").first.wait_for()
    assert 0 < page.locator("#slide .model-box").count() <= 8
    assert page.locator("#slide a[href]").count() == 0


def test_paper_holds_the_model_and_every_network_whole(opened: Open) -> None:
    page = opened("big60", "start")
    page.emulate_media(media="print")
    page.locator("#print .net").last.wait_for()
    assert page.locator("#print .net").count() == len(PACKS["big60"]["networks"])
    assert page.locator("#print .model-box, #print .model-parts li").count() == len(PACKS["big60"]["elements"])
    page.set_viewport_size({"width": 695, "height": 1000})  # 184 mm: A4 within its margins
    heights = page.locator("#print .net").evaluate_all("all => all.map(n => n.getBoundingClientRect().height)")
    assert max(heights) < 1000  # 265 mm
    assert page.locator("#print :is(button, select, input)").count() == 0


_CLICK = """document.querySelector('[data-at="%s"]').dispatchEvent(new Event('click', {bubbles: true}))"""
_CHOOSE = """const node = document.getElementById('%s');
    node.value = node.value === '%s' ? '%s' : '%s';
    node.dispatchEvent(new Event('%s', {bubbles: true}));"""


def test_a_large_network_answers_within_a_tenth_of_a_second_on_a_slow_machine(opened: Open) -> None:
    # The measuring makes functions from text.
    page = opened("big60", "networks/all", bypass_csp=True)
    told = [edge for edge in _network("big60", "all")["edges"] if edge["count"] is not None]
    acts = {
        "line": _CLICK % f"all/{max(told, key=lambda edge: edge['strength'])['id']}",
        "strength": _CHOOSE % ("net-least", "0.5", "0.7", "0.5", "input"),
        "level": _CHOOSE % ("net-level", "K", "", "K", "change"),
        "element": _CHOOSE % ("net-only", "C0002", "", "C0002", "change"),
        "network": _CHOOSE % ("net-shown", "KRS", "all", "KRS", "change"),
    }
    clock = ThreadTime(page, slower=4)
    times = {name: clock.best(act, SEEN) for name, act in acts.items()}
    print(times)
    assert max(times.values()) <= SEEN
