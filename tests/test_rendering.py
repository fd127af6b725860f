"""Executed notebooks as a page and as slides: what is shown, what is left out and said to be, and nothing that could fetch.

Everybody and everything here is invented (oppdiktet); texts hold æøå, 🧭 and å in two parts.
"""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from hypothesis import given, settings
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
    told,
)
from foran_research.report.site_tables import small_numbers
from foran_research.review.content_counts import Limits
from foran_research.study import Study, load_study

sys.path.insert(0, str(Path(__file__).resolve().parent / "browser"))

DAY = "2026-11-01"
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
def test_a_table_with_a_number_of_too_few_people_has_only_its_names(
    study: Study, informants: int, is_shown: bool
) -> None:
    made = page_of(study, output("text/html", TABLE.format("P4", informants)))
    assert [one.reason for one in made.left_out] == ([] if is_shown else ["masked"])
    for page in (made.page, made.slides):
        assert f"<td>P4</td><td>{informants if is_shown else '–'}</td>" in page


def test_nothing_but_names_stands_in_a_table_with_a_small_number(study: Study) -> None:
    heads = ["code", "label", "informants", "step", "direction", "share", "informant"]
    rows = [
        ["P4", "Åpen dialog 😀", 2, 3, "<b>hem</b>mer", "0,4", "A-02"],
        ["K10", "Læring", 90, 4, "blandet", "0,6", ""],
    ]
    made = page_of(study, output("text/html", table(heads, *rows)))
    dashes = "<td>–</td>" * 5
    assert f"<tr><td>P4</td><td>Åpen dialog 😀</td>{dashes}</tr>" in made.page
    assert f"<td>K10</td><td>Læring</td>{dashes.removesuffix('<td>–</td>')}" in made.page
    for word in ("hemmer", "hem<", "90", "0,4", "A-02", "blandet"):
        assert f">{word}" not in made.page


def test_a_table_without_a_head_keeps_its_first_column_alone(study: Study) -> None:
    html = "<table><tr><td>case</td><td>BGO</td></tr><tr><td>informants</td><td>2</td></tr></table>"
    made = page_of(study, output("text/html", html))
    assert "<td>case</td><td>–</td>" in made.page
    assert "<td>informants</td><td>–</td>" in made.page


def test_a_table_within_a_table_is_left_out_whole(study: Study) -> None:
    inner = table(["informants"], [2])
    made = page_of(study, output("text/html", table(["code", "what"], ["P4", inner])))
    assert [one.reason for one in made.left_out] == ["number"]


@pytest.mark.parametrize(("documents", "shown"), [(4, "4"), (2, "–")])
def test_a_dictionary_is_shown_as_rows(study: Study, documents: int, shown: str) -> None:
    facts = {"case": "Ål", "documents": documents, "coding": None}
    made = page_of(study, new_output("execute_result", data={"text/plain": repr(facts)}, execution_count=1))
    assert f'<tr><th scope="row">documents</th><td>{shown}</td></tr>' in made.page
    assert "{'" not in made.page


def test_text_like_a_dictionary_stands_as_text(study: Study) -> None:
    for text in ("{'a': [1, 9]}", "{nei", "{}", "{1, 9}"):
        made = page_of(study, new_output("execute_result", data={"text/plain": text}, execution_count=1))
        assert f"<pre>{escape(text)}</pre>" in made.page


def test_the_projects_own_people_can_have_the_small_numbers(study: Study) -> None:
    made = page_of(study, output("text/html", TABLE.format("P4", 1)), limits=Limits(persons=1, documents=1))
    assert made.left_out == ()


def test_a_notebook_for_internal_use_shows_its_texts_and_no_outputs(study: Study) -> None:
    made = page_of(study, output("text/plain", "9"), text="# A\n\n**Til internt bruk.** Tall må skjules.")
    assert [one.reason for one in made.left_out] == ["number"]
    assert "Tall må skjules." in made.page


def table(heads: Sequence[str], *rows: Sequence[object]) -> str:
    head = "".join(f"<th>{one}</th>" for one in heads)
    body = "".join("<tr>" + "".join(f"<td>{one}</td>" for one in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def small_in(html: str) -> int:
    (one,) = clean_html(html, lambda: "")[1]
    return small_numbers(one, persons=5, documents=3)


def test_columns_count_by_the_words_in_their_names() -> None:
    heads = ["code", "segments_before", "documents", "step"]
    rows = [["P1", "4", "2", "1"], ["P2", "0", "3", "2"], ["P3", "<NA>", "", "3"], ["P4", "5"]]
    assert small_in(table(heads, *rows)) == 2


TWO_LEVELS = (
    "<table><thead><tr><th rowspan=2>element</th><th colspan=2>informants</th></tr><tr><th>TRD</th><th>BGO</th></tr></thead>"
    "<tbody><tr><td>Å</td><td>{}</td><td>9</td></tr></tbody></table>"
)
NO_HEAD = "<table><tr><td>element</td><td>Informanter</td></tr><tr><td>Å 🧭</td><td>{}</td></tr></table>"
TWO_INDEXES = (
    "<table><thead><tr><th></th><th></th><th>step</th></tr></thead><tbody><tr><th rowspan=2>informants</th><th>a\u030a</th>"
    "<td>{}</td></tr><tr><th>Ø</th><td>9</td></tr></tbody></table>"
)


@pytest.mark.parametrize(
    "html",
    [
        TWO_LEVELS,
        NO_HEAD,
        TWO_INDEXES,
        table(["", "P1", "P2"], ["informants", "{}", 9], ["turns", 12, 9]),
        table(["", "TRD", "BGO"], ["Å", 7, "{}"]),
        table(["element", "noe annet"], ["Å", "{}"]),
        table(["element", "Personer"], ["Å", "{}.0"], ["Ø", "9.0"]),
        table(["element", "antall"], ["Å", " {} "]),
        table(["element", "informants"], ["Å", "{} (4 %)"]),
        table(["element", "informants"], ["Å", "n={}"]),
        table(["element", "trinn"], ["Å", "n = {}"]),
        table(["element", "hvem"], ["Å", "{} informanter"]),
        table(["element", "andel"], ["Å", "{} av 17"]),
        table(["element", "andel"], ["Å", "{}/17"]),
        table(["element", "informants"], ["Å", "TRD {}, BGO 9"]),
        table(["element", "informants"], ["Å", "<b>{}</b>"]),
    ],
)
def test_a_small_number_is_found_however_the_table_is_laid_out(html: str) -> None:
    assert small_in(html.replace("{}", "4")) == 1
    assert small_in(html.replace("{}", "7")) == 0
    assert small_in(html.replace("{}", "0")) == 0


def test_a_part_of_a_whole_that_leaves_out_few_is_small_as_well() -> None:
    assert small_in(table(["element", "andel"], ["Å", "16 av 17"])) == 1


@pytest.mark.parametrize(
    "html",
    [
        table(["measure", "step", "from", "priority"], ["Å må først", 1, "2023-01", 2]),
        table(["element", "modularity"], ["Å", "1.0"], ["Ø", "0.31"]),
        table(["year", "what"], [2021, "P4"], [2023, "Møte 2 i utvalget"]),
        "<table><thead><tr><th></th><th>code</th></tr></thead><tbody><tr><th>3</th><td>P4</td></tr></tbody></table>",
    ],
)
def test_numbers_of_other_things_are_told(html: str) -> None:
    assert small_in(html) == 0


def test_a_table_within_a_table_cannot_be_judged_and_is_held_back() -> None:
    tables = clean_html("<table><tr><td><table><tr><td>9</td></tr></table></td></tr></table>", lambda: "")[1]
    assert any(small_numbers(one, persons=5, documents=3) for one in tables)


@settings(max_examples=50, deadline=None)
@given(
    st.integers(1, 4),
    st.sampled_from(["informants", "segments", "TRD", "", "Ålesund"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_what_pandas_writes_is_judged_turned_or_not_with_or_without_an_index(
    number: int, name: str, is_turned: bool, has_index: bool, is_styled: bool
) -> None:
    frame = pd.DataFrame({"element": ["P4", "K2"], name: [9, number]})
    if has_index:
        frame = frame.set_index("element")
    if is_turned:
        frame = frame.set_axis([f"e{at}" for at in range(len(frame))]).T
    html = frame.style.to_html() if is_styled else frame.to_html()
    assert small_in(html) == 1
    assert small_in(html.replace(f">{number}<", ">8<")) == 0


@pytest.mark.parametrize("kind", ["text/plain", "text/markdown", "stream"])
def test_a_table_in_plain_text_is_judged_too(study: Study, kind: str) -> None:
    text = {"text/markdown": "| code | informants |\n|---|---|\n| å | 1 |\n"}.get(
        kind, "code  informants\nå            1\n"
    )
    made = (
        new_output("stream", name="stdout", text=text)
        if kind == "stream"
        else new_output("display_data", data={kind: text})
    )
    found = page_of(study, made)
    assert [one.reason for one in found.left_out] == ["masked" if kind == "text/markdown" else "number"]
    assert ("<td>å</td>\n<td>–</td>" in found.page) is (kind == "text/markdown")


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
        render_milestone(study, milestone, on=DAY, machine=())
    home = small_study.path / "outputs" / "M1" / "notebooks"
    home.mkdir(parents=True)
    for name in ("08_model.ipynb", "01_corpus.ipynb"):
        nbformat.write(notebook(output("text/plain", "9"), text=f"# {name[:2]}"), home / name)
    files, _ = render_milestone(study, milestone, on=DAY, machine=(), is_dry=True)
    assert not any(path.exists() for path in files)
    files, made = render_milestone(study, milestone, on=DAY, folder=tmp_path / "ut", machine=())
    assert [path.name for path in sorted((tmp_path / "ut").iterdir())] == ["M1-notebooks.html", "M1-slides.html"]
    assert files[0].read_text("utf-8") == made.page
    assert made.page.index("<h2>01</h2>") < made.page.index("<h2>08</h2>")
    (home / "01_corpus.ipynb").write_text("{", "utf-8")
    with pytest.raises(ForanError, match="01_corpus"):
        render_milestone(study, milestone, on=DAY, machine=())


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
