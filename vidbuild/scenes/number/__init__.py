"""The number scene. Layers: heading, number-0 to number-N (the states of the count), label, change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from vidbuild import inline
from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, texts
from vidbuild.scenes.protocol import ENTRANCE, Light, Reveal, SceneProblem
from vidbuild.written_float import decimals_of

STATES = 24  # more are too fast to be seen
SECONDS = 1.1  # of counting
LARGEST = 1 << 53  # a count that a template can compute exactly
# A number with its sign, its groups of three digits and its decimals; around it no other digit.
NUMBER = re.compile(
    r"(?P<before>\D*?)(?P<sign>[-+\u2212]?)(?P<whole>\d{1,3}(?:(?P<group>[,. '\u2019\u00a0\u202f])\d{3})"
    r"(?:(?P=group)\d{3})*|\d+)(?:(?P<point>[.,])(?P<decimals>\d+))?(?P<after>\D*)\Z",
    re.ASCII,
)
# A number as Python writes it, with the same groups.
PLAIN = re.compile(r"(?P<before>)(?P<sign>-?)(?P<whole>\d+)(?:(?P<point>\.)(?P<decimals>\d+))?(?P<after>)\Z", re.ASCII)
TRENDS = {"+": "up", "-": "down", "\u2212": "down"}


class NumberScene(SceneDefaults):
    """One large number, which counts up to its value."""

    name = "number"
    summary = "one large number that counts up, with its label and its change"
    follows_language = True
    lights: tuple[Light, ...] = (Light(0.95, 0.1, 0.5, 0.3), Light(0.0, 1.0, 0.4, 0.2))

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Refuse decimals of a text, which has its own."""
        if isinstance(fields["value"], str) and "decimals" in fields:
            message = "'decimals' is for a value that is a number, and this one is text, drawn as it is written"
            yield SceneProblem("decimals", message, "remove 'decimals', or write the value without quotes")

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return what is drawn, as JSON values.

        {"title", "label", "prefix", "suffix", "unit": texts or None, "change": {"text", "trend", "tone"} or None,
        "value": {"text": the value as it is written, None if the language decides on its separators, "before", "after",
        "group", "point": what is around the digits and in them, None for the language's, "sign", "decimals",
        "states": whole numbers that are counted, in units of the last decimal}}.
        """
        fields = scene.fields
        prefix, value = _affix(fields["prefix"], after=True), _value(fields)
        if prefix and not fields["prefix"].endswith(" ") and value["text"] is None:  # a currency: -$5, but ca. -5
            prefix, value["sign"] = value["sign"] + prefix, ""
        return {
            **texts(fields, "title", "label", "unit"),
            "prefix": prefix,
            "suffix": _affix(fields["suffix"], after=False),
            "value": value,
            "change": _change(fields.get("change")),
        }

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let the heading rise; the number appears with its words."""
        return rising(scene.fields, {"heading": "title"})

    def reveals(self, scene: Scene) -> list[Reveal]:
        """Reveal the number with its label and count up to its value, and then the change."""
        fields = scene.fields
        count = len(_value(fields)["states"])
        step = SECONDS / max(count - 1, 1)
        states = [(f"number-{index}", 0.0 if index == 0 else ENTRANCE + step * index) for index in range(count)]
        label = rising(fields, {"label": "label"})
        made = [
            Reveal(
                field="value",
                at=fields.get("at"),
                words=_words(fields["value"]),  # its label follows it in most narrations, and would be late
                enter={"number-0": "rise", **label},
                sequence=tuple(states) if count > 1 else (),
            )
        ]
        change = fields.get("change")
        if change:
            words = inline.plain(change["text"])
            made.append(Reveal(field="change", at=change.get("at"), words=words, enter={"change": "rise"}))
        return made


def _affix(text: str, *, after: bool) -> str | None:
    """Return a prefix or suffix, which keeps its blanks at the number: "ca. 12", "12 €"; None if it is empty.

    after: whether the number comes after it.
    """
    if not text.strip():
        return None
    blanks = len(text) - len(text.rstrip(" ") if after else text.lstrip(" "))
    kept, shown = "\u00a0" * blanks, inline.marked(text.strip())
    return shown + kept if after else kept + shown


def _words(value: str | float) -> str:
    """Return a value as a narration has it: 1.50 with the zero that it is written and drawn with."""
    decimals = None if isinstance(value, str) else decimals_of(value)
    return str(value) if decimals is None else f"{value:.{decimals}f}"


def _value(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the value is written, and the whole numbers that count up to it (see NumberScene.drawing)."""
    value = fields["value"]
    if isinstance(value, str):
        text: str | None = value.strip()
        found = NUMBER.match(value.strip())
    else:
        text = None
        places = fields.get("decimals", decimals_of(value))
        exact = Decimal(repr(value))
        found = PLAIN.match(f"{exact:f}" if places is None else f"{exact:.{places}f}")
    if found is None:
        return {"text": text, "states": [0]}
    digits = re.sub(r"\D", "", found["whole"]) + (found["decimals"] or "")
    goal = int(digits)
    counts = fields["count"] and 0 < goal < LARGEST
    states = sorted({_eased(goal, index / (STATES - 1)) for index in range(STATES)}) if counts else [goal]
    return {
        "text": text,
        "before": found["before"],
        "sign": found["sign"].replace("-", "\u2212"),
        "group": None if text is None else found.groupdict()["group"] or "",
        "point": None if text is None else found["point"] or "",
        "decimals": len(found["decimals"] or ""),
        "after": found["after"],
        "states": states,
    }


def _eased(goal: int, share: float) -> int:
    """Return a state of the count: fast at first, slow at the end."""
    return goal - round(goal * (1 - share) ** 3)


def _change(change: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if change is None:
        return None
    text = texts(change, "text")["text"] or ""
    return {"text": text, "tone": change["tone"], "trend": change.get("trend") or TRENDS.get(text[:1])}


SCENE = NumberScene()
