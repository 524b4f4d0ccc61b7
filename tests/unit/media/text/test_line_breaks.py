"""Where lines end: in the writing systems of the world, and around abbreviations, names and numbers."""

from __future__ import annotations

import pytest

from vidbuild.media.text.line_breaks import Rank, breaks, cuts


def parts(text: str, language: str) -> list[str]:
    """The text, cut at every place where a line may end."""
    offsets = sorted(breaks(text, language))
    return [text[start:end].strip() for start, end in zip([0, *offsets], [*offsets, len(text)], strict=True)]


TOGETHER = [
    ("en", "many formats, e.g. YAML", "e.g. YAML"),
    ("en", "ask Dr. Lee or St. Louis", "Dr. Lee"),
    ("en", "ask Dr. Lee or St. Louis", "St. Louis"),
    ("en", "by J. R. R. Tolkien", "J. R. R. Tolkien"),
    ("en", "it fixes No. 7 at once", "No. 7"),
    ("en", "on Jan. 5 they met", "Jan. 5"),
    ("en", "runs on Windows 11 today", "Windows 11"),
    ("en", "through Gate7b 5 people came", "Gate7b 5"),
    ("en", "as in part IV of it", "part IV"),
    ("en", "needs 10 GB of memory", "10 GB"),
    ("en", "takes (25 ms) more", "(25 ms)"),
    ("en", "at 5 p.m. tomorrow", "5 p.m."),
    ("en", "costs $ 5 here", "$ 5"),
    ("en", "a no\u00a0break space", "no\u00a0break"),
    ("en", "a narrow\u202fspace here", "narrow\u202fspace"),
    ("en", "version 2.4.1-beta_3 is out", "2.4.1-beta_3"),
    ("en", "use and/or foo-bar here", "and/or"),
    ("de", "am 3. Mai um vier", "3. Mai"),
    ("de", "so z. B. hier", "z. B. hier"),
    ("fr", "le mot « fini » puis", "« fini »"),
    ("fr", "c’est fini ! Alors", "fini !"),  # noqa: RUF001 - as written
    ("fr", "les 1 000 000 de mots", "1 000 000"),
    ("ru", "смотри рис. 5 далее", "рис. 5"),
    ("ja", "これは（とても）長い。", "（とても）"),  # noqa: RUF001 - as written
]


@pytest.mark.parametrize(("language", "text", "together"), TOGETHER, ids=[each[2] for each in TOGETHER])
def test_what_belongs_together_stays_in_one_line(language: str, text: str, together: str) -> None:
    """No line ends within an abbreviation and its word, a number and its unit or name, or at a no-break space."""
    assert any(together in part for part in parts(text, language)), parts(text, language)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("th", "เราจะติดตั้งโปรแกรมบนเครื่อง", ["เรา", "จะ", "ติด", "ตั้ง", "โปรแกรม", "บน", "เครื่อง"]),
        ("zh", "我们首先使用Kubernetes部署", ["我们", "首先", "使用", "Kubernetes", "部署"]),
        ("ja", "これは長い文です", ["これは", "長い", "文です"]),
        ("ko", "한국어 자막은", ["한국어", "자막은"]),
        ("en", "a word—and more", ["a", "word—", "and", "more"]),
    ],
)
def test_words_are_whole_where_no_spaces_are(language: str, text: str, expected: list[str]) -> None:
    """V18: lines end between words by dictionary, not within them, and after a dash."""
    assert parts(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text", "sentences"),
    [
        ("en", "It is done. Then we rest? Yes.", 2),
        ("en", "It reads e.g. YAML and asks Dr. Lee. Then it ends.", 1),
        ("hi", "फ़ाइल खोलें। नाम बदलें। सेवा शुरू करें।", 2),
        ("ar", "كيف حالك؟ أنا بخير.", 1),
        ("zh", "首先下载。然后安装！", 1),  # noqa: RUF001 - as written
        ("de", "Am 3. Mai ist es fertig. Dann ist Ruhe.", 1),
        ("my", "မင်္ဂလာပါ။ နေကောင်းလား။", 1),
    ],
)
def test_sentences_end_in_every_script(language: str, text: str, sentences: int) -> None:
    """V18: a danda or an Arabic question mark ends a sentence, an abbreviation does not."""
    assert list(breaks(text, language).values()).count(Rank.SENTENCE) == sentences


def test_ranks_follow_punctuation() -> None:
    """A comma is a better place than a space, and a space within a name or after a number is the worst."""
    text = "first, then Ada Lovelace saw 3 birds"
    ranks = {text[:at].rsplit(maxsplit=1)[-1]: rank for at, rank in breaks(text, "en").items()}
    assert ranks == {
        "first,": Rank.PHRASE,
        "then": Rank.WORD,
        "Ada": Rank.NAME,
        "Lovelace": Rank.WORD,
        "saw": Rank.WORD,
        "3": Rank.NAME,
    }


def test_cuts_leave_characters_whole() -> None:
    """V18: even text that is wider than a line is not cut within a character of several code points."""
    family, flag = "👩\u200d👩\u200d👧", "🇩🇪"
    text = family + flag + "é"
    assert [at for at, _ in cuts(text + "x", "en")] == [len(family), len(family + flag), len(text)]


def test_offsets_count_characters() -> None:
    """Characters outside the basic plane do not shift what follows."""
    assert parts("a 😀 b c", "en") == ["a", "😀", "b", "c"]
