"""Installing outputs where the user wants them."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from tests.support.engine_lab import Lab, graph, names, step
from vidbuild.engine.disk import checksummed, durable
from vidbuild.engine.disk.lock import Lock
from vidbuild.engine.store import gc
from vidbuild.engine.store.blobs import Blob
from vidbuild.engine.store.output_manifest import OutputManifest
from vidbuild.engine.store.outputs import OutputResult, Outputs
from vidbuild.engine.store.store import Store
from vidbuild.errors import StoreError, UsageError


def made(lab: Lab, text: str = "one") -> Blob:
    """An output of a step."""
    return lab.build(graph(step("a", text=text))).steps["a"].outputs["main.txt"]


def place(lab: Lab, blob: Blob, target: Path) -> OutputResult:
    """Place an output, as a build of its own."""
    (placed,) = Outputs(Store(lab.store.root)).place_all([(blob, target)])
    return placed


@pytest.fixture
def target(lab: Lab) -> Path:
    """Where the output goes; its folder is not there yet."""
    return lab.root / "build" / "video.mp4"


def test_an_output_is_a_copy_of_its_own(lab: Lab, target: Path) -> None:
    """P23: a placed output is another file than the blob, and may be written by its owner."""
    blob = made(lab)
    assert place(lab, blob, target) == OutputResult(target, "written")
    path = lab.store.blobs.path(blob.digest)
    assert target.read_bytes() == path.read_bytes()
    assert (target.stat().st_ino, target.stat().st_nlink) != (path.stat().st_ino, 2)
    assert target.stat().st_mode & stat.S_IWUSR
    assert names(target.parent) == ["video.mp4"]


def test_outputs_cannot_change_the_cache(lab: Lab, target: Path) -> None:
    """P23: whatever is done to an output, the store verifies and the blob is what it was."""
    blob = made(lab)
    place(lab, blob, target)
    with target.open("ab") as file:
        file.write(b"appended")
    assert gc.verify(lab.store).corrupt == ()
    assert durable.hash_file(lab.store.blobs.path(blob.digest)) == blob.digest


def test_an_output_that_is_the_same_is_not_touched(lab: Lab, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P49: placing what is there changes neither bytes nor times, and after the first time reads nothing."""
    blob = made(lab)
    place(lab, blob, target)
    before = target.stat()
    monkeypatch.setattr(durable, "hash_file", lambda _: pytest.fail("read"))
    assert place(lab, blob, target) == OutputResult(target, "kept")
    assert (target.stat().st_mtime_ns, target.stat().st_ctime_ns) == (before.st_mtime_ns, before.st_ctime_ns)


def test_our_own_older_output_is_replaced(lab: Lab, target: Path) -> None:
    """The next version takes the place of the last, and nothing is set aside."""
    place(lab, made(lab), target)
    assert place(lab, made(lab, "two"), target) == OutputResult(target, "written")
    assert names(target.parent) == ["video.mp4"]


@pytest.mark.parametrize("how", ["edited", "edited, mtime restored", "there before", "edited, memory lost"])
def test_the_users_own_file_is_set_aside(lab: Lab, target: Path, how: str) -> None:
    """P17: a file that the user edited or put there is moved aside and reported, never overwritten."""
    if how != "there before":
        place(lab, made(lab), target)
    target.parent.mkdir(exist_ok=True)
    before = target.stat() if target.exists() else None
    target.write_bytes(b"my own work")
    if "restored" in how and before:
        os.utime(target, ns=(before.st_atime_ns, before.st_mtime_ns))
    if "lost" in how:
        (lab.store.home / "placed").unlink()
    new = made(lab, "two")
    aside = target.with_name("video.mine.mp4")
    edited = how in ("edited", "edited, mtime restored")
    assert place(lab, new, target) == OutputResult(target, "written", aside, edited=edited)
    assert aside.read_bytes() == b"my own work"
    assert durable.hash_file(target) == new.digest


def test_nothing_set_aside_is_overwritten(lab: Lab, target: Path) -> None:
    """Each of the user's files gets a name of its own."""
    for number, text in enumerate(["one", "two", "three"]):
        target.parent.mkdir(exist_ok=True)
        target.write_text(f"mine {number}")
        place(lab, made(lab, text), target)
    kept = {path.name: path.read_text() for path in target.parent.iterdir() if path != target}
    assert kept == {"video.mine.mp4": "mine 0", "video.mine-2.mp4": "mine 1", "video.mine-3.mp4": "mine 2"}


def test_an_output_edited_back_is_left(lab: Lab, target: Path) -> None:
    """A file whose bytes are right is left alone, whatever wrote it."""
    blob = made(lab)
    target.parent.mkdir()
    target.write_bytes(lab.store.blobs.path(blob.digest).read_bytes())
    assert place(lab, blob, target) == OutputResult(target, "kept")


def test_without_the_record_nothing_is_taken_for_ours(lab: Lab, target: Path) -> None:
    """P17: when the record is lost an old output is moved aside: it might be anybody's, a source of a video even."""
    place(lab, made(lab), target)
    (lab.store.home / "placed").write_bytes(b"damaged")
    aside = target.with_name("video.mine.mp4")
    assert place(lab, made(lab, "two"), target) == OutputResult(target, "written", aside)
    assert aside.read_bytes() != target.read_bytes()


@pytest.mark.parametrize("point", ["copy", "rename", "link"])
def test_an_output_is_whole_or_not_there(lab: Lab, target: Path, monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    """P17: whatever goes wrong in between, the target is the old file or the new one."""
    place(lab, made(lab), target)
    target.write_bytes(b"my own work")
    new = made(lab, "two")

    def broken(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        if point == "link":
            patch.setattr(os, "link", broken)
            patch.setattr(durable, "rename", broken)
        else:
            patch.setattr(durable, point, broken)
        with pytest.raises(StoreError, match=f"cannot write '{target}': no space left on device"):
            place(lab, new, target)
    assert target.read_bytes() == b"my own work"
    assert not [path for path in target.parent.iterdir() if path.name.startswith(durable.TEMP_PREFIX)]
    assert place(lab, new, target).action == "written"


def test_a_damaged_blob_is_not_placed(lab: Lab, target: Path) -> None:
    """V9: what is copied out is hashed again, so that damage never reaches the user."""
    blob = made(lab)
    lab.store.blobs.path(blob.digest).chmod(0o644)
    lab.store.blobs.path(blob.digest).write_bytes(b"damaged")
    with pytest.raises(StoreError, match=r"the cache's copy of 'video.mp4' was corrupt"):
        place(lab, blob, target)
    assert names(target.parent) == []


def test_a_missing_blob_is_an_error(lab: Lab, target: Path) -> None:
    """The error about a trimmed result does not blame the target, whose folder is not even made."""
    blob = made(lab)
    lab.store.blobs.remove(blob.digest)
    with pytest.raises(StoreError, match=r"the cache's copy of 'video.mp4' is gone"):
        place(lab, blob, target)
    assert not target.parent.exists()


def test_a_folder_in_the_way_is_an_error(lab: Lab, target: Path) -> None:
    """A folder at the place of the output is an error that names it."""
    target.mkdir(parents=True)
    with pytest.raises(UsageError, match="is a folder"):
        place(lab, made(lab), target)


def test_a_link_is_replaced_and_its_target_is_not(lab: Lab, target: Path) -> None:
    """P17: an output that is a link elsewhere is replaced by a file; what it leads to stays as it is."""
    precious = lab.root / "precious"
    precious.write_text("precious")
    target.parent.mkdir()
    target.symlink_to(precious)
    place(lab, made(lab), target)
    assert precious.read_text() == "precious"
    assert not target.is_symlink()


def test_where_no_hard_links_are_the_file_is_still_set_aside(
    lab: Lab, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a file system without hard links the user's file is renamed instead."""

    def unsupported(*_: Any, **__: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", unsupported)
    target.parent.mkdir()
    (target.parent / "video.mine.mp4").write_text("earlier")
    target.write_text("mine")
    placed = place(lab, made(lab), target)
    assert placed.aside == target.with_name("video.mine-2.mp4")
    assert placed.aside.read_text() == "mine"


def test_two_builds_merge_their_manifests(lab: Lab, target: Path) -> None:
    """Outputs that another build placed meanwhile are still in the manifest after ours is written."""
    one, two = Outputs(Store(lab.store.root)), Outputs(Store(lab.store.root))
    other = target.with_name("other.mp4")
    blob = made(lab)
    one.place(blob, target)
    two.place(blob, other)
    one.save()
    two.save()
    for path in (target, other):
        assert place(lab, made(lab, "two"), path) == OutputResult(path, "written")


def test_a_build_killed_between_placing_and_saving_forgets_nothing(
    lab: Lab, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P17: an output that was placed but not yet noted is ours: the next version replaces it and sets nothing aside."""
    blob = made(lab)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("vidbuild.engine.store.output_manifest.OutputManifest.record", killed)
        with pytest.raises(KeyboardInterrupt):
            Outputs(Store(lab.store.root)).place_all([(blob, target)])
    assert durable.hash_file(target) == blob.digest
    assert place(lab, made(lab, "two"), target) == OutputResult(target, "written")
    assert names(target.parent) == ["video.mp4"]


def test_what_was_placed_long_ago_is_forgotten(lab: Lab, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P24: of very many outputs only those that are still there are remembered."""
    monkeypatch.setattr("vidbuild.engine.store.output_manifest._MAX_ROWS", 3)
    blob = made(lab)
    for number in range(6):
        place(lab, blob, target.with_name(f"{number}.mp4"))
        if number < 4:
            target.with_name(f"{number}.mp4").unlink()
    remembered = checksummed.read(lab.store.home / "placed")
    assert remembered is not None
    assert [Path(name).name for name in remembered] == ["3.mp4", "4.mp4", "5.mp4"]


def test_a_new_output_beside_very_many_is_not_forgotten(
    lab: Lab, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P17: what is about to be placed is not there yet, and is ours all the same if the build is killed then."""
    monkeypatch.setattr("vidbuild.engine.store.output_manifest._MAX_ROWS", 1)
    place(lab, made(lab), target.with_name("first.mp4"))
    with monkeypatch.context() as patch:
        patch.setattr(
            "vidbuild.engine.store.output_manifest.OutputManifest.record", Mock(side_effect=KeyboardInterrupt)
        )
        with pytest.raises(KeyboardInterrupt):
            Outputs(Store(lab.store.root)).place_all([(made(lab), target)])
    assert place(lab, made(lab, "two"), target) == OutputResult(target, "written")


def test_what_another_process_writes_is_read(lab: Lab, target: Path) -> None:
    """P28: the table that this process remembers is that of the disk, also if another process wrote it last."""
    place(lab, made(lab), target)
    path = lab.store.home / "placed"
    rows = checksummed.read(path)
    assert rows is not None
    rows[str(target.with_name("other.mp4"))] = ["0" * 64, 1, 2, 3, 4]
    path.write_bytes(checksummed.dumps(rows))
    assert OutputManifest(lab.store).has("0" * 64)
    path.write_bytes(b"torn")
    assert not OutputManifest(lab.store).has("0" * 64)
    path.unlink()
    assert OutputManifest(lab.store).row(target) is None


def test_a_memory_that_cannot_be_written_ends_nothing(lab: Lab, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P20: where only the memory of what was placed cannot be kept, the output is placed all the same."""
    blob = made(lab)

    def full(operation: str, path: Path, _source: object = None) -> None:
        if operation == "rename" and path.name == "placed":
            raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(durable, "fault_point", full)
    assert place(lab, blob, target) == OutputResult(target, "written")
    assert Outputs(lab.store).save() == ""


def test_what_another_build_placed_meanwhile_is_not_the_users(lab: Lab, target: Path) -> None:
    """P23: builds of one spec that end together replace each other's outputs, and set nothing aside."""
    blobs = [made(lab, text) for text in ("one", "two")]
    both = [Outputs(Store(lab.store.root)) for _ in blobs]
    for outputs, blob in zip(both, blobs, strict=True):
        assert outputs.place_all([(blob, target)]) == [OutputResult(target, "written")]
    assert names(target.parent) == ["video.mp4"]


def test_outputs_of_two_builds_are_not_mixed(lab: Lab, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P23: while one build places its outputs another one waits, if it has anything to change."""
    blob, other = made(lab), made(lab, "two")
    place(lab, blob, target)
    held = Lock.attempt(lab.store.home / "locks" / "placing")
    assert held is not None
    assert place(lab, blob, target).action == "kept"
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        assert target.read_bytes() == lab.store.blobs.path(blob.digest).read_bytes()
        waits.append(seconds)
        held.release()

    monkeypatch.setattr("vidbuild.engine.store.output_manifest.time.sleep", sleep)
    assert place(lab, other, target).action == "written"
    assert len(waits) == 1


@pytest.mark.parametrize(("rows", "left"), [(999, 1000), (1000, 1)])
def test_a_thousand_outputs_are_remembered(lab: Lab, target: Path, rows: int, left: int) -> None:
    """The manifest has up to 1,000 rows, whether their files exist or not; then only those that exist."""
    lab.store.prepare()
    data = {f"/gone/{number}.mp4": ["aa" * 32, 1, 2, 3, 4] for number in range(rows)}
    (lab.store.home / "placed").write_bytes(checksummed.dumps(data))
    place(lab, made(lab), target)
    remembered = checksummed.read(lab.store.home / "placed")
    assert remembered is not None
    assert len(remembered) == left


@pytest.mark.parametrize(("name", "seconds"), [("placing", 30.0), ("placed", 2.0)])
def test_a_suspended_build_is_not_waited_for_forever(
    lab: Lab, target: Path, monkeypatch: pytest.MonkeyPatch, name: str, seconds: float
) -> None:
    """An output is installed although another build holds a lock: after 30 s, and the manifest is saved after 2 s."""
    now = [100.0]
    waits: list[float] = []

    def sleep(wait: float) -> None:
        waits.append(wait)
        now[0] += wait

    blob = made(lab)
    held = Lock.attempt(lab.store.home / "locks" / name)
    assert held is not None
    monkeypatch.setattr("vidbuild.engine.store.output_manifest.time.sleep", sleep)
    monkeypatch.setattr("vidbuild.engine.store.output_manifest.time.monotonic", lambda: now[0])
    outputs = Outputs(Store(lab.store.root))
    if name == "placing":
        assert outputs.place_all([(blob, target)])[0].action == "written"
    else:
        outputs.place(blob, target)
        assert outputs.save() == ""
    held.release()
    assert now[0] - 100.0 == pytest.approx(seconds, abs=0.03)
    assert max(waits) <= 0.1  # the lock is tried often
