"""How soon an edit is seen on the live page, beside the same edit built by the command."""

from __future__ import annotations

import os
import re
import shutil
import statistics
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.background_build import wait_until
from tests.support.event_reader import EventReader, SeenEvent
from tests.support.live_server import LiveServer

from .cases import ACTIONS, SPEC
from .project import Project
from .table import Row

if TYPE_CHECKING:
    from .aims import Bench
    from .measure import Cost

TURNS = 5
IDLE = 10.0
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class _Seen:
    """When parts of one edit were on the page, in seconds after it was saved, and the processors' time until then."""

    still: tuple[float, float]
    fragment: tuple[float, float]
    whole: tuple[float, float]


def page(bench: Bench) -> Iterator[Row]:
    """One of sixty scenes is edited, by turns in a project that the command builds and in one that is served."""
    project, _ = bench.sixty
    served = Project(bench.folder / "served", project.case)
    shutil.copytree(project.folder, served.folder)
    server = LiveServer(served.folder, SPEC)
    titles: list[tuple[Cost, _Seen]] = []
    words: list[tuple[Cost, _Seen]] = []
    with server:
        pid = _pid(server)
        with EventReader(server.address) as reader:
            reader.ready()
            for turn in range(TURNS):
                titles.append((_command(project, _titled(project, turn)), _edit(reader, served, turn, pid, "title")))
                words.append((_command(project, _worded(project, turn)), _edit(reader, served, turn, pid, "word")))
            time.sleep(3.0)  # the end of the last build
            before = _processors(pid)
            time.sleep(IDLE)
            idle, memory = (_processors(pid) - before) / IDLE, _resident(pid)
    yield _row("serve: title, still", 0.25, [(cost, seen.still) for cost, seen in titles])
    longest = statistics.median(seen.still[0] for _, seen in titles)
    yield Row("serve: title, still", "under 0.5 s", 0.5, longest, f"{longest:.2f} s", "0.1 s: the step `draw` alone")
    yield _row("serve: word, scene", 0.5, [(cost, seen.fragment) for cost, seen in words])
    yield _row("serve: word, whole", 0.6, [(cost, seen.whole) for cost, seen in words])
    yield Row("serve: idle", "under 1 % of a core", 0.01, idle, f"{idle:.2%}", "0")
    yield Row("serve: idle", "under 150 MB", 150, memory, f"{memory:.0f} MB, without workers", "30 MB: Python")
    starts = [_start(served.folder) for _ in range(TURNS)]
    start = statistics.median(starts)
    yield Row("serve: start", "page in under 1.0 s", 1.0, start, f"{start:.2f} s", "0.2 s: importing the server")


def _row(name: str, limit: float, pairs: list[tuple[Cost, tuple[float, float]]]) -> Row:
    wall = statistics.median(seen[0] / cost.wall for cost, seen in pairs)
    cpu = statistics.median(seen[1] / cost.cpu for cost, seen in pairs)
    ours, theirs = (statistics.median(each) for each in ([s[0] for _, s in pairs], [c.wall for c, _ in pairs]))
    measured = f"{wall:.2f} x ({ours:.2f} s against {theirs:.2f} s; CPU time {cpu:.2f} x)"
    return Row(name, f"at most {limit} x the command", limit, wall, measured, "0")


def _command(project: Project, text: str) -> Cost:
    (project.folder / SPEC).write_text(text, encoding="utf-8")
    return project.build()


def _edit(reader: EventReader, project: Project, turn: int, pid: int, what: str) -> _Seen:
    """Save a spec as editors do, and wait for what the page is sent; a word changes no picture."""
    text = _titled(project, turn) if what == "title" else _worded(project, turn)
    after, before = reader.last, _processors(pid)
    temp = project.folder / "new.yaml"
    temp.write_text(text, encoding="utf-8")
    began = time.monotonic()
    temp.replace(project.folder / SPEC)
    found = {"still": (0.0, 0.0)}
    for kind in ("still", "fragment", "ready") if what == "title" else ("fragment", "ready"):
        reader.until(partial(_is, kind), after)
        found[kind] = (time.monotonic() - began, _processors(pid) - before)
    return _Seen(found["still"], found["fragment"], found["ready"])


def _is(kind: str, event: SeenEvent) -> bool:
    return event.type == kind


def _titled(project: Project, turn: int) -> str:
    """Return the spec with another title of one scene."""
    return _changed(project, r"(- id: scene-30\n  type: list\n  title: ).*", rf"\1Turn {turn}")


def _worded(project: Project, turn: int) -> str:
    """Return the spec with another word in the narration of one scene."""
    return _changed(project, r"(scene number 40\. Here we )\w+", rf"\1{ACTIONS[turn]}")


def _changed(project: Project, pattern: str, new: str) -> str:
    text = (project.folder / SPEC).read_text(encoding="utf-8")
    changed, count = re.subn(pattern, new, text)
    assert count == 1
    assert changed != text
    return changed


def _start(folder: Path) -> float:
    """Return the seconds from the start of the command until a page is answered."""
    server = LiveServer(folder, SPEC)
    began = time.monotonic()
    with server:
        token = server.address.partition("token=")[2]
        request = urllib.request.Request(f"{server.base}/", headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - http
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - as above
            response.read()
        seconds = time.monotonic() - began
        wait_until(lambda: server.get("/api/videos")[0]["state"] == "ready", "a video", 60)
    return seconds


def _pid(server: LiveServer) -> int:
    process = server._process
    assert process is not None
    return process.pid


def _processors(pid: int) -> float:
    """Return the seconds of processors of a process, of its living descendants, and of those that were waited for."""
    times, parents = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
        times[int(stat.parent.name)] = sum(int(each) for each in fields[11:15]) / _TICK
    own = {pid}
    for _ in range(4):  # generations
        own |= {child for child, parent in parents.items() if parent in own}
    return sum(times.get(each, 0.0) for each in own)


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
