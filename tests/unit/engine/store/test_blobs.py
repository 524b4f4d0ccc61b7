"""Files stored under the digest of their bytes."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from tests.support.engine_lab import names
from vidbuild.engine.disk import durable
from vidbuild.engine.store.blobs import Blobs, SourceChangedError, product_files, signature


def sha(content: bytes) -> str:
    """The digest of some bytes."""
    return hashlib.sha256(content).hexdigest()


def test_files_are_taken_over_read_only(tmp_path: Path) -> None:
    """A finished file becomes a read-only blob under its digest."""
    blobs = Blobs(tmp_path / "cas")
    (tmp_path / "made").write_bytes(b"content")
    ((blob, found),) = blobs.move_in({"made": tmp_path / "made"}).values()
    path = blobs.path(sha(b"content"))
    assert (blob.digest, blob.size, path.read_bytes()) == (sha(b"content"), 7, b"content")
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert found == signature(path)
    assert not (tmp_path / "made").exists()
    assert str(path) == blobs.location(blob.digest) == str(tmp_path / "cas" / blob.digest[:2] / blob.digest)


def test_a_corrupt_blob_is_replaced_by_the_next_equal_one(tmp_path: Path) -> None:
    """P21: storing a file replaces a corrupt blob."""
    blobs = Blobs(tmp_path / "cas")
    path = blobs.path(sha(b"content"))
    path.parent.mkdir(parents=True)
    path.write_bytes(b"c0ntent")
    (tmp_path / "made").write_bytes(b"content")
    blobs.move_in({"made": tmp_path / "made"})
    assert path.read_bytes() == b"content"


@pytest.mark.parametrize("size", [7, 1 << 20])
def test_a_small_file_that_is_a_blob_already_is_not_written_again(
    tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P21: a small blob stays if it is intact; what is large is written again, and so is what differs."""
    blobs, synced = Blobs(tmp_path / "cas"), list[Path]()

    def add(content: bytes) -> int:
        synced.clear()
        (tmp_path / "made").write_bytes(content)
        ((blob, found),) = blobs.move_in({"made": tmp_path / "made"}).values()
        assert not (tmp_path / "made").exists()
        assert found == signature(blobs.path(blob.digest))
        assert blobs.path(blob.digest).read_bytes() == content
        assert stat.S_IMODE(blobs.path(blob.digest).stat().st_mode) == 0o444
        return found.inode

    monkeypatch.setattr(durable, "sync_file", lambda each: synced.extend([each] if each.name == "made" else []))
    content = bytes(size)
    path = blobs.path(sha(content))
    first = add(content)
    assert len(synced) == 1
    add(content)
    assert len(synced) == (size > 7)
    path.chmod(0o644)
    path.write_bytes(b"x" * size)
    path.chmod(0o444)
    assert add(content) != first or size > 7
    assert len(synced) == 1
    path.chmod(0o644)
    add(content)
    assert len(synced) == 1
    path.unlink()
    path.symlink_to(tmp_path / "other")
    (tmp_path / "other").write_bytes(content)
    (tmp_path / "other").chmod(0o444)
    add(content)
    assert len(synced) == 1
    assert not path.is_symlink()


def test_two_files_with_the_same_bytes_are_one_blob(tmp_path: Path) -> None:
    """Equal outputs of one step share a blob."""
    blobs = Blobs(tmp_path / "cas")
    for name in "ab":
        (tmp_path / name).write_bytes(b"same")
    added = blobs.move_in({name: tmp_path / name for name in "ab"})
    assert added["a"][0] == added["b"][0]


def test_a_source_is_copied_in_if_it_is_what_was_planned(tmp_path: Path) -> None:
    """A source with the planned digest becomes a blob, and the source stays."""
    blobs = Blobs(tmp_path / "cas")
    (tmp_path / "image.png").write_bytes(b"image")
    blob, found = blobs.copy_in(tmp_path / "image.png", sha(b"image"), tmp_path)
    assert blobs.path(blob.digest).read_bytes() == b"image"
    assert found.size == 5
    assert names(tmp_path) == ["cas", "image.png"]


def test_a_source_that_changed_is_not_kept(tmp_path: Path) -> None:
    """P7: a source whose bytes are not those that were planned leaves nothing behind."""
    blobs = Blobs(tmp_path / "cas")
    (tmp_path / "image.png").write_bytes(b"other")
    with pytest.raises(SourceChangedError, match=r"image\.png"):
        blobs.copy_in(tmp_path / "image.png", sha(b"image"), tmp_path)
    assert names(tmp_path) == ["image.png"]


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_only_regular_files_have_a_signature(tmp_path: Path, make: object) -> None:
    """A pipe is refused before anybody waits for its other end."""
    assert callable(make)
    make(tmp_path / "odd")
    with pytest.raises(OSError, match="not a regular file"):
        signature(tmp_path / "odd")


def test_a_product_is_every_regular_file_by_name(tmp_path: Path) -> None:
    """A product's files are listed in order, with the folders they are in."""
    (tmp_path / "b").mkdir()
    (tmp_path / "empty").mkdir()
    for name in ("b/c.txt", "a.txt", "b/a.txt"):
        (tmp_path / name).touch()
    assert [name for name, _ in product_files(tmp_path)] == ["a.txt", "b/a.txt", "b/c.txt"]


@pytest.mark.parametrize("target", ["/etc/hostname", "nowhere", "a.txt"])
def test_a_product_holds_no_links(tmp_path: Path, target: str) -> None:
    """A link in a product is refused by name, wherever it leads."""
    (tmp_path / "a.txt").touch()
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(ValueError, match=r"^link$"):
        list(product_files(tmp_path))
