"""Microsoft Edge's voices through edge-tts: natural, on the network, and of a service that promises nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from vidbuild.errors import StepError
from vidbuild.frozen import dataclass
from vidbuild.voices.network import ENV
from vidbuild.voices.protocol import Again, Speech, untold

ADAPTER = 1
"""Raised whenever how an answer is treated here changes what is heard."""

ENDPOINT = "VIDBUILD_EDGE_ENDPOINT"
"""For tests: the ws:// address of a server on this machine that implements the service's protocol."""

NAME = r"[a-z]{2,}-[A-Z]{2,}-.+Neural"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often the service is asked, in seconds. waits: before the second attempt, the third, and on."""

    connect: int = 10
    receive: int = 60
    attempt: float = 120
    total: float = 400
    waits: tuple[float, ...] = (1.5, 3.0, 4.5)


class Edge:
    """Asked for by name only: narration leaves the machine."""

    name = "edge"
    network = True
    concurrency: int | None = 2  # an unofficial service, which rejects bursts of requests
    env: tuple[str, ...] = (*ENV, ENDPOINT)
    summary = "Microsoft Edge's online voices through edge-tts: natural; the text is sent to the service"

    def __init__(self, patience: Patience | None = None) -> None:
        self._patience = patience or Patience()

    def identity(self) -> str:
        """The adapter's version. What edge-tts is installed does not change what the service says."""
        return f"edge adapter {ADAPTER}"

    def stat_paths(self) -> Sequence[Path]:
        """This file: nothing else on this machine decides what it does."""
        return [Path(__file__)]

    def available(self) -> str | None:
        """Whether the package is there; whether the service answers is only known by asking."""
        return None if find_spec("edge_tts") else "pip install edge-tts"

    def voices(self) -> list[str]:
        """None are known without the network: edge-tts --list-voices shows them."""
        return []

    def problem(self, name: str) -> str | None:
        """Only the form of the name can be checked here."""
        if re.fullmatch(NAME, name):
            return None
        return f"edge voices are named like 'en-US-AriaNeural', not '{name}'"

    def speak(
        self,
        text: str,
        voice: Mapping[str, Any],
        language: str,  # noqa: ARG002 - the voice's name says it
        wav_path: Path,
        scratch: Path,
        env: Mapping[str, str],
        again: Again = untold,
    ) -> Speech:
        """Ask the service, one request where the text is short enough, and keep only what is whole."""
        wrong = self.problem(voice["name"])
        if wrong is not None:
            raise StepError(wrong, field="voice")
        from vidbuild.voices import edge_client

        samples, words = edge_client.speak(self._patience, text, voice, wav_path, scratch, env, again)
        return Speech(samples, words, f"{self.name}:{voice['name']}")
