"""Reads a project's settings from `vidbuild.toml`, and locates every problem in the file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.errors import UsageError
from vidbuild.location import Location
from vidbuild.remote.address import parse
from vidbuild.remote.public_key import check_public, hidden
from vidbuild.spec import own_files, paths, reader
from vidbuild.spec.diagnostics import SpecError, tidy
from vidbuild.spec.document import Document
from vidbuild.spec.wording import KINDS
from vidbuild.suggest import did_you_mean

NAME = "vidbuild.toml"
MAX_BYTES = 64_000
_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)\Z")


@dataclass(frozen=True, slots=True)
class CacheSettings:
    """The table `cache`.

    remote: the address of a cache that several machines share; "" for none.
    read: whether builds use its results.
    keys: public keys whose owners' results are used.
    """

    remote: str = ""
    read: bool = True
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of all specs in a project.

    allow_network_voice: whether builds in CI may use voices on the network.
    publish: the address to which `vidbuild publish` sends videos; "" for none.
    """

    allow_network_voice: bool = False
    publish: str = ""
    cache: CacheSettings = CacheSettings()


TABLES = {"cache": CacheSettings}
KINDS_OF: dict[type, str] = {bool: "boolean", str: "string", tuple: "array"}
ADDRESSES = frozenset({"publish", "cache.remote"})


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
        safe = [replace(each, message=hidden(each.message)) for each in problems]
        raise SpecError(tidy(safe), {shown: text})
    tables = {name: kind(**_frozen(data.get(name, {}))) for name, kind in TABLES.items()}
    return Settings(**{**data, **tables})


def _frozen(table: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}


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


def _problems(
    data: dict[str, Any], text: str, shown: str, known: type = Settings, table: str = ""
) -> Iterator[Diagnostic]:
    """Yield what is wrong with the settings, or with those of one table of them."""
    defaults = {each.name: each.default for each in fields(known)}
    for name, value in data.items():
        whole, location = f"{table}{name}", _location(name, text, shown)
        if name not in defaults:
            hint = did_you_mean(name, defaults) or f"use {' or '.join(defaults)}"
            yield Diagnostic("error", f"unknown setting '{whole}'", shown, location, hint=hint)
        elif whole in TABLES:
            if isinstance(value, dict):
                yield from _problems(value, text, shown, TABLES[whole], f"{whole}.")
            else:
                yield Diagnostic("error", f"'{name}' must be a table", shown, location, hint=f"write [{name}]")
        elif not isinstance(value, list if isinstance(defaults[name], tuple) else type(defaults[name])):
            message = f"'{whole}' must be {KINDS[KINDS_OF[type(defaults[name])]]}, not {value!r}"
            yield Diagnostic("error", message, shown, location, hint=_fix(name, value, defaults[name]))
        else:
            yield from _value_problems(whole, value, shown, location)


def _fix(name: str, value: object, default: object) -> str | None:
    written = str(value).lower()
    return f"write {name} = {written}" if isinstance(default, bool) and written in {"true", "false"} else None


def _value_problems(name: str, value: Any, shown: str, location: Location) -> Iterator[Diagnostic]:  # noqa: ANN401 - of any setting
    try:
        if name in ADDRESSES:
            parse(value)
        elif name == "cache.keys":
            for key in value:
                check_public(str(key))
    except UsageError as error:
        yield Diagnostic("error", error.message, shown, location, hint=error.hint)


def _location(name: str, text: str, shown: str) -> Location:
    """Return the location of a key or table at the beginning of a line, quoted or not; else the file's first line."""
    found = re.search(rf"^[ \t]*\[*[ \t]*[\"']?({re.escape(name)})(?![\w-])", text, re.MULTILINE)
    return Document(shown, text, None).range(*found.span(1)) if found else Location(shown, 1, 1, 2)
