"""What is said of a machine that is short of something, first of all of a cache whose disk has no room.

It knows nothing of what was to be written.
"""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

from vidbuild.engine.disk import durable
from vidbuild.errors import Failure

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
HINT = "vidbuild cache gc --limit SIZE, or VIDBUILD_CACHE=another folder"


def full(error: OSError, cache: Path, folder: Path) -> str | None:
    """What is said where the cache's disk has no room; None where it is something else, or another disk.

    folder: what the error's file is relative to; writing to a file that is open names none. A file within the cache
    is nothing that anybody can do something about, so it is not named.
    """
    if error.errno not in _FULL or not (folder / (error.filename or "")).is_relative_to(cache):
        return None
    return _words(cache)


def failure(error: OSError, cache: Path, folder: Path) -> Failure:
    """A step's failure for an error of its surroundings."""
    told = full(error, cache, folder)
    if told is not None:
        return Failure(told, HINT, transient=True)
    told = durable.told(error)
    return Failure(f"{told}: '{error.filename}'" if error.filename else told, transient=durable.may_pass(error))


def of_tool(failed: Failure, cache: Path) -> Failure:
    """A step's own failure, in the words above where its tool found no room: tools write nowhere but in the cache."""
    if not any(os.strerror(errno.ENOSPC) in line for line in failed.log):
        return failed
    return replace(failed, message=_words(cache), hint=HINT, command=(), log=(), transient=True)


def _words(cache: Path) -> str:
    return f"the disk of the cache '{cache}' is full"
