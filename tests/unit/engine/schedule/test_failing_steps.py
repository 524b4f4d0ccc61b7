"""Steps that fail: the report, what is cached, and what continues."""

from __future__ import annotations

import os

import pytest

from tests.support.engine_lab import STEPS, Lab, graph, step
from vidbuild.engine.graph.graph import GraphError, Kind, Product, Source
from vidbuild.engine.graph.step_state import State
from vidbuild.engine.keys.tools import Tool
from vidbuild.errors import VidbuildError


@pytest.mark.parametrize(
    ("kind", "fault", "message"),
    [
        ("problem", "spec", "too long by 2 s"),
        ("unreachable", "unreachable", "no answer (tried 3 times)"),
        ("bug", "bug", "ZeroDivisionError: half-way"),
        ("nothing", "bug", "RuntimeError: step 'x' made no output"),
        ("link", "bug", "RuntimeError: step 'x' made 'link', which is not a regular file"),
        ("leak_env", "bug", "KeyError: 'UNDECLARED'"),
        (
            "missing_function",
            "bug",
            f"AttributeError: module '{STEPS}' has no attribute 'missing_function'",
        ),
        ("missing_module", "bug", "ModuleNotFoundError: No module named 'nowhere'"),
    ],
)
def test_any_exception_becomes_a_failure(lab: Lab, kind: str, fault: str, message: str) -> None:
    """P11: whatever a step raises becomes its failure, the build continues to its end, and nothing is cached."""
    lab.kinds["missing_function"] = Kind("missing_function", 1, f"{STEPS}:missing_function")
    lab.kinds["missing_module"] = Kind("missing_module", 1, "nowhere:run")
    report = lab.build(graph(step("x", kind), step("y", inputs={"x": Product("x")})))
    failure = report.steps["x"].failure
    assert failure is not None
    assert (report.status, failure.fault, failure.message) == ("failed", fault, message)
    assert (fault == "bug") == any("Traceback" in line for line in failure.log)
    assert (report.steps["y"].state, report.steps["y"].because) == (State.ABORTED, "x")
    assert lab.store.trace(report.steps["x"].key) is None


def test_a_failure_arrives_complete(lab: Lab) -> None:
    """The failure's hint, field, command and log reach the driver's process unchanged."""
    (lab.root / "broken").touch()
    failure = lab.build(graph(step("x", "fail"))).steps["x"].failure
    assert failure is not None
    assert (failure.field, failure.command, failure.log) == ("title", ("tool", "-x"), ("line 1", "line 2"))
    hint = lab.build(graph(step("x", "problem"))).steps["x"].failure
    assert hint is not None
    assert hint.hint == "say less"


def test_a_failure_names_the_users_files(lab: Lab) -> None:
    """A step reads its sources under names of their roles; its messages get the files' own names."""
    inputs: dict[str, Source | Product] = {
        "clip": lab.source("our film.mp4", "a"),
        "made": Product("w", "main.txt"),
        "music": lab.source("clip.mp4", "b"),
    }
    failure = lab.build(graph(step("w"), step("x", "misread", inputs))).steps["x"].failure
    assert failure is not None
    assert failure.message == "'our film.mp4' and 'made.txt' and 'clip.mp4'"


def test_failures_are_never_cached(lab: Lab) -> None:
    """P11: what failed runs again, and once it succeeds it is kept like anything else."""
    (lab.root / "broken").touch()
    plan = graph(step("x", "fail"), step("y", inputs={"x": Product("x")}))
    assert [lab.build(plan).status for _ in range(2)] == ["failed", "failed"]
    assert lab.ran() == ["x", "x"]
    (lab.root / "broken").unlink()
    assert lab.build(plan).status == "built"
    assert lab.ran() == ["x", "x", "y"][1:]
    assert lab.build(plan).status == "up-to-date"


def test_the_first_failure_stops_the_build(lab: Lab) -> None:
    """Without keep_going nothing is started after a failure, and what was not tried is aborted."""
    report = lab.build(graph(step("bad", "bug"), *[step(f"ok{n}", x=n) for n in range(5)]), jobs=1)
    assert lab.ran() == []
    assert len(report.aborted) == 5
    assert {one.because for one in report.aborted} == {""}


def test_keep_going_builds_what_does_not_need_the_failed_step(lab: Lab) -> None:
    """V23: with keep_going everything that can be made is made, and the next build does only the rest."""
    (lab.root / "broken").touch()
    plan = graph(
        step("bad", "fail"),
        step("after", inputs={"x": Product("bad")}),
        step("later", inputs={"x": Product("after")}),
        *[step(f"ok{n}", x=n) for n in range(3)],
    )
    report = lab.build(plan, keep_going=True, jobs=1)
    assert [one.step for one in report.ran] == ["ok0", "ok1", "ok2"]
    assert [(one.step, one.because) for one in report.aborted] == [("after", "bad"), ("later", "bad")]
    (lab.root / "broken").unlink()
    lab.ran()
    assert lab.build(plan, keep_going=True).status == "built"
    assert lab.ran() == ["after", "bad", "later"]


def test_what_ran_beside_a_failure_is_kept(lab: Lab) -> None:
    """P15: a step that was running when another failed ends in peace and is not run again."""
    plan = graph(step("slow", "crowd"), step("bad", "bug"))
    lab.build(plan, jobs=2)
    lab.ran()
    assert lab.explain(plan)["slow"].state == "cached"


@pytest.mark.parametrize("present", ["missing", "folder", "pipe"])
def test_a_source_that_cannot_be_read_fails_its_step(lab: Lab, present: str) -> None:
    """A source that is no readable file fails the step that needs it by name, without waiting."""
    path = lab.root / "no.png"
    if present == "folder":
        path.mkdir()
    elif present == "pipe":
        os.mkfifo(path)
    plan = graph(step("x", inputs={"image": Source(str(path))}), step("ok"))
    report = lab.build(plan, keep_going=True)
    failure = report.steps["x"].failure
    assert failure is not None
    assert f"cannot read '{path}': n" in failure.message
    assert (failure.field, report.steps["ok"].state) == ("image", State.BUILT)
    assert lab.explain(plan)["x"].state == "cannot run"


def test_a_file_that_no_step_makes_names_both(lab: Lab) -> None:
    """P13: reading a file that the other step does not make is an error naming both steps and the file."""
    report = lab.build(graph(step("a"), step("b", inputs={"x": Product("a", "other.txt")})))
    failure = report.steps["b"].failure
    assert failure is not None
    assert failure.message == "step 'b' reads 'other.txt', which 'a' does not make"


def test_a_product_of_no_step_is_refused() -> None:
    """P13: reading from a step that is not in the graph is an error naming both."""
    with pytest.raises(GraphError, match="step 'b' reads from 'a', which is not in the graph"):
        graph(step("b", inputs={"x": Product("a")}))


def test_a_tool_that_cannot_be_used_stops_the_build(lab: Lab) -> None:
    """A tool that is not there is one error for the user, before anything runs."""

    def missing() -> str:
        raise VidbuildError("ffmpeg is not there", hint="pip install imageio-ffmpeg")

    lab.tools["ffmpeg"] = Tool(list, missing)
    lab.kinds["concat"] = Kind("concat", 1, f"{STEPS}:concat", ("ffmpeg",))
    with pytest.raises(VidbuildError, match="ffmpeg is not there"):
        lab.build(graph(step("a")))
    assert lab.ran() == []
