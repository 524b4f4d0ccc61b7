"""Plug-ins to test with: the example's package, installed by pip, and small ones that are written as pip would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.paths import ROOT

EXAMPLE = ROOT / "examples" / "plugin"

SPEC = """\
vidbuild: 1
title: A gauge
output: {size: 320x180, fps: 24}
voice: espeak:en-us
scenes:
  - {id: intro, type: title, title: Coverage, narration: How much is tested?}
  - id: coverage
    type: gauge
    title: Test coverage
    value: 92
    unit: "%"
    label: of all lines
    voice: chime:low
    narration: The tests reach 92 percent of all lines.
"""
PLAIN = SPEC.split("  - id: coverage", maxsplit=1)[0]
"""A spec that uses no plug-in."""

ENTRY_POINTS = """\
[vidbuild.scenes]
gauge = vidbuild_example.gauge:Gauge

[vidbuild.voices]
chime = vidbuild_example.chime:Chime

[vidbuild.importers]
links = vidbuild_example.links:Links

[vidbuild.writers]
skeleton = vidbuild_example.skeleton:Skeleton

[vidbuild.stock]
house = vidbuild_example.house:House
"""


def install(target: Path, source: Path = EXAMPLE) -> Path:
    """Install a plug-in's package into a folder with pip, and return the folder."""
    copy = target.with_name(f"{target.name}-source")
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
    line = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*line, "--no-build-isolation", "--target", str(target), str(copy)], check=True, capture_output=True)
    shutil.rmtree(copy)
    return target


def another_version(source: Path, version: str) -> Path:
    """Copy the example's package with another version, and return the copy."""
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("__pycache__"))
    project = source / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    assert 'version = "1.0"' in text
    project.write_text(text.replace('version = "1.0"', f'version = "{version}"'), encoding="utf-8")
    return source


def copied(target: Path, name: str = "vidbuild-example", version: str = "1.0", points: str = ENTRY_POINTS) -> Path:
    """Put the example's code into a folder as a distribution of its own, and return the folder."""
    shutil.copytree(EXAMPLE / "vidbuild_example", target / "vidbuild_example", ignore=shutil.ignore_patterns("__py*"))
    return write(target, name, version, points, {})


def write(target: Path, name: str, version: str, points: str, modules: Mapping[str, str]) -> Path:
    """Write a distribution as pip installs it: its metadata, its entry points and its files."""
    info = target / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(points, encoding="utf-8")
    for file, text in modules.items():
        path = target / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return target


def env(*folders: Path) -> dict[str, str]:
    """The environment in which Python finds what is installed in these folders."""
    return {"PYTHONPATH": os.pathsep.join([*map(str, folders), os.environ.get("PYTHONPATH", "")])}
