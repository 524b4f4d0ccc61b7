"""`--format`: what is on stdout, whatever happens, and what is left on stderr."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_api import failed, fake, up_to_date
from tests.support.problems import commands_read, junit_read, validate_sarif
from tests.support.workspace import SMALL
from vidbuild.cli.app import run
from vidbuild.cli.formats import of_arguments
from vidbuild.cli.options import FOR_PROGRAMS


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a right and a wrong spec, in which the tests are."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "vidbuild.toml").touch()
    (tmp_path / "video.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(SMALL.replace("duration", "duratoin"), encoding="utf-8")
    return tmp_path


def messages(form: str, text: str) -> list[str]:
    """The messages of the errors in a document, which is valid."""
    if form == "github":
        return [message.partition("\n")[0] for name, _, message in commands_read(text) if name == "error"]
    if form == "junit":
        return [result.message for suite in junit_read(text) for case in suite for result in case.result]
    run_ = validate_sarif(json.loads(text))
    texts = [*run_["results"], *run_["invocations"][0].get("toolExecutionNotifications", ())]
    return [each["message"]["text"].partition("\n")[0] for each in texts]


@pytest.mark.parametrize("form", FOR_PROGRAMS)
def test_check_writes_the_form_to_stdout_and_text_to_stderr(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code stays, and so does what people read."""
    assert run(["check", "--format", form, "video.yaml", "bad.yaml"]) == 2
    captured = capsys.readouterr()
    assert messages(form, captured.out)[0].startswith("unknown scene field 'duratoin'")
    assert captured.err.startswith("video.yaml: ok\nbad.yaml:5:40: unknown scene field 'duratoin'")
    assert run(["check", "--format", form, "video.yaml"]) == 0
    assert messages(form, capsys.readouterr().out) == []


def test_format_json_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Both options write the same, errors of the command line included."""
    for args in (["check", "bad.yaml"], ["check", "--unknown"], ["build", "-n", "bad.yaml"], ["build", "none.yaml"]):
        written = []
        for option in (["--json"], ["--format", "json"], ["--format=json"], ["--json", "--format", "json"]):
            run([*args, *option])
            captured = capsys.readouterr()
            data: dict[str, Any] = json.loads(captured.out)
            data.pop("wall_seconds", None)
            written.append((data, captured.err))
        assert written == written[:1] * 4


@pytest.mark.parametrize("form", FOR_PROGRAMS)
def test_build_writes_failed_steps(
    form: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A failed step is an error; what people read is on stderr, also if all went well."""
    fake(monkeypatch, "build.build_all", lambda *_args, **_options: [failed()])
    assert run(["build", "--format", form, "video.yaml"]) == 1
    captured = capsys.readouterr()
    assert "ffmpeg stopped" in messages(form, captured.out)[0]
    assert "ffmpeg stopped" in captured.err
    fake(monkeypatch, "build.build_all", lambda *_args, **_options: [up_to_date()])
    assert run(["build", "--format", form, "video.yaml"]) == 0
    captured = capsys.readouterr()
    assert messages(form, captured.out) == []
    assert captured.err.splitlines()[-1].startswith("up to date: ")


@pytest.mark.parametrize("form", FOR_PROGRAMS)
@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["check", ".git"], 2, "no spec in"),
        (["check", "--brandd", "x"], 2, "unknown option '--brandd'"),
        (["build", "--verify", "video.yaml"], 2, "--verify has no results in --format"),
        (["build", "--events", "-", "video.yaml"], 2, "'--events -' both write to stdout"),
        (["batch", "--list"], 2, "--list has no --format"),
        (["batch", "none.yaml"], 2, "cannot read the batch"),
    ],
)
def test_errors_of_the_command_line(
    form: str, args: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command that ends at once leaves a valid document that says why."""
    assert run([*args, "--format", form]) == code
    captured = capsys.readouterr()
    (found,) = messages(form, captured.out)
    assert message in found
    assert message in captured.err


@pytest.mark.parametrize("form", FOR_PROGRAMS)
def test_a_bug_is_in_the_document(
    form: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """So that a job does not end with half a document."""

    def broken(*_args: Any, **_options: Any) -> None:
        raise RuntimeError("odd")

    fake(monkeypatch, "build.build_all", broken)
    assert run(["build", "video.yaml", "--format", form]) == 3
    assert messages(form, capsys.readouterr().out) == ["a bug in vidbuild: RuntimeError: odd"]


def test_two_results_for_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` and another form contradict each other."""
    assert run(["check", "--format", "sarif", "--json", "video.yaml"]) == 2
    captured = capsys.readouterr()
    assert "--json and --format sarif both write to stdout" in captured.err
    assert json.loads(captured.out)["hint"] == "leave out one of them"


def test_a_batch_in_a_form(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A row that fails has its own case, and the table is on stderr."""
    (project / "batch.yaml").write_text("batch: 1\nvideos:\n  - {spec: video.yaml}\n  - {spec: bad.yaml}\n")
    fake(monkeypatch, "batch_run.build_rows", lambda rows, *_: [up_to_date() for _ in rows])
    assert run(["batch", "--format", "junit"]) == 1
    captured = capsys.readouterr()
    (suite,) = junit_read(captured.out)
    assert {case.name: case.is_passed for case in suite} == {"row video": True, "row bad": False}
    assert "1 of 2 rows done, 1 failed" in captured.err


@pytest.mark.parametrize(
    ("args", "form"),
    [
        (["check"], "human"),
        (["check", "--format", "junit"], "junit"),
        (["check", "--format=sarif", "x"], "sarif"),
        (["check", "--format", "odd"], "human"),
        (["check", "--format"], "human"),
        (["check", "--json", "--format", "sarif"], "json"),
        (["check", "--format", "github", "--format", "junit"], "junit"),
    ],
)
def test_the_form_of_a_wrong_command_line(args: list[str], form: str) -> None:
    """It is known before the arguments are read."""
    assert of_arguments(args) == form
