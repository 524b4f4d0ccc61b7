"""The checker of built captions finds each kind of fault; it is what the rules of captions are held by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support import caption_checker
from tests.support.caption_checker import Fault


def files(tmp_path: Path, cues: list[tuple[float, float, str]], spoken: str, language: str = "en") -> Path:
    """Write the files of a video of one scene at 25 fps. cues: start and end in seconds, and lines."""

    def clock(seconds: float, point: str) -> str:
        return f"00:00:{seconds:06.3f}".replace(".", point)

    blocks = [f"{clock(start, ',')} --> {clock(end, ',')}\n{text}" for start, end, text in cues]
    srt = "\n".join(f"{number}\n{block}\n" for number, block in enumerate(blocks, 1))
    (tmp_path / "v.srt").write_text(srt, encoding="utf-8")
    blocks = [f"{clock(start, '.')} --> {clock(end, '.')}\n{text.replace('&', '&amp;')}" for start, end, text in cues]
    (tmp_path / "v.vtt").write_text("WEBVTT\n\n" + "\n\n".join(blocks), encoding="utf-8")
    words = [{"text": word} for word in spoken.split(" ")]
    timing = {"fps": 25, "language": language, "scenes": [{"start": 0, "end": 60, "words": words}]}
    (tmp_path / "v.timing.json").write_text(json.dumps(timing), encoding="utf-8")
    return tmp_path / "v.srt"


def test_captions_within_the_rules_have_no_fault(tmp_path: Path) -> None:
    """Two lines of 42 characters, 20 characters a second, 0.8 s and 2 frames are allowed."""
    cues = [(0, 4.2, f"{'a' * 42}\n{'b' * 42}"), (4.28, 5.08, "Yes & no.")]
    assert caption_checker.faults_of(files(tmp_path, cues, f"{'a' * 42} {'b' * 42} Yes & no.")) == []


@pytest.mark.parametrize(
    ("cues", "rule"),
    [
        ([(0, 9, "a\nb\nc")], "lines"),
        ([(0, 9, "a" * 43)], "width"),
        ([(0, 0.7, "Yes.")], "short"),
        ([(0, 1, "a" * 21)], "speed"),
        ([(0, 2, "a"), (2.07, 4, "b")], "gap"),
    ],
)
def test_each_limit_is_checked(tmp_path: Path, cues: list[tuple[float, float, str]], rule: str) -> None:
    """A caption over a limit is named with the rule that it breaks."""
    spoken = " ".join(" ".join(text.split("\n")) for _, _, text in cues)
    assert caption_checker.faults_of(files(tmp_path, cues, spoken)) == [Fault(rule, " ".join(cues[0][2].split("\n")))]


@pytest.mark.parametrize(
    ("lines", "spoken", "rule"),
    [
        ("It costs 1\n000 points.", "It costs 1 000 points.", "number"),
        ("It costs 1,0\n00 points.", "It costs 1,000 points.", "number"),
        ("It takes 10\nGB of disk.", "It takes 10 GB of disk.", "number"),
        ("Ask Dr.\nLee.", "Ask Dr. Lee.", "abbreviation"),
        ("Siehe z.\nB. hier.", "Siehe z. B. hier.", "abbreviation"),
        ("C'est vrai\n!", "C'est vrai\u00a0!", "no-break space"),
        ("A family 👨\u200d\n👩 here", "A family 👨\u200d👩 here", "emoji"),
        ("A hand 👍\n🏽 here", "A hand 👍🏽 here", "emoji"),
        ("A flag 🇫\n🇷 here", "A flag 🇫🇷 here", "emoji"),
        ("नमस\n्ते जी", "नमस्ते जी", "syllable"),
        ("เ\nรา", "เรา", "syllable"),
        ("some iden\ntifier here", "some identifier here", "word"),
        ("これは長\nい文です。", "これは長い文です。", ""),
        ("one — two\nthree", "one — two three", ""),
    ],
)
def test_each_wrong_line_end_is_found(tmp_path: Path, lines: str, spoken: str, rule: str) -> None:
    """A line that ends where none may is named with the rule that it breaks."""
    found = caption_checker.faults_of(files(tmp_path, [(0, 9, lines)], spoken))
    assert [fault.rule for fault in found] == ([rule] if rule else [])


def test_lost_words_are_found(tmp_path: Path) -> None:
    """Captions that lack a word, or have another one, are no captions of what is spoken."""
    for lines in ("One two.", "One too three.", "One two three four."):
        with pytest.raises(AssertionError, match="captions"):
            caption_checker.faults_of(files(tmp_path, [(0, 9, lines)], "One two three."))


def test_east_asian_lines_are_shorter(tmp_path: Path) -> None:
    """Twenty wide characters fill a line of Japanese, and 21 are too many."""
    for count, found in ((20, []), (21, ["width"])):
        text = "あ" * count
        faults = caption_checker.faults_of(files(tmp_path, [(0, 9, text)], text, "ja"))
        assert [fault.rule for fault in faults] == found


def test_a_fault_is_reported_if_a_warning_of_captions_quotes_it() -> None:
    """A warning names the caption by its beginning; other warnings do not count."""
    fault = Fault("short", "Yes, of course it is one that is rather long.")
    quoted = (
        "captions too short to read: expected at least 0.8 s, got 0.5 s in 'Yes, of course it is one that is rath…'"
    )
    assert caption_checker.unreported([fault], [quoted]) == []
    assert caption_checker.unreported([fault], [quoted.replace("captions", "narration")]) == [fault]
    assert caption_checker.unreported([fault], ["captions too short to read: 'No.'"]) == [fault]
