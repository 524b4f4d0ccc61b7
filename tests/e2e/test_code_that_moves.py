"""Code that scrolls and changes, diffs and folder trees, through the command: what frames show, and what runs again."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageChops

from tests.support.pixels import level_range
from tests.support.workspace import Workspace

HEAD = "vidbuild: 1\ntitle: One\noutput: {size: 640x360, fps: 24}\nscenes:\n"
Box = tuple[int, int, int, int]


def frame(workspace: Workspace, scene: str, at: float, spec: str = "video.yaml") -> Image.Image:
    """Return the frame of a scene at a second."""
    name = f"{scene}-{at}.png"
    assert workspace.run("still", spec, scene, "--at", str(at), "-o", name).code == 0
    with Image.open(workspace.root / name) as image:
        return image.convert("RGB")


def changed(one: Image.Image, other: Image.Image) -> Box:
    """Return the box in which two frames differ clearly."""
    box = ImageChops.difference(one, other).convert("L").point([0] * 12 + [255] * 244).getbbox()
    assert box is not None
    return box


def test_code_scrolls_in_its_window(workspace: Workspace) -> None:
    """Code moves to its highlights, and in no frame does a pixel change outside of the window."""
    workspace.write("long.py", "\n".join(f"value_{index} = make({index})" for index in range(90)))
    workspace.write(
        "video.yaml",
        f"{HEAD}  - {{id: one, type: code, title: Long, duration: 4, file: long.py, scroll: true,\n"
        "     highlight: [{lines: 2, at: 1}, {lines: 80, at: 2}]}\n",
    )
    still = frame(workspace, "one", 0.9)
    window = (42, 90, 598, 332)
    shown = []
    for at in (1.9, 2.25, 2.5, 3.9):
        shown.append(frame(workspace, "one", at))
        left, top, right, bottom = changed(still, shown[-1])
        assert left >= window[0]
        assert top >= window[1]
        assert right <= window[2]
        assert bottom <= window[3]
    code = (120, 100, 500, 330)
    assert ImageChops.difference(shown[0].crop(code), shown[-1].crop(code)).getbbox() is not None


def test_code_that_changes_ends_as_its_new_code(workspace: Workspace) -> None:
    """Whatever the code was before, after the change it is the new one, in each pixel within a rounding error."""
    new = r"b = 2\nc = 3\nd = 4"
    scenes = [
        f'  - {{id: s{nth}, type: code, duration: 3, language: python, at: 1, from: "{old}", to: "{new}"}}\n'
        for nth, old in enumerate((r"a = 1\nb = 2\nc = 3", r"d = 4\nb = 2", r"x()\ny()\nz()"))
    ]
    workspace.write("video.yaml", HEAD + "".join(scenes))
    before = [frame(workspace, f"s{nth}", 0.9) for nth in range(3)]
    after = [frame(workspace, f"s{nth}", 2.9) for nth in range(3)]
    assert ImageChops.difference(before[0], before[1]).getbbox() is not None
    for image in after[1:]:
        assert level_range(ImageChops.difference(after[0], image).convert("L"))[1] <= 2


def test_a_diff_marks_what_goes_then_what_comes(workspace: Workspace) -> None:
    """Before a change nothing is marked; then the removed row turns red, and later the added row below turns green."""
    workspace.write(
        "video.yaml",
        HEAD.replace("scenes:", "theme: paper\nscenes:")
        + '  - {id: one, type: diff, duration: 4, from: "a = 1\\nb = 2", to: "a = 1\\nb = 3", '
        + "reveal: [{change: 1, at: 1}]}\n",
    )

    def tones(at: float) -> tuple[int, int]:
        """Return the row of the frame in which most is red, and the one in which most is green; 0 without any."""
        image = frame(workspace, "one", at)
        counts = []
        for first, second in ((0, 1), (1, 0)):
            rows = {}
            for y in range(image.height):
                row = [image.getpixel((x, y)) for x in range(300, 500, 20)]
                rows[y] = sum(isinstance(each, tuple) and each[first] > each[second] + 8 for each in row)
            best = max(rows, key=lambda y: rows[y])
            counts.append(best if rows[best] > 5 else 0)
        return counts[0], counts[1]

    assert tones(0.9) == (0, 0)
    red, green = tones(1.38)
    assert red
    assert not green
    red, green = tones(3)
    assert 0 < red < green


def test_a_listed_folder_is_drawn_again_for_its_names_alone(workspace: Workspace) -> None:
    """A new file is listed in the next build; other content of a file, or a hidden file, runs no step."""
    for name in ("src/app.py", "src/models/user.py"):
        (workspace.root / name).parent.mkdir(parents=True, exist_ok=True)
        workspace.write(name, "x = 1\n")
    workspace.write("video.yaml", f"{HEAD}  - {{id: one, type: tree, folder: src, duration: 1}}\n")
    workspace.build()
    assert "draw:one" in workspace.ran()
    workspace.write("src/app.py", "x = 2\n")
    workspace.write("src/models/.hidden", "x")
    workspace.build()
    assert workspace.ran() == []
    workspace.write("src/models/order.py", "x = 1\n")
    workspace.build()
    assert "draw:one" in workspace.ran()
    Path(workspace.root / "src/models/order.py").unlink()
    workspace.build()
    assert "draw:one" not in workspace.ran()
