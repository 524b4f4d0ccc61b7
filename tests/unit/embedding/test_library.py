"""Videos are built or found for pages, and their errors are located."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.support.doc_sites import GERMAN, SPEC, write
from vidbuild import build
from vidbuild.api.cache import cache_clear, cache_gc, cache_info
from vidbuild.api.result import FailedStep, Result, Steps
from vidbuild.diagnostic import Diagnostic
from vidbuild.embedding import library as module
from vidbuild.embedding.library import EmbedError, Library
from vidbuild.embedding.settings import Settings
from vidbuild.embedding.video import EmbeddedVideo
from vidbuild.errors import StoreError


class Site:
    """A project with pages in docs/."""

    def __init__(self, root: Path, **settings: str) -> None:
        self.root = root
        self.settings = Settings(**settings)  # type: ignore[arg-type] # texts only
        self.warnings: list[Diagnostic] = []
        self.lines: list[str] = []
        self.begin()

    def begin(self) -> None:
        """Begin another build of the site."""
        watched = [self.root / "docs"]
        spare = self.root / "spare"
        self.library = Library(self.root, self.settings, watched, spare, self.warnings.append, self.lines.append)

    def shown(self, target: str, page_language: str = "", page: str = "docs/page.md", **options: str) -> EmbeddedVideo:
        """The video that a page shows."""
        settings = self.library.settings_of(options)
        spec = self.library.spec_of(target, self.root / page, self.root / "docs")
        return self.library.video(spec, settings, page_language)

    def error(self, target: str, **options: str) -> EmbedError:
        """The error of a page."""
        with pytest.raises(EmbedError) as caught:
            self.shown(target, **options)
        return caught.value


@pytest.fixture(scope="module")
def cached(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was built, with outputs beside a spec."""
    root = write(tmp_path_factory.mktemp("cached") / "project", {"videos/talk.yaml": SPEC, "docs/many.yaml": GERMAN})
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("VIDBUILD_CACHE", raising=False)
        build(root / "videos/talk.yaml")
    return root


@pytest.fixture
def root(cached: Path, tmp_path: Path) -> Path:
    """A project whose pages can name a spec with one video, and one with several; its steps are in the cache."""
    root = tmp_path / "project"
    shutil.copytree(cached, root)
    shutil.rmtree(root / "videos/build")
    return root


@pytest.fixture
def built(cached: Path, root: Path) -> Path:
    """The same with outputs beside the spec."""
    shutil.copytree(cached / "videos/build", root / "videos/build")
    return root


def test_a_video_is_built_once_for_all_pages(root: Path) -> None:
    """The files of a build are in the cache, not beside the spec, and the second page finds them."""
    site = Site(root)
    first = site.shown("../videos/talk.yaml")
    second = site.shown("../../videos/talk.yaml", page="docs/deep/page.md")
    assert first.files == second.files
    assert site.lines == ["built talk: 0 of 14 steps ran"]
    assert first.files["main"].source.is_relative_to(root / ".vidbuild")
    assert not (root / "videos/build").exists()
    assert (first.kind, first.media_type, first.size, first.title) == (
        "video",
        "video/mp4",
        (160, 90),
        "A <small> & quick video",
    )
    assert [(each.title, each.paragraphs) for each in first.chapters] == [
        ("One <b>", [("", "First, this & that.")]),
        ("Two", [("", "Then the rest.")]),
    ]
    assert first.captions.startswith("WEBVTT")
    assert "NOTE" not in first.captions


def test_the_inputs_are_the_files_of_the_project(root: Path) -> None:
    """What the documentation tool must watch is named, without packages and folders."""
    site = Site(root)
    site.shown("../videos/talk.yaml")
    assert [path.relative_to(root) for path in site.library.inputs()] == [Path("videos/talk.yaml")]


def test_nothing_is_written_where_the_tool_watches(tmp_path: Path) -> None:
    """A spec whose project is the folder of the pages has its cache elsewhere: writing there would start a build."""
    root = tmp_path / "project"
    write(root / "docs", {"talk.yaml": SPEC})
    site = Site(root)
    before = sorted((root / "docs").rglob("*"))
    site.shown("talk.yaml")
    assert sorted((root / "docs").rglob("*")) == before
    assert (root / "spare" / "v1").is_dir()


def test_the_language_of_the_page_selects_the_video(root: Path) -> None:
    """An option wins over the language of the page, which may have a region; the first language is the last resort."""
    site = Site(root)
    cases = [("de", {}, "de"), ("de_AT", {}, "de"), ("fr", {}, "en"), ("", {}, "en"), ("de", {"language": "en"}, "en")]
    for page, options, expected in cases:
        assert site.shown("many.yaml", page, **options).language == expected
    assert site.shown("many.yaml", "de").title == "Ein Video"
    assert site.shown("many.yaml", output="tall").size == (90, 160)


def test_audio_and_animated_images(root: Path) -> None:
    """Audio has what is spoken as its transcript; an animated image is all that there is of it."""
    site = Site(root)
    sound = site.shown("many.yaml", output="sound")
    assert (sound.kind, sound.media_type, sound.size) == ("audio", "audio/mp4", (0, 0))
    assert [each.paragraphs for each in sound.chapters] == [[("", "This is one.")]]
    assert set(sound.files) == {"main", "captions"}
    loop = site.shown("many.yaml", output="loop")
    assert (loop.kind, loop.media_type, set(loop.files)) == ("image", "image/webp", {"main"})
    assert (loop.captions, loop.chapters) == ("", ())


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        ("many.yaml", {"language": "fr"}, "'many.yaml' has no language 'fr'\nhint: there are en, de"),
        ("many.yaml", {"output": "tal"}, "'many.yaml' has no output 'tal'\nhint: did you mean 'tall'?"),
        ("../videos/talk.yaml", {"language": "fr"}, "'talk.yaml' has no language 'fr'\nhint: there is only en"),
        ("../videos/talk.yaml", {"output": "x"}, "'talk.yaml' has no output 'x'\nhint: leave out the option 'output'"),
        ("many.yaml", {"output": "list"}, "is no video: a page can play it"),
        ("", {}, "no spec is named"),
        ("none.yaml", {}, "there is no spec 'none.yaml'"),
        ("/none.yaml", {}, "there is no spec '/none.yaml'"),
        ("../../outside.yaml", {}, "'../../outside.yaml' is outside the project"),
        ("deep", {}, "'deep' has no video.yaml and no *.vidbuild.yaml"),
        ("../videos", {}, "no *.vidbuild.yaml\nhint: name one of its files: talk.yaml"),
        ("../videos/tlak.yaml", {}, "there is no spec '../videos/tlak.yaml'\nhint: did you mean 'talk.yaml'?"),
        ("https://example.org/v.yaml", {}, "'https://example.org/v.yaml' is an address"),
        ("../videos/talk.yaml", {"build": "never"}, "is not built\nhint: vidbuild build "),
    ],
)
def test_what_cannot_be_shown_is_an_error(root: Path, target: str, options: dict[str, str], message: str) -> None:
    """Each error says what is wrong and, if it can be known, how to fix it."""
    (root / "docs/deep").mkdir()
    (root.parent / "outside.yaml").write_text(SPEC)
    text = Site(root).error(target, **options).text
    assert message.replace("a page can play it", "a page cannot play it") in text


def test_a_link_out_of_the_project_is_an_error(root: Path) -> None:
    """A page of a stranger can show no file of the machine through the lines of an error message."""
    (root / "docs/link.yaml").symlink_to("/etc/hostname")
    assert "is outside the project" in Site(root).error("link.yaml").text


def test_the_errors_of_a_spec_have_their_places(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are named as the user names files, and the spec is what to watch for a better one."""
    monkeypatch.chdir(root)
    write(root, {"docs/bad.yaml": SPEC.replace("title: Two", "titel: Two")})
    error = Site(root).error("bad.yaml")
    (found,) = (each for each in error.diagnostics if "unknown" in each.message)
    assert (found.path, found.line) == ("docs/bad.yaml", 7)
    assert "did you mean 'title'?" in error.text
    assert [path.relative_to(root) for path in error.inputs] == [Path("docs/bad.yaml")]


def test_a_failed_step_is_an_error(root: Path) -> None:
    """What only a build finds is located too."""
    write(root, {"docs/long.yaml": SPEC.replace("title: Two,", "title: Two, max_duration: 0.5,")})
    error = Site(root).error("long.yaml")
    assert any("max_duration" in each.message and each.line == 7 for each in error.diagnostics), error.text


def test_warnings_are_reported_unless_the_site_wants_none(root: Path) -> None:
    """A warning has its place and its code, and those about the machine are none of the site's."""
    write(root, {"docs/loud.yaml": SPEC.replace("Then the rest.", "Then <b>the</b> rest.")})
    site = Site(root)
    site.shown("loud.yaml")
    assert {(each.code, each.line) for each in site.warnings} == {("VB203", 7)}
    quiet = Site(root)
    quiet.library.settings = Settings(warnings=False)
    quiet.shown("loud.yaml")
    assert quiet.warnings == []


def test_never_uses_what_is_beside_the_spec(built: Path) -> None:
    """Nothing is built, and the folder of the outputs is that of `vidbuild build`."""
    root = built
    site = Site(root, build="never")
    video = site.shown("../videos/talk.yaml")
    assert video.files["main"].source == root / "videos/build/talk.mp4"
    assert site.lines == []
    (root / "videos/build/talk.timing.json").write_text("{")
    site.begin()
    assert "cannot be read: is damaged" in site.error("../videos/talk.yaml").text


def test_a_system_that_cannot_build(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a video that is there, it is an error."""
    monkeypatch.setattr(module, "POSIX", False)
    assert "building needs Linux or macOS" in Site(root).error("../videos/talk.yaml").text


def test_a_system_that_cannot_build_shows_what_is_built(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There `auto` uses a video that is there, with a warning; `always` is an error."""
    monkeypatch.setattr(module, "POSIX", False)
    site = Site(built)
    assert site.shown("../videos/talk.yaml").files["main"].source.parent == built / "videos/build"
    assert site.warnings[0].message.startswith("an older video is shown: building needs Linux or macOS")
    assert site.warnings[0].code == "VB911"
    assert "building needs Linux or macOS" in site.error("../videos/talk.yaml", build="always").text


def test_a_service_that_does_not_answer(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`auto` shows the video that is beside the spec, with a warning; `always` is an error."""
    step = FailedStep("speak:one", "no answer", fault="unreachable")
    failed = Result("failed", built, "", (), Steps(1, failed=(step,)), 0.0, 0.0)
    monkeypatch.setattr(module, "build", lambda *_, **__: failed)
    site = Site(built)
    assert site.shown("../videos/talk.yaml").files["main"].source.parent == built / "videos/build"
    assert [each.message for each in site.warnings] == ["an older video is shown: speak:one: no answer"]
    assert "speak:one: no answer" in site.error("../videos/talk.yaml", build="always").text
    shutil.rmtree(built / "videos/build")
    site.begin()
    assert "speak:one: no answer" in site.error("../videos/talk.yaml").text


def test_a_spec_is_read_again_for_the_next_build(root: Path) -> None:
    """A library is for one build of the site; `serve` makes one after another."""
    site = Site(root)
    before = site.shown("../videos/talk.yaml")
    write(root, {"videos/talk.yaml": SPEC.replace("Then the rest.", "Then more.")})
    assert site.shown("../videos/talk.yaml").files == before.files
    site.begin()
    after = site.shown("../videos/talk.yaml")
    assert after.chapters[1].paragraphs == [("", "Then more.")]
    assert after.files["main"].digest != before.files["main"].digest
    assert (after.folder, after.files["main"].name) == (before.folder, before.files["main"].name)


def test_a_folder_stands_for_its_only_spec(root: Path) -> None:
    """As on the command line, `video.yaml` or the only `*.vidbuild.yaml`."""
    write(root, {"docs/one/video.yaml": SPEC, "docs/two/a.vidbuild.yaml": SPEC, "docs/two/b.vidbuild.yaml": SPEC})
    site = Site(root)
    assert site.shown("one").files["main"].name == "video.mp4"
    assert "has 2 specs\nhint: name one of them: a.vidbuild.yaml, b.vidbuild.yaml" in site.error("two").text


def test_a_cache_that_the_user_chose_is_used(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """VIDBUILD_CACHE says where, whatever is watched."""
    monkeypatch.setenv("VIDBUILD_CACHE", str(tmp_path / "cache"))
    shutil.move(root / ".vidbuild", tmp_path / "cache")
    video = Site(root).shown("../videos/talk.yaml")
    assert video.files["main"].source.is_relative_to(tmp_path / "cache")
    assert [path.name for path in (root / "videos").iterdir()] == ["talk.yaml"]


def test_outputs_of_pages_are_part_of_the_cache(root: Path) -> None:
    """They are counted, kept while a site is made, used by each build, and removed with the rest of the cache."""
    site, cache = Site(root), root / ".vidbuild"
    shown = site.shown("../videos/talk.yaml").files["main"].source
    assert cache_info(cache).copies == 1
    assert cache_gc(0, cache).kept >= shown.stat().st_size
    with pytest.raises(StoreError, match="is in use") as caught:
        cache_clear(cache)
    assert caught.value.hint == "end 'vidbuild serve' or the build of the documentation"
    assert shown.is_file()
    site.library.close()
    os.utime(shown.parent, (1, 1))
    site.begin()
    site.shown("../videos/talk.yaml")
    assert shown.parent.stat().st_mtime > 1
    site.library.close()
    assert cache_gc(None, cache).removed == 0
    os.utime(shown.parent, (1, 1))
    assert cache_gc(None, cache).removed > 0  # unused for longer than 30 days
    assert not shown.exists()
    assert Site(root).shown("../videos/talk.yaml").files["main"].source == shown
