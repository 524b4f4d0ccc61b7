"""The registered voice engines."""

from __future__ import annotations

import pytest

from vidbuild.voices import registry
from vidbuild.voices.registry import ENGINES


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_an_engine_has_what_keys_and_lists_need(name: str) -> None:
    """Each engine has its own name, a stable identity that includes it, a file, and a line of description."""
    engine = ENGINES[name]
    assert engine.name == name
    assert engine.identity().startswith(name)
    assert engine.identity() == engine.identity()
    assert all(path.is_file() for path in engine.stat_paths())
    assert engine.summary
    assert engine.available() is None


def test_only_named_network_engines_are_on_the_network() -> None:
    """Narration leaves the machine only through edge."""
    assert [name for name, engine in ENGINES.items() if engine.network] == ["edge"]


def test_identities_differ() -> None:
    """V3: no two engines share an identity."""
    assert len({engine.identity() for engine in ENGINES.values()}) == len(ENGINES)


@pytest.mark.parametrize(
    ("engine", "name", "problem"),
    [
        ("espeak", "en-us", None),
        ("espeak", "en-uss", "nearest: en-us"),
        ("espeek", "en-us", "unknown voice engine 'espeek'; nearest: espeak"),
        ("polly", "Joanna", "unknown voice engine 'polly'; there are espeak, edge, recorded"),
        ("edge", "Aria", "'en-US-AriaNeural'"),
    ],
)
def test_a_wrong_voice_is_explained(engine: str, name: str, problem: str | None) -> None:
    """The nearest names stand beside the wrong one."""
    found = registry.problem(engine, name)
    assert found is None if problem is None else problem in (found or "")
