"""What a site says about all of its videos, and a page about one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from vidbuild.errors import UsageError
from vidbuild.suggest import nearest_or_all

AUTO, ALWAYS, NEVER = "auto", "always", "never"
YES, NO = "yes", "no"

# Name of an option -> its values; none stands for any text.
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "language": (),
    "output": (),
    "title": (),
    "caption": (),
    "build": (AUTO, ALWAYS, NEVER),
    "captions": ("on", "off", "none"),
    "chapters": (YES, NO),
    "transcript": ("closed", "open", "none"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How videos are built and shown.

    build: "auto" builds, and where building is impossible uses a video that is there, with a warning; "always" builds;
        "never" uses the files in `build/` beside the spec.
    offline: use no voice on the network.
    warnings: report the warnings of specs as those of the documentation.
    captions: shown from the start ("on"), on request ("off"), or not there ("none").
    chapters: whether a list of them is below the player.
    transcript: below the player, "closed" or "open"; or "none".
    language, output: which of a spec's videos; "" for that in the language of the page, and the first output.
    title: what the video is called instead of the spec's title; caption: a text below the player.
    """

    build: str = AUTO
    offline: bool = False
    warnings: bool = True
    captions: str = "on"
    chapters: bool = True
    transcript: str = "closed"
    language: str = ""
    output: str = ""
    title: str = ""
    caption: str = ""

    def changed(self, options: Mapping[str, str]) -> Settings:
        """Return the settings with the options of a page. Raises UsageError for an unknown option or value."""
        found: dict[str, Any] = {}
        for name, given in options.items():
            if name not in OPTIONS:
                raise UsageError(f"unknown option '{name}'", hint=nearest_or_all(name, OPTIONS))
            value = given.strip()
            if OPTIONS[name] and value not in OPTIONS[name]:
                hint = nearest_or_all(value, OPTIONS[name])
                raise UsageError(f"option '{name}': unknown value '{value}'", hint=hint)
            if not value:
                raise UsageError(f"option '{name}' has no value")
            found[name] = value == YES if name == "chapters" else value
        return replace(self, **found) if found else self
