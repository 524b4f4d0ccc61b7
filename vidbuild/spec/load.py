"""Loads a spec from a file, text or Python data, and finds all of its problems at once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.location import Location
from vidbuild.model import Scene, Spec
from vidbuild.project import root_of
from vidbuild.spec import expand, file_kind, from_python, paths, plugins, reader, validate, yaml_lint
from vidbuild.spec import variables as spec_variables
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.diagnostics import MAX_PROBLEMS, SpecError, tidy
from vidbuild.spec.document import Document, dotted
from vidbuild.spec.files import own_content, similar_file
from vidbuild.spec.valid_parts import ValidParts

if TYPE_CHECKING:
    from vidbuild.spec.scene_context import SceneContext
    from vidbuild.spec.stock import Stock, StockField

MAX_BYTES = 2_000_000  # of a spec's file
# Files that stand for a stream: standard input, or the output of a command, as the shell's <(command) names it.
_STREAM = re.compile(r"/dev/(?:stdin|fd/\d+)|/proc/(?:self|\d+)/fd/\d+")
Variables = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LoadResult:
    """A spec and its problems.

    spec: None if there is an error.
    sources: file name as in the diagnostics -> text.
    stock: the stock media that the spec asks for.
    """

    spec: Spec | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str] = field(default_factory=dict)
    stock: tuple[StockField, ...] = ()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that are errors."""
        return tuple(item for item in self.diagnostics if item.severity == "error")

    def spec_or_raise(self) -> Spec:
        """Return the spec. Raises SpecError with all errors if there are any."""
        if self.spec is None:
            raise SpecError(self.errors, self.sources)
        return self.spec


def load(path: str | os.PathLike[str], variables: Variables | None = None) -> Spec:
    """Load a spec's file. Raises SpecError with all of its errors."""
    return try_load(path, variables).spec_or_raise()


def parse(data: Mapping[str, Any] | str, path: str | os.PathLike[str], variables: Variables | None = None) -> Spec:
    """Load a spec from YAML text or from data made in Python. Raises SpecError with all of its errors.

    path: where its file would be.
    """
    return try_parse(data, path, variables).spec_or_raise()


def try_load(
    path: str | os.PathLike[str], variables: Variables | None = None, *, recordings: bool = True, locked: bool = True
) -> LoadResult:
    """Load a spec's file; problems are in the result.

    recordings: whether the outputs of commands that were run are read from their recordings.
    locked: whether stock media is read from the lock; otherwise what needs it is left out, and there is no spec.
    """
    name = os.fspath(path)
    try:
        raw = own_content(FilePath(name), root_of(FilePath(name)), MAX_BYTES)
    except (OSError, ValueError, paths.InputError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        hint = similar_file(FilePath(name), name, (".yaml", ".yml")) if isinstance(error, FileNotFoundError) else None
        hint = "write '-' to read the spec from standard input" if _STREAM.fullmatch(name) else hint
        message = f"cannot read the spec: {reason[:1].lower()}{reason[1:]}"
        return LoadResult(None, tuple(tidy([Diagnostic("error", message, name, hint=hint)])))
    if len(raw) > MAX_BYTES:
        message = f"the spec is too large: the maximum is {MAX_BYTES} bytes"
        return LoadResult(None, (Diagnostic("error", message, name),))
    if (pointer := file_kind.pointer(raw)) is not None:
        message = f"'{FilePath(name).name}' {pointer.problem}"
        return LoadResult(None, (Diagnostic("error", message, name, Location(name, 1, 1, 1), pointer.hint),))
    text, problems = reader.decode(raw, name)
    if problems:
        return LoadResult(None, tuple(problems), {name: text})
    result = _load_text(text, name, variables or {}, recordings=recordings, locked=locked)
    if result.spec is None:
        return result
    files = (FilePath(name).absolute(), *result.spec.files)
    return replace(result, spec=replace(result.spec, files=files))


def try_parse(
    data: Mapping[str, Any] | str,
    path: str | os.PathLike[str],
    variables: Variables | None = None,
    *,
    recordings: bool = True,
) -> LoadResult:
    """Load a spec from YAML text or data, as `parse`; problems are in the result. recordings: see `try_load`."""
    name = os.fspath(path)
    if isinstance(data, str):
        return _load_text(data, name, variables or {}, recordings=recordings)
    document, problems = from_python.document(data, name)
    return _load_document(document, problems, variables or {}, recordings=recordings)


def _load_text(text: str, name: str, variables: Variables, *, recordings: bool, locked: bool = True) -> LoadResult:
    document, problems = reader.read(text, name)
    if document.data is None:
        return LoadResult(None, tuple(tidy(problems)), {name: text})
    return _load_document(document, problems, variables, recordings=recordings, locked=locked)


def _load_document(
    document: Document, problems: list[Diagnostic], variables: Variables, *, recordings: bool, locked: bool = True
) -> LoadResult:
    too_many = expand.too_many_templates(document)
    if too_many:
        return LoadResult(None, tuple(tidy([*problems, *too_many])), {document.name: document.text})
    named, wrong = spec_variables.values(document, variables)
    original = document
    unusable = plugins.add_types(document)
    document, failed = expand.expand(document, named)
    failed |= unusable | plugins.add_types(document)
    problems = [
        *problems,
        *wrong,
        *spec_variables.doubtful(original, variables, failed=bool(failed)),
        *yaml_lint.check(document, original),
    ]
    faults = validate.validate(document, skip=failed)
    problems += [*chain.from_iterable(failed.values()), *validate.diagnose(document, faults)]
    collector = DiagnosticCollector(document, problems)
    sources = {document.name: document.text}
    spec: Spec | None = None
    found: tuple[StockField, ...] = ()
    if isinstance(document.data, Mapping) and len(faults) <= validate.MAX_FAULTS:
        invalid = frozenset(failed).union(fault.path for fault in faults)
        stock = _stock(document, ValidParts(document.data, invalid), collector, locked=locked)
        valid = ValidParts(stock.document.data, invalid | stock.unresolved)
        builder = _SpecBuilder(stock, replace(collector, document=stock.document), valid, recordings=recordings)
        spec, found = plugins.reporting(builder.spec, collector), stock.fields
        sources.update(builder.sources)
    diagnostics = tuple(tidy(collector.diagnostics))
    if any(item.severity == "error" for item in diagnostics) or spec is None:
        return LoadResult(None, diagnostics, sources, found)
    return LoadResult(replace(spec, warnings=diagnostics), diagnostics, sources, found)


def _stock(document: Document, valid: ValidParts, collector: DiagnosticCollector, *, locked: bool) -> Stock:
    from vidbuild.spec import stock

    root = root_of(FilePath(document.name))
    return (stock.resolve if locked else stock.find)(document, valid, collector, root)


class _SpecBuilder:
    """Builds a spec from the valid parts of a document, and checks what the schema cannot express."""

    def __init__(self, stock: Stock, collector: DiagnosticCollector, valid: ValidParts, *, recordings: bool) -> None:
        self.stock, self.document = stock, stock.document
        self.collector, self.valid, self.recordings = collector, valid, recordings
        self.path = FilePath(self.document.name)
        self.root = root_of(self.path)
        self.values = valid.top_level()
        self.sources: dict[str, str] = {}

    def spec(self) -> Spec | None:
        """Return the spec, or None after adding errors to the diagnostics."""
        from vidbuild.spec import (
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
        resolved_theme = themes.load(values["theme"], ("theme",), collector, self.path.parent)
        collector.diagnostics.extend(replace(item, file=self.document.name) for item in themes.diagnostics)
        read = reading.load(values["reading"], collector, self.path.parent, self.root)
        self.sources = {**themes.sources, **read.sources, **self.stock.sources}
        found = list(self.valid.scenes())
        folder, locations = self.path.parent, scene_locations.locations(self.document)
        ipa.check(values["pronounce"], ("pronounce",), collector)
        pronounced = pronounce.from_spec(values["pronounce"])
        last = len(found) - 1
        context = SceneContext(values, collector, folder, self.root, speaker, last, locations, pronounced, read)
        finder = music.Finder(folder, self.root, collector, context.files)
        behavior = resolved_theme.behavior if resolved_theme else {"transition": "cut", "progress": "none"}
        music_of_all = music.of_spec(values.get("music"), finder)
        thanks = credit.checked(self.stock, self.valid.data, collector)
        context = replace(context, music=music_of_all, behavior=behavior, recordings=self.recordings, credits=thanks)
        ready = list(self._scenes(found, context))
        self.sources.update(context.sources)
        self._check_ids()
        ready = transitions.within_scenes(ready, self.document)
        transitions.check_lengths(ready, collector)
        transitions.check_fields(values["defaults"].get("transition"), ("defaults", "transition"), collector)
        voice.check_default(values["language"], (each for scene in ready for each in scene.voices), collector)
        lint.check(ready, speaker, collector, values["language"], is_read=read.is_on)
        for language, translation in context.translations.items():
            narration_lint.check(ready, language, translation, is_read=read.is_on)
        if len(ready) == len(found) and not collector.has_errors:
            narration_lint.check_unused(pronounced, collector)
        if resolved_theme is not None:
            missing_glyphs.check(ready, resolved_theme, values.get("progress", behavior["progress"]), collector)
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
            credits=credit.text(values["title"], self.stock),
            takes=takes.locked(voices, self.root, collector, self.sources),
            scenes=tuple(ready),
            files=tuple(
                dict.fromkeys(
                    (
                        *(*themes.files, *read.files, *self.stock.files, *context.files),
                        *(*voice.files(voices), *plugins.files(found_plugins)),
                    )
                )
            ),
            search_path=plugins.search_path() if found_plugins else (),
            locations=self._locations(),
            data=self.document.data,
            problems={
                language: tuple(tidy(translation.diagnostics)) for language, translation in context.translations.items()
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
                    yield scene

    def _check_ids(self) -> None:
        first: dict[str, int] = {}
        scenes = self.valid.data.get("scenes")
        for index, item in enumerate(scenes if isinstance(scenes, list) else ()):
            name = item.get("id") if isinstance(item, Mapping) else None
            if not isinstance(name, str):
                continue
            if name in first:
                location = self.document.value(("scenes", first[name], "id"))
                other = f"in line {location.line}" if location.line else f"at {location.file}"
                self.collector.error(("scenes", index, "id"), f"scene id '{name}' is used twice: first {other}")
            first.setdefault(name, index)

    def _locations(self) -> dict[str, Location]:
        values = self.document.values
        return {dotted(path): location for path, location in values.items() if path[:1] != ("scenes",)}
