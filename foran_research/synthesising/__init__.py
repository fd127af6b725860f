"""Cross-case synthesis of a whole study: summaries, propositions and verdicts written down, and all matrices of a milestone.

What people write are memos of their own types (docs/memos.md), so that it is dated, kept in every wording, backed up and
withdrawn as memos are. Everything else is worked out from the codings of a milestone.
"""

from ..models.synthesis import Synthesis
from .as_tables import tables
from .reading import propositions_of, summaries_of, verdicts_of
from .saving import figures, report_files, save_figure, save_report
from .whole import synthesis
from .writing import judge, propose, restate, summarise, withdraw

__all__ = [
    "Synthesis",
    "figures",
    "judge",
    "propose",
    "propositions_of",
    "report_files",
    "restate",
    "save_figure",
    "save_report",
    "summaries_of",
    "summarise",
    "synthesis",
    "tables",
    "verdicts_of",
    "withdraw",
]
