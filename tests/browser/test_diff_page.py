"""The page that shows what has changed, in a real browser: its slider, its width, and that it requests nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.browser_page import Page
from tests.support.workspace import Workspace

SPEC = """\
vidbuild: 1
title: الصفحة
language: LANGUAGE
voice: espeak:en-us
output: {size: 320x180, fps: 25}
scenes:
  - {id: one, type: title, title: One, duration: 1, background: "#aa0000"}
  - {id: two, type: title, title: Two, min_duration: 1, narration: "NARRATION"}
"""
BOX = "(({x, y, width, height}) => [x, y, width, height])(document.querySelector('.pair').getBoundingClientRect())"
AT = "getComputedStyle(document.querySelector('.pair')).getPropertyValue('--at').trim()"


@pytest.fixture(scope="module")
def opened(page: Page, site: Path, tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The page about two builds, opened."""
    space = Workspace(tmp_path_factory.mktemp("diff") / "project")
    before = SPEC.replace("LANGUAGE", "ar").replace("NARRATION", "افتح الملف الجديد.")
    space.write("video.yaml", before)
    space.build()
    shutil.copytree(space.root / "build", space.root / "before")
    space.write("video.yaml", before.replace("aa0000", "0000aa").replace("الملف", "المجلد"))
    space.build()
    assert space.run("diff", "before", "build", "-o", "page.html").code == 0
    shutil.copy(space.root / "page.html", site / "diff.html")
    page.browser.open(f"{page.base}/diff.html", "document.readyState === 'complete'")
    return page


def test_the_mouse_moves_the_slider(opened: Page) -> None:
    """A press on the picture moves the border between before and after to it."""
    opened.browser.evaluate("document.querySelector('.pair').scrollIntoView({block: 'center'})")
    x, y, width, height = opened.browser.evaluate(BOX)
    for share in (0.25, 0.8):
        opened.browser.click(x + share * width, y + height / 2)
        assert abs(float(opened.browser.evaluate(AT).removesuffix("%")) - 100 * share) <= 2


def test_the_keyboard_moves_the_slider(opened: Page) -> None:
    """Arrow keys move the border, and a screen reader can read where it is."""
    opened.browser.evaluate("document.querySelector('.pair input').focus()")
    opened.browser.evaluate("document.querySelector('.pair input').value = 50")
    for _ in range(3):
        opened.browser.press("ArrowRight", 39)
    assert opened.browser.evaluate(AT) == "53%"
    assert opened.browser.evaluate("document.activeElement.getAttribute('aria-valuetext')") == "53% before"
    assert opened.browser.evaluate("document.activeElement.getAttribute('aria-label')") == "one: before and after"


def test_the_page_requests_nothing(opened: Page) -> None:
    """The page loads no resource but its pictures, which it has, and its policy forbids others."""
    names = opened.browser.evaluate("performance.getEntriesByType('resource').map((each) => each.name)")
    assert [name for name in names if not name.startswith("data:")] == []
    blocked = "fetch('/player.html').then(() => 'loaded', () => 'blocked')"
    assert opened.browser.evaluate(blocked) == "blocked"
    assert opened.browser.evaluate("[...document.images].every((each) => each.complete && each.naturalWidth === 320)")


@pytest.mark.parametrize("width", [320, 1600])
def test_the_page_fits_its_window(opened: Page, width: int) -> None:
    """Nothing is wider than the window, on a telephone and on a large screen."""
    opened.browser.resize(width, 900)
    assert opened.browser.evaluate("document.documentElement.scrollWidth") <= width


def test_right_to_left(opened: Page) -> None:
    """Arabic narration is set from right to left, with what was removed to the right of what was added."""
    assert opened.browser.evaluate("getComputedStyle(document.querySelector('.text')).direction") == "rtl"
    left = "document.querySelector('.text {}').getBoundingClientRect().left"
    assert opened.browser.evaluate(left.format("del")) > opened.browser.evaluate(left.format("ins"))
