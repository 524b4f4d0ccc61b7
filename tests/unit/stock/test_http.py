"""Requests to sites: what goes wrong is named, without keys, and leaves no part of a file."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from vidbuild.stock.answers import Answers
from vidbuild.stock.http import Http, base_of, key_of, origin_of
from vidbuild.stock.protocol import StockError, Timeouts

PATIENT = Timeouts(connect=20, receive=20, total=60, waits=(0, 0))  # a busy machine answers late
QUICK = Timeouts(connect=1, receive=0.3, total=2, waits=(0, 0))
SECRET = {"key": "very-secret"}


@pytest.fixture
def server(loopback: None) -> Iterator[HTTPServer]:
    """A server on this machine."""
    del loopback
    with HTTPServer(host="127.0.0.1") as found:
        yield found


@pytest.fixture
def make(server: HTTPServer, tmp_path: Path) -> Callable[..., Http]:
    """Make a client that may use the server without https."""

    def http(
        *,
        allowed: bool = True,
        others: tuple[str, ...] = (),
        clock: Callable[[], float] = lambda: 1000.0,
        waits: list[float] | None = None,
        timeouts: Timeouts = PATIENT,
    ) -> Http:
        own = (origin_of(server.url_for("/")), *others) if allowed else ()
        sleep = (lambda _: None) if waits is None else waits.append
        return Http(Answers(tmp_path / "answers", clock), timeouts, own, sleep)

    return http


def failure(http: Http, url: str) -> StockError:
    """The error of a request with a secret, which is neither in it nor in what led to it."""
    with pytest.raises(StockError) as caught:
        http.json(url, {"q": "sea"}, secret=SECRET)
    error: BaseException | None = caught.value
    while error is not None:
        assert "very-secret" not in str(error)
        error = error.__cause__
    return caught.value


@pytest.mark.parametrize(
    ("status", "message", "requests"),
    [
        (401, "127.0.0.1 refused the request (401)", 1),
        (403, "127.0.0.1 refused the request (403)", 1),
        (404, "127.0.0.1 answered with an error (404)", 1),
        (429, "127.0.0.1 has received too many requests (429)", 3),
        (500, "127.0.0.1 answered with an error (500)", 3),
        (503, "127.0.0.1 answered with an error (503)", 3),
    ],
)
def test_a_status_is_an_error(
    server: HTTPServer, make: Callable[..., Http], status: int, message: str, requests: int
) -> None:
    """Only rate limits and errors of the server itself are tried again."""
    server.expect_request("/").respond_with_data("{}", status=status)
    http = make()
    error = failure(http, server.url_for("/"))
    assert (error.message, error.unreachable, http.requests) == (message, True, requests)


def test_a_wait_that_a_site_asks_for_is_kept(server: HTTPServer, make: Callable[..., Http]) -> None:
    """Up to a minute; a longer one is an error that names it."""
    server.expect_ordered_request("/").respond_with_data("", status=429, headers={"Retry-After": "7"})
    server.expect_ordered_request("/").respond_with_data("[1]")
    waits: list[float] = []
    assert make(waits=waits).json(server.url_for("/"), {}) == [1]
    assert waits == [7]
    server.expect_request("/late").respond_with_data("", status=429, headers={"Retry-After": "3600"})
    http = make()
    error = failure(http, server.url_for("/late"))
    assert (error.hint, http.requests) == ("try again in 3600 s", 1)


def test_a_dead_network_is_another_message_than_no_hit(server: HTTPServer, make: Callable[..., Http]) -> None:
    """N17: a connection that is refused says so, with the host and without the address."""
    url = server.url_for("/")
    server.stop()
    error = failure(make(), url)
    assert error.message.startswith("127.0.0.1 cannot be reached: ")
    assert error.unreachable


def test_a_site_that_hangs_is_left(server: HTTPServer, make: Callable[..., Http]) -> None:
    """The time limit ends a request without an answer."""
    import time

    def hang(_: Request) -> Response:
        time.sleep(0.6)
        return Response("{}")

    server.expect_request("/").respond_with_handler(hang)
    http = make(timeouts=QUICK)
    assert failure(http, server.url_for("/")).message == "127.0.0.1 did not answer in time"


@pytest.mark.parametrize(
    ("body", "message"), [("<html>", "sent an answer that is not JSON"), ("", "sent an empty answer")]
)
def test_an_answer_must_be_json(server: HTTPServer, make: Callable[..., Http], body: str, message: str) -> None:
    """Prose and nothing are errors of the site."""
    server.expect_request("/").respond_with_data(body)
    assert failure(make(), server.url_for("/")).message == f"127.0.0.1 {message}"


def test_only_https_is_used(server: HTTPServer, make: Callable[..., Http]) -> None:
    """An address without https is refused before a request, and one that a redirect leads to as well."""
    server.expect_request("/").respond_with_data("{}")
    http = make(allowed=False)
    error = failure(http, server.url_for("/"))
    assert error.message == "127.0.0.1: expected an address with https, got http"
    assert (http.requests, len(server.log)) == (0, 0)
    server.expect_request("/away").respond_with_data("", status=302, headers={"Location": "http://localhost:9/x"})
    assert failure(make(), server.url_for("/away")).message == "localhost: expected an address with https, got http"
    server.expect_request("/file").respond_with_data("", status=302, headers={"Location": "file:///etc/passwd"})
    assert failure(make(), server.url_for("/file")).message


def test_headers_stay_at_their_site(server: HTTPServer, make: Callable[..., Http]) -> None:
    """A redirect to another site gets no header of the request, as any can be a key; one within the site does."""
    received: list[str | None] = []

    def answer(request: Request) -> Response:
        received.append(request.headers.get("X-Api-Key"))
        return Response("{}")

    with HTTPServer(host="127.0.0.1") as other:
        other.expect_request("/end").respond_with_handler(answer)
        server.expect_request("/end").respond_with_handler(answer)
        server.expect_request("/away").respond_with_data("", status=302, headers={"Location": other.url_for("/end")})
        server.expect_request("/near").respond_with_data("", status=302, headers={"Location": "/end"})
        http = make(others=(origin_of(other.url_for("/")),))
        for path in ("/near", "/away"):
            http.json(server.url_for(path), {}, headers={"X-Api-Key": "very-secret"})
    assert received == ["very-secret", None]


@pytest.mark.parametrize("status", [401, 403])
def test_only_a_request_with_a_key_blames_it(server: HTTPServer, make: Callable[..., Http], status: int) -> None:
    """A site without keys can refuse as well, and then there is no key to check."""
    server.expect_request("/").respond_with_data("", status=status)
    assert failure(make(), server.url_for("/")).hint == "check the key in the environment"
    with pytest.raises(StockError) as caught:
        make().json(server.url_for("/"), {"q": "sea"})
    assert caught.value.hint is None


def test_redirects_have_an_end(server: HTTPServer, make: Callable[..., Http]) -> None:
    """A circle of redirects is an error."""
    server.expect_request("/").respond_with_data("", status=302, headers={"Location": "/"})
    assert failure(make(), server.url_for("/")).message == "127.0.0.1 redirects more than 5 times"


def test_a_file_is_downloaded_with_its_digest(server: HTTPServer, make: Callable[..., Http], tmp_path: Path) -> None:
    """All bytes arrive, and the digest is theirs."""
    content = bytes(range(256)) * 1000
    server.expect_request("/a.mp4").respond_with_data(content, content_type="video/mp4")
    digest = make().download(server.url_for("/a.mp4"), tmp_path / "a", 1_000_000, "video")
    assert (tmp_path / "a").read_bytes() == content
    assert digest == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (
            Response(iter([b"x" * 500]), headers={"Content-Length": "900"}, content_type="video/mp4"),
            "broke off its answer",
        ),
        (Response(b"x" * 2000, content_type="video/mp4"), "sent more than 0 MB, which is the limit"),
        (Response(iter([b"x" * 1500] * 2), content_type="video/mp4"), "sent more than 0 MB, which is the limit"),
        (Response("<html>", content_type="text/html"), "sent 'text/html' instead of the video"),
        (Response("{}", content_type="application/json"), "sent 'application/json' instead of the video"),
        (Response(b"", content_type="video/mp4"), "sent an empty answer"),
    ],
    ids=["cut", "large", "large without a length", "page", "json", "empty"],
)
def test_a_download_that_fails_leaves_no_file(
    server: HTTPServer, make: Callable[..., Http], tmp_path: Path, response: Response, message: str
) -> None:
    """N17: a cut, too large, empty or foreign body is an error, and nothing of it stays."""
    server.expect_request("/a.mp4").respond_with_response(response)
    with pytest.raises(StockError, match=message):
        make().download(server.url_for("/a.mp4"), tmp_path / "a", 1000, "video")
    assert not (tmp_path / "a").exists()


def test_a_full_disk_is_named(
    server: HTTPServer, make: Callable[..., Http], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be written is removed, and the message names the folder."""
    import errno
    import os

    server.expect_request("/a.mp4").respond_with_data(b"x", content_type="video/mp4")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StockError, match=f"cannot write the video: no space left on device: '{tmp_path}'"):
        make().download(server.url_for("/a.mp4"), tmp_path / "a", 1000, "video")
    assert not (tmp_path / "a").exists()


def test_no_key_is_logged(
    server: HTTPServer, make: Callable[..., Http], caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """A key in the query is sent, and is neither in a log at any level nor in the kept answers."""
    server.expect_request("/").respond_with_data("[]")
    with caplog.at_level(logging.DEBUG):
        make().json(server.url_for("/"), {"q": "sea"}, secret=SECRET, keep_hours=1)
    assert server.log[0][0].args["key"] == "very-secret"
    own = [record for record in caplog.records if not record.name.startswith("werkzeug")]
    assert "very-secret" not in "".join(record.getMessage() for record in own)
    kept = [path.read_text() for path in (tmp_path / "answers").iterdir()]
    assert len(kept) == 1
    assert "very-secret" not in "".join(kept)


def test_an_answer_is_kept_for_the_hours_that_a_site_asks_for(server: HTTPServer, make: Callable[..., Http]) -> None:
    """Within them, the same words send no request; after them, or for other words, they do."""
    server.expect_request("/").respond_with_data("[1]")
    now = [1000.0]
    http = make(clock=lambda: now[0])
    url = server.url_for("/")
    for at, query, sent in ((0, "a", 1), (86_399, "a", 1), (86_399, "b", 2), (86_400, "a", 3), (-5000, "a", 4)):
        now[0] = 1000.0 + at
        assert http.json(url, {"q": query}, secret=SECRET, keep_hours=24) == [1]
        assert http.requests == sent, at


@pytest.mark.parametrize(
    ("key", "problem"), [("", "is not set"), ("kéy", "has characters that no key has"), ("a\nb", "has")]
)
def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch, key: str, problem: str) -> None:
    """The message names the variable and where to get a key, and not what it holds."""
    monkeypatch.setenv("SOME_KEY", key)
    with pytest.raises(StockError) as caught:
        key_of("SOME_KEY", "some.site", "https://some.site/keys")
    assert caught.value.message.startswith(f"some.site needs a key: $SOME_KEY {problem}")
    assert "https://some.site/keys" in str(caught.value.hint)
    assert not caught.value.unreachable


@pytest.mark.parametrize("url", ["https://[bad", "https://[::1/x.mp4", "https://\ud800/"])
def test_an_address_that_is_none_is_an_error_of_the_site(make: Callable[..., Http], tmp_path: Path, url: str) -> None:
    """An answer or a variable can have any text in the place of an address; it is not tried again."""
    http = make()
    assert "the address is invalid" in failure(http, url).message
    with pytest.raises(StockError, match="the address is invalid"):
        http.download(url, tmp_path / "x.mp4", 100, "video")
    assert (http.requests, list(tmp_path.glob("x*")), origin_of("https://[bad")) == (0, [], "")


@pytest.mark.parametrize("contact", ["büro@example.org", "a\r\nb"])
def test_a_contact_that_no_header_can_have_is_named(
    make: Callable[..., Http], monkeypatch: pytest.MonkeyPatch, contact: str
) -> None:
    """The variable is named before anything is sent."""
    monkeypatch.setenv("VIDBUILD_CONTACT", contact)
    with pytest.raises(StockError, match=r"\$VIDBUILD_CONTACT has characters that no address has"):
        make().json("https://example.org", {})


def test_an_address_can_be_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a variable of the environment, for tests and mirrors."""
    assert base_of("SOME_BASE", "https://a") == "https://a"
    monkeypatch.setenv("SOME_BASE", "http://127.0.0.1:5/")
    assert base_of("SOME_BASE", "https://a") == "http://127.0.0.1:5"
