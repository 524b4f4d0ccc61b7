"""`--format` of the real command: what GitHub, readers of JUnit XML and code scanning get from a repository's specs."""

from __future__ import annotations

import json

import pytest

from tests.support.problems import commands_read, junit_read, validate_sarif
from tests.support.workspace import SMALL, Workspace

LONG = SMALL.replace(
    "title: Two, duration: 0.5", "title: Two, voice: 'espeak:en-us', narration: One two three four., max_duration: 1"
)
FILES = ("docs/a.yaml", "docs/b, c: 50%.yaml")


@pytest.fixture
def repository(workspace: Workspace) -> Workspace:
    """A repository with a right spec and one with a scene that is too long, which only a step can find."""
    (workspace.root / ".git").mkdir()
    for name, text in zip(FILES, (SMALL, LONG), strict=True):
        workspace.write(name, text)
    return workspace


@pytest.mark.parametrize("command", ["check", "build"])
def test_a_failed_scene_in_every_format(repository: Workspace, command: str) -> None:
    """The file, the line and the scene are the same in all of them, and stderr is what people read."""
    line = LONG.splitlines().index(next(each for each in LONG.splitlines() if "max_duration" in each)) + 1
    args = [command, *(["-k"] if command == "build" else []), *FILES, "--format"]
    github = repository.run(*args, "github")
    assert github.code == 2
    ((name, properties, message),) = commands_read(github.stdout)
    assert (name, properties["file"], properties["line"]) == ("error", FILES[1], str(line))
    assert "max_duration" in message
    assert "max_duration" in github.stderr
    found = junit_read(repository.run(*args, "junit").stdout)
    assert [suite.name for suite in found] == [*FILES]
    others = [(suite.name, case.name, case.is_skipped) for suite in found for case in suite if not case.is_passed]
    not_made = [(FILES[1], "video b, c: 50%", True)] if command == "build" else []
    assert others == [(FILES[1], "scene two", False), *not_made]
    (result,) = validate_sarif(json.loads(repository.run(*args, "sarif").stdout))["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "docs/b%2C%20c%3A%2050%25.yaml"
    assert place["region"]["startLine"] == line


def test_a_stream_that_has_no_unicode(workspace: Workspace) -> None:
    """JUnit XML is read back in full from a stream that can encode ASCII alone."""
    workspace.write("video.yaml", SMALL.replace("duration", "dürätion", 1))
    outcome = workspace.run("check", "--format", "junit", env={"PYTHONIOENCODING": "ascii"})
    assert outcome.stdout.isascii()
    (suite,) = junit_read(outcome.stdout)
    assert "dürätion" in next(iter(suite)).result[0].message


def test_events_and_a_format_together(workspace: Workspace) -> None:
    """Events go to their file, the document to stdout alone."""
    workspace.write("video.yaml", SMALL)
    outcome = workspace.run("build", "--format", "junit", "--events", "events.jsonl")
    assert outcome.code == 0
    assert next(iter(junit_read(outcome.stdout))).tests == 3
    assert workspace.read("events.jsonl").count("\n") > 3
    assert "built video.mp4" in outcome.stderr
