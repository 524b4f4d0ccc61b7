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
from vidbuild.media.text import caption_file, caption_rules
from vidbuild.media.text.caption_rules import Caption, Rules
from vidbuild.media.text.captions import captions
from vidbuild.media.text.speakers import label, turn
from vidbuild.media.text.subtitles import srt, vtt
from vidbuild.media.text.ttml import ttml
from vidbuild.media.text.words import TimedWord


def run(context: Context) -> None:
    """Write captions.srt, captions.vtt, captions.json, chapters.ffmeta and, if asked for, captions.ttml."""
    shown: list[Caption] = []
    chapters: list[Chapter] = []
    language = context.params["language"]
    rules = caption_rules.rules(language, context.params["fps"], **context.params.get("rules", {}))
    start = 0
    for scene in context.params["scenes"]:
        timing = json.loads(context.inputs[f"timing:{scene['id']}"].read_text(encoding="utf-8"))
        end = start + timing["samples"]
        if scene.get("captions", True):
            of_scene = list(_of_scene(scene, timing, (start, end), context.params, rules))
            for message, hint in caption_rules.problems(of_scene, rules):
                context.warn("VB220", message, field=f"scenes.{scene['id']}.narration", hint=hint)
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
    caption_file.write(context.out, shown)
    if context.params.get("ttml"):
        text = seal.sealed_ttml(ttml(shown, language, context.params["title"]))
        (context.out / "captions.ttml").write_text(text, encoding="utf-8", newline="\n")


def _chapter(scene: Mapping[str, Any], start: int, scenes: Sequence[Mapping[str, Any]]) -> Iterator[Chapter]:
    """Yield the chapter that begins with a scene: one for each scene, or for each section if the first begins one."""
    if not scenes[0].get("section"):
        yield Chapter(start, scene.get("title") or scene["id"])
    elif scene.get("section"):
        yield Chapter(start, scene["section"])


def _of_scene(
    scene: Mapping[str, Any],
    timing: Mapping[str, Any],
    span: tuple[int, int],
    params: Mapping[str, Any],
    rules: Rules,
) -> Iterator[Caption]:
    """Yield a scene's captions, turn by turn if several speakers talk in the video. span: the scene's, in samples."""
    start, end = span
    words, language = shift_words(timing, start), params["language"]
    if not params.get("speakers"):
        yield from captions(words, end, language, rules)
        return
    turns = list(_turns(timing, scene.get("speaker", "")))
    several = len(turns) > 1
    for nth, (speaker, first, last) in enumerate(turns):
        until = words[last].start if nth + 1 < len(turns) else end
        yield from turn(
            words[first:last], until, language, rules, speaker, label(speaker) if speaker or several else ""
        )


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
