"""Writes that survive a crash."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from vidbuild.engine.disk import durable


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The order in which files are synced and renamed, by name; a folder's name ends in a slash."""
    noted: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def noting_fsync(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        noted.append(f"sync {'temp' if path.name.startswith('.tmp-') else path.name}{'/' if path.is_dir() else ''}")
        fsync(descriptor)

    def noting_replace(self: Path, target: Path) -> Path:
        noted.append(f"rename {'temp' if self.name.startswith('.tmp-') else self.name} {target.name}")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", noting_fsync)
    monkeypatch.setattr(Path, "replace", noting_replace)
    return noted


def test_a_write_is_synced_then_renamed_then_its_folder_synced(tmp_path: Path, calls: list[str]) -> None:
    """P16: fsync(file) < rename < fsync(folder), new folders first."""
    durable.write(tmp_path / "aa" / "record", b"x")
    assert calls == [f"sync {tmp_path.name}/", "sync temp", "rename temp record", "sync aa/"]


def test_several_files_are_all_named_before_their_folders_are_synced(tmp_path: Path, calls: list[str]) -> None:
    """P16: files that are already on the disk are renamed, then each folder is synced once."""
    for name in "abc":
        (tmp_path / name).write_text(name)
    durable.rename_all([(tmp_path / name, tmp_path / "to" / f"{name}2") for name in "abc"])
    assert calls == [f"sync {tmp_path.name}/", "rename a a2", "rename b b2", "rename c c2", "sync to/"]


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    """P17: when the disk is full the old file stands and no temporary name is left."""

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    (tmp_path / "record").write_bytes(b"old")
    monkeypatch.setattr(*((os, "fsync", full) if failing == "fsync" else (Path, "replace", full)))
    with pytest.raises(OSError, match="no space"):
        durable.write(tmp_path / "record", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["record"]
    assert (tmp_path / "record").read_bytes() == b"old"


@pytest.mark.parametrize("cloning", ["as the file system can", "refused"])
def test_a_copy_returns_the_digest_of_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cloning: str) -> None:
    """A copy has the source's bytes, whether blocks are shared or not, and its own digest is returned."""
    content = os.urandom(3_000_000)
    (tmp_path / "source").write_bytes(content)
    if cloning == "refused":
        monkeypatch.setattr(durable, "_clone", lambda *_: "")
    digest = durable.copy(tmp_path / "source", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == content
    assert digest == durable.hash_file(tmp_path / "source")
    assert (tmp_path / "copy").stat().st_ino != (tmp_path / "source").stat().st_ino


@pytest.mark.parametrize("known", [True, False])
def test_macos_flushes_the_disks_own_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: list[str], *, known: bool
) -> None:
    """P16: macOS has another call for it; a file system without that call gets fsync."""
    asked: list[int] = []

    def control(_descriptor: int, command: int) -> None:
        asked.append(command)
        if not known:
            raise OSError(errno.ENOTTY, "not known")

    monkeypatch.setattr(fcntl, "F_FULLFSYNC", 51, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", control)
    (tmp_path / "file").touch()
    durable.sync_file(tmp_path / "file")
    assert asked == [51]
    assert calls == ([] if known else ["sync file"])


def test_a_copy_never_writes_over_anything(tmp_path: Path) -> None:
    """The target's name must be free."""
    for name in ("source", "target"):
        (tmp_path / name).write_text(name)
    with pytest.raises(FileExistsError):
        durable.copy(tmp_path / "source", tmp_path / "target")
    assert (tmp_path / "target").read_text() == "target"


def test_a_folder_that_is_there_is_no_trouble(tmp_path: Path) -> None:
    """Making a folder twice, or beside another process, is the same as making it once."""
    durable.make_folder(tmp_path / "a" / "b")
    durable.make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


def test_a_write_has_all_its_bytes_before_it_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P16: what is still in a buffer at the sync would be lost in a power cut."""
    sizes: list[int] = []

    def note_size(descriptor: int) -> None:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            sizes.append(os.fstat(descriptor).st_size)

    monkeypatch.setattr(os, "fsync", note_size)
    durable.write(tmp_path / "record", b"12345")
    (tmp_path / "source").write_bytes(b"1234567")
    monkeypatch.setattr(durable, "_clone", lambda *_: "")
    durable.copy(tmp_path / "source", tmp_path / "copy")
    assert sizes == [5, 7]
    assert (tmp_path / "record").read_bytes() == b"12345"


def test_a_write_without_sync_is_whole_all_the_same(tmp_path: Path, calls: list[str]) -> None:
    """A file that a power cut may empty is put in place by a rename, as every other."""
    durable.write(tmp_path / "new" / "record", b"x", synced=False)
    assert calls == ["rename temp record"]
    assert (tmp_path / "new" / "record").read_bytes() == b"x"


def test_errors_of_writing_have_the_files_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of a sync, which has no name of a file, gets it; one that has a name keeps it."""
    for named, expected in ((None, str(tmp_path / "file")), ("/of/the/kernel", "/of/the/kernel")):

        def full(_descriptor: int, named: str | None = named) -> None:
            raise OSError(errno.EIO, "input/output error", named)

        (tmp_path / "file").touch()
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="input/output") as caught:
            durable.sync_file(tmp_path / "file")
        assert caught.value.filename == expected


def test_anything_can_be_removed_or_replaced_by_a_file(tmp_path: Path) -> None:
    """Files, folders with content and symlinks go; what a symlink leads to stays."""
    (tmp_path / "file").touch()
    (tmp_path / "folder" / "inside").mkdir(parents=True)
    (tmp_path / "kept" / "inside").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "kept")
    for name in ("file", "folder", "link", "nothing"):
        durable.remove_any(tmp_path / name)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["inside", "kept"]
    durable.write(tmp_path / "kept", b"x")
    assert (tmp_path / "kept").read_bytes() == b"x"


@pytest.mark.parametrize(
    ("code", "transient"), [(errno.ENOSPC, True), (errno.EMFILE, True), (errno.EACCES, False), (errno.EROFS, False)]
)
def test_a_machine_runs_out_of_things_for_a_moment(code: int, transient: bool) -> None:
    """What other programs can free a moment later is transient; rights and read-only file systems are not."""
    assert durable.is_transient(OSError(code, "")) == transient


def test_a_folder_is_removed_whatever_it_is(tmp_path: Path) -> None:
    """A folder goes with its content, and a file that stands in its place goes too."""
    (tmp_path / "folder" / "inside").mkdir(parents=True)
    (tmp_path / "file").touch()
    for name in ("folder", "file", "nothing"):
        durable.remove_folder(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_log_grows_at_once_or_together(tmp_path: Path) -> None:
    """A line is in the file when it is added, unless it may wait for the next one; closing writes what waits."""
    log = durable.AppendLog(tmp_path / "log")
    log.add("one\n")
    log.add("two\n", at_once=False)
    assert (tmp_path / "log").read_text() == "one\n"
    log.close()
    assert (tmp_path / "log").read_text() == "one\ntwo\n"
    assert log.write_error == ""


def test_a_log_that_cannot_be_written_ends_quietly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk the first error is kept as a message, and nothing more is tried."""
    log = durable.AppendLog(tmp_path / "log")
    tries: list[str] = []

    def full(operation: str, *_: Any) -> None:
        tries.append(operation)
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(durable, "fault_point", full)
    log.add("one\n")
    log.add("two\n")
    log.close()
    assert tries == ["write"]
    assert log.write_error == f"cannot write '{tmp_path / 'log'}': no space left on device"


def test_a_log_that_cannot_be_closed_has_the_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the last write, as the log is closed, is kept as a message like every other."""
    log = durable.AppendLog(tmp_path / "log")
    log.add("one\n", at_once=False)

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(durable, "fault_point", full)
    log.close()
    assert log.write_error == f"cannot write '{tmp_path / 'log'}': no space left on device"


def test_a_link_is_one_more_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file has a second name afterwards; a symlink is linked itself, and a name that is taken is an error."""
    points: list[tuple[object, ...]] = []
    monkeypatch.setattr(durable, "fault_point", lambda *point: points.append(point))
    file, symlink, second = tmp_path / "file", tmp_path / "symlink", tmp_path / "second"
    file.write_text("kept")
    symlink.symlink_to("file")
    durable.link(file, second)
    assert second.samefile(file)
    assert points == [("link", second, file)]
    durable.link(symlink, tmp_path / "third")
    assert (tmp_path / "third").is_symlink()
    with pytest.raises(FileExistsError):
        durable.link(symlink, second)
    assert second.read_text() == "kept"


def test_a_pipe_in_the_place_of_a_file_is_never_replaced(tmp_path: Path) -> None:
    """A superuser who writes to a device must not take it from all others; nor is a link to one replaced."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    for name in ("pipe", "link"):
        with pytest.raises(OSError, match="not a file but a device or pipe"):
            durable.write(tmp_path / name, b"text")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link", "pipe"]
