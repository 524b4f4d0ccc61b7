"""All writers, and which of them `--writer` names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from vidbuild.create.writers.protocol import Writer
from vidbuild.errors import UsageError
from vidbuild.suggest import did_you_mean

# Module in `writers` -> the name of its class. Each is imported when it is needed.
WRITERS = {
    "openai": "OpenAIWriter",
}
EXAMPLE = "openai:MODEL"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The writer that a user chose. name: which of the writer's services; model: at that service."""

    writer: Writer
    name: str
    model: str

    @property
    def argument(self) -> str:
        """As `--writer` names it."""
        return f"{self.name}:{self.model}"


def writers() -> Iterator[Writer]:
    """Yield each writer."""
    for module, name in WRITERS.items():
        writer: Writer = getattr(import_module(f"vidbuild.create.writers.{module}"), name)()
        yield writer


def own_names() -> list[str]:
    """Return the names of vidbuild's own writers, and of the servers in the user's settings."""
    return [each for writer in writers() for each in writer.names()]


def resolve(argument: str) -> Chosen:
    """Return the writer for the argument of `--writer`, ready to be asked. Raises UsageError if it is not."""
    name, _, model = argument.partition(":")
    known = {each: writer for writer in writers() for each in writer.names()}
    if name not in known:
        from vidbuild.create.writers import plugin

        if (found := plugin.find(name, known)) is not None:
            known[name] = found
    if name not in known:
        for each in set(known.values()):
            each.check(name)  # which may have a reason for that
        from vidbuild.extensions.hints import install_hint

        hint = did_you_mean(name, known) or install_hint(name)
        hint = hint or f"use one of {', '.join(known)}, with a model: {EXAMPLE}"
        raise UsageError(f"unknown writer '{name}'", hint=hint)
    writer = known[name]
    writer.check(name)
    if not (model := model.strip() or writer.model(name)):
        raise UsageError(f"the writer '{name}' needs a model", hint=f"name it: --writer {name}:MODEL")
    return Chosen(writer, name, model)
