"""Marks of tests that need what not every machine has."""

from __future__ import annotations

import pytest

from tests.support.paths import REAL_MEDIA
from vidbuild.engine.sandbox.sandbox import missing

WALLS = pytest.mark.skipif(bool(missing()), reason="steps cannot be contained on this system")
WITH_REAL_MEDIA = pytest.mark.skipif(not REAL_MEDIA.is_dir(), reason="the shared real media are not here")
