"""The user's settings of voices: servers and programs that a spec may name but never define.

A spec comes with a pull request. It can say `speech:openai/alloy`; the address, the key and the program behind a name
are in the user's own file (config.toml in the platform's folder for settings, or $VIDBUILD_CONFIG) or environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from vidbuild import settings
from vidbuild.errors import UsageError, os_error_text
from vidbuild.frozen import dataclass, field, replaced
from vidbuild.settings import UNKNOWN

BASE, MODEL, KEY = "VIDBUILD_SPEECH_BASE", "VIDBUILD_SPEECH_MODEL", "VIDBUILD_SPEECH_KEY"
DEFAULT = "default"  # the server of voices that name none
MODEL_DEFAULT, RATE_DEFAULT = "tts-1", 24_000
LOWEST_RATE, HIGHEST_RATE = 8_000, 96_000

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


def load() -> VoiceConfig:
    """Return the settings of the file and the environment, with an error for each part that is wrong.

    Raises UsageError if nothing of the file can be read.
    """
    file = settings.path()
    try:
        stat = file.stat()
        config = _read(file, stat.st_mtime_ns, stat.st_size)
    except FileNotFoundError:
        config = VoiceConfig()
    except OSError as error:
        raise UsageError(f"cannot read {file}: {os_error_text(error)}") from None
    base = os.environ.get(BASE)
    if not base:
        return config
    if problem := settings.base_problem(base):
        servers = {name: server for name, server in config.servers.items() if name != DEFAULT}
        errors = {**config.errors, f"speech.{DEFAULT}": UsageError(f"${BASE}: {problem}")}
        return replaced(config, servers=servers, errors=errors)
    key = KEY if os.environ.get(KEY) else ""
    server = Server(DEFAULT, base, os.environ.get(MODEL) or MODEL_DEFAULT, key)
    return replaced(config, servers={**config.servers, DEFAULT: server})


@lru_cache(maxsize=4)
def _read(file: Path, _changed: int, size: int) -> VoiceConfig:
    text, data = settings.parsed(file, size)
    return _Reader(file, text).config(data)


class _Reader(settings.Reader):
    """Reads what is about voices, and locates what is wrong."""

    def config(self, data: Mapping[str, Any]) -> VoiceConfig:
        """Return the settings, with the errors of the parts that are wrong."""
        self.check_sections(data)
        servers = self.entries(data, "speech", self._server)
        programs = self.entries(data, "command", self._program)
        folders: tuple[Path, ...] = ()
        program: tuple[str, ...] = ()
        with self.errors_of("piper"):
            piper = self.table(data.get("piper", {}), "piper", ("folder", "program"))
            folders = tuple(map(self._path, self.texts(piper, "piper", "folder")))
            program = self._command(piper, "piper", "program")
        return VoiceConfig(servers, programs, folders, program, self.errors)

    def _server(self, name: str, data: Mapping[str, Any]) -> Server:
        where = f"speech.{name}"
        table = self.table(data, where, ("base", "model", "key_variable", "rate", "words"))
        base = self.base(table, where)
        rate = table.get("rate", RATE_DEFAULT)
        if type(rate) is not int or not LOWEST_RATE <= rate <= HIGHEST_RATE:
            limits = f"{LOWEST_RATE} to {HIGHEST_RATE} Hz"
            raise self.wrong("rate", f"[{where}]: 'rate' must be a number of {limits}, not {rate!r}")
        words = self.flag(table, where, "words", default=True)
        model, key = (self.text_of(table, where, *each) for each in (("model", MODEL_DEFAULT), ("key_variable", "")))
        return Server(name, base, model, key, rate, words)

    def _program(self, name: str, data: Mapping[str, Any]) -> Program:
        where = f"command.{name}"
        table = self.table(data, where, ("program", "version", "network", "read"))
        arguments = self._command(table, where, "program")
        if not arguments:
            raise self.wrong(where, f"[{where}]: 'program' is missing", 'write program = ["PROGRAM", "ARGUMENT"]')
        network = self.flag(table, where, "network", default=False)
        read = tuple(str(self._path(each)) for each in self.texts(table, where, "read"))
        return Program(name, arguments, self.text_of(table, where, "version", ""), network, read)

    def _command(self, table: Mapping[str, Any], where: str, name: str) -> tuple[str, ...]:
        """Return a program with its arguments: a path of it is absolute or begins with ~, or is looked up in $PATH.

        Arguments that begin with ~/ are paths too, as they are in a shell.
        """
        program, *arguments = self.texts(table, where, name) or ("",)
        homed = (_expanded(each) if each.startswith("~/") else each for each in arguments)
        return (_expanded(program), *homed) if program else ()

    def _path(self, text: str) -> Path:
        """Return an absolute path: what is relative is so to the file's folder."""
        return (self.file.parent / Path(text).expanduser()).absolute()


def _expanded(text: str) -> str:
    return os.path.expanduser(text)  # noqa: PTH111 - a Path would lose a leading ./ of a name
