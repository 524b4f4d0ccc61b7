"""Runs ffmpeg and tells what went wrong; it knows nothing of what it is run for, nor where it is (program.py)."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from vidbuild.errors import StepError
from vidbuild.frozen import dataclass
from vidbuild.media.ffmpeg import limits, process
from vidbuild.media.ffmpeg.binary import VARIABLE, executable, identity, stat_paths
from vidbuild.media.ffmpeg.input_pipes import Feed, InputPipes, nothing

__all__ = ["VARIABLE", "CompletedRun", "capture", "executable", "identity", "media", "run", "stat_paths", "walls"]

HEAD_LINES, TAIL_LINES = 400, 400
"""Of what ffmpeg says: it describes its inputs first, and tells last why it ended."""

SHOWN_LINES = 12
SHOWN_LENGTH = 400
MOST_OUTPUT = 64 << 20
"""Bytes that are captured at most: what is asked for is text of a few lines."""

# Formats that hold their own media. Playlists (hls, concat, dash) are left out: they could read any other file.
FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,m4v,flv,live_flv,asf,ogg,mxf,nut,"
    "gif,apng,webp_anim,yuv4mpegpipe,"
    "wav,w64,mp3,flac,aac,aiff,caf,au,amr,ac3,eac3,wv,ape"
)

MEANINGS = (
    (r"exceeds max_streams (?:parameter )?\((\d+)\)", "the file has more than {0} streams, the most that are read"),
    (
        r"Picture size (\d+)x(\d+) exceeds specified max pixel count (\d+)",
        "its picture is {0} x {1} pixels large, and the most are {2}",
    ),
    (r"No space left on device", "the disk is full"),
    (r"Too many open files", "too many files are open"),
    (r"Failed to configure (input|output) pad on (\S+)", "its filter {1!r} cannot be set up"),
    (r"Cannot allocate memory", "there is not enough memory"),
    (r"Format not on whitelist", "the file is a playlist, or of a kind that is not read here"),
    (r"not in whitelist|not on whitelist|not whitelisted", "the file refers to other files or is a playlist"),
    (r"moov atom not found", "the file is cut short: its index is missing"),
    (r"Permission denied", "a file may not be read or written"),
    (r"No such file or directory", "a file is not there"),
    (r"Unknown encoder '(\S+)'", "this ffmpeg has no encoder {0!r}"),
    (r"No such filter: '(\S+)'", "this ffmpeg has no filter {0!r}"),
    (r"Unrecognized option '(\S+?)\.?'|Option '?(\S+?)'? not found", "this ffmpeg does not know an option"),
    (r"matches no streams|does not contain any stream", "there is no such picture or sound in the file"),
    (r"Invalid data found when processing input", "the file is damaged or of another kind than its name says"),
)

PASSING = re.compile("No space left on device|Too many open files|Cannot allocate memory")
"""What may be over soon: of the machine, not of the file."""


@dataclass(frozen=True, slots=True)
class CompletedRun:
    """What a run left behind: the first and last lines of its log, what it wrote to stdout, its exit code."""

    log: tuple[str, ...]
    output: bytes = b""
    code: int = 0
    command: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The log as one text."""
        return "\n".join(self.log)


def media(path: Path, *options: str) -> list[str]:
    """The arguments for a media file that a user named: nothing but the file itself is ever opened for it."""
    walled = [text for name, value in walls().items() for text in (f"-{name}", value)]
    return [*walled, *options, "-i", f"file:{path}"]


def walls() -> dict[str, str]:
    """The input options for a file that a user named: no other file is read for it, and not too much."""
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
    feed: Feed = nothing,
) -> CompletedRun:
    """Run ffmpeg to its end; StepError if it fails or takes longer than `timeout` seconds.

    args: everything but the binary and the standard flags; they never pass through a shell.
    what: what it is for, after "could not" ("film the scene").
    progress: called with the number of frames done, from another thread.
    feed: what is written into those inputs that are feeds (see feed.py), from other threads.
    """
    extra = ["-progress", "pipe:1", "-stats_period", "0.2"] if progress else []
    sink = _frames_to(progress) if progress else process.nowhere
    command = [*_start("warning"), *extra, *args]
    return checked(_execute(command, cwd, env, timeout, what, sink, feed), what)


def capture(
    args: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    what: str,
    loglevel: str = "info",
    check: bool = True,
    most: int = MOST_OUTPUT,
) -> CompletedRun:
    """Run ffmpeg and keep what it writes to stdout; with check=False a failure is told by the exit code alone."""
    kept = process.Whole(most)
    finished = follow(args, kept, cwd=cwd, env=env, timeout=timeout, what=what, loglevel=loglevel, check=check)
    return CompletedRun(finished.log, kept.bytes(), finished.code, finished.command)


def follow(
    args: Sequence[str],
    sink: process.Sink,
    *,
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    what: str,
    loglevel: str = "info",
    check: bool = True,
) -> CompletedRun:
    """The same, with a sink for what it writes to stdout."""
    command = [*_start(loglevel), *args]
    finished = _execute(command, cwd, env, timeout, what, sink)
    return checked(finished, what) if check else finished


def _start(loglevel: str) -> list[str]:
    return [str(executable()), "-nostdin", "-hide_banner", "-nostats", "-y", "-loglevel", loglevel]


def _execute(
    command: list[str],
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    what: str,
    sink: process.Sink,
    feed: Feed = nothing,
) -> CompletedRun:
    log = process.Lines(HEAD_LINES, TAIL_LINES)
    try:
        with InputPipes(command, feed) as fed:
            code = process.run(
                fed.args, cwd=cwd, env=env, seconds=timeout, out=sink, err=log, ends=fed.ends, started=fed.start
            )
    except (OSError, subprocess.SubprocessError) as error:
        raise StepError(f"ffmpeg could not be started: {error}", command=tuple(command)) from error
    except process.FloodError as error:
        raise StepError(f"ffmpeg could not {what}: {error}", command=tuple(command), log=_last(log.texts())) from error
    told = tuple(re.sub(" @ 0x[0-9a-f]+", "", line) for line in log.texts())
    if code is None:
        message = f"ffmpeg could not {what} within {timeout:g} s and was stopped"
        raise StepError(message, command=tuple(command), log=_last(told))
    for failure in fed.failures:
        raise failure
    return CompletedRun(told, code=code, command=tuple(command))


def checked(finished: CompletedRun, what: str) -> CompletedRun:
    """What ended well; StepError, could not `what`, for anything else."""
    if finished.code == 0:
        return finished
    meaning, hint = process.limit(finished.code, finished.text) or (_meaning(finished), None)
    passing = hint is None and (finished.code == process.KILLED or PASSING.search(finished.text) is not None)
    raise StepError(
        f"ffmpeg could not {what}: {meaning}",
        hint=hint,
        command=finished.command,
        log=_last(finished.log),
        transient=passing,
    )


def _meaning(finished: CompletedRun) -> str:
    for pattern, words in MEANINGS:
        match = re.search(pattern, finished.text)
        if match:
            return words.format(*(group for group in match.groups() if group))
    return f"it {process.ended(finished.code)}"


def _last(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(line[:SHOWN_LENGTH] for line in lines[-SHOWN_LINES:])


def _frames_to(progress: Callable[[int], None]) -> process.Sink:
    """A sink that finds the number of frames done; a line may come in two pieces."""
    rest = b""

    def take(piece: bytes) -> None:
        nonlocal rest
        *lines, last = (rest + piece).split(b"\n")
        rest = last[: process.LINE_BYTES]
        for line in lines:
            if match := re.match(rb"frame=\s*(\d{1,18})\s*$", line):
                progress(int(match[1]))

    return take
