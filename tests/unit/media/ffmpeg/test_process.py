"""Running a program that hangs, floods, leaves children or dies: it always ends, and little of its output is kept."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vidbuild.media.ffmpeg import process
from vidbuild.media.ffmpeg.process import BoundedBuffer, HeadTailLog, OutputLimitError

LONG = 60
"""Seconds that a run has which must end by itself much sooner."""


def start(
    folder: Path, body: str, *, seconds: float = LONG, out: process.Sink = process.discard, **more: Any
) -> int | None:
    """Run a few lines of Python as a program."""
    command = [sys.executable, "-S", "-c", f"import os, signal, sys, time\n{body}"]
    return process.run(command, cwd=folder, env={}, seconds=seconds, out=out, **more)


def gone(pid: int) -> bool:
    """Whether a process has ended, waited for by its parent or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] in "ZX"
    except FileNotFoundError:
        return True


def soon_gone(pid: int) -> bool:
    """Whether it ends within some seconds."""
    end = time.monotonic() + 10
    while not gone(pid) and time.monotonic() < end:
        time.sleep(0.01)
    return gone(pid)


@pytest.fixture
def stray(tmp_path: Path) -> Iterator[Path]:
    """Where a test's program writes the number of a process that it leaves behind; it is ended after the test."""
    path = tmp_path / "stray"
    yield path
    if path.exists() and not gone(int(path.read_text(encoding="ascii"))):
        os.kill(int(path.read_text(encoding="ascii")), signal.SIGKILL)


LEAVES = """
left = os.fork()
if not left:
    {more}
    open('stray', 'w').write(str(os.getpid()))
    {then}
    os._exit(0)
while not os.path.exists('stray') or not open('stray').read(): time.sleep(0.01)
sys.stdout.write('done')
sys.stdout.flush()
os._exit({code})
"""


@pytest.mark.parametrize("code", [0, 3])
def test_a_pipe_that_another_holds_is_not_waited_for(tmp_path: Path, stray: Path, code: int) -> None:
    """V19: a program has ended when it has, though what it started holds its pipes open; that is ended as well."""
    began, out = time.monotonic(), BoundedBuffer(100)
    assert start(tmp_path, LEAVES.format(more="", then=f"time.sleep({LONG})", code=code), out=out) == code
    assert out.bytes() == b"done"
    assert time.monotonic() - began < LONG / 2
    assert soon_gone(int(stray.read_text(encoding="ascii")))


def test_a_flood_from_another_session_is_ignored(tmp_path: Path, stray: Path) -> None:
    """V19: even a process in a session of its own that writes endlessly into the pipe does not keep a run going."""
    began = time.monotonic()
    flood = "while True: os.write(2, b'x' * 60000)"
    assert start(tmp_path, LEAVES.format(more="os.setsid()", then=flood, code=0)) == 0
    assert time.monotonic() - began < LONG / 2
    assert stray.exists()


def test_what_ignores_sigterm_is_ended(tmp_path: Path) -> None:
    """V19: who may not be asked is not asked."""
    body = "signal.signal(signal.SIGTERM, signal.SIG_IGN); open('pid', 'w').write(str(os.getpid())); time.sleep(60)"
    assert start(tmp_path, body, seconds=1.5) is None
    assert soon_gone(int((tmp_path / "pid").read_text(encoding="ascii")))


def test_a_program_has_all_of_its_time(tmp_path: Path) -> None:
    """A limit of some seconds ends no program earlier."""
    began = time.monotonic()
    assert start(tmp_path, "time.sleep(60)", seconds=1.5) is None
    assert time.monotonic() - began >= 1.5


def test_closed_pipes_are_no_end(tmp_path: Path) -> None:
    """A program that closes its pipes early is waited for all the same, within its time."""
    assert start(tmp_path, "os.close(1); os.close(2); time.sleep(0.3); os._exit(7)") == 7
    assert start(tmp_path, "os.close(1); os.close(2); time.sleep(60)", seconds=0.5) is None


def test_a_flood_takes_no_memory(tmp_path: Path) -> None:
    """V19: of 150 MB on each pipe only the first and the last lines are kept, and nothing waits for anything."""
    lines, before = HeadTailLog(5, 10), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    body = """
block = (b'one line of a flood of them' * 3 + b'\\n') * 12000
os.write(2, b'first\\n')
for _ in range(150): os.write(1, block[:1 << 20]); sys.stderr.buffer.write(block)
sys.stderr.buffer.write(b'last\\n')
"""
    assert start(tmp_path, body, err=lines) == 0
    texts = lines.texts()
    assert (len(texts), texts[0], texts[-1]) == (15, "first", "last")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 50_000, f"{grown} kB"


def test_what_floods_what_is_kept_is_ended(tmp_path: Path) -> None:
    """V19: output that is kept has a limit, past which the program is ended."""
    body = "open('pid', 'w').write(str(os.getpid()))\nwhile True: os.write(1, b'x' * 60000)"
    with pytest.raises(OutputLimitError, match="it wrote more than 1000000 bytes"):
        start(tmp_path, body, out=BoundedBuffer(1_000_000))
    assert soon_gone(int((tmp_path / "pid").read_text(encoding="ascii")))


def test_lines_are_kept_from_both_ends() -> None:
    """However the pieces fall, the first and the last lines are whole, long ones cut, and none is there twice."""
    text = b"".join(b"line %d\n" % number for number in range(50)) + b"no end" + b"\xff\x1b[0m" + b"y" * 9999
    for size in (1, 7, 1000, len(text)):
        lines = HeadTailLog(3, 4)
        for at in range(0, len(text), size):
            lines(text[at : at + size])
        texts = lines.texts()
        assert texts[:3] == ("line 0", "line 1", "line 2")
        assert texts[3:7] == ("line 46", "line 47", "line 48", "line 49")
        assert texts[7].startswith("no end\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}[0my")
        assert len(texts[7]) <= process.LINE_BYTES
    short = HeadTailLog(3, 4)
    short(b"a\nb\n\n")
    assert short.texts() == ("a", "b")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (3, "ended with exit code 3"),
        (-9, "was ended by SIGKILL, possibly out of memory"),
        (-11, "was ended by SIGSEGV"),
        (-41, "was ended by signal 41"),
    ],
)
def test_the_end_is_described(code: int, words: str) -> None:
    """Exit codes and signals in words."""
    assert process.describe_exit(code) == words


def test_its_end_is_not_polled_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Systems without a way to look at an end without taking it are served as well."""
    monkeypatch.delattr(os, "waitid")
    assert start(tmp_path, "os._exit(5)") == 5
    assert start(tmp_path, "time.sleep(60)", seconds=0.5) is None


def test_without_pdeathsig_a_child_stays_in_our_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P19: killing a worker's group there ends its tools; one that hangs is still ended, and we are not."""
    monkeypatch.setattr(process, "OWN_PROCESS_GROUP", False)
    said: list[bytes] = []
    assert start(tmp_path, "print(os.getpgid(0), flush=True)", out=said.append) == 0
    assert int(b"".join(said)) == os.getpgid(0)
    began = time.monotonic()
    assert start(tmp_path, "time.sleep(60)", seconds=0.5) is None
    assert time.monotonic() - began < 20
