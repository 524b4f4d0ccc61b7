"""What a build may do now, from what is wished of it: go on, pause, end in peace, end at once. It knows no step."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from math import inf

from vidbuild.engine.graph.options import not_halted
from vidbuild.engine.runs.control import Wish


class RunControl:
    """Asks everybody who may wish something of the build; a wish to cancel is never taken back.

    grace: seconds in which what runs may still end once the build is to be cancelled.
    hurried: asked in those seconds; whether somebody cannot wait for that.
    halted: asked for something to do while all that the build started stands still.
    """

    def __init__(
        self,
        askers: Iterable[Callable[[], Wish]],
        grace: float,
        hurried: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
        halted: Callable[[], Callable[[], None] | None] = not_halted,
    ) -> None:
        self.wish = Wish.GO
        self._askers = tuple(askers)
        self._grace = grace
        self._hurried = hurried
        self._clock = clock
        self.halted = halted
        self._end = inf

    def look(self) -> Wish:
        """The wish that counts now: to cancel before to pause before to go on."""
        if self.wish is not Wish.CANCEL:
            wishes = {ask() for ask in self._askers}
            self.wish = next((wish for wish in (Wish.CANCEL, Wish.PAUSE) if wish in wishes), Wish.GO)
            if self.wish is Wish.CANCEL:
                self._end = self._clock() + self._grace
        return self.wish

    @property
    def patient(self) -> bool:
        """Whether what runs may go on to its end."""
        return self.wish is not Wish.CANCEL or (self._clock() < self._end and not self._hurried())

    def stood_still(self, seconds: float) -> None:
        """So long nothing could run, so that is no part of the grace."""
        self._end += seconds
