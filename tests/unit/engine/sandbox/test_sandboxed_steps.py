"""Steps in a sandbox: forbidden access fails with a clear message, and permitted access works."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.guard import guard
from tests.support.engine_lab import Lab, Steering, diamond, digests, graph, states, step
from tests.support.marks import WALLS
from vidbuild.engine.graph.graph import Kind, Product, Step
from vidbuild.engine.graph.step_state import State
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.events import StepProgress
from vidbuild.engine.sandbox.sandbox import Sandbox
from vidbuild.engine.schedule.engine import Engine
from vidbuild.engine.store import writable
from vidbuild.errors import Failure

pytestmark = WALLS
INTRUDERS = ["read", "have_read", "write", "connect", "take", "flood", "processes", "descriptors", "linger"]
CANARY = "the canary sings"


class Contained(Lab):
    """A project whose steps are shut in."""

    sandbox = Sandbox()

    def engine(self) -> Engine:
        """An engine with a sandbox."""
        return Engine(
            self.store,
            self.kinds,
            self.tools,
            self.env,
            "test 0",
            self.tool_env,
            lambda: self.sandbox,
            new_executor=self.new_executor,
        )

    def run(self, kind: str, **params: Any) -> BuildReport:
        """Build a single step."""
        return self.build(graph(step("x", kind, **params)))

    def failure(self, kind: str, **params: Any) -> Failure:
        """How a single step fails, of which nothing is kept."""
        report = self.run(kind, **params)
        failure = report.steps["x"].failure
        assert failure is not None, report.path("x", "main.txt").read_bytes()
        assert self.store.trace(report.steps["x"].key) is None
        return failure


@pytest.fixture
def shut(tmp_path: Path) -> Contained:
    """A project whose steps are shut in, and whose folder has a blank in its name."""
    lab = Contained(tmp_path / "a project", tmp_path / "a cache")
    for name in INTRUDERS:
        lab.kinds[name] = Kind(name, 1, f"tests.support.intruder_steps:{name}")
    lab.tool("online", network=True)
    lab.tool("offline")
    return lab


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Path]:
    """A file outside the project, which is there afterwards as it was."""
    path = tmp_path / "home" / "canary.txt"
    path.parent.mkdir()
    path.write_text(CANARY)
    yield path
    assert path.read_text() == CANARY
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("way", ["path", "link", "project", "parent", "users"])
def test_a_step_reads_nothing_that_it_was_not_given(shut: Contained, canary: Path, way: str) -> None:
    """P9: an absolute path, a link out, the project itself and the building process's environment are closed."""
    shut.root.joinpath("link.txt").symlink_to(canary)
    shut.root.joinpath(".env").write_text(CANARY)
    ways = {"path": canary, "link": shut.root / "link.txt", "project": shut.root / ".env"}
    path = str({**ways, "parent": "/proc/{parent}/environ", "users": "/etc/passwd"}[way])
    failure = shut.failure("read", path=path)
    assert failure.message == f"permission denied: '{path.format(parent=os.getpid())}'"
    assert failure.fault == "step"
    assert not failure.transient


def test_what_a_step_starts_reads_no_more(shut: Contained, canary: Path) -> None:
    """P9: a tool is shut in with its step."""
    report = shut.run("have_read", path=str(canary))
    assert report.path("x", "main.txt").read_bytes().partition(b"!")[0] == b""
    assert b"Permission denied" in report.path("x", "main.txt").read_bytes()


@pytest.mark.parametrize("way", ["path", "beside", "store", "project", "temp"])
def test_a_step_writes_nothing_but_its_folder(shut: Contained, canary: Path, way: str) -> None:
    """P9: nothing outside, in the project, in the store or among other processes' temporary files is written."""
    ways = {
        "path": canary,
        "beside": canary.with_name("new.txt"),
        "store": shut.store.root / "new.txt",
        "project": shut.root / "new.txt",
        "temp": Path(f"/tmp/vidbuild-test-{os.getpid()}"),  # noqa: S108 - that is what must not be possible
    }
    assert shut.failure("write", path=str(ways[way])).message == f"permission denied: '{ways[way]}'"
    assert way == "path" or not ways[way].exists()


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize("jobs", [1, 2])
def test_only_a_step_with_an_online_tool_can_open_a_socket(shut: Contained, jobs: int) -> None:
    """P9: in one build, of two steps of one kind, the one whose tool needs the network has it; the other does not."""
    shut.env[guard.LOOPBACK] = "1"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        steps = {tool: Step(tool, "connect", {"port": port}, tools=(tool,)) for tool in ("online", "offline")}
        report = shut.build(graph(*steps.values()), jobs=jobs, keep_going=True)
        server.accept()[0].close()
    assert states(report) == {"online": State.BUILT, "offline": State.FAILED}
    failure = report.steps["offline"].failure
    assert failure is not None
    assert failure.message.startswith("permission denied")


def test_only_a_step_with_an_online_tool_reads_the_certificates(shut: Contained, canary: Path) -> None:
    """P9: a file that the sandbox names for the network is readable with an online tool, and not without."""
    shut.sandbox = Sandbox(online=(str(canary),))
    steps = {tool: Step(tool, "read", {"path": str(canary)}, tools=(tool,)) for tool in ("online", "offline")}
    report = shut.build(graph(*steps.values()), keep_going=True)
    assert states(report) == {"online": State.BUILT, "offline": State.FAILED}


@pytest.mark.usefixtures("loopback")
def test_a_tools_limit_does_not_grant_the_network(shut: Contained) -> None:
    """P9: an online tool without a limit has the network; an offline tool has not, whatever its name and its limit."""
    shut.env[guard.LOOPBACK] = "1"
    shut.tool("unlimited", network=True)
    shut.tool("network", concurrency=1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        for tool, status in (("unlimited", "built"), ("network", "failed")):
            assert shut.build(graph(Step(tool, "connect", {"port": port}, tools=(tool,)))).status == status
        server.accept()[0].close()


def test_steps_with_the_network_have_workers_of_their_own(shut: Contained) -> None:
    """P9: a worker that has the network makes no step that must not have it."""
    names = [f"{tool}{number}" for number in range(3) for tool in ("online", "offline")]
    report = shut.build(graph(*(Step(name, "processes", {"n": name}, tools=(name[:-1],)) for name in names)), jobs=1)
    numbers = {name: report.path(name, "main.txt").read_text() for name in names}
    assert len({numbers[name] for name in names if "online" in name}) == 1
    assert len({numbers[name] for name in names if "offline" in name}) == 1
    assert len(set(numbers.values())) == 2


def test_the_limit_of_memory_is_named(shut: Contained) -> None:
    """P31: a step that takes more memory than it may fails at once, with the limit and what raises it."""
    shut.sandbox = Sandbox(memory=256 << 20, more_memory="set MEMORY to more than 256M")
    failure = shut.failure("take", bytes=512 << 20)
    assert failure.message == "out of memory: the limit is 256M"
    assert failure.hint == "set MEMORY to more than 256M"
    assert not failure.transient
    assert shut.run("take", bytes=16 << 20).status == "built"


def test_the_limit_of_a_file_is_named(shut: Contained) -> None:
    """P31: a step that writes an endless file fails, with the limit and how to raise it; the file is removed."""
    shut.sandbox = Sandbox(file_bytes=1 << 20, larger_files="set SIZE to more than 1M")
    failure = shut.failure("flood", bytes=2 << 20)
    assert failure.message == "file too large: the limit is 1M"
    assert failure.hint == "set SIZE to more than 1M"
    assert shut.run("flood", bytes=1 << 20).status == "built"
    assert not list((shut.store.home / "tmp").rglob("main.txt"))


def test_what_is_declared_is_built_the_same(shut: Contained, tmp_path: Path) -> None:
    """P1, P4: the sandbox is in no key and in no product; sources through links and in folders with blanks are read."""
    (shut.root / "some pictures").mkdir()
    (shut.root / "some pictures" / "real.png").write_bytes(b"picture")
    (shut.root / "image.png").symlink_to("some pictures/real.png")
    shut.env["RAN"] = os.devnull
    free = Lab(shut.root, tmp_path / "free")
    free.env["RAN"] = os.devnull
    report = shut.build(diamond(shut))
    assert report.status == "built", [each.failure for each in report.steps.values()]
    assert digests(report) == digests(free.build(diamond(free)))
    assert {one.key for one in report.steps.values()} == {one.key for one in free.build(diamond(free)).steps.values()}


def test_a_source_that_is_replaced_can_be_read(shut: Contained) -> None:
    """A worker reads the new file that an editor puts in a source's place, which is another file to the kernel."""
    shut.env["RAN"] = os.devnull
    source = shut.source("image.png", "picture")

    def replace(event: object) -> None:
        if isinstance(event, StepProgress):
            (shut.root / "new.png").write_text("another")
            (shut.root / "new.png").replace(shut.root / "image.png")

    plan = graph(step("first", "progress"), step("x", "concat", {"image": source, "after": Product("first")}))
    report = shut.build(plan, on_event=replace, jobs=1)
    assert b"another" in report.path("x", "main.txt").read_bytes()


def test_a_cache_that_cannot_be_written_is_read(shut: Contained, monkeypatch: pytest.MonkeyPatch) -> None:
    """P20: what is in a read-only cache feeds contained steps, though it is beneath the one that they add to."""
    shut.env["RAN"] = os.devnull
    shut.build(graph(step("a", text="one")))
    monkeypatch.setattr(writable, "can_be_written", lambda _store: False)
    with writable.writable(shut.store) as used:
        shut.store = used
        report = shut.build(graph(step("a", text="one"), step("b", inputs={"from": Product("a", "main.txt")})))
        assert [(name, one.state.value) for name, one in report.steps.items()] == [("a", "cached"), ("b", "built")]


def test_no_open_file_reaches_a_worker_or_a_tool(shut: Contained, tmp_path: Path) -> None:
    """P9: files that the building process has open, even those meant to be passed on, are not open in its workers."""
    with (tmp_path / "secret.txt").open("w") as secret:
        os.set_inheritable(secret.fileno(), True)
        status = os.fstat(secret.fileno())
        report = shut.run("descriptors")
    worker, _, tool = report.path("x", "main.txt").read_text().partition("|")
    assert f":{status.st_dev}:{status.st_ino} " not in worker
    assert [each.partition(":")[0] for each in tool.split()] == ["0", "1", "2"]


@pytest.mark.parametrize("mask", [0o077, 0o000, 0o022])
def test_the_users_mask_holds_in_workers(shut: Contained, mask: int) -> None:
    """P9: what steps make is no more open to others than the user's files are; blobs are read-only under any mask."""
    before = os.umask(mask)
    try:
        report = shut.run("processes")
    finally:
        os.umask(before)
    blob = report.path("x", "main.txt")
    assert blob.stat().st_mode & 0o777 == 0o444
    assert blob.parent.stat().st_mode & 0o777 == 0o777 & ~mask


def lives(number: int) -> bool:
    """Return whether such a process runs; a zombie does not."""
    status = Path(f"/proc/{number}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] not in "ZX"


def test_a_step_that_is_killed_takes_along_what_it_started(shut: Contained) -> None:
    """P19: a build that is cancelled leaves nothing of a contained step, though it be in a session of its own."""
    started: list[int] = []

    def hear(event: object) -> None:
        if isinstance(event, StepProgress):
            started.append(event.done)

    report = shut.build(
        graph(step("x", "linger")), on_event=hear, control=Steering(cancelled=lambda: bool(started)), grace=0.0
    )
    assert report.status == "cancelled"
    assert not lives(started[0])
