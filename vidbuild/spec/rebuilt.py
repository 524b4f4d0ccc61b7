"""Makes a document of the values of others, in which each value keeps the location that it has in its own file."""

from __future__ import annotations

from collections.abc import Mapping

from vidbuild.frozen import replaced
from vidbuild.json_types import Json
from vidbuild.location import Location
from vidbuild.spec.document import Document, Part, Path, Span


class Rebuilder:
    """Collects the locations of a new document's values, which come from a first document and from others."""

    def __init__(self, document: Document) -> None:
        self._first = document
        self._offsets: dict[str, int] = {}
        self._parts = list(document.parts)
        self._text = document.text
        self._keys: dict[Path, Location] = {}
        self._values: dict[Path, Location] = {}
        self._spans: dict[Path, Span] = {}

    def node(self, new: Path, old: Path, source: Document | None = None, *, key: Path | None = None) -> None:
        """Record that the value at a path of the new document is the one at a path of a source.

        source: the first document, unless it is another one.
        key: the path whose key is the value's; default: `old`.
        """
        found = source or self._first
        if key is not None:
            self._keys[new] = self._first.key(key)
        elif old in found.keys:
            self._keys[new] = found.keys[old]
        if old in found.values:
            self._values[new] = found.values[old]
        if old in found.spans:
            span, start = found.spans[old], self._start(source)
            self._spans[new] = replaced(span, start=span.start + start, end=span.end + start)

    def copy(
        self, data: Json, new: Path, old: Path, source: Document | None = None, *, key: Path | None = None
    ) -> Json:
        """Return the data, which is at `old` in its source, after recording where all of it is."""
        self.node(new, old, source, key=key)
        if isinstance(data, Mapping):
            for name, item in data.items():
                self.copy(item, (*new, name), (*old, name), source)
        elif isinstance(data, list):
            for index, item in enumerate(data):
                self.copy(item, (*new, index), (*old, index), source)
        return data

    def document(self, data: Json) -> Document:
        """Return the new document with this data."""
        self._values.setdefault((), self._first.value(()))
        return Document(self._first.name, self._text, data, self._keys, self._values, self._spans, tuple(self._parts))

    def _start(self, source: Document | None) -> int:
        """Return the offset of a source's text in that of the new document, which is extended by it."""
        if source is None:
            return 0
        if source.name not in self._offsets:
            if not self._parts:
                self._parts.append(Part(0, self._first.name, self._first.text))
            self._text += "\n"
            self._offsets[source.name] = len(self._text)
            self._parts.append(Part(len(self._text), source.name, source.text))
            self._text += source.text
        return self._offsets[source.name]
