"""Milestone runs: parameterised notebooks executed by papermill, outputs swapped in whole, nothing run twice in vain.

A run is skipped when the hash of everything it depends on is the one in its run record and its outputs are as it left
them. The check reads files and hashes them, and imports nothing heavy, so that "nothing changed" is answered at once.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from . import __version__
from .errors import Faults, ForanError, RunFailed, StudyError, UnknownName
from .locking import only_writer
from .settings import Milestone, Settings, read_settings
from .starting import shipped
from .vocabulary import CODINGS, LANGUAGES

OUTPUTS = "outputs"
RECORD = "run.json"
RECORD_SCHEMA = 1
#: What a run depends on, as patterns under the study.
INPUT_PATTERNS = (
    "foran.toml",
    "corpus/*.csv",
    "corpus/texts/*.md",
    "corpus/texts/.versions/*/*.md",
    "corpus/coding/*/*.jsonl",
    "codebooks/*.yaml",
)
#: What lies among the inputs and changes no model: who codes a second time, how texts were checked, who withdrew.
NO_INPUTS = ("corpus/assignments.csv", "corpus/pseudonymisation.csv", "corpus/withdrawals.csv")
#: Names that runs.py itself gives to every notebook; a person's parameters are the rest of the parameters cell.
OWN_PARAMETERS = ("study", "milestone", "output")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Job:
    """One milestone to run: its notebooks, the parameters they get, and the hash of all that it depends on."""

    milestone: Milestone
    notebooks: tuple[Path, ...]
    parameters: Mapping[str, Any]
    inputs: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        """One hash over inputs and parameters."""
        described = json.dumps({"inputs": self.inputs, "parameters": self.parameters}, sort_keys=True)
        return hashlib.sha256(described.encode()).hexdigest()


def plan(
    study: Path,
    names: Sequence[str],
    parameters: Mapping[str, Any] | None = None,
    *,
    language: str | None = None,
    coding: str = "human",
) -> list[Job]:
    """The jobs for the milestones named, in the order of their dates.

    Raises
    ------
    StudyError
        When foran.toml cannot be used.
    UnknownName
        For a milestone, notebook, language, coding or parameter that does not exist: before anything runs.
    """
    faults = Faults()
    settings = read_settings(study, faults)
    if settings is None:
        raise StudyError(faults.errors)
    chosen = [_milestone(settings, name) for name in dict.fromkeys(names)]
    given = dict(parameters or {})
    # A parameter given by name is later on the command line than the option of that name, and counts.
    values = {"language": language or settings.language, "coding": coding, **given}
    for name, known in (("language", LANGUAGES), ("coding", CODINGS)):
        if values[name] not in known:
            raise UnknownName(name, str(values[name]), known)
    inputs = input_hashes(study)
    jobs = []
    for milestone in sorted(chosen, key=lambda m: (m.cut_off, m.id)):
        notebooks = tuple(_notebook(study, name) for name in milestone.notebooks)
        _refuse_unknown(notebooks, given)
        own = {**inputs, **_notebook_hashes(study, notebooks), **_pipeline_version(study, settings.pipeline)}
        jobs.append(Job(milestone, notebooks, values, own))
    return jobs


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


def input_hashes(study: Path) -> dict[str, str]:
    """SHA-256 of every file a run depends on, by its path in the study; the package's own files and packages too."""
    found = {
        path.relative_to(study).as_posix(): file_sha256(path)
        for pattern in INPUT_PATTERNS
        for path in sorted(study.glob(pattern))
        if path.relative_to(study).as_posix() not in NO_INPUTS
    }
    package = Path(__file__).parent
    code = hashlib.sha256()
    for path in sorted(p for p in package.rglob("*") if p.suffix in (".py", ".json", ".j2", ".css", ".mjs")):
        code.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return {
        **found,
        "package:foran_research": code.hexdigest(),
        "package:environment": hashlib.sha256(json.dumps(packages(), sort_keys=True).encode()).hexdigest(),
    }


def _notebook_hashes(study: Path, notebooks: Sequence[Path]) -> dict[str, str]:
    return {f"notebooks/{path.name}": file_sha256(path) for path in notebooks}


def _pipeline_version(study: Path, name: str | None) -> dict[str, str]:
    """What tells one spaCy pipeline from the next: its meta.json when it is a folder, else its package's version."""
    if name is None:
        return {}
    meta = study / name / "meta.json"
    if meta.is_file():
        return {f"pipeline:{name}": file_sha256(meta)}
    try:
        return {f"pipeline:{name}": metadata.version(name)}
    except metadata.PackageNotFoundError:
        return {f"pipeline:{name}": "not installed"}


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
        "spacy",
        "simplemma",
        "papermill",
        "nbclient",
        "ipykernel",
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
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        if record["schema_version"] != RECORD_SCHEMA or record["fingerprint"] != job.fingerprint:
            return False
        return all(file_sha256(folder / name) == digest for name, digest in record["outputs"].items())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def run(study: Path, jobs: Sequence[Job], *, is_forced: bool = False, say: Say = print, workers: int = 2) -> list[Path]:
    """Run the jobs that are not fresh; returns the output folder of every job, in order.

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
    for job in jobs:
        if job not in stale:
            say(f"{job.milestone.id}: nothing changed, outputs kept")
    if stale:
        _check_study(study, say)
        with only_writer(study / OUTPUTS, "foran run"):
            failures = _execute(study, stale, say, workers)
        if failures:
            raise RunFailed("\n".join(failures))
    return [study / OUTPUTS / job.milestone.id for job in jobs]


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


def _check_study(study: Path, say: Say) -> None:
    """Every fault at once, before the first kernel starts; warnings do not stop a run, and are never passed over."""
    from .study import load_study

    for warning in load_study(study).warnings:
        say(f"warning: {warning}")


def _execute(study: Path, jobs: Sequence[Job], say: Say, workers: int) -> list[str]:
    from .execution import execute_notebook, warm_up

    warm_up()
    total = sum(len(job.notebooks) for job in jobs)
    failures: list[str] = []
    done = 0
    heads = log_heads(study)
    try:
        stagings = [_fresh_folder(study / OUTPUTS / f".{job.milestone.id}.new") for job in jobs]
    except OSError as error:
        raise RunFailed(_unwritable(study / OUTPUTS, error)) from error
    with ThreadPoolExecutor(max_workers=workers) as pool:
        running = []
        for job, staging in zip(jobs, stagings, strict=True):
            tasks = [
                (
                    path,
                    pool.submit(
                        execute_notebook,
                        path,
                        staging / "notebooks" / path.name,
                        _parameters_for(path, study, job, staging),
                    ),
                )
                for path in job.notebooks
            ]
            running.append((job, staging, tasks))
        for job, staging, tasks in running:
            problems = []
            for path, task in tasks:
                problem = task.result()
                done += 1
                say(f"[{done}/{total}] {job.milestone.id} {path.name}{': FAILED' if problem else ''}")
                if problem:
                    problems.append(f"{job.milestone.id}: {problem}")
            if problems:
                try:
                    _keep_failed(study, job, staging)
                    kept = f"the failed notebooks are in outputs/{job.milestone.id}.failed"
                except OSError:
                    shutil.rmtree(staging, ignore_errors=True)
                    kept = "the failed notebooks could not be kept"
                problems.append(f"  the last good outputs/{job.milestone.id} is untouched; {kept}")
                failures += problems
            else:
                try:
                    _record(staging, job, heads)
                    _swap_in(staging, study / OUTPUTS / job.milestone.id)
                except OSError as error:
                    failures.append(f"{job.milestone.id}: {_unwritable(study / OUTPUTS / job.milestone.id, error)}")
    return failures


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


def _keep_failed(study: Path, job: Job, staging: Path) -> None:
    failed = study / OUTPUTS / f"{job.milestone.id}.failed"
    shutil.rmtree(failed, ignore_errors=True)
    staging.rename(failed)


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
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != RECORD)


def log_heads(study: Path) -> dict[str, dict[str, Any]]:
    """Of every log, how many lines it has and the hash of the last one: a later log can be proved to go on from there."""
    from .coding.journal import PATTERNS, head_of

    found = {}
    for path in sorted(path for pattern in PATTERNS for path in study.glob(pattern)):
        head, lines = head_of(path.read_bytes())
        found[path.relative_to(study).as_posix()] = {"lines": lines, "head_sha256": head}
    return found


def _record(folder: Path, job: Job, heads: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the run record: what went in, under which versions and parameters, and what came out, all by hash."""
    model = json.loads((folder / "model.json").read_text(encoding="utf-8")) if (folder / "model.json").exists() else {}
    record = {
        "schema_version": RECORD_SCHEMA,
        "milestone": job.milestone.id,
        "fingerprint": job.fingerprint,
        "versions": {
            "package_version": __version__,
            "schema_version": model.get("schema_version"),
            "codebook_version": job.milestone.codebook_version,
            "model_version": job.milestone.model_version,
        },
        "cut_off": job.milestone.cut_off.isoformat(),
        "coded_until": job.milestone.coded_until.isoformat(),
        "parameters": dict(job.parameters),
        "packages": packages(),
        "inputs": dict(job.inputs),
        "logs": heads,
        "outputs": {path.relative_to(folder).as_posix(): file_sha256(path) for path in _output_files(folder)},
    }
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    path = folder / RECORD
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
