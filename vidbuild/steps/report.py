"""The step `report`: write the timing of the video, as JSON for programs and as an HTML page for people."""

from __future__ import annotations

import base64
import json

from vidbuild import seal
from vidbuild.engine.graph.context import Context
from vidbuild.video_report.page import page
from vidbuild.video_report.timing import report_data, video_timing


def run(context: Context) -> None:
    """Write timing.json and report.html from the scenes' timings and thumbnails."""
    params = context.params
    scenes = [scene["id"] for scene in params["scenes"]]
    timings = [json.loads(context.read(f"timing:{scene}")) for scene in scenes]
    timing = video_timing(params, timings)
    thumbnails = {scene: base64.b64encode(context.read(f"thumb:{scene}")).decode("ascii") for scene in scenes}
    text = seal.sealed_json(json.dumps(timing, ensure_ascii=False, indent=1))
    (context.out / "timing.json").write_text(text, encoding="utf-8")
    html = seal.sealed_html(page(report_data(params, timing, thumbnails), params["video"]))
    (context.out / "report.html").write_text(html, encoding="utf-8")
    if "credits" in params:
        (context.out / "credits.txt").write_text(seal.sealed_text(params["credits"]), encoding="utf-8")
