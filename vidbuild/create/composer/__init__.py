"""From an outline to the scenes of a spec."""

from __future__ import annotations

from vidbuild.create.composer.compose import Choices, Composition, compose, wanted
from vidbuild.create.composer.scenes import SceneDraft, of_section
from vidbuild.create.composer.visuals import Place

__all__ = ["Choices", "Composition", "Place", "SceneDraft", "compose", "of_section", "wanted"]
