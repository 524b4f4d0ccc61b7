"""Asks a writer for a script, once more if the answer is none, and notes what was asked and answered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from vidbuild.create.writers import prompt, script
from vidbuild.create.writers.protocol import Answer, Message, Question
from vidbuild.create.writers.registry import Chosen
from vidbuild.create.writers.script import Script, ScriptError
from vidbuild.errors import UnreachableError
from vidbuild.json_types import Json

ATTEMPTS = 2
CHARACTERS_A_TOKEN = 12  # more than any text in letters has, so that a question of fewer tokens was cut
CUT = "it was cut off at the model's limit: write less"
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question that was answered, without their texts.

    scene: that was written again; "" for all of them.
    served: the model as the server names it; "" if it does not.
    """

    scene: str
    model: str
    served: str
    host: str
    seed: int
    date: str
    prompt_sha256: str
    answer_sha256: str

    def data(self) -> Json:
        """Return it for the record beside the spec."""
        return {name: value for name, value in asdict(self).items() if value != ""}


def ask(
    chosen: Chosen, messages: Sequence[Message], seed: int, report: Report, *, scene: str = ""
) -> tuple[Script, Exchange]:
    """Return a writer's script. Raises UnreachableError if there is none, or the second answer is none either.

    scene: the one that is written again; the script has it alone.
    """
    problems: list[str] = []
    host = ""
    for attempt in range(1, ATTEMPTS + 1):
        answer = chosen.writer.ask(chosen.name, Question(chosen.model, messages, prompt.schema(), seed, report))
        host = answer.host
        if attempt == 1:
            _check_length(messages, answer, report)
        try:
            found = _script(answer, single=bool(scene))
        except ScriptError as error:
            problems = error.problems
            if attempt < ATTEMPTS:
                report(f"the answer of {chosen.argument} is no script ({problems[0]}): asking once more")
                messages = prompt.corrected(messages, answer.text, problems)
            continue
        date = datetime.now(UTC).date().isoformat()
        answered = hashlib.sha256(answer.text.encode(errors="replace")).hexdigest()
        asked = prompt.digest(messages)
        return found, Exchange(scene, chosen.model, answer.served, host, seed, date, asked, answered)
    message = f"{chosen.argument} at {host} answered {ATTEMPTS} times without a script: {'; '.join(problems)}"
    raise UnreachableError(message, hint="try another model, another --seed, or a shorter --length")


def _script(answer: Answer, *, single: bool) -> Script:
    if answer.is_cut:
        raise ScriptError([CUT])
    found = script.read(answer.text)
    if single and len(found.scenes) != 1:
        raise ScriptError([f"scenes: expected 1 entry, got {len(found.scenes)}"])
    return found


def _check_length(messages: Sequence[Message], answer: Answer, report: Report) -> None:
    """Report a question that the server has probably cut, as servers with a small context do without a word."""
    length = sum(len(each["content"]) for each in messages)
    if 0 < answer.prompt_tokens * CHARACTERS_A_TOKEN < length:
        report(
            f"{answer.host} read only {answer.prompt_tokens} tokens of a question of {length} characters: its context"
            " is too small, and the script leaves out what it did not read"
        )
