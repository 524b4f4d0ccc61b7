"""One scene of a valid document -> Scene, with what the schema cannot say about it; it knows no scene type."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from vidbuild.location import Location
from vidbuild.model import Narration, Scene, Voice
from vidbuild.scenes.protocol import SceneProblem
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.spec import files, narration, paths, schema, theme, voice
from vidbuild.spec.collector import Notes
from vidbuild.spec.document import Document, Path, dotted
from vidbuild.suggest import nearest

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SceneContext:
    """The context of a scene: the whole spec's values, defaults filled in, and the folder of its files.

    language: the spec's own; problems of a narration in another language are kept apart, since most builds do not
        need it.
    notes_in: other language -> the problems of the narrations in it.
    """

    whole: Fields
    language: str
    folder: FilePath
    root: FilePath
    voice: Voice | None
    last: int
    places: Mapping[int, Mapping[str, Location]]
    files: list[FilePath] = field(default_factory=list)
    notes_in: dict[str, Notes] = field(default_factory=dict)

    def notes(self, language: str, notes: Notes) -> Notes:
        """Where to note problems of the narration in a language. notes: those of the spec."""
        return notes if language == self.language else self.notes_in.setdefault(language, Notes(notes.document))


def scene(index: int, fields: Fields, around: SceneContext, notes: Notes) -> Scene | None:
    """The scene, or None with notes on what is wrong. fields: valid, and completed from the schema."""
    path: Path = ("scenes", index)
    before = len(notes.found)
    narrations = _narrations(fields, path, around, notes)
    speaker = _voice(fields, path, around, notes)
    own = {name: value for name, value in fields.items() if name not in schema.SHARED}
    resolved = _files(own, path, fields["type"], around, notes)
    _check_times(fields, path, notes)
    if resolved:
        _report(SCENE_TYPES[fields["type"]].check(own), path, notes.error)
    for language, parsed in narrations.items():
        if "narration" not in fields or parsed is not None:
            _check_cues(own, path, parsed, around.notes(language, notes))
    if any(item.severity == "error" for item in notes.found[before:]) or speaker is None:
        return None
    transition, seconds = _transition(fields, around, index)
    defaults = around.whole["defaults"]
    return Scene(
        id=fields["id"],
        type=fields["type"],
        index=index,
        narration=(
            {language: parsed for language, parsed in narrations.items() if parsed is not None}
            if _translated(fields.get("narration"))
            else narrations[around.language]
        ),
        voice=speaker,
        duration=_float(fields.get("duration")),
        pause_before=float(fields.get("pause_before", defaults["pause_before"])),
        pause_after=float(fields.get("pause_after", defaults["pause_after"])),
        min_duration=float(fields["min_duration"]),
        max_duration=_float(fields.get("max_duration")),
        transition=transition,
        transition_duration=seconds,
        background=theme.colour(fields["background"]) if "background" in fields else None,
        fields=own,
        places=around.places.get(index, {}),
        captions=fields["captions"],
        alt=fields["alt"],
    )


def places(document: Document) -> dict[int, dict[str, Location]]:
    """For each scene, field -> its value's place; "" is the scene's id.

    Where a scene takes a spec-wide value, that one's place.
    """
    found: dict[int, dict[str, Location]] = {}
    for path, place in document.values.items():
        if path[:1] == ("scenes",) and len(path) > 1 and isinstance(path[1], int):
            found.setdefault(path[1], {})[dotted(path[2:])] = place
    for own in found.values():
        own[""] = own.get("id", own[""])
        for name, wide in (("transition", ("defaults", "transition")), ("voice", ("voice",))):
            if name not in own and wide in document.values:
                own[name] = document.values[wide]
    return found


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)


def _narrations(fields: Fields, path: Path, around: SceneContext, notes: Notes) -> dict[str, Narration | None]:
    """Language -> narration, None if absent or wrong; the spec's language alone unless there are translations."""
    value = fields.get("narration")
    where: Path = (*path, "narration")
    if value is None:
        return {around.language: None}
    if isinstance(value, str):
        return {around.language: _narration(value, where, around, notes, None)}
    if not _translated(value):
        audio = _audio(value["audio"], (*where, "audio"), around, notes)
        return {around.language: _narration(value["text"], (*where, "text"), around, notes, audio)}
    found: dict[str, Narration | None] = {}
    if around.language not in value:
        notes.error(where, *narration.missing(around.language, value))
        found[around.language] = None
    for language, text in value.items():
        found[language] = _narration(text, (*where, language), around, around.notes(language, notes), None)
    return found


def _translated(value: object) -> bool:
    """Whether a narration is a mapping language -> text."""
    return isinstance(value, Mapping) and "audio" not in value


def _narration(text: str, path: Path, around: SceneContext, notes: Notes, audio: FilePath | None) -> Narration | None:
    problems = list(narration.problems(text))
    for problem in problems:
        notes.error(path, problem.message, token=problem.token, nth=problem.nth)
    if problems:
        return None
    parsed = narration.parse(text, around.whole["pronounce"], audio)
    if audio is None and not narration.speakable(parsed.spoken):
        notes.error(path, f"nothing in '{parsed.text}' can be spoken; leave 'narration' out")
        return None
    return parsed


def _audio(value: str, path: Path, around: SceneContext, notes: Notes) -> FilePath | None:
    try:
        file = paths.resolve(value, around.folder, around.root)
        around.files.append(paths.written(value, around.folder))
        files.playable(file, value, "a recording")
    except (paths.PathProblemError, files.FileProblemError) as error:
        notes.error(path, error.message, getattr(error, "hint", None))
        return None
    return file


def _voice(fields: Fields, path: Path, around: SceneContext, notes: Notes) -> Voice | None:
    own = around.voice
    if "voice" in fields:
        own = voice.resolve(fields["voice"], (*path, "voice"), notes, around.whole["voices"])
    value = fields.get("narration")
    return voice.RECORDED if isinstance(value, Mapping) and "audio" in value else own


def _files(own: dict[str, Any], path: Path, kind: str, around: SceneContext, notes: Notes) -> bool:
    """Put absolute paths in place of those the scene names, and what is read from them where the type wants it."""
    fine = True
    for name, node in schema.definition(f"scene_{kind}")["properties"].items():
        spec = node.get("x-path")
        if spec is None or name not in own:
            continue
        if spec.get("into") in own:
            notes.error((*path, name), f"'{name}' and '{spec['into']}' are both given; one is enough", key=True)
            fine = False
            continue
        try:
            file = paths.resolve(own[name], around.folder, around.root)
            around.files.append(paths.written(own[name], around.folder))
            content = _content(spec["kind"], file, own[name])
        except (paths.PathProblemError, files.FileProblemError) as error:
            notes.error((*path, name), error.message, getattr(error, "hint", None))
            fine = False
            continue
        own[name] = str(file)
        if "into" in spec:
            own[spec["into"]] = content
    return fine


def _content(kind: str, file: FilePath, name: str) -> Any:  # noqa: ANN401 - a text or a size
    if kind == "image":
        return files.image_size(file, name)
    if kind == "text":
        return files.text(file, name)
    files.playable(file, name, "a video")
    return None


def _check_times(fields: Fields, path: Path, notes: Notes) -> None:
    if "narration" not in fields and "duration" not in fields and SCENE_TYPES[fields["type"]].needs_duration:
        notes.error((*path, "id"), f"scene '{fields['id']}' has no narration, so it needs 'duration'")
    low, high, exact = fields["min_duration"], fields.get("max_duration"), fields.get("duration")
    if high is not None and low > high:
        notes.error((*path, "max_duration"), f"max_duration {high:g} is less than min_duration {low:g}")
    if exact is not None and exact < low:
        notes.error((*path, "duration"), f"duration {exact:g} is less than min_duration {low:g}")
    if exact is not None and high is not None and exact > high:
        notes.error((*path, "duration"), f"duration {exact:g} is more than max_duration {high:g}")


def lint(scene: Scene, notes: Notes) -> None:
    """Warn of what the scene's type advises against."""
    _report(SCENE_TYPES[scene.type].lint(scene), ("scenes", scene.index), notes.warning)


def _report(problems: Iterator[SceneProblem], path: Path, note: Callable[[Path, str, str | None], None]) -> None:
    for problem in problems:
        parts = (int(part) if part.isdigit() else part for part in (problem.field or "id").split("."))
        note((*path, *parts), problem.message, problem.hint)


def _check_cues(own: Fields, path: Path, said: Narration | None, notes: Notes) -> None:
    defined = said.cues if said else {}
    used: set[str | None] = set()
    for where, at in _cues(own, path):
        used.add(at)
        if at not in defined:
            meant = nearest(at, defined)
            used.add(meant)
            hint = f"did you mean '{meant}'?" if meant else f"'[[{at}]]' in the narration defines it"
            notes.error(where, f"no narration defines cue '{at}'", hint)
    for name in defined:
        if name not in used:
            where = next((key for key in _texts(path) if notes.document.values.get(key)), (*path, "narration"))
            notes.warning(where, f"cue '{name}' is used by nothing", token=f"[[{name}]]")


def _texts(path: Path) -> Iterator[Path]:
    """Where a scene's narration can stand."""
    yield (*path, "narration", "text")
    yield (*path, "narration")


def _cues(data: Any, path: Path) -> Iterator[tuple[Path, str]]:  # noqa: ANN401 - any value of a scene
    """Every cue that an `at` names, and where."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key == "at" and isinstance(value, str):
                yield (*path, key), value
            else:
                yield from _cues(value, (*path, key))
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from _cues(item, (*path, index))


def _transition(fields: Fields, around: SceneContext, index: int) -> tuple[str, float]:
    """Its type and seconds. None out of the last scene, and one that takes no time is a cut."""
    value = fields.get("transition", around.whole["defaults"]["transition"])
    if isinstance(value, str):
        branch = schema.resolve({"$ref": "#/$defs/transition"})["anyOf"][1]
        value = {"type": value, "duration": branch["properties"]["duration"]["default"]}
    if index == around.last or value["type"] == "cut" or value["duration"] == 0:
        return "cut", 0.0
    return value["type"], float(value["duration"])
