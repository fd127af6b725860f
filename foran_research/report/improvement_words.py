"""The words of the improvement report in bokmål and English, one table, so that both are read side by side."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: dict[str, tuple[str, str]] = {
    # key: (bokmål, English)
    "title": ("Forbedringsmodell: {case}", "Improvement model: {case}"),
    "lead": (
        "Hva kommunen vil gjøre bedre, hvorfor, i hvilken rekkefølge, og hvem som har ansvaret. Materiale til og med {day}.",
        "What the municipality wants to do better, why, in which order, and who is responsible. Material up to and including {day}.",
    ),
    "made_model": ("forbedringsmodell {n}", "improvement model {n}"),
    "registers_read": ("Tiltak, mål og vurderinger slik de sto", "Measures, targets and assessments as they stood"),
    "level_from": ("Nivåene er vurdert ved", "Levels were assessed at"),
    # Nouns
    "measure": ("tiltak", "measure"),
    "measure_n": ("tiltak", "measures"),
    "element": ("element", "element"),
    "element_n": ("elementer", "elements"),
    "turns": ("ytring", "turn"),
    "turns_n": ("ytringer", "turns"),
    "docs": ("dokument", "document"),
    "docs_n": ("dokumenter", "documents"),
    "step": ("steg", "step"),
    "step_n": ("steg", "steps"),
    # In short
    "short_count": (
        "{case} har {measures} for {elements}. {first} har prioritet 1.",
        "{case} has {measures} for {elements}. {first} have priority 1.",
    ),
    "short_when": ("Stegene går fra {begins} til {ends}.", "The steps run from {begins} to {ends}."),
    "short_begin": ("Dette haster mest og kan begynne nå: {names}.", "Most urgent, and can begin now: {names}."),
    "short_wait": ("{names} må vente til noe annet er på plass.", "{names} must wait for something else first."),
    "short_unaddressed": (
        "Hemmer mye, men har ikke noe tiltak: {names}.",
        "Inhibits much but has no measure: {names}.",
    ),
    "short_gap_unaddressed": (
        "Andre under målet som heller ikke har noe tiltak: {names}.",
        "Others below their target that have no measure either: {names}.",
    ),
    "short_unfounded": (
        "Tiltak der nivå eller mål mangler, så ingen ennå kan si hvor langt det er igjen: {names}.",
        "Measures without a level or a target, so that nobody can say yet how far there is to go: {names}.",
    ),
    "short_no_evidence": (
        "Tiltak uten belegg i det som er sagt: {names}.",
        "Measures without evidence in what was said: {names}.",
    ),
    "short_early": (
        "Datoene går ikke opp for {names}: noe begynner før det som det venter på.",
        "The dates do not fit for {names}: something begins before what it waits for.",
    ),
    "short_whole": (
        "{k} av {n} elementer med tiltak har et helt utviklingsforløp: nivå i dag, steg med dato og ansvarlig, og mål.",
        "{k} of {n} elements with measures have a whole trajectory: level today, steps with dates and someone responsible, and a target.",
    ),
    "short_none": (
        "Ingen tiltak er skrevet inn ennå. Siden viser hvor langt det er til målene, og hva som hemmer.",
        "No measures have been written down yet. The page shows how far it is to the targets, and what inhibits.",
    ),
    "short_nothing": (
        "Ingen tiltak er skrevet inn ennå, og ingen nivåer eller mål er registrert.",
        "No measures have been written down yet, and no levels or targets are registered.",
    ),
    "and_more": ("{names} og {n} til", "{names} and {n} more"),
    # Sections
    "gaps": ("Hvor langt er det igjen, og hva hemmer?", "How far is there to go, and what inhibits?"),
    "gaps_lead": (
        "To kolonner som leses hver for seg. Avstand er mål minus nivå i dag. Hemmende belegg er hvor stor del av det som er sagt om elementet i kommunen, som forteller om noe som hemmer. De to er ikke ganget sammen: stor avstand og mye som hemmer er ikke det samme.",
        "Two columns to be read one by one. The gap is the target minus today's level. Inhibiting evidence is how much of what was said of the element in the municipality tells of something that inhibits. The two are not multiplied: a wide gap and much that inhibits are not the same thing.",
    ),
    "gaps_caption": (
        "Til venstre nivå (fylt) og mål (åpen rute) på skalaen 1–5, med strek fra lavest til høyest når vurderingene spriker. Til høyre andelen hemmende tekstdeler, med antall. Rekkefølgen er kodebokas, ikke en rangering.",
        "Left, level (filled) and target (open diamond) on the scale 1–5, with a line from lowest to highest where assessments differ. Right, the share of inhibiting passages, with counts. The order is the codebook's, not a ranking.",
    ),
    "gaps_alt": (
        "Nivå, mål og hemmende belegg for {n} elementer; tallene står i tabellen under figuren.",
        "Level, target and inhibiting evidence of {n} elements; the numbers are in the table below the figure.",
    ),
    "no_rows": (
        "Ingen elementer har nivå, mål, tiltak eller mye som hemmer.",
        "No element has a level, a target, a measure or much that inhibits.",
    ),
    "level": ("Nivå i dag", "Level today"),
    "self_level": ("Egenvurdering", "Self-assessment"),
    "joint_level": ("Felles vurdering", "Joint assessment"),
    "target": ("Mål", "Target"),
    "gap": ("Avstand", "Gap"),
    "inhibiting": ("Hemmende belegg", "Inhibiting evidence"),
    "passages_here": ("Belegg", "Evidence"),
    "measures": ("Tiltak", "Measures"),
    "no_measure": ("ingen tiltak", "no measure"),
    "not_assessed": ("ikke vurdert", "not assessed"),
    "no_target": ("uten mål", "no target"),
    "share_of": ("{k} av {n}", "{k} of {n}"),
    "nothing_said": ("ikke omtalt", "not spoken of"),
    "unaddressed": ("Hemmer mye, men har ikke noe tiltak", "Inhibits much but has no measure"),
    "unaddressed_lead": (
        "«Hemmer mye» betyr her minst {segments} hemmende tekstdeler fra minst {documents} dokumenter, og minst {share} % av det som er sagt om elementet. Det er ikke sikkert at alt trenger et tiltak, men det bør være et valg.",
        "“Inhibits much” here means at least {segments} inhibiting passages from at least {documents} documents, and at least {share} % of what was said of the element. Not everything needs a measure, but leaving it should be a choice.",
    ),
    "unaddressed_none": (
        "Alt som hemmer mye, har minst ett tiltak: {names}.",
        "Everything that inhibits much has at least one measure: {names}.",
    ),
    "unaddressed_nothing": (
        "Ikke noe element hemmer mye etter denne regelen.",
        "No element inhibits much by this rule.",
    ),
    "unaddressed_one": (
        "{k} av {n} tekstdeler forteller om noe som hemmer.",
        "{k} of {n} passages tell of something that inhibits.",
    ),
    "also_gap": ("Avstanden til målet er {gap}.", "The gap to the target is {gap}."),
    "measures_title": ("Tiltakene: hva som er prioritert, og hvorfor", "The measures: what has priority, and why"),
    "measures_lead": (
        "Hvert tiltak styrker noe som fremmer eller svekker noe som hemmer, slik informantene har fortalt om det. Ord fra kommunen står slik de ble skrevet inn.",
        "Each measure strengthens something that promotes or weakens something that inhibits, as informants told of it. The municipality's words stand as they were written down, in Norwegian.",
    ),
    "measures_none": ("Ingen tiltak er skrevet inn ennå.", "No measures have been written down yet."),
    "priority": ("Prioritet {n}", "Priority {n}"),
    "priority_none": ("Uten prioritet", "No priority given"),
    "addresses_promoting": ("styrker noe som fremmer", "strengthens something that promotes"),
    "addresses_inhibiting": ("svekker noe som hemmer", "weakens something that inhibits"),
    "factor": ("Faktor", "Factor"),
    "owner": ("Ansvarlig", "Responsible"),
    "grounds": ("Begrunnelse", "Grounds"),
    "kind": ("Type tiltak", "Kind of measure"),
    "stage": ("Ledd i gevinstkjeden", "Link in the chain of benefits"),
    "arena": ("Arena", "Arena"),
    "level_of": ("Del av modellen", "Part of the model"),
    "level_word": ("nivå", "level"),
    "when": ("Når", "When"),
    "waits_for": ("Venter på", "Waits for"),
    "steps": ("Steg", "Steps"),
    "gap_row": ("Avstand til mål", "Gap to target"),
    "no_date": ("dato ikke satt", "no date set"),
    "not_told": ("ikke oppgitt", "not told"),
    "kept_back": ("holdt tilbake", "kept back"),
    "gap_told": ("{gap} (nivå {level}, mål {target})", "{gap} (level {level}, target {target})"),
    # Notes of measures
    "note_no_evidence": ("Tiltaket viser ikke til noe som er sagt.", "The measure refers to nothing that was said."),
    "note_evidence_withheld": (
        "Noe av belegget kan ikke vises: {n}. Faktor og begrunnelse er derfor holdt tilbake.",
        "Some of the evidence may not be shown: {n}. The factor and the grounds are therefore kept back.",
    ),
    "note_evidence_not_known": (
        "Noe av belegget er ikke med i denne modellen (kodet av andre, kodet senere eller tatt bort).",
        "Some of the evidence is not in this model (coded by others, coded later, or taken out).",
    ),
    "note_evidence_elsewhere": (
        "Noe av belegget gjelder et annet element, en annen retning eller en annen kommune enn tiltaket.",
        "Some of the evidence is of another element, direction or municipality than the measure.",
    ),
    "note_not_comparable": (
        "Elementet er delt eller tatt ut i kodebok {version}, så tiltaket kan ikke knyttes til et element der.",
        "The element was split or taken out in codebook {version}, so the measure belongs to no element there.",
    ),
    "note_not_assessed": (
        "Ingen forsker har vurdert nivået på elementet ennå.",
        "No researcher has assessed the level of the element yet.",
    ),
    "note_no_target": ("Det er ikke satt noe mål for elementet.", "No target has been set for the element."),
    "note_no_gap": (
        "Elementet er alt på målet: tiltaket har ingen avstand å lukke.",
        "The element is at its target already: the measure has no gap to close.",
    ),
    "note_no_steps": ("Tiltaket har ingen steg ennå.", "The measure has no steps yet."),
    "note_begins_before": (
        "Datoene går ikke opp: tiltaket begynner før det som det venter på, har begynt.",
        "The dates do not fit: the measure begins before what it waits for has begun.",
    ),
    "note_overlaps": (
        "Det som tiltaket venter på, er ikke ferdig når dette begynner. Sjekk at det holder.",
        "What the measure waits for is not finished when this begins. Check that this will do.",
    ),
    "note_waits_for_withdrawn": (
        "Tiltaket venter på noe som er tatt ut.",
        "The measure waits for something that was taken out.",
    ),
    "note_ends_late": (
        "Siste steg er ferdig etter at målet skulle vært nådd.",
        "The last step ends after the target was to be reached.",
    ),
    # Order
    "order": ("Rekkefølge: hva som bygger på hva", "Order: what builds on what"),
    "order_lead": (
        "Pilene er slik kommunen har skrevet det: tiltaket pilen går til, venter på tiltaket den kommer fra. Nederst i hver boks står hva elementet ofte er omtalt sammen med i kommunen.",
        "Arrows are as the municipality wrote it: the measure an arrow leads to waits for the one it comes from. At the foot of each box stands what the element is often spoken of with in the municipality.",
    ),
    "order_caption": (
        "Tiltakene i bolker: hver bolk venter bare på tidligere bolker.",
        "The measures in rounds: each round waits only for earlier ones.",
    ),
    "order_alt": (
        "{n} tiltak i {waves} bolker; rekkefølgen står i lista under figuren.",
        "{n} measures in {waves} rounds; the order is in the list below the figure.",
    ),
    "wave": ("Bolk {n}", "Round {n}"),
    "wave_1": ("kan begynne nå", "can begin now"),
    "wave_later": ("etter bolk {n}", "after round {n}"),
    "with": ("omtalt sammen med", "spoken of with"),
    # Ties
    "ties": ("Henger sammen med", "Hangs together with"),
    "ties_lead": (
        "Elementer som informantene i kommunen nevner i samme ytring som et element med tiltak. Det sier at de henger sammen i det folk forteller, ikke at det ene er årsak til det andre. Bruk det til å spørre: bør noen snakke sammen om dette?",
        "Elements that informants in the municipality name in the same turn as an element with a measure. It says that they hang together in what people tell, not that one causes the other. Use it to ask: should somebody talk together about this?",
    ),
    "ties_none": (
        "Ingen elementer med tiltak er omtalt sammen med andre.",
        "No element with a measure is spoken of with others.",
    ),
    "one_element": ("Element med tiltak", "Element with a measure"),
    "other_element": ("Henger sammen med", "Hangs together with"),
    "shared": ("Sammen", "Together"),
    "shared_told": ("{turns} i {documents}", "{turns} in {documents}"),
    "each": ("Hver for seg", "Each"),
    "firmness": ("Hvor sikkert", "How firm"),
    "firm": ("stabil", "stable"),
    "unsure": ("ikke stabil", "not stable"),
    "one_document": ("bare i ett dokument", "in one document only"),
    "firmness_note": (
        "«Stabil»: sammenhengen finnes i minst to dokumenter og består i minst 95 % av utvalgene når dokumentene trekkes på nytt {n} ganger. «Ikke stabil»: sjeldnere. «Bare i ett dokument»: én samtale eller ett notat står for alt.",
        "“Stable”: the tie is in two documents at least and stays in at least 95 % of the samples when documents are drawn anew {n} times. “Not stable”: less often. “In one document only”: one talk or note accounts for all of it.",
    ),
    # Trajectories
    "trajectories": ("Utviklingsforløp: fra nullpunkt til mål", "Trajectories: from baseline to target"),
    "trajectories_lead": (
        "For hvert element med tiltak: nivået i dag, stegene med dato og ansvarlig, og målet.",
        "For each element with a measure: the level today, the steps with dates and who is responsible, and the target.",
    ),
    "timeline_caption": (
        "Tallene i søylene er stegene, som står med ord under figuren. Fylt søyle styrker noe som fremmer, skravert svekker noe som hemmer.",
        "The numbers in the bars are the steps, told in words below the figure. A filled bar strengthens something that promotes, a hatched one weakens something that inhibits.",
    ),
    "timeline_alt": (
        "Tidslinje med {n} steg fra {begins} til {ends}; stegene står med ord under figuren.",
        "Timeline with {n} steps from {begins} to {ends}; the steps are told in words below the figure.",
    ),
    "timeline_none": ("Ingen steg har datoer.", "No step has dates."),
    "today": ("modellen er laget", "the model was made"),
    "path_whole": (
        "{name} skal gå fra nivå {level} ({level_name}), vurdert ved {assessed}, til nivå {target} ({target_name}){by}.",
        "{name} is to go from level {level} ({level_name}), assessed at {assessed}, to level {target} ({target_name}){by}.",
    ),
    "path_stay": (
        "{name} er på nivå {level} ({level_name}), vurdert ved {assessed}, og målet er nivå {target} ({target_name}){by}.",
        "{name} is at level {level} ({level_name}), assessed at {assessed}, and the target is level {target} ({target_name}){by}.",
    ),
    "path_no_target": (
        "{name} er på nivå {level} ({level_name}), vurdert ved {assessed}. Det er ikke satt noe mål.",
        "{name} is at level {level} ({level_name}), assessed at {assessed}. No target has been set.",
    ),
    "path_no_level": (
        "{name} skal til nivå {target} ({target_name}){by}. Ingen forsker har vurdert nivået i dag.",
        "{name} is to reach level {target} ({target_name}){by}. No researcher has assessed today's level.",
    ),
    "path_nothing": (
        "{name} har steg, men verken vurdert nivå eller mål.",
        "{name} has steps but neither an assessed level nor a target.",
    ),
    "targets_set": ("Målene ble satt av {told}.", "The targets were set by {told}."),
    "target_set": ("{who} {day} ({elements})", "{who} on {day} ({elements})"),
    "path_by": (" innen {day}", " by {day}"),
    "path_step": (
        "{when}: {text} ({owner}, {measure} steg {step}).",
        "{when}: {text} ({owner}, {measure} step {step}).",
    ),
    "from_to": ("{begins} til {ends}", "{begins} to {ends}"),
    "until": ("til {day}", "until {day}"),
    "since": ("fra {day}", "from {day}"),
    # Acceptance
    "acceptance": ("Prosjektets fire kriterier", "The project's four criteria"),
    "acceptance_lead": (
        "De fire kriteriene prosjektet har satt for seg selv, regnet ut av det som er registrert.",
        "The four criteria that the project set itself, worked out of what is on record.",
    ),
    "state_met": ("oppfylt", "met"),
    "state_partly": ("delvis", "partly"),
    "state_not_shown": ("ikke vist", "not shown"),
    "indicator": ("Kriterium", "Criterion"),
    "verdict": ("Vurdering", "Verdict"),
    "counts": ("Det som er telt", "What was counted"),
    "missing": ("Det som mangler", "What is missing"),
    "nothing_missing": ("ingenting", "nothing"),
    "ties_column": ("Nivå", "Level"),
}

#: The programme's work areas and kinds of action, as the register tags measures.
_KINDS: dict[str, tuple[str, str]] = {
    "LUPA-01": ("skalere bruken av IOA i hele landet", "scaling the use of IPP in the whole country"),
    "LUPA-02": ("løfte de beste", "lifting the best"),
    "LUPA-03": ("felles prosesser og skalering av innovasjonene", "joint processes and scaling of innovations"),
    "LUPA-04": ("formidling av kunnskap", "sharing knowledge"),
    "LUPA-05": ("avtaler med fylker og pådriverkorps", "agreements with counties and a corps of drivers"),
    "LUPA-06": ("partnerprogram, utlysninger og veiledning", "partner programme, calls and guidance"),
    "LUPA-07": ("fellesprosesser, spredning og bransjenettverk", "joint processes, spreading and industry networks"),
    "LUPA-08": ("kommunikasjon og tilbakeføring av læring", "communication and feeding back what was learnt"),
    "LUPA-09": ("fylkesplaner med kunnskapstiltak", "county plans with knowledge measures"),
    "LUPA-10": ("initiativ ovenfra eller nedenfra", "top-down or bottom-up initiatives"),
}
_STAGES: dict[str, tuple[str, str]] = {
    "goals": ("mål og nullpunkt", "goals and baseline"),
    "assess": ("vurdere og lære", "assess and learn"),
    "implement": ("gjennomføre", "implement"),
    "results": ("resultater i drift", "results in operation"),
    "effects": ("effekter og spredning", "effects and spreading"),
}


def improvement_words(language: str) -> dict[str, str]:
    """The report's words in one language: "nb" or "en"."""
    place = {"nb": 0, "en": 1}[language]
    return {key: pair[place] for key, pair in _WORDS.items()}


def kind_names(language: str) -> Mapping[str, str]:
    """The kinds of measures by their tags.

    >>> kind_names("nb")["LUPA-02"]
    'løfte de beste'
    """
    place = {"nb": 0, "en": 1}[language]
    return {key: pair[place] for key, pair in _KINDS.items()}


def stage_names(language: str) -> Mapping[str, str]:
    """The links of the chain of benefits by id."""
    place = {"nb": 0, "en": 1}[language]
    return {key: pair[place] for key, pair in _STAGES.items()}
