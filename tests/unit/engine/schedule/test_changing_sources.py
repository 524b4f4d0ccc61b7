"""Sources that change, and products that are lost or made twice, during a build: contents are never mixed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.support import run_events
from tests.support.engine_lab import Lab, digests, graph, states, step
from vidbuild.engine.disk.durable import hash_file
from vidbuild.engine.disk.lock import Lock
from vidbuild.engine.graph.graph import Graph, Product, Source
from vidbuild.engine.graph.step_state import State
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.events import Event, StepCached, StepStarted, StepWarned
from vidbuild.engine.store.store import Store

BEFORE = "before"


def editing(lab: Lab, content: str | None, *, read_first: bool) -> tuple[Graph, Source]:
    """A step that edits its own source while it runs, restoring its time of change, and what reads the step."""
    source = lab.source("image.png", BEFORE)
    params = {"path": source.path, "content": content, "read_first": read_first}
    return graph(step("x", "edit", {"source": source}, **params), step("y", inputs={"x": Product("x")})), source


@pytest.mark.parametrize("read_first", [True, False])
@pytest.mark.parametrize("content", ["behind", "another length", None], ids=["same-size", "other-size", "gone"])
def test_a_step_that_edits_its_source_reads_what_it_was(lab: Lab, content: str | None, read_first: bool) -> None:
    """P7: whenever a source is edited during its step, the trace is of what was read; a warning names the file."""
    plan, source = editing(lab, content, read_first=read_first)
    report = lab.build(plan)
    run_events.check(lab.events, report)
    assert report.path("x", "main.txt").read_text() == BEFORE
    trace = lab.store.trace(report.steps["x"].key)
    assert trace is not None
    assert trace.inputs["source"] == f"{_digest(lab, BEFORE)}.png"
    assert not trace.warnings
    warnings = [(event.step, event.field, event.message) for event in lab.events if isinstance(event, StepWarned)]
    assert warnings == [("x", "source", f"'{source.path}' changed during the build: its earlier content was used")]
    assert [warning.hint for warning in report.steps["x"].warnings] == ["build again"]
    if content is not None:
        lab.ran()
        after = lab.build(plan)
        assert (states(after)["x"], lab.ran()) == (State.BUILT, ["x", "y"])
        assert after.path("x", "main.txt").read_text() == content
        assert not after.steps["x"].warnings


def _digest(lab: Lab, content: str) -> str:
    (lab.root / "content").write_text(content)
    return hash_file(lab.root / "content")


def test_a_source_edited_before_it_is_read_is_not_used(lab: Lab) -> None:
    """P7: where a source is edited between the look and the reading, the step fails by its name, without a trace."""
    plan, source = editing(lab, None, read_first=True)
    stat = Path(source.path).stat()

    def edit(event: Event) -> None:
        if isinstance(event, StepStarted):
            Path(source.path).write_text("behind")
            os.utime(source.path, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    report = lab.build(plan, on_event=edit)
    failure = report.steps["x"].failure
    assert failure is not None
    assert (failure.message, failure.field) == (f"'{source.path}' changed during the build", "source")
    assert lab.store.trace(report.steps["x"].key) is None
    assert lab.ran() == []


def test_a_build_is_of_one_moment(lab: Lab) -> None:
    """P7, P10: steps planned after an edit use the same content as those before it, and there is a warning."""
    source = lab.source("image.png", BEFORE)
    plan = graph(
        step("early", inputs={"source": source}),
        step("late", inputs={"source": source, "after": Product("early", "main.txt")}),
    )

    def edit(event: Event) -> None:
        lab.events.append(event)
        if event.type == "step_finished" and getattr(event, "step", "") == "early":
            Path(source.path).write_text("behind")

    report = lab.build(plan, on_event=edit)
    assert b"before" in report.path("late", "main.txt").read_bytes()
    assert [warning.field for warning in report.steps["late"].warnings] == ["source"]
    assert not report.steps["early"].warnings
    after = lab.build(plan)
    assert len(after.ran) == 2
    assert b"behind" in after.path("late", "main.txt").read_bytes()


def test_a_touched_source_is_no_edited_one(lab: Lab) -> None:
    """P7: a file that is written again with what it held is no reason to warn."""
    plan, _ = editing(lab, BEFORE, read_first=True)
    assert not lab.build(plan).steps["x"].warnings


TAKES = graph(
    step("voice", "random_take"),
    step("left", inputs={"v": Product("voice", "main.txt")}, side="l"),
    step("right", inputs={"v": Product("voice", "main.txt")}, side="r"),
    step("top", inputs={"l": Product("left", "main.txt"), "r": Product("right", "main.txt")}),
)


def check_one_take(lab: Lab, report: BuildReport) -> None:
    """Check that every product was made from the one voice product in the report, by the traces."""
    take = report.path("voice", "main.txt").read_bytes()
    for name in ("left", "right", "top"):
        assert report.path(name, "main.txt").read_bytes().count(take) == (2 if name == "top" else 1)
    for name, one in report.steps.items():
        trace = lab.store.trace(one.key)
        assert trace is not None
        assert trace.outputs == one.outputs
        for role, source in TAKES.steps[name].inputs.items():
            assert isinstance(source, Product)
            blob = report.steps[source.step].outputs[source.name]
            assert trace.inputs[role].partition(".")[0] == blob.digest


def test_all_that_use_a_take_use_the_same(lab: Lab) -> None:
    """P10: of a step that makes other bytes each time, all of a build see one take, and so does the next build."""
    first = lab.build(TAKES)
    check_one_take(lab, first)
    second = lab.build(TAKES)
    check_one_take(lab, second)
    assert (second.status, digests(second)) == ("up-to-date", digests(first))


@pytest.mark.parametrize("lost", ["voice", "left", "top"])
def test_a_lost_take_is_not_mixed_with_another(lab: Lab, lost: str) -> None:
    """P10, P26: where a blob in the middle is gone, all that is made again follows from one take, as does the rest."""
    first = lab.build(TAKES)
    lab.store.blobs.remove(first.steps[lost].outputs["main.txt"].digest)
    report = lab.build(TAKES)
    check_one_take(lab, report)
    assert (digests(report) == digests(first)) == (lost != "voice")
    assert lab.build(TAKES).status == "up-to-date"


def test_a_product_lost_during_the_build_fails_its_reader_by_name(lab: Lab) -> None:
    """P10: a blob that vanishes during a build fails its dependents, and the next build makes it again."""
    lab.build(TAKES)
    lab.store.blobs.remove(lab.build(TAKES).steps["left"].outputs["main.txt"].digest)
    voice = lab.build(TAKES, goals=["voice"]).steps["voice"].outputs["main.txt"].digest

    def lose(event: Event) -> None:
        if isinstance(event, StepCached) and event.step == "voice":
            lab.store.blobs.remove(voice)

    report = lab.build(TAKES, on_event=lose)
    failure = report.steps["left"].failure
    assert failure is not None
    assert (failure.message, failure.hint, failure.field, failure.fault) == (
        "cached input missing", "build again", "v", "step",
    )  # fmt: skip
    after = lab.build(TAKES)
    assert after.ok
    check_one_take(lab, after)


def test_the_second_writer_of_a_key_takes_over_the_first_ones_result(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """P10: two builds that make one key side by side, where no lock keeps them apart, end with the same take."""

    def granted(store: Store, key: str) -> Any:
        return Lock.attempt(store.home / "locks" / f"{key}-{os.urandom(4).hex()}")

    monkeypatch.setattr(Store, "lock_key", granted)
    inner: list[BuildReport] = []

    def interfere(event: Event) -> None:
        if isinstance(event, StepStarted) and event.step == "voice":
            inner.append(Lab(lab.root).build(TAKES))

    outer = lab.build(TAKES, on_event=interfere)
    assert lab.ran().count("voice") == 2
    check_one_take(lab, outer)
    check_one_take(lab, inner[0])
    assert digests(outer) == digests(inner[0])
