"""Keys of the steps of one graph, their results in the cache, and the traces of steps that ran."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from vidbuild.engine.graph.graph import Graph, Kind, Product, Source, Step
from vidbuild.engine.keys.cache import CacheHit, TieredCache
from vidbuild.engine.keys.key import KeyMaterial, plain_suffix, product_digest
from vidbuild.engine.keys.tools import Access, Tools
from vidbuild.engine.store.blobs import Blob, Signature
from vidbuild.engine.store.digest_cache import DigestCache
from vidbuild.engine.store.index import Index, Row
from vidbuild.engine.store.trace import Trace, warnings_from_data
from vidbuild.errors import StepError, VidbuildError, os_error_text

if TYPE_CHECKING:
    from vidbuild.engine.keys.fetch import FetchResult


class Written(NamedTuple):
    """The trace that counts for a key, and the signature of its file; None if that is gone."""

    trace: Trace
    file: Signature | None


class SeenSources:
    """The sources as the first target of a run saw them, so that all its targets see the same.

    digests: path -> digest, when it was first read.
    edited: paths that were found to have changed since.
    """

    def __init__(self) -> None:
        self.digests: dict[str, str] = {}
        self.edited: set[str] = set()


class CacheLookup:
    """Keys and products of a graph's steps, filled in the graph's order.

    products: step -> name -> blob, of the steps that are built or cached.
    keys: step -> key, of the steps whose inputs are all known.
    added: bytes that steps that ran have added to the store.
    """

    def __init__(
        self,
        cache: TieredCache,
        kinds: Mapping[str, Kind],
        tools: Tools,
        table: DigestCache,
        index: Index,
        graph: Graph,
        seen: SeenSources | None = None,
    ) -> None:
        self.cache = cache
        self.kinds = kinds
        self.tools = tools
        self.table = table
        self.index = index
        self.graph = graph
        self.seen = seen or SeenSources()
        self.products: dict[str, Mapping[str, Blob]] = {}
        self.keys: dict[str, str] = {}
        self._product_digests: dict[str, str] = {}
        self.added = 0

    # Keys.

    def material(self, step: Step, given: Mapping[str, str] | None = None) -> KeyMaterial:
        """Return what the step's key is made of; all its inputs must be in `products`.

        given: role -> content, for roles that must not be looked up.
        Raises StepError if an input does not exist.
        """
        kind = self.kinds[step.kind]
        inputs = {role: self._content(step, role) for role in step.inputs if not given or role not in given}
        inputs.update(given or {})
        tools = {name: self.tools.identity(name) for name in self._tools_of(step)}
        return KeyMaterial(kind.name, kind.version, step.params, inputs, tools)

    def access(self, step: Step) -> Access:
        """Return what the step may use beside its inputs, as its tools declare."""
        return self.tools.access(self._tools_of(step))

    def tool_identities(self, step: Step) -> dict[str, str]:
        """Return the identities of the step's tools by name, without those that cannot be used here."""
        found: dict[str, str] = {}
        for name in self._tools_of(step):
            with contextlib.suppress(VidbuildError):
                found[name] = self.tools.identity(name)
        return found

    def _tools_of(self, step: Step) -> tuple[str, ...]:
        return (*self.kinds[step.kind].tools, *step.tools)

    def _content(self, step: Step, role: str) -> str:
        source = step.inputs[role]
        if isinstance(source, Source):
            return self._source_digest(role, source) + plain_suffix(source.path)
        if not source.name:
            return self._product_digest(source.step)
        return self.blob(step, source).digest + plain_suffix(source.name)

    def _source_digest(self, role: str, source: Source) -> str:
        if source.path not in self.seen.digests:
            try:
                self.seen.digests[source.path] = self.table.digest(source.path)
            except OSError as error:
                message = f"cannot read '{source.path}': {os_error_text(error)}"
                raise StepError(message, field=role) from error
        return self.seen.digests[source.path]

    def edited_sources(self, step: Step) -> Iterator[tuple[str, str]]:
        """Yield the role and path of each source of the step that changed during the build; each path once."""
        for role, source in step.inputs.items():
            if isinstance(source, Source) and source.path not in self.seen.edited and self._is_edited(source.path):
                self.seen.edited.add(source.path)
                yield role, source.path

    def _is_edited(self, path: str) -> bool:
        try:
            return self.table.digest(path) != self.seen.digests[path]
        except OSError:
            return True

    def _product_digest(self, step: str) -> str:
        if step not in self._product_digests:
            self._product_digests[step] = product_digest(self.products[step])
        return self._product_digests[step]

    def blob(self, step: Step, source: Product) -> Blob:
        """Return the blob that the step reads from another's product; StepError if that step does not make it."""
        found = self.products[source.step].get(source.name)
        if found is None:
            raise StepError(f"step '{step.id}' reads '{source.name}', which '{source.step}' does not make")
        return found

    # Results.

    def find(self, step: str, key: str) -> CacheHit | None:
        """Return the key's result if the cache has all of it intact; None is a miss."""
        row = self.index.row(step)
        # While the trace file is the same, the row can be used in its place: a null build reads no trace.
        if row is not None and row.key == key and (tier := self.cache.tier_with(key, row.trace)) is not None:
            return CacheHit(row.outputs, row.warnings, row.seconds, tier.source) if tier.has_all(row.outputs) else None
        found = self.cache.lookup(key)
        if found is None:
            return None
        trace, tier = found
        last = row if row is not None and row.key == key else None
        written = Written(trace, tier.trace_signature(key))
        self._index(step, written, last.reason if last else "", unchanged=last is not None and last.unchanged)
        return CacheHit(trace.outputs, trace.warnings, trace.seconds, tier.source)

    def _index(self, step: str, written: Written, reason: str, *, unchanged: bool) -> int:
        """Remember the step's newest result, unless its trace file is gone; return the bytes of that file."""
        trace, file = written
        if file is None:
            return 0
        row = Row(trace.key, trace.outputs, trace.seconds, file, trace.warnings, reason, unchanged)
        self.index.put(step, row)
        return file.size

    def made(self, step: str, material: KeyMaterial, data: Mapping[str, Any], made_by: str) -> Trace:
        """Return the trace of a step that ran.

        data: the worker's answer (execute.py), whose blobs are in the store already.
        made_by: the program and its version.
        """
        outputs: dict[str, Blob] = {}
        for name, (digest, *numbers) in data["outputs"].items():
            outputs[name] = Blob(digest, numbers[0])
            self._blob_added(digest, numbers)
        for digest, numbers in data["sources"].items():
            self._blob_added(digest, numbers)
        return Trace(
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

    def write(self, made: Trace, *, replace: bool) -> Written:
        """Write the trace of a step that ran; other steps can be looked up and recorded meanwhile. Raises OSError.

        replace: replace an earlier result for the key.
        """
        local = self.cache.local
        return Written(local.record(made, replace=replace), local.trace_signature(made.key))

    def record(self, step: str, written: Written, reason: str) -> bool:
        """Make a result known; return whether its outputs are those of the step's last result.

        reason: why it ran, in short.
        """
        outputs, row = written.trace.outputs, self.index.row(step)
        unchanged = row is not None and dict(row.outputs) == dict(outputs)
        self.added += self._index(step, written, reason, unchanged=unchanged)
        self.add_product(step, outputs)
        return unchanged

    def record_fetched(self, step: str, result: FetchResult) -> CacheHit | None:
        """Write the trace of a result that was fetched; None if there is no result, or if it cannot be written."""
        counts, local, trace = self.cache.fetches, self.cache.local, result.trace
        counts.rejected += result.rejected
        counts.errors += result.errors
        for digest, left in result.added.items():
            self._blob_added(digest, left)
        with contextlib.suppress(OSError):  # then the step runs, and what is wrong is reported by that
            if trace is not None and local.has_all(trace.outputs):
                written = self.write(trace, replace=False)
                trace = written.trace
                self.added += self._index(step, written, "", unchanged=False)
                counts.hits += 1
                return CacheHit(trace.outputs, trace.warnings, trace.seconds, result.source)
        counts.misses += 1
        return None

    def _blob_added(self, digest: str, numbers: Sequence[int]) -> None:
        self.cache.local.blob_added(digest, Signature(*numbers))
        self.added += numbers[0]

    def add_product(self, step: str, outputs: Mapping[str, Blob]) -> None:
        """Make the step's product known, so that its dependents can be looked up."""
        self.products[step] = outputs

    # What a worker receives, and what it reports.

    def inputs(self, step: Step, material: KeyMaterial) -> dict[str, dict[str, Any]]:
        """Return the step's inputs as a worker receives them (execute.py)."""
        names = _link_names(step)
        return {role: self._input(step, role, names[role], material) for role in step.inputs}

    def _input(self, step: Step, role: str, name: str, material: KeyMaterial) -> dict[str, Any]:
        source = step.inputs[role]
        if isinstance(source, Product):
            if not source.name:
                files = {file: blob.digest for file, blob in self.products[source.step].items()}
                return {"as": name, "files": files}
            return {"as": name, "blob": self.blob(step, source).digest}
        # The key was made of this digest: the worker refuses a source that has another one by now.
        digest = material.inputs[role].partition(".")[0]
        found = {"as": name, "blob": digest}
        return found if self.cache.has_intact(digest) else {**found, "source": source.path}

    def with_source_names(self, step: Step, text: str) -> str:
        """Return a step's message with the sources' own names in place of those that the step sees."""
        links = _link_names(step)
        sources = {role: source.path for role, source in step.inputs.items() if isinstance(source, Source)}
        own = {f"'{links[role]}'": f"'{PurePath(path).name}'" for role, path in sources.items()}
        return re.sub("|".join(map(re.escape, own)), lambda match: own[match[0]], text) if own else text


def _link_names(step: Step) -> dict[str, str]:
    """Return role -> a file name that follows from roles and suffixes alone, and that every tool can read."""
    names: dict[str, str] = {}
    for position, (role, source) in enumerate(sorted(step.inputs.items())):
        suffix = plain_suffix(source.path if isinstance(source, Source) else source.name)
        stem = "".join(char if char.isascii() and (char.isalnum() or char in "-_") else "_" for char in role)
        name = stem + suffix
        names[role] = name if stem == role and name not in names.values() else f"{stem}-{position}{suffix}"
    return names
