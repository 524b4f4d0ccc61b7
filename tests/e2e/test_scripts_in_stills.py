"""Letters of other scripts in frames of the command: joined, in the right face, with all of their marks."""

from __future__ import annotations

import pytest
import yaml
from PIL import Image

from tests.support.workspace import Workspace

BLACK = {"text": "#ffffff", "background_from": "#000000", "background_to": "#000000", "glow": "#000000"}
THEMES = ("confetti", "contrast", "gazette", "midnight", "paper", "phosphor")
Box = tuple[int, int, int, int]


def words(space: Workspace, text: str, theme: str, *, language: str = "en") -> list[Box]:
    """Return the boxes of the ink of each word of a large title, from the left."""
    spec = {
        "vidbuild": 1,
        "title": "T",
        "language": language,
        "output": {"size": "960x540", "fps": 24},
        "theme": {"extends": theme, **BLACK, "pattern": "none"},
        "scenes": [{"id": "a", "type": "title", "title": text, "duration": 1, "background": "#000000"}],
    }
    space.write("video.yaml", yaml.safe_dump(spec, allow_unicode=True, sort_keys=False))
    done = space.run("still", "video.yaml", "a", "-o", "a.png")
    assert done.code == 0, done.stderr
    assert "warning" not in done.stderr
    with Image.open(space.root / "a.png") as image:
        ink = image.convert("L").point([0] * 60 + [255] * 196)
    inked = [ink.crop((x, 0, x + 1, ink.height)).getbbox() is not None for x in range(ink.width)]
    starts = [x for x in range(1, ink.width) if inked[x] and not inked[x - 1]]
    ends = [x for x in range(1, ink.width) if inked[x - 1] and not inked[x]]
    boxes = []
    for start, end in zip(starts, ends, strict=True):
        box = ink.crop((start, 0, end, ink.height)).getbbox()
        assert box is not None
        boxes.append((start, box[1], end, box[3]))
    return boxes


@pytest.mark.parametrize("theme", THEMES)
def test_letters_are_joined(workspace: Workspace, theme: str) -> None:
    """An Arabic, a Persian and an Urdu word of joined letters are one piece of ink each, in every theme."""
    assert len(words(workspace, "سلسلة سپهسپه سٹیشن", theme, language="ar")) == 3


@pytest.mark.parametrize(("theme", "taller"), [("midnight", 1.45), ("contrast", 1.45), ("gazette", 1.3)])
def test_marks_are_whole(workspace: Workspace, theme: str, taller: float) -> None:
    """A capital with its marks is as much taller than without them as its font has it: nothing is cut at the top."""
    plain, two, cyrillic, breve = (bottom - top for _, top, _, bottom in words(workspace, "E Ế И Й", theme))
    assert two / plain >= taller
    assert breve / cyrillic >= 1.2


def test_hebrew_is_as_bold_as_its_title(workspace: Workspace) -> None:
    """Hebrew has the weight of titles, which the serif font of the typesetter lacks: as thick as Latin."""
    [bar, letter] = words(workspace, "I \u05d5", "midnight")
    assert letter[2] - letter[0] >= 0.7 * (bar[2] - bar[0])
