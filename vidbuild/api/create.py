"""Creates specs from documents and other sources."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidbuild.create import registry, writing
from vidbuild.create.composer import Choices, compose
from vidbuild.create.outline import Omission, Outline
from vidbuild.engine.disk import durable
from vidbuild.errors import UsageError
from vidbuild.project import name_of, root_of

ASSETS = "assets"


@dataclass(frozen=True, slots=True)
class Created:
    """A spec that was made from a source.

    text: of the spec; files: the other files that belong to it, and their bytes.
    omissions: what of the source no scene shows.
    """

    path: Path
    source: str
    text: str
    scenes: int
    files: Mapping[Path, bytes]
    omissions: tuple[Omission, ...]

    def write(self) -> list[Path]:
        """Write the spec and its files, and return their paths. Raises UsageError if the spec exists."""
        if self.path.exists():
            raise UsageError(f"'{self.path}' already exists", hint="choose another file with -o")
        for path, data in {**self.files, self.path: self.text.encode()}.items():
            durable.make_folder(path.parent)
            durable.write(path, data)
        return [self.path, *self.files]


def create(argument: str, path: Path | None = None, choices: Choices | None = None, head: Mapping[str, Any] | None = None) -> Created:
    """Return a spec made from a source, without writing it. Raises UsageError for a source that cannot be read.

    argument: KIND:SOURCE, or a file, whose kind is known by its ending.
    path: of the spec; default: the source's name with `.yaml`, in the current folder.
    head: fields of the spec beside its title and scenes, such as `language`, `voice` and `theme`.
    """
    importer, source = registry.resolve(argument)
    path = path or Path(f"{source.path.stem.lower()}.yaml")
    outline = importer.read(source)
    placing = _Placing(path)
    language = str((head or {}).get("language") or outline.language or _language(outline))
    composition = compose(outline, language, choices or Choices(), placing.place)
    if not composition.scenes:
        raise UsageError(f"'{source.address}' has nothing to make a scene of", hint="see what it has with --dry-run")
    name = _relative(source.path, path)
    scenes = [
        {**each.fields, "made_from": {"source": name, "part": each.section.name, "sha256": each.section.digest}}
        for each in composition.scenes
    ]
    fields = {"vidbuild": 1, "title": outline.title, "language": language, **{k: v for k, v in (head or {}).items() if v}}
    text = writing.spec_text(fields, scenes)
    return Created(path, source.address, text, len(scenes), placing.files, composition.omissions)


class _Placing:
    """Where the spec finds files of the source: where they are, or as a copy in its own folder."""

    def __init__(self, spec: Path) -> None:
        self._spec = spec
        self._root = root_of(spec)
        self.files: dict[Path, bytes] = {}

    def place(self, path: Path) -> str:
        """Return a file's path as the spec names it."""
        if path.resolve().is_relative_to(self._root):
            return _relative(path, self._spec)
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()[:8]
        target = self._spec.parent / ASSETS / name_of(self._spec) / f"{path.stem}-{digest}{path.suffix.lower()}"
        self.files[target] = data
        return _relative(target, self._spec)


def _relative(path: Path, spec: Path) -> str:
    return Path(os.path.relpath(path.resolve(), spec.parent.resolve())).as_posix()


def _language(outline: Outline) -> str:
    from vidbuild.create.language import language_of

    return language_of(" ".join(block.text for section in outline.sections for block in section.blocks if hasattr(block, "text")))
