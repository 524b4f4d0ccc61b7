"""Follows the hints of diagnostics as a user would: each kind of hint is a rule for an edit of the spec."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from vidbuild.diagnostic import Diagnostic


@dataclass
class Draft:
    """A spec that is edited: its lines, the text that a diagnostic marks, and variables for the command line."""

    lines: list[str]
    item: Diagnostic
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def row(self) -> int:
        """Index of the marked line."""
        return self.item.line - 1

    @property
    def marked(self) -> str:
        """The marked text."""
        assert self.item.location is not None
        return self.lines[self.row][self.item.column - 1 : self.item.location.end_column - 1]

    def replace(self, new: str) -> None:
        """Write something instead of the marked text."""
        assert self.item.location is not None
        line = self.lines[self.row]
        self.lines[self.row] = line[: self.item.column - 1] + new + line[self.item.location.end_column - 1 :]

    def edit(self, edit: Callable[[str], str]) -> None:
        """Edit the marked line."""
        self.lines[self.row] = edit(self.lines[self.row])

    def write_value(self, new: str) -> None:
        """Write something as the value of the key or entry of a list in the marked line, instead of a comment."""
        self.edit(lambda line: re.sub(r"^(\s*-(?=\s)|.*?[\w-]+:)(?=\s).*", lambda found: f"{found[1]} {new}", line))

    def value_range(self) -> tuple[int, int]:
        """Range of the plain value that the mark is in: from its key, dash or bracket to the end of the line."""
        line, column = self.lines[self.row], self.item.column - 1
        start = max(found.end() for found in re.finditer(r"(^\s*- |: |\[)", line[: column + 1]))
        return start, len(line)


def _quote(draft: Draft) -> None:
    """Put the value in quotes, with all of its lines."""
    start, end = draft.value_range()
    line = draft.lines[draft.row]
    flow = re.search(r"[,\]}]", line[start:]) if re.match(r"\s*- [{\[]", line) or "[" in line[:start] else None
    if flow:
        end = start + flow.start()
    below = draft.row + 1
    indent = len(line) - len(line.lstrip())
    if not flow and re.match(r"^\s*[\w-]+:", line):
        while below < len(draft.lines) and len(draft.lines[below]) - len(draft.lines[below].lstrip()) > indent:
            below += 1
    if below > draft.row + 1:
        draft.lines[draft.row] = f'{line[:start]}"{line[start:]}'
        draft.lines[below - 1] += '"'
    else:
        draft.lines[draft.row] = f'{line[:start]}"{line[start:end]}"{line[end:]}'


def _write_voice(draft: Draft, voice: str) -> None:
    """Write the voice of the spec, instead of one that it has."""
    draft.lines[:] = [line for line in draft.lines if not line.startswith("voice:")]
    draft.lines.insert(
        next(nth for nth, line in enumerate(draft.lines) if line.startswith("scenes:")), f"voice: {voice}"
    )


def _in_quotes(draft: Draft, new: str) -> None:
    """Write something instead of the marked text, and put the value in quotes."""
    draft.replace(new)
    _quote(draft)


def _single_quotes(draft: Draft) -> None:
    line, column = draft.lines[draft.row], draft.item.column - 1
    start, end = line.rindex('"', 0, column), line.index('"', column)
    draft.lines[draft.row] = f"{line[:start]}'{line[start + 1 : end]}'{line[end + 1 :]}"


def _twice(draft: Draft, letters: str) -> None:
    """Write a backslash twice before some letters."""
    found = "".join(re.findall(r"\\\\(\w)", letters))
    draft.edit(lambda line: re.sub(rf"(?<!\\)\\(?=[{found}])", r"\\\\", line))


def _raw(draft: Draft, start: str) -> None:
    """Put everything from the marked braces to the end of the text between the tags of raw text."""
    line = draft.lines[draft.row]
    column = line.rfind(start, 0, draft.item.column - 1 + len(start))
    row = draft.row
    if column < 0:  # they are in a line above the mark
        row = next(row for row in range(draft.row - 1, -1, -1) if start in draft.lines[row])
        column = draft.lines[row].index(start)
        indent = re.match(r"\s*", draft.lines[row])
        last = row
        while last + 1 < len(draft.lines) and indent and draft.lines[last + 1].startswith(indent[0]):
            last += 1
        draft.lines[row] = draft.lines[row][:column] + "{% raw %}" + draft.lines[row][column:]
        draft.lines[last] += "{% endraw %}"
        return
    quote = re.search(r"[\"'](?=[,}\]]|$)", line[column:])
    end = column + quote.start() if quote else len(line)
    draft.lines[row] = line[:column] + "{% raw %}" + line[column:end] + "{% endraw %}" + line[end:]


def _expression(draft: Draft, new: str) -> None:
    """Write something instead of the expression in braces that the mark is in."""
    inner = re.search(r"\{\{.*?\}\}", new, re.DOTALL)
    assert inner is not None
    row = next(row for row in range(draft.row, -1, -1) if inner[0] in draft.lines[row])
    draft.lines[row] = draft.lines[row].replace(inner[0], new, 1)


def _is_in_scene(draft: Draft) -> bool:
    """Whether the mark is below the spec's `scenes`."""
    return any(re.match(r"scenes:", line) for line in draft.lines[: draft.row])


def _scene_rows(draft: Draft) -> tuple[int, int]:
    first = next(row for row in range(draft.row, -1, -1) if re.match(r"^  - ", draft.lines[row]))
    after = (row for row in range(first + 1, len(draft.lines)) if not draft.lines[row].startswith("    "))
    return first, next(after, len(draft.lines))


def _add_field(draft: Draft, text: str) -> None:
    """Add a field to the scene that the mark is in, or beside the mark if it is in no scene."""
    if not _is_in_scene(draft):
        line = draft.lines[draft.row]
        if "{" in line:
            draft.lines[draft.row] = re.sub(r"\}(?=[^}]*$)", f", {text}}}", line)
        else:
            draft.lines.insert(draft.row + 1, line[: len(line) - len(line.lstrip())] + text)
        return
    first, after = _scene_rows(draft)
    line = draft.lines[first]
    if line.startswith("  - {"):
        last = after - 1
        draft.lines[last] = re.sub(r"\}\s*$", f", {text}}}", draft.lines[last])
    else:
        draft.lines.insert(after, f"    {text}")


def _to_narration(draft: Draft, text: str) -> None:
    first, after = _scene_rows(draft)
    row = next(row for row in range(first, after) if "narration:" in draft.lines[row])
    draft.lines[row] = re.sub(r"(narration: [\"']?[^\"'}]*?[\w.])(?=[\"'}]|$)", rf"\1 {text}", draft.lines[row])


def _nearest(draft: Draft, name: str) -> int | None:
    """Return the index of the line nearest to the mark that has a field."""
    rows = [row for row, line in enumerate(draft.lines) if re.search(rf"(?<![\w-]){name}: ?", line)]
    return min(rows, key=lambda row: abs(row - draft.row), default=None)


def _set(draft: Draft, name: str, value: str) -> None:
    """Write another value of a field: of the one nearest to the mark, or of a new one beside it."""
    row = _nearest(draft, name)
    if row is None:
        _add_field(draft, f"{name}: {value}")
    else:
        draft.lines[row] = re.sub(rf"(?<![\w-]){name}: {VALUE}", f"{name}: {value}", draft.lines[row], count=1)


def _drop(draft: Draft, name: str) -> None:
    """Remove the field nearest to the mark, with all of its lines."""
    row = _nearest(draft, name)
    assert row is not None, name
    line = draft.lines[row]
    if not re.match(rf"\s*{name}:", line):
        draft.lines[row] = re.sub(rf", {name}: {VALUE}|(?<=\{{){name}: {VALUE}(?:, )?", "", line, count=1)
        return
    indent, after = len(line) - len(line.lstrip()), row + 1
    while after < len(draft.lines) and re.match(rf" {{{indent + 1},}}\S", draft.lines[after]):
        after += 1
    del draft.lines[row:after]


def _also_in(draft: Draft) -> None:
    """Name the marked output in the first `only` of a scene."""
    name = re.search(r"name: ([\w-]+)", draft.marked)
    assert name is not None
    row = next(row for row, line in enumerate(draft.lines) if "only: [" in line)
    draft.lines[row] = draft.lines[row].replace("only: [", f"only: [{name[1]}, ", 1)


def _without_narration(draft: Draft) -> None:
    line = draft.lines[draft.row]
    draft.lines[draft.row] = re.sub(r", narration: (\"[^\"]*\"|[^,}]*)", ", duration: 3", line)


def _type(draft: Draft, kind: str) -> None:
    draft.lines[draft.row] = re.sub(r"type: \w+", f"type: {kind}, duration: 3", draft.lines[draft.row])


def _remove(draft: Draft) -> None:
    del draft.lines[draft.row]


def _remove_one(draft: Draft) -> None:
    """Remove the marked entry of a list in brackets, or else its line."""
    start = draft.item.column - 1
    before, after = draft.lines[draft.row][:start], draft.lines[draft.row][start + len(draft.marked) :]
    if before.endswith(", ") and after[:1] in {",", "]"}:
        draft.lines[draft.row] = before.removesuffix(", ") + after
    else:
        _remove(draft)


def _define(draft: Draft, name: str) -> None:
    draft.variables[name] = "x"


def _filter(draft: Draft, names: str) -> None:
    draft.lines[draft.row] = re.sub(r"\| [\w]+(\([^)]*\))?", f"| {names.rpartition(', ')[2]}", draft.lines[draft.row])


def _type_of_scene(draft: Draft, kind: str) -> None:
    first, after = _scene_rows(draft)
    for row in range(first, after):
        draft.lines[row] = re.sub(r"\btype: \w+", f"type: {kind}", draft.lines[row])


def _block(draft: Draft, name: str) -> None:
    written = draft.lines[draft.row].partition(": ")[2]
    draft.lines[draft.row : draft.row + 1] = [f"    {name}: |", f"      {written}"]


def _recorded(draft: Draft) -> None:
    spoken = r"narration: (\S+), voice: \S+?(?=\})"
    draft.edit(lambda line: re.sub(spoken, r"narration: {audio: media/hello.py, text: \1}", line))


def _file(draft: Draft) -> None:
    """Name a file of the project, of the kind that the scene needs."""
    line = draft.lines[draft.row]
    fitting = {"type: image": "media/dot.png", "theme: ": "paper", "folder: ": "themes", "fixture: ": "data"}
    draft.replace(next((file for use, file in fitting.items() if use in line), "media/hello.py"))


def _quoted_from(draft: Draft, line: str) -> str:
    start = line.index("[[", max(draft.item.column - 2, 0))
    return f'{line[:start]}"{line[start:]}"'


def _translated(draft: Draft, language: str) -> None:
    draft.edit(lambda line: line.replace("narration: {", f"narration: {{{language}: Hallo., "))


def _region(draft: Draft, name: str) -> None:
    first, after = _scene_rows(draft)
    row = next(row for row in range(first, after) if "regions:" in draft.lines[row])
    draft.lines.insert(row + 1, f"      {name}: [0, 0, 1, 1]")


def _without_key(draft: Draft) -> None:
    """Remove the marked key and its value from a mapping in braces."""
    draft.edit(lambda line: re.sub(rf",? {draft.marked}: (\[[^\]]*\]|[^,}}]*)", "", line))


def _into_entry(draft: Draft) -> None:
    """Move the field whose value is marked into the first entry of `clips` in its line."""
    line = draft.lines[draft.row]
    found = re.search(rf"(\w+: {re.escape(draft.marked)}), ", line)
    assert found is not None
    draft.lines[draft.row] = line.replace(found[0], "").replace("[{", f"[{{{found[1]}, ", 1)


def _swapped(draft: Draft) -> None:
    draft.edit(lambda line: re.sub(r"at: (\w+), until: (\w+)", r"at: \2, until: \1", line))


def _lines_below(draft: Draft, field: str) -> None:
    """Write the entries of the list that the mark is in as lines of one text."""
    draft.edit(lambda line: line.replace("- ", ""))
    draft.lines[draft.row - 1] = draft.lines[draft.row - 1].replace(f"{field}:", f"{field}: |")
    for row in range(draft.row + 1, len(draft.lines)):
        if not draft.lines[row].startswith("      - "):
            break
        draft.lines[row] = draft.lines[row].replace("- ", "")


# A value in braces: a list or a mapping, which can have others as entries, a text in quotes or a plain one.
VALUE = r"""(?:\[(?:[^][]|\[[^]]*\])*\]|\{(?:[^{}]|\{[^}]*\})*\}|"[^"]*"|'[^']*'|[^,}\]]+)"""
Rule = Callable[..., None]
RULES: tuple[tuple[str, Rule], ...] = (
    (r"did you mean '([^']+)'.*", Draft.replace),
    (r"write (\{\w+: )\.\.\.\}", lambda draft, start: draft.replace(f"{start}Hallo.}}")),
    # What it records is in tests/e2e/test_record.py; here the scene needs no recording.
    (
        r"(?:move it away, and )?record the commands: .*",
        lambda draft: draft.edit(lambda line: line.replace(", record: {}", "")),
    ),
    (r"rename '(\w+)' to '(\w+)'", lambda draft, old, new: draft.edit(lambda line: line.replace(old, new, 1))),
    (r"write '(\w+): \|', and below it the lines as they are shown", _lines_below),
    (r"write '(\{% raw %\}.+\{% endraw %\})' to show it as it is", _expression),
    (r"define it with 'vars: \{(\w+): \.\.\.\}' or .*", _define),
    (r"use one of ([\w, ]+?)(?:, or write .*)?", _filter),
    (r"write '\{% raw %\}' before '(.*)' and '\{% endraw %\}' at the end of the text to show it as it is", _raw),
    (r"write '(.*)' if it is text and no cue", Draft.replace),
    (r"write '(\[\[pause [^']*\]\])' for .*", Draft.replace),
    (r"remove it: the pauses of a recording .*", lambda draft: draft.replace("")),
    (
        r"remove one of them; 'speaker' names .*",
        lambda draft: draft.edit(lambda line: line.replace("voice: guest, ", "")),
    ),
    (
        r"write a narration for each language: .*",
        lambda draft: draft.edit(lambda line: line.replace("{en: Hello.}", "Hello.")),
    ),
    (r"remove the entry", _remove),
    (r"add '(\w+)' to the scene's 'regions'", _region),
    (r"write two callouts", lambda draft: draft.edit(lambda line: line.replace(", circle:", "}\n      - {circle:", 1))),
    (r"remove it: a blur lasts for .*|remove it, or use .*", _without_key),
    (r"remove it|remove '\w+', or the callout", _remove),
    (r"swap them", _swapped),
    (r"use colors that are all dark or all light", lambda draft: draft.replace("['#101828', '#1d2939']")),
    (r"name a cue, or seconds", lambda draft: draft.replace("3")),
    (r"move it to the 'overlays' of a scene; .*", lambda draft: draft.edit(lambda _: "")),
    (
        r"use 'watermark' for an image",
        lambda draft: draft.edit(lambda line: re.sub(r"clip: (\S+\.png)", r"watermark: {image: \1}", line)),
    ),
    (r"write two overlays", lambda draft: draft.edit(lambda line: line.replace(", water", "}\n      - {water", 1))),
    (r"set a later time", lambda draft: draft.replace("9")),
    (r"write '\|' instead of '>'", lambda draft: draft.replace("|")),
    (r"write '(\w+): \|' and the lines below it", _block),
    (r"write '<<: \*name', with .*", lambda draft: draft.edit(lambda line: line.replace("<<: ", "<<: *", 1))),
    (r"write a list: (.*)", Draft.replace),
    (r"write the scene's narration as .*", _recorded),
    (r"(?:write the path relative to the file that names it|put the file into the project(?:, or .*)?)", _file),
    (r"write ('.*') for a backslash and the letter", _twice),
    (r"write 'voice: (.*)'", _write_voice),
    (r"write (\S.*?), since '#' starts a comment", Draft.write_value),
    (r"put the text in quotes and write (\S.*?), or \\+.* to keep it as it is", _in_quotes),
    (r"write nothing, or .* to keep it as it is", lambda draft: draft.replace("")),
    (r"write (\S.*?)(?:, since .*|, or \\+.* to keep it as it is)?", Draft.replace),
    (r"use single quotes, .*", _single_quotes),
    (
        r"put quotes around text that starts with '\[\['",
        lambda draft: draft.edit(lambda line: _quoted_from(draft, line)),
    ),
    (r"put quotes around .*", _quote),
    (r"indent with spaces", lambda draft: draft.edit(lambda line: line.replace("\t", "    "))),
    (r"remove 'narration' from a scene without speech", _without_narration),
    (r"remove one of them", _remove_one),
    (
        r"set 'at' to when the clip begins to play, a cue or seconds",
        lambda draft: draft.edit(lambda line: line.replace("}", ", at: 1}")),
    ),
    (
        r"add 'for: 2', for 2 s, or 'until' with a cue or seconds",
        lambda draft: draft.edit(lambda line: line.replace("}]", ", for: 2}]")),
    ),
    (
        r"set its 'at' to a cue or seconds, write more sentences, .*",
        lambda draft: draft.replace(draft.marked.replace("}", ", at: 0.5}")),
    ),
    (r"add 'src' with a video file", lambda draft: _add_field(draft, "src: media/blink.gif")),
    (r"add a 'narration', or remove it", lambda draft: _add_field(draft, "narration: Hello there.")),
    (r"move it to an entry of 'clips'", _into_entry),
    (
        r"use a scene of its own for the clip",
        lambda draft: draft.edit(lambda line: re.sub(r"clips: \[.*?\]", "src: media/blink.gif", line)),
    ),
    (
        r"add a 'narration' with '(\[\[\w+\]\])' in it",
        lambda draft, cue: _add_field(draft, f"narration: It is {cue} here."),
    ),
    (r"add '(\[\[\w+\]\])' to the narration", _to_narration),
    (r"add '(\w+): \.\.\.' to the narration", _translated),
    (r"use '\w+' in a scene of type (\w+)", _type_of_scene),
    (r"use a scene of type '(\w+)'", _type),
    (r"use ENGINE:NAME, such as (\S+)", Draft.replace),
    (r"set its duration to (\S+) or less", Draft.replace),
    (r"rename one of them", lambda draft: draft.replace(f"{draft.marked}-2")),
    (r"let 'only' of a scene name it", _also_in),
    (
        r"add '(outputs: \[.*\])' to the spec",
        lambda draft, field: draft.lines.insert(_nearest(draft, "scenes") or 0, field),
    ),
    (r"add '(\w+): \.\.\.'", lambda draft, name: draft.replace(draft.marked.replace("{", f"{{{name}: Hallo., ", 1))),
    (r"there are ([\w-]+)(?:, .*)?", Draft.replace),
    (r"expected .*?([\w-]+)", Draft.replace),
    # Hints in the usual words, which need no rule of their own.
    (r"set '(\w+)' to (\d+) pixels .*", lambda draft, name, pixels: _set(draft, name, f"{pixels}x1080")),
    (r"(?:set|use) '(\w+): ([^']+)'(?:, or .*)?", _set),
    (r"set '(\w+)' to (\S+)(?: .*)?", _set),
    (r"use '(\w+)'(?: instead)?(?:, or .*)?", Draft.replace),
    (r"remove '(\w+)'(?:, or .*)?", _drop),
    (r"add '(\w+: [^']+)'(?:,? .*)?", _add_field),
)


def follow(text: str, item: Diagnostic) -> tuple[str, dict[str, str]]:
    """Return a spec's text after one hint is followed, and the variables to give on the command line."""
    assert item.hint is not None
    for pattern, rule in RULES:
        found = re.fullmatch(pattern, item.hint)
        if found:
            draft = Draft(text.split("\n"), item)
            rule(draft, *found.groups())
            return "\n".join(draft.lines), draft.variables
    raise AssertionError(f"no rule follows the hint '{item.hint}'")
