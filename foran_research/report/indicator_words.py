"""The words of the page on indicators, in bokmål and English, one table, so that both are read side by side."""

from __future__ import annotations

from .words import number

_WORDS: dict[str, tuple[str, str]] = {
    # key: (bokmål, English)
    "title": ("Indikatorer", "Indicators"),
    "title_case": ("Indikatorer: {case}", "Indicators: {case}"),
    "lead": (
        "Tall om innovative anskaffelser, med mål, kilde og det folk sier i intervjuene ved siden av. Registrert til og med {day}.",
        "Figures on innovative procurement, with targets, sources and what people say in interviews beside them. Recorded by {day}.",
    ),
    "model_name": ("indikatorer", "indicators"),
    "registers_until": ("Registre lest til og med", "Registers read up to and including"),
    "municipality": ("kommunen", "the municipality"),
    "national": ("hele landet", "the whole country"),
    "target_line": ("mål: {value}", "target: {value}"),
    "early": ("foreløpig", "preliminary"),
    "at_most": ("høyst, med de uvisse", "at most, with the uncertain"),
    "new_source": ("ny kilde", "new source"),
    "no_values": ("ingen tall", "no figures"),
    "axis_percent": ("prosent", "percent"),
    "axis_count": ("antall", "count"),
    "axis_scale_1_5": ("skala 1–5", "scale 1–5"),
    "axis_NOK": ("kroner", "NOK"),
    "joint_numbers": ("Tall", "Figures"),
    "joint_passages": ("Det folk sier (antall tekstdeler)", "What people say (number of passages)"),
    "maturity": ("modenhet", "maturity"),
    "not_assessed": ("modenhet ikke vurdert", "maturity not assessed"),
    "side_researcher": ("forsker", "researcher"),
    "side_self": ("kommunen selv", "self"),
    "side_joint": ("felles", "joint"),
    "promotes": ("fremmer", "promotes"),
    "inhibits": ("hemmer", "inhibits"),
    "state_evidence": ("belegg", "evidence"),
    "state_nothing_said": ("spurt, ikke nevnt", "asked, nothing said"),
    "state_not_asked": ("ikke spurt", "not asked"),
    "state_not_codable": ("kunne ikke kodes", "not codable"),
    "state_suppressed": ("skjermet", "suppressed"),
    # Short
    "short_count": (
        "{known} av {all} indikatorer har tall for {case}.",
        "{known} of {all} indicators have figures for {case}.",
    ),
    "short_count_all": (
        "{known} av {all} indikatorer har tall for minst én av kommunene.",
        "{known} of {all} indicators have figures for at least one of the municipalities.",
    ),
    "short_newest": ("{label}: {values}.", "{label}: {values}."),
    "short_value": ("{case} {value} ({period}{early}{basis})", "{case} {value} ({period}{early}{basis})"),
    "short_basis": ("; {count} av {of}", "; {count} of {of}"),
    "short_unsure": (", høyst {most}", ", at most {most}"),
    "short_target": (
        "Målet er «{target}». Det er satt for hele landet, ikke for hver kommune.",
        "The target is “{target}”. It is set for the whole country, not for each municipality.",
    ),
    "short_early": (", foreløpig", ", preliminary"),
    "short_break": (
        "Kilden er en annen fra {periods}. Tall før og etter er ikke målt likt.",
        "The source is another from {periods}. Figures before and after are not measured alike.",
    ),
    "short_undefined_one": (
        "Én indikator er ikke definert i kilden den kommer fra. Den står her uten tall.",
        "One indicator is not defined in the source it comes from. It stands here without figures.",
    ),
    "short_undefined": (
        "{n} indikatorer er ikke definert i kilden de kommer fra. De står her uten tall.",
        "{n} indicators are not defined in the source they come from. They stand here without figures.",
    ),
    "short_fits": (
        "Forskerne har holdt tall og intervjuer opp mot hverandre {n}: {words}.",
        "Researchers have held figures and interviews together {n}: {words}.",
    ),
    "short_no_fits": (
        "Ingen har ennå skrevet om tallene og intervjuene sier det samme.",
        "Nobody has written yet whether figures and interviews say the same.",
    ),
    "times": ("én gang", "once"),
    "times_n": ("{n} ganger", "{n} times"),
    "short_reference": (
        "Kildene er uenige om {labels}. Alle tallene er vist, ingen er slått sammen.",
        "The sources disagree on {labels}. All figures are shown, none are merged.",
    ),
    "short_use": (
        "Tallene er til å lære av og styre etter. Det er like viktig hva dere gjør med et tall som hva tallet er.",
        "Figures are to learn from and to steer by. What you do with a figure matters as much as the figure.",
    ),
    # Sections
    "groups": ("Tallene", "The figures"),
    "groups_lead": (
        "Hver kommune har sitt eget felt, med samme akser. Stiplet grå linje er hele landet, prikket grønn linje er målet i kilden. Et brudd i linja er et år uten tall eller en ny kilde. Ingen kommuner er rangert, og ingen utvikling er prøvd statistisk.",
        "Each municipality has a panel of its own with the same axes. The dashed grey line is the whole country, the dotted green line is the target in the source. A break in the line is a year without a figure or a new source. No municipalities are ranked, and no development is tested.",
    ),
    "groups_lead_case": (
        "Stiplet grå linje er hele landet, prikket grønn linje er målet i kilden. Et brudd i linja er et år uten tall eller en ny kilde. Ingen utvikling er prøvd statistisk.",
        "The dashed grey line is the whole country, the dotted green line is the target in the source. A break in the line is a year without a figure or a new source. No development is tested.",
    ),
    "group_process_goal": ("Prosessmål (LUP)", "Process goals (LUP)"),
    "group_effect_goal": ("Effektmål (LUP)", "Effect goals (LUP)"),
    "group_outcome": ("Resultatmål (LUP)", "Outcome goals (LUP)"),
    "group_framework": ("Rammebetingelser (DFØ)", "Framework conditions (DFØ)"),
    "group_practice": ("Innkjøpspraksis (DFØ)", "Procurement practice (DFØ)"),
    "group_gains": ("Gevinster (DFØ)", "Gains (DFØ)"),
    "group_spread": ("Spredning (DFØ)", "Spread (DFØ)"),
    "group_effects": ("Samfunnseffekter (DFØ)", "Effects in society (DFØ)"),
    "group_reference": ("Referansetall", "Reference figures"),
    "no_values_group": (
        "Ingen av indikatorene her har tall ennå: {names}.",
        "None of the indicators here has figures yet: {names}.",
    ),
    "joint": ("Tall og intervjuer side om side", "Figures and interviews side by side"),
    "joint_lead": (
        "Til venstre det indikatoren måler, til høyre det folk sier om de samme elementene i samme kommune, til samme dag. Om de to stemmer overens, er noe forskerne skriver; det regnes ikke ut.",
        "On the left what the indicator measures, on the right what people say of the same elements in the same municipality by the same day. Whether the two agree is something researchers write; it is not worked out.",
    ),
    "joint_caption": (
        "Tall til venstre. Til høyre antall tekstdeler som sier at elementet fremmer eller hemmer, og modenhetsnivået (1–5).",
        "Figures on the left. On the right the number of passages saying that the element promotes or inhibits, and the level of maturity (1–5).",
    ),
    "only_ids": (
        "Bare nummer her; ordene står i rapporten fra samme milepæl:",
        "Numbers only here; the words are in the report of the same milestone:",
    ),
    "joint_none": (
        "Ingen indikator har både tall for kommunen og elementer i kodeboka.",
        "No indicator has both figures for the municipality and elements in the codebook.",
    ),
    "fit": ("Forskernes ord", "Researchers' word"),
    "fit_none": ("ikke skrevet", "not written"),
    "fit_convergent": ("konvergent: sier det samme", "convergent: they say the same"),
    "fit_complementary": ("komplementær: utfyller hverandre", "complementary: they add to each other"),
    "fit_divergent": ("divergent: sier ulike ting", "divergent: they say different things"),
    "fit_by": ("{word} ({coder}, {day}, notat {memo})", "{word} ({coder}, {day}, memo {memo})"),
    "references": ("Referansetall: hva kildene sier", "Reference figures: what the sources say"),
    "references_lead": (
        "Tallene gjelder landet, ikke kommunene. De står slik kildene trykker dem. Der kildene er uenige, er alle vist.",
        "The figures are of the country, not the municipalities. They stand as the sources print them. Where sources disagree all are shown.",
    ),
    "questions": ("Åpne spørsmål om måling", "Open questions of measurement"),
    "others": ("Annet kildene sier om måling", "What else the sources say of measuring"),
    "chain": ("Fra rammebetingelser til samfunnseffekter", "From framework conditions to effects in society"),
    "chain_lead": (
        "DFØs kjede: rammebetingelser, praksis, gevinster, spredning og samfunnseffekter. Hvilken kolonne en indikator står i, er noen steder sluttet fra rekkefølgen i kilden.",
        "DFØ's chain: framework conditions, practice, gains, spread and effects in society. Which column an indicator stands in is in places inferred from the order in the source.",
    ),
    "registry": ("Alle indikatorene", "All indicators"),
    "registry_lead": (
        "Mål, enhet og kilde for hver indikator, med linjen den står på. «Trykt» er kildens ord, «regnet som» er tallet vi bruker.",
        "Target, unit and source of each indicator, with the line it stands on. “Printed” is the source's wording, “taken as” the number we use.",
    ),
    "show_registry": ("Vis alle indikatorene", "Show all indicators"),
    "show_notes": ("Vis hva som står bak hvert tall", "Show what is behind each figure"),
    # Columns
    "col_indicator": ("Indikator", "Indicator"),
    "col_period": ("Periode", "Period"),
    "col_value": ("Tall", "Figure"),
    "col_target": ("Mål (trykt)", "Target (printed)"),
    "col_assumed": ("Regnet som", "Taken as"),
    "col_by": ("Skal nås innen", "To be reached by"),
    "col_unit": ("Enhet", "Unit"),
    "col_counts": ("Gjelder", "Counts for"),
    "col_source": ("Kilde", "Source"),
    "col_made": ("Kilden er fra", "Source is of"),
    "col_status": ("I kilden", "In the source"),
    "col_owner": ("Ansvarlig", "Owner"),
    "col_elements": ("Elementer", "Elements"),
    "col_note": ("Merknad", "Note"),
    "col_element": ("Element", "Element"),
    "col_newest": ("Siste tall", "Newest figure"),
    "col_same": ("Samme som", "Same as"),
    # Words of the register
    "status_defined": ("definert", "defined"),
    "status_undefined_in_source": ("ikke definert i kilden", "not defined in the source"),
    "status_inconsistent": ("kilden er uklar eller uenig med en annen", "the source is unclear or disagrees with another"),
    "aggregation_period": ("perioden", "the period"),
    "aggregation_aggregate": ("samlet, med tidligere arbeid", "in all, with earlier work"),
    "aggregation_": ("", ""),
    "inferred": ("kolonnen er sluttet fra rekkefølgen i kilden", "the column is inferred from the order in the source"),
    "lost": ("ikke i denne kodeboka: {codes}", "not in this codebook: {codes}"),
    "unit_percent": ("prosent", "percent"),
    "unit_count": ("antall", "count"),
    "unit_scale_1_5": ("skala fra 1 til 5", "scale from 1 to 5"),
    "unit_times": ("ganger", "times"),
    "unit_NOK": ("kroner", "NOK"),
    "unit_m_NOK": ("millioner kroner", "million NOK"),
    "unit_bn_NOK": ("milliarder kroner", "billion NOK"),
    "unit_ordinal": ("rangert trinn", "ordered steps"),
    "unit_text": ("sagt med ord", "said in words"),
    "unit_question": ("spørsmål", "question"),
    "gap_told": ("uten tall: {periods}", "without figures: {periods}"),
    "break_told": ("ny kilde fra {periods}", "new source from {periods}"),
    "figure_alt": (
        "{label}. {series}",
        "{label}. {series}",
    ),
    "figure_series": ("{who}: {values}", "{who}: {values}"),
    "joint_alt": (
        "{label}, {case}: siste tall {value}. {elements}",
        "{label}, {case}: newest figure {value}. {elements}",
    ),
    "joint_element": (
        "{element}: {promoting} fremmer, {inhibiting} hemmer; {levels}",
        "{element}: {promoting} promote, {inhibiting} inhibit; {levels}",
    ),
}  # fmt: skip


def indicator_words(language: str) -> dict[str, str]:
    """The words of the page in one language: "nb" or "en"."""
    place = {"nb": 0, "en": 1}[language]
    return {key: pair[place] for key, pair in _WORDS.items()}


def value_told(value: float, unit: str, language: str) -> str:
    r"""A value with its unit, for people to read.

    >>> value_told(8.3333, "percent", "nb"), value_told(3.0, "scale_1_5", "nb"), value_told(2e9, "NOK", "en")
    ('8,3\xa0%', '3', 'NOK 2\xa0bn')
    >>> value_told(4.0, "times", "en"), value_told(21.0, "count", "nb")
    ('4\xa0times', '21')
    """
    if unit == "NOK" and value >= 1e9 and (value / 1e8).is_integer():
        told = number(value / 1e9, language, 0 if (value / 1e9).is_integer() else 1)
        return f"{told}\u00a0milliarder kroner" if language == "nb" else f"NOK {told}\u00a0bn"
    told = number(value, language, 0 if float(value).is_integer() else 1)
    after = {
        "percent": "\u00a0%" if language == "nb" else "%",
        "times": {"nb": "\u00a0ganger", "en": "\u00a0times"}[language],
    }
    return told + after.get(unit, "")
