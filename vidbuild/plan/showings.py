"""The callouts and overlays of a scene as layers that appear and disappear."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vidbuild import inline
from vidbuild.marks import Callout, Inset, Overlay
from vidbuild.media.text import pages
from vidbuild.model import Narration, Scene
from vidbuild.scenes.protocol import Clip, Reveal, part_ms
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.spec.narration import NAME
from vidbuild.timeline.cut_params import CutParams, CutsParams, cut_layer
from vidbuild.timeline.mentions import mentions, spoken_at
from vidbuild.timeline.showing import Showing


def showings(scene: Scene, narration: Narration | None, language: str) -> Iterator[Showing]:
    """Yield when each callout and overlay is visible. narration: of the scene, in the language of the video."""
    tokens = narration.tokens if narration else ()
    for callout in scene.callouts:
        if callout.kind == "blur":  # it is in the pixels of the picture
            continue
        at, at_word = _moment(callout.at, narration, language)
        until, until_word = _moment(callout.until, narration, language)
        if callout.at is None and callout.text:
            at_word = mentions([Reveal(field="", words=inline.plain(callout.text))], tokens, language)[0].token
        yield Showing(
            field=f"callouts.{callout.index}",
            enter={f"callout-{callout.index}": "fade"},
            at=at,
            until=until,
            at_word=at_word,
            until_word=until_word,
            zooms=callout.kind == "zoom",
            visits=len(callout.regions) if callout.kind == "cursor" else 0,
            clicks=tuple(f"callout-{callout.index}-{nth}" for nth in range(len(callout.regions) * callout.click)),
        )
    yield from _overlays(scene, narration, language)


def _overlays(scene: Scene, narration: Narration | None, language: str) -> Iterator[Showing]:
    """Yield when each overlay is visible that is not there all the time."""
    for index, overlay in enumerate(scene.overlays):
        timed = overlay.at is not None or overlay.until is not None or overlay.kind in {"lower_third", "clip"}
        if not timed:
            continue
        at, at_word = _moment(overlay.at, narration, language)
        until, until_word = _moment(overlay.until, narration, language)
        effect = "rise" if overlay.kind == "lower_third" else "fade"
        yield Showing(
            field=overlay.field,
            enter=dict.fromkeys(_layers(index, overlay), effect),
            at=at,
            until=until,
            at_word=at_word,
            until_word=until_word,
            plays=inset_layer(index) if overlay.inset else "",
        )


def _layers(index: int, overlay: Overlay) -> tuple[str, ...]:
    """Return the layers of an overlay: a clip has a rim in one of its own."""
    return (f"overlay-{index}-rim", inset_layer(index)) if overlay.inset else (f"overlay-{index}",)


def inset_layer(index: int) -> str:
    """Return the layer in which the clip of this overlay plays."""
    return f"overlay-{index}"


def insets(scene: Scene) -> dict[str, Clip]:
    """Return layer -> its clip, for several clips of a scene, and for its overlays that are clips."""
    shown = {cut_layer(index): clip for index, clip in enumerate(SCENE_TYPES[scene.type].clips(scene))}
    above = {inset_layer(index): _clip(each.inset) for index, each in enumerate(scene.overlays) if each.inset}
    return {**shown, **above}


def sources(scene: Scene) -> dict[str, str]:
    """Return layer -> the spec's field that names the file of its clip, for the same clips."""
    shown = {cut_layer(index): f"clips.{index}.src" for index, _ in enumerate(SCENE_TYPES[scene.type].clips(scene))}
    return shown | {inset_layer(index): f"{each.field}.clip" for index, each in enumerate(scene.overlays) if each.inset}


def cuts(scene: Scene, narration: Narration | None, language: str) -> CutsParams | None:
    """Return the clips that a scene shows one after the other; None unless there are several."""
    clips = SCENE_TYPES[scene.type].clips(scene)
    if not clips:
        return None
    shown = tuple(
        CutParams(cut_layer(index), f"clips.{index}", each.at, each.weight, each.holds)
        for index, each in enumerate(clips)
    )
    starts = pages.sentences(narration.tokens, language, narration.entry_starts) if narration else []
    return CutsParams(shown, tuple(starts))


def _clip(inset: Inset) -> Clip:
    # Its layer has the shape of what is shown of it.
    return Clip(inset.path, *part_ms(inset.start, inset.end), "cover", inset.audio, inset.audio_track)


def drawn_overlay(overlay: Overlay) -> dict[str, Any]:
    """Return what the draw step needs of an overlay: everything but its times and its file."""
    names = ("field", "kind", "text", "role", "corner", "opacity")
    look = ("size", "shape", "fit")
    inset = {name: getattr(overlay.inset, name) for name in look} if overlay.inset else {}
    return {**{name: getattr(overlay, name) for name in names}, **inset}


def drawn(callout: Callout) -> dict[str, Any]:
    """Return what the draw step needs of a callout: everything but its times."""
    regions = [dict(region) for region in callout.regions]
    words = {"text": callout.text, "side": callout.side, "click": callout.click}
    return {"index": callout.index, "kind": callout.kind, "regions": regions, **words}


def _moment(
    value: str | float | None, narration: Narration | None, language: str
) -> tuple[str | float | None, int | None]:
    """Return a cue or seconds, and the index of a word; None each if there is none."""
    if not isinstance(value, str) or NAME.match(value):
        return value, None
    return None, spoken_at(value, narration.tokens, language) if narration else None
