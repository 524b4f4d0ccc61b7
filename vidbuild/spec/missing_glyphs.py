"""Warns of the characters of a spec that no face of its theme can draw, at the field that has them."""

from __future__ import annotations

import pathlib
import tempfile
from collections.abc import Mapping, Sequence

from vidbuild import inline
from vidbuild.media.text import fonts, glyphs, pages, scene_text
from vidbuild.model import Scene, Theme
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.spec import scene_locations
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path
from vidbuild.spec.theme import built_in


def check(scenes: Sequence[Scene], theme: Theme, progress: str, collector: DiagnosticCollector) -> None:
    """Add a warning for each field with such characters; names of sections are drawn with a mark of the progress."""
    drawn = [(scene, _texts(scene, progress)) for scene in scenes]
    texts = [text for _, fields in drawn for text in fields.values() if not text.isascii()]
    if not texts:
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            missing = glyphs.undrawable(texts, fonts.stage(pathlib.Path(folder), theme.fonts))
        except fonts.FontError as error:
            collector.error(("theme",), f"the fonts cannot be read: {error.message}", error.hint)
            return
    found: dict[Path, list[str]] = {}  # overlays of the spec are in several scenes
    for scene, fields in drawn:
        for field, units in glyphs.texts_with(missing, fields).items():
            found[scene_locations.path(scene.index, field)] = units
    for path, units in found.items():
        collector.warning(path, glyphs.message(units), _hint(units, theme))


def _texts(scene: Scene, progress: str) -> dict[str, str]:
    """Return spec field -> the text that is drawn of it."""
    scene_type = SCENE_TYPES[scene.type]
    drawn = scene_text.texts(scene_text.clean(scene_type.drawing(scene)), scene_type.spec_fields)
    notes = {f"callouts.{each.index}.text": inline.plain(each.text) for each in scene.callouts if each.text}
    above = {f"{each.field}.{each.kind}": inline.plain(f"{each.text}{each.role}") for each in scene.overlays}
    section = inline.plain(scene.section) if progress != "none" else ""
    return {**drawn, **notes, **above, "section": section, "narration": _subtitles(scene)}


def _subtitles(scene: Scene) -> str:
    """Return the narration of a scene that shows it, in all languages."""
    if scene.fields.get("subtitles") not in list(pages.STYLES) or scene.narration is None:
        return ""
    several = scene.narration.values() if isinstance(scene.narration, Mapping) else [scene.narration]
    return "".join(each.text for each in several)


def _hint(units: Sequence[str], theme: Theme) -> str:
    """Return where to put a font that has the characters, and which font if one is known."""
    known = glyphs.fitting_fonts(units)
    font = f"{' and '.join(known)}, or another font that has them," if known else "a font that has them"
    if theme.fonts:
        return f"put {font} into '{theme.fonts[0].parent.name}', the theme's folder of fonts"
    field = f"theme: {{extends: {theme.name}, fonts: ./fonts}}" if theme.name in built_in() else "fonts: ./fonts"
    return f"put {font} into a folder 'fonts', and set '{field}'{'' if theme.name in built_in() else ' in the theme'}"
