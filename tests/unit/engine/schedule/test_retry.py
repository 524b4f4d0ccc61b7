"""Steps that failed with a transient error and are retried."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Any

import pytest

from tests.support import run_events
from tests.support.engine_lab import Lab, graph, names, states, step
from vidbuild.engine.graph.graph import Kind, Product
from vidbuild.engine.graph.step_state import State
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.events import Event, RunFailed, StepFinished, StepRetried, StepStarted, StepWarned
from vidbuild.engine.schedule.options import RetryPolicy
from vidbuild.engine.schedule.retry import RetryQueue
from vidbuild.engine.store.store import Store
from vidbuild.errors import Failure

PASSING = Failure("no answer", transient=True)


def retried(lab: Lab) -> list[StepRetried]:
    """Return the events of retries."""
    return [event for event in lab.events if isinstance(event, StepRetried)]


@pytest.mark.parametrize(
    ("way", "passes", "message"),
    [
        ("passing", True, "no answer"),
        ("full", True, "no space left on device: '/some/file'"),
        ("files", True, "too many open files"),
        ("memory", True, "out of memory"),
        ("killed", True, "the worker died in the middle of the step (signal 9)"),
        ("crashed", False, "the worker died in the middle of the step (signal 11)"),
        ("left", False, "the worker died in the middle of the step (exit code 0)"),
        ("lasting", False, "the tool gave up"),
        ("bug", False, "ZeroDivisionError: half-way"),
        ("forbidden", False, "permission denied: 'some/file'"),
    ],
)
def test_what_may_pass_is_tried_again(lab: Lab, way: str, passes: bool, message: str) -> None:
    """P11: what may pass is tried again and then kept; what cannot is not, and nothing of it is kept."""
    report = lab.build(graph(step("x", "flaky", ways=[way])))
    run_events.check(lab.events, report)
    assert lab.ran() == ["x"] * (2 if passes else 1)
    assert report.retried == int(passes)
    if passes:
        assert states(report) == {"x": State.BUILT}
        assert [(event.attempt, event.failure.message) for event in retried(lab)] == [(2, message)]
    else:
        failure = report.steps["x"].failure
        assert failure is not None
        assert (failure.message, failure.transient) == (message, False)
        assert lab.store.trace(report.steps["x"].key) is None


def test_a_step_is_not_tried_for_ever(lab: Lab) -> None:
    """P11: after the last attempt the failure has the number of attempts; the next build begins again."""
    plan = graph(step("x", "flaky", ways=["passing"] * 4), step("y", inputs={"x": Product("x")}))
    report = lab.build(plan)
    run_events.check(lab.events, report)
    failure = report.steps["x"].failure
    assert failure is not None
    assert failure.message == "no answer (tried 3 times)"
    assert (report.status, report.retried, lab.ran()) == ("failed", 2, ["x"] * 3)
    assert [event.attempt for event in retried(lab)] == [2, 3]
    assert isinstance(lab.events[-1], RunFailed)
    assert lab.events[-1].retried == 2
    assert lab.store.trace(report.steps["x"].key) is None
    (lab.root / "ran").write_text("x x x x ")
    assert lab.build(plan).status == "built"


def test_attempts_are_one_step_in_the_events(lab: Lab) -> None:
    """P40: a step begins once and ends once however often it is tried, with the warnings of its last attempt."""
    report = lab.build(graph(step("x", "flaky", ways=["passing", "killed"])))
    run_events.check(lab.events, report)
    types = [type(event) for event in lab.events if getattr(event, "step", "") == "x"]
    assert types == [StepStarted, StepRetried, StepRetried, StepWarned, StepFinished]
    assert [warning.message for warning in report.steps["x"].warnings] == ["attempt 3"]
    report = lab.build(graph(step("y", "flaky", ways=["passing"] * 3)))
    assert [warning.message for warning in report.steps["y"].warnings] == ["attempt 3"]


def test_how_often_is_the_callers_choice(lab: Lab) -> None:
    """One attempt means no retry, and then the failure does not mention attempts."""
    report = lab.build(graph(step("x", "flaky", ways=["passing"])), retry=RetryPolicy(attempts=1))
    failure = report.steps["x"].failure
    assert failure is not None
    assert (failure.message, report.retried, lab.ran()) == ("no answer", 0, ["x"])


def test_a_failure_elsewhere_ends_all_attempts(lab: Lab) -> None:
    """Once another step has failed for good nothing is tried again, unless the build is to keep going."""
    plan = graph(step("x", "flaky", ways=["passing"] * 2), step("bad", "bug"))
    report = lab.build(plan, retry=RetryPolicy(base=600.0, cap=600.0, seed=0))
    run_events.check(lab.events, report)
    assert report.steps["x"].state in {State.ABORTED, State.FAILED}
    report = lab.build(plan, keep_going=True)
    assert states(report) == {"x": State.BUILT, "bad": State.FAILED}


def test_between_attempts_a_step_holds_nothing(lab: Lab) -> None:
    """P31: a step that waits for its next attempt has no worker, no slot of its tool, and not the lock of its key."""
    lab.tool("rare", concurrency=1)
    lab.kinds["flaky"] = Kind("flaky", 1, "tests.support.faulty_steps:flaky", tools=("rare",))
    plan = graph(step("x", "flaky", ways=["passing"]), *[step(f"o{n}", "flaky", ways=[], n=n) for n in range(3)])
    held: list[list[str]] = []

    def look(event: Event) -> None:
        if isinstance(event, StepRetried):
            held.append(names(lab.store.home / "locks"))

    weights = {"x": 10.0}
    report = lab.build(plan, on_event=look, jobs=1, weights=weights, retry=RetryPolicy(base=2.0, cap=2.0, seed=3))
    assert report.ok
    assert held == [[]]
    order = (lab.root / "ran").read_text().split()
    assert (order[0], order[-1], len(order)) == ("x", "x", 5)


def test_another_build_may_make_it_meanwhile(lab: Lab) -> None:
    """P10: what another build makes between two attempts is taken over."""
    plan = graph(step("x", "flaky", ways=["passing"]), step("y", inputs={"x": Product("x")}))
    inner: list[BuildReport] = []

    def interfere(event: Event) -> None:
        lab.events.append(event)
        if isinstance(event, StepRetried):
            inner.append(Lab(lab.root).build(plan))

    report = lab.build(plan, on_event=interfere)
    assert states(inner[0]) == {"x": State.BUILT, "y": State.BUILT}
    assert states(report) == {"x": State.CACHED, "y": State.CACHED}
    assert lab.ran() == ["x", "x", "y"]


def test_a_trace_that_finds_no_place_is_tried_again(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """P20: where the disk is full as a trace is written, the step is tried again, and in the end fails by name."""
    write, full = Store.write_trace, [True]

    def writing(*arguments: Any, **options: Any) -> Any:
        if full:
            full.pop()
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(*arguments, **options)

    monkeypatch.setattr(Store, "write_trace", writing)
    report = lab.build(graph(step("x")))
    assert (report.status, report.retried) == ("built", 1)
    assert retried(lab)[0].failure.message == f"the disk of the cache '{lab.store.root}' is full"
    full[:] = [True] * 3
    report = lab.build(graph(step("y", y=1)))
    failure = report.steps["y"].failure
    assert failure is not None
    assert failure.message == f"the disk of the cache '{lab.store.root}' is full (tried 3 times)"
    run_events.check(lab.events, report)


@pytest.mark.parametrize("name", ["named", "unnamed", "tool"])
def test_a_full_cache_is_named_and_not_its_insides(lab: Lab, name: str) -> None:
    """P20: a full disk under the cache is reported by the cache's own name, with a hint and no traceback."""
    failure = lab.build(graph(step("x", "flaky", ways=[f"full-{name}"] * 3))).steps["x"].failure
    assert failure is not None
    assert failure.message == f"the disk of the cache '{lab.store.root}' is full (tried 3 times)"
    assert failure.hint == "vidbuild cache gc --limit SIZE, or VIDBUILD_CACHE=another folder"
    assert failure.log == ()
    assert len(retried(lab)) == 2


def waits(policy: RetryPolicy, clock: Callable[[], float] = lambda: 0.0) -> list[float | None]:
    """How long a step waits after each failure."""
    attempts = RetryQueue(policy, clock)
    return [attempts.add("x", PASSING) for _ in range(policy.attempts)]


def test_waits_grow_up_to_a_cap_and_are_spread() -> None:
    """Each wait is anything up to twice the one before, never over the cap, and the same for the same seed."""
    seen = [waits(RetryPolicy(attempts=8, base=0.5, cap=10.0, seed=seed)) for seed in range(200)]
    for place, most in enumerate([0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]):
        found = [run[place] or 0.0 for run in seen]
        assert max(found) <= most
        assert max(found) > 0.9 * most
        assert min(found) < 0.1 * most
    assert all(run[-1] is None for run in seen)
    assert waits(RetryPolicy(seed=5)) == waits(RetryPolicy(seed=5)) != waits(RetryPolicy(seed=6))
    assert waits(RetryPolicy(base=0.0)) == [0.0, 0.0, None]


def test_steps_are_due_when_their_wait_is_over() -> None:
    """A step is handed out once, when its time has come; until then the driver's turns are no longer than that."""
    now = [100.0]
    attempts = RetryQueue(RetryPolicy(base=4.0, seed=1), lambda: now[0])
    wait = attempts.add("x", PASSING)
    assert wait is not None
    assert (bool(attempts), attempts.pop_due(), attempts.next_attempt("x")) == (True, [], 2)
    assert attempts.limit_wait(60.0) == pytest.approx(wait)
    assert attempts.limit_wait(0.001) == 0.001
    now[0] += wait
    assert attempts.limit_wait(60.0) == 0.0
    assert (attempts.pop_due(), attempts.pop_due(), bool(attempts)) == (["x"], [], False)
    attempts.add("x", PASSING)
    attempts.discard("x")
    assert (bool(attempts), attempts.limit_wait(1.0)) == (False, 1.0)


def test_a_lasting_failure_is_the_last() -> None:
    """What does not pass is not tried again, whatever went before."""
    attempts = RetryQueue(RetryPolicy())
    assert attempts.add("x", Failure("no")) is None
    assert attempts.with_attempts("x", Failure("no")) == Failure("no")
    attempts.add("y", PASSING)
    assert attempts.add("y", Failure("no")) is None
    assert attempts.with_attempts("y", Failure("no", hint="h")) == Failure("no (tried 2 times)", hint="h")
