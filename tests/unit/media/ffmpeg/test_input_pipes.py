"""Input pipes: all data arrives, and no writer is left behind, however the program ends."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.render_lab import ENV, fake_ffmpeg
from vidbuild.errors import StepError
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.media.ffmpeg.input_pipes import InputPipes

PIECES = 40
READER = """
import sys
for end in sys.argv[1:]:
    with open(int(end.removeprefix("pipe:")), "rb") as pipe:
        data = pipe.read()
    print(len(data), data[:1].decode())
"""


def pieces(name: str) -> Iterator[bytes]:
    """More than any pipe holds."""
    for _ in range(PIECES):
        yield name.encode() * 100_000


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    """No thread and no descriptor outlives a run."""

    def held() -> tuple[int, int]:
        return threading.active_count(), len(list(Path("/dev/fd").iterdir()))

    before = held()
    yield
    assert held() == before


def test_each_input_gets_its_own_feed() -> None:
    """Arguments that are feeds become pipes, in their order; each is read to its end, one after the other too."""
    with InputPipes(["input-pipe:b", "input-pipe:a"], pieces) as feeding:
        child = subprocess.Popen(
            [sys.executable, "-c", READER, *feeding.args], pass_fds=feeding.read_ends, stdout=subprocess.PIPE
        )
        feeding.start()
        output, _ = child.communicate(timeout=60)
    assert output.decode().splitlines() == [f"{PIECES * 100_000} b", f"{PIECES * 100_000} a"]
    assert not feeding.failures


def test_other_arguments_stay() -> None:
    """Only whole arguments are feeds."""
    with InputPipes(["-i", "file:input-pipe:a", "x=input-pipe:b"], pieces) as feeding:
        assert (feeding.args, feeding.read_ends) == (["-i", "file:input-pipe:a", "x=input-pipe:b"], [])


def test_a_program_that_stops_reading_is_no_failure() -> None:
    """A program may stop reading early, or its exit code has the reason; the writer ends with it."""
    with InputPipes(["input-pipe:a"], pieces) as feeding:
        child = subprocess.Popen([sys.executable, "-c", "pass"], pass_fds=feeding.read_ends)
        feeding.start()
        assert child.wait(60) == 0
    assert not feeding.failures


def test_a_feed_that_fails_fails_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error while the input is produced fails the run, though the program accepted what it got."""
    reader = "fd = int(next(arg for arg in args if arg.startswith('pipe:'))[5:])\nopen(fd, 'rb').read()"
    monkeypatch.setenv(ffmpeg.VARIABLE, str(fake_ffmpeg(tmp_path / "reader", reader)))

    def broken(name: str) -> Iterator[bytes]:
        yield b"some"
        raise OSError(f"{name} is gone")

    with pytest.raises(OSError, match="the layer is gone"):
        ffmpeg.run(["input-pipe:the layer"], cwd=tmp_path, env=ENV, timeout=60, what="film", pipe_source=broken)


@pytest.mark.parametrize("body", ["sys.exit(3)", "time.sleep(60)"], ids=["fails", "hangs"])
def test_a_program_that_fails_or_hangs_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """A writer that waits for its reader never hides a failure or a timeout."""
    monkeypatch.setenv(ffmpeg.VARIABLE, str(fake_ffmpeg(tmp_path / "bad", body)))
    with pytest.raises(StepError, match=r"exit code 3|within 1 s"):
        ffmpeg.run(["input-pipe:a"], cwd=tmp_path, env=ENV, timeout=1, what="film", pipe_source=pieces)


def test_a_program_that_cannot_be_started_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then no process ever reads, and nothing is written."""
    bad = tmp_path / "bad"
    bad.write_bytes(b"\x7fELF")
    bad.chmod(0o755)
    monkeypatch.setenv(ffmpeg.VARIABLE, str(bad))
    with pytest.raises(StepError, match="could not be started"):
        ffmpeg.run(["input-pipe:a"], cwd=tmp_path, env=ENV, timeout=60, what="film", pipe_source=pieces)
