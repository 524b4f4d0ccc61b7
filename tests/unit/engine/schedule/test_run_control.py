"""Builds that are paused, resumed and cancelled while real workers run."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.support import run_events
from tests.support.background_build import Background, wait_for, wait_until, wait_until_gone
from tests.support.engine_lab import Lab, Steering, graph, names, states, step
from vidbuild.engine.graph.graph import Graph, Product
from vidbuild.engine.graph.step_state import State
from vidbuild.engine.runs.control import Control, read_request, request
from vidbuild.engine.runs.events import RunPaused
from vidbuild.engine.schedule import run_control
from vidbuild.engine.schedule.options import RetryPolicy
from vidbuild.engine.schedule.run_control import ControlMonitor
from vidbuild.engine.store.store import Store

PLAN = graph(step("gate", "gate"), step("after", inputs={"g": Product("gate")}), step("beside", "noop"))


def at_the_gate(lab: Lab, plan: Graph, **options: object) -> Background:
    """A build whose step is at its gate."""
    build = Background(lab, plan, jobs=1, **options)
    wait_until((lab.root / "at-gate").exists)
    return build


def test_a_pause_keeps_what_runs_and_starts_nothing(lab: Lab) -> None:
    """What runs when a build is paused ends and is kept; nothing is started until it is resumed; all else as ever."""
    build = at_the_gate(lab, PLAN)
    build.control = Control.PAUSE
    build.until("run_paused")
    (paused,) = [event for event in lab.events if isinstance(event, RunPaused)]
    assert paused.running == 1
    (lab.root / "go").touch()
    build.until("state_saved")
    assert names(lab.store.home / "locks") == []
    assert {name: found.state for name, found in lab.explain(PLAN).items()}["gate"] == "cached"
    assert build.count("step_started") == 1
    report = build.end(Control.RUN)
    run_events.check(lab.events, report)
    assert (report.status, build.count("run_resumed"), lab.ran()) == ("built", 1, ["after", "gate"])


def test_a_paused_build_polls_slowly(lab: Lab) -> None:
    """A paused build reads requests a few times a second and does nothing else."""
    build = Background(lab, PLAN, jobs=1)
    build.control = Control.PAUSE
    build.until("run_paused")
    (lab.root / "go").touch()
    build.until("state_saved")
    before = build.polls
    time.sleep(1.0)
    assert build.polls - before <= 6
    assert build.end(Control.RUN).ok


def test_a_retry_that_is_due_in_a_pause_does_not_poll_faster(lab: Lab) -> None:
    """While running steps end, a paused build reads requests as slowly as ever."""
    plan = graph(step("x", "flaky", ways=["passing"]), step("gate", "gate"))
    build = Background(lab, plan, jobs=2, retry=RetryPolicy(base=0.5, cap=0.5, seed=2))
    build.until("step_retried")
    build.control = Control.PAUSE
    build.until("run_paused")
    time.sleep(0.6)  # the wait before the next attempt is over by now
    before = build.polls
    time.sleep(1.0)
    seldom = build.polls - before <= 12
    (lab.root / "go").touch()
    assert build.end(Control.RUN).ok
    assert seldom


def test_a_paused_build_stands_in_nobodys_way(lab: Lab) -> None:
    """Another build makes what a paused one has not begun; resumed, that one takes it over."""
    build = at_the_gate(lab, PLAN)
    build.control = Control.PAUSE
    (lab.root / "go").touch()
    build.until("state_saved")
    other = Lab(lab.root)
    assert other.build(PLAN).ok
    report = build.end(Control.RUN)
    run_events.check(lab.events, report)
    assert states(report) == {"gate": State.BUILT, "after": State.CACHED, "beside": State.CACHED}
    assert lab.ran() == ["after", "gate"]


def test_requests_are_files_in_the_runs_folder(lab: Lab) -> None:
    """P15: another process can pause a run by its folder, and cancel it while it is paused; finished steps are kept."""
    build = at_the_gate(lab, PLAN)
    request(build.run, Control.PAUSE)
    build.until("run_paused")
    (lab.root / "go").touch()
    build.until("state_saved")
    request(build.run, Control.CANCEL)
    report = build.end()
    run_events.check(lab.events, report)
    assert (report.status, build.count("run_resumed")) == ("cancelled", 0)
    assert states(report) == {"gate": State.BUILT, "after": State.ABORTED, "beside": State.ABORTED}
    lab.ran()
    assert lab.build(PLAN).ok
    assert lab.ran() == ["after"]


def test_a_cancelled_build_lets_steps_end(lab: Lab) -> None:
    """P11, P15: steps that end within the grace period are kept, nothing new starts, and there is an event."""
    build = at_the_gate(lab, PLAN, grace=60.0)
    build.control = Control.CANCEL
    before = build.polls
    wait_until(lambda: build.polls > before)
    (lab.root / "go").touch()
    report = build.end()
    run_events.check(lab.events, report)
    assert report.status == "cancelled"
    assert states(report) == {"gate": State.BUILT, "after": State.ABORTED, "beside": State.ABORTED}
    assert [event.type for event in lab.events][-2:] == ["state_saved", "run_cancelled"]
    assert lab.explain(PLAN)["gate"].state == "cached"


def test_a_build_that_was_all_but_done_is_done(lab: Lab) -> None:
    """A cancel that comes while the last step runs, which ends in time, leaves a finished build."""
    build = at_the_gate(lab, graph(step("gate", "gate")), grace=60.0)
    build.control = Control.CANCEL
    before = build.polls
    wait_until(lambda: build.polls > before)
    (lab.root / "go").touch()
    assert build.end().status == "built"


def test_hurry_ends_grace(lab: Lab) -> None:
    """P11, P19: who cannot wait ends the grace period: what runs is killed with its children, and not kept."""
    hurry: list[bool] = []
    build = Background(lab, graph(step("family", "family")), grace=600.0, kill_now=lambda: bool(hurry))
    numbers = [int(word) for word in wait_for(lab.root / "family").split()]
    build.control = Control.CANCEL
    hurry.append(True)
    report = build.end()
    wait_until_gone(numbers)
    assert states(report) == {"family": State.ABORTED}
    assert Store(lab.store.root).trace(report.steps["family"].key) is None
    assert names(lab.store.home / "tmp") == names(lab.store.home / "locks") == []


def test_grace_ends(lab: Lab) -> None:
    """P11, P19: what is not done at the end of the grace period is killed with its children."""
    build = Background(lab, graph(step("family", "family")), grace=0.3)
    numbers = [int(word) for word in wait_for(lab.root / "family").split()]
    report = build.end(Control.CANCEL)
    wait_until_gone(numbers)
    assert (report.status, states(report)) == ("cancelled", {"family": State.ABORTED})


def test_a_folder_is_looked_at_some_times_a_second(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop turns for every message, and its folder may be on a network; what is left there counts soon."""
    looks: list[Path] = []

    def look(folder: Path) -> Control:
        looks.append(folder)
        return read_request(folder)

    monkeypatch.setattr(run_control, "read_request", look)
    monitor = ControlMonitor(Steering(), lab.root, 5.0, lambda function: function())
    began = time.monotonic()
    for _ in range(10_000):
        monitor.poll()
    assert len(looks) <= 2 + (time.monotonic() - began) / 0.05
    request(lab.root, Control.PAUSE)
    wait_until(lambda: monitor.poll() is Control.PAUSE)


def test_the_strongest_request_counts(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """CANCEL counts before PAUSE before RUN, from wherever it comes, and is final; the grace period begins with it."""
    monkeypatch.setattr(run_control, "_BETWEEN_LOOKS", 0.0)
    folder, asked = lab.root, [Control.RUN]
    now, hurry = [100.0], [False]
    steering = Steering(requested=lambda: asked[0], kill_now=lambda: hurry[0])
    monitor = ControlMonitor(steering, folder, 5.0, lambda function: function(), lambda: now[0])
    for first, second, expected in [
        (Control.RUN, Control.RUN, Control.RUN),
        (Control.RUN, Control.PAUSE, Control.PAUSE),
        (Control.PAUSE, Control.RUN, Control.PAUSE),
        (Control.RUN, Control.RUN, Control.RUN),
        (Control.CANCEL, Control.PAUSE, Control.CANCEL),
        (Control.RUN, Control.RUN, Control.CANCEL),
    ]:
        asked[0] = first
        request(folder, second)
        assert monitor.poll() is expected
        assert monitor.may_finish
    now[0] = 104.9
    assert monitor.may_finish
    hurry[0] = True
    assert not monitor.may_finish
