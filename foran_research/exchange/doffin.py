"""Notices as Doffin, the national notice database, exports them: from rows to counts by municipality and year.

What counts as early dialogue and as procurement of innovation stands in `WORDS`, and can be added to. A word that nobody
has said the meaning of is counted as uncertain and told; nothing is guessed from titles or descriptions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..errors import Faults, shown
from .received import (
    Measured,
    Reading,
    Received,
    Words,
    authorities,
    case_by,
    columns_for,
    day_of,
    folded,
    read_received,
)

#: What columns can be, and the names they come under; "ignore" is a column that is not to be read.
COLUMNS: Mapping[str, Sequence[str]] = {
    "notice": ("Kunngjørings-ID", "KunngjøringsID", "Kunngjøringsnummer", "Doffin-referanse", "Doffin-id", "Doffin referanse",
               "Doffin ref", "Referansenummer", "Notice ID", "Notice publication number"),
    "authority": ("Oppdragsgiver", "Oppdragsgivers navn", "Virksomhet", "Virksomhetsnavn", "Kjøper", "Innkjøper",
                  "Buyer", "Buyer name", "Contracting authority"),
    "orgnr": ("Organisasjonsnummer", "Orgnr", "Org.nr.", "Org nr", "Oppdragsgivers organisasjonsnummer",
              "Organisation number", "Buyer ID"),
    "date": ("Kunngjøringsdato", "Kunngjort", "Kunngjort dato", "Publiseringsdato", "Publisert", "Dato", "Publication date",
             "Notice date"),
    "type": ("Kunngjøringstype", "Type kunngjøring", "Type", "Skjematype", "Notice type", "Form type"),
    "procedure": ("Prosedyre", "Prosedyretype", "Anskaffelsesprosedyre", "Procedure", "Procedure type"),
    "dialogue": ("Tidlig dialog", "Tidlig markedsdialog", "Markedsdialog", "Dialog før konkurranse", "Leverandørdialog",
                 "Early dialogue", "Market dialogue"),
    "procurement": ("Saksnummer", "Anskaffelses-ID", "AnskaffelsesID", "Anskaffelse", "Procurement ID",
                    "Procedure identifier"),
    "corrects": ("Retter", "Retter kunngjøring", "Gjelder kunngjøring", "Endrer", "Erstatter", "Corrects", "Changes notice"),
    "cpv": ("CPV", "CPV-kode", "CPV-koder", "CPV hoved", "Hoved-CPV", "CPV code", "Main CPV"),
    "threshold": ("Terskel", "Terskelverdi", "EØS-terskel", "Over EØS-terskel", "Over terskel", "Threshold"),
    "value": ("Verdi", "Anslått verdi", "Estimert verdi", "Estimated value", "Value"),
    "ignore": (),
}  # fmt: skip
#: What words in those columns can mean. "unsettled": the word is known, and the source does not say on which side it is.
MEANINGS: Mapping[str, Sequence[str]] = {
    "column": tuple(COLUMNS),
    "authority": (),
    "type": ("competition", "dialogue", "correction", "other"),
    "procedure": ("innovation", "ordinary", "unsettled"),
    "dialogue": ("yes", "no", "unsettled"),
    "threshold": ("above", "below", "unsettled"),
}
_SAID: Mapping[str, Mapping[str, Sequence[str]]] = {
    "type": {
        "competition": ("Kunngjøring av konkurranse", "Konkurransekunngjøring", "Konkurranse", "Alminnelig kunngjøring",
                        "Kunngjøring av anskaffelse", "Contract notice", "Competition"),
        "dialogue": ("Kunngjøring av markedsdialog", "Markedsdialog", "Dialogkonferanse", "Leverandørkonferanse",
                     "Invitasjon til markedsdialog", "Request for information", "RFI", "Market consultation",
                     "Pre-market consultation notice", "Planlegging - markedsdialog"),
        "correction": ("Rettelse", "Rettelseskunngjøring", "Endringskunngjøring", "Kunngjøring av endring",
                       "Tilleggsopplysninger", "Corrigendum", "Change notice"),
        "other": ("Veiledende kunngjøring", "Forhåndskunngjøring", "Prior information notice", "Planning",
                  "Kunngjøring av kontraktsinngåelse", "Kunngjøring av tildeling", "Tildeling", "Resultat", "Result",
                  "Contract award notice", "Intensjonskunngjøring", "Avlysning", "Kunngjøring av avlysning",
                  "Kvalifikasjonsordning", "Kunngjøring av dynamisk innkjøpsordning"),
    },
    # The programme names two procedures as examples (LUP programbeskrivelse, line 156-158) and speaks elsewhere of
    # "selected" ones (line 96) without saying which. Others that are said to suit innovation are therefore unsettled.
    "procedure": {
        "innovation": ("Innovasjonspartnerskap", "Innovation partnership", "Før-kommersiell anskaffelse",
                       "Førkommersiell anskaffelse", "Før-kommersielle anskaffelser", "Pre-commercial procurement", "PCP"),
        "ordinary": ("Åpen anbudskonkurranse", "Åpen konkurranse", "Åpen", "Open", "Open procedure",
                     "Begrenset anbudskonkurranse", "Begrenset konkurranse", "Begrenset", "Restricted",
                     "Restricted procedure", "Konkurranse med forhandling", "Konkurranse med forhandlinger",
                     "Åpen tilbudskonkurranse", "Begrenset tilbudskonkurranse", "Competitive procedure with negotiation",
                     "Minikonkurranse", "Dynamisk innkjøpsordning", "Direkte anskaffelse",
                     "Konkurranse uten forutgående kunngjøring"),
        "unsettled": ("Konkurransepreget dialog", "Competitive dialogue", "Plan- og designkonkurranse",
                      "Designkonkurranse", "Plankonkurranse", "Idékonkurranse", "Innovasjonskonkurranse",
                      "Design contest", "Annet", "Annen prosedyre", "Other"),
    },
    "dialogue": {
        "yes": ("Ja", "J", "Yes", "Y", "True", "Sann", "1", "X", "Dialogkonferanse", "Leverandørkonferanse", "Markedsdialog",
                "Tidlig dialog", "Tidlig markedsdialog", "Leverandørdialog", "En-til-en-møter", "RFI",
                "Request for information", "Høring av konkurransegrunnlag", "Åpen høring"),
        "no": ("Nei", "N", "No", "False", "Usann", "0", "Ingen", "Ingen dialog", "Ikke gjennomført"),
        "unsettled": ("Ukjent", "Vet ikke", "Ikke oppgitt", "Unknown", "-", "?"),
    },
    "threshold": {
        "above": ("Over", "Over EØS-terskel", "Over EØS-terskelverdi", "Over terskel", "EØS", "Ja", "Above", "Yes"),
        "below": ("Under", "Under EØS-terskel", "Under EØS-terskelverdi", "Under terskel", "Nasjonal", "Nei", "Below",
                  "National", "No"),
        "unsettled": ("Ukjent", "Ikke oppgitt"),
    },
}  # fmt: skip
#: What is understood without anybody adding to it.
WORDS = Words(
    (
        *(("column", word, means) for means, words in COLUMNS.items() for word in words),
        *(
            (role, word, means)
            for role, by_meaning in _SAID.items()
            for means, words in by_meaning.items()
            for word in words
        ),
    )
)
#: CPV division 73: research and development services and related consultancy.
RESEARCH_CPV = "73"
#: The indicators that a file gives values of (corpus/indicators.csv).
COMPETITIONS, DIALOGUE, DIALOGUE_SHARE, DIALOGUE_UNSURE = "DOF-01", "LUP-04", "LUP-03", "DOF-02"
INNOVATION, INNOVATION_SHARE, INNOVATION_UNSURE, RESEARCH_SHARE = "LUP-06", "LUP-05", "DOF-03", "DFO-36"
_LAST = "\uffff"


@dataclass(frozen=True)
class Notice:
    """One notice as its rows tell it, after corrections: what it is, whose, of which day, and what its words mean.

    `dialogue`, `procedure` and `threshold` are meanings of `MEANINGS`, "" for a word that nobody has said the meaning of
    and for no word at all.
    """

    id: str
    line: int
    case: str
    day: str
    kind: str
    procedure: str
    dialogue: str
    threshold: str
    cpv: str
    procurement: str = ""


def read_doffin(
    data: bytes, name: str, cases: Mapping[str, str], faults: Faults, *, added: Iterable[tuple[str, str, str]] = ()
) -> Reading | None:
    """What an export of notices says: values by municipality and year, and everything that decided them.

    Parameters
    ----------
    cases
        Label by id of the municipalities. An authority is one of them when it bears its name, alone or with «kommune»,
        or when `added` says so of its name or organisation number.
    added
        Further rows of meaning: role (`MEANINGS`), word, meaning.

    Returns
    -------
    Reading
        None with faults when the file cannot be used. Shares are of all competitions, in percent; a competition whose
        dialogue (or procedure) is uncertain counts as one without, and the note says how high the share can be at most.
    """
    words = Words((*WORDS.told, *authorities(cases))).with_rows(added)
    table = read_received(data, name, words.words("column"), faults)
    if table is None:
        return None
    columns = columns_for(table, words, "column", ("date", "type"), faults)
    if columns is None:
        return None
    if not {"authority", "orgnr"} & set(columns):
        faults.note("missing-column", name, None, "no column for authority or orgnr", "the authority of each notice",
                    "Say in a mapping file which column it is: column,NAME,authority.")  # fmt: skip
        return None
    used: Counter[tuple[str, str, str]] = Counter()
    left_out: Counter[str] = Counter()
    notices = _notices(table, columns, words, used, left_out, faults)
    if faults.errors:
        return None
    notices = _with_dialogue_notices(notices, left_out)
    spelt = {folded(head): head for head in table.header}
    return Reading(
        name=name,
        sha256=table.sha256,
        how=table.how,
        columns=tuple((spelt[column], means) for means, column in sorted(columns.items())),
        words=tuple((*key, count) for key, count in sorted(used.items())),
        left_out=tuple(sorted(left_out.items())),
        values=tuple(values_of(notices, has=frozenset(columns))),
        rows=len(table.rows),
    )


def _notices(
    table: Received,
    columns: Mapping[str, str],
    words: Words,
    used: Counter[tuple[str, str, str]],
    left_out: Counter[str],
    faults: Faults,
) -> list[Notice]:
    """The notices of the table, each once: corrections put in, repetitions left out."""

    def cell(row: Mapping[str, str], what: str) -> str:
        return row.get(columns[what], "") if what in columns else ""

    def meaning(role: str, word: str) -> str:
        if not word:
            return ""
        means = words.of(role, word)
        if means is None and role == "dialogue" and (first := folded(word).split(" ")[0]) in ("ja", "nei", "yes", "no"):
            # "Ja, dialogkonferanse 3. mai": the answer is the first word.
            means = words.of(role, first)
        used[role, word[:60], means or ""] += 1
        return means or ""

    by_id: dict[str, Notice] = {}
    corrections: list[tuple[str, str, int, Notice]] = []
    for line, row in table.rows:
        case = case_by(words, cell(row, "orgnr"), cell(row, "authority"))
        authority = cell(row, "authority") or cell(row, "orgnr")
        used["authority", authority[:60], case] += 1
        if not case:
            left_out["authority"] += 1
            continue
        day = day_of(cell(row, "date"))
        if not day:
            faults.note("bad-date", table.name, line, f"date {shown(cell(row, 'date'))}", "YYYY-MM-DD or DD.MM.YYYY",
                        "Correct the date, or export the file anew.")  # fmt: skip
            continue
        kind = meaning("type", cell(row, "type"))
        if not kind:
            left_out["type"] += 1
            continue
        found = Notice(
            id=cell(row, "notice"),
            line=line,
            case=case,
            day=day,
            kind=kind,
            procedure=meaning("procedure", cell(row, "procedure")),
            dialogue=meaning("dialogue", cell(row, "dialogue")),
            threshold=meaning("threshold", cell(row, "threshold")),
            cpv=cell(row, "cpv").strip(),
            procurement=cell(row, "procurement"),
        )
        if kind == "correction":
            corrections.append((day, cell(row, "corrects") or found.id, line, found))
        elif not found.id:
            by_id[f"{_LAST}{line}"] = found
        elif (before := by_id.get(found.id)) is None:
            by_id[found.id] = found
        elif replace(before, line=line) == found:
            left_out["repeated"] += 1
        elif before.day == found.day:
            faults.note("two-versions", table.name, line, f"notice {shown(found.id)} told otherwise on line {before.line}",
                        "each notice once, or its versions on different days", "Keep the row that is right.")  # fmt: skip
        else:
            earlier, later = sorted((before, found), key=lambda one: one.day)
            by_id[found.id] = _corrected(earlier, later)
            left_out["repeated"] += 1
    for _, about, _, correction in sorted(corrections, key=lambda one: (one[0], one[2])):
        if (original := by_id.get(about)) is None or not about:
            left_out["lone_correction"] += 1
        else:
            by_id[about] = _corrected(original, correction)
            left_out["correction"] += 1
    return sorted(by_id.values(), key=lambda one: one.line)


def _corrected(original: Notice, later: Notice) -> Notice:
    """The notice with what a later version of it says; it stays in the year in which it was first announced."""
    return replace(
        original,
        procedure=later.procedure or original.procedure,
        dialogue=later.dialogue or original.dialogue,
        threshold=later.threshold or original.threshold,
        cpv=later.cpv or original.cpv,
    )


def _with_dialogue_notices(notices: Sequence[Notice], left_out: Counter[str]) -> list[Notice]:
    """The competitions; one whose procurement had a notice of dialogue before it had early dialogue."""
    announced = defaultdict(list)
    for one in notices:
        if one.kind == "dialogue" and one.procurement:
            announced[one.case, one.procurement].append(one.day)
    found = []
    for one in notices:
        if one.kind != "competition":
            left_out[one.kind] += 1
            continue
        days = announced.get((one.case, one.procurement), [])
        had = one.dialogue in ("", "unsettled") and any(day <= one.day for day in days)
        found.append(replace(one, dialogue="yes") if had else one)
    return found


def values_of(competitions: Sequence[Notice], *, has: frozenset[str]) -> list[Measured]:
    """The values that competitions give, by municipality and year of announcement.

    `has` are the kinds of column that the file has: without one for dialogue (or any notice of dialogue) nothing is said
    of dialogue, and so on.

    >>> one = Notice("1", 2, "FJO", "2021-03-01", "competition", "ordinary", "yes", "", "")
    >>> two = Notice("2", 3, "FJO", "2021-04-01", "competition", "innovation", "", "", "")
    >>> found = values_of([one, two], has=frozenset({"dialogue", "procedure"}))
    >>> [(value.indicator, value.value) for value in found]  # doctest: +NORMALIZE_WHITESPACE
    [('DOF-01', 2.0), ('LUP-04', 1.0), ('LUP-03', 50.0), ('DOF-02', 1.0), ('LUP-06', 1.0), ('LUP-05', 50.0),
     ('DOF-03', 0.0)]
    """
    groups: dict[tuple[str, str], list[Notice]] = defaultdict(list)
    for one in competitions:
        groups[one.case, one.day[:4]].append(one)
    knows_dialogue = "dialogue" in has or any(one.dialogue for one in competitions)
    found = []
    for (case, year), own in sorted(groups.items()):
        count = len(own)

        def put(indicator: str, value: float, note: str, case: str = case, year: str = year) -> None:
            found.append(Measured(indicator, case, year, float(value), note))

        put(COMPETITIONS, count, "")
        if knows_dialogue:
            yes = sum(one.dialogue == "yes" for one in own)
            unsure = sum(one.dialogue not in ("yes", "no") for one in own)
            put(DIALOGUE, yes, "")
            put(DIALOGUE_SHARE, 100 * yes / count, _of(yes, count, unsure))
            put(DIALOGUE_UNSURE, unsure, "")
        if "procedure" in has:
            yes = sum(one.procedure == "innovation" for one in own)
            unsure = sum(one.procedure not in ("innovation", "ordinary") for one in own)
            put(INNOVATION, yes, "")
            put(INNOVATION_SHARE, 100 * yes / count, _of(yes, count, unsure))
            put(INNOVATION_UNSURE, unsure, "")
        above = [one for one in own if one.threshold == "above"]
        if {"threshold", "cpv"} <= has and above:
            research = sum(one.cpv.startswith(RESEARCH_CPV) for one in above)
            unsure = sum(not one.cpv for one in above)
            put(RESEARCH_SHARE, 100 * research / len(above), _of(research, len(above), unsure))
    return found


def _of(yes: int, count: int, unsure: int) -> str:
    """What stands behind a share, in Norwegian as all notes of the register: counts, and how high it can be at most."""
    told = f"{yes} av {count}"
    if unsure:
        most = f"{100 * (yes + unsure) / count:.1f}".replace(".", ",")
        told += f"; {unsure} uvisse, altså høyst {most} %"
    return told
