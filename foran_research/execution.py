"""One notebook through papermill, with a kernel of this very interpreter; results without clocks."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from .kernels import Kernels, kernel_environment, socket_address

#: No history of what was run is kept outside the study.
_ARGUMENTS = ["--log-level=CRITICAL", "--HistoryManager.enabled=False"]


class _ThisPython(KernelSpecManager):
    """Finds one kernel only: the interpreter that runs this. A kernelspec on the machine may point anywhere."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The kernel of this interpreter, whatever name the notebook asks for."""
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", *_ARGUMENTS, "-f", "{connection_file}"],
            display_name="Python 3",
            language="python",
            env=kernel_environment(),
        )


class _Provisioner(LocalProvisioner):
    """Starts a kernel as its run says, and lets the run know of it."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch a kernel with a command."""
        manager: Any = self.parent
        source: Kernels = manager.kernels
        if source.is_stopped:
            raise DeadKernelError("the run was stopped")
        if source.server is None:
            info = await super().launch_kernel(cmd, **kwargs)
            source.note(self.pid)
            return info
        kept = {"JPY_SESSION_NAME", "IPYTHONDIR"}
        environment = {name: value for name, value in (kwargs.get("env") or {}).items() if name in kept}
        process: Any = source.server.start(cmd[cmd.index("ipykernel_launcher") + 1 :], kwargs["cwd"], environment)
        self.process, self.pid, self.pgid = process, process.pid, process.pid
        return self.connection_info


class _Manager(AsyncKernelManager):
    #: Where the kernels come from: set in the class that `manager_class` makes.
    kernels: Kernels

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("kernel_spec_manager", _ThisPython())
        super().__init__(**kwargs)
        folder = self.kernels.folder_of_next()
        self.connection_file = str(folder / "kernel.json")
        if (address := socket_address(folder)) is not None:
            # Sockets in a private folder: another user of the machine can reach what listens on the network.
            self.transport, self.ip = "ipc", address

    async def _async_pre_start_kernel(self, **kw: Any) -> tuple[list[str], dict[str, Any]]:
        if self.provisioner is None:
            self.provisioner = _Provisioner(kernel_id=self.kernel_id or "", kernel_spec=self.kernel_spec, parent=self)
        kw["env"] = {**kw.get("env", os.environ), "IPYTHONDIR": str(self.kernels.folder / "ipython")}
        return await super()._async_pre_start_kernel(**kw)


def manager_class(source: Kernels) -> type[AsyncKernelManager]:
    """A class of kernel managers whose kernels come from `source`."""
    return type("Manager", (_Manager,), {"kernels": source})


def warm_up() -> None:
    """Quiet papermill's log: it would print what cells print."""
    logging.getLogger("papermill").setLevel(logging.ERROR)


def execute_notebook(source: Path, target: Path, parameters: dict[str, Any], kernels: Kernels) -> str | None:
    """Run a notebook into `target`; returns None, or what failed where, without any words of the data."""
    try:
        return _execute(source, target, parameters, kernels)
    except OSError as error:
        return f"{source.name}: the disk refused ({error.strerror}); is it full, or not to be written to?"


def _execute(source: Path, target: Path, parameters: dict[str, Any], kernels: Kernels) -> str | None:
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
            kernel_manager_class=manager_class(kernels),
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
    own = error.ename in ("ForanError", "StudyError", "UnknownName", "FutureFile", "RunFailed")
    return str(error.evalue) if own else "see the failed notebook"


def without_clocks(notebook: Any) -> Any:
    """The notebook without papermill's and the kernel's times, paths and random ids, so that equal runs give equal bytes."""
    notebook.metadata.pop("papermill", None)
    for number, cell in enumerate(notebook.cells, 1):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        cell["id"] = f"cell-{number:02d}"
        if cell.get("outputs"):
            cell["outputs"] = _joined(cell["outputs"])
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell.source = "\n".join(
                line for line in cell.source.splitlines() if not line.startswith(("study =", "output ="))
            )
    return notebook


def _joined(outputs: list[Any]) -> list[Any]:
    """Outputs with what was printed in one go as one: how it came in pieces is a matter of time."""
    found: list[Any] = []
    for output in outputs:
        is_stream = output["output_type"] == "stream"
        if is_stream and found and found[-1]["output_type"] == "stream" and found[-1]["name"] == output["name"]:
            found[-1]["text"] += output["text"]
        else:
            found.append(output)
    return found
