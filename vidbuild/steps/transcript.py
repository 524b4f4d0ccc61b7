"""The step `transcript`: write what goes with a video by choice, its transcript, chapter lines and share page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

from vidbuild import seal
from vidbuild.engine.graph.context import Context
from vidbuild.media.text.direction import is_right_to_left
from vidbuild.media.text.pages import sentences
from vidbuild.media.text.words import Token
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.video_report import chapter_lines, share_page, transcript
from vidbuild.video_report.chapter_lines import Chapter
from vidbuild.video_report.transcript import Paragraph, Part, Sentence, Transcript

TRANSCRIPT, CHAPTERS, PAGE = "transcript", "chapters", "page"


def run(context: Context) -> None:
    """Write transcript.md and transcript.html, chapters.txt and page.html: those in the parameter `also`."""
    params = context.params
    timings = [
        json.loads(context.inputs[f"timing:{scene['id']}"].read_text(encoding="utf-8")) for scene in params["scenes"]
    ]
    spoken = _transcript(params, timings)
    written: dict[str, str] = {}
    if TRANSCRIPT in params["also"]:
        written["transcript.md"] = seal.sealed_markdown(transcript.markdown(spoken))
        written["transcript.html"] = seal.sealed_html(transcript.page(spoken))
    if CHAPTERS in params["also"]:
        listed = [Chapter(part.start, part.title) for part in spoken.parts]
        written["chapters.txt"] = seal.sealed_text(chapter_lines.lines(listed, spoken.duration))
    if PAGE in params["also"]:
        captions = context.inputs["captions"].read_text(encoding="utf-8")
        size = (params["size"][0], params["size"][1])
        shown = captions if "-->" in captions else ""
        media_type = params.get("media_type", "")
        text = share_page.page(spoken, params["video"], params["poster"], shown, size, media_type)
        written["page.html"] = seal.sealed_html(text)
    for name, text in written.items():
        (context.out / name).write_text(text, encoding="utf-8", newline="\n")


def _transcript(params: Mapping[str, Any], timings: Sequence[Mapping[str, Any]]) -> Transcript:
    parts: list[Part] = []
    start = 0
    for scene, timing in zip(params["scenes"], timings, strict=True):
        paragraphs = list(_paragraphs(scene, timing, start, params))
        alts = [scene["alt"]] if scene.get("alt") else []
        if title := scene.get("chapter"):
            parts.append(Part(title, start / SAMPLE_RATE, paragraphs, alts))
        else:
            before = parts.pop()
            parts.append(Part(before.title, before.start, [*before.paragraphs, *paragraphs], [*before.alts, *alts]))
        start += timing["samples"]
    language = params["language"]
    duration = start / SAMPLE_RATE
    return Transcript(params["title"], params["description"], language, is_right_to_left(language), duration, parts)


def _paragraphs(
    scene: Mapping[str, Any], timing: Mapping[str, Any], start: int, params: Mapping[str, Any]
) -> Iterator[Paragraph]:
    """Yield what is spoken in a scene, by speaker. start: of the scene, in samples."""
    words = timing["words"]
    tokens = [Token(word["text"], word["text"], word.get("joined", False)) for word in words]
    for speaker, first, last in _turns(scene, timing):
        firsts = [first + index for index in sentences(tokens[first:last], params["language"])]
        found = [
            Sentence(
                _text(tokens[begin:end], is_first=begin == first),
                round((start + words[begin]["start"]) / SAMPLE_RATE, 3),
                round((start + words[end - 1]["end"]) / SAMPLE_RATE, 3),
            )
            for begin, end in pairwise([*firsts, last])
        ]
        if found:
            yield Paragraph(speaker if params.get("speakers") else "", found)


def _turns(scene: Mapping[str, Any], timing: Mapping[str, Any]) -> Iterator[tuple[str, int, int]]:
    """Yield the speaker of each turn, and its words from first to last."""
    whole = [{"speaker": scene.get("speaker", ""), "words": len(timing["words"])}]
    first = 0
    for speaker, utterances in groupby(timing.get("utterances", whole), lambda each: each["speaker"]):
        last = first + sum(each["words"] for each in utterances)
        yield speaker, first, last
        first = last


def _text(tokens: Sequence[Token], *, is_first: bool) -> str:
    """Return the text of words, with the space before them unless they are the first of a paragraph."""
    spaced = "".join(token.text if token.joined else f" {token.text}" for token in tokens).replace("\u00ad", "")
    return spaced.lstrip(" ") if is_first else spaced
