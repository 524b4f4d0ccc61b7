"""The tools that steps use: what identifies each, and what it allows the steps that use it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from vidbuild.engine.graph import canonical
from vidbuild.engine.store.blobs import signature
from vidbuild.engine.store.digest_cache import DigestCache
from vidbuild.errors import StepError
from vidbuild.frozen import dataclass, field


@dataclass(frozen=True, slots=True)
class Tool:
    """Something outside a step that its bytes depend on. Only the identity is in keys.

    paths: returns the files whose stats show that the identity is still the same; empty if `identify` is cheap.
    identify: returns the identity; may start a process. Raises VidbuildError if the tool cannot be used.
    network: whether the steps that use it may open sockets.
    concurrency: how many steps may use it at a time; None is no limit.
    env: names of the environment variables that its steps receive beside those that every step receives.
    worker: a name for workers that run the steps of this tool alone, so that what is loaded for one step serves the
        next; "" for any worker. With a concurrency of 1, a run has one such worker.
    programs: folders and files that its steps may read and run beside those of the sandbox.
    allowing: returns the tool with what it allows, if finding that out loads code that only its steps need; None if
        all of it is here. What is here already must be true.
    """

    paths: Callable[[], Sequence[Path | str]]
    identify: Callable[[], str]
    network: bool = False
    concurrency: int | None = None
    env: tuple[str, ...] = ()
    worker: str = ""
    programs: tuple[str, ...] = ()
    allowing: Callable[[], Tool] | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """What the tools of one step allow it. None of it is in the step's key.

    network: whether it may open sockets.
    env: names of the environment variables that it receives beside those that every step receives.
    limits: tool -> how many steps may use it at a time, for the tools that have a limit.
    worker: the name of the workers that may run it; "" for those without a name.
    programs: folders and files that it may read and run beside those of the sandbox.
    """

    network: bool = False
    env: tuple[str, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    worker: str = ""
    programs: tuple[str, ...] = ()


def access_of(tools: Mapping[str, Tool], names: Iterable[str]) -> Access:
    """Combine what the named tools allow."""
    named = {name: tools[name] for name in names}
    used = {name: tool if tool.allowing is None else tool.allowing() for name, tool in named.items()}
    return Access(
        network=any(tool.network for tool in used.values()),
        env=tuple(sorted({variable for tool in used.values() for variable in tool.env})),
        limits={name: tool.concurrency for name, tool in used.items() if tool.concurrency is not None},
        worker="+".join(sorted({tool.worker for tool in used.values()} - {""})),
        programs=tuple(sorted({path for tool in used.values() for path in tool.programs})),
    )


class Tools:
    """The identities that one build needs, each looked up once."""

    def __init__(self, tools: Mapping[str, Tool], table: DigestCache) -> None:
        self._tools = tools
        self._table = table
        self._identities: dict[str, str] = {}
        self._accesses: dict[tuple[str, ...], Access] = {}

    def access(self, names: tuple[str, ...]) -> Access:
        """Combine what the named tools allow."""
        if names not in self._accesses:
            self._accesses[names] = access_of(self._tools, names)
        return self._accesses[names]

    def identity(self, name: str) -> str:
        """Return the tool's identity; raise KeyError for an undeclared tool."""
        if name not in self._identities:
            self._identities[name] = self._look_up(name)
        return self._identities[name]

    def _look_up(self, name: str) -> str:
        tool = self._tools[name]
        paths = tool.paths()
        if not paths:
            return tool.identify()
        try:
            signatures = [signature(path) for path in paths]
        except OSError as error:
            raise StepError(f"'{name}' cannot be used: '{error.filename or paths[0]}' does not exist") from error
        # One row stands for all the files: the others' signatures are in its name.
        files = "\0".join(f"{path} {tuple(now)}" for path, now in zip(paths, signatures, strict=True))
        row = f"tool:{name}:{canonical.digest(files)}"
        known = self._table.lookup(row, signatures[0])
        if known is None:
            known = tool.identify()
            self._table.record(row, signatures[0], known)
        return known
