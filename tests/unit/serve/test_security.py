"""Requests of attackers: other sites, names that lead here, guessed ids and paths."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from tests.support.live_site import ORIGIN, Site
from vidbuild.serve.secrets import secrets_of, state_folder
from vidbuild.serve.security import Access, hosts_of, is_exposed

PATHS = [
    "/",
    "/v/x",
    "/runs",
    "/cache",
    "/api/videos",
    "/api/runs",
    "/api/cache",
    "/events",
    "/media/a/b/c",
    "/page/x.js",
]
ACTIONS = ["build", "playhead", "open"]
EVERY = "::"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": "Bearer "},
        {"authorization": "Basic {token}"},
        {"authorization": "{token}"},
        {"cookie": "{cookie}=wrong"},
        {"cookie": "other={token}"},
        {"cookie": "{cookie}={token}", "authorization": "Bearer wrong"},
    ],
)
def test_everything_needs_the_token(site: Site, path: str, headers: dict[str, str]) -> None:
    """Without the token, in the form that is expected, nothing is answered, and nothing is said of what exists."""
    known = {"{token}": site.secrets.token, "{cookie}": site.secrets.cookie}
    filled = {name: re.sub(r"\{\w+\}", lambda match: known[match[0]], value) for name, value in headers.items()}
    answer = site.client.get(path, headers=filled)
    assert answer.status_code == 403
    assert site.secrets.token not in answer.text
    assert site.secrets.action not in answer.text


def test_the_token_in_the_address_becomes_a_cookie(site: Site) -> None:
    """The address opens the page once: its token becomes a cookie that no script reads and no other site sends."""
    answer = site.client.get(f"/?token={site.secrets.token}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert "domain" not in cookie.lower()
    page = site.client.get("/", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert f'content="{site.secrets.action}"' in page.text
    assert site.secrets.token not in page.text


@pytest.mark.parametrize(
    "query", ["token=wrong", "token=", "token=a&token={token}", "&".join(f"a{n}=1" for n in range(99))]
)
def test_a_wrong_address_opens_nothing(site: Site, query: str) -> None:
    """A wrong token, two of them, or a query of any length opens nothing."""
    answer = site.client.get(f"/?{query.replace('{token}', site.secrets.token)}", headers={"accept": "text/html"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert "vidbuild serve" in answer.text


@pytest.mark.parametrize("path", ["/", "/?token={token}", "/api/videos", "/events", "/api/videos/x/build"])
@pytest.mark.parametrize(
    "host",
    [
        "evil.example:8484",
        "127.0.0.1",
        "127.0.0.1:80",
        "localhost.evil.example:8484",
        "127.0.0.1.nip.example:8484",
        "127.0.0.1:8484@evil.example",
        "evil.example:8484#127.0.0.1:8484",
        "0.0.0.0:8484",
        "127.0.0.1:8484/x",
        "[::1",
        "",
    ],
)
def test_names_that_lead_here_are_refused(site: Site, path: str, host: str) -> None:
    """DNS rebinding: a request under another name is refused even with the token, on every path and method."""
    address = path.replace("{token}", site.secrets.token)
    method = "POST" if path.endswith("build") else "GET"
    answer = site.client.request(method, address, headers={**site.acting, "host": host})
    assert answer.status_code == 421
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("host", ["127.0.0.1:8484", "localhost:8484", "LOCALHOST:8484", "[::1]:8484"])
def test_own_names_are_accepted(site: Site, host: str) -> None:
    """The loopback's own names are accepted."""
    assert site.get("/api/videos", {"host": host}).status_code == 200


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    "changed",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "https://127.0.0.1:8484"},
        {"origin": "http://localhost:8484"},
        {"origin": ""},
        {"x-vidbuild-token": ""},
        {"x-vidbuild-token": "wrong"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_other_pages_change_nothing(site: Site, action: str, changed: dict[str, str]) -> None:
    """A POST needs the page's own Origin and the token of the page; the cookie is not enough."""
    number = site.video.id
    headers = {name: value for name, value in {**site.acting, **changed}.items() if value}
    answer = site.client.post(f"/api/videos/{number}/{action}", json={"scene": "one", "at": 0}, headers=headers)
    assert answer.status_code == 403
    assert site.builder.idle
    assert site.video.playhead is None


def test_the_cookies_token_is_not_that_of_actions(site: Site) -> None:
    """The token of the cookie, which other servers on this machine may be sent by a browser, changes nothing."""
    headers = {**site.acting, "x-vidbuild-token": site.secrets.token}
    assert site.client.post(f"/api/videos/{site.video.id}/build", headers=headers).status_code == 403
    assert site.builder.idle


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"])
def test_other_methods_are_refused(site: Site, method: str) -> None:
    """A method that no route has is refused; so is a GET of what changes something."""
    for path in ("/", "/api/videos", f"/api/videos/{site.video.id}/build"):
        assert site.client.request(method, path, headers=site.acting).status_code == 405
    assert site.get(f"/api/videos/{site.video.id}/build").status_code == 405
    assert site.get("/api/cache/trim").status_code == 405
    assert site.post("/api/videos").status_code == 405
    assert site.builder.idle


def test_other_sites_read_nothing(site: Site) -> None:
    """A page of another port of this host, to which the browser also sends the cookie, can embed nothing."""
    site.add_version()
    for path in ("/api/videos", f"/media/{site.video.id}/{site.video.revision.id}/video.mp4"):  # type: ignore[union-attr] # it was added
        for value in ("same-site", "cross-site"):
            assert site.get(path, {"sec-fetch-site": value}).status_code == 403
        answer = site.get(path, {"sec-fetch-site": "same-origin"})
        assert answer.status_code == 200
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "name",
    [
        "../manifest.json",
        "..%2Fmanifest.json",
        "%2e%2e%2fmanifest.json",
        "..%5cmanifest.json",
        "manifest.json",
        "video.mp4%00.vtt",
        "%2Fetc%2Fpasswd",
        "..%2F..%2F..%2Fsecrets.json",
        "video.mp4%2F..%2Fmanifest.json",
        "%2e",
        "%2e%2e",
    ],
)
def test_names_of_files_are_no_paths(site: Site, name: str) -> None:
    """A name leads to a file of the version and to no other; so does a version's id."""
    revision = site.add_version()
    for address in (
        f"/media/{site.video.id}/{revision.id}/{name}",
        f"/media/{site.video.id}/{name}/video.mp4",
        f"/media/{name}/{revision.id}/video.mp4",
        f"/media/{site.video.id}/..%2F{site.video.id}%2F{revision.id}/video.mp4",
        f"/page/{name}",
        f"/page/..%2F{name}",
        f"/page/..%2F__init__.py{name}",
        f"/still/{site.video.id}/one?rev={name}",
        f"/thumb/{site.video.id}/{name}",
        f"/api/runs/{name}",
    ):
        answer = site.get(address)
        assert answer.status_code in {404, 405}, address
        assert b"secrets" not in answer.content
    assert site.bugs == []


def test_responses_restrict_the_page(site: Site) -> None:
    """Every response restricts what a page may load; nothing but content under its own digest is stored."""
    revision = site.add_version()
    media = f"/media/{site.video.id}/{revision.id}/video.mp4"
    for path in ("/", "/api/videos", media, "/nothing", "/?token=wrong"):
        answer = site.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"
        expected = "private, max-age=31536000, immutable" if path == media else "no-store"
        assert answer.headers["cache-control"] == expected


def test_pages_of_builds_run_apart(site: Site) -> None:
    """A page among the outputs, whose texts come from a spec, cannot act as the live page: its origin is its own."""
    revision = site.add_version()
    answer = site.get(f"/media/{site.video.id}/{revision.id}/video.report.html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox")
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy


def test_only_inputs_are_opened(site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The editor of the server's environment opens files that the spec names, and no others."""
    started: list[list[str]] = []
    monkeypatch.setattr("vidbuild.serve.video_routes.subprocess.Popen", lambda words, **_: started.append(words))
    site.look()
    other = tmp_path / "other.txt"
    other.write_text("")
    path = f"/api/videos/{site.video.id}/open"
    assert site.post(path, {"file": str(site.spec), "line": 3}).status_code == 404  # no editor is set
    monkeypatch.setenv("VIDBUILD_EDITOR", "code --goto {file}:{line}")
    for file in (str(other), "/etc/passwd", "--evil", "", "video.yaml\0", f"{site.root}/../other.txt"):
        assert site.post(path, {"file": file, "line": 1}).status_code == 403
    for body in ({}, {"file": 3}, {"file": str(site.spec), "line": "1"}, {"file": str(site.spec), "line": -1}):
        assert site.post(path, body).status_code == 422
    assert started == []
    assert site.post(path, {"file": str(site.spec), "line": 3}).status_code == 200
    assert started == [["code", "--goto", f"{site.spec}:3"]]
    monkeypatch.setenv("VIDBUILD_EDITOR", "vi -n")
    assert site.post(path, {"file": str(site.spec)}).status_code == 200
    assert started[-1] == ["vi", "-n", str(site.spec)]


@pytest.mark.parametrize(
    ("editor", "message"),
    [
        ("no-such-editor {file}", "cannot start 'no-such-editor' of $VIDBUILD_EDITOR"),
        ("vi 'n", "$VIDBUILD_EDITOR is no command"),
        (" ", "$VIDBUILD_EDITOR is no command"),
    ],
)
def test_an_editor_that_cannot_be_started(
    site: Site, monkeypatch: pytest.MonkeyPatch, editor: str, message: str
) -> None:
    """What is wrong with the editor is said: it is neither a file that cannot be read, nor a bug."""
    site.look()
    monkeypatch.setenv("VIDBUILD_EDITOR", editor)
    answer = site.post(f"/api/videos/{site.video.id}/open", {"file": str(site.spec), "line": 1})
    assert answer.status_code == 422
    assert answer.json()["message"].startswith(message)
    assert site.bugs == []


@pytest.mark.parametrize(
    ("body", "status"), [(b"x" * 20_000, 413), (b"[]", 422), (b"{", 422), (b"\xff", 422), (b"[" * 9000, 422)]
)
def test_bodies_are_limited(site: Site, body: bytes, status: int) -> None:
    """A body that is too large, or no JSON object, is refused."""
    answer = site.client.post(f"/api/videos/{site.video.id}/playhead", content=body, headers=site.acting)
    assert answer.status_code == status
    assert site.bugs == []


@pytest.mark.parametrize(
    ("host", "accepted", "exposed"),
    [
        ("127.0.0.1", {"127.0.0.1", "localhost", "::1"}, False),
        ("localhost", {"127.0.0.1", "localhost", "::1"}, False),
        ("127.0.0.2", {"127.0.0.1", "127.0.0.2", "localhost", "::1"}, False),
        ("192.168.1.5", {"192.168.1.5"}, True),
        ("studio.example", {"studio.example"}, True),
    ],
)
def test_hosts(host: str, accepted: set[str], exposed: bool) -> None:
    """A server is reached by the name that it listens on, and by those of the loopback if it is that."""
    assert hosts_of(host) == accepted
    assert is_exposed(host) is exposed


def test_a_server_for_all_addresses_is_reached_by_addresses_alone(tmp_path: Path) -> None:
    """A name that an attacker controls is refused also by a server that listens on every address."""
    access = Access(secrets_of(tmp_path), hosts_of(EVERY), 8484)
    assert is_exposed(EVERY)
    assert access.is_host("192.168.1.5:8484")
    assert access.is_host("[fe80::1]:8484")
    assert not access.is_host("evil.example:8484")
    assert not access.is_host("192.168.1.5.evil.example:8484")
    assert access.is_origin(ORIGIN, "127.0.0.1:8484")


def test_secrets_are_kept_for_this_user_alone(tmp_path: Path) -> None:
    """A restart has the same secrets; a file that others could read, or that is damaged, is replaced."""
    first = secrets_of(tmp_path)
    (path,) = state_folder().iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert secrets_of(tmp_path) == first
    assert secrets_of(tmp_path / "other").token != first.token
    assert first.token != first.action
    path.chmod(0o644)
    second = secrets_of(tmp_path)
    assert second.token != first.token
    for damaged in ("", "{}", '{"token": "", "action": ""}', '{"token": 1}', "[]", "[" * 900, " " * 5000):
        path.write_text(damaged)
        assert len(secrets_of(tmp_path).token) >= 32


def test_secrets_that_came_with_a_project(tmp_path: Path) -> None:
    """A file of secrets in a cache folder that somebody else made, of whatever mode, is never used."""
    data = json.dumps({"token": "t" * 40, "action": "a" * 40})
    (tmp_path / "secrets.json").write_text(data)
    (tmp_path / "secrets.json").chmod(0o600)
    assert secrets_of(tmp_path).token != "t" * 40
    (path,) = state_folder().iterdir()
    path.unlink()
    path.symlink_to(tmp_path / "secrets.json")
    assert secrets_of(tmp_path).token != "t" * 40
    assert not path.is_symlink()


def test_secrets_without_a_folder_for_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home that cannot be written has new secrets at each start; those of projects long gone are removed."""
    gone = secrets_of(tmp_path / "gone")
    (old,) = state_folder().iterdir()
    os.utime(old, (1, 1))
    assert secrets_of(tmp_path).token
    assert not old.exists()
    assert secrets_of(tmp_path / "gone") != gone
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert secrets_of(tmp_path) != secrets_of(tmp_path)


def test_a_version_that_names_other_files(site: Site) -> None:
    """What a cache folder that somebody else made says about a version leads to no file outside of it."""
    revision = site.add_version()
    manifest = revision.folder / "manifest.json"
    text = manifest.read_text()
    for name in ("../../../../vidbuild.toml", "/etc/passwd", "..", "manifest.json"):
        manifest.write_text(text.replace('"video.mp4"', json.dumps(name)))
        assert site.video.revisions.get(revision.id) is None
    manifest.write_text(text)
    media = revision.folder / "video.mp4"
    media.unlink()
    media.symlink_to(site.spec)
    assert site.get(f"/media/{site.video.id}/{revision.id}/video.mp4").status_code == 404
