"""Every importer, with sources that are almost right."""

from __future__ import annotations

import pytest

from tests.support import fuzz_runner
from tests.support.fuzz_targets import Target
from tests.support.import_sources import SOURCES, WITHOUT_FILES, read, targets
from vidbuild.create import registry
from vidbuild.create.source.outline import Outline

COUNT = 2000  # in all
TARGETS = targets()


def test_every_importer_has_a_source() -> None:
    """An importer that comes new is fuzzed as well."""
    assert {*SOURCES, *WITHOUT_FILES} == {*registry.IMPORTERS}


@pytest.mark.parametrize(("module", "name"), [(module, name) for module, files in SOURCES.items() for name in files])
def test_what_is_damaged_was_valid(module: str, name: str) -> None:
    """Each source is read before it is damaged, and some scene shows it."""
    outline = read(module, name, SOURCES[module][name]())
    assert isinstance(outline, Outline), outline
    assert any(section.blocks for section in outline.sections)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_damaged_sources(target: Target) -> None:
    """Of whatever bytes, an importer makes an outline or a SourceError, in bounded time and memory."""
    fuzz_runner.fuzz(target, COUNT // len(TARGETS))
