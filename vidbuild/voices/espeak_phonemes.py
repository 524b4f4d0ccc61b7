"""The phonemes of words, as espeak-ng would speak them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from vidbuild.errors import StepError
from vidbuild.media.ffmpeg import process
from vidbuild.voices import espeak

SECONDS = 20.0
MAX_BYTES = 1 << 20


def phonemes(words: Sequence[str], voice: str, scratch: Path, env: Mapping[str, str]) -> Mapping[str, str]:
    """Return word -> its phonemes in IPA. voice: a name that espeak has. Raises StepError."""
    library, data = espeak.files()
    message = {"library": str(library), "data": data.name, "voice": espeak.file_of(voice), "words": list(words)}
    stdin = scratch / "phonemes.json"
    stdin.write_text(json.dumps(message), encoding="utf-8")
    answer, log = process.BoundedBuffer(MAX_BYTES), process.HeadTailLog(0, 20)
    command = [sys.executable, "-I", "-S", str(Path(__file__).with_name("espeak_main.py"))]
    try:
        with stdin.open("rb") as file:
            code = process.run(command, cwd=data.parent, env=env, seconds=SECONDS, out=answer, err=log, stdin=file)
        found = json.loads(answer.bytes())["phonemes"] if code == 0 else None
    except (OSError, subprocess.SubprocessError, process.OutputLimitError, ValueError, KeyError) as error:
        raise StepError(f"espeak-ng gave no phonemes: {error}", command=tuple(command), log=log.texts()) from error
    if not isinstance(found, dict):
        raise StepError("espeak-ng gave no phonemes", command=tuple(command), log=log.texts())
    return {str(word): str(ipa) for word, ipa in found.items()}
