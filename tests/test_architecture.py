"""The arrows between the rooms of the package, in one table. Change an arrow here first, and say why."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "foran_research"

#: Which rooms a room may import: errors ← settings ← corpus ← codebook ← coding ← analysis ← models ← report, then the
#: study on the stores, exchange beside the models, and on top what runs a milestone and the command line.
GROUND = {"errors", "vocabulary", "settings", "fixed_zip", "no_garbage", "quick_imports"}
STORES = GROUND | {"corpus", "codebook", "coding"}
ARROWS: dict[str, set[str]] = {
    "errors": set(),
    "vocabulary": set(),
    # Excel and Word files whose bytes follow from their contents.
    "fixed_zip": set(),
    # Large values made without the search for cycles.
    "no_garbage": set(),
    # jsonschema without a grammar that takes seconds to build.
    "quick_imports": set(),
    "settings": {"errors", "vocabulary"},
    "locking": {"errors"},
    "corpus": GROUND | {"locking"},
    # The codebook's log has one writer at a time.
    "codebook": GROUND | {"corpus", "locking"},
    "coding": GROUND | {"corpus", "codebook", "locking"},
    # What people record beside coding; a row rests on coded segments, which it names by their ids.
    "registers": STORES | {"locking"},
    # The words every study shares (polarities) order the answers that agreement is told of.
    "analysis": {"errors", "corpus", "codebook", "coding", "vocabulary"},
    "models": {"errors", "corpus", "codebook", "coding", "analysis", "registers"},
    "exchange": STORES | {"analysis", "registers"},
    "report": GROUND | {"corpus", "codebook", "analysis", "models", "registers"},
    "study": STORES | {"analysis", "registers", "retention"},
    # An edited text: its version, the logs of all coders and the register, written in an order that survives a crash.
    "reanchoring": STORES | {"locking", "study"},
    # Which study a command is about, and whether the project still lasts: the clock is read here.
    "cli_study": {"errors", "retention", "settings"},
    "cli_texts": {"cli_study", "coder", "corpus", "errors", "reanchoring", "settings"},
    # The codebook as tables and on paper; drafts are sent in as other proposals are.
    "cli_tables": {"cli_study", "codebook", "coder", "errors", "exchange", "report", "revising", "settings"},
    # Bringing documents in: sources read, names decided by the key, texts, remarks (as a log) and registers written; a
    # corrected source takes the old one's place by re-anchoring; sources of those who have withdrawn stay out.
    "adding": STORES | {"locking", "reanchoring", "retention", "study", "withdrawal"},
    # The commands on the key between names and pseudonyms.
    "cli_key": {"cli_study", "corpus", "errors", "settings"},
    "cli_add": GROUND | {"adding", "cli_key", "cli_study", "corpus", "retention"},
    # Blind double coding: what a draw and an agreement need of the whole study, in one call each.
    "double_coding": STORES | {"analysis", "study"},
    # The agreement of the whole study: what is compared comes from double_coding, tables, figures and the page are written.
    "agreeing": STORES | {"analysis", "double_coding", "finding", "report", "study"},
    "cli_agreement": {"agreeing", "analysis", "cli_study", "coding", "double_coding", "errors", "study", "vocabulary"},
    # The audit report: gathered from the whole study, written as page, Word file and tables; withdrawals as numbers only.
    "auditing": STORES | {"analysis", "double_coding", "exchange", "memoing", "report", "study", "withdrawal"},
    # What all screens do about the notebook around them: its colours, and the focus.
    "around_screens": set(),
    # The coder's screen: a session writes through the journal, the comparison asks for agreement, an edited text is
    # brought in from there.
    "coder": STORES | {"analysis", "around_screens", "double_coding", "reanchoring", "retention", "study"},
    # The codebook's screen reads the whole study; a passage is opened in the coder.
    "codebook_screen": STORES | {"around_screens", "coder", "report", "study"},
    # The network's screen: what a milestone's models count, edge by edge, and back to its passages in the coder.
    "network_screen": STORES | {"analysis", "around_screens", "coder", "milestone", "models", "study"},
    # The importer's screen: what `foran add` does, step by step, and where the key lies as its commands say it.
    "importing": GROUND | {"adding", "around_screens", "cli_key", "corpus", "retention", "study"},
    "lab": {"errors"},
    # Retrieval: a query over the whole study, shown and saved through exchange.
    "finding": STORES | {"exchange", "study"},
    # Memos of the whole study: what blind double coding withholds is asked where passages are found.
    "memoing": STORES | {"exchange", "finding", "study"},
    "cli_memo": {"cli_study", "coding", "errors", "memoing", "study"},
    # Maturity of a whole study: the profile, its page and tables, forms out, and filled-in forms into the register.
    "maturing": STORES | {"analysis", "exchange", "memoing", "milestone", "models", "registers", "report", "study"},
    "cli_maturity": {"cli_study", "errors", "maturing", "registers", "report", "study"},
    # Measures of a whole study: what a person types or keeps in a sheet, checked in a copy of the registers, then added.
    "measuring": STORES | {"analysis", "registers", "study"},
    "cli_measure": {"cli_study", "corpus", "errors", "measuring", "registers", "settings", "study"},
    # Which passages may be shown to whom: steps checked against the whole study, and sheets of them out and in.
    "days": {"errors", "vocabulary"},
    "clearing": STORES | {"analysis", "days", "exchange", "registers", "study"},
    # Passages as rows of a sheet, and what a filled-in one asks for.
    "clearing_by_sheet": {"clearing", "coding", "errors", "exchange", "registers", "study"},
    "cli_quote": {
        "cli_handing_out",
        "cli_study",
        "clearing",
        "clearing_by_sheet",
        "corpus",
        "errors",
        "exchange",
        "registers",
        "study",
    },
    # What has gone out, held against what may be told now: fingerprints, and what is to be called back.
    "recalling": {"clearing", "registers", "study"},
    # Files with quotes put in place while the registers are held: looked at once more, recorded, then named.
    "handing_out": {"coding", "days", "errors", "recalling", "registers", "settings", "study", "unfinished"},
    # What builds that were cut off have left half made.
    "unfinished": {"errors"},
    # The options that all commands which hand out quotes share.
    "cli_handing_out": {"registers"},
    # Review packs: a milestone's models as one value without what its readers may not see, the page made of it, the answers.
    "review": STORES
    | {
        "analysis",
        "clearing",
        "delivering",
        "maturing",
        "milestone",
        "models",
        "network_screen",
        "registers",
        "report",
        "study",
    },
    # Review packs made, searched as a whole, written and recorded; where they have gone. The names of the key are asked for
    # as its own commands ask.
    "packs": {"errors", "handing_out", "recalling", "registers", "review", "settings", "study", "unfinished"},
    # Plain files for the web, made of the packs' pages; executed notebooks as a page and slides. Both are searched as packs
    # are, and the notebooks of a run are read where it left them.
    "site": {"errors", "handing_out", "packs", "recalling", "registers", "report", "review", "settings", "study"},
    "rendering": {
        "clearing",
        "errors",
        "handing_out",
        "packs",
        "recalling",
        "registers",
        "report",
        "review",
        "settings",
        "study",
    },
    "cli_site": {
        "cli_handing_out",
        "cli_key",
        "cli_review",
        "cli_study",
        "errors",
        "registers",
        "rendering",
        "review",
        "site",
        "study",
    },
    # Answers to packs come home: files kept, then the note, memos, proposals and self-assessments, each by its own module.
    "collecting": STORES
    | {
        "adding",
        "analysis",
        "exchange",
        "locking",
        "memoing",
        "reanchoring",
        "registers",
        "review",
        "revising",
        "study",
        # Packs whose kept contents lost words to a withdrawal are understood as they are left.
        "withdrawal",
    },
    "cli_review": GROUND
    | {
        "adding",
        "cli_handing_out",
        "cli_key",
        "cli_quote",
        "cli_study",
        "collecting",
        "corpus",
        "packs",
        "registers",
        "review",
        "study",
    },
    # The screen for a joint assessment: what is chosen there goes to the register at once.
    "maturity_screen": STORES | {"analysis", "around_screens", "maturing", "models", "registers", "report", "study"},
    # Proposals, decisions and releases of the codebook: its log and its version files, checked against the whole study.
    "revising": STORES | {"study"},
    "cli_revise": {"cli_study", "codebook", "errors", "revising", "study"},
    "starting": STORES,
    # What must be notified before documents come in, and what ends with the project: settings and a day, no disk.
    "retention": {"errors", "settings"},
    # A withdrawal: what is left of texts and logs (values), and the files of the whole study, in an order that survives a
    # crash; it must know a backup when it meets one, and what files of answers call their readers.
    "tombstones": {"corpus", "coding"},
    "withdrawal": STORES | {"backup", "locking", "registers", "review", "tombstones"},
    # A backup proves itself by what the check says of the study it was made of.
    "backup": GROUND | {"study"},
    "cli_care": {"backup", "cli_study", "errors", "withdrawal"},
    # Proof of every chain and fingerprint: registers, logs and records read as they lie, whether or not the study loads;
    # a withdrawal is what may chain a log anew.
    "verifying": STORES | {"withdrawal"},
    # An optional extra, outside the pure rooms since its library draws from a source of its own.
    "gamma": {"analysis", "errors"},
    "tracing": STORES | {"analysis", "models", "study"},
    "milestone": STORES | {"analysis", "models", "exchange", "report", "study"},
    # Networks of a whole study: what notebooks call for tables, graphs, figures and exports, on what milestones save by.
    "networking": STORES | {"analysis", "exchange", "milestone", "models", "report", "study"},
    # Practice, improvement, follow-up and status: each from a study to the files of its milestone.
    "delivering": STORES
    | {"analysis", "maturing", "milestone", "models", "networking", "registers", "report", "study"},
    # Kernels for notebooks, forked from a process that has the imports: it knows nothing of studies.
    "kernels": {"quick_imports"},
    "execution": GROUND | {"kernels", "study"},
    # What a milestone depends on, and the record of a run: read without pandas, so that "nothing changed" comes at once.
    "run_inputs": GROUND | {"codebook", "corpus", "registers", "starting"},
    "run_record": {"run_inputs"},
    "runs": STORES
    | {
        "execution",
        "exchange",
        "kernels",
        "locking",
        "milestone",
        "packing",
        "report",
        "run_inputs",
        "run_record",
        "starting",
        "study",
    },
    # How every milestone stands and why: what a run would depend on now against the record of the last one.
    "milestone_status": GROUND | {"corpus", "report", "run_inputs", "run_record", "runs"},
    # Outputs made anew in a clean process and compared.
    "verifying_runs": GROUND | {"exchange", "locking", "milestone_status", "packing", "run_record", "runs"},
    "cli_status": {"cli_study", "milestone_status", "runs"},
    "cli_verify": {"cli_study", "milestone_status", "verifying_runs"},
    "cli": STORES
    | {
        # `foran check` reads what packs have told (review.told_before).
        "review",
        "cli_add",
        "cli_agreement",
        "cli_audit",
        "cli_care",
        "cli_codebook",
        "cli_crate",
        "cli_event",
        "cli_export",
        "cli_indicator",
        "cli_maturity",
        "cli_measure",
        "cli_memo",
        "cli_key",
        "cli_quote",
        "cli_review",
        "cli_site",
        "cli_status",
        "cli_study",
        "cli_synthesis",
        "cli_texts",
        "cli_verify",
        "double_coding",
        "exchange",
        "finding",
        "lab",
        "locking",
        "milestone",
        "runs",
        "starting",
        "study",
        "tracing",
        "unfinished",
    },
    # What is asked about codebook versions of a whole study, and the groups of commands on the codebook and the trail.
    "codebook_work": STORES | {"study"},
    "cli_codebook": {
        "cli_revise",
        "cli_study",
        "cli_tables",
        "codebook",
        "codebook_work",
        "coding",
        "corpus",
        "report",
        "study",
    },
    # Across cases: what people write goes to the log of memos; the rest is worked out of a milestone and saved as files.
    "synthesising": STORES | {"analysis", "exchange", "memoing", "models", "report", "study"},
    "cli_synthesis": {"analysis", "cli_study", "errors", "report", "study", "synthesising"},
    "cli_event": {"cli_study", "errors", "registers", "study"},
    "cli_audit": {"auditing", "cli_study", "corpus", "errors", "study", "verifying"},
    # What leaves the project, by purpose: tables without small counts, pages and Word files; the appendix is the audit's.
    "purposes": STORES | {"analysis", "auditing", "exchange", "milestone", "models", "report", "study"},
    # A run packed as a crate, whole or what may be shared of it, and its provenance.
    "packing": STORES | {"exchange", "purposes", "report", "study"},
    "cli_crate": {"cli_study", "corpus", "errors", "packing", "purposes", "report", "study"},
    # Values of indicators from files as people get them: read by exchange, held against the register, added to it.
    "importing_indicators": STORES | {"exchange", "registers", "study"},
    "cli_indicator": {"cli_study", "errors", "importing_indicators", "memoing", "study"},
    "cli_export": {"cli_study", "exchange", "purposes", "report", "study"},
    "__main__": {"cli"},
    "__init__": {
        "codebook_screen",
        "coder",
        "corpus",
        "errors",
        "finding",
        "importing",
        "maturity_screen",
        "milestone",
        "network_screen",
        "study",
    },
}
#: Arrows against the table that we know of, by the names they carry; each is a debt with its reason.
EXCEPTIONS: dict[tuple[str, str], set[str]] = {
    # The study hands out all that a model is made of; the record's type belongs to the model that reads it.
    ("study", "models/capability"): {"ModelInputs", "coded_under"},
    # The scale and its rules are values; their types stand beside what reads them from foran.toml.
    ("models/maturity", "settings"): {"EvidenceRule", "Maturity"},
    # The settings as values; their module reads the file as well.
    ("registers/known", "settings"): {"Settings"},
    ("registers/checks", "settings"): {"EvidenceRule", "Milestone"},
    ("registers/assessed", "settings"): {"Milestone"},
}

#: Modules that think and touch nothing: no disk, no clock, no chance.
PURE = ("analysis/", "models/", "corpus/transcript", "corpus/anchoring", "corpus/conventions", "corpus/identifiers",
        "corpus/names", "corpus/pseudonyms", "corpus/repeats", "corpus/spellings", "corpus/source", "corpus/hits",
    "corpus/written_form",
        "corpus/intake_plan", "corpus/preview", "codebook/code", "codebook/changes", "codebook/reading", "codebook/writing",
        "codebook/steps", "codebook/revising", "codebook/templates", "codebook/diff", "vocabulary",
        "codebook/tables", "codebook/table_proposals",
        "coding/events", "coding/acts", "coding/segments", "coding/migrate", "coding/assignment",
        "coding/comparing", "coding/resolving", "coding/reanchor", "coding/stretches", "coding/query",
        "coding/recoding", "coding/rechecking", "coding/counting", "coding/query_tree", "coding/query_language",
        "coding/memos", "coding/synthesis_memos", "codebook_screen/shown",
        "registers/records", "registers/vocab", "registers/cells", "registers/known", "registers/checks",
        "registers/following", "registers/assessed", "registers/cleared", "days",
        "network_screen/shown", "network_screen/layout",
        "review/content_counts", "review/differences", "review/difference_lines",
        "review/content_quotes", "review/content_repeats", "review/content_words", "review/pack_words",
        "review/leaks", "review/answers", "collecting/results", "collecting/moves")  # fmt: skip
#: Only these open files, and no pure module imports them.
DISK = ("settings", "corpus/store", "corpus/plan", "corpus/key", "corpus/review", "corpus/scan", "cli_key", "corpus/intake",
        "adding", "cli_add", "cli_study", "cli_tables", "corpus/readers", "codebook/store", "codebook/log_store", "revising",
        "cli_revise",
        "coding/journal", "coding/assignment_store", "coding/memo_store", "memoing", "cli_memo", "exchange/",
        "measuring", "cli_measure", "clearing", "cli_quote", "handing_out", "unfinished", "packs",
        "collecting/files", "collecting/ledger",
        "collecting/known_packs", "collecting/stored", "collecting/notes", "collecting/memos", "collecting/proposals",
        "collecting/levels", "collecting/tables", "collecting/taking_in", "site", "rendering", "cli_site",
        "cli_review", "review/printing",
        "review/told_before", "maturing", "cli_maturity", "maturity_screen/desk", "maturity_screen/widget",
        "registers/store", "study", "runs", "cli", "cli_texts", "reanchoring", "corpus/text_versions", "execution",
        "kernels", "run_inputs", "run_record", "milestone_status", "cli_status", "verifying_runs", "cli_verify",
        "locking", "milestone", "starting", "tracing", "auditing", "agreeing", "cli_agreement", "delivering/",
        "finding", "synthesising/", "cli_synthesis", "verifying", "packing", "cli_crate",
        "coder/session", "coder/widget", "lab", "backup", "withdrawal", "cli_care",
        "importing/desk", "importing/widget", "around_screens", "codebook_screen/widget", "network_screen/widget")  # fmt: skip
UNCERTAIN_MODULES = {"os", "pathlib", "io", "time", "random", "secrets", "uuid", "tempfile", "shutil", "subprocess",
                     "socket", "urllib", "glob", "threading", "sqlite3", "csv"}  # fmt: skip
UNCERTAIN_CALLS = {"open", "now", "today", "utcnow", "read_text", "read_bytes", "write_text", "write_bytes", "read_csv",
                   "to_csv", "input", "print", "exec", "eval"}  # fmt: skip


@dataclass(frozen=True)
class Import:
    """One import statement inside the package: who, what module, which names, on which line."""

    module: str
    target: str
    names: frozenset[str]
    line: int


def name_of(path: Path) -> str:
    name = path.relative_to(PACKAGE).with_suffix("").as_posix()
    return name.removesuffix("/__init__") if "/" in name else name


def room_of(module: str) -> str:
    return module.split("/", 1)[0]


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


@cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text("utf-8"))


@cache
def imports_of(module: str) -> tuple[Import, ...]:
    """The package's own modules that a module imports, at the top and inside functions, for types only or not."""
    here = MODULES[module].relative_to(PACKAGE).parent.parts
    found = []
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.ImportFrom):
            if node.level:
                base = here[: len(here) - node.level + 1]
            elif node.module and node.module.split(".")[0] == "foran_research":
                base = ()
            else:
                continue
            inside = (node.module or "").split(".") if node.module else []
            parts = [*base, *(inside if node.level else inside[1:])]
            for alias in node.names:
                whole = "/".join([*parts, alias.name])
                target = whole if whole in MODULES else "/".join(parts) or "__init__"
                found.append(Import(module, target, frozenset({alias.name}), node.lineno))
        elif isinstance(node, ast.Import):
            found += [
                Import(module, "/".join(alias.name.split(".")[1:]) or "__init__", frozenset(), node.lineno)
                for alias in node.names
                if alias.name.split(".")[0] == "foran_research"
            ]
    return tuple(found)


def is_among(module: str, prefixes: tuple[str, ...]) -> bool:
    return any(module == prefix or module.startswith(prefix.rstrip("/") + "/") for prefix in prefixes)


def test_every_module_stands_in_a_room_of_the_table() -> None:
    assert {room_of(module) for module in MODULES} - set(ARROWS) - {"starter"} == set()


@pytest.mark.parametrize("module", MODULES)
def test_imports_follow_the_arrows(module: str) -> None:
    room = room_of(module)
    against = [
        f"{module}:{one.line} imports {', '.join(one.names)} from {one.target}"
        for one in imports_of(module)
        if room_of(one.target) not in {*ARROWS.get(room, set()), room}
        # The version number stands in the package itself.
        and not (one.target == "__init__" and one.names == {"__version__"})
        and not one.names <= EXCEPTIONS.get((module, one.target), set())
    ]
    assert against == []


def test_the_table_itself_has_no_way_round() -> None:
    """Following the arrows one never comes back: rooms can be built one after the other."""
    built: set[str] = set()
    while len(built) < len(ARROWS):
        ready = {room for room, below in ARROWS.items() if room not in built and below <= built}
        assert ready, f"these rooms stand on each other: {sorted(set(ARROWS) - built)}"
        built |= ready


def test_no_module_imports_itself_by_way_of_others() -> None:
    below = {module: {one.target for one in imports_of(module)} - {module, "__init__"} for module in MODULES}
    built: set[str] = set()
    while ready := {module for module, needs in below.items() if module not in built and needs <= built}:
        built |= ready
    assert set(MODULES) - built == set()


def test_every_exception_is_still_needed() -> None:
    for (module, target), names in EXCEPTIONS.items():
        used = {name for one in imports_of(module) if one.target == target for name in one.names}
        assert names <= used, f"{module} no longer takes {names - used} from {target}: take the exception out"


PURE_MODULES = [module for module in MODULES if is_among(module, PURE)]


def test_the_pure_modules_are_all_there() -> None:
    assert len(PURE_MODULES) >= 13


@pytest.mark.parametrize("module", PURE_MODULES)
def test_pure_modules_know_no_disk_no_clock_and_no_chance(module: str) -> None:
    found = []
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            found += [
                f"{node.lineno}: import {a.name}" for a in node.names if a.name.split(".")[0] in UNCERTAIN_MODULES
            ]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            if (node.module or "").split(".")[0] in UNCERTAIN_MODULES:
                found.append(f"{node.lineno}: from {node.module}")
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in UNCERTAIN_CALLS:
                found.append(f"{node.lineno}: {called}()")
        elif isinstance(node, ast.Attribute) and node.attr == "random":
            found.append(f"{node.lineno}: random numbers")
    assert found == []


@pytest.mark.parametrize("module", PURE_MODULES)
def test_pure_modules_import_no_module_that_opens_files(module: str) -> None:
    assert [
        f"line {one.line}: {', '.join(one.names)} from {one.target}"
        for one in imports_of(module)
        if is_among(one.target, DISK) and not one.names <= EXCEPTIONS.get((module, one.target), set())
    ] == []


@pytest.mark.parametrize("module", [m for m in MODULES if room_of(m) in ("analysis", "models", "report")])
def test_nothing_that_thinks_or_draws_knows_that_jupyter_exists(module: str) -> None:
    roots = {"IPython", "ipywidgets", "nbformat", "nbclient", "papermill", "jupyterlab", "jupyter_client", "anywidget"}
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree_of(module))
        for name in ([a.name for a in node.names] if isinstance(node, ast.Import) else
                     [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else [])
    }  # fmt: skip
    assert not imported & roots


def test_errors_imports_nothing_of_the_package() -> None:
    assert imports_of("errors") == ()
