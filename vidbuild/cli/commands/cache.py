"""`vidbuild cache`: what the cache holds, whether it is sound, and making it smaller."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit
from vidbuild.cli.group import NearestGroup
from vidbuild.errors import UsageError
from vidbuild.report import humanize

if TYPE_CHECKING:
    from vidbuild.api.cache import Removed

_LISTED = 12


@click.group("cache", cls=NearestGroup, epilog=options.example("vidbuild cache info", "vidbuild cache gc --limit 2GB"))
def command() -> None:
    """Look after the project's cache.

    It is the folder .vidbuild in the project here, or $VIDBUILD_CACHE.

    It may be deleted at any time; the next build makes what it needs.
    """


@command.command("info", epilog=options.example("vidbuild cache info --json"))
@options.as_json("what the cache holds")
def info(*, as_json: bool) -> int:
    """Show where the cache is, what it holds and its size."""
    from vidbuild.api.cache import cache_info

    found = cache_info()
    if as_json:
        console.result_json(found.to_json())
        return Exit.DONE
    limit = f" of {humanize.size(found.limit)}" if found.limit else ""
    rows = [
        ("folder", str(found.folder)),
        ("size", f"{humanize.size(found.bytes)}{limit}"),
        ("traces", f"{found.traces:,}"),
        ("blobs", f"{found.blobs:,}"),
    ]
    console.result(console.columns(rows))
    return Exit.DONE


@command.command("verify", epilog=options.example("vidbuild cache verify"))
@options.as_json("what was found")
def verify(*, as_json: bool) -> int:
    """Read the whole cache and remove corrupt files.

    The next build makes them again.
    """
    from vidbuild.api.cache import cache_verify

    found = cache_verify()
    if as_json:
        console.result_json(found.to_json())
    else:
        for line in humanize.first([f"corrupt: {name}" for name in found.corrupt], _LISTED):
            console.say(line)
        end = f"{len(found.corrupt)} corrupt and removed" if found.corrupt else "none corrupt"
        console.result(f"{humanize.count(found.checked, 'file')} checked, {end}")
    return Exit.DONE


@command.command("gc", epilog=options.example("vidbuild cache gc", "vidbuild cache gc --limit 500MB"))
@click.option(
    "--limit",
    metavar="SIZE",
    callback=options.size,
    help="The size to trim to, such as 2GB or 500MB; default: 10GB.",
)
@options.as_json("what was removed")
def gc(limit: int | None, *, as_json: bool) -> int:
    """Trim the cache to its size limit.

    What was used longest ago goes first.
    """
    from vidbuild.api.cache import cache_gc

    _removed(cache_gc(limit), as_json=as_json)
    return Exit.DONE


@command.command("clear", epilog=options.example("vidbuild cache clear --yes"))
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@options.as_json("what was removed")
def clear(*, yes: bool, as_json: bool) -> int:
    """Remove everything in the cache. Videos that were built stay."""
    from vidbuild.api.cache import cache_clear, cache_info

    folder: Path = cache_info().folder
    if not yes and not console.is_terminal(sys.stdin):
        raise UsageError("nothing was removed: there is no terminal to confirm it on", hint="use -y")
    if not yes and not click.confirm(f"remove everything in {folder}?", err=True):
        console.say("nothing was removed")
        return Exit.DONE
    _removed(cache_clear(), as_json=as_json)
    return Exit.DONE


def _removed(found: Removed, *, as_json: bool) -> None:
    if as_json:
        console.result_json(found.to_json())
    elif found.busy:
        console.result("nothing was removed: a build is running")
    else:
        kept = f", {humanize.size(found.kept)} kept" if found.kept else ""
        console.result(f"{humanize.size(found.removed)} removed{kept}")
