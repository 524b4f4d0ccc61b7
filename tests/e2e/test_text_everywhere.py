"""Any text in any field: it is shown and spoken, and never taken for a command, a filter or markup."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.support import scene_samples
from tests.support.scene_samples import SAMPLES
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
    """Return a spec with a scene of every type and the text in every field that takes one."""
    scenes = [
        {"id": kind, "type": kind, "duration": 2, "alt": text, **scene_samples.with_text(kind, text)}
        for kind in SAMPLES
    ]
    del scenes[0]["duration"]
    scenes[0]["narration"] = plain(text)
    data = {
        "vidbuild": 1,
        "title": text,
        "description": text,
        "output": {"size": "160x90", "fps": 24},
        "voice": "espeak:en-us",
        "scenes": scenes,
    }
    return yaml.safe_dump(data, allow_unicode=True)


def plain(text: str) -> str:
    """Return the text as a narration, without marks of cues."""
    return text.replace("[[", "").replace("]]", "") + " said"


@pytest.mark.parametrize("name", NASTY)
def test_any_text_in_any_field(workspace: Workspace, name: str) -> None:
    """V18: quotes, filters, markup, RTL, CJK, emoji, long and short text build, and come out as they went in.

    Only the marks of inline code and emphasis are left out of the texts that are spoken or listed.
    """
    scene_samples.write_media(workspace.root, seconds=2)
    text = NASTY[name].strip()
    workspace.write("video.yaml", spec(text))
    workspace.build("-k")
    timing = json.loads(workspace.read("build/video.timing.json"))
    assert timing["title"] == text.replace("`", "")
    assert [scene["type"] for scene in timing["scenes"]] == list(SAMPLES)
    assert (workspace.root / "build" / "video.mp4").stat().st_size > 0
    words = "".join(f"{'' if 'joined' in word else ' '}{word['text']}" for word in timing["scenes"][0]["words"])
    assert words.split() == plain(text).replace("`", "").replace("*a* _b_", "a b").split()
