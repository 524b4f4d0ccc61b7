"""Reads the callouts of a scene, and checks what the schema cannot express: what they point at, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vidbuild.frozen import dataclass
from vidbuild.json_types import Json
from vidbuild.marks import Callout
from vidbuild.model import Narration
from vidbuild.scenes.protocol import SceneType
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.spec import kinds, moments
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path
from vidbuild.spec.regions import Region, Regions
from vidbuild.spec.scene_context import SceneContext
from vidbuild.spec.wording import either

KINDS = ("rect", "arrow", "circle", "spotlight", "zoom", "blur", "label", "cursor")
NOTED = ("rect", "arrow", "circle", "label")  # the kinds with a note
TAKEN: Mapping[str, Sequence[str]] = {"text": NOTED, "from": ("arrow", "label"), "click": ("cursor",)}


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the callouts of one scene. narration: in the spec's language."""

    regions: Regions
    narration: Narration | None
    language: str
    collector: DiagnosticCollector

    def callout(self, fields: Mapping[str, Any], path: Path) -> Callout | None:
        """Return a callout, or None after adding errors."""
        before = len(self.collector.diagnostics)
        kind = kinds.only(KINDS, fields, path, "callout", self.collector)
        if kind is None:
            return None
        self._check_fields(kind, fields, path)
        value, place = fields[kind], (*path, kind)
        box = self.regions.unit == "pixels" and isinstance(value, list) and _is_box(value)
        several = kind == "cursor" and isinstance(value, list) and not box
        found = [
            self.regions.read(each, (*place, index) if several else place)
            for index, each in enumerate(value if several else [value])
        ]
        moments.check(fields, path, self.narration, self.language, self.collector)
        valid: tuple[Region, ...] = tuple(each for each in found if each is not None)
        if len(valid) < len(found) or len(self.collector.diagnostics) > before:
            return None
        times = {name: moments.time(fields.get(name)) for name in moments.TIMES}
        side, click = fields.get("from", ""), fields.get("click", False)
        return Callout(int(path[-1]), kind, valid, fields.get("text", "").strip(), **times, side=side, click=click)

    def _check_fields(self, kind: str, fields: Mapping[str, Any], path: Path) -> None:
        kinds.check_fields(kind, TAKEN, fields, path, self.collector)
        if kind == "label" and "text" not in fields:
            self.collector.error(path, "missing callout field 'text': a label needs words")
        for name in moments.TIMES:
            if kind == "blur" and name in fields:
                message = f"'{name}' cannot be set on a blur: what it hides would be in the other frames"
                self.collector.error((*path, name), message, "remove it: a blur lasts for the whole scene", key=True)


def of_scene(
    fields: Mapping[str, Any],
    path: Path,
    kind: SceneType,
    own: Mapping[str, Any],
    narration: Narration | None,
    context: SceneContext,
) -> tuple[Callout, ...]:
    """Return the callouts of a scene, without those that are wrong, for which it adds errors.

    fields: the scene's valid fields. own: those of its type. narration: in the spec's language.
    """
    collector = context.collector
    marks, named = fields.get("callouts", ()), fields.get("regions", {})
    if not marks and not named:
        return ()
    if not kind.points_at:
        able = [each for each in SCENE_TYPES if SCENE_TYPES[each].points_at]
        message = f"a scene of type '{kind.name}' has nothing that callouts can point at: expected type {either(able)}"
        name = "callouts" if marks else "regions"
        collector.error((*path, name), message, f"remove '{name}'", key=True)
        return ()
    regions = Regions.of(kind.points_at, kind.extent(own), named, (*path, "regions"), collector)
    reader = _Reader(regions, narration, context.language, collector)
    found = [reader.callout(each, (*path, "callouts", index)) for index, each in enumerate(marks)]
    for callout in found:
        if callout is not None and callout.kind == "zoom" and (message := _not_enlarged(kind, own)):
            collector.error((*path, "callouts", callout.index, "zoom"), message, "use 'spotlight' instead", key=True)
    moving = kind.moving(own)
    for callout in found:
        # A blur is in the picture itself, and in the text of code, unless there are two of them.
        if moving and callout is not None and (callout.kind != "blur" or moving == "to"):
            message = f"'{moving}' moves what the callout points at"
            collector.error((*path, "callouts", callout.index), message, f"remove '{moving}', or the callout")
    for name in regions.unused():
        message = f"no callout uses region '{name}'"
        collector.warning("VB320", (*path, "regions", name), message, "remove it", key=True)
    return tuple(each for each in found if each is not None)


def _not_enlarged(kind: SceneType, own: Mapping[str, Any]) -> str:
    """Return why a scene with these fields of its type has nothing to enlarge; "" if it has."""
    if kind.enlarges:
        return "'reveal' shows step by step what 'zoom' would enlarge at once" if own["reveal"] != "none" else ""
    pictures = "image_size" in own or (kind.name == "slide" and "file" in own) or kind.name == "clip"
    return (
        ""
        if pictures
        else f"'zoom' enlarges pictures, clips, code and tables, and a scene of type '{kind.name}' has none"
    )


def _is_box(value: Sequence[Json]) -> bool:
    return not any(isinstance(each, list | Mapping) or (isinstance(each, str) and each[-1:] != "%") for each in value)
