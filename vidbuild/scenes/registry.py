"""All scene types by name. A new scene type is a folder in this package and a name here."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping

from vidbuild.scenes.protocol import SceneType

NAMES = (
    "title",
    "list",
    "command",
    "code",
    "diff",
    "tree",
    "image",
    "slide",
    "clip",
    "quote",
    "table",
    "chart",
    "compare",
    "cards",
    "number",
    "keys",
    "steps",
    "diagram",
    "split",
    "typst",
    "outro",
)


WHOLE_SCENES = frozenset({"clip", "split", "typst"})  # cannot be a part of another scene


class _SceneTypes(Mapping[str, SceneType]):
    """The `SCENE` of each type's package, imported when it is first used: a build loads the types of its spec alone."""

    def __getitem__(self, name: str) -> SceneType:
        if name not in NAMES:
            raise KeyError(name)
        scene: SceneType = importlib.import_module(f"vidbuild.scenes.{name}").SCENE
        return scene

    def __contains__(self, name: object) -> bool:
        return name in NAMES

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)


SCENE_TYPES: Mapping[str, SceneType] = _SceneTypes()
