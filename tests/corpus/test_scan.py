"""Looking for names: one canary in every place where a name can hide, and none told by name."""

from __future__ import annotations

import gzip
import html
import io
import json
import struct
import subprocess
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from foran_research.corpus.key import MAGIC
from foran_research.corpus.scan import THE_KEY, Leak, Scanned, compiled, scan

NAME = "Åsmundine Kanariøy"
NAMES = {"FJO-PL-01": (NAME, "Kanarine"), "HEI-PL-02": ("Stein",), "STR-PL-03": ("Bo",), "phone": ("912 34 567",)}


def found(study: Path, **how: bool) -> Scanned:
    result = scan(study, NAMES, **{"with_history": False, **how})
    assert_silent(result)
    return result


def assert_silent(result: Scanned) -> None:
    told = repr(result) + "\n".join(map(str, result.leaks)) + "\n".join(result.unsearched) + result.history
    for form in (told, unicodedata.normalize("NFC", told)):
        assert "kanari" not in form.casefold()
        assert "912 34" not in form


def places(result: Scanned) -> list[tuple[str, int | None, str, int]]:
    return [(leak.place, leak.line, leak.pseudonym, leak.count) for leak in result]


# Forms


@pytest.mark.parametrize(
    "text",
    [
        NAME,
        NAME.upper(),
        NAME.lower(),
        NAME + "s",
        f"«{NAME}»",
        NAME.replace(" ", "\u00a0"),
        NAME.replace(" ", "\n"),
        NAME.replace(" ", "_") + "_intervju",
        "asmund.no/" + NAME.replace(" ", "."),
        NAME.replace(" ", ""),
        "Kanariøy, Åsmundine",
        unicodedata.normalize("NFD", NAME),
        json.dumps(NAME),
        json.dumps(f"Hei\n{NAME}"),
        json.dumps(json.dumps(NAME)).replace("\\\\", "\\"),
        json.dumps({"text/html": html.escape(f"<b>{NAME}</b>").encode("ascii", "xmlcharrefreplace").decode()}),
        html.escape(NAME).encode("ascii", "xmlcharrefreplace").decode(),
        "&Aring;smundine Kanari&oslash;y",
        "&amp;Aring;smundine Kanari&amp;#248;y",
        quote(NAME),
        quote(NAME, encoding="latin-1"),
        f"?q={quote(NAME)}".replace("%20", "+"),
        r"\303\205smundine Kanari\303\270y",
        repr(NAME.encode("latin-1")),
        "<w:r><w:t>Åsmund</w:t></w:r><w:r><w:t>ine Kanariøy</w:t></w:r>",
        "Kanarine",
        "KANARINES",
        "kanarine2",
        "intervjuKanarine 1",
    ],
)
def test_a_name_is_found_in_every_form_it_is_written(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.md").write_text(f"Linje én 😀\n{text}\n", "utf-8")
    if text.startswith("intervjuKanarine"):
        assert places(found(tmp_path)) == []  # grown together with another word: that is another word
    else:
        assert places(found(tmp_path)) == [("a.md", 2, "FJO-PL-01", 1)]


@pytest.mark.parametrize(
    "text", ["Kanarinen", "kanarifugl", "en stein", "han bo der", "xBo", "9123456", "åsmundinesen", ""]
)
def test_what_is_no_name_is_not_found(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.md").write_text(text, "utf-8")
    assert places(found(tmp_path)) == []


def test_a_name_that_is_a_word_as_well_counts_with_a_capital(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Stein kastet stein på STEIN.\nBo vil bo.\n", "utf-8")
    assert places(found(tmp_path)) == [("a.md", 1, "HEI-PL-02", 2), ("a.md", 2, "STR-PL-03", 1)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("og gunnbjørg var enig 😀", 1),
        ("gunnbjørg og rabbestad", 2),
        ("Rabbestads bil", 1),
        ("Gunnbjørg Rabbestad", 1),
        # Somebody else may be called so.
        ("Gunnbjørg Åsmo", 0),
        ("gunnbjo\u0308rg", 0),
        ("stein og berg", 0),
    ],
)
def test_a_rare_part_of_a_full_name_is_found_alone(tmp_path: Path, text: str, count: int) -> None:
    (tmp_path / "a.md").write_text(text, "utf-8")
    leaks = scan(tmp_path, {"P1": ("Gunnbjørg Rabbestad",), "P2": ("Stein Berg",)}, with_history=False)
    assert [(leak.pseudonym, leak.count) for leak in leaks] == ([("P1", count)] if count else [])


def test_a_name_with_an_s_of_its_own_is_not_another_ones_genitive(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Andreas kom.\nAndrea's bil.\nOlas bil.\n", "utf-8")
    assert places(scan(tmp_path, {"P1": ("Andrea",), "P2": ("Ola",)}, with_history=False)) == [
        ("a.md", 2, "P1", 1),
        ("a.md", 3, "P2", 1),
    ]


def test_a_short_name_is_found_decomposed_too(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("A\u030age kom", "utf-8")
    assert [leak.pseudonym for leak in scan(tmp_path, {"P1": ("Åge",)}, with_history=False)] == ["P1"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac-roman"])
def test_a_name_is_found_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.csv").write_bytes(f"id;navn\n1;{NAME}\n".encode(encoding))
    assert [(leak.place, leak.pseudonym) for leak in found(tmp_path)] == [("a.csv", "FJO-PL-01")]


def test_figures_are_found_however_they_are_spaced(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("tlf 91234567 eller 912-34-567, ikke 991234567\n", "utf-8")
    assert places(found(tmp_path)) == [("a.md", 1, "phone", 2)]


# Places


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunk(*one) for one in chunks) + body + chunk(b"IEND", b"")


def word_with(fill: Callable[[object], None]) -> bytes:
    document, out = Document(), io.BytesIO()
    fill(document)
    document.save(out)
    return out.getvalue()


def packed(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def workbook() -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.active["B2"] = NAME
    book.properties.creator = "Kanarine"
    book.save(out)
    return out.getvalue()


def test_a_canary_in_each_kind_of_place_is_found_there(tmp_path: Path) -> None:
    def cut(document: object) -> None:
        paragraph = document.add_paragraph()
        for run in ("Ka", "nari", "ne"):
            paragraph.add_run(run)

    def author(document: object) -> None:
        document.core_properties.author = NAME

    files: dict[str, bytes] = {
        "corpus/texts/.versions/I1/0123.md": NAME.encode(),
        "notebooks/.ipynb_checkpoints/a-checkpoint.ipynb": json.dumps({"cells": [f"x\n{NAME}"]}).encode(),
        "outputs/M1/report.html": f"<td>{html.escape(NAME)}</td>".encode(),
        "outputs/M1/cut.docx": word_with(cut),
        "outputs/M1/author.docx": word_with(author),
        "outputs/M1/table.xlsx": workbook(),
        "outputs/text.png": png((b"tEXt", b"Author\0Kanarine")),
        "outputs/packed.png": png((b"zTXt", b"Comment\0\0" + zlib.compress(b"by Kanarine"))),
        "outputs/international.png": png((b"iTXt", b"Title\0\0\0nb\0\0" + NAME.encode())),
        "outputs/plain.png": png(),
        "backup/inner.zip": packed(one=packed(two=NAME.encode())),
        "backup/by-name.zip": packed(**{"Kanarine/notat.txt": b""}),
        "log.txt.gz": gzip.compress(NAME.encode(), mtime=0),
        "state.sqlite": b"SQLite format 3\0" + b"\xff\xfe\0" + NAME.encode() + b"\0",
    }
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    result = found(tmp_path)
    assert {leak.place.split("!")[0] for leak in result} == set(files) - {"outputs/plain.png"}
    assert {leak.pseudonym for leak in result} == {"FJO-PL-01"}
    assert "backup/inner.zip!one!two" in {leak.place for leak in result}
    assert "backup/by-name.zip!⟨FJO-PL-01⟩/notat.txt" in {leak.place for leak in result}
    assert [line for line in result.unsearched if "plain.png" in line] == [
        "outputs/plain.png: what the picture shows; its text fields were searched"
    ]


def test_names_of_files_folders_and_links_are_searched_and_masked(tmp_path: Path) -> None:
    (tmp_path / "Kanarine").mkdir()
    (tmp_path / "Kanarine" / f"{NAME}.docx.md").write_text("ingenting\n", "utf-8")
    (tmp_path / unicodedata.normalize("NFD", "åsmundine_kanariøy.txt")).write_text("", "utf-8")
    (tmp_path / "IntervjuKanarine2.md").write_text("", "utf-8")
    (tmp_path / "link").symlink_to(f"/home/{NAME}/x")
    assert places(found(tmp_path)) == [
        ("link", None, "FJO-PL-01", 1),
        ("⟨FJO-PL-01⟩", None, "FJO-PL-01", 1),
        ("⟨FJO-PL-01⟩.md", None, "FJO-PL-01", 1),
        ("⟨FJO-PL-01⟩.txt", None, "FJO-PL-01", 1),
        ("⟨FJO-PL-01⟩/⟨FJO-PL-01⟩.md", None, "FJO-PL-01", 1),
    ]


def test_what_cannot_be_searched_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 torn")
    (tmp_path / "b.7z").write_bytes(b"7z\xbc\xaf\x27\x1c")
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.7 torn")
    (tmp_path / "d.jpg").write_bytes(b"\xff\xd8\xff")
    (tmp_path / "e.gz").write_bytes(b"\x1f\x8b torn")
    assert [line.split(":")[0] for line in found(tmp_path).unsearched] == ["a.zip", "b.7z", "c.pdf", "d.jpg", "e.gz"]


def test_the_text_of_a_pdf_is_searched(tmp_path: Path) -> None:
    stream = b"BT /F1 12 Tf 10 100 Td (ring Ka) Tj (narine i dag) Tj ET"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(zlib.compress(stream)), zlib.compress(stream)),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        offsets.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, part)
    xref = b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    (tmp_path / "a.pdf").write_bytes(body + xref + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(body))
    assert places(found(tmp_path)) == [("a.pdf", None, "FJO-PL-01", 1)]


def test_the_key_itself_in_the_study_is_found(tmp_path: Path) -> None:
    (tmp_path / "innocent.csv").write_bytes(MAGIC + b"{}\n")
    (tmp_path / "backup.zip").write_bytes(packed(inside=MAGIC + b"{}\n"))
    assert [(leak.place, leak.pseudonym) for leak in found(tmp_path)] == [
        ("backup.zip!inside", THE_KEY),
        ("innocent.csv", THE_KEY),
    ]


def test_an_archive_within_archives_has_an_end(tmp_path: Path) -> None:
    data = NAME.encode()
    for _ in range(6):
        data = packed(inner=data)
    (tmp_path / "deep.zip").write_bytes(data)
    result = found(tmp_path)
    assert places(result) == []
    assert any("packed too deep" in line for line in result.unsearched)


def test_compiled_names_can_be_used_again_and_show_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(NAME, "utf-8")
    needles = compiled(NAMES)
    assert scan(tmp_path, needles, with_history=False) == scan(tmp_path, NAMES, with_history=False)
    # The two words of the full name count alone as well.
    assert repr(needles) == "<Needles: 8 names>"
    assert str(Leak("a", 3, "P1", 2)) == "a:3: P1, 2 times"


def test_a_large_study_and_many_names_are_searched_quickly(tmp_path: Path) -> None:
    import time

    names = {f"P{n}": (f"Navn{chr(97 + n % 26)}{chr(97 + n // 26)} Kanarisen",) for n in range(500)}
    (tmp_path / "a.md").write_text("Det var en gang en kommune som ville kjøpe noe nytt. " * 40_000, "utf-8")
    begun = time.perf_counter()
    assert len(scan(tmp_path, names, with_history=False)) == 0
    assert time.perf_counter() - begun < 20


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"%PDF-1.4", b"\x1f\x8b", b"\xff\xfe"]),
)
@settings(max_examples=150, deadline=None)
def test_no_bytes_whatever_stop_the_search(folder: Path, data: bytes, start: bytes) -> None:
    (folder / "a").write_bytes(start + data)
    (folder / "b.md").write_text(NAME, "utf-8")
    assert ("b.md", 1, "FJO-PL-01", 1) in places(found(folder))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bytes")


# History


def git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


def test_history_is_searched_to_its_last_object(tmp_path: Path) -> None:
    study = tmp_path / "repo" / "study"
    study.mkdir(parents=True)
    git(tmp_path / "repo", "init", "-q", "-b", "main")
    (study / "a.md").write_text(f"x\n{NAME}\n", "utf-8")
    git(study, "add", ".")
    git(study, "commit", "-q", "-m", "begin")
    (study / "a.md").write_text("x\n[Person 1]\n", "utf-8")
    (study / "Kanarine.txt").write_text("y\n", "utf-8")
    git(study, "add", ".")
    git(study, "commit", "-q", "-m", f"without {NAME}", "--author", "Kanarine <k@example.org>")
    git(study, "rm", "-q", "Kanarine.txt")
    git(study, "commit", "-q", "-m", "removed")
    git(study, "tag", "-a", "v1", "-m", "takk til Kanarine")
    git(study, "branch", "kanarine-branch")
    (study / "lost.md").write_text("Kanarine", "utf-8")
    git(study, "add", ".")
    git(study, "stash", "-q")
    git(study, "stash", "drop", "-q")
    result = found(study, with_history=True)
    told = [
        (leak.place.split()[1], leak.place.split("(")[-1] if "(" in leak.place else "", leak.count) for leak in result
    ]
    # The commit tells two: its message and its author. The lost blob was only ever stashed.
    assert sorted(told) == [
        ("blob", "", 1),
        ("blob", "study/a.md)", 1),
        ("commit", "", 1),
        ("commit", "", 1),
        ("ref", "", 1),
        ("tag", "", 1),
        ("tree", "", 1),
    ]
    assert result.history.startswith("history searched: ")
    assert all(not (tmp_path / "repo" / leak.place).exists() for leak in result)


def test_packed_history_is_searched_as_well(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "a.md").write_text(f"{NAME}\n" + "ord " * 2000, "utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "x")
    git(tmp_path, "rm", "-q", "a.md")
    git(tmp_path, "commit", "-q", "-m", "y")
    git(tmp_path, "gc", "-q", "--aggressive")
    assert [leak.place.split("(")[-1] for leak in found(tmp_path, with_history=True)] == ["a.md)"]


def test_a_study_without_history_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert found(tmp_path, with_history=True).history.startswith("history not searched: no git repository")
    assert found(tmp_path).history == "history not searched: not asked for"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert found(tmp_path, with_history=True).history == "history not searched: there is no git program"
