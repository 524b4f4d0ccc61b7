"""The two secrets of a project's live page. They are kept so that an open page survives a restart of the server.

They are kept with the user's own state, and not in the project: a cache folder may come with a project that somebody
else made, who would know the secrets in it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import stat
import time
from dataclasses import dataclass
from pathlib import Path

_BYTES = 24
_LENGTH = 32  # characters of so many bytes
_LONGEST = 1000  # bytes of the file
_UNUSED = 180 * 86400.0  # seconds after which the secrets of a project that is not served are removed


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


def state_folder() -> Path:
    """Return where this user's secrets of all projects are."""
    from platformdirs import user_state_path

    return user_state_path("vidbuild", appauthor=False) / "serve"


def secrets_of(folder: Path) -> Secrets:
    """Return the secrets of the live page with this folder, made if there are none; only this user can read them."""
    name = hashlib.sha256(os.fsencode(os.path.realpath(folder))).hexdigest()[:24]
    path = state_folder() / f"{name}.json"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
        data = json.loads(_read(path))
        found = Secrets(str(data["token"]), str(data["action"]))
        if len(found.token) >= _LENGTH and len(found.action) >= _LENGTH:
            os.utime(path)
            return found
    new = Secrets(secrets.token_urlsafe(_BYTES), secrets.token_urlsafe(_BYTES))
    with contextlib.suppress(OSError):  # without the file, a restart makes new ones
        _write(path, json.dumps({"token": new.token, "action": new.action}))
        _trim(path.parent)
    return new


def _read(path: Path) -> str:
    """Return the text of a file; raise ValueError unless it is this user's own, and no other can read it."""
    with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), encoding="ascii") as file:
        facts = os.fstat(file.fileno())
        is_own = not hasattr(os, "geteuid") or facts.st_uid == os.geteuid()
        if not is_own or not stat.S_ISREG(facts.st_mode) or facts.st_mode & 0o077 or facts.st_size > _LONGEST:
            raise ValueError(f"'{path}' is not private")
        return file.read()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temp = path.with_suffix(f".{os.getpid()}.new")
    temp.unlink(missing_ok=True)
    with os.fdopen(os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text)
    temp.replace(path)


def _trim(folder: Path) -> None:
    oldest = time.time() - _UNUSED
    for each in folder.iterdir():
        with contextlib.suppress(OSError):  # another server trims, too
            if each.lstat().st_mtime < oldest:
                each.unlink()
