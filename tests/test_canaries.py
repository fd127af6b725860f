"""No name, number or address of a source reaches the study, the screen, a log or a temporary folder, whatever is done.

A study of invented people is lived through: sources with a canary in every place that can carry one are brought in,
coded, queried, modelled, edited, saved and withdrawn from, with the failures that happen on the way. Then everything
that came of it is searched. The search itself is proved first.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import logging
import os
import quopri
import socket
import subprocess
import sys
import tempfile
import traceback
import unicodedata
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from canary_study import (
    EMAIL,
    MACHINE,
    NATIONAL_ID,
    OTHER,
    PHONE,
    SPEAKER,
    STREET,
    THIRD,
    UNSPOKEN,
    Source,
    canaries_below,
    canaries_in,
    canaries_in_bytes,
    lines,
    packed,
    png,
    sources,
)
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from small_study import SmallStudy, write_small_study

from foran_research import adding, milestone
from foran_research.adding import How, NotDecided, OpenKey, add_documents, preview
from foran_research.cli import main
from foran_research.coder.session import Session
from foran_research.corpus import intake
from foran_research.corpus.conventions import SourceTurn
from foran_research.corpus.intake import Description
from foran_research.corpus.key import Cost, create, open_key
from foran_research.corpus.names import known_names
from foran_research.corpus.scan import scan
from foran_research.errors import Faults, ForanError, StudyError
from foran_research.study import load_study

PASSPHRASE, SECOND = "fire ord som ingen har sagt før", "helt andre ord enn dem i går"
AT = "2026-11-21T12:00:00Z"
NOTIFIED = """[privacy]
sikt_ref = "123456"
end_date = "2099-12-31"
legal_basis = "samtykke"
consent_template_version = "1"
retention_action = "delete"
"""


# The search can fail


def _in_git(text: str, folder: Path) -> Path:
    (folder / "a.txt").write_text(text, "utf-8")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "x")
    (folder / "a.txt").unlink()
    return folder


def git(folder: Path, *words: str) -> None:
    who = {f"GIT_{role}_{what}": "x@eksempel.no" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    safe = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(
        ["git", "-C", str(folder), *words], check=True, capture_output=True, env={**os.environ, **who, **safe}
    )


#: Every way a canary may be written down.
WRITTEN: dict[str, Callable[[str], bytes]] = {
    "UTF-8": str.encode,
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16 within bytes": lambda text: b"\xff\xd8x" + text.encode("utf-16-be"),
    "Windows letters": lambda text: text.encode("cp1252", "replace"),
    "Mac letters": lambda text: unicodedata.normalize("NFC", text).encode("mac-roman", "replace"),
    "decomposed": lambda text: unicodedata.normalize("NFD", text).encode(),
    "upper case": lambda text: text.upper().encode(),
    "lower case": lambda text: text.lower().encode(),
    "genitive": lambda text: f"«{text}s hus»".encode(),
    "last name first": lambda text: ", ".join(reversed(text.split(" ", 1))).encode(),
    "JSON": lambda text: json.dumps({"x": text}).encode(),
    "JSON within JSON": lambda text: json.dumps(json.dumps({"x": text}, ensure_ascii=False)).encode(),
    "Python bytes": lambda text: repr(text.encode()).encode(),
    "octal": lambda text: "".join(c if c.isascii() else "".join(f"\\{b:03o}" for b in c.encode()) for c in text).encode(),
    "HTML": lambda text: "".join(c if c.isascii() else f"&#{ord(c)};" for c in text).encode(),
    "HTML hexadecimal": lambda text: "".join(c if c.isascii() else f"&#x{ord(c):x};" for c in text).encode(),
    "within markup": lambda text: f"<t>{text[:4]}</t><t>{text[4:]}</t>".encode(),
    "URL": lambda text: urllib.parse.quote(text).encode(),
    "mail": lambda text: quopri.encodestring(text.encode()),
    "base64": lambda text: base64.b64encode(b"data: " + text.encode() + b" slutt"),
    "gzip": lambda text: gzip.compress(text.encode()),
    "archive": lambda text: packed({"a": text}),
    "archive within an archive": lambda text: packed({"a.zip": packed({"a": text.encode("utf-16")})}),
    "name in an archive": lambda text: packed({f"mappe/{text}.txt": "x"}),
    "comment of an archive": lambda text: packed({}, text),
    "picture": png,
}  # fmt: skip


@pytest.mark.parametrize("way", WRITTEN)
def test_the_search_finds_a_canary_however_it_is_written(way: str) -> None:
    for name in (SPEAKER, OTHER, THIRD, UNSPOKEN):
        folded = unicodedata.normalize("NFC", name).casefold().split()
        assert set(folded) <= canaries_in_bytes(WRITTEN[way](name)), (way, name)
    assert canaries_in_bytes(WRITTEN[way]("Kari Nordmann, Storgata 1, 912 34 567")) == set()


@pytest.mark.parametrize(
    "text", [PHONE, PHONE.replace(" ", ""), "48 21 73 56", "+4748217356", NATIONAL_ID, NATIONAL_ID.replace(" ", ""), STREET,
             STREET.upper(), EMAIL, "RagnfridTveitaasen", f"/home/{MACHINE}/x", "zq07x"]
)  # fmt: skip
def test_the_search_finds_numbers_places_and_marks(text: str) -> None:
    assert canaries_in(text)
    assert canaries_in_bytes(WRITTEN["archive within an archive"](text))


@pytest.mark.parametrize("text", ["Ragna Tveit", "1482173561", "tusser", "zq7x", "8482 17 3564"])
def test_the_search_leaves_other_words_alone(text: str) -> None:
    assert canaries_in(text) == set()


def test_the_search_looks_into_names_of_files_and_gits_history(tmp_path: Path) -> None:
    (tmp_path / "a" / f"Møte {SPEAKER}").mkdir(parents=True)
    (tmp_path / "a" / f"Møte {SPEAKER}" / "x.md").write_text("x")
    (tmp_path / "a" / "lenke").symlink_to(f"/home/{THIRD}")
    assert set(canaries_below(tmp_path / "a")) == {f"Møte {SPEAKER}", "lenke"}
    (tmp_path / "b").mkdir()
    found = canaries_below(_in_git(f"Jeg heter {SPEAKER}.", tmp_path / "b"))
    assert [path for path in found if path.startswith(".git/objects/")]


@pytest.mark.parametrize("source", sources(), ids=lambda source: Path(source.name).suffix)
def test_the_search_finds_every_canary_of_every_source(source: Source) -> None:
    found = canaries_in_bytes(source.data) | canaries_in(source.name)
    assert {mark: route for mark, route in source.routes.items() if mark not in found} == {
        mark: route for mark, route in source.routes.items() if route == "name of the folder"
    }
    for name in (SPEAKER, OTHER, THIRD, UNSPOKEN):
        assert set(name.casefold().split()) <= found
    assert {PHONE, "tussebrekk"} <= found


# A study is lived through


@dataclass
class Lived:
    """All that was left of a study's life, and what was found in it at each stage."""

    path: Path
    home: Path
    temporary: Path
    key: Path
    sources: Path
    #: What commands printed and raised, by command.
    told: dict[str, str] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    #: Canaries below the study's folder, by stage and path.
    found: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    logged: str = ""
    #: What went past Python to the screen, such as what kernels say.
    raw: str = ""
    outputs: dict[str, bytes] = field(default_factory=dict, repr=False)

    def foran(self, *words: str, name: str = "", at: str = "") -> Result:
        done = CliRunner().invoke(main, [*words, *(() if words[0] == "restore" else ("--study", at or str(self.path)))])
        name = name or " ".join(words[:2] if words[0] == "key" else words[:1])
        assert name not in self.told
        self.codes[name] = done.exit_code
        self.told[name] = done.output + ("".join(traceback.format_exception(done.exception)) if done.exception else "")
        return done

    def look(self, stage: str) -> None:
        self.found[stage] = canaries_below(self.path)


class Kept(logging.Handler):
    """Every record of every logger, with what it was given."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(Exception):
            self.said.append(f"{record.name} {record.getMessage()} {record.args!r} {record.exc_info!r}")


@contextlib.contextmanager
def everything_logged() -> Iterator[Kept]:
    kept, root = Kept(), logging.getLogger()
    level = root.level
    root.addHandler(kept)
    root.setLevel(logging.DEBUG)
    try:
        yield kept
    finally:
        root.removeHandler(kept)
        root.setLevel(level)


@contextlib.contextmanager
def raw_output(path: Path) -> Iterator[None]:
    """What is written to the process's own streams goes to a file: kernels and editors write past Python."""
    saved = [os.dup(1), os.dup(2)]
    with path.open("wb") as file:
        for number in (1, 2):
            os.dup2(file.fileno(), number)
        try:
            yield
        finally:
            for number, old in zip((1, 2), saved, strict=True):
                os.dup2(old, number)
                os.close(old)


def decided(table: Path) -> Path:
    """The review table as a careful person fills it in: what names somebody goes, the rest stays."""
    book = load_workbook(table)
    head, *lines = book.active.iter_rows()
    columns = [cell.value for cell in head]
    for line in lines:
        words, suggested = (str(line[columns.index(name)].value or "") for name in ("ord", "forslag"))
        line[columns.index("avgjørelse")].value = (
            ("ja" if suggested.startswith(("erstatt", "generaliser")) else "erstatt")
            if canaries_in(words)
            else "behold"
        )
    filled = table.with_name("utfylt.xlsx")
    book.save(filled)
    return filled


def spoilt(table: Path) -> Path:
    """A filled-in review table in which some decisions are no decisions."""
    book = load_workbook(table)
    for line in book.active.iter_rows(min_row=2):
        for cell in line:
            cell.value = "kanskje" if cell.value in ("behold", "ja") else cell.value
    wrong = table.with_name("galt.xlsx")
    book.save(wrong)
    return wrong


def real_study(folder: Path) -> SmallStudy:
    """The small study as one of real people would be."""
    small = write_small_study(folder)
    small.replace("foran.toml", "synthetic = true", "synthetic = false")
    small.replace("foran.toml", "[privacy]\n", NOTIFIED)
    small.replace("foran.toml", '["01_corpus.ipynb", "08_model.ipynb"]', '["08_model.ipynb"]')
    return small


def written(folder: Path) -> list[Path]:
    """The sources as files, in a folder that names somebody too."""
    made = []
    for number, one in enumerate(sources(), 1):
        mark = next(mark for mark, route in one.routes.items() if route == "name of the folder")
        below = folder / f"{UNSPOKEN} {mark} {number}"
        below.mkdir(parents=True)
        (below / one.name).write_bytes(one.data)
        made.append(below / one.name)
    return made


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    import matplotlib

    fonts = matplotlib.get_cachedir()
    root = tmp_path_factory.mktemp("liv")
    life = Lived(
        root / MACHINE / "studie", root / MACHINE / "hjem", root / f"{MACHINE}-tmp", root / "hemmelig/navn.forankey",
        root / "kilder",
    )  # fmt: skip
    for folder in (life.home, life.temporary, life.key.parent):
        folder.mkdir(parents=True)
    small = real_study(life.path)
    create(life.key, PASSPHRASE, "small", study=life.path, cost=Cost(2**4))
    files = written(life.sources)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "HOME": life.home, "USERPROFILE": life.home, "USER": MACHINE, "LOGNAME": MACHINE, "USERNAME": MACHINE,
            "TMPDIR": life.temporary, "TEMP": life.temporary, "TMP": life.temporary, "MPLCONFIGDIR": fonts,
            "FORAN_KEY": life.key, "FORAN_KEY_PASSPHRASE": PASSPHRASE, "FORAN_KEY_NEW_PASSPHRASE": SECOND,
        }.items():  # fmt: skip
            patch.setenv(name, str(value))
        for name in ("FORAN_STUDY", "FORAN_CODER", "VISUAL"):
            patch.delenv(name, raising=False)
        patch.setattr(tempfile, "tempdir", None)
        with everything_logged() as log, raw_output(root / "skjerm"):
            _bring_in(life, files, patch)
            _work(life, small)
            _run_and_look(life, patch)
            _save_and_withdraw(life, patch)
        life.logged, life.raw = "\n".join(log.said), (root / "skjerm").read_bytes().decode("utf-8", "replace")
    return life


def _bring_in(life: Lived, files: list[Path], patch: pytest.MonkeyPatch) -> None:
    about = ["add", "--kind", "interview", "--case", "FJO", "--date", "2020-04-01"]
    every = [*about, *map(str, files)]
    life.foran(*every, name="add, undecided")
    broken = life.sources / f"{SPEAKER} ødelagt.docx"
    broken.write_bytes(files[0].read_bytes()[:-900])
    life.foran(*every, str(broken), str(life.sources / f"{THIRD}.txt"), name="add, a broken and a missing file")
    life.foran(*about, str(life.sources), name="add, a folder")
    table = decided(next(life.key.parent.glob("*review*.xlsx")))
    life.foran(*every, "--review", str(spoilt(table)), name="add, a table that is wrong")
    with patch.context() as full:
        count = iter(range(1000))
        rename = intake._rename

        def until_full(old: Path, new: Path) -> None:
            if next(count) == 20:
                raise OSError(28, "No space left on device")
            rename(old, new)

        full.setattr(intake, "_rename", until_full)
        life.foran(*every, "--review", str(table), name="add, a full disk")
    life.look("what failed")
    life.foran(*every, "--review", str(table), name="add")
    life.look("brought in")
    life.foran(*every, name="add, again")
    corrected = life.sources / f"{SPEAKER} rettet.txt"
    corrected.write_text("\n".join(lines(2)).replace("sammen", f"sammen, {SPEAKER} og jeg") + "\n", "utf-8")
    life.foran(
        "add", str(corrected), "--replaces", "FJO-I04", "--reason", "rettet etter opptaket", name="add, corrected"
    )
    life.foran("add", str(corrected), "--replaces", "FJO-I05", "--reason", f"{SPEAKER} ba om det", name="add, a reason")
    other = life.sources / "samtale.txt"
    other.write_text(f"Intervjuer: Ja?\n{SPEAKER}: Nei, ikke i det hele tatt 😀.\n", "utf-8")
    life.foran(*about, str(other), "--id", "IntervjuRagnfrid1", name="add, an id")
    git(life.path, "init", "--quiet")
    git(life.path, "add", ".")
    git(life.path, "commit", "--quiet", "--message", "inn")


#: Words of the talk that coders put codes on.
CODED = (
    ("skrev vi sammen", "C0001", "fremmer"),
    ("dialogmøte ble avlyst", "C0002", "hemmer"),
    ("visste det", "C0005", ""),
)


def _work(life: Lived, small: SmallStudy) -> None:
    study = load_study(life.path)
    for coder, documents in (("K1", ("FJO-I03", "FJO-I05", "FJO-I06", "FJO-I17")), ("K2", ("FJO-I03", "FJO-I05"))):
        for document in documents:
            session = Session(study, document, coder, codebook_version="1.0.0", now=lambda: "2020-05-01T10:00:00Z")
            text = small.text(document)
            for words, code, polarity in CODED:
                if words in text:
                    start = text.index(words)
                    span = {"start": max(0, start - 40), "end": start + len(words), "code": code, "polarity": polarity}
                    done = session.act("apply", span)
                    session.act("memo", {"record": done.events[0].segment, "text": "Ser ut som behov 😀."})
            session.act("note", {"about": {"document": document}, "text": "Et notat."})
            session.act("complete", {})


def _run_and_look(life: Lived, patch: pytest.MonkeyPatch) -> None:
    life.foran("check")
    life.foran("suggest", "M1", "--show")
    life.foran("agreement", "K1", "K2")
    found = life.path / "funn"
    found.mkdir()
    for number, ending in enumerate(("csv", "xlsx", "docx")):
        query = ("P1", "P1 OR K3", "case:FJO")[number]
        life.foran(
            "find",
            query,
            "--show",
            "--codebook",
            "1.0.0",
            "--output",
            str(found / f"f.{ending}"),
            name=f"find {ending}",
        )
    life.foran("run", "M1")
    life.outputs = {
        path.relative_to(life.path / "outputs/M1").as_posix(): path.read_bytes()
        for path in (life.path / "outputs/M1").rglob("*") if path.is_file()
    }  # fmt: skip
    # What the other notebooks save, without their kernels.
    study = load_study(life.path)
    chosen = study.milestone("M1")
    tables = {**milestone.network_tables(study, chosen), **milestone.suggestion_tables(study, chosen)}
    overview = milestone.corpus_overview(study, chosen)
    tables |= milestone.corpus_tables(study, chosen) | dict(overview.tables)
    for name, figure in overview.figures.items():
        milestone.save_figure(figure, found, name)
    for name, table in tables.items():
        milestone.save_table(table, found, name)
    graphs = milestone.networks_by_case(study, study.model_inputs(chosen), "nb")
    for number, graph in enumerate(graphs.values()):
        nx.write_graphml(_plain(graph), found / f"{number}.graphml")
    life.foran("trace", str(life.path / "outputs/M1/model.json"), "P1")
    life.look("run")
    editor = life.key.parent / "skriv.py"
    editor.write_text(
        "import pathlib, sys\np = pathlib.Path(sys.argv[1])\nt = p.read_text('utf-8')\n"
        "p.write_text(t.replace('skrev vi sammen', 'skreiv me i lag'), 'utf-8')\n"
    )
    patch.setenv("EDITOR", f'"{sys.executable}" "{editor}"')
    life.foran("edit", "FJO-I05", "--reason", "retta målform")
    patch.setenv("EDITOR", f'"{sys.executable}" "{_wrong(editor)}"')
    life.foran("edit", "FJO-I06", name="edit, wrong")
    text = life.path / "corpus/texts/FJO-I06.md"
    text.write_text(text.read_text("utf-8").replace("avlyst", "utsatt"), "utf-8")
    life.foran("reanchor")
    life.look("edited")


def _plain(graph: nx.Graph) -> nx.Graph:
    """A graph with what its nodes and edges hold as text, lists of evidence too."""
    made = nx.Graph(**{name: str(value) for name, value in graph.graph.items()})
    made.add_nodes_from(
        (str(node), {key: repr(value) for key, value in about.items()}) for node, about in graph.nodes.items()
    )
    made.add_edges_from((str(a), str(b), {key: repr(value) for key, value in about.items()})
                        for (a, b), about in graph.edges.items())  # fmt: skip
    return made


def _wrong(editor: Path) -> Path:
    """An editor that leaves a label that no register knows."""
    path = editor.with_name("skriv_feil.py")
    path.write_text(
        "import pathlib, sys\np = pathlib.Path(sys.argv[1])\n"
        "p.write_text(p.read_text('utf-8') + '\\n**X:** å\\n', 'utf-8')\n"
    )
    return path


def _save_and_withdraw(life: Lived, patch: pytest.MonkeyPatch) -> None:
    life.foran("backup", "--outputs", "--to", str(life.key.parent / "kopi.zip"))
    life.foran("restore", str(life.key.parent / "kopi.zip"), str(life.key.parent / "tilbake"))
    git(life.path, "add", ".")
    git(life.path, "commit", "--quiet", "--message", "kodet")
    for words in ("list", "where", "scan"):
        life.foran("key", words)
    life.foran("key", "add", "FJO-P01", "--name", "Ragna Tveitåsen")
    life.foran("key", "rotate")
    patch.setenv("FORAN_KEY_PASSPHRASE", SECOND)
    life.foran("withdraw", "FJO-P02", "--reason", "i brev")
    life.look("one has withdrawn")
    life.foran("withdraw", "FJO-P01", "--reason", "i brev", name="withdraw, all")
    life.foran("check", name="check, at the end")
    life.look("both have withdrawn")


def test_what_was_meant_to_happen_has_happened(lived: Lived) -> None:
    failed = {name for name, code in lived.codes.items() if code}
    assert failed == {
        "add, undecided", "add, a broken and a missing file", "add, a folder", "add, a table that is wrong", "add, a full disk",
        "add, a reason", "add, an id", "edit, wrong",
    }, {name: lived.told[name] for name in sorted(failed)}  # fmt: skip
    assert "reason-names-somebody" in lived.told["add, a reason"]
    assert "id-names-somebody" in lived.told["add, an id"]
    assert "No space left" in lived.told["add, a full disk"]
    assert {"report.html", "model.json", "run.json"} <= set(lived.outputs)
    assert "FJO-P02" in lived.told["key list"]
    assert "15 replaced" not in lived.told["add"]
    assert lived.told["add"].count("→ FJO-I") == len(sources())


@pytest.mark.parametrize(
    "stage", ["what failed", "brought in", "run", "edited", "one has withdrawn", "both have withdrawn"]
)
def test_no_canary_is_in_the_study(lived: Lived, stage: str) -> None:
    assert lived.found[stage] == {}


def test_no_command_prints_a_canary(lived: Lived) -> None:
    printed = {name: canaries_in(told) - {MACHINE} for name, told in lived.told.items()}
    assert {name: found for name, found in printed.items() if found} == {}
    assert canaries_in(lived.raw) - {MACHINE} == set()


def test_nothing_is_logged(lived: Lived) -> None:
    assert canaries_in(lived.logged) - {MACHINE} == set()


def test_no_canary_stays_in_temporary_folders_or_at_home(lived: Lived) -> None:
    only = frozenset((MACHINE,))
    assert canaries_below(lived.temporary, but=only) == {}
    assert canaries_below(lived.home, but=only) == {}


def test_no_canary_is_in_a_backup_what_comes_out_of_it_or_the_key(lived: Lived) -> None:
    folder = lived.key.parent
    assert canaries_in_bytes((folder / "kopi.zip").read_bytes()) == set()
    assert canaries_below(folder / "tilbake") == {}
    for path in (lived.key, lived.key.with_name(lived.key.name + ".previous"), folder / ".lock"):
        assert not path.exists() or canaries_in_bytes(path.read_bytes()) == set()
    # Review tables hold names, and lie here.
    assert set(canaries_below(folder)) == {"navn-review.xlsx", "utfylt.xlsx", "galt.xlsx"}


def test_the_own_scan_agrees(lived: Lived) -> None:
    assert "0 places with names" in lived.told["key scan"]
    assert "history searched" in lived.told["key scan"]
    names = open_key(lived.key, SECOND).searched
    assert scan(lived.path, names).leaks == ()
    files = {path.name for path in lived.sources.rglob("*") if path.is_file()}
    met = {leak.place for leak in scan(lived.sources, names, with_history=False)}
    assert len(met) >= len(files)


def test_records_and_notebooks_name_neither_machine_nor_person(lived: Lived) -> None:
    here = {
        str(lived.path),
        str(lived.home),
        str(lived.temporary),
        sys.prefix,
        str(Path(tempfile.gettempdir())),
        MACHINE,
    }
    host = socket.gethostname()
    here |= {host} if len(host) > 3 else set()
    for name, data in lived.outputs.items():
        text = data.decode("utf-8", "replace")
        assert [one for one in here if one in text] == [], name
    notebooks = [json.loads(data) for name, data in lived.outputs.items() if name.endswith(".ipynb")]
    assert len(notebooks) == 1
    for notebook in notebooks:
        assert "papermill" not in json.dumps(notebook["metadata"])
        assert "widgets" not in notebook["metadata"]
        assert not any({"papermill", "execution"} & set(cell["metadata"]) for cell in notebook["cells"])


def test_the_report_asks_no_other_machine_for_anything(lived: Lived) -> None:
    from lxml import html as pages

    page = pages.fromstring(lived.outputs["report.html"].decode())
    asked = [
        value
        for element in page.iter()
        for name, value in element.attrib.items()
        if name in ("src", "href", "data", "poster", "action", "srcset", "{http://www.w3.org/1999/xlink}href")
        and element.tag != "a" and not value.startswith(("#", "data:"))
    ]  # fmt: skip
    assert asked == []
    text = lived.outputs["report.html"].decode()
    assert "@import" not in text
    assert "url(http" not in text
    assert "sourceMappingURL" not in text


# What fails


def failing(folder: Path) -> dict[str, list[Path]]:
    """Files that cannot come in, all with names that tell who it is, by what is wrong."""
    made = {source.name.rpartition(".")[2]: source for source in sources()}
    broken = {
        **{f"half a {kind}": source.data[: len(source.data) // 2] for kind, source in made.items()},
        **{f"the wrong ending for {kind}": source.data for kind, source in made.items()},
        "an archive of files": packed({f"{SPEAKER}.txt": "\n".join(lines(1)), f"../{UNSPOKEN}.txt": "x"}),
        "a path out of an archive": packed({"word/document.xml": "<x/>", f"../../{SPEAKER}.xml": "<x/>"}),
        "entities": f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "{SPEAKER}">]><ANNOTATION_DOCUMENT AUTHOR="&a;"/>'.encode(),
        "markup that does not close": f"<ANNOTATION_DOCUMENT><{SPEAKER.split()[0]}>{OTHER}".encode(),
        "JSON that is none": f'{{"segments": [{{"text": "{SPEAKER}", "start": "{OTHER}"'.encode(),
        "JSON of something else": json.dumps({SPEAKER: [OTHER], "segments": {"a": THIRD}}).encode(),
        "nobody speaks": f"{SPEAKER} sa dette.\n\nDet var {OTHER} enig i.\n".encode(),
        "nothing": b"",
        "null characters": f"{SPEAKER}\0{OTHER}".encode() * 9,
        "a table": f"navn;telefon\n{SPEAKER};{PHONE}\n".encode(),
        "mail": f"From: {EMAIL}\nTo: {OTHER}\n\n{SPEAKER}: ja\n".encode(),
    }
    endings = {"the wrong ending for": ".txt", "an archive": ".zip", "a path": ".docx", "entities": ".eaf", "markup": ".eaf",
               "JSON": ".json", "nobody": ".txt", "nothing": ".docx", "null": ".txt", "a table": ".csv",
               "mail": ".eml"}  # fmt: skip
    paths = {}
    for number, (what, data) in enumerate(broken.items()):
        ending = next((e for start, e in endings.items() if what.startswith(start)), f".{what.rpartition(' ')[2]}")
        path = folder / str(number) / f"{SPEAKER} {PHONE} {UNSPOKEN}{ending}"
        path.parent.mkdir()
        path.write_bytes(data)
        paths[what] = [path]
    return paths


def with_locals(error: BaseException) -> str:
    """What a debugger shows of an error: the library's frames with their values."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [frame for frame in shown.stack if "foran_research" in Path(frame.filename).parts]
    return "".join(
        f"{frame.name}: {key} = {value}\n" for frame in frames for key, value in (frame.locals or {}).items()
    )


def told(error: BaseException) -> str:
    """What a traceback shows, with all that led to it; and the error by itself."""
    chain = "".join(traceback.format_exception(error))
    return f"{chain}{error!r}{error}{error.args!r}{vars(error)!r}"


@pytest.fixture
def real(tmp_path: Path) -> tuple[SmallStudy, OpenKey]:
    small = real_study(tmp_path / "studie")
    path = tmp_path / "hemmelig/navn.forankey"
    path.parent.mkdir()
    create(path, PASSPHRASE, "small", study=small.path, cost=Cost(2**4))
    return small, OpenKey(open_key(path, PASSPHRASE), path, PASSPHRASE)


def about(**more: Any) -> Description:
    return Description("interview", "FJO", "2020-04-01", **more)


def test_no_error_names_anybody(real: tuple[SmallStudy, OpenKey], tmp_path: Path) -> None:
    small, key = real
    folder = tmp_path / "kilder"
    folder.mkdir()
    refused = set()
    for what, paths in failing(folder).items():
        before = small.fingerprint()
        with pytest.raises(ForanError) as raised:
            add_documents(small.path, paths, about(), at=AT, key=key)
        assert canaries_in(told(raised.value)) == set(), what
        assert small.fingerprint() == before
        refused |= {what} if isinstance(raised.value, StudyError) else set()
        with contextlib.suppress(ForanError):
            seen = preview(paths, study=small.path, key=key)
            assert canaries_in(repr(seen)) == set(), what
    assert len(refused) > 15
    assert canaries_below(small.path) == {}


@pytest.mark.parametrize("label", [OTHER, UNSPOKEN], ids=["a label", "an interviewer"])
def test_labels_that_are_wrong_are_not_repeated(label: str, real: tuple[SmallStudy, OpenKey], tmp_path: Path) -> None:
    small, key = real
    path = tmp_path / "a.txt"
    path.write_text("\n".join(lines(1)), "utf-8")
    for given, how in ((about(interviewers=(label,)), How(reason="prøve")), (about(), How(only=(label,))),
                       (about(), How(reason=f"{label} sa ja"))):  # fmt: skip
        with contextlib.suppress(ForanError):
            add_documents(small.path, [path], given, at=AT, key=key, how=how)
            continue
        with pytest.raises(ForanError) as raised:
            add_documents(small.path, [path], given, at=AT, key=key, how=how)
        assert canaries_in(told(raised.value)) == set()


@pytest.mark.parametrize(
    "label",
    [
        SPEAKER, f"Ordfører {SPEAKER}", f"{SPEAKER} (prosjektleder)", f"{SPEAKER}, leder", SPEAKER.upper(), SPEAKER.lower(),
        unicodedata.normalize("NFD", SPEAKER), f"{SPEAKER} 2",
    ],
)  # fmt: skip
def test_a_name_is_known_however_it_stands_in_label_and_talk(
    label: str, real: tuple[SmallStudy, OpenKey], tmp_path: Path
) -> None:
    small, key = real
    first, last = SPEAKER.split()
    said = (
        f"{first} kom 😀. Så {last}s bil, {last}-saken, {last.upper()}, {first.lower()}, {last}, {first}. «{first}», {first}’s. "
        f"{first}_{last} og {first}2 og 1{last}, (e\u0301n {SPEAKER}) {unicodedata.normalize('NFD', SPEAKER)}s\u00a0hus, "
        f"{first[:4]}\u00ad{first[4:]} og {last[:5]}\u200b{last[5:]}. Tveitaasen. Ordfører Kari kom ikke."
    )
    path = tmp_path / "a.txt"
    path.write_text(
        f"# Samtale med {SPEAKER}\n\nIntervjuer: Ja?\n{label}: {said}\nIntervjuer: Å?\n{label}: Mer.\n", "utf-8"
    )
    asked = ()
    if any(map(str.isdigit, label)):
        # Nobody knows whether it is a name: nothing comes in unasked.
        with pytest.raises(NotDecided) as raised:
            add_documents(small.path, [path], about(), at=AT, key=key)
        asked = canaries_in_bytes(raised.value.table.read_bytes())
        assert {first.casefold(), last.casefold()} <= asked
        return
    (made,) = add_documents(small.path, [path], about(), at=AT, key=key, how=How(reason="prøve"))
    assert canaries_in((small.path / f"corpus/texts/{made.document}.md").read_text("utf-8")) == set()
    assert canaries_below(small.path) == {}
    assert "Ordfører" in small.text(made.document)


def test_a_traceback_with_every_value_names_nobody(
    real: tuple[SmallStudy, OpenKey], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, key = real
    paths = []
    for number, source in enumerate(sources()):
        paths.append(tmp_path / f"{number}{Path(source.name).suffix}")
        paths[-1].write_bytes(source.data)
    with pytest.raises(NotDecided) as raised:
        add_documents(small.path, paths, about(), at=AT, key=key)
    assert "drafts = " in with_locals(raised.value)
    assert canaries_in(with_locals(raised.value)) == set()

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("som om noe var galt")

    for place in ("_keep", "_check_same_words", "_write", "_results"):
        with monkeypatch.context() as patch:
            patch.setattr(adding, place, broken)
            again = OpenKey(open_key(key.path, PASSPHRASE), key.path, PASSPHRASE)
            with pytest.raises(RuntimeError) as crashed:
                add_documents(small.path, paths, about(), at=AT, key=again, how=How(reason="prøve"), say=len)
            shown = with_locals(crashed.value)
            assert "judged = " in shown
            # Unreviewed words stand in the made text; the values that hold it show none of it.
            assert canaries_in(shown) == set(), place
    assert canaries_below(small.path)


def test_values_that_hold_names_show_none_when_printed(real: tuple[SmallStudy, OpenKey], tmp_path: Path) -> None:
    small, key = real
    for number, source in enumerate(sources()):
        path = tmp_path / f"{number}{Path(source.name).suffix}"
        path.write_bytes(source.data)
        (material,) = intake.read_materials([path], (noted := Faults()), has_speakers=True, is_open=False)
        assert canaries_in(str(material.source.text)) >= {"ragnfrid", "tveitåsen"}
        for value in (material, material.source, material.passages, material.remarks, material.source.remarks,
                      noted, preview([path], study=small.path, key=key)):  # fmt: skip
            assert canaries_in(f"{value!r}{value}") == set(), type(value)
    filled = key.key.with_names("FJO-P01", [SPEAKER, THIRD], "person")
    for one in (filled, filled.entries, OpenKey(filled, key.path, PASSPHRASE)):
        assert canaries_in(f"{one!r}{one}") == set(), type(one)
        assert PASSPHRASE not in f"{one!r}"


@pytest.mark.parametrize(
    "value", [SourceTurn(SPEAKER, OTHER), known_names({"FJO-P01": [SPEAKER]})], ids=["turn", "names"]
)
def test_what_the_search_for_turns_and_names_holds_is_not_shown_when_printed(value: object) -> None:
    assert canaries_in(repr(value)) == set()


def test_a_list_of_names_that_is_wrong_is_not_repeated(
    real: tuple[SmallStudy, OpenKey], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, key = real
    monkeypatch.setenv("FORAN_KEY", str(key.path))
    monkeypatch.setenv("FORAN_KEY_PASSPHRASE", PASSPHRASE)
    names = tmp_path / "liste.csv"
    for text in (f"pseudonym;name;kind\nP-1;{THIRD};{OTHER}\n", f"pseudonym;name\n{SPEAKER};{THIRD}\n",
                 f"{SPEAKER};{OTHER}\n",
                 f"pseudonym;name;replacement\nP-1;{THIRD};[{THIRD}]\n",
                 f"pseudonym;name\nP-1;{THIRD}\nP-2;{THIRD}\n"):  # fmt: skip
        names.write_text(text, "utf-8")
        done = CliRunner().invoke(main, ["key", "add", "--from", str(names), "--study", str(small.path)])
        assert (done.exit_code, canaries_in(done.output)) == (1, set()), text


# What people write themselves


def test_what_people_write_into_a_study_is_found_by_the_scan_and_told_without_the_name(
    real: tuple[SmallStudy, OpenKey],
) -> None:
    small, key = real
    session = Session(load_study(small.path), "FJO-I01", "K9", now=lambda: "2020-05-01T10:00:00Z")
    session.act("note", {"about": {"document": "FJO-I01"}, "text": f"Ring {THIRD} 😀"})
    small.edit_codebook("2.0.0", lambda book: book["codes"][0]["example"].update(nb=f"«{SPEAKER} ringte»"))
    small.edit_codebook("1.0.0", lambda book: book["codes"][1]["label"].update(en=f"What {SPEAKER}s office does"))
    small.replace("foran.toml", "Liten oppdiktet studie", f"Studien til {SPEAKER}")
    (small.path / "corpus/text_changes.csv").write_text(
        f"document,from_sha256,to_sha256,at,reason\nx,y,z,å,{THIRD} ba\n"
    )
    notebook = {"cells": [{"cell_type": "code", "source": "preview(x)", "metadata": {}, "execution_count": 1, "outputs": [
        {"output_type": "stream", "name": "stdout", "text": [f"{SPEAKER}  2\n"]}]}],
        "metadata": {"widgets": {"state": {"a": THIRD}}}, "nbformat": 4, "nbformat_minor": 5}  # fmt: skip
    for name in ("notebooks/x.ipynb", "notebooks/.ipynb_checkpoints/x-checkpoint.ipynb"):
        path = small.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook), "utf-8")
    (small.path / "outputs").mkdir()
    (small.path / "outputs/nett.gexf").write_text(f'<gexf><node label="{SPEAKER.upper()}"/></gexf>', "utf-8")
    (small.path / f"outputs/{SPEAKER}.png").write_bytes(png(THIRD))
    filled = key.key.with_names("FJO-P01", [SPEAKER], "person").with_names("FJO-P02", [THIRD], "person")
    found = scan(small.path, filled.searched)
    told_of = "\n".join(map(str, found.leaks))
    assert canaries_in(told_of) == set()
    ours = set(canaries_below(small.path))
    assert len(ours) == 9
    for name in ours:
        shown = name if not canaries_in(name) else "outputs/⟨FJO-P01⟩.png"
        assert shown in told_of, name
    assert {leak.pseudonym for leak in found} == {"FJO-P01", "FJO-P02"}
