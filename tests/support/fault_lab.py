"""Builds whose writes are recorded, failed or ended at named points; workers' work is done in this process."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.engine_lab import Lab, digests, graph, step
from vidbuild.engine.disk import durable
from vidbuild.engine.graph.graph import Graph, Product
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.schedule.options import RetryPolicy
from vidbuild.engine.schedule.target import RunHooks, Target
from vidbuild.engine.store import gc
from vidbuild.engine.store.memo import Memos
from vidbuild.engine.store.outputs import Outputs
from vidbuild.engine.worker import protocol
from vidbuild.engine.worker.execute import execute
from vidbuild.engine.worker.executor import Message, RunSetup

CRASHED = 77
AT_ONCE = RetryPolicy(base=0.0, cap=0.0)
STEPS = 3
ROLES = {
    "cas": "blob",
    "traces": "trace",
    "locks": "key lock",
    "tmp": "session",
    "memos": "memo",
    "use": "use lock",
}
RUN_FILES = {"events.jsonl": "run events", "lock": "run lock", "state.json": "run state"}
OWN_WORDS = {"README", "CACHEDIR.TAG", ".gitignore"}


class InlinePool:
    """Runs steps in this process, one when asked for news; so every write of a build can be watched from here."""

    def __init__(self, setup: RunSetup) -> None:
        self._asked: list[tuple[str, Mapping[str, Any]]] = []
        self.slots = setup.jobs

    def start(self, name: str, request: Mapping[str, Any], *_: Any, **__: Any) -> None:
        """Take a step."""
        self._asked.append((name, request))

    def wait(self, _timeout: float) -> list[Message]:
        """Run it."""
        if not self._asked:
            return []
        name, request = self._asked.pop(0)
        env, here = dict(os.environ), Path.cwd()
        try:
            said = execute(request, lambda *_: None)
        finally:
            os.environ.clear()
            os.environ.update(env)
            os.chdir(here)
        return [Message(name, protocol.read(json.dumps(said).encode()))]

    def wake(self) -> None:
        """Do nothing: it never waits."""

    def suspend(self, meanwhile: Callable[[], None]) -> None:
        """Call the function: nothing runs beside the caller."""
        meanwhile()

    def close(self, **_: Any) -> None:
        """Nothing is left."""


@dataclass(frozen=True)
class Op:
    """One operation: what, on which file, from which; role: what kind of file that is."""

    operation: str
    path: Path
    source: Path | None
    role: str
    content: bytes | None = None

    @property
    def point(self) -> str:
        """Its name."""
        return f"{self.operation} {self.role}"


def role_of(path: Path, root: Path) -> str:
    """What kind of file it is, by its place; a temporary file is what it is going to be."""
    if not path.is_relative_to(root):
        return "the world"
    parts = path.relative_to(root).parts
    if parts[:1] == ("build",):
        return "output"
    if parts[:2] == (".vidbuild", "v1") and len(parts) > 2:
        return ROLES.get(parts[2], parts[2] if not parts[2].startswith(durable.TEMP_PREFIX) else "record")
    if parts[:2] == (".vidbuild", "runs") and len(parts) > 3:
        return RUN_FILES.get(parts[3], "run state")
    return "cache"


Watch = Callable[[Op], None]


class FaultLab(Lab):
    """A lab in which all that a build writes is written by this process."""

    def watched(self, watch: Watch, patch: pytest.MonkeyPatch) -> None:
        """Record every operation from now on."""

        def reached(operation: str, path: Path | str, source: Path | str | None = None) -> None:
            place = Path(path)
            watch(Op(operation, place, Path(source) if source else None, role_of(place, self.root)))

        patch.setattr(durable, "fault_point", reached)

    def plan(self, text: str) -> Graph:
        """Three steps in a row, the first of which reads a source."""
        image = self.source("image.png", f"picture {text}")
        return graph(
            step("a", "concat", {"image": image}, text=text),
            step("b", "length", {"a": Product("a", "main.txt")}, unit=text),
            step("c", "concat", {"a": Product("a", "sum/digest.txt"), "b": Product("b")}),
        )

    def whole(self, text: str, limit: int = 10_000_000_000, **options: Any) -> BuildReport:
        """All that a build of the command does: remember a plan, build, place outputs, trim."""
        plan = self.plan(text)
        Memos(self.store).put(f"{text.encode().hex():0>64}", plan.to_data())

        given: dict[str, Any] = {"jobs": 1, "cache_limit": limit, "build_name": "video.yaml", "retry": AT_ONCE}
        return self.build(plan, hooks=PlaceOutputs(self), **given, **options)

    def output(self, number: int) -> Path:
        """Where an output is."""
        return self.root / "build" / f"{number}.txt"

    def outputs(self) -> list[bytes]:
        """What the outputs hold."""
        return [self.output(number).read_bytes() for number in range(2)]

    def prepare(self) -> None:
        """An earlier version is built, and its first output was edited by the user."""
        self.whole("one")
        self.output(0).write_bytes(b"my own work")
        self.ran()

    def expected(self, text: str) -> dict[str, dict[str, str]]:
        """What a clean build makes."""
        found = digests(self.clean().build(self.plan(text), jobs=1))
        self.ran()
        return found


class PlaceOutputs(RunHooks):
    """Installs the outputs of a command, as soon as all of them are made."""

    def __init__(self, command: FaultLab) -> None:
        super().__init__()
        self._command = command

    def on_success(self, target: Target, report: BuildReport) -> None:
        """Place the products of two steps."""
        del target
        blobs = [report.steps[name].outputs["main.txt"] for name in ("b", "c")]
        outputs = [(blob, self._command.output(number)) for number, blob in enumerate(blobs)]
        Outputs(self._command.store).place_all(outputs)


@contextmanager
def lab_at(root: Path) -> Iterator[tuple[FaultLab, pytest.MonkeyPatch]]:
    """A lab whose steps run in this process and whose disk does not have to be waited for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        lab = FaultLab(root)
        lab.new_executor = InlinePool
        yield lab, patch


def recorded(lab: FaultLab, build: Callable[[], object], *, contents: bool = False) -> list[Op]:
    """Every operation of a build, in order; contents: with what is in each file as it is synced."""
    ops: list[Op] = []

    def note(op: Op) -> None:
        content = None
        if contents and op.operation == "sync" and op.path.is_file():
            content = op.path.read_bytes()
        ops.append(Op(op.operation, op.path, op.source, op.role, content))

    with pytest.MonkeyPatch.context() as patch:
        lab.watched(note, patch)
        build()
    return ops


def numbered(ops: list[Op]) -> list[tuple[str, int]]:
    """Each operation as its point's name and which of that name it is."""
    seen: Counter[str] = Counter()
    found = []
    for op in ops:
        found.append((op.point, seen[op.point]))
        seen[op.point] += 1
    return found


def at(point: str, number: int, then: Callable[[Op], None]) -> Watch:
    """Do something at one operation."""
    seen = [0]

    def watch(op: Op) -> None:
        if op.point == point:
            seen[0] += 1
            if seen[0] == number + 1:
                then(op)

    return watch


def exit_there(_op: Op) -> None:
    """End the process, as if its power had been cut."""
    os._exit(CRASHED)


def full_there(op: Op) -> None:
    """The disk is full."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(op.path))


def full_from(point: str, number: int) -> Watch:
    """The disk is full from one operation on, and stays so: nothing new can be written."""
    full: list[Op] = []

    def watch(op: Op) -> None:
        first(op)
        if full and op.operation in {"write", "folder"}:
            full_there(op)

    def fill(op: Op) -> None:
        full.append(op)
        full_there(op)

    first = at(point, number, fill)
    return watch


def in_a_child(work: Callable[[], object]) -> int:
    """Do the work in a fork of this process; its exit code."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001 - the child must never go on as a second pytest
            traceback.print_exc(file=sys.stderr)
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class Kept:
    """A project as it was, to be brought back to the same place."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._copy = root.with_name(f"{root.name}-kept")
        shutil.copytree(root, self._copy, symlinks=True)

    def restore(self) -> None:
        """Bring it back."""
        shutil.rmtree(self._root)
        shutil.copytree(self._copy, self._root, symlinks=True)


def sound(lab: FaultLab) -> None:
    """What must hold of a store after any build."""
    assert gc.verify(lab.store).corrupt == ()
    assert not gc.trim(lab.store).busy  # as builds do themselves now and then
    assert [path for path in (lab.store.home / "tmp").glob("*/*") if path.name != "lock"] == []
