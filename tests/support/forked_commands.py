"""The process that `ready_commands` forks: `python -m tests.support.forked_commands LISTENER`; it ends with its stdin.

A request is a length, the ends of two pipes, and JSON. The answers are the number of the new process, and its exit code
as `subprocess` has it.
"""

from __future__ import annotations

import io
import json
import os
import selectors
import socket
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

SPEC = "vidbuild: 1\ntitle: T\noutput: {size: 160x90, fps: 24}\nscenes: [{id: a, type: title, title: T, duration: 1}]\n"


def loaded_by(*args: str) -> list[str]:
    """Return the modules that a command imports, which runs in a copy of this process."""
    read, write = os.pipe()
    if not os.fork():
        from vidbuild.cli import main

        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            Path("vidbuild.toml").touch()
            Path("video.yaml").write_text(SPEC, encoding="utf-8")
            main(args)
        os.write(write, "\n".join(sys.modules).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as names:
        found = names.read().split()
    os.wait()
    return [name for name in found if not name.startswith("_")]


def prepare() -> None:
    """Import what the usual commands import, and run none of it."""
    for name in loaded_by("build", "video.yaml", "--quiet", "--jobs", "1"):
        import_module(name)


def serve(listener: socket.socket) -> list[str] | None:
    """Fork for each request; return the arguments in each new process, and None when there is nothing more to do."""
    running: dict[int, tuple[int, socket.socket]] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(sys.stdin, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fd in running:
                    number, end = running.pop(key.fd)
                    selector.unregister(key.fd)
                    os.close(key.fd)
                    code = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
                    end.sendall(code.to_bytes(4, signed=True))
                    end.close()
                elif key.fileobj is sys.stdin:
                    return None
                else:
                    end, _ = listener.accept()
                    size, streams, _, _ = socket.recv_fds(end, 4, 2)
                    request = json.loads(end.recv(int.from_bytes(size), socket.MSG_WAITALL))
                    number = os.fork()
                    if not number:
                        selector.close()
                        for other in (end, listener, *(each for _, each in running.values())):
                            other.close()
                        for descriptor in running:
                            os.close(descriptor)
                        return become(request, streams)
                    for stream in streams:
                        os.close(stream)
                    end.sendall(number.to_bytes(4))
                    watched = os.pidfd_open(number)
                    running[watched] = number, end
                    selector.register(watched, selectors.EVENT_READ)


def opened(former: TextIO, number: int, mode: str) -> io.TextIOWrapper:
    """Return a stream as Python opens it at its start, for what a descriptor now leads to."""
    kept = {name: getattr(former, name) for name in ("encoding", "errors", "line_buffering", "write_through")}
    return io.TextIOWrapper(
        open(number, mode, -1 if mode == "rb" or not kept["write_through"] else 0, closefd=False), **kept
    )


def become(request: dict[str, Any], streams: list[int]) -> list[str]:
    """Take on the environment, folder and streams of a request, and return its arguments."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for stream, number in ((nothing, 0), (streams[0], 1), (streams[1], 2)):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = opened(sys.stdin, 0, "rb")
    sys.stdout, sys.stderr = opened(sys.stdout, 1, "wb"), opened(sys.stderr, 2, "wb")
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    sys.path[0] = os.getcwd()  # noqa: PTH109 - as Python does it for -m
    args: list[str] = request["args"]
    sys.argv = [str(Path(import_module("vidbuild").__file__ or "").with_name("__main__.py")), *args]
    sys.orig_argv = [sys.executable, "-m", "vidbuild", *args]
    return args


if __name__ == "__main__":
    prepare()
    if serve(socket.socket(fileno=int(sys.argv[1]))) is not None:
        from vidbuild.cli import main

        sys.exit(main())
