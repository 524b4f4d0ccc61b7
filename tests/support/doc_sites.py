"""Sites of documentation with videos: small ones, built in this process or by the real commands."""

from __future__ import annotations

import io
import logging
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mkdocs.commands.build import build
from mkdocs.config import load_config
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from tests.support.paths import ROOT

SPEC = """\
vidbuild: 1
title: "A <small> & quick video"
voice: espeak:en-us
output: {size: 160x90, fps: 24}
scenes:
  - {id: one, type: title, title: "One <b>", narration: "First, this & that."}
  - {id: two, type: title, title: Two, narration: Then the rest.}
"""
GERMAN = """\
vidbuild: 1
title: {en: A video, de: Ein Video}
languages: [en, de]
outputs:
  - {name: wide}
  - {name: tall, size: 90x160}
  - {name: list, format: pdf}
  - {name: sound, format: m4a}
  - {name: loop, format: webp}
voice: espeak:en-us
output: {size: 160x90, fps: 24}
scenes:
  - {id: one, type: title, title: {en: One, de: Eins}, narration: {en: This is one., de: Das ist eins.}}
"""


def write(root: Path, files: Mapping[str, str]) -> Path:
    """Write the files of a project."""
    for name, text in {"vidbuild.toml": "", **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def example(name: str, folder: Path) -> Path:
    """Copy an example with a site to a project of its own."""
    write(folder, {})
    shutil.copytree(
        ROOT / "examples" / name, folder / name, ignore=shutil.ignore_patterns("build", "site", ".vidbuild")
    )
    return folder / name


def build_mkdocs(root: Path, **changes: Any) -> tuple[Path, str]:
    """Build a site in this process; return its folder and the log."""
    if not (root / "mkdocs.yml").exists():
        write(root, {"mkdocs.yml": "site_name: Site\nplugins: [vidbuild]\ntheme: {name: mkdocs, highlightjs: false}\n"})
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    logger = logging.getLogger("mkdocs")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        config = load_config(str(root / "mkdocs.yml"), **changes)
        config.plugins.on_startup(command="build", dirty=False)
        build(config)
    finally:
        logger.removeHandler(handler)
    return Path(config.site_dir), written.getvalue()


def build_sphinx(root: Path, builder: str = "html", **changes: Any) -> tuple[Path, str]:
    """Build a project in this process; return the folder of the result and the warnings."""
    conf = root / "conf.py"
    if not conf.exists():
        write(root, {"conf.py": 'project = "Site"\nextensions = ["vidbuild.sphinx"]\nexclude_patterns = ["out"]\n'})
    warnings, out = io.StringIO(), root / "out" / builder
    doctrees = root / "out" / ("messages" if builder == "gettext" else "doctrees")
    with patch_docutils(str(root)), docutils_namespace():
        app = Sphinx(root, root, out, doctrees, builder, changes, status=io.StringIO(), warning=warnings)
        app.build()
    return out, re.sub(r"\x1b\[[0-9;]*m", "", warnings.getvalue())


def sources(html: str) -> list[str]:
    """The addresses of the files that the players of a page load."""
    return re.findall(r'(?:<(?:source|track)[^>]* src|poster|<img src)="([^"]*)"', html)


def build_docs(site: Path) -> Path:
    """Build the documentation of this repository as its own site, as `make site` does; a warning fails it."""
    line = [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-f", str(ROOT / "mkdocs.yml"), "-d", str(site)]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return site
