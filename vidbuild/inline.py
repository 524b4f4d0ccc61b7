"""Inline markup in shown texts: `code` between backticks, **strong** between double asterisks, and [links](address).

Drawn texts carry marks in place of the markup, which the templates turn into type (`runs` in scenes/base.typ); all
other uses (chapters, reports, matching with the narration) take the text without it. Of a link, its text is shown.
Other Markdown and HTML is drawn as it is written; `literal` finds it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

from vidbuild.patterns import later

# Noncharacters, which no text may contain (Unicode 23.7), so that a mark cannot be a part of the text.
CODE, CODE_END, STRONG, STRONG_END = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
_MARKS = later("[\ufdd0-\ufdd3]")

# Markup begins and ends at the edges of words, unlike `src/**/*.py`, 2**8, snake_case and f[0](x); scripts without
# spaces have no such edges.
_LETTER = "A-Za-z0-9_\u00c0-\u024f"
_ADDRESS = r"(?:[^()\s]|\([^()\s]*\))"  # one character of it, or a part in parentheses
_TITLE = r"(?:\s+\"[^\"\n]*\")?"
_LINKED = rf"\[(?=[^\[\]\n]*[^\[\]\s])[^\[\]\n]+\]\((?={_ADDRESS}*?[./\#:]){_ADDRESS}+{_TITLE}\)"
_ALONE = r"<(?:https?://|mailto:)[^<>\s]+>"
_SCHEME = re.compile(r"(?:mailto|tel|sms):(?=\S)", re.IGNORECASE)
_TAG = r"(?:a|b|big|code|del|em|i|kbd|mark|s|small|span|strong|sub|sup|u)"

# Emphasis begins before a letter and does not end after a bracket: (*), *.py, f(*args) and _ => _ are none.
_BEGIN, _END = r"(?=\w|[\0\"'“«„¿¡])", rf"(?![{_LETTER}/.(\\])"
_EMPHASIS = rf"""
      \*{_BEGIN}[^*\n]*(?<![\s*(\[])\*(?![{_LETTER}*/.\\])
    | _{_BEGIN}[^_\n]*(?<![\s_(\[/])_{_END}
    | __{_BEGIN}[^_\s]*[^\S\n][^_\n]*(?<![\s_])__{_END}
    | \*\*\*{_BEGIN}[^*\n]*(?<![\s*])\*\*\*(?![{_LETTER}*/.\\])
"""
_OTHERS = {
    "ticks": r"``[^`\n]+``(?!`)",
    "struck": r"~~(?=[^\s~])[^~\n]*(?<![\s~])~~(?!~)",
    "image": rf"!\[[^\[\]\n]*\]\({_ADDRESS}+{_TITLE}\)",
    "link": rf"\[[^\[\]\n]*[^\W\d_][^\[\]\n]*\]\({_ADDRESS}+{_TITLE}\)",
    "tags": rf"<{_TAG}(?:\s[^<>]*)?>[^<>]*</{_TAG}>",
    "break": r"<br\s*/?>",
    "entity": r"&(?:\#[0-9]{2,7}|\#[xX][0-9a-fA-F]{2,6}|[A-Za-z][A-Za-z0-9]{1,30});",
}
_BESIDE = {"ticks": "`", "struck": "~", "link": rf"{_LETTER}\])!"}  # not before it
_HEADING = r"\#{2,6}(?=[ \t]+\S)"  # one "#" is a number sign as often

# A backslash keeps a sign, or markup as a whole, as it is.
_MARKUP = later(
    rf"""
      \\(?P<sign>[`*])
    | \\(?P<kept>{_HEADING}|{_ALONE}|{"|".join(_OTHERS.values())})
    | (?<![{_LETTER}:\\/.])\\(?P<kept_word>{_EMPHASIS})
    | (?<!`)`(?P<code>(?=[^\S`\n]*[^`\s])[^`\n]+)`(?!`)
    | (?<![{{{_LETTER}*/.\\])\*\*(?P<strong>(?=[^\s*/.])(?:[^*\n]|\*(?!\*))*[^\s*/\\])
        \*\*(?![{_LETTER}*/.]*[{_LETTER}*/])
    | (?<![{_LETTER}\])!])(?P<link>{_LINKED})
    | (?P<address>{_ALONE})
    """,
    re.VERBOSE,
)
_LITERAL = later(
    rf"(?P<heading>^[ ]{{0,3}}{_HEADING})|(?<![{_LETTER}*\\/.-])(?P<emphasis>{_EMPHASIS})|"
    + "|".join(rf"(?<![\\{_BESIDE.get(name, '')}])(?P<{name}>{pattern})" for name, pattern in _OTHERS.items()),
    re.VERBOSE | re.MULTILINE,
)
_SIGNS = "`*[<\\"  # without which a text has no markup
_DRAWN = "#*_`~[<&"  # without which no markup is drawn as it is written
_FILL = "\0"  # for markup that is typeset, in a text of the same length


def marked(text: str) -> str:
    """Return the text with marks in place of its markup."""
    return _replaced(_MARKS.sub("", text), lambda code: CODE + code + CODE_END, lambda it: STRONG + it + STRONG_END)


def plain(text: str) -> str:
    """Return the text without markup or marks."""
    return _replaced(_MARKS.sub("", text), str, str)


def unmarked(text: str) -> str:
    """Return a drawn text without its marks."""
    return _MARKS.sub("", text)


def address(text: str) -> str:
    """Return an address as it is shown: of mail and telephones without what only programs need."""
    scheme = _SCHEME.match(text)
    return text[scheme.end() :].partition("?")[0] if scheme else text


def literal(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield the markup that is drawn as it is written: its kind, itself, and how often it occurs before."""
    for match in _LITERAL.finditer(_typeset(text)) if any(sign in text for sign in _DRAWN) else ():
        token = text[match.start() : match.end()].strip()
        if match["entity"] and html.unescape(token).endswith(";"):
            continue  # HTML has no such character
        yield str(match.lastgroup), token, text.count(token, 0, match.start())


def _replaced(text: str, code: Callable[[str], str], strong: Callable[[str], str]) -> str:
    def replace(match: re.Match[str]) -> str:
        if kept := match["sign"] or match["kept"] or match["kept_word"]:
            return kept
        if match["code"] is not None:
            return code(match["code"].strip())
        if match["strong"] is not None:
            return strong(_replaced(match["strong"], code, strong))
        if match["link"] is not None:
            return _replaced(_text_of(match["link"]), code, strong)
        return address(match["address"][1:-1])

    return _MARKUP.sub(replace, text) if any(sign in text for sign in _SIGNS) else text


def _typeset(text: str) -> str:
    """Return a text with its typeset or kept markup filled; what strong text and links contain stays."""

    def replace(match: re.Match[str]) -> str:
        if match["strong"] is not None:
            return f"{_FILL * 2}{_typeset(match['strong'])}{_FILL * 2}"
        if match["link"] is not None:
            inner = _text_of(match["link"])
            return f"{_FILL}{_typeset(inner)}".ljust(len(match[0]), _FILL)
        return _FILL * len(match[0])

    return _MARKUP.sub(replace, text.replace(_FILL, " "))


def _text_of(link: str) -> str:
    return link[1 : link.index("](")]
