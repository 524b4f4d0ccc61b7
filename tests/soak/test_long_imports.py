"""The fuzzing of importers, a thousand times as long and from another seed each time."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

import pytest

from tests.support import fuzz_runner
from tests.support.fuzz_targets import Target
from tests.support.import_sources import targets

COUNT = int(os.environ.get("VIDBUILD_FUZZ_COUNT", "100000"))
SEED = int(os.environ.get("VIDBUILD_FUZZ_SEED", str(secrets.randbelow(1 << 30))))


@pytest.mark.parametrize("target", targets(), ids=lambda target: target.name)
def test_many_damaged_sources(target: Target) -> None:
    """A hundred thousand inputs for each kind of file; what is found is kept, and its seed and place are reported."""
    fuzz_runner.fuzz(target, COUNT, SEED, keep=Path(tempfile.mkdtemp(prefix=f"vidbuild-import-{target.name}-")))
