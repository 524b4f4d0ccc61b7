"""A topic without any source: unless a writer is asked, nothing is invented."""

from __future__ import annotations

from collections.abc import Collection

from vidbuild.create.source.outline import Outline
from vidbuild.create.source.protocol import Source, SourceError


class TopicImporter:
    """Refuses: sentences come from a source, and a topic has none."""

    name = "topic"
    summary = "a topic in words, for a writer (--writer)"
    endings: Collection[str] = ()
    network = False

    def recognizes(self, source: Source) -> bool:  # noqa: ARG002 - as the protocol has it
        """No address without a kind is a topic."""
        return False

    def read(self, source: Source) -> Outline:
        """Raise SourceError with the ways to a spec about a topic."""
        topic = " ".join(source.address.split())
        if not topic:
            raise SourceError('the topic is empty: expected one in words, such as topic:"How tides work"')
        raise SourceError(
            f"the topic '{topic}' has no text to take sentences from, and nothing is invented",
            hint="write what is to be said as a document and run 'vidbuild create --from topic.md', or answer the"
            " questions of 'vidbuild create wizard'; or let a model write it with --writer openai:MODEL",
        )
