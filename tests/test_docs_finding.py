"""Every example of docs/finding.md gives what the page says, from the material that the page shows."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import hand_made
import pandas as pd
import pytest

from foran_research.coding.query import TURN_COLUMNS, Material, evaluate, passages
from foran_research.coding.query_language import DISTANCES, FIELDS, OPERATORS, POLARITY_WORDS, UNITS, QueryError, parse
from foran_research.coding.segments import segments_table
from foran_research.corpus.transcript import Span, Transcript, parse_turns
from foran_research.errors import UnknownName
from foran_research.exchange.sheets import FORMULA
from foran_research.finding import LEFT_OUT

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "finding.md").read_text("utf-8")
ACTORS = {"Åse": "prosjektleder", "Bo": "innkjop", "Eli": "bruker"}


def blocks(kind: str) -> list[tuple[str, str]]:
    """(what stands behind the kind, contents) of every fenced block of a kind."""
    return re.findall(rf"^```{kind} ?(.*)\n((?:.*\n)*?)```$", PAGE, re.MULTILINE)


def table(first: str) -> list[dict[str, str]]:
    """The rows of the table whose header begins with a word."""
    lines = PAGE[PAGE.index(f"| {first} |") :].split("\n\n")[0].splitlines()
    header, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    return [dict(zip(header, row, strict=True)) for row in rows]


EXAMPLES = [example for _, block in blocks("find") for example in block.strip().split("\n\n")]


@cache
def material() -> Material:
    documents = pd.DataFrame(table("document")).assign(arena="").set_index("document")
    transcripts = {
        name: Transcript(name, text, parse_turns(text, has_turns=documents.at[name, "kind"] == "interview"))
        for name, text in blocks("transcript")
    }
    codes = table("code")
    ids = {row["code"]: f"C{number:04d}" for number, row in enumerate(codes, 1)}
    book = hand_made.book(
        "1.0.0", tuple(hand_made.code(ids[r["code"]], r["code"], parent=ids.get(r["below"])) for r in codes)
    )
    rows = []
    for row in table("segment"):
        transcript = transcripts[row["document"]]
        assert transcript.text.count(row["words"]) == 1, row
        start = transcript.text.index(row["words"])
        touched = transcript.turns_touching(Span(start, start + len(row["words"])))
        rows.append(row | {
            "start": start, "end": start + len(row["words"]), "turns": tuple(t.number for t in touched), "at": "",
            "quote": row["words"], "code": ids[row["code"]], "codebook_version": "1.0.0", "applied_under": "1.0.0",
        })  # fmt: skip
    turns = [
        (name, t.number, t.span.start, t.span.end, t.speaker or "", documents.at[name, "case"],
         ACTORS.get(t.speaker or "", ""), True, t.speaker != "Intervjuer", True)
        for name, transcript in transcripts.items() for t in transcript.turns
    ]  # fmt: skip
    known = {
        "case": ("FJO", "HEI"), "process": ("FJO-1", "FJO-2"), "kind": ("interview", "workshop_note", "public_document"),
        "actor": ACTORS.values(), "speaker": ACTORS, "document": transcripts, "coder": ("K1", "K2"),
    }  # fmt: skip
    return Material(
        segments_table(rows),
        documents,
        pd.DataFrame(turns, columns=list(TURN_COLUMNS)),
        {name: transcript.text for name, transcript in transcripts.items()},
        book,
        {name: dict.fromkeys(values, ()) for name, values in known.items()},
    )


def test_the_page_has_its_material_and_its_examples() -> None:
    assert len(material().segments) == 8
    assert len(EXAMPLES) >= 45


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.splitlines()[0])
def test_an_example_finds_what_the_page_says(example: str) -> None:
    query, *lines = example.splitlines()
    frame = passages(evaluate(parse(query), material(), source=query), material(), context=0)
    found = [
        f"{document} «{words}» {' '.join(segments)}".replace("\n", " ").strip()
        for document, words, segments in zip(frame["document"], frame["words"], frame["segments"], strict=True)
    ]
    assert found == [line for line in lines if line != "(nothing)"]
    assert found or lines == ["(nothing)"]


def test_every_operator_unit_and_field_has_an_example() -> None:
    queries = "\n".join(str(parse(example.splitlines()[0])) for example in EXAMPLES)
    wanted = {"AND", "OR", "AND NOT", "NOT NEAR", "NEAR/2t", "NEAR/1w", "THEN/", "NOT THEN", "NOT SAME", "*", "=", "/b"}
    wanted |= {f"SAME {unit}" for unit in UNITS.values()} | {f"{name}:" for name in FIELDS.values()} - {"arena:"}
    assert {word for word in wanted if word not in queries} == set()


def test_every_norwegian_and_english_word_stands_on_the_page() -> None:
    words = set(re.findall(r"[^\W\d_]+", PAGE))
    assert {word for word in (*FIELDS, *UNITS, *POLARITY_WORDS) if word not in words} == set()
    # Spellings for keyboards without æ and å are for the fingers only.
    assert {word for word in OPERATORS if word not in words} == {"NAER", "SAA"}
    assert {sign for sign in ("t", "w", "y", "o") if f"3{sign}" not in PAGE and f"20{sign}" not in PAGE} == set()
    assert set(DISTANCES.values()) == {"t", "w"}


def test_the_page_gives_the_reason_that_a_refused_query_is_told() -> None:
    assert "`(P1 AND P2)[hemmer]` is refused" in PAGE
    with pytest.raises(QueryError) as refused:
        parse("(P1 AND P2)[hemmer]")
    problem = str(refused.value).split("; expected")[0].removeprefix("query, column 12: ")
    assert f'"{problem}"' in " ".join(PAGE.split())


def test_facets_are_no_field_as_the_page_says() -> None:
    assert "facets cannot be searched yet" in " ".join(PAGE.split())
    with pytest.raises(UnknownName, match="unknown field 'facet'"):
        parse('P1[facet:"å"]')


def test_what_the_page_says_of_files_is_so() -> None:
    assert all(f"`{sign}`" in PAGE for sign in FORMULA if sign.strip())
    assert set(LEFT_OUT) >= {"withheld", "no_consent", "review", "retired"}
