"""The same spec gives the same bytes of every output and the same keys, whatever else differs."""

from __future__ import annotations

import os
import platform
import shutil
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.build_environments import (
    VIDBUILD,
    Made,
    Surroundings,
    build,
    checkout,
    made,
    project,
    quickstart,
)
from tests.support.paths import TESTS

YEAR = 366 * 24 * 3600
MAC_EPOCH = 2_082_844_800  # seconds from 1904, which MP4 counts from, to 1970
NOBODY = 65_534
HERE = Surroundings()
ONE_SCENE = ("--only", "end")
OUTPUTS = [".mp4", ".poster.png", ".report.html", ".srt", ".timing.json", ".vtt"]
LATER = (sys.executable, str(TESTS / "support" / "clock_shift.py"), str(YEAR))
# All the rights of nobody, and that to read: Python itself may be in another user's home.
READING = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
AS_NOBODY = (
    "setpriv",
    f"--reuid={NOBODY}",
    f"--regid={NOBODY}",
    "--clear-groups",
    *READING,
    *VIDBUILD,
)
ELSEWHERE = 'a "folder" elsewhere, ünd deeper'
PLAIN = {"LC_ALL": "POSIX", "LANG": "tr_TR.UTF-8", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

SHORT = 5  # a machine's name of so few letters is in any file by chance
FORMS = ("%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%b %d %Y", "%d %b %Y", "%Y:%m:%d")

How = Callable[[Path], Surroundings]
ONE_BY_ONE: dict[str, How] = {
    "locale": lambda _: replace(HERE, env=PLAIN),
    "time zone": lambda _: replace(HERE, env={"TZ": "Pacific/Apia"}),
    "hash seed": lambda _: replace(HERE, env={"PYTHONHASHSEED": "4711"}),
    "one job": lambda _: replace(HERE, args=("-j", "1")),
    "order": lambda _: replace(HERE, args=("-j", "2", "--shuffle", "7")),
    "umask": lambda _: replace(HERE, umask=0o077),
    "terminal": lambda _: replace(HERE, terminal=True, env={"TERM": "xterm-256color"}),
    "date": lambda _: replace(HERE, before=LATER),
    "cache": lambda folder: replace(HERE, env={"VIDBUILD_CACHE": str(folder.with_name("cache"))}),
    "absolute path": lambda folder: replace(HERE, spec=str(folder / "video.yaml"), cwd=Path("/")),
    "symlink": lambda folder: replace(HERE, spec=str(linked(folder) / "video.yaml"), cwd=folder.parent),
    "checkout": lambda folder: replace(HERE, env={"PYTHONPATH": str(checkout(folder.with_name("ours")))}),
}


def linked(folder: Path) -> Path:
    """Another way to the folder."""
    link = folder.with_name("link")
    link.symlink_to(folder, target_is_directory=True)
    return link


def cache_of(how: Surroundings) -> Path | None:
    """The cache, where it is not in the project."""
    return Path(how.env["VIDBUILD_CACHE"]) if "VIDBUILD_CACHE" in how.env else None


def assert_same(one: Made, other: Made) -> None:
    """The keys are compared first: they name the step."""
    assert other.keys == one.keys
    assert sorted(other.outputs) == sorted(one.outputs)
    assert [name for name in one.outputs if one.outputs[name] != other.outputs[name]] == []


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The quickstart, built here."""
    folder = project(tmp_path_factory.mktemp("whole") / "quickstart", quickstart())
    build(folder, HERE)
    return made(folder)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """One of its scenes, built here."""
    folder = project(tmp_path_factory.mktemp("one") / "quickstart", quickstart())
    build(folder, HERE, *ONE_SCENE)
    found = made(folder)
    names = [name for name in sorted(found.outputs) if not name.startswith(".")]  # the record of the owner aside
    assert [name.removeprefix("video.end") for name in names] == OUTPUTS
    return found


@pytest.mark.parametrize("what", ONE_BY_ONE)
def test_one_thing_is_not_the_same(one: Made, tmp_path: Path, what: str) -> None:
    """V12, P4, P6: each thing that must not matter by itself: outputs and keys are the same bytes."""
    folder = project(tmp_path / "project", quickstart())
    how = ONE_BY_ONE[what](folder)
    build(folder, how, *ONE_SCENE)
    assert_same(one, made(folder, cache_of(how)))


def test_nothing_is_the_same(whole: Made, tmp_path: Path) -> None:
    """V12, P4: the whole quickstart, in another folder, with everything that must not matter changed at once."""
    folder = project(tmp_path / ELSEWHERE / "quickstart", quickstart())
    how = Surroundings(
        args=("-j", "3", "--shuffle", "11"),
        env={
            "TZ": "Pacific/Apia",
            "LC_ALL": "C.UTF-8",
            "PYTHONHASHSEED": "4711",
            "VIDBUILD_CACHE": str(folder.with_name("cache")),
            "PYTHONPATH": str(checkout(folder.with_name("ours"))),
            "TERM": "xterm-256color",
            "HOME": str(tmp_path),
        },
        spec=str(linked(folder) / "video.yaml"),
        cwd=Path("/"),
        before=LATER,
        umask=0o077,
        terminal=True,
    )
    build(folder, how)
    assert_same(whole, made(folder, cache_of(how)))


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that another user can reach and write to."""
    # Not in the test's own folder for what is temporary, which no other user can enter.
    folder = Path(tempfile.mkdtemp(prefix="vidbuild-reproducible-", dir=Path("/", "tmp")))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can build as another user")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv, of util-linux, is what builds as another user")
def test_another_user(one: Made, public: Path) -> None:
    """P4: a user who has no home, no name of ours and no right to ours makes the same."""
    folder = project(public / "quickstart", quickstart())
    for path in (folder, *folder.iterdir()):
        os.chown(path, NOBODY, NOBODY)
    own = {"HOME": "/nonexistent", "USER": "nobody", "LOGNAME": "nobody", "TMPDIR": str(public)}
    how = replace(HERE, before=AS_NOBODY, env=own)
    build(folder, how, *ONE_SCENE)
    assert {path.stat().st_uid for path in folder.rglob("*")} == {NOBODY}
    assert_same(one, made(folder))


def test_a_cache_that_is_partly_warm(one: Made, tmp_path: Path) -> None:
    """V13: a cache of other edits, with every second trace gone, gives what an empty one gives."""
    folder = project(tmp_path / "project", quickstart().replace("vidbuild init", "vidbuild initial"))
    build(folder, HERE, *ONE_SCENE)
    (folder / "video.yaml").write_text(quickstart(), encoding="utf-8")
    for path in sorted((folder / ".vidbuild").glob("v1/traces/*/*"))[::2]:
        path.unlink()
    build(folder, HERE, *ONE_SCENE)
    assert made(folder).outputs == one.outputs


def test_outputs_do_not_contain_their_environment(tmp_path: Path) -> None:
    """P6: no product and no key contains folders, the machine, the user or the time."""
    folder = project(tmp_path / "unmistakable-folder", quickstart())
    user = {"USER": "unmistakable-user", "LOGNAME": "unmistakable-user", "HOME": str(tmp_path / "unmistakable-home")}
    began = int(time.time())
    build(folder, replace(HERE, env=user), *ONE_SCENE)
    moments = range(began - 1, int(time.time()) + 2)
    days = {time.strftime(form, moment).encode() for moment in (time.gmtime(), time.localtime()) for form in FORMS}
    telling = {b"unmistakable", str(tmp_path).encode(), *days}
    if len(platform.node()) > SHORT:
        telling.add(platform.node().encode())
    telling |= {str(moment).encode() for moment in moments}
    telling |= {struct.pack(">I", moment + MAC_EPOCH) for moment in moments}
    telling |= {struct.pack(order, moment) for order in ("<I", ">I") for moment in moments}
    files = [*folder.glob("build/*"), *folder.glob(".vidbuild/v1/cas/*/*")]
    assert len(files) > 30
    found = {(path.name, each) for path in files for each in telling if each in path.read_bytes()}
    assert not found
    lines = materials(folder)
    assert len(lines) > 150
    assert not [line for line in lines if any(each in line.encode() for each in (b"unmistakable", b"/tmp", b"/home"))]


def materials(folder: Path) -> list[str]:
    """Every line of which a key of the project is the hash."""
    from vidbuild.engine.store.store import Store

    store = Store(folder / ".vidbuild")
    traces = [store.trace(path.name) for path in (store.home / "traces").glob("*/*")]
    return [f"{line.path} {line.text}" for trace in traces if trace is not None for line in trace.material]
