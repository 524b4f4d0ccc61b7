"""Microsoft Edge's online voices through edge-tts: natural, from a service without guarantees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.errors import StepError
from vidbuild.voices.protocol import NETWORK_ENV, SpeechRequest, VoiceProblem

if TYPE_CHECKING:
    from vidbuild.media.text.words import Speech
    from vidbuild.voices.network import Timeouts

# Raise it if a change here changes what is kept of an answer.
ADAPTER = 1

# For tests: the ws:// address of a server on this machine that implements the service's protocol.
ENDPOINT = "VIDBUILD_EDGE_ENDPOINT"

NAME = r"[a-z]{2,}-[A-Z]{2,}-.+Neural"


class Edge:
    """Used only if a spec names it: the narration leaves the machine."""

    name = "edge"
    summary = "Microsoft Edge's online voices through edge-tts: natural; the text is sent to the service"
    names_hint = (
        "only the service has the list of names, such as edge:en-US-AriaNeural ('edge-tts --list-voices' asks it)"
    )
    network = True
    concurrency: int | None = 2  # the service rejects bursts of requests
    env: tuple[str, ...] = (*NETWORK_ENV, ENDPOINT)

    def __init__(self, timeouts: Timeouts | None = None) -> None:
        self._timeouts = timeouts

    def identity(self) -> str:
        """Return the adapter's version; the version of edge-tts does not change what the service sends."""
        return f"edge adapter {ADAPTER}"

    def stat_paths(self) -> Sequence[Path]:
        """Return this file, which alone decides the identity."""
        return [Path(__file__)]

    def available(self) -> str | None:
        """Check the package; only a request can show whether the service answers."""
        return None if find_spec("edge_tts") else "pip install edge-tts"

    def voices(self) -> list[str]:
        """Return no names: only the service has them."""
        return []

    def languages(self) -> Mapping[str, str]:
        """Return nothing: only the service has the voices."""
        return {}

    def problem(self, name: str) -> VoiceProblem | None:
        """Check the form of the name, which is all that is possible without the network."""
        if re.fullmatch(NAME, name):
            return None
        return VoiceProblem(f"edge has no voice '{name}': expected a name such as 'en-US-AriaNeural'")

    def unmet(self, _name: str, _rate: int, _pitch: int) -> Iterator[tuple[str, str]]:
        """Yield nothing: the service takes the rate in percent and the pitch in Hz."""
        return iter(())

    def unreadable(self, _name: str, _text: str) -> Iterator[tuple[str, str]]:
        """Yield nothing: only the service has lists of what its voices can read."""
        return iter(())

    def speak(self, request: SpeechRequest) -> Speech:
        """Request the narration, in one turn if the text is short enough, and keep only a complete answer."""
        problem = self.problem(request.voice)
        if problem is not None:
            raise StepError(problem.message, hint=problem.hint, field="voice")
        from vidbuild.voices import edge_client
        from vidbuild.voices.network import Timeouts

        return edge_client.speak(request, self._timeouts or Timeouts(), request.variables.get(ENDPOINT))
