"""The cache folder and its traces."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.engine_lab import names
from vidbuild.engine.disk import checksummed
from vidbuild.engine.graph.context import StepWarning
from vidbuild.engine.keys.key import KeyMaterial
from vidbuild.engine.store.blobs import Blob
from vidbuild.engine.store.store import Store
from vidbuild.engine.store.trace import Trace
from vidbuild.errors import StoreError

MATERIAL = KeyMaterial("film", 1, {"crf": 20}, {"clip": "aa" * 32}, {"ffmpeg": "9.0"})
TRACE = Trace(
    MATERIAL.key(),
    "render:install",
    tuple(MATERIAL.lines()),
    MATERIAL.inputs,
    {"segment.h264": Blob("bb" * 32, 12)},
    MATERIAL.tools,
    (StepWarning("too quiet", "voice", "raise it"),),
    1.5,
    1_700_000_000.25,
    "vidbuild 0",
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store that is ready."""
    store = Store(tmp_path / ".vidbuild")
    store.prepare()
    return store


def test_making_a_store_touches_nothing(tmp_path: Path) -> None:
    """P27: a store that is only looked at makes no folder, and everything in it is a miss."""
    store = Store(tmp_path / ".vidbuild")
    assert store.trace(TRACE.key) is None
    assert store.corrupt == 0
    assert names(tmp_path) == []


def test_the_folder_explains_itself(store: Store) -> None:
    """The folder has a note for people and marks for backup tools and version control."""
    assert (store.root / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")
    assert (store.root / ".gitignore").read_text() == "*\n"
    assert "can be deleted" in (store.root / "README").read_text()


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """A cache that cannot be used at all is an error that names it."""
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"cannot write the cache '.*/file/\.vidbuild': not a directory"):
        Store(tmp_path / "file" / ".vidbuild").prepare()


def test_a_trace_comes_back_whole(store: Store) -> None:
    """Every field of a trace is stored, its warnings and its key material included."""
    store.write_trace(TRACE)
    found = Store(store.root).trace(TRACE.key)
    assert found is not None
    assert found.to_data() == TRACE.to_data()
    assert found.material == TRACE.material
    assert found.warnings == TRACE.warnings


def test_every_damaged_byte_is_a_miss(store: Store) -> None:
    """P21: whatever byte of a trace is changed or missing, the key is a miss, never an error."""
    store.write_trace(TRACE)
    path = Path(store.trace_location(TRACE.key))
    raw = path.read_bytes()
    for place in range(0, len(raw), 7):
        for damaged in (raw[:place], raw[:place] + b"\xff" + raw[place + 1 :]):
            path.write_bytes(damaged)
            assert store.trace(TRACE.key) is None
    path.write_bytes(raw)
    assert store.trace(TRACE.key) is not None


def test_a_trace_under_another_key_is_a_miss(store: Store) -> None:
    """A trace counts for its own key only, wherever its file was put."""
    store.write_trace(TRACE)
    other = Path(store.trace_location("00" * 32))
    other.parent.mkdir(parents=True)
    Path(store.trace_location(TRACE.key)).rename(other)
    assert store.trace("00" * 32) is None
    assert store.corrupt == 1


@pytest.mark.parametrize(
    "change",
    [
        {"outputs": {"segment.h264": ["../../../etc/passwd", 1]}},
        {"outputs": {"segment.h264": "bb"}},
        {"outputs": None},
        {"material": [1]},
        {"warnings": 5},
        {"key": None},
    ],
    ids=str,
)
def test_a_record_of_another_shape_is_a_miss(store: Store, change: dict[str, object]) -> None:
    """P22: a well-sealed record that is no trace of this version is a miss; a digest is never taken for a path."""
    path = Path(store.trace_location(TRACE.key))
    path.parent.mkdir(parents=True)
    path.write_bytes(checksummed.dumps({**TRACE.to_data(), **change}))
    assert store.trace(TRACE.key) is None
    path.write_bytes(checksummed.dumps([TRACE.to_data()]))
    assert store.trace(TRACE.key) is None


def test_a_trace_can_be_read_by_people(store: Store) -> None:
    """The trace's second line is JSON that names step, tools and material."""
    store.write_trace(TRACE)
    data = json.loads(Path(store.trace_location(TRACE.key)).read_text().splitlines()[1])
    assert (data["step"], data["tools"], data["made_by"]) == ("render:install", {"ffmpeg": "9.0"}, "vidbuild 0")
    assert ["params.crf", "i", "20"] in data["material"]


def test_other_versions_are_left_alone(store: Store) -> None:
    """P22: clearing takes this version away and nothing else, but for the memory of what was put where."""
    (store.root / "v9" / "cas").mkdir(parents=True)
    (store.root / "v9" / "cas" / "x").touch()
    store.write_trace(TRACE)
    for name in ("files", "usage", "placed"):
        (store.home / name).touch()
    (store.home / "link").symlink_to(store.root / "v9")
    store.clear()
    assert (store.root / "v9" / "cas" / "x").exists()
    assert [path.name for path in store.home.iterdir()] == ["placed"]


def test_a_dead_builds_folder_is_swept_and_a_live_ones_is_not(store: Store) -> None:
    """What a killed build left in tmp goes with the next build's start; a running one's stays."""
    live = store.build_dir()
    dead = store.home / "tmp" / "dead"
    dead.mkdir()
    (dead / "lock").touch()
    (dead / "big").write_bytes(b"x" * 1000)
    other = store.build_dir()
    assert sorted(path.name for path in (store.home / "tmp").iterdir()) == sorted([live.folder.name, other.folder.name])
    live.end()
    other.end()
    assert list((store.home / "tmp").iterdir()) == []


def test_a_build_keeps_trimming_out_and_the_other_way_round(store: Store) -> None:
    """P25: blobs are removed only while no build runs."""
    one, two = store.lock_use(), store.lock_use()
    assert one is not None
    assert two is not None
    assert store.lock_trim() is None
    one.release()
    two.release()
    trim = store.lock_trim()
    assert trim is not None
    assert store.lock_use() is None
    trim.release()
