"""Every word of the public site and of notebooks made into pages and slides: bokmål, nynorsk and English side by side."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("nb", "nn", "en")
#: How each language calls itself.
LANGUAGE_NAMES: Mapping[str, str] = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}

_WORDS: Mapping[str, tuple[str, str, str]] = {
    # ---- what every page has
    "skip": ("Hopp til innholdet", "Hopp til innhaldet", "Skip to the content"),
    "languages": ("Språk", "Språk", "Languages"),
    "front": ("Alle milepæler", "Alle milepælar", "All milestones"),
    # ---- the front page
    "what": ("Hva er FORAN?", "Kva er FORAN?", "What is FORAN?"),
    "what_1": (
        "FORAN undersøker hva kommuner må kunne, få til og ha på plass for å kjøpe inn løsninger som ennå ikke finnes ferdige: kapabilitet for innovative offentlige anskaffelser.",
        "FORAN undersøkjer kva kommunar må kunne, få til og ha på plass for å kjøpe inn løysingar som enno ikkje finst ferdige: kapabilitet for innovative offentlege anskaffingar.",
        "FORAN studies what municipalities must know, manage and have in place to buy solutions that do not exist ready-made yet: their capability for innovative public procurement.",
    ),
    "what_2": (
        "Kommuner som er med: {cases}. De som arbeider med anskaffelser der, forsker sammen med forskerne.",
        "Kommunar som er med: {cases}. Dei som arbeider med anskaffingar der, forskar saman med forskarane.",
        "Municipalities that take part: {cases}. Those who work with procurement there do the research together with the researchers.",
    ),
    "reading": ("Slik leser du sidene", "Slik les du sidene", "How to read the pages"),
    "reading_1": (
        "De fleste milepælene er en modell: hvilke elementer kapabiliteten består av, hva som fremmer (▲) og hemmer (▼) dem, og hvordan de henger sammen. Elementene ligger på disse nivåene: {levels}. De andre milepælene forteller hvordan arbeidet står, og har ingen side her.",
        "Dei fleste milepælane er ein modell: kva element kapabiliteten er sett saman av, kva som fremjar (▲) og hemmar (▼) dei, og korleis dei heng saman. Elementa ligg på desse nivåa: {levels}. Dei andre milepælane fortel korleis arbeidet står, og har inga side her.",
        "Most milestones are a model: which elements the capability is made of, what promotes (▲) and inhibits (▼) them, and how they hang together. The elements lie on these levels: {levels}. The other milestones tell how the work stands, and have no page here.",
    ),
    "reading_2": (
        "Sitater står her bare når den som snakket, har samtykket og sitatet er klarert for offentligheten. Tall som gjelder få personer, vises ikke.",
        "Sitat står her berre når den som snakka, har samtykt og sitatet er klarert for offentlegheita. Tal som gjeld få personar, blir ikkje viste.",
        "Quotes stand here only where the speaker has consented and the quote is cleared for the public. Numbers that concern few people are not shown.",
    ),
    "timeline": ("Tidslinje", "Tidslinje", "Timeline"),
    "timeline_alt": (
        "Tidslinje med {n} milepæler fra {first} til {last}. De samme står i lista under.",
        "Tidslinje med {n} milepælar frå {first} til {last}. Dei same står i lista under.",
        "Timeline with {n} milestones from {first} to {last}. The same ones are in the list below.",
    ),
    "timeline_hollow": (
        "Fylt merke: milepælen har en egen side her. Hult merke: den har ingen.",
        "Fylt merke: milepælen har ei eiga side her. Tomt merke: han har inga.",
        "Filled mark: the milestone has a page of its own here. Hollow mark: it has none.",
    ),
    "by_case": ("Kommune for kommune", "Kommune for kommune", "Municipality by municipality"),
    "whole": ("Alle kommunene", "Alle kommunane", "All municipalities"),
    "no_page": ("ingen egen side her", "inga eiga side her", "no page of its own here"),
    "none": ("Ingen milepæler ennå.", "Ingen milepælar enno.", "No milestones yet."),
    "kind_capability": ("kapabilitetsmodell", "kapabilitetsmodell", "capability model"),
    "kind_practice": ("praksismodell", "praksismodell", "practice model"),
    "kind_improvement": ("forbedringsmodell", "forbetringsmodell", "improvement model"),
    "kind_followup": (
        "oppfølgings- og evalueringsmodell",
        "oppfølgings- og evalueringsmodell",
        "follow-up and evaluation model",
    ),
    "kind_status": ("status", "status", "status"),
    "quiet": (
        "Sidene henter ingenting fra andre nettsteder og sender ingenting fra seg. Det du velger av språk, farger og kommune, blir bare husket i nettleseren din.",
        "Sidene hentar ingenting frå andre nettstader og sender ingenting frå seg. Det du vel av språk, fargar og kommune, blir berre hugsa i nettlesaren din.",
        "The pages fetch nothing from other sites and send nothing. The language, colours and municipality you choose are remembered in your browser alone.",
    ),
    # ---- notebooks
    "notebooks": ("Notatbøkene", "Notatbøkene", "The notebooks"),
    "notebooks_lead": (
        "Slik ble milepælen til, steg for steg. Koden er foldet sammen; den trengs ikke for å lese.",
        "Slik vart milepælen til, steg for steg. Koden er falda saman; han trengst ikkje for å lese.",
        "How the milestone was made, step by step. The code is folded away; it is not needed for reading.",
    ),
    "contents": ("Innhold", "Innhald", "Contents"),
    "show_code": ("Vis koden", "Vis koden", "Show the code"),
    "table": ("Tabell", "Tabell", "Table"),
    "figure": ("Figur", "Figur", "Figure"),
    "result": ("Resultat", "Resultat", "Result"),
    "left_out": ("Utelatt", "Utelate", "Left out"),
    "left_out_text": (
        "en del som har ord eller opplysninger om personer som ikke er klarert for de som leser dette.",
        "ein del som har ord eller opplysningar om personar som ikkje er klarerte for dei som les dette.",
        "a part that holds words or information about people which are not cleared for those who read this.",
    ),
    "left_out_number": (
        "en del med tall som gjelder så få at de kan kjennes igjen.",
        "ein del med tal som gjeld så få at dei kan kjennast att.",
        "a part with numbers that concern so few that they might be recognised.",
    ),
    "masked": (
        "I tabellen står bare hva rader og kolonner gjelder: noen av tallene gjelder så få at de kan kjennes igjen.",
        "I tabellen står berre kva rader og kolonnar gjeld: nokre av tala gjeld så få at dei kan kjennast att.",
        "The table has only what its rows and columns are about: some numbers concern so few that they might be recognised.",
    ),
    "left_out_machine": (
        "en del som forteller om maskinen eller peker ut av fila.",
        "ein del som fortel om maskina eller peikar ut av fila.",
        "a part that tells of the machine or points out of the file.",
    ),
    "left_out_form": (
        "en del som bare virker i JupyterLab.",
        "ein del som berre verkar i JupyterLab.",
        "a part that only works in JupyterLab.",
    ),
    "left_out_error": (
        "en celle som stoppet med en feil.",
        "ei celle som stoppa med ein feil.",
        "a cell that stopped with an error.",
    ),
    "left_out_n": (
        "Utelatt fordi det ikke kan vises her: {n}.",
        "Utelate fordi det ikkje kan visast her: {n}.",
        "Left out since it cannot be shown here: {n}.",
    ),
    # ---- slides
    "slides": ("Lysbilder", "Lysbilete", "Slides"),
    "slide": ("Lysbilde {k} av {n}", "Lysbilete {k} av {n}", "Slide {k} of {n}"),
    "back": ("Forrige", "Førre", "Back"),
    "forward": ("Neste", "Neste", "Next"),
    "turning": (
        "Bla med piltastene, Page Up og Page Down; Home og End går til første og siste.",
        "Bla med piltastane, Page Up og Page Down; Home og End går til første og siste.",
        "Turn with the arrow keys, Page Up and Page Down; Home and End go to the first and the last.",
    ),
}

_MONTHS: Mapping[str, tuple[str, ...]] = {
    "nb": tuple("januar februar mars april mai juni juli august september oktober november desember".split()),
    "nn": tuple("januar februar mars april mai juni juli august september oktober november desember".split()),
    "en": tuple("January February March April May June July August September October November December".split()),
}
_AND = {"nb": "og", "nn": "og", "en": "and"}


def site_words(language: str) -> dict[str, str]:
    """The words of one language, by key.

    Examples
    --------
    >>> site_words("nn")["timeline"], site_words("en")["show_code"]
    ('Tidslinje', 'Show the code')
    """
    place = LANGUAGES.index(language)
    return {key: row[place] for key, row in _WORDS.items()}


def month_told(month: str, language: str) -> str:
    """A month for reading, without the machine's locale.

    Examples
    --------
    >>> month_told("2021-01", "nn"), month_told("2024-05-31", "en")
    ('januar 2021', 'May 2024')
    """
    return f"{_MONTHS[language][int(month[5:7]) - 1]} {month[:4]}"


def in_row(names: list[str], language: str) -> str:
    """Things in a row as a sentence has them.

    Examples
    --------
    >>> in_row(["A", "B", "C"], "nn"), in_row(["A"], "en"), in_row([], "nb")
    ('A, B og C', 'A', '')
    """
    return f"{', '.join(names[:-1])} {_AND[language]} {names[-1]}" if len(names) > 1 else "".join(names)


def text_in(text: Mapping[str, str], language: str) -> tuple[str, str]:
    """A text of the study and the language it is really in: one that lacks nynorsk is read in bokmål.

    Examples
    --------
    >>> text_in({"nb": "å kjøpe", "en": "buying"}, "nn")
    ('å kjøpe', 'nb')
    """
    found = next(each for each in (language, "nb", *LANGUAGES) if text.get(each))
    return text[found], found
