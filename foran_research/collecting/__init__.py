"""Answers to review packs brought home: files kept as they came, and what follows from them written into the study.

Files go into ``corpus/reviews/received/``, never changed again. All else follows from all of them together: the note of
the workshop, memos, proposals for the codebook, self-assessments. Each step asks what is there already, so that a run
that was cut short is finished by the next one, and files may come in any order and more than once.

``taking_in`` is the run as a whole; ``files``, ``ledger``, ``known_packs``, ``days`` and ``stored`` what has come;
``turns``, ``moves`` and ``notes`` the note; ``memos``, ``proposals`` and ``levels`` what follows; ``tables`` and
``telling`` what people see of it.
"""

from .known_packs import keep_packs, kept_packs
from .ledger import ASIDE, FOLDER, LEDGER, LEDGER_COLUMNS, PACKS, RECEIVED, ledger
from .notes import CONSENT, REASON
from .results import Collected, LeftOut
from .tables import (
    AGREEMENT_COLUMNS,
    ANSWER_COLUMNS,
    STEP_COLUMNS,
    agreement_table,
    answers_table,
    files_of_tables,
    in_words,
    levels_table,
    next_steps,
    proposals_table,
    roles_in_words,
    told_of_answers,
)
from .taking_in import collect
from .telling import told_of

__all__ = [
    "AGREEMENT_COLUMNS",
    "ANSWER_COLUMNS",
    "ASIDE",
    "CONSENT",
    "FOLDER",
    "LEDGER",
    "LEDGER_COLUMNS",
    "PACKS",
    "REASON",
    "RECEIVED",
    "STEP_COLUMNS",
    "Collected",
    "LeftOut",
    "agreement_table",
    "answers_table",
    "collect",
    "files_of_tables",
    "in_words",
    "keep_packs",
    "kept_packs",
    "ledger",
    "levels_table",
    "next_steps",
    "proposals_table",
    "roles_in_words",
    "told_of",
    "told_of_answers",
]
