"""The harness itself, proved on a tiny widget: a counter that listens to clicks and keys, beside an invented turn."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from axe import violations
from lab import Lab, raised_by_application_alone

COUNTER = """
import anywidget, traitlets

class Counter(anywidget.AnyWidget):
    _esm = '''
    export default { render({ model, el }) {
        el.innerHTML = `<div class="probe" role="group" aria-label="Teller" tabindex="0"><button>Legg til</button>
            <output></output><p class="turn" style="width: 12em">Å ja, sa hun, vi bla\u030aste i blåbær 😀 og gikk
            <b>hjem</b> igjen</p></div>`;
        const shown = el.querySelector('output');
        const show = () => { shown.textContent = 'n=' + model.get('n'); };
        const add = by => { model.set('n', model.get('n') + by); model.save_changes(); };
        el.querySelector('button').onclick = () => add(1);
        el.querySelector('.probe').addEventListener('keydown', event => {
            event.stopPropagation(); if (event.key === 'b') add(10);
            if (event.key === 'x') throw new Error('meant three');
        });
        model.on('change:n', show); show();
    } };
    '''
    n = traitlets.Int(0).tag(sync=True)

counter = Counter()
"""
SPOILED = """
import ipywidgets
ipywidgets.HTML('<div class="spoiled"><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><button></button></div>')
"""


@pytest.fixture
def notebook(lab: Lab) -> Path:
    return lab.write_notebook("teller.ipynb", [COUNTER, "counter"])


def test_a_widget_is_clicked_typed_at_selected_in_reloaded_and_seen_from_a_second_tab(lab: Lab, notebook: Path) -> None:
    tab = lab.open(notebook)
    tab.run_all()
    tab.wait_for(".probe button").click()
    tab.wait_for_text(".probe output", "n=1")
    cells = tab.page.locator(".jp-Cell").count()
    tab.page.locator(".probe").focus()
    tab.page.keyboard.press("b")
    tab.wait_for_text(".probe output", "n=11")
    assert tab.page.locator(".jp-Cell").count() == cells
    # A widget sends its next state when the kernel has answered the one before, which may be after a cell is sent.
    said = (tab.run_cell("print(counter.n, 'æøå')") for _ in range(10))
    assert "11 æøå" in said

    assert tab.drag_over(".probe .turn", "vi bla", "hjem").split() == "vi bla\u030aste i blåbær 😀 og gikk hjem".split()
    assert tab.drag_over(".probe .turn", "😀", "😀") == "😀"
    assert tab.drag_over(".probe .turn", "bla", "bla") == "bla\u030a"

    tab.reload()
    tab.wait_for_text(".probe output", "n=11")
    other = tab.second_tab()
    other.wait_for(".probe button").click()
    other.wait_for_text(".probe output", "n=12")
    tab.wait_for_text(".probe output", "n=12")


def test_a_kernel_is_restarted_and_killed_and_the_notebook_runs_again(lab: Lab, notebook: Path) -> None:
    tab = lab.open(notebook)
    for stop in (tab.restart_kernel, tab.kill_kernel):
        tab.run_all()
        tab.wait_for(".probe button").click()
        tab.wait_for_text(".probe output", "n=1")
        stop()
        with pytest.raises(AssertionError, match="NameError"):
            tab.run_cell("counter.n")
        tab.page.evaluate("jupyterapp.commands.execute('notebook:delete-cell')")
    tab.run_all()
    tab.wait_for_text(".probe output", "n=0")


def test_axe_judges_one_widget_and_the_harness_hears_errors_and_requests(lab: Lab) -> None:
    tab = lab.open(lab.write_notebook("to.ipynb", [COUNTER, "counter", SPOILED]))
    tab.run_all()
    tab.wait_for(".spoiled button")
    assert violations(tab.page, ".probe") == []
    assert {found.rule for found in violations(tab.page, ".spoiled")} == {"button-name", "image-alt"}
    with pytest.raises(AssertionError, match="nothing to check"):
        violations(tab.page, ".no-such-widget")
    assert lab.complaints() == []

    tab.page.evaluate("""() => { console.error('meant'); setTimeout(() => { throw new Error('meant too'); });
                                 fetch('http://example.invalid/x').catch(() => null); }""")
    tab.page.wait_for_timeout(500)
    tab.page.locator(".probe").focus()
    tab.page.keyboard.press("x")
    tab.page.wait_for_timeout(500)
    heard = "\n".join(lab.complaints())
    assert "console: meant" in heard
    assert "page error: meant three" in heard
    assert "page error: meant too" in heard
    assert "left the machine: http://example.invalid/x" in heard
    lab.expect("meant|ERR_")
    assert lab.complaints() == ["left the machine: http://example.invalid/x"]
    lab.left_the_machine.clear()


@pytest.mark.parametrize(
    ("stack", "alone"),
    [
        ("TypeError: x\n    at a.b (http://127.0.0.1:9/static/lab/79.ab.js:1:2)", True),
        ("TypeError: x\n    at http://127.0.0.1:9/static/lab/main.ab.js?v=1:1:2\n    at blob:http://x/1:2:3", False),
        ("TypeError: x\n    at render (blob:http://127.0.0.1:9/ab:1:2)", False),
        ("TypeError: x", False),
        ("", False),
    ],
)
def test_an_error_is_the_applications_own_only_where_no_widget_took_part(stack: str, alone: bool) -> None:
    assert raised_by_application_alone(stack) is alone


def test_a_wait_hands_the_page_a_function_and_no_bare_text() -> None:
    # Playwright evaluates bare text anew each time it looks. Where a page forbids that, as a pack does, the first look is
    # allowed and the second is not: such a wait fails only on a machine that is slow.
    bare = []
    for path in sorted(Path(__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            at = {"wait_for_function": 0, "wait": 1}.get(name)
            if at is not None and len(node.args) > at and not isinstance(node.args[at], ast.Name):
                bare += [] if "=>" in ast.unparse(node.args[at]) else [f"{path.name}:{node.lineno}"]
    assert bare == []
