"""Texts of a spec as typst gets them: always data, never its source."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typst

from tests.support import scene_samples
from tests.support.scene_samples import SAMPLES
from vidbuild.media.text import fonts
from vidbuild.media.text import typst as typesetter
from vidbuild.spec import schema
from vidbuild.spec.load import parse

CANARY = "c4n4ry-of-the-host"
HOSTILE = (
    '#read("/etc/hostname")',
    '#read("../outside.txt")',
    '#include "../outside.typ"',
    '#import "@preview/cetz:0.3.0": *',
    '#image("../outside.png")',
    '#eval("1 + 1")',
    "#panic()",
    "$ sum_(i=0)^n i $ *bold* _em_ `raw` = heading",
    '"; #panic(); "',
    "\\u{23}panic()",
    "```typ\n#panic()\n```",
    "<scene> @label // comment /* */",
    "#{while true {}}",
)


def scenes(text: str) -> Iterator[dict[str, Any]]:
    """Yield a scene of each type with this text in each of its text fields, and code in several languages."""
    for kind, sample in SAMPLES.items():
        if kind == "typst":
            continue  # its layout is typst; its other texts are tested in tests/unit/steps/test_layout.py
        fields = {"type": kind, **scene_samples.with_text(kind, text)}
        for value in ("typ", "typc", "python", text) if sample.not_drawn else ("",):
            # A diagram's text has a notation, and keys have names: other texts in them are errors.
            settings = {name for name in sample.not_drawn - {"diagram", "keys"} if name in fields}
            yield {**fields, **{name: value[: _limit(kind, name)] for name in settings}}


def _limit(kind: str, name: str) -> int | None:
    limit: int | None = schema.definition(f"scene_{kind}")["properties"][name].get("maxLength")
    return limit


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the files that the samples show."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "vidbuild.toml").touch()
    scene_samples.write_media(folder)
    return folder


def asked(monkeypatch: pytest.MonkeyPatch, project: Path, folder: Path, scene: dict[str, Any]) -> list[dict[str, Any]]:
    """Draw a scene of a project in the folder, and return how typst was called."""
    from vidbuild.engine.graph.context import Context
    from vidbuild.plan.compile import compile_graph
    from vidbuild.plan.variant import own_variant
    from vidbuild.steps import draw

    data = {"vidbuild": 1, "title": "A", "output": {"size": "160x90"}, "scenes": [{"id": "s", "duration": 1, **scene}]}
    spec = parse(data, project / "v.yaml")
    step = compile_graph(spec, own_variant(spec)).steps["draw:s"]
    calls: list[dict[str, Any]] = []
    compiler = typst.Compiler

    def noted(*args: Any, **kwargs: Any) -> Any:
        calls.append({"input": args[0], **kwargs})
        return compiler(*args, **kwargs)

    monkeypatch.setattr(typst, "Compiler", noted)
    (folder / "out").mkdir(parents=True)
    inputs = {role: Path(source.path) for role, source in step.inputs.items() if hasattr(source, "path")}
    draw.run(
        Context(
            step="draw:s", params=step.params, inputs=inputs, out=folder / "out", scratch=folder / "scratch", env={}
        )
    )
    return calls


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_never_source(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """V18: whatever looks like typst in a text field is drawn as it is written: it neither runs nor reads."""
    for number, scene in enumerate(scenes(text)):
        if (number + HOSTILE.index(text)) % 3:
            continue  # each text in a third of the types, and each type with a third of the texts
        with monkeypatch.context() as patch:
            calls = asked(patch, project, tmp_path / str(number), scene)
        assert calls
        for call in calls:
            root = Path(call["root"])
            assert Path(call["input"]).parent == root
            assert text not in Path(call["input"]).read_text(encoding="utf-8")
            assert (
                text[:12] in json.dumps(json.loads(call["sys_inputs"]["data"]), ensure_ascii=False)
                or "\n" in text
                or "\\" in text
                or '"' in text
            )
            assert call["ignore_system_fonts"] is True


def test_a_template_could_not_read_outside_its_root(tmp_path: Path) -> None:
    """V26: even typst's own source, which no spec can write, is shut in the folder that a step makes for it."""
    (tmp_path / "outside.txt").write_text(CANARY, encoding="utf-8")
    root = tmp_path / "root"
    root.mkdir()
    (root / "link.txt").symlink_to(tmp_path / "outside.txt")
    staged = fonts.stage(tmp_path / "fonts", ())
    for source in (
        '#read("../outside.txt")',
        '#read("/../outside.txt")',
        f'#read("{tmp_path}/outside.txt")',
    ):
        (root / "a.typ").write_text(f"{source}\n#metadata((layers: (), warnings: ()))<scene>", encoding="utf-8")
        with pytest.raises(Exception, match="typst") as caught:
            typesetter.lay_out(root, "a.typ", {}, staged)
        assert CANARY not in str(caught.value)
