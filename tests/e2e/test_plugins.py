"""Plug-ins through the command: the example's package, installed by pip, and some with faults."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from imageio_ffmpeg import get_ffmpeg_exe
from PIL import Image

from tests.support import plugin_lab
from tests.support.marks import WALLS
from tests.support.plugin_lab import PLAIN, SPEC, env
from tests.support.workspace import Workspace

CANARY = "a secret of the user"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's package, installed by pip."""
    return plugin_lab.install(tmp_path_factory.mktemp("installed") / "v1")


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another version of the example's package, installed by pip."""
    folder = tmp_path_factory.mktemp("newer")
    return plugin_lab.install(folder / "v2", plugin_lab.another_version(folder / "source", "1.1"))


def test_a_plugin_draws_and_speaks(workspace: Workspace, example: Path) -> None:
    """N20: a spec is built with a plug-in's scene type and voice: its dial is drawn, its words have their times."""
    workspace.write("video.yaml", SPEC)
    done = workspace.run("build", "video.yaml", env=env(example))
    assert done.code == 0, done.stderr
    timing = json.loads(workspace.read("build/video.timing.json"))
    [_, gauge] = timing["scenes"]
    assert [word["text"] for word in gauge["words"]][:3] == ["The", "tests", "reach"]
    assert {word["from"] for word in gauge["words"]} == {"engine"}
    assert workspace.run("still", "video.yaml", "coverage", "-o", "still.png", env=env(example)).code == 0
    with Image.open(workspace.root / "still.png") as image:
        still = image.convert("RGB")
    accent = [still.getpixel((x, 90)) for x in range(95, 125)]
    assert any(_is_blue(color) for color in accent), accent  # the arc, left of the middle
    start = round(gauge["start"] * 24)
    first = _frame(workspace.root / "build/video.mp4", start + 1)
    assert not any(_is_blue(first.getpixel((x, 90))) for x in range(95, 125))  # it is drawn later


def _frame(video: Path, number: int) -> Image.Image:
    """One frame of a video, as plain decoding of all frames before it gives it."""
    path = video.with_suffix(".frame.png")
    line = [get_ffmpeg_exe(), "-nostdin", "-y", "-i", str(video), "-vf", f"select=eq(n\\,{number})", "-frames:v", "1"]
    subprocess.run([*line, str(path)], check=True, capture_output=True)
    with Image.open(path) as image:
        return image.convert("RGB")


def _is_blue(color: object) -> bool:
    assert isinstance(color, tuple)
    red, _, blue = color
    return bool(blue > 200 and blue - red > 60)


def test_another_version_runs_its_steps_alone(workspace: Workspace, example: Path, newer: Path) -> None:
    """N20: another version of a plug-in reruns its own steps and no other, and explain names both versions."""
    workspace.write("video.yaml", SPEC)
    assert workspace.run("build", "video.yaml", env=env(example)).code == 0
    explained = workspace.run("explain", "video.yaml", "draw:coverage", env=env(newer)).stdout
    assert 'vidbuild-example changed: "1.0 (' in explained
    assert '-> "1.1 (' in explained
    done = workspace.run("build", "video.yaml", "--json", env=env(newer))
    assert sorted(done.data["steps"]["ran"]) == ["draw:coverage", "speak:coverage"]
    back = workspace.run("build", "video.yaml", "--json", env=env(example))
    assert back.data["status"] == "up-to-date"


def test_edited_code_of_a_plugin_runs_its_steps(workspace: Workspace, tmp_path: Path) -> None:
    """N20: the author of a plug-in sees an edit of its code without a new version."""
    folder = plugin_lab.copied(tmp_path / "site")
    workspace.write("video.yaml", SPEC)
    assert workspace.run("build", "video.yaml", env=env(folder)).code == 0
    chime = folder / "vidbuild_example" / "chime.py"
    chime.write_text(chime.read_text(encoding="utf-8").replace('"low": 220.0', '"low": 330.0'), encoding="utf-8")
    ran = workspace.run("build", "video.yaml", "--json", env=env(folder)).data["steps"]["ran"]
    assert "speak:coverage" in ran
    assert not any(step.endswith("intro") for step in ran)
    (chime.parent / "tones.json").write_text("{}", encoding="utf-8")  # a new file may be read by its code
    assert "speak:coverage" in workspace.run("build", "video.yaml", "--json", env=env(folder)).data["steps"]["ran"]


def test_a_build_with_nothing_to_do_imports_nothing_of_a_plugin(workspace: Workspace, example: Path) -> None:
    """N20: a null build imports no plug-in and reads no entry point, whether its spec uses one or not."""
    workspace.write("video.yaml", SPEC)
    workspace.write("plain.yaml", PLAIN)
    for spec in ("video.yaml", "plain.yaml"):
        assert workspace.run("build", spec, env=env(example)).code == 0
    without = _modules(workspace, "plain.yaml", env())
    assert _modules(workspace, "plain.yaml", env(example)) == without
    using = _modules(workspace, "video.yaml", env(example))
    assert not {name for name in using if name.startswith(("vidbuild_example", "importlib.metadata"))}
    assert using - without <= {"vidbuild.extensions", "vidbuild.extensions.installed"}


def _modules(workspace: Workspace, spec: str, variables: dict[str, str]) -> set[str]:
    """The modules that a build with nothing to do has imported."""
    code = (
        "import sys; from vidbuild.cli import main\n"
        f"assert main(['build', {spec!r}]) == 0\n"
        "sys.stderr.write('\\nMODULES ' + ' '.join(sys.modules))"
    )
    for _ in range(2):  # the first one may plan again, as this Python searches in other folders than the command
        done = subprocess.run(
            [sys.executable, "-P", "-c", code],
            cwd=workspace.root,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            check=True,
        )
    assert "up to date" in done.stdout + done.stderr
    return set(done.stderr.rpartition("MODULES ")[2].split())


def test_a_spec_without_plugins_imports_none(workspace: Workspace, tmp_path: Path) -> None:
    """N20: what is installed and not used is not imported, by a build that runs every step, nor by check."""
    points = "[vidbuild.scenes]\nbad = bad:Bad\n[vidbuild.voices]\nbad = bad:Bad\n[vidbuild.importers]\nbad = bad:Bad\n"
    trap = f"open({str(tmp_path / 'imported')!r}, 'w').close()\nraise RuntimeError('imported')\n"
    folder = plugin_lab.write(tmp_path / "site", "bad-plugin", "1.0", points, {"bad.py": trap})
    workspace.write("video.yaml", PLAIN)
    workspace.write("README.md", "# Acme\n\nAcme builds things. It is quick.\n")
    assert workspace.run("check", "video.yaml", env=env(folder)).code == 0
    assert workspace.run("build", "video.yaml", env=env(folder)).code == 0
    assert workspace.run("create", "--from", "README.md", "--dry-run", env=env(folder)).code == 0
    assert not (tmp_path / "imported").exists()


INTRUDER = """
import os, socket
from vidbuild.plugins import StepError, VoiceDefaults

class Voice(VoiceDefaults):
    interface = 1
    name = "intruder"
    summary = "tries what it may not"

    def speak(self, request):
        done = []
        for what, action in {
            "own": lambda: open(__file__).read(),
            "secret": lambda: open(@SECRET@).read(),
            "beside": lambda: os.listdir(os.path.dirname(__file__)),
            "write": lambda: open(__file__ + ".new", "w"),
            "socket": lambda: socket.socket(),
            "home": lambda: os.environ["A_SECRET"],
        }.items():
            try:
                action()
            except (OSError, KeyError):
                continue
            done.append(what)
        raise StepError("could: " + ", ".join(done))
"""


@WALLS
def test_the_step_of_a_plugin_is_sandboxed(workspace: Workspace, tmp_path: Path) -> None:
    """N20: a plug-in's voice reads its own code, and neither other files nor variables; it opens no socket."""
    secret = tmp_path / "secret.txt"
    secret.write_text(CANARY, encoding="utf-8")
    points = "[vidbuild.voices]\nintruder = intruder:Voice\n"
    modules = {"intruder.py": INTRUDER.replace("@SECRET@", repr(str(secret)))}
    folder = plugin_lab.write(tmp_path / "site", "intruder", "1.0", points, modules)
    workspace.write("video.yaml", SPEC_OF_VOICE.format(voice="intruder:any"))
    done = workspace.run("build", "video.yaml", env={**env(folder), "A_SECRET": CANARY})
    assert done.code == 1
    assert "speak:one failed: could: own\n" in done.stderr


SPEC_OF_VOICE = """\
vidbuild: 1
title: One
output: {{size: 160x90, fps: 24}}
voice: {voice}
scenes:
  - {{id: one, type: title, title: One, narration: One word.}}
"""

RAISING = """
from vidbuild.plugins import SceneDefaults, VoiceDefaults

class Voice(VoiceDefaults):
    interface = 1
    name = "raising"
    summary = "raises"

    def speak(self, request):
        return {}["nothing"]
"""


def test_a_voice_that_raises_is_named(workspace: Workspace, tmp_path: Path) -> None:
    """An exception in a plug-in's step fails the step, names the plug-in and its line, and is no bug of vidbuild."""
    points = "[vidbuild.voices]\nraising = raising:Voice\n"
    folder = plugin_lab.write(tmp_path / "site", "raising-plugin", "2.5", points, {"raising.py": RAISING})
    workspace.write("video.yaml", SPEC_OF_VOICE.format(voice="raising:any"))
    done = workspace.run("build", "video.yaml", env=env(folder))
    assert done.code == 1
    assert "the voice engine 'raising' of the plug-in raising-plugin 2.5 failed in 'speak'" in done.stderr
    assert "KeyError: 'nothing' (raising.py:10)" in done.stderr
    assert "bug in vidbuild" not in done.stderr


def test_a_speech_with_other_types_is_named(workspace: Workspace, tmp_path: Path) -> None:
    """A field of another type than declared is the plug-in's fault, and no bug of vidbuild."""
    points = "[vidbuild.voices]\nraising = raising:Voice\n"
    workspace.write("video.yaml", SPEC_OF_VOICE.format(voice="raising:any"))
    for number, (result, message) in enumerate(
        (
            ('Speech([("a", 0, 9)], 9)', "words[0]: expected EngineWord, got tuple"),
            ('Speech([EngineWord("a", 0, 9.5)], 9)', "words[0].end: expected int, got float"),
            ("Speech(None, 9)", "words: expected Sequence, got NoneType"),
        )
    ):
        code = RAISING.replace('{}["nothing"]', result).replace("VoiceDefaults", "EngineWord, Speech, VoiceDefaults", 1)
        folder = plugin_lab.write(tmp_path / f"site{number}", "raising-plugin", "2.5", points, {"raising.py": code})
        done = workspace.run("build", "video.yaml", env=env(folder))
        assert f"of the plug-in raising-plugin 2.5 failed in 'speak': {message}" in done.stderr
        assert (done.code, "bug in vidbuild" in done.stderr) == (1, False)


def test_a_template_that_fails_is_named(workspace: Workspace, tmp_path: Path) -> None:
    """What typst or the drawing finds in a plug-in's template is located at the type, and names the plug-in."""
    folder = plugin_lab.copied(tmp_path / "site")
    template = folder / "vidbuild_example" / "gauge" / "template.typ"
    workspace.write("video.yaml", SPEC)
    for text, message in (
        ("#unknown-function()", "failed: typst: unknown variable: unknown-function"),
        ("nothing but text", "gives no drawing: ValueError"),
    ):
        template.write_text(text, encoding="utf-8")
        done = workspace.run("check", "video.yaml", env=env(folder))
        assert done.code == 1, done.stderr
        assert f"video.yaml:8:11: draw:coverage failed: the template of the plug-in vidbuild-example 1.0 {message}" in (
            done.stdout + done.stderr
        )


def test_an_importer_of_a_plugin(workspace: Workspace, example: Path) -> None:
    """`create` reads files that only a plug-in reads, by their ending and by KIND, and follows them later."""
    links = "Guides:\nhttps://example.org/start  Where to start\nMore:\nhttps://example.org/spec  The language\n"
    workspace.write("a.links", links)
    made = workspace.run("create", "--from", "a.links", "-o", "video.yaml", env=env(example))
    assert made.code == 0, made.stderr
    by_kind = workspace.run("create", "--from", "vidbuild-example.links:a.links", "--dry-run", env=env(example))
    assert "source: vidbuild-example.links:a.links" in by_kind.stdout or "part: Guides" in by_kind.stdout
    workspace.write("a.links", links.replace("Where to start", "Start here"))
    checked = workspace.run("check", "video.yaml", env=env(example))
    assert "'a.links' has changed in 'Guides' (line 1)" in checked.stdout + checked.stderr
    assert workspace.run("create", "--update", "video.yaml", env=env(example)).code == 0
    assert "Start here" in workspace.read("video.yaml")
    workspace.write("b.links", "Guides:\nno link\n")
    refused = workspace.run("create", "--from", "b.links", env=env(example))
    assert refused.code == 2
    assert "b.links:2:1: expected a link, got 'no link'" in refused.stderr


def test_a_writer_of_a_plugin(workspace: Workspace, example: Path) -> None:
    """`create --writer` asks the writer of a plug-in, and makes scenes of its script as of a model's."""
    asked = ("create", "--from", "topic:How tides work", "--writer", "skeleton", "-o", "video.yaml")
    made = workspace.run(*asked, env=env(example))
    assert made.code == 0, made.stderr
    assert "narration: The first step with How tides work, and what one sees then." in workspace.read("video.yaml")
    assert '"model": "three-scenes"' in workspace.read("video.created.json")
    refused = workspace.run("create", "--from", "topic:Tides", "--writer", "vidbuild-example.skeleton")
    assert refused.code == 2
    assert "hint: if you trust the plug-in 'vidbuild-example': pip install vidbuild-example" in refused.stderr


def test_a_stock_provider_of_a_plugin(workspace: Workspace, example: Path) -> None:
    """`lock` gets media from a plug-in's provider; a build reads what is locked and needs no plug-in."""
    workspace.write("video.yaml", STOCK)
    refused = workspace.run("check", "video.yaml")
    assert "video.yaml:5:114: unknown provider 'house'" in refused.stdout + refused.stderr
    locked = workspace.run("lock", "video.yaml", env=env(example))
    assert locked.code == 0, locked.stderr
    assert "assets/stock/house-blue-waves.png by The authors of vidbuild (CC0-1.0)" in locked.stdout
    assert workspace.run("build", "video.yaml").code == 0
    (workspace.root / "assets/stock/house-blue-waves.png").unlink()
    assert "restored" in workspace.run("lock", "video.yaml", env=env(example)).stdout


STOCK = """\
vidbuild: 1
title: Stock
output: {size: 160x90, fps: 24}
scenes:
  - {id: one, type: image, alt: Waves, duration: 0.5, src: {stock: blue waves, orientation: landscape, provider: house}}
"""


def test_doctor_and_the_lists_name_plugins(workspace: Workspace, example: Path) -> None:
    """Doctor names each plug-in with its version; the lists and the schema for editors have what it adds."""
    doctor = workspace.run("doctor", env=env(example)).stdout
    adds = "scene type gauge, voice engine chime, importer links, writer skeleton, stock provider house"
    assert f"vidbuild-example  1.0: {adds}" in doctor
    assert "gauge: a value on a dial" in workspace.run("scenes", "gauge", env=env(example)).stdout
    assert "chime:high" in workspace.run("voices", "chime", env=env(example)).stdout
    schema = json.loads(workspace.run("schema", env=env(example)).stdout)
    assert set(schema["$defs"]["scene_gauge"]["properties"]) >= {"value", "label", "narration"}
    plain = json.loads(workspace.run("schema").stdout)
    assert "scene_gauge" not in plain["$defs"]


def test_two_plugins_with_one_name(workspace: Workspace, tmp_path: Path) -> None:
    """A name of two plug-ins is refused, with both; the name of one with its distribution is not."""
    first = plugin_lab.copied(tmp_path / "first")
    points = plugin_lab.ENTRY_POINTS.replace("vidbuild_example", "other_example")
    second = plugin_lab.copied(tmp_path / "second", "other-example", "3.0", points)
    (second / "vidbuild_example").rename(second / "other_example")
    both = env(first, second)
    workspace.write("video.yaml", SPEC)
    done = workspace.run("check", "video.yaml", env=both)
    assert done.code == 2
    found = done.stdout + done.stderr
    message = "the scene type 'gauge' is in several plug-ins: other-example 3.0, vidbuild-example 1.0"
    assert f"video.yaml:8:11: {message}" in found
    assert "write 'other-example.gauge', or uninstall all but one" in found
    workspace.write(
        "video.yaml", SPEC.replace("gauge", "other-example.gauge").replace("chime", "vidbuild-example.chime")
    )
    built = workspace.run("build", "video.yaml", "--json", env=both)
    assert built.code == 0, built.stderr
    assert workspace.run("build", "video.yaml", "--json", env=both).data["status"] == "up-to-date"


def test_a_second_plugin_of_the_same_name_is_noticed_later(workspace: Workspace, tmp_path: Path) -> None:
    """A plan that was made with one plug-in is not used once another one has the same name."""
    first, second = plugin_lab.copied(tmp_path / "first"), tmp_path / "second"
    second.mkdir()
    workspace.write("video.yaml", SPEC)
    assert workspace.run("build", "video.yaml", env=env(first, second)).code == 0
    plugin_lab.copied(second, "other-example", "3.0")
    assert "is in several plug-ins" in workspace.run("build", "video.yaml", env=env(first, second)).stderr
    assert workspace.run("build", "video.yaml", "--json", env=env(first)).data["status"] == "up-to-date"


def test_a_plugin_that_is_not_installed(workspace: Workspace) -> None:
    """A scene type or voice that no installed plug-in has is a located error; a prefix says where it comes from."""
    workspace.write(
        "video.yaml", SPEC.replace("gauge", "vidbuild-example.gauge").replace("chime", "vidbuild-example.chime")
    )
    done = workspace.run("check", "video.yaml")
    found = done.stdout + done.stderr
    assert done.code == 2
    assert "video.yaml:8:11: unknown scene type 'vidbuild-example.gauge'" in found
    assert "video.yaml:13:12: unknown voice engine 'vidbuild-example.chime'" in found
    assert found.count("hint: if you trust the plug-in 'vidbuild-example': pip install vidbuild-example") == 2
    workspace.write("video.yaml", SPEC)
    done = workspace.run("check", "video.yaml")
    assert "hint: if a plug-in has it: 'vidbuild doctor' lists those that are installed" in done.stdout + done.stderr


def test_the_current_folder_has_no_plugins(workspace: Workspace) -> None:
    """What a stranger's project has in its folder is no plug-in, even if Python imports from there."""
    plugin_lab.copied(workspace.root)
    workspace.write("video.yaml", SPEC)
    done = workspace.run("check", "video.yaml", env=env(workspace.root))
    assert done.code == 2
    assert "unknown scene type 'gauge'" in done.stdout + done.stderr
