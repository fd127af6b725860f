"""Projects of other tools: the texts in a Taguette or QualCoder database and in a REFI-QDA project (.qdpx).

Texts are taken over, codings are not: they are counted and told. A database is opened from memory, where nothing can be
written; only plain tables are read, and a database made to keep the program busy is given up.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from lxml import etree

from ...errors import Faults
from ..source import Finding, SourceText
from ..transcript import canonical
from .safe import MAX_BYTES, Noted, check_size, open_zip, parse_xml, refuse

MAX_TEXTS = 10_000
#: Steps of SQLite's own machine in thousands; reading a database of 64 MB takes fewer than fifty thousand.
MAX_STEPS = 200_000

_ANOTHER = "Export the texts from the tool they are in (.docx, .txt or .qdpx) and add those."
_ANEW = "Open it in the tool it came from, save or export it anew, and add that."
#: A value that SQLite may give out, in a query.
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION}


@dataclass(frozen=True)
class _Stored:
    """One text as a tool stores it: what kind of text, and what is coded in it."""

    name: str
    text: bytes
    is_html: bool
    codings: int = 0
    remarks: int = 0


def read_sqlite(data: bytes, name: str, faults: Faults) -> tuple[SourceText, ...]:
    """The texts of a Taguette database (``documents``) or of a QualCoder ``data.qda`` (``source``).

    >>> faults = Faults()
    >>> read_sqlite(b"SQLite format 3" + bytes(100), "kilde.sqlite3", faults), [fault.kind for fault in faults]
    ((), ['broken-file'])
    """
    try:
        if not check_size(data, name, faults):
            return ()
        with closing(_opened(data, name, faults)) as database:
            tables = _tables(database)
            if {"name", "contents", "project_id"} <= tables.get("documents", set()):
                stored, findings = _taguette(database, tables)
                return _texts(stored, "taguette", findings, name, faults)
            if {"name", "fulltext"} <= tables.get("source", set()):
                stored, findings = _qualcoder(database, tables)
                return _texts(stored, "qualcoder", findings, name, faults)
        faults.note("wrong-type", name, None, "a database of some other program", "a Taguette or QualCoder database",
                    _ANOTHER)  # fmt: skip
    except Noted:
        pass
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            faults.note("too-slow", name, None, "a database that keeps the program busy", "tables of texts", _ANOTHER)
        else:
            faults.note("broken-file", name, None, "a database that cannot be read", "a whole database", _ANEW)
    except (sqlite3.Error, OverflowError, MemoryError, UnicodeError):  # names of columns may be no Unicode
        faults.note("broken-file", name, None, "a database that cannot be read", "a whole database", _ANEW)
    return ()


def read_qualcoder_zip(data: bytes, name: str, faults: Faults) -> tuple[SourceText, ...]:
    """The texts of a QualCoder project folder (``NAME.qda/``) packed into one archive."""
    archive = open_zip(data, name, faults)
    if archive is None:
        return ()
    inside = [member for member in archive.names if member.casefold().rpartition("/")[2] == "data.qda"]
    if len(inside) != 1:
        faults.note("wrong-type", name, None, f"{len(inside)} QualCoder databases in one archive", "one",
                    "Unpack it and add each data.qda.")  # fmt: skip
        return ()
    database = archive.read(inside[0])
    return () if database is None else read_sqlite(database, name, faults)


def read_qdpx(data: bytes, name: str, faults: Faults) -> tuple[SourceText, ...]:
    """The plain texts of a REFI-QDA project: documents, transcripts of recordings, and what a PDF or picture says.

    Files are found whatever the case of ``sources/``, with or without ``internal://``, as the exporting tools differ.
    """
    archive = open_zip(data, name, faults)
    if archive is None:
        return ()
    roots = [member for member in archive.names if member.casefold().endswith(".qde") and "/" not in member]
    if len(roots) != 1:
        faults.note("broken-file", name, None, f"{len(roots)} project files in the archive", "one .qde", _ANEW)
        return ()
    project = archive.read(roots[0])
    root = None if project is None else parse_xml(project, name, faults)
    if root is None:
        return ()
    if _local(root) != "Project":
        faults.note("wrong-type", name, None, "a project file without a project", "a REFI-QDA Project", _ANEW)
        return ()
    members = {member.casefold(): member for member in archive.names}
    counts: Counter[str] = Counter()
    stored: list[_Stored] = []
    for element in root.iter(etree.Element):
        counts[_local(element)] += 1
        if _local(element) not in ("TextSource", "Transcript", "Representation", "TextDescription"):
            continue
        if len(stored) >= MAX_TEXTS:
            faults.note("too-big", name, None, f"more than {MAX_TEXTS} texts", f"at most {MAX_TEXTS}", _ANOTHER)
            return ()
        text = _plain_text(element)
        if text is None:
            path = (element.get("plainTextPath") or "").removeprefix("internal://").lstrip("/")
            member = members.get(f"sources/{path}".casefold()) or members.get(path.casefold()) if path else None
            content = archive.read(member) if member else None
            if archive.is_broken:
                return ()
            if content is None:
                counts["missing"] += 1
                continue
            text = content
        inside = Counter(_local(child) for child in element.iter(etree.Element))
        stored.append(_Stored(_name_of(element), text, False, inside["Coding"], inside["NoteRef"]))
    findings = _told(
        (
            "coding",
            counts["Coding"] - sum(one.codings for one in stored),
            "codings of whole sources, pictures and recordings",
        ),
        ("code", counts["Code"], "codes; see the exchange of codebooks"),
        ("case", counts["Case"], "cases and their attributes"),
        ("note", counts["Note"], "notes of the project"),
        ("missing-source", counts["missing"], "texts that are not plain or not in the archive"),
        ("image", counts["PictureSource"], "pictures"),
        ("recording", counts["AudioSource"] + counts["VideoSource"], "recordings; their transcripts are read"),
    )
    return _texts(stored, "refi-qda", findings, name, faults)


def _opened(data: bytes, name: str, faults: Faults) -> sqlite3.Connection:
    """The database in memory, with everything closed that a stranger's database could use against the reader."""
    image = bytearray(data)
    if image[18:20] == b"\2\2":
        # A log beside the file (WAL) cannot be there in memory; without this mark SQLite reads what was checked in.
        image[18:20] = b"\1\1"
    database = sqlite3.connect(":memory:", isolation_level=None)
    try:
        database.deserialize(bytes(image))
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_BYTES)
        database.setlimit(sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 50)
        database.setlimit(sqlite3.SQLITE_LIMIT_VDBE_OP, 25_000)
        database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        database.execute("PRAGMA trusted_schema = OFF")
        database.execute("PRAGMA query_only = ON")
        database.execute("PRAGMA cell_size_check = ON")
        database.execute("PRAGMA temp_store = MEMORY")
        steps = [0]

        def is_enough() -> int:
            steps[0] += 1
            return int(steps[0] > MAX_STEPS)

        database.set_progress_handler(is_enough, 1_000)
        database.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY)
        database.text_factory = bytes
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except (sqlite3.Error, OverflowError, AttributeError, UnicodeError):
        database.close()
        refuse(faults, name, "broken-file", "a database that cannot be opened", "a whole database", _ANEW)
    return database


def _tables(database: sqlite3.Connection) -> dict[str, set[str]]:
    """Plain tables and their columns; views and tables that a module computes are not looked at."""
    rows = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchmany(1_000)
    found = {}
    for table, made in rows:
        title, sql = _words(table), _words(made)
        if sql[:13].casefold() == "create table " and title in _WANTED:
            # One row at most: the names of the columns are all that is asked for.
            columns = database.execute(f"SELECT * FROM {title} LIMIT 0").description  # noqa: S608 (a name of ours)
            found[title] = {column[0] for column in columns}
    return found


_WANTED = ("documents", "highlights", "highlight_tags", "tags", "source", "code_text", "code_name", "annotation",
           "code_image", "code_av", "cases", "attribute", "case_text", "journal")  # fmt: skip


def _taguette(
    database: sqlite3.Connection, tables: dict[str, set[str]]
) -> tuple[Iterator[_Stored], tuple[Finding, ...]]:
    codings = _counted(database, tables, "highlights", "document_id")
    findings = _told(
        ("code", _count(database, tables, "tags"), "tags; the codebook is not taken over"),
    )

    def documents() -> Iterator[_Stored]:
        for own_id, title, contents in database.execute("SELECT id, name, contents FROM documents ORDER BY id"):
            yield _Stored(_words(title), _raw(contents), True, codings[own_id])

    return documents(), findings


def _qualcoder(
    database: sqlite3.Connection, tables: dict[str, set[str]]
) -> tuple[Iterator[_Stored], tuple[Finding, ...]]:
    codings = _counted(database, tables, "code_text", "fid")
    remarks = _counted(database, tables, "annotation", "fid")
    own_id = "id" if "id" in tables["source"] else "rowid"
    no_words = database.execute("SELECT count(*) FROM source WHERE fulltext IS NULL OR fulltext = ''").fetchone()[0]
    findings = _told(
        ("code", _count(database, tables, "code_name"), "codes; the codebook is not taken over"),
        ("case", _count(database, tables, "cases"), "cases"),
        ("attribute", _count(database, tables, "attribute"), "attributes of files and cases"),
        ("note", _count(database, tables, "journal"), "journal entries"),
        (
            "coding",
            _count(database, tables, "code_image") + _count(database, tables, "code_av"),
            "of pictures and recordings",
        ),
        ("missing-source", no_words, "pictures, recordings and files without text"),
    )

    def documents() -> Iterator[_Stored]:
        query = f"SELECT {own_id}, name, fulltext FROM source WHERE fulltext <> '' ORDER BY {own_id}"  # noqa: S608
        for number, title, contents in database.execute(query):
            yield _Stored(_words(title), _raw(contents), False, codings[number], remarks[number])

    return documents(), findings


def _texts(
    stored: Iterator[_Stored] | Sequence[_Stored], form: str, findings: tuple[Finding, ...], name: str, faults: Faults
) -> tuple[SourceText, ...]:
    """What the readers of web pages and of plain text make of each; a text that they refuse is told and left out."""
    from .html import read_html
    from .plain import read_text

    texts: list[SourceText] = []
    left_out: Counter[str] = Counter()
    size = 0
    for number, one in enumerate(stored, 1):
        size += len(one.text)
        if number > MAX_TEXTS or size > 4 * MAX_BYTES:
            faults.note("too-big", name, None, f"more than {MAX_TEXTS} texts, or very long ones", "a project of texts",
                        _ANOTHER)  # fmt: skip
            return ()
        if not one.text.strip():
            left_out["empty-text"] += 1
            continue
        own = Faults()
        # The mark of UTF-8 keeps the reader from guessing, or from believing what the page says of itself.
        read = read_html(b"\xef\xbb\xbf" + one.text, name, own) if one.is_html else read_text(one.text, name, own)
        left_out.update(fault.kind for fault in own.errors)
        coded = _told(
            ("coding", one.codings, "coded passages; codings are not taken over"),
            ("annotation", one.remarks, "notes on passages"),
        )
        title = " ".join(canonical("".join(c if c.isprintable() else " " for c in one.name)).split())
        kept = tuple(f for f in (read[0].findings if read else ()) if f.what != "encoding")
        texts += [replace(text, format=form, name=title, findings=(*kept, *coded)) for text in read[:1]]
    if not texts:
        faults.note("empty-text", name, None, f"a project with {sum(left_out.values())} texts that cannot be read", "texts",
                    _ANOTHER)  # fmt: skip
        return ()
    for kind, count in sorted(left_out.items()):
        faults.note(kind, name, None, f"{count} of the project's texts left out", "texts that can be read",
                    "Export them from the tool one by one if they are needed.", is_warning=True)  # fmt: skip
    texts[0] = replace(texts[0], findings=(*texts[0].findings, *findings))
    return tuple(texts)


def _told(*counted: tuple[str, int, str]) -> tuple[Finding, ...]:
    return tuple(Finding(what, count, False, detail) for what, count, detail in counted if count > 0)


def _count(database: sqlite3.Connection, tables: dict[str, set[str]], table: str) -> int:
    if table not in tables:
        return 0
    return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 (a name of ours)


def _counted(database: sqlite3.Connection, tables: dict[str, set[str]], table: str, column: str) -> Counter[object]:
    """Rows of `table` by the document that `column` names."""
    if column not in tables.get(table, set()):
        return Counter()
    query = f"SELECT {column}, count(*) FROM {table} GROUP BY {column}"  # noqa: S608 (names of ours)
    return Counter(dict(database.execute(query)))


def _raw(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode() if isinstance(value, (int, float)) else b""


def _words(value: object) -> str:
    return _raw(value).decode("utf-8", "replace")


def _local(element: etree._Element) -> str:
    """The name without its namespace: exports of one project mix versions of it."""
    return str(element.tag).rpartition("}")[2]


def _plain_text(element: etree._Element) -> bytes | None:
    for child in element:
        if _local(child) == "PlainTextContent":
            return "".join(map(str, child.itertext())).encode("utf-8", "replace")
    return None


def _name_of(element: etree._Element) -> str:
    """Its own name, or that of the recording or PDF it is the text of."""
    parent = element.getparent()
    return element.get("name") or (parent.get("name") if parent is not None else "") or ""
