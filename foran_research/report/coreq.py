"""The 32 items of COREQ, each in a few words of our own: what a reader wants to know, and who can tell it.

Tong, Sainsbury & Craig (2007), Consolidated criteria for reporting qualitative research (COREQ): a 32-item checklist for
interviews and focus groups, *International Journal for Quality in Health Care* 19(6), doi:10.1093/intqhc/mzm042. The
numbering is theirs; the wording is not, so an item is to be read there before it is answered.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Items that the study's own files can say something about; all others are for the author.
FROM_THE_LOG = (12, 22, 24, 25, 26, 27, 28, 29)

#: The three domains, by the first item of each: (bokmål, English).
DOMAINS: dict[int, tuple[str, str]] = {
    1: ("Forskerne", "The researchers"),
    9: ("Opplegget for studien", "The design of the study"),
    24: ("Analyse og funn", "Analysis and findings"),
}


@dataclass(frozen=True)
class Item:
    """One item: its number, its topic and what it asks for, as (bokmål, English), and who fills it in."""

    number: int
    topic: tuple[str, str]
    asks: tuple[str, str]

    @property
    def is_from_the_log(self) -> bool:
        """Whether the study's files can say something about it; otherwise the author must."""
        return self.number in FROM_THE_LOG

    @property
    def domain(self) -> tuple[str, str]:
        """The domain it belongs to."""
        return DOMAINS[max(first for first in DOMAINS if first <= self.number)]


ITEMS: tuple[Item, ...] = tuple(
    Item(number, topic, asks)
    for number, (topic, asks) in enumerate(
        (
            (("Intervjuer", "Interviewer"), ("hvem som snakket med informantene", "who talked with the informants")),
            (("Utdanning", "Credentials"), ("hvilke grader forskerne har", "the degrees the researchers hold")),
            (("Stilling", "Occupation"), ("hva forskerne arbeidet som da", "what the researchers worked as then")),
            (("Kjønn", "Gender"), ("forskernes kjønn", "the researchers' gender")),
            (("Erfaring", "Experience"), ("erfaring og opplæring i metoden", "experience and training in the method")),
            (
                ("Forhold fra før", "Earlier relationship"),
                ("om forsker og informant kjente hverandre", "whether researcher and informant knew each other"),
            ),
            (
                ("Informantens kunnskap", "What informants knew"),
                ("hva informantene visste om forskeren", "what informants knew of the researcher"),
            ),
            (
                ("Forskerens ståsted", "The researcher's standpoint"),
                ("interesser, forutsetninger og skjevheter", "interests, assumptions and biases"),
            ),
            (
                ("Metodisk retning", "Methodological orientation"),
                ("metoden og teorien bak analysen", "the method and theory behind the analysis"),
            ),
            (("Utvalg", "Sampling"), ("hvordan informantene ble valgt", "how informants were chosen")),
            (("Rekruttering", "Approach"), ("hvordan de ble kontaktet", "how they were approached")),
            (("Antall", "Sample size"), ("hvor mange som deltok", "how many took part")),
            (("Frafall", "Non-participation"), ("hvem som sa nei eller trakk seg", "who refused or dropped out")),
            (("Sted", "Setting"), ("hvor materialet ble samlet inn", "where the material was gathered")),
            (("Andre til stede", "Others present"), ("om noen andre hørte på", "whether anybody else listened")),
            (("Beskrivelse", "Description"), ("hva som kjennetegner utvalget", "what characterises the sample")),
            (
                ("Intervjuguide", "Interview guide"),
                ("spørsmålene og om de ble prøvd ut", "the questions, and any pilot"),
            ),
            (
                ("Gjentatte intervjuer", "Repeat interviews"),
                ("om noen ble intervjuet flere ganger", "whether any were repeated"),
            ),
            (("Opptak", "Recording"), ("om lyd eller bilde ble tatt opp", "whether sound or video was recorded")),
            (("Feltnotater", "Field notes"), ("om det ble skrevet notater", "whether notes were made")),
            (("Varighet", "Duration"), ("hvor lenge samtalene varte", "how long the talks lasted")),
            (("Metning", "Saturation"), ("om metning ble drøftet", "whether saturation was discussed")),
            (
                ("Utskrifter tilbake", "Transcripts returned"),
                ("om informantene fikk lese dem", "whether informants could read them"),
            ),
            (("Antall kodere", "Number of coders"), ("hvor mange som kodet", "how many coded")),
            (("Kodetre", "Coding tree"), ("hvordan kodene henger sammen", "how the codes hang together")),
            (
                ("Hvor temaene kommer fra", "Derivation of themes"),
                ("fastlagt på forhånd eller hentet fra materialet", "set beforehand or drawn from the material"),
            ),
            (("Programvare", "Software"), ("hva som ble brukt til analysen", "what was used for the analysis")),
            (
                ("Tilbakemelding fra deltakere", "Participant checking"),
                ("om deltakerne vurderte funnene", "whether participants judged the findings"),
            ),
            (
                ("Sitater", "Quotations"),
                ("om sitater vises og kan spores", "whether quotations are shown and can be traced"),
            ),
            (
                ("Materiale og funn", "Material and findings"),
                ("om funnene stemmer med materialet", "whether findings agree with the material"),
            ),
            (("Hovedtemaer", "Major themes"), ("om de kommer tydelig fram", "whether they are clear")),
            (
                ("Deltemaer og avvik", "Minor themes"),
                ("om avvikende tilfeller er omtalt", "whether deviating cases are described"),
            ),
        ),
        1,
    )
)
