"""Everything that comes from a Dask cluster during a run, as news for one queue; and what is sent to it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidbuild.dask_executor import on_worker
from vidbuild.dask_executor.errors import explained
from vidbuild.engine.worker import protocol
from vidbuild.engine.worker.protocol import Answer, ProtocolError, StepFailure
from vidbuild.errors import Failure

_BETWEEN_LOOKS = 1.0  # s: how soon a lost worker is noticed
_MOST_TROUBLE = 5  # looks at the scheduler that may fail one after the other
_POLL = 0.1
_LAG = 5.0  # s after which a file system must show here what another machine has written
_CLOSING = 5.0  # s that closing a run may take


@dataclass(frozen=True)
class Interim:
    """A line of the worker protocol about an attempt that goes on."""

    key: str
    line: str


@dataclass(frozen=True)
class Answered:
    """How an attempt ended.

    is_unopened: the process at the worker's address has not opened the run, or not with the code that it has now.
    """

    key: str
    answer: Answer
    is_unopened: bool = False


@dataclass(frozen=True)
class Threads:
    """The workers that there are now, and their threads."""

    threads: Mapping[str, int]


@dataclass(frozen=True)
class Described:
    """What a worker said of itself (on_worker.open_run), or why it could not."""

    address: str
    described: Mapping[str, Any] | str


@dataclass(frozen=True)
class Lost:
    """The scheduler is gone."""

    why: str


@dataclass(frozen=True)
class Wake:
    """No news of the cluster: the loop that waits for some has something else to do."""


News = Interim | Answered | Threads | Described | Lost | Wake


class Watch:
    """Watches a cluster for one run, in threads.

    opening: what `open_run` gets on each worker.
    put: called with all news, from any thread.
    """

    def __init__(self, client: Any, run: str, opening: Mapping[str, Any], put: Callable[[News], None]) -> None:  # noqa: ANN401 - Dask's class
        self._client = client
        self._run = run
        self._opening = opening
        self._put = put
        self._closed = threading.Event()
        client.subscribe_topic(on_worker.TOPIC, self._interim)
        threading.Thread(target=self._look, name="vidbuild workers", daemon=True).start()

    def _interim(self, event: tuple[float, tuple[str, str]]) -> None:
        key, line = event[1]
        if key.startswith(self._run):
            self._put(Interim(key, line))

    def _look(self) -> None:
        trouble = 0
        while not self._closed.is_set():
            try:
                threads = self._client.nthreads()
            except Exception as error:  # noqa: BLE001 - Dask raises what its transports raise
                trouble += 1
                if trouble >= _MOST_TROUBLE or self._client.status == "closed":
                    self._put(Lost(explained(error)))
                    return
            else:
                trouble = 0
                self._put(Threads(dict(threads)))
            self._closed.wait(_BETWEEN_LOOKS)

    def open_on(self, addresses: Iterable[str]) -> None:
        """Open the run on workers; each is news once it has answered."""
        for address in addresses:
            threading.Thread(target=self._open, args=(address,), daemon=True).start()

    def _open(self, address: str) -> None:
        described: Mapping[str, Any] | str
        try:
            found = self._client.run(on_worker.open_run, self._opening, workers=[address])[address]
            described = {**found, "sees": found["sees"] and self._sees(found["id"])}
        except ModuleNotFoundError as error:
            described = f"it has no {error.name}"
        except Exception as error:  # noqa: BLE001 - whatever is wrong there, this worker cannot be used
            described = f"it cannot prepare the run: {explained(error)}"
        if not self._closed.is_set():
            self._put(Described(address, described))

    def _sees(self, worker: str) -> bool:
        """Whether what a worker wrote into the run's folder is here, as soon as the file system shows it."""
        path = Path(self._opening["folder"]) / f"{on_worker.SEEN}-{worker}"
        deadline = time.monotonic() + _LAG
        while not path.exists():
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL)
        return True

    def submit(self, key: str, arguments: tuple[Any, ...], address: str) -> Any:  # noqa: ANN401 - Dask's future
        """Run a step on one worker; its end is news."""
        future = self._client.submit(
            on_worker.run_step, *arguments, key=key, workers=[address], allow_other_workers=False, pure=False, retries=0
        )
        future.add_done_callback(lambda done: self._answer(key, done))
        return future

    def _answer(self, key: str, future: Any) -> None:  # noqa: ANN401 - Dask's future
        if future.cancelled():  # by us, or because the scheduler is gone
            return
        is_unopened = False
        try:
            answer = protocol.read(future.result().encode())
        except on_worker.NotOpenError as error:
            is_unopened = True
            answer = StepFailure(Failure(str(error), transient=True))
        except ProtocolError:
            answer = StepFailure(Failure("invalid message from worker", fault="bug"))
        except Exception as error:  # noqa: BLE001 - Dask raises what its transports raise
            why = f"the worker's answer was lost: {type(error).__name__}: {explained(error)}"
            answer = StepFailure(Failure(why, transient=True))
        if not self._closed.is_set():
            self._put(Answered(key, answer, is_unopened))

    @staticmethod
    def forget(future: Any) -> None:  # noqa: ANN401 - Dask's future
        """No longer wait for a step."""
        if future is not None:
            with contextlib.suppress(Exception):  # the scheduler may be gone
                future.cancel()

    def close(self, addresses: list[str]) -> None:
        """Close the run on workers that have it open, in bounded time; no further news."""
        self._closed.set()
        with contextlib.suppress(Exception):
            self._client.unsubscribe_topic(on_worker.TOPIC)
        if not addresses:
            return
        closing = threading.Thread(target=self._close_on, args=(addresses,), daemon=True)
        closing.start()
        closing.join(_CLOSING)

    def _close_on(self, addresses: list[str]) -> None:
        with contextlib.suppress(Exception):
            self._client.run(on_worker.close_run, self._run, workers=addresses, on_error="ignore")
