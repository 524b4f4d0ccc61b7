"""The lines about videos that are sent, for every command that sends them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from vidbuild.cli import console
from vidbuild.report import humanize

if TYPE_CHECKING:
    from vidbuild.api.publish import Place, Published
    from vidbuild.api.result import Result
    from vidbuild.api.spec_args import SpecLike


def line(published: Published) -> str:
    """Return what was sent of one video."""
    sent = published.sent
    if not sent.sent:
        what = f"{humanize.count(len(sent.kept), 'file')} unchanged"
    else:
        what = f"{humanize.count(len(sent.sent), 'file')} sent, {humanize.size(sent.bytes)}"
        what += f", {len(sent.kept)} unchanged" if sent.kept else ""
    return f"published {published.name}: {what}"


class Progress:
    """Shows on a terminal how much of a file was sent."""

    def __init__(self, *, quiet: bool) -> None:
        self._shown = not quiet and console.is_terminal(sys.stderr)

    def __call__(self, key: str, done: int, size: int) -> None:
        """Show the share of a large file, in one line that is written over."""
        if self._shown and done <= size:
            end = "\n" if done == size else ""
            sys.stderr.write(f"\rsending {key}: {100 * done // max(size, 1)} %{end}")
            sys.stderr.flush()


def places(
    specs: Sequence[SpecLike],
    to: str | None,
    brand: str | None,
    *,
    expires: float | None = None,
    strict: bool = False,
) -> list[Place]:
    """Return where the videos of each spec are sent; RemoteError if one of the places cannot be used.

    expires: seconds for which signed addresses shall work. strict: raise SpecError instead of printing warnings.
    """
    from vidbuild.api.publish import destination, exposures, probe
    from vidbuild.api.spec_args import path_of
    from vidbuild.api.strict import refusal

    addresses = [destination(to, spec, brand) for spec in specs]
    warnings = exposures(addresses, path_of(specs[0]))
    if strict and warnings:
        raise refusal(warnings)
    for address in dict.fromkeys(addresses):
        report_exposure(address)
        probe(address, expires=expires)
    return addresses


def report_exposure(address: Place) -> None:
    """Print a warning of a place to which a token is sent without TLS."""
    from vidbuild.api.shared_cache import exposed
    from vidbuild.cli import result_output

    for text in result_output.warning_lines(exposed(address)):
        console.message(text)


def send(
    results: Iterable[Result], addresses: Iterable[Place], expires: float | None = None, *, quiet: bool
) -> list[Published]:
    """Send the videos of the results that are built, each to its place; return what was sent."""
    from vidbuild.api.publish import check_names, publish

    sent: list[Published] = []
    built = [(result, address) for result, address in zip(results, addresses, strict=True) if result.ok]
    check_names(built)
    for result, address in built:
        sent += show(publish([result], address, expires=expires, on_sent=Progress(quiet=quiet)), quiet=quiet)
    return sent


def show(published: Iterable[Published], *, quiet: bool) -> list[Published]:
    """Print what was sent of each video as soon as it is there; return all."""
    found = []
    for each in published:
        found.append(each)
        if not quiet:
            console.message(line(each))
    return found
