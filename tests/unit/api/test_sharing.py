"""Publishing and shared caches through the API, with folders of this machine as places."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from vidbuild.api import cache_sharing
from vidbuild.api.check import check
from vidbuild.api.options import BuildOptions
from vidbuild.api.publish import destination, probe, publish, publish_files
from vidbuild.api.remote_counts import RemoteCounts
from vidbuild.api.result import OutputFile, Result, Steps
from vidbuild.api.shared_cache import exposed_cache, shared_cache
from vidbuild.cli.publishing import line, send
from vidbuild.errors import UsageError
from vidbuild.remote.client import RemoteError
from vidbuild.shared_cache.tier import SharedTier

SPEC = "vidbuild: 1\ntitle: T\nbrand: acme\nscenes: [{id: one, type: title, title: One, duration: 1}]\n"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec with a brand, in the current folder."""
    (tmp_path / "brands").mkdir()
    (tmp_path / "brands" / "acme.yaml").write_text("publish: s3://brand/videos\n")
    (tmp_path / "vidbuild.toml").write_text('publish = "s3://project"\n')
    (tmp_path / "video.yaml").write_text(SPEC)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_place_is_that_of_the_command_the_brand_or_the_project(project: Path) -> None:
    """In this order; without any there is an error that says where to write one."""
    assert str(destination("gs://mine", "video.yaml")) == "gs://mine"
    assert str(destination(None, "video.yaml")) == "s3://brand/videos"
    (project / "brands" / "acme.yaml").write_text("theme: paper\n")
    assert str(destination(None, "video.yaml")) == "s3://project"
    (project / "brands" / "other.yaml").write_text("extends: acme\npublish: s3://other\n")
    assert str(destination(None, "video.yaml", "other")) == "s3://other"
    (project / "vidbuild.toml").write_text("")
    with pytest.raises(UsageError, match="there is no address to publish to"):
        destination(None, "video.yaml")


def built(files: dict[str, Path]) -> Result:
    """Return the result of a build with outputs of these kinds."""
    outputs = tuple(
        OutputFile(kind, path, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
        for kind, path in files.items()
    )
    return Result("built", Path("video.yaml"), "run", outputs, Steps(total=1), 1.0, 1.0)


def test_results_and_files_are_sent(project: Path) -> None:
    """Of a result all but what is for its authors; of files those that are given, together by their names."""
    files = {}
    for name in ("talk.mp4", "talk.vtt", "talk.report.html"):
        files[name] = project / name
        files[name].write_text(name)
    kinds = {"talk.mp4": "video", "talk.vtt": "captions", "talk.report.html": "report"}
    result = built({kinds[name]: path for name, path in files.items()})
    place = destination((project / "sent").as_uri())
    probe(place)
    (published,) = publish([result], place)
    assert set(published.sent.addresses) == {"talk.mp4", "talk.vtt"}
    assert published.url == (project / "sent" / "talk.mp4").as_uri()
    assert published.to_json()["files"] == dict(published.sent.addresses)
    assert line(published).startswith("published talk: 4 files sent")
    (again,) = publish_files([files["talk.vtt"]], place)
    assert again.name == "talk"
    with pytest.raises(UsageError, match=r"cannot read 'missing\.mp4'"):
        list(publish_files([Path("missing.mp4")], place))


def test_two_files_of_one_name_are_not_sent_to_one_place(project: Path) -> None:
    """One would replace the other: it is an error before anything is sent, of results and of files."""
    files = [project / folder / "video.mp4" for folder in ("a", "b")]
    for file in files:
        file.parent.mkdir()
        file.write_text(file.parent.name)
    place = destination((project / "sent").as_uri())
    results = [built({"video": file}) for file in files]
    for sending in (publish(results, place), publish_files(files, place)):
        with pytest.raises(UsageError, match="one would replace the other"):
            list(sending)
    with pytest.raises(UsageError, match="one would replace the other"):
        send(results, [place, place], quiet=True)
    assert not (project / "sent").exists()
    places = [destination((project / "sent" / name).as_uri()) for name in "ab"]
    assert len(send(results, places, quiet=True)) == 2
    (once,) = publish_files([files[0], files[0]], place)
    assert once.name == "video"


def test_a_file_that_was_changed_after_its_build_is_not_sent(project: Path) -> None:
    """Its content would be under the name of another one, which browsers keep for a year."""
    (project / "talk.mp4").write_text("film")
    result = built({"video": project / "talk.mp4"})
    (project / "talk.mp4").write_text("cut.")
    with pytest.raises(UsageError, match=r"talk\.mp4' was changed after it was built"):
        list(publish([result], destination((project / "sent").as_uri())))
    (project / "talk.mp4").unlink()
    with pytest.raises(UsageError, match=r"cannot read '.*talk\.mp4'"):
        list(publish([result], destination((project / "sent").as_uri())))
    assert not list(project.glob("sent/*.mp4"))


def test_a_folder_below_the_address(project: Path) -> None:
    """All names of a video are in it, also that of the summary."""
    (project / "talk.mp4").write_text("film")
    place = destination((project / "sent").as_uri())
    (published,) = publish([built({"video": project / "talk.mp4"})], place, folder="acme")
    assert published.url == (project / "sent" / "acme" / "talk.mp4").as_uri()
    assert {each.parent.name for each in (project / "sent").rglob("talk.*")} == {"acme"}


def test_a_shared_cache_is_used_as_the_settings_say(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None without an address and offline, a warning without keys; writing needs a private key."""
    options = BuildOptions()
    assert shared_cache(project, options) is None
    keys = cache_sharing.keygen()
    address = (project / "cache").as_uri()
    (project / "vidbuild.toml").write_text(f'[cache]\nremote = "{address}"\n')
    keyless = shared_cache(project, options)
    assert keyless is not None
    assert [each.message for each in keyless.notices()] == ["the remote cache is not used: no key is trusted"]
    assert shared_cache(project, BuildOptions(use_remote=False)) is None
    assert cache_sharing.trust(keys.public, project) == project / "vidbuild.toml"
    found = shared_cache(project, options)
    assert found is not None
    assert len(found.tiers) == 1
    assert shared_cache(project, BuildOptions(offline=True)) is None
    assert shared_cache(project, BuildOptions(use_remote=False)) is None
    with pytest.raises(UsageError, match="with a private key"):
        shared_cache(project, BuildOptions(remote_write=True))
    monkeypatch.setenv("VIDBUILD_CACHE_KEY", keys.private)
    assert shared_cache(project, BuildOptions(remote_write=True, require_remote=True)) is not None
    (project / "vidbuild.toml").write_text('[cache]\nremote = "http://127.0.0.1:9/cache"\n')
    with pytest.raises(RemoteError, match="the server does not answer"):
        shared_cache(project, BuildOptions(require_remote=True))
    (project / "vidbuild.toml").write_text("")
    with pytest.raises(UsageError, match="the project has no remote cache"):
        shared_cache(project, BuildOptions(require_remote=True))
    with pytest.raises(UsageError, match="the project has no remote cache"):
        cache_sharing.pull([Path("video.yaml")])


@pytest.mark.parametrize("name", ["notes.txt", ".github/workflows/videos.yml", "keys.json"])
def test_a_private_key_in_a_file_of_the_project_is_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Wherever something is written or trusted, without repeating it; a file of local secrets may have it."""
    keys = cache_sharing.keygen()
    (project / "vidbuild.toml").write_text(f'[cache]\nremote = "{(project / "cache").as_uri()}"\n')
    (project / ".env").write_text(f"VIDBUILD_CACHE_KEY={keys.private}\n")
    monkeypatch.setenv("VIDBUILD_CACHE_KEY", keys.private)
    cache_sharing.trust(keys.public, project)
    file = project / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"env: {keys.private}\n")
    for call in (
        lambda: cache_sharing.push([Path("video.yaml")]),
        lambda: cache_sharing.trust(keys.public, project),
        lambda: shared_cache(project, BuildOptions(remote_write=True)),
    ):
        with pytest.raises(UsageError, match=f"'{name}' has a private key") as caught:
            call()
        assert keys.private not in f"{caught.value.message} {caught.value.hint}"
    assert shared_cache(project, BuildOptions()) is not None
    file.write_bytes(b"vidbuild-private: goes here")
    assert cache_sharing.push([Path("video.yaml")]).written == 0


@pytest.mark.parametrize("text", ["nonsense", "vidbuild-public:", "public"])
def test_a_variable_that_is_no_private_key_is_named(project: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """A public key in its place is the likeliest mistake; the text is not repeated."""
    keys = cache_sharing.keygen()
    (project / "vidbuild.toml").write_text('[cache]\nremote = "s3://videos"\n')
    monkeypatch.setenv("VIDBUILD_CACHE_KEY", keys.public if text == "public" else text)
    with pytest.raises(UsageError, match="VIDBUILD_CACHE_KEY is not a key: expected 'vidbuild-private:'"):
        cache_sharing.push([Path("video.yaml")])


def test_the_place_is_missed_before_the_key(project: Path) -> None:
    """A project without a remote cache needs no key."""
    (project / "vidbuild.toml").write_text("")
    with pytest.raises(UsageError, match="the project has no remote cache"):
        cache_sharing.push([Path("video.yaml")])


def test_a_machine_without_the_packages_builds_on(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A colleague who has not installed the extra gets a warning with the command, and no error but when asked."""
    keys = cache_sharing.keygen()
    (project / "vidbuild.toml").write_text(f'[cache]\nremote = "s3://videos"\nkeys = ["{keys.public}"]\n')
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    found = shared_cache(project, BuildOptions())
    assert found is not None
    (notice,) = found.notices()
    assert (found.tiers, notice.code, notice.hint) == ((), "VB910", "pip install 'vidbuild[remote]'")
    found.check()
    for options in (BuildOptions(require_remote=True), BuildOptions(remote_write=True)):
        with pytest.raises(UsageError):
            shared_cache(project, options)
    with pytest.raises(UsageError, match="is not installed"):
        probe(destination("s3://videos"))


def test_a_token_that_others_can_read_is_a_warning(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P43: to a server without TLS that is not this machine; the build goes on."""
    keys = cache_sharing.keygen()
    (project / "vidbuild.toml").write_text(f'[cache]\nremote = "http://cache.test/a"\nkeys = ["{keys.public}"]\n')
    monkeypatch.setenv("VIDBUILD_HTTP_TOKEN", "a-token")
    found = shared_cache(project, BuildOptions())
    assert found is not None
    (notice,) = found.notices()
    assert (notice.code, notice.hint, "a-token" in notice.message) == ("VB912", "use https://", False)
    assert "VIDBUILD_HTTP_TOKEN is sent to 'http://cache.test/a' without TLS" in notice.message
    assert [each.message for each in exposed_cache(project)] == [notice.message]


def test_a_check_warns_of_a_token_too(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """N5: a check warns of what a build warns of."""
    (project / "vidbuild.toml").write_text('[cache]\nremote = "http://cache.test/a"\nkeys = []\n')
    assert "VB912" not in {each.code for each in check([project / "video.yaml"])[0].diagnostics}
    monkeypatch.setenv("VIDBUILD_HTTP_TOKEN", "a-token")
    assert "VB912" in {each.code for each in check([project / "video.yaml"])[0].diagnostics}


def test_pushing_and_pulling_what_is_not_there(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project that was never built has nothing to write, and an empty place nothing to fetch."""
    keys = cache_sharing.keygen()
    (project / "vidbuild.toml").write_text(f'[cache]\nremote = "{(project / "cache").as_uri()}"\n')
    cache_sharing.trust(keys.public, project)
    with pytest.raises(UsageError, match="with a private key"):
        cache_sharing.push([Path("video.yaml")])
    monkeypatch.setenv("VIDBUILD_CACHE_KEY", keys.private)
    assert cache_sharing.push([Path("video.yaml")]).written == 0
    (project / "vidbuild.toml").write_text(f'[cache]\nremote = "{(project / "cache").as_uri()}"\n')
    with pytest.raises(UsageError, match="no key is trusted"):
        cache_sharing.pull([Path("video.yaml")])
    cache_sharing.trust(keys.public, project)
    tiers: list[SharedTier] = []

    def made(*given: Any, **ways: Any) -> SharedTier:
        tiers.append(SharedTier(*given, **ways))
        return tiers[-1]

    monkeypatch.setattr(cache_sharing, "SharedTier", made)
    with pytest.raises(RemoteError, match="the folder does not exist"):
        cache_sharing.pull([Path("video.yaml")])
    (project / "cache").mkdir()
    assert cache_sharing.pull([Path("video.yaml")]) == (0, 0)
    assert [each._fetch_all for each in tiers] == [True, True]


def test_counts_in_a_line() -> None:
    """What a run had of a shared cache; nothing is said of one that it did not need."""
    counts = RemoteCounts(hits=1, misses=2, rejected=3, written=4, kept=5, is_read_only=False)
    assert counts.line() == "remote cache: 1 hit, 2 missed, 3 rejected, 4 written, 5 there before"
    assert counts.is_used
    assert not RemoteCounts().is_used
    assert counts.to_json()["trouble"] is None
