"""Writers behind OpenAI's chat completions: OpenAI, OpenRouter, Ollama, vLLM, llama.cpp, LM Studio and others."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from vidbuild.create.writers import servers
from vidbuild.create.writers.protocol import Answer, Question
from vidbuild.errors import UsageError
from vidbuild.settings import UNKNOWN

if TYPE_CHECKING:
    from vidbuild.create.writers.openai.posting import Waits


class OpenAIWriter:
    """Each server has a name in the user's settings; `openai` is also defined by the environment."""

    summary = "a server with OpenAI's chat completions, which your settings name"

    def __init__(self, waits: Waits | None = None) -> None:
        self._waits = waits

    def names(self) -> Sequence[str]:
        """Return the names of the servers, also of those whose settings are wrong."""
        found, errors = servers.load()
        wrong = (place.partition(".")[2] for place in errors if place.startswith(f"{servers.SECTION}."))
        return [*found, *wrong]

    def model(self, name: str) -> str:
        """Return the model of the server's settings."""
        return servers.load()[0][name].model

    def check(self, name: str) -> None:
        """Raise UsageError if the package, the key or the settings are not there."""
        found, errors = servers.load()
        for place, error in errors.items():
            is_about = place in {servers.SECTION, f"{servers.SECTION}.{name}"} or place.startswith(f"{UNKNOWN}.")
            if name not in found and is_about:
                raise error
        if name not in found:
            return
        servers.key_of(found[name])
        if find_spec("httpx2") is None:
            raise UsageError("writers need the package 'httpx2'", hint='pip install "vidbuild[writers]"')

    def ask(self, name: str, question: Question) -> Answer:
        """Return a model's answer."""
        from vidbuild.create.writers.openai.chat import Chat
        from vidbuild.create.writers.openai.posting import Waits

        server = servers.load()[0][name]
        return Chat(server, servers.key_of(server), self._waits or Waits(), question).answer()
