"""Measures the times of words in all languages, prints the table, and saves it: `python -m tests.words`."""

from __future__ import annotations

import sys

from tests.support.paths import ROOT
from tests.words import accuracy, recognized, warped

PAGE = ROOT / "docs" / "word-times.md"
TEXT = """\
# How exact the times of words are

Cues, reveals and captions follow the times of the narration's words. Written by `make words`, which compares these
times with the marks that espeak itself sets (SSML), over texts as documentation has them: about 100 words in each
language, with abbreviations, numbers, dashes and plural acronyms. A word counts as exact if it starts between its mark
and the sound after it.

{espeak}
In languages without spaces, words are those of Unicode's rules and dictionaries (ICU). espeak reports only some of
them; the others get their time by letters between these.

The natural voice's model reports how long each phoneme is. vidbuild corrects these times by the energy of the samples,
since a sound begins before its step in the model. Compared with where pocketsphinx, a recognizer that knows only the
samples and the words, finds the words of 200 sentences. The two constants of this correction were fitted to the first
100; the others were written afterwards, and nothing is fitted to them. A sentence of which the recognizer does not find
all words is left out:

{natural}
Voices on the network report the times of words themselves. In a recording, and in audio of voices that report none,
vidbuild carries espeak's times of the same text over to the audio. Here other variants of espeak speak, 115 % and 88 %
as fast, whose own times are the truth; for the natural voice it is the recognizer:

{warped}
In English, and with the extra `align`, a recognizer finds the words instead. In a language that espeak cannot read,
vidbuild finds the parts with speech, and divides the words among these phrases by their lengths and by where sentences
end.
"""


if __name__ == "__main__":
    text = TEXT.format(espeak=accuracy.table(), natural=recognized.table(), warped=warped.table())
    sys.stdout.write(text)
    PAGE.write_text(text, encoding="utf-8")
