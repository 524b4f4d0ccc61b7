"""What it costs to write a spec from a document."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from tests.support.paths import ROOT

from . import measure
from .project import VIDBUILD
from .table import Row

if TYPE_CHECKING:
    from .aims import Bench

TURNS, LINES = 5, 500
PARSING = """\
from markdown_it import MarkdownIt
from pathlib import Path
MarkdownIt().parse(Path("README.md").read_text("utf-8"))
"""


def readme(bench: Bench) -> Iterator[Row]:
    """A spec is written from a README of 500 lines, and brought up to date after one edit."""
    folder = bench.folder / "create"
    folder.mkdir()
    (folder / "vidbuild.toml").touch()
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/create.md")]
    text = "\n".join("\n".join(texts).split("\n")[:LINES]) + "\n"
    (folder / "README.md").write_text(text, encoding="utf-8")
    creating = [*VIDBUILD, "create", "--from", "README.md"]
    parsing = [sys.executable, "-c", PARSING]
    least, ours = measure.alternately(
        TURNS, partial(measure.run, parsing, folder), partial(measure.run, [*creating, "--dry-run"], folder)
    )
    yield _row("create", "under 1 s of CPU time", measure.median(ours), measure.median(least))
    measure.run([*creating, "-o", "video.yaml"], folder)
    (folder / "README.md").write_text(text.replace("narrated", "spoken", 1), encoding="utf-8")
    updating = [*VIDBUILD, "create", "--update", "video.yaml", "--dry-run"]
    updated = measure.median([measure.run(updating, folder) for _ in range(TURNS)])
    yield _row("create: update", "under 1 s of CPU time", updated, measure.median(least))


def _row(case: str, aim: str, found: measure.Cost, least: measure.Cost) -> Row:
    measured = f"{found.cpu:.2f} s ({found.wall:.2f} s passed, {found.peak / 1e6:.0f} MB)"
    return Row(case, aim, 1.0, found.cpu, measured, f"{least.cpu:.2f} s: parsing the document")
