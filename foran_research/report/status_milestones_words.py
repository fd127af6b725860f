"""The words of the status milestones in bokmål and English, one table, so that both are read side by side."""

from __future__ import annotations

from .followup_words import followup_words

_WORDS: dict[str, tuple[str, str]] = {
    # key: (bokmål, English)
    "title": ("Status: {title}", "Status: {title}"),
    "lead": (
        "Milepæl {milestone} · registre og koding til og med {day}",
        "Milestone {milestone} · registers and coding up to and including {day}",
    ),
    "date_row": ("Dato i planen", "Date in the plan"),
    "date_told": (
        "Planen oppgir {printed}; her regnet som {assumed}. {note}",
        "The plan prints {printed}; taken as {assumed} here. {note}",
    ),
    "model_name": ("status {n}", "status {n}"),
    "short_state": ("Milepælen er {state}: {k} av {n} punkter er oppfylt.", "The milestone is {state}: {k} of {n} points are met."),
    "short_point": ("{question}: {told}.", "{question}: {told}."),
    "short_date": (
        "Planen oppgir {printed}; det er regnet som {assumed}, se hvorfor.",
        "The plan prints {printed}; it is taken as {assumed}, see why.",
    ),
    "short_missing": ("Dette mangler: {told}.", "This is missing: {told}."),
    "state_word_met": ("oppfylt", "met"),
    "state_word_partly": ("delvis oppfylt", "partly met"),
    "state_word_not_shown": ("ikke vist", "not shown"),
    "points": ("Punktene, ett for ett", "The points, one by one"),
    "points_lead": (
        "Hvert punkt er regnet ut av det som er vurdert, meldt og ført til og med dagen. «Ikke vist» betyr at det ikke er "
        "ført noe som viser det, ikke at det ikke har skjedd.",
        "Each point is worked out of what is assessed, reported and registered up to the day. “Not shown” means that nothing "
        "is registered that shows it, not that it has not happened.",
    ),
    "point": ("Punkt", "Point"),
    "everywhere": ("Felles", "Common"),
    "counted": ("{k} av {n}", "{k} of {n}"),
    "stands_on": ("Hviler på", "Stands on"),
    "elements_up": (
        "{k} av {n} elementer som kan sammenlignes, har gått opp: {names}",
        "{k} of {n} elements that can be compared went up: {names}",
    ),
    "measures_done": (
        "{k} av {n} tiltak er meldt gjort: {names}",
        "{k} of {n} measures are reported done: {names}",
    ),
    "assessed_times": (
        "Kommunen har vurdert seg selv i {n} omganger.",
        "The municipality has assessed itself in {n} rounds.",
    ),
    "assessed_once": (
        "Kommunen har vurdert seg selv i én omgang.",
        "The municipality has assessed itself in one round.",
    ),
    "events": ("Hendelser", "Events"),
    "events_lead": (
        "Alt som er ført av publikasjoner, innlegg, samlinger, verktøy i bruk, kurs og spredning til og med dagen.",
        "All that is registered of publications, talks, gatherings, tools in use, courses and spread up to the day.",
    ),
    "no_events": ("Ingen hendelser er ført.", "No events are registered."),
    "events_figure": (
        "En prikk for hver hendelse, etter type og dato. Fylt: det som punktene over hviler på. Stiplet strek: modellens dag.",
        "A dot for each event, by kind and date. Filled: what the points above stand on. Dotted line: the day of the model.",
    ),
    "date": ("Dato", "Date"),
    "kind": ("Type", "Kind"),
    "what": ("Hva", "What"),
    "where": ("Kommune", "Municipality"),
    "for_milestone": ("Milepæl", "Milestone"),
    "event": ("hendelse", "event"),
    "event_n": ("hendelser", "events"),
    "evidence_of_event": ("Belegg for hendelsen", "Evidence for the event"),
    "kind_article": ("artikkel", "article"),
    "kind_chapter": ("bokkapittel", "book chapter"),
    "kind_thesis": ("avhandling", "thesis"),
    "kind_talk": ("innlegg", "talk"),
    "kind_web": ("nettsted", "web page"),
    "kind_workshop": ("samling", "workshop"),
    "kind_teaching": ("undervisning", "teaching"),
    "kind_course": ("emne eller kurs", "course"),
    "kind_master_thesis": ("masteroppgave", "master's thesis"),
    "kind_spread": ("spredning", "spread"),
    "kind_tool_in_use": ("verktøy i bruk", "tool in use"),
    "kind_guide": ("veileder", "guide"),
    "criteria": ("Prosjektets fire kriterier: {case}", "The project's four criteria: {case}"),
    "criteria_head": ("Prosjektets fire kriterier, kommune for kommune", "The project's four criteria, by municipality"),
    "criteria_table": (
        "Kommunene står ved siden av hverandre for å vise hva som mangler hvor. De er ikke rangert.",
        "The municipalities stand side by side to show what is missing where. They are not ranked.",
    ),
    "criterion": ("Kriterium", "Criterion"),
}  # fmt: skip


def status_words(language: str) -> dict[str, str]:
    """The words in one language, those of follow-up models among them.

    >>> status_words("nb")["state_word_met"], status_words("en")["state_word_met"]
    ('oppfylt', 'met')
    """
    place = ("nb", "en").index(language)
    return {**followup_words(language), **{key: pair[place] for key, pair in _WORDS.items()}}
