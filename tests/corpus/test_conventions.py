"""From paragraphs to turns: every convention, prose that only looks like one, and no word lost. All talk is invented."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foran_research.corpus.conventions import (
    MOST_WORDS_OF_A_PARAGRAPH,
    PATTERNS,
    WORDS_OF_A_PARAGRAPH,
    SourceTurn,
    seconds_of,
    understand,
)
from foran_research.corpus.readers.plain import read_text
from foran_research.corpus.source import Finding, Paragraph, SourceText
from foran_research.errors import Faults, ForanError, UnknownName

A, B = "Åse Ørbæk", "Kåre Lund"
TURNS = (
    (A, "Hvordan gikk det?"),
    (B, "Bra 😀, sa Ågot, og lo."),
    (A, "Og så?"),
    (B, "Så var vi ferdige."),
)
assert "A\u030a" in unicodedata.normalize("NFD", A)


def source(*paragraphs: str, kind: str = "txt") -> SourceText:
    return SourceText(kind, tuple(Paragraph(words, place=n) for n, words in enumerate(paragraphs, 1)))


def said(found: object) -> tuple[tuple[str, str], ...]:
    turns: tuple[SourceTurn, ...] = found.turns
    return tuple((turn.speaker, turn.words) for turn in turns)


def finding(findings: tuple[Finding, ...], what: str) -> Finding:
    (found,) = [one for one in findings if one.what == what]
    return found


#: Pattern expected, how a turn is written (number, hours, minutes and seconds are filled in), whether it tells times.
WRITTEN = {
    "name and colon": ("colon", "{who}: {words}", False),
    "no blank behind the colon": ("colon", "{who}:{words}", False),
    "blank before the colon": ("colon", "{who} : {words}", False),
    "a tab behind the colon": ("colon", "{who}:\u2003{words}", False),
    "a no-break space behind the colon": ("colon", "{who}:\u00a0{words}", False),
    "role in brackets": ("colon", "{who} (leder): {words}", False),
    "time in brackets, then name and colon": ("colon", "[00:00:{s}] {who}: {words}", True),
    "bare time, then name and colon": ("colon", "00:00:{s} {who}: {words}", True),
    "short time, then name and colon": ("colon", "0:{s} {who}: {words}", True),
    "time in brackets before the colon": ("colon", "{who} [00:00:{s}]: {words}", True),
    "time in round brackets before the colon": ("colon", "{who} (00:{s}): {words}", True),
    "time in brackets behind the colon": ("colon", "{who}: [00:00:{s}] {words}", True),
    "f4's time first": ("colon", "#00:00:{s}-0# {who}: {words}", True),
    "a range of times first": ("colon", "[00:00:{s} - 00:01:59] {who}: {words}", True),
    "a time on the line above": ("colon", "[00:00:{s}]\n{who}: {words}", True),
    "arrows of subtitles": ("colon", ">> {who}: {words}", False),
    "words below the label": ("colon", "{who}:\n{words}", False),
    "name and colon in stars": ("colon", "**{who}:** {words}", False),
    "name in stars": ("colon", "**{who}**: {words}", False),
    "name and time in stars": ("colon", "**{who} [00:00:{s}]:** {words}", True),
    "numbers": ("numbered", "{n} {who}: {words}", False),
    "numbers with a point": ("numbered", "{n}. {who}: {words}", False),
    "numbers in brackets": ("numbered", "[{n}] {who}: {words}", False),
    "numbers and times": ("numbered", "{n}. [00:00:{s}] {who}: {words}", True),
    "time, name and dash": ("time-name-dash", "[00:00:{s}] {who} – {words}", True),
    "name and dash": ("dash", "{who} – {words}", False),
    "name and hyphen": ("dash", "{who} - {words}", False),
    "name and tab": ("tab", "{who}\u2003{words}", False),
    "time, tab, name, tab": ("tab", "00:00:{s}\u2003{who}\u2003{words}", True),
    "name in brackets": ("bracket", "[{who}] {words}", False),
    "name above, time beside it": ("label-line", "{who}   0:{s}\n{words}", True),
    "time above, name beside it": ("label-line", "00:00:{s}  {who}\n{words}", True),
    "name in brackets above, time beside it": ("label-line", "[{who}] 00:00:{s}\n{words}", True),
    "a range above the name": ("label-line", "0:0:{s}.0 --> 0:1:59.300\n{who}\n{words}", True),
    "name in stars above": ("label-line", "**{who}**\n{words}", False),
    "name above": ("label-line", "{who}\n{words}", False),
}


@pytest.mark.parametrize(("pattern", "written", "has_times"), WRITTEN.values(), ids=WRITTEN.keys())
@pytest.mark.parametrize("divided", ["lines", "paragraphs", "paragraphs of each line"])
def test_the_same_talk_is_understood_in_every_convention(
    pattern: str, written: str, has_times: bool, divided: str
) -> None:
    made = [written.format(n=n, s=10 + n, who=who, words=words) for n, (who, words) in enumerate(TURNS, 1)]
    paragraphs = {
        "lines": ["\n".join(made)],
        "paragraphs": made,
        "paragraphs of each line": "\n".join(made).split("\n"),
    }
    found = understand(source(*paragraphs[divided]))
    assert found.pattern == pattern
    assert said(found) == TURNS
    assert [turn.time for turn in found.turns] == ([11.0, 12.0, 13.0, 14.0] if has_times else [None] * 4)
    assert (found.unlabelled, found.speakers) == (0, [A, B])


@pytest.mark.parametrize("labels", [("I", "K"), ("Q", "A"), ("S00", "S01"), ("INTERVJUER", "KÅRE"), ("aal_uio_02", "FJO-PL-01"),
                                    ("Dr. Å. Øst", "O'Hara"), ("Intervjuer 1", "Deltaker 12"), ("1", "2")])  # fmt: skip
def test_labels_may_be_letters_numbers_codes_and_names_with_points(labels: tuple[str, str]) -> None:
    found = understand(source("\n".join(f"{labels[n % 2]}: sa noe" for n in range(6))))
    assert [turn.speaker for turn in found.turns] == [*labels] * 3


@pytest.mark.parametrize("colon", [":", ""])
def test_a_bold_name_with_or_without_a_colon_is_a_label(colon: str) -> None:
    made = SourceText(
        "docx", tuple(Paragraph(f"{who}{colon} {words}", bold=len(who) + len(colon)) for who, words in TURNS)
    )
    found = understand(made)
    assert said(found) == TURNS
    assert found.pattern == ("colon" if colon else "bold")


def test_a_question_in_bold_is_no_label() -> None:
    made = SourceText("docx", (
        Paragraph("Hva synes du om anskaffelsen nå?", bold=32), Paragraph("Den var grei."),
        Paragraph("Hva synes du om anskaffelsen nå?", bold=32), Paragraph("Fortsatt grei."),
    ))  # fmt: skip
    assert understand(made).pattern == "none"


def test_a_name_in_bold_above_its_words_is_a_label() -> None:
    made = SourceText("docx", tuple(Paragraph(f"{who}\n{words}", bold=len(who)) for who, words in TURNS))
    assert said(understand(made)) == TURNS


def test_f4s_times_at_the_ends_of_turns_are_times_and_no_words() -> None:
    found = understand(source("I: Hvordan? #00:00:05-5#", "K: Bra.\nVeldig bra. #00:00:09-0#", "I: Å ja."))
    assert [(t.speaker, t.words, t.time, t.end) for t in found.turns] == [
        ("I", "Hvordan?", None, 5.5),
        ("K", "Bra. Veldig bra.", 5.5, 9.0),
        ("I", "Å ja.", 9.0, None),
    ]


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_a_turn_of_many_lines_or_paragraphs_is_one_turn(between: str) -> None:
    talk = "\n\n".join(f"{who}: en{between}to{between}tre{between}fire" for who, _ in TURNS)
    (made,) = read_text(talk.encode(), "a.txt", Faults())
    assert said(understand(made)) == tuple((who, "en to tre fire") for who, _ in TURNS)


PROSE = {
    "colons with different words": "Utfordring: det er vanskelig.\n\nEn linje.\n\nEn til.\n\nOg en.\n\nTiltak: å måle.",
    "a clock time": "Klokka 12:30 møttes vi.\n\nSe også: vedlegg.\n\nSlutt.",
    "one colon": "Merk: dette.\nResten av avsnittet\nuten kolon.",
    "a form": "Navn: x\n\nAlder: 34\n\nSted: her\n\nDato: i går\n\nRolle: leder",
    "an address": "https://eksempel.no/a\n\nhttps://eksempel.no/b\n\nSlutt: ja.",
    "laughter in brackets": "[latter] Ja.\n\nNei.\n\nJo.\n\nSå.\n\n[latter] Nei.",
    "dashes": "Bergen – en by.\n\nVoss – et sted.\n\nBergen – igjen.\n\nDet var det.\n\nOg mer.\n\nSlutt nå.",
    "answers alone on their lines": "Ja\n\nDet er greit.\n\nNei\n\nDet er ikke greit.\n\nJa\n\nSå fint.\n\nNei\n\nÅ nei.",
    "numbered points": "1. Først dette.\n2. Så dette.\n3. Til slutt dette.",
    "dialogue marked by dashes": "- Ta en kopp.\n- Nei takk.\n- Jo da.",
}


@pytest.mark.parametrize("text", PROSE.values(), ids=PROSE.keys())
def test_prose_has_no_speakers(text: str) -> None:
    (made,) = read_text(text.encode(), "a.txt", Faults())
    found = understand(made)
    assert (found.pattern, found.speakers, found.share) == ("none", [], 0.0)
    assert " ".join(turn.words for turn in found.turns).split() == text.split()


def test_without_speakers_a_colon_is_prose_however_often_it_comes_back() -> None:
    made = source("Mål: å måle.\nTiltak: å telle.\nMål: å veie.\nTiltak: å se.")
    assert understand(made).pattern == "colon"
    assert understand(made, has_speakers=False).speakers == []


def test_labels_that_are_too_few_are_left_as_words_and_told_of() -> None:
    made = source(*["Et avsnitt uten navn."] * 10, "MODERATOR: Ja", "Mer.", "MODERATOR: Nei", "Slutt.")
    found = understand(made)
    assert found.pattern == "none"
    assert ("colon", 0.1429) in found.alternatives
    told = finding(found.findings, "label-like")
    assert (told.count, "9" in told.detail, "oderator" in told.detail.lower()) == (2, True, False)


def test_answers_nobody_is_named_for_do_not_become_the_interviewers_words() -> None:
    made = source(*["Intervjuer: Hvordan gikk det?", "Det gikk bra, å ja."] * 4)
    found = understand(made)
    assert (found.pattern, found.speakers) == ("none", [])
    assert finding(found.findings, "label-like").count == 4
    alone = source(*["Åse: Det gikk bra."] * 4, "Og mer.")
    assert understand(alone).speakers == ["Åse"]


def test_what_stands_before_the_first_label_is_nobodys() -> None:
    found = understand(source("Samtale i mai", "Sted: Ås", *(f"{who}: {words}" for who, words in TURNS)))
    assert said(found)[0] == ("", "Samtale i mai")
    assert found.turns[0].kind == "paragraph"
    assert found.unlabelled == 1
    assert found.share == pytest.approx(5 / 6, abs=1e-4)


def test_a_label_with_a_slip_is_kept_and_told_of_by_its_length_only() -> None:
    talk = [*(f"Intervjuer: spør {n}\nÅse: svarer {n}" for n in range(5)), "Inervjuer: spør igjen", "Kåre: kom innom"]
    found = understand(source(*talk))
    assert found.speakers == ["Intervjuer", "Åse", "Inervjuer", "Kåre"]
    told = finding(found.findings, "label-once")
    assert told.count == 2
    assert "4, 9 characters" in told.detail
    assert "1 differ" in told.detail
    assert "nervj" not in told.detail


def test_a_colon_within_a_turn_is_no_label() -> None:
    found = understand(
        source("Åse: Vi har to mål.\nFørste mål: å måle.\nandre: å telle.", "Kåre: Ja.", "Åse: Så.", "Kåre: Nei.")
    )
    assert found.speakers == ["Åse", "Kåre"]
    assert found.turns[0].words == "Vi har to mål. Første mål: å måle. andre: å telle."
    assert finding(found.findings, "label-like").count == 2


def test_a_label_without_words_is_left_out_and_told_of() -> None:
    found = understand(source("Åse: Hei.\nKåre:\nÅse: Er du der?\nKåre: Ja."))
    assert [turn.speaker for turn in found.turns] == ["Åse", "Åse", "Kåre"]
    assert finding(found.findings, "empty-turn").count == 1


def test_a_role_in_brackets_is_told_of() -> None:
    found = understand(source("Åse (rådgiver): Hei.\nKåre: Ja.\nÅse (rådgiver): Så."))
    assert (found.speakers, finding(found.findings, "label-role").count) == (["Åse", "Kåre"], 2)


def test_headings_stand_by_themselves_and_end_a_turn() -> None:
    made = SourceText("docx", (
        Paragraph("Åse: Hei."), Paragraph("Kåre: Ja."), Paragraph("Del to", kind="heading"), Paragraph("En merknad."),
        Paragraph("Åse: Nå."), Paragraph("Kåre: Jo."),
    ))  # fmt: skip
    assert [(t.speaker, t.kind) for t in understand(made).turns] == [
        ("Åse", "turn"), ("Kåre", "turn"), ("", "heading"), ("", "paragraph"), ("Åse", "turn"), ("Kåre", "turn"),
    ]  # fmt: skip


# --- voices, cues, tables


def cue(words: str, time: float, end: float, speaker: str = "") -> Paragraph:
    return Paragraph(words, speaker, time, end)


def test_cues_of_one_voice_become_one_turn_with_the_first_ones_time() -> None:
    made = SourceText("vtt", (cue("Hei", 1, 2, A), cue("på deg.", 2, 3, A), cue("(pause)", 3, 4), cue("Ja.", 4, 5, B)))
    found = understand(made)
    assert [(t.speaker, t.words, t.time, t.end, t.kind) for t in found.turns] == [
        (A, "Hei på deg.", 1, 3, "turn"),
        ("", "(pause)", 3, 4, "paragraph"),
        (B, "Ja.", 4, 5, "turn"),
    ]
    assert (found.pattern, found.share, found.unlabelled) == ("voice", 0.75, 1)


def test_cues_without_voices_are_divided_at_the_end_of_a_sentence_and_at_pauses() -> None:
    ten = "ord " * 9 + "ord"
    cues = [cue(ten + ("." if n % 2 else ""), n, n + 1) for n in range(20)]
    found = understand(SourceText("srt", tuple(cues)))
    assert [len(turn.words.split()) for turn in found.turns] == [WORDS_OF_A_PARAGRAPH] * 3 + [20]
    assert [(turn.time, turn.end) for turn in found.turns] == [(0, 6), (6, 12), (12, 18), (18, 20)]
    paused = understand(SourceText("srt", (cue("Ja.", 0, 1), cue("Nei.", 2.9, 3), cue("Jo.", 5, 6))))
    assert [turn.words for turn in paused.turns] == ["Ja. Nei.", "Jo."]
    endless = understand(SourceText("srt", tuple(cue(ten, n, n + 1) for n in range(30))))
    assert {len(turn.words.split()) for turn in endless.turns} == {MOST_WORDS_OF_A_PARAGRAPH, 60}


def test_labels_within_cues_are_found_and_cues_of_one_speaker_put_together() -> None:
    cues = (cue("Åse: Hei.", 0, 1), cue("Åse: Er du der?", 1, 2), cue("Kåre: Ja,", 2, 3), cue("jo.", 3, 4))
    made = SourceText("srt", (*cues, cue("Åse: Å.", 4, 5)))
    found = understand(made)
    assert [(t.speaker, t.words, t.time, t.end) for t in found.turns] == [
        ("Åse", "Hei. Er du der?", 0, 2),
        ("Kåre", "Ja, jo.", 2, 4),
        ("Åse", "Å.", 4, 5),
    ]


def table(*rows: tuple[str, ...]) -> SourceText:
    return SourceText(
        "docx", tuple(Paragraph(cell, kind="cell", row=n) for n, row in enumerate(rows, 1) for cell in row)
    )


TABLES = {
    "speaker and words": [(who, words) for who, words in TURNS],
    "speaker with a colon": [(f"{who}:", words) for who, words in TURNS],
    "time, speaker, words": [(f"00:00:1{n}", who, words) for n, (who, words) in enumerate(TURNS)],
    "number, speaker, words": [(str(n), who, words) for n, (who, words) in enumerate(TURNS)],
    "words, speaker": [(words, who) for who, words in TURNS],
    "a row that goes on": [(A, "Hvordan"), ("", "gikk det?"), *TURNS[1:]],
}


@pytest.mark.parametrize("rows", TABLES.values(), ids=TABLES.keys())
def test_tables_are_understood_whatever_the_order_of_their_columns(rows: list[tuple[str, ...]]) -> None:
    found = understand(table(*rows))
    assert (found.pattern, said(found)) == ("table", TURNS)
    if len(rows[0]) == 3 and ":" in rows[0][0]:
        assert [turn.time for turn in found.turns] == [10, 11, 12, 13]


def test_the_first_row_of_a_table_may_name_its_columns() -> None:
    found = understand(
        table(("Tid", "Taler", "Tekst"), *((f"0:1{n}", who, words) for n, (who, words) in enumerate(TURNS)))
    )
    assert said(found) == TURNS
    assert finding(found.findings, "table-header").count == 1


def test_cells_beside_the_talk_are_told_of() -> None:
    found = understand(table(*((who, words, "kode Æ") for who, words in TURNS)))
    assert said(found) == TURNS
    assert finding(found.findings, "table-column").count == 4


# --- what the user says


def test_a_pattern_that_is_named_is_used_without_asking_whether_it_fits() -> None:
    made = source("MODERATOR: Ja", "Mer.", "Og mer.", "Slutt.")
    assert understand(made).speakers == []
    assert said(understand(made, pattern="colon")) == (("MODERATOR", "Ja Mer. Og mer. Slutt."),)
    assert said(understand(source("a: x\nb: y\na: z"), pattern="none")) == (("", "a: x b: y a: z"),)


TEMPLATES = {
    "{speaker}:": "{who}: {words}",
    "[{time}] {speaker} –": "[00:00:1{n}] {who} - {words}",
    "{number}. {speaker}:": "{n}. {who}: {words}",
    "{speaker} |": "{who} | {words}",
    "<{speaker}>": "<{who}> {words}",
    "{time} {speaker}": "0:1{n} {who}\n{words}",
    "{speaker} ({time}) {words}": "{who} (0:1{n}) {words}",
    "{speaker}\\t": "{who}\u2003{words}",
}


@pytest.mark.parametrize(("template", "written"), TEMPLATES.items())
def test_a_template_says_where_the_speaker_stands(template: str, written: str) -> None:
    talk = "\n".join(written.format(n=n, who=who, words=words) for n, (who, words) in enumerate(TURNS))
    found = understand(source(talk), pattern=template)
    assert (found.pattern, said(found)) == (template, TURNS)
    assert [turn.time for turn in found.turns] == ([10, 11, 12, 13] if "time" in template else [None] * 4)


@pytest.mark.parametrize(
    "template", ["{who}:", "{time}:", "{speaker}", "{speaker} {speaker}:", "{words} {speaker}:", "{}:"]
)
def test_a_template_that_says_too_little_is_refused(template: str) -> None:
    with pytest.raises(ForanError):
        understand(source("A: x"), pattern=template)


def test_a_pattern_nobody_knows_is_refused_with_those_that_are() -> None:
    with pytest.raises(UnknownName) as told:
        understand(source("A: x"), pattern="kolon")
    assert all(name in str(told.value) for name in PATTERNS)


@pytest.mark.parametrize(
    ("stamp", "begin", "end"),
    [("1:02", 62, None), ("01:02:03", 3723, None), ("[0:0:3.450]", 3.45, None), ("#00:01:02-5#", 62.5, None),
     ("0:01 --> 0:02", 1, 2), ("00:00:09,5 – 00:00:03", 9.5, None), ("100:00:00", 360000, None), ("nei", None, None)],
)  # fmt: skip
def test_times_are_seconds(stamp: str, begin: float | None, end: float | None) -> None:
    assert seconds_of(stamp) == (begin, end)


# --- properties

NAMES = st.sampled_from(["Intervjuer", "Kåre", "ÅSE", "I", "P12", "Øystein Å. Berg", "S01"])
WORD = st.text("abcæøåÆØÅ😀,.?!–", min_size=1, max_size=8)
SENTENCE = st.lists(WORD, min_size=1, max_size=12).map(" ".join)


@given(st.lists(st.tuples(NAMES, SENTENCE), min_size=2, max_size=30), st.sampled_from(["\n", "\n\n"]))
def test_no_word_of_a_conversation_is_lost_and_none_changes_hands(talk: list[tuple[str, str]], between: str) -> None:
    (made,) = read_text(between.join(f"{who}: {words}" for who, words in talk).encode(), "a.txt", Faults())
    found = understand(made, pattern="colon")
    expected: dict[str, Counter[str]] = {}
    for who, words in talk:
        expected.setdefault(who, Counter()).update(words.split())
    told: dict[str, Counter[str]] = {}
    for turn in found.turns:
        told.setdefault(turn.speaker, Counter()).update(turn.words.split())
    assert told == expected


ODD = st.text(st.sampled_from("aÅ😀b: :**[]()<>#-–12340.\u2003\n\n *|,"), max_size=60)
PARAGRAPH = st.builds(
    Paragraph,
    ODD,
    st.sampled_from(["", "", "", "Kåre"]),
    st.sampled_from([None, None, 1.0, 5.0]),
    st.sampled_from([None, 2.0]),
    st.sampled_from(["text", "text", "heading", "cell"]),
    st.integers(0, 20),
    st.just(1),
    st.integers(0, 4),
)


@given(
    st.lists(PARAGRAPH, max_size=8),
    st.sampled_from(["", *PATTERNS, "{speaker}:", "[{time}] {speaker} –"]),
    st.booleans(),
)
def test_anything_is_understood_and_every_word_is_where_its_place_says(
    paragraphs: list[Paragraph], pattern: str, has_speakers: bool
) -> None:
    made = SourceText("txt", tuple(paragraphs))
    found = understand(made, pattern=pattern, has_speakers=has_speakers)
    covered = [set[int]() for _ in paragraphs]
    for turn in found.turns:
        assert turn.words == " ".join(turn.words.split()) != ""
        bounds = [*(place[1] for place in turn.paragraphs), len(turn.words) + 1]
        for (number, start, there), after in zip(turn.paragraphs, bounds[1:], strict=True):
            words = turn.words[start : after - 1]
            assert paragraphs[number].words[there : there + len(words)] == words
            assert covered[number].isdisjoint(range(there, there + len(words)))
            covered[number] |= set(range(there, there + len(words)))
    assert 0 <= found.share <= 1
    assert all(0 < score <= 1 for _, score in found.alternatives)
    if found.pattern in ("none", "voice"):
        for paragraph, places in zip(paragraphs, covered, strict=True):
            assert {n for n, c in enumerate(paragraph.words) if not c.isspace()} <= places
    elif found.pattern != "table":
        # What is no word of a turn stands at the head of its line, or is f4's time at the end of a turn.
        for paragraph, places in zip(paragraphs, covered, strict=True):
            start = 0
            for line in paragraph.words.split("\n"):
                inside = [start + n in places for n, c in enumerate(line) if not c.isspace()]
                if "#" not in line:
                    assert inside == sorted(inside)
                start += len(line) + 1


@pytest.mark.parametrize("size", [1, 400])
def test_lines_of_any_length_are_understood_at_once(size: int) -> None:
    """Characters that make careless expressions go back and forth: were the work squared, this would take minutes."""
    for piece in ("[", "(a", "a ", "1:", "<v ", "# ", "- ", "\u2003", "0:01 --> "):
        made = source(piece * size * 1000)
        assert understand(made).pattern == "none"
        understand(made, pattern="{number}. [{time}] {speaker}:")
