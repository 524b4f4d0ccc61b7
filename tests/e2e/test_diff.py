"""Comparing versions of a video, through the command."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.support.workspace import Outcome, Workspace
from vidbuild.media.ffmpeg.binary import executable

SPEC = """\
vidbuild: 1
title: Three
output: {size: 320x180, fps: 25}
scenes:
  - {id: one, type: title, title: One, duration: 1}
  - {id: two, type: title, title: Two, duration: 1, background: "#aa0000"}
  - {id: three, type: title, title: Three, duration: 1}
"""
EDITED = SPEC.replace("#aa0000", "#0000aa")
IMAGE = re.compile(r'src="data:image/webp;base64,([^"]+)"')


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A project with two builds, in `before` and `build`: one scene's background differs."""
    space = Workspace(tmp_path_factory.mktemp("diff") / "project")
    space.write("video.yaml", SPEC)
    space.build()
    shutil.copytree(space.root / "build", space.root / "before")
    git(space.root, "init", "-q", "-b", "main")
    space.write(".gitignore", "build\nbefore\n.vidbuild\n")
    git(space.root, "add", ".")
    git(space.root, "commit", "-q", "-m", "first")
    space.write("video.yaml", EDITED)
    space.build()
    return space


def git(folder: Path, *args: str) -> None:
    """Run git, with no settings of the user's."""
    env = {"PATH": "/usr/bin:/bin:/usr/local/bin", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": str(folder)}
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["/usr/bin/env", "git", *who, *args], cwd=folder, env=env, check=True, capture_output=True)


def diff(space: Workspace, *args: str, code: int = 0) -> Outcome:
    """Compare, with --json."""
    outcome = space.run("diff", *args, "--json", "-o", "page.html")
    assert outcome.code == code, outcome.stderr
    return outcome


def images(space: Workspace, page: str = "page.html") -> list[Image.Image]:
    """The pictures of the page."""
    return [Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB") for data in IMAGE.findall(space.read(page))]


def is_colored(image: Image.Image, channel: int) -> bool:
    """Whether the corner of a picture is mostly of one channel."""
    pixel = image.getpixel((3, 3))
    assert isinstance(pixel, tuple)
    return pixel[channel] > 100 > max(value for index, value in enumerate(pixel) if index != channel)


def assert_red_to_blue(space: Workspace) -> None:
    """The page shows the scene's moments, each in red before and in blue after."""
    shown = images(space)
    assert len(shown) in {2, 4}
    assert all(is_colored(image, 0) for image in shown[::2])
    assert all(is_colored(image, 2) for image in shown[1::2])
    assert {image.size for image in shown} == {(320, 180)}


def difference(one: Image.Image, other: Image.Image, box: tuple[int, int, int, int]) -> float:
    """The mean difference of two pictures in a box, of 255."""
    return ImageStat.Stat(ImageChops.difference(one.crop(box), other.crop(box)).convert("L")).mean[0]


def changed(data: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """The scenes that changed, and what of them."""
    return [(each["scene"], each["what"]) for each in data["changes"]]


def test_builds(built: Workspace) -> None:
    """Of two builds, the page shows the changed scene alone, before and after, and no step runs."""
    before = built.snapshot()
    data = diff(built, "before", "build").data
    assert (changed(data), data["unchanged"]) == ([("two", ["picture"])], ["one", "three"])
    assert_red_to_blue(built)
    after = built.snapshot()
    assert {name for name in after if before.get(name) != after[name]} == {"page.html"}


def test_a_video_and_its_folder_are_the_same(built: Workspace) -> None:
    """A build compared with itself has not changed, whether its folder or its video is named."""
    data = diff(built, "build/video.mp4", "build").data
    assert (data["status"], data["changes"], images(built)) == ("same", [], [])


def test_revisions(built: Workspace) -> None:
    """A revision of git is compared with the working tree, and its pictures come from the cache."""
    data = diff(built, "--base", "main", "video.yaml").data
    assert changed(data) == [("two", ["picture"])]
    assert data["before"]["name"] == "main:video.yaml"
    assert_red_to_blue(built)
    assert diff(built, "HEAD:video.yaml", "main:video.yaml").data["status"] == "same"


def test_nothing_of_the_repository_runs(built: Workspace, tmp_path: Path) -> None:
    """Hooks, filters and monitors in the settings of the repository do not run, and nothing is checked out."""
    space = Workspace(tmp_path / "hostile")
    shutil.copytree(built.root, space.root, dirs_exist_ok=True)
    script = space.write("evil.sh", "#!/bin/sh\ntouch ran\ncat\n")
    script.chmod(0o755)
    for hook in ("post-checkout", "pre-commit", "post-index-change", "reference-transaction"):
        path = space.write(f".git/hooks/{hook}", "#!/bin/sh\ntouch ran\n")
        path.chmod(0o755)
    for name, value in (
        ("core.fsmonitor", str(script)),
        ("filter.evil.smudge", str(script)),
        ("core.sshCommand", str(script)),
    ):
        git(space.root, "config", name, value)
    space.write(".git/info/attributes", "* filter=evil\n*.yaml export-ignore\n")
    index = (space.root / ".git" / "index").read_bytes()
    data = diff(space, "--base", "main", "video.yaml").data
    assert changed(data) == [("two", ["picture"])]
    assert not list(space.root.rglob("ran"))
    assert (space.root / ".git" / "index").read_bytes() == index


def test_what_is_not_built_is_said(built: Workspace) -> None:
    """A picture that is nowhere is said, with the command that makes it; texts are compared all the same."""
    built.write("video.yaml", SPEC.replace("duration: 1, background", "narration: Hello there., background"))
    try:
        data = diff(built, "--base", "main", "video.yaml").data
    finally:
        built.write("video.yaml", EDITED)
    (change,) = data["changes"]
    assert change["what"] == ["unknown", "narration", "sound"]
    assert change["narration"] == [["added", "Hello there."]]
    assert change["missing"] == {"after": "not built: `vidbuild build video.yaml` makes it"}
    page = built.read("page.html")
    assert "<b>after</b>: not built: <code>vidbuild build video.yaml</code> makes it" in page
    (before,) = images(built)
    assert is_colored(before, 0)
    empty = {"VIDBUILD_CACHE": str(built.root / "empty")}
    outcome = built.run("diff", "--base", "main", "--json", "-o", "page.html", env=empty)
    (change,) = outcome.data["changes"]
    assert "git worktree add --detach FOLDER main" in change["missing"]["before"]
    assert "VIDBUILD_CACHE" in change["missing"]["before"]


def test_a_scene_that_is_rendered_but_not_in_a_video(tmp_path: Path) -> None:
    """If the cache has a scene and no video with it, its picture is shown all the same."""
    space = Workspace(tmp_path / "partly")
    space.write("video.yaml", SPEC)
    space.build()
    space.write("other.yaml", EDITED.replace("id: one", "id: uno").replace("title: One", "title: Uno"))
    space.run("build", "other.yaml", "--only", "two")
    data = diff(space, "video.yaml", "other.yaml").data
    assert ("two", ["picture"]) in changed(data)
    assert {each["scene"]: each["missing"] for each in data["changes"]}["uno"]
    assert any(is_colored(image, 2) for image in images(space))


def test_a_scene_that_is_not_in_a_video_lasts_as_long_as_in_one(tmp_path: Path) -> None:
    """What appears at another time is another picture, and is shown when it is there, though not yet in a video."""
    space = Workspace(tmp_path / "later")
    reveal = "{id: two, type: list, title: Two, duration: 9, items: [{text: Item, at: 2}]}"
    before = SPEC.replace('{id: two, type: title, title: Two, duration: 1, background: "#aa0000"}', reveal)
    space.write("video.yaml", before)
    space.build()
    space.write("other.yaml", before.replace("at: 2", "at: 6").replace("id: one", "id: uno"))
    space.run("build", "other.yaml", "--only", "two")
    data = diff(space, "video.yaml", "other.yaml").data
    assert ("two", ["picture"]) in changed(data)
    space.write("again.yaml", before.replace("at: 2", "at: 7").replace("id: one", "id: again"))
    space.run("build", "again.yaml", "--only", "two")
    data = diff(space, "other.yaml", "again.yaml").data
    assert ("two", ["picture"]) in changed(data)
    section = space.read("page.html").split('<section id="two">')[1].split("</section>")[0]
    assert 6 < float(re.findall(r"before, at ([\d.]+) s", section)[0]) < 7.5
    one, other = IMAGE.findall(section)[:2]
    assert one != other


ROWS = SPEC.replace("fps: 25}", "fps: 25}\nprogress: bar\ncaptions: {burn: true, style: STYLE}").replace(
    'title: Two, duration: 1, background: "#aa0000"', "title: Two, narration: Hello there., voice: 'espeak:en-us'"
)


def test_rows_that_are_encoded_apart(tmp_path: Path) -> None:
    """Another style of burned captions changes a scene that is not yet in a video, and its frames are whole."""
    space = Workspace(tmp_path / "rows")
    space.write("video.yaml", ROWS.replace("STYLE", "plain"))
    space.build()
    fails = "{id: three, type: title, title: Three, voice: 'espeak:en-us', narration: Far too long, max_duration: 0.1}"
    boxed = ROWS.replace("STYLE", "box").replace("{id: three, type: title, title: Three, duration: 1}", fails)
    space.write("other.yaml", boxed)
    space.run("build", "other.yaml", "--only", "two")
    data = diff(space, "video.yaml", "other.yaml").data
    assert ("two", ["picture"]) in changed(data)
    assert {each["scene"]: each["missing"] for each in data["changes"]}["two"]  # its mark of progress is not encoded
    assert space.run("build", "--keep-going", "other.yaml").code == 2
    data = diff(space, "video.yaml", "other.yaml").data
    assert ("two", ["picture"]) in changed(data)
    section = space.read("page.html").split('<section id="two">')[1].split("</section>")[0]
    before, after = [Image.open(io.BytesIO(base64.b64decode(each))).convert("RGB") for each in IMAGE.findall(section)][
        :2
    ]
    assert before.size == after.size == (320, 180)
    assert difference(before, after, (200, 0, 320, 150)) < 2  # the ground; the title makes room for the plate
    assert difference(before, after, (0, 174, 320, 180)) < 2  # its mark of progress
    assert difference(before, after, (130, 153, 190, 172)) > 4  # the plate of the caption
    bar, ground = after.getpixel((100, 179)), after.getpixel((300, 179))
    assert isinstance(bar, tuple)
    assert isinstance(ground, tuple)
    assert bar[2] > ground[2] + 40


def test_the_page_is_self_contained(built: Workspace) -> None:
    """The page allows itself nothing from outside, and its own script and style by their digests alone."""
    diff(built, "before", "build")
    page = built.read("page.html")
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    for kind in ("style", "script"):
        (text,) = re.findall(rf"<{kind}>(.*?)</{kind}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert not re.search(
        r"https?:|//[a-z]|style=|\son\w+=",
        IMAGE.sub("", page).split("<body>")[1].split("<script>")[0],
    )


def test_the_page_replaces_only_its_own(built: Workspace) -> None:
    """A page is replaced by the next one, and a file of the user's is not."""
    built.write("mine.html", "<p>mine</p>")
    outcome = built.run("diff", "before", "build", "-o", "mine.html")
    assert (outcome.code, built.read("mine.html")) == (2, "<p>mine</p>")
    assert "'mine.html': was not written by vidbuild" in outcome.stderr
    assert [built.run("diff", "before", "build").code for _ in range(2)] == [0, 0]
    assert (built.root / "build" / "video.diff.html").exists()


def test_wrong_names(built: Workspace, tmp_path: Path) -> None:
    """What cannot be compared is an error that says why."""
    outside = Workspace(tmp_path / "outside")
    outside.write("video.yaml", SPEC)
    (outside.root / "empty").mkdir()
    outside.write("two/a.vidbuild.yaml", SPEC)
    outside.write("two/b.vidbuild.yml", SPEC)
    for space, args, message in (
        (built, ("nowhere", "build"), "cannot read 'nowhere': no such file"),
        (built, ("none:video.yaml", "build"), "git has no revision 'none' here"),
        (built, ("main:other.yaml", "build"), "'main' has no file 'other.yaml'"),
        (built, ("--output=x:video.yaml", "build"), "expected two versions, got 1"),
        (built, ("--", "-x:video.yaml", "build"), "'-x' is no revision of git"),
        (outside, ("main:video.yaml", "video.yaml"), "git: not a git repository"),
        (outside, ("two", "two"), "'two' has 2 specs: 'two/a.vidbuild.yaml', 'two/b.vidbuild.yml'"),
        (outside, ("empty", "empty"), "'empty' has no built video with its '*.timing.json', and no spec"),
    ):
        outcome = space.run("diff", *args)
        assert (outcome.code, message in outcome.stderr) == (2, True), outcome.stderr


def test_a_timing_file_that_does_not_fit(built: Workspace, tmp_path: Path) -> None:
    """A timing file of another length or with a number beyond all numbers is an error, and no wrong page."""
    space = Workspace(tmp_path / "wrong")
    for name in ("video.mp4", "video.timing.json"):
        space.write(f"a/{name}", (built.root / "build" / name).read_bytes())
        space.write(f"b/{name}", (built.root / "build" / name).read_bytes())
    timing = space.read("a/video.timing.json")
    space.write("a/video.timing.json", timing.replace('"duration": 3.0', '"duration": 1e999'))
    outcome = space.run("diff", "a", "b")
    assert (outcome.code, "a/video.timing.json:5:14: expected a finite number" in outcome.stderr) == (2, True)
    space.write("a/video.timing.json", timing.replace('"duration": 3.0', '"duration": 9.0'))
    outcome = space.run("diff", "a", "b")
    assert (outcome.code, "is of a video of 9.00 s: 'a/video.mp4' lasts 3.00 s" in outcome.stderr) == (2, True)


def test_unchanged_scenes_cost_nothing(built: Workspace, tmp_path: Path) -> None:
    """Only frames of changed scenes are decoded, each side in as many runs as show it, and no video is encoded."""
    log = tmp_path / "commands"
    program = tmp_path / "ffmpeg"
    program.write_text(f'#!/bin/sh\necho "$*" >>"{log}"\nexec "{executable()}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    env = {"VIDBUILD_FFMPEG": str(program), "VIDBUILD_SANDBOX": "off"}
    commands = []
    for versions in (("before", "build"), ("build", "build")):
        log.write_text("", encoding="utf-8")
        assert built.run("diff", *versions, "-o", "page.html", env=env).code == 0
        commands.append(log.read_text(encoding="utf-8").splitlines())
    decoding, unchanged = commands
    assert unchanged == []
    assert len(decoding) == 2
    assert all("-ss 0.98" in each and each.endswith("-f image2pipe -c:v ppm -") for each in decoding)


def test_a_long_list_of_changes(workspace: Workspace) -> None:
    """With more changed scenes than one command line names, each has its pictures."""
    scenes = "".join(
        f"  - {{id: s{number}, type: title, title: T, duration: 0.2, background: '#aa0000'}}\n" for number in range(40)
    )
    spec = SPEC[: SPEC.index("scenes:") + 8].replace("320x180", "64x64")
    workspace.write("many.yaml", spec + scenes)
    workspace.build(spec="many.yaml")
    shutil.copytree(workspace.root / "build", workspace.root / "many")
    workspace.write("many.yaml", spec + scenes.replace("aa0000", "0000aa"))
    workspace.build(spec="many.yaml")
    data = diff(workspace, "many/many.mp4", "build/many.mp4").data
    assert len(data["changes"]) == 40
    assert len(images(workspace)) in range(80, 161)


def test_one_of_several_videos(tmp_path: Path) -> None:
    """Of a spec with several languages, one is chosen; without a choice, the error names them."""
    space = Workspace(tmp_path / "several")
    texts = "title: {en: One, de: Eins}"
    for name, german in (("video", texts), ("other", texts.replace("Eins", "Zwei"))):
        spec = SPEC.replace("title: Three\n", "title: Three\nlanguages: [en, de]\n", 1)
        space.write(f"{name}.yaml", spec.replace("title: One", german))
    outcome = space.run("diff", "video.yaml", "other.yaml")
    assert (outcome.code, "'video.yaml' has 2 videos: en, de" in outcome.stderr) == (2, True)
    assert changed(diff(space, "video.yaml", "other.yaml", "--language", "en").data) == []
    assert changed(diff(space, "video.yaml", "other.yaml", "--language", "de").data) == [("one", ["unknown"])]
    for language in ("en", "de"):
        space.run("diff", "video.yaml", "other.yaml", "--language", language)
        assert (space.root / "build" / f"other.{language}.diff.html").exists()
