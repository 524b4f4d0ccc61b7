"""Loads a spec from a file, from YAML text or from Python data."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidbuild.frozen import dataclass
from vidbuild.model import Spec


@dataclass(frozen=True, slots=True)
class SpecText:
    """The YAML text of a spec that is in no file; path: where its file would be."""

    path: Path
    text: str


def load(path: str | os.PathLike[str], variables: Mapping[str, Any] | None = None, brand: str | None = None) -> Spec:
    """Load and check a spec's file. Raises SpecError with all of its errors.

    brand: the name of a brand instead of the spec's own.
    """
    from vidbuild.spec.load import load as read

    return read(path, variables, brand)


def parse(
    data: Mapping[str, Any] | str,
    path: str | os.PathLike[str],
    variables: Mapping[str, Any] | None = None,
    brand: str | None = None,
) -> Spec:
    """Return a spec from data made in Python or from YAML text, checked like a file. Raises SpecError.

    path: where its file would be. Paths in the spec and its outputs are relative to that file.
    brand: the name of a brand instead of the spec's own.
    """
    from vidbuild.spec.load import parse as read

    return read(data, path, variables, brand)
