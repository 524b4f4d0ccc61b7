"""The step `typeset:SCENE`: set the captions of a scene in type, as they lie over its picture, and time them.

They are cut as those in the caption files.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from PIL import Image, ImageFilter

from vidbuild import timebase
from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.image import raster
from vidbuild.media.render.bands import ROW
from vidbuild.media.render.drawing import Layer, Stack
from vidbuild.media.render.motion import Motion, Track
from vidbuild.media.text import caption_rules, scene_text, typst
from vidbuild.media.text.boundaries import is_letter
from vidbuild.media.text.caption_rules import Caption
from vidbuild.media.text.caption_words import Characters, Piece
from vidbuild.media.text.typst import Page
from vidbuild.media.text.words import TimedWord
from vidbuild.steps import caption_layer, captions, draw, subtitles
from vidbuild.timeline.subtitles import NOTHING_LIT, lit, page_layer, word_layer

BOX, KARAOKE = "box", "karaoke"
SHADOW = 0.13  # of the size of type: how far the shadow is blurred
STRENGTH, DARKEST = 1.2, 175  # of the shadow's alpha: a factor, and the most of 255

# A caption as lines of pieces.
Lines = Sequence[Sequence[Piece]]


def run(context: Context) -> None:
    """Write the layer of the captions during each motion of the scene: files that are named as those of the timeline.

    Params: those of the captions of a scene (see captions.py), and:
    style: plain, box or karaoke.
    type_size, box, rows: see Place in plan/burned.py.
    head, tail: how many frames the transitions into the scene and out of it render.
    """
    params = context.params
    timing = json.loads(context.inputs["timing"].read_text(encoding="utf-8"))
    rules = caption_rules.rules(params["language"], params["fps"], **params["rules"])
    shown = list(captions.of_scene(params, timing, (0, timing["samples"]), params, rules))
    characters = Characters(captions.spoken_parts(params, timing, params))
    try:
        lines = [characters.lines(caption.lines) for caption in shown]
    except ValueError as error:
        raise StepError(str(error)) from error
    pages = _drawn(context, lines) if shown else []
    states = list(_states(context, shown, lines, captions.shift_words(timing, 0)))
    layer = _layer(context, pages, [names for _, names in states])
    track = Track(states=tuple((frame, number) for number, (frame, _) in enumerate(states)))
    motion = Motion(params["fps"], timing["frames"], {caption_layer.NAME: track})
    head, tail = params["head"], params["tail"]
    images = {page.name: page.png for page in pages}
    for name, window in {
        "whole.json": motion,
        "render.json": motion.window(head, motion.frames - head - tail),
        "head.json": motion.window(-head, 2 * head),
        "tail.json": motion.window(motion.frames - tail, 2 * tail),
    }.items():
        caption_layer.write(context.out / name, layer, window, images)


def _drawn(context: Context, shown: Sequence[Lines]) -> list[Page]:
    """Return an image of each caption, and of karaoke of each word as it is lit."""
    params = context.params
    root, staged = draw.stage(context)
    (_, top, _, height), (first, end) = params["box"], params["rows"]
    fields = {
        "style": params["style"],
        "type_size": params["type_size"],
        "box": params["box"],
        "bleed": max(0, min(top - first * ROW, end * ROW - top - height)),
        "pages": [_page(lines) for lines in shown],
    }
    fields = draw.without_foreign_signs(scene_text.clean(fields), staged)
    data = draw.template_data({**params, "background": None}, draw.Behind(b""), fields, staged, logo=False)
    drawing = typst.lay_out(root, draw.STAGED["template"], data, staged)
    shadow = 0 if params["style"] == BOX else round(params["type_size"] * SHADOW)
    captions_alone = {page_layer(number) for number in range(len(shown))}
    return [
        subtitles.cropped(replace(page, png=_shadowed(page.png, shadow)) if page.name in captions_alone else page)
        for page in drawing.pages
    ]


def _shadowed(png: bytes, blur: int) -> bytes:
    """Return an image with a soft dark shadow around it, which keeps light letters apart from a light picture."""
    if not blur:
        return png
    with Image.open(io.BytesIO(png)) as image:
        letters = image.convert("RGBA")
    alpha = letters.getchannel("A").filter(ImageFilter.GaussianBlur(blur))
    shadow = Image.new("RGBA", letters.size)
    shadow.putalpha(alpha.point([min(DARKEST, round(level * STRENGTH)) for level in range(256)]))
    return raster.png(Image.alpha_composite(shadow, letters))


def _page(lines: Lines) -> dict[str, Any]:
    """Return a caption as its template gets it: words, and the numbers of those without a space or in a new line."""
    pieces = [piece for line in lines for piece in line]
    starts = [sum(map(len, lines[:number])) for number in range(1, len(lines))]
    return {
        "words": [piece.text for piece in pieces],
        "joined": [number for number, piece in enumerate(pieces) if number and not piece.spaced],
        "breaks": starts,
        "lit": [number for number, piece in enumerate(pieces) if _can_be_lit(piece)],
    }


def _can_be_lit(piece: Piece) -> bool:
    return piece.word is not None and any(map(is_letter, piece.text))


def _layer(context: Context, pages: Sequence[Page], states: Sequence[Sequence[str]]) -> Layer:
    """Return the layer of all captions. Raise StepError if one reaches out of its rows. states: the names of images."""
    (first, end), height = context.params["rows"], context.params["size"][1]
    left, top = min((page.x for page in pages), default=0), min((page.y for page in pages), default=first * ROW)
    right, bottom = (
        max((getattr(page, at) + getattr(page, side) for page in pages), default=low + 1)
        for at, side, low in (("x", "width", left), ("y", "height", top))
    )
    if top < first * ROW or bottom > min(end * ROW, height):
        raise StepError(f"captions in rows {top} to {bottom}: expected {first * ROW} to {min(end * ROW, height)}")
    numbers = {page.name: number for number, page in enumerate(pages)}
    images = tuple((page.name, page.x - left, page.y - top) for page in pages)
    stack = Stack(images, tuple(tuple(numbers[name] for name in names) for names in states))
    return Layer(caption_layer.NAME, "", left, top, right - left, bottom - top, stays=True, stack=stack)


def _states(
    context: Context, shown: Sequence[Caption], lines: Sequence[Lines], words: Sequence[TimedWord]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the names of the images that are seen from which frame on."""
    fps, is_lit = context.params["fps"], context.params["style"] == KARAOKE
    yield 0, ()
    known = False
    ends: list[int] = [timebase.frame_at(caption.end, fps) for caption in shown]
    starts = [timebase.frame_at(caption.start, fps) for caption in shown]
    for number, own in enumerate(lines):
        span = starts[number], ends[number]
        spans = _lit_spans(own, words, span, fps) if is_lit else {}
        known = known or bool(spans)
        yield from _of_caption(number, own, span, spans)
        if span[1] > span[0] and span[1] not in starts[number + 1 : number + 2]:
            yield span[1], ()
    if is_lit and shown and not known:
        context.warn("VB221", NOTHING_LIT, field="narration")


def _lit_spans(lines: Lines, words: Sequence[TimedWord], span: tuple[int, int], fps: int) -> dict[int, tuple[int, int]]:
    """Return word -> its first lit frame and the first one at which it is not; none if no time of a word is known."""
    numbers = list(dict.fromkeys(piece.word for line in lines for piece in line if piece.word is not None))
    own = [words[number] for number in numbers]
    if all(word.source == "spread" for word in own):
        return {}
    return dict(zip(numbers, lit(own, span, fps), strict=True))


def _of_caption(
    number: int, lines: Lines, span: tuple[int, int], spans: dict[int, tuple[int, int]]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield what is seen of one caption from which frame on."""
    first, end = span
    pieces = [piece for line in lines for piece in line]
    before: tuple[str, ...] = ()
    for frame in sorted({first, *(at for each in spans.values() for at in each)}):
        if not first <= frame < end:
            continue
        names = [page_layer(number)]
        for index, piece in enumerate(pieces):
            begin, until = spans.get(-1 if piece.word is None else piece.word, (0, 0))
            if begin <= frame < until and _can_be_lit(piece):
                names.append(word_layer(number, index))
        if tuple(names) != before:
            before = tuple(names)
            yield frame, before
