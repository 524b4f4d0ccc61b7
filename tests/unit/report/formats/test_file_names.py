"""The names of files, relative to a repository, on every system."""

from __future__ import annotations

from pathlib import PurePath, PurePosixPath, PureWindowsPath

import pytest

from vidbuild.report.formats.file_names import FileNames

POSIX = PurePosixPath("/repo")
WINDOWS = PureWindowsPath("C:\\Repo")


@pytest.mark.parametrize(
    ("root", "folder", "name", "relative", "uri"),
    [
        (POSIX, "docs", "video.yaml", "docs/video.yaml", "docs/video.yaml"),
        (POSIX, "docs", "../a b/ä:1%.yaml", "a b/ä:1%.yaml", "a%20b/%C3%A4%3A1%25.yaml"),
        (POSIX, ".", "a\nb,c.yaml", "a\nb,c.yaml", "a%0Ab%2Cc.yaml"),
        (POSIX, ".", "a\udcff.yaml", "a\udcff.yaml", "a%FF.yaml"),
        (POSIX, ".", "a\ud800.yaml", "a\ufffd.yaml", "a%EF%BF%BD.yaml"),
        (POSIX, ".", "/repo/x/./video.yaml", "x/video.yaml", "x/video.yaml"),
        (POSIX, ".", "../other/video.yaml", "/other/video.yaml", "file:///other/video.yaml"),
        (POSIX, ".", "/repository/video.yaml", "/repository/video.yaml", "file:///repository/video.yaml"),
        (WINDOWS, "docs", "sub\\video.yaml", "docs/sub/video.yaml", "docs/sub/video.yaml"),
        (WINDOWS, ".", "c:\\repo\\Video.yaml", "Video.yaml", "Video.yaml"),
        (WINDOWS, ".", "D:\\my specs\\v.yaml", "D:/my specs/v.yaml", "file:///D:/my%20specs/v.yaml"),
        (WINDOWS, ".", "\\\\host\\share\\v.yaml", "//host/share/v.yaml", "file://host/share/v.yaml"),
    ],
)
def test_names_are_relative_to_the_root(root: PurePath, folder: str, name: str, relative: str, uri: str) -> None:
    """A file below the root has a path with slashes; another one has all of its path, and an address."""
    names = FileNames(root, root / folder)
    assert names.relative(name) == relative
    assert names.uri(name) == uri
    assert names.is_inside(name) == (":" not in uri)


def test_symlinks_are_followed_only_to_get_below_the_root() -> None:
    """A path that leads below the root by a symlink is relative to it, and one that leads elsewhere stays."""
    links = {"/links/v.yaml": "/repo/v.yaml", "/links/w.yaml": "/other/w.yaml"}
    names = FileNames(POSIX, PurePosixPath("/links"), links.__getitem__)
    assert names.relative("v.yaml") == "v.yaml"
    assert names.relative("w.yaml") == "/links/w.yaml"
    assert names.relative("/repo/link.yaml") == "link.yaml"
