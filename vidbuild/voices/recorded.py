"""Recorded narrations: any audio file as it is, and where in it somebody speaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.errors import SpecProblem, StepError

if TYPE_CHECKING:
    from vidbuild.media.text.words import Speech

NAME = "recorded"
SUMMARY = "a recording of your own, given as narration: {audio: take.wav, text: its words}"
NAMES_HINT = "a recording has no name: it is given as narration: {audio: take1.wav, text: …}"
FIELD = "narration.audio"

# Raise it if a change here changes the bytes of a recorded narration.
ADAPTER = 2


def identity() -> str:
    """Return the version of this module; ffmpeg, which decodes, is a tool of its own."""
    return f"recorded adapter {ADAPTER}"


def stat_paths() -> Sequence[Path]:
    """Return this file, which alone decides the identity."""
    return [Path(__file__)]


def read(recording: Path, wav_path: Path, scratch: Path, env: Mapping[str, str]) -> tuple[Speech, float]:
    """Decode a recording to a WAV file (PCM s16le, 48 kHz, mono); return it and by how many dB the file is louder.

    Silence around the speech stays: its timing is part of the recording. Raises StepError at the spec's field.
    """
    from vidbuild.media.audio import activity, pcm, wav
    from vidbuild.media.text.words import Speech

    try:
        decoded = pcm.decode(recording, scratch, env, "read a recorded narration", FIELD)
    except SpecProblem:
        raise
    except StepError as error:
        failure = error.failure
        raise StepError(
            "the recording has no audio that ffmpeg can read",
            field=FIELD,
            command=failure.command,
            log=failure.log,
            transient=failure.transient,
        ) from error
    samples = decoded.samples
    if not samples:
        raise StepError("the recording is empty", field=FIELD)
    wav.write(wav_path, samples)
    return Speech((), len(samples), activity.phrases(samples)), decoded.shift_db
