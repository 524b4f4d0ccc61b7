"""Asks the Edge voice service through edge-tts and keeps only whole answers; it knows nothing of fallbacks.

A request is one websocket turn. Everything that can be wrong with an answer is looked for, because the service drops
connections, leaves out audio and answers bursts with refusals; what is wrong is asked for again a few times and is an
error then, never a result.
"""

from __future__ import annotations

import array
import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from vidbuild.errors import StepError, UnreachableError
from vidbuild.media.audio import pcm, wav
from vidbuild.media.text.words import EngineWord
from vidbuild.voices.chunking import parts
from vidbuild.voices.edge import ENDPOINT, Patience
from vidbuild.voices.protocol import SAMPLE_RATE, Again, untold

REQUEST_BYTES = 3000
"""The service takes 4096 of escaped text; a turn that is shorter fails less often."""

PAUSE = SAMPLE_RATE * 3 // 10
"""Between the pieces of a narration that is too long for one request: as after a sentence."""

TICKS = 10_000_000  # the service counts in 100 ns
LATE = SAMPLE_RATE // 4
"""How far the last word may reach over the end of the sound: the service rounds, a lost packet is longer."""

SKEW = SAMPLE_RATE * 15 // 100
"""A first word this near to where the sound begins begins there: MP3 encoders delay by some milliseconds."""

LETTERS_A_SECOND = 60
"""No voice speaks faster at the normal rate: a shorter sound was cut off."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class BadAnswer(Exception):  # noqa: N818 - it is an answer
    """An answer that cannot be used. again: asking once more may help."""

    def __init__(self, fact: str, hint: str | None = None, *, again: bool = True) -> None:
        super().__init__(fact)
        self.fact = fact
        self.hint = hint
        self.again = again


@dataclass(slots=True)
class _Take:
    """What one turn brought. words: (text, first tick, last tick)."""

    mp3: bytearray = field(default_factory=bytearray)
    words: list[tuple[str, int, int]] = field(default_factory=list)
    sentences: int = 0
    ended: bool = True


@dataclass(frozen=True, slots=True)
class _Piece:
    samples: array.array[int]
    words: tuple[EngineWord, ...]


def speak(
    patience: Patience,
    text: str,
    voice: Mapping[str, Any],
    wav_path: Path,
    scratch: Path,
    env: Mapping[str, str],
    again: Again = untold,
) -> tuple[int, tuple[EngineWord, ...]]:
    """Ask the service, one request where the text is short enough; how many samples it sent, and the words."""
    if not any(character.isalnum() for character in text):
        raise StepError("nothing in this narration can be spoken", field="narration")
    pieces = asyncio.run(_Conversation(patience, voice, scratch, env, again).speak(text))
    samples, words = _joined(pieces)
    wav.write(wav_path, samples)
    return len(samples), words


class _Conversation:
    """All that is asked of the service for one narration."""

    def __init__(
        self, patience: Patience, voice: Mapping[str, Any], scratch: Path, env: Mapping[str, str], again: Again
    ) -> None:
        self._patience = patience
        self._voice = voice
        self._scratch = scratch
        self._env = env
        self._again = again

    async def speak(self, text: str) -> list[_Piece]:
        try:
            async with asyncio.timeout(self._patience.total):
                return [await self._piece(part) for part in parts(text, REQUEST_BYTES)]
        except TimeoutError as error:
            raise self._error(BadAnswer(f"gave no whole answer in {self._patience.total:g} s")) from error

    async def _piece(self, text: str) -> _Piece:
        """One request, made again after a pause where that may help."""
        for attempt, usual in enumerate((*self._patience.waits, None), start=1):
            try:
                return await self._attempt(text)
            except BadAnswer as answer:
                error = self._error(answer)
                if usual is None or not answer.again:
                    raise error from answer
            wait = usual * random.uniform(0.75, 1.25)  # noqa: S311 - spreads requests, hides nothing
            self._again(attempt + 1, wait, error.message)
            await asyncio.sleep(wait)
        raise AssertionError("the last attempt either returns or raises")

    async def _attempt(self, text: str) -> _Piece:
        try:
            async with asyncio.timeout(self._patience.attempt):
                take = await self._turn(text)
        except BadAnswer:
            raise
        except Exception as error:
            raise _explained(error, _route(self._env)[1]) from error
        return self._checked(take, text)

    async def _turn(self, text: str) -> _Take:
        from edge_tts import communicate

        endpoint, proxy = _route(self._env)
        if endpoint is not None:
            vars(communicate)["WSS_URL"] = endpoint  # edge-tts has no parameter for it
        request = communicate.Communicate(
            text,
            self._voice["name"],
            rate=f"{self._voice.get('rate', 100) - 100:+d}%",
            volume=f"{self._voice.get('volume', 100) - 100:+d}%",
            pitch=f"{self._voice.get('pitch', 0):+d}Hz",
            boundary="WordBoundary",
            proxy=proxy,
            connect_timeout=self._patience.connect,
            receive_timeout=self._patience.receive,
        )
        take = _Take()
        async for message in request.stream():
            _note(take, message)
        # Bytes that are not settled are of a turn whose end never came; edge-tts itself takes that for an end.
        take.ended = not request.state.get("chunk_audio_bytes", 0)
        return take

    def _checked(self, take: _Take, text: str) -> _Piece:
        if not take.ended:
            raise BadAnswer("broke off before the end")
        if not take.words and take.sentences:
            raise BadAnswer("sent the times of sentences, not of words")
        if not take.words:
            raise BadAnswer("sent no times of words")
        mp3 = self._scratch / "edge.mp3"
        mp3.write_bytes(take.mp3)
        try:
            samples = pcm.decode(mp3, self._scratch, self._env, "decode an edge voice")
        except StepError as error:
            raise BadAnswer("sent audio that cannot be decoded") from error
        check_whole(samples, take.words, text, self._voice.get("rate", 100))
        return _placed(samples, take.words)

    def _error(self, answer: BadAnswer) -> UnreachableError:
        # Not transient, whatever it was: it has been asked again already, as often as makes sense.
        return UnreachableError(f"the edge voice service {answer.fact}", hint=answer.hint, field="voice")


def _note(take: _Take, message: Mapping[str, Any]) -> None:
    if message["type"] == "audio":
        take.mp3 += message["data"]
    elif message["type"] == "WordBoundary":
        take.words.append((message["text"], message["offset"], message["offset"] + message["duration"]))
    elif message["type"] == "SentenceBoundary":
        take.sentences += 1


def _route(env: Mapping[str, str]) -> tuple[str | None, str | None]:
    """(a server on this machine instead of the service, the proxy to the service)."""
    endpoint = env.get(ENDPOINT)
    if not endpoint:
        return None, env.get("HTTPS_PROXY") or env.get("https_proxy") or None
    if urlsplit(endpoint).hostname not in LOOPBACK:
        raise BadAnswer(f"is to be had at '{endpoint}' ({ENDPOINT}), which is not on this machine", again=False)
    return endpoint, None


def _explained(error: Exception, proxy: str | None) -> BadAnswer:
    """What went wrong, in words; what edge-tts raises besides its own errors is an answer it does not know."""
    import aiohttp
    from edge_tts import exceptions

    if isinstance(error, aiohttp.ClientResponseError):
        return _refused(error.status)
    if isinstance(error, exceptions.SkewAdjustmentError):
        return _refused(403)
    if isinstance(error, exceptions.NoAudioReceived):
        return BadAnswer("sent no audio", "it does so for a voice it does not know, and when it is busy")
    if isinstance(error, TimeoutError):  # aiohttp's own are of this kind too
        return BadAnswer("did not answer in time")
    said = _without_password(str(error), proxy)
    if isinstance(error, aiohttp.ClientConnectionError):
        return BadAnswer(f"could not be reached: {said}", "set HTTPS_PROXY if this machine reaches the network by one")
    return BadAnswer(f"answered in a way that edge-tts does not know ({type(error).__name__}: {said})")


def _without_password(text: str, proxy: str | None) -> str:
    """What a library says, without a proxy's user and password, which it may quote as a part of the address."""
    if not proxy:
        return text
    login = proxy.partition("://")[2].rpartition("@")[0] or proxy.rpartition("@")[0]
    parts = {proxy, proxy.partition("://")[2], login, *login.partition(":")}
    for part in sorted({*parts, *map(unquote, parts)}, key=len, reverse=True):
        text = text.replace(part, "…") if len(part) > 1 else text
    return text


FORBIDDEN, TOO_MANY, SERVER_ERRORS = 403, 429, 500


def _refused(status: int) -> BadAnswer:
    if status == FORBIDDEN:
        return BadAnswer("refused (403)", "pip install --upgrade edge-tts, and check this machine's clock")
    return BadAnswer(f"refused ({status})", again=status == TOO_MANY or status >= SERVER_ERRORS)


def check_whole(samples: array.array[int], words: list[tuple[str, int, int]], text: str, rate: int) -> None:
    """Raise BadAnswer where the sound is shorter than its words, or the words are fewer than the text's."""
    if not any(samples):
        raise BadAnswer("sent only silence")
    last = max(end for _, _, end in words) * SAMPLE_RATE // TICKS
    letters = _letters(text)
    if len(samples) + LATE < last or len(samples) * LETTERS_A_SECOND * rate < letters * SAMPLE_RATE * 100:
        raise BadAnswer(f"sent only {len(samples) / SAMPLE_RATE:.1f} s of audio, which is too short for the text")
    if 2 * sum(_letters(word) for word, _, _ in words) < letters:
        raise BadAnswer("sent the times of only some of the words")


def _letters(text: str) -> int:
    return sum(character.isalnum() for character in text)


def _placed(samples: array.array[int], words: list[tuple[str, int, int]]) -> _Piece:
    """The sound without the silence around it, and its words in samples of what is left."""
    kept, cut = wav.trim(samples)
    first = words[0][1] * SAMPLE_RATE // TICKS
    shift = cut if abs(first - cut) > SKEW else first

    def at(ticks: int) -> int:
        return min(max(ticks * SAMPLE_RATE // TICKS - shift, 0), len(kept))

    return _Piece(kept, tuple(EngineWord(word, at(start), at(end)) for word, start, end in words))


def _joined(pieces: list[_Piece]) -> tuple[array.array[int], tuple[EngineWord, ...]]:
    samples = array.array("h")
    words: list[EngineWord] = []
    for piece in pieces:
        if samples:
            samples.extend(array.array("h", bytes(2 * PAUSE)))
        start = len(samples)
        words.extend(EngineWord(word.text, start + word.start, start + word.end) for word in piece.words)
        samples.extend(piece.samples)
    return samples, tuple(words)
