"""Merges a spec and the brands below it into one document, in which every value keeps its place in its own file.

A value of the spec wins over one of its brand, and a brand's over one of the brand that it extends. Mappings are merged
field by field, a list or a text replaces the one below it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from vidbuild.frozen import dataclass, field, replaced
from vidbuild.json_types import Json
from vidbuild.location import Location
from vidbuild.spec.document import AUTHORS_OWN, Document, Part, Path, Span
from vidbuild.spec.value_hints import value_of

MERGED = frozenset(
    {"vars", "voices", "defaults", "output", "pronounce", "reading", "theme", "music", "captions", "stock"}
)
# The field by which a mapping, or a text in its place, is another one and not a change of the one below it.
HEADS: Mapping[str, str] = {"theme": "extends", "music": "file"}
# Fields of a theme that are mappings, with the field that a text in their place stands for.
OF_THEME: Mapping[str, str] = {"syntax": "", "fonts": "directory", "scale": "", "intro": "", "outro": ""}
# Fields of a brand that have another place in a spec.
PLACES: Mapping[str, Path] = {
    "logo": ("theme", "logo"),
    "accent": ("theme", "accent"),
    "lexicon": ("reading", "lexicon"),
}
# Fields of a brand without a place in a spec.
OF_BRAND = frozenset({"$schema", "name", "description", "extends", "publish", "topics"})
SCENES = ("intro", "outro")
NONE = "none"
DEEPEST = 3  # length of the longest path that is merged: a field of a mapping in a theme


@dataclass(frozen=True, slots=True)
class Layered:
    """A document with its layers merged, and how many of its first and last scenes are the brand's.

    parts: which part each scene is, if they are not in the order of the layers.
    cues: of one of several outputs: scene's index -> the cues that its `at` name in any output.
    """

    document: Document
    intro: int = 0
    outro: int = 0
    parts: tuple[str, ...] | None = None
    cues: Mapping[int, frozenset[str]] = field(default_factory=dict)

    def part(self, index: int) -> str:
        """Return "intro" or "outro" if the scene with this index is the brand's, otherwise ""."""
        if self.parts is not None:
            return self.parts[index] if index < len(self.parts) else ""
        data = self.document.data
        count = len(data["scenes"]) if isinstance(data, Mapping) and isinstance(data.get("scenes"), list) else 0
        return "intro" if index < self.intro else "outro" if index >= count - self.outro else ""


@dataclass(frozen=True, slots=True)
class Layer:
    """A brand's document. without: the fields that do not apply."""

    document: Document
    without: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class _Merge:
    """target: path in the merged document -> the layer that has the value, and its path there.

    holders: the same for the mappings around them, of which only the location is taken.
    branded: fields of the theme that a brand sets by itself, so that another theme keeps them.
    """

    target: dict[Path, tuple[int, Path]] = field(default_factory=dict)
    holders: dict[Path, tuple[int, Path]] = field(default_factory=dict)
    branded: set[Path] = field(default_factory=set)
    scenes: dict[str, tuple[int, int]] = field(default_factory=dict)

    def remove(self, path: Path) -> None:
        """Remove what lower layers have at and below a path."""
        self.target.pop(path, None)
        if path in self.holders:
            for found in (self.target, self.holders):
                for each in [each for each in found if each[: len(path)] == path]:
                    del found[each]

    def put(self, path: Path, layer: int, source: Path) -> None:
        """Set the value at a path, instead of that of lower layers."""
        self.remove(path)
        self.branded.discard(path)
        self.target[path] = (layer, source)

    def merge(self, path: Path, value: Mapping[str, Json], layer: int, source: Path) -> None:
        """Set the fields of a mapping, above those of lower layers."""
        if path in self.target:
            self.remove(path)
        self.holders[path] = (layer, source)
        for name, item in value.items():
            nested = path == ("theme",) and name in OF_THEME
            if nested and isinstance(item, str) and OF_THEME[name]:
                self.merge((*path, name), {}, layer, (*source, name))
                self.put((*path, name, OF_THEME[name]), layer, (*source, name))
            elif nested and isinstance(item, Mapping):
                self.merge((*path, name), item, layer, (*source, name))
            else:
                self.put((*path, name), layer, (*source, name))

    def add(self, name: str, value: Json, layer: int) -> None:
        """Add one field of a layer."""
        head = HEADS.get(name)
        if head and (isinstance(value, str) or (isinstance(value, Mapping) and head in value)):
            self._clear((name,))
        if name not in MERGED or not (
            isinstance(value, Mapping) or (head and isinstance(value, str) and value != NONE)
        ):
            self.put((name,), layer, (name,))
        elif isinstance(value, Mapping):
            self.merge((name,), value, layer, (name,))
        else:
            self.merge((name,), {}, layer, (name,))
            self.put((name, str(head)), layer, (name,))

    def add_brand(self, brand: Layer, layer: int) -> None:
        """Add the fields of a brand that apply."""
        own = {name: item for name, item in _fields(brand.document).items() if name not in {*OF_BRAND, *brand.without}}
        # A theme is added before the logo and the accent that the same file gives beside it.
        for name in (*(each for each in own if each not in PLACES), *(each for each in PLACES if each in own)):
            if name in SCENES:
                self.scenes[name] = (layer, len(own[name]) if isinstance(own[name], list) else 0)
            elif name in PLACES:
                self.add_own(name, own[name], layer)
            elif not name.startswith(AUTHORS_OWN):
                self.add(name, own[name], layer)
        for name in brand.without:
            if name in PLACES:
                self.remove(PLACES[name])

    def add_own(self, name: str, value: Json, layer: int) -> None:
        """Add a field of a brand that has another place in a spec."""
        path = PLACES[name]
        if value == NONE:
            self.remove(path)
            return
        self.holders.setdefault(path[:1], (layer, (name,)))
        self.put(path, layer, (name,))
        self.branded.add(path)

    def _clear(self, path: Path) -> None:
        kept = {each: self.target[each] for each in self.branded if each[:1] == path}
        self.remove(path)
        self.target.update(kept)


def merged(spec: Document, brands: Sequence[Layer]) -> Layered:
    """Return a spec's document above those of brands, of which each extends the one before it."""
    merge = _Merge()
    layers = [*(each.document for each in brands), spec]
    for index, brand in enumerate(brands):
        merge.add_brand(brand, index)
    last, data = len(brands), _fields(spec)
    for name, value in data.items():
        if name != "scenes":
            merge.add(name, value, last)
    counts = _add_scenes(merge, data.get("scenes"), last)
    if "scenes" in data and not isinstance(data["scenes"], list):
        merge.put(("scenes",), last, ("scenes",))
    return Layered(_document(spec, layers, merge), *counts)


def _fields(document: Document) -> Mapping[str, Any]:
    return document.data if isinstance(document.data, Mapping) else {}


def _add_scenes(merge: _Merge, own: object, last: int) -> tuple[int, int]:
    """Add the scenes of all layers in order; return how many are before and after the spec's own."""
    if not isinstance(own, list):
        return 0, 0
    merge.holders["scenes",] = (last, ("scenes",))
    parts = [merge.scenes.get("intro", (0, 0)), (last, len(own)), merge.scenes.get("outro", (0, 0))]
    if not own or not all(isinstance(each, Mapping) for each in own):
        parts = [(0, 0), parts[1], (0, 0)]  # a spec needs scenes of its own; messages have the number of a wrong one
    position = 0
    for name, (layer, count) in zip(("intro", "scenes", "outro"), parts, strict=True):
        for index in range(count):
            merge.target["scenes", position] = (layer, (name, index))
            position += 1
    return parts[0][1], parts[2][1]


def _document(spec: Document, layers: Sequence[Document], merge: _Merge) -> Document:
    """Return the document of all values, with the texts of all layers one after the other."""
    parts, offsets, text = [], {}, ""
    for index in (len(layers) - 1, *range(len(layers) - 1)):  # the spec first, as its offsets stay then
        offsets[index] = len(text)
        parts.append(Part(len(text), layers[index].name, layers[index].text))
        text += layers[index].text + "\n"
    data: dict[str, Any] = {str(path[0]): {} for path in merge.holders}
    if ("scenes",) in merge.holders:
        data["scenes"] = [None] * sum(path[0] == "scenes" for path in merge.target)
    for path, (layer, source) in merge.target.items():
        _set(data, path, value_of(layers[layer].data, source))
    keys: dict[Path, Location] = {}
    values: dict[Path, Location] = {(): spec.value(())}
    spans: dict[Path, Span] = {}
    for index, document in enumerate(layers):
        moved = _Moved(
            {source: path for path, (layer, source) in merge.target.items() if layer == index},
            {source: path for path, (layer, source) in merge.holders.items() if layer == index},
        )
        keys |= moved.locations(document.keys)
        values |= moved.locations(document.values)
        start = offsets[index]
        for path, span in document.spans.items():
            if (target := moved.target(path)) is not None:
                spans[target] = replaced(span, start=span.start + start, end=span.end + start)
    return Document(spec.name, text, data, keys, values, spans, tuple(parts))


@dataclass(frozen=True, slots=True)
class _Moved:
    """Where the values of one layer are in the merged document: by the path in the layer."""

    values: Mapping[Path, Path]
    holders: Mapping[Path, Path]

    def target(self, path: Path) -> Path | None:
        """Return the path of a value of the layer in the merged document; None if it is not in it."""
        for length in range(1, min(len(path), DEEPEST) + 1):
            found = self.values.get(path[:length])
            if found is not None:
                return (*found, *path[length:])
        return None

    def locations(self, found: Mapping[Path, Location]) -> dict[Path, Location]:
        """Return the locations of the layer's values, and of the mappings around them, by their merged paths."""
        moved = {self.holders[path]: location for path, location in found.items() if path in self.holders}
        return moved | {path: found[each] for each in found if (path := self.target(each)) is not None}


def _set(data: dict[str, Any], path: Path, value: Json) -> None:
    place: Any = data
    for part in path[:-1]:
        place = place.setdefault(part, {})
    place[path[-1]] = value
