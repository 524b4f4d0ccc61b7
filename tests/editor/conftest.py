"""Fixtures of the editor tests: one language server, with the schema that `vidbuild schema` prints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.language_server import LanguageServer, missing
from vidbuild.api.schema import schema


def pytest_sessionstart() -> None:
    """Report once what is missing, not in every test."""
    if missing():
        pytest.exit(missing(), returncode=1)


@pytest.fixture(scope="session")
def schema_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The schema as a user writes it to a file."""
    path = tmp_path_factory.mktemp("schema") / "video.schema.json"
    path.write_text(schema(), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def editor(schema_file: Path) -> Iterator[LanguageServer]:
    """A language server that checks every file against the schema."""
    with LanguageServer(schema_file.as_uri()) as server:
        yield server
