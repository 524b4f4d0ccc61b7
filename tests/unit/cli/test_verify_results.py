"""What `build --verify` prints, and how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_api import result
from vidbuild.api.verify import Difference, Verification
from vidbuild.cli import verify_results
from vidbuild.cli.exit_codes import Exit

DIFFERENT = Difference("render:one", "segment.h264", "the bytes differ", repeatable=True)


def verification(status: Any, **facts: Any) -> Verification:
    """Return the verification of a build with two outputs."""
    return Verification(result(), status, **facts)


@pytest.mark.parametrize(
    ("count", "names"),
    [(1, "0.yaml"), (4, "0.yaml, 1.yaml, 2.yaml, 3.yaml"), (5, "0.yaml, 1.yaml, 2.yaml, ...and 2 more")],
)
def test_the_first_line_names_what_is_built_again(count: int, names: str) -> None:
    """Up to four specs are named; of more, three and the number of the others."""
    specs = [Path(f"{number}.yaml") for number in range(count)]
    assert verify_results.first_line(specs) == f"verifying: rebuilding {names} from an empty cache"


def test_the_same_outputs_are_one_line() -> None:
    """If nothing differs the line has the number of outputs and the time; reused recordings are named."""
    same = "verified: 2 outputs identical when rebuilt from an empty cache (2.5 s)"
    assert verify_results.lines(verification("same", seconds=2.5)) == [same]
    found = verify_results.lines(verification("same", seconds=2.5, reused=("speak:a", "speak:b")), show_spec=True)
    assert found == [
        f"video.yaml: {same}",
        "      reused 2 recordings of network voices from the cache: speak:a, speak:b",
    ]


@pytest.mark.parametrize("repeatable", [True, False])
def test_a_different_output_has_its_first_step(repeatable: bool) -> None:
    """The output and the step are named; the step is run again only if that gives the same each time."""
    difference = Difference("render:one", "segment.h264", "the bytes differ", repeatable)
    first, *rest = verify_results.lines(verification("different", output="a.mp4", difference=difference))
    assert first == "not verified: 'a.mp4' differs when rebuilt from an empty cache"
    assert rest[0] == "      first step that differs: render:one, its 'segment.h264': the bytes differ"
    assert rest[1:] == ["      hint: vidbuild build --fresh render:one"] * repeatable


def test_an_output_that_was_edited_is_no_steps_fault() -> None:
    """If every step gives the same, the file was changed after the build."""
    assert verify_results.lines(verification("different", output="a.mp4"))[1:] == [
        "      all steps reproduce; the output file itself was modified"
    ]


def test_a_second_build_that_does_not_end_verifies_nothing() -> None:
    """A failed or cancelled second build has its reason; after a failed first one there is nothing to print."""
    failed = verification("failed", error="no space left on device")
    assert verify_results.lines(failed) == ["not verified: the second build failed: no space left on device"]
    assert verify_results.lines(verification("cancelled")) == ["not verified: cancelled"]
    assert verify_results.lines(verification("untried")) == []


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("same", Exit.DONE),
        ("untried", Exit.DONE),
        ("different", Exit.FAILED),
        ("failed", Exit.FAILED),
        ("cancelled", Exit.INTERRUPTED),
    ],
)
def test_the_exit_code_shows_whether_it_is_the_same(status: str, code: Exit) -> None:
    """Only the same outputs are a success."""
    assert verify_results.exit_code(verification(status)) == code


def test_json_has_the_findings_in_each_build() -> None:
    """One build's object has them itself; of several, each has its own."""
    found = [verification("same"), verification("different", output="a.mp4", difference=DIFFERENT)]
    one = verify_results.add_to_json({"status": "built"}, found[1:])
    assert one["verified"]["step"] == "render:one"
    two = verify_results.add_to_json({"builds": [{}, {}]}, found)
    assert [each["verified"]["status"] for each in two["builds"]] == ["same", "different"]
