"""Root causes: whose change made a step run."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.engine_lab import Lab, graph, step
from vidbuild.engine.graph.graph import Graph, Kind, Product
from vidbuild.engine.runs.events import StepStarted


def plan(lab: Lab, **changes: Any) -> Graph:
    """A -> b -> c -> d, and e -> d; a and e have a parameter, b and d a source too."""
    one = lab.source("one.txt", changes.get("one", "1"))
    two = lab.source("two.txt", changes.get("two", "2"))
    steps = [
        step("a", narration=changes.get("a", "x")),
        step("b", inputs={"from": Product("a"), "one": one}),
        step("c", inputs={"from": Product("b", "main.txt")}),
        step("e", title=changes.get("e", "y")),
        step("d", inputs={"from": Product("c"), "other": Product("e"), "two": two}),
    ]
    return graph(*[found for found in steps if found.id not in changes.get("without", ())])


def reasons(lab: Lab, built: Graph, **options: Any) -> dict[str, str]:
    """Return step -> why it was started."""
    lab.build(built, **options)
    return {event.step: event.reason for event in lab.events if isinstance(event, StepStarted)}


ROWS: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({}, {}),
    ({"a": "z"}, dict.fromkeys("abcd", "narration changed")),
    ({"e": "z"}, dict.fromkeys("ed", "title changed")),
    ({"one": "3"}, dict.fromkeys("bcd", "one changed (one.txt)")),
    ({"two": "3"}, {"d": "two changed (two.txt)"}),
    (
        {"a": "z", "e": "z"},
        {
            "a": "narration changed",
            "b": "narration changed",
            "c": "narration changed",
            "e": "title changed",
            "d": "narration changed, title changed",
        },
    ),
    (
        {"a": "z", "one": "3"},
        {
            "a": "narration changed",
            "b": "narration changed, one changed (one.txt)",
            "c": "narration changed, one changed (one.txt)",
            "d": "narration changed, one changed (one.txt)",
        },
    ),
]


@pytest.mark.parametrize(("changes", "expected"), ROWS, ids=[str(row[0]) for row in ROWS])
def test_the_root_is_carried_along(lab: Lab, changes: dict[str, Any], expected: dict[str, str]) -> None:
    """P38: every step that runs is reported with the edit that started it all, each edit once."""
    lab.build(plan(lab))
    assert reasons(lab, plan(lab, **changes)) == expected


def test_the_root_shows_through_steps_that_are_cached(lab: Lab) -> None:
    """P38: a step that was found again for an earlier state still passes on what changed."""
    lab.build(plan(lab))
    lab.build(plan(lab, a="z"), goals=["c"])
    lab.build(plan(lab))
    assert reasons(lab, plan(lab, a="z")) == {"d": "narration changed"}


def test_a_lost_output_that_differs_is_the_root(lab: Lab) -> None:
    """P10: if a random result was lost and is made again, its dependents name it as their reason."""
    built = graph(step("voice", "random_take"), step("render", inputs={"voice": Product("voice")}))
    lab.build(built).path("voice", "main.txt").unlink()
    assert reasons(lab, built) == {"voice": "output evicted", "render": "output evicted"}


def test_fresh_is_the_root_of_its_dependents(lab: Lab) -> None:
    """P12: the dependents of a step that --fresh forced name that as their reason."""
    built = graph(step("voice", "random_take"), step("render", inputs={"voice": Product("voice")}))
    lab.build(built)
    assert reasons(lab, built, fresh=["voice"]) == {"voice": "forced by --fresh", "render": "forced by --fresh"}


def test_a_failed_build_forgets_no_reason(lab: Lab) -> None:
    """P38: after a build that failed on the way, the rest still reports what changed since it was last made."""
    lab.build(plan(lab))
    whole = lab.kinds["concat"]
    lab.kinds["concat"] = Kind("concat", 1, "tests.support.fake_steps:bug")
    assert lab.build(plan(lab, a="z")).status == "failed"
    lab.kinds["concat"] = whole
    assert reasons(lab, plan(lab, a="z")) == dict.fromkeys("abcd", "narration changed")
