"""Verifies builds: rebuilds from an empty cache in a different environment, and compares outputs and step results.

The output files are compared byte for byte. To find the cause of a difference, the results of the steps are compared
too, in the graph's order.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from vidbuild.api.build import build, build_all
from vidbuild.api.engine import engine_of
from vidbuild.api.options import BuildOptions, RunControl, options_of
from vidbuild.api.output_place import name_of_file
from vidbuild.api.plan import Plan, plans_of, store_of
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
from vidbuild.errors import UsageError, VidbuildError, os_error_text
from vidbuild.frozen import dataclass, replaced
from vidbuild.plan.kinds import KINDS

OTHER_ENV = {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "1"}
SHUFFLE_SEED = 1


@dataclass(frozen=True, slots=True)
class Difference:
    """A step whose result differs when it is rebuilt.

    file: the first of its files that differs.
    why: the cause, in words.
    repeatable: whether a third run gave the second run's result; False means that the step is not reproducible.
    """

    step: str
    file: str
    why: str
    repeatable: bool


@dataclass(frozen=True, slots=True)
class Verification:
    """The verification of one spec's build.

    built: the build that was verified.
    status: "failed" if the second build failed, for the reason in `error`; "untried" if the first one had failed.
    output: the name of the first output that differs, "" if none does.
    difference: the first step whose result differs, even if no output does.
    reused: steps of network voices, whose results were copied: a service may return different audio each time.
    """

    built: Result
    status: Literal["same", "different", "failed", "cancelled", "untried"]
    output: str = ""
    difference: Difference | None = None
    reused: tuple[str, ...] = ()
    error: str = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether every output is the same when rebuilt from an empty cache."""
        return self.status == "same"

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values, without the build's own."""
        difference = self.difference
        return {
            "status": self.status,
            "outputs": len(self.built.outputs),
            "output": self.output or None,
            "step": difference.step if difference else None,
            "file": difference.file if difference else None,
            "why": difference.why if difference else None,
            "repeatable": difference.repeatable if difference else None,
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
) -> list[Verification]:
    """Build specs as `build_all` does, then rebuild each of them from an empty cache, and compare their outputs.

    The second build has a different number of jobs, step order, time zone and hash seed.
    """
    options = options_of(options, changes)
    if options.dry_run:
        raise UsageError("a dry run has no outputs to verify")
    return list(verify_results(specs, build_all(specs, options, control=control), options, control))


def verify_results(
    specs: Sequence[SpecLike], results: Sequence[Result], options: BuildOptions, control: RunControl | None = None
) -> Iterator[Verification]:
    """Verify the results that `build_all` returned for these specs and options, one after the other."""
    by_path = {path_of(spec): spec for spec in specs}
    for result in results:
        spec = by_path[result.spec]
        for video in result.videos:
            if video.ok:
                yield _verify(spec, video, _of_video(for_one(spec, specs, options), video), control)
            else:
                yield Verification(video, "untried")


def _of_video(options: BuildOptions, video: Result) -> BuildOptions:
    """Return the options that build one of the videos of a spec."""
    if not video.name:
        return options
    language, output_name = (video.language,), ((video.output,) if video.output else ())
    return replaced(options, language=language if video.name != video.output else (), output_name=output_name)


def _verify(spec: SpecLike, result: Result, options: BuildOptions, control: RunControl | None) -> Verification:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="vidbuild-verify-") as folder:
        try:
            verification = _SecondBuild(spec, result, options, control, Path(folder)).verify()
        except VidbuildError as error:
            verification = Verification(result, "failed", error=error.message)
        except SourceChangedError as error:
            verification = Verification(result, "failed", error=f"the cache's '{error}' changed meanwhile")
        except OSError as error:
            message = f"{os_error_text(error)}: '{error.filename or folder}'"
            verification = Verification(result, "failed", error=message)
    return replaced(verification, seconds=round(time.monotonic() - started, 3))


class _SecondBuild:
    """The second build of one spec, in a folder of its own."""

    def __init__(
        self, spec: SpecLike, first: Result, options: BuildOptions, control: RunControl | None, folder: Path
    ) -> None:
        self._spec, self._first, self._options, self._folder = spec, first, options, folder
        self._control = control
        self._first_store = store_of(path_of(spec), options.cache)
        self._store = Store(folder / "cache")
        self._name = name_of_file(options.output)
        self._plan = self._plan_in(self._store)

    def verify(self) -> Verification:
        """Build, and compare with the first build."""
        reused = tuple(self._copy_network_results())
        second = self._build()
        if not second.ok:
            error = "; ".join(f"{each.step}: {each.error}" for each in second.steps.failed)
            status: Literal["cancelled", "failed"] = "cancelled" if second.status == "cancelled" else "failed"
            return Verification(self._first, status, reused=reused, error=error)
        output = _first_different_output(self._first.outputs, second.outputs)
        difference = self._difference()
        return Verification(self._first, "different" if output else "same", output, difference, reused)

    def _build(self) -> Result:
        options = replaced(
            self._options,
            cache=self._store.root,
            use_remote=False,
            remote_write=False,
            output=self._folder / "build" / (self._options.output.name if self._name and self._options.output else ""),
            jobs=1 if self._options.workers > 1 else 2,
            shuffle=SHUFFLE_SEED,
            env_overrides=OTHER_ENV,
            offline=True,  # the results that need the network were copied
            fresh=(),
            resume=None,
        )
        return build(self._spec, options, control=self._control)

    def _copy_network_results(self) -> Iterator[str]:
        """Copy the results of network voices into the empty cache; yield their steps."""
        online = network_steps(self._plan.graph)
        for each in self._explain(self._store, self._plan):
            trace = self._first_store.trace(each.key) if each.step in online and each.key else None
            if trace is None:
                continue
            self._store.prepare()
            for blob in trace.outputs.values():
                self._store.blobs.copy_in(self._first_store.blobs.path(blob.digest), blob.digest, self._folder)
            self._store.write_trace(trace)
            yield each.step

    def _difference(self) -> Difference | None:
        """Return the first step, in the graph's order, whose result differs."""
        before = {each.step: each for each in self._explain(self._first_store, self._first_plan())}
        discarded = False
        for now in self._explain(self._store, self._plan):
            then = before.get(now.step)
            if then is not None and (self._first_store.trace(then.key) is None if then.key else discarded):
                discarded = True  # the first build kept no results, as if its cache is not writable
                continue
            file = _first_different_file(_digests(self._first_store, then), _digests(self._store, now))
            if file:
                repeatable = self._is_repeatable(now, file)
                return Difference(now.step, file, self._why(then, now, repeatable=repeatable), repeatable)
        return None

    def _first_plan(self) -> Plan:
        """Return the plan of the first build, which may come from the plan cache."""
        return self._plan_in(self._first_store, remember=False)

    def _plan_in(self, store: Store, *, remember: bool = True) -> Plan:
        options = self._options
        (plan,) = plans_of(
            self._spec,
            store=store,
            languages=options.language,
            output_names=options.output_name,
            variables=options.variables,
            brand=options.brand,
            only=options.only,
            name=self._name,
            remember=remember,
            draft=options.draft,
        )
        return plan

    def _explain(self, store: Store, plan: Plan) -> Sequence[Explanation]:
        return engine_of(store).explain(Target(plan.graph, build_name=plan.entry, goals=plan.targets))

    def _is_repeatable(self, step: Explanation, file: str) -> bool:
        """Run the step once more; return whether the file is the same again."""
        expected = _digests(self._store, step).get(file)
        target = Target(self._plan.graph, build_name=self._plan.entry, goals=[step.step])
        (report,) = engine_of(self._store).build([target], RunOptions(fresh=[step.step]))
        again = report.steps[step.step].outputs.get(file)
        return again is not None and again.digest == expected

    def _why(self, then: Explanation | None, now: Explanation, *, repeatable: bool) -> str:
        if not repeatable:
            return "the step is not reproducible"
        if then is None or not then.key:
            return "the cached outputs come from other steps"
        if then.key == now.key:
            return "the cache has other bytes for the same key"
        step = self._plan.graph.steps[now.step]
        changes = compare(then.material, now.material, step, KINDS[now.kind])
        return f"the cached result has another key: {summary(changes)}"


def _digests(store: Store, step: Explanation | None) -> Mapping[str, str]:
    """Return the digest of each file that the store has for a step."""
    trace = store.trace(step.key) if step is not None and step.key else None
    return {} if trace is None else {name: blob.digest for name, blob in trace.outputs.items()}


def _first_different_file(one: Mapping[str, str], other: Mapping[str, str]) -> str:
    """Return the first name whose digests differ, "" if none do."""
    names = sorted({*one, *other})
    return next((name for name in names if one.get(name) != other.get(name)), "")


def _first_different_output(first: Sequence[OutputFile], second: Sequence[OutputFile]) -> str:
    """Return the name of the first output whose files differ now, "" if none do."""
    ours, theirs = ({each.path.name: each.path for each in outputs} for outputs in (first, second))
    for name in dict.fromkeys(chain(ours, theirs)):
        if name not in ours or name not in theirs or _digest(ours[name]) != _digest(theirs[name]):
            return name
    return ""


def _digest(path: Path) -> str:
    try:
        return durable.hash_file(path)
    except FileNotFoundError:
        return ""
