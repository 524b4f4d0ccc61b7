"""Requests speech by OpenAI's protocol, and keeps only complete answers.

The format asked for is always `pcm`: raw samples have no header that could be wrong. A server may send something else
all the same; a WAV file is then read to its end, since one that is streamed states a length that it does not know.
Kokoro-FastAPI also has the times of words, at an address of its own, which other servers answer with 404.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from vidbuild.errors import StepError
from vidbuild.media.audio import pcm, wav
from vidbuild.media.text.words import EngineWord, Speech
from vidbuild.sanitize import single_line
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.voices import network
from vidbuild.voices.audio_body import AudioBodyError, read_audio
from vidbuild.voices.chunking import split_text
from vidbuild.voices.network import ServiceError
from vidbuild.voices.parts import Part, joined, trimmed
from vidbuild.voices.protocol import SpeechRequest
from vidbuild.voices.user_config import Server

if TYPE_CHECKING:
    import aiohttp

# OpenAI accepts 4096 characters; a server that speaks slowly answers shorter texts in time.
REQUEST_BYTES = 2000

# Where Kokoro-FastAPI has the times of words, below the address without /v1.
WORDS_PATH = "/dev/captioned_speech"
WITHOUT_WORDS = frozenset({404, 405, 501})

OK, UNAUTHORIZED, FORBIDDEN = 200, 401, 403
SHOWN_REASON = 200  # characters of a server's own message
CHUNK = 1 << 16
# The most bytes of an answer: a tenth of the usual speed, and what base64 adds.
SECONDS_PER_CHARACTER, LEAST_SECONDS = 2, 60

_without_words: set[str] = set()  # addresses that have no word times, as this process has learned


@dataclass(frozen=True, slots=True)
class _Answer:
    body: bytes
    content_type: str = ""
    words: Sequence[EngineWord] = field(default=())


class Client:
    """The requests for one narration. key: the API key, "" for none. voice: its name at the server."""

    def __init__(
        self, request: SpeechRequest, server: Server, key: str, voice: str, timeouts: network.Timeouts
    ) -> None:
        self._request = request
        self._server = server
        self._key = key
        self._voice = voice
        self._timeouts = timeouts
        self._base = re.sub(r"/+(v1/*)?\Z", "", server.base)
        self._requests = network.Requests(
            f"the speech server '{server.name}'", timeouts, self._explain, request.on_retry
        )

    def speak(self) -> Speech:
        """Write the narration."""
        if not any(character.isalnum() for character in self._request.text):
            raise StepError("nothing in this narration can be spoken", field="narration")
        speech, samples = joined(self._requests.run(self._parts()))
        wav.write(self._request.wav_path, samples)
        return speech

    async def _parts(self) -> list[Part]:
        texts = split_text(self._request.text, REQUEST_BYTES)
        return [await self._requests.send(partial(self._send, text), partial(self._part, text)) for text in texts]

    def _part(self, text: str, answer: _Answer) -> Part:
        """Check and decode an answer."""
        try:
            audio, rate = read_audio(answer.body, answer.content_type, self._server.rate)
            if audio is None:
                samples = network.decoded(answer.body, self._request, "decode a server's voice")
            else:
                samples = pcm.resample(audio, rate, self._request.scratch, self._request.env)
        except AudioBodyError as error:
            raise ServiceError(error.text) from error
        network.check_complete(samples, answer.words, text, self._request.rate)
        return trimmed(samples, answer.words)

    async def _send(self, text: str) -> _Answer:
        import aiohttp

        limit = aiohttp.ClientTimeout(
            total=self._timeouts.attempt, sock_connect=self._timeouts.connect, sock_read=self._timeouts.receive
        )
        # aiohttp takes no proxy from the environment by itself: a server on this machine is reached directly.
        async with aiohttp.ClientSession(timeout=limit) as session:
            if self._server.words and self._base not in _without_words:
                answer = await self._send_for_words(session, text)
                if answer is not None:
                    return answer
            status, content_type, body = await self._post(session, "/v1/audio/speech", self._query(text), text)
            if status != OK:
                raise self._refused(status, content_type, body)
            return _Answer(body, content_type)

    async def _send_for_words(self, session: aiohttp.ClientSession, text: str) -> _Answer | None:
        """Request audio with the times of its words; return None from a server that has none."""
        query = {**self._query(text), "stream": False, "return_timestamps": True}
        status, content_type, body = await self._post(session, WORDS_PATH, query, text)
        if status in WITHOUT_WORDS:
            _without_words.add(self._base)
            return None
        if status != OK:
            raise self._refused(status, content_type, body)
        try:
            data = json.loads(body)
            audio = base64.b64decode(data["audio"], validate=True)
            return _Answer(audio, str(data.get("audio_format", "")), _words(data.get("timestamps") or ()))
        except (ValueError, TypeError, KeyError, AttributeError, binascii.Error, RecursionError) as error:
            raise ServiceError("sent word times that cannot be read") from error

    def _query(self, text: str) -> dict[str, Any]:
        speed = {} if self._request.rate == 100 else {"speed": self._request.rate / 100}  # noqa: PLR2004 - percent
        return {
            "model": self._server.model,
            "input": text,
            "voice": self._voice,
            "response_format": "pcm",
            **speed,
        }

    async def _post(
        self, session: aiohttp.ClientSession, path: str, query: Mapping[str, Any], text: str
    ) -> tuple[int, str, bytes]:
        """Return status, content type and body of the answer."""
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        limit = (LEAST_SECONDS + SECONDS_PER_CHARACTER * len(text)) * 2 * max(self._server.rate, SAMPLE_RATE) * 2
        body = bytearray()
        # A redirect could carry the key to another server.
        async with session.post(
            f"{self._base}{path}", json=query, headers=headers, allow_redirects=False, proxy=self._proxy()
        ) as answer:
            self._retry_after = answer.headers.get("Retry-After", "")
            async for chunk in answer.content.iter_chunked(CHUNK):
                body += chunk
                if len(body) > limit:
                    raise ServiceError(f"sent more than {limit} bytes for {len(text)} characters", retryable=False)
            return answer.status, answer.headers.get("Content-Type", ""), bytes(body)

    def _proxy(self) -> str | None:
        return network.proxy_of(self._request.variables) if self._base.startswith("https:") else None

    def _refused(self, status: int, content_type: str, body: bytes) -> ServiceError:
        hint = None
        if status in {UNAUTHORIZED, FORBIDDEN}:
            variable = self._server.key_variable
            hint = f"check the API key in ${variable}" if variable else "name the variable with its key: 'key_variable'"
        failed = network.refused(status, hint, self._retry_after)
        reason = self._reason(content_type, body)
        if reason:
            failed.message = f"{failed.message}: {reason}"
        return failed

    def _reason(self, content_type: str, body: bytes) -> str:
        """Return the server's own words for an error, without the key; "" without any."""
        text = body[: 20 * SHOWN_REASON].decode("utf-8", "replace")
        if "json" in content_type or text.startswith("{"):
            try:
                data: Any = json.loads(body)
            except (ValueError, RecursionError):
                return ""
            while isinstance(data, dict):
                data = next((data[name] for name in ("error", "detail", "message") if name in data), "")
            text = data if isinstance(data, str) else ""
        elif "html" in content_type or text.lstrip().startswith("<"):
            return ""
        if self._key:
            text = text.replace(self._key, "…")
        text = single_line(text.strip())
        return text if len(text) <= SHOWN_REASON else f"{text[:SHOWN_REASON]}…"

    def _explain(self, error: Exception) -> ServiceError:
        """Return any exception of a request as an error of the service."""
        import aiohttp

        if isinstance(error, aiohttp.ClientPayloadError):
            return ServiceError("closed the connection before the end")
        known = network.explain(error, self._proxy())
        if known is not None:
            return known
        return ServiceError(f"sent an answer that cannot be read ({type(error).__name__})")


def _words(timestamps: Sequence[Mapping[str, Any]]) -> tuple[EngineWord, ...]:
    def samples(seconds: float) -> int:
        return max(0, round(float(seconds) * SAMPLE_RATE))

    return tuple(
        EngineWord(str(each["word"]), samples(each["start_time"]), samples(each["end_time"]))
        for each in timestamps
        if any(map(str.isalnum, str(each["word"])))
    )
