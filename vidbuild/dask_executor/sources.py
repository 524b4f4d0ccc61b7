"""What a step's files need when its worker is another machine: sources in the store, and results seen from here."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidbuild.engine.disk import durable
from vidbuild.engine.store.blobs import Blobs, Signature, signature
from vidbuild.engine.worker.execute import copy_source
from vidbuild.engine.worker.protocol import StepFailure, StepOutput
from vidbuild.errors import Failure

_LAG = 5.0  # s after which a file system must show here what another machine has written
_POLL = 0.05


def add_sources(request: Mapping[str, Any], scratch: Path) -> dict[str, Any]:
    """Copy the step's sources into the store, and return the request without their paths.

    scratch: a folder that only this uses. Raises StepError as a worker does, for a source that changed, for example.
    """
    blobs = Blobs(Path(request["blobs"]))
    inputs = {}
    durable.make_folder(scratch, synced=False)
    try:
        for role, given in request["inputs"].items():
            if "source" in given:
                copy_source(role, given, blobs, Path(request["cache"]), scratch, None)
            inputs[role] = {name: value for name, value in given.items() if name != "source"}
    finally:
        durable.remove_folder(scratch)
    added = [given["blob"] for given in request["inputs"].values() if "source" in given]
    return {**request, "inputs": inputs, "added": added}


def own_signatures(answer: StepOutput, request: Mapping[str, Any], worker: str) -> StepOutput | StepFailure:
    """Return the answer with the files' signatures as this machine sees them; a failure if they are not here."""
    blobs, outputs = Blobs(Path(request["blobs"])), {}
    for name, (digest, size, *_) in answer.data["outputs"].items():
        found = _signature(blobs.location(digest), size)
        if found is None:
            message = f"the worker {worker} wrote '{name}', which is not in the cache's folder here"
            return StepFailure(Failure(message, "all machines must share one folder", transient=True))
        outputs[name] = [digest, *found]
    sources = {}
    for digest in request.get("added", ()):
        with contextlib.suppress(OSError):
            sources[digest] = list(signature(blobs.location(digest)))
    return StepOutput({**answer.data, "outputs": outputs, "sources": sources})


def _signature(location: str, size: int) -> Signature | None:
    """Wait until a file is here in full; None if it is not in time."""
    deadline = time.monotonic() + _LAG
    while True:
        try:
            found = signature(location)
        except OSError:
            found = None
        if found is not None and found.size == size:
            return found
        if time.monotonic() > deadline:
            return None
        time.sleep(_POLL)
