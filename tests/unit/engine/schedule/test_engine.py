"""Builds: which steps run, what is cached, and what a failure leaves."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from tests.support.engine_lab import Lab, diamond, digests, graph, states, step
from vidbuild.engine.graph.graph import Graph, Kind, Product
from vidbuild.engine.graph.step_state import State
from vidbuild.engine.keys.tools import Tool
from vidbuild.engine.runs.events import StepStarted, StepWarned
from vidbuild.errors import UsageError

TABLE: list[tuple[str, dict[str, Any], list[str]]] = [
    ("nothing", {}, []),
    ("a parameter at the root", {"a": "two"}, ["a", "left", "right", "top"]),
    ("a parameter at the root, longer", {"a": "longer"}, ["a", "left", "right", "top"]),
    ("a parameter in the middle", {"right": 2}, ["right", "top"]),
    ("a type", {"right": 1.0}, ["right", "top"]),
    ("a parameter whose output stays", {"left": "bytes"}, []),
    ("content of the same length", {"image": b"Picture"}, ["aside", "left"]),
    ("content of another length", {"image": b"a longer picture"}, ["aside", "left", "top"]),
    ("two edits", {"right": 5, "image": b"pictur3"}, ["aside", "left", "right", "top"]),
]


@pytest.mark.parametrize(("edit", "changes", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_exactly_the_needed_steps_run(lab: Lab, edit: str, changes: dict[str, Any], expected: list[str]) -> None:
    """P2: each edit reruns what it reaches and stops where the output is what it was."""
    lab.build(diamond(lab))
    assert lab.ran() == ["a", "aside", "left", "right", "top"]
    report = lab.build(diamond(lab, **changes))
    assert lab.ran() == sorted(expected) == sorted(one.step for one in report.ran), edit
    assert report.status == ("built" if expected else "up-to-date")
    assert digests(report) == digests(lab.clean().build(diamond(lab, **changes)))


def test_a_revert_is_a_hit(lab: Lab) -> None:
    """V6: going back to an earlier state runs nothing."""
    lab.build(diamond(lab))
    lab.build(diamond(lab, a="two", image=b"other"))
    lab.ran()
    assert lab.build(diamond(lab)).status == "up-to-date"
    assert lab.ran() == []


def test_an_equal_output_stops_the_rebuild(lab: Lab) -> None:
    """P3: a step reruns, its output is the same, no dependent runs, and the reason is reported."""
    lab.build(diamond(lab))
    lab.ran()
    report = lab.build(diamond(lab, image=b"Picture"))
    assert lab.ran() == ["aside", "left"]
    assert report.steps["left"].unchanged
    assert not report.steps["aside"].unchanged
    assert states(report)["top"] is State.CACHED
    explained = lab.explain(diamond(lab, image=b"Picture"))
    assert "rebuilt, same output, stopped here" in explained["left"].short()
    assert "rebuilt" not in explained["aside"].short()


def test_a_null_build_reads_no_content(lab: Lab) -> None:
    """V25: the second build hashes nothing, starts no worker and asks no tool."""
    asked = iter(["1"])
    lab.tools["tool"] = Tool(lambda: [Path("/bin/sh")], lambda: next(asked))
    lab.kinds["concat"] = Kind("concat", 1, "tests.support.fake_steps:concat", ("tool",))
    lab.build(diamond(lab))
    lab.env = {"PATH": "/nowhere"}  # a worker that started now could not even find the steps
    before = {path: path.stat() for path in lab.store.home.rglob("*")}
    assert lab.build(diamond(lab)).status == "up-to-date"
    assert list(asked) == []
    after = {path: path.stat() for path in lab.store.home.rglob("*")}
    assert after.keys() == before.keys()
    written = {
        path.relative_to(lab.store.home).parts[0] for path in after if after[path].st_mtime != before[path].st_mtime
    }
    assert written <= {"index"}


def test_an_identical_step_is_made_once(lab: Lab) -> None:
    """Two steps with one key share one run."""
    report = lab.build(graph(step("one", x=1), step("two", x=1)))
    assert len(lab.ran()) == 1
    assert digests(report)["one"] == digests(report)["two"]
    assert sorted(state.value for state in states(report).values()) == ["built", "cached"]


def test_targets_build_what_they_need(lab: Lab) -> None:
    """Only the targets and what feeds them are built; an unknown target is refused with the nearest name."""
    assert set(lab.build(diamond(lab), goals=["right"]).steps) == {"a", "right"}
    assert lab.ran() == ["a", "right"]
    with pytest.raises(UsageError, match="no step is called 'rihgt'") as caught:
        lab.build(diamond(lab), goals=["rihgt"])
    assert caught.value.hint == "did you mean 'right'?"


def test_a_part_leaves_the_rest_remembered(lab: Lab) -> None:
    """Building a target forgets nothing of the other steps."""
    lab.build(diamond(lab))
    lab.build(diamond(lab, right=2), goals=["right"])
    assert lab.explain(diamond(lab, a="two"))["a"].reasons[0].name == "text"


def test_fresh_runs_and_replaces(lab: Lab) -> None:
    """P12: a step forced with --fresh runs, its new result counts from then on, and dependents follow by content."""
    plan = graph(
        step("voice", "random_take"), step("render", inputs={"voice": Product("voice", "main.txt")}), step("aside")
    )
    first = lab.build(plan)
    lab.ran()
    second = lab.build(plan, fresh=["voi*"])
    assert lab.ran() == ["render", "voice"]
    assert digests(second)["voice"] != digests(first)["voice"]
    assert second.steps["voice"].reason == "forced by --fresh"
    third = lab.build(plan)
    assert third.status == "up-to-date"
    assert lab.ran() == []
    assert digests(third) == digests(second)


def test_fresh_with_the_same_result_stops(lab: Lab) -> None:
    """P12: a forced step that gives the same bytes makes nothing else run."""
    lab.build(diamond(lab))
    lab.ran()
    lab.build(diamond(lab), fresh=["a"])
    assert lab.ran() == ["a"]


def test_fresh_that_fits_nothing_is_refused(lab: Lab) -> None:
    """A pattern that fits no step is a mistake, not an order to do nothing."""
    with pytest.raises(UsageError, match=r"no step matches 'speak:\*'"):
        lab.build(diamond(lab), fresh=["speak:*"])
    assert not lab.store.root.exists()


@pytest.mark.parametrize("seed", range(4))
def test_order_changes_nothing(lab: Lab, seed: int) -> None:
    """P13: steps planned and run in any order, on any number of workers, give the same digests."""
    steps = list(diamond(lab).steps.values())
    random.Random(seed).shuffle(steps)
    expected = digests(lab.build(diamond(lab)))
    assert digests(lab.clean().build(graph(*steps), jobs=1 + seed)) == {
        name: expected[name] for name in graph(*steps).steps
    }


@pytest.mark.parametrize(("limit", "jobs"), [(1, 3), (2, 3), (3, 2)])
def test_tools_are_limited(lab: Lab, limit: int, jobs: int) -> None:
    """P31: never more steps use a tool at once than it allows, nor do more steps run than there are jobs."""
    lab.tool("service", concurrency=limit)
    lab.kinds["crowd"] = Kind("crowd", 1, "tests.support.fake_steps:crowd", tools=("service",))
    report = lab.build(graph(*[step(f"s{n}", "crowd", n=n) for n in range(6)]), jobs=jobs)
    assert report.status == "built"
    sizes = [int(line) for line in (lab.root / "crowd-sizes").read_text().split()]
    assert len(sizes) == 6
    assert max(sizes) <= min(limit, jobs)


def test_a_tool_at_its_limit_delays_only_the_steps_that_use_it(lab: Lab) -> None:
    """P31: steps that do not use a tool run while others wait for it."""
    lab.tool("service", concurrency=1)
    lab.kinds["crowd"] = Kind("crowd", 1, "tests.support.fake_steps:crowd", tools=("service",))
    lab.build(graph(*[step(f"s{n}", "crowd", n=n) for n in range(3)], step("free")), jobs=2)
    started = [event.step for event in lab.events if isinstance(event, StepStarted)]
    assert started.index("free") == 1


def test_the_longest_work_starts_first(lab: Lab) -> None:
    """What took longest last time, with all that follows from it, is started first."""
    plan = graph(
        step("short", x=1), step("long", "crowd", x=1), step("head", x=2), step("tail", "crowd", {"h": Product("head")})
    )
    lab.build(plan)
    lab.build(plan, fresh=["short", "long", "head"], jobs=1)
    started = [event.step for event in lab.events if isinstance(event, StepStarted)]
    assert started[-1] == "short"
    assert set(started[:2]) == {"long", "head"}
    assert all(event.expected is not None for event in lab.events if isinstance(event, StepStarted))


def test_the_longest_work_starts_first_in_the_first_build_too(lab: Lab) -> None:
    """P6: without past durations, the weights decide what starts first, every time the same, and never a key."""
    plan = graph(
        *[step(name, x=name) for name in "abcd"], *[step(f"{name}2", "concat", {"p": Product(name)}) for name in "abcd"]
    )
    weights = {"b2": 5.0, "d2": 9.0, "a": 2.0}
    plain = lab.clean().build(plan)
    for _ in range(2):
        clean = lab.clean()
        report = clean.build(plan, jobs=1, weights=weights)
        started = [event.step for event in clean.events if isinstance(event, StepStarted)]
        assert started == ["d", "d2", "b", "b2", "a", "c", "a2", "c2"]
        assert {name: each.key for name, each in report.steps.items()} == {
            name: each.key for name, each in plain.steps.items()
        }


def test_warnings_are_reported_each_time(lab: Lab) -> None:
    """A step's warnings are in its report and among the events, on a hit as on the first run."""
    plan = graph(step("x", "warn"))
    for _ in range(3):
        report = lab.build(plan)
        assert [(w.message, w.field, w.hint) for w in report.steps["x"].warnings] == [
            ("too quiet", "voice", "raise it")
        ]
        warned = [event for event in lab.events if isinstance(event, StepWarned)]
        assert [(event.step, event.message) for event in warned] == [("x", "too quiet")]
        for path in (lab.store.home / "index").glob("*"):
            path.unlink()


def test_two_entries_share_the_store(lab: Lab) -> None:
    """What one spec made is a hit for another, whatever its steps are called."""
    lab.build(graph(step("one", x=1)), build_name="a.yaml")
    report = lab.build(graph(step("other", x=1)), build_name="b.yaml")
    assert states(report) == {"other": State.CACHED}


def test_an_empty_graph_is_up_to_date(lab: Lab) -> None:
    """Nothing to build is built at once."""
    assert lab.build(graph()).status == "up-to-date"


def test_a_long_chain_of_steps(lab: Lab) -> None:
    """A chain of steps longer than Python's stack is planned, built in part, explained and found again."""
    steps = [step("s0", "length", x=0)]
    steps += [step(f"s{n}", "length", {"p": Product(f"s{n - 1}", "main.txt")}) for n in range(1, 1500)]
    plan = graph(*steps)
    explained = lab.explain(plan)
    assert explained["s1499"].short() == "s1499  may run: s0 will"
    report = lab.build(plan, goals=["s40"])
    assert len(report.ran) + len(report.cached) == 41


@pytest.mark.parametrize("count", range(1, 4))
def test_equal_steps_in_one_graph_wait_for_each_other(lab: Lab, count: int) -> None:
    """Steps with one key, however many, run once, whatever the number of jobs."""
    plan = graph(*[step(f"s{n}", "crowd") for n in range(count)])
    assert lab.build(plan, jobs=3).status == "built"
    assert len(lab.ran()) == 1


def test_graph_survives_json(lab: Lab) -> None:
    """A graph that went through its memo has the same keys."""
    plan = diamond(lab)
    again = Graph.from_data(plan.to_data())
    assert lab.build(plan).status == "built"
    assert lab.build(again).status == "up-to-date"
