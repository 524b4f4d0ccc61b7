"""What is read from a revision of git stays in its folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from vidbuild.comparison import revision
from vidbuild.errors import UsageError


def git(*args: str, content: bytes | None = None) -> str:
    """Run git in the current folder and return what it prints."""
    line = ["/usr/bin/git", "-c", "user.name=A", "-c", "user.email=a@example.org", *args]
    return subprocess.run(line, check=True, capture_output=True, input=content).stdout.decode().strip()


def tree(*entries: tuple[str, str, str]) -> str:
    """Write a folder as a program other than git could; entries: mode, name and digest."""
    content = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(digest) for mode, name, digest in entries)
    return git("hash-object", "-t", "tree", "-w", "--stdin", "--literally", content=content)


@pytest.mark.parametrize("kind", ["above", "link"])
def test_no_path_leads_out_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Neither by '..' nor through a link that has the name of a folder: git would check out neither."""
    repository, folder = tmp_path / "repository", tmp_path / "temp" / "folder"
    for each in (repository, folder, tmp_path / "temp" / "outside"):
        each.mkdir(parents=True)
    monkeypatch.chdir(repository)
    git("init", "-q")
    blob = git("hash-object", "-w", "--stdin", content=b"vidbuild: 1\n")
    below = ("40000", ".." if kind == "above" else "a", tree(("100644", "written", blob)))
    link = ("120000", "a", git("hash-object", "-w", "--stdin", content=b"../outside"))
    top = tree(*([link] if kind == "link" else []), below, ("100644", "video.yaml", blob))
    with pytest.raises(UsageError, match="leads out of the repository"):
        revision.read(git("commit-tree", "-m", "x", top), Path("video.yaml"), folder)
    assert not list(tmp_path.rglob("written"))
    usual = git("commit-tree", "-m", "x", tree(("120000", "a", link[2]), ("100644", "video.yaml", blob)))
    assert revision.read(usual, Path("video.yaml"), folder).read_bytes() == b"vidbuild: 1\n"
