"""What many videos cost together, and what a cache that several machines share saves: CPU time, counts and memory."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import statistics
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from vidbuild.api import cache_sharing

from . import cases, measure
from .cases import Case
from .measure import Cost
from .project import VIDBUILD, Project
from .table import Row

if TYPE_CHECKING:
    from .aims import Bench

SPECS, BRANDS, LANGUAGES = 4, ("acme", "globex"), ("en", "de", "fr")
THEMES = {"acme": "paper", "globex": "midnight"}
WORDS = {
    "en": "Here are the words about this part of the program.",
    "de": "Hier folgen einige Worte zu diesem Teil.",
    "fr": "Voici quelques mots sur cette partie du programme.",
}
# The title has words of its own in each language, the list shows the same in all.
CASE = Case(scenes=2, types=("title", "list"), size="720p", seconds=5.0, reveals=3)
SHARED = Case(scenes=4, types=("title", "list", "code", "command"), size="720p", seconds=6.0, reveals=3)
FEW, MANY = 10, 1000
DRIVER = """\
import resource, sys, vidbuild
result = vidbuild.batch(sys.argv[1])
assert result.ok
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""
TURNS = 3
MEGA = 1_000_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Four specs, two brands with an intro and an outro each, and three languages: 24 rows, in their own folder."""

    folder: Path

    @classmethod
    def made(cls, folder: Path) -> Batch:
        """Written, not yet built."""
        (folder / "brands").mkdir(parents=True)
        (folder / "vidbuild.toml").touch()
        for number in range(SPECS):
            (folder / f"spec-{number}.yaml").write_text(spec(number), encoding="utf-8")
        for brand in BRANDS:
            (folder / "brands" / f"{brand}.yaml").write_text(_dump(brand_of(brand)), encoding="utf-8")
        matrix = {
            "spec": [f"spec-{number}.yaml" for number in range(SPECS)],
            "brand": list(BRANDS),
            "language": list(LANGUAGES),
        }
        (folder / "batch.yaml").write_text(_dump({"batch": 1, "matrix": matrix}), encoding="utf-8")
        return cls(folder)

    def together(self) -> Cost:
        """Build all rows from nothing in one command."""
        self._forget()
        return measure.run([*VIDBUILD, "batch", "--events", "events.jsonl"], self.folder)

    def apart(self) -> Cost:
        """Build each video from nothing, in a command of its own."""
        costs = []
        for number in range(SPECS):
            for brand in BRANDS:
                for language in LANGUAGES:
                    self._forget()
                    chosen = ("--brand", brand, "--language", language)
                    costs.append(measure.run([*VIDBUILD, "build", f"spec-{number}.yaml", *chosen], self.folder))
        return Cost(sum(each.wall for each in costs), sum(each.cpu for each in costs), max(each.peak for each in costs))

    def ran(self) -> list[str]:
        """The steps that ran in the last batch."""
        return finished(self.folder / "events.jsonl")

    def _forget(self) -> None:
        for name in (".vidbuild", "build"):
            shutil.rmtree(self.folder / name, ignore_errors=True)


def spec(number: int) -> str:
    """Return the text of a spec in all languages, whose scenes are as long in each."""
    data: dict[str, Any] = yaml.safe_load(cases.spec(replace(CASE, first=CASE.scenes * number)))
    del data["voice"]
    data["languages"] = list(LANGUAGES)
    for index, scene in enumerate(data["scenes"]):
        scene["narration"] = {each: f"{number + 1}. {index + 1}. {WORDS[each]}" for each in LANGUAGES}
        if scene["type"] == "title":
            scene["title"] = {each: f"{scene['title']} ({each})" for each in LANGUAGES}
    return _dump(data)


def brand_of(name: str) -> dict[str, Any]:
    """Return a brand with an intro and an outro."""
    ends = {
        place: [{"id": place, "type": "title", "title": f"{word} from {name}", "duration": CASE.seconds - 1}]
        for place, word in (("intro", "Welcome"), ("outro", "Goodbye"))
    }
    return {"theme": THEMES[name], **ends}


def batch(bench: Bench) -> Iterator[Row]:
    """24 rows that share intros and outros, beside 24 builds from nothing."""
    project = Batch.made(bench.folder / "batch")
    together, apart = measure.alternately(1, project.together, project.apart)
    wall, cpu = measure.ratio(together, apart)
    renders = sum("render:" in step for step in project.ran())
    whole = SPECS * len(BRANDS) * len(LANGUAGES) * (CASE.scenes + 2)
    measured = (
        f"{cpu:.2f} x ({together[0].cpu:.0f} s of CPU time against {apart[0].cpu:.0f} s; "
        f"time that passed {wall:.2f} x; {renders} of {whole} scenes rendered)"
    )
    yield Row("batch", "24 rows: at most 0.5 x 24 builds", 0.5, cpu, measured, f"{renders / whole:.2f} x: the scenes")


@dataclass(frozen=True, slots=True)
class Remote:
    """A project whose results are in a remote cache. private: the key that its results are signed with."""

    project: Project
    private: str

    @classmethod
    def made(cls, folder: Path, case: Case = SHARED) -> Remote:
        """Written, built, and pushed to a folder of this machine."""
        project = Project.made(folder / "project", case)
        keys = cache_sharing.keygen()
        remote = cls(project, keys.private)
        remote.settings((folder / "remote").as_uri(), keys.public)
        with _environment(VIDBUILD_CACHE_KEY=keys.private):
            project.build("--remote-write")
        return remote

    def settings(self, address: str, public: str) -> None:
        """Write the address and the key of the remote cache."""
        text = f'[cache]\nremote = "{address}"\nkeys = ["{public}"]\n'
        (self.project.folder / "vidbuild.toml").write_text(text, encoding="utf-8")

    def fresh(self, *args: str) -> Cost:
        """Build as a machine that has neither cache nor outputs."""
        self.project.forget()
        return self.project.build("--events", "events.jsonl", *args)

    def first_start(self, *args: str) -> float:
        """Build as `fresh` and return the seconds from its start to that of its first step: the rest is no remote's."""
        self.fresh(*args)
        lines = (self.project.folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
        events = list(map(json.loads, lines))
        first = next(each for each in events if each["type"] == "step_started")
        return float(first["time"] - events[0]["time"])

    def ran(self) -> list[str]:
        """The steps that ran in the last build."""
        return finished(self.project.folder / "events.jsonl")


def remote(bench: Bench) -> Iterator[Row]:
    """A fresh machine with a warm remote cache on this machine's disk, and with one that is dead."""
    ours = Remote.made(bench.folder / "remote")
    cold, warm = measure.alternately(TURNS, partial(ours.fresh, "--no-remote"), ours.fresh)
    ran = len(ours.ran())
    wall, cpu = measure.ratio(warm, cold)
    ours_, theirs = measure.median(warm), measure.median(cold)
    measured = f"{cpu:.2f} x ({ours_.cpu:.2f} s of CPU time against {theirs.cpu:.2f} s; time that passed {wall:.2f} x)"
    start = f"{bench.start.cpu / theirs.cpu:.2f} x: Python with click"
    yield Row("remote", "warm: at most 0.2 x its cold build", 0.2, cpu, measured, start)
    yield Row("remote", "warm: no step runs", 0, ran, str(ran), "0")
    with _silence() as (address, connections):
        ours.settings(address, cache_sharing.keygen().public)
        turns = [(ours.first_start("--no-remote"), ours.first_start()) for _ in range(TURNS)]
        asked = len(connections) / TURNS
    more = statistics.median(dead - alone for alone, dead in turns)
    measured = f"{more:.1f} s until the first step starts ({asked:.0f} connections a build, all at once)"
    yield Row("remote", "dead: at most 2 s more, once", 2.0, more, measured, "2 s: one silence")


@contextlib.contextmanager
def _silence() -> Iterator[tuple[str, list[socket.socket]]]:
    """Accept connections and answer none; yield the address and the connections."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    taken.append(server.accept()[0])

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/cache", taken
        server.shutdown(socket.SHUT_RDWR)
    for connection in taken:
        connection.close()


def rows(bench: Bench) -> Iterator[Row]:
    """The memory of the process that builds a batch of a thousand rows, beside one of ten, and its time a row."""
    folder = bench.folder / "rows"
    few, many = peak(folder, FEW), peak(folder, MANY)
    more = many.peak - few.peak
    each = (many.cpu - few.cpu) / (MANY - FEW)
    measured = f"{more / MEGA:.0f} MB more ({many.peak / MEGA:.0f} against {few.peak / MEGA:.0f} MB)"
    measured += f"; {each * 1e3:.0f} ms of CPU time a row that has nothing to render"
    yield Row("rows", "1,000 rows: within 60 MB of 10 rows", 60 * MEGA, more, measured, "0 MB")


def peak(folder: Path, count: int) -> Cost:
    """Build a batch of so many rows that share all steps, from nothing; the peak is that of the driver alone."""
    place = folder / str(count)
    shutil.rmtree(place, ignore_errors=True)
    cases.write(Case(scenes=2, types=("title",), size="160x90", fps=24, seconds=0.5, narrated=False), place)
    lines = "".join(f"  - {{spec: {cases.SPEC}, id: row-{number}}}\n" for number in range(count))
    (place / "batch.yaml").write_text(f"batch: 1\nvideos:\n{lines}", encoding="utf-8")
    cost = measure.run([sys.executable, "-c", DRIVER, "batch.yaml"], place)
    return Cost(cost.wall, cost.cpu, int((place / "bench.log").read_text(encoding="utf-8").split()[-1]))


def finished(events: Path) -> list[str]:
    """The steps that ran, by a file of events."""
    found = map(json.loads, events.read_text(encoding="utf-8").splitlines())
    return [event["step"] for event in found if event["type"] == "step_finished"]


def _dump(data: object) -> str:
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)


@contextlib.contextmanager
def _environment(**variables: str) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
