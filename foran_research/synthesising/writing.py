"""Summaries of cells, propositions and verdicts, written down as memos of their own types (docs/synthesis.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from .. import memoing
from ..analysis.replication import VERDICTS
from ..analysis.synthesis import basis_of
from ..coding.memos import folded, newest_of
from ..coding.synthesis_memos import ROW_KINDS, SYNTHESIS_TYPES, Expected, expectation_text, expectations_in
from ..errors import ForanError, UnknownName, shown
from ..study import Study
from ..vocabulary import is_iso_date
from .reading import cases_of_segments, element_of, held_in, history, milestone_of, readings_of, standing

#: How an expectation may be written by a person, in both languages; what follows `because` is the reason.
SAME = ("same", "samme", "lik", "likt")
DIFFERENT = ("different", "ulik", "ulikt", "annerledes")
BECAUSE = ("because", "fordi")


def summarise(
    study: Study,
    coder: str,
    element: str,
    *,
    text: str,
    case: str = "",
    document: str = "",
    process: str = "",
    milestone: str = "",
    at: str = "",
) -> str:
    """Write what a cell of the framework matrix says, in your own words; the id of the memo.

    The summary is linked to every coded segment of the cell, and remembers what the cell held, so that it is told when
    the codings have changed since. A second summary of the same cell by the same coder takes the place of the first one,
    whose words stay in the log.

    Parameters
    ----------
    element
        An element of the milestone's codebook, by display code or id.
    case, document, process
        The row: exactly one of them.
    milestone
        The milestone whose codebook and coding count; the last one when left out.
    at
        The time as YYYY-MM-DDTHH:MM:SSZ; now when left out.

    Raises
    ------
    ForanError
        For a text without words, no row or several, and a cell without coded segments.
    UnknownName
        For an element, row or milestone that the study does not have.

    Examples
    --------
    >>> from foran_research import load_study
    >>> summarise(load_study(), "K1", "K7", case="TRD", text="Tid er satt av på papiret.")  # doctest: +SKIP
    'memo.K1.m0008'
    """
    given = {kind: name for kind, name in zip(ROW_KINDS, (case, document, process), strict=True) if name}
    if len(given) != 1:
        raise ForanError(f"a summary is of one row; expected exactly one of: {', '.join(ROW_KINDS)}")
    if not text.strip():
        raise ForanError("a summary without words; nothing was written")
    ((kind, row),) = given.items()
    memoing.reference(study, f"{kind}:{row}")
    chosen = milestone_of(study, milestone)
    inputs = study.model_inputs(chosen)
    code = element_of(inputs, element)
    held = held_in(readings_of(study, inputs), kind, row, code.id)
    if held.empty:
        raise ForanError(
            f"{code.display} × {row}: no coded segment at {chosen.id}; the matrix tells why by itself, and a summary of "
            "nothing is none"
        )
    basis = basis_of(held, inputs.codebook.codebook_version)
    links = (f"{kind}:{row}", *(f"segment:{name}" for name in held["segment"]))
    moment = at or _now()
    if earlier := _own_summary(study, coder, code.id, (kind, row)):
        pairs = tuple(memoing.reference(study, link) for link in links)
        return memoing.change(study, earlier, coder=coder, at=moment, text=text, links=pairs, fields={"basis": basis})
    return memoing.add(
        study,
        coder=coder,
        about=f"code:{code.id}",
        at=moment,
        text=text,
        memo_type="summary",
        links=links,
        fields={"basis": basis},
    )


def propose(
    study: Study,
    coder: str,
    text: str,
    expected: Mapping[str, str | Expected],
    *,
    elements: Sequence[str] = (),
    rival: str = "",
    stated_on: str = "",
    at: str = "",
) -> str:
    """Write down what is claimed of the cases and what is expected of each, before it is looked for; the memo's id.

    Proposed again in the same words by the same coder it is the same proposition, changed if anything else is told of it.

    Parameters
    ----------
    expected
        By case, "same" ("samme") or "different because …" ("ulik fordi …").
    elements
        The codes that it is about.
    rival
        What else could explain it.
    stated_on
        The day it was written down elsewhere, if that was earlier; the report tells that this is your word for it.

    Raises
    ------
    ForanError
        For a text without words, no expectation at all, a difference without a reason, and a day that is none or later.
    UnknownName
        For a case or code that the study does not have.
    """
    if not text.strip():
        raise ForanError("a proposition without words; nothing was written")
    if not expected:
        raise ForanError(
            "a proposition without expectations; say of each case what you expect: same, or different because …"
        )
    moment = at or _now()
    _check_stated_on(stated_on, moment)
    codes = tuple(dict.fromkeys(("code", _code(study, name)) for name in elements))
    fields = {"expectation": expectation_text(_expected(study, expected)), "rival": rival, "stated_on": stated_on}
    own = standing(study, "proposition", viewer=coder)
    for row in own[own["coder"] == coder].to_dict("records"):
        if folded(row["text"]) == folded(text):
            told = {key: words for key, words in fields.items() if words.strip()}
            other = tuple(one for one in row["links"] if one[0] != "code")
            links = (*codes, *other) if codes and {*codes, *other} != set(row["links"]) else None
            return memoing.change(study, row["memo"], coder=coder, at=moment, links=links, fields=told)
    return memoing.add(
        study,
        coder=coder,
        about="study",
        at=moment,
        text=text,
        memo_type="proposition",
        links=[f"{kind}:{name}" for kind, name in codes],
        fields=fields,
    )


def restate(
    study: Study,
    coder: str,
    proposition: str,
    *,
    text: str | None = None,
    expected: Mapping[str, str | Expected] | None = None,
    rival: str | None = None,
    at: str = "",
) -> str:
    """Give a proposition other words or expectations; what it was stays in the log, and it is dated anew.

    Another rival explanation does not date it anew. Raises as :func:`propose` does, and for another coder's proposition.
    """
    named = _proposition(study, proposition, coder)
    fields = {} if expected is None else {"expectation": expectation_text(_expected(study, expected)), "stated_on": ""}
    fields |= {} if rival is None else {"rival": rival}
    if text is not None and not text.strip():
        raise ForanError("a proposition without words; nothing was written. `foran synthesis withdraw` takes one away")
    return memoing.change(study, named, coder=coder, at=at or _now(), text=text, fields=fields or None)


def withdraw(study: Study, coder: str, memo: str, *, at: str = "") -> str:
    """Take a summary, proposition or verdict of one's own back: it stands no longer, and stays in the log. The memo's id.

    Raises
    ------
    ForanError
        For another coder's.
    UnknownName
        For what is none of these, or stands no longer.
    """
    named = newest_of(memo, (*study.logs, *study.memo_logs))
    rows = [row for kind in SYNTHESIS_TYPES for row in standing(study, kind, viewer=coder).to_dict("records")]
    own = next((row for row in rows if row["memo"] == named), None)
    if own is None:
        raise UnknownName("summary, proposition or verdict", memo, sorted(str(row["memo"]) for row in rows))
    empty = dict.fromkeys((key for key, _ in own["fields"]), "")
    memoing.change(study, named, coder=coder, at=at or _now(), text="", fields=empty)
    return named


def judge(
    study: Study,
    coder: str,
    proposition: str,
    case: str,
    verdict: str,
    *,
    text: str,
    evidence: Sequence[str] = (),
    rival: str = "",
    at: str = "",
) -> str:
    """Write down what one case says to a proposition, and on which coded segments that stands; the memo's id.

    A second verdict of the same coder on the same case takes the place of the first one.

    Parameters
    ----------
    verdict
        supports, supports_with_conditions, contradicts or no_evidence.
    text
        Why; with conditions: which.
    evidence
        Ids of coded segments; at least one unless there is no evidence.

    Raises
    ------
    ForanError
        For a verdict that is none, without reasons, without evidence, or on a case of which nothing is expected, and for
        evidence in which nobody of the case speaks.
    UnknownName
        For a proposition that does not stand (any more), and for segments and cases that the study does not have.
    """
    named = _proposition(study, proposition, coder)
    if verdict not in VERDICTS:
        raise UnknownName("verdict", verdict, VERDICTS)
    memoing.reference(study, f"case:{case}")
    wording = history(study, named)[-1].wording
    expected = expectations_in(dict(wording.fields).get("expectation", "")) if wording else {}
    if case not in expected:
        raise ForanError(f"{named} expects nothing of {case}; expected one of: {', '.join(expected) or 'none'}")
    if not text.strip():
        raise ForanError("a verdict without reasons; nothing was written")
    if bool(evidence) == (verdict == "no_evidence"):
        what = "names segments, and says that there is no evidence" if evidence else "names no coded segment"
        raise ForanError(f"the verdict {what}; nothing was written")
    links = (f"case:{case}", *dict.fromkeys(f"segment:{name}" for name in evidence))
    pairs = tuple(memoing.reference(study, link) for link in links)
    spoken = cases_of_segments(study) if evidence else {}
    if foreign := [name for kind, name in pairs if kind == "segment" and case not in spoken.get(name, (case,))]:
        where = ", ".join(sorted({one for name in foreign for one in spoken[name]}))
        raise ForanError(f"{', '.join(foreign)}: of {where}, and no evidence of {case}; nothing was written")
    fields = {"verdict": verdict, "rival": rival}
    moment = at or _now()
    own = standing(study, "verdict", viewer=coder)
    own = own[(own["coder"] == coder) & (own["about"] == named)]
    earlier = next((str(row["memo"]) for row in own.to_dict("records") if ("case", case) in row["links"]), "")
    if earlier:
        return memoing.change(study, earlier, coder=coder, at=moment, text=text, links=pairs, fields=fields)
    return memoing.add(
        study,
        coder=coder,
        about=f"memo:{named}",
        at=moment,
        text=text,
        memo_type="verdict",
        links=links,
        fields=fields,
    )


def expected_of(words: str) -> Expected:
    """An expectation as a person writes it.

    Raises
    ------
    ForanError
        When it is neither, or a difference comes without its reason.

    Examples
    --------
    >>> expected_of("ulik fordi arenaen hadde få innlegg")
    Expected(is_same=False, reason='arenaen hadde få innlegg')
    """
    first, _, rest = words.strip().partition(" ")
    because, _, reason = rest.strip().partition(" ")
    if first.lower() in SAME and not rest.strip():
        return Expected(True, "")
    if first.lower() in DIFFERENT and because.lower() in BECAUSE and reason.strip():
        return Expected(False, " ".join(reason.split()))
    raise ForanError(
        "an expectation that is none; expected: same, or different because … (samme, eller ulik fordi …), with the reason"
    )


def _expected(study: Study, given: Mapping[str, str | Expected]) -> dict[str, Expected]:
    cases = [case.id for case in study.settings.cases]
    for case in given:
        if case not in cases:
            raise UnknownName("case", case, cases)
    found = {case: expected_of(one) if isinstance(one, str) else one for case, one in given.items()}
    if bare := [case for case, one in found.items() if not one.is_same and not one.reason.strip()]:
        raise ForanError(f"{', '.join(bare)}: a difference without a reason; nothing was written")
    return {case: found[case] for case in cases if case in found}


def _check_stated_on(day: str, moment: str) -> None:
    if day and not is_iso_date(day):
        raise ForanError(f"stated_on is {shown(day)}; expected YYYY-MM-DD")
    if day > moment[:10]:
        raise ForanError(f"stated_on is {day}, after the proposition is written ({moment[:10]})")


def _now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _code(study: Study, name: str) -> str:
    return memoing.reference(study, f"code:{name}")[1]


def _proposition(study: Study, name: str, coder: str) -> str:
    """The id under which a proposition stands for a coder."""
    memo = newest_of(name, (*study.logs, *study.memo_logs))
    known = list(standing(study, "proposition", viewer=coder)["memo"])
    if memo not in known:
        raise UnknownName("proposition", name, known)
    return memo


def _own_summary(study: Study, coder: str, code: str, row: tuple[str, str]) -> str:
    found = standing(study, "summary", viewer=coder)
    for one in found.to_dict("records"):
        if one["coder"] == coder and one["about"] == code and row in one["links"]:
            return str(one["memo"])
    return ""
