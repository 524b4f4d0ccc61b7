"""What scene types have in common whose entries appear one by one, each prominent until the next one appears."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild import inline
from vidbuild.model import Scene
from vidbuild.scenes.protocol import Reveal


def entry(value: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an entry with its fields, of which a text alone is `text`."""
    return {"text": value} if isinstance(value, str) else value


def images(scene: Scene, field: str) -> dict[str, Path]:
    """Return role -> file of the images of the entries in a field."""
    entries = enumerate(map(entry, scene.fields[field]))
    return {f"image:{field}.{index}.image": Path(each["image"]) for index, each in entries if "image" in each}


def reveal(
    field: str,
    layer: str,
    value: Mapping[str, Any],
    words: str,
    *more: str,
    beside: Sequence[str] = (),
    leave: Sequence[str] = (),
) -> Reveal:
    """Return the reveal of an entry that is drawn twice: the layer shows it as current, LAYER-past shows it later.

    more: other layers that enter with it and stay.
    beside: other layers that fade in with it and stay.
    leave: layers that leave when it appears; those beside it fade in when they are gone.
    """
    later = dict.fromkeys(beside, "follow" if leave else "fade")
    return Reveal(
        field=field,
        at=value.get("at"),
        words=inline.plain(words),
        enter={layer: "rise", f"{layer}-past": "under", **dict.fromkeys(more, "rise"), **later},
        leave=tuple(leave),
        until_next=(layer,),
    )
