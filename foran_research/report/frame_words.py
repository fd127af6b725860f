"""The words of the frame of every page, in bokmål and English, one table, so that both are read side by side."""

from __future__ import annotations

_WORDS: dict[str, tuple[str, str]] = {
    # key: (bokmål, English)
    "skip": ("Hopp til innholdet", "Skip to the contents"),
    "in_short": ("Kort sagt", "In short"),
    "read_more": ("Les mer", "Read more"),
    "contents": ("Innhold", "Contents"),
    "to_contents": ("til innholdet", "to the contents"),
    "evidence": ("Belegg", "Evidence"),
    "no_evidence": ("uten belegg", "without evidence"),
    "passage": ("tekstdel", "passage"),
    "passage_n": ("tekstdeler", "passages"),
    "not_shown": ("{n} til, som ikke kan vises her", "{n} more, which may not be shown here"),
    "passages": ("Tekstdelene som siden bygger på", "The passages this page rests on"),
    "passages_lead": (
        "Hver tekstdel har et nummer, slik at en påstand kan spores tilbake til det som ble sagt. Ordene vises bare der den som snakker har samtykket til å bli sitert, og ingen siteres mer enn {most} ganger på siden. Velg et dokument, eller følg en lenke under «Belegg».",
        "Every passage has a number, so that a claim can be followed back to what was said. Words are shown only where the speaker has consented to be quoted, and nobody is quoted more than {most} times on the page. Choose a document, or follow a link under “Evidence”.",
    ),
    "show_all": ("Vis alle", "Show all"),
    "why_not_cleared": ("Ordene kan ikke siteres.", "The words may not be quoted."),
    "why_enough": (
        "Ordene vises ikke: den som snakker er allerede sitert nok her.",
        "Words not shown: the speaker is quoted enough here already.",
    ),
    "promotes": ("fremmer", "promotes"),
    "inhibits": ("hemmer", "inhibits"),
    "both": ("fremmer og hemmer", "promotes and inhibits"),
    "neutral": ("nøytral", "neutral"),
    "unset": ("retning ikke satt", "direction not set"),
    "turn": ("ytring", "turn"),
    "somebody": ("Deltaker", "Participant"),
    "paragraph": ("avsnitt", "paragraph"),
    "how_made": ("Slik er siden laget", "How this page was made"),
    "milestone": ("Milepæl", "Milestone"),
    "model": ("Modell", "Model"),
    "cut_off": ("Materiale til og med", "Material up to and including"),
    "coded_until": ("Koding til og med", "Coding up to and including"),
    "codebook": ("Kodebok", "Codebook"),
    "coding": ("Koding", "Coding"),
    "coding_human": ("lest og kodet av mennesker", "read and coded by people"),
    "coding_suggestions": ("maskinelle forslag, ikke lest av mennesker", "machine suggestions, not read by people"),
    "same_again": (
        "Samme materiale, kodebok og koding gir den samme siden igjen, tegn for tegn.",
        "The same material, codebook and coding give the same page again, letter by letter.",
    ),
    "notice_machine": (
        "Denne siden bygger på maskinelle forslag fra kodebokas stikkord. Ingen har lest og kodet tekstene. Tallene viser hvor ord forekommer, ikke hva informantene mener.",
        "This page rests on machine suggestions from the codebook's cues. Nobody has read and coded the texts. The numbers show where words occur, not what informants mean.",
    ),
    "notice_empty": (
        "Ingenting er kodet ennå. Siden viser hva som mangler.",
        "Nothing has been coded yet. The page shows what is lacking.",
    ),
}


def frame_words(language: str) -> dict[str, str]:
    """The words of the frame in one language: "nb" or "en"."""
    place = {"nb": 0, "en": 1}[language]
    return {key: pair[place] for key, pair in _WORDS.items()}
