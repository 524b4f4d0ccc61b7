"""Requests to a running build, left as files in its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidbuild.engine.runs.control import NAME, Control, read_request, request


def test_without_a_request_a_build_runs(tmp_path: Path) -> None:
    """A build runs if its folder has no request, or if there is no folder at all."""
    assert read_request(tmp_path) is Control.RUN
    assert read_request(tmp_path / "gone") is Control.RUN


def test_the_last_request_counts(tmp_path: Path) -> None:
    """Requests to pause and to resume replace each other."""
    for control in (Control.PAUSE, Control.RUN, Control.PAUSE):
        request(tmp_path, control)
        assert read_request(tmp_path) is control


@pytest.mark.parametrize("later", [Control.PAUSE, Control.RUN])
def test_a_request_to_cancel_is_final(tmp_path: Path, later: Control) -> None:
    """A later request, or one at the same moment, does not replace a request to cancel."""
    request(tmp_path, Control.CANCEL)
    request(tmp_path, later)
    assert read_request(tmp_path) is Control.CANCEL


@pytest.mark.parametrize("content", [b"", b"stop", b"\xff\xfe", b"pause\n"])
def test_unknown_content_is_no_request(tmp_path: Path, content: bytes) -> None:
    """A file with unknown content does not stop a build."""
    (tmp_path / NAME).write_bytes(content)
    assert read_request(tmp_path) is Control.RUN
