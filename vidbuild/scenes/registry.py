"""Every scene type there is, by name; a new one is a folder and a line here."""

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

SCENE_TYPES: Mapping[str, SceneType] = {
    "title": TitleScene(),
    "list": ListScene(),
    "command": CommandScene(),
    "code": CodeScene(),
    "image": ImageScene(),
    "clip": ClipScene(),
    "outro": OutroScene(),
}
