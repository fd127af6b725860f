"""Every way we know to break a study: each is found, named with file and line, and told without an informant's words."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import NOTICE, SmallStudy, change, code, write_small_study

import foran_research
from foran_research.corpus.store import DOCUMENT_COLUMNS, PARTICIPANT_COLUMNS, PROCESS_COLUMNS, register_text
from foran_research.errors import Fault, Faults, StudyError
from foran_research.settings import read_settings
from foran_research.study import load_study, read_study

TOML = "foran.toml"
DOCS, PEOPLE, PROCS = "corpus/documents.csv", "corpus/participants.csv", "corpus/processes.csv"
V1, V2 = "codebooks/1.0.0.yaml", "codebooks/2.0.0.yaml"
TEXT = "corpus/texts/FJO-I02.md"
LOG = "corpus/coding/K1/FJO-I02.jsonl"

Where = Callable[[SmallStudy, str], int | None]


@dataclass(frozen=True)
class Break:
    """One way to break the small study, and the fault that must tell of it; `also` names kinds that rightly follow."""

    name: str
    do: Callable[[SmallStudy], object]
    kind: str
    file: str
    where: Where
    also: frozenset[str] = frozenset()
    is_warning: bool = False


def at(line: int | None) -> Where:
    return lambda study, file: line


def first(needle: str, offset: int = 0) -> Where:
    return lambda study, file: study.lines_with(file, needle)[0] + offset


def last(needle: str, offset: int = 0) -> Where:
    return lambda study, file: study.lines_with(file, needle)[-1] + offset


def replacing(file: str, old: str | bytes, new: str | bytes) -> Callable[[SmallStudy], object]:
    return lambda study: study.replace(file, old, new)


def adding(file: str, more: str | bytes) -> Callable[[SmallStudy], object]:
    return lambda study: study.add(file, more)


def in_code(version: str, code_id: str, **changes: Any) -> Callable[[SmallStudy], object]:
    """Change keys of one code record."""

    def edit(book: dict[str, Any]) -> None:
        next(entry for entry in book["codes"] if entry["id"] == code_id).update(changes)

    return lambda study: study.edit_codebook(version, edit)


def in_change(number: int, edit: Callable[[dict[str, Any]], object]) -> Callable[[SmallStudy], object]:
    """Change one change record of version 2.0.0, counted from 1."""
    return lambda study: study.edit_codebook("2.0.0", lambda book: edit(book["changes"][number - 1]))


def in_event(index: int, **changes: Any) -> Callable[[SmallStudy], object]:
    """Change keys of one event of K1's log on FJO-I02."""
    return lambda study: study.edit_log("K1", "FJO-I02", lambda events: events[index].update(changes))


def in_segment(index: int, **changes: Any) -> Callable[[SmallStudy], object]:
    """Change keys of the segment that one event of K1's log on FJO-I02 leads to."""
    return lambda study: study.edit_log("K1", "FJO-I02", lambda events: events[index]["after"].update(changes))


def in_cell(file: str, row: str, old: str, new: str) -> Callable[[SmallStudy], object]:
    """Change a cell of the register row that begins with the id `row`."""

    def edit(study: SmallStudy) -> None:
        data = (study.path / file).read_text("utf-8")
        [line] = [line for line in data.splitlines() if line.startswith(row + ",")]
        assert f",{old}," in line + ","
        study.replace(file, line + "\n", (line + ",").replace(f",{old},", f",{new},", 1)[:-1] + "\n")

    return edit


def raw_lines(study: SmallStudy, edit: Callable[[list[bytes]], object]) -> None:
    lines = study.log_path("K1", "FJO-I02").read_bytes().split(b"\n")
    edit(lines)
    study.log_path("K1", "FJO-I02").write_bytes(b"\n".join(lines))


def moved(old: str, new: str) -> Callable[[SmallStudy], object]:
    def move(study: SmallStudy) -> None:
        (study.path / new).parent.mkdir(parents=True, exist_ok=True)
        (study.path / old).rename(study.path / new)

    return move


def deleted(name: str) -> Callable[[SmallStudy], object]:
    return lambda study: (study.path / name).unlink()


def torn(study: SmallStudy) -> None:
    path = study.log_path("K1", "FJO-I02")
    path.write_bytes(path.read_bytes()[:-40])


def decomposed(study: SmallStudy) -> None:
    path = study.path / TEXT
    path.write_text(unicodedata.normalize("NFD", path.read_text("utf-8")), "utf-8")


def long_nynorsk_registered_as_bokmaal(study: SmallStudy) -> None:
    study.edit_text("STR-I01", "Ja, to ganger", "Eg veit ikkje kva dei gjer no. " * 20 + "Ja, to ganger")
    study.edit_log("K1", "STR-I01", lambda events: [e["after"].update(
        start=e["after"]["start"] + 620, end=e["after"]["end"] + 620) for e in events])  # fmt: skip


def empty_label(study: SmallStudy) -> None:
    study.log_path("K1", "STR-I01").unlink()
    text = study.text("STR-I01")
    study.edit_text("STR-I01", text, "# Bare en overskrift\n")


def swapped_quote(study: SmallStudy) -> None:
    """A tool that mixed two fields up put the informant's words where the polarity should be."""
    study.edit_log("K1", "FJO-I02", lambda events: events[1]["after"].update(polarity=events[1]["after"]["quote"]))


def two_segments_of_one_name(study: SmallStudy) -> None:
    study.edit_log("K1", "FJO-I02", lambda events: events[0].update(segment="FJO-I01.K1.s01"))


ROW = {
    "cases": 'id = "FJO"\nlabel = "x"\n',
    "levels": 'id = "P"\nlabel = "x"\n',
    "actor_types": 'id = "innkjop"\nlabel = "x"\n',
    "procedures": 'id = "dialog"\nlabel = "x"\n',
    "focus_areas": 'id = "helse"\nlabel = "x"\n',
    "arenas": 'id = "praksis"\nlabel = "x"\n',
    "guides": 'id = "kommune"\nlabel = "x"\nasks = []\n',
    "milestones": 'id = "M1"\ntitle = "x"\ncut_off = 2020-09-30\ntemplate = "model_version"\nmodel_version = 1\n'
    'codebook_version = "1.0.0"\n',
}
MILESTONE = '[[milestones]]\nid = "M9"\ntitle = "x"\ncut_off = 2022-01-01\ntemplate = "model_version"\n' \
    'model_version = 2\ncodebook_version = "2.0.0"\n'  # fmt: skip

PRACTICE = '[templates.practice]\nmodel = "practice"\nnotebooks = ["01_corpus.ipynb"]\n' + MILESTONE.replace(
    '"model_version"', '"practice"')  # fmt: skip


def anew(row: str) -> str:
    """A row of `ROW` with an id of its own."""
    return re.sub('"[^"]*"', '"ny"', row, count=1)


SETTINGS_BREAKS = [
    *(Break(f"an id twice in {name} of the settings", adding(TOML, f"[[{name}]]\n{row}"), "duplicate-id", TOML,
            last(row.split("\n")[0])) for name, row in ROW.items()),
    *(Break(f"no id in {name} of the settings", adding(TOML, f"[[{name}]]\n" + row.split("\n", 1)[1]), "missing-id",
            TOML, last(f"[[{name}]]")) for name, row in ROW.items()),
    Break("broken TOML", replacing(TOML, 'id = "small"', 'id = "small'), "broken-toml", TOML, first('id = "small')),
    Break("broken TOML at the end", adding(TOML, "[[cases"), "broken-toml", TOML, last("[[cases")),
    Break("settings from the future", replacing(TOML, "schema_version = 1", "schema_version = 2"), "future-file", TOML,
          at(1)),
    Break("settings without their shape's version", replacing(TOML, "schema_version = 1\n", ""), "missing-key", TOML,
          at(None)),
    Break("settings that are not UTF-8", replacing(TOML, "Økosystem".encode(), "Økosystem".encode("latin-1")),
          "not-utf8", TOML, first("Ecosystem")),
    Break("no settings", deleted(TOML), "missing-file", TOML, at(None)),
    Break("a label in one language", adding(TOML, '[[cases]]\nid = "NY"\nlabel = { nb = "Ny" }\n'), "missing-key", TOML,
          last('label = { nb = "Ny" }')),
    Break("a case without label", adding(TOML, '[[cases]]\nid = "NY"\n'), "missing-key", TOML, last("[[cases]]")),
    Break("a date in quotes", adding(TOML, MILESTONE.replace("2022-01-01", '"2022-01-01"')), "bad-date", TOML,
          last("cut_off")),
    Break("a template nobody defined", adding(TOML, MILESTONE.replace("model_version\"\n", "modell\"\n", 1)),
          "unknown-template", TOML, last("template =")),
    Break("a template that is a list", adding(TOML, MILESTONE.replace('"model_version"', '["model_version"]')),
          "unknown-template", TOML, last("template =")),
    Break("a milestone with a codebook nobody has", adding(TOML, MILESTONE.replace("2.0.0", "7.0.0")),
          "unknown-codebook-version", TOML, last("7.0.0")),
    Break("a milestone without codebook", adding(TOML, MILESTONE.replace('codebook_version = "2.0.0"\n', "")),
          "missing-key", TOML, last("[[milestones]]")),
    Break("a guide that asks about a code nobody has", replacing(TOML, '["C0007"]', '["C0007", "C0099"]'),
          "unknown-code", TOML, first("C0099")),
    Break("a model coder nobody is", replacing(TOML, '["K1"]', '["K1", "K7"]'), "unknown-coder", TOML, first("K7")),
    Break("a language nobody reads", replacing(TOML, 'language = "nb"', 'language = "da"'), "unknown-language", TOML,
          first('"da"')),
    Break("a number that is a text", replacing(TOML, "seed = 7", 'seed = "7"'), "wrong-type", TOML, first("seed =")),
    Break("a pipeline that is a number", replacing(TOML, '["Intervjuer"]', '["Intervjuer"]\nspacy_pipeline = 3'),
          "wrong-type", TOML, first("spacy_pipeline")),
    Break("a misspelt key of the analysis", replacing(TOML, "model_coders =", "model_coder ="), "unknown-key", TOML,
          first("model_coder =")),
    Break("a misspelt key of a milestone", adding(TOML, MILESTONE + "coded_untill = 2022-02-01\n"), "unknown-key", TOML,
          last("coded_untill")),
    Break("a misspelt key of the third guide", adding(TOML, '[[guides]]\nid = "ny"\nlabel = "x"\nask = ["C0001"]\n'),
          "unknown-key", TOML, last("ask =")),
    Break("a misspelt key of a template", replacing(TOML, "notebooks =", "notebook ="), "unknown-key", TOML,
          first("notebook ="), frozenset({"missing-key"})),
    Break("a key above the tables", replacing(TOML, "schema_version = 1", "schema_version = 1\nseed = 8"), "unknown-key",
          TOML, at(2)),
    Break("a table nobody knows", replacing(TOML, "[privacy]", "[privatliv]"), "unknown-key", TOML, first("[privatliv]")),
    Break("a table inside a table nobody knows", adding(TOML, "[template.x]\nnotebooks = []\n"), "unknown-key", TOML,
          last("[template.x]")),
    *(Break(f"a misspelt key in {name} of the settings", adding(TOML, f"[[{name}]]\n{anew(row)}lable = 3\n"),
            "unknown-key", TOML, last("lable =")) for name, row in ROW.items()),
    *(Break(f"a key nobody knows in {name} of the settings", replacing(TOML, f"[{name}]\n", f"[{name}]\nfarge = 3\n"),
            "unknown-key", TOML, last("farge =")) for name in ("study", "corpus", "analysis", "privacy")),
    Break("an invented study that says so in quotes", replacing(TOML, "synthetic = true", 'synthetic = "false"'),
          "wrong-type", TOML, first("synthetic =")),
    Break("a disclosure class to show that nobody knows", replacing(TOML, '["open"]', '["open", "åpen"]'),
          "unknown-disclosure", TOML, first("shown_disclosures")),
    Break("no disclosure class to show", replacing(TOML, '["open"]', "[]"), "unknown-disclosure", TOML,
          first("shown_disclosures")),
    Break("a template without notebooks", adding(TOML, "[templates.tom]\nnotebooks = []\n"), "missing-key", TOML,
          last("notebooks = []")),
    Break("a template with a notebook that is a number", adding(TOML, "[templates.tall]\nnotebooks = [3]\n"),
          "wrong-type", TOML, last("notebooks = [3]")),
    Break("a template that is a text", adding(TOML, '[templates]\ntom = "x"\n'), "wrong-type", TOML, last("tom =")),
    Break("a table nobody knows that is named as a key elsewhere", adding(TOML, "[seed]\nx = 1\n"), "unknown-key", TOML,
          last("[seed]")),
    Break("a pipeline nobody has installed", replacing(TOML, '["Intervjuer"]', '["Intervjuer"]\nspacy_pipeline = "nb_ingen"'),
          "unknown-pipeline", TOML, first("spacy_pipeline")),
    Break("a pipeline in a folder that is not there", replacing(TOML, '["Intervjuer"]',
          '["Intervjuer"]\nspacy_pipeline = "./pipelines/nb"'), "unknown-pipeline", TOML, first("spacy_pipeline")),
    Break("a template that makes what nobody makes", adding(TOML, '[templates.ny]\nmodel = "praksis"\nnotebooks = ["x.ipynb"]\n'),
          "unknown-model", TOML, last("model =")),
    Break("a model of one case in a milestone of all", adding(TOML, MILESTONE + 'case = "FJO"\n'), "wrong-case", TOML,
          last("case =")),
    Break("a practice model of no case", adding(TOML, PRACTICE), "wrong-case", TOML, last("[[milestones]]")),
    Break("a practice model of a case nobody has", adding(TOML, PRACTICE + 'case = "OSL"\n'), "wrong-case", TOML,
          last("case =")),
    Break("a milestone after one that is not there", adding(TOML, MILESTONE + 'after = ["M8"]\n'), "wrong-order", TOML,
          last("after =")),
    Break("a milestone after itself", adding(TOML, MILESTONE + 'after = ["M9"]\n'), "wrong-order", TOML,
          last("after =")),
    Break("a milestone after a later one", adding(TOML, MILESTONE.replace("2022-01-01", "2020-01-01") + 'after = ["M2"]\n'),
          "wrong-order", TOML, last("after ="), frozenset({"milestone-order", "codebook-after-milestone"})),
    Break("a maturity scale of four levels", adding(TOML, "".join(f'[[maturity_levels]]\nlevel = {n}\nlabel = "å"\n'
          'anchor = "ø"\n' for n in (1, 2, 3, 4))), "wrong-scale", TOML, first("[[maturity_levels]]")),
    Break("a maturity level that is a text", adding(TOML, '[[maturity_levels]]\nlevel = "1"\n'), "missing-key", TOML,
          last("level ="), frozenset({"wrong-scale"})),
    Break("a maturity rule of a level nobody has", adding(TOML, "[[maturity_rules]]\nfrom_level = 6\ndocuments = 1\n"),
          "wrong-type", TOML, last("from_level")),
    Break("a maturity rule that asks for less than nothing", adding(TOML, "[[maturity_rules]]\nfrom_level = 3\n"
          "documents = -1\n"), "wrong-type", TOML, last("from_level")),
    Break("a list of tables that is a text", replacing(TOML, '[[arenas]]\nid = "praksis"\nlabel = { nb = "Praksisarena"'
          ', en = "Practice arena" }\n', "") , "unknown-arena", DOCS, first("STR-N01,")),
]  # fmt: skip

REGISTER_BREAKS = [
    Break("a document twice", lambda s: s.add(DOCS, (s.path / DOCS).read_bytes().splitlines()[2] + b"\n"),
          "duplicate-id", DOCS, at(8)),
    Break("a participant twice", adding(PEOPLE, "FJO-PL-01,innkjop,FJO,nb,analysis\n"), "duplicate-id", PEOPLE, at(8)),
    Break("a process twice", adding(PROCS, "FJO-1,x,x,FJO,dialog,klima\n"), "duplicate-id", PROCS, at(5)),
    Break("a document without id", adding(DOCS, ",x,interview,FJO,,,2020-01-01,nb,,,open,\n"), "missing-id", DOCS, at(8)),
    Break("a participant without id", adding(PEOPLE, ",innkjop,FJO,nb,analysis\n"), "missing-id", PEOPLE, at(8)),
    Break("a process without id", adding(PROCS, ",x,x,FJO,dialog,klima\n"), "missing-id", PROCS, at(5)),
    Break("an id that climbs out of the folder", adding(PEOPLE, "../../x,innkjop,FJO,nb,analysis\n"), "bad-id", PEOPLE,
          at(8)),
    Break("a document of an unknown case", in_cell(DOCS, "HEI-I02", "HEI", "OSL"), "unknown-case", DOCS,
          first("HEI-I02,"), frozenset({"wrong-case"})),
    Break("a participant of an unknown case", in_cell(PEOPLE, "HEI-PL-01", "HEI", "OSL"), "unknown-case", PEOPLE,
          first("HEI-PL-01,")),
    Break("a process of an unknown case", adding(PROCS, "OSL-1,x,x,OSL,dialog,klima\n"), "unknown-case", PROCS, at(5)),
    Break("a document in another case than its process", in_cell(DOCS, "HEI-I02", "HEI", "FJO"), "wrong-case", DOCS,
          first("HEI-I02,")),
    Break("an unknown actor type", in_cell(PEOPLE, "HEI-PL-01", "prosjektleder", "sjef"), "unknown-actor-type", PEOPLE,
          first("HEI-PL-01,")),
    Break("an unknown kind", in_cell(DOCS, "STR-N01", "workshop_note", "notat"), "unknown-kind", DOCS, first("STR-N01,")),
    Break("an unknown process", in_cell(DOCS, "HEI-I02", "HEI-1", "HEI-2"), "unknown-process", DOCS, first("HEI-I02,")),
    Break("an unknown procedure", in_cell(PROCS, "HEI-1", "dialog", "kjøp"), "unknown-procedure", PROCS, first("HEI-1,")),
    Break("an unknown focus area", in_cell(PROCS, "HEI-1", "klima", "vei"), "unknown-focus-area", PROCS, first("HEI-1,")),
    Break("an unknown arena", in_cell(DOCS, "STR-N01", "praksis", "torget"), "unknown-arena", DOCS, first("STR-N01,")),
    Break("an unknown guide", in_cell(DOCS, "HEI-I02", "kommune", "komune"), "unknown-guide", DOCS, first("HEI-I02,")),
    Break("an unknown written form of a document", in_cell(DOCS, "HEI-I02", "nn", "da"), "unknown-written-form", DOCS,
          first("HEI-I02,")),
    Break("an unknown written form of a participant", in_cell(PEOPLE, "HEI-PL-01", "nn", "da"), "unknown-written-form",
          PEOPLE, first("HEI-PL-01,")),
    Break("an unknown disclosure class", in_cell(DOCS, "HEI-I02", "open", "åpen"), "unknown-disclosure", DOCS,
          first("HEI-I02,")),
    Break("an unknown participant", in_cell(DOCS, "STR-N01", "STR-INN-01 FJO-PL-01", "STR-INN-01 FJO-PL-09"),
          "unknown-participant", DOCS, first("STR-N01,")),
    Break("an unknown consent", in_cell(PEOPLE, "STR-BRU-01", "analysis", "alt"), "unknown-consent", PEOPLE,
          first("STR-BRU-01,")),
    Break("a day that is no day", in_cell(DOCS, "HEI-I02", "2021-04-14", "2021-04-31"), "bad-date", DOCS,
          first("HEI-I02,")),
    Break("a day that does not sort among the others", in_cell(DOCS, "HEI-I02", "2021-04-14", "20210414"), "bad-date",
          DOCS, first("HEI-I02,")),
    Break("a day by week number", in_cell(DOCS, "HEI-I02", "2021-04-14", "2021-W15-3"), "bad-date", DOCS,
          first("HEI-I02,")),
    Break("a quote mark that never closes", in_cell(PEOPLE, "HEI-LEV-01", "leverandor", '"leverandor'), "broken-csv",
          PEOPLE, first("HEI-LEV-01,"), frozenset({"unknown-participant"})),
    Break("a quote mark in the middle of a cell", in_cell(PROCS, "HEI-1", "dialog", '"dia"log'), "broken-csv", PROCS,
          first("HEI-1,"), frozenset({"unknown-process"})),
    Break("a comma too many", in_cell(PROCS, "STR-1", "dialog", "dialog,"), "broken-csv", PROCS, first("STR-1,"),
          frozenset({"unknown-process"})),
    Break("a cell too few", in_cell(PEOPLE, "STR-BRU-01", "bruker,STR", "STR"), "broken-csv", PEOPLE,
          first("STR-BRU-01,"), frozenset({"unknown-participant"})),
    Break("a column missing", replacing(PEOPLE, "actor_type", "type"), "missing-column", PEOPLE, at(1)),
    Break("a column twice", replacing(PEOPLE, "written_form,consent", "written_form,consent,case"), "duplicate-column",
          PEOPLE, at(1), frozenset({"broken-csv", "unknown-participant"})),
    Break("an empty register", lambda s: (s.path / PROCS).write_bytes(b""), "missing-column", PROCS, at(1)),
    Break("a register missing", deleted(PEOPLE), "missing-file", PEOPLE, at(None)),
    Break("the register of documents missing", deleted(DOCS), "missing-file", DOCS, at(None)),
    Break("a register that is not UTF-8", replacing(PROCS, "Tørre".encode(), "Tørre".encode("latin-1")), "not-utf8",
          PROCS, at(3)),
]  # fmt: skip

TEXT_BREAKS = [
    Break("a text edited after registration", replacing(TEXT, "Hemmelighold.", "Hemmelighald."), "text-changed", TEXT,
          at(None)),
    Break("a text cut short after registration", replacing(TEXT, " i Ålgårdsveien.\n", "\n"), "text-changed", TEXT,
          at(None)),
    Break("a word put into a text that is coded below", lambda s: s.edit_text("FJO-I02", "Hemmelighold.", "Hemmelighold!!"),
          "quote-differs", LOG, at(1)),
    Break("a speaker nobody knows", lambda s: s.edit_text(
          "FJO-I02", "**FJO-INN-01:** Nei", "**FJO-INN-99:** Nei"), "unknown-speaker", TEXT, first("FJO-INN-99")),
    Break("a speaker who hides below a line of blanks", lambda s: s.edit_text(
          "FJO-I02", "\n\n**FJO-INN-01:** Nei", "\n \n**FJO-IN-99:** Nei"), "unknown-speaker", TEXT, first("FJO-IN-99")),
    Break("a text that is not UTF-8", replacing(TEXT, "Ålgård".encode(), "Ålgård".encode("latin-1")), "not-utf8", TEXT,
          first("minnepinne")),
    Break("a text with a byte-order mark", lambda s: (s.path / TEXT).write_bytes(
          b"\xef\xbb\xbf" + (s.path / TEXT).read_bytes()), "not-canonical", TEXT, at(1)),
    Break("a text with carriage returns", lambda s: (s.path / TEXT).write_bytes(
          (s.path / TEXT).read_bytes().replace(b"\n\n**FJO-INN-01:** Nei", b"\r\n\r\n**FJO-INN-01:** Nei")),
          "not-canonical", TEXT, first("dere noe?")),
    Break("a text with a decomposed å", decomposed, "not-canonical", TEXT, first("a\u030alga\u030ardsveien".capitalize())),
    Break("a text without a row", lambda s: (s.path / "corpus/texts/FJO-I09.md").write_text("Hei.\n"),
          "unregistered-text", "corpus/texts/FJO-I09.md", at(None)),
    Break("a row without its text", deleted(TEXT), "missing-file", TEXT, at(None)),
    Break("a text without a word", empty_label, "empty-text", "corpus/texts/STR-I01.md", at(None)),
    Break("a text in another written form than its row says", long_nynorsk_registered_as_bokmaal, "written-form", DOCS,
          first("STR-I01,"), is_warning=True),
]  # fmt: skip

CODEBOOK_BREAKS = [
    Break("broken YAML", replacing(V1, "  display: P1\n", "  display: 'P1\n"), "broken-yaml", V1, last("")),
    Break("YAML indented wrongly", replacing(V1, "  display: P1\n", "   display: P1\n"), "broken-yaml", V1,
          first("   display: P1")),
    Break("a YAML key twice", replacing(V1, "  display: P1\n", "  display: P1\n  level: K\n"), "broken-yaml", V1,
          first("  level: P")),
    Break("a YAML key twice that is a number", replacing(V1, "changes: []", "1: a\n1: b\nchanges: []"), "broken-yaml", V1,
          first("1: b")),
    Break("a YAML key that is a list", replacing(V1, "changes: []", "? [a]\n: b\nchanges: 3"), "wrong-type", V1,
          first("changes: 3")),
    Break("a YAML value that its tag does not fit", replacing(V1, "changes: []", "changes: !!int x"), "broken-yaml", V1,
          first("!!int x")),
    Break("a control character in YAML", replacing(V1, 'en: Invented.', 'en: Inven\x07ted.'), "broken-yaml", V1, at(None)),
    Break("YAML that is a list", lambda s: (s.path / V1).write_text("- a\n"), "broken-yaml", V1, at(1)),
    Break("a codebook from the future", replacing(V2, "schema_version: 1", "schema_version: 2"), "future-file", V2, at(1)),
    Break("a codebook from the future below a comment", lambda s: (s.path / V2).write_bytes(b"# Oppdiktet\n" + (
          s.path / V2).read_bytes().replace(b"schema_version: 1", b"schema_version: 2")), "future-file", V2, at(2)),
    Break("a codebook without its shape's version", replacing(V2, "schema_version: 1\n", ""), "missing-key", V2, at(1)),
    Break("a codebook that is not UTF-8", replacing(V2, "label:\n    nb: måling".encode(), "label:\n    nb: måling".encode(
          "latin-1")), "not-utf8", V2, lambda s, f: (s.path / f).read_bytes().split(b"\xe5")[0].count(b"\n") + 1),
    Break("a codebook under another number's name", moved(V2, "codebooks/2.1.0.yaml"), "wrong-version",
          "codebooks/2.1.0.yaml", first("codebook_version"), frozenset({"unknown-codebook-version", "unknown-code"})),
    Break("no codebook at all", lambda s: [(s.path / name).unlink() for name in (V1, V2)], "missing-file", "codebooks",
          at(None), frozenset({"unknown-codebook-version"})),
    Break("a codebook released on no day", replacing(V2, "released: '2021-03-01'", "released: '2021-02-30'"), "bad-date",
          V2, first("2021-02-30")),
    Break("a codebook released before the one it follows", replacing(V2, "released: '2021-03-01'",
          "released: '2020-01-01'"), "bad-date", V2, first("2020-01-01")),
    Break("a code id that is none", lambda s: s.edit_codebook("2.0.0", lambda b: b["codes"].append(
          code("C1", "X9", "x") | {"introduced_in": "2.0.0"})), "bad-id", V2, last("- id: C1")),
    Break("a code id twice", lambda s: s.edit_codebook("2.0.0", lambda b: b["codes"].append(code("C0001", "X9", "x"))),
          "duplicate-id", V2, last("- id: C0001")),
    Break("a display code twice", in_code("2.0.0", "C0013", display="K4"), "duplicate-display", V2,
          last("display: K4")),
    Break("an unknown level", in_code("2.0.0", "C0013", level="Q"), "unknown-level", V2, first("level: Q")),
    Break("an unknown status", in_code("2.0.0", "C0013", status="ny"), "unknown-status", V2, first("status: ny")),
    Break("a label that is missing in English", in_code("2.0.0", "C0013", label={"nb": "måling"}), "missing-key", V2,
          lambda s, f: next(n for n in s.lines_with(f, "  label:") if n > s.lines_with(f, "- id: C0013")[0])),
    Break("a parent nobody is", in_code("2.0.0", "C0013", parent="C0099"), "unknown-code", V2, first("- id: C0013")),
    Break("a parent that is a list", in_code("2.0.0", "C0013", parent=["C0001"]), "wrong-type", V2,
          lambda s, f: next(n for n in s.lines_with(f, "  parent:") if n > s.lines_with(f, "- id: C0013")[0])),
    Break("codes that are each other's parents", lambda s: [in_code("2.0.0", "C0013", parent="C0012")(s),
          in_code("2.0.0", "C0012", parent="C0013")(s)], "parent-ring", V2, first("- id: C0012")),
    Break("an active code below a deprecated one", in_code("2.0.0", "C0013", parent="C0009"), "deprecated-parent", V2,
          first("- id: C0013")),
    Break("a successor nobody is", in_code("2.0.0", "C0009", successors=["C0099"]), "unknown-code", V2,
          first("- id: C0009")),
    Break("successors that are no list", in_code("2.0.0", "C0009", successors="C0012"), "wrong-type", V2,
          first("successors: C0012")),
    Break("sources that are a number", in_code("2.0.0", "C0013", source=3), "wrong-type", V2, first("source: 3")),
    Break("cues that are one text", in_code("2.0.0", "C0013", cues={"nb": "måle*"}), "wrong-type", V2,
          lambda s, f: next(n for n in s.lines_with(f, "  cues:") if n > s.lines_with(f, "- id: C0013")[0])),
    Break("cues in a written form nobody has", in_code("2.0.0", "C0013", cues={"nm": ["måle*"]}), "wrong-type", V2,
          lambda s, f: next(n for n in s.lines_with(f, "  cues:") if n > s.lines_with(f, "- id: C0013")[0])),
    Break("a cue that is no cue", in_code("2.0.0", "C0013", cues={"nb": [{"cue": ".. måle", "polarity": "hemmer"}]}),
          "bad-cue", V2, first(".. måle")),
    Break("a cue that is only an asterisk", in_code("2.0.0", "C0013", cues={"nb": ["*"]}), "bad-cue", V2,
          first("- id: C0013")),
    Break("a change twice", lambda s: s.edit_codebook("2.0.0", lambda b: b["changes"][7].update(id="CH-2-01")),
          "duplicate-id", V2, last("CH-2-01")),
    Break("a change without id", in_change(8, lambda c: c.pop("id")), "missing-id", V2, last("- type: merge")),
    Break("an unknown type of change", in_change(7, lambda c: c.update(type="nytt")), "unknown-change", V2,
          first("type: nytt")),
    Break("an unknown decision", in_change(8, lambda c: c.update(decision="kanskje")), "unknown-decision", V2,
          first("decision: kanskje")),
    Break("a change that names a code nobody has", in_change(8, lambda c: c.update({"from": ["C0001", "C0099"]})),
          "unknown-code", V2, first("CH-2-08")),
    Break("a migration to two codes at once", in_change(2, lambda c: c["migration"][0].update(to=["C0012", "C0013"])),
          "bad-migration", V2, first("rule: map"), frozenset({"no-migration"})),
    Break("a migration rule nobody knows", in_change(3, lambda c: c["migration"][0].update(rule="slett")),
          "bad-migration", V2, first("rule: slett")),
    Break("a retirement that goes somewhere", in_change(4, lambda c: c["migration"][0].update(to=["C0012", "C0013"])),
          "bad-migration", V2, first("rule: retire"), frozenset({"no-migration"})),
    Break("a facet without its polarity", in_change(5, lambda c: c["migration"][0].pop("polarity")), "bad-migration", V2,
          first("rule: facet", -1)),
    Break("a facet with an unknown polarity", in_change(5, lambda c: c["migration"][0].update(polarity="bra")),
          "bad-migration", V2, first("polarity: bra")),
    Break("two rows for one code", in_change(8, lambda c: c.update(decision="accepted", migration=[
          {"from": "C0003", "rule": "retire"}])), "bad-migration", V2, last("- from: C0003")),
    Break("a migration to a deprecated code", in_change(2, lambda c: c["migration"][0].update(to="C0009")),
          "bad-migration", V2, first("- id: C0009")),
    Break("a code that vanished", lambda s: s.edit_codebook("2.0.0", lambda b: [b["codes"].pop(6), b["changes"].pop(4),
          b["codes"][6].update(parent=None, successors=[]), b["changes"].append(change(9, "retire", ["C0008"], [], {
          "from": "C0008", "rule": "retire"}))]), "vanished-code", V2, at(None)),
    Break("a code that was revived", lambda s: [in_code("1.0.0", "C0005", status="deprecated", deprecated_in="1.0.0")(s),
          in_code("1.0.0", "C0006", parent=None)(s)], "revived-code", V2, first("- id: C0005"),
          frozenset({"deprecated-code"})),
    Break("a new code that no change tells of", in_change(7, lambda c: c.update(to=[])), "unannounced-code", V2,
          first("- id: C0013")),
    Break("a deprecation without migration", in_change(4, lambda c: c.update(migration=[])), "no-migration", V2,
          first("- id: C0009")),
    Break("a codebook with a short ending", lambda s: (s.path / "codebooks/3.0.0.yml").write_bytes(
          (s.path / V2).read_bytes()), "unknown-file", "codebooks/3.0.0.yml", at(None)),
    Break("notes among the codebooks", lambda s: (s.path / "codebooks/notes.txt").write_text("x"), "unknown-file",
          "codebooks/notes.txt", at(None)),
    Break("a codebook in a folder below the codebooks", lambda s: [(s.path / "codebooks/old").mkdir(),
          (s.path / "codebooks/old/0.9.0.yaml").write_text("x")], "unknown-file", "codebooks/old/0.9.0.yaml", at(None)),
    Break("a token pattern with a key that spaCy does not know", in_code("2.0.0", "C0013", cues={"nb": [
          {"pattern": [{"LEMA": "måle"}]}]}), "bad-cue", V2, last("- pattern:")),
    Break("a version number too small for its changes", lambda s: [
          (s.path / V2).rename(s.path / "codebooks/1.1.0.yaml"),
          [path.write_bytes(path.read_bytes().replace(b"2.0.0", b"1.1.0")) for path in (
              s.path / TOML, s.path / "codebooks/1.1.0.yaml", *(s.path / "corpus/coding/K1").glob("*.jsonl"))],
          [s.edit_log("K1", path.stem, lambda events: None) for path in (s.path / "corpus/coding/K1").glob("*.jsonl")]],
          "wrong-version", "codebooks/1.1.0.yaml", first("codebook_version")),
]  # fmt: skip

LOG_BREAKS = [
    Break("an event twice", in_event(1, id="FJO-I02.K1.0001"), "duplicate-id", LOG, at(2)),
    Break("a segment's id in two logs", two_segments_of_one_name, "duplicate-id", LOG, at(1)),
    Break("a code nobody has", in_segment(1, code="C0099"), "unknown-code", LOG, at(2)),
    Break("a code that only a later codebook has", in_segment(1, code="C0013"), "unknown-code", LOG, at(2)),
    Break("a code deprecated in its own version", in_segment(1, code="C0009", codebook_version="2.0.0"),
          "deprecated-code", LOG, at(2)),
    Break("a segment under a codebook nobody has", in_segment(1, codebook_version="9.0.0"), "unknown-codebook-version",
          LOG, at(2)),
    Break("an event under a codebook nobody has", in_event(1, codebook_version="9.0.0"), "unknown-codebook-version", LOG,
          at(2)),
    Break("an unknown polarity", in_segment(1, polarity="fremer"), "unknown-polarity", LOG, at(2)),
    Break("a polarity that is what the informant said", swapped_quote, "unknown-polarity", LOG, at(2)),
    Break("a polarity that is a list", in_segment(1, polarity=["hemmer"]), "wrong-type", LOG, at(2)),
    Break("a code that is a list", in_segment(1, code=["C0001"]), "wrong-type", LOG, at(2)),
    Break("an unknown action", in_event(1, action="erase"), "unknown-action", LOG, at(2)),
    Break("an event on no day", in_event(1, at="12.06.2020"), "bad-date", LOG, at(2)),
    Break("an event of another coder", in_event(1, coder="K2"), "wrong-log", LOG, at(2)),
    Break("a log in another coder's folder", moved("corpus/coding/K2/STR-N01.jsonl", "corpus/coding/K3/STR-N01.jsonl"),
          "wrong-log", "corpus/coding/K3/STR-N01.jsonl", at(1)),
    Break("a log of another document", moved("corpus/coding/K2/STR-N01.jsonl", "corpus/coding/K2/STR-I01.jsonl"),
          "wrong-log", "corpus/coding/K2/STR-I01.jsonl", at(1), frozenset({"quote-differs", "span-beyond-text"})),
    Break("a log of a document nobody registered", moved("corpus/coding/K2/STR-N01.jsonl",
          "corpus/coding/K2/STR-N09.jsonl"), "unknown-document", "corpus/coding/K2/STR-N09.jsonl", at(1),
          frozenset({"wrong-log"})),
    Break("a span beyond its text", in_segment(1, start=10, end=90_000), "span-beyond-text", LOG, at(2)),
    Break("a span that runs backwards", in_segment(1, start=20, end=10), "span-beyond-text", LOG, at(2)),
    Break("a span that begins before the text", in_segment(1, start=-5, end=10), "span-beyond-text", LOG, at(2)),
    Break("a span in text", in_segment(1, start="20", end="30"), "span-beyond-text", LOG, at(2)),
    Break("a quote that differs", in_segment(1, quote="noe annet"), "quote-differs", LOG, at(2)),
    Break("a segment without its quote", lambda s: s.edit_log("K1", "FJO-I02", lambda e: e[1]["after"].pop("quote")),
          "missing-key", LOG, at(2)),
    Break("an event without its time", lambda s: s.edit_log("K1", "FJO-I02", lambda e: e[1].pop("at")), "broken-jsonl",
          LOG, at(2)),
    Break("an event numbered in text", in_event(1, seq="2"), "broken-jsonl", LOG, at(2)),
    Break("an event by coder number one", in_event(1, coder=1), "broken-jsonl", LOG, at(2)),
    Break("a segment that is a text", in_event(1, after="x"), "broken-jsonl", LOG, at(2)),
    Break("an event with a key from the future", in_event(1, weight=3), "future-file", LOG, at(2)),
    Break("broken JSON", lambda s: raw_lines(s, lambda lines: lines.__setitem__(1, lines[1][:-9])), "broken-jsonl", LOG,
          at(2), frozenset({"broken-chain"})),
    Break("a number longer than Python reads", lambda s: raw_lines(s, lambda lines: lines.__setitem__(
          2, lines[2].replace(b'"seq":3', b'"seq":' + b"3" * 5000))), "broken-jsonl", LOG, at(3)),
    Break("brackets deeper than Python reads", lambda s: raw_lines(s, lambda lines: lines.__setitem__(
          2, b"[" * 100_000)), "broken-jsonl", LOG, at(3)),
    Break("a log that is not UTF-8", lambda s: raw_lines(s, lambda lines: lines.__setitem__(
          2, lines[2].replace("æ".encode(), b"\xe6"))), "not-utf8", LOG, at(3)),
    Break("an edited line", lambda s: raw_lines(s, lambda lines: lines.__setitem__(
          0, lines[0].replace(b'"polarity":"hemmer"', b'"polarity":"fremmer"'))), "broken-chain", LOG, at(1)),
    Break("an edited last line", lambda s: raw_lines(s, lambda lines: lines.__setitem__(
          2, lines[2].replace(b'"document":', b'"document": '))), "broken-chain", LOG, at(3)),
    Break("a last line without its own hash", lambda s: raw_lines(s, lambda lines: lines.__setitem__(
          2, lines[2][:-77] + b"}")), "broken-chain", LOG, at(3)),
    Break("a line taken out", lambda s: raw_lines(s, lambda lines: lines.pop(1)), "broken-chain", LOG, at(2),
          frozenset({"wrong-sequence"})),
    Break("two lines changed round", lambda s: raw_lines(s, lambda lines: lines.insert(0, lines.pop(1))), "broken-chain",
          LOG, at(1), frozenset({"wrong-sequence"})),
    Break("an empty line", lambda s: raw_lines(s, lambda lines: lines.insert(1, b"")), "broken-jsonl", LOG, at(2),
          frozenset({"broken-chain"})),
    Break("an empty first line", lambda s: raw_lines(s, lambda lines: lines.insert(0, b"")), "broken-jsonl", LOG, at(1),
          frozenset({"broken-chain"})),
    Break("a history that does not hold together", in_event(2, before={"code": "C0003"}, segment="FJO-I02.K1.s01"),
          "broken-history", LOG, at(3)),
    Break("a torn last line", torn, "torn-line", LOG, at(3), is_warning=True),
    *(Break(f"an event at {time or 'no time'}", in_event(1, at=time), "bad-date", LOG, at(2)) for time in (
        "", "2020-06-12", "2020-06-12T10:00:00", "2020-06-12 10:00:00Z", "2020-06-12T10:00Z", "2020-06-12T25:00:00Z",
        "2020-06-12T10:00:00Z om morgenen", "2020-06-12T10:00:00+0200", "2020-06-12T10:00:00+99:00",
        "2020-02-30T10:00:00Z")),
    Break("an event numbered twice", in_event(2, seq=2), "wrong-sequence", LOG, at(3)),
    Break("events numbered from nought", lambda s: s.edit_log("K1", "FJO-I02", lambda events: [
          event.update(seq=number) for number, event in enumerate(events)]), "wrong-sequence", LOG, at(1)),
    Break("a text's hash that is a word", in_event(1, text_sha256="abc"), "bad-hash", LOG, at(2)),
    Break("a text's hash that is too long", in_event(1, text_sha256="0" * 65), "bad-hash", LOG, at(2)),
    Break("a clock set back by days", in_event(0, at="2020-06-14T10:00:00Z"), "clock-runs-backwards", LOG, at(2),
          is_warning=True),
    Break("a log with its ending in capitals", moved("corpus/coding/K2/STR-N01.jsonl", "corpus/coding/K2/STR-N01.JSONL"),
          "unknown-file", "corpus/coding/K2/STR-N01.JSONL", at(None)),
    Break("a log in no coder's folder", moved("corpus/coding/K2/STR-N01.jsonl", "corpus/coding/STR-N01.jsonl"),
          "unknown-file", "corpus/coding/STR-N01.jsonl", at(None)),
    Break("a log in a folder too deep", moved("corpus/coding/K2/STR-N01.jsonl", "corpus/coding/K2/old/STR-N01.jsonl"),
          "unknown-file", "corpus/coding/K2/old/STR-N01.jsonl", at(None)),
    Break("notes among the logs", lambda s: (s.path / "corpus/coding/K1/notes.txt").write_text("x"), "unknown-file",
          "corpus/coding/K1/notes.txt", at(None)),
]  # fmt: skip

BREAKS = [*SETTINGS_BREAKS, *REGISTER_BREAKS, *TEXT_BREAKS, *CODEBOOK_BREAKS, *LOG_BREAKS]
#: Ten that touch different places: all must be told at once, each in the words it has when it comes alone.
TEN = [
    "an id twice in guides of the settings", "a model coder nobody is", "an unknown consent", "an unknown guide",
    "a quote mark in the middle of a cell", "a text with a byte-order mark", "a cue that is no cue",
    "an unknown decision", "an edited line", "a log in another coder's folder",
]  # fmt: skip


def by_name(name: str) -> Break:
    return next(one for one in BREAKS if one.name == name)


def informants_words(study: SmallStudy) -> set[str]:
    """Every long word and every quote of the transcripts, in small letters."""
    texts = [path.read_text("utf-8") for path in (study.path / "corpus/texts").glob("*.md")]
    words = set(re.findall(r"[^\W\d_]{12,}", " ".join(texts).replace(NOTICE, "").lower()))
    logs = (study.path / "corpus/coding").glob("*/*.jsonl")
    events = [json.loads(line) for path in logs for line in path.read_text("utf-8").splitlines()]
    quotes = {event["after"]["quote"].lower() for event in events if event["after"]}
    return words | quotes


def found(faults: list[Fault], broken: Break, line: int | None) -> Fault | None:
    return next((f for f in faults if (f.kind, f.file, f.line) == (broken.kind, broken.file, line)), None)


def test_the_small_study_itself_has_no_fault(small_study: SmallStudy) -> None:
    study, faults = small_study.read()
    assert study is not None
    assert faults == []
    assert len(informants_words(small_study)) > 25


def test_no_two_ways_to_break_a_study_bear_one_name() -> None:
    assert len({one.name for one in BREAKS}) == len(BREAKS) >= 30


@pytest.mark.parametrize("broken", BREAKS, ids=lambda one: one.name)
def test_a_broken_study_is_told_in_full_and_left_as_it_is(small_study: SmallStudy, broken: Break) -> None:
    secret = informants_words(small_study)
    broken.do(small_study)
    line = broken.where(small_study, broken.file)
    before = small_study.fingerprint()

    _, faults = small_study.read()

    assert small_study.fingerprint() == before
    told = found(faults, broken, line)
    assert told is not None, [str(fault) for fault in faults]
    assert told.is_warning == broken.is_warning
    # Nothing else is said than what is wrong: a fault that only follows from another hides it.
    assert {fault.kind for fault in faults} <= {broken.kind, *broken.also}, [str(fault) for fault in faults]
    for fault in faults:
        assert all(part.strip() for part in (fault.kind, fault.file, fault.found, fault.expected, fault.remedy))
        assert not [words for words in secret if words in str(fault).lower()]


@pytest.mark.parametrize("broken", BREAKS, ids=lambda one: one.name)
def test_a_study_loads_only_when_nothing_worse_than_a_warning_is_found(small_study: SmallStudy, broken: Break) -> None:
    broken.do(small_study)
    if broken.is_warning:
        assert [fault.kind for fault in load_study(small_study.path).warnings] == [broken.kind]
    else:
        with pytest.raises(StudyError) as raised:
            load_study(small_study.path)
        assert broken.kind in {fault.kind for fault in raised.value.faults}
        assert broken.kind in str(raised.value)


def test_ten_things_broken_at_once_are_all_told(small_study: SmallStudy) -> None:
    chosen = [by_name(name) for name in TEN]
    secret = informants_words(small_study)
    for broken in chosen:
        broken.do(small_study)
    before = small_study.fingerprint()
    with pytest.raises(StudyError) as raised:
        load_study(small_study.path)
    assert small_study.fingerprint() == before
    faults = list(raised.value.faults)
    untold = [b.name for b in chosen if found(faults, b, b.where(small_study, b.file)) is None]
    assert untold == []
    assert not [words for words in secret if words in str(raised.value).lower()]


@pytest.mark.parametrize("name", [one.name for one in BREAKS if one.file != TOML and not one.is_warning])
def test_a_fault_is_found_beside_five_others(small_study: SmallStudy, name: str) -> None:
    broken = by_name(name)
    others = [
        adding(TOML, '[[arenas]]\nlabel = "uten id"\n'),
        lambda s: (s.path / "corpus/texts/NY-I01.md").write_text("Hei.\n"),
        lambda s: s.edit_log("K1", "HEI-I01", lambda events: events[0].update(action="slett")),
    ]
    broken.do(small_study)
    for other in others:
        other(small_study)
    line = broken.where(small_study, broken.file)
    _, faults = small_study.read()
    expected = {"missing-id", "unknown-action"} - ({broken.kind} if broken.kind == "missing-id" else set())
    assert expected <= {fault.kind for fault in faults}
    assert found(faults, broken, line) is not None, [str(fault) for fault in faults]


def test_rows_after_a_broken_row_are_still_read(small_study: SmallStudy) -> None:
    in_cell(PEOPLE, "FJO-PL-01", "prosjektleder", '"prosjektleder')(small_study)
    in_cell(PEOPLE, "STR-BRU-01", "bruker", "gjest")(small_study)
    _, faults = small_study.read()
    assert ("unknown-actor-type", 6) in {(fault.kind, fault.line) for fault in faults}
    assert {fault.found for fault in faults if fault.kind == "unknown-participant"} == {
        "participant 'FJO-PL-01' of 'FJO-I01'", "participant 'FJO-PL-01' of 'STR-N01'",
    }  # fmt: skip


def test_lines_are_right_after_a_cell_that_spans_lines(small_study: SmallStudy) -> None:
    in_cell(PROCS, "FJO-1", "Quiet nights (invented)", '"Quiet\n\nnights"')(small_study)
    in_cell(PROCS, "STR-1", "klima", "vei")(small_study)
    _, faults = small_study.read()
    assert [(fault.kind, fault.line) for fault in faults] == [("unknown-focus-area", 6)]


def test_a_register_saved_by_a_spreadsheet_is_read(small_study: SmallStudy) -> None:
    for name in (DOCS, PEOPLE, PROCS):
        path = small_study.path / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    _, faults = small_study.read()
    assert faults == []


def test_an_unreadable_codebook_does_not_cast_doubt_on_every_coding(small_study: SmallStudy) -> None:
    small_study.replace(V1, "  display: P1\n", "  display: 'P1\n")
    _, faults = small_study.read()
    assert [fault.kind for fault in faults] == ["broken-yaml"]


def test_an_unreadable_text_does_not_make_its_codings_homeless(small_study: SmallStudy) -> None:
    decomposed(small_study)
    _, faults = small_study.read()
    assert [fault.kind for fault in faults] == ["not-canonical"]


FILES = [TOML, DOCS, PEOPLE, PROCS, V1, V2, TEXT, LOG]


@pytest.fixture(scope="module")
def worn_study(tmp_path_factory: pytest.TempPathFactory) -> SmallStudy:
    return write_small_study(tmp_path_factory.mktemp("worn") / "study")


@settings(max_examples=200)
@given(data=st.data())
def test_no_damage_to_a_file_stops_the_reading_itself(worn_study: SmallStudy, data: st.DataObject) -> None:
    """Bytes are cut out, doubled or overwritten anywhere: the reader tells faults, and never falls over."""
    name = data.draw(st.sampled_from(FILES))
    path = worn_study.path / name
    whole = path.read_bytes()
    start = data.draw(st.integers(0, len(whole)))
    length = data.draw(st.integers(0, 40))
    new = data.draw(st.sampled_from([b"", b"\x00", b"\xff\xfe", b'"', b"'", b"\n", b"]", b"{", b":", b"- ", b"[[", b",",
                                     b"null", b"9", b"\\", b"!!", b"&a *a", b"\t",
                                     whole[start : start + length] * 2]))  # fmt: skip
    path.write_bytes(whole[:start] + new + whole[start + length :])
    try:
        study, faults = read_study(worn_study.path)
        assert study is not None or faults.errors
        assert all(fault.file for fault in faults)
    finally:
        path.write_bytes(whole)


ODD = [None, 3, -1, 2.5, True, "", "x", "C0001", [], ["x"], [None], [3], {}, {"a": 1}, [{"a": 1}], [["x"]], "\n"]


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) inside a parsed file."""
    if isinstance(value, dict):
        return [(value, key) for key in value] + [place for item in value.values() for place in _places(item)]
    if isinstance(value, list):
        return [(value, n) for n in range(len(value))] + [place for item in value for place in _places(item)]
    return []


@settings(max_examples=200)
@given(data=st.data())
def test_no_value_of_the_wrong_kind_in_a_codebook_stops_the_reading(
    worn_study: SmallStudy, data: st.DataObject
) -> None:
    path = worn_study.path / V2
    whole = path.read_bytes()

    def wear(book: dict[str, Any]) -> None:
        book["codes"][2]["cues"]["nb"] = [{"cue": "måle*", "polarity": "hemmer"}, {"pattern": [{"LEMMA": "måle"}]}]
        container, key = data.draw(st.sampled_from(_places(book)))
        container[key] = data.draw(st.sampled_from(ODD))

    try:
        worn_study.edit_codebook("2.0.0", wear)
        read_study(worn_study.path)
    finally:
        path.write_bytes(whole)


@settings(max_examples=200)
@given(data=st.data())
def test_no_value_of_the_wrong_kind_in_a_log_stops_the_reading(worn_study: SmallStudy, data: st.DataObject) -> None:
    path = worn_study.log_path("K1", "FJO-I01")
    whole = path.read_bytes()

    def wear(events: list[Any]) -> None:
        container, key = data.draw(st.sampled_from(_places(events)[len(events) :]))
        container[key] = data.draw(st.sampled_from(ODD))

    try:
        worn_study.edit_log("K1", "FJO-I01", wear)
        read_study(worn_study.path)
    finally:
        path.write_bytes(whole)


SETTING_VALUES = ["3", '"x"', "[]", "[3]", "{}", "{ a = 1 }", "2020-01-01", "2020-01-01T10:00:00", "true", "-1", "2.5",
                  "[[1]]", '[["x"]]', '[{ id = "x" }]', "[{ id = 3 }]"]  # fmt: skip


@settings(max_examples=200)
@given(data=st.data())
def test_no_value_of_the_wrong_kind_in_the_settings_stops_the_reading(
    worn_study: SmallStudy, data: st.DataObject
) -> None:
    path = worn_study.path / TOML
    whole = path.read_text("utf-8")
    lines = whole.split("\n")
    number = data.draw(st.sampled_from([n for n, line in enumerate(lines) if " = " in line]))
    lines[number] = lines[number].split(" = ")[0] + " = " + data.draw(st.sampled_from(SETTING_VALUES))
    path.write_text("\n".join(lines), "utf-8")
    try:
        read_study(worn_study.path)
    finally:
        path.write_text(whole, "utf-8")


def test_a_whole_section_of_the_settings_may_be_of_the_wrong_kind(small_study: SmallStudy) -> None:
    whole = (small_study.path / TOML).read_text("utf-8")
    for key in ("cases", "levels", "guides", "milestones", "study", "corpus", "analysis", "privacy", "templates"):
        kept = re.sub(rf"^\[\[?{key}\b.*?(?=^\[|\Z)", "", whole, flags=re.MULTILINE | re.DOTALL)
        for value in SETTING_VALUES:
            (small_study.path / TOML).write_text(kept.replace("\n", f"\n{key} = {value}\n", 1), "utf-8")
            _, faults = small_study.read()
            is_section = key in ("analysis", "privacy") and value.startswith("{")
            is_optional = is_section or (key, value) == ("milestones", "[]")
            assert faults.errors or is_optional, f"{key} = {value}"


SENTENCE = "Kari Nordmann sa at sjefen lyver"


def tells_the_sentence(study: SmallStudy) -> list[str]:
    _, faults = study.read()
    assert faults
    words = [word.lower() for word in SENTENCE.split() if len(word) > 3]
    return [str(fault) for fault in faults if any(word in str(fault).lower() for word in words)]


@pytest.mark.parametrize(("file", "row", "column"), [
    *((DOCS, "HEI-I02", column) for column in DOCUMENT_COLUMNS if column != "title"),
    *((PEOPLE, "HEI-PL-01", column) for column in PARTICIPANT_COLUMNS),
    *((PROCS, "HEI-1", column) for column in PROCESS_COLUMNS if not column.startswith("title")),
])  # fmt: skip
def test_a_sentence_in_the_wrong_cell_is_not_repeated(
    small_study: SmallStudy, file: str, row: str, column: str
) -> None:
    path = small_study.path / file
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    next(cells for cells in rows if cells["id"] == row)[column] = SENTENCE
    path.write_text(register_text(rows, list(rows[0])), "utf-8")
    assert tells_the_sentence(small_study) == []


@pytest.mark.parametrize(
    "key", ["id", "at", "coder", "document", "text_sha256", "action", "segment", "codebook_version"]
)
def test_a_sentence_in_the_wrong_field_of_an_event_is_not_repeated(small_study: SmallStudy, key: str) -> None:
    # A second thing is wrong with the segment, so that its id is told of where it can be.
    small_study.edit_log("K1", "FJO-I02", lambda events: [event.update({key: SENTENCE}) or event["after"].update(
        polarity="rar", code="C0099") for event in events])  # fmt: skip
    assert tells_the_sentence(small_study) == []


@pytest.mark.parametrize("key", ["code", "polarity", "codebook_version", "quote", "start"])
def test_a_sentence_in_the_wrong_field_of_a_segment_is_not_repeated(small_study: SmallStudy, key: str) -> None:
    in_segment(1, **{key: SENTENCE})(small_study)
    assert tells_the_sentence(small_study) == []


def test_a_segment_named_by_a_sentence_in_two_logs_is_not_repeated(small_study: SmallStudy) -> None:
    for document in ("FJO-I01", "FJO-I02"):
        small_study.edit_log("K1", document, lambda events: events[1].update(segment=SENTENCE))
    assert tells_the_sentence(small_study) == []


def test_ids_are_told_whole(small_study: SmallStudy) -> None:
    in_segment(1, polarity="fremer")(small_study)
    _, faults = small_study.read()
    assert [fault.found for fault in faults] == ["polarity 'fremer' of segment FJO-I02.K1.s02"]


@pytest.mark.parametrize(("wrong", "right", "meant"), [
    ("model_coders =", "model_coder =", "model_coders"), ("notebooks =", "notebook =", "notebooks"),
    ("[privacy]", "[privacies]", "privacy"),
])  # fmt: skip
def test_the_nearest_known_key_is_named(small_study: SmallStudy, wrong: str, right: str, meant: str) -> None:
    small_study.replace(TOML, wrong, right)
    _, faults = small_study.read()
    [fault] = [fault for fault in faults if fault.kind == "unknown-key"]
    assert fault.remedy == f"Did you mean {meant}?"


def test_a_codebook_with_a_short_ending_is_to_be_renamed(small_study: SmallStudy) -> None:
    moved(V2, "codebooks/2.0.0.yml")(small_study)
    _, faults = small_study.read()
    [fault] = [fault for fault in faults if fault.kind == "unknown-file"]
    assert fault.remedy == "Rename it to 2.0.0.yaml."


@pytest.mark.parametrize("time", ["2020-06-12T10:00:00Z", "2020-06-12T10:00:00.123Z", "2020-06-12T12:00:00+02:00",
                                  "2020-06-12T10:00:00.123456-03:30"])  # fmt: skip
def test_whole_times_are_taken_in_any_zone(small_study: SmallStudy, time: str) -> None:
    in_event(1, at=time)(small_study)
    _, faults = small_study.read()
    assert faults == []


def test_a_clock_set_back_within_a_day_is_let_pass(small_study: SmallStudy) -> None:
    in_event(0, at="2020-06-12T23:59:00Z")(small_study)
    _, faults = small_study.read()
    assert faults == []


def test_a_clock_set_back_over_midnight_is_a_warning(small_study: SmallStudy) -> None:
    in_event(0, at="2020-06-13T00:01:00Z")(small_study)
    _, faults = small_study.read()
    assert [(fault.kind, fault.is_warning) for fault in faults] == [("clock-runs-backwards", True)]


def test_a_pipeline_may_lie_in_the_study_or_anywhere_or_be_installed(
    small_study: SmallStudy, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("pipeline")
    (small_study.path / "pipelines").mkdir()
    for folder in (elsewhere, small_study.path / "pipelines/nb"):
        spacy.blank("nb").to_disk(folder)
    whole = (small_study.path / TOML).read_text("utf-8")
    # The working folder must not matter.
    monkeypatch.chdir(elsewhere.parent)
    for name, expected in {
        "pipelines/nb": str(small_study.path / "pipelines/nb"), elsewhere.as_posix(): str(elsewhere), "spacy": "spacy",
    }.items():  # fmt: skip
        (small_study.path / TOML).write_text(
            whole.replace('["Intervjuer"]', f'["Intervjuer"]\nspacy_pipeline = "{name}"'), "utf-8"
        )
        study, faults = small_study.read()
        assert faults == []
        assert study is not None
        assert study.pipeline == expected
        if name != "spacy":
            assert not study.suggested_segments(study.documents, study.lineage["1.0.0"]).empty


def test_the_starters_settings_have_no_fault(tmp_path: Path) -> None:
    (tmp_path / TOML).write_bytes((Path(foran_research.__file__).parent / "starter" / TOML).read_bytes())
    faults = Faults()
    assert read_settings(tmp_path, faults) is not None
    assert faults == []


def test_the_folder_of_a_study_may_hold_what_is_no_part_of_it(small_study: SmallStudy) -> None:
    for name in ("corpus/coding/K1/.ipynb_checkpoints/x.json", "corpus/texts/.versions/abc.md", "corpus/coding/.gitkeep",
                 "corpus/coding/K1/FJO-I02.jsonl.torn", "corpus/coding/.lock", "codebooks/.gitkeep"):  # fmt: skip
        path: Path = small_study.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    _, faults = small_study.read()
    assert faults == []
