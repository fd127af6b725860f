"""What a review pack says in its own words, in bokmål, nynorsk and English side by side. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

LANGUAGES = ("nb", "nn", "en")
Text = dict[str, str]

#: By key, the text in each language; what is filled in stands in braces.
WORDS: Mapping[str, tuple[str, str, str]] = {
    # ---- in short
    "short_material": (
        "Modellen bygger på {what} fra {where} fram til {day}.",
        "Modellen byggjer på {what} frå {where} fram til {day}.",
        "The model rests on {what} from {where} up to {day}.",
    ),
    "short_machine": (
        "Den bygger på det en maskin foreslår, ikke på det forskere har kodet.",
        "Han byggjer på det ei maskin gjer framlegg om, ikkje på det forskarar har koda.",
        "It rests on what a machine suggests, not on what researchers have coded.",
    ),
    "short_elements": (
        "Modellen har {all} elementer. {seen} av dem er omtalt i materialet fra {where}.",
        "Modellen har {all} element. {seen} av dei er omtalte i materialet frå {where}.",
        "The model has {all} elements. {seen} of them are spoken of in the material from {where}.",
    ),
    "short_elements_parts": (
        "Modellen har {all} elementer: {n} hovedelementer og {parts} deler av dem. Av hovedelementene er {seen} omtalt i "
        "materialet fra {where}.",
        "Modellen har {all} element: {n} hovudelement og {parts} delar av dei. Av hovudelementa er {seen} omtalte i "
        "materialet frå {where}.",
        "The model has {all} elements: {n} main elements and {parts} parts of them. Of the main elements, {seen} are spoken of "
        "in the material from {where}.",
    ),
    "short_both": (
        "Dette trekkes bredest fram både som noe som fremmer og som noe som hemmer: {names}.",
        "Dette blir breiast trekt fram både som noko som fremjar og som noko som hemmar: {names}.",
        "This is most broadly said both to promote and to inhibit: {names}.",
    ),
    "short_promoting": (
        "Blant det som trekkes bredest fram som noe som fremmer, er {names}.",
        "Blant det som blir breiast trekt fram som noko som fremjar, er {names}.",
        "Among what is most broadly said to promote: {names}.",
    ),
    "short_inhibiting": (
        "Blant det som trekkes bredest fram som noe som hemmer, er {names}.",
        "Blant det som blir breiast trekt fram som noko som hemmar, er {names}.",
        "Among what is most broadly said to inhibit: {names}.",
    ),
    "short_promoting_else": (
        "Ellers er dette blant det som trekkes bredest fram som noe som fremmer: {names}.",
        "Elles er dette blant det som blir breiast trekt fram som noko som fremjar: {names}.",
        "Apart from that, this is among what is most broadly said to promote: {names}.",
    ),
    "short_inhibiting_else": (
        "Ellers er dette blant det som trekkes bredest fram som noe som hemmer: {names}.",
        "Elles er dette blant det som blir breiast trekt fram som noko som hemmar: {names}.",
        "Apart from that, this is among what is most broadly said to inhibit: {names}.",
    ),
    "short_particular": (
        "Her skiller {where} seg fra en eller flere av de andre kommunene: {names}.",
        "Her skil {where} seg frå ein eller fleire av dei andre kommunane: {names}.",
        "Here {where} differs from one or more of the other municipalities: {names}.",
    ),
    "short_maturity": (
        "Modenheten er vurdert for {n} elementer.",
        "Modnaden er vurdert for {n} element.",
        "Maturity has been assessed for {n} elements.",
    ),
    "short_maturity_one": (
        "Modenheten er vurdert for ett element.",
        "Modnaden er vurdert for eitt element.",
        "Maturity has been assessed for one element.",
    ),
    "short_maturity_cases": (
        "Modenheten er vurdert for {n} elementer, hvert av dem i minst én kommune.",
        "Modnaden er vurdert for {n} element, kvart av dei i minst éin kommune.",
        "Maturity has been assessed for {n} elements, each of them in at least one municipality.",
    ),
    "short_maturity_cases_one": (
        "Modenheten er vurdert for ett element.",
        "Modnaden er vurdert for eitt element.",
        "Maturity has been assessed for one element.",
    ),
    "short_targets": (
        "{reached} av {n} mål er nådd.",
        "{reached} av {n} mål er nådde.",
        "{reached} of {n} targets are reached.",
    ),
    "short_measures": (
        "Det er skrevet ned {n} tiltak.",
        "Det er skrive ned {n} tiltak.",
        "{n} measures have been written down.",
    ),
    "short_measures_one": (
        "Det er skrevet ned ett tiltak.",
        "Det er skrive ned eitt tiltak.",
        "One measure has been written down.",
    ),
    "named_model": ("«{title}» ({id})", "«{title}» ({id})", "“{title}” ({id})"),
    "short_changes": (
        "Siden {before} er {n} ting endret i {things}.",
        "Sidan {before} er {n} ting endra i {things}.",
        "Since {before}, {n} things have changed in {things}.",
    ),
    "short_changes_one": (
        "Siden {before} er én ting endret i {things}.",
        "Sidan {before} er éin ting endra i {things}.",
        "Since {before}, one thing has changed in {things}.",
    ),
    "short_unchanged": (
        "Siden {before} er ingenting endret i {things}.",
        "Sidan {before} er ingenting endra i {things}.",
        "Since {before}, nothing has changed in {things}.",
    ),
    "short_rejected": (
        "{n} forslag til endring ble ikke tatt inn.",
        "{n} framlegg til endring vart ikkje tekne inn.",
        "{n} proposed changes were not taken in.",
    ),
    "short_rejected_one": (
        "Ett forslag til endring ble ikke tatt inn.",
        "Eitt framlegg til endring vart ikkje teke inn.",
        "One proposed change was not taken in.",
    ),
    "things_model": ("kodeboka eller modellen", "kodeboka eller modellen", "the codebook or the model"),
    "things_all": (
        "kodeboka, modellen eller tiltakene",
        "kodeboka, modellen eller tiltaka",
        "the codebook, the model or the measures",
    ),
    "things_other": ("kodeboka eller tiltakene", "kodeboka eller tiltaka", "the codebook or the measures"),
    "short_other": (
        "Det var en annen slags modell, så det folk har sagt da og nå, er ikke sammenliknet.",
        "Det var ein annan slags modell, så det folk har sagt då og no, er ikkje samanlikna.",
        "That was another kind of model, so what people said then and now has not been compared.",
    ),
    "short_first": (
        "Det er ingen tidligere modell å sammenlikne med.",
        "Det er ingen tidlegare modell å samanlikne med.",
        "There is no earlier model to compare with.",
    ),
    "short_first_here": (
        "Det er ingen tidligere modell for {where} å sammenlikne med.",
        "Det er ingen tidlegare modell for {where} å samanlikne med.",
        "There is no earlier model for {where} to compare with.",
    ),
    "short_quotes": (
        "Her står {n} utsagn som er klarert for å bli vist.",
        "Her står {n} utsegner som er klarerte for å bli viste.",
        "{n} passages that are cleared for this are shown here.",
    ),
    "short_quotes_one": (
        "Her står ett utsagn som er klarert for å bli vist.",
        "Her står éi utsegn som er klarert for å bli vist.",
        "One passage that is cleared for this is shown here.",
    ),
    "short_own_some": (
        "{n} av dem er fra {where}; de andre er fra andre kommuner og står her til sammenlikning.",
        "{n} av dei er frå {where}; dei andre er frå andre kommunar og står her til samanlikning.",
        "{n} of them are from {where}; the others are from other municipalities and stand here for comparison.",
    ),
    "short_own_some_one": (
        "Ett av dem er fra {where}; de andre er fra andre kommuner og står her til sammenlikning.",
        "Éi av dei er frå {where}; dei andre er frå andre kommunar og står her til samanlikning.",
        "One of them is from {where}; the others are from other municipalities and stand here for comparison.",
    ),
    "short_own_all": ("Alle er fra {where}.", "Alle er frå {where}.", "All of them are from {where}."),
    "short_own_all_one": ("Det er fra {where}.", "Ho er frå {where}.", "It is from {where}."),
    "short_own_none": (
        "Ingen av dem er fra {where}; de er fra andre kommuner og står her til sammenlikning.",
        "Ingen av dei er frå {where}; dei er frå andre kommunar og står her til samanlikning.",
        "None of them is from {where}; they are from other municipalities and stand here for comparison.",
    ),
    "short_own_none_one": (
        "Det er ikke fra {where}, men fra en annen kommune, og står her til sammenlikning.",
        "Ho er ikkje frå {where}, men frå ein annan kommune, og står her til samanlikning.",
        "It is not from {where} but from another municipality, and stands here for comparison.",
    ),
    "short_quotes_rest": (
        "Andre utsagn blir ikke vist.",
        "Andre utsegner blir ikkje viste.",
        "Other passages are not shown.",
    ),
    "short_no_quotes": (
        "Ingen utsagn er klarert for å bli vist, så her står det ingen sitater.",
        "Ingen utsegner er klarerte for å bli viste, så her står det ingen sitat.",
        "No passages are cleared for this, so nobody is quoted here.",
    ),
    # ---- what it rests on
    "rests_on": ("{where}: {what}", "{where}: {what}", "{where}: {what}"),
    "fewer_than": ("færre enn {n} {what}", "færre enn {n} {what}", "fewer than {n} {what}"),
    "some_of_kind": ("noen {what}", "nokre {what}", "some {what}"),
    "no_documents": ("ingen dokumenter", "ingen dokument", "no documents"),
    "kind_interview": ("intervjuer", "intervju", "interviews"),
    "kind_interview_one": ("ett intervju", "eitt intervju", "one interview"),
    "kind_workshop_note": ("notater", "notat", "notes"),
    "kind_workshop_note_one": ("ett notat", "eitt notat", "one note"),
    "kind_public_document": ("offentlige dokumenter", "offentlege dokument", "public documents"),
    "kind_public_document_one": ("ett offentlig dokument", "eitt offentleg dokument", "one public document"),
    # ---- elements
    "note_of_part": (
        "Tall og sitater for denne delen er samlet under {element}.",
        "Tal og sitat for denne delen er samla under {element}.",
        "Numbers and quotes for this part are gathered under {element}.",
    ),
    "note_with_parts": (
        "Det som er sagt om delene, er regnet med her.",
        "Det som er sagt om delane, er rekna med her.",
        "What is said of the parts is counted here.",
    ),
    "note_only_parts": (
        "Det er bare delene som er omtalt. Det som er sagt om dem, er regnet med her.",
        "Det er berre delane som er omtalte. Det som er sagt om dei, er rekna med her.",
        "Only the parts are spoken of. What is said of them is counted here.",
    ),
    "note_none": (
        "Verken elementet eller delene er omtalt i materialet.",
        "Verken elementet eller delane er omtalte i materialet.",
        "Neither the element nor its parts are spoken of in the material.",
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
    "both_in": (
        "I {where} trekkes «{element}» fram både som noe som fremmer og som noe som hemmer innovative anskaffelser.",
        "I {where} blir «{element}» trekt fram både som noko som fremjar og som noko som hemmar innovative anskaffingar.",
        "In {where}, “{element}” is said both to promote and to inhibit innovative procurement.",
    ),
    "both": (
        "«{element}» trekkes fram både som noe som fremmer og som noe som hemmer innovative anskaffelser i kommunene.",
        "«{element}» blir trekt fram både som noko som fremjar og som noko som hemmar innovative anskaffingar i kommunane.",
        "“{element}” is said both to promote and to inhibit innovative procurement in the municipalities.",
    ),
    "only_here": (
        "{element} er omtalt i {where}, men ikke i {others}, enda det ble spurt om det der.",
        "{element} er omtalt i {where}, men ikkje i {others}, endå det vart spurt om det der.",
        "{element} is spoken of in {where}, but not in {others}, though it was asked about there.",
    ),
    "missing_here": (
        "{element} er ikke omtalt i {where}, enda det ble spurt om det. I {others} er det omtalt.",
        "{element} er ikkje omtalt i {where}, endå det vart spurt om det. I {others} er det omtalt.",
        "{element} is not spoken of in {where}, though it was asked about. In {others} it is spoken of.",
    ),
    "opposite": (
        "{element} omtales mest som noe som {here} i {where}, men mest som noe som {there} i {others}.",
        "{element} blir mest omtalt som noko som {here} i {where}, men mest som noko som {there} i {others}.",
        "{element} is mostly said to {here} in {where}, but mostly to {there} in {others}.",
    ),
    "edge_only_here": (
        "{element} omtales sammen i {where}. I {others} er begge omtalt, men ikke sammen.",
        "{element} blir omtalte saman i {where}. I {others} er begge omtalte, men ikkje saman.",
        "{element} are spoken of together in {where}. In {others} both are spoken of, but not together.",
    ),
    "verb_promoting": ("fremmer", "fremjar", "promote"),
    "verb_inhibiting": ("hemmer", "hemmar", "inhibit"),
    "gap": (
        "{by} vurderer «{element}» i {where} til trinn {level}. Det er lavere enn kommunens eget mål, som er trinn {target}.",
        "{by} vurderer «{element}» i {where} til trinn {level}. Det er lågare enn kommunen sitt eige mål, som er trinn {target}.",
        "{by} assess “{element}” in {where} at level {level}. That is lower than the municipality's own target, level {target}.",
    ),
    "up": (
        "{by} vurderer «{element}» i {where} høyere enn {then}: trinn {level}, mot trinn {before} da.",
        "{by} vurderer «{element}» i {where} høgare enn {then}: trinn {level}, mot trinn {before} då.",
        "{by} assess “{element}” in {where} higher than {then}: level {level}, against level {before} then.",
    ),
    "down": (
        "{by} vurderer «{element}» i {where} lavere enn {then}: trinn {level}, mot trinn {before} da.",
        "{by} vurderer «{element}» i {where} lågare enn {then}: trinn {level}, mot trinn {before} då.",
        "{by} assess “{element}” in {where} lower than {then}: level {level}, against level {before} then.",
    ),
    "redefined_since": (
        "Elementet har fått et annet innhold i mellomtida.",
        "Elementet har fått eit anna innhald i mellomtida.",
        "What the element covers has changed in between.",
    ),
    "by_researcher": ("Forskerne", "Forskarane", "The researchers"),
    "by_self": ("Folk i kommunen selv", "Folk i kommunen sjølv", "People of the municipality itself"),
    "by_joint": (
        "Folk i kommunen og forskerne sammen",
        "Folk i kommunen og forskarane saman",
        "People of the municipality and the researchers together",
    ),
    "then_at_model": ("ved {model} i {month}", "ved {model} i {month}", "at {model} in {month}"),
    "then_in_month": ("i {month}", "i {month}", "in {month}"),
    "the_improvement": ("forbedringsmodellen", "forbetringsmodellen", "the improvement model"),
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
    # ---- changes of the measures
    "measure_new": (
        "{title} (skrevet ned {day})",
        "{title} (skrive ned {day})",
        "{title} (written down on {day})",
    ),
    "measure_status": (
        "{title} (var «{before}» ved forrige modell, er nå «{after}»; sist meldt {day})",
        "{title} (var «{before}» ved førre modell, er no «{after}»; sist meldt {day})",
        "{title} (was “{before}” at the model before, is now “{after}”; last reported on {day})",
    ),
    "status_planned": ("planlagt", "planlagt", "planned"),
    "status_begun": ("i gang", "i gang", "begun"),
    "status_done": ("gjort", "gjort", "done"),
    "status_postponed": ("utsatt", "utsett", "postponed"),
    "status_stopped": ("stoppet", "stoppa", "stopped"),
    # ---- what comes next
    "next_overdue": (
        "Skulle vært ferdig {day}: {what}",
        "Skulle ha vore ferdig {day}: {what}",
        "Should have been done by {day}: {what}",
    ),
    "next_due": ("Innen {day}: {what}", "Innan {day}: {what}", "By {day}: {what}"),
    "next_postponed": (
        "Utsatt, var planlagt til {day}: {what}",
        "Utsett, var planlagt til {day}: {what}",
        "Put off, was planned for {day}: {what}",
    ),
    "next_reported": ("Meldt {day}: {what}", "Meldt {day}: {what}", "Reported on {day}: {what}"),
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
        "Vurderinga er ikkje grunngitt.",
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
        "En strek betyr at to elementer er omtalt i samme innlegg minst {least} ganger. Uten strek er de omtalt sammen "
        "sjeldnere, eller ikke i det hele tatt. Streken sier ikke at det ene fører til det andre.",
        "Ein strek tyder at to element er omtalte i same innlegg minst {least} gonger. Utan strek er dei omtalte saman "
        "sjeldnare, eller ikkje i det heile. Streken seier ikkje at det eine fører til det andre.",
        "A line means that two elements are spoken of in the same turn at least {least} times. Without one they are spoken "
        "of together less often, or not at all. The line does not say that one leads to the other.",
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
    "left_small_difference": (
        "Tall som sammen med en annen pakke eller side ville røpe hva færre enn {persons} personer eller {documents} dokumenter "
        "sier. Der det står «minst», er tallet fra en tidligere pakke eller side. Det virkelige kan være høyere, også mye, og "
        "det kan ikke sammenliknes med andre tall.",
        "Tal som saman med ein annan pakke eller ei anna side ville røpe kva færre enn {persons} personar eller {documents} dokument "
        "seier. Der det står «minst», er talet frå ein tidlegare pakke eller ei tidlegare side. Det verkelege kan vere høgare, også "
        "mykje, og det kan ikkje samanliknast med andre tal.",
        "Numbers that together with another pack or page would give away what fewer than {persons} persons or {documents} "
        "documents say. Where it says “at least”, the number is from an earlier pack or page. The real one may be higher, even by "
        "much, and it cannot be compared with other numbers.",
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
    "model_capability": ("kapabilitetsmodell", "kapabilitetsmodell", "capability model"),
    "model_practice": ("praksismodell", "praksismodell", "practice model"),
    "model_improvement": ("forbedringsmodell", "forbetringsmodell", "improvement model"),
    "model_followup": (
        "oppfølgings- og evalueringsmodell",
        "oppfølgings- og evalueringsmodell",
        "follow-up and evaluation model",
    ),
    "model_and_version": ("{model}, versjon {version}", "{model}, versjon {version}", "{model}, version {version}"),
    "book_version": ("versjon {version}", "versjon {version}", "version {version}"),
    "made_limits": ("Tall vises når de gjelder minst", "Tal blir viste når dei gjeld minst", "Numbers are shown that stand for at least"),
    "limits": (
        "{persons} personer og {documents} dokumenter",
        "{persons} personar og {documents} dokument",
        "{persons} persons and {documents} documents",
    ),
}  # fmt: skip

#: Abbreviations that readers outside the field need to be told of: what each stands for, and what that is.
ABBREVIATIONS: Mapping[str, tuple[tuple[str, str, str], tuple[str, str, str]]] = {
    "IOA": (
        ("innovativ offentlig anskaffelse", "innovativ offentleg anskaffing", "innovative public procurement"),
        (
            "Et offentlig innkjøp som gir plass til nye løsninger.",
            "Eit offentleg innkjøp som gir plass til nye løysingar.",
            "A public purchase that leaves room for new solutions. The letters are those of the Norwegian words.",
        ),
    ),
    "SMB": (
        ("små og mellomstore bedrifter", "små og mellomstore bedrifter", "small and medium-sized enterprises"),
        (
            "Bedrifter med forholdsvis få ansatte.",
            "Bedrifter med nokså få tilsette.",
            "Firms with rather few employees. The letters are those of the Norwegian words.",
        ),
    ),
    "SME": (
        ("små og mellomstore bedrifter", "små og mellomstore bedrifter", "small and medium-sized enterprises"),
        (
            "Bedrifter med forholdsvis få ansatte. Bokstavene er de engelske.",
            "Bedrifter med nokså få tilsette. Bokstavane er dei engelske.",
            "Firms with rather few employees.",
        ),
    ),
    "LUP": (
        (
            "Leverandørutviklingsprogrammet",
            "Leverandørutviklingsprogrammet",
            "the National Programme for Supplier Development",
        ),
        (
            "Et nasjonalt program som støtter innovative anskaffelser.",
            "Eit nasjonalt program som støttar innovative anskaffingar.",
            "A national programme that supports innovative procurement. The letters are those of its Norwegian name.",
        ),
    ),
    "DFØ": (
        (
            "Direktoratet for forvaltning og økonomistyring",
            "Direktoratet for forvaltning og økonomistyring",
            "the Norwegian Agency for Public and Financial Management",
        ),
        (
            "Gir blant annet råd om offentlige anskaffelser.",
            "Gir mellom anna råd om offentlege anskaffingar.",
            "Among other things it gives advice on public procurement. The letters are those of its Norwegian name.",
        ),
    ),
    "KOFA": (
        (
            "Klagenemnda for offentlige anskaffelser",
            "Klagenemnda for offentlege anskaffingar",
            "the Norwegian Complaints Board for Public Procurement",
        ),
        (
            "Behandler klager på offentlige innkjøp.",
            "Behandlar klager på offentlege innkjøp.",
            "Considers complaints about public purchases. The letters are those of its Norwegian name.",
        ),
    ),
    "FoU": (
        ("forskning og utvikling", "forsking og utvikling", "research and development"),
        (
            "Arbeid for å finne ny kunnskap og nye løsninger.",
            "Arbeid for å finne ny kunnskap og nye løysingar.",
            "Work to find new knowledge and new solutions. The letters are those of the Norwegian words.",
        ),
    ),
}  # fmt: skip

#: What tells coders how to use a code, rather than readers what it is.
_TO_CODERS = re.compile(
    r"\w*kod(?:e|a|ing)\w*|\bbruk(?:es|ast)\b|\bhør(?:er)?\b(?: \w+){0,2} (?:her|hit)\b|\bhøyrer\b(?: \w+){0,2} (?:her|hit)\b"
    r"|\b(?:sub-?)?cod(?:es?|ed|ers?|ing)\b|\bbelongs? here\b|\bis used\b|^use\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[«“\"(]?[^\W\d_a-zæøå])")


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


def number_of(key: str, n: int, **filled: Any) -> Text:
    """What is said of so many: the text `key`, or its form for one.

    >>> number_of("short_measures", 1)["nb"], number_of("short_measures", 3)["en"]
    ('Det er skrevet ned ett tiltak.', '3 measures have been written down.')
    """
    return said(f"{key}_one" if n == 1 else key, n=n, **filled)


def abbreviations_in(texts: Iterable[str]) -> list[dict[str, Any]]:
    """The abbreviations that stand in texts as words of their own, or as the first part of one, in alphabetical order.

    >>> [one["short"] for one in abbreviations_in(["Kompetanse på IOA.", "DFØ-notat 🙂", "LUPEN"])]
    ['DFØ', 'IOA']
    >>> abbreviations_in(["IOA-er"])[0]["long"]["nn"]
    'innovativ offentleg anskaffing'
    """
    known = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ABBREVIATIONS))})(?!\w)")
    found = {short for text in texts for short in known.findall(text)}
    return [
        {
            "short": short,
            **{
                key: dict(zip(LANGUAGES, told, strict=True))
                for key, told in zip(("long", "text"), ABBREVIATIONS[short], strict=True)
            },
        }
        for short in sorted(found)
    ]


def brief_of(brief: Mapping[str, str], definition: Mapping[str, str]) -> dict[str, str]:
    """What an element is in short: its own brief or, where there is none, the first sentence that says what it is.

    A sentence that tells coders what to do is passed over, unless there is no other. By language; where nothing is
    written in one, nothing is.

    >>> brief_of({}, {"nb": "Koden brukes sjelden. Møter før åpning. Mer om det.", "en": ""})
    {'nb': 'Møter før åpning.'}
    >>> brief_of({"nb": "Møter. "}, {"nb": "Noe annet.", "en": "Coded as A. Code here."})
    {'nb': 'Møter.', 'en': 'Coded as A.'}
    """
    found = {}
    for language in LANGUAGES:
        own = brief.get(language, "").strip()
        sentences = [one.strip() for one in _SENTENCE.split(definition.get(language, "").strip()) if one.strip()]
        told = own or next((one for one in sentences if not _TO_CODERS.search(one)), sentences[0] if sentences else "")
        if told:
            found[language] = told
    return found


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
