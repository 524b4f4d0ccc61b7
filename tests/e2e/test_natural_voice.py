"""Builds with the natural voice, through the command: one process that has the model, which ends with the build."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.processes import alive, marked, until, workers
from tests.support.workspace import Workspace
from vidbuild.voices import natural, natural_voices

LIBRARY = "onnxruntime"
HEAD = "vidbuild: 1\ntitle: Spoken\noutput: {size: 128x72, fps: 24}\n"
LINE = "This sentence is long enough to take some time when it is spoken, and it has a number of words."


def scenes(count: int, text: str = LINE) -> str:
    """So many scenes, each with another narration."""
    lines = (f"  - {{id: s{index}, type: title, title: T, narration: '{text} {index}.'}}\n" for index in range(count))
    return f"{HEAD}scenes:\n{''.join(lines)}"


def with_model(root: Path) -> set[int]:
    """The workers of a project's builds that have the library of the model in their memory."""
    found = set()
    for number in workers(root):
        try:
            text = Path(f"/proc/{number}/maps").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if LIBRARY in text:
            found.add(number)
    return found


@contextmanager
def watched(root: Path) -> Iterator[set[int]]:
    """All processes that had the model at any time while the block ran."""
    found: set[int] = set()
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            found.update(with_model(root))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def words(space: Workspace) -> list[dict[str, object]]:
    """The words of the last video's first scene."""
    timing = json.loads(space.read("build/video.timing.json"))
    found: list[dict[str, object]] = timing["scenes"][0]["words"]
    return found


def test_one_process_loads_the_model_for_all_scenes(workspace: Workspace) -> None:
    """N7: English without a voice is natural; however many scenes are spoken, one process has the model."""
    workspace.write("video.yaml", scenes(6))
    with watched(workspace.root) as found:
        workspace.build("--jobs", "4")
    assert [step for step in workspace.ran() if step.startswith("speak:")] == [f"speak:s{index}" for index in range(6)]
    assert len(found) == 1
    assert {word["from"] for word in words(workspace)} == {"model"}
    with watched(workspace.root) as found:
        workspace.write("video.yaml", scenes(6).replace("title: T, narration", "title: U, narration", 1))
        workspace.build()
        workspace.build()
    assert found == set()


def test_a_rebuild_has_the_same_bytes(workspace: Workspace) -> None:
    """P1: rebuilt from an empty cache, a video with the natural voice is the same."""
    workspace.write("video.yaml", scenes(2, "Once more."))
    workspace.build()
    outcome = workspace.run("build", "video.yaml", "--verify")
    assert outcome.code == 0, outcome.stderr
    assert "identical" in outcome.stdout + outcome.stderr


def test_a_take_is_the_take_for_all(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """N8: the processor is in no key, so that another machine with the same cache uses the take that is there."""
    monkeypatch.setenv("VIDBUILD_CACHE", str(tmp_path / "shared"))
    workspace.write("video.yaml", scenes(1, "One take."))
    workspace.build()
    first = words(workspace)
    other = Workspace(tmp_path / "elsewhere")
    other.write("video.yaml", scenes(1, "One take."))
    processor = {"NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3", "OPENBLAS_CORETYPE": "Prescott"}
    outcome = other.run("build", "video.yaml", "--json", env=processor)
    assert outcome.code == 0, outcome.stderr
    assert outcome.data["steps"]["ran"] == []
    assert words(other) == first
    before = natural.Natural().identity()
    monkeypatch.setattr("platform.processor", lambda: "another")
    monkeypatch.setattr("platform.machine", lambda: "another")
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    assert natural.Natural().identity() == before


def test_the_worker_with_the_model_ends_with_a_killed_build(workspace: Workspace) -> None:
    """N7: SIGKILL of a build ends the worker that has the model, busy or idle."""
    workspace.write("video.yaml", scenes(12, LINE * 4))
    command = [sys.executable, "-m", "vidbuild", "build", "video.yaml"]
    env = {**os.environ, **marked(workspace.root)}
    build = subprocess.Popen(command, cwd=workspace.root, env=env, stderr=subprocess.DEVNULL)
    try:
        assert until(lambda: bool(with_model(workspace.root)), 60)
        build.send_signal(signal.SIGKILL)
        build.wait()
        assert until(lambda: not alive(workspace.root)), alive(workspace.root)
    finally:
        build.kill()
    workspace.build()


def test_a_voice_that_must_be_fetched_stops_check_and_build(workspace: Workspace, tmp_path: Path) -> None:
    """A voice whose model is not on this machine is an error at its place, with the command that fetches it."""
    workspace.write("video.yaml", scenes(1).replace("output:", "voice: natural:emma\noutput:"))
    env = {"HIBARI_HOME": str(tmp_path / "none")}
    for command in ("check", "build"):
        outcome = workspace.run(command, "video.yaml", env=env)
        assert outcome.code == 2
        assert "video.yaml:3:16: the model of the voice 'natural:emma' is not on this machine" in outcome.stderr
        assert "hint: vidbuild voices --fetch natural:emma" in outcome.stderr
    assert not (tmp_path / "none").exists()


def test_a_model_of_other_content_is_refused_by_the_step_that_reads_it(workspace: Workspace, tmp_path: Path) -> None:
    """The worker reads a fetched model through its sandbox, and refuses one that is not the library's, at the voice."""
    models = tmp_path / "models"
    models.mkdir()
    heart = natural_voices.voices()["heart"].path
    (models / "bf_emma.int8.onnx").write_bytes(heart.read_bytes())
    workspace.write("video.yaml", scenes(1).replace("output:", "voice: natural:emma\noutput:"))
    outcome = workspace.run("build", "video.yaml", env={"HIBARI_HOME": str(models)})
    assert outcome.code == 1
    assert "video.yaml:3:8: speak:s0 failed: the model of the voice 'natural:emma' is corrupt" in outcome.stderr
    assert "hint: vidbuild voices --fetch natural:emma" in outcome.stderr


def test_a_fetch_that_fails_ends_with_the_code_of_the_network(workspace: Workspace, tmp_path: Path) -> None:
    """A model that cannot be downloaded is exit code 4; a voice without one is a usage error."""
    env = {"HIBARI_HOME": str(tmp_path / "models"), "VIDBUILD_NATURAL_MODELS": (tmp_path / "none").as_uri() + "/"}
    outcome = workspace.run("voices", "--fetch", "natural:emma", env=env)
    assert outcome.code == 4
    assert "cannot download" in outcome.stderr
    assert workspace.run("voices", "--fetch", "espeak:de").code == 2
    assert workspace.run("voices", "--fetch", "natural:heart").code == 0


def test_chinese_in_an_english_narration_is_a_located_warning(workspace: Workspace) -> None:
    """Words in a script that the voice cannot read are a warning of check, with their place."""
    workspace.write("video.yaml", scenes(1, "Say 你好 to them."))
    outcome = workspace.run("check", "video.yaml")
    assert "video.yaml:5:53: warning: the voice 'natural:heart' cannot read Chinese characters" in outcome.stderr


def test_english_without_the_packages_is_spoken_by_espeak_and_says_so(workspace: Workspace, tmp_path: Path) -> None:
    """Where onnxruntime cannot be imported, check warns in one line, doctor notes it, and the build is spoken."""
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(
        "import importlib.util as util\nfound = util.find_spec\n"
        "util.find_spec = lambda name, *rest: None if name == 'onnxruntime' else found(name, *rest)\n"
        f"exec(open({str(Path('tests/guard/sitecustomize.py').absolute())!r}).read())\n",
        encoding="utf-8",
    )
    path = os.pathsep.join([str(hidden), os.environ["PYTHONPATH"]])
    workspace.write("video.yaml", scenes(1, "Hello."))
    outcome = workspace.run("build", "video.yaml", env={"PYTHONPATH": path})
    assert outcome.code == 0, outcome.stderr
    assert "warning: the narration is spoken by 'espeak:en-us': the natural voice is not installed" in outcome.stderr
    assert {word["from"] for word in words(workspace)} <= {"engine", "aligned"}
    for command in ("build", "check"):
        again = workspace.run(command, "video.yaml", env={"PYTHONPATH": path})
        assert again.stderr.count("video.yaml:1:1: warning: the narration is spoken by 'espeak:en-us'") == 1
    workspace.write("silent.yaml", workspace.read("video.yaml").replace("narration: 'Hello. 0.'", "duration: 1"))
    assert "warning" not in workspace.run("check", "silent.yaml", env={"PYTHONPATH": path}).stderr
    doctor = workspace.run("doctor", env={"PYTHONPATH": path})
    assert "not installed: English is spoken by espeak:en-us" in doctor.stdout
    assert natural.INSTALL in doctor.stdout + doctor.stderr
    again = workspace.run("build", "video.yaml")
    assert "speak:s0" in again.stderr + again.stdout
    assert {word["from"] for word in words(workspace)} == {"model"}


pytestmark = pytest.mark.skipif(natural.Natural().available() is not None, reason="the natural voice is not installed")
