"""What is known of each step of one graph right now: its key, and what stands for that key in the store.

It knows nothing of when or whether steps run.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from vidbuild.engine.disk import durable
from vidbuild.engine.graph.graph import Graph, Kind, Product, Source, Step
from vidbuild.engine.keys.cache import CacheHit, LocalCache, TieredCache
from vidbuild.engine.keys.key import KeyMaterial, plain_suffix, product_digest
from vidbuild.engine.keys.tools import Access, Tools
from vidbuild.engine.store.blobs import Blob, Signature, signature
from vidbuild.engine.store.digest_cache import DigestCache
from vidbuild.engine.store.index import Index, Row
from vidbuild.engine.store.trace import Trace, warnings_from_data
from vidbuild.errors import StepError


class Seen:
    """What the targets of one run have seen of sources, so that all of them see the same.

    sources: path -> digest, when it was first looked at.
    edited: paths that were found to have changed since.
    """

    def __init__(self) -> None:
        self.sources: dict[str, str] = {}
        self.edited: set[str] = set()


class CacheLookup:
    """Keys and products of a graph's steps, filled in the graph's order.

    products: step -> name -> blob, of the steps that are built or cached.
    keys: step -> key, of the steps whose inputs are all known.
    added: bytes that were put in the store by steps that ran.
    """

    def __init__(
        self,
        cache: TieredCache,
        kinds: Mapping[str, Kind],
        tools: Tools,
        table: DigestCache,
        index: Index,
        graph: Graph,
        seen: Seen | None = None,
    ) -> None:
        self.cache = cache
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
        tools = {name: self.tools.identity(name) for name in self._tools_of(step)}
        return KeyMaterial(kind.name, kind.version, step.params, inputs, tools)

    def access(self, step: Step) -> Access:
        """Return what the step may use beside its inputs, as its tools declare."""
        return self.tools.access(self._tools_of(step))

    def _tools_of(self, step: Step) -> tuple[str, ...]:
        return (*self.kinds[step.kind].tools, *step.tools)

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
                raise StepError(f"cannot read '{source.path}': {durable.os_error_text(error)}", field=role) from error
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

    def find(self, step: str, key: str) -> CacheHit | None:
        """The key's result, if the cache has all of it intact; None is a miss."""
        row = self.index.row(step)
        if row is not None and row.key == key and (tier := self.cache.holder(key, row.trace)) is not None:
            return CacheHit(row.outputs, row.warnings, row.seconds, tier.source) if tier.has_all(row.outputs) else None
        found = self.cache.lookup(key)
        if found is None:
            return None
        trace, tier = found
        self._index(step, trace, tier)
        return CacheHit(trace.outputs, trace.warnings, trace.seconds, tier.source)

    def _index(self, step: str, trace: Trace, tier: LocalCache) -> None:
        """Remember a result in the index that was found, with what the index says of its last run."""
        there, row = tier.trace_signature(trace.key), self.index.row(step)
        reason, unchanged = (row.reason, row.unchanged) if row is not None and row.key == trace.key else ("", False)
        if there is not None:
            self.index.put(step, Row(trace.key, trace.outputs, trace.seconds, there, trace.warnings, reason, unchanged))

    def note(self, step: str, trace: Trace, *, reason: str, unchanged: bool = False) -> None:
        """Remember in the index the result of a step that ran."""
        there = signature(self.cache.local.store.trace_location(trace.key))
        self.added += there.size
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
        return self.cache.local.record(trace, replace=replace)

    def _added(self, digest: str, numbers: Sequence[int]) -> None:
        """Remember a blob as the worker left it."""
        self.cache.local.added(digest, Signature(*numbers))
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
        return feed if self.cache.has_intact(digest) else {**feed, "source": source.path}

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
