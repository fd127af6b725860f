"""Proposals to fill in: a skeleton for each type of change, with comments in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..errors import ForanError, UnknownName
from ..vocabulary import LANGUAGES, WRITTEN_FORMS
from .code import CHANGE_TYPES, Change, Code, Codebook
from .revising import BILINGUAL, default_rows
from .steps import MEANING, TEXTS
from .writing import code_record, proposal_record, yaml_text

#: By type, what of a code it makes other; the skeleton shows how these are now.
_SHOWN: Mapping[str, tuple[str, ...]] = {
    "rename": ("label",),
    "reword": (*TEXTS, "example", "source", "cues"),
    "redefine": ("brief", *MEANING, "example"),
    "narrow": ("brief", *MEANING, "example"),
    "move": ("display", "level", "parent"),
    "promote": ("display",),
}
#: By type, what it means, in both languages.
MEANINGS: Mapping[str, tuple[str, str]] = {
    "new": ("En kode som kodeboka mangler.", "A code that the codebook lacks."),
    "rename": ("Koden får et annet navn; meningen er den samme.", "The code gets another name; its meaning stays."),
    "reword": (
        "Språk, eksempler, kilder eller ledetråder rettes; meningen er den samme.",
        "Wording, examples, sources or cues are mended; the meaning stays.",
    ),
    "redefine": (
        "Koden får en annen mening. Et utvalg av gamle segmenter kontrolleres på nytt.",
        "The code gets another meaning. A sample of old segments is checked again.",
    ),
    "narrow": (
        "Koden omfatter mindre enn før. Et utvalg av gamle segmenter kontrolleres på nytt.",
        "The code covers less than before. A sample of old segments is checked again.",
    ),
    "move": ("Koden får en annen plass i kodetreet.", "The code gets another place in the tree of codes."),
    "promote": ("En underkode blir et eget element.", "A sub-code becomes an element of its own."),
    "merge": ("To eller flere koder blir én.", "Two or more codes become one."),
    "split": (
        "En kode blir flere. Segmentene går til omkodingskøen, og en person velger.",
        "A code becomes several. Its segments go to the recode queue, where a person chooses.",
    ),
    "retire": (
        "Koden går ut av bruk. Segmentene telles fortsatt under de eldre versjonene.",
        "The code goes out of use. Its segments still count under the older versions.",
    ),
    "to_facet": (
        "Koden blir et svar (polaritet eller annen fasett) på en annen kode.",
        "The code becomes an answer (polarity or another facet) on another code.",
    ),
    "to_relation": ("Koden blir en relasjon mellom koder.", "The code becomes a relation between codes."),
    "to_tag": ("Koden blir en merkelapp.", "The code becomes a tag."),
}
_NOTES: Mapping[str, tuple[str, ...]] = {
    "type": ("Fyll ut det som er tomt. Endre gjerne resten.", "Fill in what is empty. Change the rest as you like."),
    "from": (
        "Kodene det gjelder, og kodene det blir til.",
        "The codes it is about, and the codes they become.",
    ),
    "summary": ("Hva som endres, i én setning.", "What changes, in one sentence."),
    "reason_empirical": ("Begrunnelse i materialet.", "The reason in the data."),
    "reason_theoretical": ("Begrunnelse i teorien.", "The reason in theory."),
    "evidence": (
        "Belegg: kodet segment (DOK.KODER.s0001), notat, dokument eller kildelinje (S2:117).",
        "Evidence: coded segment (DOC.CODER.s0001), memo, document or line of a source (S2:117).",
    ),
    "proposed_by_role": (
        "Rollen til den som foreslår, f.eks. stipendiat. Ikke navn.",
        "The role of who proposes, such as stipendiat. No names.",
    ),
    "codes": (
        "Slik skal kodene bli. Ta bort felt som ikke endres.",
        "Nye koder heter NY1, NY2 … her, også under from, to, parent og migration, til `foran codebook propose` gir dem "
        "ledige id-er.",
        "How the codes are to be. Remove fields that do not change.",
        "New codes are called NY1, NY2 … here, also under from, to, parent and migration, until `foran codebook propose` "
        "gives them free ids.",
    ),
    "migration": (
        "Hva som skjer med segmentene. Uten rader gjelder det vanlige for typen.",
        "What becomes of the segments. Without rows the usual for the type holds.",
    ),
}


def template(
    kind: str,
    codes: Sequence[str],
    book: Codebook,
    *,
    label: str = "",
    evidence: Sequence[str] = (),
) -> str:
    """A proposal of one type to fill in, as YAML with comments in both languages; new codes are called NY1, NY2.

    Parameters
    ----------
    kind
        A type of change.
    codes
        The codes it is about, by id or display. For `new` it is the parent, if any; for `to_facet` the last one is the
        code that the others become an answer on.
    label, evidence
        For `new`: a label and the passages that ask for it.

    Raises
    ------
    UnknownName
        For a type or a code that there is not.
    ForanError
        For a code that is deprecated, or too few codes.
    """
    if kind not in CHANGE_TYPES:
        raise UnknownName("type of change", kind, CHANGE_TYPES)
    found = [_active(name, book) for name in codes]
    least = {"new": 0, "merge": 2, "to_facet": 2}.get(kind, 1)
    if len(found) < least or (kind == "new" and len(found) > 1):
        raise ForanError(f"{kind} is about {'one code at most' if len(found) > least else f'at least {least} codes'}")
    made = _skeleton(kind, found, label)
    record: dict[str, Any] = {
        "type": kind,
        "from": made["from"],
        "to": made["to"],
        **{key: dict.fromkeys(LANGUAGES, "") for key in ("summary", "reason_empirical", "reason_theoretical")},
        "evidence": list(evidence),
        "proposed_by_role": "",
        "codes": made["codes"],
        "migration": made["migration"],
    }
    notes = {**_NOTES, "type": (f"{MEANINGS[kind][0]} {_NOTES['type'][0]}", f"{MEANINGS[kind][1]} {_NOTES['type'][1]}")}
    lines = []
    for key, value in record.items():
        lines += [f"# {note}\n" for note in notes.get(key, ())]
        lines.append(yaml_text({key: value}))
    return "".join(lines)


def _active(name: str, book: Codebook) -> Code:
    code = book.find(name)
    if code is None:
        raise UnknownName("code", name, (one.display for one in book.active))
    if not code.is_active:
        raise ForanError(f"{code.id} ({code.display}) is deprecated since {code.deprecated_in}: it changes no more")
    return code


def _skeleton(kind: str, found: Sequence[Code], label: str) -> dict[str, Any]:
    names = [code.id for code in found]
    fresh: list[dict[str, Any]] = []
    count = {"new": 1, "merge": 1, "split": 2}.get(kind, 0)
    for number in range(1, count + 1):
        above = found[0].id if kind == "new" and found else found[0].parent if found else None
        fresh.append(_blank_code(f"NY{number}", found[0].level if found else "", above, label))
    new = [record["id"] for record in fresh]
    ended = {"to_relation": ("relation", "relation"), "to_tag": ("tag", "tag")}.get(kind)
    if kind == "new":
        return {"from": [], "to": new, "codes": fresh, "migration": []}
    if kind == "to_facet":
        rows = [{"from": name, "rule": "facet", "to": names[-1], "polarity": ""} for name in names[:-1]]
        return {"from": names[:-1], "to": names[-1:], "codes": [], "migration": rows}
    if ended:
        rows = [{"from": name, "rule": ended[0], ended[1]: ""} for name in names]
        return {"from": names, "to": [], "codes": [], "migration": rows}
    to = new or ([] if kind == "retire" else names)
    change = Change("", kind, tuple(names), tuple(to), {}, {}, {}, (), "", "", "", False, ())
    rows = proposal_record(replace(change, migration=default_rows(change)), ())["migration"]
    return {"from": names, "to": to, "codes": fresh or _as_now(kind, found), "migration": rows}


def _as_now(kind: str, found: Sequence[Code]) -> list[dict[str, Any]]:
    keys = _SHOWN.get(kind, ())
    return (
        [{key: value for key, value in code_record(code).items() if key in ("id", *keys)} for code in found]
        if keys
        else []
    )


def _blank_code(id_: str, level: str, parent: str | None, label: str) -> dict[str, Any]:
    texts: dict[str, Any] = {key: dict.fromkeys(LANGUAGES, "") for key in BILINGUAL}
    texts["label"] = {language: label if language == LANGUAGES[0] else "" for language in LANGUAGES}
    return {
        "id": id_,
        "display": "",
        "level": level,
        "parent": parent,
        **texts,
        "source": [],
        "polarity_in_source": [],
        "maturity": "",
        "cues": {form: [] for form in WRITTEN_FORMS},
    }
