"""From a pack in a browser without a net to the study: what two readers wrote is what `foran review collect` takes in.

The pack is that of the demo study's M5, in which everybody and everything is invented (oppdiktet).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from lab import SOON
from test_pack_answers import Keyboard, Pointer

from foran_research.cli import main
from foran_research.coding.memos import states as memo_states
from foran_research.collecting import RECEIVED, answers_table, kept_packs
from foran_research.revising import states as proposal_states
from foran_research.study import load_study

Answer = tuple[str, str, str, str, str, int | None]
DAY, NOTE = "2021-02-15", "BGO-SVAR-M5-praksisbasert"


@dataclass(frozen=True)
class Handed:
    """A pack as it was handed out: the study it was made in, its page, and what it says."""

    study: Path
    page: Path
    pack: dict[str, Any]


@pytest.fixture(scope="module")
def handed(demo_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Handed:
    study = tmp_path_factory.mktemp("workshop æøå") / "study"
    for name in ("corpus", "codebooks"):
        shutil.copytree(demo_path / name, study / name)
    shutil.copy(demo_path / "foran.toml", study / "foran.toml")
    made = CliRunner().invoke(
        main, ["review", "build", "M5", "--arena", "praksisbasert", "--by", "K1", "--study", str(study)]
    )
    assert made.exit_code == 0, made.output
    (pack,) = kept_packs(study).values()
    (page,) = (study / "outputs/review").glob("*.html")
    return Handed(study, page, dict(pack))


@pytest.fixture
def windows(browser: Any, handed: Handed) -> Iterator[Any]:
    """Windows of readers who share nothing, the net cut; at the end nothing was fetched and nobody complained."""
    contexts, wrong = [], []

    def opened() -> Any:
        context = browser.new_context(accept_downloads=True, offline=True, viewport={"width": 1100, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(SOON * 1000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
        page.on("request", lambda asked: None if asked.url.startswith(("file:", "blob:")) else wrong.append(asked.url))
        page.goto(handed.page.as_uri() + "#/start")
        page.wait_for_selector("html.ready")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def key(name: str) -> str:
    return f'[data-key="{name}"]'


def answered(reader: Pointer, handed: Handed, mark: str, role: str, level: int) -> list[Answer]:
    """Go through the pack and answer; what was done, as the reader would tell it."""
    page, pack = reader.page, handed.pack
    quote = pack["quotes"][0]
    element = quote["elements"][0]
    claim, doubted = (one["id"] for one in pack["claims"][:2])
    question, whole = pack["questions"][0]["id"], f"pack:{pack['id']}"
    step = pack["scale"][level - 1]["label"]["nb"]
    said = {
        "comment": f"Stemmer ikke hos oss, a\u030apent sagt 😀 æøå {mark}",
        "rename": f"Å avklare behov {mark}",
        "reason": f"To ganger på rad {mark}",
        "answer": f"Drift mangler.\nDe er aldri med {mark}",
        "quote": f"Dette er for gammelt <b>&</b> {mark}",
        "new": f"Tid til å lære {mark}",
        "more": f"Kjøpe sammen {mark}",
    }
    reader.view("claims")
    reader.press(key(f"claim:{claim}|agree"))
    reader.press(key(f"claim:{doubted}|doubt"))
    reader.press(key(f"claim:{doubted}|comment|open"))
    page.keyboard.type(said["comment"])
    reader.view("elements")
    reader.press(f'a[href="#/element/{element}"]')
    page.wait_for_selector(key(f"element:{element}|rename|open"))
    reader.press(key(f"element:{element}|rename|open"))
    page.keyboard.type(said["rename"])
    reader.press(key(f"element:{element}|maturity|open"))
    reader.choose(key(f"element:{element}:BGO|maturity-level"), f"{level} · {step}")
    reader.into(key(f"element:{element}:BGO|maturity"), said["reason"])
    reader.press(key(f"quote:{quote['id']}|doubt"))
    reader.press(key(f"quote:{quote['id']}|comment|open"))
    page.keyboard.type(said["quote"])
    reader.view("questions")
    reader.into(key(f"question:{question}|answer"), said["answer"])
    reader.view("answers")
    reader.choose("#my-role", role)
    reader.press(f"#content {key(f'{whole}|new_element|open')}")
    page.keyboard.type(said["new"])
    reader.press(f"#content {key(f'{whole}|more')}")
    page.keyboard.type(said["more"])
    return [
        ("claim", claim, "", "agree", "", None),
        ("claim", doubted, "", "doubt", "", None),
        ("claim", doubted, "", "comment", said["comment"], None),
        ("element", element, "", "rename", said["rename"], None),
        ("element", element, "BGO", "maturity", said["reason"], level),
        ("quote", quote["id"], "", "doubt", "", None),
        ("quote", quote["id"], "", "comment", said["quote"], None),
        ("question", question, "", "answer", said["answer"], None),
        ("pack", pack["id"], "", "new_element", said["new"], None),
        ("pack", pack["id"], "", "new_element", said["more"], None),
    ]


def normal(rows: list[Answer]) -> list[Answer]:
    return sorted(
        ((*row[:4], unicodedata.normalize("NFC", row[4]), row[5]) for row in rows), key=lambda row: str((*row[:5],))
    )


def held(page: Any, pack: str) -> list[Answer]:
    """The answers that the browser has kept of this reader, as it keeps them."""
    kept = page.evaluate(
        "pack => Object.keys(localStorage).filter(key => key.startsWith(`foran:${pack}:`) && key.split(':').length === 4)"
        ".map(key => JSON.parse(localStorage.getItem(key)))",
        pack,
    )
    return [
        (one["about"]["kind"], one["about"]["id"], one["about"].get("case", ""), one["act"], one["text"], one["value"])
        for one in kept
        if one["act"] != "removed"
    ]


def saved(reader: Pointer, folder: Path) -> Path:
    with reader.page.expect_download() as download:
        reader.press("#save-file")
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_what_two_readers_wrote_is_what_the_study_takes_in(windows: Any, handed: Handed, tmp_path: Path) -> None:
    readers = ((Pointer, "med pekeren", "Ledelse", 2), (Keyboard, "med tastene", "Innkjøp og jus", 3))
    roles = {one["label"]["nb"]: one["id"] for one in handed.pack["roles"]}
    said: dict[str, list[Answer]] = {}
    files: list[Path] = []
    told_roles: dict[str, str] = {}
    for kind, mark, role, level in readers:
        reader = kind(windows())
        done = normal(answered(reader, handed, mark, role, level))
        files.append(saved(reader, tmp_path))
        # What the page holds is what was done, and what the file says.
        assert normal(held(reader.page, handed.pack["id"])) == done
        file = json.loads(files[-1].read_bytes())
        code = f"LESER-{file['reader'][2:12].upper()}"
        said[code], told_roles[code] = done, roles[role]
        assert (file["role"], file["arena"], file["language"]) == (roles[role], "praksisbasert", "nb")
        assert len(file["answers"]) == len(done)

    asked = ["review", "collect", *map(str, files), "--by", "K1", "--date", DAY, "--study", str(handed.study)]
    dry = CliRunner().invoke(main, [*asked, "--dry-run"])
    assert (dry.exit_code, "2 readers, 20 answers in all" in dry.output) == (0, True), dry.output
    collected = CliRunner().invoke(main, asked)
    assert collected.exit_code == 0, collected.output

    # The files, byte by byte.
    for path in files:
        data = path.read_bytes()
        assert (handed.study / RECEIVED / f"{hashlib.sha256(data).hexdigest()}.json").read_bytes() == data
    study = load_study(handed.study)
    table = answers_table(study, "M5")
    assert set(table["reader"]) == set(said)
    assert set(table["left_out"]) == {""}
    for code, expected in said.items():
        rows = table[table["reader"] == code]
        assert set(rows["role"]) == {told_roles[code]}
        assert set(rows["arena"]) == {"praksisbasert"}
        own = [
            (one["kind"], handed.pack["id"] if one["kind"] == "pack" else one["about"], one["case"], one["act"],
             one["text"], None if one["act"] != "maturity" else int(one["value"]))
            for one in rows.to_dict("records")
        ]  # fmt: skip
        assert normal(own) == expected
        assert rows[rows["act"] != "maturity"]["value"].isna().all()

    # And what follows: each text once in the note, each level in the register, comments as memos, names as proposals.
    note = study.transcripts[NOTE]
    for code, expected in said.items():
        turns = sorted(turn.span.of(note.text) for turn in note.turns if turn.speaker == code)
        assert turns == sorted(" ".join(row[4].split()) for row in expected if row[4])
        levels = [row for row in study.registers.until(DAY).assessments if row.assessor == code]
        assert [(row.element, row.case, row.level, row.rationale, row.on) for row in levels] == [
            (row[1], row[2], row[5], row[4], DAY) for row in expected if row[3] == "maturity"
        ]
    words = {row[4] for expected in said.values() for row in expected if row[3] in ("comment", "answer")}
    memos = [
        told[-1].wording.text.split("\n\n[svar ")[0] for told in memo_states(study.memo_logs).values()
        if told[-1].wording and "\n\n[svar a-" in told[-1].wording.text
    ]  # fmt: skip
    assert sorted(memos) == sorted(words)
    names = [row[4] for expected in said.values() for row in expected if row[3] in ("rename", "new_element")]
    reasons = [state.proposal.change.reason_empirical["nb"] for state in proposal_states(handed.study).values()
               if any(text.startswith("svar:") for text in state.proposal.change.evidence)]  # fmt: skip
    assert sorted(text.split("foreslo: ", 1)[1] for text in reasons) == sorted(names)
