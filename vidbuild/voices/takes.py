"""Locked takes: what a voice on the network said once, kept in the project, so that no build asks it again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.errors import StepError
from vidbuild.json_types import Json

if TYPE_CHECKING:
    from vidbuild.media.text.words import EngineWord, Speech

MAX_WORDS = 5_000_000  # bytes of the file with the times of the words
SECONDS = 600.0  # to encode or decode a take
_FORMAT = 1


def key_of(params: Mapping[str, Any]) -> str:
    """Return the digest of all that a step asks of its voice. A fallback is not part of it.

    params: of the step: narration, voice, language, and perhaps ipa and pauses.
    """
    voice = {name: value for name, value in params["voice"].items() if name != "fallback"}
    asked = {"format": _FORMAT, **params, "voice": voice}
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def write(wav_path: Path, target: Path, scratch: Path, env: Mapping[str, str]) -> None:
    """Write a narration as FLAC, which keeps every sample."""
    from vidbuild.media.ffmpeg import ffmpeg

    coding = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-c:a", "flac"]
    args = ["-i", str(wav_path), *coding, "-compression_level", "8", "-f", "flac", str(target)]
    ffmpeg.run(args, cwd=scratch, env=env, timeout=SECONDS, what="encode a take")


def read(take: Path, words: Path, wav_path: Path, scratch: Path, env: Mapping[str, str]) -> tuple[str, Speech]:
    """Write the samples of a take, and return the voice that spoke and when it spoke its words. Raises StepError."""
    from vidbuild.media.audio import wav
    from vidbuild.media.ffmpeg import ffmpeg, limits, tool_output
    from vidbuild.timebase import SAMPLE_RATE

    raw, largest = scratch / "take.raw", int(limits.RECORDING_SECONDS * SAMPLE_RATE) * wav.SAMPLE_BYTES
    output = ["-f", "s16le", "-c:a", "pcm_s16le", "-ar", str(SAMPLE_RATE), "-ac", "1", "-fs", str(largest + 2)]
    args = [*ffmpeg.untrusted_input(take), "-map", "0:a:0", *output, str(raw)]
    ffmpeg.run(args, cwd=scratch, env=env, timeout=SECONDS, what="read a locked take")
    wav.write(wav_path, wav.from_bytes(tool_output.read(raw, largest, "audio")))
    try:
        with words.open("rb") as file:
            text = file.read(MAX_WORDS)
        return _speech(json.loads(text))
    except (ValueError, KeyError, TypeError, RecursionError):
        hint = "remove the take's two files, and lock the voices again: vidbuild lock --voices SPEC"
        raise StepError(f"'{words.name}' has no times of words", hint=hint, field="voice") from None


def _speech(data: Json) -> tuple[str, Speech]:
    from vidbuild.media.text.words import Speech

    words = [_word(each) for each in data["words"]]
    phrases = [(int(start), int(end)) for start, end in data["phrases"]]
    return str(data["voice"]), Speech(tuple(words), int(data["samples"]), tuple(phrases), str(data["source"]))


def _word(data: Mapping[str, Any]) -> EngineWord:
    from vidbuild.media.text.words import EngineWord

    at = data["at"]
    return EngineWord(str(data["text"]), int(data["start"]), int(data["end"]), None if at is None else int(at))
