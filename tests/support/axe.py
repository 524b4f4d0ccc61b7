"""The rules of axe-core, tried on a page in the browser."""

from __future__ import annotations

from typing import Any

from tests.support.chromium import Chromium
from tests.support.paths import ROOT

AXE = ROOT / "tests" / "browser" / "node_modules" / "axe-core" / "axe.min.js"


def serious(browser: Chromium) -> list[Any]:
    """Return what axe-core finds moderate, serious or critical, with the elements."""
    browser.evaluate(AXE.read_text(encoding="utf-8"))
    # Colors fade for a moment after a change.
    browser.evaluate("new Promise((done) => setTimeout(done, 300))")
    found: list[Any] = browser.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(({violations}) => violations"
        ".filter((each) => ['serious', 'critical', 'moderate'].includes(each.impact))"
        ".map((each) => [each.id, each.nodes.map((node) => [node.html, node.failureSummary])]))"
    )
    return found
