"""A video's timings from those of its scenes; it knows nothing of files or of how the page looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vidbuild.timebase import SAMPLE_RATE


def video_timing(facts: Mapping[str, Any], timings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the content of NAME.timing.json: all times in seconds from the start of the video.

    facts: title, language, fps, scenes [{id, type}]. timings: each scene's timing.json, in the same order, which
    counts frames, and samples from the scene's own start.
    """
    scenes = [
        _scene(listed, timing, start, facts["fps"])
        for listed, timing, start in zip(facts["scenes"], timings, _starts(timings), strict=True)
    ]
    frames = sum(timing["frames"] for timing in timings)
    return {
        "title": facts["title"],
        "language": facts["language"],
        "fps": facts["fps"],
        "duration": _round(frames / facts["fps"]),
        "scenes": scenes,
    }


def report_data(facts: Mapping[str, Any], timing: Mapping[str, Any], thumbs: Mapping[str, str]) -> dict[str, Any]:
    """Return what the report page is made of: the timing in short, with a picture of each scene.

    timing: what video_timing returned. thumbs: scene id -> JPEG as base64.
    """
    scenes = [
        {**_brief(scene), "title": listed["title"], "thumb": thumbs.get(scene["id"], "")}
        for listed, scene in zip(facts["scenes"], timing["scenes"], strict=True)
    ]
    kept = {key: facts[key] for key in ("title", "description", "language", "fps", "size")}
    return {**kept, "duration": timing["duration"], "scenes": scenes}


def _starts(timings: Sequence[Mapping[str, Any]]) -> Iterator[int]:
    """The first frame of each scene."""
    start = 0
    for timing in timings:
        yield start
        start += timing["frames"]


def _scene(listed: Mapping[str, Any], timing: Mapping[str, Any], first: int, fps: int) -> dict[str, Any]:
    start = first / fps
    said = timing["narration"]
    return {
        "id": listed["id"],
        "type": listed["type"],
        "start": _round(start),
        "end": _round((first + timing["frames"]) / fps),
        "narration": None if said is None else _stretch(start, said["start"], said["start"] + said["samples"]),
        "words": [
            {"text": word["text"], **_stretch(start, word["start"], word["end"]), "from": word["from"]}
            for word in timing["words"]
        ],
        "cues": {name: _round(start + at / SAMPLE_RATE) for name, at in timing["cues"].items()},
    }


def _stretch(start: float, begin: int, end: int) -> dict[str, float]:
    return {"start": _round(start + begin / SAMPLE_RATE), "end": _round(start + end / SAMPLE_RATE)}


def _brief(scene: Mapping[str, Any]) -> dict[str, Any]:
    brief = {key: scene[key] for key in ("id", "type", "start", "end", "narration", "cues")}
    return {**brief, "text": " ".join(word["text"] for word in scene["words"]), "words": len(scene["words"])}


def _round(seconds: float) -> float:
    return round(seconds, 3)
