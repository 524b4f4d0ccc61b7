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
from vidbuild.spec.diagnostics import did_you_mean, nearest
from vidbuild.spec.document import Document, Path, dotted

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SceneContext:
    """What a scene is read in: the whole spec's values, defaults filled in, and where its files may be."""

    whole: Fields
    folder: FilePath
    root: FilePath
    voice: Voice | None
    last: int
    places: Mapping[int, Mapping[str, Location]]
    files: list[FilePath] = field(default_factory=list)


def scene(index: int, fields: Fields, around: SceneContext, notes: Notes) -> Scene | None:
    """The scene, or None with notes on what is wrong. fields: valid, and completed from the schema."""
    path: Path = ("scenes", index)
    before = len(notes.found)
    said = _narration(fields, path, around, notes)
    speaker = _voice(fields, path, around, notes, said)
    own = {name: value for name, value in fields.items() if name not in schema.SHARED}
    resolved = _files(own, path, fields["type"], around, notes)
    _check_times(fields, path, notes)
    if resolved:
        _report(SCENE_TYPES[fields["type"]].check(own), path, notes.error)
    if "narration" not in fields or said is not None:
        _check_cues(own, path, said, notes)
    if any(item.severity == "error" for item in notes.found[before:]) or speaker is None:
        return None
    transition, seconds = _transition(fields, around, index)
    defaults = around.whole["defaults"]
    return Scene(
        id=fields["id"],
        type=fields["type"],
        index=index,
        narration=said,
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


def _narration(fields: Fields, path: Path, around: SceneContext, notes: Notes) -> Narration | None:
    value = fields.get("narration")
    where: Path = (*path, "narration")
    audio = None
    if isinstance(value, Mapping) and "audio" in value:
        audio = _audio(value["audio"], (*where, "audio"), around, notes)
        value, where = value["text"], (*where, "text")
    elif isinstance(value, Mapping):
        language = around.whole["language"]
        if language not in value:
            message = f"no narration in '{language}', the video's language; there is {', '.join(value)}"
            notes.error(where, message, did_you_mean(language, value))
            return None
        value, where = value[language], (*where, language)
    if value is None:
        return None
    problems = list(narration.problems(value))
    for problem in problems:
        notes.error(where, problem.message, token=problem.token, nth=problem.nth)
    if problems:
        return None
    said = narration.parse(value, around.whole["pronounce"], audio)
    if audio is None and not narration.speakable(said.spoken):
        notes.error(where, f"nothing in '{said.text}' can be spoken; leave 'narration' out")
        return None
    return said


def _audio(value: str, path: Path, around: SceneContext, notes: Notes) -> FilePath | None:
    try:
        file = paths.resolve(value, around.folder, around.root)
        around.files.append(paths.written(value, around.folder))
        files.playable(file, value, "a recording")
    except (paths.PathProblemError, files.FileProblemError) as error:
        notes.error(path, error.message, getattr(error, "hint", None))
        return None
    return file


def _voice(fields: Fields, path: Path, around: SceneContext, notes: Notes, said: Narration | None) -> Voice | None:
    own = around.voice
    if "voice" in fields:
        own = voice.resolve(fields["voice"], (*path, "voice"), notes, around.whole["voices"])
    return voice.RECORDED if said is not None and said.audio is not None else own


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
