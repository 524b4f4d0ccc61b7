"""Fixtures of the tests of voices and sound."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A folder for what is in between."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder
