"""The words of the practice model's report, in bokmål and English, one table, so that both are read side by side."""

from __future__ import annotations

from collections.abc import Mapping

from .frame_words import frame_words

_WORDS: dict[str, tuple[str, str]] = {
    # key: (bokmål, English)
    "title": ("Praksismodell {version}: {case}", "Practice model {version}: {case}"),
    "lead": (
        "Milepæl {milestone} · materiale til og med {cut_off} · kodebok {codebook}",
        "Milestone {milestone} · material up to and including {cut_off} · codebook {codebook}",
    ),
    "model": ("Modell", "Model"),
    "model_name": ("praksismodell {version}, {case}", "practice model {version}, {case}"),
    # sections
    "reading": ("Slik leser du siden", "How to read this page"),
    "profile": ("Profilen: hva kommunen har av kapabilitet", "The profile: what capability the municipality has"),
    "course": ("Forløpet: slik gikk anskaffelsene", "The course: how the procurements went"),
    "actors": ("Aktørene rundt hver anskaffelse", "The actors around each procurement"),
    "factors": ("Hva som fremmer og hemmer", "What promotes and what inhibits"),
    "network": ("Hva som henger sammen hos dere", "What hangs together here"),
    "particular": ("Det som er særegent for {case}", "What is particular to {case}"),
    "changes": ("Hva som er nytt siden forrige versjon", "What is new since the version before"),
    "mixing": ("Sammenheng mellom nivåene", "How the levels meet"),
    "maturity": ("Modenhet ved siden av profilen", "Maturity beside the profile"),
    "limits": ("Hva siden ikke kan si", "What this page cannot say"),
    # in short
    "short_material": (
        "Modellen bygger på {documents} og {informants} fra {case}, kodet i {segments}.",
        "The model rests on {documents} and {informants} from {case}, coded in {segments}.",
    ),
    "short_profile": (
        "{n} av {m} elementer har belegg hos dere{missing}.",
        "{n} of {m} elements have evidence here{missing}.",
    ),
    "short_missing": ("; resten: {states}", "; the rest: {states}"),
    "short_promotes": ("Det som bredest omtales som fremmende: {names}.", "Most broadly said to promote: {names}."),
    "short_inhibits": ("Det som bredest omtales som hemmende: {names}.", "Most broadly said to inhibit: {names}."),
    "short_course": (
        "Forløpet i {names} er tegnet fra før til etter. {k} av {n} tekstdeler sier når i anskaffelsen det skjedde.",
        "The course of {names} is drawn from before to after. {k} of {n} passages say when in the procurement it was.",
    ),
    "short_no_course": (
        "Ingen av tekstdelene sier når i anskaffelsen det skjedde, så forløpet kan ikke tegnes.",
        "No passage says when in the procurement it was, so the course cannot be drawn.",
    ),
    "short_particular": (
        "{n} ting skiller dere fra de andre kommunene, der de kan sammenliknes{examples}.",
        "{n} things set you apart from the other municipalities, where they can be compared{examples}.",
    ),
    "short_particular_1": (
        "Én ting skiller dere fra de andre kommunene, der de kan sammenliknes{examples}.",
        "One thing sets you apart from the other municipalities, where they can be compared{examples}.",
    ),
    "short_examples": (", blant annet {list}", ", among them {list}"),
    "short_nothing_particular": (
        "Ingenting skiller dere klart fra de andre kommunene, der de kan sammenliknes.",
        "Nothing clearly sets you apart from the other municipalities, where they can be compared.",
    ),
    "short_network": (
        "{n} par av elementer omtales sammen {least} ganger eller mer. Stabile: {firm}. Med {documents} er slike tall usikre.",
        "{n} pairs of elements are spoken of together {least} times or more. Stable: {firm}. With {documents} such numbers are uncertain.",
    ),
    "short_first": ("Dette er første versjon. Det finnes ingen tidligere å sammenlikne med.", "This is the first version. There is no earlier one to compare with."),
    "short_changes": (
        "Siden versjon {version} har {documents} kommet til. {comparable} av {n} elementer kan sammenliknes; for {turned} har retningen endret seg.",
        "Since version {version}, {documents} came in. {comparable} of {n} elements can be compared; of these, {turned} changed direction.",
    ),
    "short_reshaped": (
        "{n} er delt, slått sammen eller nye i kodeboka. Det er forskernes ordning, ikke en endring i praksis.",
        "{n} were split, merged or are new in the codebook. That is the researchers' ordering, not a change of practice.",
    ),
    "short_maturity": (
        "Modenheten er vurdert for {n}; den står ved siden av profilen og er ikke et mål på kommunen.",
        "Maturity was assessed for {n}; it stands beside the profile and is no measure of the municipality.",
    ),
    "read_1": ("Et element er én del av kapabiliteten, med et nummer (P1). Bokstaven viser nivået.", "An element is one part of capability, with a number (P1). The letter shows the level."),
    "read_2": ("▲ betyr at noe omtales som fremmende, ▼ at det omtales som hemmende. Tallet er antall tekstdeler, ikke hvor viktig noe er.", "▲ means that something is said to promote, ▼ that it is said to inhibit. The number counts passages, not importance."),
    "read_3": ("«3 av 5 dokumenter» betyr at tre av de fem dokumentene som kunne vist elementet, gjør det.", "“3 of 5 documents” means that three of the five documents that could have shown the element do so."),
    "read_4": ("Der det ikke er belegg, står det hvorfor. «Ikke spurt» er ikke det samme som «ikke nevnt».", "Where there is no evidence, the reason is told. “Not asked” is not the same as “nothing said”."),
    "read_5": ("Under «Belegg» ligger tekstdelene som påstanden bygger på.", "Under “Evidence” are the passages that a claim rests on."),
    # profile
    "profile_lead": (
        "Elementene på hvert nivå, med hvor bredt belegget er. Bredden teller mest: flere dokumenter, flere som snakker, flere typer aktører.",
        "The elements of each level, with how broad the evidence is. Breadth counts most: more documents, more people, more types of actors.",
    ),
    "figure_profile": (
        "Tekstdeler som fremmer (▲, til venstre, heldekket) og hemmer (▼, til høyre, skravert), element for element. Til høyre: dokumenter, informanter og aktørtyper som viser elementet, av dem som kunne.",
        "Passages that promote (▲, left, solid) and inhibit (▼, right, hatched), element by element. Far right: documents, informants and types of actors that show the element, of those that could.",
    ),
    "element": ("Element", "Element"),
    "direction": ("Retning", "Direction"),
    "element_count": ("element", "element"),
    "element_count_n": ("elementer", "elements"),
    "show_elements": ("Element for element, med belegg", "Element by element, with evidence"),
    "document": ("dokument", "document"),
    "document_n": ("dokumenter", "documents"),
    "informant": ("informant", "informant"),
    "informant_n": ("informanter", "informants"),
    "documents_short": ("Dokumenter", "Documents"),
    "informants_short": ("Informanter", "Informants"),
    "actor_types_short": ("Aktørtyper", "Types of actors"),
    "evidence_short": ("Belegg", "Evidence"),
    "k_of_n": ("{k} av {n}", "{k} of {n}"),
    "with_evidence": ("{k} av {n} elementer har belegg", "{k} of {n} elements have evidence"),
    "state_evidence": ("belegg", "evidence"),
    "state_nothing_said": ("spurt, ikke nevnt", "asked, nothing said"),
    "state_not_asked": ("ikke spurt", "not asked"),
    "state_not_codable": ("kunne ikke kodes", "not codable"),
    "state_suppressed": ("skjermet", "suppressed"),
    "state_pending": ("{n} tekstdeler venter på å bli plassert", "{n} passages wait to be placed"),
    "state_waiting": ("venter på plassering", "waits to be placed"),
    "state_apart": ("omtalt, men ikke sammen", "spoken of, but not together"),
    "state_together": ("omtalt sammen", "spoken of together"),
    "states_title": ("Når belegg mangler", "Where evidence is lacking"),
    "explain_nothing_said": ("Intervjuguiden spurte, men ingen sa noe om det.", "The interview guide asked, but nobody spoke of it."),
    "explain_not_asked": ("Ingen guide spurte om det, så taushet sier ingenting.", "No guide asked about it, so silence says nothing."),
    "explain_not_codable": ("Tekstene er ikke kodet, eller ble kodet før elementet fantes i kodeboka.", "The texts were not coded, or were coded before the codebook had the element."),
    "explain_suppressed": ("Belegget står bare i dokumenter som ikke kan vises.", "The only evidence is in documents that may not be shown."),
    "direction_promoting": ("mest fremmende", "mostly promoting"),
    "direction_inhibiting": ("mest hemmende", "mostly inhibiting"),
    "direction_mixed": ("begge veier", "both ways"),
    "direction_few": ("for få til å si", "too few to say"),
    "direction_none": ("ingen retning", "no direction"),
    "parts": ("Deler", "Parts"),
    # course
    "course_lead": (
        "Les figuren fra venstre mot høyre: hva som omtales før, under og etter hver anskaffelse. Elementene øverst hører mest til starten, de nederst mest til slutten.",
        "Read the figure from left to right: what is spoken of before, during and after each procurement. Elements at the top belong mostly to the beginning, those at the bottom mostly to the end.",
    ),
    "figure_course": (
        "Hver rad er et element, hver kolonne en fase. ▲ er tekstdeler som sier at det fremmer, ▼ at det hemmer, ○ uten retning. Streken følger et element gjennom anskaffelsen. {n} tekstdeler uten fase er ikke med.",
        "Each row is an element, each column a phase. ▲ are passages that say it promotes, ▼ that it inhibits, ○ without direction. The line follows an element through the procurement. {n} passages without a phase are left out.",
    ),
    "no_phases": ("Ingen tekstdeler har fase ennå. Forløpet kan tegnes når de er kodet med fase.", "No passages have a phase yet. The course can be drawn once they are coded with one."),
    "few_phases": (
        "Bare {k} av {n} tekstdeler i {name} har fase. Forløpet der er derfor ikke fullstendig.",
        "Only {k} of {n} passages in {name} have a phase. Its course is therefore not complete.",
    ),
    "no_processes": ("Ingen anskaffelsesprosesser er registrert for kommunen.", "No procurement processes are registered for the municipality."),
    "procedure": ("Framgangsmåte", "Procedure"),
    "focus_area": ("Satsingsområde", "Focus area"),
    "period": ("Tid", "Time"),
    "ongoing": ("pågikk ved milepælen", "under way at the milestone"),
    "intended": ("Innovasjonen var planlagt", "The innovation was intended"),
    "intended_yes": ("ja", "yes"),
    "intended_no": ("nei, den kom underveis", "no, it came along the way"),
    "intended_unknown": ("ikke kjent", "not known"),
    "new_to": ("Nytt for", "New to"),
    "new_to_organisation": ("kommunen", "the municipality"),
    "new_to_market": ("markedet", "the market"),
    "innovation_height": ("Innovasjonshøyde", "Innovation height"),
    "of_five": ("{n} av 5", "{n} of 5"),
    "material": ("Materiale", "Material"),
    "all_course": ("Alle elementer, fase for fase", "All elements, phase by phase"),
    "without_phase": ("Uten fase", "Without phase"),
    "not_told": ("ikke oppgitt", "not told"),
    # actors
    "actors_lead": (
        "Hvem som har hatt en rolle, og hvem vi har snakket med. Er en type aktør ikke hørt, mangler dens side av saken.",
        "Who had a part, and whom we have talked to. Where a type of actor was not heard, its side of the matter is lacking.",
    ),
    "actor_type": ("Type aktør", "Type of actor"),
    "part": ("Rolle", "Part"),
    "heard": ("Hørt", "Heard"),
    "heard_yes": ("ja, {n}", "yes, {n}"),
    "heard_no": ("nei", "no"),
    "part_unknown": ("rolle ikke registrert", "part not registered"),
    "ecosystem": ("Omverdenen som omtales", "What is said of the surroundings"),
    "no_ecosystem": ("Ingenting er sagt om omverdenen i denne anskaffelsen.", "Nothing is said of the surroundings in this procurement."),
    # factors
    "factors_lead": (
        "Ordnet etter hvor bredt det sies: dokumenter, informanter og typer aktører, deretter tekstdeler.",
        "Ordered by how broadly it is said: documents, informants and types of actors, then passages.",
    ),
    "promoting": ("Fremmer", "Promotes"),
    "inhibiting": ("Hemmer", "Inhibits"),
    "breadth": (
        "{documents}, {informants}, {actors}",
        "{documents}, {informants}, {actors}",
    ),
    "actor_kind": ("type aktør", "type of actor"),
    "actor_kind_n": ("typer aktører", "types of actors"),
    "nothing_promotes": ("Ingenting er sagt å fremme ennå.", "Nothing is said to promote yet."),
    "nothing_inhibits": ("Ingenting er sagt å hemme ennå.", "Nothing is said to inhibit yet."),
    "rest": ("Resten ({n})", "The rest ({n})"),
    # network
    "network_lead": (
        "To elementer henger sammen når de omtales i samme ytring. Bare par som møtes {least} ganger eller mer er med; {weaker} par møtes sjeldnere.",
        "Two elements hang together when they are spoken of in the same turn. Only pairs that meet {least} times or more are shown; {weaker} pairs meet more rarely.",
    ),
    "network_few": (
        "Nettverket bygger på {documents}. Det er lite: en strek sier at det er snakket om begge deler samtidig, ikke at det ene fører til det andre.",
        "The network rests on {documents}. That is little: a line says that both were spoken of at once, not that one leads to the other.",
    ),
    "figure_network": (
        "Tykkere strek: oftere omtalt sammen. Hel: stabil, også når dokumentene trekkes på nytt. Stiplet: ikke stabil. Prikket: bare i ett dokument. Åpen ring og grått navn: ikke med i noen strek.",
        "Thicker line: spoken of together more often. Solid: stable, also when documents are drawn anew. Dashed: not stable. Dotted: in one document only. Open ring and grey name: in no line.",
    ),
    "no_edges": ("Ingen elementer omtales sammen ofte nok til å tegnes.", "No elements are spoken of together often enough to be drawn."),
    "pair": ("Par", "Pair"),
    "turns": ("Ytringer", "Turns"),
    "firmness": ("Hvor sikkert", "How firm"),
    "firm_firm": ("stabil", "stable"),
    "firm_unsure": ("ikke stabil", "not stable"),
    "firm_one_document": ("bare i ett dokument", "in one document only"),
    "together_direction": ("Retning sammen", "Direction together"),
    "both_up": ("begge fremmer {n}", "both promote {n}"),
    "both_down": ("begge hemmer {n}", "both inhibit {n}"),
    "opposed": ("hver sin vei {n}", "opposed {n}"),
    "firmness_explained": (
        "Stabil: paret er der i minst {share} av {n} tenkte utvalg av kommunens dokumenter, og i to dokumenter eller mer.",
        "Stable: the pair is there in at least {share} of {n} imagined draws of the municipality's documents, and in two documents or more.",
    ),
    # particular
    "particular_lead": (
        "Sammenliknet med de andre kommunene på samme dag og med samme kodebok. En kommune der det ikke er spurt, ikke kunne kodes eller venter på plassering, er ikke sammenliknet: taushet er ingen forskjell.",
        "Compared with the other municipalities on the same day and with the same codebook. A municipality where it was not asked, could not be coded or waits to be placed is not compared: silence is no difference.",
    ),
    "figure_particular": (
        "Det som skiller, kommune for kommune. ▲ og ▼ er tekstdeler som fremmer og hemmer; ellers står det hvorfor belegg mangler.",
        "What differs, municipality by municipality. ▲ and ▼ are passages that promote and inhibit; otherwise the reason why evidence is lacking.",
    ),
    "nothing_particular": ("Ingen klare forskjeller der kommunene kan sammenliknes.", "No clear differences where the municipalities can be compared."),
    "kind_only_here": ("bare her", "only here"),
    "kind_missing_here": ("mangler her", "missing here"),
    "kind_opposite": ("motsatt retning", "opposite direction"),
    "kind_edge_only_here": ("sammenheng bare her", "together only here"),
    "claim_only_here": ("{element} har belegg hos dere, men ikke i {others}, der det også ble spurt.", "{element} has evidence here, but not in {others}, where it was asked about as well."),
    "claim_missing_here": ("{element} er ikke nevnt hos dere, enda det ble spurt. Det har belegg i {others}.", "{element} is not mentioned here, though it was asked about. It has evidence in {others}."),
    "claim_opposite": ("{element} omtales som {here} hos dere, men som {there} i {others}.", "{element} is {here} here, but {there} in {others}."),
    "claim_edge_only_here": ("{element} omtales i samme ytring hos dere ({turns}). I {others} er begge omtalt, men aldri sammen.", "{element} are spoken of in the same turn here ({turns}). In {others} both are spoken of, but never together."),
    "turn_count": ("ytring", "turn"),
    "turn_count_n": ("ytringer", "turns"),
    "not_together_in": ("Ikke sammen i", "Not together in"),
    "edges_here": ("Omtales sammen bare her", "Spoken of together only here"),
    "not_compared": ("Ikke sammenliknet: {list}.", "Not compared: {list}."),
    "evidence_here": ("Belegg her", "Evidence here"),
    "evidence_there": ("Belegg i {case}", "Evidence in {case}"),
    # changes
    "first_version": ("Dette er den første praksismodellen for {case}. Det finnes ingen tidligere å sammenlikne med.", "This is the first practice model of {case}. There is no earlier one to compare with."),
    "changes_lead": (
        "Sammenliknet med versjon {version} (materiale til {cut_off}, kodebok {codebook}), bygd på nytt av det som fantes da. Koder følges fra den ene kodeboka til den andre.",
        "Compared with version {version} (material up to {cut_off}, codebook {codebook}), made anew of what was there then. Codes are followed from one codebook to the other.",
    ),
    "documents_added": ("Nye dokumenter", "New documents"),
    "documents_removed": ("Dokumenter som er tatt ut", "Documents taken out"),
    "none": ("ingen", "none"),
    "turned": ("Retningen har endret seg", "The direction changed"),
    "turned_none": ("For ingen av elementene som kan sammenliknes, har retningen endret seg klart.", "Of the elements that can be compared, none clearly changed direction."),
    "claim_turned": ("{element}: fra {before} til {after}", "{element}: from {before} to {after}"),
    "turned_numbers": ("▲ {p0} → {p1}, ▼ {i0} → {i1} tekstdeler", "▲ {p0} → {p1}, ▼ {i0} → {i1} passages"),
    "new_evidence": ("Nytt belegg", "New evidence"),
    "appeared": ("Har fått belegg siden sist", "Has evidence since then"),
    "claim_appeared": ("{element}: {before} ved versjon {version}, belegg nå", "{element}: {before} at version {version}, evidence now"),
    "all_changes": ("Element for element", "Element by element"),
    "kinship": ("Samme element?", "Same element?"),
    "kin_same": ("ja", "yes"),
    "kin_redefined": ("ja, med ny definisjon", "yes, with a new definition"),
    "kin_merged": ("slått sammen av {list}", "merged from {list}"),
    "kin_split": ("skilt ut fra {list}", "split from {list}"),
    "kin_reshaped": ("omformet av {list}", "reshaped from {list}"),
    "kin_reduced": ("en del er flyttet til et annet element", "a part was moved to another element"),
    "kin_new": ("nytt i kodeboka", "new in the codebook"),
    "before_after": ("▲▼ før → nå", "▲▼ then → now"),
    "added_new": ("Fra nye dokumenter", "From new documents"),
    "added_old": ("Kodet senere i gamle", "Coded later in old ones"),
    "removed": ("Gjelder ikke lenger", "No longer counts"),
    "not_comparable": ("ikke sammenliknet", "not compared"),
    "codebook_changes": ("Endret i kodeboka, ikke i praksis", "Changed in the codebook, not in practice"),
    "codebook_lead": (
        "Disse elementene kan ikke sammenliknes med forrige versjon. Det som er annerledes, kommer av at kodeboka er endret.",
        "These elements cannot be compared with the version before. What is different comes of the changed codebook.",
    ),
    "gone": ("{element} finnes ikke lenger", "{element} is no longer there"),
    "gone_to": ("{element} er nå {list}", "{element} is now {list}"),
    "why": ("Begrunnelse", "Reason"),
    # mixing
    "mixing_lead": (
        "Hvor ofte elementer fra to nivåer omtales i samme ytring, og hvor ofte det ville skjedd om elementene fordelte seg tilfeldig. Over 1: oftere enn tilfeldig.",
        "How often elements of two levels are spoken of in the same turn, and how often that would be if elements fell at random. Above 1: more often than by chance.",
    ),
    "levels": ("Nivåer", "Levels"),
    "expected": ("Ventet", "Expected"),
    "ratio": ("Forhold", "Ratio"),
    "no_pair": ("ingen par", "no pair"),
    # maturity
    "maturity_lead": (
        "Nivåene er vurderinger fra 1 til 5, gjort ved denne milepælen. De står ved siden av belegget, ikke i stedet for det. Ulike sider kan se det ulikt, og det er nyttig å snakke om.",
        "The levels are assessments from 1 to 5, made at this milestone. They stand beside the evidence, not in its place. Sides may see it differently, which is worth talking about.",
    ),
    "side_researcher": ("Forskerne", "The researchers"),
    "side_self": ("Kommunen selv", "The municipality itself"),
    "side_joint": ("Sammen", "Together"),
    "not_assessed": ("ikke vurdert", "not assessed"),
    "scale": ("Skalaen", "The scale"),
    "apart_told": ("{n} steg fra hverandre", "{n} steps apart"),
    "difference": ("Forskjell", "Difference"),
    # limits
    "limits_1": ("Tallene beskriver det som er samlet inn, ikke hele kommunen. {documents} er få.", "The numbers describe what was gathered, not the whole municipality. {documents} are few."),
    "limits_2": ("At noe nevnes ofte, betyr ikke at det er viktig, og at noe ikke nevnes, betyr ikke at det ikke finnes.", "That something is often mentioned does not make it important, and what is not mentioned may still exist."),
    "limits_3": ("Kommunene er ikke et utvalg. Forskjellene gjelder disse tre på denne dagen, og rangerer dem ikke.", "The municipalities are cases, not a sample. The differences are of these three on this day, and do not rank them."),
    "limits_withheld": ("{n} dokumenter er holdt utenfor fordi de ikke kan vises. Tallene er uten dem.", "{n} documents are left out because they may not be shown. The numbers are without them."),
    "limits_not_coded": ("{n} dokumenter er ikke kodet ennå.", "{n} documents are not coded yet."),
    "file_told": ("Alt på siden står også i model.json og i tabellene ved siden av.", "All of this page is also in model.json and in the tables beside it."),
    # figures
    "legend_none": ("uten retning", "no direction"),
    "together_n": ("sammen i {n}", "together in {n}"),
    # changes of the codebook
    "change_new": ("nytt", "new"), "change_split": ("delt", "split"), "change_merged": ("slått sammen", "merged"),
    "change_renamed": ("nytt navn", "renamed"), "change_retired": ("tatt ut", "retired"), "change_moved": ("flyttet", "moved"),
    "change_promoted": ("løftet opp", "promoted"), "change_redefined": ("ny definisjon", "redefined"),
    "change_narrowed": ("snevret inn", "narrowed"), "change_converted": ("gjort om", "converted"),
}  # fmt: skip


def practice_words(language: str) -> Mapping[str, str]:
    """All words of the report in one language: "nb" or "en"; those of the frame are among them.

    >>> practice_words("nb")["firm_firm"]
    'stabil'
    """
    place = {"nb": 0, "en": 1}[language]
    return {**frame_words(language), **{key: pair[place] for key, pair in _WORDS.items()}}
