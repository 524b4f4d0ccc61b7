"""`vidbuild serve` and `vidbuild build --watch` through the command, with a client that speaks HTTP."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.guard import guard
from tests.support import processes
from tests.support.background_build import wait_until
from tests.support.event_reader import EventReader
from tests.support.live_server import LiveServer
from tests.support.workspace import Workspace

SPEC = """\
vidbuild: 1
title: A live page
voice: espeak:en-us
output: {size: 160x90, fps: 24}
scenes:
  - {id: one, type: title, title: First, narration: Say one thing.}
  - {id: two, type: title, title: Second, narration: Say another one.}
"""

pytestmark = pytest.mark.usefixtures("loopback")


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """A project with one spec."""
    space = Workspace(tmp_path / "project")
    space.write("video.yaml", SPEC)
    return space


@pytest.fixture
def server(space: Workspace) -> Iterator[LiveServer]:
    """A server of the spec, whose first build is done."""
    with LiveServer(space.root, "video.yaml") as server:
        settle(server)
        yield server


def attached(space: Workspace, address: str) -> LiveServer:
    """Return a server that was started otherwise."""
    server = LiveServer(space.root)
    server.address, server.port = address, urlsplit(address).port or 0
    return server


def settle(server: LiveServer) -> Any:
    """Wait until the video is ready, and return its data."""

    def ready() -> bool:
        return all(each["state"] == "ready" for each in server.get("/api/videos"))

    wait_until(ready, "a video", 120)
    (row,) = server.get("/api/videos")
    return server.get(f"/api/videos/{row['id']}")


def fetch(server: LiveServer, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
    """Send a request and return the status and the body."""
    parts = urlsplit(server.address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    known = {"Authorization": f"Bearer {parts.query.partition('token=')[2]}"}
    connection.request(method, path, headers={**known, **headers})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def act(server: LiveServer, path: str) -> int:
    """Send a POST as the page does."""
    _, page = fetch(server, "/")
    token = page.decode().partition('name="vidbuild-token" content="')[2].partition('"')[0]
    headers = {"Origin": server.base, "X-Vidbuild-Token": token, "Content-Length": "0"}
    return fetch(server, path, "POST", **headers)[0]


def edit(space: Workspace, old: str, new: str) -> None:
    """Save the spec with another text, as editors do: by renaming a new file over it."""
    text = space.read("video.yaml")
    assert old in text
    space.write("video.yaml.new", text.replace(old, new))
    (space.root / "video.yaml.new").replace(space.root / "video.yaml")


def test_an_edit_is_seen_in_order(space: Workspace, server: LiveServer) -> None:
    """N23: the new picture, then the scene, then the whole video, which is what `build` makes byte for byte."""
    with EventReader(server.address) as reader:
        first = reader.until(lambda each: each.type == "hello").id
        edit(space, "title: Second", "title: Changed")
        still = reader.until(lambda each: each.type == "still", first)
        fragment = reader.until(lambda each: each.type == "fragment", still.id)
        ready = reader.ready(fragment.id)
        assert still.data["scene"] == fragment.data["scene"] == "two"
        assert [each for each in reader.types(first) if each != "video"] == ["still", "fragment", "ready"]
    _, picture = fetch(server, still.data["url"])
    _, media = fetch(server, ready.data["media"]["url"])
    assert fetch(server, fragment.data["url"])[1][4:8] == b"ftyp"
    assert [each["text"] for each in fragment.data["words"]] == ["Say", "another", "one."]
    assert b"00:00:00.400 --> 00:00:01.400\nSay another one." in fetch(server, fragment.data["captions"])[1]
    assert media == (space.root / "build" / "video.mp4").read_bytes()
    data = settle(server)
    (scene,) = [each for each in data["scenes"] if each["changed"]]
    assert (scene["id"], scene["reason"]) == ("two", "title changed")
    assert fetch(server, scene["before"])[1] != picture
    server.stop()
    assert space.run("still", "video.yaml", "two", "-o", "own.png").code == 0
    assert (space.root / "own.png").read_bytes() == picture
    clean = Workspace(space.root.parent / "clean")
    clean.write("video.yaml", space.read("video.yaml"))
    clean.build()
    assert (clean.root / "build" / "video.mp4").read_bytes() == media


@pytest.mark.parametrize("output", ["format: m4a", "size: 160x90, fps: 24, format: webp"])
def test_scenes_of_what_is_no_video(space: Workspace, output: str) -> None:
    """Audio and animated pictures have scenes with times and words, although no file of theirs lists them."""
    space.write("video.yaml", SPEC.replace("size: 160x90, fps: 24", output))
    with LiveServer(space.root, "video.yaml") as server:
        data = settle(server)
        first, second = data["scenes"]
        assert first["start"] == 0
        assert second["start"] == pytest.approx(first["seconds"])
        assert second["start"] + second["seconds"] == pytest.approx(data["seconds"], abs=0.05)
        assert [each["text"] for each in second["words"]] == ["Say", "another", "one."]
        assert second["words"][0]["start"] >= second["start"]
        assert [each["start"] for each in data["chapters"]] == [first["start"], second["start"]]
        assert data["poster"] == first["thumb"]  # none of audio
        edit(space, "title: Second", "title: Changed")

        def changed() -> bool:
            return bool(settle(server)["scenes"][1]["title"] == "Changed")

        wait_until(changed, "the edit", 60)
        assert settle(server)["scenes"][1]["before"] is None


def test_a_restart_misses_and_repeats_nothing(space: Workspace, server: LiveServer) -> None:
    """A page that reconnects after a restart, with its token and its last id, gets every event once."""
    address = server.address
    with EventReader(address, 0) as reader:
        last = reader.ready().id
        edit(space, "title: Second", "title: Changed")
        reader.ready(last)
        seen = [each.id for each in reader.seen if each.type != "gone"]
        assert seen == list(range(1, len(seen) + 1))
        server.stop()
        reader.until(lambda each: each.type == "gone")
        last = max(each.id for each in reader.seen)
    edit(space, "title: Changed", "title: While it was away")
    server.start()
    assert server.address == address
    with EventReader(address, last) as reader:
        reader.ready(last)
        seen = [each.id for each in reader.seen]
        assert seen[0] == last + 1
        assert seen == list(range(seen[0], seen[0] + len(seen)))
    assert "While it was away" in settle(server)["scenes"][1]["title"]


def test_many_saves_are_few_builds(space: Workspace, server: LiveServer) -> None:
    """Forty saves in four seconds start few builds, and the last one is what is shown."""
    before = len(server.get("/api/runs"))
    title = "Second"
    for number in range(40):
        edit(space, f"title: {title}", f"title: Save {number}")
        title = f"Save {number}"
        time.sleep(0.1)

    def last_is_shown() -> bool:
        data = settle(server)
        return bool(data["scenes"][1]["title"] == "Save 39" and not data["scenes"][1]["stale"])

    wait_until(last_is_shown, "the last save", 120)
    assert len(server.get("/api/runs")) - before <= 8
    _, media = fetch(server, settle(server)["media"]["url"])
    assert media == (space.root / "build" / "video.mp4").read_bytes()


def test_an_error_and_its_repair(space: Workspace, server: LiveServer) -> None:
    """P49: a syntax error keeps the last good video and is shown at its place; after the repair all goes on."""
    before = settle(server)
    with EventReader(server.address) as reader:
        first = reader.until(lambda each: each.type == "hello").id
        edit(space, "scenes:", "scenes: [")
        wrong = reader.until(lambda each: each.type == "problems", first)
        assert wrong.data["errors"] >= 1
        reader.until(lambda each: each.type == "video" and each.data["state"] == "invalid", first)
        assert fetch(server, before["media"]["url"])[0] == 200
        (problem, *_) = server.get(f"/api/videos/{before['id']}/problems")
        assert problem["line"] >= 5
        edit(space, "scenes: [", "scenes:")
        reader.until(lambda each: each.type == "problems" and not each.data["errors"], wrong.id)
        edit(space, "title: Second", "title: Repaired")
        reader.ready(wrong.id)
    assert settle(server)["scenes"][1]["title"] == "Repaired"


def test_clients_that_misbehave(space: Workspace, tmp_path: Path) -> None:
    """Clients that leave in the middle, streams that are never read, and fifty tabs end nothing and print nothing."""
    log = tmp_path / "stderr.txt"
    with started(space.root, log, "video.yaml", "--no-open", "--port", "0") as (process, address):
        server = attached(space, address)
        media = settle(server)["media"]["url"]
        parts = urlsplit(address)
        head = f"Host: {parts.netloc}\r\nAuthorization: Bearer {parts.query.partition('token=')[2]}\r\n\r\n"
        silent = []
        for number in range(50):
            client = socket.create_connection((parts.hostname or "", parts.port or 0))
            path = media if number % 2 else "/events"
            client.sendall(f"GET {path} HTTP/1.1\r\n{head}".encode())
            if number % 2:
                client.recv(100)
                client.close()
            else:
                silent.append(client)
        for data in (
            b"\x16\x03\x01\x02\x00\x01",
            b"GET / HTTP/9.9\r\n\r\n",
            b"POST /api/x HTTP/1.1\r\nContent-Le",
            b"",
        ):
            with socket.create_connection((parts.hostname or "", parts.port or 0)) as client:
                client.sendall(data)
        with contextlib.ExitStack() as stack:
            readers = [stack.enter_context(EventReader(address)) for _ in range(30)]
            edit(space, "title: Second", "title: For all tabs")
            for reader in readers:
                reader.ready()
        assert settle(server)["scenes"][1]["title"] == "For all tabs"
        assert resident_megabytes(process.pid) < 250
        for client in silent:
            client.close()
    text = log.read_text()
    assert "Traceback" not in text
    assert "bug" not in text


def resident_megabytes(process: int) -> float:
    """Return the memory that a process has."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@contextlib.contextmanager
def started(root: Path, log: Path, *args: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a server whose messages go to a file; it has ended after the block."""
    env = {**os.environ, guard.LOOPBACK: "1"}
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "vidbuild", "serve", *args],
            cwd=root,
            env=env,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert "http://" in line, log.read_text()
        yield process, f"http://{line.partition('http://')[2].strip()}"
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(30)
        process.stdout.close()


def test_a_port_in_use(space: Workspace, tmp_path: Path) -> None:
    """A port that is in use leads to the next free one, and to a message."""
    log = tmp_path / "stderr.txt"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with started(space.root, log, "video.yaml", "--no-open", "--port", str(port)) as (_, address):
            found = urlsplit(address).port
            assert found is not None
            assert port < found < port + 20
    assert re.search(rf"^ports? {port}(, \d+)* in use: serving on {found}$", log.read_text(), re.MULTILINE)


def test_the_end_of_the_server(space: Workspace, tmp_path: Path) -> None:
    """P19: Ctrl-C in the middle of a build cancels it, records that, and leaves no process."""
    scenes = "".join(f"  - {{id: s{n}, type: title, title: Scene {n}, duration: 2}}\n" for n in range(30))
    space.write("video.yaml", SPEC.replace("160x90", "1080p") + scenes)
    log = tmp_path / "stderr.txt"
    with started(space.root, log, "video.yaml", "--no-open", "--port", "0") as (process, address):
        server = attached(space, address)

        def runs() -> bool:
            return any(each["state"] == "running" and each["counts"]["done"] for each in server.get("/api/runs"))

        wait_until(runs, "a run", 60)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    outcome = space.run("runs", "--json")
    assert outcome.data["runs"][0]["state"] == "cancelled"
    assert processes.alive(space.root) == {}
    assert "Traceback" not in log.read_text()


def test_runs_of_other_commands(space: Workspace, server: LiveServer) -> None:
    """A run that another command started is listed with its steps; it can be cancelled, and a spec built again."""
    space.build("--fresh", "render:one")
    (newest, *_) = server.get("/api/runs")
    assert (newest["state"], newest["counts"]["ran"]) == ("finished", 1)
    steps = {each["name"]: each for each in server.get(f"/api/runs/{newest['run']}")["steps"]}
    assert steps["render:one"]["state"] == "done"
    assert steps["mux"]["state"] == "cached"
    assert act(server, f"/api/runs/{newest['run']}/cancel") == 422
    before = len(server.get("/api/runs"))
    assert act(server, f"/api/runs/{newest['run']}/retry") == 202
    wait_until(lambda: len(server.get("/api/runs")) > before, "another run", 60)
    assert server.get("/api/cache")["bytes"] > 0
    assert act(server, "/api/cache/trim") == 200


def test_a_spec_that_does_not_exist_yet(space: Workspace) -> None:
    """A spec is waited for, and built as soon as it exists; so is one whose project was deleted meanwhile."""
    (space.root / "video.yaml").unlink()
    with LiveServer(space.root, "video.yaml") as server:
        assert "waiting for 'video.yaml', which does not exist" in server.printed()
        (row,) = server.get("/api/videos")
        wait_until(lambda: server.get("/api/videos")[0]["state"] == "waiting", "waiting", 60)
        space.write("video.yaml", SPEC)
        data = settle(server)
        assert data["id"] == row["id"]
        (space.root / "video.yaml").unlink()
        wait_until(lambda: server.get("/api/videos")[0]["state"] == "waiting", "waiting", 60)
        assert fetch(server, data["media"]["url"])[0] == 200
        (space.root / "video.yaml").mkdir()
        wait_until(lambda: server.get("/api/videos")[0]["state"] == "invalid", "an error", 60)
        (problem,) = server.get(f"/api/videos/{row['id']}/problems")
        assert problem["message"] == "cannot read 'video.yaml': it is a folder"


def test_every_spec_of_a_folder(space: Workspace, tmp_path: Path) -> None:
    """Without a name, all specs of the folder are served, also one that is added later; other files change nothing."""
    space.write("b.vidbuild.yaml", SPEC)
    log = tmp_path / "stderr.txt"
    with started(space.root, log, "--no-open", "--port", "0") as (_, address):
        server = attached(space, address)

        def names() -> list[str]:
            return [each["name"] for each in server.get("/api/videos") if each["state"] == "ready"]

        wait_until(lambda: names() == ["b", "video"], "two videos", 120)
        before = len(server.get("/api/runs"))
        space.write("notes.txt", "")
        space.write("a.vidbuild.yaml", SPEC.replace("title: Second", "title: Added"))
        wait_until(lambda: names() == ["a", "b", "video"], "a third video", 120)
        assert len(server.get("/api/runs")) == before + 1
        space.write("draft.yaml", "")
        time.sleep(1)  # many editors make an empty file first
        space.write("draft.yaml", SPEC)
        wait_until(lambda: names() == ["a", "b", "draft", "video"], "a fourth video", 120)


def test_a_project_that_is_deleted_and_made_again(space: Workspace, tmp_path: Path) -> None:
    """The folder in which the server was started goes and comes back: no traceback, and the new video is built."""
    log = tmp_path / "stderr.txt"
    with started(space.root, log, "--no-open", "--port", "0", "video.yaml") as (_, address):
        server = attached(space, address)
        settle(server)

        def deleted() -> bool:
            shutil.rmtree(space.root, ignore_errors=True)  # the server writes there meanwhile
            return not space.root.exists()

        wait_until(deleted, "the end of the project")
        wait_until(lambda: server.get("/api/videos")[0]["state"] == "waiting", "waiting", 60)
        space.write("video.yaml", SPEC.replace("title: Second", "title: New"))
        data = settle(server)
        assert [each["title"] for each in data["scenes"]] == ["First", "New"]
    assert "bug" not in log.read_text()
    assert "Traceback" not in log.read_text()


def test_an_idle_server_rests(space: Workspace, tmp_path: Path) -> None:
    """A server with a page open takes no time of the processor while nothing happens."""
    log = tmp_path / "stderr.txt"
    with started(space.root, log, "video.yaml", "--no-open", "--port", "0") as (process, address):
        server = attached(space, address)
        settle(server)
        with EventReader(address):
            time.sleep(1.0)
            before = seconds_of(process.pid)
            time.sleep(5.0)
            assert seconds_of(process.pid) - before < 0.15


def seconds_of(process: int) -> float:
    """Return the processor time that a process has taken."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_build_watch(space: Workspace, tmp_path: Path) -> None:
    """P49: `build --watch` prints a summary for each edit; touches and outputs cause no build, errors do not end it."""
    out, err = tmp_path / "out.txt", tmp_path / "err.txt"
    with out.open("w") as results, err.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "vidbuild", "build", "--watch", "video.yaml"],
            cwd=space.root,
            stdout=results,
            stderr=errors,
        )
    try:
        wait_until(lambda: err.read_text().count("watching for changes") == 1, "the first build", 120)
        (space.root / "video.yaml").touch()
        edit(space, "title: Second", "title: Changed")
        wait_until(lambda: err.read_text().count("watching for changes") == 2, "the second build", 120)
        edit(space, "scenes:", "scenes: [")
        wait_until(lambda: err.read_text().count("watching for changes") == 3, "the error", 120)
        edit(space, "scenes: [", "scenes:")
        wait_until(lambda: err.read_text().count("watching for changes") == 4, "the repair", 120)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    built = [line for line in out.read_text().splitlines() if "steps" in line]
    assert [line.partition(" ")[0] for line in built] == ["built", "built", "up"]
    assert "video.yaml: 1 error" in err.read_text()
    assert processes.alive(space.root) == {}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("serve", "--port", "99999"), "--port"),
        (("serve", "video.yaml", "../other/video.yaml"), "the specs are of 2 projects"),
        (("build", "--watch", "--dry-run"), "--watch and --dry-run cannot be used together"),
        (("build", "--watch", "--json"), "--watch and --json or --format cannot be used together"),
        (("build", "--watch", "-"), "--watch needs a file"),
    ],
)
def test_wrong_options(space: Workspace, args: tuple[str, ...], message: str) -> None:
    """Options that make no sense are refused with a message, exit code 2."""
    other = Workspace(space.root.parent / "other")
    other.write("video.yaml", SPEC)
    outcome = space.run(*args)
    assert outcome.code == 2
    assert message in outcome.stderr
