"""Measures the times of words in all languages, prints the table, and saves it: `python -m tests.words`."""

from __future__ import annotations

import sys

from tests.support.paths import ROOT
from tests.words.accuracy import table

PAGE = ROOT / "docs" / "word-times.md"
TEXT = """\
# How exact the times of words are

Cues, reveals and captions follow the times of the narration's words. Written by `make words`, which compares these
times with the marks that espeak itself sets (SSML), over texts as documentation has them: about 100 words in each
language, with abbreviations, numbers, dashes and plural acronyms. A word counts as exact if it starts between its mark
and the sound after it.

{table}
In languages without spaces, words are those of Unicode's rules and dictionaries (ICU). espeak reports only some of
them; the others get their time by letters between these.

Voices on the network report the times of words themselves. In a recording, vidbuild finds the parts with speech, and
divides the words among these phrases by their lengths and by where sentences end.
"""


if __name__ == "__main__":
    text = TEXT.format(table=table())
    sys.stdout.write(text)
    PAGE.write_text(text, encoding="utf-8")
