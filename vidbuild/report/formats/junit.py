"""Problems as JUnit XML: a suite for each spec, a case for each scene and video.

It keeps to the schema of the xUnit plug-in of Jenkins (junit-10.xsd), which is what most programs accept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from vidbuild.report.formats.file_names import FileNames
from vidbuild.report.formats.problem import Case, Problem, Report, Suite, lines
from vidbuild.report.humanize import count
from vidbuild.sanitize import sanitize_xml

# What XML 1.0 cannot contain, not even as a reference.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_TYPES = {"spec": "spec-error", "step": "step-failed", "unreachable": "unreachable", "bug": "bug"}


def document(report: Report, names: FileNames) -> str:
    """Return the document, which ends without a line end."""
    root = ET.Element("testsuites", {"name": f"vidbuild {report.command}"})
    suites = list(report.suites)
    if report.stopped is not None:
        suites.append(Suite(report.stopped.file, (Case("command", (Problem(report.stopped, fault=report.fault),)),)))
    for suite in suites:
        root.append(_suite(suite, names))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(each.get(name, "0")) for each in root)))
    seconds = [each.seconds for each in suites if each.seconds is not None]
    if seconds:
        root.set("time", f"{sum(seconds):.3f}")
    ET.indent(root, " ")
    return sanitize_xml(_HEAD + ET.tostring(root, encoding="unicode"))


def _suite(suite: Suite, names: FileNames) -> ET.Element:
    file = names.relative(suite.file) if suite.file else ""
    element = ET.Element("testsuite", {"name": _xml(file or "vidbuild")})
    if file:
        element.set("file", _xml(file))
    element.extend(_case(each, file, names) for each in suite.cases)
    counts = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    element.set("tests", str(len(element)))
    for name, tag in counts.items():
        element.set(name, str(sum(case.find(tag) is not None for case in element)))
    if suite.seconds is not None:
        element.set("time", f"{suite.seconds:.3f}")
    return element


def _case(case: Case, file: str, names: FileNames) -> ET.Element:
    element = ET.Element("testcase", {"classname": _xml(file or "vidbuild"), "name": _xml(case.name)})
    errors = [each for each in case.problems if each.is_error]
    warnings = [each for each in case.problems if not each.is_error]
    if errors:
        # A failure is the spec's; an error is what kept the case from being tried.
        tag = "failure" if all(each.fault == "spec" for each in errors) else "error"
        fault = next((each.fault for each in errors if each.fault != "spec"), "spec")
        problem = ET.SubElement(element, tag, {"type": _TYPES.get(fault, fault), "message": _brief(errors)})
        problem.text = _xml(_text(errors, names))
    elif case.skipped:
        ET.SubElement(element, "skipped", {"message": _xml(case.skipped)})
    if warnings:
        ET.SubElement(element, "system-out").text = _xml(_text(warnings, names))
    return element


def _brief(errors: Sequence[Problem]) -> str:
    more = f" (and {count(len(errors) - 1, 'other error')})" if len(errors) > 1 else ""
    return _xml(next(lines(errors[0])) + more)


def _text(problems: Iterable[Problem], names: FileNames) -> str:
    return "\n".join(f"{_position(each, names)}{line}" for each in problems for line in _indented(each))


def _indented(problem: Problem) -> list[str]:
    mark = "" if problem.is_error else "warning: "
    step = f"{problem.step}: " if problem.step else ""
    first, *others = lines(problem)
    return ["\n    ".join([f"{mark}{step}{first}", *others])]


def _position(problem: Problem, names: FileNames) -> str:
    item = problem.diagnostic
    if item.line:
        return f"{names.relative(item.path)}:{item.line}:{item.column}: "
    if item.location is not None and item.path:
        return f"{item.path}: "
    return f"{names.relative(item.file)}: " if item.file else ""


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
