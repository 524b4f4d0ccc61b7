"""The user's own settings: where their file is, and a reader of it that locates what is wrong.

A spec comes with a pull request. It can name a server; the server's address, its key and programs are in this file
(config.toml in the platform's folder for settings, or $VIDBUILD_CONFIG) or in the environment.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from vidbuild.errors import UsageError
from vidbuild.json_types import Json
from vidbuild.suggest import did_you_mean

PATH = "VIDBUILD_CONFIG"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\Z")
MAX_BYTES = 64_000
SECTIONS = ("speech", "command", "piper", "writer")
UNKNOWN = ""  # before the name of a section without a meaning, in the errors of a file

Entry = TypeVar("Entry")


def path() -> Path:
    """Return where the user's settings are, whether the file exists or not."""
    named = os.environ.get(PATH)
    if named:
        return Path(named).absolute()
    from platformdirs import user_config_path

    return user_config_path("vidbuild", appauthor=False) / "config.toml"


def parsed(file: Path, size: int) -> tuple[str, Mapping[str, Any]]:
    """Return the file's text and its data. Raises UsageError if it is too large or no TOML, and OSError."""
    import tomllib

    if size > MAX_BYTES:
        raise UsageError(f"{file} is too large: the maximum is {MAX_BYTES} bytes")
    try:
        text = file.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        found = re.search(r"\(at line (\d+), column \d+\)", str(error))
        line = f":{found[1]}" if found else ""
        raise UsageError(f"{file}{line}: invalid TOML: {str(error).partition(' (at ')[0].lower()}") from None


def base_problem(base: str) -> str | None:
    """Return why an address cannot be that of a server; None if it can."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(base)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return f"'{base}' is not an address"
    if parts.scheme not in {"http", "https"} or not host:
        return f"expected an address such as http://localhost:8880, got '{base}'"
    if parts.username or parts.password:
        return "an address must not hold a password; name the variable with the key in 'key_variable'"
    return None


class Reader:
    """Reads the file's data.

    errors: what is wrong, by section ("piper"), entry ("speech.near"), or section without a meaning (".speach").
    """

    def __init__(self, file: Path, text: str) -> None:
        self.file = file
        self._text = text
        self.errors: dict[str, UsageError] = {}

    @contextmanager
    def errors_of(self, place: str) -> Iterator[None]:
        """Keep the error that the block raises as that of a section or an entry."""
        try:
            yield
        except UsageError as error:
            self.errors[place] = error

    def check_sections(self, data: Mapping[str, Any]) -> None:
        """Keep an error for each section without a meaning."""
        for name in data:
            with self.errors_of(f"{UNKNOWN}.{name}"):
                if name not in SECTIONS:
                    raise self.wrong(name, f"unknown section '{name}'", did_you_mean(name, SECTIONS) or use(SECTIONS))

    def entries(
        self, data: Mapping[str, Any], section: str, entry: Callable[[str, Mapping[str, Any]], Entry]
    ) -> dict[str, Entry]:
        """Return the entries of a section by name, without those that are wrong."""
        tables, found = data.get(section, {}), {}
        with self.errors_of(section):
            if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
                raise self.wrong(section, f"'{section}' needs a name for each entry", f"write [{section}.NAME]")
            for name, table in tables.items():
                with self.errors_of(f"{section}.{name}"):
                    if not NAME.match(name):
                        raise self.wrong(name, f"'{name}' is no name: expected letters, digits, '-' and '_'")
                    found[name] = entry(name, table)
        return found

    def base(self, table: Mapping[str, Any], where: str) -> str:
        """Return the address of a server."""
        base = self.text_of(table, where, "base", "")
        if problem := base_problem(base) if base else "'base' is missing":
            raise self.wrong(base or where, f"[{where}]: {problem}")
        return base

    def table(self, data: Json, where: str, known: Sequence[str]) -> Mapping[str, Json]:
        """Return a table whose settings are all known."""
        if not isinstance(data, dict):
            raise self.wrong(where, f"'{where}' must be a table", f"write [{where}]")
        for name in data:
            if name not in known:
                raise self.wrong(name, f"[{where}]: unknown setting '{name}'", did_you_mean(name, known) or use(known))
        return data

    def text_of(self, table: Mapping[str, Any], where: str, name: str, default: str) -> str:
        """Return a setting that is text."""
        value = table.get(name, default)
        if not isinstance(value, str):
            raise self.wrong(name, f"[{where}]: '{name}' must be text, not {value!r}")
        return value

    def flag(self, table: Mapping[str, Any], where: str, name: str, *, default: bool) -> bool:
        """Return a setting that is true or false."""
        value = table.get(name, default)
        if not isinstance(value, bool):
            raise self.wrong(name, f"[{where}]: '{name}' must be true or false, not {value!r}")
        return value

    def texts(self, table: Mapping[str, Any], where: str, name: str) -> tuple[str, ...]:
        """Return a setting that is text or a list of texts."""
        value = table.get(name, [])
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(each, str) and each for each in texts):
            raise self.wrong(name, f"[{where}]: '{name}' must be text or a list of texts, not {value!r}")
        return tuple(texts)

    def wrong(self, token: str, message: str, hint: str | None = None) -> UsageError:
        """Return an error at the line on which a word of the file is."""
        found = re.search(rf"(?<![\w-]){re.escape(token)}(?![\w-])", self._text)
        line = self._text.count("\n", 0, found.start()) + 1 if found else 1
        return UsageError(f"{self.file}:{line}: {message}", hint=hint)


def use(names: Sequence[str]) -> str:
    """Return a hint with all names that are known."""
    return f"use {', '.join(names[:-1])} or {names[-1]}"
