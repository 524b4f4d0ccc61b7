"""Returns the JSON Schemas of the spec language."""

from __future__ import annotations


def schema(name: str = "video") -> str:
    """Return the JSON Schema of version 1 of the spec language, as text, with the scene types of plug-ins.

    Those that cannot be used are left out: `vidbuild.api.plugins.problems` returns why.
    name: "video" for specs, "brand" or "batch".
    """
    from vidbuild.scenes.registry import plugin_names
    from vidbuild.spec.schema import schema_path

    if not plugin_names():
        return schema_path(name).read_text(encoding="utf-8")
    from vidbuild.spec.editor_schema import text_for_editors
    from vidbuild.spec.plugins import add_all_types

    add_all_types()
    return text_for_editors(name)
