"""Regular expressions that are compiled when they are first used.

Those of the reading and of markup are so many that compiling them takes longer than planning a short spec, which uses
few of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    later = re.compile
else:

    class _Later:
        """Looks like a compiled pattern: its attributes are those of the pattern, each looked up once."""

        def __init__(self, pattern: str, flags: int) -> None:
            self._source: tuple[str, int] = pattern, flags
            self._compiled: re.Pattern[str] | None = None

        def __getattr__(self, name: str) -> object:
            self._compiled = self._compiled or re.compile(*self._source)
            value = getattr(self._compiled, name)
            setattr(self, name, value)
            return value

    def later(pattern: str, flags: int = 0) -> _Later:
        """Return a pattern as re.compile does, compiled with its first use. Only its attributes are used."""
        return _Later(pattern, flags)
