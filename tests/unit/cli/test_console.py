"""Printing texts from outside: they cannot control a terminal or a CI system."""

from __future__ import annotations

import io
import json

import pytest

from vidbuild.cli import console

ORDERS = (
    "theme '##[set-output name=v;]x' is unknown",
    "a ##vso[task.prependpath]/tmp",
    "##teamcity[buildStatus status='SUCCESS']",
    "#\u200b#\u00ad[add-mask]e",
    "::add-mask::e",
    "  ::set-output name=a::b.yaml:3:8: unknown theme",
    "a\n\u3000::stop-commands::x",
)


@pytest.mark.parametrize("text", ORDERS)
def test_texts_give_a_ci_system_no_orders(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A workflow command in a text is shown broken, on both streams; the rest of the text is as it was."""
    console.message(text)
    console.result(text)
    shown = capsys.readouterr()
    assert shown.out == shown.err
    seen = "".join(mark for mark in shown.out if mark not in "\u200b\u00ad")
    assert "##" not in seen
    assert not any(line.lstrip().startswith("::") for line in seen.splitlines())
    assert shown.out.count("\ufffd") == 1
    assert len(shown.out) == len(text) + 1


@pytest.mark.parametrize(
    "text", ["## heading", "C# [1]", "a::b", "Acme::Tool: x", "1:2: 'x'", "#[derive(Debug)]", "...: a"]
)
def test_texts_that_order_nothing_stay(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What only looks a little like a command is written as it is."""
    console.message(text)
    assert capsys.readouterr().err == text + "\n"


def test_json_contains_no_workflow_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """In JSON the mark is escaped, so that a reader gets the original text."""
    console.result_json({"spec": ORDERS[0]})
    shown = capsys.readouterr().out
    assert "##" not in shown
    assert json.loads(shown) == {"spec": ORDERS[0]}


def test_texts_are_shown_in_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    """Marks that turn the direction of what follows do not reach the terminal; scripts written from the right do."""
    console.message("a\u202eb\u2066c שלום\u200f")
    assert capsys.readouterr().err == "a\ufffdb\ufffdc שלום\u200f\n"


@pytest.mark.parametrize(
    ("encoding", "plain"),
    [("utf-8", True), ("UTF-8", True), ("utf8", True), ("utf-16", True), ("ascii", False), ("iso-8859-1", False)],
)
def test_json_has_characters_that_its_stream_can_encode(
    encoding: str, plain: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream in Unicode gets a title as it is; others get it escaped, so that no character is replaced."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr("sys.stdout", stream)
    console.result_json({"title": "Grüße 日"})
    stream.seek(0)
    shown = stream.read()
    assert json.loads(shown) == {"title": "Grüße 日"}
    assert ("日" in shown) == plain
