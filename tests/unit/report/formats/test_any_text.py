"""Any text, in any place, leaves each format whole."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.problems import NAMES, commands_read, diagnostic, junit_read, report, validate_sarif
from vidbuild.report.formats.github import commands
from vidbuild.report.formats.junit import document
from vidbuild.report.formats.problem import Problem, Report
from vidbuild.report.formats.sarif import log

ODD = "\r\n\t%:,;#[]<>&\"'`=\x00\x1b\x85\u2028\u202e\ufeff\ufffe\ud800\U0001f3ac" + "视é1aA"
PIECES = st.sampled_from(["::", "%0A", "%", "##[", "]]>", "&#10;", "::error::", "\n::add-mask::", "<!--", "../", "\\"])
TEXTS = st.lists(st.one_of(st.text(st.sampled_from(ODD)), st.text(), PIECES), max_size=6).map("".join)
PLACES = st.tuples(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 10**6))


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A failed step, with any texts and any place."""
    message, hint, step, file = (draw(TEXTS) for _ in range(4))
    item = diagnostic(message, file or "a.yaml", draw(st.one_of(st.none(), PLACES)), hint=hint, log=(message, hint))
    return report(Problem(item, step, "step"), file=file or "a.yaml")


@settings(max_examples=200, deadline=None)
@given(reports())
def test_github_and_junit(made: Report) -> None:
    """GitHub reads one command, and a reader of XML one failed case."""
    lines = "\n".join(commands(made, NAMES))
    assert not {"\n", "\r"} & set(lines)
    ((name, properties, _),) = commands_read(lines)
    assert name == "error"
    assert set(properties) <= {"file", "line", "endLine", "col", "endColumn", "title"}
    (suite,) = junit_read(document(made, NAMES))
    (case,) = suite
    assert len(case.result) == 1


@settings(max_examples=20, deadline=None)
@given(reports())
def test_sarif(made: Report) -> None:
    """The log is valid, and the same after it was written and read."""
    made_log = log(made, NAMES, "1")
    (result,) = validate_sarif(json.loads(json.dumps(made_log)))["results"]
    assert result == made_log["runs"][0]["results"][0]
