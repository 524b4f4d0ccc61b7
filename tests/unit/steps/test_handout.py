"""The handout step: a PDF with a picture and the narration of each scene, as pdfium reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from tests.support.render_lab import context
from vidbuild import seal
from vidbuild.engine.graph.context import Context
from vidbuild.scenes.layout_files import SCENES
from vidbuild.steps import handout

ODD = 'It is <b>"odd"</b>: \\ #let x = 1 $y$ [z] *a* _b_ @c `d`'


def scene(name: str, *turns: tuple[str, str]) -> dict[str, Any]:
    """A scene of the step's parameters."""
    return {"id": name, "title": f"Scene {name}", "alt": "", "text": [list(turn) for turn in turns]}


def run(root: Path, scenes: list[dict[str, Any]], size: tuple[int, int] = (320, 180), **params: Any) -> Path:
    """Run the step for scenes of one color each."""
    inputs = {"template": SCENES / "handout.typ"}
    root.mkdir()
    for number, each in enumerate(scenes):
        path = inputs[f"still:{each['id']}"] = root / f"{number}.png"
        Image.new("RGB", size, (40 * number, 0, 255 - 40 * number)).save(path)
    fonts = dict.fromkeys(("title", "text", "mono"), "Source Sans Pro")
    own = {
        "title": "A handout",
        "description": "Of it",
        "language": "en",
        "fonts": fonts,
        "size": list(size),
        "width": 160,
    }
    step: Context = context(root / "s", {**own, "scenes": scenes, **params}, inputs)
    handout.run(step)
    return step.out / "handout.pdf"


def text_of(path: Path) -> list[str]:
    """The text of each page."""
    with pypdfium2.PdfDocument(path) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def pictures(path: Path) -> list[tuple[int, int]]:
    """The size in pixels of each picture."""
    with pypdfium2.PdfDocument(path) as document:
        return [
            item.get_px_size()
            for page in document
            for item in page.get_objects()
            if isinstance(item, pypdfium2.PdfImage)
        ]


def test_every_scene_has_its_picture_and_its_narration(tmp_path: Path) -> None:
    """Titles, speakers and narration are text of the PDF, as written, in order; pictures are scaled."""
    scenes = [scene("a", ("", "First.")), scene("b", ("host", "Hello."), ("guest", ODD)), scene("c")]
    path = run(tmp_path / "a", scenes)
    text = " ".join(" ".join(text_of(path)).split())
    for part in ("A handout", "Of it", "Scene a", "First.", "Scene b", "host: Hello.", "guest:", ODD, "Scene c"):
        assert part in text, part
    assert text.index("First.") < text.index("Scene b") < text.index("Hello.") < text.index("Scene c")
    assert pictures(path) == [(160, 90)] * 3
    assert seal.state_of(path) == "intact"


def test_the_document_has_a_title_and_no_date(tmp_path: Path) -> None:
    """The same bytes are made at another time; readers show the video's title."""
    one, two = (run(tmp_path / name, [scene("a", ("", "First."))]) for name in "ab")
    assert one.read_bytes() == two.read_bytes()
    with pypdfium2.PdfDocument(one) as document:
        found = document.get_metadata_dict()
    assert found["Title"] == "A handout"
    assert found.get("CreationDate", "") in {"", "D:19700101000000Z"}


def test_many_scenes_are_on_several_pages(tmp_path: Path) -> None:
    """Two pictures fit on a page; none is cut in two, and every page has its number."""
    path = run(tmp_path / "a", [scene(f"s{number}", ("", "A sentence. " * 12)) for number in range(6)])
    pages = text_of(path)
    assert 3 <= len(pages) <= 4
    assert all(f"{number + 1} / {len(pages)}" in page for number, page in enumerate(pages))


def test_the_text_of_a_tall_video_is_beside_its_picture(tmp_path: Path) -> None:
    """A tall picture is on the left, and what is said on its right."""
    path = run(tmp_path / "a", [scene("a", ("", "Beside it."))], (180, 320))
    with pypdfium2.PdfDocument(path) as document:
        page = document[0].get_textpage()
        found = page.search("Beside").get_next()
        assert found is not None
        left = page.get_charbox(found[0])[0]
    assert left > 200


def test_long_text_beside_a_picture_goes_on_on_the_next_page(tmp_path: Path) -> None:
    """Nothing of it is cut off at the end of the page."""
    words = " ".join(f"word{number}" for number in range(1500))
    path = run(tmp_path / "a", [scene("a", ("", words)), scene("b")], (180, 320))
    text = " ".join(text_of(path)).split()
    assert {f"word{number}" for number in range(1500)} <= set(text)


@pytest.mark.parametrize("language", ["ar", "de", "zh-Hans"])
def test_every_language_can_be_set(tmp_path: Path, language: str) -> None:
    """Right-to-left languages, and tags of other scripts, are no error."""
    text = " ".join(text_of(run(tmp_path / "a", [scene("a", ("", "First."))], language=language)))
    assert "First." in text


def test_a_heading_stands_apart_from_the_scene_above_it(tmp_path: Path) -> None:
    """A heading is nearer to its own picture than to the narration of the scene before."""
    path = run(tmp_path / "a", [scene("a", ("", "First.")), scene("b", ("", "Second."))])
    with pypdfium2.PdfDocument(path) as document:
        page = document[0].get_textpage()

        def box(text: str) -> tuple[float, float, float, float]:
            found = page.search(text).get_next()
            assert found is not None
            left, bottom, right, top = page.get_charbox(found[0])
            return left, bottom, right, top

        pictures_of_page = [item for item in document[0].get_objects() if isinstance(item, pypdfium2.PdfImage)]
        tops = sorted((item.get_bounds()[3] for item in pictures_of_page), reverse=True)
        above = box("First.")[1] - box("Scene b")[3]
        below = box("Scene b")[1] - tops[1]
    assert above > 20 > below > 3
