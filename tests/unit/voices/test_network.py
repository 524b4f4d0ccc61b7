"""What engines with a network share: attempts and their limits, errors in words, and checks of what was received."""

from __future__ import annotations

import array
import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.support.audio_lab import silence, tone
from vidbuild.errors import UnreachableError
from vidbuild.media.text.words import EngineWord
from vidbuild.voices import network
from vidbuild.voices.network import Requests, ServiceError, Timeouts

QUICK = Timeouts(connect=1, receive=1, attempt=0.2, total=5.0, waits=(0.0, 0.0))
SECOND = 48_000


class Service:
    """A service whose answers are a list: texts, or exceptions to raise; "slow" never comes."""

    def __init__(self, answers: Sequence[str | Exception], timeouts: Timeouts = QUICK) -> None:
        self.answers = list(answers)
        self.retries: list[tuple[int, float, str]] = []
        self.requests = Requests("the test service", timeouts, self.explain, lambda *each: self.retries.append(each))

    @staticmethod
    def explain(error: Exception) -> ServiceError:
        """Name the exception."""
        return ServiceError(f"raised {type(error).__name__}")

    @staticmethod
    def accept(answer: str) -> str:
        """Reject an answer that is cut off; a bug is a bug."""
        if answer == "cut":
            raise ServiceError("sent half")
        if answer == "bug":
            raise OSError(28, "no space left on device")
        return answer.upper()

    async def answer(self) -> str:
        """Give the next answer."""
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        await asyncio.sleep(60 if answer == "slow" else 0)
        return answer

    def request(self) -> str:
        """Make one request."""
        return self.requests.run(self.requests.send(self.answer, self.accept))


def test_a_bad_answer_is_requested_again() -> None:
    """V20: after exceptions, timeouts and incomplete answers the request is repeated, and each retry is reported."""
    service = Service([ValueError("x"), "cut", "fine"])
    assert service.request() == "FINE"
    assert [(attempt, message) for attempt, _, message in service.retries] == [
        (2, "the test service raised ValueError"),
        (3, "the test service sent half"),
    ]


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (["cut", "cut", "cut"], "the test service sent half"),
        (["slow", "slow", "slow"], "the test service raised TimeoutError"),
        ([ServiceError("refused (400)", retryable=False)], "the test service refused (400)"),
    ],
)
def test_the_last_error_fails_the_step_for_good(answers: list[str | Exception], message: str) -> None:
    """V20: after the last attempt, or at once if no attempt can help, the error is at the voice and not transient."""
    service = Service(answers)
    with pytest.raises(UnreachableError) as caught:
        service.request()
    assert caught.value.message == message
    assert caught.value.failure.field == "voice"
    assert not caught.value.failure.transient
    assert service.answers == []


def test_all_attempts_together_have_a_limit() -> None:
    """V20: waits and attempts end when the total time is over."""
    service = Service(["cut", "cut"], Timeouts(attempt=1.0, total=0.1, waits=(60.0,)))
    with pytest.raises(UnreachableError, match=r"^the test service sent no complete answer in 0\.1 s$"):
        service.request()


def test_an_error_of_this_machine_is_not_the_services() -> None:
    """An error while an answer is checked, such as a full disk, is neither hidden nor retried."""
    service = Service(["bug", "fine"])
    with pytest.raises(OSError, match="no space left"):
        service.request()
    assert service.retries == []


def test_waits_are_varied() -> None:
    """Waits differ by up to a quarter, so that builds that failed together do not repeat together."""
    service = Service(["cut"] * 10, Timeouts(attempt=1.0, total=60.0, waits=(0.01,) * 9))
    with pytest.raises(UnreachableError):
        service.request()
    waits = [wait for _, wait, _ in service.retries]
    assert all(0.0075 <= wait <= 0.0125 for wait in waits)
    assert len(set(waits)) > 1


@pytest.mark.parametrize(("status", "retryable"), [(400, False), (401, False), (404, False), (429, True), (503, True)])
def test_only_a_busy_or_broken_server_is_asked_again(status: int, retryable: bool) -> None:
    """V20: refusals that another attempt cannot change are final."""
    error = network.refused(status)
    assert (error.message, error.retryable) == (f"refused ({status})", retryable)


def spoken(*ends: int) -> list[EngineWord]:
    """Words of five letters that end at these samples."""
    return [EngineWord("words", max(0, end - SECOND // 4), end) for end in ends]


@pytest.mark.parametrize(
    ("samples", "words", "message"),
    [
        (silence(SECOND), spoken(SECOND), "sent only silence"),
        (tone(SECOND // 10), spoken(SECOND // 10), "sent only 0.1 s of audio, which is too short for the text"),
        (tone(SECOND), spoken(2 * SECOND), "sent only 1.0 s of audio, which is too short for the text"),
        (tone(SECOND), [EngineWord("w", 0, SECOND)], "sent the times of only some words"),
    ],
)
def test_missing_audio_or_words_are_an_error(samples: array.array[int], words: list[EngineWord], message: str) -> None:
    """V20: an answer with less audio or fewer words than the text needs is incomplete."""
    with pytest.raises(ServiceError) as caught:
        network.check_complete(samples, words, "words words", 100)
    assert caught.value.message == message


def test_a_complete_answer_passes() -> None:
    """A last word that ends slightly after the audio is rounding; a service without word times sends audio alone."""
    network.check_complete(tone(SECOND), spoken(SECOND // 2, SECOND + SECOND // 5), "words words", 100)
    network.check_complete(tone(SECOND), [], "words words", 100)
    network.check_complete(tone(SECOND // 5), [], "words words", 200)


SENTENCES = "The first of them is short. The second one goes on for a while. And the third ends it all, at 5 km."


@pytest.mark.parametrize("rate", [50, 100, 200])
@pytest.mark.parametrize("kept", [0.55, 0.7, 0.8])
def test_audio_cut_short_together_with_its_words_is_an_error(kept: float, rate: int) -> None:
    """V20: an answer that ends early is incomplete, even if its words end where its audio does."""
    texts = SENTENCES.split()
    texts = texts[: round(kept * len(texts))]
    length = len(texts) * SECOND * 100 // (3 * rate)
    words = [
        EngineWord(text.strip(".,"), n * length // len(texts), (n + 1) * length // len(texts))
        for n, text in enumerate(texts)
    ]
    with pytest.raises(ServiceError) as caught:
        network.check_complete(tone(length), words, SENTENCES, rate)
    assert caught.value.message == "sent neither audio nor times of the last words"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SENTENCES, SENTENCES.split()),
        (SENTENCES, [*SENTENCES.split()[:-2], "five", "kilometers"]),
        ("It is 5 km", ["it", "is", "five", "kilometers"]),
        ("Press OK (really)", ["Press", "OK", "really"]),
        ("今日は良い天気です。", ["今日", "は", "良い", "天気", "です"]),
        ("one two", ["one", "two", "three"]),
        ("Wait … —", ["Wait"]),
        ("Straße", ["STRASSE"]),
    ],
)
def test_words_in_other_letters_are_complete(text: str, words: list[str]) -> None:
    """Numbers and units that a service writes out, other cases and punctuation are no missing words."""
    times = [EngineWord(word, n * SECOND, (n + 1) * SECOND) for n, word in enumerate(words)]
    network.check_complete(tone(len(words) * SECOND), times, text, 100)


def test_the_limits_of_what_may_be_missing() -> None:
    """Six letters may follow the last word of a long text, and a quarter of a short one."""
    for text, heard, complete in (
        ("a" * 85 + " " + "b" * 6, ["a" * 85], True),
        ("a" * 85 + " " + "b" * 7, ["a" * 85], False),
        ("aaaaaaaaa bbb", ["aaaaaaaaa"], True),
        ("aaaaaaaa bbb", ["aaaaaaaa"], False),
    ):
        times = [EngineWord(word, 0, 3 * SECOND) for word in heard]
        if complete:
            network.check_complete(tone(3 * SECOND), times, text, 100)
        else:
            with pytest.raises(ServiceError, match="last words"):
                network.check_complete(tone(3 * SECOND), times, text, 100)


def test_words_in_longer_letters_are_not_missing() -> None:
    """Many letters after the last word found are missing, unless the words have half as many more than the text."""
    text = "a" * 40 + "b" * 20
    for length, complete in ((10, True), (9, False)):
        times = [EngineWord(word, 0, 3 * SECOND) for word in ("a" * 40, "c" * length)]
        if complete:
            network.check_complete(tone(3 * SECOND), times, text, 100)
        else:
            with pytest.raises(ServiceError, match="last words"):
                network.check_complete(tone(3 * SECOND), times, text, 100)


def test_half_of_the_letters_have_times() -> None:
    """The words of an answer have at least half of the text's letters."""
    text = "a" * 10 + " " + "b" * 10
    with pytest.raises(ServiceError, match="the times of only some words"):
        network.check_complete(tone(SECOND), [EngineWord("b" * 9, 0, SECOND)], text, 100)
    network.check_complete(tone(SECOND), [EngineWord("b" * 10, 0, SECOND)], text, 100)


def test_words_are_found_within_two_hundred_letters() -> None:
    """Between two words that are found, up to 200 letters may be written otherwise."""
    times = [EngineWord(word, 0, 8 * SECOND) for word in ("a" * 100, "c" * 60, "end")]
    network.check_complete(tone(8 * SECOND), times, "a" * 100 + "x" * 200 + "end", 100)
    with pytest.raises(ServiceError, match="last words"):
        network.check_complete(tone(8 * SECOND), times, "a" * 100 + "x" * 201 + "end", 100)


@pytest.mark.parametrize(
    ("status", "after", "message", "retryable", "wait"),
    [
        (428, "", "refused (428)", False, 0.0),
        (429, "", "refused (429)", True, 0.0),
        (430, "", "refused (430)", False, 0.0),
        (499, "", "refused (499)", False, 0.0),
        (500, " 7 ", "refused (500)", True, 7.0),
        (503, "60", "refused (503)", True, 60.0),
        (503, "61", "refused (503) and asks to wait 61 s", False, 0.0),
        (503, "9" * 50, "refused (503) and asks to wait 999999999 s", False, 0.0),
        (503, "soon", "refused (503)", True, 0.0),
        (503, "Wed, 21 Oct 2015 07:28:00 GMT", "refused (503)", True, 0.0),
    ],
)
def test_a_service_may_ask_to_wait_a_minute(
    status: int, after: str, message: str, retryable: bool, wait: float
) -> None:
    """A wait of up to a minute is kept, a longer one ends the attempts, and what cannot be read is no wait."""
    error = network.refused(status, retry_after=after)
    assert (error.message, error.retryable, error.wait) == (message, retryable, wait)


def test_a_date_to_wait_for_is_a_number_of_seconds() -> None:
    """A date in the future is waited for, whether it names its zone or not."""
    at = datetime.now(UTC) + timedelta(seconds=40)
    for text in (format_datetime(at, usegmt=True), at.strftime("%a, %d %b %Y %H:%M:%S -0000")):
        assert 35 < network.seconds_of(text) <= 40


def test_the_limits_of_the_audio() -> None:
    """A last word may end a quarter of a second after the audio, and no voice speaks more than 60 letters a second."""
    network.check_complete(tone(SECOND), spoken(SECOND // 2, SECOND + SECOND // 4), "words words", 100)
    with pytest.raises(ServiceError, match="too short"):
        network.check_complete(tone(SECOND), spoken(SECOND // 2, SECOND + SECOND // 4 + 1), "words words", 100)
    network.check_complete(tone(SECOND), [], "a" * 60, 100)
    with pytest.raises(ServiceError, match="too short"):
        network.check_complete(tone(SECOND - 1), [], "a" * 60, 100)
    with pytest.raises(ServiceError, match="too short"):
        network.check_complete(tone(SECOND), [], "a" * 60, 99)


@pytest.mark.parametrize(
    ("proxy", "text", "left"),
    [
        (None, "cannot connect to proxy", "cannot connect to proxy"),
        ("http://proxy:1", "http://proxy:1 refused", "… refused"),
        ("http://me:secret@proxy:1", "secret of me@proxy:1", "… of …@proxy:1"),
        ("me:se%20cret@proxy:1", "se cret", "…"),
    ],
)
def test_a_proxys_login_is_cut_out(proxy: str | None, text: str, left: str) -> None:
    """P43: neither user nor password of a proxy is left in a message, quoted or not."""
    assert network.without_password(text, proxy) == left


@pytest.mark.parametrize(
    ("variables", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://a:1"}, "http://a:1"),
        ({"https_proxy": "http://b:2"}, "http://b:2"),
        ({"HTTPS_PROXY": "http://a:1", "https_proxy": "http://b:2"}, "http://a:1"),
        ({"HTTPS_PROXY": "", "https_proxy": ""}, None),
        ({"HTTP_PROXY": "http://c:3"}, None),
    ],
)
def test_the_proxy_is_that_of_the_environment(variables: dict[str, str], proxy: str | None) -> None:
    """The proxy for HTTPS is named in capitals or small letters, and an empty variable names none."""
    assert network.proxy_of(variables) == proxy
