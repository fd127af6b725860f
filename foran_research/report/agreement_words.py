"""The words of the agreement report in bokmål and English, one table, so that a translator sees both side by side."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: dict[str, tuple[str, str]] = {
    # key: (bokmål, English)
    "title": ("Samsvar mellom kodere", "Agreement between coders"),
    "contents": ("Innhold", "Contents"),
    "figure": ("Figur", "Figure"),
    "no_figure": ("ikke aktuelt fordi {reason}", "not applicable because {reason}"),
    "off": (
        "Studien oppgir ikke tall for samsvar mellom kodere. Begrunnelsen er:",
        "The study gives no figures of agreement between coders. The stated reason is:",
    ),
    # About
    "about": ("Hva tallene sier", "What the figures say"),
    "about_1": (
        "Tallene beskriver hvordan bestemte personer brukte én kodebokversjon på bestemte dokumenter. De sier ikke noe om kommunene, de gjelder ikke en senere versjon av kodeboka, og ingen del av analysen er betinget av dem. De er et utgangspunkt for samtalen om uenighetene, som står under hvert tall.",
        "The figures describe how certain people used one version of the codebook on certain documents. They say nothing about the municipalities, they do not hold for a later version of the codebook, and nothing in the study waits for them. They are where the conversation on the disagreements begins, and those stand under each figure.",
    ),
    "about_2": (
        "Intervallene er beregnet ved å trekke hele dokumenter med tilbakelegging, {replicates} ganger (frø {seed}); de går fra 2,5. til 97,5. persentil. Trekninger der koeffisienten ikke er definert, er talt; er de over 5 %, gis det ikke noe intervall. Med færre enn åtte dokumenter står ved siden av et intervall der enkeltytringer er trukket: les det videste av de to. Intervallene sier hvor mye tallene henger på hvilke dokumenter som ble dobbeltkodet.",
        "Where chance is used, whole documents are drawn, {replicates} times (seed {seed}); the interval is from the 2.5th to the 97.5th percentile. Replicates in which the coefficient is undefined are counted; above 5 % no interval is given. With fewer than eight documents an interval from drawing single turns stands beside it: read the wider of the two. Intervals tell how much the figures hang on which documents were coded twice.",
    ),
    "about_3": (
        "Grensene 0,667 og 0,800 er Krippendorffs: under 0,667 bør ingen slutninger bygge på kodingen, mellom dem bare foreløpige. De er tegnet som tynne linjer. Sjeldne koder gir lave eller udefinerte koeffisienter selv når kodere nesten alltid er enige: les dem sammen med antallet og forekomsten.",
        "The bounds .667 and .800 are Krippendorff's: below .667 no conclusions should rest on the coding, between them only tentative ones. They are drawn as thin lines. Rare codes give low or undefined coefficients even where coders nearly always agree: read them beside the counts and the prevalence.",
    ),
    "hidden": (
        "{n} dokumenter som ikke kan vises, teller med i tallene; uenighetene i dem er ikke listet.",
        "{n} documents that may not be shown count in the figures; the disagreements in them are not listed.",
    ),
    "hidden_1": (
        "1 dokument som ikke kan vises, teller med i tallene; uenighetene i det er ikke listet.",
        "1 document that may not be shown counts in the figures; the disagreements in it are not listed.",
    ),
    "words_note": (
        "Siden gjengir det informanter har sagt: bare passasjer som kan siteres.",
        "The page repeats what informants said: only passages that may be quoted.",
    ),
    "no_words_note": (
        "Siden gjengir ingenting av det informanter har sagt, bare steder og id-er.",
        "The page repeats nothing that informants said, only places and ids.",
    ),
    "all_together": ("Alle sammen", "All together"),
    "n_unlisted": ("{n} ikke listet", "{n} not listed"),
    "between": ("Samsvar mellom kodere", "Agreement between coders"),
    "still_blind": ("Fortsatt usett", "Still unseen"),
    "still_blind_1": (
        "Om disse dokumentene er ingenting fortalt: koderne er ikke ferdige, og skal ikke kjenne hverandres koding.",
        "Of these documents nothing is told: the coders are not done, and are not to know each other's coding.",
    ),
    "waiting": ("kodes fortsatt usett; ikke ferdig: {who}", "still coded unseen; not done: {who}"),
    # Comparisons
    "pair": ("{who}, lest under {version}", "{who}, read under {version}"),
    "all": ("{who} sammen, lest under {version}", "{who} together, read under {version}"),
    "second_pass": (
        "{who}: samme person to ganger, lest under {version}",
        "{who}: one person twice, read under {version}",
    ),
    "kind_pair": ("par", "pair"),
    "kind_all": ("alle sammen", "all together"),
    "kind_second_pass": ("to ganger", "twice"),
    "and": ("og", "and"),
    "no_version": ("ingen kode", "no code"),
    "facts": (
        "{documents}, i kodene til {book}. Enhet: informantens ytring (avsnitt i notater), {units}.",
        "{documents}, in the codes of {book}. Unit: an informant's turn (a paragraph in notes), {units}.",
    ),
    "n_documents": ("{n} dokumenter", "{n} documents"),
    "n_documents_1": ("1 dokument", "1 document"),
    "n_units": ("{n} ytringer", "{n} turns"),
    "n_units_1": ("1 ytring", "1 turn"),
    "by_turns": (
        "I {n} av dokumentene er bare trukne ytringer vurdert.",
        "In {n} of the documents only turns that were drawn were judged.",
    ),
    "not_blind": (
        "Ikke tildelt, så det er ikke dokumentert at de ble kodet uavhengig (usett): {documents}.",
        "Not assigned, so nothing vouches that they were coded unseen: {documents}.",
    ),
    "not_blind_second": (
        "Den samme personen har kodet begge gangene; usett kan ingen si at det var.",
        "The same person coded both times; nobody can say that it was unseen.",
    ),
    "all_blind": (
        "Alle dokumentene var tildelt og ble kodet usett; kodingen teller slik den sto da begge først var ferdige.",
        "All documents were assigned and coded unseen; the coding counts as it stood when both were first done.",
    ),
    "unsettled": (
        "{n} segmenter venter på et menneske siden koden ble delt, og er ikke med i noe tall.",
        "{n} segments wait for a person since their code was split, and are in no figure.",
    ),
    "redefined": (
        "Omdefinert i senere versjoner; tallene gjelder ikke den nye definisjonen: {codes}.",
        "Redefined since, so that the figures say nothing of them there: {codes}.",
    ),
    "days": ("Dager mellom: {days}.", "Days between: {days}."),
    "too_soon": (
        "Under {n} dager mellom de to gangene ({documents}): koderen kan huske hva hun gjorde.",
        "Less than {n} days between the two passes ({documents}): the coder may remember what she did.",
    ),
    # Sections of a comparison
    "overall": ("Samlet", "Over all"),
    "codes": ("Alle koder (ytring × kode)", "All codes (turn × code)"),
    "set": ("Sett av koder på ytringen", "Sets of codes on the turn"),
    "level": ("Nivå til stede i ytringen", "Level present in the turn"),
    "code": ("Kode for kode", "Code by code"),
    "polarity": ("Polaritet, der begge har koden", "Polarity, where both have the code"),
    "facet": ("Fasetter, der begge har svart", "Facets, where both have answered"),
    "marked": ("Hva som er merket (tegn)", "What is marked (characters)"),
    "stretch_level": (
        "Samme tekst, samme kode, nivå for nivå (tegn)",
        "Same text, same code, level by level (characters)",
    ),
    "stretch_code": ("Samme tekst, kode for kode (tegn)", "Same text, code by code (characters)"),
    "stretches_1": (
        "Lengden er tegnene i ytringene som ble vurdert, lagt etter hverandre; det intervjueren sier, er ikke med.",
        "The length is the characters of the turns that were judged, laid end to end; what the interviewer says is not in it.",
    ),
    "several": (
        "{level}: {n} tegn har flere koder fra nivået hos samme koder, og står som sett.",
        "{level}: {n} characters have several codes of the level by one coder, and stand as sets.",
    ),
    "every": ("alle", "all"),
    "unset": ("ikke satt", "not set"),
    "what": ("Hva", "What"),
    "units": ("Enheter", "Units"),
    "characters": ("Tegn", "Characters"),
    "positive": ("Antall med", "Number with"),
    "prevalence": ("Forekomst", "Prevalence"),
    "interval": ("95 %-intervall", "95 % interval"),
    "failures": ("Trekninger uten", "Undefined"),
    "c_percent": ("Prosent", "Percent"),
    "c_positive": ("Positiv", "Positive"),
    "c_alpha": ("α", "α"),
    "c_kappa": ("Cohens κ", "Cohen's κ"),
    "c_fleiss": ("Fleiss’ κ", "Fleiss' κ"),
    "c_ac1": ("AC1", "AC1"),
    "c_holsti": ("Holsti", "Holsti"),
    "c_alpha_jaccard": ("α, Jaccard", "α, Jaccard"),
    "c_alpha_masi": ("α, MASI", "α, MASI"),
    "c_u": ("uα", "uα"),
    "c_bar": ("|uα", "|uα"),
    "c_cu": ("cuα", "cuα"),
    "c_coverage": ("Dekning", "Coverage"),
    "c_ku": ("(k)uα", "(k)uα"),
    "c_ku_coverage": ("Dekning", "Coverage"),
    "interval_of": ("Intervallet gjelder {name}.", "The interval is of {name}."),
    "units_interval": (
        "Trukket ytring for ytring, som om de var uavhengige: {interval}",
        "By single turns, as if they were independent: {interval}",
    ),
    "zero_width": (
        "alle trekninger ga samme tall: det er ikke sikkerhet, for koden står i få dokumenter",
        "every replicate gave one number: that is no certainty, for the code stands in few documents",
    ),
    "few_replicates": (
        "Bare {n} trekninger: grensene er grove. Bruk minst 1000 i det som skal siteres.",
        "Only {n} replicates: the bounds are rough. Use 1000 or more for what is to be cited.",
    ),
    "no_interval": ("uten intervall: {reason}", "no interval: {reason}"),
    "below": ("andel av trekningene under 0,667: {share}", "share of replicates below .667: {share}"),
    # Disagreements
    "disagreements": ("{n} uenigheter", "{n} disagreements"),
    "disagreements_1": ("1 uenighet", "1 disagreement"),
    "disagreements_0": ("ingen uenigheter", "no disagreements"),
    "n_open": ("{n} åpne", "{n} open"),
    "see_codes": ("Uenighetene, dokument for dokument", "The disagreements, document by document"),
    "document": ("Dokument", "Document"),
    "turn": ("Ytring", "Turn"),
    "kind": ("Forskjell", "Difference"),
    "says": ("{who} har", "{who} has"),
    "segments": ("Segmenter", "Segments"),
    "state": ("Avgjort", "Settled"),
    "state_open": ("åpen", "open"),
    "state_settled": ("avgjort", "settled"),
    "state_stale": ("må ses på igjen", "to be looked at again"),
    "only_first": ("bare {first}", "only {first}"),
    "only_second": ("bare {second}", "only {second}"),
    "ends": ("andre grenser", "other ends"),
    "other_code": ("annen kode", "another code"),
    "polarity_differs": ("annen polaritet", "another polarity"),
    "facet_differs": ("annet svar", "another answer"),
    "polarity_fremmer": ("fremmer", "promoting"),
    "polarity_hemmer": ("hemmer", "inhibiting"),
    "polarity_begge": ("begge", "both"),
    "polarity_nøytral": ("nøytral", "neutral"),
    "passage": ("Passasje", "Passage"),
    "may_not_quote": ("(kan ikke siteres)", "(may not be quoted)"),
    # Over time
    "over_time": ("Samme koder over tid", "One coder over time"),
    "over_time_1": (
        "Når en definisjon endres, leses et utvalg av passasjene på nytt. Andelen som beholdt koden, sier hvor godt koden holdt seg for koderen; den kan ikke si hva som ble oversett første gang. Intervallet er Wilsons, og regner passasjene som uavhengige.",
        "When a definition changes, a sample of the passages is read again. The share that kept the code tells how well the code kept its meaning for the coder; it cannot tell what was overlooked the first time. The interval is Wilson's and takes passages as independent.",
    ),
    "coder": ("Koder", "Coder"),
    "change": ("Endring", "Change"),
    "code_column": ("Kode", "Code"),
    "drawn": ("Trukket", "Drawn"),
    "open": ("Gjenstår", "Open"),
    "removed": ("Fjernet", "Removed"),
    "read": ("Lest", "Read"),
    "confirmed": ("Bekreftet", "Confirmed"),
    "recoded": ("Omkodet", "Recoded"),
    "set_aside": ("Satt til side", "Set aside"),
    "kept": ("Beholdt", "Kept"),
    "all_changes": ("alle", "all"),
    "second_passes": ("En ny gjennomgang av samme dokument", "A second pass over the same document"),
    "rereading": ("Passasjer lest på nytt", "Passages read again"),
    # Figures
    "forest_caption": (
        "Krippendorffs α (nominal, én ja-eller-nei-vurdering per ytring) for hver kode som er i bruk, med 95 %-intervall der hele dokumenter er trukket. Til høyre: vurderinger med koden av alle vurderinger (ytringer × kodere), og forekomsten. {who}, lest under {version}.",
        "Krippendorff's α (nominal, one yes-or-no judgement per turn) for every code in use, with a 95 % interval from drawing whole documents. To the right: judgements with the code of all judgements (turns × coders), and the prevalence. {who}, read under {version}.",
    ),
    "pair_caption": (
        "Samsvaret samlet: alle koder, sett av koder, nivåer, polaritet og merket tekst, for hver sammenligning. 95 %-intervaller der hele dokumenter er trukket; de tynne linjene er Krippendorffs 0,667 og 0,800. Ulike mål er ikke direkte sammenlignbare.",
        "Agreement as a whole: all codes, sets of codes, levels, polarity and marked text, for every comparison. 95 % intervals from drawing whole documents; the thin lines are Krippendorff's .667 and .800. Unlike measures cannot be compared directly.",
    ),
    "fig_codes": ("Krippendorffs α, kode for kode: {what}", "Krippendorff's α, code by code: {what}"),
    "fig_pairs": ("Samsvar mellom kodere, samlet", "Agreement between coders, as a whole"),
    "fig_interval": (
        "Heltrukket strek: 95 %-intervall, hele dokumenter trukket med tilbakelegging.",
        "Solid line: 95 % interval, whole documents drawn with replacement.",
    ),
    "fig_units": (
        "Prikket strek: det samme, enkeltytringer trukket (få dokumenter).",
        "Dotted line: the same, single turns drawn (few documents).",
    ),
    "fig_hollow": (
        "Åpent symbol: ikke noe dokumentintervall, eller alle trekninger ga samme tall (det er ikke sikkerhet).",
        "Open symbol: no interval by documents, or every replicate gave one number (that is no certainty).",
    ),
    "fig_bounds": (
        "Stiplede linjer: Krippendorffs 0,667 og 0,800.",
        "Dashed lines: Krippendorff's .667 and .800.",
    ),
    "fig_counts": (
        "Med / vurdert: vurderinger med koden / alle vurderinger (ytringer × kodere).",
        "With / judged: judgements with the code / all judgements (turns × coders).",
    ),
    "fig_versions": (
        "Tall fra ulike kodebokversjoner kan ikke sammenlignes.",
        "Figures of different versions of the codebook cannot be compared.",
    ),
    "fig_silent": (
        "Uten tall, fordi ingen ytring har koden hos to som begge har besvart fasetten: {facets}.",
        "Without figures, since no turn has the code with two who both answered the facet: {facets}.",
    ),
    "axis": ("Krippendorffs α", "Krippendorff's α"),
    "n_with": ("med / vurdert", "with / judged"),
    "share_with": ("forekomst", "prevalence"),
    "row_codes": ("Alle koder, α", "All codes, α"),
    "row_set": ("Sett av koder, α (MASI)", "Sets of codes, α (MASI)"),
    "row_level": ("{level}, α", "{level}, α"),
    "row_polarity": ("Polaritet, α", "Polarity, α"),
    "row_facet": ("{facet}, α", "{facet}, α"),
    "row_marked": ("Merket tekst, |uα", "Marked text, |uα"),
    "below_axis": ("◂ lavere", "◂ lower"),
}


def agreement_words(language: str) -> Mapping[str, str]:
    """The words of one language: "nb" or "en".

    >>> agreement_words("nb")["title"]
    'Samsvar mellom kodere'
    """
    return {key: pair[("nb", "en").index(language)] for key, pair in _WORDS.items()}
