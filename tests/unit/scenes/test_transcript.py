"""Recordings of commands: written the same each time, read as written, and anything else refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vidbuild.scenes.command import cast
from vidbuild.scenes.command.cast import CastError
from vidbuild.scenes.command.screen import Screen
from vidbuild.scenes.command.transcript import COLUMNS, ROWS, Ran, Transcript, digest, read, write

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)
outputs = st.lists(texts.map(lambda text: text + "."), max_size=3).map("\n".join)
commands = st.lists(texts.map(lambda text: f"run {text}"), min_size=1, max_size=2).map("\n".join)

HEADER = (
    '{"version": 3, "term": {"cols": 80, "rows": 24}, '
    '"vidbuild": {"format": 1, "spec": "v", "sha256": "0", "commands": [COMMANDS]}}\n'
)


@settings(deadline=None)
@given(st.lists(st.builds(Ran, commands, outputs, st.integers(0, 255)), min_size=1, max_size=3), texts)
def test_a_recording_is_read_as_it_was_written(ran: list[Ran], prompt: str) -> None:
    """Commands of several lines, any texts and any prompt survive."""
    recorded = Transcript("video.yaml", "0" * 64, tuple(ran))
    assert read(write(recorded, prompt)) == recorded


def test_a_recording_is_a_cast_that_any_player_plays() -> None:
    """Played in a terminal, it shows prompts, commands and outputs, and markers name the commands."""
    recorded = Transcript("v.yaml", "0", (Ran("for a in b; do\ndone", "", 0), Ran("ls", "\x1b[0;32ma\x1b[0m\nb", 0)))
    played = cast.read(write(recorded, "$ "))
    screen = Screen((COLUMNS, ROWS))
    for event in played.events:
        if event.kind == "o":
            screen.write(event.data)
    shown = ["".join(character for character, _ in row).rstrip() for row in screen.rows]
    assert shown[:6] == ["$ for a in b; do", "> done", "$ ls", "a", "b", ""]
    assert [event.data for event in played.events if event.kind == "m"] == ["for a in b; do", "ls"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"version": 3, "term": {"cols": 80, "rows": 24}}\n',
        '{"version": 3, "term": {"cols": 80, "rows": 24}, "vidbuild": 1}\n',
        '{"version": 3, "term": {"cols": 80, "rows": 24}, "vidbuild": {"format": 2}}\n',
        '{"version": 3, "term": {"cols": 80, "rows": 24}, "vidbuild": {"format": 1}}\n',
        HEADER.replace("COMMANDS", "1"),
        HEADER.replace("COMMANDS", '{"run": "a", "exit": 0}') + '[0, "i", "x"]\n[0, "o", "x"]\n',
        '# first\n{"version": 3, "term": {"cols": 80, "rows": 24}}\n',
        "\n\n" + '{"version": 3, "term": {"cols": 80, "rows": 24}}\n',
        '{"version": 2, "width": 80, "height": 24}\n',
        '{"version": 1, "width": 80, "height": 24,\n"stdout": []}',
    ],
)
def test_what_no_recording_is_refused(text: str) -> None:
    """A file of another tool, or a part of one, is an error and no traceback."""
    with pytest.raises(CastError):
        read(text)


@settings(deadline=None)
@given(st.data())
def test_a_damaged_recording_is_refused_or_read(data: st.DataObject) -> None:
    """No change of a byte makes a traceback."""
    whole = write(Transcript("v.yaml", "0", (Ran("ls", "a\nb", 0),)), "$ ")
    at = data.draw(st.integers(0, len(whole) - 1))
    text = whole[:at] + data.draw(st.sampled_from(["", '"', "[", "1", "\n", "x", "\0"])) + whole[at + 1 :]
    try:
        read(text)
    except CastError:
        return


def test_the_digest_has_what_decides_the_output() -> None:
    """Times, masks and expected statuses can change; commands and their surroundings cannot."""

    def of(entry: dict[str, Any], **record: Any) -> str:
        return digest({"commands": [entry], "record": record})

    same = of({"run": "ls"})
    assert of({"run": "ls", "at": 2, "exit": 1}, mask=["time"], timeout=5, setup=[], network=False) == same
    others = [
        of({"run": "ls -l"}),
        *(
            of({"run": "ls"}, **{name: value})
            for name, value in json.loads(
                '{"fixture": "a", "setup": ["b"], "env": ["A=1"], "expect": ["x"], "network": true}'
            ).items()
        ),
    ]
    assert len({same, *others}) == 7
