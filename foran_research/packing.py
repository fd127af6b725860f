"""A run and its outputs packed for others: RO-Crates, private and to share, and its provenance.

Private: everything a run took and made, transcripts included. To share: hashes, the codebook, counts that rest on enough
people, and no words of anybody. The same study and the same run record give the same bytes; no clock is read.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import __version__
from .errors import Faults, ForanError, StudyError
from .exchange.crate import (
    CRATE_FILE,
    Action,
    Crate,
    CrateFile,
    Fact,
    Known,
    Packed,
    Software,
    check_place,
    described,
    metadata,
    save,
)
from .exchange.prov import Activity, Agent, Provenance, Thing, prov_json
from .settings import Milestone, Settings, read_settings

if TYPE_CHECKING:
    from .report.purpose_tables import Limits
    from .study import Study

OUTPUTS, RECORD = "outputs", "run.json"
#: Who ran it and who coded, as roles.
AGENT = "Forsker i prosjektet · researcher of the project"
PRIVATE_ACCESS = (
    "Begrenset: kan inneholde personopplysninger; bare for dem prosjektet har gitt tilgang. · "
    "Restricted: may hold personal data; only for those whom the project has given access."
)
SHARED_ACCESS = (
    "Kan deles: ingen transkripsjoner, sitater eller små tall. Transkripsjonene er begrenset til prosjektet. · "
    "May be shared: no transcripts, quotes or small counts. The transcripts are restricted to the project."
)
#: What a path of a private crate holds, the first pattern that fits.
_WORDS = (
    ("*run.json", "Run record: what went in and what came out, by hash, with versions and parameters"),
    ("*model.json", "The model in full, with the ids of the passages behind every count"),
    ("*report.html", "The report as one page; it may hold quotes"),
    ("*notebooks/*.ipynb", "A notebook; an executed one holds tables and passages"),
    ("*tables/*", "A table of the run"),
    ("*figures/*", "A figure of the run"),
    ("*networks/*", "A network of elements for other programs"),
    ("*corpus/texts/*", "A transcript or another text of the study, pseudonymised"),
    ("*corpus/coding/*", "A log of codings"),
    ("*corpus/memos/*", "A log of memos"),
    ("*corpus/*.csv", "A register of the study"),
    ("*codebooks/*", "A version of the codebook, or the log of its decisions"),
    ("*foran.toml", "The study's settings"),
)
#: What says which program is meant.
_WORKBENCH, _PAPERMILL = "urn:foran:workbench", "https://papermill.readthedocs.io"
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


# The crate of a run, in its own folder


def write_crate(folder: Path, record: Mapping[str, Any], settings: Settings) -> Path:
    """Write ``ro-crate-metadata.json`` into a run's outputs, and give its path.

    Parameters
    ----------
    folder
        The outputs of a run, its record among them.
    record
        The run record. Of it only milestone, cut-off, coding day, versions, parameters, inputs, outputs, packages, and
        when, under which commit and in what timezone it ran are told; the later ones may be missing.
    settings
        The study's settings.

    Raises
    ------
    OSError
        When the disk refuses.
    """
    # Here and not at the top: what a crate says is asked for where nothing heavy is read.
    from .corpus.store import write_atomically

    write_atomically(folder / CRATE_FILE, crate_text(folder, record, settings))
    return folder / CRATE_FILE


def crate_text(folder: Path, record: Mapping[str, Any], settings: Settings) -> str:
    """What :func:`write_crate` writes: it follows from the outputs and their record, so that an edit can be seen."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != CRATE_FILE and not path.name.startswith(".")
    }
    return metadata(_run_crate(files, record, settings, prefix=""))


def _run_crate(
    files: Mapping[str, bytes], record: Mapping[str, Any], settings: Settings, *, prefix: str, licence: str = ""
) -> Crate:
    """What the crate of a run tells; `prefix` is where the outputs lie in the crate ("" or "outputs/M3/")."""
    milestone = str(record.get("milestone", ""))
    software = _software(record)
    parts = tuple(
        CrateFile(
            name,
            _sha256(data),
            len(data),
            described(name, _WORDS),
            PRIVATE_ACCESS if _holds_words(name) else "",
        )
        for name, data in sorted(files.items())
    )
    by_name = {file.path: file for file in parts}
    inputs = {str(name): str(digest) for name, digest in dict(record.get("inputs", {})).items()}
    known, went_in = [], []
    for name, digest in sorted(inputs.items()):
        if f"study/{name}" in by_name:
            went_in.append(by_name[f"study/{name}"].id)
        elif re.fullmatch(r"[0-9a-f]{64}", digest):
            known.append(Known(name, digest))
            went_in.append(known[-1].id)
    facts = _facts(record)
    times = {key: str(record.get(f"{key}_at") or "") for key in ("started", "ended")}
    names = [str(name) for name in record.get("outputs", {})]
    notebooks = [name for name in names if name.startswith("notebooks/") and f"{prefix}{name}" in by_name]
    made = [by_name[f"{prefix}{name}"].id for name in names if f"{prefix}{name}" in by_name]
    run = Action(
        id=f"#run/{milestone}",
        name=f"Run of milestone {milestone}",
        description=f"`foran run {milestone}`: notebooks executed in turn, their outputs put in place whole",
        instrument="foran-research",
        objects=(*went_in, *(fact.id for fact in facts)),
        results=tuple(made),
        started=times["started"],
        ended=times["ended"],
    )
    executed = tuple(
        Action(
            id=f"#run/{milestone}/{name.removeprefix('notebooks/')}",
            name=f"Execution of {name.removeprefix('notebooks/')}",
            description="The notebook executed by papermill with the parameters of the run",
            instrument="papermill",
            objects=tuple(one for one in went_in if one.endswith(name))
            + tuple(fact.id for fact in facts if fact.name.startswith("parameters.")),
            results=(by_name[f"{prefix}{name}"].id,),
        )
        for name in notebooks
    )
    title = settings.title["nb"]
    return Crate(
        name=f"{title}: {milestone}",
        description=(
            f"{settings.title['en']}: outputs of milestone {milestone}, material up to {record.get('cut_off', '')}, "
            f"codebook {dict(record.get('versions', {})).get('codebook_version', '')}. "
            + (settings.notice["en"] if settings.is_synthetic else "Holds material that is restricted to the project.")
        ),
        date_published=published(record),
        licence=licence,
        access=PRIVATE_ACCESS,
        publisher=title,
        agent=AGENT,
        files=parts,
        actions=(run, *executed),
        software=software,
        inputs=tuple(known),
        facts=facts,
    )


def published(record: Mapping[str, Any]) -> str:
    """The day a crate says it is of: the day its run ended, or where no record tells, the last day of its coding."""
    ended = str(record.get("ended_at") or "")[:10]
    return ended or str(record.get("coded_until") or record.get("cut_off") or "1970-01-01")


def _software(record: Mapping[str, Any]) -> tuple[Software, ...]:
    own = str(dict(record.get("versions", {})).get("package_version") or __version__)
    papermill = str(dict(record.get("packages", {})).get("papermill") or "unknown")
    return (Software("foran-research", own, _WORKBENCH), Software("papermill", papermill, _PAPERMILL))


def _facts(record: Mapping[str, Any]) -> tuple[Fact, ...]:
    """What a run record tells, as names and values; only what is known to name no person and no machine."""
    versions = dict(record.get("versions", {}))
    git = record.get("git")
    commit = str(git.get("commit", "") if isinstance(git, Mapping) else record.get("git_commit") or git or "")
    lock = record.get("lock")
    locks = lock if isinstance(lock, Mapping) else {"lock": lock} if isinstance(lock, str) else {}
    told: dict[str, Any] = {
        "milestone": record.get("milestone"),
        "cut_off": record.get("cut_off"),
        "coded_until": record.get("coded_until"),
        **{f"versions.{name}": value for name, value in versions.items()},
        **{f"parameters.{name}": value for name, value in dict(record.get("parameters", {})).items()},
        "fingerprint": record.get("fingerprint"),
        "git_commit": commit if _COMMIT.fullmatch(commit) else None,
        "git_changed": git.get("is_dirty") if isinstance(git, Mapping) else None,
        "timezone": record.get("timezone"),
        "corpus_manifest_sha256": record.get("corpus_manifest_sha256"),
        "seed": record.get("seed"),
        **{str(name): value for name, value in dict(record.get("seeds") or {}).items()},
        **{f"packages.{name}": value for name, value in dict(record.get("packages", {})).items()},
        **{f"lock.{name}": digest for name, digest in locks.items()},
    }
    return tuple(
        Fact(str(name), str(value))
        for name, value in sorted(told.items())
        if isinstance(value, (str, int, float)) and value != ""
    )


def _holds_words(name: str) -> bool:
    """Whether a file of a run or a study may hold what somebody said."""
    return name.endswith((".ipynb", ".html", ".jsonl")) or "/texts/" in name or "corpus/" in name


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# The two crates to hand on


def read_record(study: Path, milestone: str) -> dict[str, Any]:
    """The run record of a milestone's outputs.

    Raises
    ------
    ForanError
        When the milestone has not been run, or its record cannot be read.
    """
    path = study / OUTPUTS / milestone / RECORD
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise ForanError(f"{milestone} has no run record: run `foran run {milestone}` first") from None
    except ValueError:
        raise ForanError(
            f"{OUTPUTS}/{milestone}/{RECORD} cannot be read: run `foran run {milestone} --force`"
        ) from None
    if not isinstance(record, dict) or not isinstance(record.get("outputs"), dict):
        raise ForanError(f"{OUTPUTS}/{milestone}/{RECORD} is no run record: run `foran run {milestone} --force`")
    return record


def private_crate(study: Path, milestone: str, *, version: str = "1.2", licence: str = "") -> Packed:
    """All that a run took and made, as a crate: the study's files below ``study/``, the outputs below ``outputs/M/``.

    It holds transcripts, logs and memos: it is for those who may read them. The key between names and pseudonyms is never
    in a study's folder, and so not here.

    Raises
    ------
    ForanError
        When the milestone has not been run, an output is no longer as the run left it, or settings cannot be read.
    """
    record = read_record(study, milestone)
    settings = _settings(study)
    outputs = _outputs(study, milestone, record)
    prefix = f"{OUTPUTS}/{milestone}/"
    files = {f"{prefix}{name}": data for name, data in outputs.items()}
    files[f"{prefix}{RECORD}"] = (study / prefix / RECORD).read_bytes()
    wanted = {*record.get("inputs", {}), *record.get("logs", {})}
    wanted |= {path.relative_to(study).as_posix() for path in study.glob("corpus/memos/*.jsonl")}
    for name in sorted(wanted):
        parts = str(name).split("/")
        place = study.joinpath(*parts)
        if (
            ":" not in name
            and ".." not in parts
            and not name.startswith("/")
            and place.is_file()
            and not place.is_symlink()
        ):
            files[f"study/{name}"] = place.read_bytes()
    crate = _run_crate(files, record, settings, prefix=prefix, licence=licence)
    changed = sorted(
        name for name, digest in dict(record.get("inputs", {})).items()
        if f"study/{name}" in files and _sha256(files[f"study/{name}"]) != digest
    )  # fmt: skip
    # A log may have grown since; the hash the run saw is told beside the file that is here.
    seen = tuple(Known(f"as-run/{name}", dict(record["inputs"])[name], "As the run saw it") for name in changed)
    crate = replace(crate, inputs=(*crate.inputs, *(one for one in seen if re.fullmatch(r"[0-9a-f]{64}", one.sha256))))
    return Packed({CRATE_FILE: metadata(crate, version).encode(), **files})


def _settings(study: Path) -> Settings:
    faults = Faults()
    settings = read_settings(study, faults)
    if settings is None or faults.errors:
        raise StudyError(faults.errors)
    return settings


def _outputs(study: Path, milestone: str, record: Mapping[str, Any]) -> dict[str, bytes]:
    """The outputs that the record names, each as the run left it."""
    found = {}
    for name, digest in sorted(record["outputs"].items()):
        path = study / OUTPUTS / milestone / name
        data = path.read_bytes() if path.is_file() and ".." not in str(name).split("/") else b""
        if _sha256(data) != digest:
            raise ForanError(
                f"{OUTPUTS}/{milestone}/{name} is not as the run left it: run `foran run {milestone} --force` first"
            )
        found[str(name)] = data
    return found


def shareable_crate(
    study: Study, milestone: Milestone, *, version: str = "1.2", licence: str = "", limits: Limits | None = None
) -> Packed:
    """A crate of a milestone without anybody's words: hashes, the codebook, counts that rest on enough people.

    Parameters
    ----------
    study
        The study, loaded; today's.
    milestone
        One that has been run.
    version
        Of RO-Crate: "1.2" or "1.1".
    licence
        The address of a licence that the project has decided on; "" for none.
    limits
        The fewest persons and documents that a count may stand for.

    Returns
    -------
    Packed
        The crate's files, and what was left out.

    Raises
    ------
    ForanError
        When the milestone has not been run, or not since the study changed.
    """
    from .purposes import README, Material, material, shared_files, told_left_out

    record = read_record(study.path, milestone.id)
    _outputs(study.path, milestone.id, record)
    coding = str(dict(record.get("parameters", {})).get("coding", "human"))
    found: Material = material(study, milestone, coding=coding, limits=limits)
    _check_fresh(study, milestone, found)
    files, left_out = shared_files(found)
    files["provenance.json"] = provenance(study, milestone, record, coding=coding, is_shared=True).encode()
    files["run_shared.json"] = _shared_record(found, record).encode()
    files[README] = told_left_out(found, left_out).encode()
    settings, software = study.settings, _software(record)
    described_files = tuple(
        CrateFile(name, _sha256(data), len(data), _SHARED_WORDS.get(name, described(name, _SHARED_PATTERNS)))
        for name, data in sorted(files.items())
    )
    facts = _facts(record)
    known = tuple(Known(f"model/{name}", str(digest), "An output that is not in this crate") for name, digest in sorted(
        record["outputs"].items()) if name == "model.json")  # fmt: skip
    action = Action(
        id=f"#run/{milestone.id}",
        name=f"Run of milestone {milestone.id}",
        description="Notebooks executed by the workbench; tables for sharing worked out of the same model",
        instrument="foran-research",
        objects=tuple(fact.id for fact in facts),
        results=(*(file.id for file in described_files), *(one.id for one in known)),
        started=str(record.get("started_at") or "")[:10],
        ended=str(record.get("ended_at") or "")[:10],
    )
    crate = Crate(
        name=f"{settings.title['nb']}: {milestone.id}",
        description=(
            f"{settings.title['en']}: what may be shared of milestone {milestone.id}, material up to {milestone.cut_off}, "
            f"codebook {milestone.codebook_version}." + (f" {settings.notice['en']}" if settings.is_synthetic else "")
        ),
        date_published=published(record),
        licence=licence,
        access=SHARED_ACCESS,
        publisher=settings.title["nb"],
        agent=AGENT,
        files=described_files,
        actions=(action,),
        software=software,
        inputs=known,
        facts=facts,
    )
    return Packed({CRATE_FILE: metadata(crate, version).encode(), **files}, left_out)


_SHARED_WORDS = {
    "provenance.json": "W3C PROV-JSON: what came of what",
    "run_shared.json": "The run: versions, parameters, hashes of the texts it stood on",
    "README.md": "What this is, and what was left out and why",
    "codebook.yaml": "The codebook, without examples, reasons and references to passages",
    "summary.nb.html": "A short page in Norwegian",
    "summary.en.html": "A short page in English",
}
_SHARED_PATTERNS = (("tables/*", "Counts; : is a count kept back"),)


def _check_fresh(study: Study, milestone: Milestone, found: Any) -> None:
    """Refuse to share tables of another state of the study than that of the outputs."""
    if milestone.model != "capability":
        return
    path = study.path / OUTPUTS / milestone.id / "model.json"
    if not path.is_file():
        return
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))["elements"]
    except (ValueError, KeyError, TypeError):
        stored = None
    if stored != json.loads(json.dumps(found.elements)):
        raise ForanError(
            f"{OUTPUTS}/{milestone.id} was made of another state of the study: run `foran run {milestone.id}` first"
        )


def _shared_record(found: Any, record: Mapping[str, Any]) -> str:
    facts = {fact.name: fact.value for fact in _facts(record)}
    told = {
        "schema_version": 1,
        "milestone": found.milestone.id,
        "facts": facts,
        "packages": dict(record.get("packages", {})),
        # Without their names, which tell what kind of document there is of which municipality.
        "texts_sha256": sorted(found.texts.values()),
        "withheld_documents": found.withheld,
        "codebook": {"version": found.milestone.codebook_version},
        "coding": {"basis": found.coding, "coders": list(found.coders)},
        "disclosure": {
            "fewest_persons": found.limits.persons,
            "fewest_documents": found.limits.documents,
            "counts_kept_back": found.kept_back,
        },
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


# Provenance


def provenance(
    study: Study,
    milestone: Milestone,
    record: Mapping[str, Any] | None = None,
    *,
    coding: str = "human",
    is_shared: bool = False,
) -> str:
    """The provenance of a model version as PROV-JSON: texts, codebooks, codings, migration, run, model versions.

    Parameters
    ----------
    record
        The run record; without it the run has no times and the model no hash.
    is_shared
        Whether days stand in the place of seconds, texts are named by their fingerprints only (their ids tell what kind of
        document there is of which municipality), and how much was coded is not told.

    Raises
    ------
    ForanError
        When a text of the milestone's day was not kept.
    """
    then = study.as_of(milestone.coded_until)
    documents = then.documents_until(milestone.cut_off)
    if milestone.case:
        documents = documents[documents["case"] == milestone.case]
    hidden = study.hidden(documents)
    shown = [str(name) for name in documents.index if name not in hidden]
    told = record or {}
    digests = {name: str(documents.at[name, "text_sha256"]) for name in shown}
    named = {name: f"document/{digests[name][:16] if is_shared else name}" for name in shown}
    things = [
        Thing(place, "document", place.removeprefix("document/"), {"sha256": digest})
        for place, digest in {named[name]: digests[name] for name in shown}.items()
    ]
    books = [
        book for book in study.lineage.codebooks
        if book.released <= milestone.coded_until.isoformat() or book.codebook_version == milestone.codebook_version
    ]  # fmt: skip
    things += [
        Thing(
            f"codebook/{book.codebook_version}",
            "codebook",
            f"Codebook {book.codebook_version}",
            {"released": book.released},
        )
        for book in books
    ]
    derived = [
        (f"codebook/{later.codebook_version}", f"codebook/{earlier.codebook_version}", True)
        for earlier, later in pairwise(books)
    ]
    activities: list[Activity] = []
    agents = [Agent("role/researcher", AGENT), Agent("software/foran-research", f"foran-research {__version__}", True)]
    assignments = f"assignments/{milestone.id}"
    members: list[tuple[str, str]] = []
    if coding == "human":
        sessions = _sessions(then, milestone, frozenset(shown))
        for coder in sorted({coder for coder, _ in sessions}):
            agents.append(Agent(f"role/coder-{coder}", f"Koder {coder} · coder {coder}"))
        for (coder, day), session in sorted(sessions.items()):
            made = f"codings/{coder}/{day}"
            facts: dict[str, str | int] = {} if is_shared else {"events": len(session)}
            things.append(Thing(made, "codings", f"Codings of {coder} on {day}", facts))
            members.append((assignments, made))
            used_books = {f"codebook/{one.codebook_version}" for one in session} & {thing.id for thing in things}
            activities.append(
                Activity(
                    f"coding/{coder}/{day}",
                    "coding_session",
                    f"{coder} coded on {day}",
                    started=_on_day(day, "00:00:00") if is_shared else min(one.at for one in session),
                    ended=_on_day(day, "23:59:59") if is_shared else max(one.at for one in session),
                    used=(*sorted({named[one.document] for one in session}), *sorted(used_books)),
                    made=(made,),
                    agents=(f"role/coder-{coder}",),
                )
            )
    else:
        agents.append(Agent("software/cues", f"Cues of codebook {milestone.codebook_version}", True))
    things.append(Thing(assignments, "assignment_set", f"Codings up to {milestone.coded_until}", is_collection=True))
    migrated = f"migrated/{milestone.id}"
    book = f"codebook/{milestone.codebook_version}"
    things.append(Thing(migrated, "assignment_set", f"Codings under codebook {milestone.codebook_version}"))
    activities.append(
        Activity(
            f"migration/{milestone.id}",
            "migration",
            f"Codings brought to codebook {milestone.codebook_version}",
            used=tuple(sorted({assignments, *(f"codebook/{one.codebook_version}" for one in books)})),
            made=(migrated,),
            agents=("software/foran-research",),
        )
    )
    notebooks = [str(name) for name in dict(told.get("inputs", {})) if str(name).startswith("notebooks/")]
    things += [
        Thing(
            f"notebook/{name.removeprefix('notebooks/')}",
            "notebook",
            name,
            {"sha256": told["inputs"][name]},
            is_plan=True,
        )
        for name in sorted(notebooks)
    ]
    model = f"model/{milestone.id}"
    digest = dict(told.get("outputs", {})).get("model.json")
    facts = {
        "model": milestone.model,
        "model_version": milestone.model_version,
        **({"sha256": digest} if digest else {}),
    }
    if milestone.case:
        facts["case"] = milestone.case
    things.append(Thing(model, "model_version", f"{milestone.model} {milestone.model_version} ({milestone.id})", facts))
    activities.append(
        Activity(
            f"run/{milestone.id}",
            "notebook_run",
            f"foran run {milestone.id}",
            started=_on_day(told.get("started_at"), "00:00:00") if is_shared else str(told.get("started_at") or ""),
            ended=_on_day(told.get("ended_at"), "23:59:59") if is_shared else str(told.get("ended_at") or ""),
            used=(
                migrated,
                book,
                *sorted(set(named.values())),
                *(f"notebook/{name.removeprefix('notebooks/')}" for name in notebooks),
            ),
            made=(model,),
            agents=("role/researcher", "software/foran-research"),
            facts={f"parameter_{name}": str(value) for name, value in dict(told.get("parameters", {})).items()},
        )
    )
    derived += [(model, migrated, False), (migrated, assignments, False)]
    here = milestone
    while (before := study.milestone_before(here)) is not None:
        things.append(
            Thing(f"model/{before.id}", "model_version", f"{before.model} {before.model_version} ({before.id})")
        )
        derived.append((f"model/{here.id}", f"model/{before.id}", True))
        here = before
    known = {milestone.id: milestone} | {one.id: one for one in study.settings.milestones}
    for name in milestone.after:
        if name in known and f"model/{name}" not in {thing.id for thing in things}:
            one = known[name]
            things.append(Thing(f"model/{name}", "model_version", f"{one.model} {one.model_version} ({name})"))
            derived.append((model, f"model/{name}", False))
    return prov_json(Provenance(tuple(things), tuple(activities), tuple(agents), tuple(derived), tuple(members)))


def _on_day(moment: object, clock: str) -> str:
    """A clock time of the day of a moment, in the place of the moment itself; "" for none."""
    return f"{str(moment)[:10]}T{clock}Z" if moment else ""


def _sessions(then: Study, milestone: Milestone, shown: frozenset[str]) -> dict[tuple[str, str], list[Any]]:
    """By coder and day, what was done in documents that may be told of; of the coders a model stands on, where named."""
    chosen = frozenset(then.settings.model_coders)
    found: dict[tuple[str, str], list[Any]] = {}
    for log in then.logs:
        for event in log.until(milestone.coded_until.isoformat()).events:
            if event.document in shown and event.coder in then.coders and (not chosen or event.coder in chosen):
                found.setdefault((event.coder, event.date), []).append(event)
    return found


__all__ = [
    "CRATE_FILE", "Packed", "check_place", "private_crate", "provenance", "published", "read_record", "save",
    "shareable_crate", "write_crate",
]  # fmt: skip
