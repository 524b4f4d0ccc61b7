"""Several targets in one run: what they share, and what each keeps to itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import event_log, run_events
from tests.support.engine_lab import Lab, digests, graph, states, step
from tests.support.target_lab import Scripted, chain, started, statuses, targets
from vidbuild.engine.graph.graph import Kind, Product
from vidbuild.engine.graph.step_state import State
from vidbuild.engine.runs.events import Event, StepFinished, StepStarted, TargetFinished
from vidbuild.engine.schedule.target import Target

BUILT, FAILED, ABORTED = State.BUILT, State.FAILED, State.ABORTED


@pytest.fixture
def scripted(lab: Lab) -> Scripted:
    """A lab with a script in place of workers."""
    return Scripted(lab)


# Equal keys.


@pytest.mark.parametrize("jobs", [1, 3])
@pytest.mark.parametrize("faults", [{}, {"a/s0": ["passing"]}, {"a/s0": ["death", "passing"], "b/s1": ["passing"]}])
def test_equal_keys_run_once(scripted: Scripted, jobs: int, faults: dict[str, list[str]]) -> None:
    """Steps with equal keys run once in a run, whatever the number of jobs, and after a transient failure too."""
    plans = targets(a=chain(1, 2, 3), b=chain(1, 2, 3), c=chain(1, 2, 4))
    reports = scripted.build(plans, faults, jobs=jobs)
    assert all(report.ok for report in reports)
    made = [reports["abc".index(label[0])].steps[label[2:]].key for label in scripted.script.made]
    assert len(made) == len(set(made)) == 4
    assert digests(reports[0]) == digests(reports[1])
    assert statuses(scripted.build(plans)) == ["up-to-date"] * 3


@pytest.mark.parametrize("jobs", [1, 3])
def test_equal_steps_of_workers_run_once(lab: Lab, jobs: int) -> None:
    """The same with real workers, which are slow enough to be asked for one key at the same time."""
    plans = targets(
        **{name: graph(step("x", "crowd"), step("y", inputs={"x": Product("x")}, n=name)) for name in "abc"}
    )
    reports = lab.build_all(plans, jobs=jobs)
    run_events.check(lab.events, *reports)
    assert lab.ran() == ["x", "y", "y", "y"]
    assert sorted(states(report)["x"].value for report in reports) == ["built", "cached", "cached"]


@pytest.mark.parametrize("jobs", [1, 3])
@pytest.mark.parametrize("both", [False, True])
def test_an_equal_step_that_failed_is_attempted_by_the_other_target(
    scripted: Scripted, jobs: int, *, both: bool
) -> None:
    """A step that failed for good fails its own target; the other target's equal step runs or fails by itself."""
    faults = {"a/s0": ["lasting"]} | ({"b/s0": ["passing"] * 3} if both else {})
    first, other = scripted.build(targets(a=chain(1, 2), b=chain(1, 2)), faults, jobs=jobs, keep_going=True)
    assert states(first) == {"s0": FAILED, "s1": ABORTED}
    assert states(other) == ({"s0": FAILED, "s1": ABORTED} if both else {"s0": BUILT, "s1": BUILT})
    assert scripted.script.started.count("b/s0") == (3 if both else 1)


def test_a_forced_key_runs_once(lab: Lab) -> None:
    """P12: a pattern that matches equal steps of two targets runs one of them, whose result both use from then on."""
    plans = targets(**{name: chain(1, 2, first="random_take") for name in "ab"})
    before = lab.build_all(plans)
    lab.ran()
    after = lab.build_all(plans, fresh=["s0"])
    run_events.check(lab.events, *after)
    assert lab.ran() == ["s0", "s1"]
    assert digests(after[0]) == digests(after[1]) != digests(before[0])
    assert statuses(lab.build_all(plans)) == ["up-to-date"] * 2
    assert lab.build_all(plans, fresh=["b/s0"])[0].status == "up-to-date"


# Failures.


def test_a_failing_target_stops_no_other_if_the_run_keeps_going(scripted: Scripted) -> None:
    """With keep_going each target that can be built is built."""
    plans = targets(a=chain("a", 1, 2), b=chain("b", 1, 2), c=chain("c", 1))
    reports = scripted.build(plans, {"b/s1": ["lasting"]}, keep_going=True)
    assert statuses(reports) == ["built", "failed", "built"]
    assert states(reports[1]) == {"s0": BUILT, "s1": FAILED, "s2": ABORTED}


def test_a_failing_target_stops_the_run_otherwise(scripted: Scripted) -> None:
    """Without keep_going the other targets are aborted, unless they were complete before."""
    plans = targets(a=chain("a", 1, 2), b=chain("b", 1, 2), c=chain("c"))
    scripted.build(plans[:1])
    weights = {"s0": 100.0}
    first = Target(plans[2].graph, "c", "c.yaml", weights=weights)
    failing = Target(chain("d"), "d", "d.yaml", weights={"s0": 50.0})
    reports = scripted.build([plans[0], plans[1], first, failing], {"d/s0": ["lasting"]}, jobs=1)
    assert statuses(reports) == ["up-to-date", "aborted", "built", "failed"]
    assert states(reports[1]) == {"s0": ABORTED, "s1": ABORTED, "s2": ABORTED}
    assert {each.because for each in reports[1].aborted} == {""}


def test_a_source_that_is_missing_fails_its_target(scripted: Scripted, lab: Lab) -> None:
    """A target whose lookup fails, and that continues an earlier run, emits that before it finishes."""
    missing = lab.source("gone.png", "x")
    Path(missing.path).unlink()
    plan = graph(step("x", inputs={"image": missing}), step("y", inputs={"x": Product("x")}))
    bad = Target(plan, "bad", "bad.yaml", continues="20200101-000000-000-abcd")
    reports = scripted.build([bad, *targets(good=chain(1))], keep_going=True)
    assert statuses(reports) == ["failed", "built"]
    (run,) = [path for path in (lab.store.root / "runs").iterdir() if path.name == reports[0].run]
    event_log.check(event_log.read(run / "events.jsonl"))
    own = [event.type for event in lab.events if getattr(event, "target", "") == "bad"]
    assert own == ["target_started", "step_failed", "step_aborted", "state_restored", "target_finished"]


# What targets see and remember.


def test_a_source_that_is_edited_during_the_run_is_the_same_for_all(lab: Lab) -> None:
    """P8: a target that reads a source late reads what the run saw first, and the next run sees the edit."""
    image = lab.source("image.png", "old")
    early = graph(step("x", inputs={"image": image}))
    late = graph(step("w", n=1), step("x", inputs={"image": image, "w": Product("w", "main.txt")}))
    plans = targets(early=early, late=late)

    def listen(event: Event) -> None:
        lab.events.append(event)
        if isinstance(event, StepFinished) and event.step == "early/x":
            lab.source("image.png", "new")

    weights = {"x": 10.0}
    reports = lab.build_all([Target(early, "early", "early.yaml", weights=weights), plans[1]], jobs=1, on_event=listen)
    run_events.check(lab.events, *reports)
    assert statuses(reports) == ["built", "built"]
    assert started(lab)[0] == "early/x"
    for report in reports:
        assert b"old" in report.path("x", "main.txt").read_bytes()
    messages = [warning.message for report in reports for warning in report.steps["x"].warnings]
    assert messages == [f"'{image.path}' changed during the build: its earlier content was used"]
    lab.ran()
    reports = lab.build_all(plans)
    assert lab.ran() == ["x", "x"]
    for report in reports:
        assert b"new" in report.path("x", "main.txt").read_bytes()


def rows(lab: Lab, build_name: str) -> dict[str, Any]:
    """The index of a target: for each step all but seconds and signatures."""
    for path in (lab.store.home / "index").iterdir():
        data = json.loads(path.read_text().partition("\n")[2])
        if data["entry"] == build_name:
            return {name: [row[0], row[1], row[4:]] for name, row in data["steps"].items()}
    return {}


def reasons(lab: Lab, name: str) -> dict[str, tuple[str, ...]]:
    """Why each step of a target ran in the last run."""
    own = [event for event in lab.events if isinstance(event, StepStarted) and event.target == name]
    return {event.step.removeprefix(f"{name}/"): (event.reason, *event.reasons) for event in own}


def test_a_target_is_remembered_the_same_alone_and_with_others(scripted: Scripted, lab: Lab) -> None:
    """Index, reasons and explanations of a target do not depend on the other targets of its runs."""
    apart, together = scripted, Scripted(lab.clean())
    old = targets(a=chain("a", 1, 2), b=chain("b", 1, 2))
    new = targets(a=chain("a", 1, 3), b=chain("b", 1, 2))
    why: dict[str, dict[str, tuple[str, ...]]] = {}
    for plans in (old, new):
        for plan in plans:
            apart.build([plan])
            why[plan.name] = reasons(lab, plan.name)
        together.build(plans)
        assert {name: reasons(together.lab, name) for name in "ab"} == why
        for plan in plans:
            assert rows(lab, plan.build_name) == rows(together.lab, plan.build_name) != {}
            explained = [[found.to_data() for found in each.engine().explain(plan)] for each in (lab, together.lab)]
            assert explained[0] == explained[1]
    assert why == {"a": {"s2": ("value changed", "field value changed: 2 -> 3")}, "b": {}}


def test_what_was_built_alone_is_up_to_date_with_others(scripted: Scripted) -> None:
    """Targets built one by one are up to date together, in any order; after an edit only what changed runs."""
    plans = targets(a=chain("a", 1, 2), b=chain("b", 1, 2), c=chain("c", 1))
    for plan in plans:
        scripted.build([plan])
    assert statuses(scripted.build(plans)) == ["up-to-date"] * 3
    assert statuses(scripted.build(plans[::-1])) == ["up-to-date"] * 3
    edited = [*plans[:2], *targets(c=chain("c", 9))]
    assert statuses(scripted.build(edited)) == ["up-to-date", "up-to-date", "built"]
    assert scripted.script.made == ["c/s1"]
    assert statuses(scripted.build(edited[2:])) == ["up-to-date"]


def test_a_run_without_targets_does_nothing(lab: Lab) -> None:
    """An empty list of targets is built at once, and leaves no cache."""
    assert lab.build_all([]) == []
    assert not lab.store.root.exists()


def test_the_estimate_counts_all_targets(scripted: Scripted, lab: Lab) -> None:
    """The number of steps ahead is that of all targets, whichever of them are known."""
    scripted.build(targets(a=chain("a", 1)))
    scripted.build(targets(a=chain("a", 2), b=chain("b", 1, 2)))
    (ahead,) = [event.to_data()["ahead"] for event in lab.events if event.type == "run_estimated"]
    assert ahead == 4
    assert lab.events[0].to_data()["targets"] == ("a", "b")
    assert [event.target for event in lab.events if isinstance(event, TargetFinished)]


def test_tool_limits_hold_over_all_targets(scripted: Scripted, lab: Lab) -> None:
    """P31: a tool that one step may use at a time is used by one step of the whole run."""
    lab.tool("rare", concurrency=1)
    lab.kinds["rare"] = Kind("rare", 1, "rare:run", tools=("rare",))
    plans = targets(**{name: graph(*[step(f"s{n}", "rare", n=n, of=name) for n in range(4)]) for name in "abc"})
    assert statuses(scripted.build(plans, jobs=4)) == ["built"] * 3
    assert scripted.script.most["rare:run"] == 1
