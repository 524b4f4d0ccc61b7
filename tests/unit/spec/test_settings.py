"""A project's settings in vidbuild.toml: values, and problems at their places."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidbuild.spec import diagnostics, settings
from vidbuild.spec.diagnostics import SpecError

ALLOW = "allow_network_voice = true"


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", False),
        ("# nothing\n", False),
        (f"{ALLOW}\n", True),
        ("allow_network_voice = false", False),
    ],
)
def test_settings_have_defaults(tmp_path: Path, text: str, allowed: bool) -> None:
    """What the file does not set is as without the file."""
    (tmp_path / settings.NAME).write_text(text)
    assert settings.load(tmp_path, settings.NAME).allow_network_voice == allowed


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ('\nallow_network_voice = "true"', (2, 1, 20), "must be true or false, not 'true'", f"write {ALLOW}"),
        ("allow_network_voice = 1", (1, 1, 20), "must be true or false, not 1", None),
        ("# a\n  [size]\nx = 1", (2, 4, 8), "unknown setting 'size'", "use allow_network_voice or publish or cache"),
        ('# a\n"si\\u007ae" = 1', (1, 1, 2), "unknown setting 'size'", "use allow_network_voice or publish or cache"),
        ("\nallow_network_voice = yes", (2, 23, 24), "invalid TOML: invalid value", None),
        ("allow_network_voice = [\n\n", (1, 1, 2), "invalid TOML: ", None),
    ],
)  # fmt: skip
def test_problems_have_places(
    tmp_path: Path, text: str, place: tuple[int, int, int], message: str, hint: str | None
) -> None:
    """P42: a problem is at its key, or at the first line if the key is written in another way."""
    (tmp_path / settings.NAME).write_text(text)
    with pytest.raises(SpecError) as caught:
        settings.load(tmp_path, settings.NAME)
    (found,) = caught.value.diagnostics
    assert found.location is not None
    assert (found.location.line, found.location.column, found.location.end_column) == place
    assert message in found.message
    assert found.hint == hint


@pytest.mark.parametrize(
    "text",
    [
        '[cache]\nkeys = "vidbuild-private:SECRET="',
        '[cache]\nread = "vidbuild-private:SECRET="',
        '[cache]\nremote = "vidbuild-private:SECRET="',
        '[cache]\n"vidbuild-private:SECRET=" = 1',
        'publish = "s3://user:SECRET@videos"',
        'publish = "https://example.org/videos?sig=SECRET"',
    ],
)
def test_a_secret_in_the_settings_is_not_repeated(tmp_path: Path, text: str) -> None:
    """Neither in the message nor in the line that is quoted below it, wherever the secret was pasted."""
    (tmp_path / "vidbuild.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        settings.load(tmp_path, settings.NAME)
    shown = diagnostics.render(caught.value.diagnostics, {settings.NAME: text})
    assert "…" in shown
    assert "SECRET" not in f"{caught.value}{shown}{caught.value.diagnostics}"
