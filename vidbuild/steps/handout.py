"""The step `handout`: a PDF with the last frame and the narration of each scene."""

from __future__ import annotations

import shutil

from PIL import Image

from vidbuild import seal
from vidbuild.engine.graph.context import Context
from vidbuild.media.text import families, fonts, typst
from vidbuild.media.text.direction import is_right_to_left

TEMPLATE = "handout.typ"


def run(context: Context) -> None:
    """Write handout.pdf.

    Params: title, description, language. fonts: the theme's. size: of the video. width: of the pictures, in pixels.
    scenes: {"id", "title", "alt", "text": [speaker, text] of each turn} each.
    """
    params, root = context.params, context.scratch / "root"
    root.mkdir()
    shutil.copyfile(context.inputs["template"], root / TEMPLATE)
    scenes = []
    for number, scene in enumerate(params["scenes"]):
        context.progress(number, len(params["scenes"]))
        name = f"{number}.png"
        with Image.open(context.inputs[f"still:{scene['id']}"]) as image:
            picture = image.convert("RGB")
        if params["width"] < picture.width:
            size = (params["width"], max(1, round(picture.height * params["width"] / picture.width)))
            picture = picture.resize(size, Image.Resampling.LANCZOS)
        picture.save(root / name, "png", compress_level=1)
        scenes.append({**scene, "image": name})
    own, added = (
        [path for role, path in sorted(context.inputs.items()) if role.startswith(kind)] for kind in ("font:", "face:")
    )
    staged = fonts.stage(context.scratch / "fonts", own, added)
    language = params["language"].partition("-")[0].lower()
    data = {
        "title": params["title"],
        "description": params["description"],
        "size": params["size"],
        "lang": language if len(language) in {2, 3} else "en",
        "direction": "rtl" if is_right_to_left(params["language"]) else "ltr",
        "fonts": families.searched(
            params["fonts"],
            staged.own_families() if own else (),
            families.regional(staged.added_families(), str(params["language"])) if staged.added else (),
        ),
        "scenes": scenes,
    }
    pdf = typst.pdf(root, TEMPLATE, data, staged)
    (context.out / "handout.pdf").write_bytes(seal.sealed(pdf, ".pdf"))
