"""The user's settings of voices: servers and programs that a spec may name but never define.

A spec comes with a pull request. It can say `speech:openai/alloy`; the address, the key and the program behind a name
are in the user's own file (config.toml in the platform's folder for settings, or $VIDBUILD_CONFIG) or environment.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from vidbuild.errors import UsageError
from vidbuild.frozen import dataclass, field, replaced
from vidbuild.json_types import Json
from vidbuild.suggest import did_you_mean

PATH = "VIDBUILD_CONFIG"
BASE, MODEL, KEY = "VIDBUILD_SPEECH_BASE", "VIDBUILD_SPEECH_MODEL", "VIDBUILD_SPEECH_KEY"
DEFAULT = "default"  # the server of voices that name none
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\Z")
MAX_BYTES = 64_000
MODEL_DEFAULT, RATE_DEFAULT = "tts-1", 24_000
LOWEST_RATE, HIGHEST_RATE = 8_000, 96_000
SECTIONS = ("speech", "command", "piper")
UNKNOWN = ""

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Server:
    """A server with the OpenAI speech protocol.

    base: its address, with or without /v1.
    key_variable: the environment variable that holds the API key; "" for a server without keys.
    rate: of the samples in Hz that it sends as `pcm`.
    words: whether it may have Kokoro-FastAPI's word times.
    """

    name: str
    base: str
    model: str = MODEL_DEFAULT
    key_variable: str = ""
    rate: int = RATE_DEFAULT
    words: bool = True


@dataclass(frozen=True, slots=True)
class Program:
    """A program that reads a text on stdin and writes a WAV file to stdout, or to the file {out}.

    arguments: the program and its arguments, with {voice}, {language}, {rate} and {out}.
    version: raised by the user when the program speaks otherwise; "" for the digest of the program's file.
    network: whether it may open sockets.
    read: files and folders outside the system's that it reads.
    """

    name: str
    arguments: tuple[str, ...]
    version: str = ""
    network: bool = False
    read: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VoiceConfig:
    """All that the user's settings say about voices.

    piper: folders with Piper's voice files. piper_program: the program; () for the one that is installed.
    errors: what is wrong, by section ("piper"), entry ("speech.near"), or section without a meaning (".speach").
    """

    servers: Mapping[str, Server] = field(default_factory=dict)
    programs: Mapping[str, Program] = field(default_factory=dict)
    piper: tuple[Path, ...] = ()
    piper_program: tuple[str, ...] = ()
    errors: Mapping[str, UsageError] = field(default_factory=dict)

    def server(self, name: str) -> Server | None:
        """Return a server; None if it is not defined. Raises UsageError if its part of the settings is wrong."""
        return self._entry("speech", name, self.servers)

    def program(self, name: str) -> Program | None:
        """Return a program; None if it is not defined. Raises UsageError if its part of the settings is wrong."""
        return self._entry("command", name, self.programs)

    def check(self, section: str) -> None:
        """Raise the first error of a section or an entry in it, or of a section without a meaning."""
        for place, error in self.errors.items():
            if place.partition(".")[0] in {section, UNKNOWN}:
                raise error

    def _entry(self, section: str, name: str, entries: Mapping[str, Entry]) -> Entry | None:
        if name in entries:
            return entries[name]
        for place, error in self.errors.items():
            if place in {section, f"{section}.{name}"} or place.partition(".")[0] == UNKNOWN:
                raise error
        return None


def path() -> Path:
    """Return where the user's settings are, whether the file exists or not."""
    named = os.environ.get(PATH)
    if named:
        return Path(named).absolute()
    from platformdirs import user_config_path

    return user_config_path("vidbuild", appauthor=False) / "config.toml"


def load() -> VoiceConfig:
    """Return the settings of the file and the environment, with an error for each part that is wrong.

    Raises UsageError if nothing of the file can be read.
    """
    file = path()
    try:
        stat = file.stat()
        config = _read(file, stat.st_mtime_ns, stat.st_size)
    except FileNotFoundError:
        config = VoiceConfig()
    except OSError as error:
        raise UsageError(f"cannot read {file}: {(error.strerror or str(error)).lower()}") from None
    base = os.environ.get(BASE)
    if not base:
        return config
    if problem := base_problem(base):
        servers = {name: server for name, server in config.servers.items() if name != DEFAULT}
        errors = {**config.errors, f"speech.{DEFAULT}": UsageError(f"${BASE}: {problem}")}
        return replaced(config, servers=servers, errors=errors)
    key = KEY if os.environ.get(KEY) else ""
    server = Server(DEFAULT, base, os.environ.get(MODEL) or MODEL_DEFAULT, key)
    return replaced(config, servers={**config.servers, DEFAULT: server})


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


@lru_cache(maxsize=4)
def _read(file: Path, _changed: int, size: int) -> VoiceConfig:
    import tomllib

    if size > MAX_BYTES:
        raise UsageError(f"{file} is too large: the maximum is {MAX_BYTES} bytes")
    try:
        text = file.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        found = re.search(r"\(at line (\d+), column \d+\)", str(error))
        line = f":{found[1]}" if found else ""
        raise UsageError(f"{file}{line}: invalid TOML: {str(error).partition(' (at ')[0].lower()}") from None
    return _Reader(file, text).config(data)


class _Reader:
    """Reads the file's data, and locates what is wrong."""

    def __init__(self, file: Path, text: str) -> None:
        self._file = file
        self._text = text
        self._errors: dict[str, UsageError] = {}

    def config(self, data: Mapping[str, Any]) -> VoiceConfig:
        """Return the settings, with the errors of the parts that are wrong."""
        for name in data:
            with self._errors_of(f"{UNKNOWN}.{name}"):
                if name not in SECTIONS:
                    raise self._wrong(name, f"unknown section '{name}'", did_you_mean(name, SECTIONS) or _use(SECTIONS))
        servers = self._entries(data, "speech", self._server)
        programs = self._entries(data, "command", self._program)
        folders: tuple[Path, ...] = ()
        program: tuple[str, ...] = ()
        with self._errors_of("piper"):
            piper = self._table(data.get("piper", {}), "piper", ("folder", "program"))
            folders = tuple(map(self._path, self._texts(piper, "piper", "folder")))
            program = self._command(piper, "piper", "program")
        return VoiceConfig(servers, programs, folders, program, self._errors)

    @contextmanager
    def _errors_of(self, place: str) -> Iterator[None]:
        """Keep the error that the block raises as that of a section or an entry."""
        try:
            yield
        except UsageError as error:
            self._errors[place] = error

    def _entries(
        self, data: Mapping[str, Any], section: str, entry: Callable[[str, Mapping[str, Any]], Entry]
    ) -> dict[str, Entry]:
        """Return the entries of a section by name, without those that are wrong."""
        tables, found = data.get(section, {}), {}
        with self._errors_of(section):
            if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
                raise self._wrong(section, f"'{section}' needs a name for each entry", f"write [{section}.NAME]")
            for name, table in tables.items():
                with self._errors_of(f"{section}.{name}"):
                    if not NAME.match(name):
                        raise self._wrong(name, f"'{name}' is no name: expected letters, digits, '-' and '_'")
                    found[name] = entry(name, table)
        return found

    def _server(self, name: str, data: Mapping[str, Any]) -> Server:
        where = f"speech.{name}"
        table = self._table(data, where, ("base", "model", "key_variable", "rate", "words"))
        base = self._text_of(table, where, "base", "")
        if problem := base_problem(base) if base else "'base' is missing":
            raise self._wrong(base or where, f"[{where}]: {problem}")
        rate = table.get("rate", RATE_DEFAULT)
        if type(rate) is not int or not LOWEST_RATE <= rate <= HIGHEST_RATE:
            limits = f"{LOWEST_RATE} to {HIGHEST_RATE} Hz"
            raise self._wrong("rate", f"[{where}]: 'rate' must be a number of {limits}, not {rate!r}")
        words = self._flag(table, where, "words", default=True)
        model, key = (self._text_of(table, where, *each) for each in (("model", MODEL_DEFAULT), ("key_variable", "")))
        return Server(name, base, model, key, rate, words)

    def _program(self, name: str, data: Mapping[str, Any]) -> Program:
        where = f"command.{name}"
        table = self._table(data, where, ("program", "version", "network", "read"))
        arguments = self._command(table, where, "program")
        if not arguments:
            raise self._wrong(where, f"[{where}]: 'program' is missing", 'write program = ["PROGRAM", "ARGUMENT"]')
        network = self._flag(table, where, "network", default=False)
        read = tuple(str(self._path(each)) for each in self._texts(table, where, "read"))
        return Program(name, arguments, self._text_of(table, where, "version", ""), network, read)

    def _table(self, data: Json, where: str, known: Sequence[str]) -> Mapping[str, Json]:
        if not isinstance(data, dict):
            raise self._wrong(where, f"'{where}' must be a table", f"write [{where}]")
        for name in data:
            if name not in known:
                raise self._wrong(
                    name, f"[{where}]: unknown setting '{name}'", did_you_mean(name, known) or _use(known)
                )
        return data

    def _text_of(self, table: Mapping[str, Any], where: str, name: str, default: str) -> str:
        value = table.get(name, default)
        if not isinstance(value, str):
            raise self._wrong(name, f"[{where}]: '{name}' must be text, not {value!r}")
        return value

    def _flag(self, table: Mapping[str, Any], where: str, name: str, *, default: bool) -> bool:
        value = table.get(name, default)
        if not isinstance(value, bool):
            raise self._wrong(name, f"[{where}]: '{name}' must be true or false, not {value!r}")
        return value

    def _texts(self, table: Mapping[str, Any], where: str, name: str) -> tuple[str, ...]:
        value = table.get(name, [])
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(each, str) and each for each in texts):
            raise self._wrong(name, f"[{where}]: '{name}' must be text or a list of texts, not {value!r}")
        return tuple(texts)

    def _command(self, table: Mapping[str, Any], where: str, name: str) -> tuple[str, ...]:
        """Return a program with its arguments: a path of it is absolute or begins with ~, or is looked up in $PATH.

        Arguments that begin with ~/ are paths too, as they are in a shell.
        """
        program, *arguments = self._texts(table, where, name) or ("",)
        homed = (_expanded(each) if each.startswith("~/") else each for each in arguments)
        return (_expanded(program), *homed) if program else ()

    def _path(self, text: str) -> Path:
        """Return an absolute path: what is relative is so to the file's folder."""
        return (self._file.parent / Path(text).expanduser()).absolute()

    def _wrong(self, token: str, message: str, hint: str | None = None) -> UsageError:
        found = re.search(rf"(?<![\w-]){re.escape(token)}(?![\w-])", self._text)
        line = self._text.count("\n", 0, found.start()) + 1 if found else 1
        return UsageError(f"{self._file}:{line}: {message}", hint=hint)


def _use(names: Sequence[str]) -> str:
    return f"use {', '.join(names[:-1])} or {names[-1]}"


def _expanded(text: str) -> str:
    return os.path.expanduser(text)  # noqa: PTH111 - a Path would lose a leading ./ of a name
