"""Mutation campaign: changes the code at random places, one at a time, and runs the tests of the changed room.

Run `python -m tools.mutate` in a checkout, or `make mutate ROOM=engine/disk COUNT=20 SEED=1`. It works in copies of the
checkout, and prints each mutant that no test of its room fails for: the tests that reach its line run first, and the
others of the room only if these pass, each time in a fork of a process that has imported pytest. A mutant that no test
can tell from the code is listed in tools/equivalent_mutants.txt, with a reason.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tools import fork_server, reach
from tools.mutants import Mutant, mutants

ROOT = Path(__file__).resolve().parent.parent
EQUIVALENT = ROOT / "tools" / "equivalent_mutants.txt"
# Tests of a room in another folder.
_ELSEWHERE = {
    "cli": "cli/commands/test_*.py",
    "media/audio": "steps/test_audio.py",
    "scenes": "steps/test_draw*.py",
    "report": "engine/runs/test_history.py",
}
SLOWEST = 3600.0  # seconds of a room's tests
SLOWER, GRACE = 2.0, 20.0  # a mutant that takes this many times the tests' time, and seconds, does not end


@dataclass(frozen=True, slots=True)
class Case:
    """A mutant of a module.

    room: the folder of the module, as in `engine/disk`.
    source: the module when the mutant was found, since the checkout may change during a campaign.
    """

    room: str
    path: str
    mutant: Mutant
    source: bytes

    def describe(self) -> str:
        """Return its place and change, in one line that stays the same when other lines change."""
        old = self.source[self.mutant.start : self.mutant.end].decode()
        line = self.source.splitlines()[self.mutant.line - 1].decode().strip()
        return f"{self.path}: {self.mutant.kind}: {_one_line(old)} -> {_one_line(self.mutant.text)}: {line}"


def rooms() -> list[str]:
    """Return the rooms that have tests of their own; "." has the modules of no room."""
    found = {path.parent.relative_to(ROOT / "vidbuild").as_posix() for path in (ROOT / "vidbuild").rglob("*.py")}
    return sorted(room for room in found if tests_of(room))


def tests_of(room: str) -> list[str]:
    """Return the test files of a room."""
    folder = ROOT / "tests" / "unit" / room
    while not folder.is_dir():
        folder = folder.parent  # a scene type's folder, whose tests are those of all scene types
    files = sorted(folder.glob("test_*.py"))
    elsewhere = _ELSEWHERE.get(room) or _ELSEWHERE.get(room.partition("/")[0])
    others = sorted((ROOT / "tests" / "unit").glob(elsewhere)) if elsewhere else []
    return [file.relative_to(ROOT).as_posix() for file in dict.fromkeys((*files, *others))]


def cases(room: str, count: int, seed: int) -> list[Case]:
    """Return a sample of a room's mutants, without those that are known to be equivalent."""
    known = set(equivalent())
    found = []
    for path in sorted((ROOT / "vidbuild" / room).glob("*.py")):
        name, source = path.relative_to(ROOT).as_posix(), path.read_bytes()
        found += [Case(room, name, mutant, source) for mutant in mutants(source)]
    shuffled = random.Random(f"{seed} {room}").sample(found, len(found))  # noqa: S311 - a repeatable sample
    return [case for case in shuffled if case.describe() not in known][:count]


def equivalent() -> Iterator[str]:
    """Yield the mutants that are known to be equivalent."""
    if EQUIVALENT.exists():
        lines = EQUIVALENT.read_text(encoding="utf-8").splitlines()
        yield from (line for line in lines if line and not line.startswith("#"))


class Copy:
    """A copy of the checkout, in which one mutant at a time is judged."""

    def __init__(self, folder: Path) -> None:
        self._root = folder / "checkout"
        self._scratch = folder / "scratch"
        self._output = folder / "output"
        self._server: subprocess.Popen[bytes] | None = None
        self._scratch.mkdir(parents=True)
        left_out = shutil.ignore_patterns("__pycache__", ".venv", ".git", ".vidbuild", "build")
        shutil.copytree(ROOT, self._root, symlinks=True, ignore=left_out)
        # An environment of its own, in which the copy, and not the checkout, is installed: PYTHONPATH alone does not
        # reach the isolated interpreters that some tests start.
        venv.create(folder / "venv", with_pip=False)
        self._python = folder / "venv" / "bin" / "python"
        packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder / "venv")}))
        (packages / "copy.pth").write_text(f"{self._root}\n{sysconfig.get_path('purelib')}\n", encoding="utf-8")

    def record(self, room: str) -> reach.Reach | None:
        """Run a room's tests and return what they reach; nothing if they cannot run."""
        folder = self._root.parent / "reach" / room
        arguments = [*reach.command(folder, self._root), "-q", "-p", "no:cacheprovider", *tests_of(room)]
        with self._output.open("wb") as output:
            # This run may write bytecode, so that each mutant's run need not compile all modules again.
            process = self._start(arguments, self._environment(), output)
        try:
            return reach.read(folder, self._root) if process.wait(SLOWEST) in {0, 1} else None
        except subprocess.TimeoutExpired:
            return None
        finally:
            _kill_group(process)

    @contextmanager
    def serve(self, reached: reach.Reach) -> Iterator[None]:
        """Run tests in forks of a process that has imported the libraries of a room's tests."""
        modules = self._root.parent / "modules.json"
        modules.write_text(json.dumps(reached.libraries), encoding="utf-8")
        arguments = ["-m", "tools.fork_server", str(modules), str(self._root.parent)]
        environment = {**self._environment(), "PYTHONDONTWRITEBYTECODE": "1"}
        self._server = self._start(arguments, environment, subprocess.PIPE)
        try:
            yield
        finally:
            self._server.terminate()  # it ends its fork first
            self._server.wait()

    def judge(self, case: Case, reached: reach.Reach) -> str:
        """Return "killed", "survived" or "endless"."""
        path = self._root / case.path
        source, stamp = path.read_bytes(), path.stat()
        path.write_bytes(case.mutant.apply(source))
        try:
            for tests in reached.split(case.path, case.mutant.line):
                verdict = self.run(tests, SLOWER * reached.time(tests) + GRACE) if tests else "survived"
                if verdict != "survived":
                    return verdict
            return "survived"
        finally:
            path.write_bytes(source)
            os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # its bytecode is valid again

    def failure(self) -> str:
        """Return the first failure that the tests printed."""
        lines = self._output.read_text(encoding="utf-8", errors="replace").splitlines()
        return next((line for line in lines if line.startswith(("FAILED ", "ERROR "))), "".join(lines[-1:]))

    def run(self, tests: Sequence[str], seconds: float) -> str:
        """Run tests until the first fails; "endless" if they take longer than the seconds."""
        server = self._server
        if server is None or server.stdin is None or server.stdout is None:
            raise RuntimeError("run: expected to be inside serve")
        server.stdin.write(json.dumps([tests, seconds]).encode() + b"\n")
        server.stdin.flush()
        answer = server.stdout.readline().decode().strip()
        if not answer:
            raise RuntimeError(f"fork server: expected a verdict, got exit status {server.wait()}")
        return answer

    def _start(
        self, arguments: Sequence[str], environment: Mapping[str, str], output: IO[bytes] | int
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [str(self._python), *arguments],
            cwd=self._root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=None if output == subprocess.PIPE else subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=fork_server.limit_memory,  # noqa: PLW1509 - it only sets a limit
        )

    def _environment(self) -> Mapping[str, str]:
        scratch = str(self._scratch)
        own = {"TMPDIR": scratch, "PYTEST_DEBUG_TEMPROOT": scratch, "HYPOTHESIS_STORAGE_DIRECTORY": scratch}
        return {**os.environ, **own}


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a test run and all that it started."""
    try:
        os.killpg(process.pid, 9)
    except ProcessLookupError:
        return
    finally:
        process.wait()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def judge_rooms(samples: Mapping[str, Sequence[Case]], copies: Sequence[Copy]) -> tuple[int, int]:
    """Judge the mutants of rooms that have the same tests; return how many survived, and of how many."""
    rooms = list(samples)
    reached = copies[0].record(rooms[0])
    if reached is None:
        _print(f"{', '.join(rooms)}: the tests cannot run: {copies[0].failure()}")
        return 0, 0
    for test in reached.failed:
        _print(f"fails without a mutant, and judges none: {test}")
    with ExitStack() as servers:
        for copy in copies:
            servers.enter_context(copy.serve(reached))
        if copies[0].run(list(reached.seconds), SLOWEST) != "survived":
            _print(f"{', '.join(rooms)}: the tests fail in a fork without a mutant: {copies[0].failure()}")
            return 0, 0
        survived = sum(judge_room(room, sample, copies, reached) for room, sample in samples.items())
    return survived, sum(map(len, samples.values()))


def judge_room(room: str, sample: Sequence[Case], copies: Sequence[Copy], reached: reach.Reach) -> int:
    """Judge a room's mutants, print the survivors and return their number."""
    began = time.monotonic()
    survivors: list[Case] = []

    def judge(worker: int) -> None:
        for case in sample[worker :: len(copies)]:
            if copies[worker].judge(case, reached) == "survived":
                survivors.append(case)
                _print(f"survived: line {case.mutant.line}: {case.describe()}")

    with ThreadPoolExecutor(len(copies)) as pool:
        list(pool.map(judge, range(len(copies))))
    _print(f"{room}: {len(survivors)} of {len(sample)} survived, {time.monotonic() - began:.0f} s")
    return len(survivors)


def main() -> int:
    """Run a campaign over the rooms that the arguments name, or all."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutate", description=__doc__)
    parser.add_argument("rooms", nargs="*", help="such as engine/disk; default: all")
    parser.add_argument("--count", type=int, default=15, help="mutants of each room")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--jobs", type=int, default=1, help="mutants judged side by side")
    arguments = parser.parse_args()
    survived = judged = 0
    with tempfile.TemporaryDirectory(prefix="mutate-") as folder:
        copies = [Copy(Path(folder) / str(number)) for number in range(arguments.jobs)]
        # All samples are taken at once, as the copies are: the checkout may change during a campaign.
        samples = {room: cases(room, arguments.count, arguments.seed) for room in arguments.rooms or rooms()}
        alike: dict[tuple[str, ...], dict[str, list[Case]]] = defaultdict(dict)
        for room, sample in samples.items():
            if sample:
                alike[tuple(tests_of(room))][room] = sample
        for group in alike.values():
            found = judge_rooms(group, copies)
            survived, judged = survived + found[0], judged + found[1]
    _print(f"{survived} of {judged} mutants survived: {100 * survived / max(1, judged):.1f} in 100")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
