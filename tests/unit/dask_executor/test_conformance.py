"""One suite over all executors: the same digests, reasons and events, whatever runs the steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.engine_lab import AT_ONCE, Lab, Steering, diamond, graph, step
from tests.support.executor_lab import loopback, on_dask, outcome
from vidbuild.dask_executor.connection import SHARED
from vidbuild.engine.graph.graph import Product
from vidbuild.engine.runs.control import Control
from vidbuild.engine.runs.events import Event, StepStarted
from vidbuild.engine.schedule.target import Target

EXECUTORS: dict[str, dict[str, Any]] = {
    "local serial": {"jobs": 1},
    "local parallel": {"jobs": 2},
    "dask": {"jobs": 2},
}


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    """Keep one cluster of two processes for the module."""
    with loopback(), SHARED.sharing():
        yield


@pytest.fixture(autouse=True)
def talking() -> Iterator[None]:
    """Each test talks to the cluster."""
    with loopback():
        yield


def lab_of(name: str, folder: Path) -> Lab:
    """A project of its own for an executor."""
    lab = Lab(folder / name.replace(" ", "-"))
    lab.new_executor = on_dask() if name == "dask" else None
    return lab


def small(lab: Lab) -> list[Any]:
    """Build, edit a parameter, edit a source, and build what is there."""
    options = options_of(lab)
    edits: list[dict[str, Any]] = [{}, {"a": "two"}, {"image": b"Picture"}, {"image": b"a longer one", "right": 2}, {}]
    return [outcome(lab, lab.build(diamond(lab, **each), **options)) for each in edits]


def options_of(lab: Lab) -> dict[str, Any]:
    """The options of the executor that a lab is for."""
    return EXECUTORS[lab.root.name.replace("-", " ")]


def one(*steps: Any, **given: Any) -> Callable[[Lab], list[Any]]:
    """Build one graph, twice."""

    def run(lab: Lab) -> list[Any]:
        options = {**options_of(lab), **given}
        return [outcome(lab, lab.build(graph(*steps), **options)) for _ in range(2)]

    return run


def several(lab: Lab) -> list[Any]:
    """Targets that share steps."""
    shared = step("a", text="one")
    graphs = {
        "x": graph(shared, step("b", inputs={"a": Product("a")})),
        "y": graph(shared, step("c", "length", {"a": Product("a", "main.txt")})),
    }
    targets = [Target(each, name, build_name=name) for name, each in graphs.items()]
    reports = lab.build_all(targets, **options_of(lab))
    return [{key: value for key, value in outcome(lab, report).items() if key != "ran"} for report in reports]


CASES: dict[str, Callable[[Lab], list[Any]]] = {
    "edits": small,
    "targets that share": several,
    "a warning": one(step("w", "warn"), step("x", inputs={"w": Product("w")})),
    "progress": one(step("p", "progress")),
    "what a step sees": one(step("s", "surroundings", {"a": Product("a")}), step("a")),
    "a lasting failure": one(step("f", "problem"), step("x", inputs={"f": Product("f")}), step("y"), keep_going=True),
    "a passing failure": one(step("u", "unreachable"), retry=AT_ONCE),
    "no output": one(step("n", "nothing")),
    "a link": one(step("l", "link")),
    "a bug": one(step("b", "bug")),
    "an undeclared variable": one(step("e", "leak_env")),
    "an undeclared file": one(step("e", "leak_file")),
    "a process that is killed": one(step("d", "die"), step("x", inputs={"d": Product("d")}), retry=AT_ONCE),
    "output on stdout": one(step("c", "chatter")),
}


@pytest.mark.parametrize("executor", [name for name in EXECUTORS if name != "local serial"])
@pytest.mark.parametrize("case", CASES)
def test_executors_are_equivalent(tmp_path: Path, case: str, executor: str) -> None:
    """P29, N24: digests, keys, states, reasons, failures, runs and events are those of one process after another."""
    expected = CASES[case](lab_of("local serial", tmp_path))
    assert CASES[case](lab_of(executor, tmp_path)) == expected
    assert expected[0]["events"][""][-1]["type"] in {"run_finished", "run_failed"}


@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_cancelled_run_stops_its_steps(tmp_path: Path, executor: str) -> None:
    """P29: once the grace is over running steps end with their children, and nothing of them is kept."""
    lab = lab_of(executor, tmp_path)
    child = lab.root / "child"
    steering = Steering(cancelled=child.exists)
    report = lab.build(graph(step("s", "sleep"), step("x", inputs={"s": Product("s")})), steering, grace=0.3)
    assert report.status == "cancelled"
    assert lab.store.trace(report.steps["s"].key) is None
    pids = [int(pid) for pid in child.read_text().split()]
    assert not [pid for pid in pids if is_alive(pid)]
    assert not list((lab.store.root / "v1" / "tmp").iterdir()), "the run's folder is left"


def is_alive(pid: int) -> bool:
    """Whether a process runs."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_paused_run_starts_nothing(tmp_path: Path, executor: str) -> None:
    """P29: a pause lets running steps finish, starts no further one, and then the run continues."""
    lab = lab_of(executor, tmp_path)
    requests: list[Control] = []

    def requested() -> Control:
        started = sum(isinstance(event, StepStarted) for event in lab.events)
        if started == 1 and len(requests) < 8:
            requests.append(Control.PAUSE)
            assert sum(isinstance(event, StepStarted) for event in lab.events) == 1
            return Control.PAUSE
        return Control.RUN

    plan = graph(step("a"), step("b", inputs={"a": Product("a")}))
    report = lab.build(plan, Steering(requested=requested), jobs=1)
    assert report.status == "built"
    kinds = [event.type for event in lab.events]
    assert kinds.index("run_paused") < kinds.index("run_resumed")


def test_a_suspended_run_stops_its_steps(tmp_path: Path) -> None:
    """P19: on a cluster, too, steps and their children stand still while the build is suspended, and then go on."""
    lab = lab_of("dask", tmp_path)
    child, seen = lab.root / "child", list[str]()

    def meanwhile() -> None:
        seen.append(_state_within(int(child.read_text().split()[0]), "T"))
        (lab.root / "go").touch()

    report = lab.build(
        graph(step("s", "sleep")), Steering(suspend=lambda: meanwhile if child.exists() and not seen else None), jobs=1
    )
    assert (report.status, seen) == ("built", ["T"])


def _state_within(pid: int, wanted: str, seconds: float = 10.0) -> str:
    import time

    end = time.monotonic() + seconds
    while True:
        state = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
        if state == wanted or time.monotonic() > end:
            return state
        time.sleep(0.02)


def test_a_step_killed_each_time_says_so(tmp_path: Path) -> None:
    """P29: a step whose process dies with every attempt fails in the same words on every executor."""
    messages = set[str]()
    for executor, options in EXECUTORS.items():
        lab = lab_of(executor, tmp_path)
        died = lab.root / "died"

        def forget(event: Event, died: Path = died) -> None:
            if event.type in {"step_started", "step_retried"}:
                died.unlink(missing_ok=True)

        report = lab.build(graph(step("d", "die")), on_event=forget, **options)
        failure = report.steps["d"].failure
        assert failure is not None
        assert failure.log == ("last words",)
        messages.add(failure.message)
    assert messages == {"the worker died in the middle of the step (signal 9) (tried 3 times)"}
