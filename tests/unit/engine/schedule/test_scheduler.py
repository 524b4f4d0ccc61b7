"""The scheduler under stress: steps fail, workers die, users pause and cancel, at any moment."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import run_events
from tests.support.engine_lab import NO_WAIT, Lab, Steering, digests, graph, names, step
from tests.support.fake_pool import Script
from vidbuild.engine.graph.graph import Graph, Kind, Product
from vidbuild.engine.graph.step_state import State
from vidbuild.engine.runs import events
from vidbuild.engine.runs.control import Control
from vidbuild.engine.store import gc

KINDS = {
    "free": Kind("free", 1, "free:run"),
    "rare": Kind("rare", 1, "rare:run", tools=("rare",)),
}
FAULTS = st.sampled_from(["", "passing", "passing", "death", "lasting"])


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Up to nine steps, each fed by any of those before it, some of a kind of which few may run at once."""
    steps = []
    for number in range(draw(st.integers(1, 9))):
        feeds = draw(st.sets(st.integers(0, number - 1), max_size=3)) if number else set()
        inputs = {f"r{feed}": Product(f"s{feed}", "main.txt" if feed % 2 else "") for feed in sorted(feeds)}
        steps.append(step(f"s{number}", draw(st.sampled_from(["free", "rare"])), inputs, n=number))
    return graph(*steps)


class Requests:
    """What is requested at each turn, one after the other, and then nothing."""

    def __init__(self, requests: list[Control]) -> None:
        self._requests = list(requests)
        self.last = Control.RUN
        self.cancelled = False

    def __call__(self) -> Control:
        """Return the next request."""
        self.last = self._requests.pop(0) if self._requests else Control.RUN
        self.cancelled = self.cancelled or self.last is Control.CANCEL
        return self.last

    def may_start(self) -> bool:
        """Return whether a step may start after this request."""
        return self.last is Control.RUN and not self.cancelled


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Wait for no disk: what is tested here is order."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


def build(lab: Lab, plan: Graph, script: Script, **options: Any) -> Any:
    """Build with the script's pool in place of workers, without waits."""
    lab.new_pool = script.pool
    lab.tool("rare", concurrency=1)
    return lab.build(plan, poll=NO_WAIT, **options)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    plan=graphs(),
    faults=st.dictionaries(st.integers(0, 8).map("s{}".format), st.lists(FAULTS, max_size=4), max_size=5),
    requests=st.lists(st.sampled_from([Control.RUN] * 6 + [Control.PAUSE] * 2 + [Control.CANCEL]), max_size=25),
    seed=st.integers(0, 1000),
    jobs=st.integers(1, 4),
    keep_going=st.booleans(),
    hurried=st.booleans(),
)
def test_whatever_happens_to_a_build(
    *,
    plan: Graph,
    faults: dict[str, list[str]],
    requests: list[Control],
    seed: int,
    jobs: int,
    keep_going: bool,
    hurried: bool,
) -> None:
    """P1, P11, P15, P31, P44: each step ends once, counts agree, and the next build needs what is left and no more."""
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder) / "project")
        lab.kinds = dict(KINDS)
        wished = Requests(requests)
        script = Script(faults, seed, wished.may_start, lambda: not (wished.cancelled and hurried))
        options = {"jobs": jobs, "keep_going": keep_going, "shuffle": seed}
        control = Steering(requested=wished, kill_now=lambda: hurried)
        report = build(lab, plan, script, control=control, grace=60.0, **options)

        run_events.check(lab.events, report)
        assert script.most["rare:run"] <= 1
        assert script.most["all"] <= jobs
        assert sorted(script.made) == sorted(one.step for one in report.ran)
        assert all(tried <= 3 for tried in Counter(script.started).values())
        assert hurried or not script.killed
        assert keep_going or not _begun_after_a_failure(lab.events)
        _check_failures(report, faults, script)
        assert not gc.verify(lab.store).corrupt
        _check_nothing_is_left_behind(lab)

        mended = Script(seed=seed + 1)
        after = build(lab, plan, mended)
        run_events.check(lab.events, after)
        undone = {name for name, one in report.steps.items() if one.state in {State.FAILED, State.ABORTED}}
        assert (set(mended.made), after.ok) == (undone, True)
        assert digests(after) == digests(build(lab.clean(), plan, Script()))


def _begun_after_a_failure(emitted: list[events.Event]) -> list[events.Event]:
    failed = next((place for place, event in enumerate(emitted) if isinstance(event, events.StepFailed)), len(emitted))
    return [event for event in emitted[failed:] if isinstance(event, (events.StepStarted, events.StepRetried))]


def _check_failures(report: Any, faults: dict[str, list[str]], script: Script) -> None:
    """What failed did so for good: of something that lasts, or once too often, or when nothing was started again."""
    for one in report.failed:
        tried = script.started.count(one.step)
        assert one.failure.message.endswith(f" (tried {tried} times)") == (tried > 1)
        assert faults[one.step][tried - 1] != ""
    for one in report.aborted:
        assert not one.because or report.steps[one.because].state is State.FAILED
    if report.status == "failed":
        assert report.failed


def _check_nothing_is_left_behind(lab: Lab) -> None:
    for folder in ("locks", "tmp"):
        assert not (lab.store.home / folder).exists() or names(lab.store.home / folder) == []


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plan=graphs(), seeds=st.lists(st.integers(), min_size=3, max_size=3, unique=True))
def test_any_order_gives_the_same(plan: Graph, seeds: list[int]) -> None:
    """P13: whatever the order in which steps are started and end, every step makes the same and has the same key."""
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder) / "project")
        lab.kinds = dict(KINDS)
        found = []
        for seed in seeds:
            report = build(lab.clean(), plan, Script(seed=seed % 1000), shuffle=seed, jobs=2)
            found.append((digests(report), {name: one.key for name, one in report.steps.items()}))
        assert found[0] == found[1] == found[2]


def test_a_seed_gives_an_order_of_its_own(lab: Lab) -> None:
    """P13: a seed starts steps in one order each time, another seed in another, none with the longest work first."""
    lab.kinds = dict(KINDS)
    plan = graph(*[step(f"s{n}", "free", n=n) for n in range(8)])

    def started(shuffle: int | None) -> list[str]:
        script = Script()
        build(lab.clean(), plan, script, jobs=1, shuffle=shuffle)
        return script.started

    assert started(None) == [f"s{n}" for n in range(8)]
    assert started(1) == started(1)
    assert len({tuple(started(seed)) for seed in range(4)}) == 4


def test_a_pause_is_reported_once_and_saved_once(lab: Lab) -> None:
    """Two pauses emit two events, with what ran at their start and that all is saved; so does the end."""
    lab.kinds = dict(KINDS)
    wishes = Requests([Control.RUN] * 2 + [Control.PAUSE] * 20 + [Control.RUN] * 2 + [Control.PAUSE] * 20)
    report = build(
        lab,
        graph(*[step(f"s{n}", "free", n=n) for n in range(12)]),
        Script(),
        control=Steering(requested=wishes),
        jobs=2,
    )
    run_events.check(lab.events, report)
    emitted = [event for event in lab.events if event.type in {"run_paused", "run_resumed", "state_saved"}]
    assert [event.type for event in emitted] == ["run_paused", "state_saved", "run_resumed"] * 2 + ["state_saved"]
    paused = [event.running for event in emitted if isinstance(event, events.RunPaused)]
    assert all(0 <= running <= 2 for running in paused)
    saved = [event.done for event in emitted if isinstance(event, events.StateSaved)]
    assert saved == sorted(saved)
    assert saved[-1] == 12


def test_a_pause_after_a_failure_ends_the_build(lab: Lab) -> None:
    """After a failure that leaves nothing to run, a pause does not keep the build from ending."""
    lab.kinds = dict(KINDS)
    plan = graph(step("bad", "free"), step("after", "free", {"b": Product("bad")}))
    wishes = Requests([Control.RUN, *[Control.PAUSE] * 500])
    report = build(lab, plan, Script({"bad": ["lasting"]}), control=Steering(requested=wishes))
    run_events.check(lab.events, report)
    assert (report.status, wishes.last) == ("failed", Control.PAUSE)
