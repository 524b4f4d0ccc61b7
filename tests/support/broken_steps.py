"""Steps that are not what a step has to be: they ask chance, the clock's zone or the hash seed. Workers run them."""

from __future__ import annotations

import os

from vidbuild.engine.graph.context import Context
from vidbuild.steps import captions, report, timeline


def random_captions(context: Context) -> None:
    """Make captions that are others each time."""
    captions.run(context)
    with (context.out / "captions.srt").open("ab") as file:
        file.write(os.urandom(8).hex().encode())


def captions_of_a_zone(context: Context) -> None:
    """Make captions that depend on the time zone and on the hash seed."""
    captions.run(context)
    with (context.out / "captions.vtt").open("a", encoding="utf-8") as file:
        file.write(f"{os.environ['TZ']} {os.environ['PYTHONHASHSEED']}")


def random_times(context: Context) -> None:
    """Make a file that no step reads and that differs each time."""
    timeline.run(context)
    (context.out / "note").write_bytes(os.urandom(8))


def random_report(context: Context) -> None:
    """Make a page that is another each time."""
    report.run(context)
    with (context.out / "report.html").open("ab") as file:
        file.write(os.urandom(8).hex().encode())
