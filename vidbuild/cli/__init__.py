"""The command line: parses options, calls the API, prints and returns an exit code. Only this package prints."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # typing is not imported by a build that has nothing to do: see vidbuild.null_build
if TYPE_CHECKING:
    from collections.abc import Sequence

# Objects allocated between two garbage collections: what a start imports and a plan holds is no garbage.
_ALLOCATIONS_BETWEEN_COLLECTIONS = 200_000

# Collections of young objects between two of older ones.
_COLLECTIONS_BETWEEN_OLDER = 50


def main(args: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (vidbuild.cli.exit_codes).

    Without args, run the command line of the process and end the process.
    """
    if args is not None:
        from vidbuild.cli.app import run

        return run(args)
    os._exit(_run(sys.argv[1:]))  # everything is written, and freeing every object would take a tenth of a null build


def _run(args: Sequence[str]) -> int:
    from vidbuild import null_build

    name = null_build.name_of(args)
    code = null_build.attempt(args, name) if name else None
    if code is not None:
        return code
    import contextlib
    import gc

    from vidbuild.cli.app import run

    gc.set_threshold(_ALLOCATIONS_BETWEEN_COLLECTIONS, _COLLECTIONS_BETWEEN_OLDER, _COLLECTIONS_BETWEEN_OLDER)
    code = run(args, name)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    return code
