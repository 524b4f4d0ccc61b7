"""Servers with OpenAI's speech protocol, when they work and when they fail."""

from __future__ import annotations

import array
import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.audio_lab import ENV, onset, speech_request
from tests.support.fake_speech import PAUSE, SECRET, WORD, FakeSpeech
from vidbuild.errors import StepError, UnreachableError
from vidbuild.frozen import values
from vidbuild.media.audio import wav
from vidbuild.media.text.words import Speech
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.voices import network, speech, speech_client
from vidbuild.voices.network import Timeouts
from vidbuild.voices.protocol import SETTINGS
from vidbuild.voices.user_config import Server

HURRIED = Timeouts(connect=2, receive=2, attempt=3.0, total=20.0, waits=(0.0, 0.0, 0.0))
TEXT = "One two three four five six."

pytestmark = pytest.mark.usefixtures("loopback")


@pytest.fixture(autouse=True)
def _forget() -> None:
    """Forget which servers have no word times: ports are used again."""
    speech_client._without_words.clear()


def speak(
    scratch: Path,
    server: FakeSpeech | str,
    text: str = TEXT,
    *,
    key: str = "",
    define: dict[str, Any] | None = None,
    **voice: Any,
) -> tuple[Speech, array.array[int]]:
    """Speak with a server, and read what was written."""
    base = server if isinstance(server, str) else server.base
    settings = {**values(Server("near", base, **(define or {}))), "key": key}
    variables = {f"{SETTINGS}speech/near": json.dumps(settings)}
    request = speech_request(scratch, text, **{"voice": "near/alloy", "variables": variables, **voice})
    spoken = speech.Speech(HURRIED).speak(request)
    return spoken, wav.read(scratch / "said.wav")


def spoken_seconds(words: int) -> float:
    """How long the server's tones are for so many words, without the silence around them."""
    return words * (WORD + PAUSE) - PAUSE


def test_raw_samples_are_asked_for(scratch: Path) -> None:
    """The request is OpenAI's: model, input, voice, `pcm`, and a speed only if it is not the usual one."""
    with FakeSpeech(scratch, ENV) as server:
        spoken, samples = speak(scratch, server, define={"words": False})
        speak(scratch, server, define={"words": False, "model": "m"}, rate=150)
    first, second = server.queries
    assert first == {"model": "tts-1", "input": TEXT, "voice": "alloy", "response_format": "pcm"}
    assert (second["model"], second["speed"]) == ("m", 1.5)
    assert set(server.paths) == {"/v1/audio/speech"}
    assert spoken.samples == len(samples)
    assert not spoken.words
    assert abs(len(samples) / SAMPLE_RATE - spoken_seconds(6)) < 0.05


@pytest.mark.parametrize("base", ["", "/", "/v1", "/v1/"])
def test_an_address_may_have_the_version(scratch: Path, base: str) -> None:
    """The address is the server's, with or without /v1."""
    with FakeSpeech(scratch, ENV) as server:
        speak(scratch, server.base + base, define={"words": False})
    assert server.paths == ["/v1/audio/speech"]


def test_word_times_are_used_where_the_server_has_them(scratch: Path) -> None:
    """Kokoro-FastAPI's times are those of the sound, and its punctuation is no word."""
    with FakeSpeech(scratch, ENV, words=True) as server:
        spoken, samples = speak(scratch, server)
    assert server.paths == ["/dev/captioned_speech"]
    assert (server.queries[0]["stream"], server.queries[0]["return_timestamps"]) == (False, True)
    assert [word.text for word in spoken.words] == TEXT.split()
    begin = 0
    for word in spoken.words:
        begin = onset(samples, 2000, max(begin, word.start - 1000))
        assert abs(begin - word.start) < 480
        begin = word.end + 480


def test_a_server_without_word_times_is_asked_for_them_once(scratch: Path) -> None:
    """A server that answers 404 is OpenAI's: it is not asked for word times again."""
    with FakeSpeech(scratch, ENV) as server:
        speak(scratch, server)
        speak(scratch, server)
    assert server.paths == ["/v1/audio/speech", "/v1/audio/speech"]


@pytest.mark.parametrize("fault", ["wav", "wav-zero", "wav-22050", "l16", "mp3"])
def test_what_a_server_sends_instead_is_read(scratch: Path, fault: str) -> None:
    """WAV files of any stated length and rate, raw samples of a stated rate and MP3 are as long as the tones."""
    with FakeSpeech(scratch, ENV, [fault]) as server:
        _, samples = speak(scratch, server, define={"words": False})
    assert abs(len(samples) / SAMPLE_RATE - spoken_seconds(6)) < 0.08


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("silent", "sent only silence"),
        ("empty", "sent no audio"),
        ("odd", "sent half a sample"),
        ("cut", "closed the connection before the end"),
        ("wav-short", "sent only"),
        ("text", "sent text/html instead of audio"),
        ("json", "sent application/json instead of audio"),
        ("500", "refused (500)"),
        ("429", "refused (429)"),
        ("hang", "did not answer in time"),
    ],
)
def test_a_bad_answer_is_asked_for_again(scratch: Path, fault: str, message: str) -> None:
    """What may pass is tried again and then used; what stays is an error of the service with its reason."""
    retries: list[str] = []
    with FakeSpeech(scratch, ENV, [fault, "ok"]) as server:
        speak(scratch, server, define={"words": False}, on_retry=lambda *each: retries.append(each[2]))
    assert len(retries) == 1
    assert message in retries[0]
    with FakeSpeech(scratch, ENV, [fault]) as server, pytest.raises(UnreachableError) as caught:
        speak(scratch, server, define={"words": False})
    assert len(server.queries) == len(HURRIED.waits) + 1
    assert caught.value.message.startswith("the speech server 'near' ")
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("fault", "message"), [("401", "refused (401)"), ("redirect", "refused (307)"), ("flood", "sent more than")]
)
def test_what_cannot_pass_is_not_repeated(scratch: Path, fault: str, message: str) -> None:
    """A refusal, a redirect (which could carry the key elsewhere) and a flood end at once."""
    with FakeSpeech(scratch, ENV, [fault]) as server, pytest.raises(UnreachableError) as caught:
        speak(scratch, server, define={"words": False})
    assert len(server.queries) == 1
    assert message in caught.value.message


def test_broken_word_times_are_an_error(scratch: Path) -> None:
    """Word times that cannot be read are requested again."""
    with FakeSpeech(scratch, ENV, ["broken-words", "ok"], words=True) as server:
        spoken, _ = speak(scratch, server)
    assert len(server.queries) == 2
    assert len(spoken.words) == 6


def test_a_server_may_ask_to_wait(scratch: Path) -> None:
    """`Retry-After` is the least wait, and more than a minute of it ends the build."""
    waits: list[float] = []
    began = time.monotonic()
    with FakeSpeech(scratch, ENV, ["429/1", "ok"]) as server:
        speak(scratch, server, define={"words": False}, on_retry=lambda *each: waits.append(each[1]))
    assert waits == [1.0]
    assert time.monotonic() - began >= 1.0
    with FakeSpeech(scratch, ENV, ["429/3600"]) as server, pytest.raises(UnreachableError, match="wait 3600 s"):
        speak(scratch, server, define={"words": False})
    assert len(server.queries) == 1


def test_retry_after_may_be_a_date() -> None:
    """The header has seconds or a date; what is neither counts nothing."""
    assert network.seconds_of("7") == 7
    assert network.seconds_of("Thu, 01 Jan 1970 00:00:00 GMT") == 0
    assert network.seconds_of("Fri, 01 Jan 2100 00:00:00 GMT") > 1e9
    assert network.seconds_of("Fri, 01 Jan 2100 00:00:00 +9999999999999") == 0
    assert network.seconds_of("soon") == network.seconds_of("") == network.seconds_of("-5") == 0


def test_the_key_authorizes_and_is_in_no_message(scratch: Path) -> None:
    """The key is sent as a bearer's; the server's words for a refusal are shown without it."""
    define = {"words": False, "key_variable": "SPEECH_KEY"}
    with FakeSpeech(scratch, ENV, key=SECRET) as server:
        speak(scratch, server, key=SECRET, define=define)
        with pytest.raises(UnreachableError) as caught:
            speak(scratch, server, key=f"{SECRET}-old", define=define)
    assert caught.value.hint == "check the API key in $SPEECH_KEY"
    assert "says the server" in caught.value.message
    with FakeSpeech(scratch, ENV, ["429"]) as server, pytest.raises(UnreachableError) as limited:
        speak(scratch, server, key=SECRET, define=define)
    assert SECRET not in limited.value.message
    with pytest.raises(UnreachableError) as missing:
        speak(scratch, "http://127.0.0.1:9", define=define)
    assert missing.value.hint == "set $SPEECH_KEY"


def test_a_server_that_is_down_is_named(scratch: Path) -> None:
    """A refused connection says which server and why."""
    with pytest.raises(UnreachableError, match="the speech server 'near' could not be reached: connection refused"):
        speak(scratch, "http://127.0.0.1:9", define={"words": False})


def test_a_long_narration_is_asked_for_in_parts(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts are divided after sentences, and the words of each are placed by its samples."""
    monkeypatch.setattr(speech_client, "REQUEST_BYTES", 20)
    with FakeSpeech(scratch, ENV, words=True) as server:
        spoken, samples = speak(scratch, server, "One two three. Four five six.")
    assert [query["input"] for query in server.queries] == ["One two three.", "Four five six."]
    four = spoken.words[3]
    assert abs(onset(samples, 2000, spoken.words[2].end + 1000) - four.start) < 480


def test_nothing_to_speak_is_no_request(scratch: Path) -> None:
    """A text without letters is an error of the narration."""
    with FakeSpeech(scratch, ENV) as server, pytest.raises(StepError, match="nothing in this narration"):
        speak(scratch, server, "…")
    assert server.queries == []


def test_a_server_that_nothing_defines_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hint names the nearest server, else the file and how it is written."""
    monkeypatch.setenv("VIDBUILD_CONFIG", str(tmp_path / "config.toml"))
    engine = speech.Speech()
    problem = engine.problem("openai/alloy")
    assert problem is not None
    assert problem.message == "this machine defines no speech server 'openai'"
    assert str(tmp_path / "config.toml") in str(problem.hint)
    assert engine.available() is not None
    (tmp_path / "config.toml").write_text('[speech.openai]\nbase = "http://localhost:1"\n')
    assert engine.problem("openai/alloy") is None
    assert engine.available() is None
    near = engine.problem("opnai/alloy")
    assert near is not None
    assert near.hint == "did you mean 'openai'?"
    nameless = engine.problem("openai/")
    assert nameless is not None
    assert "names no voice" in nameless.message
    (tmp_path / "config.toml").write_text("[speech.openai]\n")
    broken = engine.problem("openai/alloy")
    assert broken is not None
    assert "config.toml:1" in broken.message


def test_the_address_is_in_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The identity has the server's name and its model, and neither its address nor its key."""
    monkeypatch.setenv("VIDBUILD_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text('[speech.a]\nbase = "http://one:1"\nmodel = "m"\nkey_variable = "K"\n')
    monkeypatch.setenv("K", SECRET)
    identity = speech.Speech().source_identity("a")
    assert "model m" in identity
    assert "one:1" not in identity
    assert SECRET not in identity
    settings = speech.Speech().source_settings("a")
    assert settings is not None
    assert settings["key"] == SECRET
