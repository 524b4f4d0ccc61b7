"""The recipes for pipelines, run as the services run them: a shell, GitLab, pre-commit, and the project's release."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.guard import guard
from tests.support.paths import ROOT
from tests.support.pipeline_files import BIN
from tests.support.problems import junit_read
from tests.support.workspace import SMALL
from vidbuild import __version__

BUILD_SH = ROOT / "examples" / "ci" / "build.sh"
GITLAB = yaml.safe_load((ROOT / "examples" / "ci" / "gitlab.yml").read_text(encoding="utf-8"))
RELEASE = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))
SPEC = "docs/intro.vidbuild.yaml"
WRONG = SMALL.replace("title: Two", "titel: Two")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one spec, in whose PATH this vidbuild is."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    root = tmp_path / "repository"
    write(root / SPEC, SMALL)
    write(root / ".gitignore", "build/\nreports/\n.vidbuild/\nchanges/\n")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")
    write(tmp_path / "bin" / "vidbuild", f'#!/bin/sh\nexec {sys.executable} -m vidbuild "$@"\n').chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return root


def write(path: Path, text: str) -> Path:
    """Write a file and its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def git(folder: Path, *args: str) -> str:
    """Run git."""
    line = ["/usr/bin/git", "-c", "user.name=A", "-c", "user.email=a@example.org", *args]
    return subprocess.run(line, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def shell(folder: Path, *line: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder."""
    return subprocess.run(
        line, cwd=folder, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False
    )


def cases(report: Path) -> dict[str, bool]:
    """The cases of a report, and whether each has passed."""
    return {case.name: case.is_passed for suite in junit_read(report.read_text("utf-8")) for case in suite}


def test_the_shell_recipe(repository: Path) -> None:
    """It leaves two reports and the videos; a wrong spec ends it before anything is built."""
    done = shell(repository, "/bin/sh", str(BUILD_SH), SPEC)
    assert done.returncode == 0, done.stderr
    assert cases(repository / "reports/check.xml") == {"scene one": True, "scene two": True, "spec": True}
    assert cases(repository / "reports/build.xml") == {"scene one": True, "scene two": True, "video intro": True}
    assert (repository / "docs/build/intro.mp4").exists()
    write(repository / SPEC, WRONG)
    wrong = shell(repository, "/bin/sh", str(BUILD_SH), SPEC, env={"REPORTS": "other/place"})
    assert wrong.returncode == 2
    assert cases(repository / "other/place/check.xml")["scene two"] is False
    assert not (repository / "other/place/build.xml").exists()
    assert shell(repository, "/bin/sh", str(BUILD_SH)).returncode == 2


def test_the_shell_recipe_installs_what_is_missing(repository: Path, tmp_path: Path) -> None:
    """Without a vidbuild in PATH it makes an environment, and removes it at the end."""
    (tmp_path / "bin" / "vidbuild").rename(tmp_path / "real")
    stub = f"""\
#!/bin/sh
mkdir -p "$3/bin"
printf '#!/bin/sh\\necho "$3" "$@" > {tmp_path}/calls\\n' > "$3/bin/pip"
cp {tmp_path}/real "$3/bin/vidbuild"
chmod +x "$3/bin/pip"
echo "$3" > {tmp_path}/environment
"""
    write(tmp_path / "python", stub).chmod(0o755)
    chosen = {"PYTHON": str(tmp_path / "python"), "VIDBUILD_PACKAGE": "vidbuild[remote]==1.0"}
    done = shell(repository, "/bin/sh", str(BUILD_SH), SPEC, env=chosen)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "calls").read_text(encoding="utf-8").split()[-1] == "vidbuild[remote]==1.0"
    assert not Path((tmp_path / "environment").read_text(encoding="utf-8").strip()).exists()


def gitlab_job(repository: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the script of the GitLab recipe as its runner does: all lines in one shell that ends with the first error."""
    job: dict[str, Any] = {**GITLAB[".vidbuild"], **GITLAB["videos"]}
    assert job["before_script"] == ["pip install --quiet vidbuild"]
    own = {"CI_PROJECT_DIR": str(repository), **variables}
    for name, value in job["variables"].items():
        own[name] = value.replace("$CI_PROJECT_DIR", str(repository))
    return shell(repository, "/bin/bash", "-eo", "pipefail", "-c", "\n".join(job["script"]), env=own)


def test_the_gitlab_recipe(repository: Path) -> None:
    """The default branch is built; a merge request also has a page with what it changes."""
    built = gitlab_job(repository)
    assert built.returncode == 0, built.stderr
    assert cases(repository / "reports/build.xml")["video intro"]
    assert (repository / ".vidbuild/v1").is_dir()
    assert not (repository / "changes").exists()
    base = git(repository, "rev-parse", "HEAD")
    write(repository / SPEC, SMALL.replace("title: Two", "title: Zwei"))
    write(repository / "docs/new.vidbuild.yaml", SMALL)
    write(repository.parent / "vidbuild-base/left", "by a job that was ended\n")
    merged = gitlab_job(repository, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    assert merged.returncode == 0, merged.stderr
    assert "1 changed of 2 scenes" in merged.stdout
    pages = [page.relative_to(repository).as_posix() for page in (repository / "changes").rglob("*.html")]
    assert pages == [f"changes/{SPEC}.html"]
    assert git(repository, "worktree", "list").count("\n") == 0
    (repository / "docs/new.vidbuild.yaml").unlink()
    write(repository / SPEC, WRONG)
    assert gitlab_job(repository).returncode == 2
    assert cases(repository / "reports/check.xml")["scene two"] is False


def test_the_hook_of_pre_commit(repository: Path, tmp_path: Path) -> None:
    """pre-commit runs it on specs alone, whatever their folder, and a wrong one stops the commit."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    # The environment that pre-commit would make is this one; everything else is as published.
    local = {"repos": [{"repo": "local", "hooks": [{**hook, "language": "system"}]}]}
    write(repository / ".pre-commit-config.yaml", yaml.safe_dump(local))
    write(repository / "data.yaml", "not: a spec\n")
    write(repository / "talk/video.yaml", SMALL)
    git(repository, "add", ".")
    env = {"PRE_COMMIT_HOME": str(tmp_path / "home"), guard.LOOPBACK: "1"}
    line = [str(BIN / "pre-commit"), "run", "--all-files", "--verbose"]
    done = shell(repository, *line, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {each for each in done.stdout.splitlines() if each.endswith(": ok")} == {
        f"{SPEC}: ok",
        "talk/video.yaml: ok",
    }
    write(repository / SPEC, WRONG)
    git(repository, "add", ".")
    wrong = shell(repository, *line, env=env)
    assert wrong.returncode == 1
    assert f"{SPEC}:6:" in wrong.stdout


def release_step(name: str, folder: Path, tag: str) -> subprocess.CompletedProcess[str]:
    """Run one script of the release's build, in a folder."""
    (step,) = [each for each in RELEASE["jobs"]["build"]["steps"] if each.get("name") == name]
    env = {"GITHUB_REF_NAME": tag, "GITHUB_WORKSPACE": str(folder)}
    return shell(folder, "/bin/bash", "-e", "-c", step["run"], env=env)


def test_a_release_has_its_tag_and_its_notes(tmp_path: Path) -> None:
    """A tag of another version, a version without notes and one that is unreleased are refused."""
    shutil.copy(ROOT / "vidbuild" / "__init__.py", write(tmp_path / "vidbuild" / "__init__.py", ""))
    assert release_step("Compare the tag with the version", tmp_path, f"v{__version__}").returncode == 0
    other = release_step("Compare the tag with the version", tmp_path, "v9.9.9")
    assert (other.returncode, other.stdout.count("::error ")) == (1, 1)
    text = "# Changelog\n\n## 0.2.0 (2026-12-01)\n\nNew.\n\n### Added\n\n- A thing.\n"
    text += "\n## 0.1.0 (unreleased)\n\nFirst.\n\n## 0.0.1\n"
    write(tmp_path / "CHANGELOG.md", text)
    notes = "Write the notes of the release"
    assert release_step(notes, tmp_path, "v0.2.0").returncode == 0
    assert (tmp_path / "notes.md").read_text(encoding="utf-8").strip() == "New.\n\n### Added\n\n- A thing."
    for tag in ("v0.1.0", "v0.0.1", "v0.3.0", "v0.2"):
        assert release_step(notes, tmp_path, tag).returncode == 1, tag


def test_distributions_are_the_same_from_every_build(tmp_path: Path) -> None:
    """What a release builds is the same bytes at another time, so that anyone can compare it with the tag."""
    made, source = [], tmp_path / "source"  # without caches and videos, which are beside it in a folder that is used
    listed = subprocess.run(
        ["/usr/bin/env", "git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name, follow_symlinks=False)
    for number, mask in ((1, 0o022), (2, 0o077)):
        folder = tmp_path / str(number)
        env = {"SOURCE_DATE_EPOCH": "1700000000"}
        line = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
        done = subprocess.run(
            line, cwd=source, env={**os.environ, **env}, capture_output=True, text=True, check=False, umask=mask
        )
        assert done.returncode == 0, done.stderr
        made.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert {Path(name).suffix for name in made[0]} == {".whl", ".gz"}
    assert made[0] == made[1]
    (wheel,) = [tmp_path / "1" / name for name in made[0] if name.endswith(".whl")]
    assert "vidbuild/report/formats/sarif.py" in zipfile.ZipFile(wheel).namelist()
