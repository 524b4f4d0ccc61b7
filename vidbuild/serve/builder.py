"""Builds specs after edits, one at a time, in a thread."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from vidbuild.api.engine import keep_workers
from vidbuild.api.options import BuildOptions
from vidbuild.frozen import replaced
from vidbuild.serve.catalog import Catalog
from vidbuild.serve.passes import Pass
from vidbuild.serve.previews import Previews
from vidbuild.serve.stream import Stream
from vidbuild.serve.surroundings import Surroundings
from vidbuild.serve.working_folder import is_entered, is_gone

TICK = 5.0  # seconds between two looks at the installed code
IDLE = 300.0  # seconds after the last build in which workers, with the voices that they have loaded, are kept
FIRST_QUIET, QUIET, LONGEST_WAIT = 0.03, 0.4, 1.5  # seconds: see Builder._let_settle
_IMPATIENCE = 3  # passes in a row that show nothing, after which a picture is shown although there is a newer edit
PAUSE = 1.0  # seconds after a build in which nothing is edited, before garbage is collected
_SELDOM = 1000  # collections of middle-aged objects before one of all, which takes a tenth of a second
GRACE = 1.0  # seconds in which running steps of a useless build may finish


class Builder:
    """One thread that builds what `edited` names, the latest edit first.

    options: of every build.
    on_bug: called with an exception that no user caused.
    on_look: called after each look at a spec.
    is_stale: returns whether code has changed that this process has loaded; nothing more is built then.
    """

    def __init__(
        self,
        catalog: Catalog,
        stream: Stream,
        options: BuildOptions,
        on_bug: Callable[[Exception], None],
        on_look: Callable[[], None] = lambda: None,
        is_stale: Callable[[], bool] = lambda: False,
    ) -> None:
        self._catalog = catalog
        self._on_bug = on_bug
        self._is_stale = is_stale
        self._around = Surroundings(catalog, stream, replaced(options, grace=GRACE), on_look)
        self._condition = threading.Condition()
        self._queue: dict[Path, bool] = {}  # spec -> whether it is built although nothing has changed; latest last
        self._generation: dict[Path, int] = {}
        self._stopping = False
        self._busy = False
        self._folder = Path.cwd()
        self._in_vain = 0  # passes in a row that a newer edit made useless
        self._thread = threading.Thread(target=self._work, name="vidbuild builder", daemon=True)

    def start(self) -> None:
        """Start the thread, which builds every spec."""
        self.edited(list(reversed(self._catalog.specs)), force=True)
        self._thread.start()

    def edited(self, specs: Sequence[Path], *, force: bool = False) -> None:
        """Build specs again, and cancel what that makes useless; force: even if they say what they said before."""
        with self._condition:
            for spec in specs:
                self._generation[spec] = self._generation.get(spec, 0) + 1
                self._queue[spec] = self._queue.pop(spec, False) or force
            self._condition.notify()

    def prefer(self, spec: Path) -> None:
        """Build a spec next, if it waits for that: its page was opened."""
        with self._condition:
            if spec in self._queue:
                self._queue[spec] = self._queue.pop(spec)

    def stop(self, timeout: float = 15.0) -> None:
        """Cancel what is being built, and wait for the thread."""
        with self._condition:
            self._stopping = True
            self._condition.notify()
        if self._thread.is_alive():
            self._thread.join(timeout)

    @property
    def builds(self) -> int:
        """The number of whole builds that were started."""
        return self._around.builds

    @property
    def idle(self) -> bool:
        """Whether nothing is being built or waits for it."""
        with self._condition:
            return not self._queue and not self._busy

    def _is_useless(self, spec: Path, generation: int) -> bool:
        """Return whether a newer edit of a spec, or the end, makes its build useless."""
        return self._stopping or self._generation.get(spec) != generation

    def _work(self) -> None:
        workers, thresholds = keep_workers(), gc.get_threshold()
        gc.set_threshold(*thresholds[:2], _SELDOM)  # `_wait` collects when no page waits for a picture
        try:
            self._build_all(workers.close_if_idle)
        finally:
            gc.set_threshold(*thresholds)
            workers.close()

    def _build_all(self, close_if_idle: Callable[[float], None]) -> None:
        is_warm = False
        while True:
            with self._condition:
                self._busy = False
            if not is_warm and not self._queue and not self._stopping:
                is_warm = self._warm_up()
            self._wait(close_if_idle)
            with self._condition:
                if self._stopping:
                    return
                self._busy = True
                spec, force = self._queue.popitem()
                generation = self._generation[spec]
            if self._is_stale():
                return
            is_useless = partial(self._is_useless, spec, generation)
            own = Pass(self._around, spec, is_useless, force=force, patient=self._in_vain >= _IMPATIENCE)
            try:
                if is_entered(self._folder):
                    own.run()
                else:
                    own.wait()
            except Exception as error:  # noqa: BLE001 - a bug must not end the builder
                if is_gone():  # removed during the pass
                    own.wait()
                else:
                    self._on_bug(error)
                    own.fail()
            self._in_vain = self._in_vain + 1 if self._is_useless(spec, generation) else 0

    def _wait(self, close_if_idle: Callable[[float], None]) -> None:
        """Wait until there is something to build, or that is to stop."""
        pause = PAUSE
        while True:
            with self._condition:
                if not self._queue and not self._stopping:
                    self._condition.wait(pause)
                if self._stopping:
                    return
                if self._queue:
                    self._let_settle()
                    return
            if pause == PAUSE:
                gc.collect()
            pause = TICK
            close_if_idle(IDLE)
            if (
                self._is_stale()
            ):  # without the lock: edits and requests must not wait for a look at all files of the code
                self._stopping = True

    def _warm_up(self) -> bool:
        """Start a worker, so that the first edit does not have to wait for that; return whether it was tried."""
        video = next((each for each in self._around.catalog.videos() if each.live is not None), None)
        if video is None:
            return False
        generation = self._generation[video.spec]
        own = Previews(self._around, partial(self._is_useless, video.spec, generation))
        try:
            own.warm_up(video)
        except Exception as error:  # noqa: BLE001 - as above
            self._on_bug(error)
        return True

    def _let_settle(self) -> None:
        """Wait until no more edits come, after passes that edits made useless; the first edit is never kept waiting."""
        if not self._in_vain:
            return
        quiet, end = min(FIRST_QUIET * 2**self._in_vain, QUIET), time.monotonic() + LONGEST_WAIT
        while not self._stopping and time.monotonic() < end:
            before = sum(self._generation.values())
            self._condition.wait(quiet)
            if sum(self._generation.values()) == before:
                return
