"""Read-only caches: cached results are used, and new ones are not kept."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import mounts
from tests.support.engine_lab import snapshot
from tests.support.fault_lab import FaultLab
from tests.support.workspace import SMALL, Workspace
from vidbuild.engine.keys.cache import LOWER
from vidbuild.engine.runs.events import StepCached
from vidbuild.engine.store import writable
from vidbuild.engine.store.store import Store


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A folder whose file system can be made read-only with `seal`; root ignores modes, but not this."""
    folder = tmp_path / "mounted"
    folder.mkdir()
    mounts.mount("--bind", str(folder), str(folder))
    yield folder
    mounts.unmount(folder)


def seal(folder: Path) -> None:
    """Make the mounted folder read-only."""
    mounts.mount("-o", "remount,ro,bind", str(folder))


WARNING = "warning: the cache '{}' cannot be written: what is built now is not kept [VB905]\n"


def test_a_read_only_cache(workspace: Workspace, mounted: Path) -> None:
    """P20: with a cache that cannot be written a build warns once, uses cached results and makes the others."""
    env = {"VIDBUILD_CACHE": str(mounted / "cache")}
    workspace.write("video.yaml", SMALL)
    first = workspace.run("build", "--json", env=env)
    assert first.code == 0, first.stderr
    video = (workspace.root / "build" / "video.mp4").read_bytes()
    shutil.rmtree(workspace.root / "build")
    seal(mounted)
    null = workspace.run("build", "--json", env=env)
    assert (null.code, null.data["steps"]["ran"]) == (0, [])
    assert null.stderr.count(WARNING.format(mounted / "cache")) == 1
    assert (workspace.root / "build" / "video.mp4").read_bytes() == video
    workspace.write("video.yaml", SMALL.replace("title: Two", "title: Deux"))
    for command in ("build --dry-run", "explain", "graph"):
        outcome = workspace.run(*command.split(), env=env)
        assert outcome.code == 0, f"P27: {command} {outcome.stderr}"
    for _ in range(2):
        edited = workspace.run("build", "--json", env=env)
        assert edited.code == 0, edited.stderr
        assert "render:one" not in edited.data["steps"]["ran"]
        assert "render:two" in edited.data["steps"]["ran"], "nothing of it was kept"
    assert not [path for path in (workspace.root / "build").iterdir() if ".mine" in path.name]
    assert (
        workspace.run("build", "--json", "--cache" if False else "--offline").data["outputs"] == edited.data["outputs"]
    )


def test_where_there_is_no_cache_yet(workspace: Workspace, mounted: Path) -> None:
    """P20: where a cache cannot even be made, a build is made without one."""
    seal(mounted)
    workspace.write("video.yaml", SMALL)
    outcome = workspace.run("build", env={"VIDBUILD_CACHE": str(mounted / "a" / "cache")})
    assert (outcome.code, outcome.stderr.count(WARNING.format(mounted / "a" / "cache"))) == (0, 1)
    assert (workspace.root / "build" / "video.mp4").stat().st_size > 1000
    still = workspace.run("still", "video.yaml", "one", env={"VIDBUILD_CACHE": str(mounted / "a" / "cache")})
    assert still.code == 0, still.stderr


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FaultLab:
    """A store with results whose writes fail as on a read-only file system."""
    lab = FaultLab(tmp_path / "project")
    lab.whole("one")
    lab.ran()
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: "v1" not in Path(path).parts and access(path, mode))
    return lab


def over(lab: FaultLab, text: str) -> tuple[str, list[str]]:
    """Build over the store: how that ended, and what ran."""
    with writable.writable(lab.store) as used:
        assert [each.root for each in used.lower] == [lab.store.root]
        above = FaultLab(lab.root, used.root)
        above.store = used
        status = above.whole(text).status
        assert {event.source for event in above.events if isinstance(event, StepCached)} <= {LOWER}
        assert not any(path.is_symlink() for path in (lab.root / "build").iterdir())
    assert not used.root.exists()
    return status, lab.ran()


def test_what_is_there_is_used_and_nothing_is_changed(refused: FaultLab) -> None:
    """P20: over a store that cannot be written a build that is done is up to date; another is made and forgotten."""
    before = snapshot(refused.store.root)
    assert over(refused, "one") == ("up-to-date", [])
    assert over(refused, "two") == ("built", ["a", "b", "c"])
    assert over(refused, "two") == ("built", ["a", "b", "c"])
    assert snapshot(refused.store.root) == before


def test_damage_is_noticed_there_too(refused: FaultLab) -> None:
    """V9: a damaged blob of a cache that cannot be written is made again, and stays as it is."""
    path = max(refused.store.blobs.root.rglob("*"), key=lambda each: each.is_file() and each.stat().st_size)
    path.chmod(0o644)
    path.write_bytes(b"x" * path.stat().st_size)
    before = snapshot(refused.store.root)
    status, ran = over(refused, "one")
    assert status == "built"
    assert ran
    assert snapshot(refused.store.root) == before


def test_what_can_be_written_is_used_as_it_is(tmp_path: Path) -> None:
    """A store that can be written is itself, wherever it is and whether it is there yet."""
    store = Store(tmp_path / "a" / "b" / ".vidbuild")
    with writable.writable(store) as used:
        assert used is store
    assert list(tmp_path.iterdir()) == []
