"""Commands that are really run in a pseudo-terminal: what is returned of them, and what stops them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from vidbuild.record import confinement, recorder
from vidbuild.record.fault import RecordError
from vidbuild.record.recorder import Commands, record
from vidbuild.record.terminal import Terminal
from vidbuild.scenes.command.masks import lines_of, plain
from vidbuild.scenes.command.transcript import Ran


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Whatever a recording does, its folder is gone afterwards."""
    yield
    assert list(Path(tempfile.gettempdir()).glob("vidbuild-record-*")) == []


def ran(*runs: str | tuple[str, int], fixture: Path | None = None, **settings: Any) -> list[Ran]:
    """Run commands; each exits with 0 unless it is given with another status."""
    pairs = [(each, 0) if isinstance(each, str) else each for each in runs]
    return record(Commands(pairs, settings, fixture, Path.cwd()))


def lines(*runs: str | tuple[str, int], **settings: Any) -> list[list[str]]:
    """The lines that each command prints."""
    return [[plain(line) for line in lines_of(each.output)] for each in ran(*runs, **settings)]


@pytest.mark.parametrize(("version", "forbids"), [(0, False), (1, False), (2, True), (6, True)])
def test_files_are_forbidden_where_they_can_still_be_moved(
    version: int, forbids: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first version of Landlock lets no file be moved to another folder."""
    monkeypatch.setattr("vidbuild.engine.sandbox.landlock.abi", lambda: version)
    assert confinement.forbids_files() is forbids


def test_folders_are_made_removable(tmp_path: Path) -> None:
    """Also those that only an owner can open again; a link's target keeps its rights."""
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o500)
    inner = tmp_path / "scratch" / "one" / "two"
    inner.mkdir(parents=True)
    (inner / "link").symlink_to(outside)
    inner.chmod(0o500)
    inner.parent.chmod(0o500)
    recorder.open_folders(tmp_path / "scratch")
    assert [each.stat().st_mode & 0o777 for each in (inner.parent, inner, outside)] == [0o700, 0o700, 0o500]


def test_commands_share_a_shell() -> None:
    """Folder, variables and `$?` stay from one command to the next, and `!` is a character like any other."""
    found = lines("mkdir in; cd in; x=5", 'echo "$x!" in $PWD', ("false", 1), "echo $?", "true", "echo $?")
    assert found == [[], ["5! in /user/demo/in"], [], ["1"], [], ["0"]]


def test_only_commands_in_the_background_are_jobs() -> None:
    """What bash reports of jobs is what it reports at a prompt."""
    found = lines("sleep 0.01", "sleep 9 & echo started", "jobs")
    assert found[1] == ["started"]
    assert [line.split() for line in found[2]] == [["[1]+", "Running", "sleep", "9", "&"]]


def test_a_command_of_several_lines() -> None:
    """A loop over several lines is one command."""
    assert lines("for i in 1 2; do\n  echo $i\ndone") == [["1", "2"]]


def test_the_terminal_has_a_fixed_size_and_is_one() -> None:
    """Programs find a terminal of 80 by 24 cells, whatever the terminal of the user is."""
    assert lines("stty size; test -t 0 && test -t 1 && test -t 2 && echo all") == [["24 80", "all"]]


def test_no_program_can_print_the_mark_of_the_end() -> None:
    """The shell's mark and the pipe with its commands are out of reach of the commands."""
    found = lines(
        "ls /proc/self/fd | sort -n | tail -n +5; env | grep -c vidbuild; printf '\\036%032d:7\\036' 1; echo ok",
        ("true", 0),
    )
    assert found[0][-1].endswith("ok")
    assert found[1] == []


def test_setup_is_run_and_not_returned(tmp_path: Path) -> None:
    """Setup runs in the copy of the fixture, before the commands, and the fixture stays as it is."""
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "a").write_text("a")
    found = record(Commands([("ls; rm a", 0)], {"setup": ["touch b"]}, tmp_path / "demo", tmp_path.resolve()))
    assert [plain(line) for line in lines_of(found[0].output)] == ["a  b"]
    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == ["a"]


def test_a_shell_that_ends_with_the_last_command() -> None:
    """`exit 3` is a command like any other if it is the last one."""
    (found,) = ran(("echo bye; exit 3", 3))
    assert found.status == 3
    assert "bye" in found.output


def test_a_shell_killed_with_the_last_command() -> None:
    """A shell that a signal ends has the status that shells give to it."""
    assert ran(("kill -9 $$", 137))[0].status == 137


def test_a_masked_text_is_shown_instead() -> None:
    """A mask with `as` replaces the text itself; the others leave it."""
    mask = [{"pattern": "pid [0-9]+", "as": "pid 1"}, {"pattern": "x"}]
    assert lines("echo pid $$ x", mask=mask) == [["pid 1 x"]]


def test_colors_are_kept() -> None:
    """A color is in the output, and nothing of what overwrote it."""
    (found,) = ran(r"printf 'wait\r\033[1;31mfail\033[0m ok\n'")
    assert found.output == "\x1b[0;1;31mfail\x1b[0m ok"


@pytest.mark.parametrize(
    ("runs", "settings", "field", "message"),
    [
        (["sleep 60"], {"timeout": 0.3}, "commands.0", "did not end within 0.3 s"),
        (["true", "kill -STOP $$"], {"timeout": 3}, "commands.1", "did not end within 3 s"),
        (["yes"], {}, "commands.0", "more than 1 MB"),
        (["seq 1001"], {}, "commands.0", "more than 1000 lines"),
        (["true", "false"], {}, "commands.1", "exited with 1: expected 0"),
        (["exit", "true"], {}, "commands.0", "the shell ended"),
        (["true"], {"setup": ["true", "exit"]}, "record.setup.1", "the shell ended"),
        (["true"], {"setup": ["false"]}, "record.setup.0", "exited with 1"),
        (["echo b"], {"expect": ["b", "a"]}, "record.expect.1", "no command printed 'a' after the text before it"),
        (["sleep 60"], {"expect": ["a"], "timeout": 0.3}, "record.expect.0", "'a' was not printed within 0.3 s"),
        (["echo a"], {"expect": [{"text": "a", "send": "x"}]}, "record.expect.0", "ended before this answer"),
        (["true"], {"env": ["A=1", "VIDBUILD_TEST_NOT_SET"]}, "record.env.1", "not set"),
    ],
)
def test_what_stops_a_recording(runs: Sequence[str], settings: Mapping[str, Any], field: str, message: str) -> None:
    """Each limit and each expectation that is not met names the field of the scene that it is about."""
    with pytest.raises(RecordError, match=message) as caught:
        ran(*runs, **settings)
    assert caught.value.field == field


def test_the_error_of_a_question_has_the_question() -> None:
    """A command that waits for an answer fails with a hint that has what it printed last."""
    with pytest.raises(RecordError) as caught:
        ran("read -p 'Go on? ' x", timeout=3)
    assert caught.value.log == ("Go on?",)
    assert caught.value.hint == "if it waits for an answer, write 'expect: [{text: \"Go on?\", send: ANSWER}]'"


def test_answers_are_typed_once_asked() -> None:
    """A slow program gets its answer at its question, and a password is not shown."""
    ask = "sleep 0.1; read -p 'Name? ' a; read -sp 'Key? ' b; echo; echo $a ${#b}"
    found = lines(ask, expect=[{"text": "Name?", "send": "Ada"}, {"text": "Key?", "send": "1234"}, "Ada 4"])
    assert found == [["Name? Ada", "Key?", "Ada 4"]]


def test_an_answer_to_a_program_that_goes_on_printing() -> None:
    """A prompt below a spinner that never stops gets its answer all the same."""
    spin = "(while sleep 0.05; do printf .; done) & read -p 'Größe? ' a; kill $!; wait; printf '\\r\\e[Kgot %s\\n' $a"
    (found,) = lines(spin, expect=[{"text": "Größe?", "send": "5"}])
    assert found[-1] == "got 5"


def test_a_value_of_the_environment_is_in_no_output_or_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The value of a variable that is taken is refused in an output, and replaced in an error, wrapped lines too."""
    monkeypatch.setenv("ACME", "blue-and-green")
    assert lines("test $ACME = blue-and-green && echo yes", env=["ACME"]) == [["yes"]]
    for command in ("echo $ACME", "printf '%075d%s' 0 $ACME"):
        with pytest.raises(RecordError, match="the output has the value of 'ACME'"):
            ran(command, env=["ACME"])
    with pytest.raises(RecordError) as caught:
        ran("echo $ACME; sleep 60", env=["ACME"], timeout=3)
    assert caught.value.log == ("$ACME",)


def test_all_processes_end_with_the_recording() -> None:
    """A job and a daemon in a session of its own are gone."""
    (found,) = lines("sleep 61 & (setsid sleep 62 & echo $!); echo $!")
    for pid in found:
        assert not Path(f"/proc/{pid}").exists()


def test_folders_without_rights_are_removed() -> None:
    """What the commands have locked is removed all the same; the fixture looks at that."""
    assert lines("mkdir -p a/b; touch a/b/c; chmod 0 a/b a") == [[]]


def test_commands_write_only_to_their_folder_and_open_no_socket(tmp_path: Path) -> None:
    """Files elsewhere and the network are out of reach, unless the sandbox is off or the scene has a network."""
    assert confinement.forbids_files()
    assert confinement.forbids_network()
    socket = "python3 -c 'import socket; socket.socket()' 2>/dev/null"
    ran((f"echo > {tmp_path}/a 2>/dev/null", 1), (socket, 1), "echo > $TMPDIR/a", "echo > /dev/null")
    assert not (tmp_path / "a").exists()
    ran(socket, network=True)
    record(Commands([(f"echo > {tmp_path}/a", 0)], {}, None, tmp_path, sandboxed=False))
    assert (tmp_path / "a").exists()


def test_the_memory_of_a_command_is_limited() -> None:
    """More than 4 GiB cannot be allocated."""
    assert lines(("python3 -c 'bytearray(5 << 30)' 2>&1 | tail -1", 0)) == [["MemoryError"]]


def test_an_interrupt_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while a command runs ends its processes and removes its folder."""
    pids: list[str] = []

    def interrupted(terminal: Terminal, *_: object) -> tuple[str, int]:
        pids.append(str(terminal._process.pid))
        raise KeyboardInterrupt

    monkeypatch.setattr(Terminal, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ran("sleep 60")
    assert not Path(f"/proc/{pids[0]}").exists()
