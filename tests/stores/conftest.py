"""Fixtures of the tests with servers of other people: one process of Azurite."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.guard import guard
from tests.support import azurite
from tests.support.object_server import ObjectServer


def pytest_sessionstart() -> None:
    """Report once what is missing, not in every test."""
    if azurite.missing():
        pytest.exit(azurite.missing(), returncode=1)


@pytest.fixture(scope="session")
def azure_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectServer]:
    """Run the server once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(guard.LOOPBACK, "1")
        with azurite.running(tmp_path_factory.mktemp("azurite")) as server:
            yield server


@pytest.fixture
def azure(azure_server: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> ObjectServer:
    """Return the server without requests and faults, and let the environment lead to it."""
    monkeypatch.setenv(guard.LOOPBACK, "1")
    azure_server.clear()
    azurite.environment(azure_server, monkeypatch)
    return azure_server
