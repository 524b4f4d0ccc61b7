"""What must hold of the events that any build left, however it went and ended; it knows nothing of what was built."""

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


def check(told: Sequence[dict[str, Any]], *, whole: bool = True) -> None:
    """Hold the events of one run against the grammar; whole: False for one that is not over, or was killed."""
    for data in told:
        assert data["type"] in SCHEMA["$defs"], data
        _validator(data["type"]).validate(data)
    kinds = [data["type"] for data in told]
    assert kinds[:1] == ["run_started"] or (not whole and not kinds), kinds[:3]
    assert kinds.count("run_started") <= 1
    assert len({data["run"] for data in told}) <= 1
    assert all(kind not in LAST for kind in kinds[:-1]), "something was told after the end"
    ended = _check_steps(told)
    pauses = [kind for kind in kinds if kind in {"run_paused", "run_resumed"}]
    assert all(kind == ("run_resumed" if place % 2 else "run_paused") for place, kind in enumerate(pauses)), pauses
    if whole:
        last = told[-1]
        assert last["type"] in LAST, f"the last event is {last['type']}"
        counts = Counter(ended.values())
        assert {name: last[name] for name in ENDS.values()} == {name: counts[name] for name in ENDS.values()}
        assert last["retried"] == kinds.count("step_retried")
        assert len(ended) == told[0]["steps"]
        assert (last["code"] == 0) == (last["type"] == "run_finished"), last


def _check_steps(told: Iterable[dict[str, Any]]) -> dict[str, str]:
    """How each step ended; each was started before it did anything, and did nothing after its end."""
    began: set[str] = set()
    ended: dict[str, str] = {}
    for data in told:
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


def read(path: Path) -> list[dict[str, Any]]:
    """The events in a file; only the last line may be torn."""
    lines = path.read_text(encoding="utf-8", errors="surrogatepass").splitlines(keepends=True) if path.exists() else []
    *whole, last = lines or [""]
    return [json.loads(line) for line in [*whole, *([last] if last.endswith("\n") else [])]]


def runs(cache_folder: Path) -> set[Path]:
    """The folders of all runs of a cache."""
    return set((cache_folder / "runs").glob("2*"))


def check_runs(new: Iterable[Path], code: int | None) -> None:
    """Hold runs that a command left against the grammar; of a build of one spec, its exit code as well."""
    found = list(_states(new))
    for folder, state in found:
        told = read(folder / "events.jsonl")
        check(told, whole=state["state"] not in ALIVE)
        if state["state"] not in ALIVE:
            assert LAST[told[-1]["type"]] == state["state"]
        alone = len(found) == 1 and len(state.get("note", {}).get("specs", ())) == 1
        if alone and code is not None and code >= 0 and state["state"] not in ALIVE:
            assert told[-1]["code"] == code, f"the command ended with {code}, and told {told[-1]}"


def _states(folders: Iterable[Path]) -> Iterator[tuple[Path, dict[str, Any]]]:
    for folder in sorted(folders):
        if (folder / "state.json").exists():
            yield folder, json.loads((folder / "state.json").read_text(encoding="utf-8"))
