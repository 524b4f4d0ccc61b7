"""Commands that were really run, and what they printed: the recordings that `vidbuild record` writes and builds read.

A recording is an asciicast of version 3. Its header names the commands under "vidbuild"; in its events each command is
a marker, then typed, then an input event, after which its output follows until the next marker.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vidbuild import columns
from vidbuild.scenes.command.cast import NO_CAST, CastError
from vidbuild.scenes.command.cast import read as read_cast
from vidbuild.scenes.protocol import AFTER_TYPING, TYPING

FOLDER = "casts"  # beside the spec
COLUMNS, ROWS = 80, 24  # of the terminal
DEMO = "demo"  # the folder of commands without a fixture
TIMEOUT = 30  # seconds of a command
_FORMAT = 1
_PAUSE, _LINE = 0.5, 0.08  # seconds before a command, and between two lines of an output
_DECIDE = ("fixture", "setup", "env", "expect", "network")  # settings that decide what the commands print


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that was run.

    output: what the terminal showed of it in the end, with SGR sequences; status: its exit status.
    """

    run: str
    output: str
    status: int


@dataclass(frozen=True, slots=True)
class Transcript:
    """A recording of commands. spec: the name of the spec's file; digest: of the commands, as `digest` returns it."""

    spec: str
    digest: str
    commands: tuple[Ran, ...]


def digest(fields: Mapping[str, Any]) -> str:
    """Return the digest of everything in a scene that decides what its commands print.

    fields: of the scene, as they are written.
    """
    settings = {name: fields["record"][name] for name in _DECIDE if fields["record"].get(name)}
    data = [[entry.get("run", "") for entry in fields["commands"]], settings, COLUMNS, ROWS]
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def write(recorded: Transcript, prompt: str) -> str:
    """Return the text of a recording, which depends on nothing else than these arguments."""
    runs = [{"run": each.run, "exit": each.status} for each in recorded.commands]
    header = {
        "version": 3,
        "term": {"cols": COLUMNS, "rows": ROWS, "type": "xterm-256color"},
        "vidbuild": {"format": _FORMAT, "spec": recorded.spec, "sha256": recorded.digest, "commands": runs},
    }
    events = [event for each in recorded.commands for event in _events(each, prompt)]
    last = recorded.commands[-1].status if recorded.commands else 0
    lines = [header, *events, [_PAUSE, "x", str(last)]]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _events(ran: Ran, prompt: str) -> Iterator[list[object]]:
    yield [_PAUSE, "m", ran.run.split("\n")[0]]
    yield [0, "o", prompt]
    for character in columns.graphemes(ran.run):
        yield [round(1 / TYPING, 3), "o", "\r\n> " if character == "\n" else character]
    yield [AFTER_TYPING, "o", "\r\n"]
    yield [0, "i", "\r"]
    for line in ran.output.split("\n") if ran.output else ():
        yield [_LINE, "o", line + "\r\n"]


def read(text: str) -> Transcript:
    """Return a recording. Raises CastError for one that `vidbuild record` did not write."""
    read_cast(text)  # it is drawn, so it has that format's limits
    lines = text.split("\n")
    try:
        header = json.loads(lines[0]).get("vidbuild")
    except ValueError:  # its first line is a comment, empty, or a part of the header
        header = None
    if not isinstance(header, dict) or header.get("format") != _FORMAT:
        raise CastError("no recording of 'vidbuild record'", (0, len(lines[0])))
    try:
        runs = [(str(each["run"]), int(each["exit"])) for each in header["commands"]]
        outputs = _outputs([json.loads(line) for line in lines[1:] if line.strip()])
        found = [Ran(run, output, status) for (run, status), output in zip(runs, outputs, strict=True)]
        return Transcript(str(header["spec"]), str(header["sha256"]), tuple(found))
    except (KeyError, TypeError, ValueError, IndexError):
        raise CastError(f"{NO_CAST} as 'vidbuild record' writes it", (0, len(lines[0]))) from None


def _outputs(events: Sequence[Sequence[Any]]) -> list[str]:
    found: list[list[str]] = []
    entered = False
    for _, kind, data in events:
        if kind == "m":
            found.append([])
            entered = False
        elif kind == "i":
            entered = True
        elif kind == "o" and entered:
            found[-1].append(data.removesuffix("\r\n"))
    return ["\n".join(lines) for lines in found]
