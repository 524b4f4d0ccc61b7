"""What is read from captions."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from vidbuild.create.importers.captions import CaptionsImporter
from vidbuild.create.importers.captions.cues import Cue, cleaned, plain
from vidbuild.create.source.outline import Item, Items, Outline, Quotation, Section, Speech
from vidbuild.create.source.protocol import Source, SourceError

Read = Callable[..., Outline]

ROLLING = """\
WEBVTT
Kind: captions
Language: en

00:00:01.000 --> 00:00:03.000 align:start position:0%
we<00:00:01.400><c> start</c><00:00:01.900><c> small</c>

00:00:03.000 --> 00:00:03.010 align:start position:0%
we start small

00:00:03.010 --> 00:00:05.000 align:start position:0%
we start small
and<00:00:03.500><c> we</c><00:00:04.000><c> grow</c>

00:00:05.000 --> 00:00:05.010 align:start position:0%
and we grow

00:00:05.010 --> 00:00:07.000 align:start position:0%
and we grow
and<00:00:05.500><c> we</c><00:00:06.000><c> grow</c>
"""
TTML = """\
<?xml version="1.0" encoding="UTF-8"?>
<tt xml:lang="de" xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"
    xmlns:ttm="http://www.w3.org/ns/ttml#metadata" ttp:frameRate="25">
<head><metadata><ttm:title>Ein Gespräch</ttm:title>
<ttm:agent xml:id="eva" type="person"><ttm:name type="full">Eva</ttm:name></ttm:agent></metadata></head>
<body begin="10s"><div>
<p begin="00:00:01:00" end="00:00:02:05" ttm:agent="eva">Guten<br/>Tag &amp;
   willkommen.</p>
<p begin="30s" dur="1500ms">Es <span>geht</span> los.</p>
</div></body></tt>
"""
ASS = """\
[Script Info]
Title: Songs
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,20

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,not shown
Dialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,{\\k50}Hel{\\k30}lo {\\i1}World{\\i0}\\Nagain.
Dialogue: 0,0:00:04.00,0:00:05.00,Default,,0,0,0,,{\\p1}m 0 0 l 100 0 100 100{\\p0}
"""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """A function that reads a text as captions."""

    def read_text(text: str, name: str = "talk.vtt") -> Outline:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        source = Source("captions", str(path), tmp_path)
        assert CaptionsImporter().recognizes(source)
        return CaptionsImporter().read(source)

    return read_text


def speech(section: Section) -> str:
    """What a section says."""
    return " ".join(block.text for block in section.blocks if isinstance(block, Speech))


def said(outline: Outline) -> list[str]:
    """What each section says."""
    return [speech(each) for each in outline.sections]


def omitted(outline: Outline) -> list[tuple[int, str]]:
    """What is left out, with its line."""
    return [(each.line, each.what) for each in outline.omissions]


def vtt(*cues: tuple[float, float, str]) -> str:
    """WebVTT with cues at seconds below 60."""
    parts = [
        f"00:{s // 60:02.0f}:{s % 60:06.3f} --> 00:{e // 60:02.0f}:{e % 60:06.3f}\n{text}\n" for s, e, text in cues
    ]
    return "WEBVTT\n\n" + "\n".join(parts)


def test_rolling_captions_are_said_once(read: Read) -> None:
    """Lines that roll are said once, and a line that is really said twice stays."""
    outline = read(ROLLING, "Growing up [8jPQjjsBbIc].en.vtt")
    assert said(outline) == ["we start small and we grow and we grow"]
    assert (outline.title, outline.language, outline.paced) == ("Growing up", "en", True)


def test_a_line_that_grows_is_said_once(read: Read) -> None:
    """Captions that add word after word to a line say each word once."""
    cues = [(1, 2, "so"), (2, 3, "so we"), (3, 4, "so we begin"), (4, 5, "now"), (5, 6, "now go")]
    assert said(read(vtt(*cues))) == ["so we begin now go"]


def test_real_repeats_stay(read: Read) -> None:
    """Words that are said again stay; a text that two layers show at one time is said once."""
    again = vtt((1, 2, "No."), (2, 3, "No."), (3, 5, "Never ever."), (3, 5, "Never ever."))
    assert said(read(again)) == ["No. No. Never ever."]


def test_cues_without_blank_lines(read: Read) -> None:
    """The next line of times ends a cue, and numbers above it are no text."""
    text = "1\n00:00:01,000 --> 00:00:02,000\nFirst one.\n2\n00:00:02,000 --> 00:00:03,000\nSecond one.\n"
    assert said(read(text, "talk.srt")) == ["First one. Second one."]


def test_names_notes_and_styles_are_no_text(read: Read) -> None:
    """WebVTT's names of cues, notes, styles and regions are not spoken, and tags and settings are removed."""
    text = (
        "WEBVTT - A talk\n\nNOTE written\nby hand\n\nSTYLE\n::cue {color: red}\n\nintro\n"
        "00:01.000 --> 00:03.000 line:0 align:start\nA <b.loud>bold</b> &amp; <lang fr>bonne</lang> idea.\n\n"
        "second\n00:03.000 --> 00:04.000\nIt works.\n\nloose words\n"
    )
    outline = read(text)
    assert outline.title == "A talk"
    assert said(outline) == ["A bold & bonne idea. It works."]
    assert omitted(outline) == [(17, "a text outside of all cues")]


def test_blank_lines_inside_a_subrip_cue(read: Read) -> None:
    """In SubRip, text behind a blank line belongs to the cue above it."""
    text = "1\n00:00:01,000 --> 00:00:02,000\nOne,\n\ntwo.\n\n2\n00:00:03,000 --> 00:00:04,000\n{\\an8}<i>Three.</i>\n"
    assert said(read(text, "talk.srt")) == ["One, two. Three."]


def test_angle_brackets_of_a_text_stay(read: Read) -> None:
    """SubRip has no rule for what is between angle brackets: what is no known tag is text."""
    text = "1\n00:00:01,000 --> 00:00:02,000\nA List<String> is <font color=red>not</font> a set.\n"
    assert said(read(text, "talk.srt")) == ["A List<String> is not a set."]


def test_speakers_who_overlap(read: Read) -> None:
    """A sentence that another speaker talks over stays whole, and a scene of several speakers shows who says what."""
    cues = [
        (70.2, 73.0, "<v Host>I think you went even</v>"),
        (70.5, 72.6, "<v Guest>But we kept it.</v>"),
        (73.0, 75.0, "<v Host>further than me.</v>"),
    ]
    outline = read(vtt(*cues))
    (section,) = outline.sections
    assert section.blocks[0] == Items(
        (Item("I think you went even further than me.", "Host"), Item("But we kept it.", "Guest"))
    )
    assert speech(section) == "I think you went even further than me. But we kept it."
    assert omitted(outline) == [(0, "the voices of Host, Guest: one voice narrates all, and scenes show who speaks")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[SPEAKER_01]: Hello there.\n[SPEAKER_02]: Good day.", ["Speaker 1", "Speaker 2"]),
        ("HOST: Hello there.", [""]),
        ("- Hello there.\n- Good day.", ["", ""]),
    ],
)
def test_labels_of_speakers(text: str, names: list[str]) -> None:
    """Labels name speakers, dashes part them, and a name in capitals is one only if it comes again."""
    cues, _ = cleaned([Cue(1, 2, text)])
    assert [cue.speaker for cue in cues] == names


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["HOST: Hello there.", "GUEST: Hi.", "HOST: How is it?", "It goes on."], ["Host", "Guest", "Host", ""]),
        (
            ["First Speaker: Hello there.", "Second O'Speaker: Hi.", "First Speaker: How is it?"],
            ["First Speaker", "Second O'Speaker", "First Speaker"],
        ),
        (["Note: it is late.", "We go.", "We eat.", "We sleep.", "Note: it is late."], [""] * 5),
    ],
)
def test_names_before_texts(texts: list[str], names: list[str]) -> None:
    """A name before most texts is who speaks them, in capitals also before some; other labels are text."""
    cues, _ = cleaned([Cue(2.0 * nth, 2.0 * nth + 1.5, text) for nth, text in enumerate(texts)])
    assert [cue.speaker for cue in cues] == names
    assert all(name not in cue.text for cue, name in zip(cues, names, strict=True) if name)


def test_cues_out_of_order_and_backward_times(read: Read) -> None:
    """Cues are said in the order of their times; an end before the start is reported with its line."""
    outline = read(vtt((5, 6, "Second one."), (1, 2, "First one."), (8, 7, "Third one.")))
    assert said(outline) == ["First one. Second one. Third one."]
    assert omitted(outline) == [(9, "the end of a cue, which is before its start")]


def test_sounds_are_left_out(read: Read) -> None:
    """Sounds in brackets are reported and not spoken; signs around songs are removed."""
    outline = read(vtt((1, 2, "[laughter] We go."), (3, 4, "(applause)"), (5, 6, "\u266a La la \u266a f(x)[0] is it.")))
    assert said(outline) == ["We go. La la f(x)[0] is it."]
    assert omitted(outline) == [(3, "the sound '[laughter]'"), (6, "the sound '(applause)'")]


def test_sounds_in_capitals_and_hyphens_at_line_ends(read: Read) -> None:
    """A sound in capitals before what is said is reported; a word with a hyphen goes on in the next line."""
    outline = read(vtt((1, 2, "(LAUGHS) A well-\nknown (API) call.")))
    assert said(outline) == ["A well-known (API) call."]
    assert omitted(outline) == [(3, "the sound '(LAUGHS)'")]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("if a<b and x>y here", "if a<b and x>y here"),
        ("<i>so</i> <font color='red'>it</font> <v Ann>is", "so it is"),
        ("<c.x>a</c> <lang fr>b</lang><00:01.000>", "a b"),
    ],
)
def test_only_tags_are_markup(text: str, kept: str) -> None:
    """A comparison between letters that are names of tags stays."""
    assert plain(text) == kept


def test_json3(read: Read) -> None:
    """Segments of an event are one text, events without a text are none, and times are milliseconds."""
    data = {
        "wireMagic": "pb3",
        "events": [
            {"tStartMs": 0, "dDurationMs": 9000, "wWinId": 1},
            {
                "tStartMs": 500,
                "dDurationMs": 4000,
                "segs": [{"utf8": "We"}, {"utf8": " ", "tOffsetMs": 1}, {"utf8": "go."}],
            },
            {"tStartMs": 2000, "dDurationMs": 4000, "aAppend": 1, "segs": [{"utf8": "\n"}]},
            {"tStartMs": 20000, "dDurationMs": 900, "segs": [{"utf8": "On it goes."}]},
        ],
    }
    assert said(read(json.dumps(data), "a.json3")) == ["We go.", "On it goes."]


@pytest.mark.parametrize(
    "data",
    [
        {"text": "…", "language": "ca", "segments": [{"start": 0.5, "end": 2.0, "text": " Bon dia.", "words": None}]},
        {"result": {"language": "ca"}, "transcription": [{"offsets": {"from": 500, "to": 2000}, "text": " Bon dia."}]},
        [{"text": "Bon dia.", "start": 0.5, "duration": 1.5}],
    ],
)
def test_transcripts_in_json(read: Read, data: object) -> None:
    """Transcripts of Whisper, of whisper.cpp and lists of texts are read by their segments."""
    outline = read(json.dumps(data), "a.json")
    assert said(outline) == ["Bon dia."]
    assert outline.language in {"ca", ""}


def test_speakers_of_whisper(read: Read) -> None:
    """A transcript's speakers are named as people read it."""
    data = {"segments": [{"start": 0, "end": 2, "text": "Hi there, you.", "speaker": "SPEAKER_01"}]}
    assert read(json.dumps(data), "a.json").sections[0].blocks[0] == Quotation("Hi there, you.", "Speaker 1")


def test_ttml(read: Read) -> None:
    """TTML's title, language, agents, breaks and times relative to what is around them."""
    outline = read(TTML, "a.ttml")
    assert (outline.title, outline.language) == ("Ein Gespräch", "de")
    assert said(outline) == ["Guten Tag & willkommen.", "Es geht los."]


def test_ttml_without_times(read: Read) -> None:
    """Texts without times are said in their order."""
    text = '<tt xmlns="http://www.w3.org/ns/ttml"><body><div><p>One\n  two</p><p>three.</p></div></body></tt>'
    assert said(read(text, "a.ttml")) == ["One two three."]


def test_substation_alpha(read: Read) -> None:
    """Syllables of karaoke are one word; comments and drawings are no text."""
    outline = read(ASS, "a.ass")
    assert outline.title == "Songs"
    assert said(outline) == ["Hello World again."]
    assert omitted(outline) == [(13, "a drawing")]


def test_sbv(read: Read) -> None:
    """SBV has its times in one line with a comma, and [br] for a new line."""
    assert said(read("0:00:01.000,0:00:02.000\nOne[br]two,\n\n0:00:02.000,0:00:03.500\nthree.\n", "a.sbv")) == [
        "One two, three."
    ]


def test_scripts_without_spaces(read: Read) -> None:
    """Words of scripts without spaces are joined over cues without one."""
    assert said(read(vtt((1, 2, "今日は"), (2, 3, "いい天気。行く。")))) == ["今日はいい天気。行く。"]


def test_chapters_by_pauses_and_topics(read: Read) -> None:
    """A long talk is parted at long pauses, and else where its words change; each scene says about 12 seconds."""
    bread = [f"The dough needs flour number {n} and time to rise in the warm oven." for n in range(12)]
    boats = [f"A boat with sail number {n} crosses the windy harbor at noon." for n in range(12)]
    cues = [(5.0 * n, 5.0 * n + 4.8, text) for n, text in enumerate([*bread, *boats])]
    outline = read(vtt(*cues, (200.0, 203.0, "That was the end of it.")), "Food_and-boats.vtt")
    chapters = list(dict.fromkeys(each.name.partition(" > ")[0] for each in outline.sections))
    assert len(chapters) == 3
    second = next(each for each in outline.sections if each.name == chapters[1])
    assert speech(second).startswith(boats[0])
    assert speech(outline.sections[-1]) == "That was the end of it."
    assert all(len(each.split()) <= 45 for each in said(outline))
    assert " ".join(said(outline)) == " ".join([*bread, *boats, "That was the end of it."])
    assert outline.title == "Food and boats"


def test_an_edited_word_changes_one_section(read: Read) -> None:
    """Names and digests of all other sections stay when a word is corrected, and when all times move."""
    cues = [(6.0 * n, 6.0 * n + 5.5, f"This is the sentence of number {n} about a thing.") for n in range(12)]
    before = read(vtt(*cues)).sections
    moved = read(vtt(*((start + 1.5, end + 1.5, text) for start, end, text in cues))).sections
    assert [(each.name, each.digest) for each in moved] == [(each.name, each.digest) for each in before]
    cues[7] = (cues[7][0], cues[7][1], cues[7][2].replace("thing", "think"))
    after = read(vtt(*cues)).sections
    assert sum(a.digest != b.digest for a, b in zip(before, after, strict=True)) == 1


def test_a_text_without_punctuation(read: Read) -> None:
    """Text without punctuation is parted at pauses, and never longer than a scene."""
    cues = [
        (2.0 * n + (5.0 if n > 9 else 0.0), 2.0 * n + 2.0 + (5.0 if n > 9 else 0.0), "we go on and on")
        for n in range(20)
    ]
    outline = read(vtt(*cues))
    assert " ".join(said(outline)).replace(".", "").split() == ["we", "go", "on", "and", "on"] * 20
    assert max(len(each.split()) for each in said(outline)) <= 45


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.vtt", "WEBVTT\n\n00:01 --> soon\nHello.\n", "a.vtt:3:1: wrong times: expected"),
        ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n\n", "has no captions with a text"),
        ("a.srt", "", "has no captions with a text"),
        ("a.json3", "{", "no valid JSON"),
        ("a.json", '{"events": 3}', "has no captions: expected"),
        ("a.ttml", "<tt><body>", "no valid XML"),
        ("a.ttml", "<html/>", "is no TTML: its root is 'html', not 'tt'"),
        ("a.ttml", '<!DOCTYPE tt [<!ENTITY a "b">]><tt/>', "declares a document type"),
        ("a.ttml", '<tt><body><p begin="noon">Hi</p></body></tt>', "'begin' of the text 'Hi': expected a time"),
        ("a.ttml", "<tt>" + "<div>" * 99 + "</div>" * 99 + "</tt>", "nested deeper than 50"),
    ],
)
def test_wrong_captions(read: Read, name: str, text: str, message: str) -> None:
    """What cannot be read is refused with its place."""
    with pytest.raises(SourceError) as error:
        read(text, name)
    assert message in error.value.message


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.json", '{"version": 1, "stdout": []}', False),
        ("a.json", "[1, 2]", False),
        ("a.json", "no JSON", False),
        ("a.json", '{"segments": [{"text": "a"}]}', True),
        ("a.srt", "anything", True),
    ],
)
def test_recognized_files(tmp_path: Path, name: str, text: str, expected: bool) -> None:
    """Of JSON files, those with captions are recognized."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert CaptionsImporter().recognizes(Source("", str(tmp_path / name), tmp_path)) is expected


def test_damaged_captions(read: Read) -> None:
    """Whatever bytes are changed, captions are read or refused, and no scene says more than a narration may have."""
    random_bytes = random.Random(13)
    samples = {
        "a.vtt": ROLLING,
        "b.ttml": TTML,
        "c.ass": ASS,
        "d.json": '{"segments": [{"start": 0, "end": 2, "text": "Hi there. You.", "speaker": "A"}]}',
        "e.json3": '{"wireMagic": "pb3", "events": [{"tStartMs": 5, "dDurationMs": 9, "segs": [{"utf8": "a b"}]}]}',
        "f.srt": "1\n00:00:01,000 --> 00:00:02,000\n<i>One</i>\n\n2\n00:00:02,000 --> 00:00:03,000\nTwo.\n",
        "g.sbv": "0:00:01.000,0:00:02.000\nOne[br]two,\n",
    }
    for name, sample in samples.items():
        for _ in range(200):
            text = list(sample)
            for _ in range(random_bytes.randint(1, 6)):
                place = random_bytes.randrange(len(text))
                text[place : place + random_bytes.randint(0, 8)] = random_bytes.choice(
                    [
                        "",
                        "\n",
                        "9",
                        "<",
                        '"',
                        "{",
                        "\x00",
                        "-->",
                        "\u2028",
                        "x" * 3000,
                        '"start": 1e999,',
                        "[",
                        "\ud7ff",
                    ]
                )
            try:
                outline = read("".join(text), name)
            except SourceError:
                continue
            assert all(len(each) < 10_000 for each in said(outline))
            assert len({each.name for each in outline.sections}) == len(outline.sections)
