"""The user's settings: where they are, and what they define."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from vidbuild.errors import UsageError

EXAMPLE = """\
# Settings of your own: servers and programs that speak, and servers with models that write. A spec cannot define them.

# speech:openai/alloy. The key stays in its variable.
[speech.openai]
base = "https://api.openai.com"
model = "gpt-4o-mini-tts"
key_variable = "OPENAI_API_KEY"

# speech:af_heart: a voice without a server's name is at the server 'default', such as Kokoro-FastAPI on this machine.
[speech.default]
base = "http://localhost:8880"
model = "kokoro"

# command:pico: a text on stdin, a WAV file on stdout or in the file {out}. {voice}, {language}, {rate} are filled in.
[command.pico]
program = ["pico2wave", "--lang", "{language}", "--wave", "{out}"]
# read = ["~/models"]   # what it reads outside the system's folders
# network = true        # if it needs the network
# version = "2"         # raise it when it speaks otherwise; without it, the program's file counts

# piper:en_US-lessac-medium: NAME.onnx and NAME.onnx.json in one of these folders.
[piper]
folder = ["~/voices"]

# vidbuild create --writer ollama:qwen3:8b: a server with chat completions. `openai` needs no entry: its key is in
# $OPENAI_API_KEY, and $OPENAI_BASE_URL moves it elsewhere.
[writer.ollama]
base = "http://localhost:11434/v1"
model = "qwen3:8b"            # of --writer ollama
timeout = 900                 # seconds of one answer
[writer.openrouter]
base = "https://openrouter.ai/api/v1"
key_variable = "OPENROUTER_API_KEY"
"""


@dataclass(frozen=True, slots=True)
class UserConfig:
    """The user's settings.

    path: of their file. exists: whether it is there.
    problems: what is wrong with them, each at its line.
    entries: the name of each voice's source, and what it stands for, without API keys.
    writers: the name of each server with models, and its address.
    """

    path: Path
    exists: bool
    problems: tuple[UsageError, ...]
    entries: tuple[tuple[str, str], ...]
    writers: tuple[tuple[str, str], ...] = ()


def user_config() -> UserConfig:
    """Read the user's settings."""
    from vidbuild import settings
    from vidbuild.create.writers import servers as writers
    from vidbuild.voices import user_config as voices

    path = settings.path()
    try:
        found = voices.load()
    except UsageError as error:
        return UserConfig(path, path.exists(), (error,), ())
    entries = [
        (f"speech:{server.name}/…", f"{server.base}, model {server.model}{_key(server.key_variable)}")
        for server in found.servers.values()
    ]
    entries += [(f"command:{each.name}", " ".join(each.arguments)) for each in found.programs.values()]
    entries += [("piper:…", str(folder)) for folder in found.piper]
    servers, wrong = writers.load()
    written = [
        (f"{each.name}:{each.model or '…'}", f"{each.base}{_key(each.key_variable)}") for each in servers.values()
    ]
    problems = {**found.errors, **wrong}
    return UserConfig(path, path.exists(), tuple(problems.values()), tuple(entries), tuple(written))


def _key(variable: str) -> str:
    if not variable:
        return ""
    return f", key in ${variable}" + ("" if os.environ.get(variable) else ", which is not set")
