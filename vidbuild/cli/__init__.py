"""The command line: options, a call of the API, an exit code. The only place that prints."""

from __future__ import annotations

from collections.abc import Sequence


def main(args: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (vidbuild.cli.exits)."""
    from vidbuild.cli.app import run

    return run(args)
