"""Step functions for the engine's tests, run by real workers; each appends a line to a file when it runs."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from vidbuild.engine.graph.context import Context
from vidbuild.errors import SpecProblem, StepError, UnreachableError


def _ran(context: Context) -> None:
    """Append a line to the tests' own file; it is not part of the step's output."""
    with open(os.environ["RAN"], "a") as log:  # noqa: PTH123 - one short write, appended by several processes
        log.write(f"{context.step}\n")


def _content(context: Context) -> bytes:
    """All that the step was given, in a fixed order."""
    parts = [repr(sorted(context.params.items())).encode()]
    for role, path in sorted(context.inputs.items()):
        files = sorted(item for item in path.rglob("*") if item.is_file()) if path.is_dir() else [path]
        for file in files:
            name = file.relative_to(path).as_posix() if path.is_dir() else ""
            parts += [role.encode(), name.encode(), file.read_bytes()]
    return b"\0".join(parts)


def concat(context: Context) -> None:
    """Make two files that depend on everything given."""
    _ran(context)
    _write(context)


def _write(context: Context) -> None:
    content = _content(context)
    (context.out / "main.txt").write_bytes(content)
    (context.out / "sum").mkdir()
    (context.out / "sum" / "digest.txt").write_text(hashlib.sha256(content).hexdigest())


def length(context: Context) -> None:
    """Make a file that depends only on how much was given, so that many inputs give the same output."""
    _ran(context)
    sizes = [path.stat().st_size for path in context.inputs.values()]
    (context.out / "main.txt").write_text(f"{context.params.get('unit', 'bytes')} {sizes}")


def noop(context: Context) -> None:
    """Make a small file, at once."""
    (context.out / "main.txt").write_text(context.step)


def random_take(context: Context) -> None:
    """Make other bytes each time."""
    _ran(context)
    (context.out / "main.txt").write_bytes(os.urandom(32))


def fail(context: Context) -> None:
    """Fail while the file named by the environment exists."""
    _ran(context)
    sys.stdout.write("about to fail\n")
    if Path(os.environ["RAN"]).with_name("broken").exists():
        raise StepError("the tool gave up", field="title", command=("tool", "-x"), log=("line 1", "line 2"))
    _write(context)


def problem(_: Context) -> None:
    """Find fault with the spec."""
    raise SpecProblem("too long by 2 s", hint="say less", field="narration")


def misread(context: Context) -> None:
    """Fail over its inputs, by the names that it has for them."""
    raise StepError(" and ".join(f"'{path.name}'" for _, path in sorted(context.inputs.items())))


def unreachable(_: Context) -> None:
    """Fail as if no server answered."""
    raise UnreachableError("no answer", transient=True)


def bug(_: Context) -> None:
    """Fail as no step should."""
    raise ZeroDivisionError("half-way")


def nothing(_: Context) -> None:
    """Make nothing."""


def link(context: Context) -> None:
    """Make something that is no regular file."""
    (context.out / "link").symlink_to("/etc/hostname")


def warn(context: Context) -> None:
    """Make a file and warn."""
    _ran(context)
    context.warn("A1", "too quiet", field="voice", hint="raise it")
    _write(context)


def progress(context: Context) -> None:
    """Report progress."""
    _ran(context)
    for done in range(1, 4):
        context.progress(done, 3, "bytes")
    _write(context)


def chatter(context: Context) -> None:
    """Print, from Python and from a child, and read what stdin holds."""
    _ran(context)
    sys.stdout.write('{"outputs": {}}\n')
    sys.stdout.flush()
    subprocess.run(["/bin/echo", '{"failure": {}}'], check=True)
    assert sys.stdin.read() == ""
    _write(context)


def die(context: Context) -> None:
    """Kill its own process, once."""
    marker = Path(os.environ["RAN"]).with_name("died")
    _ran(context)
    if not marker.exists():
        marker.touch()
        sys.stderr.write("last words\n")
        sys.stderr.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    _write(context)


def leak_env(context: Context) -> None:
    """Read an undeclared environment variable."""
    (context.out / "main.txt").write_text(os.environ["UNDECLARED"])


def leak_file(context: Context) -> None:
    """Read a file of the project by a relative path."""
    (context.out / "main.txt").write_bytes(Path("secret.txt").read_bytes())


def surroundings(context: Context) -> None:
    """Report what the step can see."""
    names = sorted(path.name for path in Path.cwd().iterdir())
    assert all(path.exists() for path in context.inputs.values())  # each is there once it is asked for
    inputs = sorted(path.name for path in (Path.cwd() / "in").iterdir())
    (context.out / "main.txt").write_text(f"{names} {inputs} {sorted(os.environ)} {sorted(context.env)}")


def sleep(context: Context) -> None:
    """Start a child that keeps sleeping, write its process id, and wait."""
    _ran(context)
    child = subprocess.Popen(["/bin/sleep", "60"])
    Path(os.environ["RAN"]).with_name("child").write_text(f"{os.getpid()} {child.pid}")
    deadline = time.monotonic() + 60
    while not Path(os.environ["RAN"]).with_name("go").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    child.kill()
    child.wait()
    _write(context)


def crowd(context: Context) -> None:
    """Note how many of us run at once."""
    _ran(context)
    folder = Path(os.environ["RAN"]).with_name("crowd")
    folder.mkdir(exist_ok=True)
    mine = folder / context.step
    mine.touch()
    time.sleep(0.03)
    with (folder.parent / "crowd-sizes").open("a") as sizes:
        sizes.write(f"{len(list(folder.iterdir()))}\n")
    mine.unlink()
    _write(context)


def thread(context: Context) -> None:
    """Report progress from several threads."""
    _ran(context)
    threads = [threading.Thread(target=context.progress, args=(3, 3)) for _ in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    _write(context)


def hide_errors(context: Context) -> None:
    """Make an output whatever happens when an input is read."""
    with contextlib.suppress(Exception):
        context.read("from")
    (context.out / "main.txt").write_text("made", encoding="utf-8")


def blame_errors(context: Context) -> None:
    """Fail with an error of its own if an input cannot be read."""
    try:
        context.read("from")
    except Exception as error:
        raise StepError("the data is wrong") from error
    (context.out / "main.txt").write_text("made", encoding="utf-8")
