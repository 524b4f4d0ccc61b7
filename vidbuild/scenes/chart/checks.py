"""The errors in a chart scene that the schema cannot find."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vidbuild.scenes import csv_text
from vidbuild.scenes.chart import data, plot
from vidbuild.scenes.chart.data import Data, Fields
from vidbuild.scenes.csv_text import CsvError
from vidbuild.scenes.named import index_of, repeated, shared, unknown
from vidbuild.scenes.protocol import SceneProblem

MAX_REVEALED = 24  # labels; each has layers of its own
MAX_SERIES, MAX_LABELS, MAX_SLICES = 8, 60, 8  # viewers cannot distinguish more


def columns(fields: Fields) -> Iterator[SceneProblem]:
    """Yield the errors about columns that the file does not have."""
    if fields.get("data") is None:
        return
    try:
        rows = csv_text.read(fields["data"], fields.get("delimiter"))
    except CsvError:
        return
    header = list(rows[0].cells) if rows else []
    for index, name in enumerate(fields["columns"]):
        if index_of(name, header) is None:
            yield SceneProblem(f"columns.{index}", *unknown(f"no column '{name}' in the file", str(name), header))


def problems(fields: Fields, read: Data) -> Iterator[SceneProblem]:
    """Yield the errors about the data's size and shape, and about names that it does not have."""
    shape = list(_shape(fields, read))
    yield from shape
    if not shape:
        yield from _kind(fields, read)
        yield from _names(fields, read)


def _shape(fields: Fields, read: Data) -> Iterator[SceneProblem]:
    source = "data" if fields.get("data") is not None else "values" if "values" in fields else "series"
    count = len(read.labels)
    for index, each in enumerate(read.series):
        if len(each.values) != count:
            field = "values" if source == "values" else f"series.{index}.values"
            where = "as 'labels'" if fields["labels"] else "as the longest series"
            yield SceneProblem(field, f"{len(each.values)} values: expected {count}, {where}")
    if len(read.series) > MAX_SERIES:
        message = f"{len(read.series)} series: a chart shows at most {MAX_SERIES}"
        yield SceneProblem(source, message, "name the series to show in 'columns'" if source == "data" else None)
    if count > MAX_LABELS:
        hint = "keep one row for each week or month instead of each day" if source == "data" else None
        yield SceneProblem(source, f"{count} labels: a chart shows at most {MAX_LABELS}", hint)
    if all(value is None for each in read.series for value in each.values):
        yield SceneProblem(source, "the chart has no values")


def _kind(fields: Fields, read: Data) -> Iterator[SceneProblem]:
    kind = fields["kind"]
    values = [value for each in read.series for value in each.values if value is not None]
    if kind in data.ROUND:
        if len(read.series) > 1:
            message = f"a {kind} shows one series, not {len(read.series)}"
            yield SceneProblem("kind", message, "write stacked")
        elif min(values) < 0:
            yield SceneProblem("kind", f"a {kind} cannot show negative values", "write bar")
        elif not any(values):
            yield SceneProblem("kind", f"a {kind} of zeros has no slices", "write bar")
        elif len(list(plot.slices(read))) > MAX_SLICES:
            message = f"a {kind} shows at most {MAX_SLICES} slices, not {len(list(plot.slices(read)))}"
            yield SceneProblem("kind", message, "write bar")
    if kind == "area" and len(read.series) > 1 and min(values) < 0:
        yield SceneProblem("kind", "areas of several series are stacked, and cannot show negative values", "write line")
    if kind not in data.ROUND:
        yield from _axis(fields, read)


def _axis(fields: Fields, read: Data) -> Iterator[SceneProblem]:
    low, high = fields["axis"].get("min"), fields["axis"].get("max")
    if low is not None and high is not None and low >= high:
        yield SceneProblem("axis.max", f"the axis ends before it starts: expected more than {low:g}, got {high:g}")
    elif fields["kind"] != "line" and low is not None and low > 0:
        yield SceneProblem("axis.min", f"the axis of a {fields['kind']} chart must have zero in it", "write 0")
    elif fields["kind"] != "line" and high is not None and high < 0:
        yield SceneProblem("axis.max", f"the axis of a {fields['kind']} chart must have zero in it", "write 0")
    else:
        yield from _outside(fields, read)


def _outside(fields: Fields, read: Data) -> Iterator[SceneProblem]:
    """Yield an error for each end of the axis that a value is beyond."""
    spans, axis = plot.spans_and_axis(fields, read)
    ends = [end for row in spans for span in row if span for end in span]
    if fields["kind"] == "line":
        ends = [value for each in read.series for value in each.values if value is not None]
    if "max" in fields["axis"] and max(ends) > axis.high:
        yield SceneProblem("axis.max", f"the axis ends at {axis.high:g}, below the highest value, {max(ends):g}")
    if "min" in fields["axis"] and min(ends) < axis.low:
        yield SceneProblem("axis.min", f"the axis starts at {axis.low:g}, above the lowest value, {min(ends):g}")


def _names(fields: Fields, read: Data) -> Iterator[SceneProblem]:
    reveal, by_label, count = fields["reveal"], data.is_by_label(fields), len(read.labels)
    first = "reveal" if isinstance(reveal, str) else "reveal.0"
    if by_label and fields["kind"] in {"line", "area"}:
        yield SceneProblem(first, "lines appear by series, not by label")
        return
    if fields["kind"] in data.ROUND and (reveal == "series" or (first == "reveal.0" and "series" in reveal[0])):
        yield SceneProblem(first, f"a {fields['kind']} appears by label, not by series")
        return
    if by_label and reveal != "none" and count > MAX_REVEALED:
        yield SceneProblem("reveal", f"{count} labels: at most {MAX_REVEALED} can appear one by one")
        return
    if not isinstance(reveal, str):
        yield from _revealed(fields, read)
    for nth, item in enumerate(fields["highlight"]):
        yield from _highlight(f"highlight.{nth}", item, fields, read)


def _revealed(fields: Fields, read: Data) -> Iterator[SceneProblem]:
    """Yield the errors about a list of what appears one by one."""
    series, labels = [each.name for each in read.series], list(read.labels)
    reveal, by_label = fields["reveal"], data.is_by_label(fields)
    for nth, item in enumerate(reveal):
        if ("label" in item) == ("series" in item):
            yield SceneProblem(f"reveal.{nth}", "an entry needs exactly one of 'series' and 'label'")
        elif ("label" in item) != by_label:
            yield SceneProblem(f"reveal.{nth}", "'reveal' has both series and labels: expected one of them")
        else:
            yield from _known(f"reveal.{nth}", item, series, labels)
            label = index_of(item["label"], labels) if fields["kind"] in data.ROUND else None
            if label is not None and not read.series[0].values[label]:
                yield SceneProblem(f"reveal.{nth}.label", f"no value at '{labels[label]}'")
    kind, known = ("label", labels) if by_label else ("series", series)
    twice = repeated(index_of(item[kind], known) if kind in item else None for item in reveal)
    if twice is not None:
        yield SceneProblem(f"reveal.{twice}.{kind}", f"{kind} '{reveal[twice][kind]}' appears twice")


def _highlight(field: str, item: Fields, fields: Fields, read: Data) -> Iterator[SceneProblem]:
    series, labels = [each.name for each in read.series], list(read.labels)
    found = list(_known(field, item, series, labels))
    yield from found
    if "series" not in item and len(series) > 1:
        yield SceneProblem(field, "the chart has several series: name the 'series' of the value")
    elif not found:
        row = read.series[(index_of(item["series"], series) or 0) if "series" in item else 0]
        label = index_of(item["label"], labels)
        if label is not None and (
            row.values[label] is None or (fields["kind"] in data.ROUND and not row.values[label])
        ):
            yield SceneProblem(f"{field}.label", f"no value at '{labels[label]}'")


def _known(field: str, item: Fields, series: Sequence[str], labels: Sequence[str]) -> Iterator[SceneProblem]:
    for name, known in (("series", series), ("label", labels)):
        if name in item and index_of(item[name], known) is None:
            problem = unknown(f"no {name} '{item[name]}' in the chart", str(item[name]), known)
            yield SceneProblem(f"{field}.{name}", *problem)
        elif name in item and (doubt := shared("series" if name == "series" else "labels", item[name], known)):
            yield SceneProblem(f"{field}.{name}", *doubt)
