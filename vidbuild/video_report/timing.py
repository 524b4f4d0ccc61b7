"""Computes the timing of a video from that of its scenes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vidbuild.timebase import SAMPLE_RATE


def video_timing(params: Mapping[str, Any], timings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the content of NAME.timing.json: all times in seconds from the start of the video.

    params: title, language, fps, scenes [{id, type, alt}].
    timings: each scene's timing.json, in the same order; its times are in samples from the scene's start.
    """
    scenes = [
        _scene(listed, timing, start, params["fps"])
        for listed, timing, start in zip(params["scenes"], timings, _starts(timings), strict=True)
    ]
    frames = sum(timing["frames"] for timing in timings)
    return {
        "title": params["title"],
        "language": params["language"],
        "fps": params["fps"],
        "duration": _round(frames / params["fps"]),
        "scenes": scenes,
    }


def report_data(params: Mapping[str, Any], timing: Mapping[str, Any], thumbs: Mapping[str, str]) -> dict[str, Any]:
    """Return the data of the report page: a summary of the timing, with a frame of each scene.

    params: those of `video_timing`, with description, size and, if there is any, music: names of files.
    timing: from `video_timing`.
    thumbs: scene id -> JPEG as base64.
    """
    scenes = [
        {**_summary(scene), "title": listed["title"], "thumb": thumbs.get(scene["id"], "")}
        for listed, scene in zip(params["scenes"], timing["scenes"], strict=True)
    ]
    video = {key: params[key] for key in ("title", "description", "language", "fps", "size")}
    return {**video, "music": params.get("music", ()), "duration": timing["duration"], "scenes": scenes}


def _starts(timings: Sequence[Mapping[str, Any]]) -> Iterator[int]:
    """Yield the first frame of each scene."""
    start = 0
    for timing in timings:
        yield start
        start += timing["frames"]


def _scene(listed: Mapping[str, Any], timing: Mapping[str, Any], first: int, fps: int) -> dict[str, Any]:
    start = first / fps
    spoken = timing["narration"]
    return {
        "id": listed["id"],
        "type": listed["type"],
        "start": _round(start),
        "end": _round((first + timing["frames"]) / fps),
        "alt": listed["alt"],
        "narration": _interval(start, spoken["start"], spoken["start"] + spoken["samples"]) if spoken else None,
        "words": [
            {
                "text": word["text"],
                **_interval(start, word["start"], word["end"]),
                "from": word["from"],
                **({"joined": True} if word.get("joined") else {}),
            }
            for word in timing["words"]
        ],
        "cues": {name: _round(start + at / SAMPLE_RATE) for name, at in timing["cues"].items()},
        **({"utterances": _utterances(start, timing["utterances"])} if "utterances" in timing else {}),
    }


def _utterances(start: float, utterances: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return who says what of a list, and when; `words` counts the words of each."""
    return [
        {
            "speaker": each["speaker"],
            "voice": each["voice"],
            **_interval(start, each["start"], each["end"]),
            "words": each["words"],
        }
        for each in utterances
    ]


def _interval(start: float, begin: int, end: int) -> dict[str, float]:
    return {"start": _round(start + begin / SAMPLE_RATE), "end": _round(start + end / SAMPLE_RATE)}


def _summary(scene: Mapping[str, Any]) -> dict[str, Any]:
    fields = {key: scene[key] for key in ("id", "type", "start", "end", "alt", "narration", "cues")}
    utterances, first = [], 0
    for each in scene.get("utterances", ()):
        words = scene["words"][first : first + each["words"]]
        utterances.append({"speaker": each["speaker"], "voice": each["voice"], "text": _text(words)})
        first += each["words"]
    return {**fields, "text": _text(scene["words"]), "words": len(scene["words"]), "utterances": utterances}


def _text(words: Sequence[Mapping[str, Any]]) -> str:
    return "".join(word["text"] if word.get("joined") else f" {word['text']}" for word in words)[1:]


def _round(seconds: float) -> float:
    return round(seconds, 3)
