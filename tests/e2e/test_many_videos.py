"""Several specs in one command: one run, equal steps once, each video in its place as soon as it is whole."""

from __future__ import annotations

import json
import re
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import vidbuild
from tests.support import event_log
from tests.support.gated_build import controlled
from tests.support.workspace import SMALL, Workspace
from vidbuild.engine.runs.events import Event, TargetFinished

SPECS = ("a.yaml", "b.yaml", "c.yaml")
FAILING = SMALL.replace(
    "title: Two, duration: 0.5", "title: Two, narration: Hello there., voice: 'espeak:en-us', max_duration: 0.1"
)
WRONG = SMALL.replace("title: One", "titel: One")


def spec(name: str, text: str = SMALL) -> str:
    """A spec whose first scene is that of all the others, and whose second one is its own."""
    return text.replace("title: Two", f"title: Two of {name}")


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    """Three specs with one scene in common."""
    for name in SPECS:
        workspace.write(name, spec(name))
    return workspace


def events_of(space: Workspace) -> list[dict[str, Any]]:
    """The events that the last build wrote to events.jsonl, checked."""
    events = event_log.read(space.root / "events.jsonl")
    event_log.check(events)
    return events


def build(space: Workspace, *args: str, code: int = 0) -> dict[str, Any]:
    """Build the three specs and return the JSON object that the command printed."""
    outcome = space.run("build", *SPECS, "--json", "--events", "events.jsonl", *args)
    assert outcome.code == code, outcome.stderr
    return outcome.data


def statuses(data: dict[str, Any]) -> list[str]:
    """The status of each spec, in their order."""
    assert [each["spec"] for each in data["builds"]] == list(SPECS)
    return [each["status"] for each in data["builds"]]


def mp4(space: Workspace, name: str) -> Path:
    """The video of a spec."""
    return space.root / "build" / f"{name}.mp4"


def test_several_specs_are_one_run(project: Workspace) -> None:
    """All builds of a command have the id of one run, which the list of runs has once, with a target for each."""
    data = build(project)
    assert list(data) == ["status", "builds"]
    assert (data["status"], statuses(data)) == ("built", ["built"] * 3)
    (run,) = {each["run"] for each in data["builds"]}
    (listed,) = project.run("runs", "--json").data["runs"]
    assert (listed["run"], listed["state"], listed["spec"]) == (run, "completed", "a.yaml, b.yaml, c.yaml")
    shown = project.run("runs", "show", "last", "--json").data
    assert [(each["name"], each["entry"], each["status"]) for each in shown["targets"]] == [
        ("a", "a.yaml", "built"),
        ("b", "b.yaml", "built"),
        ("c", "c.yaml", "built"),
    ]
    lines = project.run("runs", "show", "last").stdout.splitlines()
    videos = lines[lines.index("videos:") + 1 :][:3]
    assert [line.split()[:2] for line in videos] == [["a", "built"], ["b", "built"], ["c", "built"]]
    assert any(line.split()[:2] == ["b/render:two", "ran"] for line in lines)


def test_equal_steps_run_once(project: Workspace) -> None:
    """A step that several videos need runs in one of them and is cached in the others, whichever starts it."""
    data = build(project, "-j", "4")
    events = events_of(project)
    started = Counter(each["step"].partition("/")[2] for each in events if each["type"] == "step_started")
    cached = Counter(each["step"].partition("/")[2] for each in events if each["type"] == "step_cached")
    for step in ("draw:one", "render:one", "still:one"):
        assert (started[step], cached[step]) == (1, 2), step
    assert (started["draw:two"], started["render:two"]) == (3, 3)
    keys = [each["key"] for each in events if each["type"] == "step_started"]
    assert len(keys) == len(set(keys))
    assert sum(len(each["steps"]["ran"]) for each in data["builds"]) == len(keys)
    assert not any("/" in step for each in data["builds"] for step in each["steps"]["ran"])
    again = build(project)
    assert (again["status"], statuses(again)) == ("up-to-date", ["up-to-date"] * 3)


def test_each_video_is_in_its_place_as_soon_as_it_is_whole(project: Workspace) -> None:
    """When a target's last event arrives its video can be played, while the run continues with others."""
    there: dict[str, list[str]] = {}
    kinds: list[str] = []

    def listen(event: Event) -> None:
        kinds.append(event.type)
        if isinstance(event, TargetFinished):
            there[event.target] = sorted(path.stem for path in (project.root / "build").glob("*.mp4"))

    vidbuild.build_all([project.root / name for name in SPECS], on_event=listen, jobs=1)
    assert [len(videos) for videos in there.values()] == [1, 2, 3]
    assert all(name in videos for name, videos in there.items())
    first = kinds.index("target_finished")
    assert "step_started" in kinds[first:], "the first video was finished before the last step began"


@pytest.mark.parametrize("jobs", ["1", "4"])
def test_a_failing_spec_stops_no_other_under_keep_going(project: Workspace, jobs: str) -> None:
    """V23: with -k the other videos are built, and the exit code is that of the failure."""
    project.write("b.yaml", spec("b", FAILING))
    data = build(project, "-k", "-j", jobs, code=2)
    assert (data["status"], statuses(data)) == ("failed", ["built", "failed", "built"])
    assert [each["step"] for each in data["builds"][1]["steps"]["failed"]] == ["timeline:two"]
    assert (mp4(project, "a").exists(), mp4(project, "b").exists(), mp4(project, "c").exists()) == (True, False, True)
    finished = {each["target"]: each["status"] for each in events_of(project) if each["type"] == "target_finished"}
    assert finished == {"a": "built", "b": "failed", "c": "built"}


def test_a_failing_spec_stops_the_run(project: Workspace) -> None:
    """Without -k nothing starts after a failure; a video that was whole by then is in its place."""
    build(project)
    for name in ("b", "c"):
        project.write(f"{name}.yaml", spec(f"another {name}"))
    project.write("b.yaml", spec("b", FAILING))
    outcome = project.run("build", *SPECS, "--json", "-j", "1")
    assert outcome.code == 2
    assert (outcome.data["status"], statuses(outcome.data)) == ("failed", ["up-to-date", "failed", "aborted"])
    lines = outcome.stderr.splitlines()
    assert lines[-2:] == ["not built: c.yaml", "      hint: -k builds the others"]
    assert sum(line.startswith("failed: b.yaml: 1 step failed") for line in lines) == 1
    assert "aborted" in project.run("runs", "show", "last").stdout
    assert project.run("runs", "--json").data["runs"][0]["code"] == 2


def test_a_wrong_spec_keeps_all_from_being_built(project: Workspace) -> None:
    """Without -k all specs are checked before anything runs, and the errors of every wrong one are printed."""
    project.write("a.yaml", WRONG)
    project.write("c.yaml", WRONG)
    outcome = project.run("build", *SPECS, "--json")
    assert outcome.code == 2
    assert (outcome.data["status"], statuses(outcome.data)) == ("failed", ["failed", "aborted", "failed"])
    assert all("titel" in outcome.data["builds"][index]["errors"][0]["message"] for index in (0, 2))
    assert "a.yaml:5:28: unknown scene field 'titel'" in outcome.stderr
    assert "c.yaml:5:28: unknown scene field 'titel'" in outcome.stderr
    assert outcome.stderr.splitlines()[-2:] == ["not built: b.yaml", "      hint: -k builds the others"]
    assert not (project.root / "build").exists()


def test_a_wrong_spec_stops_no_other_under_keep_going(project: Workspace) -> None:
    """V23: with -k a wrong spec is reported, and the others are built in one run."""
    project.write("a.yaml", WRONG)
    outcome = project.run("build", "-k", *SPECS, "--json")
    assert outcome.code == 2
    assert statuses(outcome.data) == ["failed", "built", "built"]
    assert len({each["run"] for each in outcome.data["builds"][1:]}) == 1
    assert "not built" not in outcome.stderr


def test_steps_of_several_videos_have_their_names(project: Workspace) -> None:
    """On stderr each step has its video's name; in the JSON of a spec a step has its id in that spec."""
    outcome = project.run("build", *SPECS, "--json")
    first, *lines = outcome.stderr.splitlines()
    assert first.startswith("first build: ")
    steps = [match[1] for line in lines if (match := re.fullmatch(r"\[\d+/\d+ \d+:\d\d\] (\S+)", line))]
    assert "b/render:two" in steps
    assert {step.partition("/")[0] for step in steps} == {"a", "b", "c"}
    assert all(line.startswith(("[", "built ")) for line in lines)
    assert "render:two" in outcome.data["builds"][1]["steps"]["ran"]


def test_fresh_reaches_steps_of_one_video_or_of_all(project: Workspace) -> None:
    """P12: a pattern without a video's name is for every video, one with a name for that video; equal keys run once."""
    build(project)
    everywhere = build(project, "--fresh", "render:*")
    ran = [each["steps"]["ran"] for each in everywhere["builds"]]
    assert all("render:two" in each for each in ran), ran
    assert sum("render:one" in each for each in ran) == 1, ran  # the same in all three videos
    one = build(project, "--fresh", "a/render:two")
    assert [each["steps"]["ran"] for each in one["builds"]] == [["render:two"], [], []]
    dry = project.run("build", "-n", *SPECS, "--fresh", "a/render:two", "--json").data
    assert [each["steps"]["would_run"][:1] for each in dry["builds"]] == [["render:two"], [], []]
    for dry_run in ([], ["-n"]):
        outcome = project.run("build", *SPECS, "--fresh", "a/render:tow", *dry_run)
        assert (outcome.code, "did you mean 'a/render:two'?" in outcome.stderr) == (2, True)


def test_specs_of_one_name_are_distinguished_by_their_folders(workspace: Workspace) -> None:
    """Two specs of the same file name have their folders' names in the names of their targets."""
    for folder in ("docs/intro", "docs/end"):
        workspace.write(f"{folder}/video.yaml", spec(folder))
    outcome = workspace.run("build", "docs/intro", "docs/end", "--events", "events.jsonl")
    assert outcome.code == 0, outcome.stderr
    events = events_of(workspace)
    assert [each["target"] for each in events if each["type"] == "target_started"] == ["intro/video", "end/video"]
    assert [line.split()[1] for line in outcome.stdout.splitlines()] == [
        "docs/intro/build/video.mp4",
        "docs/end/build/video.mp4",
    ]
    assert workspace.run("explain", "--last", "docs/end/video.yaml").stdout.splitlines()[0].endswith("  built")


def test_specs_of_two_projects_are_two_runs(workspace: Workspace) -> None:
    """Each project has a cache, and so a run, of its own; one that fails stops the other unless -k is given."""
    for folder, text in (("one", FAILING), ("two", SMALL)):
        workspace.write(f"{folder}/vidbuild.toml", "")
        workspace.write(f"{folder}/{folder}.yaml", spec(folder, text))
    stopped = workspace.run("build", "one/one.yaml", "two/two.yaml", "--json")
    assert [each["status"] for each in stopped.data["builds"]] == ["failed", "aborted"]
    assert "not built: two/two.yaml" in stopped.stderr
    outcome = workspace.run("build", "-k", "one/one.yaml", "two/two.yaml", "--json")
    assert outcome.code == 2
    assert [each["status"] for each in outcome.data["builds"]] == ["failed", "built"]
    assert len({each["run"] for each in outcome.data["builds"]}) == 2
    assert len(event_log.runs(workspace.root / "two" / ".vidbuild")) == 1
    assert "timeline:two" in outcome.stderr, "the only video of a run has no name in front of its steps"
    assert "one/timeline:two" not in outcome.stderr


def test_a_run_of_several_is_continued(project: Workspace) -> None:
    """P15: `--resume last` builds what a run of several left undone, with that run's specs."""
    project.write("b.yaml", spec("b", FAILING))
    failed = build(project, code=2)
    done = {each["spec"]: set(each["steps"]["ran"]) for each in failed["builds"]}
    project.write("b.yaml", spec("b"))
    outcome = project.run("build", "--resume", "last", "--json")
    assert outcome.code == 0, outcome.stderr
    assert len({each["run"] for each in outcome.data["builds"]}) == 1
    run = failed["builds"][1]["run"]
    assert [line.partition(":")[0] for line in outcome.stderr.splitlines() if f"continuing {run}" in line] == list(
        "abc"
    )
    for each in outcome.data["builds"]:
        if each["spec"] != "b.yaml":
            assert not done[each["spec"]] & set(each["steps"]["ran"])
        assert each["status"] in {"built", "up-to-date"}
    assert project.run("runs", "show", "last", "--json").data["continues"] == run
    over = project.run("build", "--resume", "last")
    assert (over.code, "completed, so there is nothing to continue" in over.stderr) == (2, True)


def test_an_interrupted_run_cancels_every_video_that_is_not_whole(project: Workspace) -> None:
    """P41: Ctrl-C ends the whole run, each unfinished video is cancelled, and the exit code is 130."""
    waiting = controlled(project, *SPECS, "--json")
    try:
        waiting.at_the_gate()
        waiting.send(signal.SIGINT)
        waiting.wait_for_event("run_started")
        waiting.gate.open()
        code, out, err = waiting.ends()
    finally:
        waiting.end_now()
    assert code == 130, err
    assert statuses(json.loads(out)) == ["cancelled"] * 3
    assert "not built" not in err
    events = events_of(project)
    assert (events[-1]["type"], events[-1]["code"]) == ("run_cancelled", 130)
    assert {each["status"] for each in events if each["type"] == "target_finished"} == {"cancelled"}
    assert build(project)["status"] == "built"


def test_explain_follows_one_of_several(project: Workspace) -> None:
    """P39: `explain --last SPEC` shows that spec's steps alone, by their ids in the spec."""
    build(project)
    project.write("a.yaml", spec("a").replace("title: One", "title: Eins"))
    build(project)
    lines = project.run("explain", "--last", "a.yaml").stdout.splitlines()
    assert lines[0].endswith("  a.yaml  built")
    assert "draw:one  ran: title changed" in lines
    assert not any("/" in line.split()[0] for line in lines)
    quiet = project.run("explain", "--last", "b.yaml").stdout.splitlines()
    assert quiet[0].endswith("  b.yaml  up-to-date")
    assert quiet[1:] == ["12 of 12 steps cached"]
    one = project.run("explain", "--last", "a.yaml", "render:one").stdout
    assert "render:one  ran: " in one
    whole = project.run("explain", "--last").stdout.splitlines()
    assert "a/draw:one  ran: title changed" in whole


def test_a_dry_run_of_several_reports_each(project: Workspace) -> None:
    """P27: a dry run reports every spec, right or wrong, and writes nothing."""
    project.write("b.yaml", WRONG)
    before = project.snapshot()
    outcome = project.run("build", "-n", *SPECS)
    assert outcome.code == 2
    lines = outcome.stdout.splitlines()
    assert [line for line in lines if line.startswith(("would build", "failed"))] == [
        "would build a.yaml: 12 of 12 steps may run",
        "failed: b.yaml",
        "would build c.yaml: 12 of 12 steps may run",
    ]
    assert project.snapshot() == before


def test_a_failed_tool_of_one_of_several_has_its_command(project: Workspace) -> None:
    """P50: the saved command of a failed step is found among those of all videos."""
    outcome = project.run("build", "-k", *SPECS, "-j", "1", env={"VIDBUILD_FFMPEG": "/bin/false"})
    assert outcome.code == 1
    commands = {line.partition("command: ")[2] for line in outcome.stderr.splitlines() if "command: " in line}
    assert commands
    assert all((project.root / command).is_file() for command in commands), commands


def test_several_videos_make_the_same_bytes_as_one(project: Workspace) -> None:
    """V12: the outputs of a video do not depend on the videos that are built with it."""
    together = build(project, "--shuffle", "7")
    alone = project.run("build", "b.yaml", "--json", env={"VIDBUILD_CACHE": "another-cache"}).data
    digests = [{each["path"]: each["sha256"] for each in found["outputs"]} for found in (together["builds"][1], alone)]
    assert digests[0] == digests[1]


def test_a_name_with_odd_characters_is_a_target_of_one_line(workspace: Workspace) -> None:
    """P43: a file's name can neither add a line to the log nor collide with another target's name."""
    names = ("x\n::error::y.yaml", "x\t::error::y.yaml", "plain.yaml")
    for name in names:
        workspace.write(name, spec("odd"))
    outcome = workspace.run("build", *names, "--events", "events.jsonl")
    assert outcome.code == 0, outcome.stderr
    targets = [each["target"] for each in events_of(workspace) if each["type"] == "target_started"]
    assert len(set(targets)) == 3
    assert not any(character in target for target in targets for character in "\n\t:")
    assert not any(line.startswith("::") for line in (outcome.stdout + outcome.stderr).splitlines())
    assert {path.name for path in (workspace.root / "build").glob("*.mp4")} == {
        name.replace(".yaml", ".mp4") for name in names
    }
    assert json.loads(workspace.run("runs", "show", "last", "--json").stdout)["state"] == "completed"
