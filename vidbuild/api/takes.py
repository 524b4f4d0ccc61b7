"""Locked takes of voices on the network: whether they are as they were locked, and new ones."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.api.take_files import checked, place_of
from vidbuild.api.tools import network_steps
from vidbuild.diagnostic import Diagnostic
from vidbuild.engine.disk import durable
from vidbuild.engine.graph.graph import Graph, Step
from vidbuild.errors import UsageError, os_error_text
from vidbuild.frozen import dataclass
from vidbuild.model import Spec
from vidbuild.spec import lock_file
from vidbuild.spec.diagnostics import read_sources
from vidbuild.spec.lock_file import VOICE_FOLDER, VoiceEntry
from vidbuild.voices import takes

if TYPE_CHECKING:
    from vidbuild.engine.runs.build_report import BuildReport
    from vidbuild.engine.store.store import Store


@dataclass(frozen=True, slots=True)
class LockedTake:
    """A take that was locked now. state: "locked", or of a dry run "to lock"."""

    voice: str
    text: str
    state: str
    file: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the take as JSON values."""
        return {
            "voice": self.voice,
            "text": self.text,
            "state": self.state,
            **({"file": self.file} if self.file else {}),
        }


def lock_voices(
    spec_path: Path, variables: Mapping[str, Any] | None = None, *, brand: str | None = None, dry_run: bool = False
) -> Iterator[LockedTake]:
    """Let the voices on the network speak what is not locked, and keep their takes; yield each of them.

    brand: the name of a brand instead of the spec's own.

    Raises SpecError for a spec that is wrong or a voice that could not be used, after what could be locked is.
    """
    from vidbuild.spec.load import try_load

    choices = try_load(spec_path, variables, brand, recordings=False).choices
    found: list[LockedTake] = []
    for choice in choices:
        spec = try_load(spec_path, variables, brand, recordings=False, choice=choice).spec_or_raise()
        for take in _lock_video(spec, dry_run=dry_run):
            if take not in found:  # videos have narrations in common
                found.append(take)
                yield take


def _lock_video(spec: Spec, *, dry_run: bool) -> Iterator[LockedTake]:
    from vidbuild.plan.compile import compile_graph
    from vidbuild.plan.variant import own_variant

    there = {key: take for key, take in spec.takes.items() if take.audio.exists() and take.words.exists()}
    spec = replace(spec, takes=there)
    graph = compile_graph(spec, own_variant(spec))
    checked(spec, graph)
    steps = network_steps(graph)
    if dry_run or not steps:
        yield from (LockedTake(_voice(step), step.params["narration"], "to lock") for step in steps.values())
        return
    yield from _spoken(spec, graph, steps)


def _spoken(spec: Spec, graph: Graph, steps: Mapping[str, Step]) -> Iterator[LockedTake]:
    from vidbuild.api.engine import engine_of
    from vidbuild.api.lock import alone, write_lock
    from vidbuild.api.plan import store_of
    from vidbuild.engine.schedule.options import RunOptions
    from vidbuild.engine.schedule.target import Target
    from vidbuild.engine.store.writable import writable

    with writable(store_of(spec.path, None)) as store:
        target = Target(graph, build_name=f"lock {spec.path.name}", goals=list(steps))
        (report,) = engine_of(store).build([target], RunOptions(keep_going=True))
        if report.error is not None:
            raise report.error
        problems = [
            Diagnostic(
                "error", failed.failure.message, str(spec.path), place_of(steps[failed.step]), failed.failure.hint
            )
            for failed in report.failed
            if failed.failure is not None
        ]
        with alone(spec.root):
            lock, _ = lock_file.load(spec.root)
            for name, step in steps.items():
                if name not in report.steps or "words.json" not in report.steps[name].outputs:
                    continue
                try:
                    entry = _kept(spec, step, store, report, name)
                except _FallbackError as error:
                    message = f"'{_voice(step)}' is unavailable: only its fallback '{error}' spoke"
                    problems.append(Diagnostic("error", message, str(spec.path), place_of(step), "try again later"))
                    continue
                lock = lock_file.Lock(lock.stock, {**lock.voices, entry.key: entry})
                write_lock(spec.root, lock)
                yield LockedTake(entry.voice, entry.text, "locked", entry.file)
    if problems:
        from vidbuild.api.lock import UnreachableLockError

        raise UnreachableLockError(problems, read_sources(problems))


class _FallbackError(Exception):
    pass


def _kept(spec: Spec, step: Step, store: Store, report: BuildReport, name: str) -> VoiceEntry:
    """Put a take into the project, and return its entry."""
    import json

    outputs = report.steps[name].outputs
    words = store.blobs.find(outputs["words.json"].digest).read_bytes()
    spoke = str(json.loads(words)["voice"])
    if spoke != _voice(step):
        raise _FallbackError(spoke)
    key = takes.key_of(step.params)
    audio, times = (f"{VOICE_FOLDER}/{key[:20]}{ending}" for ending in (".flac", ".json"))
    folder = spec.root / VOICE_FOLDER
    if not folder.resolve().is_relative_to(spec.root):
        raise UsageError(f"'{VOICE_FOLDER}' is outside the project")
    try:
        with tempfile.TemporaryDirectory(prefix="vidbuild-") as scratch:
            flac = Path(scratch) / "take.flac"
            takes.write(store.blobs.find(outputs["narration.wav"].digest), flac, Path(scratch), dict(os.environ))
            coded = flac.read_bytes()
        durable.write(spec.root / audio, coded)
        durable.write(spec.root / times, words)
    except OSError as error:
        raise UsageError(f"cannot write '{folder}': {os_error_text(error)}") from None
    return VoiceEntry(
        key=key,
        voice=spoke,
        language=str(step.params["language"]),
        text=" ".join(str(step.params["narration"]).split()),
        file=audio,
        sha256=durable.hash_file(spec.root / audio),
        words=times,
        words_sha256=durable.hash_file(spec.root / times),
    )


def _voice(step: Step) -> str:
    voice = step.params["voice"]
    return f"{voice['engine']}:{voice['name']}"
