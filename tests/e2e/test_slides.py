"""Slides through the command: by the pixels of what is built, and by the steps that run."""

from __future__ import annotations

from PIL import Image

from tests.support.pdf_files import Sheet, write
from tests.support.workspace import Workspace

HEAD = "vidbuild: 1\ntitle: T\noutput: {size: 320x180, fps: 25}\nscenes:\n"
SLIDE = "  - {id: %s, type: slide, file: deck.pdf, page: %d, duration: 1%s}\n"
RED, GREEN, BLUE = (1, 0, 0), (0, 1, 0), (0, 0, 1)


def deck(space: Workspace, *colors: tuple[float, float, float], comment: str = "") -> None:
    """Write a deck of pages of these colors."""
    write(space.root / "deck.pdf", [Sheet(color=color) for color in colors], comment=comment)


def test_editing_a_page_renders_one_scene_again(workspace: Workspace) -> None:
    """Only scenes whose page looks different are drawn and rendered again after the PDF has changed."""
    workspace.write("video.yaml", HEAD + "".join(SLIDE % (name, page, "") for page, name in enumerate("abc", 1)))
    deck(workspace, RED, GREEN, BLUE)
    workspace.build()
    deck(workspace, RED, GREEN, BLUE, comment="saved again")
    workspace.build()
    assert {step.partition(":")[0] for step in workspace.ran()} == {"page"}
    deck(workspace, RED, GREEN, (1, 1, 0))
    workspace.build()
    ran = {step for step in workspace.ran() if step.partition(":")[0] in {"page", "draw", "render"}}
    assert ran == {"page:a", "page:b", "page:c", "draw:c", "render:c"}


def test_a_page_fills_its_sheet(workspace: Workspace) -> None:
    """A page is shown in its own colors in the middle of the frame, or in all of it."""
    deck(workspace, RED, GREEN)
    workspace.write("video.yaml", HEAD + SLIDE % ("a", 2, "") + SLIDE % ("b", 2, ", fit: cover"))
    shown = {}
    for name in "ab":
        done = workspace.run("still", "video.yaml", name)
        assert done.code == 0, done.stderr
        shown[name] = Image.open(workspace.root / "build" / f"video.{name}.png").convert("RGB")
    assert shown["a"].getpixel((160, 90)) == shown["b"].getpixel((160, 90)) == (0, 255, 0)
    assert shown["b"].getpixel((1, 1)) == (0, 255, 0)
    assert shown["a"].getpixel((1, 1)) != (0, 255, 0)


def test_check_finds_what_is_wrong_with_a_pdf(workspace: Workspace) -> None:
    """`check` reports each page that cannot be drawn at its field, and warns of fonts that are not in the PDF."""
    write(workspace.root / "deck.pdf", [Sheet(text="A", font="Gotham")])
    write(workspace.root / "locked.pdf", [Sheet()], encrypted=True)
    write(workspace.root / "none.pdf", [])
    (workspace.root / "damaged.pdf").write_bytes(b"%PDF-1.7\njunk")
    files = "".join(
        f"  - {{id: {name}, type: slide, file: {name}.pdf, duration: 1}}\n" for name in ("locked", "none", "damaged")
    )
    workspace.write("video.yaml", HEAD + SLIDE % ("a", 1, "") + SLIDE % ("b", 2, "") + files)
    done = workspace.run("check", "video.yaml")
    assert done.code == 2
    printed = done.stdout + done.stderr
    for expected in (
        "video.yaml:5:32: warning: the font 'Gotham' is not in the PDF",
        "video.yaml:6:48: page:b failed: no page 2: the PDF has 1 page\n",
        "video.yaml:7:37: page:locked failed: the PDF is encrypted: it needs a password",
        "video.yaml:8:35: page:none failed: the PDF has no pages",
        "video.yaml:9:38: page:damaged failed: damaged: PDFium cannot read the PDF",
    ):
        assert expected in printed


def test_callouts_point_at_a_page(workspace: Workspace) -> None:
    """A region in percent is that part of the page; one outside of it is an error that names the page's size."""
    deck(workspace, RED)
    spec = HEAD + SLIDE % ("a", 1, ", fit: cover, callouts: [{blur: %s}]")
    workspace.write("video.yaml", spec % '["50%", "50%", "50%", "50%"]')
    done = workspace.run("still", "video.yaml", "a")
    assert done.code == 0, done.stderr
    image = Image.open(workspace.root / "build" / "video.a.png").convert("RGB")
    assert image.getpixel((80, 45)) == (255, 0, 0)
    workspace.write("video.yaml", spec % "[4000, 0, 200, 100]")
    done = workspace.run("check", "video.yaml")
    assert "region [4000, 0, 200, 100] is outside its picture of 4096x2304 pixels" in done.stdout + done.stderr


def test_a_callout_enlarges_a_part_of_a_page(workspace: Workspace) -> None:
    """A zoom shows its region of the page over all of the page."""
    write(workspace.root / "deck.pdf", [Sheet(color=RED, more="0 0 1 rg 0 0 480 270 re f")])
    zoom = ', fit: cover, callouts: [{zoom: ["10%", "60%", "30%", "30%"], at: 0, until: 1}]'
    workspace.write("video.yaml", HEAD + SLIDE % ("a", 1, zoom))
    done = workspace.run("still", "video.yaml", "a", "--at", "0.8")
    assert done.code == 0, done.stderr
    image = Image.open(workspace.root / "build" / "video.a.png").convert("RGB")
    assert image.getpixel((280, 30)) == (0, 0, 255)


def test_both_sides_of_a_split_show_their_pages(workspace: Workspace) -> None:
    """Each side of a split shows its own page; one that does not exist is an error at the side's field."""
    deck(workspace, RED, GREEN)
    sides = "left: {type: slide, file: deck.pdf}, right: {type: slide, file: deck.pdf, page: %d}"
    split = f"  - {{id: a, type: split, duration: 1, {sides}}}\n"
    workspace.write("video.yaml", HEAD + split % 2)
    done = workspace.run("still", "video.yaml", "a")
    assert done.code == 0, done.stderr
    shown = Image.open(workspace.root / "build" / "video.a.png").convert("RGB")
    assert [shown.getpixel((x, 90)) for x in (90, 230)] == [(255, 0, 0), (0, 255, 0)]
    workspace.write("video.yaml", HEAD + split % 3)
    done = workspace.run("check", "video.yaml")
    line = (HEAD + split % 3).splitlines()[-1]
    assert f"video.yaml:5:{line.index('page: 3') + 7}: page:a@right failed: no page 3" in done.stderr
