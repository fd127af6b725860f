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
    "changes": ("Hva som er nytt siden forrige versjon", "What is new since the previous version"),
    "codebook_diff": ("Kodeboka", "The codebook"),
    "codebook_diff_see": (
        "Hva som er endret kode for kode, felt for felt, står under",
        "What differs code by code and field by field is told under",
    ),
    "cells": ("Belegg kommune for kommune", "Evidence by municipality"),
    "quotes": ("Utvalgte sitater", "Selected quotes"),
    "method": ("Slik er modellen laget", "How the model was made"),
    "limits": ("Hva modellen ikke kan si", "What the model cannot say"),
    "corpus": ("Materialet", "The material"),
    "contents": ("Innhold", "Contents"),
    "version": ("modellversjon", "model version"),
    "milestone": ("Milepæl", "Milestone"),
    "cut_off": ("Materiale til og med", "Material up to and including"),
    "coded_until": ("Koding til og med", "Coding up to and including"),
    "codebook": ("Kodebok", "Codebook"),
    "coding": ("Koding", "Coding"),
    "human": ("lest og kodet av mennesker", "read and coded by people"),
    "suggestions": ("maskinelle forslag, ikke lest av mennesker", "machine suggestions, not read by people"),
    "suggestions_notice": (
        "Denne rapporten bygger på maskinelle forslag fra kodebokas stikkord. Ingen har lest og kodet tekstene. Tallene viser hvor ord forekommer, ikke hva informantene mener.",
        "This report rests on machine suggestions from the codebook's cues. Nobody has read and coded the texts. The numbers show where words occur, not what informants mean.",
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
    "workshop_notes": ("Workshopnotater", "Workshop notes"),
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
    "mixing": ("Hvor ofte nivåene omtales sammen", "How often the levels are spoken of together"),
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
        "elementer har belegg for hva som fremmer eller hemmer",
        "elements have evidence of what promotes or inhibits",
    ),
    "explained": ("er uten belegg, men med grunn", "are without evidence, but with a reason"),
    "unclear": ("uklare elementer", "unclear elements"),
    "none": ("ingen", "none"),
    "in_every_case": ("har belegg i alle kommunene", "have evidence in every municipality"),
    "broad": (
        "har belegg fra minst to dokumenter og minst to aktørtyper",
        "have evidence from at least two documents and at least two actor types",
    ),
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
        "I {n} tekstdeler sier informanter selv at elementer virker på hverandre. Disse tekstdelene teller ikke som belegg for noe enkelt element.",
        "In {n} segments informants themselves say that elements act on one another. These segments do not count as evidence of any single element.",
    ),
    "read_figure": ("Slik leses figuren", "How to read the figure"),
    "figure_model": (
        "Elementene, ordnet etter nivåene de hører til. Lengden på søylene viser hvor mange kodede tekstdeler som fremmer (blå, til venstre) og hemmer (oransje, skravert, til høyre). Prikkene viser kommunene: fylt prikk er belegg.",
        "The elements, by the levels they belong to. The length of the bars shows how many coded segments promote (blue, left) and inhibit (orange, hatched, right). The dots are the municipalities: a filled dot is evidence.",
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
        "Dokumentene er lest og kodet etter den kodebokversjonen som gjaldt da det ble kodet. Kodene er så ført over til den versjonen milepælen bruker; der en kode er delt, må et menneske velge. Enheten er informantens ytring (i notater: avsnittet). En ytring teller én gang per element, også når flere underelementer er kodet.",
        "The documents were read and coded under the codebook version in force when they were coded. The codes were then carried to the version that the milestone uses; where a code was split, a person must choose. The unit is the informant's turn (in notes: the paragraph). A turn counts once per element, also when several sub-elements were coded.",
    ),
    "method_suggestions": (
        "Kodebokas stikkord ble søkt opp i tekstene. Grunnformer kommer fra {source}. Hver treffsetning teller som ett forslag.",
        "The codebook's cues were looked up in the texts. Lemmas come from {source}. Each matched sentence counts as one suggestion.",
    ),
    "limits_text": (
        "Kommunene er tilfeller, ikke et utvalg: modellen sier bare hvor mange av disse kommunene et element er sett i, aldri noe om kommuner generelt. Antall tekstdeler følger av hvem som ble intervjuet og hvor mye de snakket. At to elementer omtales sammen, betyr ikke at det ene fører til det andre. Sitatene er pseudonymisert, ikke anonymisert.",
        "The municipalities are cases, not a sample: the model says only in how many of these municipalities an element is seen, never anything about municipalities at large. How many segments there are follows from who was interviewed and how much they talked. That two elements are spoken of together does not mean that one leads to the other. Quotes are pseudonymised, not anonymised.",
    ),
    "trace_text": (
        "Hvert tall kan spores til tekststedene det bygger på: foran trace {file} KODE",
        "Every number can be traced to the passages it rests on: foran trace {file} CODE",
    ),
    "no_quotes": (
        "Ingen sitater kan vises. Ingen har samtykket til å bli sitert, eller ingen passasjer egner seg.",
        "No quotes can be shown. Nobody has consented to being quoted, or no passage is suitable.",
    ),
    "turn": ("ytring", "turn"),
    "by_breadth": (
        "Ordnet etter bredde: først antall kommuner, så dokumenter, så aktørtyper. Antall tekstdeler brukes ikke.",
        "Ordered by breadth: municipalities first, then documents, then actor types. Segment counts are not used.",
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
    "stated_interplay_1": (
        "I {n} tekstdel sier en informant selv at elementer virker på hverandre. Den teller ikke som belegg for noe enkelt element.",
        "In {n} segment an informant says that elements act on one another. It does not count as evidence of any single element.",
    ),
    "columns_explained": (
        "«Dok.» er dokumenter, «Inf.» informanter. Inf. kan være mindre enn Dok., siden avsnitt i notater ikke har noen taler. Har noen fra en annen kommune ordet i et notat, teller det for deres egen kommune.",
        "“Docs” are documents, “Inf.” informants. Inf. can be smaller than Docs, since paragraphs of notes have no speaker. When somebody from another municipality speaks in a note, it counts for their own municipality.",
    ),
    "glossary": ("Ord og forkortelser", "Words and abbreviations"),
    "definitions": ("Definisjoner", "Definitions"),
    "see_glossary": ("Forkortelser og faguttrykk er forklart under", "Abbreviations and terms are explained under"),
    "of_actor_types": ("{n} av {m} aktørtyper", "{n} of {m} actor types"),
    "of_which_count": ("hvorav {n} teller i modellen", "of which {n} count in the model"),
    "and": ("og", "and"),
    "quoted": ("«{}»", "“{}”"),
    "percent": ("{} %", "{}%"),
    "short_everywhere": (
        "{n} av {m} elementer har belegg i alle kommunene ({names}).",
        "{n} of {m} elements have evidence in every municipality ({names}).",
    ),
    "short_broadest": (
        "Bredest belegg, regnet i kommuner, dokumenter og aktørtyper, har {names}.",
        "Evidence is broadest, by municipalities, documents and actor types, for {names}.",
    ),
    "short_inhibited": (
        "Størst andel tekstdeler som hemmer, har {names}, blant elementer med minst {n} tekstdeler. Tekstdeler som både fremmer og hemmer, er regnet med.",
        "The largest share of inhibiting segments, among elements with at least {n} segments, is found for {names}. Segments that both promote and inhibit are included.",
    ),
    "short_missing": (
        "{n} av {m} elementer mangler belegg i minst én kommune{names}. Grunnene, talt per element og kommune: {reasons}.",
        "Evidence is lacking in at least one municipality for {n} of {m} elements{names}. The reasons, counted by element and municipality: {reasons}.",
    ),
    "reason_nothing_said": ("spurt om, men ikke nevnt", "asked about, but not spoken of"),
    "reason_not_asked": ("ikke spurt om", "not asked about"),
    "reason_too_late": (
        "kom inn i kodeboka etter at tekstene var lest",
        "came into the codebook after the texts were read",
    ),
    "reason_not_codable": (
        "tekstene er ikke kodet, eller ble lest før elementet kom inn i kodeboka",
        "the texts are not coded, or were read before the element came into the codebook",
    ),
    "reason_pending": ("venter på vurdering", "waiting for judgement"),
    "reason_suppressed": ("belegget kan ikke vises", "the evidence may not be shown"),
    "reason_no_direction": (
        "belegget sier ikke om det fremmer eller hemmer",
        "the evidence does not say whether it promotes or inhibits",
    ),
    "indicators": ("Indikatorene for modellen", "The indicators of the model"),
    "empty_notice": ("Ingen tekst er kodet ennå: modellen er tom.", "No text has been coded yet: the model is empty."),
    "empty_coding": ("ingen koding ennå", "no coding yet"),
    "method_empty": (
        "Tekstene er samlet inn og delt i ytringer (i notater: avsnitt), men ingen av dem er kodet ennå. Alle tall som bygger på koding, er derfor null.",
        "The texts have been collected and divided into turns (in notes: paragraphs), but none of them has been coded yet. All numbers that rest on coding are therefore zero.",
    ),
    "not_coded": ("Dokumenter som ikke er kodet", "Documents not coded"),
    "changes_explained": (
        "Styrket/svekket: andelen av de nye dokumentene som viser elementet, mot andelen i de eldre, blant dokumenter som kunne vist det. Delte og sammenslåtte elementer sammenliknes ikke.",
        "Strengthened/weakened: the share of the new documents that show the element, against the share of the older ones, among documents that could have shown it. Elements that were split or merged are not compared.",
    ),
    "documents_1": ("dokument", "document"),
    "informants_1": ("informant", "informant"),
    "segments_1": ("kodet tekstdel", "coded segment"),
    "turns_1": ("ytring", "turn"),
    "words_1": ("ord", "word"),
    "interviews_1": ("intervju", "interview"),
    "workshop_notes_1": ("arbeidsnotat", "workshop note"),
    "public_documents_1": ("offentlig dokument", "public document"),
    "unresolved_text_1": (
        "tekstdel bærer en kode som er delt eller endret i kodeboka. Den telles ikke før en koder har plassert den.",
        "segment bears a code that the codebook has split or changed. It does not count until a coder has placed it.",
    ),
    "workshop_note": ("Workshopnotat", "Workshop note"),
    "public_document": ("Offentlig dokument", "Public document"),
    "text_document": ("Tekst uten taler", "Text without speaker"),
    "paragraph": ("avsnitt", "paragraph"),
    "ioa": ("IOA", "IOA"),
    "gloss_ioa": (
        "innovativ offentlig anskaffelse: et offentlig innkjøp som gir plass til nye løsninger",
        "innovative public procurement (innovativ offentlig anskaffelse): a public purchase that leaves room for new solutions",
    ),
    "smb": ("SMB", "SME"),
    "gloss_smb": ("små og mellomstore bedrifter", "small and medium-sized enterprises"),
    "lup": ("LUP", "LUP"),
    "gloss_lup": (
        "Leverandørutviklingsprogrammet, et nasjonalt program som støtter innovative anskaffelser",
        "the National Programme for Supplier Development (Leverandørutviklingsprogrammet), which supports innovative procurement",
    ),
    "capability": ("kapabilitet", "capability"),
    "gloss_capability": (
        "det kommunen samlet er i stand til å få til, gjennom folk, rutiner, ledelse og samarbeid",
        "what the municipality as a whole is able to achieve, through people, routines, leadership and cooperation",
    ),
    "ecosystem": ("økosystem", "ecosystem"),
    "gloss_ecosystem": (
        "aktørene rundt kommunen som virker inn på anskaffelsene: leverandører, andre kommuner, virkemiddelapparat, forskning",
        "the actors around the municipality that affect the procurements: suppliers, other municipalities, support schemes, research",
    ),
    "gloss_element": (
        "en del av kapabiliteten som modellen følger; hvert element har en kode, for eksempel P2",
        "a part of the capability that the model follows; each element has a code, for example P2",
    ),
    "gloss_evidence": (
        "minst én kodet tekstdel som gjelder elementet",
        "at least one coded segment that is about the element",
    ),
    "coded_segment": ("kodet tekstdel", "coded segment"),
    "gloss_coded_segment": (
        "et stykke tekst som en koder har knyttet til et element",
        "a piece of text that a coder has tied to an element",
    ),
    "gloss_turn": (
        "det én person sier uten avbrudd (i notater: ett avsnitt)",
        "what one person says without interruption (in notes: one paragraph)",
    ),
    "gloss_jaccard": (
        "andelen av ytringene med minst ett av de to elementene som har begge; 1 er alltid sammen",
        "of the turns with at least one of the two elements, the share that has both; 1 is always together",
    ),
    "gloss_lift": (
        "hvor mye oftere enn ved tilfeldighet de to elementene omtales sammen; 1 er som ved tilfeldighet",
        "how much more often than by chance the two elements are spoken of together; 1 is as by chance",
    ),
    "segments_suggested": ("Maskinelle forslag", "Machine suggestions"),
    "segments_1_suggested": ("maskinelt forslag", "machine suggestion"),
    "segments_short_suggested": ("Forsl.", "Sugg."),
    "cells_suggested": ("Forslag kommune for kommune", "Suggestions by municipality"),
    "evidence_suggested": ("forslag", "suggestion"),
    "state_evidence_suggested": ("minst ett maskinelt forslag", "at least one machine suggestion"),
    "state_nothing_said_suggested": ("intervjuguiden spurte, ingen stikkord traff", "the guide asked, no cue matched"),
    "state_suppressed_suggested": (
        "forslagene står bare i dokumenter som ikke kan vises",
        "the only suggestions are in documents that may not be shown",
    ),
    "elements_with_evidence_suggested": ("elementer har forslag", "elements have suggestions"),
    "figure_unset_suggested": (
        "Grått: forslag uten retning (uavklart).",
        "Grey: suggestions without direction (not set).",
    ),
    "figure_model_suggested": (
        "Elementene, ordnet etter nivåene de hører til. Lengden på søylene viser hvor mange maskinelle forslag som fremmer (blå, til venstre) og hemmer (oransje, skravert, til høyre). Prikkene viser kommunene: fylt prikk er minst ett forslag.",
        "The elements, by the levels they belong to. The length of the bars shows how many machine suggestions promote (blue, left) and inhibit (orange, hatched, right). The dots are the municipalities: a filled dot is at least one suggestion.",
    ),
    "figure_polarity_suggested": (
        "Maskinelle forslag per element og kommune: fremmer mot venstre, hemmer mot høyre. «Begge» teller på begge sider. Tallene avhenger av stikkordene og av hvor mye som er sagt i hver kommune, og er ingen rangering.",
        "Machine suggestions per element and municipality: promoting to the left, inhibiting to the right. “Both” counts on both sides. The numbers depend on the cues and on how much was said in each municipality and are no ranking.",
    ),
    "figure_layers_suggested": (
        "De samme elementene, bare forslag som fremmer (til venstre) og bare forslag som hemmer (til høyre).",
        "The same elements, only suggestions that promote (left) and only suggestions that inhibit (right).",
    ),
    "by_breadth_suggested": (
        "Ordnet etter bredde: først antall kommuner, så dokumenter, så aktørtyper. Antall forslag brukes ikke.",
        "Ordered by breadth: municipalities first, then documents, then actor types. The number of suggestions is not used.",
    ),
    "short_everywhere_suggested": (
        "{n} av {m} elementer har maskinelle forslag i alle kommunene ({names}).",
        "{n} of {m} elements have machine suggestions in every municipality ({names}).",
    ),
    "short_broadest_suggested": (
        "Forslagene er bredest, regnet i kommuner, dokumenter og aktørtyper, for {names}.",
        "Suggestions are broadest, by municipalities, documents and actor types, for {names}.",
    ),
    "short_inhibited_suggested": (
        "Størst andel forslag som hemmer, har {names}, blant elementer med minst {n} forslag. Forslag som både fremmer og hemmer, er regnet med.",
        "The largest share of inhibiting suggestions, among elements with at least {n} suggestions, is found for {names}. Suggestions that both promote and inhibit are included.",
    ),
    "short_missing_suggested": (
        "{n} av {m} elementer mangler forslag i minst én kommune{names}. Grunnene, talt per element og kommune: {reasons}.",
        "Suggestions are lacking in at least one municipality for {n} of {m} elements{names}. The reasons, counted by element and municipality: {reasons}.",
    ),
    "reason_nothing_said_suggested": ("spurt om, men uten treff", "asked about, but without a match"),
    "reason_suppressed_suggested": ("forslagene kan ikke vises", "the suggestions may not be shown"),
    "reason_no_direction_suggested": (
        "forslagene sier ikke om det fremmer eller hemmer",
        "the suggestions do not say whether it promotes or inhibits",
    ),
    "with_evidence_suggested": (
        "elementer har forslag om hva som fremmer eller hemmer",
        "elements have suggestions of what promotes or inhibits",
    ),
    "explained_suggested": ("er uten forslag, men med grunn", "are without suggestions, but with a reason"),
    "in_every_case_suggested": ("har forslag i alle kommunene", "have suggestions in every municipality"),
    "broad_suggested": (
        "har forslag fra minst to dokumenter og minst to aktørtyper",
        "have suggestions from at least two documents and at least two actor types",
    ),
    "limits_text_suggested": (
        "Kommunene er tilfeller, ikke et utvalg: modellen sier bare hvor mange av disse kommunene et element er foreslått i, aldri noe om kommuner generelt. Antall forslag følger av stikkordene, av hvem som ble intervjuet og av hvor mye de snakket. At to elementer omtales sammen, betyr ikke at det ene fører til det andre. Sitatene er pseudonymisert, ikke anonymisert.",
        "The municipalities are cases, not a sample: the model says only in how many of these municipalities an element is suggested, never anything about municipalities at large. How many suggestions there are follows from the cues, from who was interviewed and from how much they talked. That two elements are spoken of together does not mean that one leads to the other. Quotes are pseudonymised, not anonymised.",
    ),
    "gloss_evidence_suggested": (
        "minst ett maskinelt forslag som gjelder elementet",
        "at least one machine suggestion that is about the element",
    ),
    "coded_segment_suggested": ("maskinelt forslag", "machine suggestion"),
    "gloss_coded_segment_suggested": (
        "en setning der et av kodebokas stikkord for elementet forekommer",
        "a sentence in which one of the codebook's cues for the element occurs",
    ),
    "no_speaker": ("Uten oppgitt aktørtype", "Actor type not stated"),
    "in_all": ("I alt", "In all"),
    "whole_municipality": ("Hele kommunen", "Whole municipality"),
    "across_municipalities": ("På tvers av kommunene", "Across municipalities"),
    "lacks_planned": ("mangler {n}", "lacks {n}"),
    "to_come": ("gjenstår {n}", "{n} to come"),
    "no_municipality": ("Uten kommune", "No municipality"),
    "coverage_cell": (
        "dokumenter, og under dem ord fra informanter (mørkere: flere ord)",
        "documents, and below them informants' words (darker: more words)",
    ),
    "coverage_overdue": ("mangler etter planen, fristen er ute", "lacking by the plan, overdue"),
    "coverage_to_come": ("gjenstår, fristen er ikke ute", "to come, not due yet"),
    "nothing_gathered": (
        "Ingen prosesser eller dokumenter er registrert ennå.",
        "No processes or documents are registered yet.",
    ),
    "nothing_dated": (
        "Ingen dokumenter og ingen milepæler å vise ennå.",
        "No documents and no milestones to show yet.",
    ),
    "nothing_planned": ("Studien har ingen plan (corpus/plan.csv).", "The study has no plan (corpus/plan.csv)."),
    "coded_marker": ("kodet", "coded"),
    "uncoded_marker": ("ikke kodet", "not coded"),
    "after_cut_off": ("etter milepælen", "after the milestone"),
    "interview": ("Intervju", "Interview"),
    "plan_done": ("gjennomført", "done"),
    "plan_overdue": ("mangler, fristen er ute", "lacking, overdue"),
    "plan_open": ("gjenstår, fristen er ikke ute", "to come, not due yet"),
    "any_actor_type": ("uansett hvem", "whoever speaks"),
    "gap_not_coded": ("dokumenter som ikke er kodet", "documents not coded"),
    "gap_waiting_segments": (
        "dokumenter med kodede tekstdeler som venter på plass etter at teksten ble endret",
        "documents with coded segments that wait for a place since the text was edited",
    ),
    "gap_no_quote_consent": (
        "dokumenter med ord som ikke kan siteres",
        "documents with words that may not be quoted",
    ),
    "gap_no_analysis_consent": (
        "dokumenter der noen ikke har samtykket til analyse",
        "documents in which somebody has not consented to analysis",
    ),
    "gap_no_participants": (
        "intervjuer og notater uten registrerte deltakere",
        "interviews and notes without registered participants",
    ),
    "gap_no_guide": ("intervjuer uten intervjuguide", "interviews without an interview guide"),
    "gap_no_arena": ("arbeidsnotater uten arena", "workshop notes without an arena"),
    "gap_no_process": ("dokumenter uten anskaffelsesprosess", "documents without a procurement process"),
    "gap_participant_without_actor_type": ("deltakere uten aktørtype", "participants without an actor type"),
    "gap_participant_without_case": ("deltakere uten kommune", "participants without a municipality"),
    "gap_participant_without_written_form": (
        "deltakere uten målform (dokumentets gjelder)",
        "participants without a written form (the document's counts)",
    ),
    "gap_participant_not_heard": (
        "deltakere som ikke står i noe dokument",
        "participants whom no document names",
    ),
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
