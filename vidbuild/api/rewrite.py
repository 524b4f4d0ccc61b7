"""Asks a writer for one scene of a spec again, and leaves what was edited by hand as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from vidbuild.api import created_files, scripts
from vidbuild.api.create import Updated
from vidbuild.api.scripts import Commission
from vidbuild.create import record, registry, updating, writing
from vidbuild.create.composer import of_section, wanted
from vidbuild.create.editing import NotEditableError, SpecEditor
from vidbuild.create.record import Record, Written
from vidbuild.create.source import yaml_text
from vidbuild.create.source.outline import Section
from vidbuild.create.writers import asking, prompt
from vidbuild.create.writers.scenes import Staging
from vidbuild.create.writers.script import Script, ScriptScene
from vidbuild.errors import UsageError
from vidbuild.json_types import Json
from vidbuild.suggest import did_you_mean

Scene = Mapping[str, Any]


def rewrite(path: Path, scene: str, commission: Commission) -> Updated:
    """Return a spec with one scene written again, without writing it. Raises UsageError if that cannot be done.

    commission: with "" as its writer, the one that wrote the spec.
    """
    last = record.read(path)
    if last.written is None:
        raise UsageError(
            f"'{path}' was not written by a model: its sentences are those of '{last.source}'",
            hint="run 'vidbuild create --from SOURCE --writer NAME:MODEL' for a spec that is",
        )
    old = created_files.text_of(path)
    editor = _editor(old, path)
    index, base = _found(scene, editor, last, path)
    chosen = replace(commission, writer=commission.writer or last.written.writer).chosen()
    importer, source = registry.recorded(last.source, path.parent)
    outline = created_files.drawable(scripts.read(importer, source))
    sections = list(wanted(outline, last.choices.section))
    part = str(base.get("made_from", {}).get("part", ""))
    about = [each for each in sections if each.name == part] or sections
    title = str(yaml_text.load(old, str(path)).get("title") or outline.title)
    brief = prompt.Brief(outline.title, last.language, about)
    seed = commission.seed
    if seed is None:
        seed = prompt.seed_of(last.source, scene, str(len(last.written.exchanges)))
    messages = prompt.for_scene(brief, title, list(map(_as_script, editor.scenes)), index)
    commission.report(f"asking {chosen.argument} for the scene '{scene}'")
    script, exchange = asking.ask(chosen, messages, seed, commission.report, scene=scene)
    scripts.check_facts(script, outline, last.language, commission.report)
    placing = created_files.Placing(path)
    is_opening = index == 0 and base.get("type") == "title"
    own = scripts.with_part(script.scenes[0], part if len(about) == 1 else "")
    new = {"id": base["id"], **_composed(own, title, sections, last, placing, commission, is_opening=is_opening)}
    kept = tuple(updating.merge(editor, index, base, _linked(new, editor.scenes[index], base)))
    scenes = tuple(new if each is base else each for each in last.scenes)
    terms = {**last.written.search_terms, scene: own.search_terms}
    written = Written(chosen.argument, (*last.written.exchanges, exchange.data()), terms)
    return Updated(path, old, _text(editor, path), replace(last, scenes=scenes, written=written), placing.files, kept)


def _composed(
    scene: ScriptScene,
    title: str,
    sections: Sequence[Section],
    last: Record,
    placing: created_files.Placing,
    commission: Commission,
    *,
    is_opening: bool,
) -> Scene:
    """Return the scene of the spec that a scene of a script becomes."""
    staging = Staging(sections, last.language, commission.report)
    outline = staging.outline(Script(title, (scene,) if is_opening else (ScriptScene(title, title), scene)))
    outline = created_files.drawable(outline)
    draft = next(of_section(outline.sections[-1], outline, last.language, placing.place))
    source = next((each["made_from"]["source"] for each in last.scenes if "made_from" in each), last.source)
    return writing.as_written(updating.with_origin(draft, source))


def _linked(new: Scene, scene: Scene, base: Scene) -> Scene:
    """Return a new scene without what it is made from, if its author has parted the scene from its source."""
    is_parted = "made_from" in base and "made_from" not in scene
    return {name: value for name, value in new.items() if name != "made_from" or not is_parted}


def _editor(text: str, path: Path) -> SpecEditor:
    try:
        return SpecEditor(text, str(path))
    except NotEditableError as error:
        raise UsageError(f"the scenes of '{path}' cannot be written again", hint=updating.EDITABLE) from error


def _text(editor: SpecEditor, path: Path) -> str:
    try:
        return editor.text()
    except NotEditableError as error:
        raise UsageError(f"the scenes of '{path}' cannot be written again", hint=updating.EDITABLE) from error


def _found(scene: str, editor: SpecEditor, last: Record, path: Path) -> tuple[int, Scene]:
    """Return a scene's index in the spec, and what was written of it last time. Raises UsageError if it has neither."""
    ids = [str(each.get("id")) for each in editor.scenes]
    recorded = {str(each["id"]): each for each in last.scenes}
    known = [each for each in ids if each in recorded]
    if scene not in known:
        why = "has no scene" if scene not in ids else "has a scene of your own"
        hint = did_you_mean(scene, known) or f"use one of {', '.join(known)}"
        raise UsageError(f"'{path}' {why} '{scene}': expected one that a model wrote", hint=hint)
    return ids.index(scene), recorded[scene]


def _as_script(scene: Scene) -> ScriptScene:
    """Return a scene of a spec as one of a script."""
    return ScriptScene(str(scene.get("title") or scene.get("id") or ""), " ".join(_spoken(scene.get("narration", ""))))


def _spoken(narration: Json) -> Iterator[str]:
    """Yield the texts of a narration, which may be a list of what several speakers say."""
    if isinstance(narration, str):
        yield " ".join(narration.split())
    elif isinstance(narration, list):
        for each in narration:
            yield from _spoken(each)
    elif isinstance(narration, dict):
        for each in narration.values():
            yield from _spoken(each)
