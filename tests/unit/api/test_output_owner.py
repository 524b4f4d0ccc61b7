"""The spec that outputs belong to, by the file beside them; tests/e2e/test_output_ownership.py has it in builds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vidbuild.api.output_owner import OutputOwner


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
    beaten.release()
    assert owner.path.exists()
    owner.release()
    assert {path.name for path in tmp_path.iterdir()} == {"first.yaml", "second.yaml"}
