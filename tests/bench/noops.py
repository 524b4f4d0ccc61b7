"""Builds steps that do nothing: `python noops.py COUNT FOLDER`, so that what a step costs beside itself is left."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from vidbuild.engine.graph.context import Context


def make(context: Context) -> None:
    """Make the least that a step can make."""
    (context.out / "made").write_bytes(b"")


def main() -> int:
    """Build so many of them in a cache in the folder, which must be new."""
    from vidbuild.engine.graph.graph import Graph, Kind, Step
    from vidbuild.engine.schedule.engine import Engine
    from vidbuild.engine.schedule.target import Target
    from vidbuild.engine.store.store import Store

    count, folder = int(sys.argv[1]), Path(sys.argv[2])
    env = {"PATH": os.defpath, "PYTHONPATH": str(Path(__file__).resolve().parent)}
    engine = Engine(Store(folder), {"noop": Kind("noop", 1, "noops:make")}, {}, env)
    graph = Graph.of({f"s{n}": Step(f"s{n}", "noop", {"number": n}) for n in range(count)})
    (report,) = engine.build([Target(graph)])
    return int(len(report.ran) != count)


if __name__ == "__main__":
    sys.exit(main())
