"""The plug-in of MkDocs. It works under ProperDocs too, which gives its own modules the names of MkDocs'."""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.plugins import BasePlugin, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.utils import get_relative_url

import vidbuild.embedding
from vidbuild.diagnostic import Diagnostic
from vidbuild.embedding import html
from vidbuild.embedding.library import EmbedError, Library
from vidbuild.embedding.settings import OPTIONS, Settings
from vidbuild.embedding.video import Asset, EmbeddedVideo
from vidbuild.mkdocs import fences
from vidbuild.mkdocs.watch import Watch
from vidbuild.project import CACHE_FOLDER, root_of

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.pages import Page

FOLDER = "assets/vidbuild"  # of all files in the site
OWN_FILES = ("player.css", "player.js")

log = get_plugin_logger(__name__)


class PluginConfig(Config):
    """The plug-in's settings in mkdocs.yml: see vidbuild.embedding.settings.Settings."""

    build = config_options.Choice(OPTIONS["build"], default="auto")
    offline = config_options.Type(bool, default=False)
    warnings = config_options.Type(bool, default=True)
    captions = config_options.Choice(OPTIONS["captions"], default="on")
    chapters = config_options.Type(bool, default=True)
    transcript = config_options.Choice(OPTIONS["transcript"], default="closed")


class VidbuildPlugin(BasePlugin[PluginConfig]):
    """Shows the videos of specs in pages."""

    def __init__(self) -> None:
        self._watch = Watch()
        self._library: Library | None = None
        self._fences: dict[str, dict[str, fences.Fence]] = {}  # page -> word -> fence
        self._failed: set[Path] = set()  # files whose change may remove an error
        # A page must not be able to contain the word of another one's fence.
        self._secret = secrets.token_hex(8)

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Do nothing: a plug-in with this method is one object for all builds of `mkdocs serve`."""

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Prepare for a build, and add the style sheet and the script to the site."""
        home = Path(config.config_file_path or ".").absolute().parent
        # MkDocs uses one plug-in for all builds of a process, with the settings of each.
        self._close()
        self._library = Library(
            root_of(home / "page"),
            Settings(**{name: getattr(self.config, name) for name in PluginConfig()}),
            [Path(config.docs_dir), Path(config.site_dir)],
            home / CACHE_FOLDER,
            self._report,
            log.info,
        )
        self._fences.clear()
        self._failed.clear()
        style, script = (f"{FOLDER}/{name}" for name in OWN_FILES)
        if style not in config.extra_css:
            config.extra_css.append(style)
        if script not in map(str, config.extra_javascript):
            config.extra_javascript.append(script)
        return config

    def on_pre_build(self, **_: object) -> None:
        """Watch files again that an editor has replaced by others of their names."""
        self._watch.refresh()

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the style sheet and the script."""
        own = Path(vidbuild.embedding.__file__).parent / "static" / "vidbuild"
        for name in OWN_FILES:
            _add(files, config, f"{FOLDER}/{name}", own / name)
        return files

    def on_page_markdown(self, markdown: str, *, page: Page, **_: object) -> str:
        """Put a word in the place of each fence that names a spec."""
        words: dict[str, fences.Fence] = {}
        text, found = fences.replaced(markdown, self._word)
        source = Path(page.file.abs_src_path or page.file.src_uri)
        for fence in fences.misspelt(markdown):
            place = f"{page.file.src_uri}:{_line(source, fence)}"
            hint = f"for a video, write '```{fences.INFO} SPEC'"
            log.warning("%s: '%s' is shown as code\n      hint: %s", place, fence.text, hint)
        words.update((self._word(index), fence) for index, fence in enumerate(found))
        self._fences[page.file.src_uri] = words
        return text

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Put a player in the place of each word."""
        words = self._fences.pop(page.file.src_uri, {})
        return fences.inserted(html, words, lambda fence: self._player(fence, page, config, files))

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Watch what the videos are made from."""
        self._close()
        self._watch.add(self._inputs(), Path(config.docs_dir))

    def on_serve(self, server: LiveReloadServer, /, *, config: MkDocsConfig, **_: object) -> LiveReloadServer:
        """Watch what the videos are made from, from the first build on."""
        self._watch.begin(server)
        self._watch.add(self._inputs(), Path(config.docs_dir))
        return server

    def on_build_error(self, **_: object) -> None:
        """Let the cache be trimmed."""
        self._close()

    def _close(self) -> None:
        if self._library is not None:
            self._library.close()

    def _inputs(self) -> set[Path]:
        return {*self._failed, *(self._library.inputs() if self._library else ())}

    def _word(self, index: int) -> str:
        return f"vidbuild{self._secret}n{index}n"

    def _player(self, fence: fences.Fence, page: Page, config: MkDocsConfig, files: Files) -> str:
        source = Path(page.file.abs_src_path or Path(config.docs_dir, page.file.src_uri))
        video = self._video(fence, source, page, config)
        if isinstance(video, EmbeddedVideo):
            return html.player(video, lambda asset: _address(asset, video, page, config, files))
        self._failed.update(video.inputs)
        place = f"{page.file.src_uri}:{_line(source, fence)}"
        for each in video.diagnostics:
            log.error(_text(each, place))
        return html.problem(video.text)

    def _video(self, fence: fences.Fence, source: Path, page: Page, config: MkDocsConfig) -> EmbeddedVideo | EmbedError:
        if self._library is None:
            raise RuntimeError("MkDocs rendered a page before it read its configuration")
        docs = Path(config.docs_dir)
        try:
            settings = self._library.settings_of(fence.options, fence.problem)
            spec = self._library.spec_of(fence.target, source, docs)
            return self._library.video(spec, settings, _language(page, config))
        except EmbedError as error:
            return error

    def _report(self, warning: Diagnostic) -> None:
        log.warning(_text(warning, ""))


def _text(item: Diagnostic, place: str) -> str:
    """Return a problem as one line, with its own place first and that in the page last."""
    where = f"{item.path}:{item.line}:{item.column}" if item.line else item.path or place
    code = f" [{item.code}]" if item.code else ""
    hint = f"\n      hint: {item.hint}" if item.hint else ""
    shown = f" (shown by {place})" if place and where != place else ""
    return f"{where}: {item.message}{code}{shown}{hint}"


def _line(source: Path, fence: fences.Fence) -> int:
    """Return the line of a fence in its file; MkDocs gives plug-ins a page without its metadata."""
    first = fence.text.split("\n", 1)[0].strip()
    with contextlib.suppress(OSError, UnicodeDecodeError):
        lines = source.read_text(encoding="utf-8-sig").split("\n")
        same = (number for number, line in enumerate(lines, 1) if line.strip(" \t>\r") == first)
        return next((number for number in same if number >= fence.line), fence.line)
    return fence.line


def _language(page: Page, config: MkDocsConfig) -> str:
    """Return the language of a page: its own metadata, what a plug-in for translations says, or the theme's."""
    locale = config.theme.get("locale")
    found = (
        page.meta.get("language"),
        page.meta.get("lang"),
        getattr(page.file, "locale", None),
        config.theme.get("language"),
        getattr(locale, "language", locale),
    )
    return next((str(each) for each in found if each), "")


def _address(asset: Asset, video: EmbeddedVideo, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Return the URL of a file for a page. A file that the site has is not copied a second time."""
    own = next((each for each in files.media_files() if each.abs_src_path == str(asset.source)), None)
    if own is None or own.inclusion.is_excluded():
        own = _add(files, config, f"{FOLDER}/{video.folder}/{asset.name}", asset.source)
    return f"{get_relative_url(own.url, page.url)}?v={asset.digest}"


def _add(files: Files, config: MkDocsConfig, uri: str, source: Path) -> File:
    own = files.get_file_from_path(uri)
    if own is None:
        own = File.generated(config, uri, abs_src_path=str(source), inclusion=InclusionLevel.INCLUDED)
        files.append(own)
    return own
