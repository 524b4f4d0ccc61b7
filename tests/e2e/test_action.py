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


def pages_in(folder: Path) -> list[str]:
    """The pages that show what has changed."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


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
    assert pages_in(pages) == [f"{SPEC}.html"]
    comment = done.comment()
    assert f"#### `{SPEC}`\n\n1 changed of 2 scenes" in comment
    assert "| `two` | picture |" in comment
    assert "#### `new.vidbuild.yaml`\n\nnew in this pull request." in comment
    assert "(https://artifacts.example/videos-changes)" in comment
    assert done.summary.read_text(encoding="utf-8") == comment
    assert "--method POST repos/acme/videos/issues/12/comments" in (done.gh / "calls").read_text(encoding="utf-8")
    assert git(repository, "worktree", "list").count("\n") == 0


def test_later_runs_rewrite_their_comment(repository: Path, tmp_path: Path) -> None:
    """It is found by its author and its first line; a pull request that changes nothing says so."""
    first = run(repository, tmp_path / "temp", pull_request(repository))
    mark, text = first.comment().split("\n", 1)
    first.answer(
        ("3", True, "another"),
        ("4", False, f"{mark}\n{text}"),  # somebody else has copied it
        ("5", True, f"{mark}\r\n{text}"),
        ("6", True, mark),
        ("7", True, f"as above:\n{mark}"),
    )
    again = run(repository, tmp_path / "temp", pull_request(repository))
    assert again.ok, again.log()
    assert "--method PATCH repos/acme/videos/issues/comments/5" in (again.gh / "calls").read_text(encoding="utf-8")
    assert "nothing has changed in 2 scenes" in again.comment()
    assert again.steps["compare"].outputs == {"changed": "false"}
    assert again.steps["pages"].outcome == "skipped"
    again.answer(("4", False, f"{mark}\n{text}"))
    other = run(repository, tmp_path / "temp", pull_request(repository))
    last = (other.gh / "calls").read_text(encoding="utf-8").splitlines()[-1]
    assert "--method POST repos/acme/videos/issues/12/comments" in last


def test_a_removed_spec_is_named(repository: Path, tmp_path: Path) -> None:
    """Also one in a folder that is gone, once for two patterns; a moved one is new and removed."""
    gone, moved = "old talks/gone.vidbuild.yaml", "moved.vidbuild.yaml"
    (repository / gone).parent.mkdir()
    (repository / gone).write_text(SMALL, encoding="utf-8")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "two")
    github = pull_request(repository)
    (repository / gone).unlink()
    (repository / gone).parent.rmdir()
    (repository / moved).write_text(SMALL, encoding="utf-8")
    done = run(repository, tmp_path / "temp", github, specs="**/*.vidbuild.yaml\nold*/gone.*\n/nowhere/*")
    assert done.ok, done.log()
    assert done.comment().count(f"#### `{gone}`\n\nremoved by this pull request.") == 1
    assert done.comment().count(f"#### `{moved}`\n\nnew in this pull request.") == 1
    assert done.steps["compare"].outputs == {"changed": "true"}
    assert f"build --keep-going --format github -- {SPEC} {moved}\n" in done.calls.read_text(encoding="utf-8")


def test_each_spec_has_a_page_of_its_own(repository: Path, tmp_path: Path) -> None:
    """Two paths that differ only in a separator, and names with characters that artifacts lack."""
    names = ["a/b.vidbuild.yaml", "a-b.vidbuild.yaml", "50%: how?.vidbuild.yaml"]
    (repository / "a").mkdir()
    for name in names:
        (repository / name).write_text(SMALL, encoding="utf-8")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "more")
    github = pull_request(repository)
    for name in names:
        (repository / name).write_text(SMALL.replace("title: Two", "title: Zwei"), encoding="utf-8")
    done = run(repository, tmp_path / "temp", github, specs="\n".join(names))
    assert done.ok, done.log()
    assert done.comment().count("1 changed of 2 scenes") == 3
    pages = pages_in(Path(done.steps["pages"].given["path"]))
    assert pages == sorted(f"{name}.html" for name in (*names[:2], "50%25%3A how%3F.vidbuild.yaml"))
    videos = pages_in(Path(done.steps["videos"].given["path"]))
    assert not any(character in name for name in videos for character in '":<>|*?')
    assert "the artifact lacks videos" in done.steps["collect"].stdout


def test_what_cannot_be_compared_has_perhaps_changed(repository: Path, tmp_path: Path) -> None:
    """The comment says so, and the output is not 'false'."""
    (repository / SPEC).write_text(SMALL.replace("title: Two", "titel: Two"), encoding="utf-8")
    git(repository, "commit", "-q", "-a", "-m", "wrong")
    github = pull_request(repository)
    (repository / SPEC).write_text(SMALL, encoding="utf-8")
    done = run(repository, tmp_path / "temp", github)
    assert done.ok, done.log()
    assert f"#### `{SPEC}`\n\ncannot be compared; the log of the job says why." in done.comment()
    assert done.steps["compare"].outputs == {"changed": "true"}


def test_a_long_comment_has_whole_sections(repository: Path, tmp_path: Path) -> None:
    """What has no room is counted, and no table or character is cut; the summary of the job has more room."""
    done = run(repository, tmp_path / "temp", pull_request(repository))
    row = "| `bar` | " + "ü" * 300 + " |\n"
    sections = [f"#### `talk{index}`\n\n1 changed\n\n{row * (20 + index)}\n" for index in range(6)]
    (tmp_path / "temp/vidbuild/comment.md").write_text("".join(sections), encoding="utf-8")
    done.repeat("Say what has changed")
    assert all(section in done.comment() for section in sections[:4])
    assert "talk4" not in done.comment()
    assert "\n2 more videos have no room here.\n" in done.comment()
    assert done.comment().endswith("(https://artifacts.example/videos)\n")
    assert len(done.comment().encode()) < 65_536
    summary = done.summary.read_text(encoding="utf-8")
    assert all(section in summary for section in sections)


def test_warnings_are_written_once(repository: Path, tmp_path: Path) -> None:
    """Those of the check are not repeated by the build, and those that only a build finds are written."""
    quiet = SMALL.replace("title: Two", "title: " + "Two " * 60)
    (repository / SPEC).write_text(quiet, encoding="utf-8")
    done = run(repository, tmp_path / "temp", PUSH)
    assert done.ok, done.log()
    checked = done.steps["Check"].stdout.splitlines()
    built = done.steps["build"].stdout.splitlines()
    assert [line for line in checked if line.startswith("::warning ")]
    assert not set(checked) & set(built)
    (tmp_path / "temp/vidbuild/check").write_text("", encoding="utf-8")
    assert set(checked) <= set(done.repeat("build").stdout.splitlines())


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
    assert pages_in(Path(done.steps["pages"].given["path"])) == [f"{SPEC}.html"]
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
