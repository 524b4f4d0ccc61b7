"""The servers with models that the user's settings and environment define. A project cannot define any."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from vidbuild import settings
from vidbuild.errors import UsageError, os_error_text

SECTION = "writer"
OPENAI = "openai"
BASE, KEY = "OPENAI_BASE_URL", "OPENAI_API_KEY"
OPENAI_BASE = "https://api.openai.com/v1"
TIMEOUT, LONGEST = 300, 3600  # seconds of one answer
PATH = "/chat/completions"
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Server:
    """A server with OpenAI's chat completions.

    base: its address, such as http://localhost:11434/v1.
    key_variable: the environment variable that holds the API key; "" for a server without keys.
    model: asked if a user names none.
    timeout: seconds that one answer may take.
    """

    name: str
    base: str
    key_variable: str = ""
    model: str = ""
    timeout: float = TIMEOUT

    @property
    def address(self) -> str:
        """Where questions are sent."""
        base = self.base.rstrip("/")
        if base.endswith(PATH):
            return base
        return f"{base}{PATH}" if urlsplit(base).path else f"{base}/v1{PATH}"

    @property
    def host(self) -> str:
        """The host with its port, without a user, a password or a path."""
        return urlsplit(self.base).netloc.rpartition("@")[2]

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine."""
        return urlsplit(self.base).hostname in LOCAL


def load() -> tuple[Mapping[str, Server], Mapping[str, UsageError]]:
    """Return the servers by name, and what is wrong with others. Raises UsageError if the file cannot be read.

    What the file says about `openai` goes before the environment, which is meant for other programs too.
    """
    file = settings.path()
    try:
        text, data = settings.parsed(file, file.stat().st_size)
    except FileNotFoundError:
        text, data = "", {}
    except OSError as error:
        raise UsageError(f"cannot read {file}: {os_error_text(error)}") from None
    reader = _Reader(file, text)
    reader.check_sections(data)
    servers = reader.entries(data, SECTION, reader.server)
    errors = {
        place: error for place, error in reader.errors.items() if place.partition(".")[0] in {SECTION, settings.UNKNOWN}
    }
    if OPENAI not in servers and f"{SECTION}.{OPENAI}" not in errors:
        base = os.environ.get(BASE, "").strip()
        if base and (problem := settings.base_problem(base)):
            errors[f"{SECTION}.{OPENAI}"] = UsageError(f"${BASE}: {problem}")
        else:
            # A server elsewhere may need no key.
            key = KEY if not base or os.environ.get(KEY) else ""
            servers[OPENAI] = Server(OPENAI, base or OPENAI_BASE, key)
    return servers, errors


def key_of(server: Server) -> str:
    """Return the API key; "" for a server without keys. Raises UsageError if it is not set, or cannot be one."""
    if not server.key_variable:
        return ""
    key = os.environ.get(server.key_variable, "").strip()
    if not key:
        raise UsageError(f"the writer '{server.name}' needs an API key", hint=f"set ${server.key_variable}")
    if not (key.isascii() and key.isprintable()):
        raise UsageError(f"${server.key_variable} is no API key: it has characters that no key has")
    return key


class _Reader(settings.Reader):
    def server(self, name: str, data: Mapping[str, object]) -> Server:
        """Return an entry of [writer]."""
        where = f"{SECTION}.{name}"
        table = self.table(data, where, ("base", "key_variable", "model", "timeout"))
        timeout = table.get("timeout", TIMEOUT)
        if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout <= LONGEST:
            raise self.wrong("timeout", f"[{where}]: 'timeout' must be seconds up to {LONGEST}, not {timeout!r}")
        key, model = (self.text_of(table, where, each, "") for each in ("key_variable", "model"))
        return Server(name, self.base(table, where), key, model, float(timeout))
