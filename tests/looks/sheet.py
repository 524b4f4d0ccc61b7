"""Draws scenes and puts their layers together, for a look by eye: `python tests/looks/sheet.py OUT IMAGE`."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml
from PIL import Image

from vidbuild.engine.context import Context
from vidbuild.errors import StepError
from vidbuild.media.picture import Layers
from vidbuild.steps import draw

PACKAGE = Path(draw.__file__).parent.parent


def theme(name: str) -> dict[str, Any]:
    """A built-in theme's values."""
    values: dict[str, Any] = yaml.safe_load((PACKAGE / "themes" / f"{name}.yaml").read_text())
    return values


def drawn(out: Path, kind: str, fields: dict[str, Any], **more: Any) -> Context:
    """Run the draw step into a folder."""
    files = more.pop("files", {})
    size = more.pop("size", (1920, 1080))
    params = {
        "type": kind,
        "size": list(size),
        "theme": theme(more.pop("theme", "midnight")),
        "fields": fields,
        "language": more.pop("language", "en"),
        "background": more.pop("background", None),
    }
    scenes = PACKAGE / "scenes"
    inputs = {"template": scenes / kind / "template.typ", "base": scenes / "base.typ", **files}
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        context = Context(f"draw:{kind}", params, inputs, out, Path(scratch), {})
        draw.run(context)
    return context


def composed(folder: Path, hidden: tuple[str, ...] = ()) -> Image.Image:
    """All layers over each other, without the hidden ones."""
    layers = Layers.read(folder)
    canvas = Image.new("RGBA", (layers.width, layers.height))
    for layer in layers.layers:
        if layer.name in hidden:
            continue
        if layer.file:
            image = Image.open(folder / layer.file).convert("RGBA")
            assert image.size == (layer.width, layer.height), layer
        else:
            image = Image.linear_gradient("L").convert("RGBA").resize((layer.width, layer.height))
        canvas.alpha_composite(image, (layer.x, layer.y))
    return canvas.convert("RGB")


def sheet(images: list[Image.Image], columns: int, path: Path, wide: int = 960) -> None:
    """Images side by side in a grid, each `wide` pixels wide."""
    small = [
        image.resize((wide, round(image.height * wide / image.width)), Image.Resampling.LANCZOS) for image in images
    ]
    rows = [small[at : at + columns] for at in range(0, len(small), columns)]
    gap = 16
    heights = [max(image.height for image in row) for row in rows]
    whole = Image.new("RGB", (columns * (wide + gap) + gap, sum(heights) + gap * (len(rows) + 1)), (128, 128, 128))
    y = gap
    for row, high in zip(rows, heights, strict=True):
        for column, image in enumerate(row):
            whole.paste(image, (gap + column * (wide + gap), y))
        y += high + gap
    whole.save(path)


CODE = """import httpx

r = httpx.get("https://www.example.org/")
print(r.status_code)      # 200
print(r.headers["content-type"])
data = {"user": {"name": "Tom", "tags": ["{{ not a template }}"]}}
"""
SCENES: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    (
        "title",
        {
            "kicker": "Quickstart",
            "title": "HTTPX in one minute",
            "subtitle": "A next-generation HTTP client for Python",
        },
        (),
    ),
    (
        "list",
        {
            "title": "What you get",
            "style": "checks",
            "items": [
                {"text": text, "detail": None}
                for text in (
                    "An integrated command line client",
                    "Both HTTP/1.1 and HTTP/2",
                    "Both sync and async APIs",
                )
            ],
        },
        ("item-0", "item-2", "item-2-past"),
    ),
    (
        "command",
        {
            "title": "Install it",
            "entries": [
                {"lines": ["pip install httpx"], "output": []},
                {"lines": [], "output": ["Successfully installed httpx-0.28.1"]},
            ],
            "prompt": "$ ",
            "shell": "bash",
        },
        (),
    ),
    (
        "code",
        {
            "title": "Your first request",
            "code": CODE,
            "first": 1,
            "language": "python",
            "filename": "hello.py",
            "highlights": [{"from": 3, "to": 3}, {"from": 4, "to": 5}],
        },
        ("code", "focus-1", "bar-1"),
    ),
    (
        "image",
        {"title": "At the command line", "fit": "contain", "caption": "The client's own help", "frame": "window"},
        (),
    ),
    ("clip", {"title": None, "fit": "cover", "caption": "A recording keeps its own sound"}, ()),
    ("outro", {"title": "Try it today", "subtitle": "pip install httpx", "links": ["www.python-httpx.org"]}, ()),
]


def shown(*args: Any, **more: Any) -> Context:
    """As drawn; a failure shows typst's own words."""
    try:
        return drawn(*args, **more)
    except StepError as error:
        sys.exit("\n".join((error.message, *error.failure.log)))


def main() -> None:
    """One sheet per theme of the seven types."""
    out = Path(sys.argv[1])
    for name in ("midnight", "paper"):
        images = []
        for kind, fields, hidden in SCENES:
            folder = out / name / kind
            start = time.perf_counter()
            context = shown(
                folder, kind, fields, theme=name, files={"image": Path(sys.argv[2])} if kind == "image" else {}
            )
            print(  # noqa: T201 - a script
                f"{name} {kind} {time.perf_counter() - start:.3f} s",
                context.warnings,
                sum(f.stat().st_size for f in folder.iterdir()),
            )
            images.append(composed(folder, hidden))
        sheet(images, 2, out / f"{name}.png")


main()
