"""Videos are sent through the command: specs, files, faults, and what another run sends."""

from __future__ import annotations

import json

import pytest

from tests.support.object_server import BUCKET, Fault, ObjectServer
from tests.support.workspace import SMALL, Workspace
from vidbuild.remote.client import Client


def test_a_spec_is_built_and_sent(workspace: Workspace, s3: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What arrives is what was built; a second run sends nothing; the report for authors stays here."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "the-id")  # a signed address has it, and a session's token
    monkeypatch.delenv("AWS_SESSION_TOKEN")
    workspace.write("video.yaml", SMALL)
    outcome = workspace.run("publish", "video.yaml", "--to", f"s3://{BUCKET}/docs", "--expires", "0.5")
    assert outcome.code == 0, outcome.stderr
    plain, signed = outcome.stdout.splitlines()
    assert plain == f"{s3.endpoint}/{BUCKET}/docs/video.mp4"
    assert "X-Amz-Expires=43200" in signed
    client = Client(f"s3://{BUCKET}/docs")
    built = (workspace.root / "build" / "video.mp4").read_bytes()
    assert client.get("video.mp4") == built
    found = json.loads(client.get("video.latest.json") or b"")
    assert client.get(found["content"]["video.mp4"]) == built
    assert not any("report" in key or "timing" in key for key in s3.puts())
    s3.clear()
    again = workspace.run("publish", "video.yaml", "--to", f"s3://{BUCKET}/docs", "--json").data["published"][0]
    assert (again["sent"], again["bytes_sent"], s3.puts()) == ([], 0, [])


def test_a_build_can_publish(workspace: Workspace, s3: ObjectServer) -> None:
    """The place is that of the project, tried before the build; JSON has the address."""
    workspace.write("video.yaml", SMALL)
    workspace.write("vidbuild.toml", f'publish = "s3://{BUCKET}/project"\n')
    outcome = workspace.run("build", "--publish", "--json")
    assert outcome.code == 0, outcome.stderr
    assert outcome.data["published"][0]["url"] == f"{s3.endpoint}/{BUCKET}/project/video.mp4"
    first = next(index for index, each in enumerate(s3.requests) if each.method == "PUT")
    assert s3.requests[0].method == "GET"
    assert first > 0


def test_a_failed_upload_loses_nothing(workspace: Workspace, s3: ObjectServer) -> None:
    """N19: the video stays, the code is that of a service that cannot be used, and `publish` goes on from there."""
    workspace.write("video.yaml", SMALL)
    s3.fault = lambda request: Fault(403) if request.method == "PUT" and request.key.endswith(".vtt") else None
    outcome = workspace.run("build", "--publish", "--to", f"s3://{BUCKET}/late")
    assert outcome.code == 4
    assert "access is denied" in outcome.stderr
    assert (workspace.root / "build" / "video.mp4").is_file()
    content = s3.puts()[0]
    s3.clear()
    assert workspace.run("publish", "--to", f"s3://{BUCKET}/late").code == 0
    assert content not in s3.puts()


@pytest.mark.parametrize(
    ("address", "code", "message"),
    [
        (f"s3://{BUCKET}-missing", 4, "the bucket does not exist"),
        ("s3:/videos", 2, "names no bucket"),
        ("ftp://videos", 2, "is not an address of files"),
        ("", 2, "there is no address to publish to"),
    ],
)
def test_a_wrong_place_is_found_before_the_build(
    workspace: Workspace, s3: ObjectServer, address: str, code: int, message: str
) -> None:
    """Nothing is built that could not be published."""
    workspace.write("video.yaml", SMALL)
    outcome = workspace.run("build", "--publish", *(["--to", address] if address else []))
    assert (outcome.code, message in outcome.stderr) == (code, True)
    assert not (workspace.root / "build").exists()
    assert not s3.puts()


def test_files_are_sent_as_they_are(workspace: Workspace) -> None:
    """A video with its captions goes into a folder of this machine; specs and files do not mix."""
    workspace.write("video.yaml", SMALL)
    workspace.run("build")
    place = workspace.root / "sent"
    outcome = workspace.run("publish", "build/video.mp4", "build/video.vtt", "--to", place.as_uri())
    assert outcome.code == 0, outcome.stderr
    assert (place / "video.mp4").read_bytes() == (workspace.root / "build" / "video.mp4").read_bytes()
    assert (place / "video.vtt").is_file()
    missing = workspace.run("publish", "build/talk.mp4", "--to", place.as_uri())
    assert (missing.code, missing.stderr) == (2, "vidbuild: cannot read 'build/talk.mp4': no such file or directory\n")
    mixed = workspace.run("publish", "build/video.mp4", "video.yaml", "--to", place.as_uri())
    assert (mixed.code, "cannot be sent together" in mixed.stderr) == (2, True)


def test_a_key_in_an_address_is_refused(workspace: Workspace) -> None:
    """It would be in logs and in the project; the message does not repeat it."""
    workspace.write("video.yaml", SMALL)
    workspace.write("vidbuild.toml", 'publish = "s3://user:hidden@videos"\n')
    outcome = workspace.run("build", "--publish")
    assert (outcome.code, "must not hold a user name or password" in outcome.stderr) == (2, True)
    assert "vidbuild.toml:1:1" in outcome.stderr


@pytest.mark.parametrize("what", ["video.yaml", "notes.vtt"])
def test_a_token_that_others_can_read_is_a_warning(
    workspace: Workspace, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P43: it is said before anything is sent."""
    workspace.write("video.yaml", SMALL)
    workspace.write("notes.vtt", "WEBVTT")
    monkeypatch.setenv("VIDBUILD_HTTP_TOKEN", "a-token")
    outcome = workspace.run("publish", what, "--to", "http://no-such-host.invalid/videos")
    assert outcome.code == 4
    warning = "warning: VIDBUILD_HTTP_TOKEN is sent to 'http://no-such-host.invalid/videos' without TLS"
    assert warning in outcome.stderr
    assert "[VB912]" in outcome.stderr
    assert "the server does not answer" in outcome.stderr
