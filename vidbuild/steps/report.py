"""The step `report`: what the video's timings are, as JSON for programs and as data for the report page."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from vidbuild.engine.context import Context
from vidbuild.report.timing import report_data, video_timing


def run(context: Context) -> None:
    """Write timing.json and report-data.json from the scenes' timings and pictures."""
    facts = context.params
    ids = [scene["id"] for scene in facts["scenes"]]
    timings = [json.loads(context.inputs[f"timing:{each}"].read_text(encoding="utf-8")) for each in ids]
    timing = video_timing(facts, timings)
    thumbs = {each: _base64(context.inputs[f"thumb:{each}"]) for each in ids}
    _write(context.out / "timing.json", timing)
    _write(context.out / "report-data.json", report_data(facts, timing, thumbs))


def _base64(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode("ascii")


def _write(path: Path, data: dict[str, Any]) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
