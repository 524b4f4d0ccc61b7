"""Fixtures of the tests of executors on a cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.engine_lab import Lab


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A project of its own for each test."""
    return Lab(tmp_path / "project")
