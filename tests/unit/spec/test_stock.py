"""Stock media in specs: what is asked for, and the locked file that a build reads instead."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from tests.support.spec_lab import Project
from vidbuild.spec import lock_file
from vidbuild.spec.load import try_load, try_parse
from vidbuild.spec.lock_file import Lock, Request, StockEntry

HEAD = "vidbuild: 1\ntitle: A\nscenes:\n"
CLIP = HEAD + "  - {id: sea, type: clip, src: {stock: blue  sea, provider: pexels, min_seconds: 2}, alt: Sea}\n"
BACKGROUND = (
    HEAD + "  - {id: a, type: title, title: A, duration: 2, background: {image: {stock: sea, provider: commons}}}\n"
)


def locked(root: Path, request: Request, content: bytes, name: str = "x-1.mp4") -> StockEntry:
    """Put a file and its entry into a project's lock."""
    file = root / lock_file.STOCK_FOLDER / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    entry = StockEntry(
        request=request,
        id="1",
        licence="CC0",
        file=f"{lock_file.STOCK_FOLDER}/{name}",
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        width=16,
        height=9,
    )
    (root / "vidbuild.lock").write_text(lock_file.text_of(Lock({request: entry})), encoding="utf-8")
    return entry


def test_what_is_not_locked_is_an_error_at_its_words(project: Project) -> None:
    """N17: a build never searches: stock media without an entry in the lock is an error that names the command."""
    found = project.try_load(CLIP)
    (error,) = found.errors
    assert (error.message, error.line, error.column) == ("stock 'blue sea' is not locked", 4, 40)
    assert error.hint == f"vidbuild lock {project.root / 'v.yaml'}"


def test_the_request_is_the_words_and_what_they_must_be(project: Project) -> None:
    """Spaces between the words do not matter, and the field decides whether a video or an image is wanted."""
    (clip,) = project.try_load(CLIP).stock
    assert clip.request == Request("pexels", "video", "blue sea", min_seconds=2)
    assert (clip.scene, clip.location.line) == ("sea", 4)
    (image,) = project.try_load(BACKGROUND).stock
    assert image.request == Request("commons", "image", "sea")


def test_a_locked_clip_is_a_path_for_the_rest_of_vidbuild(project: Project) -> None:
    """The scene has the file under assets/stock, and the lock is among the files that were read."""
    locked(project.root, Request("pexels", "video", "blue sea", min_seconds=2), b"\0\0\0\x18ftypisom-a-clip")
    spec = project.try_load(CLIP).spec_or_raise()
    assert spec.scenes[0].fields["src"] == str(project.root / "assets/stock/x-1.mp4")
    assert {project.root / "vidbuild.lock"} <= {path.resolve() for path in spec.files}


@pytest.mark.parametrize("change", ["changed", "removed", "linked", "folder", "pipe"])
def test_a_file_that_is_not_the_locked_one_is_refused(project: Project, change: str) -> None:
    """N17: a file that was changed, removed or replaced by a link out of the project is an error, not another video."""
    entry = locked(project.root, Request("pexels", "video", "blue sea", min_seconds=2), b"\0\0\0\x18ftypisom-a-clip")
    file = project.root / entry.file
    file.unlink()
    if change == "changed":
        file.write_bytes(b"\0\0\0\x18ftypisom-another")
    if change == "linked":
        outside = project.root.parent / "other.mp4"
        outside.write_bytes(b"\0\0\0\x18ftypisom-a-clip")
        file.symlink_to(outside)
    if change == "folder":
        file.mkdir()
    if change == "pipe":
        os.mkfifo(file)  # to open it would take forever
    (error,) = project.try_load(CLIP).errors
    expected = {
        "changed": f"locked file '{entry.file}' was changed: expected SHA-256 {entry.sha256[:12]}…, got ",
        "removed": f"locked file '{entry.file}' does not exist",
        "linked": f"locked file '{entry.file}' is a symlink to a file outside the project",
        "folder": f"locked file '{entry.file}' is not a regular file",
        "pipe": f"locked file '{entry.file}' is not a regular file",
    }
    assert error.message.startswith(expected[change])
    assert "vidbuild lock" in str(error.hint)


def test_a_name_that_no_file_can_have_is_refused(project: Project) -> None:
    """A lock edited by hand can have any character in a file's name."""
    entry = locked(project.root, Request("pexels", "video", "blue sea", min_seconds=2), b"\0\0\0\x18ftypisom-a-clip")
    lock = project.root / "vidbuild.lock"
    lock.write_text(lock.read_text().replace(entry.file, "assets/stock/a\\0b.mp4"))
    (error,) = project.try_load(CLIP).errors
    assert error.message.endswith("cannot be read: embedded null byte")


def test_other_problems_are_found_beside_unlocked_stock(project: Project) -> None:
    """Everything that does not depend on the missing file is checked too."""
    text = CLIP + "  - {id: sea, type: title, title: A}\n"
    messages = [error.message for error in project.try_load(text).errors]
    assert "stock 'blue sea' is not locked" in messages
    assert any("scene id 'sea' is used twice" in each for each in messages)


def test_without_the_lock_only_stock_is_left_out(project: Project) -> None:
    """`vidbuild lock` itself reads the spec without the lock, and finds no error in what it is to lock."""
    project.write("video.yaml", CLIP)
    found = try_load(project.root / "video.yaml", locked=False)
    assert (found.spec, found.errors, len(found.stock)) == (None, (), 1)


def test_data_with_the_key_stock_is_no_request(project: Project) -> None:
    """A mapping with this key that is not at a media field is what it was."""
    data = {"vidbuild": 1, "title": "A", "x-own": {"stock": "sea"}, "scenes": [
        {"id": "a", "type": "title", "title": "A", "duration": 1}]}  # fmt: skip
    assert try_parse(data, project.root / "v.yaml").spec is not None


def test_a_folder_belongs_to_the_provider_of_folders(project: Project) -> None:
    """`folder` with a site is an error at the key."""
    text = HEAD + "  - {id: a, type: clip, src: {stock: sea, provider: pexels, folder: x}}\n"
    (error,) = project.try_load(text).errors
    assert error.message == "'folder' is a field of the provider 'folder', not of 'pexels'"
