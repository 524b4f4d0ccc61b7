"""One build: looks every step up, has those run that must, and reports how each ended; it knows nothing of how."""

from __future__ import annotations

from collections.abc import Callable

from vidbuild.engine.graph.options import Options
from vidbuild.engine.graph.step_state import State
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.schedule.build_state import BuildState


def build(standing: BuildState, options: Options, drive: Callable[[], bool], save: Callable[[], bool]) -> BuildReport:
    """Build everything that can be; a failing step is told in the report, not raised.

    drive: has ready steps run until none is left or may be started; whether that was cut short by a wish to cancel.
    It is called only where a step has to run. save: puts what is known now on the disk; whether it is there.
    """
    telling, board = standing.telling, standing.board
    telling.begin(options.entry, options.jobs, first=standing.ledger.index.empty)
    cancelled = False
    try:
        standing.look_at_all()
        if options.continues:
            telling.restored(options.continues, len(board.states) - board.unfinished, board.unfinished)
        if board.unfinished and not standing.stopping:
            cancelled = drive()
        standing.abort_rest()
    finally:
        saved = save()
    if saved and board.count(State.BUILT):
        telling.saved()
    return telling.report(standing.ledger.store.blobs, cancelled=cancelled)
