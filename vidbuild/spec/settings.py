"""`vidbuild.toml` -> a project's settings, every problem with its place; it knows nothing of specs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.location import Location
from vidbuild.spec import files, paths, reader
from vidbuild.spec.diagnostics import SpecError, tidy
from vidbuild.spec.document import Document
from vidbuild.spec.validate import KINDS
from vidbuild.suggest import did_you_mean

NAME = "vidbuild.toml"
MAX_BYTES = 64_000
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)\Z")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project sets for all its specs.

    allow_network_voice: builds in CI may ask a voice on the network.
    """

    allow_network_voice: bool = False


KNOWN = tuple(each.name for each in fields(Settings))


def load(root: Path, shown: str) -> Settings:
    """The settings in a project's root; `shown` is how messages name the file. Raises SpecError."""
    try:
        raw = files.own_content(root / NAME, root, MAX_BYTES)
    except (OSError, ValueError, paths.PathProblemError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SpecError([Diagnostic("error", f"the settings cannot be read: {said.lower()}", shown)]) from None
    if len(raw) > MAX_BYTES:
        raise SpecError([Diagnostic("error", f"the settings have more than {MAX_BYTES} bytes", shown)])
    text, problems = reader.decode(raw, shown)
    data: dict[str, Any] = {}
    if not problems:
        data, problems = _parsed(text, shown)
        problems = [*problems, *_problems(data, text, shown)]
    if problems:
        raise SpecError(tidy(problems), {shown: text})
    return Settings(**data)


def _parsed(text: str, shown: str) -> tuple[dict[str, Any], list[Diagnostic]]:
    try:
        return tomllib.loads(text), []
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        found = _AT.search(said)
        last = text.count("\n", 0, len(text.rstrip())) + 1
        line, column = (int(found[1]), int(found[2])) if found and found[1] else (last, 1)
        message = _AT.sub("", said)
        place = Location(shown, line, column, column + 1)
    except RecursionError:
        message, place = "nested too deep", Location(shown, 1, 1, 2)
    return {}, [Diagnostic("error", f"not TOML: {message[:1].lower()}{message[1:]}", shown, place)]


def _problems(data: dict[str, Any], text: str, shown: str) -> Iterator[Diagnostic]:
    for name, value in data.items():
        place = _place(name, text, shown)
        if name not in KNOWN:
            hint = did_you_mean(name, KNOWN) or f"there is {', '.join(KNOWN)}"
            yield Diagnostic("error", f"unknown setting '{name}'", shown, place, hint=hint)
        elif not isinstance(value, bool):
            meant = f"{name} = {str(value).lower()}" if str(value).lower() in {"true", "false"} else None
            yield Diagnostic("error", f"'{name}' must be {KINDS['boolean']}, not {value!r}", shown, place, hint=meant)


def _place(name: str, text: str, shown: str) -> Location:
    """Where a key stands at a line's beginning, in quotes or as a table perhaps; else the file's first line."""
    found = re.search(rf"^[ \t]*\[*[ \t]*[\"']?({re.escape(name)})(?![\w-])", text, re.MULTILINE)
    return Document(shown, text, None).stretch(*found.span(1)) if found else Location(shown, 1, 1, 2)
