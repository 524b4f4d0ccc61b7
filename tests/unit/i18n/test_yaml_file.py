"""The file of translations: what an update adds, keeps and moves, and which files cannot be edited."""

from __future__ import annotations

import random

import pytest
import yaml

from vidbuild.i18n import catalog, yaml_file
from vidbuild.i18n.catalog import CatalogError, Entry, Source

HARD = (
    *("yes", "12:30", "# no comment", "a: b", "- x", "'", '"', "a\nb", "a\n\n  b\n", " lead", "trail ", "tab\there"),
    *(
        "日本\nไทย",
        "x\u2028y",
        "\x85",
        "\u200f\u05e9\u05dc",
        "[[cue]] {{ name }}",
        "null",
        "~",
        "&a *a",
        "|",
        "> x",
        "%",
        "@at",
    ),
)


def sources(*texts: tuple[str, str, str]) -> list[Source]:
    """Texts of a spec: scene, field, text."""
    return [Source(*each) for each in texts]


def update(text: str, found: list[Source]) -> str:
    """A file, brought up to date with a spec's texts; a second update must change nothing."""
    new = yaml_file.updated(text, catalog.units(found, yaml_file.read(text)), "de.yaml")
    assert yaml_file.updated(new, catalog.units(found, yaml_file.read(new)), "de.yaml") == new
    return new


def test_new_texts_have_no_translation() -> None:
    """A new file has each text in the spec's order, with its source and an empty translation."""
    found = sources(("intro", "title", "Welcome"), ("on", "items.0.text", "yes"), ("intro", "alt", "A\nB"))
    text = update("", found)
    assert text == (
        "\nintro:\n  title:\n    source: Welcome\n    text: ''\n"
        "  alt:\n    source: |-\n      A\n      B\n    text: ''\n"
        "\n'on':\n  items.0.text:\n    source: 'yes'\n    text: ''\n"
    )


def test_new_scenes_come_before_blank_lines_at_the_end() -> None:
    """However many there are: they stay the last ones."""
    for blank in ("", "\n", "\n\n", "\n \n\n"):
        text = update(
            f"a:\n  title: {{text: Eins, source: One}}\n{blank}", sources(("a", "title", "One"), ("b", "title", "Two"))
        )
        assert yaml_file.read(text)["a", "title"].text == "Eins"
        assert text.index("Eins") < text.index("\nb:\n") < text.index("source: Two")
        assert text.endswith(f"text: ''\n{blank}")


def test_comments_order_and_forms_stay() -> None:
    """An update leaves what people wrote as it is, and adds at the end of a scene."""
    text = (
        "# ours\n\n# second scene first\nb:   # note\n  title: Zwei  # hand-written\n\na:\n  # kept\n"
        "  'title': \"Eins\"\n  sub: {text: X, source: Sub}\n# last\n"
    )
    new = update(text, sources(("a", "title", "One"), ("a", "sub", "Sub"), ("a", "more", "M"), ("b", "title", "Two")))
    assert new == (
        "# ours\n\n# second scene first\nb:   # note\n  title:\n    source: Two\n    text: Zwei  # hand-written\n\na:\n"
        "  # kept\n  'title':\n    source: One\n    text: \"Eins\"\n  sub: {text: X, source: Sub}\n"
        "  more:\n    source: M\n    text: ''\n# last\n"
    )


def test_a_changed_source_stays_beside_the_new_one() -> None:
    """A stale translation keeps its source, and a comment has the new one until the translation is made from that."""
    first = update("", sources(("a", "title", "One")))
    done = first.replace("text: ''", "text: Eins  # sure")
    stale = update(done, sources(("a", "title", "Two")))
    assert '  # changed, now: "Two"\n  title:\n    source: One\n    text: Eins  # sure\n' in stale
    assert '# changed, now: "Three"' in update(stale, sources(("a", "title", "Three")))
    assert update(stale, sources(("a", "title", "One"))) == done
    again = stale.replace("    source: One\n", "").replace("Eins  # sure", "Zwei")
    new = update(again, sources(("a", "title", "Two")))
    assert yaml_file.read(new) == {("a", "title"): Entry("Zwei", "Two")}
    assert "changed" not in new


def test_an_untranslated_source_is_replaced() -> None:
    """Without a translation there is nothing to keep of an old source."""
    first = update("", sources(("a", "title", "One")))
    assert update(first, sources(("a", "title", "Two"))) == first.replace("One", "Two")


def test_what_is_gone_moves_to_the_end_and_returns() -> None:
    """Translations of texts that the spec no longer has are kept at the end, with their comments, until it has them."""
    text = "a:\n  # about\n  title: {source: One, text: Eins}\n  sub: {source: S, text: ''}\n\n"
    text += "b:\n  title: {source: B, text: Be}\n"
    without = update(text, sources(("b", "title", "B")))
    assert without == (
        "\nb:\n  title: {source: B, text: Be}\n\n# Texts that the spec no longer has.\nx-gone:\n  a:\n    # about\n"
        "    title: {source: One, text: Eins}\n"
    )
    fewer = update(without, sources(("c", "title", "C")))
    assert list(yaml.safe_load(fewer)["x-gone"]) == ["a", "b"]
    assert fewer.index("\nc:") < fewer.index("x-gone")
    back = update(fewer, sources(("a", "title", "One"), ("b", "title", "New"), ("c", "title", "C")))
    assert yaml_file.read(back) == {
        ("c", "title"): Entry("", "C"),
        ("a", "title"): Entry("Eins", "One"),
        ("b", "title"): Entry("Be", "B"),
    }
    assert '# changed, now: "New"' in back
    assert "x-gone" not in back


def test_a_shared_file_keeps_texts_of_other_specs() -> None:
    """A file that several specs share has texts that one of them does not have."""
    text = "a:\n  title: {source: One, text: Eins}\n"
    new = yaml_file.updated(text, catalog.units(sources(("b", "title", "B")), {}), shared=True)
    assert new == f"{text}\nb:\n  title:\n    source: B\n    text: ''\n"


def test_translations_can_be_replaced() -> None:
    """Imported translations take the place of those in the file, with what they were made from."""
    text = update("", sources(("a", "title", "One"), ("a", "sub", "Sub"))).replace("text: ''", "text: Alt", 1)
    units = [catalog.Unit("a", "title", "One", "Neu"), catalog.Unit("a", "sub", "Sub", "", "")]
    assert yaml_file.read(yaml_file.replaced(text, units)) == {
        ("a", "title"): Entry("Neu", "One"),
        ("a", "sub"): Entry("", "Sub"),
    }


@pytest.mark.parametrize("text", HARD)
def test_every_text_survives(text: str) -> None:
    """Texts that look like YAML, or have lines, spaces and signs at their ends, are read as they were written."""
    units = [catalog.Unit("a", "title", text, text), catalog.Unit("a", "x", "S", text, text)]
    new = yaml_file.replaced("", units)
    assert yaml_file.read(new) == {("a", "title"): Entry(text, text), ("a", "x"): Entry(text, text)}
    assert yaml.safe_load(new)["a"]["title"] == {"source": text, "text": text}


@pytest.mark.parametrize(
    "text", ["a: {title: x}", "{a: {title: {text: x}}}", "a: [x]", "a: text", "- a", "a: &b\n  t: x\nc: *b\n"]
)
def test_what_cannot_be_edited_is_an_error(text: str) -> None:
    """A file whose fields are not in lines of their own is an error, and stays as it is."""
    with pytest.raises(CatalogError):
        yaml_file.updated(text, catalog.units(sources(("a", "title", "One"), ("c", "t", "x")), {}), "de.yaml")


@pytest.mark.parametrize("seed", range(60))
def test_random_edits(seed: int) -> None:
    """After any series of changes to a spec, the file has its texts, all translations, and every comment once."""
    rng = random.Random(seed)
    text, translated = "", dict[tuple[str, str], str]()
    for _ in range(8):
        names = [(scene, field) for scene in "abc" for field in ("title", "items.0", "x") if rng.random() < 0.6]
        rng.shuffle(names)
        found = sources(*((*name, rng.choice(HARD)) for name in names))
        text = update(text, found)
        entries = yaml_file.read(text)
        assert set(entries) == set(names)
        for each in found:
            assert entries[each.name].text == translated.get(each.name, "")
            if not entries[each.name].text.strip():
                assert entries[each.name].source == each.text
        for name in rng.sample(names, len(names) // 2):
            translated[name] = rng.choice([each for each in HARD if each.strip()])
        units = [catalog.Unit(each.scene, each.field, each.text, translated.get(each.name, "")) for each in found]
        text = yaml_file.replaced(text, units, "de.yaml")
