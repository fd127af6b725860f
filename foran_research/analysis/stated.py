"""A figure that may be undefined: its value, or the reason why there is none, in both languages.

Undefined is never shown as 0 or 1. A reason is a key of `REASONS`, so that tables and figures can tell it in the reader's
language and tests can ask for it by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: Why a figure is undefined, in both languages. They are read after "not applicable because …".
REASONS: Mapping[str, Mapping[str, str]] = {
    "no-unit": {"nb": "ingen enhet er vurdert av to kodere", "en": "no unit was judged by two coders"},
    # The two ways in which yes-or-no judgements can lack variation.
    "no-positive": {"nb": "ingen enhet har koden", "en": "no unit has the code"},
    "all-positive": {"nb": "alle enheter har koden, hos alle", "en": "every unit has the code, with every coder"},
    "no-variation": {"nb": "alle vurderinger er like: ingen variasjon", "en": "all judgements are equal: no variation"},
    "not-two": {"nb": "gjelder bare to kodere", "en": "is for two coders only"},
    # Null models, comparison of networks, projection.
    "no-trade": {
        "nb": "ingen ytringer byttet disse kodene: antallet er likt i alle tabeller som ble delt ut",
        "en": "no turns traded these codes: the count is the same in every table dealt",
    },
    "no-shuffle": {
        "nb": "stokking ikke endret noe: antallet overlapp er likt hver gang",
        "en": "shuffling changed nothing: the number of overlaps is the same every time",
    },
    "few-meetings": {
        "nb": "kodene møtes i for få ytringer eller dokumenter til å prøves",
        "en": "the codes meet in too few turns or documents to be tested",
    },
    "few-expected": {
        "nb": "kodene er ventet å møtes i for få ytringer, eller finnes begge i for få dokumenter, til å prøves",
        "en": "the codes are expected to meet in too few turns, or both occur in too few documents, to be tested",
    },
    "not-known": {
        "nb": "den ene kommunen ikke kunne ha koden: det ble ikke spurt, den fantes ikke i kodeboken, eller den er holdt tilbake",
        "en": "one of the cases could not have the code: not asked, not in the codebook, or withheld",
    },
    "lone-document": {"nb": "det bare finnes ett dokument", "en": "there is only one document"},
    # Networks of a whole study.
    "no-document": {
        "nb": "en av kommunene har ingen dokumenter ennå",
        "en": "one of the municipalities has no documents yet",
    },
    "other-unit": {
        "nb": "metoden bare gjelder ytringer, dokumenter og prosesser, som har koden eller ikke",
        "en": "the method is for turns, documents and processes only, which have the code or not",
    },
    "neither-code": {
        "nb": "ingen av kodene finnes i den ene kommunen",
        "en": "neither code occurs in one of the cases",
    },
    "no-node": {"nb": "nettverket ikke har noen noder", "en": "the network has no node"},
    "both-empty": {"nb": "ingen av nettverkene har noen kant", "en": "neither network has an edge"},
    "one-empty": {"nb": "det ene nettverket ikke har noen kant", "en": "one of the networks has no edge"},
    "equal-edges": {
        "nb": "alle par i det ene nettverket er like sterke",
        "en": "all pairs of one network are equally strong",
    },
    "no-meeting": {"nb": "ingen koder møtes i enheten", "en": "no codes meet in the unit"},
    "no-spread": {"nb": "alle enheter er like", "en": "all units are alike"},
    "few-points": {
        "nb": "det er færre enn to enheter med samforekomst",
        "en": "fewer than two units have co-occurrences",
    },
    "equal-means": {"nb": "de to gruppene har samme gjennomsnitt", "en": "the two groups have the same mean"},
    "group-absent": {
        "nb": "en av gruppene har ingen enhet med samforekomst",
        "en": "one of the groups has no unit with co-occurrences",
    },
    # Co-occurrence and networks.
    "code-absent": {"nb": "en av kodene forekommer ikke", "en": "one of the codes does not occur"},
    "never-together": {"nb": "kodene forekommer aldri sammen", "en": "the codes never occur together"},
    "code-everywhere": {"nb": "en av kodene er i hver eneste enhet", "en": "one of the codes is in every unit"},
    "no-pair": {"nb": "det finnes ikke to koder å sammenholde", "en": "there are no two codes to hold together"},
    "no-edge": {"nb": "nettverket har ingen kanter", "en": "the network has no edges"},
    "one-level": {"nb": "bare ett nivå har kanter", "en": "only one level has edges"},
    "too-few-nodes": {"nb": "nettverket har færre enn tre noder", "en": "the network has fewer than three nodes"},
    "outside-largest": {
        "nb": "noden er utenfor den største sammenhengende delen",
        "en": "the node is outside the largest connected part",
    },
    "below-zero": {"nb": "verdier under null har ikke noe forhold", "en": "values below zero have no proportion"},
    "no-code-put": {"nb": "ingen av de to har satt noen kode", "en": "neither of the two put any code"},
    # Intervals by resampling.
    "one-document": {
        "nb": "bare ett dokument er vurdert av to kodere",
        "en": "only one document was judged by two coders",
    },
    "one-unit": {"nb": "bare én enhet er vurdert av to kodere", "en": "only one unit was judged by two coders"},
    "failed-replicates": {
        "nb": "koeffisienten er udefinert i mer enn 5 % av de trukne utvalgene",
        "en": "the coefficient is undefined in more than 5 % of the replicates",
    },
    "no-replicates": {"nb": "ingen utvalg er trukket", "en": "no replicates were drawn"},
    # Stretches of text (u-alpha).
    "fewer-than-two-marked": {"nb": "ikke to kodere har merket noe", "en": "no two coders marked anything"},
    "nothing-marked": {"nb": "ingen koder har merket noe", "en": "no coder marked anything"},
    "all-marked": {
        "nb": "alt er merket av alle: ingen tekst står umerket",
        "en": "every coder marked everything: no gap",
    },
    "marked-apart": {"nb": "ingen har merket samme tekst", "en": "no two coders marked the same text"},
    "one-value": {
        "nb": "bare én kode er i bruk der begge har merket",
        "en": "only one code is in use where both marked",
    },
    "value-apart": {
        "nb": "ingen andre har merket noe der koden står",
        "en": "no other coder marked anything where the code stands",
    },
    # The study's own agreement.
    "nothing-reread": {"nb": "ingen passasje er lest på nytt ennå", "en": "no passage has been read again yet"},
    "no-redefinition": {
        "nb": "ingen definisjon er endret siden noe ble kodet med koden",
        "en": "no definition has changed since anything was coded with the code",
    },
    "no-second-pass": {
        "nb": "ingen koder har kodet et dokument på nytt med egne initialer for det ([[second_passes]] i foran.toml)",
        "en": "no coder has coded a document again under initials of their own ([[second_passes]] in foran.toml)",
    },
    "not-answered-twice": {
        "nb": "det ikke finnes noen ytring der to har satt koden og besvart spørsmålet",
        "en": "no code was applied, and the question answered, by two coders in the same turn",
    },
    "never-alone": {
        "nb": "koden står aldri uten en annen kode fra samme nivå",
        "en": "the code never stands without another code of its level",
    },
    "one-coder": {"nb": "bare én har kodet", "en": "only one person has coded"},
    "nothing-shared": {"nb": "ikke noe dokument er kodet av to", "en": "no document has been coded by two"},
    "all-blind": {
        "nb": "alt som er kodet av to, kodes fortsatt usett",
        "en": "all that two have coded is still being coded unseen",
    },
    "all-hidden": {
        "nb": "dokumentene bak tallene ikke kan vises, og tall for dem alene ville røpe kodingen",
        "en": "the documents behind the figures may not be shown, and figures of them alone would tell how they are coded",
    },
    "one-person-twice": {
        "nb": "to av koderne er samme person ([[second_passes]] i foran.toml)",
        "en": "two of the coders are one person ([[second_passes]] in foran.toml)",
    },
    # Saturation and maturity.
    "few-documents": {
        "nb": "det er færre dokumenter enn utgangspunkt og ett løp til sammen",
        "en": "there are fewer documents than the base and one run",
    },
    "no-base-codes": {
        "nb": "de første dokumentene ikke har noen kode",
        "en": "the first documents have no code",
    },
    "not-saturated": {"nb": "nye koder kom til helt til slutten", "en": "new codes kept coming to the end"},
    "no-code": {"nb": "ingen kode er funnet", "en": "no code was found"},
    "all-once": {"nb": "hver kode er funnet bare én gang", "en": "every code was found only once"},
    "not-assessed": {"nb": "ingen har vurdert nivået", "en": "nobody has assessed the level"},
}


@dataclass(frozen=True)
class Stated:
    """A figure, or None and the reason (a key of `REASONS`) why there is none.

    >>> Stated(0.5).told("en"), undefined("not-two").told("en")
    ('0.500', 'not applicable because it is for two coders only')
    """

    value: float | None
    reason: str = ""

    def told(self, language: str, *, digits: int = 3) -> str:
        """The figure, or why there is none, for people to read."""
        if self.value is not None:
            shown = f"{self.value:.{digits}f}"
            return shown.replace(".", ",") if language == "nb" else shown
        lead = {"nb": "ikke aktuelt fordi", "en": "not applicable because"}[language]
        reason = REASONS[self.reason][language]
        return f"{lead} {'it ' if language == 'en' and reason.startswith('is ') else ''}{reason}"


def undefined(reason: str) -> Stated:
    """No figure, and why.

    Raises
    ------
    KeyError
        For a reason that `REASONS` does not have.
    """
    REASONS[reason]
    return Stated(None, reason)
