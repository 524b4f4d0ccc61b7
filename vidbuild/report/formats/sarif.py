"""Problems as SARIF 2.1.0, which code scanning and editors read."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.lints import Lint, lints
from vidbuild.report.formats.file_names import FileNames
from vidbuild.report.formats.problem import Problem, Report, lines

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"  # by convention, the root of the repository
PAGE = "docs/lints.md"

# The rules of errors, which have no code of their own: name -> description.
_OF_ERRORS = {
    "spec-error": "The spec is wrong, so that its video cannot be built.",
    "step-failed": "A step of the build failed.",
    "unreachable": "A service on the network could not be used.",
    "bug": "A step failed because of a bug in vidbuild.",
}
_OF_FAULT = {"spec": "spec-error", "step": "step-failed", "unreachable": "unreachable", "bug": "bug"}
# In a message, a text in brackets before an address in parentheses would be a link.
_LINK = re.compile(r"\[([^\[\]]*)\]\(")


def log(report: Report, names: FileNames, version: str) -> dict[str, Any]:
    """Return the log as JSON values; version: of vidbuild."""
    rules = [*_rules()]
    indexes = {rule["id"]: index for index, rule in enumerate(rules)}
    seen: Counter[str] = Counter()
    results = [_result(each, names, indexes, seen) for each in report.problems]
    invocation: dict[str, Any] = {"executionSuccessful": report.stopped is None}
    if report.stopped is not None:
        invocation["toolExecutionNotifications"] = [_notification(report.stopped, report.fault, names, indexes)]
    run = {
        "tool": {"driver": {"name": "vidbuild", "version": version, "semanticVersion": version, "rules": rules}},
        "automationDetails": {"id": f"vidbuild/{report.command}/"},
        "invocations": [invocation],
        # Without an address, so that the log is the same wherever the repository is.
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def anchor(lint: Lint) -> str:
    """Return where the documentation has a lint."""
    return f"{PAGE}#{lint.code.lower()}-{lint.name}"


def _rules() -> Iterator[dict[str, Any]]:
    for name, description in _OF_ERRORS.items():
        yield {
            "id": name,
            "shortDescription": {"text": description},
            "fullDescription": {"text": description},
            "defaultConfiguration": {"level": "error"},
        }
    for lint in lints().values():
        yield {
            "id": lint.code,
            "name": lint.name,
            "shortDescription": {"text": lint.name.replace("-", " ")},
            "fullDescription": {"text": _message(lint.description)},
            "help": {
                "text": _message(f"{lint.hint} See {anchor(lint)}, or run 'vidbuild lints {lint.code}'."),
                "markdown": _braces(f"{lint.hint} See `{anchor(lint)}`, or run `vidbuild lints {lint.code}`."),
            },
            "defaultConfiguration": {"level": "warning"},
            "properties": {"documentation": anchor(lint), "tags": ["video"]},
        }


def _result(problem: Problem, names: FileNames, indexes: Mapping[str, int], seen: Counter[str]) -> dict[str, Any]:
    item = problem.diagnostic
    rule = item.code if item.code in indexes else _OF_FAULT.get(problem.fault, "step-failed")
    text = "\n".join(lines(problem))
    result: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": indexes[rule],
        "level": item.severity,
        "message": {"text": _message(f"{problem.step}: {text}" if problem.step else text)},
        "locations": [_location(problem, names)] if item.path else [],
    }
    # Without the line: the problem is the same one after an edit above it.
    identity = "\0".join((rule, problem.step, names.relative(item.path) if item.path else "", item.message))
    seen[identity] += 1
    digest = hashlib.sha256(f"{identity}\0{seen[identity]}".encode(errors="surrogatepass")).hexdigest()
    return {**result, "partialFingerprints": {"vidbuild/v1": digest}}


def _location(problem: Problem, names: FileNames) -> dict[str, Any]:
    item = problem.diagnostic
    if item.location is not None and not item.line:  # of a spec made in Python
        return {"logicalLocations": [{"fullyQualifiedName": item.path, "kind": "member"}]}
    file: dict[str, Any] = {"uri": names.uri(item.path)}
    if names.is_inside(item.path):
        file["uriBaseId"] = ROOT
    place: dict[str, Any] = {"artifactLocation": file}
    if item.location is not None:
        place["region"] = {
            "startLine": item.line,
            "startColumn": item.column,
            "endLine": item.line,
            "endColumn": max(item.location.end_column, item.column),
        }
    return {"physicalLocation": place}


def _notification(stopped: Diagnostic, fault: str, names: FileNames, indexes: Mapping[str, int]) -> dict[str, Any]:
    problem = Problem(stopped, fault=fault)
    found: dict[str, Any] = {"level": "error", "message": {"text": _message("\n".join(lines(problem)))}}
    if fault != "step":
        rule = _OF_FAULT[fault]
        found["associatedRule"] = {"id": rule, "index": indexes[rule]}
    return {**found, "locations": [_location(problem, names)]} if problem.diagnostic.path else found


def _message(text: str) -> str:
    """Return a text as a message string: no link in it, and no placeholder (section 3.11.5 of SARIF 2.1.0)."""
    return _braces(_LINK.sub(r"\\[\1\\](", text))


def _braces(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
