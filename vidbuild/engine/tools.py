"""The identities of the tools that steps use, asked for only when a tool's file is new; it knows no tool."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from vidbuild.engine.blobs import signature
from vidbuild.engine.files import FileTable


@dataclass(frozen=True, slots=True)
class Tool:
    """Something outside a step that its bytes depend on.

    path: the file whose stat tells that the identity is still the same; None where asking is cheap anyway.
    identify: the identity itself; may start a process. Raises VidbuildError where the tool cannot be used.
    """

    path: Callable[[], Path | None]
    identify: Callable[[], str]


class Tools:
    """The identities needed by one build, each looked up once."""

    def __init__(self, tools: Mapping[str, Tool], table: FileTable) -> None:
        self._tools = tools
        self._table = table
        self._found: dict[str, str] = {}

    def identity(self, name: str) -> str:
        """The tool's identity; KeyError for a tool that nobody declared."""
        if name not in self._found:
            self._found[name] = self._look_up(name)
        return self._found[name]

    def _look_up(self, name: str) -> str:
        tool = self._tools[name]
        path = tool.path()
        if path is None:
            return tool.identify()
        row = f"tool:{name}:{path}"
        now = signature(path)
        known = self._table.lookup(row, now)
        if known is None:
            known = tool.identify()
            self._table.record(row, now, known)
        return known
