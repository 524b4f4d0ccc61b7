"""The parser of Markdown: CommonMark, tables, footnotes, definitions, notes of MkDocs and MyST, and front matter."""

from __future__ import annotations

from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from mdit_py_plugins.admon import admon_plugin
    from mdit_py_plugins.colon_fence import colon_fence_plugin
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.front_matter import front_matter_plugin
    from mdit_py_plugins.myst_blocks import myst_block_plugin

    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    for plugin in (admon_plugin, colon_fence_plugin, deflist_plugin, footnote_plugin, front_matter_plugin):
        parser.use(plugin)
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False)
    return parser.use(myst_block_plugin)


def parse(text: str) -> SyntaxTreeNode:
    """Return the tree of a document."""
    return SyntaxTreeNode(_parser().parse(text))
