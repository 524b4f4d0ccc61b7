"""Generated specs: what they promise about themselves, since every figure of the bench rests on it."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

import vidbuild
from tests.bench import cases
from tests.bench.cases import Case
from vidbuild.api.check import check

SMALL = Case(scenes=2, size="160x90", fps=24, seconds=6.0, reveals=2)


def scenes(case: Case) -> list[dict[str, Any]]:
    """The scenes of a generated spec, read back."""
    found = yaml.safe_load(cases.spec(case))["scenes"]
    assert isinstance(found, list)
    return found


def test_every_type_is_a_spec_without_a_complaint(tmp_path: Path) -> None:
    """A scene of any type, narrated or silent, is valid and has nothing that lint warns of."""
    types = tuple(cases.TYPES)
    whole = replace(SMALL, scenes=len(types), types=types, transition=0.4)
    every = [cases.write(replace(whole, narrated=each), tmp_path / f"narrated-{each}") for each in (True, False)]
    found = {checked.spec.parent.name: checked.diagnostics for checked in check(every, cache=tmp_path / "cache")}
    assert found == {path.parent.name: () for path in every}


def test_types_take_turns() -> None:
    """A mix of types is repeated over the scenes, however many there are."""
    mixed = Case(scenes=7, types=("title", "list", "code"))
    assert [scene["type"] for scene in scenes(mixed)] == ["title", "list", "code", "title", "list", "code", "title"]


def test_the_size_and_rate_are_those_of_the_case() -> None:
    """The size and the frame rate of a case are in its spec."""
    assert yaml.safe_load(cases.spec(Case(size="720p", fps=50)))["output"] == {"size": "720p", "fps": 50}


def test_no_two_scenes_are_alike() -> None:
    """Of a thousand scenes no two share a title, an item or a narration, so that no step serves two of them."""
    found = scenes(Case(scenes=1000))
    for field in ("id", "title", "narration"):
        assert len({scene[field] for scene in found}) == 1000
    items = [item for scene in found for item in scene["items"]]
    assert len(set(items)) == len(items) == 5000


def test_a_spec_is_the_same_at_every_run() -> None:
    """Nothing in a generated spec is left to chance: the words of the first scene are a literal."""
    assert cases.topics(Case(), 0) == ["canyon", "willow", "tunnel", "jacket", "kitten"]


@pytest.mark.parametrize("times", [1, 13])
def test_an_edit_changes_one_word(times: int) -> None:
    """An edit makes one word of one scene's narration another, and nothing else in the spec."""
    before, after = (cases.spec(case).split() for case in (Case(scenes=60), cases.edited(Case(scenes=60), 41, times)))
    changed = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    assert len(changed) == 1
    assert set(changed[0]) <= set(cases.ACTIONS)
    old, new = scenes(Case(scenes=60))[41], scenes(cases.edited(Case(scenes=60), 41, times))[41]
    assert old["narration"] != new["narration"]


def test_edits_add_up() -> None:
    """A case can be edited again, in the same scene or another, and is never what it was before."""
    once = cases.edited(SMALL, 0)
    texts = [cases.spec(case) for case in (SMALL, once, cases.edited(once, 0), cases.edited(once, 1))]
    assert all(one != other for one, other in combinations(texts, 2))


def test_a_scene_that_is_too_long_is_an_error(tmp_path: Path) -> None:
    """Narration that does not fit into the scene's seconds fails the build: no case is measured at another length."""
    built = vidbuild.build(cases.write(replace(SMALL, scenes=1, seconds=3.0), tmp_path))
    assert built.status == "failed"
    assert "over its max_duration of 3.0 s" in built.steps.failed[0].error


def test_a_scene_lasts_as_long_as_its_case(tmp_path: Path) -> None:
    """A narrated and a silent scene both have exactly the seconds of their case."""
    for narrated in (True, False):
        built = vidbuild.build(cases.write(replace(SMALL, narrated=narrated), tmp_path))
        assert built.video_seconds == 12.0
