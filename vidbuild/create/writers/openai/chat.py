"""One question to a chat model, in a form that its server accepts, and the answer in the forms that servers have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from vidbuild.create.writers import prompt
from vidbuild.create.writers.openai.posting import (
    FORBIDDEN,
    NOT_FOUND,
    TOO_MANY,
    UNAUTHORIZED,
    Posting,
    RefusedError,
    Waits,
    message_of,
)
from vidbuild.create.writers.protocol import Answer, Question
from vidbuild.create.writers.servers import Server
from vidbuild.errors import UnreachableError
from vidbuild.json_types import Json

OPENROUTER = "openrouter.ai"
MAX_FORMS = 4  # of one question that are tried
_ABOUT_FORMAT = re.compile(r"response_?format|json_?schema|structured|guided|grammar|schema", re.IGNORECASE)
_ABOUT_SEED = re.compile(r"\bseed\b", re.IGNORECASE)
_ABOUT_EFFORT = re.compile(r"reasoning_?effort|reasoning|think", re.IGNORECASE)
_NO_ENDPOINT = re.compile(r"no endpoints found", re.IGNORECASE)
_NEVER = frozenset({UNAUTHORIZED, FORBIDDEN, TOO_MANY})


@dataclass(frozen=True, slots=True)
class _Form:
    """What a question has beside its text.

    has_schema: else the schema is in the text. without_thinking: asks a model not to think first.
    """

    has_schema: bool = True
    has_seed: bool = True
    without_thinking: bool = False


class Chat:
    """One question to one server. key: the API key; "" for none."""

    def __init__(self, server: Server, key: str, waits: Waits, question: Question) -> None:
        self._server = server
        self._question = question
        self._posting = Posting(server, key, waits, question.report)
        self._name = f"{server.name}:{question.model}"

    def answer(self) -> Answer:
        """Return the answer. Raises UnreachableError if the server gives none."""
        form = _Form()
        for _ in range(MAX_FORMS):
            try:
                reply = self._posting.post(self._body(form))
                found = self._found(reply)
            except RefusedError as refused:
                form = self._weaker(form, refused)
                continue
            has_thought = bool(_thought(reply)) and not form.without_thinking
            if found.text.strip() or (found.is_cut and not has_thought):
                return found
            if not has_thought:
                raise self._failed("answered with an empty text", "try another model")
            self._question.report(f"{self._name} thought and answered nothing: asking without thinking")
            form = replace(form, without_thinking=True)
        raise self._failed("accepts this question in no form", "try another model")

    def _body(self, form: _Form) -> Mapping[str, Json]:
        asked = self._question
        body: dict[str, Json] = {"model": asked.model, "messages": list(asked.messages), "stream": False}
        if form.has_schema:
            about = {"name": "script", "strict": True, "schema": asked.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": about}
        else:
            body["messages"] = prompt.in_words(asked.messages, asked.schema)
        if form.has_seed:
            body["seed"] = asked.seed
        if form.without_thinking:
            body["reasoning_effort"] = "none"
        if self._is_openrouter and form.has_schema:  # else it drops the schema if the model's provider has none
            body["provider"] = {"require_parameters": True}
        return body

    @property
    def _is_openrouter(self) -> bool:
        host = self._server.host.partition(":")[0]
        return host == OPENROUTER or host.endswith(f".{OPENROUTER}")

    def _weaker(self, form: _Form, refused: RefusedError) -> _Form:
        """Return a form without what a server refuses. Raises UnreachableError if it refuses something else."""
        if refused.status not in _NEVER:
            none_has_all = self._is_openrouter and _NO_ENDPOINT.search(refused.whole) is not None
            if form.without_thinking and _ABOUT_EFFORT.search(refused.said):
                raise self._failed("thinks and then answers nothing", "try a model that does not think")
            about_format = form.has_schema and _ABOUT_FORMAT.search(refused.said)
            if form.has_seed and (none_has_all or (_ABOUT_SEED.search(refused.whole) and not about_format)):
                self._question.report(f"{self._server.host} takes no seed for {self._question.model}: asking without")
                return replace(form, has_seed=False)
            if form.has_schema and (none_has_all or _ABOUT_FORMAT.search(refused.whole)):
                self._question.report(
                    f"{self._server.host} takes no schema for {self._question.model}: asking for JSON in words"
                )
                return replace(form, has_schema=False)
        raise self._refusal(refused)

    def _refusal(self, refused: RefusedError) -> UnreachableError:
        said = f": {refused.said}" if refused.said else ""
        variable = self._server.key_variable
        match refused.status:
            case 401 | 403:
                hint = f"check the key in ${variable}" if variable else "name the variable of its key in 'key_variable'"
                return self._failed(f"was refused ({refused.status}){said}", hint)
            case 429 if "quota" in refused.whole:
                return self._failed(f"was refused ({refused.status}){said}", "see your account's balance and limits")
            case _ if refused.status == NOT_FOUND:
                hint = f"check the model's name, and the address {self._server.address}"
                return self._failed(f"is not there ({refused.status}){said}", hint)
        return self._failed(f"was refused ({refused.status}){said}", None)

    def _found(self, reply: Json) -> Answer:
        """Return what a completion says. Raises UnreachableError if it is an error, a refusal, or nothing."""
        choices = reply.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
        if reason := message_of({"error": reply.get("error") or choice.get("error")}):
            raise self._failed(f"failed: {self._posting.clean(reason)}", None)
        message = choice.get("message")
        if not isinstance(message, dict):
            raise self._failed("answered without a message", f"see that {self._server.address} has chat completions")
        if refusal := message.get("refusal"):
            raise self._failed(f"refuses: {self._posting.clean(str(refusal))}", "write about something else")
        finish = choice.get("finish_reason")
        if finish == "content_filter":
            raise self._failed("stopped: its filter took the answer away", "write about something else")
        text = _text(message.get("content"))
        thought = _thought(reply).strip()
        if not text.strip() and thought.startswith("{"):  # the schema was applied to the thoughts
            text = thought
        usage = reply.get("usage")
        tokens = usage.get("prompt_tokens") if isinstance(usage, dict) else 0
        served = reply.get("model")
        return Answer(
            text,
            self._server.host,
            self._posting.clean(served) if isinstance(served, str) else "",
            finish == "length",
            tokens if isinstance(tokens, int) else 0,
        )

    def _failed(self, message: str, hint: str | None) -> UnreachableError:
        return UnreachableError(f"{self._name} at {self._server.host} {message}", hint=hint)


def _text(content: Json) -> str:
    """Return the text of a message, also if it comes in parts."""
    if isinstance(content, list):
        return "".join(str(each.get("text") or "") for each in content if isinstance(each, dict))
    return content if isinstance(content, str) else ""


def _thought(reply: Json) -> str:
    """Return what a model thought, by each name that servers have for it; "" if nothing."""
    message = reply["choices"][0]["message"]
    found = (message.get(name) for name in ("reasoning", "reasoning_content", "thinking"))
    return next((each for each in found if isinstance(each, str) and each.strip()), "")
