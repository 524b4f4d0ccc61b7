"""The protocol of a writer: what `create --writer` asks of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Message = Mapping[str, str]  # role: system, user or assistant; content: its text


@dataclass(frozen=True, slots=True)
class Question:
    """What a model is asked.

    schema: JSON Schema of the answer, in the subset that servers accept.
    seed: so that the same question may get the same answer, if the server can do that.
    report: called with each thing that a user should read, such as a wait.
    """

    model: str
    messages: Sequence[Message]
    schema: Mapping[str, Any]
    seed: int
    report: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered.

    host: of the server, without a user, a password or a path.
    served: the model as the server names it; "" if it does not.
    is_cut: whether it ends at a limit of the model.
    prompt_tokens: how many the server read of the question; 0 if it does not say so.
    """

    text: str
    host: str
    served: str = ""
    is_cut: bool = False
    prompt_tokens: int = 0


class Writer(Protocol):
    """One kind of service with models.

    summary: what a list of writers says of it.
    """

    summary: str

    def names(self) -> Sequence[str]:
        """Return each NAME of `--writer NAME:MODEL` that is this writer's."""

    def model(self, name: str) -> str:
        """Return the model that is asked if a user names none; "" if there is none."""

    def check(self, name: str) -> None:
        """Raise UsageError if nothing can be asked: a package or a key is missing, or the settings are wrong.

        name: may be one that the writer does not have; it raises if its settings are the reason for that.
        """

    def ask(self, name: str, question: Question) -> Answer:
        """Return a model's answer. Raises UnreachableError if there is none."""
