"""espeak-ng: the voice that is always there, from the library in the espeakng-loader wheel; no network."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from vidbuild.voices.base import Speech

ADAPTER = 1
"""Raised whenever how the library is asked, or how its sound is treated, changes what is heard."""

NEAREST = 3


class Espeak:
    """The default engine."""

    name = "espeak"
    network = False
    summary = "espeak-ng, built in: many languages, robotic, offline"

    def identity(self) -> str:
        """The digest of the library and its data, and the version of this adapter."""
        import hashlib  # noqa: PLC0415 - only when the identity is not remembered

        digest = hashlib.sha256()
        for path in (_library(), *_data_files()):
            digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
        return f"espeak-ng {digest.hexdigest()} adapter {ADAPTER}"

    def stat_path(self) -> Path:
        """The library: another version of the wheel writes it anew."""
        return _library()

    def available(self) -> str | None:
        """It comes with vidbuild; only a broken installation lacks it."""
        return None if _library().is_file() else "pip install espeakng-loader"

    def voices(self) -> list[str]:
        """Language codes such as "en-us". Each can be varied: "en-us+f3"."""
        return sorted({language for language, _ in _languages()})

    def problem(self, name: str) -> str | None:
        """What is wrong with a voice's name."""
        base, plus, variant = name.partition("+")
        known = {spelling for names in _languages() for spelling in names}
        if base.casefold() not in {spelling.casefold() for spelling in known}:
            return _unknown("voice", name, [*self.voices()])
        if plus and variant not in _variants():
            return _unknown("variant", variant, _variants())
        return None

    def speak(
        self,
        text: str,
        voice: Mapping[str, Any],
        language: str,  # noqa: ARG002 - the voice's name says it
        wav_path: Path,
        scratch: Path,
        env: Mapping[str, str],
    ) -> Speech:
        """Speak into a WAV file, with the times of all words of the text."""
        from vidbuild.voices import espeak_speech  # noqa: PLC0415 - a null build speaks nothing

        samples, words = espeak_speech.speak(_library(), _data(), text, voice, wav_path, scratch, env)
        return Speech(samples, words, f"{self.name}:{voice['name']}")


@cache
def _home() -> Path:
    spec = find_spec("espeakng_loader")
    return Path(spec.origin).parent if spec and spec.origin else Path("espeakng_loader is not installed")


def _library() -> Path:
    ending = {"win32": "espeak-ng.dll", "darwin": "libespeak-ng.dylib"}.get(sys.platform, "libespeak-ng.so")
    return _home() / ending


def _data() -> Path:
    return _home() / "espeak-ng-data"


def _data_files() -> list[Path]:
    return sorted(path for path in _data().rglob("*") if path.is_file())


@cache
def _languages() -> tuple[tuple[str, str], ...]:
    """(language code, voice name) of each voice file; the first `language` line of a file is its own code."""
    return tuple(_described(path) for path in sorted((_data() / "lang").rglob("*")) if path.is_file())


def _described(path: Path) -> tuple[str, str]:
    lines = [line.split(maxsplit=1) for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    facts: dict[str, str] = {}
    for line in lines:
        if len(line) > 1:
            facts.setdefault(line[0], line[1].strip())
    return facts.get("language", path.name).split()[0], facts.get("name", path.name)


@cache
def _variants() -> list[str]:
    return sorted(path.name for path in (_data() / "voices" / "!v").glob("*"))


def _unknown(what: str, name: str, known: list[str]) -> str:
    near = get_close_matches(name.casefold(), known, NEAREST, 0.5)
    return f"espeak has no {what} '{name}'" + (f"; nearest: {', '.join(near)}" if near else "")
