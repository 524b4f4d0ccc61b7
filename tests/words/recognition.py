"""Measures what an offline recognizer understands of technical sentences, spoken as written and as they are read.

`python -m tests.words.recognition` prints the word error rate of each voice. Expected words are a person's, in
`recognition.tsv`. It is no test: a recognizer's small model misses words of any voice, so only the difference counts.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.audio_lab import ENV, speech_request
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.reading.lexicon import Lexicon
from vidbuild.reading.reader import Reader
from vidbuild.spec import narration, pronounce
from vidbuild.voices.registry import ENGINES

SENTENCES = Path(__file__).with_name("recognition.tsv")
VOICES = ("espeak:en-us", "natural:heart")
RATE = 16_000  # of the recognizer's model


def words(text: str) -> list[str]:
    """Return the words of a text, in small letters."""
    return re.findall(r"[a-z0-9']+", text.lower())


def distance(expected: Sequence[str], found: Sequence[str]) -> int:
    """Return the least number of words to insert, remove or replace."""
    row = list(range(len(found) + 1))
    for index, word in enumerate(expected, 1):
        before, row[0] = row[0], index
        for at, other in enumerate(found, 1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (word != other))
    return row[-1]


def recognized(file: Path) -> list[str]:
    """Return the words that pocketsphinx finds in a WAV file."""
    from pocketsphinx import Decoder

    args = ["-i", str(file), "-ar", str(RATE), "-ac", "1", "-f", "s16le", "-"]
    samples = ffmpeg.capture(args, cwd=file.parent, env=ENV, timeout=60, what="convert speech", loglevel="error")
    decoder = Decoder(loglevel="FATAL")
    decoder.start_utt()
    decoder.process_raw(samples.output, full_utt=True)
    decoder.end_utt()
    hypothesis = decoder.hyp()
    return words(re.sub(r"\([0-9]+\)", "", hypothesis.hypstr)) if hypothesis else []


def rate(voice: str, reader: Reader | None, folder: Path, *, verbose: bool = False) -> float:
    """Return the word error rate of a voice over all sentences."""
    engine, name = voice.split(":")
    errors = total = 0
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        written, expected = line.split("\t")
        spoken = narration.parse(written, pronounce.from_spec({}), "en", reader=reader).spoken
        request = speech_request(folder, spoken, voice=name)
        ENGINES[engine].speak(request)
        found = recognized(request.wav_path)
        errors += distance(words(expected), found)
        total += len(words(expected))
        if verbose:
            sys.stdout.write(f"  {written}\n    {' '.join(found)}" + "\n")
    return errors / total


def main() -> None:
    """Print the table."""
    readers: Mapping[str, Reader | None] = {"as written": None, "as read": Reader(Lexicon(), "en")}
    sys.stdout.write("| voice | " + " | ".join(readers) + " |\n|---|---|---|" + "\n")
    for voice in VOICES:
        with tempfile.TemporaryDirectory() as folder:
            rates = [rate(voice, reader, Path(folder), verbose="-v" in sys.argv) for reader in readers.values()]
        sys.stdout.write(f"| `{voice}` | " + " | ".join(f"{100 * each:.0f} %" for each in rates) + " |" + "\n")


if __name__ == "__main__":
    main()
