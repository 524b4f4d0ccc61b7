"""Hooks of MkDocs for the site of the documentation: see mkdocs.yml.

Pages are written for a repository's host, so they link to files outside of docs/. Here those become part of the site:
Markdown as pages below `project/`, other files as text below `source/`, folders as lists of their files. The navigation
is the list in docs/index.md, so that there is one.
"""

from __future__ import annotations

import os
import posixpath
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files, InclusionLevel

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
DOCS = "docs/"
SCENES = "scenes/"
STYLE = Path(__file__).with_suffix(".css")
_LINK = re.compile(r"(?<=\]\()([^()\s]+)(?=\))")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_ITEM = re.compile(r"^- \[(.+)\]\((\w[\w/-]*\.md)\)$")
_VIDEO = re.compile(r"^<!-- video: (\S+) -->$", re.MULTILINE)
_NO_PAGE = ("http://", "https://", "mailto:", "#")
_PLACES: dict[str, str] = {}  # a page of the site -> its file in the repository


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Take the navigation from docs/index.md, and make anchors as repository hosts do."""
    config.nav = [{"Home": "index.md"}, *navigation((ROOT / DOCS / "index.md").read_text(encoding="utf-8"))]
    config.mdx_configs.setdefault("toc", {})["slugify"] = anchor
    return config


def navigation(text: str) -> list[dict[str, Any]]:
    """Return the lists of links below the headings of a page, as MkDocs has a navigation."""
    found: list[dict[str, Any]] = []
    for line in text.splitlines():
        if line.startswith("## "):
            found.append({line.removeprefix("## "): []})
        elif found and (item := _ITEM.match(line)):
            next(iter(found[-1].values())).append({item[1]: item[2]})
    return [each for each in found if all(each.values())]


def anchor(text: str, separator: str) -> str:
    """Return the anchor of a heading: each space is a hyphen, and other characters than letters and digits go."""
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", separator)


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the style sheet, and what pages link to outside of docs/."""
    _PLACES.clear()
    for file in files.documentation_pages():
        _PLACES[file.src_uri] = DOCS + file.src_uri
        if file.src_uri.startswith(SCENES) and file.src_uri != f"{SCENES}index.md":
            file.inclusion = InclusionLevel.NOT_IN_NAV  # the index leads to them
    _add(files, File.generated(config, "site/site.css", abs_src_path=str(STYLE)))
    waiting = sorted({target for name in _PLACES.values() for target in _outside(name)})
    seen = set(waiting)
    while waiting:
        name = waiting.pop()
        _add_file(files, config, name)
        if name.endswith(".md"):
            waiting += sorted(set(_outside(name)) - seen)
            seen |= set(waiting)
    return files


def _add_file(files: Files, config: MkDocsConfig, name: str) -> None:
    """Add a file or folder of the repository to the site."""
    uri, path = place(name), ROOT / name
    if path.is_dir():
        content = _listing(name)
        for each in _tracked(name):
            other = place(each)
            if not other.endswith(".md") and files.get_file_from_path(other) is None:
                _add(files, File.generated(config, other, abs_src_path=str(ROOT / each)))
        _add(files, File.generated(config, uri, content=content, inclusion=InclusionLevel.NOT_IN_NAV))
    elif uri.endswith(".md"):
        _PLACES[uri] = name
        content = path.read_text(encoding="utf-8")
        _add(files, File.generated(config, uri, content=content, inclusion=InclusionLevel.NOT_IN_NAV))
    else:
        _add(files, File.generated(config, uri, abs_src_path=str(path)))


def _add(files: Files, file: File) -> None:
    if files.get_file_from_path(file.src_uri) is None:
        files.append(file)


def place(name: str) -> str:
    """Return where a file of the repository is in the site, by its path there. A browser shows `.txt` as text."""
    if (ROOT / name).is_dir():
        return f"source/{name}/index.md"
    if name.startswith(DOCS):
        return name.removeprefix(DOCS)
    if name.endswith(".md"):
        return f"project/{name}"
    is_text = not name.endswith((".png", ".jpg", ".webp", ".gif", ".mp4", ".txt"))
    return f"source/{name}{'.txt' if is_text else ''}"


def _listing(name: str) -> str:
    """Return a page with the files of a folder."""
    home = posixpath.dirname(place(name))
    links = [
        f"- [`{each.removeprefix(f'{name}/')}`]({posixpath.relpath(place(each), home)})"
        for each in _tracked(name)
        if not each.endswith(".md")
    ]
    return "\n".join([f"# {name}/", "", *links, ""])


def _tracked(folder: str) -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z", "--", folder], cwd=ROOT, capture_output=True, check=True)  # noqa: S607 - git of the developer
    names = sorted(os.fsdecode(each) for each in done.stdout.split(b"\0") if each)
    return [each for each in names if (ROOT / each).is_file() and not posixpath.basename(each).startswith(".")]


@event_priority(100)
def on_page_markdown(markdown: str, *, page: Page, **_: object) -> str:
    """Lead links to where their files are in the site, and show the videos that comments name."""
    home = posixpath.dirname(page.file.src_uri)
    source = _PLACES.get(page.file.src_uri)
    if source is None:  # a list of files, whose links are right
        return markdown

    def moved(target: str) -> str:
        name, mark, rest = target.partition("#")
        return posixpath.relpath(place(_resolved(source, name)), home or ".") + mark + rest

    text = "".join(_with_links(markdown, moved))
    return _VIDEO.sub(r"```{vidbuild} \1\n:transcript: closed\n```", text)


def _outside(name: str) -> Iterator[str]:
    """Yield what a page of the repository links to outside of docs/."""
    found: list[str] = []

    def noted(target: str) -> str:
        found.append(_resolved(name, target.partition("#")[0]))
        return target

    for _ in _with_links((ROOT / name).read_text(encoding="utf-8"), noted):
        pass
    yield from (each for each in found if not each.startswith(DOCS) or (ROOT / each).is_dir())


def _resolved(name: str, target: str) -> str:
    """Return the path in the repository of a link in one of its files."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), target))


def _with_links(text: str, moved: Callable[[str], str]) -> Iterator[str]:
    """Yield the lines of a page with the targets of its relative links replaced; what is in code stays."""
    fence = ""
    for line in text.splitlines(keepends=True):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
        if fence or mark:
            yield line
            continue
        kept = [each.span() for each in _CODE.finditer(line)]
        parts, end = [], 0
        for found in _LINK.finditer(line):
            if not found[0].startswith(_NO_PAGE) and not any(start <= found.start() < stop for start, stop in kept):
                parts += [line[end : found.start()], moved(found[0])]
                end = found.end()
        yield "".join([*parts, line[end:]])
