"""A kind whose bytes change must have its version raised: the outputs of every kind are pinned, key by key."""

from __future__ import annotations

import copy
import json

import pytest

from tests.support import pinned_steps
from tests.support.pinned_steps import Pins, Verdict
from vidbuild.scenes.registry import SCENE_TYPES


@pytest.fixture(scope="module")
def pins() -> Pins:
    """What is pinned."""
    found: Pins = json.loads(pinned_steps.PINS.read_text(encoding="utf-8"))
    return found


def test_every_kind_makes_what_is_pinned(pins: Pins) -> None:
    """P5: no kind makes other bytes under a key that it had before; if the tools differ, that is reported."""
    verdict = pinned_steps.compare(pins, pinned_steps.collect(), constrained=pinned_steps.constrained())
    assert not verdict.wrong, "\n".join(verdict.wrong)
    if verdict.elsewhere:
        pytest.skip(verdict.elsewhere)


def test_the_pins_cover_every_kind_of_step_and_scene(pins: Pins) -> None:
    """A new kind of step has to be in one of the pinned specs; a new scene type is in the one made of samples."""
    steps = [step for spec in pins["specs"].values() for step in spec.values()]
    assert {step["kind"] for step in steps} == pinned_steps.pinnable()
    text = "".join(path.read_text(encoding="utf-8") for path in pinned_steps.FOLDER.glob("*.yaml"))
    sampled = pins["specs"].get("samples.yaml", {})
    assert not [name for name in SCENE_TYPES if f"type: {name}" not in text and f"draw:{name}" not in sampled], (
        "make pins"
    )


def changed(pins: Pins, step: str, **what: object) -> Pins:
    """The pins with one step of video.yaml as if it had been made otherwise."""
    found = copy.deepcopy(pins)
    found["specs"]["video.yaml"][step].update(what)
    return found


def test_other_bytes_under_the_same_key_name_the_kind(pins: Pins) -> None:
    """The message names the kind, the step and the remedy; dependents of that step are left out."""
    found = changed(changed(pins, "draw:title", outputs={"layers.json": "0" * 64}), "render:title", key="1" * 64)
    (wrong,) = pinned_steps.compare(pins, found, constrained=True).wrong
    assert wrong.startswith("kind 'draw' makes other bytes for the same key (video.yaml draw:title, '")
    assert wrong.endswith("raise its version in vidbuild/plan/kinds.py, then `make pins`")


def test_keys_that_are_not_pinned_are_to_be_pinned(pins: Pins) -> None:
    """With the pinned tools every key has to be a pinned one: otherwise nothing would guard its bytes."""
    found = changed(pins, "mux", key="1" * 64)
    (wrong,) = pinned_steps.compare(pins, found, constrained=True).wrong
    assert wrong == "keys are not those that are pinned (video.yaml mux): `make pins`"
    del found["specs"]["video.yaml"]["mux"]
    assert pinned_steps.compare(pins, found, constrained=True).wrong == (wrong,)
    assert pinned_steps.compare(pins, pins, constrained=True) == Verdict()


def test_other_tools_are_reported_and_do_not_fail(pins: Pins) -> None:
    """With another ffmpeg nothing can be compared: the test is skipped, unless the tools are the pinned ones."""
    found = changed(pins, "render:title", key="1" * 64)
    found["tools"]["ffmpeg"] = "ffmpeg 1"
    verdict = pinned_steps.compare(pins, found, constrained=False)
    message = "made with another ffmpeg than what is pinned: 1 steps could not be compared"
    assert verdict == Verdict(elsewhere=message)
    assert pinned_steps.compare(pins, found, constrained=True).wrong == (
        f"{message}, though these are the tools of constraints.txt: `make pins`",
    )
    other = changed(found, "draw:title", outputs={})
    assert pinned_steps.compare(pins, other, constrained=False).wrong, "a key that is the same is compared all the same"
