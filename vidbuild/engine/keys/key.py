"""What a step's key is made of; it knows nothing of where inputs come from or how a step is run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePath

from vidbuild.engine.graph import canonical
from vidbuild.engine.store.blobs import Blob
from vidbuild.frozen import dataclass

_PLAIN_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}").fullmatch


@dataclass(frozen=True, slots=True)
class KeyMaterial:
    """Everything that can change a step's bytes. A field added here is in the key at once.

    inputs: role -> digest of the content, followed by the suffix under which the step sees it (".png").
    tools: name -> identity.
    """

    kind: str
    version: int
    params: Mapping[str, object]
    inputs: Mapping[str, str]
    tools: Mapping[str, str]

    def value(self) -> dict[str, object]:
        """The material as one JSON value."""
        return {
            "kind": self.kind,
            "version": self.version,
            "params": self.params,
            "inputs": self.inputs,
            "tools": self.tools,
        }

    def key(self) -> str:
        """The SHA-256 of the material."""
        return canonical.digest(self.value())

    def lines(self) -> list[canonical.Line]:
        """What the key is the hash of, line by line."""
        return canonical.lines(self.value())


def product_digest(outputs: Mapping[str, Blob]) -> str:
    """The digest of a whole product: of its sorted names and their digests."""
    return canonical.digest({name: blob.digest for name, blob in outputs.items()})


def plain_suffix(name: str) -> str:
    """The suffix a step may see: tools read formats from it, so it is in the key; the rest of the name is not."""
    suffix = PurePath(name).suffix.lower()
    return suffix if _PLAIN_SUFFIX(suffix) else ""
