"""The step `speak:SCENE`: a narration's sound and the times of its words. It knows engines only by name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from vidbuild.engine.context import Context
from vidbuild.errors import UnreachableError
from vidbuild.voices.base import Speech
from vidbuild.voices.registry import ENGINES


def run(context: Context) -> None:
    """Write narration.wav and words.json."""
    voice: dict[str, Any] = dict(context.params["voice"])
    if "recording" in context.inputs:
        voice["recording"] = str(context.inputs["recording"])
    speech = _speak(context, voice)
    text = json.dumps(words_data(speech), ensure_ascii=False, sort_keys=True, indent=1)
    (context.out / "words.json").write_text(text + "\n", encoding="utf-8")


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
    return engine.speak(context.params["narration"], voice, language, wav, context.scratch, context.env)
