"""The directive `vidbuild`, the settings in conf.py, and the files that pages with a player load."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.errors import ConfigError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

import vidbuild.embedding
from vidbuild.diagnostic import Diagnostic
from vidbuild.embedding.library import EmbedError, Library
from vidbuild.embedding.settings import OPTIONS, Settings
from vidbuild.embedding.video import MAIN, POSTER, EmbeddedVideo
from vidbuild.project import CACHE_FOLDER, root_of
from vidbuild.sphinx.player import FOLDER, ShowVideo, VideoNode
from vidbuild.sphinx.shelf import Shelf
from vidbuild.suggest import nearest_or_all

if TYPE_CHECKING:
    from docutils.nodes import Node
    from sphinx.application import Sphinx
    from sphinx.config import Config

STYLE, SCRIPT = "player.css", "player.js"
KIND = "vidbuild"  # of warnings: suppress_warnings = ["vidbuild"], or ["vidbuild.VB306"]

# Settings in conf.py, without `vidbuild_`, and their defaults.
DEFAULTS: dict[str, str | bool] = {
    "build": "auto",
    "offline": False,
    "warnings": True,
    "captions": "on",
    "chapters": True,
    "transcript": "closed",
}

log = logging.getLogger(__name__)


class VidbuildDirective(SphinxDirective):
    """Shows the video of a spec."""

    required_arguments = 1
    final_argument_whitespace = True
    shelf: ClassVar[Shelf]  # of the application that reads the page
    has_content = False
    option_spec: ClassVar[dict[str, Any]] = dict.fromkeys(OPTIONS, directives.unchanged_required)

    def run(self) -> list[Node]:
        """Build or find the video, and return its node; a box with what is wrong if it cannot be shown."""
        video = self._video()
        if isinstance(video, EmbeddedVideo):
            self._note([*video.inputs, *(asset.source for asset in video.files.values())])
            if video.is_older:
                self.env.note_reread()
            return [self._node(video)]
        self._note(video.inputs)
        self.env.note_reread()  # what was not built or not reached may be there next time, with the same spec
        for each in video.diagnostics:
            _warn(each, self.get_location())
        return [self._box(video.text)]

    def _video(self) -> EmbeddedVideo | EmbedError:
        source, _ = self.get_source_info()
        library = self.shelf.library
        try:
            settings = library.settings_of({name: str(value) for name, value in self.options.items()})
            spec = library.spec_of(self.arguments[0].strip(), Path(source), Path(self.env.srcdir))
            return library.video(spec, settings, self.config.language or "")
        except EmbedError as error:
            return error

    def _note(self, files: Iterable[Path]) -> None:
        for path in files:
            self.env.note_dependency(os.path.relpath(path, self.env.srcdir))

    def _node(self, video: EmbeddedVideo) -> VideoNode:
        """Return a node that holds what builders show that have no player: the poster and the title."""
        node = VideoNode("", video=video)
        self.set_source_info(node)
        if poster := video.files.get(POSTER, video.files[MAIN] if video.kind == "image" else None):
            uri = Path(os.path.relpath(poster.source, self._folder())).as_posix()
            node += nodes.image(uri=uri, alt=video.title)
        text = nodes.strong(video.title, video.title)
        base, ending = self.config.html_baseurl, self.config.html_link_suffix or self.config.html_file_suffix or ".html"
        if base:  # where the page has a player
            address = f"{base.rstrip('/')}/{quote(self.env.docname)}{ending}"
            text = nodes.strong("", "", nodes.reference(video.title, video.title, refuri=address))
        node += nodes.paragraph(video.title, "", text)
        if video.settings.caption:
            node += nodes.paragraph(video.settings.caption, video.settings.caption)
        return node

    def _folder(self) -> Path:
        return Path(self.env.doc2path(self.env.docname)).parent

    def _box(self, text: str) -> Node:
        box = nodes.error("", nodes.paragraph("", "This video cannot be shown."), nodes.literal_block(text, text))
        self.set_source_info(box)
        return box


def install(app: Sphinx) -> None:
    """Add everything to an application."""
    for name, default in DEFAULTS.items():
        app.add_config_value(f"vidbuild_{name}", default, "env")
    own = Shelf(app)

    class Directive(VidbuildDirective):
        shelf = own

    app.add_directive("vidbuild", Directive)
    app.add_node(VideoNode)

    class Show(ShowVideo):
        shelf = own

    app.add_post_transform(Show)
    app.connect("config-inited", _check)
    app.connect("builder-inited", lambda each: _begin(each, own))
    app.connect("build-finished", lambda *_: own.library.close())


def _check(_app: Sphinx, config: Config) -> None:
    """Raise ConfigError for a value that a setting does not have."""
    for name, default in DEFAULTS.items():
        value = config[f"vidbuild_{name}"]
        known = (True, False) if isinstance(default, bool) else OPTIONS[name]
        if value not in known or isinstance(value, bool) != isinstance(default, bool):
            hint = nearest_or_all(str(value), [str(each) for each in known])
            raise ConfigError(f"vidbuild_{name}: unknown value {value!r}: {hint}")


def _begin(app: Sphinx, shelf: Shelf) -> None:
    settings = Settings(**{name: app.config[f"vidbuild_{name}"] for name in DEFAULTS})
    shelf.library = Library(
        root_of(Path(app.confdir) / "page"),
        settings,
        [Path(app.srcdir)],
        Path(app.doctreedir) / CACHE_FOLDER,
        lambda each: _warn(each, None),
        lambda text: log.info("vidbuild: %s", text),
    )
    if app.builder.format == "html":
        app.config.html_static_path.append(str(Path(vidbuild.embedding.__file__).parent / "static"))
        app.add_css_file(f"{FOLDER}/{STYLE}")
        app.add_js_file(f"{FOLDER}/{SCRIPT}", loading_method="defer")


def _warn(item: Diagnostic, place: str | None) -> None:
    """Report a problem where it is: in the spec, or in the page."""
    code = f" [{item.code}]" if item.code else ""
    hint = f"\n      hint: {item.hint}" if item.hint else ""
    where = f"{item.path}:{item.line}" if item.line else item.path or place
    shown = f" (shown by {place})" if place and where != place else ""
    message = f"{item.message}{code}{shown}{hint}"
    log.warning("%s", message, location=where, type=KIND, subtype=item.code or "error")
