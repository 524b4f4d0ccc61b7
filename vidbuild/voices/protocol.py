"""What a voice engine is; it knows no engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from vidbuild.frozen import dataclass

if TYPE_CHECKING:
    from vidbuild.media.text.words import EngineWord

SAMPLE_RATE = 48_000

Again = Callable[[int, float, str], None]
"""Told before something is asked for once more: which attempt comes, in how many seconds, what went wrong."""


def untold(attempt: int, wait: float, message: str) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Speech:
    """What an engine made. The sound itself is in `wav`: PCM s16le, 48 kHz, mono.

    words: in order; empty where the engine gives no times (they are spread then).
    voice: the engine and voice that really spoke ("espeak:en-us"), a declared fallback perhaps.
    """

    samples: int
    words: tuple[EngineWord, ...]
    voice: str


class VoiceEngine(Protocol):
    """One engine. Errors are StepError; a network that fails is UnreachableError, once the engine has asked again.

    network: whether its steps may open sockets.
    concurrency: how many steps may use it at a time; None is no limit.
    env: names of the environment variables that its steps receive, such as a proxy or an API key.
    """

    name: str
    summary: str
    network: bool
    concurrency: int | None
    env: tuple[str, ...]

    def stat_paths(self) -> Sequence[Path]:
        """Files of which one is new whenever identity() may be: the identity is remembered by their stats."""

    def identity(self) -> str:
        """What is in the key beside the voice: the engine's version; never starts a process or uses a network."""

    def available(self) -> str | None:
        """None if it can speak here and now, else what it would take, as a command or a sentence."""

    def voices(self) -> list[str]:
        """The names that can be asked for, without a network; empty if only the service knows them."""

    def problem(self, name: str) -> str | None:
        """What is wrong with a voice's name, with the nearest names; None if nothing is known to be."""

    def speak(
        self,
        text: str,
        voice: Mapping[str, Any],
        language: str,
        wav_path: Path,
        scratch: Path,
        env: Mapping[str, str],
        again: Again = untold,
    ) -> Speech:
        """Speak `text` into the file `wav_path`. voice: Voice.to_data(). env: for child processes.

        again: told before whatever is asked for once more.
        """
