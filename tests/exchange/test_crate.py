"""Crates of a run: what RO-Crate and Process Run Crate demand, without any validator, and nothing private in what is shared.

Everybody and everything is invented (oppdiktet).
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from click.testing import CliRunner
from small_study import SmallStudy

from foran_research.cli import main
from foran_research.errors import ForanError, UnknownName
from foran_research.exchange.crate import (
    CRATE_FILE,
    PROCESS_RUN,
    Action,
    Crate,
    CrateFile,
    Fact,
    Known,
    Packed,
    Software,
    check_place,
    metadata,
    save,
    zip_bytes,
)
from foran_research.milestone import deliver
from foran_research.packing import private_crate, provenance, read_record, shareable_crate, write_crate
from foran_research.study import Study, load_study

DIGEST = "a" * 64
TIMES = {"started_at": "2026-03-01T08:00:00Z", "ended_at": "2026-03-01T08:05:00Z"}


def a_crate(**other: Any) -> Crate:
    given: dict[str, Any] = {
        "name": "Oppdiktet å 😀", "description": "Om", "date_published": "2024-05-31", "licence": "", "access": "begrenset",
        "publisher": "Studie", "agent": "forsker", "files": (CrateFile("tables/små tall.csv", DIGEST, 3, "En tabell"),),
        "actions": (Action("#run", "Kjøring", "Om", "foran", ("#fact/cut_off", "#input/corpus/a%CC%8A.md"),
                           ("tables/sm%C3%A5%20tall.csv",),
                           "2026-03-01T08:00:00Z", "2026-03-01T08:05:00Z"),),
        "software": (Software("foran", "1", "urn:foran:workbench"),), "inputs": (Known("corpus/a\u030a.md", DIGEST),),
        "facts": (Fact("cut_off", "2024-05-31"),),
    }  # fmt: skip
    return Crate(**{**given, **other})


def by_id(text: str) -> dict[str, dict[str, Any]]:
    graph = json.loads(text)["@graph"]
    found = {entity["@id"]: entity for entity in graph}
    assert len(found) == len(graph), "an id stands twice"
    return found


def refs(value: Any) -> list[str]:
    return [one["@id"] for one in (value if isinstance(value, list) else [value])]


def assert_musts(text: str, files: dict[str, bytes], version: str = "1.2") -> dict[str, dict[str, Any]]:
    """The MUSTs of RO-Crate and Process Run Crate, as docs/packaging.md lists them."""
    graph = by_id(text)
    descriptor, root = graph[CRATE_FILE], graph["./"]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["about"] == {"@id": "./"}
    assert descriptor["conformsTo"] == {"@id": f"https://w3id.org/ro/crate/{version}"}
    assert root["@type"] == "Dataset"
    assert all(isinstance(root[key], str) and root[key] for key in ("name", "description", "datePublished"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", root["datePublished"])
    assert refs(root["license"])[0] in graph
    assert root["conformsTo"] == {"@id": PROCESS_RUN}
    assert graph[PROCESS_RUN]["@type"] == (["CreativeWork", "Profile"] if version == "1.2" else "CreativeWork")
    parts = refs(root["hasPart"])
    entities = [one for one in graph.values() if one["@type"] == "File"]
    assert sorted(parts) == sorted(one["@id"] for one in entities)
    assert {unquote(part) for part in parts} == set(files) - {CRATE_FILE}
    for one in entities:
        content = files[unquote(one["@id"])]
        assert not re.match(r"[a-z]+:|/|#", one["@id"])
        assert (one["sha256"], one["contentSize"]) == (hashlib.sha256(content).hexdigest(), str(len(content)))
        assert one["description"]
        assert one["encodingFormat"]
    actions = [one for one in graph.values() if one["@type"] == "CreateAction"]
    assert actions
    for one in actions:
        assert graph[one["instrument"]["@id"]]["@type"] == "SoftwareApplication"
        assert {"version", "url", "name"} <= graph[one["instrument"]["@id"]].keys()
        assert one["agent"] == {"@id": "#agent"}
        for key in ("object", "result"):
            assert set(refs(one.get(key, []))) <= graph.keys()
    # Everything that something refers to is described.
    assert {place for one in graph.values() for value in one.values() for place in re.findall(
        r"'@id': '([^']+)'", str(value))} - graph.keys() <= {f"https://w3id.org/ro/crate/{version}"}  # fmt: skip
    return graph


@pytest.mark.parametrize("version", ["1.2", "1.1"])
def test_a_crate_of_hand_keeps_every_must_and_says_what_it_was_told(version: str) -> None:
    content = b"1,2"
    made = a_crate(files=(CrateFile("tables/små tall.csv", hashlib.sha256(content).hexdigest(), 3, "En tabell"),))
    graph = assert_musts(metadata(made, version), {"tables/små tall.csv": content}, version)
    assert graph["./"]["name"] == "Oppdiktet å 😀"
    assert graph["#run"]["startTime"] == "2026-03-01T08:00:00Z"
    assert graph["#input/corpus/a%CC%8A.md"]["identifier"] == f"sha256:{DIGEST}"
    assert graph["#fact/cut_off"]["value"] == "2024-05-31"


def test_licence_and_access_are_told_apart() -> None:
    graph = by_id(metadata(a_crate(licence="https://creativecommons.org/licenses/by/4.0/")))
    assert graph["./"]["license"] == {"@id": "https://creativecommons.org/licenses/by/4.0/"}
    assert graph["./"]["conditionsOfAccess"] == "begrenset"
    assert by_id(metadata(a_crate()))["#no-licence"]["name"] == "No licence has been given"


def test_the_same_crate_gives_the_same_bytes() -> None:
    assert metadata(a_crate()) == metadata(a_crate())


@pytest.mark.parametrize("path", ["../a", "/a", "a//b", "a\\b", "a/./b", CRATE_FILE])
def test_a_path_that_leads_out_of_the_crate_is_refused(path: str) -> None:
    with pytest.raises(ForanError, match=r"inside it|no part of it"):
        metadata(a_crate(files=(CrateFile(path, DIGEST, 1, ""),), actions=()))


@pytest.mark.parametrize(
    "other",
    [
        {"date_published": "31.5.2024"},
        {"files": (CrateFile("a", "abc", 1, ""),), "actions": ()},
        {"facts": (Fact("x", "1"), Fact("x", "2")), "actions": ()},
        {"software": ()},
        {"inputs": ()},
    ],
)
def test_what_breaks_the_format_is_refused(other: dict[str, Any]) -> None:
    with pytest.raises(ForanError):
        metadata(a_crate(**other))


def test_only_versions_that_are_known_are_written() -> None:
    with pytest.raises(UnknownName, match=r"1\.2, 1\.1"):
        metadata(a_crate(), "1.3")


def test_a_zip_follows_from_its_contents_alone() -> None:
    data = zip_bytes({"b/å.txt": b"2", "a": b"1"})
    assert data == zip_bytes({"a": b"1", "b/å.txt": b"2"})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["a", "b/å.txt"]
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_nothing_is_packed_over_what_is_there_or_into_the_study(tmp_path: Path) -> None:
    study, packed = tmp_path / "study", Packed({"a/b": b"1"})
    (study / "corpus").mkdir(parents=True)
    for place in (study, study / "corpus" / "x", study / "Outputs" / "x.zip"):
        with pytest.raises(ForanError, match="the study's own"):
            save(packed, place, study)
        with pytest.raises(ForanError, match="the study's own"):
            check_place(place, study)
    assert save(packed, study / "delt", study).joinpath("a/b").read_bytes() == b"1"
    (tmp_path / "x.zip").write_bytes(b"")
    for place in (study / "delt", tmp_path / "x.zip"):
        with pytest.raises(ForanError, match="there already"):
            save(packed, place, study)


# Of a study


def with_outputs(small: SmallStudy, milestone: str = "M2") -> dict[str, Any]:
    """Outputs of a milestone with a record, as a run leaves them, made without a kernel."""
    study = load_study(small.path)
    folder = small.path / "outputs" / milestone
    deliver(study, study.milestone(milestone), folder)
    (folder / "notebooks").mkdir()
    (folder / "notebooks/08_model.ipynb").write_text('{"cells": [], "words": "nattevaktene"}', "utf-8")
    digest = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    inputs = {
        path.relative_to(small.path).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for pattern in (
            "foran.toml",
            "corpus/*.csv",
            "corpus/texts/*.md",
            "corpus/coding/*/*.jsonl",
            "codebooks/*.yaml",
        )
        for path in sorted(small.path.glob(pattern))
    }
    record = {
        "schema_version": 2, "milestone": milestone, "fingerprint": DIGEST, "cut_off": "2021-09-30",
        "coded_until": "2021-09-30", "parameters": {"language": "nb", "coding": "human"}, **TIMES, "timezone": "+01:00",
        "versions": {"package_version": "0.1.0", "codebook_version": "2.0.0", "model_version": 2},
        "git": {"commit": "b" * 40, "is_dirty": False}, "seeds": {"analysis.seed": 7},
        "packages": {"papermill": "2.7.0", "numpy": "2.0"},
        "inputs": {**inputs, "notebooks/08_model.ipynb": DIGEST, "package:environment": DIGEST}, "outputs": digest,
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(record), "utf-8")
    return record


@pytest.fixture(scope="module")
def run_once(written_once: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    place = tmp_path_factory.mktemp("run") / "study"
    shutil.copytree(written_once, place)
    return place, with_outputs(SmallStudy(place))


@pytest.fixture
def packed_study(run_once: tuple[Path, dict[str, Any]], tmp_path: Path) -> tuple[SmallStudy, dict[str, Any], Study]:
    shutil.copytree(run_once[0], tmp_path / "run")
    return SmallStudy(tmp_path / "run"), run_once[1], load_study(tmp_path / "run")


@pytest.fixture(scope="module")
def shared(run_once: tuple[Path, dict[str, Any]]) -> Packed:
    study = load_study(run_once[0])
    return shareable_crate(study, study.milestone("M2"))


Given = tuple[SmallStudy, dict[str, Any], Study]


def test_the_crate_of_a_run_lies_in_its_outputs_and_describes_them_all(packed_study: Given) -> None:
    small, record, study = packed_study
    folder = small.path / "outputs/M2"
    path = write_crate(folder, record, study.settings)
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    graph = assert_musts(path.read_text("utf-8"), files)
    assert graph["./"]["datePublished"] == "2026-03-01"
    assert graph["#run/M2"]["endTime"] == TIMES["ended_at"]
    assert "#run/M2/08_model.ipynb" in graph
    facts = {one["name"]: one["value"] for one in graph.values() if one["@type"] == "PropertyValue"}
    assert facts["git_commit"] == "b" * 40
    assert (facts["analysis.seed"], facts["timezone"]) == ("7", "+01:00")
    assert (facts["versions.codebook_version"], facts["parameters.language"]) == ("2.0.0", "nb")
    before = path.read_bytes()
    assert write_crate(folder, record, study.settings).read_bytes() == before


def test_a_record_without_the_newer_fields_makes_a_crate_too(packed_study: Given) -> None:
    small, record, study = packed_study
    old = {key: value for key, value in record.items() if key not in (*TIMES, "git", "timezone")}
    graph = by_id(write_crate(small.path / "outputs/M2", old, study.settings).read_text("utf-8"))
    assert graph["./"]["datePublished"] == "2021-09-30"
    assert not {"startTime", "endTime"} & graph["#run/M2"].keys()


def test_the_private_crate_holds_what_the_run_took_and_made(packed_study: Given) -> None:
    small, record, _ = packed_study
    packed = private_crate(small.path, "M2")
    files = dict(packed.files)
    graph = assert_musts(files[CRATE_FILE].decode(), files)
    assert files["study/corpus/texts/FJO-I01.md"] == (small.path / "corpus/texts/FJO-I01.md").read_bytes()
    assert set(record["outputs"]) == {
        name.removeprefix("outputs/M2/") for name in files if name.startswith("outputs/")
    } - {"run.json"}
    assert "personopplysninger" in graph["./"]["conditionsOfAccess"]
    assert private_crate(small.path, "M2").files == packed.files


def test_outputs_that_were_changed_are_not_packed(packed_study: Given) -> None:
    small, _, study = packed_study
    (small.path / "outputs/M2/model.json").write_text("{}", "utf-8")
    with pytest.raises(ForanError, match="not as the run left it"):
        private_crate(small.path, "M2")
    with pytest.raises(ForanError, match="not as the run left it"):
        shareable_crate(study, study.milestone("M2"))


def test_a_milestone_without_a_run_says_what_to_do(small_study: SmallStudy) -> None:
    with pytest.raises(ForanError, match="foran run M1"):
        read_record(small_study.path, "M1")


def every_byte(files: dict[str, bytes]) -> str:
    """All that the files hold, zip archives unpacked, and their names."""
    found = []
    for name, data in files.items():
        found.append(name)
        if data[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                found += [archive.read(one).decode("utf-8", "replace") for one in archive.namelist()]
        found.append(data.decode("utf-8", "replace"))
    return "\n".join(found)


def test_nothing_private_is_anywhere_in_the_shareable_crate(packed_study: Given, shared: Packed) -> None:
    small, _, study = packed_study
    packed = shared
    files = dict(packed.files)
    assert_musts(files[CRATE_FILE].decode(), files)
    assert shareable_crate(study, study.milestone("M2")).files == packed.files
    whole = every_byte(files)
    quotes = set(study.segments()["quote"])
    lines = {
        line for text in study.transcripts.values() for line in re.split(r"(?<=[.!?]) |\n", text.text) if len(line) > 15
    }
    secrets = {
        *quotes, *lines, *study.participants.index, *study.documents.index, *study.segments()["segment"],
        "Oppdiktet intervju", "Oppdiktet eksempel",
        "Oppdiktet grunn", "stipendiat", "nattevaktene", str(small.path), "FJO-I01:",
    }  # fmt: skip
    # Hashes are there: those who may read the texts can tell which they are.
    assert all(digest in whole for digest in study.documents["text_sha256"])
    secrets |= {memo for memo in study.segments()["memo"] if memo}
    assert len(secrets) > 40
    assert {one for one in secrets if one in whole} == set()
    # The same search finds them where they are.
    private = every_byte(dict(private_crate(small.path, "M2").files))
    assert quotes <= {one for one in secrets if one in private}


def test_a_document_that_may_not_be_shown_is_only_counted(small_study: SmallStudy) -> None:
    register = small_study.path / "corpus/documents.csv"
    head, *rows = register.read_text("utf-8").splitlines()
    place = head.split(",").index("disclosure")
    changed = []
    for row in rows:
        cells = row.split(",")
        if cells[0] == "FJO-I02":
            cells[place] = "trade_secret"
        changed.append(",".join(cells))
    register.write_text("\n".join([head, *changed]) + "\n", "utf-8")
    book = small_study.path / "codebooks/2.0.0.yaml"
    named = book.read_text("utf-8").replace("S0:1", "FJO-I02.K1.s0001", 1)
    assert "FJO-I02.K1.s0001" in named
    book.write_text(named, "utf-8")
    with_outputs(small_study)
    study = load_study(small_study.path)
    assert study.hidden(study.documents) == {"FJO-I02"}
    # Nor does the model of the run name a passage of it, among the evidence of a change of the codebook.
    assert "FJO-I02" not in (small_study.path / "outputs/M2/model.json").read_text("utf-8")
    packed = shareable_crate(study, study.milestone("M2"))
    whole = every_byte(dict(packed.files))
    assert "FJO-I02" not in whole
    assert str(study.documents.at["FJO-I02", "text_sha256"]) not in whole
    assert json.loads(packed.files["run_shared.json"])["withheld_documents"] == 1
    assert any("withheld" in what for what, _ in packed.left_out)


def test_the_shareable_crate_tells_days_and_no_seconds(shared: Packed, run_once: tuple[Path, dict[str, Any]]) -> None:
    whole = every_byte(dict(shared.files))
    for time in (TIMES["started_at"], TIMES["ended_at"]):
        assert time not in whole
    clocks = set(re.findall(r"T(\d\d:\d\d:\d\d)", whole))
    assert clocks <= {"00:00:00", "23:59:59"}
    run = by_id(shared.files[CRATE_FILE].decode())["#run/M2"]
    assert (run["startTime"], run["endTime"]) == (TIMES["started_at"][:10], TIMES["ended_at"][:10])
    told = json.loads(shared.files["provenance.json"])["activity"]
    assert [one["prov:startTime"] for name, one in told.items() if name.endswith("run/M2")] == ["2026-03-01T00:00:00Z"]
    # A day is no less a day where the run record has none.
    study = load_study(run_once[0])
    assert "foran:run/M2" in provenance(study, study.milestone("M2"), None, is_shared=True)


def test_the_provenance_of_one_municipality_names_its_documents_only(run_once: tuple[Path, dict[str, Any]]) -> None:
    study = load_study(run_once[0])
    one = replace(study.milestone("M2"), model="practice", case="FJO")
    told = json.loads(provenance(study, one))
    documents = {name for name in told["entity"] if name.startswith("foran:document/")}
    assert documents == {"foran:document/FJO-I01", "foran:document/FJO-I02"}
    used = {use["prov:entity"] for use in told["used"].values() if "document/" in use["prov:entity"]}
    assert used == documents
    assert "HEI" not in json.dumps(told)


def test_small_counts_are_kept_back_and_said_to_be(shared: Packed) -> None:
    packed = shared
    table = packed.files["tables/elements_by_municipality.csv"].decode("utf-8-sig")
    # Six informants in three municipalities: no cell rests on five.
    states = [line.split(",") for line in table.splitlines()[2:]]
    assert all(row[-5:] == [":"] * 5 for row in states if row[-6] == "evidence")
    assert all(row[-5:] == ["0"] * 5 for row in states if row[-6] != "evidence")
    told = json.loads(packed.files["run_shared.json"])["disclosure"]
    assert (told["fewest_persons"], told["fewest_documents"]) == (5, 3)
    assert told["counts_kept_back"] > 0
    readme = packed.files["README.md"].decode()
    assert "5 personer" in readme
    assert "bare fingeravtrykk (SHA-256) av tekstene følger med" in readme
    assert "only fingerprints (SHA-256) of the texts go along" in readme


def test_tables_of_another_state_of_the_study_are_not_shared(packed_study: Given) -> None:
    _, _, study = packed_study
    changed = replace(study, settings=replace(study.settings, model_coders=("K2",)))
    with pytest.raises(ForanError, match="another state of the study"):
        shareable_crate(changed, study.milestone("M2"))


def test_crates_from_the_command_line(packed_study: Given, tmp_path: Path) -> None:
    small, _, _ = packed_study
    ask = CliRunner()
    here = ["--study", str(small.path)]
    assert ask.invoke(main, ["crate", "M2", *here]).exit_code == 0
    assert (small.path / "outputs/M2" / CRATE_FILE).is_file()
    done = ask.invoke(main, ["crate", "M2", "--shareable", "-o", str(tmp_path / "delt.zip"), *here])
    assert done.exit_code == 0, done.output
    assert "left out: Transcripts and other texts: personal data" in done.output
    with zipfile.ZipFile(tmp_path / "delt.zip") as archive:
        assert CRATE_FILE in archive.namelist()
    whole = ask.invoke(main, ["crate", "M2", "-o", str(tmp_path / "hel"), "--ro-crate", "1.1", *here])
    assert "holds transcripts" in whole.output
    assert by_id((tmp_path / "hel" / CRATE_FILE).read_text("utf-8"))[CRATE_FILE]["conformsTo"]["@id"].endswith("/1.1")
    lost = ask.invoke(main, ["prov", "M2", "-o", str(small.path / "corpus/prov.json"), *here])
    assert (lost.exit_code, (small.path / "corpus/prov.json").exists()) == (1, False)
    assert "the study's own files" in lost.output
    refused = ask.invoke(main, ["crate", "M2", "--shareable", *here])
    assert (refused.exit_code, "where to?" in refused.output) == (1, True)
