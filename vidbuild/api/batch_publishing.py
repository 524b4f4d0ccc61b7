"""Sends the videos of a batch, each as soon as its row is built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vidbuild.api.batch_result import RowResult
from vidbuild.api.publish import destination, probe, publish
from vidbuild.api.result import Result
from vidbuild.batches.row import Row
from vidbuild.remote.address import Address
from vidbuild.remote.client import RemoteError


class Sender:
    """Knows where each row's videos are sent.

    Raises UsageError for a row without an address, and RemoteError for an address that cannot be used.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self._addresses = {row.id: _address(row) for row in rows}
        for address in dict.fromkeys(self._addresses.values()):
            probe(address)

    def sent(self, row: Row, result: Result, made: RowResult) -> RowResult:
        """Send a row's videos and return its result with their addresses, or as failed; the videos stay in any case."""
        try:
            return replace(made, urls=tuple(each.url for each in publish([result], self._addresses[row.id])))
        except RemoteError as error:
            return replace(made, status="failed", errors=(*made.errors, f"publish: {error.message}"))


def _address(row: Row) -> Address:
    return destination(row.publish or None, row.spec, row.brand or None)
