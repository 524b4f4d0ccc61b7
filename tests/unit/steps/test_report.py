"""The step that writes the timing report and the page."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from tests.unit.video_report.test_timing import FACTS, TIMINGS
from vidbuild.engine.graph.context import Context
from vidbuild.steps.report import run


def context(folder: Path) -> Context:
    """A run of the step over two scenes."""
    out, inputs = folder / "out", folder / "in"
    out.mkdir(parents=True)
    inputs.mkdir()
    found: dict[str, Path] = {}
    for scene, timing in zip(FACTS["scenes"], TIMINGS, strict=True):
        name = scene["id"]
        found[f"timing:{name}"] = inputs / f"{name}.json"
        found[f"timing:{name}"].write_text(json.dumps(timing), encoding="utf-8")
        found[f"thumb:{name}"] = inputs / f"{name}.jpg"
        found[f"thumb:{name}"].write_bytes(b"\xff\xd8" + name.encode())
    return Context("report", {**FACTS, "video": "a%20talk.mp4"}, found, out, folder, {})


def test_both_files_are_written(tmp_path: Path) -> None:
    """timing.json holds the video's times, report.html the same scenes with their pictures and the way to the video."""
    given = context(tmp_path)
    run(given)
    timing = json.loads((given.out / "timing.json").read_text(encoding="utf-8"))
    page = (given.out / "report.html").read_text(encoding="utf-8")
    assert [scene["id"] for scene in timing["scenes"]] == ["one", "two"]
    assert "base64," + base64.b64encode(b"\xff\xd8two").decode() in page
    assert 'href="a%20talk.mp4#t=1.5"' in page
    assert sorted(path.name for path in given.out.iterdir()) == ["report.html", "timing.json"]


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    """Two runs write the same bytes: nothing of the clock or of the machine is in them."""
    first, second = context(tmp_path / "a"), context(tmp_path / "b")
    run(first)
    run(second)
    for name in ("timing.json", "report.html"):
        assert (first.out / name).read_bytes() == (second.out / name).read_bytes()


def test_words_of_any_script_can_be_read_in_the_file(tmp_path: Path) -> None:
    """timing.json has text as it is spoken, one value a line, rather than as codes of its characters."""
    given = context(tmp_path)
    timing = given.inputs["timing:two"]
    timing.write_text(timing.read_text(encoding="utf-8").replace("Hello", "Grüße, 世界"), encoding="utf-8")
    run(given)
    text = (given.out / "timing.json").read_text(encoding="utf-8")
    assert '     "text": "Grüße, 世界",\n' in text
