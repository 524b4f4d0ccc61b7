"""Exit codes: from errors, from failed steps, and through the real command."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from tests.support.workspace import SMALL, Workspace
from vidbuild import errors
from vidbuild.cli import main
from vidbuild.cli.exit_codes import MEANINGS, Exit, most_severe, of_error, of_fault
from vidbuild.errors import VidbuildError


def classes() -> dict[str, type[VidbuildError]]:
    """Every class of the error tree by its name, wherever the package defines it."""
    for path in sorted((ROOT / "vidbuild").rglob("*.py")):
        if re.search(r"^class \w+\(\w+(?:Error|Problem)\):", path.read_text(encoding="utf-8"), re.MULTILINE):
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))

    def below(kind: type[VidbuildError]) -> Iterator[type[VidbuildError]]:
        for each in kind.__subclasses__():
            if each.__module__.startswith("vidbuild."):
                yield each
                yield from below(each)

    found: list[type[VidbuildError]] = [VidbuildError, *below(VidbuildError)]
    return {each.__name__: each for each in found}


CLASSES = classes()
# What the docstring of vidbuild.errors says: class -> exit code.
DOCUMENTED = {"VidbuildError": 1} | {
    name: int(code) for name, code in re.findall(r"── (\w+) +exit (\d+):", errors.__doc__ or "")
}


@pytest.mark.parametrize("name", CLASSES)
def test_every_error_has_its_code(name: str) -> None:
    """P41: each class of the error tree has the code that the tree's docstring gives it, or the nearest class above."""
    kind = CLASSES[name]
    above = next(each.__name__ for each in kind.__mro__ if each.__name__ in DOCUMENTED)
    assert of_error(kind.__new__(kind)) == DOCUMENTED[above]
    assert "code" not in vars(kind) or name in DOCUMENTED, "a class with a code of its own is in the docstring"


def test_the_documented_classes_exist() -> None:
    """P41: the tree's docstring names classes that there are."""
    assert set(DOCUMENTED) <= set(CLASSES)
    assert len(DOCUMENTED) > 5


@pytest.mark.parametrize(("fault", "code"), [("step", 1), ("spec", 2), ("unreachable", 4), ("bug", 3), ("other", 1)])
def test_every_fault_of_a_step_has_its_code(fault: str, code: int) -> None:
    """P41: the fault of a failed step decides on the exit code, as the class of an error does."""
    assert of_fault(fault) == code


def test_the_most_severe_exit_code_counts() -> None:
    """P41: an interruption is more severe than a bug, a bug than a wrong spec, a wrong spec than a failed step."""
    assert most_severe([Exit.DONE, Exit.FAILED, Exit.WRONG, Exit.BUG]) == Exit.BUG
    assert most_severe([Exit.FAILED, Exit.WRONG]) == Exit.WRONG
    assert most_severe([Exit.FAILED, Exit.DONE]) == Exit.FAILED
    assert most_severe([Exit.UNREACHABLE, Exit.FAILED]) == Exit.FAILED
    assert most_severe([Exit.BUG, Exit.INTERRUPTED]) == Exit.INTERRUPTED
    assert most_severe([]) == Exit.DONE


def test_every_code_can_be_ranked_and_is_explained() -> None:
    """P41: every code has its place in the order of severity and its line in the help text."""
    assert {most_severe([code]) for code in Exit} == set(Exit) == set(MEANINGS)


def test_docs_help_and_code_list_the_same_codes(capsys: pytest.CaptureFixture[str]) -> None:
    """P41: the table in the docs and the list in `vidbuild --help` have the codes that exist, and no others."""
    page = (ROOT / "docs" / "builds.md").read_text(encoding="utf-8")
    table = page.partition("| exit code | meaning |")[2].partition("##")[0]
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out.partition("Exit codes:")[2]
    codes = [int(code) for code in Exit]
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == codes
    assert [int(code) for code in re.findall(r"^ +(\d+)  ", listed, re.MULTILINE)] == codes


TALKING = SMALL.replace("duration: 0.5}", "narration: Hello.}", 1)
WRONG = SMALL.replace("title: One", "titel: One")

TABLE: list[tuple[str, list[str], str, dict[str, str], int]] = [
    ("done", ["build", "video.yaml"], SMALL, {}, 0),
    ("nothing named, one here", ["check"], SMALL, {}, 0),
    ("a step fails", ["build", "video.yaml"], SMALL, {"VIDBUILD_FFMPEG": "/bin/false"}, 1),
    ("the spec is wrong", ["build", "video.yaml"], WRONG, {}, 2),
    ("the spec is wrong, checked", ["check", "video.yaml"], WRONG, {}, 2),
    ("no such spec", ["build", "missing.yaml"], SMALL, {}, 2),
    ("no such scene", ["build", "video.yaml", "--only", "thre"], SMALL, {}, 2),
    ("no such step", ["build", "video.yaml", "--fresh", "render:thre"], SMALL, {}, 2),
    ("no such option", ["build", "--fromat"], SMALL, {}, 2),
    ("no such command", ["biuld"], SMALL, {}, 2),
    ("not a value", ["build", "-j", "none"], SMALL, {}, 2),
    ("no such order", ["build", "--shuffle", "often"], SMALL, {}, 2),
    ("nothing to continue", ["build", "--resume", "last"], SMALL, {}, 2),
    ("no such run to continue", ["build", "video.yaml", "--resume", "20200101"], SMALL, {}, 2),
    ("no such run", ["runs", "show", "last"], SMALL, {}, 2),
    ("no such run to pause", ["runs", "pause", "last"], SMALL, {}, 2),
    ("no such run to resume", ["runs", "resume", "last"], SMALL, {}, 2),
    ("no such run to cancel", ["runs", "cancel", "last"], SMALL, {}, 2),
    ("no such state of a run", ["runs", "--state", "asleep"], SMALL, {}, 2),
    ("no last build", ["explain", "--last"], SMALL, {}, 2),
]


@pytest.mark.parametrize(("args", "spec", "env", "code"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_command_ends_with_its_code(
    workspace: Workspace, args: list[str], spec: str, env: dict[str, str], code: int
) -> None:
    """P41: the real command, in each of the ways it can end."""
    workspace.write("video.yaml", spec)
    outcome = workspace.run(*args, env=env)
    assert outcome.code == code, outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert outcome.stderr.strip() or code == 0


def test_a_bug_saves_a_report(workspace: Workspace, tmp_path: Path) -> None:
    """P41: an unexpected exception ends with 3, no traceback on the screen, and a report whose path is printed."""
    broken = "import sys; from vidbuild.api import themes; from vidbuild.cli import main; themes.themes = 1.0; "
    script = broken + "sys.exit(main(['themes']))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=workspace.root,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert "vidbuild: a bug in vidbuild: TypeError: 'float' object is not callable" in done.stderr
    (report,) = tmp_path.glob("vidbuild-bug-*.md")
    assert str(report) in done.stderr
    assert "Traceback" in report.read_text(encoding="utf-8")


SLOW = """\
import sys, time
from vidbuild.api import build
from vidbuild import errors
from vidbuild.cli import main
from vidbuild.api.options import Control
def build_all(paths, options, *, on_event, control, **_others):
    print("ready", flush=True)
    while control.requested() is not Control.CANCEL:
        time.sleep(0.01)
    raise KeyboardInterrupt
build.build_all = build_all
open("video.yaml", "w").close()
sys.exit(main(["build"]))
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_with_its_code(workspace: Workspace, number: signal.Signals, code: int) -> None:
    """P41: SIGINT and SIGTERM ask the build to stop, and each has an exit code of its own."""
    with subprocess.Popen(
        [sys.executable, "-c", SLOW],
        cwd=workspace.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline() == "ready\n"
        child.send_signal(number)
        assert child.wait(20) == code
        assert "interrupted" in child.stderr.read()
