"""Make for narrated video: a YAML spec in, an MP4 out, and only what changed is rebuilt.

::

    import vidbuild

    result = vidbuild.build("video.yaml", on_event=print)
    for step in vidbuild.explain("video.yaml"):
        print(step.short())

A spec can be made in Python, through the same schema: ``vidbuild.build(vidbuild.parse({...}, path="video.yaml"))``.
"""

from __future__ import annotations

TYPE_CHECKING = False  # nothing is imported here that a build with nothing to do does not need
if TYPE_CHECKING:
    from vidbuild.api.batch import batch
    from vidbuild.api.build import build, build_all
    from vidbuild.api.check import check
    from vidbuild.api.explain import explain
    from vidbuild.api.graph import graph
    from vidbuild.api.load import load, parse
    from vidbuild.api.options import BuildOptions, Control, RunControl
    from vidbuild.api.result import Result
    from vidbuild.api.still import still
    from vidbuild.diagnostic import Diagnostic
    from vidbuild.errors import StepError, StoreError, UsageError, VidbuildError
    from vidbuild.model import Spec
    from vidbuild.spec.diagnostics import SpecError

__version__ = "0.2.0"

_HOMES = {
    "BuildOptions": "api.options",
    "Control": "api.options",
    "Diagnostic": "diagnostic",
    "Result": "api.result",
    "RunControl": "api.options",
    "Spec": "model",
    "SpecError": "spec.diagnostics",
    "StepError": "errors",
    "StoreError": "errors",
    "UsageError": "errors",
    "VidbuildError": "errors",
    "batch": "api.batch",
    "build": "api.build",
    "build_all": "api.build",
    "check": "api.check",
    "explain": "api.explain",
    "graph": "api.graph",
    "load": "api.load",
    "parse": "api.load",
    "still": "api.still",
}

__all__ = [
    "BuildOptions",
    "Control",
    "Diagnostic",
    "Result",
    "RunControl",
    "Spec",
    "SpecError",
    "StepError",
    "StoreError",
    "UsageError",
    "VidbuildError",
    "batch",
    "build",
    "build_all",
    "check",
    "explain",
    "graph",
    "load",
    "parse",
    "still",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
