"""The crash tests use the engine's laboratory."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "engine"))

from enginelab import Lab


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A project of its own for each test."""
    return Lab(tmp_path / "project")
