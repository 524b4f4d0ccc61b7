"""The same video by hand: ffmpeg commands under ninja, as a careful person writes them, beside a build with vidbuild.

`make bench PEER=ffmpeg`. The peer's speech is ready before the clock starts, because ffmpeg has none; its items appear
at fixed times, so that no times of words are needed. It has no captions, chapters, timings or report.
"""

from __future__ import annotations

import shutil
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import font_source_sans_pro

from vidbuild.media.ffmpeg import ffmpeg

from . import cases, measure
from .cases import Case, edited
from .measure import Cost
from .project import VIDBUILD, Project
from .table import Row

PEERS = ("ffmpeg",)
TURNS = 5
FIRST_AT, BETWEEN, FADE = 1.0, 1.6, 0.4  # seconds: the first item, from one to the next, and how long each fades in
_FONT = Path(font_source_sans_pro.__file__).parent / "files" / "SourceSansPro-Semibold.ttf"
_RULES = """\
ffmpeg = {ffmpeg} -nostdin -v error -y
rule scene
  command = $ffmpeg -f lavfi -i color=0x0b1020:s=1920x1080:r={fps}:d={seconds} -i $speech -/filter_complex $script $
    -map [v] -map [a] -t {seconds} -c:v libx264 -preset veryfast -crf 20 -pix_fmt yuv420p -c:a aac -b:a 160k $out
rule join
  command = $ffmpeg -f concat -safe 0 -i $list -c copy -movflags +faststart $out
"""


@dataclass(slots=True)
class ByHand:
    """A case as commands under ninja, in a folder of its own."""

    folder: Path
    case: Case

    @classmethod
    def made(cls, folder: Path, case: Case) -> ByHand:
        """Written, and spoken; not yet built."""
        folder.mkdir(parents=True)
        found = cls(folder, case)
        for index in range(case.scenes):
            found.write(index)
        names = [f"scene{index}.mp4" for index in range(case.scenes)]
        (folder / "list.txt").write_text("".join(f"file {name}\n" for name in names), encoding="utf-8")
        rules = _RULES.format(ffmpeg=ffmpeg.executable(), fps=case.fps, seconds=case.seconds)
        scenes = [
            f"build scene{index}.mp4: scene | scene{index}.filter speech{index}.wav\n"
            f"  script = scene{index}.filter\n  speech = speech{index}.wav\n"
            for index in range(case.scenes)
        ]
        joined = f"build video.mp4: join | list.txt {' '.join(names)}\n  list = list.txt\n"
        (folder / "build.ninja").write_text(rules + "".join(scenes) + joined, encoding="utf-8")
        return found

    def write(self, index: int) -> None:
        """Write a scene's filters, and speak its narration."""
        fields = cases.scene(self.case, index)
        texts = [(str(fields["title"]), 80, 90, 0.0)] + [
            (str(item), 52, 260 + 120 * number, FIRST_AT + BETWEEN * number)
            for number, item in enumerate(fields["items"])
        ]
        drawn = ",".join(
            f"drawtext=fontfile={_FONT}:text='{text}':fontsize={size}:fontcolor=white:x=120:y={y}"
            f":alpha='clip((t-{at})/{FADE},0,1)'"
            for text, size, y, at in texts
        )
        heard = f"[1:a]loudnorm=I=-16:TP=-1.5,aresample=48000,apad=whole_dur={self.case.seconds}[a]"
        (self.folder / f"scene{index}.filter").write_text(f"[0:v]{drawn}[v];\n{heard}\n", encoding="utf-8")
        said = [*VIDBUILD, "say", str(fields["narration"]), "--voice", self.case.voice, "-o", f"speech{index}.wav"]
        measure.run(said, self.folder)

    def edit(self, index: int) -> Cost:
        """Change a word of a scene's narration; measure the build alone, because the speech is a gift."""
        self.case = edited(self.case, index)
        self.write(index)
        return self.build()

    def cold(self) -> Cost:
        """Build from nothing."""
        for name in (".ninja_log", ".ninja_deps", *(path.name for path in self.folder.glob("*.mp4"))):
            (self.folder / name).unlink(missing_ok=True)
        return self.build()

    def build(self) -> Cost:
        """Build, whatever is there."""
        return measure.run([str(ninja())], self.folder)


def ninja() -> Path:
    """Return the program that runs the peer's commands; SystemExit without one."""
    beside = shutil.which("ninja", path=sysconfig.get_path("scripts")) or shutil.which("ninja")
    if beside is None:
        raise SystemExit("PEER=ffmpeg needs ninja: pip install ninja")
    return Path(beside)


def rows(folder: Path) -> Iterator[Row]:
    """A minute of narrated lists at 1080p30, from nothing and after a word was edited, beside the same by hand."""
    ninja()
    case = Case()
    ours, theirs = Project.made(folder / "ours", case), ByHand.made(folder / "theirs", case)
    yield _row("peer: cold", measure.alternately(TURNS, ours.cold, theirs.cold))
    index = iter(range(TURNS))
    costs: list[Sequence[Cost]] = []
    for scene in index:
        costs.append((ours.edit(scene), theirs.edit(scene)))
        ours.case = edited(ours.case, scene)
    yield _row("peer: edit", [list(each) for each in zip(*costs, strict=True)])


def _row(name: str, costs: Sequence[Sequence[Cost]]) -> Row:
    own, other = costs
    wall, cpu = measure.ratio(own, other)
    ours, theirs = measure.median(own), measure.median(other)
    measured = f"{wall:.2f} x ({ours.wall:.2f} s against {theirs.wall:.2f} s; CPU time {cpu:.2f} x)"
    return Row(name, "at most 0.5 x ffmpeg under ninja", 0.5, wall, measured, "no floor: another program")
