"""The bench as a command: its cases, its profile, and its message about an unknown case."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import vidbuild
from tests.bench import aims, cases, floor
from tests.bench.cases import Case
from tests.support.paths import ROOT

SILENT = Case(scenes=2, size="160x90", fps=24, seconds=3.0, reveals=2, narrated=False)


def bench(*args: str) -> subprocess.CompletedProcess[str]:
    """Run it as `make bench` does."""
    command = [sys.executable, "-m", "tests.bench", *args]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def test_every_aim_has_a_case() -> None:
    """Cases of the table of aims are not dropped unnoticed, and each says what it measures."""
    names = "cold fps60 edit null60 null1000 plan1000 safety overhead many memory size diff create types callouts"
    assert set(f"{names} overlays exits cast drift edit-marks webp webm voice voice-edit".split()) <= set(aims.CASES)
    assert all(case.__doc__ for case in aims.CASES.values())


def test_a_case_that_is_not_there() -> None:
    """A name that is no case is an error that lists those there are, and measures nothing."""
    ended = bench("cold", "warm")
    assert ended.returncode == 2
    assert ended.stderr == f"there is no case 'warm': {', '.join(aims.CASES)}\n"


def test_a_profile_of_any_build(tmp_path: Path) -> None:
    """The events of any build show which kinds of step took its time."""
    cases.write(SILENT, tmp_path)
    with (tmp_path / "events").open("w", encoding="utf-8") as file:
        vidbuild.build(tmp_path / cases.SPEC, on_event=lambda event: print(event.to_line(), end="", file=file))
    ended = bench("profile", str(tmp_path / "events"))
    assert ended.returncode == 0
    rows = {line.split()[1]: int(line.split()[3]) for line in ended.stdout.splitlines()[2:]}
    finished = [json.loads(line) for line in (tmp_path / "events").read_text(encoding="utf-8").splitlines()]
    assert sum(rows.values()) == sum(event["type"] == "step_finished" for event in finished)
    assert rows["render"] == rows["draw"] == 2
    assert rows["timeline"] == 1  # both scenes move alike


def test_the_rendered_frames_are_found(tmp_path: Path) -> None:
    """The floor is computed from what a build showed: each scene's frames, and those that differ."""
    built = vidbuild.build(cases.write(SILENT, tmp_path))
    found = floor.filmed(tmp_path / cases.SPEC)
    assert sum(each.frames for each in found) == built.video_seconds * SILENT.fps
    for each in found:
        assert each.differing[0] == 0
        assert len(each.differing) < each.frames
    assert floor.differing(tmp_path / cases.SPEC) == sum(len(each.differing) for each in found)
    assert len(found) <= floor.coded(tmp_path / cases.SPEC) < floor.differing(tmp_path / cases.SPEC)
