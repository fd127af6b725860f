"""The source documents' rows, and what answers each: reads docs/seeds/registry.csv, resolves every tie, writes docs/seeds.md.

A row is tied to a feature of the package, to a fixture of the demo study, or marked as context with a reason. A tie is a
reference that must resolve: when what it names goes away, ``python tools/seeds.py --check`` and the tests say so.

    py:foran_research.runs:plan             a name in a module
    in:foran_research.vocabulary:CODINGS=human      a member of a collection, or the first of its members' parts
    path:docs/networks.md#from-an-edge-to-its-passages      a file or folder, and a heading of a page
    toml:milestones.M4      an entry of a list of tables in foran.toml, or a key of a table
    code:1.0.0/P4           a code of a codebook version of the demo study, by display code
    change:2.0.0/CH-2-01    a change of a codebook version
    csv:corpus/indicators.csv/seed_rows=LUP-03      a row of a register with that word in that column
    test:tests/test_runs.py::test_name      a test
"""

from __future__ import annotations

import ast
import csv
import importlib
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from foran_research.codebook.changes import Lineage
from foran_research.codebook.store import read_lineage
from foran_research.errors import Faults, ForanError

ROOT = Path(__file__).resolve().parent.parent
REGISTRY = ROOT / "docs" / "seeds" / "registry.csv"
PAGE = ROOT / "docs" / "seeds.md"
COLUMNS = ("id", "term_nb", "term_en", "source", "kind", "ties", "note")
KINDS = ("feature", "fixture", "context")

#: The groups of rows: how many there are, and what they are about.
GROUPS: dict[str, tuple[int, str]] = {
    "STU": (30, "Study, design and method"),
    "RQ": (20, "Research questions, goals and indicators"),
    "LVL": (7, "Levels and contexts"),
    "CON": (26, "Concepts and theory terms"),
    "MOD": (16, "Models to produce"),
    "WP": (6, "Work packages"),
    "MS": (18, "Milestones"),
    "ORG": (28, "Partners and organisations"),
    "ACT": (42, "Actor types"),
    "PRC": (18, "Procedures and classes of procurement"),
    "FOC": (12, "Focus areas"),
    "ARN": (17, "Arenas and events"),
    "ELM": (61, "Capability elements mentioned"),
    "LUP": (50, "Supplier development programme: goals and indicators"),
    "LUPA": (10, "Supplier development programme: work areas and actions"),
    "LUPG": (11, "Supplier development programme: governance and evaluation"),
    "DFO": (50, "Measurement framework"),
    "MSR": (20, "Reference figures and open questions of measurement"),
    "SYS": (19, "Systems, portals and related projects"),
    "CASE": (12, "Example cases and text formats"),
    "ETH": (6, "Ethics and privacy"),
    "RSK": (7, "Risks"),
    "DIS": (10, "Dissemination"),
    "EFF": (9, "Promised effects"),
    "FIN": (3, "Finance"),
}


@dataclass(frozen=True)
class Row:
    """One row of the source documents; `source` is document and lines, `ties` are references that must resolve."""

    id: str
    term_nb: str
    term_en: str
    source: str
    kind: str
    ties: tuple[str, ...]
    note: str

    @property
    def group(self) -> str:
        """The group's letters, as ``LUP`` of ``LUP-03``."""
        return self.id.rsplit("-", 1)[0]


def read_rows(path: Path = REGISTRY) -> list[Row]:
    """The rows of the registry, in its order."""
    with path.open(encoding="utf-8", newline="") as file:
        return [Row(**{**entry, "ties": tuple(entry["ties"].split())}) for entry in csv.DictReader(file)]


def faults_of(rows: list[Row]) -> Iterator[str]:
    """What is wrong with the registry, a line each: rows missing or twice, untied, or tied to what is not there."""
    counted = Counter(row.group for row in rows)
    for group, (expected, _) in GROUPS.items():
        ids = {f"{group}-{number:02d}" for number in range(1, expected + 1)}
        if missing := sorted(ids - {row.id for row in rows}):
            yield f"{group}: no row {', '.join(missing)}"
        if counted[group] > expected:
            yield f"{group}: {counted[group]} rows, expected {expected}"
    for row in rows:
        if row.group not in GROUPS:
            yield f"{row.id}: of no group"
        if row.kind not in KINDS:
            yield f"{row.id}: kind {row.kind!r}, expected one of {', '.join(KINDS)}"
        elif row.kind == "context" and len(row.note) < 20:
            yield f"{row.id}: context only, and not said why"
        elif row.kind != "context" and not row.ties:
            yield f"{row.id}: tied to nothing"
        for tie in row.ties:
            if why := broken(tie):
                yield f"{row.id}: {tie}: {why}"


@cache
def broken(tie: str) -> str:
    """Why a tie does not resolve, or "" when it does."""
    scheme, _, target = tie.partition(":")
    if scheme not in SCHEMES:
        return f"expected one of {', '.join(SCHEMES)}"
    try:
        return SCHEMES[scheme](target)
    except (ForanError, OSError, ValueError, KeyError, ImportError, AttributeError) as error:
        return f"{type(error).__name__}"


def _named(target: str) -> Any:
    module, _, name = target.partition(":")
    found = importlib.import_module(module)
    for part in name.split(".") if name else ():
        found = getattr(found, part)
    return found


def _py(target: str) -> str:
    return "" if _named(target) is not None else "is nothing"


def _in(target: str) -> str:
    name, _, member = target.partition("=")
    wanted = member.replace("_", " ")
    ids = (one[0] if isinstance(one, tuple) else one for one in _named(name))
    return "" if any(str(one).replace("_", " ") == wanted for one in ids) else f"no {member} in it"


def _path(target: str) -> str:
    name, _, heading = target.partition("#")
    path = ROOT / name
    if not path.exists():
        return "no such file"
    return "" if not heading or heading in _headings(path) else "no such heading"


@cache
def _headings(path: Path) -> frozenset[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    titles = (line.lstrip("#").strip().lower() for line in lines if line.startswith("#"))
    return frozenset(re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles)


@cache
def _settings() -> dict[str, Any]:
    return tomllib.loads((ROOT / "foran.toml").read_text(encoding="utf-8"))


def _toml(target: str) -> str:
    found: Any = _settings()
    for part in target.split("."):
        if isinstance(found, list):
            found = next((one for one in found if str(one.get("id", one.get("level"))) == part), None)
        elif isinstance(found, dict):
            found = found.get(part)
        if found is None:
            return f"no {part}"
    return ""


@cache
def _lineage() -> Lineage:
    return read_lineage(ROOT, [level["id"] for level in _settings()["levels"]], Faults())


def _code(target: str) -> str:
    version, _, display = target.partition("/")
    return "" if _lineage()[version].find(display) else "no such code"


def _change(target: str) -> str:
    version, _, change = target.partition("/")
    return "" if any(one.id == change for one in _lineage()[version].changes) else "no such change"


@cache
def _register(name: str) -> list[dict[str, str]]:
    with (ROOT / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _csv(target: str) -> str:
    name, _, condition = target.rpartition("/")
    column, _, word = condition.partition("=")
    return "" if any(word in row[column].split() for row in _register(name)) else "no such row"


def _test(target: str) -> str:
    name, _, function = target.partition("::")
    return "" if function in _functions(ROOT / name) else "no such test"


@cache
def _functions(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


SCHEMES: dict[str, Callable[[str], str]] = {
    "py": _py,
    "in": _in,
    "path": _path,
    "toml": _toml,
    "code": _code,
    "change": _change,
    "csv": _csv,
    "test": _test,
}


def page(rows: list[Row]) -> str:
    """The coverage of the source documents as a page: a table of groups, then every row with what answers it."""
    lines = [
        "# What the source documents ask for, and what answers it",
        "",
        "Made by `python tools/seeds.py` from `docs/seeds/registry.csv`. Each row is tied to a feature of the package, to a"
        " fixture of the demo study, or is context only with the reason beside it; `tests/test_seeds.py` fails when a tie"
        " no longer resolves.",
        "",
        "Under *from*, S0 is the project description, S1 the supplier development programme's description 2020–2024, S2 a deck"
        " on measuring innovative procurement, S3 the early abstract, S4 the programme's newsletter of spring 2023; then lines.",
        "",
        "| group | rows | feature | fixture | context |",
        "|---|---|---|---|---|",
    ]
    for group, (_, title) in GROUPS.items():
        kinds = Counter(row.kind for row in rows if row.group == group)
        told = " | ".join(str(kinds[kind]) for kind in KINDS)
        lines.append(f"| {group} {title} | {sum(kinds.values())} | {told} |")
    kinds = Counter(row.kind for row in rows)
    lines.append(f"| **all** | {len(rows)} | {' | '.join(str(kinds[kind]) for kind in KINDS)} |")
    for group, (_, title) in GROUPS.items():
        lines += ["", f"## {group} {title}", "", "| row | asked for | from | answered by |", "|---|---|---|---|"]
        for row in rows:
            if row.group == group:
                answer = " ".join(f"`{tie}`" for tie in row.ties)
                told = " ".join(
                    part for part in ("context only:" if row.kind == "context" else "", answer, row.note) if part
                )
                cells = (row.id, row.term_en, row.source, told)
                lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Check the registry; write the page unless asked only to check. Exit code 1 names every row that lost its tie."""
    rows = read_rows()
    faults = list(faults_of(rows))
    for fault in faults:
        print(fault)
    untied = len({fault.partition(":")[0] for fault in faults})
    print(f"{len(rows)} rows, {untied} untied")
    if faults:
        sys.exit(1)
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page(rows), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
