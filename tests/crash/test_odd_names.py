"""Names that files may have, in every place where vidbuild meets one, through the real command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

SPEC = """\
vidbuild: 1
title: Odd
output: {{size: 160x90, fps: 24}}
scenes:
  - {{id: one, type: image, src: {}, alt: x, duration: 0.3}}
"""
ODD = "a \"b' \n é 🎬 %s :[0:v],;$(x)`y`"
NOT_UTF8 = os.fsdecode(b"a\xff\xfe")


class Location:
    """A project whose folder, spec, source, cache and outputs are all called the same odd thing."""

    def __init__(self, folder: Path, name: str, source: str, cache: Path) -> None:
        self.root = folder / name
        self.root.mkdir()
        (self.root / "vidbuild.toml").touch()
        self.spec = f"{name}.yaml"
        Image.new("RGB", (32, 18), (200, 0, 0)).save(self.root / source)
        shown = json.dumps(f"./{source}", ensure_ascii=False)
        (self.root / self.spec).write_text(SPEC.format(shown), encoding="utf-8")
        self.env = {**os.environ, "VIDBUILD_CACHE": str(cache)}

    def run(self, *args: str, code: int = 0) -> tuple[str, str]:
        """Run the command; what it wrote."""
        command = [sys.executable, "-m", "vidbuild", *args]
        done = subprocess.run(command, cwd=self.root, env=self.env, capture_output=True, check=False)
        output = done.stdout.decode(), done.stderr.decode()
        assert done.returncode == code, output
        assert "Traceback" not in output[1]
        return output


@pytest.mark.parametrize("name", [ODD, NOT_UTF8], ids=["odd", "not UTF-8"])
def test_any_name_will_do(tmp_path: Path, name: str) -> None:
    """Projects, specs, folders of outputs and logs of events may be called anything, caches whatever is UTF-8."""
    utf8 = name if name == ODD else "plain"
    place = Location(tmp_path, name, f"{utf8}.png", tmp_path / f"cache {utf8}")
    out = ["-o", f"out {name}"]
    built = json.loads(place.run("build", place.spec, "--json", *out, "--events", f"events {name}")[0])
    assert (built["status"], built["steps"]["total"]) == ("built", 8)
    assert (place.root / f"out {name}" / f"{name}.mp4").stat().st_size > 1000
    lines = (place.root / f"events {name}").read_bytes().decode(errors="surrogateescape").splitlines()
    assert [json.loads(line)["type"] for line in (lines[0], lines[-1])] == ["run_started", "run_finished"]
    again = json.loads(place.run("build", place.spec, "--json", *out)[0])
    assert again["status"] == "up-to-date"
    for command in ("explain", "graph", "check"):
        place.run(command, place.spec)
    place.run("still", place.spec, "one")
    runs = json.loads(place.run("runs", "--json")[0])["runs"]
    assert len(runs) == 3
    place.run("runs")
    place.run("runs", "show", runs[-1]["run"])
    place.run("cache", "info")
    place.run("doctor")


def test_a_cache_whose_name_tools_do_not_take(tmp_path: Path) -> None:
    """P20: a cache in a folder whose name is no UTF-8 is refused with a way out, and nothing is made of it."""
    place = Location(tmp_path, "plain", "image.png", tmp_path / NOT_UTF8)
    stdout, stderr = place.run("build", place.spec, "--json", code=1)
    assert "the name is not UTF-8" in json.loads(stdout)["error"]
    assert "hint: set VIDBUILD_CACHE to another folder" in stderr
    assert not (tmp_path / NOT_UTF8).exists()
    place.run("explain", place.spec)
