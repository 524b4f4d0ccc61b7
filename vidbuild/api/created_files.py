"""What `create` reads and writes beside the spec's text: sources, pictures, and the files that belong to a spec."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from vidbuild.create import writing
from vidbuild.create.source.files import absence
from vidbuild.create.source.outline import Block, Code, Diagram, Omission, Outline, Page, Picture, Recording, Section
from vidbuild.create.source.protocol import Importer, Source
from vidbuild.engine.disk import durable
from vidbuild.errors import UsageError, os_error_text
from vidbuild.project import name_of, root_of

ASSETS = "assets"


def text_of(spec: Path) -> str:
    """Return a spec's text, with its own ends of lines. Raises UsageError if it cannot be read."""
    try:
        return spec.read_bytes().decode()
    except OSError as error:
        raise UsageError(f"cannot read '{spec}': {os_error_text(error)}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"'{spec}' is not UTF-8", hint="save the file as UTF-8") from error


def with_pages(source: Source, importer: Importer, pages: Path | None) -> Source:
    """Return a source whose slides are shown as the pages of a PDF. Raises UsageError if it has no slides."""
    if pages is None:
        return source
    if importer.name != "slides" or source.path.suffix.lower() == ".pdf":
        raise UsageError(
            f"'{source.address}' has no slides to show pages for: expected PowerPoint, Marp, Slidev or reveal.js",
            hint="remove --pages",
        )
    if what := absence(pages):
        raise UsageError(f"'{pages}' {what}: expected the PDF of '{source.address}'")
    return replace(source, pages=pages)


def drawable(outline: Outline) -> Outline:
    """Return the outline with the text of each diagram that no scene can draw, and with what is left out so."""
    omissions: list[Omission] = []

    def shown(block: Block, section: Section) -> Block:
        if not isinstance(block, Diagram) or not (problem := _problem(block)):
            return block
        omissions.append(Omission(f"the drawing of a diagram, whose text is shown: {problem}", section.line))
        return Code(block.text)

    sections = tuple(
        replace(each, blocks=tuple(shown(block, each) for block in each.blocks)) for each in outline.sections
    )
    return replace(outline, sections=sections, omissions=(*outline.omissions, *omissions)) if omissions else outline


def _problem(diagram: Diagram) -> str:
    """Return why a diagram cannot be drawn; "" if it can."""
    from vidbuild.spec.load import try_parse

    scene = {"id": "a", "type": "diagram", "diagram": diagram.text, "notation": diagram.notation, "duration": 5}
    loaded = try_parse(writing.spec_text({"vidbuild": 1, "title": "a"}, [scene]), Path("diagram.yaml"), {})
    return next((each.message for each in loaded.diagnostics if each.severity == "error"), "")


def write(files: Mapping[Path, bytes]) -> None:
    """Write files, each with its folder."""
    for path, data in files.items():
        try:
            durable.make_folder(path.parent)
            durable.write(path, data)
        except OSError as error:
            raise UsageError(f"cannot write '{path}': {os_error_text(error)}") from error


class Placing:
    """Where the spec finds files of the source: where they are, or as a copy in its own folder."""

    def __init__(self, spec: Path) -> None:
        self._spec = spec
        self._root = root_of(spec)
        self.files: dict[Path, bytes] = {}

    def place(self, block: Picture | Page | Recording) -> str:
        """Return the path of what a block shows, as the spec names it."""
        if block.path is None:
            return self._copy(block.name, block.data)
        if block.path.resolve().is_relative_to(self._root):
            return relative(block.path, self._spec)
        return self._copy(block.path.name, block.path.read_bytes())

    def _copy(self, name: str, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()[:8]
        path = Path(name)
        target = self._spec.parent / ASSETS / name_of(self._spec) / f"{path.stem}-{digest}{path.suffix.lower()}"
        self.files[target] = data
        return relative(target, self._spec)


def relative(path: Path, spec: Path) -> str:
    """Return a path relative to the folder of a spec, as specs name files."""
    return Path(os.path.relpath(path.resolve(), spec.parent.resolve())).as_posix()
