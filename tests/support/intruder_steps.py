"""Step functions that attempt forbidden access, run by real workers in a sandbox; each makes a file if it succeeds."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

from vidbuild.engine.graph.context import Context


def read(context: Context) -> None:
    """Make a copy of a file that was not given; `{parent}` is the process that builds."""
    path = context.params["path"].format(parent=os.getppid())
    (context.out / "main.txt").write_bytes(Path(path).read_bytes())


def have_read(context: Context) -> None:
    """Have a program do it, as ffmpeg would for a file that misleads it."""
    done = subprocess.run(["/bin/cat", context.params["path"]], capture_output=True, check=False)
    (context.out / "main.txt").write_bytes(done.stdout + b"!" + done.stderr)


def write(context: Context) -> None:
    """Write a file that is not in the step's folder."""
    (context.out / "main.txt").write_text("made")
    Path(context.params["path"]).write_text("intruded")


def connect(context: Context) -> None:
    """Open a connection to this machine, or report that no socket can be opened."""
    with socket.create_connection(("127.0.0.1", context.params["port"]), timeout=10):
        (context.out / "main.txt").write_text("connected")


def take(context: Context) -> None:
    """Take more memory than there is for it."""
    (context.out / "main.txt").write_bytes(bytearray(context.params["bytes"])[:1])


def flood(context: Context) -> None:
    """Write a file that grows and grows."""
    with (context.out / "main.txt").open("wb") as file:
        for _ in range(context.params["bytes"] >> 16):
            file.write(bytes(1 << 16))


def processes(context: Context) -> None:
    """Report this process's id, to see which steps share one."""
    (context.out / "main.txt").write_text(str(os.getpid()))


def descriptors(context: Context) -> None:
    """Report the open files of a worker, and of a program that it starts."""
    script = f"import os, stat\n{TELL}"
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, check=True)
    found: list[str] = []
    own: dict[str, object] = {"os": os, "stat": stat, "print": found.append}
    exec(TELL, own)  # noqa: S102 - the lines below
    (context.out / "main.txt").write_text("".join(found) + "|" + done.stdout.decode())


TELL = """
lines = []
for number in range(256):
    try:
        status = os.fstat(number)
        lines.append(f"{number}:{status.st_dev}:{status.st_ino} ")
    except OSError:
        pass
print("".join(lines))
"""


def linger(context: Context) -> None:
    """Start a program in a session of its own, write its process id, and wait in a way that cleans up."""
    process = subprocess.Popen(["/bin/sleep", "300"], start_new_session=True)
    try:
        context.progress(process.pid, 0)  # the build is cancelled as soon as this is heard
        while process.poll() is None:
            time.sleep(0.02)
    finally:
        process.kill()
        process.wait()
