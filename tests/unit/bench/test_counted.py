"""The counter itself: what it takes for which program and for media, and that it cannot be silent about a failure."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.bench import counted
from tests.bench.counted import Counts

PROGRAMS = {
    ("/some/where/ffmpeg-linux-v9", "-nostdin"): "ffmpeg",
    ("/usr/bin/python3.11", "-P", "-c", "from vidbuild.engine.worker.main import main"): "worker",
    ("/usr/bin/python3", "-I", "-S", "/a/espeak_child.py"): "espeak",
    ("/bin/sh", "-c", "ffmpeg"): "sh",
    ("os.fork",): "os.fork",
}


@pytest.mark.parametrize("words", PROGRAMS, ids=lambda words: words[0])
def test_programs_have_names(words: tuple[str, ...]) -> None:
    """What a command line starts is told by its program, two Pythons apart by what they run."""
    assert counted.program(words) == PROGRAMS[words]


def test_media_is_told_by_content(tmp_path: Path) -> None:
    """Text of any name is no media; what is not text is, whatever its name, and so is text with a zero in it."""
    files = {"facts": b'{"frames": 3}', "cut.mp4": b"text", "blob": b"\x89PNG\r\n\x1a\n", "raw": b"\0\0\0\1ab"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    opened = (*(tmp_path / name for name in files), tmp_path, tmp_path / "gone")
    found = Counts(Counter(), opened, {}, frozenset(), any_child=False)
    assert [path.name for path in found.media] == ["blob", "raw"]


def test_a_command_that_fails_is_not_counted(tmp_path: Path) -> None:
    """Counts of a failed command are never taken for counts: it raises, with what vidbuild said."""
    with pytest.raises(RuntimeError, match=r"exit code 2: vidbuild build nothing.yaml\n(.*\n)*.*nothing.yaml"):
        counted.counted(tmp_path, "build", "nothing.yaml")


def test_only_files_of_the_project_are_counted(tmp_path: Path) -> None:
    """A command that looks at one file of the project opens that, and none of what Python itself needs."""
    (tmp_path / "video.yaml").write_text("vidbuild: 1\ntitle: T\nscenes: [{id: a, type: title, title: A, duration: 1}]")
    found = counted.counted(tmp_path, "check", "video.yaml", workers=False)
    assert {path.name for path in found.opened} == {"video.yaml"}
    assert "vidbuild.spec.load" in found.modules
    assert not found.started
    assert not found.any_child
