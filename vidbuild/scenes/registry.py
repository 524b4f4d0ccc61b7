"""All scene types by name. A new scene type is a folder in this package and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from vidbuild.scenes.clip import ClipScene
from vidbuild.scenes.code import CodeScene
from vidbuild.scenes.command import CommandScene
from vidbuild.scenes.image import ImageScene
from vidbuild.scenes.list import ListScene
from vidbuild.scenes.outro import OutroScene
from vidbuild.scenes.protocol import SceneType
from vidbuild.scenes.title import TitleScene

_TYPES: tuple[SceneType, ...] = (
    TitleScene(),
    ListScene(),
    CommandScene(),
    CodeScene(),
    ImageScene(),
    ClipScene(),
    OutroScene(),
)
SCENE_TYPES: Mapping[str, SceneType] = {each.name: each for each in _TYPES}
