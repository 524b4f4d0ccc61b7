"""The step `caption`: SRT, WebVTT and chapters of the whole video, from the scenes' timings. It writes text only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from vidbuild.engine.graph.context import Context
from vidbuild.media.text.captions import Caption, Chapter, captions, ffmetadata, srt, vtt
from vidbuild.media.text.words import TimedWord


def run(context: Context) -> None:
    """Write captions.srt, captions.vtt and chapters.ffmeta."""
    shown: list[Caption] = []
    chapters: list[Chapter] = []
    start = 0
    for scene in context.params["scenes"]:
        timing = json.loads(context.inputs[f"timing:{scene['id']}"].read_text(encoding="utf-8"))
        end = start + timing["samples"]
        if scene.get("captions", True):
            shown += captions(words_of(timing, start), end)
        chapters.append(Chapter(scene.get("title") or scene["id"], start, end))
        start = end
    for name, text in (
        ("captions.srt", srt(shown)),
        ("captions.vtt", vtt(shown, context.params["language"])),
        ("chapters.ffmeta", ffmetadata(chapters)),
    ):
        (context.out / name).write_text(text, encoding="utf-8", newline="\n")


def words_of(timing: Mapping[str, Any], start: int) -> list[TimedWord]:
    """The words of a scene's timing.json, on the video's clock."""
    return [
        TimedWord(word["text"], start + word["start"], start + word["end"], word["from"]) for word in timing["words"]
    ]
