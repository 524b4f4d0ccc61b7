"""Callouts through the command, by the pixels of what is built: where marks are, when, and that blurs hide."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops

from tests.support.pixels import pixel
from tests.support.workspace import Workspace
from vidbuild.media.ffmpeg import ffmpeg

MARK, ACCENT = (255, 0, 255), (0, 230, 0)
HEAD = "vidbuild: 1\ntitle: T\noutput: {size: %s, fps: 25}\ntheme: {extends: midnight, accent: '#00e600'}\nscenes:\n"
SCENE = "  - {id: a, type: %s, src: %s, duration: %g, %s}\n"
Box = tuple[int, int, int, int]


def picture(space: Workspace, size: tuple[int, int], mark: Box, name: str = "p.png") -> None:
    """Write a gray picture with a block of one color. mark: x, y, width, height."""
    image = Image.new("RGB", size, (90, 90, 90))
    image.paste(MARK, (mark[0], mark[1], mark[0] + mark[2], mark[1] + mark[3]))
    image.save(space.root / name)


def still(space: Workspace, spec: str, at: float | None = None) -> Image.Image:
    """Return a frame of the first scene."""
    space.write("video.yaml", spec)
    return Image.open(space.still(at=at)).convert("RGB")


def found(image: Image.Image, color: tuple[int, int, int], reach: int = 40) -> Box | None:
    """Return the box of what has a color: left, top, right, bottom."""
    far = ImageChops.difference(image, Image.new("RGB", image.size, color)).convert("RGB").split()
    worst = ImageChops.lighter(ImageChops.lighter(far[0], far[1]), far[2])
    return worst.point([255] * reach + [0] * (256 - reach)).getbbox()


def frames(space: Workspace, spec: str, size: tuple[int, int]) -> list[Image.Image]:
    """Build a video and return its frames, decoded by ffmpeg alone."""
    space.write("video.yaml", spec)
    space.build()
    video = space.root / "build" / "video.mp4"
    raw = subprocess.run(
        [str(ffmpeg.executable()), "-v", "error", "-i", str(video), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
        capture_output=True,
        check=True,
    ).stdout
    length = size[0] * size[1] * 3
    return [Image.frombytes("RGB", size, raw[at : at + length]) for at in range(0, len(raw), length)]


@pytest.mark.parametrize("size", ["640x360", "360x640", "400x400"])
@pytest.mark.parametrize("fields", ["frame: none", "frame: browser", "frame: window, title: A title", "fit: cover"])
@pytest.mark.parametrize("source", [(400, 200), (200, 400)])
def test_a_rect_is_around_its_region(workspace: Workspace, size: str, fields: str, source: tuple[int, int]) -> None:
    """A region in pixels of the picture is where these pixels are, scaled, letterboxed, cropped and in a window."""
    x, y = source[0] // 2 - 10, source[1] // 2 - 10  # not cropped in any shape
    picture(workspace, source, (x, y, 40, 30))
    spec = (HEAD % size) + SCENE % ("image", "p.png", 2, f"{fields}, callouts: [{{rect: [{x}, {y}, 40, 30]}}]")
    shown = still(workspace, spec)
    block, rect = found(shown, MARK), found(shown, ACCENT)
    assert block is not None
    assert rect is not None
    outside = [block[0] - rect[0], block[1] - rect[1], rect[2] - block[2], rect[3] - block[3]]
    assert max(outside) - min(outside) <= 3, outside
    assert all(1 <= each <= 8 for each in outside), outside


def test_percent_and_names_are_regions(workspace: Workspace) -> None:
    """A region in percent is a share of the picture, and a name stands for its region."""
    picture(workspace, (400, 200), (100, 50, 100, 50))
    looks = []
    for region in ("[100, 50, 100, 50]", "['25%', '25%', '25%', 50]", "block"):
        fields = f"regions: {{block: [100, '25%', 100, 50]}}, callouts: [{{rect: {region}}}]"
        looks.append(still(workspace, (HEAD % "640x360") + SCENE % ("image", "p.png", 2, fields)).tobytes())
    assert looks[0] == looks[1] == looks[2]


def noise(seed: int, size: tuple[int, int]) -> Image.Image:
    """Return pixels that have nothing in common with those of another seed."""
    return Image.frombytes("RGB", size, random.Random(seed).randbytes(size[0] * size[1] * 3))


def with_secret(seed: int, size: tuple[int, int] = (320, 200)) -> Image.Image:
    """Return a picture with noise in [40, 60, 120, 24] and right below it in [40, 84, 60, 20]."""
    image = Image.radial_gradient("L").resize(size).convert("RGB")
    image.paste(noise(seed, (120, 24)), (40, 60))
    image.paste(noise(seed + 100, (60, 20)), (40, 84))
    return image


BLURS = "callouts: [{blur: [40, 60, 120, 24]}, {blur: [40, 84, 60, 20]}]"


@pytest.mark.parametrize("fields", ["frame: browser", "fit: cover", "fit: cover, motion: zoom-in"])
def test_a_blur_keeps_nothing_of_the_picture(workspace: Workspace, fields: str) -> None:
    """Videos, posters and thumbnails of two pictures that differ in blurred regions alone are the same bytes."""
    size = (480, 270)
    head = HEAD % "480x270" + "defaults: {transition: {type: fade, duration: 0.4}}\n"
    head = head.replace("scenes:\n", "") + "scenes:\n"
    title = "  - {id: b, type: title, title: Next, duration: 1.5}\n"
    made = []
    for seed in (1, 2):
        with_secret(seed).save(workspace.root / "p.png")
        shown = frames(workspace, head + SCENE % ("image", "p.png", 1.5, f"{fields}, {BLURS}") + title, size)
        poster = (workspace.root / "build" / "video.poster.png").read_bytes()
        report = (workspace.root / "build" / "video.report.html").read_bytes()
        made.append((b"".join(each.tobytes() for each in shown), poster, report))
    assert len(shown) == 76
    assert made[0][0] == made[1][0]
    assert made[0][1] == made[1][1]
    assert made[0][2] == made[1][2]


ENLARGED = BLURS.replace("]}]", "]}, {zoom: [30, 50, 100, 62]}]")


BLURRED_CLIPS = (
    f"fit: contain, {BLURS}",
    f"fit: cover, {BLURS}",
    f"fit: contain, {ENLARGED}",
    f"fit: cover, freeze: [{{at: 0.2, for: 0.3}}], {ENLARGED}",
)


@pytest.mark.parametrize("scale", [0.5, 1, 2])
def test_a_blur_keeps_nothing_of_a_clip(workspace: Workspace, scale: float) -> None:
    """Two clips that differ in blurred regions alone make the same frames, whatever scaling spreads."""
    made = []
    for seed in (1, 2):
        for frame in range(15):
            with_secret(seed + frame).save(workspace.root / f"{frame}.png")
        codec = ("-c:v", "ffv1", "-pix_fmt", "bgr0", "c.mkv")
        source = ("-framerate", "25", "-i", "%d.png")
        subprocess.run([str(ffmpeg.executable()), "-v", "error", "-y", *source, *codec], cwd=workspace.root, check=True)
        width, height = round(320 * scale), round(200 * scale)
        size = f"{width}x{height}"
        scenes = (
            f"  - {{id: s{at}, type: clip, src: c.mkv, duration: 0.6, {it}}}\n" for at, it in enumerate(BLURRED_CLIPS)
        )
        made.append(frames(workspace, HEAD % size + "".join(scenes), (width, height)))
    assert len(made[0]) == len(made[1]) == 15 * len(BLURRED_CLIPS)
    for number, (one, other) in enumerate(zip(*made, strict=True)):
        assert one.tobytes() == other.tobytes(), (BLURRED_CLIPS[number // 15], number % 15)


def test_without_a_blur_the_secret_is_there(workspace: Workspace) -> None:
    """The two pictures of the tests above differ in a video that does not blur them."""
    looks = []
    for seed in (1, 2):
        with_secret(seed).save(workspace.root / "p.png")
        looks.append(still(workspace, (HEAD % "480x270") + SCENE % ("image", "p.png", 1, "fit: cover")).tobytes())
    assert looks[0] != looks[1]


@pytest.mark.parametrize("code", ["password = 'a'", "x = 1"])
def test_a_blurred_line_is_nowhere(workspace: Workspace, code: str) -> None:
    """A line of code under a blur is in no frame and in no file of the cache, in which it is without the blur."""
    spec = (HEAD % "320x180") + (
        f'  - {{id: a, type: code, code: "one\\n{code}\\nthree\\n", duration: 1, callouts: [{{blur: 2}}]}}\n'
    )
    looks = [still(workspace, spec).tobytes(), still(workspace, spec.replace(code, "other")).tobytes()]
    assert looks[0] == looks[1]
    assert not keeping(workspace, code)
    still(workspace, spec.replace(", callouts: [{blur: 2}]", ""))
    assert keeping(workspace, code)


def keeping(space: Workspace, text: str) -> list[Path]:
    """Return the files of the cache and of the runs that have a text."""
    files = [path for path in (space.root / ".vidbuild").rglob("*") if path.is_file()]
    return [path for path in files if text.encode() in path.read_bytes()]


def test_marks_appear_and_disappear(workspace: Workspace) -> None:
    """A mark is visible from `at` to `until`, and not a frame before or long after."""
    picture(workspace, (400, 200), (90, 90, 40, 30))
    marks = "callouts: [{rect: [90, 90, 40, 30], at: 1, until: 2}, {label: [300, 20, 20, 20], text: Here, at: 2.4}]"
    shown = frames(workspace, (HEAD % "640x360") + SCENE % ("image", "p.png", 3, marks), (640, 360))
    there = [index for index, frame in enumerate(shown) if found(frame, ACCENT, 60)]
    assert there[0] in range(25, 31)
    gap = [index for index in range(25, 70) if index not in there]
    assert gap[0] in range(26) or gap[0] in range(50, 57)
    assert {54, 55, 56, 57, 58, 59} <= set(gap)
    assert there[-1] == 74


def test_a_spotlight_dims_all_else(workspace: Workspace) -> None:
    """What is lit keeps its pixels; everything else is darker, at the frame's corner too."""
    picture(workspace, (400, 200), (90, 90, 40, 30))
    plain = still(workspace, (HEAD % "640x360") + SCENE % ("image", "p.png", 2, "frame: none"))
    lit = still(
        workspace, (HEAD % "640x360") + SCENE % ("image", "p.png", 2, "callouts: [{spotlight: [90, 90, 40, 30]}]")
    )
    block = found(plain, MARK)
    assert block is not None
    assert lit.crop(block).tobytes() == plain.crop(block).tobytes()
    for at in ((3, 3), (320, 60), (636, 356)):
        assert sum(pixel(lit, at)) < 0.6 * sum(pixel(plain, at)) + 3


def test_a_cursor_is_where_it_points(workspace: Workspace) -> None:
    """The tip of the cursor is in the middle of each region when it has moved there."""
    image = Image.new("RGB", (400, 200), (200, 200, 200))
    image.save(workspace.root / "p.png")
    picture(workspace, (400, 200), (80, 60, 2, 2), "first.png")
    picture(workspace, (400, 200), (300, 120, 2, 2), "second.png")
    marks = "callouts: [{cursor: [[60, 40, 42, 42], [280, 100, 42, 42]]}]"
    shown = frames(workspace, (HEAD % "640x360") + SCENE % ("image", "p.png", 4, marks), (640, 360))
    for name, frame in (("first.png", 45), ("second.png", 95)):
        truth = found(still(workspace, (HEAD % "640x360") + SCENE % ("image", name, 2, "frame: none")), MARK, 120)
        area = found(shown[frame], (200, 200, 200), 12)
        assert truth is not None
        assert area is not None
        left, top, right, bottom = area[0] + 6, area[1] + 6, area[2] - 6, area[3] - 6
        dark = found(shown[frame].crop((left, top, right, bottom)), (17, 21, 31), 60)
        assert dark is not None
        assert abs(dark[0] + left - truth[0]) <= 4
        assert abs(dark[1] + top - truth[1]) <= 4


def test_a_zoom_enlarges_its_region_and_goes_back(workspace: Workspace) -> None:
    """While it zooms, the region is larger, sharp, and stays inside the picture; afterwards all is as before."""
    picture(workspace, (1600, 800), (400, 200, 200, 100))
    marks = "callouts: [{zoom: [400, 200, 200, 100], at: 0.6, until: 2}]"
    shown = frames(workspace, (HEAD % "640x360") + SCENE % ("image", "p.png", 4, marks), (640, 360))
    before, during, after = (found(shown[index], MARK, 60) for index in (14, 40, 99))
    assert before is not None
    assert during is not None
    assert before == after
    area = found(shown[14], (90, 90, 90), 12)
    assert area is not None
    assert during[2] - during[0] > 5 * (before[2] - before[0])
    assert area[0] <= during[0] < during[2] <= area[2]


@pytest.mark.parametrize(
    ("callout", "message"),
    [
        ("rect: [300, 0, 40, 40]", "region [300, 0, 40, 40] is outside its picture of 320x200 pixels"),
        ("rect: [0, 0, 40, 10]", "the region is not visible: 'fit: cover' crops it"),
        ("rect: [90, 90, 40, 30], at: 0.4, until: 0.2", "'until' 0.2 s is before 'at' 0.4 s"),
    ],
)
def test_what_only_a_step_finds_is_located(workspace: Workspace, callout: str, message: str) -> None:
    """The size of a clip is not known when the spec is read: `check` reports at the callout what drawing it finds."""
    source = ("-f", "lavfi", "-i", "testsrc2=s=320x200:r=25:d=1", "-c:v", "libx264", "-pix_fmt", "yuv420p", "c.mp4")
    subprocess.run([str(ffmpeg.executable()), "-v", "error", *source], cwd=workspace.root, check=True)
    workspace.write(
        "video.yaml", (HEAD % "640x200") + f"  - {{id: a, type: clip, src: c.mp4, callouts: [{{{callout}}}]}}\n"
    )
    done = workspace.run("check", "video.yaml")
    assert done.code == 2
    assert message in done.stdout + done.stderr
    assert "video.yaml:6:" in done.stdout + done.stderr


def test_a_region_smaller_than_a_pixel_of_the_frame(workspace: Workspace) -> None:
    """A region of one pixel of a large picture is marked in a small frame as well, and not called cropped."""
    picture(workspace, (4000, 2000), (90, 90, 40, 30))
    marks = "callouts: [{rect: [2000, 1000, 1, 1]}, {circle: [3999, 1999, 1, 1], text: corner}]"
    workspace.write("video.yaml", (HEAD % "320x180") + SCENE % ("image", "p.png", 1, marks))
    done = workspace.run("check", "video.yaml")
    assert (done.code, done.stdout + done.stderr) == (0, "video.yaml: ok\n")


def test_a_callout_during_a_zoom_is_refused(workspace: Workspace) -> None:
    """A mark would point at another place of an enlarged picture: the error is at the mark."""
    picture(workspace, (400, 200), (90, 90, 40, 30))
    marks = "callouts: [{zoom: [90, 90, 40, 30], at: 1}, {rect: [90, 90, 40, 30]}]"
    workspace.write("video.yaml", (HEAD % "640x360") + SCENE % ("image", "p.png", 3, marks))
    done = workspace.run("check", "video.yaml")
    assert done.code == 2
    assert "the callout would be visible while entry 1 of 'callouts' zooms" in done.stdout + done.stderr


def test_moving_a_callout_in_time_draws_nothing(workspace: Workspace) -> None:
    """Only the timeline of the scene and the video depend on when a mark is visible."""
    picture(workspace, (400, 200), (90, 90, 40, 30))
    spec = (HEAD % "320x180") + SCENE % ("image", "p.png", 2, "callouts: [{rect: [90, 90, 40, 30], at: 1}]")
    workspace.write("video.yaml", spec)
    workspace.build()
    workspace.write("video.yaml", spec.replace("at: 1", "at: 1.2"))
    workspace.build()
    assert workspace.ran() == ["mux", "still:a", "timeline:a"]


LINES = 'code: "one = 1\\ntwo = second(1, 2)\\nthree = 3\\nfour = fourth(4)\\nfive = 5"'
TABLE = "columns: [Plan, Seats, Price], rows: [[Free, 1, 2], [Team, 20, 30], [Business, 200, 300], [All, 999, 1000]]"


@pytest.mark.parametrize("size", ["640x360", "360x640", "400x400"])
@pytest.mark.parametrize(
    ("kind", "fields", "region"),
    [("code", LINES, "2"), ("code", LINES, "2-3"), ("table", TABLE, "{row: 2}")],
)
def test_a_rect_with_a_note_hides_no_other_line(
    workspace: Workspace, size: str, kind: str, fields: str, region: str
) -> None:
    """Around a line or row, a rect and its note leave the letters of all others as they are."""
    scene = "  - {id: a, type: %s, duration: 2, %s, callouts: [%s]}\n"
    plain = still(workspace, HEAD % size + scene % (kind, fields, ""))
    marked = still(workspace, HEAD % size + scene % (kind, fields, f"{{rect: {region}, text: note}}"))
    rect = found(marked, ACCENT)
    assert rect is not None
    letters = plain.convert("L").point([0] * 150 + [255] * 106)
    changed = ImageChops.difference(plain.convert("L"), marked.convert("L")).point([0] * 60 + [255] * 196)
    hidden = ImageChops.multiply(letters, changed)
    assert hidden.getbbox() is None


@pytest.mark.parametrize(
    ("fields", "callout"),
    [
        ("type: code, code: 'x = {long}', language: python", "{{rect: 1, text: as wide as the window}}"),
        ("type: code, code: 'x = {long}', language: python", "{{circle: 1, text: all of it}}"),
        ('type: code, code: "response = get(url, t=5)\\nif a > 2:"', "{{rect: 1, text: with a timeout}}"),
    ],
)
def test_marks_of_wide_lines_stay_in_their_window(workspace: Workspace, fields: str, callout: str) -> None:
    """A frame around a line as wide as its window, folded or not, and its note do not reach out of the window."""
    scene = fields.format(long="many words " * 8)
    head = HEAD % "360x640" + f"  - {{id: a, {scene}, duration: 2%s}}\n"
    plain = still(workspace, head % "")
    shown = still(workspace, head % f", callouts: [{callout.format()}]")
    box = ImageChops.difference(plain, shown).convert("L").point([0] * 24 + [255] * 232).getbbox()
    margin = 360 * 128 // 1920
    assert box is not None
    assert margin - 1 <= box[0]
    assert box[2] <= 360 - margin + 1


def test_a_note_covers_no_name_of_a_column(workspace: Workspace) -> None:
    """The note of a cell in the first row is below it: it leaves the header free."""
    table = "columns: [Plan, Seats, Price], rows: [[Free, 1, 0], [Team, 20, 12]]"
    scene = HEAD % "360x640" + f"  - {{id: a, type: table, {table}, duration: 2, callouts: [{{%s}}]}}\n"
    alone, noted = (
        found(still(workspace, scene % f"rect: {{row: 1, column: 3}}{text}"), ACCENT)
        for text in ("", ", text: free of charge")
    )
    assert alone is not None
    assert noted is not None
    assert noted[1] >= alone[1]
    assert noted[3] > alone[3] + 10


@pytest.mark.parametrize("callout", ["rect: 1", "arrow: 1, from: top", "label: 1"])
def test_a_note_on_the_first_line_leaves_the_dots_of_its_window(workspace: Workspace, callout: str) -> None:
    """Above the first line is the window's bar: a note is where it has no dots."""
    scene = "  - {id: a, type: code, duration: 2, language: python, code: 'import acme, acme.models, acme.views', %s}\n"
    plain = still(workspace, HEAD % "640x360" + scene % "title: ''")
    marked = still(workspace, HEAD % "640x360" + scene % f"callouts: [{{{callout}, text: everything of it}}]")
    light = plain.convert("L")
    lights = [
        [int(np.asarray(light)[y, x]) for x in (53, 58, 63, 68, 73)] for y in range(360)
    ]  # a dot, a gap, a dot ...
    rows = [y for y, (a, b, c, d, e) in enumerate(lights) if min(a, c, e) > max(b, d) + 10]
    assert rows
    box = (43, rows[0], 80, rows[-1] + 1)
    assert ImageChops.difference(plain.crop(box), marked.crop(box)).getbbox() is None
