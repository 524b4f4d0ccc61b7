"""Run ffmpeg and report what went wrong. Finding the binary is in binary.py."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from vidbuild.errors import StepError
from vidbuild.frozen import dataclass
from vidbuild.media.ffmpeg import limits, process
from vidbuild.media.ffmpeg.binary import VARIABLE, executable, identity, stat_paths
from vidbuild.media.ffmpeg.input_pipes import InputPipes, PipeSource, no_input

__all__ = [
    "VARIABLE",
    "CompletedRun",
    "capture",
    "executable",
    "identity",
    "run",
    "stat_paths",
    "untrusted_input",
    "untrusted_input_options",
]

# For glibc: give freed frames back to the system. By default, it keeps them for the thread that freed them, and ffmpeg
# has several threads for each input: a third of its memory would be frames that nothing uses.
ALLOCATOR = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": str(1 << 18)}

# Lines of ffmpeg's log to keep: it describes its inputs first and reports errors last.
HEAD_LINES, TAIL_LINES = 400, 400

# Lines of the log in an error, and characters of each.
ERROR_LINES = 12
ERROR_LINE_LENGTH = 400

# Captured output is text of a few lines.
MAX_CAPTURE_BYTES = 64 << 20

# Formats that contain their own media. Playlists (hls, concat, dash) are excluded: they could read any other file.
FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,m4v,flv,live_flv,asf,ogg,mxf,nut,"
    "gif,apng,webp_anim,yuv4mpegpipe,ivf,"
    "wav,w64,mp3,flac,aac,aiff,caf,au,amr,ac3,eac3,wv,ape"
)

# Pattern in ffmpeg's log -> what it means; the first match counts.
MEANINGS = (
    (r"exceeds max_streams (?:parameter )?\((\d+)\)", "the file has more than {0} streams, the limit"),
    (
        r"Picture size (\d+)x(\d+) exceeds specified max pixel count (\d+)",
        "frame size: expected at most {2} pixels, got {0} x {1}",
    ),
    (r"No space left on device", "the disk is full"),
    (r"Too many open files", "too many open files"),
    (r"Failed to configure (input|output) pad on (\S+)", "filter {1!r} cannot be set up"),
    (r"Cannot allocate memory", "out of memory"),
    (r"Format not on whitelist", "the file is a playlist, or its format is not supported"),
    (r"not in whitelist|not on whitelist|not whitelisted", "the file refers to other files or is a playlist"),
    (r"detected only with low score of \d+, misdetection possible", "the file is no video or audio in a known format"),
    (r"moov atom not found", "the file is truncated: its index is missing"),
    (r"Permission denied", "permission denied"),
    (r"No such file or directory", "file not found"),
    (r"Unknown encoder '(\S+)'", "this ffmpeg has no encoder {0!r}"),
    (r"No such filter: '(\S+)'", "this ffmpeg has no filter {0!r}"),
    (r"Unrecognized option '(\S+?)\.?'|Option '?(\S+?)'? not found", "this ffmpeg rejects an option as unknown"),
    (r"matches no streams|does not contain any stream", "the file has no such video or audio stream"),
    (r"Invalid data found when processing input", "the file is corrupt, or its extension is wrong"),
)

# Meaning -> what to do about it.
HINTS = {
    "the file is truncated: its index is missing": "copy or download it again; if the recording was stopped early, "
    "repair it with the program that recorded it, or with untrunc",
}

# Problems of the machine, not of the file: a retry may succeed.
TRANSIENT = re.compile("No space left on device|Too many open files|Cannot allocate memory")


@dataclass(frozen=True, slots=True)
class CompletedRun:
    """The result of a run.

    log: the first and last lines of stderr.
    output: captured stdout.
    code: exit code, negative for a signal.
    """

    log: tuple[str, ...]
    output: bytes = b""
    code: int = 0
    command: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The log as one text."""
        return "\n".join(self.log)


def untrusted_input(path: Path, *options: str) -> list[str]:
    """Build the arguments for a media file that a user named: ffmpeg may open only this file."""
    restrictions = [text for name, value in untrusted_input_options().items() for text in (f"-{name}", value)]
    return [*restrictions, *options, "-i", f"file:{path}"]


def untrusted_input_options() -> dict[str, str]:
    """Return the input options for a file that a user named: they forbid other files and limit sizes."""
    return {
        "protocol_whitelist": "file,pipe",
        "format_whitelist": FORMATS,
        "max_streams": str(limits.STREAMS),
        "max_pixels": str(limits.CLIP_PIXELS),
    }


def run(
    args: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    what: str,
    progress: Callable[[int], None] | None = None,
    pipe_source: PipeSource = no_input,
) -> CompletedRun:
    """Run ffmpeg to its end. Raise StepError if it fails or takes longer than `timeout` seconds.

    args: all arguments except the binary and the standard flags; no shell interprets them.
    what: the purpose, to follow "could not" in messages ("render the scene").
    progress: called from another thread with the number of frames done.
    pipe_source: produces the data of inputs that are pipes (see input_pipes.py), in other threads.
    """
    extra = ["-progress", "pipe:1", "-stats_period", "0.2"] if progress else []
    sink = _progress_sink(progress) if progress else process.discard
    command = [*_command_start("warning"), *extra, *args]
    return require_success(_execute(command, cwd, env, timeout, what, sink, pipe_source), what)


def capture(
    args: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    what: str,
    loglevel: str = "info",
    check: bool = True,
    max_bytes: int = MAX_CAPTURE_BYTES,
) -> CompletedRun:
    """Run ffmpeg and capture its stdout.

    check: whether a failure raises StepError; otherwise it shows only in the exit code. An ffmpeg that was killed
        raises it in any case: its end says nothing of a file.
    """
    buffer = process.BoundedBuffer(max_bytes)
    done = stream(args, buffer, cwd=cwd, env=env, timeout=timeout, what=what, loglevel=loglevel, check=check)
    return CompletedRun(done.log, buffer.bytes(), done.code, done.command)


def stream(
    args: Sequence[str],
    sink: process.Sink,
    *,
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    what: str,
    loglevel: str = "info",
    check: bool = True,
    pipe_source: PipeSource = no_input,
) -> CompletedRun:
    """Run ffmpeg like `capture`, and pass its stdout to a sink. pipe_source: as in `run`."""
    command = [*_command_start(loglevel), *args]
    done = _execute(command, cwd, env, timeout, what, sink, pipe_source)
    return require_success(done, what) if check or done.code == process.KILLED else done


def require_success(done: CompletedRun, what: str) -> CompletedRun:
    """Return a run that succeeded. Raise StepError, "could not `what`", for any other."""
    if done.code == 0:
        return done
    meaning, limit = process.reached_limit(done.code, done.text) or (_meaning(done), None)
    transient = limit is None and (done.code == process.KILLED or TRANSIENT.search(done.text) is not None)
    raise StepError(
        f"ffmpeg could not {what}: {meaning}",
        hint=limit or HINTS.get(meaning),
        command=done.command,
        log=_log_tail(done.log),
        transient=transient,
    )


def _command_start(loglevel: str) -> list[str]:
    return [str(executable()), "-nostdin", "-hide_banner", "-nostats", "-y", "-loglevel", loglevel]


def _execute(
    command: list[str],
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    what: str,
    sink: process.Sink,
    pipe_source: PipeSource = no_input,
) -> CompletedRun:
    log = process.HeadTailLog(HEAD_LINES, TAIL_LINES)
    try:
        with InputPipes(command, pipe_source) as pipes:
            code = process.run(
                pipes.args,
                cwd=cwd,
                env={**ALLOCATOR, **env},
                seconds=timeout,
                out=sink,
                err=log,
                pass_fds=pipes.read_ends,
                on_start=pipes.start,
            )
    except (OSError, subprocess.SubprocessError) as error:
        raise StepError(f"ffmpeg could not be started: {error}", command=tuple(command)) from error
    except process.OutputLimitError as error:
        lines = _log_tail(log.texts())
        raise StepError(f"ffmpeg could not {what}: {error}", command=tuple(command), log=lines) from error
    lines = tuple(re.sub(" @ 0x[0-9a-f]+", "", line) for line in log.texts())  # addresses differ from run to run
    if code is None:
        message = f"ffmpeg could not {what} within {timeout:g} s and was stopped"
        raise StepError(message, command=tuple(command), log=_log_tail(lines))
    for failure in pipes.failures:
        raise failure
    return CompletedRun(lines, code=code, command=tuple(command))


def _meaning(done: CompletedRun) -> str:
    for pattern, template in MEANINGS:
        match = re.search(pattern, done.text)
        if match:
            return template.format(*(group for group in match.groups() if group))
    return f"it {process.describe_exit(done.code)}"


def _log_tail(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(line[:ERROR_LINE_LENGTH] for line in lines[-ERROR_LINES:])


def _progress_sink(progress: Callable[[int], None]) -> process.Sink:
    """Return a sink that finds the number of frames done, also if a line arrives in two pieces."""
    partial = b""

    def receive(piece: bytes) -> None:
        nonlocal partial
        *lines, last = (partial + piece).split(b"\n")
        partial = last[: process.LINE_BYTES]
        for line in lines:
            if match := re.match(rb"frame=\s*(\d{1,18})\s*$", line):
                progress(int(match[1]))

    return receive
