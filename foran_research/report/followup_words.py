"""The words of follow-up and evaluation models in bokmål and English, one table, so that both are read side by side."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: dict[str, tuple[str, str]] = {
    # key: (bokmål, English)
    "title": ("Oppfølgings- og evalueringsmodell: {case}", "Follow-up and evaluation model: {case}"),
    "lead": (
        "Milepæl {milestone} · materiale og registre til og med {day} · nullpunkt {baseline}",
        "Milestone {milestone} · material and registers up to and including {day} · baseline {baseline}",
    ),
    "model_name": ("oppfølgings- og evalueringsmodell {n}", "follow-up and evaluation model {n}"),
    "registers_until": ("Registre lest til og med", "Registers read up to and including"),
    "baseline_row": ("Nullpunkt", "Baseline"),
    "baseline_of": ("vurderingene ved milepæl {milestone}, {day}", "the assessments at milestone {milestone}, {day}"),
    "baseline_first": ("første vurdering av hvert element", "the first assessment of each element"),
    "baseline_short": ("{day}", "{day}"),
    # In short
    "short_measures": ("{n}: {told}.", "{n}: {told}."),
    "short_effects": (
        "Virker tiltakene? {told}.",
        "Do the measures work? {told}.",
    ),
    "short_maturity": (
        "Modenhet siden nullpunktet: {up} opp, {same} uendret, {down} ned, av {n} som kan sammenlignes.",
        "Maturity since the baseline: {up} up, {same} unchanged, {down} down, of {n} that can be compared.",
    ),
    "short_no_maturity": (
        "Ingen elementer er vurdert på samme måte både ved nullpunktet og nå.",
        "No element was assessed in the same way both at the baseline and now.",
    ),
    "short_targets": ("{k} av {n} mål er nådd.", "{k} of {n} targets are reached."),
    "short_steps": ("{k} av {n} steg er gjort.", "{k} of {n} steps are done."),
    "short_late": (" {n} har steg som er forsinket.", " {n} have steps that are late."),
    "short_late_one": (" 1 tiltak har steg som er forsinket.", " 1 measure has steps that are late."),
    "short_not": ("Virker ikke, eller er stanset: {names}.", "Does not work, or is stopped: {names}."),
    "short_new": (
        "Nytt som hemmer, sagt etter nullpunktet: {names}.",
        "New that inhibits, said since the baseline: {names}.",
    ),
    "short_next": ("Først på lista nå: {text} ({measure}).", "First on the list now: {text} ({measure})."),
    "short_acceptance": ("Prosjektets fire kriterier: {told}.", "The project's four criteria: {told}."),
    "short_nothing": (
        "Ingen tiltak er ført for kommunen ennå.",
        "No measures have been registered for the municipality yet.",
    ),
    "quoted": ("«{text}»", "“{text}”"),
    "and_more": ("{names} og {n} til", "{names} and {n} more"),
    # Nouns
    "measure": ("tiltak", "measure"),
    "measure_n": ("tiltak", "measures"),
    "element": ("element", "element"),
    "element_n": ("elementer", "elements"),
    "step": ("steg", "step"),
    "step_n": ("steg", "steps"),
    "day": ("dag", "day"),
    "day_n": ("dager", "days"),
    # Maturity
    "maturity": ("Fra nullpunkt til nå: modenhet", "From baseline to now: maturity"),
    "maturity_lead": (
        "Nivå 1 til 5 for hvert element, slik {side} vurderte det ved nullpunktet og nå, og målet. Nivåene er ordnet, ikke "
        "målt: ett trinn er ikke like langt overalt. At et element har gått opp mens et tiltak pågikk, er ikke bevis for at "
        "tiltaket er årsaken.",
        "Level 1 to 5 for each element, as {side} assessed it at the baseline and now, and the target. Levels are ordered, "
        "not measured: a step is not equally long everywhere. That an element rose while a measure ran is no proof that "
        "the measure is the cause.",
    ),
    "side_any": ("forskerne (eller den siden som er oppgitt)", "the researchers (or the side that is named)"),
    "side_researcher": ("forskerne", "researchers"),
    "side_self": ("kommunen selv", "the municipality itself"),
    "side_joint": ("felles samling", "joint workshop"),
    "baseline": ("Nullpunkt", "Baseline"),
    "now": ("Nå", "Now"),
    "target": ("Mål", "Target"),
    "to_target": ("Igjen til målet", "Left to the target"),
    "reached": ("nådd", "reached"),
    "passed": ("over målet", "above the target"),
    "level_step": ("trinn", "level"),
    "level_step_n": ("trinn", "levels"),
    "change": ("Endring", "Change"),
    "others": ("Andre vurderer", "Others assess"),
    "side": ("Vurdert av", "Assessed by"),
    "status_up": ("▲ opp {n}", "▲ up {n}"),
    "status_down": ("▼ ned {n}", "▼ down {n}"),
    "status_same": ("= uendret", "= unchanged"),
    "status_not_comparable": ("kan ikke sammenlignes", "not comparable"),
    "why_assessed_once": ("vurdert bare én gang", "assessed only once"),
    "why_not_comparable": (
        "slått sammen eller delt i kodeboka imellom",
        "merged or split in the codebook in between",
    ),
    "why_not_assessed": ("ikke vurdert", "not assessed"),
    "why_no_baseline": ("ikke vurdert ved nullpunktet", "not assessed at the baseline"),
    "why_not_again": ("ikke vurdert på nytt", "not assessed again"),
    "explained": ("forklart i et memo", "explained in a memo"),
    "not_explained": ("uten memo som forklarer det", "without a memo that explains it"),
    "level_evidence": ("Belegg for nivået", "Evidence for the level"),
    "not_in_table": (
        "{n} elementer er verken vurdert eller har mål, og står ikke i tabellen.",
        "{n} elements are neither assessed nor have a target, and are not in the table.",
    ),
    "maturity_figure": (
        "Åpen ring: nullpunktet. Fylt sirkel: nå, med pil dit. Strek: laveste og høyeste vurdering. Rombe: målet. "
        "Kan to nivåer ikke sammenlignes, står det i stedet for pilen.",
        "Open ring: the baseline. Filled circle: now, with an arrow to it. Line: lowest and highest assessment. Diamond: "
        "the target. Where two levels cannot be compared, it is said instead of the arrow.",
    ),
    "history": ("Alle vurderinger", "All assessments"),
    # Measures
    "measures": ("Tiltakene: plan mot det som er gjort", "The measures: plan against what was done"),
    "measures_lead": (
        "Status og effekt er slik de er meldt og ført i registeret. «Virker» er meldt av dem som gjør det; tekstdelene viser "
        "hva det hviler på.",
        "Status and effect are as they were reported and registered. “Works” is reported by those who do it; the passages "
        "show what it rests on.",
    ),
    "no_measures": ("Ingen tiltak er ført for kommunen.", "No measures are registered for the municipality."),
    "timeline_figure": (
        "Lys boks: når steget var planlagt. Mørk strek: når det er meldt begynt og gjort. Stiplet boks: hvor det først var "
        "planlagt, der planen er flyttet. Merker: ● gjort, ◆ utsatt, ✕ stanset. Loddrett strek: dagen modellen gjelder for.",
        "Light box: when the step was planned. Dark line: when it was reported begun and done. Dashed box: where it was "
        "first planned, if the plan was moved. Marks: ● done, ◆ postponed, ✕ stopped. Vertical line: the day of the model.",
    ),
    "plan": ("plan", "plan"),
    "plan_first": ("første plan", "first plan"),
    "actual": ("meldt begynt til gjort", "reported begun to done"),
    "state_planned": ("planlagt", "planned"),
    "state_begun": ("i gang", "under way"),
    "state_done": ("gjort", "done"),
    "state_postponed": ("utsatt", "postponed"),
    "state_stopped": ("stanset", "stopped"),
    "derived": ("følger av stegene", "follows from its steps"),
    "effect": ("Effekt", "Effect"),
    "effect_works": ("virker", "works"),
    "effect_partly": ("virker delvis", "works partly"),
    "effect_not": ("virker ikke", "does not work"),
    "effect_unknown": ("vet vi ikke ennå", "not known yet"),
    "for_element": ("Gjelder", "For"),
    "strengthens": ("styrker noe som fremmer", "strengthens something that promotes"),
    "weakens": ("svekker noe som hemmer", "weakens something that inhibits"),
    "owner": ("Ansvarlig", "Responsible"),
    "priority": ("Prioritet", "Priority"),
    "no_priority": ("ikke satt", "not set"),
    "waits_for": ("Venter på", "Waits for"),
    "latest": ("Sist meldt", "Latest report"),
    "why": ("Hvorfor", "Why"),
    "next": ("Videre", "Next"),
    "withheld": (
        "Teksten er holdt tilbake: den viser til noe som ikke kan vises.",
        "The text is kept back: it refers to what may not be shown.",
    ),
    "split_note": (
        "Skrevet for {was}, som er delt siden: gjelder nå {now}.",
        "Written for {was}, which has been split since: now for {now}.",
    ),
    "moved_note": (
        "Skrevet for {was}, som nå inngår i {now}.",
        "Written for {was}, which is now part of {now}.",
    ),
    "gone_note": ("Skrevet for {was}, som ikke lenger er et element.", "Written for {was}, no longer an element."),
    "steps": ("Steg", "Steps"),
    "planned": ("Planlagt", "Planned"),
    "done_col": ("Begynt – gjort", "Begun – done"),
    "state": ("Status", "Status"),
    "late_day": ("{n} dag etter plan", "{n} day behind plan"),
    "late_days": ("{n} dager etter plan", "{n} days behind plan"),
    "in_time": ("i rute", "on time"),
    "first_planned": ("først planlagt {days}", "first planned {days}"),
    "no_days": ("ikke tidfestet", "not dated"),
    "reports": ("Alle meldinger ({n})", "All reports ({n})"),
    "no_reports": ("Ingen har meldt status.", "Nobody has reported a status."),
    "whole_measure": ("hele tiltaket", "the whole measure"),
    "measure_evidence": ("Belegg for tiltaket", "Evidence for the measure"),
    "report_evidence": ("Belegg for statusen", "Evidence for the status"),
    "report_no_evidence": ("status meldt uten tekstdel", "status reported without a passage"),
    # What did not work
    "troubles": ("Det som ikke gikk som det skulle, og hvorfor", "What did not go as it should, and why"),
    "troubles_lead": (
        "Like viktig som det som virker: her står hva som er stanset, utsatt eller ikke virker, elementer som har gått ned, og "
        "det som fortsatt hemmer.",
        "As important as what works: here is what is stopped, postponed or does not work, elements that went down, and what "
        "still inhibits.",
    ),
    "no_troubles": ("Ingenting er meldt stanset, utsatt eller uten virkning.", "Nothing was reported stopped, postponed or without effect."),
    "trouble_stopped": ("Stanset", "Stopped"),
    "trouble_not_working": ("Virker ikke", "Does not work"),
    "trouble_postponed": ("Utsatt underveis", "Postponed on the way"),
    "trouble_late": ("Forsinket", "Late"),
    "trouble_down": ("Elementer som har gått ned", "Elements that went down"),
    "trouble_inhibiting_new": ("Nytt som hemmer siden nullpunktet", "New that inhibits since the baseline"),
    "trouble_inhibiting_remains": (
        "Hemmet før nullpunktet, og ingenting nytt er sagt siden",
        "Inhibited before the baseline, and nothing new has been said since",
    ),
    "down_told": ("fra {before} til {now}", "from {before} to {now}"),
    "remains_lead": (
        "Gjelder elementer med tiltak. At ingen har sagt noe nytt, betyr ikke at hinderet er borte.",
        "For elements with measures. That nobody said anything new does not mean that the obstacle is gone.",
    ),
    "new_lead": (
        "Tekstdeler i dokumenter etter {day} som sier at noe hemmer.",
        "Passages in documents after {day} that say that something inhibits.",
    ),
    "has_measure": ("tiltak: {ids}", "measures: {ids}"),
    "no_measure_for": ("ingen tiltak", "no measure"),
    "inhibits_col": ("Hemmer", "Inhibits"),
    "step_named": ("steg {ids}", "step {ids}"),
    "no_why": ("Ingen grunn er ført.", "No reason is registered."),
    # Chain
    "chain": ("Kjeden fra mål til effekt", "The chain from goals to effects"),
    "chain_lead": (
        "DFØs kjede: målsetting, utrede tiltak, implementere tiltak, resultater, effekter. ● betyr at det er noe å vise til: "
        "et mål for elementet, et begrunnet tiltak med tekstdeler, en melding om at det er begynt, en melding om virkning som "
        "hviler på tekstdeler, og for effekter at tiltaket virker helt eller delvis og elementet har gått opp i samme tid. ○ "
        "betyr at det ikke er noe å vise til ennå.",
        "The agency's chain: goals, assessing measures, implementing them, results, effects. ● means that there is something "
        "to show: a target for the element, a measure with grounds and passages, a report that it has begun, a report on "
        "its effect that rests on passages, and for effects that the measure works at least partly and the element rose in "
        "the same time. ○ means that there is nothing to show yet.",
    ),
    "stage_goals": ("Mål", "Goals"),
    "stage_assess": ("Utredet", "Assessed"),
    "stage_implement": ("I verk", "Implemented"),
    "stage_results": ("Resultat", "Results"),
    "stage_effects": ("Effekt", "Effects"),
    "aims_at": ("Retter seg mot", "Aims at"),
    "shown_yes": ("● ja", "● yes"),
    "shown_no": ("○ nei", "○ no"),
    # Questions
    "questions": ("Sju spørsmål å styre etter", "Seven questions to steer by"),
    "questions_lead": (
        "Spørsmålene er DFØs. Svarene er regnet ut av det som er ført og kodet; der det ikke er noe å gå etter, står det «ikke "
        "besvart». Bruk dem som dagsorden på møtet.",
        "The questions are the agency's. The answers are worked out of what is registered and coded; where there is nothing "
        "to go by, it says “not answered”. Use them as the agenda of a meeting.",
    ),
    "DFO-05": ("Hva er forutsetningene?", "What are the preconditions?"),
    "DFO-06": (
        "Blir forutsetningene endret av endret atferd?",
        "Are the preconditions changed by changed behaviour?",
    ),
    "DFO-07": ("Når har man oppnådd målet?", "When is the goal reached?"),
    "DFO-08": ("Hva er nullpunktet og risikoen?", "What are the baseline and the risk?"),
    "DFO-09": (
        "Har man oppnådd de resultatene man ønsker for virksomheten?",
        "Have the results that are wanted for the organisation been reached?",
    ),
    "DFO-10": ("Hvordan har man bidratt til samfunnsmål?", "How has one contributed to goals for society?"),
    "DFO-11": (
        "Fungerer tiltakene? Hva og hvordan skal vi korrigere?",
        "Do the measures work? What are we to correct, and how?",
    ),
    "not_answered": ("Ikke besvart.", "Not answered."),
    "not_DFO-05": (
        "Ingen elementer på kommunenivå er vurdert.",
        "No elements at the level of the municipality are assessed.",
    ),
    "not_DFO-06": (
        "Ingen elementer på kommunenivå er vurdert to ganger på samme måte.",
        "No elements at the level of the municipality are assessed twice in the same way.",
    ),
    "not_DFO-07": ("Ingen mål er satt for vurderte elementer.", "No targets are set for assessed elements."),
    "not_DFO-08": ("Ingen elementer er vurdert ved nullpunktet.", "No elements are assessed at the baseline."),
    "not_DFO-09": ("Ingen har meldt om virkning.", "Nobody has reported an effect."),
    "not_DFO-10": (
        "Ingen tall for samfunnseffekter er ført for kommunen.",
        "No figures for societal effects are registered for the municipality.",
    ),
    "not_DFO-11": ("Ingen har meldt om virkning.", "Nobody has reported an effect."),
    "answer_05": (
        "Elementene på kommunenivå er det prosjektene hviler på. Nå: {levels}.",
        "Elements at the level of the municipality are what projects rest on. Now: {levels}.",
    ),
    "answer_06": (
        "{k} av {n} elementer på kommunenivå har gått opp siden nullpunktet{names}. For {m} av dem er et tiltak i gang eller "
        "gjort; at de følges ad, er ikke bevis for at det ene gir det andre.",
        "{k} of {n} elements at the level of the municipality rose since the baseline{names}. For {m} of them a measure is "
        "under way or done; that they go together is no proof that one gives the other.",
    ),
    "answer_07": (
        "Målet er nådd når elementet vurderes til målnivået. Nådd: {reached}. Ikke nådd: {left}.",
        "The goal is reached when the element is assessed at the target level. Reached: {reached}. Not reached: {left}.",
    ),
    "answer_08": (
        "Nullpunktet er {baseline}; {n} har nivå der. Risikoen er det som hemmer, eller hemmet før uten at noe nytt er sagt siden, der kommunen har tiltak: {risk}.",
        "The baseline is {baseline}; {n} have a level there. The risk is what inhibits, or did before and has not been "
        "spoken of since, where the municipality has measures: {risk}.",
    ),
    "answer_09": (
        "Meldt at det virker: {works}. Delvis: {partly}. Virker ikke: {bad}. For {backed} av {n} hviler meldingen på tekstdeler.",
        "Reported to work: {works}. Partly: {partly}. Not: {bad}. For {backed} of {n} the report rests on passages.",
    ),
    "answer_10": ("Se tallene for: {names}.", "See the figures for: {names}."),
    "answer_11": (
        "Virker: {works}. Delvis: {partly}. Virker ikke: {bad}. Vet vi ikke ennå: {unknown}. For {correct} er det sagt hva som "
        "skal gjøres videre; se Neste steg.",
        "Works: {works}. Partly: {partly}. Not: {bad}. Not known yet: {unknown}. For {correct} it is said what to do next; see "
        "Next steps.",
    ),
    "none": ("ingen", "none"),
    # Next
    "next_steps": ("Neste steg", "Next steps"),
    "next_lead": (
        "Steg som skulle vært gjort, steg som står for tur, og det som ble sagt sist det ble meldt om tiltaket.",
        "Steps that should have been done, steps that come next, and what the latest report said.",
    ),
    "no_next": ("Ingenting er ført.", "Nothing is registered."),
    "next_overdue": ("Skulle vært gjort", "Overdue"),
    "next_postponed": ("Utsatt, trenger ny frist", "Postponed, needs a new day"),
    "own_words": ("", "The municipality's words stand as they were written down, in Norwegian."),
    "next_due": ("Står for tur", "Due next"),
    "next_reported": ("Sagt i siste melding", "Said in the latest report"),
    "by": ("Frist", "Due"),
    "said_on": ("Meldt", "Reported"),
    "what": ("Hva", "What"),
    # Acceptance
    "acceptance": ("Prosjektets fire kriterier", "The project's four criteria"),
    "acceptance_lead": (
        "Prosjektbeskrivelsen sier hva som skal kunne vises. Dommen er regnet ut av kodingen og registrene, aldri satt for "
        "hånd.",
        "The project description says what is to be shown. The verdict is worked out of coding and registers, never set by "
        "hand.",
    ),
    "judged_met": ("oppfylt", "met"),
    "judged_partly": ("delvis", "partly"),
    "judged_not_shown": ("ikke vist", "not shown"),
    "counts": ("Tall", "Counts"),
    "lacking": ("Dette mangler", "What is missing"),
    "nothing_lacking": ("Ingenting mangler.", "Nothing is missing."),
    "also_told": ("Sies også", "Also told"),
    "threshold": ("Når er det oppfylt?", "When is it met?"),
    "stands_on": ("Hviler på", "Stands on"),
    "assessment": ("vurdering", "assessment"),
    "assessment_n": ("vurderinger", "assessments"),
    "status": ("statusmelding", "status report"),
    "status_n": ("statusmeldinger", "status reports"),
    "judged_lacks": ("mangler", "lacking"),
    "more_in_model": (
        "{n} tekstdeler til, som ikke er gjengitt her, står med id i model.json.",
        "{n} more passages, not repeated here, are in model.json by id.",
    ),
    # Indicators
    "indicators": ("Tall for kommunen", "Figures for the municipality"),
    "indicators_lead": (
        "Indikatorer som har tall for kommunen: siste hele periode ved nullpunktet og nå. Tallene sier hvor mye eller hvor "
        "ofte, ikke hvorfor; at et tall endret seg, er ikke bevis for at et tiltak virket. Et brudd betyr at kilden er en "
        "annen: da er tallene ikke målt likt.",
        "Indicators that have figures for the municipality: the last whole period at the baseline and now. Figures say how "
        "much or how often, not why; that one changed is no proof that a measure worked. A break means that the source is "
        "another: then the figures are not measured alike.",
    ),
    "indicator": ("Indikator", "Indicator"),
    "break_head": ("Brudd i målingen", "Break in measurement"),
    "group_framework": ("Rammebetingelser", "Framework conditions"),
    "group_practice": ("Innkjøpspraksis", "Procurement practice"),
    "group_gains": ("Gevinster", "Gains"),
    "group_spread": ("Spredning", "Spread"),
    "group_effects": ("Samfunnseffekter", "Societal effects"),
    "group_process_goal": ("Prosessmål", "Process goals"),
    "group_effect_goal": ("Effektmål", "Effect goals"),
    "group_outcome": ("Resultater", "Outcomes"),
    "group_reference": ("Referansetall", "Reference figures"),
    # Tables and figures
    "level_p": ("Nivå", "Level"),
    "cutoff_line": ("modellens dag", "day of the model"),
    "element_word": ("Element", "Element"),
    "measure_word": ("Tiltak", "Measure"),
    "number_measures": ("tiltak", "measures"),
    "number_up": ("elementer opp", "elements up"),
    "number_steps": ("steg gjort", "steps done"),
    "number_targets": ("mål nådd", "targets reached"),
    "of": ("{k} av {n}", "{k} of {n}"),
    "hidden_note": (
        "{n} dokumenter er holdt utenfor fordi de ikke kan vises. Tallene er uten dem.",
        "{n} documents are left out because they may not be shown. The numbers are without them.",
    ),
}  # fmt: skip


def followup_words(language: str) -> dict[str, str]:
    """The words in one language.

    >>> followup_words("nb")["state_done"], followup_words("en")["state_done"]
    ('gjort', 'done')
    """
    place = ("nb", "en").index(language)
    return {key: pair[place] for key, pair in _WORDS.items()}


def joined(names: list[str], said: Mapping[str, str], most: int = 4) -> str:
    """Names in a row, at most so many, with how many more there are; the word for none without any.

    >>> joined(["P1", "P2", "P3"], {"and_more": "{names} og {n} til", "none": "ingen"}, most=2)
    'P1, P2 og 1 til'
    """
    if not names:
        return said["none"]
    if len(names) <= most:
        return ", ".join(names)
    return said["and_more"].format(names=", ".join(names[:most]), n=len(names) - most)
