"""A page in a browser that plays videos, and a video with what should be seen of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.support import decoding, sample_videos
from tests.support.chromium import Chromium


class Page:
    """The player's page: its functions, called from here."""

    def __init__(self, browser: Chromium, base: str) -> None:
        self.browser = browser
        self.base = base

    def fresh(self) -> Page:
        """The page as it is when nothing was done in it yet."""
        self.browser.open(f"{self.base}/player.html", "typeof player == 'object'")
        return self

    def call(self, function: str, *args: Any, timeout: float = 60) -> Any:
        """The value of player.FUNCTION(ARGS)."""
        arguments = ", ".join(map(json.dumps, args))
        return self.browser.evaluate(f"player.{function}({arguments})", timeout)


@dataclass(frozen=True)
class Playable:
    """A video that the browser can open, and what it should see there, as FFmpeg decodes it."""

    video: sample_videos.Video
    url: str
    page: Page
    shown: decoding.Shown = field(repr=False)
    keys: tuple[int, ...]
