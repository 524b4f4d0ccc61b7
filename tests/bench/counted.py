"""Counts what is the same in every run of vidbuild: processes, opened files, hashed bytes, modules. It has no clock.

The kernel reports whether there was any child, which reveals one that was started without an audit event.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

WATCHED = Path(__file__).with_name("watched.py")


@dataclass(frozen=True, slots=True)
class Counts:
    """What one command did.

    started: program -> how often, by vidbuild and its workers. opened: the files of the project, its cache included,
    that vidbuild itself opened to read. hashed: file -> bytes. modules: what vidbuild itself imported.
    any_child: whether the kernel knows of any child of vidbuild's that ended. links: how many symlinks its workers
    made. loaded: the modules that they imported.
    """

    started: Counter[str]
    opened: tuple[Path, ...]
    hashed: dict[str, int]
    modules: frozenset[str]
    any_child: bool
    links: int
    loaded: frozenset[str]

    @property
    def media(self) -> tuple[Path, ...]:
        """The opened files that hold pictures or sound: all that is not text, whatever its name."""
        return tuple(path for path in self.opened if path.is_file() and not _is_text(path))


def counted(folder: Path, *args: str, workers: bool = True) -> Counts:
    """Run `vidbuild ARGS` in the folder and count; RuntimeError with its output if it fails.

    workers: False where none may be started: to count in them, vidbuild is made to import what starts them.
    """
    with tempfile.TemporaryDirectory(prefix="vidbuild-counted-") as place:
        answer = Path(place) / "answer"
        command = [sys.executable, str(WATCHED), str(answer), str(int(workers)), *args]
        env = {name: value for name, value in os.environ.items() if name != "VIDBUILD_CACHE"}
        ended = subprocess.run(
            command, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False, text=True
        )
        if ended.returncode:
            raise RuntimeError(f"exit code {ended.returncode}: vidbuild {' '.join(args)}\n{ended.stderr}")
        facts = json.loads(answer.read_text(encoding="utf-8"))
        notes = answer.with_name("answer.workers")
        lines = notes.read_text(encoding="utf-8").splitlines() if notes.exists() else []
    noted = [*facts["done"], *map(ast.literal_eval, lines)]
    return Counts(
        Counter(program(words[1:]) for words in noted if words[0] == "started"),
        tuple(_below(folder.resolve(), (words[1] for words in facts["done"] if words[0] == "opened"))),
        dict(facts["hashed"]),
        frozenset(facts["modules"]),
        facts["children"] > 0,
        sum(words[0] == "os.symlink" for words in noted),
        frozenset(words[1] for words in noted if words[0] == "import"),
    )


def program(words: Iterable[str]) -> str:
    """What a command line starts: ffmpeg, espeak (in a Python of its own), worker, or the program's own name."""
    first, *rest = words
    name = Path(first).name
    if name.startswith("ffmpeg"):
        return "ffmpeg"
    if name.startswith("python"):
        return "espeak" if any(word.endswith("espeak_main.py") for word in rest) else "worker"
    return name


def _is_text(path: Path) -> bool:
    try:
        return "\0" not in path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return False


def _below(folder: Path, paths: Iterable[str]) -> list[Path]:
    return [Path(path) for path in paths if Path(path).is_relative_to(folder)]
