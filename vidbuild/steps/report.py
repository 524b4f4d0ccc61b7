"""The step `report`: what the video's timings are, as JSON for programs and as a page for people."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from vidbuild.engine.graph.context import Context
from vidbuild.video_report.page import page
from vidbuild.video_report.timing import report_data, video_timing


def run(context: Context) -> None:
    """Write timing.json and report.html from the scenes' timings and pictures."""
    facts = context.params
    ids = [scene["id"] for scene in facts["scenes"]]
    timings = [json.loads(context.inputs[f"timing:{each}"].read_text(encoding="utf-8")) for each in ids]
    timing = video_timing(facts, timings)
    thumbs = {each: _base64(context.inputs[f"thumb:{each}"]) for each in ids}
    text = json.dumps(timing, ensure_ascii=False, indent=1) + "\n"
    (context.out / "timing.json").write_text(text, encoding="utf-8")
    made = page(report_data(facts, timing, thumbs), facts["video"])
    (context.out / "report.html").write_text(made, encoding="utf-8")


def _base64(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode("ascii")
