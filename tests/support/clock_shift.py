"""Runs vidbuild and its workers with a clock that is ahead: `python clock_shift.py SECONDS ARGS…`."""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path
from typing import Any


def shift(seconds: int) -> None:
    """Set every clock of this process that has the date ahead."""
    now, now_ns, spoken = time.time, time.time_ns, time.strftime
    time.time = lambda: now() + seconds
    time.time_ns = lambda: now_ns() + seconds * 1_000_000_000
    for name in ("localtime", "gmtime", "ctime"):
        setattr(time, name, _ahead(getattr(time, name)))
    time.strftime = lambda form, moment=None: spoken(form, moment or time.localtime())

    class Ahead(dt.datetime):
        """The class whose `now` is ahead."""

        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Ahead:
            """This moment."""
            return cls.fromtimestamp(time.time(), tz)

        @classmethod
        def utcnow(cls) -> Ahead:
            """This moment, without a zone."""
            return cls.fromtimestamp(time.time(), dt.UTC).replace(tzinfo=None)

    dt.datetime = Ahead  # type: ignore[misc] # for this process alone


def _ahead(plain: Any) -> Any:
    return lambda moment=None: plain(time.time() if moment is None else moment)


def main() -> int:
    """Run the command."""
    seconds = int(sys.argv[1])
    shift(seconds)
    from vidbuild.cli import main as vidbuild
    from vidbuild.engine.worker import process

    here = str(Path(__file__).resolve().parent)
    started = f"import sys; sys.path.insert(0, {here!r}); import clock_shift; sys.path.remove({here!r})\n"
    started += f"clock_shift.shift({seconds})\n"
    process._BOOT = started + process._BOOT
    return int(vidbuild(sys.argv[2:]))


if __name__ == "__main__":
    sys.exit(main())
