"""Fixtures of tests that need a server that speaks S3: `from tests.support.s3_fixtures import s3, s3_server`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.guard import guard
from tests.support import object_server
from tests.support.object_server import ObjectServer
from vidbuild.remote import stores


@pytest.fixture(scope="module")
def s3_server() -> Iterator[ObjectServer]:
    """Run the server once for a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(guard.LOOPBACK, "1")
        with object_server.running() as server:
            yield server


@pytest.fixture
def s3(s3_server: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> ObjectServer:
    """Return the server without requests and faults, and let the environment lead to it."""
    monkeypatch.setenv(guard.LOOPBACK, "1")
    s3_server.clear()
    object_server.environment(s3_server, monkeypatch)
    stores.store_of.cache_clear()
    return s3_server
