"""Themes, backgrounds and progress in finished videos, and the sheets of them."""

from __future__ import annotations

import io
import subprocess
from collections import Counter

import pytest
from imageio_ffmpeg import get_ffmpeg_exe
from PIL import Image, ImageDraw

from tests.support.pixels import largest_difference
from tests.support.workspace import Workspace

HEAD = "vidbuild: 1\ntitle: A\noutput: {size: 320x180, fps: 24}\n"
SCENES = """scenes:
  - {id: one, type: title, title: One, duration: 2, section: Start}
  - {id: two, type: title, title: Two, duration: 2}
"""


def frame(workspace: Workspace, seconds: float) -> Image.Image:
    """Return a frame of the finished video, as ffmpeg decodes it."""
    video = workspace.root / "build/video.mp4"
    args = [get_ffmpeg_exe(), "-v", "error", "-ss", str(seconds), "-i", str(video), "-frames:v", "1"]
    png = subprocess.run([*args, "-c:v", "png", "-f", "image2pipe", "-"], check=True, capture_output=True, timeout=60)
    with Image.open(io.BytesIO(png.stdout)) as image:
        return image.convert("RGB")


def lit(image: Image.Image) -> float:
    """Return the share of the lowest row that has the color of its left end."""
    row = [image.getpixel((x, image.height - 1)) for x in range(image.width)]
    first = row[0]
    assert isinstance(first, tuple)
    same = [isinstance(each, tuple) and max(abs(a - b) for a, b in zip(each, first, strict=True)) < 30 for each in row]
    return sum(same) / len(same)


def test_a_bar_grows_from_scene_to_scene_and_a_new_scene_draws_nothing_again(workspace: Workspace) -> None:
    """The bar is half at the first of two scenes and whole at the second; a third scene leaves the drawings alone."""
    workspace.write("video.yaml", f"{HEAD}progress: bar\n{SCENES}")
    workspace.build()
    assert lit(frame(workspace, 1)) == pytest.approx(0.5, abs=0.02)
    assert lit(frame(workspace, 3)) == 1
    workspace.write(
        "video.yaml", f"{HEAD}progress: bar\n{SCENES}  - {{id: three, type: title, title: Three, duration: 2}}\n"
    )
    workspace.build()
    ran = set(workspace.ran())
    assert {"progress:one", "progress:two", "draw:three"} <= ran
    assert "progress:three" not in ran, "the last scene's bar is whole, as the second one's was"
    assert not {"draw:one", "draw:two", "timeline:one", "audio:one", "render:one", "render:two"} & ran
    assert lit(frame(workspace, 1)) == pytest.approx(1 / 3, abs=0.02)


@pytest.mark.parametrize(("progress", "count"), [("bar", 12), ("dots", 4)])
def test_a_new_scene_renders_no_other_again(progress: str, count: int, workspace: Workspace) -> None:
    """P1: a scene that is added runs its own steps; of the others only the marks and strips, and what joins them."""
    one = "  - {{id: s{0}, type: title, title: Scene {0}, duration: 0.{1}}}\n"
    scenes = [one.format(number, 5) for number in range(count)]
    head = f"{HEAD}progress: {progress}\nscenes:\n"
    workspace.write("video.yaml", head + "".join(scenes))
    workspace.build()
    workspace.write("video.yaml", head + "".join([*scenes[:2], one.format("new", 75), *scenes[2:]]))
    workspace.build()
    kinds = Counter(step.partition(":")[0] for step in workspace.ran())
    others = {kind: number for kind, number in kinds.items() if kind not in {"progress", "strip"}}
    assert {step for step in workspace.ran() if step.endswith(":snew")} >= {"draw:snew", "render:snew", "strip:snew"}
    own = {"timeline": 1, "draw": 1, "render": 1, "audio": 1}
    assert others == {**own, "still": 1, "captions": 1, "mux": 1, "report": 1}


def test_a_mark_leaves_a_moving_picture_as_it_is(workspace: Workspace) -> None:
    """Right above the bar a zooming picture of fine lines is as good as in its middle, in every frame."""
    picture = Image.new("RGB", (640, 360), "white")
    pen = ImageDraw.Draw(picture)
    for start in range(-360, 1000, 9):
        pen.line([(start, 0), (start + 360, 360)], fill="black", width=3)
    picture.save(workspace.root / "lines.png")
    scene = "{id: one, type: image, src: lines.png, duration: 2, motion: ken-burns, fit: cover}"
    found: dict[str, list[Image.Image]] = {}
    for progress in ("none", "bar"):
        text = f"vidbuild: 1\ntitle: T\noutput: {{size: 640x360}}\nprogress: {progress}\nscenes:\n  - {scene}\n"
        workspace.write("video.yaml", text)
        workspace.build()
        found[progress] = [frame(workspace, second / 5) for second in range(1, 10)]
    for plain, marked in zip(found["none"], found["bar"], strict=True):
        middle, above = (0, 100, 640, 300), (0, 320, 640, 352)
        assert largest_difference(plain.crop(above), marked.crop(above)) <= 1.3 * max(
            largest_difference(plain.crop(middle), marked.crop(middle)), 30
        )


def test_sections_are_chapters(workspace: Workspace) -> None:
    """Players list the sections as chapters if the first scene begins one."""
    workspace.write(
        "video.yaml", f"{HEAD}{SCENES}  - {{id: three, type: title, title: Three, duration: 2, section: End}}\n"
    )
    workspace.build()
    video = str(workspace.root / "build/video.mp4")
    listed = subprocess.run([get_ffmpeg_exe(), "-i", video], check=False, capture_output=True, text=True, timeout=60)
    chapters = listed.stderr.split("Chapters:")[1].split("Stream #")[0]
    titles = [line.split(":", 1)[1].strip() for line in chapters.splitlines() if line.strip().startswith("title")]
    assert titles == ["Start", "End"]


def test_a_background_image_fills_the_frame_and_drifts(workspace: Workspace) -> None:
    """The image is behind the scene from edge to edge, dimmed; with `drift` it is larger at the end."""
    image = Image.new("RGB", (64, 36), "#203050")
    image.paste("#503020", (0, 0, 8, 36))
    image.save(workspace.root / "photo.png")
    scene = (
        "scenes: [{id: a, type: title, title: A, duration: 2, background: {image: photo.png, dim: 0, drift: slow}}]\n"
    )
    workspace.write("video.yaml", f"{HEAD}{scene}")
    workspace.build()
    first, last = frame(workspace, 0), frame(workspace, 1.9)
    for each in (first, last):
        red, _, blue = pixel(each, 4)
        assert red > blue + 20
    assert pixel(first, 37)[0] > pixel(last, 37)[0] + 10, "the left stripe moves out of the frame"


def pixel(image: Image.Image, x: int) -> tuple[int, int, int]:
    """Return the color at x, near the lower edge."""
    color = image.getpixel((x, 170))
    assert isinstance(color, tuple)
    return int(color[0]), int(color[1]), int(color[2])


def test_an_unreadable_background_is_an_error_with_its_place(workspace: Workspace) -> None:
    """An image that is cut short fails with the field's location, and `check` finds it as well."""
    whole = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").save(whole, "PNG")
    workspace.write("cut.png", whole.getvalue()[:3000])
    workspace.write(
        "video.yaml",
        f"{HEAD}scenes:\n  - {{id: a, type: title, title: A, duration: 2, background: {{image: cut.png}}}}\n",
    )
    done = workspace.run("check", "video.yaml")
    assert done.code != 0
    assert "video.yaml:5:" in done.stderr


def test_a_sheet_of_a_theme_and_a_gallery(workspace: Workspace) -> None:
    """`gallery` writes a sheet for each theme and shape, once for a theme that is named twice, and from the cache."""
    workspace.write("video.yaml", f"{HEAD}{SCENES}")
    done = workspace.run("gallery", "video.yaml", "-o", "looks", "--theme", "gazette", "--shape", "square")
    assert (done.code, done.stdout) == (0, "looks/gazette-square.png\n")
    with Image.open(workspace.root / "looks/gazette-square.png") as sheet:
        first = sheet.convert("RGB")
    assert first.getpixel((26, 26)) == pytest.approx((255, 241, 229), abs=3)
    traces = {path.name for path in (workspace.root / ".vidbuild/v1/traces").rglob("*")}
    themes = ("--theme", "gazette", "--theme", "gazette")
    again = workspace.run("gallery", "video.yaml", "-o", "looks", *themes, "--shape", "square")
    assert (again.code, again.stdout) == (0, done.stdout)
    assert traces == {path.name for path in (workspace.root / ".vidbuild/v1/traces").rglob("*")} != set()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("gallery", "--theme", "gazete"), "unknown theme 'gazete'\n      hint: did you mean 'gazette'?"),
        (("themes", "paper", "--preview", "a.jpg"), "cannot write 'a.jpg': expected a PNG\n      hint: use 'a.png'"),
        (("themes", "paper", "--preview", "/dev/null/a.png"), "cannot write '/dev/null/a.png': not a directory"),
        (("themes", "paper", "--preview", "/proc/no/a.png"), "cannot write '/proc/no/a.png': no such file"),
        (("themes", "--preview", "a.png"), "--preview needs the name of a theme"),
        (("themes", "papr", "--preview", "a.png"), "unknown theme 'papr'\n      hint: did you mean 'paper'?"),
    ],
)
def test_what_cannot_be_previewed(workspace: Workspace, args: tuple[str, ...], message: str) -> None:
    """A wrong name or path is an error with a way out, before anything is drawn."""
    done = workspace.run(*args)
    assert done.code == 2
    assert message in done.stderr
