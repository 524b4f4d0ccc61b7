"""Batches through the API: what is chosen, what would be written, and what is wrong, without building anything."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support import event_log
from vidbuild.api.batch import Selection, batch, planned
from vidbuild.api.batch_publishing import AT_ONCE
from vidbuild.api.batch_result import BatchResult, RowResult
from vidbuild.api.batch_run import WINDOW
from vidbuild.api.build_command import BuildRow
from vidbuild.api.options import Control, RunControl
from vidbuild.api.problem_report import of_batch
from vidbuild.api.publish import Published
from vidbuild.api.result import Notice, OutputFile, Result, Steps
from vidbuild.batches import ledger, reader
from vidbuild.cli.app import run
from vidbuild.cli.commands.batch import _Rows, _table
from vidbuild.engine.disk.lock import Lock
from vidbuild.engine.runs.events import Event
from vidbuild.errors import UsageError, VidbuildError
from vidbuild.publishing.publisher import Sent
from vidbuild.remote.address import Address
from vidbuild.remote.errors import RemoteError
from vidbuild.spec.diagnostics import SpecError

SPEC = """\
vidbuild: 1
title: About {{ product }}
vars: {product: Acme}
scenes:
  - {id: one, type: title, title: One, duration: 1}
"""
BATCH = """\
batch: 1
matrix: {spec: [a.yaml, b.yaml], brand: [x, y]}
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two specs, two brands and their combinations, in the current folder."""
    (tmp_path / "brands").mkdir()
    (tmp_path / "vidbuild.toml").write_text("")
    for name in "xy":
        (tmp_path / "brands" / f"{name}.yaml").write_text("theme: paper\n")
    for name in "ab":
        (tmp_path / f"{name}.yaml").write_text(SPEC)
    (tmp_path / "batch.yaml").write_text(BATCH)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_plan_has_every_row_and_its_files() -> None:
    """Nothing is written; a row that is done is marked."""
    rows = reader.read(Path("batch.yaml")).rows
    ledger.read(Path("batch.yaml")).record(rows[0].id, rows[0].content(), ok=True)
    found = planned()
    assert [each.row.id for each in found] == ["a-x", "a-y", "b-x", "b-y"]
    assert [str(each.files[0]) for each in found] == [f"build/{each.row.id}.mp4" for each in found]
    assert [each.is_done for each in found] == [True, False, False, False]
    assert found[0].to_json()["brand"] == "x"
    assert not Path("build").exists()


def test_a_dry_run_reports_each_row() -> None:
    """Rows that are wrong have failed, the others would be built; each is reported."""
    Path("b.yaml").write_text(SPEC.replace("duration", "durations"))
    seen: list[str] = []
    result = batch(dry_run=True, on_row=lambda row, _result: seen.append(f"{row.id} {row.status}"))
    assert sorted(seen) == ["a-x would-build", "a-y would-build", "b-x failed", "b-y failed"]
    assert [each.id for each in result.results] == ["a-x", "a-y", "b-x", "b-y"]
    assert (result.success_count, result.failure_count, result.success_rate, result.ok) == (2, 2, 0.5, False)
    assert "unknown scene field 'durations'" in result.to_json()["results"][2]["errors"][0]
    assert not Path("build").exists()


def test_without_keep_going_wrong_rows_fail_and_nothing_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """All specs are checked, each wrong row has failed with its error, and the others were not reached."""
    monkeypatch.setattr("vidbuild.api.batch_run.build_rows", lambda *_: pytest.fail("something was built"))
    Path("a.yaml").write_text("vidbuild: 2\n")
    result = batch(keep_going=False)
    assert [each.status for each in result.results] == ["failed", "failed", "aborted", "aborted"]
    assert result.results[0].errors[0].startswith("a.yaml:1:")
    assert json.loads(Path("build/batch.json").read_text())["failure_count"] == 4


@pytest.mark.parametrize("keep_going", [True, False])
def test_a_wrong_row_is_not_the_next_one_again(monkeypatch: pytest.MonkeyPatch, keep_going: bool) -> None:
    """Its failure is in the ledger with --fail-fast too, so that the next run takes another row."""
    monkeypatch.setattr("vidbuild.api.batch_run.build_rows", built)
    Path("a.yaml").write_text("vidbuild: 2\n")
    taken = [
        batch("batch.yaml", Selection(next=1), keep_going=keep_going).results[0].id for _ in range(5)
    ]  # both rows of the wrong spec once, both of the other, and then the wrong ones again
    assert taken == ["a-x", "a-y", "b-x", "b-y", "a-x"]


@pytest.mark.parametrize(
    ("selection", "ids"),
    [
        (Selection(), ["a-x", "a-y", "b-x", "b-y"]),
        (Selection(only=["*-x"]), ["a-x", "b-x"]),
        (Selection(brand="y"), ["a-y", "b-y"]),
        (Selection(count=1, brand="y"), ["a-y"]),
        (Selection(next=3), ["a-x", "a-y", "b-x"]),
    ],
)
def test_rows_are_chosen(selection: Selection, ids: list[str]) -> None:
    """By ids and patterns, by brand, by number, and by what is not done."""
    assert [each.row.id for each in planned("batch.yaml", selection)] == ids


@pytest.mark.parametrize(
    ("selection", "message", "hint"),
    [
        (Selection(only=["a-z"]), "has no row 'a-z'", "did you mean 'a-"),
        (Selection(only=["nothing"]), "has no row 'nothing'", "--list shows the ids"),
        (Selection(brand="xx"), "has the brand 'xx'", "did you mean 'x'?"),
        (Selection(brand="other"), "has the brand 'other'", "there are x, y"),
    ],
)
def test_a_choice_of_nothing_is_an_error(selection: Selection, message: str, hint: str) -> None:
    """The nearest name, or what there is."""
    with pytest.raises(UsageError, match=message) as caught:
        planned("batch.yaml", selection)
    assert hint in (caught.value.hint or "")


def test_two_rows_that_would_write_one_video(project: Path) -> None:
    """The second one has failed: its video would replace the first one's, which is of another language."""
    (project / "c.yaml").write_text(SPEC + "languages: [en, de]\n")
    (project / "batch.yaml").write_text("batch: 1\nvideos: [{spec: a.yaml, id: c.de}, {spec: c.yaml}]\n")
    first, second = batch(dry_run=True).results
    assert first.ok
    assert "'build/c.de.mp4' is an output of the row in line 2 too" in second.errors[0]


def test_a_cancelled_batch_has_rows_that_were_not_reached() -> None:
    """They are neither done nor counted as failures of their own."""

    class Cancelled(RunControl):
        def requested(self) -> Control:
            return Control.CANCEL

    result = batch(dry_run=True, control=Cancelled())
    assert {each.status for each in result.results} == {"aborted"}


def listen(**arguments: Any) -> list[dict[str, Any]]:
    """Build the batch, or as much of it as can be built; return its events."""
    events: list[dict[str, Any]] = []
    with contextlib.suppress(VidbuildError):
        batch(on_event=lambda event: events.append(json.loads(event.to_line())), **arguments)
    event_log.check_batch(events)
    return events


def test_each_row_has_one_end_among_the_events(project: Path) -> None:
    """Rows with errors have failed, and the batch has the exit code of its command."""
    for name in "ab":
        (project / f"{name}.yaml").write_text(SPEC.replace("duration", "durations"))
    events = listen()
    assert [each["type"] for each in events] == ["batch_started", *["row_finished"] * 4, "batch_finished"]
    assert events[0]["rows"] == ["a-x", "a-y", "b-x", "b-y"]
    assert (events[1]["row"], events[1]["status"], events[1]["spec"]) == ("a-x", "failed", "a.yaml")
    assert "unknown scene field 'durations'" in events[1]["errors"][0]
    assert (events[-1]["failure_count"], events[-1]["success_rate"], events[-1]["code"]) == (4, 0.0, 1)


def test_an_error_that_ends_a_batch_is_among_the_events(project: Path) -> None:
    """What is wrong, and the exit code, of a batch that has no rows yet."""
    (project / "batch.yaml").write_text("batch: 2\n")
    events = listen()
    assert (events[0]["rows"], events[-1]["failure_count"], events[-1]["code"]) == ([], 0, 2)
    assert events[1]["file"] == "batch.yaml"


def test_a_cancelled_batch_ends_with_the_code_of_its_signal() -> None:
    """Rows that were not reached are aborted; a dry run emits nothing."""

    class Interrupted(RunControl):
        def requested(self) -> Control:
            raise KeyboardInterrupt

        def cancel_exit_code(self) -> int:
            return 143

    events: list[dict[str, Any]] = []
    with pytest.raises(KeyboardInterrupt):
        batch(control=Interrupted(), on_event=lambda event: events.append(json.loads(event.to_line())))
    event_log.check_batch(events)
    assert (events[-1]["code"], events[-1]["failure_count"]) == (143, 4)
    batch(dry_run=True, on_event=lambda event: events.append(json.loads(event.to_line())))
    assert events[-1]["code"] == 143


def test_a_listener_that_fails_ends_the_batch_with_its_error() -> None:
    """Its own error is raised, and not one of the events that follow."""

    def refuse(event: Event) -> None:
        raise RuntimeError(event.type)

    with pytest.raises(RuntimeError, match="batch_started"):
        batch(on_event=refuse)


class CancelledBeforeWindow(RunControl):
    """Requests a cancel after some windows were built. build: stands for their builds."""

    def __init__(self, windows: int) -> None:
        self.left = windows

    def requested(self) -> Control:
        """Return CANCEL once the windows were built."""
        return Control.RUN if self.left else Control.CANCEL

    def cancel_exit_code(self) -> int:
        """Return that of SIGINT."""
        return 130

    def build(self, rows: Sequence[BuildRow], *_: Any) -> list[Result]:
        """Build a window."""
        self.left -= 1
        return built(rows)


def many_rows(project: Path, count: int) -> None:
    """A batch with rows of one spec."""
    rows = "".join(f"  - {{spec: a.yaml, id: r{number}}}\n" for number in range(count))
    (project / "batch.yaml").write_text(f"batch: 1\nvideos:\n{rows}")


def test_a_cancel_between_two_windows_is_one(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is built stays so, the rest is aborted, and the result, the events and batch.json know why."""
    control = CancelledBeforeWindow(1)
    monkeypatch.setattr("vidbuild.api.batch_run.build_rows", control.build)
    many_rows(project, WINDOW + 2)
    events: list[dict[str, Any]] = []
    result = batch(control=control, on_event=lambda event: events.append(json.loads(event.to_line())))
    assert [each.status for each in result.results] == [*["built"] * WINDOW, "aborted", "aborted"]
    assert (result.was_cancelled, events[-1]["code"]) == (True, 130)
    assert json.loads(Path("build/batch.json").read_text())["cancelled"] is True


def test_a_cancel_that_comes_too_late_is_none(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All rows are built: there was nothing left to cancel."""
    control = CancelledBeforeWindow(1)
    monkeypatch.setattr("vidbuild.api.batch_run.build_rows", control.build)
    many_rows(project, 2)
    result = batch(control=control)
    assert (result.ok, result.was_cancelled) == (True, False)


def test_a_cancel_while_another_run_is_waited_for(monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    """Nothing is built, and what the other run writes stays."""
    monkeypatch.setattr(Lock, "attempt", lambda *_: None)
    result = batch(control=CancelledBeforeWindow(0))
    assert ({each.status for each in result.results}, result.was_cancelled) == ({"aborted"}, True)
    assert not (project / "build").exists()


def built(rows: Sequence[BuildRow], *_: Any) -> list[Result]:
    """Stand for the builds of rows, all of which succeed."""
    return [Result("built", each.spec, "run", (), Steps(total=1), 1.0, 1.0) for each in rows]


def test_what_another_run_did_is_not_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that waits for another one takes the rows that are next after that, and keeps what it recorded."""
    monkeypatch.setattr("vidbuild.api.batch_run.build_rows", built)
    attempt = Lock.attempt

    def after_another_run(path: Path, *, shared: bool = False) -> Lock | None:
        rows = reader.read(Path("batch.yaml")).rows
        ledger.read(Path("batch.yaml")).record(rows[0].id, rows[0].content(), ok=True)
        return attempt(path, shared=shared)

    monkeypatch.setattr(Lock, "attempt", after_another_run)
    assert [each.id for each in batch("batch.yaml", Selection(next=1)).results] == ["a-y"]
    assert sorted(ledger.read(Path("batch.yaml")).done) == ["a-x", "a-y"]


def test_a_spec_that_is_edited_during_its_build_is_due_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was built is the text from before."""

    def edited(rows: Sequence[BuildRow], *_: Any) -> list[Result]:
        Path("a.yaml").write_text(SPEC + "# edited\n")
        return built(rows)

    monkeypatch.setattr("vidbuild.api.batch_run.build_rows", edited)
    assert batch("batch.yaml", Selection(next=4)).ok
    assert [each.is_done for each in planned()] == [False, False, True, True]


def written(rows: Sequence[BuildRow], *_: Any) -> list[Result]:
    """Stand for the builds of rows, whose videos have their names as content."""
    found = []
    for each in rows:
        file = Path("build") / f"{each.options.name}.mp4"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(each.name)
        output = OutputFile("video", file, len(each.name), hashlib.sha256(each.name.encode()).hexdigest())
        found.append(Result("built", each.spec, "run", (output,), Steps(total=1), 1.0, 1.0))
    return found


def test_videos_are_sent_to_the_folders_that_they_have_here(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise that of one brand would replace that of another, without a word."""
    monkeypatch.setattr("vidbuild.api.batch_run.build_rows", written)
    place = (project / "sent").as_uri()
    (project / "batch.yaml").write_text(f"{BATCH}name: '{{{{ brand }}}}/{{{{ spec }}}}'\npublish: {place}\n")
    result = batch(publish=True)
    assert [each.urls for each in result.results] == [(f"{place}/{name}.mp4",) for name in ("x/a", "y/a", "x/b", "y/b")]
    assert (project / "sent" / "x" / "a.mp4").read_text() == "a-x"


class Uploads:
    """Stands for the place that videos are sent to. fails: id of a row -> the error; gate: what each waits for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sent: list[str] = []
        self.at_once = self.most = 0
        self.fails: dict[str, Exception] = {}
        self.gate = threading.Event()
        self.gate.set()
        self._lock = threading.Lock()
        monkeypatch.setattr("vidbuild.api.batch_publishing.publish", self.publish)
        monkeypatch.setattr("vidbuild.api.batch_publishing.probe", lambda _address: None)

    def publish(self, results: Sequence[Result], address: Address, **_: Any) -> Iterator[Published]:
        """Send one row."""
        name = results[0].outputs[0].path.stem
        with self._lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        assert self.gate.wait(30)
        with self._lock:
            self.at_once -= 1
            self.sent.append(name)
        if name in self.fails:
            raise self.fails[name]
        yield Published(name, str(address), f"{address}/{name}", "", Sent({}, {}, (), (), 0))


def test_videos_are_sent_beside_the_next_builds(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the second window is built, those of the first are sent, a few at a time; each row has its address."""
    uploads, windows = Uploads(monkeypatch), 0
    uploads.gate.clear()

    def build(rows: Sequence[BuildRow], *_: Any) -> list[Result]:
        nonlocal windows
        windows += 1
        if windows == 2:
            assert uploads.sent == []
            uploads.gate.set()  # would not be reached if the first window's uploads were waited for
        return written(rows)

    monkeypatch.setattr("vidbuild.api.batch_run.build_rows", build)
    many_rows(project, 2 * WINDOW)
    (project / "vidbuild.toml").write_text('publish = "memory://a"\n')
    result = batch(publish=True)
    assert [each.urls for each in result.results] == [(f"memory://a/r{number}",) for number in range(2 * WINDOW)]
    assert uploads.most == AT_ONCE


@pytest.mark.parametrize("keep_going", [True, False])
def test_a_failed_upload_has_its_hint(project: Path, monkeypatch: pytest.MonkeyPatch, keep_going: bool) -> None:
    """The row has failed, others are sent, its video stays; message and hint are in every form of the result.

    With --fail-fast, the next window is not built.
    """
    uploads = Uploads(monkeypatch)
    uploads.fails["r1"] = RemoteError("the access is denied", hint="check the key")
    monkeypatch.setattr("vidbuild.api.batch_run.build_rows", written)
    many_rows(project, WINDOW + 1)
    (project / "vidbuild.toml").write_text('publish = "memory://a"\n')
    events: list[dict[str, Any]] = []
    shown: list[str] = []
    monkeypatch.setattr("vidbuild.cli.console.message", shown.append)
    result = batch(
        publish=True,
        keep_going=keep_going,
        on_row=_Rows(keep=False),
        on_event=lambda event: events.append(event.to_data()),
    )
    row = result.results[1]
    assert (row.status, row.errors, row.hints) == ("failed", ("publish: the access is denied",), ("check the key",))
    assert (project / row.files[0]).exists()
    assert [each.ok for each in result.results] == [True, False, *[True] * (WINDOW - 2), keep_going]
    assert json.loads(Path("build/batch.json").read_text())["results"][1]["hints"] == ["check the key"]
    assert next(each for each in events if each.get("row") == "r1")["hints"] == ("check the key",)
    assert shown == ["vidbuild: r1: publish: the access is denied\n      hint: check the key"]
    assert any("r1 " in line and line.endswith("publish: the access is denied") for line in _table(result))
    (case,) = [each for each in of_batch(result, {}).suites[0].cases if each.name == "row r1"]
    assert case.problems[0].diagnostic.hint == "check the key"


@pytest.mark.parametrize(
    ("error", "text"),
    [(OSError(5, "Input/output error"), "input/output error"), (TimeoutError("too slow"), "too slow")],
)
def test_an_upload_that_this_machine_fails_is_a_failed_row(
    project: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, text: str
) -> None:
    """It is no bug that ends the batch, and no cancellation: the other rows are sent."""
    uploads = Uploads(monkeypatch)
    uploads.fails["r1"] = error
    monkeypatch.setattr("vidbuild.api.batch_run.build_rows", written)
    many_rows(project, 3)
    (project / "vidbuild.toml").write_text('publish = "memory://a"\n')
    result = batch(publish=True)
    assert [each.status for each in result.results] == ["built", "failed", "built"]
    assert (result.results[1].errors, result.was_cancelled) == ((f"publish: {text}",), False)


@pytest.mark.parametrize("strict", [True, False])
def test_a_token_that_others_can_read_is_a_warning_of_a_batch(
    project: Path, monkeypatch: pytest.MonkeyPatch, strict: bool
) -> None:
    """P43: as for other commands that send, once for a place; --strict refuses it before anything is asked or built."""
    Uploads(monkeypatch)
    monkeypatch.setattr("vidbuild.api.batch_run.build_rows", written)
    monkeypatch.setenv("VIDBUILD_HTTP_TOKEN", "a-token")
    (project / "vidbuild.toml").write_text('publish = "http://videos.test/a"\n')
    if strict:
        monkeypatch.setattr("vidbuild.api.batch_publishing.probe", lambda _address: pytest.fail("it was asked"))
        with pytest.raises(SpecError, match="without TLS"):
            batch(publish=True, strict=True)
        return
    (warning,) = batch(publish=True).warnings
    assert (warning.code, warning.hint, "a-token" in warning.message) == ("VB912", "use https://", False)


def test_a_cancel_gives_up_what_is_being_sent(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits is not sent; what a server does not answer is given up after a while; the rows are due again."""
    uploads = Uploads(monkeypatch)
    uploads.gate.clear()
    monkeypatch.setattr("vidbuild.api.batch_publishing.GRACE", 0.3)
    control = CancelledBeforeWindow(1)

    def build(rows: Sequence[BuildRow], *_: Any) -> list[Result]:
        control.left -= 1
        return written(rows)

    monkeypatch.setattr("vidbuild.api.batch_run.build_rows", build)
    many_rows(project, 4)
    (project / "vidbuild.toml").write_text('publish = "memory://a"\n')
    result = batch("batch.yaml", Selection(next=4), publish=True, control=control)
    assert {each.status for each in result.results} == {"cancelled"}
    assert result.results[0].errors == ("publish: not sent: cancelled",)
    assert (result.was_cancelled, ledger.read(Path("batch.yaml")).done) == (True, {})
    uploads.gate.set()
    time.sleep(0.2)
    assert len(uploads.sent) <= AT_ONCE


def test_a_cancel_while_a_place_does_not_answer(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The probe is given up at once, and nothing is built."""
    monkeypatch.setattr("vidbuild.api.batch_run.build_rows", lambda *_: pytest.fail("something was built"))
    ended = threading.Event()
    monkeypatch.setattr("vidbuild.api.batch_publishing.probe", lambda _address: ended.wait(30))
    (project / "vidbuild.toml").write_text('publish = "memory://a"\n')
    began = time.monotonic()
    control = CancelledBeforeWindow(1)
    threading.Timer(0.5, setattr, (control, "left", 0)).start()
    result = batch(publish=True, control=control)
    ended.set()
    assert time.monotonic() - began < 20
    assert ({each.status for each in result.results}, result.was_cancelled) == ({"aborted"}, True)


def test_each_place_is_tried_once_before_anything_is_built(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of any of them ends the batch."""
    monkeypatch.setattr("vidbuild.api.batch_run.build_rows", lambda *_: pytest.fail("something was built"))
    tried: list[str] = []

    def refuse(address: Address) -> None:
        tried.append(str(address))
        if address.bucket == "y":
            raise RemoteError("no bucket")

    monkeypatch.setattr("vidbuild.api.batch_publishing.probe", refuse)
    for name in "xy":
        (project / "brands" / f"{name}.yaml").write_text(f"publish: s3://{name}\n")
    with pytest.raises(RemoteError, match="no bucket"):
        batch(publish=True)
    assert sorted(tried) == ["s3://x", "s3://y"]


def test_what_was_sent_is_recorded_if_the_next_builds_cannot_begin(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the cache ends the batch, after the rows before it have ended."""
    Uploads(monkeypatch)
    windows = 0

    def build(rows: Sequence[BuildRow], *_: Any) -> list[Result]:
        nonlocal windows
        windows += 1
        if windows == 2:
            raise UsageError("no cache")
        return written(rows)

    monkeypatch.setattr("vidbuild.api.batch_run.build_rows", build)
    many_rows(project, WINDOW + 1)
    (project / "vidbuild.toml").write_text('publish = "memory://a"\n')
    with pytest.raises(UsageError, match="no cache"):
        batch("batch.yaml", Selection(next=50), publish=True)
    assert len(ledger.read(Path("batch.yaml")).done) == WINDOW


def test_options_that_each_row_has_are_refused() -> None:
    """A batch has no variables, brand or folder for all."""
    given: dict[str, Any] = {"brand": "x", "variables": {"a": "b"}, "output": Path("out"), "only": ["one"]}
    for name, value in given.items():
        with pytest.raises(UsageError, match=f"'{name}' is no option of a batch"):
            batch(dry_run=True, **{name: value})


def test_a_source_that_cannot_be_read_fails_its_row_alone(project: Path) -> None:
    """The spec is not written; the other row's is, and can be read."""
    (project / "guide.md").write_text("# Guide\n\nAcme answers queries.\n")
    (project / "batch.yaml").write_text("batch: 1\nvideos: [{create: missing.md}, {create: guide.md}]\n")
    rows = reader.read(Path("batch.yaml")).rows
    assert [row.spec for row in rows] == [Path("specs/missing.yaml"), Path("specs/guide.yaml")]
    listed = planned()
    assert [each.files for each in listed] == [(), ()]


@pytest.mark.parametrize(
    ("row", "message", "hint"),
    [
        ("spec: a.yaml, brand: xx", "a.yaml: unknown brand 'xx': expected x or y", "did you mean 'x'?"),
        ("spec: aa.yaml", "aa.yaml: cannot read the spec: no such file or directory", "did you mean 'a.yaml'?"),
        (
            "spec: a.yaml, languages: [fr]",
            "'a.yaml' has no 'languages'",
            "leave out the language 'fr', or add it to 'lan",
        ),
        ("create: gide.md", "'gide.md' does not exist: expected a file", None),
    ],
)
def test_what_is_wrong_with_the_values_of_a_row_is_at_the_row(
    project: Path, row: str, message: str, hint: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """The spec has no place for it: the batch has, in the list and in the result; the hint is there too."""
    (project / "batch.yaml").write_text(f"batch: 1\nvideos:\n  - {{{row}}}\n")
    (result,) = batch().results
    assert result.errors[0].startswith(f"batch.yaml:3:5: {message}")
    assert hint is None or result.hints[0].startswith(hint)
    if hint is None:
        return  # the source of a spec is read by the build
    (plan,) = planned()
    assert (plan.errors, plan.hints, plan.to_json()["hints"]) == (result.errors, result.hints, list(result.hints))
    assert run(["batch", "--list"]) == 1
    assert f"  hint: {hint}" in capsys.readouterr().out


def test_a_warning_about_a_brand_is_printed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row has it; those of a spec itself are printed beside it."""
    shown: list[str] = []
    monkeypatch.setattr("vidbuild.cli.console.message", shown.append)
    show, common = _Rows(keep=False), Notice("of the brand", code="VB101")
    for name in "ab":
        result = Result("built", Path(f"{name}.yaml"), "run", (), Steps(total=1), 1.0, 1.0, (common, Notice(name)))
        show(RowResult(name, result.spec, "built"), result)
    text = "\n".join(shown)
    assert (text.count("of the brand"), text.count("warning: a"), text.count("warning: b")) == (1, 1, 1)


def test_a_batch_without_an_address_says_where_one_can_be() -> None:
    """There is no option --to for a batch: each row can have another place."""
    with pytest.raises(UsageError, match="there is no address to publish to") as caught:
        batch(publish=True)
    assert (caught.value.hint or "").startswith(
        "add 'publish: s3://BUCKET/FOLDER' to the batch or a brand, or 'publish"
    )


def test_warnings_about_the_batch_are_in_its_result(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In Python, in JSON, in --list and in reports; a strict build refuses them."""
    (project / "batch.yaml").write_text("batch: 1\nvideos: [{spec: a.yaml, vars: {product: 3.10}}]\n")
    result = batch(dry_run=True)
    assert [each.code for each in result.warnings] == ["VB108"]
    assert result.to_json()["warnings"][0]["line"] == 2
    assert of_batch(result, {}).suites[0].cases[0].problems[0].diagnostic.code == "VB108"
    with pytest.raises(SpecError, match=r"batch\.yaml:2:41: 3\.10 is a number"):
        batch(dry_run=True, strict=True)
    assert run(["batch", "--list", "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["warnings"][0]["hint"] == 'write "3.10"'
    assert "batch.yaml:2:41: warning: 3.10 is a number" in printed.err


def test_results_of_no_rows() -> None:
    """Nothing to do is no failure."""
    empty = BatchResult(Path("batch.yaml"), (), 0.1)
    assert (empty.success_rate, empty.ok) == (1.0, True)
    assert list(_table(empty)) == ["all rows are done"]
    statuses = ("built", "failed", "cancelled", "cancelled", "aborted")
    mixed = BatchResult(Path("batch.yaml"), tuple(RowResult("a", Path("a.yaml"), each) for each in statuses), 0.1)
    assert list(_table(mixed))[-1].startswith("1 of 5 rows done, 1 failed, 2 cancelled, 1 aborted, ")
    assert RowResult("a", Path("a.yaml"), "built", urls=("s3://a",)).to_json()["urls"] == ["s3://a"]
