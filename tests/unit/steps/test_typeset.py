"""The step that sets burned captions in type: their images, their times, and what each motion shows of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.audio_lab import context, timing
from tests.support.drawing import PACKAGE, theme
from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.steps import typeset

SCENES = PACKAGE / "scenes"
WORDS = (("One", 4800, 24_000), ("two", 24_000, 48_000), ("three.", 48_000, 72_000))
FILES = ("whole.json", "render.json", "head.json", "tail.json")


def made(folder: Path, words: tuple[tuple[str, int, int], ...] = WORDS, **params: Any) -> Context:
    """Set the captions of a scene of four seconds."""
    given = {
        "size": [640, 360],
        "theme": theme("midnight"),
        "language": "en",
        "fps": 24,
        "style": "karaoke",
        "rules": {},
        "type_size": 20,
        "box": [45, 270, 550, 46],
        "rows": [16, 21],
        "head": 6,
        "tail": 6,
        **params,
    }
    step = context(
        folder,
        "typeset",
        given,
        timing=timing(192_000, words[0][1] if words else 0, 96_000 if words else 0, words),
        base=SCENES / "base.typ",
        subtitles=SCENES / "subtitles.typ",
        template=SCENES / "captions.typ",
    )
    typeset.run(step)
    return step


def read(step: Context, name: str) -> dict[str, Any]:
    """A file of the step."""
    data: dict[str, Any] = json.loads((step.out / name).read_text(encoding="utf-8"))
    return data


def test_states_follow_the_words(tmp_path: Path) -> None:
    """The caption appears with its first word; each word is lit from its first frame on; then nothing is shown."""
    step = made(tmp_path / "a")
    whole = read(step, "whole.json")
    shown = [(frame, len(whole["stack"][state])) for frame, state in whole["states"]]
    assert shown == [(0, 0), (2, 2), (12, 2), (24, 2), (36, 0)]
    assert len(whole["images"]) == 4
    assert [frame for frame, _ in read(step, "render.json")["states"]] == [0, 6, 18, 30]
    assert read(step, "head.json")["images"]  # the first word begins in the transition
    assert read(step, "tail.json") == {}
    assert step.warnings == []


@pytest.mark.parametrize("style", ["plain", "box"])
def test_other_styles_have_one_image(tmp_path: Path, style: str) -> None:
    """Only karaoke lights words."""
    whole = read(made(tmp_path / "a", style=style), "whole.json")
    assert (len(whole["images"]), [frame for frame, _ in whole["states"]]) == (1, [0, 2, 36])


@pytest.mark.parametrize(
    "words", [("先打开", "文件\uff0c", "再把。"), ("先打开", "\uff08文件\uff09", "再把。"), ("先打开", "abc", "再把。")]
)
def test_wide_punctuation_moves_no_lit_word(tmp_path: Path, words: tuple[str, ...]) -> None:
    """A word is lit where it stands: wide punctuation keeps its width, and none is added beside Latin letters."""

    def places(name: str, texts: tuple[str, ...]) -> list[int]:
        spans = tuple((text, start, end) for text, (_, start, end) in zip(texts, WORDS, strict=True))
        whole = read(made(tmp_path / name, spans, language="zh"), "whole.json")
        return [x for _, x, _ in whole["images"][1:]]

    first, second, third = places("a", words)  # a sign without a font is 10 pixels wide
    plain = places("b", ("先打开", words[1].strip("\uff08\uff09\uff0c"), "再把"))
    opening = 10 * words[1].startswith("\uff08")
    closing = opening + 10 * words[1].endswith(("\uff0c", "\uff09"))
    assert abs((second - first) - (plain[1] - plain[0]) - opening) <= 1
    assert abs((third - first) - (plain[2] - plain[0]) - closing) <= 1


def test_nothing_is_spoken(tmp_path: Path) -> None:
    """Without words, no motion shows anything."""
    step = made(tmp_path / "a", ())
    assert [read(step, name) for name in FILES] == [{}] * 4


def test_too_small_rows(tmp_path: Path) -> None:
    """V9: captions that reach out of their rows end the step."""
    with pytest.raises(StepError, match=r"captions in rows \d+ to \d+: expected 288 to 304"):
        made(tmp_path / "a", rows=[18, 19])
