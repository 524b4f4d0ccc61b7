"""What is read from recordings of terminals."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from vidbuild.create.composer import Choices, compose
from vidbuild.create.importers.cast import CastImporter
from vidbuild.create.importers.cast.recording import read as read_recording
from vidbuild.create.importers.cast.typed import typed_lines
from vidbuild.create.source.outline import Outline, Recording, Speech
from vidbuild.create.source.protocol import Source, SourceError

Read = Callable[..., Outline]
Events = Sequence[tuple[float, str, str]]
PROMPT = "\x1b[32muser@host\x1b[0m:~$ "


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """A function that reads events as a recording of version 2."""

    def read_events(events: Events | str, name: str = "my-demo.cast", **header: Any) -> Outline:
        path = tmp_path / name
        text = events if isinstance(events, str) else recording(events, **header)
        path.write_text(text, encoding="utf-8")
        return CastImporter().read(Source("cast", str(path), tmp_path))

    return read_events


def recording(events: Events, **header: Any) -> str:
    """A recording of version 2."""
    lines: list[Any] = [{"version": 2, "width": 80, "height": 24, **header}, *map(list, events)]
    return "".join(json.dumps(each) + "\n" for each in lines)


def typed(text: str, start: float, output: str = "", prompt: str = PROMPT) -> list[tuple[float, str, str]]:
    """Events of a prompt at which a text is typed key by key, and of its output."""
    keys = [(start + 0.1 + 0.1 * nth, "o", key) for nth, key in enumerate(text)]
    end = keys[-1][0] + 0.1
    return [(start, "o", prompt), *keys, (end, "o", "\r\n"), *([(end + 0.1, "o", output)] if output else [])]


def parts(outline: Outline) -> list[tuple[str, float, float, str]]:
    """Heading, start, end and speech of each part behind the title."""
    found = []
    for section in outline.sections[1:]:
        block = section.blocks[0]
        assert isinstance(block, Recording)
        speech = " ".join(each.text for each in section.blocks if isinstance(each, Speech))
        found.append((section.heading, block.start, block.end, speech))
    return found


def test_a_short_recording_is_one_scene(read: Read) -> None:
    """A short recording is one part, whose heading is what was typed; its title is its own, or its file's name."""
    events = typed("ls -l", 0.5, "total 0\r\n")
    outline = read(events)
    assert (outline.title, outline.paced) == ("My demo", True)
    assert parts(outline) == [("`ls -l`", 0.0, 0.0, "")]
    assert read(events, title="Listing").title == "Listing"


def test_typed_lines_of_shells() -> None:
    """Corrections, lines of zsh, recalled lines and wrapped ones are read as the terminal shows them."""
    wrapped = "echo " + "x" * 90
    events = [
        *typed("gti", 0.0)[:-1],
        (0.6, "o", "\b \b\b \b"),
        (0.8, "o", "i"),
        (0.9, "o", "t"),
        (1.0, "o", "\r\n"),
        (2.0, "o", "\r\x1b[0m\x1b[27m\x1b[Jhost% \x1b[K\x1b[?2004h"),
        (2.2, "o", "l"),
        (2.3, "o", "\bls"),
        (2.4, "o", "\x1b[?2004l\r\r\n"),
        (3.0, "o", PROMPT),
        (3.5, "o", "make"),
        (3.6, "o", "\b\b\b\b\x1b[Kpwd"),
        (3.8, "o", "\r\n"),
        (5.0, "o", PROMPT),
        *((5.1 + nth / 100, "o", key) for nth, key in enumerate(wrapped[:66])),
        (7.0, "o", wrapped[66:67] + " \r"),
        *((7.1 + nth / 100, "o", key) for nth, key in enumerate(wrapped[67:])),
        (8.0, "o", "\r\n"),
    ]
    found = read_recording(recording(events), Source("cast", "a.cast", Path()))
    assert [each.text for each in typed_lines(found)] == ["git", "ls", "pwd", wrapped]


def test_lines_that_go_on_with_a_command(read: Read) -> None:
    """Lines behind the prompt of a command that goes on are no commands; if it is the only prompt, they are."""
    first = typed("cat <<E", 0.0, prompt="$ ") + typed("hello", 3.0, prompt="> ") + typed("E", 5.0, prompt="> ")
    assert parts(read(first)) == [("`cat <<E`", 0.0, 0.0, "")]
    assert parts(read(typed("ls", 0.0, prompt="> "))) == [("`ls`", 0.0, 0.0, "")]


def test_output_that_looks_like_a_prompt_is_no_command(read: Read) -> None:
    """Lines of output with a prompt's sign come at once, and full-screen programs type nothing."""
    events = [
        (0.5, "o", "> quoted text\r\n# a comment\r\n$ not typed\r\n100%\r\n"),
        (1.0, "o", "\x1b[?1049h$ "),
        *((1.1 + nth / 10, "o", key) for nth, key in enumerate("iedited")),
        (2.5, "o", "\r\n\x1b[?1049l"),
    ]
    assert parts(read(events)) == [("", 0.0, 0.0, "")]


def test_markers_part_a_recording(read: Read) -> None:
    """Each marker begins a part, whose label is its heading."""
    events = [
        (0.5, "o", "one\r\n"),
        (1.0, "m", "Second"),
        (1.5, "o", "two\r\n"),
        (2.0, "m", "Third"),
        (2.5, "o", "3\r\n"),
    ]
    assert parts(read(events)) == [("", 0.0, 1.0, ""), ("Second", 1.0, 2.0, ""), ("Third", 2.0, 0.0, "")]


def test_typed_comments_are_spoken(read: Read) -> None:
    """Comments that are typed at the prompt are narration for the commands behind them; the title is not repeated."""
    events = [
        *typed("# Hello", 0.0),
        *typed("# First we list", 5.0),
        *typed("ls", 10.0, "a b\r\n"),
        *typed("# Then we leave.", 15.0),
        *typed("exit", 20.0),
    ]
    assert parts(read(events, title="Hello")) == [
        ("", 0.0, 5.1, ""),
        ("`ls`", 5.1, 15.1, "First we list"),
        ("`exit`", 15.1, 0.0, "Then we leave."),
    ]


def test_a_long_recording_is_parted_by_its_commands(read: Read) -> None:
    """A recording that plays long gets a part for each command; those that play shortly join the next one."""
    waiting = [(20.0 + nth, "o", ".") for nth in range(40)]
    events = [
        *typed("slow --job", 10.0),
        *waiting,
        (61.0, "o", "\r\n"),
        *typed("a", 62.0),
        *typed("quick", 63.0, "ok\r\n"),
    ]
    assert parts(read(events)) == [("`slow --job`", 0.0, 62.1, ""), ("`a`, `quick`", 62.1, 0.0, "")]


def test_input_is_used_only_if_it_was_printed(read: Read) -> None:
    """Input that the terminal did not print may be a password, and is not shown."""
    events = [
        (0.2, "i", "s3cret\r"),
        (0.4, "o", "welcome\r\n"),
        (0.5, "o", "mydb=# select 1;\r\n"),
        (0.6, "i", "select 1;\r"),
    ]
    assert parts(read(events)) == [("`select 1;`", 0.0, 0.0, "")]


def test_versions_agree(read: Read) -> None:
    """The same recording in versions 1, 2 and 3 gives the same parts."""
    events = typed("# One thing", 0.0) + typed("# Another thing", 3.0) + typed("ls", 6.0, "a\r\n")
    delays = [round(b[0] - a, 6) for a, b in zip([0.0, *(each[0] for each in events)], events, strict=False)]
    first = {
        "version": 1,
        "width": 80,
        "height": 24,
        "title": "T",
        "stdout": [[d, e[2]] for d, e in zip(delays, events, strict=True)],
    }
    third = [
        {"version": 3, "term": {"cols": 80, "rows": 24}, "title": "T"},
        *([d, "o", e[2]] for d, e in zip(delays, events, strict=True)),
    ]
    expected = parts(read(events, title="T"))
    assert len(expected) == 2
    assert parts(read(json.dumps(first, indent=1), "a.json")) == expected
    assert parts(read("\n".join(map(json.dumps, third)) + "\n# end\n\n", "c.cast")) == expected


def test_scenes_of_a_recording(read: Read) -> None:
    """Scenes show their part of the file; without a comment they have no narration and play as long as they are."""
    outline = read([*typed("# Look here", 0.0), *typed("# And there", 5.0), *typed("ls", 9.0)], title="Looking")
    made = compose(outline, "en", Choices(), lambda block: Path(str(block.path)).name)
    assert [each.fields for each in made.scenes] == [
        {"id": "looking", "type": "title", "title": "Looking", "narration": "Looking."},
        {
            "id": "look-here",
            "type": "command",
            "title": "Looking",
            "cast": "my-demo.cast",
            "end": 5.1,
            "narration": "Look here",
        },
        {"id": "ls", "type": "command", "title": "ls", "cast": "my-demo.cast", "start": 5.1, "narration": "And there"},
    ]
    silent = compose(read(typed("ls", 0.0)), "en", Choices(), lambda _: "a.cast").scenes[1]
    assert silent.fields == {"id": "ls", "type": "command", "title": "ls", "cast": "a.cast"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ":1:1: the recording is empty"),
        ("hello\n", ":1:1: not a recording of a terminal"),
        ('{"version": 1,\n "stdout": ]}', ":2:12: the recording is no valid JSON"),
        ('{"version": 9}\n', ":1:1: the version of the recording is unknown: expected 1, 2 or 3, got 9"),
        ('{"version": 2, "width": 80}\n', ":1:1: the header of the recording has no 'width' and 'height'"),
        ('{"version": 2, "width": 0, "height": 9}\n', ":1:1: the terminal has 0x9 cells: expected 1x1 to 400x120"),
        ('{"version": 2, "width": 80, "height": 24}\n', "has no output to show"),
        (
            '{"version": 2, "width": 80, "height": 9}\n[1, "o"]\n[2, "o", "a"]\n',
            ':2:1: the event is no [time, "kind", "data"]',
        ),
        ('{"version": 2, "width": 80, "height": 9}\n[1,\n[2, "o", "a"]\n', ":2:1: the event is no valid JSON"),
        ('{"version": 2, "width": 80, "height": 9}\n[40000, "o", "a"]\n', "lasts 40000 s: the maximum is 36000 s"),
        ('{"version": 1, "width": 80, "height": 9, "stdout": [["a"]]}', "entry 1 of 'stdout' is no delay and text"),
    ],
)
def test_wrong_recordings(read: Read, text: str, message: str) -> None:
    """What cannot be read is refused with its line."""
    with pytest.raises(SourceError) as error:
        read(text)
    assert message in error.value.message


def test_a_recording_that_ends_with_input(read: Read) -> None:
    """No part begins behind what is shown last: a scene of it would have nothing to show."""
    events = [*typed("ls", 0.0, "a\r\n"), (9.0, "m", "end"), (9.5, "i", "exit"), (99.0, "i", "\r")]
    assert parts(read(events)) == [("`ls`", 0.0, 0.0, "")]


def test_an_interrupted_recording(read: Read) -> None:
    """A last event that is incomplete is left out."""
    assert parts(read(recording([(0.5, "o", "a\r\n")]) + '[1.0, "o", "b')) == [("", 0.0, 0.0, "")]


def test_recognized_files(tmp_path: Path) -> None:
    """Of JSON files, recordings of version 1 are recognized."""
    for text, expected in (
        ('{"version": 1, "width": 80, "stdout": []}', True),
        ('{"version": 1}', False),
        ("[]", False),
    ):
        (tmp_path / "a.json").write_text(text, encoding="utf-8")
        assert CastImporter().recognizes(Source("", str(tmp_path / "a.json"), tmp_path)) is expected


def test_damaged_recordings(read: Read) -> None:
    """Whatever bytes are changed, a recording is read or refused, and its parts follow each other."""
    chance = random.Random(13)
    sample = recording(
        [*typed("# One thing", 0.0), *typed("ls", 3.0, "\x1b[1mfoo\x1b[5D\x1b[2K\r\n"), (9.0, "m", "end")]
    )
    for _ in range(200):
        text = list(sample)
        for _ in range(chance.randint(1, 5)):
            place = chance.randrange(len(text))
            text[place : place + chance.randint(0, 6)] = chance.choice(
                ["", "\n", "9", '"', "[", "]", "\\u001b[9999999C", "\\b\\b", "\x00", "\\ud800", "e99", "\\r", "x" * 500]
            )
        try:
            found = parts(read("".join(text)))
        except SourceError:
            continue
        starts = [start for _, start, _, _ in found]
        assert starts == sorted(starts)
        assert all(end > start or end == 0 for _, start, end, _ in found)
