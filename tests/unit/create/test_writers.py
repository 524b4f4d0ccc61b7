"""Writers without a network: their settings, their scripts, and what becomes of these."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from vidbuild.api.created_files import drawable
from vidbuild.create.composer import Choices, compose
from vidbuild.create.source.outline import Code, Commands, Items, Outline, Picture, Prose, Section, Speech, Table
from vidbuild.create.writers import material, prompt, registry, script, servers
from vidbuild.create.writers.scenes import Staging
from vidbuild.create.writers.script import Script, ScriptError, ScriptScene
from vidbuild.create.writing import spec_text
from vidbuild.errors import UsageError
from vidbuild.json_types import Json
from vidbuild.spec.load import try_parse


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the settings are in a test."""
    path = tmp_path / "config.toml"
    monkeypatch.setenv("VIDBUILD_CONFIG", str(path))
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    return path


@pytest.mark.parametrize(
    ("base", "address"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions"),
        ("http://localhost:11434", "http://localhost:11434/v1/chat/completions"),
        ("http://localhost:11434/", "http://localhost:11434/v1/chat/completions"),
        ("https://openrouter.ai/api/v1/", "https://openrouter.ai/api/v1/chat/completions"),
        ("https://x.example/v1beta/openai", "https://x.example/v1beta/openai/chat/completions"),
        ("https://x.example/v1/chat/completions", "https://x.example/v1/chat/completions"),
    ],
)
def test_addresses_are_read_as_people_write_them(base: str, address: str) -> None:
    """With or without /v1, a slash at the end, or the whole address."""
    assert servers.Server("x", base).address == address


def test_openai_needs_no_settings(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment defines `openai`; a section of that name in the file goes before it."""
    assert servers.load()[0]["openai"] == servers.Server("openai", servers.OPENAI_BASE, "OPENAI_API_KEY")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:1234/v1")
    assert servers.load()[0]["openai"].base == "http://localhost:1234/v1"
    file.write_text('[writer.openai]\nbase = "https://eu.example/v1"\nkey_variable = "EU_KEY"\nmodel = "m"\n')
    assert servers.load()[0]["openai"] == servers.Server("openai", "https://eu.example/v1", "EU_KEY", "m", 300.0)


def test_a_local_server_needs_no_key(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server at another address than OpenAI's may have no key; OpenAI's own needs one."""
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(UsageError, match="'openai' needs an API key") as caught:
        registry.resolve("openai:m")
    assert caught.value.hint == "set $OPENAI_API_KEY"
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:1234/v1")
    assert servers.key_of(servers.load()[0]["openai"]) == ""
    file.write_text('[writer.near]\nbase = "http://localhost:11434"\nmodel = "qwen3:8b"\n')
    assert registry.resolve("near").argument == "near:qwen3:8b"
    assert registry.resolve("near:llama3.3:70b").model == "llama3.3:70b"


@pytest.mark.parametrize(
    ("argument", "message", "hint"),
    [
        ("opnai:gpt-5", "unknown writer 'opnai'", "did you mean 'openai'?"),
        ("zzz:gpt-5", "unknown writer 'zzz'", "use one of openai, with a model: openai:MODEL"),
        ("openai", "the writer 'openai' needs a model", "name it: --writer openai:MODEL"),
        ("openai: ", "the writer 'openai' needs a model", "name it: --writer openai:MODEL"),
    ],
)
@pytest.mark.usefixtures("file")
def test_wrong_writers_are_refused(argument: str, message: str, hint: str) -> None:
    """An unknown name has the nearest one as a hint, and a server without a model how to name it."""
    with pytest.raises(UsageError) as caught:
        registry.resolve(argument)
    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[writer.a]\nmodel = "m"\n', ":1: [writer.a]: 'base' is missing"),
        ('[writer.a]\nbase = "localhost"\n', ":2: [writer.a]: expected an address such as"),
        ('[writer.a]\nbase = "http://u:p@x/v1"\n', ":2: [writer.a]: an address must not hold a password"),
        ('[writer.a]\nbase = "http://x"\ntimeout = 0\n', ":3: [writer.a]: 'timeout' must be seconds up to 3600, not 0"),
        ('[writer.a]\nbase = "http://x"\ntimeout = true\n', "'timeout' must be seconds up to 3600, not True"),
        ('[writer.a]\nbase = "http://x"\nkey = "sk-1"\n', ":3: [writer.a]: unknown setting 'key'"),
        ("[writer]\na = 1\n", "'writer' needs a name for each entry"),
        ('[writers.a]\nbase = "http://x"\n', ":1: unknown section 'writers'"),
    ],
)
def test_wrong_settings_are_located(file: Path, text: str, message: str) -> None:
    """Each problem has its line; the settings of other writers stay usable."""
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        registry.resolve("a:m")
    assert message in caught.value.message
    assert registry.resolve("openai:m").argument == "openai:m"


def test_a_wrong_base_of_the_environment_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable is named, not only its value."""
    assert not file.exists()
    monkeypatch.setenv("OPENAI_BASE_URL", "localhost:1234")
    with pytest.raises(UsageError, match=r"^\$OPENAI_BASE_URL: expected an address"):
        registry.resolve("openai:m")


def test_a_missing_package_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the message has the command that installs it."""
    assert not file.exists()
    monkeypatch.setattr("vidbuild.create.writers.openai.find_spec", lambda _: None)
    with pytest.raises(UsageError, match="'httpx2'") as caught:
        registry.resolve("openai:m")
    assert caught.value.hint == 'pip install "vidbuild[writers]"'


def scene(**fields: Json) -> dict[str, Any]:
    """Return a scene of an answer."""
    return {"heading": "One", "narration": "It works.", **fields}


def answer(*scenes: dict[str, Any], title: str = "A title") -> str:
    """Return the text of an answer."""
    return json.dumps({"title": title, "scenes": list(scenes)})


def test_optional_fields_may_be_absent_or_null() -> None:
    """What the schema asks for as null may also be left out."""
    found = script.read(answer(scene(points=None, code=None), scene()))
    assert found.scenes[0] == found.scenes[1] == ScriptScene("One", "It works.")


def test_texts_are_cleaned() -> None:
    """Control characters, halves of surrogate pairs and line breaks in lines do not reach the spec."""
    text = answer(scene(narration="A\\nline"), title="Bell\u0007").replace(
        "A\\\\nline", "A\\nline \\ud800 \\u001b[31mred"
    )
    found = script.read(text)
    assert found.title == "Bell"
    assert found.scenes[0].narration == "A line [31mred"


def test_problems_are_limited() -> None:
    """Of a thousand problems, a few are reported."""
    with pytest.raises(ScriptError) as caught:
        script.read(answer(*[{"heading": 1} for _ in range(50)]))
    assert len(caught.value.problems) == script.MAX_PROBLEMS


INSTALL = Section(
    "Install",
    (Prose("Run this with Python 3.11."), Code("pip install acme", "bash"), Table(("a", "b"), (("1", "2"),))),
    ("Acme",),
    3,
    "Run this with Python 3.11.",
    "Acme > Install",
)
SPEED = Section("Speed", (Prose("It takes three seconds, or 1,500 ms."),), ("Acme",), 9, "", "Acme > Speed")
SOURCE = Outline("Acme", (INSTALL, SPEED), "en")


def composed(*scenes: ScriptScene) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the scenes that the composer makes of a script, and what is reported."""
    reports: list[str] = []
    outline = Staging(SOURCE.sections, "en", reports.append).outline(Script("All about Acme", scenes))
    made = compose(outline, "en", Choices(), lambda block: f"assets/{block}")
    return [draft.fields for draft in made.scenes], reports


OPENING = ScriptScene("What it does", "Acme builds videos.")


def test_each_scene_of_a_script_becomes_one_scene() -> None:
    """The first is the title; others show points, code, both beside each other, or their heading."""
    found, reports = composed(
        OPENING,
        ScriptScene("Why", "There are two reasons.", ("It is fast", "It is small")),
        ScriptScene("How", "One call does it.", code="acme.build()", language="Python"),
        ScriptScene("Both", "See both sides.", ("One", "Two"), "acme.build()", "python"),
        ScriptScene("Last", "That is all."),
    )
    assert [each["type"] for each in found] == ["title", "list", "code", "split", "title"]
    assert found[0]["title"] == "All about Acme"
    assert found[0]["subtitle"] == "What it does"
    assert found[1]["items"] == ["It is fast", "It is small"]
    assert found[2]["language"] == "python"
    assert [each["narration"] for each in found] == [
        "Acme builds videos.",
        "There are two reasons.",
        "One call does it.",
        "See both sides.",
        "That is all.",
    ]
    assert reports == []


def test_code_too_large_for_half_of_the_frame_takes_all_of_it() -> None:
    """The points are then left out, which is reported."""
    found, reports = composed(OPENING, ScriptScene("Both", "See.", ("One",), "x = 1  # " + "long " * 20, "python"))
    assert found[1]["type"] == "code"
    assert reports == ["left out the points of 'Both', whose code needs the whole frame"]


def test_a_scene_shows_what_its_section_has() -> None:
    """A scene without points and code shows its section's next block; only one scene shows each."""
    about = ScriptScene("Install it", "One command is enough.", section="acme >  install")
    found, reports = composed(OPENING, about, about, about)
    assert [each["type"] for each in found] == ["title", "code", "table", "title"]
    assert reports == []


def test_scenes_are_made_from_the_sections_that_they_name() -> None:
    """A name or a heading that one section has is enough; an unknown one is reported."""
    reports: list[str] = []
    staging = Staging(SOURCE.sections, "en", reports.append)
    named = [staging.section(ScriptScene("A", "B.", section=each)) for each in ("Acme > Speed", "install", "Costs", "")]
    assert [each.name for each in named] == ["Acme > Speed", "Acme > Install", "", ""]
    assert named[1].digest == INSTALL.digest
    assert reports == ["the scene 'A' names no section of the source: 'Costs'"]


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("It takes 3 seconds with Python 3.11.", []),
        ("It takes 1500 ms, or 1.500 ms, or 1\u202f500 ms.", []),
        ("It takes 4 seconds and costs 20 %.", ["4", "20"]),
        ("Python 3.12 is needed.", ["3.12"]),
        ("See 2 of 1,000,000.", ["1,000,000"]),
        ("Nothing here.", []),
    ],
)
def test_numbers_without_a_source_are_found(text: str, unknown: list[str]) -> None:
    """A number is known if the source has it in digits, with any separators, or in words."""
    assert material.unknown_numbers(text, SOURCE, "en") == unknown


def test_a_source_is_read_within_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sections that fit are whole, the next one is cut, and others are left out."""
    text, whole = material.text_of(SOURCE.sections)
    assert whole == 2
    assert "=== section: Acme > Install ===" in text
    assert "```bash\npip install acme\n```" in text
    assert "a | b\n1 | 2" in text
    monkeypatch.setattr(material, "MAX_SOURCE", 60)
    text, whole = material.text_of(SOURCE.sections)
    assert whole == 0
    assert len(text) <= 60


def test_prompts_hold_what_was_asked_for() -> None:
    """Language, length, number of scenes and source are in the question; a topic has no source."""
    asked = prompt.for_video(prompt.Brief("Acme", "de", SOURCE.sections, 60, 4))[1]["content"]
    assert "(BCP 47): de" in asked
    assert "about 144 words, which take 60 seconds" in asked
    assert "at most 4 scenes" in asked
    assert "<source>\n=== section: Acme > Install ===" in asked
    topic = prompt.for_video(prompt.Brief("Tides", "en"))[1]["content"]
    assert "<source>" not in topic
    assert "There is no source" in topic


def test_each_topic_has_a_seed_of_its_own() -> None:
    """Seeds depend on the names alone, are different, and fit into 31 bits."""
    seeds = [prompt.seed_of(f"topic:{each}") for each in range(100)]
    assert len(set(seeds)) == 100
    assert seeds == [prompt.seed_of(f"topic:{each}") for each in range(100)]
    assert all(0 <= each < 2**31 for each in seeds)


def test_blocks_of_every_kind_are_read_by_a_writer() -> None:
    """Lists, commands and pictures have a text."""
    from vidbuild.create.source.outline import Command, Item

    blocks = (
        Speech("Said."),
        Items((Item("A", "first", (Item("inner"),)),)),
        Commands((Command(run="ls"), Command(output="a.txt"))),
        Picture("A map"),
    )
    text = material.section_text(Section("", blocks, name="x"))
    assert text.split("\n\n")[1:] == [
        "Said.",
        "- A: first\n- inner",
        "```console\n$ ls\na.txt\n```",
        "(a picture: A map)",
    ]


def test_marks_around_texts_are_left_out() -> None:
    """Fences around code, marks of headings and the composer's own cues are no part of the texts."""
    found = script.read(
        answer(scene(heading="## One", code="```python\nx = 1\n```", narration="A [[step-1]] b [[pause 2]]."))
    )
    assert found.scenes[0] == ScriptScene("One", "A b.", code="x = 1")
    points = ["- It is fast", "2. It is small", "2.5 times", "\u200f", "- ", "\u2192"]
    assert script.read(answer(scene(points=points))).scenes[0].points == (
        "It is fast",
        "It is small",
        "2.5 times",
        "\u2192",
    )


@pytest.mark.parametrize("seed", range(200))
def test_no_answer_crashes(seed: int) -> None:
    """Of any text that a server may send, a script comes out or located problems."""
    chance = random.Random(seed)
    text = list(answer(scene(points=["a", "b"], code="x"), scene(section=None), title="T"))
    parts = ['"', "{", "}", "[", "]", "null", "1e999", "\\ud800", "\u0000", "```", "<think>", "", ",", "é"]
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(text))
        text[at : at + chance.randint(0, 3)] = [chance.choice(parts)]
    problems = ["none"]
    try:
        found = script.read("".join(text))
    except ScriptError as error:
        problems = error.problems
    else:
        Staging(SOURCE.sections, "en", lambda _: None).outline(found)
        "".join(each.narration for each in found.scenes).encode()
    assert 0 < len(problems) <= script.MAX_PROBLEMS
    assert all(len(each) < 300 for each in problems)


MARKS = "tide **bold ` `code` {{x}} {% if %} {# [[cue]] [[pause:1]] ]] \\ 'q\" <b> &amp; 3.5% $PATH : | @a null ~ 1:2"
SIGNS = (
    "# head",
    "- item",
    "{% endraw %}",
    "[[pause 1]]",
    "\u2028",
    "\u200f",
    "\ufeff",
    "\u00ad",
    "a\nb",
    "漢字",
    "🙂",
)
WORDS = (*MARKS.split(" "), *SIGNS)
CODES = ("x = 1", "$ ls\nout", "graph TD\n A-->B", "digraph {a->b}", "\t\tx", "", "x" * 500, "a\n" * 100, "git -m 'x")
LANGUAGES = ("python", "Klingon", "bash", "", "mermaid", "dot", "C#", "{.python}", "a b c", "日本")


@pytest.mark.parametrize("seed", range(8))
def test_any_texts_make_a_valid_spec(seed: int) -> None:
    """Whatever a model writes, each scene of its script is one scene of a spec without errors."""
    chance = random.Random(seed)

    def text(most: int) -> str:
        return " ".join(chance.choice(WORDS) for _ in range(chance.randint(1, most)))

    for _ in range(8):
        scenes = [
            {
                "heading": f"A {text(3)}",
                "narration": f"Word {text(10)}",
                "points": [text(4) for _ in range(chance.randint(0, 5))] or None,
                "code": chance.choice(CODES) if chance.random() < 0.4 else None,
                "language": chance.choice(LANGUAGES),
            }
            for _ in range(chance.randint(1, 4))
        ]
        found = script.read(json.dumps({"title": f"A {text(4)}", "scenes": scenes}))
        outline = drawable(Staging((), "en", lambda _: None).outline(found))
        made = compose(outline, "en", Choices(), lambda block: f"assets/{block}")
        assert len(made.scenes) == len(scenes)
        fields = [dict(each.fields) for each in made.scenes]
        spec = spec_text({"vidbuild": 1, "title": made.title, "language": "en"}, fields)
        loaded = try_parse(spec, Path("x.yaml"), {})
        assert [each.message for each in loaded.diagnostics if each.severity == "error"] == []
