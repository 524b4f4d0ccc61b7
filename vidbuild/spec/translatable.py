"""Lists the texts of a spec that are written in its language, so that they can be translated."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from vidbuild.frozen import dataclass
from vidbuild.json_types import Json
from vidbuild.location import Location
from vidbuild.spec import schema
from vidbuild.spec.document import SCENE_FIELD, Document, Path, dotted
from vidbuild.spec.layers import Layered
from vidbuild.spec.narration import lookup
from vidbuild.spec.translations import VIDEO

RECORDING = "audio"  # the field that makes a narration, or an entry of one, a recording
TOP_LEVEL = ("title", "description", "overlays")  # fields of the spec with texts


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a spec, as it is written, its templates not expanded.

    scene: the scene's id, or VIDEO for a text of the spec itself.
    field: its dotted path in the scene or spec: "title", "items.0.text", "narration".
    value: the text in the spec's first language.
    location: of the value in its file.
    others: language -> text of the other languages that the spec itself has.
    """

    scene: str
    field: str
    value: str
    location: Location
    others: Mapping[str, str] = dataclasses.field(default_factory=dict)


def texts(layered: Layered, language: str) -> Iterator[Text]:
    """Yield every text of a spec that can be translated, in the spec's order; those without a letter are left out.

    layered: the document of the spec with its brand, as it is written.
    language: the one in which the spec is written.
    """
    document = layered.document
    data = document.data if isinstance(document.data, Mapping) else {}
    for name in TOP_LEVEL:
        if name in data:
            yield from _Lister(document, data, VIDEO, language).below(data[name], (name,), (name,))
    scenes = data.get("scenes")
    for index, scene in enumerate(scenes if isinstance(scenes, list) else ()):
        if not isinstance(scene, Mapping):
            continue
        own, path = scene_name(layered, index), ("scenes", index)
        for key, value in scene.items():
            if key != "on":
                yield from _Lister(document, data, own, language).below(value, (*path, key), (*path, key))
        on = scene.get("on")
        for output, fields in on.items() if isinstance(on, Mapping) else ():
            changed = {"scenes": [None] * index + [{**scene, **fields}]} if isinstance(fields, Mapping) else {}
            lister = _Lister(document, changed, own, language)
            for key, value in fields.items() if isinstance(fields, Mapping) else ():
                yield from lister.below(value, (*path, key), (*path, "on", output, key))


def scene_name(layered: Layered, index: int) -> str:
    """Return the id of a scene; of a brand's scene with its part in front, such as "intro.hello"."""
    data: Any = layered.document.data
    scene, part = data["scenes"][index], layered.part(index)
    own = str(scene.get("id", "")) if isinstance(scene, Mapping) else ""
    return f"{part}.{own}" if part else own


def field_of(path: Path) -> str:
    """Return the name of a field as translations have it, for its path in the spec as it is written."""
    return dotted(path[2:] if path[0] == "scenes" else path)


def is_narration(path: Path) -> bool:
    """Return whether a path is that of a narration."""
    return len(path) == SCENE_FIELD and path[0] == "scenes" and path[-1] == "narration"


def is_text(path: Path, data: object) -> bool:
    """Return whether the schema has a text at a path that is in the spec's language; narrations are not asked about."""
    return any(node.get("x-text") for node in schema.allowed(path, data))


def has_letters(text: str) -> bool:
    """Return whether there is anything to translate in a text."""
    return any(character.isalpha() for character in text)


def tags(value: Json) -> list[str]:
    """Return the keys of a mapping that are texts."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, Mapping) else []


@dataclass(frozen=True, slots=True)
class _Lister:
    """Lists the texts of a scene, or of the spec itself. data: the spec's, in which paths have their final place."""

    document: Document
    data: Mapping[str, Any]
    scene: str
    language: str

    def below(self, value: Json, path: Path, written: Path) -> Iterator[Text]:
        """Yield the texts at and below a path; written: the path in the document."""
        if is_narration(path):
            yield from self._narration(value, written)
        elif isinstance(value, str):
            if is_text(path, self.data):
                yield from self._text(value, written, written)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.below(item, (*path, index), (*written, index))
        elif isinstance(value, Mapping):
            if is_text(path, self.data) and (own := lookup(self.language, tags(value))) is not None:
                yield from self._of_language(value, own, written)
                return
            for key, item in value.items():
                yield from self.below(item, (*path, key), (*written, key))

    def _narration(self, value: Json, written: Path) -> Iterator[Text]:
        if isinstance(value, str):
            yield from self._text(value, written, written)
        elif isinstance(value, list):
            for index, entry in enumerate(value):
                if isinstance(entry, str):
                    yield from self._text(entry, (*written, index), (*written, index))
                elif isinstance(entry, Mapping) and "language" not in entry and RECORDING not in entry:
                    yield from self._entry(entry.get("text"), (*written, index, "text"))
        elif isinstance(value, Mapping) and RECORDING in value:
            if isinstance(value.get("text"), str):
                yield from self._text(value["text"], (*written, "text"), written)
        else:
            yield from self._entry(value, written)

    def _entry(self, value: Json, written: Path) -> Iterator[Text]:
        if isinstance(value, str):
            yield from self._text(value, written, written)
        elif isinstance(value, Mapping) and (own := lookup(self.language, tags(value))) is not None:
            yield from self._of_language(value, own, written)

    def _of_language(self, value: Mapping[str, Json], own: str, written: Path) -> Iterator[Text]:
        text = value[own]
        if isinstance(text, str):
            others = {key: item for key, item in value.items() if key != own and isinstance(item, str)}
            yield from self._text(text, (*written, own), written, others)

    def _text(self, value: str, at: Path, named: Path, others: Mapping[str, str] | None = None) -> Iterator[Text]:
        if has_letters(value):
            yield Text(self.scene, field_of(named), value, self.document.value(at), others or {})
