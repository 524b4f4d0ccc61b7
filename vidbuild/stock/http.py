"""Requests to providers: time limits, retries, limits of size, and messages without keys."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from vidbuild import __version__
from vidbuild.errors import os_error_text
from vidbuild.json_types import Json, mapping, mappings
from vidbuild.stock.answers import Answers
from vidbuild.stock.fields import text
from vidbuild.stock.protocol import StockError, Timeouts
from vidbuild.voices.network import seconds_of

if TYPE_CHECKING:
    import httpx2

AGENT = f"vidbuild/{__version__}"
CONTACT = "VIDBUILD_CONTACT"  # an address of the user, which sites can write to
MAX_ANSWER = 8_000_000
MAX_REDIRECTS = 5
MAX_WAIT = 60.0
CHUNK = 1 << 16
UNAUTHORIZED, FORBIDDEN, TOO_MANY, SERVER_ERROR, REDIRECT, OK = 401, 403, 429, 500, 300, 200
EXTRA = 'pip install "vidbuild[stock]"'

T = TypeVar("T")


class _RetryError(Exception):
    def __init__(self, error: StockError, wait: float = 0) -> None:
        super().__init__(error.message)
        self.error, self.wait = error, wait


class Http:
    """The requests of one `vidbuild lock`.

    allowed: addresses that need no https, which the user has set. requests: how many were sent.
    """

    def __init__(
        self,
        answers: Answers,
        timeouts: Timeouts | None = None,
        allowed: tuple[str, ...] = (),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._answers, self._timeouts, self._allowed, self._sleep = answers, timeouts or Timeouts(), allowed, sleep
        self.requests = 0

    def json(
        self,
        url: str,
        query: Mapping[str, str],
        *,
        headers: Mapping[str, str] | None = None,
        secret: Mapping[str, str] | None = None,
        keep_hours: float = 0,
    ) -> Json:
        """Return the answer of a site, as `Access.json` says."""
        known = self._answers.get(url, query, keep_hours) if keep_hours else None
        if known is not None:
            return known
        text = self._retrying(
            lambda: self._text(url, {**query, **(secret or {})}, headers or {}, bool(headers or secret))
        )
        try:
            answer: Json = json.loads(text)
        except (ValueError, RecursionError):
            raise StockError(f"{_host(url)} sent an answer that is not JSON", unreachable=True) from None
        if keep_hours:
            self._answers.put(url, query, answer)
        return answer

    def download(self, url: str, target: Path, limit: int, what: str) -> str:
        """Write a file's bytes to a new file, and return their SHA-256. Raises StockError and leaves no file.

        what: the kind of file, for messages ("video").
        """
        return self._retrying(lambda: self._download(url, target, limit, what))

    def _retrying(self, attempt: Callable[[], T]) -> T:
        for usual in (*self._timeouts.waits, None):
            try:
                return attempt()
            except _RetryError as failed:
                if usual is None or failed.wait > MAX_WAIT:
                    raise failed.error from None
                self._sleep(max(usual, failed.wait))
        raise AssertionError("the last attempt returns or raises")

    def _text(self, url: str, query: Mapping[str, str], headers: Mapping[str, str], has_key: bool) -> bytes:
        with self._answer(url, query, headers, has_key) as (response, deadline):
            return b"".join(self._parts(response, deadline, MAX_ANSWER, _host(url)))

    def _download(self, url: str, target: Path, limit: int, what: str) -> str:
        digest, host = hashlib.sha256(), _host(url)
        try:
            with self._answer(url, {}, {}) as (response, deadline), target.open("xb") as file:
                _refuse_text(response, host, what)
                for part in self._parts(response, deadline, limit, host):
                    digest.update(part)
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            target.unlink(missing_ok=True)
            raise StockError(f"cannot write the {what}: {os_error_text(error)}: '{target.parent}'") from None
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        return digest.hexdigest()

    @contextmanager
    def _answer(
        self, url: str, query: Mapping[str, str], headers: Mapping[str, str], has_key: bool = False
    ) -> Iterator[tuple[httpx2.Response, float]]:
        """Send a request, and yield an answer that is no error, and until when it must be complete.

        headers: sent to the site of the address alone, as a key can be in any of them. has_key: whether to blame a key
            for a refusal.
        """
        client = self._client()
        import httpx2

        host, deadline = _host(url), time.monotonic() + self._timeouts.total

        def keep_headers_home(request: httpx2.Request) -> None:
            if origin_of(str(request.url)) != origin_of(url):
                for name in headers:
                    request.headers.pop(name, None)

        client.event_hooks = {"request": [self._check, keep_headers_home]}
        try:
            with client, client.stream("GET", url, params=dict(query) or None, headers=dict(headers)) as response:
                _refuse_status(response, host, has_key)
                yield response, deadline
        except httpx2.TimeoutException:
            raise _RetryError(StockError(f"{host} did not answer in time", unreachable=True)) from None
        except httpx2.TooManyRedirects:
            raise StockError(f"{host} redirects more than {MAX_REDIRECTS} times", unreachable=True) from None
        except httpx2.RemoteProtocolError:
            raise _RetryError(StockError(f"{host} broke off its answer", unreachable=True)) from None
        except httpx2.ConnectError as error:
            reason = str(error).partition("]")[2].strip().lower() or "no connection"
            hint = "if this machine uses a proxy, set HTTPS_PROXY"
            raise _RetryError(StockError(f"{host} cannot be reached: {reason}", hint, unreachable=True)) from None
        except (httpx2.InvalidURL, ValueError):
            raise StockError(f"{host}: the address is invalid", unreachable=True) from None
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            kind = type(error).__name__
            raise _RetryError(StockError(f"{host}: the request failed ({kind})", unreachable=True)) from None

    def _client(self) -> httpx2.Client:
        try:
            import httpx2
        except ModuleNotFoundError:
            raise StockError("stock media from the network needs a package that is not installed", EXTRA) from None
        # It logs whole addresses, in which there can be a key.
        logging.getLogger("httpx2").setLevel(logging.CRITICAL)
        contact = os.environ.get(CONTACT, "")
        if not contact.isascii() or (contact and not contact.isprintable()):
            raise StockError(f"${CONTACT} has characters that no address has", f"export {CONTACT}=NAME@EXAMPLE.ORG")
        limits = self._timeouts
        return httpx2.Client(
            headers={"User-Agent": f"{AGENT} ({contact})" if contact else AGENT},
            timeout=httpx2.Timeout(limits.receive, connect=limits.connect),
            follow_redirects=True,
            max_redirects=MAX_REDIRECTS,
        )

    def _check(self, request: httpx2.Request) -> None:
        """Count a request, redirects included; raise StockError for one without https."""
        url = request.url
        origin = f"{url.scheme}://{url.netloc.decode()}"
        if url.scheme != "https" and origin not in self._allowed:
            raise StockError(f"{url.host}: expected an address with https, got {url.scheme or 'none'}")
        self.requests += 1

    def _parts(self, response: httpx2.Response, deadline: float, limit: int, host: str) -> Iterator[bytes]:
        """Yield the parts of a body, all of it."""
        too_large = StockError(f"{host} sent more than {limit // 1_000_000} MB, which is the limit")
        stated = response.headers.get("content-length", "")
        if stated.isdecimal() and int(stated) > limit:
            raise too_large
        received = 0
        for part in response.iter_bytes(CHUNK):
            received += len(part)
            if received > limit:
                raise too_large
            if time.monotonic() > deadline:
                raise StockError(f"{host} took more than {self._timeouts.total:g} s", unreachable=True)
            yield part
        if not received:
            raise _RetryError(StockError(f"{host} sent an empty answer", unreachable=True))


def base_of(variable: str, usual: str) -> str:
    """Return the address of an interface: the usual one, unless a variable of the environment has another."""
    return (os.environ.get(variable) or usual).rstrip("/")


def origin_of(address: str) -> str:
    """Return the scheme, host and port of an address."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(address)
    except ValueError:  # the request reports it
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def key_of(variable: str, site: str, page: str) -> str:
    """Return the user's key for a site. Raises StockError without one."""
    key = os.environ.get(variable, "").strip()
    if not key or not key.isascii() or not key.isprintable():
        problem = "has characters that no key has" if key else "is not set"
        raise StockError(
            f"{site} needs a key: ${variable} {problem}", f"get a free key at {page}, and export {variable}=KEY"
        )
    return key


def _refuse_status(response: httpx2.Response, host: str, has_key: bool) -> None:
    status = response.status_code
    if OK <= status < REDIRECT:
        return
    if status in {UNAUTHORIZED, FORBIDDEN}:
        hint = "check the key in the environment" if has_key else None
        raise StockError(f"{host} refused the request ({status})", hint, unreachable=True)
    wait = seconds_of(response.headers.get("retry-after", ""))
    if status == TOO_MANY:
        message = f"{host} has received too many requests ({status})"
        hint = f"try again in {wait:.0f} s" if wait else "try again later"
        raise _RetryError(StockError(message, hint, unreachable=True), wait)
    error = StockError(f"{host} answered with an error ({status})", unreachable=True)
    if status >= SERVER_ERROR:
        raise _RetryError(error, wait)
    raise error


def _refuse_text(response: httpx2.Response, host: str, what: str) -> None:
    """Raise StockError for a page or another text instead of a media file."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.startswith("text/") or kind in {"application/json", "application/xhtml+xml"}:
        raise StockError(f"{host} sent '{text(kind)}' instead of the {what}", unreachable=True)


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    address = url.partition("?")[0]
    try:
        return urlsplit(url).hostname or f"'{text(address)}'"
    except ValueError:
        raise StockError(f"'{text(address)}': the address is invalid", unreachable=True) from None


def entries(value: Json, name: str) -> list[Mapping[str, Json]]:
    """Return the mappings in a list of an answer. Raises StockError for an answer that has no such list."""
    found = mapping(value).get(name)
    if not isinstance(found, list):
        raise StockError("the site sent an answer of an unknown form", unreachable=True)
    return mappings(found)
