"""The documentation as a site in a real browser: every page, wide, dark and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.guard import guard
from tests.support.chromium import Chromium
from tests.support.doc_sites import build_docs
from tests.support.file_server import served

# The theme has inline styles and scripts; nothing comes from elsewhere.
OWN = "'self' 'unsafe-inline'"
STRICT = {"Content-Security-Policy": f"default-src 'self' data:; style-src {OWN}; script-src {OWN}"}
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
CONTRAST = """
axe.run(document.querySelector('[role=main]'), {runOnly: ['color-contrast'], resultTypes: ['violations']})
  .then(({violations}) => violations.flatMap(({nodes}) => nodes.slice(0, 3).map((each) => each.html.slice(0, 80))))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site."""
    return build_docs(tmp_path_factory.mktemp("docs") / "site")


@pytest.fixture(scope="module")
def base(site: Path) -> Iterator[str]:
    """Its address, of a server that forbids everything from elsewhere."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setenv(guard.LOOPBACK, "1")
        yield stack.enter_context(served(site, STRICT))


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_every_page_is_whole(site: Path, base: str, tmp_path: Path, width: int, scheme: str) -> None:
    """Nothing reaches over the edge, all images are there, and links and texts can be read on their ground."""
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("index.html"))
    assert len(pages) > 45
    axe = AXE.read_text(encoding="utf-8")
    with Chromium(tmp_path) as browser:
        browser.prefer(color_scheme=scheme)
        browser.resize(width, 900)
        for page in pages:
            browser.open(
                f"{base}/{page}",
                "!!document.querySelector('[role=main]') && document.readyState === 'complete'",
            )
            images = "[...document.images].filter((each) => each.complete && !each.naturalWidth)"
            found = browser.evaluate(
                "((page) => [page.scrollWidth - page.clientWidth, "
                f"{images}.map((each) => each.src)])(document.documentElement)"
            )
            assert found == [0, []], page
            browser.evaluate(f"{axe}; 0")
            assert browser.evaluate(CONTRAST) == [], page


def test_the_first_page_plays_its_video(base: str, tmp_path: Path) -> None:
    """It is built by vidbuild from the project's own spec."""
    with Chromium(tmp_path) as browser:
        browser.open(f"{base}/index.html", "document.querySelector('video')?.readyState >= 1")
        size = browser.evaluate(
            "[document.querySelector('video').videoWidth, document.querySelector('video').duration]"
        )
        assert size[0] == 1920
        assert size[1] > 20
