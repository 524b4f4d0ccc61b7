"""Says for each step whether it would run and why, from what is known without running; it writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from vidbuild.engine.graph.canonical import Line
from vidbuild.engine.graph.graph import Product
from vidbuild.engine.keys.causes import Causes
from vidbuild.engine.keys.key import KeyMaterial
from vidbuild.engine.keys.lookup import CacheLookup
from vidbuild.engine.keys.reasons import Reason, compare, summary
from vidbuild.errors import StepError

_SHOWN = 3

CACHED = "cached"
WILL_RUN = "will run"
MAY_RUN = "may run"
CANNOT_RUN = "cannot run"


@dataclass(frozen=True, slots=True)
class Explanation:
    """What would happen to a step and why.

    state: cached, will run, may run or cannot run (an input is not there).
    reasons: its own, field by field. roots: those of what feeds it, where an input changed because of them.
    because: of a step that may run, the steps that will run (or cannot) and that it depends on.
    key, material: what its key is made of, where all inputs are known; digest_lines(material) == key.
    last: why it last ran, in short; unchanged: that run gave the output it had before.
    """

    step: str
    kind: str
    state: str
    reasons: Sequence[Reason] = ()
    roots: Sequence[Reason] = ()
    because: Sequence[str] = ()
    key: str = ""
    material: Sequence[Line] = ()
    last: str = ""
    unchanged: bool = False

    def short(self) -> str:
        """One line: `render:install  may run: speak:install will`."""
        return f"{self.step}  {self._tail()}"

    def _tail(self) -> str:
        if self.state == MAY_RUN:
            named = ", ".join(self.because[:_SHOWN])
            more = f" ...and {len(self.because) - _SHOWN} more" if len(self.because) > _SHOWN else ""
            return f"{self.state}: {named}{more} will"
        if self.state == CACHED:
            note = f" (last: {self.last}; rebuilt, same output, stopped here)" if self.unchanged else ""
            return self.state + note
        return f"{self.state}: {summary(self.roots)}"

    def long(self) -> list[str]:
        """The short line, then a line for each reason with the old and the new value."""
        return [self.short(), *(f"  {reason.long()}" for reason in self.reasons)]

    def to_data(self) -> dict[str, Any]:
        """The explanation as JSON values, whole."""
        return {
            "step": self.step,
            "kind": self.kind,
            "state": self.state,
            "reasons": [reason.to_data() for reason in self.reasons],
            "roots": [reason.to_data() for reason in self.roots],
            "because": list(self.because),
            "key": self.key,
            "material": [list(line) for line in self.material],
            "last": self.last,
            "unchanged": self.unchanged,
        }


class Explainer:
    """Looks at a graph's steps in order, as a build would, and goes no further."""

    def __init__(self, ledger: CacheLookup, fresh: Collection[str] = ()) -> None:
        self._ledger = ledger
        self._fresh = fresh
        self._causes = Causes(ledger)
        self._open: dict[str, tuple[str, ...]] = {}

    def explain(self) -> list[Explanation]:
        """One explanation for each step, in the graph's order."""
        return [self._explain(name) for name in self._ledger.graph.steps]

    def _explain(self, name: str) -> Explanation:
        step = self._ledger.graph.steps[name]
        because = self._because(step.needs())
        if because:
            self._open[name] = because
            return self._unknown(name, because)
        try:
            material = self._ledger.material(step)
        except StepError as error:
            self._open[name] = (name,)
            reason = Reason("unreadable", error.failure.field, new=error.message)
            return Explanation(name, step.kind, CANNOT_RUN, (reason,), (reason,))
        return self._known(name, material)

    def _known(self, name: str, material: KeyMaterial) -> Explanation:
        key = self._ledger.keys[name] = material.key()
        kind, lines = self._ledger.graph.steps[name].kind, material.lines()
        row = self._ledger.index.row(name)
        fresh = name in self._fresh
        found = None if fresh else self._ledger.find(name, key)
        if found is not None:
            self._ledger.settle(name, found.outputs)
            last = row if row is not None and row.key == key else None
            if row is not None and last is None:
                self._causes.follow(name, self._causes.direct(name, material, key, row=row))
            reason, unchanged = (last.reason, last.unchanged) if last else ("", False)
            return Explanation(name, kind, CACHED, key=key, material=lines, last=reason, unchanged=unchanged)
        direct = self._causes.direct(name, material, key, row=row, fresh=fresh)
        roots = self._causes.follow(name, direct)
        self._open[name] = (name,)
        return Explanation(name, kind, WILL_RUN, direct, roots, key=key, material=lines)

    def _because(self, needs: Iterable[str]) -> tuple[str, ...]:
        """The steps that run for sure, or cannot, behind those that feed a step."""
        groups = dict.fromkeys(self._open[need] for need in needs if need in self._open)
        if len(groups) == 1:
            return next(iter(groups))  # shared, not copied: a long chain of steps has one cause
        return tuple(dict.fromkeys(step for group in groups for step in group))

    def _unknown(self, name: str, because: tuple[str, ...]) -> Explanation:
        """A step whose key depends on what will be made; what is known of it is compared all the same."""
        step = self._ledger.graph.steps[name]
        row = self._ledger.index.row(name)
        if name in self._fresh:
            reasons: tuple[Reason, ...] = (Reason("fresh"),)
        elif row is None:
            reasons = (Reason("new"),)
        else:
            reasons = self._known_changes(name, row.key)
        state = WILL_RUN if name in self._fresh else MAY_RUN
        if state == WILL_RUN:
            self._open[name] = (*because, name)
        return Explanation(name, step.kind, state, reasons, reasons, because)

    def _known_changes(self, name: str, old_key: str) -> tuple[Reason, ...]:
        step = self._ledger.graph.steps[name]
        trace = self._ledger.cache.trace(old_key)
        if trace is None:
            return ()
        unknown = {
            role for role, source in step.inputs.items() if isinstance(source, Product) and source.step in self._open
        }
        kind = self._ledger.kinds[step.kind]
        inputs = {role: trace.inputs.get(role, "") for role in unknown}
        try:
            material = self._ledger.material(step, inputs)
        except StepError:
            return ()
        return tuple(compare(trace.material, material.lines(), step, kind))
