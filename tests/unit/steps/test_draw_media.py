"""Images, clips and logos: their places and what is visible of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.support.drawing import TYPES, Drawn, changed, drawn, picture, theme
from tests.support.pixels import colors, pixel
from vidbuild.errors import SpecProblem
from vidbuild.media.ffmpeg import ffmpeg


def test_a_contained_picture_is_seen_whole_in_its_window(tmp_path: Path) -> None:
    """The picture keeps its proportions, lies inside the window, and is opaque."""
    files = {"image": picture(tmp_path / "wide.png", (400, 100))}
    made = drawn(tmp_path / "out", "image", files=files, size=(1280, 720))
    inside, window = made["picture"], made.ink("window")
    assert inside.width / inside.height == pytest.approx(4, rel=0.02)
    assert window[0] < inside.x
    assert inside.x + inside.width < window[2]
    assert inside.opaque


def test_a_full_picture_covers_the_frame_and_its_words_have_plates(tmp_path: Path) -> None:
    """Cover without a frame fills the canvas; title and caption stand on plates above it."""
    made = drawn(tmp_path, "image", changed("image", fit="cover", frame="none"))
    assert made.names() == ["background", "picture", "heading", "caption"]
    full = made["picture"]
    assert (full.x, full.y, full.width, full.height) == (0, 0, 640, 360)
    caption = made.image("caption")
    assert pixel(caption, (caption.width // 2, 3))[3] > 220


def test_a_small_picture_is_not_blown_up(tmp_path: Path) -> None:
    """An icon grows to two and a half times its size and no further."""
    files = {"image": picture(tmp_path / "icon.png", (16, 16))}
    made = drawn(tmp_path / "out", "image", changed("image", frame="none"), files=files)
    assert made["picture"].width == 40


def test_a_see_through_picture_is_not_called_opaque(tmp_path: Path) -> None:
    """Transparency stays, so that the background is seen through it."""
    files = {"image": picture(tmp_path / "clear.png", (64, 64), (200, 80, 40, 128))}
    made = drawn(tmp_path / "out", "image", changed("image", frame="none"), files=files)
    assert not made["picture"].opaque
    assert pixel(made.image("picture"), (5, 5))[3] == 128


def bar_colors(made: Drawn) -> set[tuple[int, ...]]:
    """Return the colors in the middle of a window's bar, at the place of an address."""
    left, top, right, _ = made.ink("window")
    middle = (left + right) // 2
    bar = made.composed().crop((middle - 60, top + 14, middle + 60, top + 30))
    return colors(bar)


@pytest.mark.parametrize("frame", ["window", "browser"])
def test_a_bar_without_an_address_has_no_empty_pill(frame: str, tmp_path: Path) -> None:
    """Where there is nothing to show in a window's bar, the bar is plain; only an address brings its field."""
    fields = changed("image", frame=frame)
    files = {"image": picture(tmp_path / "wide.png", (1600, 900))}
    assert len(bar_colors(drawn(tmp_path / "a", "image", fields, files=files, size=(1280, 720)))) == 1
    fields["address"] = "www.example.org"
    assert len(bar_colors(drawn(tmp_path / "b", "image", fields, files=files, size=(1280, 720)))) > 8


def test_a_browser_frame_differs_from_a_window(tmp_path: Path) -> None:
    """The browser's bar has its arrows."""
    window = drawn(tmp_path / "a", "image").image("window")
    browser = drawn(tmp_path / "b", "image", changed("image", frame="browser")).image("window")
    assert window.tobytes() != browser.tobytes()


def test_a_window_hugs_a_tall_picture(tmp_path: Path) -> None:
    """A telephone's screenshot has no dark sides: its window is as wide as it is, but for the even rim."""
    files = {"image": picture(tmp_path / "tall.png", (500, 1600))}
    made = drawn(tmp_path / "out", "image", files=files, size=(1920, 1080))
    inside, window = made["picture"], made.ink("window")
    corners = (inside.x, inside.x + inside.width)
    row = inside.y + inside.height // 2
    assert inside.width < 0.12 * 1920
    panel = tuple(bytes.fromhex(theme()["surface"][1:]))
    composed = made.composed()
    rims = [
        sum(composed.getpixel((x, row)) == panel for x in xs) for xs in (range(corners[0]), range(corners[1], 1920))
    ]
    assert max(rims) <= 16
    assert window[0] < corners[0] < corners[1] < window[2]


@pytest.mark.parametrize(
    ("size", "message"),
    [
        ((48, 32), "image is too small: 48x32 pixels for an area of 449x299"),
        ((1, 1), "image is too small: 1x1 pixels for an area of 299x299"),
        ((30000, 20), "image is hardly visible: all of its 30000x20 pixels are shown at 1636x1"),
        ((20, 3000), "image is hardly visible: all of its 20x3000 pixels are shown at 4x598"),
    ],
)
def test_a_tiny_image_is_a_warning(size: tuple[int, int], message: str, tmp_path: Path) -> None:
    """Images of a few pixels, or of one line, are drawn, with a warning at the field that names them."""
    files = {"image": picture(tmp_path / "odd.png", size)}
    made = drawn(tmp_path / "out", "image", files=files, size=(1920, 1080))
    assert [(w.field, w.message) for w in made.warnings] == [("src", message)]


def test_a_tiny_image_in_a_frame_is_of_a_sensible_size(tmp_path: Path) -> None:
    """An icon in a window takes half of the room there is, in its own proportions."""
    files = {"image": picture(tmp_path / "icon.png", (48, 32))}
    place = drawn(tmp_path / "out", "image", files=files, size=(1920, 1080))["picture"]
    assert place.height > 1080 / 4
    assert place.width / place.height == pytest.approx(1.5, rel=0.02)


def test_an_enlarged_image_is_a_warning(tmp_path: Path) -> None:
    """An image that is enlarged more than fourfold to cover the frame is a warning with its size; twofold is not."""
    fields = changed("image", fit="cover", frame="none")
    for width, warned in ((100, ["src"]), (320, [])):
        files = {"image": picture(tmp_path / f"{width}.png", (width, width))}
        made = drawn(tmp_path / str(width), "image", fields, files=files)
        assert [w.field for w in made.warnings] == warned


def test_a_file_that_is_no_image_is_the_specs_fault(tmp_path: Path) -> None:
    """An unreadable image fails with the field that names it, before anything is drawn."""
    (tmp_path / "broken.png").write_bytes(b"no image")
    with pytest.raises(SpecProblem, match="unknown format") as caught:
        drawn(tmp_path / "out", "image", files={"image": tmp_path / "broken.png"})
    assert caught.value.failure.field == "src"


@pytest.mark.parametrize("known", [None, [640, 480]])
def test_a_clips_place_is_even_and_has_its_proportions(known: list[int] | None, tmp_path: Path) -> None:
    """A contained clip's place has even numbers, since video has one color for two pixels, and its proportions."""
    made = drawn(tmp_path, "clip", changed("clip", clip_size=known), size=(1280, 720))
    place = made["clip"]
    assert place.file == ""
    assert [value % 2 for value in (place.x, place.y, place.width, place.height)] == [0, 0, 0, 0]
    if known:
        assert place.width / place.height == pytest.approx(4 / 3, rel=0.01)


@pytest.mark.parametrize("shape", [(640, 360), (360, 640)])
@pytest.mark.parametrize(("wide", "high"), [(64, 36), (36, 64)])
def test_a_clips_own_size_is_read_from_its_file(shape: tuple[int, int], wide: int, high: int, tmp_path: Path) -> None:
    """Where the step is given the clip itself, the window around its place is the clip's shape, not the frame's."""
    clip = tmp_path / "clip.mp4"
    args = ["-f", "lavfi", "-i", f"color=red:s={wide}x{high}:r=10", "-frames:v", "2", str(clip)]
    ffmpeg.run(args, cwd=tmp_path, env={}, timeout=60, what="make a clip")
    made = drawn(tmp_path / "out", "clip", files={"clip": clip}, size=shape)
    place, window = made["clip"], made.ink("window")
    assert place.width / place.height == pytest.approx(wide / high, rel=0.03)
    assert place.width < window[2] - window[0] < place.width + 60
    assert place.height < window[3] - window[1] < place.height + 60
    assert [value % 2 for value in (place.x, place.y, place.width, place.height)] == [0, 0, 0, 0]


def test_a_clip_without_video_has_no_proportions(tmp_path: Path) -> None:
    """A file with only audio has no shape."""
    sound = tmp_path / "sound.wav"
    args = ["-f", "lavfi", "-i", "sine=d=0.1", str(sound)]
    ffmpeg.run(args, cwd=tmp_path, env={}, timeout=60, what="make a sound")
    made = drawn(tmp_path / "a", "clip", files={"clip": sound})
    assert made["clip"] == drawn(tmp_path / "b", "clip")["clip"]


def test_a_covering_clip_has_the_whole_frame(tmp_path: Path) -> None:
    """Cover: the clip's place is the canvas, with the words above it."""
    made = drawn(tmp_path, "clip", changed("clip", fit="cover"))
    assert made.names() == ["background", "clip", "poster", "heading", "caption"]
    assert (made["clip"].width, made["clip"].height) == (640, 360)


@pytest.mark.parametrize(
    ("kind", "format_"),
    [
        *((kind, "png") for kind in TYPES if kind != "typst"),
        *(("title", format_) for format_ in ("jpg", "webp", "gif", "svg")),
    ],
)
def test_a_logo_is_small_in_the_corner_and_large_at_the_end(kind: str, format_: str, tmp_path: Path) -> None:
    """A theme's logo of any format is the top layer in the upper corner, and centered in the outro.

    A layout of one's own places it itself (`theme.logo`).
    """
    logo = tmp_path / f"logo.{format_}"
    if format_ == "svg":
        logo.write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="80"><rect width="200" height="80"/></svg>'
        )
    else:
        Image.new("RGB", (200, 80), "red").save(logo)
    made = drawn(tmp_path / "out", kind, files={"logo": logo})
    layer = made["logo"]
    assert layer.width / layer.height == pytest.approx(2.5, rel=0.1)
    if kind == "outro":
        assert abs(layer.x + layer.width / 2 - 320) <= 1
        assert layer.y + layer.height <= made.ink("title")[1]
    else:
        assert made.names()[-1] == "logo"
        assert (layer.x + layer.width, layer.y) == (640 - 43, 36)


def test_a_heading_leaves_the_logo_its_room(tmp_path: Path) -> None:
    """A heading as wide as it may be ends before the logo begins."""
    Image.new("RGB", (400, 80), "red").save(tmp_path / "logo.png")
    made = drawn(
        tmp_path / "out",
        "list",
        changed("list", title="A heading as long as a heading may be and then longer " * 2),
        files={"logo": tmp_path / "logo.png"},
    )
    assert made.ink("heading")[2] < made["logo"].x


def test_a_broken_logo_is_an_error_of_the_theme(tmp_path: Path) -> None:
    """A logo that cannot be read is an error at the theme's field."""
    (tmp_path / "logo.png").write_bytes(b"no image")
    with pytest.raises(SpecProblem, match="unreadable image: ") as caught:
        drawn(tmp_path / "out", "title", files={"logo": tmp_path / "logo.png"})
    assert caught.value.failure.field == "theme.logo"


@pytest.mark.parametrize("kind", ["AVIF", "TIFF", "BMP", "SVG", "WEBP"])
def test_a_logo_of_any_format(tmp_path: Path, kind: str) -> None:
    """A logo is drawn from every format that an image can have, also those that typst does not read."""
    if kind == "SVG":
        shape = "<rect width='40' height='20' fill='red'/>"
        (tmp_path / "logo").write_text(f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 40 20'>{shape}</svg>")
    else:
        Image.new("RGB", (400, 200), "red").save(tmp_path / "logo", kind)
    made = drawn(tmp_path / "out", "title", files={"logo": tmp_path / "logo"})
    layer = made["logo"]
    middle = made.image("logo").convert("RGBA").getpixel((layer.width // 2, layer.height // 2))
    assert middle == pytest.approx((255, 0, 0, 255), abs=2)
    assert layer.width == pytest.approx(2 * layer.height, abs=1)


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (400, 400)])
@pytest.mark.parametrize("shape", [(90, 195), (195, 90), (100, 100)])
def test_a_phone_is_around_its_screen(tmp_path: Path, size: tuple[int, int], shape: tuple[int, int]) -> None:
    """The whole screenshot is inside the phone's rim, which covers the screen's corners but not its middle."""
    files = {"image": picture(tmp_path / "screen.png", shape)}
    fields = changed("image", frame="phone", title="")
    made = drawn(tmp_path / "out", "image", fields, files=files, size=size)
    assert [name for name in made.names() if name not in {"background", "heading", "caption"}] == [
        "shade",
        "picture",
        "window",
    ]
    screen, rim = made["picture"], made["window"]
    assert screen.width / screen.height == pytest.approx(shape[0] / shape[1], rel=0.05)
    assert rim.x < screen.x
    assert rim.x + rim.width > screen.x + screen.width
    window = made.image("window")
    left, top = screen.x - rim.x, screen.y - rim.y
    assert pixel(window, (left + screen.width // 2, top + screen.height // 2))[3] == 0
    assert pixel(window, (left, top))[3] == 255
    assert pixel(window, (left + screen.width - 1, top + screen.height - 1))[3] == 255


def test_a_phone_that_is_filled_has_a_screen_of_its_own_shape(tmp_path: Path) -> None:
    """With `fit: cover`, the image fills a screen of 9 x 19.5, whatever its own shape."""
    fields = changed("image", frame="phone", fit="cover")
    made = drawn(tmp_path, "image", fields, size=(1280, 720))
    screen = made["picture"]
    assert screen.width / screen.height == pytest.approx(9 / 19.5, rel=0.02)
