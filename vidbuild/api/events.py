"""The events that only videos and batches have: the engine has steps, but no voices, no specs and no rows."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar

from vidbuild.engine.runs.events import Event, StepEvent, StepFinished, StepStarted, TargetEvent, TargetStarted
from vidbuild.frozen import dataclass
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.voices import recorded

if TYPE_CHECKING:
    from vidbuild.api.plan import Plan
    from vidbuild.api.result import Notice
    from vidbuild.diagnostic import Diagnostic
    from vidbuild.engine.schedule.target import Target
    from vidbuild.engine.store.store import Store

_SPEAK = "speak"
_RECORDED = {"engine": recorded.NAME, "name": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceGenerating(StepEvent):
    """A narration is being spoken; engine, voice: those that the spec asks for."""

    type: ClassVar[str] = "voice_generating"
    engine: str
    voice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceGenerated(StepEvent):
    """A narration was spoken; engine, voice: those that were used, perhaps a fallback; seconds: of speech."""

    type: ClassVar[str] = "voice_generated"
    engine: str
    voice: str
    seconds: float
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationWarning(TargetEvent):
    """The spec has a warning; line, column: counted from 1, 0 without a location."""

    type: ClassVar[str] = "validation_warning"
    message: str
    file: str
    line: int
    column: int
    hint: str | None
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationError(TargetEvent):
    """The spec has an error, so that nothing is built; line, column: counted from 1, 0 without a location."""

    type: ClassVar[str] = "validation_error"
    message: str
    file: str
    line: int
    column: int
    hint: str | None
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchStarted(Event):
    """A batch starts; its rows are built in runs of their own, whose events follow.

    batch: the file.
    rows: the ids of the rows that are built, in their order.
    """

    type: ClassVar[str] = "batch_started"
    batch: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFinished(Event):
    """A row of a batch has ended; its videos are in their places, and sent if that was asked for.

    row: its id.
    status: that of its build, failed also if its videos could not be sent; aborted if it was not reached.
    files: the videos.
    build: the id of the run that built it, "" without one.
    video_seconds: of all its videos together.
    seconds: of its build.
    errors: what failed, a line each.
    urls: where its videos were sent.
    hints: what can be done about the errors.
    """

    type: ClassVar[str] = "row_finished"
    row: str
    spec: str
    status: str
    files: tuple[str, ...]
    build: str
    video_seconds: float
    seconds: float
    errors: tuple[str, ...]
    urls: tuple[str, ...]
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFinished(Event):
    """A batch has ended, after the last of its rows.

    success_count, failure_count: rows that are done, and rows that are not.
    success_rate: from 0 to 1.
    seconds: from its start.
    code: the exit code that a command returns for it.
    """

    type: ClassVar[str] = "batch_finished"
    batch: str
    success_count: int
    failure_count: int
    success_rate: float
    seconds: float
    code: int


def derive(plan: Plan, store: Store, target: Target, event: Event) -> Iterable[Event]:
    """Return the events that follow one of the engine's while a plan is built into a store as this target."""
    if isinstance(event, TargetStarted):
        return [_warning(event, notice, str(plan.spec)) for notice in plan.warnings]
    if isinstance(event, StepStarted) and event.kind == _SPEAK:
        voice = plan.graph.steps[target.local(event.step)].params.get("voice", _RECORDED)
        return [
            VoiceGenerating(
                run=event.run,
                time=event.time,
                target=event.target,
                step=event.step,
                engine=voice["engine"],
                voice=voice["name"],
            )
        ]
    if isinstance(event, StepFinished) and plan.graph.steps[target.local(event.step)].kind == _SPEAK:
        return _generated(event, store)
    return ()


def _generated(event: StepFinished, store: Store) -> Iterator[Event]:
    trace = store.trace(event.key)
    if trace is None or "words.json" not in trace.outputs:
        return
    words = json.loads(store.blobs.find(trace.outputs["words.json"].digest).read_text(encoding="utf-8"))
    engine, _, voice = words["voice"].partition(":")
    yield VoiceGenerated(
        run=event.run,
        time=event.time,
        target=event.target,
        step=event.step,
        engine=engine,
        voice=voice,
        seconds=round(words["samples"] / SAMPLE_RATE, 3),
        words=len(words["words"]),
    )


def _warning(event: TargetStarted, notice: Notice, spec: str) -> ValidationWarning:
    location = notice.location
    return ValidationWarning(
        run=event.run,
        time=event.time,
        target=event.target,
        message=notice.message,
        file=location.file if location else spec,
        line=location.line if location else 0,
        column=location.column if location else 0,
        hint=notice.hint,
        code=notice.code,
    )


def event_of(run: str, diagnostic: Diagnostic) -> ValidationError | ValidationWarning:
    """Return a diagnostic as an event."""
    kind = ValidationError if diagnostic.severity == "error" else ValidationWarning
    return kind(
        run=run,
        time=time.time(),
        message=diagnostic.message,
        file=diagnostic.path,
        line=diagnostic.line,
        column=diagnostic.column,
        hint=diagnostic.hint,
        code=diagnostic.code,
    )


def types() -> list[str]:
    """Return the types of all events."""
    from vidbuild.engine.runs import events

    kinds = [each for each in vars(events).values() if isinstance(each, type) and issubclass(each, Event)]
    own: list[type[Event]] = [
        VoiceGenerating,
        VoiceGenerated,
        ValidationWarning,
        ValidationError,
        BatchStarted,
        RowFinished,
        BatchFinished,
    ]
    return [each.type for each in [*kinds, *own] if "type" in vars(each) and each is not Event]
