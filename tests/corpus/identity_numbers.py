"""Invented numbers of every kind with right check digits, for tests and for measuring the detectors.

National identity numbers are Skatteetaten's synthetic ones only (month + 80), which nobody bears.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def control(digits: str, weights: Sequence[int]) -> int:
    """The digit that makes the weighted sum divisible by 11; 10 when there is none."""
    return -sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11


def national_id(rng: Random, *, is_d: bool = False, remainder: int = 0) -> str:
    """A synthetic national identity number (month + 80); a `remainder` of 1 to 3 needs the rule of 2032."""
    while True:
        day, month = rng.randint(1, 28) + 40 * is_d, rng.randint(1, 12) + 80
        body = f"{day:02}{month}{rng.randint(0, 99):02}{rng.randint(0, 999):03}"
        first = (control(body, _FIRST) + remainder) % 11
        if first < 10 and (second := control(f"{body}{first}", _SECOND)) < 10:
            return f"{body}{first}{second}"


def account(rng: Random) -> str:
    """An account number whose first six digits are no day, so that it can be nothing else."""
    while True:
        body = f"{rng.randint(72, 99)}{rng.randint(0, 99_999_999):08}"
        if (last := control(body, _SECOND)) < 10:
            return f"{body}{last}"


def organisation_number(rng: Random) -> str:
    """An organisation number."""
    while True:
        body = f"{rng.choice('89')}{rng.randint(0, 9_999_999):07}"
        if (last := control(body, (3, 2, 7, 6, 5, 4, 3, 2))) < 10:
            return f"{body}{last}"


def phone(rng: Random) -> str:
    """Eight digits of a mobile telephone."""
    return f"{rng.choice('49')}{rng.randint(0, 9_999_999):07}"


def grouped(digits: str, *sizes: int, by: str = " ") -> str:
    """The digits in groups: ``grouped("40012345", 3, 2, 3)`` is "400 12 345"."""
    parts, at = [], 0
    for size in sizes:
        parts.append(digits[at : at + size])
        at += size
    return by.join(parts)


_UNITS = "null en to tre fire fem seks sju åtte ni".split()
_STREETS = "Bjørkeveien Lyngstien Kvernbakken Havnegata Rognvegen Ospesvingen Tjernsvingen Skolegaten Fjøsgata".split()
_PLACES = "Bjørnvik Åsmoen Fjellbygd Sørhavn Lyngnes".split()
_FIRST_NAMES = "kari ola åse bjørn silje".split()
_LAST_NAMES = "nordmann fjellsrud bakkemo".split()
_MONTHS = "januar februar mars april mai juni juli august september oktober november desember".split()
_FRAMES = (
    "Ja, altså, {} var det jeg hadde.",
    "Du kan skrive ned {}, så ser vi på det 😀 etterpå.",
    "{}",
    "Eg trur det stod {} på lappen, men eg er ikkje viss.",
    "(ler) Nei, vent. {} – der har du det.",
)


def _national(rng: Random) -> str:
    digits = national_id(rng, is_d=rng.random() < 0.2, remainder=rng.choice((0, 0, 0, 1, 2, 3)))
    return rng.choice(
        (digits, grouped(digits, 6, 5), grouped(digits, 6, 5, by="-"), grouped(digits, 2, 2, 2, 5, by="."),
         grouped(digits, 6, 3, 2), grouped(digits, 2, 2, 2, 3, 2), grouped(digits, 6, 5, by="\u00a0"))
    )  # fmt: skip


def _national_like(rng: Random) -> str:
    digits = national_id(rng)
    digits = digits[:-1] + str((int(digits[-1]) + rng.randint(1, 9)) % 10)
    return rng.choice((digits, grouped(digits, 6, 5)))


def _account(rng: Random) -> str:
    digits = account(rng)
    return rng.choice((digits, grouped(digits, 4, 2, 5, by="."), grouped(digits, 4, 2, 5)))


def _organisation(rng: Random) -> str:
    digits = organisation_number(rng)
    return rng.choice((digits, grouped(digits, 3, 3, 3), f"NO {grouped(digits, 3, 3, 3)} MVA", f"{digits} MVA"))


def _phone(rng: Random) -> str:
    digits = phone(rng)
    spoken = " ".join(_UNITS[int(d)] for d in digits)
    return rng.choice(
        (digits, grouped(digits, 3, 2, 3), grouped(digits, 2, 2, 2, 2), f"+47 {grouped(digits, 3, 2, 3)}",
         f"0047{digits}", f"(+47) {digits}", f"+47{digits}", f"tlf. {grouped(digits, 4, 4)}"[5:], spoken,
         f"+46 70 {rng.randint(100, 999)} {rng.randint(10, 99)} {rng.randint(10, 99)}")
    )  # fmt: skip


def _email(rng: Random) -> str:
    first, last = rng.choice(_FIRST_NAMES), rng.choice(_LAST_NAMES)
    return rng.choice((f"{first}.{last}@eksempel.no", f"{first}@bø.kommune.no", f"{first} (at) eksempel.no",
                       f"{first} krøllalfa eksempel punktum no"))  # fmt: skip


def _address(rng: Random) -> str:
    street, number = rng.choice(_STREETS), rng.randint(1, 99)
    farm = f"gnr. {number} bnr. {rng.randint(1, 99)}"
    return rng.choice((f"{street} {number + 100}", f"{street} {number} B", f"Nordmanns gate {number}C", farm))


def _postcode(rng: Random) -> str:
    return f"{rng.choice([rng.randint(10, 1899), rng.randint(2100, 9990)]):04} {rng.choice(_PLACES)}"


def _plate(rng: Random) -> str:
    letters = rng.choice("ABCDEFHJKLPRSTUVXYZ") + rng.choice("ABCDEFHJKLPTUVXYZ")
    return f"{letters}{rng.choice(('', ' '))}{rng.randint(10000, 99999)}"


def _birth(rng: Random) -> str:
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1930, 2005)
    spelt = f"{day}. {_MONTHS[month - 1]} {year}"
    return rng.choice((f"født {day}.{month}.{year}", f"født {spelt}", f"f. {day:02}{month:02}{year % 100:02}",
                       spelt, f"fødd {year}"))  # fmt: skip


def _url(rng: Random) -> str:
    name = rng.choice(_LAST_NAMES)
    return rng.choice((f"https://www.{name}.no/om-oss", f"www.{name}.no", f"{name}-regnskap.no", f"@{name}"))


def _ip(rng: Random) -> str:
    return rng.choice((f"10.{rng.randint(0, 255)}.{rng.randint(0, 255)}.{rng.randint(1, 254)}",
                       f"fe80::{rng.randint(4096, 65535):x}:{rng.randint(4096, 65535):x}"))  # fmt: skip


def _path(rng: Random) -> str:
    name = rng.choice(_FIRST_NAMES)
    return rng.choice(
        (rf"C:\Users\{name}\Dokumenter\intervju.docx", f"/home/{name}/intervju.txt", f"/Users/{name}/Desktop")
    )


_MAKERS: dict[str, Callable[[Random], str]] = {
    "national_id": _national,
    "national_id_like": _national_like,
    "account": _account,
    "organisation_number": _organisation,
    "phone": _phone,
    "email": _email,
    "address": _address,
    "postcode": _postcode,
    "plate": _plate,
    "birth_date": _birth,
    "url": _url,
    "ip": _ip,
    "path": _path,
}


def samples(seed: int, count: int) -> dict[str, list[tuple[str, int, int]]]:
    """`count` sentences for each kind: the text, and where what identifies begins and ends in it."""
    found: dict[str, list[tuple[str, int, int]]] = {}
    for kind, make in _MAKERS.items():
        rng = Random(f"{seed} {kind}")  # noqa: S311
        rows = []
        for _ in range(count):
            inside = make(rng)
            frame = rng.choice(_FRAMES)
            start = frame.index("{}")
            mark = next((m for m in ("født ", "fødd ", "f. ") if inside.startswith(m)), "")
            text = frame.replace("{}", inside)
            rows.append((text, start + len(mark), start + len(inside)))
        found[kind] = rows
    return found


def decoys(seed: int, count: int) -> list[str]:
    """Sentences with numbers that tell of nobody: invoices, prices, days, laws, articles, sections, shares."""
    rng = Random(f"{seed} decoys")  # noqa: S311
    n = rng.randint
    makers: tuple[Callable[[], str], ...] = (
        lambda: f"Faktura {n(10_000_000, 99_999_999)} kom i fjor.",
        lambda: f"Den kostet {n(2, 99)} {n(100, 999)} {n(100, 999)} kroner.",
        lambda: f"Rammen er {n(20_000_000, 99_999_999)} kr uten moms.",
        lambda: f"Møtet var {n(1, 28)}.{n(1, 12)}.{n(2012, 2026)} på rådhuset.",
        lambda: f"Fristen gikk ut {n(1, 28)}. {rng.choice(_MONTHS)} {n(2012, 2026)}.",
        lambda: f"Det følger av LOV-{n(1981, 2021)}-{n(1, 12):02}-{n(1, 28):02}-{n(1, 99)} § {n(1, 40)}.",
        lambda: f"Artikkelnummer {n(100_000_000_000, 999_999_999_999)} er utgått.",
        lambda: f"Saksnummer {n(2012, 2026)}/{n(1000, 99999)} ligger i arkivet.",
        lambda: f"Se punkt {n(1, 9)}.{n(1, 9)}.{n(1, 9)}.{n(1, 9)} i grunnlaget.",
        lambda: f"Mellom {n(2012, 2018)} og {n(2019, 2026)} brukte vi {n(1, 99)} prosent.",
        lambda: f"Kravet er NS {n(1000, 99999)}, ikke noe annet.",
        lambda: f"Klokka var {n(10, 23)}:{n(10, 59)}:{n(10, 59)} da vi startet.",
        lambda: f"Vi har {n(1000, 9999)} innbyggere og {n(2, 40)} skoler.",
        lambda: f"Han talte: en to tre fire fem seks sju åtte ni ti. Og {n(11, 99)}.",
        lambda: f"I {n(2010, 2026)} Bergen kommune lyste ut, og i {n(2010, 2026)} var det ferdig.",
    )
    return [makers[row % len(makers)]() for row in range(count)]
