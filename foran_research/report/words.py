"""The reports' own words in bokmål and English, one table, so that a translator sees both side by side."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: dict[str, tuple[str, str]] = {
    # key: (bokmål, English)
    "summary": ("Kort fortalt", "In short"),
    "model": ("Modellen", "The model"),
    "elements": ("Elementene", "The elements"),
    "elements_with_evidence": ("elementer har belegg", "elements have evidence"),
    "polarity": ("Hva som fremmer og hemmer", "What promotes and what inhibits"),
    "networks": ("Hvordan elementene henger sammen", "How the elements hang together"),
    "changes": ("Hva som er nytt siden forrige versjon", "What is new since the version before"),
    "cells": ("Belegg kommune for kommune", "Evidence by municipality"),
    "quotes": ("Utvalgte sitater", "Chosen quotes"),
    "method": ("Slik er modellen laget", "How the model was made"),
    "limits": ("Hva modellen ikke kan si", "What the model cannot say"),
    "corpus": ("Materialet", "The material"),
    "contents": ("Innhold", "Contents"),
    "version": ("modellversjon", "model version"),
    "milestone": ("Milepæl", "Milestone"),
    "cut_off": ("Materiale til og med", "Material up to and with"),
    "coded_until": ("Koding til og med", "Coding up to and with"),
    "codebook": ("Kodebok", "Codebook"),
    "coding": ("Koding", "Coding"),
    "human": ("lest og kodet av mennesker", "read and coded by people"),
    "suggestions": ("maskinelle forslag, ikke lest av mennesker", "machine suggestions, not read by people"),
    "suggestions_notice": (
        "Denne rapporten bygger på maskinelle forslag fra kodebokens stikkord. Ingen har lest og kodet tekstene. "
        "Tallene viser hvor ord forekommer, ikke hva informantene mener.",
        "This report rests on machine suggestions from the codebook's cues. Nobody has read and coded the texts. "
        "The numbers show where words occur, not what informants mean.",
    ),
    "code": ("Kode", "Code"),
    "element": ("Element", "Element"),
    "level": ("Nivå", "Level"),
    "municipality": ("Kommune", "Municipality"),
    "municipalities": ("Kommuner", "Municipalities"),
    "documents": ("Dokumenter", "Documents"),
    "documents_short": ("Dok.", "Docs"),
    "document_short": ("dok.", "doc"),
    "informants": ("Informanter", "Informants"),
    "informants_short": ("Inf.", "Inf."),
    "actor_types": ("Aktørtyper", "Actor types"),
    "segments": ("Kodede tekstdeler", "Coded segments"),
    "segments_short": ("Tekstd.", "Segm."),
    "turns": ("Ytringer", "Turns"),
    "words": ("Ord", "Words"),
    "interviews": ("Intervjuer", "Interviews"),
    "workshop_notes": ("Arbeidsnotater", "Workshop notes"),
    "public_documents": ("Offentlige dokumenter", "Public documents"),
    "coders": ("Kodere", "Coders"),
    "promotes": ("Fremmer", "Promotes"),
    "inhibits": ("Hemmer", "Inhibits"),
    "both": ("Begge", "Both"),
    "neutral": ("Nøytral", "Neutral"),
    "unset": ("Uavklart", "Not set"),
    "of": ("av", "of"),
    "evidence": ("belegg", "evidence"),
    "nothing_said": ("spurt, ikke nevnt", "asked, nothing said"),
    "not_asked": ("ikke spurt", "not asked"),
    "not_codable": ("kunne ikke kodes", "not codable"),
    "suppressed": ("skjermet", "suppressed"),
    "state_evidence": ("minst én kodet tekstdel", "at least one coded segment"),
    "state_nothing_said": ("intervjuguiden spurte, ingen sa noe om det", "the guide asked, nobody spoke of it"),
    "state_not_asked": ("ingen guide spurte om det", "no guide asked about it"),
    "state_not_codable": (
        "tekstene er ikke kodet, eller ble kodet før elementet fantes i kodeboka: ikke vurdert, altså ikke null",
        "the texts were not coded, or before the codebook had the element: not assessed, so not zero",
    ),
    "state_suppressed": (
        "belegget står bare i dokumenter som ikke kan vises",
        "the only evidence is in documents that may not be shown",
    ),
    "together_with": ("Oftest omtalt sammen med", "Most often spoken of with"),
    "parts": ("Underelementer", "Sub-elements"),
    "within": ("innen nivå", "within level"),
    "between": ("mellom nivåer", "between levels"),
    "mixing": ("Samtidig omtale etter nivå", "Spoken of together, by level"),
    "relation": ("Sammenheng", "Relation"),
    "kind": ("Type", "Kind"),
    "jaccard": ("Jaccard", "Jaccard"),
    "lift": ("Løft", "Lift"),
    "all_cases": ("Alle", "All"),
    "share": ("Andel", "Share"),
    "reason": ("Begrunnelse", "Reason"),
    "empirical": ("Empirisk", "Empirical"),
    "theoretical": ("Teoretisk", "Theoretical"),
    "what": ("Hva", "What"),
    "new": ("ny", "new"),
    "split": ("delt", "split"),
    "merged": ("slått sammen", "merged"),
    "renamed": ("nytt navn", "renamed"),
    "retired": ("tatt ut", "retired"),
    "moved": ("flyttet", "moved"),
    "promoted": ("løftet til element", "promoted"),
    "redefined": ("ny definisjon", "redefined"),
    "narrowed": ("innsnevret", "narrowed"),
    "converted": ("gjort om", "converted"),
    "rejected": ("forslag avvist", "proposal rejected"),
    "strengthened": ("styrket", "strengthened"),
    "weakened": ("svekket", "weakened"),
    "first_version": (
        "Dette er den første versjonen; det finnes ingen tidligere å sammenlikne med.",
        "This is the first version; there is no earlier one to compare with.",
    ),
    "indicator_1i": (
        "Indikator 1(i): elementene og det som fremmer og hemmer dem, går tydelig fram av modellen",
        "Indicator 1(i): the elements, and what promotes and inhibits them, are clear in the model",
    ),
    "indicator_1ii": (
        "Indikator 1(ii): modellen kan brukes til å vurdere modenhet element for element",
        "Indicator 1(ii): the model can be used to assess maturity element by element",
    ),
    "met": ("oppfylt", "met"),
    "not_met": ("ikke oppfylt", "not met"),
    "with_evidence": (
        "elementer med belegg for hva som fremmer eller hemmer",
        "elements with evidence of what promotes or inhibits",
    ),
    "explained": ("elementer uten belegg, men med grunn", "elements without evidence, but with a reason"),
    "unclear": ("uklare elementer", "unclear elements"),
    "none": ("ingen", "none"),
    "in_every_case": ("med belegg i alle kommunene", "with evidence in every municipality"),
    "broad": ("belegg fra minst to dokumenter og to aktørtyper", "evidence from two documents and two actor types"),
    "missing": ("mangler", "missing"),
    "unresolved": ("Venter på menneskelig vurdering", "Waiting for a person's judgement"),
    "unresolved_text": (
        "tekstdeler bærer en kode som er delt eller endret i kodeboka. De telles ikke før en koder har plassert dem.",
        "segments bear a code that the codebook has split or changed. They do not count until a coder has placed them.",
    ),
    "withheld": ("Dokumenter som er holdt utenfor visningen", "Documents withheld from display"),
    "without_case": (
        "Dokumenter uten kommune (teller i bredden, ikke i noen kommune)",
        "Documents of no municipality (counted in breadth, in no municipality)",
    ),
    "figure_unset": ("Grått: tekstdeler uten retning (uavklart).", "Grey: segments without direction (not set)."),
    "pending": ("venter på vurdering ({n})", "waiting for judgement ({n})"),
    "stamp_invented": ("Oppdiktet demostudie", "Invented demo study"),
    "stamp_machine": ("Maskinelle forslag, ikke koding", "Machine suggestions, not coding"),
    "stated_interplay": (
        "Steder der informanter selv beskriver samspill",
        "Places where informants describe interplay",
    ),
    "read_figure": ("Slik leses figuren", "How to read the figure"),
    "figure_model": (
        "Elementene på tre nivåer. Bredden på søylen viser kodede tekstdeler som fremmer (blå, til venstre) og hemmer "
        "(oransje, skravert, til høyre). Prikkene viser kommunene: fylt prikk er belegg.",
        "The elements on three levels. The bars show coded segments that promote (blue, left) and inhibit "
        "(orange, hatched, right). The dots are the municipalities: a filled dot is evidence.",
    ),
    "figure_polarity": (
        "Kodede tekstdeler per element og kommune: fremmer mot venstre, hemmer mot høyre. «Begge» teller på begge sider. "
        "Tallene avhenger av hvor mye som er sagt og kodet i hver kommune, og er ingen rangering.",
        "Coded segments per element and municipality: promoting to the left, inhibiting to the right. “Both” counts on "
        "both sides. The numbers depend on how much was said and coded in each municipality and are no ranking.",
    ),
    "figure_networks": (
        "Linjene går mellom elementer som omtales i samme ytring, minst {n} ganger ({m} for alle kommunene samlet). Tykkere linje: flere ytringer. "
        "Større sirkel: elementet nevnes i flere ytringer. Plasseringen er den samme i alle rutene.",
        "Lines join elements spoken of in the same turn at least {n} times ({m} for all together). Thicker line: more turns. Larger circle: "
        "the element is spoken of in more turns. Places are the same in every panel.",
    ),
    "figure_layers": (
        "De samme elementene, bare tekstdeler som fremmer (til venstre) og bare tekstdeler som hemmer (til høyre).",
        "The same elements, only segments that promote (left) and only segments that inhibit (right).",
    ),
    "method_text": (
        "Hvert dokument er lest og kodet under kodebokversjonen som gjaldt da. Koder er så ført over til versjonen "
        "milepælen låser; der en kode er delt, må et menneske velge. Enheten er informantens ytring (i notater: avsnittet). "
        "En ytring teller én gang per element, også når flere underelementer er kodet.",
        "Each document was read and coded under the codebook version in force then. Codes were carried to the version "
        "that the milestone pins; where a code was split, a person must choose. The unit is the informant's turn (in notes: "
        "the paragraph). A turn counts once per element, also when several sub-elements were coded.",
    ),
    "method_suggestions": (
        "Kodebokens stikkord ble søkt opp i tekstene. Grunnformer kommer fra {source}. Hver treffsetning teller som en tekstdel.",
        "The codebook's cues were looked up in the texts. Lemmas come from {source}. Each matched sentence counts as a segment.",
    ),
    "limits_text": (
        "Tre kommuner er tre tilfeller, ikke et utvalg: modellen sier «sett i k av 3 kommuner», aldri noe om kommuner generelt. "
        "Antall tekstdeler følger av hvem som ble intervjuet og hvor mye de snakket. At to elementer omtales sammen, betyr ikke at "
        "det ene fører til det andre. Sitatene er pseudonymisert, ikke anonymisert.",
        "Three municipalities are three cases, not a sample: the model says “seen in k of 3 municipalities”, never anything about "
        "municipalities at large. How many segments there are follows from who was interviewed and how much they talked. That two "
        "elements are spoken of together does not mean that one leads to the other. Quotes are pseudonymised, not anonymised.",
    ),
    "trace_text": (
        "Hvert tall kan spores til tekststedene det bygger på: foran trace {file} KODE",
        "Every number can be traced to the passages it rests on: foran trace {file} CODE",
    ),
    "no_quotes": ("Ingen sitater kan vises.", "No quotes can be shown."),
    "turn": ("ytring", "turn"),
    "by_breadth": (
        "Ordnet etter bredde: først antall kommuner, så dokumenter, så aktørtyper. Antall tekstdeler avgjør aldri rekkefølgen alene.",
        "Ordered by breadth: municipalities first, then documents, then actor types. Segment counts never decide alone.",
    ),
    "definition": ("Definisjon", "Definition"),
    "strongest": ("De tydeligste sammenhengene", "The clearest relations"),
    "distorted": (
        "skjev: det ene elementet er mer enn fem ganger så hyppig",
        "distorted: one element is more than five times as frequent",
    ),
    "tags": ("Merkelapper", "Tags"),
    "decided": ("Besluttet", "Decided"),
    "suggested_share": ("Stikkordenes treff mot menneskelig koding", "Cue hits against human coding"),
}


def words(language: str) -> Mapping[str, str]:
    """All words of the reports in one language: "nb" or "en"."""
    place = {"nb": 0, "en": 1}[language]
    return {key: pair[place] for key, pair in _WORDS.items()}


def number(value: float, language: str, digits: int = 0) -> str:
    r"""A number as people of that language write it; independent of the machine's locale.

    >>> number(46332, "nb"), number(1.25, "nb", 2), number(46332, "en")
    ('46\xa0332', '1,25', '46,332')
    """
    text = f"{value:,.{digits}f}"
    if language == "nb":
        return text.replace(",", "\u00a0").replace(".", ",")
    return text
