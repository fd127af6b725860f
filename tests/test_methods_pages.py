"""Every page on a statistic says the same six things, and its worked example runs."""

import doctest
import re
from pathlib import Path

import pytest

METHODS = Path(__file__).parents[1] / "docs" / "methods"
PAGES = sorted(page for page in METHODS.glob("*.md") if page.name != "README.md")
HEADINGS = (
    "What it answers",
    "Formula and source",
    "Unit of analysis",
    "Default and why",
    "Must not be used for",
    "Worked example",
)


def test_there_are_pages_and_the_list_names_each() -> None:
    listed = re.findall(r"\]\(([\w-]+\.md)\)", (METHODS / "README.md").read_text("utf-8"))
    assert sorted(listed) == [page.name for page in PAGES]
    assert PAGES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_says_what_the_others_say(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text.startswith("# ")
    assert tuple(re.findall(r"^## (.+)$", text, re.MULTILINE)) == HEADINGS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_worked_example_runs(page: Path) -> None:
    text = page.read_text("utf-8").partition("## Worked example")[2]
    code = "\n".join(re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    examples = doctest.DocTestParser().get_doctest(code, {}, page.name, str(page), 0)
    assert any(example.want for example in examples.examples), "the example shows no result"
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    told: list[str] = []
    runner.run(examples, out=told.append)
    assert runner.failures == 0, "".join(told)
