"""Prepares the workers of a local cluster, which Dask starts in the terminal's process group.

Ctrl-C and Ctrl-Z are for the driver alone: it lets running steps finish, or stops them.
"""

from __future__ import annotations

import signal

from vidbuild import platforms


def dask_setup(_worker: object) -> None:
    """Ignore the terminal's signals, as the workers of a build without a cluster do."""
    for number in (signal.SIGINT, platforms.SIGTSTP):
        signal.signal(number, signal.SIG_IGN)
