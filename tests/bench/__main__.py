"""Measures all cases or some, prints their table, and saves that of all in RESULTS.md: `python -m tests.bench [CASE…]`.

`python -m tests.bench peer ffmpeg` measures beside the same video by hand (see `peer.py`).
`python -m tests.bench against PATH [CASE...]` measures beside another checkout of vidbuild (see `against.py`).
`python -m tests.bench memory SIZE [TYPE…]` measures the largest process of some types of scenes (see `memory.py`).
`python -m tests.bench profile FILE` tells where a build's time went, from what `vidbuild build --events FILE` wrote.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from vidbuild import __version__
from vidbuild.media.ffmpeg import ffmpeg

from . import against, memory, peer, table
from .aims import CASES, Bench
from .floor import processors
from .project import seconds

RESULTS = Path(__file__).with_name("RESULTS.md")
TEXT = """\
# Build costs

Written by `make bench` on {processors} CPUs, with {ffmpeg} and vidbuild {version}.
All figures and their references come from one run. A ratio is the median over several turns, each of which measures
both sides; `tests/bench/aims.py` defines the cases. The physical floor is the time to compose and encode what differs
from the previous frame: bands of rows, each counted as its share of a whole frame.

{rows}
## Where the time goes

A cold build of six scenes of 10 s, 1080p30:

{cold}
One word changed in one of sixty such scenes:

{edit}"""


def main(args: Sequence[str]) -> int:
    """Measure what is asked for; the exit code is 0 whether aims are met or missed."""
    if args[:1] == ["profile"] and len(args) == 2:
        sys.stdout.write(table.of_kinds(seconds(Path(args[1]))))
        return 0
    if args[:1] == ["peer"] and len(args) == 2 and args[1] in peer.PEERS:
        with tempfile.TemporaryDirectory(prefix="vidbuild-bench-") as folder:
            sys.stdout.write(table.of_rows(peer.rows(Path(folder))))
        return 0
    if args[:1] == ["against"] and len(args) > 1:
        with tempfile.TemporaryDirectory(prefix="vidbuild-bench-") as folder:
            for row in against.rows(Path(folder), Path(args[1]), args[2:]):
                sys.stdout.write(table.of_rows([row]))
        return 0
    if args[:1] == ["memory"] and len(args) > 1 and args[1] in memory.SIZES:
        types = [tuple(name.split("+")) for name in args[2:]] or memory.ALL
        with tempfile.TemporaryDirectory(prefix="vidbuild-bench-") as folder:
            sys.stdout.write(table.of_rows(memory.rows(Path(folder), args[1:2], types)))
        return 0
    unknown = [name for name in args if name not in CASES]
    if unknown:
        sys.stderr.write(f"there is no case '{unknown[0]}': {', '.join(CASES)}\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="vidbuild-bench-") as folder:
        bench = Bench(Path(folder))
        rows: list[table.Row] = []
        for name in args or CASES:
            started = time.monotonic()
            rows.extend(CASES[name](bench))
            sys.stderr.write(f"{name}: {time.monotonic() - started:.0f} s\n")
        sys.stdout.write(table.of_rows(rows))
        if not args:
            RESULTS.write_text(_text(bench, rows), encoding="utf-8")
    return 0


def _text(bench: Bench, rows: Sequence[table.Row]) -> str:
    return TEXT.format(
        processors=processors(),
        ffmpeg=" ".join(ffmpeg.identity().split()[:2]),
        version=__version__,
        rows=table.of_rows(rows),
        cold=table.of_kinds(bench.six.seconds()),
        edit=table.of_kinds(bench.sixty[0].seconds()),
    )


sys.exit(main(sys.argv[1:]))
