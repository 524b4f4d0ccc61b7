"""Every warning has a code, and every code is documented."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.support.paths import ROOT
from tools import lints as page
from tools import schema as written
from vidbuild.lints import lints

PACKAGE = ROOT / "vidbuild"
CODE = re.compile(r"VB[0-9]{3}")
MENTIONS = re.compile(r"VB[0-9]|[Ww]arn|Notice|Diagnostic")

# What makes a warning -> the position or the name of its code. `_warning` are the helpers of modules of vidbuild/spec.
MAKERS = {"warning": 0, "_warning": 0, "warn": 0, "ClipWarning": 0, "StepWarning": 3, "Notice": 3}
KEYWORD = "code"
# Modules whose calls of these names are about something else, or hand on a code that another one has given.
OTHERS = {"collector.py", "nodes.py", "context.py", "trace.py", "protocol.py", "run_view.py", "result_output.py"}
OTHERS |= {"plugin.py", "extension.py"}  # of documentation tools, whose logs they write


@cache
def modules() -> list[tuple[Path, ast.Module]]:
    """Return every module of the package that can have warnings, parsed."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))}
    return [(path, ast.parse(text)) for path, text in texts.items() if MENTIONS.search(text)]


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Yield the name of what is called, and the call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


def code_of(name: str, call: ast.Call) -> ast.expr | None:
    """Return the argument that is the code of a warning."""
    given = {each.arg: each.value for each in call.keywords}
    place = MAKERS[name]
    return given.get(KEYWORD) or (call.args[place] if len(call.args) > place else None)


def texts(tree: ast.Module) -> Iterator[str]:
    """Yield the codes that a module names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
            yield node.value


def test_every_warning_in_the_source_has_a_code() -> None:
    """What makes a warning gets a code of the registry, or one that a caller has given."""
    wrong = []
    for path, tree in modules():
        if path.name in OTHERS:
            continue
        for name, call in calls(tree):
            if name not in MAKERS or (name == "_warning" and path.parent.name != "spec"):
                continue
            code = code_of(name, call)
            is_known = isinstance(code, ast.Constant) and code.value in lints()
            hands_on = isinstance(code, ast.Name | ast.Attribute) and "code" in ast.unparse(code).lower()
            if not (is_known or hands_on or any(isinstance(each, ast.Starred) for each in call.args)):
                wrong.append(f"{path.relative_to(ROOT)}:{call.lineno}: {ast.unparse(call)[:90]}")
    assert wrong == []


def test_every_diagnostic_that_warns_has_a_code() -> None:
    """A diagnostic with the severity of a warning is made with a code."""
    wrong = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path, tree in modules()
        for name, call in calls(tree)
        if name == "Diagnostic"
        and isinstance(call.args[0] if call.args else None, ast.Constant)
        and ast.literal_eval(call.args[0]) == "warning"
        and KEYWORD not in {each.arg for each in call.keywords}
    ]
    assert wrong == []


def test_every_code_of_the_registry_is_used_and_every_used_one_is_in_it() -> None:
    """The codes that the package names are those of the registry."""
    assert {code for _, tree in modules() for code in texts(tree)} == set(lints())


def test_the_registry_is_in_order_and_complete() -> None:
    """Codes and names are unique and well-formed; descriptions and hints are sentences."""
    found = list(lints().values())
    assert [each.code for each in found] == sorted({each.code for each in found})
    assert len({each.name for each in found}) == len(found)
    for each in found:
        assert CODE.fullmatch(each.code), each
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+", each.name), each
        assert re.fullmatch(r"[A-Za-z`].*[.]", each.description), each
        assert re.fullmatch(r"[A-Z].*[.]", each.hint), each


def test_every_code_is_documented() -> None:
    """docs/lints.md is what the generator makes of the registry, and has each code as a heading."""
    text = written.LINTS.read_text(encoding="utf-8")
    assert text == page.page(), f"run {written.COMMAND}"
    assert re.findall(r"^### (VB[0-9]{3}) ", text, re.MULTILINE) == list(lints())
