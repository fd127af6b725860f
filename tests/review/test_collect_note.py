"""The note as more answers come: every coding of an unchanged turn stays on its words, and headings tell what was asked of."""

from __future__ import annotations

from collections import Counter

import pytest
from answer_files import NOTE, a_pack, an_answer, coded, pack_file, put, run, saved, told
from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import SmallStudy

from foran_research.coding.events import is_waiting
from foran_research.coding.reanchor import follow, turns_in
from foran_research.collecting import collect, told_of
from foran_research.collecting.moves import known_places
from foran_research.corpus.transcript import Transcript, canonical, parse_turns
from foran_research.study import load_study

NEAR = "De er aldri med før kontrakten er signert"


def places(small_study: SmallStudy) -> dict[str, tuple[str, str]]:
    """By coded segment of the note its words, and the turn that they stand in: whose it is."""
    study = load_study(small_study.path)
    text = study.transcripts[NOTE]
    found = {}
    for row in study.segments().query("document == @NOTE").to_dict("records"):
        (turn,) = [one for one in text.turns if one.span.start <= row["start"] and row["end"] <= one.span.end]
        assert text.text[row["start"] : row["end"]] == row["quote"]
        found[row["segment"]] = (row["quote"], turn.speaker or "")
    return found


def waiting(small_study: SmallStudy) -> list[str]:
    study = load_study(small_study.path)
    (log,) = [log for log in study.logs if log.name.endswith(f"K2/{NOTE}.jsonl")]
    last = {event.segment: event.after for event in log.events}
    return [name for name, after in last.items() if after is not None and is_waiting(after)]


def test_a_coding_follows_though_another_reader_wrote_nearly_the_same_just_before_it(small_study: SmallStudy) -> None:
    mine = [an_answer(1, "question:Q0001", "answer", f"Ja, men drift mangler: {NEAR.lower()}. a\u030apent 😀")]
    run(small_study, saved(mine, reader=3))
    segment = coded(load_study(small_study.path), f"{NEAR.lower()}")
    before = places(small_study)
    # Readers in the order of their codes; some come before hers, some after.
    for number in (1, 2, 4, 5, 6, 7, 8):
        theirs = [an_answer(number * 10, "question:Q0001", "answer", f"{NEAR}, sier jeg også. {NEAR.lower()}.")]
        found = run(small_study, saved(theirs, reader=number), at=f"2020-10-0{number}T10:00:00Z")
        assert found.moved == (1, 0)
        assert any("1 coding of changed notes followed, 0 wait" in line for line in told_of(found))
    assert places(small_study) == before
    assert set(before) == {segment}
    assert waiting(small_study) == []


@pytest.mark.parametrize("words", ["Ja.", "Nei, nei", "Ja, ja 😀", "æ"])
def test_a_short_answer_that_others_give_as_well_keeps_its_coding(small_study: SmallStudy, words: str) -> None:
    mine = saved([an_answer(1, "question:Q0001", "answer", f"{words} mitt")], reader=3)
    same = [
        saved([an_answer(n * 10, "question:Q0001", "answer", words), an_answer(n * 10 + 1, "element:C0001", "comment", words)], n)
        for n in (1, 2, 4, 5)
    ]  # fmt: skip
    run(small_study, mine, *same[:1])
    coded(load_study(small_study.path), f"{words} mitt")
    before = places(small_study)
    found = run(small_study, *same, at="2020-10-04T10:00:00Z")
    assert found.moved == (1, 0)
    assert places(small_study) == before


def test_a_coding_of_words_that_their_reader_changed_waits_and_it_is_told(small_study: SmallStudy) -> None:
    mine = an_answer(1, "question:Q0001", "answer", "Vi mangler en felles mal for dette")
    other = saved([an_answer(5, "question:Q0001", "answer", "Ingen ting mangler her hos oss")], reader=2)
    run(small_study, saved([mine]), other)
    kept, lost = (coded(load_study(small_study.path), words) for words in ("Ingen ting mangler", "felles mal"))
    changed = {**mine, "text": "Noe helt annet ble skrevet i stedet", "revision": 2}
    found = run(small_study, saved([changed], saved=2), at="2020-10-04T10:00:00Z")
    assert found.moved == (1, 1)
    assert waiting(small_study) == [lost]
    assert set(places(small_study)) == {kept}
    assert any("1 waits for a person to place it" in line for line in told_of(found))


def test_a_coding_follows_when_the_newest_pack_words_its_heading_anew(small_study: SmallStudy) -> None:
    pack = a_pack()
    run(small_study, *(saved([an_answer(n, "quote:FJO-I01.K1.s01", "comment", words)], n, pack)
                       for n, words in ((1, "Ja."), (2, "Ja. Nei."), (3, "Ja."))), pack=pack)  # fmt: skip
    segment = coded(load_study(small_study.path), "Nei.")
    before = places(small_study)
    assert heads(small_study) == ["Sitat om X1 behov (FJO-I01.K1.s01)"]
    elements = [{**one, "label": told("mål")} if one["id"] == "C0001" else one for one in pack["elements"]]
    newer = a_pack(elements=elements)
    listed = "id,on,action,milestone,audience,arena,language,file_sha256,content_sha256,segments,by\n" + "".join(
        f"{one['id']},2020-09-30,,M1,workshop,,nb,{'a' * 64},{'b' * 64},,K1\n" for one in (pack, newer)
    )
    (small_study.path / "corpus/packs.csv").write_text(listed, "utf-8")
    found = run(small_study, saved([an_answer(4, "quote:FJO-I01.K1.s01", "comment", "Ja. Nei, vi gjør ikke det.")], 4, newer),
                pack=newer, at="2020-10-02T10:00:00Z")  # fmt: skip
    assert heads(small_study) == ["Sitat om X1 mål (FJO-I01.K1.s01)"]
    assert found.moved == (1, 0)
    assert places(small_study) == before
    assert set(before) == {segment}


def heads(small_study: SmallStudy) -> list[str]:
    text = load_study(small_study.path).transcripts[NOTE]
    return [turn.span.of(text.text).removeprefix("## ") for turn in text.turns if turn.kind == "heading"]


def test_a_question_is_told_with_what_it_is_about_and_equal_ones_stay_apart(small_study: SmallStudy) -> None:
    questions = [
        {"id": "Q0001", "text": told("Hva mangler?"), "about": None},
        {"id": "Q0002", "text": told("Hva mangler?"), "about": {"kind": "element", "id": "C0002"}},
        {"id": "Q0003", "text": told("Hva mangler?"), "about": {"kind": "element", "id": "C0005"}},
        {"id": "Q0004", "text": told("Hva mangler?"), "about": {"kind": "element", "id": "C0005"}},
    ]
    pack = a_pack(questions=questions)
    mine = [an_answer(n, f"question:Q000{n}", "answer", f"Svar {n}") for n in range(1, 5)]
    run(small_study, saved(mine, 1, pack), saved([{**mine[1], "id": an_answer(9, "element:C0001", "agree")["id"]}], 2, pack),
        pack=pack)  # fmt: skip
    assert heads(small_study) == [
        "Hva mangler?", "Hva mangler? (X2 markedskontakt)", "Hva mangler? (X5 strategi) [Q0003]",
        "Hva mangler? (X5 strategi) [Q0004]",
    ]  # fmt: skip
    text = load_study(small_study.path).transcripts[NOTE].text
    assert (
        text.index("Svar 1") < text.index("(X2") < text.index("Svar 2") < text.index("[Q0003]") < text.index("Svar 3")
    )


def test_comments_on_a_quote_stand_under_its_element_and_id(small_study: SmallStudy) -> None:
    run(small_study, saved([an_answer(1, "quote:FJO-I01.K1.s01", "comment", "Slik er det ikke lenger")]))
    assert heads(small_study) == ["Sitat om X1 behov (FJO-I01.K1.s01)"]


def test_a_coding_that_waited_is_placed_when_its_turn_is_known_again(small_study: SmallStudy) -> None:
    """As an earlier version left it: a person's `foran reanchor` does not know turns, collecting does."""
    one, two = (an_answer(n, "question:Q0001", "answer", "Ja, det er slik hos oss") for n in (1, 2))
    run(small_study, saved([one], 5))
    segment = coded(load_study(small_study.path), "det er slik")
    run(
        small_study, saved([{**one, "text": "Helt andre ord nå", "revision": 2}], 5, saved=2), at="2020-10-02T10:00:00Z"
    )
    assert waiting(small_study) == [segment]
    # She takes the change back.
    run(small_study, saved([{**one, "revision": 3}], 5, saved=3), saved([two], 6), at="2020-10-03T10:00:00Z")
    assert waiting(small_study) == []
    assert places(small_study)[segment][0] == "det er slik"


# ---- turns, against a naive reading ----
_WORDS = st.sampled_from(["Ja.", "Ja. Nei.", "æøå 😀", "Å\nja".replace("\n", " "), "De er aldri med", "De er aldri"])
_TURN = st.tuples(st.sampled_from("ABC"), st.sampled_from(["LESER-A", "LESER-B"]), _WORDS)


def composed(turns: list[tuple[str, str, str]]) -> str:
    lines, head = ["Svar på pakken."], ""
    for heading, speaker, words in turns:
        if heading != head:
            lines.append(f"## {heading}")
            head = heading
        lines.append(f"**{speaker}:** {words}")
    return canonical("\n\n".join(lines) + "\n")


@given(st.lists(_TURN, unique=True, max_size=8), st.lists(_TURN, unique=True, max_size=8))
@settings(max_examples=150, deadline=None)
def test_every_turn_of_both_texts_is_known_and_no_other(
    old: list[tuple[str, str, str]], new: list[tuple[str, str, str]]
) -> None:
    old, new = sorted(old), sorted(new)
    before, after = composed(old), composed(new)
    blocks = known_places(before, after)
    for block in blocks:
        assert before[block.old : block.old + block.length] == after[block.new : block.new + block.length]

    def image(start: int, end: int) -> int | None:
        fits = [b.new + start - b.old for b in blocks if b.old <= start and end <= b.old + b.length]
        assert len(fits) <= 1
        return fits[0] if fits else None

    spoken_old, spoken_new = (
        [turn for turn in parse_turns(text, has_turns=False) if turn.speaker] for text in (before, after)
    )
    assert len(spoken_old) == len(old)
    # Where reader, words and heading are the same, it is that turn; else reader and words tell where both have it equally.
    mine = Counter((speaker, words) for heading, speaker, words in old if (heading, speaker, words) not in new)
    theirs = Counter((speaker, words) for heading, speaker, words in new if (heading, speaker, words) not in old)
    for told_turn, turn in zip(old, spoken_old, strict=True):
        at = image(turn.span.start, turn.span.end)
        if told_turn in new:
            assert at == spoken_new[new.index(told_turn)].span.start
        elif mine[told_turn[1:]] == theirs[told_turn[1:]]:
            assert at is not None
            assert next(one for one in spoken_new if one.span.start == at).speaker == told_turn[1]
        else:
            assert at is None


def test_collecting_tells_nothing_of_codings_where_none_moved(small_study: SmallStudy) -> None:
    work = small_study.path.parent / "innboks"
    found = collect(small_study.path, put(work, saved([an_answer(1, "element:C0001", "comment", "Hei")])), by="K1",
                    at="2020-10-01T10:00:00Z", case="FJO", packs=[pack_file(work)])  # fmt: skip
    assert found.moved == (0, 0)
    assert not any("coding" in line for line in told_of(found))


def test_assigned_turns_and_resolutions_follow_their_turns_too() -> None:
    old = composed([("A", "LESER-A", "Ja."), ("A", "LESER-C", "Ja.")])
    new = composed([("A", "LESER-A", "Ja."), ("A", "LESER-B", "Ja."), ("A", "LESER-C", "Ja.")])
    before, after = (Transcript(NOTE, text, parse_turns(text, has_turns=False)) for text in (old, new))
    mine, there = (next(turn for turn in text.turns if turn.speaker == "LESER-C") for text in (before, after))
    assert turns_in(before, after, [mine.number], known_places) == (there.number,)
    place = {"start": mine.span.start, "end": mine.span.end}
    resolution = {"kind": "resolution", "accepted": [dict(place)], "rejected": [], **place, "quote": "Ja."}
    followed = follow({"r": resolution}, old, new, marker="m", former=lambda _: None, known=known_places)
    (step,) = [one for one in followed.steps if one.record == "r"]
    expected = {"start": there.span.start, "end": there.span.end}
    assert step.after["accepted"] == [expected]
    assert {key: step.after[key] for key in expected} == expected
