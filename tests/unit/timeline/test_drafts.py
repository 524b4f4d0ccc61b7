"""The timeline of a draft: its words have estimated times, which break no limit."""

from __future__ import annotations

import pytest

from tests.unit.timeline.test_timeline import SECOND, scene
from vidbuild.media.text.spoken_length import Pace
from vidbuild.timeline.params import TimelineParams, UtteranceParams
from vidbuild.timeline.spoken import estimated_speeches
from vidbuild.timeline.timeline import Timeline, lay_out

TEXT = "one two three four five six seven eight"


def laid_out(params: TimelineParams) -> Timeline:
    """Return the timeline of a draft, after its parameters were written and read as JSON."""
    read = TimelineParams.from_data(params.to_data())
    return lay_out(read, estimated_speeches(read), None)


def test_cues_are_at_their_words() -> None:
    """A cue is where its word is estimated to be; that is no warning, since all times of a draft are estimated."""
    timeline = laid_out(scene(narration=TEXT, cues={"half": 4}, paces=(Pace(),)))
    words = timeline.timing["words"]
    assert timeline.timing["cues"]["half"] == words[4]["start"]
    assert timeline.timing["narration"]["samples"] == pytest.approx(8 / 2.6 * SECOND, abs=2)
    assert {word["from"] for word in words} == {"estimated"}
    assert timeline.warnings == ()


@pytest.mark.parametrize("limit", [{"duration": 2 * SECOND}, {"max_duration": 2 * SECOND}])
def test_a_limit_that_the_narration_may_keep_fails_no_draft(limit: dict[str, int]) -> None:
    """Words that are estimated to take longer than the scene may last are squeezed into it."""
    timeline = laid_out(scene(narration=TEXT, paces=(Pace(pauses=((4, SECOND // 4),)),), **limit))
    assert timeline.motion.frames == 2 * 30
    assert timeline.timing["narration"]["samples"] <= 2 * SECOND


def test_utterances_have_their_own_words_and_voices() -> None:
    """Each entry of a list is spoken after its pause, by its voice."""
    parts = (UtteranceParams(words=3, speaker="A"), UtteranceParams(words=5, pause=SECOND, cues={"last": 4}))
    timeline = laid_out(scene(narration=TEXT, utterances=parts, paces=(Pace(voice="x:a"), Pace(200, voice="x:b"))))
    first, second = timeline.timing["utterances"]
    assert (first["voice"], second["voice"]) == ("x:a", "x:b")
    assert second["start"] - first["end"] == SECOND
    assert second["end"] - second["start"] == pytest.approx(5 / 5.2 * SECOND, abs=2)
    assert timeline.timing["cues"]["last"] == timeline.timing["words"][7]["start"]


def test_a_transition_makes_a_short_scene_longer() -> None:
    """A scene is at least as long as the transitions around it need, whatever the estimate is."""
    timeline = laid_out(scene(narration="one", paces=(Pace(),), transition=30))
    assert timeline.motion.frames == 4 * 30


def test_other_videos_have_no_estimates() -> None:
    """Without paces, nothing is estimated, and the parameters are those that they were."""
    params = scene(narration=TEXT)
    assert estimated_speeches(params) == []
    assert "paces" not in params.to_data()
