"""Selects what one of a spec's `outputs` has: its settings, its scenes, and the fields of these that differ in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vidbuild.frozen import dataclass, field
from vidbuild.spec import assembly, caption_fields, cues, output, schema
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Document, Path
from vidbuild.spec.layers import Layered
from vidbuild.spec.rebuilt import Rebuilder
from vidbuild.suggest import nearest_or_all

FIXED = ("id", "type", "only", "on")  # fields of a scene that are the same in all outputs


@dataclass(frozen=True, slots=True)
class Chosen:
    """The document of one output.

    origins: path of a field of a scene -> its path in the spec as it is written, if that is another one.
    has_no_scene: whether the output has none of the spec's scenes, which is an error.
    """

    layered: Layered
    origins: Mapping[Path, Path] = field(default_factory=dict)
    has_no_scene: bool = False

    def origin(self, path: Path) -> Path:
        """Return where the value at a path is in the spec as it is written."""
        for length in (3, 2):
            if (found := self.origins.get(path[:length])) is not None:
                return (*found, *path[length:])
        return path


def select(layered: Layered, outputs: Mapping[str, int], name: str, collector: DiagnosticCollector) -> Chosen:
    """Return the document of an output, without `on`. Errors about `only` and `on` go to the collector.

    outputs: name -> index of its entry.
    name: of the output; "" if the spec has none.
    """
    document, data = layered.document, layered.document.data
    if not isinstance(data, Mapping):
        return Chosen(layered)
    made = Rebuilder(document)
    made.node((), ())
    values = {key: made.copy(value, (key,), (key,)) for key, value in data.items() if key not in {"output", "scenes"}}
    if "output" in data or name:
        values["output"] = _settings(document, outputs.get(name), made)
    if name in outputs:
        values |= _fields(document, outputs[name], made)
    scenes = data.get("scenes")
    if not isinstance(scenes, list):
        rebuilt = made.document({**values, **({"scenes": scenes} if "scenes" in data else {})})
        return Chosen(Layered(rebuilt, layered.intro, layered.outro))
    for index, scene in enumerate(scenes):
        _check_names(scene, ("scenes", index), outputs, collector)
    indexes = _indexes(layered, scenes, outputs.get(name), name, collector)
    made.node(("scenes",), ("scenes",))
    origins: dict[Path, Path] = {}
    values["scenes"] = [_scene(scenes[old], new, old, name, made, origins) for new, old in enumerate(indexes)]
    has_no_scene = bool(scenes) and not indexes
    if has_no_scene:
        place: Path = ("outputs", outputs[name]) if name in outputs else ("scenes",)
        collector.error(place, f"output '{name}' has no scene", "let 'only' of a scene name it")
    parts = tuple(layered.part(index) for index in indexes)
    used = {new: frozenset(cue for _, cue in cues.named(scenes[old], ())) for new, old in enumerate(indexes)}
    ordered = {key: values[key] for key in (*data, *values) if key in values}
    return Chosen(Layered(made.document(ordered), parts=parts, cues=used), origins, has_no_scene)


def _settings(document: Document, index: int | None, made: Rebuilder) -> Any:  # noqa: ANN401 - a JSON value
    """Return the `output` of the document: the spec's, with the settings of the entry above it.

    What has no effect in the entry's format is left out of the spec's.
    """
    data: Any = document.data
    own = data.get("output", {})
    if not isinstance(own, Mapping) or index is None:
        return made.copy(own, ("output",), ("output",))
    made.node(("output",), ("output",) if "output" in data else ("outputs", index))
    entry = data["outputs"][index]
    encoding = entry.get("format", own.get("format", output.DEFAULT_FORMAT))
    found = {
        key: made.copy(value, ("output", key), ("output", key))
        for key, value in own.items()
        if output.is_inherited(key, value, entry, encoding)
    }
    known = schema.load()["properties"]["output"]["properties"]
    for key, value in entry.items():
        if key in known:
            found[key] = made.copy(value, ("output", key), ("outputs", index, key))
    return found


def _fields(document: Document, index: int, made: Rebuilder) -> dict[str, Any]:
    """Return the fields of the spec that are others in an entry: a mapping is merged, a list replaced.

    What has no effect in the entry's format is left out of the spec's.
    """
    data: Any = document.data
    entry = data["outputs"][index]
    changed = {
        key: made.copy(entry[key], (key,), ("outputs", index, key)) for key in assembly.OUTPUT_FIELDS if key in entry
    }
    own, above, of_all = data.get("captions", {}), changed.get("captions", {}), data.get("output", {})
    if "captions" not in {*data, *changed} or not all(isinstance(each, Mapping) for each in (own, above, of_all)):
        return changed
    encoding = entry.get("format", of_all.get("format", output.DEFAULT_FORMAT))
    return {**changed, "captions": {**caption_fields.inherited(own, above, encoding), **above}}


def _scene(
    scene: Any,  # noqa: ANN401 - a JSON value
    new: int,
    old: int,
    name: str,
    made: Rebuilder,
    origins: dict[Path, Path],
) -> Any:  # noqa: ANN401 - a JSON value
    """Return a scene with its fields for an output."""
    to: Path = ("scenes", new)
    source: Path = ("scenes", old)
    if not isinstance(scene, Mapping) or not isinstance(scene.get("on", {}), Mapping):
        return made.copy(scene, to, source)
    if new != old:
        origins[to] = source
    made.node(to, source)
    changed = scene.get("on", {}).get(name)
    changed = {key: value for key, value in changed.items() if key not in FIXED} if isinstance(changed, Mapping) else {}
    fields = {}
    for key in (*scene, *(each for each in changed if each not in scene)):
        if key in changed:
            origins[*to, key] = (*source, "on", name, key)
            fields[key] = made.copy(changed[key], (*to, key), origins[*to, key])
        elif key != "on":
            fields[key] = made.copy(scene[key], (*to, key), (*source, key))
    return fields


def _indexes(
    layered: Layered, scenes: list[Any], entry: int | None, name: str, collector: DiagnosticCollector
) -> list[int]:
    """Return the indexes of the scenes that an output has, in its order."""
    data: Any = layered.document.data
    listed = data["outputs"][entry].get("scenes") if entry is not None else None
    if not isinstance(listed, list):
        return [index for index, scene in enumerate(scenes) if _is_in(scene, name)]
    known = {_id(layered, index, scene): index for index, scene in enumerate(scenes)}
    found: list[int] = []
    for position, each in enumerate(listed):
        path: Path = ("outputs", entry or 0, "scenes", position)
        if each not in known:
            names = [str(key) for key in known]
            collector.error(path, f"the spec has no scene '{each}'", nearest_or_all(str(each), names))
        elif known[each] in found:
            collector.error(path, f"scene '{each}' is given twice", "remove one of them")
        elif not _is_in(scenes[known[each]], name):
            message = f"scene '{each}' is not in this output: its 'only' does not name '{name}'"
            collector.error(path, message, f"add '{name}' to 'only' of the scene")
        else:
            found.append(known[each])
    return found


def _id(layered: Layered, index: int, scene: object) -> object:
    """Return a scene's id as `scenes` of an output names it: of a brand's scene, "intro.hello"."""
    own = scene.get("id") if isinstance(scene, Mapping) else None
    part = layered.part(index)
    return f"{part}.{own}" if part else own if isinstance(own, str) else None


def _is_in(scene: object, name: str) -> bool:
    only = scene.get("only") if isinstance(scene, Mapping) else None
    return not isinstance(only, list) or name in only


def _check_names(scene: object, path: Path, outputs: Mapping[str, int], collector: DiagnosticCollector) -> None:
    """Add an error for each output in a scene's `only` and `on` that the spec does not have."""
    if not isinstance(scene, Mapping):
        return
    only, on = scene.get("only"), scene.get("on")
    for index, name in enumerate(only if isinstance(only, list) else ()):
        if name not in outputs:
            collector.error((*path, "only", index), *_unknown(name, outputs))
    for name, fields in on.items() if isinstance(on, Mapping) else ():
        if name not in outputs:
            collector.error((*path, "on", name), *_unknown(name, outputs), key=True)
        for key in fields if isinstance(fields, Mapping) else ():
            if key in FIXED:
                message = f"'{key}' of a scene is the same in all outputs"
                collector.error((*path, "on", name, key), message, "remove it", key=True)


def _unknown(name: object, outputs: Mapping[str, int]) -> tuple[str, str]:
    if not outputs:
        return f"the spec has no output '{name}'", f"add 'outputs: [{{name: {name}}}]' to the spec"
    return f"the spec has no output '{name}'", nearest_or_all(str(name), outputs)
