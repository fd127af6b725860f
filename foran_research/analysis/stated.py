"""A figure that may be undefined: its value, or the reason why there is none, in both languages.

Undefined is never shown as 0 or 1. A reason is a key of `REASONS`, so that tables and figures can tell it in the reader's
language and tests can ask for it by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: Why a figure is undefined, in both languages. They are read after "not applicable because …".
REASONS: Mapping[str, Mapping[str, str]] = {
    "no-unit": {"nb": "ingen enhet er vurdert av to kodere", "en": "no unit was judged by two coders"},
    # The two ways in which yes-or-no judgements can lack variation.
    "no-positive": {"nb": "ingen enhet har koden", "en": "no unit has the code"},
    "all-positive": {"nb": "alle enheter har koden, hos alle", "en": "every unit has the code, with every coder"},
    "no-variation": {"nb": "alle vurderinger er like: ingen variasjon", "en": "all judgements are equal: no variation"},
    "not-two": {"nb": "gjelder bare to kodere", "en": "is for two coders only"},
}


@dataclass(frozen=True)
class Stated:
    """A figure, or None and the reason (a key of `REASONS`) why there is none.

    >>> Stated(0.5).told("en"), undefined("not-two").told("en")
    ('0.500', 'not applicable because it is for two coders only')
    """

    value: float | None
    reason: str = ""

    def told(self, language: str, *, digits: int = 3) -> str:
        """The figure, or why there is none, for people to read."""
        if self.value is not None:
            shown = f"{self.value:.{digits}f}"
            return shown.replace(".", ",") if language == "nb" else shown
        lead = {"nb": "ikke aktuelt fordi", "en": "not applicable because"}[language]
        reason = REASONS[self.reason][language]
        return f"{lead} {'it ' if language == 'en' and reason.startswith('is ') else ''}{reason}"


def undefined(reason: str) -> Stated:
    """No figure, and why.

    Raises
    ------
    KeyError
        For a reason that `REASONS` does not have.
    """
    REASONS[reason]
    return Stated(None, reason)
