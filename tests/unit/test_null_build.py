"""The record of a build with nothing to do: its form, its name, and the run that it logs."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from PIL import Image

from tests.support.paths import ROOT
from tests.support.workspace import SMALL
from vidbuild import flock, null_build, null_log, project
from vidbuild.api import null_record
from vidbuild.cli.app import run
from vidbuild.engine.runs import run_log
from vidbuild.frozen import replaced
from vidbuild.null_build import Record

ARGS = ["build", "-j", "1"]
WITH_PICTURE = SMALL.replace("type: title, title: Two", "type: image, src: photo.png, alt: A photo")


def record(**sections: bytes) -> Record:
    """Return a record with some sections, and the rest empty."""
    return Record(sections.get(name, b"") for name in Record.NAMES)


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """A project in the current folder that was built twice; return the name of its record."""
    (tmp_path / "vidbuild.toml").touch()
    (tmp_path / "video.yaml").write_text(SMALL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VIDBUILD_CACHE", raising=False)
    name = null_build.name_of(ARGS)
    assert run(ARGS, name) == 0
    assert null_build.attempt(ARGS, name) is None  # a build that made something leaves no record
    time.sleep(0.05)
    capsys.readouterr()
    assert run(ARGS, name) == 0
    return name


def test_a_build_is_repeated(built: str, capsys: pytest.CaptureFixture[str]) -> None:
    """P45: the record of a build with nothing to do lets the next one print the same and log a run like its own."""
    runs = Path(".vidbuild/runs")
    first = capsys.readouterr().out.splitlines()[-1]
    assert null_build.attempt(ARGS, built) == 0
    again = capsys.readouterr()
    assert again.err == ""
    assert again.out.rpartition(",")[0] == first.rpartition(",")[0]
    *_, one, two = run_log.past_runs(runs)
    assert (one.state, one.entry, two.state, two.entry) == ("completed", "video.yaml", "completed", "video.yaml")
    assert two.ended is not None
    assert one.id < two.id
    assert one.started < two.started <= two.ended <= time.time()
    one_events, two_events = (list(run_log.read_events(runs, each.id)) for each in (one, two))
    for event in two_events:
        assert event["run"] == two.id
        assert two.started <= event["time"] <= two.ended
    unique = ("run", "time", "seconds")
    assert [{k: v for k, v in each.items() if k not in unique} for each in one_events] == [
        {k: v for k, v in each.items() if k not in unique} for each in two_events
    ]


@pytest.mark.parametrize("name", ["video.yaml", "build/video.mp4", ".vidbuild/v1/placed", "vidbuild.toml"])
def test_a_changed_file_ends_it(built: str, name: str) -> None:
    """Nothing is repeated, printed or logged if a file is not as it was, and the command starts as usual."""
    before = sorted(os.listdir(".vidbuild/runs"))  # noqa: PTH208 - names alone
    Path(name).touch()
    assert null_build.attempt(ARGS, built) is None
    Path(name).unlink()
    assert null_build.attempt(ARGS, built) is None
    assert sorted(os.listdir(".vidbuild/runs")) == before  # noqa: PTH208 - as above


def test_the_second_build_after_a_checkout_leaves_a_record(built: str) -> None:
    """P45: a file that was replaced by one with the same content is hashed once, so that builds are repeated again."""
    spec = Path("video.yaml")
    new = Path("new.yaml")
    new.write_bytes(spec.read_bytes())
    new.replace(spec)
    kept = []
    for _ in range(3):
        time.sleep(0.05)
        kept.append(null_build.attempt(ARGS, built))
        if kept[-1] is None:
            assert run(ARGS, built) == 0
    assert kept == [None, None, 0]


@pytest.mark.parametrize("edited", ["video.yaml", "photo.png"])
def test_a_late_clock_hides_no_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], edited: str
) -> None:
    """A file that changed during the build has no record, also if its file system dates it before the build."""
    (tmp_path / "vidbuild.toml").touch()
    (tmp_path / "video.yaml").write_text(WITH_PICTURE)
    Image.new("RGB", (64, 36), "navy").save(tmp_path / "photo.png")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VIDBUILD_CACHE", raising=False)
    kept: list[null_record.NullBuild] = []
    monkeypatch.setattr(null_record, "keep", lambda build, *_: kept.append(build))
    name = null_build.name_of(ARGS)
    assert run(ARGS, name) == run(ARGS, name) == 0
    build = replaced(kept[-1], began=time.time_ns() + 60 * 10**9)  # all that happens now looks older
    texts = null_record.Texts("", "done", "")
    assert null_record._record(build, [], texts).out == b"done"
    content = Path(edited).read_bytes()
    Path(edited).write_bytes(content + b"\n")
    with pytest.raises(null_record._NoRecordError):
        null_record._record(build, [], texts)
    capsys.readouterr()


def test_what_is_in_no_file_is_in_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another folder, variable or option is another record; an option that it cannot have means none."""
    monkeypatch.chdir(tmp_path)
    names = [null_build.name_of(args) for args in (["build"], ["build", "."], ["build", "-q"], ["build", "-j", "2"])]
    monkeypatch.setenv("SHLVL", "9")
    assert null_build.name_of(["build"]) == names[0]
    for variable in ("CI", "LANG", "VIDBUILD_ANYTHING"):
        monkeypatch.setenv(variable, "something")
        names.append(null_build.name_of(["build"]))
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    names.append(null_build.name_of(["build"]))
    assert len(set(names)) == len(names) == 8
    assert all(len(name) == 64 for name in names)
    refused: tuple[list[str], ...] = (
        [],
        ["check"],
        ["build", "--fresh", "mux"],
        ["build", "-"],
        ["build", "a.yaml", "b.yaml"],
        ["build", "../video.yaml"],
        ["build", ""],
        ["build", "--resume", "last"],
        ["build", "-n"],
    )
    assert [null_build.name_of(args) for args in refused] == [""] * len(refused)
    (tmp_path / "sub").rmdir()
    assert null_build.name_of(["build"]) == ""


@pytest.mark.parametrize("marker", ["vidbuild.toml", ".git", "a/vidbuild.toml", "a/b/.git", "", "link"])
@pytest.mark.parametrize("spec", ["a/b/video.yaml", "a/b", "link/b/video.yaml", "./a//b/video.yaml"])
def test_the_root_is_that_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, marker: str, spec: str
) -> None:
    """Without pathlib, the root of a spec's project is found as `project.root_of` finds it."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "link").symlink_to("a")
    if marker and marker != "link":
        (tmp_path / marker).touch()
    monkeypatch.chdir(tmp_path)
    file = Path(spec) if spec.endswith(".yaml") else Path(spec) / "video.yaml"
    assert null_build._root(["build", spec]) == str(project.root_of(file))


def test_both_agree_on_names() -> None:
    """What is written twice, since pathlib and re may not be imported, is the same."""
    assert null_build._MARKERS == project.ROOT_MARKERS
    assert null_build._CACHE == project.CACHE_FOLDER
    assert null_log.KEPT == run_log.KEPT
    names = ("20260131-235959-123-a1b2", "20260131-235959-123-A1B2", "20260131-235959-12-a1b22", "", "a-b-c-d")
    for name in (
        *names,
        "2026-0131235959-123-a1b2",
        "20260131-235959-123-a1b",
        null_log.new_id(),
    ):
        assert null_log.is_id(name) == bool(run_log._ID(name)), name


def test_a_record_comes_back() -> None:
    """A record is read as it was written; one that is torn, corrupt or of another form is none."""
    raw = record(root=b"/project", events=b"one\ntwo\n", out=b"done").to_bytes()
    found = Record.from_bytes(raw)
    assert found is not None
    assert (found.root, found.events, found.out, found.last) == (b"/project", b"one\ntwo\n", b"done", b"")
    assert Record.from_bytes(b"") is None
    assert Record.from_bytes(b"{}\n") is None
    for at in range(len(null_build.FORMAT) + 1, len(raw)):
        damaged = bytearray(raw)
        damaged[at] ^= 1
        try:
            assert Record.from_bytes(bytes(damaged)) is None
            assert Record.from_bytes(raw[:at]) is None
        except ValueError:  # a head that is no numbers, which `attempt` takes for no record
            continue


def test_a_name_that_comes_and_goes_changes_nothing(built: str) -> None:
    """Of a folder that is searched for plug-ins, only the names count, as for the plan."""
    found = next(Path(".vidbuild/v1/memos").glob(f"*/{built}"))
    record_ = Record.from_bytes(found.read_bytes())
    assert record_ is not None
    digests = [line.split("\t") for line in record_.folders.decode().splitlines()]
    # Beside this test, others write into the checkout.
    assert all(null_build.names_digest(folder) == digest for digest, folder in digests if Path(folder) != ROOT)
    assert len(digests) > 1
    Path("fonts").mkdir()
    before = null_build.names_digest("fonts")
    Path("fonts/a.ttf").touch()
    assert null_build.names_digest("fonts") != before
    Path("fonts/a.ttf").unlink()
    assert null_build.names_digest("fonts") == before


def test_old_runs_go(tmp_path: Path) -> None:
    """The oldest runs are removed as a build removes them: not those that go on."""
    for number in range(60):
        folder = tmp_path / f"20200101-000000-{number:03}-abcd"
        folder.mkdir()
        (folder / "lock").touch()
    (tmp_path / "notes").mkdir()
    with (tmp_path / "20200101-000000-001-abcd" / "lock").open() as file:
        assert flock.lock(file.fileno(), shared=False) == 0
        run = null_log.write(str(tmp_path), b"\x01 \x03\n", b'{"id": "\x01"}', time.monotonic())
    names = sorted(path.name for path in tmp_path.iterdir())
    assert run in names
    assert len(names) == null_log.KEPT + 2  # the run that goes on, and what is no run
    assert names[0] == "20200101-000000-001-abcd"
    assert json.loads((tmp_path / run / "state.json").read_text()) == {"id": run}
    assert sorted(path.name for path in (tmp_path / run).iterdir()) == ["events.jsonl", "lock", "state.json"]


def test_a_run_that_cannot_be_logged_is_left_to_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a clock that went back, with foreign folders in an old run, or on a full disk, nothing is left behind."""
    (tmp_path / "29990101-000000-000-abcd").mkdir()
    assert null_log.write(str(tmp_path), b"", b"", 0.0) == ""
    (tmp_path / "29990101-000000-000-abcd").rmdir()
    for number in range(50):
        (tmp_path / f"20200101-000000-{number:03}-abcd" / "folder").mkdir(parents=True)
    assert null_log.write(str(tmp_path), b"", b"", 0.0) == ""
    assert len(list(tmp_path.iterdir())) == 50

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "20200101-000000-000-abcd" / "folder").rmdir()
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="space"):
        null_log.write(str(tmp_path), b"", b"", 0.0)
    assert len(list(tmp_path.iterdir())) == 49
