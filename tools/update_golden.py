"""Write tests/golden/ anew: what every milestone's model of the demo study is, for the test that nothing changes unseen.

Run it when a change of a model is meant, look at what git says has changed, and say in the commit why:

    python tools/update_golden.py            # all milestones
    python tools/update_golden.py M1 M4      # only these

Models are built from the study's files, without notebooks and kernels. ``checksums.json`` holds the SHA-256 of each
``model.json``; of M1 to M3 the whole text is kept too (gzip, without a time), so that a difference can be shown.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib
import json
import sys
from pathlib import Path

from foran_research.delivering.followup import text_to_leave
from foran_research.milestone import capability_model
from foran_research.milestone import model_text as capability_text
from foran_research.settings import Milestone
from foran_research.study import Study, load_study

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden"
CHECKSUMS = GOLDEN / "checksums.json"
#: Those whose whole text is kept.
WHOLE = ("M1", "M2", "M3")


def model_text(study: Study, milestone: Milestone) -> str:
    """The text of a milestone's ``model.json``, as its run writes it."""
    if milestone.model == "capability":
        return capability_text(capability_model(study, milestone))
    kind = importlib.import_module(f"foran_research.delivering.{milestone.model}")
    return text_to_leave(study, str(kind.model_text(kind.build(study, milestone))))


def sha256(text: str) -> str:
    """The checksum that is kept."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def whole_path(name: str) -> Path:
    """Where a milestone's whole text is kept."""
    return GOLDEN / f"{name}.model.json.gz"


def main(names: list[str]) -> None:
    """Write the checksums of the milestones named, or of all."""
    study = load_study(ROOT)
    known = [milestone.id for milestone in study.settings.milestones]
    kept = json.loads(CHECKSUMS.read_text("utf-8")) if CHECKSUMS.is_file() else {}
    GOLDEN.mkdir(exist_ok=True)
    for name in names or known:
        text = model_text(study, study.milestone(name))
        changed = "" if kept.get(name) == sha256(text) else " changed"
        kept[name] = sha256(text)
        if name in WHOLE:
            whole_path(name).write_bytes(gzip.compress(text.encode("utf-8"), 9, mtime=0))
        print(f"{name}: {len(text)} characters{changed}", flush=True)
    order = {name: kept[name] for name in known if name in kept}
    CHECKSUMS.write_text(json.dumps(order, indent=1) + "\n", "utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
