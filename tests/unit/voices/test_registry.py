"""The registered voice engines."""

from __future__ import annotations

import pytest

from vidbuild.voices import registry
from vidbuild.voices.protocol import NETWORK_ENV
from vidbuild.voices.registry import CONFIGURED, ENGINES


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_an_engine_has_what_keys_and_lists_need(name: str) -> None:
    """Each engine has its own name, a stable identity that includes it, a file, and a line of description."""
    engine = ENGINES[name]
    assert engine.name == name
    assert engine.identity().startswith(name)
    assert engine.identity() == engine.identity()
    assert all(path.is_file() for path in engine.stat_paths())
    assert engine.summary
    assert engine.voices() or engine.names_hint
    assert engine.concurrency is None or engine.concurrency > 0
    assert (engine.available() is None) is (name not in CONFIGURED)


def test_only_services_use_the_network() -> None:
    """Narration leaves the machine only through edge and the servers of the user."""
    assert [name for name, engine in ENGINES.items() if engine.network] == ["edge", "speech"]


def test_identities_differ() -> None:
    """V3: no two engines share an identity."""
    assert len({engine.identity() for engine in ENGINES.values()}) == len(ENGINES)


@pytest.mark.parametrize(
    ("engine", "name", "message", "hint"),
    [
        ("espeak", "en-uss", "espeak has no voice 'en-uss'", "'en-us'"),
        ("espeek", "en-us", "unknown voice engine 'espeek'", "did you mean 'espeak'?"),
        (
            "polly",
            "Joanna",
            "unknown voice engine 'polly'",
            "use natural, espeak, edge, nanotts, piper, speech or command",
        ),
        ("edge", "Aria", "edge has no voice 'Aria': expected a name such as 'en-US-AriaNeural'", ""),
    ],
)
def test_a_wrong_voice_is_explained(engine: str, name: str, message: str, hint: str) -> None:
    """A wrong engine or voice is one message, and a hint with what there is."""
    found = registry.problem(engine, name)
    assert found is not None
    assert found.message == message
    assert hint in (found.hint or "")


def test_a_right_voice_has_no_problem() -> None:
    """An engine and a voice that exist are no problem."""
    assert registry.problem("espeak", "en-us") is None
    assert registry.problem("edge", "en-US-AriaNeural") is None


def test_engines_without_a_network_need_nothing_of_it() -> None:
    """P9: only engines with a network receive variables, and what they declare includes the proxies."""
    for engine in ENGINES.values():
        may_use_it = engine.network or engine.name == "command"  # a program may, if the user's settings say so
        assert set(NETWORK_ENV) <= set(engine.env) if may_use_it else engine.env == ()
