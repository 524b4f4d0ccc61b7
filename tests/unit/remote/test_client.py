"""The client of places for files, on a server that speaks S3, a plain HTTP server, and a folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.guard import guard
from tests.support.object_server import BUCKET, SLOW_DOWN, Fault, ObjectServer, fail
from vidbuild.errors import UsageError, VidbuildError
from vidbuild.remote import stores
from vidbuild.remote.address import parse
from vidbuild.remote.client import PART_BYTES, Client, RemoteError, Stored
from vidbuild.remote.errors import remote_error

HEADERS = {"Content-Type": "video/mp4", "Cache-Control": "no-cache"}
SKEWED = (
    b"<Error><Code>RequestTimeTooSkewed</Code><RequestTime>20261130T100000Z</RequestTime>"
    b"<ServerTime>2026-11-30T12:00:00Z</ServerTime></Error>"
)
ASKING = "Generic GCS error: Error performing token request: Error performing"  # as the client begins
SHARED = 'scope="module"'  # tests.support.parallel keeps the tests of this module in one process


def client(address: str, **ways: Any) -> Client:
    """Return a client that tries once."""
    return Client(address, **{"seconds": 20, "retries": 0, **ways})


def test_files_are_written_and_read(s3: ObjectServer) -> None:
    """A file that is there has a size and content, another one has none; headers reach the server."""
    own = client(f"s3://{BUCKET}/docs")
    assert (own.head("a.mp4"), own.get("a.mp4")) == (None, None)
    own.put("a.mp4", b"12345", HEADERS)
    assert (own.head("a.mp4"), own.get("a.mp4")) == (Stored(5), b"12345")
    sent = next(each for each in s3.requests if each.method == "PUT")
    assert (sent.key, sent.headers["content-type"], sent.headers["cache-control"]) == (
        "docs/a.mp4",
        "video/mp4",
        "no-cache",
    )


def test_a_large_file_is_sent_in_parts(s3: ObjectServer, tmp_path: Path) -> None:
    """Parts of 5 MB are put together at the end, and the progress is that of the file."""
    file, seen = tmp_path / "large.mp4", list[int]()
    file.write_bytes(bytes(range(256)) * 50_000)
    own = client(f"s3://{BUCKET}/large", seconds=30)
    with file.open("rb") as opened:
        opened.read(10)  # it is sent from its start all the same
        own.upload("large.mp4", opened, HEADERS, seen.append)
    assert own.get("large.mp4") == file.read_bytes()
    assert sum(seen) == file.stat().st_size
    parts = sorted(each.body for each in s3.requests if "partNumber=" in each.key)
    assert parts == [12_800_000 - 2 * PART_BYTES, PART_BYTES, PART_BYTES]


def test_parts_of_a_failed_upload_are_removed(s3: ObjectServer, tmp_path: Path) -> None:
    """A server that fails a part leaves no hidden parts, for which the owner of the bucket would pay."""
    file = tmp_path / "large.mp4"
    file.write_bytes(bytes(12_000_000))
    s3.fault = fail(2, fault=Fault(403))
    own = client(f"s3://{BUCKET}/parts", seconds=30)
    with file.open("rb") as opened, pytest.raises(RemoteError, match="access is denied"):
        own.upload("large.mp4", opened, HEADERS)
    s3.fault = lambda _request: None
    assert own.head("large.mp4") is None
    assert any(each.method == "DELETE" and "uploadId=" in each.key for each in s3.requests)


@pytest.mark.usefixtures("s3")
def test_a_file_is_written_once() -> None:
    """The first writer wins, and the second one learns of it."""
    own = client(f"s3://{BUCKET}/once")
    assert own.put_new("a", b"first")
    assert not own.put_new("a", b"second")
    assert own.get("a") == b"first"


def test_conditions_are_tried_once(s3: ObjectServer) -> None:
    """Writers of several threads ask at one moment whether the server heeds conditions: two requests, not two each."""
    own, gate = client(f"s3://{BUCKET}/tried"), threading.Barrier(8)

    def ask(_number: int) -> bool:
        gate.wait()
        return own.can_compare

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(8)))
    assert [each.method for each in s3.requests] == ["PUT", "PUT", "POST"]  # the last one removes the file


@pytest.mark.parametrize("answer", [403, 501])
def test_a_server_that_refuses_the_condition_is_asked_first(s3: ObjectServer, answer: int) -> None:
    """It cannot compare, which is no error by itself."""
    s3.fault = lambda request: Fault(answer) if "if-none-match" in request.headers else None
    assert not client(f"s3://{BUCKET}/refuses").can_compare


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            f"{ASKING} GET http://169.254.169.254/computeMetadata/v1/instance - HTTP error: error sending request",
            "there are no credentials",
            "set GOOGLE_APPLICATION_CREDENTIALS",
        ),
        (
            f"{ASKING} POST https://oauth2.googleapis.com/token - Server returned error response: status code: 400",
            "the credentials are refused",
            "get new ones, and set GOOGLE_APPLICATION_CREDENTIALS again",
        ),
    ],
)
def test_credentials_of_google_are_explained(text: str, message: str, hint: str) -> None:
    """A machine without an identity has no credentials, and a key that was rotated is refused."""
    found = remote_error(parse("gs://videos"), RuntimeError(text))
    assert (found.message, found.hint) == (f"cannot use 'gs://videos': {message}", hint)


def test_azure_without_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client says it in its own words; ours name the variables."""
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)
    stores.store_of.cache_clear()
    with pytest.raises(RemoteError, match="there are no credentials") as caught:
        client("az://videos").head("a")
    assert "AZURE_STORAGE_ACCOUNT_NAME" in str(caught.value.hint)
    assert caught.value.is_silence


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_that_fails_for_a_moment_is_asked_again(s3: ObjectServer, status: int) -> None:
    """Errors of the server and throttling pass; the file is there in the end."""
    s3.fault = fail(1, fault=Fault(status, SLOW_DOWN))
    client(f"s3://{BUCKET}/again", retries=2).put("a", b"1", {})
    assert sum(each.method == "PUT" for each in s3.requests) == 2


def test_a_cut_connection_is_made_again(s3: ObjectServer) -> None:
    """A file whose connection broke in the middle is sent again whole."""
    s3.fault = fail(1, fault=Fault(0))
    own = client(f"s3://{BUCKET}/cut", retries=2)
    own.put("a", b"1" * 1000, {})
    assert own.get("a") == b"1" * 1000


@pytest.mark.parametrize(
    ("fault", "message", "hint"),
    [
        (Fault(403), "access is denied", "AWS_ACCESS_KEY_ID"),
        (Fault(403, b"<Error><Code>InvalidAccessKeyId</Code></Error>"), "the access key is unknown", "again"),
        (Fault(403, b"<Error><Code>RequestTimeTooSkewed</Code></Error>"), "the clock of this machine is off", "time"),
        (
            Fault(403, SKEWED),
            "the clock of this machine is off",
            "set it: requests are signed with the time, which is 2026-11-30T12:00:00Z on the server",
        ),
        (Fault(400, b"<Error><Code>ExpiredToken</Code></Error>"), "the credentials have expired", "new ones"),
        (Fault(301), "the server redirects, as one of another region does", "AWS_REGION"),
        (Fault(503, SLOW_DOWN), "the server has too many requests", "later"),
        (
            Fault(400, b"<Error><Code>AuthorizationHeaderMalformed</Code></Error>"),
            "the bucket is in another region",
            "AWS_REGION",
        ),
        (Fault(400), "the server answered 400", "None"),
        (Fault(500), "the server answered 500", "later"),
        (Fault(0), "the server does not answer", "connection"),
        (Fault(-1), "the server does not answer", "connection"),
    ],
)
def test_a_failure_is_explained(s3: ObjectServer, fault: Fault, message: str, hint: str) -> None:
    """The message says what is wrong with the place, and the hint what to do; exit code 4."""
    s3.fault = lambda request: fault if request.method == "PUT" else None
    with pytest.raises(RemoteError) as caught:
        client(f"s3://{BUCKET}/docs", seconds=1 if fault.status < 0 else 20).put("a", b"1", {})
    assert f"cannot use 's3://{BUCKET}/docs': {message}" == caught.value.message
    assert hint in str(caught.value.hint)
    assert caught.value.code == 4


@pytest.mark.usefixtures("s3")
def test_a_bucket_that_does_not_exist() -> None:
    """It is found before anything is sent, and when something is."""
    own = client("s3://no-such-bucket")
    for act in (own.probe, lambda: own.put("a", b"1", {})):
        with pytest.raises(RemoteError, match="the bucket does not exist"):
            act()


@pytest.mark.usefixtures("s3")
def test_a_place_that_can_be_used_passes_the_probe() -> None:
    """An empty folder is no error."""
    client(f"s3://{BUCKET}/empty").probe()


def test_a_server_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused connection ends at once."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    stores.store_of.cache_clear()
    with pytest.raises(RemoteError, match="the server does not answer"):
        client("s3://videos").put("a", b"1", {})


def test_without_credentials_no_request_is_made(s3: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client would ask a server that only the provider's machines have."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(RemoteError, match="there are no credentials") as caught:
        client(f"s3://{BUCKET}").head("a")
    assert "AWS_ACCESS_KEY_ID" in str(caught.value.hint)
    assert not s3.requests


def test_supabase_is_reached_by_its_s3_side(s3: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The path has the storage's prefix and then the bucket; its own keys sign the request."""
    monkeypatch.setenv("SUPABASE_URL", s3.endpoint)
    with pytest.raises(RemoteError, match="there are no credentials"):
        client("supabase://project/videos/docs").head("a")
    monkeypatch.setenv("SUPABASE_S3_ACCESS_KEY_ID", "supabase-key")
    monkeypatch.setenv("SUPABASE_S3_SECRET_ACCESS_KEY", "supabase-secret")
    assert client("supabase://project/videos/docs").head("a.mp4") is None
    (asked,) = s3.requests
    assert asked.key == "/storage/v1/s3/videos/docs/a.mp4"
    assert "Credential=supabase-key/" in asked.headers["authorization"]


def test_an_address_that_works_for_some_time(s3: ObjectServer) -> None:
    """It is signed for as long as was asked, and leads to the file."""
    own = client(f"s3://{BUCKET}/signed")
    own.put("a.mp4", b"1", HEADERS)
    url = own.sign("a.mp4", 90)
    assert url.startswith(f"{s3.endpoint}/{BUCKET}/signed/a.mp4?")
    assert "X-Amz-Expires=90" in url


def test_a_folder_of_this_machine(tmp_path: Path) -> None:
    """It is made when the first file is written, and keeps no headers."""
    folder = tmp_path / "new folder"
    own = client(folder.as_uri())
    own.put("sub/a.txt", b"1", HEADERS)
    with (folder / "sub" / "a.txt").open("rb") as opened:
        own.upload("b.txt", opened, HEADERS)
    assert (folder / "b.txt").read_bytes() == b"1"
    assert own.put_new("c", b"1")
    assert not own.put_new("c", b"2")
    with pytest.raises(UsageError, match="has no signed addresses"):
        own.sign("a", 1)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """A file in the place of a folder is an error about the address."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(VidbuildError, match="cannot use 'file:"):
        client((tmp_path / "file" / "below").as_uri()).put("a", b"1", {})


def test_what_is_in_memory_is_kept_for_each_address() -> None:
    """Two clients of one address see the same files, those of another one do not."""
    client("memory://one").put("a", b"1", HEADERS)
    assert client("memory://one").get("a") == b"1"
    assert client("memory://two").get("a") is None


@pytest.fixture
def http_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[tuple[str, str, str, int]]]]:
    """Run a server that keeps nothing; yield its address and (method, path, token, bytes) of each request."""
    monkeypatch.setenv(guard.LOOPBACK, "1")
    seen: list[tuple[str, str, str, int]] = []

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            self.rfile.read(length)
            seen.append((self.command, self.path, self.headers.get("Authorization", ""), length))
            self.send_response(201 if self.command == "PUT" else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_HEAD = do_PUT = handle_any  # noqa: N815 - the names that the class calls

        def log_message(self, *_args: Any) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/videos", seen
    server.shutdown()
    server.server_close()


def test_a_plain_http_server_gets_files_whole(
    http_server: tuple[str, list[tuple[str, str, str, int]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also large ones, in one request each, with the token of the environment."""
    address, seen = http_server
    monkeypatch.setenv("VIDBUILD_HTTP_TOKEN", "a-token")
    stores.store_of.cache_clear()
    file = tmp_path / "large.mp4"
    file.write_bytes(bytes(PART_BYTES + 1))
    own = client(address, seconds=30)
    own.probe()
    with file.open("rb") as opened:
        own.upload("large.mp4", opened, HEADERS)
    assert seen[-1] == ("PUT", "/videos/large.mp4", "Bearer a-token", PART_BYTES + 1)


def test_files_of_all_sizes_share_connections() -> None:
    """Larger files have more time, which is no reason for a client of its own for each size."""
    stores.store_of.cache_clear()
    for size in range(0, 50_000_000, 300_000):
        client("memory://one", seconds=2 + size / 200_000)._store()
        client("memory://one", seconds=None)._store(size)
    assert stores.store_of.cache_info().currsize <= 24
    assert client("memory://one", seconds=2)._store() is client("memory://one", seconds=2.0)._store()


def test_the_package_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without obstore the hint is the command that installs it."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(UsageError, match="'obstore' is not installed") as caught:
        Client("s3://videos")
    assert caught.value.hint == "pip install 'vidbuild[remote]'"
