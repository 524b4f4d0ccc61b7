"""The Edge voice service's protocol on this machine, with all the ways in which the real one goes wrong.

A connection is one turn: speech.config, ssml, then turn.start, response, metadata and audio in turn, turn.end. Words
are tones of a third of a second, so that a test can see in the sound where each one is. What happens on a connection is
taken from `plan`, one name after the other, the last one for all that follow:

ok, sentences (no word times), no-words, no-audio, drop (the connection is lost half way), short (half of the audio,
properly ended), few-words, silent, noise (not MP3), garbage (unknown frames), bad-header, slow, hang, and a number:
that HTTP status. 403-skew refuses until the client has taken over the server's clock.
"""

from __future__ import annotations

import array
import asyncio
import html
import json
import math
import re
import struct
import time
from collections.abc import Iterator, Mapping, Sequence
from email.utils import formatdate
from pathlib import Path

from aiohttp import WSMsgType, web

from tests.support.served_app import ServedApp
from vidbuild.media.ffmpeg import ffmpeg

RATE = 24_000
LEAD, WORD, PAUSE, TAIL = 2400, 8400, 1200, 12_000  # samples: silence, each tone, between, after
TICKS = 10_000_000
SKEW = 3600.0
CHUNK = 720


class FakeEdge(ServedApp):
    """A server in a thread of its own. turns: the SSML of every turn that was asked for."""

    def __init__(self, scratch: Path, env: Mapping[str, str], plan: Sequence[str] = ("ok",)) -> None:
        super().__init__()
        self.plan = list(plan)
        self.turns: list[str] = []
        self.connections = 0
        self.faults: list[str] = []
        self._scratch = scratch
        self._env = env

    @property
    def endpoint(self) -> str:
        """Where it is, as VIDBUILD_EDGE_ENDPOINT wants it."""
        return f"ws://127.0.0.1:{self._port}/edge/v1?TrustedClientToken=test"

    def add_routes(self, app: web.Application) -> None:
        """Add the service's addresses."""
        app.router.add_get("/edge/v1", self._connection)

    async def _connection(self, request: web.Request) -> web.StreamResponse:
        fault = self.plan[min(self.connections, len(self.plan) - 1)]
        self.connections += 1
        for needed in ("ConnectionId", "Sec-MS-GEC", "Sec-MS-GEC-Version"):
            if needed not in request.query:
                self.faults.append(f"no {needed} in the address")
        if fault.isdigit():
            return web.Response(status=int(fault))
        if fault == "403-skew":
            return web.Response(status=403, headers={"Date": formatdate(time.time() + SKEW, usegmt=True)})
        if fault == "hang":
            await asyncio.sleep(3600)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        text = await self._asked(socket)
        if text is not None:
            await self._answer(socket, text, fault, request)
        await socket.close()
        return socket

    async def _asked(self, socket: web.WebSocketResponse) -> str | None:
        """The text of the turn, once its two messages have been looked at."""
        config, ssml = [await socket.receive() for _ in range(2)]
        if config.type is not WSMsgType.TEXT or ssml.type is not WSMsgType.TEXT:
            return None
        wanted = json.loads(config.data.split("\r\n\r\n", 1)[1])["context"]["synthesis"]["audio"]
        if wanted["metadataoptions"] != {"sentenceBoundaryEnabled": "false", "wordBoundaryEnabled": "true"}:
            self.faults.append(f"asked for {wanted['metadataoptions']}")
        if "Path:ssml" not in ssml.data:
            self.faults.append("the second message is not ssml")
        self.turns.append(ssml.data.split("\r\n\r\n", 1)[1])
        found = re.search(r"<prosody[^>]*>(.*)</prosody>", self.turns[-1], re.DOTALL)
        return html.unescape(found[1]) if found else None

    async def _answer(self, socket: web.WebSocketResponse, text: str, fault: str, request: web.Request) -> None:
        if fault == "slow":
            await asyncio.sleep(3600)
        await socket.send_str(_headed("turn.start", '{"context": {"serviceTag": "x"}}'))
        await socket.send_str(_headed("response", '{"context": {}, "audio": {"type": "inline"}}'))
        if fault == "garbage":
            await socket.send_str(_headed("turn.surprise", "{}"))
            return
        if fault == "bad-header":
            await socket.send_bytes(b"\xff\xffPath:audio\r\n")
            return
        words = text.split()
        if fault == "cut":
            words = words[: len(words) * 3 // 5]
        for message in _metadata(words, fault):
            await socket.send_str(message)
        for sent, chunk in enumerate(self._chunks(words, fault)):
            if fault == "drop" and sent == 3:
                transport = request.transport
                if transport is not None:
                    transport.close()
                return
            await socket.send_bytes(_binary(chunk))
        await socket.send_bytes(_binary(b"", "X-RequestId:x\r\nPath:audio\r\n"))
        await socket.send_str(_headed("turn.end", "{}"))

    def _chunks(self, words: Sequence[str], fault: str) -> Iterator[bytes]:
        if fault == "no-audio":
            return
        sound = _tones(0 if fault == "silent" else len(words))
        if fault == "silent":
            sound.extend(array.array("h", bytes(2 * WORD * len(words))))
        data = b"not an mp3 at all" * 400 if fault == "noise" else self._mp3(sound)
        end = len(data) // 2 if fault == "short" else len(data)
        for start in range(0, end, CHUNK):
            yield data[start : min(end, start + CHUNK)]

    def _mp3(self, sound: array.array[int]) -> bytes:
        raw, mp3 = self._scratch / "fake-edge.raw", self._scratch / "fake-edge.mp3"
        raw.write_bytes(sound.tobytes())
        source = ["-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", str(raw)]
        coded = ["-c:a", "libmp3lame", "-b:a", "48k", "-write_xing", "0", "-id3v2_version", "0", str(mp3)]
        ffmpeg.run([*source, *coded], cwd=self._scratch, env=self._env, timeout=60, what="make a voice for a test")
        return mp3.read_bytes()


def _tones(words: int) -> array.array[int]:
    sound = array.array("h", bytes(2 * LEAD))
    for _ in range(words):
        sound.extend(int(9000 * math.sin(math.tau * 600 * index / RATE)) for index in range(WORD))
        sound.extend(array.array("h", bytes(2 * PAUSE)))
    sound.extend(array.array("h", bytes(2 * TAIL)))
    return sound


def _metadata(words: Sequence[str], fault: str) -> Iterator[str]:
    if fault in ("no-words", "no-audio"):
        return
    if fault == "sentences":
        yield _boundary("SentenceBoundary", " ".join(words), LEAD, len(words) * (WORD + PAUSE))
        return
    for index, word in enumerate(words[: len(words) // 3] if fault == "few-words" else words):
        yield _boundary("WordBoundary", word.strip(".,!?"), LEAD + index * (WORD + PAUSE), WORD)


def _boundary(kind: str, text: str, start: int, samples: int) -> str:
    data = {
        "Offset": start * TICKS // RATE,
        "Duration": samples * TICKS // RATE,
        "text": {"Text": html.escape(text, quote=False), "Length": len(text), "BoundaryType": kind},
    }
    return _headed("audio.metadata", json.dumps({"Metadata": [{"Type": kind, "Data": data}]}))


def _headed(path: str, body: str) -> str:
    return f"X-RequestId:x\r\nContent-Type:application/json; charset=utf-8\r\nPath:{path}\r\n\r\n{body}"


def _binary(data: bytes, header: str = "X-RequestId:x\r\nContent-Type:audio/mpeg\r\nPath:audio\r\n") -> bytes:
    return struct.pack(">H", len(header)) + header.encode() + data
