"""The extension of Sphinx: players in HTML, posters in all other formats, and errors where they are."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from sphinx.errors import ConfigError

from tests.support.doc_sites import GERMAN, SPEC, build_sphinx, sources, write
from vidbuild.api.build import build
from vidbuild.embedding import library

CONF = """\
project = "Site"
extensions = ["vidbuild.sphinx", "others"]
exclude_patterns = ["out"]
html_baseurl = "https://docs.example.org/"
import os, sys
sys.path.insert(0, os.path.dirname(__file__))
"""
# An extension that has a visitor for HTML alone, which Sphinx uses for EPUB too unless there are others for EPUB.
OTHERS = """\
from docutils import nodes
from docutils.parsers.rst import Directive

class box(nodes.Element, nodes.General): pass

class Box(Directive):
    def run(self):
        return [box()]

def setup(app):
    app.add_node(box, html=(lambda self, node: self.body.append("<hr class='box'/>"), lambda self, node: None))
    app.add_directive("box", Box)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
"""
PAGES = {
    "conf.py": CONF,
    "others.py": OTHERS,
    "index.rst": "Home\n====\n\n.. vidbuild:: videos/talk.yaml\n   :caption: A & B\n\n"
    ".. toctree::\n\n   deep/er/page\n",
    "deep/er/page.rst": "Page\n====\n\n- A\n\n  .. vidbuild:: /videos/many.yaml\n     :language: de\n\n- B\n",
    "videos/talk.yaml": SPEC,
    "videos/many.yaml": GERMAN,
}


@pytest.fixture(scope="module")
def cached(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was built, so that its steps are in the cache."""
    root = write(tmp_path_factory.mktemp("cached") / "project", PAGES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VIDBUILD_CACHE", str(root / "out" / "cache"))
        build_sphinx(root)
    return root


@pytest.fixture
def root(cached: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project, which Sphinx has not read."""
    root = tmp_path / "project"
    shutil.copytree(cached, root, ignore=shutil.ignore_patterns("html", "doctrees"))
    monkeypatch.setenv("VIDBUILD_CACHE", str(root / "out" / "cache"))
    return root


def addresses(html: str) -> list[str]:
    """The addresses of files that a page loads or links to."""
    found = sources(html) + re.findall(r'href="([^"]*\.mp4[^"]*)"', html)
    return found + re.findall(r'(?:src|href)="([^"]*vidbuild/player[^"]*)"', html)


@pytest.mark.parametrize(
    ("builder", "pages", "players"),
    [
        ("html", ["index.html", "deep/er/page.html"], 1),
        ("dirhtml", ["index.html", "deep/er/page/index.html"], 1),
        ("singlehtml", ["index.html"], 2),
    ],
)
def test_every_address_leads_to_a_file(root: Path, builder: str, pages: list[str], players: int) -> None:
    """Whatever the form of addresses and the depth of a page, videos, posters, captions and styles are found."""
    out, warnings = build_sphinx(root, builder)
    assert warnings == ""
    for name in pages:
        html = (out / name).read_text()
        assert html.count("<video") == players
        assert len(addresses(html)) >= 7
        for address in addresses(html):
            path = urlsplit(urldefrag(address).url).path
            assert ((out / name).parent / unquote(path)).is_file(), address
    assert "<figcaption>A &amp; B</figcaption>" in (out / "index.html").read_text()


@pytest.mark.parametrize("builder", ["epub", "latex", "man", "text", "texinfo", "xml", "pseudoxml", "gettext"])
def test_no_builder_fails(root: Path, builder: str) -> None:
    """Each shows at least the title; builders with pictures have the poster."""
    write(root, {"index.rst": PAGES["index.rst"]})
    out, warnings = build_sphinx(root, builder, version="1", copyright="2026")
    assert "vidbuild" not in warnings
    texts = {path: path.read_text(encoding="utf-8", errors="replace") for path in out.rglob("*") if path.is_file()}
    if builder != "gettext":
        assert any("quick video" in text for text in texts.values())
    if builder in {"epub", "latex", "texinfo"}:
        assert any(path.name == "talk.poster.png" for path in texts)
        assert not any(path.suffix == ".mp4" for path in texts)
        assert not any("<video" in text for text in texts.values())
    if builder in {"epub", "latex", "texinfo"}:  # Sphinx writes no addresses of links as plain text
        assert any("https://docs.example.org/index.html" in text for text in texts.values())


def test_epub_keeps_what_other_extensions_have_for_html(root: Path) -> None:
    """A node that is registered for the builder "epub" would take the visitors of all others away."""
    write(root, {"index.rst": PAGES["index.rst"] + "\n.. box::\n"})
    out, warnings = build_sphinx(root, "epub", version="1", copyright="2026")
    assert warnings == ""
    assert "class='box'" in (out / "index.xhtml").read_text()


def test_the_search_finds_what_is_spoken(root: Path) -> None:
    """The transcript is in the page, and so in the index."""
    out, _ = build_sphinx(root)
    assert '"rest"' in (out / "searchindex.js").read_text()


def test_pages_are_read_again_when_an_input_changes(root: Path) -> None:
    """A page depends on its spec, and after an error on what may remove it; nothing else is read again."""
    out, _ = build_sphinx(root)
    before = (out / "deep/er/page.html").stat().st_mtime_ns
    _change(root / "videos/talk.yaml", "Then the rest.", "Then a little more.")
    build_sphinx(root)
    assert "Then a little more." in (out / "index.html").read_text()
    assert (out / "deep/er/page.html").stat().st_mtime_ns == before
    _change(root / "videos/talk.yaml", "title: Two", "titel: Two")
    _, warnings = build_sphinx(root)
    assert "unknown scene field 'titel'" in warnings
    _change(root / "videos/talk.yaml", "titel: Two", "title: Two")
    _, warnings = build_sphinx(root)
    assert warnings == ""
    assert "<video" in (out / "index.html").read_text()


def test_pages_are_read_again_as_long_as_a_video_is_missing_or_older(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file of the project changes when another job has built the video, or when a build is possible again."""
    write(root, {"index.rst": PAGES["index.rst"]})
    shutil.rmtree(root / "deep")
    for _ in range(2):
        _, warnings = build_sphinx(root, vidbuild_build="never")
        assert "talk.mp4' is not built" in warnings
    assert build(root / "videos/talk.yaml", output=root / "videos/build").ok
    out, warnings = build_sphinx(root, vidbuild_build="never")
    assert "is not built" not in warnings
    assert "<video" in (out / "index.html").read_text()
    with monkeypatch.context() as patch:
        patch.setattr(library, "POSIX", False)
        for _ in range(2):
            assert "an older video is shown" in build_sphinx(root)[1]
    assert "older" not in build_sphinx(root)[1]


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    later = path.stat().st_mtime + 5  # Sphinx compares times of change with the time at which it read the page
    os.utime(path, (later, later))


@pytest.mark.parametrize(
    ("directive", "logged"),
    [
        (".. vidbuild:: none.yaml", "index.rst:3: WARNING: there is no spec 'none.yaml'"),
        (
            ".. vidbuild:: videos/talk.yaml\n   :captions: of",
            "index.rst:3: WARNING: option 'captions': unknown value 'of'",
        ),
        (".. vidbuild:: bad.yaml", "bad.yaml:7: WARNING: unknown scene field 'titel'"),
        (".. vidbuild:: videos/talk.yaml\n   :x: 1", 'unknown option: "x"'),
        (".. vidbuild::", "1 argument(s) required"),
    ],
)
def test_errors(root: Path, directive: str, logged: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error is a warning of Sphinx, which -W makes fatal, with its place, and a box in the page."""
    monkeypatch.chdir(root)
    write(root, {"index.rst": f"Home\n====\n{directive}\n\n.. toctree::\n\n   deep/er/page\n"})
    write(root, {"bad.yaml": SPEC.replace("title: Two", "titel: Two")})
    out, warnings = build_sphinx(root)
    assert logged in warnings
    assert "<video" not in (out / "index.html").read_text()
    if "unknown option" not in logged and "argument" not in logged:
        assert "This video cannot be shown." in (out / "index.html").read_text()


def test_a_warning_of_a_spec_can_be_switched_off(root: Path) -> None:
    """By its code, as all warnings of Sphinx, or all of them."""
    write(root, {"videos/talk.yaml": SPEC.replace("Then the rest.", "Then <b>the</b> rest.")})
    changes: list[dict[str, Any]] = [{}, {"suppress_warnings": ["vidbuild.VB203"]}, {"vidbuild_warnings": False}]
    found = []
    for each in changes:
        shutil.rmtree(root / "out/doctrees", ignore_errors=True)
        found.append(build_sphinx(root, **each)[1])
    assert "talk.yaml:7: WARNING: the voice reads '<b>' aloud" in found[0]
    assert found[1:] == ["", ""]


def test_nothing_is_written_beside_the_pages(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project without a root of its own has its cache with the doctrees, which sphinx-autobuild does not watch."""
    monkeypatch.delenv("VIDBUILD_CACHE")
    (root / "vidbuild.toml").unlink()
    shutil.rmtree(root / "out")
    shutil.rmtree(root / "deep")
    (root / "index.rst").write_text("Home\n====\n\n.. vidbuild:: videos/talk.yaml\n")
    before = sorted(path for path in root.rglob("*") if "__pycache__" not in path.parts)
    build_sphinx(root)
    shutil.rmtree(root / "out")
    assert sorted(path for path in root.rglob("*") if "__pycache__" not in path.parts) == before


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("vidbuild_build", "allways", "vidbuild_build: unknown value 'allways': did you mean 'always'?"),
        ("vidbuild_chapters", 1, "vidbuild_chapters: unknown value 1: there are True, False"),
    ],
)
def test_an_unknown_setting(root: Path, setting: str, value: Any, message: str) -> None:
    """A value in conf.py that a setting does not have is an error of the configuration."""
    with pytest.raises(ConfigError) as caught:
        build_sphinx(root, **{setting: value})
    assert str(caught.value) == message


def test_markdown_pages(root: Path) -> None:
    """MyST has the same directive as a fence."""
    fence = "```{vidbuild} /videos/talk.yaml\n:transcript: open\n```\n"
    write(root, {"conf.py": CONF.replace('"others"', '"myst_parser"'), "deep/er/more.md": f"# More\n\n{fence}"})
    write(root, {"index.rst": "Home\n====\n\n.. toctree::\n   :glob:\n\n   deep/er/*\n"})
    out, warnings = build_sphinx(root)
    assert warnings == ""
    assert "<details open>" in (out / "deep/er/more.html").read_text()
