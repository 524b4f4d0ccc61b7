"""A build that is suspended with all its processes, and one that an exception ends in the middle."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.engine_lab import NO_WAIT, Lab, Steering, graph, step
from vidbuild.engine.graph.graph import Product
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.events import Event
from vidbuild.engine.runs.run_log import past_runs, read_events
from vidbuild.engine.schedule.target import RunHooks, Target
from vidbuild.engine.worker.process import WorkerProcess

ENDS = {"step_cached", "step_finished", "step_failed", "step_aborted"}


def state_of(pid: int) -> str:
    """What a process is doing, by the system's letter."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0]


def workers() -> list[int]:
    """The processes that this one started and that are still there."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if words[1] == str(Path("/proc/self").resolve().name) and words[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def test_all_workers_are_stopped_meanwhile(lab: Lab) -> None:
    """P19: while the build is suspended each busy worker is stopped, and then they continue."""
    before, seen = set(workers()), list[str]()
    running: list[str] = []

    def meanwhile() -> None:
        (worker,) = set(workers()) - before
        end = time.monotonic() + 10
        while state_of(worker) != "T" and time.monotonic() < end:
            time.sleep(0.01)
        seen.append(state_of(worker))

    def halted() -> Callable[[], None] | None:
        return meanwhile if running and not seen else None

    def listen(event: Event) -> None:
        if event.type == "step_started":
            running.append(event.run)

    report = lab.build(
        graph(step("a"), step("b", x=1)), Steering(suspend=halted), jobs=1, on_event=listen, poll=NO_WAIT
    )
    assert report.status == "built"
    assert seen == ["T"]


def test_standing_still_is_no_part_of_a_time_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lab: Lab) -> None:
    """P19: a step that may take ten seconds still may after an hour in which nothing ran."""
    now = [1_000.0]
    worker = WorkerProcess(tmp_path, lab.env)
    try:
        with monkeypatch.context() as patch:
            patch.setattr("vidbuild.engine.worker.process.time.monotonic", lambda: now[0])
            worker.send("a", {}, 10.0)
            now[0] += 6
            assert not worker.timed_out()
            worker.suspend()
            now[0] += 3_600
            worker.resume()
            assert not worker.timed_out()
            now[0] += 5
            assert worker.timed_out()
    finally:
        worker.close_stdin()
        worker.reap()


@pytest.mark.parametrize(
    ("error", "last", "code"),
    [
        (RuntimeError("no more"), "run_failed", 3),
        (KeyboardInterrupt(), "run_cancelled", 130),
        (OSError(5), "run_failed", 1),
    ],
    ids=["bug", "interrupt", "disk"],
)
def test_a_build_that_an_exception_ends_has_complete_events(
    lab: Lab, error: BaseException, last: str, code: int
) -> None:
    """P40: whatever exception ends a build, its log has an end for every step and for the run, with the exit code."""

    def listen(event: Event) -> None:
        if event.type == "step_finished":
            raise error

    plan = graph(step("a"), step("b", inputs={"a": Product("a")}), step("c", x=2))
    with pytest.raises(type(error)):
        lab.build(plan, on_event=listen, jobs=1)
    (run,) = past_runs(lab.store.root / "runs")
    logged = list(read_events(lab.store.root / "runs", run.id))
    assert (logged[-1]["type"], logged[-1]["code"]) == (last, code)
    assert sorted(data["step"] for data in logged if data["type"] in ENDS) == ["a", "b", "c"]
    assert run.state == {"run_failed": "failed", "run_cancelled": "cancelled"}[last]
    assert json.loads((lab.store.root / "runs" / run.id / "state.json").read_text())["state"] == run.state


def test_what_completes_a_build_comes_before_its_end(lab: Lab) -> None:
    """P40: who waits for the last event finds all in place; what fails there fails the run."""
    order: list[str] = []

    class Noted(RunHooks):
        def on_success(self, _target: Target, _report: BuildReport) -> None:
            order.append("done")

    lab.build(graph(step("a")), hooks=Noted(), on_event=lambda each: order.append(each.type))
    assert order[-4:] == ["step_finished", "done", "target_finished", "run_finished"] or order[-3:-1] == [
        "target_finished",
        "state_saved",
    ]

    class Failing(RunHooks):
        def on_success(self, _target: Target, _report: BuildReport) -> None:
            raise OSError(28, "no space left on device")

    report = lab.build(graph(step("a")), hooks=Failing())
    assert (report.status, str(report.error)) == ("failed", "[Errno 28] no space left on device")
    assert lab.events[-1].to_data()["type"] == "run_failed"
