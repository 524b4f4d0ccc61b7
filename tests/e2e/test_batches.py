"""Many videos from one file, through the command: each row built once, faults that stop no other row, and a ledger."""

from __future__ import annotations

import gc
import json
from pathlib import Path

import pytest

import vidbuild
from tests.support import event_log
from tests.support.object_server import BUCKET, Fault, ObjectServer
from tests.support.workspace import Workspace
from vidbuild.api.batch import Selection
from vidbuild.api.batch_result import RowResult
from vidbuild.api.batch_run import WINDOW
from vidbuild.api.video import Video

OBJECTS_OF_A_ROW = 40  # that stay: its result, the names of its files, and what is known of these
SPEC = """\
vidbuild: 1
title: About {{ product }}
vars: {product: Acme}
scenes:
  - {id: one, type: title, title: "NAME of {{ product }}", duration: 0.5}
"""
BRAND = """\
theme: THEME
output: {size: 160x90, fps: 24}
outro: [{id: bye, type: title, title: Goodbye, duration: 0.5}]
"""
BATCH = """\
batch: 1
matrix:
  spec: [install.yaml, query.yaml]
  brand: [acme, globex]
"""


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    """Two specs, two brands, and a batch of all combinations."""
    for name in ("install", "query"):
        workspace.write(f"{name}.yaml", SPEC.replace("NAME", name))
    for name, theme in (("acme", "paper"), ("globex", "midnight")):
        workspace.write(f"brands/{name}.yaml", BRAND.replace("THEME", theme))
    workspace.write("batch.yaml", BATCH)
    return workspace


def test_every_combination_is_built_and_what_rows_share_once(project: Workspace) -> None:
    """N18: four videos with two outros: each brand's is drawn and rendered once."""
    outcome = project.run("batch", "--json", "--events", "events.jsonl")
    assert outcome.code == 0, outcome.stderr
    found = outcome.data
    assert (found["success_count"], found["failure_count"], found["success_rate"]) == (4, 0, 1.0)
    ids = ["install-acme", "install-globex", "query-acme", "query-globex"]
    assert [row["id"] for row in found["results"]] == ids
    assert all((project.root / row["files"][0]).is_file() for row in found["results"])
    assert json.loads((project.root / "build" / "batch.json").read_text()) == found
    events = event_log.read(project.root / "events.jsonl")
    event_log.check_batch(events)
    ended = [each for each in events if each["type"] == "row_finished"]
    assert [each["row"] for each in ended] == list(events[0]["rows"]) == ids
    for event, row in zip(ended, found["results"], strict=True):
        assert event["build"] == row["run"]
        assert {name: event[name] for name in row.keys() - {"id", "run"}} == {
            name: row[name] for name in row.keys() - {"id", "run"}
        }
    ran = [each["step"] for each in events if each["type"] == "step_finished"]
    assert sum("render:outro.bye" in step for step in ran) == 2
    assert sum("render:one" in step for step in ran) == 4


def test_a_second_run_has_nothing_to_do_and_an_edit_little(project: Workspace) -> None:
    """Only the rows of the spec that changed run steps."""
    project.run("batch")
    again = project.run("batch", "--json").data
    assert {row["status"] for row in again["results"]} == {"up-to-date"}
    project.write("query.yaml", SPEC.replace("NAME", "queries"))
    changed = project.run("batch", "--json").data
    assert [row["status"] for row in changed["results"]] == ["up-to-date", "up-to-date", "built", "built"]


def test_the_list_is_what_will_be_written(project: Workspace) -> None:
    """It builds nothing, and has every row with its files, or with what is wrong."""
    project.write("query.yaml", "vidbuild: 1\ntitle: Q\nscenes: []\n")
    outcome = project.run("batch", "--list")
    lines = outcome.stdout.splitlines()
    assert lines[0].split() == ["install-acme", "build/install-acme.mp4"]
    assert "wrong: query.yaml:3:9" in lines[2]
    assert outcome.code == 1
    assert not (project.root / "build").exists()


def test_a_row_that_fails_stops_no_other(project: Workspace) -> None:
    """N18: its error is located and printed; the others are built; exit code 1."""
    project.write("install.yaml", SPEC.replace("duration", "duratio"))
    outcome = project.run("batch", "--json")
    assert outcome.code == 1
    assert [row["status"] for row in outcome.data["results"]] == ["failed", "failed", "built", "built"]
    assert outcome.stderr.count("install.yaml:5") == 1  # of two rows
    assert "unknown scene field 'duratio'" in outcome.data["results"][0]["errors"][0]
    stopped = project.run("batch", "--fail-fast", "--json")
    assert stopped.code == 1
    assert [row["status"] for row in stopped.data["results"]] == ["failed", "failed", "aborted", "aborted"]
    assert "unknown scene field 'duratio'" in stopped.stderr


def test_rows_are_chosen_by_pattern_brand_and_count(project: Workspace) -> None:
    """A name that matches nothing is an error with the nearest one."""
    chosen = project.run("batch", "--only", "*-acme", "--count", "1", "--dry-run", "--json").data
    assert [row["id"] for row in chosen["results"]] == ["install-acme"]
    assert [row["id"] for row in project.run("batch", "--brand", "globex", "--list", "--json").data["rows"]] == [
        "install-globex",
        "query-globex",
    ]
    wrong = project.run("batch", "--only", "instal-acme")
    assert (wrong.code, "did you mean 'install-acme'?" in wrong.stderr) == (2, True)
    assert "did you mean 'acme'?" in project.run("batch", "--brand", "acm").stderr


def test_the_next_rows_are_those_that_are_not_done(project: Workspace) -> None:
    """Each run takes the next ones; the ledger beside the batch remembers, and an edited spec is due again."""
    for expected in (["install-acme", "install-globex", "query-acme"], ["query-globex"], []):
        found = project.run("batch", "--next", "3", "--json").data["results"]
        assert [row["id"] for row in found] == expected
    project.write("install.yaml", SPEC.replace("NAME", "new"))
    assert [row["id"] for row in project.run("batch", "--next", "1", "--json").data["results"]] == ["install-acme"]


def test_a_spec_is_created_once_and_then_belongs_to_its_author(project: Workspace) -> None:
    """The source makes the spec; what is edited in it stays."""
    project.write("guide.md", "# Guide\n\nAcme answers queries.\n\n## Install\n\nRun the installer first.\n")
    project.write("batch.yaml", "batch: 1\nvideos: [{create: guide.md, brand: acme}]\n")
    listed = project.run("batch", "--list")
    assert listed.stdout.split() == ["guide-acme", "creates", "specs/guide-acme.yaml"]
    first = project.run("batch", "--json", "--offline")
    assert first.code == 0, first.stderr
    spec = project.root / "specs" / "guide-acme.yaml"
    spec.write_text(spec.read_text().replace("title: Guide", "title: My guide", 1))
    edited = spec.read_text()
    assert project.run("batch", "--json", "--offline").data["results"][0]["status"] == "built"
    assert spec.read_text() == edited


def test_a_batch_in_python(project: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """`vidbuild.batch` returns counts and a result for each row, and reports each as soon as it is known."""
    monkeypatch.chdir(project.root)
    seen: list[str] = []
    events: list[str] = []
    result = vidbuild.batch(
        "batch.yaml",
        Selection(brand="acme"),
        on_row=lambda row, _result: seen.append(row.id),
        on_event={"batch_*": lambda event: events.append(event.type), "row_finished": lambda e: events.append(e.row)},
    )
    assert events == ["batch_started", "install-acme", "query-acme", "batch_finished"]
    assert (result.success_count, result.failure_count, result.ok) == (2, 0, True)
    assert seen == [each.id for each in result.results] == ["install-acme", "query-acme"]
    with pytest.raises(vidbuild.UsageError, match="'brand' is no option of a batch"):
        vidbuild.batch("batch.yaml", brand="acme")


def test_another_run_of_the_batch_is_waited_for_or_refused(project: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two timers that overlap do not build the same rows at once."""
    from vidbuild.engine.disk.lock import Lock

    monkeypatch.chdir(project.root)
    project.run("batch", "--only", "install-acme")
    taken: list[Path] = []
    attempt = Lock.attempt

    def busy(path: Path, *, shared: bool = False) -> Lock | None:
        if path.name.startswith("batch-") and len(taken) < 3:
            taken.append(path)
            return None
        return attempt(path, shared=shared)

    monkeypatch.setattr(Lock, "attempt", busy)
    with pytest.raises(vidbuild.UsageError, match=r"another run of 'batch\.yaml' is going on"):
        vidbuild.batch("batch.yaml", Selection(only=["install-acme"]), overlap=False)
    assert vidbuild.batch("batch.yaml", Selection(only=["install-acme"])).ok
    assert len(taken) == 3


def test_memory_does_not_grow_with_rows(project: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """N18: no more than the rows of one window are held at a time, and a row leaves little but its result."""
    ids = [f"row-{number}" for number in range(6 * WINDOW)]
    rows = "".join(f"  - {{spec: install.yaml, id: {each}}}\n" for each in ids)
    project.write("install.yaml", SPEC.replace("NAME", "n") + "output: {size: 160x90, fps: 24}\n")
    project.write("batch.yaml", f"batch: 1\nvideos:\n{rows}")
    monkeypatch.chdir(project.root)
    alive: list[int] = []
    objects: list[int] = []

    def count(row: RowResult, _result: object) -> None:
        if ids.index(row.id) % WINDOW == WINDOW - 1:
            gc.collect()
            found = gc.get_objects()
            objects.append(len(found))
            alive.append(sum(isinstance(each, Video) for each in found))

    assert vidbuild.batch("batch.yaml", on_row=count).success_count == len(ids)
    assert max(alive) <= WINDOW
    growth = (objects[-1] - objects[2]) / (len(ids) - 3 * WINDOW)
    assert growth <= OBJECTS_OF_A_ROW, objects


def test_rows_are_published_to_the_places_of_their_brands(project: Workspace, s3: ObjectServer) -> None:
    """Each video is sent once it is built; the results have the addresses; a brand's place wins over the project's."""
    project.write("brands/globex.yaml", BRAND.replace("THEME", "midnight") + f"publish: s3://{BUCKET}/globex\n")
    project.write("batch.yaml", BATCH)
    project.write("vidbuild.toml", f'publish = "s3://{BUCKET}/project"\n')
    outcome = project.run("batch", "--publish", "--json", "--events", "events.jsonl")
    assert outcome.code == 0, outcome.stderr
    urls = {row["id"]: row["urls"] for row in outcome.data["results"]}
    ended = [each for each in event_log.read(project.root / "events.jsonl") if each["type"] == "row_finished"]
    assert {each["row"]: each["urls"] for each in ended} == urls
    assert urls["install-acme"] == [f"{s3.endpoint}/{BUCKET}/project/install-acme.mp4"]
    assert urls["query-globex"] == [f"{s3.endpoint}/{BUCKET}/globex/query-globex.mp4"]
    assert "globex/query-globex.mp4" in s3.puts()


def test_a_place_that_cannot_be_used_is_found_before_anything_is_built(project: Workspace, s3: ObjectServer) -> None:
    """A missing bucket, or a refused key, ends the command with code 4; no video is lost when it breaks later."""
    project.write("vidbuild.toml", 'publish = "s3://no-such-bucket/a"\n')
    early = project.run("batch", "--publish")
    assert (early.code, (project.root / "build").exists()) == (4, False)
    assert "the bucket does not exist" in early.stderr
    project.write("vidbuild.toml", f'publish = "s3://{BUCKET}/late"\n')
    s3.fault = lambda request: Fault(403) if request.method == "PUT" and "query" in request.key else None
    late = project.run("batch", "--publish", "--json", "--events", "events.jsonl")
    event_log.check_batch(event_log.read(project.root / "events.jsonl"))
    assert late.code == 1
    rows = {row["id"]: row for row in late.data["results"]}
    assert rows["install-acme"]["status"] == "built"
    assert (rows["query-acme"]["status"], "access is denied" in rows["query-acme"]["errors"][0]) == ("failed", True)
    assert rows["query-acme"]["hints"] == ["check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and what they may do"]
    assert "vidbuild: query-acme: publish: " in late.stderr
    assert "\n      hint: " in late.stderr
    assert (project.root / "build" / "query-acme.mp4").is_file()
    s3.clear()
    assert project.run("batch", "--publish").code == 0
    assert not any("install-acme.mp4" in key for key in s3.puts())
