"""Fences that name a spec are found where Markdown has fences, and nowhere else."""

from __future__ import annotations

import pytest

from vidbuild.mkdocs.fences import Fence, inserted, misspelt, replaced


def found(markdown: str) -> tuple[str, list[Fence]]:
    """The page with words, and its fences."""
    return replaced(markdown, "WORD{}".format)


@pytest.mark.parametrize(
    ("markdown", "text", "target"),
    [
        ("```{vidbuild} talk.yaml\n```", "\nWORD0\n", "talk.yaml"),
        ("~~~~ {vidbuild} a b.yaml \n~~~~~", "\nWORD0\n", "a b.yaml"),
        ("1. A\n\n    ```{vidbuild} talk.yaml\n    ```\nB", "1. A\n\n\n    WORD0\n\nB", "talk.yaml"),
        ("> ```{vidbuild} talk.yaml\n> ```\n> B", ">\n> WORD0\n>\n> B", "talk.yaml"),
        ("- ```{vidbuild} talk.yaml\n  ```\n- B", "- WORD0\n\n- B", "talk.yaml"),
        ("> 2. ~~~{vidbuild} talk.yaml\n>    ~~~", "> 2. WORD0\n>", "talk.yaml"),
        ("- ```sh\n  ls\n  ```\n\n```{vidbuild} a.yaml\n```", "- ```sh\n  ls\n  ```\n\n\nWORD0\n", "a.yaml"),
        ("```{vidbuild} talk.yaml\r\n```\r\nB", "\nWORD0\n\nB", "talk.yaml"),
    ],
)
def test_a_fence_is_found(markdown: str, text: str, target: str) -> None:
    """In lists and quotations too, and with the ends of lines of any system."""
    page, (fence,) = found(markdown)
    assert page == text
    assert fence.target == target
    assert fence.problem == ""


@pytest.mark.parametrize(
    "markdown",
    [
        "````markdown\n```{vidbuild} talk.yaml\n```\n````",
        "~~~\n```{vidbuild} talk.yaml\n```\n~~~",
        "```{vidbuild} talk.yaml",  # not closed: a text
        "```{vidbuild} talk.yaml\n~~~",
        "````{vidbuild} talk.yaml\n```",
        "A ```{vidbuild} talk.yaml``` in a sentence",
        "```{vidbuild} talk.yaml``` at the start of one\n```\n```",
        "```{vidbuilder",
        "1) ````\n   ```{vidbuild} talk.yaml\n   ```\n   ````",
        "",
    ],
)
def test_what_is_no_fence_stays(markdown: str) -> None:
    """Examples in longer fences, text, and fences without an end are as they were."""
    assert found(markdown) == (markdown, [])


def test_a_fence_after_one_without_an_end() -> None:
    """A line that only looks like a fence hides none that follows."""
    page, fences = found("~~~ begins nothing\n\n```{vidbuild} talk.yaml\n```")
    assert page == "~~~ begins nothing\n\n\nWORD0\n"
    assert fences[0].line == 3


def test_options() -> None:
    """Options are lines, with blank ones between them; anything else is a problem."""
    _, (fence,) = found("```{vidbuild} talk.yaml\n:title: A: b\n\n  :chapters:   no\n:caption:\n```")
    assert fence.options == {"title": "A: b", "chapters": "no", "caption": ""}
    assert fence.problem == ""
    _, (fence,) = found("```{vidbuild} talk.yaml\ntitle: A\n```")
    assert fence.problem == "expected ':option: value', got 'title: A'"


def test_players_are_put_where_the_words_are() -> None:
    """A paragraph of its own becomes the player; in code and comments, the word is the text of its fence again."""
    words = {f"WORD{each}": Fence(f"{each}.yaml", {}, 1, f"```{{vidbuild}} <{each}>\n```") for each in range(12)}
    html = "<p>WORD1</p><li>WORD11</li><pre><code>WORD2</code></pre><!-- WORD3 --><p>A <code>WORD4</code></p>"
    shown = inserted(html, words, lambda fence: f"[{fence.target}]")
    assert shown == (
        "[1.yaml]<li>[11.yaml]</li><pre><code>```{vidbuild} &lt;2&gt;\n```</code></pre>"
        "<!-- ```{vidbuild} &lt;3&gt;\n``` --><p>A <code>```{vidbuild} &lt;4&gt;\n```</code></p>"
    )
    assert inserted("WORD1", {}, lambda fence: fence.target) == "WORD1"


@pytest.mark.parametrize("info", ["vidbuild a.yaml", "{ vidbuild} a.yaml", "{vidbuild a.yaml}", "Vidbuild ../c.yml"])
def test_a_misspelt_fence(info: str) -> None:
    """One with a spec and other brackets is noted; examples of commands and of fences are not."""
    page = f"````\n```{info}\n```\n````\n\n```sh\nvidbuild a.yaml\n```\n\n```vidbuild\n```\n\n```{info}\n```\n"
    assert [(each.line, each.text) for each in misspelt(page)] == [(13, f"```{info}")]
