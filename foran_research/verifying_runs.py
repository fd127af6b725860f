"""Whether outputs are what a run makes: made anew in a clean process, and compared byte for byte.

The process has none of this one's settings of Python, figures and language, its kernels start from nothing, and what it
makes lies in a folder of its own that is gone afterwards, also when it is broken off. Nothing else is written.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ForanError
from .exchange.crate import CRATE_FILE
from .locking import only_writer
from .milestone_status import Reason, reasons_for
from .run_record import CIRCUMSTANCES, OUTPUTS, RECORD, Circumstances, read_record
from .runs import VERIFYING, Job, Planner, edited_outputs, ended_in_order, file_sha256, make, natural, planner, record
from .settings import Milestone, Settings

Say = Callable[[str], None]
#: What a clean process does not get: settings of Python, of figures, of notebooks and of language.
_LEFT_OUT = ("PYTHON", "MPL", "MATPLOTLIB", "IPYTHON", "JUPYTER", "JPY_", "FORAN", "LC_", "LANG", "TZ")
#: What made the two differ, for a file. "edited": after the run; "extra": no run made it; "gone": the run made it;
#: "inputs" or "environment" have changed since; "unknown": it is not deterministic.
CAUSES = ("edited", "extra", "gone", "inputs", "environment", "unknown")
_ANSWER = "answer.json"
_ENVIRONMENT_KINDS = ("package", "environment")


@dataclass(frozen=True)
class Difference:
    """A file that is not what a run makes, by its name below the output, and what made it so (`CAUSES`)."""

    file: str
    cause: str


@dataclass(frozen=True)
class Verdict:
    """What came of verifying a milestone's outputs.

    `compared` is how many files were; `reasons` is what has changed since they were made, whether or not they differ.
    `failure` says why they could not be made anew.
    """

    milestone: str
    compared: int
    differences: tuple[Difference, ...] = ()
    reasons: tuple[Reason, ...] = ()
    failure: str = ""

    @property
    def is_same(self) -> bool:
        """Whether every file is, to the byte, what a run makes (or, as recorded, what the run left)."""
        return not (self.differences or self.failure)


def verify_outputs(
    study: Path, outputs: Sequence[str] = (), *, as_recorded: bool = False, workers: int = 2, say: Say = print
) -> list[Verdict]:
    """Make outputs anew and compare them with what lies there; every milestone that has been run when none is named.

    Parameters
    ----------
    outputs
        Names of milestones, or their output folders.
    as_recorded
        Make nothing: compare the files with the hashes in their record only.

    Raises
    ------
    ForanError
        Before anything is made: for outputs of another study, without a record of their run, or of a milestone that
        foran.toml does not name, or that cannot be run as the study is; for a study with faults.
    """
    planned = planner(study)
    chosen = _chosen(planned, outputs)
    if as_recorded:
        return [_held_against_record(folder, record, planned.settings) for folder, _, record in chosen]
    jobs = [planned.job(milestone, record["parameters"]) for _, milestone, record in chosen]
    with ended_in_order(), _folder_for(study / OUTPUTS) as made:
        failures = _make_in_clean_process(study, jobs, made, workers, say)
        return [
            _compared(
                folder,
                record,
                job,
                made / job.milestone.id,
                failures.get(job.milestone.id, ""),
                planned.settings,
            )
            for (folder, _, record), job in zip(chosen, jobs, strict=True)
        ]


def _chosen(planned: Planner, outputs: Sequence[str]) -> list[tuple[Path, Milestone, dict[str, Any]]]:
    """The output folders to verify, each with its milestone and record; all that is wrong with them is told at once."""
    home = planned.study / OUTPUTS
    folders = [_folder(home, name) for name in dict.fromkeys(outputs)] if outputs else _all_folders(planned, home)
    if not folders:
        raise ForanError(f"{OUTPUTS} holds no milestone that was run; make some with `foran run --all`")
    found, faults = [], []
    for folder in folders:
        checked = _checked(planned, home, folder)
        if isinstance(checked, str):
            faults.append(f"  {folder.name}: {checked}")
        else:
            found.append((folder, *checked))
    if faults:
        raise ForanError("nothing was verified:\n" + "\n".join(faults))
    return found


def _folder(home: Path, name: str) -> Path:
    """The folder that a name or a path stands for: a bare name is a milestone of this study, and its paths come first."""
    path = Path(name)
    if len(path.parts) == 1 and not path.is_absolute():
        return home / name
    own = home.parent / path
    return (own if own.exists() or not path.exists() else path).resolve()


def _all_folders(planned: Planner, home: Path) -> list[Path]:
    known = {one.id for one in planned.settings.milestones}
    there = [path for path in home.iterdir() if path.is_dir()] if home.is_dir() else []
    wanted = (path for path in there if path.name in known or (path / RECORD).is_file())
    # What failed is kept beside the outputs, and is none.
    return sorted(
        (path for path in wanted if not path.name.startswith(".") and not path.name.endswith(".failed")),
        key=lambda path: natural(path.name),
    )


def _checked(planned: Planner, home: Path, folder: Path) -> tuple[Milestone, dict[str, Any]] | str:
    """The milestone and the record of an output folder, or why it cannot be verified."""
    # Not resolved whole: an output folder may be a link to another disk.
    if Path(os.path.normpath(folder)).parent.resolve() != home.resolve():
        return f"lies outside {OUTPUTS} of this study; name the study it belongs to with --study"
    if not folder.is_dir():
        return f"no such folder in {OUTPUTS}; make it with `foran run`"
    record = read_record(folder)
    if record is None:
        return f"no {RECORD} that can be read; make it with `foran run`"
    if record.get("study", planned.settings.study_id) != planned.settings.study_id:
        return f"made of another study, {record['study']!r}; this one is {planned.settings.study_id!r}"
    if record.get("milestone") != folder.name:
        return f"its record is of milestone {record.get('milestone')!r}; give the folder its name back"
    milestone = next((one for one in planned.settings.milestones if one.id == folder.name), None)
    if milestone is None:
        return "foran.toml names no such milestone any more; bring it back, or move the folder away"
    if obstacles := planned.obstacles(milestone):
        return "; ".join(obstacles)
    return milestone, record


def _held_against_record(folder: Path, record: Mapping[str, Any], settings: Settings) -> Verdict:
    found = _files(folder)
    edited = edited_outputs(folder, record)
    differences = [Difference(name, "edited" if name in found else "gone") for name in edited]
    differences += [Difference(name, "extra") for name in sorted(found.keys() - record["outputs"].keys())]
    # The crate tells of the files as the run left them: where they are others, it cannot be held against them.
    crate = [] if differences else _crate(folder, record, settings)
    count = len(found.keys() | record["outputs"].keys()) + len(crate)
    return Verdict(folder.name, count, tuple(differences + crate))


def _compared(
    folder: Path, record: Mapping[str, Any], job: Job, made: Path, failure: str, settings: Settings
) -> Verdict:
    reasons = tuple(one for one in reasons_for(folder, record, job) if one.kind not in ("edited", "missing"))
    if failure:
        return Verdict(folder.name, 0, reasons=reasons, failure=failure)
    lying, anew, recorded = _files(folder), _files(made), record["outputs"]
    names = sorted({*lying, *anew, *recorded})
    differences = []
    for name in names:
        if lying.get(name) != anew.get(name):
            differences.append(Difference(name, _cause(lying.get(name), recorded.get(name), reasons)))
    again = read_record(made)
    if not differences and not reasons and _kept(record) != _kept(again or {}):
        differences.append(Difference(RECORD, "edited"))
    if not differences and not reasons:
        differences += _crate(folder, record, settings)
    besides = sum(one.file not in names for one in differences)
    return Verdict(folder.name, len(names) + besides, tuple(differences), reasons)


def _crate(folder: Path, record: Mapping[str, Any], settings: Settings) -> list[Difference]:
    """Whether the crate beside the outputs says what the record and the files do."""
    from .packing import crate_text

    try:
        lying = (folder / CRATE_FILE).read_text(encoding="utf-8")
    except OSError:
        # Records of before crates were written have none; what it says can be made anew at any time.
        return []
    except UnicodeDecodeError:
        lying = ""
    return [] if lying == crate_text(folder, record, settings) else [Difference(CRATE_FILE, "edited")]


def _kept(record: Mapping[str, Any]) -> dict[str, Any]:
    """What two records of the same run agree in."""
    return {key: value for key, value in record.items() if key not in CIRCUMSTANCES}


def _cause(lying: str | None, recorded: str | None, reasons: Iterable[Reason]) -> str:
    """Why a file is another than the one made anew, from its hash and the one in the record."""
    if lying != recorded:
        return "gone" if lying is None else "edited" if recorded is not None else "extra"
    kinds = {one.kind for one in reasons}
    if kinds - set(_ENVIRONMENT_KINDS):
        return "inputs"
    return "environment" if kinds else "unknown"


def _files(folder: Path) -> dict[str, str]:
    """The hash of every file of an output but its record and its crate, by name."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    named = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: file_sha256(path) for name, path in named.items() if name not in (RECORD, CRATE_FILE)}


# In a process of its own


@contextlib.contextmanager
def _folder_for(outputs: Path) -> Iterator[Path]:
    """A folder for what is made anew: private, below the outputs, where `withdraw` looks and the next run clears away.

    Where nothing can be written below the outputs it is a temporary folder.
    """
    try:
        home = tempfile.mkdtemp(prefix=VERIFYING, dir=outputs)
    except OSError:
        home = tempfile.mkdtemp(prefix="foran-verify-")
    try:
        with only_writer(Path(home), "foran verify"):
            made = Path(home) / "made"
            made.mkdir()
            yield made
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _make_in_clean_process(study: Path, jobs: Sequence[Job], folder: Path, workers: int, say: Say) -> dict[str, str]:
    """Make the jobs' outputs below `folder`; returns what failed, by milestone."""
    asked = {
        "study": str(study),
        "folder": str(folder),
        "workers": workers,
        "jobs": [[job.milestone.id, dict(job.parameters)] for job in jobs],
    }
    process = subprocess.Popen(
        [sys.executable, "-m", __name__],
        env=clean_environment(os.environ),
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        # Ctrl+C in the terminal comes to this process only, which then ends that one in order.
        start_new_session=sys.platform != "win32",
    )
    with process:
        try:
            # Both are there: the pipes were asked for.
            if process.stdin is not None and process.stdout is not None:
                # It stays open: where it closes before all is made, the process ends too.
                process.stdin.write(json.dumps(asked) + "\n")
                process.stdin.flush()
                for line in process.stdout:
                    say(line.rstrip("\n"))
        except BaseException:
            process.terminate()
            raise
    try:
        answer: dict[str, Any] = json.loads((folder / _ANSWER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ForanError(f"the process that makes outputs anew ended with {process.returncode} and no answer") from None
    if answer["error"]:
        raise ForanError(answer["error"])
    return {str(name): str(text) for name, text in answer["failures"].items()}


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process that makes outputs anew: without what could change them, with this very package.

    >>> sorted(clean_environment({"MPLBACKEND": "svg", "PATH": "/bin", "TZ": "Asia/Tokyo"}))
    ['PATH', 'PYTHONPATH', 'PYTHONUTF8']
    """
    kept = {name: value for name, value in environment.items() if not name.startswith(_LEFT_OUT)}
    return {**kept, "PYTHONPATH": str(Path(__file__).resolve().parent.parent), "PYTHONUTF8": "1"}


def answer(asked: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """Make what is asked for; returns what failed, by milestone, and what kept all of it from being made."""
    failures: dict[str, str] = {}

    def finish(job: Job, staging: Path, problems: list[str], how: Circumstances) -> None:
        if problems:
            failures[job.milestone.id] = "\n".join(problems)
        else:
            record(staging, job, how)

    try:
        planned = planner(Path(asked["study"]))
        jobs = [planned.job(planned.milestone(name), parameters) for name, parameters in asked["jobs"]]
        stagings = [Path(asked["folder"]) / job.milestone.id for job in jobs]
        make(planned.study, jobs, stagings, finish, say=say, workers=asked["workers"], kernels="fresh")
    except ForanError as error:
        return {"failures": {}, "error": str(error)}
    return {"failures": failures, "error": ""}


def _main() -> None:
    asked = json.loads(sys.stdin.readline())
    folder = Path(asked["folder"])
    threading.Thread(target=_end_with, args=(sys.stdin.fileno(),), daemon=True).start()
    try:
        with ended_in_order():
            found = answer(asked, lambda line: print(line, flush=True))
            (folder / _ANSWER).write_text(json.dumps(found), encoding="utf-8")
    except BaseException:
        # Whoever asked may be gone. Windows takes no folder away that somebody works in.
        os.chdir(folder.parent.parent)
        shutil.rmtree(folder.parent, ignore_errors=True)
        raise


def _end_with(asker: int) -> None:
    """Break off when whoever asked is gone, however it went; the open pipe says that it is there."""
    while os.read(asker, 4096):
        pass
    if sys.platform == "win32":
        signal.raise_signal(signal.SIGINT)
    else:
        os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    _main()
