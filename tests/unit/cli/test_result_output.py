"""Lines, JSON and exit codes for the results of builds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_api import aborted, failed, result, up_to_date, warned
from vidbuild.api.result import FailedStep, OutputFile, Result, Steps
from vidbuild.cli import result_output
from vidbuild.cli.exit_codes import Exit


def failures(*steps: FailedStep) -> Result:
    """A build in which these steps failed."""
    return result("failed", outputs=(), steps=Steps(9, (), 1, failed=steps))


def step(name: str, hint: str | None = None, error: str = "no answer", fault: str = "unreachable") -> FailedStep:
    """A failed step."""
    return FailedStep(name, error, hint, fault=fault)


@pytest.mark.parametrize(
    ("second", "together"),
    [
        (step("b", "try again"), True),
        (step("b", "wait"), False),
        (step("b", "try again", error="refused"), False),
        (step("b", "try again", fault="step"), False),
        (step("b"), False),
    ],
)
def test_steps_that_failed_of_one_service_are_printed_once(second: FailedStep, together: bool) -> None:
    """The same error with the same hint, of a service that cannot be used, is printed once, with the other steps."""
    lines = result_output.problem_lines(failures(step("a", "try again"), second, step("c", "try again")))
    same = [line.strip() for line in lines if "the same:" in line]
    assert same == ["the same: b, c" if together else "the same: c"]
    assert sum("try again" in line for line in lines) == (1 if together or second.hint != "try again" else 2)


def test_steps_that_failed_by_themselves_are_all_printed() -> None:
    """Steps with the same error are printed one by one, up to 20."""
    broken = [step(f"render:s{index}.", fault="step") for index in range(23)]
    for count, left in ((20, []), (21, ["...and 1 more"]), (23, ["...and 3 more"])):
        lines = result_output.problem_lines(failures(*broken[:count]))
        assert sum("render:s" in line for line in lines) == min(count, 20)
        assert [line for line in lines if "more" in line] == left


@pytest.mark.parametrize(("count", "shown", "left"), [(20, 20, []), (21, 19, ["...and 2 more"])])
def test_warnings_are_printed_in_up_to_20_entries(count: int, shown: int, left: list[str]) -> None:
    """Of more, the last entry is the number of the others."""
    lines = result_output.problem_lines(warned(*(f"blurred {index}" for index in range(count))))
    assert sum("blurred" in line for line in lines) == shown
    assert [line for line in lines if "more" in line] == left


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([result()], Exit.DONE),
        ([up_to_date(), result()], Exit.DONE),
        ([failed("step")], Exit.FAILED),
        ([failed("spec")], Exit.WRONG),
        ([result("failed", outputs=(), steps=Steps(3))], Exit.FAILED),
        ([result("cancelled", outputs=())], Exit.INTERRUPTED),
        ([aborted("b.yaml"), failed("spec")], Exit.WRONG),
        ([aborted("b.yaml")], Exit.DONE),
    ],
)
def test_the_exit_code_is_the_most_severe(results: list[Result], code: Exit) -> None:
    """A build that another one aborted has no code of its own."""
    assert result_output.exit_code(results) == code


def test_json_of_one_build_is_its_own() -> None:
    """One build is an object by itself; several have a status together."""
    one: dict[str, Any] = result().to_json()
    assert result_output.as_json([result()]) == one
    both = result_output.as_json([result(), up_to_date("b.yaml")])
    assert both == {"status": "built", "builds": [one, up_to_date("b.yaml").to_json()]}


def test_the_last_lines_name_what_was_built() -> None:
    """Outputs are named after a build of one spec, and not if nothing was built or the paths are in the last line."""
    outputs, last = result_output.last_lines(result())
    assert outputs == "in build: video.mp4 video.srt"
    assert last.startswith("built video.mp4")
    (alone,) = result_output.last_lines(result(), show_path=True)
    assert alone.startswith(f"built {Path('build/video.mp4')}")
    assert len(result_output.last_lines(up_to_date())) == 1
    assert result_output.last_lines(aborted("b.yaml")) == []


def test_specs_that_were_not_built_are_one_line() -> None:
    """They are named with the option that builds them."""
    assert result_output.aborted_lines([result(), up_to_date()]) == []
    line, hint = result_output.aborted_lines([failed(), aborted("b.yaml"), aborted("c.yaml")])
    assert line == "not built: b.yaml, c.yaml"
    assert "-k" in hint


@pytest.mark.parametrize(
    ("loops", "encoding", "shown"),
    [
        (None, None, "a.mp4"),
        (0, None, "a.mp4 (loops forever)"),
        (1, None, "a.mp4 (loops 1 time)"),
        (
            0,
            {"way": 3, "ways": 8, "quality": 60, "rate": 15, "width": 800, "height": 450},
            "a.mp4 (loops forever; way 3 of 8: quality 60, 15 images a second, 800x450)",
        ),
        (
            2,
            {"way": 1, "ways": 6, "colors": 256, "rate": 10, "width": 64, "height": 36},
            "a.mp4 (loops 2 times; way 1 of 6: 256 colors, 10 images a second, 64x36)",
        ),
    ],
)
def test_looping_images_say_how_they_play(loops: int | None, encoding: dict[str, int] | None, shown: str) -> None:
    """The line of the outputs says how often an image plays, and which way of encoding was small enough."""
    output = OutputFile("animation", Path("build/a.mp4"), 1, "0", loops, encoding)
    assert result_output.last_lines(result(outputs=(output,)))[0] == f"in build: {shown}"
    found = output.to_json()
    assert found.get("loops") == (None if loops is None else loops or "forever")
    assert found.get("encoding") == encoding
