"""The counter itself: how it classifies programs and media, and that it always reports a failure."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.bench import counted
from tests.bench.counted import Counts

PROGRAMS = {
    ("/some/where/ffmpeg-linux-v9", "-nostdin"): "ffmpeg",
    ("/usr/bin/python3.11", "-P", "-c", "from vidbuild.engine.worker.main import main"): "worker",
    ("/usr/bin/python3", "-I", "-S", "/a/espeak_main.py"): "espeak",
    ("/bin/sh", "-c", "ffmpeg"): "sh",
    ("os.fork",): "os.fork",
}


@pytest.mark.parametrize("words", PROGRAMS, ids=lambda words: words[0])
def test_programs_have_names(words: tuple[str, ...]) -> None:
    """A command line is counted by its program, two Pythons separately by what they run."""
    assert counted.program(words) == PROGRAMS[words]


def test_media_is_recognized_by_content(tmp_path: Path) -> None:
    """Text of any name is no media; other content is, whatever its name, and so is text with a zero byte in it."""
    files = {"facts": b'{"frames": 3}', "cut.mp4": b"text", "blob": b"\x89PNG\r\n\x1a\n", "raw": b"\0\0\0\1ab"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    opened = (*(tmp_path / name for name in files), tmp_path, tmp_path / "gone")
    found = Counts(Counter(), opened, {}, frozenset(), any_child=False, links=0, loaded=frozenset())
    assert [path.name for path in found.media] == ["blob", "raw"]


def test_a_command_that_fails_is_not_counted(tmp_path: Path) -> None:
    """A failed command has no counts: it raises, with vidbuild's output."""
    with pytest.raises(RuntimeError, match=r"exit code 2: vidbuild build nothing.yaml\n(.*\n)*.*nothing.yaml"):
        counted.counted(tmp_path, "build", "nothing.yaml")


def test_only_files_of_the_project_are_counted(tmp_path: Path) -> None:
    """A command that reads one file of the project opens that, and Python's own files are not counted."""
    (tmp_path / "video.yaml").write_text("vidbuild: 1\ntitle: T\nscenes: [{id: a, type: title, title: A, duration: 1}]")
    found = counted.counted(tmp_path, "graph", "video.yaml", workers=False)
    assert {path.name for path in found.opened if ".vidbuild" not in path.parts} == {"video.yaml"}
    assert "vidbuild.spec.load" in found.modules
    assert not found.started
    assert not found.any_child
