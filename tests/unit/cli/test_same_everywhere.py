"""What all commands have in common: `--json`, `--strict`, `-q`, `-v`, `-n`, exit codes and hints."""

from __future__ import annotations

import json
import shlex
from collections import defaultdict
from pathlib import Path

import click
import pytest

from tests.support.workspace import SMALL
from tests.unit.cli.test_app import ALL
from vidbuild.cli.app import run

# Command -> its command line without anything to complain of, and one that fails. Each works in `project`.
LINES: dict[str, tuple[str, str]] = {
    "build": ("build --draft", "build bad.yaml"),
    "batch": ("batch --dry-run", "batch bad.yaml"),
    "init": ("init new --yes", "init new --theme none"),
    "create": ("create --from notes.md", "create --from missing.md"),
    "record": ("record recorded.yaml", "record video.yaml"),
    "lock": ("lock", "lock bad.yaml"),
    "check": ("check --draft", "check bad.yaml"),
    "still": ("still video.yaml one", "still video.yaml none"),
    "say": ("say Hello --voice espeak:en-us", "say Hello --voice none"),
    "estimate": ("estimate", "estimate bad.yaml"),
    "explain": ("explain", "explain bad.yaml"),
    "graph": ("graph", "graph bad.yaml"),
    "diff": ("diff video.yaml video.yaml -o page.html", "diff missing.mp4 video.yaml"),
    "inspect": ("inspect build/video.draft.mp4", "inspect notes.md"),
    "gallery": ("gallery video.yaml -o sheets --theme paper --shape square", "gallery --theme none"),
    "publish": ("publish notes.md --to {here}/sent", "publish notes.md --to nowhere"),
    "scenes": ("scenes", "scenes none"),
    "themes": ("themes", "themes none"),
    "voices": ("voices", "voices none"),
    "fonts": ("fonts", "fonts A --spec bad.yaml"),
    "brands": ("brands", "brands none"),
    "i18n export": ("i18n export languages.yaml --language de -o de.xlf", "i18n export --language de -o de.xlf"),
    "i18n extract": ("i18n extract languages.yaml", "i18n extract"),
    "i18n import": ("i18n import made.xlf languages.yaml", "i18n import missing.xlf"),
    "i18n status": ("i18n status languages.yaml", "i18n status"),
    "lints": ("lints", "lints none"),
    "cache clear": ("cache clear --yes", "cache clear --none"),
    "cache gc": ("cache gc", "cache gc --limit none"),
    "cache info": ("cache info", "cache info none"),
    "cache keygen": ("cache keygen", "cache keygen none"),
    "cache pull": ("", "cache pull"),
    "cache push": ("", "cache push"),
    "cache trust": ("cache trust {key}", "cache trust none"),
    "cache verify": ("cache verify", "cache verify none"),
    "runs": ("runs", "runs --state none"),
    "runs cancel": ("", "runs cancel last"),
    "runs pause": ("", "runs pause last"),
    "runs resume": ("", "runs resume last"),
    "runs show": ("", "runs show none"),
    "config": ("config", "config none"),
    "doctor": ("doctor", "doctor none"),
}
# Command -> what must be there before its command line works.
BEFORE = {
    "inspect": "build --draft",
    "i18n import": "i18n export languages.yaml --language de -o made.xlf",
}
# Commands without `--json`, and why.
OTHERS = {
    "serve": "lasts until it is ended",
    "schedule": "prints a file of another program",
    "schema": "prints JSON",
    "i18n": "a group",
    "cache": "a group",
}
FILES = {
    "video.yaml": SMALL,
    "bad.yaml": SMALL.replace("duration", "duratoin"),
    "languages.yaml": SMALL.replace("vidbuild: 1", "vidbuild: 1\nlanguages: [en, de]"),
    "recorded.yaml": "vidbuild: 1\ntitle: A\noutput: {size: 320x180}\nscenes:\n"
    "  - {id: one, type: command, duration: 2, commands: [{run: echo a}], record: {}}\n",
    "batch.yaml": "batch: 1\nvideos: [{spec: video.yaml}]\n",
    "notes.md": "# Notes\n\nThis is a text about notes.\n",
    "vidbuild.toml": "",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file of each kind."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def line(name: str, *, fails: bool, folder: Path) -> list[str]:
    """Return a command line of the table."""
    from vidbuild.api.cache_sharing import keygen

    return shlex.split(LINES[name][fails].format(here=folder.as_uri(), key=keygen().public))


def test_the_table_has_every_command() -> None:
    """A new command belongs into it, and has `--json` unless there is a reason."""
    assert {*LINES, *OTHERS} == set(ALL)
    assert not LINES.keys() & OTHERS.keys()
    without = {name for name, command in ALL.items() if "--json" not in options(command)}
    assert without == set(OTHERS)


def options(command: click.Command) -> dict[str, click.Option]:
    """Return each spelling of a command's options."""
    return {name: each for each in command.params if isinstance(each, click.Option) for name in each.opts}


PAIRS = {"--dry-run": "-n", "--quiet": "-q", "--verbose": "-v", "--jobs": "-j", "--output": "-o", "--yes": "-y"}


@pytest.mark.parametrize("name", ALL)
def test_options_of_one_name_are_the_same_everywhere(name: str) -> None:
    """A long option has its short one in every command, and a short one stands for nothing else."""
    found = options(ALL[name])
    for long, short in PAIRS.items():
        assert (long in found) == (short in found), (long, short)
        assert found.get(long) is found.get(short)


def test_options_of_one_name_have_one_help() -> None:
    """What `--quiet`, `--var` and the like do is said in the same words by each command."""
    texts: dict[str, set[str]] = defaultdict(set)
    for command in ALL.values():
        for name, each in options(command).items():
            texts[name].add(each.help or "")
    for name in ("--quiet", "--verbose", "--var", "--language", "--output-name", "--jobs", "--offline", "--frozen"):
        several = {
            text for text in texts[name] if text.startswith(("Only videos", "Set", "Print", "Run", "Use", "Refuse"))
        }
        assert len(several) == 1, (name, several)


@pytest.mark.parametrize("name", LINES)
def test_a_failure_is_one_object_and_one_message(name: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With `--json` stdout has one object with the status; without it nothing; stderr has the message."""
    args = line(name, fails=True, folder=project)
    plain, text = run(args), capsys.readouterr()
    code, captured = run([*args, "--json"]), capsys.readouterr()
    assert plain == code
    assert code in {1, 2}
    data = json.loads(captured.out)
    assert data.get("status") == "failed", data
    assert text.out.strip() in {"", "failed: bad.yaml"}
    assert captured.err.strip()
    if "error" in data:
        assert data["error"].splitlines()[0] in captured.err
        assert data["hint"] is None or f"hint: {data['hint']}" in captured.err


@pytest.mark.parametrize("name", [name for name, (good, _) in LINES.items() if good])
def test_a_success_is_one_object(name: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With `--json` stdout has one object and nothing else."""
    if name in BEFORE:
        assert run(shlex.split(BEFORE[name])) == 0
        capsys.readouterr()
    code = run([*line(name, fails=False, folder=project), "--json"])
    captured = capsys.readouterr()
    assert code in ({0, 1} if name == "doctor" else {0}), captured.err
    assert isinstance(json.loads(captured.out), dict)


@pytest.mark.parametrize("name", [name for name, command in ALL.items() if "--quiet" in options(command)])
def test_quiet_commands_print_no_progress(name: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With `-q` stderr is empty if nothing is wrong, also beside `--json`."""
    args = line(name, fails=False, folder=project)
    for more in ([], ["--json"]):
        assert run([*args, "-q", *more]) == 0
        assert capsys.readouterr().err == ""
