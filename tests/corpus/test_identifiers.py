"""The detector of identifiers: published vectors, generated numbers against another implementation, and decoys."""

from __future__ import annotations

import time
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from identity_numbers import account, decoys, grouped, national_id, organisation_number, phone, samples

from foran_research.corpus.hits import KINDS, Hit
from foran_research.corpus.identifiers import (
    date_rule,
    find_identifiers,
    is_account,
    is_organisation_number,
    lowered,
    national_id_rule,
    without_overlaps,
)

DECOMPOSED = "a\u030a"


def found(text: str) -> list[tuple[str, str, str]]:
    return [(text[h.start : h.end], h.kind, h.certainty) for h in find_identifiers(text)]


def kinds(text: str) -> list[str]:
    return [h.kind for h in find_identifiers(text)]


# Published vectors, from public test suites; none of them is in use.
@pytest.mark.parametrize(
    ("digits", "rule"),
    [
        ("13097248022", "fnr"),
        ("29020075838", "fnr"),
        ("29029648784", "fnr"),
        ("15021951940", "fnr"),
        ("53097248016", "d-number"),
        ("13527248013", "h-number"),
        ("10915596784", "synthetic-80"),
        ("68467038838", "d-number+h-number"),
        ("50846202355", "d-number+synthetic-80"),
        ("30108299939", "fnr-2032"),
        ("02013299997", "fnr"),
        ("30108299920", "fnr"),
        ("13097248032", None),
        ("13097248023", None),
        ("86011117947", None),
        ("31029912345", None),
        ("1309724802", None),
    ],
)
def test_national_identity_numbers_come_out_as_published(digits: str, rule: str | None) -> None:
    assert national_id_rule(digits) == rule


def test_month_offsets_say_which_synthetic_register_a_number_is_from() -> None:
    assert [date_rule(d + "00000") for d in ("010101", "014101", "016601", "018101", "410101", "003301", "320101")] == [
        "fnr", "h-number", "synthetic-65", "synthetic-80", "d-number", None, None,
    ]  # fmt: skip


def test_a_wrong_check_digit_is_still_told_as_possible() -> None:
    assert found("nummer 13097248032 her") == [("13097248032", "national_id_like", "possible")]


def test_an_account_number_is_no_identity_number() -> None:
    assert found("8601 11 17947") == [("8601 11 17947", "account", "certain")]
    assert kinds("86011117947") == ["account"]
    assert is_account("86011117947")
    assert not is_account("86011117948")


@pytest.mark.parametrize(
    "form",
    ["10915596784", "109155 96784", "109155-96784", "109155\u201396784", "10.91.55 96784", "10 91 55 967 84",
     "109 155 967 84", "109155\u00a096784", "109155\u200996784", "1091 5596 784", "1 0 9 1 5 5 9 6 7 8 4",
     "１０９１５５９６７８４", "١٠٩١٥٥٩٦٧٨٤", "109155\u200b96784", "109155\n96784"],
)  # fmt: skip
def test_every_way_to_write_an_identity_number_is_one_certain_hit(form: str) -> None:
    text = f"Blåbær 😀 {DECOMPOSED} {form}, sa hun."
    assert found(text) == [(form, "national_id", "certain")]


def test_an_identity_number_said_in_words_is_found_by_its_check_digits() -> None:
    said = "en null ni en fem fem ni seks sju åtte fire"
    assert found(f"Det er {said}, tror jeg") == [(said, "national_id", "certain")]


@pytest.mark.parametrize(
    "form",
    ["400 12 345", "40 01 23 45", "40012345", "+47 400 12 345", "0047 40012345", "(+47) 40 01 23 45", "47 400 12 345",
     "+4740012345", "ni ni null null en to tre fire", "nittien tjueto trettitre førtifire", "9 1 2 3 4 5 6 8",
     "+46 70 123 45 67", "+44 (0)20 7946 0958", "40\u00a001\u00a023\u00a045", "91.23.45.67"],
)  # fmt: skip
def test_phones_are_found_in_all_their_forms(form: str) -> None:
    ((surface, kind, certainty),) = found(f"Du når meg, æh, ({form}) 😀")
    assert kind == "phone"
    assert certainty != "possible"
    assert surface.strip("()") == form.strip("()")


def test_a_service_number_is_told_only_behind_a_word_that_says_so() -> None:
    assert found("ring 02800 da") == [("02800", "phone", "possible")]
    assert found("det var 02800 av dem") == []


def test_four_digits_and_four_are_a_phone_only_where_the_words_say_so() -> None:
    assert found("mobilnummeret er 4001 2345") == [("4001 2345", "phone", "certain")]
    assert kinds("i 2019 2020 og utover") == []


def test_what_stands_behind_a_norwegian_number_is_not_swallowed() -> None:
    assert found("+47 400 12 345 2019")[0][0] == "+47 400 12 345"


@pytest.mark.parametrize(
    ("text", "surface", "certainty"),
    [
        ("skriv til Åse.Bø@eksempel.no.", "Åse.Bø@eksempel.no", "certain"),
        ("kari (at) eksempel.no", "kari (at) eksempel.no", "likely"),
        ("kari krøllalfa eksempel punktum no", "kari krøllalfa eksempel punktum no", "likely"),
        ("kari at eksempel punktum no", "kari at eksempel punktum no", "likely"),
    ],
)
def test_mail_addresses_written_and_spoken(text: str, surface: str, certainty: str) -> None:
    assert found(text) == [(surface, "email", certainty)]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("se https://eksempel.no/a?b=1, og", [("https://eksempel.no/a?b=1", "url", "certain")]),
        ("se www.eksempel.no/kari.", [("www.eksempel.no/kari", "url", "certain")]),
        ("på bjørnvik.kommune.no nå", [("bjørnvik.kommune.no", "url", "likely")]),
        ("følg @kari_n der", [("@kari_n", "url", "likely")]),
        ("fra 192.168.0.1 da", [("192.168.0.1", "ip", "likely")]),
        ("fra fe80::1ff:2 da", [("fe80::1ff:2", "ip", "certain")]),
        (r"C:\Users\Kari Nord\Dok\å.txt", [(r"C:\Users\Kari Nord\Dok\å.txt", "path", "certain")]),
        ("/home/kari/å.txt", [("/home/kari/å.txt", "path", "certain")]),
        ("i /Users/kari.", [("/Users/kari", "path", "certain")]),
        ("bilen EL 12345 sto", [("EL 12345", "plate", "likely")]),
        ("bilskiltet er KARI77, ja", [("KARI77", "plate", "possible")]),
        ("Lyngveien 12 B, 0155 Bjørnvik", [("Lyngveien 12 B", "address", "likely"), ("0155 Bjørnvik", "postcode", "certain")]),
        ("Nedre Bekkegate 3B", [("Nedre Bekkegate 3B", "address", "likely")]),
        ("Nordmanns gate 12", [("Nordmanns gate 12", "address", "likely")]),
        ("i lyngveien 12 der", [("lyngveien 12", "address", "possible")]),
        ("gnr. 12 bnr. 34", [("gnr. 12 bnr. 34", "address", "certain")]),
        ("3800 Bø i Telemark", [("3800 Bø i Telemark", "postcode", "likely")]),
        ("NO 974 760 673 MVA", [("NO 974 760 673 MVA", "organisation_number", "certain")]),
        ("988077917", [("988077917", "organisation_number", "likely")]),
        ("987654321", []),
        ("født 12.3.1980", [("12.3.1980", "birth_date", "certain")]),
        ("født den 12. mars", [("12. mars", "birth_date", "certain")]),
        ("f. 120380", [("120380", "birth_date", "certain")]),
        ("fødd i 1980", [("1980", "birth_date", "likely")]),
        ("født den tolvte i tredje", [("tolvte i tredje", "birth_date", "likely")]),
        ("den 12. mars 1980", [("12. mars 1980", "birth_date", "possible")]),
        ("den 1980-03-12", [("1980-03-12", "birth_date", "possible")]),
        ("den 12. mars 2019", []),
    ],
)  # fmt: skip
def test_each_kind_with_its_borders(text: str, hits: list[tuple[str, str, str]]) -> None:
    assert found(text) == hits


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("han ble sykmeldt i fjor", "sykmeldt"),
        ("ho er tillitsvald her", "tillitsvald"),
        ("han stemte Høyre", "stemte Høyre"),
        ("de har samisk bakgrunn", "samisk"),
        ("fingeravtrykket hans", "fingeravtrykket"),
    ],
)
def test_words_of_the_special_categories_are_possible(text: str, word: str) -> None:
    assert found(text) == [(word, "sensitive", "possible")]


@pytest.mark.parametrize(
    "text",
    [
        "helse og omsorg er stort",
        "helseplattformen",
        "det same gjeld her",
        "siktet er å spare",
        "høyre side",
        "en sone",
    ],
)
def test_everyday_words_near_the_special_categories_are_none(text: str) -> None:
    assert found(text) == []


def test_decoys_are_left_alone() -> None:
    assert [text for text in decoys(seed=7, count=450) if find_identifiers(text)] == []


@pytest.mark.parametrize("kind", sorted(samples(seed=1, count=1)))
def test_generated_identifiers_are_all_found_whole(kind: str) -> None:
    missed = [
        row
        for row, (text, start, end) in enumerate(samples(seed=3, count=150)[kind])
        if not any(h.kind == kind and h.start <= start and h.end >= end for h in find_identifiers(text))
    ]
    assert missed == []


@pytest.mark.parametrize("remainder", [0, 1, 2, 3])
def test_generated_identity_numbers_follow_the_rule_of_today_or_of_2032(remainder: int) -> None:
    rng = Random(remainder)  # noqa: S311
    for _ in range(200):
        rule = national_id_rule(national_id(rng, remainder=remainder))
        assert rule == ("synthetic-80" if remainder == 0 else "synthetic-80-2032")


def test_check_digits_agree_with_stdnum() -> None:
    from stdnum.no import kontonr, orgnr

    rng = Random(5)  # noqa: S311
    for _ in range(400):
        wrong = f"{rng.randint(8 * 10**8, 10**9 - 1)}"
        assert is_organisation_number(wrong) == orgnr.is_valid(wrong)
        number = f"{rng.randint(10**10, 10**11 - 1)}"
        assert is_account(number) == kontonr.is_valid(number)
    assert all(kontonr.is_valid(account(rng)) for _ in range(100))
    assert all(orgnr.is_valid(organisation_number(rng)) for _ in range(100))


def test_what_stdnum_takes_for_an_identity_number_is_one_here_too() -> None:
    """The other way round it is not so: stdnum knows neither the synthetic months nor the rule of 2032."""
    from stdnum.no import fodselsnummer

    rng = Random(11)  # noqa: S311
    seen = 0
    while seen < 60:
        # A synthetic number taken back to an ordinary month: right date, check digits right by chance only.
        digits = national_id(rng)
        plain = digits[:2] + f"{int(digits[2:4]) - 80:02}" + digits[4:9] + f"{rng.randint(0, 99):02}"
        if fodselsnummer.is_valid(plain):
            seen += 1
            assert national_id_rule(plain) == "fnr"


def test_the_surest_and_most_specific_hit_wins() -> None:
    assert kinds("10915596784@eksempel.no") == ["email"]
    assert kinds("https://eksempel.no/10915596784") == ["url"]
    hits = [Hit(0, 4, "capitalised", "c", "possible"), Hit(2, 9, "person", "key", "certain"), Hit(8, 12, "phone", "p")]
    assert without_overlaps(hits) == [hits[1]]
    assert without_overlaps(reversed(hits)) == [hits[1]]


def test_a_phone_in_front_of_an_address_leaves_both() -> None:
    assert kinds("400 12 345, Lyngveien 3, 5003 Bjørnvik") == ["phone", "address", "postcode"]


@given(st.text(alphabet="0123456789 .-/+@:\\abkgNOÅæ\n\u00a0\u200b１😀" + DECOMPOSED, max_size=80))
@settings(max_examples=300, deadline=None)
def test_hits_are_inside_the_text_ordered_apart_and_the_same_twice(text: str) -> None:
    hits = find_identifiers(text)
    assert hits == find_identifiers(text)
    assert all(0 <= h.start < h.end <= len(text) and h.kind in KINDS for h in hits)
    assert all(a.end <= b.start for a, b in pairwise(hits))


@given(
    st.integers(0, 10**6),
    st.text(alphabet="abcæøå ,.!?😀\n", max_size=30),
    st.text(alphabet=" ,!?😀\næøå", max_size=30),
)
@settings(max_examples=100, deadline=None)
def test_a_phone_is_found_whatever_words_stand_around_it(seed: int, before: str, after: str) -> None:
    form = grouped(phone(Random(seed)), 3, 2, 3)  # noqa: S311
    text = f"{before} {form} {after}"
    assert any(text[h.start : h.end] == form and h.kind == "phone" for h in find_identifiers(text))


@pytest.mark.parametrize(
    "piece",
    ["1", "a", "Å", " ", "\n", "-", ".", "@", "1 ", "a.", ".no", "en ", "a@", "+1", "１", "1\u200b", "født ", "/home/"],
)
def test_time_grows_with_the_length_and_no_faster(piece: str) -> None:
    text = piece * (300_000 // len(piece))
    began = time.process_time()
    find_identifiers(text)
    assert time.process_time() - began < 4


def test_lower_case_keeps_every_offset() -> None:
    assert len(lowered("İÅ")) == 2
    assert lowered("Åse") == "åse"
