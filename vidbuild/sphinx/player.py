"""The node of a video: a player in HTML, and the poster with the title in all other formats.

No builder gets a visitor for the node. A visitor that is registered under the name of one builder, such as "epub",
would keep Sphinx from using those that other extensions registered under its format, "html".
"""

from __future__ import annotations

import contextlib
import os
import posixpath
import shutil
import tempfile
from functools import partial
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.osutil import relative_uri

from vidbuild.embedding import html
from vidbuild.embedding.video import Asset, EmbeddedVideo
from vidbuild.sphinx.shelf import Shelf

FOLDER = "vidbuild"  # of the style sheet and the script, in _static
MEDIA = "_vidbuild"  # of videos, in the folder of a builder
_NO_PLAYER = ("epub",)  # builders of HTML that make no web pages


class VideoNode(nodes.General, nodes.Element):
    """A video. video: an EmbeddedVideo; the children are what formats without players show."""


class ShowVideo(SphinxPostTransform):
    """Puts the HTML of a player in the place of each video, or its children if the format has no players."""

    default_priority = 100
    shelf: ClassVar[Shelf]

    def run(self, **_: Any) -> None:  # noqa: ANN401 - as Sphinx defines it
        """Replace each video of a page."""
        for node in list(self.document.findall(VideoNode)):
            builder = self.shelf.app.builder
            if builder.format == "html" and builder.name not in _NO_PLAYER:
                text = html.player(node["video"], partial(self._address, node["video"]))
                shown: list[nodes.Node] = [nodes.raw("", text, format="html")]
            else:
                shown = node.children
            node.replace_self(shown)

    def _address(self, video: EmbeddedVideo, asset: Asset) -> str:
        """Copy a file to the site, and return its URL for the page."""
        builder = self.shelf.app.builder
        name = posixpath.join(MEDIA, video.folder, asset.name)
        _copy(asset.source, Path(builder.outdir) / name)
        page = builder.get_target_uri(self.env.docname).split("#", 1)[0]
        return f"{relative_uri(page, quote(name))}?v={asset.digest}"


def _copy(source: Path, target: Path) -> None:
    """Copy a file unless the copy is there. Processes of a parallel build may do it at the same time."""
    with contextlib.suppress(OSError):
        if os.path.samestat(source.stat(), target.stat()):
            return
        there, own = target.stat(), source.stat()
        if there.st_size == own.st_size and there.st_mtime_ns == own.st_mtime_ns:
            return
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as out, source.open("rb") as file:
            shutil.copyfileobj(file, out)
        shutil.copystat(source, temporary)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
