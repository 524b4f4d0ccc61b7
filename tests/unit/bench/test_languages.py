"""The spec in several languages that is measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import cases
from tests.bench.languages import CASE, FIFTH, LANGUAGES, Spoken
from vidbuild.spec.load import try_load


@pytest.mark.parametrize("equal", [True, False])
def test_the_spec_has_a_video_in_each_language(tmp_path: Path, *, equal: bool) -> None:
    """It has no errors in any language, and a fifth one can be added."""
    for languages in (LANGUAGES, (*LANGUAGES, FIFTH)):
        project = Spoken.made(tmp_path, languages, equal=equal)
        found = try_load(project.folder / cases.SPEC)
        assert [choice.language for choice in found.choices] == list(languages)
        for choice in found.choices:
            loaded = try_load(project.folder / cases.SPEC, choice=choice)
            assert loaded.spec is not None, loaded.errors
            assert len(loaded.spec.scenes) == CASE.scenes
            assert all((scene.min_duration == CASE.seconds) is equal for scene in loaded.spec.scenes)
