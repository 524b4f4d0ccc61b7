"""Reads a project's settings from `vidbuild.toml`, and locates every problem in the file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.errors import UsageError
from vidbuild.location import Location
from vidbuild.remote.address import parse
from vidbuild.spec import own_files, paths, reader
from vidbuild.spec.diagnostics import SpecError, tidy
from vidbuild.spec.document import Document
from vidbuild.spec.wording import KINDS
from vidbuild.suggest import did_you_mean

NAME = "vidbuild.toml"
MAX_BYTES = 64_000
_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)\Z")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of all specs in a project.

    allow_network_voice: whether builds in CI may use voices on the network.
    publish: the address to which `vidbuild publish` sends videos; "" for none.
    """

    allow_network_voice: bool = False
    publish: str = ""


KNOWN = tuple(each.name for each in fields(Settings))
DEFAULTS = {each.name: each.default for each in fields(Settings)}


def load(root: Path, shown: str) -> Settings:
    """Return the settings of a project. Raises SpecError.

    root: the project's root.
    shown: the file's name in messages.
    """
    try:
        raw = own_files.own_content(root / NAME, root, MAX_BYTES)
    except (OSError, ValueError, paths.InputError) as error:
        message = f"cannot read the settings: {own_files.why_unreadable(error)}"
        raise SpecError([Diagnostic("error", message, shown)]) from None
    if len(raw) > MAX_BYTES:
        raise SpecError([Diagnostic("error", f"the settings are too large: the maximum is {MAX_BYTES} bytes", shown)])
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
        reason = str(error)
        found = _POSITION.search(reason)
        last = text.count("\n", 0, len(text.rstrip())) + 1
        line, column = (int(found[1]), int(found[2])) if found and found[1] else (last, 1)
        message = _POSITION.sub("", reason)
        location = Location(shown, line, column, column + 1)
    except RecursionError:
        message, location = "nested too deeply", Location(shown, 1, 1, 2)
    return {}, [Diagnostic("error", f"invalid TOML: {message[:1].lower()}{message[1:]}", shown, location)]


def _problems(data: dict[str, Any], text: str, shown: str) -> Iterator[Diagnostic]:
    for name, value in data.items():
        location = _location(name, text, shown)
        if name not in KNOWN:
            hint = did_you_mean(name, KNOWN) or f"use {' or '.join(KNOWN)}"
            yield Diagnostic("error", f"unknown setting '{name}'", shown, location, hint=hint)
        elif not isinstance(value, type(DEFAULTS[name])):
            kind = KINDS["boolean" if isinstance(DEFAULTS[name], bool) else "string"]
            message = f"'{name}' must be {kind}, not {value!r}"
            yield Diagnostic("error", message, shown, location, hint=_fix(name, value))
        elif name == "publish":
            yield from _address_problems(str(value), shown, location)


def _fix(name: str, value: object) -> str | None:
    written = str(value).lower()
    return f"write {name} = {written}" if isinstance(DEFAULTS[name], bool) and written in {"true", "false"} else None


def _address_problems(value: str, shown: str, location: Location) -> Iterator[Diagnostic]:
    try:
        parse(value)
    except UsageError as error:
        yield Diagnostic("error", error.message, shown, location, hint=error.hint)


def _location(name: str, text: str, shown: str) -> Location:
    """Return the location of a key or table at the beginning of a line, quoted or not; else the file's first line."""
    found = re.search(rf"^[ \t]*\[*[ \t]*[\"']?({re.escape(name)})(?![\w-])", text, re.MULTILINE)
    return Document(shown, text, None).range(*found.span(1)) if found else Location(shown, 1, 1, 2)
