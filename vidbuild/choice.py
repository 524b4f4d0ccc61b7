"""Which of a spec's videos is meant: by its output and its language."""

from __future__ import annotations

from collections.abc import Iterable

from vidbuild.errors import UsageError
from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One video of a spec.

    output: the name of an entry of `outputs`; "" if the spec has none.
    language: one of `languages`; "" if the spec has no more than one.
    """

    output: str = ""
    language: str = ""

    @property
    def name(self) -> str:
        """What tells the video's files and steps from those of the others: "short.de"; "" for an only video."""
        return ".".join(filter(None, (self.output, self.language)))


def selected(choices: Iterable[Choice], languages: Iterable[str], outputs: Iterable[str], spec: str) -> list[Choice]:
    """Return the videos in one of these languages and of one of these outputs; nothing given stands for all.

    spec: the spec's name in messages. Raises UsageError for a language or output that the spec does not have.
    """
    found = list(choices)
    for field, wanted in (("language", tuple(languages)), ("output", tuple(outputs))):
        known = list(dict.fromkeys(value for each in found if (value := getattr(each, field))))
        for name in wanted:
            if name not in known:
                raise _unknown(field, name, known, spec)
        found = [each for each in found if not wanted or getattr(each, field) in wanted]
    return found


def _unknown(field: str, name: str, known: list[str], spec: str) -> UsageError:
    from vidbuild.suggest import nearest_or_all

    if not known:
        return UsageError(
            f"'{spec}' has no '{field}s'", hint=f"leave out the {field} '{name}', or add it to '{field}s'"
        )
    return UsageError(f"'{spec}' has no {field} '{name}'", hint=nearest_or_all(name, known))
