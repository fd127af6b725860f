"""Source files into texts, one reader per format, in one visible table."""

from __future__ import annotations

import codecs
import importlib
import io
import re
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ...errors import Faults
from ..source import Finding, Reader, SourceText

#: The largest file that is read, in bytes; an hour of talk is some 100,000 characters.
MAX_BYTES = 64 * 2**20


@dataclass(frozen=True)
class Format:
    """A format that is read: what people call it, how its files end, and ``module.function`` of its reader."""

    title: str
    endings: tuple[str, ...]
    reader: str

    def read(self, data: bytes, name: str, faults: Faults) -> tuple[SourceText, ...]:
        """What the reader makes of `data`; its module is imported when it is first needed."""
        module, function = self.reader.split(".")
        reader: Reader = getattr(importlib.import_module(f".{module}", __name__), function)
        return tuple(reader(data, name, faults))


@dataclass(frozen=True)
class Refused:
    """A format that is known and not read: what it is, and what to do instead."""

    title: str
    endings: tuple[str, ...]
    remedy: str


FORMATS: Mapping[str, Format] = {
    "text": Format("plain text", (".txt", ".text"), "plain.read_text"),
    "markdown": Format("Markdown", (".md", ".markdown"), "plain.read_markdown"),
    "docx": Format("a Word document", (".docx", ".docm", ".dotx", ".dotm"), "docx.read_docx"),
    "odt": Format("an OpenDocument text", (".odt", ".ott", ".fodt"), "odt.read_odt"),
    "rtf": Format("Rich Text Format", (".rtf",), "rtf.read_rtf"),
    "html": Format("a web page", (".html", ".htm", ".xhtml"), "html.read_html"),
    "pdf": Format("a PDF", (".pdf",), "pdf.read_pdf"),
    "vtt": Format("WebVTT subtitles", (".vtt",), "cues.read_vtt"),
    "srt": Format("SubRip subtitles", (".srt",), "cues.read_srt"),
    "eaf": Format("an ELAN annotation file", (".eaf",), "eaf.read_eaf"),
    "whisper": Format("JSON of a speech recogniser", (".json",), "whisper.read_whisper_json"),
    "whisper-tsv": Format("a table of a speech recogniser", (), "whisper.read_whisper_tsv"),
    "sqlite": Format(
        "a Taguette or QualCoder database", (".sqlite3", ".sqlite", ".db", ".qda"), "projects.read_sqlite"
    ),
    "qualcoder": Format("a zipped QualCoder project", (".zip",), "projects.read_qualcoder_zip"),
    "qdpx": Format("a REFI-QDA project", (".qdpx",), "projects.read_qdpx"),
}

_AS_TEXT = "Save it as .docx, .odt or .txt and add that."
_NO_TALK = "Have the talk transcribed and add the transcript; sound and film stay where the study keeps them."
_NO_TRANSCRIPT = "Add transcripts and documents; a survey or an attribute table is no transcript."
_UNPACK = "Unpack it and add the files in it."
REFUSED: Mapping[str, Refused] = {
    "doc": Refused("an old Word document", (".doc", ".dot"), "Open it in Word or LibreOffice and save it as .docx."),
    "pages": Refused("a Pages document", (".pages",), "Export it from Pages as Word (.docx)."),
    "keynote": Refused("a presentation", (".ppt", ".pptx", ".odp"), "Copy its text to a .txt file and add that."),
    "sheet": Refused("a spreadsheet", (".xlsx", ".xls", ".xlsm", ".ods", ".numbers"), _NO_TRANSCRIPT),
    "csv": Refused("a table of values", (".csv", ".tsv"), _NO_TRANSCRIPT),
    "tex": Refused("LaTeX", (".tex", ".latex", ".bib"), "Make a PDF or a .txt of it and add that."),
    "ris": Refused("a list of references", (".ris", ".nbib", ".enw"), "A list of references is no transcript."),
    "flat": Refused("an office document in one XML file", (".fods", ".fodp", ".xml"), _AS_TEXT),
    "odf": Refused("an OpenDocument file that is no text", (".odg", ".odc", ".odf"), _AS_TEXT),
    "epub": Refused("an electronic book", (".epub", ".mobi"), _AS_TEXT),
    "mail": Refused("an e-mail", (".eml", ".msg", ".mbox"), "Copy what belongs to the study to a .txt file and add that."),
    "qdc": Refused("a codebook in exchange format", (".qdc",), "A codebook is no document; it goes into codebooks/."),
    "qde": Refused("the inside of a REFI-QDA project", (".qde",), "Add the whole .qdpx file."),
    "vendor": Refused("a project of another tool", (".nvp", ".nvpx", ".mx20", ".mx22", ".mx24", ".atlproj", ".hpr7", ".rqda"),
                      "Export it from that tool as REFI-QDA (.qdpx) and add that."),
    "ttml": Refused("subtitles in XML", (".ttml", ".dfxp", ".sbv", ".ass", ".ssa"), "Convert them to .vtt or .srt."),
    "notebook": Refused("a notebook", (".ipynb",), "A notebook is no document of the study."),
    "settings": Refused("a file of a program", (".toml", ".yaml", ".yml", ".jsonl", ".py", ".r", ".js", ".ini", ".log"),
                        "A program's file is no transcript; if it is one, give it the ending .txt."),
    "image": Refused("a picture", (".jpg", ".jpeg", ".png", ".gif", ".tif", ".tiff", ".heic", ".webp", ".bmp", ".svg"),
                     "Have its text recognised (OCR), check it, and add that."),
    "sound": Refused("a sound recording", (".mp3", ".wav", ".m4a", ".ogg", ".opus", ".flac", ".wma", ".aac", ".aiff", ".amr"),
                     _NO_TALK),
    "film": Refused("a film", (".mp4", ".mov", ".avi", ".mkv", ".webm", ".wmv", ".m4v", ".mpg", ".mpeg", ".3gp"), _NO_TALK),
    "zip": Refused("an archive", (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz"), _UNPACK),
    "key": Refused("a key file", (".key", ".pem", ".gpg", ".asc", ".age", ".p12", ".kdbx"),
                   "A key never comes into a study; leave it where it is."),
    "program": Refused("a program", (".exe", ".dll", ".so", ".app", ".dmg"), "Check that this is the right file."),
    "link": Refused("a shortcut to a file elsewhere", (".lnk", ".url", ".webloc", ".gdoc", ".gsheet"),
                    "Add the file that it points to; a Google document is saved as .docx first."),
    "ole": Refused("an office file from before 2007", (), "Open it and save it as .docx, or add another file."),
    "binary": Refused("no text in any format we know", (), _AS_TEXT),
}  # fmt: skip

#: What the first bytes of a file say: ``(offset, bytes, name in FORMATS or REFUSED)``; the first that fits decides.
MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"SQLite format 3\0", "sqlite"),
    (0, b"{\\rtf", "rtf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (0, b"\x89PNG\r\n", "image"),
    (0, b"\xff\xd8\xff", "image"),
    (0, b"GIF8", "image"),
    (0, b"II*\0", "image"),
    (0, b"MM\0*", "image"),
    (4, b"ftypheic", "image"),
    (4, b"ftypM4A", "sound"),
    (4, b"ftyp", "film"),
    (0, b"ID3", "sound"),
    (0, b"\xff\xfb", "sound"),
    (0, b"\xff\xf3", "sound"),
    (0, b"OggS", "sound"),
    (0, b"fLaC", "sound"),
    (8, b"WAVE", "sound"),
    (8, b"WEBP", "image"),
    (8, b"AVI ", "film"),
    (0, b"\x1aE\xdf\xa3", "film"),
    (0, b"0&\xb2u\x8ef\xcf\x11", "film"),
    (0, b"\x1f\x8b", "zip"),
    (0, b"7z\xbc\xaf\x27\x1c", "zip"),
    (0, b"Rar!\x1a\x07", "zip"),
    (0, b"BZh", "zip"),
    (0, b"\xfd7zXZ\0", "zip"),
    (0, b"MZ\x90\0", "program"),
    (0, b"\x7fELF", "program"),
    (0, b"age-encryption.org/", "key"),
    (0, b"-----BEGIN PGP", "key"),
    (0, b"-----BEGIN OPENSSH", "key"),
)

#: What the first words of a text say, spaces before them left out and in lower case.
OPENINGS: tuple[tuple[str, str], ...] = (
    (r"webvtt(?=\s|$)", "vtt"),
    (r"\d+[ \t]*\n[ \t]*\d{1,3}:\d{1,2}:\d{1,2}[,.]\d{1,3}[ \t]*-->", "srt"),
    (r"(?:<\?xml[^>]{0,200}>\s*)?(?:<!--[^>]{0,500}-->\s*)?<annotation_document[\s>]", "eaf"),
    (r"(?:<\?xml[^>]{0,200}>\s*)?<(?:project)\s[^>]{0,500}urn:qda-xml", "qde"),
    (r"(?:<\?xml[^>]{0,200}>\s*)?<(?:codebook)\s[^>]{0,500}urn:qda-xml", "qdc"),
    (
        r"(?:<\?xml[^>]{0,200}>\s*)?(?:<\?mso[^>]{0,200}>\s*)?<(?:office:document|pkg:package|w:worddocument)[\s>]",
        "flat",
    ),
    (r"(?:<\?xml[^>]{0,200}>\s*)?<svg[\s>]", "image"),
    (r"(?:<\?xml[^>]{0,200}>\s*)?<tt[\s>]", "ttml"),
    (r"(?:<\?xml[^>]{0,200}>\s*)?(?:<!--[^>]{0,500}-->\s*)?<(?:!doctype html|html[\s>])", "html"),
    (r"(?:[a-z_]{1,20}\t){0,3}(?:start|begin)\t[a-z_\t]{0,60}\btext\b", "whisper-tsv"),
    (r'[{][^}]{0,200}"nbformat"', "notebook"),
    (r"\\documentclass\b", "tex"),
    (r"ty  - [a-z]{2,}\r?\n", "ris"),
)
_OPENINGS = tuple((re.compile(pattern), what) for pattern, what in OPENINGS)

#: Formats whose files are plain characters: what no opening tells apart, the ending decides.
_TEXTS = ("text", "markdown", "vtt", "srt", "html", "whisper", "eaf")
_HEAD = 65_536
#: Endings that a format has beside those that people know it by, and that are no slip.
_ALSO = {("whisper-tsv", ".tsv"), ("qualcoder", ".qda")}


def read_texts(path: Path, faults: Faults) -> tuple[SourceText, ...]:
    """The texts of a source file: one, or as many as a project of another tool holds; () with a fault when none.

    What the file is, its content says; its ending decides only between kinds of plain text. A file whose ending says
    otherwise is read as what it is and bears a finding "wrong-extension".

    >>> faults = Faults()
    >>> read_texts(Path("ingen-slik-fil.docx"), faults), [fault.kind for fault in faults]
    ((), ['missing-file'])
    """
    name = str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    data = _bytes_of(path, name, faults)
    if data is None:
        return ()
    return read_bytes_of(data, path.suffix, name, faults)


def read_bytes_of(data: bytes, ending: str, name: str, faults: Faults) -> tuple[SourceText, ...]:
    """The texts in `data`, the content of a file with this ending; see ``read_texts``."""
    ending = ending.strip().casefold()
    if not data:
        faults.note("empty-file", name, None, "0 bytes", "a file with text",
                    "Check that it was copied or downloaded whole.")  # fmt: skip
        return ()
    if len(data) > MAX_BYTES:
        _refuse_size(name, faults)
        return ()
    what = recognise(data, ending)
    if what not in FORMATS:
        _refuse(what, data, name, faults)
        return ()
    errors = len(faults.errors)
    texts = FORMATS[what].read(data, name, faults)
    if not texts and len(faults.errors) == errors:
        faults.note("empty-text", name, None, "no words", "text", "Check that this is the right file.")
    if ending in FORMATS[what].endings or (what, ending) in _ALSO:
        return texts
    ended = f"the file ends in {ending}" if re.fullmatch(r"\.[a-z0-9]{1,8}", ending) else "the file has no known ending"
    finding = Finding("wrong-extension", 1, True, f"{ended}; read as {FORMATS[what].title}")
    return tuple(replace(text, findings=(*text.findings, finding)) for text in texts)


def recognise(data: bytes, ending: str = "") -> str:
    """What a file is: a name in ``FORMATS`` or ``REFUSED``.

    >>> recognise(b"%PDF-1.7 ...", ".txt"), recognise(b"Kari: Hei.", ".txt"), recognise(b"a,b", ".csv")
    ('pdf', 'text', 'csv')
    """
    head = data[:_HEAD]
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(data, ending)
    for offset, magic, what in MAGIC:
        if head.startswith(magic, offset):
            return _ole_kind(ending) if what == "ole" else what
    known = [(what, f.endings) for what, f in FORMATS.items()] + [(what, r.endings) for what, r in REFUSED.items()]
    by_ending = next((what for what, endings in known if ending in endings), "")
    words = _opening(head)
    if words is None:
        return by_ending or "binary"
    told = next((what for pattern, what in _OPENINGS if pattern.match(words)), "")
    if told:
        return told
    if by_ending in REFUSED:
        return by_ending
    if words[:1] in ("{", "[") and re.search(r'"(?:segments|transcription|chunks|utterances)"\s*:', words):
        return "whisper"
    if by_ending in _TEXTS:
        return by_ending
    return "text"


def _opening(head: bytes) -> str | None:
    """The beginning of a text in lower case, None when the bytes are no text."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "ignore").lstrip().lower()
    nulls = head.count(0)
    if nulls:
        # UTF-16 without its mark has a null in every second place of Latin text.
        if nulls < len(head) / 5:
            return None
        even = head[::2].count(0)
        return head.decode("utf-16-be" if even > nulls - even else "utf-16-le", "ignore").lstrip().lower()
    controls = sum(head.count(bytes([c])) for c in range(1, 32) if c not in (9, 10, 11, 12, 13, 27, 28, 29, 30, 31))
    if controls > len(head) / 20:
        return None
    return head.decode("utf-8", "replace").lstrip().lower()


def _zip_kind(data: bytes, ending: str) -> str:
    """What an office file, a project or an archive is, by the names of its members and nothing they hold."""
    by_ending = next((what for what in ("docx", "odt", "qdpx") if ending in FORMATS[what].endings), "zip")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {name.casefold() for name in archive.namelist()[:20_000]}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        return by_ending
    kinds = (
        ("word/document.xml", "docx"), ("xl/workbook.xml", "sheet"), ("xl/workbook.bin", "sheet"),
        ("ppt/presentation.xml", "keynote"), ("index/document.iwa", "pages"), ("meta-inf/container.xml", "epub"),
    )  # fmt: skip
    for member, what in kinds:
        if member in names:
            return what
    if any(name.endswith(".qde") for name in names):
        return "qdpx"
    if any(name == "data.qda" or name.endswith("/data.qda") for name in names):
        return "qualcoder"
    if "content.xml" in names and "mimetype" in names:
        return _open_document_kind(data[:256], ending)
    return by_ending


def _open_document_kind(head: bytes, ending: str) -> str:
    """The type stands at a fixed place at the beginning, unpacked, for this purpose."""
    for kind, what in (("text", "odt"), ("spreadsheet", "sheet"), ("presentation", "keynote"), ("", "odf")):
        if b"application/vnd.oasis.opendocument." + kind.encode() in head:
            return what
    return next((what for what in ("sheet", "keynote", "odf") if ending in REFUSED[what].endings), "odt")


def _ole_kind(ending: str) -> str:
    return next((what for what in ("doc", "sheet", "keynote", "mail") if ending in REFUSED[what].endings), "ole")


def _refuse(what: str, data: bytes, name: str, faults: Faults) -> None:
    if data.startswith(b"\xd0\xcf\x11\xe0") and "EncryptedPackage".encode("utf-16-le") in data:
        faults.note("encrypted-file", name, None, "an office document that is locked with a password",
                    "one that opens without", "Save a copy without the password and add that.")  # fmt: skip
        return
    refused = REFUSED[what]
    known = sorted({ending for known in FORMATS.values() for ending in known.endings})
    faults.note("wrong-type", name, None, refused.title, f"one of: {', '.join(known)}", refused.remedy)


def _refuse_size(name: str, faults: Faults) -> None:
    faults.note("too-big", name, None, f"more than {MAX_BYTES // 2**20} MB", f"at most {MAX_BYTES // 2**20} MB",
                "Take the pictures out, or divide it, and add the parts.")  # fmt: skip


def _bytes_of(path: Path, name: str, faults: Faults) -> bytes | None:
    """The content of a file, or None with a fault; pipes and devices are never opened."""
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode) and (path / "data.qda").is_file():
            path = path / "data.qda"
            about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            remedy = (
                "Export it from Pages as Word (.docx)."
                if path.suffix.casefold() == ".pages"
                else "Name the files in it."
            )
            faults.note("wrong-type", name, None, "a folder", "a file", remedy)
            return None
        if not stat.S_ISREG(about.st_mode):
            faults.note("wrong-type", name, None, "a device or a pipe", "a file", "Name a file on disk.")
            return None
        if about.st_size > MAX_BYTES:
            _refuse_size(name, faults)
            return None
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        found = "a link to a file that is not there" if _is_link(path) else "no such file"
        faults.note("missing-file", name, None, found, "a file to add", "Check the name.")
    except OSError as error:
        # A loop of links, a disk gone away, a file of the cloud that is not on this machine, no permission.
        faults.note("unreadable-file", name, None, f"the system says: {error.strerror or 'no reason'}",
                    "a file that you may read", "Open it yourself, copy it to this machine, and add the copy.")  # fmt: skip
    return None


def _is_link(path: Path) -> bool:
    try:
        return path.is_symlink()
    except (OSError, ValueError):
        return False
