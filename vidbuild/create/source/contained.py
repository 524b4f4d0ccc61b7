"""Runs native code that parses a stranger's file in a process of its own, which reads that file alone.

It runs in the sandbox of steps, as far as the system supports one, with limits on time, memory and output. A damaged
file that crashes a library, or exploits it, harms only this process.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path

from vidbuild import platforms
from vidbuild.create.source.protocol import SourceError
from vidbuild.json_types import Json

SECONDS = 60.0
MEMORY = 1 << 30
MAX_OUTPUT = 256 << 20  # bytes of the answer
MAX_FILES, SPARE_PROCESSES = 64, 64
OUT_OF_MEMORY = 12  # exit code
_LOG_LINES = 8
# The process must run the very package that runs here, wherever that was imported from.
_HOME = str(Path(__file__).resolve().parents[3])
_BOOT = """\
import sys
home = sys.argv.pop(1)
sites = [place for place, path in enumerate(sys.path) if path.endswith(("site-packages", "dist-packages"))]
sys.path.insert(sites[0] if sites else len(sys.path), home)
from vidbuild.create.source.contained import main
main()
"""


def call(
    function: Callable[..., Json],
    file: Path,
    *arguments: str,
    others: Sequence[Path] = (),
    seconds: float | None = None,
    memory: int | None = None,
    programs: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
) -> Json:
    """Return the JSON value that a function of a module returns for a file's path and more texts.

    others: further files that it may read. seconds, memory: limits; None for SECONDS and MEMORY.
    programs: what it may run beside the system's own.
    env: variables to add to its environment.
    Raises the function's SourceError, or one that names the file if the process crashes or exceeds a limit.
    """
    from vidbuild.media.ffmpeg.process import BoundedBuffer, HeadTailLog, OutputLimitError, describe_exit, run

    seconds, memory = seconds or SECONDS, memory or MEMORY
    names = (function.__module__, function.__name__)
    restrictions = _restrictions([file, *others], memory, programs)
    command = [sys.executable, "-P", "-c", _BOOT, _HOME, restrictions, *names, str(file), *arguments]
    out, log = BoundedBuffer(MAX_OUTPUT), HeadTailLog(0, _LOG_LINES)
    try:
        code = run(command, cwd=Path.cwd(), env={**_environment(), **(env or {})}, seconds=seconds, out=out, err=log)
    except OutputLimitError as error:
        raise SourceError(f"'{file}' is too large: what it has takes more than {MAX_OUTPUT >> 20} MB") from error
    if code is None:
        raise SourceError(f"'{file}' took more than {seconds:g} s to read")
    if code == OUT_OF_MEMORY:
        raise SourceError(f"'{file}' takes more than {memory >> 20} MB of memory to read")
    if code != 0:
        hint = " ".join(log.texts()[-1:]) or "check that it opens in another program"
        raise SourceError(f"'{file}' cannot be read: the process that read it {describe_exit(code)}", hint=hint)
    try:
        answer = json.loads(out.bytes())
    except ValueError:
        raise SourceError(f"'{file}' cannot be read: the process that read it did not answer") from None
    if "error" in answer:
        message, hint = answer["error"]
        raise SourceError(message, hint=hint)
    return answer["value"]


def main() -> None:
    """Enter the sandbox, call the function, and print what it returns."""
    restrictions, module, name, *arguments = sys.argv[1:]
    # What a library prints is no part of the answer.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if restrictions and platforms.POSIX:
        from vidbuild.engine.sandbox.sandbox import Sandbox, enter

        enter(Sandbox.from_data(json.loads(restrictions)))
    try:
        answer = {"value": getattr(import_module(module), name)(*arguments)}
    except SourceError as error:
        answer = {"error": [error.message, error.hint]}
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    with out:
        out.write(json.dumps(answer))


def _restrictions(files: Sequence[Path], memory: int, programs: Sequence[str]) -> str:
    """Return the sandbox as JSON; "" if the user turned it off. Raises UsageError if one is required and missing."""
    from vidbuild.engine.sandbox.mode import is_on
    from vidbuild.engine.sandbox.sandbox import Sandbox

    read = tuple(str(file.resolve()) for file in files)
    sandbox = Sandbox(tuple(programs), read, memory=memory, file_bytes=1, files=MAX_FILES, processes=SPARE_PROCESSES)
    return json.dumps(sandbox.to_data()) if is_on() else ""


def _environment() -> dict[str, str]:
    """Return an environment without the user's secrets."""
    return {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ} | {"LC_ALL": "C.UTF-8"}
