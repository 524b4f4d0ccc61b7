"""Which scenes of a spec were made from a part of a document that has changed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from vidbuild.create import record, registry
from vidbuild.create.source.outline import Outline, Section
from vidbuild.diagnostic import Diagnostic
from vidbuild.errors import UsageError
from vidbuild.model import Scene, Spec
from vidbuild.platforms import shell_command

CODE = "VB114"


def problems(spec: Spec, path: Path) -> Iterator[Diagnostic]:
    """Yield a warning for each part that has changed or is gone, at the first scene made from what it was."""
    outlines = lru_cache(maxsize=None)(_outline)
    update = shell_command("vidbuild", "create", "--update", path)
    is_written = record.is_written(path)
    seen: list[Mapping[str, str]] = []
    for scene in spec.scenes:
        origin = scene.made_from
        if not origin or origin in seen or CODE in {*spec.silenced, *scene.silenced}:
            continue
        seen.append(origin)
        outline = outlines(origin["source"], path.parent)
        if isinstance(outline, UsageError):
            yield _warning(scene, path, "source", f"the source of scene '{scene.id}': {outline.message}", outline.hint)
            continue
        if outline is None:
            continue
        section = next((each for each in outline.sections if each.name == origin["part"]), None)
        if message := _message(section, origin):
            command = f"{update} --rewrite {scene.id}" if is_written else update
            hint = f"run {command}, which keeps what you edited"
            yield _warning(scene, path, "part" if section is None else "sha256", message, hint)


def _outline(name: str, folder: Path) -> Outline | UsageError | None:
    """Return a source's outline; None if it is on the network, which is asked only when a user does so."""
    try:
        importer, source = registry.named(name, folder)
        return None if importer.network else importer.read(source)
    except UsageError as error:
        return error


def _message(section: Section | None, origin: Mapping[str, str]) -> str:
    source, part = origin["source"], origin["part"]
    if section is None:
        return f"'{source}' has no part '{part}' any more"
    return f"'{source}' has changed in '{part}' (line {section.line})" if section.digest != origin["sha256"] else ""


def _warning(scene: Scene, path: Path, field: str, message: str, hint: str | None) -> Diagnostic:
    return Diagnostic("warning", message, str(path), scene.locations.get(f"made_from.{field}"), hint, code=CODE)
