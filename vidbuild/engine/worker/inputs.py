"""The inputs of a step: links to blobs by the names that the step knows, each made when the step first asks for it.

A link whose target has more than 59 characters takes a block of its own on ext4, and costs more than reading a small
file. So a step that has hundreds of inputs reads them without links (`Context.read`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vidbuild.engine.store.blobs import Blobs


class LinkedInputs(Mapping[str, Path]):
    """Role -> the link to its blob, or the folder of links if the input is the whole product of a step.

    given: as in a request (see execute.py).
    folder: of the links, which exists.
    """

    def __init__(self, given: Mapping[str, Mapping[str, Any]], folder: Path, blobs: Blobs) -> None:
        self._given, self._folder, self._blobs = given, folder, blobs
        self._links: dict[str, Path] = {}
        self._lock = threading.Lock()  # a step may have threads

    def __getitem__(self, role: str) -> Path:
        """Return the path of an input; make it if this is the first time."""
        with self._lock:
            if role not in self._links:
                self._links[role] = self._linked(self._given[role])
            return self._links[role]

    def __contains__(self, role: object) -> bool:
        """Return whether there is such an input."""
        return role in self._given

    def __iter__(self) -> Iterator[str]:
        """Iterate over the roles."""
        return iter(self._given)

    def __len__(self) -> int:
        """Return the number of inputs."""
        return len(self._given)

    def read(self, role: str) -> bytes:
        """Return the content of an input that is one file."""
        return self._blobs.find(self._given[role]["blob"]).read_bytes()

    def _linked(self, given: Mapping[str, Any]) -> Path:
        link = self._folder / str(given["as"])
        if "files" not in given:
            link.symlink_to(self._blobs.find(given["blob"]))
            return link
        link.mkdir()
        for name, digest in given["files"].items():
            (link / name).parent.mkdir(parents=True, exist_ok=True)
            (link / name).symlink_to(self._blobs.find(digest))
        return link
