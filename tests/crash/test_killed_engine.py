"""Builds that are killed, raced and trimmed: the next one needs no repair and ends as a clean build would."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.engine_lab import Lab, digests, graph, states, step
from tests.support.paths import ROOT
from vidbuild.engine.disk.lock import is_held
from vidbuild.engine.graph.graph import Graph, Product, Step
from vidbuild.engine.graph.step_state import State
from vidbuild.engine.store import gc

DRIVER = """
import json, sys
from pathlib import Path
from tests.support.engine_lab import Lab
from vidbuild.engine.graph.graph import Graph
lab = Lab(Path(sys.argv[1]))
report = lab.build(Graph.from_data(json.loads(Path(sys.argv[2]).read_text())), jobs=int(sys.argv[3]))
raise SystemExit(report.status not in {"built", "up-to-date"})
"""


def driver(lab: Lab, plan: Graph, jobs: int = 2) -> subprocess.Popen[bytes]:
    """A process of its own that builds the graph in the lab's store."""
    data = lab.root / f"plan-{os.urandom(4).hex()}.json"
    data.write_text(json.dumps(plan.to_data()))
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([os.environ["PYTHONPATH"], str(ROOT)])}
    return subprocess.Popen([sys.executable, "-c", DRIVER, str(lab.root), str(data), str(jobs)], env=env)


def layers(lab: Lab, width: int = 4, text: str = "") -> Graph:
    """Three layers of steps, each step of the next reading two of the one before, and one step after all."""
    image = lab.source("image.png", "picture")
    steps = [step(f"a{n}", "crowd", {"image": image}, n=n, text=text) for n in range(width)]
    for layer, below in (("b", "a"), ("c", "b")):
        for n in range(width):
            inputs = {"one": Product(f"{below}{n}", "main.txt"), "two": Product(f"{below}{(n + 1) % width}")}
            steps.append(step(f"{layer}{n}", "concat", inputs))
    steps.append(step("mux", inputs={f"c{n}": Product(f"c{n}", "main.txt") for n in range(width)}))
    return graph(*steps)


def wait_for_locks(folder: Path) -> None:
    """Wait until nothing locks the folders of builds: a dead driver's child, caught before it ran, dies a bit later."""
    deadline = time.monotonic() + 20
    while any(is_held(path) for path in folder.glob("*/lock")) and time.monotonic() < deadline:
        time.sleep(0.01)


@pytest.mark.parametrize("round_", range(12))
def test_killed_anywhere(lab: Lab, round_: int) -> None:
    """P14, P15: SIGKILL at a random moment; the next build equals a clean one and repeats at most what ran."""
    plan = layers(lab)
    expected = digests(lab.clean().build(plan))
    lab.ran()
    process = driver(lab, plan)
    time.sleep(random.Random(round_).uniform(0.05, 1.0))
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_for_locks(lab.store.home / "tmp")
    before = lab.ran()
    report = lab.build(plan)
    assert digests(report) == expected
    after = lab.ran()
    assert len(before) + len(after) <= len(plan.steps) + 2
    assert lab.build(plan).status == "up-to-date"
    lab.store.build_dir().end()  # as the next build that runs a step; a driver killed at its very end leaves a folder
    assert list((lab.store.home / "tmp").iterdir()) == []
    assert gc.verify(lab.store).corrupt == ()


@pytest.mark.parametrize("done", range(1, 6))
def test_finished_work_survives(lab: Lab, done: int) -> None:
    """P15: of five steps in a row, killed after some, the next build runs exactly the others."""
    steps: list[Step] = []
    for n in range(5):
        kind = "sleep" if n == done else "concat"
        steps.append(step(f"s{n}", kind, {"p": Product(f"s{n - 1}")} if n else {}))
    plan = graph(*steps)
    process = driver(lab, plan, jobs=1)
    deadline = time.monotonic() + 20
    while process.poll() is None and not (lab.root / "child").exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    (lab.root / "go").touch()
    lab.ran()
    assert lab.build(plan).status in {"built", "up-to-date"}
    assert lab.ran() == [f"s{n}" for n in range(done, 5)]


def test_ten_processes_one_store(lab: Lab) -> None:
    """P28: started together on one store, each key is made once in total, all end well, none waits for ever."""
    plan = layers(lab, width=3)
    processes = [driver(lab, plan, jobs=1) for _ in range(10)]
    assert [process.wait(60) for process in processes] == [0] * 10
    assert lab.ran() == sorted(plan.steps)
    assert lab.build(plan).status == "up-to-date"
    assert digests(lab.build(plan)) == digests(lab.clean().build(plan))


def test_a_dead_holder_of_a_key_blocks_no_build(lab: Lab) -> None:
    """P18: a build that was killed while it made a key leaves the key free at once."""
    plan = graph(step("slow", "sleep"))
    process = driver(lab, plan)
    while not (lab.root / "child").exists():
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    (lab.root / "go").touch()
    started = time.monotonic()
    assert lab.build(plan).status == "built"
    assert time.monotonic() - started < 3


def test_a_second_build_waits_for_the_first_ones_result(lab: Lab) -> None:
    """P28: a key that another build is making is waited for, and its result taken."""
    plan = graph(step("slow", "sleep"), step("other", x=1))
    first = driver(lab, plan)
    while not (lab.root / "child").exists():
        time.sleep(0.005)
    second = driver(lab, plan)
    time.sleep(0.5)
    assert second.poll() is None
    (lab.root / "go").touch()
    assert [first.wait(20), second.wait(20)] == [0, 0]
    assert lab.ran() == ["other", "slow"]


NODES = st.integers(2, 6).flatmap(
    lambda count: st.lists(
        st.tuples(st.sampled_from(["concat", "length"]), st.sets(st.integers(0, count), max_size=3), st.integers(0, 2)),
        min_size=count,
        max_size=count,
    )
)
EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("param"), st.integers(0, 5), st.integers(0, 2)),
        st.tuples(st.just("source"), st.integers(0, 2), st.integers(0, 3)),
        st.tuples(st.just("lose"), st.integers(0, 40), st.just(0)),
        st.tuples(st.just("damage"), st.integers(0, 40), st.integers(0, 2)),
        st.tuples(st.just("trim"), st.integers(0, 1), st.just(0)),
        st.tuples(st.just("fresh"), st.integers(0, 5), st.just(0)),
        st.tuples(st.just("fail"), st.just(0), st.just(0)),
    ),
    min_size=1,
    max_size=5,
)


@dataclass
class Node:
    """A step: its kind, the places of the steps that it needs, and a value."""

    kind: str
    needs: list[int]
    param: int


class Project:
    """A random graph over a few sources, edited step by step."""

    def __init__(self, root: Path, nodes: list[tuple[str, set[int], int]]) -> None:
        self.lab = Lab(root)
        self.nodes = [
            Node(kind, sorted(need for need in needs if need < place), param)
            for place, (kind, needs, param) in enumerate(nodes)
        ]
        self.contents = ["zero", "one", "two"]
        self.fresh: list[str] = []

    def graph(self) -> Graph:
        """The graph as it is now, its sources written."""
        steps = []
        for place, node in enumerate(self.nodes):
            inputs = {f"from{need}": Product(f"s{need}", "main.txt") for need in node.needs}
            source = self.lab.source(f"{place % 3}.txt", self.contents[place % 3])
            steps.append(step(f"s{place}", node.kind, {**inputs, "source": source}, unit=str(node.param)))
        return graph(*steps)

    def files(self) -> list[Path]:
        """Every file of the store, in order."""
        return sorted(path for path in self.lab.store.home.rglob("*") if path.is_file())

    def edit(self, what: str, place: int, value: int) -> None:
        """Change the project or harm the store."""
        self.fresh = []
        if what == "param":
            self.nodes[place % len(self.nodes)].param = value
        elif what == "source":
            self.contents[place] = ["zero", "ONE!", "two, longer", ""][value]
        elif what == "trim":
            gc.trim(self.lab.store, (0, 3000)[place])
        elif what == "fresh":
            self.fresh = [f"s{place % len(self.nodes)}"]
        elif what == "fail":
            self.lab.kinds["length"], kept = self.lab.kinds["bug"], self.lab.kinds["length"]
            self.lab.build(self.graph())
            self.lab.kinds["length"] = kept
        elif files := self.files():
            self.harm(files[place % len(files)], what, value)

    @staticmethod
    def harm(path: Path, what: str, value: int) -> None:
        """Lose or damage one file."""
        raw = path.read_bytes()
        path.unlink()
        if what == "damage":
            path.write_bytes((b"", raw[: len(raw) // 2], raw[::-1])[value])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(nodes=NODES, edits=EDITS)
def test_incremental_equals_clean(
    tmp_path: Path, nodes: list[tuple[str, set[int], int]], edits: list[tuple[str, int, int]]
) -> None:
    """P1: whatever the graph, after any edits, damage, trimming and failures, every output is that of a clean build."""
    project = Project(tmp_path / os.urandom(6).hex(), nodes)
    project.lab.build(project.graph())
    for edit in edits:
        project.edit(*edit)
        plan = project.graph()
        report = project.lab.build(plan, fresh=project.fresh)
        assert set(states(report).values()) <= {State.BUILT, State.CACHED}
    assert digests(report) == digests(project.lab.clean().build(plan))
    assert project.lab.build(plan).status == "up-to-date"
