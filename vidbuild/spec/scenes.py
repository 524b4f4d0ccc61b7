"""Turns one scene of a valid document into a Scene, and checks what the schema cannot express."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from vidbuild.marks import Callout
from vidbuild.model import Narration, Scene, Voice
from vidbuild.scenes.protocol import SceneType
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.spec import (
    background,
    callouts,
    cues,
    footage,
    line_locations,
    meanings,
    moments,
    music,
    overlays,
    scene_files,
    scene_narration,
    scene_problems,
    schema,
    switched_off,
    transitions,
    voice,
)
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path
from vidbuild.spec.scene_context import SceneContext
from vidbuild.spec.value_hints import value_of
from vidbuild.suggest import nearest

Fields = Mapping[str, Any]


def scene(index: int, fields: Fields, context: SceneContext, wrong: frozenset[str] = frozenset()) -> Scene | None:
    """Return the scene, or None after adding its errors to the context's diagnostics.

    fields: the scene's valid fields, defaults of the schema filled in.
    wrong: names of its other fields, whose errors are known; what depends on them is not checked.
    """
    path: Path = ("scenes", index)
    collector = context.collector
    before = len(collector.diagnostics)
    speaker = _voice(fields, path, context)
    value, named = fields.get("narration"), fields.get("voice", context.spec.get("voice"))
    narrations = scene_narration.narrations(value, (*path, "narration"), context, (speaker, named))
    own = {name: value for name, value in fields.items() if name not in schema.SHARED}
    kind = SCENE_TYPES.get(fields.get("type", "")) if "type" not in wrong else None
    resolved = kind is not None and scene_files.resolve(own, path, fields["type"], context)
    backdrop = background.background(fields, path, context)
    own_music = music.of_scene(fields, path, context.music, _finder(context))
    sounds = music.sounds(fields, path, _finder(context))
    _check_times(fields, path, collector, wrong)
    transitions.check_fields(fields.get("transition"), (*path, "transition"), collector)
    if kind and resolved and not wrong - schema.SHARED:
        scene_problems.report(kind.check(own), (path, fields["type"], own), collector, "error")
        moments.check_entries(own, path, narrations.get(context.language), context.language, collector)
    if own.get("credits") is True:
        own["credits"] = list(context.credits)
    if "record" in own and resolved and not wrong and not _errors(collector, before):
        from vidbuild.spec import recordings

        own["digest"] = recordings.digest(path, context)
        if context.recordings:
            recordings.attach(own, fields["id"], path, context)
    sound = resolved and not wrong and not _errors(collector, before)
    marks = _callouts(fields, path, kind, own, context, narrations) if kind and sound else ()
    above = overlays.of_scene(fields, path, narrations.get(context.language), context)
    written = value_of(collector.document.data, path)
    misspelled = any("narration" in _meant(name, schema.SHARED) for name in wrong)
    for language, parsed in narrations.items():
        if not misspelled and ("narration" not in fields or parsed is not None):
            markers = kind.markers(own) if kind and resolved and not wrong else ()
            others = None if wrong else {*markers, *context.cues.get(index, ())}
            cues.check(written, path, parsed, language, context.collector_of(language), other_uses=others)
            sure = own if resolved and not wrong else {}
            footage.check(sure, path, parsed, language, context.collector_of(language))
        if language != context.language and parsed is not None:
            moments.check_words(fields, path, parsed, language, context.collector_of(language))
    if wrong or _errors(collector, before) or speaker is None:
        return None
    defaults = context.spec["defaults"]
    return Scene(
        id=fields["id"],
        type=fields["type"],
        index=index,
        narration=(
            {language: parsed for language, parsed in narrations.items() if parsed is not None}
            if scene_narration.languages(value)
            else narrations[context.language]
        ),
        voice=speaker,
        duration=_float(fields.get("duration")),
        pause_before=float(fields.get("pause_before", defaults["pause_before"])),
        pause_after=float(fields.get("pause_after", defaults["pause_after"])),
        min_duration=float(fields["min_duration"]),
        max_duration=_float(fields.get("max_duration")),
        transition=transitions.transition(fields, context, index),
        background=backdrop,
        fields=own,
        locations={**context.locations.get(index, {}), **line_locations.of_scene(fields["type"], own, path, collector)},
        captions=fields["captions"],
        alt=fields["alt"],
        music=own_music,
        sounds=sounds,
        section=fields.get("section", ""),
        made_from=fields.get("made_from", {}),
        silenced=switched_off.codes(collector.document.data, index),
        callouts=marks,
        overlays=above,
        effects=transitions.effects(fields, context),
        speaker="" if speaker == voice.RECORDED else voice.speaker(named, context.spec["voices"]),
    )


def _errors(collector: DiagnosticCollector, before: int) -> bool:
    """Whether there are errors since there were so many diagnostics."""
    return any(item.severity == "error" for item in collector.diagnostics[before:])


def _callouts(
    fields: Fields,
    path: Path,
    kind: SceneType,
    own: dict[str, Any],
    context: SceneContext,
    narrations: Mapping[str, Narration | None],
) -> tuple[Callout, ...]:
    """Return the scene's callouts, and remove from its own fields the text that they blur."""
    before = len(context.collector.diagnostics)
    found = callouts.of_scene(fields, path, kind, own, narrations.get(context.language), context)
    hidden = [region for each in found if each.kind == "blur" for region in each.regions]
    if hidden and not _errors(context.collector, before):
        own.update(kind.redacted(own, hidden))
    return found


def lint(scene: Scene, collector: DiagnosticCollector) -> None:
    """Add the warnings of the scene's type."""
    problems = SCENE_TYPES[scene.type].lint(scene)
    scene_problems.report(problems, (("scenes", scene.index), scene.type, scene.fields), collector, "warning")


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)


def _finder(context: SceneContext) -> music.Finder:
    return music.Finder(context.root, context.collector, context.files)


def _voice(fields: Fields, path: Path, context: SceneContext) -> Voice | None:
    own = context.voice
    if "voice" in fields:
        aliases, language = context.spec["voices"], context.language
        own = voice.resolve(fields["voice"], (*path, "voice"), context.collector, aliases, language)
    value = fields.get("narration")
    return voice.RECORDED if isinstance(value, Mapping) and "audio" in value else own


def _meant(name: str, known: Collection[str]) -> set[str | None]:
    """Return the fields that an unknown name may stand for."""
    return {nearest(name, known), meanings.field(name, known, ())} - {None}


def _needs_duration(fields: Fields) -> bool:
    kind = SCENE_TYPES[fields["type"]]
    return kind.needs_duration and not kind.plays(fields)


def _check_times(fields: Fields, path: Path, collector: DiagnosticCollector, wrong: frozenset[str]) -> None:
    timed = ("narration", "duration")
    given = any(name in fields or name in wrong for name in timed) or any(_meant(name, timed) for name in wrong)
    if not given and not wrong & {"id", "type"} and _needs_duration(fields):
        message = f"scene '{fields['id']}' has neither 'narration' nor 'duration'"
        collector.error((*path, "id"), message, "add 'duration: 5', for 5 s, or a 'narration'")
    low, high, exact = fields.get("min_duration", 0), fields.get("max_duration"), fields.get("duration")
    if high is not None and low > high:
        collector.error((*path, "max_duration"), f"max_duration {high:g} is less than min_duration {low:g}")
    if exact is not None and exact < low:
        collector.error((*path, "duration"), f"duration {exact:g} is less than min_duration {low:g}")
    if exact is not None and high is not None and exact > high:
        collector.error((*path, "duration"), f"duration {exact:g} is more than max_duration {high:g}")
