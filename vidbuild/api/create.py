"""Creates specs from documents and other sources."""

from __future__ import annotations

import difflib
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vidbuild.create import record, registry, updating, writing
from vidbuild.create.composer import Choices, compose
from vidbuild.create.composer.text import slug
from vidbuild.create.record import Record
from vidbuild.create.source.files import absence, exists
from vidbuild.create.source.outline import (
    Block,
    Code,
    Diagram,
    Items,
    Omission,
    Outline,
    Page,
    Picture,
    Prose,
    Quotation,
    Recording,
    Section,
    Speech,
)
from vidbuild.create.source.protocol import Importer, Source
from vidbuild.engine.disk import durable
from vidbuild.errors import UsageError, os_error_text
from vidbuild.project import name_of, root_of

ASSETS = "assets"

__all__ = ["Choices", "Created", "Updated", "create", "update"]


@dataclass(frozen=True, slots=True)
class Created:
    """A spec that was made from a source.

    text: of the spec; record: for a later update; files: the other files that belong to it, and their bytes.
    omissions: what of the source no scene shows.
    """

    path: Path
    source: str
    text: str
    record: Record
    files: Mapping[Path, bytes]
    omissions: tuple[Omission, ...]

    def write(self) -> list[Path]:
        """Write the spec and its files, and return their paths. Raises UsageError if the spec exists."""
        if exists(self.path):
            raise UsageError(f"'{self.path}' already exists", hint="choose another file with -o")
        _write({**self.files, record.path_of(self.path): self.record.text().encode(), self.path: self.text.encode()})
        return [self.path, record.path_of(self.path), *self.files]


def create(
    argument: str,
    path: Path | None = None,
    choices: Choices | None = None,
    head: Mapping[str, Any] | None = None,
    pages: Path | None = None,
) -> Created:
    """Return a spec made from a source, without writing it. Raises UsageError for a source that cannot be read.

    argument: KIND:SOURCE, or a file, whose kind is known by its ending.
    path: of the spec; default: the source's name with `.yaml`, in the current folder.
    head: fields of the spec beside its title and scenes, such as `language`, `voice` and `theme`.
    pages: of slides, a PDF whose pages are shown.
    """
    importer, source = registry.resolve(argument)
    source = _with_pages(source, importer, pages)
    outline = _drawable(importer.read(source))
    path = path or Path(f"{_file_name(source, outline.title)}.yaml")
    placing = _Placing(path)
    language = str((head or {}).get("language") or outline.language or _language(outline))
    choices = _focused(choices or Choices(), outline)
    composition = compose(outline, language, choices, placing.place)
    if not composition.scenes:
        raise UsageError(f"'{source.address}' has nothing to make a scene of", hint=_left_out(composition.omissions))
    name = _relative(source.path, path) if source.is_file else f"{importer.name}:{source.address}"
    needs_kind = source.is_file and source.kind and registry.resolve(source.address)[0].name != importer.name
    part_of = f"{importer.name}:{name}" if needs_kind else name
    scenes = [updating.with_origin(each, part_of) for each in composition.scenes]
    _check(head or {}, composition.title, path)
    fields = {
        "vidbuild": 1,
        "title": composition.title,
        "language": language,
        **{k: v for k, v in (head or {}).items() if v},
    }
    text = writing.spec_text(fields, scenes)
    origin = f"{importer.name}:{name}" if source.is_file else name
    shown = _relative(pages, path) if pages else ""
    written = Record(origin, language, choices, tuple(map(writing.as_written, scenes)), shown)
    return Created(path, source.address, text, written, placing.files, composition.omissions)


def _left_out(omissions: Sequence[Omission]) -> str | None:
    """Return a hint about what a source without a scene has; None if it is empty."""
    names = [f"{each.what} (line {each.line})" if each.line else each.what for each in omissions[:3]]
    return f"left out: {', '.join(names)}" if names else None


@dataclass(frozen=True, slots=True)
class Updated:
    """A spec whose source has changed.

    old, new: its text; kept: what stays as its author wrote it, although the source has changed.
    """

    path: Path
    old: str
    new: str
    record: Record
    files: Mapping[Path, bytes]
    kept: tuple[updating.Kept, ...]

    def diff(self) -> str:
        """Return the change of the spec's text; "" if there is none."""
        lines = difflib.unified_diff(
            self.old.splitlines(), self.new.splitlines(), str(self.path), str(self.path), lineterm=""
        )
        return "\n".join(lines)

    def write(self) -> None:
        """Write the spec, its record and its new files."""
        _write({**self.files, self.path: self.new.encode(), record.path_of(self.path): self.record.text().encode()})


def update(path: Path) -> Updated:
    """Return a spec that `create` made, brought up to date with its source, without writing it.

    Raises UsageError if the spec has no record of its making, or its source cannot be read.
    """
    last = record.read(path)
    importer, source = registry.recorded(last.source, path.parent)
    source = _with_pages(source, importer, path.parent / last.pages if last.pages else None)
    placing = _Placing(path)
    old = _text(path)
    made = updating.update(old, last, _drawable(importer.read(source)), placing.place, str(path))
    return Updated(path, old, made.text, made.record, placing.files, tuple(made.kept))


def _text(spec: Path) -> str:
    """Return a spec's text, with its own ends of lines. Raises UsageError if it cannot be read."""
    try:
        return spec.read_bytes().decode()
    except OSError as error:
        raise UsageError(f"cannot read '{spec}': {os_error_text(error)}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"'{spec}' is not UTF-8", hint="save the file as UTF-8") from error


def _with_pages(source: Source, importer: Importer, pages: Path | None) -> Source:
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


def _file_name(source: Source, title: str) -> str:
    """Return a spec's name without its ending: that of its source, or the title of one that is no file."""
    return source.path.stem.lower() if source.is_file else slug(title) or source.kind


def _drawable(outline: Outline) -> Outline:
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


def _focused(choices: Choices, outline: Outline) -> Choices:
    """Return the choices with the section that a source is about by itself. Raises UsageError for an unknown one."""
    from vidbuild.suggest import did_you_mean

    if not choices.section:
        return replace(choices, section=outline.focus)
    headings = dict.fromkeys(name for each in outline.sections for name in (*each.parents, each.heading) if name)
    if choices.section.casefold() not in {each.casefold() for each in headings}:
        some = f"the first ones are {', '.join(list(headings)[:5])}" if headings else "leave --section out"
        hint = did_you_mean(choices.section, list(headings)) or some
        raise UsageError(f"the source has no section '{choices.section}'", hint=hint)
    return choices


def _write(files: Mapping[Path, bytes]) -> None:
    for path, data in files.items():
        try:
            durable.make_folder(path.parent)
            durable.write(path, data)
        except OSError as error:
            raise UsageError(f"cannot write '{path}': {os_error_text(error)}") from error


class _Placing:
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
            return _relative(block.path, self._spec)
        return self._copy(block.path.name, block.path.read_bytes())

    def _copy(self, name: str, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()[:8]
        path = Path(name)
        target = self._spec.parent / ASSETS / name_of(self._spec) / f"{path.stem}-{digest}{path.suffix.lower()}"
        self.files[target] = data
        return _relative(target, self._spec)


def _check(head: Mapping[str, Any], title: str, path: Path) -> None:
    """Raise UsageError if a field of the spec's head is wrong."""
    from vidbuild.spec.load import try_parse

    scene = {"id": "a", "type": "title", "title": "a", "narration": "a"}
    fields = {"vidbuild": 1, "title": title, **{name: value for name, value in head.items() if value}}
    loaded = try_parse(writing.spec_text(fields, [scene]), path, {})
    for each in loaded.diagnostics:
        if each.severity == "error":
            raise UsageError(each.message, hint=each.hint)


def _relative(path: Path, spec: Path) -> str:
    return Path(os.path.relpath(path.resolve(), spec.parent.resolve())).as_posix()


def _language(outline: Outline) -> str:
    from vidbuild.create.language import language_of

    return language_of(" ".join(text for section in outline.sections for text in _prose(section)))


def _prose(section: Section) -> Iterator[str]:
    """Yield the texts of a section that are written in a language of people."""
    for block in section.blocks:
        if isinstance(block, Prose | Quotation | Speech):
            yield block.text
        elif isinstance(block, Items):
            yield from (f"{item.text} {item.detail}" for item in block.items)
