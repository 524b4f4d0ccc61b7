"""The command line: parses options, calls the API, prints and returns an exit code. Only this package prints."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Sequence

# Objects allocated between two garbage collections: what a start imports and a plan holds is no garbage.
_ALLOCATIONS_BETWEEN_COLLECTIONS = 50_000

# Collections of young objects between two of older ones.
_COLLECTIONS_BETWEEN_OLDER = 50


def main(args: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (vidbuild.cli.exit_codes).

    Without args, run the command line of the process and end the process.
    """
    from vidbuild.cli.app import run

    if args is not None:
        return run(args)
    gc.set_threshold(_ALLOCATIONS_BETWEEN_COLLECTIONS, _COLLECTIONS_BETWEEN_OLDER, _COLLECTIONS_BETWEEN_OLDER)
    code = run()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)  # everything is written, and freeing every object would take a tenth of a build with nothing to do
