"""Read a spec from a file or from data."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from vidbuild.model import Spec


def load(path: str | os.PathLike[str], variables: Mapping[str, Any] | None = None) -> Spec:
    """Read and check a spec; raises SpecError with all that is wrong with it."""
    from vidbuild.spec.load import load as read

    return read(path, variables)


def parse(
    data: Mapping[str, Any] | str, path: str | os.PathLike[str], variables: Mapping[str, Any] | None = None
) -> Spec:
    """A spec from data made in Python, or from YAML text, through the same schema and checks as a file.

    path: where its file would be; paths in it are relative to that, and so are its outputs. Raises SpecError.
    """
    from vidbuild.spec.load import parse as read

    return read(data, path, variables)
