"""The rows of a matrix: the combinations of its values without those that are excluded."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence

from vidbuild.json_types import Json
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path

MAX_ROWS = 5000
LISTS = {"language": "languages", "output": "outputs"}  # fields of a matrix -> those of a row, which are lists
Row = Mapping[str, Json]


def rows(data: Mapping[str, Json], collector: DiagnosticCollector) -> Iterator[tuple[Path, Row]]:
    """Yield each combination, with the path of the last value that differs in it; report what is wrong."""
    matrix: Mapping[str, Sequence[Json]] = data.get("matrix", {})
    excluded: Sequence[Row] = data.get("exclude", ())
    if not matrix:
        for index in range(len(excluded)):
            collector.error(("exclude", index), "there is no 'matrix' to exclude from", "remove the row itself")
        return
    count = math.prod(len(values) for values in matrix.values())
    if count > MAX_ROWS:
        message = f"the matrix has {count} combinations: the maximum is {MAX_ROWS}"
        collector.error(("matrix",), message, "write several batches", key=True)
        return
    if not {"spec", "create"} & matrix.keys():
        collector.error(("matrix",), "the matrix has neither 'spec' nor 'create'", "add 'spec: [video.yaml]'", key=True)
        return
    if {"spec", "create"} <= matrix.keys():
        collector.error(("matrix", "create"), "a row has either 'spec' or 'create'", "write two batches", key=True)
        return
    _check_repeated(matrix, collector)
    _check_exclusions(matrix, excluded, collector)
    found = 0
    for chosen in itertools.product(*(list(enumerate(values)) for values in matrix.values())):
        values = dict(zip(matrix, (value for _, value in chosen), strict=True))
        if not any(_matches(values, each) for each in excluded):
            found += 1
            yield _path(matrix, chosen), _as_row(values)
    if not found and not collector.has_errors:
        collector.error(("exclude",), "every combination of the matrix is excluded", "remove one of these", key=True)


def _path(matrix: Mapping[str, Sequence[Json]], chosen: Sequence[tuple[int, Json]]) -> Path:
    """Return the path of a combination's spec, or of its source: the messages about it point there."""
    names = list(matrix)
    at = next(index for index, name in enumerate(names) if name in {"spec", "create"})
    return ("matrix", names[at], chosen[at][0])


def _as_row(values: Row) -> Row:
    return {LISTS.get(name, name): [value] if name in LISTS else value for name, value in values.items()}


def _matches(values: Row, excluded: Row) -> bool:
    return all(_includes(values.get(name), wanted) for name, wanted in excluded.items())


def _includes(value: Json, wanted: Json) -> bool:
    if isinstance(wanted, Mapping) and isinstance(value, Mapping):
        return all(name in value and value[name] == each for name, each in wanted.items())
    return bool(value == wanted)


def _check_repeated(matrix: Mapping[str, Sequence[Json]], collector: DiagnosticCollector) -> None:
    for name, values in matrix.items():
        for index, value in enumerate(values):
            if value in values[:index]:
                collector.error(("matrix", name, index), f"a value of '{name}' is there twice", "remove one of them")


def _check_exclusions(
    matrix: Mapping[str, Sequence[Json]], excluded: Sequence[Row], collector: DiagnosticCollector
) -> None:
    """Report exclusions of what the matrix does not have: each is a mistake, since the matrix is closed."""
    from vidbuild.suggest import did_you_mean

    for index, each in enumerate(excluded):
        for name, wanted in each.items():
            if name not in matrix:
                message = f"the matrix has no '{name}'"
                collector.error(("exclude", index, name), message, f"it has {', '.join(matrix)}", key=True)
            elif not any(_includes(value, wanted) for value in matrix[name]):
                known = [str(value) for value in matrix[name] if not isinstance(value, Mapping)]
                hint = _other_type(wanted, matrix[name]) or (did_you_mean(str(wanted), known) if known else None)
                message = f"the '{name}' of the matrix has no such value, so that nothing is excluded"
                collector.error(("exclude", index, name), message, hint or "remove it")


def _other_type(wanted: Json, values: Sequence[Json]) -> str | None:
    """Return a hint about a text that the matrix has as a number, or the reverse; None if it has neither."""
    if not isinstance(wanted, Mapping):
        found = next((each for each in values if str(each) == str(wanted) and not isinstance(each, Mapping)), None)
        return (
            None
            if found is None
            else f"write {json.dumps(found, ensure_ascii=False)}, {_type(found)}, as the matrix has it"
        )
    for value in values:
        if isinstance(value, Mapping) and all(str(value.get(name)) == str(each) for name, each in wanted.items()):
            found = {name: value[name] for name, each in wanted.items() if value[name] != each}
            written = ", ".join(f"{name}: {json.dumps(each, ensure_ascii=False)}" for name, each in found.items())
            return f"write {written}, {_type(next(iter(found.values())))}, as the matrix has it"
    return None


def _type(value: Json) -> str:
    if isinstance(value, bool):
        return "true or false"
    return "a text" if isinstance(value, str) else "a number"
