"""The stream of events: complete, in order, and valid by the schema."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.support.engine_lab import Lab, Steering, graph, step
from tests.support.paths import ROOT
from vidbuild.api import events as of_videos
from vidbuild.engine.graph.graph import Graph, Product
from vidbuild.engine.runs import events as module
from vidbuild.engine.runs.events import Event
from vidbuild.engine.runs.run_log import read_events

SCHEMA = json.loads((ROOT / "schemas" / "events.schema.json").read_text())
TYPES = [
    found
    for found in (vars(module) | vars(of_videos)).values()
    if isinstance(found, type) and issubclass(found, Event) and "type" in vars(found) and found is not Event
]
OLD = Path(__file__).with_name("old")
ENDS = {"step_cached", "step_finished", "step_failed", "step_aborted"}
LAST = {"built": "run_finished", "up-to-date": "run_finished", "failed": "run_failed", "cancelled": "run_cancelled"}


def some_of_each() -> Graph:
    """Steps that end in every way: one warns, one reports progress, one fails, one is aborted."""
    return graph(
        step("warn", "warn"),
        step("progress", "progress"),
        step("bad", "bug"),
        step("after", inputs={"bad": Product("bad")}),
        step("fine", inputs={"warn": Product("warn")}),
    )


@pytest.mark.parametrize(
    "options",
    [{}, {"keep_going": True}, {"jobs": 1}, {"control": Steering(cancelled=lambda: True)}],
    ids=["as it is", "keep going", "one job", "cancelled"],
)
@pytest.mark.parametrize("warm", [False, True])
def test_the_stream_is_complete(lab: Lab, options: dict[str, Any], warm: bool) -> None:
    """P40: the run starts first and ends last, each step ends exactly once, and one that ran was started before."""
    plan = some_of_each()
    if warm:
        lab.build(plan, keep_going=True)
    report = lab.build(plan, **options)
    emitted = [event.to_data() for event in lab.events]
    assert emitted[0]["type"] == "run_started"
    assert emitted[-1]["type"] == LAST[report.status]
    assert sum(data["type"] in LAST.values() for data in emitted) == 1
    assert Counter(data["step"] for data in emitted if data["type"] in ENDS) == Counter(list(plan.steps))
    started: set[str] = set()
    for data in emitted:
        if data["type"] == "step_started":
            started.add(data["step"])
        elif data["type"] in {"step_finished", "step_progress"}:
            assert data["step"] in started
    assert [data["time"] for data in emitted] == sorted(data["time"] for data in emitted)
    counts = {"ran": report.ran, "cached": report.cached, "failed": report.failed, "aborted": report.aborted}
    assert {name: emitted[-1][name] for name in counts} == {name: len(found) for name, found in counts.items()}


def test_every_line_is_valid(lab: Lab) -> None:
    """P40: each line of a run's log is valid, and every event is there."""
    validator = jsonschema.Draft202012Validator(SCHEMA)
    report = lab.build(some_of_each(), keep_going=True)
    lines = list(read_events(lab.store.root / "runs", report.run))
    for data in lines:
        validator.validate(data)
    assert lines == [json.loads(event.to_line()) for event in lab.events]
    assert {data["type"] for data in lines} > {"step_warning", "step_progress", "step_failed", "step_aborted"}


@pytest.mark.parametrize("event", TYPES, ids=lambda event: event.type)
def test_the_schema_names_every_field(event: type[Event]) -> None:
    """The schema and the types name the same fields, each with a description."""
    definition = SCHEMA["$defs"][event.type]
    assert list(definition["properties"]) == ["type", *(field.name for field in fields(event))]
    first = [field.name for field in fields(event) if field.default is MISSING]
    assert definition["required"] == ["type", *first]
    assert {"$ref": f"#/$defs/{event.type}"} in SCHEMA["oneOf"]
    # A docstring describes the fields after its first sentence; the schema describes each at its own place.
    assert definition["description"] == re.split(r"; [\w, ]+: |\n", event.__doc__ or "")[0].rstrip(".") + "."
    fields_ = [about for about in definition["properties"].values() if not about.keys() & {"const", "$ref"}]
    assert all(about["description"] for about in fields_)


def test_the_schema_is_a_schema() -> None:
    """The schema is valid, and has no type that the program lacks."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert set(SCHEMA["$defs"]) == {event.type for event in TYPES} | {"failure"}


@pytest.mark.parametrize("log", sorted(OLD.glob("*.jsonl")), ids=lambda path: path.stem)
def test_logs_of_older_versions_are_still_valid(log: Path) -> None:
    """P40: types and fields are only ever added: every line of a stored old log is valid by today's schema."""
    validator = jsonschema.Draft202012Validator(SCHEMA)
    lines = log.read_text(encoding="utf-8").splitlines()
    assert lines
    for line in lines:
        validator.validate(json.loads(line))


def test_a_line_is_one_line() -> None:
    """A text with a line break, or in any script, is still one line of JSON."""
    event = module.StepWarned(run="r", time=1.0, step="s", message="a\nb\u2028é", field="", hint=None)
    assert event.to_line().count("\n") == 1
    assert json.loads(event.to_line())["message"] == "a\nb\u2028é"


def test_a_line_contains_no_workflow_command() -> None:
    """A workflow command in a text is escaped in the line, and a reader of the line gets the original text."""
    text = "a\\##[add-mask]f ##vso[x]"
    line = module.StepWarned(run="r", time=1.0, step="s", message=text, field="", hint=None).to_line()
    assert "##" not in line
    assert json.loads(line)["message"] == text


def test_a_listener_that_fails_ends_the_build_cleanly(lab: Lab) -> None:
    """An error of a listener reaches the caller; no worker is left and the run is recorded as failed."""

    def listener(event: Event) -> None:
        if event.type == "step_finished":
            raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        lab.build(graph(step("a"), step("b", inputs={"a": Product("a")})), on_event=listener)
    assert list((lab.store.home / "tmp").iterdir()) == []
    (state,) = [json.loads(path.read_text())["state"] for path in lab.store.root.glob("runs/*/state.json")]
    assert state == "failed"
    assert lab.explain(graph(step("a")))["a"].state == "cached"
