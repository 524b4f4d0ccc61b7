"""A project for the engine's tests: sources, fake kinds that record each run, and a store."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.paths import ROOT
from vidbuild.engine.graph.graph import Graph, Input, Kind, Product, Source, Step, Value
from vidbuild.engine.graph.step_state import State
from vidbuild.engine.keys.cache import Cache, FetchCounts
from vidbuild.engine.keys.explain import Explanation
from vidbuild.engine.keys.tools import Tool
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.control import Control
from vidbuild.engine.runs.events import Event
from vidbuild.engine.schedule.engine import Engine
from vidbuild.engine.schedule.options import PollIntervals, RetryPolicy, RunOptions
from vidbuild.engine.schedule.run_control import RunControl
from vidbuild.engine.schedule.target import RunHooks, Target
from vidbuild.engine.store.store import Store
from vidbuild.engine.worker.executor import NewExecutor
from vidbuild.frozen import values

STEPS = "tests.support.fake_steps"
FAULTY_STEPS = "tests.support.faulty_steps"
AT_ONCE = RetryPolicy(base=0.0)
NO_WAIT = PollIntervals(usual=0.0, soon=0.0, paused=0.0)
MEASURED = ("COVERAGE_PROCESS_CONFIG",)  # by this coverage measures workers as well
FUNCTIONS = [
    "concat",
    "length",
    "noop",
    "random_take",
    "fail",
    "problem",
    "misread",
    "unreachable",
    "bug",
    "nothing",
    "link",
    "warn",
    "progress",
    "chatter",
    "die",
    "leak_env",
    "leak_file",
    "surroundings",
    "sleep",
    "crowd",
    "thread",
]
FAULTY = ["flaky", "gate", "family", "flood", "babble", "garble", "edit"]


class Steering(RunControl):
    """A control that asks functions.

    cancelled: once true, the run is to be cancelled; requested: the same, for any request.
    """

    def __init__(
        self,
        *,
        cancelled: Callable[[], bool] = lambda: False,
        requested: Callable[[], Control] = lambda: Control.RUN,
        kill_now: Callable[[], bool] = lambda: False,
        suspend: Callable[[], Callable[[], None] | None] = lambda: None,
    ) -> None:
        self._cancelled, self._requested = cancelled, requested
        self._kill_now, self._suspend = kill_now, suspend

    def requested(self) -> Control:
        """Ask both functions."""
        return Control.CANCEL if self._cancelled() else self._requested()

    def kill_now(self) -> bool:
        """Ask the function."""
        return self._kill_now()

    def suspend(self) -> Callable[[], None] | None:
        """Ask the function."""
        return self._suspend()


class Lab:
    """A folder with a store, and an engine whose kinds are the functions of fake_steps and faulty_steps."""

    def __init__(self, root: Path, store: Path | None = None) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.store = Store(store or root / ".vidbuild")
        self.kinds = {name: Kind(name, 1, f"{STEPS}:{name}") for name in FUNCTIONS}
        self.kinds |= {name: Kind(name, 1, f"{FAULTY_STEPS}:{name}") for name in FAULTY}
        self.tools: dict[str, Tool] = {}
        self.tool_env: dict[str, str] = {}
        self.made_by = "test 0"
        self.remote: list[Cache] = []
        self.new_executor: NewExecutor | None = None
        self.fetches = FetchCounts()
        self.events: list[Event] = []
        self.log = root / "ran"
        self.env = {
            "PATH": os.defpath,
            "PYTHONPATH": os.pathsep.join([os.environ["PYTHONPATH"], str(ROOT)]),
            "RAN": str(self.log),
            **{name: os.environ[name] for name in MEASURED if name in os.environ},
        }

    def source(self, name: str, content: bytes | str) -> Source:
        """Write a source file, unless it is there already."""
        path = self.root / name
        raw = content.encode() if isinstance(content, str) else content
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != raw:
            path.write_bytes(raw)
        return Source(str(path))

    def tool(self, name: str, **declared: Any) -> None:
        """Declare a tool with an identity that never changes."""
        self.tools[name] = Tool(list, lambda: "1", **declared)

    def engine(self) -> Engine:
        """A new engine on the store, as a new process would make it."""
        store = Store(self.store.root, self.store.lower)
        return Engine(
            store,
            self.kinds,
            self.tools,
            self.env,
            self.made_by,
            self.tool_env,
            remote=self.remote,
            new_executor=self.new_executor,
        )

    def build(
        self, graph: Graph, control: RunControl | None = None, hooks: RunHooks | None = None, **given: Any
    ) -> BuildReport:
        """Build one target, with two jobs and no waits between attempts, and keep the events.

        given: fields of Target and of RunOptions; `on_event`, to listen instead of keeping the events.
        """
        (report,) = self.build_all([self.target(graph, given)], control, hooks, **given)
        return report

    def build_all(
        self, targets: Sequence[Target], control: RunControl | None = None, hooks: RunHooks | None = None, **given: Any
    ) -> list[BuildReport]:
        """Build targets in one run."""
        self.events = []
        hooks = hooks or RunHooks()
        hooks.on_event = given.pop("on_event", hooks.on_event or self.events.append)
        options = RunOptions(**{"jobs": 2, "retry": AT_ONCE, **given})
        engine = self.engine()
        try:
            return engine.build(targets, options, control, hooks)
        finally:
            self.fetches = engine.fetches

    @staticmethod
    def target(graph: Graph, given: dict[str, Any]) -> Target:
        """A target of this graph with the fields of Target that are among what is given."""
        own = {name: given.pop(name) for name in values(Target(graph)) if name in given}
        return Target(graph, **own)

    def explain(self, graph: Graph, fresh: Collection[str] = (), **given: Any) -> dict[str, Explanation]:
        """Explain, by step."""
        return {found.step: found for found in self.engine().explain(Target(graph, **given), fresh)}

    def ran(self) -> list[str]:
        """Return the steps that ran since the last call, in order of their names."""
        lines = self.log.read_text().split() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return sorted(lines)

    def clean(self) -> Lab:
        """The same project with an empty store."""
        lab = Lab(self.root, self.root / f"clean-{os.urandom(4).hex()}")
        lab.kinds, lab.tools, lab.new_executor = self.kinds, self.tools, self.new_executor
        return lab


def step(name: str, kind: str = "concat", inputs: Mapping[str, Input] | None = None, **params: Value) -> Step:
    """A step, briefly."""
    return Step(name, kind, params, inputs or {})


def graph(*steps: Step) -> Graph:
    """A graph of these steps."""
    return Graph.of({one.id: one for one in steps})


def digests(report: BuildReport) -> dict[str, dict[str, str]]:
    """Step -> name -> digest, of everything that was made."""
    return {name: {file: blob.digest for file, blob in one.outputs.items()} for name, one in report.steps.items()}


def states(report: BuildReport) -> dict[str, State]:
    """Step -> how it ended."""
    return {name: one.state for name, one in report.steps.items()}


def names(folder: Path) -> list[str]:
    """The names in a folder, in order."""
    return sorted(path.name for path in folder.iterdir())


def snapshot(*roots: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file and folder below these: its mode, its mtime, its bytes."""
    found = {}
    for root in roots:
        for path in [root, *root.rglob("*")]:
            status = path.lstat()
            content = path.read_bytes() if path.is_file() else b""
            found[str(path)] = (status.st_mode, status.st_mtime_ns, content)
    return found


def diamond(lab: Lab, **changes: Any) -> Graph:
    """a, and image -> left (its length only), right -> top; aside alone.

    changes: another value for a parameter, `a="…"`; another content of the image, `image=b"…"`.
    """
    image = lab.source("image.png", changes.get("image", b"picture"))
    return graph(
        step("a", text=changes.get("a", "one")),
        step("left", "length", {"from": Product("a", "main.txt"), "image": image}, unit=changes.get("left", "bytes")),
        step("right", "concat", {"from": Product("a", "sum/digest.txt")}, x=changes.get("right", 1)),
        step("top", "concat", {"left": Product("left"), "right": Product("right", "main.txt")}),
        step("aside", "concat", {"image": image}),
    )
