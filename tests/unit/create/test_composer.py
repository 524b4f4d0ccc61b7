"""From an outline to scenes."""

from __future__ import annotations

import io
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from vidbuild.create.composer import Choices, Composition, compose, emoji
from vidbuild.create.composer.choice import Candidate, chosen
from vidbuild.create.composer.text import cut_to, lead, slug
from vidbuild.create.source.outline import (
    Block,
    Chart,
    Code,
    Command,
    Commands,
    Diagram,
    Item,
    Items,
    Outline,
    Page,
    Picture,
    Prose,
    Quotation,
    Recording,
    Section,
    Speech,
    Table,
)


def section(heading: str, *blocks: Block, parents: tuple[str, ...] = ("Acme",)) -> Section:
    """A section of a document whose title is Acme."""
    return Section(heading, blocks, parents, name=heading)


def composed(*sections: Section, paced: bool = False, **choices: Any) -> Composition:
    """The scenes of a document with these sections, below its title."""
    first = Section("Acme", (Prose("Acme builds videos."),), name="Acme")
    outline = Outline("Acme", (first, *sections), paced=paced)
    return compose(outline, "en", Choices(**choices), lambda block: str(block.path))


def fields(*sections: Section, **choices: Any) -> list[dict[str, Any]]:
    """The fields of the scenes behind the title."""
    return [each.fields for each in composed(*sections, **choices).scenes[1:]]


def test_the_title_scene() -> None:
    """A document begins with its title and the first thing it says."""
    (scene,) = composed().scenes
    assert scene.fields == {
        "id": "acme",
        "type": "title",
        "title": "Acme",
        "subtitle": "Acme builds videos",
        "narration": "Acme builds videos.",
    }


@pytest.mark.parametrize(
    ("before", "name", "shown"),
    [("", "chart.png", False), ("Acme builds videos.", "chart.png", True), ("Acme builds videos.", "logo.png", False)],
)
def test_a_picture_at_the_start(before: str, name: str, *, shown: bool) -> None:
    """It is a logo if nothing comes before it, or if it is called so; else it is shown."""
    prose = (Prose(before),) if before else ()
    first = Section("Acme", (*prose, Picture("What it makes", Path(name))), name="Acme")
    found = compose(Outline("Acme", (first,)), "en", Choices(), lambda block: str(block.path)).scenes
    assert [each.fields["type"] for each in found] == ["title", *["image"] * shown]


def test_lines_of_a_slide_are_shown_or_named() -> None:
    """The lines of a first slide with notes are its subtitle together; what no scene shows is named."""
    short, long = (Prose("Ann."), Prose("May 2026.")), (Prose("A" * 50), Prose("B" * 50), Prose("C" * 50))
    for lines, subtitle, cut in ((short, "Ann \u00b7 May 2026", ""), (long, "A" * 50, "2 lines of the slide")):
        first = Section("Acme", (*lines, Speech("Welcome.")), name="Acme")
        outline = Outline("Acme", (first,), paced=True)
        (scene,) = compose(outline, "en", Choices(), lambda block: str(block.path)).scenes
        assert (scene.fields["type"], scene.fields["subtitle"], scene.cut) == ("title", subtitle, cut)


def test_commands_are_typed_where_they_are_spoken_of() -> None:
    """Commands of one section are in one terminal, each at the end of the prose before it."""
    one, two = (Commands((Command(run=run),), "bash") for run in ("pip install acme", "acme run"))
    assert fields(section("Install", Prose("First install it:"), one, Prose("Then run it now:"), two)) == [
        {
            "id": "install",
            "type": "command",
            "title": "Install",
            "commands": [{"run": "pip install acme", "at": "step-1"}, {"run": "acme run", "at": "step-2"}],
            "narration": "First install it: [[step-1]] Then run it now: [[step-2]]",
        }
    ]


def test_a_list_is_shown_and_not_read_aloud() -> None:
    """What is spoken is the prose around a list; its items are on the screen."""
    items = Items(tuple(Item(f"item {n}") for n in range(8)))
    (scene,) = fields(section("Features", Prose("It has all of these."), items))
    assert scene["items"] == [f"item {n}" for n in range(6)]
    assert scene["narration"] == "It has all of these."


def test_a_section_without_prose_speaks_its_heading() -> None:
    """Nothing is invented: without a sentence, the heading is spoken."""
    (scene,) = fields(section("Install it", Code("x = 1", "python")))
    assert scene["narration"] == "Install it."


def test_a_section_with_prose_alone() -> None:
    """Prose is spoken over its heading, below the heading above."""
    (scene,) = fields(section("Why", Prose("Because it is fast."), parents=("Acme", "About")))
    assert scene == {
        "id": "why",
        "type": "title",
        "title": "Why",
        "kicker": "About",
        "subtitle": "Because it is fast",
        "narration": "Because it is fast.",
    }


def test_every_block_has_a_scene() -> None:
    """Each kind of block becomes the scene type that shows it."""
    blocks: dict[str, Block] = {
        "command": Commands((Command(run="ls"), Command(output="a"))),
        "list": Items((Item("a", "b"),), ordered=True),
        "code": Code("x", "python", "a.py"),
        "table": Table(("a", "b"), (("1", "2"),)),
        "image": Picture("A map", Path("map.png")),
        "slide": Page(Path("deck.pdf"), 3, "Title"),
        "diagram": Diagram("a -> b", "dot"),
        "chart": Chart("bar", ("a",), (("s", (1.0,)),)),
        "quote": Quotation("It is fast.", "A reader"),
    }
    scenes = fields(*(section(name, Prose("It is all here."), block) for name, block in blocks.items()), seconds=600)
    assert [each["type"] for each in scenes] == list(blocks)
    (cast,) = fields(section("Demo", Recording(Path("a.cast"))))
    assert (cast["type"], cast["cast"]) == ("command", "a.cast")


def test_long_code_scrolls_through_its_passages() -> None:
    """Code that does not fit into a window is shown passage by passage, all of it."""
    code = "\n\n".join("\n".join(f"line {n}-{m}" for m in range(8)) for n in range(4))
    (scene,) = fields(section("Code", Code(code)))
    assert scene["scroll"] is True
    ranges = [tuple(map(int, each["lines"].split("-"))) for each in scene["highlight"]]
    assert ranges[0][0] == 1
    assert ranges[-1][1] == len(code.split("\n"))
    assert all(end < start for (_, end), (start, _) in pairwise(ranges))


def test_a_long_table_is_cut_and_its_rest_named() -> None:
    """A table keeps the rows and columns that can be read."""
    rows = tuple(tuple(f"{row}.{column}" for column in range(7)) for row in range(20))
    made = composed(section("Table", Prose("It is all here."), Table(tuple("abcdefg"), rows)))
    shown = made.scenes[1].fields["rows"]
    assert len(shown) == 8
    assert {len(row) for row in shown} == {5}
    assert [each.what for each in made.omissions] == ["12 rows and 2 columns of a table"]


def test_code_stands_beside_its_result() -> None:
    """Code and what it prints or draws share a scene, also below a document's title, and take time to be read."""
    png = io.BytesIO()
    Image.new("RGB", (64, 64)).save(png, "PNG")
    picture = Picture("A plot", data=png.getvalue(), name="plot.png")
    first = Section("Acme", (Prose("It adds things up."), Code("1 + 1", "python"), Code("2")), name="Acme")
    drawn = Prose("Then it draws one of them."), Code("plot(x)", "r"), picture, Code("y", "r"), Code("z", "r")
    outline = Outline("Acme", (first, section("Plot", *drawn)))
    made = compose(outline, "en", Choices(), lambda _block: "plot.png")
    opening, sums, plot, *others = (each.fields for each in made.scenes)
    assert opening["narration"] == "It adds things up."
    assert (sums["left"], sums["right"]) == (
        {"type": "code", "language": "python", "code": "1 + 1"},
        {"type": "code", "code": "2"},
    )
    assert sums["title"] == "Acme"
    assert "narration" not in sums
    assert (plot["left"]["code"], plot["right"]["type"], plot["alt"]) == ("plot(x)", "image", "A plot")
    assert plot["narration"] == "Then it draws one of them."
    assert [each["code"] for each in others] == ["y", "z"]


@pytest.mark.parametrize(
    "blocks",
    [
        (Code("1 + 1", "python"), Prose("This is what it prints:"), Code("2")),
        (Code("x\n" * 20, "python"), Code("2")),
        (Code("1 + 1"), Code("2")),
        (Code("1 + 1", "python"), Table(("a",) * 5, (("b",) * 5,))),
    ],
)
def test_code_that_stands_by_itself(blocks: tuple[Block, ...]) -> None:
    """Code with words before its result, long code and wide results have scenes of their own."""
    scenes = fields(section("Use", Prose("It is used like this."), *blocks))
    assert "split" not in [each["type"] for each in scenes]
    assert len(scenes) == 2


def test_silent_code_scrolls_slowly() -> None:
    """Code that scrolls and is not explained stays until a viewer has seen each passage."""
    code = "\n\n".join(f"x = {nth}\ny = 1\nz = 2\nprint(x)" for nth in range(6))
    scenes = fields(section("Use", Prose("It is used like this."), Code(code, "python"), Code(code, "python")))
    assert "narration" not in scenes[1]
    assert scenes[1]["duration"] == 2.5 * len(scenes[1]["highlight"])


def test_what_is_below_an_item() -> None:
    """Names below an item are listed; of sentences, those are shown that fit."""
    names = Item("Fruit", "", (Item("apples"), Item("red pears")))
    long = Item(
        "Timing", "", (Item("Delays, etc. are tracked per bank of the memory"), Item("Use events for " + "it " * 20))
    )
    (scene,) = fields(section("Use", Prose("It has two of them."), Items((names, long))))
    assert scene["items"] == [
        {"text": "Fruit", "detail": "apples, red pears"},
        {"text": "Timing", "detail": "Delays, etc. are tracked per bank of the memory."},
    ]


def test_few_columns_have_longer_cells() -> None:
    """The fewer columns a table has, the longer are its cells before they are cut."""
    cell = "word " * 17 + "end"
    for width, cut in ((2, cell), (3, "word " * 11 + "word…"), (4, "word " * 7 + "word…")):
        made = composed(section("Table", Prose("It is all here."), Table(tuple("abcd"[:width]), ((cell,) * width,))))
        assert made.scenes[1].fields["rows"] == [[cut] * width]


def test_notes_are_spoken_as_they_stand() -> None:
    """What the source itself says is narrated word for word, and never shortened."""
    text = "See the picture below. " * 10
    (scene,) = fields(section("Slide", Page(Path("deck.pdf"), 2), Speech(text)))
    assert scene["narration"] == text


def test_the_project_s_upkeep_is_left_out() -> None:
    """Sections about the licence and the like are in no video, and named."""
    made = composed(section("License", Prose("It is free for all.")), section("Use", Prose("It is used so.")))
    assert [each.section.heading for each in made.scenes] == ["Acme", "Use"]
    assert [each.what for each in made.omissions] == ["the section 'License': it is about the project's upkeep"]


def test_emoji_are_not_shown_and_not_spoken() -> None:
    """Emoji of headings and prose are left out, signs for yes and no are drawn, and code keeps its own."""
    table = Table(("Part", "Works"), (("🚀 Server", "✅"), ("👍", "\u2716\ufe0f")))
    made = composed(
        section("✨ Install", Commands((Command(run="echo ✨"),))),
        section("What works \u26a0\ufe0f", Prose("It works 🎉!"), table),
        section("📝 License", Prose("It is free for all.")),
    )
    install, works = (each.fields for each in made.scenes[1:])
    assert (install["title"], install["narration"]) == ("Install", "Install.")
    assert install["commands"] == [{"run": "echo ✨"}]
    assert works["title"] == "What works"
    assert works["rows"] == [["Server", "✓"], ["👍", "✗"]]
    assert "🎉" not in str(works)
    assert made.scenes[1].section.name == "✨ Install"  # the part's name in the document, for updates
    assert [each.what for each in made.omissions] == ["the section 'License': it is about the project's upkeep"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1\ufe0f\u20e3 Install", "1 Install"),
        ("Done 👩🏽\u200d💻, and out 🇩🇪.", "Done, and out."),
        ("Acme\u2122\ufe0f", "Acme\u2122"),
        ("🚀", "🚀"),
        ("★ ✓ → ☎", "★ ✓ → ☎"),
        ("ක්\u200dෂ", "ක්\u200dෂ"),
    ],
)
def test_texts_without_emoji(text: str, expected: str) -> None:
    """Only pictures go: letters, digits on keys and signs that fonts draw stay."""
    assert emoji.without(text) == expected


@pytest.mark.parametrize("name", ["Install", "✨ install"])
def test_a_section_is_named_with_or_without_its_emoji(name: str) -> None:
    """`--section` finds a heading by its words."""
    made = composed(section("✨ Install", Prose("It is easy to do.")), section=name)
    assert [each.section.heading for each in made.scenes] == ["Install"]


def test_one_section_by_its_heading() -> None:
    """With a section named, only it and what is below it is shown."""
    sections = [
        section("Install", Prose("It is easy to do.")),
        section("pip", Prose("It is a tool."), parents=("Install",)),
    ]
    made = composed(*sections, section="install")
    assert [each.section.heading for each in made.scenes] == ["Install", "pip"]


def test_a_talk_has_all_its_slides() -> None:
    """Every part of a talk is a scene, in order, however long it is."""
    slides = [section(f"Slide {n}", Speech("word " * 100)) for n in range(20)]
    assert len(composed(*slides, paced=True).scenes) == 21


def test_ids_are_unique_and_readable() -> None:
    """Scenes are named after their headings, and numbered where these are equal or have no Latin letters."""
    made = composed(*(section(name, Prose("It is all here.")) for name in ("Über uns", "Set", "Set", "設定")), scenes=9)
    assert [each.fields["id"] for each in made.scenes] == ["acme", "uber-uns", "set", "set-2", "title"]
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]*", each.fields["id"]) for each in made.scenes)


def test_the_length_is_kept() -> None:
    """Scenes are chosen until the length is reached: the first, then those that are worth most."""
    candidates = [
        Candidate(10, 0.2, "a", is_first=True),
        *(Candidate(10, 0.1 * n, f"s{n}", is_first=True) for n in range(1, 9)),
    ]
    assert chosen(candidates, 40, None) == [0, 6, 7, 8]
    assert chosen(candidates, None, 2) == [0, 8]
    assert chosen(candidates, 1, None) == [0]
    assert chosen(candidates, 40, None, kept=[1, 2]) == [0, 1, 2, 8]


def test_later_scenes_of_a_section_need_its_first() -> None:
    """A section is never entered in its middle."""
    candidates = [
        Candidate(10, 1, "a", is_first=True),
        Candidate(100, 1, "b", is_first=True),
        Candidate(10, 1, "b", is_first=False),
    ]
    assert chosen(candidates, 30, None) == [0]


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("short", 10, "short"),
        ("a rather long text", 12, "a rather…"),
        ("aaaaaaaaaaaaaaaa", 6, "aaaaa…"),
        ("`code` **is** short", 13, "`code` **is** short"),
    ],
)
def test_texts_are_cut_at_words(text: str, limit: int, cut: str) -> None:
    """A text that is too long ends at a word, with an ellipsis; marks of code are no characters of it."""
    assert cut_to(text, limit) == (cut, cut != text)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Both of them fit. Yes.", "Both of them fit. Yes."),
        ("This fits into it. This goes on for too long.", "This fits into it."),
        ("This e.g. fits so. It is `c. d` of all of them.", "This e.g. fits so."),
        ("No. This goes on for too long to fit into it.", "No. This goes on for too…"),
        ("`a.b` is so. Of `a. b c d e f g h i j`, it is all.", "`a.b` is so."),
        ("これは最初の文です。これは次の文で、とても長いので入りません。", "これは最初の文です。"),
    ],
)
def test_first_sentences_are_kept_whole(text: str, cut: str) -> None:
    """Of a text that is too long, whole sentences stay, unless they say too little."""
    assert lead(text, 26) == cut


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Install it!", "install-it"), ("`acme run` now", "acme-run-now"), ("設定", ""), ("É 1", "e-1")],
)
def test_slug(text: str, expected: str) -> None:
    """Ids have small Latin letters, digits and hyphens."""
    assert slug(text) == expected


def talk(*sections: Section) -> list[dict[str, Any]]:
    """The fields of the scenes of a talk."""
    outline = Outline("Deck", sections, paced=True)
    return [each.fields for each in compose(outline, "en", Choices(), lambda block: str(block.path)).scenes]


def square(width: int = 90) -> bytes:
    """A picture that is 90 pixels high."""
    out = io.BytesIO()
    Image.new("RGB", (width, 90), "teal").save(out, "PNG")
    return out.getvalue()


def test_a_talk_begins_with_its_own_first_part() -> None:
    """A talk's first slide keeps its heading, its line below and its notes; a page gets no title scene before it."""
    first = section("Welcome", Prose("Host Example"), Speech("Hello all. I am Host."), parents=())
    assert talk(first) == [
        {
            "id": "welcome",
            "type": "title",
            "title": "Welcome",
            "subtitle": "Host Example",
            "narration": "Hello all. I am Host.",
        }
    ]
    page = section("Welcome", Page(Path("deck.pdf"), 1, "Welcome"), parents=())
    assert [each["type"] for each in talk(page)] == ["slide"]


def test_notes_are_shared_by_the_scenes_of_a_slide() -> None:
    """Notes are spoken in their order over all scenes of their slide; nothing else of the slide is spoken."""
    blocks = (Items((Item("One"), Item("Two"))), Code("a = 1\n" * 20, "py"), Prose("This is left to the eye."))
    scenes = talk(section("Intro"), section("S", *blocks, Speech("First this. Then that. At last this."), parents=()))
    assert [each.get("narration") for each in scenes[1:]] == ["First this. Then that.", "At last this."]
    short = talk(section("Intro"), section("S", *blocks, Speech("Only this."), parents=()))
    assert [(each.get("narration"), each.get("duration")) for each in short[1:]] == [("Only this.", None), (None, 5.0)]
    typed = Commands((Command(run="ls"),))
    (_, both) = talk(section("Intro"), section("S", typed, typed, Speech("Two commands at once."), parents=()))
    assert both["narration"] == "Two commands at once."


def test_a_slide_without_notes_says_part_of_what_it_shows() -> None:
    """Without notes and prose the heading is spoken once, and the list's main items, but not all of them."""
    items = tuple(Item(f"Number {n} is a {word} reason") for n, word in enumerate(("good", "fine", "great", "best")))
    (both,) = talk(
        section("Intro"),
        section("Why we do it", Items(items), Picture("The map of the town", data=square()), parents=()),
    )[1:]
    assert both["narration"].startswith("Why we do it. Number 0 is a good reason.")
    assert both["narration"].endswith(" The map of the town.")
    assert 2 <= both["narration"].count("Number") < 4


def test_two_things_of_a_slide_are_shown_beside_each_other() -> None:
    """A list and a picture on one slide are one scene; long code gets a scene of its own."""
    items, picture = Items((Item("One"), Item("Two"))), Picture("A map", data=square())
    (both,) = talk(section("Intro"), section("S", items, picture, Speech("All of it."), parents=()))[1:]
    assert both == {
        "id": "s",
        "type": "split",
        "title": "S",
        "left": {"type": "list", "style": "bullets", "items": ["One", "Two"]},
        "right": {"type": "image", "src": "None", "fit": "contain"},
        "alt": "A map",
        "narration": "All of it.",
    }
    apart = talk(section("Intro"), section("S", items, Code("a = 1\n" * 20, "py"), parents=()))[1:]
    assert [each["type"] for each in apart] == ["list", "code"]
    wide = talk(section("Intro"), section("S", items, Picture("A map", data=square(400)), parents=()))[1:]
    assert [(each["type"], each["title"]) for each in wide] == [("list", "S"), ("image", "S")]


def test_every_slide_is_a_scene() -> None:
    """A slide with a heading alone is a title scene, and one of short lines shows them."""
    heading, lines = talk(
        section("Intro"),
        section("Other things", parents=()),
        section("Hours", Prose("We open at nine."), Prose("Lunch is at noon."), parents=()),
    )[1:]
    assert (heading["title"], heading["narration"]) == ("Other things", "Other things.")
    assert lines["type"] == "list"
    assert lines["items"] == ["We open at nine.", "Lunch is at noon."]
    assert lines["narration"] == "We open at nine. Lunch is at noon."


def test_of_several_ways_the_first_is_shown() -> None:
    """Ways to install one thing, and commands that are only labeled, are not typed one after the other."""
    runs = ("brew install vhs", "sudo pacman -S vhs", "nix-env -iA nixpkgs.vhs")
    block = Commands(tuple(Command(run=run) for run in runs), "sh")
    draft = composed(section("Install", Prose("Use a package manager:"), block)).scenes[1]
    assert draft.fields["commands"] == [{"run": "brew install vhs"}]
    assert draft.cut == "other ways to do the same"
    wget, curl = (Commands((Command(run=f"{each} x | sh"),), "sh") for each in ("wget", "curl"))
    (scene,) = fields(section("Get it", Prose("wget:"), wget, Prose("curl:"), curl))
    assert scene["commands"] == [{"run": "wget x | sh"}]


@pytest.mark.parametrize(
    "runs", [("pip install acme", "pip install more"), ("cd acme", "make install"), ("apt install a", "brew install b")]
)
def test_steps_are_no_ways(runs: tuple[str, ...]) -> None:
    """Commands of one program, or that install different things, are all typed."""
    block = Commands(tuple(Command(run=run) for run in runs), "sh")
    (scene,) = fields(section("Install", Prose("Then install it all."), block))
    assert [each["run"] for each in scene["commands"]] == list(runs)


def test_another_way_is_another_scene() -> None:
    """Prose that begins with "or" is not typed into the terminal of the way before it."""
    one, two = (Commands((Command(run=run),), "bash") for run in ("brew install acme", "docker run acme"))
    scenes = fields(section("Install", Prose("Use a package manager:"), one, Prose("Or, use Docker with it:"), two))
    assert [each["narration"] for each in scenes] == ["Use a package manager:", "Or, use Docker with it:"]


def test_a_colon_before_more_words_ends_the_sentence() -> None:
    """A colon leads to what is shown, and not to the prose behind it."""
    (scene,) = fields(section("Use", Prose("Type this line:"), Code("x"), Prose("After it the package is there.")))
    assert scene["narration"] == "Type this line. After it the package is there."


def test_a_list_without_prose_is_read_in_part() -> None:
    """What is spoken about a list without prose is its heading and some of its entries, but the heading once."""
    items = Items(tuple(Item(f"Fixed a crash of part number {n}") for n in ["one", "two", "three", "four", "five"]))
    (scene,) = fields(section("Fixed", items))
    assert scene["narration"] == (
        "Fixed a crash of part number one. Fixed a crash of part number two. Fixed a crash of part number three."
    )


def test_a_heading_is_spoken_once_a_section() -> None:
    """What follows in a section without prose is shown in silence, as long as it takes to read."""
    code, table = Code("x"), Table(("a", "b"), tuple(("some", "words to read here") for _ in range(8)))
    first, second = fields(section("How it is used", code, table))
    assert first["narration"] == "How it is used."
    assert "narration" not in second
    assert second["duration"] == 8.0


def test_there_is_time_to_read() -> None:
    """A scene that shows much and says little stays; one that says enough does not."""
    table = Table(("Platform", "Stage"), tuple((f"System {n}", "stable") for n in range(6)))
    (short,) = fields(section("Releases", table))
    assert short["pause_after"] > 3
    said = "There are releases for all of these systems, each of which has been tested for many weeks on them."
    (long,) = fields(section("Releases", Prose(f"{said} {said.replace('all', 'most')}"), table))
    assert "pause_after" not in long


def test_fillers_are_left_out() -> None:
    """Text that only fills a page's place is neither spoken nor shown."""
    filler = "Lorem ipsum dolor sit amet, consectetur adipiscing elit."
    (scene,) = fields(section("Notes", Prose("A note is indented."), Prose(filler), Code(filler)))
    assert (scene["type"], scene["narration"]) == ("title", "A note is indented.")


def test_markup_is_cut_as_a_whole() -> None:
    """A text that is cut keeps its markup, and never a part of one."""
    assert cut_to("Use `cells.cell_len` and `other names that are long`", 30) == ("Use `cells.cell_len` and…", True)


WORDS = st.text(st.sampled_from("abc XYZ 0123456789 .,:;-()`*'\"é日本"), max_size=60)


@settings(deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=5))
def test_numbers_and_names_come_from_the_source(parts: list[tuple[str, str, str]]) -> None:
    """Whatever a source says, each word of a narration is a word of the source."""
    sections = [
        Section(head, (Prose(text), Items((Item(item), Item(text))), Prose(item)), ("T",), name=str(nth))
        for nth, (head, text, item) in enumerate(parts)
    ]
    outline = Outline("T", (Section("T", (), name="t"), *sections))
    made = compose(outline, "en", Choices(seconds=600), lambda block: str(block.path))
    known = {"t", *(word for part in parts for text in part for word in _words(text))}
    for scene in made.scenes:
        spoken = re.sub(r"\[\[.*?\]\]", " ", scene.fields.get("narration", ""))
        assert {*_words(spoken)} <= known


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def test_a_long_listing_of_commands_fits_into_a_scene() -> None:
    """A scene can have 20 commands and outputs; more of them are left out, which is reported."""
    from vidbuild.create.composer import visuals
    from vidbuild.create.source.outline import Command, Commands

    block = Commands(tuple(Command(run=f"step {nth}") for nth in range(25)))
    shown = visuals.visual((block,), "Steps", lambda _: "", ("",))
    assert [each["run"] for each in shown.fields["commands"]] == [f"step {nth}" for nth in range(20)]
    assert shown.cut == "5 commands and outputs"
