"""The parts of a document that the schema allows, which are checked further despite errors elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from vidbuild.frozen import dataclass
from vidbuild.spec import schema, validate
from vidbuild.spec.document import Path


@dataclass(frozen=True, slots=True)
class ValidParts:
    """The parts of a document that the schema allows, so that these are checked further despite errors elsewhere.

    invalid: the paths of the errors.
    """

    data: Mapping[str, Any]
    invalid: frozenset[Path]

    def is_valid(self, path: Path) -> bool:
        """Return whether there is no error at the path or below it."""
        return not any(invalid[: len(path)] == path for invalid in self.invalid)

    def top_level(self) -> dict[str, Any]:
        """Return every top-level field except the scenes, with defaults for missing and invalid values."""
        values: dict[str, Any] = {}
        for name, node in schema.load()["properties"].items():
            if name == "scenes":
                continue
            data = self.data.get(name, node.get("default"))
            if not self.is_valid((name,)):
                data = self._without_invalid(data, (name,))
                data = data if validate.valid(data, node) else node.get("default")
            if data is not None:
                values[name] = schema.complete(data, node)
        return values

    def _without_invalid(self, data: object, path: Path) -> object:
        """Return the data without its invalid fields."""
        if not isinstance(data, Mapping):
            return data
        return {
            key: self._without_invalid(item, (*path, key))
            for key, item in data.items()
            if (*path, key) not in self.invalid
        }

    def scenes(self) -> Iterable[tuple[int, dict[str, Any], frozenset[str]]]:
        """Yield each scene's index, its valid fields with all defaults, and the names of its wrong or missing fields.

        A scene without a valid type has no fields of its type.
        """
        scenes = self.data.get("scenes")
        for index, item in enumerate(scenes if isinstance(scenes, list) else ()):
            path: Path = ("scenes", index)
            if not isinstance(item, Mapping):
                yield index, {}, frozenset({"type"})
                continue
            wrong = {str(each[2]) for each in self.invalid if each[:2] == path and len(each) > len(path)}
            known = {key: value for key, value in item.items() if key not in wrong}
            if known.get("type") not in schema.scene_types():
                shared = {key: value for key, value in known.items() if key in schema.SHARED}
                known = {key: value for key, value in shared.items() if _is_valid(key, value)}
                yield index, known, frozenset({*wrong, *shared.keys() - known.keys(), "type"})
                continue
            node = schema.definition(f"scene_{known['type']}")
            wrong |= {name for name in node["required"] if name not in known}
            known = {key: value for key, value in known.items() if key in node["properties"]}
            yield index, schema.complete(known, node), frozenset(wrong)


def _is_valid(name: str, value: object) -> bool:
    """Return whether a field that scenes of every type share has a valid value."""
    node = schema.definition(f"scene_{schema.scene_types()[0]}")["properties"][name]
    return validate.valid(value, node)
