"""Sending the files of a video: what is sent when, under which names, and what a failure leaves."""

from __future__ import annotations

import hashlib
import io
import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.support.object_server import BUCKET, Fault, ObjectServer, Request, fail
from vidbuild.errors import UsageError
from vidbuild.publishing.headers import headers
from vidbuild.publishing.publisher import Item, Publisher
from vidbuild.remote.client import PART_BYTES, Client, RemoteError

SHARED = 'scope="module"'  # tests.support.parallel keeps the tests of this module in one process


def item(folder: Path, name: str, kind: str, content: bytes) -> Item:
    """Write a file to send."""
    file = folder / name
    file.write_bytes(content)
    return Item(kind, file, len(content), hashlib.sha256(content).hexdigest())


@pytest.fixture
def items(tmp_path: Path) -> list[Item]:
    """The files of a small video."""
    return [
        item(tmp_path, "intro.mp4", "video", b"film" * 100),
        item(tmp_path, "intro.html", "page", b"<html>"),
        item(tmp_path, "intro.vtt", "captions", b"WEBVTT"),
        item(tmp_path, "intro.poster.png", "poster", b"png"),
    ]


def publisher(folder: str) -> Publisher:
    """Return a publisher to a folder of the bucket."""
    return Publisher(Client(f"s3://{BUCKET}/{folder}", seconds=20, retries=0))


def test_content_comes_first_and_what_leads_to_it_last(s3: ObjectServer, items: list[Item]) -> None:
    """The name with the digest, then what goes with the video, the video, the page, and the summary."""
    sent = publisher("order").publish("intro", items)
    content = f"intro.{items[0].sha256[:16]}.mp4"
    expected = [content, "intro.vtt", "intro.poster.png", "intro.mp4", "intro.html", "intro.latest.json"]
    assert list(sent.sent) == expected
    assert s3.puts() == [f"order/{name}" for name in expected]
    assert sent.addresses["intro.mp4"] == f"{s3.endpoint}/{BUCKET}/order/intro.mp4"
    assert sent.content == {"intro.mp4": f"{s3.endpoint}/{BUCKET}/order/{content}"}


def test_only_names_with_a_digest_may_be_kept_for_ever(s3: ObjectServer, items: list[Item]) -> None:
    """A browser that kept another name would show the old video for a year."""
    publisher("headers").publish("intro", items)
    sent = {each.key: each.headers for each in s3.requests if each.method == "PUT"}
    for key, found in sent.items():
        is_content = items[0].sha256[:16] in key
        assert found["cache-control"] == ("public, max-age=31536000, immutable" if is_content else "no-cache"), key
    assert sent["headers/intro.vtt"]["content-type"] == "text/vtt; charset=utf-8"


def test_the_summary_says_what_is_there(s3: ObjectServer, items: list[Item]) -> None:
    """It names each file with its digest, and the name of the content."""
    publisher("summary").publish("intro", items)
    found = json.loads(Client(f"s3://{BUCKET}/summary").get("intro.latest.json") or b"")
    tag = found["files"]["intro.mp4"].pop("tag")
    assert tag == f'"{hashlib.md5(items[0].path.read_bytes(), usedforsecurity=False).hexdigest()}"'
    assert found["files"]["intro.mp4"] == {"kind": "video", "bytes": 400, "sha256": items[0].sha256}
    assert found["content"] == {"intro.mp4": f"intro.{items[0].sha256[:16]}.mp4"}
    assert s3.puts()[-1] == "summary/intro.latest.json"


def test_nothing_is_sent_twice(s3: ObjectServer, items: list[Item], tmp_path: Path) -> None:
    """N19: a second run sends nothing; after a change only what changed."""
    publisher("twice").publish("intro", items)
    s3.clear()
    again = publisher("twice").publish("intro", items)
    assert (again.sent, again.bytes, s3.puts()) == ((), 0, [])
    content = f"intro.{items[0].sha256[:16]}.mp4"
    assert sorted(again.kept) == sorted([content, *(each.name for each in items), "intro.latest.json"])
    changed = [*items[:2], item(tmp_path, "intro.vtt", "captions", b"WEBVTT 2"), items[3]]
    assert publisher("twice").publish("intro", changed).sent == ("intro.vtt", "intro.latest.json")


def test_a_summary_that_no_run_can_have_written_is_refused(s3: ObjectServer, items: list[Item]) -> None:
    """One of over 4 MB is an error, before anything is sent."""
    client = Client(f"s3://{BUCKET}/large")
    client.put("intro.latest.json", b" " * 4_000_000, {})
    assert "intro.mp4" in publisher("large").publish("intro", items).sent
    client.put("intro.latest.json", b" " * 4_000_001, {})
    s3.clear()
    with pytest.raises(RemoteError):
        publisher("large").publish("intro", items)
    assert s3.puts() == []


def test_a_file_that_is_gone_is_sent_again(s3: ObjectServer, items: list[Item]) -> None:
    """The summary alone is no proof: somebody may have removed a file since."""
    publisher("gone").publish("intro", items)
    import obstore

    from vidbuild.remote.stores import store_of

    obstore.delete(store_of(Client(f"s3://{BUCKET}/gone").address, 30, 0, 10), "intro.mp4")
    s3.clear()
    assert publisher("gone").publish("intro", items).sent == ("intro.mp4",)


def test_what_a_run_that_broke_off_wrote_is_replaced(s3: ObjectServer, items: list[Item], tmp_path: Path) -> None:
    """N19: the summary still names the files before, and one of the same size is in the place of theirs."""
    publisher("back").publish("intro", items)
    before = {each.name: each.path.read_bytes() for each in items}
    (tmp_path / "new").mkdir()
    new = [item(tmp_path / "new", each.name, each.kind, each.path.read_bytes()[::-1]) for each in items]
    s3.clear()
    s3.fault = fail(4, fault=Fault(500))
    with pytest.raises(RemoteError):
        publisher("back").publish("intro", new)
    s3.fault = lambda _request: None
    publisher("back").publish("intro", items)
    client = Client(f"s3://{BUCKET}/back")
    assert {name: client.get(name) for name in before} == before


@pytest.mark.parametrize("number", range(1, 7))
def test_a_failure_leaves_whole_files_and_the_next_run_goes_on(
    s3: ObjectServer, items: list[Item], number: int, tmp_path: Path
) -> None:
    """N19: whichever request fails, each name leads to a whole file, old or new, and nothing is sent twice."""
    folder = f"failure-{number}"
    publisher(folder).publish("intro", items)
    new = [item(tmp_path, each.name, each.kind, b"new " + each.path.read_bytes()) for each in items]
    old = {each.name: b"" for each in items} | {each.name: each.path.read_bytes()[4:] for each in new}
    s3.clear()
    s3.fault = fail(number, fault=Fault(500))
    with pytest.raises(RemoteError, match="the server answered 500"):
        publisher(folder).publish("intro", new)
    s3.fault = lambda _request: None
    client = Client(f"s3://{BUCKET}/{folder}")
    for each in new:
        assert client.get(each.name) in {old[each.name], each.path.read_bytes()}
    first = len(s3.puts()) - 1
    s3.clear()
    sent = publisher(folder).publish("intro", new).sent
    assert first + len(sent) >= 6
    assert f"intro.{new[0].sha256[:16]}.mp4" not in sent or number == 1
    assert all(client.get(each.name) == each.path.read_bytes() for each in new)


def test_a_summary_that_is_no_summary_is_written_anew(s3: ObjectServer, items: list[Item]) -> None:
    """Somebody else's file under that name, or one of another version, is as if nothing was there."""
    for content in (b"no json", b"[]", b'{"version": 99}'):
        Client(f"s3://{BUCKET}/other").put("intro.latest.json", content, {})
        publisher("other").publish("intro", items)
        assert s3.requests[-1].key == "other/intro.latest.json"


def test_the_progress_of_a_large_file(s3: ObjectServer, tmp_path: Path) -> None:
    """Each part is reported with the bytes so far."""
    seen: list[tuple[str, int, int]] = []
    large = item(tmp_path, "long.mp4", "video", bytes(11_000_000))
    client = Client(f"s3://{BUCKET}/progress", seconds=30)
    Publisher(client, on_sent=lambda *each: seen.append(each)).publish("long", [large])
    content = f"long.{large.sha256[:16]}.mp4"
    assert [done for key, done, _ in seen if key == content] == [5 << 20, 10 << 20, 11_000_000]
    assert [done for key, done, _ in seen if key == "long.mp4"] == [11_000_000]  # copied by the server
    assert s3.puts()


def bytes_sent(s3: ObjectServer) -> int:
    """The bytes of all bodies, without the summary's."""
    return sum(each.body for each in s3.requests if each.method in {"PUT", "POST"} and "latest" not in each.key)


NEVER, ALWAYS = "no-cache", "public, max-age=31536000, immutable"
LARGE = 6_000_000


def check_published(client: Client, large: Item) -> None:
    """Both names have the content, the type, and each its own time in caches."""
    for name, cached in ((large.name, NEVER), (large.content_name, ALWAYS)):
        assert client.get(name) == large.path.read_bytes()
        assert client.headers(name) == {"Content-Type": "video/mp4", "Cache-Control": cached}
    assert publisher(client.address.prefix).publish("läng 1", [large]).sent == ()


@pytest.fixture
def large(tmp_path: Path) -> Item:
    """A video that is sent in parts, with a name that addresses must quote."""
    return item(tmp_path, "läng 1.mp4", "video", bytes(range(250)) * (LARGE // 250))


def test_a_large_video_is_sent_once(s3: ObjectServer, large: Item) -> None:
    """N19: the server copies it to its other name; the name with the digest gets its headers last."""
    sent = publisher("once").publish("läng 1", [large])
    assert sent.sent == (large.content_name, large.name, "läng 1.latest.json")
    assert LARGE <= bytes_sent(s3) < LARGE + 1000  # and the list of its parts
    assert LARGE <= sent.bytes < LARGE + 1000
    check_published(Client(f"s3://{BUCKET}/once"), large)


def test_a_new_version_of_a_large_video(s3: ObjectServer, large: Item, tmp_path: Path) -> None:
    """The name that people know leads to the old one until the new one is whole; both keep their other names."""
    publisher("version").publish("läng 1", [large])
    (tmp_path / "new").mkdir()
    new = item(tmp_path / "new", large.name, "video", large.path.read_bytes()[::-1])
    s3.clear()
    publisher("version").publish("läng 1", [new])
    assert bytes_sent(s3) < LARGE + 1000
    client = Client(f"s3://{BUCKET}/version")
    check_published(client, new)
    assert client.get(large.content_name) == large.path.read_bytes()
    s3.clear()
    publisher("version").publish("läng 1", [large])  # back again: its content is there, and its other name is not
    assert bytes_sent(s3) < LARGE + 1000
    check_published(client, large)


@pytest.mark.parametrize("number", [1, 2])
def test_a_server_that_copies_nothing_gets_it_again(s3: ObjectServer, large: Item, number: int) -> None:
    """No copies at all, or none with other headers: what cannot be copied is sent, and all headers are right."""
    copies = 0

    def refuse(request: Request) -> Fault | None:
        nonlocal copies
        copies += "x-amz-copy-source" in request.headers
        return Fault(501) if "x-amz-copy-source" in request.headers and copies >= number else None

    s3.fault = refuse
    publisher(f"copies-{number}").publish("läng 1", [large])
    assert bytes_sent(s3) // LARGE == 4 - number  # as docs/publish.md says
    s3.clear()
    check_published(Client(f"s3://{BUCKET}/copies-{number}"), large)


def test_two_runs_that_send_the_same_video_at_once(s3: ObjectServer, large: Item) -> None:
    """If another run has given the content its last headers, the name that people know does not inherit them."""
    client = Client(f"s3://{BUCKET}/at-once")
    copies = 0

    def other(request: Request) -> Fault | None:
        nonlocal copies
        copies += "x-amz-copy-source" in request.headers
        if copies == 1 and "x-amz-copy-source" in request.headers:
            own = {"Cache-Control": ALWAYS, "Content-Type": "video/mp4"}
            client.copy(large.content_name, large.content_name, LARGE, own)
        return None

    s3.fault = other
    publisher("at-once").publish("läng 1", [large])
    s3.clear()
    check_published(client, large)


def test_headers_that_a_run_that_broke_off_left_are_mended(s3: ObjectServer, large: Item) -> None:
    """N19: the content is there with the headers of the other name; it is not sent again."""
    s3.fault = fail(5, fault=Fault(500))  # the summary, after two parts and two copies
    with pytest.raises(RemoteError):
        publisher("mended").publish("läng 1", [large])
    client = Client(f"s3://{BUCKET}/mended")
    s3.clear()
    client.copy(large.content_name, large.content_name, LARGE, {"Cache-Control": NEVER, "Content-Type": "video/mp4"})
    s3.clear()
    publisher("mended").publish("läng 1", [large])
    assert bytes_sent(s3) < LARGE + 1000  # the other name
    check_published(client, large)


@pytest.mark.parametrize(("name", "kind"), [("a.mp4", "video/mp4"), ("a.SRT", "application/x-subrip; charset=utf-8")])
def test_types_are_known_by_the_ending(name: str, kind: str) -> None:
    """An unknown ending is a stream of bytes."""
    assert headers(name)["Content-Type"] == kind
    assert headers("a.unknown")["Content-Type"] == "application/octet-stream"


class _Broken(io.BytesIO):
    """A file of a disk that fails after some bytes. good: how many can be read."""

    good = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """Read, or fail."""
        if self.tell() >= self.good:
            raise OSError(5, "Input/output error")
        return super().read(size)


@pytest.mark.usefixtures("s3")
@pytest.mark.parametrize("size", [3, PART_BYTES + 1])
def test_a_disk_that_fails_is_not_the_fault_of_the_place(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Whether a file is sent whole or in parts; no name leads to a part of it."""
    file = _Broken(b"x" * size)
    file.good = PART_BYTES if size > PART_BYTES else 0
    monkeypatch.setattr(os, "fstat", lambda _number: SimpleNamespace(st_size=size))
    monkeypatch.setattr(file, "fileno", lambda: 0)
    with pytest.raises(OSError, match="Input/output error"):
        Client(f"s3://{BUCKET}/broken", seconds=20, retries=0).upload("film.mp4", file, headers("film.mp4"))
    assert Client(f"s3://{BUCKET}/broken").head("film.mp4") is None


def test_a_file_that_cannot_be_read_is_named(items: list[Item], s3: ObjectServer) -> None:
    """A folder in the place of the file fails while it is read; nothing is sent of it."""
    items[0].path.unlink()
    items[0].path.mkdir()
    with pytest.raises(UsageError, match=r"cannot read '.*intro.mp4': is a directory"):
        publisher("unreadable").publish("intro", items)
    assert s3.puts() == []
