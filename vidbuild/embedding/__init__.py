"""Shows a spec's video in a page of documentation: builds or finds it, and writes the HTML of its player.

The plug-in of MkDocs (`vidbuild.mkdocs`) and the extension of Sphinx (`vidbuild.sphinx`) are two adapters of this room.
"""
