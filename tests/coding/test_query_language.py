"""The language of queries: one way of writing each tree, both languages, and errors that point."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from foran_research.coding.query_language import DEEPEST, MOST_TERMS, OPERATORS, QueryError, UnknownInQuery, parse
from foran_research.coding.query_tree import (
    And,
    Both,
    Code,
    Condition,
    Either,
    Everything,
    Expression,
    Fact,
    Near,
    No,
    Or,
    Regex,
    Same,
    Text,
    Where,
    Without,
    asks_of_segments,
    holds_date,
    is_coded,
    text_pattern,
)
from foran_research.errors import ForanError, UnknownName

P2, P3, K7 = Code("P2"), Code("P3"), Code("K7")

# One way of writing


words = st.text(st.sampled_from('aåÆ😀*- "\\/|[]()'), min_size=1, max_size=8).filter(lambda w: w.strip(" *"))
codes = st.builds(Code, st.sampled_from(["P2", "K6.2", "C0006", "Behov"]), st.booleans())
texts = st.builds(Text, words)
regexes = st.builds(Regex, st.sampled_from(["a+", r"\d{2}", "a/b", "[æøå]", "bud(sjett)?"]))
values = st.sampled_from(["K1", "TRD", "cues@1.0.0", "Åsa B", 'si "ja"', "OR"])
segment_facts = st.one_of(
    st.builds(
        Fact,
        st.just("polarity"),
        st.lists(st.sampled_from(["hemmer", "begge", "none"]), min_size=1, max_size=3).map(tuple),
    ),
    st.builds(Fact, st.sampled_from(["coder", "memo"]), st.lists(values, min_size=1, max_size=2).map(tuple)),
)
places = st.one_of(
    st.builds(
        Fact, st.sampled_from(["case", "actor", "document"]), st.lists(values, min_size=1, max_size=2).map(tuple)
    ),
    st.builds(Fact, st.just("date"), st.sampled_from([("2021",), ("2020-03..2021",), ("..2021-02-03",)])),
)


def conditions(leaves: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    return st.recursive(
        leaves, lambda inner: st.one_of(st.builds(No, inner), st.builds(Both, inner, inner), st.builds(Either, inner, inner)),
        max_leaves=4,
    )  # fmt: skip


def where(inner: Expression, condition: Condition) -> Expression:
    return Where(inner, condition) if is_coded(inner) or not asks_of_segments(condition) else inner


anything = conditions(st.one_of(segment_facts, places, texts, regexes))
expressions = st.recursive(
    st.one_of(codes, texts, regexes, st.just(Everything())),
    lambda inner: st.one_of(
        st.builds(And, inner, inner), st.builds(Or, inner, inner), st.builds(Without, inner, inner),
        st.builds(where, inner, anything),
        st.builds(Near, inner, inner, st.integers(0, 99), st.sampled_from("tw"), st.booleans(), st.booleans()),
        st.builds(Same, inner, inner, st.sampled_from(["document", "case", "turn", "speaker", "process"]), st.booleans()),
    ),
    max_leaves=8,
)  # fmt: skip


@example(Where(P2, No(No(Fact("case", ("K1",))))))
@example(Where(Where(P2, Either(Text("a"), Both(Regex("b"), No(Text("c"))))), Fact("coder", ('si "ja"',))))
@given(expressions)
def test_what_is_written_is_read_as_the_same_tree(tree: Expression) -> None:
    assert parse(str(tree)) == tree


@given(st.text(st.sampled_from('P2 AND"[]()*=:|/,..NEAR3tæ\\😀\n«»'), max_size=30))
def test_any_text_is_a_query_or_a_told_error(query: str) -> None:
    try:
        tree = parse(query)
    except ForanError as error:
        said = str(error)
    else:
        said = "known" if parse(str(tree)) == tree else ""
    assert any(word in said for word in ("expected", "did you mean", "known", "no regular expression"))


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("P2", P2),
        ("=P2", Code("P2", is_exact=True)),
        ("P2 OR P3 AND K7", Or(P2, And(P3, K7))),
        ("P2 AND P3 SAME case K7", Same(And(P2, P3), K7, "case")),
        ("P2 SAME case P3 OR K7", Or(Same(P2, P3, "case"), K7)),
        ("P2 AND P3 NEAR/3t K7", And(P2, Near(P3, K7, 3, "t"))),
        ("P2 AND P3 AND K7", And(And(P2, P3), K7)),
        ("P2 AND (P3 AND K7)", And(P2, And(P3, K7))),
        ("P2 AND NOT P3", Without(P2, P3)),
        ("P2 NOT P3", Without(P2, P3)),
        ("P2 NOT NEAR/20w P3", Near(P2, P3, 20, "w", is_negated=True)),
        ("P2 NOT SAME turn P3", Same(P2, P3, "turn", is_negated=True)),
        ("P2 THEN/2turns P3", Near(P2, P3, 2, "t", is_ordered=True)),
        ("P2[hemmer]", Where(P2, Fact("polarity", ("hemmer",)))),
        ("P2 WITH polarity:inhibiting|both", Where(P2, Fact("polarity", ("hemmer", "begge")))),
        ("P2[hemmer, NOT coder:K1]", Where(P2, Both(Fact("polarity", ("hemmer",)), No(Fact("coder", ("K1",)))))),
        ("polarity:hemmer", Where(Everything(), Fact("polarity", ("hemmer",)))),
        # A polarity that stands alone is any segment with it; only in brackets is it the same segment's.
        ("P2 AND polarity:hemmer", And(P2, Where(Everything(), Fact("polarity", ("hemmer",))))),
        # A place never brings passages of its own to an AND.
        ("P2 AND case:TRD", Where(P2, Fact("case", ("TRD",)))),
        ("case:TRD AND P2", Where(P2, Fact("case", ("TRD",)))),
        ("P2 AND NOT case:TRD", Where(P2, No(Fact("case", ("TRD",))))),
        (
            "P2 AND (case:TRD OR kind:interview)",
            Where(P2, Either(Fact("case", ("TRD",)), Fact("kind", ("interview",)))),
        ),
        ("P2 OR case:TRD", Or(P2, Where(Everything(), Fact("case", ("TRD",))))),
        ('"en  Åpen"', Text("en  Åpen")),
        ("«åpen»", Text("åpen")),
        ('"a\\"b"', Text('a"b')),
        (r"/a\/b\d/", Regex(r"a/b\d")),
    ],
)
def test_queries_are_read_as_their_precedence_says(query: str, tree: Expression) -> None:
    assert parse(query) == tree


@pytest.mark.parametrize(
    ("norwegian", "english"),
    [
        ("P2 OG P3 ELLER K7", "P2 AND P3 OR K7"),
        ("P2 IKKE P3", "P2 AND NOT P3"),
        ("P2 OG IKKE P3", "P2 AND NOT P3"),
        ("P2 NÆR/3y P3", "P2 NEAR/3t P3"),
        ("P2 NÆR/20ord P3", "P2 NEAR/20w P3"),
        ("P2 SÅ/2ytringer P3", "P2 THEN/2t P3"),
        ("P2 SAMME kommune P3", "P2 SAME case P3"),
        ("P2 IKKE SAMME ytring P3", "P2 NOT SAME turn P3"),
        ("P2 SAMME dokument P3 SAMME prosess K7 SAMME taler K1", "P2 SAME document P3 SAME process K7 SAME speaker K1"),
        ("P2 MED polaritet:hemmer", "P2[polarity:hemmer]"),
        ("P2[koder:K1 OG aktør:innkjop OG dato:2021]", "P2[coder:K1 AND actor:innkjop AND date:2021]"),
        ("P2[dokument:A-1|B-2 ELLER slag:interview]", "P2[document:A-1|B-2 OR kind:interview]"),
        ("P2[ingen]", "P2[polarity:none]"),
        # The same letters, composed or not.
        ("P2 SA\u030a/2y P3", "P2 THEN/2t P3"),
    ],
)
def test_norwegian_and_english_are_one_language(norwegian: str, english: str) -> None:
    assert str(parse(norwegian)) == english


def test_every_operator_is_written_in_capitals_only() -> None:
    assert all(word == word.upper() for word in OPERATORS)
    assert parse("og") == Code("og")


# Errors


@pytest.mark.parametrize(
    ("query", "column", "says"),
    [
        ("", 1, "expected a code"),
        ("P2 AND", 7, "the end of the query; expected a code"),
        ("P2 AND AND P3", 8, "'AND'; expected a code"),
        ("P2 og P3", 4, "written in capitals: OG"),
        ("P2 P3", 4, "expected an operator"),
        ("NOT P2", 1, r"\* AND NOT P2"),
        ("P2 NEAR P3", 4, "NEAR/3t for turns"),
        ("P2 NEAR/3 P3", 4, "NEAR/3t for turns"),
        ("P2 SÅ/3km P3", 4, "SÅ/3t for turns"),
        ("P2 NEAR/9999999t P3", 4, "above 1000000"),
        ("P2 SAME planet P3", 9, "document, process, case, turn or speaker"),
        ("P2 AND NOT SAME case P3", 12, "without AND"),
        ("(P2 OR P3", 10, r"an operator or \)"),
        ("P2[hemmer", 10, "expected ]"),
        ("P2[]", 4, "a condition such as hemmer"),
        ("P2[NOT NOT hemmer]", 4, "NOT twice"),
        ("(P2 AND P3)[hemmer]", 12, "one coded segment"),
        ('"ord"[coder:K1]', 6, "one coded segment"),
        ('P2 AND "ord', 8, "without the closing one"),
        ('""', 1, "a word to search for"),
        ('"*"', 1, "a word to search for"),
        ("/(/", 1, "no regular expression"),
        (f"/{'a' * 301}/", 1, "300 characters"),
        ("date:2021-13", 6, "no date"),
        ("date:..", 6, "no date"),
        ("date:2021..2020-12", 6, "backwards"),
        ("P2 AND case:", 13, "a value of case"),
        ("P2 # P3", 4, "'#'; expected"),
    ],
)
def test_what_cannot_be_read_is_pointed_at(query: str, column: int, says: str) -> None:
    with pytest.raises(QueryError, match=says) as caught:
        parse(query)
    assert caught.value.column == column
    if query:
        place, line, caret = str(caught.value).splitlines()
        assert place.startswith(f"query, column {column}: ")
        assert (line, caret) == (f"  {query}", f"  {' ' * (column - 1)}^")


@pytest.mark.parametrize(
    ("query", "column", "near"),
    [("koommune:TRD", 1, "kommune"), ("P2[hemer]", 4, "hemmer"), ("P2[polarity:frem]", 13, "fremmer")],
)
def test_unknown_fields_and_polarities_name_the_nearest(query: str, column: int, near: str) -> None:
    with pytest.raises(UnknownName, match=f"did you mean .*{near}") as caught:
        parse(query)
    assert isinstance(caught.value, UnknownInQuery)
    assert caught.value.column == column


def test_endless_queries_are_refused_and_not_run_into_the_ground() -> None:
    with pytest.raises(QueryError, match=f"more than {MOST_TERMS} terms"):
        parse(" OR ".join(["P2"] * 5000))
    with pytest.raises(QueryError, match=f"more than {DEEPEST} brackets"):
        parse("(" * 5000 + "P2" + ")" * 5000)
    assert parse(" OR ".join(["P2"] * MOST_TERMS))
    assert parse("(" * (DEEPEST - 1) + "P2" + ")" * (DEEPEST - 1)) == P2


# Words and dates


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        ("dialog", "En dialog, DIALOG og dialogen", ["dialog", "DIALOG"]),
        ("dialog*", "leverandørdialog dialogen Dialog", ["dialogen", "Dialog"]),
        ("*dialog", "leverandørdialogen leverandørdialog", ["leverandørdialog"]),
        ("post", "e-post post postei", ["post"]),
        ("e-post", "e-post e-posten", ["e-post"]),
        ("e*", "e-posten er", ["e-posten", "er"]),
        ("åpen dialog", "ÅPEN\n dialog åpen, dialog", ["ÅPEN\n dialog"]),
        ("😀", "a😀b", ["😀"]),
        ("hva?", "Hva? hvas", ["Hva?"]),
        ("*", "…", []),
    ],
)
def test_words_are_whole_and_in_any_case(words: str, text: str, expected: list[str]) -> None:
    assert [m[0] for m in re.finditer(text_pattern(words), text, re.IGNORECASE) if m[0]] == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [("2021", True), ("2021-03", True), ("2021-03-04", True), ("2021-03-05", False), ("2020..2020", False),
     ("2020..2021-03", True), ("2021-03-05..", False), ("..2021-03-04", True), ("2021-04..", False)],
)  # fmt: skip
def test_dates_are_days_months_years_and_ranges_with_their_ends(wanted: str, expected: bool) -> None:
    assert holds_date("2021-03-04", wanted) is expected
    assert holds_date("", wanted) is False
