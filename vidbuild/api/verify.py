"""Builds a second time from an empty cache, in other surroundings, and compares; it changes nothing but its own folder.

What the cache gave is compared with what is made again: first the outputs as they lie in their folder, byte for byte,
then, to say where a difference comes from, the product of each step in the graph's order.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from vidbuild.api.build import build, build_all
from vidbuild.api.engine import engine_of
from vidbuild.api.options import BuildOptions, RunControl, options_of
from vidbuild.api.plan import Plan, plan_of, store_of
from vidbuild.api.result import OutputFile, Result
from vidbuild.api.spec_args import SpecLike, for_one, path_of
from vidbuild.api.tools import network_steps
from vidbuild.engine.disk import durable
from vidbuild.engine.keys.explain import Explanation
from vidbuild.engine.keys.reasons import compare, summary
from vidbuild.engine.schedule.options import RunOptions
from vidbuild.engine.schedule.target import Target
from vidbuild.engine.store.blobs import SourceChangedError
from vidbuild.engine.store.store import Store
from vidbuild.errors import UsageError, VidbuildError
from vidbuild.frozen import dataclass, replaced
from vidbuild.plan.kinds import KINDS

OTHER_SURROUNDINGS = {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "1"}
SHUFFLED = 1


@dataclass(frozen=True, slots=True)
class Difference:
    """A step whose product is another when it is made again. why: what that comes from, in words.

    repeatable: whether making it once more gave the same again; False means that the step itself is at fault.
    """

    step: str
    file: str
    why: str
    repeatable: bool


@dataclass(frozen=True, slots=True)
class Verified:
    """What became of one spec. built: the build that was verified.

    status: "same"; "different"; "failed", where the second build was not made, error says why; "cancelled";
    "untried", where the first build was none that could be compared. output: the first output that is another, "" where
    only products are. reused: steps of network voices, whose takes cannot be asked for again and were taken over.
    """

    built: Result
    status: str
    output: str = ""
    difference: Difference | None = None
    reused: tuple[str, ...] = ()
    error: str = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether every output is the same from an empty cache."""
        return self.status == "same"

    def to_json(self) -> dict[str, Any]:
        """As JSON values, without the build's own."""
        found = self.difference
        return {
            "status": self.status,
            "outputs": len(self.built.outputs),
            "output": self.output or None,
            "step": found.step if found else None,
            "file": found.file if found else None,
            "why": found.why if found else None,
            "repeatable": found.repeatable if found else None,
            "reused": list(self.reused),
            "error": self.error or None,
            "seconds": self.seconds,
        }


def verify(
    specs: Sequence[SpecLike],
    options: BuildOptions | None = None,
    *,
    control: RunControl | None = None,
    **changes: Any,  # noqa: ANN401 - the values of any fields of BuildOptions
) -> list[Verified]:
    """Build specs as `build_all` does, then each of them once more from an empty cache, and compare their outputs.

    The second build has other jobs, a random order, another time zone and another hash seed. Recorded takes of network
    voices are taken over, since the service need not return the same twice.
    """
    options = options_of(options, changes)
    if options.dry_run:
        raise UsageError("a dry run has no outputs to verify")
    return list(verified(specs, build_all(specs, options, control=control), options, control))


def verified(
    specs: Sequence[SpecLike], results: Sequence[Result], options: BuildOptions, control: RunControl | None = None
) -> Iterator[Verified]:
    """Verify what `build_all` made of these specs with these options, one after the other."""
    by_path = {path_of(spec): spec for spec in specs}
    for result in results:
        if result.ok:
            spec = by_path[result.spec]
            yield _verify(spec, result, for_one(spec, specs, options), control)
        else:
            yield Verified(result, "untried")


def _verify(spec: SpecLike, result: Result, options: BuildOptions, control: RunControl | None) -> Verified:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="vidbuild-verify-") as folder:
        try:
            found = _Second(spec, result, options, control, Path(folder)).verify()
        except VidbuildError as error:
            found = Verified(result, "failed", error=error.message)
        except SourceChangedError as error:
            found = Verified(result, "failed", error=f"the cache's '{error}' changed meanwhile")
        except OSError as error:
            found = Verified(result, "failed", error=f"{durable.os_error_text(error)}: '{error.filename or folder}'")
    seconds = round(time.monotonic() - started, 3)
    return Verified(result, found.status, found.output, found.difference, found.reused, found.error, seconds)


class _Second:
    """The second build of one spec, in a folder of its own."""

    def __init__(
        self, spec: SpecLike, first: Result, options: BuildOptions, control: RunControl | None, folder: Path
    ) -> None:
        self._spec, self._first, self._options, self._folder = spec, first, options, folder
        self._control = control
        self._earlier = store_of(path_of(spec), options.cache)
        self._store = Store(folder / "cache")
        self._plan = plan_of(spec, store=self._store, variables=options.variables, only=options.only)

    def verify(self) -> Verified:
        """Build and compare."""
        reused = tuple(self._take_over())
        second = self._build()
        if not second.ok:
            told = "; ".join(f"{each.step}: {each.error}" for each in second.steps.failed)
            status = "cancelled" if second.status == "cancelled" else "failed"
            return Verified(self._first, status, reused=reused, error=told)
        output = _other(self._first.outputs, second.outputs)
        found = self._difference()
        status = "different" if output else "same"
        return Verified(self._first, status, output, found, reused)

    def _build(self) -> Result:
        options = replaced(
            self._options,
            cache=self._store.root,
            output=self._folder / "build",
            jobs=1 if self._options.workers > 1 else 2,
            shuffle=SHUFFLED,
            env_overrides=OTHER_SURROUNDINGS,
            offline=True,  # all that would need the network was taken over
            fresh=(),
            resume=None,
        )
        return build(self._spec, options, control=self._control)

    def _take_over(self) -> Iterator[str]:
        """Copy what network voices said; yields the steps that said it."""
        online = network_steps(self._plan.graph)
        for each in self._explained(self._store, self._plan):
            trace = self._earlier.trace(each.key) if each.step in online and each.key else None
            if trace is None:
                continue
            self._store.prepare()
            for blob in trace.outputs.values():
                self._store.blobs.copy_in(self._earlier.blobs.path(blob.digest), blob.digest, self._folder)
            self._store.write_trace(trace)
            yield each.step

    def _difference(self) -> Difference | None:
        """The first step, in the graph's order, whose product is another."""
        before = {each.step: each for each in self._explained(self._earlier, self._plan_before())}
        lost = False
        for now in self._explained(self._store, self._plan):
            then = before.get(now.step)
            if then is not None and (self._earlier.trace(then.key) is None if then.key else lost):
                lost = True  # it was not kept, as where the cache cannot be written: there is nothing to compare with
                continue
            file = _other_file(_products(self._earlier, then), _products(self._store, now))
            if file:
                repeatable = self._repeats(now, file)
                return Difference(now.step, file, self._why(then, now, repeatable=repeatable), repeatable)
        return None

    def _plan_before(self) -> Plan:
        """The plan that the first build went by, which may be one that was remembered."""
        options = self._options
        return plan_of(self._spec, store=self._earlier, variables=options.variables, only=options.only, remember=False)

    def _explained(self, store: Store, plan: Plan) -> Sequence[Explanation]:
        return engine_of(store).explain(Target(plan.graph, build_name=plan.entry, goals=plan.targets))

    def _repeats(self, step: Explanation, file: str) -> bool:
        """Whether the step makes the same once more."""
        made = _products(self._store, step).get(file)
        target = Target(self._plan.graph, build_name=self._plan.entry, goals=[step.step])
        (report,) = engine_of(self._store).build([target], RunOptions(fresh=[step.step]))
        again = report.steps[step.step].outputs.get(file)
        return again is not None and again.digest == made

    def _why(self, then: Explanation | None, now: Explanation, *, repeatable: bool) -> str:
        if not repeatable:
            return "it does not make the same bytes twice"
        if then is None or not then.key:
            return "the cache has no step that feeds the outputs so"
        if then.key == now.key:
            return "the cache holds other bytes for the same key"
        step = self._plan.graph.steps[now.step]
        changes = compare(then.material, now.material, step, KINDS[now.kind])
        return f"the cache was asked for another key: {summary(changes)}"


def _products(store: Store, step: Explanation | None) -> Mapping[str, str]:
    """Name -> digest of what the store has for a step."""
    trace = store.trace(step.key) if step is not None and step.key else None
    return {} if trace is None else {name: blob.digest for name, blob in trace.outputs.items()}


def _other_file(one: Mapping[str, str], other: Mapping[str, str]) -> str:
    """The first name whose digest is not the same in both, "" for none."""
    names = sorted({*one, *other})
    return next((name for name in names if one.get(name) != other.get(name)), "")


def _other(one: Sequence[OutputFile], other: Sequence[OutputFile]) -> str:
    """The name of the first output whose file, read as it is now, is another in the two builds; "" for none."""
    ours, theirs = ({each.path.name: each.path for each in outputs} for outputs in (one, other))
    for name in dict.fromkeys(chain(ours, theirs)):
        if name not in ours or name not in theirs or _digest(ours[name]) != _digest(theirs[name]):
            return name
    return ""


def _digest(path: Path) -> str:
    try:
        return durable.hash_file(path)
    except FileNotFoundError:
        return ""
