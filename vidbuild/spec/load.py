"""Loads a spec from a file, text or Python data, and finds all of its problems at once."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from vidbuild.choice import Choice
from vidbuild.diagnostic import Diagnostic
from vidbuild.frozen import dataclass, field, replaced
from vidbuild.location import Location
from vidbuild.model import Spec
from vidbuild.project import root_of
from vidbuild.spec import (
    brand,
    expand,
    file_kind,
    from_python,
    paths,
    plugins,
    reader,
    switched_off,
    validate,
    videos,
    yaml_lint,
)
from vidbuild.spec import variables as spec_variables
from vidbuild.spec.builder import SpecBuilder
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.diagnostics import SpecError, tidy
from vidbuild.spec.document import Document
from vidbuild.spec.files import similar_file
from vidbuild.spec.own_files import own_content, why_unreadable
from vidbuild.spec.valid_parts import ValidParts

if TYPE_CHECKING:
    from vidbuild.spec.layers import Layered
    from vidbuild.spec.stock import Stock, StockField

MAX_BYTES = 2_000_000  # of a spec's file
# Files that stand for a stream: standard input, or the output of a command, as the shell's <(command) names it.
_STREAM = re.compile(r"/dev/(?:stdin|fd/\d+)|/proc/(?:self|\d+)/fd/\d+")
Variables = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LoadResult:
    """A spec and its problems.

    spec: None if there is an error.
    sources: file name as in the diagnostics -> text.
    stock: the stock media that the spec asks for.
    choices: the videos of the spec.
    written: the document of the spec and its brand as it is written, for all videos; None if it cannot be read.
    """

    spec: Spec | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str] = field(default_factory=dict)
    stock: tuple[StockField, ...] = ()
    choices: tuple[Choice, ...] = (Choice(),)
    written: Layered | None = None

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that are errors."""
        return tuple(item for item in self.diagnostics if item.severity == "error")

    def spec_or_raise(self) -> Spec:
        """Return the spec. Raises SpecError with all errors if there are any."""
        if self.spec is None:
            raise SpecError(self.errors, self.sources)
        return self.spec


@dataclass(frozen=True, slots=True)
class _Given:
    """What is given for one build. brand: the name of one instead of the spec's own; others: see `try_load`."""

    variables: Variables
    brand: str | None
    recordings: bool = True
    locked: bool = True
    choice: Choice | None = None


def load(path: str | os.PathLike[str], variables: Variables | None = None, brand: str | None = None) -> Spec:
    """Load a spec's file. Raises SpecError with all of its errors. brand: the name of one instead of its own."""
    return _whole(partial(try_load, path, variables, brand))


def parse(
    data: Mapping[str, Any] | str,
    path: str | os.PathLike[str],
    variables: Variables | None = None,
    brand: str | None = None,
) -> Spec:
    """Load a spec from YAML text or from data made in Python. Raises SpecError with all of its errors.

    path: where its file would be. brand: the name of one instead of its own.
    """
    return _whole(partial(try_parse, data, path, variables, brand))


def _whole(read: Callable[..., LoadResult]) -> Spec:
    """Return a spec with all of its videos; read: loads one of them. Raises SpecError with the errors of all."""
    first = read()
    if len(first.choices) == 1:
        return first.spec_or_raise()
    results = [first, *(read(choice=choice) for choice in first.choices[1:])]
    errors = tidy(chain.from_iterable(each.errors for each in results))
    if errors or first.spec is None:
        raise SpecError(errors, dict(chain.from_iterable(each.sources.items() for each in results)))
    return replaced(first.spec, videos=tuple(each.spec_or_raise() for each in results))


def try_load(
    path: str | os.PathLike[str],
    variables: Variables | None = None,
    brand: str | None = None,
    *,
    recordings: bool = True,
    locked: bool = True,
    choice: Choice | None = None,
) -> LoadResult:
    """Load a spec's file; problems are in the result.

    brand: the name of one instead of the spec's own.
    recordings: whether the outputs of commands that were run are read from their recordings.
    locked: whether stock media is read from the lock; otherwise what needs it is left out, and there is no spec.
    choice: which of the spec's videos; default: the first.
    """
    name = os.fspath(path)
    try:
        raw = own_content(FilePath(name), root_of(FilePath(name)), MAX_BYTES)
    except (OSError, ValueError, paths.InputError) as error:
        hint = similar_file(FilePath(name), name, (".yaml", ".yml")) if isinstance(error, FileNotFoundError) else None
        hint = "write '-' to read the spec from standard input" if _STREAM.fullmatch(name) else hint
        message = f"cannot read the spec: {why_unreadable(error)}"
        return LoadResult(None, tuple(tidy([Diagnostic("error", message, name, hint=hint)])))
    if len(raw) > MAX_BYTES:
        message = f"the spec is too large: the maximum is {MAX_BYTES} bytes"
        return LoadResult(None, (Diagnostic("error", message, name),))
    if (pointer := file_kind.pointer(raw)) is not None:
        message = f"'{FilePath(name).name}' {pointer.problem}"
        return LoadResult(None, (Diagnostic("error", message, name, Location(name, 1, 1, 1), pointer.hint),))
    text, problems = reader.decode(raw, name)
    if problems:
        return LoadResult(None, tuple(problems), {name: text})
    result = _load_text(text, name, _Given(variables or {}, brand, recordings, locked, choice))
    if result.spec is None:
        return result
    files = (FilePath(name).absolute(), *result.spec.files)
    return replaced(result, spec=replaced(result.spec, files=files))


def try_load_all(path: str | os.PathLike[str], variables: Variables | None = None, **given: Any) -> list[LoadResult]:  # noqa: ANN401 - as for try_load
    """Load each video of a spec's file, as `try_load` does; given: its other parameters."""
    first = try_load(path, variables, **given)
    others = (try_load(path, variables, **given, choice=choice) for choice in first.choices[1:])
    return [first, *others]


def try_parse(
    data: Mapping[str, Any] | str,
    path: str | os.PathLike[str],
    variables: Variables | None = None,
    brand: str | None = None,
    *,
    recordings: bool = True,
    choice: Choice | None = None,
) -> LoadResult:
    """Load a spec from YAML text or data, as `parse`; problems are in the result. Others: see `try_load`."""
    name, given = os.fspath(path), _Given(variables or {}, brand, recordings, choice=choice)
    if isinstance(data, str):
        return _load_text(data, name, given)
    document, problems = from_python.document(data, name)
    return _load_document(document, problems, given)


def _load_text(text: str, name: str, given: _Given) -> LoadResult:
    document, problems = reader.read(text, name)
    if document.data is None:
        return LoadResult(None, tuple(tidy(problems)), {name: text})
    return _load_document(document, problems, given)


def _load_document(written: Document, problems: list[Diagnostic], given: _Given) -> LoadResult:
    branded = brand.apply(written, root_of(FilePath(written.name)), given.brand)
    every = videos.Videos.of(branded.layered.document)
    choice = given.choice or every.choices[0]
    selected = videos.select(branded.layered, every, choice)
    original = document = selected.layered.document
    sources = {written.name: written.text, **branded.sources, **selected.sources}
    problems = [*problems, *branded.diagnostics, *selected.problems]
    too_many = expand.too_many_templates(document)
    if too_many:
        return LoadResult(None, tuple(tidy([*problems, *too_many])), sources, (), every.choices, branded.layered)
    named, wrong = spec_variables.values(document, given.variables)
    # Which texts are templates depends on the types of scenes, and a template can name another type.
    unusable = plugins.add_types(document)
    document, failed = expand.expand(document, named)
    failed |= {**unusable, **plugins.add_types(document), **selected.failed}
    problems = [
        *problems,
        *wrong,
        *spec_variables.doubtful(branded.layered.document, given.variables, failed=bool(failed)),
        *yaml_lint.check(document, original),
    ]
    faults = validate.validate(document, skip=failed)
    problems += [*chain.from_iterable(failed.values()), *validate.diagnose(document, faults)]
    collector = DiagnosticCollector(document, problems)
    spec: Spec | None = None
    found: tuple[StockField, ...] = ()
    if isinstance(document.data, Mapping) and len(faults) <= validate.MAX_FAULTS and branded.is_complete:
        invalid = frozenset(failed).union(fault.path for fault in faults)
        stock = _stock(document, ValidParts(document.data, invalid), collector, given)
        valid = ValidParts(stock.document.data, invalid | stock.unresolved)
        layered = replaced(selected.layered, document=stock.document)
        own_collector = replaced(collector, document=stock.document)
        builder = SpecBuilder(layered, stock, own_collector, valid, recordings=given.recordings)
        spec, found = plugins.reporting(builder.spec, collector), stock.fields
        sources.update(builder.sources)
    if isinstance(document.data, Mapping):
        switched_off.check(collector)
    diagnostics = tuple(tidy(switched_off.shown(document, collector.diagnostics)))
    if any(item.severity == "error" for item in diagnostics) or spec is None:
        return LoadResult(None, diagnostics, sources, found, every.choices, branded.layered)
    if branded.files or selected.is_one_of_several:
        files = tuple(dict.fromkeys((*branded.files, *selected.files, *spec.files)))
        spec = replaced(spec, files=files, data=expand.expand(written, named)[0].data)
    spec = replaced(selected.marked(spec), warnings=diagnostics)
    return LoadResult(spec, diagnostics, sources, found, every.choices, branded.layered)


def _stock(document: Document, valid: ValidParts, collector: DiagnosticCollector, given: _Given) -> Stock:
    from vidbuild.spec import stock

    root = root_of(FilePath(document.name))
    if not given.locked:
        return stock.find(document, valid, collector, root)
    return stock.resolve(document, valid, collector, root, given.brand)
