"""The words of network figures, captions and reasons in bokmål and English, side by side."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: dict[str, tuple[str, str]] = {
    # key: (bokmål, English)
    "all_cases": ("Alle samlet", "All together"),
    "panel_counts": ("{documents} dok. · {units} · {drawn} av {edges} kanter tegnet",
                     "{documents} doc. · {units} · {drawn} of {edges} edges drawn"),
    "panel_backbone": ("{note} · {n} i ryggraden", "{note} · {n} in the backbone"),
    "panel_empty": ("ingen koder her", "no codes here"),
    "panel_no_edges": ("ingen kanter å tegne", "no edges to draw"),
    "unit_turn": ("ytringer", "turns"),
    "unit_turn_1": ("ytring", "turn"),
    "unit_overlap": ("ytringer", "turns"),
    "unit_overlap_1": ("ytring", "turn"),
    "unit_stanza": ("ytringer", "turns"),
    "unit_stanza_1": ("ytring", "turn"),
    "unit_document": ("dokumenter", "documents"),
    "unit_document_1": ("dokument", "document"),
    "unit_process": ("prosesser", "processes"),
    "unit_process_1": ("prosess", "process"),
    "together_turn": ("omtalt i samme ytring", "spoken of in the same turn"),
    "together_overlap": ("kodet i tekstdeler som overlapper", "coded in segments that overlap"),
    "together_stanza": ("omtalt innenfor {window} ytringer på rad", "spoken of within {window} turns in a row"),
    "together_document": ("omtalt i samme dokument", "spoken of in the same document"),
    "together_process": ("omtalt i samme prosess", "spoken of in the same process"),
    "count_turn": ("antall ytringer med begge", "number of turns with both"),
    "count_overlap": ("antall par av tekstdeler som overlapper", "number of pairs of segments that overlap"),
    "count_stanza": ("antall vinduer der begge er med", "number of windows with both"),
    "count_document": ("antall dokumenter med begge", "number of documents with both"),
    "count_process": ("antall prosesser med begge", "number of processes with both"),
    "weight_jaccard": ("Jaccard", "Jaccard"),
    "weight_rate": ("rate (per 100 enheter med noen kode)", "rate (per 100 units with any code)"),
    # Small multiples
    "networks_title": ("Hva som omtales sammen, kommune for kommune", "What is spoken of together, municipality by municipality"),
    "layers_title": ("Hva som omtales sammen når det fremmer, og når det hemmer",
                     "What is spoken of together when it promotes, and when it inhibits"),
    "networks_caption": (
        "To elementer er knyttet sammen når de er {together}. Tykkere linje: større {weight}. Større sirkel: elementet "
        "finnes i flere av rutens {units}. Plasseringen er den samme i alle ruter, beregnet på det samlede nettverket. "
        "{backbone} {styles} Kommunene er tilfeller og ikke et utvalg: figuren beskriver hva som er sagt i disse dokumentene.",
        "Two elements are joined when they are {together}. Thicker line: larger {weight}. Larger circle: the element is found "
        "in more of the panel's {units}. Places are the same in every panel, worked out on the pooled network. {backbone} {styles} The "
        "municipalities are cases and no sample: the figure describes what was said in these documents.",
    ),
    "styles_stability": (
        "Hel linje: stabil, {count} er minst {least} i {share} % eller mer av {n} nye trekninger av dokumenter. Prikket: ikke "
        "stabil, eller ikke prøvd fordi kanten bare finnes der en kommune har ett dokument. "
        "Stiplet: det ene elementet er mer enn {distortion} ganger så hyppig som det andre, så vekten sier lite.",
        "Solid line: stable, the {count} is at least {least} in {share} % or more of {n} resamples of documents. Dotted: not "
        "stable, or not tried because the edge is only found where a municipality has one document. "
        "Dashed: one element is more than {distortion} times as frequent as the other, so the weight says little.",
    ),
    "styles_plain": (
        "Stiplet: det ene elementet er mer enn {distortion} ganger så hyppig som det andre, så vekten sier lite. Stabilitet "
        "er {reason}.",
        "Dashed: one element is more than {distortion} times as frequent as the other, so the weight says little. Stability "
        "is {reason}.",
    ),
    "backbone_curveball": (
        "Mørke linjer er ryggraden: hyppigere enn i {n} tilfeldige tabeller der hver {unit} har like mange koder og hver kode "
        "like mange {units} som her, blandet innen {within} (curveball, q ≤ {level}; prøvd er par som er ventet å møtes minst "
        "én gang). Av disse er de tegnet mørkt der {count} er minst {named}, i minst {documents} dokumenter. Lyse linjer: {count} er minst {least} "
        "({pooled} i det samlede nettverket), uten at kanten er i ryggraden. p gjelder {units} i disse dokumentene, aldri "
        "kommuner.",
        "Dark lines are the backbone: more frequent than in {n} random tables in which each {unit} has as many codes and each "
        "code as many {units} as here, shuffled within {within} (curveball, q ≤ {level}; tested are pairs expected to meet "
        "once or more). Of these, the ones whose {count} is at least {named}, in {documents} documents or more, are drawn dark. "
        "Light lines: {count} is at least {least} ({pooled} in the pooled network), without being in the backbone. p speaks of {units} in these documents, "
        "never of municipalities.",
    ),
    "backbone_permutation": (
        "Mørke linjer er ryggraden: overlapper oftere enn når kodene på tekstdelene i hvert dokument stokkes ({n} "
        "stokkinger, q ≤ {level}; prøvd er par som er ventet å overlappe minst én gang). Av disse er de tegnet mørkt der {count} "
        "er minst {named}, i minst {documents} dokumenter. Lyse linjer: {count} er minst {least} ({pooled} i det samlede "
        "nettverket), uten at kanten er i ryggraden. p gjelder tekstdeler i disse dokumentene, aldri kommuner.",
        "Dark lines are the backbone: overlapping more often than when the codes of the segments of each document are shuffled "
        "({n} times, q ≤ {level}; tested are pairs expected to overlap once or more). Of these, the ones whose {count} is at "
        "least {named}, in {documents} documents or more, are drawn dark. Light lines: {count} is at least {least} ({pooled} in "
        "the pooled network), without being in the backbone. p speaks of segments in these documents, never of municipalities.",
    ),
    "backbone_disparity": (
        "Mørke linjer er valgt av et disparitetsfilter (Serrano mfl. 2009, α < {level}), som tynner tegningen og ikke er noen "
        "test. Lyse linjer: {count} er minst {least} ({pooled} i det samlede nettverket).",
        "Dark lines were picked by a disparity filter (Serrano et al. 2009, α < {level}), which thins the drawing and is no "
        "test. Light lines: {count} is at least {least} ({pooled} in the pooled network).",
    ),
    "backbone_count": (
        "Tegnet er kanter der {count} er minst {least} ({pooled} i det samlede nettverket); ingen test ligger bak.",
        "Drawn are edges whose {count} is at least {least} ({pooled} in the pooled network); no test is behind it.",
    ),
    "layers_caption": (
        "Alle kommuner samlet, bare tekstdeler som fremmer, og bare tekstdeler som hemmer («begge» er med i begge). To elementer "
        "er knyttet sammen når de er {together}; tegnet er kanter der {count} er minst {least}. Tykkere linje: større {weight}. "
        "Stiplet: det ene elementet er mer enn {distortion} ganger så hyppig som det andre. Åpen sirkel: elementet er ikke "
        "knyttet til noe med denne retningen. Ingen test ligger bak.",
        "All municipalities together, only segments that promote, and only segments that inhibit (“both” is in both). Two "
        "elements are joined when they are {together}; drawn are edges whose {count} is at least {least}. Thicker line: larger "
        "{weight}. Dashed: one element is more than {distortion} times as frequent as the other. Open circle: the element is "
        "tied to nothing with this polarity. No test is behind it.",
    ),
    "within_document": ("hvert dokument", "each document"),
    "within_case": ("hver kommune", "each municipality"),
    "legend_stable": ("stabil", "stable"),
    "legend_unstable": ("ikke stabil", "not stable"),
    "legend_distorted": ("svært ulik hyppighet", "distorted"),
    "legend_edge": ("kant", "edge"),
    "legend_backbone": ("i ryggraden", "in the backbone"),
    "legend_frequent": ("bare hyppig", "frequent only"),
    "legend_evidence": ("omtalt", "spoken of"),
    # Why a node is hollow; the states of a cell of the model
    "state_nothing_said": ("spurt, ikke nevnt", "asked, not mentioned"),
    "state_not_asked": ("ikke spurt", "not asked"),
    "state_not_codable": ("ikke i kodeboka på det tidspunktet, eller ikke kodet", "not in the codebook then, or not coded"),
    "state_suppressed": ("skjermet", "suppressed"),
    "state_no_such_polarity": ("ikke knyttet til noe med denne retningen", "tied to nothing with this polarity"),
    # Differences
    "differences_title": ("Hvor to kommuner skiller seg", "Where two municipalities differ"),
    "difference_panel": ("{a} mot {b}", "{a} against {b}"),
    "difference_counts": ("{na} mot {nb} dok. · minste mulige p {p} · {drawn} av {edges} kanter tegnet",
                          "{na} against {nb} doc. · smallest attainable p {p} · {drawn} of {edges} edges drawn"),
    "difference_counts_without": ("{na} mot {nb} dok. · {why}", "{na} against {nb} doc. · {why}"),
    "differences_caption": (
        "Forskjellen i {weight} mellom to kommuner, de {n} største i hver rute; tykkere linje: større forskjell. {lines} "
        "Det en av de to ikke kunne ha sagt (ikke spurt, ikke i kodeboka, skjermet), er ukjent og ikke tegnet. "
        "Plasseringen er den samme som i de andre nettverkene. p kommer av å bytte dokumenter mellom de to kommunene "
        "({replicates}) og kan aldri bli mindre enn tallet over ruten, som følger av hvor mange ombyttinger det er. {marked} p gjelder "
        "hvordan dokumentene er fordelt på kommunene, aldri kommuner generelt.",
        "The difference in {weight} between two municipalities, the {n} largest in each panel; thicker line: larger "
        "difference. {lines} What one of the two could not have said (not asked, not in the codebook, withheld) is unknown and "
        "not drawn. Places are those of the other networks. p comes from exchanging documents between the two "
        "municipalities ({replicates}) and can never be smaller than the number above the panel, which follows from how many exchanges there are. {marked} p "
        "speaks of how the documents are dealt between the municipalities, never of municipalities at large.",
    ),
    "difference_lines": (
        "Blå, hel linje: mest i den første. Oransje, stiplet linje: mest i den andre.",
        "Blue solid line: more in the first. Orange dashed line: more in the second.",
    ),
    "difference_more": ("mest i {name}", "more in {name}"),
    "difference_marked": (
        "{n} kanter har p ≤ {level} etter korreksjon for mange sammenlikninger (max-T); de er merket med ★.",
        "{n} edges have p ≤ {level} after correction for many comparisons (max-T); they are marked with ★.",
    ),
    "difference_marked_1": (
        "Én kant har p ≤ {level} etter korreksjon for mange sammenlikninger (max-T); den er merket med ★.",
        "One edge has p ≤ {level} after correction for many comparisons (max-T); it is marked with ★.",
    ),
    "difference_none_marked": (
        "Ingen kant har p ≤ {level} etter korreksjon for mange sammenlikninger (max-T).",
        "No edge has p ≤ {level} after correction for many comparisons (max-T).",
    ),
    "replicates_drawn": ("{n} tilfeldige ombyttinger, eller alle når de er færre", "{n} random exchanges, or all of them where there are fewer"),
    "no_difference": ("ingen forskjell å tegne", "no difference to draw"),
    "first": ("den første", "the first"),
    "second": ("den andre", "the second"),
    # Matrix
    "matrix_title": ("Kode mot kode: {name}", "Code against code: {name}"),
    "matrix_caption": (
        "Under diagonalen: {count}, jo mørkere, jo større {weight}; tall i kursiv er kanter med svært ulik hyppighet. På "
        "diagonalen: antall {units} med koden. Over diagonalen: hvilke kommuner som har kanten ({cases}); åpen ring: har den "
        "ikke. Kodene står etter nivå, som i kodeboka. {n} {units} i {documents} dokumenter.",
        "Below the diagonal: {count}, the darker, the larger {weight}; numbers in italics are distorted edges. On the diagonal: "
        "number of {units} with the code. Above the diagonal: which municipalities have the edge ({cases}); an open ring: has "
        "it not. Codes stand by level, as in the codebook. {n} {units} in {documents} documents.",
    ),
    "matrix_caption_case": (
        "Under diagonalen: {count}, jo mørkere, jo større {weight}; tall i kursiv er kanter med svært ulik hyppighet. På "
        "diagonalen: antall {units} med koden. Kodene står etter nivå, som i kodeboka. {n} {units} i {documents} dokumenter.",
        "Below the diagonal: {count}, the darker, the larger {weight}; numbers in italics are distorted edges. On the diagonal: "
        "number of {units} with the code. Codes stand by level, as in the codebook. {n} {units} in {documents} documents.",
    ),
    # Mixing
    "mixing_title": ("Innenfor og mellom nivåer", "Within and between levels"),
    "mixing_caption": (
        "Samforekomster summert etter nivåene til de to elementene: øverst i cella {count}, under den andelen av alle i ruten. "
        "Mørkere: større andel. Halve matrisen vises, for den er symmetrisk. Nivåer med mange elementer har flere mulige par, så "
        "andelene er ingen rangering av nivåer.",
        "Co-occurrences summed by the levels of the two elements: at the top of a cell the {count}, below it the share of all in "
        "the panel. Darker: a larger share. Half the matrix is shown, for it is symmetric. Levels with many elements have more "
        "possible pairs, so the shares are no ranking of levels.",
    ),
    "mixing_pairs": ("{n} samforekomster", "{n} co-occurrences"),
    "mixing_pairs_1": ("1 samforekomst", "1 co-occurrence"),
    # ENA
    "ena_title": ("Dokumentene etter hva de knytter sammen", "The documents by what they tie together"),
    "ena_caption": (
        "Hvert merke er et dokument, plassert etter hvilke elementer det knytter sammen ({together}; hvert dokument er "
        "normert til lengde 1, så hvor mye som er sagt, teller ikke). Aksene er de to retningene der dokumentene skiller seg mest "
        "(SVD). Store merker er gjennomsnittet av en kommunes dokumenter. Dokumenter uten kanter ({empty}) er ikke tegnet. "
        "Figuren beskriver disse dokumentene og er ingen test.",
        "Each marker is a document, placed by which elements it ties together ({together}; each document's vector is divided by its "
        "length, so how much was said does not count). The axes are the two directions in which the documents differ most "
        "(SVD). Large markers are the mean of a municipality's documents. Documents without edges ({empty}) are not drawn. The "
        "figure describes these documents and is no test.",
    ),
    "ena_axis": ("Retning {n} ({share} % av variasjonen)", "Direction {n} ({share} % of the variation)"),
    "ena_one_axis": ("Ingen annen retning: dokumentene skiller seg\nbare langs den første",
                     "No second direction: the documents differ\nalong the first alone"),
    "ena_ends": ("{low}  ←      → {high}", "{low}  ←      → {high}"),
    "ena_documents": ("{name}, {n} dok.", "{name}, {n} doc."),
    # Stability
    "stability_title": ("Hvor sikre de sterkeste kantene er", "How certain the strongest edges are"),
    "stability_caption": (
        "De {n} sterkeste kantene i det samlede nettverket. Punkt: {weight}. Strek: 95 % av {replicates} nye trekninger av hele "
        "dokumenter innen kommunen. Tallet til høyre: i hvor mange prosent av trekningene {count} er minst {least}. "
        "Åpent punkt: svært ulik hyppighet. Med få dokumenter er intervallene for smale heller enn for brede. De sier hva som ville skje med andre "
        "dokumenter av samme slag, ikke noe om andre kommuner.",
        "The {n} strongest edges of the pooled network. Point: {weight}. Line: 95 % of {replicates} resamples of whole documents "
        "within the municipality. The number to the right: in how many per cent of the resamples the {count} is at least "
        "{least}. Open point: distorted. With few documents the intervals are too narrow rather than too wide. They tell what would happen with "
        "other documents of the same kind, nothing about other municipalities.",
    ),
    "documents_short": ("{n} dok.", "{n} doc."),
    "not_here": ("ingen kant", "no edge"),
    "no_edges_at_all": ("Ingen elementer er omtalt sammen ennå: det er ikke noe nettverk å vise.",
                        "No elements have been spoken of together yet: there is no network to show."),
    "no_ena": ("Ingen plassering å vise: {why}.", "No placing to show: {why}."),
    "no_pairs": ("Studien har bare én kommune: det er ingen å sammenlikne med.",
                 "The study has one municipality only: there is none to compare with."),
}  # fmt: skip


def network_words(language: str) -> Mapping[str, str]:
    """All words of the network figures in one language: "nb" or "en".

    >>> network_words("en")["legend_stable"]
    'stable'
    """
    place = {"nb": 0, "en": 1}[language]
    return {key: pair[place] for key, pair in _WORDS.items()}
