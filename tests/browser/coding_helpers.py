"""The coder's screen as a person uses it, and an invented study whose transcript holds what breaks offsets."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from lab import SOON, Lab, NotebookPage
from small_study import SmallStudy, write_small_study

from foran_research.coding.events import fold, is_segment
from foran_research.corpus.transcript import canonical, text_sha256
from foran_research.study import Study

SAVED = "✓ Alt er lagret"
DOCUMENT = "FJO-I09"
TITLE = "Oppdiktet samtale om nattevakter"
# The last accent has no letter of its own, so that two characters stand for one letter in the canonical text as well.
TURNS = (
    ("Intervjuer", "Hvordan begynte arbeidet med nattevaktene?"),
    ("FJO-PL-01", "Vi begynte med behovet. Nattevaktene ba om ro 😀, ikke om nye skjermer. Derfor snakket vi med dem først."),
    ("Intervjuer", "Og strategien?"),
    ("FJO-PL-01", "Strategien lå i skuffen. Ingen leste den før vi bla\u030aste støvet av."),
    ("FJO-INN-01", "Jeg leste den, faktisk. Den sa ingenting om behov."),
    ("Intervjuer", "Hva gjorde dere da?"),
    ("FJO-INN-01", "Vi ringte leverandørene og spurte hva som finnes. Samtalen var åpen. Så skrev vi ned hva de svarte."),
    ("FJO-PL-01", "Behovet ble tydeligere for hver samtale 👩\u200d👩\u200d👧 vi hadde."),
    ("Intervjuer", "Lærte dere noe?"),
    ("FJO-PL-01", "Ja. Vi målte søvnen hver uke, og tallene gikk til rådmannen. Læringen ble skrevet ned."),
    ("FJO-INN-01", "Uten q\u0301-målingene hadde ingen trodd oss."),
    ("Intervjuer", "Takk."),
)  # fmt: skip
#: The codes in force under 2.0.0, as the screen shows them.
DISPLAYS = {
    "C0001": "P1", "C0010": "P3", "C0011": "P4", "C0006": "P4.1", "C0005": "K3", "C0012": "K4", "C0013": "K5",
    "C0007": "E1", "C0002": "P2", "C0003": "K1", "C0004": "K2", "C0008": "E1.1", "C0009": "X1",
}  # fmt: skip
FACETS = """
[[facets]]
id = "phase"
label = { nb = "Fase", en = "Phase" }
values = [
    { id = "før", label = { nb = "Før", en = "Before" } },
    { id = "etter", label = { nb = "Etter", en = "After" } },
]
"""


def text_of(turns: tuple[tuple[str, str], ...]) -> str:
    """The body of a transcript file with these speakers and words."""
    return "\n\n".join(f"**{speaker}:** {words}" if speaker else words for speaker, words in turns) + "\n"


def add_document(study: SmallStudy, document: str, body: str, *, title: str = TITLE, participants: str = "") -> None:
    """Bring a text into a small study as `foran add` would: a file in canonical form and a row in the register."""
    body = canonical(body)
    (study.path / f"corpus/texts/{document}.md").write_text(f"---\nnotice: Oppdiktet.\n---\n\n{body}", "utf-8")
    row = (document, title, "interview", "FJO", "FJO-1", "", "2021-05-04", "nb", participants, "", "open",
           text_sha256(body))  # fmt: skip
    study.add("corpus/documents.csv", ",".join(f'"{cell}"' if re.search("[, ]", cell) else cell for cell in row) + "\n")


def coding_study(folder: Path) -> SmallStudy:
    """The small study with facets and the transcript `DOCUMENT`, uncoded; `sound` finds no error in it."""
    study = write_small_study(folder)
    study.add("foran.toml", FACETS)
    add_document(study, DOCUMENT, text_of(TURNS), participants="FJO-PL-01 FJO-INN-01")
    return study


def sound(study: SmallStudy) -> Study:
    """The study as loaded anew: chains, histories, spans and quotes are sound, as `foran check` judges."""
    loaded, faults = study.read()
    if loaded is None or faults.errors:
        raise AssertionError("\n".join(map(str, faults.errors)))
    return loaded


def standing(study: SmallStudy, coder: str = "K1", document: str = DOCUMENT) -> list[dict[str, Any]]:
    """What stands after the whole log: segments and other records in order of the text, told by words and displays.

    Chains, histories and quotes are checked on the way, since `read_study` reads the log as every other reader does.
    """
    loaded = sound(study)
    name = f"corpus/coding/{coder}/{document}.jsonl"
    events = [event for log in loaded.logs if log.name == name for event in log.events]
    text = loaded.transcripts[document].text
    told = []
    for record in sorted(fold(events).values(), key=lambda r: (r.get("start", -1), r.get("end", 0), r.get("code", ""))):
        kept = {key: record[key] for key in ("kind", "quote", "polarity", "facets", "memo", "label", "text", "is_complete")
                if record.get(key) not in (None, "")}  # fmt: skip
        if "code" in record:
            kept["code"] = DISPLAYS[record["code"]]
        if "suggested_by" in record.get("source", {}):
            kept["from"] = DISPLAYS[record["source"]["code"]]
        if "start" in record and is_segment(record):
            assert text[record["start"] : record["end"]] == record["quote"]
        told.append(kept)
    return told


def actions(study: SmallStudy, coder: str = "K1", document: str = DOCUMENT) -> list[str]:
    """What each line of a log says was done; none without a log."""
    is_there = study.log_path(coder, document).exists()
    return [event["action"] for event in study.events(coder, document)] if is_there else []


class Screen:
    """The first coder's screen in a notebook's tab."""

    def __init__(self, tab: NotebookPage) -> None:
        self.tab = tab
        self.page = tab.page
        self.keyboard = tab.page.keyboard

    def wait_until_ready(self, document: str = DOCUMENT) -> Screen:
        """Wait for the text, and bring the screen into view as a person would."""
        self.tab.wait_for('.foran[data-ready="1"]')
        self.page.wait_for_function(
            "id => document.querySelector('.foran-meta')?.textContent.includes(id)", arg=document
        )
        self.page.locator(".foran").first.scroll_into_view_if_needed()
        return self

    def focus(self) -> None:
        self.page.locator(".foran-text").focus()

    def press(self, *keys: str) -> None:
        """Press keys one after the other; "Tekst: …" is not a key, use `type`."""
        for key in keys:
            self.keyboard.press(key)

    def palette(self, query: str, key: str = "Enter") -> None:
        """Open the list of codes with Enter, type, and press a key."""
        self.press("Enter")
        self.page.locator(".foran-query").wait_for()
        self.keyboard.type(query)
        self.press(key)

    def settle(self) -> None:
        """Wait until the screen says that everything is on the disk."""
        self.state(SAVED)

    def state(self, text: str, *, timeout: float = SOON) -> None:
        """Wait until the bar tells this about saving."""
        self.page.wait_for_function(
            "text => document.querySelector('.foran-state')?.textContent.includes(text)",
            arg=text,
            timeout=timeout * 1000,
        )

    def selected(self) -> str:
        """The words that the screen shows as selected, or those of the segment in the panel, which are outlined."""
        return str(
            self.page.evaluate("""() => [...(CSS.highlights.get('foran-selection') ?? [])].map(String).join('')
                || [...document.querySelectorAll('.foran-words .foran-on')].map(mark => mark.textContent).join('')""")
        )

    def wait_selected(self, words: str) -> None:
        """Wait until just these words are selected; the browser settles a click only after the event."""
        for _ in range(100):
            if self.selected() == words:
                return
            self.page.wait_for_timeout(50)
        assert self.selected() == words

    def turn(self) -> int:
        """The number of the turn that the cursor is on."""
        return int(self.page.locator(".foran-now .foran-number").inner_text())

    def heading(self) -> str:
        """What the panel at the side is about."""
        return str(self.page.locator(".foran-side h3").first.inner_text())

    def chips(self) -> list[str]:
        """The chips in the margin, top to bottom."""
        return [text.replace("\n", "") for text in self.page.locator(".foran-margin .foran-chip").all_inner_texts()]

    def cells(self) -> int:
        return int(self.page.locator(".jp-Notebook .jp-Cell").count())

    def quick(self, display: str) -> str:
        """The quick key that a code has now."""
        chip = self.page.locator(".foran-quick .foran-chip").filter(has_text=re.compile(rf"^\d {re.escape(display)} "))
        return str(chip.locator("kbd").inner_text())

    def tab_to(self, selector: str, *, key: str = "Tab", tries: int = 60) -> int:
        """Press Tab until the focus is on what the selector finds; how often it took."""
        for count in range(1, tries + 1):
            self.press(key)
            if self.page.evaluate("s => Boolean(document.activeElement?.matches(s))", selector):
                return count
        raise AssertionError(f"{key} never came to {selector}")

    def run_again(self, document: str = DOCUMENT) -> None:
        """Run the whole notebook again, as after a restart, and wait for the new screen."""
        self.page.evaluate("() => document.querySelector('.foran')?.remove()")
        self.tab.run_all()
        self.wait_until_ready(document)

    def wait_for_suggestions(self, count: int) -> None:
        """Wait until the cues have been looked for and this many suggestions stand."""
        self.tab.wait_for(f'.foran[data-suggestions="{count}"]')

    def is_in_text(self) -> bool:
        return bool(self.page.evaluate("() => document.activeElement?.classList.contains('foran-text')"))


def cells_for(study: SmallStudy, how: str = f"'{DOCUMENT}', 'K1'") -> list[str]:
    """The cells of a coding notebook."""
    load = f"from foran_research import Coder, load_study\nstudy = load_study({json.dumps(str(study.path))})"
    return [load, f"coder = Coder(study, {how})\ncoder"]


def open_coder(
    lab: Lab, study: SmallStudy, how: str = f"'{DOCUMENT}', 'K1'", *, name: str = "koding.ipynb", wait: str = DOCUMENT
) -> Screen:
    """A notebook with the coder's screen, run and ready."""
    tab = lab.open(lab.write_notebook(name, cells_for(study, how)))
    tab.page.set_viewport_size({"width": 1500, "height": 1000})
    tab.run_all()
    return Screen(tab).wait_until_ready(wait)
