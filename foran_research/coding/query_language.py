"""The language of queries: from what a researcher types to a tree, and back to the one way of writing it.

``docs/finding.md`` tells how queries are written and what they mean, with an example of each that is a test.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..errors import ForanError, UnknownName
from ..vocabulary import POLARITIES
from .query_tree import (
    CONDITIONS,
    SEGMENT_FIELDS,
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
    is_coded,
)

#: Words for operators, in capitals only, so that a word one searches for is never taken for one.
OPERATORS = {
    "AND": "AND", "OG": "AND", "OR": "OR", "ELLER": "OR", "NOT": "NOT", "IKKE": "NOT", "SAME": "SAME", "SAMME": "SAME",
    "WITH": "WITH", "MED": "WITH", "NEAR": "NEAR", "NÆR": "NEAR", "NAER": "NEAR", "THEN": "THEN", "SÅ": "THEN",
    "SAA": "THEN",
}  # fmt: skip
FIELDS = {
    "polarity": "polarity", "polaritet": "polarity", "coder": "coder", "koder": "coder", "case": "case",
    "kommune": "case", "process": "process", "prosess": "process", "arena": "arena", "actor": "actor",
    "aktør": "actor", "kind": "kind", "slag": "kind", "document": "document", "dokument": "document", "date": "date",
    "dato": "date", "speaker": "speaker", "taler": "speaker", "memo": "memo", "notat": "memo",
}  # fmt: skip
UNITS = {
    "document": "document", "dokument": "document", "process": "process", "prosess": "process", "case": "case",
    "kommune": "case", "turn": "turn", "ytring": "turn", "speaker": "speaker", "taler": "speaker",
}  # fmt: skip
DISTANCES = {"t": "t", "turns": "t", "y": "t", "ytringer": "t", "w": "w", "words": "w", "o": "w", "ord": "w"}
POLARITY_WORDS = {word: word for word in POLARITIES} | {
    "promoting": "fremmer", "inhibiting": "hemmer", "both": "begge", "neutral": "nøytral", "none": "none",
    "ingen": "none",
}  # fmt: skip
MOST_TERMS, DEEPEST, FARTHEST, LONGEST_PATTERN = 200, 50, 1_000_000, 300

_TOKEN = re.compile(
    r"(?P<blank>\s+)|(?P<text>\"(?:[^\"\\]|\\.)*\"|«[^»]*»|“[^”]*”)|(?P<distance>[^\W\d_]+/[^\s()\[\],/]*(?!/))"
    r"|(?P<regex>/(?:[^/\\]|\\.)+/)|(?P<name>[\w.@-]+)|(?P<sign>[()\[\],|=*:])",
    re.DOTALL,
)
_DISTANCE = re.compile(r"([^\W\d_]+)/([0-9]+)([^\W\d_]*)")
_DAY = r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
_DATES = re.compile(rf"({_DAY})?(\.\.)?({_DAY})?")


def _pointed(problem: str, query: str, at: int) -> str:
    line = " ".join(query.splitlines()) if query else ""
    is_known = bool(query) and at >= 0
    place = f"query, column {at + 1}: " if is_known else ""
    return f"{place}{problem}" + (f"\n  {line}\n  {' ' * at}^" if is_known else "")


class QueryError(ForanError, ValueError):
    """A query that cannot be read; `column` (from 1) is where, and the message points at it."""

    def __init__(self, problem: str, query: str, at: int) -> None:
        self.column = at + 1
        super().__init__(_pointed(problem, query, at))


class UnknownInQuery(UnknownName):
    """A code, field or value in a query that the study does not have, with the nearest it has."""

    def __init__(self, what: str, name: str, known: Iterable[str], query: str, at: int, *, hint: str = "") -> None:
        super().__init__(what, name, known)
        folded = {item.casefold(): item for item in self.known}
        near = [folded[word] for word in difflib.get_close_matches(name.casefold(), folded, n=3, cutoff=0.6)]
        said = f"; did you mean {' or '.join(near)}?" if near else f"; known: {', '.join(self.known) or 'none'}"
        self.column = at + 1
        self.args = (_pointed(f"unknown {what} {name!r}{hint or said}", query, at),)


class _Token(NamedTuple):
    kind: str
    value: str
    at: int


def parse(query: str) -> Expression:
    """The tree of a query; its ``str`` is the one way of writing it, and is read as the same tree.

    Raises
    ------
    QueryError
        With the column, what stands there and what was expected.

    >>> str(parse('P2 MED hemmer OG (NOT_A_CODE NÆR/20o "dialog*")'))
    'P2[polarity:hemmer] AND NOT_A_CODE NEAR/20w "dialog*"'
    """
    parser = _Parser(unicodedata.normalize("NFC", query))
    tree = _lifted(parser.either())
    parser.expect_end()
    return tree


def _lifted(node: Expression | Condition) -> Expression:
    """A condition that stands alone: every coded passage for which it holds."""
    return Where(Everything(), node) if isinstance(node, CONDITIONS) else node


class _Parser:
    """Reads one query from left to right; one method per level, the loosest operator first."""

    def __init__(self, query: str) -> None:
        self.query = query
        self.tokens = list(self._tokens())
        self.place = 0
        self.depth = 0

    def _tokens(self) -> Iterator[_Token]:
        at = terms = 0
        while at < len(self.query):
            found = _TOKEN.match(self.query, at)
            if found is None:
                sign = self.query[at]
                closing = " without the closing one" if sign in '"«“/' else ""
                raise self.error(f"{sign!r}{closing}; expected a code, quoted words or an operator", at)
            kind = str(found.lastgroup)
            if kind != "blank":
                is_operator = kind == "name" and found[0] in OPERATORS
                terms += not is_operator and (kind in ("name", "text", "regex") or found[0] == "*")
                yield _Token("operator" if is_operator else kind, found[0], at)
            if terms > MOST_TERMS:
                raise self.error(f"more than {MOST_TERMS} terms; expected a shorter query", at)
            at = found.end()
        yield _Token("end", "", len(self.query))

    # Looking

    def error(self, problem: str, at: int | None = None) -> QueryError:
        return QueryError(problem, self.query, self.now.at if at is None else at)

    @property
    def now(self) -> _Token:
        return self.tokens[self.place]

    def ahead(self, steps: int) -> _Token:
        return self.tokens[min(self.place + steps, len(self.tokens) - 1)]

    def take(self) -> _Token:
        token = self.now
        self.place += 1
        return token

    def operator(self, steps: int = 0) -> str:
        token = self.ahead(steps)
        if token.kind == "distance":
            return OPERATORS.get(token.value.partition("/")[0], "")
        return OPERATORS[token.value] if token.kind == "operator" else ""

    def is_sign(self, sign: str) -> bool:
        return self.now.kind == "sign" and self.now.value == sign

    def skip(self, sign: str, expected: str) -> None:
        if not self.is_sign(sign):
            raise self.error(f"{self.found()}; expected {expected}")
        self.place += 1

    def found(self) -> str:
        return "the end of the query" if self.now.kind == "end" else repr(self.now.value)

    def expect_end(self) -> None:
        if self.now.kind != "end":
            word = self.now.value
            hint = ""
            if self.now.kind == "name" and word.upper() in OPERATORS:
                hint = f" (operators are written in capitals: {word.upper()})"
            raise self.error(f"{word!r}; expected an operator such as AND, OR, NEAR/3t or SAME case{hint}")

    # The levels

    def either(self) -> Expression | Condition:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error(f"more than {DEEPEST} brackets inside one another")
        left = self.same()
        while self.operator() == "OR":
            self.take()
            left = _or(left, self.same())
        self.depth -= 1
        return left

    def same(self) -> Expression | Condition:
        left = self.both()
        while "SAME" in (self.operator(), self.operator(1) if self.operator() == "NOT" else ""):
            is_negated = self.operator() == "NOT"
            self.place += 1 + is_negated
            unit = UNITS.get(self.now.value.casefold()) if self.now.kind == "name" else None
            if unit is None:
                raise self.error(f"{self.found()}; expected document, process, case, turn or speaker after SAME")
            self.take()
            left = Same(_lifted(left), _lifted(self.both()), unit, is_negated)
        return left

    def both(self) -> Expression | Condition:
        left = self.near()
        while self.operator() == "AND" or (self.operator() == "NOT" and self.operator(1) != "SAME"):
            is_negated = self.operator() == "NOT"
            if self.operator() == "AND":
                self.take()
                is_negated = self.operator() == "NOT"
            if is_negated:
                self.take()
            if self.operator() in ("SAME", "NEAR", "THEN"):
                raise self.error(f"{self.found()} after AND; expected it without AND, as in P2 NOT SAME case P3")
            left = _and(left, self.near(), is_negated=is_negated)
        return left

    def near(self) -> Expression | Condition:
        left = self.item()
        while {"NEAR", "THEN"} & {self.operator(), self.operator(1) if self.operator() == "NOT" else ""}:
            is_negated = self.operator() == "NOT"
            self.place += is_negated
            is_ordered = self.operator() == "THEN"
            distance, unit = self.distance()
            left = Near(_lifted(left), _lifted(self.item()), distance, unit, is_ordered, is_negated)
        return left

    def distance(self) -> tuple[int, str]:
        word = self.now.value.partition("/")[0]
        whole = _DISTANCE.fullmatch(self.now.value)
        unit = DISTANCES.get(whole[3].casefold()) if whole else None
        if whole is None or unit is None:
            raise self.error(f"{self.found()}; expected a distance: {word}/3t for turns, {word}/20w for words")
        if len(whole[2]) > 7 or int(whole[2]) > FARTHEST:
            raise self.error(f"a distance above {FARTHEST}")
        self.take()
        return int(whole[2]), unit

    def item(self) -> Expression | Condition:
        inner = self.primary()
        while self.is_sign("[") or self.operator() == "WITH":
            at = self.now.at
            if self.take().value == "[":
                condition = self.conditions()
                self.skip("]", "]")
            else:
                condition = self.condition()
            inner = self.where(_lifted(inner), condition, at)
        return inner

    def where(self, inner: Expression, condition: Condition, at: int) -> Expression:
        if asks_of_segments(condition) and not is_coded(inner):
            raise self.error(
                "polarity, coder and memo belong to one coded segment; expected them behind the code itself, as in "
                "P2[hemmer] AND K7",
                at,
            )
        return Where(inner, condition)

    def primary(self) -> Expression | Condition:
        token = self.now
        if token.kind in ("text", "regex"):
            return self.words()
        if self.is_sign("("):
            self.take()
            inner = self.either()
            self.skip(")", "an operator or )")
            return inner
        if self.is_sign("*"):
            self.take()
            return Everything()
        if self.is_sign("="):
            self.take()
            if self.now.kind != "name":
                raise self.error(f"{self.found()}; expected a code after =")
            return Code(self.take().value, is_exact=True, at=token.at)
        if token.kind == "name" and self.ahead(1).value == ":":
            fact = self.fact()
            return Where(Everything(), fact) if fact.name in SEGMENT_FIELDS else fact
        if token.kind == "name":
            return Code(self.take().value, at=token.at)
        if self.operator() == "NOT":
            raise self.error("NOT with nothing before it; expected what it takes from, as in * AND NOT P2")
        raise self.error(f"{self.found()}; expected a code, quoted words, a field such as case:, * or (")

    def words(self) -> Text | Regex:
        token = self.take()
        if token.kind == "regex":
            pattern = re.sub(r"\\(.)", lambda m: "/" if m[1] == "/" else m[0], token.value[1:-1], flags=re.DOTALL)
            if len(pattern) > LONGEST_PATTERN:
                raise self.error(f"a pattern of more than {LONGEST_PATTERN} characters", token.at)
            try:
                re.compile(pattern, re.IGNORECASE)
            except (re.error, OverflowError, RecursionError) as error:
                raise self.error(f"no regular expression: {error}", token.at) from None
            return Regex(pattern, at=token.at)
        words = self.text_of(token)
        if not words.strip(" *\t\n"):
            raise self.error("quotes without a word; expected a word to search for", token.at)
        return Text(words, at=token.at)

    def text_of(self, token: _Token) -> str:
        inside = token.value[1:-1]
        return re.sub(r"\\(.)", r"\1", inside, flags=re.DOTALL) if token.value[0] == '"' else inside

    # Conditions: inside brackets

    def conditions(self) -> Condition:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error(f"more than {DEEPEST} brackets inside one another")
        left = self.all_conditions()
        while self.operator() == "OR":
            self.take()
            left = Either(left, self.all_conditions())
        self.depth -= 1
        return left

    def all_conditions(self) -> Condition:
        left = self.condition()
        while self.operator() == "AND" or self.is_sign(","):
            self.take()
            left = Both(left, self.condition())
        return left

    def condition(self) -> Condition:
        token = self.now
        negations = 0
        while self.operator() == "NOT":
            self.take()
            negations += 1
        condition = self.plain_condition()
        if negations > 1:
            raise self.error("NOT twice; expected it once or not at all", token.at)
        return No(condition) if negations else condition

    def plain_condition(self) -> Condition:
        if self.is_sign("("):
            self.take()
            inner = self.conditions()
            self.skip(")", ")")
            return inner
        if self.now.kind in ("text", "regex"):
            return self.words()
        if self.now.kind != "name":
            raise self.error(f"{self.found()}; expected a condition such as hemmer, coder:K1 or case:TRD")
        if self.ahead(1).value == ":":
            return self.fact()
        token = self.take()
        return Fact("polarity", (self.polarity(token),), at=token.at)

    def fact(self) -> Fact:
        token = self.take()
        name = FIELDS.get(token.value.casefold())
        if name is None:
            raise UnknownInQuery("field", token.value, FIELDS, self.query, token.at)
        self.take()
        values = [self.value(name)]
        while self.is_sign("|"):
            self.take()
            values.append(self.value(name))
        return Fact(name, tuple(values), at=token.at)

    def value(self, name: str) -> str:
        token = self.now
        if token.kind not in ("name", "operator", "text"):
            raise self.error(f"{self.found()}; expected a value of {name}")
        self.take()
        value = token.value if token.kind != "text" else self.text_of(token)
        if name == "polarity":
            return self.polarity(token)
        if name == "date":
            self.check_date(value, token.at)
        if not value.strip(" *\t\n"):
            raise self.error(f"an empty value; expected a value of {name}", token.at)
        return value

    def polarity(self, token: _Token) -> str:
        word = token.value.strip('"').casefold()
        if word not in POLARITY_WORDS:
            raise UnknownInQuery("polarity", token.value, POLARITY_WORDS, self.query, token.at)
        return POLARITY_WORDS[word]

    def check_date(self, value: str, at: int) -> None:
        found = _DATES.fullmatch(value)
        if found is None or not (found[1] or found[3]):
            raise self.error("no date; expected 2021, 2021-03, 2021-03-04 or a range such as 2020-09..2021", at)
        if found[2] and found[1] and found[3]:
            shorter = min(len(found[1]), len(found[3]))
            if found[1][:shorter] > found[3][:shorter]:
                raise self.error("a range that runs backwards; expected the earlier date first", at)


def _or(left: Expression | Condition, right: Expression | Condition) -> Expression | Condition:
    if isinstance(left, CONDITIONS) and isinstance(right, CONDITIONS):
        return Either(left, right)
    return Or(_lifted(left), _lifted(right))


def _and(left: Expression | Condition, right: Expression | Condition, *, is_negated: bool) -> Expression | Condition:
    """Passages and a condition: the passages for which it holds. A condition never cuts a passage to pieces."""
    if isinstance(right, CONDITIONS):
        narrowing = No(right) if is_negated else right
        return Both(left, narrowing) if isinstance(left, CONDITIONS) else Where(left, narrowing)
    if is_negated:
        return Without(_lifted(left), right)
    return Where(right, left) if isinstance(left, CONDITIONS) else And(left, right)
