"""The keys scene. Layers: heading, platforms, then for each shortcut i keys-i-past, keys-i, keys-i-down (pressed)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from vidbuild import inline
from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, texts
from vidbuild.scenes.keys import shortcuts
from vidbuild.scenes.protocol import Light, Reveal, SceneProblem

PRESSED = 0.6  # seconds after its entrance began at which a shortcut is pressed
MAX_CHORDS = 3
_COMMAND = re.compile(r"\b(?:cmd|command)\b|\u2318", re.IGNORECASE)


class KeysScene(SceneDefaults):
    """Shortcuts as key caps, each pressed when the narration mentions it."""

    name = "keys"
    summary = "shortcuts as key caps, of a Mac, a PC or both, pressed one after the other"
    lights: tuple[Light, ...] = (Light(0.5, 1.05, 0.5, 0.24),)

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Refuse keys that no keyboard has."""
        for index, item in enumerate(fields["keys"]):
            field = f"keys.{index}" if isinstance(item, str) else f"keys.{index}.keys"
            written = _entry(item)["keys"]
            try:
                pressed = shortcuts.chords(written)
            except shortcuts.UnknownKeyError as error:
                yield SceneProblem(field, str(error), _meant(written, error))
                continue
            if len(pressed) > MAX_CHORDS:
                yield SceneProblem(field, f"{len(pressed)} chords in one shortcut: expected up to {MAX_CHORDS}")

    def lint(self, scene: Scene) -> Iterator[SceneProblem]:
        """Warn of a Mac's Command key on a PC's keyboard, where it is the Windows key."""
        if scene.fields["platform"] == shortcuts.MAC:
            return
        for index, item in enumerate(scene.fields["keys"]):
            written = _entry(item)["keys"]
            if named := _COMMAND.search(written):
                hint = f"write '{_COMMAND.sub('mod', written)}', or set 'platform: mac'"
                field = f"keys.{index}" if isinstance(item, str) else f"keys.{index}.keys"
                yield SceneProblem(field, f"'{named[0]}' is the Windows key on a PC", hint, code="VB327")

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return {"title", "platform": ["mac", "pc"], "keys": [{"text", "caps": [[[cap…]…]…]}]}.

        The caps of a shortcut are those of its chords, for each of the platforms. Title and texts can be None.
        """
        chosen = scene.fields["platform"]
        platforms = [shortcuts.MAC, shortcuts.PC] if chosen == "both" else [chosen]
        items = [_entry(item) for item in scene.fields["keys"]]
        return {
            **texts(scene.fields, "title"),
            "platform": platforms,
            "keys": [
                {
                    **texts(item, "text"),
                    "caps": [shortcuts.caps(item["keys"], platform) for platform in platforms],
                }
                for item in items
            ],
        }

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let the heading rise; the shortcuts appear later."""
        platforms = {"platforms": "fade"} if scene.fields["platform"] == "both" else {}
        return {**rising(scene.fields, {"heading": "title"}), **platforms}

    def reveals(self, scene: Scene) -> list[Reveal]:
        """Reveal each shortcut and press it; it is released when the next one appears."""
        made = []
        for index, item in enumerate(map(_entry, scene.fields["keys"])):
            layer = f"keys-{index}"
            released = {f"keys-{index - 1}-past": "cut"} if index else {}
            words = inline.plain(item["text"]) if item.get("text") else shortcuts.spoken(item["keys"])
            made.append(
                Reveal(
                    field=f"keys.{index}",
                    at=item.get("at"),
                    words=words,
                    enter={**released, layer: "rise"},
                    until_next=(f"{layer}-down",),
                    sequence=((layer, 0.0), (f"{layer}-down", PRESSED)),
                )
            )
        return made


def _meant(written: str, error: shortcuts.UnknownKeyError) -> str | None:
    """Return a hint with the nearest key in place of the unknown one, which can also be a part of other names."""
    if error.near is None:
        return None
    name = rf"(?<![^\s+]){re.escape(error.name)}(?![^\s+])"
    return f"did you mean '{re.sub(name, error.near, written, count=1)}'?"


def _entry(item: str | Mapping[str, Any]) -> Mapping[str, Any]:
    return {"keys": item} if isinstance(item, str) else item


SCENE = KeysScene()
