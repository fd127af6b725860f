"""Hold crates and provenance against public validators, offline. Not part of the package: see docs/packaging.md.

Runs in an environment of its own with ``roc-validator`` (0.13) and ``prov`` (2.2 or later), never in the workbench's. The
validator wants the JSON-LD contexts of RO-Crate from the network; they are given to its cache from files instead
(``docs/_specification/1.2/context.jsonld`` and ``1.1`` of the public repository ResearchObject/ro-crate, CC0).

    python tools/validate_crates.py --context 1.2=context12.jsonld --context 1.1=context11.jsonld FOLDER…

Each FOLDER is an unpacked crate. Exit code 0 says that every required check passed.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path

# They come with roc-validator and prov; none is a package the workbench needs.
import requests
import urllib3
from prov.model import ProvDocument
from requests_cache import CachedSession

CONTEXTS = {"1.2": "https://w3id.org/ro/crate/1.2/context", "1.1": "https://w3id.org/ro/crate/1.1/context"}
#: By version: profile, level, and whether the checks of the profile it rests on are left out (0.5 demands 1.1).
CHECKS = {
    "1.2": (("ro-crate-1.2", "REQUIRED", False), ("process-run-crate-0.5", "REQUIRED", True)),
    "1.1": (("ro-crate-1.1", "REQUIRED", False), ("process-run-crate-0.5", "REQUIRED", False)),
}
RECOMMENDED = {
    "1.2": (("ro-crate-1.2", "RECOMMENDED", False),),
    "1.1": (("process-run-crate-0.5", "RECOMMENDED", False),),
}


def warm(cache: Path, contexts: dict[str, Path]) -> None:
    """Put the contexts into the validator's cache, as if they had been fetched."""

    class FromFile(requests.adapters.BaseAdapter):
        def send(self, request, **kwargs):
            version = next(version for version, url in CONTEXTS.items() if url == request.url)
            answer = requests.Response()
            answer.status_code, answer.url, answer.request = 200, request.url, request
            answer.headers["Content-Type"] = "application/ld+json"
            answer.raw = urllib3.HTTPResponse(
                body=io.BytesIO(contexts[version].read_bytes()), status=200, headers=dict(answer.headers), preload_content=False,
                request_url=request.url,
            )  # fmt: skip
            return answer

        def close(self) -> None:
            """Nothing is open."""

    session = CachedSession(cache_name=str(cache), expire_after=-1, allowable_codes=(200, 302, 404))
    session.mount("https://", FromFile())
    for version in contexts:
        session.get(CONTEXTS[version], headers={"Accept": "application/ld+json, application/json"})


def version_of(folder: Path) -> str:
    """Which version of RO-Crate a crate says it conforms to."""
    graph = json.loads((folder / "ro-crate-metadata.json").read_text("utf-8"))["@graph"]
    return str(graph[0]["conformsTo"]["@id"]).rsplit("/", 1)[-1]


def main() -> int:
    """Validate every folder; print one line for each check."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("folders", nargs="+", type=Path)
    asked.add_argument("--context", action="append", default=[], metavar="VERSION=FILE", required=True)
    asked.add_argument(
        "--recommended", action="store_true", help="Tell of the recommended checks too; they fail nothing."
    )
    asked.add_argument("--verbose", action="store_true")
    given = asked.parse_args()
    contexts = {version: Path(name) for version, _, name in (text.partition("=") for text in given.context)}
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        cache = Path(scratch) / "cache"
        warm(cache, contexts)
        for folder in given.folders:
            version = version_of(folder)
            more = RECOMMENDED[version] if given.recommended else ()
            for profile, level, is_alone in (*CHECKS[version], *more):
                command = [
                    str(Path(sys.executable).parent / "rocrate-validator"), "-y", "validate", "-p", profile, "-l", level,
                    "--offline", "--cache-path", str(cache), "--no-paging", "--skip-availability-check",
                    "-f", "json", "-o", str(Path(scratch) / "told.json"),
                    *(["-nh"] if is_alone else []), str(folder),
                ]  # fmt: skip
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                passed = done.returncode == 0
                failed += not passed and level == "REQUIRED"
                print(f"{'pass' if passed else 'FAIL' if level == 'REQUIRED' else 'miss'}  {folder}  {profile} {level}"
                      f"{' (its own checks)' if is_alone else ''}")  # fmt: skip
                if given.verbose and not passed:
                    report = json.loads((Path(scratch) / "told.json").read_text("utf-8"))
                    for line in sorted(
                        {f"{one.get('severity')}: {one.get('message')}" for one in report.get("issues", ())}
                    ):
                        print(f"        {line}")
            for name in ("provenance.json", "prov.json"):
                if (folder / name).is_file():
                    read = ProvDocument.deserialize(content=(folder / name).read_text("utf-8"), format="json")
                    again = ProvDocument.deserialize(content=read.serialize(format="json"), format="json")
                    is_same = read == again and len(read.get_records()) > 0
                    failed += not is_same
                    print(f"{'pass' if is_same else 'FAIL'}  {folder}  {name}: {len(read.get_records())} records")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
