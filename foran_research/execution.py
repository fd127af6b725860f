"""One notebook through papermill, in this process, with a kernel of this very interpreter; results without clocks."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


class _ThisPython(KernelSpecManager):
    """Finds one kernel only: the interpreter that runs this. A kernelspec on the machine may point anywhere."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The kernel of this interpreter, whatever name the notebook asks for."""
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "--log-level=CRITICAL", "-f", "{connection_file}"],
            display_name="Python 3",
            language="python",
            env=_ENVIRONMENT,
        )


class _Manager(AsyncKernelManager):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("kernel_spec_manager", _ThisPython())
        super().__init__(**kwargs)


def warm_up() -> None:
    """Quiet papermill's log: it would print what cells print."""
    logging.getLogger("papermill").setLevel(logging.ERROR)


def execute_notebook(source: Path, target: Path, parameters: dict[str, Any]) -> str | None:
    """Run a notebook into `target`; returns None, or what failed where, without any words of the data."""
    try:
        return _execute(source, target, parameters)
    except OSError as error:
        return f"{source.name}: the disk refused ({error.strerror}); is it full, or not to be written to?"


def _execute(source: Path, target: Path, parameters: dict[str, Any]) -> str | None:
    handle, scratch = tempfile.mkstemp(suffix=".ipynb", dir=target.parent, prefix=".run-")
    os.close(handle)
    try:
        papermill.execute_notebook(
            str(source),
            scratch,
            parameters=parameters,
            kernel_name="python3",
            progress_bar=False,
            # Not papermill's cwd: that changes the folder of the whole process, and notebooks run side by side here.
            resources={"metadata": {"path": str(target.parent)}},
            kernel_manager_class=f"{__name__}._Manager",
            log_output=False,
        )
        problem = None
    except PapermillExecutionError as error:
        problem = f"{source.name}, cell {error.exec_count} failed with {error.ename}: {_safe(error)}"
    except DeadKernelError:
        problem = f"{source.name}: its kernel died; is there memory enough? `--workers 1` needs less"
    try:
        notebook = nbformat.read(scratch, as_version=4)
        nbformat.write(without_clocks(notebook), target)
    finally:
        Path(scratch).unlink()
    return problem


def _safe(error: PapermillExecutionError) -> str:
    """The message of our own errors, which never quote an informant; of any other error only its kind."""
    own = error.ename in ("StudyError", "UnknownName", "FutureFile", "RunFailed", "ValidationError")
    return str(error.evalue) if own and error.ename != "ValidationError" else "see the failed notebook"


def without_clocks(notebook: Any) -> Any:
    """The notebook without papermill's and the kernel's times, paths and random ids, so that equal runs give equal bytes."""
    notebook.metadata.pop("papermill", None)
    for number, cell in enumerate(notebook.cells, 1):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        cell["id"] = f"cell-{number:02d}"
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell.source = "\n".join(
                line for line in cell.source.splitlines() if not line.startswith(("study =", "output ="))
            )
    return notebook
