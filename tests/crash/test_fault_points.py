"""Every write, rename and sync of a build is a point that can be named; ended or failed at any, nothing is lost."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.engine_lab import digests
from tests.support.fault_lab import (
    CRASHED,
    STEPS,
    FaultLab,
    Kept,
    Op,
    Watch,
    at,
    exit_there,
    full_from,
    full_there,
    in_a_child,
    lab_at,
    numbered,
    recorded,
    sound,
)
from tests.support.paths import ROOT
from vidbuild.errors import VidbuildError

LIMIT = 5_000  # so that the second build trims what the first left

# Every kind of file that is written, with all that is done to it; a new one is added here, and is tested by that.
POINTS = {
    *("folder cache", "folder session", "folder blob", "folder trace", "folder index", "folder memo", "folder output"),
    *("folder key lock",),
    *("lock use lock", "lock key lock", "lock run lock", "lock session", "remove key lock", "remove session"),
    *("write cache", "sync cache", "rename cache"),
    *("write session", "sync session"),
    *("sync blob", "rename blob", "remove blob"),
    *("write trace", "sync trace", "rename trace", "remove trace"),
    *("write index", "sync index", "rename index"),
    *("write memo", "sync memo", "rename memo"),
    *("write record", "sync record", "rename files", "rename placed", "rename usage"),
    *("write run state", "rename run state", "write run events"),
    *("write output", "sync output", "rename output", "link output", "remove output"),
}


@pytest.fixture
def faults(tmp_path: Path) -> Iterator[FaultLab]:
    """A lab whose steps run in this process."""
    with lab_at(tmp_path / "project") as (lab, _):
        yield lab


def both(lab: FaultLab) -> None:
    """A first build, an edit by the user, and a second build that has to make room."""
    lab.prepare()
    lab.whole("two", limit=LIMIT)


def test_all_points_are_known(faults: FaultLab) -> None:
    """P14: two builds do exactly these kinds of operation on exactly these kinds of file."""
    assert {op.point for op in recorded(faults, lambda: both(faults))} == POINTS


# What Python tells of a process's own doing: event, the place of the path in its arguments, and its name with us.
AUDITED = {
    "open": (0, "write"),
    "os.mkdir": (0, "folder"),
    "os.rename": (1, "rename"),
    "os.link": (1, "link"),
    "os.remove": (0, "remove"),
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Auditor:
    """Records the real operations on files of the store, the runs and the outputs, beside the announced ones."""

    def __init__(self, lab: FaultLab) -> None:
        self._folders = [lab.store.root, lab.root / "build"]
        self._scratch = str(lab.store.home / "tmp") + os.sep
        self.announced: set[tuple[str, str]] = set()
        self.untold: list[str] = []
        self.on = True

    def announce(self, op: Op) -> None:
        """Record an announced operation."""
        self.announced.add(("write" if op.operation == "lock" else op.operation, str(op.path)))

    def audit(self, event: str, args: tuple[Any, ...]) -> None:
        """What is done."""
        if not self.on or event not in AUDITED:
            return
        place, operation = AUDITED[event]
        if event == "open" and not (isinstance(args[2], int) and args[2] & WRITING):
            return
        self.check(operation, args[place])

    def check(self, operation: str, path: object) -> None:
        """Require that an operation on a file of ours was announced, unless it is a step's scratch."""
        text = os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else ""
        ours = any(text.startswith(str(folder)) for folder in self._folders) and not text.startswith(self._scratch)
        if ours and (operation, text) not in self.announced:
            self.untold.append(f"{operation} {text}")


def bypassed(lab: FaultLab, build: Callable[[], object]) -> list[str]:
    """Return what a build did to its files unannounced; run it in a child, because an audit hook stays."""
    auditor = Auditor(lab)
    sys.addaudithook(auditor.audit)
    with pytest.MonkeyPatch.context() as patch:
        lab.watched(auditor.announce, patch)
        patch.setattr(os, "fsync", lambda number: auditor.check("sync", Path(f"/proc/self/fd/{number}").readlink()))
        build()
    auditor.on = False
    return auditor.untold


def test_every_write_passes_a_fault_point(faults: FaultLab) -> None:
    """P14: every file that Python writes, renames, links, removes or syncs passed a fault point right before."""

    def work() -> None:
        untold = bypassed(faults, lambda: faults.whole("one"))
        faults.output(0).write_bytes(b"my own work")
        untold += bypassed(faults, lambda: faults.whole("two", limit=LIMIT))
        assert untold == [], untold

    assert in_a_child(work) == 0


def test_what_is_written_behind_their_back_is_seen(faults: FaultLab) -> None:
    """The test before this one can fail: a file, a rename and a sync of one's own are found."""

    def stray() -> None:
        folder = faults.store.home
        (folder / "stray").write_text("x")
        (folder / "stray").rename(folder / "moved")
        with (folder / "moved").open() as file:
            os.fsync(file.fileno())

    def work() -> None:
        faults.prepare()
        home = faults.store.home
        assert bypassed(faults, stray) == [f"write {home}/stray", f"rename {home}/moved", f"sync {home}/moved"]

    assert in_a_child(work) == 0


def first_and_last(found: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Of each point's occurrences the first and the last."""
    last = dict(found)
    return [(point, number) for point, number in found if number in {0, last[point]}]


def first(found: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Of each point's occurrences the first: one run per point; every one of them is in tests/soak."""
    return [(point, number) for point, number in found if number == 0]


def crashes(lab: FaultLab, text: str, choose: Callable[[list[tuple[str, int]]], list[tuple[str, int]]]) -> int:
    """End a build at each chosen point, and hold what comes after against a clean build; how many there were."""
    expected = lab.expected(text)
    kept = Kept(lab.root)
    ops = numbered(recorded(lab, lambda: lab.whole(text, limit=LIMIT)))
    outputs = lab.outputs()
    for point, number in choose(ops):
        kept.restore()

        def work(point: str = point, number: int = number) -> None:
            with pytest.MonkeyPatch.context() as patch:
                lab.watched(at(point, number, exit_there), patch)
                lab.whole(text, limit=LIMIT)

        assert in_a_child(work) == CRASHED, f"{point} {number} was not reached"
        survives(lab, text, expected, outputs, f"{point} {number}")
    return len(choose(ops))


def survives(lab: FaultLab, text: str, expected: dict[str, dict[str, str]], outputs: list[bytes], where: str) -> None:
    """The next build needs no hand, equals a clean one, and repeats at most the step that was in flight."""
    before = lab.ran()
    report = lab.whole(text, limit=LIMIT)
    assert report.ok, where
    assert digests(report) == expected, where
    assert lab.outputs() == outputs, where
    assert len(set(before)) + len(lab.ran()) <= STEPS + 1, where
    assert lab.build(lab.plan(text), jobs=1, build_name="video.yaml").status == "up-to-date", where
    sound(lab)


def test_an_exit_at_any_point_of_a_first_build(faults: FaultLab) -> None:
    """P14: whichever write, rename or sync of a build into an empty cache is the last, the next build makes it good."""
    faults.source("image.png", "picture two")
    assert crashes(faults, "two", first) > 30


def test_an_exit_at_any_point_of_a_later_build(faults: FaultLab) -> None:
    """P14, P17: the same where results are replaced and trimmed; the user's own file is there whatever happens."""
    faults.prepare()
    faults.source("image.png", "picture two")
    assert crashes(faults, "two", first_and_last) > 40
    mine = [path for path in (faults.root / "build").iterdir() if path.read_bytes() == b"my own work"]
    assert len(mine) == 1


def once(point: str, number: int) -> Watch:
    """The disk is full at one operation, and has room again for the next."""
    return at(point, number, full_there)


def fails(
    lab: FaultLab,
    text: str,
    choose: Callable[[list[tuple[str, int]]], list[tuple[str, int]]],
    full: Callable[[str, int], Watch] = once,
) -> list[str]:
    """Fill the disk at each chosen point; check that build and the one after it against the promise.

    The points at which it went on.
    """
    expected = lab.expected(text)
    kept = Kept(lab.root)
    ops = numbered(recorded(lab, lambda: lab.whole(text, limit=LIMIT)))
    outputs = lab.outputs()
    went_on = []
    for point, number in choose(ops):
        kept.restore()
        with pytest.MonkeyPatch.context() as patch:
            lab.watched(full(point, number), patch)
            announced = attempt(lab, text)
        if announced:
            assert str(lab.root) in announced, f"{point} {number}: {announced}"
            assert re.search("no space left on device|the disk of the cache .* is full", announced.lower()), announced
        else:
            assert lab.outputs() == outputs, f"{point} {number}"
            went_on.append(point)
        survives(lab, text, expected, outputs, f"{point} {number}")
    return went_on


def attempt(lab: FaultLab, text: str) -> str:
    """Build; return the failure's text, or ""."""
    try:
        report = lab.whole(text, limit=LIMIT)
    except (OSError, VidbuildError) as error:
        return str(error)
    messages = [failed.failure.message for failed in report.failed if failed.failure]
    return "; ".join([*messages, *([str(report.error)] if report.error else [])])


# What is no more than a convenience: where it cannot be written, a build goes on.
LIGHT = ("index", "memo", "record", "files", "placed", "usage", "run state", "run events", "run lock")


def test_a_disk_that_is_full_at_any_point(faults: FaultLab) -> None:
    """P20: whichever operation finds no space, the build ends naming the path or continues; the next one is right."""
    faults.prepare()
    faults.source("image.png", "picture two")
    went_on = fails(faults, "two", first)
    assert {point for point in went_on if point.endswith(LIGHT)} == {
        point for point in POINTS if point.endswith(LIGHT) and not point.startswith("folder")
    }


def test_a_disk_that_stays_full(faults: FaultLab) -> None:
    """P20: the same where nothing can be written from that moment on."""
    faults.prepare()
    faults.source("image.png", "picture two")
    went_on = fails(faults, "two", first, full_from)
    assert "rename usage" in went_on, "what is left to write then is only a convenience"


# Files in which the store, the runs and the outputs are handled, and what each may do past durable.py, and why.
ENGINE = ROOT / "vidbuild" / "engine"
ALLOWED = {
    "durable.py": {"open", "mkdir", "unlink", "rename", "replace", "link", "rmtree", "fsync", "write"},
    "execute.py": {"mkdir", "symlink_to"},  # a step's own folder
    "inputs.py": {"mkdir", "symlink_to"},  # in it
    "lock.py": {"open"},  # announced by itself
    "writable.py": {"mkdir", "write_bytes"},  # what is thrown away
}
CALLS = {"write_text", "write_bytes", "mkdir", "makedirs", "unlink", "rename", "link", "symlink_to", "symlink"} | {
    *("hardlink_to", "rmtree", "fsync", "touch", "truncate", "copyfile", "copy2", "copytree"),
}
MODULES_CALLS = {"remove", "move", "replace"}  # of os and shutil; others mean something else by these


def bypassing(path: Path) -> Iterator[str]:
    """Calls in a module that change files by themselves."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            owner, _, name = ast.unparse(node.func).rpartition(".")
            if owner != "durable" and (name in CALLS or _opens(name, node) or _replaces(name, owner, node)):
                yield name


def _opens(name: str, call: ast.Call) -> bool:
    """Whether it opens a file for writing."""
    given = [*call.args, *(word.value for word in call.keywords)]
    words = [each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return name in {"open", "fdopen"} and any(set(word) <= set("rwxabt+") and set(word) & set("wxa+") for word in words)


def _replaces(name: str, owner: str, call: ast.Call) -> bool:
    """A path's replace has one argument, a text's two."""
    single = name == "replace" and len(call.args) == 1 and not call.keywords
    return single or (name in MODULES_CALLS and owner in {"os", "shutil"})


@pytest.mark.parametrize("path", sorted(ENGINE.rglob("*.py")), ids=lambda path: path.stem)
def test_no_module_of_the_engine_writes_by_itself(path: Path) -> None:
    """P14: code that no build of these tests reaches cannot bypass the points either."""
    assert set(bypassing(path)) <= ALLOWED.get(path.name, set())
