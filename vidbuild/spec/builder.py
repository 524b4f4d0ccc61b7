"""Builds a spec from the valid parts of a document, and checks what the schema cannot express."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from vidbuild.frozen import replaced
from vidbuild.location import Location
from vidbuild.model import Scene, Spec
from vidbuild.project import root_of
from vidbuild.spec import plugins, switched_off
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.diagnostics import MAX_PROBLEMS, tidy
from vidbuild.spec.document import dotted
from vidbuild.spec.layers import Layered
from vidbuild.spec.valid_parts import ValidParts

if TYPE_CHECKING:
    from vidbuild.spec.scene_context import SceneContext
    from vidbuild.spec.stock import Stock


class SpecBuilder:
    """Builds a spec from the valid parts of a document, and checks what the schema cannot express."""

    def __init__(
        self, layered: Layered, stock: Stock, collector: DiagnosticCollector, valid: ValidParts, *, recordings: bool
    ) -> None:
        self.stock = stock
        self.layered, self.collector, self.valid, self.recordings = layered, collector, valid, recordings
        self.document = collector.document
        self.path = FilePath(self.document.name)
        self.root = root_of(self.path)
        self.values = valid.top_level()
        self.sources: dict[str, str] = {}

    def spec(self) -> Spec | None:
        """Return the spec, or None after adding errors to the diagnostics."""
        from vidbuild.spec import (
            alt_lint,
            caption_fields,
            credit,
            ipa,
            lint,
            missing_glyphs,
            music,
            narration_lint,
            output,
            pronounce,
            reading,
            scene_locations,
            takes,
            theme,
            transitions,
            voice,
        )
        from vidbuild.spec.scene_context import SceneContext

        values, collector = self.values, self.collector
        settings = output.settings(values["output"], collector)
        voice.check_aliases(values["voices"], collector, values["language"])
        chosen = values["voice"] if "voice" in values else voice.default(values["language"])
        speaker = voice.resolve(chosen, ("voice",), collector, values["voices"], values["language"])
        themes = theme.ThemeLoader(self.root)
        resolved_theme = themes.load(values["theme"], ("theme",), collector)
        collector.diagnostics.extend(replaced(item, file=self.document.name) for item in themes.diagnostics)
        read = reading.load(values["reading"], collector, self.root)
        self.sources = {**themes.sources, **read.sources, **self.stock.sources}
        found = list(self.valid.scenes())
        locations = scene_locations.locations(self.document)
        ipa.check(values["pronounce"], ("pronounce",), collector)
        pronounced = pronounce.from_spec(values["pronounce"])
        last = len(found) - 1
        context = SceneContext(values, collector, self.root, speaker, last, locations, pronounced, read)
        finder = music.Finder(self.root, collector, context.files)
        behavior = resolved_theme.behavior if resolved_theme else {"transition": "cut", "progress": "none"}
        captions = caption_fields.settings(values["captions"], settings.format, behavior, collector)
        if self.layered.parts is None and isinstance(
            written := self.valid.data.get("scenes"), list
        ):  # else of each output
            caption_fields.check_scenes(written, captions, settings.format, collector)
        music_of_all = music.of_spec(values.get("music"), finder)
        thanks = credit.checked(self.stock, self.valid.data, collector)
        context = replaced(context, music=music_of_all, behavior=behavior, recordings=self.recordings, credits=thanks)
        context = replaced(context, cues=self.layered.cues)
        ready = list(self._scenes(found, context))
        self.sources.update(context.sources)
        self._check_ids()
        ready = transitions.within_scenes(ready, self.document)
        transitions.check_lengths(ready, collector)
        transitions.check_fields(values["defaults"].get("transition"), ("defaults", "transition"), collector)
        voice.check_default(values["language"], (each for scene in ready for each in scene.voices), collector)
        lint.check(ready, speaker, collector, values["language"], is_read=read.is_on)
        alt_lint.check(ready, values["also"], settings.format, collector)
        for language, translation in context.translations.items():
            narration_lint.check(ready, language, translation, is_read=read.is_on)
        if len(ready) == len(found) and not collector.has_errors:
            narration_lint.check_unused(pronounced, collector)
        if resolved_theme is not None:
            progress, narrated = (
                values.get("progress", behavior["progress"]),
                settings.format == "pdf" or bool(captions.burned),
            )
            ready = missing_glyphs.resolved(ready, resolved_theme, progress, collector, narrated=narrated)
        if resolved_theme is None or speaker is None or len(ready) != len(found) or "title" not in values:
            return None
        voices = [each for scene in ready for each in (scene.voice, *scene.voices)]
        found_plugins = plugins.used(ready, voices)
        return Spec(
            path=self.path,
            root=self.root,
            title=values["title"],
            description=values["description"],
            language=values["language"],
            output=settings,
            theme=resolved_theme,
            progress=values.get("progress", behavior["progress"]),
            captions=captions,
            also=tuple(dict.fromkeys(values["also"])),
            credits=credit.text(values["title"], self.stock),
            takes=takes.locked(voices, self.root, collector, self.sources),
            scenes=tuple(ready),
            files=tuple(
                dict.fromkeys(
                    (
                        *(*themes.files, *read.files, *self.stock.files, *context.files),
                        *(*voice.files(voices), *plugins.files(found_plugins)),
                        *(font for scene in ready for font in scene.fonts),
                    )
                )
            ),
            search_path=plugins.search_path() if found_plugins else (),
            locations=self._locations(),
            data=self.document.data,
            silenced=switched_off.codes(self.document.data),
            problems={
                language: tuple(tidy(switched_off.shown(self.document, translation.diagnostics)))
                for language, translation in context.translations.items()
            },
        )

    def _scenes(
        self, found: Iterable[tuple[int, dict[str, Any], frozenset[str]]], context: SceneContext
    ) -> Iterator[Scene]:
        """Yield each valid scene, until there are more errors than are shown."""
        from vidbuild.spec import scenes

        errors = 0
        for index, item, wrong in found:
            if errors < MAX_PROBLEMS:
                before = len(self.collector.diagnostics)
                scene = scenes.scene(index, item, context, wrong)
                errors += sum(each.severity == "error" for each in self.collector.diagnostics[before:])
                if scene is not None:
                    yield self._of_part(scene, self.layered.part(index))

    @staticmethod
    def _of_part(scene: Scene, part: str) -> Scene:
        """Return a scene; one of the brand has an id that no scene of a spec can have."""
        return replaced(scene, id=f"{part}.{scene.id}", part=part) if part else scene

    def _check_ids(self) -> None:
        first: dict[tuple[str, str], int] = {}
        scenes = self.valid.data.get("scenes")
        for index, item in enumerate(scenes if isinstance(scenes, list) else ()):
            name = item.get("id") if isinstance(item, Mapping) else None
            if not isinstance(name, str):
                continue
            key = (self.layered.part(index), name)
            if key in first:
                location = self.document.value(("scenes", first[key], "id"))
                other = f"in line {location.line}" if location.line else f"at {location.file}"
                self.collector.error(("scenes", index, "id"), f"scene id '{name}' is used twice: first {other}")
            first.setdefault(key, index)

    def _locations(self) -> dict[str, Location]:
        values = self.document.values
        return {dotted(path): location for path, location in values.items() if path[:1] != ("scenes",)}
