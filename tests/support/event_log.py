"""Checks of the events that any build must have logged, however it went and ended."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from tests.support.paths import ROOT

SCHEMA = json.loads((ROOT / "schemas" / "events.schema.json").read_text(encoding="utf-8"))
ENDS = {"step_cached": "cached", "step_finished": "ran", "step_failed": "failed", "step_aborted": "aborted"}
LAST = {"run_finished": "completed", "run_failed": "failed", "run_cancelled": "cancelled"}
ALIVE = {"pending", "running", "paused"}


@cache
def _validator(kind: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({"$defs": SCHEMA["$defs"], "$ref": f"#/$defs/{kind}"})


def check(events: Sequence[dict[str, Any]], *, whole: bool = True) -> None:
    """Check the events of one run against the grammar; whole: False if it goes on, or was killed."""
    for data in events:
        assert data["type"] in SCHEMA["$defs"], data
        _validator(data["type"]).validate(data)
    kinds = [data["type"] for data in events]
    assert kinds[:1] == ["run_started"] or (not whole and not kinds), kinds[:3]
    assert kinds.count("run_started") <= 1
    assert len({data["run"] for data in events}) <= 1
    assert all(kind not in LAST for kind in kinds[:-1]), "an event follows the run's end"
    ended = _check_steps(events)
    _check_targets(events, ended, whole=whole)
    pauses = [kind for kind in kinds if kind in {"run_paused", "run_resumed"}]
    assert all(kind == ("run_resumed" if place % 2 else "run_paused") for place, kind in enumerate(pauses)), pauses
    if whole:
        last = events[-1]
        assert last["type"] in LAST, f"the last event is {last['type']}"
        counts = Counter(ended.values())
        assert {name: last[name] for name in ENDS.values()} == {name: counts[name] for name in ENDS.values()}
        assert last["retried"] == kinds.count("step_retried")
        assert len(ended) == events[0]["steps"]
        assert (last["code"] == 0) == (last["type"] == "run_finished"), last


def check_batch(events: Sequence[dict[str, Any]]) -> None:
    """Check the events of a batch: its start, whole runs, one end of each row, and its end, with counts."""
    for data in events:
        _validator(data["type"]).validate(data)
    first, last = events[0], events[-1]
    assert (first["type"], last["type"], last["run"]) == ("batch_started", "batch_finished", first["run"])
    own = [data for data in events if data["run"] == first["run"]]
    assert Counter(data["type"] for data in own)["batch_started"] == 1
    rows = [data for data in own if data["type"] == "row_finished"]
    assert sorted(data["row"] for data in rows) == sorted(first["rows"])
    done = sum(data["status"] in {"built", "up-to-date"} for data in rows)
    assert (last["success_count"], last["failure_count"]) == (done, len(rows) - done)
    assert last["code"] or done == len(rows)
    runs: dict[str, list[dict[str, Any]]] = {}
    for data in events:
        if data["run"] != first["run"]:
            runs.setdefault(data["run"], []).append(data)
    for run in runs.values():
        check(run)
    for place, data in enumerate(events):
        if data["type"] == "row_finished" and data["build"]:
            assert not any(later["run"] == data["build"] for later in events[place:]), "a row ended before its build"


def _check_steps(events: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Return how each step ended; each was started before it did anything, and did nothing after its end."""
    began: set[str] = set()
    ended: dict[str, str] = {}
    for data in events:
        step, kind = data.get("step"), data["type"]
        if step is None or kind == "voice_generated":
            assert step is None or ended[step] == "ran", f"{kind} of {step}, which did not run"
            continue
        assert step not in ended, f"{kind} of {step} after its end"
        if kind == "step_started":
            assert step not in began, f"{step} was started twice"
            began.add(step)
        elif kind in {"step_progress", "step_retried", "step_finished", "voice_generating"}:
            assert step in began, f"{kind} of {step} before it was started"
        if kind in ENDS:
            ended[step] = ENDS[kind]
    return ended


def _check_targets(events: Sequence[dict[str, Any]], ended: dict[str, str], *, whole: bool) -> None:
    """Each target is started once, before its steps, and finished once, after them, with their counts."""
    started: dict[str, int] = {}
    finished: set[str] = set()
    owners: dict[str, str] = {}
    for data in events:
        target, kind = data.get("target", ""), data["type"]
        if kind == "target_started":
            assert target not in started, f"target '{target}' was started twice"
            started[target] = data["steps"]
        elif kind == "target_finished":
            assert target in started
            assert target not in finished, f"target '{target}' was finished twice"
            finished.add(target)
            counts = Counter(ended[step] for step, owner in owners.items() if owner == target)
            assert {name: data[name] for name in ENDS.values()} == {name: counts[name] for name in ENDS.values()}
            assert sum(counts.values()) == started[target]
            if data["status"] in {"built", "up-to-date"}:
                assert not counts["failed"] + counts["aborted"], data
                assert (data["status"] == "built") == bool(counts["ran"]), data
            else:
                assert not whole or events[-1]["type"] != "run_finished", data
        elif "step" in data:
            assert target in started, f"{kind} of {data['step']} before its target was started"
            assert target not in finished or kind == "voice_generated", f"{kind} of {data['step']} after its target"
            assert data["step"].startswith(f"{target}/") or not target
            assert owners.setdefault(data["step"], target) == target
    if started:
        assert sorted(started) == sorted(events[0]["targets"] or [""])
    assert not whole or finished == set(started)


def read(path: Path) -> list[dict[str, Any]]:
    """Return the events in a file; only the last line may be torn."""
    lines = path.read_text(encoding="utf-8", errors="surrogatepass").splitlines(keepends=True) if path.exists() else []
    *whole, last = lines or [""]
    return [json.loads(line) for line in [*whole, *([last] if last.endswith("\n") else [])]]


def runs(cache_folder: Path) -> set[Path]:
    """Return the folders of all runs of a cache."""
    return set((cache_folder / "runs").glob("2*"))


def check_runs(new: Iterable[Path], code: int | None) -> None:
    """Check the runs that a command left; code: its exit code, which the log of a single run that it was has too."""
    found = list(_states(new))
    for folder, state in found:
        events = read(folder / "events.jsonl")
        check(events, whole=state["state"] not in ALIVE)
        if state["state"] not in ALIVE:
            assert LAST[events[-1]["type"]] == state["state"]
        if code is not None and code >= 0 and state["state"] not in ALIVE and len(found) == 1 and _has_all_specs(state):
            assert events[-1]["code"] == code, f"the command ended with {code}, its run with {events[-1]}"


def _has_all_specs(state: dict[str, Any]) -> bool:
    """Return whether a run built every spec of its command."""
    targets = state["targets"]
    return any(len(target["metadata"].get("specs", ())) == len(targets) for target in targets)


def _states(folders: Iterable[Path]) -> Iterator[tuple[Path, dict[str, Any]]]:
    for folder in sorted(folders):
        if (folder / "state.json").exists():
            yield folder, json.loads((folder / "state.json").read_text(encoding="utf-8"))
