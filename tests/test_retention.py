"""What must be notified before documents come in, and what the last day of the project closes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from small_study import SmallStudy

from foran_research.errors import Faults, ForanError
from foran_research.retention import ALLOWED_AFTER_END, WARNING_DAYS, check_import, gate, standing
from foran_research.settings import Notification, Settings, read_settings
from foran_research.starting import start_study

END = dt.date(2026, 12, 31)
WHOLE = Notification("123456", END, "samtykke, GDPR art. 6 (1) a", "2025-1", "delete")
FIVE = """\
sikt_ref = "123456"
end_date = 2026-12-31
legal_basis = "samtykke, GDPR art. 6 (1) a"
consent_template_version = "2025-1"
retention_action = "delete"
"""


def with_settings(study: SmallStudy, more: str = "", *, is_synthetic: bool = False) -> tuple[Settings, Faults]:
    """The small study's settings, no longer synthetic, with more under [privacy]."""
    study.replace("foran.toml", "synthetic = true", f"synthetic = {str(is_synthetic).lower()}")
    study.replace("foran.toml", "quotes_per_element = 2\n", f"quotes_per_element = 2\n{more}")
    faults = Faults()
    settings = read_settings(study.path, faults)
    assert settings is not None
    return settings, faults


def test_the_five_are_read_as_they_stand(small_study: SmallStudy) -> None:
    settings, faults = with_settings(small_study, FIVE)
    assert not faults
    assert settings.notification == WHOLE


def test_a_day_in_quotes_is_a_day_as_well(small_study: SmallStudy) -> None:
    settings, faults = with_settings(small_study, 'end_date = "2026-12-31"\n')
    assert not faults
    assert settings.notification.end_date == END


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ('end_date = "31.12.2026"', "bad-date"),
        ("end_date = 2026", "bad-date"),
        ("end_date = 2026-12-31T10:00:00", "bad-date"),
        ("end_date = false", "bad-date"),
        ('retention_action = "slett"', "unknown-retention-action"),
        ("retention_action = 3", "wrong-type"),
        ("sikt_ref = 123456", "wrong-type"),
        ("legal_basis = []", "wrong-type"),
        ("consent_template_version = 1.2", "wrong-type"),
        ('retention_akton = "delete"', "unknown-key"),
    ],
)
def test_what_is_no_answer_is_told_with_its_line(small_study: SmallStudy, line: str, kind: str) -> None:
    _, faults = with_settings(small_study, line + "\n")
    assert [(fault.kind, fault.line) for fault in faults] == [(kind, *small_study.lines_with("foran.toml", line))]


def test_a_new_study_has_places_for_all_five_and_no_fault(tmp_path) -> None:
    start_study(tmp_path / "ny")
    faults = Faults()
    settings = read_settings(tmp_path / "ny", faults)
    assert not faults
    assert settings is not None
    assert settings.notification == Notification()
    missing = check_import(settings, END)
    text = (tmp_path / "ny/foran.toml").read_text("utf-8").splitlines()
    assert [(fault.kind, text[(fault.line or 0) - 1].split(" =")[0]) for fault in missing] == [
        ("no-notification", "sikt_ref"),
        ("no-end-date", "end_date"),
        ("no-legal-basis", "legal_basis"),
        ("no-consent-template", "consent_template_version"),
        ("no-retention-action", "retention_action"),
    ]


def test_documents_of_real_people_come_in_only_with_all_five(small_study: SmallStudy) -> None:
    settings, _ = with_settings(small_study)
    assert len(check_import(settings, END).errors) == 5
    whole = replace(settings, notification=WHOLE)
    assert not check_import(whole, dt.date(2026, 1, 1))
    lacking = replace(whole, notification=replace(WHOLE, legal_basis=""))
    assert [fault.kind for fault in check_import(lacking, dt.date(2026, 1, 1))] == ["no-legal-basis"]


def test_a_synthetic_study_is_exempt_whatever_it_says(small_study: SmallStudy) -> None:
    settings, _ = with_settings(small_study, FIVE, is_synthetic=True)
    late = END + dt.timedelta(days=1000)
    assert standing(settings, late) == "exempt"
    assert not check_import(settings, late)
    assert gate(settings, late, "run") == ""
    assert not check_import(replace(settings, notification=Notification()), late)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (END - dt.timedelta(days=WARNING_DAYS + 1), "open"),
        (END - dt.timedelta(days=WARNING_DAYS), "ends-soon"),
        (END, "ends-soon"),
        (END + dt.timedelta(days=1), "ended"),
    ],
)
def test_the_last_day_and_the_ninetieth_before_it_belong_to_the_earlier_state(
    small_study: SmallStudy, today: dt.date, expected: str
) -> None:
    settings, _ = with_settings(small_study, FIVE)
    assert standing(settings, today) == expected
    kinds = {"open": [], "ends-soon": ["project-ends-soon"], "ended": ["project-ended"]}[expected]
    found = check_import(settings, today)
    assert [fault.kind for fault in found] == kinds
    assert bool(found.errors) == (expected == "ended")


def test_ninety_days_before_the_end_of_the_year_is_the_second_of_october() -> None:
    assert END - dt.timedelta(days=WARNING_DAYS) == dt.date(2026, 10, 2)


def test_without_a_last_day_nothing_closes(small_study: SmallStudy) -> None:
    settings, _ = with_settings(small_study)
    assert standing(settings, dt.date(2099, 1, 1)) == "open"
    assert gate(settings, dt.date(2099, 1, 1), "run") == ""


@pytest.mark.parametrize(
    ("action", "asked"), [("delete", "delete the study"), ("anonymise", "destroy the key"), ("archive", "hand over"),
                          ("", "does not say what")],
)  # fmt: skip
def test_after_the_last_day_the_gate_says_what_was_promised(small_study: SmallStudy, action: str, asked: str) -> None:
    settings, _ = with_settings(small_study)
    settings = replace(settings, notification=replace(WHOLE, retention_action=action))
    after = END + dt.timedelta(days=1)
    with pytest.raises(ForanError, match=asked) as caught:
        gate(settings, after, "run")
    assert "2026-12-31" in str(caught.value)
    assert "foran run" in str(caught.value)
    for command in ALLOWED_AFTER_END:
        assert asked in gate(settings, after, command)


def test_the_gate_counts_the_days_that_are_left(small_study: SmallStudy) -> None:
    settings, _ = with_settings(small_study, FIVE)
    assert "1 day from" in gate(settings, END - dt.timedelta(days=1), "run")
    assert "90 days from" in gate(settings, END - dt.timedelta(days=90), "add")
    assert gate(settings, END - dt.timedelta(days=91), "add") == ""
