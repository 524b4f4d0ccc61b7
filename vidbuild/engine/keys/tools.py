"""The identities of the tools that steps use, asked for only when a tool's file is new; it knows no tool."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from vidbuild.engine.graph import canonical
from vidbuild.engine.store.blobs import signature
from vidbuild.engine.store.digest_cache import DigestCache
from vidbuild.errors import StepError
from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Tool:
    """Something outside a step that its bytes depend on.

    paths: the files whose stats tell that the identity is still the same; none of them where asking is cheap anyway.
    identify: the identity itself; may start a process. Raises VidbuildError where the tool cannot be used.
    """

    paths: Callable[[], Sequence[Path | str]]
    identify: Callable[[], str]


class Tools:
    """The identities needed by one build, each looked up once."""

    def __init__(self, tools: Mapping[str, Tool], table: DigestCache) -> None:
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
        paths = tool.paths()
        if not paths:
            return tool.identify()
        try:
            signatures = [signature(path) for path in paths]
        except OSError as error:
            raise StepError(f"'{name}' cannot be used: '{error.filename or paths[0]}' is not there") from error
        # One row tells of all the files: the others' signatures are in its name.
        told = "\0".join(f"{path} {tuple(now)}" for path, now in zip(paths, signatures, strict=True))
        row = f"tool:{name}:{canonical.digest(told)}"
        known = self._table.lookup(row, signatures[0])
        if known is None:
            known = tool.identify()
            self._table.record(row, signatures[0], known)
        return known
