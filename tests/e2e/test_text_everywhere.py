"""Any text in any field: it is shown and spoken, and never taken for a command, a filter or markup."""

from __future__ import annotations

import io
import json

import pytest
import yaml
from PIL import Image

from tests.support.workspace import Workspace

NASTY = {
    "quotes": """'single' "double" `back` ''' \"\"\" """,
    "filters": r"a;b:c,d=e[0:v]\n\t %{pts} %d $HOME `id` | > & 'x':y=1",
    "markup": "<b>bold</b> &amp; #set text(red) $x^2$ *a* _b_ ]] [[ @ref <label> // /* } ",
    "scripts": "مرحبا שלום 你好,世界 こんにちは 안녕 🎉 👩‍💻 ✅ naïve café",
    "long": "word " * 60,
    "unbroken": "x" * 200,
    "one": "i",
}


def spec(text: str) -> str:
    """Every scene type with the text in every field that takes one."""
    safe = text.replace("[[", "").replace("]]", "")
    scenes = [
        {"type": "title", "title": text, "subtitle": text, "kicker": text, "narration": safe + " said"},
        {"type": "list", "title": text, "items": [text, {"text": text, "detail": text}], "duration": 1},
        {
            "type": "command",
            "title": text,
            "shell": text[:60].strip(),
            "prompt": text[:40].strip(),
            "commands": [{"run": text, "output": text}],
            "duration": 4,
        },
        {"type": "code", "title": text, "filename": text, "code": text, "language": "python", "duration": 1},
        {
            "type": "image",
            "title": text,
            "caption": text,
            "alt": text,
            "src": "shot.png",
            "frame": "window",
            "duration": 1,
        },
        {"type": "outro", "title": text, "subtitle": text, "links": [text], "duration": 1},
    ]
    data = {
        "vidbuild": 1,
        "title": text,
        "description": text,
        "output": {"size": "160x90", "fps": 24},
        "scenes": [{"id": f"s{index}", **scene} for index, scene in enumerate(scenes)],
    }
    return yaml.safe_dump(data, allow_unicode=True)


@pytest.mark.parametrize("name", NASTY)
def test_any_text_in_any_field(workspace: Workspace, name: str) -> None:
    """V18: quotes, filter syntax, markup, RTL, CJK, emoji, long and short text build, and come out as they went in."""
    picture = io.BytesIO()
    Image.new("RGB", (64, 36), "teal").save(picture, "PNG")
    workspace.write("shot.png", picture.getvalue())
    text = NASTY[name].strip()
    workspace.write("video.yaml", spec(text))
    workspace.build("-k")
    timing = json.loads(workspace.read("build/video.timing.json"))
    assert timing["title"] == text
    assert [scene["type"] for scene in timing["scenes"]] == ["title", "list", "command", "code", "image", "outro"]
    assert (workspace.root / "build" / "video.mp4").stat().st_size > 0
    words = " ".join(word["text"] for word in timing["scenes"][0]["words"])
    assert words == " ".join((text.replace("[[", "").replace("]]", "") + " said").split())
