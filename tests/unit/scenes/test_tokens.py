"""Secrets in the output of commands."""

from __future__ import annotations

import pytest

from vidbuild.scenes.command.tokens import tokens, warnings

SECRETS = {
    "an AWS access key": "AKIA" + "IOSFODNN7EXAMPLE",
    "a GitHub token": "ghp_" + "a1B2" * 9,
    "a GitLab token": "glpat-" + "a1B2c3D4e5F6g7H8i9J0",
    "a Slack token": "xoxb-" + "1234567890-abc",
    "a Google API key": "AIza" + "a1B2c" * 7,
    "an API key": "sk-proj-" + "a1B2c3D4e5F6g7H8i9J0",
    "an npm token": "npm_" + "a1B2" * 9,
    "a PyPI token": "pypi-" + "AgEIcHlwaS5vcmcC" * 4,
    "a JSON web token": "eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0.abcdefghijk",
    "a private key": "-----BEGIN " + "OPENSSH PRIVATE KEY-----",
    "a password in an address": "postgres://" + "user:hunter2@db.example.org/x",
}


@pytest.mark.parametrize(("kind", "secret"), SECRETS.items(), ids=SECRETS)
def test_a_secret_is_found(kind: str, secret: str) -> None:
    """Each kind of secret is found within a line, and its message shows no more than four characters of it."""
    assert [name for name, _ in tokens(f"token={secret} ok")] == [kind]
    (warning,) = warnings("commands.0", [f"token={secret}"])
    assert kind in warning.message
    assert secret[:5] not in warning.message


@pytest.mark.parametrize(
    "line",
    [
        "task-list-of-everything",
        "commit 1a2b3c4d5e6f",
        "https://example.org:8080/path@2",
        "npm_config_registry",
        "sk-1",
    ],
)
def test_other_texts_are_none(line: str) -> None:
    """Usual output is not mistaken for a secret."""
    assert list(tokens(line)) == []
