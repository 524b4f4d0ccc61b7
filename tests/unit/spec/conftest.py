"""A project of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.spec_lab import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project of the test's own."""
    return Project((tmp_path / "project").resolve())
