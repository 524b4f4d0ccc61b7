"""The step `captions`: write SRT and WebVTT captions and the chapters of the video, from the scenes' timings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from vidbuild import seal
from vidbuild.engine.graph.context import Context
from vidbuild.media.container import ffmetadata
from vidbuild.media.container.ffmetadata import Chapter
from vidbuild.media.text.captions import SPEED, Caption, captions
from vidbuild.media.text.speakers import label, turn
from vidbuild.media.text.subtitles import srt, vtt
from vidbuild.media.text.words import TimedWord


def run(context: Context) -> None:
    """Write captions.srt, captions.vtt and chapters.ffmeta."""
    shown: list[Caption] = []
    chapters: list[Chapter] = []
    language = context.params["language"]
    start = 0
    for scene in context.params["scenes"]:
        timing = json.loads(context.inputs[f"timing:{scene['id']}"].read_text(encoding="utf-8"))
        end = start + timing["samples"]
        if scene.get("captions", True):
            of_scene = list(_of_scene(scene, timing, start, end, context.params))
            _warn_of_fast_captions(context, scene["id"], of_scene)
            shown += of_scene
        chapters.extend(_chapter(scene, start, context.params["scenes"]))
        start = end
    subrip = srt(shown)
    for name, text in (
        ("captions.srt", subrip),
        ("captions.vtt", seal.sealed_vtt(vtt(shown, language), subrip)),
        ("chapters.ffmeta", ffmetadata.write(chapters, start)),
    ):
        (context.out / name).write_text(text, encoding="utf-8", newline="\n")


def _chapter(scene: Mapping[str, Any], start: int, scenes: Sequence[Mapping[str, Any]]) -> Iterator[Chapter]:
    """Yield the chapter that begins with a scene: one for each scene, or for each section if the first begins one."""
    if not scenes[0].get("section"):
        yield Chapter(start, scene.get("title") or scene["id"])
    elif scene.get("section"):
        yield Chapter(start, scene["section"])


def _of_scene(
    scene: Mapping[str, Any], timing: Mapping[str, Any], start: int, end: int, params: Mapping[str, Any]
) -> Iterator[Caption]:
    """Yield a scene's captions, turn by turn if several speakers talk in the video."""
    words, language = shift_words(timing, start), params["language"]
    if not params.get("speakers"):
        yield from captions(words, end, language)
        return
    turns = list(_turns(timing, scene.get("speaker", "")))
    several = len(turns) > 1
    for nth, (speaker, first, last) in enumerate(turns):
        until = words[last].start if nth + 1 < len(turns) else end
        yield from turn(words[first:last], until, language, speaker, label(speaker) if speaker or several else "")


def _turns(timing: Mapping[str, Any], speaker: str) -> Iterator[tuple[str, int, int]]:
    """Yield the speaker of each turn, and its words from first to last; a turn ends when another speaker begins.

    speaker: of a narration that is no list.
    """
    whole = [{"speaker": speaker, "voice": "", "words": len(timing["words"])}]
    first = 0
    for (name, _), utterances in groupby(
        timing.get("utterances", whole), lambda each: (each["speaker"], "" if each["speaker"] else each["voice"])
    ):
        last = first + sum(each["words"] for each in utterances)
        yield name, first, last
        first = last


def shift_words(timing: Mapping[str, Any], start: int) -> list[TimedWord]:
    """Return the words of a scene's timing.json, with times in samples from the start of the video."""
    return [
        TimedWord(word["text"], start + word["start"], start + word["end"], word["from"], word.get("joined", False))
        for word in timing["words"]
    ]


def _warn_of_fast_captions(context: Context, scene: str, shown: Sequence[Caption]) -> None:
    """Warn of the fastest caption of a scene, if it cannot be read in its time."""
    fastest = max(shown, key=lambda caption: caption.speed, default=None)
    if fastest is None or round(fastest.speed) <= SPEED:
        return
    count = sum(round(caption.speed) > SPEED for caption in shown)
    others = f" and {count - 1} more" if count > 1 else ""
    context.warn(
        f"captions too fast to read: expected at most {SPEED} characters a second, got {fastest.speed:.0f} in "
        f"'{' '.join(fastest.lines)}'{others}",
        field=f"scenes.{scene}.narration",
        hint="use fewer words, or a slower 'rate' of the voice; of a recording, 'text' is what is spoken in it",
    )
