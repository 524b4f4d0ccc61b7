"""The step `align:SCENE`: finds when each word is spoken, in audio that came without the times of its words.

With pocketsphinx in English, where it is installed; else with dynamic time warping against espeak, whose times are
exact, in every language that espeak has. Without either, words get their times by their lengths.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from typing import Any

from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.alignment import matching, recognizer
from vidbuild.media.audio import wav
from vidbuild.media.text.words import EngineWord
from vidbuild.voices import espeak_phonemes
from vidbuild.voices.espeak import Espeak
from vidbuild.voices.protocol import SpeechRequest

RECOGNIZER, WARPED = "recognizer", "warped"
VARIANTS = ("", "+f3")  # a man's voice and a woman's: what is nearer to the audio gives the better times
NEAR = 2.2  # the difference of two takes of similar voices, where the other variant cannot be nearer


def run(context: Context) -> None:
    """Write words.json, with the times of words if there were none.

    Params: narration: what is spoken. voice: espeak's voice of the language, "" for none. english: whether that is
    English.
    """
    data: dict[str, Any] = json.loads(context.inputs["words"].read_text(encoding="utf-8"))
    if not data["words"] and data["phrases"]:
        found = _recognized(context) or _warped(context)
        if found is not None:
            data["words"], data["source"] = [asdict(word) for word in found[0]], found[1]
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1)
    (context.out / "words.json").write_text(text + "\n", encoding="utf-8")


def _recognized(context: Context) -> tuple[list[EngineWord], str] | None:
    if not context.params["english"]:
        return None
    pronounce = partial(espeak_phonemes.phonemes, voice="en-us", scratch=context.scratch, env=context.env)
    samples = wav.read(context.inputs["narration"])
    words = recognizer.align(context.params["narration"], samples, pronounce)
    return None if words is None else (matching.at_phrases(words, samples), RECOGNIZER)


def _warped(context: Context) -> tuple[list[EngineWord], str] | None:
    if not context.params["voice"]:
        return None
    samples = wav.read(context.inputs["narration"])
    best: tuple[float, list[EngineWord]] | None = None
    for variant in VARIANTS:
        spoken = _reference(context, context.params["voice"] + variant)
        if spoken is None:
            break
        words, difference = matching.transfer(spoken[0], spoken[1], samples)
        if best is None or difference < best[0]:
            best = difference, words
        if difference < NEAR:
            break
    return None if best is None else (best[1], WARPED)


def _reference(context: Context, voice: str) -> tuple[list[EngineWord], Any] | None:
    """Return the words as espeak speaks them, and its audio; None if it cannot speak the text."""
    path = context.scratch / "reference.wav"
    request = SpeechRequest(
        text=context.params["narration"],
        voice=voice,
        language="",
        wav_path=path,
        scratch=context.scratch,
        env=context.env,
    )
    try:
        speech = Espeak().speak(request)
    except StepError as error:
        if error.failure.command:  # a failed process says nothing about the text
            raise
        return None
    return (list(speech.words), wav.read(path)) if speech.words else None
