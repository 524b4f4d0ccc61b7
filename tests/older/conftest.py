"""What the tests with an older ffmpeg need before they can begin."""

from __future__ import annotations

import pytest

from tests.support import decoding


def pytest_sessionstart() -> None:
    """Say once what is missing, not in every test."""
    try:
        decoding.older()
    except AssertionError as error:
        pytest.exit(str(error), returncode=1)
