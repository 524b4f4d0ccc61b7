"""Recordings of terminals: what a file says happened when, and what the screen then shows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.scene_samples import scene
from vidbuild.model import Narration
from vidbuild.scenes.command import cast, recorded
from vidbuild.scenes.command.cast import CastError, Event
from vidbuild.scenes.command.replay import HIGHEST, Replay, replay
from vidbuild.scenes.registry import SCENE_TYPES


def v2(*events: tuple[float, str, str], size: tuple[int, int] = (20, 5), **header: Any) -> str:
    """Return a recording of version 2."""
    lines: list[Any] = [{"version": 2, "width": size[0], "height": size[1], **header}, *map(list, events)]
    return "".join(f"{json.dumps(line)}\n" for line in lines)


V1 = '{"version": 1, "width": 20, "height": 5, "title": "T",\n "stdout": [[0.5, "a"], [0.25, "b"]]}'
V3 = (
    '{"version": 3, "term": {"cols": 20, "rows": 5}, "idle_time_limit": 2}\n# a comment\n[0.5, "o", "a"]\n\n'
    '[0.25, "o", "b"]\n[1, "i", "x"]\n[0.5, "m", "here"]\n[1, "r", "30x6"]\n[0, "x", "0"]\n'
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (V1, cast.Cast((20, 5), (Event(0.5, "o", "a"), Event(0.75, "o", "b")), "T")),
        (v2((0.5, "o", "a"), (0.75, "o", "b")), cast.Cast((20, 5), (Event(0.5, "o", "a"), Event(0.75, "o", "b")))),
        (v2((2, "o", "a"), (1, "o", "b")), cast.Cast((20, 5), (Event(2, "o", "a"), Event(2, "o", "b")))),
        (v2(title="T", idle_time_limit=1.5), cast.Cast((20, 5), (), "T", 1.5)),
        (
            V3,
            cast.Cast(
                (20, 5),
                (Event(0.5, "o", "a"), Event(0.75, "o", "b"), Event(2.25, "m", "here"), Event(3.25, "r", "30x6")),
                idle=2.0,
                inputs=(Event(1.75, "i", "x"),),
            ),
        ),
    ],
)
def test_the_three_versions_are_read(text: str, expected: cast.Cast) -> None:
    """Times are absolute in version 2, and since the event before in the others; input is apart, and exit left out."""
    assert cast.read(text) == expected


@pytest.mark.parametrize(
    ("text", "problem", "marked"),
    [
        ("", "the recording is empty", ""),
        ("hello\n", "not a recording", "hello"),
        ("[1, 2]\n", "not a recording", "[1, 2]"),
        ("{}\n", "not a recording of a terminal: its first line is no header", "{}"),
        ('{"version": 9}\n', "expected 1, 2 or 3, got 9", '{"version": 9}'),
        ('{"version": 2, "width": 20}\n', "no 'width' and 'height'", '{"version": 2, "width": 20}'),
        (
            '{"version": 3, "width": 20, "height": 5}\n',
            "no 'cols' and 'rows'",
            '{"version": 3, "width": 20, "height": 5}',
        ),
        ('{"version": 2, "width": 0, "height": 5}\n', "0x5 cells", '{"version": 2, "width": 0, "height": 5}'),
        ('{"version": 2, "width": 401, "height": 5}\n', "401x5 cells", '{"version": 2, "width": 401, "height": 5}'),
        (v2() + "[1]\n" + '[2, "o", "x"]\n', 'no [time, "kind", "data"]', "[1]"),
        (v2() + "[-1, 'o']\n" + '[2, "o", "x"]\n', "no valid JSON", "[-1, 'o']"),
        (v2((-1, "o", "x")), 'no [time, "kind", "data"]', '[-1, "o", "x"]'),
        (v2((1, "r", "wide")), "the new size 'wide' is none", '[1, "r", "wide"]'),
        (v2((1, "r", "9999x9")), "the new size '9999x9' is none", '[1, "r", "9999x9"]'),
        ('{"version": 1, "width": 2, "height": 2, "stdout": [[1]]}', "entry 1 of 'stdout'", "{"),
        ('{"version": 1, "width": 2,\n "height": }', "no valid JSON", "}"),
        ('{"version": 2, "x": ' + "[" * 100_000 + "\n", "too many brackets are nested", "{"),
        (v2() + "[" * 100_000 + '\n[2, "o", "x"]\n', "no valid JSON", "[["),
    ],
)
def test_a_bad_recording_is_located(text: str, problem: str, marked: str) -> None:
    """The error names what was expected, and the line that is wrong."""
    with pytest.raises(CastError) as caught:
        cast.read(text)
    assert problem in caught.value.message
    start, end = caught.value.span
    assert text[start:end].startswith(marked)


def test_a_recording_that_was_interrupted_is_read_up_to_there() -> None:
    """An incomplete last line is a warning with its place, and everything before it is shown."""
    text = v2((0.5, "o", "a")) + '[0.9, "o", "b'
    found = cast.read(text)
    assert found.events == (Event(0.5, "o", "a"),)
    assert found.cut is not None
    assert text[slice(*found.cut)] == '[0.9, "o", "b'
    [warning] = recorded.warnings({"recording": text})
    assert (warning.field, warning.span) == ("recording", found.cut)


def test_too_many_events_are_an_error() -> None:
    """A recording that is too long to watch is refused with the limit."""
    text = v2(*[(1.0, "m", "")] * (cast.MAX_EVENTS + 1))
    with pytest.raises(CastError, match=f"{cast.MAX_EVENTS + 1} events: the maximum is {cast.MAX_EVENTS}"):
        cast.read(text)


def screens(shown: Replay) -> list[tuple[float, str]]:
    """Return the time and the text of each state; a cursor is a part of its line."""
    texts = ["".join(text for text, _ in line).rstrip() for line in shown.lines]
    return [(round(state.seconds, 3), "|".join(texts[row] for row in state.rows).rstrip("|")) for state in shown.states]


@pytest.mark.parametrize(
    ("events", "options", "expected"),
    [
        ([(0.0, "o", "a"), (0.5, "o", "b")], {}, [(0, "a"), (0.5, "ab")]),
        ([(0.0, "o", "a"), (9.0, "o", "b"), (9.5, "o", "c")], {}, [(0, "a"), (1, "ab"), (1.5, "abc")]),
        ([(0.0, "o", "a"), (9.0, "o", "b")], {"idle": 0.25}, [(0, "a"), (0.25, "ab")]),
        ([(0.0, "o", "a"), (1.0, "o", "b")], {"speed": 2.0}, [(0, "a"), (0.5, "ab")]),
        ([(0.0, "o", "a"), (1.0, "o", "b"), (1.5, "o", "c")], {"start": 0.5}, [(0, "a"), (0.5, "ab"), (1, "abc")]),
        ([(0.0, "o", "a"), (1.0, "o", "b"), (1.5, "o", "c")], {"end": 1.2}, [(0, "a"), (1, "ab")]),
        ([(0.0, "o", "a"), (0.5, "o", "b"), (0.52, "o", "c"), (0.54, "o", "d")], {}, [(0, "a"), (0.5, "abcd")]),
        ([(0.0, "o", "one\r\ntwo"), (0.5, "o", "\rTWO")], {}, [(0, "one|two"), (0.5, "one|TWO")]),
        ([(0.0, "o", "a"), (0.5, "o", "\x1b[31m")], {}, [(0, "a")]),
    ],
)
def test_a_replay_shows_states_in_time(
    events: list[tuple[float, str, str]], options: dict[str, float], expected: list[tuple[float, str]]
) -> None:
    """Pauses are cut, output that comes at once is shown at once, and what changes nothing is no state."""
    given_options = {"idle": 1.0, "speed": 1.0, **options}
    assert screens(replay(v2(*events), **given_options)) == expected


def test_a_recording_that_begins_with_a_pause_begins_empty() -> None:
    """Nothing is shown before it was printed."""
    assert screens(replay(v2((0.5, "o", "a")), 1.0, 1.0)) == [(0, ""), (0.5, "a")]


def test_lines_are_shared() -> None:
    """Each different line is drawn once, whatever row it is in: that is what makes scrolling cheap."""
    output = [(float(at), "o", f"line {at}\r\n") for at in range(12)]
    shown = replay(v2((0.0, "o", "\x1b[?25l"), *output), 1.0, 1.0)
    assert len(shown.lines) == 13
    assert shown.size == (7, 4)
    assert screens(shown)[-1][1] == "line 8|line 9|line 10|line 11"


def test_a_high_terminal_shows_its_last_rows() -> None:
    """More rows than can be read are not shown: those that are not empty stay at the bottom."""
    text = v2((0.0, "o", "\x1b[?25l"), (0.1, "o", "\r\n".join(map(str, range(30)))), size=(20, 45))
    shown = replay(text, 1.0, 1.0)
    assert shown.size == (2, HIGHEST)
    assert screens(shown)[-1][1].split("|") == [str(number) for number in range(6, 30)]


def test_markers_divide_a_replay() -> None:
    """A part lasts from one marker to the next, and its states count from its start."""
    text = v2((0.0, "o", "a"), (1.0, "m", "two"), (1.25, "o", "b"), (2.0, "m", ""), (2.5, "o", "c"))
    parts = replay(text, 2.0, 1.0).parts
    assert [(part.label, part.seconds) for part in parts] == [("", 1.0), ("two", 1.0), ("", 0.5)]
    assert [[state.seconds for state in part.states] for part in parts] == [[0.0], [0.25], [0.5]]


def test_a_marker_that_is_a_cue_is_reached_at_it() -> None:
    """Parts without a cue follow the part before; a cue has to be in the narration of every language."""
    text = v2((0.0, "o", "a"), (1.0, "m", "two"), (1.5, "o", "b"), (2.0, "m", "three"), (2.5, "o", "c"))
    command = SCENE_TYPES["command"]
    one = Narration("x", "x", (), {"two": 0, "three": 0})
    narrated = scene("command", recording=text)
    for narration, at in ((None, [0.0, None, None]), (one, [0.0, "two", "three"])):
        fields = {name: getattr(narrated, name) for name in narrated.__dataclass_fields__}
        reveals = command.reveals(type(narrated)(**{**fields, "narration": narration}))
        assert [reveal.at for reveal in reveals] == at
    other = Narration("y", "y", (), {"two": 0})
    both = type(narrated)(**{**fields, "narration": {"en": one, "de": other}})
    assert [reveal.at for reveal in command.reveals(both)] == [0.0, "two", None]
    assert set(command.markers(narrated.fields)) == {"two", "three"}


@settings(deadline=None, max_examples=60)
@given(st.text(st.sampled_from('{}[]":,0123456789.eoimrx \n#versiontermcolsrowswidthheightstdout\\u'), max_size=120))
def test_any_file_is_read_or_refused(text: str) -> None:
    """Whatever a file holds, it is a recording or an error with a place in it."""
    for candidate in (text, v2() + text):
        try:
            cast.read(candidate)
        except CastError as error:
            start, end = error.span
            assert 0 <= start <= end <= len(candidate) + 1
