"""What several end-to-end tests begin with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.guard import guard
from tests.support import object_server
from tests.support.gated_build import Controlled, controlled
from tests.support.object_server import ObjectServer
from tests.support.workspace import SMALL, Workspace


@pytest.fixture
def waiting(workspace: Workspace) -> Iterator[Controlled]:
    """A build whose render steps wait in the middle."""
    workspace.write("video.yaml", SMALL)
    build = controlled(workspace)
    build.at_the_gate()
    yield build
    build.end_now()


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectServer]:
    """A server that speaks S3."""
    monkeypatch.setenv(guard.LOOPBACK, "1")
    with object_server.running() as server:
        object_server.environment(server, monkeypatch)
        yield server
