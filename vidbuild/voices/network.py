"""Shared by the voice engines with a network: time limits, retries, checks of answers, messages without passwords."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from vidbuild.errors import UnreachableError
from vidbuild.frozen import dataclass
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.voices.protocol import RetryCallback, SpeechRequest

if TYPE_CHECKING:
    import array

    from vidbuild.media.text.words import EngineWord

# How far the last word may end after the audio: services round, and a lost packet is longer than that.
OVERHANG = SAMPLE_RATE // 4

# No voice speaks more letters a second at its own rate: shorter audio was cut off.
MAX_LETTERS_PER_SECOND = 60

# How many letters may be missing after the last word of an answer, and between two words that are found: what a
# service writes otherwise than the text.
MAX_MISSING_LETTERS, MAX_SKIPPED_LETTERS = 6, 200

TOO_MANY_REQUESTS, SERVER_ERROR = 429, 500

# Seconds that a service may ask to wait before the next attempt; a build does not wait longer.
MAX_WAIT = 60.0
MAX_DIGITS = 9

T = TypeVar("T")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Time limits in seconds, and the waits between attempts.

    connect: of a connection.
    receive: between two messages.
    attempt: of one attempt.
    total: of all requests of a narration, waits included.
    waits: before the second attempt, the third, and so on; each is varied by a quarter.
    """

    connect: int = 10
    receive: int = 60
    attempt: float = 120
    total: float = 400
    waits: tuple[float, ...] = (1.5, 3.0, 4.5)


class ServiceError(Exception):
    """One attempt failed.

    message: what the service did, to follow its name.
    retryable: whether another attempt may help.
    wait: the least seconds before it that the service asks for.
    """

    def __init__(self, message: str, hint: str | None = None, *, retryable: bool = True, wait: float = 0) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.retryable = retryable
        self.wait = wait


class Requests:
    """The requests to a service for one narration.

    service: its name in messages, such as "the edge voice service".
    explain: returns any exception of an attempt as a ServiceError.
    on_retry: called before each repeated attempt.
    """

    def __init__(
        self,
        service: str,
        timeouts: Timeouts,
        explain: Callable[[Exception], ServiceError],
        on_retry: RetryCallback,
    ) -> None:
        self._service = service
        self._timeouts = timeouts
        self._explain = explain
        self._on_retry = on_retry

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run all that one narration needs, within the total time; UnreachableError if the service fails."""
        import asyncio

        return asyncio.run(self._limited(work))

    async def _limited(self, work: Awaitable[T]) -> T:
        import asyncio

        total = self._timeouts.total
        try:
            async with asyncio.timeout(total):
                return await work
        except TimeoutError as error:
            raise self._error(ServiceError(f"sent no complete answer in {total:g} s")) from error

    async def send(self, attempt: Callable[[], Awaitable[Answer]], accept: Callable[[Answer], T]) -> T:
        """Make one request, and repeat it after a wait if that may help.

        attempt: requests an answer; every exception is one of the service.
        accept: returns what is wanted of the answer; raises ServiceError if it is incomplete.
        """
        import asyncio
        import random

        for number, usual in enumerate((*self._timeouts.waits, None), start=1):
            try:
                return accept(await self._attempt(attempt))
            except ServiceError as failed:
                error, least = self._error(failed), failed.wait
                if usual is None or not failed.retryable:
                    raise error from failed
            wait = max(least, usual * random.uniform(0.75, 1.25))  # noqa: S311 - spreads requests, is no secret
            self._on_retry(number + 1, wait, error.message)
            await asyncio.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    async def _attempt(self, attempt: Callable[[], Awaitable[Answer]]) -> Answer:
        import asyncio

        try:
            async with asyncio.timeout(self._timeouts.attempt):
                return await attempt()
        except ServiceError:
            raise
        except Exception as error:
            raise self._explain(error) from error

    def _error(self, failed: ServiceError) -> UnreachableError:
        # Never transient: the attempts that make sense have been made.
        return UnreachableError(f"{self._service} {failed.message}", hint=failed.hint, field="voice")


def decoded(body: bytes | bytearray, request: SpeechRequest, what: str) -> array.array[int]:
    """Return coded audio as samples at 48 kHz; raise ServiceError if ffmpeg cannot decode it.

    what: the purpose, to follow "could not" in messages.
    """
    from vidbuild.errors import StepError
    from vidbuild.media.audio import pcm

    path = request.scratch / "answer.audio"
    path.write_bytes(body)
    try:
        return pcm.decode(path, request.scratch, request.env, what).samples
    except StepError as error:
        raise ServiceError("sent audio that cannot be decoded") from error


def explain(error: Exception, proxy: str | None) -> ServiceError | None:
    """Return a failed connection, a refusal or a timeout as a ServiceError; None for any other exception."""
    import aiohttp

    if isinstance(error, aiohttp.ClientResponseError):
        return refused(error.status)
    if isinstance(error, TimeoutError):  # aiohttp's own are subclasses
        return ServiceError("did not answer in time")
    if isinstance(error, aiohttp.ClientConnectionError):
        message = f"could not be reached: {without_password(_reason(error), proxy)}"
        return ServiceError(message, "if this machine uses a proxy, set HTTPS_PROXY")
    return None


def _reason(error: Exception) -> str:
    """Return why a connection failed, in words."""
    import os

    import aiohttp

    if not isinstance(error, aiohttp.ClientConnectorError):
        return str(error)
    number = error.os_error.errno
    reason = os.strerror(number) if number and number > 0 else error.strerror or str(error.os_error)
    return f"{reason[:1].lower()}{reason[1:]}: '{error.host}'"


def refused(status: int, hint: str | None = None, retry_after: str = "") -> ServiceError:
    """Return an HTTP status as an error; only rate limits and errors of the server itself may pass.

    retry_after: the header of that name, in seconds or as a date.
    """
    retryable = status == TOO_MANY_REQUESTS or status >= SERVER_ERROR
    wait = seconds_of(retry_after)
    if wait > MAX_WAIT:
        return ServiceError(f"refused ({status}) and asks to wait {wait:.0f} s", hint, retryable=False)
    return ServiceError(f"refused ({status})", hint, retryable=retryable, wait=wait)


def seconds_of(retry_after: str) -> float:
    """Return the seconds that a Retry-After header asks to wait; 0 for one that cannot be read."""
    from email.utils import parsedate_to_datetime

    text = retry_after.strip()
    if text.isdecimal():
        return float(text[:MAX_DIGITS])
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0.0
    from datetime import UTC, datetime

    return max(0.0, (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - datetime.now(UTC).timestamp())


def proxy_of(variables: Mapping[str, str]) -> str | None:
    """Return the address of the proxy to HTTPS services."""
    return variables.get("HTTPS_PROXY") or variables.get("https_proxy") or None


def without_password(text: str, proxy: str | None) -> str:
    """Return a library's message without the proxy's user and password, which it may quote with the address."""
    if not proxy:
        return text
    from urllib.parse import unquote

    login = proxy.partition("://")[2].rpartition("@")[0] or proxy.rpartition("@")[0]
    secrets = {proxy, proxy.partition("://")[2], login, *login.partition(":")}
    for secret in sorted({*secrets, *map(unquote, secrets)}, key=len, reverse=True):
        text = text.replace(secret, "…") if len(secret) > 1 else text
    return text


def check_complete(samples: array.array[int], words: Sequence[EngineWord], text: str, rate: int) -> None:
    """Raise ServiceError if audio or words are missing.

    words: their times count from the first sample. rate: in percent of the voice's own.
    """
    if not any(samples):
        raise ServiceError("sent only silence")
    last = max((word.end for word in words), default=0)
    letters = _letters(text)
    too_short = len(samples) * MAX_LETTERS_PER_SECOND * rate < letters * SAMPLE_RATE * 100
    if too_short or len(samples) + OVERHANG < last:
        raise ServiceError(f"sent only {len(samples) / SAMPLE_RATE:.1f} s of audio, which is too short for the text")
    received = sum(_letters(word.text) for word in words)
    if words and 2 * received < letters:
        raise ServiceError("sent the times of only some words")
    missing = _letters_at_the_end(text, words)
    # A service that writes its last word in other letters, such as a number, sends as many letters as the text has.
    if words and _is_much(missing, letters) and 2 * (letters - received) > missing:
        raise ServiceError("sent neither audio nor times of the last words")


def _is_much(missing: int, letters: int) -> bool:
    return missing > MAX_MISSING_LETTERS or 4 * missing > letters


def _letters_at_the_end(text: str, words: Sequence[EngineWord]) -> int:
    """Return how many letters of the text follow the last word that is found in it."""
    letters, at = _folded(text), 0
    for word in words:
        key = _folded(word.text)
        found = letters.find(key, at, at + len(key) + MAX_SKIPPED_LETTERS) if key else -1
        if found >= 0:
            at = found + len(key)
    return len(letters) - at


def _folded(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _letters(text: str) -> int:
    return sum(character.isalnum() for character in text)
