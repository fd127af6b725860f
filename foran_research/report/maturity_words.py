"""The words of the maturity page, its section in other pages, and the forms for self-assessment: bokmål and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from ..settings import Settings
from .page import short_date

_WORDS: Mapping[str, tuple[str, str]] = {
    # key: (bokmål, English)
    "title": ("Modenhet: {case}", "Maturity: {case}"),
    "section": ("Modenhet", "Maturity"),
    "lead": (
        "Hvor langt kommunen er kommet, element for element, slik forskerne, kommunen selv og felles samlinger ser det. Nivåene er trinn på en skala, ikke karakterer, og de legges aldri sammen til ett tall for kommunen.",
        "How far the municipality has come, element by element, as researchers, the municipality itself and joint workshops see it. Levels are steps of a scale and no marks, and they are never added up to one figure for the municipality.",
    ),
    "empty": ("Ingen har vurdert modenheten ved denne milepælen ennå.", "Nobody has assessed maturity at this milestone yet."),
    "researcher": ("Forskerne", "The researchers"),
    "self": ("Kommunen selv", "The municipality itself"),
    "joint": ("Felles samling", "Joint workshop"),
    "researcher_self": ("Forskerne mot kommunen selv", "The researchers and the municipality"),
    "researcher_joint": ("Forskerne mot felles samling", "The researchers and the workshop"),
    "self_joint": ("Kommunen selv mot felles samling", "The municipality and the workshop"),
    "element": ("Element", "Element"),
    "level": ("Nivå", "Level"),
    "of_levels": ("Nivå i modellen", "Level of the model"),
    "target": ("Mål", "Target"),
    "gap": ("Igjen til målet", "Left to the target"),
    "before": ("Før ({milestone})", "Before ({milestone})"),
    "now": ("Nå", "Now"),
    "step": ("Endring", "Change"),
    "not_assessed": ("ikke vurdert", "not assessed"),
    "tie_note": (
        "* De to midterste vurderingene er ulike; den laveste står. I parentes: laveste–høyeste vurdering.",
        "* The two middle assessments differ; the lower one stands. In brackets: lowest–highest assessment.",
    ),
    "scale_head": ("Slik leses nivåene", "How to read the levels"),
    "scale_lead": (
        "Et nivå gjelder ett element i én kommune ved én milepæl. 0 betyr «ikke vurdert» og er ikke med i noe tall.",
        "A level is about one element in one municipality at one milestone. 0 means \u201cnot assessed\u201d and is in no figure.",
    ),
    "means": ("Kjennetegn", "What it looks like"),
    "rules_lead": ("Så bredt bør belegget være:", "How broad the evidence should be:"),
    "rule": (
        "Fra nivå {level}: minst {needs}.",
        "From level {level}: at least {needs}.",
    ),
    "document": ("dokument", "document"),
    "document_n": ("dokumenter", "documents"),
    "actor_type": ("aktørtype", "type of actor"),
    "actor_type_n": ("aktørtyper", "types of actors"),
    "process": ("anskaffelsesprosess", "procurement process"),
    "process_n": ("anskaffelsesprosesser", "procurement processes"),
    "element_one": ("element", "element"),
    "element_one_n": ("elementer", "elements"),
    "assessment": ("vurdering", "assessment"),
    "assessment_n": ("vurderinger", "assessments"),
    "and": (" og ", " and "),
    "profile_head": ("Element for element", "Element by element"),
    "profile_lead": (
        "De tre sidene står ved siden av hverandre. Der de er ulike, er det noe å snakke om.",
        "The three sides stand side by side. Where they differ there is something to talk about.",
    ),
    "figure_caption": (
        "Nivå for hvert element. Streken går fra laveste til høyeste vurdering på hver side; merket er den midterste.",
        "The level of each element. The line goes from the lowest to the highest assessment of each side; the mark is the middle one.",
    ),
    "history_caption": (
        "Forskernes nivå ved hver milepæl, for elementer som betyr det samme hele veien. Stiplet: målet. * Runden har vurderinger fra flere dager.",
        "The researchers' level at each milestone, for elements that mean the same throughout. Dashed: the target. * The round has assessments of several days.",
    ),
    "who": ("Hvem har vurdert", "Who has assessed"),
    "assessor": ("Vurdert av", "Assessed by"),
    "confidence": ("Sikkerhet", "Confidence"),
    "low": ("lav", "low"),
    "medium": ("middels", "medium"),
    "high": ("høy", "high"),
    "rationale": ("Begrunnelse", "Reason"),
    "override": ("Grunn til å la nivået stå", "Reason to let the level stand"),
    "breadth": ("Belegg", "Evidence"),
    "withheld": ("{n} av tekstdelene kan ikke vises her.", "{n} of the passages may not be shown here."),
    "not_said": ("Begrunnelsen vises ikke her.", "The reason is not shown here."),
    "difference": ("Ulikt syn", "Different views"),
    "levels_head": ("Nivå for nivå i modellen", "Level by level of the model"),
    "levels_lead": (
        "Kolonnene 1–5 viser hvor mange elementer som står på hvert trinn. Det svakeste leddet er elementet, eller elementene, med lavest nivå.",
        "The columns 1–5 show how many elements stand at each step. The weakest link is the element, or elements, with the lowest level.",
    ),
    "side": ("Side", "Side"),
    "zero_head": ("Ikke vurdert", "Not assessed"),
    "median": ("Midterste", "Median"),
    "weakest": ("Svakeste ledd", "Weakest link"),
    "dfo_head": ("Til sammenligning med DFØ (1–5)", "For comparison with DFØ (1–5)"),
    "dfo_lead": (
        "DFØs anskaffelsesundersøkelse oppgir gjennomsnitt fra 1 til 5. Bare til den sammenligningen står gjennomsnitt her. De er av trinn på en skala og skal ikke brukes til annet.",
        "DFØ's procurement survey reports means from 1 to 5. Means stand here for that comparison only. They are of steps of a scale and are not to be used for anything else.",
    ),
    "mean": ("Gjennomsnitt", "Mean"),
    "change_head": ("Endring siden {milestone}", "Change since {milestone}"),
    "change_lead": (
        "Endringen er antall trinn, med belegget for begge nivåene. Et trinn ned skal være forklart i et memo.",
        "The change is a number of steps, with the evidence of both levels. A step down is to be explained in a memo.",
    ),
    "up": ("opp {n}", "up {n}"),
    "down": ("ned {n}", "down {n}"),
    "same": ("uendret", "unchanged"),
    "why_new": ("nytt element", "new element"),
    "why_split": ("kan ikke sammenlignes: {from_} ble delt i kodebok {version}", "cannot be compared: {from_} was split in codebook {version}"),
    "why_merged": (
        "kan ikke sammenlignes: slått sammen av {from_} i kodebok {version}",
        "cannot be compared: merged from {from_} in codebook {version}",
    ),
    "why_retired": ("tatt ut av kodeboka i {version}", "taken out of the codebook in {version}"),
    "why_no_element": ("ikke lenger et eget element", "no element of its own any more"),
    "why_not_assessed_before": ("ikke vurdert sist", "not assessed the last time"),
    "why_not_assessed_now": ("ikke vurdert nå", "not assessed now"),
    "redefined": ("Avgrenset på nytt i kodebok {version}: les endringen med det i minne.", "Redefined in codebook {version}: read the change with that in mind."),
    "memo": ("forklart i memo {memos}", "explained in memo {memos}"),
    "unexplained": ("uten memo som forklarer det", "without a memo that explains it"),
    "improved": ("Tydelig, stegvis forbedring, slik {side} ser det: {answer}.", "Clear, stepwise improvement ({side}): {answer}."),
    "improved_rule": (
        "Regelen: minst ett element opp, og ingen ned uten et memo som forklarer det.",
        "The rule: at least one element up, and none down without a memo that explains it.",
    ),
    "yes": ("ja", "yes"),
    "no": ("nei", "no"),
    "undecided": ("kan ikke sies", "cannot be said"),
    "ended_lead": ("Vurdert sist, men ikke lenger et element å vurdere:", "Assessed the last time, and no element to assess any more:"),
    "evidence_before": ("Belegg før", "Evidence before"),
    "evidence_after": ("Belegg nå", "Evidence now"),
    "agreement_head": ("Hvor enige er de som vurderer?", "How far do assessors agree?"),
    "agreement_lead": (
        "Krippendorffs α for trinn på en skala: 1 er full enighet, 0 er det tilfeldigheter ville gitt. Med så få elementer sier tallet lite; bruk det til å finne hva som bør drøftes.",
        "Krippendorff's α for steps of a scale: 1 is full agreement, 0 is what chance would give. With so few elements the figure says little; use it to find what to discuss.",
    ),
    "between": ("Mellom", "Between"),
    "elements_n": ("Elementer", "Elements"),
    "alpha": ("α (ordinal)", "α (ordinal)"),
    "alpha_no-unit": ("ikke aktuelt: ingen elementer er vurdert av to", "not applicable: no element was assessed by two"),
    "alpha_no-variation": ("ikke aktuelt: alle har gitt samme nivå på alt", "not applicable: everybody gave everything the same level"),
    "warnings_head": ("Å merke seg", "To be noted"),
    "warnings_lead": (
        "Nivåer som står med for smalt belegg, eller med en begrunnelse for at de står likevel.",
        "Levels that stand on too narrow evidence, or with a reason why they stand all the same.",
    ),
    "no_warnings": ("Alle nivåer har belegget de skal ha.", "All levels have the evidence they should have."),
    "level_without_evidence": ("nivå uten belegg", "level without evidence"),
    "insufficient_evidence": ("belegget er for smalt", "the evidence is too narrow"),
    "evidence_gone": ("noe av belegget finnes ikke lenger", "some of the evidence is no longer there"),
    "no_rationale": ("uten begrunnelse", "without a reason"),
    "evidence_elsewhere": (
        "noe av belegget er sagt av andre enn kommunen selv",
        "some of the evidence was said by others than the municipality itself",
    ),
    "rounds_merged": (
        "Vurderinger fra flere dager, regnet som én runde: {rounds}.",
        "Assessments of several days, counted as one round: {rounds}.",
    ),
    "round_merged": ("{milestone}, {side} ({days})", "{milestone}, {side} ({days})"),
    "elsewhere_level": (
        "Nivået ({side}): {k} av {n} tekstdeler det hviler på, er fra en annen kommune ({cases}).",
        "The level ({side}): {k} of {n} passages it rests on are from another municipality ({cases}).",
    ),
    "target_not_comparable": ("målet ble satt for et element som siden er endret", "the target was set for an element that was changed since"),
    "overridden": ("står med begrunnelse", "stands with a reason"),
    "total_head": ("Samlet tall (valgt i studiens innstillinger)", "One figure (chosen in the study's settings)"),
    "total_lead": (
        "Midterste nivå over alle elementer. Det skjuler mer enn det viser, og kan ikke brukes til å rangere kommuner.",
        "The median of all elements. It hides more than it shows, and cannot be used to rank municipalities.",
    ),
    "no_evidence_self": ("egen kunnskap", "own knowledge"),
    "kind": ("modenhet", "maturity"),
    # In short
    "short_who": (
        "{elements} er vurdert: {sides}.",
        "{elements} assessed: {sides}.",
    ),
    "short_side": ("{side} ({assessments})", "{side} ({assessments})"),
    "short_weakest": ("Svakeste ledd på nivået {level}: {elements} (trinn {step}).", "Weakest link at the level {level}: {elements} (step {step})."),
    "short_changes": (
        "Siden {milestone} er {up} gått opp og {down} gått ned, etter forskernes syn.",
        "Since {milestone} {up} went up and {down} down, as the researchers see it.",
    ),
    "short_not_comparable": ("{n} kan ikke sammenlignes med sist, fordi kodeboka er endret.", "{n} cannot be compared with the last time, because the codebook was changed."),
    "short_differ": ("Forskerne og kommunen selv er minst ett trinn uenige om {elements}.", "The researchers and the municipality differ by a step or more on {elements}."),
    "short_agree": ("Forskerne og kommunen selv er enige om alle elementer begge har vurdert.", "The researchers and the municipality agree on all elements both assessed."),
    "short_gap": ("Lengst igjen til målet: {elements} ({gap}).", "Furthest from the target: {elements} ({gap})."),
    "step_one": ("trinn", "step"),
    "step_one_n": ("trinn", "steps"),
    "short_warnings": ("{n} står på for smalt belegg uten at noen har begrunnet det.", "{n} stand on too narrow evidence without a reason."),
    "short_read": ("Nivåene er til å snakke om, ikke til å rangere.", "The levels are for talking about, not for ranking."),
    # The forms
    "form_title": ("Egenvurdering av modenhet", "Self-assessment of maturity"),
    "form_for": ("{case} · milepæl {milestone} · kodebok {codebook}", "{case} · milestone {milestone} · codebook {codebook}"),
    "form_how": (
        "Les hvert element og velg det trinnet som passer best hos dere i dag. Velg 0 hvis dere ikke har grunnlag. Skriv kort hvorfor. Skriv ikke navn på personer, bedrifter eller pårørende.",
        "Read each element and choose the step that fits best with you today. Choose 0 where you have no grounds. Say briefly why. Write no names of persons, firms or next of kin.",
    ),
    "form_who": ("Hvem fyller ut?", "Who fills this in?"),
    "form_assessor": (
        "Koden dere har fått (for eksempel {example}), ikke navn",
        "The code you were given (for example {example}), no name",
    ),
    "form_on": ("Dato (ÅÅÅÅ-MM-DD)", "Date (YYYY-MM-DD)"),
    "form_side": ("Vurderingen gjelder", "The assessment is"),
    "form_side_self": ("Kommunens egen vurdering", "the municipality's own"),
    "form_side_joint": ("En felles samling med forskerne", "of a workshop together with the researchers"),
    "form_arena": ("Samling (arena)", "Workshop (arena)"),
    "form_your_level": ("Vårt nivå", "Our level"),
    "form_confidence": ("Hvor sikre er dere?", "How sure are you?"),
    "form_why": ("Hvorfor?", "Why?"),
    "form_dfo": ("Sju spørsmål til samtalen", "Seven questions to talk about"),
    "form_dfo_lead": (
        "Spørsmålene bygger på DFØs styringsspørsmål om innovasjon i anskaffelser. De gir ikke noe nivå; notater her er til dere selv.",
        "These build on DFØ's steering questions on innovation in procurement. They give no level; notes here are for yourselves.",
    ),
    "form_notes": ("Notater", "Notes"),
    "form_save": ("Lagre som fil", "Save as a file"),
    "form_saved": ("Filen {name} er lagret på maskinen din. Send den til forskeren.", "The file {name} is saved on your computer. Send it to the researcher."),
    "form_offline": (
        "Skjemaet virker uten nett. Ingenting sendes herfra; svarene blir til en fil på maskinen din.",
        "The form works offline. Nothing is sent from here; the answers become a file on your computer.",
    ),
    "form_missing": ("Før lagring: {what}.", "Before saving: {what}."),
    "form_missing_assessor": ("skriv koden dere har fått", "write the code you were given"),
    "form_missing_on": ("skriv datoen som ÅÅÅÅ-MM-DD", "write the day as YYYY-MM-DD"),
    "form_missing_levels": ("velg nivå for minst ett element", "choose a level for at least one element"),
    "form_missing_why": ("skriv hvorfor ved {elements}", "say why at {elements}"),
    "form_leave": ("Svarene er ikke lagret.", "The answers are not saved."),
    "form_unanswered": ("ubesvart", "unanswered"),
    "form_zero": ("Ikke vurdert", "Not assessed"),
    "form_sheet": ("Vurdering", "Assessment"),
    "form_about": ("Om skjemaet", "About the form"),
    "form_id": ("Skjema", "Form"),
    "form_page": ("Skjemaet er lest inn med", "The form is read in with"),
    "about_self": ("Elementet i korte ord", "The element in short"),
}  # fmt: skip

#: The seven steering questions (DFO-42 to DFO-48), in our own words.
QUESTIONS: tuple[tuple[str, str, str], ...] = (
    ("DFO-42", "Hvor i målene deres står det at dere vil fornye gjennom det dere kjøper?", "Where do your goals say that you want to renew through what you buy?"),
    ("DFO-43", "Er målene gjort så konkrete at en prosjektleder vet hva som skal skje på mandag?", "Are the goals concrete enough for a project manager to know what to do on Monday?"),
    ("DFO-44", "Har dere folk nok, og kan de nok, til å få det gjort?", "Do you have enough people, and do they know enough, to get it done?"),
    ("DFO-45", "Er det rom for å prøve noe nytt hos dere, også når det kan gå galt?", "Is there room for trying something new, also when it may go wrong?"),
    ("DFO-46", "Brukes innkjøpene bevisst til å få fram nye løsninger, eller kommer de etter at løsningen er valgt?", "Are purchases used on purpose to bring out new solutions, or do they come after the solution was chosen?"),
    ("DFO-47", "Hva gjør dere når noen ser at noe bør endres: blir det tatt tak i?", "What happens when somebody sees that something should change: is it taken up?"),
    ("DFO-48", "Hvilke av hindringene som andre forteller om, kjenner dere igjen hos dere selv?", "Which of the hindrances that others tell of do you know from your own work?"),
)  # fmt: skip


def maturity_words(language: str) -> dict[str, str]:
    """The words in one language, by key.

    >>> maturity_words("nb")["self"], maturity_words("en")["self"]
    ('Kommunen selv', 'The municipality itself')
    """
    place = {"nb": 0, "en": 1}[language]
    return {key: texts[place] for key, texts in _WORDS.items()}


def elsewhere_told(one: Mapping[str, Any], cases: Mapping[str, str], language: str) -> str:
    """That some of the evidence behind a level is another municipality's, in a sentence.

    Parameters
    ----------
    one
        As ``models.maturity.elsewhere_dicts`` gives it.
    cases
        The names of the municipalities, by id.

    >>> one = {"side": "researcher", "segments": 1, "of": 2, "cases": ["TRD"]}
    >>> elsewhere_told(one, {"TRD": "Trondheim"}, "en")
    'The level (the researchers): 1 of 2 passages it rests on are from another municipality (Trondheim).'
    """
    said = maturity_words(language)
    side = said[one["side"]]
    return said["elsewhere_level"].format(
        side=side[:1].lower() + side[1:],
        k=one["segments"],
        n=one["of"],
        cases=", ".join(cases.get(name, name) for name in one["cases"]),
    )


def elsewhere_notes(one: Mapping[str, Any], settings: Settings, language: str) -> list[str]:
    """What :func:`elsewhere_told` says of each side of an element of a model (its key ``elsewhere``)."""
    cases = {term.id: term.label[language] for term in settings.cases}
    return [elsewhere_told(row, cases, language) for row in one.get("elsewhere", ())]


def merged_told(merged: Sequence[Mapping[str, Any]], language: str) -> str:
    """Which rounds hold assessments of several days, in a sentence; "" for none.

    >>> merged_told([{"milestone": "M8", "side": "self", "days": ["2022-05-10", "2022-05-20"]}], "en")
    'Assessments of several days, counted as one round: M8, the municipality itself (10 May 2022, 20 May 2022).'
    """
    said = maturity_words(language)
    rounds = [
        said["round_merged"].format(
            milestone=one["milestone"],
            side=said[one["side"]][:1].lower() + said[one["side"]][1:],
            days=", ".join(short_date(day, language) for day in one["days"]),
        )
        for one in merged
    ]
    return said["rounds_merged"].format(rounds="; ".join(rounds)) if rounds else ""


def with_notes(name: str, notes: Sequence[str]) -> Markup:
    """A name in a table with notes below it.

    >>> str(with_notes("P1 <Plan>", ["Se her"]))
    'P1 &lt;Plan&gt;<br><span class="small">! Se her</span>'
    """
    return Markup().join([escape(name), *(Markup('<br><span class="small">! {0}</span>').format(one) for one in notes)])


def questions(language: str) -> list[tuple[str, str]]:
    """The steering questions with their ids.

    >>> [name for name, _ in questions("nb")][:2]
    ['DFO-42', 'DFO-43']
    """
    place = {"nb": 1, "en": 2}[language]
    return [(row[0], row[place]) for row in QUESTIONS]
