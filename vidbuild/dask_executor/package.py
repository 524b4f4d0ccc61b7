"""Identifies the code of this vidbuild: two machines make the same bytes only if both have the same."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import vidbuild

_NO_CODE = frozenset({"schemas", "samples"})  # which a wheel has in the package, and a checkout beside it


def digest() -> str:
    """Return the version, and a digest of the package's files as they are on disk now."""
    root = Path(vidbuild.__file__).parent
    whole = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if "__pycache__" not in parts and parts[0] not in _NO_CODE and path.is_file():
            whole.update("/".join(parts).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return f"{vidbuild.__version__} ({whole.hexdigest()[:12]})"


@cache
def loaded() -> str:
    """Return the digest as it was when this process first called this, soon after it had imported the package."""
    return digest()
