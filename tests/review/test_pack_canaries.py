"""Words and names planted wherever a study has text: none leaves it unless the last look stops the file, which says where.

Every place has a canary of its own. What a pack leaves out by itself is one way to be safe, and the guard is the other: a
canary that stands in the bytes of a page and is not told of is what these tests look for.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import html
import io
import json
import re
import shutil
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml
from browsers import browser_or_reason
from cleared_study import with_cleared

from foran_research.clearing import Wish, record
from foran_research.collecting import collect
from foran_research.corpus.transcript import Transcript, parse_turns
from foran_research.errors import StudyError
from foran_research.packs import build_pack, for_public
from foran_research.rendering import render_notebooks
from foran_research.review import printing
from foran_research.review.content import pack_content, segments_in
from foran_research.review.leak_check import Guard, LeakError
from foran_research.review.page import page_html
from foran_research.site import build_site
from foran_research.study import Study, load_study

#: A document that nobody has cleared a word of, with a sentence for every place.
UNSAID = "TRD-I98"
ON = "2024-07-01"
#: Columns of registers that people write freely in.
COLUMNS = {
    "actors": ["part_nb", "part_en"],
    "assessments": ["rationale"],
    "clearances": ["reason"],
    "documents": ["title"],
    "events": ["what_nb", "what_en"],
    "indicator_values": ["source", "note"],
    "indicators": ["label_nb", "label_en", "target_printed", "source", "note"],
    "measure_status": ["why", "next"],
    "measure_steps": ["text_nb", "text_en"],
    "measures": ["title_nb", "title_en", "factor", "grounds"],
    "process_facts": ["note"],
    "processes": ["title_nb", "title_en"],
    "questions": ["text_nb", "text_nn", "text_en"],
    "targets": ["reason"],
}
CODE_TEXTS = ("label", "brief", "definition", "when_to_use", "when_not_to_use", "example")
CHANGE_TEXTS = ("summary", "reason_empirical", "reason_theoretical")


def letters(number: int) -> str:
    return "".join(chr(97 + number // 26**place % 26) for place in (2, 1, 0))


def sentence(number: int) -> str:
    """Eight words that stand nowhere else."""
    end = letters(number)
    return " ".join(
        f"{word}{end}" for word in ("våre", "båter", "tørket", "blåskjell", "under", "hundre", "grønne", "seil")
    )


def person(number: int) -> str:
    return f"Gunn{letters(number)}bjørg Oppdikt{letters(number)}sen"


class Places:
    """Numbers for places, in the order in which they are met."""

    def __init__(self, canary: Callable[[int], str]) -> None:
        self.names: list[str] = []
        self.canary = canary

    def at(self, name: str) -> str:
        if name not in self.names:
            self.names.append(name)
        return f" {self.canary(self.names.index(name))}"


def plant(folder: Path, places: Places) -> None:
    """Put a canary of its own into every text that the study's files have."""
    for name, columns in COLUMNS.items():
        path = folder / f"corpus/{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            header, rows = list(reader.fieldnames or []), list(reader)
        for row in rows:
            for column in columns:
                if row[column]:
                    row[column] += places.at(f"{name}.{column}")
        text = io.StringIO()
        writer = csv.DictWriter(text, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        path.write_text(text.getvalue(), "utf-8")
    settings = (folder / "foran.toml").read_text("utf-8")
    place = 0

    def more(found: re.Match[str]) -> str:
        nonlocal place
        place += 1
        return f'{found[1]}{places.at(f"foran.toml {place}")}"'

    settings = re.sub(r'((?:nb|nn|en) = "[^"]+)"', more, settings)
    settings = re.sub(r'((?m:^)(?:label|title) = "[^"]+)"', more, settings)
    (folder / "foran.toml").write_text(settings, "utf-8")
    # The log has fingerprints of the versions.
    (folder / "codebooks/log.jsonl").unlink()
    for path in sorted((folder / "codebooks").glob("*.yaml")):
        book = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
        for code in book["codes"]:
            for key in CODE_TEXTS:
                for language in code[key] or ():
                    code[key][language] += places.at(f"code.{key}.{language}")
        for change in book["changes"]:
            for key in CHANGE_TEXTS:
                for language in change[key] or ():
                    change[key][language] += places.at(f"change.{key}.{language}")
        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        path.write_text(yaml.dump(book, Dumper=dumper, allow_unicode=True, sort_keys=False, width=10_000), "utf-8")


@dataclass(frozen=True)
class Planted:
    study: Study
    places: Places
    names: dict[str, list[str]]

    @classmethod
    def of(cls, study: Study, places: Places, *, is_words: bool = True) -> Planted:
        """A study in which somebody has said the sentences, or has the names in the key."""
        every = range(len(places.names))
        if not is_words:
            return cls(study, places, {f"P-{number}": [person(number)] for number in every})
        text = "\n\n".join(f"**TRD-PL-98:** {sentence(number)}." for number in every) + "\n"
        secret = Transcript(UNSAID, text, parse_turns(text, has_turns=True))
        return cls(replace(study, transcripts={**study.transcripts, UNSAID: secret}), places, {})

    @property
    def is_words(self) -> bool:
        return not self.names

    def told(self, leaks: Iterable[Any]) -> set[str]:
        """The places whose canaries were told of."""
        found = set()
        for leak in leaks:
            if turn := re.search(rf"of {UNSAID}, turn (\d+)", leak.what):
                found.add(self.places.names[int(turn[1]) - 1])
            if name := re.search(r"the key has for P-(\d+)", leak.what):
                found.add(self.places.names[int(name[1])])
        return found

    def standing_in(self, data: bytes) -> set[str]:
        text = opened(data)
        return {name for place, name in enumerate(self.places.names) if bare(self.places.canary(place)) in text}


def bare(text: str) -> str:
    return re.sub(r"\W+", "", text.casefold())


def opened(data: bytes) -> str:
    """The bytes as everybody could read them, without signs: as they are, unescaped, and what is packed in base64."""
    text = data.decode("utf-8", "replace") + data.decode("utf-16-le", "replace") + data.decode("utf-16-be", "replace")
    escapes = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    parts = [text, escapes, html.unescape(text), re.sub(r"<[^<>]*>", "", html.unescape(text))]
    for run in re.findall(r"[A-Za-z0-9+/]{24,}={0,2}", text):
        packed = base64.b64decode(run + "=" * (-len(run) % 4)) if len(run.rstrip("=")) % 4 != 1 else b""
        parts += [packed.decode("utf-8", "ignore"), packed.decode("latin-1")]
        for found in re.finditer(rb"x[\x01\x5e\x9c\xda]", packed):
            try:
                parts.append(zlib.decompressobj().decompress(packed[found.start() :]).decode("utf-8", "ignore"))
            except zlib.error:
                continue
    return bare("\n".join(parts))


@pytest.fixture(scope="module", params=["words", "names"])
def planted(request: pytest.FixtureRequest, demo_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Planted:
    folder = tmp_path_factory.mktemp("canaries") / "study"
    folder.mkdir()
    shutil.copy(demo_path / "foran.toml", folder)
    for name in ("corpus", "codebooks"):
        shutil.copytree(demo_path / name, folder / name, ignore=shutil.ignore_patterns(".lock"))
    is_words = request.param == "words"
    places = Places(sentence if is_words else person)
    plant(folder, places)
    return Planted.of(load_study(folder), places, is_words=is_words)


@pytest.mark.parametrize("audience", ["workshop", "public"])
def test_what_stands_in_a_pack_and_may_not_is_told_of_wherever_it_came_from(planted: Planted, audience: str) -> None:
    guard = Guard.of(planted.study, audience, names=planted.names or None, machine=())
    reached: set[str] = set()
    for milestone in ("M3", "M5", "M11", "M14") if planted.is_words else ("M5", "M11"):
        pack = pack_content(planted.study, planted.study.milestone(milestone), audience=audience)
        shown = segments_in(pack)
        data = page_html(for_public(pack) if audience == "public" else pack).encode()
        there, leaks = planted.standing_in(data), guard.check(data, name=milestone, shown=shown)
        assert there <= planted.told(leaks)
        message = str(LeakError(milestone, leaks))
        assert planted.standing_in(message.encode()) == set()
        reached |= there
    # Names are known to nobody but the key: they get as far as the guard. Words are mostly left out before.
    wanted = {
        "foran.toml 1",
        *(() if planted.is_words else ("questions.text_nb", "code.label.nb", "measures.title_nb")),
    }
    assert wanted <= reached
    assert not reached & {"clearances.reason", "assessments.rationale", "documents.title", "processes.title_nb"}


def test_a_pack_or_a_site_with_a_canary_is_not_made(planted: Planted, tmp_path: Path) -> None:
    output = tmp_path / "M5.html"
    with pytest.raises(LeakError) as stopped:
        build_pack(
            planted.study, planted.study.milestone("M5"), on=ON, names=planted.names, machine=(), output=output, by="K1"
        )
    assert planted.standing_in(str(stopped.value).encode()) == set()
    assert not output.exists()
    with pytest.raises(LeakError) as stopped:
        build_site(planted.study, ["M5"], names=planted.names, machine=())
    assert "foran.toml 1" in planted.told(stopped.value.leaks)
    assert planted.standing_in(str(stopped.value).encode()) == set()


def png(words: str) -> str:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    text = chunk(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(words.encode()))
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + head + text + chunk(b"IEND", b"")).decode()


def notebook(places: Places) -> Any:
    """A notebook with a canary in everything that it can hold."""
    shown = partial(nbformat.v4.new_output, "display_data")
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><!--{}--><title>{}</title><text x="1">{}</text><metadata>{}</metadata></svg>'
    kinds = ("comment", "title", "text", "metadata")
    outputs = [
        nbformat.v4.new_output("stream", name="stdout", text=places.at("stdout")),
        nbformat.v4.new_output("stream", name="stderr", text=places.at("stderr")),
        nbformat.v4.new_output("error", ename="X", evalue=places.at("error"), traceback=[places.at("traceback")]),
        shown(data={"text/plain": places.at("plain")}),
        shown(data={"text/markdown": f"*{places.at('markdown output')}*"}),
        shown(data={"text/html": f"<p>{places.at('html')}</p><!--{places.at('html comment')}-->"}),
        shown(data={"text/html": f"<p title='{places.at('html title')}'>x</p>"}),
        shown(data={"text/html": f"<table><tr><td>{places.at('cell').replace(' ', '</td><td>')}</td></tr></table>"}),
        shown(data={"text/html": "<p>" + "\u00ad".join(places.at("soft hyphens")) + "</p>"}),
        shown(data={"image/svg+xml": svg.format(*(places.at(f"svg {kind}") for kind in kinds))}),
        shown(data={"image/png": png(places.at("png field"))}),
        shown(data={"text/plain": "x"}, metadata={"who": places.at("metadata of an output")}),
    ]
    cells = [
        nbformat.v4.new_markdown_cell("# Oppdiktet\n\n" + places.at("markdown")),
        nbformat.v4.new_code_cell(f"x = 1  # {places.at('code')}", metadata={"who": places.at("metadata of a cell")}),
        *(nbformat.v4.new_code_cell("x", outputs=[one]) for one in outputs),
    ]
    return nbformat.v4.new_notebook(cells=cells, metadata={"authors": [{"name": places.at("metadata")}]})


@pytest.mark.parametrize("canary", [sentence, person])
def test_nothing_planted_in_a_notebook_is_in_its_page_or_slides(demo_path: Path, canary: Callable[[int], str]) -> None:
    places = Places(canary)
    made = notebook(places)
    names = {f"P-{number}": [person(number)] for number in range(len(places.names))}
    study = Planted.of(load_study(demo_path), places).study
    milestone = study.milestone("M5")
    done = render_notebooks(study, milestone, {"01_corpus.ipynb": made}, names=names, machine=())
    planted = Planted(study, places, names)
    assert planted.standing_in(done.page.encode()) | planted.standing_in(done.slides.encode()) == set()
    assert len(done.left_out) >= 8
    # A file's name is a title where a notebook has none.
    with pytest.raises(LeakError):
        render_notebooks(
            study, milestone, {f"{person(0)}.ipynb": nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("Å")])},
            names=names, machine=(),
        )  # fmt: skip


def test_on_paper_canaries_are_told_of_in_the_text_and_in_what_the_file_says_of_itself(planted: Planted) -> None:
    path, why = browser_or_reason()
    if path is None:
        pytest.skip(why)
    places = [planted.places.canary(number) for number in range(3)]
    page = f"<!DOCTYPE html><title>{places[0]}</title><p>{places[1]}</p><img alt='{places[2]}' src='data:,'>"
    guard = Guard.of(planted.study, "workshop", names=planted.names or None, machine=())
    leaks = guard.check(printing.to_pdf(page.encode(), day=ON, browser=str(path)))
    assert {*planted.places.names[:2]} <= planted.told(leaks)


# ---- answers that have come home, and edits


def answers(pack: Any, given: list[tuple[str, str, str, str]]) -> bytes:
    body = {
        "format": "foran-review-answers", "schema_version": 1, "pack": pack["id"], "milestone": "M5",
        "codebook_version": pack["milestone"]["codebook_version"], "reader": "r-" + "a" * 20, "role": "", "arena": "",
        "language": "nb", "saved": 1,
        "answers": [
            {"id": "a-" + chr(98 + n) * 20, "about": {"kind": kind, "id": id_}, "act": act, "text": text, "value": None,
             "revision": 1} for n, (kind, id_, act, text) in enumerate(given)
        ],
    }  # fmt: skip
    text = partial(json.dumps, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text({**body, "sha256": hashlib.sha256(text(body).encode()).hexdigest()}).encode()


def test_after_answers_have_come_home_packs_are_made_and_no_readers_words_are_in_them(
    demo_path: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    shutil.copy(demo_path / "foran.toml", folder)
    for name in ("corpus", "codebooks"):
        shutil.copytree(demo_path / name, folder / name, ignore=shutil.ignore_patterns(".lock"))
    study = load_study(folder)
    built = build_pack(study, study.milestone("M5"), on=ON, by="K1", machine=())
    said = "Dette ble aldri fortalt videre fra oss til fylket i høst, a\u030apent 😀"
    given = [
        ("claim", built.pack["claims"][0]["id"], "comment", said),
        ("quote", built.pack["quotes"][0]["id"], "comment", "Slik var det hos oss også."),
        ("question", built.pack["questions"][0]["id"], "answer", "Driften mangler."),
    ]
    file = tmp_path / "svar.json"
    file.write_bytes(answers(built.pack, given))
    collect(folder, [file], by="K1", at="2024-07-02T10:00:00Z", date="2024-07-01", arena="praksisbasert")
    after = load_study(folder)
    note = next(one for name, one in after.transcripts.items() if "-SVAR-" in name)
    assert len([turn for turn in note.turns if turn.kind == "heading"]) == 3
    for milestone in ("M5", "M3", "M8"):
        assert build_pack(after, after.milestone(milestone), on="2024-07-03", machine=(), is_dry=True).page
    # What a reader wrote below the headings is somebody's words: the guard tells of them in a question.
    pack = pack_content(after, after.milestone("M5"), audience="workshop")
    pack["questions"][0]["text"]["nb"] = f"Er det slik at {said.split(',', maxsplit=1)[0].lower()}?"
    leaks = Guard.of(after, "workshop", machine=()).check(page_html(pack).encode(), shown=segments_in(pack))
    assert {leak.kind for leak in leaks} == {"transcript"}
    assert all(f"of {note.id}, turn" in leak.what for leak in leaks)


OTHER = "Forretningshemmelighetene kunne vi lite om, og behovsbeskrivelsen var tynn"


@pytest.mark.parametrize(
    "shown_as",
    [
        f"[parafrase] {OTHER}.",
        f"skrev vi […] [parafrase] {OTHER.upper()}",
        "[parafrase] " + re.sub(r"(\w{3})(\w{2})", r"\1-\2", OTHER),
        "[parafrase] Strategien lå i skuffen. Uten meg hadde det stoppet",
    ],
)
def test_an_edit_repeats_nobody_elses_words_neither_when_it_is_made_nor_in_a_pack(
    written_once: Path, shown_as: str
) -> None:
    study = load_study(written_once)
    segment = "FJO-I01.K1.s03"
    with pytest.raises(StudyError, match="words-of-others") as refused:
        record(study, [Wish(segment, "pseudonymised", shown_as=shown_as)], by="K1", on=ON, is_dry=True)
    assert "behovsbeskrivelsen" not in str(refused.value).casefold()
    # Written by hand into the register, it is found in the pack.
    cleared = with_cleared(study, [segment], edited={segment: shown_as})
    guard = Guard.of(cleared, "workshop", machine=())
    leaks = guard.check(json.dumps({"x": shown_as}).encode(), shown=[segment])
    assert [leak.kind for leak in leaks] == ["transcript"]


def test_brackets_hold_marks_and_a_paraphrase_its_own_words(written_once: Path) -> None:
    study = load_study(written_once)
    segment = "FJO-I01.K1.s03"
    for shown_as in (f"skrev vi […] [{OTHER}]", "skrev vi [en to tre] [fire fem seks] […]"):
        with pytest.raises(StudyError, match=r"long-brackets|words-of-others"):
            record(study, [Wish(segment, "pseudonymised", shown_as=shown_as)], by="K1", on=ON, is_dry=True)
    for shown_as in ("skrev vi [notatet om det hele] sammen […]", "[parafrase] De laget et notat om erfaringene."):
        made = record(study, [Wish(segment, "pseudonymised", shown_as=shown_as)], by="K1", on=ON, is_dry=True)
        assert [row.shown_as for row in made.rows] == [shown_as]
