"""When each of several targets ends, what its caller does with it, and how the run ends with it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import event_log
from tests.support.engine_lab import NO_WAIT, Lab, Steering, graph, states, step
from tests.support.fake_pool import Script
from tests.support.target_lab import Recorder, Scripted, chain, started, statuses, targets
from vidbuild.engine.graph.graph import Product
from vidbuild.engine.graph.step_state import State
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.control import Control
from vidbuild.engine.runs.events import Event, StepFailed, StepFinished
from vidbuild.engine.schedule.target import RunHooks, Target
from vidbuild.errors import StoreError


@pytest.fixture
def scripted(lab: Lab) -> Scripted:
    """A lab with a script in place of workers."""
    return Scripted(lab)


# What the caller does with each target.


def test_each_target_is_used_as_soon_as_it_is_complete(scripted: Scripted, lab: Lab) -> None:
    """on_success is called once for a target after its last step, before its end is emitted, and before other work."""
    hooks = Recorder(lab)
    scripted.build(targets(a=chain("a"), b=chain("b", 1, 2, 3)), hooks=hooks, jobs=1)
    order = [name for name in hooks.order if not name.startswith(("step_progress", "state", "run"))]
    place = order.index("success a")
    assert order[place - 1 : place + 2] == ["step_finished a/s0", "success a", "target_finished a"]
    assert order.index("step_started b/s3") > place
    assert order[-3:] == ["step_finished b/s3", "success b", "target_finished b"]
    assert sum(name.startswith("success") for name in order) == 2
    hooks = Recorder(lab)
    scripted.build(targets(a=chain("a"), b=chain("b", 1, 9, 3)), {"b/s2": ["lasting"]}, hooks=hooks)
    assert [name for name in hooks.order if name.startswith("success")] == ["success a"]


@pytest.mark.parametrize("error", [StoreError("cannot place it"), OSError(28, "No space left on device")])
@pytest.mark.parametrize("keep_going", [True, False])
def test_an_error_of_the_caller_fails_that_target_alone(
    scripted: Scripted, lab: Lab, *, error: Exception, keep_going: bool
) -> None:
    """An error in on_success fails its target; it stops the others unless the run keeps going."""
    hooks = Recorder(lab, {"a": error}.get)
    plans = targets(up=chain("up"), a=chain("a"), b=chain("b", 1, 2, 3, 4))
    scripted.build(plans[:1])
    reports = scripted.build(plans, hooks=hooks, jobs=1, keep_going=keep_going)
    assert statuses(reports) == ["up-to-date", "failed", "built" if keep_going else "aborted"]
    assert reports[1].error is error
    assert states(reports[1]) == {"s0": State.BUILT}
    assert statuses(scripted.build(plans))[:2] == ["up-to-date"] * 2


def test_any_other_error_of_the_caller_ends_the_run(scripted: Scripted, lab: Lab) -> None:
    """A bug in on_success ends the run: every target and step ends in the log."""
    scripted.interrupted = True
    hooks = Recorder(lab, {"a": ZeroDivisionError("half-way")}.get)
    with pytest.raises(ZeroDivisionError):
        scripted.build(targets(a=chain("a"), b=chain("b", 2, 3)), hooks=hooks, jobs=1)
    log = logged(lab)
    assert (log[-1]["type"], log[-1]["code"]) == ("run_failed", 3)
    assert {data["status"] for data in log if data["type"] == "target_finished"} == {"aborted"}


def test_a_closed_pipe_ends_the_run_without_an_error_code(scripted: Scripted, lab: Lab) -> None:
    """If the reader of the output exits while a target is used, all of the run ends, and its exit code is 0."""
    scripted.interrupted = True
    hooks = Recorder(lab, {"a": BrokenPipeError(32, "Broken pipe")}.get)
    with pytest.raises(BrokenPipeError):
        scripted.build(targets(a=chain("a"), b=chain("b", 2, 3)), hooks=hooks, jobs=1)
    last = event_log.read(max((lab.store.root / "runs").iterdir()) / "events.jsonl")[-1]
    assert (last["type"], last["code"]) == ("run_failed", 0)


# Order, cancellation, interruption.


def test_the_longest_path_over_all_targets_starts_first(scripted: Scripted, lab: Lab) -> None:
    """P6: with one job the step that starts next is the one with most work behind it in any target."""
    one = Target(chain("a", 1), "a", "a", weights={"s0": 1.0, "s1": 8.0})
    two = Target(chain("b", 1), "b", "b", weights={"s0": 4.0, "s1": 2.0})
    three = Target(chain("c"), "c", "c", weights={"s0": 7.0})
    scripted.build([one, two, three], jobs=1)
    assert started(lab) == ["a/s0", "a/s1", "c/s0", "b/s0", "b/s1"]


def test_a_cancelled_run_ends_each_target(scripted: Scripted, lab: Lab) -> None:
    """Targets that had ended stay as they were, and all others are cancelled; the next build runs only what is left."""
    plans = targets(up=chain("up"), bad=chain("bad"), a=chain("a", 1, 2, 3), b=chain("b", 1, 2, 3))
    scripted.build(plans[:1])

    def requested() -> Control:
        failed = any(isinstance(event, StepFailed) for event in lab.events)
        ran = {event.target for event in lab.events if isinstance(event, StepFinished)}
        return Control.CANCEL if failed and ran == {"a", "b"} else Control.RUN

    faults = {"bad/s0": ["lasting"]}
    reports = scripted.build(plans, faults, control=Steering(requested=requested), keep_going=True, jobs=3)
    assert statuses(reports) == ["up-to-date", "failed", "cancelled", "cancelled"]
    done = [f"{name}/{each.step}" for name, report in zip("ab", reports[2:], strict=True) for each in report.ran]
    assert done
    scripted.build(plans)
    assert not set(done) & set(scripted.script.made)


def logged(lab: Lab) -> list[dict[str, Any]]:
    """The log of the last run, after a check."""
    log = event_log.read(max((lab.store.root / "runs").iterdir()) / "events.jsonl")
    event_log.check(log)
    return log


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_interrupt_at_any_event_ends_every_target(scripted: Scripted, lab: Lab, error: type[BaseException]) -> None:
    """P40: whatever listener is interrupted at whichever event, the log has an end for every step and target."""
    plans = targets(
        up=chain("up"),
        a=graph(step("x", n=1, warnings=[["w", "", None]]), step("y", inputs={"x": Product("x")})),
        b=chain("b", 1),
    )
    scripted.build(plans[:1])
    faults = {"b/s0": ["passing"], "b/s1": ["lasting"]}
    total = 100
    count = 0
    while count < total:
        project = Lab(lab.root / f"{count}", lab.root / f"store-{count}")
        inner = Scripted(project)
        inner.build(plans[:1])
        seen: list[Event] = []

        def listen(event: Event, seen: list[Event] = seen, count: int = count) -> None:
            seen.append(event)
            if len(seen) == count + 1:
                raise error("stop")

        script = Script(faults)
        script.interrupted = True
        project.new_executor = script.pool
        try:
            project.build_all(plans, on_event=listen, poll=NO_WAIT, keep_going=True, jobs=2)
        except error:
            log = logged(project)
        else:
            break
        ended = {data["status"] for data in log if data["type"] == "target_finished"}
        assert len([data for data in log if data["type"] == "target_finished"]) == 3
        interrupted = "cancelled" if error is KeyboardInterrupt else "aborted"
        assert ended <= {"up-to-date", "built", "failed", interrupted}
        if log[-1] != seen[-1].to_data():  # all but the interrupt at the very end of the run
            assert log[-1]["type"] in ({"run_cancelled"} if error is KeyboardInterrupt else {"run_failed"})
        assert list((project.store.home / "tmp").glob("*")) == []
        count += 1
    assert count > 15, "the run had fewer events than expected"


def test_nothing_starts_after_a_target_that_was_cached_could_not_be_used(lab: Lab) -> None:
    """P11: an error in `on_success` stops the run at once, also if the target became whole by another one's step."""

    class Failing(RunHooks):
        def on_success(self, target: Target, report: BuildReport) -> None:
            del report
            if target.name == "b":
                raise OSError(28, "no space left on device")

    plans = {"a": graph(step("same")), "b": graph(step("same")), "c": graph(step("other", x=1))}
    reports = lab.build_all([Target(plan, name) for name, plan in plans.items()], hooks=Failing(), jobs=1)
    assert [str(report.error) for report in reports] == ["None", "[Errno 28] no space left on device", "None"]
    assert states(reports[2]) == {"other": State.ABORTED}
