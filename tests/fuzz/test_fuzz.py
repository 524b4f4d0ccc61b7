"""Every reader of data from outside, with hundreds or thousands of inputs that are almost right."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import fuzz_runner
from tests.support.fuzz_runner import FOUND, FoundError
from tests.support.fuzz_targets import TARGETS, Target

COUNT = 2000
FEW = {"font": 500, "spec": 500, "theme": 500}  # of which each takes milliseconds


@pytest.mark.parametrize("name", TARGETS)
def test_almost_right_inputs(name: str) -> None:
    """No input makes a reader raise what it does not document, hang, or take more memory than it is given."""
    fuzz_runner.fuzz(TARGETS[name], FEW.get(name, COUNT))


@pytest.mark.parametrize(
    "path", sorted(path for path in FOUND.glob("*") if path.suffix != ".md"), ids=lambda path: path.name
)
def test_found_inputs_stay_fixed(path: Path) -> None:
    """An input that once broke a reader is read now. A file is named TARGET, a hyphen and the fault."""
    with fuzz_runner.bounded():
        fuzz_runner.attempt(TARGETS[path.name.partition("-")[0]], path.read_bytes())


def test_the_same_seed_makes_the_same_inputs() -> None:
    """What was found can be made again."""
    for target in TARGETS.values():
        first, again = (target.make(random.Random(7)) for _ in range(2))
        assert first == again
        assert any(target.make(random.Random(seed)) != first for seed in range(3))


def test_what_goes_wrong_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that raises, hangs or takes all memory ends the run, and its input is kept."""
    monkeypatch.setattr(fuzz_runner, "SECONDS", 0.2)
    actions: list[Callable[[], object]] = [lambda: 1 / 0, lambda: time.sleep(60), lambda: bytearray(8 << 30)]
    for number, action in enumerate(actions):

        def bad(_: bytes, action: Callable[[], object] = action) -> None:
            action()

        target = Target(f"bad{number}", lambda _: b"input", bad)
        with pytest.raises(FoundError, match=f"bad{number}-0-0"):
            fuzz_runner.fuzz(target, 5, keep=tmp_path)
        assert (tmp_path / f"bad{number}-0-0").read_bytes() == b"input"
