"""Every word the screen asks for is there, in bokmål, nynorsk and English, and none is there for nothing."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

import foran_research
from foran_research.codebook.code import CHANGE_TYPES
from foran_research.coder import compare, snapshot
from foran_research.coder.words import KEYS, LANGUAGES, WORDS
from foran_research.coding.acts import VERBS
from foran_research.coding.comparing import KINDS
from foran_research.coding.events import ACTIONS
from foran_research.coding.memos import FIELDS, MEMO_TYPES
from foran_research.coding.migrate import Why
from foran_research.coding.reanchor import WAITING_STATUSES
from foran_research.vocabulary import DOCUMENT_KINDS, POLARITIES

PACKAGE = Path(foran_research.__file__).parent
SCREEN = (PACKAGE / "coder/coder.mjs").read_text("utf-8")
#: What the screen builds keys from: `refused.${reason}` and the like. By family, the members that can occur.
POLARITY_KEYS = {f"polarity.{value}" for value in POLARITIES}


@cache
def refusals() -> set[str]:
    """Every reason that is given to Refused or to the session's _stop, anywhere the screen's wishes go."""
    found = set()
    for path in (*PACKAGE.glob("coding/*.py"), *PACKAGE.glob("coder/*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in ("Refused", "_stop"):
                    strings = [n for n in ast.walk(node.args[0]) if isinstance(n, ast.Constant)]
                    found |= {str(n.value) for n in strings if isinstance(n.value, str)}
    return found | {"failed"}


def families() -> dict[str, set[str]]:
    """The keys that the screen builds, by the beginning that they share."""
    return {
        "refused.": {f"refused.{reason}" for reason in refusals()},
        "action.": {f"action.{action}" for action in ACTIONS},
        "did.": {f"did.{verb}" for verb in VERBS},
        "polarity.": POLARITY_KEYS,
        "kind.": {f"kind.{kind}" for kind in DOCUMENT_KINDS},
        "memo.type.": {f"memo.type.{one}" for one in (*MEMO_TYPES, "none")},
        "memo.field.": {f"memo.field.{one}" for one in FIELDS},
        "mode.": {f"mode.{kind}" for kind in re.findall(r'startMode\("(\w+)"', SCREEN)},
        "palette.": {f"palette.{purpose}" for purpose in re.findall(r'openPalette\("(\w+)"', SCREEN)},
        "displaced.": {f"displaced.{status}" for status in WAITING_STATUSES},
        "change.": {f"change.{kind}" for kind in CHANGE_TYPES},
        "queue.why.": {f"queue.why.{why}" for why in (*get_args(Why), "facet", "reread") if why},
        **{
            f"queue.{one}.": {f"queue.{one}.{kind}" for kind in ("recode", "reread")}
            for one in ("list", "start", "done.here", "done.all")
        },
        "palette.hint.": {"palette.hint.apply", "palette.hint.other"},
        "compare.kind.": {f"compare.kind.{kind}" for kind in KINDS},
        "compare.reason.": {f"compare.reason.{reason}" for reason in compare.REASONS},
        "compare.": {f"compare.{measure}" for measure in (*compare.MEASURES, "prevalence", "measure", "value")},
    }


def asked_for() -> set[str]:
    """The keys that stand in the screen's program as they are."""
    plain = set(re.findall(r'\b(?:w|button)\(\s*"([\w.ø-]+)"', SCREEN))
    for arguments in re.findall(r"\b(?:w|button)\(([^`\n]{0,120}\?[^`\n]{0,160})", SCREEN):
        plain |= {key for key in re.findall(r'"([\w.ø-]+)"', arguments) if key in WORDS["nb"]}
    return plain


def buttons() -> list[tuple[str, str]]:
    """Every call that makes a button: its key, and the whole call up to its last bracket."""
    found = []
    for call in re.finditer(r'\bbutton\("([\w.]+)"', SCREEN):
        depth = 0
        for place in range(call.start() + len("button"), len(SCREEN)):
            depth += {"(": 1, ")": -1}.get(SCREEN[place], 0)
            if not depth:
                found.append((call[1], SCREEN[call.start() : place + 1]))
                break
    return found


def from_tables() -> set[str]:
    """The keys that Python hands to the screen: facts, and the sheet of keys."""
    source = (PACKAGE / "coder/snapshot.py").read_text("utf-8")
    shown = source[source.index("shown = {") : source.index("}", source.index("shown = {"))]
    facts = set(re.findall(r'"(\w+)":', shown))
    assert {"document", "date", "case"} <= facts
    return facts | {group for group, _ in KEYS} | {text for _, rows in KEYS for _, text in rows}


def test_the_readers_of_the_screens_program_find_something() -> None:
    """Guards the tests below against a program that has come to be written differently."""
    assert len(asked_for()) > 80
    assert len(refusals()) > 25
    assert {"mode.adjust", "mode.cut"} <= families()["mode."]
    assert {"palette.apply", "palette.recode", "palette.change"} <= families()["palette."]
    built = set(re.findall(r"\bw\(`([a-z.]+)\$\{", SCREEN)) | set(re.findall(r"= `(did\.)\$\{", SCREEN))
    assert built <= set(families()), "a family of keys that this test does not know"
    assert snapshot.fact_rows.__doc__


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_the_screen_asks_for_is_there(language: str) -> None:
    wanted = asked_for() | from_tables() | {key for keys in families().values() for key in keys}
    assert sorted(wanted - set(WORDS[language])) == []
    assert all(text.strip() for text in WORDS[language].values())


def test_no_word_is_there_for_nothing() -> None:
    used = asked_for() | from_tables() | {key for keys in families().values() for key in keys}
    # A key may also be handed on by name; then it stands in the program as a text of its own.
    spare = {key for key in set(WORDS["nb"]) - used if f'"{key}"' not in SCREEN}
    assert sorted(spare) == []


def test_the_three_languages_set_the_same_facts_into_a_sentence() -> None:
    def braces(text: str) -> list[str]:
        return sorted(re.findall(r"\{(\w+)\}", text))

    unlike = [key for key in WORDS["nb"] if len({tuple(braces(WORDS[lang][key])) for lang in LANGUAGES}) > 1]
    assert unlike == []
    assert [
        key for lang in LANGUAGES for key, text in WORDS[lang].items() if re.sub(r"\{\w+\}", "", text).count("{")
    ] == []


def test_the_facts_that_a_refusal_gives_are_those_that_its_sentence_has() -> None:
    given: dict[str, set[str]] = {}
    for path in (*PACKAGE.glob("coding/*.py"), *PACKAGE.glob("coder/*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            if name in ("Refused", "_stop") and isinstance(node, ast.Call) and node.args:
                facts = {keyword.arg or "" for keyword in node.keywords}
                for one in ast.walk(node.args[0]):
                    if isinstance(one, ast.Constant) and isinstance(one.value, str):
                        given[one.value] = given.get(one.value, facts) & facts
    given["failed"] = {"error"}
    for reason, facts in given.items():
        wanted = set(re.findall(r"\{(\w+)\}", WORDS["en"][f"refused.{reason}"]))
        assert wanted <= facts, f"{reason}: {wanted - facts} is never given"


def test_a_button_whose_words_name_a_coder_is_given_the_coder() -> None:
    made = buttons()
    assert len(made) > 30
    for key, call in made:
        wanted = set(re.findall(r"\{(\w+)\}", WORDS["en"][key]))
        assert wanted <= {"coder"}, key
        assert bool(wanted) == bool(re.search(r"\{ coder(:| \})", call)), call
    assert {"compare.with", "compare.stands"} <= {key for key, call in made if "coder" in call}


def test_the_sheet_of_keys_tells_how_a_code_gets_its_key() -> None:
    assert [keys for _, rows in KEYS for keys, text in rows if text == "key.pin"] == [("Shift+1", "…", "Shift+9")]


def test_languages_are_three() -> None:
    assert tuple(WORDS) == LANGUAGES == ("nb", "nn", "en")
    assert WORDS["nn"]["undo"] == WORDS["nb"]["undo"] == "Angre"
    assert WORDS["en"]["undo"] == "Undo"
