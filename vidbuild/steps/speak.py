"""The step `speak:SCENE`: a narration's audio and the times of its words."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from vidbuild.engine.graph.context import THIS_STEP, Context
from vidbuild.errors import StepError, UnreachableError
from vidbuild.frozen import values
from vidbuild.media.audio import wav
from vidbuild.media.text.words import Speech
from vidbuild.steps import pauses
from vidbuild.steps.pauses import Part
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.voices import recorded, takes
from vidbuild.voices.protocol import OFFLINE, SETTINGS, SpeechRequest
from vidbuild.voices.registry import ENGINES, tool_name

LEVEL = "level.json"


def run(context: Context) -> None:
    """Write narration.wav and words.json; of a recording also level.json: by how many dB narration.wav is louder."""
    wav_path = context.out / "narration.wav"
    if "recording" in context.inputs:
        voice = recorded.NAME
        speech, shift = recorded.read(context.inputs["recording"], wav_path, context.scratch, context.env)
        (context.out / LEVEL).write_text(json.dumps({"shift_db": round(shift, 4)}) + "\n", encoding="utf-8")
    elif "take" in context.inputs:
        take, words = context.inputs["take"], context.inputs["words"]
        voice, speech = takes.read(take, words, wav_path, context.scratch, context.env)
    else:
        voice, speech = _speak(context, wav_path)
    check(speech, voice, wav_path)
    if voice != recorded.NAME and not any(wav.read(wav_path)):
        raise StepError(
            f"the voice '{voice}' is silent: {speech.samples / SAMPLE_RATE:.1f} s without a sound", field="voice"
        )
    text = json.dumps(words_data(speech, voice), ensure_ascii=False, sort_keys=True, indent=1)
    (context.out / "words.json").write_text(text + "\n", encoding="utf-8")


def check(speech: Speech, voice: str, wav_path: Path) -> None:
    """Raise StepError unless the audio is as long as reported, with its words inside it and in order."""
    try:
        samples = wav.read_length(wav_path)
    except (wav.WavError, OSError) as error:
        raise StepError(f"'{voice}': wrote no audio: {error}") from error
    if samples != speech.samples:
        raise StepError(f"'{voice}': expected {speech.samples} samples, as reported, got {samples}")
    last = 0
    for word in speech.words:
        if not last <= word.start <= word.end <= samples:
            raise StepError(
                f"'{voice}': expected '{word.text}' between samples {last} and {samples}, "
                f"got {word.start} to {word.end}"
            )
        last = word.start


def words_data(speech: Speech, voice: str) -> dict[str, Any]:
    """Return the content of words.json. voice: the one that spoke, perhaps the fallback."""
    words = list(map(values, speech.words))
    phrases = [list(phrase) for phrase in speech.phrases]
    return {
        "samples": speech.samples,
        "voice": voice,
        "words": words,
        "phrases": phrases,
        "source": speech.source or ("engine" if words else ""),
    }


def _speak(context: Context, wav_path: Path) -> tuple[str, Speech]:
    """Return the voice that spoke, and what it reports."""
    voice: Mapping[str, Any] = context.params["voice"]
    fallback: Mapping[str, Any] | None = voice.get("fallback")
    try:
        _check_network(context, voice)
        return _name(voice), _request_speech(context, voice, wav_path, "voice.own.")
    except UnreachableError as error:
        if fallback is None:
            raise UnreachableError(error.message, hint=_hint(context, error.hint), field="voice") from error
        wav_path.unlink(missing_ok=True)
        speech = _request_speech(context, fallback, wav_path, "voice.fallback.")
        context.warn(
            "VB217",
            f"voice '{_name(voice)}' is unavailable ({error.message}); used fallback '{_name(fallback)}'",
            field="voice",
            hint=f"vidbuild build --fresh {THIS_STEP}",
        )
        return _name(fallback), speech


def _check_network(context: Context, voice: Mapping[str, Any]) -> None:
    """Raise UnreachableError if the voice needs the network and the build must not use it."""
    engine = ENGINES[voice["engine"]]
    settings = json.loads(context.env.get(f"{SETTINGS}{tool_name(voice['engine'], voice['name'])}", "{}"))
    if OFFLINE in context.env and (engine.network or settings.get("network")):
        raise UnreachableError("--offline uses no online voice", field="voice")


def _hint(context: Context, hint: str | None) -> str:
    """Return the hint of a service's error with another one: a fallback."""
    voice, language = context.params["voice"], str(context.params["language"]).lower()
    offline: Collection[str] = ()
    with contextlib.suppress(OSError):
        offline = ENGINES["espeak"].voices()
    spoken = next((name for name in (language, language.partition("-")[0]) if name in offline), "en-us")
    declared = f"{{engine: {voice['engine']}, name: {voice['name']}, fallback: espeak:{spoken}}}"
    fallback = f"declare a fallback: 'voice: {declared}'"
    return f"{hint}; or {fallback}" if hint else fallback


def _name(voice: Mapping[str, Any]) -> str:
    return f"{voice['engine']}:{voice['name']}"


def _request_speech(context: Context, voice: Mapping[str, Any], wav_path: Path, role: str) -> Speech:
    """Request a narration. role: what the roles of the voice's files begin with."""
    text, silences = (
        context.params["narration"],
        [(at, _samples(pause)) for at, pause in context.params.get("pauses", ())],
    )
    sounds = [(start, end, ipa) for start, end, ipa in context.params.get("ipa", ())]
    if not silences:
        return _request_part(context, voice, role, wav_path, sounds, Part(text, 0, 0))
    one = partial(_request_part, context, voice, role, wav_path, sounds)
    return pauses.speak(text, silences, wav_path, one)


def _samples(pause: str) -> int:
    """Return the samples of a length such as "0.8 s"."""
    return round(float(pause.removesuffix(" s")) * SAMPLE_RATE)


def _request_part(
    context: Context,
    voice: Mapping[str, Any],
    role: str,
    wav_path: Path,
    sounds: Sequence[tuple[int, int, str]],
    part: Part,
) -> Speech:
    """Request what is spoken without a pause. sounds: of the whole narration."""
    engine = ENGINES[voice["engine"]]
    settings = f"{SETTINGS}{tool_name(voice['engine'], voice['name'])}"
    own = {*engine.env, settings}
    # Programs that an engine starts need no proxy and no API key.
    declared = {name for each in ENGINES.values() for name in each.env}
    request = SpeechRequest(
        text=part.text,
        voice=voice["name"],
        language=context.params["language"],
        wav_path=wav_path,
        scratch=context.scratch,
        env={
            name: value
            for name, value in context.env.items()
            if name not in {*declared, OFFLINE} and not name.startswith(SETTINGS)
        },
        variables={name: value for name, value in context.env.items() if name in own},
        rate=voice["rate"],
        pitch=voice["pitch"],
        on_retry=context.on_retry,
        ipa=tuple(part.own(sounds)),
        on_warning=lambda message: context.warn("VB216", message, field="narration"),
        files={name.removeprefix(role): path for name, path in context.inputs.items() if name.startswith(role)},
    )
    return engine.speak(request)
