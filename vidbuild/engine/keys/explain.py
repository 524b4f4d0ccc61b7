"""Whether each step would run and why, as far as that is known without running any; writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from vidbuild.engine.graph.canonical import Line
from vidbuild.engine.graph.graph import Product
from vidbuild.engine.keys.causes import Causes
from vidbuild.engine.keys.key import KeyMaterial
from vidbuild.engine.keys.lookup import CacheLookup
from vidbuild.engine.keys.reasons import Reason, compare, summary
from vidbuild.errors import StepError
from vidbuild.frozen import dataclass, replaced

_SHOWN = 3

CACHED = "cached"
WILL_RUN = "will run"
MAY_RUN = "may run"
CANNOT_RUN = "cannot run"


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a build would do with a step, and why.

    state: cached, will run, may run, or cannot run (an input does not exist).
    reasons: the step's own reasons, field by field.
    roots: the same, with the reasons of the steps whose outputs changed in place of the changed inputs.
    because: for a step that may run, the steps behind it that will run, or that cannot.
    key, material: known if all inputs are; digest_lines(material) == key.
    last: why the step last ran, in short.
    unchanged: whether its last run reproduced its previous output.
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

    def named(self, prefix: str) -> Explanation:
        """Return the explanation with a text in front of the ids of steps."""
        return replaced(self, step=prefix + self.step, because=[prefix + each for each in self.because])

    def short(self) -> str:
        """Return one line: `render:install  may run: speak:install will`."""
        return f"{self.step}  {self._tail()}"

    def _tail(self) -> str:
        if self.state == MAY_RUN:
            named = ", ".join(self.because[:_SHOWN])
            more = f" ...and {len(self.because) - _SHOWN} more" if len(self.because) > _SHOWN else ""
            return f"{self.state}: {named}{more} will"
        if self.state == CACHED:
            remark = f" (last: {self.last}; rebuilt, same output, stopped here)" if self.unchanged else ""
            return self.state + remark
        return f"{self.state}: {summary(self.roots)}"

    def long(self) -> list[str]:
        """Return the short line, then a line for each reason with the old and the new value."""
        return [self.short(), *(f"  {reason.long()}" for reason in self.reasons)]

    def to_data(self) -> dict[str, Any]:
        """Return the explanation as JSON values."""
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
    """Looks up a graph's steps in order, as a build would.

    fresh: ids of steps that the user forces.
    """

    def __init__(self, lookup: CacheLookup, fresh: Collection[str] = ()) -> None:
        self._lookup = lookup
        self._fresh = fresh
        self._causes = Causes(lookup)
        self._uncached: dict[str, tuple[str, ...]] = {}

    def explain(self) -> list[Explanation]:
        """Return one explanation for each step, in the graph's order."""
        return [self._explain(name) for name in self._lookup.graph.steps]

    def _explain(self, name: str) -> Explanation:
        step = self._lookup.graph.steps[name]
        because = self._because(step.needs())
        if because:
            self._uncached[name] = because
            return self._unknown(name, because)
        try:
            material = self._lookup.material(step)
        except StepError as error:
            self._uncached[name] = (name,)
            reason = Reason("unreadable", error.failure.field, new=error.message)
            return Explanation(name, step.kind, CANNOT_RUN, (reason,), (reason,))
        return self._known(name, material)

    def _known(self, name: str, material: KeyMaterial) -> Explanation:
        key = self._lookup.keys[name] = material.key()
        kind, lines = self._lookup.graph.steps[name].kind, material.lines()
        row = self._lookup.index.row(name)
        fresh = name in self._fresh
        found = None if fresh else self._lookup.find(name, key)
        if found is not None:
            self._lookup.add_product(name, found.outputs)
            last = row if row is not None and row.key == key else None
            if row is not None and last is None:
                self._causes.roots(name, self._causes.direct(name, material, key, row=row))
            reason, unchanged = (last.reason, last.unchanged) if last else ("", False)
            return Explanation(name, kind, CACHED, key=key, material=lines, last=reason, unchanged=unchanged)
        direct = self._causes.direct(name, material, key, row=row, fresh=fresh)
        roots = self._causes.roots(name, direct)
        self._uncached[name] = (name,)
        return Explanation(name, kind, WILL_RUN, direct, roots, key=key, material=lines)

    def _because(self, needs: Iterable[str]) -> tuple[str, ...]:
        """Return the steps behind a step's inputs that will run, or that cannot."""
        groups = dict.fromkeys(self._uncached[need] for need in needs if need in self._uncached)
        if len(groups) == 1:
            return next(iter(groups))  # shared, not copied: a long chain of steps has one cause
        return tuple(dict.fromkeys(step for group in groups for step in group))

    def _unknown(self, name: str, because: tuple[str, ...]) -> Explanation:
        """Explain a step whose key depends on steps that run; what is known of its material is compared."""
        step = self._lookup.graph.steps[name]
        row = self._lookup.index.row(name)
        if name in self._fresh:
            reasons: tuple[Reason, ...] = (Reason("fresh"),)
        elif row is None:
            reasons = (Reason("new"),)
        else:
            reasons = self._known_changes(name, row.key)
        state = WILL_RUN if name in self._fresh else MAY_RUN
        if state == WILL_RUN:
            self._uncached[name] = (*because, name)
        return Explanation(name, step.kind, state, reasons, reasons, because)

    def _known_changes(self, name: str, old_key: str) -> tuple[Reason, ...]:
        step = self._lookup.graph.steps[name]
        trace = self._lookup.cache.trace(old_key)
        if trace is None:
            return ()
        unknown = {
            role
            for role, source in step.inputs.items()
            if isinstance(source, Product) and source.step in self._uncached
        }
        kind = self._lookup.kinds[step.kind]
        inputs = {role: trace.inputs.get(role, "") for role in unknown}
        try:
            material = self._lookup.material(step, inputs)
        except StepError:
            return ()
        return tuple(compare(trace.material, material.lines(), step, kind))
