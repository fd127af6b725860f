"""What a detector found: a stretch of text that may tell who somebody is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Certainty = Literal["certain", "likely", "possible"]


@dataclass(frozen=True, order=True)
class Hit:
    """One stretch ``[start, end)`` of a text, in code points, that may tell who somebody is.

    `kind` is what it may be (one of ``KINDS``), `rule` which rule says so, `certainty` how sure that rule is.
    `pseudonym` is the key's id of the person or place, where the key knows the name.
    """

    start: int
    end: int
    kind: str
    rule: str
    certainty: Certainty = "likely"
    pseudonym: str = ""


#: What hits can be of. "capitalised" is a word that only its capital marks; "sensitive" a word of a special category.
KINDS = (
    "person",
    "place",
    "organisation",
    "capitalised",
    "national_id",
    "national_id_like",
    "account",
    "organisation_number",
    "phone",
    "email",
    "address",
    "postcode",
    "plate",
    "birth_date",
    "url",
    "ip",
    "path",
    "sensitive",
)
