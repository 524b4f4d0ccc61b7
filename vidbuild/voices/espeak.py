"""espeak-ng: offline voices for many languages, from the library in the espeakng-loader wheel."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.frozen import replaced
from vidbuild.voices import espeak_voices
from vidbuild.voices.protocol import SpeechRequest, VoiceProblem

if TYPE_CHECKING:
    from vidbuild.media.text.words import Speech

# Raise it if a change here or in espeak_process changes the bytes of a narration.
ADAPTER = 4


class Espeak:
    """The default engine."""

    name = "espeak"
    summary = "espeak-ng, built in: many languages, robotic, offline"
    names_hint = ""
    network = False
    concurrency: int | None = None
    env: tuple[str, ...] = ()

    def identity(self) -> str:
        """Return the digest of the library and its data, and the version of this adapter."""
        import hashlib

        digest = hashlib.sha256()
        for path in (_library(), *sorted(map(Path, _data_files()))):
            digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
        return f"espeak-ng {digest.hexdigest()} adapter {ADAPTER}"

    def stat_paths(self) -> Sequence[Path]:
        """Return the library and all of its data: a dictionary can be replaced without the library."""
        return [_library(), *map(Path, sorted(_data_files()))]

    def available(self) -> str | None:
        """Check the library, which only a broken installation lacks."""
        return None if _library().is_file() else "pip install espeakng-loader"

    def voices(self) -> list[str]:
        """Return languages, such as "en-us"; each has variants ("en-us+f3")."""
        return espeak_voices.names(_data())

    def languages(self) -> Mapping[str, str]:
        """Return the names of the languages in English, as espeak-ng's data has them."""
        return espeak_voices.languages(_data())

    def problem(self, name: str) -> VoiceProblem | None:
        """Check the language and the variant."""
        return espeak_voices.problem(_data(), name)

    def unmet(self, name: str, _rate: int, pitch: int) -> Iterator[tuple[str, str]]:
        """Yield a pitch beyond the library's scale, which reaches about 27 % below and 60 % above a voice's own."""
        mean = espeak_voices.mean_pitch(_data(), name)
        low, high = (round(mean * (factor - 1)) for factor in espeak_voices.PITCH_FACTORS)
        if not low <= pitch <= high:
            nearest = min(max(pitch, low), high)
            yield "pitch", f"the voice 'espeak:{name}' reaches {low} to +{high} Hz: {pitch:+d} sounds as {nearest:+d}"

    def unreadable(self, name: str, text: str) -> Iterator[tuple[str, str]]:
        """Yield words in scripts that the voice's language is not written in and espeak changes no voice for."""
        from vidbuild.voices import espeak_scripts

        language = espeak_voices.resolve(_data(), name.partition("+")[0]).partition("-")[0]
        return espeak_scripts.unreadable(language.lower(), text)

    def speak(self, request: SpeechRequest) -> Speech:
        """Write the narration, with the times of all words of the text."""
        from vidbuild.voices import espeak_process

        voice, pitch = request.voice, espeak_voices.pitch(_data(), request.voice, request.pitch)
        request = replaced(request, voice=espeak_voices.resolve(_data(), voice), pitch=pitch)
        return espeak_process.speak(_library(), _data(), request)


def files() -> tuple[Path, Path]:
    """Return the library and the folder of its data."""
    return _library(), _data()


def file_of(voice: str) -> str:
    """Return the library's name of a voice."""
    return espeak_voices.resolve(_data(), voice)


@cache
def _home() -> Path:
    spec = find_spec("espeakng_loader")
    return Path(spec.origin).parent if spec and spec.origin else Path("espeakng_loader is not installed")


def _library() -> Path:
    ending = {"win32": "espeak-ng.dll", "darwin": "libespeak-ng.dylib"}.get(sys.platform, "libespeak-ng.so")
    return _home() / ending


def _data() -> Path:
    return _home() / "espeak-ng-data"


def _data_files() -> list[str]:
    return [f"{folder}/{name}" for folder, _, names in os.walk(_data()) for name in names]
