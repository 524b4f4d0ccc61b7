"""What is read from tapes of VHS."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vidbuild.create.importers.tape import TapeImporter
from vidbuild.create.source.outline import Command, Commands, Outline
from vidbuild.create.source.protocol import Source, SourceError

Read = Callable[[str], Outline]
OUTPUTS = (0, "the outputs, which a tape does not have: add them to the commands")


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """A function that reads a text as a tape."""

    def read_text(text: str) -> Outline:
        path = tmp_path / "first-steps.tape"
        path.write_text(text, encoding="utf-8")
        return TapeImporter().read(Source("tape", str(path), tmp_path))

    return read_text


def commands(outline: Outline) -> list[str]:
    """All commands, in order."""
    blocks = [block for section in outline.sections for block in section.blocks if isinstance(block, Commands)]
    return [command.run for block in blocks for command in block.commands]


def omitted(outline: Outline) -> list[tuple[int, str]]:
    """What is left out, with its line."""
    return [(each.line, each.what) for each in outline.omissions]


def test_typed_commands(read: Read) -> None:
    """Texts up to Enter are commands, with each kind of quotes, speeds, several keys in a line and corrections."""
    outline = read(
        'Output demo.gif\nSet Shell "zsh"\nSet Theme { "name": "Type", "black": "#535178" }\n'
        '# Type "not this"\nType "echo \'a\'" Sleep 500ms Enter\nType@.5 \'say "hi"\' Space 2 Type `x`\nEnter\n'
        'Type "lss"\nBackspace\nType@100ms " -l"\nSleep 2\nEnter 2\nType "gone" Ctrl+C\nType "never"\n'
    )
    assert outline.title == "First steps"
    assert commands(outline) == ["echo 'a'", 'say "hi"  x', "ls -l"]
    assert outline.sections[1].blocks == (
        Commands((Command("echo 'a'"), Command('say "hi"  x'), Command("ls -l")), "zsh"),
    )
    assert omitted(outline) == [OUTPUTS]


def test_hidden_commands_and_keys_of_programs(read: Read) -> None:
    """Hidden commands and what is typed into a full-screen program are left out, and reported with their line."""
    outline = read(
        'Hide\nType "cd demo" Enter\nShow\nType "less a"\nEnter\nDown 3\nType "/word" Enter\nCtrl+C\nType "ls" Enter\n'
    )
    assert commands(outline) == ["less a", "ls"]
    assert omitted(outline) == [
        (2, "the hidden command 'cd demo'"),
        (6, "the keys that are pressed in 'less a'"),
        OUTPUTS,
    ]


def test_scenes_have_few_commands(read: Read) -> None:
    """More than six commands are parted between scenes."""
    outline = read("".join(f'Type "run {n}" Enter\n' for n in range(8)))
    assert [len(commands(Outline("", (section,)))) for section in outline.sections] == [0, 6, 2]


@pytest.mark.parametrize(
    ("text", "message"),
    [('Sleep 1\nType "open\n', 'first-steps.tape:2:6: a text has no closing "'), ("Sleep 1\n", "types no command")],
)
def test_wrong_tapes(read: Read, text: str, message: str) -> None:
    """What cannot be read is refused."""
    with pytest.raises(SourceError) as error:
        read(text)
    assert message in error.value.message
