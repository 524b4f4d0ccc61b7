"""The documentation as a site: built strictly, with all that its pages link to, and with the project's own videos."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.support.doc_sites import build_docs
from tests.support.paths import ROOT
from vidbuild.spec.schema import scene_types


class Links(HTMLParser):
    """The addresses, ids and videos of a page."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.ids: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag leads to."""
        del tag
        for name, value in attrs:
            if name in {"href", "src", "poster"} and value:
                self.addresses.append(value)
            elif name == "id" and value:
                self.ids.add(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site."""
    return build_docs(tmp_path_factory.mktemp("docs") / "site")


def test_every_link_leads_to_something_of_the_site(site: Path) -> None:
    """Pages, anchors, pictures and files, also those outside of docs/; nothing is loaded from elsewhere."""
    pages = {path: Links(path) for path in site.rglob("*.html") if path.name != "404.html"}
    assert len(pages) > len([*(ROOT / "docs").glob("*.md")])
    broken = []
    for page, links in pages.items():
        for address in links.addresses:
            parts = urlsplit(address)
            if parts.scheme:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            target = target / "index.html" if target.is_dir() else target
            anchors = pages[target].ids if target in pages else {parts.fragment}
            if not target.is_file() or (parts.fragment and parts.fragment not in anchors):
                broken.append((page.relative_to(site).as_posix(), address))
    assert broken == []
    text = "".join(path.read_text(encoding="utf-8") for path in pages)
    assert re.findall(r'<(?:script|link|img|video|source)[^>]*(?:src|href)="(?:https?:)?//[^"]*"', text) == []


def test_every_page_is_in_the_navigation(site: Path) -> None:
    """In that of the first page, in the order of docs/index.md, which names each page once; scene types share one."""
    listed = re.findall(
        r"^- \[.*\]\(([\w/-]+)\.md\)$", (ROOT / "docs/index.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"index"} | {"scenes/index"}
    assert sorted(listed) == sorted(pages)
    bar = (site / "index.html").read_text(encoding="utf-8").split('role="main"')[0]
    found = re.findall(r'href="([\w/-]+)/" class="dropdown-item', bar)
    assert found == [name.removesuffix("/index") for name in listed]
    types = (site / "scenes/index.html").read_text(encoding="utf-8")
    assert all(f'href="{name}/"' in types for name in scene_types())


def test_videos_are_those_of_the_specs(site: Path) -> None:
    """Each spec of the project is shown by one page, with captions and poster."""
    shown = {
        name
        for page in site.rglob("index.html")
        for name in re.findall(r'<source src="[^"]*/([\w-]+)\.mp4\?v=', page.read_text(encoding="utf-8"))
    }
    assert shown == {path.stem for path in (ROOT / "specs").glob("*.yaml")}
    for name in shown:
        assert {path.suffix for path in site.rglob(f"{name}.*")} >= {".mp4", ".vtt", ".png"}


def test_files_outside_of_the_pages_are_texts_and_pages(site: Path) -> None:
    """A program is text that a browser shows, a document a page, and a folder a list."""
    recipe = (site / "source/examples/ci/build.sh.txt").read_text(encoding="utf-8")
    assert recipe == (ROOT / "examples/ci/build.sh").read_text(encoding="utf-8")
    assert "<h1" in (site / "project/SECURITY/index.html").read_text(encoding="utf-8")
    assert "ci/gitlab.yml" in (site / "source/examples/index.html").read_text(encoding="utf-8")
