"""Which sandbox workers get."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidbuild.api import sandbox_policy


def test_a_user_without_a_home_can_build(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container there may be neither $HOME nor a name for the user; programs are found all the same."""
    expected = sandbox_policy.sandbox_of()
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("os.getuid", lambda: 54_321)
    with pytest.raises(RuntimeError):
        Path.home()
    assert sandbox_policy.sandbox_of() == expected


def test_programs_installed_elsewhere_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """P9: steps may read programs that the environment names, and certificates only if they have the network."""
    for name in ("HOMEBREW_PREFIX", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, "")
    usual = sandbox_policy.sandbox_of()
    monkeypatch.setenv("HOMEBREW_PREFIX", "/opt/brew")
    monkeypatch.setenv("SSL_CERT_FILE", "/opt/certificates.pem")
    found = sandbox_policy.sandbox_of()
    assert usual is not None
    assert found is not None
    assert usual.online == ()
    assert found.programs == (*usual.programs, "/opt/brew")
    assert found.online == ("/opt/certificates.pem",)
