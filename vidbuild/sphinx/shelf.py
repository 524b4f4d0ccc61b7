"""What the directive and the transform of one application share.

Sphinx makes their objects itself, and no longer lets them ask for the application; so each application has classes of
its own, which have it as an attribute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidbuild.embedding.library import Library

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class Shelf:
    """An application, and its videos once a builder is there."""

    library: Library

    def __init__(self, app: Sphinx) -> None:
        self.app = app
