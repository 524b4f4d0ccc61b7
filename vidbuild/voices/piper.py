"""Piper's voices: local files that the program `piper`, which is under the GPL, speaks with; it is never imported."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.errors import StepError, UsageError
from vidbuild.voices.protocol import SETTINGS, Configured, SpeechRequest, VoiceProblem

if TYPE_CHECKING:
    from vidbuild.media.text.words import Speech
    from vidbuild.voices.user_config import VoiceConfig

# Raise it if a change here changes the bytes of a narration.
ADAPTER = 1

FOLDERS = "VIDBUILD_PIPER_VOICES"  # folders with voice files, separated as in $PATH
INSTALL = "pip install 'vidbuild[piper]'"
PAUSE = "0.3"  # seconds between sentences
RATE = 100


class Piper(Configured):
    """A voice is the name of its file without .onnx, such as en_US-lessac-medium; NAME/3 is the speaker 3 of a file."""

    name = "piper"
    summary = "Piper's neural voices, from files on this machine: many languages, offline"
    names_hint = f"no voice file found: set ${FOLDERS} to a folder with NAME.onnx and NAME.onnx.json"
    network = False
    concurrency: int | None = None
    env: tuple[str, ...] = ()

    def available(self) -> str | None:
        """Check the program and that there is a voice file."""
        try:
            if not _program():
                return INSTALL
            return None if self.voices() else self.names_hint.partition(": ")[2]
        except UsageError as error:
            return error.message

    def voices(self) -> list[str]:
        """Return the names of the voice files."""
        try:
            return sorted(_files())
        except UsageError:
            return []

    def languages(self) -> Mapping[str, str]:
        """Return the voices' languages, as their files state them."""
        return {name: language for name, path in _files().items() if (language := _language(path))}

    def problem(self, name: str) -> VoiceProblem | None:
        """Check the program, the file and the speaker."""
        from vidbuild.suggest import did_you_mean

        try:
            files, program = _files(), _program()
        except UsageError as error:
            return VoiceProblem(error.message, error.hint)
        voice, slash, speaker = name.partition("/")
        if not program:
            return VoiceProblem("the program 'piper' is not installed", INSTALL)
        if voice not in files:
            hint = (
                did_you_mean(voice, files) or f"put {voice}.onnx and {voice}.onnx.json in a folder, and set ${FOLDERS}"
            )
            return VoiceProblem(f"no file of the voice 'piper:{voice}' on this machine", hint)
        if slash and not speaker.isdecimal():
            return VoiceProblem(f"'{speaker}' is no speaker", "use the number of a speaker, such as 0")
        return None

    def source_paths(self, source: str) -> Sequence[Path]:
        """Return the voice's files, and the file of the program."""
        model = _model(source)
        return [model, _settings_of(model), *map(Path, _program()[:1])]

    def source_identity(self, source: str) -> str:
        """Return the digest of the voice's files, and the program's version."""
        model = _model(source)
        digest = hashlib.sha256()
        for path in (model, _settings_of(model)):
            digest.update(f"{path.stat().st_size}\0".encode())
            with path.open("rb") as file:
                while chunk := file.read(1 << 20):
                    digest.update(chunk)
        return f"piper {_version()} voice {digest.hexdigest()} adapter {ADAPTER}"

    def source_network(self, _source: str) -> bool:
        """Return that none is needed."""
        return False

    def source_settings(self, source: str) -> Mapping[str, Any] | None:
        """Return the program and the voice's file."""
        return {"program": list(_program()), "model": str(_model(source))}

    def readable(self) -> Iterator[Path]:
        """Yield the folders with voices, and a program outside this Python."""
        from vidbuild.voices import program

        yield from _folders()
        if _settings().piper_program or not find_spec("piper"):
            for found in _program()[:1]:
                yield from program.readable(Path(found))

    def speak(self, request: SpeechRequest) -> Speech:
        """Run the program without its random noise, so that the same text is the same audio each time."""
        import json

        from vidbuild.voices import program

        source, _, speaker = request.voice.partition("/")
        text = request.variables.get(f"{SETTINGS}{self.name}/{source}")
        if text is None:
            raise StepError(f"no file of the voice 'piper:{source}' on this machine", field="voice")
        settings: dict[str, Any] = json.loads(text)
        out = request.scratch / "piper.wav"
        command = [*settings["program"], "--model", settings["model"], "--output-file", str(out)]
        command += ["--noise-scale", "0", "--noise-w-scale", "0", "--sentence-silence", PAUSE]
        command += ["--length-scale", f"{RATE / request.rate:.6g}", *(["--speaker", speaker] if speaker else [])]
        # A line is a text of its own; [[ would begin phonemes.
        spoken = " ".join(request.text.split()).replace("[[", "[ [")
        body = program.run("piper", command, spoken, request, out)
        return program.keep("piper", body, request)


def _settings() -> VoiceConfig:
    """Return the user's settings. Raises UsageError if Piper's are wrong."""
    from vidbuild.voices import user_config

    config = user_config.load()
    config.check(Piper.name)
    return config


def _program() -> tuple[str, ...]:
    """Return the program that speaks; () if it is not installed. Raises UsageError."""
    import shutil

    named = _settings().piper_program
    if named:
        found = shutil.which(named[0])
        return (str(Path(found).absolute()), *named[1:]) if found else ()
    if find_spec("piper"):
        return (sys.executable, "-P", "-m", "piper")
    found = shutil.which("piper")
    return (str(Path(found).absolute()),) if found else ()


def _version() -> str:
    from importlib import metadata

    named = _settings().piper_program
    if not named and find_spec("piper"):
        return metadata.version("piper-tts")
    return hashlib.sha256(Path(_program()[0]).read_bytes()).hexdigest() if _program() else ""


def _folders() -> list[Path]:
    """Return the folders with voices, those of the environment first. Raises UsageError."""
    named = [Path(each).absolute() for each in os.environ.get(FOLDERS, "").split(os.pathsep) if each]
    return [folder for folder in (*named, *_settings().piper) if folder.is_dir()]


def _files() -> dict[str, Path]:
    """Return the voices' files by name; each has its settings beside it. Raises UsageError."""
    files: dict[str, Path] = {}
    for folder in _folders():
        for path in sorted(folder.glob("*.onnx")):
            if _settings_of(path).is_file():
                files.setdefault(path.stem, path)
    return files


def _model(source: str) -> Path:
    files = _files()
    if source not in files:
        raise UsageError(f"no file of the voice 'piper:{source}' on this machine", hint=f"set ${FOLDERS} to its folder")
    return files[source]


def _settings_of(model: Path) -> Path:
    return model.with_name(f"{model.name}.json")


def _language(model: Path) -> str | None:
    import json

    try:
        data = json.loads(_settings_of(model).read_text(encoding="utf-8"))
        return str(data["language"]["name_english"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
