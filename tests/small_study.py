"""A small complete study on disk for the tests. Everybody and everything in it is invented (oppdiktet).

Three municipalities that do not exist, six documents, two codebook versions with one change of every kind that the
migration rules know, and the logs of two coders. `SmallStudy` also knows how to break itself in one place at a time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from foran_research.codebook.store import read_codebook
from foran_research.coding.events import segment_at
from foran_research.coding.journal import NO_PREVIOUS, append, following, line_sha256, read_log
from foran_research.corpus.store import DOCUMENT_COLUMNS, PARTICIPANT_COLUMNS, PROCESS_COLUMNS, register_text
from foran_research.corpus.transcript import split_front_matter, text_sha256
from foran_research.errors import Faults
from foran_research.study import Study, read_study

NOTICE = "Oppdiktet tekst til testene. / Invented text for the tests."

SETTINGS = """\
schema_version = 1

[study]
id = "small"
title = { nb = "Liten oppdiktet studie", en = "Small invented study" }
notice = { nb = "Oppdiktet: ingen finnes.", en = "Invented: nobody exists." }
synthetic = true
language = "nb"

[corpus]
interviewers = ["Intervjuer"]

[analysis]
seed = 7
model_coders = ["K1"]
min_edge_turns = 1

[privacy]
shown_disclosures = ["open"]
quotes_per_element = 2

[[cases]]
id = "FJO"
label = "Fjordvik"
[[cases]]
id = "HEI"
label = "Heidal"
[[cases]]
id = "STR"
label = "Strandby"

[[levels]]
id = "P"
label = { nb = "Prosjekt", en = "Project" }
[[levels]]
id = "K"
label = { nb = "Kommune", en = "Municipality" }
[[levels]]
id = "E"
label = { nb = "Økosystem", en = "Ecosystem" }
[[levels]]
id = "X"
label = { nb = "På tvers", en = "Across" }

[[actor_types]]
id = "prosjektleder"
label = { nb = "Prosjektleder", en = "Project manager" }
[[actor_types]]
id = "innkjop"
label = { nb = "Innkjøp", en = "Procurement" }
[[actor_types]]
id = "leverandor"
label = { nb = "Leverandør", en = "Supplier" }
[[actor_types]]
id = "bruker"
label = { nb = "Bruker", en = "User" }

[[procedures]]
id = "dialog"
label = { nb = "Dialog", en = "Dialogue" }
[[procedures]]
id = "partnerskap"
label = { nb = "Partnerskap", en = "Partnership" }

[[focus_areas]]
id = "helse"
label = { nb = "Helse", en = "Health" }
[[focus_areas]]
id = "klima"
label = { nb = "Klima", en = "Climate" }

[[arenas]]
id = "praksis"
label = { nb = "Praksisarena", en = "Practice arena" }

[[guides]]
id = "kommune"
label = { nb = "Kommune", en = "Municipality" }
asks = ["C0001", "C0002", "C0005"]
[[guides]]
id = "leverandor"
label = { nb = "Leverandør", en = "Supplier" }
asks = ["C0007"]

[templates.model_version]
notebooks = ["01_corpus.ipynb", "08_model.ipynb"]

[[milestones]]
id = "M1"
title = { nb = "Første modell", en = "First model" }
cut_off = 2020-09-30
template = "model_version"
model_version = 1
codebook_version = "1.0.0"
[[milestones]]
id = "M2"
title = { nb = "Andre modell", en = "Second model" }
cut_off = 2021-09-30
template = "model_version"
model_version = 2
codebook_version = "2.0.0"
"""

PROCESSES = [
    ("FJO-1", "Stille netter (oppdiktet)", "Quiet nights (invented)", "FJO", "partnerskap", "helse"),
    ("HEI-1", "Tørre kjellere (oppdiktet)", "Dry cellars (invented)", "HEI", "dialog", "klima"),
    ("STR-1", "Lys på stranda (oppdiktet)", "Light on the beach (invented)", "STR", "dialog", "klima"),
]
PARTICIPANTS = [
    ("FJO-PL-01", "prosjektleder", "FJO", "nb", "analysis quote"),
    ("FJO-INN-01", "innkjop", "FJO", "nb", "analysis quote"),
    ("HEI-LEV-01", "leverandor", "HEI", "nn", "analysis quote"),
    ("HEI-PL-01", "prosjektleder", "HEI", "nn", "analysis quote"),
    ("STR-BRU-01", "bruker", "STR", "nb", "analysis"),
    ("STR-INN-01", "innkjop", "STR", "nb", "analysis quote"),
]

#: id: (title, kind, case, process, arena, date, written form, participants, guide), then the text.
DOCUMENTS: dict[str, tuple[tuple[str, ...], str]] = {
    "FJO-I01": (
        ("Oppdiktet intervju", "interview", "FJO", "FJO-1", "", "2020-03-04", "nb", "FJO-PL-01", "kommune"),
        "**Intervjuer:** Hvordan begynte det?\n\n"
        "**FJO-PL-01:** Vi spurte nattevaktene hva de trengte 😀, ikke hva de ønsket seg. "
        "Så ringte vi leverandørene og fikk en åpen markedsdialog.\n\n"
        "Etterpå skrev vi erfaringsnotatet sammen, og forbedret malen til neste gang.\n\n"
        "**Intervjuer:** Og ledelsen?\n\n"
        "**FJO-PL-01:** Strategien lå i skuffen. Uten meg hadde det stoppet; det hang på personen.\n",
    ),
    "FJO-I02": (
        ("Oppdiktet intervju", "interview", "FJO", "FJO-1", "", "2020-06-11", "nb", "FJO-INN-01", "kommune"),
        "**Intervjuer:** Hva var vanskelig?\n\n"
        "**FJO-INN-01:** Hemmelighold. Forretningshemmelighetene kunne vi lite om, og behovsbeskrivelsen var tynn.\n\n"
        "**Intervjuer:** Lærte dere noe?\n\n"
        "**FJO-INN-01:** Nei, læringspunktene ble liggende på en minnepinne i Ålgårdsveien.\n",
    ),
    "HEI-I01": (
        ("Oppdikta intervju", "interview", "HEI", "HEI-1", "", "2020-08-20", "nn", "HEI-LEV-01", "leverandor"),
        "**Intervjuer:** Kvifor ble du med?\n\n"
        "**HEI-LEV-01:** Eg såg ein marknad i overvasskummane, det dreiv meg. Men dialogmøtet var berre for dei store.\n\n"
        "**Intervjuer:** Fikk du vite nok?\n\n"
        "**HEI-LEV-01:** Nei, eg fekk ikkje svar på spørsmåla mine. 🙂 Leverandørmarknaden er liten hos oss.\n",
    ),
    "HEI-I02": (
        ("Oppdikta intervju", "interview", "HEI", "HEI-1", "", "2021-04-14", "nn", "HEI-PL-01", "kommune"),
        "**Intervjuer:** Hva har dere endret?\n\n"
        "**HEI-PL-01:** Me målar kor mange kjellarar som er tørre, kvar veke, og styringsgruppa ser tala.\n\n"
        "**HEI-PL-01:** Marknadsanalysen gjer me sjølve no. Samtalen med firmaa kjem etterpå.\n",
    ),
    "STR-I01": (
        ("Oppdiktet intervju", "interview", "STR", "STR-1", "", "2021-06-02", "nb", "STR-BRU-01", ""),
        "**Intervjuer:** Ble du spurt?\n\n"
        "**STR-BRU-01:** Ja, to ganger, og andre gangen hadde de lyttet. Læringen var synlig på lyktestolpene.\n",
    ),
    "STR-N01": (
        ("Oppdiktet notat", "workshop_note", "STR", "STR-1", "praksis", "2020-09-15", "nb", "STR-INN-01 FJO-PL-01", ""),
        "Notat fra praksisarena, ni til stede.\n\n"
        "## Runde 1\n\n"
        "Flere mente at strategien ikke blir lest, og at behovet må beskrives før noen ringer.\n\n"
        "**STR-INN-01:** Vi gjenbrukte spørsmålene fra Fjordvik, og det sparte oss for et halvår.\n\n"
        "Deltakerne ville skrive ned forbedringspunktene samme dag.\n",
    ),
}

#: coder, document, day, codebook version, the words coded, code, polarity.
CODINGS = [
    ("K1", "FJO-I01", "2020-03-06", "1.0.0", "Vi spurte nattevaktene hva de trengte 😀", "C0001", "fremmer"),
    ("K1", "FJO-I01", "2020-03-06", "1.0.0", "ringte vi leverandørene og fikk en åpen markedsdialog", "C0002", "fremmer"),
    ("K1", "FJO-I01", "2020-03-06", "1.0.0", "skrev vi erfaringsnotatet sammen, og forbedret malen", "C0003", "fremmer"),
    ("K1", "FJO-I01", "2020-03-06", "1.0.0", "skrev vi erfaringsnotatet sammen, og forbedret malen", "C0004", "fremmer"),
    ("K1", "FJO-I01", "2020-03-07", "1.0.0", "Strategien lå i skuffen.", "C0005", "hemmer"),
    ("K1", "FJO-I01", "2020-03-07", "1.0.0", "det hang på personen", "C0009", "hemmer"),
    ("K2", "FJO-I01", "2020-03-20", "1.0.0", "Vi spurte nattevaktene hva de trengte 😀", "C0001", "fremmer"),
    ("K2", "FJO-I01", "2020-03-20", "1.0.0", "Strategien lå i skuffen.", "C0009", "hemmer"),
    ("K1", "FJO-I02", "2020-06-12", "1.0.0", "Forretningshemmelighetene kunne vi lite om", "C0006", "hemmer"),
    ("K1", "FJO-I02", "2020-06-12", "1.0.0", "behovsbeskrivelsen var tynn", "C0001", "hemmer"),
    ("K1", "FJO-I02", "2020-06-12", "1.0.0", "læringspunktene ble liggende på en minnepinne", "C0003", "hemmer"),
    ("K1", "HEI-I01", "2020-08-22", "1.0.0", "Eg såg ein marknad i overvasskummane", "C0008", ""),
    ("K1", "HEI-I01", "2020-08-22", "1.0.0", "dialogmøtet var berre for dei store", "C0008", "hemmer"),
    ("K1", "HEI-I01", "2020-08-22", "1.0.0", "Leverandørmarknaden er liten hos oss", "C0007", "nøytral"),
    ("K1", "STR-N01", "2020-09-20", "1.0.0", "strategien ikke blir lest", "C0005", "hemmer"),
    ("K1", "STR-N01", "2020-09-20", "1.0.0", "behovet må beskrives før noen ringer", "C0001", "begge"),
    ("K1", "STR-N01", "2020-09-20", "1.0.0", "skrive ned forbedringspunktene samme dag", "C0004", "fremmer"),
    ("K2", "STR-N01", "2020-09-28", "1.0.0", "behovet må beskrives før noen ringer", "C0002", "begge"),
    ("K1", "HEI-I02", "2021-04-16", "2.0.0", "Me målar kor mange kjellarar som er tørre", "C0013", "fremmer"),
    ("K1", "HEI-I02", "2021-04-16", "2.0.0", "Marknadsanalysen gjer me sjølve no", "C0010", "fremmer"),
    ("K1", "HEI-I02", "2021-04-16", "2.0.0", "Samtalen med firmaa kjem etterpå", "C0011", ""),
    ("K1", "STR-I01", "2021-06-03", "2.0.0", "andre gangen hadde de lyttet", "C0001", "fremmer"),
    ("K1", "STR-I01", "2021-06-03", "2.0.0", "Læringen var synlig på lyktestolpene", "C0012", "fremmer"),
]  # fmt: skip


def both(nb: str, en: str | None = None) -> dict[str, str]:
    return {"nb": nb, "en": en or nb}


def code(
    id_: str, display: str, label: str, *, parent: str | None = None, cues: tuple[str, ...] = ()
) -> dict[str, Any]:
    """A whole code record of version 1.0.0, its texts invented from its label."""
    return {
        "id": id_, "display": display, "level": display[0], "parent": parent, "label": both(label),
        "brief": both(f"Om {label}."), "definition": both(f"Gjelder {label}."), "when_to_use": both("Når det nevnes."),
        "when_not_to_use": both("Ellers ikke."), "example": both("Oppdiktet eksempel."), "source": ["S0:1"],
        "polarity_in_source": [], "maturity": "R", "status": "active", "introduced_in": "1.0.0",
        "deprecated_in": None, "successors": [], "cues": {"nb": list(cues), "nn": []},
    }  # fmt: skip


def first_codebook() -> dict[str, Any]:
    return {
        "schema_version": 1, "codebook_version": "1.0.0", "released": "2020-02-01", "title": both("Oppdiktet kodebok"),
        "notice": both("Oppdiktet.", "Invented."),
        "codes": [
            code("C0001", "P1", "behov", cues=("behov*",)), code("C0002", "P2", "markedskontakt", cues=("dialog*",)),
            code("C0003", "K1", "læring"), code("C0004", "K2", "forbedring"), code("C0005", "K3", "strategi"),
            code("C0006", "K3.1", "fortrolighet", parent="C0005"), code("C0007", "E1", "deltakelse"),
            code("C0008", "E1.1", "drivkrefter", parent="C0007"), code("C0009", "X1", "personer"),
        ],
        "changes": [],
    }  # fmt: skip


def change(
    number: int, type_: str, from_: list[str], to: list[str], *rows: dict[str, Any], decision: str = "accepted"
) -> dict[str, Any]:
    return {
        "id": f"CH-2-{number:02d}", "type": type_, "from": from_, "to": to, "summary": both(f"Endring {number}"),
        "reason_empirical": both("Oppdiktet grunn."), "reason_theoretical": both("Oppdiktet grunn."),
        "evidence": ["S0:1"], "proposed_by_role": "stipendiat", "decided_at": "2021-01-15", "arena": "praksis",
        "decision": decision, "migration": list(rows),
    }  # fmt: skip


def second_codebook() -> dict[str, Any]:
    """Version 2.0.0: a split, a merge, a rename, a retirement, a code become facet, a move, a new code, a rejection."""
    book = first_codebook() | {"codebook_version": "2.0.0", "released": "2021-03-01"}
    codes = {entry["id"]: entry for entry in book["codes"]}
    for old, successors in {
        "C0002": ["C0010", "C0011"], "C0003": ["C0012"], "C0004": ["C0012"], "C0008": ["C0007"], "C0009": [],
    }.items():  # fmt: skip
        codes[old] |= {"status": "deprecated", "deprecated_in": "2.0.0", "successors": successors}
    codes["C0001"]["label"] = both("behov og funksjon")
    codes["C0006"] |= {"display": "P4.1", "level": "P", "parent": "C0011"}
    new = [code("C0010", "P3", "markedsanalyse"), code("C0011", "P4", "samtale"), code("C0012", "K4", "læring og forbedring"),
           code("C0013", "K5", "måling")]  # fmt: skip
    for entry in new:
        entry["introduced_in"] = "2.0.0"
    book["codes"] += new
    book["changes"] = [
        change(1, "split", ["C0002"], ["C0010", "C0011"], {"from": "C0002", "rule": "review", "to": ["C0010", "C0011"]}),
        change(2, "merge", ["C0003", "C0004"], ["C0012"], {"from": "C0003", "rule": "map", "to": "C0012"},
               {"from": "C0004", "rule": "map", "to": "C0012"}),
        change(3, "rename", ["C0001"], ["C0001"], {"from": "C0001", "rule": "keep"}),
        change(4, "retire", ["C0009"], [], {"from": "C0009", "rule": "retire"}),
        change(5, "to_facet", ["C0008"], ["C0007"],
               {"from": "C0008", "rule": "facet", "to": "C0007", "polarity": "fremmer"}),
        change(6, "move", ["C0006"], ["C0006"], {"from": "C0006", "rule": "keep"}),
        change(7, "new", [], ["C0013"]),
        change(8, "merge", ["C0005", "C0001"], [], decision="rejected"),
    ]  # fmt: skip
    return book


def write_yaml(path: Path, book: dict[str, Any]) -> None:
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    path.write_text(yaml.dump(book, Dumper=dumper, allow_unicode=True, sort_keys=False, width=10_000), "utf-8")


@dataclass(frozen=True)
class SmallStudy:
    """The study's folder, with ways to look into it and to break it."""

    path: Path

    # Looking
    def read(self) -> tuple[Study | None, Faults]:
        return read_study(self.path)

    def text(self, document: str) -> str:
        return split_front_matter((self.path / f"corpus/texts/{document}.md").read_text("utf-8"))[1]

    def events(self, coder: str, document: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log_path(coder, document).read_text("utf-8").splitlines()]

    def log_path(self, coder: str, document: str) -> Path:
        return self.path / f"corpus/coding/{coder}/{document}.jsonl"

    def lines_with(self, name: str, needle: str) -> list[int]:
        """The numbers of the lines of a file that hold `needle`."""
        lines = (self.path / name).read_bytes().split(b"\n")
        return [number for number, line in enumerate(lines, 1) if needle.encode() in line]

    def fingerprint(self) -> dict[str, str]:
        """The hash of every file in the folder, by name."""
        files = sorted(path for path in self.path.rglob("*") if path.is_file() and path.name != ".lock")
        return {str(path.relative_to(self.path)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    # Breaking
    def replace(self, name: str, old: str | bytes, new: str | bytes) -> None:
        """Put `new` for `old`, which must stand exactly once in the file."""
        old, new = (part.encode() if isinstance(part, str) else part for part in (old, new))
        data = (self.path / name).read_bytes()
        assert data.count(old) == 1, f"{old!r} stands {data.count(old)} times in {name}"
        (self.path / name).write_bytes(data.replace(old, new))

    def add(self, name: str, more: str | bytes) -> None:
        """Write more at the end of a file."""
        with (self.path / name).open("ab") as file:
            file.write(more.encode() if isinstance(more, str) else more)

    def edit_text(self, document: str, old: str | bytes, new: str | bytes) -> None:
        """Change a text and register it anew, so that only what the new words say is wrong."""
        before = text_sha256(self.text(document))
        self.replace(f"corpus/texts/{document}.md", old, new)
        self.replace("corpus/documents.csv", before, text_sha256(self.text(document)))

    def edit_codebook(self, version: str, edit: Callable[[dict[str, Any]], object]) -> None:
        path = self.path / f"codebooks/{version}.yaml"
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        book = yaml.load(path.read_bytes(), Loader=loader)  # noqa: S506 - both are safe loaders
        edit(book)
        write_yaml(path, book)

    def edit_log(self, coder: str, document: str, edit: Callable[[list[dict[str, Any]]], object]) -> None:
        """Change the events of a log and chain them anew, so that the chain is not what is wrong."""
        events = self.events(coder, document)
        edit(events)
        previous, lines = NO_PREVIOUS, []
        for event in events:
            if "prev_sha256" in event:
                event["prev_sha256"] = previous
            own = event.pop("sha256", None)
            line = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
            lines.append(line if own is None else line[:-1] + f',"sha256":"{line_sha256(line)}"}}'.encode())
            previous = line_sha256(lines[-1])
        self.log_path(coder, document).write_bytes(b"".join(line + b"\n" for line in lines))

    def code(self, coder: str, document: str, drafts: list[dict[str, Any]]) -> None:
        """Append events to a log as a coder's tool does."""
        path = self.log_path(coder, document)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        faults = Faults()
        log = read_log(path, path.name, faults)
        assert not faults.errors
        append(path, following(log, drafts))


def draft(study: SmallStudy, coder: str, document: str, day: str, action: str, segment: str,
          before: dict[str, Any] | None, after: dict[str, Any] | None, version: str = "1.0.0") -> dict[str, Any]:  # fmt: skip
    """An event as `following` takes it."""
    return {
        "at": f"{day}T10:00:00Z", "coder": coder, "document": document,
        "text_sha256": text_sha256(study.text(document)), "action": action, "segment": segment,
        "codebook_version": version, "before": before, "after": after,
    }  # fmt: skip


def write_small_study(folder: Path) -> SmallStudy:
    """Write the whole study into `folder`, which need not exist."""
    study = SmallStudy(folder)
    (folder / "corpus/texts").mkdir(parents=True)
    (folder / "codebooks").mkdir()
    (folder / "foran.toml").write_text(SETTINGS, "utf-8")
    for book in (first_codebook(), second_codebook()):
        write_yaml(folder / f"codebooks/{book['codebook_version']}.yaml", book)
    rows = []
    for document, (facts, text) in DOCUMENTS.items():
        (folder / f"corpus/texts/{document}.md").write_text(f"---\nnotice: {NOTICE}\n---\n\n{text}", "utf-8")
        rows.append((document, *facts, "open", text_sha256(text)))
    for name, columns, table in (
        ("documents", DOCUMENT_COLUMNS, rows), ("participants", PARTICIPANT_COLUMNS, PARTICIPANTS),
        ("processes", PROCESS_COLUMNS, PROCESSES),
    ):  # fmt: skip
        records = [dict(zip(columns, row, strict=True)) for row in table]
        (folder / f"corpus/{name}.csv").write_text(register_text(records, columns), "utf-8")
    _write_logs(study)
    return study


def _write_logs(study: SmallStudy) -> None:
    numbers: dict[tuple[str, str], int] = {}
    for coder, document, day, version, words, code_id, polarity in CODINGS:
        number = numbers[coder, document] = numbers.get((coder, document), 0) + 1
        text = study.text(document)
        start = text.index(words)
        segment = segment_at(text, start, start + len(words), code_id, polarity, version)
        name = f"{document}.{coder}.s{number:02d}"
        study.code(coder, document, [draft(study, coder, document, day, "apply", name, None, segment, version)])
    # K1 changes her mind: a polarity, a removal undone, and, under 2.0.0, a passage coded anew.
    events = study.events("K1", "FJO-I01")
    need, strategy = events[0]["after"], events[4]["after"]
    study.code("K1", "FJO-I01", [
        draft(study, "K1", "FJO-I01", "2020-03-08", "polarity", "FJO-I01.K1.s05", strategy, strategy | {"polarity": "begge"}),
        draft(study, "K1", "FJO-I01", "2020-03-08", "remove", "FJO-I01.K1.s01", need, None),
        draft(study, "K1", "FJO-I01", "2020-03-08", "undo", "FJO-I01.K1.s01", None, need),
    ])  # fmt: skip
    dialogue = events[1]["after"]
    study.code("K1", "FJO-I01", [
        draft(study, "K1", "FJO-I01", "2021-04-01", "recode", "FJO-I01.K1.s02", dialogue,
              dialogue | {"code": "C0011", "codebook_version": "2.0.0"}, "2.0.0"),
    ])  # fmt: skip


def codebook_of(study: SmallStudy, version: str) -> Any:
    """A codebook of the study as a value."""
    faults = Faults()
    book = read_codebook(study.path / f"codebooks/{version}.yaml", ("P", "K", "E", "X"), faults)
    assert book is not None
    assert not faults
    return book
