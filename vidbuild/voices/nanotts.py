"""SVOX Pico's voices, from the wheel of py-nanotts: six languages, offline, small."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.errors import StepError
from vidbuild.voices.protocol import SpeechRequest, VoiceProblem, without_pitch

if TYPE_CHECKING:
    from vidbuild.media.text.words import Speech

# Raise it if a change here changes the bytes of a narration.
ADAPTER = 1

VOICES = {
    "de-DE": "German (Germany)",
    "en-GB": "English (Great Britain)",
    "en-US": "English (America)",
    "es-ES": "Spanish (Spain)",
    "fr-FR": "French (France)",
    "it-IT": "Italian (Italy)",
}
INSTALL = "pip install 'vidbuild[nanotts]'"
RATE = 100


class Nanotts:
    """A voice is its language."""

    name = "nanotts"
    summary = "SVOX Pico: de, en, es, fr and it, clearer than espeak, offline"
    names_hint = ""
    network = False
    concurrency: int | None = None
    env: tuple[str, ...] = ()

    def identity(self) -> str:
        """Return the versions of the package and of this adapter."""
        from importlib import metadata

        try:
            version = metadata.version("py-nanotts")
        except metadata.PackageNotFoundError:
            raise StepError("the voice engine 'nanotts' is not installed", hint=INSTALL, field="voice") from None
        return f"nanotts {version} adapter {ADAPTER}"

    def stat_paths(self) -> Sequence[Path]:
        """Return the package's module, which an update replaces, and this file."""
        found = find_spec("py_nanotts")
        return [Path(__file__), *([Path(found.origin)] if found and found.origin else [])]

    def available(self) -> str | None:
        """Check the package."""
        return None if find_spec("py_nanotts") else INSTALL

    def voices(self) -> list[str]:
        """Return the languages."""
        return list(VOICES)

    def languages(self) -> Mapping[str, str]:
        """Return the languages by name."""
        return VOICES

    def problem(self, name: str) -> VoiceProblem | None:
        """Check the name, and that the package is installed."""
        from vidbuild.suggest import did_you_mean

        if name not in VOICES:
            hint = did_you_mean(name, VOICES) or f"use {', '.join(VOICES)}"
            return VoiceProblem(f"nanotts has no voice '{name}'", hint)
        if missing := self.available():
            return VoiceProblem("the voice engine 'nanotts' is not installed", missing)
        return None

    def unmet(self, _name: str, _rate: int, pitch: int) -> Iterator[tuple[str, str]]:
        """Yield a pitch, which it does not take."""
        return without_pitch(pitch)

    def unreadable(self, name: str, text: str) -> Iterator[tuple[str, str]]:
        """Yield words in scripts that are not Latin, which it leaves out."""
        from vidbuild.voices import espeak_scripts

        return espeak_scripts.unreadable(name.partition("-")[0], text)

    def speak(self, request: SpeechRequest) -> Speech:
        """Run the package as a program: it is a C library, which may end its process."""
        from vidbuild.voices import program

        out = request.scratch / "nanotts.wav"
        command = [sys.executable, "-P", "-m", "py_nanotts", "--voice", request.voice, "--output", str(out)]
        command += ["--speed", f"{request.rate / RATE:g}", "--", " ".join(request.text.split())]
        body = program.run("nanotts", command, "", request, out)
        return program.keep("nanotts", body, request)
