"""A spec's file, text or data -> Spec: every problem at once; it renders nothing and knows no scene type."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.model import Scene, Spec
from vidbuild.project import root_of
from vidbuild.spec import expand, from_python, paths, reader, schema, validate
from vidbuild.spec.collector import Notes
from vidbuild.spec.diagnostics import MAX_PROBLEMS, SpecError, tidy
from vidbuild.spec.document import Document, Path, dotted
from vidbuild.spec.files import neighbour, own_content

if TYPE_CHECKING:
    from vidbuild.spec.scenes import SceneContext

MAX_BYTES = 2_000_000
Variables = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What came of reading a spec. sources: file name as in the places -> text. spec: None if there is an error."""

    spec: Spec | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """Those that keep it from being a spec."""
        return tuple(item for item in self.diagnostics if item.severity == "error")


def load(path: str | os.PathLike[str], variables: Variables | None = None) -> Spec:
    """Read a spec's file. Raises SpecError with all that is wrong with it."""
    return _spec(examine(path, variables))


def parse(data: Mapping[str, Any] | str, path: str | os.PathLike[str], variables: Variables | None = None) -> Spec:
    """As load, from data made in Python or from YAML text; `path` is where its file would be. Raises SpecError."""
    return _spec(examine_data(data, path, variables))


def check(path: str | os.PathLike[str], variables: Variables | None = None) -> list[Diagnostic]:
    """All that is wrong or doubtful in a spec's file, in order; never raises for what is in it."""
    return list(examine(path, variables).diagnostics)


def examine(path: str | os.PathLike[str], variables: Variables | None = None) -> LoadResult:
    """Read a spec's file, whatever is in it."""
    name = os.fspath(path)
    try:
        raw = own_content(FilePath(name), root_of(FilePath(name)), MAX_BYTES)
    except (OSError, ValueError, paths.PathProblemError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        hint = neighbour(FilePath(name), name, (".yaml", ".yml")) if isinstance(error, FileNotFoundError) else None
        problem = Diagnostic("error", f"the spec cannot be read: {said[:1].lower()}{said[1:]}", name, hint=hint)
        return LoadResult(None, tuple(tidy([problem])))
    if len(raw) > MAX_BYTES:
        return LoadResult(None, (Diagnostic("error", f"the spec has more than {MAX_BYTES} bytes", name),))
    text, problems = reader.decode(raw, name)
    if problems:
        return LoadResult(None, tuple(problems), {name: text})
    examined = _examine_text(text, name, variables or {})
    if examined.spec is None:
        return examined
    files = (FilePath(name).absolute(), *examined.spec.files)
    return replace(examined, spec=replace(examined.spec, files=files))


def examine_data(
    data: Mapping[str, Any] | str, path: str | os.PathLike[str], variables: Variables | None = None
) -> LoadResult:
    """As examine, from data or text."""
    name = os.fspath(path)
    if isinstance(data, str):
        return _examine_text(data, name, variables or {})
    document, problems = from_python.document(data, name)
    return _examine(document, problems, variables or {})


def _spec(examined: LoadResult) -> Spec:
    if examined.spec is None:
        raise SpecError(examined.errors, examined.sources)
    return examined.spec


def _examine_text(text: str, name: str, variables: Variables) -> LoadResult:
    document, problems = reader.read(text, name)
    if document.data is None:
        return LoadResult(None, tuple(tidy(problems)), {name: text})
    return _examine(document, problems, variables)


def _examine(document: Document, problems: list[Diagnostic], variables: Variables) -> LoadResult:
    excess = expand.too_much(document)
    if excess:
        return LoadResult(None, tuple(tidy([*problems, *excess])), {document.name: document.text})
    problems = [*problems, *expand.unknown(document, variables)]
    document, failed = expand.expand(document, expand.variables(document, variables))
    faults = validate.validate(document, skip=failed)
    notes = Notes(document, [*problems, *chain.from_iterable(failed.values()), *validate.diagnose(document, faults)])
    sources = {document.name: document.text}
    spec = None
    if isinstance(document.data, Mapping) and len(faults) <= validate.MAX_FAULTS:
        broken = frozenset(failed).union(fault.path for fault in faults)
        making = _SpecBuilder(document, notes, _Valid(document.data, broken))
        spec = making.spec()
        sources.update(making.sources)
    diagnostics = tuple(tidy(notes.found))
    wrong = any(item.severity == "error" for item in diagnostics)
    return LoadResult(None if wrong else spec, diagnostics, sources)


@dataclass(frozen=True, slots=True)
class _Valid:
    """The parts of a document that the schema has nothing against."""

    data: Mapping[str, Any]
    broken: frozenset[Path]

    def fine(self, path: Path) -> bool:
        return not any(broken[: len(path)] == path for broken in self.broken)

    def whole(self) -> dict[str, Any]:
        """Every top-level field but the scenes, defaults in place of what is broken."""
        values: dict[str, Any] = {}
        for name, node in schema.load()["properties"].items():
            if name == "scenes":
                continue
            data = self.data.get(name, node.get("default"))
            if not self.fine((name,)):
                data = self._sound(data, (name,))
                data = data if validate.valid(data, node) else node.get("default")
            if data is not None:
                values[name] = schema.complete(data, node)
        return values

    def _sound(self, data: object, path: Path) -> object:
        """The data without its broken fields."""
        if not isinstance(data, Mapping):
            return data
        return {key: self._sound(item, (*path, key)) for key, item in data.items() if (*path, key) not in self.broken}

    def scenes(self) -> Iterable[tuple[int, dict[str, Any] | None]]:
        """Each scene with its defaults, or None where it is broken."""
        found = self.data.get("scenes")
        for index, item in enumerate(found if isinstance(found, list) else ()):
            fine = self.fine(("scenes", index)) and isinstance(item, Mapping)
            yield index, schema.complete(item, schema.definition("scene")) if fine else None


class _SpecBuilder:
    """From the valid parts of a document to a spec, noting what the schema cannot say."""

    def __init__(self, document: Document, notes: Notes, valid: _Valid) -> None:
        self.document, self.notes, self.valid = document, notes, valid
        self.path = FilePath(document.name)
        self.root = root_of(self.path)
        self.whole = valid.whole()
        self.sources: dict[str, str] = {}

    def spec(self) -> Spec | None:
        """The spec, or None where the notes say why not."""
        from vidbuild.spec import lint, output, scenes, theme, voice

        whole, notes = self.whole, self.notes
        settings = output.settings(whole["output"], notes)
        voice.check_aliases(whole["voices"], notes)
        speaker = voice.resolve(whole["voice"], ("voice",), notes, whole["voices"])
        themes = theme.Themes(self.root)
        look = themes.resolve(whole["theme"], ("theme",), notes, self.path.parent)
        notes.found.extend(replace(item, file=self.document.name) for item in themes.found)
        self.sources = themes.sources
        found = list(self.valid.scenes())
        around = scenes.SceneContext(
            whole,
            whole["language"],
            self.path.parent,
            self.root,
            speaker,
            len(found) - 1,
            scenes.places(self.document),
        )
        made = list(self._scenes(found, around))
        self._check_ids()
        ready = [item for item in made if item is not None]
        check_transitions(ready, notes)
        lint.scenes(ready, notes)
        for item in ready:
            scenes.lint(item, notes)
        lint.narrations(ready, whole["language"], notes)
        for language, apart in around.notes_in.items():
            lint.narrations(ready, language, apart)
        lint.variables(notes)
        if speaker is not None:
            lint.language(whole["language"], speaker, ready, notes)
        if look is None or speaker is None or len(ready) != len(found) or "title" not in whole:
            return None
        return Spec(
            path=self.path,
            root=self.root,
            title=whole["title"],
            description=whole["description"],
            language=whole["language"],
            output=settings,
            theme=look,
            scenes=tuple(ready),
            files=tuple(dict.fromkeys((*themes.files, *around.files))),
            places=self._places(),
            data=self.document.data,
            problems={language: tuple(tidy(apart.found)) for language, apart in around.notes_in.items()},
        )

    def _scenes(
        self, found: Iterable[tuple[int, dict[str, Any] | None]], around: SceneContext
    ) -> Iterator[Scene | None]:
        """Each scene that can be made, until more is wrong than anyone would be told."""
        from vidbuild.spec import scenes

        errors = 0
        for index, item in found:
            if item is not None and errors < MAX_PROBLEMS:
                before = len(self.notes.found)
                yield scenes.scene(index, item, around, self.notes)
                errors += sum(each.severity == "error" for each in self.notes.found[before:])

    def _check_ids(self) -> None:
        first: dict[str, int] = {}
        scenes = self.valid.data.get("scenes")
        for index, item in enumerate(scenes if isinstance(scenes, list) else ()):
            name = item.get("id") if isinstance(item, Mapping) else None
            if not isinstance(name, str):
                continue
            if name in first:
                place = self.document.value(("scenes", first[name], "id"))
                other = f"in line {place.line}" if place.line else f"at {place.file}"
                self.notes.error(("scenes", index, "id"), f"scene id '{name}' is used twice; first {other}")
            first.setdefault(name, index)

    def _places(self) -> dict[str, Any]:
        values = self.document.values
        return {dotted(path): place for path, place in values.items() if path[:1] != ("scenes",)}


def check_transitions(scenes: list[Scene], notes: Notes) -> None:
    """A transition takes at most half of each of its scenes; where a scene's length is known already, say it now."""
    for left, right in pairwise(scenes):
        if left.transition == "cut" or right.index != left.index + 1:
            continue
        known = [(scene.duration, scene.id) for scene in (left, right) if scene.duration is not None]
        for duration, name in sorted(known)[:1]:
            if left.transition_duration * 2 > duration + 1e-9:
                where = ("scenes", left.index, "transition")
                place: Path = where if where in notes.document.values else ("defaults", "transition")
                if (*place, "duration") in notes.document.values:
                    place = (*place, "duration")
                notes.error(
                    place,
                    f"the transition from '{left.id}' to '{right.id}' takes {left.transition_duration:g} s, "
                    f"more than half of the {duration:g} s of '{name}'",
                    f"{duration / 2:g} s would do",
                )
