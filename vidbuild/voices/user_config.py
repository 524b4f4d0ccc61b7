"""The user's settings of voices: servers and programs that a spec may name but never define.

A spec comes with a pull request. It can say `speech:openai/alloy`; the address, the key and the program behind a name
are in the user's own file (config.toml in the platform's folder for settings, or $VIDBUILD_CONFIG) or environment.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from vidbuild.errors import UsageError
from vidbuild.frozen import dataclass, field
from vidbuild.suggest import did_you_mean

PATH = "VIDBUILD_CONFIG"
BASE, MODEL, KEY = "VIDBUILD_SPEECH_BASE", "VIDBUILD_SPEECH_MODEL", "VIDBUILD_SPEECH_KEY"
DEFAULT = "default"  # the server of voices that name none
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\Z")
MAX_BYTES = 64_000
MODEL_DEFAULT, RATE_DEFAULT = "tts-1", 24_000
LOWEST_RATE, HIGHEST_RATE = 8_000, 96_000
SECTIONS = ("speech", "command", "piper")


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
    """

    servers: Mapping[str, Server] = field(default_factory=dict)
    programs: Mapping[str, Program] = field(default_factory=dict)
    piper: tuple[Path, ...] = ()
    piper_program: tuple[str, ...] = ()


def path() -> Path:
    """Return where the user's settings are, whether the file exists or not."""
    named = os.environ.get(PATH)
    if named:
        return Path(named).absolute()
    from platformdirs import user_config_path

    return user_config_path("vidbuild", appauthor=False) / "config.toml"


def load() -> VoiceConfig:
    """Return the settings of the file and the environment. Raises UsageError at the line that is wrong."""
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
        raise UsageError(f"${BASE}: {problem}")
    key = KEY if os.environ.get(KEY) else ""
    server = Server(DEFAULT, base, os.environ.get(MODEL) or MODEL_DEFAULT, key)
    return VoiceConfig({**config.servers, DEFAULT: server}, config.programs, config.piper, config.piper_program)


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

    def config(self, data: Mapping[str, Any]) -> VoiceConfig:
        """Return the settings."""
        for name in data:
            if name not in SECTIONS:
                raise self._wrong(name, f"unknown section '{name}'", did_you_mean(name, SECTIONS) or _use(SECTIONS))
        servers = {name: self._server(name, table) for name, table in self._tables(data, "speech")}
        programs = {name: self._program(name, table) for name, table in self._tables(data, "command")}
        piper = self._table(data.get("piper", {}), "piper", ("folder", "program"))
        folders = self._texts(piper, "piper", "folder")
        return VoiceConfig(servers, programs, tuple(map(self._path, folders)), self._command(piper, "piper", "program"))

    def _tables(self, data: Mapping[str, Any], section: str) -> Iterator[tuple[str, Any]]:
        tables = data.get(section, {})
        if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
            raise self._wrong(section, f"'{section}' needs a name for each entry", f"write [{section}.NAME]")
        for name, table in tables.items():
            if not NAME.match(name):
                raise self._wrong(name, f"'{name}' is no name: expected letters, digits, '-' and '_'")
            yield name, table

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

    def _table(self, data: Any, where: str, known: Sequence[str]) -> Mapping[str, Any]:  # noqa: ANN401 - TOML values
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
        """Return a program with its arguments: a path in it is absolute or begins with ~, or is looked up in $PATH."""
        arguments = self._texts(table, where, name)
        return (os.path.expanduser(arguments[0]), *arguments[1:]) if arguments else ()  # noqa: PTH111 - may be a name

    def _path(self, text: str) -> Path:
        """Return an absolute path: what is relative is so to the file's folder."""
        return (self._file.parent / Path(text).expanduser()).absolute()

    def _wrong(self, token: str, message: str, hint: str | None = None) -> UsageError:
        found = re.search(rf"(?<![\w-]){re.escape(token)}(?![\w-])", self._text)
        line = self._text.count("\n", 0, found.start()) + 1 if found else 1
        return UsageError(f"{self._file}:{line}: {message}", hint=hint)


def _use(names: Sequence[str]) -> str:
    return f"use {', '.join(names[:-1])} or {names[-1]}"
