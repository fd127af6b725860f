"""The codebook to read and to print: one self-contained HTML page, no script, nothing fetched from anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jinja2

from ..codebook.changes import migration_rows
from ..codebook.code import Change, Code, Codebook, display_key
from ..settings import Settings
from ..vocabulary import LANGUAGES, WRITTEN_FORMS
from .codebook_diff import arena_shown
from .page import short_date

#: Which languages a page shows, by the word that asks for them.
SHOWN: Mapping[str, tuple[str, ...]] = {"nb": ("nb",), "en": ("en",), "both": LANGUAGES}
#: What stands between two languages on one line.
BETWEEN = " / "
#: Short lines about a code or a change: told after each other below the card.
_SHORT = ("source", "maturity", "introduced_in", "evidence", "proposed", "decided")

_WORDS: dict[str, tuple[str, str]] = {
    # key: (bokmål, English)
    "codebook": ("Kodebok", "Codebook"),
    "version": ("Versjon", "Version"),
    "released": ("Utgitt", "Released"),
    "contents": ("Innhold", "Contents"),
    "page": ("Side", "Page"),
    "counts": (
        "Koder i bruk: {active} (elementer: {elements}, underkoder: {parts}); utgåtte: {deprecated}",
        "Codes in use: {active} (elements: {elements}, sub-codes: {parts}); retired: {deprecated}",
    ),
    "brief": ("Kortdefinisjon", "Brief definition"),
    "definition": ("Definisjon", "Full definition"),
    "when_to_use": ("Når koden brukes", "When to use"),
    "when_not_to_use": ("Når koden ikke brukes", "When not to use"),
    "example": ("Eksempel", "Example"),
    "source": ("Kilder", "Sources"),
    "polarity_in_source": ("Polaritet i kildene", "Polarity in the sources"),
    "maturity": ("Modenhet", "Maturity"),
    "introduced_in": ("Med fra versjon", "Since version"),
    "parts": ("Underkoder", "Sub-codes"),
    "parent": ("Hører under", "Belongs to"),
    "cues_nb": ("Stikkord, bokmål", "Cues, Bokmål"),
    "cues_nn": ("Stikkord, nynorsk", "Cues, Nynorsk"),
    "deprecated": ("Vedlegg: utgåtte koder", "Appendix: retired codes"),
    "deprecated_lead": (
        "Utgåtte koder kan ikke brukes lenger. De står her for at eldre koding skal kunne leses.",
        "Retired codes cannot be used any more. They stand here so that older coding can be read.",
    ),
    "none_deprecated": ("Ingen koder er utgått.", "No code is retired."),
    "became": ("Hva som skjedde", "What became of it"),
    "became_none": ("Utgått i versjon {version}, uten etterfølger.", "Retired in version {version}, with no successor."),
    "became_one": ("Utgått i versjon {version}; gikk inn i {codes}.", "Retired in version {version}; went into {codes}."),
    "became_many": ("Utgått i versjon {version}; fordelt på {codes}.", "Retired in version {version}; divided among {codes}."),
    "became_relation": (
        "Utgått i versjon {version}; ble til en relasjon ({name}).",
        "Retired in version {version}; became a relation ({name}).",
    ),
    "became_tag": (
        "Utgått i versjon {version}; ble til en merkelapp ({name}).",
        "Retired in version {version}; became a tag ({name}).",
    ),
    "changes": ("Vedlegg: endringer i denne versjonen", "Appendix: changes in this version"),
    "none_changed": ("Ingen endringer: dette er den første versjonen.", "No changes: this is the first version."),
    "reason_empirical": ("Empirisk begrunnelse", "Empirical reason"),
    "reason_theoretical": ("Teoretisk begrunnelse", "Theoretical reason"),
    "evidence": ("Belegg", "Evidence"),
    "proposed": ("Foreslått av", "Proposed by"),
    "decided": ("Avgjort", "Decided"),
    "decision_reason": ("Begrunnelse for avgjørelsen", "Reason for the decision"),
    "from_to": ("Koder", "Codes"),
    "accepted": ("vedtatt", "accepted"),
    "rejected": ("avvist", "rejected"),
    "new": ("ny kode", "new code"),
    "rename": ("nytt navn", "renamed"),
    "reword": ("endret ordlyd", "reworded"),
    "redefine": ("ny definisjon", "redefined"),
    "narrow": ("innsnevret", "narrowed"),
    "move": ("flyttet", "moved"),
    "promote": ("løftet opp", "promoted"),
    "merge": ("sammenslåing", "merge"),
    "split": ("deling", "split"),
    "retire": ("utgått", "retired"),
    "to_facet": ("gjort til fasett", "made a facet"),
    "to_relation": ("gjort til relasjon", "made a relation"),
    "to_tag": ("gjort til merkelapp", "made a tag"),
    "fremmer": ("fremmer", "promotes"),
    "hemmer": ("hemmer", "inhibits"),
    "begge": ("begge", "both"),
    "nøytral": ("nøytral", "neutral"),
}  # fmt: skip


def said(key: str, languages: Sequence[str]) -> tuple[str, ...]:
    """One of the page's own words, once for each language shown.

    >>> said("example", ("nb", "en"))
    ('Eksempel', 'Example')
    """
    return tuple(_WORDS[key][LANGUAGES.index(language)] for language in languages)


def joined(texts: Sequence[str]) -> str:
    """The same thing in several languages on one line; once where they are alike.

    >>> joined(("Definisjon", "Definition")), joined(("nb", "nb"))
    ('Definisjon / Definition', 'nb')
    """
    return BETWEEN.join(dict.fromkeys(texts))


@dataclass(frozen=True)
class Line:
    """A named line of a card: its text once for each language shown, or once for all of them."""

    key: str
    name: str
    texts: tuple[str, ...]

    @property
    def is_short(self) -> bool:
        """Whether it is told in passing rather than on a line of its own."""
        return self.key in _SHORT


@dataclass(frozen=True)
class Card:
    """A code as it is shown: where it stands among the others, and its lines."""

    code: Code
    depth: int
    labels: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Decision:
    """A change as it is shown: what it is called, and its lines."""

    change: Change
    heading: str
    summary: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Contents:
    """Everything that a printed codebook shows, whatever it is printed as."""

    languages: tuple[str, ...]
    title: str
    version: str
    facts: tuple[str, ...]
    notices: tuple[str, ...]
    #: The levels that have codes: id, label, cards.
    levels: tuple[tuple[str, str, tuple[Card, ...]], ...]
    deprecated: tuple[Card, ...] | None
    changes: tuple[Decision, ...] | None


def contents(
    book: Codebook,
    settings: Settings,
    language: str,
    *,
    with_deprecated: bool = False,
    with_changes: bool = False,
    with_cues: bool = False,
) -> Contents:
    """What a printed codebook shows: active codes by level in display order, sub-codes after the code they belong to.

    Raises
    ------
    KeyError
        For a language other than nb, en and both.
    """
    languages = SHOWN[language]
    active = book.active
    counts = {
        "active": len(active), "elements": len(book.elements), "parts": len(active) - len(book.elements),
        "deprecated": len(book.codes) - len(active),
    }  # fmt: skip
    # A level that the settings do not know comes last, rather than not at all.
    names = {level.id: joined([level.label[lang] for lang in languages]) for level in settings.levels}
    ids = dict.fromkeys((*names, *(code.level for code in active)))
    levels = ((level, names.get(level, level), _tree(book, [c for c in active if c.level == level])) for level in ids)
    gone = sorted((code for code in book.codes if not code.is_active), key=lambda code: display_key(code.display))
    arenas = {arena.id: arena.label for arena in settings.arenas}
    notices = [joined([book.notice.get(lang, "") for lang in languages])]
    if settings.is_synthetic:
        notices.insert(0, joined([settings.notice[lang] for lang in languages]))
    return Contents(
        languages,
        joined([book.title[lang] for lang in languages]),
        f"{joined(said('version', languages))} {book.codebook_version}",
        (
            f"{joined(said('released', languages))} {joined([short_date(book.released, lang) for lang in languages])}",
            joined([word.format(**counts) for word in said("counts", languages)]),
        ),
        tuple(notice for notice in notices if notice),
        tuple(
            (level, name, tuple(_card(book, code, depth, languages, with_cues=with_cues) for code, depth in codes))
            for level, name, codes in levels
            if codes
        ),
        tuple(_card(book, code, 0, languages, with_cues=with_cues) for code in gone) if with_deprecated else None,
        tuple(_decision(book, change, languages, arenas) for change in _in_order(book.changes))
        if with_changes
        else None,
    )


def _tree(book: Codebook, codes: Sequence[Code]) -> list[tuple[Code, int]]:
    """The codes of one level, each followed by its sub-codes, with how deep they stand."""
    own = {code.id for code in codes}
    placed: list[tuple[Code, int]] = []

    def place(code: Code, depth: int) -> None:
        placed.append((code, depth))
        for child in book.children(code.id):
            if child.id in own:
                place(child, depth + 1)

    for code in codes:
        if code.parent not in own:
            place(code, 0)
    return placed


def _in_order(changes: Sequence[Change]) -> list[Change]:
    return sorted(changes, key=lambda change: not change.is_accepted)


def _named(book: Codebook, code_id: str, language: str) -> str:
    code = book.by_id.get(code_id)
    return f"{code.display} {code.label[language]}" if code is not None else code_id


def _card(book: Codebook, code: Code, depth: int, languages: Sequence[str], *, with_cues: bool) -> Card:
    lines: list[tuple[str, tuple[str, ...]]] = []
    if not code.is_active:
        lines.append(("became", tuple(_became(book, code, language) for language in languages)))
    for name in ("brief", "definition", "when_to_use", "when_not_to_use", "example"):
        lines.append((name, tuple(getattr(code, name).get(language, "") for language in languages)))
    parent = book.by_id.get(code.parent or "")
    if parent is not None:
        lines.append(("parent", tuple(_named(book, parent.id, language) for language in languages)))
    if parts := tuple(book.children(code.id)):
        lines.append(("parts", tuple("\n".join(_named(book, c.id, lang) for c in parts) for lang in languages)))
    if code.polarity_in_source:
        told = tuple("\n".join(_polarity(one, lang) for one in code.polarity_in_source) for lang in languages)
        lines.append(("polarity_in_source", told))
    lines.append(("source", (", ".join(code.source),)))
    lines.append(("maturity", (code.maturity,)))
    lines.append(("introduced_in", (code.introduced_in,)))
    for form in WRITTEN_FORMS if with_cues else ():
        written = [cue.phrase if cue.phrase is not None else _pattern(cue.pattern) for cue in code.cues.get(form, ())]
        lines.append((f"cues_{form}", (" · ".join(written),)))
    labels = tuple(code.label.get(language, "") for language in languages)
    return Card(code, depth, labels, _lines(lines, languages))


def _lines(lines: Sequence[tuple[str, tuple[str, ...]]], languages: Sequence[str]) -> tuple[Line, ...]:
    # What is the same in all languages stands once, across.
    return tuple(
        Line(key, joined(said(key, languages)), texts[:1] if len(set(texts)) == 1 else texts)
        for key, texts in lines
        if any(texts)
    )


def _pattern(pattern: Sequence[Mapping[str, Any]] | None) -> str:
    """A token pattern in short: what its tokens ask for."""
    return "[" + " ".join(",".join(f"{key}={value}" for key, value in token.items()) for token in pattern or ()) + "]"


def _polarity(told: Mapping[str, Any], language: str) -> str:
    word, note = str(told.get("polarity", "")), told.get("note")
    said_note = str(note.get(language, "")) if isinstance(note, Mapping) else str(note or "")
    shown = _WORDS[word][LANGUAGES.index(language)] if word in _WORDS else word
    head = " ".join(filter(None, (shown, f"({told['source']})" if told.get("source") else "")))
    return ": ".join(filter(None, (head, said_note)))


def _became(book: Codebook, code: Code, language: str) -> str:
    names = [_named(book, successor, language) for successor in code.successors]
    row = migration_rows(book.changes).get(code.id)
    key = "became_none" if not names else "became_one" if len(names) == 1 else "became_many"
    if row is not None and row.rule in ("relation", "tag"):
        key = f"became_{row.rule}"
    text = _WORDS[key][LANGUAGES.index(language)]
    name = row.name if row is not None else None
    return text.format(version=code.deprecated_in or "?", codes=", ".join(names), name=name or "–")


def _decision(
    book: Codebook, change: Change, languages: Sequence[str], arenas: Mapping[str, Mapping[str, str]]
) -> Decision:
    decision = "accepted" if change.is_accepted else "rejected"
    kinds = [
        f"{kind}, {made}"
        for kind, made in zip(said(change.type, languages), said(decision, languages), strict=True)
    ]  # fmt: skip
    codes = tuple(
        " → ".join(
            filter(None, (", ".join(_named(book, c, lang) for c in ids) for ids in (change.source, change.to)))
        ) if change.source != change.to else ", ".join(_named(book, c, lang) for c in change.to)
        for lang in languages
    )  # fmt: skip
    when = tuple(
        ", ".join(filter(None, (change.decided_at, arena_shown(change.arena, arenas, lang), change.decided_by_role)))
        for lang in languages
    )
    lines = [
        ("from_to", codes),
        *((name, tuple(getattr(change, name).get(lang, "") for lang in languages))
          for name in ("reason_empirical", "reason_theoretical")),
        ("evidence", (", ".join(change.evidence),)),
        ("proposed", (", ".join(filter(None, (change.proposed_by_role, change.proposed_at))),)),
        ("decided", when),
        ("decision_reason", tuple(change.decision_reason.get(lang, "") for lang in languages)),
    ]  # fmt: skip
    summary = tuple(change.summary.get(language, "") for language in languages)
    return Decision(change, f"{change.id}: {joined(kinds)}", summary, _lines(lines, languages))


def codebook_page(
    book: Codebook,
    settings: Settings,
    language: str,
    *,
    with_deprecated: bool = False,
    with_changes: bool = False,
    with_cues: bool = False,
) -> str:
    """The codebook as one HTML page that needs no network, made to be printed on A4.

    `language` is nb, en or both (side by side). With `with_deprecated` the codes that went out of use stand in an
    appendix, with what became of them; with `with_changes` the changes of this version, with their reasons.

    Raises
    ------
    KeyError
        For another language.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("foran_research.report", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    shown = contents(
        book, settings, language, with_deprecated=with_deprecated, with_changes=with_changes, with_cues=with_cues
    )
    page = environment.get_template("codebook_page.html.j2").render(
        c=shown,
        w={key: joined(said(key, shown.languages)) for key in _WORDS},
        between=BETWEEN,
        settings=settings,
    )
    return page + "\n"
