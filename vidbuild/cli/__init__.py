"""The command line: options, a call of the API, an exit code. The only place that prints."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Sequence

_MADE_BETWEEN_COLLECTIONS = 50_000


def main(args: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (vidbuild.cli.exit_codes).

    Without args, run the command line of the process and end the process.
    """
    from vidbuild.cli.app import run

    if args is not None:
        return run(args)
    gc.set_threshold(_MADE_BETWEEN_COLLECTIONS)  # what a start imports and a plan holds is no garbage: look at it less
    code = run()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)  # all is written; taking every object apart first would take a tenth of a build with nothing to do
