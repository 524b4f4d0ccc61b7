"""Everything the command line can do, as functions that print nothing. Each name is imported when it is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidbuild.api.building import build, build_all
    from vidbuild.api.cache import cache_clear, cache_gc, cache_info, cache_verify
    from vidbuild.api.catalog import scenes, schema, themes, voices
    from vidbuild.api.health import doctor
    from vidbuild.api.look import check, explain, graph, load, parse, render, scene_ids, still
    from vidbuild.api.options import Options
    from vidbuild.api.past import cancel_run, last_run, pause_run, resume_run, run, runs
    from vidbuild.api.planning import entry_of
    from vidbuild.api.result import Result, diagnosis
    from vidbuild.api.resuming import unfinished
    from vidbuild.api.verifying import Verified, verified, verify

_HOMES = {
    "entry_of": "planning",
    "Options": "options",
    "Result": "result",
    "build": "building",
    "build_all": "building",
    "cache_clear": "cache",
    "cache_gc": "cache",
    "cache_info": "cache",
    "cache_verify": "cache",
    "cancel_run": "past",
    "check": "look",
    "diagnosis": "result",
    "doctor": "health",
    "explain": "look",
    "graph": "look",
    "load": "look",
    "parse": "look",
    "render": "look",
    "last_run": "past",
    "pause_run": "past",
    "resume_run": "past",
    "run": "past",
    "runs": "past",
    "scene_ids": "look",
    "scenes": "catalog",
    "schema": "catalog",
    "still": "look",
    "themes": "catalog",
    "unfinished": "resuming",
    "Verified": "verifying",
    "verified": "verifying",
    "verify": "verifying",
    "voices": "catalog",
}

__all__ = [
    "Options",
    "Result",
    "Verified",
    "build",
    "build_all",
    "cache_clear",
    "cache_gc",
    "cache_info",
    "cache_verify",
    "cancel_run",
    "check",
    "diagnosis",
    "doctor",
    "entry_of",
    "explain",
    "graph",
    "last_run",
    "load",
    "parse",
    "pause_run",
    "render",
    "resume_run",
    "run",
    "runs",
    "scene_ids",
    "scenes",
    "schema",
    "still",
    "themes",
    "unfinished",
    "verified",
    "verify",
    "voices",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
