"""`vidbuild publish` is killed at each of its requests: what people see is whole, and the next run sends the rest."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support.object_server import BUCKET, Fault, ObjectServer, Request
from tests.support.s3_fixtures import s3, s3_server
from vidbuild.api.publish import publish_files
from vidbuild.publishing.publisher import Sent
from vidbuild.remote.address import parse
from vidbuild.remote.client import PART_BYTES, Client

__all__ = ["s3", "s3_server"]
SHARED = 'scope="module"'  # tests.support.parallel keeps the tests of this module in one process
NAMES = ("talk.mp4", "talk.html", "talk.vtt", "talk.poster.png")
MOST = 40  # requests of a run


def write(folder: Path, take: bytes) -> Mapping[str, bytes]:
    """Write the files of a video, whose medium is sent in two parts; return their bytes."""
    found = {name: take + name.encode() for name in NAMES}
    found["talk.mp4"] = found["talk.mp4"] + bytes(PART_BYTES)
    for name, content in found.items():
        (folder / name).write_bytes(content)
    return found


def finish(folder: Path, address: str) -> Sent:
    """Send the files to the end, in this process."""
    (published,) = publish_files([folder / name for name in NAMES], parse(address))
    return published.sent


@contextmanager
def killed_at(number: int, s3: ObjectServer, folder: Path, address: str) -> Iterator[bool]:
    """Kill the command at its request of this number, before that has an effect; yield whether there was one."""
    seen: list[Request] = []

    def kill(request: Request) -> Fault | None:
        seen.append(request)
        if len(seen) >= number:
            os.kill(process.pid, signal.SIGKILL)
            return Fault(0)
        return None

    s3.fault = kill
    command = [sys.executable, "-m", "vidbuild", "publish", *NAMES, "--to", address]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    process.wait(timeout=120)
    s3.clear()
    yield process.returncode == -signal.SIGKILL


def test_a_name_leads_to_a_whole_file_at_every_moment(s3: ObjectServer, tmp_path: Path) -> None:
    """N19: at each request of a second version; the next run sends the rest, and no file of this machine is lost."""
    number = 0
    for number in range(1, MOST):
        address = f"s3://{BUCKET}/killed-{number}"
        client = Client(address)
        old = write(tmp_path, b"old ")
        finish(tmp_path, address)
        new = write(tmp_path, b"new ")
        with killed_at(number, s3, tmp_path, address) as was_killed:
            there = {name: client.get(name) for name in NAMES}
            assert all(there[name] in {old[name], new[name]} for name in NAMES)
            summary = json.loads(client.get("talk.latest.json") or b"")
            content = client.get(summary["content"]["talk.mp4"])
            assert content in {old["talk.mp4"], new["talk.mp4"]}
            assert all(there[name] == new[name] for name in NAMES) or content == old["talk.mp4"]
            assert {name: (tmp_path / name).read_bytes() for name in NAMES} == new
        s3.clear()
        sent = finish(tmp_path, address).sent
        assert {name: client.get(name) for name in NAMES} == new
        s3.clear()
        assert finish(tmp_path, address).sent == ()
        assert s3.puts() == []
        if not was_killed:
            assert not sent
            break
    assert 8 < number < MOST - 1


def test_what_was_sent_before_a_kill_is_not_sent_again(s3: ObjectServer, tmp_path: Path) -> None:
    """N19: the content under its digest is there before any name leads to it, and stays."""
    address = f"s3://{BUCKET}/again"
    write(tmp_path, b"first ")
    with killed_at(7, s3, tmp_path, address) as was_killed:
        assert was_killed
    sent = finish(tmp_path, address)
    content = sent.content["talk.mp4"].rpartition("/")[2]
    assert content in sent.kept
    assert content not in sent.sent
