"""Executed notebooks as a page and as slides: what is shown, what is left out and said to be, and nothing that could fetch.

Everybody and everything here is invented (oppdiktet); texts hold æøå, 🧭 and å in two parts.
"""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from small_study import SmallStudy

from foran_research.errors import ForanError, UnknownName
from foran_research.rendering import (
    clean_html,
    clean_svg,
    language_of,
    markdown_html,
    render_milestone,
    render_notebooks,
    small_cells,
    told,
)
from foran_research.review.content_counts import Limits
from foran_research.study import Study, load_study

sys.path.insert(0, str(Path(__file__).resolve().parent / "browser"))

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><!-- {} --><path d="M0 0L9 9"/></svg>'
TABLE = (
    '<style scoped>.dataframe {{}}</style><table border="1" class="dataframe"><thead><tr style="text-align: right;"><th></th>'
    "<th>code</th><th>informants</th></tr></thead><tbody><tr><th>0</th><td>{}</td><td>{}</td></tr></tbody></table>"
)


def output(kind: str, text: str) -> Any:
    return new_output("execute_result", data={kind: text, "text/plain": "…"}, execution_count=1)


def notebook(*outputs: Any, text: str = "# Å se etter 🧭\n\nHvert element i a\u030a.", language: str = "") -> Any:
    parameters = new_code_cell(f'language: str = "{language}"' if language else "x = 1")
    parameters.metadata["tags"] = ["parameters"]
    return new_notebook(
        cells=[new_markdown_cell(text), parameters, new_code_cell("show(1 < 2)", outputs=list(outputs))]
    )


@pytest.fixture
def study(small_study: SmallStudy) -> Study:
    return load_study(small_study.path)


def page_of(study: Study, *outputs: Any, **options: Any) -> Any:
    book = notebook(*outputs, **{key: options.pop(key) for key in ("text",) if key in options})
    return render_notebooks(study, study.milestone("M1"), {"08_model.ipynb": book}, machine=(), **options)


def words_of_somebody(study: Study) -> str:
    """Ten words in a row that an informant of the study said."""
    text = max((one.text for one in study.transcripts.values()), key=len)
    turn = max((line.partition("**")[2].partition("**")[2] for line in text.splitlines()), key=len)
    return " ".join(turn.split()[:10])


def test_words_that_nobody_cleared_are_left_out_wherever_in_an_output_they_stand(study: Study) -> None:
    words = words_of_somebody(study)
    assert len(words.split()) >= 6
    outputs = [
        output("text/html", TABLE.format(words, 9)),
        output("text/html", f"<p>{'</p><p>'.join(words.split())}</p>"),
        output("text/html", TABLE.format("".join(f"&#{ord(c)};" for c in words), 9)),
        output("text/html", f"<p hidden title='{words}'>a</p>"),
        output("image/svg+xml", SVG.format(words)),
        new_output("stream", name="stdout", text=words),
        new_output("display_data", data={"text/plain": repr({"quote": words})}),
        output("text/markdown", f"*{words}*"),
    ]
    made = page_of(study, *outputs)
    assert [(one.cell, one.reason) for one in made.left_out] == [(3, "text")] * len(outputs)
    for page in (made.page, made.slides):
        assert words not in page
        assert page.count("Utelatt:") == len(outputs)
    assert not any(word in " ".join(told(made.left_out)) for word in words.split() if len(word) > 4)


def test_words_in_a_text_or_in_code_are_left_out_as_well(study: Study) -> None:
    words = words_of_somebody(study)
    book = notebook(text=f"# A\n\n{words}")
    book.cells.append(new_code_cell(f"# {words}"))
    made = render_notebooks(study, study.milestone("M1"), {"a.ipynb": book}, machine=())
    assert [(one.cell, one.reason) for one in made.left_out] == [(1, "text"), (4, "text")]
    assert words not in made.page + made.slides


def test_a_harmless_output_stands_as_it_was(study: Study) -> None:
    made = page_of(study, output("text/html", TABLE.format("Å &amp; 🧭", 9)), output("image/svg+xml", SVG.format("P4")))
    assert made.left_out == ()
    for page in (made.page, made.slides):
        assert '<th scope="row">0</th><td>Å &amp; 🧭</td><td>9</td>' in page
        assert 'alt="Figur: Å se etter 🧭"' in page
        assert 'aria-label="Tabell: Å se etter 🧭"' in page
        assert "<!--" not in page
    assert "show(1 &lt; 2)" in made.page
    assert "show(1" not in made.slides


@pytest.mark.parametrize(("informants", "is_shown"), [(0, True), (1, False), (4, False), (5, True)])
def test_a_table_with_a_number_of_too_few_people_is_left_out_whole(
    study: Study, informants: int, is_shown: bool
) -> None:
    made = page_of(study, output("text/html", TABLE.format("P4", informants)))
    assert [one.reason for one in made.left_out] == ([] if is_shown else ["number"])
    assert ("<td>P4</td>" in made.page) is is_shown


def test_the_projects_own_people_can_have_the_small_numbers(study: Study) -> None:
    made = page_of(study, output("text/html", TABLE.format("P4", 1)), limits=Limits(persons=1, documents=1))
    assert made.left_out == ()


def test_a_notebook_for_internal_use_shows_its_texts_and_no_outputs(study: Study) -> None:
    made = page_of(study, output("text/plain", "9"), text="# A\n\n**Til internt bruk.** Tall må skjules.")
    assert [one.reason for one in made.left_out] == ["number"]
    assert "Tall må skjules." in made.page


def test_columns_count_by_the_words_in_their_names() -> None:
    heads = ["code", "segments_before", "documents", "share"]
    rows = [["1", "4", "2", "1"], ["2", "0", "3", "2"], ["3", "<NA>", "", "3"], ["4", "5"]]
    assert small_cells(heads, rows, persons=5, documents=3) == 2


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (new_output("error", ename="ValueError", evalue="noe", traceback=["/home/k/x.py"]), "error"),
        (new_output("display_data", data={"application/vnd.jupyter.widget-view+json": {}, "text/plain": "W"}), "form"),
        (new_output("display_data", data={"application/javascript": "alert(1)"}), "form"),
        (new_output("display_data", data={"image/png": "no picture æ"}), "machine"),
        (new_output("display_data", data={"image/svg+xml": "<p>no drawing</p>"}), "machine"),
        (new_output("stream", name="stdout", text="see https://example.org/a"), "machine"),
        (new_output("stream", name="stdout", text="in /home/somebody/study"), "machine"),
    ],
)
def test_what_cannot_be_shown_is_told_of_by_its_reason(study: Study, made: Any, reason: str) -> None:
    found = page_of(study, made)
    assert [one.reason for one in found.left_out] == [reason]


def test_warnings_of_programs_are_no_part_of_the_page(study: Study) -> None:
    made = page_of(study, new_output("stream", name="stderr", text="/usr/lib/x.py: FutureWarning"))
    assert made.left_out == ()
    assert "FutureWarning" not in made.page


def test_the_page_speaks_the_notebooks_language(study: Study) -> None:
    book = notebook(language="en")
    made = render_notebooks(study, study.milestone("M1"), {"a.ipynb": book}, machine=())
    assert '<html lang="en">' in made.page
    assert "Show the code" in made.page
    assert language_of([notebook(), book]) == "en"
    assert language_of([notebook(language="xx")]) == ""
    with pytest.raises(UnknownName):
        render_notebooks(study, study.milestone("M1"), {}, language="xx", machine=())


def test_the_same_notebooks_give_the_same_bytes(study: Study) -> None:
    outputs = (output("text/html", TABLE.format("P4", 9)), output("image/svg+xml", SVG.format("P4")))
    assert page_of(study, *outputs) == page_of(study, *outputs)


@given(st.text(alphabet="<>/=\"' abiåonclickstyleschref\u030a🧭&;:#\0", max_size=80))
def test_no_text_becomes_a_tag_or_an_attribute_that_is_not_known(text: str) -> None:
    for html in (clean_html(text, lambda: "")[0], markdown_html(text)):
        for tag in re.findall(r"<[^>]*>", html):
            assert re.fullmatch(
                r"</?(?:p|b|i|ol|ul|li|hr|br|code|pre|blockquote|strong|em|h[2-6]|s|tr|th|td|div|span|dl|dt|dd|table|sub|sup)"
                r'(?: (?:scope="(?:row|col)"|class="scroll"|tabindex="0"|lang="[a-z]{2}"|colspan="\d+"|rowspan="\d+"))*>',
                tag,
            )


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>a",
        '<img src="https://example.org/x.png" onerror="alert(1)">a',
        '<a href="javascript:alert(1)">a</a>',
        '<iframe src="//example.org"></iframe>a',
        '<p style="background:url(https://example.org)" onclick="x()">a</p>',
        '<svg><image href="https://example.org"/></svg>a',
        "<style>@import 'https://example.org'</style>a",
        '<form action="https://example.org"><p>b</p></form>a',
        "<table><tr><td><table><tr><td>a",
    ],
)
def test_html_that_could_run_or_fetch_keeps_its_words_alone(html: str) -> None:
    made = clean_html(html, lambda: "T")[0]
    assert "a" in re.sub("<[^>]*>", "", made)
    assert not re.search(r"(?i)script|example|onclick|onerror|style|href|src|form|@import", made)
    assert made.count("<table>") == made.count("</table>")


def test_a_drawing_keeps_no_script_link_picture_comment_or_program() -> None:
    made = clean_svg(
        '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload="x()">'
        "<metadata><a>matplotlib</a></metadata><script>1</script><!-- k -->"
        '<image xlink:href="https://example.org/a.png"/><use xlink:href="#a"/><path style="fill:url(https://example.org)"/>'
        '<path style="fill:url(#g)"/><foreignObject><p>b</p></foreignObject><text>å</text></svg>'
    )
    assert made is not None
    assert not re.search("example|script|onload|metadata|matplotlib|<!--|foreignObject", made)
    assert '"#a"' in made
    assert "url(#g)" in made
    assert "<text>å</text>" in made
    assert (
        clean_svg(
            '<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>'
        )
        == '<svg xmlns="http://www.w3.org/2000/svg"/>'
    )


def test_a_run_is_written_as_two_files_and_a_dry_run_as_none(
    small_study: SmallStudy, study: Study, tmp_path: Path
) -> None:
    milestone = study.milestone("M1")
    with pytest.raises(ForanError, match="foran run M1"):
        render_milestone(study, milestone, machine=())
    home = small_study.path / "outputs" / "M1" / "notebooks"
    home.mkdir(parents=True)
    for name in ("08_model.ipynb", "01_corpus.ipynb"):
        nbformat.write(notebook(output("text/plain", "9"), text=f"# {name[:2]}"), home / name)
    files, _ = render_milestone(study, milestone, machine=(), is_dry=True)
    assert not any(path.exists() for path in files)
    files, made = render_milestone(study, milestone, folder=tmp_path / "ut", machine=())
    assert [path.name for path in sorted((tmp_path / "ut").iterdir())] == ["M1-notebooks.html", "M1-slides.html"]
    assert files[0].read_text("utf-8") == made.page
    assert made.page.index("<h2>01</h2>") < made.page.index("<h2>08</h2>")
    (home / "01_corpus.ipynb").write_text("{", "utf-8")
    with pytest.raises(ForanError, match="01_corpus"):
        render_milestone(study, milestone, machine=())


@pytest.fixture
def opened(browser: Any, study: Study, tmp_path: Path) -> Iterator[Any]:
    asked: list[str] = []
    contexts = []

    def open_one(what: str, **options: Any) -> Any:
        table = "".join(f"<tr><th>{row}</th><td>P{row}</td></tr>" for row in range(60))
        picture = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
        made = page_of(
            study,
            output("text/html", f"<table><thead><tr><th></th><th>code</th></tr></thead><tbody>{table}</tbody></table>"),
            output("image/svg+xml", SVG.format("P4")),
            new_output("display_data", data={"image/png": picture}),
            output("text/html", TABLE.format(words_of_somebody(study), 9)),
        )
        file = tmp_path / f"{what} å.html"
        file.write_text(getattr(made, what), encoding="utf-8", newline="")
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))
        contexts.append(context)
        context.set_offline(True)
        page = context.new_page()
        page.on("console", lambda message: asked.append(message.text))
        page.on("pageerror", lambda error: asked.append(str(error)))
        page.on(
            "request", lambda request: asked.append(request.url) if request.url[:5] not in ("data:", "file:") else None
        )
        page.goto(file.as_uri())
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert asked == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("what", ["page", "slides"])
def test_the_pages_break_no_rule_of_accessibility_and_fit_a_phone(opened: Any, what: str, scheme: str) -> None:
    from axe import violations

    page = opened(what, color_scheme=scheme, bypass_csp=True)
    places = 1 if what == "page" else page.locator(".slide").count()
    for _ in range(places):
        assert violations(page, "html") == []
        page.keyboard.press("PageDown")
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_slides_turn_by_keys_buttons_and_the_browsers_own_back(opened: Any) -> None:
    page = opened("slides")
    last = page.locator(".slide").count()

    def at() -> int:
        assert page.locator(".slide:visible").count() == 1
        place = int(page.locator(".slide:visible").get_attribute("id")[1:])
        assert page.locator("#at").inner_text() == f"Lysbilde {place} av {last}"
        return place

    assert (at(), last) == (1, 6)
    for key, place in [("ArrowLeft", 1), ("ArrowRight", 2), ("PageDown", 3), ("ArrowLeft", 2), ("PageUp", 1),
                       ("End", last), ("ArrowRight", last), ("Home", 1)]:  # fmt: skip
        page.keyboard.press(key)
        assert at() == place
    page.locator("#forward").click()
    assert at() == 2
    page.go_back()
    assert at() == 1
    assert page.evaluate("document.activeElement.id") == "s1"
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".slide:visible").count() == last
