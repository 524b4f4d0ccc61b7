"""Writes the log of a run that did nothing, as `engine.runs.run_log` leaves it, for `null_build`."""

from __future__ import annotations

import os
import time

from vidbuild.flock import lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# What stands in the texts for what differs in each run (see `null_build`): its id, that of the command, when it started
# and ended in s since 1970, and the seconds in between.
RUN, BATCH, STARTED, ENDED, SECONDS = b"\x01", b"\x02", b"\x03", b"\x04", b"\x05"
KEPT = 50  # runs, as in `engine.runs.run_log`
_ID_LENGTH, _STAMP_LENGTH = 24, 19


def filled(text: bytes, marks: Mapping[bytes, str]) -> bytes:
    """Return a text with values in place of marks."""
    for mark, value in marks.items():
        text = text.replace(mark, value.encode())
    return text


def write(runs: str, events: bytes, state: bytes, began: float) -> str:
    """Write the log of a run, and remove the oldest ones; return its id, "" if it cannot follow the last one now.

    began: when the command began (time.monotonic).
    """
    started, batch = time.time(), new_id()
    earlier = sorted(name for name in os.listdir(runs) if is_id(name))
    run = new_id()
    if (earlier and run[:_STAMP_LENGTH] <= earlier[-1]) or not all(
        _removed(os.path.join(runs, name)) for name in earlier[: -KEPT + 1]
    ):
        return ""
    folder = os.path.join(runs, run)
    os.mkdir(folder)
    held = os.open(os.path.join(folder, "lock"), os.O_RDWR | os.O_CREAT, 0o666)
    try:
        lock(held, shared=False)
        ended, seconds = time.time(), repr(time.monotonic() - began)
        marks = {RUN: run, BATCH: batch, STARTED: repr(started), ENDED: repr(ended), SECONDS: seconds}
        temp = os.path.join(folder, ".tmp-state.json")
        for path, text in ((os.path.join(folder, "events.jsonl"), events), (temp, state)):
            with open(path, "wb") as file:
                file.write(filled(text, marks))
        os.replace(temp, os.path.join(folder, "state.json"))  # a run without a state is none
    except OSError:
        _removed(folder, alone=True)
        raise
    finally:
        os.close(held)
    return run


def new_id() -> str:
    """Return an id as `engine.runs.run_log.new_id` does."""
    seconds, milliseconds = divmod(time.time_ns() // 1_000_000, 1000)
    return f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(seconds))}-{milliseconds:03}-{os.urandom(2).hex()}"


def is_id(name: str) -> bool:
    """Return whether a folder's name is the id of a run."""
    day, clock, milliseconds, own = (*name.split("-", 3), "", "", "")[:4]
    digits = day + clock + milliseconds
    return (
        len(name) == _ID_LENGTH
        and [len(day), len(clock), len(milliseconds), len(own)] == [8, 6, 3, 4]
        and digits.isascii()
        and digits.isdigit()
        and not set(own) - set("0123456789abcdef")
    )


def _removed(folder: str, *, alone: bool = False) -> bool:
    """Remove the record of an old run, unless it goes on; False if it has more than the files of one.

    alone: it is our own, whose lock we hold.
    """
    with os.scandir(folder) as found:
        entries = list(found)
    if os.path.islink(folder) or any(entry.is_dir(follow_symlinks=False) for entry in entries):
        return False
    for entry in entries:
        if entry.name == "lock" and not alone:
            held = os.open(entry.path, os.O_RDONLY)
            try:
                if lock(held, shared=True):
                    return True
            finally:
                os.close(held)
    for entry in entries:
        os.unlink(entry.path)
    os.rmdir(folder)
    return True
