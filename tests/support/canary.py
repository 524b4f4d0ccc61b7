"""Secrets in the environment of every test, and a search for them in everything that a test leaves.

They have one word in common that stands nowhere else, so that looking for it finds each of them, also in an address,
in base64 or in hexadecimal.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path

WORD = "c4n4ry7SeCr3tW0rd"  # letters and digits only, so that it is the same in an address

SECRETS = {
    "OPENAI_API_KEY": f"sk-proj-{WORD}0",
    "ELEVENLABS_API_KEY": f"{WORD}1",
    "AZURE_SPEECH_KEY": f"{WORD}2",
    "EDGE_TTS_TOKEN": f"{WORD}3",
    "VIDBUILD_TOKEN": f"{WORD}4",
    "GITHUB_TOKEN": f"ghs_{WORD}5",
    "ACTIONS_RUNTIME_TOKEN": f"eyJ0.{WORD}6.sig",
    "AWS_ACCESS_KEY_ID": f"AKIA{WORD}7",
    "AWS_SECRET_ACCESS_KEY": f"{WORD}/8+/=",
    "AWS_SESSION_TOKEN": f"{WORD}9==",
    "DATABASE_URL": f"postgres://user:{WORD}10@127.0.0.1/db",
    "HTTPS_PROXY": f"http://user:{WORD}11@127.0.0.1:9",
    "https_proxy": f"http://{WORD}12:x@127.0.0.1:9",
    "PGPASSWORD": f" {WORD}13 ",
}


def _forms() -> Iterator[bytes]:
    """The word as it is, in hexadecimal, and in base64 at each of the three places where it may begin."""
    word = WORD.encode()
    yield word
    yield word.hex().encode()
    yield word.hex().upper().encode()
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + word)
        yield whole[4 if before else 0 : len(whole) - 4]


FORMS = tuple(_forms())


def holds_secret(data: bytes) -> bool:
    """Return whether a secret is in the data."""
    return any(form in data for form in FORMS)


def found(folder: Path) -> list[str]:
    """Every file, symlink and name below a folder in which a secret stands."""
    names = []
    for inside, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(inside, name)
            if holds_secret(os.fsencode(name)) or (path.is_symlink() and holds_secret(os.fsencode(path.readlink()))):
                names.append(f"the name of {path}")
        for name in files:
            path = Path(inside, name)
            if path.is_file() and not path.is_symlink() and path.stat().st_size < 1 << 28:
                try:
                    data = path.read_bytes()
                except OSError:
                    continue  # closed by the test itself
                if holds_secret(data):
                    names.append(str(path))
    return names
