"""What a step's key is made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import PurePath

from vidbuild.engine.graph import canonical
from vidbuild.engine.store.blobs import Blob
from vidbuild.frozen import dataclass

_PLAIN_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}").fullmatch


@dataclass(frozen=True, slots=True)
class KeyMaterial:
    """Everything that can change a step's output; every field is in the key.

    kind, version: the step's kind.
    params: the step's parameters.
    inputs: role -> digest of the content, followed by the file suffix that the step sees (".png").
    tools: name -> identity.
    """

    kind: str
    version: int
    params: Mapping[str, object]
    inputs: Mapping[str, str]
    tools: Mapping[str, str]

    def value(self) -> dict[str, object]:
        """Return the material as one JSON value."""
        return {
            "kind": self.kind,
            "version": self.version,
            "params": self.params,
            "inputs": self.inputs,
            "tools": self.tools,
        }

    def key(self) -> str:
        """Return the SHA-256 of the material."""
        return canonical.digest(self.value())

    def lines(self) -> list[canonical.Line]:
        """Return what the key is the hash of, line by line."""
        return canonical.lines(self.value())


def product_digest(outputs: Mapping[str, Blob]) -> str:
    """Return the digest of a whole product: of its sorted names and their digests."""
    return canonical.digest({name: blob.digest for name, blob in outputs.items()})


@lru_cache(4096)  # a thousand scenes name the same few products
def plain_suffix(name: str) -> str:
    """Return the suffix that a step may see: it tells tools the format, so it is in the key, unlike the file's name."""
    suffix = PurePath(name).suffix.lower()
    return suffix if _PLAIN_SUFFIX(suffix) else ""
