"""What the tests with an older ffmpeg need before they can begin."""

from __future__ import annotations

import sys
from pathlib import Path

import decoding
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit/sound"))  # for soundlab


def pytest_sessionstart() -> None:
    """Say once what is missing, not in every test."""
    try:
        decoding.older()
    except AssertionError as error:
        pytest.exit(str(error), returncode=1)
