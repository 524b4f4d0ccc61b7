"""The order of a build's writes, and what the next build makes of the data that a power cut left."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engine_lab import digests
from tests.support.fault_lab import FaultLab, Kept, Op, lab_at, recorded, sound
from tests.support.power_cut import Disk, images, put
from vidbuild.engine.disk import checksummed


@pytest.fixture
def faults(tmp_path: Path) -> Iterator[FaultLab]:
    """A lab whose steps run in this process."""
    with lab_at(tmp_path / "project") as (lab, _):
        yield lab


def test_syncs_and_renames_are_in_order(faults: FaultLab) -> None:
    """P16: a file is synced before it is renamed, and its folder after that and before anything relies on it."""
    ops = recorded(faults, lambda: faults.whole("one"), contents=True)
    renames = [(place, op) for place, op in enumerate(ops) if op.operation == "rename" and op.role != "run state"]
    assert {op.role for _, op in renames} >= {"blob", "trace", "index", "files", "placed", "output"}
    for place, op in renames:
        before = [each for each in ops[:place] if each.path == op.source]
        assert before[-1].operation == "sync", op
        synced = [after for after, each in enumerate(ops) if after > place and sync_of(each, op.path.parent)]
        assert synced, op
        assert not [each for each in ops[place : synced[0]] if each.operation == "rename" and each.role == "trace"][
            op.role == "trace" :
        ], op


def sync_of(op: Op, folder: Path) -> bool:
    """Whether the operation makes a folder's names sure."""
    return op.operation == "sync" and op.path == folder


def test_blobs_are_sure_before_their_trace(faults: FaultLab) -> None:
    """P16: when a trace gets its name, all blobs that it names are on the disk, by bytes and by name."""
    kept: list[str] = []
    faults.prepare()
    disk = Disk.of(faults.root)
    for op in recorded(faults, lambda: faults.whole("two"), contents=True):
        if op.operation == "rename" and op.role == "trace" and op.source:
            data = checksummed.loads(disk.seen[op.source].synced or b"")
            assert data is not None
            for digest, _ in data["outputs"].values():
                blob = disk.sure.get(faults.store.blobs.path(digest))
                assert blob is not None, f"{data['step']} is named before its blob is sure"
                assert blob.synced is not None
            kept.append(data["step"])
        disk.apply(op)
    assert sorted(kept) == ["a", "b", "c"]


def cuts(lab: FaultLab, most: int) -> int:
    """Build on at most so many of the images that a cut during a build may leave, evenly spread; how many they were."""
    expected = lab.expected("two")
    for clean in lab.root.glob("clean-*"):
        shutil.rmtree(clean)
    kept = Kept(lab.root)
    ops = recorded(lab, lambda: lab.whole("two"), contents=True)
    outputs = lab.outputs()
    kept.restore()
    found = list(images(lab.root, ops))
    chosen = found[:: max(1, len(found) // most)]
    for where, image in chosen:
        shutil.rmtree(lab.root)
        put(image)
        report = lab.whole("two")
        assert report.ok, where
        assert digests(report) == expected, where
        assert lab.outputs() == outputs, where
        state = json.loads((lab.store.root / "runs" / report.run / "state.json").read_text())
        assert state["state"] == "completed", where
        sound(lab)
    return len(chosen)


def test_a_power_cut_during_a_first_build(faults: FaultLab) -> None:
    """P16: whatever a power cut leaves of a build's writes, the next build equals a clean one and nothing is stale."""
    faults.source("image.png", "picture two")
    assert cuts(faults, 30) >= 30


def test_a_power_cut_during_a_later_build(faults: FaultLab) -> None:
    """P16: the same where there are results of an earlier version, of which none is taken for one of the new."""
    faults.prepare()
    faults.source("image.png", "picture two")
    assert cuts(faults, 30) >= 30


def test_a_sync_left_out_is_seen(faults: FaultLab) -> None:
    """The images can fail: where the syncs of files are left out, a trace is found that is not whole."""
    ops = [op for op in recorded(faults, lambda: faults.whole("two"), contents=True) if op.content is None]
    shutil.rmtree(faults.root)
    faults.root.mkdir()
    torn = [
        path
        for _, image in images(faults.root, ops)
        for path, content in image.items()
        if "traces" in path.parts and content == b""
    ]
    assert torn
