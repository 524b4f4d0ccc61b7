"""Which workers of a cluster a run may use: those that make the same bytes as this machine, in the same store."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_PACKAGE = "vidbuild"
_DIGEST = re.compile(r"[0-9a-f]{16,}")


@dataclass
class WorkerEntry:
    """A worker that can be used.

    address: its own in the cluster, which a worker that takes its place does not have.
    label: what messages call it.
    slots: steps that it can run at a time.
    steps: keys of the attempts that it runs.
    """

    address: str
    label: str
    slots: int
    steps: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Expected:
    """What a worker must have. tools: name -> identity; sandboxed: whether steps must be restricted."""

    package: str
    tools: Mapping[str, str]
    sandboxed: bool


class Roster:
    """The workers by their addresses in the cluster.

    refused: label -> why it is not used, of all that ever were refused.
    """

    def __init__(self, expected: Expected) -> None:
        self._expected = expected
        self._known: dict[str, int] = {}
        self.usable: dict[str, WorkerEntry] = {}
        self.refused: dict[str, str] = {}
        self.pending: set[str] = set()

    @property
    def slots(self) -> int:
        """The steps that all usable workers together can run at a time."""
        return sum(each.slots for each in self.usable.values())

    def update(self, threads: Mapping[str, int]) -> tuple[list[str], list[WorkerEntry]]:
        """Note which workers there are, and their threads; return those that are new, and those that are lost."""
        new = [address for address in threads if address not in self._known]
        gone = [address for address in self._known if address not in threads]
        self._known = dict(threads)
        self.pending = (self.pending | set(new)) - set(gone)
        return new, [self.usable.pop(address) for address in gone if address in self.usable]

    def forget(self, worker: WorkerEntry) -> bool:
        """Forget a worker, so that whatever is at its address is new at the next update; False if it was before."""
        if self.usable.get(worker.address) is not worker:
            return False
        del self.usable[worker.address]
        self._known.pop(worker.address, None)
        return True

    def describe(self, address: str, described: Mapping[str, Any] | str) -> None:
        """Note what a worker said of itself, or why it could not."""
        self.pending.discard(address)
        if address not in self._known:
            return
        if isinstance(described, str):
            self.refused[f"'{address}'"] = described
            return
        label = _label(address, described)
        if why := self._difference(described):
            self.refused[label] = why
        else:
            self.usable[address] = WorkerEntry(address, label, self._known[address])

    def choose(self, preferred: str = "") -> WorkerEntry:
        """Return a worker with a free slot, the one with most of them; preferred: an address that is taken if free."""
        free = [each for each in self.usable.values() if len(each.steps) < each.slots]
        return max(free, key=lambda each: (each.address == preferred, each.slots - len(each.steps)))

    def _difference(self, described: Mapping[str, Any]) -> str:
        """Return the first thing in which a worker differs; "" if there is none."""
        if described["package"] != self._expected.package:
            return _differs(_PACKAGE, described["package"], self._expected.package)
        if not described["sees"]:
            return "it does not see the cache's folder, which all machines must share at the same path"
        return self._tool_difference(described["tools"]) if described["tools"] else ""

    def _tool_difference(self, tools: Mapping[str, Any]) -> str:
        if "error" in tools:
            return f"it cannot describe its tools: {tools['error']}"
        found = {_PACKAGE: tools["package"], **tools["identities"]}
        for name, wanted in {_PACKAGE: self._expected.package, **self._expected.tools}.items():
            if found.get(name, "none") != wanted:
                return _differs(name, found.get(name, "none"), wanted)
        if self._expected.sandboxed and tools["sandbox"] is None:
            return "its steps would not be sandboxed, and those of this machine are"
        return ""


def _differs(name: str, found: str, wanted: str) -> str:
    return f"its {name} is '{_short(found)}', and here it is '{_short(wanted)}'"


def _short(identity: str) -> str:
    """Return an identity with digests that a person can compare."""
    return _DIGEST.sub(lambda match: match[0][:12], identity)


def _label(address: str, described: Mapping[str, Any]) -> str:
    """Return a name that a person finds again: the worker's own if it has one, its host and its address."""
    name, host = described["name"], described["host"]
    named = f"'{name}'" if name != address else f"'{address}'"
    return f"{named} on {host}" if name != address else f"{named} ({host})"
