"""The labels and series of a chart scene, from the spec or from CSV text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vidbuild.scenes import csv_text, numbers
from vidbuild.scenes.csv_text import CsvError
from vidbuild.scenes.named import index_of
from vidbuild.written_float import decimals_of

Fields = Mapping[str, Any]
ROUND = frozenset({"pie", "donut"})


@dataclass(frozen=True, slots=True)
class Series:
    """Values by label; None is a gap."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Data:
    """What a chart shows. mark: the decimal mark with which its numbers are written."""

    labels: tuple[str, ...]
    series: tuple[Series, ...]
    mark: str = "."


def read(fields: Fields) -> Data:
    """Return the data of a chart. Raises CsvError."""
    if fields.get("data") is not None:
        return _from_csv(fields)
    given = [{"name": "", "values": fields["values"]}] if "values" in fields else fields["series"]
    series = tuple(Series(item["name"], tuple(_number(value) for value in item["values"])) for item in given)
    count = max((len(item.values) for item in series), default=0)
    labels = tuple(map(_label, fields["labels"])) or tuple(str(nth) for nth in range(1, count + 1))
    return Data(labels, series)


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _from_csv(fields: Fields) -> Data:
    rows = csv_text.read(fields["data"], fields.get("delimiter"))
    if not rows[1:] or not rows[0].cells[1:]:
        message = "the file has no series: expected a header, and labels in the first column with numbers beside them"
        raise CsvError(message, (0, max(1, len(fields["data"].split("\n", maxsplit=1)[0]))))
    header, body = rows[0], rows[1:]
    picked = [index for name in fields["columns"] if (index := index_of(name, header.cells)) is not None]
    chosen = picked or list(range(1, len(header.cells)))
    texts = [row.cells[index] for index in chosen for row in body]
    mark = numbers.decimal_mark(texts, "," if ";" in fields["data"].split("\n", maxsplit=1)[0] else ".")
    if mark is None:
        raise _no_number(body, chosen)
    series = tuple(
        Series(header.cells[index], tuple(numbers.parse(row.cells[index], mark) for row in body)) for index in chosen
    )
    return Data(tuple(row.cells[0] for row in body), series, mark)


def _no_number(body: Sequence[csv_text.Row], chosen: Sequence[int]) -> CsvError:
    """Return the error about the first cell that does not go with those before it."""
    before: list[str] = []
    for row in body:
        for index in chosen:
            cell = row.cells[index]
            if not numbers.is_absent(cell) and numbers.decimal_mark([*before, cell]) is None:
                alone = numbers.decimal_mark([cell]) is not None
                message = f"'{cell}' is no number"
                if alone:
                    message = f"'{cell}' has another unit or form than the numbers above it"
                return CsvError(message, row.spans[index])
            before.append(cell)
    return CsvError("the file has no numbers", body[0].spans[chosen[0]])


def _label(value: str | float) -> str:
    """Return the text of a label; a number has the decimals that it was written with."""
    decimals = None if isinstance(value, str) else decimals_of(value)
    return str(value) if decimals is None else f"{value:.{decimals}f}"


def is_by_label(fields: Fields) -> bool:
    """Return whether labels appear one by one rather than series."""
    reveal = fields["reveal"]
    if fields["kind"] in ROUND:
        return True
    return reveal == "labels" or (not isinstance(reveal, str) and "label" in reveal[0])
