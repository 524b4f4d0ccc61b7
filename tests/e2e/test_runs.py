"""Runs that are examined and controlled from another terminal, continued later, and reported afterwards."""

from __future__ import annotations

import json
import os
import re
import signal
from typing import Any

import pytest

from tests.support import event_log
from tests.support.gated_build import Controlled
from tests.support.workspace import SMALL, Workspace

BAD = SMALL.replace("title: One, duration: 0.5}", "title: One, narration: Hello there., max_duration: 0.1}")
CHOSEN = SMALL.replace("title: A small video", 'title: "{{ word }}"\nvars: {word: none}')


def shown(space: Workspace, run: str = "last") -> dict[str, Any]:
    """Return the output of `runs show --json`."""
    return space.run("runs", "show", run, "--json").data


def test_a_build_is_paused_and_resumed_from_elsewhere(waiting: Controlled) -> None:
    """P40: both sides report the request, nothing new starts meanwhile, and the build ends as any other."""
    space = waiting.space
    logged = space.run("runs", "pause", "last")
    run = waiting.wait_for_event("run_paused")["run"]
    assert logged.stdout.startswith(f"pausing {run}")
    assert space.run("runs", "pause", run[-4:]).stdout == f"{run} is paused already\n"
    assert shown(space)["state"] == "paused"
    assert space.run("runs", "--state", "paused").stdout.startswith(run)
    assert space.run("runs", "--state", "running").stdout == ""
    waiting.gate.open()
    waiting.wait_for_event("state_saved")
    started = [data["step"] for data in waiting.events() if data["type"] == "step_started"]
    assert space.run("runs", "resume", run).stdout == f"resuming {run}\n"
    code, _, err = waiting.ends()
    assert code == 0
    assert f"; vidbuild runs resume {run}\n" in err
    assert "resumed after " in err
    told_all = waiting.events()
    event_log.check(told_all)
    pause = next(place for place, data in enumerate(told_all) if data["type"] == "run_paused")
    resumed = next(place for place, data in enumerate(told_all) if data["type"] == "run_resumed")
    assert not [data for data in told_all[pause:resumed] if data["type"] == "step_started"]
    assert len(started) < len([data for data in told_all if data["type"] == "step_started"])
    over = space.run("runs", "pause", run)
    assert (over.code, over.stderr) == (2, f"vidbuild: run '{run}' has ended: it completed\n")


def test_a_build_is_cancelled_from_elsewhere_and_continued(waiting: Controlled) -> None:
    """P15: running steps may end, finished ones are kept, and the build that continues reports how many."""
    space = waiting.space
    assert space.run("runs", "cancel", "last").stdout.startswith("cancelling ")
    assert space.run("runs", "resume", "last").code == 2
    waiting.gate.open()
    assert waiting.ends()[0] == 130
    logged = waiting.events()
    event_log.check(logged)
    done, run = logged[-1]["ran"] + logged[-1]["cached"], logged[0]["run"]
    again = space.run("build", "--resume", "last", "--json")
    total = again.data["steps"]["total"]
    said = re.fullmatch(rf"continuing {run}: (\d+) of {total} steps are done, (\d+) left", again.stderr.splitlines()[0])
    assert said is not None, again.stderr
    # The scenes share two steps: what one of them made before the end is done for the other as well.
    assert done <= int(said[1]) <= done + 2
    assert int(said[1]) + int(said[2]) == total
    assert not set(again.data["steps"]["ran"]) & {data["step"] for data in logged if data["type"] == "step_finished"}
    facts = shown(space)
    assert facts["continues"] == run
    assert space.run("build", "--resume", "last").stderr.startswith("vidbuild: run '")
    assert space.run("build", "--resume", "nothing").code == 2


def test_a_killed_build_never_looks_alive(waiting: Controlled) -> None:
    """P18, P40: a killed build is failed, is shown as killed with the steps that it was running, and is continued."""
    before = shown(waiting.space)
    assert before["state"] == "running"
    assert before["running"]
    os.kill(waiting.child.pid, signal.SIGKILL)
    waiting.ends()
    after = shown(waiting.space)
    assert (after["state"], after["killed"], after["code"]) == ("failed", True, None)
    text = waiting.space.run("runs", "show", "last").stdout
    assert "killed during " in text
    assert all(step in text for step in before["running"])
    assert waiting.space.run("runs", "--state", "running").stdout == ""
    pausing = waiting.space.run("runs", "pause", "last")
    assert (pausing.code, "was killed" in pausing.stderr) == (2, True)
    assert waiting.space.run("build", "--resume", "last", env={"COLUMNS": "80"}).stderr.startswith("continuing ")


def test_a_list_of_runs_fits_a_terminal(workspace: Workspace) -> None:
    """P50: no line is wider than 80 columns, however deep a spec is, and all lines are in columns."""
    deep = "a-long-folder-name/another-long-folder-name/a-third-one/video.yaml"
    workspace.write(deep, SMALL)
    workspace.write("video.yaml", SMALL.replace("title: One", "titel: One"))
    assert workspace.run("build", deep).code == 0
    assert workspace.run("build", deep).code == 0
    assert workspace.run("build").code == 2
    lines = workspace.run("runs", env={"COLUMNS": "80"}).stdout.splitlines()
    assert [line.split()[1] for line in lines] == ["failed", "completed", "completed"]
    assert max(map(len, lines)) <= 80
    assert lines[1].split()[2].endswith("/video.yaml")
    assert len({line.index(word) for line, word in zip(lines, ("video.yaml", "...", "..."), strict=True)}) == 1
    assert "spec wrong" in lines[0]


def test_a_batch_continues_and_rebuilds_only_what_failed(workspace: Workspace) -> None:
    """V23: of three videos two are made, the summary names the failed step, and after a fix only that one runs."""
    for name, text in (("a", SMALL), ("b", BAD), ("c", SMALL.replace("One", "Uno"))):
        workspace.write(f"{name}.yaml", text)
    outcome = workspace.run("build", "-k", "a.yaml", "b.yaml", "c.yaml", "--json")
    assert outcome.code == 2
    assert [each["status"] for each in outcome.data["builds"]] == ["built", "failed", "built"]
    assert {path.name for path in (workspace.root / "build").glob("*.mp4")} == {"a.mp4", "c.mp4"}
    assert "failed: b.yaml: 1 step failed (timeline:one)" in outcome.stderr
    workspace.write("b.yaml", BAD.replace("max_duration: 0.1", "max_duration: 60"))
    again = workspace.run("build", "--resume", "last", "--json")
    assert again.code == 0
    assert [each["status"] for each in again.data["builds"]] == ["up-to-date", "built", "up-to-date"]
    assert [each["steps"]["ran"] for each in again.data["builds"] if each["spec"] != "b.yaml"] == [[], []]
    assert (workspace.root / "build" / "b.mp4").exists()


def test_values_of_variables_must_be_given_again(workspace: Workspace) -> None:
    """P43: a value may be a secret, so a run keeps only the name; continuing it reports which values to give again."""
    workspace.write("video.yaml", CHOSEN)
    failed = workspace.run(
        "build", "--var", "word=hunter2", "--only", "two", "-o", "out", env={"VIDBUILD_FFMPEG": "/bin/false"}
    )
    assert failed.code == 1
    states = list((workspace.root / ".vidbuild" / "runs").glob("*/state.json"))
    assert len(states) == 1
    assert "hunter2" not in states[0].read_text(encoding="utf-8")
    run = states[0].parent.name
    refused = workspace.run("build", "--resume", "last")
    assert refused.code == 2
    assert f"hint: vidbuild build --resume {run} --var word=VALUE" in refused.stderr
    done = workspace.run("build", "--resume", "last", "--var", "word=hunter2")
    assert done.code == 0, done.stderr
    assert (workspace.root / "out" / "video.two.mp4").exists()


def test_explain_describes_the_last_build_from_its_events(workspace: Workspace) -> None:
    """P39: `explain --last` prints what was recorded, whatever the spec contains by now, and runs nothing."""
    workspace.write("video.yaml", SMALL)
    workspace.build()
    workspace.write("video.yaml", SMALL.replace("title: One", "title: Eins"))
    workspace.build("--events", "events.jsonl")
    logged = event_log.read(workspace.root / "events.jsonl")
    workspace.write("video.yaml", "nothing: that is a spec")
    before = workspace.snapshot()
    said = workspace.run("explain", "--last", "--json").data
    assert said["run"] == logged[0]["run"]
    states = {"step_cached": "cached", "step_finished": "ran"}
    ended = {data["step"]: states[data["type"]] for data in logged if data["type"] in states}
    assert {each["step"]: each["state"] for each in said["steps"]} == ended
    started = {data["step"]: (data["reason"], data["reasons"]) for data in logged if data["type"] == "step_started"}
    ran = {each["step"]: (each["reason"], each["reasons"]) for each in said["steps"] if each["state"] == "ran"}
    assert ran == started
    text = workspace.run("explain", "--last", "render:one").stdout
    assert "render:one  ran: title changed" in text
    assert 'field title changed: "One" -> "Eins"' in text
    assert workspace.run("explain", "--last", "render:oone").stderr.endswith("hint: did you mean 'render:one'?\n")
    assert workspace.snapshot() == before


@pytest.mark.parametrize("cached", [False, True])
def test_an_invalid_spec_has_complete_events(workspace: Workspace, cached: bool) -> None:
    """P40: a build whose spec is invalid emits events as well: start, the error with its place, end."""
    if cached:
        workspace.write("video.yaml", SMALL)
        workspace.build()
    workspace.write("video.yaml", SMALL.replace("title: One", "titel: One"))
    assert workspace.run("build", "--events", "events.jsonl").code == 2
    logged = event_log.read(workspace.root / "events.jsonl")
    event_log.check(logged)
    assert [data["type"] for data in logged][1:-1] == ["validation_error"] * (len(logged) - 2)
    assert (logged[0]["steps"], logged[-1]["code"]) == (0, 2)
    assert (logged[1]["file"], logged[1]["line"], logged[1]["hint"]) == ("video.yaml", 5, "did you mean 'title'?")
    shows = workspace.run("runs", "show", "last")
    assert ("titel" in shows.stdout) is cached


def test_an_unwritable_cache_has_complete_events(workspace: Workspace) -> None:
    """P40, P41: even if no log can be written, the file of events has its end, and the exit code is right."""
    workspace.write("video.yaml", SMALL)
    workspace.write("not-a-folder", "")
    outcome = workspace.run("build", "--events", "events.jsonl", env={"VIDBUILD_CACHE": "not-a-folder/cache"})
    logged = event_log.read(workspace.root / "events.jsonl")
    event_log.check(logged)
    assert outcome.code == logged[-1]["code"] == 1


def test_voices_emit_events(workspace: Workspace) -> None:
    """A narration emits events when it begins and when it is done, with the voice, the length and the word count."""
    spec = SMALL.replace("duration: 0.5}", "narration: Four words for you.}", 1)
    workspace.write("video.yaml", spec.replace("scenes:", "voice: espeak:en-us\nscenes:"))
    workspace.build("--events", "events.jsonl")
    logged = event_log.read(workspace.root / "events.jsonl")
    kinds = [data["type"] for data in logged if data.get("step") == "speak:one"]
    assert kinds == ["step_started", "voice_generating", "step_finished", "voice_generated"]
    (made,) = [data for data in logged if data["type"] == "voice_generated"]
    assert (made["engine"], made["voice"], made["words"]) == ("espeak", "en-us", 4)
    assert 0.3 < made["seconds"] < 5


def test_counts_agree_everywhere(workspace: Workspace) -> None:
    """P44: the last line, --json, the events, the log and the store's traces have the same numbers."""
    workspace.write("video.yaml", SMALL)
    outcome = workspace.build("--events", "events.jsonl")
    last = event_log.read(workspace.root / "events.jsonl")[-1]
    steps = outcome.data["steps"]
    facts = shown(workspace)
    traces = [path for path in (workspace.root / ".vidbuild" / "v1" / "traces").rglob("*") if path.is_file()]
    assert last["ran"] == len(steps["ran"]) == facts["ran"] == len(traces)
    assert last["cached"] == steps["cached"] == facts["cached"]
    assert (last["retried"], steps["retried"], facts["retried"]) == (0, 0, 0)
    assert last["ran"] + last["cached"] == steps["total"] == facts["steps"] == facts["done"]
    line = outcome.stderr.splitlines()[-1]
    assert f"{last['ran']} of {steps['total']} steps ran" in line
    assert (f"{last['cached']} cached" in line) is (last["cached"] > 0)
    assert json.loads(workspace.run("runs", "--json").stdout)["runs"][0]["ran"] == last["ran"]


def test_a_random_order_makes_the_same(workspace: Workspace) -> None:
    """P13: whatever the order in which ready steps are started, the outputs are the same."""
    workspace.write("video.yaml", SMALL)
    outputs = []
    for seed in ("1", "2"):
        outcome = workspace.run(
            "build", "--json", "--shuffle", seed, "-j", "1", env={"VIDBUILD_CACHE": f"cache-{seed}"}
        )
        assert outcome.code == 0, outcome.stderr
        outputs.append({each["kind"]: each["sha256"] for each in outcome.data["outputs"]})
    assert outputs[0] == outputs[1]
