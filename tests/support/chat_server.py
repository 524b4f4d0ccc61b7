"""A server with OpenAI's chat completions on this machine, whose answers have the form of those of real servers.

Each answer of the plan is a function of what was asked; the last one answers all that follows.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.guard import guard

Answer = Callable[[Mapping[str, Any]], Response]

SCRIPT: dict[str, Any] = {
    "title": "How tides work",
    "scenes": [
        {
            "heading": "The pull of the Moon",
            "narration": "Twice a day the sea rises and falls. The Moon is the reason.",
            "points": None,
            "code": None,
            "language": None,
            "section": None,
            "search_terms": ["tide coast", "moon over sea"],
        },
        {
            "heading": "Two bulges",
            "narration": "Water bulges on the side that faces the Moon, and on the other side. The Earth turns below.",
            "points": ["One bulge faces the Moon", "One is on the other side"],
            "code": None,
            "language": None,
            "section": None,
            "search_terms": ["earth from space"],
        },
        {
            "heading": "Ask a program",
            "narration": "A few lines of code predict the next tide.",
            "points": None,
            "code": "print(next_tide('Hamburg'))",
            "language": "python",
            "section": None,
            "search_terms": None,
        },
    ],
}


class ChatServer:
    """queries: what was asked, in order; keys: with which Authorization; paths: where."""

    def __init__(self, *plan: Answer) -> None:
        self.plan: list[Answer] = list(plan)
        self.queries: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.paths: list[str] = []
        self._server = HTTPServer(host="127.0.0.1", port=0, threaded=True)
        self._server.expect_request("/v1/chat/completions").respond_with_handler(self._answer)
        self._server.expect_request("/elsewhere").respond_with_handler(self._answer)

    def reset(self) -> None:
        """Forget what was asked."""
        self.queries, self.keys, self.paths = [], [], []

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def port(self) -> int:
        """Its port."""
        return self._server.port

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Answer, for all tests of a file: it takes half a second to stop."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(guard.LOOPBACK, "1")
            self._server.start()
        try:
            yield
        finally:
            self._server.stop()

    def _answer(self, request: Request) -> Response:
        answer = self.plan[min(len(self.queries), len(self.plan) - 1)]
        self.queries.append(json.loads(request.get_data()))
        self.keys.append(request.headers.get("Authorization"))
        self.paths.append(request.path)
        return answer(self.queries[-1])


def _json(data: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(json.dumps(data), status, headers, mimetype="application/json")


def _usage(query: Mapping[str, Any]) -> dict[str, int]:
    asked = sum(len(each["content"]) for each in query["messages"]) // 4
    return {"prompt_tokens": asked, "completion_tokens": 300, "total_tokens": asked + 300}


def _text(script: object) -> str:
    return script if isinstance(script, str) else json.dumps(script, ensure_ascii=False)


def openai(script: object = None, *, finish: str = "stop", refusal: str | None = None) -> Answer:
    """OpenAI's own form."""

    def answer(query: Mapping[str, Any]) -> Response:
        content = None if refusal else _text(SCRIPT if script is None else script)
        message: dict[str, Any] = {"role": "assistant", "content": content, "refusal": refusal, "annotations": []}
        return _json({
            "id": "chatcmpl-CkX2", "object": "chat.completion", "created": 1764470400,
            "model": f"{query['model']}-2026-08-07",
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            "usage": {**_usage(query), "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0}},
            "service_tier": "default", "system_fingerprint": None,
        })  # fmt: skip

    return answer


def openrouter(script: object = None) -> Answer:
    """OpenRouter's form, with the space that it sends while it waits for a provider."""

    def answer(query: Mapping[str, Any]) -> Response:
        message = {
            "role": "assistant",
            "content": _text(SCRIPT if script is None else script),
            "refusal": None,
            "reasoning": None,
        }
        choice = {
            "logprobs": None,
            "finish_reason": "stop",
            "native_finish_reason": "STOP",
            "index": 0,
            "message": message,
        }
        data = {
            "id": "gen-1764470400-Ab", "provider": "DeepInfra", "model": query["model"], "object": "chat.completion",
            "created": 1764470400, "choices": [choice], "usage": {**_usage(query), "cost": 0.00012, "is_byok": False},
        }  # fmt: skip
        return Response("\n         \n" + json.dumps(data), mimetype="application/json")

    return answer


def ollama(content: object = None, reasoning: str | None = None, *, finish: str = "stop") -> Answer:
    """Ollama's form. reasoning: what a thinking model thought."""

    def answer(query: Mapping[str, Any]) -> Response:
        message = {"role": "assistant", "content": _text(SCRIPT if content is None else content)}
        if reasoning is not None:
            message["reasoning"] = reasoning
        return _json({
            "id": "chatcmpl-312", "object": "chat.completion", "created": 1764470400, "model": query["model"],
            "system_fingerprint": "fp_ollama", "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            "usage": _usage(query),
        })  # fmt: skip

    return answer


def vllm(script: object = None) -> Answer:
    """The form of vLLM, with all its fields that are null."""

    def answer(query: Mapping[str, Any]) -> Response:
        message: dict[str, Any] = {
            "role": "assistant", "content": _text(SCRIPT if script is None else script), "refusal": None,
            "annotations": None, "audio": None, "function_call": None, "tool_calls": [], "reasoning_content": None,
        }  # fmt: skip
        choice = {
            "index": 0, "message": message, "logprobs": None, "finish_reason": "stop", "stop_reason": None,
            "token_ids": None,
        }  # fmt: skip
        return _json({
            "id": "chatcmpl-6f", "object": "chat.completion", "created": 1764470400, "model": query["model"],
            "choices": [choice], "service_tier": None, "system_fingerprint": None, "usage": _usage(query),
            "prompt_logprobs": None, "kv_transfer_params": None,
        })  # fmt: skip

    return answer


def llama_cpp(script: object = None) -> Answer:
    """llama.cpp's form, which names no model that it was asked for."""

    def answer(query: Mapping[str, Any]) -> Response:
        message = {"role": "assistant", "content": _text(SCRIPT if script is None else script)}
        return _json({
            "choices": [{"finish_reason": "stop", "index": 0, "message": message}], "created": 1764470400,
            "model": "gpt-3.5-turbo", "system_fingerprint": "b7190-2ab31c", "object": "chat.completion",
            "usage": _usage(query), "id": "chatcmpl-x9", "timings": {"prompt_n": 12, "predicted_n": 300},
        })  # fmt: skip

    return answer


def lm_studio(script: object = None) -> Answer:
    """LM Studio's form."""

    def answer(query: Mapping[str, Any]) -> Response:
        message = {"role": "assistant", "content": _text(SCRIPT if script is None else script), "tool_calls": []}
        return _json({
            "id": "chatcmpl-lm", "object": "chat.completion", "created": 1764470400, "model": query["model"],
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
            "usage": _usage(query), "stats": {}, "system_fingerprint": query["model"],
        })  # fmt: skip

    return answer


def error(status: int, data: object, headers: Mapping[str, str] | None = None) -> Answer:
    """An error as a server words it."""
    return lambda _: _json(data, status, headers)


def openai_error(status: int, message: str, code: str = "", headers: Mapping[str, str] | None = None) -> Answer:
    """An error in OpenAI's form."""
    return error(status, {"error": {"message": message, "type": "error", "param": None, "code": code}}, headers)


def raw(body: bytes, headers: Mapping[str, str] | None = None, status: int = 200) -> Answer:
    """Return any bytes."""
    return lambda _: Response(body, status, headers)


def hanging(seconds: float) -> Answer:
    """Answer too late."""

    def answer(query: Mapping[str, Any]) -> Response:
        time.sleep(seconds)
        return openai()(query)

    return answer


def dripping(seconds: float) -> Answer:
    """Send a byte now and then, so that no single read takes long."""

    def parts() -> Iterator[bytes]:
        for _ in range(int(seconds * 20)):
            yield b" "
            time.sleep(0.05)

    return lambda _: Response(parts(), 200, mimetype="application/json")


def cut() -> Answer:
    """Close the connection within the answer: it is shorter than its header states."""

    def answer(query: Mapping[str, Any]) -> Response:
        whole = openai()(query).get_data()
        response = Response([whole[:100]], 200, mimetype="application/json")
        response.headers["Content-Length"] = str(len(whole))
        response.headers["Connection"] = "close"
        return response

    return answer


def without(fields: Sequence[str], message: Answer, then: Answer) -> Answer:
    """Refuse a question that has one of the fields, as servers do that do not have a feature."""
    return lambda query: (message if any(each in query for each in fields) else then)(query)
