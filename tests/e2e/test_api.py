"""The Python API: the same power as the command line, with values instead of text."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import vidbuild
from vidbuild.engine.runs.events import Event

SCENES: list[dict[str, Any]] = [
    {"id": "one", "type": "title", "title": "One", "duration": 0.5},
    {"id": "two", "type": "title", "title": "Two", "narration": "Two is said."},
]
DATA: dict[str, Any] = {
    "vidbuild": 1,
    "title": "Made",
    "output": {"size": "128x72", "fps": 24},
    "voice": "espeak:en-us",
    "scenes": SCENES,
}
SPEC = """\
vidbuild: 1
title: Written
output: {size: 128x72, fps: 24}
scenes:
  - {id: one, type: title, title: "{{ word }}", duration: 0.5}
  - {id: two, type: title, title: Two, duration: 0.5}
vars: {word: One}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A small spec in a project of its own."""
    (tmp_path / "vidbuild.toml").touch()
    path = tmp_path / "video.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def test_every_public_name_is_there() -> None:
    """What __all__ promises can be imported, and nothing else is offered by dir()."""
    for name in vidbuild.__all__:
        assert getattr(vidbuild, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = vidbuild.nonsense


def test_a_result_describes_the_build(spec: Path) -> None:
    """The result names the outputs with their digests, the steps that ran and why, and the length of the video."""
    result = vidbuild.build(spec)
    assert result.status == "built"
    assert result.video_seconds == 1.0
    names = [output.path.name for output in result.outputs]
    assert names == [
        "video.mp4", "video.srt", "video.vtt", "video.timing.json", "video.report.html", "video.poster.png",
    ]  # fmt: skip
    assert all(output.path.stat().st_size == output.bytes for output in result.outputs)
    assert result.steps.total == len(result.steps.ran) + result.steps.cached
    assert result.steps.cached == 2, "equal scenes are timed and heard once"
    assert set(result.steps.reasons.values()) == {"never built"}
    again = vidbuild.build(spec)
    assert again.status == "up-to-date"
    assert again.steps.ran == ()
    assert again.outputs == result.outputs


def test_a_build_with_nothing_to_do_starts_nothing(spec: Path) -> None:
    """V25: no process is started and no byte of media is read, however long the video is."""
    vidbuild.build(spec)
    started: list[str] = []
    opened: list[str] = []
    watching = True

    def watch(event: str, args: tuple[Any, ...]) -> None:
        if watching and event in {"subprocess.Popen", "os.fork", "os.posix_spawn", "os.exec"}:
            started.append(event)
        if (
            watching
            and event == "open"
            and isinstance(args[0], str)
            and ("/cas/" in args[0] or args[0].endswith(".mp4"))
        ):
            opened.append(args[0])

    sys.addaudithook(watch)
    result = vidbuild.build(spec)
    watching = False
    assert result.status == "up-to-date"
    assert started == []
    assert len(opened) <= 1, "only how many frames there are"


def test_a_spec_made_in_python_is_the_same_as_one_in_yaml(spec: Path) -> None:
    """The same scenes give the same keys, whichever way the spec was written."""
    vidbuild.build(spec)
    data = {**DATA, "title": "Written", "scenes": [
        {"id": "one", "type": "title", "title": "One", "duration": 0.5},
        {"id": "two", "type": "title", "title": "Two", "duration": 0.5},
    ]}  # fmt: skip
    made = vidbuild.parse(data, path=spec.with_name("made.yaml"))
    result = vidbuild.build(made)
    assert result.steps.ran == ("report",), "its page leads to a video of another name"
    assert (spec.parent / "build" / "made.mp4").exists()


def test_what_is_wrong_with_a_spec_is_raised_with_its_place() -> None:
    """A spec made in Python is checked like any other, and its problems name fields."""
    scenes = [{**SCENES[0], "titel": "x"}]
    with pytest.raises(vidbuild.SpecError) as caught:
        vidbuild.parse({**DATA, "scenes": scenes}, path="made.yaml")
    (problem,) = caught.value.diagnostics
    assert problem.path == "scenes[0].titel"
    assert "did you mean 'title'" in (problem.hint or "")


def test_events_arrive_in_order_in_a_function(spec: Path) -> None:
    """A plain function receives the run's start first and its end last."""
    heard: list[Event] = []
    vidbuild.build(spec, on_event=heard.append)
    assert heard[0].type == "run_started"
    assert heard[-1].type == "run_finished"
    assert {event.type for event in heard} >= {"step_started", "step_finished"}


def test_events_arrive_in_order_in_a_coroutine(spec: Path) -> None:
    """A coroutine function is awaited for each event before the next is emitted."""
    heard: list[str] = []

    async def listen(event: Event) -> None:
        await asyncio.sleep(0)
        heard.append(event.type)

    vidbuild.build(spec, on_event=listen)
    assert heard[0] == "run_started"
    assert heard[-1] == "run_finished"


def test_an_object_with_an_async_call_is_awaited(spec: Path) -> None:
    """Not only functions can be coroutine functions."""

    class Listener:
        def __init__(self) -> None:
            self.heard: list[str] = []

        async def __call__(self, event: Event) -> None:
            self.heard.append(event.type)

    listener = Listener()
    vidbuild.build(spec, on_event=listener)
    assert listener.heard[-1] == "run_finished"


def test_an_error_in_a_coroutine_reaches_the_caller(spec: Path) -> None:
    """A listener's own failure is not swallowed."""

    async def listen(event: Event) -> None:
        raise RuntimeError(event.type)

    with pytest.raises(RuntimeError, match="run_started"):
        vidbuild.build(spec, on_event=listen)
    assert vidbuild.build(spec).ok


def test_a_closed_listener_is_not_a_cache_error(spec: Path) -> None:
    """An error in a listener reaches its caller as it is, and the next build is unaffected."""

    def listen(event: Event) -> None:
        raise BrokenPipeError(event.type)

    with pytest.raises(BrokenPipeError):
        vidbuild.build(spec, on_event=listen)
    assert vidbuild.build(spec).ok


def test_a_cache_that_cannot_be_written_is_an_error(spec: Path) -> None:
    """P20: a cache in an impossible place is an error that names it, not a bug of ours."""
    with pytest.raises(vidbuild.StoreError, match="cache"):
        vidbuild.build(spec, cache=spec / "not-a-folder")


def test_a_cancelled_build_keeps_what_it_finished(spec: Path) -> None:
    """P15: what ran before the cancel does not run again."""
    stop = threading.Event()
    done: list[str] = []

    def listen(event: Event) -> None:
        if event.type == "step_finished":
            done.append(event.to_data()["step"])
            stop.set()

    class Stop(vidbuild.RunControl):
        def requested(self) -> vidbuild.Control:
            return vidbuild.Control.CANCEL if stop.is_set() else vidbuild.Control.RUN

    result = vidbuild.build(spec, jobs=1, on_event=listen, control=Stop())
    assert result.status == "cancelled"
    assert done
    again = vidbuild.build(spec)
    assert again.ok
    assert not set(done) & set(again.steps.ran)


def test_variables_reach_the_templates(spec: Path) -> None:
    """A variable from outside changes the scene that uses it, and only that one."""
    vidbuild.build(spec)
    result = vidbuild.build(spec, variables={"word": "Other"})
    assert "draw:one" in result.steps.ran
    assert "draw:two" not in result.steps.ran


def test_one_scene_by_itself(spec: Path) -> None:
    """--only makes a video of that scene under its own name and leaves the whole video's outputs alone."""
    result = vidbuild.build(spec, only=["two"])
    assert result.outputs[0].path.name == "video.two.mp4"
    assert result.video_seconds == 0.5
    assert not (spec.parent / "build" / "video.mp4").exists()


def test_a_scene_that_is_not_there_is_named_with_its_nearest(spec: Path) -> None:
    """A misspelt scene is a usage error with a hint."""
    with pytest.raises(vidbuild.UsageError, match="has no scene 'tow'") as caught:
        vidbuild.build(spec, only=["tow"])
    assert caught.value.hint == "did you mean 'two'?"


def test_a_dry_run_writes_nothing(spec: Path) -> None:
    """P27: a dry run names the steps that would run, and leaves not even a cache behind."""
    before = sorted(spec.parent.rglob("*"))
    result = vidbuild.build(spec, dry_run=True)
    assert result.status == "would-build"
    assert "draw:one" in result.steps.would_run
    assert result.steps.ran == ()
    assert result.steps.reasons["draw:one"] == "will run: never built"
    assert sorted(spec.parent.rglob("*")) == before


def test_explain_and_graph_write_nothing(spec: Path) -> None:
    """P27: looking leaves no trace, before the first build and after it."""
    for _ in range(2):
        before = {path: path.stat().st_mtime_ns for path in spec.parent.rglob("*")}
        assert [each.step for each in vidbuild.explain(spec, "mux")] == ["mux"]
        assert "mux" in vidbuild.graph(spec).steps
        assert {path: path.stat().st_mtime_ns for path in spec.parent.rglob("*")} == before
        vidbuild.build(spec)


def test_a_read_only_project_can_be_explained(spec: Path, tmp_path: Path) -> None:
    """P27: explain works where nothing can be written."""
    vidbuild.build(spec)
    for folder, _, files in os.walk(tmp_path, topdown=False):
        for name in files:
            (Path(folder) / name).chmod(0o444)
        Path(folder).chmod(0o555)
    try:
        assert all(each.state == "cached" for each in vidbuild.explain(spec))
    finally:
        for folder, _, _ in os.walk(tmp_path):
            Path(folder).chmod(0o755)


def test_an_output_edited_by_hand_is_kept_and_reported(spec: Path) -> None:
    """P17: a file that someone changed is not silently overwritten."""
    result = vidbuild.build(spec)
    captions = result.outputs[1].path
    captions.write_text("mine", encoding="utf-8")
    again = vidbuild.build(spec)
    assert captions.with_name("video.mine.srt").read_text(encoding="utf-8") == "mine"
    assert captions.read_bytes() != b"mine"
    assert any("was changed since vidbuild wrote it" in notice.message for notice in again.warnings)


def test_the_report_page_describes_its_outputs(spec: Path) -> None:
    """The page describes the outputs beside it, even if all of them came from the cache."""
    vidbuild.build(spec)
    text = spec.read_text(encoding="utf-8")
    spec.write_text(text.replace("title: Written", "title: Rewritten"), encoding="utf-8")
    vidbuild.build(spec)
    page = spec.parent / "build" / "video.report.html"
    assert "Rewritten" in page.read_text(encoding="utf-8")
    spec.write_text(text, encoding="utf-8")
    result = vidbuild.build(spec)
    assert (result.status, result.steps.ran) == ("built", ())
    assert "Rewritten" not in page.read_text(encoding="utf-8")


def test_an_output_cannot_change_the_cache(spec: Path) -> None:
    """P23: writing into an output leaves its blob as it was."""
    result = vidbuild.build(spec)
    video = result.outputs[0]
    blob = spec.parent / ".vidbuild" / "v1" / "cas" / video.sha256[:2] / video.sha256
    with video.path.open("ab") as file:
        file.write(b"more")
    assert blob.stat().st_size == video.bytes
    assert blob.stat().st_ino != video.path.stat().st_ino


def test_an_output_folder_elsewhere(spec: Path, tmp_path: Path) -> None:
    """Another folder for outputs runs nothing again, and still something happened: files were written."""
    vidbuild.build(spec)
    result = vidbuild.build(spec, output=tmp_path / "elsewhere")
    assert (result.status, result.steps.ran) == ("built", ())
    assert vidbuild.build(spec, output=tmp_path / "elsewhere").status == "up-to-date"
    assert (tmp_path / "elsewhere" / "video.mp4").exists()


def test_a_project_that_moves_keeps_its_cache(spec: Path, tmp_path: Path) -> None:
    """V12, P4: keys do not depend on the project's folder."""
    vidbuild.build(spec)
    moved = tmp_path / "moved"
    shutil.copytree(spec.parent, moved, ignore=shutil.ignore_patterns("moved"), copy_function=shutil.copy2)
    assert vidbuild.build(moved / "video.yaml").steps.ran == ()


def test_offline_names_what_needs_the_network(spec: Path) -> None:
    """V24: a cold cache and a network voice cannot be built offline, and the steps are named."""
    data = {**DATA, "voice": "edge:en-US-AriaNeural"}
    made = vidbuild.parse(data, path=spec)
    with pytest.raises(vidbuild.SpecError, match="offline: speak:two would need the network"):
        vidbuild.build(made, offline=True)


def test_several_specs_and_one_of_them_wrong(spec: Path) -> None:
    """V23: with keep_going one bad spec does not keep the others from being built."""
    bad = spec.with_name("bad.yaml")
    bad.write_text("vidbuild: 1\n", encoding="utf-8")
    other = spec.with_name("other.yaml")
    shutil.copy(spec, other)
    results = vidbuild.build_all([spec, bad, other], keep_going=True)
    assert [result.status for result in results] == ["built", "failed", "built"]
    assert results[2].steps.ran == ("report",), "an equal spec needs a page that leads to its own video, and copies"
    assert results[1].diagnostics


def test_without_keep_going_a_wrong_spec_keeps_all_from_being_built(spec: Path) -> None:
    """V23: all specs are planned first, so every wrong one is in the results, and nothing is built."""
    bad, worse = spec.with_name("bad.yaml"), spec.with_name("worse.yaml")
    bad.write_text("vidbuild: 1\n", encoding="utf-8")
    worse.write_text(SPEC.replace("type: title", "type: titel"), encoding="utf-8")
    results = vidbuild.build_all([spec, bad, worse])
    assert [(result.spec, result.status) for result in results] == [
        (spec, "aborted"),
        (bad, "failed"),
        (worse, "failed"),
    ]
    assert all(result.diagnostics for result in results[1:])
    assert not any(result.outputs for result in results)
    assert not (spec.parent / "build").exists()


def test_a_spec_named_twice_is_built_once(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A spec has one result, whichever way its path is written."""
    monkeypatch.chdir(spec.parent)
    here = Path("video.yaml")
    assert [result.spec for result in vidbuild.build_all([here, spec, "./video.yaml"])] == [here]


def test_specs_made_in_python_are_built_in_one_run(spec: Path) -> None:
    """Specs made in Python can stand beside files, and all of them have the id of one run."""
    made = [vidbuild.parse(DATA, path=spec.with_name(name)) for name in ("one.yaml", "two.yaml")]
    results = vidbuild.build_all([spec, *made])
    assert [result.status for result in results] == ["built"] * 3
    assert len({result.run for result in results}) == 1
    with pytest.raises(vidbuild.SpecError, match=r"one.mp4' is an output of '.*one.yaml' too"):
        vidbuild.build_all([made[0], vidbuild.parse(DATA, path=made[0].path)])


def test_options_are_an_object_or_names(spec: Path) -> None:
    """BuildOptions and its fields by name can be mixed, and an unknown name is refused with those there are."""
    options = vidbuild.BuildOptions(only=["one"], jobs=1)
    assert (
        vidbuild.build(spec, options, output=spec.parent / "out").outputs[0].path == spec.parent / "out/video.one.mp4"
    )
    with pytest.raises(vidbuild.UsageError, match="unknown build option 'cancelled'") as caught:
        vidbuild.build(spec, cancelled=True)
    assert "keep_going" in (caught.value.hint or "")


def test_a_variable_is_for_the_specs_that_name_it(spec: Path) -> None:
    """With several specs a variable must be used by at least one of them, not by each."""
    other = spec.with_name("other.yaml")
    text = spec.read_text(encoding="utf-8")
    other.write_text(text.replace("{{ word }}", "Fixed").replace("vars: {word: One}", ""), encoding="utf-8")
    results = vidbuild.build_all([spec, other], variables={"word": "New"})
    assert [result.status for result in results] == ["built", "built"]
    wrong = vidbuild.build_all([spec, other], variables={"wrod": "x"})
    assert [result.status for result in wrong] == ["failed", "failed"]


def test_a_still_goes_through_the_same_cache(spec: Path) -> None:
    """One frame of a scene costs its drawing alone, and the build that follows uses it."""
    picture = vidbuild.still(spec, "two", 0.2)
    assert picture.name == "video.two.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "draw:two" not in vidbuild.build(spec).steps.ran


def test_check_returns_every_problem(spec: Path) -> None:
    """Check returns every problem of every spec, as values and as text, and raises nothing."""
    bad = spec.with_name("bad.yaml")
    bad.write_text(SPEC.replace("type: title", "type: titel"), encoding="utf-8")
    good, wrong = vidbuild.check([spec, bad])
    assert good.ok
    assert not wrong.ok
    assert "did you mean 'title'" in wrong.text
