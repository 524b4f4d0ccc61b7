"""What a build costs, in counts that are the same in every run: files read, bytes hashed, processes, modules."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.engine_lab import Lab, graph, step
from vidbuild.engine.disk import durable
from vidbuild.engine.graph.graph import Graph, Product
from vidbuild.engine.keys.cache import TieredCache
from vidbuild.engine.keys.lookup import CacheLookup
from vidbuild.engine.keys.tools import Tools
from vidbuild.engine.schedule.engine import Engine
from vidbuild.engine.schedule.target import Target
from vidbuild.engine.store.digest_cache import DigestCache
from vidbuild.engine.store.index import Index
from vidbuild.engine.store.store import Store

START_UP = {
    "disk": ["build_dir", "checksummed", "durable", "lock"],
    "graph": ["canonical", "context", "graph", "step_state"],
    "keys": ["cache", "causes", "key", "lookup", "reasons", "tools"],
    "runs": ["build_report", "control", "emitter", "events", "run_log", "target_emitter"],
    "schedule": ["build_state", "engine", "options", "run", "run_control", "target"],
    "store": ["blobs", "digest_cache", "index", "store", "trace"],
}
ALLOWED = {
    "vidbuild",
    "vidbuild.engine",
    "vidbuild.errors",
    "vidbuild.flock",
    "vidbuild.location",
    "vidbuild.platforms",
    "vidbuild.sanitize",
    "vidbuild.frozen",
    *(f"vidbuild.engine.{room}" for room in START_UP),
    *(f"vidbuild.engine.{room}.{name}" for room, names in START_UP.items() for name in names),
}
HEAVY = {
    "asyncio", "multiprocessing", "logging", "importlib.metadata", "tempfile", "subprocess", "shutil", "difflib",
    "statistics", "random", "socket", "ssl", "http", "concurrent", "selectors", "ctypes", "sqlite3", "yaml",
}  # fmt: skip


def scenes(count: int) -> Graph:
    """Six steps a scene and one after all, as many as a video of so many scenes has."""
    steps = []
    for n in range(count):
        steps += [
            step(f"speak:{n}", "noop", narration=f"scene {n} says something of a usual length", voice={"name": "en"}),
            step(f"timeline:{n}", "noop", {"words": Product(f"speak:{n}", "main.txt")}, fps=30, scene={"n": n}),
            step(f"draw:{n}", "noop", title=f"scene {n}", theme={f"colour{i}": "#ff8800" for i in range(12)}),
            step(f"render:{n}", "noop", {"m": Product(f"timeline:{n}", "main.txt"), "l": Product(f"draw:{n}")}, crf=20),
            step(f"audio:{n}", "noop", {"n": Product(f"speak:{n}", "main.txt")}, lufs=-16.0),
            step(f"still:{n}", "noop", {"l": Product(f"draw:{n}")}),
        ]
    joined = {f"render:{n}": Product(f"render:{n}", "main.txt") for n in range(count)}
    return graph(*steps, step("mux", "noop", joined, order=[str(n) for n in range(count)]))


def prebuilt(lab: Lab, plan: Graph) -> Engine:
    """An engine whose store holds the whole graph, put there without running anything."""
    store = lab.store
    store.prepare()
    table, index = DigestCache(store.home / "files"), Index(Index.location(store.home, ""))
    lookup = CacheLookup(TieredCache.over(store, table), lab.kinds, Tools({}, table), table, index, plan)
    content = lab.root / "content"
    content.write_text("content")
    ((blob, found),) = store.blobs.move_in({"": content}).values()
    for one in plan.steps.values():
        material = lookup.material(one)
        lookup.keys[one.id] = material.key()
        data = {"outputs": {"main.txt": [blob.digest, *found]}, "sources": {}, "warnings": [], "seconds": 0.1}
        lookup.record(one.id, lookup.write(lookup.made(one.id, material, data, ""), replace=False), "")
    table.save()
    index.save("", plan.steps)
    return lab.engine()


@pytest.fixture
def cheap_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writes that need not survive a crash, to fill a store quickly."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.mark.usefixtures("cheap_writes")
def test_a_null_build_of_six_thousand_steps(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """P45: 1,000 scenes, nothing changed: no byte hashed, no trace read, no process; under a second by far."""
    plan = scenes(1000)
    engine = prebuilt(lab, plan)
    opened: list[str] = []

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and event in {"open", "subprocess.Popen", "os.posix_spawn", "os.fork"}:
            opened.append(f"{event} {arguments[0]}")

    monkeypatch.setattr(durable, "hash_file", lambda path: pytest.fail(f"hashed {path}"))
    watching = True
    sys.addaudithook(audit)
    (report,) = engine.build([Target(plan)])
    watching = False
    assert (report.status, len(report.cached)) == ("up-to-date", 6001)
    assert len(opened) < 20, opened
    assert not [what for what in opened if "/cas/" in what or "/traces/" in what or not what.startswith("open")]


@pytest.mark.usefixtures("cheap_writes")
def test_lookups_grow_no_faster_than_the_graph(tmp_path: Path) -> None:
    """P47: ten times the scenes cost about ten times the function calls, not a hundred."""
    calls = {}
    for count in (30, 300):
        project = Lab(tmp_path / str(count))
        engine, plan = prebuilt(project, scenes(count)), scenes(count)
        counted = 0

        def count_call(*_: Any) -> None:
            nonlocal counted
            counted += 1

        sys.setprofile(count_call)
        engine.build([Target(plan)])
        sys.setprofile(None)
        calls[count] = counted
    assert calls[300] < 11 * calls[30]


def test_one_edit_hashes_what_changed_and_no_more(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """P47: an edit of one image among many reads that image and no other."""
    images = [lab.source(f"{n}.png", f"picture {n}" * 100) for n in range(8)]
    plan = graph(*[step(f"s{n}", "length", {"image": image}) for n, image in enumerate(images)])
    lab.build(plan)
    lab.source("3.png", "picture X" * 100)
    hashed: list[str] = []
    hash_file = durable.hash_file

    def noting(path: str | Path) -> str:
        hashed.append(str(path))
        return hash_file(path)

    monkeypatch.setattr(durable, "hash_file", noting)
    assert len(lab.build(plan).ran) == 1
    assert hashed == [images[3].path]


def test_a_null_build_imports_little() -> None:
    """P46: building what is up to date loads the engine's own few modules and nothing heavy."""
    program = (
        "import sys; from pathlib import Path; before = set(sys.modules)\n"
        "from vidbuild.engine.graph.graph import Graph\n"
        "from vidbuild.engine.schedule.engine import Engine\n"
        "from vidbuild.engine.schedule.target import Target\n"
        "from vidbuild.engine.store.store import Store\n"
        "Engine(Store(Path(sys.argv[1])), {}, {}, {}).build([Target(Graph.of({}))])\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    folder = os.environ["VIDBUILD_TEST_TOUCHED"] + "-store"
    env = {"PATH": os.defpath}
    done = subprocess.run([sys.executable, "-c", program, folder], env=env, capture_output=True, check=True)
    loaded = set(done.stdout.decode().split())
    assert {name for name in loaded if name.startswith("vidbuild")} <= ALLOWED
    assert not {name.partition(".")[0] for name in loaded} & HEAVY


def test_the_store_is_a_plain_folder(lab: Lab) -> None:
    """The store can be copied elsewhere: the copy is a null build but for hashing what it holds once."""
    plan = graph(step("a"), step("b", inputs={"a": Product("a")}))
    lab.build(plan)
    shutil.copytree(lab.store.root, lab.root / "copy")
    copied = Engine(Store(lab.root / "copy"), lab.kinds, {}, {"PATH": "/nowhere"})
    assert copied.build([Target(plan)])[0].status == "up-to-date"
