"""How much of a sandbox the user asks for, by $VIDBUILD_SANDBOX."""

from __future__ import annotations

import os

from vidbuild.errors import UsageError
from vidbuild.platforms import SANDBOX

MODES = ("on", "required", "off")


def mode() -> str:
    """Return one of MODES; UsageError if the variable has another value.

    on: as far as the system supports it, the default; required: or nothing runs; off: none.
    """
    chosen = os.environ.get(SANDBOX) or MODES[0]
    if chosen not in MODES:
        raise UsageError(f"${SANDBOX}: expected 'on', 'required' or 'off', got '{chosen}'")
    return chosen


def is_on() -> bool:
    """Return whether to use a sandbox, as far as the system supports it; UsageError if it is required and missing."""
    from vidbuild.engine.sandbox.sandbox import missing

    chosen = mode()
    if chosen == "required" and (why := missing()):
        raise UsageError(f"no sandbox, which ${SANDBOX} requires: {why}")
    return chosen != "off"
