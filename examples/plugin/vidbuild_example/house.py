"""A stock provider: the pictures of a house, which come with the package and need no network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from vidbuild.plugins import Access, Candidate, Request, Version

PICTURES = Path(__file__).parent / "pictures"


class House:
    """`vidbuild lock` copies the picture into the project; a build needs neither this provider nor its package."""

    interface = 1  # the version of vidbuild's interface that this was written for
    name = "house"
    network = False  # the addresses of its versions are paths of files
    base = ""

    def search(self, request: Request, access: Access) -> Sequence[Candidate]:
        """Return the pictures whose names have all words of the request, the best first."""
        wanted = set(re.findall(r"\w+", request.stock.lower()))
        found = [path for path in sorted(PICTURES.glob("*.png")) if wanted <= set(path.stem.split("-"))]
        return [candidate(path) for path in found] if request.kind == "image" else []


def candidate(path: Path) -> Candidate:
    """Return what is known of a picture. Its id finds it again; without a licence it could not be used."""
    return Candidate(
        id=path.stem,
        versions=(Version(str(path), 960, 540),),
        title=path.stem.replace("-", " ").capitalize(),
        creator="The authors of vidbuild",
        licence="CC0-1.0",
        licence_url="https://creativecommons.org/publicdomain/zero/1.0/",
    )
