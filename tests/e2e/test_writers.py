"""Specs that a model writes, through the command."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from tests.support import chat_server as servers
from tests.support.chat_server import SCRIPT, ChatServer
from tests.support.workspace import Outcome, Workspace

README = """\
# Acme

Acme builds videos in 3 seconds.

## Install

First install it:

```console
$ pip install acme
```

## Use

Then run it on a spec.
"""
SMALL = "output: {size: 160x90, fps: 24}\n"

pytestmark = pytest.mark.usefixtures("loopback")


@pytest.fixture(scope="module")
def started() -> Iterator[ChatServer]:
    """One server for all tests."""
    server = ChatServer()
    with server.serving():
        yield server


@pytest.fixture
def server(started: ChatServer) -> ChatServer:
    """A server that answers as OpenAI does."""
    started.reset()
    started.plan = [servers.openai()]
    return started


def create(workspace: Workspace, server: ChatServer, *args: str, env: Mapping[str, str] | None = None) -> Outcome:
    """Run `vidbuild create` with a model; the key is one of the secrets that no output and no file may hold."""
    return workspace.run("create", *args, env={"OPENAI_BASE_URL": server.base, **(env or {})})


def small(workspace: Workspace, name: str = "video.yaml") -> None:
    """Make a spec's video small."""
    text = workspace.read(name)
    workspace.write(name, text.replace("\n\nscenes:", f"\n{SMALL}\nscenes:", 1))


def of_readme(**changes: Any) -> dict[str, Any]:
    """Return a script about the README."""
    scenes = [
        {"heading": "Videos from a spec", "narration": "Acme builds a video in 3 seconds.", "section": "Acme"},
        {"heading": "Install it", "narration": "One command installs it.", "section": "Acme > Install", **changes},
        {"heading": "Use it", "narration": "It costs 42 dollars.", "section": "Acme > Use", "points": ["Run it"]},
    ]
    return {"title": "Meet Acme", "scenes": scenes}


def test_a_topic_becomes_a_video(workspace: Workspace, server: ChatServer) -> None:
    """A model's script about a topic is a spec that builds without a warning; a record says who wrote it."""
    made = create(
        workspace, server, "--from", "topic:How tides work", "--writer", "openai:gpt-5-mini", "--length", "20s"
    )
    assert made.code == 0, made.stderr
    assert made.stdout.splitlines() == ["how-tides-work.yaml", "how-tides-work.created.json"]
    assert "nothing but the model is behind this text" in made.stderr
    spec = yaml.safe_load(workspace.read("how-tides-work.yaml"))
    assert [each["type"] for each in spec["scenes"]] == ["title", "list", "code"]
    assert [each["narration"] for each in spec["scenes"]] == [each["narration"] for each in SCRIPT["scenes"]]
    assert not any("made_from" in each for each in spec["scenes"])
    written = json.loads(workspace.read("how-tides-work.created.json"))["written"]
    (exchange,) = written["exchanges"]
    assert written["writer"] == "openai:gpt-5-mini"
    assert written["search_terms"]["two-bulges"] == ["earth from space"]
    assert exchange["host"] == f"127.0.0.1:{server.port}"
    assert exchange["served"] == "gpt-5-mini-2026-08-07"
    assert len(exchange["prompt_sha256"]) == len(exchange["answer_sha256"]) == 64
    assert exchange["seed"] == server.queries[0]["seed"]
    assert server.keys == [f"Bearer {_openai_key()}"]
    small(workspace, "how-tides-work.yaml")
    assert workspace.run("check", "--strict", "how-tides-work.yaml").code == 0
    assert workspace.build(spec="how-tides-work.yaml").data["status"] == "built"


def test_a_document_becomes_a_video_and_is_followed(workspace: Workspace, server: ChatServer) -> None:
    """Scenes are made from the sections that the model names, and one is written again after its section changed."""
    workspace.write("README.md", README)
    server.plan = [servers.ollama(of_readme())]
    made = create(workspace, server, "--from", "README.md", "--writer", "openai:qwen3:8b", "-o", "video.yaml")
    assert made.code == 0, made.stderr
    assert "the scene 'Use it' has numbers that the source does not have: '42'" in made.stderr
    assert "'3'" not in made.stderr
    assert "$ pip install acme" in server.queries[0]["messages"][1]["content"]
    spec = yaml.safe_load(workspace.read("video.yaml"))
    assert [each["type"] for each in spec["scenes"]] == ["title", "command", "list"]
    assert [each["made_from"]["part"] for each in spec["scenes"]] == ["Acme", "Acme > Install", "Acme > Use"]
    assert spec["scenes"][1]["commands"] == [{"run": "pip install acme"}]
    small(workspace)
    assert (
        workspace.run("check", "video.yaml").stderr == ""
        or "changed" not in workspace.run("check", "video.yaml").stderr
    )
    assert workspace.build().data["status"] == "built"

    workspace.write("README.md", README.replace("pip install acme", "pipx install acme"))
    drift = workspace.run("check", "video.yaml")
    assert "'README.md' has changed in 'Acme > Install' (line 5)" in drift.stderr
    assert "vidbuild create --update video.yaml --rewrite install-it" in drift.stderr
    whole = create(workspace, server, "--update", "video.yaml")
    assert whole.code == 2
    assert "the source of install-it has changed" in whole.stderr
    workspace.write("video.yaml", workspace.read("video.yaml").replace("  - id: use-it", "  # mine\n  - id: use-it"))
    once = {"title": "Meet Acme", "scenes": [of_readme(narration="pipx installs it.")["scenes"][1]]}
    server.plan = [servers.ollama(once)]
    again = create(workspace, server, "--update", "video.yaml", "--rewrite", "install-it")
    assert again.code == 0, again.stderr
    assert "+    narration: pipx installs it." in again.stdout
    text = workspace.read("video.yaml")
    assert "run: pipx install acme" in text
    assert "  # mine\n  - id: use-it" in text
    assert "changed" not in workspace.run("check", "video.yaml").stderr
    exchanges = json.loads(workspace.read("video.created.json"))["written"]["exchanges"]
    assert [each.get("scene") for each in exchanges] == [None, "install-it"]
    assert exchanges[0]["seed"] != exchanges[1]["seed"]
    workspace.build()
    assert {step.partition(":")[2] for step in workspace.ran() if ":" in step} == {"install-it"}


def test_a_dry_rewrite_shows_what_would_change_and_keeps_edits(workspace: Workspace, server: ChatServer) -> None:
    """With `--dry-run` nothing is written, and a narration edited by hand stays."""
    assert create(workspace, server, "--from", "topic:Tides", "--writer", "openai:m", "-o", "video.yaml").code == 0
    text = workspace.read("video.yaml")
    workspace.write("video.yaml", text.replace("Twice a day the sea rises and falls.", "The sea rises and falls."))
    one = copy.deepcopy(SCRIPT["scenes"][0]) | {"narration": "Look at the sea.", "heading": "The Moon pulls"}
    server.plan = [servers.vllm({"title": "How tides work", "scenes": [one]})]
    before = workspace.snapshot()
    dry = create(workspace, server, "--update", "video.yaml", "--rewrite", "how-tides-work", "--dry-run")
    assert dry.code == 0, dry.stderr
    assert "-    subtitle: The pull of the Moon\n+    subtitle: The Moon pulls" in dry.stdout
    assert "+    narration" not in dry.stdout
    assert "kept 'narration' of 'how-tides-work' as edited, although it was written again" in dry.stderr
    assert "the new text: Look at the sea." in dry.stderr
    assert workspace.snapshot() == before


def test_a_seed_is_that_of_the_topic_or_the_users(workspace: Workspace, server: ChatServer) -> None:
    """Each topic has its own seed, the same topic the same one, and `--seed` overrides it."""
    for topic, more in (("A", ()), ("B", ()), ("A", ()), ("A", ("--seed", "5"))):
        done = create(workspace, server, "--from", f"topic:{topic}", "--writer", "openai:m", "--dry-run", *more)
        assert done.code == 0, done.stderr
    first, second, same, own = [each["seed"] for each in server.queries]
    assert first == same != second
    assert own == 5
    assert not list(workspace.root.glob("*.created.json"))


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--from", "topic:Tides", "--writer", "opnai:m"), "did you mean 'openai'?"),
        (("--from", "topic:Tides", "--writer", "openai"), "the writer 'openai' needs a model"),
        (("--from", "topic: ", "--writer", "openai:m"), "the topic is empty"),
        (("--from", "topic:Tides"), "--writer openai:MODEL"),
        (("--from", "topic:Tides", "--writer", "openai:m", "--theme", "papper"), "papper"),
        (("--from", "topic:Tides", "--writer", "openai:m", "-o", "mine.yaml"), "'mine.yaml' already exists"),
        (("--from", "absent.md", "--writer", "openai:m"), "'absent.md' does not exist"),
        (("--from", "topic:Tides", "--seed", "5"), "--seed is that of a model"),
        (("--from", "topic:Tides", "--rewrite", "a"), "--rewrite names a scene of a spec"),
        (("--update", "mine.yaml", "--writer", "openai:m"), "--writer needs something to write"),
        (("--update", "mine.yaml", "--rewrite", "a"), "'mine.yaml' has no record"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_it_costs(
    workspace: Workspace, server: ChatServer, args: tuple[str, ...], message: str
) -> None:
    """Wrong options, sources and files are found before the model is asked."""
    workspace.write("mine.yaml", "mine")
    before = workspace.snapshot()
    done = create(workspace, server, *args)
    assert done.code == 2
    assert message in done.stderr
    assert server.queries == []
    assert workspace.snapshot() == before


def test_a_topic_may_be_any_bytes(workspace: Workspace, server: ChatServer) -> None:
    """Bytes of the command line that are no text, and letters beyond Latin, are asked about and recorded."""
    for topic in ("caf\udce9\n \udcff", "潮の満ち引き"):
        done = create(workspace, server, "--from", f"topic:{topic}", "--writer", "openai:m", "-o", f"{len(topic)}.yaml")
        assert done.code == 0, done.stderr
    assert "about: caf? ?\n" in server.queries[0]["messages"][1]["content"]
    assert json.loads(workspace.read("6.created.json"))["source"] == "topic:潮の満ち引き"


def test_an_answer_without_a_script_leaves_nothing_behind(workspace: Workspace, server: ChatServer) -> None:
    """A model that answers prose is asked twice; then the exit code is 4 and no file is written."""
    server.plan = [servers.ollama("Tides are fascinating! Let me tell you about them.")]
    before = workspace.snapshot()
    done = create(workspace, server, "--from", "topic:Tides", "--writer", "openai:m", "-o", "video.yaml")
    assert done.code == 4
    assert "answered 2 times without a script: expected a JSON object" in done.stderr
    assert workspace.snapshot() == before


def test_a_project_cannot_send_the_key_elsewhere(workspace: Workspace, server: ChatServer) -> None:
    """No file of the project names a server: neither vidbuild.toml, nor config.toml or .env beside it."""
    evil = f'[writer.openai]\nbase = "http://127.0.0.1:{server.port}/elsewhere"\nkey_variable = "OPENAI_API_KEY"\n'
    workspace.write("config.toml", evil)
    workspace.write(".env", f"OPENAI_BASE_URL=http://127.0.0.1:{server.port}/elsewhere\n")
    done = create(workspace, server, "--from", "topic:Tides", "--writer", "openai:m", "--dry-run")
    assert done.code == 0, done.stderr
    assert server.paths == ["/v1/chat/completions"]
    workspace.write("vidbuild.toml", evil)
    refused = create(workspace, server, "--from", "topic:Tides", "--writer", "evil:m", "--dry-run")
    assert refused.code == 2
    assert "unknown writer 'evil'" in refused.stderr


def test_rewriting_needs_a_scene_that_a_model_wrote(workspace: Workspace, server: ChatServer) -> None:
    """Scenes of the author, absent scenes, and specs of another making are refused with what there is."""
    workspace.write("README.md", README)
    assert create(workspace, server, "--from", "README.md", "-o", "own.yaml").code == 0
    done = create(workspace, server, "--update", "own.yaml", "--rewrite", "install")
    assert done.code == 2
    assert "'own.yaml' was not written by a model" in done.stderr
    assert create(workspace, server, "--from", "topic:Tides", "--writer", "openai:m", "-o", "video.yaml").code == 0
    text = workspace.read("video.yaml")
    workspace.write("video.yaml", text + "\n  - id: own\n    type: title\n    title: Own\n    narration: My own.\n")
    for scene, message in (("own", "has a scene of your own 'own'"), ("two-bulge", "did you mean 'two-bulges'?")):
        done = create(workspace, server, "--update", "video.yaml", "--rewrite", scene)
        assert done.code == 2
        assert message in done.stderr
    assert len(server.queries) == 1


def test_the_settings_show_writers_without_their_keys(workspace: Workspace, server: ChatServer) -> None:
    """`vidbuild config` lists servers with models, and where their keys are."""
    done = workspace.run("config", env={"OPENAI_BASE_URL": server.base})
    assert f"--writer openai:…  {server.base}, key in $OPENAI_API_KEY" in done.stdout
    data = workspace.run("config", "--json", env={"OPENAI_BASE_URL": server.base}).data
    assert data["writers"] == [{"writer": "openai:…", "source": f"{server.base}, key in $OPENAI_API_KEY"}]


def _openai_key() -> str:
    from tests.support.canary import SECRETS

    return SECRETS["OPENAI_API_KEY"]
