"""A project of any number of scenes as if it had been built, without a second of rendering."""

from __future__ import annotations

import json
import os
from pathlib import Path
from unittest import mock

from vidbuild.api.engine import engine_of
from vidbuild.api.plan import Plan, plan_of, store_of
from vidbuild.engine.graph.graph import Product
from vidbuild.engine.schedule.target import Target
from vidbuild.engine.store.blobs import Blob, Signature
from vidbuild.engine.store.store import Store

FRAMES = 240


def prefill(spec: Path) -> Plan:
    """Plan a spec and fill its cache with small files in the place of what its steps make."""
    store = store_of(spec, None)
    store.prepare()
    with mock.patch.object(os, "fsync"):
        plan = plan_of(spec, store=store)
        (lookup,) = engine_of(store)._lookups([Target(plan.graph, build_name=plan.entry)], [plan.graph])
        counted = _kept(store, spec, json.dumps({"frames": FRAMES}).encode())
        made = _kept(store, spec, b"made")
        for step, names in _names(plan).items():
            material = lookup.material(plan.graph.steps[step])
            lookup.keys[step] = material.key()
            chosen = {name: counted if name == plan.frames.name else made for name in sorted(names)}
            outputs = {name: [blob.digest, *found] for name, (blob, found) in chosen.items()}
            data = {"outputs": outputs, "sources": {}, "warnings": [], "seconds": 0.1}
            lookup.record(step, lookup.write(lookup.made(step, material, data, ""), replace=False), "")
        lookup.table.save()
        lookup.index.save(plan.entry, plan.graph.steps)
    return plan


def _kept(store: Store, spec: Path, content: bytes) -> tuple[Blob, Signature]:
    path = spec.with_name("content")
    path.write_bytes(content)
    ((found),) = store.blobs.move_in({"": path}).values()
    return found


def _names(plan: Plan) -> dict[str, set[str]]:
    """The files that each step must have made, in the graph's order."""
    names: dict[str, set[str]] = {step: set() for step in plan.graph.steps}
    names[plan.frames.step].add(plan.frames.name)
    for step in plan.graph.steps.values():
        for source in step.inputs.values():
            if isinstance(source, Product):
                names[source.step].add(source.name or "layers.json")
    for output in plan.outputs:
        names[output.step].add(output.file)
    return names
