"""A video's timings: where scenes start, and how samples become seconds."""

from __future__ import annotations

from typing import Any

import pytest

from vidbuild.video_report.timing import report_data, video_timing

FACTS: dict[str, Any] = {
    "title": "A talk",
    "description": "About something",
    "language": "en",
    "fps": 30,
    "size": [160, 90],
    "scenes": [
        {"id": "one", "type": "title", "title": "First", "alt": "A <red> door"},
        {"id": "two", "type": "list", "title": "Second", "alt": ""},
    ],
}
TIMINGS: list[dict[str, Any]] = [
    {"fps": 30, "frames": 45, "samples": 72_000, "narration": None, "words": [], "cues": {}},
    {
        "fps": 30,
        "frames": 60,
        "samples": 96_000,
        "narration": {"start": 19_200, "samples": 48_000},
        "words": [
            {"text": "Hello", "start": 19_200, "end": 24_000, "from": "engine"},
            {"text": "world,", "start": 24_000, "end": 48_000, "from": "spread"},
        ],
        "cues": {"here": 24_000},
    },
]


def test_scenes_follow_each_other_without_gaps() -> None:
    """Each scene starts where the one before ends, and the last ends where the video does."""
    timing = video_timing(FACTS, TIMINGS)
    assert [(scene["start"], scene["end"]) for scene in timing["scenes"]] == [(0.0, 1.5), (1.5, 3.5)]
    assert timing["duration"] == 3.5
    assert {key: timing[key] for key in ("title", "language", "fps")} == {
        "title": "A talk",
        "language": "en",
        "fps": 30,
    }


def test_all_times_count_from_the_start_of_the_video() -> None:
    """Words, cues and narration of the second scene are moved by the length of the first."""
    second = video_timing(FACTS, TIMINGS)["scenes"][1]
    assert second["narration"] == {"start": 1.9, "end": 2.9}
    assert second["words"] == [
        {"text": "Hello", "start": 1.9, "end": 2.0, "from": "engine"},
        {"text": "world,", "start": 2.0, "end": 2.5, "from": "spread"},
    ]
    assert second["cues"] == {"here": 2.0}


def test_a_silent_scene_has_no_narration() -> None:
    """A scene without speech has null as its narration, not a stretch of length zero."""
    first = video_timing(FACTS, TIMINGS)["scenes"][0]
    assert first["narration"] is None
    assert first["words"] == []
    assert first["cues"] == {}


def test_starts_do_not_drift() -> None:
    """After 1,000 scenes of a third of a second each start is still exact to the millisecond."""
    count = 1_000
    facts = {**FACTS, "fps": 24, "scenes": [{"id": f"s{index}", "type": "title", "alt": ""} for index in range(count)]}
    timings = [{**TIMINGS[0], "fps": 24, "frames": 7}] * count
    scenes = video_timing(facts, timings)["scenes"]
    assert [scene["start"] for scene in scenes] == [round(index * 7 / 24, 3) for index in range(count)]


def test_a_timing_for_every_scene_is_needed() -> None:
    """Scenes and timings that do not match are an error, not a shorter video."""
    with pytest.raises(ValueError, match="argument"):
        video_timing(FACTS, TIMINGS[:1])


def test_the_page_gets_words_counted_and_pictures_named() -> None:
    """The report's data has each scene's text, number of words and picture, and no list of words."""
    data = report_data(FACTS, video_timing(FACTS, TIMINGS), {"one": "QUJD"})
    first, second = data["scenes"]
    assert (first["title"], first["thumb"], first["text"], first["words"]) == ("First", "QUJD", "", 0)
    assert (second["title"], second["thumb"], second["text"], second["words"]) == ("Second", "", "Hello world,", 2)
    assert (data["duration"], data["size"], data["description"]) == (3.5, [160, 90], "About something")
