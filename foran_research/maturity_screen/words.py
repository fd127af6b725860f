"""Every word on the screen for assessing maturity, in bokmål and English side by side."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("nb", "en")

#: One row a text: bokmål, English. Braces hold facts: ids, numbers, names.
_TABLE: Mapping[str, tuple[str, str]] = {
    # the frame
    "title": ("Modenhet: {case}", "Maturity: {case}"),
    "language": ("Språk", "Language"),
    "refresh": ("Les studien på nytt", "Read the study again"),
    "refreshed": ("Studien er lest på nytt.", "The study has been read again."),
    "working": ("Arbeider …", "Working …"),
    "cut": ("Jupyter (kjernen) svarer ikke. Ingenting er tapt her: la siden stå åpen, start kjernen, kjør cellen på nytt, og trykk «Send på nytt».", "The kernel does not answer. Nothing is lost here: leave the page open, start the kernel, run the cell again, and press \u201cSend again\u201d."),
    "failed": ("Noe gikk galt i programmet ({error}, {where}). Vurderingen er ikke lagret.", "Something went wrong in the program ({error}, {where}). The assessment is not saved."),
    "about": ("Milepæl {milestone} · kodebok {codebook}", "Milestone {milestone} · codebook {codebook}"),
    "larger": ("Større skrift", "Larger type"),
    "smaller": ("Mindre skrift", "Smaller type"),
    "mode": ("Vis", "Show"),
    "mode.one": ("Ett element om gangen", "One element at a time"),
    "mode.table": ("Alle i en tabell", "All in a table"),
    "keys": ("Taster", "Keys"),
    "keys.help": ("0–5 velger nivå · J og K går til neste og forrige element · B åpner og lukker belegget · T viser tidligere nivåer. Tastene virker når du ikke skriver i et felt.", "0–5 chooses a level · J and K go to the next and the previous element · B opens and closes the evidence · T shows earlier levels. The keys work when you are not writing in a field."),
    # who
    "who": ("Hvem vurderer", "Who assesses"),
    "who.help": ("Skriv en kode for gruppa eller rollen, aldri et navn: store bokstaver, tall og bindestrek, for eksempel {example}.", "Write a code for the group or the role, never a name: capitals, digits and hyphens, such as {example}."),
    "who.code": ("Kode", "Code"),
    "who.side": ("Vurderingen er", "The assessment is"),
    "side.joint": ("felles (kommune og forskere)", "joint (municipality and researchers)"),
    "side.self": ("kommunens egen", "the municipality's own"),
    "side.researcher": ("forskernes", "the researchers'"),
    "who.arena": ("Samling", "Workshop"),
    "arena.none": ("ingen", "none"),
    "who.on": ("Dag", "Day"),
    "who.begin": ("Begynn", "Begin"),
    "who.change": ("Bytt", "Change"),
    "who.told": ("{code} · {side} · {on}", "{code} · {side} · {on}"),
    "who.first": ("Si først hvem som vurderer.", "First say who assesses."),
    "who.unsaved": ("Noe er ikke lagret. Send det først.", "Something is not saved. Send it first."),
    # an element
    "number": ("{at} av {of}", "{at} of {of}"),
    "previous": ("Forrige (K)", "Previous (K)"),
    "next": ("Neste (J)", "Next (J)"),
    "level": ("Nivå", "Level"),
    "level.zero": ("Ikke vurdert", "Not assessed"),
    "level.zero.help": ("Vi har ikke grunnlag for å si noe.", "We have no grounds to say anything."),
    "level.unset": ("ikke valgt", "not chosen"),
    "confidence": ("Hvor sikre er vi?", "How sure are we?"),
    "confidence.": ("ikke sagt", "not said"),
    "confidence.low": ("lite", "not very"),
    "confidence.medium": ("ganske", "fairly"),
    "confidence.high": ("svært", "very"),
    "rationale": ("Hvorfor?", "Why?"),
    "override": ("Hvorfor kan nivået stå likevel?", "Why may the level stand all the same?"),
    "evidence": ("Belegg (B)", "Evidence (B)"),
    "evidence.close": ("Lukk belegget (B)", "Close the evidence (B)"),
    "evidence.head": ("Det som er sagt om {name}", "What was said about {name}"),
    "evidence.help": ("Kryss av det som nivået bygger på. Ord vises bare der den som snakker har samtykket.", "Tick what the level rests on. Words are shown only where the speaker has consented."),
    "evidence.none": ("Ingen tekstdeler er kodet med dette elementet i kommunen fram til milepælen.", "No passage is coded with this element in the municipality up to the milestone."),
    "evidence.chosen": ("Belegg valgt: {count} ({documents} dokumenter, {actors} aktørtyper, {processes} prosesser)", "Evidence chosen: {count} ({documents} documents, {actors} types of actors, {processes} processes)"),
    "evidence.others": ("{count} til, valgt tidligere, vises ikke her.", "{count} more, chosen earlier, are not shown here."),
    "no.words": ("Ordene kan ikke vises.", "The words may not be shown."),
    "polarity.fremmer": ("▲ fremmer", "▲ promotes"),
    "polarity.hemmer": ("▼ hemmer", "▼ inhibits"),
    "polarity.begge": ("▲▼ fremmer og hemmer", "▲▼ promotes and inhibits"),
    "polarity.nøytral": ("nøytral", "neutral"),
    "polarity.": ("retning ikke satt", "direction not set"),
    "earlier": ("Vis tidligere nivåer (T)", "Show earlier levels (T)"),
    "earlier.close": ("Skjul tidligere nivåer (T)", "Hide earlier levels (T)"),
    "earlier.head": ("Tidligere nivåer", "Earlier levels"),
    "earlier.none": ("Ikke vurdert før, eller elementet var et annet.", "Not assessed before, or the element was another one."),
    "earlier.milestone": ("Milepæl", "Milestone"),
    "earlier.researcher": ("Forskerne", "Researchers"),
    "earlier.self": ("Kommunen selv", "The municipality"),
    "earlier.joint": ("Felles", "Joint"),
    # saving
    "saved": ("Lagret {on}", "Saved {on}"),
    "saved.none": ("Ikke vurdert ennå", "Not assessed yet"),
    "saving": ("Lagrer …", "Saving …"),
    "unsaved": ("Ikke lagret", "Not saved"),
    "unsaved.count": ("Ikke lagret: {count}", "Not saved: {count}"),
    "resend": ("Send på nytt", "Send again"),
    "needs.level": ("Velg et nivå, så lagres resten også.", "Choose a level, and the rest is saved too."),
    "needs.evidence": ("Ikke lagret ennå: velg belegg (B), eller skriv hvorfor nivået kan stå uten.", "Not saved yet: choose evidence (B), or say why the level may stand without."),
    "needs.other": ("Ikke lagret: {text}", "Not saved: {text}"),
    "warn.insufficient_evidence": ("Lagret, men belegget er smalt for nivå {level}. Velg mer, senk nivået, eller skriv hvorfor det kan stå.", "Saved, but the evidence is narrow for level {level}. Choose more, lower the level, or say why it may stand."),
    "warn.no_rationale": ("Lagret. Skriv gjerne hvorfor; et tall alene er vanskelig å følge opp.", "Saved. Do say why; a number alone is hard to follow up."),
    "warn.evidence_gone": ("Lagret, men noe av belegget finnes ikke lenger.", "Saved, but some of the evidence is no longer there."),
    "warn.level_without_evidence": ("Nivå uten belegg.", "Level without evidence."),
    "table.element": ("Element", "Element"),
    "table.state": ("Lagret", "Saved"),
    "table.open": ("Åpne {name}", "Open {name}"),
    "chosen": ("{name}: nivå {level}", "{name}: level {level}"),
}  # fmt: skip

#: By language and key.
WORDS: Mapping[str, Mapping[str, str]] = {
    language: {key: texts[place] for key, texts in _TABLE.items()} for place, language in enumerate(LANGUAGES)
}
