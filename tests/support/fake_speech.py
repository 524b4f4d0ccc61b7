"""Servers with OpenAI's speech protocol on this machine, with the ways in which real ones go wrong.

Words are tones of a third of a second with a pause between them. What happens to a request is taken from `plan`, one
name after the other, the last one for all that follow:

ok (raw samples), wav (with a streamed file's length of 0xFFFFFFFF), wav-zero, wav-22050 (in spite of `pcm`),
wav-short (less than its header states), l16 (raw samples at 16 kHz, as the content type states), mp3, silent, empty,
odd, cut (the connection is lost half way), text, json (an error with status 200), flood, redirect, hang,
broken-words, and a number: that HTTP status, perhaps with seconds to wait, as in 429/2.
"""

from __future__ import annotations

import array
import asyncio
import base64
import json
import math
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.support.served_app import ServedApp
from vidbuild.media.ffmpeg import ffmpeg

LEAD, WORD, PAUSE, TAIL = 0.1, 0.35, 0.05, 0.5  # seconds: silence, each tone, between, after
SECRET = "sk-secret-of-a-test"  # noqa: S105 - of no service


class FakeSpeech(ServedApp):
    """A server in a thread of its own.

    words: whether it has Kokoro-FastAPI's word times. key: what requests must be authorized with; "" for nothing.
    queries: what was asked for, in order; paths: where.
    """

    def __init__(
        self,
        scratch: Path,
        env: Mapping[str, str],
        plan: Sequence[str] = ("ok",),
        *,
        words: bool = False,
        key: str = "",
    ) -> None:
        super().__init__()
        self.plan = list(plan)
        self.queries: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self._scratch, self._env, self._words, self._key = scratch, env, words, key

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._port}"

    def add_routes(self, app: web.Application) -> None:
        """Add the service's addresses."""
        app.router.add_post("/v1/audio/speech", self._speech)
        if self._words:
            app.router.add_post("/dev/captioned_speech", self._captioned)

    async def _asked(self, request: web.Request) -> tuple[dict[str, Any], str]:
        fault = self.plan[min(len(self.queries), len(self.plan) - 1)]
        query = await request.json()
        self.queries.append(query)
        self.paths.append(request.path)
        if self._key and request.headers.get("Authorization") != f"Bearer {self._key}":
            fault = "401"
        return query, fault

    async def _captioned(self, request: web.Request) -> web.StreamResponse:
        query, fault = await self._asked(request)
        if fault not in {"ok", "broken-words"}:
            return await self._answer(request, query, fault)
        words = query["input"].split()
        at, times = LEAD, []
        for word in words:
            times.append({"word": word, "start_time": at, "end_time": at + WORD})
            times.append({"word": ".", "start_time": at + WORD, "end_time": at + WORD})
            at += WORD + PAUSE
        sound = base64.b64encode(tones(len(words), 24_000).tobytes()).decode()
        audio = sound[:-3] if fault == "broken-words" else sound
        return web.json_response({"audio": audio, "audio_format": "audio/pcm", "timestamps": times})

    async def _speech(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, *await self._asked(request))

    async def _answer(self, request: web.Request, query: Mapping[str, Any], fault: str) -> web.StreamResponse:
        status, _, wait = fault.partition("/")
        if status.isdigit():
            headers = {"Retry-After": wait} if wait else {}
            reason = {"error": {"message": f"no more of {SECRET}, says the server", "type": "quota"}}
            return web.json_response(reason, status=int(status), headers=headers)
        if fault == "redirect":
            return web.Response(status=307, headers={"Location": "http://127.0.0.1:9/v1/audio/speech"})
        if fault == "hang":
            await asyncio.sleep(3600)
        if fault == "json":
            return web.json_response({"detail": "the voice does not exist"})
        body, kind = self._body(len(query["input"].split()), fault)
        if fault == "cut":
            answer = web.StreamResponse(headers={"Content-Type": kind, "Content-Length": str(len(body))})
            await answer.prepare(request)
            await answer.write(body[: len(body) // 2])
            if request.transport is not None:
                request.transport.close()
            return answer
        return web.Response(body=body, headers={"Content-Type": kind})

    def _body(self, words: int, fault: str) -> tuple[bytes, str]:
        rate = {"wav-22050": 22_050, "l16": 16_000}.get(fault, 24_000)
        sound = tones(words, rate).tobytes()
        if fault.startswith("wav"):
            lengths = {"wav-zero": 0, "wav-22050": len(sound), "wav-short": 2 * len(sound)}
            return wav_file(sound, rate, lengths.get(fault, 0xFFFFFFFF)), "audio/wav"
        if fault == "mp3":
            return self._mp3(sound), "audio/mpeg"
        bodies = {
            "text": (b"<html>busy</html>", "text/html"),
            "empty": (b"", "audio/pcm"),
            "flood": (bytes(40_000_000 if fault == "flood" else 0), "audio/pcm"),
            "l16": (sound, "audio/L16; rate=16000; channels=1"),
            "silent": (bytes(len(sound)), "audio/pcm"),
            "odd": (sound + b"\1", "audio/pcm"),
        }
        return bodies.get(fault, (sound, "audio/pcm"))

    def _mp3(self, sound: bytes) -> bytes:
        raw, mp3 = self._scratch / "fake-speech.raw", self._scratch / "fake-speech.mp3"
        raw.write_bytes(sound)
        args = [
            "-f",
            "s16le",
            "-ar",
            "24000",
            "-ac",
            "1",
            "-i",
            str(raw),
            "-c:a",
            "libmp3lame",
            "-b:a",
            "64k",
            str(mp3),
        ]
        ffmpeg.run(args, cwd=self._scratch, env=self._env, timeout=60, what="make a voice for a test")
        return mp3.read_bytes()


def tones(words: int, rate: int) -> array.array[int]:
    """A tone for each word."""
    sound = array.array("h", bytes(2 * int(LEAD * rate)))
    for index in range(words):
        pitch = 220 + 20 * (index % 10)
        sound.extend(int(8000 * math.sin(2 * math.pi * pitch * at / rate)) for at in range(int(WORD * rate)))
        sound.extend(array.array("h", bytes(2 * int(PAUSE * rate))))
    sound.extend(array.array("h", bytes(2 * int(TAIL * rate))))
    return sound


def wav_file(sound: bytes, rate: int, length: int) -> bytes:
    """A WAV file whose header states a length."""
    form = struct.pack("<HHIIHH", 1, 1, rate, 2 * rate, 2, 16)
    extra = b"LIST" + struct.pack("<I", 3) + b"abc\0"  # writers put such chunks before the samples
    head = b"RIFF" + struct.pack("<I", min(length + 36, 0xFFFFFFFF)) + b"WAVEfmt " + struct.pack("<I", 16) + form
    return head + extra + b"data" + struct.pack("<I", length) + sound


def settings(server: FakeSpeech, name: str = "default", **more: object) -> str:
    """The user's settings with this server."""
    lines = [
        f"[speech.{name}]",
        f'base = "{server.base}"',
        *(f"{key} = {json.dumps(value)}" for key, value in more.items()),
    ]
    return "\n".join(lines) + "\n"
