"""A project to write specs in, and the diagnostics of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from vidbuild.diagnostic import Diagnostic
from vidbuild.model import Scene, Spec
from vidbuild.spec.load import LoadResult, parse, try_load, try_parse


class Project:
    """A folder with vidbuild.toml, a picture and room for specs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        (root / "vidbuild.toml").touch()
        Image.new("RGB", (6, 4)).save(root / "dot.png")
        (root / "clip.mp4").write_bytes(b"not looked into")

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file of the project."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def try_load(self, text: str | Mapping[str, Any], **variables: Any) -> LoadResult:
        """What comes of a spec's text (through a file) or of data made in Python."""
        if isinstance(text, str):
            return try_load(self.write("v.yaml", text), variables)
        return try_parse(text, self.root / "v.yaml", variables)

    def problems(self, text: str | Mapping[str, Any], **variables: Any) -> list[tuple[int, int, str, str | None]]:
        """Return line, column, message and hint of every error and warning."""
        return [row(item) for item in self.try_load(text, **variables).diagnostics]

    def scene(self, **fields: Any) -> Scene:
        """The one scene of a spec made in Python."""
        return self.spec(fields).scenes[0]

    def spec(self, *scenes: Mapping[str, Any], **top: Any) -> Spec:
        """A spec made in Python; what a scene does not give is filled with something valid."""
        return parse(whole(*scenes, **top), self.root / "v.yaml")

    def wrong(self, *scenes: Mapping[str, Any], **top: Any) -> list[tuple[str, str, str | None]]:
        """Field, message and hint of all that is wrong or doubtful in a spec made in Python."""
        examined = try_parse(whole(*scenes, **top), self.root / "v.yaml")
        return [(item.path, item.message, item.hint) for item in examined.diagnostics]


def row(item: Diagnostic) -> tuple[int, int, str, str | None]:
    """Return a diagnostic as a tuple."""
    return item.line, item.column, item.message, item.hint


def whole(*scenes: Mapping[str, Any], **top: Any) -> dict[str, Any]:
    """A spec in which the given scenes have an id, a type, a title and a duration; ... leaves a field out."""
    filled = []
    for index, given in enumerate(scenes or ({},)):
        kind = given.get("type", "title")
        scene = {"id": f"s{index}", "type": kind, **({"title": "A"} if kind in {"title", "outro"} else {}), **given}
        if "narration" not in scene:
            scene = {"duration": 5, **scene}
        filled.append({key: value for key, value in scene.items() if value is not ...})
    return {"vidbuild": 1, "title": "A", **top, "scenes": filled}
