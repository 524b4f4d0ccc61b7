"""Ids of steps: built from parts and taken apart again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidbuild.engine.graph.step_id import StepId

IDS = {
    "mux": StepId("mux"),
    "speak:install": StepId("speak", "install"),
    "transition:a+b": StepId("transition", "a+b"),
    "still:a@12": StepId("still", "a@12"),
    "de/mux": StepId("mux", video="de"),
    "de/speak:install": StepId("speak", "install", "de"),
    "film:install": StepId("film", "install"),  # as in logs of old versions, also the next one
    "join": StepId("join"),
}

kinds = st.from_regex(r"[a-z][a-z-]*", fullmatch=True)
scenes = st.from_regex(r"([a-z0-9][a-z0-9-]*(\+[a-z0-9][a-z0-9-]*|@[0-9]+)?)?", fullmatch=True)
videos = st.from_regex(r"([A-Za-z0-9.-]+(/[A-Za-z0-9.-]+)*)?", fullmatch=True)


@pytest.mark.parametrize(("text", "step"), IDS.items())
def test_an_id_is_built_and_taken_apart(text: str, step: StepId) -> None:
    """The text of an id is its video, kind and scene, and parsing the text gives the same parts."""
    assert str(step) == text
    assert StepId.parse(text) == step


@given(st.builds(StepId, kinds, scenes, videos))
def test_parsing_inverts_str(step: StepId) -> None:
    """Every id equals the one that is parsed from its text."""
    assert StepId.parse(str(step)) == step


@given(st.builds(StepId, kinds, scenes, videos))
def test_the_local_id_lacks_only_the_video(step: StepId) -> None:
    """The local id is the id of the same step in a run that makes one video."""
    assert StepId.parse(step.local) == StepId(step.kind, step.scene)


@given(st.text())
def test_every_text_can_be_parsed(text: str) -> None:
    """A log may hold any text as an id; parsing it never raises, and it keeps the scene."""
    assert StepId.parse(text).scene == text.partition(":")[2]
