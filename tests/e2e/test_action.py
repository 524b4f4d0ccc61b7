"""The action for GitHub: its steps, run as a job runs them, for pushes and for pull requests."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.action_runner import ActionRun
from tests.support.paths import ROOT
from tests.support.problems import commands_read
from tests.support.workspace import SMALL

SPEC = "docs/my talks/intro.vidbuild.yaml"
PUSH = {"event_name": "push"}
WITH_VARIABLE = SMALL.replace("title: Two", 'title: "{{ name }}"') + "vars: {name: Two}\n"


def git(folder: Path, *args: str) -> str:
    """Run git, with no settings of the user's."""
    env = {"PATH": "/usr/bin:/bin:/usr/local/bin", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": str(folder)}
    line = ["/usr/bin/env", "git", "-c", "user.name=A", "-c", "user.email=a@example.org", *args]
    return subprocess.run(line, cwd=folder, env=env, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one spec in a folder with a space in its name."""
    root = tmp_path / "repository"
    (root / SPEC).parent.mkdir(parents=True)
    (root / SPEC).write_text(SMALL, encoding="utf-8")
    (root / ".gitignore").write_text("build/\n", encoding="utf-8")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")
    return root


@pytest.fixture(autouse=True)
def no_settings_of_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache is the one that the action chooses."""
    monkeypatch.delenv("VIDBUILD_CACHE", raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")


def run(repository: Path, temp: Path, github: dict[str, str], **inputs: str) -> ActionRun:
    """Run the action; inputs have their names with underscores."""
    temp.mkdir(exist_ok=True)
    return ActionRun(repository, temp, github, {name.replace("_", "-"): value for name, value in inputs.items()})


def pull_request(repository: Path) -> dict[str, str]:
    """A pull request against what is committed now."""
    return {
        "event_name": "pull_request",
        "event.pull_request.base.sha": git(repository, "rev-parse", "HEAD"),
        "event.pull_request.number": "12",
    }


def test_a_push_builds_and_saves(repository: Path, tmp_path: Path) -> None:
    """The videos are collected for the artifact and results are saved; nothing is compared."""
    (repository / "docs/my talks/build").mkdir()
    (repository / "docs/my talks/build/secret").symlink_to("/etc/hostname")
    done = run(repository, tmp_path / "temp", PUSH, strict="true", extras="remote")
    assert done.ok, done.log()
    outcomes = {name: step.outcome for name, step in done.steps.items()}
    assert (outcomes["Save results"], outcomes["videos"], outcomes["compare"]) == ("success", "success", "skipped")
    restored, saved = done.steps["Restore results"].given, done.steps["Save results"].given
    assert saved == {"path": restored["path"], "key": restored["key"]}
    assert saved["key"].startswith(restored["restore-keys"])
    assert (Path(saved["path"]) / "v1").is_dir()
    videos = Path(done.steps["videos"].given["path"])
    files = {path.relative_to(videos).as_posix() for path in videos.rglob("*") if path.is_file()}
    assert {"docs/my talks/build/intro.mp4", "docs/my talks/build/intro.srt"} <= files
    assert not any("secret" in name or "/." in name for name in files)
    calls = done.calls.read_text(encoding="utf-8").splitlines()
    assert f"{ROOT}[remote]" in calls[0]
    assert calls[1:] == [
        f"vidbuild check --format github --strict -- {SPEC}",
        f"vidbuild build --keep-going --format github -- {SPEC}",
    ]


def test_a_pull_request_shows_what_it_changes(repository: Path, tmp_path: Path) -> None:
    """The comment has a table of changed scenes and the addresses of the artifacts; no results are saved."""
    github = pull_request(repository)
    (repository / SPEC).write_text(SMALL.replace("title: Two", "title: Zwei"), encoding="utf-8")
    (repository / "new.vidbuild.yaml").write_text(SMALL, encoding="utf-8")
    done = run(repository, tmp_path / "temp", github)
    assert done.ok, done.log()
    assert done.steps["Save results"].outcome == "skipped"
    assert done.steps["compare"].outputs == {"changed": "true"}
    pages = Path(done.steps["pages"].given["path"])
    assert [page.name for page in pages.iterdir()] == ["docs-my talks-intro.vidbuild.html"]
    comment = done.comment()
    assert f"#### `{SPEC}`\n\n1 changed of 2 scenes" in comment
    assert "| `two` | picture |" in comment
    assert "#### `new.vidbuild.yaml`\n\nnew in this pull request." in comment
    assert "(https://artifacts.example/videos-changes)" in comment
    assert done.summary.read_text(encoding="utf-8") == comment
    assert "--method POST repos/acme/videos/issues/12/comments" in (done.gh / "calls").read_text(encoding="utf-8")
    assert git(repository, "worktree", "list").count("\n") == 0


def test_later_runs_rewrite_their_comment(repository: Path, tmp_path: Path) -> None:
    """It is found by its first line; a pull request that changes nothing says so."""
    first = run(repository, tmp_path / "temp", pull_request(repository))
    mark = first.comment().splitlines()[0]
    (first.gh / "comments").write_text(f"3\tanother\n4\t{mark}\n5\t{mark}\n", encoding="utf-8")
    again = run(repository, tmp_path / "temp", pull_request(repository))
    assert again.ok, again.log()
    assert "--method PATCH repos/acme/videos/issues/comments/4" in (again.gh / "calls").read_text(encoding="utf-8")
    assert "nothing has changed in 2 scenes" in again.comment()
    assert again.steps["compare"].outputs == {"changed": "false"}
    assert again.steps["pages"].outcome == "skipped"


def test_specs_are_named_from_another_folder(repository: Path, tmp_path: Path) -> None:
    """With './' and '../', too, a spec of the base is no new one; the artifacts have nothing of a use before."""
    temp = tmp_path / "temp"
    for stale in ("videos/old.mp4", "pages/old.html"):
        (temp / "vidbuild" / stale).parent.mkdir(parents=True)
        (temp / "vidbuild" / stale).touch()
    github = pull_request(repository)
    (repository / SPEC).write_text(SMALL.replace("title: Two", "title: Zwei"), encoding="utf-8")
    done = run(repository, temp, github, working_directory="docs", specs=f"./../{SPEC}")
    assert done.ok, done.log()
    assert "1 changed of 2 scenes" in done.comment()
    assert "new in this pull request" not in done.comment()
    assert [page.name for page in Path(done.steps["pages"].given["path"]).iterdir()] == [
        "docs-my talks-intro.vidbuild.html"
    ]
    assert not (Path(done.steps["videos"].given["path"]) / "old.mp4").exists()


def test_the_base_is_what_github_merged_into(repository: Path, tmp_path: Path) -> None:
    """What the base branch got after the pull request was opened is no change of the pull request."""
    opened = pull_request(repository)
    git(repository, "checkout", "-q", "-b", "topic")
    (repository / "other.vidbuild.yaml").write_text(SMALL, encoding="utf-8")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "topic")
    git(repository, "checkout", "-q", "main")
    (repository / SPEC).write_text(SMALL.replace("title: Two", "title: Zwei"), encoding="utf-8")
    git(repository, "commit", "-q", "-a", "-m", "newer")
    git(repository, "merge", "-q", "--no-ff", "topic", "-m", "merge")
    merged = {"ref": "refs/pull/12/merge", "sha": git(repository, "rev-parse", "HEAD")}
    done = run(repository, tmp_path / "temp", {**opened, **merged})
    assert done.ok, done.log()
    assert f"#### `{SPEC}`\n\nnothing has changed" in done.comment()
    assert "#### `other.vidbuild.yaml`\n\nnew in this pull request." in done.comment()


def test_a_base_that_cannot_be_fetched_fails_nothing(repository: Path, tmp_path: Path) -> None:
    """The videos are built all the same, and a warning says that they are not compared."""
    github = {**pull_request(repository), "event.pull_request.base.sha": "1" * 40}
    done = run(repository, tmp_path / "temp", github)
    assert done.ok, done.log()
    assert "::warning title=vidbuild::the base of the pull request cannot be fetched" in done.steps["compare"].stdout
    assert done.steps["Say what has changed"].outcome == "skipped"


def test_a_token_that_cannot_write_fails_nothing(repository: Path, tmp_path: Path) -> None:
    """A pull request from a fork has the summary of the job, and a notice."""
    (tmp_path / "temp" / "gh").mkdir(parents=True)
    (tmp_path / "temp" / "gh" / "code").write_text("1", encoding="utf-8")
    done = run(repository, tmp_path / "temp", pull_request(repository))
    assert done.ok, done.log()
    assert "no permission to read the comments" in done.steps["Say what has changed"].stdout
    assert "nothing has changed" in done.summary.read_text(encoding="utf-8")
    (tmp_path / "temp" / "gh" / "calls").unlink()
    silent = run(repository, tmp_path / "temp", pull_request(repository), comment="false")
    assert silent.ok
    assert not (silent.gh / "calls").exists()


def test_a_wrong_spec_is_annotated_and_nothing_is_built(repository: Path, tmp_path: Path) -> None:
    """The annotation has the path from the repository's root, although vidbuild runs in another folder."""
    (repository / SPEC).write_text(SMALL.replace("title: Two", "titel: Two"), encoding="utf-8")
    done = run(repository, tmp_path / "temp", PUSH, working_directory="docs")
    assert not done.ok
    found = commands_read(done.steps["Check"].stdout)
    assert [(name, each["file"], each["line"]) for name, each, _ in found] == [("error", SPEC, "6")] * len(found)
    assert {done.steps[name].outcome for name in ("build", "Save results", "videos", "compare")} == {"skipped"}


def test_what_was_built_before_a_failure_is_kept(repository: Path, tmp_path: Path) -> None:
    """A spec whose build fails leaves the others' videos, and their results."""
    (repository / "bad.vidbuild.yaml").write_text(SMALL, encoding="utf-8")
    (repository / "build").mkdir()
    (repository / "build" / "bad.mp4").mkdir()
    done = run(repository, tmp_path / "temp", PUSH)
    assert done.steps["build"].outcome == "failure"
    assert "::error " in done.steps["build"].stdout
    assert (Path(done.steps["videos"].given["path"]) / "docs/my talks/build/intro.mp4").exists()
    assert done.steps["Save results"].outcome == "success"


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target"])
def test_pull_requests_write_nothing_shared(repository: Path, tmp_path: Path, event: str) -> None:
    """Neither GitHub's cache nor the shared one, whatever the inputs say; of a push both are written."""
    (repository / SPEC).write_text(WITH_VARIABLE, encoding="utf-8")
    github = {**pull_request(repository), "event_name": event}
    done = run(repository, tmp_path / "pull", github, remote_write="true", compare="false")
    assert "--remote-write" not in done.calls.read_text(encoding="utf-8")
    assert done.steps["Save results"].outcome == "skipped"
    pushed = run(repository, tmp_path / "push", PUSH, remote_write="true", arguments="-j2\n--var=name=b c")
    assert "build --keep-going --format github -j2 --var=name=b c --remote-write --" in pushed.calls.read_text(
        encoding="utf-8"
    )


HOSTILE = "$(touch pwned) `touch pwned`; touch pwned #"


def test_names_and_inputs_are_no_code(repository: Path, tmp_path: Path) -> None:
    """What a script would run in the name of a file or in an input is only text."""
    name = f"{HOSTILE}.vidbuild.yaml"
    (repository / name).write_text(WITH_VARIABLE, encoding="utf-8")
    github = {**pull_request(repository), "workflow": HOSTILE}
    done = run(repository, tmp_path / "temp", github, specs=name, arguments=f"--var=name={HOSTILE}")
    assert done.ok, done.log()
    assert f"-- {name}" in done.calls.read_text(encoding="utf-8")
    assert "new in this pull request" in done.comment()
    refused = run(repository, tmp_path / "other", PUSH, extras="x] ; touch pwned")
    assert refused.steps["packages"].outcome == "failure"
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize("specs", ["none/*.yaml", "\n", "none"])
def test_no_spec_is_an_error(repository: Path, tmp_path: Path, specs: str) -> None:
    """A pattern without a file is no success."""
    done = run(repository, tmp_path / "temp", PUSH, specs=specs)
    assert not done.ok
    assert "::error " in done.log()
