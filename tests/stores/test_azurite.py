"""Azure's storage, as its emulator has it: publishing and shared caches by `az://`."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import time
from collections.abc import Mapping
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from tests.support.azurite import ACCOUNT, PRIVATE
from tests.support.object_server import BUCKET, Fault, ObjectServer, Request
from tests.support.shared_results import stored_trace
from tests.support.workspace import SMALL, Workspace
from vidbuild.engine.keys.fetch import fetch
from vidbuild.engine.store.store import Store
from vidbuild.publishing.publisher import Item, Publisher
from vidbuild.remote import stores
from vidbuild.remote.client import PART_BYTES, Client, RemoteError, Stored
from vidbuild.shared_cache.keys import Signer, generate
from vidbuild.shared_cache.push import Pusher
from vidbuild.shared_cache.tier import SharedTier

HEADERS = {"Content-Type": "video/mp4", "Cache-Control": "public, max-age=31536000, immutable"}
KEYS, OTHERS = generate(), generate()
PATIENCE = 20.0  # s


class Answer(NamedTuple):
    """What a browser would get; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def opened(url: str) -> Answer:
    """Open an address as everybody can."""
    parts = urlsplit(url)
    with contextlib.closing(HTTPConnection(parts.netloc, timeout=PATIENCE)) as connection:
        connection.request("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path)
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


def client(folder: str, *, container: str = BUCKET, retries: int = 0, seconds: float = PATIENCE) -> Client:
    """Return a client that tries once."""
    return Client(f"az://{container}/{folder}", seconds=seconds, retries=retries)


def names(own: Client) -> list[str]:
    """List what is there."""
    import obstore

    return [each["path"] for page in obstore.list(own._store()) for each in page]


def test_files_are_written_read_and_listed(azure: ObjectServer) -> None:
    """Everybody who opens the public address gets the bytes, with the headers that browsers go by."""
    own = client("docs")
    own.probe()
    assert (own.head("a.mp4"), own.get("a.mp4")) == (None, None)
    own.put("sub folder/ä.mp4", b"12345", HEADERS)
    assert (own.head("sub folder/ä.mp4"), own.get("sub folder/ä.mp4")) == (Stored(5), b"12345")
    assert names(own) == ["sub folder/ä.mp4"]
    url = own.address.public("sub folder/ä.mp4")
    assert url == f"{azure.endpoint}/{ACCOUNT}/{BUCKET}/docs/sub%20folder/%C3%A4.mp4"
    answer = opened(url)
    assert answer.body == b"12345"
    assert {name: answer.headers[name.lower()] for name in HEADERS} == HEADERS


def test_a_large_file_is_sent_in_parts(azure: ObjectServer, tmp_path: Path) -> None:
    """Its headers are those of the whole; parts of one that failed lead nowhere."""
    file, seen = tmp_path / "large.mp4", list[int]()
    file.write_bytes(bytes(range(256)) * 50_000)
    own = client("large", seconds=60)
    with file.open("rb") as source:
        tag = own.upload("large.mp4", source, HEADERS, seen.append)
    found = own.head("large.mp4")
    assert found is not None
    assert (found.size, found.tag, sum(seen)) == (file.stat().st_size, tag, file.stat().st_size)
    assert own.get("large.mp4") == file.read_bytes()
    parts = sorted(each.body for each in azure.requests if "comp=block&" in each.key or each.key.endswith("comp=block"))
    assert parts == [12_800_000 - 2 * PART_BYTES, PART_BYTES, PART_BYTES]
    answer = opened(own.address.public("large.mp4"))
    assert {name: answer.headers[name.lower()] for name in HEADERS} == HEADERS
    azure.fault = lambda request: Fault(403) if "comp=blocklist" in request.key else None
    with file.open("rb") as source, pytest.raises(RemoteError, match="access is denied"):
        own.upload("failed.mp4", source, HEADERS)
    azure.clear()
    assert own.head("failed.mp4") is None


def test_a_file_is_written_once(azure: ObjectServer) -> None:
    """The condition counts, and what is tried to find that out leaves nothing."""
    own = client("once")
    assert own.put_new("a", b"first")
    assert not own.put_new("a", b"second")
    assert own.get("a") == b"first"
    assert own.can_compare
    assert names(own) == ["a"]
    azure.ignores_conditions = True
    assert not client("lies").can_compare


@pytest.mark.usefixtures("azure")
def test_an_address_that_works_for_some_time() -> None:
    """It leads to a file that nobody can read otherwise, until its time is over."""
    own = client("signed", container=PRIVATE)
    own.put("a.mp4", b"12345", HEADERS)
    assert opened(own.address.public("a.mp4")).status in {403, 404}
    answer = opened(own.sign("a.mp4", 600))
    assert answer.body == b"12345"
    assert answer.headers["content-type"] == "video/mp4"
    short = own.sign("a.mp4", 1)
    time.sleep(2.5)
    assert opened(short).status in {403, 404}


@pytest.mark.usefixtures("azure")
def test_what_is_wrong_with_the_place_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container that is missing, a name that none can have, a wrong key, no key: before anything is sent."""
    for address, message in (
        ("az://no-such-container", "the container does not exist"),
        ("az://No_Name", "no container can have this name"),
    ):
        with pytest.raises(RemoteError, match=message):
            Client(address, seconds=PATIENCE, retries=0).probe()
        with pytest.raises(RemoteError, match=message):
            Client(address, seconds=PATIENCE, retries=0).put("a", b"1", {})
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", base64.b64encode(b"another key").decode())
    stores.store_of.cache_clear()
    with pytest.raises(RemoteError, match="access is denied") as caught:
        client("docs").probe()
    assert "AZURE_STORAGE_ACCOUNT_KEY" in str(caught.value.hint)
    assert "another" not in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault(403, b"<Error><Code>AuthenticationFailed</Code></Error>"), "the account key is wrong, or the clock"),
        (Fault(503, b"<Error><Code>ServerBusy</Code></Error>"), "the server has too many requests"),
        (Fault(500), "the server answered 500"),
        (Fault(0), "the server does not answer"),
    ],
)
def test_a_failure_is_explained(azure: ObjectServer, fault: Fault, message: str) -> None:
    """In words, with a hint."""
    azure.fault = lambda request: fault if request.method == "PUT" else None
    with pytest.raises(RemoteError, match=message) as caught:
        client("faults").put("a", b"1", {})
    assert caught.value.hint


@pytest.mark.parametrize("status", [500, 503, 0])
def test_a_failure_that_passes_is_none(azure: ObjectServer, status: int) -> None:
    """The request is made again."""
    faults = [Fault(status)]
    azure.fault = lambda request: faults.pop() if faults and request.method == "PUT" else None
    client(f"passing-{status}", retries=2).put("a", b"1", {})
    assert client(f"passing-{status}").get("a") == b"1"


def items(folder: Path) -> list[Item]:
    """The files of a small video."""
    found = []
    for name, kind in (("intro.mp4", "video"), ("intro.vtt", "captions"), ("intro.html", "page")):
        (folder / name).write_bytes(name.encode())
        digest = hashlib.sha256(name.encode()).hexdigest()
        found.append(Item(kind, folder / name, len(name), digest))
    return found


def test_nothing_is_published_twice(azure: ObjectServer, tmp_path: Path) -> None:
    """N19: content first, what leads to it last, and by the store's own tags nothing again."""
    publisher = Publisher(client("publish"))
    sent = publisher.publish("intro", items(tmp_path))
    assert [key.rpartition("/")[2] for key in azure.puts()] == list(sent.sent)
    assert sent.sent[0].startswith("intro.")
    assert sent.sent[-3:] == ("intro.mp4", "intro.html", "intro.latest.json")
    answer = opened(sent.addresses["intro.vtt"])
    assert answer.headers["content-type"] == "text/vtt; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    azure.clear()
    again = Publisher(client("publish")).publish("intro", items(tmp_path))
    assert (again.sent, again.bytes, azure.puts()) == ((), 0, [])


@pytest.mark.usefixtures("azure")
def test_a_cache_for_the_team(tmp_path: Path) -> None:
    """P34, P35, P36: written once, fetched whole, not believed from a stranger, and gone blobs are a miss."""
    address = f"az://{PRIVATE}/cache"
    theirs, ours = Store(tmp_path / "theirs"), Store(tmp_path / "ours")
    trace = stored_trace(theirs, "one")
    first = Pusher(address, theirs.blobs, Signer(KEYS.private)).push([trace])
    assert (first.written, first.error) == (1, None)
    again = Pusher(address, theirs.blobs, Signer(OTHERS.private)).push([trace])
    assert (again.written, again.kept, again.bytes) == (0, 1, 0)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    stranger = SharedTier(address, [OTHERS.public], seconds=PATIENCE)
    assert fetch(trace.key, [stranger], ours.blobs, scratch).rejected == 1
    tier = SharedTier(address, [KEYS.public], seconds=PATIENCE)
    tier.probe()
    found = fetch(trace.key, [tier], ours.blobs, scratch)
    assert (found.trace, found.rejected, found.errors) == (trace, 0, 0)
    for blob in trace.outputs.values():
        assert ours.blobs.path(blob.digest).stat().st_size == blob.size


def _of_blobs(fault: Fault, request: Request) -> Fault | None:
    return fault if "/cas/" in request.key else None


def test_a_cache_whose_server_fails(azure: ObjectServer, tmp_path: Path) -> None:
    """P32: a fault in the middle is a miss, and its reason is kept for the warning."""
    address = f"az://{PRIVATE}/faulty"
    theirs, ours = Store(tmp_path / "theirs"), Store(tmp_path / "ours")
    trace = stored_trace(theirs, "one")
    assert Pusher(address, theirs.blobs, Signer(KEYS.private)).push([trace]).error is None
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    for fault in (Fault(500), Fault(0), Fault(200, b"half"), Fault(200, is_garbled=True)):
        azure.fault = partial(_of_blobs, fault)
        tier = SharedTier(address, [KEYS.public], seconds=PATIENCE)
        found = fetch(trace.key, [tier], ours.blobs, scratch)
        assert found.trace is None, fault
        assert found.errors + found.rejected == 1, fault
        assert not any(ours.blobs.path(blob.digest).exists() for blob in trace.outputs.values())


def test_the_command_builds_sends_and_shares(workspace: Workspace, azure: ObjectServer) -> None:
    """A video is published, and another machine fetches all its steps."""
    workspace.write("video.yaml", SMALL)
    keys = workspace.run("cache", "keygen", "--json").data
    workspace.write("vidbuild.toml", f'[cache]\nremote = "az://{PRIVATE}/team"\nkeys = ["{keys["public"]}"]\n')
    env = {"VIDBUILD_CACHE_KEY": keys["private"]}
    built = workspace.run("build", "--remote-write", "--publish", "--to", f"az://{BUCKET}/e2e", "--json", env=env)
    assert built.code == 0, built.stderr
    assert built.data["remote_cache"]["written"] > 0
    answer = opened(built.data["published"][0]["url"])
    assert answer.body == (workspace.root / "build" / "video.mp4").read_bytes()
    signed = workspace.run("publish", "video.yaml", "--to", f"az://{BUCKET}/e2e", "--expires", "1", "--json")
    answer = opened(signed.data["published"][0]["signed_url"])
    assert answer.headers["content-type"] == "video/mp4"
    azure.clear()
    fetched = workspace.run("build", "--json", env={"VIDBUILD_CACHE": "other-machine"})
    assert (fetched.data["steps"]["ran"], fetched.data["remote_cache"]["misses"]) == ([], 0)
    assert not azure.puts()
