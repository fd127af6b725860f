"""The words of exports by purpose, in bokmål and English, one table, so that both are read side by side."""

from __future__ import annotations

_WORDS: dict[str, tuple[str, str]] = {
    # key: (bokmål, English)
    "article": ("Figurer og tabeller til artikkel", "Figures and tables for an article"),
    "thesis": ("Vedlegg til avhandling", "Appendix to the thesis"),
    "web": ("Kort om funnene", "The findings in short"),
    "teaching": ("Undervisningspakke", "Teaching package"),
    "crate": ("Delbar pakke", "Package to share"),
    "what": ("Hva dette er", "What this is"),
    "left_out": ("Hva som er utelatt, og hvorfor", "What was left out, and why"),
    "files": ("Filer", "Files"),
    "milestone": ("Milepæl", "Milestone"),
    "model": ("Modell", "Model"),
    "model_version": ("Modellversjon", "Model version"),
    "municipality": ("Kommune", "Municipality"),
    "municipalities": ("Kommuner", "Municipalities"),
    "cut_off": ("Materiale til og med", "Material up to and including"),
    "coded_until": ("Koding til og med", "Coding up to and including"),
    "codebook": ("Kodebok", "Codebook"),
    "coders": ("Kodere", "Coders"),
    "n": ("Materialets størrelse", "Size of the material"),
    "n_text": (
        "{documents} dokumenter, {informants} informanter, {municipalities} kommuner",
        "{documents} documents, {informants} informants, {municipalities} municipalities",
    ),
    "n_text_one": (
        "{documents} dokumenter og {informants} informanter i {municipality}",
        "{documents} documents and {informants} informants in {municipality}",
    ),
    "yes": ("ja", "yes"),
    "no": ("nei", "no"),
    "limits": ("Grense for små tall", "Limit for small counts"),
    "limits_text": (
        "minst {persons} personer og {documents} dokumenter bak hvert tall; «:» står for et tall som ikke vises",
        "at least {persons} persons and {documents} documents behind every count; “:” stands for a count kept back",
    ),
    "kept_back": ("Tall som ikke vises", "Counts kept back"),
    "title": ("Tittel", "Title"),
    "planned": ("I planen", "As planned"),
    "code": ("Kode", "Code"),
    "level": ("Nivå", "Level"),
    "label": ("Element", "Element"),
    "definition": ("Definisjon", "Definition"),
    "when_to_use": ("Brukes når", "When to use"),
    "when_not_to_use": ("Brukes ikke når", "When not to use"),
    "of_municipalities": ("av", "of"),
    "documents": ("Dokumenter", "Documents"),
    "informants": ("Informanter", "Informants"),
    "actor_types": ("Aktørtyper", "Actor types"),
    "turns": ("Ytringer", "Turns"),
    "passages": ("Tekstdeler", "Passages"),
    "promoting": ("Fremmer", "Promotes"),
    "inhibiting": ("Hemmer", "Inhibits"),
    "state": ("Belegg", "Evidence"),
    "source": ("Element", "Element"),
    "target": ("Element (2)", "Element (2)"),
    "kind": ("Slag", "Kind"),
    "jaccard": ("Jaccard", "Jaccard"),
    "npmi": ("NPMI", "NPMI"),
    "total": ("Sum", "Total"),
    "other": ("Annet", "Other"),
    "change": ("Endring", "Change"),
    "from": ("Fra", "From"),
    "to": ("Til", "To"),
    "decided_at": ("Besluttet", "Decided"),
    "summary": ("Kort sagt", "In short"),
    "first": ("Koder 1", "Coder 1"),
    "second": ("Koder 2", "Coder 2"),
    "codebook_version": ("Kodebok", "Codebook"),
    "percent": ("Andel like", "Share alike"),
    "alpha": ("Krippendorffs α", "Krippendorff’s α"),
    "kappa": ("Cohens κ", "Cohen’s κ"),
    "units": ("Enheter", "Units"),
    "interview": ("Intervju", "Interview"),
    "workshop_note": ("Workshopnotat", "Workshop note"),
    "public_document": ("Offentlig dokument", "Public document"),
    "evidence": ("belegg", "evidence"),
    "few": ("belegg, tallet vises ikke", "evidence, count kept back"),
    "nothing_said": ("spurt, ikke nevnt", "asked, nothing said"),
    "not_asked": ("ikke spurt", "not asked"),
    "not_codable": ("kunne ikke kodes", "not codable"),
    "suppressed": ("skjermet", "suppressed"),
    "more": ("Mer", "More"),
    "codes": ("Kodeboka", "The codebook"),
    "codes_1": (
        "Aktive koder i den versjonen milepælen bygger på. Eksempler er utelatt, siden de kan gjengi det noen har sagt.",
        "The active codes of the version the milestone rests on. Examples are left out, since they may repeat what somebody said.",
    ),
    "codes_table": ("Koder med definisjoner", "Codes with definitions"),
    "milestones": ("Milepælene", "The milestones"),
    "milestones_1": (
        "Milepælene fram til og med denne, med materialet og kodeboka hver bygger på.",
        "The milestones up to this one, with the material and the codebook that each rests on.",
    ),
    "milestones_table": ("Milepæler", "Milestones"),
    "tables": ("Tabeller", "Tables"),
    "about_sheet": ("Om", "About"),
    # Captions of tables and figures.
    "t_elements": ("Elementene og hvor bredt belegget er", "The elements and how broad the evidence is"),
    "t_elements_by_municipality": (
        "Belegg for hvert element i hver kommune",
        "Evidence of each element in each municipality",
    ),
    "t_relations": ("Elementer som omtales sammen", "Elements spoken of together"),
    "t_persons": ("Informanter etter aktørtype og kommune", "Informants by actor type and municipality"),
    "t_documents": ("Dokumenter etter slag og kommune", "Documents by kind and municipality"),
    "t_changes": ("Endringer siden forrige modellversjon", "Changes since the model version before"),
    "t_agreement": ("Enighet mellom kodere, alle koder samlet", "Agreement between coders, all codes together"),
    "f_evidence": (
        "Belegg for hvert element i hver kommune. Fylt sirkel: belegg, med antall dokumenter. Åpen sirkel: belegg, men tallet vises ikke. Strek: spurt, ikke nevnt. Prikk: ikke spurt. Kryss: kunne ikke kodes. Firkant: skjermet.",
        "Evidence of each element in each municipality. Filled circle: evidence, with the number of documents. Open circle: evidence, count kept back. Dash: asked, nothing said. Dot: not asked. Cross: not codable. Square: suppressed.",
    ),
    "f_polarity": (
        "Tekstdeler om hvert element som fremmer (høyre, fylt) og hemmer (venstre, skravert). Kolon: tallet vises ikke.",
        "Passages about each element that promote (right, filled) and inhibit (left, hatched). Colon: count kept back.",
    ),
    "f_levels": (
        "Tekstdeler som fremmer og hemmer, etter nivå; bare elementer der tallet vises.",
        "Passages that promote and inhibit, by level; only elements whose counts are shown.",
    ),
    "f_breadth": (
        "Hvor mange elementer som har belegg i ingen, én eller flere kommuner.",
        "How many elements have evidence in no, one or more municipalities.",
    ),
    "axis_passages": ("Tekstdeler", "Passages"),
    "axis_elements": ("Elementer", "Elements"),
    "axis_municipalities": ("Kommuner med belegg", "Municipalities with evidence"),
    "figure": ("Figur", "Figure"),
    "table": ("Tabell", "Table"),
    "width": ("bredde {mm} mm", "width {mm} mm"),
    # What was left out.
    "no_texts": ("Transkripsjoner og andre tekster", "Transcripts and other texts"),
    "why_texts": ("personopplysninger", "personal data"),
    "why_texts_hash": (
        "personopplysninger; bare fingeravtrykk (SHA-256) av tekstene følger med",
        "personal data; only fingerprints (SHA-256) of the texts go along",
    ),
    "no_quotes": ("Sitater, tekstdeler og plasseringer i tekstene", "Quotes, passages and places in the texts"),
    "why_quotes": (
        "de gjengir det noen har sagt, eller leder til det",
        "they repeat what somebody said, or lead to it",
    ),
    "no_memos": ("Memoer", "Memos"),
    "why_memos": ("de kan gjengi det noen har sagt", "they may repeat what somebody said"),
    "no_key": ("Nøkkelen mellom navn og pseudonymer", "The key between names and pseudonyms"),
    "why_key": ("den ligger aldri i studiens mappe", "it never lies in the study's folder"),
    "no_notebooks": ("Kjørte notatbøker og rapporten", "Executed notebooks and the report"),
    "why_notebooks": (
        "de kan inneholde sitater; en kort side uten sitater følger med",
        "they may hold quotes; a short page without quotes goes along",
    ),
    "no_model": ("Modellen i sin helhet og nettverksfiler", "The model in full, and files of networks"),
    "why_model": (
        "de lister tekstdelene bak hvert tall, også de små",
        "they list the passages behind every count, small ones too",
    ),
    "why_model_hash": (
        "de lister tekstdelene bak hvert tall, også de små; fingeravtrykket følger med",
        "they list the passages behind every count, small ones too; the fingerprint goes along",
    ),
    "no_figures": ("Figurene fra kjøringen", "The figures of the run"),
    "why_figures": ("de viser også små tall", "they show small counts too"),
    "no_registers": ("Vurderinger, tiltak og andre registre", "Assessments, measures and other registers"),
    "why_registers": (
        "de kan peke på enkeltpersoner og begrunner i fritekst",
        "they may point at single persons, and give reasons in free text",
    ),
    "no_examples": (
        "Kodebokas eksempler, begrunnelser og henvisninger",
        "The codebook's examples, reasons and references",
    ),
    "why_examples": ("de kan gjengi det noen har sagt", "they may repeat what somebody said"),
    "no_code_examples": ("Kodebokas eksempler", "The codebook's examples"),
    "why_code_examples": ("de kan gjengi det noen har sagt", "they may repeat what somebody said"),
    "no_small": ("{n} tall", "{n} counts"),
    "why_small": (
        "de bygger på færre enn {persons} personer eller {documents} dokumenter, eller ville røpet slike",
        "they rest on fewer than {persons} persons or {documents} documents, or would give such away",
    ),
    "no_withheld": ("{n} dokumenter som er skjermet", "{n} documents that are withheld"),
    "why_withheld": ("de kan ikke vises", "they may not be shown"),
    "no_names": ("Navn", "Names"),
    "why_names": (
        "kodere og andre står med roller og pseudonymer",
        "coders and others stand with roles and pseudonyms",
    ),
    "no_outputs": ("Ferdige modeller og rapporter", "Finished models and reports"),
    "why_outputs": (
        "deltakerne skal lage dem selv (`foran run`)",
        "the participants are to make them themselves (`foran run`)",
    ),
    "differences": (
        "To utgivelser etter hverandre kan sammen røpe mer enn hver for seg: hold dem opp mot hverandre før den andre deles.",
        "Two releases one after the other may together give away more than each alone: hold them against each other before the second is shared.",
    ),
    # The short page.
    "web_lead": ("{model}: materiale til og med {day}", "{model}: material up to and including {day}"),
    "model_capability": ("Kapabilitetsmodell", "Capability model"),
    "model_practice": ("Praksismodell", "Practice model"),
    "model_improvement": ("Forbedringsmodell", "Improvement model"),
    "model_followup": ("Oppfølgings- og evalueringsmodell", "Follow-up and evaluation model"),
    "model_status": ("Status", "Status"),
    "web_short_1": (
        "{with_evidence} av {elements} elementer i rammeverket har belegg; {everywhere} av dem i alle {municipalities} kommunene.",
        "{with_evidence} of {elements} elements of the framework have evidence; {everywhere} of them in all {municipalities} municipalities.",
    ),
    "web_short_1_one": (
        "{with_evidence} av {elements} elementer i rammeverket har belegg i {municipality}.",
        "{with_evidence} of {elements} elements of the framework have evidence in {municipality}.",
    ),
    "web_short_2": (
        "Bygger på {n}.",
        "Rests on {n}.",
    ),
    "web_short_promotes": (
        "Oftest omtalt som noe som fremmer: {names}.",
        "Most often spoken of as promoting: {names}.",
    ),
    "web_short_inhibits": (
        "Oftest omtalt som noe som hemmer: {names}.",
        "Most often spoken of as inhibiting: {names}.",
    ),
    "web_short_cases": (
        "Tallene sier hva som er nevnt og belagt, ikke hvor god en kommune er. Kommunene rangeres ikke.",
        "The counts say what is spoken of and evidenced, not how good a municipality is. Municipalities are not ranked.",
    ),
    "web_short_few": (
        "Tall som bygger på få personer vises ikke (:).",
        "Counts that rest on few persons are not shown (:).",
    ),
    "web_elements": ("Elementene, nivå for nivå", "The elements, level by level"),
    "web_elements_1": (
        "Hvert element er noe som har betydning for å lykkes med innovative anskaffelser. Tallet i siste kolonne er antall kommuner med belegg.",
        "Each element is something that matters for succeeding with innovative procurement. The number in the last column is how many municipalities have evidence of it.",
    ),
    "web_elements_1_one": (
        "Hvert element er noe som har betydning for å lykkes med innovative anskaffelser. Siste kolonne sier om materialet har belegg for det.",
        "Each element is something that matters for succeeding with innovative procurement. The last column says whether the material has evidence of it.",
    ),
    "web_short_hidden": (
        "For {hidden} av {with_evidence} elementer med belegg er det for få som har uttalt seg til at retning og antall kan vises.",
        "For {hidden} of the {with_evidence} elements with evidence, too few have spoken for direction and counts to be shown.",
    ),
    "web_figure": ("Fremmer og hemmer", "What promotes and what inhibits"),
    "web_means": ("Betydning", "Meaning"),
    "spoken_of_as": ("Omtalt som", "Spoken of as"),
    "mostly_promoting": ("▲\u00a0mest\u00a0fremmer", "▲\u00a0mostly\u00a0promotes"),
    "mostly_inhibiting": ("▼\u00a0mest\u00a0hemmer", "▼\u00a0mostly\u00a0inhibits"),
    "balanced": ("▲▼\u00a0begge\u00a0deler", "▲▼\u00a0both"),
    "no_direction": ("–", "–"),
    "too_few": (":", ":"),
    "contents_elements": ("Elementene", "The elements"),
}

_EXERCISES = (
    """\
# Øvelser

**{notice}**

Pakk ut, åpne et vindu for kommandoer i mappa `study`, og sett `FORAN_CODER=OV1`.

1. **Lese og kode.** Åpne kodeskjermen med `foran lab --coder OV1 --document {document}`. Kod de ti første ytringene med kodebok {codebook}. Skriv et memo for hver gang du tviler mellom to koder.
2. **Dobbeltkode.** To og to: trekk et utvalg med `foran assign OV2 --with OV1 --documents 1`, kod hver for dere, og regn ut enigheten med `foran agreement OV1 OV2`. Hvilke tre koder er dere minst enige om? Er det definisjonen eller lesningen som skiller?
3. **Endre kodeboka.** Foreslå én endring ut fra det dere var uenige om (`foran codebook propose --help`). Hva blir en begrunnelse fra materialet, og hva er en fra teorien?
4. **Kjøre en milepæl.** Kjør `foran run {milestone}` to ganger. Hva sier den andre gangen, og hvorfor?
5. **Spore et funn.** Velg et element og finn alle tekstdeler bak det: `foran trace outputs/{milestone}/model.json {code}`. Bærer de påstanden i rapporten?
6. **Dele.** Lag en pakke som kan deles: `foran crate {milestone} --shareable --output ../delt`. Finn tre tall som ikke vises. Hva kunne noen ha sluttet av dem sammen med det de vet om kommunen fra før?
""",
    """\
# Exercises

**{notice}**

Unpack, open a window for commands in the folder `study`, and set `FORAN_CODER=OV1`.

1. **Read and code.** Open the coder's screen with `foran lab --coder OV1 --document {document}`. Code the first ten turns with codebook {codebook}. Write a memo each time you hesitate between two codes.
2. **Code twice.** In pairs: draw a sample with `foran assign OV2 --with OV1 --documents 1`, code each on your own, and work out the agreement with `foran agreement OV1 OV2`. On which three codes do you agree least? Is it the definition or the reading that differs?
3. **Change the codebook.** Propose one change from what you differed on (`foran codebook propose --help`). What is a reason from the material, and what is one from theory?
4. **Run a milestone.** Run `foran run {milestone}` twice. What does it say the second time, and why?
5. **Trace a finding.** Choose an element and find all passages behind it: `foran trace outputs/{milestone}/model.json {code}`. Do they carry the claim in the report?
6. **Share.** Make a package to share: `foran crate {milestone} --shareable --output ../shared`. Find three counts that are kept back. What could somebody conclude from them together with what she knows of the municipality already?
""",
)


def exercises(language: str, **names: str) -> str:
    """Six exercises, each with the command it is done with; `names`: notice, document, codebook, milestone, code."""
    return _EXERCISES[{"nb": 0, "en": 1}[language]].format(**names)


def purpose_words(language: str) -> dict[str, str]:
    """The words of exports in one language: "nb" or "en"."""
    place = {"nb": 0, "en": 1}[language]
    return {key: pair[place] for key, pair in _WORDS.items()}
