"""Requests speech from the Edge voice service through edge-tts, and keeps only complete answers.

A request is one websocket turn. The service drops connections, leaves out audio and answers bursts of requests with
refusals, so each answer is checked, and a bad one is requested again a few times before it is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from vidbuild.errors import StepError
from vidbuild.media.audio import wav
from vidbuild.media.text.words import EngineWord, Speech
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.voices import network
from vidbuild.voices.chunking import split_text
from vidbuild.voices.network import ServiceError
from vidbuild.voices.parts import Part, joined, trimmed
from vidbuild.voices.protocol import SpeechRequest

# The service accepts 4096 bytes of escaped text; a shorter turn fails less often.
REQUEST_BYTES = 3000

TICKS_PER_SECOND = 10_000_000  # of the service's times

# A first word this near to the first audible sample starts there: MP3 encoders add some milliseconds.
MAX_SKEW = SAMPLE_RATE * 15 // 100

LOOPBACK = ("127.0.0.1", "localhost", "::1")
FORBIDDEN = 403


@dataclass(slots=True)
class _Answer:
    """What one turn sent. ended: whether it was sent to its end."""

    mp3: bytearray = field(default_factory=bytearray)
    words: list[EngineWord] = field(default_factory=list)
    sentences: int = 0
    ended: bool = True

    def add(self, message: Mapping[str, Any]) -> None:
        """Add one message of the turn."""
        if message["type"] == "audio":
            self.mp3 += message["data"]
        elif message["type"] == "WordBoundary":
            start, end = message["offset"], message["offset"] + message["duration"]
            self.words.append(EngineWord(message["text"], _samples(start), _samples(end)))
        elif message["type"] == "SentenceBoundary":
            self.sentences += 1


def speak(request: SpeechRequest, timeouts: network.Timeouts, endpoint: str | None) -> Speech:
    """Request a narration and write it. endpoint: a server on this machine to use instead of the service, for tests."""
    if not any(character.isalnum() for character in request.text):
        raise StepError("nothing in this narration can be spoken", field="narration")
    speech, samples = joined(_Client(request, timeouts, endpoint).speak())
    wav.write(request.wav_path, samples)
    return speech


class _Client:
    """The requests for one narration."""

    def __init__(self, request: SpeechRequest, timeouts: network.Timeouts, endpoint: str | None) -> None:
        self._request = request
        self._timeouts = timeouts
        self._endpoint = endpoint
        # A server on this machine is reached directly.
        self._proxy = None if endpoint else network.proxy_of(request.variables)
        self._requests = network.Requests("the edge voice service", timeouts, self._explain, request.on_retry)

    def speak(self) -> list[Part]:
        """Request all parts of the text."""
        return self._requests.run(self._speak())

    async def _speak(self) -> list[Part]:
        texts = split_text(self._request.text, REQUEST_BYTES)
        return [await self._requests.send(partial(self._turn, text), partial(self._part, text)) for text in texts]

    def _part(self, text: str, answer: _Answer) -> Part:
        """Check and decode an answer."""
        if not answer.ended:
            raise ServiceError("closed the connection before the end")
        if not answer.words and answer.sentences:
            raise ServiceError("sent the times of sentences, not of words")
        if not answer.words:
            raise ServiceError("sent no word times")
        samples = network.decoded(answer.mp3, self._request, "decode an edge voice")
        network.check_complete(samples, answer.words, text, self._request.rate)
        first = answer.words[0].start
        return trimmed(samples, answer.words, lambda cut: cut if abs(first - cut) > MAX_SKEW else first)

    async def _turn(self, text: str) -> _Answer:
        from edge_tts import communicate

        if self._endpoint:
            _check_local(self._endpoint)
            vars(communicate)["WSS_URL"] = self._endpoint  # edge-tts has no parameter for it
        request = self._request
        turn = communicate.Communicate(
            text,
            request.voice,
            rate=f"{request.rate - 100:+d}%",
            pitch=f"{request.pitch:+d}Hz",
            boundary="WordBoundary",
            proxy=self._proxy,
            connect_timeout=self._timeouts.connect,
            receive_timeout=self._timeouts.receive,
        )
        answer = _Answer()
        async for message in turn.stream():
            answer.add(message)
        # edge-tts takes a dropped connection for the end of the turn; only the end settles the counted bytes.
        answer.ended = not turn.state.get("chunk_audio_bytes", 0)
        return answer

    def _explain(self, error: Exception) -> ServiceError:
        """Return any exception of a turn as an error of the service."""
        import aiohttp
        from edge_tts import exceptions

        clock_skew = isinstance(error, exceptions.SkewAdjustmentError)
        if clock_skew or (isinstance(error, aiohttp.ClientResponseError) and error.status == FORBIDDEN):
            return ServiceError("refused (403)", "pip install --upgrade edge-tts, and check this machine's clock")
        if isinstance(error, exceptions.NoAudioReceived):
            return ServiceError("sent no audio", "the service does this for unknown voices, and when it is busy")
        known = network.explain(error, self._proxy)
        if known is not None:
            return known
        details = f"{type(error).__name__}: {network.without_password(str(error), self._proxy)}"
        return ServiceError(f"sent an answer that edge-tts cannot read ({details})")


def _check_local(endpoint: str) -> None:
    if urlsplit(endpoint).hostname not in LOOPBACK:
        raise ServiceError(f"cannot be at '{endpoint}': expected an address on this machine", retryable=False)


def _samples(ticks: int) -> int:
    return ticks * SAMPLE_RATE // TICKS_PER_SECOND
