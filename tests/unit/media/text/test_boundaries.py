"""Where words begin in texts without spaces."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from vidbuild.media.text.boundaries import is_unspaced, split, word_at


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("首先下载新版本,然后打开。", "zh", ["首先", "下载", "新", "版本,", "然后", "打开。"]),
        ("まず設定画面を開きます。", "ja", ["まず", "設定", "画面", "を", "開き", "ます。"]),
        ("จากนั้นเปิดไฟล์", "th", ["จาก", "นั้น", "เปิด", "ไฟล์"]),
        ("“你好”,世界", "zh", ["“你好”,", "世界"]),
        ("Save the file—then quit.", "en", ["Save", "the", "file—", "then", "quit."]),
        ("kubectl-based and/or CI/CD", "en", ["kubectl-", "based", "and/", "or", "CI/", "CD"]),
        ("v2.4.1 at 10:30, i.e. 3.5 GB (x@y.com)", "en", ["v2.4.1", "at", "10:30,", "i.e.", "3.5", "GB", "(x@y.com)"]),
        ("don't use foo_bar or C++!", "en", ["don't", "use", "foo_bar", "or", "C++!"]),
        ("ok 👩‍👩‍👧 你好世界", "zh", ["ok", "👩‍👩‍👧", "你好", "世界"]),
        ("— … -> 2-3", "en", ["—", "…", "->", "2-3"]),
        ("설정을 엽니다", "ko", ["설정을", "엽니다"]),
    ],
)
def test_words_of_many_scripts(text: str, language: str, words: list[str]) -> None:
    """Words are those of Unicode and its dictionaries; signs stay with the word that no line break parts them from."""
    assert list(split(text, language)) == words


@pytest.mark.parametrize(
    ("text", "offset", "language", "at"),
    [
        ("file—then", 5, "en", 5),
        ("file—then", 4, "en", 5),
        ("onetwo", 3, "en", 0),
        ("and/or", 4, "en", 4),
        ("新版本,然后", 4, "zh", 4),
        ("然后打开", 1, "zh", 1),
        ("end.", 3, "en", 4),
        ("(then", 1, "en", 1),
        ("👩‍👩‍👧然后", 5, "zh", 5),
    ],
)
def test_what_a_mark_inside_a_text_marks(text: str, offset: int, language: str, at: int) -> None:
    """A mark inside a word is for that word, one between words for the next; without spaces, for the next letter."""
    assert word_at(text, offset, language) == at


@pytest.mark.parametrize("word", ["ビルド", "クラウド", "コンテナ"])
def test_loanwords_are_whole(word: str) -> None:
    """Katakana without a dot between its words is one word, also if ICU's dictionary does not have it."""
    assert list(split(f"次に{word}を実行", "ja")) == ["次に", word, "を", "実行"]
    assert list(split(f"サーバー・{word}", "ja")) == ["サーバー・", word]


def test_scripts_without_spaces() -> None:
    """Chinese, Japanese and Thai have no spaces between words; Korean, Latin and digits have."""
    assert all(map(is_unspaced, "設まマไ"))
    assert not any(map(is_unspaced, "설aé5—"))


def test_plain_words_need_no_library() -> None:
    """P46: a narration in a Latin script without dashes is divided without ICU."""
    code = (
        "import sys; from vidbuild.media.text.boundaries import split; "
        "print(list(split('Ça va: l\\'été (2.5 Go), \"ok\"…', 'fr')), 'icu4py' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("False")


@pytest.mark.parametrize("text", ["'" * 10_000 + "-", "(" * 10_000 + "-", "a" * 10_000 + "(", "”" * 10_000 + "a"])
def test_long_texts_take_little_time(text: str) -> None:
    """The time grows with the length of a text, not with its cube."""
    start = time.process_time()
    list(split(text, "en"))
    assert time.process_time() - start < 5
