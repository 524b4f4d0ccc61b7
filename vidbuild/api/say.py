"""Show how a text is read, and speak it."""

from __future__ import annotations

import os
import re
import shutil
import wave
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from vidbuild import timebase
from vidbuild.api.build_result import location_of, step_warnings
from vidbuild.api.engine import engine_of
from vidbuild.api.load import load, parse
from vidbuild.api.outputs import refuse_sources, refuse_unwritable
from vidbuild.api.plan import plan_of, store_of
from vidbuild.api.result import Notice
from vidbuild.choice import selected
from vidbuild.engine.graph.graph import Step
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.schedule.target import RunHooks, Target
from vidbuild.engine.store.store import Store
from vidbuild.engine.store.writable import writable
from vidbuild.errors import Failure, UsageError, VidbuildError, class_of
from vidbuild.frozen import dataclass
from vidbuild.media.text.words import Token
from vidbuild.model import Spec
from vidbuild.plan.variant import VideoSpec, own_variant
from vidbuild.platforms import require_posix
from vidbuild.spec.diagnostics import SpecError
from vidbuild.suggest import did_you_mean
from vidbuild.voices import spoken_language

SCENE = "say"
DEFAULT_LANGUAGE = "en"
_SPEC_AND_SCENE = re.compile(r"(.+\.ya?ml):([a-z0-9][a-z0-9-]*)\Z")
_PLAYERS = (("ffplay", "-nodisp", "-autoexit", "-loglevel", "error"), ("afplay",), ("aplay", "-q"))
_OTHER = "-o another file"
_LONGEST = 3600  # seconds that a player may take
_NO_SCENES = {"intro": "none", "outro": "none"}  # of a brand
_SHARED = ("language", "voice", "voices", "pronounce", "reading")  # what a text takes from a spec


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a narration: as captions show it, what is spoken for it, and its sounds in IPA if the spec has them."""

    text: str
    spoken: str
    ipa: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """How a text is read: all that is spoken, its words, and the voice; and the spec that was read for it."""

    spoken: str
    words: tuple[Word, ...]
    voice: str
    scene: str
    spec: Spec
    warnings: tuple[Notice, ...]


def read(
    text: str,
    voice: str | None = None,
    language: str | None = None,
    *,
    spec: Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> Said:
    """Return how a text, or the narration of a scene given as SPEC:SCENE, is read. Raises SpecError.

    voice: the voice of a text; without it, that of the spec or the language's default voice.
    language: of a text; without it, that of the spec or of the voice.
    spec: gives a text its language, voice, voices, pronounce and reading.
    """
    named = _SPEC_AND_SCENE.match(text)
    if named:
        loaded, scene_id = _spec_of(named[1], named[2], variables, language)
        if voice or spec or (language and not loaded.choice.language):
            raise UsageError(
                "a scene has the voice, the language and the spec that it is in",
                hint=f"vidbuild say {text}, without --voice, --language and --spec",
            )
    else:
        loaded, scene_id = _text_spec(text, voice, language, spec, variables), SCENE
    return _said(loaded, scene_id, located=named is not None)


def _said(spec: Spec, scene_id: str, *, located: bool) -> Said:
    """Return how a scene's narration is read. located: whether the spec is a file, in which warnings have a place."""
    video = VideoSpec(spec, own_variant(spec))
    scene = next(each for each in spec.scenes if each.id == scene_id)
    narration = video.narration(scene)
    if narration is None:
        raise UsageError(f"scene '{scene_id}' has no narration")
    warnings = tuple(
        Notice(each.message, each.location if located else None, each.hint, each.code)
        for each in spec.warnings
        if located or not each.path.startswith("pronounce")
    )
    voices = [each.voice for each in video.utterances(scene)]
    name = ", ".join(dict.fromkeys(f"{each.engine}:{each.name}" for each in voices))
    return Said(" ".join(narration.spoken.split()), tuple(_words(narration.tokens)), name, scene_id, spec, warnings)


def speak(said: Said, output: Path) -> tuple[Notice, ...]:
    """Write what is spoken to a WAV file, with the same cache and sandbox as a build; return the warnings.

    Raises the error of the step that failed.
    """
    require_posix()
    if output.suffix.lower() != ".wav":
        raise UsageError(f"cannot write '{output}': expected a WAV file", hint=f"-o {output.with_suffix('.wav')}")
    store = store_of(said.spec.path, None)
    plan = plan_of(said.spec, store=store)
    refuse_sources(plan, [output], _OTHER)
    refuse_unwritable([output], _OTHER)
    graph = plan.graph
    goals = [name for name, step in graph.steps.items() if step.kind == "speak" and _scene(name) == said.scene]
    with writable(store) as used:
        placing = _Place(used, dict(zip(goals, _gaps(said), strict=True)), output)
        (report,) = engine_of(used).build([Target(graph, build_name=f"say {output.name}", goals=goals)], hooks=placing)
        if report.error is not None:
            raise report.error
        for failed in report.failed:
            raise _as_error(graph.steps[failed.step], failed.failure or Failure("failed without a reason"))
    return tuple(step_warnings(graph.steps, report))


def player() -> tuple[str, ...] | None:
    """Return the command of a program that plays a WAV file; None if there is none."""
    return next((command for command in _PLAYERS if shutil.which(command[0])), None)


def play(command: Sequence[str], file: Path) -> None:
    """Play a file to its end."""
    from vidbuild.media.ffmpeg import process

    process.run([*command, str(file)], cwd=Path.cwd(), env=os.environ, seconds=_LONGEST)


def _text_spec(
    text: str, voice: str | None, language: str | None, spec: Path | None, variables: Mapping[str, str] | None
) -> Spec:
    """Return a spec with a text as its only narration."""
    loaded = load(spec, variables) if spec else None
    written = loaded.data if loaded else {}
    shared = {name: value for name, value in written.items() if name in _SHARED}
    if brand := written.get("brand"):
        shared["brand"] = {**(brand if isinstance(brand, Mapping) else {"name": brand}), **_NO_SCENES}
    engine, colon, name = (voice or "").partition(":")
    own = spoken_language.of(engine, name, DEFAULT_LANGUAGE) if colon else DEFAULT_LANGUAGE
    data: dict[str, Any] = {
        **shared,
        "vidbuild": 1,
        "title": "say",
        "language": language or (loaded.language if loaded else own),
        "scenes": [{"id": SCENE, "type": "title", "title": "say", "narration": text}],
        **({"voice": voice} if voice else {}),
    }
    try:
        found = parse(data, (spec or Path("say.yaml")).with_name("say.yaml"))
    except SpecError as error:
        problem = error.diagnostics[0]
        hint = problem.hint if problem.hint and "narration" not in problem.hint else None
        raise UsageError(problem.message, hint=hint) from error
    chosen = found.scenes[0].voice
    fitting = f"--language {spoken_language.of(chosen.engine, chosen.name, data['language'])}"
    warnings = [replace(each, hint=fitting) if each.path == "language" else each for each in found.warnings]
    return replace(found, warnings=tuple(warnings))


def _spec_of(path: str, scene: str, variables: Mapping[str, str] | None, language: str | None) -> tuple[Spec, str]:
    """Return the first video of a spec that has a scene. language: of one that has several."""
    whole = load(path, variables)
    videos = whole.videos or (whole,)
    if language and whole.choice.language:
        choices = selected([each.choice for each in videos], [language], (), path)
        videos = tuple(each for each in videos if each.choice in choices)
    ids = list(dict.fromkeys(own.id for each in videos for own in each.scenes))
    if scene not in ids:
        hint = did_you_mean(scene, ids) or f"the scenes are {', '.join(ids)}"
        raise UsageError(f"'{path}' has no scene '{scene}'", hint=hint)
    return replace(next(each for each in videos if scene in {own.id for own in each.scenes}), videos=()), scene


def _words(tokens: Sequence[Token]) -> Iterator[Word]:
    """Yield the words between blanks, each of one or several tokens."""
    text, spoken, ipa = "", "", ""
    for token in tokens:
        if not token.joined and text:
            yield Word(text, " ".join(spoken.split()), ipa)
            text, spoken, ipa = "", "", ""
        text, spoken, ipa = text + token.text, spoken + token.spoken, f"{ipa} {token.ipa}".strip()
    if text:
        yield Word(text, " ".join(spoken.split()), ipa)


def _scene(step: str) -> str:
    """Return the scene of a step, such as that of `speak:intro` and of its second utterance, `speak:intro.2`."""
    return step.partition(":")[2].partition(".")[0]


def _gaps(said: Said) -> Sequence[int]:
    """Return the samples of silence before each utterance of a narration."""
    scene = next(each for each in said.spec.scenes if each.id == said.scene)
    utterances = VideoSpec(said.spec, own_variant(said.spec)).utterances(scene)
    return [timebase.samples(each.pause) for each in utterances]


class _Place(RunHooks):
    """Writes the utterances of a narration to one file, with the pauses between them as in the video.

    steps: those that speak, and the samples of silence before each.
    """

    def __init__(self, store: Store, steps: Mapping[str, int], path: Path) -> None:
        super().__init__()
        self._store, self._steps, self._path = store, steps, path

    def on_success(self, target: Target, report: BuildReport) -> None:
        """Write the audio of the steps, in their order."""
        del target
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(self._path), "wb") as out:
            for number, (step, gap) in enumerate(self._steps.items()):
                blob = report.steps[step].outputs["narration.wav"]
                with wave.open(str(self._store.blobs.find(blob.digest)), "rb") as audio:
                    if not number:
                        out.setparams(audio.getparams())
                    out.writeframes(bytes(gap * audio.getsampwidth()))
                    out.writeframes(audio.readframes(audio.getnframes()))


def _as_error(step: Step, failure: Failure) -> VidbuildError:
    """Return the error of the step that failed."""
    location = location_of(step, failure.field)
    position = f"{location.file}:{location.line}:{location.column}: " if location and location.line else ""
    return class_of(failure.fault)(f"{position}{failure.message}", hint=failure.hint, log=failure.log)
