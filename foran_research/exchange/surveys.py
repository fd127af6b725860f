"""Surveys as they are handed over: the maturity survey, the procurement survey, the innovation barometer, own forms.

Items are answered on a scale from 1 to 5. A file has either one row per answer (item and answer in columns) or one row per
respondent with a column for each item. An item is known by the id of an indicator, by its label in either language, or by
what a mapping file says. Several answers from one municipality in one year become their mean, as in DFØ's own survey; how
many they were stands beside it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ..errors import Faults, shown
from .received import (
    Measured,
    Reading,
    Received,
    Words,
    authorities,
    case_by,
    columns_for,
    folded,
    number_of,
    read_received,
)

COLUMNS: Mapping[str, Sequence[str]] = {
    "authority": ("Virksomhet", "Virksomhetsnavn", "Kommune", "Organisasjon", "Oppdragsgiver", "Organisation", "Municipality"),
    "orgnr": ("Organisasjonsnummer", "Orgnr", "Org.nr.", "Org nr", "Organisation number"),
    "period": ("År", "Årstall", "Periode", "Year", "Period"),
    "item": ("Spørsmål", "Påstand", "Indikator", "Område", "Item", "Question", "Statement"),
    "answer": ("Svar", "Verdi", "Skår", "Score", "Nivå", "Snitt", "Gjennomsnitt", "Answer", "Value", "Mean"),
    "answers": ("Antall svar", "Antall", "N", "Respondenter", "Number of answers", "Respondents"),
    "ignore": (),
}  # fmt: skip
MEANINGS: Mapping[str, Sequence[str]] = {"column": tuple(COLUMNS), "authority": (), "item": (), "answer": ("none",)}
#: Answers that are none.
_NO_ANSWER = (
    "Vet ikke",
    "Ikke relevant",
    "Ikke aktuelt",
    "Ubesvart",
    "Ikke besvart",
    "Don't know",
    "Not relevant",
    "-",
    "–",
)
WORDS = Words(
    (
        *(("column", word, means) for means, words in COLUMNS.items() for word in words),
        *(("answer", word, "none") for word in _NO_ANSWER if folded(word)),
    )
)
LOWEST, HIGHEST = 1.0, 5.0
_PERIOD = re.compile(r"\d{4}(-H[12]|-(0[1-9]|1[0-2]))?")


def read_survey(
    data: bytes,
    name: str,
    cases: Mapping[str, str],
    items: Mapping[str, Sequence[str]],
    faults: Faults,
    *,
    period: str = "",
    added: Iterable[tuple[str, str, str]] = (),
) -> Reading | None:
    """What a survey says: a value from 1 to 5 by indicator, municipality and period.

    Parameters
    ----------
    items
        The indicators that can be answered, by id, with the labels they are known by.
    period
        Of all rows, for a file that does not say.
    added
        Further rows of meaning: role (`MEANINGS`), word, meaning; for role ``item`` the meaning is an indicator, or
        ``ignore``.

    Returns
    -------
    Reading
        None with faults when the file cannot be used. An answer outside 1 to 5 is a fault: it is most often a wrong column.
    """
    known = tuple(("item", word, item) for item, labels in items.items() for word in (item, *labels))
    words = Words((*WORDS.told, *authorities(cases), *known)).with_rows(added)
    if not _are_known(words, items, name, faults):
        return None
    names = {*words.words("column"), *words.words("item")}
    table = read_received(data, name, names, faults)
    if table is None:
        return None
    columns = columns_for(table, words, "column", () if period else ("period",), faults)
    if columns is None:
        return None
    if not {"authority", "orgnr"} & set(columns):
        faults.note("missing-column", name, None, "no column for authority or orgnr", "whose answers they are",
                    "Say in a mapping file which column it is: column,NAME,authority.")  # fmt: skip
        return None
    spelt = {folded(head): head for head in table.header if folded(head)}
    used: Counter[tuple[str, str, str]] = Counter()
    left_out: Counter[str] = Counter()
    is_long = {"item", "answer"} <= set(columns)
    wide = {} if is_long else _item_columns(table, columns, words, used, faults)
    if not is_long and not any(wide.values()):
        faults.note("missing-column", name, None, "no column that is a known item", "a column for an item, or item and answer",
                    "Say in a mapping file which indicator a column is: item,NAME,INDICATOR.")  # fmt: skip
        return None
    answers = _answers(table, columns, wide, words, period, used, left_out, faults)
    if faults.errors:
        return None
    values = _values(answers, name, faults)
    if faults.errors:
        return None
    told = [(spelt[column], means) for means, column in sorted(columns.items())]
    return Reading(
        name=name,
        sha256=table.sha256,
        how=table.how,
        columns=(*told, *((spelt[column], item or "") for column, item in wide.items())),
        words=tuple((*key, count) for key, count in sorted(used.items())),
        left_out=tuple(sorted(left_out.items())),
        values=values,
        rows=len(table.rows),
    )


def _are_known(words: Words, items: Mapping[str, Sequence[str]], name: str, faults: Faults) -> bool:
    unknown = sorted(set(words.words("item").values()) - {*items, "ignore"})
    for item in unknown:
        faults.note("unknown-indicator", name, None, f"indicator {shown(item)} in the mapping file",
                    "an indicator with the unit scale_1_5", "Correct it; `foran indicator list` names them.")  # fmt: skip
    return not unknown


def _item_columns(
    table: Received, columns: Mapping[str, str], words: Words, used: Counter[tuple[str, str, str]], faults: Faults
) -> dict[str, str]:
    """The columns that may be items, with their indicators; "" for one that nobody has said the meaning of."""
    taken = {*columns.values(), *(word for word, means in words.words("column").items() if means == "ignore")}
    found: dict[str, str] = {}
    for head in table.header:
        column = folded(head)
        if not column or column in taken:
            continue
        item = words.of("item", head) or ""
        if item and item != "ignore" and item in found.values():
            faults.note("duplicate-column", table.name, None, f"two columns that mean {item}", "one of them",
                        "Add a line to the mapping file: item,NAME,ignore.")  # fmt: skip
        used["item", head[:60], item] += 1
        found[column] = "" if item == "ignore" else item
    return found


def _answers(
    table: Received,
    columns: Mapping[str, str],
    wide: Mapping[str, str],
    words: Words,
    period: str,
    used: Counter[tuple[str, str, str]],
    left_out: Counter[str],
    faults: Faults,
) -> dict[tuple[str, str, str], list[tuple[int, float, int | None]]]:
    """By indicator, municipality and period the answers: line, answer, and of how many it is the mean (None: one)."""
    found: dict[tuple[str, str, str], list[tuple[int, float, int | None]]] = defaultdict(list)
    for line, row in table.rows:
        own = {means: row.get(column, "") for means, column in columns.items()}
        case = case_by(words, own.get("orgnr", ""), own.get("authority", ""))
        used["authority", (own.get("authority") or own.get("orgnr", ""))[:60], case] += 1
        if not case:
            left_out["authority"] += 1
            continue
        when = own.get("period", "") or period
        if not _PERIOD.fullmatch(when):
            faults.note("bad-period", table.name, line, f"period {shown(when)}", "YYYY, YYYY-H1, YYYY-H2 or YYYY-MM",
                        "Correct the year.")  # fmt: skip
            continue
        if wide:
            asked = [(item, row.get(column, "")) for column, item in wide.items() if item]
        else:
            item = words.of("item", own["item"]) or ""
            used["item", own["item"][:60], item] += 1
            if not item:
                left_out["item"] += 1
            asked = [(item, own["answer"])] if item and item != "ignore" else []
        count = _count(own.get("answers", ""), line, table.name, faults)
        for item, answer in asked:
            if not answer or words.of("answer", answer) == "none" or not folded(answer):
                left_out["no_answer"] += 1
            elif (number := number_of(answer)) is None or not LOWEST <= number <= HIGHEST:
                faults.note("bad-answer", table.name, line, f"answer {shown(answer)} to {item}", "a number from 1 to 5",
                            "Correct it, or say in a mapping file that it is no answer: answer,WORD,none.")  # fmt: skip
            else:
                found[item, case, when].append((line, number, count))
    return found


def _count(text: str, line: int, name: str, faults: Faults) -> int | None:
    if not text:
        return None
    number = number_of(text)
    if number is None or not number.is_integer() or number < 1:
        faults.note(
            "bad-count", name, line, f"number of answers {shown(text)}", "a whole number from 1 on", "Correct it."
        )
        return None
    return int(number)


def _values(
    answers: Mapping[tuple[str, str, str], Sequence[tuple[int, float, int | None]]], name: str, faults: Faults
) -> tuple[Measured, ...]:
    """One value for each indicator, municipality and period: the answer, or the mean of several whole answers."""
    values = []
    for (item, case, when), own in sorted(answers.items()):
        is_mean = any(count is not None or not number.is_integer() for _, number, count in own)
        if len(own) > 1 and is_mean:
            # Means of unknown, or different, numbers of answers cannot be put together without saying how.
            lines = ", ".join(str(line) for line, _, _ in own[1:])
            faults.note("two-values", name, own[0][0], f"{len(own)} values of {item} for {case} in {when} (also line {lines})",
                        "one mean, or one row per answer", "Keep the row that is right.")  # fmt: skip
            continue
        _, first, count = own[0]
        if len(own) == 1:
            note = (
                f"snitt av {count} svar"
                if count and count > 1
                else "snitt, antall svar ikke oppgitt"
                if is_mean
                else "1 svar"
            )
            if count == 1:
                note = "1 svar"
            values.append(Measured(item, case, when, first, note))
        else:
            mean = sum(number for _, number, _ in own) / len(own)
            values.append(Measured(item, case, when, mean, f"snitt av {len(own)} svar"))
    return tuple(values)
