"""Voices of any program that reads a text and writes a WAV file, named in the user's settings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.errors import StepError, UsageError
from vidbuild.frozen import replaced, values
from vidbuild.voices.protocol import NETWORK_ENV, SETTINGS, Configured, SpeechRequest, VoiceProblem

if TYPE_CHECKING:
    from vidbuild.media.text.words import Speech
    from vidbuild.voices.user_config import Program

# Raise it if a change here changes the bytes of a narration.
ADAPTER = 1
HOW = "'vidbuild config --example' prints how"


class Command(Configured):
    """A voice is PROGRAM, or PROGRAM/VOICE for a program with several voices: {voice} in its arguments."""

    name = "command"
    summary = "a program of your own, named in your settings: a text in, a WAV file out"
    names_hint = "voices are named by their program: command:PROGRAM, or command:PROGRAM/VOICE"
    network = False
    concurrency: int | None = None
    env: tuple[str, ...] = NETWORK_ENV

    def available(self) -> str | None:
        """Check that the user's settings define a program, and that each exists."""
        from vidbuild import settings
        from vidbuild.voices import user_config

        try:
            config = user_config.load()
            programs = config.programs
            if not programs:
                config.check(self.name)
        except UsageError as error:
            return error.message
        if not programs:
            return f"define a program in {settings.path()}: {HOW}"
        return next((f"'{each.arguments[0]}' is not installed" for each in programs.values() if not _found(each)), None)

    def voices(self) -> list[str]:
        """Return the programs."""
        from vidbuild.voices import user_config

        try:
            return sorted(user_config.load().programs)
        except UsageError:
            return []

    def problem(self, name: str) -> VoiceProblem | None:
        """Check that the user's settings define the program, and that it can be found."""
        from vidbuild import settings
        from vidbuild.suggest import did_you_mean
        from vidbuild.voices import user_config

        source = self.source(name)
        try:
            config = user_config.load()
            program = config.program(source)
        except UsageError as error:
            return VoiceProblem(error.message, error.hint)
        if program is None:
            define = f"define it as [command.{source}] in {settings.path()}: {HOW}"
            return VoiceProblem(
                f"this machine defines no program '{source}' that speaks",
                did_you_mean(source, config.programs) or define,
            )
        if "/" in name and not any("{voice}" in each for each in program.arguments):
            return VoiceProblem(f"the program '{source}' has no voices", f"use command:{source}, or add {{voice}}")
        if _found(program) is None:
            return VoiceProblem(f"the program '{program.arguments[0]}' of 'command:{source}' is not installed")
        return None

    def source_paths(self, source: str) -> Sequence[Path]:
        """Return the program's file."""
        found = _found(_program(source))
        return [found] if found else []

    def source_identity(self, source: str) -> str:
        """Return the version that the user states, else the digest of the program's file; and the arguments."""
        program = _program(source)
        found = _found(program)
        if found is None:
            raise UsageError(f"the program '{program.arguments[0]}' of 'command:{source}' is not installed")
        version = program.version or hashlib.sha256(found.read_bytes()).hexdigest()
        arguments = json.dumps(program.arguments[1:], ensure_ascii=False)
        return f"command {source} version {version} arguments {arguments} adapter {ADAPTER}"

    def source_network(self, source: str) -> bool:
        """Return what the settings allow."""
        return _program(source).network

    def source_settings(self, source: str) -> Mapping[str, Any] | None:
        """Return the program as it is started."""
        program = _program(source)
        found = _found(program)
        return None if found is None else {**values(program), "arguments": [str(found), *program.arguments[1:]]}

    def readable(self) -> Iterator[Path]:
        """Yield the programs with their libraries, and what the settings say they read."""
        from vidbuild.voices import program, user_config

        for each in user_config.load().programs.values():
            if (found := _found(each)) is not None:
                yield from program.readable(found)
            yield from map(Path, each.read)

    def speak(self, request: SpeechRequest) -> Speech:
        """Run the program."""
        from vidbuild.voices import program

        source = self.source(request.voice)
        text = request.variables.get(f"{SETTINGS}{self.name}/{source}")
        if text is None:
            raise StepError(f"this machine defines no program '{source}' that speaks", hint=HOW, field="voice")
        settings: dict[str, Any] = json.loads(text)
        arguments: list[str] = settings["arguments"]
        if settings["network"]:
            proxies = {name: value for name, value in request.variables.items() if name in self.env}
            request = replaced(request, env={**request.env, **proxies})
        out = request.scratch / "command.wav"
        given = {
            "{voice}": request.voice.partition("/")[2],
            "{language}": request.language,
            "{rate}": str(request.rate),
            "{out}": str(out),
        }
        joined = "\0".join(arguments[1:])
        name = f"the program '{source}'"
        command = [arguments[0], *(_filled(argument, given) for argument in arguments[1:])]
        body = program.run(name, command, request.text, request, out if "{out}" in joined else None)
        return program.keep(name, body, request, program.NORMAL if "{rate}" in joined else request.rate)


def _filled(argument: str, given: Mapping[str, str]) -> str:
    for placeholder, value in given.items():
        argument = argument.replace(placeholder, value)
    return argument


def _program(source: str) -> Program:
    from vidbuild.voices import user_config

    program = user_config.load().program(source)
    if program is None:
        raise UsageError(f"this machine defines no program '{source}' that speaks", hint=HOW)
    return program


def _found(program: Program) -> Path | None:
    """Return the program's file; None if it is not installed."""
    import shutil

    found = shutil.which(program.arguments[0])
    return Path(found).absolute() if found else None
