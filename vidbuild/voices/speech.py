"""Voices of servers with OpenAI's speech protocol: OpenAI, Kokoro-FastAPI, speaches, LocalAI and others."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.errors import UnreachableError, UsageError
from vidbuild.frozen import values
from vidbuild.voices.protocol import NETWORK_ENV, SETTINGS, Configured, SpeechRequest, VoiceProblem

if TYPE_CHECKING:
    from vidbuild.media.text import words
    from vidbuild.voices.network import Timeouts
    from vidbuild.voices.user_config import Server

# Raise it if a change here changes what is kept of an answer.
ADAPTER = 1

HOW = "'vidbuild config --example' prints how"


class Speech(Configured):
    """A voice is SERVER/NAME, or the name alone at the server `default`."""

    name = "speech"
    summary = "a server with OpenAI's speech protocol, named in your settings; the text is sent to it"
    names_hint = "voices are named by their server: speech:SERVER/NAME, or speech:NAME at the server 'default'"
    network = True
    concurrency: int | None = 2
    env: tuple[str, ...] = NETWORK_ENV

    def __init__(self, timeouts: Timeouts | None = None) -> None:
        self._timeouts = timeouts

    def available(self) -> str | None:
        """Check that the user's settings define a server."""
        from vidbuild import settings
        from vidbuild.voices import user_config

        try:
            config = user_config.load()
            if not config.servers:
                config.check(self.name)
        except UsageError as error:
            return error.message
        return None if config.servers else f"define a server in {settings.path()}: {HOW}"

    def voices(self) -> list[str]:
        """Return no names: only the servers have them."""
        return []

    def problem(self, name: str) -> VoiceProblem | None:
        """Check that the user's settings define the server; only a request can show whether it has the voice."""
        from vidbuild import settings
        from vidbuild.suggest import did_you_mean
        from vidbuild.voices import user_config

        server = self.source(name)
        try:
            config = user_config.load()
            found = config.server(server)
        except UsageError as error:
            return VoiceProblem(error.message, error.hint)
        if not _voice(name):
            return VoiceProblem(
                f"'speech:{name}' names no voice", "use speech:SERVER/NAME, such as speech:openai/alloy"
            )
        if found is not None:
            return None
        define = f"define it as [speech.{server}] in {settings.path()}: {HOW}"
        if server == user_config.DEFAULT:
            define = f"{define}; or set ${user_config.BASE}"
        message = f"this machine defines no speech server '{server}'"
        return VoiceProblem(message, did_you_mean(server, config.servers) or define, here=True)

    def source(self, voice: str) -> str:
        """Return the name of the server."""
        from vidbuild.voices.user_config import DEFAULT

        server, slash, _ = voice.partition("/")
        return server if slash else DEFAULT

    def source_paths(self, _source: str) -> Sequence[Path]:
        """Return no files: the identity is read quickly."""
        return []

    def source_identity(self, source: str) -> str:
        """Return the server's name, its model and the adapter's version.

        The address is none of it: people whose servers have the same name and model can share what these spoke.
        """
        server = _server(source)
        model = server.model if server else ""
        return f"speech server {source} model {model} adapter {ADAPTER}"

    def source_network(self, _source: str) -> bool:
        """Return that the server is reached over a network."""
        return True

    def source_settings(self, source: str) -> Mapping[str, Any] | None:
        """Return the server, and the API key in its variable."""
        server = _server(source)
        if server is None:
            return None
        return {**values(server), "key": os.environ.get(server.key_variable, "") if server.key_variable else ""}

    def speak(self, request: SpeechRequest) -> words.Speech:
        """Request the narration, and keep only a complete answer."""
        from vidbuild.voices import speech_client
        from vidbuild.voices.network import Timeouts
        from vidbuild.voices.user_config import Server

        source = self.source(request.voice)
        text = request.variables.get(f"{SETTINGS}{self.name}/{source}")
        if text is None:
            raise UnreachableError(f"this machine defines no speech server '{source}'", hint=HOW, field="voice")
        settings: dict[str, Any] = json.loads(text)
        key = settings.pop("key")
        server = Server(**settings)
        if server.key_variable and not key:
            message = f"the speech server '{source}' needs an API key"
            raise UnreachableError(message, hint=f"set ${server.key_variable}", field="voice")
        client = speech_client.Client(request, server, key, _voice(request.voice), self._timeouts or Timeouts())
        return client.speak()


def _voice(name: str) -> str:
    """Return the voice's name at its server."""
    server, slash, voice = name.partition("/")
    return voice if slash else server


def _server(source: str) -> Server | None:
    from vidbuild.voices import user_config

    return user_config.load().server(source)
