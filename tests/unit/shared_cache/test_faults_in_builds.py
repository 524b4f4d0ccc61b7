"""Builds whose shared cache is in trouble: the same videos, in bounded time, with a warning, or an error if wanted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import vidbuild
from tests.support.object_server import BUCKET, Fault, ObjectServer, Request
from vidbuild.api.options import BuildOptions
from vidbuild.api.result import Result
from vidbuild.remote.client import RemoteError
from vidbuild.remote.stores import store_of
from vidbuild.shared_cache.keys import KeyPair, generate

SHARED = 'scope="module"'  # tests.support.parallel keeps the tests of this module in one process
SPEC = """\
vidbuild: 1
title: Small
output: {size: 64x64, fps: 24}
scenes: [{id: one, type: title, title: One, duration: 0.2}]
"""
KEYS: KeyPair = generate()
SKEWED = b"<Error><Code>RequestTimeTooSkewed</Code><ServerTime>2026-11-30T12:00:00Z</ServerTime></Error>"
EXPIRED, UNKNOWN = (b"<Error><Code>%s</Code></Error>" % code for code in (b"ExpiredToken", b"InvalidAccessKeyId"))
AT_ONCE = 32  # requests that can be on their way when a server falls silent


@dataclass(frozen=True)
class Case:
    """A fault. error: what the warning says, "" if results are rejected instead."""

    where: Callable[[Request], bool]
    fault: Fault
    error: str = ""


def _record(request: Request) -> bool:
    return request.method == "GET" and "/ac/" in request.key


def _blob(request: Request) -> bool:
    return request.method == "GET" and "/cas/" in request.key


CASES: Mapping[str, Case] = {
    "hangs": Case(_record, Fault(-1), "the server does not answer"),
    "drips": Case(_record, Fault(200, b"{" * 60, drip=0.2), "the server does not answer in time"),
    "fails": Case(_record, Fault(500), "the server answered 500"),
    "says that the clock is off": Case(_record, Fault(403, SKEWED), "the clock of this machine is off"),
    "knows an expired key": Case(_record, Fault(400, EXPIRED), "the credentials have expired"),
    "knows the key no more": Case(_record, Fault(403, UNKNOWN), "the access key is unknown"),
    "denies": Case(_record, Fault(401), "access is denied"),
    "has no blob": Case(_blob, Fault(404)),
    "cuts the body": Case(_blob, Fault(0), "the server does not answer"),
    "redirects": Case(_record, Fault(302), "the server redirects"),
    "has a huge record": Case(_record, Fault(200, b"x" * 5_000_000), "larger than it may be"),
    "has a huge blob": Case(_blob, Fault(200, b"x" * 1_000_000), "larger than it may be"),
    "has wrong bytes": Case(_blob, Fault(200, is_garbled=True)),
    "has no record": Case(_record, Fault(200, b"<html>")),
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, s3: ObjectServer) -> Path:
    """A project whose shared cache has all results."""
    (tmp_path / "video.yaml").write_text(SPEC)
    (tmp_path / "vidbuild.toml").write_text(f'[cache]\nremote = "s3://{BUCKET}/faults"\nkeys = ["{KEYS.public}"]\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VIDBUILD_CACHE_KEY", KEYS.private)
    if not getattr(s3, "clean", ""):
        s3.clean = digest(build("first", remote_write=True))  # type: ignore[attr-defined] # once for the module
    s3.clear()
    return tmp_path


def build(cache: str, *, remote_write: bool = False, require_remote: bool = False) -> Result:
    """Build with a cache of its own, as another machine."""
    options = BuildOptions(cache=Path(cache), remote_write=remote_write, require_remote=require_remote)
    return vidbuild.build("video.yaml", options)


def digest(result: Result) -> str:
    """The digest of the video, as it is on the disk."""
    return hashlib.sha256(result.outputs[0].path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", CASES)
def test_trouble_costs_time_and_no_result(project: Path, s3: ObjectServer, name: str) -> None:
    """P32, P35, N24: the video is the same, one warning says why, and a server that is silent is soon asked no more."""
    case = CASES[name]
    s3.fault = lambda request: case.fault if case.where(request) else None
    result = build("second")
    assert (result.status, digest(result)) == ("built", s3.clean)  # type: ignore[attr-defined] # set above
    warnings = [each.message for each in result.warnings if each.code == "VB910"]
    assert len(warnings) == bool(case.error)
    assert [case.error for message in warnings if case.error not in message] == [], warnings
    counts = result.remote
    assert counts is not None
    assert counts.hits < len(result.steps.ran)  # empty files have no bytes that could be wrong
    assert bool(counts.rejected) == (not case.error)
    assert len(s3.requests) <= AT_ONCE
    assert project.is_dir()


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.error])
def test_trouble_is_an_error_if_the_remote_cache_is_required(project: Path, s3: ObjectServer, name: str) -> None:
    """P33: exit code 4, and what was built is in its place all the same."""
    case = CASES[name]
    s3.fault = lambda request: case.fault if case.where(request) else None
    (project / "build" / "video.mp4").unlink(missing_ok=True)
    with pytest.raises(RemoteError) as caught:
        build("third", require_remote=True)
    assert (caught.value.code, case.error in caught.value.message) == (4, True)
    assert (project / "build" / "video.mp4").is_file()


@pytest.mark.parametrize("required", [False, True])
def test_a_server_that_is_not_there(
    project: Path, s3: ObjectServer, monkeypatch: pytest.MonkeyPatch, required: bool
) -> None:
    """P32, P33: a refused connection is a warning, or an error before anything is built."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    store_of.cache_clear()
    if required:
        with pytest.raises(RemoteError, match="the server does not answer"):
            build("fourth", require_remote=True)
        assert not (project / "build").exists()
    else:
        result = build("fourth")
        assert (result.status, digest(result)) == ("built", s3.clean)  # type: ignore[attr-defined] # set above
        assert [each.code for each in result.warnings] == ["VB910"]


def test_results_of_a_stranger_are_rejected(project: Path, s3: ObjectServer) -> None:
    """P35: without the key of who wrote them all are made again, and none is in the cache as it was fetched."""
    settings = project / "vidbuild.toml"
    settings.write_text(settings.read_text().replace(KEYS.public, generate().public))
    result = build("fifth")
    assert digest(result) == s3.clean  # type: ignore[attr-defined] # set above
    assert result.remote is not None
    assert (result.remote.hits, result.remote.rejected) == (0, len(result.steps.ran))
    assert not any(_blob(request) for request in s3.requests)
