"""Warns of pictures without a text for those who cannot see them, if the spec asks for files that show such texts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from vidbuild.model import Scene
from vidbuild.spec.collector import DiagnosticCollector

SHOWN_IN = ("page", "transcript")  # of `also`
HANDOUT = "pdf"
PICTURES = frozenset({"clip", "image", "slide"})  # types that show nothing else
SIDES = ("left", "right")
ENTRIES = ("cards", "steps")  # whose entries can have an image


def check(scenes: Sequence[Scene], also: Collection[str], encoding: str, collector: DiagnosticCollector) -> None:
    """Add a warning for each scene with pictures and without `alt`. also, encoding: what the spec asks for."""
    files = [f"'{name}'" for name in SHOWN_IN if name in also] + ([f"'{HANDOUT}'"] if encoding == HANDOUT else [])
    if not files:
        return
    for scene in scenes:
        field = next(_pictures(scene.type, scene.fields), None)
        if field is not None and not scene.alt:
            message = f"no 'alt': {' and '.join(files)} cannot tell what the picture shows"
            hint = "add 'alt' to the scene, with what viewers see in a sentence"
            collector.warning("VB334", ("scenes", scene.index, field), message, hint)


def _pictures(kind: str, fields: Mapping[str, Any]) -> Iterator[str]:
    """Yield the fields of a scene that show pictures."""
    if kind in PICTURES:
        yield "type"
    for side in SIDES if kind == "split" else ():
        if fields[side]["type"] in PICTURES:
            yield side
    for name in ENTRIES:
        entries = fields.get(name)
        if isinstance(entries, list) and any(isinstance(each, Mapping) and each.get("image") for each in entries):
            yield name
