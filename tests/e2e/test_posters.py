"""The poster shows something, whatever the video begins with."""

from __future__ import annotations

import subprocess

import pytest
from PIL import Image

from tests.support.pixels import pixel
from tests.support.workspace import Workspace
from vidbuild.media.ffmpeg import ffmpeg

HEAD = "vidbuild: 1\ntitle: T\noutput: {size: 320x180, fps: 25}\nscenes:\n"
TITLE = "  - {id: b, type: title, title: Two, duration: 1, background: '#204060'}\n"
CLIP = "  - {id: a, type: clip, src: c.mp4, fit: %s}\n"


def clip(space: Workspace, source: str) -> None:
    """Write a clip of 3 s."""
    coder = ("-c:v", "libx264", "-qp", "10", "-pix_fmt", "yuv420p", str(space.root / "c.mp4"))
    subprocess.run([str(ffmpeg.executable()), "-v", "error", "-f", "lavfi", "-i", source, *coder], check=True)


def poster(space: Workspace, *scenes: str) -> Image.Image:
    """Build a video and return its poster."""
    space.write("video.yaml", HEAD + "".join(scenes))
    done = space.run("build", "video.yaml")
    assert done.code == 0, done.stderr
    return Image.open(space.root / "build" / "video.poster.png").convert("RGB")


def is_title(image: Image.Image) -> bool:
    """Whether a picture is the title's: it has its background, without gradient."""
    return all(abs(a - b) <= 2 for a, b in zip(pixel(image, (315, 90)), (0x20, 0x40, 0x60), strict=True))


@pytest.mark.parametrize("fit", ["cover", "contain"])
def test_a_clip_that_fades_out_is_shown_before_it_does(workspace: Workspace, fit: str) -> None:
    """The poster is a frame of the clip from before its end in black, in a window too."""
    clip(workspace, "testsrc2=s=320x180:r=25:d=3,fade=in:0:12,fade=out:50:12")
    image = poster(workspace, CLIP % fit, TITLE)
    assert not is_title(image)
    colors = image.crop((80, 45, 240, 135)).getcolors(160 * 90)
    assert colors is not None
    assert len(colors) > 100


@pytest.mark.parametrize("fit", ["cover", "contain"])
@pytest.mark.parametrize("color", ["black", "0xdc1e1e"])
def test_a_clip_that_shows_nothing_gives_way_to_the_next_scene(workspace: Workspace, color: str, fit: str) -> None:
    """Of a clip of one color, nothing is to be seen in a poster."""
    clip(workspace, f"color={color}:s=320x180:r=25:d=3,fade=in:0:12,fade=out:60:12")
    assert is_title(poster(workspace, CLIP % fit, TITLE))


def test_a_clip_alone_is_at_least_not_black(workspace: Workspace) -> None:
    """If nothing shows anything, the brightest frame is better than a black one."""
    clip(workspace, "color=0xdc1e1e:s=320x180:r=25:d=3,fade=in:0:12,fade=out:60:12")
    assert pixel(poster(workspace, CLIP % "cover"), (160, 90)) == pytest.approx((220, 30, 30), abs=6)


def test_a_good_last_frame_is_kept(workspace: Workspace) -> None:
    """A clip whose last frame shows something has it as poster: here, three stripes that only the end has."""
    stripes = "drawbox=x=100:w=40:c=white:t=fill,drawbox=x=200:w=40:c=white:t=fill:enable='gte(n,74)'"
    clip(workspace, f"color=0x202020:s=320x180:r=25:d=3,{stripes}")
    image = poster(workspace, CLIP % "cover", TITLE)
    assert min(pixel(image, (120, 90))) > 230
    assert min(pixel(image, (220, 90))) > 230


def test_a_plain_image_gives_way_and_a_title_does_not(workspace: Workspace) -> None:
    """An image of one color is passed over; a video that begins with a title has it as its poster, as ever."""
    Image.new("RGB", (320, 180), "black").save(workspace.root / "x.png")
    image = "  - {id: a, type: image, src: x.png, duration: 1, fit: cover}\n"
    assert is_title(poster(workspace, image, TITLE))
    assert is_title(poster(workspace, TITLE, image))
