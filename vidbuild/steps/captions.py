"""The step `captions`: write SRT and WebVTT captions and the chapters of the video, from the scenes' timings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from vidbuild import seal
from vidbuild.engine.graph.context import Context
from vidbuild.media.text.captions import Caption, Chapter, captions, ffmetadata, srt, vtt
from vidbuild.media.text.words import TimedWord


def run(context: Context) -> None:
    """Write captions.srt, captions.vtt and chapters.ffmeta."""
    cues: list[Caption] = []
    chapters: list[Chapter] = []
    start = 0
    for scene in context.params["scenes"]:
        timing = json.loads(context.inputs[f"timing:{scene['id']}"].read_text(encoding="utf-8"))
        end = start + timing["samples"]
        if scene.get("captions", True):
            cues += captions(shift_words(timing, start), end)
        chapters.append(Chapter(scene.get("title") or scene["id"], start, end))
        start = end
    subrip = srt(cues)
    for name, text in (
        ("captions.srt", subrip),
        ("captions.vtt", seal.sealed_vtt(vtt(cues, context.params["language"]), subrip)),
        ("chapters.ffmeta", ffmetadata(chapters)),
    ):
        (context.out / name).write_text(text, encoding="utf-8", newline="\n")


def shift_words(timing: Mapping[str, Any], start: int) -> list[TimedWord]:
    """Return the words of a scene's timing.json, with times in samples from the start of the video."""
    return [
        TimedWord(word["text"], start + word["start"], start + word["end"], word["from"], word.get("joined", False))
        for word in timing["words"]
    ]
