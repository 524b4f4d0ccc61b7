"""Messages for a machine that is short of something, above all for a cache whose disk is full."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from vidbuild.engine.disk import durable
from vidbuild.errors import Failure, os_error_text
from vidbuild.frozen import replaced

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
HINT = "vidbuild cache gc --limit SIZE, or VIDBUILD_CACHE=another folder"


def message(error: OSError, cache: Path, folder: Path) -> str | None:
    """Return the message if the cache's disk is full; None for any other error, or another disk.

    folder: what the error's file name is relative to; an error of writing to an open file has none.
    """
    if error.errno not in _FULL or not (folder / (error.filename or "")).is_relative_to(cache):
        return None
    return _message(cache)


def failure(error: OSError, cache: Path, folder: Path) -> Failure:
    """Return a step's failure for an error of the machine; cache and folder as for `message`."""
    text = message(error, cache, folder)
    if text is not None:
        return Failure(text, HINT, transient=True)
    text = os_error_text(error)
    named = f"{text}: '{error.filename}'" if error.filename else text
    return Failure(named, transient=durable.is_transient(error))


def from_tool(failed: Failure, cache: Path) -> Failure:
    """Return a step's own failure, with the message above if its tool's log says that the disk is full.

    Tools write only in the cache.
    """
    if not any(os.strerror(errno.ENOSPC) in line for line in failed.log):
        return failed
    return replaced(failed, message=_message(cache), hint=HINT, command=(), log=(), transient=True)


def _message(cache: Path) -> str:
    return f"the disk of the cache '{cache}' is full"
