"""`vidbuild lock` and builds of what it locked, against sites on this machine that count their requests."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from tests.support import stock_sites
from tests.support.fake_edge import FakeEdge
from tests.support.stock_sites import Sites
from tests.support.workspace import Workspace
from vidbuild.media.ffmpeg import ffmpeg

SPEC = """\
vidbuild: 1
title: Sea
output: {size: 160x90, fps: 24}
scenes:
  - id: sea
    type: clip
    audio: mute
    src: {stock: blue sea, provider: PROVIDER, min_seconds: 1}
"""


@pytest.fixture
def sites(loopback: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sites]:
    """The sites, with two videos, and the environment that leads to them."""
    del loopback
    with HTTPServer(host="127.0.0.1") as server:
        for name, value in stock_sites.environment(server).items():
            monkeypatch.setenv(name, value)
        found = Sites(server)
        found.add(11, stock_sites.clip(tmp_path / "red.mp4", color="red"))
        found.add(12, stock_sites.clip(tmp_path / "blue.mp4", color="blue"))
        yield found


def files(space: Workspace) -> dict[str, tuple[int, bytes]]:
    """Every file of a project with the time of its change, caches included."""
    found = (path for path in space.root.rglob("*") if path.is_file())
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in found}


def pixel(video: Path, at: float) -> tuple[int, ...]:
    """The color in the middle of a frame, by a plain decode."""
    args = ["-ss", str(at), "-i", str(video), "-frames:v", "1", "-vf", "crop=2:2,scale=1:1", "-f", "rawvideo"]
    done = ffmpeg.capture([*args, "-pix_fmt", "rgb24", "-"], cwd=video.parent, env={}, timeout=60, what="decode")
    return tuple(done.output)


@pytest.mark.parametrize("provider", ["pexels", "pixabay", "commons"])
def test_what_is_locked_is_built_without_a_network(
    workspace: Workspace, sites: Sites, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """N16, N17: lock, then lock again without a request or a byte written, then build with the network forbidden."""
    workspace.write("video.yaml", SPEC.replace("PROVIDER", provider))
    before = workspace.run("build", "video.yaml")
    assert (before.code, sites.requests) == (2, [])
    assert "video.yaml:8:18: stock 'blue sea' is not locked" in before.stderr
    assert "hint: vidbuild lock video.yaml" in before.stderr
    outcome = workspace.run("lock", "video.yaml")
    assert outcome.code == 0, outcome.stderr
    assert f"{provider}: 'blue sea': locked: assets/stock/{provider}-11.mp4 by Diver" in outcome.stdout
    asked, written = len(sites.requests), files(workspace)
    assert asked == 2
    again = workspace.run("lock", "video.yaml")
    assert "unchanged" in again.stdout
    assert (len(sites.requests), files(workspace)) == (asked, written)
    monkeypatch.delenv("VIDBUILD_TEST_LOOPBACK")
    assert workspace.run("build", "--frozen", "video.yaml").code == 0
    red, green, blue = pixel(workspace.root / "build/video.mp4", 1)
    assert red > 200
    assert green + blue < 60
    text = workspace.read("vidbuild.lock")
    assert "secret-key" not in text + outcome.stdout + outcome.stderr


def test_another_file_is_chosen_for_a_scene(workspace: Workspace, sites: Sites) -> None:
    """`--update` takes the next candidate and no earlier one, removes the old file, and says when none is left."""
    workspace.write("video.yaml", SPEC.replace("PROVIDER", "pexels"))
    assert workspace.run("lock").code == 0
    outcome = workspace.run("lock", "--update", "sea")
    assert "replaced: assets/stock/pexels-12.mp4" in outcome.stdout
    assert [path.name for path in (workspace.root / "assets/stock").iterdir()] == ["pexels-12.mp4"]
    before = files(workspace)
    last = workspace.run("lock", "--update", "sea")
    assert last.code == 2
    assert "video.yaml:8:18: stock 'blue sea': no video of 'pexels' is left: replaced before: 2" in last.stderr
    assert {name: each for name, each in files(workspace).items() if "lock.lock" not in name} == {
        name: each for name, each in before.items() if "lock.lock" not in name
    }
    assert "no scene 'see'" in workspace.run("lock", "--update", "see").stderr
    assert len(sites.requests) == 5


def test_a_lost_file_is_fetched_again_and_a_changed_one_is_kept(workspace: Workspace, sites: Sites) -> None:
    """N17: the same bytes come back; a file that was changed by hand is neither used nor replaced."""
    workspace.write("video.yaml", SPEC.replace("PROVIDER", "pexels"))
    workspace.run("lock")
    file, lock = workspace.root / "assets/stock/pexels-11.mp4", workspace.read("vidbuild.lock")
    content = file.read_bytes()
    file.unlink()
    assert "does not exist" in workspace.run("check").stderr
    assert "restored" in workspace.run("lock").stdout
    assert (file.read_bytes(), workspace.read("vidbuild.lock")) == (content, lock)
    file.write_bytes(content + b"x")
    for command in ("check", "lock", "build"):
        outcome = workspace.run(command)
        assert outcome.code == 2
        assert "locked file 'assets/stock/pexels-11.mp4' was changed: expected SHA-256" in outcome.stderr
    assert file.read_bytes() == content + b"x"
    file.unlink()
    sites.media["/media/11.mp4"] = sites.media["/media/12.mp4"]
    outcome = workspace.run("lock")
    assert "'pexels' has another file there now" in outcome.stderr
    assert not file.exists()


def test_a_brand_has_preferences_for_stock_media(workspace: Workspace, sites: Sites) -> None:
    """N16: the brand's provider, shape and length count; one that moves to the brand asks nothing anew."""
    workspace.write(
        "video.yaml", SPEC.replace(", provider: PROVIDER, min_seconds: 1", "").replace("title", "brand: acme\ntitle")
    )
    workspace.write("brands/acme.yaml", "stock: {provider: pexels, orientation: landscape, min_seconds: 1}\n")
    outcome = workspace.run("lock")
    assert outcome.code == 0, outcome.stderr
    assert "pexels: 'blue sea': locked: assets/stock/pexels-11.mp4" in outcome.stdout
    assert sites.queries[0]["orientation"] == "landscape"
    asked = len(sites.requests)
    workspace.write("video.yaml", SPEC.replace("provider: PROVIDER", "provider: pexels, orientation: landscape"))
    assert "unchanged" in workspace.run("lock").stdout
    workspace.write("video.yaml", SPEC.replace(", provider: PROVIDER, min_seconds: 1", ""))
    workspace.write("brands/globex.yaml", "extends: acme\nstock: {min_seconds: 3}\n")
    assert len(sites.requests) == asked
    refused = workspace.run("check", "--brand", "globex")
    assert (refused.code, "hint: vidbuild lock video.yaml --brand globex" in refused.stderr) == (2, True)
    short = workspace.run("lock", "--brand", "globex")
    assert short.code == 2
    assert "video.yaml:8:18: stock 'blue sea': no video of 'pexels' lasts 3 s" in short.stderr
    assert (
        "hint: lower 'min_seconds' in brands/globex.yaml:2, or write 'min_seconds: 0' beside the words" in short.stderr
    )
    assert workspace.run("build", "--brand", "acme").code == 0


def test_a_dry_run_asks_and_writes_nothing(workspace: Workspace, sites: Sites) -> None:
    """`--dry-run` lists what would be locked."""
    workspace.write("video.yaml", SPEC.replace("PROVIDER", "pexels"))
    before = files(workspace)
    assert workspace.run("lock", "-n").stdout == "pexels: 'blue sea': to lock\n"
    assert (files(workspace), sites.requests) == (before, [])


FAULTS = {
    "no hit": ("/none", Response(), 2, "stock 'blue sea': no video of 'pexels' matches these words"),
    "refused": ("/v1/videos/search", Response(status=401), 4, "refused the request (401)"),
    "busy": (
        "/v1/videos/search",
        Response(status=429, headers={"Retry-After": "3600"}),
        4,
        "has received too many requests (429)",
    ),
    "prose": ("/v1/videos/search", Response("sorry"), 4, "sent an answer that is not JSON"),
    "other": ("/v1/videos/search", Response("[]"), 4, "the site sent an answer of an unknown form"),
    "page": ("/media/11.mp4", Response("<html>", content_type="text/html"), 4, "sent 'text/html' instead of the video"),
    "cut": (
        "/media/11.mp4",
        Response(iter([b"x" * 500]), headers={"Content-Length": "900"}, content_type="video/mp4"),
        4,
        "broke off its answer",
    ),
    "gone": ("/media/11.mp4", Response(status=404), 4, "answered with an error (404)"),
    "noise": ("/media/11.mp4", Response(b"\\0" * 999, content_type="video/mp4"), 2, "is no video that can be used"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_of_a_site_is_located_and_leaves_nothing(workspace: Workspace, sites: Sites, fault: str) -> None:
    """N17: what a site does wrong is an error at the words in the spec, and no part of a file or a lock is left."""
    path, response, code, message = FAULTS[fault]
    del sites.videos[1]
    if fault == "no hit":
        sites.videos.clear()
    sites.fault[path] = response
    workspace.write("video.yaml", SPEC.replace("PROVIDER", "pexels"))
    outcome = workspace.run("lock")
    assert outcome.code == code, outcome.stderr
    assert "video.yaml:8:18: " in outcome.stderr
    assert message in outcome.stderr
    assert "secret-key" not in outcome.stderr
    assert not (workspace.root / "vidbuild.lock").exists()
    assert [path for path in (workspace.root / "assets").rglob("*") if path.is_file()] == []


def test_takes_of_an_online_voice_are_kept(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """N16, N17: after `lock --voices`, CI speaks from the project: no request, the same samples, and --frozen holds."""
    spec = (
        "vidbuild: 1\ntitle: A\noutput: {size: 160x90, fps: 24}\nvoice: edge:en-US-AriaNeural\nscenes:\n"
        "  - {id: one, type: title, title: One, narration: One two three.}\n"
    )
    workspace.write("video.yaml", spec)
    monkeypatch.setenv("VIDBUILD_TEST_LOOPBACK", "1")
    with FakeEdge(tmp_path, {"PATH": os.environ["PATH"]}) as server:
        monkeypatch.setenv("VIDBUILD_EDGE_ENDPOINT", server.endpoint)
        workspace.build()
        expected = workspace.read("build/video.timing.json"), (workspace.root / "build/video.mp4").read_bytes()
        refused = workspace.run("build", "--frozen")
        assert refused.code == 2
        assert "video.yaml:6:51: --frozen: no take of 'edge:en-US-AriaNeural' is locked" in refused.stderr
        assert "vidbuild lock --voices video.yaml" in refused.stderr
        assert workspace.run("check", "--frozen").code == 2
        assert "edge:en-US-AriaNeural: 'One two three.': locked" in workspace.run("lock", "--voices").stdout
        assert server.connections == 1
    before = files(workspace)
    assert workspace.run("lock", "--voices").stderr == "nothing to lock\n"
    assert files(workspace) == before
    monkeypatch.setenv("CI", "true")
    fresh = {"VIDBUILD_CACHE": str(workspace.root / ".vidbuild-ci")}
    assert workspace.run("check", "--frozen", env=fresh).code == 0
    outcome = workspace.run("build", "--frozen", env=fresh)
    assert outcome.code == 0, outcome.stderr
    assert (workspace.read("build/video.timing.json"), (workspace.root / "build/video.mp4").read_bytes()) == expected
    workspace.write("video.yaml", spec.replace("three", "four"))
    assert workspace.run("build", "--frozen", env=fresh).code == 2
    workspace.write("video.yaml", spec)
    (words,) = (workspace.root / "assets/voices").glob("*.json")
    words.write_text(json.dumps({}), encoding="utf-8")
    changed = workspace.run("check", env=fresh)
    assert "was changed: expected SHA-256" in changed.stderr
