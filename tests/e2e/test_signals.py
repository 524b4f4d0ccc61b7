"""Real signals to real builds: what ends, what is kept, what is suspended, and with which exit code."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import event_log, processes
from tests.support.gated_build import Controlled, controlled, state_of, until
from tests.support.workspace import SMALL, Workspace


def checked(build: Controlled, code: int) -> dict[str, object]:
    """Return the build's last event, after checking all of its events and its exit code."""
    logged = build.events()
    event_log.check(logged)
    assert logged[-1]["code"] == code
    return logged[-1]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)])
def test_a_first_signal_lets_running_steps_end(waiting: Controlled, number: signal.Signals, code: int) -> None:
    """P41: nothing new starts, running steps are kept, the build reports what it does, and the next build continues."""
    running = {data["step"] for data in waiting.events() if data["type"] == "step_started"}
    running -= {data["step"] for data in waiting.events() if data["type"] == "step_finished"}
    waiting.send(number)
    line = "" if waiting.child.stderr is None else next(each for each in waiting.child.stderr if "stopping" in each)
    assert " to the" in line or " to its" in line
    assert line.endswith("; interrupt again to kill them\n")
    waiting.gate.open()
    ended, out, _ = waiting.ends()
    assert ended == code
    assert out.startswith("cancelled: video.mp4: ")
    last = checked(waiting, code)
    logged = waiting.events()
    finished = {data["step"] for data in logged if data["type"] == "step_finished"}
    assert running <= finished
    assert last["type"] == "run_cancelled"
    again = waiting.space.build()
    assert not finished & set(again.data["steps"]["ran"])
    assert again.data["status"] == "built"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_second_signal_stops_at_once(waiting: Controlled, number: signal.Signals, code: int) -> None:
    """P19, P41: the second signal kills what runs, ffmpeg with it, although nothing of it ever came to its end."""
    began = time.monotonic()
    waiting.send(number)
    assert waiting.child.stderr is not None
    assert any("stopping" in each for each in waiting.child.stderr)
    waiting.send(number)
    ended, _, _ = waiting.ends()
    assert ended == code
    assert time.monotonic() - began < 8, "it waited for the grace of ten seconds"
    assert checked(waiting, code)["failed"] == 0
    until(lambda: not waiting.gate.waiting(), "an ffmpeg is left")


def test_a_third_signal_is_harmless(waiting: Controlled) -> None:
    """P41: holding Ctrl-C down gives the same code, a complete log, and a cache that builds."""
    while waiting.child.poll() is None:
        waiting.send(signal.SIGINT)
        time.sleep(0.05)
    assert waiting.ends()[0] == 130
    (run,) = event_log.runs(waiting.space.root / ".vidbuild")
    event_log.check(event_log.read(run / "events.jsonl"))
    assert waiting.space.build().data["status"] == "built"


def test_a_paused_build_can_be_interrupted(waiting: Controlled) -> None:
    """P41: SIGINT ends a paused build as well."""
    assert waiting.space.run("runs", "pause", "last").code == 0
    waiting.wait_for_event("run_paused")
    waiting.gate.open()
    waiting.wait_for_event("state_saved")
    waiting.send(signal.SIGINT)
    assert waiting.ends()[0] == 130
    checked(waiting, 130)


@pytest.fixture
def in_foreground(workspace: Workspace) -> Iterator[Controlled]:
    """A build that a shell could stop: it has a process group of its own in a session that has others."""
    workspace.write("video.yaml", SMALL)
    build = controlled(workspace, own_session=False)
    build.at_the_gate()
    yield build
    build.end_now()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the test reads process states from /proc")
def test_ctrl_z_suspends_all_of_a_build(in_foreground: Controlled) -> None:
    """P19: SIGTSTP stops vidbuild, its workers and their ffmpeg; SIGCONT resumes them all, to the same video."""
    in_foreground.send(signal.SIGTSTP)
    until(lambda: state_of(in_foreground.child.pid) == "T", "vidbuild was not stopped")
    until(lambda: {state_of(pid) for pid in in_foreground.gate.waiting()} == {"T"}, "an ffmpeg was not stopped")
    in_foreground.gate.open()
    facts = in_foreground.space.run("runs", "show", "last", "--json").data
    assert (facts["state"], facts["suspended"], facts["seconds_left"]) == ("running", True, None)
    logged = in_foreground.events()
    time.sleep(0.3)  # time in which something that went on would have been reported
    assert in_foreground.events() == logged
    in_foreground.send(signal.SIGCONT)
    assert in_foreground.ends()[0] == 0
    checked(in_foreground, 0)
    assert in_foreground.space.run("runs", "show", "last", "--json").data["suspended"] is False


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can signal a process when its parent ends")
def test_a_suspended_build_that_is_killed_leaves_nothing(in_foreground: Controlled) -> None:
    """P19: if a suspended build is killed, its stopped workers end as well."""
    in_foreground.send(signal.SIGTSTP)
    until(lambda: state_of(in_foreground.child.pid) == "T", "vidbuild was not stopped")
    assert processes.workers(in_foreground.space.root)
    in_foreground.send(signal.SIGKILL)
    in_foreground.ends()
    until(
        lambda: not (processes.workers(in_foreground.space.root) or in_foreground.gate.waiting()),
        "something outlived the build",
    )


def test_a_suspended_build_can_be_ended(in_foreground: Controlled) -> None:
    """P41: SIGTERM and SIGCONT, which a shell sends to end a stopped job, end a suspended build gracefully."""
    in_foreground.send(signal.SIGTSTP)
    until(lambda: state_of(in_foreground.child.pid) == "T", "vidbuild was not stopped")
    in_foreground.send(signal.SIGTERM)
    in_foreground.send(signal.SIGCONT)
    in_foreground.gate.open()
    assert in_foreground.ends()[0] == 143
    checked(in_foreground, 143)


def test_nohup_is_obeyed(workspace: Workspace) -> None:
    """A build that was started to outlive its terminal does."""
    workspace.write("video.yaml", SMALL)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        build = controlled(workspace)
    finally:
        signal.signal(signal.SIGHUP, before)
    build.at_the_gate()
    build.send(signal.SIGHUP)
    build.gate.open()
    assert build.ends()[0] == 0


def test_the_events_of_a_killed_build_are_a_valid_prefix(waiting: Controlled) -> None:
    """P40: after SIGKILL the log and the file of --events hold the events until then, in complete lines."""
    os.kill(waiting.child.pid, signal.SIGKILL)
    assert waiting.ends()[0] == -signal.SIGKILL
    (run,) = event_log.runs(waiting.space.root / ".vidbuild")
    log, noted = event_log.read(run / "events.jsonl"), event_log.read(waiting.events_path)
    for logged in (log, noted):
        assert logged
        event_log.check(logged, whole=False)
    shorter, longer = sorted((log, noted), key=len)
    assert longer[: len(shorter)] == shorter
    until(lambda: not waiting.gate.waiting(), "an ffmpeg is left")
