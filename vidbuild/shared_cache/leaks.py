"""Finds private keys in the files of a project: anybody who reads them could write results that all others use."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from vidbuild.errors import UsageError
from vidbuild.remote.public_key import PRIVATE, VARIABLE

MAX_BYTES = 200_000  # of a file that is searched: settings, notes and scripts are smaller
PLACES = ("*", ".github/workflows/*", ".circleci/*")
LOCAL = ".env"  # how names of files begin that hold secrets of one machine, and are in no repository
_KEY = re.compile(re.escape(PRIVATE).encode() + rb"[A-Za-z0-9+/]{43}=")


def refuse(root: Path) -> None:
    """Raise UsageError for a private key in a file of the project's folder or of its CI; it is not repeated."""
    for path in _files(root):
        with contextlib.suppress(OSError):
            if _KEY.search(path.read_bytes()):
                message = f"'{path.relative_to(root)}' has a private key of the remote cache"
                hint = f"make a new pair with 'vidbuild cache keygen', and keep its private key in {VARIABLE} alone"
                raise UsageError(f"{message}: anybody who reads it can write results that all others use", hint=hint)


def _files(root: Path) -> Iterator[Path]:
    for pattern in PLACES:
        for path in sorted(root.glob(pattern)):
            with contextlib.suppress(OSError):
                if path.is_file() and not path.name.startswith(LOCAL) and path.stat().st_size <= MAX_BYTES:
                    yield path
