"""The spec that outputs belong to, by the file beside them; tests/e2e/test_output_ownership.py has it in builds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vidbuild.api.output_owner import OutputOwner
from vidbuild.engine.disk.lock import Lock


@pytest.mark.parametrize("recorded", ["x" * 5000, "a\0b", "..", "gone.yaml", "video.yaml/inside", ["a"], None, 3])
def test_a_record_that_names_no_file_owns_nothing(tmp_path: Path, recorded: object) -> None:
    """Whatever the file beside the outputs names, only another spec that exists can be their owner."""
    spec = tmp_path / "video.yaml"
    spec.touch()
    owner = OutputOwner(tmp_path, "video", spec)
    owner.path.write_text(json.dumps({"spec": recorded}), encoding="utf-8")
    assert owner.other() is None
    owner.take()
    assert json.loads(owner.path.read_text(encoding="utf-8")) == {"spec": "video.yaml"}


@pytest.mark.parametrize("content", ["", "[]", "{}", "{", "3", '"video"', "\ufeff{}"])
def test_a_record_that_cannot_be_read_owns_nothing(tmp_path: Path, content: str) -> None:
    """A damaged record is written anew."""
    spec = tmp_path / "video.yaml"
    spec.touch()
    owner = OutputOwner(tmp_path, "video", spec)
    owner.path.write_text(content, encoding="utf-8")
    assert owner.other() is None
    owner.take()
    assert OutputOwner(tmp_path, "video", spec).other() is None
    assert OutputOwner(tmp_path, "video", tmp_path / "other.yaml").other() == spec


def test_release_leaves_the_record_of_another_spec(tmp_path: Path) -> None:
    """What `take` wrote is removed with the folder that it made, and no other spec's record."""
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    first.touch()
    second.touch()
    owner = OutputOwner(tmp_path / "build", "video", first)
    owner.take()
    beaten = OutputOwner(tmp_path / "build", "video", second)
    beaten.take()
    beaten.release(unused)
    assert owner.path.exists()
    owner.release(unused)
    assert {path.name for path in tmp_path.iterdir()} == {"first.yaml", "second.yaml"}


def unused() -> bool:
    """No output was written."""
    return False


def test_a_failed_build_leaves_the_record_to_another_build(tmp_path: Path) -> None:
    """Of two builds of one spec, the one that fails leaves the record as long as the other goes on."""
    spec = tmp_path / "video.yaml"
    spec.touch()
    first, second = (OutputOwner(tmp_path / "build", "video", spec) for _ in range(2))
    first.take()
    second.other()
    second.take()
    first.release(unused)
    assert second.path.exists()
    second.release(lambda: True)
    assert second.path.exists(), "it placed outputs"
    assert OutputOwner(tmp_path / "build", "video", tmp_path / "other.yaml").other() == spec


def test_the_last_build_that_fails_removes_the_record(tmp_path: Path) -> None:
    """If no build of a spec wrote outputs, nothing is left of any of them."""
    spec = tmp_path / "video.yaml"
    spec.touch()
    first, second = (OutputOwner(tmp_path / "build", "video", spec) for _ in range(2))
    first.take()
    second.take()
    second.release(unused)
    first.release(unused)
    assert {path.name for path in tmp_path.iterdir()} == {"video.yaml"}


def test_outputs_of_a_finished_build_keep_the_record(tmp_path: Path) -> None:
    """A build that fails after another one of the spec wrote outputs and ended leaves the record."""
    spec = tmp_path / "video.yaml"
    spec.touch()
    first, second = (OutputOwner(tmp_path / "build", "video", spec) for _ in range(2))
    first.take()
    second.take()
    second.release(lambda: True)
    first.release(lambda: True)
    assert first.path.exists()


def test_a_record_that_is_removed_while_it_is_taken_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that takes the record as another one removes it has a record of its own in the end."""
    spec = tmp_path / "video.yaml"
    spec.touch()
    first, second = (OutputOwner(tmp_path / "build", "video", spec) for _ in range(2))
    first.take()
    attempt = Lock.attempt

    def removed(path: Path, *, shared: bool = False) -> Lock | None:
        monkeypatch.undo()
        first.release(unused)
        return attempt(path, shared=shared)

    second.other()
    monkeypatch.setattr(Lock, "attempt", removed)
    second.take()
    assert json.loads(second.path.read_text(encoding="utf-8")) == {"spec": "../video.yaml"}
