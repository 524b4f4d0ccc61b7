"""A recording instead of a synthetic voice: any sound file, as it is; its words' times are not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild.errors import SpecProblem, StepError
from vidbuild.voices.protocol import Again, Speech, untold

ADAPTER = 1
"""Raised whenever how a recording is treated here changes what is heard."""

FIELD = "narration.audio"


class Recorded:
    """Not asked for by `voice:`, but by a narration that names its audio file."""

    name = "recorded"
    network = False
    concurrency: int | None = None
    env: tuple[str, ...] = ()
    summary = "a recording of your own, given as narration: {audio: take.wav, text: what is said}"

    def identity(self) -> str:
        """The version of this adapter; ffmpeg, which decodes, is a tool of its own."""
        return f"recorded adapter {ADAPTER}"

    def stat_paths(self) -> Sequence[Path]:
        """This file: nothing else decides what it does."""
        return [Path(__file__)]

    def available(self) -> str | None:
        """Always."""
        return None

    def voices(self) -> list[str]:
        """None: a recording is a file, not a voice."""
        return []

    def problem(self, name: str) -> str | None:
        """A recording has no voice name."""
        return None if not name else "a recording is given as narration: {audio, text}, not as a voice"

    def speak(
        self,
        text: str,  # noqa: ARG002 - it was said when the recording was made
        voice: Mapping[str, Any],
        language: str,  # noqa: ARG002 - as above
        wav_path: Path,
        scratch: Path,
        env: Mapping[str, str],
        again: Again = untold,  # noqa: ARG002 - nothing is asked for twice
    ) -> Speech:
        """Decode voice["recording"]. Silence around it stays: whoever recorded it chose its timing."""
        from vidbuild.media.audio import pcm, wav

        try:
            samples = pcm.decode(Path(voice["recording"]), scratch, env, "read a recorded narration", FIELD)
        except SpecProblem:
            raise
        except StepError as error:
            failure = error.failure
            raise StepError(
                "the recording holds no sound that ffmpeg can read",
                field=FIELD,
                command=failure.command,
                log=failure.log,
                transient=failure.transient,
            ) from error
        if not samples:
            raise StepError("the recording is empty", field=FIELD)
        wav.write(wav_path, samples)
        return Speech(len(samples), (), self.name)
