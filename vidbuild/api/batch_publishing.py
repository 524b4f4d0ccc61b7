"""Sends the videos of a batch, each once its row is built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vidbuild.api.batch_result import RowResult
from vidbuild.api.publish import destination, probe, publish
from vidbuild.api.result import Result
from vidbuild.batches.reader import Batch
from vidbuild.batches.row import Row
from vidbuild.errors import VidbuildError, fault_of
from vidbuild.remote.address import Address


class Sender:
    """Knows where each row's videos are sent.

    Raises UsageError for a row without an address, and RemoteError for an address that cannot be used.
    """

    def __init__(self, read: Batch, rows: Sequence[Row]) -> None:
        self._outputs = read.folder
        self._addresses = {row.id: _address(row) for row in rows}
        for address in dict.fromkeys(self._addresses.values()):
            probe(address)

    def sent(self, row: Row, result: Result, made: RowResult) -> RowResult:
        """Send a row's videos and return its result with their addresses, or as failed; the videos stay in any case.

        They are in the same folders there as below the batch's outputs.
        """
        folder = row.folder.relative_to(self._outputs).as_posix()
        try:
            sent = list(publish([result], self._addresses[row.id], folder="" if folder == "." else folder))
            return replace(made, urls=tuple(each.url for each in sent))
        except VidbuildError as error:
            errors = (*made.errors, f"publish: {error.message}")
            return replace(made, status="failed", errors=errors, unsent=fault_of(error))


def _address(row: Row) -> Address:
    return destination(row.publish or None, row.spec, row.brand or None)
