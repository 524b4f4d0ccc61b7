"""Fork server of `tools.mutate`: runs tests in forks of a process that has imported pytest and all libraries.

Each fork imports the project's own modules itself, so that it runs the mutant that is in the checkout at that time.
A request is a line of JSON on standard input, and its verdict is a line on standard output.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import select
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import pytest

MEMORY = 6 << 30  # bytes of a test process: some mutants never stop growing
_OPTIONS = ["-q", "-x", "-p", "no:cacheprovider", "-p", "tools.reach"]
_IMPORTED = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # plugins that this process has imported


def verdict(tests: Sequence[str], seconds: float, folder: Path) -> str:
    """Run tests in a fork until the first fails; "endless" if they take longer than the seconds."""
    child = os.fork()
    if not child:
        _run(tests, folder)
    try:
        ended = os.pidfd_open(child)
        in_time = select.select([ended], [], [], seconds)[0]
        os.close(ended)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # with all that it started
        status = os.waitpid(child, 0)[1]
    if not in_time:
        return "endless"
    return "killed" if status else "survived"


def limit_memory() -> None:
    """Limit the memory of this process and of those that it starts."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _run(tests: Sequence[str], folder: Path) -> NoReturn:
    """Run tests in this process and end it."""
    code = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.setsid()
        limit_memory()
        output = os.open(folder / "output", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for descriptor, file in ((0, os.open(os.devnull, os.O_RDONLY)), (1, output), (2, output)):
            os.dup2(file, descriptor)
        only = folder / "only.json"
        only.write_text(json.dumps(tests), encoding="utf-8")
        files = dict.fromkeys(test.partition("::")[0] for test in tests)
        code = int(pytest.main([*_OPTIONS, *_IMPORTED, "--only", str(only), *files]))
        sys.stdout.flush()
    finally:
        os._exit(code)


def main() -> None:
    """Import the modules that a file lists, then answer requests until there are no more."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    modules, folder = (Path(argument) for argument in sys.argv[1:])
    for name in json.loads(modules.read_text(encoding="utf-8")):
        with suppress(ImportError):  # a private part of a library, which the library imports
            importlib.import_module(name)
    gc.freeze()
    for line in sys.stdin:
        tests, seconds = json.loads(line)
        sys.stdout.write(f"{verdict(tests, seconds, folder)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
