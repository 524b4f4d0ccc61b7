"""What a step's id says: its kind and its scene; it knows no step."""

from __future__ import annotations


def kind_of(step: str) -> str:
    """`de/speak:install` -> speak."""
    return step.partition(":")[0].rpartition("/")[2]


def scene_of(step: str) -> str:
    """`render:install` -> install; "" for a step that belongs to the whole video."""
    return step.partition(":")[2]
