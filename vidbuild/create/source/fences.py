"""Which block a fenced or literal text of a source becomes: a diagram, commands of a terminal, or code."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from vidbuild.create.source.outline import Block, Code, Command, Commands, Diagram

DIAGRAMS = {"mermaid": "mermaid", "dot": "dot", "graphviz": "dot"}
SHELLS = frozenset({"bash", "sh", "shell", "zsh", "fish", "powershell", "pwsh", "ps1", "cmd", "bat"})
PLAIN = frozenset({"", "text", "txt"})
SESSIONS = frozenset({"console", "shell-session", "shellsession", "sh-session", "terminal", "bash-session"})
_MATTER = re.compile(r"\A\s*---\n.*?\n---\n", re.DOTALL)
# The prompts of shells; ">" alone is also a quotation and a comparison, and "#" a comment.
_PROMPT = re.compile(
    r"(?:\([\w.-]+\) )?(?:[\w.-]+@[\w.-]+[:~\w/. -]*)?[$%\u276f\u279c] (?=\S)|PS [^>\n]*> (?=\S)|C:\\[^>\n]*>(?=\S)"
)
_ROOT = re.compile(r"# (?=[a-z])")
_HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")
_COMMENT_BEHIND = re.compile(r"(?m)\s#\s.*$")  # its apostrophes open no quotation
_COMMENT = re.compile(r"\s*#(?!!)")
# A line of a shell that opens a construct is no command to type alone.
_SCRIPT = re.compile(r"(?m)^\s*(?:if|for|while|until|case|function|select)\b.*|^\s*\w+\s*\(\)\s*\{|^#!")


def block(text: str, info: str, filename: str = "") -> Block | None:
    """Return the block of a fenced text; None if it has nothing to show. info: its info string ("bash", "js {1,3}")."""
    language = language_of(info)
    text = text.strip("\n")
    if not text.strip():
        return None
    if language in DIAGRAMS:
        return diagram(text, DIAGRAMS[language])
    lines = text.splitlines()
    commands: tuple[Command, ...] = ()
    if language in SESSIONS or (language in SHELLS | PLAIN and any(map(_PROMPT.match, lines))):
        commands = tuple(_session(lines))
    elif language in SHELLS and not _SCRIPT.search(text):
        commands = tuple(_lines(lines))
    return Commands(commands, language if language in SHELLS else "") if commands else Code(text, language, filename)


def diagram(text: str, notation: str) -> Diagram:
    """Return a diagram, without the front matter and the space at the end of lines that notations do not need."""
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return Diagram(_MATTER.sub("", text) if notation == "mermaid" else text, notation)


def language_of(info: str) -> str:
    """Return the language that an info string names: "js" of "js {1,3}", "{code-block} js" and ".js"."""
    words = re.split(r"[\s,{}]+", info.strip().strip("{}"))
    names = [word for word in words if word and word not in {"code-block", "code", "code-cell", "sourcecode"}]
    return names[0].lstrip(".").lower() if names else ""


def _session(lines: list[str]) -> Iterator[Command]:
    """Yield the commands behind prompts and the outputs below them."""
    prompt = _PROMPT if any(_PROMPT.match(line) for line in lines) else _ROOT
    output: list[str] = []
    rest = iter(lines)
    for line in rest:
        if (match := prompt.match(line)) is None:
            output.append(line)
            continue
        yield from _output(output)
        output = []
        yield Command(run=_continued(line[match.end() :], rest))
    yield from _output(output)


def _lines(lines: list[str]) -> Iterator[Command]:
    """Yield the commands of lines without prompts; comments are left out."""
    rest = iter(lines)
    for line in rest:
        if line.strip() and not _COMMENT.match(line):
            yield Command(run=_continued(line.strip(), rest))


def _continued(line: str, rest: Iterator[str]) -> str:
    """Return a command with the lines that continue it."""
    command = [line]
    while _is_open("\n".join(command)) and (following := next(rest, None)) is not None:
        command.append(following.removeprefix("> "))
    if heredoc := _HEREDOC.search(line):
        for following in rest:
            command.append(following)
            if following.strip() == heredoc[2]:
                break
    return "\n".join(command)


def _is_open(command: str) -> bool:
    """Return whether a command goes on in the next line: a backslash at its end, or a quotation that does not end."""
    command = _COMMENT_BEHIND.sub("", command)
    lexer = shlex.shlex(command, posix=True, punctuation_chars=True)
    lexer.commenters = ""
    try:
        list(lexer)
    except ValueError as error:
        return "quotation" in str(error) or command.endswith("\\")
    return command.rstrip(" ").endswith("\\")


def _output(lines: list[str]) -> Iterator[Command]:
    text = "\n".join(lines).strip("\n")
    if text.strip():
        yield Command(output=text)
