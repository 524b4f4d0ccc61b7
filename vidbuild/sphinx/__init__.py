"""The extension of Sphinx: `.. vidbuild:: talk.yaml` shows the video of a spec in a page.

::

    extensions = ["vidbuild.sphinx"]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add the directive, its settings and its files to a Sphinx application."""
    from vidbuild import __version__
    from vidbuild.sphinx.extension import install

    install(app)
    # Raise env_version when what nodes hold changes: pages that Sphinx remembers are then read again.
    return {"version": __version__, "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
