"""Clips: the right side up, in their shape and their colors, whatever they were recorded with."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.support.clip_lab import scene, seen
from tests.support.render_lab import SIZE, Colour, apart, made, pixel, shown
from vidbuild.errors import StepError
from vidbuild.media.ffmpeg.probe import probe
from vidbuild.media.render.playback import Playback

H264 = ("-c:v", "libx264", "-qp", "6", "-pix_fmt", "yuv444p")
RED, GREEN, BLUE, WHITE, GREY = (220, 0, 0), (0, 180, 0), (0, 0, 220), (255, 255, 255), (90, 90, 90)
BEHIND = (200, 0, 0)
TURNS = {90: "GXRB", 180: "XBGR", 270: "BRXG", -90: "BRXG"}


def card(path: Path, size: tuple[int, int] = (320, 180)) -> tuple[str, ...]:
    """An input of ffmpeg's: a circle in the middle, and a color in each corner, the last one the background's."""
    width, height = size
    image = Image.new("RGB", size, GREY)
    draw = ImageDraw.Draw(image)
    radius = height * 0.35
    middle = (width / 2, height / 2)
    draw.ellipse((middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius), fill=WHITE)
    corner = (width // 5, height // 5)
    draw.rectangle((0, 0, *corner), fill=RED)
    draw.rectangle((width - corner[0], 0, width, corner[1]), fill=GREEN)
    draw.rectangle((0, height - corner[1], corner[0], height), fill=BLUE)
    image.save(path)
    return ("-loop", "1", "-r", "30", "-i", str(path), "-frames:v", "5")


def corners(image: Image.Image, box: tuple[int, int, int, int]) -> str:
    """The colors in the corners of a part of a frame: top left, top right, bottom left, bottom right."""
    left, top, right, bottom = box
    points = [(left + 4, top + 4), (right - 5, top + 4), (left + 4, bottom - 5), (right - 5, bottom - 5)]
    found = ""
    for point in points:
        distances = {
            name: apart(pixel(image, *point), colour)
            for name, colour in zip("RGBX", (RED, GREEN, BLUE, GREY), strict=True)
        }
        assert min(distances.values()) <= 10, pixel(image, *point)
        found += min(distances, key=lambda name: distances[name])
    return found


def circle(image: Image.Image) -> tuple[int, int]:
    """The width and the height of what is white."""
    box = image.convert("L").point([0] * 200 + [255] * 56).getbbox()
    assert box is not None
    return box[2] - box[0], box[3] - box[1]


@pytest.mark.parametrize("degrees", TURNS)
@pytest.mark.parametrize("container", ["mp4", "mkv"])
def test_a_turned_recording_is_upright(tmp_path: Path, degrees: int, container: str) -> None:
    """V15: a phone's recording, held any way, is shown upright, whole, round, and in the colors of one not turned."""
    flat = made(tmp_path / "flat.mp4", *card(tmp_path / "card.png"), *H264)
    turn = ("-display_rotation", str(degrees), "-i", str(flat), "-c", "copy")
    image = seen(made(tmp_path / f"turned.{container}", *turn), fit="contain")[1]
    wide = degrees == 180
    box = (0, 0, *SIZE) if wide else (55, 0, 105, 90)
    assert corners(image, box) == TURNS[degrees]
    assert apart(circle(image), (63, 63) if wide else (35, 35)) <= 1


def test_a_mirrored_recording_is_mirrored(tmp_path: Path) -> None:
    """A camera on the user's side that asks for its picture to be mirrored has its way."""
    flat = made(tmp_path / "flat.mp4", *card(tmp_path / "card.png"), *H264)
    image = seen(made(tmp_path / "m.mp4", "-display_hflip", "-i", str(flat), "-c", "copy"))[1]
    assert corners(image, (0, 0, *SIZE)) == "GRXB"


@pytest.mark.parametrize(
    ("stored", "sar"), [("160:180", "2"), ("640:180", "1/2"), ("320:120", "2/3"), ("321:181", "1")]
)
def test_circles_are_round(tmp_path: Path, stored: str, sar: str) -> None:
    """V15: pixels that are not square, upright or turned by a quarter, and odd sizes: circles stay circles."""
    shape = ("-vf", f"scale={stored},setsar={sar}")
    flat = made(tmp_path / "flat.mkv", *card(tmp_path / "card.png"), *shape, *H264)
    assert apart(circle(seen(flat, fit="contain")[1]), (63, 63)) <= 1
    turned = made(tmp_path / "turned.mkv", "-display_rotation", "90", "-i", str(flat), "-c", "copy")
    assert apart(circle(seen(turned, fit="contain")[1]), (35, 35)) <= 1


def interlaced(path: Path) -> Path:
    """A white bar that moves by 16 pixels each fiftieth of a second, recorded in half pictures, two to a whole one."""
    level = "if(between(X-mod(N*16\\,320)\\,0\\,31)\\,235\\,16)"
    bar = f"color=black:s=320x180:r=50,format=yuv420p,geq=lum='{level}':cb=128:cr=128"
    woven = ("-vf", "tinterlace=interleave_top,fieldorder=tff", "-flags", "+ilme+ildct")
    coded = ("-c:v", "libx264", "-qp", "6", "-x264-params", "tff=1", "-pix_fmt", "yuv420p")
    return made(path, "-f", "lavfi", "-i", bar, "-frames:v", "15", *woven, *coded)


@pytest.mark.parametrize(("fps", "starts"), [(25, [32, 64, 96, 128]), (50, [48, 64, 80, 96])])
def test_half_pictures_are_made_whole(tmp_path: Path, fps: int, starts: list[int]) -> None:
    """What was recorded in half pictures has no comb at what moves; a video of as many frames shows every half."""
    source = interlaced(tmp_path / "woven.mp4")
    playback = Playback(60 if fps == 50 else 40, 0, 4, "cover")
    images = shown(scene(source, playback, 4, fps, (320, 180)))
    for image, start in zip(images, starts, strict=True):
        rows = [
            image.crop((0, y, 320, y + 1)).convert("L").point([0] * 128 + [255] * 128).getbbox() for y in range(20, 160)
        ]
        lefts = [row[0] for row in rows if row is not None]
        assert len(lefts) == len(rows)
        assert max(lefts) - min(lefts) <= 3, "a comb"
        assert abs(lefts[0] - start) <= 3


def test_progressive_frames_are_left_alone(tmp_path: Path) -> None:
    """A recording that is not interlaced is not deinterlaced."""
    source = made(tmp_path / "a.mp4", *card(tmp_path / "card.png"), *H264)
    assert not probe(source).interlaced
    assert probe(interlaced(tmp_path / "woven.mp4")).interlaced


@pytest.mark.parametrize(
    ("name", "coded"),
    [
        ("a.mov", ("-c:v", "prores_ks", "-profile:v", "4", "-pix_fmt", "yuva444p10le")),
        ("a8.webm", ("-c:v", "libvpx", "-auto-alt-ref", "0", "-b:v", "2M", "-pix_fmt", "yuva420p")),
        ("a9.webm", ("-c:v", "libvpx-vp9", "-b:v", "2M", "-pix_fmt", "yuva420p")),
        ("a.gif", ("-c:v", "gif")),
        ("a.apng", ("-c:v", "apng")),
        ("a.webp", ("-c:v", "libwebp_anim", "-lossless", "1")),
        ("a.mkv", ("-c:v", "ffv1", "-pix_fmt", "bgra")),
    ],
)
def test_what_is_clear_in_a_clip_is_clear_in_the_video(tmp_path: Path, name: str, coded: tuple[str, ...]) -> None:
    """What lies behind a clip is seen through it where it is transparent, however it is coded."""
    clear = "format=rgba,geq=r='r(X\\,Y)':g='g(X\\,Y)':b='max(b(X\\,Y)-N\\,0)':a='255*lt(X\\,W/2)'"
    if name == "a.gif":
        clear += ",trim=end_frame=5,split[a][b];[a]palettegen[colours];[b][colours]paletteuse"
    image = seen(made(tmp_path / name, *card(tmp_path / "card.png"), "-vf", clear, *coded))[1]
    assert apart(pixel(image, 60, 45), WHITE) <= 12
    assert pixel(image, 130, 45) == BEHIND


def light(path: Path, code: Colour, transfer: str, primaries: str = "bt2020") -> Path:
    """A recording in 10 bits of one color that is given as it is coded, in parts of 1023."""
    share = [f"{value}/1023*65535" for value in code]
    paint = f"color=black:s=64x36:r=30,format=gbrp16le,geq=r='{share[0]}':g='{share[1]}':b='{share[2]}'"
    paint += ",scale=out_color_matrix=bt2020:out_range=tv,format=yuv444p10le"
    paint += f",setparams=colorspace=bt2020nc:color_trc={transfer}:color_primaries={primaries}:range=tv"
    tags = ("-colorspace", "bt2020nc", "-color_trc", transfer, "-color_primaries", primaries)
    return made(path, "-f", "lavfi", "-i", paint, "-frames:v", "5", "-c:v", "libx264", "-qp", "2", *tags)


@pytest.mark.parametrize(("transfer", "white"), [("smpte2084", 594), ("arib-std-b67", 767)])
def test_a_picture_with_highlights_is_as_bright_as_others(tmp_path: Path, transfer: str, white: int) -> None:
    """A white page of 203 nits is a light grey, what is brighter whiter, and a grey of a tenth of it stays what it is.

    The codes are those of ITU-R BT.2408, table 1: 58 % of PQ, 75 % of HLG.
    """
    tenth = {"smpte2084": 366, "arib-std-b67": 349}[transfer]
    shades = []
    for name, level in (("tenth", tenth), ("white", white), ("peak", 769 if transfer == "smpte2084" else 1023)):
        source = light(tmp_path / f"{name}.mkv", (level, level, level), transfer)
        red, green, blue = pixel(seen(source)[1], 80, 45)
        assert max(red, green, blue) - min(red, green, blue) <= 2
        shades.append(green)
    assert shades[0] == pytest.approx(255 * 0.1 ** (1 / 2.4), abs=8)
    assert 205 <= shades[1] <= 230
    assert shades[2] >= 250


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67", "bt2020-10"])
def test_wide_gamut_colors_keep_their_hue(tmp_path: Path, transfer: str) -> None:
    """BT.709's pure red, in BT.2020's wider colors, comes out red, and so does green as green."""
    red_709 = {"smpte2084": (545, 335, 225), "arib-std-b67": (687, 299, 164), "bt2020-10": (842, 336, 185)}[transfer]
    red = pixel(seen(light(tmp_path / "red.mkv", red_709, transfer))[1], 80, 45)
    assert red[0] > 190
    assert max(red[1:]) < 70
    plain = pixel(seen(light(tmp_path / "grey.mkv", (512, 512, 512), "bt709", "bt709"))[1], 80, 45)
    assert apart(plain, (128, 128, 128)) <= 1


def test_a_file_without_video_is_refused(tmp_path: Path) -> None:
    """A cover is no moving image: a song with one is still only a song."""
    cover = made(tmp_path / "cover.png", "-f", "lavfi", "-i", "color=red:s=50x50", "-frames:v", "1")
    song = ("-f", "lavfi", "-i", "sine=d=1", "-i", str(cover), "-map", "0", "-map", "1", "-c:v", "copy")
    source = made(tmp_path / "song.mp3", *song, "-disposition:v:0", "attached_pic")
    with pytest.raises(StepError, match="the clip has audio but no video") as caught:
        scene(source, Playback(0, 0, 3, "cover"), 3)
    assert caught.value.failure.field == "src"
