"""What builds cost in counts that are the same in every run: processes, frames, hashed bytes, opened files, modules.

Each limit is the present count: a change that lowers a count lowers its limit too.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.bench import cases, floor
from tests.bench.cases import Case
from tests.bench.counted import Counts, counted

CASE = Case(scenes=3, size="160x90", fps=24, seconds=6.0, reveals=2)
SILENT = Case(scenes=2, size="160x90", fps=24, seconds=0.5, reveals=2, narrated=False)
EDITED = 1


@dataclass(frozen=True)
class History:
    """One project, built cold, then with one word changed, then twice with nothing changed."""

    spec: Path
    cold: Counts
    edit: Counts
    null: Counts
    repeated: Counts

    @property
    def video(self) -> Path:
        """The finished video."""
        return self.spec.parent / "build" / "video.mp4"


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Three builds of one project, with one worker each."""
    folder = tmp_path_factory.mktemp("counts") / "project"
    spec = cases.write(CASE, folder)
    cold = counted(folder, "build", "-j", "1")
    cases.write(cases.edited(CASE, EDITED), folder)
    edit = counted(folder, "build", "-j", "1")
    time.sleep(0.1)  # what changed as the build began leaves no record
    null = counted(folder, "build", workers=False)
    return History(spec, cold, edit, null, counted(folder, "build", workers=False))


def test_processes_of_a_cold_build(history: History) -> None:
    """One worker does it all, each narration is spoken by one process, and ffmpeg starts a few times for each scene."""
    limits = {"worker": 1, "espeak": CASE.scenes, "ffmpeg": 5 * CASE.scenes + 2}
    assert history.cold.started.keys() == limits.keys()
    assert history.cold.started <= Counter(limits)


def test_processes_of_an_edit(history: History) -> None:
    """One changed word starts what one scene needs, however many others there are."""
    limits = {"worker": 1, "espeak": 1, "ffmpeg": 4}
    assert history.edit.started.keys() == limits.keys()
    assert history.edit.started <= Counter(limits)


def test_links_of_an_edit(history: History) -> None:
    """What a step only reads has no link: an edit makes as many as its scene needs, however many others there are."""
    assert history.edit.links <= 5
    assert history.cold.links <= 76


def test_modules_of_a_worker(history: History) -> None:
    """P46: a worker that speaks, times, mixes and muxes a scene loads these many modules, and none for other videos."""
    ours = {name for name in history.edit.loaded if name.partition(".")[0] == "vidbuild"}
    assert len(ours) <= 151
    assert not ours & {"vidbuild.steps.mux_whole", "vidbuild.media.container.webm", "vidbuild.media.ffmpeg.packets"}
    assert not history.edit.loaded & {"PIL", "typst", "jsonschema", "yaml", "fractions", "traceback", "dataclasses"}


def test_a_null_build_starts_no_process(history: History) -> None:
    """A build with nothing to do starts no process by the audit hook, and has no child by the kernel."""
    assert not history.null.started
    assert not history.null.any_child
    assert history.edit.any_child  # the kernel does tell where there was one


def test_a_null_build_hashes_and_reads_no_media(history: History) -> None:
    """A build with nothing to do hashes no byte, and opens no file that holds picture or sound."""
    assert history.null.hashed == {}
    assert history.null.media == ()
    assert history.cold.media  # a build that places its video does open it


def test_only_what_changes_is_coded(history: History) -> None:
    """Of a list's frames most are held, and of those that differ only the part that changes is coded."""
    length = round(CASE.seconds * CASE.fps)
    for (step, report), shown in zip(floor.films(history.spec), floor.filmed(history.spec), strict=True):
        facts = json.loads(report.path(step.id, "render.json").read_text(encoding="utf-8"))
        assert facts["frames"] < length / 3 < shown.frames == length
        assert len(shown.differing) < length / 3
        assert facts["coded"] < len(shown.differing)


def test_an_edit_hashes_what_it_changed(history: History) -> None:
    """One changed word has the spec hashed and what is new, never the pictures and sounds that stayed."""
    assert history.edit.hashed[str(history.spec)] == history.spec.stat().st_size
    assert sum(history.edit.hashed.values()) <= history.spec.stat().st_size + history.video.stat().st_size


def test_a_null_build_opens_no_more_files_for_more_scenes(tmp_path: Path) -> None:
    """What is remembered of a spec is in a handful of files, as many for two scenes as for nine."""
    opened = []
    for scenes in (2, 9):
        folder = tmp_path / str(scenes)
        cases.write(replace(SILENT, scenes=scenes), folder)
        counted(folder, "build")
        opened.append(counted(folder, "build", workers=False).opened)
    assert len(opened[0]) == len(opened[1]) <= 14, opened  # four of them for the record that it leaves


def test_a_null_build_imports_no_more_of_ours(history: History) -> None:
    """P46: of vidbuild's own modules a build with nothing to do imports these at most, and none that makes anything."""
    ours = {name for name in history.null.modules if name.partition(".")[0] == "vidbuild"}
    assert len(ours) <= 114
    parts = {name.split(".")[1] for name in ours if "." in name}
    assert not parts & {"spec", "steps", "scenes"}


def test_a_repeated_null_build_reads_its_record_alone(history: History) -> None:
    """P45, P46: if nothing changed since a build with nothing to do, one file is read, and next to none imported."""
    assert not history.repeated.started
    assert not history.repeated.any_child
    record, *locked = history.repeated.opened
    assert record.parent.parent.name == "memos"
    assert [path.name for path in locked] == ["use", ".video.vidbuild", "lock"]
    ours = {name for name in history.repeated.modules if name.partition(".")[0] == "vidbuild"}
    assert ours == {"vidbuild", *(f"vidbuild.{name}" for name in ("flock", "null_build", "null_log"))}
    others = history.repeated.modules - ours
    assert others <= {"__future__", "_blake2", "_hashlib", "errno", "fcntl", "hashlib", "zlib"}
