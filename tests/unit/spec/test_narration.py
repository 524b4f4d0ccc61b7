"""Parsing narration: marks, tokens, cues, pronunciation."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vidbuild.media.text.words import Token
from vidbuild.model import Narration
from vidbuild.spec import narration, pronounce
from vidbuild.spec.narration import lookup, problems, speakable


def parse(text: str, entries: Mapping[str, str], language: str = "en") -> Narration:
    """Parse a text with these entries of `pronounce`."""
    return narration.parse(text, pronounce.from_spec(entries), language)


def spoken(token: str, entries: Mapping[str, str]) -> str:
    """Return how a text is spoken with these entries of `pronounce`."""
    return parse(token, entries).spoken


def test_marks_are_never_spoken_and_never_shown() -> None:
    """A mark is in neither text; its cue is the token before which it stands."""
    said = parse("First install it. [[typed]] It takes a few seconds. [[done]]\n", {})
    assert said.text == said.spoken == "First install it. It takes a few seconds."
    assert said.cues == {"typed": 3, "done": 8}
    assert len(said.tokens) == 8
    assert said.tokens[3] == Token("It", "It")


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("首先下载文件。", "zh", ["首先", "下载", "文件。"]),
        ("Open the file—then close it.", "en", ["Open", "the", "file—", "then", "close", "it."]),
        ("It's well-known.", "en", ["It's", "well-", "known."]),
    ],
)
def test_words_without_spaces_are_words(text: str, language: str, words: list[str]) -> None:
    """A text without spaces has the words of its language, each with a time of its own, also without a cue in it."""
    said = parse(text, {}, language)
    assert ([token.text for token in said.tokens], said.text) == (words, text)


@pytest.mark.parametrize(
    ("text", "plain", "cues"),
    [
        ("[[a]] one two", "one two", {"a": 0}),
        ("one [[a]] [[b]] two", "one two", {"a": 1, "b": 1}),
        ("one[[a]] two", "one two", {"a": 1}),
        ("one [[a]]two", "one two", {"a": 1}),
        ("one[[a]]two three", "onetwo three", {"a": 0}),
        ("one two[[a]]", "one two", {"a": 2}),
        ("one\n  [[a-b_2]]\n\n two", "one two", {"a-b_2": 1}),
        ("one [[a]]. two", "one. two", {"a": 1}),
        ("one, [[a]] (two)", "one, (two)", {"a": 1}),
        ("read [0:v] and a[1]", "read [0:v] and a[1]", {}),
    ],
)
def test_where_marks_stand(text: str, plain: str, cues: dict[str, int]) -> None:
    """A mark inside a word belongs to that word; white space and line breaks around marks do not matter."""
    said = parse(text, {})
    assert (said.text, said.cues) == (plain, cues)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "say [[do it]] now",
            [
                (
                    "the name of a cue must be letters, digits, '-' and '_', starting with a letter, not 'do it'",
                    "[[do it]]",
                    0,
                )
            ],
        ),
        (
            "say [[]]",
            [("the name of a cue must be letters, digits, '-' and '_', starting with a letter, not ''", "[[]]", 0)],
        ),
        (
            "say [[1]]",
            [("the name of a cue must be letters, digits, '-' and '_', starting with a letter, not '1'", "[[1]]", 0)],
        ),
        ("[[a]] x [[a]]", [("cue 'a' is defined twice in this narration", "[[a]]", 1)]),
        ("a [[b c", [("cue without a closing ']]'", "[[", 0)]),
        ("[[a]] b [[c", [("cue without a closing ']]'", "[[", 1)]),
        ("a ]] b", [("']]' without an opening '[['", "]]", 0)]),
        ("[[a]] ]] b", [("']]' without an opening '[['", "]]", 1)]),
        ("[[a\nb]] c", [("cue without a closing ']]'", "[[", 0), ("']]' without an opening '[['", "]]", 0)]),
        ("[[a]] [[b]]", [("the narration has no words", "", 0)]),
        ("", [("the narration has no words", "", 0)]),
        (" \n\t", [("the narration has no words", "", 0)]),
        ("![](a.png) [[a]]", [("the narration has no words", "", 0)]),
        ("[](https://a.b)", [("the narration has no words", "", 0)]),
        ("fine [[a]] text", []),
    ],
)
def test_malformed_marks_are_errors(text: str, expected: list[tuple[str, str, int]]) -> None:
    """P42: a malformed mark is an error at its occurrence."""
    assert [(item.message, item.token, item.nth) for item in problems(text)] == expected


PRONOUNCE = {
    "HTTPX": "H T T P X",
    "YAML": "yamel",
    "C++": "see plus plus",
    ".NET": "dot net",
    "kubectl": " kube  control ",
}


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("HTTPX", "H T T P X"),
        ("HTTPX,", "H T T P X,"),
        ("(HTTPX).", "(H T T P X)."),
        ("“YAML”!", "“yamel”!"),
        ("C++", "see plus plus"),
        ("(C++),", "(see plus plus),"),
        (".NET.", "dot net."),
        ("kubectl", "kube control"),
        ("httpx", "httpx"),
        ("HTTPXY", "HTTPXY"),
        ("xHTTPX", "xHTTPX"),
        ("HTTPX/YAML", "H T T P X/yamel"),
        ("—", "—"),
    ],
)
def test_pronunciation_of_whole_words(token: str, expected: str) -> None:
    """A word is looked up whole and by case, with punctuation around it or without, and never as part of another."""
    assert spoken(token, PRONOUNCE) == expected


def test_pronunciation_is_only_spoken() -> None:
    """Captions keep the word, the voice gets its spoken form, and each token has both."""
    said = parse("Use [[k]] kubectl, now.", PRONOUNCE)
    assert said.text == "Use kubectl, now."
    assert said.spoken == "Use kube control, now."
    assert said.tokens == (Token("Use", "Use"), Token("kubectl,", "kube control,"), Token("now.", "now."))
    assert said.cues == {"k": 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("...", False),
        ("?! … —", False),
        ("“”", False),
        ("a", True),
        ("5", True),
        ("&", True),
        ("日", True),
        ("🎉", True),
    ],
)
def test_what_can_be_spoken(text: str, expected: bool) -> None:
    """Punctuation by itself is not spoken; letters, digits and signs that have a name are."""
    assert speakable(text) is expected


def test_pronunciation_is_not_applied_twice() -> None:
    """What a word is replaced by is not looked up again."""
    assert spoken("a", {"a": "b", "b": "c"}) == "b"


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_parsed(text: str) -> None:
    """V18: whatever the text, either its marks are reported as wrong, or its tokens are its words without marks."""
    if not [*problems(text)]:
        said = parse(text, {"a": "b"})
        assert said.text == "".join(token.text if token.joined else f" {token.text}" for token in said.tokens)[1:]
        assert said.text
        assert all(0 <= index <= len(said.tokens) for index in said.cues.values())


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["one", "two", "HTTPX,", "日本語", "🎉", "[[a]]", "[[b]]", "“q”", "50%", "C:\\x;"]), min_size=1
    )
)
def test_marks_change_nothing_else(words: list[str]) -> None:
    """V4: adding, moving or removing marks leaves text and spoken text as they are."""
    kept: list[str] = []
    for word in words:
        if not (word.startswith("[[") and word in kept):
            kept.append(word)
    with_marks, without = parse(" ".join(kept), PRONOUNCE), parse(" ".join(w for w in kept if w[:2] != "[["), PRONOUNCE)
    assert (with_marks.text, with_marks.spoken, with_marks.tokens) == (without.text, without.spoken, without.tokens)


@pytest.mark.parametrize(
    ("text", "spoken", "cues"),
    [
        (r"Use \[[ -f x ]] here", "Use [[ -f x ]] here", {}),
        (r"Use \[[ a ]] [[now]] \[[b]].", "Use [[ a ]] [[b]].", {"now": 4}),
        (r"Open \[[ and \]] close", "Open [[ and ]] close", {}),
        (r"Open \[[ and [[now]] close", "Open [[ and close", {"now": 3}),
    ],
)
def test_brackets_that_are_text(text: str, spoken: str, cues: dict[str, int]) -> None:
    """P42: brackets after a backslash are text, and hide no cue."""
    assert list(problems(text)) == []
    assert (parse(text, {}).text, parse(text, {}).cues) == (spoken, cues)


@pytest.mark.parametrize(
    ("language", "known", "found"),
    [
        ("en-GB", ["en", "de"], "en"),
        ("en-GB", ["en", "en-gb"], "en-gb"),
        ("zh-Hant-TW", ["zh", "zh-Hant"], "zh-Hant"),
        ("en", ["en-GB"], None),
        ("eng", ["en"], None),
    ],
)
def test_language_lookup(language: str, known: list[str], found: str | None) -> None:
    """A text in a language serves for its regions and scripts, as RFC 4647 looks languages up, and not the reverse."""
    assert lookup(language, known) == found


@pytest.mark.parametrize("code", ["FDD0", "FDD1", "FDEF"])
def test_a_noncharacter_is_an_error(code: str) -> None:
    """A noncharacter, as which brackets are marked inside, is refused by its name and never becomes a bracket."""
    sign = chr(int(code, 16))
    (found,) = problems(f"one {sign * 3} two")
    assert (found.token, found.hint) == (sign, "remove it")
    assert found.message == f"U+{code} is a noncharacter of Unicode, which no text may contain"
