"""Where things are in the checkout."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent
# The folder of sitecustomize.py, which guards every Python that a test starts.
GUARD = TESTS / "guard"
# Media of other projects, beside the checkout; tests that need them are skipped without them.
REAL = ROOT.parent / "shared" / "real"
REAL_MEDIA = REAL / "media"
