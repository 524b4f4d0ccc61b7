"""The two secrets of a project's live page. They are kept so that an open page survives a restart of the server."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

_BYTES = 24
_LENGTH = 32  # characters of so many bytes


@dataclass(frozen=True, slots=True)
class Secrets:
    """token: opens the page; it comes in the address once, and is in a cookie then. action: required by every POST."""

    token: str
    action: str

    @property
    def cookie(self) -> str:
        """The cookie's name: browsers share cookies between all ports of a host, so each project has its own."""
        return f"vidbuild-{hashlib.sha256(self.token.encode()).hexdigest()[:8]}"

    def opens(self, token: str) -> bool:
        """Return whether a token is the right one; it takes the same time for every wrong one."""
        return secrets.compare_digest(token.encode("utf-8", "surrogatepass"), self.token.encode())

    def acts(self, token: str) -> bool:
        """Return whether a POST has the right token."""
        return secrets.compare_digest(token.encode("utf-8", "surrogatepass"), self.action.encode())


def secrets_in(folder: Path) -> Secrets:
    """Return the secrets of a folder, made if it has none; only this user can read the file."""
    path = folder / "secrets.json"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        data = json.loads(path.read_text(encoding="ascii"))
        found = Secrets(str(data["token"]), str(data["action"]))
        if len(found.token) >= _LENGTH and len(found.action) >= _LENGTH and not path.stat().st_mode & 0o077:
            return found
    new = Secrets(secrets.token_urlsafe(_BYTES), secrets.token_urlsafe(_BYTES))
    text = json.dumps({"token": new.token, "action": new.action})
    with contextlib.suppress(OSError):  # without the file, a restart makes new ones
        temp = path.with_suffix(".new")
        temp.unlink(missing_ok=True)
        with os.fdopen(os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(text)
        temp.replace(path)
    return new
