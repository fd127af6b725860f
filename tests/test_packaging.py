"""What a stranger gets: the same packages in every way, a whole wheel, nothing that only this machine has."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("run.txt", "test.txt", "tools.txt")
Pin = tuple[str, str, str]


def pins(requirements: list[str]) -> list[Pin]:
    """(normalised name, version, marker) of every pinned requirement, told apart without the project's own tool."""
    found = []
    for text in requirements:
        requirement, _, marker = text.partition(";")
        name, _, version = requirement.strip().partition("==")
        assert version, f"not pinned: {text}"
        found.append((re.sub(r"[-_.]+", "-", name).lower(), version.strip(), marker.strip()))
    return found


def lock(name: str) -> dict[str, list[str]]:
    """Requirement → its hashes, as the lock file has them."""
    lines = (ROOT / "locks" / name).read_text("utf-8").replace("\\\n", " ").splitlines()
    requirements = [line for line in lines if line.strip() and not line.startswith("#")]
    parts = [re.split(r"\s+--hash=", line.strip()) for line in requirements]
    return {requirement.strip(): hashes for requirement, *hashes in parts}


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_conda_and_the_lock_hold_the_same_packages_versions_and_markers() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    (by_pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    locked = pins(list(lock("run.txt")))
    assert len(locked) > 50
    assert pins(by_pip) == locked
    assert environment["channels"] == ["conda-forge"]


def test_condas_python_is_one_that_the_package_takes(project: dict[str, Any]) -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    (python,) = [entry for entry in environment["dependencies"] if str(entry).startswith("python=")]
    low, high = re.fullmatch(r">=(3\.\d+),<(3\.\d+)", project["project"]["requires-python"]).groups()
    minor = int(python.split(".")[1])
    assert int(low.split(".")[1]) <= minor < int(high.split(".")[1])


def name_of(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


def test_every_direct_need_is_locked(project: dict[str, Any]) -> None:
    run, test, tools = ({name for name, _, _ in pins(list(lock(name)))} for name in LOCKS)
    assert {name_of(need) for need in project["project"]["dependencies"]} <= run
    groups = project["dependency-groups"]
    assert {name_of(need) for group in groups.values() for need in group} <= test
    assert {name_of(need) for need in project["build-system"]["requires"]} <= tools


def test_the_locks_agree_with_one_another() -> None:
    run, test = (dict.fromkeys(pins(list(lock(name)))) for name in ("run.txt", "test.txt"))
    versions: dict[tuple[str, str], set[str]] = {}
    for name, version, marker in (*run, *test):
        versions.setdefault((name, marker), set()).add(version)
    assert {name for name, _, _ in run} <= {name for name, _, _ in test}
    assert {key: found for key, found in versions.items() if len(found) > 1} == {}


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_hashes(name: str) -> None:
    for requirement, hashes in lock(name).items():
        assert hashes, requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in hashes), requirement


def tracked(*endings: str) -> Iterator[Path]:
    """The project's own files; what can be made again is not looked at."""
    skipped = {".venv", ".git", "outputs", "build", "dist"}
    for place, folders, names in os.walk(ROOT):
        is_top = Path(place) == ROOT
        # Not even walked through: an environment holds tens of thousands of files.
        folders[:] = [f for f in folders if f not in skipped and not (is_top and f.endswith(("_cache", ".egg-info")))]
        yield from (Path(place, name) for name in names if Path(name).suffix in endings)


@pytest.mark.parametrize(
    "path",
    sorted(tracked(".toml", ".yml", ".yaml", ".txt", ".cff", ".cfg")),
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_no_address_and_no_place_of_this_machine_is_in_a_settings_file(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"\w+://", text)
    assert not re.search(r"--(?:extra-)?index-url|--find-links|file:|@ /", text)
    assert not re.search(r"(?:^|[\s\"'=])/(?:home|root|work|tmp|usr|Users|opt)/", text)
    assert not re.search(r"\b(?:localhost|127\.0\.0\.1|\d+\.\d+\.\d+\.\d+:\d+)\b", text)


def test_the_list_of_packages_is_the_folders(project: dict[str, Any]) -> None:
    listed = project["tool"]["setuptools"]["packages"]
    folders = {
        p.parent.relative_to(ROOT).as_posix().replace("/", ".") for p in (ROOT / "foran_research").rglob("__init__.py")
    }
    starter = {"foran_research.starter", "foran_research.starter.codebooks", "foran_research.starter.notebooks"}
    assert set(listed) == folders | starter
    assert len(listed) == len(set(listed))
    assert listed == sorted(listed)


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "foran_research").rglob("*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_versions_agree(project: dict[str, Any]) -> None:
    from foran_research import __version__

    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert project["project"]["version"] == __version__ == str(citation["version"])
    assert project["project"]["license"] == citation["license"]
    assert f"{__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_citation_file_has_what_it_must() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] in ("software", "dataset")
    assert all("name" in author or "family-names" in author for author in citation["authors"])


# The wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """A wheel built from a copy, since building leaves folders behind."""
    pytest.importorskip("setuptools", minversion="77", reason="setuptools is too old to build a wheel")
    source, target = tmp_path_factory.mktemp("kilde") / "foran", tmp_path_factory.mktemp("hjul")
    unwanted = shutil.ignore_patterns(
        ".venv", ".git", "outputs", "*.egg-info", "__pycache__", ".*_cache", "build", "tests"
    )
    shutil.copytree(ROOT, source, ignore=unwanted)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-index",
               "--no-build-isolation", "--wheel-dir", str(target), str(source)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = target.glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_holds_every_module_and_every_file_that_a_study_begins_with(wheel: zipfile.ZipFile) -> None:
    inside = set(wheel.namelist())
    modules = {p.relative_to(ROOT).as_posix() for p in (ROOT / "foran_research").rglob("*.py")}
    assert modules <= inside
    notebooks = {f"foran_research/starter/notebooks/{p.name}" for p in (ROOT / "notebooks").glob("*.ipynb")}
    assert len(notebooks) >= 4
    assert notebooks <= inside
    assert {
        "foran_research/py.typed", "foran_research/starter/foran.toml", "foran_research/starter/codebooks/1.0.0.yaml",
        "foran_research/models/capability.schema.json", "foran_research/report/report.html.j2",
    } <= inside  # fmt: skip
    data = {p.relative_to(ROOT).as_posix() for p in (ROOT / "foran_research").rglob("*") if p.is_file()
            and p.suffix not in (".py", ".pyc")}  # fmt: skip
    assert data <= inside


def test_the_wheel_holds_nothing_of_the_demo_study(wheel: zipfile.ZipFile) -> None:
    inside = wheel.namelist()
    assert not [name for name in inside if name.startswith(("corpus/", "tests/", "codebooks/", "outputs/"))]
    assert not [name for name in inside if name.endswith((".jsonl", "2.0.0.yaml", "3.0.0.yaml"))]


def test_the_wheels_files_are_the_projects(wheel: zipfile.ZipFile) -> None:
    pairs = {"foran_research/starter/codebooks/1.0.0.yaml": "codebooks/1.0.0.yaml",
             "foran_research/starter/notebooks/08_model.ipynb": "notebooks/08_model.ipynb"}  # fmt: skip
    for name, own in pairs.items():
        assert wheel.read(name) == (ROOT / own).read_bytes()


def test_the_wheel_names_its_command_and_its_spacy_component(wheel: zipfile.ZipFile) -> None:
    (entry,) = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
    text = wheel.read(entry).decode()
    assert "foran = foran_research.cli:main" in text
    assert "foran_cues = foran_research.codebook.spacy_component:create_foran_cues" in text


def test_a_study_can_be_begun_from_the_wheel_alone(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path / "installed")
    code = "import sys; sys.path.insert(0, sys.argv[1]); from foran_research import cli; print(cli.__file__)"
    code += "; cli.main(sys.argv[2:])"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "installed"), "init", str(tmp_path / "ny")],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    assert str(tmp_path / "installed") in done.stdout
    own = {p.name for p in (ROOT / "notebooks").glob("*.ipynb")}
    assert {p.name for p in (tmp_path / "ny/notebooks").iterdir()} == own
    assert [p.name for p in (tmp_path / "ny/codebooks").iterdir()] == ["1.0.0.yaml"]


# Notebooks

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_committed_notebook_is_thin_and_empty(path: Path) -> None:
    book = json.loads(path.read_text("utf-8"))
    code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    assert code
    for cell in code:
        assert cell["outputs"] == []
        assert cell["execution_count"] is None
        tree = ast.parse("".join(cell["source"]))
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
        assert not [node for node in ast.walk(tree) if isinstance(node, kinds)]
    assert not [cell for cell in book["cells"] if cell.get("attachments")]
    assert set(book["metadata"]) <= {"kernelspec", "language_info"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_has_one_parameters_cell_with_a_help_text_per_line(path: Path) -> None:
    book = json.loads(path.read_text("utf-8"))
    (cell,) = [c for c in book["cells"] if "parameters" in c["metadata"].get("tags", ())]
    lines = "".join(cell["source"]).splitlines()
    assert all(re.fullmatch(r'\w+: \w+ = (".*"|-?[0-9]+|True|False)  # .+', line) for line in lines), lines
    names = [line.split(":")[0] for line in lines]
    # A milestone's notebooks are all given the same three; one that people work in themselves needs only the study.
    templates = tomllib.loads((ROOT / "foran.toml").read_text("utf-8"))["templates"].values()
    is_delivered = any(path.name in template["notebooks"] for template in templates)
    assert names[:3] == ["study", "milestone", "output"] if is_delivered else names[0] == "study"


def test_every_notebook_of_the_starter_and_the_demo_exists() -> None:
    for name in ("foran.toml", "foran_research/starter/foran.toml"):
        templates = tomllib.loads((ROOT / name).read_text("utf-8"))["templates"]
        wanted = {notebook for template in templates.values() for notebook in template["notebooks"]}
        assert wanted <= {path.name for path in NOTEBOOKS}, name
