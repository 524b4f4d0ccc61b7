"""The pages about runs and problems: a batch with the progress of each row, a failed step, and two hundred problems."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.guard import guard
from tests.support.axe import serious
from tests.support.background_build import wait_until
from tests.support.live_server import LivePages, live_pages
from tests.support.workspace import Workspace
from vidbuild.media.ffmpeg import ffmpeg

ROWS = 24
SPEC = """\
vidbuild: 1
title: A video
vars: {who: all}
output: {size: 320x180, fps: 25}
scenes:
  - {id: one, type: title, title: "For {{ who }}", duration: 2}
  - {id: two, type: title, title: "Of {{ who }}", duration: 2}
"""
STATE = "document.querySelector('#state').textContent"
COUNTS = "[...document.querySelectorAll('#steps summary .number')].map((each) => each.textContent)"


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A project with a batch."""
    space = Workspace(tmp_path_factory.mktemp("runs") / "project")
    space.write("video.yaml", SPEC)
    rows = "".join(f'  - {{spec: video.yaml, vars: {{who: "Person {number}"}}}}\n' for number in range(ROWS))
    space.write("batch.yaml", f"batch: 1\nvideos:\n{rows}")
    return space


@pytest.fixture(scope="module")
def pages(space: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivePages]:
    """Its live page."""
    with live_pages(space.root, tmp_path_factory, "video.yaml") as pages:
        pages.until_idle()
        yield pages


@pytest.fixture(autouse=True)
def loopback(pages: LivePages, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the test talk to the server; afterwards, nothing in the page is broken."""
    monkeypatch.setenv(guard.LOOPBACK, "1")
    pages.browser.resize(1280, 900)
    yield
    pages.unbroken()


def press(pages: LivePages, action: str) -> None:
    """Press a button of the run's page."""
    pages.until(f"document.querySelector('[data-action={action}]')?.disabled === false")
    pages.browser.evaluate(f"document.querySelector('[data-action={action}]').click()")


def test_a_batch_is_watched_paused_and_cancelled(space: Workspace, pages: LivePages) -> None:
    """Each row has its progress; the run is paused, resumed and cancelled from its page."""
    command = [sys.executable, "-m", "vidbuild", "batch", "--jobs", "1"]
    # The batch must not be over before it is paused.
    slow = space.write("slow-ffmpeg", f'#!/bin/sh\n[ "$1" = -version ] || sleep 1\nexec {ffmpeg.executable()} "$@"\n')
    slow.chmod(0o755)
    env = {**os.environ, "VIDBUILD_FFMPEG": str(slow)}
    with subprocess.Popen(
        command, cwd=space.root, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as batch:
        try:
            running = {"running"}
            wait_until(lambda: running & {each["state"] for each in pages.server.get("/api/runs")}, "the batch", 60)
            pages.open("/runs")
            link = (
                "[...document.querySelectorAll('.runs a')].find((each) => /Running.*16 videos/s.test(each.innerText))"
            )
            pages.until(f"Boolean({link})")
            pages.until(f"Boolean({link}?.querySelector('progress'))")
            pages.browser.evaluate(f"{link}.click()")
            pages.until("document.querySelectorAll('#steps details').length === 16")
            press(pages, "pause")
            pages.until(f"{STATE} === 'Paused'")
            assert pages.browser.evaluate("document.querySelector('#name').textContent") == "video.yaml: 16 videos"
            counts = pages.browser.evaluate(COUNTS)
            assert all(text.endswith(" of 12") for text in counts)
            assert "12 of 12" not in counts[-1]
            assert serious(pages.browser) == []
            press(pages, "resume")
            pages.until(f"{STATE} === 'Running'")
            pages.until(f"{COUNTS}.join() !== {json.dumps(','.join(counts))}")
            press(pages, "cancel")
            pages.until(f"{STATE} === 'Cancelled'")
            batch.wait(60)
        finally:
            batch.kill()


def test_a_failed_step_shows_the_end_of_its_log(space: Workspace, pages: LivePages) -> None:
    """The group of a failed step is open, with the tool's last lines; the run can be tried again from there."""
    real = ffmpeg.executable()
    broken = space.write("ffmpeg", f'#!/bin/sh\n[ "$1" = -version ] && exec {real} "$@"\necho it broke >&2\nexit 3\n')
    broken.chmod(0o755)
    space.write("video.yaml", SPEC.replace("Of {{", "Never {{"))
    pages.until_idle()
    space.write("clip.yaml", SPEC.replace("For {{", "Fails {{").replace("fps: 25", "fps: 25, profile: compat"))
    done = space.run("build", "clip.yaml", "-k", env={"VIDBUILD_FFMPEG": str(broken)})
    assert done.code == 1, done.stderr
    run = next(each["run"] for each in pages.server.get("/api/runs") if each["name"].startswith("clip"))
    pages.open(f"/runs/{run}")
    pages.until(f"{STATE} === 'Failed'")
    pages.until("document.querySelector('#steps details[open] .step pre:not([hidden])') !== null")
    log = "[...document.querySelectorAll('.step pre:not([hidden])')].map((each) => each.textContent).join()"
    assert "it broke" in pages.browser.evaluate(log)
    pages.until("document.querySelector('[data-action=retry]') !== null")
    assert serious(pages.browser) == []
    press(pages, "retry")  # of a spec that this server does not show
    pages.until("!document.querySelector('#refusal').hidden")
    assert "spec" in pages.browser.evaluate("document.querySelector('#refusal').textContent")


def test_two_hundred_problems(space: Workspace, pages: LivePages) -> None:
    """Errors come first, by kind and in parts; a problem without a file has its message alone."""
    problems: list[dict[str, str | int | list[str] | None]] = [
        {
            "severity": "warning" if number % 40 else "error",
            "code": "VB306" if number % 40 else None,
            "message": f"problem {number}",
            "file": "/project/video.yaml" if number else "",
            "line": 8 if number else None,
            "column": 3 if number else None,
            "excerpt": "   8 │ - x\n     │   ^" if number else "",
            "hint": "",
            "open": None,
            "log": [],
        }
        for number in range(200)
    ]
    (video,) = pages.server.get("/api/videos")
    pages.open(f"/v/{video['id']}", "window.vidbuild?.detail?.state === 'ready'")
    pages.browser.evaluate(
        "const own = window.fetch; window.fetch = (path, ...more) => (/problems$/.test(path)"
        f" ? Promise.resolve(new Response({json.dumps(json.dumps(problems))})) : own(path, ...more)); 0"
    )
    top = pages.browser.evaluate("document.querySelector('#play').getBoundingClientRect().top")
    space.write("video.yaml", SPEC.replace("type: title", "type: titel"))
    pages.until("document.querySelector('#count').textContent === '200'")
    assert pages.browser.evaluate("document.querySelector('#play').getBoundingClientRect().top") == top, (
        "an error moves nothing on the page"
    )
    pages.browser.evaluate("document.querySelector('#trouble button').click()")
    texts = "[...document.querySelectorAll('.problem .message')].map((each) => each.innerText)"
    shown = pages.browser.evaluate(texts)
    assert len(shown) == 50
    assert [text.split()[0] for text in shown[:6]] == ["error"] * 5 + ["warning"]
    first = "document.querySelector('.problem')"
    assert pages.browser.evaluate(f"{first}.querySelector('pre, .place')") is None
    pages.browser.evaluate("document.querySelector('#panel-problems [data-kind=error]').click()")
    assert len(pages.browser.evaluate(texts)) == 5
    pages.browser.evaluate("document.querySelector('#panel-problems [data-kind=\"\"]').click()")
    assert serious(pages.browser) == []
    pages.browser.evaluate("document.querySelector('#panel-problems .more').click()")
    assert len(pages.browser.evaluate(texts)) == 200
    assert pages.browser.evaluate("[...document.querySelectorAll('.problem')].indexOf(document.activeElement)") == 50
