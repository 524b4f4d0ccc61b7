"""Graphs: order, cycles, parts, and JSON."""

from __future__ import annotations

import json

import pytest

from tests.support.engine_lab import graph, step
from vidbuild.engine.graph.graph import Graph, GraphError, Product, Source, Step
from vidbuild.location import Location


def chain(count: int) -> list[Step]:
    """Steps one after the other, given last first."""
    return [step(f"s{n}", inputs={"p": Product(f"s{n - 1}")} if n else {}) for n in reversed(range(count))]


def test_each_step_comes_after_all_that_feed_it() -> None:
    """Whatever the order given, the graph's order can be built from the front; a long chain included."""
    assert list(graph(*chain(5000)).steps) == [f"s{n}" for n in range(5000)]


def test_a_cycle_is_shown() -> None:
    """A cycle is named step by step."""
    loop = [step(name, inputs={"x": Product(needs)}) for name, needs in (("a", "b"), ("b", "c"), ("c", "b"))]
    with pytest.raises(GraphError, match=r"^dependency cycle: b -> c -> b$"):
        graph(*loop)


def test_a_step_that_needs_itself_is_a_cycle() -> None:
    """The smallest cycle is one too."""
    with pytest.raises(GraphError, match=r"^dependency cycle: a -> a$"):
        graph(step("a", inputs={"x": Product("a")}))


def test_a_part_is_what_the_targets_need() -> None:
    """A part holds the targets and everything before them, in the graph's order."""
    plan = graph(step("a"), step("b", inputs={"x": Product("a")}), step("c"), step("d", inputs={"x": Product("b")}))
    assert list(plan.upstream(["b"]).steps) == ["a", "b"]
    assert list(plan.upstream(iter(["c", "d"])).steps) == ["a", "b", "c", "d"]
    assert plan.upstream([]).steps == {}


def test_a_graph_goes_through_json() -> None:
    """Everything that a step holds survives, its places included."""
    one = Step("x", "render", {"a": [1, None, 2.5]}, {"s": Source("/p")}, {"title": Location("v.yaml", 3, 5, 9)})
    plan = graph(one, step("y", inputs={"x": Product("x", "f.json"), "w": Product("x")}))
    assert Graph.from_data(json.loads(json.dumps(plan.to_data()))) == plan
