"""How long the study may hold its data: what must be notified before documents come in, and what ends on the last day.

Pure: `today` is given by whoever asks.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from .errors import Faults, ForanError
from .settings import SETTINGS_FILE, Settings

Standing = Literal["exempt", "open", "ends-soon", "ended"]

#: How long before the last day the tool begins to warn.
WARNING_DAYS = 90
#: What may still be done with a study after its last day: look, save, take out, and mind the key.
ALLOWED_AFTER_END = ("check", "backup", "restore", "withdraw", "key")

_REQUIRED = (
    ("no-notification", "sikt_ref", "the notification's reference number"),
    ("no-end-date", "end_date", "the day on which the project ends, as notified"),
    ("no-legal-basis", "legal_basis", "the legal basis of the processing"),
    ("no-consent-template", "consent_template_version", "the version of the information letter"),
    ("no-retention-action", "retention_action", "delete, anonymise or archive"),
)
_ASKED_FOR = {
    "delete": "delete the study's folder, its backups, its exports and the key",
    "anonymise": "destroy the key and the backups, and take out whatever lets a person be known, by a route back or by detail",
    "archive": "hand over to the archive what participants consented to have archived, then delete the rest and the key",
    "": "do with the data what was notified (retention_action in foran.toml does not say what)",
}


def check_import(settings: Settings, today: dt.date) -> Faults:
    """What keeps documents of real people from coming in on `today`; no fault for a synthetic study.

    Returns
    -------
    Faults
        One error for each of sikt_ref, end_date, legal_basis, consent_template_version and retention_action that is
        missing, or ``project-ended``; a warning ``project-ends-soon`` from 90 days before the last day.
    """
    faults = Faults()
    if settings.is_synthetic:
        return faults
    for kind, key, meaning in _REQUIRED:
        if not getattr(settings.notification, key):
            faults.note(
                kind,
                SETTINGS_FILE,
                settings.lines.get(f"privacy.{key}"),
                f"no {key}",
                meaning,
                f"Fill in {key} under [privacy]; documents of real people come in only then.",
            )
    state = standing(settings, today)
    if state in ("ended", "ends-soon"):
        faults.note(
            "project-ended" if state == "ended" else "project-ends-soon",
            SETTINGS_FILE,
            settings.lines.get("privacy.end_date"),
            f"end_date {settings.notification.end_date}, and it is {today}",
            "a project that goes on",
            "Nothing more comes in; " + _asked_for(settings)
            if state == "ended"
            else "Plan now what is to be done then, or notify a later day to Sikt and correct end_date.",
            is_warning=state == "ends-soon",
        )
    return faults


def standing(settings: Settings, today: dt.date) -> Standing:
    """Where the project stands on `today`; the last day itself is still within it.

    Returns
    -------
    str
        "exempt" (a synthetic study), "open", "ends-soon" (90 days or fewer are left) or "ended". A study that does not
        say when it ends is "open": :func:`check_import` keeps documents out of it.
    """
    end = settings.notification.end_date
    if settings.is_synthetic:
        return "exempt"
    if end is None or today < end - dt.timedelta(days=WARNING_DAYS):
        return "open"
    return "ends-soon" if today <= end else "ended"


def gate(settings: Settings, today: dt.date, command: str) -> str:
    """A warning for the person who runs `command` on `today`, or "" when there is none.

    Raises
    ------
    ForanError
        After the last day, for every command but check, backup, withdraw and key; it says what was promised.
    """
    state, end = standing(settings, today), settings.notification.end_date
    if state == "ends-soon" and end is not None:
        days = (end - today).days
        return (
            f"the project ends on {end}, {days} day{'' if days == 1 else 's'} from today; then: {_asked_for(settings)}"
        )
    if state != "ended":
        return ""
    if command in ALLOWED_AFTER_END:
        return f"the project ended on {end}; {_asked_for(settings)}"
    raise ForanError(
        f"the project ended on {end}, so `foran {command}` is closed; {_asked_for(settings)}. Open are "
        f"{', '.join(ALLOWED_AFTER_END)}. Was the project prolonged? Notify Sikt, then correct end_date in {SETTINGS_FILE}"
    )


def _asked_for(settings: Settings) -> str:
    return _ASKED_FOR[settings.notification.retention_action]
