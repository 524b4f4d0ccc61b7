"""Several targets in one run: graphs that share steps, a lab without processes, and hooks that record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.support import run_events
from tests.support.engine_lab import NO_WAIT, Lab, graph, step
from tests.support.fake_pool import Script
from vidbuild.engine.graph.graph import Graph, Product
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.events import Event, StepEvent, StepStarted
from vidbuild.engine.schedule.target import RunHooks, Target


def chain(*values: object, kind: str = "concat", first: str = "") -> Graph:
    """Steps s0, s1 ... with these parameters, each fed by the one before; equal beginnings have equal keys."""
    steps = []
    for number, value in enumerate(values):
        inputs = {"before": Product(f"s{number - 1}")} if number else {}
        steps.append(step(f"s{number}", first if first and not number else kind, inputs, value=value))
    return graph(*steps)


def targets(**graphs: Graph) -> list[Target]:
    """One target of each graph, with a build name of its own."""
    return [Target(plan, name, f"{name}.yaml") for name, plan in graphs.items()]


class Scripted:
    """A lab whose steps end as a script says, without processes."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.script = Script()
        self.interrupted = False

    def build(
        self, wanted: Sequence[Target], faults: dict[str, list[str]] | None = None, **options: Any
    ) -> list[BuildReport]:
        """Build, and check the events."""
        self.script = Script(faults)
        self.script.interrupted = self.interrupted
        self.lab.new_executor = self.script.pool
        reports = self.lab.build_all(wanted, poll=NO_WAIT, **options)
        run_events.check(self.lab.events, *reports)
        return reports


class Recorder(RunHooks):
    """Records which targets succeeded, among the events. fails: raises an error for some of them."""

    def __init__(self, lab: Lab, fails: Callable[[str], Exception | None] = lambda _: None) -> None:
        super().__init__(self._listen)
        self.order: list[str] = []
        self._lab = lab
        self._fails = fails

    def _listen(self, event: Event) -> None:
        self._lab.events.append(event)
        self.order.append(_named(event))

    def on_success(self, target: Target, report: BuildReport) -> None:
        """Note the target."""
        assert report.ok
        self.order.append(f"success {target.name}")
        if (error := self._fails(target.name)) is not None:
            raise error


def _named(event: Event) -> str:
    return f"{event.type} {event.step if isinstance(event, StepEvent) else getattr(event, 'target', '')}".rstrip()


def statuses(reports: Sequence[BuildReport]) -> list[str]:
    """How the targets ended."""
    return [report.status for report in reports]


def started(lab: Lab) -> list[str]:
    """The steps that were started, in order."""
    return [event.step for event in lab.events if isinstance(event, StepStarted)]
