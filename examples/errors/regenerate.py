"""Writes, beside each bad spec here, what vidbuild says about it: `python examples/errors/regenerate.py`."""

from __future__ import annotations

import os
from pathlib import Path

from vidbuild.spec.diagnostics import render, tidy
from vidbuild.spec.load import try_load_all

HERE = Path(__file__).resolve().parent


def said(spec: Path) -> str:
    """What `vidbuild check` prints about a spec in this folder."""
    os.chdir(HERE)
    videos = try_load_all(spec.name)
    sources = {name: text for each in videos for name, text in each.sources.items()}
    return render(tidy(item for each in videos for item in each.diagnostics), sources) + "\n"


if __name__ == "__main__":
    for spec in sorted(HERE.glob("*.yaml")):
        spec.with_suffix(".txt").write_text(said(spec), encoding="utf-8")
