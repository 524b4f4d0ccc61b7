"""The step `captions`: write SRT and WebVTT captions and the chapters of the video, from the scenes' timings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, takewhile
from typing import Any

from vidbuild import seal
from vidbuild.engine.graph.context import Context
from vidbuild.frozen import dataclass
from vidbuild.media.container import ffmetadata
from vidbuild.media.container.ffmetadata import Chapter
from vidbuild.media.text import caption_file, caption_rules
from vidbuild.media.text.caption_rules import Caption, Rules
from vidbuild.media.text.speakers import label, turn
from vidbuild.media.text.subtitles import srt, vtt
from vidbuild.media.text.words import TimedWord


def run(context: Context) -> None:
    """Write captions.srt, captions.vtt, captions.json, chapters.ffmeta and, if asked for, captions.ttml."""
    shown: list[Caption] = []
    chapters: list[Chapter] = []
    language = context.params["language"]
    rules = caption_rules.rules(language, context.params["fps"], **context.params.get("rules", {}))
    scenes = context.params["scenes"]
    timings = [json.loads(context.read(f"timing:{each['id']}")) for each in scenes]
    start = 0
    for index, (scene, timing) in enumerate(zip(scenes, timings, strict=True)):
        end = start + timing["samples"]
        if scene.get("captions", True):
            # A short caption stays on while the next scenes say nothing.
            until = end + min(_silence(timings[index + 1 :]), rules.shortest)
            found = list(of_scene(scene, timing, (start, until), context.params, rules))
            for message, hint in caption_rules.problems(found, rules):
                context.warn("VB220", message, field=f"scenes.{scene['id']}.narration", hint=hint)
            shown += found
        chapters.extend(_chapter(scene, start, scenes))
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
        from vidbuild.media.text.ttml import ttml

        text = seal.sealed_ttml(ttml(shown, language, context.params["title"]))
        (context.out / "captions.ttml").write_text(text, encoding="utf-8", newline="\n")


def _chapter(scene: Mapping[str, Any], start: int, scenes: Sequence[Mapping[str, Any]]) -> Iterator[Chapter]:
    """Yield the chapter that begins with a scene: one for each scene, or for each section if the first begins one."""
    if not scenes[0].get("section"):
        yield Chapter(start, scene.get("title") or scene["id"])
    elif scene.get("section"):
        yield Chapter(start, scene["section"])


def _silence(following: Sequence[Mapping[str, Any]]) -> int:
    """Return how long the scenes that follow are silent before one of them has words, in samples."""
    silent = takewhile(lambda timing: not timing["words"], following)
    return sum(timing["samples"] for timing in silent)


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one speaker says at a time: the words from `first` to `last`. label: what its captions begin with."""

    speaker: str
    first: int
    last: int
    label: str


def of_scene(
    scene: Mapping[str, Any],
    timing: Mapping[str, Any],
    span: tuple[int, int],
    params: Mapping[str, Any],
    rules: Rules,
) -> Iterator[Caption]:
    """Yield a scene's captions, turn by turn if several speakers talk in the video.

    span: in which they are shown, from the scene's start, in samples.
    """
    start, end = span
    words, language, turns = shift_words(timing, start), params["language"], _turns(scene, timing, params)
    for each, following in zip(turns, [*turns[1:], None], strict=True):
        until = end if following is None else words[following.first].start
        yield from turn(words[each.first : each.last], until, language, rules, each.speaker, each.label)


def spoken_parts(
    scene: Mapping[str, Any], timing: Mapping[str, Any], params: Mapping[str, Any]
) -> Iterator[tuple[str, int | None]]:
    """Yield the texts that the captions of a scene have: words, each with its number, and names of speakers."""
    for each in _turns(scene, timing, params):
        if each.last > each.first:
            yield each.label, None
        yield from ((timing["words"][index]["text"], index) for index in range(each.first, each.last))


def _turns(scene: Mapping[str, Any], timing: Mapping[str, Any], params: Mapping[str, Any]) -> list[_Turn]:
    """Return the turns of a scene: one begins when another speaker does. scene: `speaker` is that of no list."""
    whole = [{"speaker": scene.get("speaker", ""), "voice": "", "words": len(timing["words"])}]
    if not params.get("speakers"):
        return [_Turn("", 0, len(timing["words"]), "")]
    found: list[tuple[str, int, int]] = []
    first = 0
    for (name, _), utterances in groupby(
        timing.get("utterances", whole), lambda each: (each["speaker"], "" if each["speaker"] else each["voice"])
    ):
        last = first + sum(each["words"] for each in utterances)
        found.append((name, first, last))
        first = last
    several = len(found) > 1
    return [_Turn(name, first, last, label(name) if name or several else "") for name, first, last in found]


def shift_words(timing: Mapping[str, Any], start: int) -> list[TimedWord]:
    """Return the words of a scene's timing.json, with times in samples from the start of the video."""
    return [
        TimedWord(word["text"], start + word["start"], start + word["end"], word["from"], word.get("joined", False))
        for word in timing["words"]
    ]
