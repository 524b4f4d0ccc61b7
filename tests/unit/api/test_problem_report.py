"""Which scene and which video a problem belongs to, and what the formats get."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.fake_api import aborted, failed, result, warned
from tests.support.problems import commands_read, junit_read, validate_sarif
from vidbuild.api.batch_result import BatchResult, RowResult
from vidbuild.api.build_result import failed as build_failed
from vidbuild.api.check import CheckResult, check
from vidbuild.api.load import SpecText
from vidbuild.api.problem_report import (
    of_batch,
    of_build,
    of_check,
    of_error,
    problems_of,
    render,
    repository_names,
    scene_lines,
)
from vidbuild.api.result import FailedStep, Notice, Steps
from vidbuild.diagnostic import Diagnostic
from vidbuild.errors import StoreError, UsageError, of_fault
from vidbuild.location import Location
from vidbuild.remote.errors import RemoteError
from vidbuild.report.formats.problem import Report
from vidbuild.spec.diagnostics import SpecError

SPEC = """\
vidbuild: 1
title: A small video
output: {size: 160x90, fps: 24}
scenes:
  - type: title
    id: one
    title: "\U0001f3ac 視"
    duration: 0.5
  - {id: two, type: title, title: Two, duration: 0.5}
  - {id: three, type: title, title: Three, duration: 0.5}
theme: midnight
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a spec in a folder, in which the tests are."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "vidbuild.toml").touch()
    (folder / "video.yaml").write_text(SPEC, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def cases(report: Report) -> dict[str, list[str]]:
    """The messages of each case."""
    return {
        case.name: [each.diagnostic.message for each in case.problems]
        for suite in report.suites
        for case in suite.cases
    }


def checked(*places: tuple[int, int], file: str = "video.yaml") -> Report:
    """A check that found an error at each place."""
    items = tuple(Diagnostic("error", f"{at}", "video.yaml", Location(file, *at, at[1] + 1)) for at in places)
    return of_check([CheckResult(Path("video.yaml"), items, "")])


def test_a_problem_belongs_to_the_scene_that_its_place_is_in() -> None:
    """From the first key of a scene to its last line; scenes in one line differ by column."""
    found = cases(checked((2, 1), (5, 5), (6, 9), (8, 15), (9, 6), (10, 40), (11, 1)))
    assert found == {
        "scene one": ["(5, 5)", "(6, 9)", "(8, 15)"],
        "scene two": ["(9, 6)"],
        "scene three": ["(10, 40)"],
        "spec": ["(2, 1)", "(11, 1)"],
    }
    assert cases(checked((6, 9), file="theme.yaml"))["spec"] == ["(6, 9)"]
    (Path.cwd() / "video.yaml").write_text("scenes: [{id: a, type: t}, {id: b}, 5, {type: x}]\n")
    assert [each.id for each in scene_lines(Path("video.yaml"))] == ["a", "b"]
    assert cases(checked((1, 15), (1, 29))) == {"scene a": ["(1, 15)"], "scene b": ["(1, 29)"], "spec": []}


@pytest.mark.parametrize("content", [b"\xff", b"scenes: [", b"scenes: 5", b"- 1", b""])
def test_a_spec_that_cannot_be_read_has_one_case(content: bytes) -> None:
    """So has one that is no mapping, and one that does not exist."""
    (Path.cwd() / "video.yaml").write_bytes(content)
    assert cases(checked((1, 1))) == {"spec": ["(1, 1)"]}
    assert scene_lines(Path("none.yaml")) == ()


def test_a_real_check_in_every_format() -> None:
    """Paths are relative to the repository; a column counts characters, also after an emoji."""
    text = SPEC.replace('title: "\U0001f3ac 視"', 'title: "\U0001f3ac {{ unknown }}"').replace(
        "title: Two", "titel: Two"
    )
    (Path.cwd() / "video.yaml").write_text(text, encoding="utf-8")
    report = of_check(check(["video.yaml"]))
    column = text.splitlines()[6].index("unknown") + 1
    github = render(report, "github")
    assert isinstance(github, str)
    places = [(each["file"], int(each["line"]), int(each["col"])) for _, each, _ in commands_read(github)]
    assert ("docs/video.yaml", 7, column) in places
    log = render(report, "sarif")
    assert isinstance(log, dict)
    regions = [each["locations"][0]["physicalLocation"]["region"] for each in validate_sarif(log)["results"]]
    assert (7, column) in [(each["startLine"], each["startColumn"]) for each in regions]
    assert text.splitlines()[6][regions[0]["startColumn"] - 1 : regions[0]["endColumn"] - 1] == "unknown"
    junit = render(report, "junit")
    assert isinstance(junit, str)
    (suite,) = junit_read(junit)
    assert suite.name == "docs/video.yaml"
    assert [(case.name, case.is_passed) for case in suite] == [
        ("scene one", False),
        ("scene two", False),
        ("scene three", True),
        ("spec", True),
    ]


def test_a_step_of_a_check_that_failed_is_no_error_in_the_spec() -> None:
    """It has the rule and the type of its own fault, beside an error that is the spec's."""
    bug, wrong = (Diagnostic("error", each, "video.yaml", Location("video.yaml", 5, 5, 9)) for each in ("bug", "wrong"))
    report = of_check([CheckResult(Path("video.yaml"), (bug, wrong), "", ("bug",), {bug: "bug"})])
    log = render(report, "sarif")
    assert isinstance(log, dict)
    assert [each["ruleId"] for each in validate_sarif(log)["results"]] == ["bug", "spec-error"]
    junit = render(report, "junit")
    assert isinstance(junit, str)
    assert [(case.name, case.result[0].type) for suite in junit_read(junit) for case in suite if case.result] == [
        ("scene one", "bug")
    ]


def test_a_spec_from_standard_input_has_its_scenes() -> None:
    """The text is known although there is no file."""
    given = SpecText(Path("stdin.yaml"), SPEC.replace("Two", "[]").replace("\U0001f3ac 視", "One"))
    report = of_check(check([given]), {given.path: given.text})
    assert [name for name, messages in cases(report).items() if messages] == ["scene two"]


def test_a_build_has_a_case_for_each_scene_and_for_its_video() -> None:
    """Failed steps belong to their scenes, transitions to the first of the two, others to the video."""
    names = ("render:one", "speak:two.3", "transition:three+one", "draw:of-the-brand", "mux")
    steps = Steps(9, failed=tuple(FailedStep(each, each, log=("last",)) for each in names))
    notice = Notice("long", Location("video.yaml", 9, 6, 8), code="VB306")
    report = of_build([result("failed", steps=steps, warnings=(notice, Notice("cache")))])
    assert cases(report) == {
        "scene one": ["render:one"],
        "scene two": ["speak:two.3", "long"],
        "scene three": ["transition:three+one"],
        "scene of-the-brand": ["draw:of-the-brand"],
        "video video": ["mux", "cache"],
    }
    assert report.suites[0].seconds == 1.84


def test_a_build_that_another_one_stopped_is_skipped() -> None:
    """All of its cases are; one that failed itself is not."""
    report = of_build([aborted("video.yaml"), failed(count=1)])
    assert [case.skipped for case in report.suites[0].cases] == ["the build was aborted"] * 4
    assert [case.skipped for case in report.suites[1].cases] == [*[""] * 4, "a scene of it failed"]


def test_a_video_that_was_not_made_has_not_passed() -> None:
    """Its case is skipped if a scene has the error, or if the build was cancelled with no more than warnings."""
    wrong = Diagnostic("error", "wrong", "video.yaml", Location("video.yaml", 9, 6, 8))
    long = Diagnostic("warning", "long", "video.yaml", code="VB306")
    builds = (result("failed", diagnostics=(wrong,)), result("cancelled", diagnostics=(long,)))
    videos = [suite.cases[-1] for suite in of_build(builds).suites]
    assert [(case.name, case.skipped) for case in videos] == [
        ("video video", "a scene of it failed"),
        ("video video", "the build was cancelled"),
    ]
    row = RowResult("a", Path("video.yaml"), "cancelled")
    batch = of_batch(BatchResult(Path("batch.yaml"), (row,), 1.0), {"a": problems_of(warned("small"))})
    assert batch.suites[0].cases[0].skipped == "the row was cancelled"


def test_videos_of_one_spec_have_their_own_cases() -> None:
    """Each case and each failed step has the video's name; what all of them warn of is reported once."""
    notice = Notice("long", Location("video.yaml", 9, 6, 8))
    step = Steps(1, failed=(FailedStep("render:one", "stopped"),))
    parts = (result(name="de", warnings=(notice,)), result("failed", name="en", warnings=(notice,), steps=step))
    whole = result("failed", parts=parts)
    report = of_build([whole])
    assert [*cases(report)] == [
        *("de scene one", "de scene two", "de scene three", "video video.de"),
        *("en scene one", "en scene two", "en scene three", "video video.en"),
    ]
    assert [(each.diagnostic.message, each.step) for each in report.problems] == [
        ("stopped", "en/render:one"),
        ("long", ""),
    ]
    assert [each.diagnostic.message for each in problems_of(whole)] == ["long", "stopped"]


def test_a_batch_has_a_case_for_each_row() -> None:
    """A row has the problems of its build, or else the errors of the row; one that was not reached is skipped."""
    rows = (
        RowResult("a", Path("video.yaml"), "built"),
        RowResult("b", Path("video.yaml"), "failed", errors=("cannot send",), unsent="unreachable"),
        RowResult("c", Path("video.yaml"), "failed", errors=("in its words",)),
        RowResult("d", Path("video.yaml"), "aborted"),
    )
    found = {"a": problems_of(warned("small")), "c": problems_of(failed())}
    report = of_batch(BatchResult(Path("batch.yaml"), rows, 3.0), found)
    assert cases(report) == {"row a": ["small"], "row b": ["cannot send"], "row c": ["ffmpeg stopped"], "row d": []}
    junit = render(report, "junit")
    assert isinstance(junit, str)
    (suite,) = junit_read(junit)
    assert (suite.name, suite.tests, suite.errors, suite.skipped) == ("docs/batch.yaml", 4, 2, 1)


def test_errors_that_end_a_command() -> None:
    """A wrong spec has its problems; anything else is what stopped the command."""
    item = Diagnostic("error", "wrong", "video.yaml")
    assert cases(of_error("build", SpecError([item]))) == {"spec": ["wrong"]}
    stopped = of_error("build", UsageError("no spec", hint="name one")).stopped
    assert stopped is not None
    assert (stopped.message, stopped.hint) == ("no spec", "name one")
    by_text = of_error("check", "a bug in vidbuild", "report it").stopped
    assert by_text is not None
    assert (by_text.message, by_text.hint) == ("a bug in vidbuild", "report it")


def test_what_stopped_a_command_has_its_own_rule() -> None:
    """A place on the network that cannot be used is no failed step, nor is a bug."""
    for report, rule in (
        (of_error("build", RemoteError("cannot use 's3://a'")), "unreachable"),
        (of_error("build", "a bug in vidbuild", is_bug=True), "bug"),
        (of_error("build", UsageError("no spec")), ""),
    ):
        log = render(report, "sarif")
        assert isinstance(log, dict)
        run = validate_sarif(log)
        (found,) = run["invocations"][0]["toolExecutionNotifications"]
        associated = found.get("associatedRule")
        assert (associated["id"] if associated else "") == rule
        assert associated is None or run["tool"]["driver"]["rules"][associated["index"]]["id"] == rule
        junit = render(report, "junit")
        assert isinstance(junit, str)
        ((case,),) = junit_read(junit)
        assert case.result[0].type == (rule or "step-failed")


@pytest.mark.parametrize("name", ["video.yaml", "a:b.yaml", "render:two.yaml"])
def test_what_ended_a_build_outside_of_its_steps(name: str, project: Path) -> None:
    """It belongs to the video, whatever its spec is called; an unreachable place is neither a step's nor the spec's."""
    (project / name).write_text(SPEC, encoding="utf-8")
    ended = build_failed(Path(name), RemoteError("cannot use 's3://a'", hint="check the address"))
    assert of_fault(ended.steps.failed[0].fault) == 4
    report = of_build([ended])
    found = [(case.name, each.fault) for suite in report.suites for case in suite.cases for each in case.problems]
    assert found == [(f"video {name.removesuffix('.yaml')}", "unreachable")]
    log = render(report, "sarif")
    assert isinstance(log, dict)
    assert [each["ruleId"] for each in validate_sarif(log)["results"]] == ["unreachable"]
    others = [build_failed(Path(name), error).steps.failed[0].fault for error in (UsageError("a"), StoreError("b"))]
    assert others == ["spec", "step"]


def test_the_root_is_that_of_the_repository(project: Path, tmp_path: Path) -> None:
    """Without a repository it is the current folder; a link into the repository counts as its target."""
    assert repository_names().relative("video.yaml") == "docs/video.yaml"
    (tmp_path / "link").symlink_to(project)
    elsewhere = tmp_path.parent / f"{tmp_path.name}-link"
    elsewhere.symlink_to(tmp_path)
    assert repository_names().relative(f"{elsewhere}/docs/video.yaml") == "docs/video.yaml"
    (tmp_path / ".git").rmdir()
    assert repository_names().relative("video.yaml") == "video.yaml"
    assert repository_names(project).relative("../v.yaml") == (tmp_path / "v.yaml").as_posix()
