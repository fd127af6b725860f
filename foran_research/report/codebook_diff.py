"""What differs between two versions of the codebook, for people: in a terminal, as HTML, and as JSON for programs.

The words of an example are never shown, since an example may be what somebody said; it is told that it differs.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from ..codebook.changes import Lineage
from ..codebook.code import Change, Code
from ..codebook.diff import CodebookDiff, CodeDiff, FieldChange, Op, counts, families, word_changes

SCHEMA_VERSION = 1
_WIDTH = 100

#: Headings in the order they are read, with the kinds that put a code under them; the first that fits holds it.
_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("new", ("new",)),
    ("split", ("split",)),
    ("merged", ("merged",)),
    ("retired", ("retired",)),
    ("converted", ("converted",)),
    ("moved", ("promoted", "moved")),
    ("definitions", ("redefined", "narrowed")),
    ("renamed", ("renamed",)),
    ("wording", ("reworded", "cues", "display")),
)
_WHOLE_RECORD = ("brief", "definition", "when_to_use", "when_not_to_use")
#: What the heading of an entry already says.
_TOLD_BY_HEADING = frozenset(("display", "status", "introduced_in", "deprecated_in", "successors"))
_LISTS = frozenset(("source", "polarity_in_source", "cues", "successors"))
_UNSHOWN = frozenset(("example",))

_WORDS: dict[str, tuple[str, str]] = {
    # key: (bokmål, English)
    "title": ("Kodeboka: fra {before} til {after}", "The codebook: from {before} to {after}"),
    "released": ("Utgitt {before} og {after}.", "Released {before} and {after}."),
    "differ": ("{n} koder skiller de to versjonene", "{n} codes differ between the two versions"),
    "differ_1": ("1 kode skiller de to versjonene", "1 code differs between the two versions"),
    "differ_0": ("Ingen koder skiller de to versjonene.", "No codes differ between the two versions."),
    "same": ("Det er den samme versjonen: ingenting skiller.", "It is the same version: nothing differs."),
    "n_new": ("{n} nye", "{n} new"),
    "n_new_1": ("1 ny", "1 new"),
    "n_split": ("{n} delt", "{n} split"),
    "n_merged": ("{n} slått sammen", "{n} merged"),
    "n_retired": ("{n} utgått", "{n} retired"),
    "n_converted": ("{n} gjort om", "{n} converted"),
    "n_promoted": ("{n} løftet til element", "{n} promoted to element"),
    "n_moved": ("{n} flyttet", "{n} moved"),
    "n_redefined": ("{n} med ny definisjon", "{n} redefined"),
    "n_narrowed": ("{n} innsnevret", "{n} narrowed"),
    "n_renamed": ("{n} med nytt navn", "{n} renamed"),
    "n_reworded": ("{n} med ny ordlyd", "{n} reworded"),
    "n_cues": ("{n} med endrede stikkord", "{n} with other cues"),
    "n_display": ("{n} med ny kodebetegnelse", "{n} with another display code"),
    "n_rejected": ("{n} forslag ble avvist", "{n} proposals were rejected"),
    "n_rejected_1": ("1 forslag ble avvist", "1 proposal was rejected"),
    "n_unexplained": (
        "{n} koder er endret uten at noen beslutning nevner dem.",
        "{n} codes differ though no decision names them.",
    ),
    "n_unexplained_1": (
        "1 kode er endret uten at noen beslutning nevner den.",
        "1 code differs though no decision names it.",
    ),
    "counted_twice": (
        "En kode kan høre til flere slag, og telles da i hvert.",
        "A code can be of several kinds, and then counts in each.",
    ),
    "backwards": (
        "Lest bakover: {before} er den nyeste av de to. Merkene viser veien tilbake til {after}; overskriftene og "
        "begrunnelsene sier hva som ble besluttet på veien fra {after} til {before}.",
        "Read backwards: {before} is the later of the two. The marks show the way back to {after}; headings and reasons "
        "say what was decided on the way from {after} to {before}.",
    ),
    "g_new": ("Nye koder", "New codes"),
    "g_split": ("Delt", "Split"),
    "g_merged": ("Slått sammen", "Merged"),
    "g_retired": ("Utgått", "Retired"),
    "g_converted": ("Gjort om til noe annet enn en kode", "Converted into something other than a code"),
    "g_moved": ("Flyttet", "Moved"),
    "g_definitions": ("Endret definisjon", "Changed definitions"),
    "g_renamed": ("Nytt navn", "Renamed"),
    "g_wording": ("Ordlyd", "Wording"),
    "g_undecided": ("Ordlyd endret uten beslutning", "Wording changed without a decision"),
    "g_rejected": ("Avviste forslag", "Rejected proposals"),
    "g_untraced": ("Besluttet, men ikke lenger synlig", "Decided, but no longer visible"),
    "undecided_explained": (
        "Ingen beslutning mellom de to versjonene nevner disse kodene. Ofte er en grense oppdatert fordi en annen kode "
        "ble endret.",
        "No decision between the two versions names these codes. Often a boundary was brought up to date because "
        "another code changed.",
    ),
    "untraced_explained": (
        "Beslutninger som ikke har satt spor i forskjellen mellom de to versjonene.",
        "Decisions that left no trace in what differs between the two versions.",
    ),
    "no_decision": ("ingen beslutning nevner koden", "no decision names the code"),
    "k_new": ("ny", "new"),
    "k_split": ("delt", "split"),
    "k_merged": ("slått sammen", "merged"),
    "k_retired": ("utgått", "retired"),
    "k_converted": ("gjort om", "converted"),
    "k_promoted": ("løftet til element", "promoted to element"),
    "k_moved": ("flyttet", "moved"),
    "k_redefined": ("ny definisjon", "redefined"),
    "k_narrowed": ("innsnevret", "narrowed"),
    "k_renamed": ("nytt navn", "renamed"),
    "k_reworded": ("ny ordlyd", "reworded"),
    "k_cues": ("stikkord", "cues"),
    "k_display": ("ny kodebetegnelse", "another display code"),
    "f_label": ("Navn", "Label"),
    "f_brief": ("Kort definisjon", "Brief definition"),
    "f_definition": ("Definisjon", "Definition"),
    "f_when_to_use": ("Når koden brukes", "When to use"),
    "f_when_not_to_use": ("Når koden ikke brukes", "When not to use"),
    "f_example": ("Eksempel", "Example"),
    "f_display": ("Kodebetegnelse", "Display code"),
    "f_level": ("Nivå", "Level"),
    "f_parent": ("Overordnet kode", "Parent"),
    "f_source": ("Kilde", "Source"),
    "f_polarity_in_source": ("Polaritet i kilden", "Polarity in the source"),
    "f_maturity": ("Modenhet", "Maturity"),
    "f_status": ("Status", "Status"),
    "f_introduced_in": ("Innført i", "Introduced in"),
    "f_deprecated_in": ("Utgått i", "Deprecated in"),
    "f_successors": ("Etterfølgere", "Successors"),
    "f_cues": ("Stikkord", "Cues"),
    "l_nb": ("bokmål", "Norwegian bokmål"),
    "l_nn": ("nynorsk", "Norwegian nynorsk"),
    "l_en": ("engelsk", "English"),
    "also_in": ("også endret på {language}", "also changed in {language}"),
    "withheld": ("endret (teksten gjengis ikke her)", "changed (its words are not shown here)"),
    "order_only": ("bare rekkefølgen er endret", "only the order differs"),
    "none": ("ingen", "none"),
    "nothing_differs": (
        "Ingen felt i kodeposten skiller de to versjonene.",
        "No field of the record differs between the two versions.",
    ),
    "becomes": ("{code} blir {to}", "{code} becomes {to}"),
    "or": (" eller ", " or "),
    "with_polarity": ("med polaritet {polarity}", "with polarity {polarity}"),
    "with_answer": ("med {facet} = {answer}", "with {facet} = {answer}"),
    "p_fremmer": ("fremmer", "promotes"),
    "p_hemmer": ("hemmer", "inhibits"),
    "p_begge": ("begge", "both"),
    "p_nøytral": ("nøytral", "neutral"),
    "a_relation": ("relasjonen {name}", "the relation {name}"),
    "a_tag": ("merkelappen {name}", "the tag {name}"),
    "empirical": ("Empirisk", "Empirical"),
    "theoretical": ("Teoretisk", "Theoretical"),
    "decision": ("Om beslutningen", "On the decision"),
    "evidence": ("Belegg", "Evidence"),
    "accepted": ("vedtatt", "accepted"),
    "rejected": ("avvist", "rejected"),
    "removed": ("fjernet", "removed"),
    "added": ("lagt til", "added"),
    "marks": (
        "Slik leses merkene: [-fjernet-] {+lagt til+}",
        "How to read the marks: [-removed-] {+added+}",
    ),
    "marks_html": ("Slik leses merkene:", "How to read the marks:"),
}


def _words(language: str) -> Mapping[str, str]:
    """The words of the diff in "nb" or "en"."""
    place = {"nb": 0, "en": 1}[language]
    return {key: pair[place] for key, pair in _WORDS.items()}


@dataclass(frozen=True)
class _Field:
    """A field as it is shown: its name, the marked words, and what is to be said beside them."""

    name: str
    runs: tuple[tuple[Op, str], ...]
    note: str = ""


@dataclass(frozen=True)
class _Part:
    """One code within an entry: what it is called, how it goes on, its fields, and its record when it is new."""

    code: str
    name: str
    ways: tuple[str, ...]
    fields: tuple[_Field, ...]
    record: tuple[tuple[str, str], ...]
    remark: str


@dataclass(frozen=True)
class _Entry:
    heading: str
    kinds: tuple[str, ...]
    changes: tuple[Change, ...]
    parts: tuple[_Part, ...]
    is_explained: bool


@dataclass(frozen=True)
class _Group:
    key: str
    entries: tuple[_Entry, ...]
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class CodebookSection:
    """What a milestone report shows of the codebook: markup, its style, and where in it each change is told."""

    title: str
    html: str
    style: str
    anchors: Mapping[str, str]


#: The labels of arenas in both languages, by id. An arena that is not among them is shown as it is written.
Arenas = Mapping[str, Mapping[str, str]]


def diff_text(d: CodebookDiff, lineage: Lineage, language: str, arenas: Mapping[str, Mapping[str, str]] = {}) -> str:
    """The diff for a terminal, in "nb" or "en": grouped by what happened, with reasons, words marked [-old-]{+new+}.

    Ends with one line end; lines are at most 100 wide where words allow it. `arenas` are the labels of the study's arenas
    by id, in both languages: a change decided in one of them is told with its label.

    >>> from foran_research.codebook.code import Codebook
    >>> book = Codebook("1.0.0", "2020-02-01", {}, {}, (), ())
    >>> diff_text(CodebookDiff("1.0.0", "1.0.0", (), (), (), ()), Lineage((book,)), "en").splitlines()[-1]
    'It is the same version: nothing differs.'
    """
    w = _words(language)
    title = w["title"].format(before=d.before, after=d.after)
    lines = [title, "=" * len(title), *(line for text in _opening(d, lineage, w) for line in _wrapped(text))]
    groups = _groups(d, lineage, language)
    if any(op != "equal" for g in groups for e in g.entries for p in e.parts for f in p.fields for op, _ in f.runs):
        lines.append(w["marks"])
    told: set[str] = set()
    for group in groups:
        heading = w[f"g_{group.key}"]
        lines += ["", heading.upper(), "-" * len(heading)]
        if f"{group.key}_explained" in w:
            lines += _wrapped(w[f"{group.key}_explained"])
        for entry in group.entries:
            lines += ["", *_text_of_entry(entry, w, language, told, arenas)]
            told.update(change.id for change in entry.changes)
        for change in group.changes:
            lines += ["", *_text_of_change(change, w, language, "", set(), arenas)]
    return "\n".join(lines) + "\n"


def diff_html(d: CodebookDiff, lineage: Lineage, language: str, arenas: Mapping[str, Mapping[str, str]] = {}) -> str:
    """The diff as a piece of HTML with its own style, to be put into any page, light or dark; nothing is fetched.

    Removed words are struck through, added ones underlined, and both are announced to screen readers. `arenas` as for
    :func:`diff_text`.
    """
    return f"<style>{_style(language)}</style>\n{_fragment(d, lineage, language, arenas, level=3)}"


def diff_page(d: CodebookDiff, lineage: Lineage, language: str, arenas: Mapping[str, Mapping[str, str]] = {}) -> str:
    """The diff as a whole HTML page that needs no network, light or dark as the reader's machine is.

    `arenas` as for :func:`diff_text`.
    """
    w = _words(language)
    page = _template().page(
        title=w["title"].format(before=d.before, after=d.after),
        lang=language,
        style=Markup(_style(language)),  # noqa: S704 - our own words and colours
        fragment=Markup(_fragment(d, lineage, language, arenas, level=2)),  # noqa: S704 - escaped by the template
        colours=COLOURS,
    )
    return str(page).strip() + "\n"


def section(
    d: CodebookDiff, lineage: Lineage, language: str, arenas: Mapping[str, Mapping[str, str]] = {}
) -> CodebookSection:
    """What a milestone report shows of the codebook; `anchors` are element ids by the id of a change.

    `arenas` as for :func:`diff_text`.
    """
    anchors: dict[str, str] = {}
    for group in _groups(d, lineage, language):
        for entry in group.entries:
            for change in entry.changes:
                anchors.setdefault(change.id, f"diff-{entry.parts[0].code}")
    return CodebookSection(
        _words(language)["title"].format(before=d.before, after=d.after),
        _fragment(d, lineage, language, arenas, level=3),
        _style(language),
        anchors,
    )


def diff_json(d: CodebookDiff) -> str:
    """The diff for programs: JSON with sorted codes and fixed key order, the same bytes for the same versions.

    ``{schema_version, before, after, is_backwards, counts, codes, changes, rejected, unexplained}``. `counts` are codes
    by kind. Each of `codes` is ``{code, display_before, display_after, label, kinds, fields, changes, became,
    came_from}`` with code ids in `became` and `came_from` and change ids in `changes`; `display_before` and
    `display_after` are null where coders could not apply the code. Each of `fields` is ``{field, language, before,
    after, is_withheld}``, `language` null where a field has none; the words of an example are withheld and null. Each of
    `changes` and `rejected` is ``{id, type, from, to, summary, reason_empirical, reason_theoretical, decision_reason,
    evidence, decided_at, arena}``, the arena as its record has it. `unexplained` are ids of codes.

    >>> json.loads(diff_json(CodebookDiff("1.0.0", "2.0.0", (), (), (), ())))["counts"]
    {}
    """
    data = {
        "schema_version": SCHEMA_VERSION,
        "before": d.before,
        "after": d.after,
        "is_backwards": d.is_backwards,
        "counts": counts(d),
        "codes": [_data_of_code(entry) for entry in d.codes],
        "changes": [_data_of_change(change) for change in d.changes],
        "rejected": [_data_of_change(change) for change in d.rejected],
        "unexplained": list(d.unexplained),
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _data_of_code(entry: CodeDiff) -> dict[str, Any]:
    return {
        "code": entry.code,
        "display_before": entry.display_before or None,
        "display_after": entry.display_after or None,
        "label": dict(entry.label),
        "kinds": list(entry.kinds),
        "fields": [
            {
                "field": item.field,
                "language": item.language or None,
                "before": None if item.field in _UNSHOWN else item.before,
                "after": None if item.field in _UNSHOWN else item.after,
                "is_withheld": item.field in _UNSHOWN,
            }
            for item in entry.fields
        ],
        "changes": list(entry.changes),
        "became": list(entry.became),
        "came_from": list(entry.came_from),
    }


def _data_of_change(change: Change) -> dict[str, Any]:
    return {
        "id": change.id,
        "type": change.type,
        "from": list(change.source),
        "to": list(change.to),
        "summary": dict(change.summary),
        "reason_empirical": dict(change.reason_empirical),
        "reason_theoretical": dict(change.reason_theoretical),
        "decision_reason": dict(change.decision_reason),
        "evidence": list(change.evidence),
        "decided_at": change.decided_at,
        "arena": change.arena,
    }


def _opening(d: CodebookDiff, lineage: Lineage, w: Mapping[str, str]) -> Iterator[str]:
    """The sentences before the first group: the versions, the numbers, how to read a diff that goes backwards."""
    if d.before == d.after:
        yield w["same"]
        return
    yield w["released"].format(before=lineage[d.before].released, after=lineage[d.after].released)
    if d.is_backwards:
        yield w["backwards"].format(before=d.before, after=d.after)
    if d.codes:
        told = [_counted(w, f"n_{kind}", n) for kind, n in counts(d).items()]
        yield f"{_counted(w, 'differ', len(d.codes))}: {', '.join(told)}. {w['counted_twice']}"
    else:
        yield w["differ_0"]
    if d.rejected:
        yield _counted(w, "n_rejected", len(d.rejected)) + "."
    if d.unexplained:
        yield _counted(w, "n_unexplained", len(d.unexplained))


def _counted(w: Mapping[str, str], key: str, n: int) -> str:
    return w.get(f"{key}_1", w[key]).format(n=n) if n == 1 else w[key].format(n=n)


def _groups(d: CodebookDiff, lineage: Lineage, language: str) -> tuple[_Group, ...]:
    """The entries under their headings, empty ones left out; then what was decided and is not to be seen, and rejected."""
    w = _words(language)
    held: dict[str, list[_Entry]] = {}
    for family in families(d):
        kinds = {kind for entry in family for kind in entry.kinds}
        key = next((key for key, its in _GROUPS if kinds.intersection(its)), "wording")
        if key == "wording" and not any(entry.changes for entry in family):
            key = "undecided"
        held.setdefault(key, []).append(_entry(family, d, lineage, language, w))
    told = {change for entry in d.codes for change in entry.changes}
    groups = [_Group(key, tuple(held[key])) for key in (*(key for key, _ in _GROUPS), "undecided") if key in held]
    if untraced := tuple(change for change in d.changes if change.id not in told):
        groups.append(_Group("untraced", (), untraced))
    if d.rejected:
        groups.append(_Group("rejected", (), d.rejected))
    return tuple(groups)


def _entry(
    family: Sequence[CodeDiff], d: CodebookDiff, lineage: Lineage, language: str, w: Mapping[str, str]
) -> _Entry:
    named = {change for entry in family for change in entry.changes}
    changes = tuple(change for change in d.changes if change.id in named)
    kinds = dict.fromkeys(kind for entry in family for kind in entry.kinds)
    return _Entry(
        _heading(family, d, language),
        tuple(w[f"k_{kind}"] for kind in kinds),
        changes,
        tuple(_part(entry, family, changes, d, lineage, language, w) for entry in family),
        bool(changes),
    )


def _heading(family: Sequence[CodeDiff], d: CodebookDiff, language: str) -> str:
    """What ended → what came of it ("P4 A → P12 B, P13 C"); for one code that stays, its own two names."""
    if len(family) == 1:
        return _named(family[0], language, d)
    # What ends (or is split, and goes on in part) stands to the left; what begins, or takes in, to the right.
    left = [
        _named(entry, language, d)
        for entry in family
        if entry.became or not entry.display_after or entry.code in entry.came_from
    ]
    right = [
        _named(entry, language, d)
        for entry in family
        if entry.came_from or not entry.display_before or entry.code in entry.became
    ]
    arrow, plus = (" ← ", (", ", " + ")) if d.is_backwards else (" → ", (" + ", ", "))
    if left and right:
        return plus[0].join(left) + arrow + plus[1].join(right)
    return ", ".join(left or right or [_named(entry, language, d) for entry in family])


def _named(entry: CodeDiff, language: str, d: CodebookDiff) -> str:
    shown = dict.fromkeys(display for display in (entry.display_before, entry.display_after) if display)
    labels = next(
        ((f.before, f.after) for f in entry.fields if f.field == "label" and f.language == language),
        (entry.label.get(language, ""),),
    )
    return _plain(f"{' → '.join(shown)} {' → '.join(filter(None, labels))}").strip()


def _part(
    entry: CodeDiff,
    family: Sequence[CodeDiff],
    changes: Iterable[Change],
    d: CodebookDiff,
    lineage: Lineage,
    language: str,
    w: Mapping[str, str],
) -> _Part:
    is_born = not (entry.display_after if d.is_backwards else entry.display_before)
    code = lineage[d.before if d.is_backwards else d.after].by_id.get(entry.code)
    record = (
        tuple((w[f"f_{name}"], _plain(getattr(code, name).get(language, ""))) for name in _WHOLE_RECORD)
        if is_born and code is not None
        else ()
    )
    fields = tuple(_fields(entry, d, lineage, language, w))
    remarks = [] if entry.changes else [w["no_decision"]]
    if not fields and not record and entry.display_before and entry.display_after and not entry.came_from:
        remarks.append(w["nothing_differs"])
    name = _named(entry, language, d) if len(family) > 1 else ""
    ways = tuple(_ways(entry, family, changes, d, lineage, w))
    return _Part(entry.code, name, ways, fields, record, "; ".join(remarks))


def _ways(
    entry: CodeDiff,
    family: Sequence[CodeDiff],
    changes: Iterable[Change],
    d: CodebookDiff,
    lineage: Lineage,
    w: Mapping[str, str],
) -> Iterator[str]:
    """Where a code went when its family went several ways, and what a conversion sets besides: polarity, a name."""
    heirs = {other.code: other.came_from if d.is_backwards else other.became for other in family}
    if heirs[entry.code] and len([code for code in heirs if heirs[code]]) > 1 and len({*sum(heirs.values(), ())}) > 1:
        here = entry.display_after if d.is_backwards else entry.display_before
        names = {other.code: other.display_before if d.is_backwards else other.display_after for other in family}
        yield _plain(w["becomes"].format(code=here, to=w["or"].join(names[heir] for heir in heirs[entry.code])))
    for row in (row for change in changes for row in change.migration if row.source == entry.code):
        here = entry.display_before or entry.display_after
        if row.name:
            a = w["a_tag" if row.rule == "tag" else "a_relation"].format(name=row.name)
            yield _plain(w["becomes"].format(code=here, to=a))
        elif row.polarity or row.facets:
            given = (
                [w["with_polarity"].format(polarity=w.get(f"p_{row.polarity}", row.polarity))] if row.polarity else []
            )
            given += [w["with_answer"].format(facet=facet, answer=answer) for facet, answer in row.facets.items()]
            to = ", ".join(_display(code, (d.after, d.before), lineage) for code in row.to)
            yield _plain(f"{w['becomes'].format(code=here, to=to)} {', '.join(given)}")


def _fields(
    entry: CodeDiff, d: CodebookDiff, lineage: Lineage, language: str, w: Mapping[str, str]
) -> Iterator[_Field]:
    """The fields that differ: words in the reader's language, and those of another language where only it differs."""
    by_field: dict[str, list[FieldChange]] = {}
    for item in entry.fields:
        by_field.setdefault(item.field, []).append(item)
    is_turned = bool(entry.display_before) != bool(entry.display_after)
    for name, items in by_field.items():
        if name == "display" or (is_turned and name in _TOLD_BY_HEADING):
            continue
        in_language = [item for item in items if item.language in ("", language)]
        shown = items if name == "cues" else in_language or items
        others = [w.get(f"l_{item.language}", item.language) for item in items if item not in shown]
        for item in shown:
            label = w[f"f_{name}"]
            if item.language and (item.language != language or name == "cues"):
                label = f"{label} ({w.get(f'l_{item.language}', item.language)})"
            note = w["also_in"].format(language=", ".join(others)) if others else ""
            if name in _UNSHOWN:
                yield _Field(label, (), "; ".join(filter(None, (w["withheld"], note))))
                continue
            if name in ("parent", "successors"):
                versions = (d.before, d.after)
                before, after = (
                    "\n".join(_display(code, (version,), lineage) for code in value.split("\n") if code)
                    for value, version in zip((item.before, item.after), versions, strict=True)
                )
            else:
                before, after = item.before, item.after
            runs = _list_changes(before, after) if name in _LISTS else _word_runs(name, before, after, w)
            yield _Field(label, runs, "; ".join(filter(None, ("" if runs else w["order_only"], note))))


def _word_runs(name: str, before: str, after: str, w: Mapping[str, str]) -> tuple[tuple[Op, str], ...]:
    if name in ("parent", "level", "maturity"):
        return (("delete", _plain(before or w["none"])), ("equal", " "), ("insert", _plain(after or w["none"])))
    return word_changes(_plain(before), _plain(after))


def _list_changes(before: str, after: str) -> tuple[tuple[Op, str], ...]:
    """The entries taken out and those put in, with spaces between; nothing when only their order differs."""
    old, new = (_plain(text).split("\n") if text else [] for text in (before, after))
    marked: list[tuple[Op, str]] = [("delete", line) for line in old if line not in new]
    marked += [("insert", line) for line in new if line not in old]
    runs: list[tuple[Op, str]] = []
    for run in marked:
        runs += [("equal", " "), run] if runs else [run]
    return tuple(runs)


def _display(code_id: str, versions: Iterable[str], lineage: Lineage) -> str:
    for version in versions:
        code: Code | None = lineage[version].by_id.get(code_id)
        if code is not None:
            return code.display
    return code_id


_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def _plain(text: str) -> str:
    """Text without signs that steer a terminal or turn the direction of writing; they show as the replacement sign."""
    return _UNSEEN.sub("\ufffd", text)


# In a terminal


def _wrapped(text: str, indent: str = "", hang: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + hang,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [indent.rstrip()]


def _text_of_entry(
    entry: _Entry, w: Mapping[str, str], language: str, told: Collection[str], arenas: Arenas
) -> Iterator[str]:
    yield from _wrapped(f"{entry.heading}  [{', '.join(entry.kinds)}]", "", "    ")
    for change in entry.changes:
        yield from _text_of_change(change, w, language, "  ", told, arenas)
    for part in entry.parts:
        inside = "  "
        if part.name and (part.fields or part.record or part.ways):
            yield from _wrapped(part.name, inside, "  ")
            inside = "    "
        for way in part.ways:
            yield from _wrapped(way, inside, "  ")
        for name, text in part.record[:1]:
            yield from _wrapped(f"{name}: {text}", inside, "  ")
        for item in part.fields:
            note = f" ({item.note})" if item.note and item.runs else f" {item.note}" if item.note else ""
            yield from _wrapped(f"{item.name}:{' ' if item.runs else ''}{_marked(item.runs)}{note}", inside, "  ")
        if part.remark:
            yield from _wrapped(f"({part.remark})", inside, "  ")


def _marked(runs: Iterable[tuple[Op, str]]) -> str:
    signs = {"equal": ("", ""), "delete": ("[-", "-]"), "insert": ("{+", "+}")}
    return "".join(signs[op][0] + text + signs[op][1] for op, text in runs)


def _text_of_change(
    change: Change, w: Mapping[str, str], language: str, indent: str, told: Collection[str], arenas: Arenas
) -> Iterator[str]:
    """A decision with its reasons, which are given once only: one decision can touch many codes."""
    where = ", ".join(filter(None, (change.decided_at, arena_shown(change.arena, arenas, language))))
    verdict = w["accepted" if change.is_accepted else "rejected"]
    head = f"{change.id} ({verdict}{', ' if where else ''}{where}): {change.summary.get(language, '')}"
    yield from _wrapped(_plain(head), indent, "  ")
    for label, text in () if change.id in told else _reasons(change, w, language):
        yield from _wrapped(f"{label}: {text}", indent + "  ", "  ")


def arena_shown(arena: str, arenas: Arenas, language: str) -> str:
    """The label of an arena that is named by its id; what else a record says of it, as it stands there.

    >>> known = {"praksis": {"nb": "Praksisforum", "en": "Practice forum"}}
    >>> arena_shown("praksis", known, "en"), arena_shown("et møte", known, "en")
    ('Practice forum', 'et møte')
    """
    return arenas.get(arena, {}).get(language) or arena


def _reasons(change: Change, w: Mapping[str, str], language: str) -> tuple[tuple[str, str], ...]:
    told = (
        (w["empirical"], change.reason_empirical.get(language, "")),
        (w["theoretical"], change.reason_theoretical.get(language, "")),
        (w["decision"], change.decision_reason.get(language, "")),
        (w["evidence"], ", ".join(change.evidence)),
    )
    return tuple((label, _plain(text)) for label, text in told if text)


# As HTML


def _fragment(d: CodebookDiff, lineage: Lineage, language: str, arenas: Arenas, *, level: int) -> str:
    w = _words(language)
    markup = _template().fragment(
        w=w,
        lang=language,
        h=level,
        opening=list(_opening(d, lineage, w)),
        groups=_groups(d, lineage, language),
        reasons=lambda change: _reasons(change, w, language),
        arena=lambda change: arena_shown(change.arena, arenas, language),
        plain=_plain,
    )
    return str(markup).strip() + "\n"


#: Colours of marked words: ink and ground belong together, so that they can be read on any page, light or dark.
COLOURS = {
    "light": {"ins": ("#0a4a1e", "#d9f2df"), "del": ("#7a1020", "#fbe0e3")},
    "dark": {"ins": ("#b8f0c6", "#123d20"), "del": ("#ffc9cf", "#4a1219")},
}


def _style(language: str) -> str:
    return str(_template().style(w=_words(language), colours=COLOURS)).strip()


@cache
def _template() -> Any:
    """The macros of the template by name; what they are given is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("foran_research.report", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("codebook_diff.html.j2").module
