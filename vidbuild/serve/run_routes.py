"""Answers about runs and the cache, and requests to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from vidbuild.api import runs as api
from vidbuild.api.cache import cache_gc, cache_info
from vidbuild.errors import UsageError
from vidbuild.serve.catalog import Video
from vidbuild.serve.services import Services

MAX_RUNS = 100
_STATES = {"pending": "waiting", "completed": "finished"}
_ACTIONS: dict[str, Callable[[str, Path], api.RequestResult]] = {
    "pause": api.pause_run,
    "resume": api.resume_run,
    "cancel": api.cancel_run,
}


def routes(services: Services) -> list[Route]:
    """Return the routes."""
    own = _Runs(services)
    return [
        Route("/api/runs", own.every, methods=["GET"]),
        Route("/api/runs/{run}", own.details, methods=["GET"]),
        Route("/api/runs/{run}/{action}", own.act, methods=["POST"]),
        Route("/api/cache", own.cache, methods=["GET"]),
        Route("/api/cache/trim", own.trim, methods=["POST"]),
    ]


class _Runs:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._cache: Path = services.cache

    def every(self, request: Request) -> Response:
        """Return the runs, newest first."""
        del request
        return JSONResponse([self._summary(each) for each in api.runs(self._cache)[:MAX_RUNS]])

    def details(self, request: Request) -> Response:
        """Return a run with its steps."""
        found = self._run(request)
        data = found.details_to_json()
        failed = {each["step"]: each for each in data["errors"] if "step" in each}
        return JSONResponse(
            {
                **self._summary(found),
                "steps": [_step(each, failed.get(each["step"])) for each in data["progress"]],
                "errors": data["errors"],
                "warnings": data["warnings"],
                "seconds_left": data["seconds_left"],
                "expected": data["seconds_left"],
            }
        )

    def act(self, request: Request) -> Response:
        """Pause, resume or cancel a run, or build its specs again."""
        found, action = self._run(request), request.path_params["action"]
        if action == "retry":
            return self._retry(found)
        if action not in _ACTIONS:
            raise HTTPException(404, "no such action")
        result = _ACTIONS[action](found.run, self._cache)
        return JSONResponse({"ok": True, "running": result.running, "already": result.already}, 202)

    def cache(self, request: Request) -> Response:
        """Return the cache's size, and how often the last runs found what they needed in it."""
        del request
        info = cache_info(self._cache)
        recent = [each.to_json() for each in api.runs(self._cache)[:20]]
        cached, ran = (sum(each[name] for each in recent) for name in ("cached", "ran"))
        return JSONResponse(
            {
                "bytes": info.bytes,
                "limit": info.limit,
                "files": info.blobs,
                "results": info.traces,
                "steps": {},
                "hits": cached,
                "misses": ran,
            }
        )

    def trim(self, request: Request) -> Response:
        """Trim the cache to its limit, or to `?bytes=`."""
        text = request.query_params.get("bytes", "")
        if text and not (text.isascii() and text.isdigit() and len(text) < 16):  # noqa: PLR2004 - digits
            raise HTTPException(422, "expected a number of bytes")
        done = cache_gc(int(text) if text else None, self._cache)
        return JSONResponse({"freed": done.removed, **done.to_json()})

    def _retry(self, found: api.RunFacts) -> Response:
        if found.alive:
            raise UsageError(f"run '{found.run}' has not ended")
        specs = [each for each in self._services.catalog.specs if self._builds(found, each)]
        if not specs:
            raise UsageError(f"run '{found.run}' was not of a spec that is served", hint="vidbuild build")
        self._services.builder.edited(specs, force=True)
        return JSONResponse({"ok": True}, 202)

    def _run(self, request: Request) -> api.RunFacts:
        name = request.path_params["run"]
        found = next((each for each in api.runs(self._cache) if each.run == name), None)
        if found is None:
            raise HTTPException(404, "no such run")
        return replace(found)

    def _summary(self, found: api.RunFacts) -> dict[str, Any]:
        data = found.to_json()
        specs = [each for each in self._services.catalog.specs if self._builds(found, each)]
        return {
            "run": found.run,
            "name": found.spec,
            "state": _STATES.get(found.state, found.state),
            "killed": found.killed,
            "started": found.started,
            "seconds": found.seconds,
            "videos": [
                each.id for each in self._services.catalog.videos() if each.spec in specs and self._has(found, each)
            ],
            "counts": {name: data[name] for name in ("steps", "done", "ran", "cached", "failed", "aborted", "retried")},
            "running": data["running"],
        }

    def _builds(self, found: api.RunFacts, spec: Path) -> bool:
        """Return whether a run is of a spec."""
        return any(
            name == entry or name.startswith(f"{entry} ")
            for name in found.spec.split(", ")
            for entry in [self._entry(spec)]
        )

    def _has(self, found: api.RunFacts, video: Video) -> bool:
        """Return whether a run of a video's spec is of that video: it may be of one language or output alone."""
        entry, live = self._entry(video.spec), video.live
        own = [name for name in found.spec.split(", ") if name == entry or name.startswith(f"{entry} ")]
        return live is None or any(
            _chosen(name, "--language") in {"", live.choice.language, live.language}
            and _chosen(name, "--output-name") in {"", live.choice.output}
            for name in own
        )

    def _entry(self, spec: Path) -> str:
        return self._services.entry(spec)


def _chosen(name: str, option: str) -> str:
    """Return what the name of a run says that was chosen of the spec's outputs or languages; "" for all."""
    return name.partition(f" {option} ")[2].partition(" ")[0]


def _step(step: dict[str, Any], failed: dict[str, Any] | None) -> dict[str, Any]:
    kind, _, scene = step["step"].rpartition("/")[2].partition(":")
    progress = step["progress"] or {"done": 0, "total": 0}
    state = {"ran": "done", "retrying": "running"}.get(step["state"], step["state"])
    return {
        "name": step["step"],
        "kind": kind,
        "scene": scene,
        "state": state,
        "reason": step["reason"],
        "frames": progress["done"],
        "of": progress["total"],
        "seconds": step["seconds"],
        "log": [failed["message"], *failed["log"]] if failed else [],
    }
