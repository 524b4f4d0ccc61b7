"""Checks that the tests with an older ffmpeg can run."""

from __future__ import annotations

import pytest

from tests.support import decoding


def pytest_sessionstart() -> None:
    """Report once what is missing, not in every test."""
    try:
        decoding.older()
    except AssertionError as error:
        pytest.exit(str(error), returncode=1)
