"""The report of a bug: complete, and safe to paste."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidbuild.cli import crash


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports of these tests go where they can be found."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def saved(args: list[str], error: BaseException | str = "Traceback: it broke") -> str:
    """The text of a report."""
    return crash.save_report(error, args).read_text(encoding="utf-8")


def test_a_report_has_what_is_needed() -> None:
    """Versions, the platform, the command and the traceback are in it, as Markdown."""
    empty: dict[str, str] = {}
    try:
        empty["missing"]
    except KeyError as error:
        text = saved(["build", "video.yaml"], error)
    assert "- command: `vidbuild build video.yaml`" in text
    assert "Python 3." in text
    assert "KeyError: 'missing'\n```" in text
    assert "test_crash.py" in text


def test_a_workers_traceback_is_kept_as_it_is() -> None:
    """A worker's traceback is in the report unchanged."""
    assert "```\nTraceback: it broke\n```" in saved([])


@pytest.mark.parametrize("args", [["--var", "token=s3cret"], ["--var=token=s3cret"]])
def test_values_of_variables_are_left_out(args: list[str]) -> None:
    """P43: a variable may hold anything; its name is enough to understand the bug."""
    text = saved(["build", *args, "a.yaml"])
    assert "s3cret" not in text
    assert "token=" in text
    assert "a.yaml" in text


def test_the_home_folder_is_not_in_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """P43: the user's name and home folder are not in the report."""
    monkeypatch.setenv("HOME", "/home-of/somebody")
    text = saved(["build", "/home-of/somebody/talk.yaml"], "File /home-of/somebody/x.py")
    assert "somebody" not in text
    assert "~/talk.yaml" in text


def test_a_user_without_a_home_gets_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container there may be neither $HOME nor a name for the user."""
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("os.getuid", lambda: 54_321)
    with pytest.raises(RuntimeError):
        Path.home()
    assert "File /somewhere/x.py" in saved(["build"], "File /somewhere/x.py")
