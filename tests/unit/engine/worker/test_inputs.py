"""The inputs of a step are links that exist once the step asks for them, or are read without any."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from vidbuild.engine.graph.context import Context
from vidbuild.engine.store.blobs import Blobs
from vidbuild.engine.worker.inputs import CorruptInputError, LinkedInputs, forget_intact


def stored(blobs: Blobs, content: bytes) -> str:
    """A blob with a content; its digest."""
    digest = hashlib.sha256(content).hexdigest()
    blobs.path(digest).parent.mkdir(parents=True, exist_ok=True)
    blobs.path(digest).write_bytes(content)
    return digest


@pytest.fixture
def inputs(tmp_path: Path) -> LinkedInputs:
    """A file, and a product of two files, one of them in a folder."""
    blobs = Blobs(tmp_path / "blobs")
    given: dict[str, Any] = {
        "timing:a": {"as": "timing_a.json", "blob": stored(blobs, b"[1]")},
        "all": {"as": "all", "files": {"x.png": stored(blobs, b"x"), "more/y.png": stored(blobs, b"y")}},
    }
    (tmp_path / "in").mkdir()
    return LinkedInputs(given, tmp_path / "in", blobs)


def context(inputs: LinkedInputs, folder: Path) -> Context:
    """The context of a step with these inputs."""
    return Context("x", {}, inputs, folder, folder, {})


def test_what_is_only_read_has_no_link(inputs: LinkedInputs, tmp_path: Path) -> None:
    """P9: a step with hundreds of inputs costs no link for each; roles are known without one."""
    step = context(inputs, tmp_path)
    assert step.read("timing:a") == b"[1]"
    assert list(step.inputs) == ["timing:a", "all"]
    assert len(step.inputs) == 2
    assert "all" in step.inputs
    assert "other" not in step.inputs
    assert step.inputs.get("other") is None
    assert list((tmp_path / "in").iterdir()) == []


def test_what_is_asked_for_has_its_name(inputs: LinkedInputs, tmp_path: Path) -> None:
    """A path has the name and the ending that programs go by, and is the same every time."""
    with ThreadPoolExecutor(4) as threads:
        (path,) = set(threads.map(inputs.__getitem__, ["timing:a"] * 50))
    assert path == tmp_path / "in" / "timing_a.json"
    assert path.read_bytes() == context(inputs, tmp_path).read("timing:a")
    folder = inputs["all"]
    assert sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*.png")) == ["more/y.png", "x.png"]
    assert (folder / "more" / "y.png").read_bytes() == b"y"


def test_plain_inputs_are_read_as_well(tmp_path: Path) -> None:
    """A step that is called without the engine has a plain mapping."""
    (tmp_path / "a").write_bytes(b"a")
    assert Context("x", {}, {"a": tmp_path / "a"}, tmp_path, tmp_path, {}).read("a") == b"a"


def test_a_missing_blob_is_an_error_of_the_file(inputs: LinkedInputs, tmp_path: Path) -> None:
    """V9: a blob that is gone is noticed as one, by its name."""
    given = inputs._given["timing:a"]["blob"]
    inputs._blobs.path(given).unlink()
    with pytest.raises(FileNotFoundError, match=given):
        context(inputs, tmp_path).read("timing:a")


@pytest.mark.parametrize("role", ["timing:a", "all"])
def test_corrupt_bytes_reach_no_step(inputs: LinkedInputs, role: str) -> None:
    """P21: a step gets no byte of an input that does not match its name, and cannot hide that it asked for it."""
    forget_intact()
    given = inputs._given[role]
    digest = given["blob"] if role == "timing:a" else given["files"]["more/y.png"]
    inputs._blobs.path(digest).write_bytes(b"other")
    inputs.require_intact()
    for ask in (inputs.__getitem__, inputs.read) if role == "timing:a" else (inputs.__getitem__,):
        with pytest.raises(CorruptInputError, match=role) as raised:
            ask(role)
        assert raised.value.digest == digest
    with pytest.raises(CorruptInputError, match=role):
        inputs.require_intact()
    assert list(inputs._folder.iterdir()) == []


def test_what_was_hashed_is_hashed_again_if_it_changes(inputs: LinkedInputs) -> None:
    """P21: a blob that was read before and is another file now is no longer known as intact."""
    assert inputs.read("timing:a") == b"[1]"
    path = inputs._blobs.path(inputs._given["timing:a"]["blob"])
    path.unlink()
    path.write_bytes(b"[22]")
    with pytest.raises(CorruptInputError):
        inputs.read("timing:a")
