"""Broken files against every reader: each comes from a seed, so that what goes wrong can be made again.

    python -m tests.corpus.reader_fuzz docx 20000 1           # 20,000 broken Word files
    python -m tests.corpus.reader_fuzz all 200 1              # some for every reader
    python -m tests.corpus.reader_fuzz docx 1 1 --from 4711   # one of them again

The files are read in a process of its own with a limit on memory; one that takes more than two seconds of the
processor (a second for each megabyte, if it is large) is told as slow, one on which the process dies or hangs as a
crash, and the process begins anew behind it. What a reader gives must hold together: no text and one fault, or texts of
clean words and no error.
"""

from __future__ import annotations

import argparse
import copy
import io
import json
import math
import random
import re
import select
import struct
import subprocess
import sys
import time
import traceback
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent)]

from hand_made_sources import GOOD, RICH  # noqa: E402 (found beside this file, also when it is run by itself)
from lxml import etree  # noqa: E402

from foran_research.corpus.readers import FORMATS  # noqa: E402
from foran_research.corpus.source import SourceText  # noqa: E402
from foran_research.errors import Faults  # noqa: E402

#: Seconds of the processor that one file of up to two megabytes may take; a larger one may take a second for each.
SLOW = 2.0
#: Seconds by the wall after which a file counts as hanging.
HANGING = 60.0
#: Bytes of memory that the reading process may take.
MEMORY = 3 * 2**30

TOKENS = [
    b"", b"\0", b"\0" * 1000, b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"99999999999999999999",
    b"-1", b"1e999", b"NaN", b"\r", b"\r\n\r\n", b"\x0c", b"\x1b", b"-->", b"00:00:01,000 --> 00:00:02,000\n", b"<v ", b"</v>",
    b"{" * 300, b"[" * 300, b"(" * 300, b"<a>" * 300, b"</a>" * 300, b"\\u-32768?", b"\\u55357?", b"\\bin99999 ", b"{\\rtf1",
    b"\\par ", b"\\'", b"\\ud83d", b"&#0;", b"&#x110000;", b"&amp;amp;", b"&lol;", b"<!--", b"-->", b"<![CDATA[", b"]]>",
    b"<!DOCTYPE a [<!ENTITY lol 'lol'>]>", b'<?xml version="1.0" encoding="utf-16"?>', b"<table>", b"<tr><td>", b"</p>", b"**",
    b"```", b"---\n", b"NOTE ", b"STYLE\n", b"a\xcc\x8a" * 50, b"\xe2\x80\xae", b"\xf0\x9f\x98\x80", b"endobj", b"stream\n",
    b"endstream", b"/Type /Page", b"<<" * 200, b"1 0 R", b"startxref\n0\n", b"SQLite format 3\0", b"PK\x03\x04", b"PK\x01\x02",
    b"Kari: " * 2000, b"a" * 50_000, b" " * 50_000, b"\n" * 20_000, b"\t" * 5_000, b": " * 5_000,
]  # fmt: skip


def broken(what: str, seed: int, index: int) -> bytes:
    """File number `index` of a format; the same numbers give the same bytes."""
    rng = random.Random(f"{what} {seed} {index}")  # noqa: S311 (chance with a seed is meant)
    sources = [GOOD[what], *([RICH[what]] if what in RICH else [])]
    data = rng.choice(sources)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        is_zip = data.startswith(b"PK\x03\x04")
        ways = _ARCHIVE if is_zip and rng.random() < 0.8 else _XML if data[:5] == b"<?xml" else _BYTES
        data = rng.choice(ways)(data, rng)
        data = data[: 8 * 2**20]
    return data


def _place(data: bytes, rng: random.Random) -> int:
    return rng.randrange(len(data) + 1)


def _flip(data: bytes, rng: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(rng.choice((1, 2, 8, 64)) if made else 0):
        made[rng.randrange(len(made))] = rng.choice((rng.randrange(256), 0, 255, 127))
    return bytes(made)


def _truncate(data: bytes, rng: random.Random) -> bytes:
    cut = _place(data, rng)
    return data[:cut] if rng.random() < 0.8 else data[cut:]


def _drop(data: bytes, rng: random.Random) -> bytes:
    start, end = sorted((_place(data, rng), _place(data, rng)))
    return data[:start] + data[min(end, start + rng.choice((1, 16, 1000))) :]


def _double(data: bytes, rng: random.Random) -> bytes:
    start, end = sorted((_place(data, rng), _place(data, rng)))
    return data[:end] + data[start:end] * rng.choice((1, 1, 2, 50)) + data[end:]


def _splice(data: bytes, rng: random.Random) -> bytes:
    other = rng.choice([*GOOD.values(), *RICH.values()])
    return data[: _place(data, rng)] + other[_place(other, rng) :]


def _insert(data: bytes, rng: random.Random) -> bytes:
    place = _place(data, rng)
    return data[:place] + rng.choice(TOKENS) * rng.choice((1, 1, 1, 20)) + data[place:]


def _numbers(data: bytes, rng: random.Random) -> bytes:
    """One number in plain characters becomes another, or four bytes become a length that cannot be."""
    found = list(re.finditer(rb"\d{1,10}", data[:200_000]))
    if found and rng.random() < 0.7:
        one = rng.choice(found)
        return (
            data[: one.start()] + rng.choice((b"0", b"-1", b"2147483648", b"9" * 30, b"1.5", b"")) + data[one.end() :]
        )
    made, place = bytearray(data), _place(data, rng)
    made[place : place + 4] = struct.pack(rng.choice("<>") + "I", rng.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 65_536)))
    return bytes(made)


def _tags(data: bytes, rng: random.Random) -> bytes:
    """One mark-up tag goes, comes twice, moves, changes its name or gets what follows nested very deep."""
    found = list(re.finditer(rb"<[^<>]{1,300}>", data[:400_000]))
    if not found:
        return _insert(data, rng)
    one, other = rng.choice(found), rng.choice(found)
    kind = rng.randrange(7)
    if kind == 0:
        return data[: one.start()] + data[one.end() :]
    if kind == 1:
        return data[: one.end()] + one[0] * rng.choice((1, 3, 300)) + data[one.end() :]
    if kind == 2:
        return data[: one.start()] + other[0] + data[one.end() :]
    if kind == 3:
        first, last = sorted((one, other), key=lambda m: m.start())
        return data[: last.end()] + data[first.start() : last.end()] * rng.choice((1, 5)) + data[last.end() :]
    if kind == 4:
        value = rng.choice((b'""', b'"-1"', b'"99999999999"', b'"&#10;"', b'"' + b"x" * 5_000 + b'"'))
        return data[: one.start()] + re.sub(rb'"[^"]{0,200}"', lambda _: value, one[0], count=1) + data[one.end() :]
    if kind == 5:
        return data[: one.end()] + rng.choice(TOKENS) + data[one.end() :]
    name = (re.match(rb"</?([\w:]+)", one[0]) or [b"", b"a"])[1]
    depth = rng.choice((10, 300, 5_000))
    return data[: one.start()] + b"<%s>" % name * depth + b"</%s>" % name * depth + data[one.start() :]


def _tree(data: bytes, rng: random.Random) -> bytes:
    """XML that stays whole: elements go, come twice, move into each other, exchange attributes, or hold other words."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError, AssertionError):
        return _tags(data, rng)
    for _ in range(rng.choice((1, 2, 4))):
        elements = [element for element in root.iter(etree.Element) if element is not root]
        if not elements:
            break
        a, b = rng.choice(elements), rng.choice(elements)
        parent = a.getparent()
        kind = rng.randrange(8)
        if kind == 0:
            parent.remove(a)
        elif kind == 1:
            for _ in range(rng.choice((1, 2, 200))):
                parent.insert(parent.index(a), copy.deepcopy(a))
        elif kind == 2 and not any(up is a for up in (b, *b.iterancestors())):
            b.insert(rng.randrange(len(b) + 1), a)
        elif kind == 3:
            a.tag, b.tag = b.tag, a.tag
        elif kind == 4 and a.attrib:
            key = rng.choice(list(a.attrib))
            a.attrib[key] = rng.choice(
                ("", "-1", "99999999999999999999", "x" * 3_000, "1.5", "æ\u0301", *b.attrib.values())
            )
        elif kind == 5:
            a.attrib.update(b.attrib)
        elif kind == 6:
            a.text = rng.choice(
                (
                    "",
                    "a\u030a" * 100,
                    "x" * 30_000,
                    "\u202e",
                    "\x85\u2028",
                    "Kari:",
                    "\u00ad",
                    "\U0001f600" * 50,
                    " \n\t",
                )
            )
        else:
            a.tail = rng.choice(("løse ord", "a\u030a", " ", None))
    return etree.tostring(root, encoding=rng.choice(("utf-8", "utf-8", "utf-16", "ascii")), xml_declaration=True)


def _streams(data: bytes, rng: random.Random) -> bytes:
    """The content of a page of a PDF, unpacked, broken and packed again."""
    found = list(re.finditer(rb"/Length \d+ ?>>\nstream\n(.*?)\nendstream", data, re.DOTALL))
    if not found:
        return _flip(data, rng)
    one = rng.choice(found)
    try:
        content, is_packed = zlib.decompress(one[1]), True
    except zlib.error:
        content, is_packed = one[1], False
    content = rng.choice((_flip, _double, _insert, _numbers))(content, rng)
    packed = zlib.compress(content) if is_packed else content
    return data[: one.start()] + b"/Length %d >>\nstream\n%s\nendstream" % (len(packed), packed) + data[one.end() :]


_BYTES: Sequence[Callable[[bytes, random.Random], bytes]] = (
    _flip, _truncate, _drop, _double, _splice, _insert, _numbers, _tags, _streams, _tree,
)  # fmt: skip
#: Tried more often on what is XML: most other mutations only make it no XML.
_XML = (*_BYTES, *[_tree] * 12)


def _members(data: bytes, rng: random.Random) -> bytes:
    """One member of an archive broken inside, the archive whole again around it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(name, archive.read(name)) for name in archive.namelist()]
    except Exception:
        return _flip(data, rng)
    if not members:
        return data
    heavy = [
        n
        for n, (name, _) in enumerate(members)
        if name.endswith(("document.xml", "content.xml", ".qde", "data.qda", ".xml"))
    ]
    at = rng.choice(heavy) if heavy and rng.random() < 0.7 else rng.randrange(len(members))
    name, content = members[at]
    kind = rng.choice((*[0] * 60, *[7, 8, 9, 11] * 5, 10))
    if kind == 0:
        members[at] = (name, rng.choice(_XML if content[:1] == b"<" else _BYTES)(content, rng))
    elif kind == 7:
        del members[at]
    elif kind == 8:
        members.append((name if rng.random() < 0.5 else rng.choice(members)[0], content))
    elif kind == 9:
        members[at] = (
            rng.choice(("", "../x", "/etc/x", "C:\\x", "a" * 300, "word/document.xml", "content.xml", "x.qde")),
            content,
        )
    elif kind == 10:
        members[at] = (name, rng.choice((bytes(30 * 2**20), content[: 2**20] * 200, b"<a>" * 10**6)))
    else:
        members[at] = (name, rng.choice([*GOOD.values(), *RICH.values()]))
    return _packed(members, rng)


def _packed(members: Sequence[tuple[str, bytes]], rng: random.Random) -> bytes:
    import warnings

    out = io.BytesIO()
    method = rng.choice((*[zipfile.ZIP_DEFLATED] * 20, *[zipfile.ZIP_STORED] * 20, zipfile.ZIP_BZIP2))
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", method, compresslevel=1) as archive:
        warnings.simplefilter("ignore")
        for name, whole in members:
            content = whole[: 32 * 2**20] if method != zipfile.ZIP_BZIP2 else whole[: 2**20]
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


_ARCHIVE: Sequence[Callable[[bytes, random.Random], bytes]] = (*[_members] * 12, _flip, _numbers)


def read(what: str, data: bytes, faults: Faults) -> tuple[SourceText, ...]:
    """What the reader gives; a PDF is read here and not in a process of its own, which would take all the time."""
    if what == "pdf":
        from foran_research.corpus.readers import pdf, pdf_text

        return pdf._understood(json.loads(json.dumps(pdf_text.extract(data))), "kilde", faults)
    return FORMATS[what].read(data, "kilde", faults)


def wrong(texts: object, faults: Faults) -> str:
    """What does not hold together in a reader's answer, or ""."""
    if not isinstance(texts, tuple):
        return f"gives a {type(texts).__name__}"
    if len(faults.errors) != (not texts):
        return f"{len(texts)} texts and {len(faults.errors)} errors"
    for fault in faults:
        if fault.file != "kilde" or not all((fault.kind, fault.found, fault.expected, fault.remedy)):
            return "a fault with an empty part"
        if len(str(fault)) > 2_000 or not str(fault).isprintable():
            return "a fault that is long or has control characters"
    for text in texts:
        if not text.paragraphs:
            return "a text without paragraphs"
        for p in text.paragraphs:
            if not unicodedata.is_normalized("NFC", p.words) or not unicodedata.is_normalized("NFC", p.speaker):
                return "words that are not NFC"
            if _CONTROL.search(p.words) or _CONTROL.search(p.speaker) or "\n" in p.speaker:
                return "control characters in words or speakers"
            if not 0 <= p.bold <= len(p.words):
                return "bold beyond the words"
            if any(t is not None and not (math.isfinite(t) and t >= 0) for t in (p.time, p.end)):
                return "a time that is none"
        for remark in text.remarks:
            if not 0 <= remark.paragraph < len(text.paragraphs):
                return "a remark on no paragraph"
            if not 0 <= remark.start <= remark.end <= len(text.paragraphs[remark.paragraph].words):
                return "a remark beyond its words"
        if any(f.count <= 0 for f in text.findings):
            return "a finding of nothing"
        try:
            text.text.encode("utf-8")
        except UnicodeEncodeError:
            return "half a character"
    return ""


_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ufeff]")


def one(what: str, seed: int, index: int) -> dict[str, Any]:
    """One broken file read: what came of it, and the seconds it took."""
    data = broken(what, seed, index)
    faults = Faults()
    began = time.process_time()
    try:
        texts = read(what, data, faults)
        trouble = wrong(texts, faults)
        result = "read" if texts else faults.errors[0].kind if faults.errors else "nothing"
        if not trouble and index % 50 == 0:
            again = Faults()
            trouble = "" if (read(what, data, again), again) == (texts, faults) else "another answer the second time"
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        ours = [f for f in traceback.extract_tb(error.__traceback__) if "/readers/" in f.filename][-1:] or [at]
        trouble = f"{type(error).__name__} at {Path(ours[0].filename).name}:{ours[0].lineno}"
        result = "raised"
    return {"reader": what, "index": index, "result": result, "trouble": trouble,
            "seconds": round(time.process_time() - began, 2), "bytes": len(data)}  # fmt: skip


@dataclass
class Told:
    """What came of all broken files of one reader."""

    files: int = 0
    results: Counter[str] = field(default_factory=Counter)
    #: ``(index, what)``, the first hundred.
    troubles: list[tuple[int, str]] = field(default_factory=list)
    slow: list[tuple[int, float]] = field(default_factory=list)
    slowest: float = 0.0

    def add(self, line: dict[str, Any]) -> None:
        self.files += 1
        self.results[line["result"]] += 1
        self.slowest = max(self.slowest, line["seconds"])
        if line["trouble"]:
            self.troubles.append((line["index"], line["trouble"]))
        if line["seconds"] > max(SLOW, line.get("bytes", 0) / 2**20):
            self.slow.append((line["index"], line["seconds"]))

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.results.most_common())
        lines = [f"{self.files} files: {kinds}; slowest {self.slowest} s"]
        by_kind: dict[str, list[int]] = {}
        for index, what in self.troubles:
            by_kind.setdefault(what, []).append(index)
        lines += [
            f"  {len(at)} × {what}: {at[:5]}" for what, at in sorted(by_kind.items(), key=lambda kind: -len(kind[1]))
        ]
        if self.slow:
            lines.append(f"  slow: {self.slow[:10]}")
        return "\n".join(lines)


def fuzz(readers: Sequence[str], count: int, seed: int, start: int = 0) -> dict[str, Told]:
    """`count` broken files for each reader, in a process that is begun anew when it dies."""
    told = {what: Told() for what in readers}
    todo = [(what, start) for what in readers]
    while todo:
        what, at = todo[0]
        rest = [f"{name}:{first}" for name, first in todo]
        command = [
            sys.executable,
            "-W",
            "error::SyntaxWarning",
            str(Path(__file__)),
            "--worker",
            ",".join(rest),
            str(start + count),
            str(seed),
        ]
        worker = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert worker.stdout is not None
        while select.select([worker.stdout], [], [], HANGING)[0]:
            raw = worker.stdout.readline()
            if not raw:
                break
            line = json.loads(raw)
            what, at = line["reader"], line["index"] + 1
            told[what].add(line)
        is_done = worker.poll() == 0 or worker.wait(1) == 0 if _has_ended(worker) else False
        worker.kill()
        worker.wait()
        if is_done:
            break
        if at == start + count:
            what, at = readers[readers.index(what) + 1], start
        told[what].files += 1
        told[what].results["crash"] += 1
        told[what].troubles.append((at, f"the process died or hung (exit {worker.returncode})"))
        todo = [(name, first) for name, first in ((n, at + 1 if n == what else start) for n in readers[readers.index(what) :])
                if first < start + count]  # fmt: skip
    return told


def _has_ended(worker: subprocess.Popen[bytes]) -> bool:
    try:
        worker.wait(2)
    except subprocess.TimeoutExpired:
        return False
    return True


def work(parts: str, end: int, seed: int) -> None:
    """The process that reads: one line of JSON for every file."""
    import logging

    logging.disable(logging.CRITICAL)
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except ImportError:
        pass
    for part in parts.split(","):
        what, first = part.split(":")
        for index in range(int(first), end):
            sys.stdout.write(json.dumps(one(what, seed, index)) + "\n")
            sys.stdout.flush()


def main() -> None:
    if sys.argv[1:2] == ["--worker"]:
        work(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reader", help=f"all, or some of {','.join(FORMATS)}")
    parser.add_argument("count", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("--from", type=int, default=0, dest="start")
    parser.add_argument("--save", type=Path, help="write the bytes of the first file here, and read nothing")
    asked = parser.parse_args()
    readers = list(FORMATS) if asked.reader == "all" else asked.reader.split(",")
    if asked.save:
        asked.save.write_bytes(broken(readers[0], asked.seed, asked.start))
        return
    for what in readers:
        began = time.monotonic()
        told = fuzz([what], asked.count, asked.seed, asked.start)
        sys.stdout.write(f"{what}: {told[what]} ({time.monotonic() - began:.0f} s)\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
