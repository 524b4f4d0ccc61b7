"""Runs vidbuild with an audit hook in it and in its workers, and writes down what they did.

Started as `python watched.py ANSWER WORKERS ARGS…`: the answer is a JSON file, WORKERS is 1 or 0.
"""

from __future__ import annotations

import os
import sys
from typing import Any

STARTS = ("subprocess.Popen", "os.posix_spawn", "os.exec")
DOUBLES = ("os.fork", "os.forkpty", "os.system")
IN_WORKERS = ("import", "os.symlink")
MOST_WORDS = 8


def watch(answer: str, who: str) -> list[list[str]]:
    """Hook into this process. A worker's starts go to a file at once; the planner's doings are in the list."""
    found: list[list[str]] = []
    # Opened before the worker shuts itself in: later it may not write there.
    notes = -1 if who == "planner" else os.open(answer + ".workers", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def audit(event: str, args: tuple[Any, ...]) -> None:
        if event in STARTS:
            words = ["started", *(os.fsdecode(word) for word in list(args[1])[:MOST_WORDS])]
        elif event in DOUBLES:
            words = ["started", event]
        elif event == "open" and who == "planner" and _is_read(args):
            words = ["opened", os.path.abspath(os.fsdecode(args[0]))]  # noqa: PTH100 - in an audit hook
        elif event in IN_WORKERS and who == "worker":
            words = [event, os.fsdecode(args[0])]
        else:
            return
        found.append(words) if who == "planner" else _note(notes, words)

    sys.addaudithook(audit)
    return found


def _is_read(args: tuple[Any, ...]) -> bool:
    path, _, flags = args
    return isinstance(path, (str, bytes)) and not flags & os.O_WRONLY


def _note(notes: int, words: list[str]) -> None:
    os.write(notes, (repr(words) + "\n").encode())


def main() -> int:
    """Run the command and write the answer, whatever its exit code."""
    before = set(sys.modules)
    answer, workers, args = sys.argv[1], sys.argv[2] == "1", sys.argv[3:]
    found = watch(answer, "planner")
    from vidbuild import null_build

    code = null_build.attempt(args, name) if (name := null_build.name_of(args)) else None
    if code is not None:
        _write(answer, {"done": list(found), "hashed": [], "modules": sorted(set(sys.modules) - before)})
        return code
    hashed = _watch_hashing()
    if workers:
        from vidbuild.engine.worker import process

        process._BOOT = _hooked(answer) + process._BOOT
    from vidbuild.cli.app import run

    code = run(args, name)
    _write(answer, {"done": list(found), "hashed": list(hashed), "modules": sorted(set(sys.modules) - before)})
    return code


def _write(answer: str, facts: dict[str, Any]) -> None:
    import json
    import resource

    facts["children"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    with open(answer, "w", encoding="utf-8") as target:  # noqa: PTH123 - as above
        json.dump(facts, target)


def _hooked(answer: str) -> str:
    """What a worker is to do before all else."""
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib would count as imported
    return f"import sys; sys.path.insert(0, {here!r}); import watched; watched.watch({answer!r}, 'worker')\n"


def _watch_hashing() -> list[tuple[str, int]]:
    from vidbuild.engine.disk import durable

    plain, hashed = durable.hash_file, []

    def noting(path: Any) -> str:
        hashed.append((os.fspath(path), os.stat(path).st_size))  # noqa: PTH116 - as above
        return plain(path)

    durable.hash_file = noting
    return hashed


if __name__ == "__main__":
    sys.exit(main())
