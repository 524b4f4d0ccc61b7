"""The tiers of a build's cache."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.engine_lab import snapshot
from vidbuild.engine.keys.cache import LOCAL, LOWER, LocalCache, TieredCache
from vidbuild.engine.keys.key import KeyMaterial
from vidbuild.engine.store.blobs import Blob
from vidbuild.engine.store.digest_cache import DigestCache
from vidbuild.engine.store.store import Store
from vidbuild.engine.store.trace import Trace


def trace_of(outputs: dict[str, Blob], name: str = "one") -> Trace:
    """A trace with these outputs, under the key of a material with this name."""
    material = KeyMaterial("render", 1, {"name": name}, {}, {})
    return Trace(material.key(), "render:one", tuple(material.lines()), {}, outputs, {}, seconds=2.0)


def add(store: Store, content: bytes) -> Blob:
    """Add a blob to a store."""
    made = store.root / "made"
    made.parent.mkdir(parents=True, exist_ok=True)
    made.write_bytes(content)
    ((blob, _),) = store.blobs.move_in({"": made}).values()
    return blob


def corrupt(store: Store, blob: Blob) -> None:
    """Change a blob's first byte."""
    path = store.blobs.path(blob.digest)
    path.chmod(0o644)
    path.write_bytes(b"X" + path.read_bytes()[1:])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store that can be written."""
    return Store(tmp_path / ".vidbuild")


@pytest.fixture
def local(store: Store) -> LocalCache:
    """That store as a tier."""
    return LocalCache(store, DigestCache(store.home / "files"))


def test_a_trace_is_not_replaced_while_its_blobs_are_intact(store: Store, local: LocalCache) -> None:
    """P10: the second writer of a key adopts the first one's result."""
    first = trace_of({"a": add(store, b"first")})
    second = replace(first, outputs={"a": add(store, b"second")})
    assert local.record(first) is first
    assert local.record(second).outputs == first.outputs
    found = store.trace(first.key)
    assert found is not None
    assert found.outputs == first.outputs


@pytest.mark.parametrize("forced", [False, True], ids=["blobs are corrupt", "forced"])
def test_a_trace_is_replaced(store: Store, local: LocalCache, forced: bool) -> None:
    """P26: a trace is replaced if a blob of it is missing or corrupt, or if the user forces the step."""
    first = trace_of({"a": add(store, b"first")})
    second = replace(first, outputs={"a": add(store, b"second")})
    local.record(first)
    if not forced:
        corrupt(store, first.outputs["a"])
    assert local.record(second, replace=forced) is second
    found = store.trace(first.key)
    assert found is not None
    assert found.outputs == second.outputs


class Tiers:
    """A store that lies over another one with a result in it."""

    def __init__(self, root: Path) -> None:
        self.below = Store(root / "below")
        self.below.prepare()
        self.trace = trace_of({"a": add(self.below, b"first"), "b": add(self.below, b"more")})
        self.below.write_trace(self.trace)
        self.store = Store(root / "over", lower=(Store(self.below.root, read_only=True),))
        self.cache = self.opened()

    def opened(self) -> TieredCache:
        """The tiers as a new build sees them."""
        return TieredCache.over(self.store, DigestCache(self.store.home / "files"))


@pytest.fixture
def tiers(tmp_path: Path) -> Tiers:
    """Two stores, with a result in the lower one."""
    return Tiers(tmp_path)


def test_a_result_of_a_lower_tier_is_found(tiers: Tiers) -> None:
    """P20: a lower tier's result is a hit, its blobs are read where they are, and nothing is written."""
    before = snapshot(tiers.below.root)
    found = tiers.cache.lookup(tiers.trace.key)
    assert found is not None
    assert (found[0].to_data(), found[1].source) == (tiers.trace.to_data(), LOWER)
    digest = tiers.trace.outputs["a"].digest
    assert tiers.cache.has_intact(digest)
    assert tiers.store.blobs.find(digest) == tiers.below.blobs.path(digest)
    assert snapshot(tiers.below.root) == before
    assert not tiers.store.root.exists()


def test_the_local_tier_is_asked_first(tiers: Tiers) -> None:
    """A result of the local tier hides those of lower tiers, which stay as they are."""
    mine = replace(tiers.trace, outputs={"a": add(tiers.store, b"mine")})
    tiers.cache.local.record(mine)
    found = tiers.opened().lookup(tiers.trace.key)
    assert found is not None
    assert (found[0].outputs, found[1].source) == (mine.outputs, LOCAL)


def test_a_corrupt_blob_of_a_lower_tier_is_a_counted_miss(tiers: Tiers) -> None:
    """P21: a corrupt blob of a lower tier is a miss, is counted, and stays where it is; a new one is used instead."""
    blob = tiers.trace.outputs["a"]
    corrupt(tiers.below, blob)
    before = snapshot(tiers.below.root)
    assert tiers.cache.lookup(tiers.trace.key) is None
    assert (tiers.store.corrupt, tiers.cache.has_intact(blob.digest)) == (1, False)
    assert snapshot(tiers.below.root) == before
    assert add(tiers.store, b"first") == blob
    assert tiers.opened().has_intact(blob.digest)
    assert tiers.store.blobs.find(blob.digest) == tiers.store.blobs.path(blob.digest)


def test_a_corrupt_trace_of_a_lower_tier_is_a_counted_miss(tiers: Tiers) -> None:
    """P21: a corrupt trace of a lower tier is a miss and is counted."""
    Path(tiers.below.trace_location(tiers.trace.key)).write_bytes(b"x")
    assert tiers.cache.lookup(tiers.trace.key) is None
    assert tiers.cache.trace(tiers.trace.key) is None
    assert tiers.store.corrupt == 1


def test_a_trace_without_its_blobs_can_still_be_compared(tiers: Tiers) -> None:
    """Explain reads the material of a trace even if its blobs are gone."""
    tiers.below.blobs.path(tiers.trace.outputs["a"].digest).unlink()
    assert tiers.cache.lookup(tiers.trace.key) is None
    found = tiers.cache.trace(tiers.trace.key)
    assert found is not None
    assert found.material == tiers.trace.material
    assert tiers.store.corrupt == 0


def test_blobs_are_copied_out_of_a_tier(tiers: Tiers, tmp_path: Path) -> None:
    """A store is a tier that results can be copied from."""
    tier = LocalCache(tiers.below, DigestCache(tmp_path / "table"))
    tier.copy_blob(tiers.trace.outputs["b"], tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"more"
    with pytest.raises(FileNotFoundError):
        tier.copy_blob(Blob("00" * 32, 5), tmp_path / "none")
