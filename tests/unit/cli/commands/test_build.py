"""`vidbuild build`: the options that it passes on, what it prints where, and how it ends."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_api import aborted, failed, fake, fake_build, result, up_to_date, warned
from vidbuild.api.options import BuildOptions, Control
from vidbuild.api.result import OutputFile, Result, Steps
from vidbuild.api.verify import Verification
from vidbuild.cli.app import run
from vidbuild.diagnostic import Diagnostic
from vidbuild.engine.runs.events import RunStarted, StepStarted
from vidbuild.errors import StoreError


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project in which the tests are."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "video.yaml").write_text("vidbuild: 1\n", encoding="utf-8")
    return tmp_path


def test_every_option_reaches_the_api(monkeypatch: pytest.MonkeyPatch) -> None:
    """The API is called with the values of the command line."""
    calls = fake_build(monkeypatch, result())
    line = "build a.yaml b.yaml -j 3 -k -o out --only one --only two --fresh render:* --offline --var a=1 --var b=x=y"
    assert run(line.split()) == 0
    specs, options = calls[0]["args"]
    assert specs == [Path("a.yaml"), Path("b.yaml")]
    assert options == BuildOptions(
        jobs=3,
        keep_going=True,
        output=Path("out"),
        only=("one", "two"),
        fresh=("render:*",),
        offline=True,
        variables={"a": "1", "b": "x=y"},
    )


def test_without_options_the_defaults_of_the_api_apply(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without options, the command calls the API with the API's own defaults, which it does not repeat."""
    calls = fake_build(monkeypatch, result())
    assert run(["build"]) == 0
    assert calls[0]["args"][1] == BuildOptions()


def test_the_last_line_sums_up_the_build(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The outputs' places and what was done go to stdout; nothing else does."""
    fake_build(monkeypatch, result())
    assert run(["build"]) == 0
    captured = capsys.readouterr()
    assert captured.out.splitlines() == [
        "in build: video.mp4 video.srt",
        "built video.mp4 (1:04): 2 of 3 steps ran (1 render, 1 mux), 1 cached, 1.8 s",
    ]
    assert captured.err == ""


def test_nothing_to_do_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A build with nothing to do prints one line."""
    fake_build(monkeypatch, up_to_date())
    assert run(["build"]) == 0
    assert capsys.readouterr().out == "up to date: video.mp4 (3 steps, 0.11 s)\n"


def test_json_is_one_object_on_stdout(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json stdout holds one JSON object, as documented, and the lines for people go to stderr."""
    fake_build(monkeypatch, result())
    assert run(["build", "--json"]) == 0
    captured = capsys.readouterr()
    data = json.loads(captured.out)
    assert {key: data[key] for key in ("status", "spec", "run", "video_seconds", "wall_seconds")} == {
        "status": "built",
        "spec": "video.yaml",
        "run": "r1",
        "video_seconds": 64.2,
        "wall_seconds": 1.84,
    }
    assert data["outputs"][0] == {"kind": "video", "path": "build/video.mp4", "bytes": 1000, "sha256": "0" * 64}
    assert data["steps"] == {
        "total": 3,
        "ran": ["render:one", "mux"],
        "would_run": [],
        "cached": 1,
        "failed": [],
        "aborted": 0,
        "retried": 0,
    }
    assert "built video.mp4" in captured.err


def test_several_specs_are_one_object(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """V23: with several specs the object holds one for each, and the status of all."""
    fake_build(monkeypatch, up_to_date("a.yaml"), result(spec="b.yaml"))
    assert run(["build", "a.yaml", "b.yaml", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["status"] == "built"
    assert [(each["spec"], each["status"]) for each in data["builds"]] == [
        ("a.yaml", "up-to-date"),
        ("b.yaml", "built"),
    ]


def test_specs_that_were_not_built_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """P50: after a failure the specs that were not built are named once, with the option that builds them."""
    fake_build(monkeypatch, failed(), aborted("b.yaml"), aborted("c.yaml"))
    assert run(["build", "a.yaml", "b.yaml", "c.yaml"]) == 1
    captured = capsys.readouterr()
    assert captured.err.splitlines()[-2:] == ["not built: b.yaml, c.yaml", "      hint: -k builds the others"]
    assert len(captured.out.splitlines()) == 1


def test_a_cancelled_build_names_no_spec_as_not_built(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """P50: each video of a cancelled build has its own line, and -k would have changed nothing."""
    fake_build(monkeypatch, result("cancelled", outputs=()), result("cancelled", "b.yaml", outputs=()))
    assert run(["build", "a.yaml", "b.yaml"]) == 130
    captured = capsys.readouterr()
    assert "not built" not in captured.err
    assert [line.partition(":")[0] for line in captured.out.splitlines()] == ["cancelled", "cancelled"]


ODD = "n\n::error::x built y"
PLAIN = "n\ufffd::error::x built y"


def test_a_name_with_newlines_is_printed_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file's name cannot add lines to the output."""
    outputs = (OutputFile("video", Path(f"{ODD}/{ODD}.mp4"), 1000, "0" * 64),)
    fake_build(monkeypatch, result("built", f"{ODD}.yaml", outputs=outputs))
    assert run(["build", f"{ODD}.yaml"]) == 0
    where, last = capsys.readouterr().out.splitlines()
    assert where == f"in {PLAIN}: {PLAIN}.mp4"
    assert last.startswith(f"built {PLAIN}.mp4 (1:04)")
    bad = Diagnostic("error", "m", "a.yaml")
    fake_build(monkeypatch, result("failed", f"{ODD}.yaml", outputs=(), diagnostics=(bad,), run="", steps=Steps(0)))
    assert run(["build", f"{ODD}.yaml", f"b{ODD}.yaml"]) == 2
    assert f"failed: {PLAIN}.yaml" in "".join(capsys.readouterr()).splitlines()
    fake_build(monkeypatch, failed(), aborted(f"{ODD}.yaml"))
    assert run(["build", "a.yaml", f"{ODD}.yaml"]) == 1
    assert f"not built: {PLAIN}.yaml" in capsys.readouterr().err.splitlines()


def test_several_videos_are_distinguished(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Videos of several specs may all be called video.mp4, so their last lines have their paths, or their spec's."""
    fake_build(monkeypatch, up_to_date("a.yaml"), failed(spec="docs/b.yaml"))
    assert run(["build", "a.yaml", "docs/b.yaml"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "up to date: build/video.mp4 (3 steps, 0.11 s)"
    assert lines[1].startswith("failed: docs/b.yaml: 1 step failed")


def test_a_failure_is_repeated_at_the_end(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """P50: the place in the spec, the step, the tool's last lines and the saved command come after all progress."""
    fake_build(monkeypatch, failed())
    assert run(["build"]) == 1
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [
        "video.yaml:14:3: render:s0 failed: ffmpeg stopped",
        "      | log line",
        "      command: runs/r1/film.sh",
        "      hint: try again",
    ]
    assert captured.out.startswith("failed: video.mp4: 1 step failed (render:s0)")


def test_many_failures_are_cut(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A long list of failures ends in how many more there are."""
    fake_build(monkeypatch, failed(count=32))
    assert run(["build"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert sum(" failed: " in line for line in lines) == 20
    assert lines[-1] == "...and 12 more"


@pytest.mark.parametrize(("fault", "code"), [("step", 1), ("spec", 2), ("unreachable", 4), ("bug", 3)])
def test_who_is_at_fault_decides(monkeypatch: pytest.MonkeyPatch, fault: str, code: int) -> None:
    """P41: a failed step leads to the exit code of its fault."""
    fake_build(monkeypatch, failed(fault))
    assert run(["build"]) == code


def test_a_bug_in_a_step_saves_a_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """P41: a step that fails through vidbuild's own fault saves a report with the worker's traceback."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    fake_build(monkeypatch, failed("bug"))
    assert run(["build"]) == 3
    (report,) = tmp_path.glob("vidbuild-bug-*.md")
    assert str(report) in capsys.readouterr().err
    assert "log line\nrender:s0: ffmpeg stopped" in report.read_text(encoding="utf-8")


def test_an_invalid_spec_does_not_hide_a_built_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    """V23: an invalid spec is reported with its source line beside a build that worked, and the exit code is right."""
    (project / "bad.yaml").write_text("titel: x\n", encoding="utf-8")
    wrong = Diagnostic("error", "unknown field 'titel'", "bad.yaml", hint="did you mean 'title'?")
    bad = result("failed", "bad.yaml", outputs=(), diagnostics=(wrong,), run="", steps=Steps(0))
    fake_build(monkeypatch, result(), bad)
    assert run(["build", "-k", "video.yaml", "bad.yaml"]) == 2
    captured = capsys.readouterr()
    assert "bad.yaml: unknown field 'titel'" in captured.err
    assert "did you mean 'title'?" in captured.err
    assert "bad.yaml: 1 error" in captured.err
    assert captured.out.splitlines() == [
        "built build/video.mp4 (1:04): 2 of 3 steps ran (1 render, 1 mux), 1 cached, 1.8 s",
        "failed: bad.yaml",
    ]


def test_warnings_have_their_place(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A warning fails nothing and points into the spec."""
    fake_build(monkeypatch, warned("the cue 'x' was not heard"))
    assert run(["build"]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "video.yaml:3:5: warning: the cue 'x' was not heard",
        "      hint: a hint",
    ]


def test_an_error_of_the_api_is_json_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """If the build cannot even begin, --json still prints one object with the reason."""

    def refuse(*_: Any, **__: Any) -> None:
        raise StoreError("cannot write the cache '/x'", hint="set VIDBUILD_CACHE")

    fake(monkeypatch, "build.build_all", refuse)
    assert run(["build", "--json"]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {
        "status": "failed",
        "error": "cannot write the cache '/x'",
        "hint": "set VIDBUILD_CACHE",
        "errors": [],
        "warnings": [],
    }
    assert captured.err.splitlines() == [
        "vidbuild: cannot write the cache '/x'",
        "      hint: set VIDBUILD_CACHE",
    ]


def emitting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that emits two events."""

    def build(*_: Any, on_event: Any, **__: Any) -> list[Any]:
        on_event(RunStarted(run="r1", time=1.0, entry="video.yaml", steps=3, jobs=2))
        on_event(
            StepStarted(run="r1", time=1.0, step="render:one", kind="render", key="k", reason="new", expected=None)
        )
        return [result()]

    fake(monkeypatch, "build.build_all", build)


def test_each_step_that_runs_is_a_plain_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """P50: without a terminal progress is plain lines on stderr, and stdout holds only results."""
    emitting(monkeypatch)
    assert run(["build"]) == 0
    captured = capsys.readouterr()
    assert captured.err == "render:one  new\n"
    assert "\x1b" not in captured.out + captured.err


def test_events_are_written_line_by_line(monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    """--events leaves one JSON object a line, in the order in which things happened."""
    emitting(monkeypatch)
    assert run(["build", "--events", "events.jsonl"]) == 0
    lines = (project / "events.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["type"] for line in lines] == ["run_started", "step_started"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is full is asked of the system")
@pytest.mark.usefixtures("project")
def test_a_full_disk_for_events_ends_the_build(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """P20: events that find no room end the build with their file's name, and not as a bug."""
    emitting(monkeypatch)
    assert run(["build", "--events", "/dev/full"]) == 1
    assert "cannot write events to '/dev/full': no space left on device" in capsys.readouterr().err


def test_events_that_cannot_be_written_are_a_usage_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of events in a folder that does not exist is an error before anything is built."""
    calls = fake_build(monkeypatch, result())
    assert run(["build", "--events", "missing/events.jsonl"]) == 2
    assert calls == []
    assert "cannot write events to 'missing/events.jsonl': no such file or directory" in capsys.readouterr().err


def test_a_dry_run_lists_its_steps(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """P27: a dry run lists each step that would run with its reason, and never claims that anything was built."""
    reasons = {"render:one": "title changed", "mux": "title changed"}
    steps = Steps(3, cached=1, reasons=reasons, would_run=tuple(reasons))
    calls = fake_build(monkeypatch, result("would-build", outputs=(), steps=steps))
    assert run(["build", "--dry-run"]) == 0
    assert calls[0]["args"][1].dry_run is True
    assert capsys.readouterr().out.splitlines() == [
        "render:one  title changed",
        "mux  title changed",
        "would build video.mp4: 2 of 3 steps may run",
    ]


def test_a_dry_run_with_nothing_to_do(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A dry run with nothing to do prints that."""
    fake_build(monkeypatch, up_to_date())
    assert run(["build", "-n"]) == 0
    assert capsys.readouterr().out == "up to date: video.mp4 (3 steps)\n"


def test_a_cancelled_build_is_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    """P41: a build that stopped because it was asked to ends with the signal's code."""
    fake_build(monkeypatch, result("cancelled", outputs=()))
    assert run(["build"]) == 130


def test_outputs_elsewhere_have_their_whole_path(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A file below the current folder has a relative path, one elsewhere its whole path."""
    far = tmp_path_factory.mktemp("far")
    fake_build(monkeypatch, result(outputs=(OutputFile("video", far / "talk.mp4", 1, "0"),)))
    assert run(["build"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"in {far}: talk.mp4"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_first_signal_is_a_request_to_the_build(
    number: signal.Signals, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """P41: a signal does not end the command: the build is asked to stop, and its results are printed."""

    def build(*_: Any, control: Any, **__: Any) -> list[Result]:
        os.kill(os.getpid(), number)
        return [result("cancelled" if control.requested() == Control.CANCEL else "built", outputs=())]

    fake(monkeypatch, "build.build_all", build)
    assert run(["build"]) == code
    assert capsys.readouterr().out.startswith("cancelled: video.mp4")


def fake_verify(monkeypatch: pytest.MonkeyPatch, *statuses: Any) -> list[dict[str, Any]]:
    """Let builds succeed, and their verifications give these results."""
    results = [result(spec=f"{number}.yaml") for number in range(len(statuses))]
    fake_build(monkeypatch, *results)
    found = [Verification(each, status, "a.mp4") for each, status in zip(results, statuses, strict=True)]
    return fake(monkeypatch, "verify.verify_results", lambda *_: found)


def test_a_verified_build_ends_as_it_would(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """With --verify the build's line is followed by the verification's, on stdout too; what is printed first is not."""
    calls = fake_verify(monkeypatch, "same")
    assert run(["build", "0.yaml", "--verify", "-o", "out"]) == 0
    assert calls[0]["args"][0] == [Path("0.yaml")]
    assert calls[0]["args"][2].output == Path("out")
    captured = capsys.readouterr()
    assert captured.out.splitlines()[-1].startswith("verified: 2 outputs identical")
    assert captured.err == "verifying: rebuilding 0.yaml from an empty cache\n"


def test_one_different_output_fails_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of several verifications the worst decides, each with its spec's name; what differs goes to stderr."""
    fake_verify(monkeypatch, "same", "different")
    assert run(["build", "0.yaml", "1.yaml", "--verify"]) == 1
    captured = capsys.readouterr()
    assert captured.out.splitlines()[-1].startswith("0.yaml: verified: ")
    assert "1.yaml: not verified: 'a.mp4' differs" in captured.err
    fake_verify(monkeypatch, "different")
    assert run(["build", "0.yaml", "--verify", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["verified"]["status"] == "different"


def test_a_failed_build_is_not_verified(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """If nothing was built nothing is built again, and the build's exit code stays."""
    fake_build(monkeypatch, failed())
    fake(monkeypatch, "verify.verify_results", lambda *_: [Verification(failed(), "untried")])
    assert run(["build", "--verify"]) == 1
    assert "verif" not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("build --verify --dry-run", "--verify needs a build: a dry run has no outputs to compare"),
        ("build --json --events -", "--json and '--events -' both write to stdout"),
    ],
)
def test_options_that_exclude_each_other(
    line: str, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Options that cannot be kept together are an error before anything is built."""
    calls = fake_build(monkeypatch, result())
    assert run(line.split()) == 2
    assert message in capsys.readouterr().err
    assert calls == []


def test_a_quiet_build_prints_only_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With -q there is no progress and no last line; warnings and errors stay."""
    emitting(monkeypatch)
    assert run(["build", "-q"]) == 0
    assert capsys.readouterr() == ("", "")
    fake_build(monkeypatch, failed())
    assert run(["build", "-q"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "render:s0 failed: ffmpeg stopped" in captured.err


def test_events_on_stdout_are_alone_there(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """With `--events -` stdout has events alone, and the last lines go to stderr."""
    emitting(monkeypatch)
    assert run(["build", "--events", "-"]) == 0
    captured = capsys.readouterr()
    assert [json.loads(line)["type"] for line in captured.out.splitlines()] == ["run_started", "step_started"]
    assert "built video.mp4" in captured.err
