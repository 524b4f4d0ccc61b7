"""What is spoken for what is written."""

# ruff: noqa: E501, RUF001 - tables of texts

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words  # type: ignore[import-untyped] # it has no types

from vidbuild.media.text.align import align
from vidbuild.media.text.words import Speech
from vidbuild.model import Narration
from vidbuild.reading import languages, numbers
from vidbuild.reading.lexicon import Entry, Lexicon, size
from vidbuild.reading.reader import Reader
from vidbuild.spec import narration, pronounce

TABLES = Path(__file__).parent
PLAIN = "the a old file then moves and we don't open it because readers' eyes naïve état schön".split()  # noqa: SIM905 - a text
PARTS = [
    "kubectl", "2.4.1", "--build", "$5", "million", "3.5", "GB", "https://example.org/a-b", "foo()", "🎉", "e.g.", "Dr.",
    "Smith", "Nov", "29,", "2026", "a->b", "10–20", "x86_64", "(API)", "“SQL”", "...", "—", "&", "Ctrl+C", "[[x]]", "C:\\a",
    "日本語", "#42", "1/2", "node:20", "~5", "@me", "%", "^", "\\", "_", "__", "''", "1️⃣", "e.g", "....", "-", "+1", "555",
]  # fmt: skip


@cache
def reader(language: str) -> Reader:
    """A reader without words of a user."""
    return Reader(Lexicon(), language)


def read(text: str, language: str = "en", own: Reader | None = None) -> str:
    """Return what is spoken for a text."""
    spoken, at = "", 0
    for part in (own or reader(language)).read(text):
        spoken += text[at : part.start] + part.spoken
        at = part.end
    return " ".join((spoken + text[at:]).split())


def rows(name: str) -> Iterator[tuple[str, str]]:
    """The rows of a table: what is written, and what is spoken for it."""
    for line in (TABLES / name).read_text(encoding="utf-8").splitlines():
        if "\t" in line:
            written, spoken = line.split("\t")
            yield written, spoken


def triples(name: str) -> Iterator[tuple[str, str, str]]:
    """The rows of a table: a language, what is written, and what is spoken for it."""
    for line in (TABLES / name).read_text(encoding="utf-8").splitlines():
        language, written, spoken = line.split("\t")
        yield language, written, spoken


@pytest.mark.parametrize(("written", "spoken"), [*rows("reading.tsv"), *rows("limits.tsv")])
def test_what_is_spoken(written: str, spoken: str) -> None:
    """N9: each row of the table is spoken as it says."""
    assert read(written) == spoken


@pytest.mark.parametrize(("written", "spoken"), list(rows("sentences.tsv")))
def test_sentences(written: str, spoken: str) -> None:
    """Sentences as docs have them are spoken wholly as the table says."""
    assert read(written) == spoken


def test_the_tables_are_large() -> None:
    """The tables have at least 400 rows and 60 sentences, all different, and the lexicon at least 500 names."""
    written = [row[0] for row in rows("reading.tsv")]
    assert len(set(written)) == len(written) >= 400
    assert len(list(rows("sentences.tsv"))) >= 60
    assert size() >= 500


@given(st.lists(st.sampled_from(PLAIN), min_size=1, max_size=20))
def test_plain_words_are_not_changed(words: list[str]) -> None:
    """Plain words have no other spoken form."""
    assert reader("en").read(" ".join(words)) == []


@settings(deadline=None)
@given(st.lists(st.sampled_from(PARTS) | st.text(max_size=12), max_size=12))
def test_parts_are_in_order_and_within_words(parts: list[str]) -> None:
    """The parts of any text are in order, do not overlap, and contain no blank."""
    text = " ".join(parts)
    at = 0
    for part in reader("en").read(text):
        assert at <= part.start < part.end <= len(text)
        assert not any(map(str.isspace, text[part.start : part.end]))
        at = part.end


@pytest.mark.parametrize("text", ["1\u00a0000>2 or %1\u00a0000", "n°10 000 km", "1\u00a0000~ of it"])
def test_no_part_is_empty(text: str) -> None:
    """A space between groups of digits that is read as a sign of its own, in what is no number, is no part."""
    assert all(part.start < part.end for part in reader("en").read(text))


@settings(deadline=None)
@given(st.lists(st.sampled_from([part for part in PARTS if part != "🎉"]), min_size=1, max_size=12))
def test_every_word_has_a_time(parts: list[str]) -> None:
    """A narration's tokens show all of its text, and each has a time in order, whatever is spoken for it."""
    text = " ".join(dict.fromkeys(parts))
    if list(narration.problems(text)):
        return
    said = narration.parse(text, pronounce.from_spec({}), "en", reader=reader("en"))
    verbatim = narration.parse(text, pronounce.from_spec({}), "en")
    assert (said.text, _before_cues(said)) == (verbatim.text, _before_cues(verbatim))
    times = align(said.tokens, Speech((), 48_000))
    assert [time.text for time in times] == [token.text for token in said.tokens]
    assert all(one.end <= two.start for one, two in pairwise(times))


def _before_cues(found: Narration) -> dict[str, str]:
    """Cue -> the text of the words before it, which are divided as they are spoken."""
    return {cue: "".join(token.text for token in found.tokens[:index]) for cue, index in found.cues.items()}


@pytest.mark.parametrize("word", ["kubectl", "3", "API", "foo()", "#42", "x=1", "->", "5%", "a.b", "$5", "日本語", "é"])
def test_what_can_be_spoken_is_never_silent(word: str) -> None:
    """A word with letters or digits has letters in what is spoken for it, alone and in brackets."""
    assert any(map(str.isalpha, read(word)))
    assert any(map(str.isalpha, read(f"({word})")))


@pytest.mark.parametrize(
    "part", ["a", "1", "a-", "1.", "+", "((", "/a", "a_", "0x", "a:", "1/", "--", "@a.", "b-a-", "🎉", "A"]
)
def test_long_texts_take_no_time(part: str) -> None:
    """A text of 10,000 characters is read in a few seconds, with blanks and without."""
    started = time.monotonic()
    read((part * 10_000)[:10_000])
    read(f"{part} " * (10_000 // (len(part) + 1)))
    assert time.monotonic() - started < 8


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("de", "Die Funktion getUserName() und MAX_SIZE, 3.5 GB, z. B. 2.4.1 🎉", "Die Funktion get User Name und MAX SIZE, 3.5 Gigabyte, zum Beispiel 2.4.1"),
        ("fr", "Le fichier src/app.py, 50 % à 14:30", "Le fichier src/app.py, 50 % à 14:30"),
        ("ja", "設定 kubectl 🎉 です", "設定 kubectl です"),
        ("en-GB", "on 03/04/2026", "on April third, twenty twenty-six"),
        ("en-US", "on 03/04/2026", "on March fourth, twenty twenty-six"),
    ],
)  # fmt: skip
def test_other_languages(language: str, written: str, spoken: str) -> None:
    """In other languages names of programs are divided and emoji silent; English has its regions' dates."""
    assert read(written, language) == spoken


@pytest.mark.parametrize(("language", "written", "spoken"), list(triples("languages.tsv")))
def test_languages(language: str, written: str, spoken: str) -> None:
    """What espeak would read wrong or leave out in a language is spoken as its speakers say it."""
    assert read(written, language) == spoken


def test_each_language_has_rows() -> None:
    """The table has rows of each language that has rules, and all of its units have as many forms as each other."""
    known = json.loads(languages.DATA.read_text(encoding="utf-8"))
    assert {language for language, _, _ in triples("languages.tsv")} == set(known)
    for data in known.values():
        forms = {len(names) for names in data["units"].values() if isinstance(names, list)}
        assert len(forms) <= 1


def test_the_users_words_win() -> None:
    """A user's word wins over the built-in lexicon and the rules, in each of its forms and in every language."""
    own = Lexicon({"kubectl": Entry("cube cuddle"), "3.5": Entry("three and a half"), "acme": Entry("ack me")})
    text = "Kubectl's 3.5 GB for acme-based tools"
    assert read(text, own=Reader(own, "en")) == "cube cuddle's three and a half gigabytes for ack me based tools"
    assert read("acme kubectl", own=Reader(own, "de")) == "ack me cube cuddle"


@pytest.mark.parametrize(
    ("written", "spoken", "sounds"),
    [
        ("gif", "jif", ["dʒɪf"]),
        ("Gif", "jif", ["dʒɪf"]),
        ("GIF", "jif", ["dʒɪf"]),
        ("GIFs", "jifs", ["dʒɪfs"]),
        ("GIF's", "jif's", ["dʒɪfs"]),
        ("gif-based", "jif based", ["dʒɪf"]),
        ("src/gif", "source slash jif", ["dʒɪf"]),
        ("--gif=2", "dash dash jif equals two", ["dʒɪf"]),
        ("Nguyens", "Nguyens", ["ˈwɪnz"]),
        ("NGUYEN", "NGUYEN", []),
        ("gift", "gift", []),
    ],
)
def test_sounds_of_the_users_words_reach_their_forms(written: str, spoken: str, sounds: list[str]) -> None:
    """An entry with sounds gives them to capitals (if it has none), plurals, possessives, compounds and paths."""
    own = Lexicon({"gif": Entry("jif", "dʒɪf"), "Nguyen": Entry("Nguyen", "ˈwɪn")})
    said = narration.parse(f"See {written}.", pronounce.from_spec({}), "en", reader=Reader(own, "en"))
    assert [each[2] for each in said.sounds] == sounds
    assert said.spoken.casefold() == f"see {spoken}.".casefold()


def test_what_is_pronounced_wins() -> None:
    """An entry of `pronounce` wins over the reading; the rest of its word, and what follows it, is still read."""
    entries = pronounce.from_spec({"Python": "pie thon", "GB": "gigs", "kubectl": "K", "->": "becomes"})
    said = narration.parse("Python 3.13, 5 GB, kubectl/helm v2 -> 3", entries, "en", reader=reader("en"))
    assert said.spoken == "pie thon three point thirteen, five gigs, K slash helm V two becomes three"
    assert said.text == "Python 3.13, 5 GB, kubectl/helm v2 -> 3"


def test_paragraphs_end_with_a_pause() -> None:
    """The last word before a blank line gets a full stop if it has no punctuation; a cue's own line is no paragraph."""
    text = "First part\n\nSecond (part)\n\nThird.\n\nFourth\n[[x]]\nfifth\n\n"
    said = narration.parse(text, pronounce.from_spec({}), "en")
    assert said.spoken == "First part. Second (part). Third. Fourth fifth"
    assert said.text == "First part Second (part) Third. Fourth fifth"


@pytest.mark.parametrize(
    ("form", "read", "listed"),
    [
        ("cardinal", numbers.cardinal, range(1100)),
        ("ordinal", numbers.ordinal, range(120)),
        ("year", numbers.year, range(1000, 2200)),
    ],
)
def test_common_numbers_are_read_as_by_num2words(form: str, read: Callable[[str], str], listed: range) -> None:
    """Numbers that are read without num2words are those that it reads, with the same words."""
    expected = [str(num2words(number, to=form)).replace(",", "") for number in listed]
    assert [read(str(number)) for number in listed] == expected


def test_common_numbers_do_not_load_all_languages() -> None:
    """num2words loads its fifty languages: a narration with common numbers does not."""
    code = "import sys\nfrom vidbuild.reading.numbers import cardinal, ordinal, year\n"
    code += "print(cardinal('999'), ordinal('42'), year('2026'), 'num2words' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "nine hundred and ninety-nine forty-second twenty twenty-six False\n"
