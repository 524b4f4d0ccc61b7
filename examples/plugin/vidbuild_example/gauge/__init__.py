"""A scene type: a value on a dial, whose arc is drawn while the number appears."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vidbuild.plugins import Light, Reveal, Scene, SceneDefaults, SceneProblem, rising, texts


class Gauge(SceneDefaults):
    """The layers are those of template.typ: heading, dial, arc, value and label."""

    interface = 1  # the version of vidbuild's interface that this was written for
    name = "gauge"
    summary = "a value on a dial, between a least and a greatest one"
    lights = (Light(0.5, 1.0, 0.5, 0.24),)

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Find what the schema cannot: a value that is not on the dial."""
        low, high, value = fields["minimum"], fields["maximum"], fields["value"]
        if low >= high:
            yield SceneProblem("maximum", f"the maximum {high:g} is not greater than the minimum {low:g}")
        elif not low <= value <= high:
            yield SceneProblem("value", f"{value:g} is not between {low:g} and {high:g}")

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return the template's `fields`."""
        fields = scene.fields
        share = (fields["value"] - fields["minimum"]) / (fields["maximum"] - fields["minimum"])
        ends = [f"{fields[name]:g}" for name in ("minimum", "maximum")]
        shown = {"value": f"{fields['value']:g}{fields['unit']}", "share": round(share, 4), "ends": ends}
        return {**texts(fields, "title", "label"), **shown}

    def entrances(self, scene: Scene) -> dict[str, str]:
        """The heading rises and the dial fades in at the scene's start."""
        return {**rising(scene.fields, {"heading": "title"}), "dial": "fade"}

    def reveals(self, scene: Scene) -> list[Reveal]:
        """The value appears when `at` says, or when the narration mentions the label."""
        layers = {"arc": "draw", "value": "rise", **rising(scene.fields, {"label": "label"})}
        return [Reveal("value", at=scene.fields.get("at"), words=scene.fields["label"], enter=layers)]
