"""The suite's fuzzing, fifty times as long and from another seed each time."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

import pytest

from tests.support import fuzz_runner
from tests.support.fuzz_targets import TARGETS

COUNT = int(os.environ.get("VIDBUILD_FUZZ_COUNT", "100000"))
SEED = int(os.environ.get("VIDBUILD_FUZZ_SEED", str(secrets.randbelow(1 << 30))))


@pytest.mark.parametrize("name", TARGETS)
def test_many_inputs(name: str) -> None:
    """A hundred thousand inputs for each reader; what is found is kept, and its seed and place are in the message."""
    fuzz_runner.fuzz(TARGETS[name], COUNT, SEED, keep=Path(tempfile.mkdtemp(prefix=f"vidbuild-fuzz-{name}-")))
