"""The plug-in of MkDocs: what its pages have, in sites of every form, and what it reports."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from mkdocs.commands.build import build as build_site
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from tests.support.doc_sites import GERMAN, SPEC, build_mkdocs, sources, write
from vidbuild import build
from vidbuild.mkdocs.plugin import VidbuildPlugin
from vidbuild.mkdocs.watch import Watch

PAGES = {
    "docs/index.md": "---\ntitle: Home\n---\n# Home\n\n```{vidbuild} ../videos/talk.yaml\n:caption: A & B\n```\n",
    "docs/deep/er/page.md": "# Page\n\n- A\n\n    ```{vidbuild} /many.yaml\n    :language: de\n    ```\n\n- B\n",
    "docs/code.md": "# Code\n\n````\n```{vidbuild} a.yaml\n```\n````\n\n    ```{vidbuild} b.yaml\n    ```\n",
    "docs/many.yaml": GERMAN,
    "videos/talk.yaml": SPEC,
}


@pytest.fixture(scope="module")
def cached(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a site, built once, so that its steps are in the cache."""
    root = write(tmp_path_factory.mktemp("cached") / "project", PAGES)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("VIDBUILD_CACHE", raising=False)
        build_mkdocs(root)
    shutil.rmtree(root / "site")
    return root


@pytest.fixture
def root(cached: Path, tmp_path: Path) -> Path:
    """The project."""
    shutil.copytree(cached, tmp_path / "project")
    return tmp_path / "project"


def configure(root: Path, **options: Any) -> None:
    """Give the plug-in settings."""
    text = "".join(f"      {name}: {value}\n" for name, value in options.items())
    settings = f"site_name: Site\ntheme: {{name: mkdocs, highlightjs: false}}\nplugins:\n  - vidbuild:\n{text}"
    (root / "mkdocs.yml").write_text(settings)


def page_of(site: Path, name: str, *, folders: bool) -> Path:
    """The file of a page."""
    if name == "index":
        return site / "index.html"
    return site / name / "index.html" if folders else site / f"{name}.html"


@pytest.mark.parametrize("folders", [True, False])
def test_every_address_leads_to_a_file(root: Path, folders: bool) -> None:
    """Whatever the form of addresses and the depth of a page, videos, posters, captions and styles are found."""
    site, log = build_mkdocs(root, use_directory_urls=folders, strict=True)
    assert "WARNING" not in log
    for name in ("index", "deep/er/page"):
        page = page_of(site, name, folders=folders)
        html = page.read_text()
        found = sources(html) + re.findall(r'href="([^"]*\.mp4[^"]*)"', html)
        found += re.findall(r'(?:src|href)="([^"]*vidbuild/player[^"]*)"', html)
        assert len(found) >= 7
        for address in found:
            path = urlsplit(urldefrag(address).url).path
            assert (page.parent / unquote(path)).is_file(), address
        assert html.count("<video") == 1


def test_what_a_page_shows(root: Path) -> None:
    """The option of a fence is used, a list item keeps its place, and texts are escaped."""
    site, _ = build_mkdocs(root)
    home = (site / "index.html").read_text()
    assert "<figcaption>A &amp; B</figcaption>" in home
    assert "First, this &amp; that." in home
    assert 'aria-label="A &lt;small&gt; &amp; quick video"' in home
    listed = (site / "deep/er/page/index.html").read_text()
    item = re.search(r"<li>.*?<figure.*?</figure>.*?</li>", listed, re.DOTALL)
    assert item
    assert 'lang="de"' in item[0]
    assert "Ein Video" in item[0]


def test_examples_in_code_stay_code(root: Path) -> None:
    """A fence in a fence and an indented one are shown as they are, and their specs are not read."""
    site, log = build_mkdocs(root, strict=True)
    html = (site / "code/index.html").read_text()
    assert "```{vidbuild} a.yaml\n```" in html
    assert "```{vidbuild} b.yaml\n```" in html
    assert "there is no spec" not in log


def test_a_build_writes_nothing_beside_the_pages(root: Path) -> None:
    """MkDocs watches the folder of the pages: what a build writes there would start the next one, without an end."""
    before = sorted((root / "docs").rglob("*"))
    build_mkdocs(root)
    assert sorted((root / "docs").rglob("*")) == before


def test_the_language_of_a_page(root: Path) -> None:
    """Its own metadata comes before the language of the theme."""
    write(root, {"docs/index.md": "---\nlanguage: de\n---\n```{vidbuild} many.yaml\n```\n"})
    write(root, {"docs/code.md": "```{vidbuild} many.yaml\n```\n"})
    site, _ = build_mkdocs(root)
    assert 'lang="de"' in (site / "index.html").read_text()
    assert 'class="vidbuild" lang="en"' in (site / "code/index.html").read_text()


@pytest.mark.parametrize(
    ("fence", "logged", "shown"),
    [
        ("```{vidbuild} none.yaml\n```", "index.md:5: there is no spec 'none.yaml'", "there is no spec"),
        ("```{vidbuild} many.yaml\n:x: 1\n```", "index.md:5: unknown option 'x'", "unknown option"),
        ("```{vidbuild} many.yaml\nx\n```", "index.md:5: expected ':option: value', got 'x'", "expected"),
        ("```{vidbuild} bad.yaml\n```", "docs/bad.yaml:7:28: unknown scene field 'titel'", "titel: Two"),
    ],
)
def test_errors(root: Path, fence: str, logged: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error has its place in the log and a box in the page; a strict build fails."""
    monkeypatch.chdir(root)
    page = f"---\ntitle: A\n---\n\n{fence}\n"
    write(root, {"docs/index.md": page, "docs/bad.yaml": SPEC.replace("title: Two", "titel: Two")})
    site, log = build_mkdocs(root)
    assert logged in log
    html = (site / "index.html").read_text()
    assert "vidbuild-problem" in html
    assert shown in html
    assert "<video" not in html
    with pytest.raises(Abort, match="strict mode"):
        build_mkdocs(root, strict=True)


def test_a_misspelt_fence_is_a_warning(root: Path) -> None:
    """It stays code, and a strict build fails."""
    write(root, {"docs/index.md": "---\ntitle: A\n---\n\n```vidbuild talk.yaml\n```\n"})
    site, log = build_mkdocs(root)
    assert "index.md:5: '```vidbuild talk.yaml' is shown as code" in log
    assert "hint: for a video, write '```{vidbuild} SPEC'" in log
    assert "<video" not in (site / "index.html").read_text()
    with pytest.raises(Abort, match="strict mode"):
        build_mkdocs(root, strict=True)


def test_a_warning_of_a_spec_fails_a_strict_build_unless_it_is_switched_off(root: Path) -> None:
    """As with `vidbuild check --strict`."""
    write(root, {"videos/talk.yaml": SPEC.replace("Then the rest.", "Then <b>the</b> rest.")})
    with pytest.raises(Abort, match="strict mode"):
        build_mkdocs(root, strict=True)
    configure(root, warnings="false")
    build_mkdocs(root, strict=True)


def test_what_is_built_beside_the_spec_is_copied_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `build: never`, outputs in the folder of the pages are in the site already, wherever MkDocs is started."""
    monkeypatch.chdir(root)
    write(root, {"docs/talk.yaml": SPEC, "docs/index.md": "```{vidbuild} talk.yaml\n```\n"})
    shutil.rmtree(root / "docs/deep")
    configure(root, build="never")
    _, log = build_mkdocs(root)
    assert "talk.mp4' is not built" in log
    build(root / "docs/talk.yaml")
    site, _ = build_mkdocs(root, strict=True)
    assert [path.relative_to(site).as_posix() for path in site.rglob("*.mp4")] == ["build/talk.mp4"]
    assert "build/talk.mp4?v=" in (site / "index.html").read_text()


def test_an_unknown_setting_is_an_error_of_the_configuration(root: Path) -> None:
    """MkDocs itself names it."""
    configure(root, build="sometimes")
    with pytest.raises(Abort):
        build_mkdocs(root)


class Server:
    """What a plug-in uses of the server of `mkdocs serve`."""

    def __init__(self) -> None:
        self.watched: list[str] = []

    def watch(self, path: str) -> None:
        """Watch a path."""
        self.watched.append(path)

    def unwatch(self, path: str) -> None:
        """Watch it no more."""
        self.watched.remove(path)


def test_serve_watches_what_videos_are_made_from(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Specs outside the folder of the pages too; after an error, what may remove it."""
    monkeypatch.chdir(root)
    write(root, {"videos/bad.yaml": "vidbuild: 1\n", "docs/code.md": "```{vidbuild} ../videos/bad.yaml\n```\n"})
    config = load_config(str(root / "mkdocs.yml"))
    plugin = config.plugins["vidbuild"]
    assert isinstance(plugin, VidbuildPlugin)
    build_site(config)
    server: Any = Server()
    plugin.on_serve(server, config=config, builder=None)
    assert sorted(map(os.path.abspath, server.watched)) == [
        str(root / f"videos/{name}.yaml") for name in ("bad", "talk")
    ]
    plugin.on_post_build(config=config)
    assert len(server.watched) == 2


def test_a_file_that_was_replaced_is_watched_again(tmp_path: Path) -> None:
    """Editors write another file and rename it: the watch of the old one would see nothing more."""
    server: Any = Server()
    watch = Watch()
    watch.add([tmp_path / "early"], tmp_path / "docs")
    watch.begin(server)
    path, inside = tmp_path / "a.yaml", tmp_path / "docs" / "b.yaml"
    inside.parent.mkdir()
    for each in (path, inside):
        each.touch()
    watch.add([path, inside, tmp_path / "none"], tmp_path / "docs")
    assert server.watched == [str(path)]
    watch.refresh()
    assert server.watched == [str(path)]
    path.unlink()
    watch.refresh()
    assert server.watched == []
