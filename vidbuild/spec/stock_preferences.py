"""What a `{stock: WORDS}` leaves out and has from `stock` of the spec or its brand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vidbuild.frozen import dataclass
from vidbuild.spec.document import Document, Path
from vidbuild.spec.valid_parts import ValidParts

NAME = "stock"
ANY = "any"  # orientation
OF_VIDEOS = "min_seconds"
INSTEAD = {"orientation": "'orientation: any'", OF_VIDEOS: f"'{OF_VIDEOS}: 0'"}  # with which one request does without


@dataclass(frozen=True, slots=True)
class Resolved:
    """What one request asks for.

    values: field -> its value, the request's own or a preferred one. paths: field -> where its value is written.
    """

    values: Mapping[str, Any]
    paths: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class Preferences:
    """The preferences of a document. are_valid: whether all of them have valid values."""

    document: Document
    values: Mapping[str, Any]
    are_valid: bool

    @classmethod
    def of(cls, document: Document, valid: ValidParts) -> Preferences:
        """Return the valid preferences of a document."""
        return cls(document, valid.top_level().get(NAME, {}), valid.is_valid((NAME,)))

    def applied(self, path: Path, own: Mapping[str, Any], kind: str) -> Resolved:
        """Return what a request asks for; the length of videos matters to no image, and a folder to no site."""
        values, paths = dict(own), {name: (*path, name) for name in own}
        for name, value in self.values.items():
            is_for_it = (name != OF_VIDEOS or kind == "video") and name != "folder"
            if is_for_it and name not in values:
                values[name], paths[name] = value, (NAME, name)
        if "folder" in self.values and "folder" not in values and values.get("provider") == "folder":
            values["folder"], paths["folder"] = self.values["folder"], (NAME, "folder")
        return Resolved(values, paths)

    def places(self, resolved: Resolved) -> tuple[tuple[str, str], ...]:
        """Return the fields that are preferences and can leave no media, and where each is: "brands/acme.yaml:4"."""
        found = ((name, self.document.value(path)) for name, path in resolved.paths.items() if path[:1] == (NAME,))
        return tuple((name, f"{each.file}:{each.line}") for name, each in found if name in INSTEAD and each.line)


def hint_with_places(hint: str | None, places: tuple[tuple[str, str], ...]) -> str | None:
    """Return a hint to change a field, with the place of the preference and what the request itself can do."""
    for name, place in places:
        if hint and f"'{name}'" in hint:
            return f"{hint} in {place}, or write {INSTEAD[name]} beside the words"
    return hint
