"""Posts one question over HTTP, within limits of time and size, and never follows a redirect: it would get the key."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from vidbuild import __version__
from vidbuild.create.writers.servers import Server
from vidbuild.errors import UnreachableError
from vidbuild.json_types import Json
from vidbuild.sanitize import single_line
from vidbuild.voices.network import seconds_of

MAX_BYTES = 4 * 2**20  # of an answer
MAX_WAIT = 60.0  # seconds that a server may ask to wait
MAX_SHOWN = 240  # characters of a server's own message
OK, MULTIPLE, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_MANY = 200, 300, 401, 403, 404, 429
BAD_REQUEST = 400
RETRIED = frozenset({408, 429, 500, 502, 503, 504, 529})


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds: connect, of a connection; before: the second attempt, the third, and so on."""

    connect: float = 10.0
    before: tuple[float, ...] = (2.0, 8.0)


class RefusedError(Exception):
    """The server answered with another status than 200. said: its own message; wait: that it asks for, in seconds."""

    def __init__(self, status: int, said: str, whole: str, wait: float = 0) -> None:
        super().__init__(said)
        self.status = status
        self.said = said
        self.whole = whole
        self.wait = wait


class _FailedError(Exception):
    """One attempt failed. retried: whether another one may succeed."""

    def __init__(self, message: str, hint: str | None = None, *, retried: bool = False, wait: float = 0) -> None:
        super().__init__(message)
        self.message, self.hint, self.retried, self.wait = message, hint, retried, wait


class Posting:
    """Posts questions to one server. report: called before each wait."""

    def __init__(self, server: Server, key: str, waits: Waits, report: Callable[[str], None]) -> None:
        self._server = server
        self._key = key
        self._waits = waits
        self._report = report

    def post(self, body: Mapping[str, Json]) -> Json:
        """Return the JSON that a server answers. Raises RefusedError for what it refuses, or UnreachableError."""
        import asyncio
        import time

        if self._key and self._server.base.startswith("http:") and not self._server.is_local:
            self._report(f"the key goes to {self._server.host} without encryption: its address begins with http:")
        for usual in (*self._waits.before, None):
            try:
                return asyncio.run(self._attempt(body))
            except _FailedError as failed:
                message = f"{self._server.host} {failed.message}"
                if usual is None or not failed.retried:
                    raise UnreachableError(message, hint=failed.hint) from failed
                wait = max(usual, failed.wait)
                self._report(f"{message}: trying again in {wait:g} s")
                time.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def clean(self, text: str) -> str:
        """Return a server's message as one line without the key, which it may repeat."""
        text = single_line(" ".join((text.replace(self._key, "…") if self._key else text).split()))
        return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"

    async def _attempt(self, body: Mapping[str, Json]) -> Json:
        import asyncio

        import httpx2

        limit = self._server.timeout
        try:
            async with asyncio.timeout(limit):
                status, headers, data = await self._send(body)
        except (TimeoutError, httpx2.TimeoutException) as error:
            hint = f"set 'timeout' of [writer.{self._server.name}], up to 3600 s, if the model is slow"
            raise _FailedError(f"did not answer within {limit:g} s", hint) from error
        except httpx2.ConnectError as error:
            why = _reason(self.clean(str(error)))
            raise _FailedError(f"could not be reached: {why}", "see that the server runs, and its address") from error
        except httpx2.ProxyError as error:
            raise _FailedError("could not be reached through the proxy", "check HTTPS_PROXY") from error
        except (ImportError, ValueError, httpx2.InvalidURL) as error:
            raise _FailedError(
                "could not be reached: the proxy of the environment cannot be used", "check HTTPS_PROXY"
            ) from error
        except httpx2.HTTPError as error:
            raise _FailedError("broke off the connection before its answer was whole", retried=True) from error
        return self._json(status, headers, data)

    async def _send(self, body: Mapping[str, Json]) -> tuple[int, Mapping[str, str], bytes]:
        import httpx2

        headers = {"User-Agent": f"vidbuild/{__version__}", "Accept-Encoding": "identity"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        timeout = httpx2.Timeout(self._server.timeout, connect=min(self._waits.connect, self._server.timeout))
        client = httpx2.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=not self._server.is_local)
        async with client, client.stream("POST", self._server.address, json=body, headers=headers) as answer:
            data = bytearray()
            async for chunk in answer.aiter_bytes():
                data += chunk
                if len(data) > MAX_BYTES:
                    raise _FailedError(f"answered with more than {MAX_BYTES // 2**20} MB")
            return answer.status_code, answer.headers, bytes(data)

    def _json(self, status: int, headers: Mapping[str, str], data: bytes) -> Json:
        text = data.decode(errors="replace")
        try:
            answer = json.loads(text)
        except (ValueError, RecursionError):
            answer = None
        if status == OK:
            if text.startswith(("data:", "event:")):
                raise _FailedError("streams its answer, although it was asked not to", "try another server")
            if not isinstance(answer, dict):
                hint = f"see that {self._server.address} is its address for chat completions"
                raise _FailedError(f"answered with no JSON: '{self.clean(text)}'", hint)
            return answer
        said = self.clean(message_of(answer))
        if MULTIPLE <= status < BAD_REQUEST:
            raise _FailedError(
                f"redirects to another address ({status}), which is not followed", "name it in your settings"
            )
        wait = seconds_of(headers.get("retry-after", ""))
        shown = f" ({status}): {said}" if said else f" ({status})"
        if answer is None:
            text = ""  # a page, which says nothing about the question
        if status in RETRIED and "insufficient_quota" not in text and not _is_about_request(text):
            if wait > MAX_WAIT:
                raise _FailedError(f"refused the question{shown}, and asks to wait {wait:.0f} s")
            raise _FailedError(f"refused the question{shown}", retried=True, wait=wait)
        raise RefusedError(status, said, text, wait)


def message_of(answer: Json) -> str:
    """Return the message of an error, in the forms that servers give it; "" if there is none."""
    while isinstance(answer, dict):
        answer = next((answer[name] for name in ("error", "message", "detail", "msg") if answer.get(name)), "")
    if isinstance(answer, list):
        return "; ".join(filter(None, (message_of(each) for each in answer[:3])))
    return answer if isinstance(answer, str) else ""


def _reason(text: str) -> str:
    """Return why there is no connection, in words."""
    if "CERTIFICATE" in text:
        return "its certificate is not trusted"
    if "SSL" in text:
        return "it does not speak TLS as expected: the address may begin with http: instead of https:"
    return re.sub(r"^\[Errno -?\d+\] ", "", text) or "no connection"


def _is_about_request(text: str) -> bool:
    """Return whether a server's error names something of the question, as some do with the status 500."""
    return any(each in text for each in ("response_format", "json_schema", "grammar"))
