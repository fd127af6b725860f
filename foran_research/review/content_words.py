"""What a review pack says in its own words, in bokmål, nynorsk and English side by side. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

LANGUAGES = ("nb", "nn", "en")
Text = dict[str, str]

#: By key, the text in each language; what is filled in stands in braces.
WORDS: Mapping[str, tuple[str, str, str]] = {
    # ---- in short
    "short_material": (
        "Modellen bygger på intervjuer og dokumenter fra {where} fram til {day}.",
        "Modellen byggjer på intervju og dokument frå {where} fram til {day}.",
        "The model rests on interviews and documents from {where} up to {day}.",
    ),
    "short_machine": (
        "Den bygger på det en maskin foreslår, ikke på det forskere har kodet.",
        "Han byggjer på det ei maskin gjer framlegg om, ikkje på det forskarar har koda.",
        "It rests on what a machine suggests, not on what researchers have coded.",
    ),
    "short_elements": (
        "Den har {n} elementer. Om {k} av dem har noen i {where} sagt noe.",
        "Han har {n} element. Om {k} av dei har nokon i {where} sagt noko.",
        "It has {n} elements. Of {k} of them somebody in {where} has said something.",
    ),
    "short_promoting": (
        "Dette trekkes bredest fram som noe som fremmer: {names}.",
        "Dette blir breiast trekt fram som noko som fremjar: {names}.",
        "This is most broadly said to promote: {names}.",
    ),
    "short_inhibiting": (
        "Dette trekkes bredest fram som noe som hemmer: {names}.",
        "Dette blir breiast trekt fram som noko som hemmar: {names}.",
        "This is most broadly said to inhibit: {names}.",
    ),
    "short_particular": (
        "Særlig for {where}: {names}.",
        "Særleg for {where}: {names}.",
        "Particular to {where}: {names}.",
    ),
    "short_maturity": (
        "Modenheten er vurdert for {n} elementer.",
        "Modnaden er vurdert for {n} element.",
        "Maturity has been assessed for {n} elements.",
    ),
    "short_measures": (
        "Det er skrevet ned {n} tiltak.",
        "Det er skrive ned {n} tiltak.",
        "{n} measures have been written down.",
    ),
    "short_changes": (
        "Siden {before} er {n} ting endret i kodeboka eller modellen. Hver endring har en begrunnelse.",
        "Sidan {before} er {n} ting endra i kodeboka eller modellen. Kvar endring har ei grunngjeving.",
        "Since {before}, {n} things have changed in the codebook or the model. Each change has its reason.",
    ),
    "short_first": (
        "Dette er den første versjonen, så ingenting er endret ennå.",
        "Dette er den første versjonen, så ingenting er endra enno.",
        "This is the first version, so nothing has changed yet.",
    ),
    "short_quotes": (
        "Her står {n} utsagn som er klarert for å bli vist. Resten blir ikke vist.",
        "Her står {n} utsegner som er klarerte for å bli viste. Resten blir ikkje vist.",
        "{n} passages that are cleared for this are shown here. The others are not shown.",
    ),
    "short_one_quote": (
        "Her står ett utsagn som er klarert for å bli vist. Resten blir ikke vist.",
        "Her står éi utsegn som er klarert for å bli vist. Resten blir ikkje vist.",
        "One passage that is cleared for this is shown here. The others are not shown.",
    ),
    "short_no_quotes": (
        "Ingen utsagn er klarert for å bli vist, så her står det ingen sitater.",
        "Ingen utsegner er klarerte for å bli viste, så her står det ingen sitat.",
        "No passages are cleared for this, so nobody is quoted here.",
    ),
    "short_questions": (
        "Vi har {n} spørsmål til dere.",
        "Vi har {n} spørsmål til dykk.",
        "We have {n} questions for you.",
    ),
    "short_one_question": (
        "Vi har ett spørsmål til dere.",
        "Vi har eitt spørsmål til dykk.",
        "We have one question for you.",
    ),
    # ---- claims
    "named": ("«{element}»", "«{element}»", "“{element}”"),
    "promoting_in": (
        "I {where} trekkes «{element}» fram som noe som fremmer innovative anskaffelser.",
        "I {where} blir «{element}» trekt fram som noko som fremjar innovative anskaffingar.",
        "In {where}, “{element}” is said to promote innovative procurement.",
    ),
    "inhibiting_in": (
        "I {where} trekkes «{element}» fram som noe som hemmer innovative anskaffelser.",
        "I {where} blir «{element}» trekt fram som noko som hemmar innovative anskaffingar.",
        "In {where}, “{element}” is said to inhibit innovative procurement.",
    ),
    "promoting": (
        "«{element}» trekkes fram som noe som fremmer innovative anskaffelser i kommunene.",
        "«{element}» blir trekt fram som noko som fremjar innovative anskaffingar i kommunane.",
        "“{element}” is said to promote innovative procurement in the municipalities.",
    ),
    "inhibiting": (
        "«{element}» trekkes fram som noe som hemmer innovative anskaffelser i kommunene.",
        "«{element}» blir trekt fram som noko som hemmar innovative anskaffingar i kommunane.",
        "“{element}” is said to inhibit innovative procurement in the municipalities.",
    ),
    "only_here": (
        "{element} har belegg i {where}, men ikke i {others}, der det også ble spurt om det.",
        "{element} har belegg i {where}, men ikkje i {others}, der det òg vart spurt om det.",
        "{element} has evidence in {where}, but not in {others}, where it was asked about as well.",
    ),
    "missing_here": (
        "{element} er ikke nevnt i {where}, enda det ble spurt om det. I {others} har det belegg.",
        "{element} er ikkje nemnt i {where}, endå det vart spurt om det. I {others} har det belegg.",
        "{element} is not mentioned in {where}, though it was asked about. In {others} it has evidence.",
    ),
    "opposite": (
        "{element} omtales som noe som {here} i {where}, men som noe som {there} i {others}.",
        "{element} blir omtalt som noko som {here} i {where}, men som noko som {there} i {others}.",
        "{element} is said to {here} in {where}, but to {there} in {others}.",
    ),
    "edge_only_here": (
        "{element} omtales sammen i {where}. I {others} er begge omtalt, men ikke sammen.",
        "{element} blir omtalte saman i {where}. I {others} er begge omtalte, men ikkje saman.",
        "{element} are spoken of together in {where}. In {others} both are spoken of, but not together.",
    ),
    "verb_promoting": ("fremmer", "fremjar", "promote"),
    "verb_inhibiting": ("hemmer", "hemmar", "inhibit"),
    "gap": (
        "I {where} ligger «{element}» lavere enn kommunens eget mål.",
        "I {where} ligg «{element}» lågare enn kommunen sitt eige mål.",
        "In {where}, “{element}” lies below the municipality's own target.",
    ),
    "up": (
        "«{element}» har kommet lenger i {where} siden forbedringsmodellen.",
        "«{element}» har kome lenger i {where} sidan forbetringsmodellen.",
        "“{element}” has come further in {where} since the improvement model.",
    ),
    "down": (
        "«{element}» er vurdert lavere i {where} enn ved forbedringsmodellen.",
        "«{element}» er vurdert lågare i {where} enn ved forbetringsmodellen.",
        "“{element}” is assessed lower in {where} than at the improvement model.",
    ),
    "all_cases": ("kommunene", "kommunane", "the municipalities"),
    "and": (" og ", " og ", " and "),
    # ---- changes of the model
    "strengthened": (
        "En større del av de nye dokumentene enn av de eldre viser elementet.",
        "Ein større del av dei nye dokumenta enn av dei eldre viser elementet.",
        "A larger share of the new documents than of the older ones shows the element.",
    ),
    "weakened": (
        "En mindre del av de nye dokumentene enn av de eldre viser elementet.",
        "Ein mindre del av dei nye dokumenta enn av dei eldre viser elementet.",
        "A smaller share of the new documents than of the older ones shows the element.",
    ),
    "turned": (
        "Omtalen har gått fra «{before}» til «{after}».",
        "Omtalen har gått frå «{before}» til «{after}».",
        "What is said has gone from “{before}” to “{after}”.",
    ),
    "turned_why": (
        "Det følger av utsagn som er kommet til eller kodet siden sist.",
        "Det følgjer av utsegner som er komne til eller koda sidan sist.",
        "That follows from passages that were added or coded since.",
    ),
    "direction_promoting": ("fremmer", "fremjar", "promotes"),
    "direction_inhibiting": ("hemmer", "hemmar", "inhibits"),
    "direction_mixed": ("både og", "både og", "both ways"),
    # ---- maturity
    "level_without_evidence": (
        "Nivået er gitt uten belegg.",
        "Nivået er gitt utan belegg.",
        "The level was given without evidence.",
    ),
    "insufficient_evidence": (
        "Belegget er smalere enn nivået krever.",
        "Belegget er smalare enn nivået krev.",
        "The evidence is narrower than the level asks for.",
    ),
    "evidence_gone": (
        "Noe av belegget finnes ikke lenger.",
        "Noko av belegget finst ikkje lenger.",
        "Some of the evidence is no longer there.",
    ),
    "no_rationale": (
        "Vurderingen er ikke begrunnet.",
        "Vurderinga er ikkje grunngjeven.",
        "No reason was given for the assessment.",
    ),
    "evidence_elsewhere": (
        "Belegget kommer fra andre kommuner.",
        "Belegget kjem frå andre kommunar.",
        "The evidence comes from other municipalities.",
    ),
    # ---- networks
    "network_all": ("Alle kommunene sammen", "Alle kommunane saman", "All municipalities together"),
    "network_note": (
        "En strek betyr at to elementer er omtalt i samme innlegg minst {least} ganger. Den sier ikke at det ene fører til "
        "det andre. Stiplet strek: tallet er for lite til å vises. Størrelsen følger hvor mange dokumenter som viser elementet.",
        "Ein strek tyder at to element er omtalte i same innlegg minst {least} gonger. Han seier ikkje at det eine fører til "
        "det andre. Stipla strek: talet er for lite til å visast. Storleiken følgjer kor mange dokument som viser elementet.",
        "A line means that two elements are spoken of in the same turn at least {least} times. It does not say that one "
        "leads to the other. A dashed line: the number is too small to be shown. Size follows how many documents show the "
        "element.",
    ),
    # ---- what was left out
    "left_not_cleared": (
        "Utsagn som ikke er klarert for denne leserkretsen.",
        "Utsegner som ikkje er klarerte for denne lesarkrinsen.",
        "Passages that are not cleared for these readers.",
    ),
    "left_lapsed": (
        "Utsagn som var klarert, men der ordene, samtykket eller kodingen er endret siden.",
        "Utsegner som var klarerte, men der orda, samtykket eller kodinga er endra sidan.",
        "Passages that were cleared, but whose words, consent or coding have changed since.",
    ),
    "left_no_consent": (
        "Utsagn fra noen som ikke har samtykket til å bli sitert.",
        "Utsegner frå nokon som ikkje har samtykt til å bli sitert.",
        "Passages by somebody who has not consented to being quoted.",
    ),
    "left_hidden_document": (
        "Utsagn i dokumenter som ikke kan vises.",
        "Utsegner i dokument som ikkje kan visast.",
        "Passages in documents that may not be shown.",
    ),
    "left_small_cell": (
        "Tall som er for små til å vises, og tall som ville røpe dem: færre enn {persons} personer eller {documents} dokumenter.",
        "Tal som er for små til å visast, og tal som ville røpe dei: færre enn {persons} personar eller {documents} dokument.",
        "Numbers too small to be shown, and numbers that would give them away: fewer than {persons} persons or {documents} documents.",
    ),
    "left_small_maturity": (
        "Egenvurderinger fra så få personer at de ikke vises.",
        "Eigenvurderingar frå så få personar at dei ikkje blir viste.",
        "Self-assessments by so few persons that they are not shown.",
    ),
    "left_enough_of_one": (
        "Klarerte utsagn fra noen som alt er sitert flere ganger.",
        "Klarerte utsegner frå nokon som alt er sitert fleire gonger.",
        "Cleared passages by somebody who is already quoted several times.",
    ),
    "left_too_long": (
        "Klarerte utsagn som er for lange til å leses her.",
        "Klarerte utsegner som er for lange til å lesast her.",
        "Cleared passages too long to be read here.",
    ),
    "left_repeats": (
        "Tekster som gjengir ord fra utsagn som ikke er klarert.",
        "Tekstar som gjev att ord frå utsegner som ikkje er klarerte.",
        "Texts that repeat words of passages that are not cleared.",
    ),
    "held_back": ("[holdt tilbake]", "[halde tilbake]", "[kept back]"),
    # ---- how it was made
    "made_study": ("Studie", "Studie", "Study"),
    "made_milestone": ("Milepæl", "Milepæl", "Milestone"),
    "made_model": ("Modell", "Modell", "Model"),
    "made_cut_off": ("Dokumenter fram til", "Dokument fram til", "Documents up to"),
    "made_coded_until": ("Koding fram til", "Koding fram til", "Coding up to"),
    "made_codebook": ("Kodebok", "Kodebok", "Codebook"),
    "made_basis": ("Bygger på", "Byggjer på", "Rests on"),
    "basis_human": ("koding gjort av mennesker", "koding gjord av menneske", "coding by people"),
    "basis_suggestions": ("forslag fra en maskin", "framlegg frå ei maskin", "suggestions by a machine"),
    "made_audience": ("Laget for", "Laga for", "Made for"),
    "audience_co_researchers": ("medforskere", "medforskarar", "co-researchers"),
    "audience_workshop": ("deltakere på en samling", "deltakarar på ei samling", "participants of a workshop"),
    "audience_public": ("alle", "alle", "everybody"),
    "made_limits": ("Færrest i et tall", "Færrast i eit tal", "Fewest in a number"),
    "limits": (
        "{persons} personer, {documents} dokumenter",
        "{persons} personar, {documents} dokument",
        "{persons} persons, {documents} documents",
    ),
}  # fmt: skip


def said(key: str, **filled: Any) -> Text:
    """A text of the pack's own in every language; what is filled in is a text in each as well, or the same in all.

    >>> said("left_too_long")["nn"]
    'Klarerte utsegner som er for lange til å lesast her.'
    """
    return {
        language: text.format(**{name: value_in(value, language) for name, value in filled.items()})
        for language, text in zip(LANGUAGES, WORDS[key], strict=True)
    }


def value_in(value: Any, language: str) -> Any:
    """What is filled in, in a language: nynorsk takes bokmål where there is none."""
    return (value.get(language) or value.get("nb") or value.get("en", "")) if isinstance(value, Mapping) else value


def of_study(text: Mapping[str, str] | None) -> Text:
    """A text of the study as a pack has it: composed letters, both languages, nynorsk where there is any.

    >>> of_study({"nb": "A\u030apen", "en": ""})
    {'nb': 'Åpen', 'en': 'Åpen'}
    """
    given = {name: unicodedata.normalize("NFC", own) for name, own in (text or {}).items() if own}
    nb = given.get("nb") or given.get("nn") or given.get("en", "")
    return {"nb": nb, **({"nn": given["nn"]} if "nn" in given else {}), "en": given.get("en") or nb}


def in_row(texts: Sequence[Mapping[str, str]], between: str = ", ") -> Text:
    """Texts in a row, in every language.

    >>> in_row([said("verb_promoting"), said("verb_inhibiting")])["nb"]
    'fremmer, hemmer'
    """
    return {language: between.join(value_in(text, language) for text in texts) for language in LANGUAGES}


def listed(texts: Sequence[Mapping[str, str]]) -> Text:
    """Things named one after another, with "and" before the last.

    >>> listed([of_study({"nb": name}) for name in ("Å", "B", "C")])["en"]
    'Å, B and C'
    """
    if len(texts) < 2:
        return in_row(texts)
    first, last, joint = in_row(texts[:-1]), in_row(texts[-1:]), said("and")
    return {language: f"{first[language]}{joint[language]}{last[language]}" for language in LANGUAGES}
