"""The words that every study shares, whatever its own settings say; imports nothing and opens nothing."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

LANGUAGES = ("nb", "en")
#: What a model can stand on: people's coding, or what the cues suggest.
CODINGS = ("human", "suggestions")
POLARITIES = ("fremmer", "hemmer", "begge", "nøytral")
WRITTEN_FORMS = ("nb", "nn")
DOCUMENT_KINDS = ("interview", "workshop_note", "public_document")
DISCLOSURES = ("open", "restricted", "trade_secret")
#: What readers of review packs are called among the participants.
READER_CODE = re.compile(r"LESER-[A-Z2-7]{10}")


@lru_cache(maxsize=4096)
def is_iso_date(value: str) -> bool:
    """Whether `value` is a day as YYYY-MM-DD; other ISO forms do not sort among these.

    >>> is_iso_date("2020-03-04"), is_iso_date("20200304")
    (True, False)
    """
    try:
        return dt.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
