"""A result is copied from the first remote tier that has a valid one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from vidbuild.engine.keys.cache import LocalCache
from vidbuild.engine.keys.fetch import fetch
from vidbuild.engine.keys.key import KeyMaterial
from vidbuild.engine.store.blobs import Blob
from vidbuild.engine.store.digest_cache import DigestCache
from vidbuild.engine.store.store import Store
from vidbuild.engine.store.trace import Trace


class Remote:
    """A tier over a store that has one result. copied: the digests of the blobs that were copied from it."""

    def __init__(self, folder: Path, source: str) -> None:
        self.source = source
        self.store = Store(folder)
        self.copied: list[str] = []
        self._tier = LocalCache(self.store, DigestCache(self.store.home / "files", read_only=True))
        made = [folder / "one", folder / "two"]
        folder.mkdir()
        for path in made:
            path.write_text(path.name)
        moved = self.store.blobs.move_in({path.name: path for path in made})
        material = KeyMaterial("render", 1, {"name": "a"}, {}, {})
        outputs = {name: blob for name, (blob, _) in moved.items()}
        self.trace: Trace | None = Trace(
            material.key(), "render:a", tuple(material.lines()), {}, outputs, {}, seconds=2.0
        )

    def lookup(self, _key: str) -> Trace | None:
        """Return the trace, whatever the key."""
        return self.trace

    def copy_blob(self, blob: Blob, target: Path) -> None:
        """Copy from the store."""
        self.copied.append(blob.digest)
        self._tier.copy_blob(blob, target)


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """A tier that has a result."""
    return Remote(tmp_path / "remote", "remote")


@pytest.fixture
def own(tmp_path: Path) -> Store:
    """The build's own store, which is empty."""
    (tmp_path / "unverified").mkdir()
    return Store(tmp_path / "own")


def key_of(remote: Remote) -> str:
    """The key of the tier's result."""
    assert remote.trace is not None
    return remote.trace.key


def test_missing_blobs_are_copied_and_verified(remote: Remote, own: Store, tmp_path: Path) -> None:
    """All blobs of the result are in the store afterwards, with their bytes, and nothing unverified is left."""
    result = fetch(key_of(remote), [remote], own.blobs, tmp_path / "unverified")
    assert result.trace is not None
    assert (result.source, result.rejected, result.errors) == ("remote", 0, 0)
    digests = {name: blob.digest for name, blob in result.trace.outputs.items()}
    assert {name: own.blobs.path(digest).read_text() for name, digest in digests.items()} == {
        "one": "one",
        "two": "two",
    }
    assert set(result.added) == set(digests.values()) == set(remote.copied)
    assert list((tmp_path / "unverified").iterdir()) == []
    again = fetch(key_of(remote), [remote], own.blobs, tmp_path / "unverified")
    assert (again.trace, again.added, len(remote.copied)) == (result.trace, {}, 2)


def test_tiers_are_asked_in_their_order(
    remote: Remote, own: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tier without the result, one with a wrong result and one that fails are passed over, and counted."""
    nothing, wrong, other, failing = (
        Remote(tmp_path / name, name) for name in ("nothing", "wrong", "other", "failing")
    )
    nothing.trace = None
    assert wrong.trace is not None
    wrong.trace = replace(wrong.trace, material=tuple(KeyMaterial("render", 1, {"name": "b"}, {}, {}).lines()))
    assert other.trace is not None
    other.trace = replace(other.trace, key="0" * 64)

    def fail(_key: str) -> Trace | None:
        raise ConnectionError("no route")

    monkeypatch.setattr(failing, "lookup", fail)
    tiers = [nothing, wrong, other, failing, remote]
    result = fetch(key_of(remote), tiers, own.blobs, tmp_path / "unverified")
    assert (result.source, result.rejected, result.errors) == ("remote", 2, 1)
    assert fetch(key_of(remote), tiers[:-1], own.blobs, tmp_path / "unverified").trace is None


def test_a_corrupt_blob_is_rejected(remote: Remote, own: Store, tmp_path: Path) -> None:
    """Bytes that are not those of the digest reach no store."""
    assert remote.trace is not None
    path = remote.store.blobs.path(remote.trace.outputs["two"].digest)
    path.chmod(0o644)
    path.write_text("TWO")
    result = fetch(key_of(remote), [remote], own.blobs, tmp_path / "unverified")
    assert (result.trace, result.rejected, result.added) == (None, 1, {})
    assert not [found for found in (tmp_path / "own").rglob("*") if found.is_file() and found.read_bytes() == b"TWO"]


def test_a_cancelled_fetch_adds_nothing(remote: Remote, own: Store, tmp_path: Path) -> None:
    """After the end of its build a fetch leaves the store as it is."""
    result = fetch(key_of(remote), [remote], own.blobs, tmp_path / "unverified", lambda: True)
    assert result.added == {}
    assert remote.trace is not None
    assert not own.blobs.path(remote.trace.outputs["one"].digest).exists()
    assert list((tmp_path / "unverified").iterdir()) == []
