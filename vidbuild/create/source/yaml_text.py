"""YAML of sources, in bounds: the parser in C ends the process for text that is nested too deeply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vidbuild.create.source.protocol import SourceError
from vidbuild.json_types import Json
from vidbuild.location import Location

if TYPE_CHECKING:
    import yaml

MAX_DEPTH = 100


def loader() -> type[yaml.SafeLoader]:
    """Return the class that reads YAML: the one in C, as specs are read with."""
    import yaml

    found: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return found


def load(text: str, address: str, line: int = 1) -> Json:
    """Return the value of a YAML text. Raises SourceError if it is none. line: of the source, where it begins."""
    import yaml

    try:
        depth = 0
        for event in yaml.parse(text, Loader=loader()):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                at = _location(event.start_mark, address, line)
                raise SourceError(f"more than {MAX_DEPTH} values are inside of each other", at)
        return yaml.load(text, Loader=loader())  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as error:
        message = f"{error.problem or error.context}"
        raise SourceError(message, _location(error.problem_mark, address, line)) from error
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        raise SourceError(
            f"the text is no YAML: {str(error).splitlines()[0]}", Location(address, line, 1, 1)
        ) from error


def _location(mark: Any, address: str, line: int) -> Location | None:  # noqa: ANN401 - its type differs by loader
    return Location(address, mark.line + line, mark.column + 1, mark.column + 1) if mark else None
