"""The offline voice."""

from __future__ import annotations

import array
import os
import shutil
import stat
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.support.audio_lab import ENV, onset, speech_request
from tests.support.pitch import median_pitch
from vidbuild.errors import StepError
from vidbuild.media.audio import loudness, wav
from vidbuild.media.text.align import align
from vidbuild.media.text.cue_times import estimated_cues, place_cues
from vidbuild.media.text.words import Speech, Token, spoken_text
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.voices import espeak, espeak_phonemes, espeak_process
from vidbuild.voices.espeak import Espeak

TEXT = "Use v2.1, pass --dry-run, and keep 3.5 GB free. See https://a.example/b?c=1 for more."


def speak(scratch: Path, text: str = TEXT, **voice: Any) -> tuple[Speech, array.array[int]]:
    """Speak, and read what was written."""
    speech = Espeak().speak(speech_request(scratch, text, **voice))
    return speech, wav.read(scratch / "said.wav")


def test_every_word_of_the_text_has_its_time(scratch: Path) -> None:
    """V21: each piece that the library reports ("v", "2.1", ".1") has its place in the text, and each word a piece."""
    speech, samples = speak(scratch)
    places = [word.at or 0 for word in speech.words]
    assert places == sorted(places)
    assert {TEXT.count(" ", 0, place) for place in places} == set(range(len(TEXT.split())))
    assert all(TEXT.startswith(word.text, word.at) for word in speech.words)
    edges = [edge for word in speech.words for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    assert speech.samples == len(samples)
    assert 0 <= edges[0] <= wav.LEAD
    assert edges[-1] <= len(samples)
    assert all(word.end - word.start > 1000 for word in speech.words)


def test_words_are_where_the_sound_is(scratch: Path) -> None:
    """A word after a pause begins where the sound begins again, within 20 ms, and the one before ends before it."""
    speech, samples = speak(scratch, "Boy. Day. Go.")
    floor = max(samples) / 100
    for before, word in pairwise(speech.words):
        middle = (before.end + word.start) // 2
        assert word.start - before.end > 4800
        assert max(map(abs, samples[before.end + 480 : word.start - 240])) < floor
        assert abs(onset(samples, floor, middle) - word.start) < 960


def test_a_breathy_voice_is_the_same_each_time(scratch: Path) -> None:
    """P1: variants with noise, which the library seeds by the clock, speak the same bytes a second later."""
    said = []
    for wait in (0.0, 1.1):
        time.sleep(wait)
        Espeak().speak(speech_request(scratch, "One two three.", voice="en-us+f3"))
        said.append((scratch / "said.wav").read_bytes())
    assert said[0] == said[1]


def test_narration_starts_and_ends_at_once(scratch: Path) -> None:
    """V16: sound begins 2 ms after the first sample and ends 10 ms before the last."""
    _, samples = speak(scratch, "Good morning")
    floor = max(samples) * wav.SILENCE_RATIO
    assert onset(samples, floor) <= wav.LEAD
    assert onset(samples[::-1], floor) <= wav.TAIL + 1


def test_the_same_request_gives_the_same_samples(scratch: Path) -> None:
    """P4: the engine is deterministic."""
    assert speak(scratch) == speak(scratch)


@pytest.mark.parametrize(
    "change", [{"voice": "en-gb"}, {"voice": "en-us+f3"}, {"rate": 130}, {"pitch": 30}, {"voice": "de"}]
)
def test_another_voice_sounds_different(scratch: Path, change: dict[str, Any]) -> None:
    """V3: voice, rate and pitch change the audio of the same text."""
    assert speak(scratch, "Hello there")[1] != speak(scratch, "Hello there", **change)[1]


@pytest.mark.parametrize("name", ["en-us", "en-gb-scotland", "fr-fr"])
def test_a_voice_can_be_levelled_without_clipping(scratch: Path, name: str) -> None:
    """The peaks leave room: -16 LUFS is reached under -1.5 dBTP, within 0.3 dB, and nothing is clipped."""
    speak(scratch, "This is a sentence of a usual length, said in the usual way. And here is another one.", voice=name)
    found = loudness.measure(["-i", str(scratch / "said.wav")], 5.0, scratch, ENV)
    assert found.integrated + loudness.gain(found, -16.0, 30.0, -1.5) == pytest.approx(-16, abs=0.3)
    assert found.peak < -3


@pytest.mark.parametrize("voice", ["en-us", "en-us+f3", "de", "fr+m3"])
def test_pitch_is_in_hertz(scratch: Path, voice: str) -> None:
    """A pitch of 50 Hz raises the median fundamental frequency of a voice by 50 Hz, within 10 Hz."""
    text = "The lazy dog lies down in the garden, and nobody minds it."
    normal, higher = (median_pitch(speak(scratch, text, voice=voice, pitch=pitch)[1]) for pitch in (0, 50))
    assert higher - normal == pytest.approx(50, abs=10)


def test_a_pitch_beyond_the_library_is_reported() -> None:
    """A deep voice cannot be 100 Hz higher: it is as high as it can be, and that is reported in Hz."""
    assert list(Espeak().unmet("en-us", 100, 60)) == []
    assert list(Espeak().unmet("en-us+f3", 150, 100)) == []
    [(field, message)] = Espeak().unmet("en-us", 100, 100)
    assert (field, message) == ("pitch", "the voice 'espeak:en-us' reaches -29 to +66 Hz: +100 sounds as +66")


@pytest.mark.parametrize("voice", ["en-us", "de+f3"])
@pytest.mark.parametrize("rate", [50, 80, 150, 200])
def test_rate_is_in_percent(scratch: Path, voice: str, rate: int) -> None:
    """At a rate of 150 %, speech is 1/1.5 as long, within 5 %."""
    text = "The lazy dog lies down in the garden, and nobody minds it. Then it gets up again."
    normal, other = (len(speak(scratch, text, voice=voice, rate=each)[1]) for each in (100, rate))
    assert normal / other == pytest.approx(rate / 100, rel=0.05)


def test_text_is_not_markup(scratch: Path) -> None:
    """V18: tags, phoneme brackets, quotes, control characters and emoji are spoken or passed over, never obeyed."""
    speech, samples = speak(scratch, 'a <break time="9s"/> [[h@l\'oU]] \x00\x07 “q” 100% 🎉 שלום 中文')
    assert len(samples) < 20 * SAMPLE_RATE
    assert [word.text for word in speech.words][:3] == ["a", "break", "time"]


def test_invisible_characters_divide_no_word(scratch: Path) -> None:
    """V18: a joiner or a direction mark inside a word leaves it one word, as its caption is."""
    text = "co\u200cworker \u200fleft and\u2028so on"
    assert [word.text for word in speak(scratch, text)[0].words] == ["co\u200cworker", "left", "and", "so", "on"]


@pytest.mark.parametrize("text", ["…", "   ", "— -"])
def test_unspeakable_narration_is_an_error(scratch: Path, text: str) -> None:
    """A narration in which nothing can be spoken fails at its place instead of being a silent scene."""
    with pytest.raises(StepError, match="nothing in this narration can be spoken") as caught:
        speak(scratch, text)
    assert caught.value.failure.field == "narration"


def test_an_unknown_voice_is_an_error(scratch: Path) -> None:
    """The library's refusal is an error with the voice's name."""
    with pytest.raises(StepError, match="it has no voice 'xx-nowhere'") as caught:
        speak(scratch, voice="xx-nowhere")
    assert caught.value.failure.field == "voice"


WITH_SHELL = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")


def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Have another program run in place of the process that loads the library."""
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(program))


@WITH_SHELL
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("echo oh no >&2; kill -SEGV $$", "espeak-ng was ended by SIGSEGV"),
        ("echo oh no >&2; exit 3", "espeak-ng ended with exit code 3"),
    ],
)
def test_a_crash_of_the_library_is_a_failed_step(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, message: str
) -> None:
    """A crash in the C library ends a child, not the worker, and its last lines are reported."""
    stand_in(tmp_path, monkeypatch, body)
    with pytest.raises(StepError, match=message) as caught:
        speak(scratch)
    assert caught.value.failure.log == ("oh no",)


@WITH_SHELL
def test_a_hang_of_the_library_is_ended(scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that does not answer is stopped after its time, and is gone."""
    stand_in(tmp_path, monkeypatch, f"echo $$ > {tmp_path}/pid; exec sleep 60")
    monkeypatch.setattr(espeak_process, "time_limit", lambda _text: 0.3)
    with pytest.raises(StepError, match="did not finish in 0 s and was stopped"):
        speak(scratch)
    pid = int((tmp_path / "pid").read_text(encoding="utf-8"))
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@WITH_SHELL
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("exit 0", "sent no valid answer"),
        ("echo '{\"rate\": 22050}'", "sent no valid answer"),
        ('echo \'{"rate": 22050, "events": [[1, 2]]}\'', "sent no valid answer"),
        ("head -c 100000 /dev/urandom", "sent no valid answer"),
        ("head -c 50000 /dev/zero | tr '\\0' '['", "sent no valid answer"),
        ("yes", "it wrote more than 1000000 bytes"),
        ('echo \'{"rate": 22050, "events": []}\'', "wrote no sound: 'espeak.raw': no such file or directory"),
        ('mkfifo {scratch}/espeak.raw; echo \'{{"rate": 22050, "events": []}}\'', "is not a regular file"),
        ('truncate -s 1G {scratch}/espeak.raw; echo \'{{"rate": 22050, "events": []}}\'', "wrote too much"),
        (': > {scratch}/espeak.raw; echo \'{{"rate": 22050, "events": []}}\'', "makes no sound of this narration"),
    ],
)
def test_an_answer_that_is_none_is_an_error(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, message: str
) -> None:
    """V19: rubbish, a flood or no sound from a process that ends well is an error in words, and nothing hangs."""
    stand_in(tmp_path, monkeypatch, body.format(scratch=scratch) if "{scratch}" in body else body)
    monkeypatch.setattr(espeak_process, "MAX_ANSWER_BYTES", 1_000_000)
    with pytest.raises(StepError, match=message):
        speak(scratch)
    assert not (scratch / "narration.wav").exists()


@WITH_SHELL
def test_want_of_memory_may_pass(scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that the kernel ends may be given another try; one that crashes or hangs may not."""
    stand_in(tmp_path, monkeypatch, "kill -KILL $$")
    with pytest.raises(StepError, match="ended by SIGKILL, possibly out of memory") as caught:
        speak(scratch)
    assert caught.value.failure.transient
    stand_in(tmp_path, monkeypatch, "kill -SEGV $$")
    with pytest.raises(StepError) as caught:
        speak(scratch)
    assert not caught.value.failure.transient


def test_a_long_way_to_the_data_is_no_obstacle(scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library keeps its data's path in 160 bytes, but an environment may be installed deeper than that."""
    deep = tmp_path / ("deep" * 40) / ("er" * 60)
    deep.mkdir(parents=True)
    home = espeak._home()
    (deep / "espeakng_loader").symlink_to(home, target_is_directory=True)
    monkeypatch.setattr(espeak, "_home", lambda: deep / "espeakng_loader")
    assert len(str(espeak._data())) > 160
    assert speak(scratch, "Hello")[0].words[0].text == "Hello"


def test_identity_follows_the_library_and_its_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P5: another library, other data, or another name of a data file is another identity; nothing is started."""
    for name in ("libespeak-ng.so", "espeak-ng.dll", "libespeak-ng.dylib"):
        (tmp_path / name).write_bytes(b"library")
    (tmp_path / "espeak-ng-data" / "lang").mkdir(parents=True)
    entry = tmp_path / "espeak-ng-data" / "lang" / "en"
    entry.write_text("one", encoding="utf-8")
    monkeypatch.setattr(espeak, "_home", lambda: tmp_path)
    engine = Espeak()
    seen = {engine.identity()}
    entry.write_text("two", encoding="utf-8")
    seen.add(engine.identity())
    shutil.move(entry, entry.with_name("en-us"))
    seen.add(engine.identity())
    engine.stat_paths()[0].write_bytes(b"newer library")
    seen.add(engine.identity())
    assert len(seen) == 4
    assert engine.identity() == engine.identity()


def test_a_missing_library_has_a_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing library is an error with the command that installs it."""
    assert Espeak().available() is None
    monkeypatch.setattr(espeak, "_home", lambda: tmp_path)
    assert Espeak().available() == "pip install espeakng-loader"


def test_every_token_is_placed_by_the_engines_words(scratch: Path) -> None:
    """V21: versions, flags, sizes, addresses and replaced words are all placed by the engine's own word times."""
    tokens = [Token(word, word) for word in TEXT.split()]
    tokens[1:1] = [Token("kubectl", "kube control"), Token("—", "—")]
    speech, _ = speak(scratch, spoken_text(tokens))
    times = align(tokens, speech)
    assert {time.source for time in times if time.text != "—"} == {"engine"}
    cues = {"flag": 4, "size": 7, "site": 11, "end": len(tokens)}
    assert estimated_cues(cues, times) == []
    placed = place_cues(cues, times, speech.samples)
    starts = {word.text: word.start for word in speech.words}
    assert placed["flag"] == starts["pass"]
    assert placed["end"] == speech.words[-1].end
    assert list(placed.values()) == sorted(placed.values())


def test_the_process_that_speaks_imports_little() -> None:
    """Each narration starts one: what it does not need would take longer to import than speaking takes."""
    script = Path(espeak_process.__file__).with_name("espeak_main.py")
    code = f"import sys; exec(open({str(script)!r}).read(), {{'__name__': 'child'}}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {"ctypes", "json"} <= loaded
    assert not loaded & {"typing", "pathlib", "contextlib", "signal", "subprocess"}


def test_words_have_their_phonemes(scratch: Path) -> None:
    """The library gives the phonemes of each word, of several words too, in the voice that is asked for."""
    assert dict(espeak_phonemes.phonemes(["judge", "new york", ""], "en-us", scratch, ENV)) == {
        "judge": "d\u0292\u02c8\u028cd\u0292",
        "new york": "n\u02c8u\u02d0 j\u02c8\u0254\u02d0\u0279k",
        "": "",
    }
    british = espeak_phonemes.phonemes(["tomato"], "en-gb", scratch, ENV)["tomato"]
    assert british != espeak_phonemes.phonemes(["tomato"], "en-us", scratch, ENV)["tomato"]


def test_a_voice_without_phonemes_is_an_error(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the library has no such voice, the error has the command that asked it."""
    monkeypatch.setattr(espeak, "file_of", lambda _: "no such voice")
    with pytest.raises(StepError, match="espeak-ng gave no phonemes") as raised:
        espeak_phonemes.phonemes(["a"], "en-us", scratch, ENV)
    assert raised.value.failure.command[-1].endswith("espeak_main.py")
