"""The natural voice: a small neural model for English in the hibari-tts wheel, offline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.voices import natural_voices
from vidbuild.voices.protocol import SpeechRequest, VoiceProblem

if TYPE_CHECKING:
    from vidbuild.media.text.words import Speech

# Raise it if a change here, in natural_model or in natural_times changes the bytes or the times of a narration.
ADAPTER = 2

INSTALL = "pip install 'hibari-tts>=0.2.1,<0.3'"
PACKAGES = ("hibari", "onnxruntime", "numpy")


class Natural:
    """The default engine for English. One worker of a build loads its model, and keeps it."""

    name = "natural"
    summary = "natural English voices, built in: one at once, others by an explicit download; offline"
    names_hint = ""
    network = False
    concurrency: int | None = 1
    env: tuple[str, ...] = ()

    def identity(self) -> str:
        """Return the digest of the library with its data and its own model, and the version of this adapter.

        Neither the processor nor the version of onnxruntime is in it, which can change the last bits of samples: the
        first take stands.
        """
        import hashlib

        digest = hashlib.sha256()
        for path in self.stat_paths():
            digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
        return f"natural {digest.hexdigest()} adapter {ADAPTER}"

    def stat_paths(self) -> Sequence[Path]:
        """Return the library's code and data."""
        return natural_voices.package_files()

    def available(self) -> str | None:
        """Check that the packages are installed; a platform for which onnxruntime has no wheel lacks them."""
        return None if all(find_spec(name) for name in PACKAGES) else INSTALL

    def voices(self) -> list[str]:
        """Return the names of all voices, also of those that must be fetched."""
        return list(natural_voices.voices())

    def languages(self) -> Mapping[str, str]:
        """Return each voice's kind of English, and how to get it if it is not on this machine."""
        return {name: natural_voices.describe(name) for name in natural_voices.voices()}

    def files(self, name: str) -> Mapping[str, Path]:
        """Return the model of a voice that is not in the package."""
        voice = natural_voices.voices().get(name)
        return {} if voice is None or voice.bundled else {"model": voice.path}

    def problem(self, name: str) -> VoiceProblem | None:
        """Check that the voice exists, and that its model is on this machine."""
        if self.available() is not None:
            message = f"the voice 'natural:{name}' cannot be used: its packages are not installed"
            return VoiceProblem(message, f"{INSTALL}, or use espeak:en-us")
        return natural_voices.problem(name)

    def unmet(self, _name: str, _rate: int, _pitch: int) -> Iterator[tuple[str, str]]:
        """Yield nothing: the model takes the rate, and the pitch is shifted."""
        return iter(())

    def unreadable(self, _name: str, text: str) -> Iterator[tuple[str, str]]:
        """Yield words in scripts other than Latin."""
        from vidbuild.voices import espeak_scripts

        return espeak_scripts.not_latin(text)

    def speak(self, request: SpeechRequest) -> Speech:
        """Write the narration, with the times of all words that are spoken."""
        from vidbuild.voices import natural_speech

        return natural_speech.speak(request)
