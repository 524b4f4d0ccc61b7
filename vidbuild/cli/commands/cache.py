"""`vidbuild cache`: inspect, verify, trim and clear the cache."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vidbuild.cli import console, options, spec_files
from vidbuild.cli.exit_codes import Exit
from vidbuild.cli.group import SuggestingGroup
from vidbuild.errors import UsageError
from vidbuild.platforms import shell_command
from vidbuild.report import humanize

if TYPE_CHECKING:
    from vidbuild.api.cache import Removed

_LISTED = 12


@click.group(
    "cache", cls=SuggestingGroup, epilog=options.example("vidbuild cache info", "vidbuild cache gc --limit 2GB")
)
def command() -> None:
    """Inspect and trim the project's cache.

    The cache is the folder .vidbuild in the current project, or $VIDBUILD_CACHE.

    You can delete it at any time; the next build recreates what it needs.
    """


@command.command("info", epilog=options.example("vidbuild cache info --json"))
@options.as_json("what the cache holds")
def info(*, as_json: bool) -> int:
    """Show the cache's folder, size and contents."""
    from vidbuild.api.cache import cache_info

    cache = cache_info()
    if as_json:
        console.result_json(cache.to_json())
        return Exit.DONE
    limit = f" of {humanize.size(cache.limit)}" if cache.limit else ""
    rows = [
        ("folder", str(cache.folder)),
        ("found by", cache.found_by),
        ("size", f"{humanize.size(cache.bytes)}{limit}"),
        ("traces", f"{cache.traces:,}"),
        ("blobs", f"{cache.blobs:,}"),
        *([("copies", f"{cache.copies:,}")] if cache.copies else []),
    ]
    console.result(console.columns(rows))
    return Exit.DONE


@command.command("verify", epilog=options.example("vidbuild cache verify"))
@options.as_json("the corrupt files")
def verify(*, as_json: bool) -> int:
    """Read the whole cache and remove corrupt files.

    The next build makes them again.
    """
    from vidbuild.api.cache import cache_verify

    verified = cache_verify()
    if as_json:
        console.result_json(verified.to_json())
    else:
        for line in humanize.first([f"corrupt: {name}" for name in verified.corrupt], _LISTED):
            console.message(line)
        end = f"{len(verified.corrupt)} corrupt and removed" if verified.corrupt else "none corrupt"
        console.result(f"{humanize.count(verified.checked, 'file')} checked, {end}")
    return Exit.DONE


@command.command("gc", epilog=options.example("vidbuild cache gc", "vidbuild cache gc --limit 500MB"))
@click.option(
    "--limit",
    metavar="SIZE",
    callback=options.size,
    help="Size to trim to, such as 2GB or 500MB; default: 10GB.",
)
@options.as_json("what was removed")
def gc(limit: int | None, *, as_json: bool) -> int:
    """Trim the cache to its size limit.

    The least recently used results are removed first.
    """
    from vidbuild.api.cache import cache_gc

    _print_removed(cache_gc(limit), as_json=as_json)
    return Exit.DONE


@command.command("clear", epilog=options.example("vidbuild cache clear --yes"))
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@options.as_json("what was removed")
def clear(*, yes: bool, as_json: bool) -> int:
    """Remove everything in the cache; built videos stay."""
    from vidbuild.api.cache import cache_clear, cache_info

    folder: Path = cache_info().folder
    if not yes and not console.is_terminal(sys.stdin):
        raise UsageError("nothing was removed: no terminal to confirm on", hint="use -y")
    if not yes and not _confirmed(folder):
        console.message("nothing was removed")
        return Exit.DONE
    _print_removed(cache_clear(), as_json=as_json)
    return Exit.DONE


@command.command("keygen", epilog=options.example("vidbuild cache keygen"))
@options.as_json("the keys")
def keygen(*, as_json: bool) -> int:
    """Make a pair of keys for a remote cache.

    The private key belongs into $VIDBUILD_CACHE_KEY of the jobs that may write, such as those of the main branch. The
    public key belongs into the project: 'vidbuild cache trust KEY'. Neither is kept.
    """
    from vidbuild.api.cache_sharing import keygen as new_keys

    keys = new_keys()
    if as_json:
        console.result_json({"private": keys.private, "public": keys.public})
    else:
        console.result(console.columns([("private", keys.private), ("public", keys.public)]))
        console.message("next: " + shell_command("vidbuild", "cache", "trust", keys.public))
        console.message("      and VIDBUILD_CACHE_KEY=the private key, as a secret of the jobs that may write")
    return Exit.DONE


@command.command("trust", epilog=options.example("vidbuild cache trust vidbuild-public:..."))
@click.argument("key")
@options.as_json("the file that the key is in")
def trust(key: str, *, as_json: bool) -> int:
    """Use results that the owner of a public key has signed.

    The key is added to vidbuild.toml, which belongs to the project.
    """
    from vidbuild.api.cache_sharing import trust as add

    file = str(add(key))
    if as_json:
        console.result_json({"file": file, "key": key})
    else:
        console.result(file)
    return Exit.DONE


@command.command(
    "push",
    epilog=options.example("vidbuild cache push talk.yaml", "vidbuild cache push --replace speak:intro talk.yaml"),
)
@options.specs()
@click.option(
    "--replace",
    shell_complete=options.completes("fresh"),
    multiple=True,
    metavar="STEP",
    help="Replace the results of this step, or of every step that matches a pattern, that are there; may be repeated.",
)
@options.as_json("what was written")
def push(specs: Sequence[Path], replace: Sequence[str], *, as_json: bool) -> int:
    """Write results to the remote cache.

    Those of the specs that this machine's cache has; what is there already stays, unless --replace names its step.
    """
    from vidbuild.api.cache_sharing import push as write

    pushed = write(spec_files.resolve_specs(specs), replace)
    if as_json:
        console.result_json(
            {"written": pushed.written, "kept": pushed.kept, "replaced": pushed.replaced, "bytes": pushed.bytes}
        )
    else:
        if not pushed.written and not pushed.kept and not pushed.replaced:
            console.message("nothing to write: this machine's cache has no results of these specs; build them first")
        there = f", {pushed.replaced} replaced" if pushed.replaced else ""
        there += f", {pushed.kept} there before" if pushed.kept else ""
        console.result(f"{humanize.count(pushed.written, 'result')} written, {humanize.size(pushed.bytes)}{there}")
    return Exit.DONE


@command.command("pull", epilog=options.example("vidbuild cache pull talk.yaml"))
@options.specs()
@click.option(
    "--replace",
    shell_complete=options.completes("fresh"),
    multiple=True,
    metavar="STEP",
    help="Fetch also what is cached of this step, or of every step that matches a pattern; may be repeated.",
)
@options.as_json("what was fetched")
def pull(specs: Sequence[Path], replace: Sequence[str], *, as_json: bool) -> int:
    """Fetch results from the remote cache.

    Those of the specs that the next build would make; a build fetches them by itself.
    """
    from vidbuild.api.cache_sharing import pull as read

    fetched, rejected = read(spec_files.resolve_specs(specs), replace)
    if as_json:
        console.result_json({"fetched": fetched, "rejected": rejected})
    else:
        wrong = f", {rejected} rejected" if rejected else ""
        console.result(f"{humanize.count(fetched, 'result')} fetched{wrong}")
    return Exit.DONE


def _confirmed(folder: Path) -> bool:
    """Ask whether to remove everything in the cache; raise UsageError if the input ends without an answer."""
    try:
        return click.confirm(f"remove everything in {folder}?", err=True)
    except click.Abort as error:
        if not isinstance(error.__context__, EOFError):
            raise
        console.message("")  # ends the line of the question
        raise UsageError("nothing was removed: expected y or n, got no answer", hint="use -y") from error


def _print_removed(removed: Removed, *, as_json: bool) -> None:
    if as_json:
        console.result_json(removed.to_json())
    elif removed.busy:
        console.result("nothing was removed: a build is running")
    else:
        kept = f", {humanize.size(removed.kept)} kept" if removed.kept else ""
        console.result(f"{humanize.size(removed.removed)} removed{kept}")
