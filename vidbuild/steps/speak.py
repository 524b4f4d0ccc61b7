"""The step `speak:SCENE`: a narration's sound and the times of its words. It knows engines only by name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError, UnreachableError
from vidbuild.media.audio import wav as sound
from vidbuild.voices.protocol import Speech
from vidbuild.voices.registry import ENGINES


def run(context: Context) -> None:
    """Write narration.wav and words.json."""
    voice: dict[str, Any] = dict(context.params["voice"])
    if "recording" in context.inputs:
        voice["recording"] = str(context.inputs["recording"])
    speech = _speak(context, voice)
    check(speech, context.out / "narration.wav")
    text = json.dumps(words_data(speech), ensure_ascii=False, sort_keys=True, indent=1)
    (context.out / "words.json").write_text(text + "\n", encoding="utf-8")


def check(speech: Speech, path: Path) -> None:
    """The sound is as long as the engine says, and its words are in it, one behind the other."""
    try:
        found = sound.length(path)
    except (sound.WavError, OSError) as error:
        raise StepError(f"'{speech.voice}' made no sound: {error}") from error
    if found != speech.samples:
        raise StepError(f"'{speech.voice}' made {found} samples of sound where it told of {speech.samples}")
    last = 0
    for word in speech.words:
        if not last <= word.start <= word.end <= found:
            raise StepError(
                f"'{speech.voice}' speaks '{word.text}' from sample {word.start} to {word.end}, "
                f"which is not between {last} and {found}"
            )
        last = word.start


def words_data(speech: Speech) -> dict[str, Any]:
    """What words.json holds: times in samples from the narration's first."""
    return {"samples": speech.samples, "voice": speech.voice, "words": [asdict(word) for word in speech.words]}


def _speak(context: Context, voice: Mapping[str, Any]) -> Speech:
    wav = context.out / "narration.wav"
    fallback: Mapping[str, Any] | None = voice.get("fallback")
    try:
        return _ask(context, voice, wav)
    except UnreachableError as error:
        if fallback is None:
            raise
        wav.unlink(missing_ok=True)
        speech = _ask(context, fallback, wav)
        context.warn(
            f"'{voice['engine']}:{voice['name']}' could not be had ({error.message}), so '{speech.voice}' spoke",
            field="voice",
            hint=f"vidbuild build --fresh {context.step}",
        )
        return speech


def _ask(context: Context, voice: Mapping[str, Any], wav: Path) -> Speech:
    engine = ENGINES[voice["engine"]]
    language = context.params.get("language", "en")
    return engine.speak(context.params["narration"], voice, language, wav, context.scratch, context.env, context.again)
