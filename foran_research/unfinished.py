"""What builds that were cut off have left half made: files that nobody sees, some with quotes in them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from .errors import Faults

#: Where packs and pages lie when nobody says otherwise.
FOLDER = "outputs/review"
#: A file on its way to its name, as ``tempfile`` names it: ours are hidden, and named after what they will be.
_UNFINISHED = re.compile(r"\.(?P<name>.+\.(?:html?|pdf))\.[A-Za-z0-9_]{8}")
#: The register of packs, and what each told, on their way to their names (``corpus.store.write_atomically``).
_RECORDS = (
    ("corpus", re.compile(r"\.packs\.csv\.[A-Za-z0-9_]{8}")),
    ("corpus/reviews/told", re.compile(r"\.[^.].*\.json\.[A-Za-z0-9_]{8}")),
)
#: The site on its way to its place, and the one before on its way out (``site.write_site``). Runs have such folders too, which
#: are theirs.
_SITE, _NEW, _OLD = "outputs/site", "outputs/.site.new", "outputs/.site.old"


def leftovers(study: Path) -> tuple[Path, ...]:
    """What builds that were killed have left below a study's outputs and beside its register of packs; ordered.

    The next build removes them, while it holds the registers: what is half made then belongs to nobody.
    """
    found = [path for path in _hidden(study / FOLDER) if _UNFINISHED.fullmatch(path.name)]
    for folder, ours in _RECORDS:
        found += [path for path in _hidden(study / folder) if path.is_file() and ours.fullmatch(path.name)]
    # An earlier site is what there is of it, while the new one has not taken its place.
    found += [study / name for name in (_NEW, *([_OLD] if (study / _SITE).exists() else []))]
    return tuple(sorted(path for path in found if path.exists() and not path.is_symlink()))


def note_leftovers(study: Path, faults: Faults) -> None:
    """Warn of each of the :func:`leftovers`."""
    for path in leftovers(study):
        faults.note(
            "unfinished-pack",
            path.relative_to(study).as_posix(),
            None,
            "what a build that was cut off has left half made; it may quote people",
            "nothing but finished files",
            "Delete it; the next build removes it as well.",
            is_warning=True,
        )


def half_made(path: Path) -> list[Path]:
    """What was left half made of one file, in a folder that may be anybody's."""
    names = ((_UNFINISHED.fullmatch(one.name), one) for one in _hidden(path.parent))
    return [one for found, one in names if found and found["name"] == path.name and one.is_file()]


def _hidden(folder: Path) -> list[Path]:
    return [path for path in folder.glob(".*") if not path.is_symlink()] if folder.is_dir() else []


def remove(path: Path) -> None:
    """Remove what was left half made, as far as the disk lets go of it."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
