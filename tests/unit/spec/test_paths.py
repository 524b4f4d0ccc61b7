"""Which files a spec may name."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidbuild.project import root_of
from vidbuild.spec.paths import PathProblemError, resolve


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with docs/, shared/a.png, symlinks of every kind, and a secret outside."""
    root = tmp_path / "project"
    (root / "docs").mkdir(parents=True)
    (root / "shared").mkdir()
    (root / "vidbuild.toml").touch()
    (root / "shared" / "a.png").touch()
    (tmp_path / "secret.png").touch()
    (tmp_path / "outside").mkdir()
    (root / "docs" / "inside.png").symlink_to("../shared/a.png")
    (root / "docs" / "outside.png").symlink_to("../../secret.png")
    (root / "docs" / "absolute.png").symlink_to(tmp_path / "secret.png")
    (root / "docs" / "folder").symlink_to(tmp_path / "outside")
    (root / "docs" / "loop.png").symlink_to("loop.png")
    (root / "docs" / "dangling.png").symlink_to("nowhere.png")
    (root / "docs" / "chain.png").symlink_to("outside.png")
    return root.resolve()


@pytest.mark.parametrize(
    "value", ["../shared/a.png", "./../shared/./a.png", "inside.png", "a..b.png", "new/x.png", "日本.png"]
)
def test_paths_inside_the_project(project: Path, value: str) -> None:
    """V26: what stays inside the project is resolved, symlinks included, whether it exists or not."""
    assert resolve(value, project / "docs", project).is_relative_to(project)


def test_symlinks_are_resolved(project: Path) -> None:
    """V26: a symlink inside the project stands for the file it leads to."""
    assert resolve("inside.png", project / "docs", project) == project / "shared" / "a.png"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("../../secret.png", "'../../secret.png' leaves the project, which is in '..'"),
        ("../../../../../../../../etc/passwd", "leaves the project"),
        ("../docs/../../secret.png", "leaves the project"),
        ("outside.png", "'outside.png' is a symlink that leaves the project, which is in '..'"),
        ("absolute.png", "is a symlink that leaves the project"),
        ("chain.png", "is a symlink that leaves the project"),
        ("folder/x.png", "is a symlink that leaves the project"),
        ("folder/../../secret.png", "leaves the project"),
        ("loop.png", "'loop.png' is a symlink that leads nowhere"),
        ("dangling.png", "'dangling.png' is a symlink that leads nowhere"),
        ("/etc/passwd", "'/etc/passwd' is not relative; a path starts at the file that names it"),
        ("//server/share", "is not relative"),
        ("\\\\server\\share", "is not relative"),
        ("C:\\x.png", "is not relative"),
        ("c:x.png", "is not relative"),
        ("~/x.png", "is not relative"),
        ("~root/x.png", "is not relative"),
        ("http://example.org/x.png", "is not a path: nothing is read through 'http:'"),
        ("HTTPS://example.org/x.png", "nothing is read through 'HTTPS:'"),
        ("file:///etc/passwd", "nothing is read through 'file:'"),
        ("file:x.png", "nothing is read through 'file:'"),
        ("concat:a|b", "nothing is read through 'concat:'"),
        ("data:image/png;base64,AAAA", "nothing is read through 'data:'"),
        ("subfile,,start,0,end,0,,:x", ""),
        ("", "a path must not be empty"),
        (" ", "a path must not be empty"),
        ("a\0b", "a path must not contain U+0000"),
    ],
)
def test_paths_that_may_not_be_named(project: Path, value: str, message: str) -> None:
    """V26: `..`, absolute paths, symlinks and protocols that lead out are refused, each by its reason."""
    if not message:
        assert resolve(value, project / "docs", project).is_relative_to(project)
        return
    with pytest.raises(PathProblemError) as caught:
        resolve(value, project / "docs", project)
    assert message in caught.value.message


def test_long_paths_do_not_fail(project: Path) -> None:
    """A name longer than any file system takes is a problem, and no traceback."""
    with pytest.raises(PathProblemError) as caught:
        resolve("x" * 5000, project / "docs", project)
    assert caught.value.message.endswith("' cannot be a path: file name too long")


@pytest.mark.parametrize(
    ("mark", "spec", "root"),
    [
        ("a/vidbuild.toml", "a/b/c/v.yaml", "a"),
        ("a/.git/HEAD", "a/b/c/v.yaml", "a"),
        ("a/b/c/vidbuild.toml", "a/b/c/v.yaml", "a/b/c"),
        (None, "a/b/c/v.yaml", "a/b/c"),
    ],
)
def test_the_projects_root(tmp_path: Path, mark: str | None, spec: str, root: str) -> None:
    """The root is the nearest folder above with vidbuild.toml or .git, else the spec's own."""
    (tmp_path / spec).parent.mkdir(parents=True)
    if mark:
        (tmp_path / mark).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / mark).touch()
    assert root_of(tmp_path / spec) == (tmp_path / root).resolve()


def test_the_root_of_a_relative_spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A spec named relative to the working directory has the same root, also through a symlinked folder."""
    (tmp_path / "real" / "docs").mkdir(parents=True)
    (tmp_path / "real" / "vidbuild.toml").touch()
    (tmp_path / "link").symlink_to("real")
    monkeypatch.chdir(tmp_path)
    assert root_of(Path("link/docs/v.yaml")) == (tmp_path / "real").resolve()
