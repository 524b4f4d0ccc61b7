"""The online voice service, when it works and when it fails."""

from __future__ import annotations

import array
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.support.audio_lab import ENV, onset, speech_request
from tests.support.fake_edge import FakeEdge
from vidbuild.errors import StepError, UnreachableError
from vidbuild.media.audio import wav
from vidbuild.media.text.words import Speech
from vidbuild.voices import edge_client, network, parts
from vidbuild.voices.chunking import split_text
from vidbuild.voices.edge import ENDPOINT, Edge
from vidbuild.voices.network import Timeouts
from vidbuild.voices.protocol import VoiceProblem

HURRIED = Timeouts(connect=2, receive=2, attempt=3.0, total=20.0, waits=(0.0, 0.0, 0.0))
VOICE = "en-US-AriaNeural"
TEXT = "Use kubectl, then pass --dry-run & see <b>."


pytestmark = pytest.mark.usefixtures("loopback")


@pytest.fixture(autouse=True)
def _own_clock() -> Iterator[None]:
    """Let tests talk to this machine, and undo what a test teaches edge-tts about the time."""
    from edge_tts import communicate, drm

    url = vars(communicate)["WSS_URL"]
    yield
    drm.DRM.clock_skew_seconds = 0.0
    vars(communicate)["WSS_URL"] = url


def speak(
    scratch: Path, server: FakeEdge | str, text: str = TEXT, timeouts: Timeouts = HURRIED, **voice: Any
) -> tuple[Speech, array.array[int]]:
    """Speak with a server, and read what was written."""
    variables = {ENDPOINT: server if isinstance(server, str) else server.endpoint}
    request = speech_request(scratch, text, **{"voice": VOICE, "variables": variables, **voice})
    speech = Edge(timeouts).speak(request)
    return speech, wav.read(scratch / "said.wav")


def parsed(turn: str) -> ET.Element:
    """What was asked for in a turn."""
    return ET.fromstring(turn)  # noqa: S314 - what the adapter itself wrote


def test_retries_are_reported(scratch: Path) -> None:
    """V20: before each further attempt its number, its time and the error are reported; not after the last one."""
    retries: list[tuple[int, float, str]] = []
    with FakeEdge(scratch, ENV, plan=["503", "no-audio", "ok"]) as server:
        speak(scratch, server, on_retry=lambda *each: retries.append(each))
    assert [attempt for attempt, _, _ in retries] == [2, 3]
    assert all(0 <= wait <= 1.25 * usual for (_, wait, _), usual in zip(retries, HURRIED.waits, strict=False))
    assert "refused (503)" in retries[0][2]
    assert "audio" in retries[1][2]


def test_a_turn_is_asked_for_as_the_service_wants_it(scratch: Path) -> None:
    """V20: one turn for a scene, with word times, the voice by its full name, and the text escaped."""
    with FakeEdge(scratch, ENV) as server:
        speak(scratch, server, rate=110, pitch=-5)
    assert server.faults == []
    assert server.connections == 1
    root = parsed(server.turns[0])
    prosody = root[0][0]
    assert root[0].get("name") == "Microsoft Server Speech Text to Speech Voice (en-US, AriaNeural)"
    assert (prosody.get("rate"), prosody.get("pitch"), prosody.get("volume")) == ("+10%", "-5Hz", "+0%")
    assert prosody.text == TEXT


def test_words_are_where_the_sound_is(scratch: Path) -> None:
    """V16, V20: narration begins at once, and every word within 10 ms of its tone, whatever the MP3 coder delays."""
    with FakeEdge(scratch, ENV) as server:
        speech, samples = speak(scratch, server, "one two three four five six")
    assert [word.text for word in speech.words] == ["one", "two", "three", "four", "five", "six"]
    assert speech.samples == len(samples)
    assert onset(samples, 2000) <= 2 * wav.LEAD
    begin = 0
    for word in speech.words:
        begin = onset(samples, 2000, max(begin, word.start - 1000))
        assert abs(begin - word.start) < 480
        begin = word.end + 480
    assert len(samples) - speech.words[-1].end < 2 * wav.TAIL + 1200


def test_a_long_narration_is_asked_for_in_parts(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """V20: parts are divided after sentences, and each part's words are placed by the samples really received."""
    monkeypatch.setattr(edge_client, "REQUEST_BYTES", 30)
    with FakeEdge(scratch, ENV) as server:
        speech, samples = speak(scratch, server, "One two three. Four five six. Seven eight.")
    assert [parsed(turn)[0][0].text for turn in server.turns] == [
        "One two three. Four five six.",
        "Seven eight.",
    ]
    seven = speech.words[6]
    assert seven.text == "Seven"
    assert abs(onset(samples, 2000, speech.words[5].end + 1000) - seven.start) < 480
    assert seven.start - speech.words[5].end > parts.PAUSE


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("sentences", "sent the times of sentences, not of words"),
        ("no-words", "sent no word times"),
        ("few-words", "sent the times of only some words"),
        ("no-audio", "sent no audio"),
        ("drop", "closed the connection before the end"),
        ("short", "which is too short for the text"),
        ("cut", "sent neither audio nor times of the last words"),
        ("silent", "sent only silence"),
        ("noise", "sent audio that cannot be decoded"),
        ("garbage", "sent an answer that edge-tts cannot read"),
        ("bad-header", "sent an answer that edge-tts cannot read"),
        ("403", "refused (403)"),
        ("429", "refused (429)"),
        ("503", "refused (503)"),
    ],
)
def test_a_fault_is_tried_again_and_then_an_error(scratch: Path, fault: str, message: str) -> None:
    """V20: each way of failing is asked for four times, is then a typed error for good, and leaves no sound behind."""
    with FakeEdge(scratch, ENV, [fault]) as server, pytest.raises(UnreachableError) as caught:
        speak(scratch, server)
    assert message in caught.value.message
    assert caught.value.message.startswith("the edge voice service ")
    assert not caught.value.failure.transient
    assert caught.value.failure.field == "voice"
    assert server.connections >= 4
    assert not (scratch / "said.wav").exists()


@pytest.mark.parametrize("fault", ["sentences", "no-audio", "drop", "short", "cut", "garbage", "503", "403"])
def test_a_passing_fault_is_passed_over(scratch: Path, fault: str) -> None:
    """V20: one bad answer costs another try, and the result is as whole as ever."""
    with FakeEdge(scratch, ENV) as server:
        expected = speak(scratch, server)
    with FakeEdge(scratch, ENV, [fault, fault, "ok"]) as server:
        assert speak(scratch, server) == expected


@pytest.mark.parametrize("status", ["400", "404"])
def test_a_permanent_refusal_is_not_retried(scratch: Path, status: str) -> None:
    """V20: an error that a retry cannot fix is raised at once."""
    with FakeEdge(scratch, ENV, [status]) as server, pytest.raises(UnreachableError, match=status) as caught:
        speak(scratch, server)
    assert server.connections == 1
    assert not caught.value.failure.transient


def test_a_wrong_clock_is_corrected_from_the_refusal(scratch: Path) -> None:
    """V20: a 403 that comes of this machine's clock is asked for again with the server's, within one attempt."""
    from edge_tts import drm

    once = Timeouts(connect=2, receive=2, attempt=3.0, total=20.0, waits=())
    with FakeEdge(scratch, ENV, ["403-skew", "ok"]) as server:
        assert speak(scratch, server, timeouts=once)[0].words
    assert server.connections == 2
    assert abs(drm.DRM.clock_skew_seconds - 3600) < 60


@pytest.mark.parametrize("fault", ["slow", "hang"])
def test_a_long_delay_ends(scratch: Path, fault: str) -> None:
    """V20: a service that takes the request and is silent is given up after its time, attempt by attempt."""
    timeouts = Timeouts(connect=1, receive=1, attempt=0.4, total=20.0, waits=(0.0,))
    begun = time.monotonic()
    with FakeEdge(scratch, ENV, [fault]) as server, pytest.raises(UnreachableError, match="did not answer in time"):
        speak(scratch, server, timeouts=timeouts)
    assert server.connections == 2
    assert time.monotonic() - begun < 5


def test_there_is_a_limit_for_all_attempts_together(scratch: Path) -> None:
    """V20: however often the service fails, the step ends."""
    timeouts = Timeouts(connect=1, receive=1, attempt=5.0, total=0.5, waits=(60.0, 60.0))
    with FakeEdge(scratch, ENV, ["503"]) as server, pytest.raises(UnreachableError, match=r"no .* answer in 0\.5 s"):
        speak(scratch, server, timeouts=timeouts)


def test_a_refused_connection_is_an_error(scratch: Path) -> None:
    """V20: the error of a refused connection names the service and how to set a proxy."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(UnreachableError, match="could not be reached") as caught:
        speak(scratch, f"ws://127.0.0.1:{port}/edge/v1?x=1")
    assert "HTTPS_PROXY" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "endpoint", ["ws://example.org/edge/v1?x", "wss://10.0.0.1/x", "nonsense", "ws://127.0.0.1.evil.example/"]
)
def test_the_test_endpoint_cannot_lead_elsewhere(scratch: Path, endpoint: str) -> None:
    """The variable that points at a local server sends narration to no other machine."""
    with pytest.raises(UnreachableError, match="expected an address on this machine"):
        speak(scratch, endpoint)


@pytest.mark.parametrize(
    ("variables", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "http://proxy:3128"),
        ({"https_proxy": "http://proxy:1"}, "http://proxy:1"),
        ({"HTTPS_PROXY": "", "https_proxy": "http://proxy:1"}, "http://proxy:1"),
    ],
)
def test_the_proxy_is_the_environments(variables: dict[str, str], proxy: str | None) -> None:
    """The proxy comes from the engine's variables."""
    assert network.proxy_of(variables) == proxy


def test_a_server_on_this_machine_needs_no_proxy(scratch: Path) -> None:
    """A test's own server is reached directly, even if a proxy is set."""
    with FakeEdge(scratch, ENV) as server:
        variables = {ENDPOINT: server.endpoint, "HTTPS_PROXY": "http://127.0.0.1:9"}
        assert speak(scratch, server, variables=variables)[0].words


def test_empty_narration_sends_no_request(scratch: Path) -> None:
    """A narration without a single letter is an error before the network is touched."""
    with FakeEdge(scratch, ENV) as server, pytest.raises(StepError, match="can be spoken"):
        speak(scratch, server, "… — !")
    assert server.connections == 0


@pytest.mark.parametrize(
    ("text", "limit", "found"),
    [
        ("One. Two. Three.", 100, ["One. Two. Three."]),
        ("One. Two. Three.", 10, ["One. Two.", "Three."]),
        ("One two three four", 9, ["One two", "three", "four"]),
        ("一。二。三。", 9, ["一。", "二。", "三。"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("a & b & c", 7, ["a &", "b &", "c"]),
        ("v2.1 is out", 7, ["v2.1 is", "out"]),
        ("", 10, []),
    ],
)
def test_text_is_divided_where_one_would_pause(text: str, limit: int, found: list[str]) -> None:
    """Parts end after sentences, else after words, and count the bytes that are really sent."""
    assert list(split_text(text, limit)) == found


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("en-US-AriaNeural", True),
        ("zh-CN-liaoning-XiaobeiNeural", True),
        ("en-us-arianeural", False),
        ("Aria", False),
        ("", False),
    ],
)
def test_a_voice_has_the_form_of_one(name: str, good: bool) -> None:
    """Without the network only the form of a name can be checked, and an example is shown."""
    wrong = VoiceProblem(f"edge has no voice '{name}': expected a name such as 'en-US-AriaNeural'")
    assert Edge().problem(name) == (None if good else wrong)


def test_a_wrong_voice_name_sends_no_request(scratch: Path) -> None:
    """An impossible voice is an error of the spec, not of the service."""
    with FakeEdge(scratch, ENV) as server, pytest.raises(StepError, match="no voice 'Aria'") as caught:
        speak(scratch, server, voice="Aria")
    assert server.connections == 0
    assert caught.value.fault == "step"


def test_looking_at_the_engine_imports_nothing_heavy() -> None:
    """P46: identity, availability and names need neither asyncio, aiohttp nor edge-tts."""
    program = (
        "import sys; from vidbuild.voices.registry import ENGINES\n"
        "for engine in ENGINES.values(): engine.stat_paths(), engine.available(), engine.problem('x')\n"
        "ENGINES['edge'].identity()\n"
        "print([name for name in ('asyncio', 'aiohttp', 'edge_tts', 'subprocess', 'ctypes') if name in sys.modules])"
    )
    retries = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert retries.stdout.strip() == "[]"
