"""What is known of each step of one graph right now: its key, and what stands for that key in the store.

It knows nothing of when or whether steps run.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from vidbuild.engine.disk import durable
from vidbuild.engine.graph.context import StepWarning
from vidbuild.engine.graph.graph import Graph, Kind, Product, Source, Step
from vidbuild.engine.keys.key import KeyMaterial, plain_suffix, product_digest
from vidbuild.engine.keys.tools import Tools
from vidbuild.engine.store.blobs import Blob, Signature, signature
from vidbuild.engine.store.digest_cache import DigestCache
from vidbuild.engine.store.index import Index, Row
from vidbuild.engine.store.store import Store
from vidbuild.engine.store.trace import Trace, warnings_from_data
from vidbuild.errors import StepError
from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in the store for a key."""

    outputs: Mapping[str, Blob]
    warnings: Sequence[StepWarning]
    seconds: float


class Seen:
    """What the targets of one run have seen of sources and blobs, so that all of them see the same.

    sources: path -> digest, when it was first looked at.
    edited: paths that were found to have changed since.
    sound: digests of blobs that are there and intact.
    """

    def __init__(self) -> None:
        self.sources: dict[str, str] = {}
        self.edited: set[str] = set()
        self.sound: set[str] = set()


class CacheLookup:
    """Keys and products of a graph's steps, filled in the graph's order.

    products: step -> name -> blob, of the steps that are built or cached.
    keys: step -> key, of the steps whose inputs are all known.
    added: bytes that were put in the store by steps that ran.
    """

    def __init__(
        self,
        store: Store,
        kinds: Mapping[str, Kind],
        tools: Tools,
        table: DigestCache,
        index: Index,
        graph: Graph,
        seen: Seen | None = None,
    ) -> None:
        self.store = store
        self.kinds = kinds
        self.tools = tools
        self.table = table
        self.index = index
        self.graph = graph
        self.products: dict[str, Mapping[str, Blob]] = {}
        self.keys: dict[str, str] = {}
        self._wholes: dict[str, str] = {}
        self.seen = seen or Seen()
        self.added = 0

    def material(self, step: Step, given: Mapping[str, str] | None = None) -> KeyMaterial:
        """What the step's key is made of; all that feeds it is in `products`. StepError where an input is not there.

        given: role -> content, for roles that are not to be looked up.
        """
        kind = self.kinds[step.kind]
        inputs = {role: self._content(step, role) for role in step.inputs if not given or role not in given}
        inputs.update(given or {})
        tools = {name: self.tools.identity(name) for name in kind.tools}
        return KeyMaterial(kind.name, kind.version, step.params, inputs, tools)

    def _content(self, step: Step, role: str) -> str:
        source = step.inputs[role]
        if isinstance(source, Source):
            return self._source_digest(role, source) + plain_suffix(source.path)
        if not source.name:
            return self._whole(source.step)
        return self.blob(step, source).digest + plain_suffix(source.name)

    def _source_digest(self, role: str, source: Source) -> str:
        """What the source holds; all steps of a build see it as it was when it was first looked at."""
        if source.path not in self.seen.sources:
            try:
                self.seen.sources[source.path] = self.table.digest(source.path)
            except OSError as error:
                raise StepError(f"cannot read '{source.path}': {durable.told(error)}", field=role) from error
        return self.seen.sources[source.path]

    def edited(self, step: Step) -> Iterator[tuple[str, str]]:
        """The role and path of each source of the step that no longer holds what the build goes by; each path once."""
        for role, source in step.inputs.items():
            if not isinstance(source, Source) or source.path in self.seen.edited or not self._is_edited(source.path):
                continue
            self.seen.edited.add(source.path)
            yield role, source.path

    def _is_edited(self, path: str) -> bool:
        try:
            return self.table.digest(path) != self.seen.sources[path]
        except OSError:
            return True

    def _whole(self, step: str) -> str:
        if step not in self._wholes:
            self._wholes[step] = product_digest(self.products[step])
        return self._wholes[step]

    def blob(self, step: Step, source: Product) -> Blob:
        """The blob that the step reads from another's product; StepError naming both where it is not made."""
        found = self.products[source.step].get(source.name)
        if found is None:
            raise StepError(f"step '{step.id}' reads '{source.name}', which '{source.step}' does not make")
        return found

    def find(self, step: str, key: str) -> Found | None:
        """What stands for the key, with every blob there and whole; None is a miss."""
        row = self.index.row(step)
        if row is not None and row.key == key and self._stands(row):
            return Found(row.outputs, row.warnings, row.seconds) if self.whole(row.outputs) else None
        trace = self.store.trace(key)
        if trace is None or not self.whole(trace.outputs):
            return None
        self.note(step, trace)
        return Found(trace.outputs, trace.warnings, trace.seconds)

    def _stands(self, row: Row) -> bool:
        try:
            return signature(self.store.trace_location(row.key)) == row.trace
        except OSError:
            return False

    def whole(self, outputs: Mapping[str, Blob]) -> bool:
        """Whether all these blobs are there and are what their names say; each is looked at once."""
        return all(self._is_sound(blob.digest) for blob in outputs.values())

    def _is_sound(self, digest: str) -> bool:
        if digest not in self.seen.sound:
            if not self.table.holds(self.store.blobs, digest):
                return False
            self.seen.sound.add(digest)
        return True

    def note(self, step: str, trace: Trace, *, reason: str | None = None, unchanged: bool = False) -> None:
        """Remember the step's newest state in the index; reason None: it did not run now."""
        row = self.index.row(step)
        if reason is None:
            same = row is not None and row.key == trace.key
            reason, unchanged = (row.reason, row.unchanged) if row is not None and same else ("", False)
        there = signature(self.store.trace_location(trace.key))
        self.added += there.size if reason is not None else 0
        self.index.put(step, Row(trace.key, trace.outputs, trace.seconds, there, trace.warnings, reason, unchanged))

    def keep(self, step: str, material: KeyMaterial, data: Mapping[str, Any], *, made_by: str, replace: bool) -> Trace:
        """Write the trace of what a worker made; the trace that counts from now on.

        data: a worker's answer (execute.py), whose blobs are there already.
        """
        outputs: dict[str, Blob] = {}
        for name, (digest, *numbers) in data["outputs"].items():
            outputs[name] = Blob(digest, numbers[0])
            self._added(digest, numbers)
        for digest, numbers in data["sources"].items():
            self._added(digest, numbers)
        trace = Trace(
            self.keys[step],
            step,
            material.lines(),
            material.inputs,
            outputs,
            material.tools,
            warnings_from_data(data["warnings"]),
            data["seconds"],
            time.time(),
            made_by,
        )
        return self.store.keep(trace, whole=lambda earlier: self.whole(earlier.outputs), replace=replace)

    def _added(self, digest: str, numbers: Sequence[int]) -> None:
        """Remember the blob as the worker left it, unless another worker has put the same bytes there since."""
        location, left = self.store.blobs.location(digest), Signature(*numbers)
        with contextlib.suppress(OSError):
            if signature(location) == left:
                self.table.record(location, left, digest)
        self.seen.sound.add(digest)
        self.added += numbers[0]

    def settle(self, step: str, outputs: Mapping[str, Blob]) -> None:
        """Tell what the step's product is; the steps it feeds can be looked at now."""
        self.products[step] = outputs

    def feeds(self, step: Step, material: KeyMaterial) -> dict[str, dict[str, Any]]:
        """The step's inputs as a worker is told of them."""
        names = _link_names(step)
        return {role: self._feed(step, role, names[role], material) for role in step.inputs}

    def _feed(self, step: Step, role: str, name: str, material: KeyMaterial) -> dict[str, Any]:
        source = step.inputs[role]
        if isinstance(source, Product):
            if not source.name:
                files = {file: blob.digest for file, blob in self.products[source.step].items()}
                return {"as": name, "files": files}
            return {"as": name, "blob": self.blob(step, source).digest}
        digest = material.inputs[role].partition(".")[0]
        feed = {"as": name, "blob": digest}
        return feed if self._is_sound(digest) else {**feed, "source": source.path}

    def named(self, step: Step, text: str) -> str:
        """What a step says, with a source's own name in place of the one under which the step reads it."""
        links = _link_names(step)
        sources = {role: source.path for role, source in step.inputs.items() if isinstance(source, Source)}
        own = {f"'{links[role]}'": f"'{PurePath(path).name}'" for role, path in sources.items()}
        return re.sub("|".join(map(re.escape, own)), lambda found: own[found[0]], text) if own else text


def _link_names(step: Step) -> dict[str, str]:
    """Role -> a file name that follows from roles and suffixes alone, plain enough for any tool."""
    names: dict[str, str] = {}
    for position, (role, source) in enumerate(sorted(step.inputs.items())):
        suffix = plain_suffix(source.path if isinstance(source, Source) else source.name)
        stem = "".join(char if char.isascii() and (char.isalnum() or char in "-_") else "_" for char in role)
        name = stem + suffix
        names[role] = name if stem == role and name not in names.values() else f"{stem}-{position}{suffix}"
    return names
