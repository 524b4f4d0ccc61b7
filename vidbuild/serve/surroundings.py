"""What all passes over specs share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vidbuild.api.options import BuildOptions, Control, RunControl
from vidbuild.serve.catalog import Catalog
from vidbuild.serve.stream import Stream


@dataclass(slots=True)
class Surroundings:
    """What all passes share.

    on_look: called after each look at a spec: the files that it names may be others.
    builds: the number of whole builds that were started.
    """

    catalog: Catalog
    stream: Stream
    options: BuildOptions
    on_look: Callable[[], None]
    builds: int = 0


class Cancel(RunControl):
    """Cancels a run once it is useless."""

    def __init__(self, is_useless: Callable[[], bool]) -> None:
        self._is_useless = is_useless

    def requested(self) -> Control:
        """Return whether to go on."""
        return Control.CANCEL if self._is_useless() else Control.RUN
