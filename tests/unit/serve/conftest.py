"""Fixtures for the tests of the live page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.live_site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """The application of a small project."""
    return Site(tmp_path / "project")
