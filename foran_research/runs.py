"""Milestone runs: parameterised notebooks executed by papermill, outputs swapped in whole, nothing run twice in vain.

A run is skipped when the hash of everything it depends on (``run_inputs``) is the one in its record and its outputs are as
it left them. The check reads files and hashes them, and imports nothing heavy, so that "nothing changed" is answered at once.
No milestone reads another one's outputs: they can be run in any order and side by side, and a failing one stops no other.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import platform
import re
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from . import __version__
from .errors import Faults, ForanError, RunFailed, StudyError, UnknownName
from .exchange.crate import CRATE_FILE
from .locking import only_writer
from .quick_imports import without_iri_grammar
from .run_inputs import EVERYTHING, NO_INPUTS, StudyFiles, inputs_of, reads_of
from .run_record import (
    OUTPUTS,
    RECORD,
    RECORD_SCHEMA,
    Circumstances,
    git_state,
    manifest_sha256,
    now,
    read_record,
    utc_offset,
    write_record,
)
from .settings import Milestone, Settings, read_settings
from .starting import shipped
from .vocabulary import CODINGS, LANGUAGES

if TYPE_CHECKING:
    from .study import Study

__all__ = ["NO_INPUTS", "OUTPUTS", "RECORD", "RECORD_SCHEMA", "Job", "is_fresh", "plan", "run"]

#: Names that runs.py itself gives to every notebook; a person's parameters are the rest of the parameters cell.
OWN_PARAMETERS = ("study", "milestone", "output")
#: What a run that failed leaves beside its notebooks.
FAILURE = "failure.json"
#: How the folders begin, below outputs, in which outputs are made anew to be compared.
VERIFYING = ".verify-"
#: What of the package can change an output: everything but what Python makes of it.
_NOT_CODE = (".pyc", ".pyi", ".typed")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Job:
    """One milestone to run: its notebooks, the parameters they get, and the hash of all that it depends on."""

    milestone: Milestone
    notebooks: tuple[Path, ...]
    parameters: Mapping[str, Any]
    depends_on: Mapping[str, str]
    #: The id of the study, and its seed.
    study: str = ""
    seed: int = 0
    #: The names of notebooks that may read anything, since they are not those that come with the package.
    own_notebooks: tuple[str, ...] = ()
    #: The hash of every file of the study as it lies there, for the record.
    files: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def fingerprint(self) -> str:
        """One hash over inputs and parameters."""
        described = json.dumps({"inputs": self.depends_on, "parameters": self.parameters}, sort_keys=True)
        return hashlib.sha256(described.encode()).hexdigest()


@dataclass(frozen=True)
class Planner:
    """A study's settings and files, read once for however many milestones are planned. Make one with :func:`planner`."""

    study: Path
    settings: Settings
    files: StudyFiles
    shared: Mapping[str, str]

    def milestone(self, name: str) -> Milestone:
        """The milestone with this id."""
        return _milestone(self.settings, name)

    def job(self, milestone: Milestone, parameters: Mapping[str, Any]) -> Job:
        """The job of a milestone with these parameters of its notebooks."""
        notebooks = tuple(_notebook(self.study, name) for name in milestone.notebooks)
        depends_on = {
            **inputs_of(self.files, milestone, notebooks),
            **{f"notebooks/{path.name}": file_sha256(path) for path in notebooks},
            **self.shared,
        }
        return Job(
            milestone,
            notebooks,
            dict(parameters),
            depends_on,
            study=self.settings.study_id,
            seed=self.settings.seed,
            own_notebooks=tuple(path.name for path in notebooks if EVERYTHING in reads_of(path)),
            files=self.files.everything,
        )

    def obstacles(self, milestone: Milestone) -> list[str]:
        """Why a milestone cannot be run at all, in words; none when it can be tried."""
        found = []
        if milestone.codebook_version not in self.files.codebooks:
            known = ", ".join(self.files.codebooks) or "none"
            found.append(f"no codebook {milestone.codebook_version}; known: {known}")
        # A document that belongs to no municipality can have words of each of them.
        own = ("", milestone.case) if milestone.case else None
        rows = [row for row in self.files.rows("corpus/documents.csv") if "date" in row]
        dates = [row["date"] for row in rows if own is None or row.get("case", "") in own]
        whose = f" of {milestone.case}" if milestone.case else ""
        if not dates:
            found.append(f"no document{whose} in corpus/documents.csv; bring transcripts in with `foran add`")
        elif min(dates) > milestone.cut_off.isoformat():
            found.append(f"its cut-off {milestone.cut_off} is before the first document{whose}, of {min(dates)}")
        if not milestone.notebooks:
            found.append("its template names no notebook")
        return found


def planner(study: Path) -> Planner:
    """A planner of the study in `study`.

    Raises
    ------
    StudyError
        When foran.toml cannot be used.
    """
    faults = Faults()
    settings = read_settings(study, faults)
    if settings is None:
        raise StudyError(faults.errors)
    days = (day.isoformat() for one in settings.milestones for day in (one.cut_off, one.coded_until))
    files = StudyFiles(study, settings, days)
    return Planner(study, settings, files, package_hashes())


def plan(
    study: Path,
    names: Sequence[str] = (),
    parameters: Mapping[str, Any] | None = None,
    *,
    language: str | None = None,
    coding: str = "human",
    is_all: bool = False,
) -> list[Job]:
    """The jobs for the milestones named, or for all: each after those it builds on, else in the order of their dates.

    Raises
    ------
    StudyError
        When foran.toml cannot be used.
    UnknownName
        For a milestone, notebook, language, coding or parameter that does not exist: before anything runs.
    ForanError
        When a milestone cannot be run: its codebook does not exist, or no document is old enough for it.
    """
    planned = planner(study)
    settings = planned.settings
    chosen = list(settings.milestones) if is_all else [planned.milestone(name) for name in dict.fromkeys(names)]
    if is_all and not chosen:
        raise ForanError("foran.toml has no milestones; add a [[milestones]] table for each")
    given = dict(parameters or {})
    # A parameter given by name is later on the command line than the option of that name, and counts.
    values = {"language": language or settings.language, "coding": coding, **given}
    for name, known in (("language", LANGUAGES), ("coding", CODINGS)):
        if values[name] not in known:
            raise UnknownName(name, str(values[name]), known)
    notebooks = {one.id: tuple(_notebook(study, name) for name in one.notebooks) for one in chosen}
    _refuse_unknown([path for paths in notebooks.values() for path in paths], given)
    if obstacles := [f"{one.id}: {reason}" for one in chosen for reason in planned.obstacles(one)]:
        raise ForanError("nothing was run:\n" + "\n".join(f"  {line}" for line in obstacles))
    return [planned.job(one, values) for one in in_order(settings, chosen)]


def in_order(settings: Settings, chosen: Sequence[Milestone]) -> list[Milestone]:
    """Milestones by their cut-off, each after those it builds on: in `after`, and the versions before of its model."""
    waiting = sorted(chosen, key=lambda one: (one.cut_off, natural(one.id)))
    found: list[Milestone] = []
    while waiting:
        left = {one.id for one in waiting}
        ready = (one for one in waiting if not (_built_on(settings, one) & left - {one.id}))
        # Where milestones are said to wait for one another, which is a fault of foran.toml, dates decide.
        one = next(ready, waiting[0])
        waiting.remove(one)
        found.append(one)
    return found


def _built_on(settings: Settings, milestone: Milestone) -> set[str]:
    kind = (milestone.model, milestone.case)
    earlier = {
        one.id
        for one in settings.milestones
        if (one.model, one.case) == kind and one.model_version < milestone.model_version
    }
    return earlier | set(milestone.after)


def natural(name: str) -> list[tuple[int, str]]:
    """What ids are ordered by, so that M2 comes before M10.

    >>> sorted(["M10", "M2", "M1"], key=natural)
    ['M1', 'M2', 'M10']
    """
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"[0-9]+|[^0-9]+", name)]


def _milestone(settings: Settings, name: str) -> Milestone:
    for milestone in settings.milestones:
        if milestone.id == name:
            return milestone
    raise UnknownName("milestone", name, (m.id for m in settings.milestones))


def _notebook(study: Path, name: str) -> Path:
    path = notebooks_folder(study) / name
    if not path.is_file():
        raise UnknownName("notebook", name, sorted(p.name for p in path.parent.glob("*.ipynb")))
    return path


def notebooks_folder(study: Path) -> Path:
    """The study's own notebooks when it has them, else those that come with the package."""
    own = study / "notebooks"
    return own if own.is_dir() and any(own.glob("*.ipynb")) else shipped("notebooks")


def notebook_parameters(path: Path) -> dict[str, str]:
    """The names in a notebook's `parameters` cell, with the text of their default values."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (ValueError, KeyError, TypeError):
        raise ForanError(f"{path.name}: not a notebook; restore it, or save it anew from Jupyter") from None
    for cell in cells:
        if "parameters" in cell.get("metadata", {}).get("tags", ()):
            source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
            return dict(
                re.findall(r"^(\w+)[^=\n]*= *(\"[^\"\n]*\"|'[^'\n]*'|[^#\n]*?) *(?:#.*)?$", source, re.MULTILINE)
            )
    return {}


def _refuse_unknown(notebooks: Sequence[Path], given: Mapping[str, Any]) -> None:
    """Refuse what no notebook asks for: papermill only warns, and a misspelt name must not yield a plausible figure."""
    known = {name for path in notebooks for name in notebook_parameters(path)} - set(OWN_PARAMETERS)
    for name in given:
        if name not in known:
            raise UnknownName("parameter", name, sorted(known))


def package_hashes() -> dict[str, str]:
    """What tells one version of this package, and of those it stands on, from the next."""
    package = Path(__file__).parent
    code = hashlib.sha256()
    paths = (path for path in package.rglob("*") if path.suffix not in _NOT_CODE and "__pycache__" not in path.parts)
    for path in sorted(path for path in paths if path.is_file()):
        code.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return {
        "package:foran_research": code.hexdigest(),
        "package:environment": hashlib.sha256(json.dumps(packages(), sort_keys=True).encode()).hexdigest(),
    }


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _packages() -> tuple[tuple[str, str], ...]:
    wanted = (
        "numpy",
        "pandas",
        "scipy",
        "networkx",
        "matplotlib",
        "pillow",
        "spacy",
        "simplemma",
        "papermill",
        "nbclient",
        "ipykernel",
        "ipython",
        "jinja2",
        "PyYAML",
        "jsonschema",
    )
    found = []
    for name in wanted:
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            found.append((name, "not installed"))
    return tuple(found)


def packages() -> dict[str, str]:
    """Versions of the packages whose change could change a number or a figure, and of Python."""
    return {"python": platform.python_version(), **dict(_packages())}


def is_fresh(study: Path, job: Job) -> bool:
    """Whether the outputs of a job are there, untouched, and made from exactly these inputs and parameters."""
    folder = study / OUTPUTS / job.milestone.id
    record = read_record(folder)
    if record is None or record["schema_version"] != RECORD_SCHEMA or record.get("fingerprint") != job.fingerprint:
        return False
    return not edited_outputs(folder, record)


def edited_outputs(folder: Path, record: Mapping[str, Any]) -> list[str]:
    """The files of an output folder that are not, or no longer, what the run left there; by name."""

    def found(name: str) -> str:
        try:
            return file_sha256(folder / name)
        except OSError:
            return ""

    return sorted(str(name) for name, digest in record["outputs"].items() if found(str(name)) != digest)


def run(
    study: Path,
    jobs: Sequence[Job],
    *,
    is_forced: bool = False,
    say: Say = print,
    workers: int = 2,
    kernels: str = "auto",
) -> list[Path]:
    """Run the jobs that are not fresh; returns the output folder of every job, in order.

    Parameters
    ----------
    workers
        Notebooks at a time.
    kernels
        "forked" from a process with the imports in memory, "fresh", or "auto": forked where that is safe.

    Raises
    ------
    RunFailed
        After all jobs were tried, naming the notebook and cell of each that failed. Their last good outputs stay.
    """
    if any(_is_set_aside(study / OUTPUTS / job.milestone.id) for job in jobs):
        with only_writer(study / OUTPUTS, "foran run"):
            for job in jobs:
                _restore(study / OUTPUTS / job.milestone.id)
    stale = [job for job in jobs if is_forced or not is_fresh(study, job)]
    if not is_forced:
        _guard_people_s_outputs(study, stale)
    if kept := [job for job in jobs if job not in stale]:
        _put_right(study, kept, say)
    if stale and (failures := _execute(study, stale, say, workers, kernels)):
        raise RunFailed("\n".join(failures))
    return [study / OUTPUTS / job.milestone.id for job in jobs]


def _put_right(study: Path, jobs: Sequence[Job], say: Say) -> None:
    """Say that outputs are kept; what lies beside them is made to agree: their crate, and no failure of a later try."""
    from .packing import crate_text, write_crate

    settings = read_settings(study, Faults())
    for job in jobs:
        folder = study / OUTPUTS / job.milestone.id
        failed, made = folder.with_name(f"{folder.name}.failed"), read_record(folder)
        try:
            lying = (folder / CRATE_FILE).read_bytes()
        except OSError:
            lying = b""
        is_told = settings is None or made is None or lying == crate_text(folder, made, settings).encode("utf-8")
        if failed.exists() or not is_told:
            with only_writer(study / OUTPUTS, "foran run"):
                shutil.rmtree(failed, ignore_errors=True)
                if not is_told and settings is not None and made is not None:
                    write_crate(folder, made, settings)
        say(
            f"{job.milestone.id}: nothing changed, outputs kept"
            + ("" if is_told else f"; {CRATE_FILE} was written anew")
        )


def _guard_people_s_outputs(study: Path, jobs: Sequence[Job]) -> None:
    """Suggestions must not take the place of a model from people's coding without a word."""
    for job in jobs:
        folder = study / OUTPUTS / job.milestone.id
        try:
            before = json.loads((folder / RECORD).read_text(encoding="utf-8"))["parameters"].get("coding")
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
        if before == "human" and job.parameters.get("coding") == "suggestions":
            raise ForanError(
                f"{OUTPUTS}/{job.milestone.id} holds a model from people's coding, and this one would rest on suggestions; "
                "move that folder away to keep it, or replace it with --force"
            )


def _checked(study: Path, say: Say) -> Study:
    """The study, every fault told at once before the first notebook runs; warnings are told, and stop nothing."""
    from .study import load_study

    loaded = load_study(study)
    for warning in loaded.warnings:
        say(f"warning: {warning}")
    return loaded


def circumstances(study: Path, loaded: Study, jobs: Sequence[Job]) -> Circumstances:
    """How a run of these jobs comes about; the clock is read."""
    withheld = {}
    for job in jobs:
        documents = loaded.documents_until(job.milestone.cut_off)
        hidden = loaded.hidden(documents)
        withheld[job.milestone.id] = {"documents": len(documents), "withheld": len(hidden)}
    return Circumstances(now(), utc_offset(), git_state(study), log_heads(study), jobs[0].files, withheld)


def _execute(study: Path, jobs: Sequence[Job], say: Say, workers: int, kind: str) -> list[str]:
    """Run the jobs side by side; returns what failed. Each one's outputs are put in place as soon as it is done."""
    # Here and not at the top: "nothing changed" is answered without it.
    from .packing import write_crate

    failures: dict[str, list[str]] = {}
    settings = read_settings(study, Faults())

    def finish(job: Job, staging: Path, problems: list[str], how: Circumstances) -> None:
        target = study / OUTPUTS / job.milestone.id
        try:
            if problems:
                kept = _keep_failed(staging, target, job, problems)
                good = (
                    f"the last good {OUTPUTS}/{target.name} is untouched" if target.exists() else "no outputs were made"
                )
                failures[job.milestone.id] = [*problems, f"  {good}; {kept}"]
            else:
                made = record(staging, job, how)
                if settings is not None:
                    write_crate(staging, made, settings)
                _swap_in(staging, target)
        except OSError as error:
            failures[job.milestone.id] = [*problems, f"{job.milestone.id}: {_unwritable(target, error)}"]

    stagings = [study / OUTPUTS / f".{job.milestone.id}.new" for job in jobs]
    make(study, jobs, stagings, finish, say=say, workers=workers, kernels=kind, writer=study / OUTPUTS)
    return [line for job in jobs for line in failures.get(job.milestone.id, ())]


Finish = Callable[[Job, Path, list[str], Circumstances], None]


def make(
    study: Path,
    jobs: Sequence[Job],
    stagings: Sequence[Path],
    finish: Finish,
    *,
    say: Say,
    workers: int,
    kernels: str,
    writer: Path | None = None,
) -> None:
    """Run the notebooks of all jobs, several at a time, each job's into a folder of its own that is made anew.

    `finish` is called with a job, its folder, what failed and the circumstances, as soon as its last notebook has ended.
    When the run is broken off, every kernel is ended and the folders are taken away. With `writer` this is the only run
    that writes to that folder, from when the study has been found sound.
    """
    from .kernels import kernels as kernels_of

    # The kernels' imports go on while the study is read and checked here.
    with ended_in_order(), kernels_of(kernels) as source, contextlib.ExitStack() as held:
        loaded = _checked(study, say)
        if writer is not None:
            held.enter_context(only_writer(writer, "foran run"))
            sweep(writer)
        how = circumstances(study, loaded, jobs)
        with without_iri_grammar():
            from .execution import execute_notebook, warm_up

        warm_up()

        def one(path: Path, job: Job, staging: Path) -> tuple[str | None, float]:
            begun = time.perf_counter()
            target = staging / "notebooks" / path.name
            problem = execute_notebook(path, target, _parameters_for(path, study, job, staging), source)
            return problem, time.perf_counter() - begun

        pool = ThreadPoolExecutor(max_workers=workers)
        try:
            try:
                for staging in stagings:
                    _fresh_folder(staging)
            except OSError as error:
                raise RunFailed(_unwritable(study / OUTPUTS, error)) from error
            tasks: dict[Future[tuple[str | None, float]], tuple[int, Path]] = {
                pool.submit(one, path, job, stagings[number]): (number, path)
                for number, job in enumerate(jobs)
                for path in job.notebooks
            }
            problems: list[dict[str, str]] = [{} for _ in jobs]
            left = [len(job.notebooks) for job in jobs]
            for done, task in enumerate(as_completed(tasks), 1):
                number, path = tasks[task]
                job = jobs[number]
                problem, seconds = task.result()
                ended = "FAILED" if problem else f"{seconds:.1f} s"
                say(f"[{done}/{len(tasks)}] {job.milestone.id} {path.name}: {ended}")
                if problem:
                    problems[number][path.name] = f"{job.milestone.id}: {problem}"
                left[number] -= 1
                if not left[number]:
                    told = [problems[number][path.name] for path in job.notebooks if path.name in problems[number]]
                    finish(job, stagings[number], told, how)
        except BaseException:
            source.stop()
            pool.shutdown(cancel_futures=True)
            for staging in stagings:
                shutil.rmtree(staging, ignore_errors=True)
            raise
        pool.shutdown()


@contextlib.contextmanager
def ended_in_order() -> Iterator[None]:
    """Let SIGTERM and a terminal that is closed break off what runs as Ctrl+C does: kernels end, folders are taken away.

    Nothing happens outside the main thread, and to signals that somebody else handles (``nohup``).
    """

    def end(number: int, frame: FrameType | None) -> None:
        # Asking twice must not break off the clearing away.
        for one in before:
            signal.signal(one, signal.SIG_IGN)
        sys.exit(128 + number)

    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
        before = {one: signal.SIG_DFL for one in numbers if signal.getsignal(one) == signal.SIG_DFL}
    for one in before:
        signal.signal(one, end)
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def sweep(outputs: Path) -> None:
    """Take away what runs and verifications that were killed have left; the lock of `outputs` is held by who asks."""
    for left in outputs.glob(".*.new"):
        shutil.rmtree(left, ignore_errors=True)
    for left in outputs.glob(".*.old"):
        # Without the outputs it stands beside it is all there is of them: the next run of these puts it back.
        if (outputs / left.name.removeprefix(".").removesuffix(".old")).exists():
            shutil.rmtree(left, ignore_errors=True)
    for left in outputs.glob(f"{VERIFYING}*"):
        with contextlib.suppress(ForanError):
            with only_writer(left, "foran verify"):
                pass
            shutil.rmtree(left, ignore_errors=True)


def _unwritable(folder: Path, error: OSError) -> str:
    reason = error.strerror or type(error).__name__
    return f"{folder} cannot be written ({reason}); make it writable, close what has its files open, and run again"


def _parameters_for(path: Path, study: Path, job: Job, staging: Path) -> dict[str, Any]:
    known = notebook_parameters(path)
    own = {"study": str(study), "milestone": job.milestone.id, "output": str(staging)}
    return {name: value for name, value in {**own, **job.parameters}.items() if name in known}


def _fresh_folder(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "notebooks").mkdir(parents=True)
    return folder


def _keep_failed(staging: Path, target: Path, job: Job, problems: Sequence[str]) -> str:
    """Keep the notebooks of a run that failed, with what it was made of; says where."""
    failed = target.with_name(f"{target.name}.failed")
    told = {"fingerprint": job.fingerprint, "problems": list(problems)}
    try:
        (staging / FAILURE).write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(failed, ignore_errors=True)
        staging.rename(failed)
    except OSError:
        shutil.rmtree(staging, ignore_errors=True)
        return "the failed notebooks could not be kept"
    return f"the failed notebooks are in {OUTPUTS}/{failed.name}"


def _swap_in(staging: Path, target: Path) -> None:
    """Put the new outputs in the old ones' place; the old ones are gone only when the new ones stand."""
    _restore(target)
    old = _set_aside(target)
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    try:
        staging.rename(target)
    except BaseException:
        _restore(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
    # What failed before is of no use beside outputs that stand.
    shutil.rmtree(target.with_name(f"{target.name}.failed"), ignore_errors=True)


def _restore(target: Path) -> None:
    """Put old outputs back that a run killed between the two renames of a swap had set aside."""
    if _is_set_aside(target):
        _set_aside(target).rename(target)


def _is_set_aside(target: Path) -> bool:
    return _set_aside(target).exists() and not target.exists()


def _set_aside(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


def _output_files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in (RECORD, CRATE_FILE))


def log_heads(study: Path) -> dict[str, dict[str, Any]]:
    """Of every log, how many lines it has and the hash of the last one: a later log can be proved to go on from there."""
    from .coding.journal import PATTERNS, head_of

    found = {}
    for path in sorted(path for pattern in PATTERNS for path in study.glob(pattern)):
        head, lines = head_of(path.read_bytes())
        found[path.relative_to(study).as_posix()] = {"lines": lines, "head_sha256": head}
    return found


def record(folder: Path, job: Job, how: Circumstances) -> dict[str, Any]:
    """Write the run record: what went in, under which versions and parameters, and what came out, all by hash."""
    model = json.loads((folder / "model.json").read_text(encoding="utf-8")) if (folder / "model.json").exists() else {}
    milestone = job.milestone
    made = {
        "schema_version": RECORD_SCHEMA,
        "study": job.study,
        "milestone": milestone.id,
        "fingerprint": job.fingerprint,
        "versions": {
            "package_version": __version__,
            "schema_version": model.get("schema_version"),
            "codebook_version": milestone.codebook_version,
            "model_version": milestone.model_version,
        },
        "model": milestone.model,
        "case": milestone.case,
        "cut_off": milestone.cut_off.isoformat(),
        "coded_until": milestone.coded_until.isoformat(),
        "parameters": dict(job.parameters),
        "seeds": {"analysis.seed": job.seed},
        "packages": packages(),
        "depends_on": dict(sorted(job.depends_on.items())),
        "outputs": {path.relative_to(folder).as_posix(): file_sha256(path) for path in _output_files(folder)},
        "disclosure": dict(how.withheld.get(milestone.id, {})),
        "started_at": how.started_at,
        "ended_at": now(),
        "timezone": how.timezone,
        "git": how.git,
        "corpus_manifest_sha256": manifest_sha256(how.inputs),
        "inputs": {
            **how.inputs,
            **{name: sha for name, sha in job.depends_on.items() if name.startswith("notebooks/")},
        },
        "logs": how.logs,
    }
    write_record(folder, made)
    return made
