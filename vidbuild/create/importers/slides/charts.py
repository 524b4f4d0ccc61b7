"""Charts of DrawingML: the values that the presentation has cached, which are those that PowerPoint shows."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from vidbuild.create.importers.slides import xml
from vidbuild.create.importers.slides.slide import clean
from vidbuild.create.source.outline import Chart

if TYPE_CHECKING:
    from pptx.opc.package import Part
    from pptx.parts.chart import ChartPart

KINDS = {
    "barChart": "bar",
    "bar3DChart": "bar",
    "lineChart": "line",
    "line3DChart": "line",
    "areaChart": "area",
    "area3DChart": "area",
    "pieChart": "pie",
    "pie3DChart": "pie",
    "doughnutChart": "donut",
}
MAX_LABELS, MAX_SERIES, MAX_VALUE = 1000, 100, 1e15
_EPOCH = dt.date(1899, 12, 30)  # of serial dates in workbooks
_DATE = re.compile(r"[yd]", re.IGNORECASE)


def space(slide: Part, relation: str) -> xml.Element:
    """Return the chart that a slide refers to."""
    return cast("ChartPart", slide.related_part(relation)).chart.element


def read(space: xml.Element) -> Iterator[Chart]:
    """Yield a chart for each kind of plot that vidbuild draws."""
    area = space.find(f"{xml.C}chart/{xml.C}plotArea")
    title = clean("".join(each.text or "" for each in space.iterfind(f"{xml.C}chart/{xml.C}title//{xml.A}t")))
    found: dict[str, list[xml.Element]] = {}
    for plot in () if area is None else area:
        name = str(plot.tag).removeprefix(xml.C)
        if name in KINDS:
            grouping = plot.find(f"{xml.C}grouping")
            stacked = grouping is not None and "stacked" in str(grouping.get("val", "")).lower()
            kind = "stacked" if stacked and KINDS[name] == "bar" else KINDS[name]
            found.setdefault(kind, []).extend(plot.findall(f"{xml.C}ser"))
    for kind, series in found.items():
        yield from _chart(kind, series, title)


def _chart(kind: str, series: list[xml.Element], title: str) -> Iterator[Chart]:
    count = max((_count(each) for each in series), default=0)
    if not 0 < count <= MAX_LABELS or len(series) > MAX_SERIES:
        return
    labels = _labels(series[0], count)
    values = tuple((_name(each, nth), tuple(_values(each, count))) for nth, each in enumerate(series, 1))
    values = values[:1] if kind in {"pie", "donut"} else values
    if any(value is not None for _, row in values for value in row):
        yield Chart(kind, labels, values, title)


def _count(series: xml.Element) -> int:
    counts = [int(each.get("val", "0")) for each in series.iterfind(f"{xml.C}val//{xml.C}ptCount")]
    return max(counts, default=0)


def _points(parent: xml.Element) -> dict[int, str]:
    return {int(each.get("idx", "0")): each.findtext(f"{xml.C}v") or "" for each in parent.iter(f"{xml.C}pt")}


def _labels(series: xml.Element, count: int) -> tuple[str, ...]:
    categories = series.find(f"{xml.C}cat")
    if categories is None:
        return tuple(str(nth + 1) for nth in range(count))
    level = categories.find(f".//{xml.C}lvl")  # the nearest to the axis
    points = _points(categories if level is None else level)
    code = categories.findtext(f".//{xml.C}formatCode") or ""
    is_date = bool(_DATE.search(re.sub(r"\[[^]]*\]|\"[^\"]*\"|General", "", code)))
    return tuple(_label(points.get(nth, ""), is_date) or str(nth + 1) for nth in range(count))


def _label(text: str, is_date: bool) -> str:
    if is_date and re.fullmatch(r"\d{1,6}(?:\.0+)?", text):
        return (_EPOCH + dt.timedelta(days=int(float(text)))).isoformat()
    return re.sub(r"^(-?\d+)\.0+$", r"\1", clean(text))


def _name(series: xml.Element, nth: int) -> str:
    own = series.find(f"{xml.C}tx")
    text = "" if own is None else clean(" ".join(each.text or "" for each in own.iter(f"{xml.C}v")))
    return text or f"Series {nth}"


def _values(series: xml.Element, count: int) -> Iterator[float | None]:
    own = series.find(f"{xml.C}val")
    points = {} if own is None else _points(own)
    for nth in range(count):
        try:
            value = float(points.get(nth, ""))
        except ValueError:
            yield None
            continue
        yield value if math.isfinite(value) and abs(value) <= MAX_VALUE else None
