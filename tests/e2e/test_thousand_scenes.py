"""What 1,000 scenes cost in counts: a build with nothing to do, a dry run after one edit, and a new plan."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import vidbuild
from tests.bench import cases
from tests.bench.cases import Case
from tests.bench.counted import Counts, counted
from tests.support.prefilled_cache import prefill
from vidbuild.api.plan import plan_of, store_of
from vidbuild.engine.disk import durable

OPENED = 14  # files that a build with nothing to do opens; a change that lowers it lowers this
REPEATED = 4  # and a second one: its record, and the files that it locks


def silent(scenes: int) -> Case:
    """A case of so many scenes without narration."""
    return Case(scenes=scenes, size="160x90", fps=24, seconds=0.5, reveals=2, narrated=False)


def project(folder: Path, scenes: int) -> Path:
    """A project that is as if it had been built, but for outputs."""
    spec = cases.write(silent(scenes), folder)
    prefill(spec)
    return spec


def null_build(spec: Path) -> Counts:
    """What the second of two builds does, the first having put the outputs in their place."""
    first = counted(spec.parent, "build", workers=False)
    assert not first.started, "the cache was to be full"
    return counted(spec.parent, "build", workers=False)


@pytest.fixture(scope="module")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The spec of 1,000 scenes, built."""
    return project(tmp_path_factory.mktemp("thousand") / "project", 1000)


def test_a_null_build_costs_the_same_for_any_length(thousand: Path, tmp_path: Path) -> None:
    """P45, V25: 1,000 scenes: no process, no byte hashed, no media; the files and modules of two scenes, no more."""
    few, many = null_build(project(tmp_path / "two", 2)), null_build(thousand)
    assert not many.started
    assert not many.any_child
    assert many.hashed == {}
    assert many.media == ()
    assert len(many.opened) == len(few.opened) <= OPENED, many.opened
    assert many.modules == few.modules
    again = counted(thousand.parent, "build", workers=False)  # the build before left a record of all that it compared
    assert len(again.opened) == REPEATED < len(many.opened)
    assert len(again.modules) < len(many.modules) / 10


def test_explaining_one_edit_hashes_only_the_spec(thousand: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P47: of 1,000 scenes one is changed: the spec's bytes are hashed, and no bytes of products."""
    text = thousand.read_text(encoding="utf-8")
    thousand.write_text(text.replace("title: Scene 500\n", "title: Scene five hundred\n"), encoding="utf-8")
    plain, hashed = durable.hash_file, list[str]()

    def noting(path: str | Path) -> str:
        hashed.append(str(path))
        return plain(path)

    monkeypatch.setattr(durable, "hash_file", noting)
    moving = {each.step for each in vidbuild.explain(thousand) if each.state != "cached"}
    assert moving == {"draw:scene-500", "render:scene-500", "captions", "mux", "report"}
    assert set(hashed) == {str(thousand)}


def calls(function: Callable[[], Any]) -> int:
    """How many functions are called in it."""
    count = 0

    def note(*_: Any) -> None:
        nonlocal count
        count += 1

    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(None)
    return count


def test_a_plan_costs_what_its_scenes_cost(tmp_path: Path) -> None:
    """P47: ten times the scenes are read, checked and compiled with at most eleven times the calls."""
    made = {}
    for scenes in (20, 200):
        spec = cases.write(silent(scenes), tmp_path / str(scenes))
        store = store_of(spec, None)
        plan_of(spec, store=store, remember=False)  # what is imported and compiled once
        made[scenes] = calls(partial(plan_of, spec, store=store, remember=False))
    assert made[200] <= 11 * made[20], made
