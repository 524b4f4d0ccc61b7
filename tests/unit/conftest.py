"""Fixtures of the tests of voices and sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.mux_lab import Studio


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A folder for what is in between."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """What all tests here share."""
    return Studio(tmp_path_factory.mktemp("studio"))
