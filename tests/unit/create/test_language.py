"""The language of a text."""

from __future__ import annotations

import pytest

from vidbuild.create.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("This is a tool for the people who write the docs of a project.", "en"),
        ("Das ist ein Werkzeug für die Leute, die nicht gern Videos von Hand machen.", "de"),
        ("C'est un outil pour les gens qui écrivent des documents dans un projet.", "fr"),
        ("Es una herramienta para los que escriben la documentación con el proyecto.", "es"),
        ("É uma ferramenta para quem não quer mais fazer os vídeos com a mão.", "pt"),
        ("È uno strumento per chi non vuole fare i video con la mano, come questo.", "it"),
        ("Это инструмент для тех, кто пишет документацию.", "ru"),
        ("Це інструмент для тих, хто пише документацію й ще її їздить.", "uk"),
        ("これは文書を書く人のための道具です。", "ja"),
        ("이것은 문서를 쓰는 사람을 위한 도구입니다.", "ko"),
        ("这是给写文档的人用的工具。", "zh"),
        ("هذه أداة لمن يكتب الوثائق.", "ar"),
        ("این ابزار برای کسانی است که مستندات می‌نویسند و گزارش می‌گیرند.", "fa"),
        ("זה כלי לאנשים שכותבים תיעוד.", "he"),
        ("นี่คือเครื่องมือสำหรับผู้เขียนเอกสาร", "th"),
        ("Acme 2.4", "en"),
        ("", "en"),
    ],
)
def test_language_of(text: str, language: str) -> None:
    """The script decides, and for Latin letters the commonest words; too few words are English."""
    assert language_of(text) == language
