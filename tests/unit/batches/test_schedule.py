"""Times in the notation of cron, and what is printed for the services that run a batch."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from vidbuild.api.schedule import KINDS, schedule_text
from vidbuild.batches.cron import parse
from vidbuild.errors import UsageError

WAYS = ("restore", "save")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15 6 * * *", ["*-*-* 06:15:00"]),
        ("*/15 * * * *", ["*-*-* *:00,15,30,45:00"]),
        ("0 7 * * mon-fri", ["Mon,Tue,Wed,Thu,Fri *-*-* 07:00:00"]),
        ("0 0 1 */3 *", ["*-01,04,07,10-01 00:00:00"]),
        ("30 8 * * 0,7", ["Sun *-*-* 08:30:00"]),
        ("5 4 13 * 5", ["*-*-13 04:05:00", "Fri *-*-* 04:05:00"]),
        ("10-20/5 1,13 * jan,Dec *", ["*-01,12-* 01,13:10,15,20:00"]),
        ("0 9 */10 * 1", ["Mon *-*-01,11,21,31 09:00:00"]),
        ("3/20 * * * *", ["*-*-* *:03,23,43:00"]),
    ],
)
def test_times_are_those_of_systemd_too(text: str, expected: list[str]) -> None:
    """With a day of the month and one of the week cron runs on either, which takes two lines."""
    assert parse(text).on_calendar() == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("15 6 * *", "has 4 fields"),
        ("60 6 * * *", "the minute must be from 0 to 59, not '60'"),
        ("0 6 0 * *", "the day of the month must be from 1 to 31"),
        ("0 6 * foo *", "the month must be from 1 to 12, not 'foo'"),
        ("0 9-8 * * *", "the hour '9-8' is empty"),
        ("*/0 * * * *", "the minute '*/0' is empty"),
        ("0 6 * * mon fri", "has 6 fields"),
        ("@daily", "has 1 fields"),
        ("0 6 * january *", "the month must be from 1 to 12, not 'january'"),
        ("0 6 * * sunk", "the day of the week must be from 0 to 7, not 'sunk'"),
        ("1;2 * * * *", "is not in the notation of cron"),
    ],
)
def test_a_wrong_time_is_refused(text: str, message: str) -> None:
    """The field is named, and an example is the hint."""
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert message in caught.value.message
    assert caught.value.hint == '--cron "15 6 * * *"'


@pytest.mark.parametrize(
    ("text", "is_often"),
    [
        ("*/5 * * * *", False),
        ("*/4 * * * *", True),
        ("0,58 * * * *", True),
        ("0,58 6 * * *", False),
        ("58,1 23,0 * * *", True),
        ("30 * * * *", False),
    ],
)
def test_what_comes_too_often_for_github(text: str, is_often: bool) -> None:
    """Also from the end of one hour to the start of the next."""
    assert parse(text).is_often == is_often


@pytest.fixture
def batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A batch in a folder of a project, whose name has a space and a percent sign."""
    root = tmp_path / "my 100% docs"
    (root / "videos").mkdir(parents=True)
    (root / "vidbuild.toml").write_text("")
    (root / "videos" / "daily.yaml").write_text("batch: 1\nvideos: [{spec: a.yaml}]\n")
    monkeypatch.chdir(root)
    return Path("videos/daily.yaml")


def test_a_line_for_cron(batch: Path) -> None:
    """The program has its whole path, since cron's PATH is short; '%' would be a new line and is escaped."""
    last = schedule_text(batch, "15 6 * * *", "cron", ["--next", "1"]).splitlines()[-1]
    assert last.startswith("15 6 * * * cd '")
    assert r"my 100\% docs" in last
    assert last.endswith("vidbuild batch videos/daily.yaml --next 1")
    assert "&& /" in last


def test_units_for_systemd(batch: Path) -> None:
    """A service and a timer that makes up for missed runs; '%' stands for itself."""
    text = schedule_text(batch, "0 7 1 * mon", "systemd")
    assert "OnCalendar=*-*-01 07:00:00\nOnCalendar=Mon *-*-* 07:00:00" in text
    assert "Persistent=true" in text
    assert "WorkingDirectory=" in text
    assert "my 100%% docs" in text


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_jobs_of_services_are_valid_yaml(batch: Path, kind: str) -> None:
    """They run the batch, one run at a time, with a cache."""
    text = schedule_text(batch, "*/2 * * * *", kind, ["--publish"])
    data = yaml.safe_load(text)
    assert "vidbuild batch videos/daily.yaml --publish" in text
    if kind == "github":
        assert data[True]["schedule"] == [{"cron": "*/2 * * * *"}]  # YAML 1.1 reads `on` as true
        assert data["concurrency"]["cancel-in-progress"] is False
        assert "UTC" in text
        assert "every five minutes" in text
    else:
        assert data["vidbuild-videos_daily"]["resource_group"] == "vidbuild-videos_daily"
        assert "*/2 * * * *" in text


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_a_ledger_outlives_the_machine_of_a_service(batch: Path, kind: str) -> None:
    """Each run begins with a fresh checkout: without the ledger `--next` would take the same rows for ever."""
    plain, text = (schedule_text(batch, "0 6 * * *", kind, arguments) for arguments in ((), ("--next", "1")))
    assert "ledger" not in plain
    data = yaml.safe_load(text)
    if kind == "gitlab":
        assert data["vidbuild-videos_daily"]["cache"]["paths"] == [".vidbuild", "videos/daily.ledger.json"]
        assert data["vidbuild-videos_daily"]["cache"]["when"] == "always"
        return
    steps = data["jobs"]["videos"]["steps"]
    restored, saved = (next(each for each in steps if each.get("uses") == f"actions/cache/{it}@v6") for it in WAYS)
    assert restored["with"]["path"] == saved["with"]["path"] == ".vidbuild\nvideos/daily.ledger.json\n"
    assert (saved["if"], steps[-1] == saved) == ("always()", True)
    assert saved["with"]["key"].startswith(restored["with"]["restore-keys"])


def test_words_that_a_service_would_read_otherwise(batch: Path) -> None:
    """They are quoted as YAML has it, and as systemd has it."""
    words = ["--only", "a: b", "--only", "$x \\y %z"]
    github = yaml.safe_load(schedule_text(batch, "0 6 * * *", "github", words))
    (command,) = (each["run"] for each in github["jobs"]["videos"]["steps"] if "batch" in each.get("run", ""))
    assert shlex.split(command)[-4:] == words
    gitlab = yaml.safe_load(schedule_text(batch, "0 6 * * *", "gitlab", words))
    assert shlex.split(gitlab["vidbuild-videos_daily"]["script"][1])[-4:] == words
    systemd = schedule_text(batch, "0 6 * * *", "systemd", words)
    assert 'batch videos/daily.yaml --only "a: b" --only "$$x \\\\y %%z"\n' in systemd


def names(root: Path, file: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The name of a batch's job in each service that has names."""
    monkeypatch.chdir(root)
    github = yaml.safe_load(schedule_text(Path(file), "0 6 * * *", "github"))["name"]
    (gitlab,) = yaml.safe_load(schedule_text(Path(file), "0 6 * * *", "gitlab"))
    systemd = schedule_text(Path(file), "0 6 * * *", "systemd")
    unit = systemd.splitlines()[0].rpartition("/")[2].removesuffix(".service")
    assert f"{unit}.timer" in systemd
    return {"github": github, "gitlab": gitlab, "systemd": unit}


def test_batches_can_be_installed_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No two files of a project, and no two projects of a machine, have one name of a unit, a workflow or a job."""
    found: dict[str, list[str]] = {"github": [], "gitlab": [], "systemd": []}
    plain = ("batch.yaml", "a/batch.yaml", "b/batch.yaml", "a/a/batch.yaml", "batch.yml")
    alike = ("a_batch.yaml", "a-batch.yaml", "a/ä/batch.yaml", "täglich.yaml", "taglich.yaml", "日.yaml", "月.yaml")
    files = (*plain, *alike, f"{'x' * 90}1.yaml", f"{'x' * 90}2.yaml")
    for file in files:
        (tmp_path / "docs" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "docs" / file).write_text("batch: 1\nvideos: [{spec: a.yaml}]\n", encoding="utf-8")
        (tmp_path / "docs" / "vidbuild.toml").touch()
        for service, name in names(tmp_path / "docs", file, monkeypatch).items():
            found[service].append(name)
    for each in found.values():
        assert len(set(each)) == len(files)
        assert all(re.fullmatch(r"vidbuild-[a-z0-9_-]{1,90}", name) for name in each)
    assert found["github"][:3] == ["vidbuild-batch", "vidbuild-a_batch", "vidbuild-b_batch"]
    (tmp_path / "docs").rename(tmp_path / "more")
    moved = names(tmp_path / "more", "batch.yaml", monkeypatch)
    assert (moved["github"], moved["gitlab"]) == ("vidbuild-batch", "vidbuild-batch")
    assert moved["systemd"].startswith("vidbuild-more_batch-")


def test_a_project_in_a_repository_runs_from_its_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Services start jobs in the root of the checkout: the batch, the cache and the ledger are named from there."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "vidbuild.toml").touch()
    (tmp_path / "docs" / "batch.yaml").write_text("batch: 1\nvideos: [{spec: a.yaml}]\n")
    monkeypatch.chdir(tmp_path / "docs")
    data = yaml.safe_load(schedule_text(Path("batch.yaml"), "0 6 * * *", "gitlab", ["--next=1"]))
    job = data["vidbuild-docs_batch"]
    assert job["script"][1] == "vidbuild batch docs/batch.yaml --next=1"
    assert job["cache"]["paths"] == ["docs/.vidbuild", "docs/batch.ledger.json"]
    cron = schedule_text(Path("batch.yaml"), "0 6 * * *", "cron").splitlines()[-1]
    assert f"cd {tmp_path / 'docs'} && " in cron
    assert cron.endswith(" batch batch.yaml")


def test_an_unknown_service_is_refused(batch: Path) -> None:
    """The hint has those that there are."""
    with pytest.raises(UsageError, match="unknown kind of schedule 'jenkins'") as caught:
        schedule_text(batch, "15 6 * * *", "jenkins")
    assert caught.value.hint == f"use {', '.join(KINDS)}"
