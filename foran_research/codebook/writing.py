"""Codebooks and proposals as canonical YAML: the same value gives the same bytes, and reading them gives the value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from ..vocabulary import LANGUAGES, WRITTEN_FORMS
from .code import Change, Code, Codebook, Cue, Migration
from .reading import RESOLVERS, SCHEMA_VERSION

#: Where lines are wrapped.
WIDTH = 110
#: The keys of a note on polarity, in the order they are written; others follow by name.
_NOTE_KEYS = ("polarity", "source", "note", *LANGUAGES)


class _Dumper(yaml.SafeDumper):
    """Block style with indented lists and no aliases; quotes only what the reader would take for something else."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        # Lists stand below their key, not beside it.
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: _Dumper, value: str) -> yaml.Node:
    # Double quotes hold every character as an escape; the other styles lose some at the ends of lines.
    style = None if all(mark.isprintable() for mark in value) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _flag(dumper: _Dumper, value: bool) -> yaml.Node:
    # The reader has no truth values: a flag of a token pattern is a word to it.
    return dumper.represent_scalar("tag:yaml.org,2002:str", "true" if value else "false")


_Dumper.add_representer(str, _text)
_Dumper.add_representer(bool, _flag)
_Dumper.yaml_implicit_resolvers = RESOLVERS


def codebook_text(book: Codebook) -> str:
    """The codebook as the text of its file.

    >>> from foran_research.codebook.code import Codebook
    >>> both = {"nb": "Kodebok: æøå", "en": "Codebook"}
    >>> print(codebook_text(Codebook("1.0.0", "2020-02-01", both, both, (), ())), end="")
    schema_version: 1
    codebook_version: 1.0.0
    released: 2020-02-01
    title:
      nb: 'Kodebok: æøå'
      en: Codebook
    notice:
      nb: 'Kodebok: æøå'
      en: Codebook
    codes: []
    changes: []
    """
    return yaml_text(
        {
            "schema_version": SCHEMA_VERSION,
            "codebook_version": book.codebook_version,
            "released": book.released,
            "title": _bilingual(book.title),
            "notice": _bilingual(book.notice),
            "codes": [code_record(code) for code in book.codes],
            "changes": [change_record(change) for change in book.changes],
        }
    )


def yaml_text(record: Mapping[str, Any]) -> str:
    r"""Plain mappings, lists, texts, numbers and None as canonical YAML, keys in their order.

    >>> yaml_text({"nei": "nei", "tall": "1.0", "kode": ["C0001"]})
    "nei: nei\ntall: '1.0'\nkode:\n  - C0001\n"
    """
    return str(yaml.dump(record, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDTH))


def code_record(code: Code) -> dict[str, Any]:
    """A code as it stands in a file: plain values, keys in their order."""
    return {
        "id": code.id,
        "display": code.display,
        "level": code.level,
        "parent": code.parent,
        "label": _bilingual(code.label),
        "brief": _bilingual(code.brief),
        "definition": _bilingual(code.definition),
        "when_to_use": _bilingual(code.when_to_use),
        "when_not_to_use": _bilingual(code.when_not_to_use),
        "example": _bilingual(code.example),
        "source": list(code.source),
        "polarity_in_source": [_ordered(note) for note in code.polarity_in_source],
        "maturity": code.maturity,
        "status": code.status,
        "introduced_in": code.introduced_in,
        "deprecated_in": code.deprecated_in,
        "successors": list(code.successors),
        "cues": {form: [_cue(cue) for cue in code.cues.get(form, ())] for form in WRITTEN_FORMS},
    }


def change_record(change: Change) -> dict[str, Any]:
    """A change as it stands in a file; what newer files only have is left out where it is empty."""
    later = {
        "proposed_at": change.proposed_at,
        "decided_by_role": change.decided_by_role,
        "decision_reason": _bilingual(change.decision_reason) if change.decision_reason else None,
    }
    record = {
        "id": change.id,
        **_asked_for(change),
        "proposed_at": change.proposed_at,
        "decided_at": change.decided_at,
        "arena": change.arena,
        "decided_by_role": change.decided_by_role,
        "decision": "accepted" if change.is_accepted else "rejected",
        "decision_reason": later["decision_reason"],
        "migration": [_row(row) for row in change.migration],
    }
    return {key: value for key, value in record.items() if key not in later or later[key]}


def proposal_record(change: Change, codes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A change that is not decided, with the codes as they are to become, as a proposal's file has it."""
    return {
        **_asked_for(change),
        **({"proposed_at": change.proposed_at} if change.proposed_at else {}),
        "codes": [_plain(code) for code in codes],
        "migration": [_row(row) for row in change.migration],
    }


def proposal_text(change: Change, codes: Sequence[Mapping[str, Any]]) -> str:
    """The text of a proposal's file."""
    return yaml_text(proposal_record(change, codes))


def _asked_for(change: Change) -> dict[str, Any]:
    """What a proposal says, before anybody has decided."""
    return {
        "type": change.type,
        "from": list(change.source),
        "to": list(change.to),
        "summary": _bilingual(change.summary),
        "reason_empirical": _bilingual(change.reason_empirical),
        "reason_theoretical": _bilingual(change.reason_theoretical),
        "evidence": list(change.evidence),
        "proposed_by_role": change.proposed_by_role,
    }


def _row(row: Migration) -> dict[str, Any]:
    record: dict[str, Any] = {"from": row.source, "rule": row.rule}
    if row.to:
        record["to"] = row.to[0] if len(row.to) == 1 else list(row.to)
    if row.polarity is not None:
        record["polarity"] = row.polarity
    if row.facets:
        record["facets"] = dict(sorted(row.facets.items()))
    if row.name is not None:
        record["tag" if row.rule == "tag" else "relation"] = row.name
    return record


def _cue(cue: Cue) -> object:
    hints = {
        **({} if cue.polarity is None else {"polarity": cue.polarity}),
        **({} if cue.negated == "keep" else {"negated": cue.negated}),
    }
    if cue.pattern is not None:
        return {"pattern": [_ordered(token) for token in cue.pattern], **hints}
    return {"cue": cue.phrase, **hints} if hints else cue.phrase


def _bilingual(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: texts[language] for language in LANGUAGES if language in texts}


def _ordered(value: Any) -> Any:
    """A value whose mappings have their keys in one order, so that values that are equal are written alike."""
    if isinstance(value, Mapping):
        rank = {key: place for place, key in enumerate(_NOTE_KEYS)}
        return {key: _ordered(value[key]) for key in sorted(value, key=lambda key: (rank.get(key, len(rank)), key))}
    return [_ordered(item) for item in value] if isinstance(value, (list, tuple)) else value


def _plain(value: Any) -> Any:
    """A value of plain mappings and lists, keys in the order they have."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value
