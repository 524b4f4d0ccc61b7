"""Which files a spec may name."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.spec_lab import Project
from vidbuild.project import root_of
from vidbuild.spec import paths
from vidbuild.spec.paths import InputError, resolve


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
        ("../../secret.png", "'../../secret.png' is outside the project folder '..'"),
        ("../../../../../../../../etc/passwd", "is outside the project folder"),
        ("../docs/../../secret.png", "is outside the project folder"),
        ("outside.png", "'outside.png' is a symlink to a file outside the project folder '..'"),
        ("absolute.png", "is a symlink to a file outside the project folder"),
        ("chain.png", "is a symlink to a file outside the project folder"),
        ("folder/x.png", "is a symlink to a file outside the project folder"),
        ("folder/../../secret.png", "is a symlink to a file outside the project folder"),
        ("loop.png", "'loop.png' is a symlink without a target"),
        ("dangling.png", "'dangling.png' is a symlink without a target"),
        ("/etc/passwd", "'/etc/passwd' is not a relative path"),
        ("//server/share", "is not a relative path"),
        ("\\\\server\\share", "is not a relative path"),
        ("C:\\x.png", "is not a relative path"),
        ("c:x.png", "is not a relative path"),
        ("~/x.png", "is not a relative path"),
        ("~root/x.png", "is not a relative path"),
        ("http://example.org/x.png", "is not a path: 'http:' is a protocol"),
        ("HTTPS://example.org/x.png", "'HTTPS:' is a protocol"),
        ("file:///etc/passwd", "'file:' is a protocol"),
        ("file:x.png", "'file:' is a protocol"),
        ("concat:a|b", "'concat:' is a protocol"),
        ("data:image/png;base64,AAAA", "'data:' is a protocol"),
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
    with pytest.raises(InputError) as caught:
        resolve(value, project / "docs", project)
    assert message in caught.value.message


def test_long_paths_do_not_fail(project: Path) -> None:
    """A name longer than any file system takes is a problem, and no traceback."""
    with pytest.raises(InputError) as caught:
        resolve("x" * 5000, project / "docs", project)
    assert caught.value.message.endswith("' is not a path: file name too long")


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


def run(command: str) -> None:
    """Run a command as a shell does."""
    program, *arguments = shlex.split(command)
    subprocess.run([shutil.which(program) or program, *arguments], check=True)


def hint_of(value: str, folder: Path, root: Path) -> str | None:
    """The hint about a path that is refused."""
    with pytest.raises(InputError) as caught:
        resolve(value, folder, root)
    return caught.value.hint


def test_a_file_outside_says_what_makes_the_project(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hint about a file outside the project is a command after which the file is inside it."""
    docs, source = project / "docs", project / "shared" / "a.png"
    monkeypatch.chdir(docs)
    for marker in project.glob("*.toml"):
        marker.unlink()
    assert root_of(docs / "video.yaml") == docs
    hint = hint_of("../shared/a.png", docs, docs)
    assert hint == "put the file into the project, or make '..' the project: touch ../vidbuild.toml"
    run(hint.rpartition(": ")[2])
    assert resolve("../shared/a.png", docs, root_of(docs / "video.yaml")) == source


def test_a_project_in_a_project_says_what_makes_it_one(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a vidbuild.toml makes the folder of the spec a project of its own, the hint moves it."""
    docs, source = project / "docs", project / "shared" / "a.png"
    monkeypatch.chdir(project)
    (docs / "vidbuild.toml").touch()
    hint = hint_of("../shared/a.png", docs, docs)
    assert hint == "put the file into the project, or make '.' the project: mv docs/vidbuild.toml vidbuild.toml"
    run(hint.rpartition(": ")[2])
    assert resolve("../shared/a.png", docs, root_of(docs / "video.yaml")) == source


@pytest.mark.parametrize("value", ["../../../../../../../../etc/passwd", "../missing.png"])
def test_no_hint_makes_too_much_a_project(project: Path, value: str) -> None:
    """V26: no hint makes the root of the file system a project, or anything for a file that is not there."""
    assert hint_of(value, project / "docs", project / "docs") == "put the file into the project"


def test_no_hint_leads_out_of_a_repository(project: Path) -> None:
    """V26: a repository is a project, and files outside it are not offered to specs in it."""
    (project / "docs" / ".git").mkdir()
    assert hint_of("../shared/a.png", project / "docs", project / "docs") == "put the file into the project"


@pytest.mark.parametrize(
    ("value", "listed", "real"),
    [
        ("Logo.PNG", ["logo.png"], "logo.png"),
        ("LOGO.png", ["Logo.png", "other.png"], "Logo.png"),
        ("./a/Logo.png", ["logo.png"], "a/logo.png"),
        ("Übersicht.png", ["u\u0308bersicht.png"], "übersicht.png"),
        ("logo.png", ["logo.png", "LOGO.PNG"], None),
        ("Cafe\u0301.png", ["Caf\u00e9.png"], None),
    ],
)
def test_capitals_that_the_file_system_ignores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, listed: list[str], real: str | None
) -> None:
    """V26: a name that is found only since case is ignored, as on macOS and Windows, is compared with the folder's."""
    monkeypatch.setattr("os.path.lexists", lambda _: True)  # as such a file system has it
    monkeypatch.setattr(paths, "names_in", lambda folder: ["a"] if folder == tmp_path and "/a/" in value else listed)
    found = paths.other_spelling(value, tmp_path)
    if real is None:
        assert found is None
    else:
        shown = f"'{value}' is '{real}' on disk: file systems that distinguish case do not find it"
        assert found == (shown, f"write {real}")


def test_files_whose_names_differ_in_case_only(tmp_path: Path) -> None:
    """V26: a folder that has both names, or only the one in the spec, is no reason for a warning."""
    for name in ("a.png", "A.PNG", "b.png"):
        (tmp_path / name).touch()
    assert [paths.other_spelling(name, tmp_path) for name in ("a.png", "A.PNG", "b.png", "gone.png")] == [None] * 4


def test_capitals_are_checked_wherever_a_spec_names_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P42: media, recordings, code, themes, logos, fonts and lexicons are compared with the names on disk."""
    asked: list[str] = []

    def other_spelling(value: str, _: Path) -> tuple[str, str]:
        asked.append(value)
        return "case", f"write {value}"

    monkeypatch.setattr(paths, "other_spelling", other_spelling)
    project = Project(tmp_path / "p")
    for name, text in (("T.yaml", "extends: paper\nlogo: dot.png\nfonts: F\n"), ("x.py", "a\n"), ("L.yaml", "a: b\n")):
        project.write(name, text)
    project.write("F/A.ttf", b"no font")
    project.write("r.wav", b"RIFF")
    found = project.wrong(
        {"type": "image", "src": "dot.png"},
        {"type": "code", "file": "x.py"},
        {"type": "clip", "src": "clip.mp4"},
        {"type": "title", "title": "A", "narration": {"audio": "r.wav", "text": "A."}},
        theme="./T.yaml",
        reading={"lexicon": "L.yaml"},
    )
    assert sorted(asked) == ["./T.yaml", "F", "L.yaml", "clip.mp4", "dot.png", "dot.png", "r.wav", "x.py"]
    assert [message for _, message, _ in found].count("case") == len(asked)
