"""SARIF, by the schema of OASIS."""

from __future__ import annotations

import re
from typing import Any

from tests.support.paths import ROOT
from tests.support.problems import HARD, NAMES, diagnostic, report, validate_sarif
from vidbuild.diagnostic import Diagnostic
from vidbuild.lints import lints
from vidbuild.location import Location
from vidbuild.report.formats.problem import Problem, Report
from vidbuild.report.formats.sarif import anchor, log


def results(*problems: Problem | Diagnostic) -> list[dict[str, Any]]:
    """The results of a valid log."""
    found: list[dict[str, Any]] = validate_sarif(log(report(*problems), NAMES, "1.2.3"))["results"]
    return found


def test_a_result_has_its_rule_and_its_region() -> None:
    """Lines and columns count from 1, in characters; the end column is the one after the last character."""
    run = validate_sarif(log(report(diagnostic(severity="warning", code="VB306", hint="why")), NAMES, "1.2.3"))
    (result,) = run["results"]
    assert (result["ruleId"], result["level"]) == ("VB306", "warning")
    assert result["message"]["text"] == "it is wrong [VB306]\nhint: why"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "docs/video.yaml", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 9}
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["invocations"] == [{"executionSuccessful": True}]
    assert (run["tool"]["driver"]["version"], run["automationDetails"]["id"]) == ("1.2.3", "vidbuild/check/")


def test_every_lint_is_a_rule_with_its_place_in_the_documentation() -> None:
    """The rules are the lints and four of errors; each lint's heading is on the page that its rule names."""
    rules = validate_sarif(log(report(), NAMES, "1"))["tool"]["driver"]["rules"]
    by_code = {rule["id"]: rule for rule in rules}
    assert set(lints()) | {"spec-error", "step-failed", "unreachable", "bug"} == set(by_code)
    headings = re.findall(r"^### (.*)$", (ROOT / "docs" / "lints.md").read_text(encoding="utf-8"), re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    for code, lint in lints().items():
        assert by_code[code]["properties"]["documentation"] == anchor(lint)
        assert anchor(lint).removeprefix("docs/lints.md#") in anchors
        assert by_code[code]["defaultConfiguration"] == {"level": "warning"}


def test_faults_are_rules_and_strict_warnings_keep_theirs() -> None:
    """An error has the rule of its fault; a warning that is an error keeps its lint."""
    steps = [Problem(diagnostic(fault), f"render:{fault}", fault) for fault in ("step", "unreachable", "bug", "odd")]
    found = results(*steps, diagnostic("strict", code="VB306"), diagnostic("unknown", code="VB000"))
    by_text = {each["message"]["text"].split(" ")[0].partition("\n")[0]: each for each in found}
    assert by_text["render:step:"]["ruleId"] == by_text["render:odd:"]["ruleId"] == "step-failed"
    assert by_text["render:unreachable:"]["ruleId"] == "unreachable"
    assert by_text["render:bug:"]["ruleId"] == "bug"
    assert (by_text["strict"]["ruleId"], by_text["strict"]["level"]) == ("VB306", "error")
    assert by_text["unknown"]["ruleId"] == "spec-error"


def test_hard_texts_and_places() -> None:
    """Names are encoded, files elsewhere have whole addresses, and what looks like a link in a message is none."""
    (text,) = results(diagnostic(HARD))
    assert text["message"]["text"] == HARD
    (linked,) = results(diagnostic("title '[a](b) [c] [d](e)' is long"))
    assert linked["message"]["text"] == "title '\\[a\\](b) [c] \\[d\\](e)' is long"
    (outside,) = results(diagnostic(file="/other/ä b.yaml", place=(1, 4, 4)))
    place = outside["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "file:///other/%C3%A4%20b.yaml"}
    assert place["region"]["endColumn"] == 4
    (empty,) = results(diagnostic(place=(1, 4, 0)))
    assert empty["locations"][0]["physicalLocation"]["region"]["endColumn"] == 4


def test_braces_are_no_placeholders() -> None:
    """SARIF 2.1.0, 3.11.5: a brace in a message string is written twice; so is that of a rule's help."""
    (found,) = results(diagnostic("unknown variable '{{ name }}', use {0} or [{x}](y)"))
    text = found["message"]["text"]
    assert text == r"unknown variable '{{{{ name }}}}', use {{0}} or \[{{x}}\](y)"
    run = log(report(), NAMES, "1")["runs"][0]
    texts = [
        text
        for rule in run["tool"]["driver"]["rules"]
        for each in ("shortDescription", "fullDescription", "help")
        for text in rule.get(each, {}).values()
    ]
    assert any("{" in text for text in texts)
    assert not any(re.search(r"(?<!\{)(?:\{\{)*\{(?!\{)", text) for text in texts)


def test_a_problem_without_a_line() -> None:
    """It has its file alone, or the field of a spec made in Python, or no place."""
    assert results(diagnostic(place=None))[0]["locations"] == [
        {"physicalLocation": {"artifactLocation": {"uri": "docs/video.yaml", "uriBaseId": "%SRCROOT%"}}}
    ]
    python = Diagnostic("error", "bad", "s.py", Location("scenes[1].title", 0, 0, 0))
    assert results(python)[0]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "scenes[1].title"
    assert results(Diagnostic("error", "bad", ""))[0]["locations"] == []


def test_fingerprints_stay_when_lines_move() -> None:
    """A problem further down has the same fingerprint; two equal problems, other texts and files have others."""

    def prints(*problems: Diagnostic) -> list[str]:
        return [each["partialFingerprints"]["vidbuild/v1"] for each in results(*problems)]

    (one,) = prints(diagnostic())
    assert prints(diagnostic(place=(30, 1, 2))) == [one]
    assert prints(diagnostic(), diagnostic(place=(9, 1, 2)))[0] == one
    others = [diagnostic("another"), diagnostic(file="b.yaml"), diagnostic(code="VB306", severity="warning")]
    assert len({one, *prints(diagnostic(), diagnostic(place=(9, 1, 2)), *others)}) == 5


def test_hundreds_of_results() -> None:
    """All are in the log, once each, with fingerprints of their own."""
    found = results(*(diagnostic(place=(line, 1, 2)) for line in [*range(1, 501), *range(1, 501)]))
    assert len(found) == len({each["partialFingerprints"]["vidbuild/v1"] for each in found}) == 500


def test_a_command_that_was_stopped_has_a_notification() -> None:
    """It has no result: the tool did not run to its end."""
    run = validate_sarif(log(Report("build", stopped=Diagnostic("error", "no spec", "")), NAMES, "1"))
    assert run["results"] == []
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"] == [{"level": "error", "message": {"text": "no spec"}}]
    located = validate_sarif(log(Report("build", stopped=diagnostic(place=None)), NAMES, "1"))
    assert located["invocations"][0]["toolExecutionNotifications"][0]["locations"]
