"""Inline markup: what becomes code or strong text, and what stays as it is written."""

from __future__ import annotations

import time

import pytest

from vidbuild import inline

MARKUP = {
    "run `make demo` now": ("run <c>make demo</c> now", "run make demo now"),
    "`a` and `b`": ("<c>a</c> and <c>b</c>", "a and b"),
    "it is **fast**.": ("it is <s>fast</s>.", "it is fast."),
    "**two words**, and more": ("<s>two words</s>, and more", "two words, and more"),
    "(**`uv` alone**)": ("(<s><c>uv</c> alone</s>)", "(uv alone)"),
    "**速い**です": ("<s>速い</s>です", "速いです"),
    "这是**重点**内容": ("这是<s>重点</s>内容", "这是重点内容"),
    "„**schnell**“": ("„<s>schnell</s>“", "„schnell“"),
    r"a \`tick\` and \*\*stars\*\*": ("a `tick` and **stars**", "a `tick` and **stars**"),
    "` spaces `": ("<c>spaces</c>", "spaces"),
    "the [links](https://x.org/a_b_c)": ("the links", "the links"),
    '[`uv`](./uv.md "its page") [**now**](#now)': ("<c>uv</c> <s>now</s>", "uv now"),
    "**[a](b.c)**": ("<s>a</s>", "a"),
    "see <https://x.org/a_b>": ("see https://x.org/a_b", "see https://x.org/a_b"),
    "to <mailto:a@x.org?subject=Hi>": ("to a@x.org", "to a@x.org"),
    "`[a](b.c)`": ("<c>[a](b.c)</c>", "[a](b.c)"),
}
MARKUP["`a` **b** [c](d.e) <https://f.g> \\* \\`"] = (
    "<c>a</c> <s>b</s> c https://f.g * `",
    "a b c https://f.g * `",
)
PLAIN = [
    "src/**/*.py and tests/**/*.py",
    "2**8 and 3**2",
    "**kwargs and **options",
    "f(**kwargs), g(**kwargs)",
    "a lone ` tick",
    "``two ticks``",
    "a ** b ** c",
    "****",
    "``",
    "* one * two *",
    "C:\\new\\folder",
    "**/*.ts, **/*.tsx",
    "docs/** and src/**",
]


def shown(text: str) -> str:
    """The marked text with readable marks."""
    for mark, tag in zip("\ufdd0\ufdd1\ufdd2\ufdd3", ("<c>", "</c>", "<s>", "</s>"), strict=True):
        text = text.replace(mark, tag)
    return text


@pytest.mark.parametrize("text", MARKUP)
def test_markup_becomes_marks(text: str) -> None:
    """Code and strong text are marked; without marks and markup the words are left."""
    marked = inline.marked(text)
    assert (shown(marked), inline.plain(text)) == MARKUP[text]
    assert inline.unmarked(marked) == inline.plain(text)


@pytest.mark.parametrize("text", PLAIN)
def test_globs_powers_and_lone_signs_stay(text: str) -> None:
    """Signs that are no markup are shown as they are written."""
    assert inline.marked(text) == inline.plain(text) == text


def test_marks_in_a_text_are_removed() -> None:
    """A text cannot bring marks of its own."""
    assert inline.marked("a\ufdd0b\ufdd3") == "ab"


@pytest.mark.parametrize("text", ["`" + "a" * 50_000, "`" + " " * 50_000, "**a " * 12_000, "`a ``" * 10_000])
def test_long_texts_take_little_time(text: str) -> None:
    """The time grows with the length of a text, not with its square."""
    start = time.process_time()
    inline.plain(text)
    assert time.process_time() - start < 5


LITERAL = {
    "*one star*, and _one line_": ["*one star*", "_one line_"],
    "***both*** and __two words__": ["***both***", "__two words__"],
    "**a *b* c**": ["*b*"],
    "[*x*](a.b)": ["*x*"],
    "**bold** and ~~y~~": ["~~y~~"],
    "**one** **two** *three*": ["*three*"],
    "*速い*です": ["*速い*"],
    "*`code`*": ["*`code`*"],
    "H<sub>2</sub>O<br/>": ["<sub>2</sub>", "<br/>"],
    'see <a href="x.org">it</a>': ['<a href="x.org">it</a>'],
    "~~old~~ ``code``": ["~~old~~", "``code``"],
    "## Heading": ["##"],
    "![logo](logo.png)": ["![logo](logo.png)"],
    "[Save](now)": ["[Save](now)"],
    "Tom &amp; Jerry &#8211; &#x27;": ["&amp;", "&#8211;", "&#x27;"],
}
KEPT = [
    "*one*",
    "_one_",
    "__two words__",
    "<b>x</b>",
    "[a](b.c)",
    "![a](b.c)",
    "&amp;",
    "## H",
    "~~x~~",
    "<https://a.b>",
]
NO_MARKUP = [
    *(text for text in PLAIN if "``two" not in text),
    "snake_case, a_b_ and _private",
    "__init__ and foo__bar__",
    "_id and _rev; (_); _ => _",
    "List<T>, Map<a, b>, std::vector<b>",
    "arr[0](x), a[i][j](k), [0](1)",
    "SELECT *, count(*) FROM t",
    "*.py and *.js",
    "f(*args, *rest), (*a)(*b)",
    "int *p, *q;",
    "/* note */",
    "5* and 4*, Price*, terms*",
    "the <img> tag, <b> and <i>",
    "C:\\_old_\\x and src\\_a_\\b",
    "AT&T; a && b; x & y; &notreal;",
    "#1, # of, C#",
    "[x] done",
    "$_GET and $_POST",
    "~/a and ~/b, ~~~",
]


@pytest.mark.parametrize("text", LITERAL)
def test_other_markup_is_found(text: str) -> None:
    """Markdown and HTML that stay as they are written are found, also within strong text and links."""
    assert [token for _, token, _ in inline.literal(text)] == LITERAL[text]


def test_repeated_markup_has_its_place() -> None:
    """Of equal pieces of markup, each is found at its own place."""
    assert list(inline.literal("_a_ and `_a_` and _a_")) == [("emphasis", "_a_", 0), ("emphasis", "_a_", 2)]


@pytest.mark.parametrize("markup", KEPT)
def test_a_backslash_keeps_markup(markup: str) -> None:
    """Markup after a backslash is shown as it is written, without the backslash, and is not found."""
    text = f"\\{markup}"
    assert inline.plain(text) == markup
    assert list(inline.literal(text)) == []


@pytest.mark.parametrize("text", NO_MARKUP)
def test_code_math_and_paths_are_no_markup(text: str) -> None:
    """Signs of code, math and paths are shown as they are, without a finding."""
    assert inline.plain(text) == text
    assert list(inline.literal(text)) == []


@pytest.mark.parametrize(
    "part", ["*a ", "_a ", "__a ", "***a ", "~~a ", "<b>", "<b ", "&a", "![", "[ ", "[a](b", "[a](()", "\\_a "]
)
def test_unclosed_markup_takes_little_time(part: str) -> None:
    """The time grows with the number of openings without an end, not with its square."""
    text = part * (50_000 // len(part))
    start = time.process_time()
    assert list(inline.literal(text)) == []
    assert inline.plain(text)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(("opening", "filler"), [("__a", " "), ("__a", " a"), ("[", " "), ("*a", "("), ("[a](", "b")])
def test_long_unclosed_markup_takes_little_time(opening: str, filler: str) -> None:
    """The time grows with the length of markup that does not end, not with its square."""
    start = time.process_time()
    assert list(inline.literal(opening + filler * 25_000)) == []
    assert inline.plain(opening + filler * 25_000)
    assert time.process_time() - start < 5
