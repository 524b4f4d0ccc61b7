"""Executing one step from plain data, as a worker does."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.engine_lab import Lab, names
from tests.support.paths import ROOT
from vidbuild.engine.disk import durable
from vidbuild.engine.store.blobs import Blobs, signature
from vidbuild.engine.worker import execute
from vidbuild.errors import StoreError

PROGRAM = """
import json, sys
from vidbuild.engine.worker.execute import execute
progress = []
answer = execute(json.load(sys.stdin), lambda *report: progress.append(report))
print(json.dumps({"answer": answer, "progress": progress}))
"""


def run(lab: Lab, function: str, inputs: dict[str, Any] | None = None, **params: Any) -> dict[str, Any]:
    """Execute a request in a process of its own, since it takes over environment and working directory."""
    request = {
        "step": "x",
        "run": f"tests.support.fake_steps:{function}",
        "params": params,
        "inputs": inputs or {},
        "folder": str(lab.root / "private"),
        "cache": str(lab.store.root),
        "blobs": str(lab.store.blobs.root),
        "lower": [],
        "env": lab.env,
    }
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ["PYTHONPATH"]])}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=json.dumps(request).encode(), env=env, capture_output=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def stored(lab: Lab, content: bytes) -> str:
    """A blob, by its digest."""
    lab.root.joinpath("made").write_bytes(content)
    ((blob, _),) = lab.store.blobs.move_in({"": lab.root / "made"}).values()
    return blob.digest


def test_outputs_become_blobs(lab: Lab) -> None:
    """Each output is returned by digest and stat, and is a read-only blob under that digest."""
    answer = run(lab, "concat", x=1)["answer"]
    assert set(answer["outputs"]) == {"main.txt", "sum/digest.txt"}
    for digest, *numbers in answer["outputs"].values():
        path = lab.store.blobs.path(digest)
        assert durable.hash_file(path) == digest
        assert tuple(numbers) == signature(path)
        assert path.stat().st_mode & 0o777 == 0o444
    assert answer["seconds"] > 0
    assert answer["warnings"] == []


@pytest.mark.parametrize("function", ["concat", "bug", "problem", "link", "nothing"])
def test_nothing_of_the_private_folder_is_left(lab: Lab, function: str) -> None:
    """However a step ends, its folder is gone."""
    run(lab, function)
    assert not (lab.root / "private").exists()


@pytest.mark.parametrize("function", ["bug", "problem", "link", "nothing"])
def test_a_failing_step_adds_no_blob(lab: Lab, function: str) -> None:
    """P11: of a step that failed nothing is put in the store."""
    assert "failure" in run(lab, function)["answer"]
    assert not lab.store.blobs.root.exists()


def test_inputs_are_links_to_blobs(lab: Lab) -> None:
    """P9: a file, a source and a whole product are given under the names asked for."""
    source = lab.source("picture of mine.png", "source")
    planned = durable.hash_file(source.path)
    one, two = stored(lab, b"one"), stored(lab, b"two")
    answer = run(
        lab,
        "concat",
        {
            "file": {"as": "file.txt", "blob": one},
            "image": {"as": "image.png", "source": source.path, "blob": planned},
            "all": {"as": "all", "files": {"a.txt": one, "deep/b.txt": two}},
        },
    )["answer"]
    text = lab.store.blobs.path(answer["outputs"]["main.txt"][0]).read_bytes()
    assert text == b"[]\0all\0a.txt\0one\0all\0deep/b.txt\0two\0file\0\0one\0image\0\0source"
    assert answer["sources"] == {planned: list(signature(lab.store.blobs.location(planned)))}


@pytest.mark.parametrize("change", ["edited", "gone"])
def test_a_source_that_is_not_what_was_planned_fails_the_step(lab: Lab, change: str) -> None:
    """P7: the step does not even start, and nothing is kept."""
    source = lab.source("a.png", "source")
    planned = durable.hash_file(source.path)
    if change == "edited":
        lab.source("a.png", "SOURCE")
    else:
        Path(source.path).unlink()
    failure = run(lab, "concat", {"image": {"as": "i.png", "source": source.path, "blob": planned}})["answer"][
        "failure"
    ]
    message = {
        "edited": f"'{source.path}' changed during the build",
        "gone": f"cannot read '{source.path}': no such file",
    }
    assert failure["message"].startswith(message[change])
    assert failure["field"] == "image"
    assert lab.ran() == []
    assert not lab.store.blobs.root.exists()


def test_an_input_cannot_be_written(lab: Lab) -> None:
    """P23: what a step is given is read-only, so that no step changes what others read."""
    digest = stored(lab, b"one")
    run(lab, "concat", {"file": {"as": "file.txt", "blob": digest}})
    path = lab.store.blobs.path(digest)
    assert path.stat().st_mode & 0o222 == 0
    assert Blobs(lab.store.blobs.root).path(digest).read_bytes() == b"one"


def test_warnings_survive_a_failure(lab: Lab) -> None:
    """A step's warnings are in its answer even if it fails."""
    assert run(lab, "warn")["answer"]["warnings"] == [["too quiet", "voice", "raise it", "A1"]]


def test_progress_is_handed_on(lab: Lab) -> None:
    """Every progress report reaches the caller."""
    assert run(lab, "progress")["progress"] == [[1, 3, "bytes"], [2, 3, "bytes"], [3, 3, "bytes"]]


def test_a_log_of_a_bug_is_bounded(lab: Lab) -> None:
    """A traceback is cut to its last lines, which name the cause."""
    failure = run(lab, "bug")["answer"]["failure"]
    assert failure["log"][-1] == "ZeroDivisionError: half-way"
    assert len(failure["log"]) <= 40
    assert names(lab.root) == []


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (StoreError("no room", hint="free some"), ("no room", "free some", "step", False)),
        (MemoryError(), ("out of memory", None, "step", True)),
        (OSError(errno.EMFILE, "Too many open files"), ("too many open files", None, "step", True)),
        (PermissionError(errno.EACCES, "Permission denied", "x"), ("permission denied: 'x'", None, "step", False)),
        (FileNotFoundError(errno.ENOENT, "No such file", "x"), ("FileNotFoundError: ", None, "bug", False)),
        (ValueError("odd"), ("ValueError: odd", None, "bug", False)),
    ],
    ids=lambda each: type(each).__name__,
)
def test_an_exception_becomes_a_failure(
    tmp_path: Path, error: Exception, expected: tuple[str, str | None, str, bool]
) -> None:
    """Errors of vidbuild keep their message and hint, those of the machine are no bugs, and all others are."""
    failure = execute._failure(error, tmp_path, tmp_path, None)
    message, *others = expected
    assert message in failure.message
    assert [failure.hint, failure.fault, failure.transient] == others
    assert not failure.log or type(error).__name__ in failure.log[-1]


def test_the_log_of_a_deep_failure_has_forty_lines(tmp_path: Path) -> None:
    """Of a long traceback the last 40 lines are kept."""

    def deep(depth: int) -> None:
        if not depth:
            raise ValueError("\n".join(map(str, range(100))))
        deep(depth - 1)

    with pytest.raises(ValueError, match="99") as raised:
        deep(1)
    log = execute._failure(raised.value, tmp_path, tmp_path, None).log
    assert log == tuple(map(str, range(60, 100)))


@pytest.mark.parametrize("step", ["hide_errors", "blame_errors"])
def test_a_step_that_hides_a_corrupt_input_fails(lab: Lab, step: str) -> None:
    """P21: nothing is made from a corrupt blob, even by a step that goes on or fails otherwise; the blob is removed."""
    digest = stored(lab, b"content")
    path = lab.store.blobs.path(digest)
    path.chmod(0o644)
    path.write_bytes(b"other")
    answer = run(lab, step, {"from": {"as": "from.txt", "blob": digest}})["answer"]
    assert answer["failure"]["message"] == "corrupt cached input removed"
    assert answer["failure"]["field"] == "from"
    assert not path.exists()
    assert "failure" not in run(lab, step, {"from": {"as": "from.txt", "blob": stored(lab, b"x")}})["answer"]
