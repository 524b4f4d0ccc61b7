"""Which specs may have changed: saves of every kind, files that come and go, and what is no input."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.background_build import wait_until
from vidbuild.project import unnamed_specs_in
from vidbuild.serve.catalog import Catalog
from vidbuild.serve.watcher import Watcher


class Watched:
    """A watcher of some files of one spec, and how often it called."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.spec = root / "talk.yaml"
        self.files = [self.spec]
        self.calls = 0
        self.watcher = Watcher(lambda: [(self.spec, file) for file in self.files], self._changed)

    def _changed(self, specs: list[Path]) -> None:
        assert specs == [self.spec]
        self.calls += 1

    def expect_after(self, action: Callable[[], object]) -> None:
        """Do something, and wait for the call."""
        self.settle()
        before = self.calls
        action()
        wait_until(lambda: self.calls > before, "a call")

    def settle(self) -> None:
        """Wait until no more calls come."""
        while True:
            before = self.calls
            time.sleep(0.6)
            if self.calls == before:
                return


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """A spec that is watched."""
    (tmp_path / "project").mkdir()
    found = Watched(tmp_path / "project")
    found.spec.write_text("one")
    found.watcher.start()
    yield found
    found.watcher.stop()


def test_saves_of_every_kind(watched: Watched) -> None:
    """A save in place, one by renaming a new file, and one that deletes first are seen."""
    watched.expect_after(lambda: watched.spec.write_text("two"))

    def rename() -> None:
        temp = watched.root / ".talk.yaml.swp"
        temp.write_text("three")
        temp.replace(watched.spec)

    watched.expect_after(rename)
    watched.expect_after(watched.spec.unlink)
    watched.expect_after(lambda: watched.spec.write_text("four"))
    backup = watched.root / "talk.yaml~"
    watched.expect_after(lambda: (watched.spec.rename(backup), watched.spec.write_text("five")))


def test_what_is_no_input(watched: Watched) -> None:
    """P49: outputs, caches and other files in the folders that are watched cause nothing."""
    watched.settle()
    before = watched.calls
    for name in ("build/talk.mp4", ".vidbuild/runs/x", "other.yaml", "talk.yaml.bak"):
        path = watched.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    watched.settle()
    assert watched.calls == before


def test_a_burst_of_saves(watched: Watched) -> None:
    """P49: fifty saves at once are a few calls."""
    watched.settle()
    before, began = watched.calls, time.monotonic()
    for number in range(50):
        watched.spec.write_text(f"text {number}")
        time.sleep(0.002)
    seconds = time.monotonic() - began
    wait_until(lambda: watched.calls > before, "a call")
    watched.settle()
    assert watched.calls - before <= min(2 + seconds / 0.05, 25)


def test_files_that_the_spec_names(watched: Watched) -> None:
    """A file elsewhere, and one that does not exist yet in a folder that does not exist yet, are watched."""
    image = watched.root.parent / "images" / "deep" / "new.png"
    watched.files.append(image)
    watched.watcher.renew()
    watched.settle()

    def add() -> None:
        image.parent.mkdir(parents=True)
        image.write_text("x")

    watched.expect_after(add)
    watched.expect_after(lambda: image.write_text("xy"))
    link = watched.root / "link.png"
    link.symlink_to(image)
    watched.files.append(link)
    watched.watcher.renew()
    watched.expect_after(lambda: image.write_text("xyz"))


def test_the_project_is_deleted_and_comes_back(watched: Watched) -> None:
    """A project that is deleted meanwhile ends nothing: it is watched again once it is back."""
    watched.expect_after(lambda: shutil.rmtree(watched.root))

    def restore() -> None:
        watched.root.mkdir()
        watched.spec.write_text("back")

    watched.expect_after(restore)
    watched.expect_after(lambda: watched.spec.write_text("and edited"))


def test_a_save_while_other_files_begin_to_be_watched(watched: Watched) -> None:
    """No save is lost while the files to watch are being replaced by others."""
    for number in range(30):
        watched.files = [watched.spec, watched.root / f"other-{number}"]
        watched.watcher.renew()
        time.sleep(0.002 * number)
        before = watched.calls
        watched.spec.write_text("x" * number)  # of one length, two in one tick of the disk's clock are equal
        wait_until(lambda before=before: watched.calls > before, "a call")  # type: ignore[misc] # bound now


def test_a_folder_whose_names_matter(watched: Watched) -> None:
    """A new name in a folder that is an input is seen."""
    folder = watched.root / "takes"
    folder.mkdir()
    watched.files.append(folder)
    watched.watcher.renew()
    watched.expect_after(lambda: (folder / "one.wav").write_text("x"))


def test_a_watcher_rests(watched: Watched) -> None:
    """A watcher that sees nothing takes no time of the processor."""
    watched.settle()
    before = time.process_time()
    time.sleep(1.0)
    assert time.process_time() - before < 0.05


@pytest.mark.parametrize("error", [OSError(28, "watch limit reached"), RuntimeError("too many watchers")])
def test_folders_that_cannot_be_watched(watched: Watched, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Saves are seen although the system watches no more folders."""

    def refuse(*_: object, **__: object) -> Iterator[object]:
        raise error
        yield

    watched.settle()
    monkeypatch.setattr("vidbuild.serve.watcher.watch", refuse)
    watched.files.append(watched.root / "other.png")
    watched.watcher.renew()
    for number in range(2):
        watched.expect_after(lambda number=number: watched.spec.write_text(f"text {number}"))  # type: ignore[misc] # bound now


def test_a_file_that_becomes_a_spec(tmp_path: Path) -> None:
    """A new YAML file is empty at first in many editors: what is saved in it later is seen as well."""
    catalog = Catalog(tmp_path, [tmp_path / "video.yaml"], tmp_path / "pages", tmp_path)
    calls: list[list[str]] = []

    def changed(_: list[Path]) -> None:
        calls.append([path.name for path in unnamed_specs_in(tmp_path)])
        watcher.renew()

    watcher = Watcher(catalog.inputs, changed)
    watcher.start()
    try:
        time.sleep(0.6)
        draft = tmp_path / "draft.yaml"
        draft.touch()
        wait_until(lambda: calls == [[]], "a new file")
        time.sleep(0.6)
        draft.write_text("vidbuild: 1\n")
        wait_until(lambda: calls == [[], ["draft.yaml"]], "its text")
    finally:
        watcher.stop()
