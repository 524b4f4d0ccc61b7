"""`vidbuild serve` on a disk that fills while it runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import mounts
from tests.support.background_build import wait_until
from tests.support.event_reader import EventReader
from tests.support.live_server import LiveServer
from tests.support.workspace import SMALL, Workspace

pytestmark = pytest.mark.usefixtures("loopback")


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    """A project, with its cache, on a small file system in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounts.mount("-t", "tmpfs", "-o", "size=64m", "none", str(folder))
    space = Workspace(folder / "project")
    space.write("video.yaml", SMALL)
    yield space
    mounts.unmount(folder)


def fill(space: Workspace) -> Path:
    """Write a file that leaves no room; only what a spec needs is free."""
    filler = space.root / "filler"
    free = os.statvfs(space.root)
    with filler.open("wb") as file:
        file.write(b"\0" * (free.f_bavail * free.f_frsize - 8 * 4096))
    return filler


def states(server: LiveServer) -> set[str]:
    """The states of all videos."""
    return {each["state"] for each in server.get("/api/videos")}


def test_a_disk_that_fills_keeps_the_last_good_video(space: Workspace) -> None:
    """The page says that the disk is full and still has the video; with room again, the next save is built."""
    with LiveServer(space.root, "video.yaml") as server:
        wait_until(lambda: states(server) == {"ready"}, "a video", 120)
        (row,) = server.get("/api/videos")
        before = server.get(f"/api/videos/{row['id']}")
        with EventReader(server.address) as reader:
            last = reader.until(lambda each: each.type == "hello").id
            filler = fill(space)
            space.write("video.yaml", SMALL.replace("title: Two", "title: Due"))
            reader.until(lambda each: each.type == "video" and each.data["state"] == "failed", last)
            problems: list[dict[str, Any]] = server.get(f"/api/videos/{row['id']}/problems")
            text = " ".join(f"{each['message']} {each['hint']}" for each in problems)
            assert "the disk" in text or "no space left" in text, text
            now = server.get(f"/api/videos/{row['id']}")
            assert now["revision"] == before["revision"]
            assert server.fetch(now["media"]["url"]) == server.fetch(before["media"]["url"])
            assert len(server.fetch(now["media"]["url"])) == now["media"]["bytes"]
            filler.unlink()
            last = reader.last
            space.write("video.yaml", SMALL.replace("title: Two", "title: Dos"))
            reader.ready(last)
        assert states(server) == {"ready"}
        assert server.get(f"/api/videos/{row['id']}/problems") == []
        after = server.get(f"/api/videos/{row['id']}")
        assert after["scenes"][1]["title"] == "Dos"
        assert server.fetch(after["media"]["url"]) == (space.root / "build" / "video.mp4").read_bytes()
