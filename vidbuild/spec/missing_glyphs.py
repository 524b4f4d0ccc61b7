"""Finds fonts for the characters of a spec that its theme's faces lack, and warns of those that no font can draw."""

from __future__ import annotations

import pathlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence

from vidbuild import inline
from vidbuild.diagnostic import Diagnostic
from vidbuild.frozen import replaced
from vidbuild.media.text import font_choice, font_packages, fonts, glyphs, pages, scene_text, system_fonts
from vidbuild.media.text.font_choice import Candidate
from vidbuild.model import Scene, Theme
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.spec import font_file, scene_locations
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path
from vidbuild.spec.theme import built_in

_CODE = frozenset({"code", "commands", "entries", "from", "output", "patch", "prompt", "run", "to", "tree"})


def resolved(
    scenes: Sequence[Scene], theme: Theme, progress: str, collector: DiagnosticCollector, *, narrated: bool = False
) -> list[Scene]:
    """Return the scenes with the fonts of extras and of the system that each needs.

    Add a warning for each field with characters that no font has; names of sections are drawn with a mark of the
    progress.

    narrated: whether all narration is set in type, as in a handout.
    """
    drawn = [(scene, _texts(scene, progress, narrated=narrated)) for scene in scenes]
    sources = {scene.id: _layout_source(scene) for scene in scenes}
    shown = [text for _, fields in drawn for text in fields.values()]
    texts = [text for text in (*shown, *sources.values()) if not text.isascii()]
    if not texts:
        return list(scenes)
    try:
        missing, chosen, instead = _search(texts, theme)
    except fonts.FontError as error:
        collector.error(("theme",), f"the fonts cannot be read: {error.message}", error.hint)
        return list(scenes)
    for path, units in _found(missing, drawn).items():
        collector.warning("VB304", path, glyphs.message(units), _hint(units, theme))
    flowing = [(scene, {name: text for name, text in fields.items() if not _is_code(name)}) for scene, fields in drawn]
    for path, units in _found(list(instead), flowing).items():
        faces = " and ".join(dict.fromkeys(f"'{instead[unit]}'" for unit in units))
        message = f"no font for titles and text can draw {glyphs.listed(units)}, so they are drawn in {faces}"
        collector.warning("VB332", path, message, _hint(units, theme))
    of_system = sorted({str(file) for files in chosen.values() for file in files if font_packages.is_none_of(file)})
    if of_system and theme.system_fonts:
        collector.diagnostics.append(_differs(of_system, theme, collector))
    order = list(dict.fromkeys(file for files in chosen.values() for file in files))
    return [_with_fonts(scene, (*fields.values(), sources[scene.id]), chosen, order) for scene, fields in drawn]


def _found(sought: Sequence[str], drawn: Sequence[tuple[Scene, Mapping[str, str]]]) -> dict[Path, list[str]]:
    """Return the place of each field that has some of these characters -> those that it has."""
    found: dict[Path, list[str]] = {}  # overlays of the spec are in several scenes
    for scene, fields in drawn:
        for field, units in glyphs.texts_with(sought, fields).items():
            found[scene_locations.path(scene.index, field)] = units
    return found


def _is_code(field: str) -> bool:
    """Return whether a field is drawn in the face for code, as all of a terminal."""
    return not _CODE.isdisjoint(field.split("."))


def _search(texts: Sequence[str], theme: Theme) -> tuple[list[str], dict[str, Candidate], dict[str, str]]:
    """Return what is drawn in which font, if it is not in one of the theme's.

    These are the characters and combinations that no font can draw; unit -> the font that is added for it; letter ->
    the family for code or of another style that draws it, because no better one has it.
    """
    with tempfile.TemporaryDirectory() as folder:
        staged = fonts.stage(pathlib.Path(folder), theme.fonts)
        missing = glyphs.undrawable(texts, staged)
        candidates = _candidates(theme)
        wanted = font_choice.wanted(texts, missing, staged, theme.values["fonts"])
        chosen = font_choice.chosen(wanted, candidates)
        instead = font_choice.instead([unit for unit in wanted if unit not in {*missing, *chosen}], staged)
        if not chosen:
            return missing, chosen, instead
        added = dict.fromkeys(file for files in chosen.values() for file in files)
        missing = glyphs.undrawable(texts, fonts.stage(pathlib.Path(folder) / "added", theme.fonts, added))
        return missing, chosen, instead


def _candidates(theme: Theme) -> Iterator[Candidate]:
    """Yield the fonts that are tried: those of extras, then those of the system if the theme asks for them."""
    yield from font_choice.of_packages()
    if theme.system_fonts is not None:
        for files in system_fonts.families().values():
            if not any(font_file.problem(file) for file in files):
                yield files


def _with_fonts(
    scene: Scene, texts: Iterable[str], chosen: Mapping[str, Candidate], order: Sequence[pathlib.Path]
) -> Scene:
    """Return a scene with the fonts that its texts need, in the order of all."""
    text = "".join(texts)
    needed = {file for unit, files in chosen.items() if unit in text for file in files}
    return replaced(scene, fonts=tuple(file for file in order if file in needed)) if needed else scene


def _differs(used: Sequence[str], theme: Theme, collector: DiagnosticCollector) -> Diagnostic:
    names = ", ".join(f"'{name}'" for name in used[: glyphs.MAX_NAMED])
    more = f" and {len(used) - glyphs.MAX_NAMED} more" if len(used) > glyphs.MAX_NAMED else ""
    message = f"fonts of this system are used, so the video can look different on another machine: {names}{more}"
    hint = "copy them into a folder of the project, and name it as the theme's 'fonts'"
    return Diagnostic("warning", message, collector.document.name, theme.system_fonts, hint, code="VB331")


def _texts(scene: Scene, progress: str, *, narrated: bool) -> dict[str, str]:
    """Return spec field -> the text that is drawn of it."""
    scene_type = SCENE_TYPES[scene.type]
    fields = {name: each for name, each in scene_type.drawing(scene).items() if name != "wide"}  # letters of code
    drawn = scene_text.texts(scene_text.clean(fields), scene_type.spec_fields)
    notes = {f"callouts.{each.index}.text": inline.plain(each.text) for each in scene.callouts if each.text}
    above = {f"{each.field}.{each.kind}": inline.plain(f"{each.text}{each.role}") for each in scene.overlays}
    section = inline.plain(scene.section) if progress != "none" else ""
    return {**drawn, **notes, **above, "section": section, "narration": _subtitles(scene, narrated=narrated)}


def _layout_source(scene: Scene) -> str:
    """Return the source of a layout of the scene's own.

    It is searched for what fonts it needs, but not for what no font can draw: not all of a program is drawn, and the
    step that draws it reports what it lacks.
    """
    layout = SCENE_TYPES[scene.type].layout(scene)
    return layout.source if layout else ""


def _subtitles(scene: Scene, *, narrated: bool) -> str:
    """Return the narration of a scene that shows it, in all languages."""
    if not (narrated or scene.fields.get("subtitles") in list(pages.STYLES)) or scene.narration is None:
        return ""
    several = scene.narration.values() if isinstance(scene.narration, Mapping) else [scene.narration]
    return "".join(each.text for each in several)


def _hint(units: Sequence[str], theme: Theme) -> str:
    """Return where to put a font that has the characters, and which font if one is known."""
    known = glyphs.fitting_fonts(units)
    font = f"{' and '.join(known)}, or another font that has them," if known else "a font that has them"
    extras = font_packages.not_installed(font_packages.extras_for(unit[0] for unit in units))
    if extras:
        return f"pip install 'vidbuild[{','.join(extras)}]', or {_own_folder(font, theme)}"
    return _own_folder(font, theme)


def _own_folder(font: str, theme: Theme) -> str:
    if theme.fonts:
        return f"put {font} into '{theme.fonts[0].parent.name}', the theme's folder of fonts"
    field = f"theme: {{extends: {theme.name}, fonts: ./fonts}}" if theme.name in built_in() else "fonts: ./fonts"
    return f"put {font} into a folder 'fonts', and set '{field}'{'' if theme.name in built_in() else ' in the theme'}"
