"""Questions to servers with chat completions: the forms of real servers, and the ways in which they go wrong."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support import chat_server as servers
from tests.support.chat_server import SCRIPT, Answer, ChatServer
from vidbuild.create.writers import asking, prompt
from vidbuild.create.writers.asking import Exchange
from vidbuild.create.writers.openai import OpenAIWriter
from vidbuild.create.writers.openai.posting import MAX_SHOWN, Waits
from vidbuild.create.writers.registry import Chosen
from vidbuild.create.writers.script import Script
from vidbuild.errors import UnreachableError, UsageError

KEY = "sk-secret-of-a-test"
QUICK = Waits(connect=1, before=(0.01, 0.01))
BRIEF = prompt.Brief("How tides work", "en")

pytestmark = pytest.mark.usefixtures("loopback")


class Lab:
    """Asks one server after the other. reports: what the user reads."""

    def __init__(self, file: Path, server: ChatServer) -> None:
        self._file = file
        self.reports: list[str] = []
        self.server = server

    def ask(self, *plan: Answer, base: str = "", timeout: float = 20) -> tuple[Script, Exchange]:
        """Ask a server that answers as planned."""
        self.server.plan = list(plan)
        text = f'[writer.here]\nbase = "{base or self.server.base}"\nkey_variable = "TEST_KEY"\ntimeout = {timeout}\n'
        self._file.write_text(text, encoding="utf-8")
        chosen = Chosen(OpenAIWriter(QUICK), "here", "m-1")
        return asking.ask(chosen, prompt.for_video(BRIEF), 7, self.reports.append)

    def failed(self, *plan: Answer, **settings: Any) -> UnreachableError:
        """Ask a server that gives no script."""
        with pytest.raises(UnreachableError) as caught:
            self.ask(*plan, **settings)
        assert KEY not in caught.value.message + (caught.value.hint or "") + "".join(self.reports)
        return caught.value


@pytest.fixture(scope="module")
def server() -> Iterator[ChatServer]:
    """One server for all tests."""
    server = ChatServer()
    with server.serving():
        yield server


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: ChatServer) -> Lab:
    """A server without answers, and settings that name it."""
    file = tmp_path / "config.toml"
    monkeypatch.setenv("VIDBUILD_CONFIG", str(file))
    monkeypatch.setenv("TEST_KEY", KEY)
    monkeypatch.setenv("NO_PROXY", "*")
    server.reset()
    return Lab(file, server)


KINDS: Mapping[str, Callable[..., Answer]] = {
    "openai": servers.openai,
    "openrouter": servers.openrouter,
    "ollama": servers.ollama,
    "vllm": servers.vllm,
    "llama.cpp": servers.llama_cpp,
    "lm-studio": servers.lm_studio,
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_server_gives_a_script(lab: Lab, kind: str) -> None:
    """One question with key, seed and schema is enough for each kind of server."""
    script, exchange = lab.ask(KINDS[kind]())
    assert [each.heading for each in script.scenes] == [each["heading"] for each in SCRIPT["scenes"]]
    assert script.scenes[1].points == ("One bulge faces the Moon", "One is on the other side")
    assert script.scenes[2].code == "print(next_tide('Hamburg'))"
    (query,) = lab.server.queries
    assert query["seed"] == 7
    assert query["stream"] is False
    assert "provider" not in query
    assert query["response_format"]["type"] == "json_schema"
    assert query["response_format"]["json_schema"]["strict"] is True
    assert lab.server.keys == [f"Bearer {KEY}"]
    assert exchange.host == f"127.0.0.1:{lab.server.port}"
    assert exchange.served == {"openai": "m-1-2026-08-07", "llama.cpp": "gpt-3.5-turbo"}.get(kind, "m-1")
    assert lab.reports == []


def test_the_schema_is_in_the_subset_of_every_server(lab: Lab) -> None:
    """Every object lists all its properties as required, allows no others, and no value has a limit."""
    lab.ask(servers.openai())
    schema = lab.server.queries[0]["response_format"]["json_schema"]["schema"]

    def objects(node: Any, depth: int) -> Iterator[int]:
        assert set(node) <= {"type", "description", "properties", "required", "additionalProperties", "items"}
        if "properties" in node:
            assert node["required"] == list(node["properties"])
            assert node["additionalProperties"] is False
            yield depth
        for each in (*node.get("properties", {}).values(), *([node["items"]] if "items" in node else [])):
            yield from objects(each, depth + 1)

    assert list(objects(schema, 0)) == [0, 2]


@pytest.mark.parametrize(
    "text",
    [
        "```json\n{}\n```",
        "Here is the script:\n\n```\n{}\n```\nI hope you like it!",
        "<think>I need a script. {{Maybe}} so.</think>\n{}",
        "Sure. {} That is all.",
    ],
)
def test_json_is_found_in_what_is_around_it(lab: Lab, text: str) -> None:
    """Fences, thoughts and prose around the JSON do not matter."""
    script, _ = lab.ask(servers.openai(text.replace("{}", json.dumps(SCRIPT, indent=1))))
    assert len(script.scenes) == 3
    assert len(lab.server.queries) == 1


def test_a_wrong_answer_is_asked_for_once_more_with_what_is_wrong(lab: Lab) -> None:
    """The second question has the first answer and its errors, each with its place."""
    wrong = {"title": "Tides", "scenes": [{"heading": "One", "narration": 5, "mood": "calm"}]}
    script, _ = lab.ask(servers.vllm(wrong), servers.vllm())
    assert script.title == "How tides work"
    first, second = lab.server.queries
    assert second["messages"][:2] == first["messages"]
    assert second["messages"][2] == {"role": "assistant", "content": json.dumps(wrong)}
    assert "scenes[0].narration: expected string, got 5" in second["messages"][3]["content"]
    assert "scenes[0]: unknown: 'mood'" in second["messages"][3]["content"]
    assert "asking once more" in lab.reports[0]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("The tides are a wonderful topic! First, the Moon.", "expected a JSON object, got 'The tides are"),
        ('{"title": "Tides", "scenes": [{"heading": "One", "narr', "no valid JSON"),
        ({"title": "Tides", "scenes": []}, "scenes: expected at least one"),
        ({"title": "Tides"}, "the answer: 'scenes' missing"),
        ({"title": "Tides", "scenes": [{"heading": "A", "narration": "…"}]}, "scenes[0].narration: expected words"),
        ({"title": "", "scenes": [{"heading": "A", "narration": "B"}]}, "title: expected text, got ''"),
        ("[" * 100_000, "expected a JSON object"),
        ('{"a":' * 100_000, "no valid JSON"),
        ("[1, 2]", "expected a JSON object, got '[1, 2]'"),
        ('{"title": "x", "scenes": "none"}', "scenes: expected array, got 'none'"),
        (json.dumps({"title": "x", "scenes": [{"heading": "A", "narration": "b" * 5000}]}), "at most 4000 characters"),
    ],
)
def test_two_answers_without_a_script_are_an_error_with_its_place(lab: Lab, answer: object, problem: str) -> None:
    """After the second answer the error names the writer, the host, and the place in the answer."""
    error = lab.failed(servers.ollama(answer))
    assert len(lab.server.queries) == 2
    assert error.message.startswith(f"here:m-1 at 127.0.0.1:{lab.server.port} answered 2 times without a script: ")
    assert problem in error.message
    assert error.code == 4


def test_an_answer_that_was_cut_is_asked_for_shorter(lab: Lab) -> None:
    """`finish_reason: length` is no script, even if the text before it is one."""
    script, _ = lab.ask(servers.openai(json.dumps(SCRIPT)[:200], finish="length"), servers.openai())
    assert len(script.scenes) == 3
    assert "it was cut off at the model's limit: write less" in lab.server.queries[1]["messages"][-1]["content"]
    assert "cut off" in lab.failed(servers.openai(finish="length")).message


def test_a_model_that_thinks_and_answers_nothing_is_asked_without_thinking(lab: Lab) -> None:
    """Ollama's thinking models answer with an empty text: `reasoning_effort: none` makes them answer."""
    script, _ = lab.ask(servers.ollama("", "The user wants a script."), servers.ollama())
    assert len(script.scenes) == 3
    assert "reasoning_effort" not in lab.server.queries[0]
    assert lab.server.queries[1]["reasoning_effort"] == "none"
    assert "thought and answered nothing" in lab.reports[0]
    error = lab.failed(servers.ollama("", "Still thinking."))
    assert "answered with an empty text" in error.message


def test_a_model_that_thinks_up_to_its_limit_is_asked_without_thinking(lab: Lab) -> None:
    """Thoughts that fill the limit are no script that is too long."""
    script, _ = lab.ask(servers.ollama("", "On and on", finish="length"), servers.ollama())
    assert len(script.scenes) == 3
    assert lab.server.queries[1]["reasoning_effort"] == "none"
    assert lab.server.queries[1]["messages"] == lab.server.queries[0]["messages"]


def test_a_script_among_the_thoughts_is_taken(lab: Lab) -> None:
    """Some servers apply the schema to the thoughts, and leave the text empty."""
    script, _ = lab.ask(servers.ollama("", json.dumps(SCRIPT)))
    assert len(script.scenes) == 3
    assert len(lab.server.queries) == 1


def test_a_refusal_is_reported_in_the_models_words(lab: Lab) -> None:
    """A refusal is not asked for again."""
    error = lab.failed(servers.openai(refusal="I can't help with\nthat."))
    assert error.message.endswith("refuses: I can't help with that.")
    assert len(lab.server.queries) == 1
    assert "filter" in lab.failed(servers.openai(finish="content_filter")).message


@pytest.mark.parametrize(
    "refusal",
    [
        servers.error(400, {"error": "'response_format.type' must be 'json_object' or 'text'"}),
        servers.openai_error(400, "This response_format type is unavailable now"),
        servers.error(
            500, {"error": {"code": 500, "message": 'response_format type must be "text", got: json_schema'}}
        ),
        servers.error(422, {"detail": [{"type": "literal_error", "loc": ["body", "response_format"], "msg": "Input"}]}),
    ],
)
def test_a_server_without_schemas_is_asked_in_words(lab: Lab, refusal: Answer) -> None:
    """A server that refuses `response_format` gets the schema in the question's text, and a notice says so."""
    script, _ = lab.ask(servers.without(["response_format"], refusal, servers.lm_studio()))
    assert len(script.scenes) == 3
    last = lab.server.queries[-1]
    assert "response_format" not in last
    assert last["seed"] == 7
    assert "must fit this JSON Schema" in last["messages"][0]["content"]
    assert '"additionalProperties": false' in last["messages"][0]["content"]
    assert lab.reports == [f"127.0.0.1:{lab.server.port} takes no schema for m-1: asking for JSON in words"]


def test_a_server_without_seeds_is_asked_without(lab: Lab) -> None:
    """A server that refuses `seed` is asked without it, and keeps the schema."""
    extra = {"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}
    lab.ask(servers.without(["seed"], servers.error(422, {"detail": [extra]}), servers.openai()))
    assert "seed" not in lab.server.queries[-1]
    assert "response_format" in lab.server.queries[-1]
    assert "takes no seed" in lab.reports[0]


@pytest.mark.parametrize(
    ("answer", "message", "hint", "count"),
    [
        (servers.openai_error(401, f"Incorrect API key provided: {KEY}."), "refused (401): Incorrect", "$TEST_KEY", 1),
        (servers.error(403, {"detail": "no access"}), "refused (403): no access", "$TEST_KEY", 1),
        (servers.openai_error(404, "The model `m-1` does not exist"), "is not there (404): The model", "name", 1),
        (
            servers.openai_error(429, "You exceeded your quota", "insufficient_quota"),
            "(429): You exceeded",
            "balance",
            1,
        ),
        (servers.openai_error(429, "Slow down", headers={"Retry-After": "3600"}), "asks to wait 3600 s", None, 1),
        (servers.openai_error(429, "Slow down", headers={"Retry-After": "0"}), "(429): Slow down", None, 3),
        (
            servers.openai_error(429, "Wait", headers={"Retry-After": "Fri, 01 Jan 2100 00:00:00 +9999999999999"}),
            "(429): Wait",
            None,
            3,
        ),
        (servers.error(500, {"error": "overloaded"}), "(500): overloaded", None, 3),
        (servers.error(503, {"error": {"message": "Loading model", "code": 503}}), "(503): Loading model", None, 3),
        (servers.error(400, {"error": {"message": "max context is 4096"}}), "(400): max context is 4096", None, 1),
        (
            servers.error(200, {"error": {"message": "Provider returned error", "code": 502}}),
            "failed: Provider",
            None,
            1,
        ),
        (servers.error(200, {"choices": []}), "answered without a message", "chat completions", 1),
        (servers.raw(b"<html>Welcome</html>"), "answered with no JSON: '<html>Welcome</html>'", "address", 1),
        (servers.raw(b"\xff\xfe\x00"), "answered with no JSON", "address", 1),
        (servers.raw(b"[" * 200_000), "answered with no JSON", "address", 1),
        (servers.raw(b" " * (5 * 2**20)), "answered with more than 4 MB", None, 1),
        (servers.raw(b"<p>see schema.org, seed, response_format</p>", status=404), "is not there (404)", "address", 1),
        (servers.raw(b'data: {"id": "x"}\n\n'), "streams its answer", "another server", 1),
        (servers.raw(b"", status=502), "refused the question (502)", None, 3),
        (servers.raw(b"no gzip", {"Content-Encoding": "gzip"}), "broke off", None, 3),
        (servers.cut(), "broke off the connection", None, 3),
    ],
)
def test_a_server_that_fails(lab: Lab, answer: Answer, message: str, hint: str | None, count: int) -> None:
    """Each failure has its own message; only those that may pass are tried again, at most twice."""
    error = lab.failed(answer)
    assert message in error.message
    assert (hint or "") in (error.hint or "")
    assert f"127.0.0.1:{lab.server.port}" in error.message
    assert len(lab.server.queries) == count


def test_no_part_of_a_key_is_in_a_message_that_is_cut(lab: Lab) -> None:
    """A key that a server repeats is removed before its answer is shortened, not cut in two."""
    for length in range(MAX_SHOWN - len(KEY), MAX_SHOWN, 3):
        error = lab.failed(servers.raw(b"." * length + KEY.encode() + b"." * 40))
        assert KEY[:4] not in error.message


def test_an_answer_with_half_a_surrogate_pair_is_sent_back(lab: Lab) -> None:
    """What cannot be encoded is replaced in the question that names what is wrong with the answer."""
    script, _ = lab.ask(servers.openai("no script \ud83c"), servers.openai())
    assert len(script.scenes) == 3
    assert lab.server.queries[1]["messages"][2]["content"] == "no script ?"


def test_a_failure_that_passes_does_no_harm(lab: Lab) -> None:
    """A server that loads its model first is asked again, and the user reads why it takes longer."""
    script, _ = lab.ask(servers.error(503, {"error": {"message": "Loading model"}}), servers.cut(), servers.llama_cpp())
    assert len(script.scenes) == 3
    assert [each.partition(": trying again")[0] for each in lab.reports] == [
        f"127.0.0.1:{lab.server.port} refused the question (503): Loading model",
        f"127.0.0.1:{lab.server.port} broke off the connection before its answer was whole",
    ]


@pytest.mark.parametrize("answer", [servers.hanging(1.5), servers.dripping(1.5)])
def test_a_server_that_hangs_is_left_after_the_time_limit(lab: Lab, answer: Answer) -> None:
    """The limit holds for the whole answer, also if a byte arrives now and then."""
    error = lab.failed(answer, timeout=0.4)
    assert "did not answer within 0.4 s" in error.message
    assert "'timeout' of [writer.here]" in (error.hint or "")


def test_a_redirect_is_not_followed(lab: Lab) -> None:
    """The key goes to no address that the user has not named."""
    error = lab.failed(servers.raw(b"", {"Location": f"http://127.0.0.1:{lab.server.port}/elsewhere"}, status=307))
    assert "redirects to another address (307), which is not followed" in error.message
    assert lab.server.paths == ["/v1/chat/completions"]


def test_a_server_that_is_not_there(lab: Lab) -> None:
    """A refused connection is an error at once."""
    error = lab.failed(servers.openai(), base="http://127.0.0.1:9/v1")
    assert error.message.startswith("127.0.0.1:9 could not be reached: ")
    assert lab.server.queries == []
    error = lab.failed(servers.openai(), base=lab.server.base.replace("http:", "https:"))
    assert "does not speak TLS as expected" in error.message


def test_compressed_answers_are_read(lab: Lab) -> None:
    """A server that compresses unasked is understood."""

    def answer(query: Mapping[str, Any]) -> Any:
        body = gzip.compress(servers.vllm()(query).get_data())
        return servers.raw(body, {"Content-Encoding": "gzip"})(query)

    script, _ = lab.ask(answer)
    assert len(script.scenes) == 3


def test_texts_in_parts_are_joined(lab: Lab) -> None:
    """A content that is a list of parts is read as one text."""
    text = json.dumps(SCRIPT)
    parts = [{"type": "thinking", "thinking": []}, *({"type": "text", "text": each} for each in (text[:50], text[50:]))]
    message = {"role": "assistant", "content": parts}
    script, _ = lab.ask(servers.error(200, {"choices": [{"message": message, "finish_reason": "stop"}]}))
    assert len(script.scenes) == 3


def test_a_question_that_was_cut_is_reported(lab: Lab) -> None:
    """A server with a small context cuts the question without a word; its count of tokens shows it."""

    def answer(query: Mapping[str, Any]) -> Any:
        data = servers.ollama()(query).get_json() | {"usage": {"prompt_tokens": 20}}
        return servers.error(200, data)(query)

    lab.ask(answer)
    assert "read only 20 tokens of a question of" in lab.reports[0]


def openrouter_through(lab: Lab, monkeypatch: pytest.MonkeyPatch, *plan: Answer) -> Script:
    """Ask OpenRouter's host through a proxy, which is the server here."""
    monkeypatch.delenv("NO_PROXY")
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{lab.server.port}")
    return lab.ask(*plan, base="http://openrouter.ai/v1")[0]


def test_openrouter_must_apply_the_schema(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only OpenRouter is asked for providers that apply each parameter: else it drops the schema without a word."""
    script = openrouter_through(lab, monkeypatch, servers.openrouter())
    assert len(script.scenes) == 3
    assert lab.server.queries[0]["provider"] == {"require_parameters": True}
    assert lab.reports == ["the key goes to openrouter.ai without encryption: its address begins with http:"]


def test_openrouter_without_such_a_provider_is_asked_for_less(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """If no provider applies all parameters, the seed is left out first, then the schema."""
    none = servers.openai_error(404, "No endpoints found that can handle the requested parameters.")
    script = openrouter_through(lab, monkeypatch, servers.without(["response_format"], none, servers.openrouter()))
    assert len(script.scenes) == 3
    shapes = [("seed" in each, "response_format" in each, "provider" in each) for each in lab.server.queries]
    assert shapes == [(True, True, True), (False, True, True), (False, False, False)]


def test_a_key_that_cannot_be_one_is_not_sent(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key with a line break or letters beyond ASCII is refused before anything is sent."""
    monkeypatch.setenv("TEST_KEY", "sk-a\nX-Evil: 1")
    with pytest.raises(UsageError, match=r"\$TEST_KEY is no API key"):
        lab.ask(servers.openai())
    monkeypatch.setenv("TEST_KEY", "")
    with pytest.raises(UsageError, match="needs an API key"):
        lab.ask(servers.openai())
    assert lab.server.queries == []
