"""The render step: segments that match the plan, at every rate and size, and clips of every kind."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.support.marks import WITH_REAL_MEDIA
from tests.support.paths import REAL_MEDIA
from tests.support.render_lab import (
    SIZE,
    Drawing,
    apart,
    context,
    decoded,
    differ,
    fake_ffmpeg,
    made,
    pixel,
    render_context,
    shown,
    turned,
)
from vidbuild.errors import StepError
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.media.ffmpeg.probe import probe
from vidbuild.media.h264 import h264
from vidbuild.media.h264.encode import PROFILES
from vidbuild.media.image import background
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.clip import Clip
from vidbuild.media.render.encode_plan import encode_plan
from vidbuild.media.render.motion import Effect, Motion, Track
from vidbuild.media.render.playback import Playback
from vidbuild.steps import render

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def moving(folder: Path, motion: Motion | None = None, size: tuple[int, int] = SIZE) -> Animation:
    """A small scene in which something comes and goes."""
    drawing = Drawing(folder, size).add("background", colour=(10, 15, 31))
    drawing.add("a", (10, 10, size[0] // 2, 20), (238, 242, 255))
    track = Track(enter=Effect(3, 4, "rise"), leave=Effect(14, 3, "fade"))
    return drawing.picture(motion or Motion(30, 20, {"a": track}))


def made_segment(root: Path, picture: Animation) -> bytes:
    """The bytes of a picture's segment."""
    step = render_context(root, picture)
    render.run(step)
    return (step.out / render.SEGMENT).read_bytes()


@pytest.mark.parametrize("fps", [24, 25, 30, 50, 60])
def test_every_frame_is_there_at_every_rate(tmp_path: Path, fps: int) -> None:
    """A segment has exactly the motion's frames, at the true rate, starting with a key frame."""
    step = render_context(tmp_path / "step", moving(tmp_path / "d", replace(moving(tmp_path / "m").motion, fps=fps)))
    render.run(step)
    found = h264.scan((step.out / "segment.h264").read_bytes())
    assert (found.frames, found.idrs, found.parameters.fps) == (20, (0,), Fraction(fps))
    facts = json.loads((step.out / "render.json").read_text(encoding="utf-8"))
    assert facts["frames"] == 20
    assert facts["coded"] < 12, "what is held isn't coded"
    assert {path.name for path in step.out.iterdir()} == {"segment.h264", "thumb.jpg", "render.json"}


@pytest.mark.parametrize("size", [(128, 72), (854, 480), (72, 128), (90, 90), (1920, 1080)])
def test_every_size_is_rendered(tmp_path: Path, size: tuple[int, int]) -> None:
    """Wide, upright, square and tiny videos have their size, and their picture fills it."""
    step = render_context(tmp_path / "step", moving(tmp_path / "d", Motion(30, 3), size))
    render.run(step)
    found = h264.scan((step.out / "segment.h264").read_bytes()).parameters
    assert (found.width, found.height) == size
    last = decoded(step.out / "segment.h264", size)[2]
    assert apart(pixel(last, size[0] - 1, size[1] - 1), (10, 15, 31)) <= 3


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_the_shortest_scenes(tmp_path: Path, frames: int) -> None:
    """A scene of a single frame is a segment like any other."""
    assert h264.scan(made_segment(tmp_path / "step", moving(tmp_path / "d", Motion(30, frames)))).frames == frames


@pytest.mark.parametrize("frames", [0, -4])
def test_an_empty_scene_is_refused(tmp_path: Path, frames: int) -> None:
    """A scene without frames is an error, not an empty file that a mux would fail on."""
    with pytest.raises(StepError, match=f"nothing to render: the motion has {frames} frames"):
        render.run(render_context(tmp_path / "step", moving(tmp_path / "d", Motion(30, frames))))


def test_a_drawing_of_another_size_is_refused(tmp_path: Path) -> None:
    """A drawing must be as large as the video; the message has both sizes."""
    with pytest.raises(StepError, match="drawing: expected the video's 320x180, got 160x90"):
        render.run(render_context(tmp_path / "step", moving(tmp_path / "d"), size=[320, 180]))


def test_the_same_bytes_every_time(tmp_path: Path) -> None:
    """P4: the same picture gives the same segment and thumbnail, wherever and whenever it is rendered."""
    one = render_context(tmp_path / "one", moving(tmp_path / "d"))
    other = render_context(tmp_path / "an other; place", moving(tmp_path / "e"))
    render.run(one)
    render.run(other)
    for name in ("segment.h264", "thumb.jpg", "render.json"):
        assert (one.out / name).read_bytes() == (other.out / name).read_bytes()
    assert b"/tmp" not in (one.out / "segment.h264").read_bytes()


def test_the_processor_does_not_change_the_bytes(tmp_path: Path) -> None:
    """P4: without any of the processor's vector units the same slices are coded (except for SEI units)."""

    def slices(root: Path, x264: str) -> list[bytes]:
        profile = {**PROFILES["standard"], "x264": PROFILES["standard"]["x264"] + x264}
        step = render_context(root, moving(tmp_path / "d", size=(640, 360)), profile=profile)
        render.run(step)
        return [bytes(unit) for unit in h264.units((step.out / render.SEGMENT).read_bytes()) if unit[0] & 31 != 6]

    assert slices(tmp_path / "with", "") == slices(tmp_path / "without", ":asm=0")


def test_equal_frames_give_equal_segments(tmp_path: Path) -> None:
    """V5: a segment depends only on its frames, so moving a scene within a video renders nothing."""
    picture = moving(tmp_path / "d", Motion(30, 40, {"a": Track(enter=Effect(20, 4, "fade"))}))
    late = replace(picture, motion=picture.motion.window(10, 20))
    direct = replace(picture, motion=Motion(30, 20, {"a": Track(enter=Effect(10, 4, "fade"))}))
    assert made_segment(tmp_path / "a", late) == made_segment(tmp_path / "b", direct)


def test_what_is_decoded_is_what_was_composed(tmp_path: Path) -> None:
    """V16: frame by frame, from the very first, a decoder shows the picture that was composed for that frame."""
    picture = moving(tmp_path / "d")
    step = render_context(tmp_path / "step", picture)
    render.run(step)
    seen, wanted = decoded(step.out / "segment.h264"), shown(picture)
    assert len(seen) == len(wanted) == 20
    for frame, (one, other) in enumerate(zip(seen, wanted, strict=True)):
        for point in ((60, 20), (60, 25), (150, 80)):
            assert apart(pixel(one, *point), pixel(other, *point)) <= 6, (frame, point)


@pytest.mark.parametrize(
    "colour",
    [
        (10, 15, 31),
        (238, 242, 255),
        (122, 165, 255),
        (12, 18, 40),
        (253, 252, 249),
        (31, 79, 216),
        (255, 0, 0),
        (0, 0, 0),
    ],
)
def test_colors_stay_the_themes(tmp_path: Path, colour: tuple[int, int, int]) -> None:
    """A theme's colors come out of the decoder as they went in, within 3 of 255 levels."""
    drawing = Drawing(tmp_path / "d").add("background", colour=colour)
    step = render_context(tmp_path / "step", drawing.picture(Motion(30, 2)))
    render.run(step)
    mean = ImageStat.Stat(decoded(step.out / "segment.h264")[1]).mean
    assert all(abs(have - want) <= 3 for have, want in zip(mean, colour, strict=True)), mean


def test_a_backdrops_dither_survives(tmp_path: Path) -> None:
    """A dark, slow gradient is not coded as flat blocks, which would be seen as bands, not even in its first frame."""
    size = (640, 360)
    drawing = Drawing(tmp_path / "d", size).add("background")
    lights = (background.Light(0.9, 0.1, 0.5, 0.5),)
    painted = background.paint(size, ((11, 16, 32), (20, 28, 56)), (40, 60, 130), lights)
    (drawing.folder / "background.png").write_bytes(painted)
    step = render_context(tmp_path / "step", drawing.picture(Motion(30, 90)))
    render.run(step)

    def flat(image: Image.Image) -> float:
        cells = [(x, y, x + 8, y + 8) for x in range(0, size[0], 8) for y in range(0, size[1], 8)]
        grey = image.convert("L")
        return sum(len(set(grey.crop(cell).tobytes())) == 1 for cell in cells) / len(cells)

    with Image.open(drawing.folder / "background.png") as source:
        assert flat(source) < 0.2
    frames = decoded(step.out / render.SEGMENT, size)
    assert flat(frames[0]) < 0.4, "x264's usual settings leave 0.9"
    assert flat(frames[89]) < 0.4
    assert (step.out / render.SEGMENT).stat().st_size < 30_000, "repeating a picture costs next to nothing"


def test_a_player_can_be_sent_anywhere(tmp_path: Path) -> None:
    """There is a key frame every ten seconds, so that a player which is sent somewhere is there at once."""
    step = render_context(tmp_path / "step", moving(tmp_path / "d", Motion(24, 300), (128, 72)))
    render.run(step)
    assert h264.scan((step.out / render.SEGMENT).read_bytes()).idrs == (0, 240)


def test_the_stream_declares_its_colors(tmp_path: Path) -> None:
    """The stream declares limited-range BT.709 with square pixels, progressive, High profile."""
    step = render_context(tmp_path / "step", moving(tmp_path / "d"))
    render.run(step)
    args = ["-i", str(step.out / "segment.h264"), "-f", "null", "-"]
    printed = ffmpeg.capture(args, cwd=tmp_path, env={}, timeout=30, what="look").text
    assert "h264 (High), yuv420p(tv, bt709, progressive), 160x90" in printed.replace("/bt709/bt709", "")


def test_the_thumbnail_is_the_last_picture(tmp_path: Path) -> None:
    """The report's picture of a scene is 480 pixels wide, and shows all that has come by its end."""
    drawing = Drawing(tmp_path / "d").add("background", colour=(0, 0, 0)).add("late", colour=(200, 100, 50))
    step = render_context(
        tmp_path / "step", drawing.picture(Motion(30, 30, {"late": Track(enter=Effect(20, 5, "fade"))}))
    )
    render.run(step)
    with Image.open(step.out / "thumb.jpg") as thumb:
        assert thumb.size == (480, 270)
        assert apart(pixel(thumb.convert("RGB"), 240, 135), (200, 100, 50)) <= 6


def test_progress_reaches_the_last_frame(tmp_path: Path) -> None:
    """A render step reports how many of its frames are done."""
    printed: list[tuple[int, int, str]] = []
    step = render_context(tmp_path / "step", moving(tmp_path / "d"))
    render.run(replace(step, progress=lambda done, total, unit="": printed.append((done, total, unit))))
    assert printed[-1] == (20, 20, "frames")


def test_settings_change_the_bytes(tmp_path: Path) -> None:
    """The profile is ffmpeg's setting: another one makes another segment."""
    picture = moving(tmp_path / "d")
    profile = {**PROFILES["standard"], "crf": 30, "threads": 1}
    args = render.encoder_arguments(picture, encode_plan(picture, profile), profile, tmp_path, tmp_path)
    assert args[args.index("-crf") + 1] == "30"
    assert args[args.index("-threads:v") + 1] == "1"


def lying_ffmpeg(path: Path, body: str) -> Path:
    """An ffmpeg that works, corrupts its output and reports success; in body, `bands` are the paths it wrote."""
    real = ffmpeg.executable()
    work = (
        f"import subprocess\nfrom pathlib import Path\ndone = subprocess.run([{str(real)!r}, *args]).returncode\n"
        f"bands = [Path(arg) for arg in args if 'band-' in arg]\n{body}\nsys.exit(done)"
    )
    return fake_ffmpeg(path, work)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            "for band in bands: band.write_bytes(band.read_bytes().rsplit(b'\\0\\0\\1', 3)[0])",
            "frames",
        ),
        ("for band in bands: band.write_bytes(band.read_bytes()[:20])", "corrupt"),
        ("for band in bands: band.write_bytes(b'')", "no H.264 start code"),
        ("bands[0].write_bytes(bands[-1].read_bytes())", "band: expected"),
    ],
)
def test_a_corrupt_output_of_ffmpeg_fails_the_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, words: str
) -> None:
    """V8: a band that lacks frames, is truncated, empty or another one is never passed on, whatever ffmpeg reports."""
    monkeypatch.setenv(ffmpeg.VARIABLE, str(lying_ffmpeg(tmp_path / "fake", body)))
    with pytest.raises(StepError, match=f"ffmpeg wrote a corrupt segment: .*{words}"):
        render.run(render_context(tmp_path / "step", moving(tmp_path / "d", size=(160, 320))))


def test_a_damaged_layer_fails_with_the_command(tmp_path: Path) -> None:
    """A layer that is no image fails the step with ffmpeg's message."""
    picture = moving(tmp_path / "d")
    (picture.folder / "a.png").write_bytes(b"not a picture")
    with pytest.raises(StepError, match="ffmpeg could not render the scene") as caught:
        render.run(render_context(tmp_path / "step", picture))
    assert caught.value.failure.command
    assert caught.value.failure.log


def clip_picture(
    folder: Path, source: Path, playback: Playback, frames: int, fps: int = 30, **more: object
) -> Animation:
    """A scene that is a clip and nothing else."""
    box = more.pop("box", None)
    size = more.pop("size", SIZE)
    assert isinstance(size, tuple)
    drawing = Drawing(folder, size).add("background", colour=(200, 0, 0))
    drawing.place("clip", box if isinstance(box, tuple) else None)
    return drawing.picture(Motion(fps, frames, {}, playback), clip=Clip(source, probe(source)))


def counter(
    folder: Path, name: str = "counter.mp4", *, fps: int = 30, frames: int = 60, extra: tuple[str, ...] = ()
) -> Path:
    """A clip whose n-th frame is grey of level 4 n, with a key frame every 25 and B-frames between."""
    level = "geq=lum='16+mod(4*N\\,220)':cb=128:cr=128"
    source = f"color=black:s=32x18:r={fps},format=yuv420p,{level}"
    coded = ("-c:v", "libx264", "-preset", "fast", "-qp", "4", "-g", "25", "-pix_fmt", "yuv420p")
    return made(folder / name, "-f", "lavfi", "-i", source, "-frames:v", str(frames), *coded, *extra)


def numbers(frames: list[Image.Image]) -> list[int]:
    """Which frames of a counter are seen."""
    return [round(pixel(frame, 80, 45)[1] * 219 / 255 / 4) for frame in frames]


@pytest.mark.parametrize("matrix", ["bt709", "smpte170m", "bt470bg"])
@pytest.mark.parametrize("colour", [(255, 0, 0), (0, 200, 40), (40, 60, 220), (128, 128, 128)])
def test_the_thumbnail_of_a_tagged_clip_has_its_colors(
    tmp_path: Path, matrix: str, colour: tuple[int, int, int]
) -> None:
    """A clip's thumbnail, decoded as any JPEG, has the clip's colors, whichever matrix the clip is tagged with."""
    paint = f"color=0x{bytes(colour).hex()}:s=160x90:r=30,format=gbrp,"
    paint += f"scale=out_color_matrix={matrix}:out_range=tv,format=yuv444p,setparams=colorspace={matrix}:range=tv"
    coded = ("-c:v", "libx264", "-qp", "4", "-colorspace", matrix, "-color_range", "tv")
    source = made(tmp_path / "clip.mp4", "-f", "lavfi", "-i", paint, "-frames:v", "5", *coded)
    step = render_context(tmp_path / "step", clip_picture(tmp_path / "d", source, Playback(0, 0, 5, "cover"), 5))
    render.run(step)
    with Image.open(step.out / "thumb.jpg") as thumb:
        assert apart(pixel(thumb.convert("RGB"), 240, 135), colour) <= 5
    assert apart(pixel(decoded(step.out / "segment.h264")[4], 80, 45), colour) <= 5


@pytest.mark.parametrize(
    ("start_ms", "skip", "first"), [(0, 0, 0), (0, 7, 7), (1000, 0, 30), (1000, 3, 33), (700, 0, 21)]
)
def test_a_clip_starts_at_its_very_frame(tmp_path: Path, start_ms: int, skip: int, first: int) -> None:
    """A clip begins with the frame that is seen at its start, also between key frames, and shows each frame once."""
    source = counter(tmp_path)
    picture = clip_picture(tmp_path / "d", source, Playback(start_ms, skip, 10, "cover"), 10)
    assert numbers(shown(picture)) == list(range(first, first + 10))


def test_a_clip_holds_its_last_frame(tmp_path: Path) -> None:
    """After its part a clip holds its last frame, whatever follows in its file."""
    picture = clip_picture(tmp_path / "d", counter(tmp_path), Playback(0, 0, 4, "cover"), 8)
    assert numbers(shown(picture)) == [0, 1, 2, 3, 3, 3, 3, 3]


def test_a_clip_shorter_than_planned_holds(tmp_path: Path) -> None:
    """V15: if the file ends before the plan does, its last frame holds."""
    picture = clip_picture(tmp_path / "d", counter(tmp_path, frames=6), Playback(100, 0, 12, "cover"), 12)
    assert numbers(shown(picture)) == [3, 4, 5] + [5] * 9


def test_a_start_after_the_last_frame_shows_the_last(tmp_path: Path) -> None:
    """A start in the last frame's time, or past the end, shows the last frame rather than nothing."""
    source = counter(tmp_path, frames=6)
    for start in (190, 199, 400):
        picture = clip_picture(tmp_path / f"d{start}", source, Playback(start, 0, 2, "cover"), 2)
        assert numbers(shown(picture)) == [5, 5], start


@pytest.mark.parametrize(
    ("source_fps", "fps", "expected"),
    [
        (30, 60, [0, 0, 1, 1, 2, 2, 3, 3]),
        (60, 30, [0, 2, 4, 6, 8, 10, 12, 14]),
        (25, 50, [0, 0, 1, 1, 2, 2, 3, 3]),
        (24, 24, [0, 1, 2, 3, 4, 5, 6, 7]),
        (50, 25, [0, 2, 4, 6, 8, 10, 12, 14]),
    ],
)
def test_a_clips_rate_becomes_the_videos(tmp_path: Path, source_fps: int, fps: int, expected: list[int]) -> None:
    """Frames are repeated or left out evenly, never early, where a clip has another rate than the video."""
    source = counter(tmp_path, fps=source_fps)
    assert numbers(shown(clip_picture(tmp_path / "d", source, Playback(0, 0, 8, "cover"), 8, fps))) == expected


@pytest.mark.parametrize("source_fps", [24, 25, 30, 60])
def test_windows_of_a_clip_meet(tmp_path: Path, source_fps: int) -> None:
    """A clip in two windows shows what it shows in one: a transition neither repeats nor drops a frame."""
    source = counter(tmp_path, fps=source_fps)
    picture = clip_picture(tmp_path / "d", source, Playback(300, 0, 18, "cover"), 24)
    whole = numbers(shown(picture))
    for at in (1, 7, 12, 20):
        motions = (picture.motion.window(0, at), picture.motion.window(at, 24 - at))
        parts = [numbers(shown(replace(picture, motion=motion))) for motion in motions]
        assert parts[0] + parts[1] == whole, at


def test_a_clip_of_a_variable_rate_shows_the_current_frame(tmp_path: Path) -> None:
    """V15: a screen recording with a frame of several seconds shows that frame at a start in between."""
    source = counter(tmp_path, "vfr.mkv", extra=("-vf", "select='lt(n,5)+gt(n,50)'", "-fps_mode", "vfr"))
    picture = clip_picture(tmp_path / "d", source, Playback(1000, 0, 30, "cover"), 30)
    assert numbers(shown(picture)) == [4] * 21 + [51, 52, 53, 54, 0, 1, 2, 3, 4]


def test_a_clip_that_begins_late_is_seen_from_the_first_frame(tmp_path: Path) -> None:
    """V16: where the picture starts after the sound its first frame is shown until then, never what is behind it."""
    late = (
        "-itsoffset",
        "0.2",
        "-i",
        str(counter(tmp_path)),
        "-f",
        "lavfi",
        "-i",
        "sine=d=2",
        "-map",
        "0:v",
        "-map",
        "1:a",
    )
    source = made(tmp_path / "late.mkv", *late, "-c:v", "copy")
    assert numbers(shown(clip_picture(tmp_path / "d", source, Playback(0, 0, 9, "cover"), 9))) == [0] * 7 + [1, 2]


@pytest.mark.parametrize(
    ("fit", "box", "inside", "outside"),
    [
        ("cover", (20, 10, 40, 60), [(20, 10), (59, 69)], [(19, 40), (60, 40), (40, 9), (40, 70)]),
        ("contain", (20, 10, 40, 60), [(20, 30), (59, 50)], [(40, 20), (40, 60), (19, 40), (60, 40)]),
        ("contain", (10, 5, 140, 30), [(60, 5), (100, 34)], [(40, 20), (120, 20)]),
        ("cover", (-20, -10, 81, 61), [(0, 0), (60, 50)], [(61, 20), (30, 51)]),
    ],
)
def test_clips_cover_or_are_contained(
    tmp_path: Path,
    fit: str,
    box: tuple[int, int, int, int],
    inside: list[tuple[int, int]],
    outside: list[tuple[int, int]],
) -> None:
    """A clip fills its place to the last pixel, or is seen whole in the middle of it; nothing lies beside its place."""
    source = made(tmp_path / "white.mp4", "-f", "lavfi", "-i", "color=white:s=160x90", *H264, "-frames:v", "3")
    last = shown(clip_picture(tmp_path / "d", source, Playback(0, 0, 2, fit), 2, box=box))[1]
    assert all(min(pixel(last, *point)) > 245 for point in inside)
    assert all(pixel(last, *point) == (200, 0, 0) for point in outside)


def test_pixels_that_are_not_square_are_made_so(tmp_path: Path) -> None:
    """V15: a clip of 40x80 pixels, each twice as wide as high, is a square."""
    args = ("-f", "lavfi", "-i", "color=white:s=40x80", "-vf", "setsar=2", *H264, "-frames:v", "3")
    source = made(tmp_path / "sar.mp4", *args)
    last = shown(clip_picture(tmp_path / "d", source, Playback(0, 0, 2, "contain"), 2))[1]
    assert last.point(lambda level: 255 * (level > 240)).getchannel("G").getbbox() == (35, 0, 125, 90)


def test_a_turned_clip_is_turned(tmp_path: Path) -> None:
    """V15: a phone's upright recording stands upright."""
    flat = made(tmp_path / "flat.mp4", "-f", "lavfi", "-i", "color=white:s=160x80", *H264, "-frames:v", "3")
    source = turned(flat, tmp_path / "up.mp4")
    last = shown(clip_picture(tmp_path / "d", source, Playback(0, 0, 2, "contain"), 2))[1]
    box = last.point(lambda level: 255 * (level > 240)).getchannel("G").getbbox()
    assert box is not None
    assert apart(box, (57, 0, 102, 90)) <= 1


@pytest.mark.parametrize(
    ("matrix", "pixels", "full"),
    [
        ("bt709", "yuv420p", "tv"),
        ("smpte170m", "yuv422p", "tv"),
        ("bt709", "yuv444p", "pc"),
        ("smpte170m", "yuv420p", "pc"),
    ],
)
def test_a_clips_colors_are_as_recorded(tmp_path: Path, matrix: str, pixels: str, full: str) -> None:
    """However a clip stores its colors, the shown ones are those that were recorded."""
    name = {"bt709": "bt709", "smpte170m": "bt601"}[matrix]
    args = ("-f", "lavfi", "-i", "color=0x20A040:s=160x90,format=rgb24")
    convert = (
        f"scale=out_color_matrix={name}:out_range={full},format={pixels},setparams=colorspace={matrix}:range={full}"
    )
    coded = ("-c:v", "libx264", "-qp", "2", "-colorspace", matrix, "-color_range", full, "-frames:v", "3")
    source = made(tmp_path / "colour.mkv", *args, "-vf", convert, *coded)
    last = shown(clip_picture(tmp_path / "d", source, Playback(0, 0, 2, "cover"), 2))[1]
    assert apart(pixel(last, 80, 45), (0x20, 0xA0, 0x40)) <= 3


def test_layers_lie_over_a_clip_and_come_and_go(tmp_path: Path) -> None:
    """A caption fades in over the clip that plays below it, and the clip itself can be cut in."""
    source = made(tmp_path / "white.mp4", "-f", "lavfi", "-i", "color=white:s=160x90", *H264, "-frames:v", "30")
    drawing = Drawing(tmp_path / "d").add("background", colour=(200, 0, 0)).place("clip")
    drawing.add("caption", (10, 60, 40, 20), (0, 0, 0))
    tracks = {"clip": Track(enter=Effect(2, 0, "cut")), "caption": Track(enter=Effect(4, 3, "fade"))}
    motion = Motion(30, 10, tracks, Playback(0, 0, 10, "cover"))
    frames = shown(drawing.picture(motion, clip=Clip(source, probe(source))))
    assert [pixel(frame, 100, 20)[1] > 250 for frame in frames] == [False] * 2 + [True] * 8
    levels = [pixel(frame, 20, 70)[1] for frame in frames]
    assert levels[:2] == [0, 0]
    assert apart(levels[2:], [255, 255, 191, 128, 64, 0, 0, 0]) <= 3


def test_a_clip_without_pictures_is_refused(tmp_path: Path) -> None:
    """Sound alone is no clip: the error points at the scene's src."""
    sound = made(tmp_path / "tone.mp3", "-f", "lavfi", "-i", "sine=d=1")
    drawing = Drawing(tmp_path / "d").add("background").place("clip")
    picture = drawing.picture(Motion(30, 5, {}, Playback(0, 0, 5, "cover")), clip=Clip(sound, probe(sound)))
    with pytest.raises(StepError, match="the clip has audio but no video") as caught:
        render.run(render_context(tmp_path / "step", picture))
    assert caught.value.failure.field == "src"


@WITH_REAL_MEDIA
@pytest.mark.parametrize(
    "name",
    ["example.mp4", "man-on-green-screen.mp4", "SAR-2by3.mp4", "test_yuv422p.mp4", "testsrc-hevc.mp4", "h264-png.mp4"],
)
def test_real_clips_are_rendered(tmp_path: Path, name: str) -> None:
    """V15: clips made by others come out with every frame and with their own images."""
    picture = clip_picture(tmp_path / "d", REAL_MEDIA / name, Playback(1000, 0, 15, "contain"), 20)
    step = render_context(tmp_path / "step", picture)
    render.run(step)
    frames = decoded(step.out / "segment.h264")
    assert len(frames) == 20
    assert pixel(frames[0], 80, 45) != (200, 0, 0)
    assert differ(frames[19], frames[15]) <= 12


@WITH_REAL_MEDIA
def test_a_real_timecode_is_hit(tmp_path: Path) -> None:
    """A clip's n-th frame is the recording's own n-th frame, by its burned-in timecode."""
    size = (320, 180)
    picture = clip_picture(tmp_path / "d", REAL_MEDIA / "example.mp4", Playback(5000, 0, 4, "cover"), 4, size=size)
    ours = shown(picture)
    scale = "scale=320:180:flags=bicubic"
    raw = (
        "-i",
        str(REAL_MEDIA / "example.mp4"),
        "-vf",
        f"select=between(n\\,149\\,154),{scale}",
        "-fps_mode",
        "passthrough",
    )
    theirs = decoded(made(tmp_path / "cut.mkv", *raw, "-c:v", "ffv1", "-an"), size)
    for index, image in enumerate(ours):
        errors = [sum(ImageStat.Stat(_difference(image, other)).sum) for other in theirs]
        assert errors.index(min(errors)) == index + 1


def _difference(one: Image.Image, other: Image.Image) -> Image.Image:
    from PIL import ImageChops

    return ImageChops.difference(one, other)


def test_context_paths_may_hold_anything(tmp_path: Path) -> None:
    """V18: folders and files with every awkward character are read and written as any other."""
    root = tmp_path / "a b;[0:v]'\"%d=\\:,日本"
    picture = moving(root / "d")
    assert h264.scan(made_segment(root / "step", picture)).frames == 20
    assert context(root / "other", {}, {}).out.is_dir()


@pytest.mark.parametrize("profile", ["standard", "compat"])
@pytest.mark.parametrize("effect", ["fade", "slide", "wipe", "scale"])
def test_an_exit_is_what_is_composed(tmp_path: Path, effect: str, profile: str) -> None:
    """Every decoded frame, before the exit and in it, is the composed one, and the thumbnail shows the scene whole."""
    drawing = (
        Drawing(tmp_path / "d", (160, 320)).add("background", colour=(20, 30, 60)).having("background", stays=True)
    )
    drawing.add("title", (20, 40, 100, 30), opaque=False).add("item", (20, 200, 80, 20), opaque=False)
    motion = Motion(30, 40, {"item": Track(enter=Effect(10, 5, "rise"))}, exit=Effect(28, 8, effect))
    picture = drawing.picture(motion)
    step = render_context(tmp_path / "step", picture, profile=dict(PROFILES[profile]))
    render.run(step)
    frames = decoded(step.out / render.SEGMENT, (160, 320))
    ideal = shown(picture)
    assert len(frames) == len(ideal) == 40
    for index, (have, want) in enumerate(zip(frames, ideal, strict=True)):
        means = [ImageStat.Stat(ImageChops.difference(have, want)).mean[channel] for channel in range(3)]
        assert max(means) < 2, index
    assert pixel(ideal[39], 60, 50) == (20, 30, 60)
    with Image.open(step.out / "thumb.jpg") as thumb:
        assert min(pixel(thumb.convert("RGB"), 180, 150)) > 240


def test_an_exit_costs_its_own_frames(tmp_path: Path) -> None:
    """A small layer that changes often is encoded as often as without an exit, in a band as small."""
    drawing = (
        Drawing(tmp_path / "d", (160, 640)).add("background", colour=(20, 30, 60)).having("background", stays=True)
    )
    drawing.add("window", (10, 20, 140, 600), (60, 60, 60), opaque=False)
    drawing.add("line", (20, 300, 100, 10), opaque=False, advances=(10,) * 10)
    tracks = {"line": Track(enter=Effect(0, 60, "type"))}
    coded = []
    for name, leave in (("without", None), ("with", Effect(92, 8, "fade"))):
        step = render_context(tmp_path / name, drawing.picture(Motion(30, 100, tracks, exit=leave)))
        render.run(step)
        coded.append(json.loads((step.out / render.FACTS).read_text(encoding="utf-8"))["coded"])
    assert coded[1] <= coded[0] + 9
