"""Sends the videos of a batch beside its builds, those of a few rows at a time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import replace
from functools import partial

from vidbuild.api.batch_result import RowResult
from vidbuild.api.options import Control, RunControl
from vidbuild.api.publish import OF_PROJECT, destination, exposures, probe, publish
from vidbuild.api.result import Result
from vidbuild.batches.reader import Batch
from vidbuild.batches.row import Row
from vidbuild.errors import VidbuildError, fault_of, os_error_text
from vidbuild.publishing.background import Background
from vidbuild.remote.address import Address

AT_ONCE = 2  # rows whose videos are being sent
POLL = 0.2  # s between looks for a request to cancel
GRACE = 10.0  # s in which what is being sent may end after that

NO_ADDRESS = "add 'publish: s3://BUCKET/FOLDER' to the batch or a brand"

Urls = tuple[str, ...]


class Sender:
    """Knows where each row's videos are sent, and sends them.

    Raises UsageError for a row without an address. warnings: of addresses to which a token is sent without TLS.
    """

    def __init__(self, read: Batch, rows: Sequence[Row], control: RunControl) -> None:
        self._outputs = read.folder
        self._control = control
        self._addresses = {row.id: _address(row) for row in rows}
        self._background: Background[Urls] = Background(AT_ONCE)
        self._sending: dict[str, Future[Urls]] = {}
        self._deadline = 0.0  # of what is being sent, once the batch was cancelled
        self.warnings = exposures(self._addresses.values(), read.path)

    def probe(self) -> None:
        """Try each address, until the batch is cancelled: then nothing is sent. RemoteError if one cannot be used."""
        probes: Background[None] = Background(AT_ONCE)
        left = [probes.add(partial(probe, address)) for address in dict.fromkeys(self._addresses.values())]
        while left and self._control.requested() != Control.CANCEL:
            done, _ = wait(left, POLL, FIRST_COMPLETED)
            for each in done:
                each.result()
                left.remove(each)

    def start(self, row: Row, result: Result) -> None:
        """Begin to send a row's videos, to the same folders there as below the batch's outputs."""
        folder = row.folder.relative_to(self._outputs).as_posix()
        send = partial(_send, result, self._addresses[row.id], "" if folder == "." else folder)
        self._sending[row.id] = self._background.add(send)

    def finish(self, row: Row, made: RowResult) -> RowResult:
        """Wait until a row's videos are sent, and return its result with their addresses, or as failed or cancelled.

        The videos stay where they were built in any case.
        """
        sending = self._sending[row.id]
        while not wait([sending], POLL).done:
            if self._control.requested() == Control.CANCEL and not self._may_go_on():
                break
        del self._sending[row.id]
        if not sending.done() or sending.cancelled():
            hint = "run the batch again with --publish, which sends what is missing"
            return replace(made, status="cancelled", errors=("publish: not sent: cancelled",), hints=(hint,))
        try:
            return replace(made, urls=sending.result())
        except VidbuildError as error:
            return _unsent(made, error.message, error.hint, fault_of(error))
        except OSError as error:  # of this machine
            return _unsent(made, os_error_text(error), None, "step")

    def _may_go_on(self) -> bool:
        """Cancel what waits to be sent; return whether there is time left for what is being sent."""
        self._deadline = self._deadline or time.monotonic() + GRACE
        for each in self._sending.values():
            each.cancel()
        return time.monotonic() < self._deadline


def _unsent(made: RowResult, message: str, hint: str | None, fault: str) -> RowResult:
    """Return the result of a row whose videos could not be sent."""
    hints = (*made.hints, hint) if hint else made.hints
    return replace(made, status="failed", errors=(*made.errors, f"publish: {message}"), hints=hints, unsent=fault)


def _send(result: Result, address: Address, folder: str) -> Urls:
    return tuple(each.url for each in publish([result], address, folder=folder))


def _address(row: Row) -> Address:
    return destination(row.publish or None, row.spec, row.brand or None, hint=f"{NO_ADDRESS}, or {OF_PROJECT}")
