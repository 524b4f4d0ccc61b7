"""The example sites, built by the real commands: MkDocs, ProperDocs and Sphinx with several processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.doc_sites import SPEC, example, write

THEME = "{% for each in config.extra_css %}{{ each }} {% endfor %}{{ page.content }}"


def run(*args: str | Path) -> str:
    """Run a module and return what it printed; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_mkdocs(tmp_path: Path) -> None:
    """The example is built strictly, and again without any step."""
    project = example("mkdocs", tmp_path / "project")
    first = run("mkdocs", "build", "--strict", "-f", project / "mkdocs.yml", "-d", tmp_path / "site")
    assert "vidbuild: built install: " in first
    assert len(list((tmp_path / "site").rglob("*.mp4"))) == 1
    again = run("mkdocs", "build", "--strict", "-f", project / "mkdocs.yml", "-d", tmp_path / "site")
    assert "vidbuild: built" not in again


def test_properdocs(tmp_path: Path) -> None:
    """The fork of MkDocs 1.x loads the same plug-in, and counts its errors in strict builds."""
    root = write(
        tmp_path / "project",
        {
            "properdocs.yml": "site_name: Site\ntheme: {name: null, custom_dir: theme}\nplugins: [vidbuild]\n",
            "theme/main.html": THEME,
            "docs/index.md": "```{vidbuild} talk.yaml\n```\n",
            "docs/talk.yaml": SPEC,
        },
    )
    line = ("properdocs", "build", "--strict", "-f", root / "properdocs.yml", "-d", tmp_path / "site")
    run(*line)
    page = (tmp_path / "site/index.html").read_text()
    assert "assets/vidbuild/player.css" in page
    assert "<video" in page
    write(root, {"docs/talk.yaml": SPEC.replace("title: Two", "titel: Two")})
    done = subprocess.run([sys.executable, "-m", *map(str, line)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "unknown scene field 'titel'" in done.stderr
    assert "strict mode" in done.stdout + done.stderr


@pytest.mark.usefixtures("loopback")  # a library of Sphinx tries whether this machine has IPv6
def test_sphinx_reads_and_writes_in_several_processes(tmp_path: Path) -> None:
    """Pages that are read at the same time show one video, and no page is written with another's."""
    project = example("sphinx", tmp_path / "project")
    pages = {f"more/p{number}.md": f"# P{number}\n\n```{{vidbuild}} /videos/install.yaml\n```\n" for number in range(8)}
    write(project, {**pages, "index.rst": "Home\n====\n\n.. toctree::\n   :glob:\n\n   guide/*\n   more/*\n"})
    run("sphinx", "-W", "--keep-going", "-j", "4", project, tmp_path / "site")
    for number in range(8):
        page = (tmp_path / f"site/more/p{number}.html").read_text()
        assert "../_vidbuild/" in page
        assert page.count("<video") == 1
    files = [path for path in (tmp_path / "site/_vidbuild").rglob("*") if path.is_file()]
    assert sorted(path.name for path in files) == sorted(
        f"install.{language}.{kind}" for language in ("de", "en") for kind in ("mp4", "poster.png", "vtt")
    )
