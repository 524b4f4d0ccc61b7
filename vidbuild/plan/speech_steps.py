"""The steps that speak a scene's narration, one for each utterance, and what other steps need of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from vidbuild import timebase
from vidbuild.engine.graph.graph import Input, Product, Source, Step
from vidbuild.engine.graph.step_id import StepId
from vidbuild.frozen import dataclass
from vidbuild.location import Location
from vidbuild.model import Scene, Utterance, Voice
from vidbuild.plan.kinds import voice_tool
from vidbuild.plan.variant import VideoSpec
from vidbuild.timeline.params import UtteranceParams
from vidbuild.voices import recorded, registry, spoken_language, takes

NORMAL_VOLUME = 100
WORDS = "words.json"
ALIGNED = {"words": WORDS, "narration": "narration.wav"}  # role -> what a search for words reads


def speak_steps(video: VideoSpec, scene: Scene) -> Iterator[Step]:
    """The steps that speak in a scene; none in a silent one."""
    for step_id, utterance in _spoken(video, scene):
        narration, voice = utterance.narration, utterance.voice
        if narration.audio is not None:
            params: dict[str, Any] = {}
            inputs: dict[str, Input] = {"recording": Source(str(narration.audio))}
            tools: tuple[str, ...] = (voice_tool(recorded.NAME),)
        else:
            params = {
                "narration": narration.spoken,
                "voice": voice.to_data(),
                "language": utterance.language or video.variant.language,
            }
            if sounds := narration.sounds:
                params["ipa"] = [list(sound) for sound in sounds]
            if plugins := registry.identities(each.engine for each in (voice, voice.fallback) if each):
                params["plugins"] = plugins
            if narration.pauses:
                params["pauses"] = [list(pause) for pause in narration.spoken_pauses()]
            inputs, tools = _voice_inputs(voice), _voice_tools(voice)
            if video.spec.takes and (take := video.spec.takes.get(takes.key_of(params))):
                params, tools = {}, ()
                inputs = {"take": Source(str(take.audio)), "words": Source(str(take.words))}
        locations = _locations(scene.locations, utterance, video.variant.language)
        yield Step(step_id, "speak", params, inputs, locations, tools)


def _voice_inputs(voice: Voice) -> dict[str, Input]:
    return {
        f"{role}.{name}": Source(str(path))
        for role, each in (("voice.own", voice), ("voice.fallback", voice.fallback))
        if each is not None
        for name, path in registry.files(each.engine, each.name).items()
    }


def _voice_tools(voice: Voice) -> tuple[str, ...]:
    used = [each for each in (voice, voice.fallback) if each]
    return tuple(voice_tool(registry.tool_name(each.engine, each.name)) for each in used)


def align_steps(video: VideoSpec, scene: Scene) -> Iterator[Step]:
    """The steps that search for the words of recordings, and of voices that report no times."""
    for speak, align, utterance in _searched(video, scene):
        language = utterance.language or video.variant.language
        language = spoken_language.of(utterance.voice.engine, utterance.voice.name, language)
        english = language.partition("-")[0].lower() == "en"
        spoken_text = utterance.narration.spoken
        voice = registry.reference(language, spoken_text)
        params = {"narration": spoken_text, "voice": voice, "english": english}
        inputs: dict[str, Input] = {name: Product(speak, file) for name, file in ALIGNED.items()}
        tools = (*(["recognizer"] if english else []), *([voice_tool("espeak")] if voice or english else []))
        locations = _locations(scene.locations, utterance, video.variant.language)
        yield Step(align, "align", params, inputs, locations, tools)


def words(video: VideoSpec, scene: Scene) -> dict[str, Input]:
    """The words of each utterance with their times, by the roles of `spoken`."""
    found = {speak: align for speak, align, _ in _searched(video, scene)}
    files = spoken(video, scene, "words", WORDS)
    steps = video.speak_ids(scene)
    return {role: Product(found.get(step, step), WORDS) for role, step in zip(files, steps, strict=True)}


def _spoken(video: VideoSpec, scene: Scene) -> Iterator[tuple[str, Utterance]]:
    """Yield the steps that speak, and the utterance of each; none in a draft."""
    names = video.speak_ids(scene)
    yield from zip(names, video.utterances(scene), strict=True) if names else ()


def _searched(video: VideoSpec, scene: Scene) -> Iterator[tuple[str, str, Utterance]]:
    """Yield the steps that speak an utterance without times and search for them, and the utterance."""
    for step, utterance in _spoken(video, scene):
        engines = [each.engine for each in (utterance.voice, utterance.voice.fallback) if each]
        if utterance.narration.audio is not None or not all(map(registry.reports_times, engines)):
            speak = StepId.parse(step)
            yield step, str(StepId("align", speak.scene, speak.video)), utterance


def spoken(video: VideoSpec, scene: Scene, role: str, file: str) -> dict[str, Input]:
    """A file of each step that speaks in a scene: of one narration as this role, of a list as `role:1` and on."""
    names, narration = video.speak_ids(scene), video.narration(scene)
    if narration is None or not narration.utterances:
        return dict.fromkeys([role] if names else [], Product("".join(names), file))
    return {f"{role}:{nth}": Product(name, file) for nth, name in enumerate(names, 1)}


@dataclass(frozen=True, slots=True)
class Levels:
    """What a scene's audio step needs to level what is spoken; all names end as those of `spoken` do."""

    params: dict[str, Any]
    inputs: dict[str, Input]
    locations: dict[str, Location]


def levels(video: VideoSpec, scene: Scene) -> Levels:
    """The volume of each utterance, how much louder a recording is than its file, and where the spec has both."""
    found = Levels({}, {}, {})
    files = spoken(video, scene, "", "level.json")
    for each, (suffix, level) in zip(video.utterances(scene), files.items(), strict=True):
        if each.narration.audio is not None:
            found.inputs[f"level{suffix}"] = level
        if each.voice.volume != NORMAL_VOLUME:
            found.params[f"volume{suffix}"] = each.voice.volume
        own = _locations(scene.locations, each, video.variant.language)
        found.locations.update({f"{name}{suffix}": own[name] for name in ("narration", "voice") if name in own})
    return found


def rate(utterances: Sequence[Utterance]) -> int:
    """The speaking rate of all utterances; 0 if they differ, 100 without any."""
    rates = {each.voice.rate for each in utterances} or {100}
    return rates.pop() if len(rates) == 1 else 0


def utterance_params(utterance: Utterance) -> UtteranceParams:
    """What a timeline needs of an utterance."""
    narration = utterance.narration
    return UtteranceParams(
        words=len(narration.tokens),
        pause=timebase.samples(utterance.pause),
        speaker=utterance.speaker,
        cues=narration.cues,
        anchors=narration.anchors,
    )


def _locations(places: Mapping[str, Location], utterance: Utterance, language: str) -> Mapping[str, Location]:
    """The scene's locations, in which the fields of a narration are those of the entry that a step speaks."""
    of_language = next((f"narration.{tag}" for tag in _tags(language) if f"narration.{tag}.0" in places), "narration")
    entry = f"{of_language}.{utterance.index}"
    if entry not in places:
        return places
    found = {**places, "narration": places[entry]}
    for field, name in (("narration", "text"), ("voice", "voice"), ("narration.audio", "audio")):
        own = f"{entry}.{name}"
        found.update(
            {field + key.removeprefix(own): at for key, at in places.items() if key == own or key.startswith(f"{own}.")}
        )
    return found


def _tags(language: str) -> Iterable[str]:
    """The tags under which a narration in a language can be found, as RFC 4647 looks it up."""
    while language:
        yield language
        language = language.rpartition("-")[0]
