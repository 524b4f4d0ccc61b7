"""Creates specs from documents and other sources."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vidbuild.api import created_files, scripts
from vidbuild.api.scripts import Commission
from vidbuild.create import record, registry, updating, writing
from vidbuild.create.composer import Choices, compose
from vidbuild.create.composer.text import slug
from vidbuild.create.record import Record
from vidbuild.create.source.files import exists
from vidbuild.create.source.outline import (
    Items,
    Omission,
    Outline,
    Prose,
    Quotation,
    Section,
    Speech,
)
from vidbuild.create.source.protocol import Source
from vidbuild.errors import UsageError

__all__ = ["Choices", "Commission", "Created", "Updated", "create", "update"]


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
        _check_free(self.path)
        created_files.write(
            {**self.files, record.path_of(self.path): self.record.text().encode(), self.path: self.text.encode()}
        )
        return [self.path, record.path_of(self.path), *self.files]


def create(
    argument: str,
    path: Path | None = None,
    choices: Choices | None = None,
    head: Mapping[str, Any] | None = None,
    pages: Path | None = None,
    commission: Commission | None = None,
) -> Created:
    """Return a spec made from a source, without writing it. Raises UsageError for a source that cannot be read.

    argument: KIND:SOURCE, or a file, whose kind is known by its ending.
    path: of the spec; default: the source's name with `.yaml`, in the current folder.
    head: fields of the spec beside its title and scenes, such as `brand`, `language`, `voice` and `theme`.
    pages: of slides, a PDF whose pages are shown.
    commission: of a writer, whose script takes the place of the source's own sentences.
    """
    chosen = commission.chosen() if commission else None
    importer, source = registry.resolve(argument)
    source = created_files.with_pages(source, importer, pages)
    if chosen:
        source = scripts.readable(importer, source)
    outline = created_files.drawable(scripts.read(importer, source) if chosen else importer.read(source))
    path = path or Path(f"{_file_name(source, outline.title)}.yaml")
    placing = created_files.Placing(path)
    of_brand = _language_of_brand(head or {}, path)
    language = str((head or {}).get("language") or outline.language or of_brand or _language(outline))
    choices = _focused(choices or Choices(), outline)
    _check(head or {}, outline.title, path)
    name = created_files.relative(source.path, path) if source.is_file else f"{importer.name}:{source.address}"
    origin = f"{importer.name}:{name}" if source.is_file else name
    script = None
    if commission and chosen:
        _check_free(path)
        script = scripts.write(commission, chosen, outline, origin, language, choices)
        composition = compose(script.outline, language, Choices(), placing.place)
    else:
        composition = compose(outline, language, choices, placing.place)
    if not composition.scenes:
        raise UsageError(f"'{source.address}' has nothing to make a scene of", hint=_left_out(composition.omissions))
    needs_kind = source.is_file and source.kind and registry.resolve(source.address)[0].name != importer.name
    part_of = f"{importer.name}:{name}" if needs_kind else name
    scenes = [updating.with_origin(each, part_of) for each in composition.scenes]
    given = {name: value for name, value in (head or {}).items() if value}
    own = {**{name: given[name] for name in given if name == "brand"}, "language": language, **given}
    if of_brand == own["language"]:
        del own["language"]
    fields = {"vidbuild": 1, "title": composition.title, **own}
    text = writing.spec_text(fields, scenes)
    shown = created_files.relative(pages, path) if pages else ""
    by_model = script.record([str(each["id"]) for each in scenes]) if script else None
    written = Record(origin, language, choices, tuple(map(writing.as_written, scenes)), shown, by_model)
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
        created_files.write(
            {**self.files, self.path: self.new.encode(), record.path_of(self.path): self.record.text().encode()}
        )


def update(path: Path) -> Updated:
    """Return a spec that `create` made, brought up to date with its source, without writing it.

    Raises UsageError if the spec has no record of its making, or its source cannot be read.
    """
    last = record.read(path)
    importer, source = registry.recorded(last.source, path.parent)
    if last.written:
        raise scripts.not_updatable(path, last, scripts.read(importer, source))
    source = created_files.with_pages(source, importer, path.parent / last.pages if last.pages else None)
    placing = created_files.Placing(path)
    old = created_files.text_of(path)
    made = updating.update(old, last, created_files.drawable(importer.read(source)), placing.place, str(path))
    return Updated(path, old, made.text, made.record, placing.files, tuple(made.kept))


def _file_name(source: Source, title: str) -> str:
    """Return a spec's name without its ending: that of its source, or the title of one that is no file."""
    return source.path.stem.lower() if source.is_file else slug(title) or source.kind


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


def _check_free(path: Path) -> None:
    """Raise UsageError if a file exists."""
    if exists(path):
        raise UsageError(f"'{path}' already exists", hint="choose another file with -o")


def _check(head: Mapping[str, Any], title: str, path: Path) -> None:
    """Raise UsageError if a field of the spec's head is wrong."""
    from vidbuild.spec.load import try_parse

    scene = {"id": "a", "type": "title", "title": "a", "narration": "a"}
    fields = {"vidbuild": 1, "title": title, **{name: value for name, value in head.items() if value}}
    loaded = try_parse(writing.spec_text(fields, [scene]), path, {})
    for each in loaded.diagnostics:
        if each.severity == "error":
            raise UsageError(each.message, hint=each.hint)


def _language_of_brand(head: Mapping[str, Any], path: Path) -> str:
    """Return the language of the brand that a spec will have; "" if none sets one.

    Raises UsageError if there is no such brand.
    """
    if not head.get("brand"):
        return ""
    from vidbuild.api.brands import language_of

    return language_of(str(head["brand"]), path)


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
