"""The scheduler under stress: steps fail, workers die, users pause and cancel, at any moment."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import run_events
from tests.support.engine_lab import NO_WAIT, Lab, Steering, digests, graph, names, step
from tests.support.fake_pool import Script
from vidbuild.engine.graph.graph import Graph, Input, Kind, Product, Source
from vidbuild.engine.graph.step_state import DONE, State
from vidbuild.engine.runs import events
from vidbuild.engine.runs.build_report import BuildReport, StepReport
from vidbuild.engine.runs.control import Control
from vidbuild.engine.schedule.target import RunHooks, Target
from vidbuild.engine.store import gc
from vidbuild.errors import StoreError

KINDS = {
    "free": Kind("free", 1, "free:run"),
    "rare": Kind("rare", 1, "rare:run", tools=("rare",)),
}
FAULTS = st.sampled_from(["", "passing", "passing", "death", "lasting"])


@st.composite
def graphs(draw: st.DrawFn, most: int = 9, sources: Sequence[str] = ()) -> Graph:
    """Some steps, each fed by any of those before it, some of a kind of which few may run at once.

    sources: files that some of the steps read.
    """
    steps = []
    for number in range(draw(st.integers(1, most))):
        feeds = draw(st.sets(st.integers(0, number - 1), max_size=3)) if number else set()
        inputs: dict[str, Input] = {
            f"r{feed}": Product(f"s{feed}", "main.txt" if feed % 2 else "") for feed in sorted(feeds)
        }
        reads = draw(st.booleans())
        if sources and reads:
            inputs["source"] = Source(draw(st.sampled_from(sources)))
        steps.append(step(f"s{number}", draw(st.sampled_from(["free", "rare"])), inputs, n=number))
    return graph(*steps)


@st.composite
def several_graphs(draw: st.DrawFn, sources: Sequence[str] = ()) -> dict[str, Graph]:
    """One to four graphs by target; some have steps in common, some are the same."""
    count = draw(st.integers(1, 4))
    if count == 1:
        return {"": draw(graphs(sources=sources))}
    found: list[Graph] = []
    for _ in range(count):
        shared = draw(st.booleans())
        whole = draw(st.sampled_from(found)) if found and shared else draw(graphs(6, sources))
        part = draw(st.sets(st.sampled_from(sorted(whole.steps)), min_size=1))
        found.append(whole.upstream(sorted(part)))
    return {f"t{number}": each for number, each in enumerate(found)}


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


def build_all(lab: Lab, plans: Mapping[str, Graph], script: Script, **options: Any) -> list[BuildReport]:
    """Build with the script's pool in place of workers, without waits."""
    lab.new_executor = script.pool
    lab.tool("rare", concurrency=1)
    return lab.build_all([Target(plan, name, name) for name, plan in plans.items()], poll=NO_WAIT, **options)


def build(lab: Lab, plan: Graph, script: Script, **options: Any) -> BuildReport:
    """Build one target."""
    (report,) = build_all(lab, {"": plan}, script, **options)
    return report


class Placing(RunHooks):
    """What a caller does with each target: it fails for some. placed: the targets that it was called for."""

    def __init__(self, unplaceable: Collection[str]) -> None:
        super().__init__()
        self._unplaceable = unplaceable
        self.placed: list[str] = []

    def on_success(self, target: Target, report: BuildReport) -> None:
        """Note the target, or fail."""
        assert report.ok
        self.placed.append(target.name)
        if target.name in self._unplaceable:
            raise StoreError("cannot place it")


def labels(plans: Mapping[str, Graph], reports: Sequence[BuildReport]) -> dict[str, StepReport]:
    """Every step of a run by its id in the run."""
    return {
        f"{name}/{step}" if name else step: each
        for name, report in zip(plans, reports, strict=True)
        for step, each in report.steps.items()
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    plans=several_graphs(),
    faults=st.dictionaries(st.integers(0, 12), st.lists(FAULTS, max_size=4), max_size=5),
    requests=st.lists(st.sampled_from([Control.RUN] * 6 + [Control.PAUSE] * 2 + [Control.CANCEL]), max_size=25),
    unplaceable=st.sets(st.sampled_from(["", "t0", "t1", "t2", "t3"])),
    seed=st.integers(0, 1000),
    jobs=st.integers(1, 4),
    keep_going=st.booleans(),
    kill=st.booleans(),
)
def test_whatever_happens_to_a_run(
    *,
    plans: dict[str, Graph],
    faults: dict[int, list[str]],
    requests: list[Control],
    unplaceable: set[str],
    seed: int,
    jobs: int,
    keep_going: bool,
    kill: bool,
) -> None:
    """P1, P11, P15, P31, P44: each step ends once, counts agree, and the next build needs what is left and no more."""
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder) / "project")
        lab.kinds = dict(KINDS)
        requested, placing = Requests(requests), Placing(unplaceable)
        every = [f"{name}/{step}" if name else step for name, plan in plans.items() for step in plan.steps]
        bad = {every[number % len(every)]: each for number, each in faults.items()}
        script = Script(bad, seed, requested.may_start, lambda: not (requested.cancelled and kill))
        options = {"jobs": jobs, "keep_going": keep_going, "shuffle": seed}
        control = Steering(requested=requested, kill_now=lambda: kill)
        reports = build_all(lab, plans, script, control=control, hooks=placing, grace=60.0, **options)

        run_events.check(lab.events, *reports)
        ended = labels(plans, reports)
        complete = [name for name, report in zip(plans, reports, strict=True) if report.ok or report.error]
        assert sorted(placing.placed) == complete
        assert all(
            (report.error is not None) == (name in unplaceable)
            for name, report in zip(plans, reports, strict=True)
            if name in complete
        )
        assert script.most["rare:run"] <= 1
        assert script.most["all"] <= jobs
        assert sorted(script.made) == sorted(label for label, each in ended.items() if each.state is State.BUILT)
        assert len({ended[label].key for label in script.made}) == len(script.made), "a key was made twice"
        assert all(tried <= 3 for tried in Counter(script.started).values())
        assert kill or not script.killed
        assert keep_going or not _begun_after_a_failure(lab.events)
        _check_failures(ended, bad, script)
        assert not gc.verify(lab.store).corrupt
        _check_nothing_is_left_behind(lab)

        again = Script(seed=seed + 1)
        after = build_all(lab, plans, again)
        run_events.check(lab.events, *after)
        done = {each.key for each in ended.values() if each.state in DONE}
        now = labels(plans, after)
        left = {now[label].key for label, each in ended.items() if each.state not in DONE} - done
        assert sorted(now[label].key for label in again.made) == sorted(left)
        assert all(report.ok for report in after)
        for plan, report in zip(plans.values(), after, strict=True):
            assert digests(report) == digests(build(lab.clean(), plan, Script()))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    plans=several_graphs(sources=["a.txt", "b.txt"]),
    edits=st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["a.txt", "b.txt"])), min_size=1, max_size=3),
    seed=st.integers(0, 1000),
    jobs=st.integers(1, 3),
)
def test_sources_that_are_edited_during_a_run(
    *, plans: dict[str, Graph], edits: list[tuple[int, str]], seed: int, jobs: int
) -> None:
    """P8: all steps of all targets see a source as the run saw it first; the next run sees it as it is then."""
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder) / "project")
        lab.kinds = dict(KINDS)
        for name in ("a.txt", "b.txt"):
            lab.source(name, "first")
        plans = {name: _moved(plan, lab.root) for name, plan in plans.items()}

        def listen(event: events.Event) -> None:
            lab.events.append(event)
            for number, (place, name) in enumerate(edits):
                if place == len(lab.events):
                    (lab.root / name).write_text(f"edit {number}")

        reports = build_all(lab, plans, Script(seed=seed), jobs=jobs, on_event=listen)
        run_events.check(lab.events, *reports)
        seen: dict[str, set[str]] = {}
        for name, plan in plans.items():
            for each in plan.steps.values():
                if isinstance(source := each.inputs.get("source"), Source):
                    trace = lab.store.trace(labels(plans, reports)[f"{name}/{each.id}" if name else each.id].key)
                    assert trace is not None
                    seen.setdefault(source.path, set()).add(trace.inputs["source"])
        assert all(len(contents) == 1 for contents in seen.values())
        after = build_all(lab, plans, Script())
        for plan, report in zip(plans.values(), after, strict=True):
            assert digests(report) == digests(build(lab.clean(), plan, Script()))


def _moved(plan: Graph, root: Path) -> Graph:
    """The graph with its sources in a folder."""
    return graph(
        *[
            replace(
                each,
                inputs={
                    role: Source(str(root / source.path)) if isinstance(source, Source) else source
                    for role, source in each.inputs.items()
                },
            )
            for each in plan.steps.values()
        ]
    )


def _begun_after_a_failure(emitted: list[events.Event]) -> list[events.Event]:
    failures = (
        place
        for place, event in enumerate(emitted)
        if isinstance(event, events.StepFailed)
        or (isinstance(event, events.TargetFinished) and event.status == "failed")
    )
    failed = next(failures, len(emitted))
    return [event for event in emitted[failed:] if isinstance(event, (events.StepStarted, events.StepRetried))]


def _check_failures(ended: Mapping[str, StepReport], faults: dict[str, list[str]], script: Script) -> None:
    """What failed did so for good: for a lasting reason, or once too often, or when no attempt could start."""
    for label, one in ended.items():
        if one.failure is not None:
            tried = script.started.count(label)
            assert one.failure.message.endswith(f" (tried {tried} times)") == (tried > 1)
            assert faults[label][tried - 1] != ""
        if one.because:
            assert ended[label.removesuffix(one.step) + one.because].state is State.FAILED


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
