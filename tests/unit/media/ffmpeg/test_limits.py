"""An ffmpeg that reaches a limit of its process: the message, and the variable that raises the limit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import resource, sys
from pathlib import Path
from vidbuild.errors import StepError
from vidbuild.media.ffmpeg import ffmpeg
resource.setrlimit(getattr(resource, sys.argv[1]), (int(sys.argv[2]), int(sys.argv[2])))
try:
    ffmpeg.run(sys.argv[3:], cwd=Path.cwd(), env={}, timeout=60, what="do it")
except StepError as error:
    print(error.message, error.hint, error.failure.transient, sep="; ")
"""
LARGE = ["-f", "lavfi", "-i", "color=s=8192x8192:d=0.1", "-c:v", "rawvideo", "large.nut"]
LONG = ["-f", "lavfi", "-i", "sine", "-t", "60", "long.wav"]


@pytest.mark.skipif(sys.platform != "linux", reason="others do not limit memory so")
@pytest.mark.parametrize(
    ("what", "most", "args", "words"),
    [
        ("RLIMIT_DATA", 96 << 20, LARGE, "out of memory: the limit is 96M; set VIDBUILD_MEMORY to"),
        ("RLIMIT_DATA", 200 << 20, LARGE, "out of memory: the limit is 200M; set VIDBUILD_MEMORY to"),
        ("RLIMIT_FSIZE", 64 << 10, LONG, "file too large: the limit is 64K; set VIDBUILD_FILE_SIZE to"),
    ],
)
def test_a_limit_that_ffmpeg_reaches_is_named(
    tmp_path: Path, what: str, most: int, args: list[str], words: str
) -> None:
    """P31: memory and files' size are limited for what a step starts, the limit is named, and it is not tried again."""
    command = [sys.executable, "-c", SCRIPT, what, str(most), *args]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.startswith(f"ffmpeg could not do it: {words} more than ")
    assert done.stdout.endswith("; False\n")
