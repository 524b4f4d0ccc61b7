"""Where a server listens, and what its command says about that."""

from __future__ import annotations

import errno
import os
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.support.live_site import Site
from vidbuild.api.cache import cache_clear, cache_info
from vidbuild.api.options import BuildOptions
from vidbuild.cli.watch import SERVER_PACKAGES, require
from vidbuild.errors import StoreError, UsageError
from vidbuild.serve.server import Listening, LivePage, listen, project_of


class Sockets:
    """Sockets that can be bound to some ports; code: the error of all others."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, free: set[int], code: int = errno.EADDRINUSE) -> None:
        self.free, self.code, self.closed = free, code, 0
        self.port = 0
        monkeypatch.setattr("vidbuild.serve.server.socket.getaddrinfo", self.getaddrinfo)
        monkeypatch.setattr("vidbuild.serve.server.socket.socket", lambda *_: self)

    def getaddrinfo(self, host: str, port: int, **_: Any) -> list[Any]:
        """Return an address, for a host that exists."""
        if " " in host:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (host, port))]

    def bind(self, address: tuple[str, int]) -> None:
        """Bind to a free port."""
        if address[1] not in self.free:
            raise OSError(self.code, "no")
        self.port = address[1]

    def getsockname(self) -> tuple[str, int]:
        """Return the address; port 0 stands for any."""
        return ("", self.port or 5555)

    def close(self) -> None:
        """Count."""
        self.closed += 1

    def setsockopt(self, *_: int) -> None:
        """Accept any option."""

    def listen(self, _backlog: int) -> None:
        """Accept connections."""

    def setblocking(self, _flag: bool) -> None:
        """Accept any mode."""


def test_the_next_free_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ports that are in use are skipped, and named; port 0 is any free one."""
    sockets = Sockets(monkeypatch, {8487, 0})
    found = listen("127.0.0.1", 8484)
    assert (found.port, found.skipped, sockets.closed) == (8487, (8484, 8485, 8486), 3)
    assert listen("127.0.0.1", 0).port == 5555


@pytest.mark.parametrize(
    ("host", "port", "code", "message"),
    [
        ("no such host", 8484, 0, "cannot listen on 'no such host': no such host"),
        ("127.0.0.1", 8484, errno.EADDRINUSE, "ports 8484 to 8503 are in use"),
        ("127.0.0.1", 65530, errno.EADDRINUSE, "ports 65530 to 65535 are in use"),
        ("192.0.2.1", 8484, errno.EADDRNOTAVAIL, "cannot listen on '192.0.2.1:8484': no"),
        ("127.0.0.1", 80, errno.EACCES, "cannot listen on '127.0.0.1:80': no"),
    ],
)
def test_a_place_that_cannot_be_used(
    host: str, port: int, code: int, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host that does not exist or is another machine's, and ports that are not free, are errors with a way out."""
    Sockets(monkeypatch, set(), code)
    with pytest.raises(UsageError) as error:
        listen(host, port)
    assert error.value.message == message
    assert error.value.hint is not None
    assert error.value.hint.startswith(("--port ", "--host "))


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8484"),
        ("::1", "http://[::1]:8484"),
        ("::", "http://[::1]:8484"),
        (".".join("0000"), "http://127.0.0.1:8484"),
        ("studio.example", "http://studio.example:8484"),
    ],
)
def test_addresses(host: str, address: str) -> None:
    """The address can be opened on this machine, whichever the server listens on."""
    with socket.socket() as unbound:
        assert Listening(unbound, host, 8484, ()).address == address


def test_one_project(tmp_path: Path) -> None:
    """Specs of several projects need several servers."""
    for name in ("a", "b"):
        (tmp_path / name / "sub").mkdir(parents=True)
        (tmp_path / name / "vidbuild.toml").write_text("")
    assert project_of([tmp_path / "a" / "x.yaml", tmp_path / "a" / "sub" / "y.yaml"]) == tmp_path / "a"
    with pytest.raises(UsageError, match="the specs are of 2 projects"):
        project_of([tmp_path / "a" / "x.yaml", tmp_path / "b" / "x.yaml"])


def test_what_is_kept_of_videos_is_a_part_of_the_cache(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache counts the versions of videos, and removes them once no server runs; old ones go when one starts."""
    revision = site.add_version()
    other = site.folder / "0123456789ab" / "ba9876543210"
    shutil.copytree(revision.folder, other)
    for folder in (other, revision.folder):
        os.utime(folder, (1, 1))
    cache = site.root / ".vidbuild"
    counted = cache_info(cache).bytes
    for part in ("builder.Builder", "watcher.Watcher"):
        for name in ("start", "stop"):
            monkeypatch.setattr(f"vidbuild.serve.{part}.{name}", lambda _: None)

    def page() -> LivePage:
        listening = Listening(socket.socket(), "127.0.0.1", 8484, ())
        listening.socket.close()
        return LivePage([site.spec], BuildOptions(cache=cache), listening, lambda: True, site.bugs.append)

    assert counted >= 2 * sum(each.bytes for each in revision.files)
    with (first := page()).working():
        with (second := page()).working():
            assert (first.stream.add("a", {}), second.stream.add("b", {})) == (1, 1)  # each has a log of its own
        assert (site.folder / "events.jsonl").read_text() == '{"id":1,"event":"a","data":{}}\n'
        assert revision.folder.is_dir()
        with pytest.raises(StoreError, match="is in use"):
            cache_clear(cache)
    assert not other.parent.exists()
    cache_clear(cache)
    assert not revision.folder.exists()


@pytest.mark.parametrize(
    "name", ["", "events.jsonl", "events.new", "runs", "0123456789ab", "0123456789ab/cdef01234567"]
)
def test_symlinks_that_came_with_a_project(site: Site, tmp_path: Path, name: str) -> None:
    """A cache folder that somebody else made lets the server write to no other place."""
    target = tmp_path / "elsewhere"
    link = site.folder / name if name else site.folder
    shutil.rmtree(site.folder)
    if name:
        link.parent.mkdir(parents=True)
    if name.startswith("events"):
        target.write_text("")
    else:
        target.mkdir()
    link.symlink_to(target)
    options = BuildOptions(cache=site.root / ".vidbuild")
    with socket.socket() as unbound:
        listening = Listening(unbound, "127.0.0.1", 1, ())
        with pytest.raises(StoreError, match="is a symlink") as error:
            LivePage([site.spec], options, listening, lambda: True, site.bugs.append)
    assert error.value.hint == f"rm {link}"
    assert target.read_text() == "" if target.is_file() else list(target.iterdir()) == []


@pytest.mark.parametrize(("versions", "kept"), [(9.5, 4), (3.5, 3), (2.5, 2), (0.5, 2)])
def test_versions_that_are_kept(site: Site, monkeypatch: pytest.MonkeyPatch, versions: float, kept: int) -> None:
    """Of large videos fewer versions are kept, but always the one that is shown and the one before it.

    versions: how many of them have the size that is allowed.
    """
    size = sum(each.bytes for each in site.add_version(b"0").files)
    monkeypatch.setattr("vidbuild.serve.revisions.KEPT_BYTES", round(versions * size))
    every = [site.add_version(f"{number}".encode()) for number in range(1, 7)]
    assert [each.id for each in site.video.revisions.newest()] == [each.id for each in reversed(every[-kept:])]


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the packages of the extra, the command names them and how to install them."""
    require(SERVER_PACKAGES, "the live page")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name != "uvicorn" else name)
    with pytest.raises(UsageError) as error:
        require(SERVER_PACKAGES, "the live page")
    assert error.value.message == "the live page needs 'starlette', 'watchfiles'"
    assert error.value.hint == "pip install 'vidbuild[serve]'"
