"""The fuzzing of importers, fifty times as long: 100,000 inputs in all, which take 90 s of one processor.

VIDBUILD_FUZZ_COUNT: how many inputs, in all.
VIDBUILD_FUZZ_SEED: the one from which they follow, instead of 0.
VIDBUILD_FUZZ_DONE: a file to which rounds without a find are added; with it, a run that was ended goes on.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from tests.support import fuzz_runner
from tests.support.fuzz_targets import Target
from tests.support.import_sources import targets

COUNT = int(os.environ.get("VIDBUILD_FUZZ_COUNT", "100000"))
SEED = os.environ.get("VIDBUILD_FUZZ_SEED", "0")
DONE = Path(os.environ.get("VIDBUILD_FUZZ_DONE", os.devnull))
ROUND = 500
TARGETS = targets()


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_many_damaged_sources(target: Target) -> None:
    """Many inputs for each kind of file, of a stated seed; what is found is kept, and its place is reported."""
    done = set(DONE.read_text(encoding="utf-8").splitlines()) if DONE.exists() else set()
    keep = Path(tempfile.mkdtemp(prefix=f"vidbuild-import-{target.name}-"))
    for number in range(-(-COUNT // len(TARGETS) // ROUND)):
        name = f"{target.name} {SEED}-{number}"
        if name not in done:
            fuzz_runner.fuzz(target, ROUND, f"{SEED}-{number}", keep)
            with DONE.open("a", encoding="utf-8") as file:
                file.write(f"{name}\n")
    keep.rmdir()
