"""A new, empty study: the FORAN study's own vocabularies, the starter codebook, the notebooks, and empty registers."""

from __future__ import annotations

from pathlib import Path

from .errors import ForanError

_HERE = Path(__file__).parent
# Outputs hold passages and can be made again; texts and logs are known by their hashes, so line ends must stay.
_GITIGNORE = "outputs/\n.lock\n.ipynb_checkpoints/\n"
_GITATTRIBUTES = "* text=auto eol=lf\n*.png binary\n"
#: The codebook that a new study begins with.
STARTER_CODEBOOK = "1.0.0.yaml"


def start_study(folder: Path) -> list[str]:
    """Make an empty study in `folder` and return the names of what was made.

    Raises
    ------
    ForanError
        When the folder holds anything already: nothing is ever overwritten.
    """
    # Here and not at the top: the stores bring pandas, and a run that finds nothing changed must answer at once.
    from .corpus.store import (
        DOCUMENT_COLUMNS,
        DOCUMENTS_FILE,
        PARTICIPANT_COLUMNS,
        PARTICIPANTS_FILE,
        PROCESS_COLUMNS,
        PROCESSES_FILE,
        TEXTS_FOLDER,
        write_atomically,
    )

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ForanError(f"{folder} is not an empty folder; name a new one, nothing was changed")
    registers = {
        DOCUMENTS_FILE: DOCUMENT_COLUMNS,
        PARTICIPANTS_FILE: PARTICIPANT_COLUMNS,
        PROCESSES_FILE: PROCESS_COLUMNS,
    }
    files = {"foran.toml": (_HERE / "starter" / "foran.toml").read_text(encoding="utf-8")}
    files |= {".gitignore": _GITIGNORE, ".gitattributes": _GITATTRIBUTES}
    files |= {name: ",".join(columns) + "\n" for name, columns in registers.items()}
    files["corpus/indicators.csv"] = (_HERE / "starter" / "indicators.csv").read_text(encoding="utf-8")
    codebook = shipped("codebooks") / STARTER_CODEBOOK
    files[f"codebooks/{STARTER_CODEBOOK}"] = codebook.read_text(encoding="utf-8")
    files |= {
        f"notebooks/{path.name}": path.read_text(encoding="utf-8")
        for path in sorted(shipped("notebooks").glob("*.ipynb"))
    }
    for name in (TEXTS_FOLDER, "corpus/coding", "outputs"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        write_atomically(folder / name, text)
    return sorted(files)


def shipped(name: str) -> Path:
    """A folder that comes with the package: inside it when installed from a wheel, beside it in a checkout."""
    inside = _HERE / "starter" / name
    return inside if inside.is_dir() else _HERE.parent / name
