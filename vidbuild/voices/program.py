"""Runs programs that speak, in a process each, and reads the audio that they write."""

from __future__ import annotations

import array
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from vidbuild.errors import StepError
from vidbuild.media.audio import activity, pcm, wav
from vidbuild.media.ffmpeg import ffmpeg, process, tool_output
from vidbuild.media.text.words import Speech
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.voices.audio_body import AudioBodyError, is_coded, read_audio
from vidbuild.voices.protocol import SpeechRequest

LOG_LINES = 20
HIGHEST_RATE = 96_000
# The least letters a second of a complete answer are far fewer than any voice speaks; more is audio that was cut off.
MAX_LETTERS_PER_SECOND = 60
NORMAL = 100  # percent


def run(name: str, command: Sequence[str], text: str, request: SpeechRequest, out: Path | None = None) -> bytes:
    """Run a program with a text on its stdin; return what it wrote to stdout, or to the file `out`.

    name: of the program, for messages. Raises StepError.
    """
    stdin = request.scratch / "narration.txt"
    stdin.write_text(text + "\n", encoding="utf-8")
    seconds, limit = time_limit(text), size_limit(text)
    stdout, log = process.BoundedBuffer(limit), process.HeadTailLog(0, LOG_LINES)
    try:
        with stdin.open("rb") as file:
            code = process.run(
                command, cwd=request.scratch, env=request.env, seconds=seconds, out=stdout, err=log, stdin=file
            )
    except (OSError, subprocess.SubprocessError) as error:
        raise StepError(f"{name} could not be started: {error}", field="voice", command=tuple(command)) from error
    except process.OutputLimitError as error:
        raise StepError(f"{name} cannot speak: {error}", field="voice", command=tuple(command)) from error
    if code is None:
        late = f"{name} did not finish in {seconds:.0f} s and was stopped"
        raise StepError(late, field="voice", command=tuple(command), log=log.texts())
    if code != 0:
        reason = f"{name} {process.describe_exit(code)}"
        out_of_memory = code == process.KILLED
        raise StepError(reason, field="voice", command=tuple(command), log=log.texts(), transient=out_of_memory)
    if out is None:
        return stdout.bytes()
    return tool_output.read(out, limit, "audio", name) if out.is_file() else b""


def keep(name: str, body: bytes, request: SpeechRequest, rate: int = NORMAL) -> Speech:
    """Check a program's audio and write it, at a rate in percent of what it is. Raises StepError."""
    if body and not body.startswith(b"RIFF") and not is_coded(body):
        raise StepError(f"{name} sent no WAV file", field="voice")
    try:
        samples, hertz = read_audio(body, "", 0)
    except AudioBodyError as error:
        raise StepError(f"{name} {error.text}", field="voice") from error
    if samples is None:
        samples = _decoded(name, body, request)
    else:
        samples = pcm.resample(samples, hertz, request.scratch, request.env)
    samples, _ = wav.trim(samples)
    letters = sum(map(str.isalnum, request.text))
    if letters and not samples:
        raise StepError(f"{name} made no sound of this narration", field="voice")
    if len(samples) * MAX_LETTERS_PER_SECOND < letters * SAMPLE_RATE:
        seconds = len(samples) / SAMPLE_RATE
        raise StepError(f"{name} made only {seconds:.1f} s of audio, which is too short for the text", field="voice")
    if rate != NORMAL:
        samples = _at_rate(samples, rate, request)
    wav.write(request.wav_path, samples)
    return Speech((), len(samples), activity.phrases(samples))


def time_limit(text: str) -> float:
    """Return the seconds after which a program must hang: a tenth of the usual speed, and the time to load a model."""
    return 120 + len(text)


def size_limit(text: str) -> int:
    """Return the most bytes of audio."""
    return (60 + 2 * len(text)) * HIGHEST_RATE * 2 * wav.SAMPLE_BYTES


def readable(program: Path) -> Iterator[Path]:
    """Yield what a program reads to start: its folder, its libraries beside it, all of a Python environment."""
    for path in dict.fromkeys((program, program.resolve())):
        folder = path.parent
        yield path
        settings = folder.parent / "pyvenv.cfg"
        if settings.is_file():
            yield folder.parent
            yield from _python_home(settings)
        elif folder.name == "bin":
            yield from (each for name in ("lib", "lib64") if (each := folder.with_name(name)).is_dir())


def _python_home(settings: Path) -> Iterator[Path]:
    """Yield where the Python of an environment is installed."""
    for line in settings.read_text(encoding="utf-8", errors="replace").splitlines():
        name, _, value = line.partition("=")
        if name.strip() == "home":
            yield Path(value.strip()).resolve().parent


def _decoded(name: str, body: bytes, request: SpeechRequest) -> array.array[int]:
    path = request.scratch / "program.audio"
    path.write_bytes(body)
    try:
        return pcm.decode(path, request.scratch, request.env, f"decode the audio of {name}").samples
    except StepError as error:
        raise StepError(f"{name} wrote audio that cannot be decoded", field="voice", log=error.failure.log) from error


def _at_rate(samples: array.array[int], rate: int, request: SpeechRequest) -> array.array[int]:
    """Change the speed of audio without its pitch."""
    source, out = request.scratch / "tempo-in.wav", request.scratch / "tempo-out.raw"
    wav.write(source, samples)
    args = ["-i", str(source), *pcm.REPRODUCIBLE, "-af", f"atempo={rate / NORMAL:g}", *pcm.RAW, str(out)]
    ffmpeg.run(args, cwd=request.scratch, env=request.env, timeout=pcm.DECODE_SECONDS, what="change the voice's rate")
    expected = len(samples) * NORMAL // rate * wav.SAMPLE_BYTES
    return wav.from_bytes(tool_output.read(out, 2 * expected + SAMPLE_RATE, "audio"))
