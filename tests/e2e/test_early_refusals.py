"""What can be refused is refused before the first step."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import mounts
from tests.support.workspace import SMALL, Workspace


def a_file(root: Path) -> None:
    """A file in the place of the output folder."""
    (root / "out").write_text("mine", encoding="utf-8")


def below_a_file(root: Path) -> None:
    """A file in the place of a folder above it."""
    (root / "out").symlink_to(root / "video.yaml")


def a_folder_for_an_output(root: Path) -> None:
    """A folder in the place of the last output."""
    (root / "out" / "video.poster.png").mkdir(parents=True)


def a_link_to_nothing(root: Path) -> None:
    """A symlink without a target in the place of the output folder."""
    (root / "out").symlink_to(root / "nowhere" / "at" / "all")


def a_link_cycle(root: Path) -> None:
    """A symlink to itself in the place of the output folder."""
    (root / "out").symlink_to(root / "out")


def read_only(root: Path) -> None:
    """A folder on a file system that cannot be written."""
    (root / "out").mkdir()
    mounts.mount("-t", "tmpfs", "-o", "ro", "none", str(root / "out"))


def a_pipe_for_an_output(root: Path) -> None:
    """A pipe in the place of an output, as /dev/null or /dev/stdout can be: a file must not take its place."""
    (root / "out").mkdir()
    os.mkfifo(root / "out" / "video.mp4")


OBSTACLES = (
    a_file,
    below_a_file,
    a_folder_for_an_output,
    a_pipe_for_an_output,
    a_link_to_nothing,
    a_link_cycle,
    read_only,
)


@pytest.mark.parametrize("obstacle", OBSTACLES, ids=lambda each: each.__name__)
@pytest.mark.parametrize("command", ["build", "build -n"])
def test_outputs_that_cannot_be_written_are_refused_before_the_first_step(
    workspace: Workspace, obstacle: Callable[[Path], None], command: str
) -> None:
    """An output folder that cannot be written is an error with a way out, and no step runs for it."""
    workspace.write("video.yaml", SMALL)
    obstacle(workspace.root)
    try:
        outcome = workspace.run(*command.split(), "video.yaml", "-o", "out")
        assert outcome.code == 2, outcome.stderr
        assert "cannot write 'out" in outcome.stderr
        assert "hint: -o another folder" in outcome.stderr
        assert not (workspace.root / ".vidbuild" / "v1" / "traces").exists(), "a step ran"
    finally:
        if os.path.ismount(workspace.root / "out"):
            mounts.unmount(workspace.root / "out")
    assert workspace.run("build", "video.yaml", "-o", "another").code == 0, "the hint leads to a build"


def test_names_that_are_too_long_are_refused_before_the_first_step(workspace: Workspace) -> None:
    """A name that the file system does not accept, as of many scenes in `--only`, is an error before any step."""
    ids = [f"scene-with-a-rather-long-name-{number}" for number in range(9)]
    scenes = "".join(f"  - {{id: {each}, type: title, title: T, duration: 0.1}}\n" for each in ids)
    workspace.write("video.yaml", SMALL.partition("scenes:")[0] + "scenes:\n" + scenes)
    outcome = workspace.run("build", "video.yaml", *(part for each in ids for part in ("--only", each)))
    assert outcome.code == 2
    assert "file name too long" in outcome.stderr
    assert not (workspace.root / ".vidbuild" / "v1" / "traces").exists()


def test_check_warns_of_outputs_that_cannot_be_written(workspace: Workspace) -> None:
    """N5: check warns where the default folder cannot be written, with the command that builds all the same."""
    workspace.write("video.yaml", SMALL)
    workspace.write("build", b"a file")
    outcome = workspace.run("check", "video.yaml")
    assert outcome.code == 0
    assert "video.yaml:3:9: warning: cannot write 'build/video.mp4': not a directory" in outcome.stderr
    assert "hint: vidbuild build -o another folder" in outcome.stderr
    assert workspace.run("check", "video.yaml", "--strict").code == 2


def test_a_read_only_project_that_is_up_to_date_is_built(workspace: Workspace) -> None:
    """Where nothing can be written, outputs that are up to date are no error, and others are refused at once."""
    workspace.write("video.yaml", SMALL)
    workspace.build()
    folder = str(workspace.root)
    mounts.mount("--bind", folder, folder)
    try:
        mounts.mount("-o", "remount,ro,bind", folder)
        again = workspace.run("build", "video.yaml", "--json", env={"VIDBUILD_CACHE": ".vidbuild"})
        assert (again.code, again.data["status"]) == (0, "up-to-date")
        assert "cannot write" in workspace.run("check", "video.yaml").stderr
    finally:
        mounts.unmount(workspace.root)
    workspace.write("video.yaml", SMALL.replace("One", "Eins"))
    mounts.mount("--bind", folder, folder)
    try:
        mounts.mount("-o", "remount,ro,bind", folder)
        refused = workspace.run("build", "video.yaml")
        assert refused.code == 2
        assert "cannot write 'build'" in refused.stderr
    finally:
        mounts.unmount(workspace.root)


def test_a_still_never_replaces_a_pipe_or_a_device(workspace: Workspace) -> None:
    """`-o /dev/null` by root would leave the system without it."""
    workspace.write("video.yaml", SMALL)
    os.mkfifo(workspace.root / "pipe")
    (workspace.root / "link").symlink_to("pipe")
    for name in ("pipe", "link"):
        outcome = workspace.run("still", "video.yaml", "one", "-o", name)
        assert outcome.code == 2
        assert f"cannot write '{name}': is a device or a pipe" in outcome.stderr
    assert (workspace.root / "pipe").is_fifo()
    assert (workspace.root / "link").is_symlink()


def test_a_still_never_replaces_a_source_or_an_output(workspace: Workspace) -> None:
    """A still at the place of an image that the scene shows, or of an output, is refused."""
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100"
        "18dd8db00000000049454e44ae426082"
    )
    workspace.write("dot.png", png)
    workspace.write(
        "video.yaml",
        "vidbuild: 1\ntitle: T\noutput: {size: 160x90, fps: 24}\n"
        "scenes: [{id: poster, type: image, src: dot.png, duration: 0.5}]\n",
    )
    source = workspace.run("still", "video.yaml", "poster", "-o", "dot.png")
    assert source.code == 2
    assert "video.yaml:4:41: 'dot.png' is a source of the video" in source.stderr
    output = workspace.run("still", "video.yaml", "poster")
    assert output.code == 2
    assert "'build/video.poster.png' is an output of the video" in output.stderr
    assert (workspace.root / "dot.png").read_bytes() == png
    own = workspace.run("still", "video.yaml", "poster", "-o", "own.png")
    assert own.code == 0, own.stderr
