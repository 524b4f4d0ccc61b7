"""The build engine: content-hashed steps, a store, a scheduler. It knows nothing of video.

Names are imported when first used, so that a worker, or a caller who only needs Graph, loads no more than that.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidbuild.engine.blobs import Blob
    from vidbuild.engine.context import Context, StepWarning
    from vidbuild.engine.engine import Engine
    from vidbuild.engine.explain import Explanation
    from vidbuild.engine.graph import Graph, GraphError, Kind, Product, Source, Step
    from vidbuild.engine.reasons import Reason
    from vidbuild.engine.result import BuildReport, StepReport
    from vidbuild.engine.states import State
    from vidbuild.engine.store import Store
    from vidbuild.engine.tools import Tool

_HOMES = {
    "Blob": "blobs",
    "BuildReport": "result",
    "Context": "context",
    "Engine": "engine",
    "Explanation": "explain",
    "Graph": "graph",
    "GraphError": "graph",
    "Kind": "graph",
    "Product": "graph",
    "Reason": "reasons",
    "Source": "graph",
    "State": "states",
    "Step": "graph",
    "StepReport": "result",
    "StepWarning": "context",
    "Store": "store",
    "Tool": "tools",
}

__all__ = [
    "Blob",
    "BuildReport",
    "Context",
    "Engine",
    "Explanation",
    "Graph",
    "GraphError",
    "Kind",
    "Product",
    "Reason",
    "Source",
    "State",
    "Step",
    "StepReport",
    "StepWarning",
    "Store",
    "Tool",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
