"""Writes, beside each bad spec here, what vidbuild says about it: `python examples/errors/regenerate.py`."""

from __future__ import annotations

import os
from pathlib import Path

from vidbuild.spec.diagnostics import render
from vidbuild.spec.load import try_load

HERE = Path(__file__).resolve().parent


def said(spec: Path) -> str:
    """What `vidbuild check` prints about a spec in this folder."""
    os.chdir(HERE)
    examined = try_load(spec.name)
    return render(examined.diagnostics, examined.sources) + "\n"


if __name__ == "__main__":
    for spec in sorted(HERE.glob("*.yaml")):
        spec.with_suffix(".txt").write_text(said(spec), encoding="utf-8")
