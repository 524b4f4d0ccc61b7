"""Terminals and code, through the command: what `check` warns of, and what a video's frames show."""

from __future__ import annotations

from PIL import Image, ImageChops

from tests.support.workspace import Workspace

SPEC = """\
vidbuild: 1
title: Terminals
output: {size: 640x360, fps: 24}
scenes:
  - {id: shell, type: code, duration: 1, language: powershell, code: "Get-Item x"}
  - {id: typo, type: code, duration: 1, language: pyhton, code: "print(1)"}
  - {id: docker, type: code, duration: 1, file: Dockerfile}
  - {id: proc, type: code, duration: 1, file: Procfile}
  - id: table
    type: command
    duration: 1
    commands:
      - output: |
          NAME%sSTATUS
          web %sready
"""


def test_check_warns_of_code_without_colors_and_of_folded_tables(workspace: Workspace) -> None:
    """V24: an unknown language and a table that does not fit are warnings at their places, each with a way out."""
    workspace.write("video.yaml", SPEC % (" " * 150, " " * 150))
    workspace.write("Dockerfile", "FROM scratch\nCOPY a /b\n")
    workspace.write("Procfile", "web: run\n")
    checked = workspace.run("check", "video.yaml")
    assert checked.code == 0
    lines = [line.strip() for line in checked.stderr.splitlines() if "warning:" in line or "hint:" in line]
    assert lines == [
        "video.yaml:5:52: warning: no syntax highlighting for 'powershell' [VB321]",
        "hint: write 'language: text' for plain text",
        "video.yaml:6:51: warning: no syntax highlighting for 'pyhton' [VB321]",
        "hint: did you mean 'python', 'python3' or 'python2'?",
        "video.yaml:8:47: warning: no syntax highlighting for 'Procfile' [VB321]",
        "hint: set 'language: text'",
        "video.yaml:13:17: warning: a table of 160 columns is too wide: its rows are folded at column 77 [VB323]",
        "hint: shorten its rows to 132 columns, or divide it",
    ]
    assert workspace.run("check", "video.yaml", "--strict").code != 0
    fixed = (
        SPEC.replace("powershell", "text").replace("pyhton", "python").replace("Procfile}", "Procfile, language: text}")
    )
    workspace.write("video.yaml", fixed % (" " * 100, " " * 100))
    assert workspace.run("check", "video.yaml", "--strict").code == 0


def test_a_frame_shows_the_last_state_of_a_progress_bar(workspace: Workspace) -> None:
    """A recorded progress bar is drawn as its last state alone, to the pixel, with the colors of that state."""
    images = []
    last = r"100%|#####|\e[1;32m ok\e[0m"
    for number, output in enumerate((rf"\e[31m 10%|#    |\r 50%|##   |\e[0m\r{last}", last)):
        name = f"v{number}.yaml"
        workspace.write(
            name,
            "vidbuild: 1\ntitle: One\noutput: {size: 640x360, fps: 24}\nscenes:\n"
            "  - {id: one, type: command, duration: 2, commands: "
            f'[{{run: "make test", at: 0.1}}, {{output: "{output}", at: 1}}]}}\n',
        )
        assert workspace.run("still", name, "one", "-o", f"{number}.png").code == 0
        with Image.open(workspace.root / f"{number}.png") as image:
            images.append(image.convert("RGB"))
    assert ImageChops.difference(*images).getbbox() is None
