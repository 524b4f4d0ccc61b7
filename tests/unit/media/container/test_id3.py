"""ID3 tags, as ffmpeg reads them."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.render_lab import ENV, made
from vidbuild.media.container import id3
from vidbuild.media.container.ffmetadata import Chapter, parse
from vidbuild.media.ffmpeg import ffmpeg

CHAPTERS = [Chapter(0, "Beginning"), Chapter(48_000, "Größe; = #"), Chapter(72_000, "終わり")]


def metadata(path: Path) -> str:
    """What ffmpeg reads of a file's metadata."""
    args = ["-i", str(path), "-f", "ffmetadata", "-"]
    return ffmpeg.capture(args, cwd=path.parent, env=ENV, timeout=60, what="read").output.decode()


def starts(path: Path) -> list[float]:
    """When chapters start, as the file says: when ffmpeg copies them, it takes off the delay of the encoder."""
    log = ffmpeg.capture(["-i", str(path), "-f", "null", "-"], cwd=path.parent, env=ENV, timeout=60, what="read").text
    own = log.partition("Output #0")[0]
    return [float(start) for start in re.findall(r"Chapter #0:\d+: start ([\d.]+)", own)]


def test_other_readers_find_title_and_chapters(tmp_path: Path) -> None:
    """Every chapter has its title and its times to the millisecond; long texts do not break the tag."""
    plain = made(tmp_path / "plain.mp3", "-f", "lavfi", "-i", "sine=d=2", "-id3v2_version", "0", "-f", "mp3")
    tags = {"title": "A title " * 40, "comment": "What it is about", "description": "not stored"}
    path = tmp_path / "tagged.mp3"
    path.write_bytes(id3.tag(tags, CHAPTERS, 96_000, "de") + plain.read_bytes())
    text = metadata(path)
    assert f"title={'A title ' * 40}\n" in text
    assert "comment=What it is about\n" in text
    assert "language=ger" in text or "language=deu" in text
    assert [chapter.title for chapter in parse(text)] == [chapter.title for chapter in CHAPTERS]
    assert starts(path) == [0, 1, 1.5]


def test_a_tag_without_chapters_is_valid(tmp_path: Path) -> None:
    """No table of contents is written if it would be empty."""
    plain = made(tmp_path / "plain.mp3", "-f", "lavfi", "-i", "sine=d=1", "-id3v2_version", "0", "-f", "mp3")
    tag = id3.tag({"title": "T"}, [], 48_000, "en")
    assert b"CTOC" not in tag
    path = tmp_path / "tagged.mp3"
    path.write_bytes(tag + plain.read_bytes())
    assert parse(metadata(path)) == []


def test_more_chapters_than_a_table_can_list_are_all_stored(tmp_path: Path) -> None:
    """The table of contents lists 255 chapters; all of them are in the tag."""
    plain = made(tmp_path / "plain.mp3", "-f", "lavfi", "-i", "sine=d=1", "-id3v2_version", "0", "-f", "mp3")
    chapters = [Chapter(4800 + number * 96, f"{number}") for number in range(300)]
    path = tmp_path / "tagged.mp3"
    path.write_bytes(id3.tag({"title": "T"}, chapters, 48_000, "en") + plain.read_bytes())
    assert [chapter.title for chapter in parse(metadata(path))] == [chapter.title for chapter in chapters]
