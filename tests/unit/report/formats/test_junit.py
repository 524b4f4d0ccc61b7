"""JUnit XML, as another reader reads it."""

from __future__ import annotations

import re

from tests.support.problems import HARD, NAMES, diagnostic, junit_read, report
from vidbuild.diagnostic import Diagnostic
from vidbuild.location import Location
from vidbuild.report.formats.junit import document
from vidbuild.report.formats.problem import Case, Problem, Report, Suite


def test_every_case_has_its_result() -> None:
    """A case without errors has passed, with its warnings; another one has failed, or was not tried."""
    wrong = Problem(diagnostic(hint="mind it"))
    broken = Problem(diagnostic("ffmpeg stopped", log=("last line",)), "render:two", "step")
    warned = Problem(diagnostic("too long", severity="warning", code="VB306"))
    cases = (
        Case("scene one", (wrong, diagnosed("another"))),
        Case("scene two", (broken, warned)),
        Case("scene three", (warned,)),
        Case("video talk", skipped="the build was aborted"),
    )
    text = document(
        Report("build", (Suite("docs/talk.yaml", cases, 2.25), Suite("b.yaml", (Case("spec"),), 0.5))), NAMES
    )
    found = junit_read(text)
    assert (found.name, found.time, found.tests, found.failures, found.errors) == ("vidbuild build", 2.75, 5, 1, 1)
    first, second = found
    assert (first.name, first.time, first.skipped, second.tests) == ("docs/talk.yaml", 2.25, 1, 1)
    one, two, three, video = first
    assert [each.classname for each in first] == ["docs/talk.yaml"] * 4
    assert one.result[0].message == "it is wrong (and 1 other error)"
    assert one.result[0].text == "docs/video.yaml:3:5: it is wrong\n    hint: mind it\ndocs/video.yaml:3:5: another"
    assert (one.result[0].type, two.result[0].type) == ("spec-error", "step-failed")
    assert two.result[0].text == "docs/video.yaml:3:5: render:two: ffmpeg stopped\n    last line"
    assert three.is_passed
    assert three.system_out == two.system_out == "docs/video.yaml:3:5: warning: too long [VB306]"
    assert video.is_skipped
    assert video.result[0].message == "the build was aborted"


def diagnosed(message: str) -> Problem:
    """An error at the usual place."""
    return Problem(diagnostic(message))


def test_what_xml_cannot_have_is_replaced() -> None:
    """Control characters, surrogates and noncharacters become U+FFFD; everything else is read back."""
    name = 'a"<&>\udcff\x01.yaml'
    text = document(report(diagnostic(HARD, file=name), file=name), NAMES)
    (suite,) = junit_read(text)
    (case,) = suite
    assert suite.name == case.classname == 'a"<&>\ufffd\ufffd.yaml'
    assert 'a: b, 100% of "x" <&> ]]> \U0001f3ac 視\n::add-mask::secret\n' in case.result[0].text
    assert "##[set-output name=x]y\ufffd[31m\ufffd\ufffd" in case.result[0].text
    assert not re.search(r"^\W*::|##\[", text, re.MULTILINE)


def test_hundreds_of_problems_are_one_failure() -> None:
    """A case fails once, with all of its errors."""
    (suite,) = junit_read(document(report(*(diagnostic(place=(line, 1, 2)) for line in range(1, 401))), NAMES))
    (case,) = suite
    assert case.result[0].message == "it is wrong (and 399 other errors)"
    assert len(case.result[0].text.splitlines()) == 400


def test_a_problem_without_a_line() -> None:
    """Its text begins with the file, with the field of a spec made in Python, or with nothing."""
    items = [
        diagnostic("one", place=None),
        Diagnostic("error", "two", ""),
        Diagnostic("error", "three", "s.py", Location("scenes[1]", 0, 0, 0)),
        Diagnostic("error", "four", "/repo/s.py", Location("", 0, 0, 0)),
        Diagnostic("error", "five", "/repo/s.py"),
    ]
    (suite,) = junit_read(document(report(*items), NAMES))
    assert next(iter(suite)).result[0].text == ("docs/video.yaml: one\ntwo\nscenes[1]: three\ns.py: four\ns.py: five")


def test_a_command_that_was_stopped_is_an_error() -> None:
    """It has one case, which is no failure of a spec."""
    found = junit_read(document(Report("check", stopped=Diagnostic("error", "no spec", "", hint="name one")), NAMES))
    (suite,) = found
    assert (suite.name, suite.errors, suite.failures) == ("vidbuild", 1, 0)
    assert next(iter(suite)).result[0].text == "no spec\n    hint: name one"


def test_a_document_is_read_by_people_too() -> None:
    """Each element has a line, and one error has its message alone."""
    name = "docs/video.yaml"
    assert document(report(diagnostic()), NAMES).splitlines() == [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<testsuites name="vidbuild check" tests="1" failures="1" errors="0" time="1.500">',
        f' <testsuite name="{name}" file="{name}" tests="1" failures="1" errors="0" skipped="0" time="1.500">',
        '  <testcase classname="docs/video.yaml" name="scene one">',
        '   <failure type="spec-error" message="it is wrong">docs/video.yaml:3:5: it is wrong</failure>',
        "  </testcase>",
        " </testsuite>",
        "</testsuites>",
    ]


def test_nothing_to_report() -> None:
    """A command without specs has a document without suites."""
    assert len(junit_read(document(Report("build"), NAMES))) == 0
