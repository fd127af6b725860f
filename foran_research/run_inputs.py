"""What a milestone's outputs depend on, cut at its days, as hashes by name; read without pandas, so at once.

A coding later than a milestone's `coded_until`, a document or a register row later than its `cut_off`, and a milestone or a
codebook that came afterwards are none of its inputs: what its notebooks make does not depend on them. What a notebook reads
beyond that stands in `READS`; a notebook that is not the one that comes with the package may read anything, and everything
is an input of it. When in doubt a thing is an input: outputs made once too often cost a minute, stale ones a finding.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path

from .codebook.code import version_key
from .corpus.transcript import split_front_matter, text_sha256
from .registers.cells import iso_day
from .settings import SETTINGS_FILE, Milestone, Settings
from .starting import shipped
from .vocabulary import READER_CODE, is_iso_date

#: Registers whose rows carry the day they were recorded in `on`, and are read up to a milestone's cut-off.
DATED_REGISTERS = (
    "actors",
    "assessments",
    "events",
    "indicator_values",
    "indicators",
    "measure_status",
    "measure_steps",
    "measures",
    "process_facts",
    "targets",
)
#: What nothing that a notebook can ask a study for tells of: how texts were checked, who withdrew; and what no model is made
#: of: which passages may be shown in review packs, what is asked in them, and which were made.
NO_INPUTS = (
    "corpus/clearances.csv",
    "corpus/packs.csv",
    "corpus/pseudonymisation.csv",
    "corpus/questions.csv",
    "corpus/withdrawals.csv",
)

#: What notebooks read beyond the texts, codings, codebooks and settings of their milestone.
PLAN = "the plan of what is to be gathered"
PEOPLE = "who is named in later documents"
WAITING = "codings that have lost their place in today's texts"
DAYS = "the days of all milestones"
MILESTONES = "all that is said of all milestones"
REGISTERS = "maturity, measures, events and indicators"
THEN = "the whole study as it stood on the day"
BLIND = "who codes what a second time, and whether they are done"
EVERYTHING = "everything"
_WITH_REGISTERS = frozenset({REGISTERS, THEN, BLIND})
READS: Mapping[str, frozenset[str]] = {
    "01_corpus.ipynb": frozenset({PLAN, PEOPLE, WAITING, DAYS}),
    "06_network.ipynb": frozenset(),
    "08_model.ipynb": frozenset(),
    "09_suggestions.ipynb": frozenset(),
    "11_practice.ipynb": _WITH_REGISTERS,
    "13_improvement.ipynb": _WITH_REGISTERS,
    "14_followup.ipynb": _WITH_REGISTERS,
    "15_indicators.ipynb": _WITH_REGISTERS,
    "16_status.ipynb": _WITH_REGISTERS,
}

#: The day of an event as our tools write its line: after its number and its id.
_AT = re.compile(rb'\{"seq":\d+,"id":"[^"\\]*","at":"(\d{4}-\d\d-\d\d)')
_RELEASED = re.compile(rb"^released: *['\"]?(\d{4}-\d\d-\d\d)", re.MULTILINE)
_VERSION = re.compile(r"\d+\.\d+\.\d+")
_MAY_WAIT = b'"waiting"'


def sha256(data: bytes) -> str:
    """SHA-256 of bytes, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _digest(value: object) -> str:
    """One hash of a value of JSON's kinds; dates count as their text."""
    return sha256(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str).encode("utf-8", "surrogatepass"))


def reads_of(notebook: Path) -> frozenset[str]:
    """What a notebook reads beyond its milestone: from `READS` when it is the one that comes with the package."""
    original = shipped("notebooks") / notebook.name
    is_ours = notebook.name in READS and original.is_file() and original.read_bytes() == notebook.read_bytes()
    return READS[notebook.name] if is_ours else frozenset({EVERYTHING})


def prefixes(data: bytes, days: Iterable[str]) -> dict[str, str]:
    r"""By day, the hash of a log up to its first line of a later day; "" where nothing was written by then.

    A torn last line is no line. Logs are cut, never sifted, as ``coding.events.cut`` does.

    >>> log = b'{"seq":1,"id":"D.1","at":"2020-01-02T"}\n{"seq":2,"id":"D.2","at":"2020-03-04T"}\n'
    >>> found = prefixes(log, ["2020-01-01", "2020-02-01", "2020-12-31"])
    >>> found["2020-01-01"], found["2020-02-01"] == sha256(log[:40]), found["2020-12-31"] == sha256(log)
    ('', True, True)
    """
    found, hasher, lines = {}, hashlib.sha256(), 0
    waiting = sorted(set(days))
    for line in data.split(b"\n")[:-1]:
        day = day_of(line)
        while waiting and day > waiting[0]:
            found[waiting.pop(0)] = hasher.hexdigest() if lines else ""
        if not waiting:
            return found
        hasher.update(line + b"\n")
        lines += 1
    return found | dict.fromkeys(waiting, hasher.hexdigest() if lines else "")


def day_of(line: bytes) -> str:
    """The day of a line of a log; a line that cannot be understood is of every day."""
    if (found := _AT.match(line)) is not None:
        return found[1].decode()
    try:
        return str(json.loads(line)["at"])[:10]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


@dataclass(frozen=True)
class _Text:
    """A document's text on one day: its fingerprint, and whether its words are kept."""

    sha256: str
    is_kept: bool


class StudyFiles:
    """The files of a study, each read once however many milestones ask.

    Parameters
    ----------
    days
        The days that logs will be cut at.
    """

    def __init__(self, study: Path, settings: Settings, days: Iterable[str]) -> None:
        self.study = study
        self.settings = settings
        self.days = tuple(sorted(set(days)))
        self._rows: dict[str, tuple[list[str], list[dict[str, str]]]] = {}
        self._kept: dict[Path, bool] = {}
        self._named: dict[str, frozenset[str]] = {}

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows of a register, without what is empty in them; a file that is not there has none.

        Cells are read as registers are: without a byte-order mark and blanks around them, as NFC.
        """
        return self._register(name)[1]

    def columns(self, name: str) -> list[str]:
        """The columns of a register in their order: a register reads one in another order as a spreadsheet wrote it."""
        return self._register(name)[0]

    def _register(self, name: str) -> tuple[list[str], list[dict[str, str]]]:
        if name not in self._rows:
            path = self.study / name
            self._rows[name] = _table_of(path.read_bytes() if path.is_file() else b"")
        return self._rows[name]

    @cached_property
    def logs(self) -> dict[str, dict[str, str]]:
        """By file, the hash of every log of coding, memos and the codebook up to each of the days."""
        patterns = ("corpus/coding/*/*.jsonl", "corpus/memos/*.jsonl", "codebooks/log.jsonl")
        paths = sorted(path for pattern in patterns for path in self.study.glob(pattern))
        return {self._name(path): prefixes(path.read_bytes(), self.days) for path in paths}

    @cached_property
    def may_wait(self) -> frozenset[str]:
        """The logs in which a coding may be told to have lost its place."""
        texts = set(self.changes)
        paths = self.study.glob("corpus/coding/*/*.jsonl")
        return frozenset(self._name(path) for path in paths if path.stem in texts or _MAY_WAIT in path.read_bytes())

    @cached_property
    def codebooks(self) -> dict[str, tuple[str, str]]:
        """By version, the hash of the codebook's file and the day it was released."""
        found = {}
        for path in sorted((self.study / "codebooks").glob("*.yaml")):
            data = path.read_bytes()
            day = _RELEASED.search(data)
            found[path.stem] = (sha256(data), day[1].decode() if day else "")
        return found

    @cached_property
    def current(self) -> dict[str, str]:
        """By document, the fingerprint of the text that lies in ``corpus/texts`` today."""
        return {path.stem: _text_of(path) for path in sorted((self.study / "corpus/texts").glob("*.md"))}

    @cached_property
    def changes(self) -> dict[str, list[dict[str, str]]]:
        """By document, the changes of its text, oldest first."""
        found: dict[str, list[dict[str, str]]] = {}
        for row in self.rows("corpus/text_changes.csv"):
            found.setdefault(row.get("document", ""), []).append(row)
        return found

    @cached_property
    def pipeline(self) -> dict[str, str]:
        """What tells one spaCy pipeline from the next: its meta.json when it is a folder, else its package's version."""
        name = self.settings.pipeline
        if name is None:
            return {}
        meta = self.study / name / "meta.json"
        if meta.is_file():
            return {f"pipeline:{name}": sha256(meta.read_bytes())}
        try:
            return {f"pipeline:{name}": metadata.version(name)}
        except metadata.PackageNotFoundError:
            return {f"pipeline:{name}": "not installed"}

    @cached_property
    def everything(self) -> dict[str, str]:
        """The hash of every file that a study consists of, as it is today."""
        paths = (
            self.study / SETTINGS_FILE,
            *(self.study / "corpus").rglob("*"),
            *(self.study / "codebooks").rglob("*"),
        )
        return {
            name: sha256(path.read_bytes())
            for path in sorted(paths)
            if path.is_file()
            and path.name != ".lock"
            and not path.name.endswith(".torn")
            and (name := self._name(path)) not in NO_INPUTS
            # What packs have told follows from the study; it is nothing that a milestone rests on.
            and not name.startswith("corpus/reviews/told/")
        }

    @cached_property
    def for_own_notebooks(self) -> dict[str, str]:
        """The hash of what a notebook of one's own may open besides: the other registers, and what lies beside notebooks."""
        beside = (path for path in (self.study / "notebooks").rglob("*") if path.suffix not in (".ipynb", ".pyc"))
        paths = (*beside, *(self.study / name for name in NO_INPUTS))
        named = {self._name(path): path for path in paths if path.is_file() and ".ipynb_checkpoints" not in path.parts}
        return {name: sha256(path.read_bytes()) for name, path in sorted(named.items())}

    def text_on(self, document: str, day: str) -> _Text:
        """The text of a document that was in force at the end of a day."""
        fingerprint = self.current.get(document, "")
        for change in reversed(self.changes.get(document, [])):
            if change.get("at", "")[: len(day)] > day:
                fingerprint = change.get("from_sha256", "")
        return _Text(fingerprint, fingerprint == self.current.get(document) or self.is_kept(document, fingerprint))

    def is_kept(self, document: str, fingerprint: str) -> bool:
        """Whether the words of a former text are kept and are what their fingerprint says."""
        path = self.study / "corpus/texts/.versions" / document / f"{fingerprint[:16]}.md"
        if path not in self._kept:
            self._kept[path] = path.is_file() and sha256(path.read_bytes()) == fingerprint
        return self._kept[path]

    def named_in(self, document: str) -> frozenset[str]:
        """Whose id of the participants register stands in a document's text, in any of its versions."""
        if document not in self._named:
            folder = self.study / "corpus/texts"
            paths = (folder / f"{document}.md", *sorted((folder / ".versions" / document).glob("*.md")))
            texts = (path.read_bytes().decode("utf-8", "replace") for path in paths if path.is_file())
            self._named[document] = frozenset(name for text in texts for name in self._ids.findall(text))
        return self._named[document]

    @cached_property
    def _ids(self) -> re.Pattern[str]:
        # Longer ids first, so that none hides behind one it begins with.
        ids = sorted((row["id"] for row in self.rows("corpus/participants.csv") if "id" in row), key=len, reverse=True)
        return re.compile("|".join(map(re.escape, ids)) or r"(?!)")

    def _name(self, path: Path) -> str:
        return path.relative_to(self.study).as_posix()


def _table_of(data: bytes) -> tuple[list[str], list[dict[str, str]]]:
    """The columns and the rows of a table with commas; nothing that stands in it is left out, whatever is wrong with it."""
    text = unicodedata.normalize("NFC", data.decode("utf-8", "backslashreplace").removeprefix("\ufeff"))
    try:
        lines = [[cell.strip() for cell in line] for line in csv.reader(io.StringIO(text, newline=""))]
    except csv.Error:
        # Too long for a cell: nothing reads such a table.
        lines = [[], [sha256(data)]]
    header, *rows = lines or [[]]
    # With other separators, and after a line that names one, rows are longer than what stands for the header here.
    width = max((len(row) for row in rows), default=0)
    names = [one if one not in header[:place] else f"{one}+{place}" for place, one in enumerate(header)]
    names += [f"+{place}" for place in range(len(header), width)]
    return header, [{column: value for column, value in zip(names, row, strict=False) if value} for row in rows if row]


def _text_of(path: Path) -> str:
    data = path.read_bytes()
    try:
        return text_sha256(split_front_matter(data.decode("utf-8"))[1])
    except UnicodeDecodeError:
        return sha256(data)


def inputs_of(files: StudyFiles, milestone: Milestone, notebooks: Sequence[Path]) -> dict[str, str]:
    """The hash of everything in the study that a milestone's outputs depend on, by the name of what it is.

    `files` must know both of the milestone's days. Notebooks themselves are not among it, nor the package.
    """
    reads = frozenset[str]().union(*(reads_of(path) for path in notebooks))
    found = _settings_of(files.settings, milestone, reads)
    if EVERYTHING in reads:
        return {**files.everything, **files.for_own_notebooks, **found, **files.pipeline}
    cut_off, until = milestone.cut_off.isoformat(), milestone.coded_until.isoformat()
    # The whole study on a day has the documents of that day, also those after the cut-off.
    last = max(cut_off, until) if THEN in reads else cut_off
    documents: list[dict[str, str]] = []
    later: list[dict[str, str]] = []
    for row in files.rows("corpus/documents.csv"):
        (later if row.get("date", "") > last else documents).append(row)
    names = [row.get("id", "") for row in documents]
    # The fingerprint in the register is today's; the text of the day counts.
    found["corpus/documents.csv"] = _digest(
        [{column: value for column, value in row.items() if column != "text_sha256"} for row in documents]
    )
    found |= _texts_and_logs(files, names, milestone, reads)
    found |= _codebooks(files, milestone, reads)
    found["corpus/participants.csv"] = _digest(_participants(files, documents, later, reads, cut_off))
    found["corpus/processes.csv"] = _digest(files.rows("corpus/processes.csv"))
    if PLAN in reads:
        found["corpus/plan.csv"] = _digest(files.rows("corpus/plan.csv"))
    if REGISTERS in reads:
        found |= _dated_rows(files, cut_off)
    if THEN in reads:
        # Memos are read up to the one day or the other.
        # Those written while a document lay on the desk stand in its log, also when nothing else of it is read.
        for name, days in files.logs.items():
            is_coding = name.startswith("corpus/coding/")
            if is_coding and days[cut_off] and (name not in found or until < cut_off):
                found[f"{name} up to the cut-off"] = days[cut_off]
            elif not is_coding and (days[until] or days[cut_off]):
                found[name] = _digest([days[until], days[cut_off]])
    if BLIND in reads:
        found |= _blind(files, (cut_off, until))
    return {**found, **files.pipeline}


def _blind(files: StudyFiles, days: Collection[str]) -> dict[str, str]:
    """What is kept from whom is judged by today: the draws, and whether those who were drawn have said they are done.

    A draw keeps back what the coder has written, on that document or outside documents: by one of the days, or nothing.
    """

    def is_begun(draw: Mapping[str, str]) -> bool:
        coder = draw.get("coder", "")
        logs = (f"corpus/coding/{coder}/{draw.get('document', '')}.jsonl", f"corpus/memos/{coder}.jsonl")
        return any(files.logs.get(name, {}).get(day) for name in logs for day in days)

    draws = [row for row in files.rows("corpus/assignments.csv") if is_begun(row)]
    drawn = {row.get("document", "") for row in draws}
    logs = (name for name in files.logs if name.startswith("corpus/coding/") and Path(name).stem in drawn)
    now = {f"{name} as it is today": sha256((files.study / name).read_bytes()) for name in logs}
    return {"corpus/assignments.csv": _digest(draws), **now} if draws else {}


def _settings_of(settings: Settings, milestone: Milestone, reads: frozenset[str]) -> dict[str, str]:
    """What ``foran.toml`` says, table by table: of milestones only this one and those it is compared with."""
    found = {
        f"{SETTINGS_FILE} [{table}]": _digest(value)
        for table, value in settings.raw.items()
        if table not in ("milestones", "templates")
    }
    wanted = {one.id for one in _looked_back_at(settings, milestone, reads)}
    if reads & {MILESTONES, EVERYTHING}:
        wanted = {one.id for one in settings.milestones}
    for one in settings.milestones:
        if one.id in wanted:
            found[f"{SETTINGS_FILE} milestone {one.id}"] = _digest(asdict(one))
    if DAYS in reads:
        days = sorted((one.cut_off.isoformat(), place, one.id) for place, one in enumerate(settings.milestones))
        found[f"{SETTINGS_FILE} days of milestones"] = _digest(days)
    return found


def _looked_back_at(settings: Settings, milestone: Milestone, reads: frozenset[str]) -> list[Milestone]:
    """The milestones whose days an output can tell of: those it is compared with, or all before."""
    if reads & {MILESTONES, REGISTERS, THEN}:
        return [one for one in settings.milestones if one.cut_off <= milestone.cut_off or one == milestone]
    return _compared_with(settings, milestone)


def _compared_with(settings: Settings, milestone: Milestone) -> list[Milestone]:
    """The milestone and every earlier version of its model."""
    return [
        one
        for one in settings.milestones
        if one == milestone
        or ((one.model, one.case) == (milestone.model, milestone.case) and one.model_version < milestone.model_version)
    ]


def _texts_and_logs(
    files: StudyFiles, documents: Sequence[str], milestone: Milestone, reads: frozenset[str]
) -> dict[str, str]:
    found: dict[str, str] = {}
    until = milestone.coded_until.isoformat()
    # An earlier version of the model stands on the texts of its own day.
    days = sorted({one.coded_until.isoformat() for one in _looked_back_at(files.settings, milestone, reads)})
    for document in documents:
        texts = [files.text_on(document, day) for day in days]
        former = [
            files.is_kept(document, row.get(side, "")) or row.get(side) == files.current.get(document)
            for row in files.changes.get(document, [])
            for side in ("from_sha256", "to_sha256")
            if row.get("at", "")[: len(until)] <= until
        ]
        distinct = sorted({(text.sha256, text.is_kept) for text in texts})
        found[f"corpus/texts/{document}.md"] = _digest([files.text_on(document, until).sha256, distinct, former])
    wanted = set(documents)
    for name, hashes in files.logs.items():
        _, folder, *rest = name.split("/")
        document = rest[-1].removesuffix(".jsonl") if rest else ""
        if folder != "coding" or document not in wanted:
            continue
        if hashes[until]:
            found[name] = hashes[until]
        if WAITING in reads and name in files.may_wait:
            now = [sha256((files.study / name).read_bytes()), files.current.get(document)]
            found[f"{name} as it is today"] = _digest(now)
    return found


def _codebooks(files: StudyFiles, milestone: Milestone, reads: frozenset[str]) -> dict[str, str]:
    last = max(milestone.cut_off, milestone.coded_until).isoformat()
    # A row can be written under a codebook that none of the milestones has.
    rows = _standing_rows(files, milestone.cut_off.isoformat()) if REGISTERS in reads else {}
    named = {word for found in rows.values() for row in found for word in _VERSION.findall(" ".join(row.values()))}
    newest = max(_key(one.codebook_version) for one in _looked_back_at(files.settings, milestone, reads))
    return {
        f"codebooks/{version}.yaml": digest
        for version, (digest, released) in files.codebooks.items()
        if _key(version) <= newest or version in named or (THEN in reads and released <= last)
    }


def _key(version: str) -> tuple[int, ...]:
    """The order of versions; a file whose name is none comes first, and so always counts."""
    try:
        return tuple(version_key(version))
    except ValueError:
        return ()


def _participants(
    files: StudyFiles,
    documents: Sequence[Mapping[str, str]],
    later: Sequence[Mapping[str, str]],
    reads: frozenset[str],
    day: str,
) -> list[object]:
    """The rows of those who may be heard in the documents, who made rows of registers by a day, or whom nothing names.

    Of those whom only later documents name nothing is told, nor of readers of review packs and of those who have withdrawn
    when no document names them.
    """
    named, named_later = _people(documents), _people(later)
    speakers = frozenset[str]().union(*(files.named_in(row.get("id", "")) for row in documents))
    in_rows = _words_in_registers(files, day) if REGISTERS in reads else frozenset()
    found: list[object] = []
    for row in files.rows("corpus/participants.csv"):
        name = row.get("id", "")
        is_awaited = not (name in named_later or row.get("withdrawn_at") or READER_CODE.fullmatch(name))
        if name in named or name in speakers or name in in_rows or is_awaited:
            found.append([row, name in named or name in named_later] if PEOPLE in reads else row)
    return found


def _words_in_registers(files: StudyFiles, day: str) -> frozenset[str]:
    """Every word of every row of the dated registers up to a day: whoever assessed something is named in one of them."""
    rows = (row for standing in _standing_rows(files, day).values() for row in standing)
    return frozenset(word for row in rows for value in row.values() for word in value.split())


def _people(documents: Iterable[Mapping[str, str]]) -> set[str]:
    standing = (row for row in documents if not row.get("withdrawn_at"))
    return {name for row in standing for name in row.get("participants", "").split()}


def _dated_rows(files: StudyFiles, day: str) -> dict[str, str]:
    """Of every register of dated rows that has any, the hash of those recorded by a day."""
    return {name: _digest([files.columns(name), rows]) for name, rows in _standing_rows(files, day).items()}


def _standing_rows(files: StudyFiles, day: str) -> dict[str, list[dict[str, str]]]:
    """The rows of the dated registers recorded by a day, by file; what is no day is of every day."""
    rows = {
        name: [row for row in files.rows(name) if not is_iso_date(on := _house_day(row.get("on", ""))) or on <= day]
        for name in (f"corpus/{name}.csv" for name in DATED_REGISTERS)
    }
    return {name: standing for name, standing in rows.items() if standing}


def _house_day(text: str) -> str:
    """A day as a spreadsheet may have written it, as registers read it."""
    return iso_day(text) or text


# What changed since


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The names of what is another than before, was added, or is gone; in order."""
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))


#: Kinds of inputs, as `kind_of` tells them.
KINDS = ("logs", "texts", "codebooks", "settings", "registers", "notebooks", "package", "environment", "parameters")


def kind_of(name: str) -> str:
    """Which of `KINDS` an input is, by its name.

    >>> kind_of("corpus/coding/K1/BGO-I03.jsonl"), kind_of("foran.toml [privacy]"), kind_of("codebooks/2.0.0.yaml")
    ('logs', 'settings', 'codebooks')
    """
    rules: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("logs", lambda name: ".jsonl" in name),
        ("texts", lambda name: name.startswith("corpus/texts/")),
        ("codebooks", lambda name: name.startswith("codebooks/")),
        ("settings", lambda name: name.startswith(SETTINGS_FILE)),
        ("notebooks", lambda name: name.startswith("notebooks/")),
        ("package", lambda name: name == "package:foran_research"),
        ("environment", lambda name: name.startswith(("package:", "pipeline:"))),
        ("parameters", lambda name: name.startswith("parameter ")),
    )
    return next((kind for kind, is_one in rules if is_one(name)), "registers")


def by_kind(names: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Names of inputs by kind, in the order of `KINDS`; kinds without one are left out."""
    given = list(names)
    for kind in KINDS:
        if of_kind := [name for name in given if kind_of(name) == kind]:
            yield kind, of_kind
