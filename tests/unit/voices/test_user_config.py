"""The user's settings of servers and programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidbuild import settings
from vidbuild.errors import UsageError
from vidbuild.voices import user_config
from vidbuild.voices.user_config import Program, Server


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the settings are in a test."""
    path = tmp_path / "config.toml"
    monkeypatch.setenv(settings.PATH, str(path))
    for name in (user_config.BASE, user_config.MODEL, user_config.KEY):
        monkeypatch.delenv(name, raising=False)
    return path


def test_settings_define_servers_programs_and_folders(file: Path) -> None:
    """Each section is read, defaults are filled in, and relative paths are those of the file's folder."""
    file.write_text(
        '[speech.openai]\nbase = "https://api.example.org/v1"\nmodel = "m"\nkey_variable = "K"\n'
        '[speech.near]\nbase = "http://localhost:8880"\nrate = 16000\nwords = false\n'
        '[command.say]\nprogram = ["say", "-o", "{out}"]\nnetwork = true\nread = ["models"]\nversion = "2"\n'
        '[piper]\nfolder = "voices"\n'
    )
    config = user_config.load()
    assert config.servers["openai"] == Server("openai", "https://api.example.org/v1", "m", "K", 24_000, True)
    assert config.servers["near"] == Server("near", "http://localhost:8880", "tts-1", "", 16_000, False)
    say = config.programs["say"]
    assert (say.arguments, say.network, say.version) == (("say", "-o", "{out}"), True, "2")
    assert say.read == (str(file.parent / "models"),)
    assert config.piper == (file.parent / "voices",)


def test_a_program_has_no_network_and_reads_nothing_by_default(file: Path) -> None:
    """A program that is only named has no network, and may be named without a list."""
    file.write_text("[command.say]\nprogram = 'say'\n")
    assert user_config.load().programs == {"say": Program("say", ("say",))}
    assert not user_config.load().programs["say"].network


def test_without_a_file_there_is_nothing(file: Path) -> None:
    """No file is no error, and what appears later is read."""
    assert user_config.load() == user_config.VoiceConfig()
    file.write_text('[speech.a]\nbase = "http://localhost"\n')
    assert list(user_config.load().servers) == ["a"]


def test_the_environment_defines_the_default_server(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables define `default` beside the file's servers, with a key only if its variable is set."""
    file.write_text('[speech.a]\nbase = "http://localhost"\n')
    monkeypatch.setenv(user_config.BASE, "http://localhost:1234")
    monkeypatch.setenv(user_config.MODEL, "kokoro")
    assert user_config.load().servers["default"] == Server("default", "http://localhost:1234", "kokoro")
    monkeypatch.setenv(user_config.KEY, "x")
    assert user_config.load().servers["default"].key_variable == user_config.KEY
    assert sorted(user_config.load().servers) == ["a", "default"]
    monkeypatch.setenv(user_config.BASE, "localhost")
    with pytest.raises(UsageError, match=rf"\${user_config.BASE}: expected an address"):
        user_config.load().server("default")
    assert user_config.load().server("a") is not None


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[speech.a\n", "config.toml:1: invalid TOML", None),
        ("\n[speach.a]\n", "config.toml:2: unknown section 'speach'", "did you mean 'speech'?"),
        ("[speech]\nbase = 'x'\n", "config.toml:1: 'speech' needs a name", "write [speech.NAME]"),
        ("[speech.a]\n", "config.toml:1: [speech.a]: 'base' is missing", None),
        ("[speech.a]\nbase = 'ftp://x'\n", "config.toml:2: [speech.a]: expected an address", None),
        ("[speech.a]\nbase = 'http://u:p@x'\n", "must not hold a password", None),
        (
            "[speech.a]\nbase = 'http://x'\nmodle = 'm'\n",
            "config.toml:3: [speech.a]: unknown setting",
            "did you mean 'model'?",
        ),
        ("[speech.a]\nbase = 'http://x'\nrate = 100\n", "config.toml:3: [speech.a]: 'rate' must be", None),
        (
            "[speech.a]\nbase = 'http://x'\nwords = 1\n",
            "config.toml:3: [speech.a]: 'words' must be true or false",
            None,
        ),
        (
            "[command.a]\n",
            "config.toml:1: [command.a]: 'program' is missing",
            'write program = ["PROGRAM", "ARGUMENT"]',
        ),
        ("[command.a]\nprogram = [1]\n", "config.toml:2: [command.a]: 'program' must be text", None),
        ("[command.'a b']\nprogram = 'x'\n", "'a b' is no name", None),
        ("piper = 1\n", "config.toml:1: 'piper' must be a table", "write [piper]"),
        ("[piper]\nfolders = 'x'\n", "config.toml:2: [piper]: unknown setting 'folders'", "did you mean 'folder'?"),
    ],
)
def test_what_is_wrong_is_located(file: Path, text: str, message: str, hint: str | None) -> None:
    """Each mistake is an error with the file and the line, and the way out where one is known."""
    file.write_text(text)
    try:
        (error,) = user_config.load().errors.values()
    except UsageError as unreadable:
        error = unreadable
    assert message in error.message
    assert str(file) in error.message
    if hint is not None:
        assert error.hint == hint


WRONG = """\
[speech.near]
bas = 'x'
[speech.far]
base = 'http://far'
[command.near]
program = 1
[command.far]
program = "far"
"""


def test_only_the_part_that_is_wrong_fails(file: Path) -> None:
    """A wrong server, program, section or folder stops nothing but itself."""
    file.write_text(f"{WRONG}[piper]\nfolder = 1\n")
    config = user_config.load()
    assert (config.server("far"), config.program("far")) == (
        user_config.Server("far", "http://far"),
        user_config.Program("far", ("far",)),
    )
    for wrong, line in ((lambda: config.server("near"), 2), (lambda: config.program("near"), 6)):
        with pytest.raises(UsageError, match=rf"config.toml:{line}: "):
            wrong()
    with pytest.raises(UsageError, match=r"config.toml:10: \[piper\]"):
        config.check("piper")
    assert config.server("absent") is None
    file.write_text(f"{WRONG}[comand.absent]\nprogram = 'x'\n")
    assert user_config.load().server("far") is not None
    with pytest.raises(UsageError, match=r"config.toml:9: unknown section 'comand'"):
        user_config.load().program("absent")


def test_a_file_that_cannot_be_settings_is_an_error(file: Path) -> None:
    """A folder and an enormous file are refused in words."""
    file.mkdir()
    with pytest.raises(UsageError, match=r"cannot read|invalid TOML"):
        user_config.load()
    file.rmdir()
    file.write_bytes(b"#" * 64_000)
    assert user_config.load() == user_config.VoiceConfig()
    file.write_bytes(b"#" * 64_001)
    with pytest.raises(UsageError, match="too large"):
        user_config.load()


def test_paths_of_a_program_begin_at_home(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """~/ begins a path in an argument as it does in the program's own; elsewhere a tilde is a tilde."""
    monkeypatch.setenv("HOME", "/homes/a")
    file.write_text("[command.say]\nprogram = ['~/bin/say', '~/say.py', '{out}', '~', 'a~/b']\n")
    arguments = user_config.load().programs["say"].arguments
    assert arguments == ("/homes/a/bin/say", "/homes/a/say.py", "{out}", "~", "a~/b")


@pytest.mark.parametrize(("rate", "right"), [(7999, False), (8000, True), (96_000, True), (96_001, False)])
def test_rates_of_a_server_have_limits(file: Path, rate: int, right: bool) -> None:
    """The samples of a server have 8 to 96 kHz."""
    file.write_text(f"[speech.a]\nbase = 'http://x'\nrate = {rate}\n")
    if right:
        assert user_config.load().servers["a"].rate == rate
    else:
        with pytest.raises(UsageError, match=f"'rate' must be a number of 8000 to 96000 Hz, not {rate}"):
            user_config.load().server("a")


def test_an_unknown_section_has_all_as_a_hint(file: Path) -> None:
    """A section that resembles none has the list of what there is."""
    file.write_text("[xyz]\n")
    with pytest.raises(UsageError) as caught:
        user_config.load().check("speech")
    assert caught.value.hint == "use speech, command, piper or writer"
