"""Pauses in narrations: where they are, how long, and what is no pause."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.spec_lab import Project
from vidbuild.spec import narration, pauses, pronounce

MS = 48  # samples


def places(text: str, language: str = "en") -> list[tuple[str, int]]:
    """Return each pause as the word after it, "" at the end, and its length in milliseconds."""
    assert list(narration.problems(text)) == []
    found = narration.parse(text, pronounce.from_spec({}), language)
    words = [*(token.text for token in found.tokens), ""]
    return [(words[at], length // MS) for at, length in found.pauses]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One [[pause 0.8]] two.", [("two.", 800)]),
        ("One [[pause .5s]] two.", [("two.", 500)]),
        ("One [[pause 250 ms]] two.", [("two.", 250)]),
        ("One [[pause  2 ]] two.", [("two.", 2000)]),
        ("[[pause 1]] One.", [("One.", 1000)]),
        ("One. [[pause 1]]", [("", 1000)]),
        ("One [[pause 1]] [[pause 0.5]] two.", [("two.", 1500)]),
        ("One[[pause 1]]. Two.", [("Two.", 1000)]),
        ("One [[pause 1]]. Two.", [("Two.", 1000)]),
        ("One[[pause 1]]two.", [("two.", 1000)]),
        ('"One[[pause 1]]" two.', [("two.", 1000)]),
        ("One [[pause 1]] — [[pause 1]] two.", [("—", 2000)]),
        ("— [[pause 1]] One.", [("—", 1000)]),
        ("One. [[pause 1]] …", [("", 1000)]),
        ("**One [[pause 1]] two** three.", [("two", 1000)]),
        ("- One [[pause 1]]\n- Two", [("Two.", 1000)]),
        ("One [[here]] [[pause 1]] [[there]] two.", [("two.", 1000)]),
        ("One [[pause]] two.", []),
        (r"One \[[pause 1]] two.", []),
        ("Hold it: pause 1 s.", []),
    ],
)
def test_where_a_pause_is(text: str, expected: list[tuple[str, int]]) -> None:
    """A pause is before the next word; what cannot be spoken has no pause of its own around it."""
    assert places(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("首先下载,[[pause 1]]然后打开。", "然后"), ("你好[[pause 1]]世界。", "世界。"), ("ไทย[[pause 1]]ดี", "ดี")],
)
def test_a_pause_between_words_without_spaces(text: str, expected: str) -> None:
    """In scripts without spaces, a pause stands between two words as well, and captions get no space."""
    assert places(text, "zh") == [(expected, 1000)]
    assert " " not in narration.parse(text, pronounce.from_spec({}), "zh").text


def test_a_pause_is_in_no_caption_and_no_speech() -> None:
    """Neither what captions show nor what is spoken has anything of it."""
    found = narration.parse("One. [[pause 1]] Two [[pause 20ms]] three.", pronounce.from_spec({}), "en")
    assert (found.text, found.spoken) == ("One. Two three.", "One. Two three.")
    assert found.spoken_pauses() == [(5, "1 s"), (9, "0.02 s")]


@pytest.mark.parametrize(
    ("mark", "message", "hint"),
    [
        ("pause 0", "a pause lasts more than 0 and at most 60 s, not 0 s", None),
        ("pause 60.1", "a pause lasts more than 0 and at most 60 s, not 60.1 s", None),
        ("pause 61000ms", "a pause lasts more than 0 and at most 60 s, not 61 s", None),
        ("pause -1", "pause: expected seconds such as 0.8 or milliseconds such as 500ms, got '-1'", "[[pause 1]]"),
        ("pause 0,8", "pause: expected seconds such as 0.8 or milliseconds such as 500ms, got '0,8'", "[[pause 0.8]]"),
        ("pause long", "pause: expected seconds such as 0.8 or milliseconds such as 500ms, got 'long'", None),
        ("pause 1 2", "pause: expected seconds such as 0.8 or milliseconds such as 500ms, got '1 2'", None),
        ("Pause 1", "the name of a cue must be letters", "[[pause 1]]"),
        ("pause: 1s", "the name of a cue must be letters", "[[pause 1]]"),
        ("pause=500 ms", "the name of a cue must be letters", "[[pause 500ms]]"),
        ("break 2 seconds", "the name of a cue must be letters", "[[pause 2]]"),
        ("1.5", "the name of a cue must be letters", "[[pause 1.5]]"),
    ],
)
def test_a_wrong_pause(mark: str, message: str, hint: str | None) -> None:
    """A wrong length, and a mark that was probably meant as a pause, is an error at the mark with what to write."""
    (problem,) = narration.problems(f"One [[{mark}]] two.")
    assert problem.message.startswith(message)
    assert problem.token == f"[[{mark}]]"
    assert problem.hint == (f"write '{hint}' for silence" if hint else None)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ('<break time="1s"/>', "1"),
        ('<break time="750ms" />', "0.75"),
        ("<break strength='weak'>", "0.5"),
        ("[pause 0.8]", "0.8"),
        ("[pause]", "0.5"),
        ("(pause)", "0.5"),
        ("[pause: 2 seconds]", "2"),
        ("(Pause 1,5s)", "1.5"),
        ("[wait 500]", "0.5"),
        ("[short pause]", "0.5"),
        ("[beat]", "0.5"),
        ("[silence=0.25s]", "0.25"),
    ],
)
def test_pauses_as_other_tools_write_them(written: str, seconds: str, tmp_path: Path) -> None:
    """P42: a pause that a voice would read aloud is a warning whose hint, followed, is a pause."""
    project = Project(tmp_path / "p")
    ((_, message, hint),) = project.wrong({"narration": f"One. {written} Two."})
    assert message == f"the voice reads '{written}' aloud: narrations are plain text"
    assert hint is not None
    mark = f"[[pause {seconds}]]"
    assert hint.startswith(f"write '{mark}' for ")
    assert project.wrong({"narration": f"One. {mark} Two."}) == []


@pytest.mark.parametrize(
    "text",
    ["a[pause]", "Press Ctrl (pause the build) now.", "Leave the loop (break) there.", "See [1] and (2 s).", "(wait)"],
)
def test_prose_in_brackets_is_no_pause(text: str) -> None:
    """Words in brackets that people speak are no pauses."""
    assert pauses.foreign(text) == {}
