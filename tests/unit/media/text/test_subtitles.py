"""Captions as SubRip and WebVTT, read by the parsers and the renderer of others."""

from __future__ import annotations

import html
import re
import subprocess
import unicodedata
from pathlib import Path

import pysubs2
import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from vidbuild.media.ffmpeg.binary import executable
from vidbuild.media.text.caption_rules import Caption
from vidbuild.media.text.subtitles import srt, vtt

SECOND = 48_000

TEXTS = [
    "Wrap it in a <b> tag, then close it with </b>.",
    "A Vec<String> holds a < b and c > d.",
    "Replace {name} with yours.",
    r"The set {\an8} is in braces.",
    "an open { brace",
    "1984",
    r"Type C:\new\Nord and \h for help.",
    "Yes & no &amp; &lt; use a --> b.",
    "<font color=red>x</font> <i>",
    "The year was\n1984",
]


def of(texts: list[str]) -> list[Caption]:
    """A caption for each text."""
    return [
        Caption(tuple(text.split("\n")), index * SECOND, (index + 1) * SECOND - 48) for index, text in enumerate(texts)
    ]


def plain(text: str) -> str:
    """What a person reads: without invisible characters, and a wide brace is a brace."""
    return unicodedata.normalize("NFKC", text.replace("\u2060", ""))


def test_pysubs2_reads_the_text_of_subrip_as_it_is() -> None:
    """N12: nothing of a text is taken for a tag, an override, a line break or a number."""
    subtitles = pysubs2.SSAFile.from_string(srt(of(TEXTS)), format_="srt")
    assert [plain(event.plaintext) for event in subtitles] == TEXTS
    assert [(event.start, event.end) for event in subtitles] == [
        (index * 1000, index * 1000 + 999) for index in range(len(TEXTS))
    ]


def test_ffmpeg_reads_the_text_of_subrip_as_it_is(tmp_path: Path) -> None:
    """N12: the decoder that most players use finds no tag, and no override that its renderer would hide."""
    (tmp_path / "x.srt").write_text(srt(of(TEXTS)), encoding="utf-8")
    command = [str(executable()), "-v", "error", "-i", str(tmp_path / "x.srt"), "-f", "ass", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    dialogs = re.findall(r"^Dialogue: (?:[^,]*,){9}(.*)$", done.stdout.decode(), re.MULTILINE)
    shown = [re.sub(r"\{[^}]*\}", "", text.rstrip("\r")).replace("\\N", "\n").replace("\\h", " ") for text in dialogs]
    assert [plain(text) for text in shown] == TEXTS


def test_webvtt_py_reads_the_text_of_webvtt_as_it_is() -> None:
    """N12: &, < and > are entities, and everything else is text."""
    captions = webvtt.from_string(vtt(of(TEXTS), "en")).captions
    assert [html.unescape(caption.text) for caption in captions] == TEXTS
    assert [caption.end for caption in captions][:2] == ["00:00:00.999", "00:00:01.999"]


@given(
    st.lists(st.text(alphabet="ab1 <>{}\\/&-nNh;", min_size=1).filter(lambda text: text.strip() == text), min_size=1)
)
def test_no_text_is_lost(texts: list[str]) -> None:
    """N12: whatever the text, two parsers of others read it as it is written."""
    subtitles = pysubs2.SSAFile.from_string(srt(of(texts)), format_="srt")
    assert [plain(event.plaintext) for event in subtitles] == texts
    assert [html.unescape(caption.text) for caption in webvtt.from_string(vtt(of(texts), "en")).captions] == [
        html.unescape(text.replace("&", "&amp;")) for text in texts
    ]


def test_subrip_is_written_as_players_read_it() -> None:
    """Numbers from one, commas before milliseconds, hours over 99, an empty line between."""
    items = [Caption(("one", "two"), 0, 72_024), Caption(("three",), 3661 * SECOND, 3662 * SECOND)]
    assert srt(items) == "1\n00:00:00,000 --> 00:00:01,501\none\ntwo\n\n2\n01:01:01,000 --> 01:01:02,000\nthree\n"


def test_webvtt_has_a_language() -> None:
    """The header names the language, and no narration gives a valid, empty file."""
    assert vtt([], "he-IL") == "WEBVTT\nLanguage: he-IL\n"
    assert srt([]) == ""


@pytest.mark.parametrize("text", ["plain", "a } b { c", "x -- y", "12 monkeys"])
def test_other_text_is_written_as_it_is(text: str) -> None:
    """Nothing is added to a text that no player interprets."""
    assert srt(of([text])).split("\n")[2] == text
