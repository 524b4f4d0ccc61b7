"""The rows of a brand's topics: `create: topics` stands for one row for each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from vidbuild.batches.row import slug
from vidbuild.json_types import Json
from vidbuild.project import root_of
from vidbuild.spec.brand import BrandReader
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path as FieldPath

WORD = "topics"
KIND = "topic:"


def expanded(
    path: Path, place: FieldPath, row: Mapping[str, Json], collector: DiagnosticCollector
) -> Iterator[Mapping[str, Json]]:
    """Yield a row, or one for each topic of its brand if that is what it creates; report a brand without topics.

    path: of the batch, beside which or above which the brands are.
    """
    create = row.get("create")
    options = dict(create) if isinstance(create, Mapping) else {"from": create}
    if options["from"] != WORD:
        yield row
        return
    at: FieldPath = (*place, "create") if place[0] == "videos" else place
    name = str(row.get("brand", ""))
    if not name:
        collector.error(at, "a row that creates 'topics' needs a brand, which has them", "add 'brand: NAME'", key=True)
        return
    topics = _of_brand(path, name)
    if not topics:
        message = f"brand '{name}' has no 'topics'"
        collector.error(at, message, f"add them to brands/{name}.yaml, or write 'create: \"{KIND}...\"'", key=True)
    for topic in topics:
        given = {"id": f"{row['id']}-{slug(topic)}"} if "id" in row else {}
        yield {**row, **given, "create": {**options, "from": f"{KIND}{topic}"}}


def _of_brand(path: Path, name: str) -> list[str]:
    chain = BrandReader(path, root_of(path)).chain(name) or []
    found = [each.data.get(WORD) for each in chain if isinstance(each.data, Mapping)]
    return [str(each) for each in next((each for each in reversed(found) if each), ())]
